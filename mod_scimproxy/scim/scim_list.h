/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_LIST_H
#define SCIM_LIST_H

/**
 * @file scim_list.h
 * The parameters of a list: RFC 7644 section 3.4.2, from a query string or a SearchRequest.
 */

#include "scim_filter.h"
#include "scim_path.h"
#include "scim_project.h"

/** As the client sent them; NULL where absent. */
typedef struct scim_listargs_t {
    const char *filter, *sort_by, *sort_order, *start_index, *count, *attributes, *excluded;
} scim_listargs_t;

/** Page sizes of SCIMPageSize; 0 is unlimited. */
typedef struct scim_pagesize_t {
    apr_int64_t dflt, max;
} scim_pagesize_t;

typedef struct scim_list_t {
    scim_filter_t           *filter;      /**< NULL: all */
    const scim_path_t       *sort;        /**< NULL: the server's order; its sub-attribute is resolved */
    int                      descending;
    apr_int64_t              start_index; /**< >= 1 */
    apr_int64_t              count;       /**< -1: unlimited */
    const scim_projection_t *projection;
} scim_list_t;

/**
 * Reads the parameters. startIndex below 1 is 1, a negative count 0, a count above the maximum the maximum
 * (section 3.4.2.4); numbers too large for 64 bits are taken for the largest. Errors: INVALID_FILTER,
 * INVALID_VALUE (no number; sortOrder), INVALID_PATH (sortBy).
 */
scim_err_t *scim_list_make(scim_list_t **out, const scim_listargs_t *args, const scim_rtype_t *rtype,
                           const scim_pagesize_t *pagesize, const scim_filter_limits_t *limits, apr_pool_t *p);

/** The value that a resource is sorted by: of a multi-valued attribute that of the primary element, else of the
 * first (section 3.4.2.3). Borrowed; NULL for none. */
const json_t *scim_list_sort_value(const scim_list_t *list, const json_t *resource);
/** Compares two sort values, NULL for none: negative, 0, positive in the order wanted. */
int scim_list_compare(const scim_list_t *list, const json_t *a, const json_t *b);

#endif
