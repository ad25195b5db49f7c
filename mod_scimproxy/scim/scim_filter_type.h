/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_FILTER_TYPE_H
#define SCIM_FILTER_TYPE_H

/**
 * @file scim_filter_type.h
 * What filters can ask of each data type: RFC 7644 section 3.4.2.2, RFC 7643 section 2.3.
 */

#include "scim_types.h"

/** True if values of the type can be compared so: all can be equal, texts, numbers and instants have an order,
 *  and only texts have parts. */
int scim_type_has(scim_type_t type, scim_cmp_t op);

/**
 * The value of a comparison as one of the type: texts that say booleans and numbers are taken for these, and
 * whole numbers for integers. NULL if it is none. Owned by p, or the value itself.
 */
const json_t *scim_type_value(const json_t *value, scim_type_t type, apr_pool_t *p);

/**
 * Compares two values of the type: *order is negative, 0 or positive. Texts compare without regard to case unless
 * case_exact, dateTimes by instant. False if one of them is no value of the type. Allocates nothing.
 */
int scim_type_order(scim_type_t type, unsigned case_exact, const json_t *a, const json_t *b, int *order);

#endif
