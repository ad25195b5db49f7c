/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "engine_fixture.h"
#include "scim_error.h"

static void setup(void)
{
    test_setup();
    engine_setup();
    engine_users(9);
    engine_group("g", "Guides", 1, 3);
    memory_put(engine.memory, "Group", "empty", json_pack("{s:s}", "name", "Empty"));
}

/* A PatchOp with these operations, quotes as apostrophes. */
static const char *message(const char *operations)
{
    char *text = apr_pstrcat(test_pool,
                             "{'schemas': ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], 'Operations': [",
                             operations, "]}", NULL),
         *c;

    for (c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    return text;
}

static answer_t patch(const char *path, const char *operations, const char *if_match)
{
    const request_t request = { .method = "PATCH", .path = path, .body = message(operations), .if_match = if_match };

    return engine_ask(&request);
}

static const char *snapshot(void)
{
    return scim_json_dump(engine.memory->tables, test_pool);
}

static const char *members(void)
{
    const json_t *member;
    const char *list = "";
    size_t i;

    json_array_foreach(json_object_get(memory_data(engine.groups, "Group", "g"), "members"), i, member)
        list = apr_pstrcat(test_pool, list, json_string_value(json_object_get(member, "person")), " ", NULL);
    return list;
}

/* ---- members: the smallest change of the backend ---- */

static const struct {
    const char *operations, *members, *change;
    int         resolves;
} small[] = { { "{'op': 'add', 'path': 'members', 'value': [{'value': '4'}]}", "1 2 3 4 ", "ADD members", 1 },
              { "{'op': 'Add', 'path': 'members', 'value': [{'value': '4', '$ref': null}, {'value': '5'}]}",
                "1 2 3 4 5 ", "ADD members", 1 },
              { "{'op': 'add', 'value': {'members': [{'value': '4'}]}}", "1 2 3 4 ", "ADD members", 1 },
              { "{'op': 'remove', 'path': 'members[value eq \\'2\\']'}", "1 3 ", "REMOVE members", 0 },
              { "{'op': 'remove', 'path': 'members[value eq \\'2\\' or value eq \\'3\\']'}", "1 ",
                "REMOVE members", 0 },
              { "{'op': 'Remove', 'path': 'members', 'value': [{'value': '1'}, {'value': '3'}]}", "2 ",
                "REMOVE members", 0 },
              { "{'op': 'remove', 'path': 'members'}", "", "SET members", 0 },
              { "{'op': 'replace', 'path': 'members', 'value': []}", "", "SET members", 0 },
              { "{'op': 'replace', 'path': 'members', 'value': [{'value': '9'}]}", "9 ", "SET members", 1 },
              { "{'op': 'add', 'path': 'members', 'value': [{'value': '4'}]},"
                "{'op': 'remove', 'path': 'members[value eq \\'1\\']'}",
                "2 3 4 ", "REMOVE members, ADD members", 1 },
              { "{'op': 'add', 'path': 'members', 'value': [{'value': '4'}]},"
                "{'op': 'remove', 'path': 'members[value eq \\'4\\']'}",
                "1 2 3 ", "REMOVE members", 0 },
              { "{'op': 'replace', 'path': 'displayName', 'value': 'New'}, {'op': 'add', 'path': 'members', "
                "'value': [{'value': '4'}]}",
                "1 2 3 4 ", "SET name, ADD members", 1 } };

START_TEST(pushed_forward)
{
    const int renames = strstr(small[_i].operations, "displayName") != NULL;
    answer_t answer = patch("/Groups/g", small[_i].operations, NULL);

    ck_ok(answer.err);
    ck_assert_str_eq(members(), small[_i].members);
    ck_assert_str_eq(engine.memory->last_change, small[_i].change);
    ck_assert_int_eq(answer.done, SCIM_DONE_NO_CONTENT);
    ck_assert_uint_eq(answer.length, 0);
    ck_assert_str_eq(answer.location, ENGINE_BASE "/Groups/g");
    ck_assert_str_eq(answer.etag, apr_psprintf(test_pool, "W/\"%d\"", memory_version(engine.memory, "Group", "g")));
    /* nothing is read but id and version, in the end; for another attribute that one */
    ck_assert_int_eq(engine.memory->reads, renames ? 2 : 1);
    ck_assert_str_eq(engine.memory->last_attrs, "key");
    ck_assert_int_eq(engine.memory->resolves, small[_i].resolves);
}
END_TEST

START_TEST(a_change_that_changes_nothing)
{
    static const char *const nothing[] = {
        "{'op': 'add', 'path': 'members', 'value': [{'value': '2'}]}",
        "{'op': 'remove', 'path': 'members[value eq \\'7\\']'}",
        "{'op': 'remove', 'path': 'members[value eq \\'nobody\\']'}",
        "{'op': 'remove', 'path': 'members', 'value': [{'value': 'nobody'}]}",
        "{'op': 'replace', 'path': 'displayName', 'value': 'Guides'}",
        "{'op': 'replace', 'path': 'members', 'value': [{'value': '1'}, {'value': '2'}, {'value': '3'}]}",
        "{'op': 'add', 'path': 'members', 'value': []}"
    };
    answer_t answer = patch("/Groups/g", nothing[_i], NULL);

    ck_ok(answer.err);
    ck_assert_str_eq(members(), "1 2 3 ");
    ck_assert_int_eq(memory_version(engine.memory, "Group", "g"), 1);
    ck_assert_str_eq(answer.etag, "W/\"1\"");
}
END_TEST

/* A member that nobody knows can go, but not come; and one that goes takes no other along. */
START_TEST(unknown_members)
{
    ck_err(patch("/Groups/g",
                 "{'op': 'add', 'path': 'members', 'value': [{'value': '4'}, {'value': 'nobody'}]}", NULL)
               .err,
           SCIM_E_INVALID_VALUE);
    ck_assert_str_eq(members(), "1 2 3 ");
    ck_ok(patch("/Groups/g",
                "{'op': 'remove', 'path': 'members', 'value': [{'value': 'nobody'}, {'value': '3'}]}", NULL)
              .err);
    ck_assert_str_eq(members(), "1 2 ");
}
END_TEST

/* Where it cannot be said without reading, it is read. */
START_TEST(filters_that_must_be_read)
{
    ck_ok(patch("/Groups/g", "{'op': 'remove', 'path': 'members[value sw \\'1\\']'}", NULL).err);
    ck_assert_str_eq(members(), "2 3 ");
    ck_ok(patch("/Groups/g", "{'op': 'remove', 'path': 'members[type eq \\'User\\']'}", NULL).err);
    ck_assert_str_eq(members(), "");
}
END_TEST

START_TEST(into_a_list_that_is_not_there)
{
    ck_ok(patch("/Groups/empty", "{'op': 'add', 'path': 'members', 'value': [{'value': '4'}]}", NULL).err);
    ck_json(json_object_get(memory_data(engine.memory, "Group", "empty"), "members"), "[{\"person\": \"4\"}]");
}
END_TEST

/* Who asks for attributes is given them. */
START_TEST(answered_with_the_resource)
{
    const request_t request = { .method = "PATCH",
                                .path = "/Groups/g",
                                .args = { .attributes = _i ? NULL : "members.value",
                                          .excluded = _i ? "members" : NULL },
                                .body = message("{'op': 'remove', 'path': 'members[value eq \\'1\\']'}, "
                                                "{'op': 'remove', 'path': 'members[value eq \\'2\\']'}") };
    answer_t answer = engine_ask(&request);

    ck_ok(answer.err);
    ck_assert_int_eq(answer.done, SCIM_DONE_OK);
    if (_i)
        ck_assert_ptr_null(json_object_get(answer.body, "members"));
    else
        ck_json(json_object_get(answer.body, "members"), "[{\"value\": \"3\"}]");
    ck_assert_ptr_nonnull(answer.etag);
}
END_TEST

/* ---- other attributes: the difference ---- */

static const struct {
    const char *operations, *change, *is;      /* the attributes that are looked at */
} users[] = {
    { "{'op': 'replace', 'path': 'name.givenName', 'value': 'G'}", "SET given",
      "{'name': {'givenName': 'G', 'familyName': 'Family1'}}" },
    { "{'op': 'add', 'value': {'name': {'givenName': 'G'}, 'title': 'T'}}", "SET given, SET title",
      "{'name': {'givenName': 'G', 'familyName': 'Family1'}, 'title': 'T'}" },
    { "{'op': 'Replace', 'path': 'active', 'value': 'False'}", "SET status", "{'active': false}" },
    { "{'op': 'remove', 'path': 'name'}", "SET family", "{'name': null}" },
    { "{'op': 'add', 'path': '" ENTERPRISE ":manager', 'value': '3'}", "SET boss",
      "{'" ENTERPRISE "': {'department': 'Sales', 'manager': {'value': '3', '$ref': '" ENGINE_BASE
      "/Users/3'}}}" },
    { "{'op': 'remove', 'path': '" ENTERPRISE "'}", "SET department", "{'" ENTERPRISE "': null}" },
    { "{'op': 'add', 'path': 'emails', 'value': [{'value': 'x', 'primary': true}]}", "ADD mails",
      "{'emails': [{'value': 'u1@example.com', 'type': 'work'}, {'value': 'x', 'primary': true}]}" },
    { "{'op': 'replace', 'path': 'emails[type eq \\'work\\'].value', 'value': 'y'}", "SET mails",
      "{'emails': [{'value': 'y', 'type': 'work'}]}" },
    { "{'op': 'remove', 'path': 'emails[type eq \\'work\\']'}", "SET mails", "{'emails': null}" },
    { "{'op': 'add', 'path': 'title', 'value': 'a'}, {'op': 'replace', 'path': 'title', 'value': 'b'}",
      "SET title", "{'title': 'b'}" }
};

START_TEST(differences)
{
    answer_t answer = patch("/Users/1", users[_i].operations, NULL);
    char *expected = apr_pstrdup(test_pool, users[_i].is), *c;
    const char *name;
    json_t *wanted, *value;

    ck_ok(answer.err);
    ck_assert_int_eq(answer.done, SCIM_DONE_OK);
    ck_assert_str_eq(engine.memory->last_change, users[_i].change);
    ck_assert_str_eq(answer.etag, "W/\"2\"");
    for (c = expected; *c; c++)
        if (*c == '\'')
            *c = '"';
    wanted = test_json(expected);
    json_object_foreach(wanted, name, value) {
        if (json_is_null(value))
            ck_assert_ptr_null(json_object_get(answer.body, name));
        else
            ck_json(json_object_get(answer.body, name), scim_json_dump(value, test_pool));
    }
    ck_json(answer.body, engine_do("GET", "/Users/1", NULL).text);
}
END_TEST

START_TEST(only_what_is_touched_is_read)
{
    const request_t request = { .method = "PATCH", .path = "/Users/1", .args = { .attributes = "id" },
                                .body = message("{'op': 'replace', 'path': 'title', 'value': 'T'}") };

    engine.memory->fail_in = "commit";
    engine.memory->fail_at = engine.memory->fail_many = 1;
    ck_err(engine_ask(&request).err, SCIM_E_UNAVAILABLE);
    ck_assert_str_eq(engine.memory->last_attrs, "key");
    engine.memory->fail_in = "modify";
    engine.memory->fail_at = engine.memory->calls + 2; /* the first one holds the record */
    ck_err(engine_ask(&request).err, SCIM_E_UNAVAILABLE);
    ck_assert_str_eq(engine.memory->last_attrs, "key,title");
}
END_TEST

START_TEST(refused)
{
    static const struct {
        const char    *path, *operations;
        scim_errkind_t kind;
    } bad[] = {
        { "/Users/99", "{'op': 'add', 'path': 'title', 'value': 'x'}", SCIM_E_NOT_FOUND },
        { "/Groups/99", "{'op': 'add', 'path': 'members', 'value': [{'value': '4'}]}", SCIM_E_NOT_FOUND },
        { "/Users/1", "{'op': 'add', 'path': 'nobody', 'value': 'x'}", SCIM_E_INVALID_PATH },
        { "/Users/1", "{'op': 'replace', 'path': 'emails[type eq \\'fax\\'].value', 'value': 'x'}",
          SCIM_E_NO_TARGET },
        { "/Users/1", "{'op': 'remove'}", SCIM_E_NO_TARGET },
        { "/Users/1", "{'op': 'remove', 'path': 'userName'}", SCIM_E_MUTABILITY },
        { "/Users/1", "{'op': 'add', 'path': 'groups', 'value': [{'value': 'g'}]}", SCIM_E_MUTABILITY },
        { "/Users/1", "{'op': 'replace', 'path': 'id', 'value': '2'}", SCIM_E_MUTABILITY },
        { "/Users/1", "{'op': 'replace', 'path': 'userName', 'value': 'user2'}", SCIM_E_UNIQUENESS },
        { "/Users/1", "{'op': 'replace', 'path': 'active', 'value': 'perhaps'}", SCIM_E_INVALID_VALUE },
        { "/Users/1", "{'op': 'add', 'path': '" ENTERPRISE ":manager.value', 'value': '99'}",
          SCIM_E_INVALID_VALUE },
        /* the second operation fails: the first one did not happen */
        { "/Users/1",
          "{'op': 'add', 'path': 'title', 'value': 'x'}, {'op': 'replace', 'path': 'emails[type eq "
          "\\'fax\\'].value',"
          "'value': 'x'}",
          SCIM_E_NO_TARGET },
        { "/Groups/g",
          "{'op': 'add', 'path': 'members', 'value': [{'value': '4'}]},"
          "{'op': 'remove', 'path': 'displayName'}",
          SCIM_E_MUTABILITY },
        { "/Users/1", "", SCIM_E_INVALID_SYNTAX }
    };
    const char *before = snapshot();
    answer_t answer = patch(bad[_i].path, bad[_i].operations, NULL);

    ck_err(answer.err, bad[_i].kind);
    ck_assert_int_eq(answer.begun, 0);
    ck_assert_str_eq(snapshot(), before);
}
END_TEST

START_TEST(no_message)
{
    static const char *const bodies[] = { NULL, "[]", "{}", "{\"Operations\": []}", "\"x\"" };
    const request_t request = { .method = "PATCH", .path = "/Users/1", .body = bodies[_i] };

    ck_err(engine_ask(&request).err, SCIM_E_INVALID_SYNTAX);
    ck_assert_int_eq(engine.memory->calls, 0);
}
END_TEST

/* ---- what is written and not read ---- */

START_TEST(passwords)
{
    json_t *data = memory_data(engine.memory, "User", "1");

    ck_ok(patch("/Users/1", "{'op': 'replace', 'path': 'password', 'value': 'new'}", NULL).err);
    ck_assert_str_eq(engine.memory->last_change, "SET secret");
    ck_json(json_object_get(memory_data(engine.memory, "User", "1"), "secret"), "\"new\"");

    /* that nobody can see whether there is one is no reason to keep it */
    ck_ok(patch("/Users/1",
                "{'op': 'remove', 'path': 'password'}, {'op': 'add', 'path': 'title', 'value': 'T'}", NULL)
              .err);
    data = memory_data(engine.memory, "User", "1");
    ck_assert(json_is_null(json_object_get(data, "secret")));
    ck_json(json_object_get(data, "title"), "\"T\"");
    ck_ok(patch("/Users/1", "{'op': 'remove', 'path': 'password'}", NULL).err);
    ck_assert_int_eq(memory_version(engine.memory, "User", "1"), 3);

    ck_ok(patch("/Users/1",
                "{'op': 'remove', 'path': 'password'}, {'op': 'add', 'path': 'password', 'value': 'again'}",
                NULL)
              .err);
    ck_json(json_object_get(memory_data(engine.memory, "User", "1"), "secret"), "\"again\"");
    ck_ok(patch("/Users/1",
                "{'op': 'add', 'path': 'password', 'value': 'x'}, {'op': 'replace', 'path': 'password', "
                "'value': null}",
                NULL)
              .err);
    ck_assert(json_is_null(json_object_get(memory_data(engine.memory, "User", "1"), "secret")));
    ck_ok(patch("/Users/1", "{'op': 'add', 'path': 'password', 'value': 'kept'}", NULL).err);
    ck_ok(patch("/Users/1", "{'op': 'replace', 'path': 'title', 'value': 'U'}", NULL).err);
    ck_json(json_object_get(memory_data(engine.memory, "User", "1"), "secret"), "\"kept\"");
}
END_TEST

/* ---- versions and races ---- */

START_TEST(versions_are_checked_before_anything)
{
    static const char *const operations[] = {
        "{'op': 'add', 'path': 'members', 'value': [{'value': '4'}]}",
        "{'op': 'replace', 'path': 'displayName', 'value': 'x'}",
        "{'op': 'replace', 'path': 'displayName', 'value': 'Guides'}",
        "{'op': 'remove', 'path': 'members[value eq \\'nobody\\']'}"
    };
    const char *before = snapshot();

    ck_err(patch("/Groups/g", operations[_i], "W/\"2\"").err, SCIM_E_PRECONDITION);
    ck_assert_str_eq(snapshot(), before);
    ck_ok(patch("/Groups/g", operations[_i], "W/\"2\", W/\"1\"").err);
}
END_TEST

/* Without transactions the record cannot be held: somebody is faster, so many times more. */
static int rivals;

static void rival(memory_t *memory)
{
    if (rivals-- > 0) {
        json_object_set_new(memory_data(memory, "User", "1"), "title",
                            json_string(apr_psprintf(test_pool, "rival%d", rivals)));
        memory_touch(memory, "User", "1");
    }
}

START_TEST(races)
{
    const engine_config_t config = { .no_transactions = 1 };
    answer_t answer;

    engine_make(&config);
    engine_users(1);
    engine.memory->before_modify = rival;
    rivals = _i;
    answer = patch("/Users/1", "{'op': 'replace', 'path': 'name.givenName', 'value': 'G'}", NULL);
    if (_i < 3) {
        ck_ok(answer.err);
        ck_assert_str_eq(json_string_value(json_object_get(json_object_get(answer.body, "name"), "givenName")), "G");
        ck_assert_int_eq(memory_version(engine.memory, "User", "1"), _i + 2);
    }
    else {
        ck_err(answer.err, SCIM_E_UNAVAILABLE);
        ck_assert_ptr_null(json_object_get(memory_data(engine.memory, "User", "1"), "given"));
    }
}
END_TEST

/* The client's own version decides: there is nothing to try again. */
START_TEST(a_race_that_the_client_referees)
{
    const engine_config_t config = { .no_transactions = 1 };

    engine_make(&config);
    engine_users(1);
    engine.memory->before_modify = rival;
    rivals = 1;
    ck_err(patch("/Users/1", "{'op': 'replace', 'path': 'name.givenName', 'value': 'G'}", "W/\"1\"").err,
           SCIM_E_PRECONDITION);
    ck_assert_int_eq(engine.memory->writes, 1);
}
END_TEST

/* In a transaction the record is held before it is read. */
START_TEST(held)
{
    ck_ok(patch("/Users/1", "{'op': 'replace', 'path': 'title', 'value': 'x'}", NULL).err);
    ck_assert_int_eq(engine.memory->writes, 2);
    ck_ok(patch("/Groups/g", "{'op': 'add', 'path': 'members', 'value': [{'value': '4'}]}", NULL).err);
    ck_assert_int_eq(engine.memory->writes, 3);
}
END_TEST

START_TEST(tried_again)
{
    static const char *const calls[] = { "begin", "modify", "get", "resolve", "commit" };

    engine.memory->fail_in = calls[_i];
    engine.memory->fail_at = engine.memory->fail_many = engine.memory->fail_retriable = 1;
    ck_ok(patch("/Groups/g", "{'op': 'replace', 'path': 'displayName', 'value': 'x'},"
                             "{'op': 'add', 'path': 'members', 'value': [{'value': '4'}]}", NULL).err);
    ck_assert_str_eq(members(), "1 2 3 4 ");
    ck_assert_int_eq(engine.memory->opened, 2);
    ck_assert_int_eq(memory_version(engine.memory, "Group", "g"), 2);
}
END_TEST

static int count(size_t bytes, size_t one)
{
    return (int)(bytes / one);
}

int main(void)
{
    Suite *suite = suite_create("engine_patch");
    TCase *tc = tcase_create("engine_patch");

    tcase_add_checked_fixture(tc, setup, test_teardown);
    tcase_add_loop_test(tc, pushed_forward, 0, count(sizeof small, sizeof *small));
    tcase_add_loop_test(tc, a_change_that_changes_nothing, 0, 7);
    tcase_add_test(tc, unknown_members);
    tcase_add_test(tc, filters_that_must_be_read);
    tcase_add_test(tc, into_a_list_that_is_not_there);
    tcase_add_loop_test(tc, answered_with_the_resource, 0, 2);
    tcase_add_loop_test(tc, differences, 0, count(sizeof users, sizeof *users));
    tcase_add_test(tc, only_what_is_touched_is_read);
    tcase_add_loop_test(tc, refused, 0, 14);
    tcase_add_loop_test(tc, no_message, 0, 5);
    tcase_add_test(tc, passwords);
    tcase_add_loop_test(tc, versions_are_checked_before_anything, 0, 4);
    tcase_add_loop_test(tc, races, 0, 5);
    tcase_add_test(tc, a_race_that_the_client_referees);
    tcase_add_test(tc, held);
    tcase_add_loop_test(tc, tried_again, 0, 5);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
