/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_operation.h"

#include "scim_discover.h"
#include "scim_error.h"
#include "scim_etag.h"
#include "scim_modify.h"
#include "scim_present.h"
#include "scim_search.h"
#include "scim_write.h"

int scim_operation_wants_body(const scim_route_t *route)
{
    return route->verb == SCIM_VERB_CREATE || route->verb == SCIM_VERB_UPDATE || route->verb == SCIM_VERB_PATCH;
}

/* GET of one resource: RFC 7644 section 3.4.1. */
typedef struct reading_t {
    const scim_operation_t *op;
    scim_presenter_t        presenter;
    json_t                 *resource;
    const char             *version;
} reading_t;

static scim_err_t *read_one(scim_backend_t *backend, void *baton)
{
    reading_t *reading = baton;
    const char *key;
    scim_err_t *err = scim_backend_key(&key, backend, reading->op->route.id);

    return err ? err : scim_present_read(&reading->presenter, key, &reading->resource, &reading->version, backend->p);
}

static scim_err_t *read_run(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink, apr_pool_t *p)
{
    reading_t reading = { .op = op };
    scim_backend_t backend = { .type = op->route.type, .p = p };
    scim_projection_t *projection;
    scim_etags_t *known, *wanted;
    scim_err_t *err = scim_etag_parse(&known, op->if_none_match, p);

    if (!err)
        err = scim_etag_parse(&wanted, op->if_match, p);
    if (!err)
        err = scim_write_projection(&projection, op, p);
    if (err)
        return err;
    scim_presenter_make(&reading.presenter, &backend, op, projection);
    err = scim_backend_open(&backend, op->route.type, ctx, p);
    if (!err)
        err = scim_backend_read(&backend, read_one, &reading);
    scim_backend_close(&backend);
    if (err)
        return err;
    if (wanted && !scim_etag_has(wanted, reading.version)) {
        json_decref(reading.resource);
        return scim_err(p, SCIM_E_PRECONDITION, "the resource has none of the versions in If-Match");
    }
    if (known && scim_etag_has(known, reading.version)) {
        const scim_reply_t reply = {
            .done = SCIM_DONE_NOT_MODIFIED, .etag = reading.version ? scim_etag_make(reading.version, p) : NULL
        };

        json_decref(reading.resource);
        return sink->begin(sink->baton, &reply);
    }
    return scim_present_answer(&reading.presenter, reading.resource, reading.version, SCIM_DONE_OK, sink, p);
}

scim_err_t *scim_operation_run(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink,
                               apr_pool_t *p)
{
    switch (op->route.verb) {
    case SCIM_VERB_DISCOVERY:
        return scim_discover_run(op, sink, p);
    case SCIM_VERB_READ:
        return op->route.id ? read_run(op, ctx, sink, p) : scim_search_run(op, ctx, sink, p);
    case SCIM_VERB_CREATE:
        return scim_write_create(op, ctx, sink, p);
    case SCIM_VERB_UPDATE:
        return scim_write_replace(op, ctx, sink, p);
    case SCIM_VERB_PATCH:
        return scim_modify_run(op, ctx, sink, p);
    case SCIM_VERB_DELETE:
        return scim_write_delete(op, ctx, sink, p);
    default:
        return scim_err(p, SCIM_E_NOT_IMPLEMENTED, "this service has no such operation");
    }
}
