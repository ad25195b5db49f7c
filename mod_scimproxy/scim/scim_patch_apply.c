/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_patch.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_hash.h>

#include "scim_error.h"
#include "scim_json.h"
#include "scim_resource.h"
#include "scim_values.h"

/* Comparisons of elements with filters, and of values of lists in elements, in all operations together. */
enum { MAX_WORK = 5000000 };

typedef struct applying_t {
    json_t     *resource;
    apr_hash_t *lists;                 /* attribute -> scim_values_t: lists that operations change */
    apr_int64_t work;
    apr_pool_t *p;
} applying_t;

static scim_err_t *no_target(const applying_t *a, const scim_path_t *path)
{
    /* the attribute, not the path: a detail names attributes and repeats no values */
    return scim_err(a->p, SCIM_E_NO_TARGET, "no value of \"%s\" is what the path is looking for",
                    scim_attr_path(path->attr, a->p));
}

/* ---- one complex value ---- */

static scim_err_t *check_work(const applying_t *a)
{
    if (a->work <= MAX_WORK)
        return NULL;
    return scim_err(a->p, SCIM_E_TOO_LARGE, "the PATCH has too many filters and values for lists this long");
}

/* A list of simple values with those of another that it does not have. The caller's. */
static json_t *united(applying_t *a, const scim_attr_t *attr, const json_t *list, const json_t *more)
{
    scim_values_t *values = scim_values_make(attr, list, a->p);
    const json_t *value;
    size_t i;

    a->work += (apr_int64_t)(json_array_size(list) + json_array_size(more));
    json_array_foreach(more, i, value)
        scim_values_add(values, value);
    return scim_values_list(values);
}

/* Sets or takes out a sub-attribute of an object that is ours. */
static void set_sub(applying_t *a, json_t *object, const scim_patchop_t *op)
{
    const scim_attr_t *sub = op->path->sub;
    const json_t *had = json_object_get(object, sub->name);

    if (!op->value) {
        json_object_del(object, sub->name);
    }
    else if (sub->multi && op->kind == SCIM_PATCH_ADD && json_is_array(had)) {
        json_object_set_new(object, sub->name, united(a, sub, had, op->value));
    }
    else {
        json_object_set(object, sub->name, op->value);
    }
}

static void apply_single(applying_t *a, const scim_patchop_t *op)
{
    const scim_attr_t *attr = op->path->attr;
    const json_t *had = scim_resource_get(a->resource, attr);
    json_t *object;

    if (!op->path->sub) {
        scim_resource_set(a->resource, attr, json_incref(op->value));
        return;
    }
    object = had ? json_copy((json_t *)had) : json_object();
    set_sub(a, object, op);
    if (json_object_size(object) == 0) {
        json_decref(object);
        object = NULL;
    }
    scim_resource_set(a->resource, attr, object);
}

/* ---- lists ---- */

static scim_values_t *values_of(const applying_t *a, const scim_attr_t *attr)
{
    scim_values_t *values = apr_hash_get(a->lists, &attr, sizeof attr);

    if (!values) {
        const scim_attr_t **key = apr_palloc(a->p, sizeof *key);

        *key = attr;
        values = scim_values_make(attr, scim_resource_get(a->resource, attr), a->p);
        apr_hash_set(a->lists, key, sizeof *key, values);
    }
    return values;
}

static scim_err_t *add_all(scim_values_t *values, const json_t *elements)
{
    const json_t *element;
    size_t i;
    scim_err_t *err = NULL;

    json_array_foreach(elements, i, element)
        if ((err = scim_values_add(values, element)))
            break;
    return err;
}

static scim_err_t *apply_whole(scim_values_t *values, const scim_patchop_t *op)
{
    if (op->kind != SCIM_PATCH_ADD)
        scim_values_clear(values);
    return add_all(values, op->value);
}

/* ---- elements that a filter selects ---- */

/* What the filter says an element is; NULL if it does not say that. The caller's. */
static json_t *described(const scim_filter_t *filter)
{
    json_t *element = json_object();

    if (scim_filter_template(filter, element))
        return element;
    json_decref(element);
    return NULL;
}

/* An element that has lost its last value is none: type and primary are only about that. */
static int is_hollow(const json_t *element)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)element, name, value)
        if (apr_cstr_casecmp(name, "primary") != 0 && apr_cstr_casecmp(name, "type") != 0)
            return 0;
    return 1;
}

/* What becomes of a selected element; NULL if it goes. The caller's. */
static json_t *changed_element(applying_t *a, const json_t *element, const scim_patchop_t *op)
{
    const scim_path_t *path = op->path;
    json_t *after, *description;

    if (path->sub) {
        after = json_copy((json_t *)element);
        set_sub(a, after, op);
        if (op->value || !is_hollow(after))
            return after;
        json_decref(after);
        return NULL;
    }
    if (!op->value)
        return NULL;
    if (!json_is_object(op->value))
        return json_incref(op->value);
    if (op->kind == SCIM_PATCH_ADD) {
        after = json_copy((json_t *)element);
        json_object_update(after, op->value);
        return after;
    }
    after = json_copy(op->value);
    if ((description = described(path->filter))) {
        json_object_update_missing(after, description);
        json_decref(description);
    }
    return after;
}

static scim_err_t *make_element(const applying_t *a, scim_values_t *values, const scim_patchop_t *op)
{
    const scim_path_t *path = op->path;
    json_t *element = described(path->filter);
    scim_err_t *err;

    if (!element)
        return no_target(a, path);
    if (path->sub)
        json_object_set(element, path->sub->name, op->value);
    else if (json_is_object(op->value))
        json_object_update(element, op->value);
    err = scim_validate_complete(element, path->attr, a->p);
    if (!err)
        err = scim_values_add(values, element);
    json_decref(element);
    return err;
}

/* Comparisons in a filter; what looks at every element is one even without. */
static apr_size_t comparisons_of(const scim_filter_t *filter)
{
    apr_size_t n = 0;
    int i;

    if (!filter || filter->kind == SCIM_F_CMP)
        return 1;
    for (i = 0; i < filter->n; i++)
        n += comparisons_of(filter->kids[i]);
    return n;
}

static int selects(const scim_path_t *path, const json_t *element)
{
    return element && (!path->filter || scim_filter_match_element(path->filter, element));
}

/* True if each of the selected elements would be the primary one. Whole ones that are replaced by the same become
 * one. */
static int makes_primary(const scim_patchop_t *op)
{
    const scim_attr_t *sub = op->path->sub, *primary = scim_attr_sub(op->path->attr, "primary");

    if (!primary || (!sub && op->kind != SCIM_PATCH_ADD))
        return 0;
    return json_is_true(sub == primary ? op->value : json_object_get(op->value, primary->name));
}

static scim_err_t *apply_selected(applying_t *a, scim_values_t *values, const scim_patchop_t *op)
{
    const apr_size_t n = scim_values_size(values);
    apr_size_t i;
    int found = 0;
    scim_err_t *err;

    a->work += (apr_int64_t)(n * (comparisons_of(op->path->filter) + json_array_size(op->value)));
    err = check_work(a);
    for (i = 0; i < n && !err; i++)
        if (selects(op->path, scim_values_at(values, i))) {
            found++;
            err = scim_values_set(values, i, changed_element(a, scim_values_at(values, i), op));
        }
    if (!err && found > 1 && makes_primary(op))
        err = scim_err(a->p, SCIM_E_INVALID_VALUE, "\"%s\" would have more than one primary value",
                       scim_attr_path(op->path->attr, a->p));
    if (err || found || op->kind == SCIM_PATCH_REMOVE || !op->value)
        return err;
    return op->make ? make_element(a, values, op) : no_target(a, op->path);
}

/* Removal by `value eq`, where elements are known by that: no need to look at all of them. */
typedef struct removing_t {
    scim_values_t *values;
    apr_pool_t    *p;
} removing_t;

static void remove_value(void *baton, const json_t *value)
{
    const removing_t *removing = baton;

    scim_values_remove(removing->values, scim_values_key_of(value, removing->p));
}

static void check_value(void *baton, const json_t *value)
{
    (void)baton;
    (void)value;
}

static int remove_exactly(const applying_t *a, scim_values_t *values, const scim_patchop_t *op)
{
    removing_t removing = { .values = values, .p = a->p };

    if (op->kind != SCIM_PATCH_REMOVE || op->path->sub || !scim_values_exact(op->path->attr)
        || !scim_filter_eq_values(op->path->filter, "value", check_value, NULL))
        return 0;
    return scim_filter_eq_values(op->path->filter, "value", remove_value, &removing);
}

static scim_err_t *apply_multi(applying_t *a, const scim_patchop_t *op)
{
    scim_values_t *values = values_of(a, op->path->attr);

    if (!op->path->filter && !op->path->sub)
        return apply_whole(values, op);
    if (op->path->filter && remove_exactly(a, values, op))
        return NULL;
    return apply_selected(a, values, op);
}

static void put_lists_back(const applying_t *a)
{
    apr_hash_index_t *at;

    for (at = apr_hash_first(a->p, a->lists); at; at = apr_hash_next(at)) {
        const void *key;
        void *values;

        apr_hash_this(at, &key, NULL, &values);
        scim_resource_set(a->resource, *(const scim_attr_t *const *)key, scim_values_list(values));
    }
}

/* ---- what has become of it ---- */

static int differs(const scim_attr_t *attr, const json_t *before, const json_t *after, apr_pool_t *p)
{
    if (attr->multi)
        return !scim_values_equal(attr, before, after, p);
    if (!before || !after)
        return before != after;
    return !scim_json_equal(before, after);
}

static scim_err_t *check_attr(const scim_attr_t *attr, const json_t *before, const json_t *after, int required,
                              int *changed, apr_pool_t *p)
{
    int i;

    if (!differs(attr, before, after, p))
        return NULL;
    *changed = 1;
    if (attr->mutability == SCIM_IMMUTABLE && before)
        return scim_err(p, SCIM_E_MUTABILITY, "\"%s\" cannot be changed", scim_attr_path(attr, p));
    if (required && !after)
        return scim_err(p, SCIM_E_MUTABILITY, "\"%s\" is required: it cannot be removed", scim_attr_path(attr, p));
    for (i = 0; !attr->multi && i < attr->nsub; i++) {
        const json_t *had = json_object_get(before, attr->sub[i].name);

        if (attr->sub[i].mutability == SCIM_IMMUTABLE && had
            && !scim_json_equal(had, json_object_get(after, attr->sub[i].name)))
            return scim_err(p, SCIM_E_MUTABILITY, "\"%s\" cannot be changed", scim_attr_path(&attr->sub[i], p));
    }
    return attr->multi || !after ? NULL : scim_validate_complete(after, attr, p);
}

/* What an extension requires goes with the extension, which is the one way to clear it. */
static int went_with_extension(const scim_patch_t *patch, const scim_attr_t *attr, const json_t *after)
{
    int i;

    if (!attr->home || json_object_get(after, attr->home))
        return 0;
    for (i = 0; i < patch->n; i++) {
        const scim_path_t *path = patch->ops[i].path;

        if (path->attr == attr && !path->sub && !path->filter && !patch->ops[i].value)
            return 1;
    }
    return 0;
}

static scim_err_t *check_result(const scim_patch_t *patch, const json_t *before, const json_t *after, int *changed,
                                apr_pool_t *p)
{
    apr_hash_t *seen = apr_hash_make(p);
    scim_err_t *err = NULL;
    int i;

    for (i = 0; i < patch->n && !err; i++) {
        const scim_attr_t *attr = patch->ops[i].path->attr;
        int required;

        if (apr_hash_get(seen, &patch->ops[i].path->attr, sizeof attr))
            continue;
        apr_hash_set(seen, &patch->ops[i].path->attr, sizeof attr, attr);
        required = attr->required && !went_with_extension(patch, attr, after);
        err = check_attr(attr, scim_resource_get(before, attr), scim_resource_get(after, attr), required, changed, p);
    }
    return err;
}

scim_err_t *scim_patch_apply(const scim_patch_t *patch, json_t *resource, const scim_rtype_t *rtype, int *changed,
                             apr_pool_t *p)
{
    applying_t a = { .resource = resource, .lists = apr_hash_make(p), .p = p };
    json_t *before = json_deep_copy(resource);
    scim_err_t *err = NULL;
    int i;

    (void)rtype;
    *changed = 0;
    for (i = 0; i < patch->n && !err; i++) {
        if (patch->ops[i].path->attr->multi)
            err = apply_multi(&a, &patch->ops[i]);
        else
            apply_single(&a, &patch->ops[i]);
        if (!err)
            err = check_work(&a);
    }
    if (!err) {
        put_lists_back(&a);
        err = check_result(patch, before, resource, changed, p);
    }
    json_decref(before);
    return err;
}
