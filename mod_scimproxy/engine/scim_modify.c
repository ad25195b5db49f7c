/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_modify.h"

#include <string.h>

#include "scim_error.h"
#include "scim_etag.h"
#include "scim_json.h"
#include "scim_member.h"
#include "scim_patch.h"
#include "scim_present.h"
#include "scim_write.h"

/* How often a difference is made anew because somebody else was faster: only where the backend cannot hold a record. */
enum { RACES = 3 };

/* A list whose change is said without reading it. */
typedef struct forward_t {
    const map_each_t *each;
    scim_delta_t      delta;
} forward_t;

typedef struct modify_t {
    const scim_operation_t   *op;
    const apr_array_header_t *versions;  /* the client's */
    apr_array_header_t       *forwards;  /* of forward_t */
    scim_patch_t              local;     /* operations to apply to what is read */
    scim_presenter_t          presenter;
    unsigned                  quiet:1;   /* answered without the resource */
    json_t                   *result;
    const char               *version;
    unsigned                  raced:1;   /* the last attempt lost against another change */
} modify_t;

static int touches(const scim_patch_t *patch, int upto, const scim_attr_t *attr)
{
    int i;

    for (i = 0; i < upto; i++)
        if (patch->ops[i].path->attr == attr)
            return 1;
    return 0;
}

/* A map_wants_fn: the attributes that the local operations touch. */
static int touched(void *baton, const scim_attr_t *attr, const scim_attr_t *sub)
{
    const modify_t *modify = baton;

    (void)sub;
    return touches(&modify->local, modify->local.n, attr);
}

static int forwards_to(const modify_t *modify, const map_each_t *each)
{
    int i;

    for (i = 0; i < modify->forwards->nelts; i++)
        if (APR_ARRAY_IDX(modify->forwards, i, forward_t).each == each)
            return 1;
    return 0;
}

/* Parts the operations: those on lists that can be pushed forward, and the rest. Operations on different
 * attributes do not see each other, so their order matters only within one. */
static void part(modify_t *modify, const scim_patch_t *patch, apr_pool_t *p)
{
    const scim_type_entry_t *type = modify->op->route.type;
    int i;

    modify->forwards = apr_array_make(p, 2, sizeof(forward_t));
    modify->local.ops = apr_palloc(p, (apr_size_t)(patch->n + 1) * sizeof *patch->ops);
    for (i = 0; i < patch->n; i++) {
        const scim_attr_t *attr = patch->ops[i].path->attr;
        const map_each_t *each = type->caps.values && attr->multi ? map_each_of(type->program, attr) : NULL;
        forward_t forward = { .each = each };

        if (each && forwards_to(modify, each))
            continue;
        if (each && !touches(patch, i, attr) && scim_patch_delta(patch, attr, &forward.delta, p))
            APR_ARRAY_PUSH(modify->forwards, forward_t) = forward;
        else
            modify->local.ops[modify->local.n++] = patch->ops[i];
    }
}

static void add_mod(apr_array_header_t *mods, scim_modkind_t kind, const char *attr, json_t *values)
{
    scim_mod_t *mod = apr_array_push(mods);

    mod->kind = kind;
    mod->attr = attr;
    mod->values = values;
}

static int is_empty(const json_t *element)
{
    return json_is_object(element) && json_object_size(element) == 0;
}

/* Elements of a resource to native ones. */
static scim_err_t *map_elements(json_t **native, scim_backend_t *backend, const map_each_t *each,
                                const json_t *elements, int removing)
{
    apr_pool_t *p = backend->p;
    map_run_t run = { .refs = apr_array_make(p, 4, sizeof(map_ref_t)), .p = p };
    scim_err_t *err = map_write_elements(each, elements, native, &run);
    size_t i;

    if (err)
        return err;
    scim_json_own(p, *native);
    if ((err = scim_member_to_native(backend, run.refs, removing, p)))
        return err;
    for (i = json_array_size(*native); i > 0; i--)
        if (is_empty(json_array_get(*native, i - 1)))
            json_array_remove(*native, i - 1);
    return NULL;
}

static scim_err_t *forward(scim_backend_t *backend, const forward_t *forward, apr_array_header_t *mods)
{
    const char *attr = map_each_native(forward->each);
    json_t *native;
    scim_err_t *err;

    if (!forward->delta.clear && json_array_size(forward->delta.remove) > 0) {
        if ((err = map_elements(&native, backend, forward->each, forward->delta.remove, 1)))
            return err;
        if (json_array_size(native) > 0)
            add_mod(mods, SCIM_MOD_REMOVE, attr, native);
    }
    if (forward->delta.clear || json_array_size(forward->delta.add) > 0) {
        if ((err = map_elements(&native, backend, forward->each, forward->delta.add, 0)))
            return err;
        add_mod(mods, forward->delta.clear ? SCIM_MOD_SET : SCIM_MOD_ADD, attr, native);
    }
    return NULL;
}

static scim_err_t *to_native(json_t **native, scim_backend_t *backend, const json_t *resource, unsigned on,
                             modify_t *modify)
{
    apr_pool_t *p = backend->p;
    map_run_t run = { .refs = apr_array_make(p, 4, sizeof(map_ref_t)), .p = p };
    scim_err_t *err = map_write(backend->type->program, resource, on, touched, modify, native, &run);

    if (err)
        return err;
    scim_json_own(p, *native);
    return scim_member_to_native(backend, run.refs, 0, p);
}

/* A map_wants_fn: what is cleared though nobody can read whether it is there. Comparing with what is read would
 * lose such a change. */
static int cleared_blindly(void *baton, const scim_attr_t *attr, const scim_attr_t *sub)
{
    const modify_t *modify = baton;
    int i;

    for (i = 0; i < modify->local.n; i++) {
        const scim_patchop_t *op = &modify->local.ops[i];
        const scim_attr_t *leaf = op->path->sub ? op->path->sub : op->path->attr;

        if (!op->value && leaf->mutability == SCIM_WRITE_ONLY && op->path->attr == attr
            && (!op->path->sub || op->path->sub == sub))
            return 1;
    }
    return 0;
}

/* Sets these to what the operations have made of them, in the end. */
static scim_err_t *clear_blindly(scim_backend_t *backend, modify_t *modify, const json_t *after,
                                 apr_array_header_t *mods)
{
    apr_pool_t *p = backend->p;
    map_run_t run = { .refs = apr_array_make(p, 4, sizeof(map_ref_t)), .p = p };
    const char *attr;
    json_t *native, *value;
    scim_err_t *err = map_write(backend->type->program, after, MAP_ON_PATCH, cleared_blindly, modify, &native, &run);

    if (err)
        return err;
    scim_json_own(p, native);
    json_object_foreach(native, attr, value)
        if (scim_json_unassigned(value))
            add_mod(mods, SCIM_MOD_SET, attr, value);
    return NULL;
}

/* Applies the local operations to what is there; *seen is the version that they were applied to. */
static scim_err_t *apply_local(scim_backend_t *backend, modify_t *modify, const char *key,
                               apr_array_header_t *mods, const char **seen)
{
    const scim_type_entry_t *type = backend->type;
    apr_pool_t *p = backend->p;
    scim_presenter_t reader = modify->presenter;
    json_t *before, *after, *native_before, *native_after;
    int changed;
    scim_err_t *err;

    reader.plan = map_plan_make(type->program, touched, modify, p);
    if ((err = scim_backend_hold(backend, key, modify->versions))
        || (err = scim_present_read(&reader, key, &before, seen, p)))
        return err;
    scim_json_own(p, before);
    after = scim_json_own(p, json_deep_copy(before));
    if ((err = scim_patch_apply(&modify->local, after, type->rtype, &changed, p))
        || (err = clear_blindly(backend, modify, after, mods)) || !changed)
        return err;
    if ((err = to_native(&native_before, backend, before, MAP_ON_PATCH | MAP_AS_IS, modify))
        || (err = to_native(&native_after, backend, after, MAP_ON_PATCH, modify)))
        return err;
    map_diff(type->program, native_before, native_after, (int)type->caps.values, mods, p);
    return NULL;
}

static scim_err_t *read_result(scim_backend_t *backend, modify_t *modify, const char *key)
{
    scim_presenter_t presenter = modify->presenter;
    scim_want_t only_id = { .projection = NULL };

    if (modify->quiet)
        presenter.plan = map_plan_make(backend->type->program, scim_present_wants, &only_id, backend->p);
    return scim_write_result(&presenter, key, &modify->result, &modify->version, backend->p);
}

static scim_err_t *change(scim_backend_t *backend, void *baton)
{
    modify_t *modify = baton;
    apr_pool_t *p = backend->p;
    apr_array_header_t *mods = apr_array_make(p, 4, sizeof(scim_mod_t));
    scim_change_t change = { .versions = modify->versions };
    const char *key, *seen = NULL;
    int i;
    scim_err_t *err;

    modify->raced = 0;
    json_decref(modify->result);
    modify->result = NULL;
    if ((err = scim_write_target(&key, backend, modify->op)))
        return err;
    if (modify->local.n > 0 && (err = apply_local(backend, modify, key, mods, &seen)))
        return err;
    if (seen && mods->nelts > 0 && !modify->versions) {
        apr_array_header_t *mine = apr_array_make(p, 1, sizeof(const char *));

        APR_ARRAY_PUSH(mine, const char *) = seen;
        change.versions = mine;
    }
    for (i = 0; i < modify->forwards->nelts; i++)
        if ((err = forward(backend, &APR_ARRAY_IDX(modify->forwards, i, forward_t), mods)))
            return err;
    change.mods = (const scim_mod_t *)mods->elts;
    change.n = mods->nelts;
    err = scim_backend_modify(backend, key, &change);
    if (err && err->kind == SCIM_E_PRECONDITION && !modify->versions)
        modify->raced = 1;
    return err ? err : read_result(backend, modify, key);
}

static scim_err_t *answer(modify_t *modify, const scim_sink_t *sink, apr_pool_t *p)
{
    scim_reply_t reply = { .done = SCIM_DONE_NO_CONTENT,
                           .etag = modify->version ? scim_etag_make(modify->version, p) : NULL };

    if (!modify->quiet)
        return scim_present_answer(&modify->presenter, modify->result, modify->version, SCIM_DONE_OK, sink, p);
    reply.location = scim_present_finish(&modify->presenter, modify->result, modify->version, p);
    json_decref(modify->result);
    return sink->begin(sink->baton, &reply);
}

scim_err_t *scim_modify_run(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink, apr_pool_t *p)
{
    const scim_type_entry_t *type = op->route.type;
    const scim_filter_limits_t limits = { .max_bytes = (apr_size_t)op->limits->max_body,
                                          .max_terms = op->limits->max_terms,
                                          .max_depth = op->limits->max_depth };
    modify_t modify = { .op = op };
    scim_backend_t backend = { .type = type, .p = p };
    scim_projection_t *projection;
    scim_patch_t *patch;
    scim_err_t *err;
    int race = 0;

    if ((err = scim_write_projection(&projection, op, p))
        || (err = scim_write_precondition(&modify.versions, op, p))
        || (err = scim_patch_parse(&patch, op->document, op->route.id, type->rtype, op->leniency, &limits, p)))
        return err;
    part(&modify, patch, p);
    /* a group can have more members than anybody wants back from a small change */
    modify.quiet = scim_rtype_attr(type->rtype, "members") != NULL && !scim_projection_explicit(projection);
    scim_presenter_make(&modify.presenter, &backend, op, projection);
    err = scim_backend_open(&backend, type, ctx, p);
    while (!err) {
        err = scim_backend_transact(&backend, change, &modify);
        if (!err || !modify.raced || ++race == RACES)
            break;
        err = NULL;
    }
    scim_backend_close(&backend);
    if (!err)
        return answer(&modify, sink, p);
    json_decref(modify.result);
    if (modify.raced)
        err = scim_err(p, SCIM_E_UNAVAILABLE, "others are changing this resource; try again");
    return err;
}
