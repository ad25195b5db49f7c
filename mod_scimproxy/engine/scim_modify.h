/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_MODIFY_H
#define SCIM_MODIFY_H

/**
 * @file scim_modify.h
 * PATCH: RFC 7644 section 3.5.2, as the smallest change of the backend. What happens to lists that the backend
 * changes value by value is pushed forward without reading them; the rest is applied to the attributes it
 * touches as they are, and the difference is written under a version check.
 */

#include "scim_op.h"

scim_err_t *scim_modify_run(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink, apr_pool_t *p);

#endif
