/* SPDX-License-Identifier: Apache-2.0 */

/* Which bodies are taken, by their Content-Type: RFC 7644 section 8.1, RFC 9110 sections 5.6.6 and 8.3. */

#include "common.h"
#include "scimp_media.h"

static const char *const taken[] = {
    "application/scim+json",
    "application/json",
    "Application/SCIM+JSON",
    "application/scim+json;charset=utf-8",
    "application/scim+json; charset=UTF-8",
    "application/scim+json ; charset=\"utf-8\"",
    "application/scim+json;\tCHARSET=utf-8",
    "application/scim+json; q=1; charset=utf-8",
    "application/scim+json; x=\"a;charset=latin1\"; charset=utf-8",
    "application/scim+json; version=2.0",
    "application/scim+json;",
    "application/scim+json;;;",
    "application/json; odata.metadata=minimal",
    "  application/json"
};

START_TEST(json_in_utf8_is_taken)
{
    ck_ok(scimp_media_check(taken[_i], test_pool));
}
END_TEST

static const char *const refused[] = {
    NULL,
    "",
    ";",
    "application",
    "application/",
    "text/json",
    "text/plain",
    "application/xml",
    "application/scim",
    "application/scim+jsonx",
    "application/x-www-form-urlencoded",
    "application/scim+json, text/plain",
    "application/scim+json; charset=latin1",
    "application/scim+json; charset=\"iso-8859-1\"",
    "application/scim+json; charset=utf-16",
    "application/scim+json; charset=utf-8x",
    "application/scim+json; charset=",
    "application/scim+json; charset",
    "application/scim+json; charset=\"",
    "application/scim+json; charset=utf-8; charset=latin1",
    "application/scim+json; x=\"1\"; charset=latin1"
};

START_TEST(everything_else_is_refused)
{
    ck_err(scimp_media_check(refused[_i], test_pool), SCIM_E_MEDIA_TYPE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("media");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_loop_test(tc, json_in_utf8_is_taken, 0, (int)(sizeof taken / sizeof *taken));
    tcase_add_loop_test(tc, everything_else_is_refused, 0, (int)(sizeof refused / sizeof *refused));
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
