/* SPDX-License-Identifier: Apache-2.0 */

/* Secrets that stand elsewhere than in the configuration. */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "common.h"
#include "scimp_secret.h"

/* A file of the test, with that text and mode. */
static const char *make_file(const char *text, size_t len, mode_t mode)
{
    static char path[64];
    FILE *file;

    snprintf(path, sizeof path, "/tmp/test_secret.%d", (int)getpid());
    unlink(path);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, len, file), len);
    fclose(file);
    ck_assert_int_eq(chmod(path, mode), 0);
    return path;
}

static const char *get(const char *value, const char **secret)
{
    const char *rest;
    const scimp_secret_kind_t kind = scimp_secret_kind(value, &rest);

    *secret = NULL;
    return scimp_secret_get(secret, kind, rest, test_pool, test_pool);
}

START_TEST(the_prefix_says_what_a_value_is)
{
    const char *rest;

    ck_assert_int_eq(scimp_secret_kind("exec:/bin/x", &rest), SCIMP_SECRET_EXEC);
    ck_assert_str_eq(rest, "/bin/x");
    ck_assert_int_eq(scimp_secret_kind("file:/etc/x", &rest), SCIMP_SECRET_FILE);
    ck_assert_str_eq(rest, "/etc/x");
    ck_assert_int_eq(scimp_secret_kind("env:X", &rest), SCIMP_SECRET_ENV);
    ck_assert_str_eq(rest, "X");
    ck_assert_int_eq(scimp_secret_kind("executive", &rest), SCIMP_SECRET_LITERAL);
    ck_assert_str_eq(rest, "executive");
}
END_TEST

static const struct {
    const char *text, *secret;
} files[] = {
    { "secret", "secret" },
    { "secret\n", "secret" },
    { "secret\r\n", "secret" },
    { "two words\n\n", "two words\n" },
    { "", "" },
    { "\n", "" }
};

START_TEST(a_file_gives_its_text_without_the_newline)
{
    const char *secret;
    const char *path = make_file(files[_i].text, strlen(files[_i].text), 0600);

    ck_assert_ptr_null(get(apr_pstrcat(test_pool, "file:", path, NULL), &secret));
    ck_assert_str_eq(secret, files[_i].secret);
    unlink(path);
}
END_TEST

START_TEST(a_file_holds_at_most_4_kib)
{
    static char text[4097];
    const char *secret, *problem;
    const char *path;

    memset(text, 'x', sizeof text);
    path = make_file(text, 4096, 0600);
    ck_assert_ptr_null(get(apr_pstrcat(test_pool, "file:", path, NULL), &secret));
    ck_assert_uint_eq(strlen(secret), 4096);
    path = make_file(text, 4097, 0600);
    problem = get(apr_pstrcat(test_pool, "file:", path, NULL), &secret);
    ck_assert_ptr_nonnull(problem);
    ck_assert_ptr_nonnull(strstr(problem, "4 KiB"));
    ck_assert_ptr_null(strstr(problem, "xxx"));
    ck_assert_ptr_null(secret);
    unlink(path);
}
END_TEST

START_TEST(a_file_with_a_nul_is_refused)
{
    const char *secret;
    const char *path = make_file("a\0b", 3, 0600);

    ck_assert_ptr_nonnull(get(apr_pstrcat(test_pool, "file:", path, NULL), &secret));
    unlink(path);
}
END_TEST

START_TEST(a_program_gives_its_output)
{
    const char *secret;

    /* it reads standard input, which is empty, and gets no argument */
    ck_assert_ptr_null(get("exec:/bin/cat", &secret));
    ck_assert_str_eq(secret, "");
    ck_assert_ptr_null(get("exec:/bin/echo", &secret));
    ck_assert_str_eq(secret, "");
    ck_assert_ptr_null(get("exec:/bin/pwd", &secret));
    ck_assert_int_eq(secret[0], '/');
}
END_TEST

static const struct {
    const char *value, *says;
} refused[] = {
    { "exec:/bin/false", "exit status 1" },
    { "exec:/usr/bin/yes", "4 KiB" },
    { "exec:cat", "absolute" },
    { "exec:/bin/cat /etc/passwd", "does not exist" },
    { "exec:/etc/passwd", "not an executable" },
    { "exec:/bin", "not an executable" },
    { "exec:/nonexistent", "does not exist" },
    { "file:/nonexistent", "does not exist" },
    { "file:relative", "absolute" },
    { "file:/dev/zero", "does not exist" },
    { "file:/", "does not exist" },
    { "env:", "environment variable" },
    { "env:NO_SUCH_VARIABLE_HERE", "NO_SUCH_VARIABLE_HERE" }
};

START_TEST(what_cannot_be_had_is_said)
{
    const char *secret;
    const char *problem = get(refused[_i].value, &secret);

    ck_assert_ptr_nonnull(problem);
    ck_assert_msg(strstr(problem, refused[_i].says) != NULL, "%s: %s", refused[_i].value, problem);
}
END_TEST

START_TEST(a_program_that_others_can_write_does_not_run)
{
    const char *secret, *problem;
    const char *path = make_file("#!/bin/sh\necho secret\n", 22, 0777);

    problem = get(apr_pstrcat(test_pool, "exec:", path, NULL), &secret);
    ck_assert_ptr_nonnull(problem);
    ck_assert_ptr_nonnull(strstr(problem, "root"));
    ck_assert_ptr_null(secret);
    unlink(path);
}
END_TEST

/* What runs is what was checked, not what a link may point to by then: the script sees the name that it was
 * started by. */
START_TEST(of_a_link_its_target_runs)
{
    const char *secret, *path, *link;

    if (geteuid() != 0)    /* nobody else can make a program that may run */
        return;
    path = make_file("#!/bin/sh\necho $0\n", 18, 0700);
    link = apr_pstrcat(test_pool, path, ".link", NULL);
    unlink(link);
    ck_assert_int_eq(symlink(path, link), 0);
    ck_assert_ptr_null(get(apr_pstrcat(test_pool, "exec:", link, NULL), &secret));
    ck_assert_str_eq(secret, path);
    unlink(link);
    unlink(path);
}
END_TEST

START_TEST(checking_runs_and_reads_nothing)
{
    ck_assert_ptr_null(scimp_secret_check(SCIMP_SECRET_EXEC, "/bin/false", test_pool));
    ck_assert_ptr_null(scimp_secret_check(SCIMP_SECRET_ENV, "NO_SUCH_VARIABLE_HERE", test_pool));
    ck_assert_ptr_null(scimp_secret_check(SCIMP_SECRET_LITERAL, "anything", test_pool));
    ck_assert_ptr_nonnull(scimp_secret_check(SCIMP_SECRET_FILE, "/nonexistent", test_pool));
}
END_TEST

START_TEST(the_environment_gives_a_variable)
{
    const char *secret;

    setenv("TEST_SECRET", "from the environment", 1);
    ck_assert_ptr_null(get("env:TEST_SECRET", &secret));
    ck_assert_str_eq(secret, "from the environment");
    unsetenv("TEST_SECRET");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("secret");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_test(tc, the_prefix_says_what_a_value_is);
    tcase_add_loop_test(tc, a_file_gives_its_text_without_the_newline, 0,
                        (int)(sizeof files / sizeof *files));
    tcase_add_test(tc, a_file_holds_at_most_4_kib);
    tcase_add_test(tc, a_file_with_a_nul_is_refused);
    tcase_add_test(tc, a_program_gives_its_output);
    tcase_add_loop_test(tc, what_cannot_be_had_is_said, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tc, a_program_that_others_can_write_does_not_run);
    tcase_add_test(tc, of_a_link_its_target_runs);
    tcase_add_test(tc, checking_runs_and_reads_nothing);
    tcase_add_test(tc, the_environment_gives_a_variable);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
