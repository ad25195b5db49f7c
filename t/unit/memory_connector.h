/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MEMORY_CONNECTOR_H
#define MEMORY_CONNECTOR_H

/**
 * @file memory_connector.h
 * A connector whose records are JSON objects in memory, with transactions, versions, lists, order and
 * references: a real, small implementation of the SPI, so that the engine is tested without a database. One
 * thread. It keeps to the letter of the SPI where that is hard on its users: rows are gone when the next one
 * comes, whatever was made from the scratch pool, too.
 */

#include "scim_connector.h"

extern const scim_connector_t memory_connector;

/** What a test may look at and set. */
typedef struct memory_t {
    json_t        *tables;       /**< object: entity -> array of {"key":, "version":, "data": {}} */
    json_t        *saved;        /**< as it was at begin() */
    scim_caps_t    caps;         /**< of all entities; set before they are checked */
    scim_match_t   matches;      /**< what match() answers for every comparison */
    const char    *hides;        /**< records in which this attribute is true are not there; NULL: none */

    int            calls;        /**< calls at run time that can fail, rows of a search included */
    const char    *fail_in;      /**< only these calls count and fail, as "begin", "row"; NULL: all */
    int            fail_at;      /**< the first call that fails, counted from 1; 0: none */
    int            fail_many;    /**< how many from there on */
    scim_errkind_t fail_kind;
    unsigned       fail_retriable:1;

    int            opened, closed, begun, committed, rolled_back;
    int            reads, writes, resolves, rows;
    const char    *last_attrs;   /**< names asked for by the last get or search, comma separated */
    apr_int64_t    last_offset, last_limit;
    int            last_filtered, last_sorted;
    int            last_resolved; /**< values in the last resolve() */
    const char    *last_change;  /**< "SET name, ADD members" of the last modify with mods */

    /** Called as modify() begins: another one may be faster. As a row is given: time may pass. */
    void         (*before_modify)(struct memory_t *memory);
    void         (*before_row)(struct memory_t *memory);
    const scim_ctx_t *ctx;       /**< of the last acquire() */
    apr_pool_t    *pool;
} memory_t;

/** The state behind a target. */
memory_t *memory_of(scim_target_t *target);
/** Puts a record in. data is taken. */
void memory_put(memory_t *memory, const char *entity, const char *key, json_t *data);
/** A record's data, borrowed, or NULL; its version, 0 for none. */
json_t *memory_data(const memory_t *memory, const char *entity, const char *key);
int memory_version(const memory_t *memory, const char *entity, const char *key);
/** Somebody else changes a record: its version is another one. */
void memory_touch(memory_t *memory, const char *entity, const char *key);

#endif
