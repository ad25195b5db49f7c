/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_NATIVE_H
#define MAP_NATIVE_H

/**
 * @file map_native.h
 * Paths into native records: "login", "mail[0]", "address.city", and "." for the element of a list itself.
 */

#include "scim_types.h"

/** A step into a structured value. */
typedef struct map_step_t {
    const char *name;                  /**< member, or NULL */
    size_t      index;                 /**< else the element */
} map_step_t;

typedef struct map_native_t {
    const char       *name;            /**< native attribute as the connector knows it; "." for the element itself */
    const map_step_t *steps;
    int               nsteps;
} map_native_t;

/** Parses a path; texts are copied. Returns NULL or what is wrong. */
const char *map_native_parse(map_native_t *out, const char *text, apr_pool_t *p);

/** The value in a record or an element; borrowed, NULL if there is none. */
const json_t *map_native_get(const map_native_t *native, const json_t *record);

/** True for the element itself. */
int map_native_is_self(const map_native_t *native);

#endif
