/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_DIALECT_H
#define SCIM_DIALECT_H

/**
 * @file scim_dialect.h
 * The dialects of Microsoft Entra, Okta and others in PATCH messages, put right in this one place: what comes out is a
 * message as RFC 7644 section 3.5.2 has it. What is not understood is left as it is, for the parser to refuse.
 */

#include "scim_leniency.h"
#include "scim_schema.h"

/**
 * Returns a new message (the caller's): "Add" and "REPLACE" in lower case; operations without a path whose value has
 * dotted or URN keys as operations with paths; a bare string for a complex attribute as its `value` (manager); "remove
 * members" with a value array as removals of these values; "$ref": null dropped. NULL if the message is not even an
 * object with Operations.
 */
json_t *scim_dialect_patch(const json_t *message, const scim_rtype_t *rtype, const scim_leniency_t *leniency,
                           apr_pool_t *p);

/** {"value": text} for a text where a value of a complex attribute is wanted, the caller's; NULL if that has no
 *  `value`. */
json_t *scim_dialect_complex(const json_t *text, const scim_attr_t *attr);

/** The boolean meant by a text as Entra sends it ("True", "false"): 0, 1, or -1 for none. */
int scim_dialect_boolean(const char *text);

#endif
