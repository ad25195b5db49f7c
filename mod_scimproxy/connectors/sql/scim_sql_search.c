/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_error.h"

/*
 * A result of any size comes in chunks, because apr_dbd brings every result into memory at once. By key, a
 * chunk begins after the last key seen. In another order, keys alone are read first, many at a time: each such
 * statement sorts the whole result again. All of it sees one state of the database where it offers that.
 */
enum { CHUNK = 200, KEYS = 10000 };

typedef struct search_t {
    scim_session_t          *session;
    const scim_entity_t     *entity;
    const scim_query_t      *query;
    scim_row_fn              row;
    void                    *baton;
    scim_sql_record_reader_t reader;
    const char              *last;     /* by key: that of the last record, or NULL */
    const char             **keys;     /* in another order: those of the next records */
    int                      nkeys;
    apr_int64_t              done;     /* records read */
} search_t;

/* How many more are wanted, at most so many. */
static int next_size(const search_t *search, int most)
{
    const apr_int64_t left = search->query->limit < 0 ? most : search->query->limit - search->done;

    return (int)(left < most ? left : most);
}

/* SQLite without a write-ahead log: whoever reads keeps everybody from writing, so that ends before a client
 * is waited for. */
static int is_short(const search_t *search)
{
    return search->session->conn->kind == SCIM_SQL_SQLITE && !search->session->conn->wal;
}

static scim_sql_text_t *text_of(const search_t *search, apr_pool_t *p)
{
    return scim_sql_text(search->session->conn, p);
}

/* ---- statements ---- */

static void put_after(scim_sql_text_t *q, const search_t *search)
{
    const scim_entity_t *entity = search->entity;
    const scim_sql_column_t *column = scim_sql_column(q->conn, entity->table, entity->key, q->p);

    scim_sql_put(q, " AND ", NULL);
    scim_sql_put_column(q, "t", entity->key);
    scim_sql_put(q, " > ", NULL);
    if (column->cls == SCIM_SQL_INT)
        scim_sql_arg_int(q, search->last);
    else if (column->cls == SCIM_SQL_UUID)
        scim_sql_arg_uuid(q, search->last);
    else
        scim_sql_arg(q, search->last);
}

static scim_err_t *put_chunk_by_key(scim_sql_text_t *q, const search_t *search, int size)
{
    scim_err_t *err;

    scim_sql_put_select(q, &search->reader);
    if ((err = scim_sql_put_where(q, search->entity, search->query->filter)))
        return err;
    if (search->last)
        put_after(q, search);
    scim_sql_put_order(q, search->entity, NULL);
    scim_sql_put_limit(q, size, search->last ? 0 : search->query->offset);
    return NULL;
}

static void put_chunk_of_keys(scim_sql_text_t *q, const search_t *search, int size)
{
    scim_sql_put_select(q, &search->reader);
    scim_sql_put(q, " WHERE ", NULL);
    scim_sql_put_column(q, "t", search->entity->key);
    scim_sql_put(q, " IN ", NULL);
    scim_sql_arg_list(q, search->keys, size);
}

static scim_err_t *put_keys(scim_sql_text_t *q, const search_t *search, int size)
{
    const scim_entity_t *entity = search->entity;
    const scim_sql_operand_t key = { .alias = "t",
                                     .column = scim_sql_column(q->conn, entity->table, entity->key, q->p) };
    scim_err_t *err;

    scim_sql_put(q, "SELECT ", NULL);
    scim_sql_put_selected(q, &key);
    scim_sql_put(q, " FROM ", NULL);
    scim_sql_put_name(q, entity->table);
    scim_sql_put(q, " t", NULL);
    if ((err = scim_sql_put_where(q, entity, search->query->filter)))
        return err;
    scim_sql_put_order(q, entity, search->query->sort);
    scim_sql_put_limit(q, size, search->query->offset + search->done);
    return NULL;
}

/* ---- chunks ---- */

static scim_err_t *read_records(const search_t *search, const scim_sql_text_t *q, scim_record_t *records,
                                int size, int *n, apr_pool_t *p)
{
    scim_sql_rows_t rows;
    int more = 0;
    scim_err_t *err = scim_sql_select(search->session, q, size == CHUNK, &rows, p);

    while (!err && !(err = scim_sql_next(&rows, &more)) && more) {
        if (*n == size)      /* two rows with one key */
            return scim_err_log(scim_err(search->session->p, SCIM_E_BACKEND,
                                         "the system behind this service has several records with one id"),
                                search->session->p, APR_SUCCESS, "target %s: column %s of %s is no key",
                                search->session->target->name, search->entity->key, search->entity->table);
        err = scim_sql_take(&search->reader, &rows, &records[*n], p);
        if (!err)
            ++*n;
    }
    return err ? err : scim_sql_fill_lists(&search->reader, records, *n, p);
}

/* Puts records into the order of the keys; those that are gone in the meantime are left out. */
static void put_in_order(const search_t *search, scim_record_t *records, int size, int n, apr_pool_t *p)
{
    scim_record_t *read = apr_pmemdup(p, records, (apr_size_t)n * sizeof(*records));
    apr_hash_t *by_key = apr_hash_make(p);
    int i, at = 0;

    for (i = 0; i < n; i++)
        apr_hash_set(by_key, read[i].key, APR_HASH_KEY_STRING, &read[i]);
    for (i = 0; i < size; i++) {
        const scim_record_t *record = apr_hash_get(by_key, search->keys[i], APR_HASH_KEY_STRING);

        if (record)
            records[at++] = *record;
    }
}

static scim_err_t *read_chunk(const search_t *search, scim_record_t *records, int size, int *n, apr_pool_t *p)
{
    scim_sql_text_t *q = text_of(search, p);
    scim_err_t *err = NULL;

    if (search->query->sort)
        put_chunk_of_keys(q, search, size);
    else
        err = put_chunk_by_key(q, search, size);
    if (!err)
        err = read_records(search, q, records, size, n, p);
    if (!err && search->query->sort)
        put_in_order(search, records, size, *n, p);
    return err;
}

/* Reads and delivers a chunk; *n is the number of its records. */
static scim_err_t *do_chunk(search_t *search, int size, int *n, apr_pool_t *p)
{
    scim_record_t *records = apr_pcalloc(p, (apr_size_t)size * sizeof(*records));
    int own = 0, i;
    scim_err_t *err = is_short(search) ? scim_sql_read_begin(search->session, &own) : NULL;

    *n = 0;
    if (!err)
        err = read_chunk(search, records, size, n, p);
    scim_sql_read_end(search->session, own);
    search->done += *n;
    for (i = 0; i < *n; i++) {
        if (!err)
            err = search->row(search->baton, &records[i]);
        json_decref(records[i].data);
    }
    if (*n > 0)
        search->last = records[*n - 1].key;
    return err;
}

/* The key that the next chunk begins after is all that is kept of this one. */
static scim_err_t *do_by_key(search_t *search, apr_pool_t *scratch)
{
    apr_pool_t *chunks[2];
    int size, n, turn = 0;
    scim_err_t *err = NULL;

    apr_pool_create(&chunks[0], scratch);
    apr_pool_create(&chunks[1], scratch);
    while (!err && (size = next_size(search, CHUNK)) > 0) {
        err = do_chunk(search, size, &n, chunks[turn]);
        turn = !turn;
        apr_pool_clear(chunks[turn]);
        if (n < size)
            break;
    }
    return err;
}

/* ---- in another order ---- */

static scim_err_t *read_keys(search_t *search, int size, apr_pool_t *p)
{
    apr_pool_t *rows_pool;
    scim_sql_text_t *q = text_of(search, p);
    scim_sql_rows_t rows;
    const char *key;
    int more = 0;
    scim_err_t *err = put_keys(q, search, size);

    search->keys = apr_palloc(p, (apr_size_t)size * sizeof(*search->keys));
    search->nkeys = 0;
    apr_pool_create(&rows_pool, p);
    if (!err)
        err = scim_sql_select(search->session, q, 0, &rows, rows_pool);
    while (!err && search->nkeys < size && !(err = scim_sql_next(&rows, &more)) && more)
        if (!(err = scim_sql_get(&rows, 0, &key)))
            search->keys[search->nkeys++] = apr_pstrdup(p, key ? key : "");
    apr_pool_destroy(rows_pool);
    return err;
}

static scim_err_t *do_keys(search_t *search, apr_pool_t *scratch)
{
    const apr_int64_t before = search->done;
    const int all = search->nkeys;
    apr_pool_t *chunk;
    scim_err_t *err = NULL;
    int size, n;

    apr_pool_create(&chunk, scratch);
    while (search->nkeys > 0 && !err) {
        size = search->nkeys < CHUNK ? search->nkeys : CHUNK;
        err = do_chunk(search, size, &n, chunk);
        apr_pool_clear(chunk);
        search->keys += size;
        search->nkeys -= size;
    }
    search->done = before + all;
    return err;
}

static scim_err_t *do_sorted(search_t *search, apr_pool_t *scratch)
{
    apr_pool_t *some;
    int size, n;
    scim_err_t *err = NULL;

    apr_pool_create(&some, scratch);
    while (!err && (size = next_size(search, KEYS)) > 0) {
        if ((err = read_keys(search, size, some)))
            break;
        n = search->nkeys;
        err = do_keys(search, some);
        apr_pool_clear(some);
        if (n < size)
            break;
    }
    return err;
}

/* ---- the whole ---- */

static scim_err_t *count(const search_t *search, apr_int64_t *total, apr_pool_t *p)
{
    scim_sql_text_t *q = text_of(search, p);
    const char *text = NULL;
    scim_sql_rows_t rows;
    int more;
    scim_err_t *err;

    scim_sql_put(q, "SELECT COUNT(*) FROM ", NULL);
    scim_sql_put_name(q, search->entity->table);
    scim_sql_put(q, " t", NULL);
    if ((err = scim_sql_put_where(q, search->entity, search->query->filter))
        || (err = scim_sql_select(search->session, q, 1, &rows, p)) || (err = scim_sql_next(&rows, &more)))
        return err;
    if (more)
        err = scim_sql_get(&rows, 0, &text);
    *total = text ? apr_atoi64(text) : 0;
    return err ? err : scim_sql_next(&rows, &more);
}

/* A page that is not full says how many there are; so does one that begins at the first record and has them all. */
static int total_is_known(const search_t *search)
{
    const scim_query_t *query = search->query;
    const int ended = query->limit < 0 || search->done < query->limit;

    return ended && (query->offset == 0 || search->done > 0);
}

scim_err_t *scim_sql_search(scim_session_t *session, const scim_entity_t *entity, const scim_query_t *query,
                            scim_row_fn row, void *baton, scim_page_t *page, apr_pool_t *scratch)
{
    search_t search = { .session = session, .entity = entity, .query = query, .row = row, .baton = baton };
    int own = 0;
    scim_err_t *err;

    page->total = -1;
    scim_sql_reader(&search.reader, session, entity, &query->attrs);
    if (!is_short(&search) && (err = scim_sql_read_begin(session, &own)))
        return err;
    err = query->sort ? do_sorted(&search, scratch) : do_by_key(&search, scratch);
    if (!err && query->want_total) {
        if (total_is_known(&search))
            page->total = query->offset + search.done;
        else
            err = count(&search, &page->total, scratch);
    }
    scim_sql_read_end(session, own);
    return err;
}
