/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "common.h"
#include "scim_error.h"
#include "scim_log.h"
#include "scim_text.h"

/* RFC 7644 section 3.12, tables 8 and 9; the rest RFC 9110. */
static const struct {
    scim_errkind_t kind;
    int            status;
    const char    *type;
} kinds[] = {
    { SCIM_E_BAD_REQUEST, 400, NULL },
    { SCIM_E_INVALID_SYNTAX, 400, "invalidSyntax" },
    { SCIM_E_INVALID_FILTER, 400, "invalidFilter" },
    { SCIM_E_INVALID_PATH, 400, "invalidPath" },
    { SCIM_E_NO_TARGET, 400, "noTarget" },
    { SCIM_E_INVALID_VALUE, 400, "invalidValue" },
    { SCIM_E_INVALID_VERS, 400, "invalidVers" },
    { SCIM_E_MUTABILITY, 400, "mutability" },
    { SCIM_E_TOO_MANY, 400, "tooMany" },
    { SCIM_E_UNAUTHORIZED, 401, NULL },
    { SCIM_E_FORBIDDEN, 403, NULL },
    { SCIM_E_SENSITIVE, 403, "sensitive" },
    { SCIM_E_NOT_FOUND, 404, NULL },
    { SCIM_E_METHOD, 405, NULL },
    { SCIM_E_NOT_ACCEPTABLE, 406, NULL },
    { SCIM_E_CONFLICT, 409, NULL },
    { SCIM_E_UNIQUENESS, 409, "uniqueness" },
    { SCIM_E_PRECONDITION, 412, NULL },
    { SCIM_E_TOO_LARGE, 413, NULL },
    { SCIM_E_MEDIA_TYPE, 415, NULL },
    { SCIM_E_INTERNAL, 500, NULL },
    { SCIM_E_NOT_IMPLEMENTED, 501, NULL },
    { SCIM_E_BACKEND, 502, NULL },
    { SCIM_E_UNAVAILABLE, 503, NULL },
    { SCIM_E_TIMEOUT, 504, NULL },
    { SCIM_E_ABORTED, 500, NULL },
};

START_TEST(every_kind_has_its_status_and_type)
{
    ck_assert_int_eq(kinds[_i].kind, _i);
    ck_assert_int_eq(scim_err_status(kinds[_i].kind), kinds[_i].status);
    ck_assert_pstr_eq(scim_err_type(kinds[_i].kind), kinds[_i].type);
}
END_TEST

START_TEST(the_list_above_is_complete)
{
    ck_assert_uint_eq(sizeof(kinds) / sizeof(kinds[0]), SCIM_E_COUNT);
}
END_TEST

START_TEST(outcomes_have_a_status)
{
    ck_assert_int_eq(scim_done_status(SCIM_DONE_OK), 200);
    ck_assert_int_eq(scim_done_status(SCIM_DONE_CREATED), 201);
    ck_assert_int_eq(scim_done_status(SCIM_DONE_NO_CONTENT), 204);
    ck_assert_int_eq(scim_done_status(SCIM_DONE_NOT_MODIFIED), 304);
}
END_TEST

START_TEST(an_error_has_kind_and_detail)
{
    const scim_err_t *err = scim_err(test_pool, SCIM_E_NOT_FOUND, "no %s has id %d of %zu", "User", 7,
                                     sizeof(char));

    ck_err(err, SCIM_E_NOT_FOUND);
    ck_assert_str_eq(err->detail, "no User has id 7 of 1");
    ck_assert_ptr_null(err->log);
    ck_assert_ptr_null(err->prev);
    ck_assert_int_eq(err->rv, APR_SUCCESS);
    ck_assert_int_eq(err->retry_after, 0);
    ck_assert(!err->retriable);
}
END_TEST

START_TEST(a_log_text_is_added)
{
    scim_err_t *err = scim_err(test_pool, SCIM_E_BACKEND, "the system answered nonsense");

    ck_assert_ptr_eq(scim_err_log(err, test_pool, APR_EOF, "table %s has no key", "person"), err);
    ck_assert_str_eq(err->log, "table person has no key");
    ck_assert_str_eq(err->detail, "the system answered nonsense");
    ck_assert_int_eq(err->rv, APR_EOF);
}
END_TEST

START_TEST(a_wrapped_error_keeps_what_callers_decide_by)
{
    scim_err_t *cause = scim_err(test_pool, SCIM_E_UNAVAILABLE, "down");
    const scim_err_t *err;

    cause->retry_after = 30;
    cause->retriable = 1;
    err = scim_err_wrap(test_pool, cause, "members cannot be read: %s", cause->detail);
    ck_err(err, SCIM_E_UNAVAILABLE);
    ck_assert_str_eq(err->detail, "members cannot be read: down");
    ck_assert_ptr_eq(err->prev, cause);
    ck_assert_int_eq(err->retry_after, 30);
    ck_assert(err->retriable);
}
END_TEST

START_TEST(an_error_response_is_that_of_the_rfc)
{
    ck_json(test_json(scim_err_json(test_pool, 400, "mutability", "Attribute 'id' is readOnly")),
            "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"400\","
            "\"scimType\":\"mutability\",\"detail\":\"Attribute 'id' is readOnly\"}");
    ck_json(test_json(scim_err_json(test_pool, 404, NULL, NULL)),
            "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"404\"}");
}
END_TEST

START_TEST(a_hostile_detail_stays_a_string)
{
    const char *text = scim_err_json(test_pool, 400, NULL, "\",\"x\":\"\\\n\xC3(\xFF");

    ck_assert(scim_utf8_valid(text, strlen(text)));
    ck_json(json_object_get(test_json(text), "detail"), "\"\\\",\\\"x\\\":\\\"\\\\\\n\\ufffd(\\ufffd\"");
}
END_TEST

START_TEST(any_status_has_a_text)
{
    ck_assert_str_eq(scim_status_text(404), "Not Found");
    ck_assert_str_eq(scim_status_text(401), "Unauthorized");
    ck_assert_str_eq(scim_status_text(503), "Service Unavailable");
    ck_assert_str_ne(scim_status_text(499), "");
    ck_assert_str_ne(scim_status_text(599), "");
    ck_assert_str_ne(scim_status_text(0), "");
}
END_TEST

START_TEST(every_status_of_an_error_has_its_own_text)
{
    int i;

    for (i = 0; i < SCIM_E_COUNT; i++)
        ck_assert_str_ne(scim_status_text(scim_err_status((scim_errkind_t)i)), scim_status_text(499));
}
END_TEST

static const char *counted(int *calls)
{
    (*calls)++;
    return "formatted";
}

START_TEST(a_level_that_is_off_costs_nothing)
{
    int calls = 0;

    scim_log(&test_log, SCIM_LOG_TRACE1, APR_SUCCESS, "%s", counted(&calls));
    ck_assert_int_eq(calls, 0);
    ck_assert_str_eq(test_logged(), "");
    scim_log(&test_log, SCIM_LOG_DEBUG, APR_SUCCESS, SCIM_LOGNO(7) "%s", counted(&calls));
    ck_assert_int_eq(calls, 1);
    ck_assert_str_eq(test_logged(), "7 SCIM7: formatted\n");
}
END_TEST

START_TEST(a_long_message_is_cut)
{
    char text[10000];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    scim_log(&test_log, SCIM_LOG_ERR, APR_SUCCESS, "%s", text);
    ck_assert_uint_ge(strlen(test_logged()), 1000);
}
END_TEST

START_TEST(an_error_is_logged_with_what_it_came_from)
{
    scim_err_t *cause = scim_err_log(scim_err(test_pool, SCIM_E_TIMEOUT, "slow"), test_pool, APR_TIMEUP,
                                     "30 s over");
    scim_err_t *silent = scim_err_wrap(test_pool, cause, "no text");
    scim_err_t *err = scim_err_log(scim_err_wrap(test_pool, silent, "the search failed"), test_pool,
                                   APR_SUCCESS, "target corp");

    scim_log_err(&test_log, err);
    ck_assert_str_eq(test_logged(), "3 SCIM0100: answered 504: target corp\n3 SCIM0101: because: 30 s over\n");
}
END_TEST

/* What an administrator must act on, and what only the client can mend. */
START_TEST(the_level_tells_whose_error_it_is)
{
    const scim_errkind_t kind = kinds[_i].kind;
    const int ours = kind == SCIM_E_INTERNAL || kind == SCIM_E_BACKEND || kind == SCIM_E_UNAVAILABLE
                     || kind == SCIM_E_TIMEOUT;

    scim_log_err(&test_log, scim_err(test_pool, kind, "x"));
    ck_assert_int_eq(test_logged()[0], ours ? '3' : '6');
}
END_TEST

START_TEST(what_the_client_sent_is_not_logged)
{
    scim_log_err(&test_log, scim_err(test_pool, SCIM_E_INVALID_VALUE, "\"hunter2\" is no number"));
    ck_assert_str_eq(test_logged(), "6 SCIM0100: answered 400 invalidValue\n");
}
END_TEST

int main(void)
{
    const int n = (int)(sizeof(kinds) / sizeof(kinds[0]));
    Suite *suite = suite_create("error");
    TCase *tc = tcase_create("error");

    suite_add_tcase(suite, tc);
    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_loop_test(tc, every_kind_has_its_status_and_type, 0, n);
    tcase_add_test(tc, the_list_above_is_complete);
    tcase_add_test(tc, outcomes_have_a_status);
    tcase_add_test(tc, an_error_has_kind_and_detail);
    tcase_add_test(tc, a_log_text_is_added);
    tcase_add_test(tc, a_wrapped_error_keeps_what_callers_decide_by);
    tcase_add_test(tc, an_error_response_is_that_of_the_rfc);
    tcase_add_test(tc, a_hostile_detail_stays_a_string);
    tcase_add_test(tc, any_status_has_a_text);
    tcase_add_test(tc, every_status_of_an_error_has_its_own_text);
    tcase_add_test(tc, a_level_that_is_off_costs_nothing);
    tcase_add_test(tc, a_long_message_is_cut);
    tcase_add_test(tc, an_error_is_logged_with_what_it_came_from);
    tcase_add_loop_test(tc, the_level_tells_whose_error_it_is, 0, n);
    tcase_add_test(tc, what_the_client_sent_is_not_logged);
    return test_run(suite);
}
