/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_atomic.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "common.h"
#include "scim_error.h"
#include "scim_respool.h"

#define MS(n) apr_time_from_msec(n)

/* What a connection is to the pool: something of the connector's, in the connection's pool. */
typedef struct connection_t {
    int                 number, bad;
    apr_interval_time_t idle;         /* what the last check was told */
    apr_uint32_t        users;
} connection_t;

/* A backend: counts, and does what a test tells it to. */
typedef struct backend_t {
    apr_uint32_t        opened, closed, pools_gone, open_now, most_open, opening, most_opening;
    scim_errkind_t      fails;        /* 0 (SCIM_E_BAD_REQUEST stands for it): connecting works */
    apr_interval_time_t open_takes;
} backend_t;

static backend_t backend;
static scim_pool_limits_t limits;
static apr_pool_t *child;

static apr_status_t pool_gone(void *baton)
{
    apr_atomic_inc32(baton);
    return APR_SUCCESS;
}

static void count_up(apr_uint32_t *now, apr_uint32_t *most)
{
    const apr_uint32_t n = apr_atomic_inc32(now) + 1;
    apr_uint32_t seen = apr_atomic_read32(most);

    while (n > seen && apr_atomic_cas32(most, n, seen) != seen)
        seen = apr_atomic_read32(most);
}

static scim_err_t *open_connection(void **res, void *baton, const scim_ctx_t *ctx, apr_pool_t *p)
{
    connection_t *connection = apr_pcalloc(p, sizeof(*connection));
    scim_err_t *err = NULL;

    ck_assert_ptr_eq(baton, &backend);
    ck_assert_ptr_nonnull(ctx);
    apr_pool_cleanup_register(p, &backend.pools_gone, pool_gone, apr_pool_cleanup_null);
    connection->number = (int)apr_atomic_inc32(&backend.opened) + 1;
    count_up(&backend.opening, &backend.most_opening);
    if (backend.open_takes)
        apr_sleep(backend.open_takes);
    apr_atomic_dec32(&backend.opening);
    if (backend.fails) {
        err = scim_err_log(scim_err(p, backend.fails, "no answer"), p, APR_ECONNREFUSED, "attempt %d",
                           connection->number);
        return scim_err_wrap(p, err, "cannot %s", "connect");
    }
    count_up(&backend.open_now, &backend.most_open);
    *res = connection;
    return NULL;
}

static void close_connection(void *res, void *baton)
{
    connection_t *connection = res;

    ck_assert_ptr_eq(baton, &backend);
    ck_assert_uint_eq(apr_atomic_read32(&connection->users), 0);
    apr_atomic_inc32(&backend.closed);
    apr_atomic_dec32(&backend.open_now);
}

static int check_connection(void *res, void *baton, apr_interval_time_t idle)
{
    connection_t *connection = res;

    ck_assert_ptr_eq(baton, &backend);
    connection->idle = idle;
    return !connection->bad;
}

static void setup(void)
{
    test_setup();
    memset(&backend, 0, sizeof(backend));
    limits = (scim_pool_limits_t){ .max = 2, .acquire = MS(50), .retry = MS(300) };
    apr_pool_create(&child, test_pool);
}

static scim_respool_t *make(int threads)
{
    scim_respool_t *pool;

    ck_assert_int_eq(scim_respool_make(&pool, &limits, threads, open_connection, close_connection,
                                       check_connection, &backend, child), APR_SUCCESS);
    return pool;
}

static connection_t *acquire(scim_respool_t *pool)
{
    void *res = NULL;

    ck_ok(scim_respool_acquire(&res, pool, &test_ctx, test_pool));
    ck_assert_ptr_nonnull(res);
    return res;
}

static scim_err_t *refuse(scim_respool_t *pool)
{
    void *res = NULL;
    scim_err_t *err = scim_respool_acquire(&res, pool, &test_ctx, test_pool);

    ck_assert_ptr_nonnull(err);
    ck_assert_ptr_null(res);
    return err;
}

START_TEST(nothing_is_connected_before_it_is_needed)
{
    limits.min = 2;
    make(4);
    ck_assert_uint_eq(backend.opened, 0);
    apr_pool_destroy(child);
    ck_assert_uint_eq(backend.closed, 0);
}
END_TEST

START_TEST(a_connection_is_used_again)
{
    scim_respool_t *pool = make(4);
    connection_t *first = acquire(pool), *second;

    scim_respool_release(pool, first, 0);
    ck_assert_ptr_eq(acquire(pool), first);
    second = acquire(pool);
    ck_assert_ptr_ne(second, first);
    scim_respool_release(pool, second, 0);
    apr_sleep(MS(1));
    scim_respool_release(pool, first, 0);
    /* The one used last: the other grows old. */
    ck_assert_ptr_eq(acquire(pool), first);
    ck_assert_uint_eq(backend.opened, 2);
    ck_assert_uint_eq(backend.closed, 0);
}
END_TEST

START_TEST(a_broken_connection_is_closed)
{
    scim_respool_t *pool = make(4);

    scim_respool_release(pool, acquire(pool), 1);
    ck_assert_uint_eq(backend.closed, 1);
    ck_assert_uint_eq(backend.pools_gone, 1);
    ck_assert_int_eq(acquire(pool)->number, 2);
}
END_TEST

START_TEST(max_is_the_limit)
{
    scim_respool_t *pool = make(100);
    const scim_err_t *err;
    connection_t *one = acquire(pool), *two = acquire(pool);

    err = refuse(pool);
    ck_err(err, SCIM_E_UNAVAILABLE);
    ck_assert_int_ge(err->retry_after, 1);
    ck_assert_ptr_nonnull(err->log);
    ck_assert_uint_eq(backend.opened, 2);
    scim_respool_release(pool, one, 0);
    ck_assert_ptr_eq(acquire(pool), one);
    scim_respool_release(pool, two, 1);
    ck_assert_int_eq(acquire(pool)->number, 3);
}
END_TEST

/* Threads of the process, and how many connections that makes where max is 0. */
static const struct {
    int threads, max;
} halves[] = { { 0, 1 }, { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 2 }, { 9, 4 } };

START_TEST(half_of_the_threads_is_the_limit)
{
    scim_respool_t *pool;
    int i;

    limits.max = 0;
    limits.acquire = 0;
    pool = make(halves[_i].threads);
    for (i = 0; i < halves[_i].max; i++)
        acquire(pool);
    ck_err(refuse(pool), SCIM_E_UNAVAILABLE);
}
END_TEST

static apr_interval_time_t time_to_refuse(scim_respool_t *pool)
{
    const apr_time_t begin = apr_time_now();

    ck_err(refuse(pool), SCIM_E_UNAVAILABLE);
    return apr_time_now() - begin;
}

START_TEST(the_wait_for_a_free_one_is_bounded)
{
    scim_respool_t *pool;
    apr_interval_time_t took;

    limits.max = 1;
    limits.acquire = MS(60);
    pool = make(4);
    acquire(pool);
    took = time_to_refuse(pool);
    ck_assert_int_ge(took, MS(60));
    ck_assert_int_lt(took, MS(2000));
}
END_TEST

START_TEST(the_deadline_of_the_call_ends_the_wait)
{
    scim_respool_t *pool;
    apr_interval_time_t took;

    limits.max = 1;
    limits.acquire = apr_time_from_sec(9);
    pool = make(4);
    acquire(pool);
    test_ctx.deadline = apr_time_now() + MS(40);
    took = time_to_refuse(pool);
    ck_assert_int_ge(took, MS(30));
    ck_assert_int_lt(took, MS(4000));
    test_ctx.deadline = apr_time_now() - MS(1);
    ck_assert_int_lt(time_to_refuse(pool), MS(2000));
}
END_TEST

/* ---- errors of connecting ---- */

START_TEST(the_error_of_connecting_reaches_the_caller)
{
    scim_respool_t *pool = make(4);
    const scim_err_t *err;

    backend.fails = SCIM_E_TIMEOUT;
    err = refuse(pool);
    ck_assert_uint_eq(backend.pools_gone, 1);
    ck_err(err, SCIM_E_TIMEOUT);
    ck_assert_str_eq(err->detail, "cannot connect");
    ck_assert_ptr_null(err->log);
    ck_assert_str_eq(err->prev->detail, "no answer");
    ck_assert_str_eq(err->prev->log, "attempt 1");
    ck_assert_int_eq(err->prev->rv, APR_ECONNREFUSED);
    ck_assert_ptr_null(err->prev->prev);
}
END_TEST

START_TEST(a_failure_is_followed_by_a_pause)
{
    scim_respool_t *pool;
    const scim_err_t *err;
    int i;

    limits.retry = apr_time_from_sec(30);
    pool = make(4);
    backend.fails = SCIM_E_UNAVAILABLE;
    ck_assert_int_eq(refuse(pool)->retry_after, 30);
    backend.fails = 0;
    for (i = 0; i < 5; i++) {
        err = refuse(pool);
        ck_err(err, SCIM_E_UNAVAILABLE);
        ck_assert_int_gt(err->retry_after, 20);
        ck_assert_int_le(err->retry_after, 30);
    }
    ck_assert_uint_eq(backend.opened, 1);
}
END_TEST

START_TEST(after_the_pause_it_is_tried_again)
{
    scim_respool_t *pool = make(4);

    backend.fails = SCIM_E_UNAVAILABLE;
    refuse(pool);
    apr_sleep(limits.retry + MS(1));
    refuse(pool);
    ck_assert_uint_eq(backend.opened, 2);
    refuse(pool);
    ck_assert_uint_eq(backend.opened, 2);
    backend.fails = 0;
    apr_sleep(limits.retry + MS(1));
    acquire(pool);
    acquire(pool);
    ck_assert_uint_eq(backend.opened, 4);
}
END_TEST

START_TEST(without_a_pause_every_call_tries)
{
    scim_respool_t *pool;

    limits.retry = 0;
    pool = make(4);
    backend.fails = SCIM_E_UNAVAILABLE;
    ck_assert_int_ge(refuse(pool)->retry_after, 1);
    refuse(pool);
    ck_assert_uint_eq(backend.opened, 2);
}
END_TEST

START_TEST(a_client_that_left_pauses_nobody)
{
    scim_respool_t *pool = make(4);

    backend.fails = SCIM_E_ABORTED;
    ck_err(refuse(pool), SCIM_E_ABORTED);
    backend.fails = 0;
    acquire(pool);
}
END_TEST

START_TEST(connections_that_are_there_serve_during_a_pause)
{
    scim_respool_t *pool = make(4);
    connection_t *connection = acquire(pool);

    backend.fails = SCIM_E_UNAVAILABLE;
    refuse(pool);
    scim_respool_release(pool, connection, 0);
    ck_assert_ptr_eq(acquire(pool), connection);
}
END_TEST

/* ---- age and health ---- */

START_TEST(an_idle_connection_is_checked)
{
    scim_respool_t *pool = make(4);
    connection_t *connection = acquire(pool);

    scim_respool_release(pool, connection, 0);
    apr_sleep(MS(20));
    ck_assert_ptr_eq(acquire(pool), connection);
    ck_assert_int_ge(connection->idle, MS(20));
    ck_assert_int_lt(connection->idle, apr_time_from_sec(5));
}
END_TEST

START_TEST(one_that_is_not_good_is_replaced)
{
    scim_respool_t *pool = make(4);
    connection_t *connection = acquire(pool);

    connection->bad = 1;
    scim_respool_release(pool, connection, 0);
    ck_assert_int_eq(acquire(pool)->number, 2);
    ck_assert_uint_eq(backend.closed, 1);
    ck_assert_uint_eq(backend.pools_gone, 1);
}
END_TEST

START_TEST(one_that_is_not_good_and_cannot_be_replaced_is_gone)
{
    scim_respool_t *pool = make(4);
    connection_t *connection = acquire(pool);

    connection->bad = 1;
    scim_respool_release(pool, connection, 0);
    backend.fails = SCIM_E_UNAVAILABLE;
    refuse(pool);
    ck_assert_uint_eq(backend.closed, 1);
    ck_assert_uint_eq(backend.pools_gone, 2);
    backend.fails = 0;
    apr_sleep(limits.retry + MS(1));
    acquire(pool);
    acquire(pool);
}
END_TEST

static scim_respool_t *with_three_idle(void)
{
    scim_respool_t *pool;
    connection_t *connections[3];
    int i;

    limits.max = 3;
    pool = make(4);
    for (i = 0; i < 3; i++)
        connections[i] = acquire(pool);
    for (i = 0; i < 3; i++)
        scim_respool_release(pool, connections[i], 0);
    ck_assert_uint_eq(backend.open_now, 3);
    return pool;
}

START_TEST(idle_connections_above_min_grow_old)
{
    scim_respool_t *pool;

    limits.min = 1;
    limits.ttl = MS(300);
    pool = with_three_idle();
    apr_sleep(MS(301));
    scim_respool_release(pool, acquire(pool), 0);
    ck_assert_uint_eq(backend.open_now, 1);
    ck_assert_uint_eq(backend.opened, 3);
    ck_assert_uint_eq(backend.pools_gone, 2);
}
END_TEST

START_TEST(an_old_connection_is_not_handed_out)
{
    scim_respool_t *pool;

    limits.ttl = MS(300);
    pool = with_three_idle();
    apr_sleep(MS(301));
    ck_assert_int_eq(acquire(pool)->number, 4);
    ck_assert_uint_eq(backend.open_now, 1);
}
END_TEST

START_TEST(without_ttl_none_grows_old)
{
    scim_respool_t *pool = with_three_idle();

    apr_sleep(MS(20));
    scim_respool_release(pool, acquire(pool), 0);
    ck_assert_uint_eq(backend.open_now, 3);
}
END_TEST

/* ---- the end ---- */

START_TEST(the_end_closes_each_once)
{
    with_three_idle();
    apr_pool_destroy(child);
    ck_assert_uint_eq(backend.closed, 3);
    ck_assert_uint_eq(backend.pools_gone, 3);
}
END_TEST

typedef struct request_t {
    scim_respool_t *pool;
    void           *res;
} request_t;

static apr_status_t end_request(void *baton)
{
    request_t *request = baton;

    ck_assert_uint_eq(backend.closed, 0);
    ((connection_t *)request->res)->number = 0;
    scim_respool_release(request->pool, request->res, 0);
    return APR_SUCCESS;
}

/* As prefork: the request's pool is in that of the process, made before or after the pool of connections. */
START_TEST(a_request_may_end_with_the_process)
{
    request_t request;
    apr_pool_t *before, *after;

    apr_pool_create(&before, child);
    request.pool = make(4);
    request.res = acquire(request.pool);
    apr_pool_create(&after, child);
    apr_pool_cleanup_register(_i ? before : after, &request, end_request, apr_pool_cleanup_null);
    apr_pool_destroy(child);
    ck_assert_uint_eq(backend.closed, 1);
    ck_assert_uint_eq(backend.pools_gone, 1);
}
END_TEST

START_TEST(what_was_given_back_is_not_given_back_again)
{
    scim_respool_t *pool = make(4);
    connection_t *connection = acquire(pool);

    scim_respool_release(pool, connection, 0);
    scim_respool_release(pool, connection, 1);
    ck_assert_uint_eq(backend.closed, 0);
    ck_assert_ptr_eq(acquire(pool), connection);
    scim_respool_release(pool, connection, 1);
    scim_respool_release(pool, connection, 1);
    ck_assert_uint_eq(backend.closed, 1);
}
END_TEST

/* ---- threads ---- */

typedef struct worker_t {
    apr_thread_t   *thread;
    apr_pool_t     *p;
    scim_respool_t *pool;
    int             rounds;
    apr_uint32_t    got, refused;
} worker_t;

/* A connection that two threads have at once has two users. */
static void *APR_THREAD_FUNC work(apr_thread_t *thread, void *baton)
{
    worker_t *worker = baton;
    int i;

    for (i = 0; i < worker->rounds; i++) {
        void *res;
        connection_t *connection;

        if (scim_respool_acquire(&res, worker->pool, &test_ctx, worker->p) != NULL) {
            worker->refused++;
            continue;
        }
        connection = res;
        ck_assert_uint_eq(apr_atomic_inc32(&connection->users), 0);
        worker->got++;
        apr_atomic_dec32(&connection->users);
        scim_respool_release(worker->pool, res, i % 7 == 0);
    }
    apr_thread_exit(thread, APR_SUCCESS);
    return NULL;
}

/* Pools are no thread's but their own: each worker has a root. */
static void start(worker_t *worker, scim_respool_t *pool, int rounds)
{
    *worker = (worker_t){ .pool = pool, .rounds = rounds };
    ck_assert_int_eq(apr_pool_create(&worker->p, NULL), APR_SUCCESS);
    ck_assert_int_eq(apr_thread_create(&worker->thread, NULL, work, worker, worker->p), APR_SUCCESS);
}

static void join(worker_t *worker)
{
    apr_status_t rv;

    ck_assert_int_eq(apr_thread_join(&rv, worker->thread), APR_SUCCESS);
    apr_pool_destroy(worker->p);
}

START_TEST(threads_share)
{
    worker_t workers[8];
    scim_respool_t *pool;
    apr_uint32_t got = 0;
    int i;

    limits.max = 3;
    limits.acquire = apr_time_from_sec(9);
    limits.ttl = 50;
    pool = make(8);
    for (i = 0; i < 8; i++)
        start(&workers[i], pool, 300);
    for (i = 0; i < 8; i++) {
        join(&workers[i]);
        got += workers[i].got;
    }
    ck_assert_uint_eq(got, 8 * 300);
    ck_assert_uint_le(backend.most_open, 3);
    apr_pool_destroy(child);
    ck_assert_uint_eq(backend.closed, backend.opened);
    ck_assert_uint_eq(backend.pools_gone, backend.opened);
}
END_TEST

START_TEST(one_that_waits_gets_what_is_given_back)
{
    const apr_time_t begin = apr_time_now();
    worker_t worker;
    scim_respool_t *pool;
    connection_t *connection;

    limits.max = 1;
    limits.acquire = apr_time_from_sec(9);
    pool = make(4);
    connection = acquire(pool);
    start(&worker, pool, 1);
    apr_sleep(MS(30));
    scim_respool_release(pool, connection, 0);
    join(&worker);
    ck_assert_int_lt(apr_time_now() - begin, apr_time_from_sec(8));
    ck_assert_uint_eq(worker.got, 1);
    ck_assert_uint_eq(backend.opened, 1);
}
END_TEST

static void wait_for(const apr_uint32_t *counter, apr_uint32_t n)
{
    while (apr_atomic_read32((apr_uint32_t *)counter) < n) {
        ck_assert(apr_time_now() < test_ctx.deadline);
        apr_sleep(MS(1));
    }
}

/* While one thread waits for a backend, others give back and take what is there. */
START_TEST(a_slow_connect_holds_up_nobody_else)
{
    worker_t worker;
    scim_respool_t *pool = make(4);
    connection_t *connection = acquire(pool);
    apr_time_t begin;

    backend.open_takes = MS(600);
    start(&worker, pool, 1);
    wait_for(&backend.opening, 1);
    begin = apr_time_now();
    scim_respool_release(pool, connection, 0);
    ck_assert_ptr_eq(acquire(pool), connection);
    ck_assert_int_lt(apr_time_now() - begin, MS(300));
    join(&worker);
}
END_TEST

START_TEST(after_the_pause_one_thread_tries)
{
    worker_t workers[4];
    scim_respool_t *pool;
    apr_uint32_t refused = 0;
    int i;

    limits.max = 4;
    limits.retry = MS(500);
    pool = make(8);
    backend.fails = SCIM_E_UNAVAILABLE;
    refuse(pool);
    apr_sleep(limits.retry + MS(1));
    backend.open_takes = MS(50);
    for (i = 0; i < 4; i++)
        start(&workers[i], pool, 1);
    for (i = 0; i < 4; i++) {
        join(&workers[i]);
        refused += workers[i].refused;
    }
    ck_assert_uint_eq(refused, 4);
    ck_assert_uint_eq(backend.opened, 2);
    ck_assert_uint_eq(backend.most_opening, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("respool");
    TCase *tc = tcase_create("respool");

    suite_add_tcase(suite, tc);
    tcase_add_checked_fixture(tc, setup, test_teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, nothing_is_connected_before_it_is_needed);
    tcase_add_test(tc, a_connection_is_used_again);
    tcase_add_test(tc, a_broken_connection_is_closed);
    tcase_add_test(tc, max_is_the_limit);
    tcase_add_loop_test(tc, half_of_the_threads_is_the_limit, 0, (int)(sizeof(halves) / sizeof(halves[0])));
    tcase_add_test(tc, the_wait_for_a_free_one_is_bounded);
    tcase_add_test(tc, the_deadline_of_the_call_ends_the_wait);
    tcase_add_test(tc, the_error_of_connecting_reaches_the_caller);
    tcase_add_test(tc, a_failure_is_followed_by_a_pause);
    tcase_add_test(tc, after_the_pause_it_is_tried_again);
    tcase_add_test(tc, without_a_pause_every_call_tries);
    tcase_add_test(tc, a_client_that_left_pauses_nobody);
    tcase_add_test(tc, connections_that_are_there_serve_during_a_pause);
    tcase_add_test(tc, an_idle_connection_is_checked);
    tcase_add_test(tc, one_that_is_not_good_is_replaced);
    tcase_add_test(tc, one_that_is_not_good_and_cannot_be_replaced_is_gone);
    tcase_add_test(tc, idle_connections_above_min_grow_old);
    tcase_add_test(tc, an_old_connection_is_not_handed_out);
    tcase_add_test(tc, without_ttl_none_grows_old);
    tcase_add_test(tc, the_end_closes_each_once);
    tcase_add_loop_test(tc, a_request_may_end_with_the_process, 0, 2);
    tcase_add_test(tc, what_was_given_back_is_not_given_back_again);
    tcase_add_test(tc, threads_share);
    tcase_add_test(tc, one_that_waits_gets_what_is_given_back);
    tcase_add_test(tc, a_slow_connect_holds_up_nobody_else);
    tcase_add_test(tc, after_the_pause_one_thread_tries);
    return test_run(suite);
}
