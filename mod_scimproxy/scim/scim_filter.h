/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_FILTER_H
#define SCIM_FILTER_H

/**
 * @file scim_filter.h
 * Filters: RFC 7644 section 3.4.2.2, parsed against a resource type, so that
 * every attribute is known, typed and spelt as the schema spells it.
 */

#include "scim_schema.h"

typedef enum {
    SCIM_F_AND, SCIM_F_OR,   /**< of kids[0..n-1], n >= 2 */
    SCIM_F_NOT,              /**< of kids[0] */
    SCIM_F_CMP,              /**< attr[.sub] op value */
    SCIM_F_VALUE             /**< attr[kids[0]]: one element satisfies it all */
} scim_filterkind_t;

/**
 * A node. In a CMP outside brackets `attr` is a top-level attribute (its home tells whether it stands in an
 * extension) and `sub` its sub-attribute or NULL; a complex attribute named alone was resolved to its `value`
 * (pr excepted). Inside brackets `attr` is the sub-attribute and sub is NULL; for a multi-valued simple attribute
 * `value` in brackets is the attribute itself. `value` is checked against the type: dateTime texts parse, numbers are
 * numbers. "eq null" was turned into not (attr pr), "ne null" into attr pr.
 */
typedef struct scim_filter_t scim_filter_t;
struct scim_filter_t {
    scim_filterkind_t   kind;
    scim_cmp_t          op;
    const scim_attr_t  *attr;
    const scim_attr_t  *sub;
    const json_t       *value;         /**< owned by the pool; NULL for pr */
    scim_filter_t     **kids;
    int                 n;
};

typedef struct scim_filter_limits_t {
    apr_size_t max_bytes;
    int        max_terms;              /**< comparisons */
    int        max_depth;              /**< nested brackets and parentheses */
} scim_filter_limits_t;

/**
 * Parses. Errors are SCIM_E_INVALID_FILTER with the position: syntax, unknown attribute, an operator that the type does
 * not have (gt on boolean; RFC 7644 table 3), a value of another type, an attribute that is never returned, limits.
 * Also takes attr[...].sub op value, which clients send, as attr[... and sub op value].
 */
scim_err_t *scim_filter_parse(scim_filter_t **out, const char *text, const scim_rtype_t *rtype,
                              const scim_filter_limits_t *limits, apr_pool_t *p);

/** Parses what stands in the brackets of a path, relative to attr. Errors as above, of the given kind. */
scim_err_t *scim_filter_parse_element(scim_filter_t **out, const char *text, apr_size_t len, const scim_attr_t *attr,
                                      const scim_filter_limits_t *limits, scim_errkind_t kind, apr_pool_t *p);

/** Canonical text, for logs of shapes and tests; with values left out as ? unless `values`. In p. */
const char *scim_filter_print(const scim_filter_t *filter, int values, apr_pool_t *p);

/**
 * Evaluates on a resource in the form of scim_resource.h. What has no value makes every comparison false but ne,
 * which is true; of several values one must satisfy the comparison. Strings compare without regard to case unless
 * caseExact, dateTimes by instant. Allocates nothing that lasts.
 */
int scim_filter_match(const scim_filter_t *filter, const json_t *resource);
/** Evaluates what stands in brackets on one element. */
int scim_filter_match_element(const scim_filter_t *filter, const json_t *element);

/**
 * If the filter is a conjunction of eq (and nothing else), sets the values it demands in an element that is to be made,
 * and returns true; else returns false and changes nothing (RFC 7644 section 3.5.2 leaves it open; clients rely on it).
 */
int scim_filter_template(const scim_filter_t *filter, json_t *element);

/** If the filter says nothing but `attr eq value`, or an `or` of such, on the sub-attribute of that name, calls back with
 *  each value and returns true; else returns false (and may have called). */
int scim_filter_eq_values(const scim_filter_t *filter, const char *sub,
                          void (*each)(void *baton, const json_t *value), void *baton);

#endif
