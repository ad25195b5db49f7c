/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MEMORY_CONNECTOR_H
#define MEMORY_CONNECTOR_H

/**
 * @file memory_connector.h
 * A connector whose records are JSON objects in memory, with transactions, versions, lists and references: a real, small implementation of the
 * SPI, so that the engine is tested without a database. One thread.
 */

#include "scim_connector.h"

extern const scim_connector_t memory_connector;

/** What a test may look at and set. */
typedef struct memory_t {
    json_t      *tables;         /**< object: entity -> array of {"key":, "version":, "data": {}} */
    json_t      *saved;          /**< as it was at begin() */
    scim_match_t matches;        /**< what match() answers for every comparison */
    int          fail_next;      /**< so many of the next calls fail with a retriable error */
    int          begun, committed, rolled_back, opened, closed;
    int          reads, writes, resolves;
    const char  *last_attrs;     /**< names asked for by the last get or search, comma separated */
    apr_int64_t  last_limit;
    int          last_filtered;  /**< the last search had a filter */
    const char  *last_change;    /**< "SET name, ADD members" of the last modify with mods */
    apr_pool_t  *pool;
} memory_t;

/** The state behind a target. */
memory_t *memory_of(scim_target_t *target);
/** Puts a record in. data is taken. */
void memory_put(scim_target_t *target, const char *entity, const char *key, json_t *data);
/** A record's data, borrowed, or NULL. */
json_t *memory_data(scim_target_t *target, const char *entity, const char *key);

#endif
