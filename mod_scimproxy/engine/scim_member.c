/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_member.h"

#include <string.h>
#include <apr_strings.h>

#include "scim_error.h"
#include "scim_text.h"

/* The references of one run that lead to one resource type. */
typedef struct batch_t {
    const scim_type_entry_t *type;
    map_ref_t              **refs;
    const char             **in, **out;
    int                      n;
} batch_t;

const char *scim_member_location(const char *base, const scim_rtype_t *rtype, const char *id, apr_pool_t *p)
{
    return apr_pstrcat(p, base, "/", rtype->endpoint, "/", scim_uri_escape(id, p), NULL);
}

static void gather(batch_t *batch, const apr_array_header_t *refs, const scim_type_entry_t *type, apr_pool_t *p)
{
    apr_size_t most = (apr_size_t)refs->nelts;
    int i;

    batch->type = type;
    batch->n = 0;
    batch->refs = apr_palloc(p, most * sizeof *batch->refs);
    batch->in = apr_palloc(p, most * sizeof *batch->in);
    batch->out = apr_palloc(p, most * sizeof *batch->out);
    for (i = 0; i < refs->nelts; i++) {
        map_ref_t *ref = &APR_ARRAY_IDX(refs, i, map_ref_t);

        if (strcmp(ref->rtype, type->rtype->name) == 0)
            batch->refs[batch->n++] = ref;
    }
}

/* Calls `each` with the references to every resource type that has some. */
static scim_err_t *for_each_type(scim_backend_t *backend, const apr_array_header_t *refs, apr_pool_t *p,
                                 scim_err_t *(*each)(scim_backend_t *, batch_t *, void *, apr_pool_t *), void *baton)
{
    int i, n;
    const scim_type_entry_t *types = scim_system_types(backend->type->system, &n);

    for (i = 0; refs->nelts > 0 && i < n; i++) {
        batch_t batch;
        scim_err_t *err;

        gather(&batch, refs, &types[i], p);
        if (batch.n > 0 && (err = each(backend, &batch, baton, p)))
            return err;
    }
    return NULL;
}

static scim_err_t *translate(scim_backend_t *backend, batch_t *batch, const char *from, const char *to, apr_pool_t *p)
{
    const scim_type_entry_t *type = batch->type;
    scim_session_t *session;
    scim_err_t *err = scim_backend_session(&session, backend, type);

    return err ? err : type->connector->resolve(session, type->entity, from, to, batch->in, batch->out, batch->n, p);
}

/* `type` of a member is the resource type it refers to; other attributes have other ideas of their `type`. */
static int type_is_resource_type(const scim_attr_t *attr, const char *rtype)
{
    const scim_attr_t *type = attr ? scim_attr_sub(attr, "type") : NULL;
    const char *const *word;

    for (word = type ? type->canonical : NULL; word && *word; word++)
        if (strcmp(*word, rtype) == 0)
            return 1;
    return 0;
}

/* A value of a complex attribute that has lost what it refers to is no value any more, whatever else is in it. */
static void forget(const map_ref_t *ref)
{
    if (ref->attr && strcmp(ref->key, "value") == 0)
        json_object_clear(ref->holder);
    else
        json_object_del(ref->holder, ref->key);
}

/* The key comes last: id may be the text that stands there now. */
static void complete(const map_ref_t *ref, const char *id, const char *base, const scim_rtype_t *rtype, apr_pool_t *p)
{
    if (ref->attr && scim_attr_sub(ref->attr, "$ref"))
        json_object_set_new(ref->holder, "$ref", json_string(scim_member_location(base, rtype, id, p)));
    if (type_is_resource_type(ref->attr, rtype->name) && !json_object_get(ref->holder, "type"))
        json_object_set_new(ref->holder, "type", json_string(rtype->name));
    json_object_set_new(ref->holder, ref->key, json_string(id));
}

/* What the translation into ids needs and finds. */
typedef struct reading_t {
    const char *base;
    int         dangling;
} reading_t;

static scim_err_t *ids_of(scim_backend_t *backend, batch_t *batch, void *baton, apr_pool_t *p)
{
    const scim_type_entry_t *type = batch->type;
    reading_t *reading = baton;
    scim_err_t *err;
    int i;

    for (i = 0; i < batch->n; i++)
        batch->in[i] = batch->out[i] = batch->refs[i]->value;
    if ((!type->id_is_key || type->caps.hidden) && (err = translate(backend, batch, NULL, map_id_attr(type->program), p)))
        return err;
    for (i = 0; i < batch->n; i++) {
        const char *id = batch->out[i] ? map_id_from_native(type->program, batch->out[i], p) : NULL;

        if (id) {
            complete(batch->refs[i], id, reading->base, type->rtype, p);
        }
        else {
            forget(batch->refs[i]);
            reading->dangling = 1;
        }
    }
    return NULL;
}

scim_err_t *scim_member_to_ids(scim_backend_t *backend, const apr_array_header_t *refs, const char *base,
                               int *dangling, apr_pool_t *p)
{
    reading_t reading = { .base = base };
    scim_err_t *err = for_each_type(backend, refs, p, ids_of, &reading);

    *dangling = reading.dangling;
    return err;
}

/* A holder that is to be removed is emptied: one without its key would match more than was meant. */
static scim_err_t *drop(const map_ref_t *ref, int removing, apr_pool_t *p)
{
    if (!removing)
        return scim_err(p, SCIM_E_INVALID_VALUE, "a value refers to a %s that does not exist", ref->rtype);
    json_object_clear(ref->holder);
    return NULL;
}

static scim_err_t *keys_of(scim_backend_t *backend, batch_t *batch, void *baton, apr_pool_t *p)
{
    const scim_type_entry_t *type = batch->type;
    int removing = *(const int *)baton, kept = 0, i;
    scim_err_t *err;

    for (i = 0; i < batch->n; i++) {
        map_ref_t *ref = batch->refs[i];
        const char *native = map_id_to_native(type->program, ref->value, p);

        if (!native) {
            if ((err = drop(ref, removing, p)))
                return err;
            continue;
        }
        batch->refs[kept] = ref;
        batch->in[kept] = batch->out[kept] = native;
        kept++;
    }
    batch->n = kept;
    /* a key that is only to be removed need not exist; any other must, whether or not the backend minds */
    if (batch->n > 0 && !(type->id_is_key && removing)
        && (err = translate(backend, batch, type->id_is_key ? NULL : map_id_attr(type->program), NULL, p)))
        return err;
    for (i = 0; i < batch->n; i++) {
        if (batch->out[i])
            json_object_set_new(batch->refs[i]->holder, batch->refs[i]->key, json_string(batch->out[i]));
        else if ((err = drop(batch->refs[i], removing, p)))
            return err;
    }
    return NULL;
}

scim_err_t *scim_member_to_native(scim_backend_t *backend, const apr_array_header_t *refs, int removing, apr_pool_t *p)
{
    return for_each_type(backend, refs, p, keys_of, &removing);
}

scim_err_t *scim_member_key(const char **key, scim_backend_t *backend, const char *rtype, const char *id)
{
    const scim_type_entry_t *type = scim_system_type(backend->type->system, rtype);
    batch_t batch = { .type = type, .n = 1 };
    const char *native = type ? map_id_to_native(type->program, id, backend->p) : NULL;

    *key = native;
    if (!native || type->id_is_key)
        return NULL;
    batch.in = &native;
    batch.out = key;
    return translate(backend, &batch, map_id_attr(type->program), NULL, backend->p);
}
