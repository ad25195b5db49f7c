/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SQL_SERVERS_H
#define SQL_SERVERS_H

/**
 * @file sql_servers.h
 * Databases for tests: an SQLite file, a PostgreSQL and a MariaDB server of our own, on unix sockets in a
 * directory that goes with them. They are as one finds them: another time zone than UTC, a collation of a
 * natural language. main() starts them before Check forks and stops them afterwards; a server that is not
 * installed, or does not start, is a failure.
 */

#include <apr_dbd.h>

typedef struct sql_database_t {
    const char *driver;      /**< of apr_dbd */
    const char *params;      /**< for apr_dbd */
    const char *schema;      /**< path of the tables of the embedded directory in its dialect */
    int         pid;         /**< of the server, 0 for SQLite */
} sql_database_t;

/** Starts what SCIM_TEST_DATABASES names (drivers, comma separated), or all; returns their number, or -1
 *  after a message. */
int sql_servers_start(void);
/** Ends them and removes their directory. */
void sql_servers_stop(void);

/** The database with that number. */
const sql_database_t *sql_database(int i);
/** The directory that they are in: tests may put files there. */
const char *sql_directory(void);

/** A connection past the connector; fails the test if there is none. */
typedef struct sql_direct_t {
    const apr_dbd_driver_t *driver;
    apr_dbd_t              *handle;
    apr_pool_t             *p;
} sql_direct_t;

void sql_direct_open(sql_direct_t *direct, const sql_database_t *database, apr_pool_t *p);
void sql_direct_close(sql_direct_t *direct);
/** Runs one statement; fails the test if that fails. */
void sql_direct_run(const sql_direct_t *direct, const char *sql);
/** Runs a script; statements end with ";" at the end of a line. */
void sql_direct_script(const sql_direct_t *direct, const char *path);
/** The values of the result, columns parted by '|', rows by newlines, NULL as "-". */
const char *sql_direct_ask(const sql_direct_t *direct, const char *sql);

#endif
