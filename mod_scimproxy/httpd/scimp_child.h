/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_CHILD_H
#define SCIMP_CHILD_H

/**
 * @file scimp_child.h
 * What a child process has of its own: the host, and what targets keep in it.
 */

#include "scim_host.h"
#include "scimp_conf.h"

/** Hook: makes it. Everything ends with pchild. */
void scimp_hook_child_init(apr_pool_t *pchild, server_rec *s);

/** The host of this process; NULL where a target could not be made ready. Any thread. */
const scim_host_t *scimp_child_host(void);

#endif
