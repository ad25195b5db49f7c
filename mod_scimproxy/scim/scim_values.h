/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_VALUES_H
#define SCIM_VALUES_H

/**
 * @file scim_values.h
 * The elements of a multi-valued attribute: which are the same (RFC 7643 section 2.4), and a list that is being
 * changed, in time that grows with its size and not with its square.
 */

#include "scim_schema.h"

/**
 * True if an element is known by its `value` alone: simple ones, and those whose `value` is another resource's id
 * (members) or can never change. Others are known by type and value, or by everything they say but `primary`.
 */
int scim_values_by_value(const scim_attr_t *attr);
/** True if `value eq x` means exactly x, byte by byte, wherever it is asked: known by value, and not without regard to
 *  case. Ids have an exact case, though the schema calls members.value a plain string. */
int scim_values_exact(const scim_attr_t *attr);

/** The key of an element: those with equal keys are the same. Texts count exactly. In p. */
const char *scim_values_key(const scim_attr_t *attr, const json_t *element, apr_pool_t *p);
/** The key of all elements with that value, where they are known by it. In p. */
const char *scim_values_key_of(const json_t *value, apr_pool_t *p);

/** True if two lists, or NULL for none, say the same in whatever order. */
int scim_values_equal(const scim_attr_t *attr, const json_t *a, const json_t *b, apr_pool_t *p);

/** A list that is being changed. Elements are borrowed and never changed: changed ones are copies. */
typedef struct scim_values_t scim_values_t;

/** Starts with the elements of a list, or NULL for none. In p, which also frees what is left. */
scim_values_t *scim_values_make(const scim_attr_t *attr, const json_t *list, apr_pool_t *p);

/**
 * Adds an element (a copy). One that is there already by its key is kept as it is where it is known by value, else gets
 * the sub-attributes of the new one. A new primary one puts the other's `primary` to false (RFC 7644 section 3.5.2).
 * Errors: SCIM_E_MUTABILITY.
 */
scim_err_t *scim_values_add(scim_values_t *values, const json_t *element);
/** The element with the key of this one; NULL if there is none. Borrowed. */
const json_t *scim_values_find(scim_values_t *values, const json_t *element);
/** Takes out all elements with that key; all there are. */
void scim_values_remove(scim_values_t *values, const char *key);
void scim_values_clear(scim_values_t *values);

/** How many places there are; the element at one, borrowed, or NULL if it is gone. */
apr_size_t scim_values_size(const scim_values_t *values);
const json_t *scim_values_at(const scim_values_t *values, apr_size_t i);
/**
 * Puts another element in a place (takes the reference), or none. One that gets equal to another is merged into
 * that. Immutable sub-attributes that have a value keep it, else SCIM_E_MUTABILITY.
 */
scim_err_t *scim_values_set(scim_values_t *values, apr_size_t i, json_t *element);

/** What the list is now, without gaps; the caller's. */
json_t *scim_values_list(const scim_values_t *values);

#endif
