/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_ETAG_H
#define SCIM_ETAG_H

/**
 * @file scim_etag.h
 * Versions: RFC 7644 section 3.14, RFC 9110 section 8.8.3 and 13.1. An entity tag is the native version,
 * percent-encoded where needed, as W/"version".
 */

#include <apr_tables.h>
#include "scim_types.h"

/** The entity tag of a native version. In p. */
const char *scim_etag_make(const char *version, apr_pool_t *p);

/** What If-Match or If-None-Match says. */
typedef struct scim_etags_t {
    unsigned            any:1;         /**< "*" */
    apr_array_header_t *versions;      /**< of const char *, native; those that cannot be ours are left out */
} scim_etags_t;

/** Parses a header; NULL gives *out = NULL. What is no list of entity tags (RFC 9110) is SCIM_E_BAD_REQUEST;
 * tags without quotes are forgiven. */
scim_err_t *scim_etag_parse(scim_etags_t **out, const char *header, apr_pool_t *p);

/** True if the version is among them (weak comparison); false for version NULL unless any. */
int scim_etag_has(const scim_etags_t *tags, const char *version);

#endif
