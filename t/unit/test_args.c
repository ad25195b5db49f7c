/* SPDX-License-Identifier: Apache-2.0 */

/* The query of a URL. */

#include <string.h>

#include "common.h"
#include "scimp_args.h"

START_TEST(every_parameter_has_its_place)
{
    scim_listargs_t args;

    ck_ok(scimp_args_parse(
        &args, "filter=a&sortBy=b&sortOrder=c&startIndex=d&count=e&attributes=f&excludedAttributes=g",
        test_pool));
    ck_assert_str_eq(args.filter, "a");
    ck_assert_str_eq(args.sort_by, "b");
    ck_assert_str_eq(args.sort_order, "c");
    ck_assert_str_eq(args.start_index, "d");
    ck_assert_str_eq(args.count, "e");
    ck_assert_str_eq(args.attributes, "f");
    ck_assert_str_eq(args.excluded, "g");
}
END_TEST

START_TEST(without_a_query_there_is_nothing)
{
    scim_listargs_t args = { .filter = "left over" };

    ck_ok(scimp_args_parse(&args, NULL, test_pool));
    ck_assert_ptr_null(args.filter);
    ck_ok(scimp_args_parse(&args, "", test_pool));
    ck_assert_ptr_null(args.filter);
    ck_assert_ptr_null(args.count);
}
END_TEST

/* Queries and the filter in them; NULL for none. */
static const struct {
    const char *query, *filter;
} good[] = {
    { "filter=userName%20eq%20%22a%22", "userName eq \"a\"" },
    { "filter=userName+eq+%22a%2Bb%22", "userName eq \"a+b\"" },
    { "FILTER=x", "x" },
    { "filter=a=b", "a=b" },
    { "filter=%C3%B6", "\xc3\xb6" },
    { "filter=a%26b", "a&b" },
    { "filter=", "" },
    { "filter", "" },
    { "aadOptscim062020&filter=x", "x" },
    { "&&filter=x&", "x" },
    { "filters=x", NULL },
    { "filte=x", NULL },
    { "other=%zz&other=%00&count=1", NULL },
    { "=x", NULL }
};

START_TEST(values_are_decoded_and_strangers_passed_over)
{
    scim_listargs_t args;

    ck_ok(scimp_args_parse(&args, good[_i].query, test_pool));
    if (good[_i].filter)
        ck_assert_str_eq(args.filter, good[_i].filter);
    else
        ck_assert_ptr_null(args.filter);
}
END_TEST

static const char *const bad[] = { "filter=%zz",        "filter=%4",        "filter=%",
                                   "filter=%00",        "filter=a%00b",     "filter=%ff",
                                   "filter=%C0%80",     "filter=%ED%A0%80", "filter=a&filter=b",
                                   "filter=a&Filter=a", "count=1&count=1",  "filter&filter" };

START_TEST(what_is_not_utf8_or_stands_twice_is_refused)
{
    scim_listargs_t args;

    ck_err(scimp_args_parse(&args, bad[_i], test_pool), SCIM_E_BAD_REQUEST);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("args");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_test(tc, every_parameter_has_its_place);
    tcase_add_test(tc, without_a_query_there_is_nothing);
    tcase_add_loop_test(tc, values_are_decoded_and_strangers_passed_over, 0,
                        (int)(sizeof good / sizeof *good));
    tcase_add_loop_test(tc, what_is_not_utf8_or_stands_twice_is_refused, 0, (int)(sizeof bad / sizeof *bad));
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
