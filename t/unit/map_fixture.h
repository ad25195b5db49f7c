/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_FIXTURE_H
#define MAP_FIXTURE_H

/**
 * @file map_fixture.h
 * Programs made of lines, and a backend of JSON objects that answers native filters by the words of scim_query.h.
 */

#include "common.h"
#include "map_program.h"

#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define THING "urn:example:Thing"

/** User with the enterprise extension and one of our own, THING, that has attributes of every type; Group. In test_pool. */
scim_rtype_t *map_fixture_user(void);
scim_rtype_t *map_fixture_group(void);

/** A program of lines, NULL at the end: "<emails <-> mails" opens a section, ">" closes it. Fails the test if they are refused. */
const map_program_t *map_fixture_make(const scim_rtype_t *rtype, const char *const *lines);
/** Why they are refused; NULL if they are not. */
const char *map_fixture_refusal(const scim_rtype_t *rtype, const char *const *lines);

/** A run with an empty list of references. */
map_run_t map_fixture_run(void);
/** What a record reads as, owned by test_pool; references are left as they are. */
json_t *map_fixture_read(const map_program_t *program, const char *record);

/** A filter, parsed against the program's resource type; fails the test if it is none. */
scim_filter_t *map_fixture_filter(const map_program_t *program, const char *text);

/** A native filter as text: "(a eq \"x\" & !(b pr))", names of lists with brackets, ~ behind values whose case does not matter. */
const char *map_fixture_print(const scim_qfilter_t *q);

/** True if more than what matches is to be found, for comparisons that are answered by a superset. */
typedef int (*map_fixture_more_fn)(const scim_qfilter_t *comparison, const json_t *record);
/** Evaluates a native filter; NULL is every record. */
int map_fixture_holds(const scim_qfilter_t *q, const json_t *record, map_fixture_more_fn more);

#endif
