/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_date.h"
#include "scim_json.h"
#include "scim_text.h"

/* One comparison as a condition that is true or false for every record: never NULL. */

static void put_operand(scim_sql_text_t *q, const scim_sql_operand_t *o)
{
    scim_sql_put_column(q, o->alias, o->column->name);
}

static const char *sign(scim_cmp_t op)
{
    switch (op) {
    case SCIM_CMP_GT:
        return " > ";
    case SCIM_CMP_GE:
        return " >= ";
    case SCIM_CMP_LT:
        return " < ";
    case SCIM_CMP_LE:
        return " <= ";
    default:
        return " = ";
    }
}

static void put_false(scim_sql_text_t *q)
{
    scim_sql_put(q, "1 = 0", NULL);
}

/* ---- strings ---- */

/* A bound text that shall be compared byte by byte. */
static void arg_text(scim_sql_text_t *q, const char *value)
{
    if (q->conn->kind == SCIM_SQL_MYSQL) {
        scim_sql_put(q, "CAST(CONVERT(", NULL);
        scim_sql_arg(q, value);
        scim_sql_put(q, " USING utf8mb4) AS BINARY)", NULL);
    }
    else if (q->conn->kind == SCIM_SQL_PGSQL) {
        scim_sql_put(q, "CAST(", NULL);
        scim_sql_arg(q, value);
        scim_sql_put(q, " AS TEXT)", NULL);
    }
    else
        scim_sql_arg(q, value);
}

/* The first condition is one that an index on the column can serve. */
static void put_equal_exactly(scim_sql_text_t *q, const scim_sql_operand_t *o, const char *value)
{
    if (o->column->cls == SCIM_SQL_TEXT && !o->column->collated) {
        put_operand(q, o);
        scim_sql_put(q, " = ", NULL);
        scim_sql_arg(q, value);
        scim_sql_put(q, " AND ", NULL);
    }
    scim_sql_put_exact(q, o);
    scim_sql_put(q, " = ", NULL);
    arg_text(q, value);
}

/* An index on LOWER(column) serves SQLite and PostgreSQL, one on a column that ignores case MariaDB. */
static void put_equal_folded(scim_sql_text_t *q, const scim_sql_operand_t *o, const char *folded)
{
    const scim_sql_conn_t *conn = q->conn;

    if (conn->kind == SCIM_SQL_PGSQL && conn->lower && o->column->cls == SCIM_SQL_TEXT && !o->column->collated) {
        scim_sql_put(q, "LOWER(", NULL);
        put_operand(q, o);
        scim_sql_put(q, ") = ", NULL);
        scim_sql_arg(q, folded);
        scim_sql_put(q, " AND ", NULL);
    }
    if (conn->kind == SCIM_SQL_MYSQL && o->column->ci) {
        put_operand(q, o);
        scim_sql_put(q, " = ", NULL);
        scim_sql_arg(q, folded);
        scim_sql_put(q, " AND ", NULL);
    }
    scim_sql_put_folded(q, o);
    scim_sql_put(q, " = ", NULL);
    arg_text(q, folded);
}

/* A pattern of LIKE ... ESCAPE '!', with a percent sign for each letter whose other case is not known. */
static const char *like(scim_cmp_t op, const char *value, int leave_open, apr_pool_t *p)
{
    char *pattern = apr_palloc(p, 2 * strlen(value) + 3), *to = pattern;

    if (op == SCIM_CMP_CO || op == SCIM_CMP_EW)
        *to++ = '%';
    for (; *value; value++) {
        const unsigned char c = (unsigned char)*value;

        if (leave_open && c >= 0x80) {
            if (to == pattern || to[-1] != '%' || (to - pattern > 1 && to[-2] == '!'))
                *to++ = '%';
            continue;
        }
        if (c == '%' || c == '_' || c == '!')
            *to++ = '!';
        *to++ = (char)c;
    }
    if (op == SCIM_CMP_CO || op == SCIM_CMP_SW)
        *to++ = '%';
    *to = '\0';
    return pattern;
}

/* SQLite's LIKE ignores case, its GLOB does not. */
static const char *glob(scim_cmp_t op, const char *value, apr_pool_t *p)
{
    char *pattern = apr_palloc(p, 3 * strlen(value) + 3), *to = pattern;

    if (op == SCIM_CMP_CO || op == SCIM_CMP_EW)
        *to++ = '*';
    for (; *value; value++) {
        if (strchr("*?[", *value)) {
            *to++ = '[';
            *to++ = *value;
            *to++ = ']';
        }
        else
            *to++ = *value;
    }
    if (op == SCIM_CMP_CO || op == SCIM_CMP_SW)
        *to++ = '*';
    *to = '\0';
    return pattern;
}

static void put_like(scim_sql_text_t *q, const char *pattern)
{
    scim_sql_put(q, " LIKE ", NULL);
    arg_text(q, pattern);
    scim_sql_put(q, " ESCAPE '!'", NULL);
}

static void put_part(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *c, const char *value)
{
    if (!c->case_exact) {
        scim_sql_put_folded(q, o);
        put_like(q, like(c->op, scim_fold(value, q->p), !scim_is_ascii(value), q->p));
    }
    else if (q->conn->kind == SCIM_SQL_SQLITE) {
        scim_sql_put_plain(q, o);
        scim_sql_put(q, " GLOB ", NULL);
        scim_sql_arg(q, glob(c->op, value, q->p));
    }
    else {
        scim_sql_put_exact(q, o);
        put_like(q, like(c->op, value, 0, q->p));
    }
}

static void put_ordered(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *c, const char *value)
{
    if (c->case_exact)
        scim_sql_put_exact(q, o);
    else
        scim_sql_put_folded(q, o);
    scim_sql_put(q, sign(c->op), NULL);
    arg_text(q, c->case_exact ? value : scim_fold(value, q->p));
}

/* Letters outside ASCII, without regard to case: by our collation, or with them left open. */
static void put_open(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *c, const char *value)
{
    if (q->conn->kind == SCIM_SQL_SQLITE && q->conn->collations) {
        scim_sql_put_plain(q, o);
        scim_sql_put(q, " COLLATE scim_fold", sign(c->op), NULL);
        scim_sql_arg(q, value);
        return;
    }
    scim_sql_put_folded(q, o);
    put_like(q, like(SCIM_CMP_EQ, scim_fold(value, q->p), 1, q->p));
}

static void put_text(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *c, const char *value)
{
    const int equal = c->op == SCIM_CMP_EQ || c->op == SCIM_CMP_NE;

    if (c->op == SCIM_CMP_CO || c->op == SCIM_CMP_SW || c->op == SCIM_CMP_EW)
        put_part(q, o, c, value);
    else if (!c->case_exact && !scim_is_ascii(value))
        put_open(q, o, c, value);
    else if (!equal)
        put_ordered(q, o, c, value);
    else if (c->case_exact)
        put_equal_exactly(q, o, value);
    else
        put_equal_folded(q, o, scim_fold(value, q->p));
}

static void put_string(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *c)
{
    const char *value = json_string_value(c->value);
    const int equal = c->op == SCIM_CMP_EQ || c->op == SCIM_CMP_NE;

    if (strlen(value) != json_string_length(c->value))
        put_false(q);                  /* no column holds a NUL */
    else if (equal && (o->column->cls == SCIM_SQL_INT || o->column->cls == SCIM_SQL_UUID)) {
        if (!c->case_exact)
            value = scim_fold(value, q->p);
        scim_sql_put_equal(q, o, value);
    }
    else
        put_text(q, o, c, value);
}

/* ---- other types ---- */

static void put_boolean(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *c)
{
    const int yes = json_is_true(c->value);
    const scim_sql_class_t cls = o->column->cls;

    if (q->conn->kind == SCIM_SQL_PGSQL && cls == SCIM_SQL_BOOL) {
        put_operand(q, o);
        scim_sql_put(q, yes ? " IS TRUE" : " IS FALSE", NULL);
    }
    else if (cls == SCIM_SQL_INT || (cls == SCIM_SQL_BIT && q->conn->kind == SCIM_SQL_MYSQL)) {
        put_operand(q, o);
        scim_sql_put(q, yes ? " = 1" : " = 0", NULL);
    }
    else {
        scim_sql_put_folded(q, o);
        scim_sql_put(q, yes ? " IN ('1', 't', 'true')" : " IN ('0', 'f', 'false')", NULL);
    }
}

static void put_number(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *c)
{
    const char *value = scim_json_text(c->value, q->p);

    put_operand(q, o);
    scim_sql_put(q, sign(c->op), NULL);
    if (json_is_integer(c->value))
        scim_sql_arg_int(q, value);
    else
        scim_sql_arg_real(q, value);
}

/* What is no instant comes after all that are, and is no value. */
static void put_time(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *c)
{
    apr_time_t t = 0;
    const char *value;

    if (scim_date_parse(&t, json_string_value(c->value), 0) != 0) {
        put_false(q);
        return;
    }
    value = scim_sql_time_text(q->conn->kind, t, q->p);
    if (q->conn->kind != SCIM_SQL_SQLITE) {
        put_operand(q, o);
        scim_sql_put(q, sign(c->op), NULL);
        scim_sql_arg_time(q, value);
        return;
    }
    scim_sql_put_plain(q, o);
    scim_sql_put(q, " COLLATE scim_instant", sign(c->op), NULL);
    scim_sql_arg(q, value);
    if (c->op == SCIM_CMP_GT || c->op == SCIM_CMP_GE) {
        scim_sql_put(q, " AND ", NULL);
        scim_sql_put_plain(q, o);
        scim_sql_put(q, " COLLATE scim_instant <= '9999-12-31 23:59:59.999999'", NULL);
    }
}

static void put_presence(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *c)
{
    put_operand(q, o);
    scim_sql_put(q, " IS NOT NULL", NULL);
    if ((c->type == SCIM_TYPE_STRING || c->type == SCIM_TYPE_REFERENCE)
        && (o->column->cls == SCIM_SQL_TEXT || o->column->cls == SCIM_SQL_CHAR || o->column->cls == SCIM_SQL_CITEXT
            || o->column->cls == SCIM_SQL_ANY)) {
        scim_sql_put(q, " AND ", NULL);
        scim_sql_put_length(q, o);
        scim_sql_put(q, " > 0", NULL);
    }
}

static void put_value(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *c)
{
    switch (c->type) {
    case SCIM_TYPE_BOOLEAN:
        put_boolean(q, o, c);
        break;
    case SCIM_TYPE_DECIMAL:
    case SCIM_TYPE_INTEGER:
        put_number(q, o, c);
        break;
    case SCIM_TYPE_DATETIME:
        put_time(q, o, c);
        break;
    default:
        put_string(q, o, c);
        break;
    }
}

void scim_sql_put_comparison(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *c)
{
    if (c->op == SCIM_CMP_PR) {
        scim_sql_put(q, "(", NULL);
        put_presence(q, o, c);
        scim_sql_put(q, ")", NULL);
        return;
    }
    scim_sql_put(q, "(", NULL);
    put_operand(q, o);
    scim_sql_put(q, c->op == SCIM_CMP_NE ? " IS NULL OR NOT (" : " IS NOT NULL AND (", NULL);
    put_value(q, o, c);
    scim_sql_put(q, "))", NULL);
}

/* ---- equality with a native text ---- */

void scim_sql_put_equal(scim_sql_text_t *q, const scim_sql_operand_t *o, const char *text)
{
    const scim_sql_class_t cls = o->column->cls;

    if (!text) {
        put_operand(q, o);
        scim_sql_put(q, " IS NULL", NULL);
        return;
    }
    if ((cls == SCIM_SQL_INT && !scim_sql_is_int(text)) || (cls == SCIM_SQL_UUID && !scim_sql_is_uuid(text))) {
        put_false(q);
        return;
    }
    if (cls == SCIM_SQL_TEXT || cls == SCIM_SQL_CHAR || cls == SCIM_SQL_CITEXT) {
        put_equal_exactly(q, o, text);
        return;
    }
    if (cls == SCIM_SQL_ANY || cls == SCIM_SQL_BINARY) {
        scim_sql_put_plain(q, o);
        scim_sql_put(q, " = ", NULL);
        scim_sql_arg(q, text);
        return;
    }
    put_operand(q, o);
    scim_sql_put(q, " = ", NULL);
    if (cls == SCIM_SQL_INT)
        scim_sql_arg_int(q, text);
    else if (cls == SCIM_SQL_UUID)
        scim_sql_arg_uuid(q, text);
    else if (cls == SCIM_SQL_TIME)
        scim_sql_arg_time(q, text);
    else
        scim_sql_arg(q, text);
}
