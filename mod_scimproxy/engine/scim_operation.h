/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_OPERATION_H
#define SCIM_OPERATION_H

/**
 * @file scim_operation.h
 * One SCIM request without HTTP: what is asked, and its running against the backend.
 */

#include "scim_route.h"
#include "scim_sink.h"

typedef struct scim_operation_t {
    const scim_system_t   *system;
    scim_route_t           route;
    scim_listargs_t        args;           /**< query parameters, decoded */
    const json_t          *document;       /**< body, NULL if none */
    const char            *if_match;       /**< headers, NULL if absent */
    const char            *if_none_match;
    const char            *base;           /**< absolute URL of the service, no slash at its end */
    const scim_limits_t   *limits;
    const scim_leniency_t *leniency;
    const char *const     *auth_types;     /**< for ServiceProviderConfig */
} scim_operation_t;

/** True if the operation takes a body. */
int scim_operation_wants_body(const scim_route_t *route);

/**
 * Runs an operation: calls sink->begin once and sink->write as often as needed, or returns an error before begin. An error after begin()
 * means a broken answer. Any thread; everything it needs is in p.
 */
scim_err_t *scim_operation_run(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink, apr_pool_t *p);

#endif
