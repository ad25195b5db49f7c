/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_PATH_H
#define SCIM_PATH_H

/**
 * @file scim_path.h
 * Attribute paths: RFC 7644 section 3.5.2 (PATH) and section 3.10.
 */

#include "scim_filter.h"

/** A resolved path. A path that is a schema's URN alone has schema set and attr NULL. */
typedef struct scim_path_t {
    const scim_schema_t *schema;       /**< where attr is defined; or the extension itself */
    const scim_attr_t   *attr;         /**< top-level attribute, or NULL */
    const scim_attr_t   *sub;          /**< or NULL */
    const scim_filter_t *filter;       /**< in the brackets, or NULL */
} scim_path_t;

/**
 * Parses "attr", "attr.sub", "attr[filter]", "attr[filter].sub", each with a schema URN in front, or a URN alone.
 * A filter is allowed on multi-valued attributes only. Errors are of `kind` (SCIM_E_INVALID_PATH for PATCH) and
 * say what is wrong: syntax, unknown attribute, filter.
 */
scim_err_t *scim_path_parse(scim_path_t **out, const char *text, const scim_rtype_t *rtype,
                            const scim_filter_limits_t *limits, scim_errkind_t kind, apr_pool_t *p);

/** The path as text. In p. */
const char *scim_path_print(const scim_path_t *path, apr_pool_t *p);

#endif
