/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_filter_type.h"

#include <math.h>
#include <string.h>

#include <apr_cstr.h>

#include "scim_codec.h"
#include "scim_date.h"
#include "scim_json.h"
#include "scim_lex.h"
#include "scim_text.h"

#define BIT(op)  (1u << SCIM_CMP_##op)
#define EQUALITY (BIT(EQ) | BIT(NE) | BIT(PR))
#define ORDER    (BIT(GT) | BIT(GE) | BIT(LT) | BIT(LE))
#define PARTS    (BIT(CO) | BIT(SW) | BIT(EW))

int scim_type_has(scim_type_t type, scim_cmp_t op)
{
    static const unsigned operators[] = {
        [SCIM_TYPE_STRING] = EQUALITY | ORDER | PARTS,
        [SCIM_TYPE_REFERENCE] = EQUALITY | ORDER | PARTS,
        [SCIM_TYPE_BOOLEAN] = EQUALITY,
        [SCIM_TYPE_BINARY] = EQUALITY,
        [SCIM_TYPE_DECIMAL] = EQUALITY | ORDER,
        [SCIM_TYPE_INTEGER] = EQUALITY | ORDER,
        [SCIM_TYPE_DATETIME] = EQUALITY | ORDER,
        [SCIM_TYPE_COMPLEX] = BIT(PR)
    };

    return (operators[type] & 1u << op) != 0;
}

/* The boolean that a value is, or that its text says: clients send "True". NULL if it is none. */
static const json_t *to_boolean(const json_t *value)
{
    const char *text = json_string_value(value);

    if (!text)
        return json_is_boolean(value) ? value : NULL;
    if (apr_cstr_casecmp(text, "true") == 0)
        return json_true();
    return apr_cstr_casecmp(text, "false") == 0 ? json_false() : NULL;
}

/* The number that a value is, or that its text says; no fraction for an integer. NULL if it is none. */
static const json_t *to_number(const json_t *value, scim_type_t type, apr_pool_t *p)
{
    double number;

    if (json_is_string(value)) {
        scim_lex_t lex;

        scim_lex_start(&lex, json_string_value(value), json_string_length(value));
        value = scim_lex_value(&lex, p);
        if (!scim_lex_ended(&lex))
            return NULL;
    }
    if (!json_is_number(value))
        return NULL;
    if (type != SCIM_TYPE_INTEGER || json_is_integer(value))
        return value;
    number = json_real_value(value);
    if (floor(number) < number || fabs(number) >= 0x1p63)
        return NULL;
    return scim_json_own(p, json_integer((json_int_t)number));
}

const json_t *scim_type_value(const json_t *value, scim_type_t type, apr_pool_t *p)
{
    const char *text = json_string_value(value);
    apr_time_t ignored;
    apr_size_t len;

    switch (type) {
    case SCIM_TYPE_BOOLEAN:
        return to_boolean(value);
    case SCIM_TYPE_DECIMAL:
    case SCIM_TYPE_INTEGER:
        return to_number(value, type, p);
    case SCIM_TYPE_DATETIME:
        return text && scim_date_parse(&ignored, text, 0) == 0 ? value : NULL;
    case SCIM_TYPE_BINARY:
        return text && scim_base64_decode(text, &len, p) ? value : NULL;
    default:
        return text ? value : NULL;
    }
}

/* ---- order ---- */

static int sign(int less, int greater)
{
    return greater - less;
}

/* long double holds every 64 bit integer exactly where doubles would make neighbours equal. */
static int order_of_numbers(const json_t *a, const json_t *b)
{
    long double x = json_is_integer(a) ? (long double)json_integer_value(a) : (long double)json_real_value(a);
    long double y = json_is_integer(b) ? (long double)json_integer_value(b) : (long double)json_real_value(b);

    return sign(x < y, x > y);
}

int scim_type_order(scim_type_t type, unsigned case_exact, const json_t *a, const json_t *b, int *order)
{
    const char *x = json_string_value(a), *y = json_string_value(b);
    apr_time_t s, t;

    switch (type) {
    case SCIM_TYPE_BOOLEAN:
        *order = json_is_true(a) - json_is_true(b);
        return json_is_boolean(a) && json_is_boolean(b);
    case SCIM_TYPE_DECIMAL:
    case SCIM_TYPE_INTEGER:
        *order = order_of_numbers(a, b);
        return json_is_number(a) && json_is_number(b);
    case SCIM_TYPE_DATETIME:
        if (!x || !y || scim_date_parse(&s, x, 0) != 0 || scim_date_parse(&t, y, 0) != 0)
            return 0;
        *order = sign(s < t, s > t);
        return 1;
    default:
        if (!x || !y)
            return 0;
        *order = case_exact || type == SCIM_TYPE_BINARY ? strcmp(x, y) : scim_fold_cmp(x, y);
        return 1;
    }
}
