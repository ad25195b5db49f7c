/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "map_fixture.h"
#include "map_native.h"
#include "map_value.h"

/* ---- native values as values of a type ---- */

static const struct {
    scim_type_t type;
    const char *native, *scim;         /* NULL: left out */
} values[] = {
    { SCIM_TYPE_STRING, "\"x\"", "\"x\"" }, { SCIM_TYPE_STRING, "\"\"", "\"\"" }, { SCIM_TYPE_STRING, "17", "\"17\"" },
    { SCIM_TYPE_STRING, "-9223372036854775808", "\"-9223372036854775808\"" }, { SCIM_TYPE_STRING, "1.5", "\"1.5\"" },
    { SCIM_TYPE_STRING, "true", "\"true\"" }, { SCIM_TYPE_STRING, "[\"x\"]", NULL }, { SCIM_TYPE_STRING, "{}", NULL },
    { SCIM_TYPE_REFERENCE, "\"https://example.com/\"", "\"https://example.com/\"" },

    { SCIM_TYPE_BOOLEAN, "true", "true" }, { SCIM_TYPE_BOOLEAN, "false", "false" }, { SCIM_TYPE_BOOLEAN, "\"t\"", "true" },
    { SCIM_TYPE_BOOLEAN, "\"F\"", "false" }, { SCIM_TYPE_BOOLEAN, "\"TRUE\"", "true" }, { SCIM_TYPE_BOOLEAN, "\"false\"", "false" },
    { SCIM_TYPE_BOOLEAN, "1", "true" }, { SCIM_TYPE_BOOLEAN, "0", "false" }, { SCIM_TYPE_BOOLEAN, "\"1\"", "true" },
    { SCIM_TYPE_BOOLEAN, "\"0\"", "false" }, { SCIM_TYPE_BOOLEAN, "2", NULL }, { SCIM_TYPE_BOOLEAN, "-1", NULL },
    { SCIM_TYPE_BOOLEAN, "\"\"", NULL }, { SCIM_TYPE_BOOLEAN, "\"A\"", NULL }, { SCIM_TYPE_BOOLEAN, "\"yes\"", NULL },
    { SCIM_TYPE_BOOLEAN, "1.0", NULL }, { SCIM_TYPE_BOOLEAN, "[]", NULL },

    { SCIM_TYPE_INTEGER, "42", "42" }, { SCIM_TYPE_INTEGER, "\"42\"", "42" }, { SCIM_TYPE_INTEGER, "\"-42\"", "-42" },
    { SCIM_TYPE_INTEGER, "\"9223372036854775807\"", "9223372036854775807" }, { SCIM_TYPE_INTEGER, "\"9223372036854775808\"", NULL },
    { SCIM_TYPE_INTEGER, "42.0", "42" }, { SCIM_TYPE_INTEGER, "\"42.00\"", "42" }, { SCIM_TYPE_INTEGER, "42.5", NULL },
    { SCIM_TYPE_INTEGER, "\"42.5\"", NULL }, { SCIM_TYPE_INTEGER, "1e300", NULL }, { SCIM_TYPE_INTEGER, "\"\"", NULL },
    { SCIM_TYPE_INTEGER, "\" 42\"", NULL }, { SCIM_TYPE_INTEGER, "\"0x10\"", NULL }, { SCIM_TYPE_INTEGER, "\"42x\"", NULL },
    { SCIM_TYPE_INTEGER, "true", NULL },

    { SCIM_TYPE_DECIMAL, "1.5", "1.5" }, { SCIM_TYPE_DECIMAL, "\"1.5\"", "1.5" }, { SCIM_TYPE_DECIMAL, "\"-.5\"", "-0.5" },
    { SCIM_TYPE_DECIMAL, "\"15e-1\"", "1.5" }, { SCIM_TYPE_DECIMAL, "\"3\"", "3" }, { SCIM_TYPE_DECIMAL, "\"nan\"", NULL },
    { SCIM_TYPE_DECIMAL, "\"inf\"", NULL }, { SCIM_TYPE_DECIMAL, "\"1e999\"", NULL }, { SCIM_TYPE_DECIMAL, "\"1e\"", NULL },
    { SCIM_TYPE_DECIMAL, "\"1e+\"", NULL }, { SCIM_TYPE_DECIMAL, "\".\"", NULL }, { SCIM_TYPE_DECIMAL, "\"1,5\"", NULL },

    { SCIM_TYPE_DATETIME, "\"2011-05-13T04:42:34Z\"", "\"2011-05-13T04:42:34Z\"" },
    { SCIM_TYPE_DATETIME, "\"2011-05-13 04:42:34\"", "\"2011-05-13T04:42:34Z\"" },
    { SCIM_TYPE_DATETIME, "\"2011-05-13 06:42:34.5+02\"", "\"2011-05-13T04:42:34.500Z\"" },
    { SCIM_TYPE_DATETIME, "\"2011-05-13\"", "\"2011-05-13T00:00:00Z\"" },
    { SCIM_TYPE_DATETIME, "\"0000-00-00 00:00:00\"", NULL }, { SCIM_TYPE_DATETIME, "1305261754", NULL },

    { SCIM_TYPE_BINARY, "\"YWI=\"", "\"YWI=\"" }, { SCIM_TYPE_BINARY, "\"a b\"", NULL }, { SCIM_TYPE_BINARY, "1", NULL }
};

START_TEST(native_values_take_a_type)
{
    json_t *value = scim_json_own(test_pool, map_value_read(test_json(values[_i].native), values[_i].type, test_pool));

    if (values[_i].scim)
        ck_json(value, values[_i].scim);
    else
        ck_assert_msg(value == NULL, "%s became %s", values[_i].native, scim_json_dump(value, test_pool));
}
END_TEST

/* ---- native paths ---- */

static const struct {
    const char *path, *value;
} natives[] = {
    { "a", "1" }, { "o", "{\"p\": {\"q\": 2}}" }, { "o.p.q", "2" }, { "l[0]", "3" }, { "l[1].m", "4" }, { "l[2]", NULL }, { "l[3][0]", "5" },
    { "n", NULL }, { "x", NULL }, { "a.b", NULL }, { "a[0]", NULL }, { "o[0]", NULL }, { "o.x.y", NULL }, { "cn;lang-de", "6" }
};

START_TEST(native_paths)
{
    const json_t *record = test_json("{\"a\": 1, \"o\": {\"p\": {\"q\": 2}}, \"l\": [3, {\"m\": 4}, null, [5]], \"n\": null, \"cn;lang-de\": 6}");
    const json_t *value;
    map_native_t native;

    ck_assert_ptr_null(map_native_parse(&native, natives[_i].path, test_pool));
    value = map_native_get(&native, record);
    if (natives[_i].value)
        ck_json(value, natives[_i].value);
    else
        ck_assert_ptr_null(value);
}
END_TEST

/* ---- records ---- */

static const char *const rules[] = {
    "id <- k", "userName <-> login", "meta.created <- c", "title <- a.title", "nickName <- nicks[1]", "userType <- = \"Employee\"",
    "locale <- loc default \"en\"", "name.familyName <-> sn", "name.honorificPrefix <- = \"Dr.\"",
    "active <- status | valueMapping(\"A\"=true, \"I\"=false) default false",
    "emails[type eq \"work\"].value <- mail | toLowerCaseString", "emails[type eq \"work\"].primary <- = true",
    "emails[type eq \"home\"].value <- mail2", "emails[type eq \"home\"].display <- mail2_name",
    "<roles <- roles", "value <- role", "primary <- main", "type <- = \"app\"", ">",
    "<groups <- teams", "value <- id | ref(Group)", "display <- name", ">",
    "<phoneNumbers <- phones", "value <- .", ">", "<phoneNumbers <- faxes", "value <- n", "type <- = \"fax\"", ">",
    ENTERPRISE ":department <-> dept", ENTERPRISE ":manager.value <-> boss | ref(User)",
    THING ":flag <- flag", THING ":count <- count", THING ":when <- seen", THING ":owner <- owner | ref(User)",
    "<" THING ":tags <- tags", ". <- .", ">", "<" THING ":parts <- parts", "name <- n | concatString(prefix=\"p-\")", "count <- c default 1", ">",
    NULL
};

/* A record, besides what every one has, and what it reads as, besides what every resource has. */
static const struct {
    const char *record, *resource;
} records[] = {
    { "{}", "{}" },
    { "{\"login\": null, \"sn\": null, \"roles\": null, \"teams\": [], \"dept\": null, \"unknown\": 1}", "{}" },
    { "{\"login\": \"bj\", \"sn\": \"Jensen\"}",
      "{\"userName\": \"bj\", \"name\": {\"familyName\": \"Jensen\", \"honorificPrefix\": \"Dr.\"}}" },
    { "{\"login\": 17, \"a\": {\"title\": \"T\"}, \"nicks\": [\"x\", \"y\"]}", "{\"userName\": \"17\", \"title\": \"T\", \"nickName\": \"y\"}" },
    { "{\"c\": \"2020-01-02 03:04:05+01\"}", "{\"meta\": {\"created\": \"2020-01-02T02:04:05Z\"}}" },
    { "{\"loc\": \"de\", \"status\": \"A\"}", "{\"locale\": \"de\", \"active\": true}" },
    { "{\"status\": \"X\"}", "{\"active\": false}" },
    { "{\"loc\": \"\"}", "{\"locale\": \"\"}" },
    { "{\"mail\": \"A@B\"}", "{\"emails\": [{\"type\": \"work\", \"primary\": true, \"value\": \"a@b\"}]}" },
    { "{\"mail2\": \"c@d\", \"mail2_name\": \"C\"}", "{\"emails\": [{\"type\": \"home\", \"value\": \"c@d\", \"display\": \"C\"}]}" },
    { "{\"mail2_name\": \"C\"}", "{\"emails\": [{\"type\": \"home\", \"display\": \"C\"}]}" },
    { "{\"mail\": \"a@b\", \"mail2\": \"c@d\"}",
      "{\"emails\": [{\"type\": \"work\", \"primary\": true, \"value\": \"a@b\"}, {\"type\": \"home\", \"value\": \"c@d\"}]}" },
    { "{\"roles\": [{\"role\": \"r\", \"main\": \"t\"}, {\"role\": null, \"main\": null}, {}, {\"main\": 0}]}",
      "{\"roles\": [{\"value\": \"r\", \"primary\": true, \"type\": \"app\"}, {\"primary\": false, \"type\": \"app\"}]}" },
    { "{\"roles\": [{}, {\"role\": [1]}]}", "{}" },
    { "{\"teams\": [{\"id\": 5, \"name\": \"Five\"}, {\"name\": \"None\"}]}",
      "{\"groups\": [{\"value\": \"5\", \"display\": \"Five\"}, {\"display\": \"None\"}]}" },
    { "{\"phones\": [\"1\", 2, null], \"faxes\": [{\"n\": \"3\"}]}",
      "{\"phoneNumbers\": [{\"value\": \"1\"}, {\"value\": \"2\"}, {\"value\": \"3\", \"type\": \"fax\"}]}" },
    { "{\"dept\": \"D\", \"boss\": \"k2\"}", "{\"" ENTERPRISE "\": {\"department\": \"D\", \"manager\": {\"value\": \"k2\"}}}" },
    { "{\"boss\": \"\"}", "{}" },
    { "{\"flag\": \"maybe\", \"count\": \"12\", \"seen\": \"never\"}", "{\"" THING "\": {\"count\": 12}}" },
    { "{\"flag\": \"maybe\"}", "{}" },
    { "{\"owner\": 9}", "{\"" THING "\": {\"owner\": \"9\"}}" },
    { "{\"tags\": [\"x\", {}, \"y\", 1]}", "{\"" THING "\": {\"tags\": [\"x\", \"y\", \"1\"]}}" },
    { "{\"tags\": \"x\"}", "{}" },
    { "{\"parts\": [{\"n\": \"a\"}, {\"c\": 2}]}",
      "{\"" THING "\": {\"parts\": [{\"name\": \"p-a\", \"count\": 1}, {\"count\": 2}]}}" }
};

static json_t *with(const char *all, const char *more)
{
    json_t *both = scim_json_own(test_pool, json_deep_copy(test_json(all)));

    json_object_update(both, test_json(more));
    return both;
}

START_TEST(records_read_as_resources)
{
    const map_program_t *program = map_fixture_make(map_fixture_user(), rules);
    const char *record = scim_json_dump(with("{\"k\": \"k1\"}", records[_i].record), test_pool);

    ck_json(map_fixture_read(program, record),
            scim_json_dump(with("{\"id\": \"k1\", \"userType\": \"Employee\", \"locale\": \"en\", \"active\": false,"
                                "\"name\": {\"honorificPrefix\": \"Dr.\"}}", records[_i].resource), test_pool));
}
END_TEST

/* ---- references ---- */

static const char *print_refs(const map_run_t *run)
{
    const char *text = "";
    int i;

    for (i = 0; i < run->refs->nelts; i++) {
        const map_ref_t *ref = &APR_ARRAY_IDX(run->refs, i, map_ref_t);

        text = apr_pstrcat(test_pool, text, ref->rtype, " ", ref->key, "=", ref->value, " ", ref->attr ? ref->attr->name : "-",
                           scim_json_equal(json_object_get(ref->holder, ref->key), scim_json_own(test_pool, json_string(ref->value)))
                               ? "" : " is elsewhere", "; ", NULL);
    }
    return text;
}

START_TEST(references_are_left_for_the_engine)
{
    const map_program_t *program = map_fixture_make(map_fixture_user(), rules);
    const json_t *record = test_json("{\"k\": 1, \"teams\": [{\"id\": \"t1\"}, {\"id\": null}, {\"id\": 2}], \"boss\": \"b\", \"owner\": \"o\"}");
    map_run_t run = map_fixture_run();
    json_t *resource = NULL;
    const map_ref_t *first;

    ck_ok(map_read(program, map_plan_make(program, NULL, NULL, test_pool), record, &resource, &run));
    scim_json_own(test_pool, resource);
    ck_assert_str_eq(print_refs(&run), "Group value=t1 groups; Group value=2 groups; User value=b manager; User owner=o -; ");
    first = &APR_ARRAY_IDX(run.refs, 0, map_ref_t);
    ck_assert_ptr_eq(first->attr, scim_rtype_attr(map_program_rtype(program), "groups"));
    json_object_set_new(first->holder, first->key, json_string("id-1"));
    ck_json(json_object_get(resource, "groups"), "[{\"value\": \"id-1\"}, {\"value\": \"2\"}]");
}
END_TEST

/* ---- plans ---- */

static int wants_named(void *baton, const scim_attr_t *attr, const scim_attr_t *sub)
{
    const char *wanted = baton, *name = scim_attr_path(sub ? sub : attr, test_pool);

    return strncmp(name, wanted, strlen(wanted)) == 0 || (!sub && strncmp(wanted, attr->name, strlen(attr->name)) == 0);
}

static const struct {
    const char *wanted, *resource;
} wanted[] = {
    { "userName", "{\"id\": \"1\", \"userName\": \"u\"}" }, { "userType", "{\"id\": \"1\", \"userType\": \"Employee\"}" },
    { "name.familyName", "{\"id\": \"1\", \"name\": {\"familyName\": \"F\", \"honorificPrefix\": \"Dr.\"}}" },
    { "roles", "{\"id\": \"1\", \"roles\": [{\"value\": \"r\", \"type\": \"app\"}]}" },
    { "roles.type", "{\"id\": \"1\", \"roles\": [{\"value\": \"r\", \"type\": \"app\"}]}" },
    { "emails.type", "{\"id\": \"1\", \"emails\": [{\"type\": \"work\", \"primary\": true, \"value\": \"m\"}]}" },
    { "password", "{\"id\": \"1\"}" }
};

START_TEST(plans_run_what_is_wanted)
{
    const map_program_t *program = map_fixture_make(map_fixture_user(), rules);
    const json_t *record = test_json("{\"k\": \"1\", \"login\": \"u\", \"sn\": \"F\", \"roles\": [{\"role\": \"r\"}], \"mail\": \"M\"}");
    const map_plan_t *plan = map_plan_make(program, wants_named, (void *)wanted[_i].wanted, test_pool);
    map_run_t run = map_fixture_run();
    json_t *resource = NULL;

    ck_ok(map_read(program, plan, record, &resource, &run));
    ck_json(scim_json_own(test_pool, resource), wanted[_i].resource);
}
END_TEST

/* ---- ids ---- */

static const struct {
    const char *rule, *native, *id;    /* NULL: there is none */
} ids[] = {
    { "id <- k", "abc", "abc" }, { "id <- k", "a b/\xC3\xA4", "a b/\xC3\xA4" },
    { "id <- k | concatString(prefix=\"u-\", suffix=\".x\")", "1", "u-1.x" },
    { "id <- k | encode(algorithm=\"base64\", skipPadding=true)", "cn=a,b", "Y249YSxi" },
    { "id <- k | encode(algorithm=\"base32\")", "foo", "MZXW6===" },
    { "id <- k | decode(algorithm=\"base64\")", "YWI=", "ab" },
    { "id <- k | toString | concatString(prefix=\"a\") | encode(algorithm=\"base64\")", "b", "YWI=" }
};

START_TEST(ids_there_and_back)
{
    const char *const lines[] = { ids[_i].rule, "userName <-> login", NULL };
    const map_program_t *program = map_fixture_make(map_fixture_user(), lines);

    ck_assert_str_eq(map_id_attr(program), "k");
    ck_assert_str_eq(map_id_from_native(program, ids[_i].native, test_pool), ids[_i].id);
    ck_assert_str_eq(map_id_to_native(program, ids[_i].id, test_pool), ids[_i].native);
}
END_TEST

/* Ids that no record has; some would lead to one by another spelling than its own. */
static const struct {
    const char *rule, *id;
} no_ids[] = {
    { "id <- k", "" }, { "id <- k", "bulkId" }, { "id <- k", "\xFF" }, { "id <- k", "a\xC3" },
    { "id <- k | concatString(prefix=\"u-\")", "x-1" }, { "id <- k | concatString(prefix=\"u-\")", "U-1" },
    { "id <- k | concatString(prefix=\"u-\")", "u" },
    { "id <- k | encode(algorithm=\"base64\")", "YWI" }, { "id <- k | encode(algorithm=\"base64\")", "YWJ=" },
    { "id <- k | encode(algorithm=\"base64\")", "*" }, { "id <- k | encode(algorithm=\"base32\")", "mzxw6===" }
};

START_TEST(ids_that_cannot_be)
{
    const char *const lines[] = { no_ids[_i].rule, "userName <-> login", NULL };
    const map_program_t *program = map_fixture_make(map_fixture_user(), lines);

    ck_assert_ptr_null(map_id_to_native(program, no_ids[_i].id, test_pool));
}
END_TEST

START_TEST(natives_that_make_no_id)
{
    static const char *const lines[] = { "id <- k | decode(algorithm=\"base64\")", "userName <-> login", NULL };
    const map_program_t *program = map_fixture_make(map_fixture_user(), lines);

    ck_assert_ptr_null(map_id_from_native(program, "", test_pool));
    ck_assert_ptr_null(map_id_from_native(program, "*", test_pool));
    ck_assert_ptr_null(map_id_from_native(program, "YnVsa0lk", test_pool));    /* bulkId */
    ck_json(map_fixture_read(program, "{\"k\": \"YnVsa0lk\", \"login\": \"x\"}"), "{\"userName\": \"x\"}");
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static Suite *make_suite(void)
{
    Suite *suite = suite_create("map_read");
    TCase *tcase = tcase_create("map_read");

    tcase_add_checked_fixture(tcase, test_setup, test_teardown);
    tcase_add_loop_test(tcase, native_values_take_a_type, 0, COUNT(values));
    tcase_add_loop_test(tcase, native_paths, 0, COUNT(natives));
    tcase_add_loop_test(tcase, records_read_as_resources, 0, COUNT(records));
    tcase_add_test(tcase, references_are_left_for_the_engine);
    tcase_add_loop_test(tcase, plans_run_what_is_wanted, 0, COUNT(wanted));
    tcase_add_loop_test(tcase, ids_there_and_back, 0, COUNT(ids));
    tcase_add_loop_test(tcase, ids_that_cannot_be, 0, COUNT(no_ids));
    tcase_add_test(tcase, natives_that_make_no_id);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
