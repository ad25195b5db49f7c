/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_error.h"
#include "scim_text.h"

/* Records out of rows, and the rows of lists into records: one statement for each list, however many records. */

void scim_sql_reader(scim_sql_record_reader_t *reader, scim_session_t *session, const scim_entity_t *entity,
                     const scim_attrs_t *attrs)
{
    int i;

    reader->session = session;
    reader->entity = entity;
    reader->attrs = attrs;
    reader->nlists = 0;
    for (i = 0; i < attrs->n; i++)
        reader->nlists += attrs->use[i].list;
}

static void put_selected(scim_sql_text_t *q, const char *alias, const char *table, const char *column)
{
    const scim_sql_operand_t o = { .alias = alias, .column = scim_sql_column(q->conn, table, column, q->p) };

    scim_sql_put_selected(q, &o);
}

void scim_sql_put_select(scim_sql_text_t *q, const scim_sql_record_reader_t *reader)
{
    const scim_entity_t *entity = reader->entity;
    int i;

    scim_sql_put(q, "SELECT ", NULL);
    put_selected(q, "t", entity->table, entity->key);
    scim_sql_put(q, ", ", NULL);
    if (entity->version)
        put_selected(q, "t", entity->table, entity->version);
    else
        scim_sql_put(q, "NULL", NULL);
    for (i = 0; i < reader->attrs->n; i++) {
        if (reader->attrs->use[i].list)
            continue;
        scim_sql_put(q, ", ", NULL);
        put_selected(q, "t", entity->table, reader->attrs->use[i].name);
    }
    scim_sql_put(q, " FROM ", NULL);
    scim_sql_put_name(q, entity->table);
    scim_sql_put(q, " t", NULL);
}

/* A column that is not UTF-8 is a fault of the configuration, which the log shall name. */
static scim_err_t *put_value(json_t *object, const char *name, const char *text, const scim_session_t *session)
{
    json_t *value;

    if (!text)
        return NULL;
    value = json_string(text);
    if (!value)
        return scim_err_log(scim_err(session->p, SCIM_E_BACKEND,
                                     "the system behind this service has a text that is not UTF-8"),
                            session->p, APR_SUCCESS, "target %s: column %s is not UTF-8",
                            session->target->name, name);
    json_object_set_new_nocheck(object, name, value);
    return NULL;
}

scim_err_t *scim_sql_take(const scim_sql_record_reader_t *reader, const scim_sql_rows_t *rows,
                          scim_record_t *record, apr_pool_t *p)
{
    const char *text;
    int column = 2, i;
    scim_err_t *err;

    if ((err = scim_sql_get(rows, 0, &text)))
        return err;
    record->key = apr_pstrdup(p, text ? text : "");
    if ((err = scim_sql_get(rows, 1, &text)))
        return err;
    record->version = apr_pstrdup(p, text);
    record->data = json_object();
    for (i = 0; i < reader->attrs->n && !err; i++) {
        const scim_attr_use_t *use = &reader->attrs->use[i];

        if (use->list)
            json_object_set_new_nocheck(record->data, use->name, json_array());
        else if (!(err = scim_sql_get(rows, column++, &text)))
            err = put_value(record->data, use->name, text, reader->session);
    }
    if (err) {
        json_decref(record->data);
        record->data = NULL;
    }
    return err;
}

/* ---- lists ---- */

static void put_list(scim_sql_text_t *q, const scim_sql_list_t *list, const scim_attr_use_t *use,
                     const char *const *keys, int n)
{
    int i;

    scim_sql_put(q, "SELECT ", NULL);
    put_selected(q, "r", list->table, list->fk);
    for (i = 0; i < use->nsub; i++) {
        scim_sql_put(q, ", ", NULL);
        put_selected(q, "r", list->table, use->sub[i]);
    }
    scim_sql_put(q, " FROM ", NULL);
    scim_sql_put_name(q, list->table);
    scim_sql_put(q, " r WHERE ", NULL);
    scim_sql_put_column(q, "r", list->fk);
    if (n == 1) {
        scim_sql_put(q, " = ", NULL);
        scim_sql_arg(q, keys[0]);
    }
    else {
        scim_sql_put(q, " IN ", NULL);
        scim_sql_arg_list(q, keys, n);
    }
    if (list->order) {
        scim_sql_put(q, " ORDER BY ", NULL);
        scim_sql_put_column(q, "r", list->order);
    }
}

static scim_err_t *take_row(const scim_attr_use_t *use, const scim_sql_rows_t *rows, apr_hash_t *by_key)
{
    json_t *list, *row;
    const char *text;
    int i;
    scim_err_t *err = scim_sql_get(rows, 0, &text);

    if (err || !text || !(list = apr_hash_get(by_key, text, APR_HASH_KEY_STRING)))
        return err;
    row = json_object();
    for (i = 0; i < use->nsub && !err; i++)
        if (!(err = scim_sql_get(rows, i + 1, &text)))
            err = put_value(row, use->sub[i], text, rows->session);
    json_array_append_new(list, row);
    return err;
}

/* Rows are the connection's until the next one: a pool of their own takes what the driver makes of each. */
static scim_err_t *fill(const scim_sql_record_reader_t *reader, const scim_attr_use_t *use,
                        const scim_record_t *records, int n, apr_pool_t *p)
{
    const scim_sql_list_t *list = scim_sql_list(reader->entity, use->name);
    const char **keys = apr_palloc(p, (apr_size_t)n * sizeof *keys);
    apr_hash_t *by_key = apr_hash_make(p);
    scim_sql_text_t *q = scim_sql_text(reader->session->conn, p);
    scim_sql_rows_t rows;
    int more = 0, i;
    scim_err_t *err;

    for (i = 0; i < n; i++) {
        keys[i] = records[i].key;
        apr_hash_set(by_key, keys[i], APR_HASH_KEY_STRING, json_object_get(records[i].data, use->name));
    }
    put_list(q, list, use, keys, n);
    err = scim_sql_select(reader->session, q, 1, &rows, p);
    while (!err && !(err = scim_sql_next(&rows, &more)) && more)
        err = take_row(use, &rows, by_key);
    return err;
}

scim_err_t *scim_sql_fill_lists(const scim_sql_record_reader_t *reader, const scim_record_t *records, int n,
                                apr_pool_t *scratch)
{
    scim_err_t *err = NULL;
    int i;

    for (i = 0; i < reader->attrs->n && !err && n > 0; i++)
        if (reader->attrs->use[i].list)
            err = fill(reader, &reader->attrs->use[i], records, n, scratch);
    return err;
}
