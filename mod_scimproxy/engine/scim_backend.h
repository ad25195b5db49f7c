/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_BACKEND_H
#define SCIM_BACKEND_H

/**
 * @file scim_backend.h
 * The connections of one operation: checked out once, in a transaction where there is a change, and tried again on a
 * fresh connection where certainly nothing happened.
 */

#include "scim_system.h"

typedef struct scim_backend_t {
    const scim_type_entry_t *type;
    scim_session_t          *session;
    const scim_ctx_t        *ctx;
    apr_array_header_t      *others;   /* of other_t: sessions of the targets that references lead to */
    apr_pool_t              *p;
    unsigned                 lasting:1; /* something was changed or answered that nothing takes back */
} scim_backend_t;

/** Checks a connection out. Close it in any case. */
scim_err_t *scim_backend_open(scim_backend_t *backend, const scim_type_entry_t *type, const scim_ctx_t *ctx,
                              apr_pool_t *p);
/** Gives all connections back; what was not committed is rolled back. */
void scim_backend_close(scim_backend_t *backend);
/** The session to use for a resource type: this one, or one more of another target. */
scim_err_t *scim_backend_session(scim_session_t **session, scim_backend_t *backend, const scim_type_entry_t *type);

/** Work on a backend; with p the operation's pool. */
typedef scim_err_t *(*scim_work_fn)(scim_backend_t *backend, void *baton);
/** Does reading work; once more on a fresh connection if it fails with a retriable error. The work itself must
 * not have given anything to the client by then: it makes such errors final. */
scim_err_t *scim_backend_read(scim_backend_t *backend, scim_work_fn work, void *baton);
/** Does changing work in a transaction, and again (three times at most) if it lost against another one. */
scim_err_t *scim_backend_transact(scim_backend_t *backend, scim_work_fn work, void *baton);

/** The native key of the resource with this id; SCIM_E_NOT_FOUND if no resource can have it. */
scim_err_t *scim_backend_key(const char **key, scim_backend_t *backend, const char *id);

/** An error of the connector as a client shall see it: what is not found is said in terms of the resource type.
 * NULL stays NULL. */
scim_err_t *scim_backend_settle(const scim_backend_t *backend, scim_err_t *err);

/** Changes, with errors settled. What they change without a transaction is never tried again. *key in the
 * backend's pool. */
scim_err_t *scim_backend_create(const char **key, scim_backend_t *backend, const json_t *data);
scim_err_t *scim_backend_modify(scim_backend_t *backend, const char *key, const scim_change_t *change);
scim_err_t *scim_backend_remove(scim_backend_t *backend, const char *key, const apr_array_header_t *versions);
/** Holds the record against others until the end of the transaction and checks its version; does nothing where
 * there are no transactions. */
scim_err_t *scim_backend_hold(scim_backend_t *backend, const char *key, const apr_array_header_t *versions);

#endif
