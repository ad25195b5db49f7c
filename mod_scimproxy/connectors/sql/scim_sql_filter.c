/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include "scim_error.h"

/* Where a comparison's columns are: the record's table, or the rows of a list. */
typedef struct scope_t {
    const scim_entity_t   *entity;
    const scim_sql_list_t *list;
    const char            *alias;
} scope_t;

static scim_sql_operand_t operand(const scim_sql_text_t *q, const scope_t *scope, const char *column)
{
    const scim_sql_operand_t o = {
        .alias = scope->alias,
        .column = scim_sql_column(q->conn, scope->list ? scope->list->table : scope->entity->table, column, q->p)
    };

    return o;
}

static scim_err_t *put(scim_sql_text_t *q, const scope_t *scope, const scim_qfilter_t *filter);

static int is_joined(const scim_qfilter_t *filter)
{
    return filter->kind == SCIM_Q_AND || filter->kind == SCIM_Q_OR || filter->kind == SCIM_Q_NOT;
}

/*
 * Terms n of a filter, halved again and again: databases read a long chain as a tree that is as deep as the
 * chain is long. Those that are filters of their own come first, for SQLite keeps what stands before an
 * opening parenthesis on a stack of a hundred places.
 */
static scim_err_t *put_terms(scim_sql_text_t *q, const scope_t *scope, const scim_qfilter_t *const *terms,
                             int n, const char *word)
{
    scim_err_t *err;

    if (n == 1)
        return put(q, scope, terms[0]);
    scim_sql_put(q, "(", NULL);
    err = put_terms(q, scope, terms, n / 2, word);
    scim_sql_put(q, word, NULL);
    if (!err)
        err = put_terms(q, scope, terms + n / 2, n - n / 2, word);
    scim_sql_put(q, ")", NULL);
    return err;
}

static scim_err_t *put_joined(scim_sql_text_t *q, const scope_t *scope, const scim_qfilter_t *filter, const char *word)
{
    const scim_qfilter_t **terms = apr_palloc(q->p, (apr_size_t)filter->nsub * sizeof(*terms));
    int joined, i, n = 0;

    for (joined = 1; joined >= 0; joined--)
        for (i = 0; i < filter->nsub; i++)
            if (is_joined(filter->sub[i]) == joined)
                terms[n++] = filter->sub[i];
    return put_terms(q, scope, terms, n, word);
}

/* One row satisfies it all. */
static scim_err_t *put_some_row(scim_sql_text_t *q, const scope_t *scope, const scim_qfilter_t *filter)
{
    const scope_t rows = { .entity = scope->entity, .list = scim_sql_list(scope->entity, filter->attr), .alias = "r" };
    scim_err_t *err;

    if (!rows.list)
        return scim_err_log(scim_err(q->conn->errors, SCIM_E_INTERNAL, "the filter cannot be carried out"),
                            q->conn->errors, APR_SUCCESS, "%s is no list of rows", filter->attr);
    scim_sql_put(q, "EXISTS (SELECT 1 FROM ", NULL);
    scim_sql_put_name(q, rows.list->table);
    scim_sql_put(q, " r WHERE ", NULL);
    scim_sql_put_column(q, "r", rows.list->fk);
    scim_sql_put(q, " = ", NULL);
    scim_sql_put_column(q, "t", scope->entity->key);
    scim_sql_put(q, " AND ", NULL);
    err = put(q, &rows, filter->sub[0]);
    scim_sql_put(q, ")", NULL);
    return err;
}

static scim_err_t *put(scim_sql_text_t *q, const scope_t *scope, const scim_qfilter_t *filter)
{
    scim_sql_operand_t o;
    scim_err_t *err;

    if (q->args->nelts > q->conn->max_args)
        return scim_err(q->conn->errors, SCIM_E_INVALID_FILTER,
                        "the system behind this service cannot take such a large filter");
    switch (filter->kind) {
    case SCIM_Q_AND:
        return put_joined(q, scope, filter, " AND ");
    case SCIM_Q_OR:
        return put_joined(q, scope, filter, " OR ");
    case SCIM_Q_NOT:
        if (filter->sub[0]->kind == SCIM_Q_NOT)
            return put(q, scope, filter->sub[0]->sub[0]);
        scim_sql_put(q, "NOT (", NULL);
        err = put(q, scope, filter->sub[0]);
        scim_sql_put(q, ")", NULL);
        return err;
    case SCIM_Q_ELEM:
        return put_some_row(q, scope, filter);
    case SCIM_Q_CMP:
        o = operand(q, scope, filter->attr);
        scim_sql_put_comparison(q, &o, filter);
        return NULL;
    default:
        scim_sql_put(q, filter->kind == SCIM_Q_TRUE ? "1 = 1" : "1 = 0", NULL);
        return NULL;
    }
}

scim_err_t *scim_sql_put_filter(scim_sql_text_t *q, const scim_entity_t *entity, const scim_qfilter_t *filter)
{
    const scope_t scope = { .entity = entity, .alias = "t" };

    return put(q, &scope, filter);
}

scim_err_t *scim_sql_put_where(scim_sql_text_t *q, const scim_entity_t *entity, const scim_qfilter_t *filter)
{
    scim_sql_put(q, " WHERE ", NULL);
    scim_sql_put_column(q, "t", entity->key);
    scim_sql_put(q, " IS NOT NULL", NULL);
    if (entity->where)
        scim_sql_put(q, " AND (", entity->where, ")", NULL);
    if (!filter)
        return NULL;
    scim_sql_put(q, " AND ", NULL);
    return scim_sql_put_filter(q, entity, filter);
}

int scim_sql_put_key(scim_sql_text_t *q, const scim_entity_t *entity, const char *key)
{
    const scim_sql_column_t *column = scim_sql_column(q->conn, entity->table, entity->key, q->p);
    const scim_sql_operand_t o = { .alias = "t", .column = column };

    if ((column->cls == SCIM_SQL_INT && !scim_sql_is_int(key))
        || (column->cls == SCIM_SQL_UUID && !scim_sql_is_uuid(key)))
        return 0;
    scim_sql_put_equal(q, &o, key);
    if (entity->where)
        scim_sql_put(q, " AND (", entity->where, ")", NULL);
    return 1;
}

/* ---- order ---- */

static void put_direction(scim_sql_text_t *q, const scim_qsort_t *sort)
{
    scim_sql_put(q, sort->descending ? " DESC, " : ", ", NULL);
}

/* No value comes last; with descending order first. */
static void put_emptiness(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qsort_t *sort)
{
    scim_sql_put(q, "CASE WHEN ", NULL);
    scim_sql_put_column(q, o->alias, o->column->name);
    scim_sql_put(q, " IS NULL THEN 1 ELSE 0 END", NULL);
    put_direction(q, sort);
}

static void put_sorted_text(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qsort_t *sort)
{
    if (sort->case_exact)
        scim_sql_put_exact(q, o);
    else if (q->conn->kind == SCIM_SQL_SQLITE && q->conn->collations) {
        scim_sql_put_plain(q, o);
        scim_sql_put(q, " COLLATE scim_fold", NULL);
    }
    else if (q->conn->kind == SCIM_SQL_PGSQL && q->conn->icu) {
        scim_sql_put(q, "LOWER(", NULL);
        scim_sql_put_plain(q, o);
        scim_sql_put(q, " COLLATE \"und-x-icu\") COLLATE \"C\"", NULL);
    }
    else if (q->conn->kind == SCIM_SQL_MYSQL) {
        scim_sql_put(q, "CAST(LOWER(", NULL);
        scim_sql_put_plain(q, o);
        scim_sql_put(q, ") AS BINARY)", NULL);
    }
    else
        scim_sql_put_folded(q, o);
}

void scim_sql_put_order(scim_sql_text_t *q, const scim_entity_t *entity, const scim_qsort_t *sort)
{
    const scope_t scope = { .entity = entity, .alias = "t" };

    scim_sql_put(q, " ORDER BY ", NULL);
    if (sort) {
        const scim_sql_operand_t o = operand(q, &scope, sort->attr);

        put_emptiness(q, &o, sort);
        if (sort->type == SCIM_TYPE_STRING || sort->type == SCIM_TYPE_REFERENCE)
            put_sorted_text(q, &o, sort);
        else if (sort->type == SCIM_TYPE_DATETIME && q->conn->kind == SCIM_SQL_SQLITE && q->conn->collations) {
            scim_sql_put_plain(q, &o);
            scim_sql_put(q, " COLLATE scim_instant", NULL);
        }
        else
            scim_sql_put_column(q, o.alias, o.column->name);
        put_direction(q, sort);
    }
    scim_sql_put_column(q, "t", entity->key);
}
