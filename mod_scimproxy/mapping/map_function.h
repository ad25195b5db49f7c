/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_FUNCTION_H
#define MAP_FUNCTION_H

/**
 * @file map_function.h
 * The functions of pipelines, each with its inverse where it has one.
 */

#include "map_line.h"
#include "scim_schema.h"

typedef enum {
    MAP_FN_LOWER, MAP_FN_UPPER, MAP_FN_CONCAT, MAP_FN_MAPPING, MAP_FN_STRING, MAP_FN_ENCODE, MAP_FN_DECODE, MAP_FN_REF,
    MAP_FN_BCRYPT
} map_fn_t;

typedef struct map_call_t map_call_t;

/** A function. run() and back() take a scalar and return a new reference, or NULL for what has no result. */
typedef struct map_function_t {
    map_fn_t    id;
    const char *name;
    /** Checks arguments and keeps them in the call. Returns NULL or what is wrong. */
    const char *(*make)(map_call_t *call, const apr_array_header_t *args, apr_pool_t *p);
    json_t     *(*run)(const map_call_t *call, const json_t *value, apr_pool_t *p);
    json_t     *(*back)(const map_call_t *call, const json_t *value, apr_pool_t *p);
    const char *refuses;               /**< why there is no result, as the end of a sentence about a value */
    unsigned    lossless:1;            /**< back() leads to the value that run() was given, and to no other */
} map_function_t;

/** One entry of a valueMapping. */
typedef struct map_pair_t {
    const json_t *key, *value;
} map_pair_t;

/** A function with its arguments. */
struct map_call_t {
    const map_function_t *function;
    /* concatString */
    const char       *prefix, *suffix;
    /* valueMapping */
    const map_pair_t *pairs;
    int               npairs;
    unsigned          fold_values:1;   /**< values belong to an attribute whose case does not matter */
    unsigned          fold_keys:1;
    /* encode, decode */
    unsigned          base32:1, pad:1;
    /* ref */
    const char       *rtype;
    /* bcrypt */
    unsigned long     cost;
};

/** Looks a function up and checks its arguments. Returns NULL or what is wrong. */
const char *map_function_make(map_call_t *call, const map_word_call_t *words, apr_pool_t *p);

/** Fits the functions of a rule to its attribute: `way` is the rule's. Returns NULL or what is wrong. */
const char *map_function_bind(map_call_t *calls, int n, map_way_t way, const scim_attr_t *leaf, apr_pool_t *p);

/**
 * Runs functions one after the other, or their inverses from the last to the first. A new reference; NULL if there is no
 * result, with the function that has none in *failed (which may be NULL).
 */
json_t *map_function_run(const map_call_t *calls, int n, const json_t *value, const map_function_t **failed,
                         apr_pool_t *p);
json_t *map_function_back(const map_call_t *calls, int n, const json_t *value, const map_function_t **failed,
                          apr_pool_t *p);

/** The call as it is written, for explanations. */
const char *map_function_print(const map_call_t *call, apr_pool_t *p);

/** Strips prefix and suffix off a text, without regard to case if `fold`; NULL if it does not have them. */
const char *map_concat_strip(const map_call_t *call, const char *text, int fold, apr_pool_t *p);

/** True if a native value is what the key of a valueMapping stands for. */
int map_pair_has(const json_t *key, const json_t *value, int fold, apr_pool_t *p);

/* The functions, by file. */
extern const map_function_t map_function_lower, map_function_upper, map_function_concat, map_function_mapping,
    map_function_string;
extern const map_function_t map_function_encode, map_function_decode;
extern const map_function_t map_function_bcrypt;

/* What their make() needs: the value of a named argument, NULL if it is not given. */
const json_t *map_arg(const apr_array_header_t *args, const char *name);
/** Returns what is wrong with names: one not among the known (NULL at the end), one twice, one without value. */
const char *map_args_check(const apr_array_header_t *args, const char *const *known, apr_pool_t *p);

#endif
