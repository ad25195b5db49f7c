/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_DUMP_H
#define SCIMP_DUMP_H

/**
 * @file scimp_dump.h
 * httpd -t -D DUMP_SCIM: what was understood of the configuration.
 */

#include "scimp_conf.h"

/** Hook: prints to standard output where DUMP_SCIM is defined. */
void scimp_hook_test_config(apr_pool_t *pconf, server_rec *s);

#endif
