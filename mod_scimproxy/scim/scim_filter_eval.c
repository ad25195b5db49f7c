/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_filter.h"

#include <string.h>

#include "scim_filter_type.h"
#include "scim_json.h"
#include "scim_resource.h"
#include "scim_text.h"

/* ---- one value against another ---- */

static int has_part(scim_cmp_t op, const char *text, const char *part)
{
    apr_size_t ntext = strlen(text), npart = strlen(part);

    if (op == SCIM_CMP_CO)
        return strstr(text, part) != NULL;
    if (npart > ntext)
        return 0;
    return memcmp(op == SCIM_CMP_SW ? text : text + (ntext - npart), part, npart) == 0;
}

/* co, sw and ew; folded texts live no longer than the question. */
static int match_part(scim_cmp_t op, const char *text, const char *part, unsigned case_exact)
{
    apr_pool_t *scratch;
    int matches;

    if (case_exact)
        return has_part(op, text, part);
    if (apr_pool_create(&scratch, NULL) != APR_SUCCESS)
        return 0;
    matches = has_part(op, scim_fold(text, scratch), scim_fold(part, scratch));
    apr_pool_destroy(scratch);
    return matches;
}

static int is_order(scim_cmp_t op, int order)
{
    switch (op) {
    case SCIM_CMP_EQ:
        return order == 0;
    case SCIM_CMP_NE:
        return order != 0;
    case SCIM_CMP_GT:
        return order > 0;
    case SCIM_CMP_GE:
        return order >= 0;
    case SCIM_CMP_LT:
        return order < 0;
    default:
        return order <= 0;
    }
}

/* True for what `pr` calls a value: not "", and no object or list that has nothing but such in it. */
static int is_present(const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;

    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, member)
            if (is_present(member))
                return 1;
        return 0;
    }
    if (json_is_array(value)) {
        json_array_foreach(value, i, member)
            if (is_present(member))
                return 1;
        return 0;
    }
    return json_is_string(value) ? json_string_length(value) > 0 : value && !json_is_null(value);
}

static int match_one(const scim_filter_t *filter, const scim_attr_t *attr, const json_t *value)
{
    const char *text = json_string_value(value);
    int order;

    if (filter->op == SCIM_CMP_PR)
        return is_present(value);
    if (filter->op == SCIM_CMP_CO || filter->op == SCIM_CMP_SW || filter->op == SCIM_CMP_EW)
        return text && match_part(filter->op, text, json_string_value(filter->value), attr->case_exact);
    /* What has no value, or one that its type does not have, differs from everything. */
    if (!scim_type_order(attr->type, attr->case_exact, value, filter->value, &order))
        return filter->op == SCIM_CMP_NE;
    return is_order(filter->op, order);
}

/* ---- the values of an attribute ---- */

/* One of several values must satisfy the comparison; what has none is compared as such. */
static int match_values(const scim_filter_t *filter, const scim_attr_t *attr, const json_t *value)
{
    const json_t *element;
    size_t i;

    if (json_array_size(value) == 0)
        return match_one(filter, attr, json_is_array(value) ? NULL : value);
    json_array_foreach(value, i, element)
        if (match_one(filter, attr, element))
            return 1;
    return 0;
}

static int match_sub(const scim_filter_t *filter, const json_t *value)
{
    const json_t *element;
    size_t i;

    if (json_array_size(value) == 0)
        return match_values(filter, filter->sub, json_object_get(value, filter->sub->name));
    json_array_foreach(value, i, element)
        if (match_values(filter, filter->sub, json_object_get(element, filter->sub->name)))
            return 1;
    return 0;
}

static int match_elements(const scim_filter_t *filter, const json_t *value)
{
    const json_t *element;
    size_t i;

    if (json_is_object(value))
        return scim_filter_match_element(filter, value);
    json_array_foreach(value, i, element)
        if (scim_filter_match_element(filter, element))
            return 1;
    return 0;
}

/* ---- filters ---- */

static int match(const scim_filter_t *filter, const json_t *json, int in_element)
{
    int i;

    switch (filter->kind) {
    case SCIM_F_AND:
        for (i = 0; i < filter->n; i++)
            if (!match(filter->kids[i], json, in_element))
                return 0;
        return 1;
    case SCIM_F_OR:
        for (i = 0; i < filter->n; i++)
            if (match(filter->kids[i], json, in_element))
                return 1;
        return 0;
    case SCIM_F_NOT:
        return !match(filter->kids[0], json, in_element);
    case SCIM_F_VALUE:
        return match_elements(filter->kids[0], scim_resource_get(json, filter->attr));
    case SCIM_F_CMP:
        break;
    }
    if (in_element && filter->attr->parent)
        return match_values(filter, filter->attr, json_object_get(json, filter->attr->name));
    if (in_element)
        return match_one(filter, filter->attr, json);
    if (filter->sub)
        return match_sub(filter, scim_resource_get(json, filter->attr));
    return match_values(filter, filter->attr, scim_resource_get(json, filter->attr));
}

int scim_filter_match(const scim_filter_t *filter, const json_t *resource)
{
    return match(filter, resource, 0);
}

int scim_filter_match_element(const scim_filter_t *filter, const json_t *element)
{
    return match(filter, element, 1);
}

/* ---- what a filter in brackets demands ---- */

/* Adds what the filter demands to values; false if it is no conjunction of eq, or demands two things of one
 * sub-attribute. */
static int demand(const scim_filter_t *filter, json_t *values)
{
    const json_t *other;
    int i;

    if (filter->kind == SCIM_F_AND) {
        for (i = 0; i < filter->n; i++)
            if (!demand(filter->kids[i], values))
                return 0;
        return 1;
    }
    if (filter->kind != SCIM_F_CMP || filter->op != SCIM_CMP_EQ || !filter->attr->parent)
        return 0;
    other = json_object_get(values, filter->attr->name);
    if (other)
        return match_one(filter, filter->attr, other);
    return json_object_set_new(values, filter->attr->name, json_deep_copy(filter->value)) == 0;
}

int scim_filter_template(const scim_filter_t *filter, json_t *element)
{
    json_t *values = json_object();
    int demands = demand(filter, values);

    if (demands)
        json_object_update(element, values);
    json_decref(values);
    return demands;
}

int scim_filter_eq_values(const scim_filter_t *filter, const char *sub,
                          void (*each)(void *baton, const json_t *value), void *baton)
{
    int i;

    if (filter->kind == SCIM_F_OR) {
        for (i = 0; i < filter->n; i++)
            if (!scim_filter_eq_values(filter->kids[i], sub, each, baton))
                return 0;
        return 1;
    }
    if (filter->kind != SCIM_F_CMP || filter->op != SCIM_CMP_EQ
        || strcmp(filter->attr->parent ? filter->attr->name : "value", sub) != 0)
        return 0;
    each(baton, filter->value);
    return 1;
}
