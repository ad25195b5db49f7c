/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_body.h"

#include <string.h>
#include <strings.h>
#include <http_protocol.h>
#include <util_filter.h>
#include <apr_strings.h>

#include "scim_error.h"
#include "scim_json.h"
#include "scimp_media.h"

/* A coding that an input filter has undone is not in the header any more. */
static scim_err_t *check_coding(request_rec *r)
{
    const char *coding = apr_table_get(r->headers_in, "Content-Encoding");

    if (coding && *coding && strcasecmp(coding, "identity") != 0)
        return scim_err(r->pool, SCIM_E_MEDIA_TYPE, "the body must have no Content-Encoding");
    return NULL;
}

/* ---- bytes ---- */

typedef struct text_t {
    char      *data;
    apr_size_t len, size;
    apr_size_t max;
    apr_pool_t *p;
} text_t;

static scim_err_t *too_large(const text_t *text)
{
    return scim_err(text->p, SCIM_E_TOO_LARGE, "the body is larger than %" APR_SIZE_T_FMT " bytes",
                    text->max);
}

static scim_err_t *append(text_t *text, const char *data, apr_size_t len)
{
    if (len > text->max - text->len)
        return too_large(text);
    if (len > text->size - text->len) {
        const apr_size_t size = text->size + (len > text->size ? len : text->size);
        char *bigger = apr_palloc(text->p, size);

        memcpy(bigger, text->data, text->len);
        text->data = bigger;
        text->size = size;
    }
    memcpy(text->data + text->len, data, len);
    text->len += len;
    return NULL;
}

/* Appends what a brigade has. */
static scim_err_t *append_brigade(text_t *text, apr_bucket_brigade *bb, int *end, apr_status_t *rv)
{
    apr_bucket *b;
    scim_err_t *err = NULL;

    for (b = APR_BRIGADE_FIRST(bb); b != APR_BRIGADE_SENTINEL(bb) && !err; b = APR_BUCKET_NEXT(b)) {
        const char *data;
        apr_size_t len;

        if (APR_BUCKET_IS_EOS(b))
            *end = 1;
        if (APR_BUCKET_IS_METADATA(b))
            continue;
        if ((*rv = apr_bucket_read(b, &data, &len, APR_BLOCK_READ)) != APR_SUCCESS)
            return NULL;
        err = append(text, data, len);
    }
    return err;
}

static scim_err_t *read_bytes(text_t *text, int *status, request_rec *r)
{
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    apr_status_t rv = APR_SUCCESS;
    scim_err_t *err = NULL;
    int end = 0;

    while (!end && !err && rv == APR_SUCCESS) {
        rv = ap_get_brigade(r->input_filters, bb, AP_MODE_READBYTES, APR_BLOCK_READ, HUGE_STRING_LEN);
        if (rv == APR_SUCCESS)
            err = append_brigade(text, bb, &end, &rv);
        apr_brigade_cleanup(bb);
    }
    apr_brigade_destroy(bb);
    if (rv != APR_SUCCESS)
        *status = ap_map_http_request_error(rv, HTTP_BAD_REQUEST);
    return err;
}

/* Room for the body: what is announced, or to begin with. */
static scim_err_t *make_room(text_t *text, request_rec *r)
{
    const char *announced = apr_table_get(r->headers_in, "Content-Length");
    apr_off_t length = 8192;

    if (announced && (!ap_parse_strict_length(&length, announced) || (apr_uint64_t)length > text->max))
        return too_large(text);
    text->size = (apr_size_t)length > 0 ? (apr_size_t)length : 1;
    text->data = apr_palloc(r->pool, text->size);
    return NULL;
}

scim_err_t *scimp_body_read(const json_t **document, int *status, request_rec *r, const scim_limits_t *limits)
{
    const scim_json_limits_t json_limits = { .max_bytes = (apr_size_t)limits->max_body,
                                             .max_depth = limits->max_depth };
    text_t text = { .max = (apr_size_t)limits->max_body, .p = r->pool };
    json_t *json;
    scim_err_t *err;

    *status = 0;
    if ((err = scimp_media_check(apr_table_get(r->headers_in, "Content-Type"), r->pool))
        || (err = make_room(&text, r)) || (err = read_bytes(&text, status, r)) || *status != 0
        || (err = check_coding(r)))
        return err;
    if (text.len == 0)
        return scim_err(r->pool, SCIM_E_INVALID_SYNTAX, "the request has no body");
    if ((err = scim_json_parse(&json, text.data, text.len, &json_limits, r->pool)))
        return err;
    *document = scim_json_own(r->pool, json);
    return NULL;
}
