/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_error.h"

#include <stdarg.h>
#include <stdio.h>

#include <apr_strings.h>

#include "scim_writer.h"

#define ERROR_SCHEMA "urn:ietf:params:scim:api:messages:2.0:Error"

/* RFC 7644 section 3.12. The client that aborted reads nothing: its 500 is only what the access log shows. */
static const struct {
    int         status;
    const char *type;
} kinds[SCIM_E_COUNT] = {
    [SCIM_E_BAD_REQUEST]     = { 400, NULL },
    [SCIM_E_INVALID_SYNTAX]  = { 400, "invalidSyntax" },
    [SCIM_E_INVALID_FILTER]  = { 400, "invalidFilter" },
    [SCIM_E_INVALID_PATH]    = { 400, "invalidPath" },
    [SCIM_E_NO_TARGET]       = { 400, "noTarget" },
    [SCIM_E_INVALID_VALUE]   = { 400, "invalidValue" },
    [SCIM_E_INVALID_VERS]    = { 400, "invalidVers" },
    [SCIM_E_MUTABILITY]      = { 400, "mutability" },
    [SCIM_E_TOO_MANY]        = { 400, "tooMany" },
    [SCIM_E_UNAUTHORIZED]    = { 401, NULL },
    [SCIM_E_FORBIDDEN]       = { 403, NULL },
    [SCIM_E_SENSITIVE]       = { 403, "sensitive" },
    [SCIM_E_NOT_FOUND]       = { 404, NULL },
    [SCIM_E_METHOD]          = { 405, NULL },
    [SCIM_E_NOT_ACCEPTABLE]  = { 406, NULL },
    [SCIM_E_CONFLICT]        = { 409, NULL },
    [SCIM_E_UNIQUENESS]      = { 409, "uniqueness" },
    [SCIM_E_PRECONDITION]    = { 412, NULL },
    [SCIM_E_TOO_LARGE]       = { 413, NULL },
    [SCIM_E_MEDIA_TYPE]      = { 415, NULL },
    [SCIM_E_INTERNAL]        = { 500, NULL },
    [SCIM_E_NOT_IMPLEMENTED] = { 501, NULL },
    [SCIM_E_BACKEND]         = { 502, NULL },
    [SCIM_E_UNAVAILABLE]     = { 503, NULL },
    [SCIM_E_TIMEOUT]         = { 504, NULL },
    [SCIM_E_ABORTED]         = { 500, NULL },
};

static const int outcomes[] = {
    [SCIM_DONE_OK] = 200,
    [SCIM_DONE_CREATED] = 201,
    [SCIM_DONE_NO_CONTENT] = 204,
    [SCIM_DONE_NOT_MODIFIED] = 304,
};

/* RFC 9110 section 15, RFC 6585 and what httpd makes itself. */
static const struct {
    int         status;
    const char *text;
} texts[] = {
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 402, "Payment Required" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 407, "Proxy Authentication Required" },
    { 408, "Request Timeout" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 411, "Length Required" },
    { 412, "Precondition Failed" },
    { 413, "Content Too Large" },
    { 414, "URI Too Long" },
    { 415, "Unsupported Media Type" },
    { 416, "Range Not Satisfiable" },
    { 417, "Expectation Failed" },
    { 421, "Misdirected Request" },
    { 422, "Unprocessable Content" },
    { 423, "Locked" },
    { 424, "Failed Dependency" },
    { 425, "Too Early" },
    { 426, "Upgrade Required" },
    { 428, "Precondition Required" },
    { 429, "Too Many Requests" },
    { 431, "Request Header Fields Too Large" },
    { 451, "Unavailable For Legal Reasons" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" },
    { 505, "HTTP Version Not Supported" },
    { 506, "Variant Also Negotiates" },
    { 507, "Insufficient Storage" },
    { 508, "Loop Detected" },
    { 510, "Not Extended" },
    { 511, "Network Authentication Required" },
};

/* The C library's conversions, since it is they that the compiler checks the arguments against. */
__attribute__((format(printf, 2, 0)))
static const char *format(apr_pool_t *p, const char *fmt, va_list args)
{
    va_list again;
    int len;
    char *text;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0)
        return fmt;
    text = apr_palloc(p, (apr_size_t)len + 1);
    vsnprintf(text, (apr_size_t)len + 1, fmt, args);
    return text;
}

static scim_err_t *make(apr_pool_t *p, scim_errkind_t kind, const char *detail)
{
    scim_err_t *err = apr_pcalloc(p, sizeof(*err));

    err->kind = kind;
    err->detail = detail;
    return err;
}

scim_err_t *scim_err(apr_pool_t *p, scim_errkind_t kind, const char *fmt, ...)
{
    va_list args;
    scim_err_t *err;

    va_start(args, fmt);
    err = make(p, kind, format(p, fmt, args));
    va_end(args);
    return err;
}

scim_err_t *scim_err_log(scim_err_t *err, apr_pool_t *p, apr_status_t rv, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    err->log = format(p, fmt, args);
    va_end(args);
    err->rv = rv;
    return err;
}

scim_err_t *scim_err_wrap(apr_pool_t *p, const scim_err_t *prev, const char *fmt, ...)
{
    va_list args;
    scim_err_t *err;

    va_start(args, fmt);
    err = make(p, prev->kind, format(p, fmt, args));
    va_end(args);
    err->retry_after = prev->retry_after;
    err->retriable = prev->retriable;
    err->prev = prev;
    return err;
}

int scim_err_status(scim_errkind_t kind)
{
    return kinds[kind].status;
}

int scim_done_status(scim_done_t done)
{
    return outcomes[done];
}

const char *scim_err_type(scim_errkind_t kind)
{
    return kinds[kind].type;
}

const char *scim_status_text(int http_status)
{
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].status == http_status)
            return texts[i].text;
    }
    return http_status >= 400 && http_status < 500 ? "The request was refused" : "The request failed";
}

static void write_member(scim_writer_t *w, const char *name, const char *text)
{
    if (!text)
        return;
    scim_writer_key(w, name);
    scim_writer_string(w, text);
}

const char *scim_err_json(apr_pool_t *p, int http_status, const char *type, const char *detail)
{
    scim_writer_t *w = scim_writer_make(p, NULL, NULL);

    scim_writer_object(w);
    scim_writer_key(w, "schemas");
    scim_writer_array(w);
    scim_writer_string(w, ERROR_SCHEMA);
    scim_writer_array_end(w);
    write_member(w, "status", apr_itoa(p, http_status));
    write_member(w, "scimType", type);
    write_member(w, "detail", detail);
    scim_writer_object_end(w);
    return scim_writer_text(w);
}
