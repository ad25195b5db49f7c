/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_writer.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_text.h"

#define CHUNK 8192
#define FIRST_TEXT 256
#define REPLACEMENT "\xEF\xBF\xBD"     /* U+FFFD */
#define REAL_DIGITS 17                  /* enough for every double */

struct scim_writer_t {
    apr_pool_t   *p;
    scim_write_fn write;      /* NULL: the buffer grows */
    void         *baton;
    scim_err_t   *err;
    char         *buffer;
    apr_size_t    used, size;
    unsigned      comma:1;    /* an element stands before: all the state that nesting needs */
};

scim_writer_t *scim_writer_make(apr_pool_t *p, scim_write_fn write, void *baton)
{
    scim_writer_t *w = apr_pcalloc(p, sizeof(*w));

    w->p = p;
    w->write = write;
    w->baton = baton;
    w->size = write ? CHUNK : FIRST_TEXT;
    w->buffer = apr_palloc(p, w->size);
    return w;
}

static void call_out(scim_writer_t *w, const char *data, apr_size_t len)
{
    if (len && !w->err)
        w->err = w->write(w->baton, data, len);
}

static void grow(scim_writer_t *w, apr_size_t len)
{
    char *bigger;

    while (w->size - w->used < len)
        w->size *= 2;
    bigger = apr_palloc(w->p, w->size);
    memcpy(bigger, w->buffer, w->used);
    w->buffer = bigger;
}

static void put(scim_writer_t *w, const char *data, apr_size_t len)
{
    if (w->err)
        return;
    if (len > w->size - w->used) {
        if (!w->write) {
            grow(w, len);
        }
        else {
            call_out(w, w->buffer, w->used);
            w->used = 0;
            if (len > w->size) {
                call_out(w, data, len);
                return;
            }
        }
    }
    memcpy(w->buffer + w->used, data, len);
    w->used += len;
}

static void put_text(scim_writer_t *w, const char *text)
{
    put(w, text, strlen(text));
}

/* Every value and every key begins with this. */
static void separate(scim_writer_t *w)
{
    if (w->comma)
        put(w, ",", 1);
    w->comma = 1;
}

static void put_value(scim_writer_t *w, const char *text)
{
    separate(w);
    put_text(w, text);
}

static void open_with(scim_writer_t *w, const char *bracket)
{
    put_value(w, bracket);
    w->comma = 0;
}

static void close_with(scim_writer_t *w, const char *bracket)
{
    put_text(w, bracket);
    w->comma = 1;
}

void scim_writer_object(scim_writer_t *w)
{
    open_with(w, "{");
}

void scim_writer_object_end(scim_writer_t *w)
{
    close_with(w, "}");
}

void scim_writer_array(scim_writer_t *w)
{
    open_with(w, "[");
}

void scim_writer_array_end(scim_writer_t *w)
{
    close_with(w, "]");
}

/* Writes what may not stand in a string as it is (RFC 8259 section 7). */
static void put_escaped(scim_writer_t *w, unsigned char c)
{
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *at = c ? strchr(named, c) : NULL;
    char text[8];

    if (c >= 0x80)
        put_text(w, REPLACEMENT);
    else if (at)
        put(w, (const char[]){ '\\', letters[at - named] }, 2);
    else
        put(w, text, (apr_size_t)apr_snprintf(text, sizeof(text), "\\u%04x", c));
}

/* How many bytes at text stand in a string as they are: a whole character, or none. */
static apr_size_t plain(const char *text, apr_size_t left)
{
    const unsigned char c = (unsigned char)*text;
    apr_size_t len = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

    if (c < 0x80)
        return c >= 0x20 && c != '"' && c != '\\';
    return len <= left && scim_utf8_valid(text, len) ? len : 0;
}

/* Bytes that are not UTF-8, as a database in another encoding may deliver, become U+FFFD: what we write is
 * JSON. */
static void put_string(scim_writer_t *w, const char *text, apr_size_t len)
{
    apr_size_t from = 0, at = 0, n;

    put(w, "\"", 1);
    while (at < len) {
        n = plain(text + at, len - at);
        if (n) {
            at += n;
            continue;
        }
        put(w, text + from, at - from);
        put_escaped(w, (unsigned char)text[at]);
        from = ++at;
    }
    put(w, text + from, at - from);
    put(w, "\"", 1);
}

void scim_writer_key(scim_writer_t *w, const char *name)
{
    separate(w);
    put_string(w, name, strlen(name));
    put(w, ":", 1);
    w->comma = 0;
}

void scim_writer_string(scim_writer_t *w, const char *text)
{
    if (!text) {
        put_value(w, "null");
        return;
    }
    separate(w);
    put_string(w, text, strlen(text));
}

void scim_writer_int(scim_writer_t *w, apr_int64_t number)
{
    char text[32];

    apr_snprintf(text, sizeof(text), "%" APR_INT64_T_FMT, number);
    put_value(w, text);
}

void scim_writer_bool(scim_writer_t *w, int flag)
{
    put_value(w, flag ? "true" : "false");
}

static double read_real(const char *text, size_t len)
{
    json_t *json = json_loadb(text, len, JSON_DECODE_ANY, NULL);
    double real = json_real_value(json);

    json_decref(json);
    return real;
}

/* The shortest digits that are read back as the same number. jansson writes and reads them
 * with a point whatever the locale of the process. */
static void write_real(scim_writer_t *w, const json_t *value)
{
    char text[64];
    size_t len, digits = 15;

    do {
        len = json_dumpb(value, text, sizeof(text), JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits));
    } while (digits++ < REAL_DIGITS && read_real(text, len) != json_real_value(value));
    separate(w);
    put(w, text, len);
}

static void write_array(scim_writer_t *w, const json_t *array)
{
    size_t i;

    scim_writer_array(w);
    for (i = 0; i < json_array_size(array); i++)
        scim_writer_json(w, json_array_get(array, i));
    scim_writer_array_end(w);
}

static void write_object(scim_writer_t *w, const json_t *object)
{
    void *member;
    json_t *o = (json_t *)object;       /* jansson's iterators change nothing */

    scim_writer_object(w);
    for (member = json_object_iter(o); member; member = json_object_iter_next(o, member)) {
        scim_writer_key(w, json_object_iter_key(member));
        scim_writer_json(w, json_object_iter_value(member));
    }
    scim_writer_object_end(w);
}

/* As deep as the value, like jansson's own functions: scim_json_parse() bounds what clients send. */
void scim_writer_json(scim_writer_t *w, const json_t *value)
{
    if (!value) {
        put_value(w, "null");
        return;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(w, value);
        break;
    case JSON_ARRAY:
        write_array(w, value);
        break;
    case JSON_STRING:
        separate(w);
        put_string(w, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        scim_writer_int(w, json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(w, value);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        scim_writer_bool(w, json_is_true(value));
        break;
    case JSON_NULL:
        put_value(w, "null");
        break;
    }
}

scim_err_t *scim_writer_error(const scim_writer_t *w)
{
    return w->err;
}

scim_err_t *scim_writer_end(scim_writer_t *w)
{
    if (w->write) {
        call_out(w, w->buffer, w->used);
        w->used = 0;
    }
    return w->err;
}

const char *scim_writer_text(scim_writer_t *w)
{
    if (w->used == w->size)
        grow(w, 1);
    w->buffer[w->used] = '\0';
    return w->buffer;
}
