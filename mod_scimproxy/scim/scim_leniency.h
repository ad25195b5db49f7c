/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_LENIENCY_H
#define SCIM_LENIENCY_H

/**
 * @file scim_leniency.h
 * What clients send that the RFC does not have.
 */

/** How much is forgiven. */
typedef struct scim_leniency_t {
    unsigned missing_schemas:1;        /**< a body without `schemas` */
    unsigned unknown_schemas:1;        /**< URIs in `schemas` that nobody knows */
    unsigned boolean_texts:1;          /**< "True" and "false" for booleans */
    unsigned number_texts:1;           /**< "42" for numbers */
    unsigned loose_paths:1;            /**< dotted, URN and unknown keys in pathless PATCH values; a value on remove;
                                            replacing a typed element that is not there; a text for a complex
                                            attribute */
} scim_leniency_t;

#endif
