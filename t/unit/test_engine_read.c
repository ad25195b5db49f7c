/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "engine_fixture.h"

static void setup(void)
{
    test_setup();
    engine_setup();
    engine_users(3);
}

START_TEST(a_user)
{
    answer_t answer = engine_do("GET", "/Users/1", NULL);

    ck_assert_int_eq(answer.done, SCIM_DONE_OK);
    ck_assert_str_eq(answer.location, ENGINE_BASE "/Users/1");
    ck_assert_str_eq(answer.etag, "W/\"1\"");
    ck_json(
        answer.body,
        "{\"schemas\": [\"urn:ietf:params:scim:schemas:core:2.0:User\", \"" ENTERPRISE "\"],"
        "\"id\": \"1\", \"userName\": \"user1\", \"name\": {\"familyName\": \"Family1\"}, \"active\": true,"
        "\"emails\": [{\"value\": \"u1@example.com\", \"type\": \"work\"}],"
        "\"" ENTERPRISE "\": {\"department\": \"Sales\"},"
        "\"meta\": {\"resourceType\": \"User\", \"location\": \"" ENGINE_BASE
        "/Users/1\", \"version\": \"W/\\\"1\\\"\"}}");
}
END_TEST

START_TEST(nobody)
{
    static const char *const paths[] = { "/Users/4", "/Users/USER1", "/Users/%2E%2E", "/Groups/1" };

    ck_assert_int_eq(engine_fail("GET", paths[_i], NULL), SCIM_E_NOT_FOUND);
}
END_TEST

START_TEST(what_is_not_found_is_said_in_words_of_scim)
{
    const request_t request = { .method = "GET", .path = "/Users/4" };

    ck_assert_str_eq(engine_ask(&request).err->detail, "no User has this id");
}
END_TEST

/* ---- projection: what nobody asked for is not read ---- */

static const struct {
    const char *attributes, *excluded, *reads, *is;
} projections[] = {
    { "userName", NULL, "key,login", "{\"userName\": \"user1\"}" },
    { "name.familyName", NULL, "key,family", "{\"name\": {\"familyName\": \"Family1\"}}" },
    { "emails.type", NULL, "key,mails", "{\"emails\": [{\"type\": \"work\"}]}" },
    { ENTERPRISE ":department", NULL, "key,department", "{\"" ENTERPRISE "\": {\"department\": \"Sales\"}}" },
    { "meta.version", NULL, "key", "{\"meta\": {\"version\": \"W/\\\"1\\\"\"}}" },
    { "nobody", NULL, "key", "{}" },
    { "password", NULL, "key", "{}" },
    { NULL, "name,emails,active,groups,meta,externalId,title," ENTERPRISE, "key,login", "{\"userName\": \"user1\"}" }
};

START_TEST(only_what_is_asked_for)
{
    const scim_listargs_t args = { .attributes = projections[_i].attributes, .excluded = projections[_i].excluded };
    answer_t answer = engine_get("/Users/1", args);

    ck_assert_str_eq(engine.memory->last_attrs, projections[_i].reads);
    ck_assert_str_eq(json_string_value(json_object_get(answer.body, "id")), "1");
    ck_assert_uint_ge(json_array_size(json_object_get(answer.body, "schemas")), 1);
    json_object_del(answer.body, "id");
    json_object_del(answer.body, "schemas");
    ck_json(answer.body, projections[_i].is);
    ck_assert_str_eq(answer.etag, "W/\"1\"");       /* C121: the version is that of the resource, not of the answer */
    ck_assert_str_eq(answer.location, ENGINE_BASE "/Users/1");
}
END_TEST

START_TEST(both_lists_at_once)
{
    const request_t request = { .method = "GET",
                                .path = "/Users/1",
                                .args = { .attributes = "title", .excluded = "emails" } };

    ck_err(engine_ask(&request).err, SCIM_E_INVALID_VALUE);
    ck_assert_int_eq(engine.memory->reads, 0);
}
END_TEST

/* ---- If-None-Match ---- */

static const struct {
    const char *header;
    int         known;                 /* -1: a bad request */
} conditions[] = {
    { "W/\"1\"", 1 }, { "\"1\"", 1 }, { "\"x\", W/\"1\"", 1 }, { "*", 1 }, { "W/\"2\"", 0 }, { "", 0 }, { "\"1", -1 }
};

START_TEST(what_the_client_knows)
{
    const request_t request = { .method = "GET", .path = "/Users/1", .if_none_match = conditions[_i].header };
    answer_t answer = engine_ask(&request);

    if (conditions[_i].known < 0) {
        ck_err(answer.err, SCIM_E_BAD_REQUEST);
        return;
    }
    ck_ok(answer.err);
    ck_assert_int_eq(answer.done, conditions[_i].known ? SCIM_DONE_NOT_MODIFIED : SCIM_DONE_OK);
    ck_assert_int_eq(answer.length == 0, conditions[_i].known);
    ck_assert_str_eq(answer.etag, "W/\"1\"");
}
END_TEST

START_TEST(what_the_client_insists_on)
{
    static const char *const headers[] = { "W/\"1\"", "*", "W/\"2\"", "" };
    const request_t request = { .method = "GET", .path = "/Users/1", .if_match = headers[_i] };
    answer_t answer = engine_ask(&request);

    if (_i < 2) {
        ck_ok(answer.err);
        ck_assert_int_eq(answer.done, SCIM_DONE_OK);
    }
    else {
        ck_err(answer.err, SCIM_E_PRECONDITION);
    }
}
END_TEST

START_TEST(without_versions)
{
    static const scim_caps_t caps = { .modify = 1, .offset = 1, .total = 1 };
    const engine_config_t config = { .caps = &caps };
    const request_t request = { .method = "GET", .path = "/Users/1", .if_none_match = "W/\"1\"" };
    answer_t answer;

    engine_make(&config);
    engine_users(1);
    answer = engine_ask(&request);
    ck_ok(answer.err);
    ck_assert_ptr_null(answer.etag);
    ck_assert_ptr_null(json_object_get(json_object_get(answer.body, "meta"), "version"));
}
END_TEST

/* ---- ids ---- */

static const char *const user_by_uid[] = { "id <- uid", "userName <-> login required", NULL };
static const char *const user_by_code[] = { "id <- key | concatString(prefix=\"u-\")",
                                            "userName <-> login required", NULL };

START_TEST(ids_that_are_looked_up)
{
    const engine_config_t config = { .user = user_by_uid };
    answer_t answer;

    engine_make(&config);
    memory_put(engine.memory, "User", "1", json_pack("{s:s, s:s}", "uid", "a/b %", "login", "x"));
    answer = engine_do("GET", "/Users/a%2Fb%20%25", NULL);
    ck_assert_int_eq(engine.memory->resolves, 1);
    ck_assert_str_eq(answer.location, ENGINE_BASE "/Users/a%2Fb%20%25");
    ck_assert_str_eq(json_string_value(json_object_get(answer.body, "id")), "a/b %");
    ck_assert_int_eq(engine_fail("GET", "/Users/1", NULL), SCIM_E_NOT_FOUND);
}
END_TEST

START_TEST(ids_that_are_made_of_the_key)
{
    const engine_config_t config = { .user = user_by_code };
    answer_t answer;

    engine_make(&config);
    engine_users(1);
    answer = engine_do("GET", "/Users/u-1", NULL);
    ck_assert_int_eq(engine.memory->resolves, 0);
    ck_assert_str_eq(answer.location, ENGINE_BASE "/Users/u-1");
    ck_assert_int_eq(engine_fail("GET", "/Users/1", NULL), SCIM_E_NOT_FOUND);
}
END_TEST

/* ---- errors of the backend ---- */

START_TEST(tried_again_once)
{
    engine.memory->fail_at = 2;        /* after acquire() */
    engine.memory->fail_many = 1;
    engine.memory->fail_retriable = 1;
    engine_do("GET", "/Users/1", NULL);
    ck_assert_int_eq(engine.memory->opened, 2);
    ck_assert_ptr_nonnull(strstr(test_logged(), "SCIM0400: target memory: trying again"));

    engine.memory->fail_at = engine.memory->calls + 2;
    engine.memory->fail_many = 9;
    ck_assert_int_eq(engine_fail("GET", "/Users/1", NULL), SCIM_E_UNAVAILABLE);
    ck_assert_int_eq(engine.memory->reads, 3);
}
END_TEST

START_TEST(not_tried_again_without_hope)
{
    engine.memory->fail_at = 2;
    engine.memory->fail_many = 1;
    engine.memory->fail_retriable = _i > 0;
    if (_i == 1)
        test_ctx.deadline = apr_time_now();
    ck_assert_int_eq(engine_fail("GET", "/Users/1", NULL), SCIM_E_UNAVAILABLE);
    ck_assert_int_eq(engine.memory->reads, 1);
}
END_TEST

static int is_gone(void *baton)
{
    (void)baton;
    return 1;
}

START_TEST(not_tried_again_for_nobody)
{
    engine.memory->fail_at = 2;
    engine.memory->fail_many = 1;
    engine.memory->fail_retriable = 1;
    test_ctx.cancelled = is_gone;
    ck_assert_int_eq(engine_fail("GET", "/Users/1", NULL), SCIM_E_UNAVAILABLE);
    ck_assert_int_eq(engine.memory->reads, 1);
}
END_TEST

/* ---- discovery: RFC 7644 section 4 ---- */

static json_t *attribute_of(const answer_t *schema, const char *name)
{
    json_t *attribute;
    size_t i;

    json_array_foreach(json_object_get(schema->body, "attributes"), i, attribute)
        if (strcmp(json_string_value(json_object_get(attribute, "name")), name) == 0)
            return attribute;
    return NULL;
}

START_TEST(discovery)
{
    static const char *const found[] = {
        "/ServiceProviderConfig", "/ResourceTypes/User", "/ResourceTypes/Group", ("/Schemas/" ENTERPRISE),
        "/Schemas/urn:ietf:params:scim:schemas:CORE:2.0:user"
    };
    static const char *const missing[] = { "/ResourceTypes/user", "/ResourceTypes/Device", "/Schemas/urn:x",
                                           "/Schemas/User" };
    const scim_listargs_t ignored = { .start_index = "2", .count = "0", .attributes = "id", .sort_by = "nobody" };
    answer_t list = engine_do("GET", "/Schemas", NULL);
    size_t i;

    ck_json(json_object_get(list.body, "totalResults"), "3");
    ck_json(engine_get("/Schemas", ignored).body, list.text);
    for (i = 0; i < sizeof found / sizeof *found; i++)
        ck_assert_ptr_nonnull(json_object_get(engine_do("GET", found[i], NULL).body, "schemas"));
    ck_json(engine_do("GET", "/Schemas/" ENTERPRISE, NULL).body,
            scim_json_dump(json_array_get(json_object_get(list.body, "Resources"), 1), test_pool));
    for (i = 0; i < sizeof missing / sizeof *missing; i++)
        ck_assert_int_eq(engine_fail("GET", missing[i], NULL), SCIM_E_NOT_FOUND);
    ck_json(json_object_get(engine_do("GET", "/ResourceTypes", NULL).body, "totalResults"), "2");
    ck_assert_int_eq(engine.memory->opened, 0);
}
END_TEST

START_TEST(no_filter_on_discovery)
{
    static const char *const paths[] = { "/Schemas", "/ResourceTypes", ("/Schemas/" ENTERPRISE) };
    const request_t request = { .method = "GET", .path = paths[_i], .args = { .filter = "id pr" } };

    ck_err(engine_ask(&request).err, SCIM_E_FORBIDDEN);
}
END_TEST

START_TEST(what_is_advertised)
{
    static const scim_caps_t less = { .create = 1, .offset = 1, .total = 1 };
    const engine_config_t config = { .caps = &less };
    answer_t answer = engine_do("GET", "/ServiceProviderConfig", NULL);

    ck_json(json_object_get(answer.body, "patch"), "{\"supported\": true}");
    ck_json(json_object_get(answer.body, "bulk"),
            "{\"supported\": false, \"maxOperations\": 0, \"maxPayloadSize\": 0}");
    ck_json(json_object_get(answer.body, "filter"), "{\"supported\": true, \"maxResults\": 1000}");
    ck_json(json_object_get(answer.body, "changePassword"), "{\"supported\": true}");
    ck_json(json_object_get(answer.body, "etag"), "{\"supported\": true}");
    engine_make(&config);
    answer = engine_do("GET", "/ServiceProviderConfig", NULL);
    ck_json(json_object_get(answer.body, "patch"), "{\"supported\": false}");
    ck_json(json_object_get(answer.body, "etag"), "{\"supported\": false}");
}
END_TEST

START_TEST(schemas_say_what_is_mapped)
{
    answer_t user = engine_do("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", NULL);
    answer_t group = engine_do("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group", NULL);
    const json_t *subs = json_object_get(attribute_of(&group, "members"), "subAttributes");

    ck_assert_ptr_null(attribute_of(&user, "nickName"));
    ck_assert_ptr_null(attribute_of(&user, "id"));
    ck_assert_str_eq(json_string_value(json_object_get(attribute_of(&user, "groups"), "mutability")), "readOnly");
    ck_assert_str_eq(json_string_value(json_object_get(attribute_of(&user, "password"), "mutability")), "writeOnly");
    ck_assert_str_eq(json_string_value(json_object_get(attribute_of(&user, "password"), "returned")), "never");
    ck_assert_uint_eq(json_array_size(subs), 3);       /* value, and what comes with a reference: $ref and type */
}
END_TEST

/* One schema, two resource types that map different parts of it: what either has is declared. */
START_TEST(schemas_that_are_shared)
{
    static const char *const user[] = { "id <- key", "userName <-> login required", "title <- title",
                                        "name.familyName <-> family", "nickName -> nick", NULL };
    static const char *const worker[] = { "id <- key", "userName <-> login required", "title -> title",
                                          "name.givenName <- given", "nickName <- nick", "locale <-> locale", NULL };
    const engine_config_t config = { .user = user, .worker = worker };
    answer_t list, schema;

    engine_make(&config);
    list = engine_do("GET", "/Schemas", NULL);
    schema = engine_do("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", NULL);
    ck_json(json_object_get(list.body, "totalResults"), "2");
    ck_json(json_array_get(json_object_get(list.body, "Resources"), 0), schema.text);
    ck_assert_uint_eq(json_array_size(json_object_get(schema.body, "attributes")), 5);
    ck_assert_uint_eq(json_array_size(json_object_get(attribute_of(&schema, "name"), "subAttributes")), 2);
    ck_assert_str_eq(json_string_value(json_object_get(attribute_of(&schema, "title"), "mutability")), "readWrite");
    ck_assert_str_eq(json_string_value(json_object_get(attribute_of(&schema, "title"), "returned")), "default");
    ck_assert_str_eq(json_string_value(json_object_get(attribute_of(&schema, "nickName"), "returned")), "default");
    ck_assert_ptr_nonnull(attribute_of(&schema, "locale"));
    ck_json(json_object_get(attribute_of(&schema, "userName"), "required"), "true");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine_read");
    TCase *tc = tcase_create("engine_read");

    tcase_add_checked_fixture(tc, setup, test_teardown);
    tcase_add_test(tc, a_user);
    tcase_add_loop_test(tc, nobody, 0, 4);
    tcase_add_test(tc, what_is_not_found_is_said_in_words_of_scim);
    tcase_add_loop_test(tc, only_what_is_asked_for, 0, (int)(sizeof projections / sizeof *projections));
    tcase_add_test(tc, both_lists_at_once);
    tcase_add_loop_test(tc, what_the_client_knows, 0, (int)(sizeof conditions / sizeof *conditions));
    tcase_add_loop_test(tc, what_the_client_insists_on, 0, 4);
    tcase_add_test(tc, without_versions);
    tcase_add_test(tc, ids_that_are_looked_up);
    tcase_add_test(tc, ids_that_are_made_of_the_key);
    tcase_add_test(tc, tried_again_once);
    tcase_add_loop_test(tc, not_tried_again_without_hope, 0, 2);
    tcase_add_test(tc, not_tried_again_for_nobody);
    tcase_add_test(tc, discovery);
    tcase_add_loop_test(tc, no_filter_on_discovery, 0, 3);
    tcase_add_test(tc, what_is_advertised);
    tcase_add_test(tc, schemas_say_what_is_mapped);
    tcase_add_test(tc, schemas_that_are_shared);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
