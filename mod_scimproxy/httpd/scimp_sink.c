/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_sink.h"

#include <string.h>
#include <http_protocol.h>
#include <apr_strings.h>

#include "scimp_error.h"

#define ENOUGH 32768

static scim_err_t *gone(const scimp_sink_t *sink)
{
    return scim_err(sink->r->pool, SCIM_E_ABORTED, "the client is gone");
}

static scim_err_t *begin_reply(void *baton, const scim_reply_t *reply)
{
    scimp_sink_t *sink = baton;

    sink->begun = 1;
    sink->reply.done = reply->done;
    sink->reply.location = apr_pstrdup(sink->r->pool, reply->location);
    sink->reply.etag = apr_pstrdup(sink->r->pool, reply->etag);
    return NULL;
}

/* Status and header fields: only once it is sure that no error will take the place of the answer. */
static void set_header(const scimp_sink_t *sink)
{
    request_rec *r = sink->r;

    /* httpd would cut the answer, that of a PUT, too: RFC 9110 section 14.2 gives ranges to GET alone, and lets
     * a server pass them over */
    apr_table_unset(r->headers_in, "Range");
    r->status = scim_done_status(sink->reply.done);
    if (!AP_STATUS_IS_HEADER_ONLY(r->status))
        ap_set_content_type(r, SCIMP_MEDIA_TYPE);
    if (sink->reply.location)
        apr_table_setn(r->headers_out, "Location", sink->reply.location);
    if (sink->reply.etag) {
        apr_table_setn(r->headers_out, "ETag", sink->reply.etag);
        /* compressors would change the tag, and the client's If-Match with it */
        apr_table_setn(r->subprocess_env, "no-gzip", "1");
        apr_table_setn(r->subprocess_env, "no-brotli", "1");
    }
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
}

static scim_err_t *pass(scimp_sink_t *sink)
{
    apr_status_t rv;

    if (!sink->sent)
        set_header(sink);
    sink->sent = 1;
    sink->held = 0;
    rv = ap_pass_brigade(sink->r->output_filters, sink->bb);
    apr_brigade_cleanup(sink->bb);
    return rv != APR_SUCCESS || sink->r->connection->aborted ? gone(sink) : NULL;
}

static scim_err_t *write_piece(void *baton, const char *data, apr_size_t len)
{
    scimp_sink_t *sink = baton;

    /* who asked for the header only has it by now */
    if (sink->r->connection->aborted || (sink->sent && sink->r->header_only))
        return gone(sink);
    if (apr_brigade_write(sink->bb, NULL, NULL, data, len) != APR_SUCCESS)
        return gone(sink);
    sink->held += (apr_off_t)len;
    return sink->held >= ENOUGH ? pass(sink) : NULL;
}

void scimp_sink_init(scimp_sink_t *sink, request_rec *r)
{
    memset(sink, 0, sizeof *sink);
    sink->sink.begin = begin_reply;
    sink->sink.write = write_piece;
    sink->sink.baton = sink;
    sink->r = r;
    sink->bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
}

int scimp_sink_end(scimp_sink_t *sink)
{
    APR_BRIGADE_INSERT_TAIL(sink->bb, apr_bucket_eos_create(sink->r->connection->bucket_alloc));
    (void)pass(sink);      /* there is nobody left to tell */
    return OK;
}

int scimp_sink_break(scimp_sink_t *sink)
{
    request_rec *r = sink->r;
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;

    apr_brigade_cleanup(sink->bb);
    APR_BRIGADE_INSERT_TAIL(sink->bb, ap_bucket_error_create(HTTP_BAD_GATEWAY, NULL, r->pool, alloc));
    APR_BRIGADE_INSERT_TAIL(sink->bb, apr_bucket_eos_create(alloc));
    r->no_cache = 1;
    (void)pass(sink);
    return OK;
}
