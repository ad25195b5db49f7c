/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "common.h"

static const scim_json_limits_t limits = { .max_bytes = 200, .max_depth = 3 };

static scim_err_t *parse(json_t **json, const char *text, apr_size_t len)
{
    *json = NULL;
    return scim_json_parse(json, text, len, &limits, test_pool);
}

/* RFC 8259: any value is a JSON text. */
static const char *const good[] = {
    "{}", "[]", "\"x\"", "1", "-0.5e+3", "true", "false", "null", " \t\r\n{ \"a\" : [ 1 , 2 ] }\n",
    "{\"a\":{\"b\":[1]}}", "[[[1]],[[2]]]", "\"\\u00f6\\ud83d\\ude00\"", "\"Zo\xC3\xAB\"",
    "[\"[[[[[{{{{{\"]", "[\"\\\"[[[[[\"]", "[\"\\\\\",[[1]]]", "9223372036854775807", "1e-999",
    "{\"a\":1,\"A\":2}",
};

START_TEST(json_is_taken)
{
    json_t *json;

    ck_ok(parse(&json, good[_i], strlen(good[_i])));
    ck_assert(json_equal(json, scim_json_own(test_pool, json_loads(good[_i], JSON_DECODE_ANY, NULL))));
    json_decref(json);
}
END_TEST

/* What is refused, and a word of the detail that says why. */
#define TEXT(literal) literal, sizeof(literal) - 1
static const struct {
    const char *text;
    apr_size_t  len;
    const char *says;
} bad[] = {
    { TEXT(""), "empty" },
    { TEXT(" \r\n\t"), "empty" },
    { TEXT("\xEF\xBB\xBF{}"), "byte order mark" },
    { TEXT("{"), "too early" },
    { TEXT("[1,2"), "too early" },
    { TEXT("\"abc"), "too early" },
    { TEXT("{} {}"), "follows the end" },
    { TEXT("1 2"), "follows the end" },
    { TEXT("[1,]"), "not JSON" },
    { TEXT("{'a':1}"), "not JSON" },
    { TEXT("{\"a\":1,}"), "not JSON" },
    { TEXT("[01]"), "not JSON" },
    { TEXT("[NaN]"), "not JSON" },
    { TEXT("[TRUE]"), "not JSON" },
    { TEXT("\"a\nb\""), "not JSON" },
    { TEXT("\"\\x\""), "not JSON" },
    { TEXT("\"\\ud800\""), "not JSON" },
    { TEXT("\"\\ude00\\ud83d\""), "not JSON" },
    { TEXT("// x\n1"), "not JSON" },
    { TEXT("\xFF\xFE{\0}\0"), "NUL" },
    { TEXT("{\0}\0"), "NUL" },
    { TEXT("1\0"), "NUL" },
    { TEXT("{}\0"), "NUL" },
    { TEXT("\0""1"), "NUL" },
    { TEXT("\"Zo\xEB\""), "UTF-8" },
    { TEXT("\"\xC0\x80\""), "UTF-8" },
    { TEXT("\"\xED\xA0\x80\""), "UTF-8" },
    { TEXT("\"\xF4\x90\x80\x80\""), "UTF-8" },
    { TEXT("{\"a\":1,\"a\":1}"), "already has" },
    { TEXT("{\"a\":{\"b\":1,\"\\u0062\":2}}"), "already has" },
    { TEXT("\"a\\u0000b\""), "NUL" },
    { TEXT("{\"a\\u0000\":1}"), "NUL" },
    { TEXT("\"a\0b\""), "NUL" },
    { TEXT("9223372036854775808"), "too big" },
    { TEXT("-9223372036854775809"), "too big" },
    { TEXT("1e999"), "too big" },
    { TEXT("[[[[1]]]]"), "deeper than 3" },
    { TEXT("{\"a\":[{\"b\":[]}]}"), "deeper than 3" },
    { TEXT("[[[["), "deeper than 3" },
    { TEXT("]]]][[[["), "deeper than 3" },
};

START_TEST(what_is_no_json_is_refused)
{
    json_t *json;
    const scim_err_t *err = parse(&json, bad[_i].text, bad[_i].len);

    ck_err(err, SCIM_E_INVALID_SYNTAX);
    ck_assert_msg(strstr(err->detail, bad[_i].says), "\"%s\" does not say \"%s\"", err->detail, bad[_i].says);
    ck_assert_ptr_null(json);
}
END_TEST

START_TEST(the_place_is_told)
{
    json_t *json;
    const scim_err_t *err = parse(&json, TEXT("{\n  \"a\": 1,\n  \"b\": x\n}"));

    ck_assert_ptr_nonnull(strstr(err->detail, "line 3, column 8"));
}
END_TEST

START_TEST(a_detail_does_not_quote_the_document)
{
    json_t *json;
    const scim_err_t *err = parse(&json, TEXT("{\"password\":\"hunter2\" \"a\"}"));

    ck_err(err, SCIM_E_INVALID_SYNTAX);
    ck_assert_ptr_null(strstr(err->detail, "hunter2"));
    ck_assert_ptr_null(strstr(err->detail, "\""));
}
END_TEST

START_TEST(size_has_a_limit)
{
    char text[202];
    json_t *json;

    memset(text, ' ', sizeof(text));
    text[0] = '1';
    ck_ok(parse(&json, text, 200));
    json_decref(json);
    ck_err(parse(&json, text, 201), SCIM_E_TOO_LARGE);
}
END_TEST

START_TEST(no_limit_of_size_is_none)
{
    static const scim_json_limits_t deep = { .max_depth = 1 };
    apr_size_t len = 1 << 20;
    char *text = apr_palloc(test_pool, len);
    json_t *json;

    memset(text, ' ', len);
    text[len - 1] = '1';
    ck_ok(scim_json_parse(&json, text, len, &deep, test_pool));
    json_decref(json);
}
END_TEST

/* A million brackets are refused before anything is built, whatever the stack. */
START_TEST(depth_costs_nothing)
{
    static const scim_json_limits_t shallow = { .max_depth = 32 };
    apr_size_t len = 1000000;
    char *text = apr_palloc(test_pool, len);
    json_t *json;

    memset(text, '[', len);
    ck_err(scim_json_parse(&json, text, len, &shallow, test_pool), SCIM_E_INVALID_SYNTAX);
}
END_TEST

START_TEST(a_pool_owns)
{
    apr_pool_t *p;
    json_t *json = json_object();

    apr_pool_create(&p, test_pool);
    ck_assert_ptr_eq(scim_json_own(p, json_incref(json)), json);
    ck_assert_ptr_null(scim_json_own(p, NULL));
    ck_assert_uint_eq(json->refcount, 2);
    apr_pool_clear(p);
    ck_assert_uint_eq(json->refcount, 1);
    apr_pool_destroy(p);
    ck_assert_uint_eq(json->refcount, 1);
    json_decref(json);
}
END_TEST

/* RFC 7643 section 2.1 */
START_TEST(names_are_found_in_any_case)
{
    const json_t *object = test_json("{\"username\":1,\"userName\":2,\"$REF\":3,\"\xC3\x84\":4}");
    const char *key = "";

    ck_json(scim_json_get_ci(object, "userName", &key), "2");
    ck_assert_str_eq(key, "userName");
    ck_json(scim_json_get_ci(object, "USERNAME", &key), "1");
    ck_assert_str_eq(key, "username");
    ck_json(scim_json_get_ci(object, "$ref", NULL), "3");
    ck_assert_ptr_null(scim_json_get_ci(object, "\xC3\xA4", NULL));
    ck_assert_ptr_null(scim_json_get_ci(object, "user", &key));
    ck_assert_ptr_null(key);
    ck_assert_ptr_null(scim_json_get_ci(test_json("[1]"), "a", NULL));
    ck_assert_ptr_null(scim_json_get_ci(NULL, "a", NULL));
}
END_TEST

/* The spelling that is returned is the object's: it outlives the name asked for. */
START_TEST(the_spelling_is_the_objects)
{
    char name[] = "userName";
    const char *key;

    scim_json_get_ci(test_json("{\"userName\":1}"), name, &key);
    name[0] = 'x';
    ck_assert_str_eq(key, "userName");
}
END_TEST

/* RFC 7643 section 2.5 */
START_TEST(unassigned_is_null_or_no_values)
{
    ck_assert(scim_json_unassigned(NULL));
    ck_assert(scim_json_unassigned(test_json("null")));
    ck_assert(scim_json_unassigned(test_json("[]")));
    ck_assert(!scim_json_unassigned(test_json("[null]")));
    ck_assert(!scim_json_unassigned(test_json("\"\"")));
    ck_assert(!scim_json_unassigned(test_json("false")));
    ck_assert(!scim_json_unassigned(test_json("0")));
    ck_assert(!scim_json_unassigned(test_json("{}")));
}
END_TEST

static const struct {
    const char *a, *b;
    int         equal;
} pairs[] = {
    { "{\"a\":1,\"b\":[true,null]}", "{\"b\":[true,null],\"a\":1}", 1 },
    { "{\"a\":1}", "{\"a\":1,\"b\":1}", 0 },
    { "{\"a\":1,\"b\":1}", "{\"a\":1,\"c\":1}", 0 },
    { "{\"a\":null}", "{}", 0 },
    { "[1,2]", "[2,1]", 0 },
    { "[1]", "[1,1]", 0 },
    { "[]", "{}", 0 },
    { "[]", "[]", 1 },
    { "1", "1.0", 1 },
    { "1", "1e0", 1 },
    { "1", "1.5", 0 },
    { "0", "-0.0", 1 },
    { "9007199254740993", "9007199254740992.0", 0 },
    { "9007199254740992", "9007199254740992.0", 1 },
    { "9223372036854775807", "9223372036854775808.0", 0 },
    { "-9223372036854775808", "-9223372036854775808.0", 1 },
    { "1", "1e300", 0 },
    { "0.5", "5e-1", 1 },
    { "0.5", "0.25", 0 },
    { "1", "\"1\"", 0 },
    { "1", "true", 0 },
    { "true", "true", 1 },
    { "true", "false", 0 },
    { "null", "null", 1 },
    { "null", "false", 0 },
    { "\"a\"", "\"\\u0061\"", 1 },
    { "\"a\"", "\"A\"", 0 },
    { "\"a\"", "\"ab\"", 0 },
    { "{\"a\":{\"b\":[{\"c\":1}]}}", "{\"a\":{\"b\":[{\"c\":1.0}]}}", 1 },
    { "{\"a\":{\"b\":[{\"c\":1}]}}", "{\"a\":{\"b\":[{\"c\":2}]}}", 0 },
};

START_TEST(values_are_compared)
{
    const json_t *a = test_json(pairs[_i].a), *b = test_json(pairs[_i].b);

    ck_assert_int_eq(scim_json_equal(a, b), pairs[_i].equal);
    ck_assert_int_eq(scim_json_equal(b, a), pairs[_i].equal);
    ck_assert(scim_json_equal(a, a));
}
END_TEST

START_TEST(nothing_equals_nothing_only)
{
    ck_assert(scim_json_equal(NULL, NULL));
    ck_assert(!scim_json_equal(NULL, test_json("null")));
    ck_assert(!scim_json_equal(test_json("null"), NULL));
}
END_TEST

static const struct {
    const char *json, *text;
} texts[] = {
    { "\"a\\\"b\"", "a\"b" },
    { "\"\"", "" },
    { "null", "" },
    { "17", "17" },
    { "-9223372036854775808", "-9223372036854775808" },
    { "0.1", "0.1" },
    { "true", "true" },
    { "false", "false" },
    { "[1, \"a\"]", "[1,\"a\"]" },
    { "{ \"a\" : 1 }", "{\"a\":1}" },
};

START_TEST(values_have_a_text)
{
    ck_assert_str_eq(scim_json_text(test_json(texts[_i].json), test_pool), texts[_i].text);
}
END_TEST

START_TEST(dumps_are_compact)
{
    ck_assert_str_eq(scim_json_dump(test_json("{ \"a\" : [ 1, \"\\n\" ] }"), test_pool),
                     "{\"a\":[1,\"\\n\"]}");
    ck_assert_str_eq(scim_json_dump(test_json("\"x\""), test_pool), "\"x\"");
    ck_assert_str_eq(scim_json_text(NULL, test_pool), "");
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *tc = tcase_create("json");

    suite_add_tcase(suite, tc);
    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_loop_test(tc, json_is_taken, 0, COUNT(good));
    tcase_add_loop_test(tc, what_is_no_json_is_refused, 0, COUNT(bad));
    tcase_add_test(tc, the_place_is_told);
    tcase_add_test(tc, a_detail_does_not_quote_the_document);
    tcase_add_test(tc, size_has_a_limit);
    tcase_add_test(tc, no_limit_of_size_is_none);
    tcase_add_test(tc, depth_costs_nothing);
    tcase_add_test(tc, a_pool_owns);
    tcase_add_test(tc, names_are_found_in_any_case);
    tcase_add_test(tc, the_spelling_is_the_objects);
    tcase_add_test(tc, unassigned_is_null_or_no_values);
    tcase_add_loop_test(tc, values_are_compared, 0, COUNT(pairs));
    tcase_add_test(tc, nothing_equals_nothing_only);
    tcase_add_loop_test(tc, values_have_a_text, 0, COUNT(texts));
    tcase_add_test(tc, dumps_are_compact);
    return test_run(suite);
}
