/* SPDX-License-Identifier: Apache-2.0 */
#include "sql_servers.h"

#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_general.h>
#include <apr_strings.h>

enum { MAX_DATABASES = 3, MAX_ARGS = 32, START_TENTHS = 600 };

/* Of the process that runs the tests; the tests themselves are its children and only read them. */
static apr_pool_t *pool;
static char directory[] = "/tmp/scim-sql-XXXXXX";
static sql_database_t databases[MAX_DATABASES];
static int count;
static pid_t owner;

const sql_database_t *sql_database(int i)
{
    return &databases[i];
}

const char *sql_directory(void)
{
    return directory;
}

/* ---- processes ---- */

/* Servers refuse to run as root: they get an account without rights. */
static const struct passwd *account(const char *name)
{
    return geteuid() == 0 ? getpwnam(name) : NULL;
}

static void become(const struct passwd *as)
{
    if (as && (setgid(as->pw_gid) != 0 || initgroups(as->pw_name, as->pw_gid) != 0 || setuid(as->pw_uid) != 0))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Starts a program whose output goes to a file. */
static pid_t start(const char *const *args, const char *log, const struct passwd *as)
{
    const pid_t pid = fork();
    int out;

    if (pid != 0)
        return pid;
    out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    if (chdir(directory) != 0)
        _exit(126);
    become(as);
    execv(args[0], (char *const *)args);
    _exit(127);
}

static int run(const char *const *args, const char *log, const struct passwd *as)
{
    int status = -1;
    const pid_t pid = start(args, log, as);

    while (pid > 0 && waitpid(pid, &status, 0) < 0)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void show(const char *log)
{
    FILE *file = fopen(log, "r");
    char line[512];

    while (file && fgets(line, sizeof(line), file))
        fprintf(stderr, "    %s", line);
    if (file)
        fclose(file);
}

static int complain(const char *what, const char *log)
{
    fprintf(stderr, "sql_servers: %s\n", what);
    if (log)
        show(log);
    return -1;
}

/* The last path of a pattern: of several versions the newest. */
static const char *find_program(const char *const *patterns)
{
    const char *found = NULL;
    glob_t paths;

    for (; *patterns && !found; patterns++) {
        if (glob(*patterns, 0, NULL, &paths) == 0 && paths.gl_pathc > 0)
            found = apr_pstrdup(pool, paths.gl_pathv[paths.gl_pathc - 1]);
        globfree(&paths);
    }
    return found;
}

static const char *file_in(const char *place, const char *name)
{
    return apr_pstrcat(pool, place, "/", name, NULL);
}

static const char *make_place(const char *name, const struct passwd *as)
{
    const char *place = file_in(directory, name);

    if (mkdir(place, 0755) != 0 || (as && chown(place, as->pw_uid, as->pw_gid) != 0))
        return NULL;
    return place;
}

/* ---- connections past the connector ---- */

static int try_open(sql_direct_t *direct, const char *driver, const char *params, apr_pool_t *p, const char **error)
{
    direct->p = p;
    *error = "no such driver of apr_dbd";
    return apr_dbd_init(p) == APR_SUCCESS && apr_dbd_get_driver(p, driver, &direct->driver) == APR_SUCCESS
           && apr_dbd_open_ex(direct->driver, p, params, &direct->handle, error) == APR_SUCCESS;
}

/* Check's own words work only while a test runs. */
static void die(const char *what, const char *about) __attribute__((noreturn));

static void die(const char *what, const char *about)
{
    fprintf(stderr, "sql_servers: %s: %s\n", what ? what : "?", about);
    if (getpid() == owner)
        sql_servers_stop();
    exit(EXIT_FAILURE);
}

void sql_direct_open(sql_direct_t *direct, const sql_database_t *database, apr_pool_t *p)
{
    const char *error;

    if (!try_open(direct, database->driver, database->params, p, &error))
        die(error, database->driver);
}

void sql_direct_close(sql_direct_t *direct)
{
    apr_dbd_close(direct->driver, direct->handle);
}

void sql_direct_run(const sql_direct_t *direct, const char *sql)
{
    int rows, rv;

    if (strncmp(sql, "PRAGMA", 6) == 0) {
        sql_direct_ask(direct, sql);
        return;
    }
    rv = apr_dbd_query(direct->driver, direct->handle, &rows, sql);
    if (rv != 0)
        die(apr_dbd_error(direct->driver, direct->handle, rv), sql);
}

/* A comment may stand on lines of its own, before a statement. */
static const char *without_comments(const char *sql)
{
    for (;;) {
        sql += strspn(sql, " \n");
        if (strncmp(sql, "--", 2) != 0)
            return sql;
        sql += strcspn(sql, "\n");
    }
}

void sql_direct_script(const sql_direct_t *direct, const char *path)
{
    char *text, *statement, *end;
    apr_finfo_t info;
    apr_file_t *file;

    if (apr_stat(&info, path, APR_FINFO_SIZE, direct->p) != APR_SUCCESS
        || apr_file_open(&file, path, APR_READ, APR_OS_DEFAULT, direct->p) != APR_SUCCESS)
        die("cannot be read", path);
    text = apr_pcalloc(direct->p, (apr_size_t)info.size + 1);
    apr_file_read_full(file, text, (apr_size_t)info.size, NULL);
    apr_file_close(file);
    for (statement = text; (end = strstr(statement, ";\n")) != NULL; statement = end + 2) {
        *end = '\0';
        sql_direct_run(direct, without_comments(statement));
    }
}

const char *sql_direct_ask(const sql_direct_t *direct, const char *sql)
{
    const char *answer = "";
    apr_dbd_results_t *results = NULL;
    apr_dbd_row_t *row = NULL;
    int i, n = 0, rv = apr_dbd_select(direct->driver, direct->p, direct->handle, &results, sql, 1);

    if (rv != 0)
        die(apr_dbd_error(direct->driver, direct->handle, rv), sql);
    while (apr_dbd_get_row(direct->driver, direct->p, results, &row,
                           strcmp(apr_dbd_name(direct->driver), "mysql") ? -1 : n + 1)
           == 0) {
        for (i = 0; i < apr_dbd_num_cols(direct->driver, results); i++) {
            char *value = NULL;

            if (apr_dbd_datum_get(direct->driver, row, i, APR_DBD_TYPE_STRING, &value) != APR_SUCCESS)
                value = NULL;
            answer = apr_pstrcat(direct->p, answer, i > 0 ? "|" : n > 0 ? "\n" : "", value ? value : "-", NULL);
        }
        n++;
    }
    return answer;
}

static int is_up(const char *driver, const char *params)
{
    sql_direct_t direct;
    const char *error;
    apr_pool_t *p;
    int up;

    apr_pool_create(&p, pool);
    up = try_open(&direct, driver, params, p, &error);
    if (up)
        sql_direct_close(&direct);
    apr_pool_destroy(p);
    return up;
}

static int wait_until_up(pid_t pid, const char *driver, const char *params, const char *log)
{
    int i;

    for (i = 0; i < START_TENTHS; i++) {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return complain("a server ended at once", log);
        if (is_up(driver, params))
            return 0;
        apr_sleep(APR_USEC_PER_SEC / 10);
    }
    return complain("a server does not answer", log);
}

/* ---- the three ---- */

static int start_sqlite(sql_database_t *database)
{
    database->params = file_in(directory, "test.db");
    return 0;
}

static int start_pgsql(sql_database_t *database)
{
    static const char *const initdbs[] = { "/usr/lib/postgresql/*/bin/initdb", "/usr/bin/initdb", NULL };
    static const char *const postgreses[] = { "/usr/lib/postgresql/*/bin/postgres", "/usr/bin/postgres", NULL };
    const struct passwd *as = account("postgres");
    const char *place = make_place("pgsql", as), *initdb = find_program(initdbs), *postgres = find_program(postgreses);
    const char *log = file_in(directory, "pgsql.log"), *data;

    if (!initdb || !postgres || !place || (geteuid() == 0 && !as))
        return complain("PostgreSQL is not installed (Debian: postgresql)", NULL);
    data = file_in(place, "data");
    {
        const char *const args[] = { initdb,
                                     "-D",
                                     data,
                                     "-U",
                                     "postgres",
                                     "-A",
                                     "trust",
                                     "-E",
                                     "UTF8",
                                     "-N",
                                     "--locale=C.UTF-8",
                                     "--locale-provider=icu",
                                     "--icu-locale=en-US",
                                     NULL };

        if (run(args, log, as) != 0)
            return complain("initdb failed", log);
    }
    {
        const char *const args[] = { postgres,
                                     "-D",
                                     data,
                                     "-c",
                                     "listen_addresses=",
                                     "-c",
                                     apr_pstrcat(pool, "unix_socket_directories=", place, NULL),
                                     "-c",
                                     "fsync=off",
                                     "-c",
                                     "full_page_writes=off",
                                     "-c",
                                     "timezone=Asia/Kolkata",
                                     "-c",
                                     "autovacuum=off",
                                     "-c",
                                     "shared_buffers=32MB",
                                     NULL };

        database->pid = start(args, log, as);
    }
    database->params = apr_psprintf(pool, "host=%s dbname=postgres user=postgres", place);
    return wait_until_up(database->pid, database->driver, database->params, log);
}

static int start_mysql(sql_database_t *database)
{
    static const char *const installers[] = { "/usr/bin/mariadb-install-db", NULL };
    static const char *const daemons[] = { "/usr/sbin/mariadbd", "/usr/libexec/mariadbd", NULL };
    const struct passwd *as = account("www-data");
    const char *place = make_place("mysql", as), *installer = find_program(installers),
               *daemon_ = find_program(daemons);
    const char *log = file_in(directory, "mysql.log"), *data, *datadir, *sock;

    if (!installer || !daemon_ || !place || (geteuid() == 0 && !as))
        return complain("MariaDB is not installed (Debian: mariadb-server-core)", NULL);
    data = make_place("mysql/data", as);
    datadir = apr_pstrcat(pool, "--datadir=", data, NULL);
    sock = file_in(place, "sock");
    {
        const char *const args[] = { installer, "--no-defaults", datadir, "--auth-root-authentication-method=normal",
                                     "--skip-test-db", "--skip-name-resolve", NULL };

        if (run(args, log, as) != 0)
            return complain("mariadb-install-db failed", log);
    }
    {
        const char *const args[] = { daemon_, "--no-defaults", datadir, apr_pstrcat(pool, "--socket=", sock, NULL),
                                     apr_pstrcat(pool, "--pid-file=", place, "/pid", NULL), "--skip-networking",
                                     "--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci",
                                     "--default-time-zone=+05:30", "--innodb-flush-log-at-trx-commit=0",
                                     "--innodb-buffer-pool-size=32M", "--skip-log-bin", NULL };

        database->pid = start(args, log, as);
    }
    if (wait_until_up(database->pid, database->driver,
                      apr_psprintf(pool, "host=localhost,sock=%s,user=root", sock), log)
        != 0)
        return -1;
    database->params = apr_psprintf(pool, "host=localhost,sock=%s,user=root,dbname=scim", sock);
    return 0;
}

/* $srcdir is the top of the tree, or the directory of the tests. */
static const char *find_in_tree(const char *path)
{
    const char *srcdir = getenv("srcdir"), *found;

    found = apr_pstrcat(pool, srcdir ? srcdir : ".", "/", path, NULL);
    return access(found, R_OK) == 0 ? found : apr_pstrcat(pool, srcdir ? srcdir : ".", "/../../", path, NULL);
}

typedef struct kind_t {
    const char *driver, *schema;
    int       (*start)(sql_database_t *database);
} kind_t;

static int wanted(const char *driver)
{
    const char *names = getenv("SCIM_TEST_DATABASES");

    return !names || !*names || strstr(names, driver);
}

/* A database of our own, for those that have several; with the tables that the tests begin from. */
static void fill(const sql_database_t *database)
{
    sql_direct_t direct;
    sql_database_t admin = *database;

    if (strcmp(database->driver, "mysql") == 0) {
        admin.params = apr_pstrmemdup(pool, database->params,
                                      (apr_size_t)(strstr(database->params, ",dbname") - database->params));
        sql_direct_open(&direct, &admin, pool);
        sql_direct_run(&direct, "CREATE DATABASE scim");
        sql_direct_close(&direct);
    }
    sql_direct_open(&direct, database, pool);
    sql_direct_script(&direct, database->schema);
    sql_direct_close(&direct);
}

int sql_servers_start(void)
{
    static const kind_t kinds[] = {
        { "sqlite3", "conf.d/embedded/schema.sqlite.sql", start_sqlite },
        { "pgsql", "t/http/data/schema.pgsql.sql", start_pgsql },
        { "mysql", "t/http/data/schema.mysql.sql", start_mysql }
    };
    size_t i;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    owner = getpid();
    umask(022);
    if (!mkdtemp(directory) || chmod(directory, 0755) != 0)
        return complain("no temporary directory", NULL);
    for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        sql_database_t *database = &databases[count];

        if (!wanted(kinds[i].driver))
            continue;
        database->driver = kinds[i].driver;
        database->schema = find_in_tree(kinds[i].schema);
        count++;
        if (kinds[i].start(database) != 0)
            return -1;
        fill(database);
    }
    return count > 0 ? count : complain("SCIM_TEST_DATABASES names none of sqlite3, pgsql, mysql", NULL);
}

/* APR is not taken down: drivers would be unloaded that have their own memory still.
 * PostgreSQL's processes end with the first one only if that is asked to; nobody needs MariaDB's data. */
static void stop(const sql_database_t *database)
{
    if (database->pid <= 0)
        return;
    kill(database->pid, SIGCONT);
    kill(database->pid, strcmp(database->driver, "pgsql") == 0 ? SIGQUIT : SIGKILL);
    waitpid(database->pid, NULL, 0);
}

void sql_servers_stop(void)
{
    const char *const rm[] = { "/bin/rm", "-rf", directory, NULL };
    int i;

    for (i = 0; i < count; i++)
        stop(&databases[i]);
    run(rm, "/dev/null", NULL);
}
