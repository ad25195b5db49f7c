/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_backend.h"

#include <string.h>

#include "scim_error.h"
#include "scim_log.h"

enum { READ_ATTEMPTS = 2, CHANGE_ATTEMPTS = 3 };

typedef struct other_t {
    const scim_type_entry_t *type;
    scim_session_t          *session;
} other_t;

scim_err_t *scim_backend_open(scim_backend_t *backend, const scim_type_entry_t *type, const scim_ctx_t *ctx,
                              apr_pool_t *p)
{
    backend->type = type;
    backend->session = NULL;
    backend->ctx = ctx;
    backend->others = NULL;
    backend->p = p;
    backend->lasting = 0;
    return type->connector->acquire(&backend->session, type->target, ctx, p);
}

void scim_backend_close(scim_backend_t *backend)
{
    int i;

    for (i = 0; backend->others && i < backend->others->nelts; i++) {
        other_t *other = &APR_ARRAY_IDX(backend->others, i, other_t);

        other->type->connector->release(other->session);
    }
    backend->others = NULL;
    if (backend->session)
        backend->type->connector->release(backend->session);
    backend->session = NULL;
}

static scim_err_t *reopen(scim_backend_t *backend)
{
    scim_backend_close(backend);
    return scim_backend_open(backend, backend->type, backend->ctx, backend->p);
}

static int same_target(const scim_type_entry_t *a, const scim_type_entry_t *b)
{
    return a->connector == b->connector && a->target == b->target;
}

scim_err_t *scim_backend_session(scim_session_t **session, scim_backend_t *backend, const scim_type_entry_t *type)
{
    other_t *other;
    scim_err_t *err;
    int i;

    if (same_target(type, backend->type)) {
        *session = backend->session;
        return NULL;
    }
    if (!backend->others)
        backend->others = apr_array_make(backend->p, 2, sizeof(other_t));
    for (i = 0; i < backend->others->nelts; i++) {
        other = &APR_ARRAY_IDX(backend->others, i, other_t);
        if (same_target(type, other->type)) {
            *session = other->session;
            return NULL;
        }
    }
    if ((err = type->connector->acquire(session, type->target, backend->ctx, backend->p)))
        return err;
    other = apr_array_push(backend->others);
    other->type = type;
    other->session = *session;
    return NULL;
}

static int is_over(const scim_ctx_t *ctx)
{
    return ctx->host->now(ctx->host->baton) >= ctx->deadline || (ctx->cancelled && ctx->cancelled(ctx->cancel_baton));
}

static int worth_retrying(const scim_backend_t *backend, const scim_err_t *err, int attempt, int attempts)
{
    const scim_ctx_t *ctx = backend->ctx;

    if (!err->retriable || backend->lasting || attempt + 1 >= attempts || is_over(ctx))
        return 0;
    scim_log(ctx->log, SCIM_LOG_INFO, err->rv, SCIM_LOGNO(0400) "target %s: trying again: %s",
             backend->type->target_name, err->log ? err->log : err->detail);
    return 1;
}

scim_err_t *scim_backend_read(scim_backend_t *backend, scim_work_fn work, void *baton)
{
    scim_err_t *err;
    int attempt;

    for (attempt = 0;; attempt++) {
        err = work(backend, baton);
        if (!err || !worth_retrying(backend, err, attempt, READ_ATTEMPTS))
            return err;
        if ((err = reopen(backend)))
            return err;
    }
}

static scim_err_t *transact_once(scim_backend_t *backend, scim_work_fn work, void *baton)
{
    const scim_connector_t *connector = backend->type->connector;
    scim_err_t *err;

    if (!connector->begin)
        return work(backend, baton);
    if ((err = connector->begin(backend->session)))
        return err;
    err = work(backend, baton);
    if (!err)
        return connector->commit(backend->session);
    connector->rollback(backend->session);
    return err;
}

scim_err_t *scim_backend_transact(scim_backend_t *backend, scim_work_fn work, void *baton)
{
    scim_err_t *err;
    int attempt;

    for (attempt = 0;; attempt++) {
        err = transact_once(backend, work, baton);
        if (!err || !worth_retrying(backend, err, attempt, CHANGE_ATTEMPTS))
            return err;
        if ((err = reopen(backend)))
            return err;
    }
}

/* ---- the calls of the connector ---- */

static scim_err_t *not_found(const scim_backend_t *backend)
{
    return scim_err(backend->p, SCIM_E_NOT_FOUND, "no %s has this id", backend->type->rtype->name);
}

scim_err_t *scim_backend_settle(const scim_backend_t *backend, scim_err_t *err)
{
    return err && err->kind == SCIM_E_NOT_FOUND ? not_found(backend) : err;
}

/* What one call says did not happen may come after another that did: then nothing is tried again. */
static scim_err_t *done(scim_backend_t *backend, scim_err_t *err, int changed)
{
    if (!err && changed && !backend->type->connector->begin)
        backend->lasting = 1;
    return scim_backend_settle(backend, err);
}

scim_err_t *scim_backend_key(const char **key, scim_backend_t *backend, const char *id)
{
    const scim_type_entry_t *type = backend->type;
    const char *native = map_id_to_native(type->program, id, backend->p);
    scim_err_t *err;

    *key = native;
    if (native && !type->id_is_key) {
        err = type->connector->resolve(backend->session, type->entity, map_id_attr(type->program), NULL,
                                       &native, key, 1, backend->p);
        if (err)
            return err;
    }
    return *key ? NULL : not_found(backend);
}

scim_err_t *scim_backend_create(const char **key, scim_backend_t *backend, const json_t *data)
{
    const scim_type_entry_t *type = backend->type;

    return done(backend, type->connector->create(backend->session, type->entity, data, key, backend->p), 1);
}

scim_err_t *scim_backend_modify(scim_backend_t *backend, const char *key, const scim_change_t *change)
{
    const scim_type_entry_t *type = backend->type;
    int changed = 0;
    scim_err_t *err = type->connector->modify(backend->session, type->entity, key, change, &changed, backend->p);

    return done(backend, err, changed);
}

scim_err_t *scim_backend_hold(scim_backend_t *backend, const char *key, const apr_array_header_t *versions)
{
    const scim_change_t nothing = { .mods = NULL, .n = 0, .versions = versions };

    return backend->type->connector->begin ? scim_backend_modify(backend, key, &nothing) : NULL;
}

scim_err_t *scim_backend_remove(scim_backend_t *backend, const char *key, const apr_array_header_t *versions)
{
    const scim_type_entry_t *type = backend->type;

    return done(backend, type->connector->remove(backend->session, type->entity, key, versions, backend->p), 1);
}
