/* SPDX-License-Identifier: Apache-2.0 */
#include <malloc.h>
#include <string.h>

#include <apr_strings.h>

#include "engine_fixture.h"

/* Users and groups whose ids are looked up: "u1" stands for the record with the key "1". */
static const char *const looked_up_user[] = { "id <- uid",
                                              "userName <-> login required",
                                              "<groups <- memberships",
                                              "value <- team | ref(Group)",
                                              "display <- label",
                                              ">",
                                              ENTERPRISE ":department <-> department",
                                              ENTERPRISE ":manager.value <-> boss | ref(User)",
                                              ENTERPRISE ":manager.displayName <- boss_name",
                                              NULL };
static const char *const looked_up_group[] = { "id <- uid",
                                               "displayName <-> name required",
                                               "<members <-> members",
                                               "value <-> person | ref(User)",
                                               "display <-> label",
                                               ">",
                                               NULL };

static void setup(void)
{
    test_setup();
}

static void use(unsigned two_targets)
{
    const engine_config_t config = { .user = looked_up_user, .group = looked_up_group, .two_targets = two_targets & 1 };

    engine_make(&config);
}

static const char *numbered(const char *prefix, int i)
{
    return apr_psprintf(test_pool, "%s%d", prefix, i);
}

static void put_users(int n)
{
    int i;

    for (i = 1; i <= n; i++)
        memory_put(engine.memory, "User", numbered("", i),
                   json_pack("{s:s, s:s}", "uid", numbered("u", i), "login", numbered("user", i)));
}

/* A group with the users from..to, whether or not they are there. */
static void put_group(int number, int from, int to)
{
    json_t *members = json_array();

    for (; from <= to; from++)
        json_array_append_new(members, json_pack("{s:s, s:s}", "person", numbered("", from), "label", "L"));
    memory_put(engine.groups, "Group", numbered("", number),
               json_pack("{s:s, s:s, s:o}", "uid", numbered("g", number), "name", numbered("Group", number),
                         "members", members));
}

static const char *json(const char *text)
{
    char *copy = apr_pstrdup(test_pool, text), *c;

    for (c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static json_t *members_of(const answer_t *answer)
{
    return json_object_get(answer->body, "members");
}

/* ---- reading ---- */

#define MEMBER(id) "{'value': '" id "', 'display': 'L', 'type': 'User', '$ref': '" ENGINE_BASE "/Users/" id "'}"

START_TEST(keys_become_ids)
{
    answer_t answer;

    use((unsigned)_i);
    put_users(3);
    put_group(1, 1, 2);
    answer = engine_do("GET", "/Groups/g1", NULL);
    ck_json(members_of(&answer), json("[" MEMBER("u1") ", " MEMBER("u2") "]"));
    ck_assert_int_eq(engine.memory->opened, 1);
    ck_assert_int_eq(engine.groups->opened, 1);
    ck_assert_int_eq(engine.memory->resolves + (_i ? engine.groups->resolves : 0),
                     2); /* the group itself, its members */
}
END_TEST

START_TEST(a_page_is_looked_up_together)
{
    const scim_listargs_t none = { .filter = NULL };
    answer_t answer;
    int i;

    use(0);
    put_users(5);
    for (i = 1; i <= 30; i++)
        put_group(i, 1, 5);
    answer = engine_get("/Groups", none);
    ck_assert_uint_eq(json_array_size(json_object_get(answer.body, "Resources")), 30);
    ck_assert_int_eq(engine.memory->resolves, 1);
    ck_assert_int_eq(engine.memory->last_resolved, 150);
    engine.limits.page.max = 0;
    for (; i <= 250; i++)
        put_group(i, 1, 1);
    engine_get("/Groups", (scim_listargs_t){ .count = "250" });
    ck_assert_int_eq(engine.memory->resolves, 4);
}
END_TEST

START_TEST(not_looked_up_where_nobody_asks)
{
    const scim_listargs_t without = { .excluded = "members" };

    use(0);
    put_users(2);
    put_group(1, 1, 2);
    engine_get("/Groups", without);
    ck_assert_int_eq(engine.memory->resolves, 0);
    ck_assert_str_eq(engine.memory->last_attrs, "uid,name");
}
END_TEST

/* What is made from a reference needs the reference. */
START_TEST(parts_of_a_reference)
{
    static const struct {
        const char *attributes, *members;
    } parts[] = {
        { "members.$ref", "[{'$ref': '" ENGINE_BASE "/Users/u1'}]" },
        { "members.type", "[{'type': 'User'}]" },
        { "members.display", "[{'display': 'L'}]" },
        { "members.value,members.type", "[{'value': 'u1', 'type': 'User'}]" }
    };
    answer_t answer;

    use(0);
    put_users(1);
    put_group(1, 1, 1);
    answer = engine_get("/Groups/g1", (scim_listargs_t){ .attributes = parts[_i].attributes });
    ck_json(members_of(&answer), json(parts[_i].members));
    ck_assert_int_eq(engine.memory->resolves, 2);
}
END_TEST

START_TEST(the_url_of_a_manager_alone)
{
    answer_t answer;

    use(0);
    put_users(2);
    json_object_set_new(memory_data(engine.memory, "User", "1"), "boss", json_string("2"));
    answer = engine_get("/Users/u1", (scim_listargs_t){ .attributes = ENTERPRISE ":manager.$ref" });
    ck_json(json_object_get(answer.body, ENTERPRISE), json("{'manager': {'$ref': '" ENGINE_BASE "/Users/u2'}}"));
    ck_assert_str_eq(engine.memory->last_attrs, "uid,boss");
}
END_TEST

/* ---- what refers to nothing any more ---- */

START_TEST(dangling_members)
{
    answer_t answer;

    use(0);
    put_users(2);
    put_group(1, 2, 4);
    put_group(2, 3, 9);
    answer = engine_do("GET", "/Groups/g1", NULL);
    ck_json(members_of(&answer), json("[" MEMBER("u2") "]"));
    answer = engine_do("GET", "/Groups/g2", NULL);
    ck_assert_ptr_null(members_of(&answer));
}
END_TEST

START_TEST(dangling_manager)
{
    json_t *data;
    answer_t answer;

    use(0);
    put_users(2);
    data = memory_data(engine.memory, "User", "1");
    json_object_set_new(data, "boss", json_string(_i ? "2" : "9"));
    json_object_set_new(data, "boss_name", json_string("Boss"));
    if (_i == 2)
        json_object_set_new(data, "department", json_string("D"));
    answer = engine_do("GET", "/Users/u1", NULL);
    if (_i)
        ck_json(json_object_get(json_object_get(answer.body, ENTERPRISE), "manager"),
                json("{'value': 'u2', 'displayName': 'Boss', '$ref': '" ENGINE_BASE "/Users/u2'}"));
    else
        ck_assert_ptr_null(json_object_get(answer.body, ENTERPRISE));
}
END_TEST

START_TEST(groups_of_a_user)
{
    json_t *memberships =
        json_pack("[{s:s, s:s}, {s:s, s:s}]", "team", "1", "label", "One", "team", "9", "label", "Nine");
    answer_t answer;

    use((unsigned)_i);
    put_users(1);
    put_group(1, 1, 1);
    json_object_set_new(memory_data(engine.memory, "User", "1"), "memberships", memberships);
    answer = engine_do("GET", "/Users/u1", NULL);
    ck_json(json_object_get(answer.body, "groups"),
            json("[{'value': 'g1', 'display': 'One', '$ref': '" ENGINE_BASE "/Groups/g1'}]"));
}
END_TEST

START_TEST(ids_are_encoded_in_urls)
{
    answer_t answer;

    use(0);
    memory_put(engine.memory, "User", "1", json_pack("{s:s, s:s}", "uid", "a/b c", "login", "x"));
    put_group(1, 1, 1);
    answer = engine_do("GET", "/Groups/g1", NULL);
    ck_json(members_of(&answer),
            json("[{'value': 'a/b c', 'display': 'L', 'type': 'User', '$ref': '" ENGINE_BASE "/Users/a%2Fb%20c'}]"));
}
END_TEST

/* ---- writing ---- */

#define OPERATIONS(text) "{'schemas': ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], 'Operations': [" text "]}"

static const struct {
    const char *method, *path, *body, *person;     /* the first member's key then */
} writes[] = {
    { "PUT", "/Groups/g1",
      "{'displayName': 'G', 'members': [{'value': 'u2'}, {'value': 'u3', 'type': 'User'}]}", "2" },
    { "PUT", "/Groups/g1",
      "{'displayName': 'G', 'members': [{'value': 'u3', '$ref': 'http://elsewhere/Users/u1'}]}", "3" },
    { "PATCH", "/Groups/g1", OPERATIONS("{'op': 'replace', 'path': 'members', 'value': [{'value': 'u3'}]}"),
      "3" },
    { "PATCH", "/Groups/g1", OPERATIONS("{'op': 'remove', 'path': 'members[value eq \\'u1\\']'}"), "2" }
};

START_TEST(ids_become_keys)
{
    const json_t *members;

    use((unsigned)_i % 2);
    put_users(3);
    put_group(1, 1, 2);
    engine_do(writes[_i / 2].method, writes[_i / 2].path, json(writes[_i / 2].body));
    members = json_object_get(memory_data(engine.groups, "Group", "1"), "members");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(members, 0), "person")), writes[_i / 2].person);
}
END_TEST

static const struct {
    const char *method, *path, *body;
} unknown[] = {
    { "POST", "/Groups", "{'displayName': 'G', 'members': [{'value': 'u1'}, {'value': '1'}]}" },
    { "PUT", "/Groups/g1", "{'displayName': 'G', 'members': [{'value': 'g1'}]}" },
    { "PATCH", "/Groups/g1", OPERATIONS("{'op': 'add', 'path': 'members', 'value': [{'value': 'u9'}]}") },
    { "PATCH", "/Groups/g1", OPERATIONS("{'op': 'replace', 'path': 'members', 'value': [{'value': 'u9'}]}") },
    { "PUT", "/Users/u1", "{'userName': 'x', '" ENTERPRISE "': {'manager': {'value': 'u9'}}}" },
    { "PATCH", "/Users/u1", OPERATIONS("{'op': 'add', 'path': '" ENTERPRISE ":manager.value', 'value': 'u9'}") }
};

START_TEST(references_to_nothing_are_refused)
{
    const char *before, *before_groups;

    use((unsigned)_i % 2);
    put_users(2);
    put_group(1, 1, 2);
    before = scim_json_dump(engine.memory->tables, test_pool);
    before_groups = scim_json_dump(engine.groups->tables, test_pool);
    ck_assert_int_eq(engine_fail(unknown[_i / 2].method, unknown[_i / 2].path, json(unknown[_i / 2].body)),
                     SCIM_E_INVALID_VALUE);
    ck_assert_str_eq(scim_json_dump(engine.memory->tables, test_pool), before);
    ck_assert_str_eq(scim_json_dump(engine.groups->tables, test_pool), before_groups);
}
END_TEST

/* The usual system makes ids from keys: they are checked all the same, in one question. */
START_TEST(keys_that_are_ids_are_checked_too)
{
    engine_setup();
    engine_users(3);
    engine_group("1", "G", 1, 1);
    ck_assert_int_eq(engine_fail("PUT", "/Groups/1",
                                 json("{'displayName': 'G', 'members': [{'value': '2'}, {'value': '4'}]}")),
                     SCIM_E_INVALID_VALUE);
    engine.memory->resolves = 0;
    engine_do("PUT", "/Groups/1", json("{'displayName': 'G', 'members': [{'value': '2'}, {'value': '3'}]}"));
    ck_assert_int_eq(engine.memory->resolves, 1);
    ck_assert_int_eq(engine.memory->last_resolved, 2);
}
END_TEST

/* A removal of nobody must not become a removal of everybody. */
START_TEST(nobody_is_removed)
{
    use((unsigned)_i % 2);
    put_users(2);
    put_group(1, 1, 2);
    engine_do("PATCH", "/Groups/g1",
              json(_i / 2 ? OPERATIONS(
                       "{'op': 'remove', 'path': 'members', 'value': [{'value': 'u8'}, {'value': 'u9'}]}")
                          : OPERATIONS("{'op': 'remove', 'path': 'members[value eq \\'u9\\']'}")));
    ck_assert_uint_eq(json_array_size(json_object_get(memory_data(engine.groups, "Group", "1"), "members")), 2);
    ck_assert_int_eq(memory_version(engine.groups, "Group", "1"), 1);
    ck_assert_str_eq(engine.groups->last_change, "");
}
END_TEST

/* Ids that no resource can have are not even looked up. */
START_TEST(impossible_ids)
{
    static const char *const user[] = { "id <- uid | concatString(prefix=\"u-\")",
                                        "userName <-> login required", NULL };
    const engine_config_t config = { .user = user };

    engine_make(&config);
    put_users(2);
    engine_group("g", "G", 1, 2);
    engine_do("PATCH", "/Groups/g", json(OPERATIONS("{'op': 'remove', 'path': 'members[value eq \\'u1\\']'}")));
    ck_assert_int_eq(engine.memory->resolves, 0);
    ck_assert_int_eq(memory_version(engine.memory, "Group", "g"), 1);
    engine_do("PATCH", "/Groups/g",
              json(OPERATIONS("{'op': 'remove', 'path': 'members', 'value': [{'value': 'u1'}, {'value': 'u-u1'}]}")));
    ck_assert_int_eq(engine.memory->last_resolved, 1);
    ck_json(json_object_get(memory_data(engine.memory, "Group", "g"), "members"), "[{\"person\": \"2\"}]");
    ck_assert_int_eq(engine_fail("PATCH", "/Groups/g",
                                 json(OPERATIONS("{'op': 'add', 'path': 'members', 'value': [{'value': 'u2'}]}"))),
                     SCIM_E_INVALID_VALUE);
    ck_assert_int_eq(engine_fail("GET", "/Users/u2", NULL), SCIM_E_NOT_FOUND);
}
END_TEST

/* ---- filters ---- */

static const struct {
    const char *filter, *ids;
} filters[] = {
    { "members eq \"u2\"", "g1 g2" },
    { "members.value eq \"u3\"", "g2" },
    { "members[value eq \"u1\"]", "g1" },
    { "members.value eq \"u9\"", "" },
    { "members.value eq \"2\"", "" },
    { "id eq \"g2\" and members eq \"u3\"", "g2" },
    { "not (members eq \"u3\")", "g1 g3" },
    { "members.$ref eq \"" ENGINE_BASE "/Users/u1\"", "g1" },
    { "members.type eq \"user\"", "g1 g2" }
};

START_TEST(filtered_by_reference)
{
    static const scim_match_t ways[] = { SCIM_MATCH_EXACT, SCIM_MATCH_SUPERSET, SCIM_MATCH_NONE };
    answer_t answer;

    use((unsigned)(_i / 3) % 2);
    put_users(3);
    put_group(1, 1, 2);
    put_group(2, 2, 3);
    put_group(3, 5, 4);
    engine.groups->matches = ways[_i % 3];
    answer = engine_get("/Groups", (scim_listargs_t){ .filter = filters[_i / 6].filter, .attributes = "id" });
    ck_assert_str_eq(engine_ids(&answer), filters[_i / 6].ids);
}
END_TEST

/* ---- large groups: few of them in memory at a time ---- */

static size_t highest;

static void measure(void)
{
    const struct mallinfo2 info = mallinfo2();

    if (info.uordblks + info.hblkhd > highest)
        highest = info.uordblks + info.hblkhd;
}

static size_t memory_for(const char *count)
{
    size_t before;

    highest = 0;
    measure();
    before = highest;
    engine_get("/Groups", (scim_listargs_t){ .count = count });
    return highest - before;
}

START_TEST(large_groups_stream)
{
    size_t few, many;
    int i;

    engine_setup();
    for (i = 1; i <= 60; i++)
        engine_group(numbered("", i), numbered("Group", i), 1, 4000);
    engine.discard = 1;
    engine.on_piece = measure;
    memory_for("6");                   /* pools keep blocks for their next use */
    few = memory_for("6");
    many = memory_for("60");
    ck_assert_msg(many <= few + few / 4, "%zu for 6, %zu for 60", few, many);
}
END_TEST

static int count(size_t bytes, size_t one)
{
    return (int)(bytes / one);
}

int main(void)
{
    Suite *suite = suite_create("engine_member");
    TCase *tc = tcase_create("engine_member");

    tcase_add_checked_fixture(tc, setup, test_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, keys_become_ids, 0, 2);
    tcase_add_test(tc, a_page_is_looked_up_together);
    tcase_add_test(tc, not_looked_up_where_nobody_asks);
    tcase_add_loop_test(tc, parts_of_a_reference, 0, 4);
    tcase_add_test(tc, the_url_of_a_manager_alone);
    tcase_add_test(tc, dangling_members);
    tcase_add_loop_test(tc, dangling_manager, 0, 3);
    tcase_add_loop_test(tc, groups_of_a_user, 0, 2);
    tcase_add_test(tc, ids_are_encoded_in_urls);
    tcase_add_loop_test(tc, ids_become_keys, 0, 2 * count(sizeof writes, sizeof *writes));
    tcase_add_loop_test(tc, references_to_nothing_are_refused, 0, 2 * count(sizeof unknown, sizeof *unknown));
    tcase_add_test(tc, keys_that_are_ids_are_checked_too);
    tcase_add_loop_test(tc, nobody_is_removed, 0, 4);
    tcase_add_test(tc, impossible_ids);
    tcase_add_loop_test(tc, filtered_by_reference, 0, 6 * count(sizeof filters, sizeof *filters));
    tcase_add_test(tc, large_groups_stream);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
