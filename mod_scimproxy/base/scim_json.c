/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_json.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "scim_error.h"
#include "scim_writer.h"

#define BOM "\xEF\xBB\xBF"

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* How deep brackets nest. Brackets in strings do not count; what is no JSON at all may count wrong, and is
 * refused by the parser. */
static int is_too_deep(const char *text, apr_size_t len, int max)
{
    apr_size_t i;
    int depth = 0, in_string = 0;

    for (i = 0; i < len; i++) {
        switch (text[i]) {
        case '\\':
            i += in_string != 0;
            break;
        case '"':
            in_string = !in_string;
            break;
        case '{':
        case '[':
            if (!in_string && ++depth > max)
                return 1;
            break;
        case '}':
        case ']':
            depth -= !in_string && depth > 0;
            break;
        default:
            break;
        }
    }
    return 0;
}

static scim_err_t *check_outside(const char *text, apr_size_t len, const scim_json_limits_t *limits,
                                 apr_pool_t *p)
{
    apr_size_t i = 0;

    if (limits->max_bytes && len > limits->max_bytes)
        return scim_err(p, SCIM_E_TOO_LARGE, "the document has more than %zu bytes", limits->max_bytes);
    while (i < len && is_blank(text[i]))
        i++;
    if (i == len)
        return scim_err(p, SCIM_E_INVALID_SYNTAX, "the document is empty");
    /* jansson takes one after a number for the end. */
    if (memchr(text, '\0', len))
        return scim_err(p, SCIM_E_INVALID_SYNTAX, "the document has NUL bytes; JSON is UTF-8, and has none");
    if (len >= strlen(BOM) && memcmp(text, BOM, strlen(BOM)) == 0)
        return scim_err(p, SCIM_E_INVALID_SYNTAX,
                        "the document begins with a byte order mark; JSON has none");
    if (is_too_deep(text, len, limits->max_depth))
        return scim_err(p, SCIM_E_INVALID_SYNTAX, "the document nests deeper than %d levels",
                        limits->max_depth);
    return NULL;
}

/* Sentences of our own: jansson's quote the text around the place, which may be a password. */
static const char *reason(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_invalid_utf8:
        return "a byte that is not UTF-8";
    case json_error_premature_end_of_input:
        return "the document ends too early";
    case json_error_end_of_input_expected:
        return "something follows the end of the document";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a NUL character, which no text here may have";
    case json_error_duplicate_key:
        return "a name that the object already has";
    case json_error_numeric_overflow:
        return "a number that is too big";
    default:
        return "the document is not JSON";
    }
}

/* Values with a NUL (\u0000) are refused with those that are no JSON: backends take texts up to the first
 * one, so that what is compared would not be what is stored. */
scim_err_t *scim_json_parse(json_t **out, const char *text, apr_size_t len,
                            const scim_json_limits_t *limits, apr_pool_t *p)
{
    json_error_t error;
    scim_err_t *err = check_outside(text, len, limits, p);

    if (err)
        return err;
    *out = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (*out)
        return NULL;
    if (json_error_code(&error) == json_error_out_of_memory)
        return scim_err_log(scim_err(p, SCIM_E_INTERNAL, "out of memory"), p, APR_ENOMEM,
                            "no memory to parse JSON");
    return scim_err(p, SCIM_E_INVALID_SYNTAX, "%s, at line %d, column %d", reason(&error), error.line,
                    error.column);
}

static apr_status_t drop(void *json)
{
    json_decref(json);
    return APR_SUCCESS;
}

json_t *scim_json_own(apr_pool_t *p, json_t *json)
{
    if (json)
        apr_pool_cleanup_register(p, json, drop, apr_pool_cleanup_null);
    return json;
}

static void *find(json_t *object, const char *name)
{
    void *member = json_object_iter_at(object, name);

    if (member)
        return member;
    member = json_object_iter(object);
    while (member && apr_cstr_casecmp(json_object_iter_key(member), name) != 0)
        member = json_object_iter_next(object, member);
    return member;
}

json_t *scim_json_get_ci(const json_t *object, const char *name, const char **key)
{
    void *member = find((json_t *)object, name);    /* jansson's iterators change nothing */

    if (key)
        *key = member ? json_object_iter_key(member) : NULL;
    return member ? json_object_iter_value(member) : NULL;
}

int scim_json_unassigned(const json_t *value)
{
    return !value || json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0);
}

static int integer_equals_real(json_int_t integer, double real)
{
    return real >= -0x1p63 && real < 0x1p63 && (json_int_t)real == integer && (double)integer == real;
}

static int numbers_equal(const json_t *a, const json_t *b)
{
    if (json_is_integer(a))
        return json_is_integer(b) ? json_integer_value(a) == json_integer_value(b)
                                  : integer_equals_real(json_integer_value(a), json_real_value(b));
    return json_is_integer(b) ? integer_equals_real(json_integer_value(b), json_real_value(a))
                              : json_real_value(a) == json_real_value(b);
}

static int strings_equal(const json_t *a, const json_t *b)
{
    const size_t len = json_string_length(a);

    return len == json_string_length(b) && memcmp(json_string_value(a), json_string_value(b), len) == 0;
}

static int arrays_equal(const json_t *a, const json_t *b)
{
    size_t i = 0;

    if (json_array_size(a) != json_array_size(b))
        return 0;
    while (i < json_array_size(a) && scim_json_equal(json_array_get(a, i), json_array_get(b, i)))
        i++;
    return i == json_array_size(a);
}

static int objects_equal(const json_t *a, const json_t *b)
{
    json_t *o = (json_t *)a;
    void *member = json_object_iter(o);

    if (json_object_size(a) != json_object_size(b))
        return 0;
    while (member && scim_json_equal(json_object_iter_value(member),
                                     json_object_get(b, json_object_iter_key(member))))
        member = json_object_iter_next(o, member);
    return !member;
}

int scim_json_equal(const json_t *a, const json_t *b)
{
    if (a == b)
        return 1;
    if (!a || !b)
        return 0;
    if (json_is_number(a) && json_is_number(b))
        return numbers_equal(a, b);
    if (json_typeof(a) != json_typeof(b))
        return 0;
    switch (json_typeof(a)) {
    case JSON_OBJECT:
        return objects_equal(a, b);
    case JSON_ARRAY:
        return arrays_equal(a, b);
    case JSON_STRING:
        return strings_equal(a, b);
    default:
        return 1;
    }
}

const char *scim_json_text(const json_t *value, apr_pool_t *p)
{
    if (!value || json_is_null(value))
        return "";
    return json_is_string(value) ? json_string_value(value) : scim_json_dump(value, p);
}

const char *scim_json_dump(const json_t *value, apr_pool_t *p)
{
    scim_writer_t *w = scim_writer_make(p, NULL, NULL);

    scim_writer_json(w, value);
    return scim_writer_text(w);
}
