/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_DISCOVER_H
#define SCIM_DISCOVER_H

/**
 * @file scim_discover.h
 * The discovery endpoints of a system: RFC 7644 section 4.
 */

#include "scim_op.h"

scim_err_t *scim_discover_run(const scim_operation_t *op, const scim_sink_t *sink, apr_pool_t *p);

#endif
