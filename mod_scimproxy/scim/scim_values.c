/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_values.h"

#include <math.h>
#include <string.h>

#include <apr_cstr.h>
#include <apr_hash.h>
#include <apr_strings.h>

#include "scim_error.h"
#include "scim_json.h"

/* ---- keys ---- */

static const scim_attr_t *value_of(const scim_attr_t *attr)
{
    return attr->type == SCIM_TYPE_COMPLEX ? scim_attr_sub(attr, "value") : attr;
}

int scim_values_by_value(const scim_attr_t *attr)
{
    const scim_attr_t *value = value_of(attr);

    return value == attr
        || (value && (value->mutability == SCIM_IMMUTABLE || apr_cstr_casecmp(attr->name, "members") == 0));
}

int scim_values_exact(const scim_attr_t *attr)
{
    if (!scim_values_by_value(attr))
        return 0;
    switch (value_of(attr)->type) {
    case SCIM_TYPE_STRING:
    case SCIM_TYPE_REFERENCE:
        return attr->type == SCIM_TYPE_COMPLEX || attr->case_exact;
    case SCIM_TYPE_DATETIME:
        return 0;
    default:
        return 1;
    }
}

/* Numbers are the same whether or not they are written with a fraction: below 2^53 doubles are exact. */
static const char *number_text(const json_t *value, apr_pool_t *p)
{
    double number;

    if (json_is_integer(value))
        return apr_psprintf(p, "%" APR_INT64_T_FMT, (apr_int64_t)json_integer_value(value));
    number = json_real_value(value);
    if (floor(number) < number || fabs(number) >= 0x1p53)
        return apr_psprintf(p, "%.17g", number);
    return apr_psprintf(p, "%" APR_INT64_T_FMT, (apr_int64_t)number);
}

const char *scim_values_key_of(const json_t *value, apr_pool_t *p)
{
    if (json_is_string(value))
        return apr_pstrcat(p, "s", json_string_value(value), NULL);
    if (json_is_number(value))
        return apr_pstrcat(p, "n", number_text(value, p), NULL);
    return apr_pstrcat(p, "j", value ? scim_json_dump(value, p) : "", NULL);
}

/* Keys of several values begin with their lengths, so that no two lists of values have the same. */
static const char *join(const char *key, const char *more, apr_pool_t *p)
{
    return apr_psprintf(p, "%s%" APR_SIZE_T_FMT ":%s", key, strlen(more), more);
}

/* All that an element says. */
static const char *describe(const scim_attr_t *attr, const json_t *element, int with_primary, apr_pool_t *p)
{
    const char *key = "e";
    int i;

    if (attr->type != SCIM_TYPE_COMPLEX)
        return scim_values_key_of(element, p);
    for (i = 0; i < attr->nsub; i++) {
        const json_t *value = json_object_get(element, attr->sub[i].name);

        if (with_primary || apr_cstr_casecmp(attr->sub[i].name, "primary") != 0)
            key = join(key, value ? scim_values_key_of(value, p) : "", p);
    }
    return key;
}

const char *scim_values_key(const scim_attr_t *attr, const json_t *element, apr_pool_t *p)
{
    const scim_attr_t *value = value_of(attr), *type;
    const json_t *is;

    if (value == attr)
        return scim_values_key_of(element, p);
    is = value ? json_object_get(element, value->name) : NULL;
    if (!is)
        return describe(attr, element, 0, p);
    if (scim_values_by_value(attr))
        return scim_values_key_of(is, p);
    type = scim_attr_sub(attr, "type");
    return join(join("t", scim_values_key_of(type ? json_object_get(element, type->name) : NULL, p), p),
                scim_values_key_of(is, p), p);
}

/* Counts what the elements of a list say: up, or down again. */
static void count(apr_hash_t *counts, const scim_attr_t *attr, const json_t *list, long step, apr_pool_t *p)
{
    const json_t *element;
    size_t i;

    json_array_foreach(list, i, element) {
        const char *key = describe(attr, element, 1, p);
        long n = (long)apr_hash_get(counts, key, APR_HASH_KEY_STRING) + step;

        apr_hash_set(counts, key, APR_HASH_KEY_STRING, (void *)n);
    }
}

int scim_values_equal(const scim_attr_t *attr, const json_t *a, const json_t *b, apr_pool_t *p)
{
    apr_pool_t *scratch;
    apr_hash_t *counts;
    int equal;

    if (json_array_size(a) != json_array_size(b))
        return 0;
    if (json_array_size(a) == 0 || scim_json_equal(a, b))
        return 1;
    apr_pool_create(&scratch, p);
    counts = apr_hash_make(scratch);
    count(counts, attr, a, 1, scratch);
    count(counts, attr, b, -1, scratch);
    /* a count of 0 takes its key out */
    equal = apr_hash_count(counts) == 0;
    apr_pool_destroy(scratch);
    return equal;
}

/* ---- a list that is being changed ---- */

/* Places with the same key: lists as backends have them may have several. */
typedef struct place_t place_t;
struct place_t {
    apr_size_t i;
    place_t   *next;
};

struct scim_values_t {
    const scim_attr_t *attr;
    const scim_attr_t *primary;        /* its sub-attribute of that name, or NULL */
    json_t            *list;           /* null in the places of those that are gone */
    apr_hash_t        *index;          /* key -> place_t; NULL until it is needed */
    apr_size_t         first;          /* place of the primary element, once `single` */
    unsigned           single:1;       /* no other place has a primary element */
    apr_pool_t        *p;
};

scim_values_t *scim_values_make(const scim_attr_t *attr, const json_t *list, apr_pool_t *p)
{
    scim_values_t *values = apr_pcalloc(p, sizeof *values);
    const scim_attr_t *primary = scim_attr_sub(attr, "primary");

    values->attr = attr;
    values->primary = primary && primary->type == SCIM_TYPE_BOOLEAN ? primary : NULL;
    values->list = scim_json_own(p, json_array());
    if (list)
        json_array_extend(values->list, (json_t *)list);
    values->p = p;
    return values;
}

apr_size_t scim_values_size(const scim_values_t *values)
{
    return json_array_size(values->list);
}

const json_t *scim_values_at(const scim_values_t *values, apr_size_t i)
{
    const json_t *element = json_array_get(values->list, i);

    return json_is_null(element) ? NULL : element;
}

json_t *scim_values_list(const scim_values_t *values)
{
    json_t *list = json_array();
    json_t *element;
    size_t i;

    json_array_foreach(values->list, i, element)
        if (!json_is_null(element))
            json_array_append(list, element);
    return list;
}

static void enter(scim_values_t *values, const char *key, apr_size_t i)
{
    place_t *place = apr_palloc(values->p, sizeof *place);

    place->i = i;
    place->next = apr_hash_get(values->index, key, APR_HASH_KEY_STRING);
    apr_hash_set(values->index, key, APR_HASH_KEY_STRING, place);
}

static void leave(scim_values_t *values, const char *key, apr_size_t i)
{
    place_t *place = apr_hash_get(values->index, key, APR_HASH_KEY_STRING);

    if (place && place->i == i) {
        apr_hash_set(values->index, key, APR_HASH_KEY_STRING, place->next);
        return;
    }
    while (place && place->next && place->next->i != i)
        place = place->next;
    if (place && place->next)
        place->next = place->next->next;
}

static const char *key_at(const scim_values_t *values, apr_size_t i)
{
    return scim_values_key(values->attr, json_array_get(values->list, i), values->p);
}

/* From the last to the first, so that the first of equal ones is found. */
static place_t *look_up(scim_values_t *values, const char *key)
{
    apr_size_t i;

    if (!values->index) {
        values->index = apr_hash_make(values->p);
        for (i = scim_values_size(values); i > 0; i--)
            if (scim_values_at(values, i - 1))
                enter(values, key_at(values, i - 1), i - 1);
    }
    return apr_hash_get(values->index, key, APR_HASH_KEY_STRING);
}

static int is_primary(const scim_values_t *values, const json_t *element)
{
    return values->primary && json_is_true(json_object_get(element, values->primary->name));
}

/* Keys have no `primary` in them: the index stays right. */
static void make_secondary(scim_values_t *values, apr_size_t i)
{
    json_t *element = json_array_get(values->list, i);

    if (!is_primary(values, element))
        return;
    element = json_copy(element);
    json_object_set_new(element, values->primary->name, json_false());
    json_array_set_new(values->list, i, element);
}

/* The element there has come or changed: if it is primary, no other is (RFC 7644 section 3.5.2). */
static void settle_primary(scim_values_t *values, apr_size_t place)
{
    apr_size_t i;

    if (!is_primary(values, json_array_get(values->list, place)))
        return;
    if (values->single && values->first != place)
        make_secondary(values, values->first);
    for (i = 0; !values->single && i < scim_values_size(values); i++)
        if (i != place)
            make_secondary(values, i);
    values->single = 1;
    values->first = place;
}

static scim_err_t *check_immutable(const scim_values_t *values, const json_t *before, const json_t *after)
{
    const scim_attr_t *attr = values->attr;
    int i;

    for (i = 0; i < attr->nsub; i++) {
        const json_t *had = json_object_get(before, attr->sub[i].name);

        if (attr->sub[i].mutability == SCIM_IMMUTABLE && had
            && !scim_json_equal(had, json_object_get(after, attr->sub[i].name)))
            return scim_err(values->p, SCIM_E_MUTABILITY, "\"%s\" cannot be changed",
                            scim_attr_path(&attr->sub[i], values->p));
    }
    return NULL;
}

/* Gives the element in a place the sub-attributes of another. */
static scim_err_t *merge(scim_values_t *values, apr_size_t i, const json_t *element)
{
    const json_t *before = json_array_get(values->list, i);
    json_t *after;
    scim_err_t *err;

    if (scim_values_by_value(values->attr) || !json_is_object(before))
        return NULL;
    after = json_copy((json_t *)before);
    json_object_update(after, (json_t *)element);
    err = check_immutable(values, before, after);
    json_array_set_new(values->list, i, after);
    settle_primary(values, i);
    return err;
}

scim_err_t *scim_values_add(scim_values_t *values, const json_t *element)
{
    const char *key = scim_values_key(values->attr, element, values->p);
    const place_t *place = look_up(values, key);

    if (place)
        return merge(values, place->i, element);
    json_array_append_new(values->list, json_deep_copy(element));
    enter(values, key, scim_values_size(values) - 1);
    settle_primary(values, scim_values_size(values) - 1);
    return NULL;
}

const json_t *scim_values_find(scim_values_t *values, const json_t *element)
{
    const place_t *place = look_up(values, scim_values_key(values->attr, element, values->p));

    return place ? json_array_get(values->list, place->i) : NULL;
}

void scim_values_remove(scim_values_t *values, const char *key)
{
    const place_t *place = look_up(values, key);

    for (; place; place = place->next)
        json_array_set_new(values->list, place->i, json_null());
    apr_hash_set(values->index, key, APR_HASH_KEY_STRING, NULL);
}

void scim_values_clear(scim_values_t *values)
{
    json_array_clear(values->list);
    if (values->index)
        apr_hash_clear(values->index);
    values->single = 0;
}

scim_err_t *scim_values_set(scim_values_t *values, apr_size_t i, json_t *element)
{
    const json_t *before = scim_values_at(values, i);
    scim_err_t *err = element ? check_immutable(values, before, element) : NULL;
    const char *key;
    const place_t *same;

    if (values->index)
        leave(values, key_at(values, i), i);
    if (err || !element) {
        json_decref(element);
        json_array_set_new(values->list, i, json_null());
        return err;
    }
    json_array_set_new(values->list, i, json_null());
    key = scim_values_key(values->attr, element, values->p);
    same = look_up(values, key);
    if (same) {
        err = merge(values, same->i, element);
        json_decref(element);
        return err;
    }
    json_array_set_new(values->list, i, element);
    enter(values, key, i);
    settle_primary(values, i);
    return NULL;
}
