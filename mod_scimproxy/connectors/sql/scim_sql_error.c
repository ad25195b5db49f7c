/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "scim_error.h"

/* A word of the driver's answer and what it means. */
typedef struct sign_t {
    const char        *text;
    scim_sql_failure_t failure;
} sign_t;

typedef struct number_t {
    int                number;
    scim_sql_failure_t failure;
} number_t;

/* SQLite's messages are the same everywhere. */
static const sign_t sqlite_signs[] = {
    { "UNIQUE constraint failed", SCIM_SQL_UNIQUE },
    { "PRIMARY KEY must be unique", SCIM_SQL_UNIQUE },
    { "FOREIGN KEY constraint failed", SCIM_SQL_FOREIGN_KEY },
    { "constraint failed", SCIM_SQL_BAD_VALUE },
    { "datatype mismatch", SCIM_SQL_BAD_VALUE },
    { "string or blob too big", SCIM_SQL_BAD_VALUE },
    { "cannot store", SCIM_SQL_BAD_VALUE },
    { "locked", SCIM_SQL_BUSY },
    { "interrupted", SCIM_SQL_TIMEOUT },
    { "parser stack overflow", SCIM_SQL_COMPLEX },
    { "Expression tree is too large", SCIM_SQL_COMPLEX },
    { "too many SQL variables", SCIM_SQL_COMPLEX },
    { "schema has changed", SCIM_SQL_STALE },
    { "readonly database", SCIM_SQL_DENIED },
    { "unable to open database", SCIM_SQL_LOST },
    { "disk I/O error", SCIM_SQL_LOST },
    { NULL, SCIM_SQL_OTHER }
};

/* SQLSTATEs, or the classes of them. */
static const sign_t states[] = {
    { "23505", SCIM_SQL_UNIQUE },
    { "23P01", SCIM_SQL_UNIQUE },
    { "23503", SCIM_SQL_FOREIGN_KEY },
    { "23", SCIM_SQL_BAD_VALUE },
    { "22", SCIM_SQL_BAD_VALUE },
    { "44000", SCIM_SQL_BAD_VALUE },
    { "40P01", SCIM_SQL_DEADLOCK },
    { "40", SCIM_SQL_DEADLOCK },
    { "55P03", SCIM_SQL_BUSY },
    { "57014", SCIM_SQL_TIMEOUT },
    { "25P03", SCIM_SQL_LOST },
    { "57P", SCIM_SQL_LOST },
    { "08", SCIM_SQL_LOST },
    { "53300", SCIM_SQL_LOST },
    { "54", SCIM_SQL_COMPLEX },
    { "42501", SCIM_SQL_DENIED },
    { "25006", SCIM_SQL_DENIED },
    { NULL, SCIM_SQL_OTHER }
};

/* Where there is no SQLSTATE: libpq itself speaks, or cannot be asked for them. */
static const sign_t pgsql_signs[] = {
    { "duplicate key value violates unique constraint", SCIM_SQL_UNIQUE },
    { "violates foreign key constraint", SCIM_SQL_FOREIGN_KEY },
    { "violates ", SCIM_SQL_BAD_VALUE },
    { "value too long for type", SCIM_SQL_BAD_VALUE },
    { "invalid input syntax for", SCIM_SQL_BAD_VALUE },
    { "out of range", SCIM_SQL_BAD_VALUE },
    { "deadlock detected", SCIM_SQL_DEADLOCK },
    { "could not serialize access", SCIM_SQL_DEADLOCK },
    { "due to statement timeout", SCIM_SQL_TIMEOUT },
    { "permission denied", SCIM_SQL_DENIED },
    { "server closed the connection", SCIM_SQL_LOST },
    { "terminating connection", SCIM_SQL_LOST },
    { "no connection to the server", SCIM_SQL_LOST },
    { "could not receive data from server", SCIM_SQL_LOST },
    { "could not send data to server", SCIM_SQL_LOST },
    { "SSL SYSCALL error", SCIM_SQL_LOST },
    { "Connection timed out", SCIM_SQL_LOST },
    { NULL, SCIM_SQL_OTHER }
};

static const number_t mysql_numbers[] = {
    { 1062, SCIM_SQL_UNIQUE }, { 1586, SCIM_SQL_UNIQUE }, { 1022, SCIM_SQL_UNIQUE },
    { 1451, SCIM_SQL_FOREIGN_KEY }, { 1452, SCIM_SQL_FOREIGN_KEY }, { 1216, SCIM_SQL_FOREIGN_KEY },
    { 1217, SCIM_SQL_FOREIGN_KEY },
    { 1048, SCIM_SQL_BAD_VALUE }, { 1364, SCIM_SQL_BAD_VALUE }, { 1406, SCIM_SQL_BAD_VALUE },
    { 1264, SCIM_SQL_BAD_VALUE }, { 1265, SCIM_SQL_BAD_VALUE }, { 1366, SCIM_SQL_BAD_VALUE },
    { 1292, SCIM_SQL_BAD_VALUE }, { 4025, SCIM_SQL_BAD_VALUE }, { 3819, SCIM_SQL_BAD_VALUE },
    { 1690, SCIM_SQL_BAD_VALUE }, { 1411, SCIM_SQL_BAD_VALUE }, { 1644, SCIM_SQL_BAD_VALUE },
    { 1213, SCIM_SQL_DEADLOCK }, { 1020, SCIM_SQL_DEADLOCK },
    { 1205, SCIM_SQL_BUSY }, { 3572, SCIM_SQL_BUSY },
    { 1969, SCIM_SQL_TIMEOUT }, { 3024, SCIM_SQL_TIMEOUT }, { 1317, SCIM_SQL_TIMEOUT },
    { 2006, SCIM_SQL_LOST }, { 2013, SCIM_SQL_LOST }, { 2055, SCIM_SQL_LOST }, { 2002, SCIM_SQL_LOST },
    { 2003, SCIM_SQL_LOST }, { 1053, SCIM_SQL_LOST }, { 1927, SCIM_SQL_LOST }, { 4031, SCIM_SQL_LOST },
    { 1040, SCIM_SQL_LOST }, { 1203, SCIM_SQL_LOST },
    { 1461, SCIM_SQL_STALE }, { 1615, SCIM_SQL_STALE }, { 1243, SCIM_SQL_STALE },
    { 1390, SCIM_SQL_COMPLEX }, { 1436, SCIM_SQL_COMPLEX }, { 1153, SCIM_SQL_COMPLEX },
    { 1142, SCIM_SQL_DENIED }, { 1143, SCIM_SQL_DENIED }, { 1044, SCIM_SQL_DENIED }, { 1290, SCIM_SQL_DENIED },
    { 0, SCIM_SQL_OTHER }
};

static scim_sql_failure_t find(const sign_t *signs, const char *text)
{
    for (; signs->text; signs++)
        if (strstr(text, signs->text))
            break;
    return signs->failure;
}

/* "ERROR:  23505: duplicate key ..."; the word before it may be in any language. */
const char *scim_sql_state(const char *text, apr_pool_t *p)
{
    const char *at;
    int i;

    for (at = strchr(text, ':'); at; at = strchr(at + 1, ':')) {
        const char *state = at + 1 + strspn(at + 1, " ");

        for (i = 0; i < 5 && (apr_isdigit(state[i]) || apr_isupper(state[i])); i++)
            ;
        if (i == 5 && state[5] == ':')
            return apr_pstrmemdup(p, state, 5);
        if (strchr(text, '\n') && at > strchr(text, '\n'))
            return NULL;
    }
    return NULL;
}

static scim_sql_failure_t find_state(const char *state)
{
    const sign_t *sign;

    for (sign = states; sign->text; sign++)
        if (strncmp(state, sign->text, strlen(sign->text)) == 0)
            break;
    return sign->failure;
}

scim_sql_failure_t scim_sql_classify(scim_sql_kind_t kind, int rv, const char *text)
{
    const number_t *number;
    apr_pool_t *scratch;
    const char *state;
    scim_sql_failure_t failure;

    switch (kind) {
    case SCIM_SQL_SQLITE:
        return find(sqlite_signs, text);
    case SCIM_SQL_PGSQL:
        apr_pool_create(&scratch, NULL);
        state = scim_sql_state(text, scratch);
        failure = state ? find_state(state) : find(pgsql_signs, text);
        apr_pool_destroy(scratch);
        return failure;
    case SCIM_SQL_MYSQL:
        break;
    }
    for (number = mysql_numbers; number->number; number++)
        if (number->number == rv)
            break;
    return number->failure;
}

/* What clients are told, and of what kind it is. */
static scim_err_t *answer(const scim_session_t *session, scim_sql_failure_t failure, apr_pool_t *p)
{
    scim_err_t *err;

    switch (failure) {
    case SCIM_SQL_UNIQUE:
        return scim_err(p, SCIM_E_UNIQUENESS, "another resource has a value that must be unique");
    case SCIM_SQL_FOREIGN_KEY:
        if (session->removing)
            return scim_err(p, SCIM_E_CONFLICT, "something in the system behind this service still refers to this");
        return scim_err(p, SCIM_E_INVALID_VALUE, "a value refers to something that does not exist");
    case SCIM_SQL_BAD_VALUE:
        return scim_err(p, SCIM_E_INVALID_VALUE, "the system behind this service does not accept a value");
    case SCIM_SQL_COMPLEX:
        return scim_err(p, SCIM_E_INVALID_FILTER, "the system behind this service cannot take such a large question");
    case SCIM_SQL_TIMEOUT:
        return scim_err(p, SCIM_E_TIMEOUT, "the system behind this service did not answer in time");
    case SCIM_SQL_DEADLOCK:
    case SCIM_SQL_BUSY:
        err = scim_err(p, SCIM_E_UNAVAILABLE, "others are changing the same resources; try again");
        err->retry_after = 1;
        return err;
    case SCIM_SQL_LOST:
        err = scim_err(p, SCIM_E_UNAVAILABLE, "the connection to the system behind this service was lost");
        err->retry_after = 1;
        return err;
    case SCIM_SQL_STALE:
        return scim_err(p, SCIM_E_UNAVAILABLE, "the system behind this service has changed; try again");
    case SCIM_SQL_DENIED:
        return scim_err(p, SCIM_E_BACKEND, "the system behind this service does not allow this");
    case SCIM_SQL_OTHER:
        break;
    }
    return scim_err(p, SCIM_E_BACKEND, "the system behind this service could not carry this out");
}

/* What stands after a heading of PostgreSQL's verbose messages. */
static const char *field(const char *text, const char *heading, apr_pool_t *p)
{
    const char *at = strstr(text, heading);

    if (!at)
        return "";
    at += strlen(heading);
    at += strspn(at, " ");
    return apr_pstrcat(p, " (", apr_pstrmemdup(p, at, strcspn(at, "\n")), ")", NULL);
}

/* The log gets a number or a state: messages of databases may quote values. Not so those about names in the
 * statement (class 42), and the name of a constraint is none. */
static const char *for_log(const scim_session_t *session, int rv, const char *text, apr_pool_t *p)
{
    const char *state;

    switch (session->conn->kind) {
    case SCIM_SQL_SQLITE:
        return apr_psprintf(p, "SQLite: %s", text);
    case SCIM_SQL_PGSQL:
        state = scim_sql_state(text, p);
        if (!state)
            return "PostgreSQL: an error without SQLSTATE";
        return apr_psprintf(p, "PostgreSQL: SQLSTATE %s%s", state,
                            strncmp(state, "42", 2) == 0 ? field(text, apr_pstrcat(p, state, ":", NULL), p)
                                                         : field(text, "CONSTRAINT NAME:", p));
    case SCIM_SQL_MYSQL:
        break;
    }
    return apr_psprintf(p, "MariaDB: error %d", rv);
}

static int nothing_happened(const scim_session_t *session, scim_sql_failure_t failure)
{
    switch (failure) {
    case SCIM_SQL_DEADLOCK:
    case SCIM_SQL_STALE:
        return !session->committing;
    case SCIM_SQL_BUSY:
        /* SQLite says so before it writes anything, and the transaction is open still */
        return session->conn->kind == SCIM_SQL_SQLITE;
    case SCIM_SQL_LOST:
        /* a transaction that was not committed is undone; of a statement on its own nobody knows, unless it reads */
        return !session->committing && (session->txn != SCIM_SQL_NO_TXN || session->reading);
    default:
        return 0;
    }
}

scim_err_t *scim_sql_failed(scim_session_t *session, int rv)
{
    scim_sql_conn_t *conn = session->conn;
    apr_pool_t *p = session->p;
    const char *text = apr_dbd_error(conn->target->dbd, conn->dbd, rv);
    scim_sql_failure_t failure;
    scim_err_t *err;

    text = text ? text : "";
    failure = scim_sql_classify(conn->kind, rv, text);
    if (scim_sql_native_dead(conn))
        failure = SCIM_SQL_LOST;
    if (failure == SCIM_SQL_TIMEOUT && conn->ctx->cancelled && conn->ctx->cancelled(conn->ctx->cancel_baton))
        return scim_err(p, SCIM_E_ABORTED, "the client has gone");
    if (failure == SCIM_SQL_LOST || failure == SCIM_SQL_STALE)
        conn->broken = 1;
    /* the connection was cut because nothing came through it */
    if (failure == SCIM_SQL_LOST && conn->stop_at && apr_time_now() >= conn->stop_at)
        failure = SCIM_SQL_TIMEOUT;
    err = answer(session, failure, p);
    err->retriable = nothing_happened(session, failure);
    if (session->committing && (failure == SCIM_SQL_LOST || failure == SCIM_SQL_TIMEOUT))
        err->detail = "the connection to the system behind this service was lost; "
                      "whether it has carried this out is not known";
    return scim_err_log(err, p, APR_SUCCESS, "target %s: %s", conn->target->name, for_log(session, rv, text, p));
}
