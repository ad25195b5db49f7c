/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_handler.h"

#include <string.h>
#include <strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>

#include "scim_error.h"
#include "scim_operation.h"
#include "scimp_args.h"
#include "scimp_body.h"
#include "scimp_child.h"
#include "scimp_error.h"
#include "scimp_host.h"
#include "scimp_sink.h"
#include "scimp_url.h"

APLOG_USE_MODULE(scimproxy);

/*
 * Denied unless somebody decided otherwise: httpd lets everybody in where nothing was required, and where a
 * Require was that asks for no user. And a Location for all systems needs somebody who says which of them the
 * client may reach.
 */
static scim_err_t *check_access(request_rec *r)
{
    if (!r->user && !scimp_may_be_anonymous(r))
        return scim_err_log(scim_err(r->pool, SCIM_E_FORBIDDEN, "access is denied"), r->pool, APR_SUCCESS,
                            "nobody was authenticated, and SCIMAnonymous does not allow that");
    /* what it says since 2.4 is that there is a Require, which is what is asked here */
    if (!r->user && !ap_some_auth_required(r))
        return scim_err_log(scim_err(r->pool, SCIM_E_FORBIDDEN, "access is denied"), r->pool, APR_SUCCESS,
                            "nobody was authenticated, and there is no Require that lets everybody in");
    if (scimp_dir_of(r)->serve->any && !scimp_request(r)->system_granted)
        return scim_err_log(scim_err(r->pool, SCIM_E_FORBIDDEN, "access is denied"), r->pool, APR_SUCCESS,
                            "SCIMServe * serves only what a Require scim-system granted");
    return NULL;
}

/* What ServiceProviderConfig says of authentication, from what the Location does (RFC 7643 section 5). */
static const char *const *auth_types(request_rec *r)
{
    static const char *const none[] = { NULL };
    static const char *const basic[] = { "httpbasic", NULL };
    static const char *const digest[] = { "httpdigest", NULL };
    static const char *const bearer[] = { "oauthbearertoken", NULL };
    const char *type = ap_auth_type(r);

    if (!type)
        return none;
    if (strcasecmp(type, "basic") == 0)
        return basic;
    if (strcasecmp(type, "digest") == 0)
        return digest;
    if (strcasecmp(type, "bearer") == 0 || strncasecmp(type, "oauth", 5) == 0
        || strcasecmp(type, "auth-openidc") == 0)
        return bearer;
    return none;
}

static int is_gone(void *baton)
{
    const request_rec *r = baton;

    return r->connection->aborted != 0;
}

/* OPTIONS: RFC 9110 section 9.3.7. */
static int answer_options(request_rec *r)
{
    apr_table_setn(r->headers_out, "Allow", scimp_request(r)->route.allow);
    r->status = HTTP_NO_CONTENT;
    return OK;
}

static int run(const scim_operation_t *op, request_rec *r, const scim_log_t *log)
{
    const scim_ctx_t ctx = {
        .deadline = apr_time_now() + op->limits->timeout,
        .cancelled = is_gone,
        .cancel_baton = r,
        .log = log,
        .host = scimp_child_host()
    };
    scimp_sink_t sink;
    scim_err_t *err;

    scimp_sink_init(&sink, r);
    err = scim_operation_run(op, &ctx, &sink.sink, r->pool);
    if (!err)
        return scimp_sink_end(&sink);
    if (!sink.sent)
        return scimp_error_answer(r, err, log);
    if (err->kind == SCIM_E_ABORTED)
        return scimp_sink_end(&sink);
    scim_log_err(log, err);
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                  SCIM_LOGNO(0005) "the answer is broken off: it had begun to leave");
    return scimp_sink_break(&sink);
}

int scimp_hook_handler(request_rec *r)
{
    const scim_log_t log = scimp_log_of_request(r);
    scimp_request_t *rq;
    scim_operation_t op;
    scim_limits_t limits;
    scim_err_t *err;
    int status;

    if (!r->handler || strcmp(r->handler, SCIMP_HANDLER) != 0)
        return DECLINED;
    rq = scimp_request(r);
    if (!rq->located)      /* SetHandler without SCIMServe */
        return HTTP_NOT_FOUND;
    if ((err = check_access(r)) || (err = rq->err))
        return scimp_error_answer(r, err, &log);
    if (rq->route.options)
        return answer_options(r);
    if (!scimp_child_host())
        return scimp_error_answer(r, scim_err(r->pool, SCIM_E_UNAVAILABLE, "the service is not ready"), &log);
    limits = scimp_limits(scimp_dir_of(r));
    memset(&op, 0, sizeof op);
    op.system = rq->system->system;
    op.route = rq->route;
    op.if_match = apr_table_get(r->headers_in, "If-Match");
    op.if_none_match = apr_table_get(r->headers_in, "If-None-Match");
    op.base = scimp_url_base(r);
    op.limits = &limits;
    op.leniency = &scim_lenient;
    op.auth_types = auth_types(r);
    err = scimp_args_parse(&op.args, r->args, r->pool);
    if (!err && scim_operation_wants_body(&rq->route)) {
        err = scimp_body_read(&op.document, &status, r, &limits);
        if (!err && status != 0)
            return status;
    }
    return err ? scimp_error_answer(r, err, &log) : run(&op, r, &log);
}
