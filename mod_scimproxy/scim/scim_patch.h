/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_PATCH_H
#define SCIM_PATCH_H

/**
 * @file scim_patch.h
 * PATCH: RFC 7644 section 3.5.2. A message is parsed, resolved and checked as a whole before anything is changed. Each
 * operation then has a path: an operation without one was split into one for each attribute of its value, and one with
 * an object for a single complex attribute into one for each sub-attribute of that.
 */

#include "scim_path.h"
#include "scim_validate.h"

typedef enum { SCIM_PATCH_ADD, SCIM_PATCH_REMOVE, SCIM_PATCH_REPLACE } scim_patchkind_t;

typedef struct scim_patchop_t {
    scim_patchkind_t   kind;
    const scim_path_t *path;           /**< attr is never NULL */
    json_t            *value;          /**< checked, in our form, owned by the pool; NULL on remove and for "cleared" */
    unsigned           make:1;         /**< where the filter matches nothing, an element that it describes is made */
} scim_patchop_t;

typedef struct scim_patch_t {
    scim_patchop_t *ops;
    int             n;                 /**< 0: the message is valid and changes nothing */
} scim_patch_t;

/** Operations in a message at most. */
#define SCIM_PATCH_MAX_OPERATIONS 10000

/**
 * Parses a PatchOp message, in the dialects that scim_dialect puts right. id is the resource's: an operation that sets
 * it to the same value is no error. Errors: SCIM_E_INVALID_SYNTAX (message), INVALID_PATH, NO_TARGET (remove without
 * path), INVALID_VALUE, MUTABILITY (read-only, or a required attribute removed), TOO_LARGE (operations).
 */
scim_err_t *scim_patch_parse(scim_patch_t **out, const json_t *message, const char *id, const scim_rtype_t *rtype,
                             const scim_leniency_t *leniency, const scim_filter_limits_t *limits, apr_pool_t *p);

/**
 * Applies operations, in order, to a resource, in place; on an error the resource is in no defined state and to be
 * thrown away. *changed tells whether it differs; the order of a list does not count. Attributes that no operation
 * names may be missing from it. Errors: NO_TARGET, MUTABILITY, INVALID_VALUE, TOO_LARGE (filters over long lists, too
 * often).
 */
scim_err_t *scim_patch_apply(const scim_patch_t *patch, json_t *resource, const scim_rtype_t *rtype, int *changed,
                             apr_pool_t *p);

/**
 * The effect of the operations on one multi-valued attribute, where it can be said without reading it: first cleared or
 * not, then elements that go, then elements that come; those that are there already by their value stay as they are.
 * Returns false where it cannot: a filter that is not `value eq`, a sub-attribute of elements, elements that are not
 * known by their value alone (unless all are replaced), a list that must not get empty or must not change.
 */
typedef struct scim_delta_t {
    unsigned clear:1;                  /**< everything that was there goes: `add` is then the whole list */
    json_t  *add;                      /**< array of elements; owned by the pool */
    json_t  *remove;                   /**< array of partial elements, as {"value": x}, or x of a simple attribute;
                                            owned by the pool */
} scim_delta_t;
int scim_patch_delta(const scim_patch_t *patch, const scim_attr_t *attr, scim_delta_t *delta, apr_pool_t *p);

#endif
