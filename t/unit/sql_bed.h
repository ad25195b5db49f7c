/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SQL_BED_H
#define SQL_BED_H

/**
 * @file sql_bed.h
 * The SQL connector over a real database, ready to be called: a target with the entities that tests use, a
 * session, and short words for what tests do through the SPI. All of it fails the test on an error that was
 * not asked for.
 */

#include "common.h"
#include "scim_connector.h"
#include "sql_servers.h"

/** Tables besides those of the embedded directory; of the process that runs the tests. */
void bed_prepare(int databases);

typedef struct bed_t {
    const sql_database_t *database;
    sql_direct_t          direct;
    scim_target_t        *target;
    scim_entity_t        *person, *team, *badge, *token, *sample;
    scim_session_t       *session;
} bed_t;

/** Empties the tables and connects. limits NULL: four connections, ten seconds. */
void bed_open(bed_t *bed, int database, const scim_pool_limits_t *limits);
void bed_close(bed_t *bed);

int bed_is(const bed_t *bed, const char *driver);

/** A target over the database, not yet used by a child. */
scim_target_t *bed_target(const char *driver, const char *params, const scim_pool_limits_t *limits);
/** An entity; properties are names and values, NULL at the end. Fails the test if the connector objects. */
scim_entity_t *bed_entity(scim_target_t *target, const char *type, const char *const *properties,
                          const char *uses, scim_caps_t *caps);
/** What the connector objects to, "" for nothing. */
const char *bed_objection(scim_target_t *target, const char *type, const char *const *properties, const char *uses);
/** Begins the process life of the target; connections go when the pool of the test does. */
void bed_start(scim_target_t *target);

/** Attributes from "id; login!; rows(team_member, team_id)!: person_id, ~since". '!' is written, too, but for
 *  '~' columns. */
const scim_attrs_t *bed_attrs(const char *spec);

/** Creates in a transaction; the key. */
const char *bed_create(bed_t *bed, const scim_entity_t *entity, const char *data);
scim_err_t *bed_try_create(bed_t *bed, const scim_entity_t *entity, const char *data, const char **key);

/** Reads the attributes of a spec; the record's data. */
const json_t *bed_read(bed_t *bed, const scim_entity_t *entity, const char *key, const char *spec);
const char *bed_version(bed_t *bed, const scim_entity_t *entity, const char *key);

/** A change; any number of mods, up to one of kind BED_END. */
enum { BED_END = 99 };
typedef struct bed_mod_t {
    int         kind;                  /**< scim_modkind_t */
    const char *attr, *values;
} bed_mod_t;

/** Modifies in a transaction; versions are parted by commas, NULL for none. Whether something changed. */
int bed_modify(bed_t *bed, const scim_entity_t *entity, const char *key, const char *versions, const bed_mod_t *mods);
scim_err_t *bed_try_modify(bed_t *bed, const scim_entity_t *entity, const char *key, const char *versions,
                           const bed_mod_t *mods, int *changed);
scim_err_t *bed_try_remove(bed_t *bed, const scim_entity_t *entity, const char *key, const char *versions);

/** Filters. value is JSON text, NULL for PR. */
const scim_qfilter_t *bed_cmp(const char *attr, scim_cmp_t op, const char *value, scim_type_t type, int case_exact);
const scim_qfilter_t *bed_join(scim_qkind_t kind, const scim_qfilter_t *a, const scim_qfilter_t *b);
const scim_qfilter_t *bed_elem(const char *list, const scim_qfilter_t *sub);

/** Keys that a search delivers, a blank between two, in its order. */
const char *bed_search(bed_t *bed, const scim_entity_t *entity, const scim_query_t *query, scim_page_t *page);
const char *bed_find(bed_t *bed, const scim_entity_t *entity, const scim_qfilter_t *filter);

/** One value of the database, past the connector. */
const char *bed_ask(bed_t *bed, const char *sql);

#endif
