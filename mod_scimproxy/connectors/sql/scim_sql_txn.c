/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include "scim_error.h"

/*
 * SQLite has one writer at a time, and apr_dbd sleeps where that is another one. So the threads of this
 * process queue here, with a deadline; only another process can still make one wait there.
 */
static scim_err_t *take_turn(scim_session_t *session)
{
    scim_target_t *target = session->target;
    const scim_ctx_t *ctx = session->ctx;
    scim_err_t *err = NULL;

    apr_thread_mutex_lock(target->lock);
    while (target->writing && !err) {
        const apr_interval_time_t left = ctx->deadline - ctx->host->now(ctx->host->baton);

        if (left <= 0)
            err = scim_sql_still_wanted(session);
        else
            apr_thread_cond_timedwait(target->written, target->lock, left);
    }
    if (!err)
        target->writing = 1;
    apr_thread_mutex_unlock(target->lock);
    return err;
}

static void end_turn(scim_target_t *target)
{
    apr_thread_mutex_lock(target->lock);
    target->writing = 0;
    apr_thread_cond_signal(target->written);
    apr_thread_mutex_unlock(target->lock);
}

static void ended(scim_session_t *session)
{
    if (session->txn == SCIM_SQL_WRITES && session->conn->kind == SCIM_SQL_SQLITE)
        end_turn(session->target);
    session->txn = SCIM_SQL_NO_TXN;
}

scim_err_t *scim_sql_begin(scim_session_t *session)
{
    static const char *const sql[] = { "BEGIN IMMEDIATE", "BEGIN ISOLATION LEVEL READ COMMITTED", "START TRANSACTION" };
    const scim_sql_kind_t kind = session->conn->kind;
    scim_err_t *err;

    if (kind == SCIM_SQL_SQLITE && (err = take_turn(session)))
        return err;
    session->reading = 1;              /* a transaction that did not begin has changed nothing */
    if ((err = scim_sql_command(session, sql[kind]))) {
        if (kind == SCIM_SQL_SQLITE)
            end_turn(session->target);
        return err;
    }
    session->txn = SCIM_SQL_WRITES;
    return NULL;
}

scim_err_t *scim_sql_commit(scim_session_t *session)
{
    scim_err_t *err;

    session->committing = 1;
    err = scim_sql_command(session, "COMMIT");
    session->committing = 0;
    if (err)
        scim_sql_rollback(session);
    else
        ended(session);
    return err;
}

void scim_sql_rollback(scim_session_t *session)
{
    if (session->txn == SCIM_SQL_NO_TXN)
        return;
    if (!session->conn->broken && scim_sql_command(session, "ROLLBACK"))
        session->conn->broken = 1;     /* closing it undoes everything */
    ended(session);
}

scim_err_t *scim_sql_read_begin(scim_session_t *session, int *own)
{
    static const char *const sql[] = { "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL };
    scim_err_t *err = NULL;

    *own = session->txn == SCIM_SQL_NO_TXN;
    if (!*own)
        return NULL;
    session->reading = 1;
    if (session->conn->kind != SCIM_SQL_MYSQL)
        err = scim_sql_command(session, sql[session->conn->kind]);
    else if (!(err = scim_sql_command(session, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")))
        err = scim_sql_command(session, "START TRANSACTION WITH CONSISTENT SNAPSHOT");
    if (!err)
        session->txn = SCIM_SQL_READS;
    return err;
}

void scim_sql_read_end(scim_session_t *session, int own)
{
    if (own)
        scim_sql_rollback(session);
}
