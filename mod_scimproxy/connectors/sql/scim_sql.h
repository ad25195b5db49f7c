/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_SQL_H
#define SCIM_SQL_H

/**
 * @file scim_sql.h
 * The SQL connector from the inside. From the bottom up: dialects and what a connection learned of the tables;
 * statement texts with bound parameters; connections, transactions and running statements; filters; reading;
 * lists; writing.
 */

#include <apr_dbd.h>
#include <apr_hash.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>

#include "scim_connector.h"
#include "scim_respool.h"

extern const scim_connector_t scim_sql_connector;

/** The longest value that apr_dbd reads from MariaDB, as we tell it to. */
#define SCIM_SQL_MYSQL_FIELD 1048575

/* ---- configuration (scim_sql_config.c) ---- */

typedef enum { SCIM_SQL_SQLITE, SCIM_SQL_PGSQL, SCIM_SQL_MYSQL } scim_sql_kind_t;

typedef enum { SCIM_SQL_KEY_GIVEN, SCIM_SQL_KEY_UUID, SCIM_SQL_KEY_DATABASE } scim_sql_keygen_t;

typedef struct scim_sql_watch_t scim_sql_watch_t;

struct scim_target_t {
    const char              *name;
    apr_pool_t              *p;
    const char              *driver, *params, *password;
    const char              *conninfo;   /* for apr_dbd, with the password */
    scim_sql_kind_t          kind;
    scim_pool_limits_t       limits;
    apr_array_header_t      *entities;   /* of scim_entity_t * */

    /* of the child process */
    const apr_dbd_driver_t  *dbd;
    const char              *unusable;   /* why there is no driver */
    const scim_log_t        *log;
    scim_sql_watch_t        *watch;      /* NULL: nobody waits for sockets */
    scim_respool_t          *pool;
    apr_thread_mutex_t      *lock;       /* for `writing` */
    apr_thread_cond_t       *written;
    int                      writing;    /* SQLite: a thread of this process has the write lock */
};

/** "rows(table, fk, order)": rows of another table that belong to a record. */
typedef struct scim_sql_list_t {
    const char  *attr;                   /* its native name */
    const char  *table, *fk, *order;     /* order may be NULL */
    const char **columns;                /* that rules write */
    int          n;
    unsigned     write:1;
} scim_sql_list_t;

struct scim_entity_t {
    scim_target_t      *target;
    const char         *type_name;
    const char         *table, *key, *where, *version, *created, *modified;
    scim_sql_keygen_t   keygen;
    const scim_attrs_t *uses;
    apr_hash_t         *lists;           /* native name -> scim_sql_list_t * */
    apr_array_header_t *write_lists;     /* of scim_sql_list_t * */
};

extern const scim_property_t scim_sql_properties[];

const char *scim_sql_target_make(scim_target_t **target, const char *name, apr_pool_t *p);
const char *scim_sql_target_property(scim_target_t *target, const char *name, const char *value);
const char *scim_sql_target_done(scim_target_t *target, const scim_pool_limits_t *limits, apr_pool_t *p);
const char *scim_sql_entity_make(scim_entity_t **entity, scim_target_t *target, const char *type_name,
                                 scim_prop_fn prop, void *baton, apr_pool_t *p);
const char *scim_sql_entity_check(scim_entity_t *entity, const scim_attrs_t *uses, scim_caps_t *caps,
                                  apr_pool_t *ptemp);
const char *scim_sql_entity_key(const scim_entity_t *entity);

/** The list behind a native name, NULL if the name is a column. */
const scim_sql_list_t *scim_sql_list(const scim_entity_t *entity, const char *attr);

/** What apr_dbd is told to connect, with the password and our limits of waiting; or what to mend
 *  (scim_sql_params.c). */
const char *scim_sql_conninfo(const char **conninfo, scim_sql_kind_t kind, const char *params, const char *password,
                              const scim_pool_limits_t *limits, apr_pool_t *p);

/* ---- connections (scim_sql_conn.c), and what they learned (scim_sql_learn.c) ---- */

/** What a column holds, as far as it matters to comparing and writing. */
typedef enum {
    SCIM_SQL_ANY,                        /* not known: taken by its text */
    SCIM_SQL_TEXT,
    SCIM_SQL_CHAR,                       /* padded with blanks */
    SCIM_SQL_CITEXT,                     /* PostgreSQL's text that ignores case */
    SCIM_SQL_INT, SCIM_SQL_DECIMAL, SCIM_SQL_BOOL, SCIM_SQL_BIT, SCIM_SQL_TIME, SCIM_SQL_UUID, SCIM_SQL_BINARY
} scim_sql_class_t;

typedef struct scim_sql_column_t {
    const char      *name;
    scim_sql_class_t cls;
    unsigned         ci:1;               /* `=` finds at least what is the same but for the case of ASCII letters */
    unsigned         collated:1;         /* has a collation that is not the database's */
} scim_sql_column_t;

typedef struct scim_sql_table_t {
    const char *name;
    apr_hash_t *columns;                 /* name -> scim_sql_column_t * */
} scim_sql_table_t;

typedef struct scim_sql_conn_t scim_sql_conn_t;
struct scim_sql_conn_t {
    scim_target_t   *target;
    scim_sql_kind_t  kind;
    apr_dbd_t       *dbd;                /* NULL in tests of statement texts */
    apr_pool_t      *p, *statements;
    apr_hash_t      *shapes;             /* statement text -> apr_dbd_prepared_t *, in `statements` */
    int              weight;             /* of what was prepared */
    apr_hash_t      *tables;             /* name -> scim_sql_table_t * */
    int              max_args;           /* parameters of one statement */
    apr_time_t       stop_at;            /* when the running statement is ended; 0: none runs */
    int              socket;             /* to the server, or -1 */
    apr_time_t       cut_at;             /* the watch's: when the socket is shut down */
    scim_sql_conn_t *next;               /* the watch's list */
    const scim_ctx_t *ctx;               /* of the session that has it */
    apr_pool_t      *errors;             /* its pool: errors outlive the scratch pools of what fails */
    unsigned         broken:1;
    unsigned         bulky:1;            /* MariaDB: its statements hold large results */
    unsigned         returning:1;        /* INSERT ... RETURNING */
    unsigned         lower:1;            /* PostgreSQL: LOWER() of the database folds ASCII letters as usual */
    unsigned         icu:1;              /* PostgreSQL: has the collation und-x-icu */
    unsigned         collations:1;       /* SQLite: our collations are there */
    unsigned         wal:1;              /* SQLite: readers do not hinder writers */
    unsigned         mariadb:1;
};

typedef enum { SCIM_SQL_NO_TXN, SCIM_SQL_READS, SCIM_SQL_WRITES } scim_sql_txn_t;

struct scim_session_t {
    scim_target_t    *target;
    scim_sql_conn_t  *conn;
    const scim_ctx_t *ctx;
    apr_pool_t       *p;
    scim_sql_txn_t    txn;
    unsigned          reading:1;         /* what runs changes nothing */
    unsigned          removing:1;        /* a foreign key that objects means: somebody needs the record */
    unsigned          committing:1;      /* what becomes of the transaction is not certain */
};

apr_status_t scim_sql_child_init(scim_target_t *target, const scim_host_t *host, const scim_log_t *log,
                                 apr_pool_t *pchild);
scim_err_t *scim_sql_acquire(scim_session_t **session, scim_target_t *target, const scim_ctx_t *ctx, apr_pool_t *p);
void scim_sql_release(scim_session_t *session);

/** Opens, closes and tests a connection; for the pool. */
scim_err_t *scim_sql_open(void **res, void *baton, const scim_ctx_t *ctx, apr_pool_t *p);
void scim_sql_close(void *res, void *baton);
int scim_sql_alive(void *res, void *baton, apr_interval_time_t idle);

/** Looks after connections that wait for an answer (scim_sql_watch.c). */
apr_status_t scim_sql_watch_make(scim_sql_watch_t **watch, apr_pool_t *pchild);
/** The connection is going to wait for a server, until then at most; it has the answer. */
void scim_sql_watch(scim_sql_conn_t *conn, apr_time_t until);
void scim_sql_unwatch(scim_sql_conn_t *conn);

/** Finds out which columns the tables of the target's entities have. */
scim_err_t *scim_sql_learn(scim_session_t *session, apr_pool_t *p);
/** Never NULL: a column that is not known is one of class ANY. In p. */
const scim_sql_column_t *scim_sql_column(const scim_sql_conn_t *conn, const char *table, const char *column,
                                         apr_pool_t *p);
/** Class of a type as the database names it (in lower case). */
scim_sql_class_t scim_sql_class(scim_sql_kind_t kind, const char *type);

/* ---- transactions (scim_sql_txn.c) ---- */

scim_err_t *scim_sql_begin(scim_session_t *session);
scim_err_t *scim_sql_commit(scim_session_t *session);
void scim_sql_rollback(scim_session_t *session);

/** Statements until scim_sql_read_end() see one state of the database, where it offers that. *own tells
 *  whether a transaction was begun for it. */
scim_err_t *scim_sql_read_begin(scim_session_t *session, int *own);
void scim_sql_read_end(scim_session_t *session, int own);

/* ---- statement texts (scim_sql_text.c) ---- */

/** A statement: SQL with bound parameters. Values of clients go in by scim_sql_arg() alone. */
typedef struct scim_sql_text_t {
    const scim_sql_conn_t *conn;
    char                  *text;         /* in apr_dbd's form: %s is a parameter, %% a percent sign */
    apr_size_t             len, size;
    apr_array_header_t    *args;         /* of const char *, NULL for NULL */
    apr_pool_t            *p;
} scim_sql_text_t;

scim_sql_text_t *scim_sql_text(const scim_sql_conn_t *conn, apr_pool_t *p);
/** SQL of our own, or of the configuration; several texts, NULL at the end. */
void scim_sql_put(scim_sql_text_t *q, ...) __attribute__((sentinel));
void scim_sql_put_int(scim_sql_text_t *q, apr_int64_t n);
/** A quoted name; dots part schema and table. */
void scim_sql_put_name(scim_sql_text_t *q, const char *name);
/** alias."column" */
void scim_sql_put_column(scim_sql_text_t *q, const char *alias, const char *column);
/** A parameter. The value must live as long as the statement. */
void scim_sql_arg(scim_sql_text_t *q, const char *value);
/** "(?, ?, ...)"; filled up with the last value so that there are few different texts. n > 0. */
void scim_sql_arg_list(scim_sql_text_t *q, const char *const *values, int n);
/** The text with its parameters as $n, for tests and the log. In p. */
const char *scim_sql_show(const scim_sql_text_t *q, apr_pool_t *p);

/* ---- dialects (scim_sql_dialect.c) ---- */

/** A column in a statement. */
typedef struct scim_sql_operand_t {
    const char              *alias;
    const scim_sql_column_t *column;
} scim_sql_operand_t;

/** The column as a SELECT names it, so that it comes as UTF-8 text. */
void scim_sql_put_selected(scim_sql_text_t *q, const scim_sql_operand_t *o);
/** Its text; its text so that it compares by code point; that with ASCII letters made small. */
void scim_sql_put_plain(scim_sql_text_t *q, const scim_sql_operand_t *o);
void scim_sql_put_exact(scim_sql_text_t *q, const scim_sql_operand_t *o);
void scim_sql_put_folded(scim_sql_text_t *q, const scim_sql_operand_t *o);
/** Its number of bytes. */
void scim_sql_put_length(scim_sql_text_t *q, const scim_sql_operand_t *o);
/** A parameter as a whole number, another number, an instant (as scim_sql_time_text() writes it), a UUID. */
void scim_sql_arg_int(scim_sql_text_t *q, const char *value);
void scim_sql_arg_real(scim_sql_text_t *q, const char *value);
void scim_sql_arg_time(scim_sql_text_t *q, const char *value);
void scim_sql_arg_uuid(scim_sql_text_t *q, const char *value);
/** LIMIT and OFFSET; limit -1: all. */
void scim_sql_put_limit(scim_sql_text_t *q, apr_int64_t limit, apr_int64_t offset);
/** How an instant is written. In p. */
const char *scim_sql_time_text(scim_sql_kind_t kind, apr_time_t t, apr_pool_t *p);

/** A whole number as everybody writes it, within 64 bits. */
int scim_sql_is_int(const char *text);
/** A UUID as databases print it. */
int scim_sql_is_uuid(const char *text);

/** The text that a JSON value has in such a column; *text NULL for none. SCIM_E_INVALID_VALUE. */
scim_err_t *scim_sql_value(const char **text, scim_sql_kind_t kind, const scim_sql_column_t *column,
                           const json_t *value, apr_pool_t *p);
/** One text for all texts that are the same value of such a column; NULL stays NULL. In p. */
const char *scim_sql_canonical(const scim_sql_column_t *column, const char *text, apr_pool_t *p);

/* ---- running statements (scim_sql_run.c) ---- */

typedef struct scim_sql_rows_t {
    scim_session_t    *session;
    apr_dbd_results_t *results;
    apr_dbd_row_t     *row;
    apr_pool_t        *p;
} scim_sql_rows_t;

/** Runs a statement without a result. affected may be NULL. */
scim_err_t *scim_sql_run(scim_session_t *session, const scim_sql_text_t *q, int *affected, apr_pool_t *p);
/** Runs one with a result, which lives in p. A statement with a large result is not kept for the next session
 *  (`keep` 0). */
scim_err_t *scim_sql_select(scim_session_t *session, const scim_sql_text_t *q, int keep,
                            scim_sql_rows_t *rows, apr_pool_t *p);
/** The next row; *more is false after the last. */
scim_err_t *scim_sql_next(scim_sql_rows_t *rows, int *more);
/** A value of the row, valid until the next; NULL for NULL. */
scim_err_t *scim_sql_get(const scim_sql_rows_t *rows, int column, const char **value);
/** A statement of our own without parameters and result. */
scim_err_t *scim_sql_command(scim_session_t *session, const char *sql);
/** SCIM_E_ABORTED, SCIM_E_TIMEOUT: nobody waits any longer. */
scim_err_t *scim_sql_still_wanted(const scim_session_t *session);

/* ---- what the driver's library has and apr_dbd does not show (scim_sql_native.c) ---- */

/** PostgreSQL: error texts contain the SQLSTATE. */
void scim_sql_native_verbose(const scim_sql_conn_t *conn);
/** The socket of a connection to a server, -1 if it cannot be had. */
int scim_sql_native_socket(const scim_sql_conn_t *conn);
/** PostgreSQL: the connection is known to be dead. */
int scim_sql_native_dead(const scim_sql_conn_t *conn);
/** SQLite: how long a locked file is waited for inside of the library, which every thread that uses apr_dbd
 *  then waits for, too. */
void scim_sql_native_patience(const scim_sql_conn_t *conn, int milliseconds);
/** SQLite: makes the collations scim_fold and scim_instant, and ends statements at conn->stop_at. */
void scim_sql_native_extend(scim_sql_conn_t *conn);

/* ---- errors (scim_sql_error.c) ---- */

/** What a failure is. rv and text are the driver's. */
typedef enum {
    SCIM_SQL_OTHER, SCIM_SQL_UNIQUE, SCIM_SQL_FOREIGN_KEY, SCIM_SQL_BAD_VALUE, SCIM_SQL_DEADLOCK, SCIM_SQL_BUSY,
    SCIM_SQL_LOST, SCIM_SQL_TIMEOUT, SCIM_SQL_COMPLEX, SCIM_SQL_DENIED, SCIM_SQL_STALE
} scim_sql_failure_t;
scim_sql_failure_t scim_sql_classify(scim_sql_kind_t kind, int rv, const char *text);
/** The SQLSTATE in a text of PostgreSQL, or NULL. In p. */
const char *scim_sql_state(const char *text, apr_pool_t *p);

/** The error for a call of apr_dbd that failed, in the session's pool. */
scim_err_t *scim_sql_failed(scim_session_t *session, int rv);

/* ---- filters and order (scim_sql_match.c, scim_sql_compare.c, scim_sql_filter.c) ---- */

scim_match_t scim_sql_match(scim_session_t *session, const scim_entity_t *entity, const char *list,
                            const scim_qfilter_t *comparison);
/** The same, of a connection. */
scim_match_t scim_sql_match_of(const scim_sql_conn_t *conn, const scim_entity_t *entity, const char *list,
                               const scim_qfilter_t *comparison);

/** Puts a condition that is true or false, never unknown. "t" is the record's table. */
scim_err_t *scim_sql_put_filter(scim_sql_text_t *q, const scim_entity_t *entity, const scim_qfilter_t *filter);
/** Puts one comparison that scim_sql_match_of() accepts. */
void scim_sql_put_comparison(scim_sql_text_t *q, const scim_sql_operand_t *o, const scim_qfilter_t *comparison);
/** Puts a condition that is true where the column holds that text, compared as a value of its class; NULL for
 *  no value. */
void scim_sql_put_equal(scim_sql_text_t *q, const scim_sql_operand_t *o, const char *text);
/** Puts the terms of ORDER BY. */
void scim_sql_put_order(scim_sql_text_t *q, const scim_entity_t *entity, const scim_qsort_t *sort);
/** " WHERE ..." for all records of the entity, or those of a filter. */
scim_err_t *scim_sql_put_where(scim_sql_text_t *q, const scim_entity_t *entity, const scim_qfilter_t *filter);
/** "t.key = ? [AND where]"; false if no key looks like that. */
int scim_sql_put_key(scim_sql_text_t *q, const scim_entity_t *entity, const char *key);

/* ---- reading (scim_sql_record.c, scim_sql_read.c, scim_sql_search.c, scim_sql_resolve.c) ---- */

/** The SELECT list of a record: key, version, columns; lists are read apart. */
typedef struct scim_sql_record_reader_t {
    scim_session_t      *session;
    const scim_entity_t *entity;
    const scim_attrs_t  *attrs;
    int                  nlists;
} scim_sql_record_reader_t;

void scim_sql_reader(scim_sql_record_reader_t *reader, scim_session_t *session, const scim_entity_t *entity,
                     const scim_attrs_t *attrs);
/** "SELECT ... FROM table t" */
void scim_sql_put_select(scim_sql_text_t *q, const scim_sql_record_reader_t *reader);
/** Makes a record of a row; texts in p, data is the caller's. */
scim_err_t *scim_sql_take(const scim_sql_record_reader_t *reader, const scim_sql_rows_t *rows,
                          scim_record_t *record, apr_pool_t *p);
/** Reads the lists of n records and puts them in. */
scim_err_t *scim_sql_fill_lists(const scim_sql_record_reader_t *reader, const scim_record_t *records, int n,
                                apr_pool_t *scratch);

scim_err_t *scim_sql_read(scim_session_t *session, const scim_entity_t *entity, const char *key,
                          const scim_attrs_t *attrs, scim_record_t *record, apr_pool_t *p);
scim_err_t *scim_sql_search(scim_session_t *session, const scim_entity_t *entity, const scim_query_t *query,
                            scim_row_fn row, void *baton, scim_page_t *page, apr_pool_t *scratch);
scim_err_t *scim_sql_resolve(scim_session_t *session, const scim_entity_t *entity, const char *from, const char *to,
                             const char *const *in, const char **out, int n, apr_pool_t *p);

/* ---- writing (scim_sql_rows.c, scim_sql_write.c) ---- */

scim_err_t *scim_sql_rows_set(scim_session_t *session, const scim_sql_list_t *list, const char *key,
                              const json_t *values, int *changed, apr_pool_t *p);
scim_err_t *scim_sql_rows_add(scim_session_t *session, const scim_sql_list_t *list, const char *key,
                              const json_t *values, int *changed, apr_pool_t *p);
scim_err_t *scim_sql_rows_remove(scim_session_t *session, const scim_sql_list_t *list, const char *key,
                                 const json_t *values, int *changed, apr_pool_t *p);

scim_err_t *scim_sql_create(scim_session_t *session, const scim_entity_t *entity, const json_t *data,
                            const char **key, apr_pool_t *p);
scim_err_t *scim_sql_modify(scim_session_t *session, const scim_entity_t *entity, const char *key,
                            const scim_change_t *change, int *changed, apr_pool_t *p);
scim_err_t *scim_sql_remove(scim_session_t *session, const scim_entity_t *entity, const char *key,
                            const apr_array_header_t *versions, apr_pool_t *p);

#endif
