/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_WRITE_H
#define SCIM_WRITE_H

/**
 * @file scim_write.h
 * POST, PUT and DELETE: RFC 7644 sections 3.3, 3.5.1, 3.6. One transaction each; what is answered is what the
 * backend has then.
 */

#include "scim_op.h"
#include "scim_present.h"

scim_err_t *scim_write_create(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink,
                              apr_pool_t *p);
scim_err_t *scim_write_replace(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink,
                               apr_pool_t *p);
scim_err_t *scim_write_delete(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink,
                              apr_pool_t *p);

/** The versions that If-Match allows, for a change; *versions NULL: any. SCIM_E_PRECONDITION if none can be. */
scim_err_t *scim_write_precondition(const apr_array_header_t **versions, const scim_operation_t *op, apr_pool_t *p);

/** The native key of the resource that a change is about. SCIM_E_PRECONDITION if it has a version that
 * If-None-Match names (RFC 9110 section 13.1.2); it is held from then on. Call it in the transaction. */
scim_err_t *scim_write_target(const char **key, scim_backend_t *backend, const scim_operation_t *op);

/** The projection of a request that is answered with its resource. */
scim_err_t *scim_write_projection(scim_projection_t **projection, const scim_operation_t *op, apr_pool_t *p);

/** Reads what a change has made, as scim_present_read(). Values may have taken the resource out of what the
 * service has: SCIM_E_INVALID_VALUE. */
scim_err_t *scim_write_result(const scim_presenter_t *presenter, const char *key, json_t **resource,
                              const char **version, apr_pool_t *p);

#endif
