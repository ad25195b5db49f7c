/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/resource.h>
#include <string.h>

#include <apr_strings.h>

#include "scim_date.h"
#include "scim_error.h"
#include "scim_sql.h"
#include "scim_text.h"
#include "sql_bed.h"

/*
 * Searching over every database. What a comparison means is said by scim_query.h and once more here, without
 * SQL: what the connector calls exact must select the same records, what it calls a superset at least those.
 */

#define PARTS "rows(sample_part, sample_id)"
#define NOTES "rows(badge_note, badge_id)"
#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

static bed_t bed;

/* ---- texts ---- */

/* Case outside ASCII, letters that fold into ASCII elsewhere (Kelvin sign, dotted I, sharp s, final sigma),
 * accents that collations ignore, blanks that some pad, what is special in LIKE, GLOB, SQL and apr_dbd; NULL is
 * none. */
static const char *const texts[] = {
    NULL, "", " ", "a", "A", "abc", "ABC", "aBc", "abc ", " abc", "abcd", "xabc", "xABCx", "b", "a b",
    "a\tb", "a%c", "a_c", "a!c", "a!%c", "a*c", "a?c", "a[b]c", "[abc]", "a\\c", "a'c", "a\"c", "%s", "%%",
    "50%", "k", "K", "\xe2\x84\xaa", "\342\204\252elvin", "kelvin", "i", "I", "\xc4\xb0", "\xc4\xb1",
    "\xc3\xa9", "\xc3\x89", "e", "\xc3\xa4rger", "\xc3\x84rger", "\xc3\x84RGER", "arger", "stra\303\237e",
    "STRASSE", "strasse", "\xce\x9f\xce\xa3", "\xce\xbf\xcf\x83", "\xce\xbf\xcf\x82",
    "\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x81", "\xef\xbc\xa1", "\xef\xbd\x81", "1",
    "01", "-1", "true", "z", "Z", "~", "^", "null"
};

static void insert_samples(void)
{
    int i;

    ck_ok(scim_sql_connector.begin(bed.session));
    for (i = 0; i < COUNT(texts); i++) {
        json_t *data = json_pack("{s:s}", "id", apr_psprintf(test_pool, "k%02d", i));
        const char *key;

        if (texts[i]) {
            json_object_set_new(data, "txt", json_string(texts[i]));
            json_object_set_new(data, PARTS, json_pack("[{s:s,s:s}]", "txt", texts[i], "kind", "v"));
        }
        ck_ok(scim_sql_connector.create(bed.session, bed.sample, data, &key, test_pool));
        json_decref(data);
    }
    ck_ok(scim_sql_connector.commit(bed.session));
}

static int part_of(scim_cmp_t op, const char *text, const char *part)
{
    const size_t n = strlen(text), m = strlen(part);

    return op == SCIM_CMP_CO   ? strstr(text, part) != NULL
           : op == SCIM_CMP_SW ? strncmp(text, part, m) == 0
                               : n >= m && strcmp(text + n - m, part) == 0;
}

static int ordered(scim_cmp_t op, int order)
{
    switch (op) {
    case SCIM_CMP_EQ: return order == 0;
    case SCIM_CMP_NE: return order != 0;
    case SCIM_CMP_GT: return order > 0;
    case SCIM_CMP_GE: return order >= 0;
    case SCIM_CMP_LT: return order < 0;
    default: return order <= 0;
    }
}

static int text_matches(const char *text, scim_cmp_t op, const char *value, int case_exact)
{
    if (op == SCIM_CMP_PR)
        return text && *text;
    if (!text)
        return op == SCIM_CMP_NE;
    if (!case_exact) {
        text = scim_fold(text, test_pool);
        value = scim_fold(value, test_pool);
    }
    if (op == SCIM_CMP_CO || op == SCIM_CMP_SW || op == SCIM_CMP_EW)
        return part_of(op, text, value);
    return ordered(op, strcmp(text, value));
}

static int has_word(const char *words, const char *word)
{
    const char *at = strstr(words, word);

    return at && (at == words || at[-1] == ' ') && strchr(" ", at[strlen(word)]);
}

/* What was found for one comparison is what is expected, as far as the connector promised. */
static void check_found(const char *found, int i, int expected, scim_match_t match, const char *what)
{
    const int is = has_word(found, apr_psprintf(test_pool, "k%02d", i));

    if (match == SCIM_MATCH_EXACT)
        ck_assert_msg(is == expected, "%s: %s is %s", what, texts[i] ? texts[i] : "(none)", is ? "found" : "not found");
    else
        ck_assert_msg(is || !expected, "%s: %s is not found", what, texts[i] ? texts[i] : "(none)");
}

static json_t *json_text(const char *text)
{
    return scim_json_own(test_pool, json_string(text));
}

static void check_text(const char *list, scim_cmp_t op, const char *value, int case_exact)
{
    static const char *const ops[] = { "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr" };
    const char *what = apr_psprintf(test_pool, "%s %s '%s'%s", list ? "some txt" : "txt", ops[op], value,
                                    case_exact ? " exactly" : "");
    scim_qfilter_t *cmp = (scim_qfilter_t *)(uintptr_t)bed_cmp("txt", op, NULL, SCIM_TYPE_STRING, case_exact);
    const char *found, *others;
    scim_match_t match;
    int i;

    cmp->value = op == SCIM_CMP_PR ? NULL : json_text(value);
    match = scim_sql_connector.match(bed.session, bed.sample, list, cmp);
    if (case_exact || scim_is_ascii(value))
        ck_assert_msg(match == SCIM_MATCH_EXACT, "%s: match is %d", what, match);
    if (match == SCIM_MATCH_NONE)
        return;
    found = bed_find(&bed, bed.sample, list ? bed_elem(list, cmp) : cmp);
    for (i = 0; i < COUNT(texts); i++)
        check_found(found, i, (!list || texts[i]) && text_matches(texts[i], op, value, case_exact), match, what);
    if (match != SCIM_MATCH_EXACT)
        return;
    others = bed_find(&bed, bed.sample, bed_join(SCIM_Q_NOT, list ? bed_elem(list, cmp) : cmp, NULL));
    for (i = 0; i < COUNT(texts); i++) {
        const char *key = apr_psprintf(test_pool, "k%02d", i);

        ck_assert_msg(has_word(found, key) != has_word(others, key), "%s and its contrary: %s", what,
                      texts[i] ? texts[i] : "(none)");
    }
}

static void check_all_texts(const char *list)
{
    apr_pool_t *whole = test_pool;
    int value, op;

    for (value = 1; value < COUNT(texts); value++) {
        apr_pool_create(&test_pool, whole);
        for (op = SCIM_CMP_EQ; op <= SCIM_CMP_PR; op++) {
            check_text(list, (scim_cmp_t)op, texts[value], 0);
            check_text(list, (scim_cmp_t)op, texts[value], 1);
        }
        apr_pool_destroy(test_pool);
        test_pool = whole;
    }
}

START_TEST(texts_compare_as_everywhere)
{
    bed_open(&bed, _i, NULL);
    insert_samples();
    check_all_texts(NULL);
    bed_close(&bed);
}
END_TEST

START_TEST(texts_of_elements_compare_as_everywhere)
{
    bed_open(&bed, _i, NULL);
    insert_samples();
    check_all_texts(PARTS);
    bed_close(&bed);
}
END_TEST

/* Equality without regard to case of other than ASCII letters is at least narrowed by the database. */
START_TEST(other_letters_are_not_refused)
{
    bed_open(&bed, _i, NULL);
    ck_assert_int_ne(
        scim_sql_connector.match(bed.session, bed.sample, NULL,
                                 bed_cmp("txt", SCIM_CMP_EQ, "\"\xc3\x84rger\"", SCIM_TYPE_STRING, 0)),
        SCIM_MATCH_NONE);
    ck_assert_int_ne(
        scim_sql_connector.match(bed.session, bed.sample, NULL,
                                 bed_cmp("txt", SCIM_CMP_SW, "\"\xc3\x84r\"", SCIM_TYPE_STRING, 0)),
        SCIM_MATCH_NONE);
    bed_close(&bed);
}
END_TEST

/* ---- order of texts ---- */

static int texts_in_order(const char *a, const char *b, int case_exact, int descending)
{
    int order;

    if (!a || !b)
        order = (a == NULL) - (b == NULL);
    else
        order = case_exact ? strcmp(a, b) : scim_fold_cmp(a, b);
    return descending ? order >= 0 : order <= 0;
}

/* Letters outside ASCII are sorted by the databases' own folding, which may know letters that we do not fold. */
static int is_plain(const char *text)
{
    static const char *const odd[] = { "\xe2\x84\xaa", "\342\204\252elvin", "\xc4\xb0", "\xce\x9f\xce\xa3" };
    int i;

    for (i = 0; text && i < COUNT(odd); i++)
        if (strcmp(text, odd[i]) == 0)
            return 0;
    return 1;
}

static void check_order(int case_exact, int descending)
{
    const scim_qsort_t sort = {
        .attr = "txt", .type = SCIM_TYPE_STRING, .case_exact = case_exact != 0, .descending = descending != 0
    };
    const scim_query_t query = { .sort = &sort, .attrs = *bed_attrs("id"), .limit = -1 };
    scim_page_t page;
    const char *found = bed_search(&bed, bed.sample, &query, &page), *before = NULL;
    int n, last = -1, seen = 0;

    for (; *found; found += 3 + (found[3] == ' '), seen++) {
        n = (found[1] - '0') * 10 + found[2] - '0';
        if (!case_exact && !is_plain(texts[n]))
            continue;
        if (last >= 0)
            ck_assert_msg(texts_in_order(before, texts[n], case_exact, descending), "%s before %s",
                          before ? before : "(none)", texts[n] ? texts[n] : "(none)");
        if (last >= 0
            && (before && texts[n]
                    ? (case_exact ? strcmp(before, texts[n]) : scim_fold_cmp(before, texts[n])) == 0
                    : before == texts[n]))
            ck_assert_int_lt(last, n);
        before = texts[n];
        last = n;
    }
    ck_assert_int_eq(seen, COUNT(texts));
}

START_TEST(texts_are_sorted_by_code_point)
{
    bed_open(&bed, _i, NULL);
    insert_samples();
    check_order(0, 0);
    check_order(0, 1);
    check_order(1, 0);
    check_order(1, 1);
    bed_close(&bed);
}
END_TEST

/* ---- instants, numbers, truth ---- */

static const char *const instants[] = {
    "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000001Z", "2023-12-31T23:59:59.999999Z", "2024-01-01T05:30:00+05:30",
    "2024-06-01T12:00:00.5Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2038-01-19T03:14:08Z"
};

static apr_time_t instant(const char *text)
{
    apr_time_t t;

    ck_assert_int_eq(scim_date_parse(&t, text, 0), 0);
    return t;
}

static void check_instant(scim_cmp_t op, const char *value)
{
    const scim_qfilter_t *cmp = bed_cmp("at", op, apr_psprintf(test_pool, "\"%s\"", value), SCIM_TYPE_DATETIME, 0);
    const char *found;
    int i;

    ck_assert_int_eq(scim_sql_connector.match(bed.session, bed.sample, NULL, cmp), SCIM_MATCH_EXACT);
    found = bed_find(&bed, bed.sample, cmp);
    for (i = 0; i < COUNT(instants); i++) {
        const apr_time_t a = instant(instants[i]), b = instant(value);

        ck_assert_msg(has_word(found, apr_psprintf(test_pool, "t%d", i)) == ordered(op, (a > b) - (a < b)),
                      "%s op %d %s", instants[i], op, value);
    }
    ck_assert_int_eq(has_word(found, "none"), op == SCIM_CMP_NE);
}

START_TEST(instants_compare_as_instants)
{
    int i, op;

    bed_open(&bed, _i, NULL);
    for (i = 0; i < COUNT(instants); i++)
        bed_create(&bed, bed.sample, apr_psprintf(test_pool, "{\"id\": \"t%d\", \"at\": \"%s\"}", i, instants[i]));
    bed_create(&bed, bed.sample, "{\"id\": \"none\"}");
    for (i = 0; i < COUNT(instants); i++)
        for (op = SCIM_CMP_EQ; op <= SCIM_CMP_LE; op++)
            if (op != SCIM_CMP_CO && op != SCIM_CMP_SW && op != SCIM_CMP_EW)
                check_instant((scim_cmp_t)op, instants[i]);
    bed_close(&bed);
}
END_TEST

/* An application may have written other forms of an instant into SQLite, and what is none. */
START_TEST(sqlite_has_instants_in_many_forms)
{
    bed_open(&bed, _i, NULL);
    if (bed_is(&bed, "sqlite3")) {
        sql_direct_run(
            &bed.direct,
            "INSERT INTO sample (id, at) VALUES ('a', '2024-01-01'), ('b', '2024-01-01 00:00'), "
            "('c', '2024-01-01T02:00:00+02:00'), ('d', '2024-01-01 00:00:00.000Z'), ('bad', 'yesterday'), "
            "('num', 1704067200), ('empty', '')");
        ck_assert_str_eq(
            bed_find(&bed, bed.sample,
                     bed_cmp("at", SCIM_CMP_EQ, "\"2024-01-01T00:00:00Z\"", SCIM_TYPE_DATETIME, 0)),
            "a b c d");
        ck_assert_str_eq(
            bed_find(&bed, bed.sample,
                     bed_cmp("at", SCIM_CMP_GT, "\"2023-01-01T00:00:00Z\"", SCIM_TYPE_DATETIME, 0)),
            "a b c d");
        ck_assert_str_eq(
            bed_find(&bed, bed.sample,
                     bed_cmp("at", SCIM_CMP_LT, "\"2025-01-01T00:00:00Z\"", SCIM_TYPE_DATETIME, 0)),
            "a b c d");
        ck_assert_str_eq(
            bed_find(&bed, bed.sample,
                     bed_cmp("at", SCIM_CMP_NE, "\"2024-01-01T00:00:00Z\"", SCIM_TYPE_DATETIME, 0)),
            "bad empty num");
    }
    bed_close(&bed);
}
END_TEST

static const char *find(const char *attr, scim_cmp_t op, const char *value, scim_type_t type)
{
    const scim_qfilter_t *cmp = bed_cmp(attr, op, value, type, 0);

    ck_assert_int_eq(scim_sql_connector.match(bed.session, bed.sample, NULL, cmp), SCIM_MATCH_EXACT);
    return bed_find(&bed, bed.sample, cmp);
}

START_TEST(numbers_compare_as_numbers)
{
    bed_open(&bed, _i, NULL);
    bed_create(&bed, bed.sample, "{\"id\": \"a\", \"num\": 9, \"amount\": 1.5}");
    bed_create(&bed, bed.sample, "{\"id\": \"b\", \"num\": 10, \"amount\": 10}");
    bed_create(&bed, bed.sample, "{\"id\": \"c\", \"num\": -1, \"amount\": -0.25}");
    bed_create(&bed, bed.sample, "{\"id\": \"d\"}");
    ck_assert_str_eq(find("num", SCIM_CMP_EQ, "10", SCIM_TYPE_INTEGER), "b");
    ck_assert_str_eq(find("num", SCIM_CMP_GT, "-1", SCIM_TYPE_INTEGER), "a b");
    ck_assert_str_eq(find("num", SCIM_CMP_LT, "10", SCIM_TYPE_INTEGER), "a c");
    ck_assert_str_eq(find("num", SCIM_CMP_NE, "9", SCIM_TYPE_INTEGER), "b c d");
    ck_assert_str_eq(find("num", SCIM_CMP_PR, NULL, SCIM_TYPE_INTEGER), "a b c");
    ck_assert_str_eq(find("num", SCIM_CMP_LT, "9223372036854775807", SCIM_TYPE_INTEGER), "a b c");
    ck_assert_str_eq(find("amount", SCIM_CMP_EQ, "1.5", SCIM_TYPE_DECIMAL), "a");
    ck_assert_str_eq(find("amount", SCIM_CMP_GE, "1.5", SCIM_TYPE_DECIMAL), "a b");
    ck_assert_str_eq(find("amount", SCIM_CMP_LT, "0", SCIM_TYPE_DECIMAL), "c");
    ck_assert_str_eq(find("amount", SCIM_CMP_EQ, "10", SCIM_TYPE_DECIMAL), "b");
    /* a number column behind a string attribute: its text */
    ck_assert_str_eq(find("num", SCIM_CMP_EQ, "\"10\"", SCIM_TYPE_STRING), "b");
    ck_assert_str_eq(find("num", SCIM_CMP_EQ, "\"010\"", SCIM_TYPE_STRING), "");
    ck_assert_str_eq(find("num", SCIM_CMP_EQ, "\"10x\"", SCIM_TYPE_STRING), "");
    ck_assert_str_eq(find("num", SCIM_CMP_EQ, "\"x\"", SCIM_TYPE_STRING), "");
    ck_assert_str_eq(find("num", SCIM_CMP_NE, "\"x\"", SCIM_TYPE_STRING), "a b c d");
    ck_assert_str_eq(find("num", SCIM_CMP_SW, "\"1\"", SCIM_TYPE_STRING), "b");
    ck_assert_str_eq(find("num", SCIM_CMP_GT, "\"10\"", SCIM_TYPE_STRING), "a");
    bed_close(&bed);
}
END_TEST

START_TEST(truth_compares_as_truth)
{
    bed_open(&bed, _i, NULL);
    bed_create(&bed, bed.sample, "{\"id\": \"a\", \"flag\": true}");
    bed_create(&bed, bed.sample, "{\"id\": \"b\", \"flag\": false}");
    bed_create(&bed, bed.sample, "{\"id\": \"c\"}");
    ck_assert_str_eq(find("flag", SCIM_CMP_EQ, "true", SCIM_TYPE_BOOLEAN), "a");
    ck_assert_str_eq(find("flag", SCIM_CMP_EQ, "false", SCIM_TYPE_BOOLEAN), "b");
    ck_assert_str_eq(find("flag", SCIM_CMP_NE, "true", SCIM_TYPE_BOOLEAN), "b c");
    ck_assert_str_eq(find("flag", SCIM_CMP_NE, "false", SCIM_TYPE_BOOLEAN), "a c");
    bed_close(&bed);
}
END_TEST

/* A type that the connector does not know is compared by its text. */
START_TEST(other_columns_compare_by_their_text)
{
    bed_open(&bed, _i, NULL);
    bed_create(&bed, bed.sample, "{\"id\": \"a\", \"mood\": \"happy\"}");
    bed_create(&bed, bed.sample, "{\"id\": \"b\", \"mood\": \"sad\"}");
    bed_create(&bed, bed.sample, "{\"id\": \"c\"}");
    ck_assert_str_eq(find("mood", SCIM_CMP_EQ, "\"HAPPY\"", SCIM_TYPE_STRING), "a");
    ck_assert_str_eq(find("mood", SCIM_CMP_EQ, "\"angry\"", SCIM_TYPE_STRING), "");
    ck_assert_str_eq(find("mood", SCIM_CMP_NE, "\"sad\"", SCIM_TYPE_STRING), "a c");
    ck_assert_str_eq(find("mood", SCIM_CMP_SW, "\"s\"", SCIM_TYPE_STRING), "b");
    ck_assert_str_eq(find("mood", SCIM_CMP_GT, "\"happy\"", SCIM_TYPE_STRING), "b");
    ck_assert_str_eq(find("mood", SCIM_CMP_PR, NULL, SCIM_TYPE_STRING), "a b");
    ck_json(bed_read(&bed, bed.sample, "a", "mood"), "{\"mood\": \"happy\"}");
    bed_close(&bed);
}
END_TEST

/* What a type has no order for, or a column cannot be compared as, is left to the engine or answered without
 * an error. */
START_TEST(every_comparison_with_every_column_is_answered)
{
    static const char *const columns[] = { "id", "txt", "num", "amount", "flag", "at", "mood" };
    static const char *const values[] = { "\"x\"",
                                          "\"10\"",
                                          "10",
                                          "1.5",
                                          "true",
                                          "\"2024-01-01T00:00:00Z\"",
                                          "\"00000000-0000-4000-8000-000000000000\"",
                                          "\"99999999999999999999999\"",
                                          "\"\"",
                                          "\"a\\nb\"" };
    int column, value, type, op;

    bed_open(&bed, _i, NULL);
    bed_create(&bed, bed.sample,
               "{\"id\": \"a\", \"txt\": \"x\", \"num\": 9, \"amount\": 1.5, \"flag\": true, \"at\": "
               "\"2024-01-01T00:00:00Z\"}");
    bed_create(&bed, bed.sample, "{\"id\": \"b\"}");
    for (column = 0; column < COUNT(columns); column++)
        for (value = 0; value < COUNT(values); value++)
            for (type = SCIM_TYPE_STRING; type <= SCIM_TYPE_REFERENCE; type++)
                for (op = SCIM_CMP_EQ; op <= SCIM_CMP_PR; op++) {
                    const scim_qfilter_t *cmp =
                        bed_cmp(columns[column], (scim_cmp_t)op, op == SCIM_CMP_PR ? NULL : values[value],
                                (scim_type_t)type, value % 2);

                    if (scim_sql_connector.match(bed.session, bed.sample, NULL, cmp) != SCIM_MATCH_NONE)
                        bed_find(&bed, bed.sample, cmp);
                }
    bed_close(&bed);
}
END_TEST

/* ---- filters ---- */

static const scim_qfilter_t *txt(const char *value)
{
    return bed_cmp("txt", SCIM_CMP_EQ, apr_psprintf(test_pool, "\"%s\"", value), SCIM_TYPE_STRING, 0);
}

START_TEST(one_element_satisfies_it_all)
{
    const scim_qfilter_t *both;

    bed_open(&bed, _i, NULL);
    bed_create(&bed, bed.sample,
               "{\"id\": \"a\", \"" PARTS
               "\": [{\"txt\": \"x\", \"kind\": \"work\"}, {\"txt\": \"y\", \"kind\": \"home\"}]}");
    bed_create(&bed, bed.sample,
               "{\"id\": \"b\", \"" PARTS
               "\": [{\"txt\": \"y\", \"kind\": \"work\"}, {\"txt\": \"x\", \"kind\": \"home\"}]}");
    bed_create(&bed, bed.sample, "{\"id\": \"c\"}");
    both = bed_join(SCIM_Q_AND, txt("X"), bed_cmp("kind", SCIM_CMP_EQ, "\"work\"", SCIM_TYPE_STRING, 0));
    ck_assert_str_eq(bed_find(&bed, bed.sample, bed_elem(PARTS, both)), "a");
    ck_assert_str_eq(bed_find(&bed, bed.sample, bed_join(SCIM_Q_NOT, bed_elem(PARTS, both), NULL)), "b c");
    ck_assert_str_eq(bed_find(&bed, bed.sample, bed_elem(PARTS, bed_join(SCIM_Q_NOT, txt("x"), NULL))), "a b");
    bed_close(&bed);
}
END_TEST

START_TEST(constants_and_nesting)
{
    static const scim_qfilter_t always = { .kind = SCIM_Q_TRUE }, never = { .kind = SCIM_Q_FALSE };
    const scim_qfilter_t *deep;
    int i;

    bed_open(&bed, _i, NULL);
    bed_create(&bed, bed.sample, "{\"id\": \"a\", \"txt\": \"x\"}");
    bed_create(&bed, bed.sample, "{\"id\": \"b\"}");
    ck_assert_str_eq(bed_find(&bed, bed.sample, &always), "a b");
    ck_assert_str_eq(bed_find(&bed, bed.sample, &never), "");
    ck_assert_str_eq(bed_find(&bed, bed.sample, bed_join(SCIM_Q_AND, &always, txt("x"))), "a");
    /* as deep as SCIMMaxDepth allows by default, and back */
    deep = txt("x");
    for (i = 0; i < 32; i++)
        deep = bed_join(SCIM_Q_NOT, deep, NULL);
    ck_assert_str_eq(bed_find(&bed, bed.sample, deep), "a");
    deep = txt("x");
    for (i = 0; i < 32; i++)
        deep = bed_join(i % 2 ? SCIM_Q_AND : SCIM_Q_OR, txt("x"), deep);
    ck_assert_str_eq(bed_find(&bed, bed.sample, deep), "a");
    deep = txt("x");
    for (i = 0; i < 32; i++)
        deep = i % 2 ? bed_join(SCIM_Q_NOT, deep, NULL) : bed_join(SCIM_Q_OR, &never, deep);
    ck_assert_str_eq(bed_find(&bed, bed.sample, deep), "a");
    bed_close(&bed);
}
END_TEST

/* SCIMMaxFilterTerms may be set to a thousand and more. */
START_TEST(wide_filters_are_answered)
{
    enum { TERMS = 1500 };
    const scim_qfilter_t *sub[TERMS];
    scim_qfilter_t wide = { .kind = SCIM_Q_OR, .sub = sub, .nsub = TERMS };
    int i;

    bed_open(&bed, _i, NULL);
    bed_create(&bed, bed.sample, "{\"id\": \"a\", \"txt\": \"v1499\"}");
    bed_create(&bed, bed.sample, "{\"id\": \"b\", \"txt\": \"v1500\"}");
    for (i = 0; i < TERMS; i++)
        sub[i] = txt(apr_psprintf(test_pool, "V%d", i));
    ck_assert_str_eq(bed_find(&bed, bed.sample, &wide), "a");
    bed_close(&bed);
}
END_TEST

/* ---- pages ---- */

static void insert_many(int n)
{
    int i;

    ck_ok(scim_sql_connector.begin(bed.session));
    for (i = 0; i < n; i++) {
        json_t *data = json_pack("{s:s,s:s,s:i}", "id", apr_psprintf(test_pool, "r%05d", i), "txt",
                                 i % 2 ? "odd" : "even", "num", n - i);
        const char *key;

        ck_ok(scim_sql_connector.create(bed.session, bed.sample, data, &key, test_pool));
        json_decref(data);
    }
    ck_ok(scim_sql_connector.commit(bed.session));
}

static void check_page(const scim_qfilter_t *filter, const scim_qsort_t *sort, int offset, int limit, int all,
                       int step, int descending)
{
    const scim_query_t query = { .filter = filter,
                                 .sort = sort,
                                 .attrs = *bed_attrs("id; txt; " PARTS ": txt"),
                                 .offset = offset,
                                 .limit = limit,
                                 .want_total = 1 };
    const char *found;
    scim_page_t page;
    int i, n = limit < 0 || offset + limit > all ? all - offset : limit;

    found = bed_search(&bed, bed.sample, &query, &page);
    ck_assert_msg(page.total == all, "total %d, not %d", (int)page.total, all);
    for (i = 0; i < n; i++) {
        const int at = descending ? all - 1 - offset - i : offset + i;
        const char *key = apr_psprintf(test_pool, "r%05d", at * step);

        ck_assert_msg(strncmp(found, key, 6) == 0, "offset %d limit %d: %.6s is at %d, not %s", offset, limit,
                      found, i, key);
        found += 6 + (found[6] == ' ');
    }
    ck_assert_str_eq(found, "");
}

START_TEST(pages_fit_together)
{
    static const scim_qsort_t by_num = { .attr = "num", .type = SCIM_TYPE_INTEGER },
                              by_txt = { .attr = "txt", .type = SCIM_TYPE_STRING };
    static const int limits[] = { 0, 1, 199, 200, 201, 1000, 5000, -1 },
                     offsets[] = { 0, 1, 200, 999, 1199, 1200, 5000 };
    enum { N = 1200 };
    int i, j;

    bed_open(&bed, _i, NULL);
    insert_many(N);
    for (i = 0; i < COUNT(limits); i++)
        for (j = 0; j < COUNT(offsets); j++) {
            const int within = offsets[j] > N ? N : offsets[j], half = offsets[j] > N / 2 ? N / 2 : offsets[j];

            (void)within;
            check_page(NULL, NULL, offsets[j], limits[i] == -1 || offsets[j] <= N ? limits[i] : 0, N, 1, 0);
            if (offsets[j] <= N)
                check_page(NULL, &by_num, offsets[j], limits[i], N, 1, 1);
            if (half == offsets[j]) {
                check_page(txt("even"), NULL, offsets[j], limits[i], N / 2, 2, 0);
                check_page(txt("even"), &by_txt, offsets[j], limits[i], N / 2, 2, 0);
            }
        }
    bed_close(&bed);
}
END_TEST

static int delivered;

static scim_err_t *count_and_stop(void *baton, const scim_record_t *record)
{
    ck_assert_ptr_nonnull(record->data);
    return ++delivered == *(int *)baton ? scim_err(test_pool, SCIM_E_TOO_MANY, "enough") : NULL;
}

START_TEST(an_error_of_the_callee_ends_the_search)
{
    const scim_query_t query = { .attrs = *bed_attrs("id"), .limit = -1, .want_total = 1 };
    scim_page_t page;
    int stop = 250;

    bed_open(&bed, _i, NULL);
    insert_many(500);
    delivered = 0;
    ck_err(
        scim_sql_connector.search(bed.session, bed.sample, &query, count_and_stop, &stop, &page, test_pool),
        SCIM_E_TOO_MANY);
    ck_assert_int_eq(delivered, stop);
    ck_ok(scim_sql_connector.begin(bed.session));
    ck_ok(scim_sql_connector.commit(bed.session));
    bed_close(&bed);
}
END_TEST

static int is_gone(void *baton)
{
    return *(int *)baton;
}

static scim_err_t *go_away(void *baton, const scim_record_t *record)
{
    (void)record;
    if (++delivered == 10)
        *(int *)baton = 1;
    return NULL;
}

START_TEST(nobody_searches_for_a_client_that_has_gone)
{
    const scim_query_t query = { .attrs = *bed_attrs("id"), .limit = -1 };
    scim_page_t page;
    int gone = 0;

    bed_open(&bed, _i, NULL);
    insert_many(2000);
    test_ctx.cancelled = is_gone;
    test_ctx.cancel_baton = &gone;
    delivered = 0;
    ck_err(scim_sql_connector.search(bed.session, bed.sample, &query, go_away, &gone, &page, test_pool),
           SCIM_E_ABORTED);
    ck_assert_int_lt(delivered, 2000);
    gone = 0;
    test_ctx.deadline = apr_time_now() - 1;
    ck_err(scim_sql_connector.search(bed.session, bed.sample, &query, go_away, &gone, &page, test_pool),
           SCIM_E_TIMEOUT);
    test_ctx.deadline = apr_time_now() + apr_time_from_sec(10);
    bed_close(&bed);
}
END_TEST

/* ---- one state of the database ---- */

static scim_err_t *disturb(void *baton, const scim_record_t *record)
{
    (void)baton;
    (void)record;
    if (++delivered == 1) {
        sql_direct_run(&bed.direct, "DELETE FROM sample WHERE id < 'r00700' AND id > 'r00000'");
        sql_direct_run(&bed.direct, "INSERT INTO sample (id, txt) VALUES ('r00900x', 'new')");
    }
    return NULL;
}

START_TEST(a_search_sees_one_state)
{
    static const scim_qsort_t by_num = { .attr = "num", .type = SCIM_TYPE_INTEGER };
    scim_query_t query = { .attrs = *bed_attrs("id"), .limit = -1, .want_total = 1 };
    scim_page_t page;
    int sorted;

    bed_open(&bed, _i, NULL);
    for (sorted = 0; sorted < 2; sorted++) {
        sql_direct_run(&bed.direct, "DELETE FROM sample");
        insert_many(1000);
        delivered = 0;
        query.sort = sorted ? &by_num : NULL;
        ck_ok(scim_sql_connector.search(bed.session, bed.sample, &query, disturb, NULL, &page, test_pool));
        ck_assert_int_eq(delivered, 1000);
        ck_assert_int_eq((int)page.total, 1000);
        ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM sample"), "302");
    }
    bed_close(&bed);
}
END_TEST

/* ---- memory ---- */

static scim_err_t *count_only(void *baton, const scim_record_t *record)
{
    (void)record;
    ++*(int *)baton;
    return NULL;
}

/* Sanitizers keep what was freed: with them there is nothing to measure. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED 0
#endif

static long peak(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

START_TEST(memory_does_not_grow_with_the_result)
{
    enum { N = 60000 };
    static const scim_qsort_t by_num = { .attr = "num", .type = SCIM_TYPE_INTEGER };
    scim_query_t query = { .attrs = *bed_attrs("id; txt; num; " PARTS ": txt, kind"), .limit = -1, .want_total = 1 };
    apr_pool_t *scratch;
    scim_page_t page;
    long before;
    int n;

    bed_open(&bed, _i, NULL);
    sql_direct_run(&bed.direct,
                   bed_is(&bed, "pgsql") ? "INSERT INTO sample (id, txt, num) SELECT 'n' || i, REPEAT('x', "
                                           "200), i FROM generate_series(1, 60000) i"
                   : bed_is(&bed, "mysql")
                       ? "INSERT INTO sample (id, txt, num) SELECT CONCAT('n', seq), REPEAT('x', 200), seq "
                         "FROM seq_1_to_60000"
                       : "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 60000) "
                         "INSERT INTO sample (id, txt, num) SELECT 'n' || i, SUBSTR(HEX(ZEROBLOB(100)), 1, "
                         "200), i FROM s");
    apr_pool_create(&scratch, test_pool);
    query.limit = 1000;
    n = 0;
    ck_ok(scim_sql_connector.search(bed.session, bed.sample, &query, count_only, &n, &page, scratch));
    query.sort = &by_num;
    ck_ok(scim_sql_connector.search(bed.session, bed.sample, &query, count_only, &n, &page, scratch));
    before = peak();
    n = 0;
    query.limit = -1;
    ck_ok(scim_sql_connector.search(bed.session, bed.sample, &query, count_only, &n, &page, scratch));
    query.sort = NULL;
    ck_ok(scim_sql_connector.search(bed.session, bed.sample, &query, count_only, &n, &page, scratch));
    ck_assert_int_eq(n, 2 * N);
    ck_assert_int_eq((int)page.total, N);
    ck_assert_msg(SANITIZED || peak() - before < 4096, "%ld KiB", peak() - before);
    sql_direct_run(&bed.direct, "DELETE FROM sample");
    bed_close(&bed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sql_search");
    TCase *tc = tcase_create("search");
    int n = sql_servers_start(), failed = EXIT_FAILURE;

    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_set_timeout(tc, 120);
    if (n > 0) {
        bed_prepare(n);
        tcase_add_loop_test(tc, texts_compare_as_everywhere, 0, n);
        tcase_add_loop_test(tc, texts_of_elements_compare_as_everywhere, 0, n);
        tcase_add_loop_test(tc, other_letters_are_not_refused, 0, n);
        tcase_add_loop_test(tc, texts_are_sorted_by_code_point, 0, n);
        tcase_add_loop_test(tc, instants_compare_as_instants, 0, n);
        tcase_add_loop_test(tc, sqlite_has_instants_in_many_forms, 0, n);
        tcase_add_loop_test(tc, numbers_compare_as_numbers, 0, n);
        tcase_add_loop_test(tc, truth_compares_as_truth, 0, n);
        tcase_add_loop_test(tc, other_columns_compare_by_their_text, 0, n);
        tcase_add_loop_test(tc, every_comparison_with_every_column_is_answered, 0, n);
        tcase_add_loop_test(tc, one_element_satisfies_it_all, 0, n);
        tcase_add_loop_test(tc, constants_and_nesting, 0, n);
        tcase_add_loop_test(tc, wide_filters_are_answered, 0, n);
        tcase_add_loop_test(tc, pages_fit_together, 0, n);
        tcase_add_loop_test(tc, an_error_of_the_callee_ends_the_search, 0, n);
        tcase_add_loop_test(tc, nobody_searches_for_a_client_that_has_gone, 0, n);
        tcase_add_loop_test(tc, a_search_sees_one_state, 0, n);
        tcase_add_loop_test(tc, memory_does_not_grow_with_the_result, 0, n);
        suite_add_tcase(suite, tc);
        failed = test_run(suite);
    }
    sql_servers_stop();
    return failed;
}
