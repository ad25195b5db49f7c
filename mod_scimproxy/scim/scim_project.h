/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_PROJECT_H
#define SCIM_PROJECT_H

/**
 * @file scim_project.h
 * attributes and excludedAttributes: RFC 7644 section 3.9, with `returned` of RFC 7643 section 2.2.
 */

#include "scim_schema.h"

typedef struct scim_projection_t scim_projection_t;

/**
 * Compiles the two parameters: comma separated texts, NULL or without a name if absent. Unknown names are
 * ignored (a list that names only unknown ones still restricts); the URN of a schema names all that its
 * attributes return by default. Both at once: SCIM_E_INVALID_VALUE. The resource type is referred to, not
 * copied.
 */
scim_err_t *scim_projection_make(scim_projection_t **out, const char *attributes, const char *excluded,
                                 const scim_rtype_t *rtype, apr_pool_t *p);

/** True if clients were explicit: then a PATCH is answered with the resource. */
int scim_projection_explicit(const scim_projection_t *projection);

/** True if the attribute can be in the answer; for a complex one: if any of its sub-attributes can. sub may be NULL. */
int scim_projection_wants(const scim_projection_t *projection, const scim_attr_t *attr, const scim_attr_t *sub);

/** Takes out of a resource of that type, in place, what is not to be returned. `schemas` is left as it is. */
void scim_project(const scim_projection_t *projection, json_t *resource);

#endif
