/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_MEDIA_H
#define SCIMP_MEDIA_H

/**
 * @file scimp_media.h
 * Media types of bodies: RFC 7644 sections 3.1 and 8.1, RFC 9110 section 8.3. Knows no httpd.
 */

#include "scim_types.h"

/**
 * Whether a body with this Content-Type (NULL: none) is taken: application/scim+json, or application/json, in
 * UTF-8. SCIM_E_MEDIA_TYPE where not.
 */
scim_err_t *scimp_media_check(const char *content_type, apr_pool_t *p);

#endif
