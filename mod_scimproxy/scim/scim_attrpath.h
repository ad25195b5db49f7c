/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_ATTRPATH_H
#define SCIM_ATTRPATH_H

/**
 * @file scim_attrpath.h
 * What an attribute's name means in a resource type: RFC 7644 section 3.10. Filters and paths are built
 * on it.
 */

#include "scim_lex.h"
#include "scim_schema.h"

/** A name resolved. A schema's URN alone has attr NULL. */
typedef struct scim_attrpath_t {
    const scim_schema_t *schema;
    const scim_attr_t   *attr;
    const scim_attr_t   *sub;          /**< or NULL */
} scim_attrpath_t;

/**
 * Resolves "attr", "attr.sub", each with the URN of a schema and a colon in front, or a URN alone, in any
 * case. Common attributes are taken under the core schema's URN too. Returns NULL or what is wrong, for the
 * client; in p.
 */
const char *scim_attrpath_find(scim_attrpath_t *out, const scim_word_t *word, const scim_rtype_t *rtype,
                               apr_pool_t *p);

/** The sub-attribute of that name, or NULL and what is wrong, in p. */
const scim_attr_t *scim_attrpath_sub(const scim_attr_t *attr, const scim_word_t *name, const char **error,
                                     apr_pool_t *p);

#endif
