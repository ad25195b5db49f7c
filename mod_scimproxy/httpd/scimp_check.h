/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_CHECK_H
#define SCIMP_CHECK_H

/**
 * @file scimp_check.h
 * What can only be said of the configuration as a whole.
 */

#include "scimp_conf.h"

/** Hook, also at configtest: names that Locations use, and what they may not lack. Every mistake is logged
 * with its place; httpd then ends. */
int scimp_hook_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s);

/** Hook: what has to be done once before there are threads. */
int scimp_hook_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s);

#endif
