/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_JSON_H
#define SCIM_JSON_H

/**
 * @file scim_json.h
 * JSON: reading a body within limits, ownership by pools, small comforts over
 * jansson. jansson counts references; pools do not: whoever makes a json_t
 * hands it to scim_json_own() or decrefs it.
 */

#include "scim_types.h"

/** Limits of a document. */
typedef struct scim_json_limits_t {
    apr_size_t max_bytes;   /**< 0: no limit */
    int        max_depth;   /**< nested arrays and objects */
} scim_json_limits_t;

/**
 * Parses one JSON text (RFC 8259): UTF-8 only, no duplicate names, no text after
 * it, no NUL in names. Depth is checked before anything is built. *out is the caller's.
 * Errors: SCIM_E_INVALID_SYNTAX with line and column, SCIM_E_TOO_LARGE.
 */
scim_err_t *scim_json_parse(json_t **out, const char *text, apr_size_t len,
                            const scim_json_limits_t *limits, apr_pool_t *p);

/** json_decref when p is cleared. Returns json; NULL is allowed. */
json_t *scim_json_own(apr_pool_t *p, json_t *json);

/** The value under name, without regard to ASCII case (RFC 7643 section 2.1); the exact
 *  spelling wins. Borrowed; NULL if absent. *key, if not NULL, gets the spelling found. */
json_t *scim_json_get_ci(const json_t *object, const char *name, const char **key);

/** True for what counts as unassigned: NULL, null, [] (RFC 7643 section 2.5). */
int scim_json_unassigned(const json_t *value);

/** Equal as JSON values: member order does not matter, numbers compare by value. */
int scim_json_equal(const json_t *a, const json_t *b);

/** Text form of a scalar: strings as they are, numbers and booleans as JSON writes them,
 *  null as ""; arrays and objects compact. In p (or the string's own bytes). */
const char *scim_json_text(const json_t *value, apr_pool_t *p);

/** Compact text of any value, in p. */
const char *scim_json_dump(const json_t *value, apr_pool_t *p);

#endif
