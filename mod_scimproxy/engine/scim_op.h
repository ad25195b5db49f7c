/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_OP_H
#define SCIM_OP_H

/**
 * @file scim_op.h
 * One SCIM request without HTTP: what is asked. scim_operation.h runs it.
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

#endif
