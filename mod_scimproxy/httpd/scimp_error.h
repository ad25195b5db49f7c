/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_ERROR_H
#define SCIMP_ERROR_H

/**
 * @file scimp_error.h
 * Error responses below our Locations: RFC 7644 section 3.12, whoever makes them. The handler returns a
 * status as every handler does; the response that httpd then makes of it, and of errors of its own, passes a
 * filter that puts the SCIM error in the place of the text.
 */

#include <util_filter.h>

#include "scim_log.h"
#include "scimp_request.h"

/** Puts ErrorDocument out of action for this request: below our Locations it would answer with something else
 * than SCIM. */
void scimp_error_take_over(request_rec *r);

/** Notes the error as the one that the request is answered with and logs it. Returns what the handler
 * returns. */
int scimp_error_answer(request_rec *r, scim_err_t *err, const scim_log_t *log);

/* Hooks and filter. */
int scimp_hook_post_read(request_rec *r);
void scimp_hook_insert_error_filter(request_rec *r);
apr_status_t scimp_error_filter(ap_filter_t *f, apr_bucket_brigade *bb);
#define SCIMP_ERROR_FILTER "SCIMPROXY_ERROR"

/** The media type of every answer, exactly so (RFC 7644 section 3.8). */
#define SCIMP_MEDIA_TYPE "application/scim+json"

#endif
