/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_AUTHZ_H
#define SCIMP_AUTHZ_H

/**
 * @file scimp_authz.h
 * Require scim-operation, scim-resource, scim-system.
 */

#include <apr_pools.h>

void scimp_authz_register(apr_pool_t *p);

#endif
