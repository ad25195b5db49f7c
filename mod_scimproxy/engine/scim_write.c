/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_write.h"

#include "scim_error.h"
#include "scim_etag.h"
#include "scim_json.h"
#include "scim_member.h"
#include "scim_present.h"
#include "scim_resource.h"
#include "scim_validate.h"

/* A request that writes a whole resource. */
typedef struct write_t {
    const scim_operation_t   *op;
    const json_t             *resource;  /* what the client wants it to be */
    const apr_array_header_t *versions;
    scim_presenter_t          presenter;
    json_t                   *result;    /* what it is now */
    const char               *version;
} write_t;

scim_err_t *scim_write_precondition(const apr_array_header_t **versions, const scim_operation_t *op, apr_pool_t *p)
{
    scim_etags_t *tags;
    scim_err_t *err = scim_etag_parse(&tags, op->if_match, p);

    *versions = NULL;
    if (err || !tags || tags->any)
        return err;
    if (!op->route.type->caps.version || tags->versions->nelts == 0)
        return scim_err(p, SCIM_E_PRECONDITION, "the resource has none of the versions in If-Match");
    *versions = tags->versions;
    return NULL;
}

scim_err_t *scim_write_target(const char **key, scim_backend_t *backend, const scim_operation_t *op)
{
    const scim_type_entry_t *type = backend->type;
    const scim_attrs_t nothing = { .use = NULL, .n = 0 };
    scim_record_t record;
    scim_etags_t *tags;
    scim_err_t *err = scim_etag_parse(&tags, op->if_none_match, backend->p);

    if (!err)
        err = scim_backend_key(key, backend, op->route.id);
    if (!err && tags)
        err = scim_backend_hold(backend, *key, NULL);
    if (err || !tags)
        return err;
    if ((err = type->connector->get(backend->session, type->entity, *key, &nothing, &record, backend->p)))
        return scim_backend_settle(backend, err);
    json_decref(record.data);
    if (scim_etag_has(tags, record.version))
        return scim_err(backend->p, SCIM_E_PRECONDITION, "the resource has a version that If-None-Match names");
    return NULL;
}

scim_err_t *scim_write_projection(scim_projection_t **projection, const scim_operation_t *op, apr_pool_t *p)
{
    return scim_projection_make(projection, op->args.attributes, op->args.excluded, op->route.type->rtype, p);
}

scim_err_t *scim_write_result(const scim_presenter_t *presenter, const char *key, json_t **resource,
                              const char **version, apr_pool_t *p)
{
    scim_err_t *err = scim_present_read(presenter, key, resource, version, p);

    /* what a transaction holds nobody else has taken away */
    if (err && err->kind == SCIM_E_NOT_FOUND && presenter->backend->type->connector->begin)
        return scim_err(p, SCIM_E_INVALID_VALUE, "with these values the resource is none that this service would have");
    return err;
}

static scim_err_t *read_result(write_t *write, const char *key, apr_pool_t *p)
{
    json_decref(write->result);        /* of an attempt that was undone */
    return scim_write_result(&write->presenter, key, &write->result, &write->version, p);
}

/* What both POST and PUT begin with. */
static scim_err_t *prepare(write_t *write, scim_backend_t *backend, const scim_operation_t *op,
                           scim_purpose_t purpose, apr_pool_t *p)
{
    scim_projection_t *projection;
    json_t *resource;
    scim_err_t *err = scim_write_projection(&projection, op, p);

    write->op = op;
    if (!err)
        err = scim_write_precondition(&write->versions, op, p);
    if (!err)
        err = scim_validate_resource(&resource, op->document, op->route.type->rtype, purpose, op->leniency, p);
    if (err)
        return err;
    write->resource = scim_json_own(p, resource);
    backend->type = op->route.type;
    backend->p = p;
    scim_presenter_make(&write->presenter, backend, op, projection);
    return NULL;
}

static scim_err_t *create(scim_backend_t *backend, void *baton)
{
    write_t *write = baton;
    apr_pool_t *p = backend->p;
    const scim_type_entry_t *type = backend->type;
    map_run_t run = { .refs = apr_array_make(p, 4, sizeof(map_ref_t)), .p = p };
    json_t *native;
    const char *key;
    scim_err_t *err = map_write(type->program, write->resource, MAP_ON_CREATE, NULL, NULL, &native, &run);

    if (err)
        return err;
    scim_json_own(p, native);
    if ((err = scim_member_to_native(backend, run.refs, 0, p)) || (err = scim_backend_create(&key, backend, native)))
        return err;
    return read_result(write, key, p);
}

static int is_write_only(const scim_attr_t *attr)
{
    return attr->mutability == SCIM_WRITE_ONLY;
}

/*
 * A map_wants_fn. PUT leaves alone what the client could not have read: a password that it does not set (RFC
 * 7644 section 3.5.1 has writeOnly attributes in nobody's representation), and immutable values that it does
 * not repeat.
 */
static int replaces(void *baton, const scim_attr_t *attr, const scim_attr_t *sub)
{
    const write_t *write = baton;
    const json_t *value = scim_resource_get(write->resource, attr);

    if (!value && (is_write_only(attr) || attr->mutability == SCIM_IMMUTABLE))
        return 0;
    return !sub || attr->multi || !is_write_only(sub) || json_object_get(value, sub->name) != NULL;
}

/* A map_wants_fn: what scim_validate_immutable() compares. */
static int is_fixed(void *baton, const scim_attr_t *attr, const scim_attr_t *sub)
{
    int i;

    (void)baton;
    if (attr->mutability == SCIM_IMMUTABLE)
        return 1;
    if (sub)
        return !attr->multi && sub->mutability == SCIM_IMMUTABLE;
    for (i = 0; i < attr->nsub; i++)
        if (is_fixed(baton, attr, &attr->sub[i]))
            return 1;
    return 0;
}

/* The record is held: what is compared is what is changed then. */
static scim_err_t *check_immutable(const write_t *write, scim_backend_t *backend, const char *key)
{
    scim_presenter_t fixed = write->presenter;
    json_t *before;
    const char *version;
    scim_err_t *err;

    if (!scim_validate_has_immutable(backend->type->rtype))
        return NULL;
    fixed.plan = map_plan_make(backend->type->program, is_fixed, NULL, backend->p);
    if ((err = scim_backend_hold(backend, key, write->versions))
        || (err = scim_present_read(&fixed, key, &before, &version, backend->p)))
        return err;
    err = scim_validate_immutable(before, write->resource, backend->type->rtype, backend->p);
    json_decref(before);
    return err;
}

static scim_change_t change_of(const json_t *native, const apr_array_header_t *versions, apr_pool_t *p)
{
    scim_mod_t *mods = apr_palloc(p, (json_object_size(native) + 1) * sizeof *mods);
    scim_change_t change = { .mods = mods, .versions = versions };
    const char *attr;
    json_t *value;

    /* the iteration only reads */
    json_object_foreach((json_t *)native, attr, value) {
        mods[change.n].kind = SCIM_MOD_SET;
        mods[change.n].attr = attr;
        mods[change.n].values = value;
        change.n++;
    }
    return change;
}

static scim_err_t *replace(scim_backend_t *backend, void *baton)
{
    write_t *write = baton;
    apr_pool_t *p = backend->p;
    const scim_type_entry_t *type = backend->type;
    map_run_t run = { .refs = apr_array_make(p, 4, sizeof(map_ref_t)), .p = p };
    scim_change_t change;
    json_t *native;
    const char *key;
    scim_err_t *err;

    if ((err = scim_write_target(&key, backend, write->op))
        || (err = check_immutable(write, backend, key))
        || (err = map_write(type->program, write->resource, MAP_ON_UPDATE, replaces, write, &native, &run)))
        return err;
    scim_json_own(p, native);
    if ((err = scim_member_to_native(backend, run.refs, 0, p)))
        return err;
    change = change_of(native, write->versions, p);
    err = scim_backend_modify(backend, key, &change);
    return err ? err : read_result(write, key, p);
}

static scim_err_t *run(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink,
                       scim_purpose_t purpose, scim_work_fn work, scim_done_t done, apr_pool_t *p)
{
    write_t write = { .op = op };
    scim_backend_t backend;
    scim_err_t *err = prepare(&write, &backend, op, purpose, p);

    if (err)
        return err;
    err = scim_backend_open(&backend, op->route.type, ctx, p);
    if (!err)
        err = scim_backend_transact(&backend, work, &write);
    scim_backend_close(&backend);
    if (err) {
        json_decref(write.result);
        return err;
    }
    return scim_present_answer(&write.presenter, write.result, write.version, done, sink, p);
}

scim_err_t *scim_write_create(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink, apr_pool_t *p)
{
    return run(op, ctx, sink, SCIM_FOR_CREATE, create, SCIM_DONE_CREATED, p);
}

scim_err_t *scim_write_replace(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink,
                               apr_pool_t *p)
{
    return run(op, ctx, sink, SCIM_FOR_REPLACE, replace, SCIM_DONE_OK, p);
}

typedef struct deletion_t {
    const scim_operation_t   *op;
    const apr_array_header_t *versions;
} deletion_t;

static scim_err_t *delete(scim_backend_t *backend, void *baton)
{
    const deletion_t *deletion = baton;
    const char *key;
    scim_err_t *err = scim_write_target(&key, backend, deletion->op);

    return err ? err : scim_backend_remove(backend, key, deletion->versions);
}

scim_err_t *scim_write_delete(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink, apr_pool_t *p)
{
    const scim_reply_t reply = { .done = SCIM_DONE_NO_CONTENT };
    deletion_t deletion = { .op = op };
    scim_backend_t backend;
    scim_err_t *err = scim_write_precondition(&deletion.versions, op, p);

    if (err)
        return err;
    err = scim_backend_open(&backend, op->route.type, ctx, p);
    if (!err)
        err = scim_backend_transact(&backend, delete, &deletion);
    scim_backend_close(&backend);
    return err ? err : sink->begin(sink->baton, &reply);
}
