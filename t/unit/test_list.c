/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common.h"
#include "scim_list.h"

#define CORE "urn:ietf:params:scim:schemas:core:2.0:User"
#define EXT "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define MORE "urn:example:params:scim:More"

static apr_pool_t *p;
static scim_rtype_t *user;
static const scim_filter_limits_t limits = { .max_bytes = 1024, .max_terms = 4, .max_depth = 3 };
static const scim_pagesize_t pages = { .dflt = 100, .max = 1000 };

static void setup(void)
{
    static const scim_attr_t texts = { .type = SCIM_TYPE_STRING, .multi = 1 };
    static const scim_attr_t number = { .type = SCIM_TYPE_INTEGER };
    static const scim_attr_t decimal = { .type = SCIM_TYPE_DECIMAL };
    static const scim_attr_t code = { .type = SCIM_TYPE_STRING, .case_exact = 1 };
    static const scim_attr_t complex = { .type = SCIM_TYPE_COMPLEX };
    static const scim_attr_t secret = { .type = SCIM_TYPE_STRING, .returned = SCIM_RETURNED_NEVER };
    scim_schema_t *more;

    test_setup();
    p = test_pool;
    more = scim_schema_make(MORE, "More", NULL, p);
    ck_assert_ptr_null(scim_schema_add(more, "tags", &texts, p));
    ck_assert_ptr_null(scim_schema_add(more, "number", &number, p));
    ck_assert_ptr_null(scim_schema_add(more, "decimal", &decimal, p));
    ck_assert_ptr_null(scim_schema_add(more, "code", &code, p));
    ck_assert_ptr_null(scim_schema_add(more, "safe", &complex, p));
    ck_assert_ptr_null(scim_schema_add(more, "safe.value", &secret, p));
    user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, p);
    scim_rtype_extend(user, more, 0, p);
}

static scim_err_t *make(scim_list_t **list, const scim_listargs_t *args, apr_int64_t dflt, apr_int64_t max)
{
    const scim_pagesize_t size = { .dflt = dflt, .max = max };

    *list = NULL;
    return scim_list_make(list, args, user, &size, &limits, p);
}

START_TEST(without_parameters)
{
    const scim_listargs_t args = { .filter = NULL };
    scim_list_t *list;

    ck_ok(scim_list_make(&list, &args, user, &pages, &limits, p));
    ck_assert_ptr_null(list->filter);
    ck_assert_ptr_null(list->sort);
    ck_assert_int_eq(list->start_index, 1);
    ck_assert_int_eq(list->count, 100);
    ck_assert_ptr_nonnull(list->projection);
    ck_assert(!scim_projection_explicit(list->projection));
}
END_TEST

/* ---- startIndex and count: RFC 7644 section 3.4.2.4 ---- */

#define INVALID (-1)
#define MAX APR_INT64_MAX

static const struct {
    const char *text;
    apr_int64_t is;
} starts[] = {
    { "1", 1 }, { "2", 2 }, { "0", 1 }, { "-1", 1 }, { "-0", 1 }, { "007", 7 }, { "9223372036854775807", MAX },
    { "9223372036854775808", MAX }, { "99999999999999999999999999", MAX }, { "-99999999999999999999999", 1 },
    { "", INVALID }, { "-", INVALID }, { "--1", INVALID }, { "+1", INVALID }, { "1.0", INVALID }, { "1e3", INVALID },
    { "0x10", INVALID }, { " 1", INVALID }, { "1 ", INVALID }, { "one", INVALID }, { "1,2", INVALID }
};

START_TEST(start_index)
{
    const scim_listargs_t args = { .start_index = starts[_i].text };
    scim_list_t *list;
    scim_err_t *err = make(&list, &args, 100, 1000);

    if (starts[_i].is == INVALID) {
        ck_err(err, SCIM_E_INVALID_VALUE);
        ck_assert_ptr_nonnull(strstr(err->detail, "startIndex"));
        return;
    }
    ck_ok(err);
    ck_assert_int_eq(list->start_index, starts[_i].is);
}
END_TEST

static const struct {
    const char *text;
    apr_int64_t dflt, max, is;
} counts[] = {
    { NULL, 100, 1000, 100 }, { NULL, 0, 1000, 1000 }, { NULL, 100, 0, 100 }, { NULL, 0, 0, -1 }, { NULL, 100,
      10, 10 },
    { "0", 100, 1000, 0 }, { "1", 100, 1000, 1 }, { "1000", 100, 1000, 1000 }, { "1001", 100, 1000, 1000 },
    { "-1", 100, 1000, 0 }, { "-99999999999999999999999", 100, 1000, 0 }, { "99999999999999999999999", 100,
      1000, 1000 },
    { "5000", 100, 0, 5000 }, { "99999999999999999999999", 100, 0, MAX }, { "0", 0, 0, 0 }, { "-5", 0, 0, 0 },
    { "", 100, 1000, INVALID }, { "ten", 100, 1000, INVALID }, { "10.5", 0, 0, INVALID }
};

START_TEST(count)
{
    const scim_listargs_t args = { .count = counts[_i].text };
    scim_list_t *list;
    scim_err_t *err = make(&list, &args, counts[_i].dflt, counts[_i].max);

    if (counts[_i].text && counts[_i].is == INVALID) {
        ck_err(err, SCIM_E_INVALID_VALUE);
        ck_assert_ptr_nonnull(strstr(err->detail, "count"));
        return;
    }
    ck_ok(err);
    ck_assert_int_eq(list->count, counts[_i].is);
}
END_TEST

/* ---- what other layers judge ---- */

START_TEST(filter_and_projection_are_compiled)
{
    const scim_listargs_t args = { .filter = "userName eq \"bjensen\"", .attributes = "name.givenName" };
    scim_list_t *list;

    ck_ok(make(&list, &args, 100, 1000));
    ck_assert_str_eq(scim_filter_print(list->filter, 1, p), "userName eq \"bjensen\"");
    ck_assert(scim_projection_explicit(list->projection));
    ck_assert(!scim_projection_wants(list->projection, scim_rtype_attr(user, "userName"), NULL));
}
END_TEST

static const struct {
    scim_listargs_t args;
    scim_errkind_t  kind;
} bad[] = {
    { { .filter = "" }, SCIM_E_INVALID_FILTER },
    { { .filter = "userName" }, SCIM_E_INVALID_FILTER },
    { { .filter = "nobody eq 1" }, SCIM_E_INVALID_FILTER },
    { { .filter = "title eq 1 or title pr or title pr or title pr or title pr" }, SCIM_E_INVALID_FILTER },
    { { .attributes = "userName", .excluded = "title" }, SCIM_E_INVALID_VALUE },

    { { .sort_by = "" }, SCIM_E_INVALID_PATH },
    { { .sort_by = "nobody" }, SCIM_E_INVALID_PATH },
    { { .sort_by = "name" }, SCIM_E_INVALID_PATH },           /* no `value`: which sub-attribute? */
    { { .sort_by = "meta" }, SCIM_E_INVALID_PATH },
    { { .sort_by = "name.nobody" }, SCIM_E_INVALID_PATH },
    { { .sort_by = "userName,title" }, SCIM_E_INVALID_PATH },
    { { .sort_by = "emails[type eq \"work\"].value" }, SCIM_E_INVALID_PATH },
    { { .sort_by = EXT }, SCIM_E_INVALID_PATH },
    { { .sort_by = "password" }, SCIM_E_INVALID_PATH },       /* the order would give it away */
    { { .sort_by = MORE ":safe" }, SCIM_E_INVALID_PATH },
    { { .sort_by = MORE ":safe.value" }, SCIM_E_INVALID_PATH },

    { { .sort_by = "userName", .sort_order = "" }, SCIM_E_INVALID_VALUE },
    { { .sort_by = "userName", .sort_order = "asc" }, SCIM_E_INVALID_VALUE },
    { { .sort_order = "down" }, SCIM_E_INVALID_VALUE }
};

START_TEST(bad_parameters)
{
    scim_list_t *list;

    ck_err(make(&list, &bad[_i].args, 100, 1000), bad[_i].kind);
    ck_assert_ptr_null(list);
}
END_TEST

/* ---- sorting: RFC 7644 section 3.4.2.3 ---- */

static const struct {
    const char *sort_by, *prints, *sort_order;
    int         descending;
} sorts[] = {
    { "userName", "userName", NULL, 0 },
    { "USERNAME", "userName", "ascending", 0 },
    { "userName", "userName", "descending", 1 },
    { "userName", "userName", "Descending", 1 },
    { "name.familyName", "name.familyName", NULL, 0 },
    { "emails", "emails.value", NULL, 0 },
    { "emails.type", "emails.type", NULL, 0 },
    { "meta.lastModified", "meta.lastModified", NULL, 0 },
    { CORE ":title", "title", NULL, 0 },
    { EXT ":manager", EXT ":manager.value", NULL, 0 },
    { MORE ":tags", MORE ":tags", NULL, 0 }
};

static scim_list_t *sorted_by(const char *by, const char *order)
{
    const scim_listargs_t args = { .sort_by = by, .sort_order = order };
    scim_list_t *list;

    ck_ok(make(&list, &args, 100, 1000));
    return list;
}

START_TEST(sort_paths)
{
    scim_list_t *list = sorted_by(sorts[_i].sort_by, sorts[_i].sort_order);

    ck_assert_str_eq(scim_path_print(list->sort, p), sorts[_i].prints);
    ck_assert_int_eq(list->descending, sorts[_i].descending);
}
END_TEST

static const struct {
    const char *by, *resource, *value;                        /* NULL: none */
} values[] = {
    { "userName", "{\"userName\": \"x\"}", "\"x\"" },
    { "userName", "{}", NULL },
    { "title", "{\"title\": null}", NULL },
    { "name.familyName", "{\"name\": {\"familyName\": \"x\"}}", "\"x\"" },
    { "name.familyName", "{\"name\": {}}", NULL },
    { "name.familyName", "{}", NULL },
    { "active", "{\"active\": false}", "false" },
    { "emails", "{\"emails\": [{\"value\": \"a\"}, {\"value\": \"b\", \"primary\": true}]}", "\"b\"" },
    { "emails", "{\"emails\": [{\"value\": \"a\", \"primary\": false}, {\"value\": \"b\"}]}", "\"a\"" },
    { "emails.type", "{\"emails\": [{\"value\": \"a\"}, {\"value\": \"b\", \"primary\": true, \"type\": \"work\"}]}",
      "\"work\"" },
    { "emails.type", "{\"emails\": [{\"type\": \"home\"}, {\"value\": \"b\", \"primary\": true}]}", NULL },
    { "emails", "{\"emails\": []}", NULL },
    { EXT ":department", "{\"" EXT "\": {\"department\": \"x\"}}", "\"x\"" },
    { EXT ":department", "{\"department\": \"x\"}", NULL },
    { MORE ":tags", "{\"" MORE "\": {\"tags\": [\"b\", \"a\"]}}", "\"b\"" }
};

START_TEST(sort_values)
{
    const json_t *value = scim_list_sort_value(sorted_by(values[_i].by, NULL), test_json(values[_i].resource));

    if (values[_i].value)
        ck_json(value, values[_i].value);
    else
        ck_assert_ptr_null(value);
}
END_TEST

/* Values in their order, "~" is none; where two are equal, they are joined by "=". */
static const struct {
    const char *by, *values[6];
} orders[] = {
    { "userName", { "\"Anna\"", "\"anna b\"", "\"BERT\"", "\"\xc3\xa4\"", "~" } },
    { "userName", { "\"ANNA\"", "=\"anna\"", "\"bert\"" } },
    { "userName", { "\"\xc3\x84\"", "=\"\xc3\xa4\"" } },
    { "userName", { "\"10\"", "\"9\"" } },
    { "userName", { "\"a\"", "~", "=5", "=true" } },          /* not of the type: as good as none */
    { "externalId", { "\"A\"", "\"B\"", "\"a\"", "\"b\"", "~" } },
    { MORE ":code", { "\"Z\"", "\"a\"" } },
    { MORE ":number", { "-5", "0", "9", "10", "9007199254740993", "~" } },
    { MORE ":number", { "9007199254740992", "9007199254740993" } },
    { MORE ":decimal", { "-1.5", "-1", "0.1", "1", "=1.0", "~" } },
    { "active", { "false", "true", "~" } },
    { "meta.created", { "\"2011-05-13T04:42:34Z\"", "\"2011-05-13T04:42:34.5Z\"", "\"2011-05-13T04:42:35Z\"", "~" } },
    { "meta.created", { "\"2011-05-13T04:42:34Z\"", "=\"2011-05-13T06:42:34+02:00\"",
      "\"2011-05-13T04:00:00-01:00\"" } },
    { "meta.created", { "\"2011-05-13T04:42:34Z\"", "\"soon\"", "=~" } },
    { "x509Certificates", { "\"QQ==\"", "\"qq==\"" } }
};

static const json_t *order_value(const char *text)
{
    text += *text == '=';
    return *text == '~' ? NULL : test_json(text);
}

static int sign_of(int order)
{
    return (order > 0) - (order < 0);
}

START_TEST(order)
{
    const char *const *texts = orders[_i].values;
    const scim_list_t *up = sorted_by(orders[_i].by, NULL), *down = sorted_by(orders[_i].by, "descending");
    int i, j, equal;

    for (i = 0; i < 6 && texts[i]; i++) {
        const json_t *a = order_value(texts[i]);

        ck_assert_int_eq(scim_list_compare(up, a, a), 0);
        equal = 1;
        for (j = i + 1; j < 6 && texts[j]; j++) {
            const json_t *b = order_value(texts[j]);

            equal = equal && *texts[j] == '=';
            ck_assert_msg(sign_of(scim_list_compare(up, a, b)) == (equal ? 0 : -1), "%s: %s, %s", orders[_i].by,
                          texts[i], texts[j]);
            ck_assert_int_eq(sign_of(scim_list_compare(up, b, a)), equal ? 0 : 1);
            ck_assert_int_eq(sign_of(scim_list_compare(down, a, b)), equal ? 0 : 1);
            ck_assert_int_eq(sign_of(scim_list_compare(down, b, a)), equal ? 0 : -1);
        }
    }
}
END_TEST

static int length(size_t bytes, size_t one)
{
    return (int)(bytes / one);
}

int main(void)
{
    Suite *suite = suite_create("list");
    TCase *tc = tcase_create("list");

    tcase_add_checked_fixture(tc, setup, test_teardown);
    tcase_add_test(tc, without_parameters);
    tcase_add_loop_test(tc, start_index, 0, length(sizeof starts, sizeof *starts));
    tcase_add_loop_test(tc, count, 0, length(sizeof counts, sizeof *counts));
    tcase_add_test(tc, filter_and_projection_are_compiled);
    tcase_add_loop_test(tc, bad_parameters, 0, length(sizeof bad, sizeof *bad));
    tcase_add_loop_test(tc, sort_paths, 0, length(sizeof sorts, sizeof *sorts));
    tcase_add_loop_test(tc, sort_values, 0, length(sizeof values, sizeof *values));
    tcase_add_loop_test(tc, order, 0, length(sizeof orders, sizeof *orders));
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
