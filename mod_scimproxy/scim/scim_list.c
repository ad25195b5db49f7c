/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_list.h"

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "scim_error.h"
#include "scim_filter_type.h"
#include "scim_json.h"
#include "scim_resource.h"

/* ---- numbers ---- */

/* A whole number; one that 64 bits cannot hold is the largest or least that they can. */
static scim_err_t *read_number(apr_int64_t *out, const char *text, const char *name, apr_pool_t *p)
{
    const int negative = *text == '-';
    const char *digit = text + negative;
    apr_int64_t n = 0;

    if (*digit == '\0')
        return scim_err(p, SCIM_E_INVALID_VALUE, "%s is no number", name);
    for (; *digit; digit++) {
        if (!apr_isdigit(*digit))
            return scim_err(p, SCIM_E_INVALID_VALUE, "%s is no whole number", name);
        n = n > (APR_INT64_MAX - (*digit - '0')) / 10 ? APR_INT64_MAX : n * 10 + (*digit - '0');
    }
    *out = negative ? -n : n;
    return NULL;
}

static scim_err_t *read_start_index(scim_list_t *list, const char *text, apr_pool_t *p)
{
    scim_err_t *err;

    list->start_index = 1;
    if (!text)
        return NULL;
    err = read_number(&list->start_index, text, "startIndex", p);
    if (!err && list->start_index < 1)
        list->start_index = 1;
    return err;
}

static scim_err_t *read_count(scim_list_t *list, const char *text, const scim_pagesize_t *pagesize, apr_pool_t *p)
{
    scim_err_t *err;

    list->count = pagesize->dflt > 0 ? pagesize->dflt : -1;
    if (text) {
        if ((err = read_number(&list->count, text, "count", p)))
            return err;
        if (list->count < 0)
            list->count = 0;
    }
    if (pagesize->max > 0 && (list->count < 0 || list->count > pagesize->max))
        list->count = pagesize->max;
    return NULL;
}

/* ---- order ---- */

/* A complex attribute is sorted by its `value`. What clients cannot read they cannot learn from the order either. */
static scim_err_t *resolve_sort(scim_path_t *path, apr_pool_t *p)
{
    if (!path->attr || path->filter)
        return scim_err(p, SCIM_E_INVALID_PATH, "sortBy takes the name of an attribute");
    if (path->attr->type == SCIM_TYPE_COMPLEX && !path->sub)
        path->sub = scim_attr_sub(path->attr, "value");
    if (path->attr->type == SCIM_TYPE_COMPLEX && !path->sub)
        return scim_err(p, SCIM_E_INVALID_PATH, "\"%s\" is complex: sortBy has to name one of its sub-attributes",
                        path->attr->name);
    if (path->attr->returned == SCIM_RETURNED_NEVER || (path->sub && path->sub->returned == SCIM_RETURNED_NEVER))
        return scim_err(p, SCIM_E_INVALID_PATH, "\"%s\" cannot be sorted by", path->attr->name);
    return NULL;
}

static scim_err_t *read_sort(scim_list_t *list, const scim_listargs_t *args, const scim_rtype_t *rtype,
                             const scim_filter_limits_t *limits, apr_pool_t *p)
{
    scim_path_t *path;
    scim_err_t *err;

    list->sort = NULL;
    list->descending = args->sort_order && apr_cstr_casecmp(args->sort_order, "descending") == 0;
    if (args->sort_order && !list->descending && apr_cstr_casecmp(args->sort_order, "ascending") != 0)
        return scim_err(p, SCIM_E_INVALID_VALUE, "sortOrder is ascending or descending");
    if (!args->sort_by)
        return NULL;
    if ((err = scim_path_parse(&path, args->sort_by, rtype, limits, SCIM_E_INVALID_PATH, p))
        || (err = resolve_sort(path, p)))
        return err;
    list->sort = path;
    return NULL;
}

scim_err_t *scim_list_make(scim_list_t **out, const scim_listargs_t *args, const scim_rtype_t *rtype,
                           const scim_pagesize_t *pagesize, const scim_filter_limits_t *limits, apr_pool_t *p)
{
    scim_list_t *list = apr_pcalloc(p, sizeof *list);
    scim_projection_t *projection;
    scim_err_t *err;

    if ((err = read_start_index(list, args->start_index, p)) || (err = read_count(list, args->count, pagesize, p))
        || (err = read_sort(list, args, rtype, limits, p))
        || (err = scim_projection_make(&projection, args->attributes, args->excluded, rtype, p)))
        return err;
    list->projection = projection;
    if (args->filter && (err = scim_filter_parse(&list->filter, args->filter, rtype, limits, p)))
        return err;
    *out = list;
    return NULL;
}

/* The element that an array is sorted by. */
static const json_t *chosen(const json_t *array)
{
    const json_t *element;
    size_t i;

    json_array_foreach(array, i, element)
        if (json_is_true(json_object_get(element, "primary")))
            return element;
    return json_array_get(array, 0);
}

const json_t *scim_list_sort_value(const scim_list_t *list, const json_t *resource)
{
    const json_t *value = scim_resource_get(resource, list->sort->attr);

    if (json_is_array(value))
        value = chosen(value);
    if (list->sort->sub)
        value = json_object_get(value, list->sort->sub->name);
    return scim_json_unassigned(value) ? NULL : value;
}

/* No value, and none of the attribute's type, is greater than every value (RFC 7644 section 3.4.2.3). */
int scim_list_compare(const scim_list_t *list, const json_t *a, const json_t *b)
{
    const scim_attr_t *attr = list->sort->sub ? list->sort->sub : list->sort->attr;
    int order, ignored;

    if (!scim_type_order(attr->type, attr->case_exact, a, b, &order)) {
        const int a_missing = !scim_type_order(attr->type, attr->case_exact, a, a, &ignored);
        const int b_missing = !scim_type_order(attr->type, attr->case_exact, b, b, &ignored);

        order = a_missing - b_missing;
    }
    return list->descending ? -order : order;
}
