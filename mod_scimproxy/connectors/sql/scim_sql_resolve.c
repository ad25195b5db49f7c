/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include <apr_strings.h>

/* Values asked for by one statement. */
enum { BATCH = 500 };

typedef struct resolving_t {
    scim_session_t      *session;
    const scim_entity_t *entity;
    const char          *from, *to;
    apr_hash_t          *found;        /* value of from -> value of to, in p */
    apr_pool_t          *p;
} resolving_t;

static int can_be(const scim_sql_column_t *column, const char *value)
{
    return column->cls == SCIM_SQL_INT    ? scim_sql_is_int(value)
           : column->cls == SCIM_SQL_UUID ? scim_sql_is_uuid(value)
                                          : 1;
}

static void put_column(scim_sql_text_t *q, const resolving_t *r, const char *name)
{
    const scim_sql_operand_t o = { .alias = "t", .column = scim_sql_column(q->conn, r->entity->table, name, q->p) };

    scim_sql_put_selected(q, &o);
}

static scim_err_t *take(const resolving_t *r, const scim_sql_rows_t *rows)
{
    const char *from, *to;
    scim_err_t *err;

    if ((err = scim_sql_get(rows, 0, &from)))
        return err;
    from = from ? apr_pstrdup(r->p, from) : NULL;
    if ((err = scim_sql_get(rows, 1, &to)))
        return err;
    if (from && to)
        apr_hash_set(r->found, from, APR_HASH_KEY_STRING, apr_pstrdup(r->p, to));
    return NULL;
}

/* Texts that the database calls equal may be others to us: what was asked for is looked up exactly afterwards. */
static scim_err_t *ask(const resolving_t *r, const char *const *values, int n, apr_pool_t *scratch)
{
    scim_sql_text_t *q = scim_sql_text(r->session->conn, scratch);
    scim_sql_rows_t rows;
    int more = 0;
    scim_err_t *err;

    scim_sql_put(q, "SELECT ", NULL);
    put_column(q, r, r->from);
    scim_sql_put(q, ", ", NULL);
    put_column(q, r, r->to);
    scim_sql_put(q, " FROM ", NULL);
    scim_sql_put_name(q, r->entity->table);
    scim_sql_put(q, " t", NULL);
    if ((err = scim_sql_put_where(q, r->entity, NULL)))
        return err;
    scim_sql_put(q, " AND ", NULL);
    scim_sql_put_column(q, "t", r->from);
    scim_sql_put(q, " IN ", NULL);
    scim_sql_arg_list(q, values, n);
    err = scim_sql_select(r->session, q, 1, &rows, scratch);
    while (!err && !(err = scim_sql_next(&rows, &more)) && more)
        err = take(r, &rows);
    return err;
}

scim_err_t *scim_sql_resolve(scim_session_t *session, const scim_entity_t *entity, const char *from, const char *to,
                             const char *const *in, const char **out, int n, apr_pool_t *p)
{
    resolving_t r = { .session = session,
                      .entity = entity,
                      .from = from ? from : entity->key,
                      .to = to ? to : entity->key,
                      .p = p };
    const scim_sql_column_t *column = scim_sql_column(session->conn, entity->table, r.from, p);
    const char *batch[BATCH];
    apr_hash_t *asked = apr_hash_make(p);
    apr_pool_t *scratch;
    int waiting = 0, i;
    scim_err_t *err = NULL;

    r.found = apr_hash_make(p);
    apr_pool_create(&scratch, p);
    for (i = 0; i < n && !err; i++) {
        if (can_be(column, in[i]) && !apr_hash_get(asked, in[i], APR_HASH_KEY_STRING)) {
            apr_hash_set(asked, in[i], APR_HASH_KEY_STRING, in[i]);
            batch[waiting++] = in[i];
        }
        if (waiting == BATCH || (i == n - 1 && waiting > 0)) {
            err = ask(&r, batch, waiting, scratch);
            waiting = 0;
            apr_pool_clear(scratch);
        }
    }
    apr_pool_destroy(scratch);
    for (i = 0; i < n; i++)
        out[i] = err ? NULL : apr_hash_get(r.found, in[i], APR_HASH_KEY_STRING);
    return err;
}
