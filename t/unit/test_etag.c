/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "common.h"
#include "scim_etag.h"

/* Versions and their entity tags: RFC 9110 section 8.8.3 says what may stand in one. */
static const struct {
    const char *version, *tag;
} tags[] = {
    { "1", "W/\"1\"" },
    { "", "W/\"\"" },
    { "a330bc54f0671c9", "W/\"a330bc54f0671c9\"" },
    { "*", "W/\"*\"" },
    { "W/x", "W/\"W/x\"" },
    { "2011-05-13 04:42:34.5+00", "W/\"2011-05-13%2004:42:34.5+00\"" },
    { "say \"x\"", "W/\"say%20%22x%22\"" },
    { "a,b", "W/\"a%2Cb\"" },
    { "50%", "W/\"50%25\"" },
    { "a\\b", "W/\"a%5Cb\"" },
    { "a\r\nSet-Cookie: b", "W/\"a%0D%0ASet-Cookie:%20b\"" },
    { "\xc3\xb6\x7f", "W/\"%C3%B6%7F\"" }
};

START_TEST(versions_as_tags)
{
    const char *tag = scim_etag_make(tags[_i].version, test_pool);
    scim_etags_t *parsed;

    ck_assert_str_eq(tag, tags[_i].tag);
    ck_ok(scim_etag_parse(&parsed, tag, test_pool));
    ck_assert(!parsed->any);
    ck_assert_int_eq(parsed->versions->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(parsed->versions, 0, const char *), tags[_i].version);
    ck_assert(scim_etag_has(parsed, tags[_i].version));
}
END_TEST

/* Headers, and the versions in them, each followed by a bar. */
static const struct {
    const char *header, *versions;
} lists[] = {
    { "\"1\"", "1|" },                              /* strong: compared weakly all the same */
    { "W/\"1\", W/\"2\"", "1|2|" },
    { "W/\"1\",\"2\",W/\"3\"", "1|2|3|" },
    { "  \"1\"\t ,\t\"2\" ", "1|2|" },
    { ",, \"1\" , ,\"2\",", "1|2|" },               /* RFC 9110 section 5.6.1.2 */
    { "", "" },
    { " , ", "" },
    { "\"*\"", "*|" },
    { "\"a%20b\"", "a b|" },

    /* forgiven: no quotes */
    { "1", "1|" },
    { "W/1", "1|" },
    { "1, W/2, \"3\"", "1|2|3|" },
    { "a%2Cb", "a,b|" },

    /* tags, but none that stands for a version */
    { "\"a b\xc3\xb6\", \"1\"", NULL },
    { "\"\xc3\xb6\", \"1\"", "1|" },
    { "\"%\", \"%4\", \"%zz\", \"1\"", "1|" },
    { "\"%31\", \"%2c\", \"1\"", "1|" },            /* ours would be "1" and "%2C" */
    { "\"%00\", \"x%00y\", \"1\"", "1|" },
    { "\"%FF\", \"%C3\", \"1\"", "1|" },            /* a text that is no UTF-8 must not reach a backend */
    { "\"a\\b\", \"1\"", "1|" },

    /* no list of entity tags */
    { "\"1", NULL },
    { "1\"", NULL },
    { "\"1\"\"2\"", NULL },
    { "\"1\" \"2\"", NULL },
    { "1 2", NULL },
    { "\"a b\"", NULL },
    { "W/", NULL },
    { "W/ \"1\"", NULL },
    { "*, \"1\"", NULL },
    { "\"1\", *", NULL },
    { "**, \"1\"", "**|1|" },
    { "\"1\x01\"", NULL },
    { "\"1\x7f\"", NULL }
};

START_TEST(headers)
{
    scim_etags_t *parsed = NULL;
    scim_err_t *err = scim_etag_parse(&parsed, lists[_i].header, test_pool);
    const char *versions = "";
    int i;

    if (!lists[_i].versions) {
        ck_err(err, SCIM_E_BAD_REQUEST);
        return;
    }
    ck_ok(err);
    ck_assert(!parsed->any);
    for (i = 0; i < parsed->versions->nelts; i++) {
        const char *version = APR_ARRAY_IDX(parsed->versions, i, const char *);

        ck_assert(scim_etag_has(parsed, version));
        versions = apr_pstrcat(test_pool, versions, version, "|", NULL);
    }
    ck_assert_str_eq(versions, lists[_i].versions);
    ck_assert(!scim_etag_has(parsed, "another"));
    ck_assert(!scim_etag_has(parsed, NULL));
}
END_TEST

START_TEST(no_header)
{
    scim_etags_t *parsed = (scim_etags_t *)&parsed;

    ck_ok(scim_etag_parse(&parsed, NULL, test_pool));
    ck_assert_ptr_null(parsed);
}
END_TEST

START_TEST(an_asterisk_is_any_version)
{
    static const char *const texts[] = { "*", " *", "*\t" };
    scim_etags_t *parsed;

    ck_ok(scim_etag_parse(&parsed, texts[_i], test_pool));
    ck_assert(parsed->any);
    ck_assert(scim_etag_has(parsed, "1"));
    ck_assert(scim_etag_has(parsed, NULL));
}
END_TEST

/* As many as a header can hold: time and memory grow with its length only. */
START_TEST(long_lists)
{
    char *header = apr_palloc(test_pool, 4 * 8192 + 1), *out = header;
    scim_etags_t *parsed;
    int i;

    for (i = 0; i < 8192; i++, out += 4)
        memcpy(out, "\"x\",", 4);
    *out = '\0';
    ck_ok(scim_etag_parse(&parsed, header, test_pool));
    ck_assert_int_eq(parsed->versions->nelts, 8192);
    ck_assert(scim_etag_has(parsed, "x"));
    ck_assert(!scim_etag_has(parsed, "y"));
}
END_TEST

static int count(size_t bytes, size_t one)
{
    return (int)(bytes / one);
}

int main(void)
{
    Suite *suite = suite_create("etag");
    TCase *tc = tcase_create("etag");

    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_loop_test(tc, versions_as_tags, 0, count(sizeof tags, sizeof *tags));
    tcase_add_loop_test(tc, headers, 0, count(sizeof lists, sizeof *lists));
    tcase_add_test(tc, no_header);
    tcase_add_loop_test(tc, an_asterisk_is_any_version, 0, 3);
    tcase_add_test(tc, long_lists);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
