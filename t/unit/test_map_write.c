/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "map_fixture.h"

static const char *const rules[] = {
    "id <- k", "userName <-> login required", "externalId <-> ext", "name.familyName <-> sn", "title -> t | toUpperCaseString",
    "nickName <-> nick | toLowerCaseString", "locale <-> loc default \"en\"",
    "active <-> status | valueMapping(\"A\"=true, \"I\"=false)", "- -> status = \"A\" on create",
    "userType <-> kind | concatString(prefix=\"k-\")", "- -> app = \"scim\"", "- -> made = 1 on create", "- -> gone = null on update",
    "displayName -> first on create", "- -> last = true on delete", "password -> h | bcrypt(cost=4)",
    "emails[type eq \"work\"].value <-> mail", "emails[type eq \"home\" and primary eq true].value <-> mail2",
    "<roles <-> roles", "value <-> role required", "type <-> kind | valueMapping(\"1\"=\"one\", \"2\"=\"two\")", "primary <-> main", ">",
    "<phoneNumbers <-> phones", "value <-> n", "- -> source = \"scim\"", ">",
    ENTERPRISE ":department <-> dept", ENTERPRISE ":manager.value <-> boss | ref(User)",
    THING ":when <-> seen", THING ":count <-> count", "<" THING ":tags <-> tags", "value <-> .", ">", NULL
};

static scim_err_t *write_resource(const map_program_t *program, const char *resource, unsigned on, json_t **native, map_run_t *run)
{
    scim_err_t *err;

    *native = NULL;
    err = map_write(program, test_json(resource), on, NULL, NULL, native, run);
    scim_json_own(test_pool, *native);
    return err;
}

/* ---- create: what has no value is absent ---- */

static const struct {
    const char *resource, *native;
} created[] = {
    { "{\"userName\": \"u\"}", "{\"login\": \"u\", \"status\": \"A\", \"app\": \"scim\", \"made\": 1}" },
    { "{\"userName\": \"u\", \"active\": false}", "{\"login\": \"u\", \"status\": \"I\", \"app\": \"scim\", \"made\": 1}" },
    { "{\"userName\": \"u\", \"active\": true, \"externalId\": null, \"emails\": []}",
      "{\"login\": \"u\", \"status\": \"A\", \"app\": \"scim\", \"made\": 1}" },
    { "{\"userName\": \"u\", \"title\": \"boss\", \"nickName\": \"BJ\", \"displayName\": \"D\", \"userType\": \"k-x\", \"locale\": \"\"}",
      "{\"login\": \"u\", \"t\": \"BOSS\", \"nick\": \"BJ\", \"first\": \"D\", \"kind\": \"x\", \"loc\": \"\", \"status\": \"A\", \"app\": \"scim\","
      "\"made\": 1}" },
    { "{\"userName\": \"u\", \"emails\": [{\"value\": \"h\", \"type\": \"home\"}, {\"value\": \"w\", \"type\": \"WORK\"},"
      "{\"value\": \"w2\", \"type\": \"work\"}, {\"value\": \"h2\", \"type\": \"home\", \"primary\": true}]}",
      "{\"login\": \"u\", \"mail\": \"w\", \"mail2\": \"h2\", \"status\": \"A\", \"app\": \"scim\", \"made\": 1}" },
    { "{\"userName\": \"u\", \"emails\": [{\"type\": \"work\", \"display\": \"none\"}, {\"type\": \"work\", \"value\": \"second\"}]}",
      "{\"login\": \"u\", \"status\": \"A\", \"app\": \"scim\", \"made\": 1}" },
    { "{\"userName\": \"u\", \"roles\": [{\"value\": \"r\", \"type\": \"Two\", \"primary\": true, \"display\": \"not written\"}, {\"value\": \"s\"}]}",
      "{\"login\": \"u\", \"roles\": [{\"role\": \"r\", \"kind\": \"2\", \"main\": true}, {\"role\": \"s\"}], \"status\": \"A\","
      "\"app\": \"scim\", \"made\": 1}" },
    { "{\"userName\": \"u\", \"phoneNumbers\": [{\"value\": \"1\"}]}",
      "{\"login\": \"u\", \"phones\": [{\"n\": \"1\", \"source\": \"scim\"}], \"status\": \"A\", \"app\": \"scim\", \"made\": 1}" },
    { "{\"userName\": \"u\", \"" ENTERPRISE "\": {\"department\": \"D\", \"manager\": {\"value\": \"id2\"}}}",
      "{\"login\": \"u\", \"dept\": \"D\", \"boss\": \"id2\", \"status\": \"A\", \"app\": \"scim\", \"made\": 1}" },
    { "{\"userName\": \"u\", \"" THING "\": {\"when\": \"2020-01-01T01:00:00+01:00\", \"count\": 3, \"tags\": [\"x\", \"y\"]}}",
      "{\"login\": \"u\", \"seen\": \"2020-01-01T00:00:00Z\", \"count\": 3, \"tags\": [\"x\", \"y\"], \"status\": \"A\", \"app\": \"scim\","
      "\"made\": 1}" }
};

START_TEST(create)
{
    map_run_t run = map_fixture_run();
    json_t *native;

    ck_ok(write_resource(map_fixture_make(map_fixture_user(), rules), created[_i].resource, MAP_ON_CREATE, &native, &run));
    ck_json(native, created[_i].native);
}
END_TEST

/* ---- update and patch: every place of the write set is there ---- */

#define NOTHING "\"ext\": null, \"sn\": null, \"t\": null, \"nick\": null, \"loc\": null, \"status\": null, \"kind\": null, \"h\": null," \
    "\"mail\": null, \"mail2\": null, \"roles\": [], \"phones\": [], \"dept\": null, \"boss\": null, \"seen\": null, \"count\": null, \"tags\": []"

START_TEST(update_clears_what_has_no_value)
{
    map_run_t run = map_fixture_run();
    const map_program_t *program = map_fixture_make(map_fixture_user(), rules);
    json_t *native;

    ck_ok(write_resource(program, "{\"userName\": \"u\", \"displayName\": \"on create only\"}", MAP_ON_UPDATE, &native, &run));
    ck_json(native, "{\"login\": \"u\", " NOTHING ", \"app\": \"scim\", \"gone\": null}");
    ck_ok(write_resource(program, "{\"userName\": \"u\"}", MAP_ON_PATCH, &native, &run));
    ck_json(native, "{\"login\": \"u\", " NOTHING ", \"app\": \"scim\"}");
    ck_ok(write_resource(program, "{}", MAP_ON_DELETE, &native, &run));
    ck_json(native, "{\"last\": true}");
}
END_TEST

static int wants_named(void *baton, const scim_attr_t *attr, const scim_attr_t *sub)
{
    (void)sub;
    return strstr(baton, apr_pstrcat(test_pool, " ", attr->name, " ", NULL)) != NULL;
}

static const struct {
    const char *wanted, *resource, *native;
    unsigned    on;
} wishes[] = {
    { " ", "{}", "{\"app\": \"scim\"}", MAP_ON_PATCH },
    { " externalId ", "{\"externalId\": \"e\", \"userName\": \"u\"}", "{\"ext\": \"e\", \"app\": \"scim\"}", MAP_ON_PATCH },
    { " active emails ", "{}", "{\"status\": null, \"mail\": null, \"mail2\": null, \"app\": \"scim\", \"gone\": null}", MAP_ON_UPDATE },
    { " roles manager ", "{\"roles\": [{\"value\": \"r\"}]}", "{\"roles\": [{\"role\": \"r\"}], \"boss\": null, \"app\": \"scim\"}", MAP_ON_PATCH },
    /* what is left alone is not made by a constant */
    { " userName ", "{\"userName\": \"u\", \"active\": true}", "{\"login\": \"u\", \"app\": \"scim\", \"made\": 1}", MAP_ON_CREATE }
};

START_TEST(only_what_is_wanted)
{
    const map_program_t *program = map_fixture_make(map_fixture_user(), rules);
    map_run_t run = map_fixture_run();
    json_t *native = NULL;

    ck_ok(map_write(program, test_json(wishes[_i].resource), wishes[_i].on, wants_named, (void *)wishes[_i].wanted, &native, &run));
    ck_json(scim_json_own(test_pool, native), wishes[_i].native);
}
END_TEST

/* ---- refusals ---- */

static const struct {
    const char *resource, *says;
} refused[] = {
    { "{}", "\"userName\" is required" }, { "{\"userName\": null}", "\"userName\" is required" },
    { "{\"userName\": \"u\", \"userType\": \"x\"}", "\"userType\" has not the prefix" },
    { "{\"userName\": \"u\", \"roles\": [{\"value\": \"r\", \"type\": \"three\"}]}", "\"roles.type\" is none of the values" },
    { "{\"userName\": \"u\", \"roles\": [{\"value\": \"r\"}, {\"type\": \"one\"}]}", "\"roles.value\" is required" },
    { "{\"userName\": \"u\", \"password\": \"\"}", "\"password\" must have from 1 to 72 bytes" }
};

START_TEST(refusals_name_the_attribute)
{
    const map_program_t *program = map_fixture_make(map_fixture_user(), rules);
    static const unsigned ons[] = { MAP_ON_CREATE, MAP_ON_UPDATE, MAP_ON_PATCH };
    size_t i;

    for (i = 0; i < sizeof ons / sizeof *ons; i++) {
        map_run_t run = map_fixture_run();
        json_t *native;
        scim_err_t *err = write_resource(program, refused[_i].resource, ons[i], &native, &run);

        ck_err(err, SCIM_E_INVALID_VALUE);
        ck_assert_msg(strstr(err->detail, refused[_i].says) != NULL, "%s", err->detail);
    }
}
END_TEST

/* A record that lacks what is required can still be changed. */
START_TEST(nothing_is_required_of_what_is_there)
{
    map_run_t run = map_fixture_run();
    json_t *native;

    ck_ok(write_resource(map_fixture_make(map_fixture_user(), rules), "{\"roles\": [{\"type\": \"one\"}]}", MAP_ON_PATCH | MAP_AS_IS, &native, &run));
    ck_json(json_object_get(native, "login"), "null");
    ck_json(json_object_get(native, "roles"), "[{\"kind\": \"1\"}]");
}
END_TEST

START_TEST(details_have_no_values)
{
    map_run_t run = map_fixture_run();
    json_t *native;
    const scim_err_t *err = write_resource(map_fixture_make(map_fixture_user(), rules), "{\"userName\": \"u\", \"userType\": \"secret\"}",
                                  MAP_ON_CREATE, &native, &run);

    ck_assert_ptr_nonnull(err);
    ck_assert_ptr_null(strstr(err->detail, "secret"));
    ck_assert_ptr_null(err->log);
}
END_TEST

START_TEST(passwords_are_hashed)
{
    map_run_t run = map_fixture_run();
    json_t *native;

    ck_ok(write_resource(map_fixture_make(map_fixture_user(), rules), "{\"userName\": \"u\", \"password\": \"t1meMa$heen\"}", MAP_ON_CREATE, &native, &run));
    ck_assert_int_eq(strncmp(json_string_value(json_object_get(native, "h")), "$2b$04$", 7), 0);
}
END_TEST

START_TEST(references_are_left_for_the_engine)
{
    static const char *const lines[] = { "id <- k", "displayName <-> n", "<members <-> m", "value <-> p | ref(User)", ">", NULL };
    const map_program_t *program = map_fixture_make(map_fixture_group(), lines);
    map_run_t run = map_fixture_run();
    const map_ref_t *ref;
    json_t *native;

    ck_ok(write_resource(program, "{\"displayName\": \"g\", \"members\": [{\"value\": \"i1\"}, {\"value\": \"i2\"}]}", MAP_ON_CREATE, &native, &run));
    ck_assert_int_eq(run.refs->nelts, 2);
    ref = &APR_ARRAY_IDX(run.refs, 1, map_ref_t);
    ck_assert_str_eq(ref->rtype, "User");
    ck_assert_str_eq(ref->key, "p");
    ck_assert_str_eq(ref->value, "i2");
    ck_assert_ptr_null(ref->attr);
    json_object_set_new(ref->holder, ref->key, json_string("k2"));
    ck_json(native, "{\"n\": \"g\", \"m\": [{\"p\": \"i1\"}, {\"p\": \"k2\"}]}");
}
END_TEST

/* Reading what was written gives what was to be written. */
START_TEST(there_and_back)
{
    const map_program_t *program = map_fixture_make(map_fixture_user(), rules);
    static const char resource[] = "{\"userName\": \"u\", \"externalId\": \"e\", \"name\": {\"familyName\": \"F\"}, \"nickName\": \"n\","
        "\"locale\": \"de\", \"active\": false, \"userType\": \"k-t\", \"emails\": [{\"type\": \"work\", \"value\": \"w\"},"
        "{\"type\": \"home\", \"primary\": true, \"value\": \"h\"}], \"roles\": [{\"value\": \"r\", \"type\": \"one\", \"primary\": false}],"
        "\"phoneNumbers\": [{\"value\": \"1\"}], \"" ENTERPRISE "\": {\"department\": \"D\", \"manager\": {\"value\": \"m\"}},"
        "\"" THING "\": {\"when\": \"2020-01-01T00:00:00Z\", \"count\": -1, \"tags\": [\"a\"]}}";
    map_run_t run = map_fixture_run();
    json_t *native;

    ck_ok(write_resource(program, resource, MAP_ON_CREATE, &native, &run));
    ck_json(map_fixture_read(program, scim_json_dump(native, test_pool)), resource);
}
END_TEST

/* ---- differences ---- */

static const struct {
    const char *before, *after, *with_values, *without;
} diffs[] = {
    { "{}", "{}", "", "" }, { "{\"login\": \"a\"}", "{\"login\": \"a\"}", "", "" },
    { "{\"login\": \"a\", \"sn\": null}", "{\"login\": \"b\", \"sn\": null}", "SET login \"b\"; SET app \"scim\"; ", "" },
    { "{\"count\": 1}", "{\"count\": 1.0}", "", "" }, { "{\"sn\": \"x\"}", "{\"sn\": null}", "SET sn null; SET app \"scim\"; ", "" },
    { "{\"tags\": []}", "{\"tags\": [\"x\"]}", "ADD tags [\"x\"]; SET app \"scim\"; ", "SET tags [\"x\"]; SET app \"scim\"; " },
    { "{\"tags\": [\"x\", \"y\"]}", "{\"tags\": [\"y\", \"z\", \"x\"]}", "ADD tags [\"z\"]; SET app \"scim\"; ",
      "SET tags [\"y\",\"z\",\"x\"]; SET app \"scim\"; " },
    { "{\"tags\": [\"x\", \"y\"]}", "{\"tags\": [\"x\"]}", "SET tags [\"x\"]; SET app \"scim\"; ", "SET tags [\"x\"]; SET app \"scim\"; " },
    { "{\"tags\": [\"x\"]}", "{\"tags\": []}", "SET tags []; SET app \"scim\"; ", "SET tags []; SET app \"scim\"; " },
    { "{\"roles\": [{\"role\": \"a\"}]}", "{\"roles\": [{\"role\": \"a\"}, {\"role\": \"a\", \"kind\": \"1\"}]}",
      "ADD roles [{\"role\":\"a\",\"kind\":\"1\"}]; SET app \"scim\"; ",
      "SET roles [{\"role\":\"a\"},{\"role\":\"a\",\"kind\":\"1\"}]; SET app \"scim\"; " },
    /* constants are written with elements: they are not known by what was read of them */
    { "{\"phones\": []}", "{\"phones\": [{\"n\": \"1\", \"source\": \"scim\"}]}", "SET phones [{\"n\":\"1\",\"source\":\"scim\"}]; SET app \"scim\"; ",
      "SET phones [{\"n\":\"1\",\"source\":\"scim\"}]; SET app \"scim\"; " }
};

static const char *print_mods(const apr_array_header_t *mods)
{
    static const char *const words[] = { "SET", "ADD", "REMOVE" };
    const char *text = "";
    int i;

    for (i = 0; i < mods->nelts; i++) {
        const scim_mod_t *mod = &APR_ARRAY_IDX(mods, i, scim_mod_t);

        text = apr_pstrcat(test_pool, text, words[mod->kind], " ", mod->attr, " ", scim_json_dump(mod->values, test_pool), "; ", NULL);
    }
    return text;
}

START_TEST(differences)
{
    const map_program_t *program = map_fixture_make(map_fixture_user(), rules);
    int values;

    for (values = 0; values < 2; values++) {
        apr_array_header_t *mods = apr_array_make(test_pool, 4, sizeof(scim_mod_t));
        json_t *before = test_json(diffs[_i].before), *after = test_json(diffs[_i].after);
        const char *wanted = values || !*diffs[_i].without ? diffs[_i].with_values : diffs[_i].without;

        /* as map_write() makes them */
        json_object_set_new(before, "app", json_string("scim"));
        json_object_set_new(after, "app", json_string("scim"));
        map_diff(program, before, after, values, mods, test_pool);
        ck_assert_str_eq(print_mods(mods), wanted);
    }
}
END_TEST

/* A constant of PATCH goes along with what changes; one of another operation, or with a rule beside it that has values, does not. */
START_TEST(constants_of_a_patch)
{
    static const char *const lines[] = {
        "id <- k", "userName <-> login", "- -> stage = 1 on create", "- -> stage = 2 on patch", "- -> born = 1 on create",
        "title <-> t", "- -> t = \"none\" on patch", NULL
    };
    const map_program_t *program = map_fixture_make(map_fixture_user(), lines);
    apr_array_header_t *mods = apr_array_make(test_pool, 4, sizeof(scim_mod_t));
    map_run_t run = map_fixture_run();
    json_t *before, *after;

    ck_ok(write_resource(program, "{\"userName\": \"a\"}", MAP_ON_PATCH | MAP_AS_IS, &before, &run));
    ck_ok(write_resource(program, "{\"userName\": \"b\"}", MAP_ON_PATCH, &after, &run));
    ck_json(after, "{\"login\": \"b\", \"stage\": 2, \"t\": \"none\"}");
    map_diff(program, before, before, 1, mods, test_pool);
    ck_assert_str_eq(print_mods(mods), "");
    map_diff(program, before, after, 1, mods, test_pool);
    ck_assert_str_eq(print_mods(mods), "SET login \"b\"; SET stage 2; ");
}
END_TEST

/* ---- lists that are changed value by value ---- */

static const struct {
    const char *lines[10];
    const char *native;                /* NULL: only as a whole */
} lists[] = {
    { { "<roles <-> r", "value <-> v", ">" }, "r" }, { { "<roles <-> r", "value <-> v | encode(algorithm=\"base64\")", "display <- d", ">" }, "r" },
    { { "<roles <-> r", "value <-> v | toLowerCaseString", ">" }, NULL }, { { "<roles <-> r", "value <- v", "value -> v", ">" }, NULL },
    { { "<roles <-> r", "value <-> v", "primary <-> p", ">" }, NULL }, { { "<roles <-> r", "value <-> v", "- -> c = 1", ">" }, NULL },
    { { "<roles <- r", "value <- v", ">" }, NULL }, { { "<roles -> r", "value -> v", ">" }, NULL },
    { { "roles[type eq \"x\"].value <-> v" }, NULL }
};

START_TEST(lists_by_value)
{
    const char *lines[16] = { "id <- k", "userName <-> login" };
    const map_program_t *program;
    const map_each_t *each;

    memcpy(&lines[2], lists[_i].lines, sizeof lists[_i].lines);
    program = map_fixture_make(map_fixture_user(), lines);
    each = map_each_of(program, scim_rtype_attr(map_program_rtype(program), "roles"));
    ck_assert_int_eq(each != NULL, lists[_i].native != NULL);
    if (each)
        ck_assert_str_eq(map_each_native(each), lists[_i].native);
    ck_assert_ptr_null(map_each_of(program, scim_rtype_attr(map_program_rtype(program), "userName")));
}
END_TEST

START_TEST(elements_can_be_parts)
{
    static const char *const lines[] = {
        "id <- k", "userName <-> login", "<roles <-> r", "value <-> v required", "type <-> t | valueMapping(1=\"one\")", "display <- d", ">", NULL
    };
    const map_program_t *program = map_fixture_make(map_fixture_user(), lines);
    const map_each_t *each = map_each_of(program, scim_rtype_attr(map_program_rtype(program), "roles"));
    map_run_t run = map_fixture_run();
    json_t *native = NULL;

    ck_ok(map_write_elements(each, test_json("[{\"value\": \"x\"}, {\"type\": \"one\"}, {\"display\": \"read only\"}, {}]"), &native, &run));
    ck_json(scim_json_own(test_pool, native), "[{\"v\": \"x\"}, {\"t\": 1}]");
    ck_err(map_write_elements(each, test_json("[{\"value\": \"x\"}, {\"type\": \"two\"}]"), &native, &run), SCIM_E_INVALID_VALUE);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static Suite *make_suite(void)
{
    Suite *suite = suite_create("map_write");
    TCase *tcase = tcase_create("map_write");

    tcase_add_checked_fixture(tcase, test_setup, test_teardown);
    tcase_add_loop_test(tcase, create, 0, COUNT(created));
    tcase_add_test(tcase, update_clears_what_has_no_value);
    tcase_add_loop_test(tcase, only_what_is_wanted, 0, COUNT(wishes));
    tcase_add_loop_test(tcase, refusals_name_the_attribute, 0, COUNT(refused));
    tcase_add_test(tcase, nothing_is_required_of_what_is_there);
    tcase_add_test(tcase, details_have_no_values);
    tcase_add_test(tcase, passwords_are_hashed);
    tcase_add_test(tcase, references_are_left_for_the_engine);
    tcase_add_test(tcase, there_and_back);
    tcase_add_loop_test(tcase, differences, 0, COUNT(diffs));
    tcase_add_test(tcase, constants_of_a_patch);
    tcase_add_loop_test(tcase, lists_by_value, 0, COUNT(lists));
    tcase_add_test(tcase, elements_can_be_parts);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
