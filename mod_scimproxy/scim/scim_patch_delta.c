/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_patch.h"

#include <apr_hash.h>
#include <apr_tables.h>

#include "scim_json.h"
#include "scim_values.h"

/* A list's change in the making: what comes and what goes, by the keys of elements. */
typedef struct composing_t {
    const scim_attr_t *attr;
    int                clear;
    apr_hash_t        *adds, *removes; /* key -> json_t */
    apr_array_header_t *order;         /* keys of adds as they came */
    int                doubts;         /* it cannot be said without reading */
    int                primary;        /* one of adds is primary */
    apr_pool_t        *p;
} composing_t;

static void forget(composing_t *c)
{
    apr_hash_clear(c->adds);
    apr_hash_clear(c->removes);
    apr_array_clear(c->order);
    c->primary = 0;
    c->clear = 1;
}

static int is_primary(const scim_attr_t *attr, const json_t *element)
{
    const scim_attr_t *primary = scim_attr_sub(attr, "primary");

    return primary && json_is_true(json_object_get(element, primary->name));
}

static void add(composing_t *c, json_t *element)
{
    const char *key = scim_values_key(c->attr, element, c->p);

    if (is_primary(c->attr, element)) {
        c->doubts |= !c->clear || c->primary;      /* another one is not any more */
        c->primary = 1;
    }
    if (!apr_hash_get(c->adds, key, APR_HASH_KEY_STRING)) {
        apr_hash_set(c->adds, key, APR_HASH_KEY_STRING, element);
        APR_ARRAY_PUSH(c->order, const char *) = key;
    }
    else if (!scim_values_by_value(c->attr)) {
        c->doubts = 1;                 /* the two become one */
    }
}

static void compose_add(composing_t *c, const json_t *elements)
{
    json_t *element;
    size_t i;

    c->doubts |= !c->clear && !scim_values_by_value(c->attr);
    json_array_foreach(elements, i, element)
        add(c, element);
}

/* A partial element that only its value is known of. */
static json_t *partial(const composing_t *c, const json_t *value)
{
    json_t *element;

    if (c->attr->type != SCIM_TYPE_COMPLEX)
        return (json_t *)value;
    element = scim_json_own(c->p, json_object());
    json_object_set(element, "value", (json_t *)value);
    return element;
}

static void compose_removal(void *baton, const json_t *value)
{
    composing_t *c = baton;
    const char *key = scim_values_key_of(value, c->p);

    apr_hash_set(c->adds, key, APR_HASH_KEY_STRING, NULL);
    if (!c->clear)
        apr_hash_set(c->removes, key, APR_HASH_KEY_STRING, partial(c, value));
}

static void compose(composing_t *c, const scim_patchop_t *op)
{
    const scim_path_t *path = op->path;

    if (path->sub) {
        c->doubts = 1;
    }
    else if (path->filter) {
        if (op->kind != SCIM_PATCH_REMOVE || !scim_values_exact(c->attr)
            || !scim_filter_eq_values(path->filter, "value", compose_removal, c))
            c->doubts = 1;
    }
    else {
        if (op->kind != SCIM_PATCH_ADD)
            forget(c);
        compose_add(c, op->value);
    }
}

/* An element that was taken out again and came back stands in the order twice. */
static json_t *adds_of(const composing_t *c)
{
    json_t *list = scim_json_own(c->p, json_array());
    int i;

    for (i = 0; i < c->order->nelts; i++) {
        const char *key = APR_ARRAY_IDX(c->order, i, const char *);
        json_t *element = apr_hash_get(c->adds, key, APR_HASH_KEY_STRING);

        if (element)
            json_array_append(list, element);
        apr_hash_set(c->adds, key, APR_HASH_KEY_STRING, NULL);
    }
    return list;
}

static json_t *removes_of(const composing_t *c)
{
    json_t *list = scim_json_own(c->p, json_array());
    apr_hash_index_t *at;

    for (at = apr_hash_first(c->p, c->removes); at; at = apr_hash_next(at)) {
        void *element;

        apr_hash_this(at, NULL, NULL, &element);
        json_array_append(list, element);
    }
    return list;
}

int scim_patch_delta(const scim_patch_t *patch, const scim_attr_t *attr, scim_delta_t *delta, apr_pool_t *p)
{
    composing_t c = {
        .attr = attr, .adds = apr_hash_make(p), .removes = apr_hash_make(p),
        .order = apr_array_make(p, 8, sizeof(const char *)), .p = p
    };
    int i;

    if (attr->required || attr->mutability == SCIM_IMMUTABLE)
        return 0;
    for (i = 0; i < patch->n && !c.doubts; i++)
        if (patch->ops[i].path->attr == attr)
            compose(&c, &patch->ops[i]);
    if (c.doubts)
        return 0;
    delta->clear = c.clear & 1;
    delta->add = adds_of(&c);
    delta->remove = removes_of(&c);
    return 1;
}
