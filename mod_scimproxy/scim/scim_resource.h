/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_RESOURCE_H
#define SCIM_RESOURCE_H

/**
 * @file scim_resource.h
 * A resource in memory: a JSON object whose names are spelt as the schema spells them, extension attributes under
 * their URN (RFC 7643 section 3.3), nothing unassigned in it. Everything below works on this form.
 */

#include "scim_schema.h"

/** Value of a top-level attribute, wherever it stands. Borrowed, NULL if unassigned. */
json_t *scim_resource_get(const json_t *resource, const scim_attr_t *attr);
/** Sets it (takes the reference), making the extension's object where needed; NULL, null and [] remove it, and an
 *  extension's object that gets empty. */
void scim_resource_set(json_t *resource, const scim_attr_t *attr, json_t *value);

/** Completes what the server owns: schemas (core, and each extension that has data; RFC 7643 section 3), meta.resourceType and,
 *  if not NULL, meta.location and meta.version. */
void scim_resource_finish(json_t *resource, const scim_rtype_t *rtype, const char *location, const char *version);

#endif
