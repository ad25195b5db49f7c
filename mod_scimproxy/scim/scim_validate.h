/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_VALIDATE_H
#define SCIM_VALIDATE_H

/**
 * @file scim_validate.h
 * From a client's body to a resource in our form: names spelt right, values of the right type, what the client has no
 * say in left out, what is required there (RFC 7644 sections 3.3, 3.5.1; RFC 7643 section 2).
 */

#include "scim_leniency.h"
#include "scim_schema.h"

typedef enum { SCIM_FOR_CREATE, SCIM_FOR_REPLACE } scim_purpose_t;

/** What clients are known to send is forgiven: the default. */
extern const scim_leniency_t scim_lenient;
/** What the RFC forbids is refused. */
extern const scim_leniency_t scim_strict;

/**
 * Checks a body and makes a resource of it, which is the caller's (json_decref). Read-only and unknown attributes are
 * left out; null and [] count as unassigned; more than one primary is an error; equal elements of a list are collapsed
 * (members by value). Errors: SCIM_E_INVALID_SYNTAX (no object, `schemas` wrong), SCIM_E_INVALID_VALUE (type,
 * required), naming the attribute.
 */
scim_err_t *scim_validate_resource(json_t **out, const json_t *body, const scim_rtype_t *rtype, scim_purpose_t purpose,
                                   const scim_leniency_t *leniency, apr_pool_t *p);

/**
 * Checks a value for an attribute (or sub-attribute) and makes it one in our form; `element` says that it is one
 * element of a multi-valued attribute, not the list. For a multi-valued attribute a single object is taken for a list
 * of one. Elements of a list are complete (scim_validate_complete); a single complex value, or element, may be a part
 * of one. *out is the caller's; NULL for unassigned. Errors: SCIM_E_INVALID_VALUE.
 */
scim_err_t *scim_validate_value(json_t **out, const json_t *value, const scim_attr_t *attr, int element,
                                const scim_leniency_t *leniency, apr_pool_t *p);

/** Immutable attributes that had a value keep it (RFC 7644 section 3.5.1), else SCIM_E_MUTABILITY. */
scim_err_t *scim_validate_immutable(const json_t *before, const json_t *after, const scim_rtype_t *rtype,
                                    apr_pool_t *p);
/** True if the resource type has an immutable top-level attribute or simple sub-attribute that clients can write. */
int scim_validate_has_immutable(const scim_rtype_t *rtype);

/** The required, writable sub-attributes are in a value of a complex attribute (or in one element): else
 *  SCIM_E_INVALID_VALUE. */
scim_err_t *scim_validate_complete(const json_t *value, const scim_attr_t *attr, apr_pool_t *p);

/** Required, writable attributes and sub-attributes are there: SCIM_E_INVALID_VALUE naming the first that is not. */
scim_err_t *scim_validate_required(const json_t *resource, const scim_rtype_t *rtype, apr_pool_t *p);

#endif
