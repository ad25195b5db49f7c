/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_LINE_H
#define MAP_LINE_H

/**
 * @file map_line.h
 * The text of a SCIMMap line, taken apart: nothing in it is looked up yet.
 */

#include <apr_tables.h>
#include "scim_types.h"

/** Where a rule's values flow. */
typedef enum { MAP_READ = 1, MAP_WRITE = 2, MAP_BOTH = 3 } map_way_t;

/** An argument of a function: a word, name=value, or value=value. */
typedef struct map_arg_t {
    const char   *word;                /**< the word or name, or NULL */
    const json_t *key;                 /**< what stands before =, if it is JSON */
    const json_t *value;               /**< what stands after =, or NULL */
} map_arg_t;

/** A function as it is written. */
typedef struct map_word_call_t {
    const char         *name;
    apr_array_header_t *args;          /**< of map_arg_t */
} map_word_call_t;

typedef struct map_line_t {
    const char         *scim;          /**< path; NULL for "-" */
    map_way_t           way;
    const char         *native;        /**< NULL for a constant that is read */
    const json_t       *constant;      /**< or NULL */
    apr_array_header_t *calls;         /**< of map_word_call_t */
    const json_t       *dflt;          /**< or NULL */
    unsigned            on;            /**< MAP_ON_... as written, 0 if not */
    unsigned            required:1;
} map_line_t;

/** Parses the text of a SCIMMap line. Everything lives in p. Returns NULL, or what is wrong and how to mend it. */
const char *map_line_parse(map_line_t *out, const char *text, apr_pool_t *p);
/** Parses what a <SCIMMapEach> says: scim, way and native are set. */
const char *map_line_parse_each(map_line_t *out, const char *text, apr_pool_t *p);

/** "<-", "->", "<->". */
const char *map_way_arrow(map_way_t way);

#endif
