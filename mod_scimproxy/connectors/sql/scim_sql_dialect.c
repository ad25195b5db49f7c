/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "scim_date.h"
#include "scim_error.h"
#include "scim_json.h"
#include "scim_text.h"

/* ---- columns ---- */

static int is_text(const scim_sql_column_t *column)
{
    return column->cls == SCIM_SQL_TEXT;
}

void scim_sql_put_plain(scim_sql_text_t *q, const scim_sql_operand_t *o)
{
    const char *name = o->column->name;

    switch (q->conn->kind) {
    case SCIM_SQL_MYSQL:
        scim_sql_put(q, "CONVERT(", NULL);
        scim_sql_put_column(q, o->alias, name);
        scim_sql_put(q, " USING utf8mb4)", NULL);
        return;
    case SCIM_SQL_SQLITE:
        if (is_text(o->column)) {
            scim_sql_put_column(q, o->alias, name);
            return;
        }
        break;
    case SCIM_SQL_PGSQL:
        break;
    }
    scim_sql_put(q, "CAST(", NULL);
    scim_sql_put_column(q, o->alias, name);
    scim_sql_put(q, " AS TEXT)", NULL);
}

void scim_sql_put_selected(scim_sql_text_t *q, const scim_sql_operand_t *o)
{
    /* PostgreSQL's char(n) comes with blanks behind it, but for its text */
    if ((q->conn->kind == SCIM_SQL_MYSQL && o->column->cls == SCIM_SQL_BINARY)
        || (q->conn->kind == SCIM_SQL_PGSQL && o->column->cls == SCIM_SQL_CHAR)) {
        scim_sql_put_plain(q, o);
        return;
    }
    if (q->conn->kind == SCIM_SQL_MYSQL && o->column->cls == SCIM_SQL_BIT) {
        scim_sql_put(q, "CAST(", NULL);
        scim_sql_put_column(q, o->alias, o->column->name);
        scim_sql_put(q, " AS UNSIGNED)", NULL);
        return;
    }
    scim_sql_put_column(q, o->alias, o->column->name);
}

void scim_sql_put_exact(scim_sql_text_t *q, const scim_sql_operand_t *o)
{
    switch (q->conn->kind) {
    case SCIM_SQL_SQLITE:
        scim_sql_put_plain(q, o);
        scim_sql_put(q, " COLLATE BINARY", NULL);
        break;
    case SCIM_SQL_PGSQL:
        scim_sql_put_plain(q, o);
        scim_sql_put(q, " COLLATE \"C\"", NULL);
        break;
    case SCIM_SQL_MYSQL:
        scim_sql_put(q, "CAST(", NULL);
        scim_sql_put_plain(q, o);
        scim_sql_put(q, " AS BINARY)", NULL);
        break;
    }
}

/*
 * Only ASCII letters are made small: so it agrees with scim_fold() wherever the other side is ASCII. MariaDB's
 * LOWER() of UTF-8 would turn the Kelvin sign into k; given the same bytes as latin1 it leaves ASCII and what
 * is not ASCII apart.
 */
void scim_sql_put_folded(scim_sql_text_t *q, const scim_sql_operand_t *o)
{
    switch (q->conn->kind) {
    case SCIM_SQL_SQLITE:
        scim_sql_put(q, "LOWER(", NULL);
        scim_sql_put_plain(q, o);
        scim_sql_put(q, ")", NULL);
        break;
    case SCIM_SQL_PGSQL:
        scim_sql_put(q, "LOWER(", NULL);
        scim_sql_put_exact(q, o);
        scim_sql_put(q, ")", NULL);
        break;
    case SCIM_SQL_MYSQL:
        scim_sql_put(q, "CAST(LOWER(CONVERT(", NULL);
        scim_sql_put_exact(q, o);
        scim_sql_put(q, " USING latin1)) AS BINARY)", NULL);
        break;
    }
}

void scim_sql_put_length(scim_sql_text_t *q, const scim_sql_operand_t *o)
{
    scim_sql_put(q, q->conn->kind == SCIM_SQL_SQLITE ? "LENGTH(" : "OCTET_LENGTH(", NULL);
    scim_sql_put_plain(q, o);
    scim_sql_put(q, ")", NULL);
}

/* ---- parameters ---- */

static void arg_as(scim_sql_text_t *q, const char *value, const char *type)
{
    scim_sql_put(q, "CAST(", NULL);
    scim_sql_arg(q, value);
    scim_sql_put(q, " AS ", type, ")", NULL);
}

void scim_sql_arg_int(scim_sql_text_t *q, const char *value)
{
    static const char *const types[] = { "INTEGER", "BIGINT", "SIGNED" };

    arg_as(q, value, types[q->conn->kind]);
}

void scim_sql_arg_real(scim_sql_text_t *q, const char *value)
{
    static const char *const types[] = { "REAL", "DOUBLE PRECISION", "DOUBLE" };

    arg_as(q, value, types[q->conn->kind]);
}

void scim_sql_arg_time(scim_sql_text_t *q, const char *value)
{
    switch (q->conn->kind) {
    case SCIM_SQL_SQLITE:
        scim_sql_arg(q, value);
        break;
    case SCIM_SQL_PGSQL:
        arg_as(q, value, "TIMESTAMP WITH TIME ZONE");
        break;
    case SCIM_SQL_MYSQL:
        arg_as(q, value, "DATETIME(6)");
        break;
    }
}

void scim_sql_arg_uuid(scim_sql_text_t *q, const char *value)
{
    if (q->conn->kind == SCIM_SQL_PGSQL)
        arg_as(q, value, "UUID");
    else
        scim_sql_arg(q, value);
}

/* SQLite keeps each text that was prepared: there the numbers are parameters. The others take no texts here. */
void scim_sql_put_limit(scim_sql_text_t *q, apr_int64_t limit, apr_int64_t offset)
{
    const int bind = q->conn->kind == SCIM_SQL_SQLITE;

    if (limit < 0 && offset > 0 && q->conn->kind != SCIM_SQL_PGSQL)
        limit = APR_INT64_MAX;
    if (limit >= 0) {
        scim_sql_put(q, " LIMIT ", NULL);
        if (bind)
            scim_sql_arg_int(q, apr_psprintf(q->p, "%" APR_INT64_T_FMT, limit));
        else
            scim_sql_put_int(q, limit);
    }
    if (offset > 0) {
        scim_sql_put(q, " OFFSET ", NULL);
        if (bind)
            scim_sql_arg_int(q, apr_psprintf(q->p, "%" APR_INT64_T_FMT, offset));
        else
            scim_sql_put_int(q, offset);
    }
}

/* ---- values ---- */

const char *scim_sql_time_text(scim_sql_kind_t kind, apr_time_t t, apr_pool_t *p)
{
    apr_time_exp_t x;

    apr_time_exp_gmt(&x, t);
    return apr_psprintf(p, "%04d-%02d-%02d %02d:%02d:%02d.%06d%s", x.tm_year + 1900, x.tm_mon + 1, x.tm_mday, x.tm_hour,
                        x.tm_min, x.tm_sec, x.tm_usec, kind == SCIM_SQL_PGSQL ? "+00" : "");
}

int scim_sql_is_int(const char *text)
{
    const char *digits = text + (*text == '-');

    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return 0;
    if (*digits == '0' && (digits[1] || digits != text))
        return 0;
    errno = 0;
    (void)apr_strtoi64(text, NULL, 10);
    return errno == 0;
}

int scim_sql_is_uuid(const char *text)
{
    int i;

    for (i = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-')
                return 0;
        }
        else if (text[i] == '\0' || !strchr("0123456789abcdef", text[i])) {
            return 0;
        }
    }
    return text[36] == '\0';
}

static const char *boolean_text(scim_sql_kind_t kind, const scim_sql_column_t *column, int yes)
{
    switch (column->cls) {
    case SCIM_SQL_INT:
    case SCIM_SQL_DECIMAL:
    case SCIM_SQL_BIT:
        return yes ? "1" : "0";
    case SCIM_SQL_BOOL:
        return kind == SCIM_SQL_PGSQL ? yes ? "t" : "f" : yes ? "1" : "0";
    default:
        return yes ? "true" : "false";
    }
}

static scim_err_t *bad_value(const scim_sql_column_t *column, const char *what, apr_pool_t *p)
{
    scim_err_t *err = scim_err(p, SCIM_E_INVALID_VALUE, "a value cannot be stored: %s", what);

    return scim_err_log(err, p, APR_SUCCESS, "column %s: %s", column->name, what);
}

scim_err_t *scim_sql_value(const char **text, scim_sql_kind_t kind, const scim_sql_column_t *column,
                           const json_t *value, apr_pool_t *p)
{
    apr_time_t t;

    *text = NULL;
    if (!value || json_is_null(value))
        return NULL;
    if (json_is_object(value) || json_is_array(value))
        return bad_value(column, "it is not a single value", p);
    if (json_is_boolean(value)) {
        *text = boolean_text(kind, column, json_is_true(value));
        return NULL;
    }
    *text = scim_json_text(value, p);
    if (json_is_string(value) && strlen(*text) != json_string_length(value))
        return bad_value(column, "it contains a NUL character", p);
    if (column->cls == SCIM_SQL_TIME && json_is_string(value)) {
        if (scim_date_parse(&t, *text, 0) != 0)
            return bad_value(column, "it is not a date and time", p);
        *text = scim_sql_time_text(kind, t, p);
    }
    return NULL;
}

static const char *without_blanks(const char *text, apr_pool_t *p)
{
    apr_size_t len = strlen(text);

    while (len > 0 && text[len - 1] == ' ')
        len--;
    return apr_pstrmemdup(p, text, len);
}

/* "1.50" and "1.5", "-0" and "0"; what is no decimal number stays. */
static const char *number(const char *text, apr_pool_t *p)
{
    const char *digits = text + (*text == '-');
    apr_size_t len = strlen(digits);

    if (len == 0 || digits[strspn(digits, "0123456789.")] != '\0')
        return text;
    while (*digits == '0' && digits[1] >= '0' && digits[1] <= '9') {
        digits++;
        len--;
    }
    if (strchr(digits, '.')) {
        while (digits[len - 1] == '0')
            len--;
        if (digits[len - 1] == '.')
            len--;
    }
    if (len == 1 && *digits == '0')
        return "0";
    return apr_pstrcat(p, *text == '-' ? "-" : "", apr_pstrmemdup(p, digits, len), NULL);
}

static const char *boolean(const char *text)
{
    if (strcmp(text, "t") == 0 || strcmp(text, "true") == 0)
        return "1";
    return strcmp(text, "f") == 0 || strcmp(text, "false") == 0 ? "0" : text;
}

const char *scim_sql_canonical(const scim_sql_column_t *column, const char *text, apr_pool_t *p)
{
    apr_time_t t;

    if (!text)
        return NULL;
    switch (column->cls) {
    case SCIM_SQL_INT:
    case SCIM_SQL_DECIMAL:
    case SCIM_SQL_BIT:
        return number(text, p);
    case SCIM_SQL_BOOL:
        return boolean(text);
    case SCIM_SQL_CHAR:
        return without_blanks(text, p);
    case SCIM_SQL_TIME:
        return scim_date_parse(&t, text, 0) == 0 ? scim_sql_time_text(SCIM_SQL_SQLITE, t, p) : text;
    case SCIM_SQL_UUID:
        return scim_fold(text, p);
    default:
        return text;
    }
}
