/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include "scim_error.h"

static scim_err_t *not_found(apr_pool_t *p)
{
    return scim_err(p, SCIM_E_NOT_FOUND, "there is no such record");
}

/* The rest of a result, so that the connection is free for the next statement. */
static scim_err_t *drain(scim_sql_rows_t *rows)
{
    int more = 1;
    scim_err_t *err = NULL;

    while (more && !err)
        err = scim_sql_next(rows, &more);
    return err;
}

scim_err_t *scim_sql_read(scim_session_t *session, const scim_entity_t *entity, const char *key,
                          const scim_attrs_t *attrs, scim_record_t *record, apr_pool_t *p)
{
    scim_sql_text_t *q = scim_sql_text(session->conn, p);
    scim_sql_record_reader_t reader;
    scim_sql_rows_t rows;
    int more, own = 0;
    scim_err_t *err = NULL;

    memset(record, 0, sizeof *record);
    scim_sql_reader(&reader, session, entity, attrs);
    scim_sql_put_select(q, &reader);
    scim_sql_put(q, " WHERE ", NULL);
    if (!scim_sql_put_key(q, entity, key))
        return not_found(p);
    /* a record and its lists, as they were at one moment */
    if (reader.nlists > 0)
        err = scim_sql_read_begin(session, &own);
    if (!err && !(err = scim_sql_select(session, q, 1, &rows, p)) && !(err = scim_sql_next(&rows, &more))) {
        err = more ? scim_sql_take(&reader, &rows, record, p) : not_found(p);
        if (!err)
            err = drain(&rows);
        if (!err)
            err = scim_sql_fill_lists(&reader, record, 1, p);
    }
    scim_sql_read_end(session, own);
    if (err) {
        json_decref(record->data);
        record->data = NULL;
    }
    return err;
}
