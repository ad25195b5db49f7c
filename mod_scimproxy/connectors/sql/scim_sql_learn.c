/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "scim_error.h"
#include "scim_log.h"
#include "scim_text.h"

/* Parameters that SQLite takes since version 3.32. */
enum { SQLITE_ARGS_NOW = 32000 };

/* ---- classes ---- */

typedef struct type_class_t {
    const char      *name;             /* of the type, or for SQLite what it contains, in lower case */
    scim_sql_class_t cls;
} type_class_t;

/* Names as pg_type and information_schema have them. */
static const type_class_t server_types[] = {
    { "text", SCIM_SQL_TEXT },        { "varchar", SCIM_SQL_TEXT },
    { "name", SCIM_SQL_TEXT },        { "tinytext", SCIM_SQL_TEXT },
    { "mediumtext", SCIM_SQL_TEXT },  { "longtext", SCIM_SQL_TEXT },
    { "set", SCIM_SQL_TEXT },         { "citext", SCIM_SQL_CITEXT },
    { "bpchar", SCIM_SQL_CHAR },      { "char", SCIM_SQL_CHAR },
    { "uuid", SCIM_SQL_UUID },        { "bool", SCIM_SQL_BOOL },
    { "bit", SCIM_SQL_BIT },          { "int2", SCIM_SQL_INT },
    { "int4", SCIM_SQL_INT },         { "int8", SCIM_SQL_INT },
    { "int", SCIM_SQL_INT },          { "tinyint", SCIM_SQL_INT },
    { "smallint", SCIM_SQL_INT },     { "mediumint", SCIM_SQL_INT },
    { "bigint", SCIM_SQL_INT },       { "numeric", SCIM_SQL_DECIMAL },
    { "decimal", SCIM_SQL_DECIMAL },  { "float", SCIM_SQL_DECIMAL },
    { "float4", SCIM_SQL_DECIMAL },   { "float8", SCIM_SQL_DECIMAL },
    { "double", SCIM_SQL_DECIMAL },   { "timestamp", SCIM_SQL_TIME },
    { "timestamptz", SCIM_SQL_TIME }, { "datetime", SCIM_SQL_TIME },
    { "bytea", SCIM_SQL_BINARY },     { "binary", SCIM_SQL_BINARY },
    { "varbinary", SCIM_SQL_BINARY }, { "tinyblob", SCIM_SQL_BINARY },
    { "blob", SCIM_SQL_BINARY },      { "mediumblob", SCIM_SQL_BINARY },
    { "longblob", SCIM_SQL_BINARY },  { NULL, SCIM_SQL_ANY }
};

/* SQLite takes what a type's name contains (Datatypes in SQLite, section 3.1), and so do we, for what matters here. */
static const type_class_t sqlite_types[] = {
    { "bool", SCIM_SQL_BOOL },    { "int", SCIM_SQL_INT },      { "char", SCIM_SQL_TEXT },
    { "clob", SCIM_SQL_TEXT },    { "text", SCIM_SQL_TEXT },    { "uuid", SCIM_SQL_TEXT },
    { "time", SCIM_SQL_TIME },    { "date", SCIM_SQL_TIME },    { "blob", SCIM_SQL_BINARY },
    { "real", SCIM_SQL_DECIMAL }, { "floa", SCIM_SQL_DECIMAL }, { "doub", SCIM_SQL_DECIMAL },
    { "num", SCIM_SQL_DECIMAL },  { "dec", SCIM_SQL_DECIMAL },  { NULL, SCIM_SQL_ANY }
};

scim_sql_class_t scim_sql_class(scim_sql_kind_t kind, const char *type)
{
    const type_class_t *row = kind == SCIM_SQL_SQLITE ? sqlite_types : server_types;

    for (; row->name; row++)
        if (kind == SCIM_SQL_SQLITE ? strstr(type, row->name) != NULL : strcmp(type, row->name) == 0)
            break;
    return row->cls;
}

/* ---- tables ---- */

static void put_columns_of(scim_sql_text_t *q, const char *table)
{
    const char *dot = strchr(table, '.'), *name = dot ? dot + 1 : table;
    const char *schema = dot ? apr_pstrmemdup(q->p, table, (apr_size_t)(dot - table)) : NULL;

    switch (q->conn->kind) {
    case SCIM_SQL_SQLITE:
        scim_sql_put(q, "SELECT name, LOWER(type), 0, 0 FROM pragma_table_info(", NULL);
        scim_sql_arg(q, name);
        if (schema) {
            scim_sql_put(q, ", ", NULL);
            scim_sql_arg(q, schema);
        }
        scim_sql_put(q, ")", NULL);
        break;
    case SCIM_SQL_PGSQL:
        /* the type that a domain is made of; the collations default, C and POSIX have these numbers */
        scim_sql_put(q,
                     "SELECT a.attname, COALESCE(b.typname, t.typname), 0, "
                     "CASE WHEN a.attcollation NOT IN (0, 100, 950, 951) THEN 1 ELSE 0 END "
                     "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid "
                     "= t.typbasetype "
                     "WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = to_regclass(CAST(",
                     NULL);
        scim_sql_arg(q, schema ? apr_pstrcat(q->p, "\"", schema, "\".\"", name, "\"", NULL)
                               : apr_pstrcat(q->p, "\"", name, "\"", NULL));
        scim_sql_put(q, " AS TEXT))", NULL);
        break;
    case SCIM_SQL_MYSQL:
        scim_sql_put(q, "SELECT column_name, LOWER(data_type), CASE WHEN collation_name LIKE '%_ci' "
                        "AND collation_name NOT LIKE '%turkish%' THEN 1 ELSE 0 END, 0 "
                        "FROM information_schema.columns WHERE table_name = ", NULL);
        scim_sql_arg(q, name);
        scim_sql_put(q, " AND table_schema = ", NULL);
        if (schema)
            scim_sql_arg(q, schema);
        else
            scim_sql_put(q, "DATABASE()", NULL);
        break;
    }
}

static scim_err_t *take_column(scim_sql_table_t *table, const scim_sql_rows_t *rows)
{
    const scim_sql_conn_t *conn = rows->session->conn;
    scim_sql_column_t *column = apr_pcalloc(conn->p, sizeof *column);
    const char *values[4];
    scim_err_t *err;
    int i;

    for (i = 0; i < 4; i++) {
        if ((err = scim_sql_get(rows, i, &values[i])))
            return err;
        values[i] = values[i] ? values[i] : "";
    }
    column->name = apr_pstrdup(conn->p, values[0]);
    column->cls = scim_sql_class(conn->kind, values[1]);
    column->ci = *values[2] == '1';
    column->collated = *values[3] == '1';
    /* names are compared as most databases do; both sides have them from people */
    apr_hash_set(table->columns, scim_fold(column->name, conn->p), APR_HASH_KEY_STRING, column);
    return NULL;
}

static scim_err_t *learn_table(scim_session_t *session, const char *name, apr_pool_t *p)
{
    scim_sql_conn_t *conn = session->conn;
    scim_sql_table_t *table = apr_pcalloc(conn->p, sizeof *table);
    scim_sql_text_t *q = scim_sql_text(conn, p);
    scim_sql_rows_t rows;
    int more = 0;
    scim_err_t *err;

    if (apr_hash_get(conn->tables, name, APR_HASH_KEY_STRING))
        return NULL;
    table->name = name;
    table->columns = apr_hash_make(conn->p);
    put_columns_of(q, name);
    err = scim_sql_select(session, q, 0, &rows, p);
    while (!err && !(err = scim_sql_next(&rows, &more)) && more)
        err = take_column(table, &rows);
    if (err)
        return err;
    if (apr_hash_count(table->columns) == 0)
        scim_log(session->ctx->log, SCIM_LOG_WARNING, APR_SUCCESS,
                 SCIM_LOGNO(0201) "target %s: the database has no table %s", session->target->name, name);
    apr_hash_set(conn->tables, name, APR_HASH_KEY_STRING, table);
    return NULL;
}

/* A misspelt name is found when the first connection is made, before a client meets it. */
static void look_for(const scim_session_t *session, const char *table, const char *column, apr_pool_t *p)
{
    const scim_sql_table_t *known = apr_hash_get(session->conn->tables, table, APR_HASH_KEY_STRING);

    if (column && known && apr_hash_count(known->columns) > 0
        && !apr_hash_get(known->columns, scim_fold(column, p), APR_HASH_KEY_STRING))
        scim_log(session->ctx->log, SCIM_LOG_WARNING, APR_SUCCESS,
                 SCIM_LOGNO(0202) "target %s: the table %s has no column %s", session->target->name, table,
                 column);
}

static void look_for_columns(const scim_session_t *session, const scim_entity_t *entity, apr_pool_t *p)
{
    int i, j;

    look_for(session, entity->table, entity->key, p);
    look_for(session, entity->table, entity->version, p);
    look_for(session, entity->table, entity->created, p);
    look_for(session, entity->table, entity->modified, p);
    for (i = 0; entity->uses && i < entity->uses->n; i++) {
        const scim_attr_use_t *use = &entity->uses->use[i];
        const scim_sql_list_t *list = scim_sql_list(entity, use->name);

        if (!list)
            look_for(session, entity->table, use->name, p);
        for (j = 0; list && j < use->nsub; j++)
            look_for(session, list->table, use->sub[j], p);
        if (list) {
            look_for(session, list->table, list->fk, p);
            look_for(session, list->table, list->order, p);
        }
    }
}

static scim_err_t *learn_entity(scim_session_t *session, const scim_entity_t *entity, apr_pool_t *p)
{
    apr_hash_index_t *at;
    scim_err_t *err = learn_table(session, entity->table, p);

    for (at = apr_hash_first(p, entity->lists); at && !err; at = apr_hash_next(at)) {
        void *list;

        apr_hash_this(at, NULL, NULL, &list);
        err = learn_table(session, ((const scim_sql_list_t *)list)->table, p);
    }
    if (!err)
        look_for_columns(session, entity, p);
    return err;
}

/* ---- what the database can do ---- */

static scim_err_t *ask(scim_session_t *session, const char *sql, const char **answer, apr_pool_t *p)
{
    scim_sql_text_t *q = scim_sql_text(session->conn, p);
    scim_sql_rows_t rows;
    const char *value = NULL;
    int more;
    scim_err_t *err;

    *answer = "";
    scim_sql_put(q, sql, NULL);
    if ((err = scim_sql_select(session, q, 0, &rows, p)) || (err = scim_sql_next(&rows, &more)))
        return err;
    if (more && !(err = scim_sql_get(&rows, 0, &value)) && value)
        *answer = apr_pstrdup(p, value);
    while (!err && more)
        err = scim_sql_next(&rows, &more);
    return err;
}

/* "3.40.1" */
static int is_at_least(const char *version, int major, int minor)
{
    const char *dot = strchr(version, '.');
    const int have_major = atoi(version), have_minor = dot ? atoi(dot + 1) : 0;

    return have_major > major || (have_major == major && have_minor >= minor);
}

static scim_err_t *learn_abilities(scim_session_t *session, apr_pool_t *p)
{
    scim_sql_conn_t *conn = session->conn;
    const char *answer;
    scim_err_t *err = NULL;

    switch (conn->kind) {
    case SCIM_SQL_SQLITE:
        if (!(err = ask(session, "PRAGMA journal_mode", &answer, p)))
            conn->wal = strcmp(answer, "wal") == 0;
        if (!err && !(err = ask(session, "SELECT sqlite_version()", &answer, p))) {
            conn->returning = is_at_least(answer, 3, 35);
            if (is_at_least(answer, 3, 32))
                conn->max_args = SQLITE_ARGS_NOW;
        }
        break;
    case SCIM_SQL_PGSQL:
        conn->returning = 1;
        if (!(err = ask(session, "SELECT CASE WHEN LOWER('ABCDEFGHIJKLMNOPQRSTUVWXYZ') = 'abcdefghijklmnopqrstuvwxyz' "
                                 "THEN 1 ELSE 0 END", &answer, p)))
            conn->lower = *answer == '1';
        if (!err && !(err = ask(session, "SELECT COUNT(*) FROM pg_collation WHERE collname = 'und-x-icu'", &answer, p)))
            conn->icu = *answer != '0';
        break;
    case SCIM_SQL_MYSQL:
        if (!(err = ask(session, "SELECT VERSION()", &answer, p))) {
            conn->mariadb = strstr(answer, "MariaDB") != NULL;
            conn->returning = conn->mariadb && is_at_least(answer, 10, 5);
        }
        break;
    }
    return err;
}

scim_err_t *scim_sql_learn(scim_session_t *session, apr_pool_t *p)
{
    const apr_array_header_t *entities = session->target->entities;
    scim_err_t *err = learn_abilities(session, p);
    int i;

    session->conn->tables = apr_hash_make(session->conn->p);
    for (i = 0; i < entities->nelts && !err; i++)
        err = learn_entity(session, APR_ARRAY_IDX(entities, i, const scim_entity_t *), p);
    return err;
}

const scim_sql_column_t *scim_sql_column(const scim_sql_conn_t *conn, const char *table, const char *column,
                                         apr_pool_t *p)
{
    const scim_sql_table_t *known = conn->tables ? apr_hash_get(conn->tables, table, APR_HASH_KEY_STRING) : NULL;
    scim_sql_column_t *any = known ? apr_hash_get(known->columns, scim_fold(column, p), APR_HASH_KEY_STRING) : NULL;
    scim_sql_column_t *named = apr_pcalloc(p, sizeof *named);

    /* as the configuration spells it: quoted names have an exact case in some databases */
    if (any)
        *named = *any;
    named->name = column;
    return named;
}
