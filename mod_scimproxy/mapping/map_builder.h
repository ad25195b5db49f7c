/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_BUILDER_H
#define MAP_BUILDER_H

/**
 * @file map_builder.h
 * The steps from lines to a program: lines to rules (map_builder.c), checks of all rules together (map_check.c), the narrowed resource type
 * (map_narrow.c), compilation (map_compile.c). Private to the mapping layer.
 */

#include "map_program.h"
#include "map_rule.h"

struct map_builder_t {
    const scim_rtype_t *rtype;         /**< as declared, with everything */
    apr_array_header_t *rules;         /**< of map_rule_t * */
    apr_array_header_t *eaches;        /**< of map_each_t * */
    map_each_t         *open;          /**< the section that lines go to, or NULL */
    apr_pool_t         *p;
};

/** Returns what is wrong with the rules as a whole, or NULL. */
const char *map_check(const map_builder_t *b);

/** Makes the resource type that is mapped (map_narrow.c), and takes the rules over to its attributes. */
const scim_rtype_t *map_narrow(map_builder_t *b);

/** Makes the program; the rules become its own. */
map_program_t *map_compile(map_builder_t *b);

#define map_builder_rule(b, i) APR_ARRAY_IDX((b)->rules, i, map_rule_t *)
#define map_builder_section(b, i) APR_ARRAY_IDX((b)->eaches, i, map_each_t *)

#endif
