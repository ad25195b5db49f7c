/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "scim_date.h"
#include "scim_text.h"

/*
 * apr_dbd has loaded the driver and with it the database's client library, whose functions are asked for by
 * name: this module links none of them. Where one is missing, the connector does with less.
 */

enum { PG_CONNECTION_BAD = 1, PG_ERRORS_VERBOSE = 2, SQLITE_UTF8_TEXT = 1, SQLITE_STEPS = 10000 };

typedef int (*pg_set_verbosity_t)(void *conn, int verbosity);
typedef int (*pg_status_t)(const void *conn);
typedef int (*socket_t)(const void *conn);
typedef int (*sqlite_collate_t)(void *baton, int na, const void *a, int nb, const void *b);
typedef int (*sqlite_create_collation_t)(void *db, const char *name, int encoding, void *baton,
                                         sqlite_collate_t compare);
typedef int (*sqlite_busy_t)(void *db, int milliseconds);
typedef void (*sqlite_progress_t)(void *db, int steps, int (*stop)(void *baton), void *baton);

/* A symbol as what it is: the standard has no cast from void * to a function. */
#define FUNCTION(type, name) ((union { void *symbol; type function; }){ .symbol = dlsym(RTLD_DEFAULT, name) }.function)

static void *native(const scim_sql_conn_t *conn)
{
    return apr_dbd_native_handle(conn->target->dbd, conn->dbd);
}

void scim_sql_native_verbose(const scim_sql_conn_t *conn)
{
    const pg_set_verbosity_t set_verbosity = FUNCTION(pg_set_verbosity_t, "PQsetErrorVerbosity");

    if (set_verbosity)
        set_verbosity(native(conn), PG_ERRORS_VERBOSE);
}

int scim_sql_native_dead(const scim_sql_conn_t *conn)
{
    pg_status_t status;

    if (conn->kind != SCIM_SQL_PGSQL)
        return 0;
    status = FUNCTION(pg_status_t, "PQstatus");
    return status && status(native(conn)) == PG_CONNECTION_BAD;
}

int scim_sql_native_socket(const scim_sql_conn_t *conn)
{
    socket_t get_socket = NULL;

    if (conn->kind == SCIM_SQL_PGSQL)
        get_socket = FUNCTION(socket_t, "PQsocket");
    else if (conn->kind == SCIM_SQL_MYSQL)
        get_socket = FUNCTION(socket_t, "mysql_get_socket");
    return get_socket ? get_socket(native(conn)) : -1;
}

/* ---- SQLite ---- */

/* The collations get texts without an end. */
typedef struct ended_t {
    char  buffer[256];
    char *text;
} ended_t;

static void end_text(ended_t *ended, const void *text, int len)
{
    ended->text = len < (int)sizeof(ended->buffer) ? ended->buffer : malloc((size_t)len + 1);
    if (!ended->text)
        abort();
    memcpy(ended->text, text, (size_t)len);
    ended->text[len] = '\0';
}

static void forget_text(ended_t *ended)
{
    if (ended->text != ended->buffer)
        free(ended->text);
}

static int collate(int na, const void *a, int nb, const void *b, int (*compare)(const char *, const char *))
{
    ended_t x, y;
    int order;

    end_text(&x, a, na);
    end_text(&y, b, nb);
    order = compare(x.text, y.text);
    forget_text(&x);
    forget_text(&y);
    return order;
}

static int by_folded(void *unused, int na, const void *a, int nb, const void *b)
{
    (void)unused;
    return collate(na, a, nb, b, scim_fold_cmp);
}

/* What is no instant comes after all that are. */
static int compare_instants(const char *a, const char *b)
{
    apr_time_t s, t;
    const int bad_a = scim_date_parse(&s, a, 0) != 0, bad_b = scim_date_parse(&t, b, 0) != 0;

    if (bad_a || bad_b)
        return bad_a && bad_b ? strcmp(a, b) : bad_a - bad_b;
    return (s > t) - (s < t);
}

static int by_instant(void *unused, int na, const void *a, int nb, const void *b)
{
    (void)unused;
    return collate(na, a, nb, b, compare_instants);
}

static int past_its_time(void *baton)
{
    const scim_sql_conn_t *conn = baton;
    const scim_ctx_t *ctx = conn->ctx;

    if (conn->stop_at && apr_time_now() >= conn->stop_at)
        return 1;
    return ctx && ctx->cancelled && ctx->cancelled(ctx->cancel_baton);
}

void scim_sql_native_patience(const scim_sql_conn_t *conn, int milliseconds)
{
    const sqlite_busy_t busy = FUNCTION(sqlite_busy_t, "sqlite3_busy_timeout");

    if (busy && conn->kind == SCIM_SQL_SQLITE)
        busy(native(conn), milliseconds);
}

void scim_sql_native_extend(scim_sql_conn_t *conn)
{
    const sqlite_create_collation_t create = FUNCTION(sqlite_create_collation_t, "sqlite3_create_collation");
    const sqlite_progress_t progress = FUNCTION(sqlite_progress_t, "sqlite3_progress_handler");

    conn->collations = create && create(native(conn), "scim_fold", SQLITE_UTF8_TEXT, NULL, by_folded) == 0
                       && create(native(conn), "scim_instant", SQLITE_UTF8_TEXT, NULL, by_instant) == 0;
    if (progress)
        progress(native(conn), SQLITE_STEPS, past_its_time, conn);
}
