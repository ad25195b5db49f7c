/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_error.h"
#include "scim_log.h"

scim_err_t *scim_sql_still_wanted(const scim_session_t *session)
{
    const scim_ctx_t *ctx = session->ctx;
    apr_pool_t *p = session->p;

    if (ctx->cancelled && ctx->cancelled(ctx->cancel_baton))
        return scim_err(p, SCIM_E_ABORTED, "the client has gone");
    if (ctx->host->now(ctx->host->baton) < ctx->deadline)
        return NULL;
    return scim_err_log(scim_err(p, SCIM_E_TIMEOUT, "the system behind this service did not answer in time"),
                        p, APR_TIMEUP, "target %s: the time of the request is over", session->target->name);
}

/* What remains of the request's time, but no more than the pool allows. */
static void start_clock(scim_session_t *session, apr_interval_time_t least)
{
    const scim_ctx_t *ctx = session->ctx;
    const apr_interval_time_t left = ctx->deadline - ctx->host->now(ctx->host->baton),
                              timeout = session->target->limits.timeout;
    const apr_interval_time_t time = timeout > 0 && timeout < left ? timeout : left;

    scim_sql_watch(session->conn, apr_time_now() + (time > least ? time : least));
}

/* Statements that change nothing may be repeated when the connection was lost. */
static void note_kind(scim_session_t *session, const scim_sql_text_t *q)
{
    session->reading = strncmp(q->text, "SELECT", 6) == 0 || strncmp(q->text, "FETCH", 5) == 0
                       || strncmp(q->text, "DECLARE", 7) == 0;
}

/*
 * SQLite and MariaDB keep a prepared statement until it is closed, which apr_dbd does with its pool, or, for
 * SQLite, with the connection. A pool of the caller's would close it when somebody else has the connection
 * already. So texts are prepared once, in the connection's pool, which is cleared between two users when it
 * holds too many, or results that are too large. For PostgreSQL a statement without a label is sent with its
 * parameters when it runs.
 */
static scim_err_t *prepare(apr_dbd_prepared_t **statement, scim_session_t *session, const scim_sql_text_t *q,
                           int keep, apr_pool_t *p)
{
    scim_sql_conn_t *conn = session->conn;
    const int cached = conn->kind != SCIM_SQL_PGSQL;
    apr_pool_t *pool = cached ? conn->statements : p;
    int rv;

    conn->bulky |= !keep;
    *statement = cached ? apr_hash_get(conn->shapes, q->text, (apr_ssize_t)q->len) : NULL;
    if (*statement)
        return NULL;
    scim_log(session->ctx->log, SCIM_LOG_TRACE1, APR_SUCCESS, "target %s: %s", session->target->name,
             scim_sql_show(q, p));
    rv = apr_dbd_prepare(conn->target->dbd, pool, conn->dbd, q->text, NULL, statement);
    if (rv != 0)
        return scim_sql_failed(session, rv);
    if (cached) {
        apr_hash_set(conn->shapes, apr_pstrmemdup(conn->statements, q->text, q->len), (apr_ssize_t)q->len, *statement);
        conn->weight += 1 + q->args->nelts / 64;
    }
    return NULL;
}

static scim_err_t *start(apr_dbd_prepared_t **statement, scim_session_t *session, const scim_sql_text_t *q,
                         int keep, apr_pool_t *p)
{
    scim_err_t *err = scim_sql_still_wanted(session);

    if (err)
        return err;
    note_kind(session, q);
    start_clock(session, 0);
    err = prepare(statement, session, q, keep, p);
    if (err)
        scim_sql_unwatch(session->conn);
    return err;
}

static scim_err_t *finish(scim_session_t *session, int rv)
{
    scim_err_t *err = rv == 0 ? NULL : scim_sql_failed(session, rv);

    scim_sql_unwatch(session->conn);
    return err;
}

scim_err_t *scim_sql_run(scim_session_t *session, const scim_sql_text_t *q, int *affected, apr_pool_t *p)
{
    apr_dbd_prepared_t *statement;
    int nrows = 0;
    scim_err_t *err = start(&statement, session, q, 1, p);

    if (err)
        return err;
    err = finish(session, apr_dbd_pquery(session->target->dbd, p, session->conn->dbd, &nrows, statement, q->args->nelts,
                                         (const char **)q->args->elts));
    if (affected)
        *affected = nrows;
    return err;
}

/* PostgreSQL: anything but random access sleeps when there are no rows. MariaDB: random access walks a list. */
scim_err_t *scim_sql_select(scim_session_t *session, const scim_sql_text_t *q, int keep,
                            scim_sql_rows_t *rows, apr_pool_t *p)
{
    const int seek = session->conn->kind == SCIM_SQL_PGSQL;
    apr_dbd_prepared_t *statement;
    scim_err_t *err = start(&statement, session, q, keep, p);

    if (err)
        return err;
    rows->session = session;
    rows->results = NULL;
    rows->row = NULL;
    rows->p = p;
    return finish(session, apr_dbd_pselect(session->target->dbd, p, session->conn->dbd, &rows->results, statement, seek,
                                           q->args->nelts, (const char **)q->args->elts));
}

scim_err_t *scim_sql_next(scim_sql_rows_t *rows, int *more)
{
    int rv = apr_dbd_get_row(rows->session->target->dbd, rows->p, rows->results, &rows->row, -1);

    *more = rv == 0;
    return rv == 0 || rv == -1 ? NULL : scim_sql_failed(rows->session, rv);
}

scim_err_t *scim_sql_get(const scim_sql_rows_t *rows, int column, const char **value)
{
    char *text = NULL;
    apr_status_t rv = apr_dbd_datum_get(rows->session->target->dbd, rows->row, column, APR_DBD_TYPE_STRING, &text);

    *value = rv == APR_SUCCESS ? text : NULL;
    if (rv == APR_ENOENT)
        return NULL;
    /* apr_dbd cuts what is longer */
    if (rv == APR_SUCCESS && (rows->session->conn->kind != SCIM_SQL_MYSQL || strlen(text) < SCIM_SQL_MYSQL_FIELD))
        return NULL;
    return scim_err_log(scim_err(rows->session->p, SCIM_E_BACKEND,
                                 "the system behind this service has a value that cannot be read"),
                        rows->session->p, rv,
                        "target %s: a value cannot be read, or is longer than a megabyte",
                        rows->session->target->name);
}

scim_err_t *scim_sql_command(scim_session_t *session, const char *sql)
{
    int nrows = 0;

    /* what ends a transaction gets a second even when the time is over */
    start_clock(session, APR_USEC_PER_SEC);
    return finish(session, apr_dbd_query(session->target->dbd, session->conn->dbd, &nrows, sql));
}
