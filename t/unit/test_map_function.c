/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>
#include <crypt.h>

#include "map_fixture.h"
#include "map_function.h"
#include "scim_text.h"

#define MAX_CALLS 4

static map_call_t calls[MAX_CALLS];
static int ncalls;

/* Takes the functions of a line. */
static const char *make(const char *pipeline)
{
    map_line_t line;
    const char *text = apr_pstrcat(test_pool, "a <- b | ", pipeline, NULL), *error = map_line_parse(&line, text, test_pool);
    int i;

    ck_assert_msg(error == NULL, "%s", error);
    ncalls = line.calls->nelts;
    ck_assert_int_le(ncalls, MAX_CALLS);
    for (i = 0; i < ncalls && !error; i++)
        error = map_function_make(&calls[i], &APR_ARRAY_IDX(line.calls, i, map_word_call_t), test_pool);
    return error;
}

static const char *text_of(json_t *value)
{
    return value ? scim_json_dump(scim_json_own(test_pool, value), test_pool) : "none";
}

/* What is read of a value, and what is written of one: "none" where there is no result, NULL where it does not matter. */
static const struct {
    const char *pipeline, *native, *scim, *back;
} values[] = {
    { "toLowerCaseString", "\"ABC d\"", "\"abc d\"", "\"abc d\"" },
    { "toLowerCaseString", "\"\xC3\x84\xE2\x84\xAA\"", "\"\xC3\xA4\xE2\x84\xAA\"", NULL },  /* A umlaut, Kelvin */
    { "toUpperCaseString", "\"abc \xC3\xA4\"", "\"ABC \xC3\x84\"", "\"ABC \xC3\x84\"" },
    { "toUpperCaseString", "\"\xC5\xBF\xC4\xB1\xC3\x9F\"", "\"\xC5\xBF\xC4\xB1\xC3\x9F\"", NULL },  /* none leads back */
    { "toUpperCaseString", "17", "\"17\"", "\"17\"" },
    { "toString", "12", "\"12\"", "\"12\"" }, { "toString", "true", "\"true\"", "\"true\"" },
    { "toString", "\"x\"", "\"x\"", "\"x\"" }, { "toString", "{}", "none", NULL }, { "toString", "[1]", "none", NULL },
    { "concatString(prefix=\"p_\")", "\"x\"", "\"p_x\"", "\"x\"" },
    { "concatString(suffix=\"@example.com\")", "\"x\"", "\"x@example.com\"", "\"x\"" },
    { "concatString(prefix=\"a\", suffix=1)", "2", "\"a21\"", "\"2\"" },
    { "concatString(prefix=\"ab\", suffix=\"ba\")", "\"\"", "\"abba\"", "\"\"" },
    { "concatString(prefix=\"\xC3\xA4\")", "\"\xC3\xB6\"", "\"\xC3\xA4\xC3\xB6\"", "\"\xC3\xB6\"" },
    { "valueMapping(\"A\"=true, \"I\"=false)", "\"A\"", "true", "\"A\"" },
    { "valueMapping(\"A\"=true, \"I\"=false)", "\"I\"", "false", "\"I\"" },
    { "valueMapping(\"A\"=true, \"I\"=false)", "\"a\"", "none", NULL },
    { "valueMapping(\"A\"=true, \"I\"=false)", "\"\"", "none", NULL },
    { "valueMapping(\"2\"=\"two\")", "2", "\"two\"", "\"2\"" },  /* by its text */
    { "valueMapping(2=\"two\")", "\"2\"", "\"two\"", "2" }, { "valueMapping(2=\"two\")", "2.5", "none", NULL },
    { "valueMapping(true=\"yes\", false=\"no\")", "\"t\"", "\"yes\"", "true" },
    { "valueMapping(true=\"yes\", false=\"no\")", "0", "\"no\"", "false" },
    { "encode(algorithm=\"base64\")", "\"ab\"", "\"YWI=\"", "\"ab\"" },
    { "encode(algorithm=\"base64\", skipPadding=true)", "\"ab\"", "\"YWI\"", "\"ab\"" },
    { "encode(algorithm=\"base32\")", "\"foobar\"", "\"MZXW6YTBOI======\"", "\"foobar\"" },  /* RFC 4648 section 10 */
    { "decode(algorithm=\"base64\")", "\"YWI=\"", "\"ab\"", "\"YWI=\"" },
    { "decode(algorithm=\"base64\", skipPadding=true)", "\"YWI=\"", "\"ab\"", "\"YWI\"" },
    { "decode(algorithm=\"base32\")", "\"MZXW6===\"", "\"foo\"", "\"MZXW6===\"" },
    { "decode(algorithm=\"base64\")", "\"!\"", "none", NULL },
    { "decode(algorithm=\"base64\")", "\"/w==\"", "none", NULL }, { "decode(algorithm=\"base64\")", "\"AA==\"", "none", NULL },
    { "ref(User)", "\"k\"", "\"k\"", "\"k\"" }, { "ref(\"User\")", "7", "\"7\"", "\"7\"" }, { "ref(User)", "\"\"", "none", NULL },
    { "toLowerCaseString | concatString(prefix=\"A\") | encode(algorithm=\"base64\")", "\"B\"", "\"QWI=\"", "\"b\"" }
};

START_TEST(values_there_and_back)
{
    const char *error = make(values[_i].pipeline);
    json_t *scim;

    ck_assert_msg(error == NULL, "%s", error);
    scim = map_function_run(calls, ncalls, test_json(values[_i].native), NULL, test_pool);
    ck_assert_str_eq(text_of(scim), values[_i].scim);
    if (values[_i].back)
        ck_assert_str_eq(text_of(map_function_back(calls, ncalls, test_json(values[_i].scim), NULL, test_pool)), values[_i].back);
}
END_TEST

/* Values that cannot have been read: what is written of them is nothing, and which function says so. */
static const struct {
    const char *pipeline, *scim, *function;
} strangers[] = {
    { "concatString(prefix=\"p_\")", "\"x\"", "concatString" }, { "concatString(prefix=\"p_\")", "\"P_x\"", "concatString" },
    { "concatString(prefix=\"ab\", suffix=\"ba\")", "\"aba\"", "concatString" },
    { "valueMapping(\"A\"=true)", "false", "valueMapping" },
    { "encode(algorithm=\"base64\")", "\"*\"", "encode" }, { "encode(algorithm=\"base32\")", "\"a\"", "encode" },
    { "toString | concatString(prefix=\"p_\") | toLowerCaseString", "\"q\"", "concatString" }
};

START_TEST(strangers_are_refused)
{
    const map_function_t *failed = NULL;

    ck_assert_ptr_null(make(strangers[_i].pipeline));
    ck_assert_ptr_null(map_function_back(calls, ncalls, test_json(strangers[_i].scim), &failed, test_pool));
    ck_assert_ptr_nonnull(failed);
    ck_assert_str_eq(failed->name, strangers[_i].function);
    ck_assert_ptr_nonnull(failed->refuses);
}
END_TEST

static const struct {
    const char *pipeline, *says;
} bad[] = {
    { "toLowercaseString", "did you mean toLowerCaseString?" }, { "zzz", "there is no function \"zzz\"" },
    { "toString(x=1)", "takes no arguments" }, { "toString(\"x\")", "takes no arguments" },
    { "concatString", "needs prefix= or suffix=" }, { "concatString(prefix=\"\")", "needs prefix= or suffix=" },
    { "concatString(praefix=\"x\")", "takes prefix=, suffix=" }, { "concatString(\"x\")", "takes prefix=, suffix=" },
    { "concatString(prefix=\"a\", prefix=\"b\")", "twice" }, { "concatString(prefix=[])", "takes texts" },
    { "concatString(prefix=null)", "takes texts" },
    { "valueMapping", "needs pairs" }, { "valueMapping(A=true)", "in double quotes" }, { "valueMapping(\"A\")", "takes pairs" },
    { "valueMapping(\"A\"=null)", "takes pairs" }, { "valueMapping(\"A\"={})", "takes pairs" },
    { "valueMapping(\"A\"=1, \"A\"=2)", "key \"A\" twice" }, { "valueMapping(1=2, \"1\"=3)", "key \"1\" twice" },
    { "encode", "needs algorithm=" }, { "encode(algorithm=\"rot13\")", "needs algorithm=" }, { "decode(algorithm=64)", "needs algorithm=" },
    { "encode(algorithm=\"base64\", skipPadding=1)", "true or false" },
    { "ref", "as ref(User)" }, { "ref()", "as ref(User)" }, { "ref(User, Group)", "as ref(User)" }, { "ref(type=\"User\")", "as ref(User)" },
    { "ref(\"\")", "as ref(User)" },
    { "bcrypt(cost=3)", "from 4 to 16" }, { "bcrypt(cost=17)", "from 4 to 16" }, { "bcrypt(cost=\"8\")", "from 4 to 16" },
    { "bcrypt(rounds=8)", "takes cost=" }
};

START_TEST(bad_arguments)
{
    const char *error = make(bad[_i].pipeline);

    ck_assert_msg(error && strstr(error, bad[_i].says), "%s: %s", bad[_i].pipeline, error);
}
END_TEST

static json_t *hash(const char *password)
{
    json_t *value = scim_json_own(test_pool, json_string(password));

    return scim_json_own(test_pool, map_function_run(calls, 1, value, NULL, test_pool));
}

START_TEST(bcrypt_is_what_crypt_checks)
{
    const char *one, *two;
    struct crypt_data *data = apr_pcalloc(test_pool, sizeof *data);

    ck_assert_ptr_null(make("bcrypt(cost=4)"));
    ck_assert_ptr_null(calls[0].function->back);
    one = json_string_value(hash("p\xC3\xA4ss"));
    two = json_string_value(hash("p\xC3\xA4ss"));
    ck_assert_ptr_nonnull(one);
    ck_assert_int_eq(strncmp(one, "$2b$04$", 7), 0);
    ck_assert_uint_eq(strlen(one), 60);
    ck_assert_str_ne(one, two);        /* each has salt of its own */
    ck_assert_str_eq(crypt_r("p\xC3\xA4ss", one, data), one);
    ck_assert_str_eq(crypt_r("p\xC3\xA4ss", two, data), two);
    ck_assert_str_ne(crypt_r("pass", one, data), one);
}
END_TEST

/* bcrypt sees 72 bytes: what would make no difference is no password. */
START_TEST(bcrypt_cuts_nothing)
{
    char password[74];

    memset(password, 'x', sizeof password - 1);
    password[73] = '\0';
    ck_assert_ptr_null(make("bcrypt(cost=4)"));
    ck_assert_ptr_null(hash(password));
    password[72] = '\0';
    ck_assert_ptr_nonnull(hash(password));
    ck_assert_ptr_null(hash(""));
    ck_assert_ptr_null(map_function_run(calls, 1, json_true(), NULL, test_pool));
}
END_TEST

START_TEST(bcrypt_has_a_cost_without_being_told)
{
    ck_assert_ptr_null(make("bcrypt"));
    ck_assert_uint_eq(calls[0].cost, 12);
}
END_TEST

/* Every letter that differs from another one only by its case, as folding has it, is the same in upper case; and no other is. */
START_TEST(upper_case_parts_as_folding_does)
{
    unsigned code;

    for (code = 1; code < 0x600; code++) {
        char letter[3] = { 0 };
        const char *upper;

        if (code < 0x80)
            letter[0] = (char)code;
        else if (code < 0x800) {
            letter[0] = (char)(0xC0 | code >> 6);
            letter[1] = (char)(0x80 | (code & 0x3F));
        }
        upper = scim_upper(letter, test_pool);
        ck_assert_msg(scim_fold_equal(upper, letter), "U+%04X", code);
        ck_assert_msg(strcmp(scim_upper(scim_fold(letter, test_pool), test_pool), upper) == 0, "U+%04X", code);
    }
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static Suite *make_suite(void)
{
    Suite *suite = suite_create("map_function");
    TCase *tcase = tcase_create("map_function");

    tcase_add_checked_fixture(tcase, test_setup, test_teardown);
    tcase_add_loop_test(tcase, values_there_and_back, 0, COUNT(values));
    tcase_add_loop_test(tcase, strangers_are_refused, 0, COUNT(strangers));
    tcase_add_loop_test(tcase, bad_arguments, 0, COUNT(bad));
    tcase_add_test(tcase, bcrypt_is_what_crypt_checks);
    tcase_add_test(tcase, bcrypt_cuts_nothing);
    tcase_add_test(tcase, bcrypt_has_a_cost_without_being_told);
    tcase_add_test(tcase, upper_case_parts_as_folding_does);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
