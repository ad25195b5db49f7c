/* SPDX-License-Identifier: Apache-2.0 */
#include "map_value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "scim_codec.h"
#include "scim_date.h"
#include "scim_json.h"

/* jansson counts references also of what is only read. */
static json_t *same(const json_t *value)
{
    return json_incref((json_t *)value);
}

const char *map_value_text(const json_t *value, apr_pool_t *p)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return json_string_value(value);
    case JSON_INTEGER:
        return apr_psprintf(p, "%" APR_INT64_T_FMT, (apr_int64_t)json_integer_value(value));
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_REAL:
        return scim_json_text(value, p);
    default:
        return NULL;
    }
}

json_t *map_value_string(const char *text)
{
    return text ? json_string(text) : NULL;
}

scim_type_t map_value_type(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_INTEGER:
        return SCIM_TYPE_INTEGER;
    case JSON_REAL:
        return SCIM_TYPE_DECIMAL;
    case JSON_TRUE:
    case JSON_FALSE:
        return SCIM_TYPE_BOOLEAN;
    default:
        return SCIM_TYPE_STRING;
    }
}

static json_t *to_string(const json_t *native, apr_pool_t *p)
{
    return json_is_string(native) ? same(native) : map_value_string(map_value_text(native, p));
}

static int is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (apr_cstr_casecmp(text, *words) == 0)
            return 1;
    return 0;
}

static json_t *to_boolean(const json_t *native)
{
    static const char *const yes[] = { "true", "t", "1", NULL }, *const no[] = { "false", "f", "0", NULL };
    const char *text = json_string_value(native);

    if (json_is_boolean(native))
        return same(native);
    if (json_is_integer(native)) {
        json_int_t number = json_integer_value(native);

        return number == 0 || number == 1 ? json_boolean(number) : NULL;
    }
    if (text && is_one_of(text, yes))
        return json_true();
    return text && is_one_of(text, no) ? json_false() : NULL;
}

/* Decimal notation with or without an exponent: no hexadecimal, no infinity, no blanks. */
static int is_decimal(const char *text)
{
    apr_size_t digits;

    text += *text == '-' || *text == '+';
    digits = strspn(text, "0123456789");
    text += digits;
    if (*text == '.') {
        apr_size_t fraction = strspn(++text, "0123456789");

        digits += fraction;
        text += fraction;
    }
    if (digits == 0)
        return 0;
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '-' || *text == '+';
        if (*text == '\0')
            return 0;
        text += strspn(text, "0123456789");
    }
    return *text == '\0';
}

/* The number of a text: an integer where it is one of 64 bits. */
static json_t *parse_number(const char *text)
{
    char *end;
    double real;
    long long integer;

    if (!is_decimal(text))
        return NULL;
    errno = 0;
    integer = strtoll(text, &end, 10);
    if (*end == '\0' && errno == 0)
        return json_integer(integer);
    real = strtod(text, &end);
    return *end == '\0' && isfinite(real) ? json_real(real) : NULL;
}

static json_t *to_number(const json_t *native)
{
    if (json_is_number(native))
        return same(native);
    return json_is_string(native) ? parse_number(json_string_value(native)) : NULL;
}

static json_t *to_integer(const json_t *native)
{
    json_t *number = to_number(native);
    double real;

    if (!number || json_is_integer(number))
        return number;
    real = json_real_value(number);
    json_decref(number);
    return floor(real) == real && fabs(real) < 0x1p63 ? json_integer((json_int_t)real) : NULL;
}

static json_t *to_datetime(const json_t *native, apr_pool_t *p)
{
    const char *text = json_string_value(native), *formatted;
    apr_time_t t;

    if (!text || scim_date_parse(&t, text, 0) != 0)
        return NULL;
    formatted = scim_date_format(t, p);
    return strcmp(formatted, text) == 0 ? same(native) : json_string(formatted);
}

static json_t *to_binary(const json_t *native, apr_pool_t *p)
{
    const char *text = json_string_value(native);
    apr_size_t len;

    return text && scim_base64_decode(text, &len, p) ? same(native) : NULL;
}

json_t *map_value_read(const json_t *native, scim_type_t type, apr_pool_t *p)
{
    if (!native)
        return NULL;
    switch (type) {
    case SCIM_TYPE_STRING:
    case SCIM_TYPE_REFERENCE:
        return to_string(native, p);
    case SCIM_TYPE_BOOLEAN:
        return to_boolean(native);
    case SCIM_TYPE_DECIMAL:
        return to_number(native);
    case SCIM_TYPE_INTEGER:
        return to_integer(native);
    case SCIM_TYPE_DATETIME:
        return to_datetime(native, p);
    case SCIM_TYPE_BINARY:
        return to_binary(native, p);
    default:
        return NULL;
    }
}

json_t *map_value_write(const json_t *value, scim_type_t type, apr_pool_t *p)
{
    json_t *instant = type == SCIM_TYPE_DATETIME ? to_datetime(value, p) : NULL;

    return instant ? instant : same(value);
}
