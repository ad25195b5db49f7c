/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_SEARCH_H
#define SCIM_SEARCH_H

/**
 * @file scim_search.h
 * Lists: RFC 7644 section 3.4.2. What the backend can answer exactly it filters, sorts and pages, and the
 * answer streams; the rest is evaluated here on at most limits->max_scan records, or refused.
 */

#include "scim_op.h"

scim_err_t *scim_search_run(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink, apr_pool_t *p);

#endif
