/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_OPERATION_H
#define SCIM_OPERATION_H

/**
 * @file scim_operation.h
 * Runs a SCIM operation against the backend.
 */

#include "scim_op.h"

/** True if the operation takes a body. */
int scim_operation_wants_body(const scim_route_t *route);

/**
 * Runs an operation: calls sink->begin once and sink->write as often as needed, or returns an error before
 * begin. An error after begin() means a broken answer. Any thread; everything it needs is in p.
 */
scim_err_t *scim_operation_run(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink,
                               apr_pool_t *p);

#endif
