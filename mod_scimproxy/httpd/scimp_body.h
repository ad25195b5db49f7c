/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_BODY_H
#define SCIMP_BODY_H

/**
 * @file scimp_body.h
 * The body of a request: RFC 7644 section 3.1, 3.8.
 */

#include "scimp_conf.h"

/**
 * Reads and parses the body, within limits. *document belongs to r->pool. httpd's own limits and timeouts
 * hold, too: *status is then what it wants to be answered with (it may have answered already), 0 otherwise.
 * Errors: SCIM_E_MEDIA_TYPE, SCIM_E_TOO_LARGE, SCIM_E_INVALID_SYNTAX.
 */
scim_err_t *scimp_body_read(const json_t **document, int *status, request_rec *r,
                            const scim_limits_t *limits);

#endif
