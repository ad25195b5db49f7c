/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include "scim_text.h"

/*
 * How exactly a comparison can be said in SQL. The measure is what the same comparison gives on the resource:
 * strings by code point, folded letter by letter where case does not matter, instants as instants, and no
 * value where a column holds what its attribute's type does not have.
 */

static int is_part(scim_cmp_t op)
{
    return op == SCIM_CMP_CO || op == SCIM_CMP_SW || op == SCIM_CMP_EW;
}

static int is_order(scim_cmp_t op)
{
    return op == SCIM_CMP_GT || op == SCIM_CMP_GE || op == SCIM_CMP_LT || op == SCIM_CMP_LE;
}

/* Without regard to case, an ASCII text is compared exactly everywhere. Other letters SQLite folds as we do,
 * by our collation; where the database folds them its own way, they are left open. */
static scim_match_t match_string(const scim_sql_conn_t *conn, const scim_sql_column_t *column, const scim_qfilter_t *c)
{
    switch (column->cls) {
    case SCIM_SQL_TEXT:
    case SCIM_SQL_CHAR:
    case SCIM_SQL_CITEXT:
    case SCIM_SQL_ANY:
        break;
    case SCIM_SQL_INT:
    case SCIM_SQL_UUID:
        return SCIM_MATCH_EXACT;
    default:
        return SCIM_MATCH_NONE;
    }
    if (c->case_exact || scim_is_ascii(json_string_value(c->value)))
        return SCIM_MATCH_EXACT;
    if (conn->kind == SCIM_SQL_SQLITE && conn->collations && !is_part(c->op))
        return SCIM_MATCH_EXACT;
    return is_order(c->op) ? SCIM_MATCH_NONE : SCIM_MATCH_SUPERSET;
}

static scim_match_t match_boolean(const scim_sql_column_t *column)
{
    switch (column->cls) {
    case SCIM_SQL_DECIMAL:
    case SCIM_SQL_TIME:
    case SCIM_SQL_UUID:
    case SCIM_SQL_BINARY:
        return SCIM_MATCH_NONE;
    default:
        return SCIM_MATCH_EXACT;
    }
}

/* Fractions are no values of an integer attribute, but have their place in an order. */
static scim_match_t match_number(const scim_sql_column_t *column, const scim_qfilter_t *c)
{
    if (column->cls == SCIM_SQL_INT)
        return SCIM_MATCH_EXACT;
    if (column->cls != SCIM_SQL_DECIMAL)
        return SCIM_MATCH_NONE;
    return c->type == SCIM_TYPE_INTEGER && is_order(c->op) ? SCIM_MATCH_SUPERSET : SCIM_MATCH_EXACT;
}

static scim_match_t match_time(const scim_sql_conn_t *conn, const scim_sql_column_t *column)
{
    if (conn->kind == SCIM_SQL_SQLITE)
        return conn->collations && (column->cls == SCIM_SQL_TIME || column->cls == SCIM_SQL_TEXT)
                   ? SCIM_MATCH_EXACT
                   : SCIM_MATCH_NONE;
    return column->cls == SCIM_SQL_TIME ? SCIM_MATCH_EXACT : SCIM_MATCH_NONE;
}

/* A text that is no value of the type is absent in the resource. */
static scim_match_t match_presence(const scim_sql_column_t *column, const scim_qfilter_t *c)
{
    switch (c->type) {
    case SCIM_TYPE_STRING:
    case SCIM_TYPE_REFERENCE:
        return column->cls == SCIM_SQL_BINARY ? SCIM_MATCH_NONE : SCIM_MATCH_EXACT;
    case SCIM_TYPE_BOOLEAN:
        return column->cls == SCIM_SQL_BOOL ? SCIM_MATCH_EXACT : SCIM_MATCH_SUPERSET;
    case SCIM_TYPE_DECIMAL:
        return column->cls == SCIM_SQL_INT || column->cls == SCIM_SQL_DECIMAL ? SCIM_MATCH_EXACT : SCIM_MATCH_SUPERSET;
    case SCIM_TYPE_INTEGER:
        return column->cls == SCIM_SQL_INT ? SCIM_MATCH_EXACT : SCIM_MATCH_SUPERSET;
    case SCIM_TYPE_DATETIME:
        return SCIM_MATCH_SUPERSET;
    default:
        return SCIM_MATCH_NONE;
    }
}

/* The value is of the type that is compared. */
static int is_typed(const scim_qfilter_t *c)
{
    switch (c->type) {
    case SCIM_TYPE_BOOLEAN:
        return json_is_boolean(c->value) && (c->op == SCIM_CMP_EQ || c->op == SCIM_CMP_NE);
    case SCIM_TYPE_DECIMAL:
    case SCIM_TYPE_INTEGER:
        return json_is_number(c->value) && !is_part(c->op);
    case SCIM_TYPE_DATETIME:
        return json_is_string(c->value) && !is_part(c->op);
    default:
        return json_is_string(c->value);
    }
}

static scim_match_t match_value(const scim_sql_conn_t *conn, const scim_sql_column_t *column, const scim_qfilter_t *c)
{
    if (!is_typed(c))
        return SCIM_MATCH_NONE;
    switch (c->type) {
    case SCIM_TYPE_STRING:
    case SCIM_TYPE_REFERENCE:
        return match_string(conn, column, c);
    case SCIM_TYPE_BOOLEAN:
        return match_boolean(column);
    case SCIM_TYPE_DECIMAL:
    case SCIM_TYPE_INTEGER:
        return match_number(column, c);
    case SCIM_TYPE_DATETIME:
        return match_time(conn, column);
    default:
        return SCIM_MATCH_NONE;
    }
}

scim_match_t scim_sql_match_of(const scim_sql_conn_t *conn, const scim_entity_t *entity, const char *list,
                               const scim_qfilter_t *c)
{
    const scim_sql_list_t *rows = list ? scim_sql_list(entity, list) : NULL;
    apr_pool_t *scratch;
    const scim_sql_column_t *column;
    scim_match_t match;

    if ((list && !rows) || (!list && scim_sql_list(entity, c->attr)))
        return SCIM_MATCH_NONE;
    apr_pool_create(&scratch, NULL);
    column = scim_sql_column(conn, rows ? rows->table : entity->table, c->attr, scratch);
    match = c->op == SCIM_CMP_PR ? match_presence(column, c) : match_value(conn, column, c);
    apr_pool_destroy(scratch);
    /* all but too many is too few */
    return c->op == SCIM_CMP_NE && match == SCIM_MATCH_SUPERSET ? SCIM_MATCH_NONE : match;
}

scim_match_t scim_sql_match(scim_session_t *session, const scim_entity_t *entity, const char *list,
                            const scim_qfilter_t *comparison)
{
    return scim_sql_match_of(session->conn, entity, list, comparison);
}
