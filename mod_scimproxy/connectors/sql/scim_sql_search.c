/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_error.h"

/*
 * A result of any size comes in chunks, because apr_dbd brings every result into memory at once: by key after the last key seen, in
 * another order by position. All chunks see one state of the database where it offers that.
 */
enum { CHUNK = 200, SORTED_CHUNK = 2000 };

typedef struct search_t {
    scim_session_t          *session;
    const scim_entity_t     *entity;
    const scim_query_t      *query;
    scim_row_fn              row;
    void                    *baton;
    scim_sql_record_reader_t reader;
    const char              *last;     /* key of the last record, or NULL */
    apr_int64_t              done;     /* records delivered */
    apr_pool_t              *p;        /* of the search; chunks have their own */
} search_t;

/* How many records the next chunk has at most. */
static int chunk_size(const search_t *search)
{
    const apr_int64_t most = search->query->sort && search->reader.nlists == 0 ? SORTED_CHUNK : CHUNK;
    const apr_int64_t left = search->query->limit < 0 ? most : search->query->limit - search->done;

    return (int)(left < most ? left : most);
}

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

static scim_err_t *put_chunk(scim_sql_text_t *q, const search_t *search, int size)
{
    const scim_query_t *query = search->query;
    const int by_key = query->sort == NULL;
    scim_err_t *err;

    scim_sql_put_select(q, &search->reader);
    if ((err = scim_sql_put_where(q, search->entity, query->filter)))
        return err;
    if (by_key && search->last)
        put_after(q, search);
    scim_sql_put_order(q, search->entity, query->sort);
    scim_sql_put_limit(q, size, by_key && search->last ? 0 : query->offset + search->done);
    return NULL;
}

static scim_err_t *read_chunk(const search_t *search, scim_record_t *records, int size, int *n, apr_pool_t *p)
{
    scim_sql_text_t *q = scim_sql_text(search->session->conn, p);
    scim_sql_rows_t rows;
    int more = 0;
    scim_err_t *err = put_chunk(q, search, size);

    if (!err)
        err = scim_sql_select(search->session, q, size == CHUNK || size == SORTED_CHUNK, &rows, p);
    while (!err && !(err = scim_sql_next(&rows, &more)) && more) {
        err = scim_sql_take(&search->reader, &rows, &records[*n], p);
        if (!err)
            ++*n;
    }
    return err ? err : scim_sql_fill_lists(&search->reader, records, *n, p);
}

/* Delivers a chunk; *n is the number of its records. */
static scim_err_t *do_chunk(search_t *search, int size, int *n, apr_pool_t *p)
{
    scim_record_t *records = apr_pcalloc(p, (apr_size_t)size * sizeof *records);
    scim_err_t *err;
    int i;

    *n = 0;
    err = read_chunk(search, records, size, n, p);
    for (i = 0; i < *n; i++) {
        if (!err)
            err = search->row(search->baton, &records[i]);
        json_decref(records[i].data);
    }
    if (*n > 0)
        search->last = apr_pstrdup(search->p, records[*n - 1].key);
    search->done += *n;
    return err;
}

/* The key that the next chunk begins after is all that is kept of this one. */
static scim_err_t *do_chunks(search_t *search, apr_pool_t *scratch)
{
    apr_pool_t *chunk, *keys[2];
    int size, n = 0, turn = 0;
    scim_err_t *err = NULL;

    apr_pool_create(&chunk, scratch);
    apr_pool_create(&keys[0], scratch);
    apr_pool_create(&keys[1], scratch);
    while (!err && (size = chunk_size(search)) > 0) {
        turn = !turn;
        apr_pool_clear(keys[turn]);
        search->p = keys[turn];
        if ((err = do_chunk(search, size, &n, chunk)))
            break;
        apr_pool_clear(chunk);
        if (n < size)
            break;
    }
    return err;
}

static scim_err_t *count(const search_t *search, apr_int64_t *total, apr_pool_t *p)
{
    scim_sql_text_t *q = scim_sql_text(search->session->conn, p);
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

scim_err_t *scim_sql_search(scim_session_t *session, const scim_entity_t *entity, const scim_query_t *query, scim_row_fn row, void *baton,
                            scim_page_t *page, apr_pool_t *scratch)
{
    search_t search = { .session = session, .entity = entity, .query = query, .row = row, .baton = baton };
    int own;
    scim_err_t *err;

    page->total = -1;
    scim_sql_reader(&search.reader, session, entity, &query->attrs);
    if ((err = scim_sql_read_begin(session, &own)))
        return err;
    err = do_chunks(&search, scratch);
    if (!err && query->want_total) {
        if (total_is_known(&search))
            page->total = query->offset + search.done;
        else
            err = count(&search, &page->total, scratch);
    }
    scim_sql_read_end(session, own);
    return err;
}
