/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_PUSH_H
#define MAP_PUSH_H

/**
 * @file map_push.h
 * What a filter becomes on the native side, piece by piece: private to the mapping layer.
 */

#include "map_program.h"
#include "map_rule.h"

/** A native filter that holds for every record that the SCIM filter holds for; if exact, for no other. Nothing can be
 *  said where q is NULL. */
typedef struct map_pushed_t {
    const scim_qfilter_t *q;
    int                   exact;
} map_pushed_t;

/** Where filters are translated. */
typedef struct map_pushing_t {
    const map_program_t *program;
    const map_pusher_t  *pusher;
    const char          *list;         /**< the native list that comparisons are about, or NULL */
    scim_err_t          *err;          /**< of pusher->refer; then results mean nothing */
    apr_pool_t          *p;
} map_pushing_t;

/** The constant filters. */
map_pushed_t map_pushed_bool(const map_pushing_t *pushing, int value);
/** Nothing can be said. */
map_pushed_t map_pushed_nothing(void);
map_pushed_t map_pushed_not(const map_pushing_t *pushing, map_pushed_t of);
/** AND or OR of n > 0. */
map_pushed_t map_pushed_join(const map_pushing_t *pushing, scim_qkind_t kind, const map_pushed_t *of, int n);
/** A comparison, as well as the backend can answer it. value is borrowed. */
map_pushed_t map_pushed_compare(const map_pushing_t *pushing, const char *attr, scim_cmp_t op, const json_t *value,
                                scim_type_t type, int case_exact);

/** A SCIM comparison (SCIM_F_CMP) with what a rule reads. */
map_pushed_t map_push_rule(map_pushing_t *pushing, const map_rule_t *rule, const scim_filter_t *comparison);

/** The rule gives some value, be it an empty text. */
map_pushed_t map_push_has_value(map_pushing_t *pushing, const map_rule_t *rule);

/** True if the comparison holds for this value; NULL is no value. */
int map_push_holds(const scim_filter_t *comparison, const scim_attr_t *leaf, const json_t *value);

#endif
