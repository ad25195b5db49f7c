/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENGINE_FIXTURE_H
#define ENGINE_FIXTURE_H

/**
 * @file engine_fixture.h
 * A system of Users and Groups over the connector in memory, requests to it, and their answers. Every request
 * runs in a pool of its own that is gone when the answer is looked at, and is checked for what always holds:
 * all connections given back, begin() called once or, before an error, perhaps not at all, and then nothing
 * written.
 */

#include "common.h"
#include "memory_connector.h"
#include "scim_operation.h"

#define ENGINE_BASE "https://example.com/scim/v2"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

/** How the system of a test differs from the usual one; all zero for that. */
typedef struct engine_config_t {
    const char *const *user;           /**< rules, NULL at the end; NULL: the usual ones */
    const char *const *group;          /**< "<emails <-> mails" opens a list, ">" closes it */
    const char *const *worker;         /**< a third resource type, over the schema of User; NULL: none */
    const scim_schema_t *extension;    /**< of User, besides the enterprise one */
    const scim_caps_t *caps;
    unsigned           no_transactions:1;
    unsigned           two_targets:1;  /**< groups live in another one */
} engine_config_t;

typedef struct engine_t {
    scim_connector_t connector;
    memory_t        *memory, *groups;  /**< the same one, unless there are two */
    scim_system_t   *system;
    scim_limits_t    limits;
    apr_size_t       patience;         /**< the client is gone after so many bytes; 0: it is patient */
    scim_err_t      *begin_fails;      /**< what begin() answers */
    unsigned         discard:1;        /**< bodies are only counted */
    void           (*on_piece)(void);  /**< called with each piece of a body */
} engine_t;

extern engine_t engine;

/** The usual system, without records: a fixture, after test_setup(). */
void engine_setup(void);
/** Another one. */
void engine_make(const engine_config_t *config);

typedef struct request_t {
    const char     *method, *path, *body;
    scim_listargs_t args;
    const char     *if_match, *if_none_match;
} request_t;

typedef struct answer_t {
    const scim_err_t *err;             /**< in test_pool */
    int               begun;
    scim_done_t       done;
    const char       *location, *etag; /**< or NULL */
    const char       *text;            /**< the body; "" for none */
    apr_size_t        length;
    json_t           *body;            /**< the same, NULL where there was an error or no text */
} answer_t;

/** Routes and runs a request. */
answer_t engine_ask(const request_t *request);
/** One that has to succeed; without parameters and with a body or NULL. */
answer_t engine_do(const char *method, const char *path, const char *body);
/** A list, or a single resource, with parameters; has to succeed. */
answer_t engine_get(const char *path, scim_listargs_t args);
/** The kind of error that a request ends with; fails the test if there is none. */
scim_errkind_t engine_fail(const char *method, const char *path, const char *body);

/** Puts records in: users "1" to n, of login "user1", family "Family1" and so on; a group of that key and name
 * with these users. */
void engine_users(int n);
void engine_group(const char *key, const char *name, int from, int to);
/** Ids of a ListResponse's resources, blanks between. */
const char *engine_ids(const answer_t *answer);

#endif
