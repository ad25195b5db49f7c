/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_codec.h"
#include "scim_error.h"
#include "scim_json.h"

static const scim_sql_column_t *column_of(const scim_session_t *session, const scim_entity_t *entity,
                                          const char *name, apr_pool_t *p)
{
    return scim_sql_column(session->conn, entity->table, name, p);
}

static const char *now(const scim_session_t *session, apr_pool_t *p)
{
    return scim_sql_time_text(session->conn->kind, session->ctx->host->now(session->ctx->host->baton), p);
}

/* ---- create ---- */

/* Names and values of an INSERT. */
typedef struct insertion_t {
    apr_array_header_t *names, *values;   /* of const char * */
} insertion_t;

static void add(insertion_t *insertion, const char *name, const char *value)
{
    APR_ARRAY_PUSH(insertion->names, const char *) = name;
    APR_ARRAY_PUSH(insertion->values, const char *) = value;
}

static scim_err_t *no_key(const scim_entity_t *entity, apr_pool_t *p)
{
    scim_err_t *err = scim_err(p, SCIM_E_INVALID_VALUE, "the value that identifies the resource is missing");

    return scim_err_log(err, p, APR_SUCCESS,
                        "%s: no rule gave the key %s a value, and sql.key.generate is none",
                        entity->type_name, entity->key);
}

/* What is to be inserted, with what the connector itself owns; *key is NULL where the database makes it. */
static scim_err_t *collect(insertion_t *insertion, const char **key, scim_session_t *session,
                           const scim_entity_t *entity, const json_t *data, apr_pool_t *p)
{
    const char *name, *text;
    json_t *value;
    scim_err_t *err;

    *key = entity->keygen == SCIM_SQL_KEY_UUID ? scim_uuid(p) : NULL;
    if (*key)
        add(insertion, entity->key, *key);
    json_object_foreach((json_t *)data, name, value) {
        if (scim_sql_list(entity, name))
            continue;
        if ((err = scim_sql_value(&text, session->conn->kind, column_of(session, entity, name, p), value, p)))
            return err;
        add(insertion, name, text);
        if (strcmp(name, entity->key) == 0)
            *key = text;
    }
    if (!*key && entity->keygen == SCIM_SQL_KEY_GIVEN)
        return no_key(entity, p);
    if (entity->version)
        add(insertion, entity->version, "1");
    text = now(session, p);
    if (entity->created)
        add(insertion, entity->created, text);
    if (entity->modified)
        add(insertion, entity->modified, text);
    return NULL;
}

static scim_sql_text_t *insert_of(const scim_session_t *session, const scim_entity_t *entity,
                                  const insertion_t *insertion, apr_pool_t *p)
{
    scim_sql_text_t *q = scim_sql_text(session->conn, p);
    int i;

    scim_sql_put(q, "INSERT INTO ", NULL);
    scim_sql_put_name(q, entity->table);
    scim_sql_put(q, " (", NULL);
    for (i = 0; i < insertion->names->nelts; i++) {
        if (i > 0)
            scim_sql_put(q, ", ", NULL);
        scim_sql_put_name(q, APR_ARRAY_IDX(insertion->names, i, const char *));
    }
    scim_sql_put(q, ") VALUES (", NULL);
    for (i = 0; i < insertion->values->nelts; i++) {
        if (i > 0)
            scim_sql_put(q, ", ", NULL);
        scim_sql_arg(q, APR_ARRAY_IDX(insertion->values, i, const char *));
    }
    scim_sql_put(q, ")", NULL);
    return q;
}

/* The first value of the first row of a statement. */
static scim_err_t *one_value(const char **value, scim_session_t *session, const scim_sql_text_t *q, apr_pool_t *p)
{
    const char *text = NULL;
    scim_sql_rows_t rows;
    int more;
    scim_err_t *err = scim_sql_select(session, q, 1, &rows, p);

    *value = NULL;
    if (err || (err = scim_sql_next(&rows, &more)))
        return err;
    if (more && !(err = scim_sql_get(&rows, 0, &text)))
        *value = apr_pstrdup(p, text);
    while (more && !err)
        err = scim_sql_next(&rows, &more);
    return err;
}

/* With sql.where, a record can be written that nobody would find afterwards: that is refused. */
static scim_err_t *check_inside(scim_session_t *session, const scim_entity_t *entity, const char *key, apr_pool_t *p)
{
    scim_sql_text_t *q;
    const char *found;
    scim_err_t *err;

    if (!entity->where)
        return NULL;
    q = scim_sql_text(session->conn, p);
    scim_sql_put(q, "SELECT 1 FROM ", NULL);
    scim_sql_put_name(q, entity->table);
    scim_sql_put(q, " t WHERE ", NULL);
    if (scim_sql_put_key(q, entity, key) && ((err = one_value(&found, session, q, p)) || found))
        return err;
    err = scim_err(p, SCIM_E_INVALID_VALUE,
                   "with these values the resource would not be one of those that are served here");
    return scim_err_log(err, p, APR_SUCCESS, "target %s: a written row of %s does not fulfil sql.where",
                        session->target->name, entity->table);
}

static scim_err_t *insert(const char **key, scim_session_t *session, const scim_entity_t *entity,
                          const insertion_t *insertion, apr_pool_t *p)
{
    scim_sql_text_t *q = insert_of(session, entity, insertion, p);
    scim_err_t *err;

    if (*key)
        return scim_sql_run(session, q, NULL, p);
    if (session->conn->returning) {
        scim_sql_put(q, " RETURNING ", NULL);
        scim_sql_put_name(q, entity->key);
        err = one_value(key, session, q, p);
    }
    else if (!(err = scim_sql_run(session, q, NULL, p))) {
        q = scim_sql_text(session->conn, p);
        scim_sql_put(q,
                     session->conn->kind == SCIM_SQL_MYSQL ? "SELECT LAST_INSERT_ID()"
                                                           : "SELECT last_insert_rowid()",
                     NULL);
        err = one_value(key, session, q, p);
    }
    if (err || *key)
        return err;
    return scim_err_log(scim_err(p, SCIM_E_BACKEND, "the system behind this service gave no id"), p, APR_SUCCESS,
                        "target %s: the database made no key for %s", session->target->name, entity->table);
}

scim_err_t *scim_sql_create(scim_session_t *session, const scim_entity_t *entity, const json_t *data,
                            const char **key, apr_pool_t *p)
{
    insertion_t insertion = {
        .names = apr_array_make(p, 16, sizeof(const char *)), .values = apr_array_make(p, 16, sizeof(const char *))
    };
    const char *name;
    json_t *value;
    int changed = 0;
    scim_err_t *err = collect(&insertion, key, session, entity, data, p);

    if (err || (err = insert(key, session, entity, &insertion, p)) || (err = check_inside(session, entity, *key, p)))
        return err;
    json_object_foreach((json_t *)data, name, value) {
        const scim_sql_list_t *list = scim_sql_list(entity, name);

        if (list && (err = scim_sql_rows_add(session, list, *key, value, &changed, p)))
            break;
    }
    return err;
}

/* ---- the record, held ---- */

static int allows(const apr_array_header_t *versions, const char *version)
{
    int i;

    for (i = 0; versions && version && i < versions->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(versions, i, const char *), version) == 0)
            return 1;
    return versions == NULL;
}

static scim_err_t *not_found(apr_pool_t *p)
{
    return scim_err(p, SCIM_E_NOT_FOUND, "there is no such record");
}

/* Columns that a change sets, as they are. */
typedef struct held_t {
    const char **names;
    const char **values;               /* NULL for NULL */
    int          n;
} held_t;

static void put_held(scim_sql_text_t *q, const scim_entity_t *entity, const held_t *held)
{
    int i;

    scim_sql_put(q, "SELECT ", NULL);
    if (entity->version)
        scim_sql_put_column(q, "t", entity->version);
    else
        scim_sql_put(q, "NULL", NULL);
    for (i = 0; i < held->n; i++) {
        const scim_sql_operand_t o = { .alias = "t",
                                       .column =
                                           scim_sql_column(q->conn, entity->table, held->names[i], q->p) };

        scim_sql_put(q, ", ", NULL);
        scim_sql_put_selected(q, &o);
    }
    scim_sql_put(q, " FROM ", NULL);
    scim_sql_put_name(q, entity->table);
    scim_sql_put(q, " t WHERE ", NULL);
}

static scim_err_t *take_held(held_t *held, const scim_sql_rows_t *rows, const apr_array_header_t *versions,
                             apr_pool_t *p)
{
    const char *version;
    int i;
    scim_err_t *err = scim_sql_get(rows, 0, &version);

    if (err)
        return err;
    if (!allows(versions, version))
        return scim_err(p, SCIM_E_PRECONDITION, "the resource has been changed since");
    for (i = 0; i < held->n && !err; i++)
        if (!(err = scim_sql_get(rows, i + 1, &held->values[i])))
            held->values[i] = apr_pstrdup(p, held->values[i]);
    return err;
}

/* Reads and locks the record. SQLite's transaction has the whole database. */
static scim_err_t *hold(held_t *held, scim_session_t *session, const scim_entity_t *entity, const char *key,
                        const apr_array_header_t *versions, apr_pool_t *p)
{
    scim_sql_text_t *q = scim_sql_text(session->conn, p);
    scim_sql_rows_t rows;
    int more;
    scim_err_t *err;

    put_held(q, entity, held);
    if (!scim_sql_put_key(q, entity, key))
        return not_found(p);
    if (session->conn->kind != SCIM_SQL_SQLITE)
        scim_sql_put(q, " FOR UPDATE", NULL);
    if ((err = scim_sql_select(session, q, 1, &rows, p)) || (err = scim_sql_next(&rows, &more)))
        return err;
    if (!more)
        return not_found(p);
    err = take_held(held, &rows, versions, p);
    while (more && !err)
        err = scim_sql_next(&rows, &more);
    return err;
}

/* ---- modify ---- */

/* What an UPDATE sets. */
typedef struct update_t {
    const char **names, **values;
    int          n;
} update_t;

static int same(const scim_sql_column_t *column, const char *a, const char *b, apr_pool_t *p)
{
    const char *x = scim_sql_canonical(column, a, p), *y = scim_sql_canonical(column, b, p);

    return !x || !y ? x == y : strcmp(x, y) == 0;
}

static void init_held(held_t *held, const scim_entity_t *entity, const scim_change_t *change, apr_pool_t *p)
{
    int i;

    held->n = 0;
    held->names = apr_palloc(p, ((apr_size_t)change->n + 1) * sizeof *held->names);
    held->values = apr_pcalloc(p, ((apr_size_t)change->n + 1) * sizeof *held->values);
    for (i = 0; i < change->n; i++)
        if (!scim_sql_list(entity, change->mods[i].attr))
            held->names[held->n++] = change->mods[i].attr;
}

/* True if a later part of the change sets the same. */
static int is_overruled(const scim_change_t *change, int i)
{
    int later;

    for (later = i + 1; later < change->n; later++)
        if (strcmp(change->mods[later].attr, change->mods[i].attr) == 0)
            return 1;
    return 0;
}

/* The columns that get another value than they have. */
static scim_err_t *compare(update_t *update, const held_t *held, scim_session_t *session, const scim_entity_t *entity,
                           const scim_change_t *change, apr_pool_t *p)
{
    int at = 0, i;

    update->names = apr_palloc(p, ((apr_size_t)change->n + 1) * sizeof *update->names);
    update->values = apr_palloc(p, ((apr_size_t)change->n + 1) * sizeof *update->values);
    update->n = 0;
    for (i = 0; i < change->n; i++) {
        const scim_mod_t *mod = &change->mods[i];
        const scim_sql_column_t *column;
        const char *text;
        scim_err_t *err;

        if (scim_sql_list(entity, mod->attr))
            continue;
        if (mod->kind != SCIM_MOD_SET)
            return scim_err_log(scim_err(p, SCIM_E_INTERNAL, "the change cannot be carried out"), p, APR_SUCCESS,
                                "column %s has one value: nothing can be added to it", mod->attr);
        column = column_of(session, entity, mod->attr, p);
        if ((err = scim_sql_value(&text, session->conn->kind, column, mod->values, p)))
            return err;
        if (is_overruled(change, i) || same(column, text, held->values[at], p)) {
            at++;
        }
        else if (strcmp(mod->attr, entity->key) == 0) {
            return scim_err(p, SCIM_E_MUTABILITY, "the value that identifies the resource cannot be changed");
        }
        else {
            at++;
            update->names[update->n] = mod->attr;
            update->values[update->n++] = text;
        }
    }
    return NULL;
}

static scim_err_t *change_lists(scim_session_t *session, const scim_entity_t *entity, const char *key,
                                const scim_change_t *change, int *changed, apr_pool_t *p)
{
    scim_err_t *err = NULL;
    int i;

    for (i = 0; i < change->n && !err; i++) {
        const scim_mod_t *mod = &change->mods[i];
        const scim_sql_list_t *list = scim_sql_list(entity, mod->attr);

        if (!list)
            continue;
        switch (mod->kind) {
        case SCIM_MOD_SET:
            err = scim_sql_rows_set(session, list, key, mod->values, changed, p);
            break;
        case SCIM_MOD_ADD:
            err = scim_sql_rows_add(session, list, key, mod->values, changed, p);
            break;
        case SCIM_MOD_REMOVE:
            err = scim_sql_rows_remove(session, list, key, mod->values, changed, p);
            break;
        }
    }
    return err;
}

static void put_key_alone(scim_sql_text_t *q, const scim_entity_t *entity, const char *key)
{
    const scim_sql_operand_t o = { .alias = NULL,
                                   .column = scim_sql_column(q->conn, entity->table, entity->key, q->p) };

    scim_sql_put(q, " WHERE ", NULL);
    scim_sql_put_equal(q, &o, key);
}

static void put_assignment(scim_sql_text_t *q, const char *name, int *n)
{
    scim_sql_put(q, (*n)++ ? ", " : " SET ", NULL);
    scim_sql_put_name(q, name);
    scim_sql_put(q, " = ", NULL);
}

static scim_err_t *write_update(scim_session_t *session, const scim_entity_t *entity, const char *key,
                                const update_t *update, apr_pool_t *p)
{
    scim_sql_text_t *q = scim_sql_text(session->conn, p);
    int n = 0, i;

    scim_sql_put(q, "UPDATE ", NULL);
    scim_sql_put_name(q, entity->table);
    for (i = 0; i < update->n; i++) {
        put_assignment(q, update->names[i], &n);
        scim_sql_arg(q, update->values[i]);
    }
    if (entity->version) {
        put_assignment(q, entity->version, &n);
        scim_sql_put(q, "COALESCE(", NULL);
        scim_sql_put_name(q, entity->version);
        scim_sql_put(q, ", 0) + 1", NULL);
    }
    if (entity->modified) {
        put_assignment(q, entity->modified, &n);
        scim_sql_arg(q, now(session, p));
    }
    put_key_alone(q, entity, key);
    return n > 0 ? scim_sql_run(session, q, NULL, p) : NULL;
}

scim_err_t *scim_sql_modify(scim_session_t *session, const scim_entity_t *entity, const char *key,
                            const scim_change_t *change, int *changed, apr_pool_t *p)
{
    held_t held;
    update_t update;
    scim_err_t *err;

    *changed = 0;
    init_held(&held, entity, change, p);
    if ((err = hold(&held, session, entity, key, change->versions, p))
        || (err = compare(&update, &held, session, entity, change, p))
        || (err = change_lists(session, entity, key, change, changed, p)))
        return err;
    *changed |= update.n > 0;
    if (*changed && !(err = write_update(session, entity, key, &update, p)))
        err = check_inside(session, entity, key, p);
    return err;
}

/* ---- remove ---- */

static scim_err_t *remove_rows(scim_session_t *session, const scim_entity_t *entity, const char *key, apr_pool_t *p)
{
    scim_err_t *err = NULL;
    int i;

    for (i = 0; i < entity->write_lists->nelts && !err; i++) {
        const scim_sql_list_t *list = APR_ARRAY_IDX(entity->write_lists, i, const scim_sql_list_t *);
        scim_sql_text_t *q = scim_sql_text(session->conn, p);

        scim_sql_put(q, "DELETE FROM ", NULL);
        scim_sql_put_name(q, list->table);
        scim_sql_put(q, " WHERE ", NULL);
        scim_sql_put_name(q, list->fk);
        scim_sql_put(q, " = ", NULL);
        scim_sql_arg(q, key);
        err = scim_sql_run(session, q, NULL, p);
    }
    return err;
}

scim_err_t *scim_sql_remove(scim_session_t *session, const scim_entity_t *entity, const char *key,
                            const apr_array_header_t *versions, apr_pool_t *p)
{
    held_t nothing = { .n = 0 };
    scim_sql_text_t *q;
    scim_err_t *err;

    if ((err = hold(&nothing, session, entity, key, versions, p)) || (err = remove_rows(session, entity, key, p)))
        return err;
    q = scim_sql_text(session->conn, p);
    scim_sql_put(q, "DELETE FROM ", NULL);
    scim_sql_put_name(q, entity->table);
    put_key_alone(q, entity, key);
    session->removing = 1;
    err = scim_sql_run(session, q, NULL, p);
    session->removing = 0;
    return err;
}
