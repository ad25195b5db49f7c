/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_CONNECTOR_H
#define SCIM_CONNECTOR_H

/**
 * @file scim_connector.h
 * The service provider interface: what a connector implements to bring a kind
 * of backend. A connector is an httpd module that registers a scim_connector_t
 * with ap_register_provider(p, SCIM_CONNECTOR_GROUP, name, SCIM_CONNECTOR_ABI, ...).
 *
 * Threads: configuration calls come from the one thread that reads the
 * configuration. After child_init() every call may come from any thread, a
 * session from one thread at a time.
 *
 * Growth: members are appended, `size` stays first; SCIM_CONNECTOR_HAS() tells
 * whether a connector has one. An incompatible change raises the ABI string.
 */

#include <stddef.h>
#include "scim_types.h"
#include "scim_query.h"
#include "scim_host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SCIM_CONNECTOR_GROUP "scimproxy-connector"
#define SCIM_CONNECTOR_ABI   "1"

/** A configured backend; each connector defines its own. */
typedef struct scim_target_t scim_target_t;
/** One resource type's share of a target: a table, a subtree. */
typedef struct scim_entity_t scim_entity_t;
/** A connection that is checked out. */
typedef struct scim_session_t scim_session_t;

/** Where a property may stand. */
#define SCIM_PROP_TARGET 1u
#define SCIM_PROP_TYPE   2u            /* <SCIMResourceType> */
#define SCIM_PROP_SYSTEM 4u

typedef enum { SCIM_PROP_STRING, SCIM_PROP_INT, SCIM_PROP_BOOL, SCIM_PROP_CHOICE } scim_proptype_t;

/** One row of a connector's property table; the last row has a NULL name. */
typedef struct scim_property_t {
    const char     *name;
    scim_proptype_t type;
    const char     *choices;           /**< for CHOICE: "a|b|c" */
    const char     *dflt;              /**< default, or NULL */
    unsigned        where;             /**< SCIM_PROP_... */
    unsigned        required:1, secret:1;
    const char     *description;       /**< one line */
} scim_property_t;

/** SCIMPool. Times are intervals; max 0 means half of the process's threads. */
typedef struct scim_pool_limits_t {
    int                 min, max;
    apr_interval_time_t ttl;           /**< an idle connection is closed after it */
    apr_interval_time_t acquire;       /**< longest wait for a free one */
    apr_interval_time_t timeout;       /**< longest single statement or operation */
    apr_interval_time_t retry;         /**< pause after a failure to connect */
} scim_pool_limits_t;

/** What an entity can do natively. The engine does the rest, bounded, or refuses. */
typedef struct scim_caps_t {
    unsigned create:1, modify:1, remove:1;
    unsigned values:1;                 /**< ADD and REMOVE of single elements of a list */
    unsigned version:1;                /**< records have versions, changes can demand one */
    unsigned sort:1, offset:1, total:1;
    unsigned hidden:1;                 /**< a condition hides records that others may refer to: references are looked up */
} scim_caps_t;

/**
 * Takes one record of a search. The record is the connector's and gone when
 * the call returns, unless the callee takes references (json_incref).
 * An error stops the search: the connector abandons it and returns the error
 * unchanged.
 */
typedef scim_err_t *(*scim_row_fn)(void *baton, const scim_record_t *record);

/** A property's value as the configuration has it for an entity: the resource
 *  type, the system, the target, the default; NULL where there is none. */
typedef const char *(*scim_prop_fn)(void *baton, const char *name);

typedef struct scim_connector_t {
    size_t                 size;       /**< sizeof(scim_connector_t), first for ever */
    const char            *name;       /**< as in <SCIMTarget x NAME>: [a-z][a-z0-9]* */
    const char            *version;    /**< shown in dumps and status */
    const scim_property_t *properties;

    /* ---- configuration: return NULL or a text that says what to mend ---- */

    /** Makes a target in pool p, which lives as long as the configuration. */
    const char *(*target_make)(scim_target_t **target, const char *name, apr_pool_t *p);
    /** Gives it the value of a property of the table, checked against the table's type,
     *  secrets resolved. value lives as long as the target. */
    const char *(*target_property)(scim_target_t *target, const char *name, const char *value);
    /** The target has all its properties. Must not contact the backend. */
    const char *(*target_done)(scim_target_t *target, const scim_pool_limits_t *limits, apr_pool_t *p);
    /** Makes the share of one resource type. */
    const char *(*entity_make)(scim_entity_t **entity, scim_target_t *target, const char *type_name,
                               scim_prop_fn prop, void *baton, apr_pool_t *p);
    /** Tells which native attributes the rules use. The connector may object,
     *  remembers them (their lifetime is that of the configuration), and says what it can do. */
    const char *(*entity_check)(scim_entity_t *entity, const scim_attrs_t *uses, scim_caps_t *caps,
                                apr_pool_t *ptemp);
    /** The native attribute that is the key as get() takes it, or NULL if the key
     *  is not an attribute: rules that read it give ids that need no look-up. */
    const char *(*entity_key)(const scim_entity_t *entity);

    /* ---- process life ---- */

    /** In each child, after the fork. Not being able to connect is no error. */
    apr_status_t (*child_init)(scim_target_t *target, const scim_host_t *host,
                               const scim_log_t *log, apr_pool_t *pchild);

    /* ---- run time ---- */

    /** Checks a connection out. p lives at least until release(). */
    scim_err_t *(*acquire)(scim_session_t **session, scim_target_t *target,
                           const scim_ctx_t *ctx, apr_pool_t *p);
    /** Gives it back; NULL is allowed. An open transaction is rolled back. */
    void (*release)(scim_session_t *session);

    /** Begins, ends a transaction. A failing begin() is retriable. NULL where
     *  the backend has none: each change then stands for itself. */
    scim_err_t *(*begin)(scim_session_t *session);
    scim_err_t *(*commit)(scim_session_t *session);
    void        (*rollback)(scim_session_t *session);

    /** How well the comparison (a SCIM_Q_CMP; `list` names the list attribute it
     *  stands in, or is NULL) can be answered. No I/O, but it may depend on what
     *  the session learned of the backend. */
    scim_match_t (*match)(scim_session_t *session, const scim_entity_t *entity, const char *list,
                          const scim_qfilter_t *comparison);

    /** Reads one record. SCIM_E_NOT_FOUND where there is none. record->data is
     *  the caller's (json_decref), texts live in p. */
    scim_err_t *(*get)(scim_session_t *session, const scim_entity_t *entity, const char *key,
                       const scim_attrs_t *attrs, scim_record_t *record, apr_pool_t *p);
    /** Searches; rows come in the order of the query, in bounded memory. Only filters
     *  that match() accepted come in. scratch is the connector's to clear:
     *  errors outlive it. */
    scim_err_t *(*search)(scim_session_t *session, const scim_entity_t *entity, const scim_query_t *query,
                          scim_row_fn row, void *baton, scim_page_t *page, apr_pool_t *scratch);
    /** Creates a record from native attributes; *key is in p. SCIM_E_UNIQUENESS where one exists. */
    scim_err_t *(*create)(scim_session_t *session, const scim_entity_t *entity, const json_t *data,
                          const char **key, apr_pool_t *p);
    /** Changes one record. *changed tells whether anything did: a change that changes nothing
     *  leaves version and time stamps. In a transaction the record, once named here, is held against others until the
     *  end; a change without mods does only that. SCIM_E_NOT_FOUND, SCIM_E_PRECONDITION, SCIM_E_UNIQUENESS. */
    scim_err_t *(*modify)(scim_session_t *session, const scim_entity_t *entity, const char *key,
                          const scim_change_t *change, int *changed, apr_pool_t *p);
    /** Deletes one record and what refers to it by the connector's own lists. */
    scim_err_t *(*remove)(scim_session_t *session, const scim_entity_t *entity, const char *key,
                          const apr_array_header_t *versions, apr_pool_t *p);
    /** Translates n values of one attribute into those of another, of the same records, batched:
     *  out[i] is NULL where there is no record. from or to NULL stands for the key. Used for references. */
    scim_err_t *(*resolve)(scim_session_t *session, const scim_entity_t *entity, const char *from,
                           const char *to, const char *const *in, const char **out, int n, apr_pool_t *p);
} scim_connector_t;

#define SCIM_CONNECTOR_HAS(c, member) \
    (offsetof(scim_connector_t, member) < (c)->size && (c)->member != NULL)

#ifdef __cplusplus
}
#endif
#endif
