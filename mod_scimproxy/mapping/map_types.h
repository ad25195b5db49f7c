/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_TYPES_H
#define MAP_TYPES_H

/**
 * @file map_types.h
 * What goes into a program and comes out of it: the words of map_program.h.
 */

#include <apr_tables.h>
#include "scim_filter.h"
#include "scim_query.h"
#include "scim_schema.h"

typedef struct map_program_t map_program_t;
typedef struct map_each_t map_each_t;

/** When a write rule acts: the words of `on`. */
#define MAP_ON_CREATE 1u
#define MAP_ON_UPDATE 2u
#define MAP_ON_PATCH  4u
#define MAP_ON_DELETE 8u
/** With one of them: the resource is what the backend has, before a change; nothing is required of it. */
#define MAP_AS_IS     16u

/** A reference that the engine resolves: holder[key], a text now, is to become the other side's. */
typedef struct map_ref_t {
    json_t     *holder;                /**< object, borrowed from the result of the run */
    const char *key;
    const char *rtype;                 /**< resource type referred to */
    const char *value;                 /**< read: native key or attribute; write: SCIM id; in the pool of the run */
    const scim_attr_t *attr;           /**< read: the complex attribute (of the narrowed type) that holder is a value of, so that $ref and
                                            type can be added; NULL on write and where the reference is a plain attribute */
} map_ref_t;

/** What a run needs and leaves. */
typedef struct map_run_t {
    apr_array_header_t *refs;          /**< of map_ref_t; appended to */
    apr_pool_t         *p;
} map_run_t;

/** Tells whether a top-level attribute, or its sub-attribute, is wanted; NULL stands for everything. */
typedef int (*map_wants_fn)(void *baton, const scim_attr_t *attr, const scim_attr_t *sub);

/** Which rules a read runs and which native attributes they need: projection push-down. */
typedef struct map_plan_t {
    scim_attrs_t         attrs;
    const unsigned char *active;       /**< by rule; private to the mapping layer */
} map_plan_t;

/** What the translation asks the engine. */
typedef struct map_pusher_t {
    /** How well the backend can answer this comparison (scim_connector_t.match). */
    scim_match_t (*match)(void *baton, const char *list, const scim_qfilter_t *comparison);
    /** The native side of a reference to the resource with that SCIM id; *native NULL if there is none. */
    scim_err_t *(*refer)(void *baton, const char *rtype, const char *id, const char **native);
    void *baton;
} map_pusher_t;

#endif
