/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_MEMBER_H
#define SCIM_MEMBER_H

/**
 * @file scim_member.h
 * References between resource types (members of a group, groups of a user, a manager): what a program left as
 * placeholders is translated here, all of a page or of a request at once.
 */

#include "scim_backend.h"

/**
 * Native keys to ids: sets holder[key], `$ref` and, for members, `type`. What is not there any more (as far as
 * ids are looked up at all: where the key itself gives the id they are not) leaves nothing behind: its holder
 * is emptied, or loses the key where it is no value of a complex attribute. *dangling tells whether there was
 * such, and the caller has to take out what is empty now. refs is an array of map_ref_t.
 */
scim_err_t *scim_member_to_ids(scim_backend_t *backend, const apr_array_header_t *refs, const char *base,
                               int *dangling, apr_pool_t *p);

/**
 * Ids to native keys. What refers to nothing is SCIM_E_INVALID_VALUE; but where the holders are list elements
 * that are to be removed (`removing`), the holder is emptied: what shall go need not be there.
 */
scim_err_t *scim_member_to_native(scim_backend_t *backend, const apr_array_header_t *refs, int removing, apr_pool_t *p);

/** The native key of one referenced resource, NULL if there cannot be one: for filters. */
scim_err_t *scim_member_key(const char **key, scim_backend_t *backend, const char *rtype, const char *id);

/** The absolute URL of a resource. */
const char *scim_member_location(const char *base, const scim_rtype_t *rtype, const char *id, apr_pool_t *p);

#endif
