/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_PROGRAM_H
#define MAP_PROGRAM_H

/**
 * @file map_program.h
 * The mapping of one resource type, in both directions: built from SCIMMap lines while the configuration is read, then frozen and run
 * by all threads. Nothing here does I/O: references between resource types are left as placeholders for the engine.
 */

#include "map_types.h"
#include "scim_path.h"

typedef struct map_builder_t map_builder_t;

/* ---- building: texts returned say what is wrong and how to mend it; NULL is success ---- */

/** A builder for a resource type with all its schemas. */
map_builder_t *map_builder_make(const scim_rtype_t *rtype, apr_pool_t *p);
/** Adds the text of a SCIMMap line. where is "file:line", for messages of map_builder_finish(). */
const char *map_builder_line(map_builder_t *b, const char *text, const char *where);
/** Opens and closes a <SCIMMapEach TEXT>. Lines between belong to it. */
const char *map_builder_each(map_builder_t *b, const char *text, const char *where);
const char *map_builder_each_end(map_builder_t *b);
/**
 * Checks the rules as a whole (an id rule; a read rule and a write rule for each required attribute; no two unconditional rules for one place;
 * references name known types is the engine's check), narrows the resource type to what is mapped, compiles.
 */
const char *map_builder_finish(map_builder_t *b, map_program_t **out);

/* ---- what a program says about itself ---- */

/** The resource type, narrowed to what is mapped: everything at run time is parsed against it. */
const scim_rtype_t *map_program_rtype(const map_program_t *program);
/** All native attributes that its rules use, and how. */
const scim_attrs_t *map_program_uses(const map_program_t *program);
/** Names of the resource types that ref() names, NULL at the end. */
const char *const *map_program_refs(const map_program_t *program);
/** Rules in both directions and the push-down table, for -D DUMP_SCIM: each line goes to print. */
void map_program_explain(const map_program_t *program, void (*print)(void *baton, const char *line), void *baton, apr_pool_t *ptemp);

/* ---- running ---- */

/** The plan for what is wanted; the id is read in any case. In p. */
map_plan_t *map_plan_make(const map_program_t *program, map_wants_fn wants, void *baton, apr_pool_t *p);

/**
 * Native record to SCIM resource (without schemas and meta.location). *resource is the caller's. A native value that cannot
 * be one of the attribute's type is left out; nothing else fails but for want of memory.
 */
scim_err_t *map_read(const map_program_t *program, const map_plan_t *plan, const json_t *native, json_t **resource, map_run_t *run);

/**
 * SCIM resource to native attributes; *native is the caller's. On create an attribute without value is absent; on update and patch every
 * place of the write set (of those wanted) is there, null or [] where it has no value. A constant rule yields to a rule that has a value, and to
 * one whose attribute is not wanted.
 * Errors: SCIM_E_INVALID_VALUE (a `required` rule without value, a value that a function or valueMapping cannot take), naming the attribute.
 */
scim_err_t *map_write(const map_program_t *program, const json_t *resource, unsigned on, map_wants_fn wants, void *baton,
                      json_t **native, map_run_t *run);

/** The changes that turn one result of map_write(update) into another: SET for what differs; for lists, ADD and REMOVE of elements
 *  where `values` allows, else SET. Where something differs, constants that a PATCH writes are set as well. Values are borrowed from before
 *  and after. Appends scim_mod_t to mods. */
void map_diff(const map_program_t *program, const json_t *before, const json_t *after, int values, apr_array_header_t *mods, apr_pool_t *p);

/** The one writable list behind a multi-valued attribute, if a change of elements can be pushed forward through it; else NULL. */
const map_each_t *map_each_of(const map_program_t *program, const scim_attr_t *attr);
/** Its native attribute. */
const char *map_each_native(const map_each_t *each);
/** Runs its write rules on elements (for removal: partial ones); *native, an array, is the caller's. */
scim_err_t *map_write_elements(const map_each_t *each, const json_t *elements, json_t **native, map_run_t *run);

/* ---- ids ---- */

/** The native attribute that the id is read from. */
const char *map_id_attr(const map_program_t *program);
/** The id of a native value, and back; NULL if it cannot be one. In p. */
const char *map_id_from_native(const map_program_t *program, const char *native, apr_pool_t *p);
const char *map_id_to_native(const map_program_t *program, const char *id, apr_pool_t *p);

/* ---- push-down ---- */

/**
 * Translates a filter. *native selects at least the records whose resources match; *residual is what must still be evaluated on the
 * resources, NULL if *native is exact. *native is NULL if nothing can be said (every record).
 */
scim_err_t *map_push_filter(const map_program_t *program, const scim_filter_t *filter, const map_pusher_t *pusher,
                            const scim_qfilter_t **native, const scim_filter_t **residual, apr_pool_t *p);

/** The native order equal to that of a SCIM path; false if there is none. */
int map_push_sort(const map_program_t *program, const scim_path_t *path, int descending, scim_qsort_t *sort);

#endif
