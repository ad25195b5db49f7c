/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_COMMON_H
#define TEST_COMMON_H

/**
 * @file common.h
 * What unit tests share: a pool for each test, a log that remembers, a context with the real clock, JSON to
 * compare with. A test case takes it with tcase_add_checked_fixture(tc, test_setup, test_teardown).
 */

#include <stdlib.h>

#include <check.h>

#include "scim_host.h"
#include "scim_json.h"
#include "scim_types.h"

/** The pool of the test that runs. */
extern apr_pool_t *test_pool;
/** Takes everything down to debug; test_logged() tells. Any thread. */
extern scim_log_t test_log;
/** The real clock, four threads. */
extern const scim_host_t test_host;
/** With test_log, test_host and ten seconds from the begin of the test. */
extern scim_ctx_t test_ctx;

void test_setup(void);
void test_teardown(void);

/** What was logged since the last call, a line "LEVEL text" each, "" if nothing. In test_pool. */
const char *test_logged(void);

/** The path of a file of the tree, given from its top: $srcdir is that top. In test_pool. */
const char *test_file(const char *path);

/** The JSON of a text, in test_pool; fails the test if it is none. Strict: no duplicate names. */
json_t *test_json(const char *text);

/** Runs the suite as CK_FORK and its kin say; what main() returns. */
int test_run(Suite *suite);

void test_check_json(const json_t *actual, const char *expected, const char *file, int line);
void test_check_err(const scim_err_t *err, const char *file, int line);

/** Equal as JSON values to the value of a text. */
#define ck_json(actual, expected) test_check_json(actual, expected, __FILE__, __LINE__)
/** Success. */
#define ck_ok(err) test_check_err(err, __FILE__, __LINE__)
/** An error of this kind. */
#define ck_err(err, expected)                                                                        \
    do {                                                                                             \
        const scim_err_t *ck_err_ = (err);                                                           \
        ck_assert_msg(ck_err_ != NULL, "no error where " #expected " was expected");                 \
        ck_assert_msg(ck_err_->kind == (expected), "kind %d, not " #expected ": %s", (int)ck_err_->kind, \
                      ck_err_->detail);                                                              \
    } while (0)

#endif
