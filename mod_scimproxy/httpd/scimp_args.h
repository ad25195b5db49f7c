/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_ARGS_H
#define SCIMP_ARGS_H

/**
 * @file scimp_args.h
 * The query of a URL: RFC 7644 section 3.4.2 and 3.9. No httpd.
 */

#include "scim_list.h"

/**
 * Reads a query string, NULL for none: names in any case, values percent-decoded, a plus sign as a blank;
 * parameters that are not SCIM's are passed over. Errors: SCIM_E_BAD_REQUEST for what is not percent-encoded
 * UTF-8 without NUL, and for a parameter that stands twice.
 */
scim_err_t *scimp_args_parse(scim_listargs_t *args, const char *query, apr_pool_t *p);

#endif
