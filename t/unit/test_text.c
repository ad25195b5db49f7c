/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common.h"
#include "scim_text.h"

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))
#define TEXT(literal) literal, sizeof(literal) - 1

/* Unicode 15, table 3-7: the borders of each row, and what lies just outside. */
static const struct {
    const char *text;
    apr_size_t  len;
    int         valid;
} utf8[] = {
    { TEXT(""), 1 },
    { TEXT("abc"), 1 },
    { TEXT("a\0b"), 1 },
    { TEXT("\x7F"), 1 },
    { TEXT("\x80"), 0 },
    { TEXT("\xBF"), 0 },
    { TEXT("\xC1\xBF"), 0 },
    { TEXT("\xC2\x80"), 1 },
    { TEXT("\xDF\xBF"), 1 },
    { TEXT("\xC2"), 0 },
    { TEXT("\xC2\x41"), 0 },
    { TEXT("\xC2\xC0"), 0 },
    { TEXT("\xE0\x9F\xBF"), 0 },
    { TEXT("\xE0\xA0\x80"), 1 },
    { TEXT("\xED\x9F\xBF"), 1 },
    { TEXT("\xED\xA0\x80"), 0 },
    { TEXT("\xED\xBF\xBF"), 0 },
    { TEXT("\xEE\x80\x80"), 1 },
    { TEXT("\xEF\xBF\xBF"), 1 },
    { TEXT("\xE2\x82"), 0 },
    { TEXT("\xE2\x82\x41"), 0 },
    { TEXT("\xF0\x8F\xBF\xBF"), 0 },
    { TEXT("\xF0\x90\x80\x80"), 1 },
    { TEXT("\xF4\x8F\xBF\xBF"), 1 },
    { TEXT("\xF4\x90\x80\x80"), 0 },
    { TEXT("\xF5\x80\x80\x80"), 0 },
    { TEXT("\xF8\x88\x80\x80\x80"), 0 },
    { TEXT("\xFF"), 0 },
    { TEXT("\xF0\x9F\x98"), 0 },
    { TEXT("abc\xE2\x82\xAC""def\xFE"), 0 },
};

START_TEST(utf8_is_told_from_the_rest)
{
    ck_assert_int_eq(scim_utf8_valid(utf8[_i].text, utf8[_i].len) != 0, utf8[_i].valid);
}
END_TEST

START_TEST(ascii_is_told_from_the_rest)
{
    ck_assert(scim_is_ascii(""));
    ck_assert(scim_is_ascii("aZ~\x7F"));
    ck_assert(!scim_is_ascii("a\xC3\xA4"));
    ck_assert(!scim_is_ascii("\x80"));
}
END_TEST

static const struct {
    const char *text, *folded;
} folds[] = {
    { "", "" },
    { "already small", "already small" },
    { "BJensen@EXAMPLE.com", "bjensen@example.com" },
    { "@[`{", "@[`{" },
    { "\xC3\x84RGER", "\xC3\xA4rger" },                             /* Ä */
    { "\xC3\xA4", "\xC3\xA4" },
    { "\xCE\xA3\xCE\xAF\xCF\x83\xCF\x85", "\xCF\x83\xCE\xAF\xCF\x83\xCF\x85" },   /* Σίσυ */
    { "\xD0\x96", "\xD0\xB6" },                                     /* Ж */
    { "\xC8\xBA", "\xE2\xB1\xA5" },                                 /* U+023A grows by a byte */
    { "\xC8\xBA\xC8\xBA\xC8\xBA\xC8\xBA", "\xE2\xB1\xA5\xE2\xB1\xA5\xE2\xB1\xA5\xE2\xB1\xA5" },
    { "\xF0\x90\x90\x80", "\xF0\x90\x90\xA8" },                     /* U+10400 */
    { "\xC3\x9F", "\xC3\x9F" },                                     /* sharp s is small: not ss */
    { "\xE2\x84\xAA""ELVIN", "\xE2\x84\xAA""elvin" },               /* Kelvin sign does not become k */
    { "\xC4\xB0stanbul", "\xC4\xB0stanbul" },                       /* dotted capital I does not become i */
    { "A\xFF\x80""B\xC3", "a\xFF\x80""b\xC3" },                     /* what is no UTF-8 stays */
};

START_TEST(capitals_become_small)
{
    ck_assert_str_eq(scim_fold(folds[_i].text, test_pool), folds[_i].folded);
}
END_TEST

START_TEST(folding_twice_is_folding_once)
{
    const char *folded = scim_fold(folds[_i].text, test_pool);

    ck_assert_ptr_eq(scim_fold(folded, test_pool), folded);
}
END_TEST

START_TEST(a_text_equals_itself_folded)
{
    ck_assert(scim_fold_equal(folds[_i].text, folds[_i].folded));
    ck_assert_int_eq(scim_fold_cmp(folds[_i].folded, folds[_i].text), 0);
}
END_TEST

static const struct {
    const char *less, *more;
} order[] = {
    { "", "a" },
    { "a", "B" },
    { "A", "b" },
    { "Z", "\xC3\x84" },
    { "ab", "ABC" },
    { "AB", "abc" },
    { "a\xC3\xA4", "A\xC3\x96" },
    { "k", "\xE2\x84\xAA" },
    { "\xEF\xBF\xBD", "\xF0\x90\x90\x80" },           /* by code point: as bytes do, not as UTF-16 */
    { "_", "A" },                                     /* 0x5F is after A, but before a */
    { "\xF4\x8F\xBF\xBF", "\xFE" },
    { "\xFE", "\xFF" },
};

START_TEST(texts_are_ordered_by_code_point)
{
    ck_assert_int_lt(scim_fold_cmp(order[_i].less, order[_i].more), 0);
    ck_assert_int_gt(scim_fold_cmp(order[_i].more, order[_i].less), 0);
    ck_assert(!scim_fold_equal(order[_i].less, order[_i].more));
}
END_TEST

static const struct {
    const char *text, *escaped;
} uris[] = {
    { "", "" },
    { "AZaz09-._~", "AZaz09-._~" },
    { "a b/c?d#e%f+g&h=i:j@k", "a%20b%2Fc%3Fd%23e%25f%2Bg%26h%3Di%3Aj%40k" },
    { "\xC3\xA4\x01\xFF", "%C3%A4%01%FF" },
    { "\"'<>\\^`{|}", "%22%27%3C%3E%5C%5E%60%7B%7C%7D" },
};

START_TEST(uris_are_escaped_and_back)
{
    const char *escaped = scim_uri_escape(uris[_i].text, test_pool);

    ck_assert_str_eq(escaped, uris[_i].escaped);
    ck_assert_str_eq(scim_uri_unescape(escaped, strlen(escaped), test_pool), uris[_i].text);
}
END_TEST

START_TEST(escapes_are_decoded)
{
    ck_assert_str_eq(scim_uri_unescape("a+b%2f%2F%c3%A4", 15, test_pool), "a+b//\xC3\xA4");
    ck_assert_str_eq(scim_uri_unescape("abcdef", 3, test_pool), "abc");
    ck_assert_str_eq(scim_uri_unescape("%2525", 5, test_pool), "%25");
}
END_TEST

static const struct {
    const char *text;
    apr_size_t  len;
} malformed[] = {
    { TEXT("%") }, { TEXT("a%2") }, { TEXT("%zz") }, { TEXT("%2g") }, { TEXT("%g2") }, { TEXT("%%20") },
    { TEXT("a%00b") }, { TEXT("a\0b") }, { "%20", 2 }, { TEXT("%+1") },
};

START_TEST(malformed_escapes_are_refused)
{
    ck_assert_ptr_null(scim_uri_unescape(malformed[_i].text, malformed[_i].len, test_pool));
}
END_TEST

static const char *const words[] = { "userName", "displayName", "nickName", "sql.table", "sql.key", NULL };

static const struct {
    const char *word, *nearest;
} near[] = {
    { "userNme", "userName" },
    { "username", "userName" },
    { "userNames", "userName" },
    { "uesrName", "userName" },
    { "nikName", "nickName" },
    { "sql.kye", "sql.key" },
    { "userName", "userName" },
    { "userXYme", "userName" },
    { "userXYZe", NULL },
    { "x", NULL },
    { "", NULL },
    { "password", NULL },
    { "ldap.url", NULL },
    { "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu", NULL },
};

START_TEST(misspelt_words_have_a_neighbour)
{
    ck_assert_pstr_eq(scim_nearest(near[_i].word, words), near[_i].nearest);
}
END_TEST

START_TEST(long_words_are_no_neighbours)
{
    static const char *const one[] = {
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL
    };

    ck_assert_ptr_null(scim_nearest("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", one));
    ck_assert_ptr_null(scim_nearest("a", one + 1));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *tc = tcase_create("text");

    suite_add_tcase(suite, tc);
    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_loop_test(tc, utf8_is_told_from_the_rest, 0, COUNT(utf8));
    tcase_add_test(tc, ascii_is_told_from_the_rest);
    tcase_add_loop_test(tc, capitals_become_small, 0, COUNT(folds));
    tcase_add_loop_test(tc, folding_twice_is_folding_once, 0, COUNT(folds));
    tcase_add_loop_test(tc, a_text_equals_itself_folded, 0, COUNT(folds));
    tcase_add_loop_test(tc, texts_are_ordered_by_code_point, 0, COUNT(order));
    tcase_add_loop_test(tc, uris_are_escaped_and_back, 0, COUNT(uris));
    tcase_add_test(tc, escapes_are_decoded);
    tcase_add_loop_test(tc, malformed_escapes_are_refused, 0, COUNT(malformed));
    tcase_add_loop_test(tc, misspelt_words_have_a_neighbour, 0, COUNT(near));
    tcase_add_test(tc, long_words_are_no_neighbours);
    return test_run(suite);
}
