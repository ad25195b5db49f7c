/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_error.h"

#include <string.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <apr_strings.h>

#include "scim_error.h"
#include "scimp_env.h"

void scimp_error_take_over(request_rec *r)
{
    static const struct {
        int first, last;
    } ranges[] = { { 400, 431 }, { 451, 451 }, { 500, 511 } };
    scimp_request_t *rq = scimp_request(r);
    size_t i;
    int status;

    if (rq->errors)
        return;
    rq->errors = 1;
    for (i = 0; i < sizeof ranges / sizeof *ranges; i++)
        for (status = ranges[i].first; status <= ranges[i].last; status++)
            ap_custom_response(r, status, "");
}

int scimp_error_answer(request_rec *r, scim_err_t *err, const scim_log_t *log)
{
    if (err->kind == SCIM_E_ABORTED) {
        r->status = scim_err_status(err->kind);    /* for the access log */
        return DONE;
    }
    scimp_request(r)->err = err;
    scim_log_err(log, err);
    scimp_env_error(r, err);
    return scim_err_status(err->kind);
}

/* The path of a request whose Location httpd does not know yet, or never will: it may not even have been
 * parsed. */
static const char *raw_path(const request_rec *r)
{
    const char *path = r->uri;

    if (!path && r->the_request) {
        path = strchr(r->the_request, ' ');
        if (path)
            path += strspn(path, " ");
    }
    return path;
}

/* True if errors of the request are to be SCIM's: the Location says so, or, while httpd has none, its path
 * lies below one. */
static int wants_scim(const request_rec *r)
{
    const scimp_dir_t *dir = r->per_dir_config ? scimp_dir_of(r) : NULL;
    const scimp_serve_t *serve = dir ? dir->serve : NULL;
    const char *path;

    if (!serve && (path = raw_path(r)) != NULL)
        serve = scimp_find_serve(r->server, apr_pstrmemdup(r->pool, path, strcspn(path, " ?")));
    return serve && !serve->off;
}

int scimp_hook_post_read(request_rec *r)
{
    if (wants_scim(r))
        scimp_error_take_over(r);
    return DECLINED;
}

void scimp_hook_insert_error_filter(request_rec *r)
{
    if (r->status >= 400 && wants_scim(r))
        ap_add_output_filter(SCIMP_ERROR_FILTER, NULL, r, r->connection);
}

/* The body; sets the header fields that go with it. */
static const char *error_body(request_rec *r)
{
    const scimp_request_t *rq = scimp_request(r);
    const scim_err_t *err = rq->err && scim_err_status(rq->err->kind) == r->status ? rq->err : NULL;

    ap_set_content_type(r, SCIMP_MEDIA_TYPE);
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    if (err && err->retry_after > 0)
        apr_table_setn(r->headers_out, "Retry-After", apr_itoa(r->pool, err->retry_after));
    if (rq->route.allow && r->status == HTTP_METHOD_NOT_ALLOWED)
        apr_table_setn(r->headers_out, "Allow", rq->route.allow);
    else if (r->status == HTTP_NOT_IMPLEMENTED)     /* httpd adds the methods of its own */
        apr_table_unset(r->headers_out, "Allow");
    return scim_err_json(r->pool, r->status, err ? scim_err_type(err->kind) : NULL,
                         err ? err->detail : scim_status_text(r->status));
}

apr_status_t scimp_error_filter(ap_filter_t *f, apr_bucket_brigade *bb)
{
    apr_bucket *b = APR_BRIGADE_FIRST(bb);
    int broken = 0;

    while (b != APR_BRIGADE_SENTINEL(bb)) {
        apr_bucket *next = APR_BUCKET_NEXT(b);

        if (AP_BUCKET_IS_ERROR(b))
            broken = 1;
        else if (APR_BUCKET_IS_EOS(b) && !broken) {
            const char *body = error_body(f->r);

            APR_BUCKET_INSERT_BEFORE(
                b, apr_bucket_pool_create(body, strlen(body), f->r->pool, bb->bucket_alloc));
        } else if (!APR_BUCKET_IS_METADATA(b))
            apr_bucket_delete(b);
        b = next;
    }
    if (APR_BRIGADE_EMPTY(bb))
        return APR_SUCCESS;
    return ap_pass_brigade(f->next, bb);
}
