/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>

#include "scim_error.h"
#include "scim_log.h"

/* A connection that has prepared so much is replaced by a new one: apr_dbd cannot forget statements. */
enum { MAX_WEIGHT = 500 };
/* How long a new connection waits for a locked SQLite file, in milliseconds. */
enum { NEW_PATIENCE = 200 };
/* Parameters of one statement. SQLite's limit was a thousand until version 3.32: scim_sql_learn() looks. */
enum { SQLITE_ARGS = 900, SERVER_ARGS = 65000 };

/* ---- opening ---- */

static scim_err_t *unavailable(const scim_target_t *target, const char *what, apr_pool_t *p)
{
    scim_err_t *err = scim_err(p, SCIM_E_UNAVAILABLE, "the system behind this service cannot be reached");

    err->retry_after = 1 + (int)apr_time_sec(target->limits.retry);
    return scim_err_log(err, p, APR_SUCCESS, "target %s: %s", target->name, what);
}

/* Messages of a failed connect say where and as whom: what an administrator must know, and no value of a record. */
static const char *first_line(const char *text, apr_pool_t *p)
{
    return text ? apr_pstrmemdup(p, text, strcspn(text, "\r\n")) : "the driver does not say why";
}

static int command(scim_sql_conn_t *conn, const char *sql)
{
    int nrows, rv;

    scim_sql_watch(conn, apr_time_now() + conn->target->limits.timeout);
    rv = apr_dbd_query(conn->target->dbd, conn->dbd, &nrows, sql);
    scim_sql_unwatch(conn);
    return rv;
}

static const char *const *settings(const scim_sql_conn_t *conn, apr_pool_t *p)
{
    const apr_interval_time_t timeout = conn->target->limits.timeout;
    const char **sql = apr_pcalloc(p, 8 * sizeof *sql);
    int n = 0;

    switch (conn->kind) {
    case SCIM_SQL_SQLITE:
        sql[n++] = "PRAGMA foreign_keys = ON";
        break;
    case SCIM_SQL_PGSQL:
        sql[n++] = apr_psprintf(
            p,
            "SET client_encoding TO 'UTF8'; SET TIME ZONE 'UTC'; SET DateStyle TO 'ISO, YMD'; "
            "SET standard_conforming_strings TO on; SET statement_timeout TO %" APR_TIME_T_FMT "; "
            "SET idle_in_transaction_session_timeout TO %" APR_TIME_T_FMT,
            apr_time_as_msec(timeout), apr_time_as_msec(timeout) + 60000);
        break;
    case SCIM_SQL_MYSQL:
        sql[n++] = "SET NAMES utf8mb4";
        sql[n++] = "SET SESSION time_zone = '+00:00'";
        sql[n++] = "SET SESSION sql_mode = "
                   "'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_BACKSLASH_"
                   "ESCAPES'";
        sql[n++] = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
        sql[n++] = apr_psprintf(p, "SET SESSION innodb_lock_wait_timeout = %" APR_TIME_T_FMT,
                                apr_time_sec(timeout) + 1);
        break;
    }
    return sql;
}

static scim_err_t *set_up(scim_sql_conn_t *conn, apr_pool_t *p)
{
    const char *const *sql;

    if (conn->kind == SCIM_SQL_PGSQL)
        scim_sql_native_verbose(conn);
    if (conn->kind == SCIM_SQL_SQLITE)
        scim_sql_native_extend(conn);
    for (sql = settings(conn, p); *sql; sql++) {
        const int rv = command(conn, *sql);

        if (rv != 0)
            return unavailable(conn->target,
                               apr_psprintf(p, "\"%s\" failed: %s", *sql,
                                            first_line(apr_dbd_error(conn->target->dbd, conn->dbd, rv), p)),
                               p);
    }
    if (conn->kind
        == SCIM_SQL_MYSQL) /* MariaDB's; where it is not known, deadlines are kept between statements only */
        (void)command(conn, apr_psprintf(p, "SET SESSION max_statement_time = %.3f",
                                         (double)conn->target->limits.timeout / APR_USEC_PER_SEC));
    return NULL;
}

/* SQLite would make an empty database of a misspelt path. */
static int is_missing(const scim_target_t *target, apr_pool_t *p)
{
    apr_finfo_t info;

    return target->kind == SCIM_SQL_SQLITE && *target->conninfo == '/'
           && apr_stat(&info, target->conninfo, APR_FINFO_TYPE, p) != APR_SUCCESS;
}

scim_err_t *scim_sql_open(void **res, void *baton, const scim_ctx_t *ctx, apr_pool_t *p)
{
    scim_target_t *target = baton;
    scim_sql_conn_t *conn = apr_pcalloc(p, sizeof *conn);
    const char *error = NULL;
    scim_err_t *err;

    if (!target->dbd)
        return unavailable(target, target->unusable, p);
    if (is_missing(target, p))
        return unavailable(
            target, apr_psprintf(p, "there is no database %s, or it may not be read", target->conninfo), p);
    conn->target = target;
    conn->kind = target->kind;
    conn->p = p;
    conn->ctx = ctx;
    conn->socket = -1;
    conn->max_args = target->kind == SCIM_SQL_SQLITE ? SQLITE_ARGS : SERVER_ARGS;
    if (apr_dbd_open_ex(target->dbd, p, target->conninfo, &conn->dbd, &error) != APR_SUCCESS)
        return unavailable(target, apr_psprintf(p, "no connection: %s", first_line(error, p)), p);
    conn->socket = scim_sql_native_socket(conn);
    apr_pool_create(&conn->statements, p);
    conn->shapes = apr_hash_make(conn->statements);
    if ((err = set_up(conn, p))) {
        scim_sql_close(conn, baton);
        return err;
    }
    conn->ctx = NULL;
    *res = conn;
    return NULL;
}

/* Statements go before the connection they belong to. */
void scim_sql_close(void *res, void *baton)
{
    scim_sql_conn_t *conn = res;

    (void)baton;
    apr_pool_destroy(conn->statements);
    apr_dbd_close(conn->target->dbd, conn->dbd);
}

/* apr_dbd_check_conn() would connect anew by itself, without our settings. */
int scim_sql_alive(void *res, void *baton, apr_interval_time_t idle)
{
    scim_sql_conn_t *conn = res;

    (void)baton;
    if (conn->broken || scim_sql_native_dead(conn))
        return 0;
    if (conn->kind == SCIM_SQL_SQLITE || idle < apr_time_from_sec(1))
        return 1;
    return command(conn, conn->kind == SCIM_SQL_PGSQL ? "SELECT 1" : "DO 1") == 0;
}

/* ---- process life ---- */

apr_status_t scim_sql_child_init(scim_target_t *target, const scim_host_t *host, const scim_log_t *log,
                                 apr_pool_t *pchild)
{
    apr_status_t rv = apr_dbd_init(pchild);

    target->log = log;
    target->dbd = NULL;
    if (rv == APR_SUCCESS && apr_dbd_get_driver(pchild, target->driver, &target->dbd) != APR_SUCCESS) {
        target->unusable =
            apr_psprintf(pchild, "there is no apr_dbd driver %s; install it (Debian: libaprutil1-dbd-%s)",
                         target->driver, target->driver);
        scim_log(log, SCIM_LOG_ERR, APR_SUCCESS, SCIM_LOGNO(0200) "target %s: %s", target->name, target->unusable);
    }
    target->writing = 0;
    target->watch = NULL;
    if (rv == APR_SUCCESS && target->kind != SCIM_SQL_SQLITE)
        rv = scim_sql_watch_make(&target->watch, pchild);
    if (rv == APR_SUCCESS)
        rv = apr_thread_mutex_create(&target->lock, APR_THREAD_MUTEX_DEFAULT, pchild);
    if (rv == APR_SUCCESS)
        rv = apr_thread_cond_create(&target->written, pchild);
    if (rv == APR_SUCCESS)
        rv = scim_respool_make(&target->pool, &target->limits, host->threads(host->baton), scim_sql_open,
                               scim_sql_close, scim_sql_alive, target, pchild);
    return rv;
}

/* ---- sessions ---- */

scim_err_t *scim_sql_acquire(scim_session_t **out, scim_target_t *target, const scim_ctx_t *ctx, apr_pool_t *p)
{
    scim_session_t *session = apr_pcalloc(p, sizeof *session);
    void *conn;
    scim_err_t *err = scim_respool_acquire(&conn, target->pool, ctx, p);

    *out = NULL;
    if (err)
        return err;
    session->target = target;
    session->conn = conn;
    session->ctx = ctx;
    session->p = p;
    session->conn->ctx = ctx;
    session->conn->errors = p;
    if (!session->conn->tables) {
        /* apr_dbd tries again what finds the file locked, but not the preparation of a statement: and a new connection
         * may have to look after the journal that another process left */
        scim_sql_native_patience(session->conn, NEW_PATIENCE);
        if ((err = scim_sql_learn(session, p))) {
            session->conn->broken = 1;
            scim_sql_release(session);
            return err;
        }
        scim_sql_native_patience(session->conn, 0);
    }
    *out = session;
    return NULL;
}

/* SQLite's statements live as long as the connection; PostgreSQL has none. */
static int is_worn(scim_sql_conn_t *conn)
{
    if (conn->kind == SCIM_SQL_SQLITE)
        return conn->weight > MAX_WEIGHT;
    if (!conn->broken && (conn->bulky || conn->weight > MAX_WEIGHT)) {
        apr_pool_clear(conn->statements);
        conn->shapes = apr_hash_make(conn->statements);
        conn->weight = 0;
        conn->bulky = 0;
    }
    return 0;
}

void scim_sql_release(scim_session_t *session)
{
    scim_sql_conn_t *conn;

    if (!session || !session->conn)
        return;
    conn = session->conn;
    if (session->txn != SCIM_SQL_NO_TXN)
        scim_sql_rollback(session);
    conn->ctx = NULL;
    conn->errors = NULL;
    session->conn = NULL;
    scim_respool_release(session->target->pool, conn, is_worn(conn) || conn->broken);
}
