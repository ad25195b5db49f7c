/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "common.h"
#include "scim_error.h"
#include "scim_writer.h"

/* Takes what is written, and fails from the nth call on. */
typedef struct taker_t {
    char       *text;
    apr_size_t  len, largest;
    int         calls, fails_at;
    scim_err_t *err;
} taker_t;

static scim_err_t *take(void *baton, const char *data, apr_size_t len)
{
    taker_t *taker = baton;

    ck_assert_uint_gt(len, 0);
    if (++taker->calls == taker->fails_at)
        return taker->err;
    ck_assert_msg(!taker->fails_at || taker->calls < taker->fails_at, "called after an error");
    taker->text = realloc(taker->text, taker->len + len + 1);
    memcpy(taker->text + taker->len, data, len);
    taker->len += len;
    taker->text[taker->len] = '\0';
    taker->largest = len > taker->largest ? len : taker->largest;
    return NULL;
}

static const char *written(json_t *json)
{
    scim_writer_t *w = scim_writer_make(test_pool, NULL, NULL);

    scim_writer_json(w, json);
    json_decref(json);
    return scim_writer_text(w);
}

START_TEST(pieces_make_a_document)
{
    scim_writer_t *w = scim_writer_make(test_pool, NULL, NULL);

    scim_writer_object(w);
    scim_writer_key(w, "a");
    scim_writer_array(w);
    scim_writer_int(w, 1);
    scim_writer_string(w, NULL);
    scim_writer_array(w);
    scim_writer_array_end(w);
    scim_writer_object(w);
    scim_writer_object_end(w);
    scim_writer_bool(w, 7);
    scim_writer_bool(w, 0);
    scim_writer_array_end(w);
    scim_writer_key(w, "b");
    scim_writer_object(w);
    scim_writer_key(w, "c");
    scim_writer_string(w, "d");
    scim_writer_key(w, "e");
    scim_writer_int(w, APR_INT64_MIN);
    scim_writer_object_end(w);
    scim_writer_key(w, "f");
    scim_writer_json(w, NULL);
    scim_writer_object_end(w);
    ck_assert_str_eq(scim_writer_text(w), "{\"a\":[1,null,[],{},true,false],"
                     "\"b\":{\"c\":\"d\",\"e\":-9223372036854775808},\"f\":null}");
    ck_assert_ptr_null(scim_writer_error(w));
}
END_TEST

START_TEST(values_are_written_as_they_are)
{
    const char *text = "{\"z\":[1,\"x\",null,true,false,{}],\"a\":{\"b\":[[]]},\"\":\"\"}";

    ck_assert_str_eq(written(json_loads(text, 0, NULL)), text);
}
END_TEST

static const struct {
    const char *text, *json;
} strings[] = {
    { "plain", "\"plain\"" },
    { "", "\"\"" },
    { "\"\\/", "\"\\\"\\\\/\"" },
    { "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"" },
    { "\x01\x1F", "\"\\u0001\\u001f\"" },
    { "\x7F", "\"\x7F\"" },
    { "Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x98\x80", "\"Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x98\x80\"" },
    { "Zo\xEB!", "\"Zo\xEF\xBF\xBD!\"" },
    { "\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    { "\xC0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    { "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
};

START_TEST(strings_are_escaped)
{
    scim_writer_t *w = scim_writer_make(test_pool, NULL, NULL);

    scim_writer_string(w, strings[_i].text);
    ck_assert_str_eq(scim_writer_text(w), strings[_i].json);
}
END_TEST

START_TEST(keys_are_escaped)
{
    scim_writer_t *w = scim_writer_make(test_pool, NULL, NULL);

    scim_writer_key(w, strings[_i].text);
    ck_assert_str_eq(scim_writer_text(w), apr_pstrcat(test_pool, strings[_i].json, ":", NULL));
}
END_TEST

START_TEST(a_nul_in_a_value_does_not_end_it)
{
    ck_assert_str_eq(written(json_stringn("a\0b", 3)), "\"a\\u0000b\"");
}
END_TEST

/* The fewest digits that keep the number, and a number that was real stays real. */
static const struct {
    double      number;
    const char *text;
} reals[] = {
    { 0.1, "0.1" },
    { -1.5, "-1.5" },
    { 2.0, "2.0" },
    { 1e300, "1e300" },
    { 0.30000000000000004, "0.30000000000000004" },
    { 1.7976931348623157e308, "1.7976931348623157e308" },
};

START_TEST(reals_keep_their_value)
{
    ck_assert_str_eq(written(json_real(reals[_i].number)), reals[_i].text);
}
END_TEST

static void write_many(scim_writer_t *w, int n)
{
    scim_writer_array(w);
    while (n--)
        scim_writer_string(w, "0123456789");
    scim_writer_array_end(w);
}

START_TEST(output_comes_in_pieces_of_8_kib)
{
    taker_t taker = { 0 };
    scim_writer_t *w = scim_writer_make(test_pool, take, &taker);
    json_t *json;

    write_many(w, 10000);
    ck_assert_int_ge(taker.calls, 10);
    ck_assert_uint_gt(taker.largest, 8000);
    ck_assert_uint_le(taker.largest, 8192);
    ck_ok(scim_writer_end(w));
    json = test_json(taker.text);
    ck_assert_uint_eq(json_array_size(json), 10000);
    ck_json(json_array_get(json, 9999), "\"0123456789\"");
    free(taker.text);
}
END_TEST

START_TEST(little_output_waits_for_the_end)
{
    taker_t taker = { 0 };
    scim_writer_t *w = scim_writer_make(test_pool, take, &taker);

    write_many(w, 3);
    ck_assert_int_eq(taker.calls, 0);
    ck_ok(scim_writer_end(w));
    ck_ok(scim_writer_end(w));
    ck_assert_int_eq(taker.calls, 1);
    ck_json(test_json(taker.text), "[\"0123456789\",\"0123456789\",\"0123456789\"]");
    free(taker.text);
}
END_TEST

START_TEST(a_piece_longer_than_the_buffer_is_whole)
{
    taker_t taker = { 0 };
    scim_writer_t *w = scim_writer_make(test_pool, take, &taker);
    char *text = apr_pcalloc(test_pool, 50001);

    memset(text, 'x', 50000);
    scim_writer_array(w);
    scim_writer_string(w, text);
    scim_writer_int(w, 1);
    scim_writer_array_end(w);
    ck_ok(scim_writer_end(w));
    ck_assert_str_eq(taker.text, apr_pstrcat(test_pool, "[\"", text, "\",1]", NULL));
    free(taker.text);
}
END_TEST

START_TEST(kept_text_grows)
{
    scim_writer_t *w = scim_writer_make(test_pool, NULL, NULL);

    write_many(w, 10000);
    ck_assert_uint_eq(json_array_size(test_json(scim_writer_text(w))), 10000);
    ck_ok(scim_writer_end(w));
}
END_TEST

/* Every length: where the text just fills the buffer, the NUL needs more. */
START_TEST(kept_text_is_ended)
{
    char text[600];
    size_t len;

    for (len = 0; len < sizeof(text) - 1; len++) {
        scim_writer_t *w = scim_writer_make(test_pool, NULL, NULL);

        memset(text, 'x', len);
        text[len] = '\0';
        scim_writer_string(w, text);
        ck_assert_uint_eq(strlen(scim_writer_text(w)), len + 2);
    }
}
END_TEST

START_TEST(an_error_of_the_callback_sticks)
{
    taker_t taker = { .fails_at = 2, .err = scim_err(test_pool, SCIM_E_ABORTED, "gone") };
    scim_writer_t *w = scim_writer_make(test_pool, take, &taker);

    ck_ok(scim_writer_error(w));
    write_many(w, 10000);
    ck_assert_ptr_eq(scim_writer_error(w), taker.err);
    ck_assert_ptr_eq(scim_writer_end(w), taker.err);
    ck_assert_int_eq(taker.calls, 2);
    free(taker.text);
}
END_TEST

START_TEST(an_error_at_the_end_is_returned)
{
    taker_t taker = { .fails_at = 1, .err = scim_err(test_pool, SCIM_E_ABORTED, "gone") };
    scim_writer_t *w = scim_writer_make(test_pool, take, &taker);

    scim_writer_int(w, 1);
    ck_assert_ptr_eq(scim_writer_end(w), taker.err);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writer");
    TCase *tc = tcase_create("writer");

    suite_add_tcase(suite, tc);
    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_test(tc, pieces_make_a_document);
    tcase_add_test(tc, values_are_written_as_they_are);
    tcase_add_loop_test(tc, strings_are_escaped, 0, sizeof(strings) / sizeof(strings[0]));
    tcase_add_loop_test(tc, keys_are_escaped, 0, sizeof(strings) / sizeof(strings[0]));
    tcase_add_test(tc, a_nul_in_a_value_does_not_end_it);
    tcase_add_loop_test(tc, reals_keep_their_value, 0, sizeof(reals) / sizeof(reals[0]));
    tcase_add_test(tc, output_comes_in_pieces_of_8_kib);
    tcase_add_test(tc, little_output_waits_for_the_end);
    tcase_add_test(tc, a_piece_longer_than_the_buffer_is_whole);
    tcase_add_test(tc, kept_text_grows);
    tcase_add_test(tc, kept_text_is_ended);
    tcase_add_test(tc, an_error_of_the_callback_sticks);
    tcase_add_test(tc, an_error_at_the_end_is_returned);
    return test_run(suite);
}
