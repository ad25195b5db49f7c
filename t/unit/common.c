/* SPDX-License-Identifier: Apache-2.0 */
#include "common.h"

#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>

apr_pool_t *test_pool;

/* Messages come from any thread: a pool of their own, behind a lock. */
static apr_pool_t *log_pool;
static apr_thread_mutex_t *log_lock;
static const char *logged;

static void collect(void *baton, scim_loglevel_t level, apr_status_t rv, const char *text)
{
    (void)baton;
    (void)rv;
    apr_thread_mutex_lock(log_lock);
    logged = apr_psprintf(log_pool, "%s%d %s\n", logged, (int)level, text);
    apr_thread_mutex_unlock(log_lock);
}

static apr_time_t now(void *baton)
{
    (void)baton;
    return apr_time_now();
}

static int threads(void *baton)
{
    (void)baton;
    return 4;
}

scim_log_t test_log;
const scim_host_t test_host = { .size = sizeof(scim_host_t), .now = now, .threads = threads };
scim_ctx_t test_ctx;

void test_setup(void)
{
    ck_assert_int_eq(apr_initialize(), APR_SUCCESS);
    ck_assert_int_eq(apr_pool_create(&test_pool, NULL), APR_SUCCESS);
    ck_assert_int_eq(apr_pool_create(&log_pool, NULL), APR_SUCCESS);
    ck_assert_int_eq(apr_thread_mutex_create(&log_lock, APR_THREAD_MUTEX_DEFAULT, log_pool), APR_SUCCESS);
    logged = "";
    test_log = (scim_log_t){ .level = SCIM_LOG_DEBUG, .print = collect };
    test_ctx = (scim_ctx_t){ .deadline = apr_time_now() + apr_time_from_sec(10), .log = &test_log,
                             .host = &test_host };
}

/* The log goes last: cleanups may write to it. */
void test_teardown(void)
{
    apr_pool_destroy(test_pool);
    apr_pool_destroy(log_pool);
    apr_terminate();
}

const char *test_logged(void)
{
    const char *text;

    apr_thread_mutex_lock(log_lock);
    text = apr_pstrdup(test_pool, logged);
    logged = "";
    apr_thread_mutex_unlock(log_lock);
    return text;
}

const char *test_file(const char *path)
{
    const char *srcdir = getenv("srcdir");

    return apr_pstrcat(test_pool, srcdir ? srcdir : ".", "/", path, NULL);
}

json_t *test_json(const char *text)
{
    static const scim_json_limits_t limits = { .max_depth = 100 };
    json_t *json = NULL;
    const scim_err_t *err = scim_json_parse(&json, text, strlen(text), &limits, test_pool);

    ck_assert_msg(err == NULL, "%s: %s", err ? err->detail : "", text);
    return scim_json_own(test_pool, json);
}

int test_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

void test_check_json(const json_t *actual, const char *expected, const char *file, int line)
{
    const json_t *wanted = test_json(expected);

    ck_assert_msg(actual != NULL, "%s:%d: no JSON where %s was expected", file, line, expected);
    ck_assert_msg(scim_json_equal(actual, wanted), "%s:%d: %s\nis not %s", file, line,
                  scim_json_dump(actual, test_pool), expected);
}

void test_check_err(const scim_err_t *err, const char *file, int line)
{
    ck_assert_msg(err == NULL, "%s:%d: error %d: %s (%s)", file, line, err ? (int)err->kind : 0,
                  err ? err->detail : "", err && err->log ? err->log : "");
}
