/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "scim_sql.h"
#include "sql_bed.h"

/* What goes wrong between the connector and real databases: values that are refused, others who change the
 * same, backends that are slow, hang, go away. */

#define EMAILS "rows(person_email, person_id, position)"
#define MEMBERS "rows(team_member, team_id)"
#define SET(attr, values) { SCIM_MOD_SET, attr, values }
#define ADD(attr, values) { SCIM_MOD_ADD, attr, values }
#define REMOVE(attr, values) { SCIM_MOD_REMOVE, attr, values }
#define END { BED_END, NULL, NULL }
#define SECOND APR_USEC_PER_SEC

static bed_t bed;
static const scim_pool_limits_t hasty = {
    .max = 4, .ttl = 300 * SECOND, .acquire = SECOND, .timeout = SECOND, .retry = SECOND
};

static const char *make_person(const char *login)
{
    return bed_create(&bed, bed.person, apr_psprintf(test_pool, "{\"login\": \"%s\", \"status\": \"A\"}", login));
}

/* ---- values that are refused ---- */

START_TEST(a_value_that_must_be_unique)
{
    const char *key, *ada;
    int changed;

    bed_open(&bed, _i, NULL);
    ada = make_person("ada");
    make_person("bob");
    ck_err(bed_try_create(&bed, bed.person, "{\"login\": \"ada\", \"status\": \"A\"}", &key), SCIM_E_UNIQUENESS);
    ck_err(bed_try_create(&bed, bed.person, "{\"login\": \"ADA\", \"status\": \"A\"}", &key), SCIM_E_UNIQUENESS);
    ck_err(
        bed_try_modify(&bed, bed.person, ada, NULL, (bed_mod_t[]){ SET("login", "\"bob\""), END }, &changed),
        SCIM_E_UNIQUENESS);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM person"), "2");
    bed_create(&bed, bed.sample, "{\"id\": \"one\"}");
    ck_err(bed_try_create(&bed, bed.sample, "{\"id\": \"one\"}", &key), SCIM_E_UNIQUENESS);
    bed_close(&bed);
}
END_TEST

/* Entity, data, and a driver that takes it, or NULL. */
static const struct {
    char        entity;
    const char *data, *taken_by;
} refused[] = {
    { 'p', "{\"login\": \"x\"}", "sqlite3,pgsql,mysql" },                   /* status has a default */
    { 'p', "{\"login\": \"x\", \"status\": null}", NULL },
    { 'p', "{\"status\": \"A\"}", NULL },
    { 'p', "{\"login\": \"x\", \"status\": \"Q\"}", NULL },
    { 'p', "{\"login\": \"x\", \"status\": \"A\", \"manager_id\": \"nobody\"}", NULL },
    { 'p', "{\"login\": \"x\", \"status\": \"A\", \"" EMAILS "\": [{\"kind\": \"work\"}]}", NULL },
    { 'p', "{\"login\": [\"x\"], \"status\": \"A\"}", NULL },
    { 'p', "{\"login\": \"x\", \"status\": \"A\", \"" EMAILS "\": [\"x\"]}", NULL },
    { 'b', "{\"holder\": \"one that is longer than twenty\"}", "sqlite3" },
    { 'b', "{\"holder\": \"x\", \"size\": \"secret-word\"}", "sqlite3" },
    { 'b', "{\"holder\": \"x\", \"size\": 99999999999}", "sqlite3" },
    { 'b', "{\"holder\": \"x\", \"at\": \"secret-word\"}", NULL },
    { 'b', "{\"holder\": \"x\", \"flag\": \"secret-word\"}", "sqlite3" },
    { 't', "{\"name\": \"x\", \"tenant\": \"a%b\", \"holder\": \"nobody\"}", NULL },
};

START_TEST(what_the_database_refuses_is_the_clients_fault)
{
    size_t i;

    bed_open(&bed, _i, NULL);
    for (i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        const scim_entity_t *entity = refused[i].entity == 'p'   ? bed.person
                                      : refused[i].entity == 'b' ? bed.badge
                                                                 : bed.token;
        const char *key;
        scim_err_t *err = bed_try_create(&bed, entity, refused[i].data, &key);

        if (refused[i].taken_by && strstr(refused[i].taken_by, bed.database->driver)) {
            ck_ok(err);
            ck_ok(bed_try_remove(&bed, entity, key, NULL));
            continue;
        }
        ck_assert_msg(err && err->kind == SCIM_E_INVALID_VALUE, "%s: %s", refused[i].data, err ? err->detail : "taken");
        ck_assert_msg(!strstr(err->detail, "secret-word") && (!err->log || !strstr(err->log, "secret-word")),
                      "%s", err->log);
        ck_assert_msg(!strstr(err->detail, "person") && !strstr(err->detail, "badge")
                          && !strstr(err->detail, "INSERT"),
                      "%s", err->detail);
        ck_assert(!err->retriable);
    }
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM person"), "0");
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM badge"), "0");
    bed_close(&bed);
}
END_TEST

START_TEST(a_failed_part_undoes_the_whole)
{
    const char *ada, *before;
    int changed;

    bed_open(&bed, _i, NULL);
    ada = make_person("ada");
    before = bed_ask(&bed, "SELECT login, family_name, row_version FROM person");
    ck_err(bed_try_modify(&bed, bed.person, ada, NULL,
                          (bed_mod_t[]){ SET("family_name", "\"x\""), ADD(EMAILS, "[{\"address\": \"a@x\"}]"),
                                         SET("manager_id", "\"nobody\""), END }, &changed), SCIM_E_INVALID_VALUE);
    ck_assert_str_eq(bed_ask(&bed, "SELECT login, family_name, row_version FROM person"), before);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM person_email"), "0");
    bed_close(&bed);
}
END_TEST

START_TEST(releasing_undoes_what_was_not_committed)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    ck_ok(scim_sql_connector.begin(bed.session));
    ck_ok(scim_sql_connector.create(bed.session, bed.person,
                                    test_json("{\"login\": \"x\", \"status\": \"A\"}"), &key, test_pool));
    scim_sql_connector.release(bed.session);
    scim_sql_connector.release(NULL);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM person"), "0");
    ck_ok(scim_sql_connector.acquire(&bed.session, bed.target, &test_ctx, test_pool));
    make_person("y");
    bed_close(&bed);
}
END_TEST

/* ---- many at once ---- */

enum { THREADS = 8 };

typedef struct worker_t {
    int            number, rounds;
    scim_err_t  *(*work)(struct worker_t *worker, scim_session_t *session, apr_pool_t *p);
    const char    *key;
    int            done, uniqueness, precondition, retries, others;
    const char    *complaint;
    apr_pool_t    *p;
} worker_t;

static void note(worker_t *worker, const scim_err_t *err)
{
    if (!err)
        worker->done++;
    else if (err->kind == SCIM_E_UNIQUENESS)
        worker->uniqueness++;
    else if (err->kind == SCIM_E_PRECONDITION)
        worker->precondition++;
    else {
        worker->others++;
        worker->complaint =
            apr_psprintf(worker->p, "%d %s (%s)", (int)err->kind, err->detail, err->log ? err->log : "");
    }
}

/* As the engine does: what certainly did not happen is tried again. */
static scim_err_t *transact(worker_t *worker, apr_pool_t *p)
{
    scim_session_t *session;
    scim_err_t *err;
    int tries;

    for (tries = 0; tries < 20; tries++) {
        if ((err = scim_sql_connector.acquire(&session, bed.target, &test_ctx, p)))
            return err;
        if (!(err = scim_sql_connector.begin(session))) {
            err = worker->work(worker, session, p);
            if (!err)
                err = scim_sql_connector.commit(session);
            else
                scim_sql_connector.rollback(session);
        }
        scim_sql_connector.release(session);
        if (!err || !err->retriable)
            return err;
        worker->retries++;
    }
    return err;
}

static void *run(apr_thread_t *thread, void *data)
{
    worker_t *worker = data;
    apr_pool_t *p;
    int round;

    (void)thread;
    apr_pool_create(&p, NULL);
    for (round = 0; round < worker->rounds; round++) {
        note(worker, transact(worker, p));
        apr_pool_clear(p);
    }
    apr_pool_destroy(p);
    return NULL;
}

static worker_t run_all(int rounds, scim_err_t *(*work)(worker_t *, scim_session_t *, apr_pool_t *), const char *key)
{
    worker_t workers[THREADS], sum = { .number = 0 };
    apr_thread_t *threads[THREADS];
    apr_status_t rv;
    int i;

    memset(workers, 0, sizeof(workers));
    for (i = 0; i < THREADS; i++) {
        workers[i] = (worker_t){ .number = i, .rounds = rounds, .work = work, .key = key };
        apr_pool_create(&workers[i].p, NULL);
        ck_assert_int_eq(apr_thread_create(&threads[i], NULL, run, &workers[i], test_pool), APR_SUCCESS);
    }
    for (i = 0; i < THREADS; i++)
        apr_thread_join(&rv, threads[i]);
    for (i = 0; i < THREADS; i++) {
        ck_assert_msg(workers[i].others == 0, "%s", workers[i].complaint);
        apr_pool_destroy(workers[i].p);
        sum.done += workers[i].done;
        sum.uniqueness += workers[i].uniqueness;
        sum.precondition += workers[i].precondition;
    }
    return sum;
}

static scim_err_t *create_the_same(worker_t *worker, scim_session_t *session, apr_pool_t *p)
{
    json_t *data = json_pack("{s:s,s:s,s:s}", "login", worker->number % 2 ? "ADA" : "ada", "family_name", "x",
                             "status", "A");
    const char *key;
    scim_err_t *err = scim_sql_connector.create(session, bed.person, data, &key, p);

    json_decref(data);
    return err;
}

START_TEST(of_equal_creations_one_succeeds)
{
    worker_t sum;

    bed_open(&bed, _i, NULL);
    sum = run_all(1, create_the_same, NULL);
    ck_assert_int_eq(sum.done, 1);
    ck_assert_int_eq(sum.uniqueness, THREADS - 1);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM person"), "1");
    bed_close(&bed);
}
END_TEST

static scim_err_t *change_version_1(worker_t *worker, scim_session_t *session, apr_pool_t *p)
{
    json_t *value = json_sprintf("by %d", worker->number);
    const scim_mod_t mod = { .kind = SCIM_MOD_SET, .attr = "family_name", .values = value };
    apr_array_header_t *versions = apr_array_make(p, 1, sizeof(const char *));
    const scim_change_t change = { .mods = &mod, .n = 1, .versions = versions };
    scim_err_t *err;
    int changed;

    APR_ARRAY_PUSH(versions, const char *) = "1";
    err = scim_sql_connector.modify(session, bed.person, worker->key, &change, &changed, p);
    json_decref(value);
    return err;
}

START_TEST(of_changes_of_one_version_one_succeeds)
{
    worker_t sum;

    bed_open(&bed, _i, NULL);
    sum = run_all(1, change_version_1, make_person("ada"));
    ck_assert_int_eq(sum.done, 1);
    ck_assert_int_eq(sum.precondition, THREADS - 1);
    ck_assert_str_eq(bed_ask(&bed, "SELECT row_version FROM person"), "2");
    bed_close(&bed);
}
END_TEST

enum { ROUNDS = 10 };

static scim_err_t *add_a_member(worker_t *worker, scim_session_t *session, apr_pool_t *p)
{
    json_t *both = json_pack("[{s:s},{s:o}]", "person_id", "m0", "person_id",
                             json_sprintf("m%d", 1 + worker->number * ROUNDS + worker->done));
    const scim_mod_t mod = { .kind = SCIM_MOD_ADD, .attr = MEMBERS, .values = both };
    const scim_change_t change = { .mods = &mod, .n = 1 };
    int changed;
    scim_err_t *err = scim_sql_connector.modify(session, bed.team, worker->key, &change, &changed, p);

    json_decref(both);
    return err;
}

/* Nobody is lost, and one whom all add is added once. */
START_TEST(members_added_at_once_are_all_there)
{
    const char *team;
    worker_t sum;
    int i;

    bed_open(&bed, _i, NULL);
    for (i = 0; i <= THREADS * ROUNDS; i++)
        sql_direct_run(&bed.direct, apr_psprintf(test_pool, "INSERT INTO person (id, login, created_at, modified_at) "
                                                            "VALUES ('m%d', 'm%d', '2024-01-01', '2024-01-01')", i, i));
    team = bed_create(&bed, bed.team, "{\"name\": \"All\"}");
    sum = run_all(ROUNDS, add_a_member, team);
    ck_assert_int_eq(sum.done, THREADS * ROUNDS);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM team_member"), apr_itoa(test_pool, THREADS * ROUNDS + 1));
    ck_assert_str_eq(bed_ask(&bed, "SELECT row_version FROM team"), apr_itoa(test_pool, THREADS * ROUNDS + 1));
    bed_close(&bed);
}
END_TEST

static scim_err_t *touch_in(scim_session_t *session, const char *key, apr_pool_t *p)
{
    json_t *value = json_sprintf("%d", (int)(apr_time_now() % 1000000));
    const scim_mod_t mod = { .kind = SCIM_MOD_SET, .attr = "family_name", .values = value };
    const scim_change_t change = { .mods = &mod, .n = 1 };
    int changed;
    scim_err_t *err = scim_sql_connector.modify(session, bed.person, key, &change, &changed, p);

    json_decref(value);
    return err;
}

static scim_err_t *touch(scim_session_t *session, const char *key)
{
    return touch_in(session, key, test_pool);
}

typedef struct crossing_t {
    scim_session_t *session;
    apr_pool_t     *p;
    const char     *key;
    scim_err_t     *err;
} crossing_t;

static void *cross(apr_thread_t *thread, void *data)
{
    crossing_t *crossing = data;

    (void)thread;
    crossing->err = touch_in(crossing->session, crossing->key, crossing->p);
    return NULL;
}

/* Each has what the other wants. SQLite has one writer at a time: there it cannot happen. */
START_TEST(of_two_in_each_others_way_one_may_try_again)
{
    scim_session_t *other;
    crossing_t crossing;
    apr_pool_t *p;
    apr_thread_t *thread;
    apr_status_t rv;
    const char *a, *b;
    scim_err_t *err;

    bed_open(&bed, _i, NULL);
    a = make_person("a");
    b = make_person("b");
    if (!bed_is(&bed, "sqlite3")) {
        apr_pool_create(&p, NULL);
        ck_ok(scim_sql_connector.acquire(&other, bed.target, &test_ctx, p));
        ck_ok(scim_sql_connector.begin(bed.session));
        ck_ok(scim_sql_connector.begin(other));
        ck_ok(touch(bed.session, a));
        ck_ok(touch_in(other, b, p));
        crossing = (crossing_t){ .session = other, .p = p, .key = a };
        ck_assert_int_eq(apr_thread_create(&thread, NULL, cross, &crossing, test_pool), APR_SUCCESS);
        apr_sleep(SECOND / 5);
        err = touch(bed.session, b);
        if (err)
            scim_sql_connector.rollback(bed.session);
        apr_thread_join(&rv, thread);
        ck_assert_msg((err == NULL) != (crossing.err == NULL), "%s, %s", err ? err->log : "done",
                      crossing.err ? crossing.err->log : "done");
        err = err ? err : crossing.err;
        ck_assert_int_eq(err->kind, SCIM_E_UNAVAILABLE);
        ck_assert(err->retriable);
        scim_sql_connector.release(other);
        apr_pool_destroy(p);
    }
    bed_close(&bed);
}
END_TEST

/* ---- slow ones ---- */

static const char *waiting(const char *driver)
{
    return strcmp(driver, "pgsql") == 0 ? "pg_sleep(30) IS NOT NULL"
           : strcmp(driver, "mysql") == 0
               ? "SLEEP(30) = 0"
               : "0 < (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000000000) "
                 "SELECT COUNT(*) FROM c)";
}

/* A statement that takes longer than the pool allows. */
START_TEST(a_statement_has_its_time)
{
    const char *properties[] = { "sql.table", "sample", "sql.key", "id", "sql.where", NULL, NULL };
    const scim_query_t query = { .attrs = { .n = 0 }, .limit = -1 };
    scim_page_t page;
    scim_entity_t *slow;
    apr_time_t begun;
    scim_err_t *err;

    bed_open(&bed, _i, &hasty);
    properties[5] = waiting(bed.database->driver);
    bed_create(&bed, bed.sample, "{\"id\": \"a\"}");
    slow = bed_entity(bed.target, "Slow", properties, "id", NULL);
    begun = apr_time_now();
    err = scim_sql_connector.search(bed.session, slow, &query, NULL, NULL, &page, test_pool);
    ck_err(err, SCIM_E_TIMEOUT);
    ck_assert(!err->retriable);
    ck_assert(apr_time_now() - begun < 4 * SECOND);
    ck_assert_str_eq(bed_find(&bed, bed.sample, NULL), "a");
    bed_close(&bed);
}
END_TEST

/* Somebody else holds the row; he may take longer than anybody wants to wait. */
START_TEST(a_lock_is_waited_for_but_not_for_ever)
{
    scim_err_t *err;
    apr_time_t begun;
    const char *key;
    int changed;

    bed_open(&bed, _i, &hasty);
    key = make_person("ada");
    test_ctx.deadline = apr_time_now() + 4 * SECOND;
    sql_direct_run(&bed.direct, bed_is(&bed, "sqlite3") ? "BEGIN IMMEDIATE"
                                : bed_is(&bed, "pgsql") ? "BEGIN"
                                                        : "START TRANSACTION");
    sql_direct_run(&bed.direct, "UPDATE person SET family_name = 'x'");
    begun = apr_time_now();
    err = bed_try_modify(&bed, bed.person, key, NULL, (bed_mod_t[]){ SET("family_name", "\"y\""), END }, &changed);
    ck_assert_msg(err && (err->kind == SCIM_E_UNAVAILABLE || err->kind == SCIM_E_TIMEOUT), "%s",
                  err ? err->detail : "done");
    ck_assert(apr_time_now() - begun < 8 * SECOND);
    sql_direct_run(&bed.direct, "COMMIT");
    test_ctx.deadline = apr_time_now() + 10 * SECOND;
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, NULL, (bed_mod_t[]){ SET("family_name", "\"y\""), END }), 1);
    bed_close(&bed);
}
END_TEST

/* ---- connections that are lost ---- */

static void kill_others(void)
{
    if (bed_is(&bed, "pgsql"))
        bed_ask(&bed, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                      "AND backend_type = 'client backend'");
    else if (bed_is(&bed, "mysql")) {
        char *ids = apr_pstrdup(
                 test_pool,
                 bed_ask(&bed, "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() "
                               "AND user = 'root'")),
             *state, *id;

        for (id = apr_strtok(ids, "\n", &state); id; id = apr_strtok(NULL, "\n", &state))
            sql_direct_run(&bed.direct, apr_psprintf(test_pool, "KILL %s", id));
    }
    apr_sleep(SECOND / 10);
}

START_TEST(a_read_on_a_lost_connection_may_be_repeated)
{
    scim_record_t record;
    const char *key;
    scim_err_t *err;

    bed_open(&bed, _i, NULL);
    key = make_person("ada");
    if (!bed_is(&bed, "sqlite3")) {
        kill_others();
        err = scim_sql_connector.get(bed.session, bed.person, key, bed_attrs("login; " EMAILS ": address"),
                                     &record, test_pool);
        ck_err(err, SCIM_E_UNAVAILABLE);
        ck_assert(err->retriable);
        scim_sql_connector.release(bed.session);
        ck_ok(scim_sql_connector.acquire(&bed.session, bed.target, &test_ctx, test_pool));
        ck_json(bed_read(&bed, bed.person, key, "login"), "{\"login\": \"ada\"}");
    }
    bed_close(&bed);
}
END_TEST

START_TEST(a_lost_transaction_did_not_happen)
{
    const char *key;
    scim_err_t *err;

    bed_open(&bed, _i, NULL);
    key = make_person("ada");
    if (!bed_is(&bed, "sqlite3")) {
        ck_ok(scim_sql_connector.begin(bed.session));
        ck_ok(touch(bed.session, key));
        kill_others();
        err = touch(bed.session, key);
        ck_err(err, SCIM_E_UNAVAILABLE);
        ck_assert(err->retriable);
        scim_sql_connector.release(bed.session);
        ck_ok(scim_sql_connector.acquire(&bed.session, bed.target, &test_ctx, test_pool));
        ck_assert_str_eq(bed_ask(&bed, "SELECT row_version FROM person"), "1");
        kill_others();
        err = scim_sql_connector.begin(bed.session);
        ck_err(err, SCIM_E_UNAVAILABLE);
        ck_assert(err->retriable);
    }
    bed_close(&bed);
}
END_TEST

/* Nobody knows whether it was carried out: it must not be done twice. */
START_TEST(a_lost_commit_is_not_repeated)
{
    const char *key;
    scim_err_t *err;

    bed_open(&bed, _i, NULL);
    key = make_person("ada");
    if (!bed_is(&bed, "sqlite3")) {
        ck_ok(scim_sql_connector.begin(bed.session));
        ck_ok(touch(bed.session, key));
        kill_others();
        err = scim_sql_connector.commit(bed.session);
        ck_err(err, SCIM_E_UNAVAILABLE);
        ck_assert(!err->retriable);
        ck_assert_ptr_nonnull(strstr(err->detail, "not known"));
    }
    bed_close(&bed);
}
END_TEST

/* A connection that idles is tested before it is used again. */
START_TEST(a_dead_idle_connection_is_replaced)
{
    bed_open(&bed, _i, NULL);
    make_person("ada");
    if (!bed_is(&bed, "sqlite3")) {
        scim_sql_connector.release(bed.session);
        kill_others();
        apr_sleep(SECOND + SECOND / 5);
        ck_ok(scim_sql_connector.acquire(&bed.session, bed.target, &test_ctx, test_pool));
        make_person("bob");
    }
    bed_close(&bed);
}
END_TEST

/* The server takes requests and never answers: its process is stopped, with those it has started. */
static void signal_server(int sig)
{
    if (bed_is(&bed, "pgsql")) {
        char *pids = apr_pstrdup(
                 test_pool, bed_ask(&bed, "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                                          "AND backend_type = 'client backend'")),
             *state, *pid;

        for (pid = apr_strtok(pids, "\n", &state); pid; pid = apr_strtok(NULL, "\n", &state))
            kill((pid_t)atoi(pid), sig);
    }
    else if (bed_is(&bed, "mysql"))
        kill(bed.database->pid, sig);
}

START_TEST(a_backend_that_hangs_is_given_up)
{
    scim_record_t record;
    apr_time_t begun;
    const char *key;
    scim_err_t *err;

    bed_open(&bed, _i, &hasty);
    key = make_person("ada");
    if (!bed_is(&bed, "sqlite3")) {
        signal_server(SIGSTOP);
        apr_sleep(SECOND / 5);         /* its threads stop one after the other */
        begun = apr_time_now();
        err = scim_sql_connector.get(bed.session, bed.person, key, bed_attrs("login"), &record, test_pool);
        signal_server(SIGCONT);
        ck_err(err, SCIM_E_TIMEOUT);
        ck_assert(!err->retriable);
        ck_assert_msg(apr_time_now() - begun < 12 * SECOND, "%d s", (int)apr_time_sec(apr_time_now() - begun));
        scim_sql_connector.release(bed.session);
        ck_ok(scim_sql_connector.acquire(&bed.session, bed.target, &test_ctx, test_pool));
        ck_json(bed_read(&bed, bed.person, key, "login"), "{\"login\": \"ada\"}");
    }
    bed_close(&bed);
}
END_TEST

/* ---- backends that are not there ---- */

START_TEST(nobody_answers)
{
    const char *params = strcmp(sql_database(_i)->driver, "pgsql") == 0
                             ? "host=/nowhere dbname=x user=secret-user"
                         : strcmp(sql_database(_i)->driver, "mysql") == 0
                             ? "host=localhost,sock=/nowhere/sock,user=secret-user"
                             : apr_pstrcat(test_pool, sql_directory(), "/none.db", NULL);
    scim_target_t *target = bed_target(sql_database(_i)->driver, params, NULL);
    scim_session_t *session;
    scim_err_t *err;
    apr_finfo_t info;

    bed_start(target);
    err = scim_sql_connector.acquire(&session, target, &test_ctx, test_pool);
    ck_err(err, SCIM_E_UNAVAILABLE);
    ck_assert_int_gt(err->retry_after, 0);
    ck_assert_ptr_null(strstr(err->detail, "secret-user"));
    ck_assert_ptr_null(strstr(err->detail, "nowhere"));
    ck_assert_ptr_nonnull(err->log);
    ck_assert_msg(apr_stat(&info, params, APR_FINFO_TYPE, test_pool) != APR_SUCCESS, "a database was made");
}
END_TEST

START_TEST(a_table_that_is_not_there)
{
    static const char *const properties[] = { "sql.table", "nothing", "sql.key", "id", NULL };
    static const char *const column[] = { "sql.table", "sample", "sql.key", "nonsense", NULL };
    scim_entity_t *nothing, *nonsense;
    scim_session_t *second;
    scim_record_t record;
    const char *logged;

    bed_open(&bed, _i, NULL);
    nothing = bed_entity(bed.target, "Nothing", properties, "id", NULL);
    nonsense = bed_entity(bed.target, "Nonsense", column, "txt; words!", NULL);
    ck_assert_str_eq(test_logged(), "");
    ck_ok(scim_sql_connector.acquire(&second, bed.target, &test_ctx, test_pool));
    logged = test_logged();
    ck_assert_ptr_nonnull(strstr(logged, "SCIM0201: target test: the database has no table nothing"));
    ck_assert_ptr_nonnull(strstr(logged, "SCIM0202: target test: the table sample has no column nonsense"));
    ck_assert_ptr_nonnull(strstr(logged, "SCIM0202: target test: the table sample has no column words"));
    scim_sql_connector.release(second);
    ck_err(scim_sql_connector.get(bed.session, nothing, "x", bed_attrs("id"), &record, test_pool), SCIM_E_BACKEND);
    ck_err(scim_sql_connector.get(bed.session, nonsense, "x", bed_attrs("txt"), &record, test_pool), SCIM_E_BACKEND);
    bed_create(&bed, bed.sample, "{\"id\": \"a\"}");
    bed_close(&bed);
}
END_TEST

/* ---- much ---- */

/* Every filter that a client thinks of is another statement. */
START_TEST(many_statements_do_not_pile_up)
{
    int i, weight = 0, replaced = 0;

    bed_open(&bed, _i, NULL);
    bed_create(&bed, bed.sample, "{\"id\": \"a\", \"txt\": \"x\"}");
    for (i = 0; i < 3000; i++) {
        const scim_qfilter_t *filter = bed_cmp("txt", SCIM_CMP_EQ, "\"x\"", SCIM_TYPE_STRING, 0);
        int bit;

        for (bit = 0; bit < 12; bit++)
            filter = bed_join(
                SCIM_Q_AND, filter,
                bed_cmp("txt", i & 1 << bit ? SCIM_CMP_GE : SCIM_CMP_EQ, "\"x\"", SCIM_TYPE_STRING, bit % 2));
        ck_assert_str_eq(bed_find(&bed, bed.sample, filter), "a");
        if (i % 10 == 0) {
            scim_sql_connector.release(bed.session);
            ck_ok(scim_sql_connector.acquire(&bed.session, bed.target, &test_ctx, test_pool));
            replaced += bed.session->conn->weight < weight;
            weight = bed.session->conn->weight;
            ck_assert_int_lt(weight, 1000);
        }
    }
    if (bed_is(&bed, "sqlite3"))
        ck_assert_int_gt(replaced, 1);
    bed_close(&bed);
}
END_TEST

static const char *fifty_thousand(void)
{
    return bed_is(&bed, "pgsql") ? "INSERT INTO person (id, login, created_at, modified_at) SELECT 'm' || i, "
                                   "'m' || i, now(), now() "
                                   "FROM generate_series(1, 50000) i"
           : bed_is(&bed, "mysql")
               ? "INSERT INTO person (id, login, created_at, modified_at) SELECT CONCAT('m', seq), "
                 "CONCAT('m', seq), "
                 "NOW(), NOW() FROM seq_1_to_50000"
               : "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 50000) INSERT "
                 "INTO person "
                 "(id, login, created_at, modified_at) SELECT 'm' || i, 'm' || i, '2024', '2024' FROM s";
}

static apr_interval_time_t modify_members(const char *team, scim_modkind_t kind, json_t *members, int expected)
{
    const scim_mod_t mod = { .kind = kind, .attr = MEMBERS, .values = members };
    const scim_change_t change = { .mods = &mod, .n = 1 };
    const apr_time_t begun = apr_time_now();
    int changed;

    ck_ok(scim_sql_connector.begin(bed.session));
    ck_ok(scim_sql_connector.modify(bed.session, bed.team, team, &change, &changed, test_pool));
    ck_ok(scim_sql_connector.commit(bed.session));
    ck_assert_int_eq(changed, expected);
    return apr_time_now() - begun;
}

START_TEST(a_team_of_fifty_thousand)
{
    json_t *all = json_array(), *one = json_pack("[{s:s}]", "person_id", "m7"), *few;
    apr_interval_time_t t;
    const char *team;
    int i;

    bed_open(&bed, _i, NULL);
    sql_direct_run(&bed.direct, fifty_thousand());
    team = bed_create(&bed, bed.team, "{\"name\": \"All\"}");
    for (i = 1; i <= 50000; i++)
        json_array_append_new(all, json_pack("{s:o}", "person_id", json_sprintf("m%d", i)));
    t = modify_members(team, SCIM_MOD_ADD, all, 1);
    ck_assert_msg(t < 15 * SECOND, "adding all: %d ms", (int)apr_time_as_msec(t));
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM team_member"), "50000");
    t = modify_members(team, SCIM_MOD_ADD, one, 0);
    t += modify_members(team, SCIM_MOD_REMOVE, one, 1);
    t += modify_members(team, SCIM_MOD_ADD, one, 1);
    ck_assert_msg(t < SECOND / 2, "one: %d ms", (int)apr_time_as_msec(t));
    ck_assert_int_eq(
        (int)json_array_size(json_object_get(bed_read(&bed, bed.team, team, MEMBERS ": person_id"), MEMBERS)),
        50000);
    few = json_copy(all);
    json_array_remove(few, 100);
    t = modify_members(team, SCIM_MOD_SET, few, 1);
    ck_assert_msg(t < 5 * SECOND, "all but one: %d ms", (int)apr_time_as_msec(t));
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM team_member"), "49999");
    t = modify_members(team, SCIM_MOD_REMOVE, all, 1);
    ck_assert_msg(t < 15 * SECOND, "removing all: %d ms", (int)apr_time_as_msec(t));
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM team_member"), "0");
    json_decref(few);
    json_decref(one);
    json_decref(all);
    sql_direct_run(&bed.direct, "DELETE FROM person");
    bed_close(&bed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sql_trouble");
    TCase *tc = tcase_create("trouble");
    int n = sql_servers_start(), failed = EXIT_FAILURE;

    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_set_timeout(tc, 120);
    if (n > 0) {
        bed_prepare(n);
        tcase_add_loop_test(tc, a_value_that_must_be_unique, 0, n);
        tcase_add_loop_test(tc, what_the_database_refuses_is_the_clients_fault, 0, n);
        tcase_add_loop_test(tc, a_failed_part_undoes_the_whole, 0, n);
        tcase_add_loop_test(tc, releasing_undoes_what_was_not_committed, 0, n);
        tcase_add_loop_test(tc, of_equal_creations_one_succeeds, 0, n);
        tcase_add_loop_test(tc, of_changes_of_one_version_one_succeeds, 0, n);
        tcase_add_loop_test(tc, members_added_at_once_are_all_there, 0, n);
        tcase_add_loop_test(tc, of_two_in_each_others_way_one_may_try_again, 0, n);
        tcase_add_loop_test(tc, a_statement_has_its_time, 0, n);
        tcase_add_loop_test(tc, a_lock_is_waited_for_but_not_for_ever, 0, n);
        tcase_add_loop_test(tc, a_read_on_a_lost_connection_may_be_repeated, 0, n);
        tcase_add_loop_test(tc, a_lost_transaction_did_not_happen, 0, n);
        tcase_add_loop_test(tc, a_lost_commit_is_not_repeated, 0, n);
        tcase_add_loop_test(tc, a_dead_idle_connection_is_replaced, 0, n);
        tcase_add_loop_test(tc, a_backend_that_hangs_is_given_up, 0, n);
        tcase_add_loop_test(tc, nobody_answers, 0, n);
        tcase_add_loop_test(tc, a_table_that_is_not_there, 0, n);
        tcase_add_loop_test(tc, many_statements_do_not_pile_up, 0, n);
        tcase_add_loop_test(tc, a_team_of_fifty_thousand, 0, n);
        suite_add_tcase(suite, tc);
        failed = test_run(suite);
    }
    sql_servers_stop();
    return failed;
}
