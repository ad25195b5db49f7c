/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_host.h"

#include <ap_mmn.h>
#include <ap_mpm.h>
#if AP_MODULE_MAGIC_AT_LEAST(20120211, 125)
#include <mod_http2.h>
#else       /* not installed before 2.4.55, but mod_http2 has the function */
APR_DECLARE_OPTIONAL_FN(void, http2_get_num_workers, (server_rec *s, int *minw, int *max));
#endif

APLOG_USE_MODULE(scimproxy);

static apr_time_t now(void *baton)
{
    (void)baton;
    return apr_time_now();
}

static int threads(void *baton)
{
    return *(const int *)baton;
}

/* Threads of the MPM and, where HTTP/2 is spoken, of mod_http2: all that can be in our handler at once. */
static int count_threads(const server_rec *s)
{
    APR_OPTIONAL_FN_TYPE(http2_get_num_workers) *h2_workers = APR_RETRIEVE_OPTIONAL_FN(http2_get_num_workers);
    int n = 1, min, max;

    if (ap_mpm_query(AP_MPMQ_MAX_THREADS, &n) != APR_SUCCESS || n < 1)
        n = 1;
    if (h2_workers) {
        h2_workers((server_rec *)s, &min, &max);    /* it only reads */
        n += max > 0 ? max : 0;
    }
    return n;
}

scim_host_t *scimp_host_make(const server_rec *s, apr_pool_t *p)
{
    scim_host_t *host = apr_palloc(p, sizeof *host);
    int *n = apr_palloc(p, sizeof *n);

    *n = count_threads(s);
    host->size = sizeof *host;
    host->now = now;
    host->threads = threads;
    host->baton = n;
    return host;
}

static void print_request(void *baton, scim_loglevel_t level, apr_status_t rv, const char *text)
{
    const request_rec *r = baton;

    ap_log_rerror(APLOG_MARK, (int)level, rv, r, "%s", text);
}

static void print_server(void *baton, scim_loglevel_t level, apr_status_t rv, const char *text)
{
    const server_rec *s = baton;

    ap_log_error(APLOG_MARK, (int)level, rv, s, "%s", text);
}

scim_log_t scimp_log_of_request(request_rec *r)
{
    const scim_log_t log = {
        .level = (scim_loglevel_t)ap_get_request_module_loglevel(r, scimproxy_module.module_index),
        .print = print_request,
        .baton = r
    };

    return log;
}

scim_log_t scimp_log_of_server(server_rec *s)
{
    const scim_log_t log = {
        .level = (scim_loglevel_t)ap_get_server_module_loglevel(s, scimproxy_module.module_index),
        .print = print_server,
        .baton = s
    };

    return log;
}
