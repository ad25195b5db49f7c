/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_error.h"
#include "scim_json.h"

/* Rows of another table that belong to a record: they come and go one by one, those that stay are not touched. */

/* Values that one statement asks for, and rows that one inserts. */
enum { BATCH = 512, MOST_ROWS = 4096 };

/* A list of one record that is being changed. */
typedef struct change_t {
    scim_session_t           *session;
    const scim_sql_list_t    *list;
    const char               *key;     /* of the record */
    const char              **names;   /* of columns that elements name */
    const scim_sql_column_t **columns;
    int                       ncolumns;
    apr_int64_t               position;  /* of the next row, where the list has an order */
    apr_pool_t               *p;
} change_t;

static int is_named(const json_t *values, const char *column)
{
    const json_t *element;
    size_t i;

    json_array_foreach(values, i, element)
        if (json_object_get(element, column))
            return 1;
    return 0;
}

/* Of the columns that rules write, those that the elements name. */
static void init(change_t *change, scim_session_t *session, const scim_sql_list_t *list, const char *key,
                 const json_t *values, apr_pool_t *p)
{
    int i;

    memset(change, 0, sizeof *change);
    change->session = session;
    change->list = list;
    change->key = key;
    change->p = p;
    change->names = apr_palloc(p, ((apr_size_t)list->n + 1) * sizeof *change->names);
    change->columns = apr_palloc(p, ((apr_size_t)list->n + 1) * sizeof *change->columns);
    for (i = 0; i < list->n; i++)
        if (is_named(values, list->columns[i])) {
            change->names[change->ncolumns] = list->columns[i];
            change->columns[change->ncolumns++] = scim_sql_column(session->conn, list->table, list->columns[i], p);
        }
}

/* ---- elements as tuples of texts ---- */

/* In the change's pool: so is what is wrong with an element. */
static scim_err_t *tuple_of(const char ***out, const change_t *change, const json_t *element)
{
    apr_pool_t *p = change->p;
    const char **tuple = apr_palloc(p, ((apr_size_t)change->ncolumns + 1) * sizeof *tuple);
    scim_err_t *err = NULL;
    int i;

    for (i = 0; i < change->ncolumns && !err; i++)
        err = scim_sql_value(&tuple[i], change->session->conn->kind, change->columns[i],
                             json_object_get(element, change->names[i]), p);
    *out = tuple;
    return err;
}

/* One text for all tuples that are the same values. Lengths keep neighbours apart. */
static const char *text_of(const change_t *change, const char *const *tuple, apr_pool_t *p)
{
    const char *text = "";
    int i;

    for (i = 0; i < change->ncolumns; i++) {
        const char *value = scim_sql_canonical(change->columns[i], tuple[i], p);

        text = value ? apr_psprintf(p, "%s%" APR_SIZE_T_FMT ":%s", text, strlen(value), value)
                     : apr_pstrcat(p, text, "-", NULL);
    }
    return text;
}

/* ---- what is there ---- */

static void put_rows_of(scim_sql_text_t *q, const change_t *change)
{
    scim_sql_put(q, " FROM ", NULL);
    scim_sql_put_name(q, change->list->table);
    scim_sql_put(q, " WHERE ", NULL);
    scim_sql_put_name(q, change->list->fk);
    scim_sql_put(q, " = ", NULL);
    scim_sql_arg(q, change->key);
}

static void put_columns(scim_sql_text_t *q, const change_t *change)
{
    int i;

    for (i = 0; i < change->ncolumns; i++) {
        const scim_sql_operand_t o = { .alias = NULL, .column = change->columns[i] };

        if (i > 0)
            scim_sql_put(q, ", ", NULL);
        scim_sql_put_selected(q, &o);
    }
}

/* Calls with each row that a statement finds; tuples live in the change's pool. */
static scim_err_t *each_row(const change_t *change, const scim_sql_text_t *q, apr_hash_t *into, apr_pool_t *scratch)
{
    scim_sql_rows_t rows;
    int more = 0, i;
    scim_err_t *err = scim_sql_select(change->session, q, 1, &rows, scratch);

    while (!err && !(err = scim_sql_next(&rows, &more)) && more) {
        const char **tuple = apr_palloc(change->p, ((apr_size_t)change->ncolumns + 1) * sizeof *tuple);

        for (i = 0; i < change->ncolumns && !err; i++)
            if (!(err = scim_sql_get(&rows, i, &tuple[i])))
                tuple[i] = apr_pstrdup(change->p, tuple[i]);
        apr_hash_set(into, text_of(change, tuple, change->p), APR_HASH_KEY_STRING, tuple);
    }
    return err;
}

/* All rows of the record, by their text. */
static scim_err_t *all_rows(apr_hash_t **rows, const change_t *change, apr_pool_t *scratch)
{
    scim_sql_text_t *q = scim_sql_text(change->session->conn, scratch);

    *rows = apr_hash_make(change->p);
    scim_sql_put(q, "SELECT ", NULL);
    put_columns(q, change);
    put_rows_of(q, change);
    return each_row(change, q, *rows, scratch);
}

/* Of the rows of the record those with one of n values in their only column. */
static scim_err_t *rows_among(apr_hash_t *rows, const change_t *change, const char *const *values, int n,
                              apr_pool_t *scratch)
{
    scim_sql_text_t *q = scim_sql_text(change->session->conn, scratch);

    scim_sql_put(q, "SELECT ", NULL);
    put_columns(q, change);
    put_rows_of(q, change);
    scim_sql_put(q, " AND ", NULL);
    scim_sql_put_name(q, change->names[0]);
    scim_sql_put(q, " IN ", NULL);
    scim_sql_arg_list(q, values, n);
    return each_row(change, q, rows, scratch);
}

/* ---- coming and going ---- */

static scim_err_t *find_position(change_t *change, apr_pool_t *scratch)
{
    scim_sql_text_t *q = scim_sql_text(change->session->conn, scratch);
    const char *text = NULL;
    scim_sql_rows_t rows;
    int more;
    scim_err_t *err;

    if (!change->list->order)
        return NULL;
    scim_sql_put(q, "SELECT MAX(", NULL);
    scim_sql_put_name(q, change->list->order);
    scim_sql_put(q, ")", NULL);
    put_rows_of(q, change);
    if ((err = scim_sql_select(change->session, q, 1, &rows, scratch)) || (err = scim_sql_next(&rows, &more)))
        return err;
    if (more && !(err = scim_sql_get(&rows, 0, &text)))
        change->position = text ? apr_atoi64(text) + 1 : 1;
    while (more && !err)
        err = scim_sql_next(&rows, &more);
    return err;
}

static void put_inserted_row(scim_sql_text_t *q, change_t *change, const char *const *tuple)
{
    int i;

    scim_sql_put(q, "(", NULL);
    scim_sql_arg(q, change->key);
    for (i = 0; i < change->ncolumns; i++) {
        scim_sql_put(q, ", ", NULL);
        scim_sql_arg(q, tuple[i]);
    }
    if (change->list->order) {
        scim_sql_put(q, ", ", NULL);
        scim_sql_arg_int(q, apr_psprintf(q->p, "%" APR_INT64_T_FMT, change->position++));
    }
    scim_sql_put(q, ")", NULL);
}

static scim_err_t *insert(change_t *change, const char *const *const *tuples, int n, apr_pool_t *scratch)
{
    scim_sql_text_t *q = scim_sql_text(change->session->conn, scratch);
    int i;

    scim_sql_put(q, "INSERT INTO ", NULL);
    scim_sql_put_name(q, change->list->table);
    scim_sql_put(q, " (", NULL);
    scim_sql_put_name(q, change->list->fk);
    for (i = 0; i < change->ncolumns; i++) {
        scim_sql_put(q, ", ", NULL);
        scim_sql_put_name(q, change->names[i]);
    }
    if (change->list->order) {
        scim_sql_put(q, ", ", NULL);
        scim_sql_put_name(q, change->list->order);
    }
    scim_sql_put(q, ") VALUES ", NULL);
    for (i = 0; i < n; i++) {
        if (i > 0)
            scim_sql_put(q, ", ", NULL);
        put_inserted_row(q, change, tuples[i]);
    }
    return scim_sql_run(change->session, q, NULL, scratch);
}

/* The largest power of two that is not more: few statements, and few different ones. */
static int rows_at_once(const change_t *change, int left)
{
    const int most = change->session->conn->max_args / (change->ncolumns + 2);
    int n = 1;

    while (2 * n <= left && 2 * n <= most && 2 * n <= MOST_ROWS)
        n *= 2;
    return n;
}

/* Inserts tuples, many with one statement. */
static scim_err_t *insert_all(change_t *change, const apr_array_header_t *tuples)
{
    const char *const *const *all = (const char *const *const *)(const void *)tuples->elts;
    apr_pool_t *scratch;
    scim_err_t *err;
    int i, n;

    if (tuples->nelts == 0)
        return NULL;
    apr_pool_create(&scratch, change->p);
    err = find_position(change, scratch);
    for (i = 0; i < tuples->nelts && !err; i += n) {
        n = rows_at_once(change, tuples->nelts - i);
        apr_pool_clear(scratch);
        err = insert(change, all + i, n, scratch);
    }
    apr_pool_destroy(scratch);
    return err;
}

static void put_delete(scim_sql_text_t *q, const change_t *change)
{
    scim_sql_put(q, "DELETE", NULL);
    put_rows_of(q, change);
}

/* True if an element names one of the columns: one that names none would match every row. */
static int names_some(const change_t *change, const json_t *element)
{
    int i;

    for (i = 0; i < change->ncolumns; i++)
        if (json_object_get(element, change->names[i]))
            return 1;
    return 0;
}

/* Deletes the rows that have the values of a tuple; where an element names fewer columns, whatever the others have. */
static scim_err_t *delete_one(const change_t *change, const char *const *tuple, const json_t *element,
                              int *affected, apr_pool_t *scratch)
{
    scim_sql_text_t *q = scim_sql_text(change->session->conn, scratch);
    int i;

    put_delete(q, change);
    for (i = 0; i < change->ncolumns; i++) {
        const scim_sql_operand_t o = { .alias = NULL, .column = change->columns[i] };

        if (element && !json_object_get(element, change->names[i]))
            continue;
        scim_sql_put(q, " AND ", NULL);
        scim_sql_put_equal(q, &o, tuple[i]);
    }
    return scim_sql_run(change->session, q, affected, scratch);
}

/* ---- what is wanted ---- */

static scim_err_t *check_elements(const json_t *values, apr_pool_t *p)
{
    const json_t *element;
    size_t i;

    json_array_foreach(values, i, element)
        if (!json_is_object(element))
            return scim_err(p, SCIM_E_INVALID_VALUE, "a value of a list is no object");
    return NULL;
}

/* Tuples of the elements by their text, in the order of the list; equal ones once. */
static scim_err_t *wanted(apr_array_header_t *tuples, apr_hash_t *index, const change_t *change, const json_t *values)
{
    const json_t *element;
    size_t i;

    json_array_foreach(values, i, element) {
        const char **tuple, *text;
        scim_err_t *err = tuple_of(&tuple, change, element);

        if (err)
            return err;
        text = text_of(change, tuple, change->p);
        if (apr_hash_get(index, text, APR_HASH_KEY_STRING))
            continue;
        apr_hash_set(index, text, APR_HASH_KEY_STRING, tuple);
        APR_ARRAY_PUSH(tuples, const char **) = tuple;
    }
    return NULL;
}

/* Takes out of tuples what is in an index. */
static void leave_new(apr_array_header_t *tuples, const change_t *change, apr_hash_t *there)
{
    int kept = 0, i;

    for (i = 0; i < tuples->nelts; i++) {
        const char **tuple = APR_ARRAY_IDX(tuples, i, const char **);

        if (!apr_hash_get(there, text_of(change, tuple, change->p), APR_HASH_KEY_STRING))
            APR_ARRAY_IDX(tuples, kept++, const char **) = tuple;
    }
    tuples->nelts = kept;
}

/* ---- SET ---- */

/* All columns that rules write count: an element that does not name one has no value there. */
static void name_all(change_t *change)
{
    int i;

    for (i = 0; i < change->list->n; i++) {
        change->names[i] = change->list->columns[i];
        change->columns[i] = scim_sql_column(change->session->conn, change->list->table, change->names[i], change->p);
    }
    change->ncolumns = change->list->n;
}

static scim_err_t *delete_others(const change_t *change, apr_hash_t *there, apr_hash_t *index, int *changed)
{
    apr_hash_index_t *at;
    apr_pool_t *scratch;
    scim_err_t *err = NULL;

    apr_pool_create(&scratch, change->p);
    for (at = apr_hash_first(change->p, there); at && !err; at = apr_hash_next(at)) {
        const void *text;
        void *tuple;

        apr_hash_this(at, &text, NULL, &tuple);
        if (apr_hash_get(index, text, APR_HASH_KEY_STRING))
            continue;
        apr_pool_clear(scratch);
        err = delete_one(change, tuple, NULL, NULL, scratch);
        *changed = 1;
    }
    apr_pool_destroy(scratch);
    return err;
}

scim_err_t *scim_sql_rows_set(scim_session_t *session, const scim_sql_list_t *list, const char *key,
                              const json_t *values, int *changed, apr_pool_t *p)
{
    apr_array_header_t *tuples = apr_array_make(p, 8, sizeof(const char **));
    apr_hash_t *index = apr_hash_make(p), *there;
    change_t change;
    int affected;
    scim_err_t *err = check_elements(values, p);

    if (err)
        return err;
    init(&change, session, list, key, values, p);
    if (json_array_size(values) == 0) {
        scim_sql_text_t *q = scim_sql_text(session->conn, p);

        put_delete(q, &change);
        err = scim_sql_run(session, q, &affected, p);
        *changed |= !err && affected > 0;
        return err;
    }
    name_all(&change);
    if ((err = wanted(tuples, index, &change, values)) || (err = all_rows(&there, &change, p))
        || (err = delete_others(&change, there, index, changed)))
        return err;
    leave_new(tuples, &change, there);
    *changed |= tuples->nelts > 0;
    return insert_all(&change, tuples);
}

/* ---- ADD ---- */

/* Which of the values are there: of many rows with one column only those that are asked for are read. */
static scim_err_t *find_there(apr_hash_t **there, const change_t *change, const apr_array_header_t *tuples)
{
    apr_pool_t *scratch;
    const char *values[BATCH];
    scim_err_t *err = NULL;
    int i, n = 0;

    apr_pool_create(&scratch, change->p);
    if (change->ncolumns != 1)
        err = all_rows(there, change, scratch);
    else
        *there = apr_hash_make(change->p);
    for (i = 0; change->ncolumns == 1 && i < tuples->nelts && !err; i++) {
        const char *value = APR_ARRAY_IDX(tuples, i, const char **)[0];

        if (value)
            values[n++] = value;
        if (n == BATCH || (i == tuples->nelts - 1 && n > 0)) {
            err = rows_among(*there, change, values, n, scratch);
            apr_pool_clear(scratch);
            n = 0;
        }
    }
    apr_pool_destroy(scratch);
    return err;
}

static scim_err_t *add_alike(scim_session_t *session, const scim_sql_list_t *list, const char *key,
                             const json_t *values, int *changed, apr_pool_t *p)
{
    apr_array_header_t *tuples = apr_array_make(p, 8, sizeof(const char **));
    apr_hash_t *there;
    change_t change;
    scim_err_t *err;

    init(&change, session, list, key, values, p);
    if ((err = wanted(tuples, apr_hash_make(p), &change, values)) || (err = find_there(&there, &change, tuples)))
        return err;
    leave_new(tuples, &change, there);
    *changed |= tuples->nelts > 0;
    return insert_all(&change, tuples);
}

/* Which columns an element names, as one text. */
static const char *names_of(const scim_sql_list_t *list, const json_t *element, apr_pool_t *p)
{
    char *names = apr_pcalloc(p, (apr_size_t)list->n + 1);
    int i;

    for (i = 0; i < list->n; i++)
        names[i] = json_object_get(element, list->columns[i]) ? '1' : '0';
    return names;
}

/* Elements are there already if a row has all that they name: those that name the same are dealt with
 * together, in their order. */
scim_err_t *scim_sql_rows_add(scim_session_t *session, const scim_sql_list_t *list, const char *key,
                              const json_t *values, int *changed, apr_pool_t *p)
{
    const size_t n = json_array_size(values);
    scim_err_t *err = check_elements(values, p);
    size_t begin = 0, end;

    while (begin < n && !err) {
        const char *names = names_of(list, json_array_get(values, begin), p);
        json_t *alike = scim_json_own(p, json_array());

        for (end = begin; end < n && strcmp(names_of(list, json_array_get(values, end), p), names) == 0; end++)
            json_array_append(alike, json_array_get(values, end));
        err = add_alike(session, list, key, alike, changed, p);
        begin = end;
    }
    return err;
}

/* ---- REMOVE ---- */

static scim_err_t *delete_among(const change_t *change, const char *const *values, int n, int *changed,
                                apr_pool_t *scratch)
{
    scim_sql_text_t *q = scim_sql_text(change->session->conn, scratch);
    int affected = 0;
    scim_err_t *err;

    put_delete(q, change);
    scim_sql_put(q, " AND ", NULL);
    scim_sql_put_name(q, change->names[0]);
    scim_sql_put(q, " IN ", NULL);
    scim_sql_arg_list(q, values, n);
    err = scim_sql_run(change->session, q, &affected, scratch);
    *changed |= !err && affected > 0;
    return err;
}

/* True if the column's `IN` means the same text: then many go with one statement. */
static int is_exact(const change_t *change)
{
    const scim_sql_column_t *column = change->columns[0];

    if (change->ncolumns != 1 || column->ci || column->collated)
        return 0;
    return column->cls == SCIM_SQL_TEXT || column->cls == SCIM_SQL_INT || column->cls == SCIM_SQL_UUID;
}

static int can_be(const scim_sql_column_t *column, const char *value)
{
    return value && (column->cls != SCIM_SQL_INT || scim_sql_is_int(value))
           && (column->cls != SCIM_SQL_UUID || scim_sql_is_uuid(value));
}

static scim_err_t *remove_values(const change_t *change, const json_t *values, int *changed, apr_pool_t *scratch)
{
    const char *batch[BATCH];
    scim_err_t *err = NULL;
    int n = 0;
    size_t i;

    for (i = 0; i < json_array_size(values) && !err; i++) {
        const char **tuple;

        if ((err = tuple_of(&tuple, change, json_array_get(values, i))))
            break;
        if (can_be(change->columns[0], tuple[0]))
            batch[n++] = tuple[0];
        if (n == BATCH || (i + 1 == json_array_size(values) && n > 0)) {
            err = delete_among(change, batch, n, changed, scratch);
            apr_pool_clear(scratch);
            n = 0;
        }
    }
    return err;
}

static scim_err_t *remove_elements(const change_t *change, const json_t *values, int *changed, apr_pool_t *scratch)
{
    const json_t *element;
    scim_err_t *err = NULL;
    size_t i;

    json_array_foreach(values, i, element) {
        const char **tuple;
        int affected = 0;

        if (!names_some(change, element))
            continue;
        apr_pool_clear(scratch);
        if ((err = tuple_of(&tuple, change, element)) || (err = delete_one(change, tuple, element, &affected, scratch)))
            break;
        *changed |= affected > 0;
    }
    return err;
}

scim_err_t *scim_sql_rows_remove(scim_session_t *session, const scim_sql_list_t *list, const char *key,
                                 const json_t *values, int *changed, apr_pool_t *p)
{
    apr_pool_t *scratch;
    change_t change;
    scim_err_t *err = check_elements(values, p);

    if (err)
        return err;
    init(&change, session, list, key, values, p);
    if (change.ncolumns == 0)
        return NULL;
    apr_pool_create(&scratch, p);
    err = is_exact(&change) ? remove_values(&change, values, changed, scratch)
                            : remove_elements(&change, values, changed, scratch);
    apr_pool_destroy(scratch);
    return err;
}
