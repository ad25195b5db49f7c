/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "engine_fixture.h"
#include "scim_error.h"

#define CORE "urn:ietf:params:scim:schemas:core:2.0:User"

static void setup(void)
{
    test_setup();
    engine_setup();
}

/* A document with quotes as apostrophes. */
static const char *json(const char *text)
{
    char *copy = apr_pstrdup(test_pool, text), *c;

    for (c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static answer_t ask(const char *method, const char *path, const char *body, const char *if_match)
{
    const request_t request = {
        .method = method, .path = path, .body = body ? json(body) : NULL, .if_match = if_match
    };

    return engine_ask(&request);
}

static void use(const char *const *user, const scim_schema_t *extension, unsigned no_transactions)
{
    const engine_config_t config = { .user = user, .extension = extension, .no_transactions = no_transactions & 1 };

    engine_make(&config);
}

/* Everything that a test expects unchanged. */
static const char *snapshot(void)
{
    return scim_json_dump(engine.memory->tables, test_pool);
}

/* ---- POST: RFC 7644 section 3.3 ---- */

static const char barbara[] =
    "{'schemas': ['" CORE "', '" ENTERPRISE "'], 'id': 'mine', 'externalId': 'e1', 'USERNAME': 'bjensen',"
    "'name': {'familyName': 'Jensen', 'givenName': 'Barbara'}, 'active': true, 'password': 'secret',"
    "'emails': [{'value': 'b@example.com', 'type': 'work', 'primary': true}], 'meta': {'resourceType': 'X'},"
    "'groups': [{'value': 'g'}], 'nobody': 1, '" ENTERPRISE "': {'department': 'Tours'}}";

START_TEST(create)
{
    answer_t answer = ask("POST", "/Users", barbara, NULL);

    ck_ok(answer.err);
    ck_assert_int_eq(answer.done, SCIM_DONE_CREATED);
    ck_assert_str_eq(answer.location, ENGINE_BASE "/Users/k1");
    ck_assert_str_eq(answer.etag, "W/\"1\"");
    ck_json(answer.body, json("{'schemas': ['" CORE "', '" ENTERPRISE
                              "'], 'id': 'k1', 'externalId': 'e1', 'userName': 'bjensen',"
                              "'name': {'familyName': 'Jensen', 'givenName': 'Barbara'}, 'active': true,"
                              "'emails': [{'value': 'b@example.com', 'type': 'work', 'primary': true}],"
                              "'" ENTERPRISE "': {'department': 'Tours'},"
                              "'meta': {'resourceType': 'User', 'location': '" ENGINE_BASE
                              "/Users/k1', 'version': 'W/\\\"1\\\"'}}"));
    ck_json(memory_data(engine.memory, "User", "k1"),
            json("{'key': 'k1', 'external': 'e1', 'login': 'bjensen', 'family': 'Jensen', 'given': "
                 "'Barbara', 'status': 'A',"
                 "'secret': 'secret', 'mails': [{'address': 'b@example.com', 'kind': 'work', 'main': true}],"
                 "'department': 'Tours'}"));
    ck_assert_int_eq(engine.memory->committed, 1);
    ck_assert_int_eq(engine.memory->opened, 1);
}
END_TEST

START_TEST(create_refused)
{
    static const struct {
        const char    *body;
        scim_errkind_t kind;
    } bad[] = {
        { NULL, SCIM_E_INVALID_SYNTAX },
        { "[]", SCIM_E_INVALID_SYNTAX },
        { "{}", SCIM_E_INVALID_VALUE },
        { "{'userName': ''}", SCIM_E_INVALID_VALUE },
        { "{'userName': 5}", SCIM_E_INVALID_VALUE },
        { "{'userName': 'USER1'}", SCIM_E_UNIQUENESS },
        { "{'userName': 'x', '" ENTERPRISE "': {'manager': {'value': '99'}}}", SCIM_E_INVALID_VALUE }
    };
    const char *before;
    answer_t answer;

    engine_users(1);
    before = snapshot();
    answer = ask("POST", "/Users", bad[_i].body, NULL);
    ck_err(answer.err, bad[_i].kind);
    ck_assert_int_eq(answer.begun, 0);
    ck_assert_str_eq(snapshot(), before);
}
END_TEST

START_TEST(projected)
{
    static const struct {
        const char *method, *path;
    } ways[] = { { "POST", "/Users" }, { "PUT", "/Users/1" } };
    const request_t request = { .method = ways[_i % 2].method,
                                .path = ways[_i % 2].path,
                                .body = json("{'userName': 'x'}"),
                                .args = { .attributes = _i < 2 ? "userName" : NULL,
                                          .excluded = _i < 2 ? NULL : "meta,active" } };
    answer_t answer;

    engine_users(1);
    answer = engine_ask(&request);
    ck_ok(answer.err);
    json_object_del(answer.body, "id");
    ck_json(answer.body, json("{'schemas': ['" CORE "'], 'userName': 'x'}"));
    ck_assert_ptr_nonnull(answer.location);
    ck_assert_ptr_nonnull(answer.etag);
}
END_TEST

START_TEST(both_lists_at_once)
{
    const request_t request = { .method = "POST", .path = "/Users", .body = json("{'userName': 'x'}"),
                                .args = { .attributes = "userName", .excluded = "meta" } };

    ck_err(engine_ask(&request).err, SCIM_E_INVALID_VALUE);
    ck_assert_int_eq(engine.memory->calls, 0);
}
END_TEST

/* ---- PUT: RFC 7644 section 3.5.1 ---- */

START_TEST(replace)
{
    answer_t answer;

    engine_users(1);
    json_object_set_new(memory_data(engine.memory, "User", "1"), "secret", json_string("old"));
    json_object_set_new(memory_data(engine.memory, "User", "1"), "unmapped", json_string("stays"));
    answer = ask("PUT", "/Users/1", "{'id': '2', 'userName': 'renamed', 'title': 'Boss', 'active': true}", NULL);
    ck_ok(answer.err);
    ck_assert_int_eq(answer.done, SCIM_DONE_OK);
    ck_assert_str_eq(answer.etag, "W/\"2\"");
    ck_assert_str_eq(answer.location, ENGINE_BASE "/Users/1");
    ck_json(answer.body, json("{'schemas': ['" CORE
                              "'], 'id': '1', 'userName': 'renamed', 'title': 'Boss', 'active': true,"
                              "'meta': {'resourceType': 'User', 'location': '" ENGINE_BASE
                              "/Users/1', 'version': 'W/\\\"2\\\"'}}"));
    ck_json(json_object_get(memory_data(engine.memory, "User", "1"), "mails"), "[]");
    ck_assert(json_is_null(json_object_get(memory_data(engine.memory, "User", "1"), "family")));
    /* what nobody can read, nobody can send back; what is not mapped is not ours */
    ck_json(json_object_get(memory_data(engine.memory, "User", "1"), "secret"), "\"old\"");
    ck_json(json_object_get(memory_data(engine.memory, "User", "1"), "unmapped"), "\"stays\"");
}
END_TEST

START_TEST(replace_with_password)
{
    engine_users(1);
    ck_ok(ask("PUT", "/Users/1", "{'userName': 'user1', 'password': 'new'}", NULL).err);
    ck_json(json_object_get(memory_data(engine.memory, "User", "1"), "secret"), "\"new\"");
}
END_TEST

START_TEST(replace_with_the_same)
{
    engine_users(1);
    ck_ok(ask("PUT", "/Users/1", engine_do("GET", "/Users/1", NULL).text, NULL).err);
    ck_assert_int_eq(memory_version(engine.memory, "User", "1"), 1);
}
END_TEST

START_TEST(replace_refused)
{
    static const struct {
        const char    *path, *body;
        scim_errkind_t kind;
    } bad[] = {
        { "/Users/1", NULL, SCIM_E_INVALID_SYNTAX },
        { "/Users/1", "{'title': 'x'}", SCIM_E_INVALID_VALUE },
        { "/Users/1", "{'userName': 'user2'}", SCIM_E_UNIQUENESS },
        { "/Users/1", "{'userName': 'user1', '" ENTERPRISE "': {'manager': {'value': '99'}}}", SCIM_E_INVALID_VALUE },
        { "/Users/9", "{'userName': 'x'}", SCIM_E_NOT_FOUND }
    };
    const char *before;

    engine_users(2);
    before = snapshot();
    ck_err(ask("PUT", bad[_i].path, bad[_i].body, NULL).err, bad[_i].kind);
    ck_assert_str_eq(snapshot(), before);
}
END_TEST

/* ---- immutable and writeOnly attributes ---- */

#define LOCK "urn:example:Lock"

static const char *const locked_user[] = {
    "id <- key", "userName <-> login required", "name.familyName -> family", "name.givenName <-> given",
    LOCK ":serial <-> serial", LOCK ":place.room <-> room", LOCK ":place.note <-> note", NULL
};

static void add(scim_schema_t *schema, const char *name, scim_type_t type, scim_mutability_t mutability)
{
    const scim_attr_t attr = { .type = type, .mutability = mutability };

    ck_assert_ptr_null(scim_schema_add(schema, name, &attr, test_pool));
}

static void use_locks(void)
{
    scim_schema_t *schema = scim_schema_make(LOCK, "Lock", NULL, test_pool);

    add(schema, "serial", SCIM_TYPE_STRING, SCIM_IMMUTABLE);
    add(schema, "place", SCIM_TYPE_COMPLEX, SCIM_READ_WRITE);
    add(schema, "place.room", SCIM_TYPE_STRING, SCIM_IMMUTABLE);
    add(schema, "place.note", SCIM_TYPE_STRING, SCIM_READ_WRITE);
    use(locked_user, schema, 0);
    memory_put(engine.memory, "User", "1",
               json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "login", "x", "family", "Hidden", "given", "G",
                         "serial", "s1", "room", "r1", "note", "n"));
}

static const struct {
    const char *lock;                  /* what stands under the URN */
    int         refused;
} locks[] = {
    { "{'serial': 's1', 'place': {'room': 'r1', 'note': 'new'}}", 0 },
    { "{'place': {'room': 'r1'}}", 0 },
    { "{'serial': 's2', 'place': {'room': 'r1'}}", 1 },
    { "{'serial': 's1', 'place': {'room': 'r2'}}", 1 },
    { "{'serial': 'S1', 'place': {'room': 'r1'}}", 1 }
};

START_TEST(immutable_values)
{
    answer_t answer;

    use_locks();
    answer = ask("PUT", "/Users/1",
                 apr_pstrcat(test_pool, "{'userName': 'x', '" LOCK "': ", locks[_i].lock, "}", NULL), NULL);
    if (locks[_i].refused)
        ck_err(answer.err, SCIM_E_MUTABILITY);
    else
        ck_ok(answer.err);
    ck_assert_str_eq(json_string_value(json_object_get(memory_data(engine.memory, "User", "1"), "serial")), "s1");
    ck_assert_str_eq(json_string_value(json_object_get(memory_data(engine.memory, "User", "1"), "room")), "r1");
}
END_TEST

START_TEST(an_immutable_value_is_set_once)
{
    use_locks();
    json_object_del(memory_data(engine.memory, "User", "1"), "serial");
    ck_ok(ask("PUT", "/Users/1", "{'userName': 'x', '" LOCK "': {'serial': 's9', 'place': {'room': 'r1'}}}", NULL).err);
    ck_assert_str_eq(json_string_value(json_object_get(memory_data(engine.memory, "User", "1"), "serial")), "s9");
}
END_TEST

/* The check reads no more than it compares, after the record is held. */
START_TEST(what_the_check_reads)
{
    use_locks();
    ck_ok(ask("PUT", "/Users/1", "{'userName': 'x', '" LOCK "': {'serial': 's1', 'place': {'room': 'r1'}}}", NULL).err);
    ck_assert_int_eq(engine.memory->reads, 2);
    ck_assert_int_eq(engine.memory->writes, 2);
    engine_setup();
    engine_users(1);
    ck_ok(ask("PUT", "/Users/1", "{'userName': 'x'}", NULL).err);
    ck_assert_int_eq(engine.memory->reads, 1);
    ck_assert_int_eq(engine.memory->writes, 1);
}
END_TEST

/* name.familyName is written only, name.givenName is not. */
START_TEST(a_sub_attribute_that_nobody_reads)
{
    use_locks();
    ck_ok(ask("PUT", "/Users/1",
              "{'userName': 'x', 'name': {'givenName': 'H'}, '" LOCK "': {'place': {'room': 'r1'}}}", NULL)
              .err);
    ck_assert_str_eq(json_string_value(json_object_get(memory_data(engine.memory, "User", "1"), "family")), "Hidden");
    ck_assert_str_eq(json_string_value(json_object_get(memory_data(engine.memory, "User", "1"), "given")), "H");
    ck_ok(ask("PUT", "/Users/1",
              "{'userName': 'x', 'name': {'familyName': 'F'}, '" LOCK "': {'place': {'room': 'r1'}}}", NULL)
              .err);
    ck_assert_str_eq(json_string_value(json_object_get(memory_data(engine.memory, "User", "1"), "family")), "F");
    ck_assert(json_is_null(json_object_get(memory_data(engine.memory, "User", "1"), "given")));
}
END_TEST

/* ---- If-Match ---- */

static const struct {
    const char    *header;
    int            ok;
    scim_errkind_t kind;
} matches[] = {
    { NULL, 1, 0 }, { "*", 1, 0 }, { "W/\"1\"", 1, 0 }, { "\"1\"", 1, 0 }, { "W/\"7\", W/\"1\"", 1, 0 },
    { "W/\"2\"", 0, SCIM_E_PRECONDITION }, { "", 0, SCIM_E_PRECONDITION }, { "\"%FF\"", 0, SCIM_E_PRECONDITION },
    { "\"1", 0, SCIM_E_BAD_REQUEST }
};

START_TEST(if_match)
{
    static const struct {
        const char *method, *body;
    } ways[] = {
        { "PUT", "{'userName': 'x'}" },
        { "PATCH", "{'schemas': ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],"
                   "'Operations': [{'op': 'replace', 'path': 'title', 'value': 'x'}]}" },
        { "DELETE", NULL }
    };
    const char *before;
    answer_t answer;

    engine_users(1);
    before = snapshot();
    answer = ask(ways[_i % 3].method, "/Users/1", ways[_i % 3].body, matches[_i / 3].header);
    if (matches[_i / 3].ok) {
        ck_ok(answer.err);
        ck_assert_str_ne(snapshot(), before);
    }
    else {
        ck_err(answer.err, matches[_i / 3].kind);
        ck_assert_str_eq(snapshot(), before);
    }
}
END_TEST

/* ---- If-None-Match: RFC 9110 section 13.1.2 ---- */

static const struct {
    const char *header;
    int         ok;
} none_matches[] = {
    { "*", 0 }, { "W/\"1\"", 0 }, { "\"1\"", 0 }, { "W/\"7\", W/\"1\"", 0 }, { "W/\"2\"", 1 }, { "", 1 }
};

START_TEST(if_none_match)
{
    static const char *const methods[] = { "PUT", "PATCH", "DELETE" };
    static const char *const bodies[] = { "{'userName': 'x'}",
                                          "{'schemas': ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], "
                                          "'Operations': [{'op': 'remove', 'path': 'name'}]}",
                                          NULL };
    const request_t request = { .method = methods[_i % 3],
                                .path = "/Users/1",
                                .if_none_match = none_matches[_i / 3].header,
                                .body = bodies[_i % 3] ? json(bodies[_i % 3]) : NULL };
    const char *before;
    answer_t answer;

    engine_users(1);
    before = snapshot();
    answer = engine_ask(&request);
    if (none_matches[_i / 3].ok) {
        ck_ok(answer.err);
        ck_assert_str_ne(snapshot(), before);
    }
    else {
        ck_err(answer.err, SCIM_E_PRECONDITION);
        ck_assert_str_eq(snapshot(), before);
    }
}
END_TEST

START_TEST(if_none_match_on_a_collection)
{
    const request_t request = {
        .method = "POST", .path = "/Users", .if_none_match = "*", .body = json("{'userName': 'x'}")
    };

    ck_ok(engine_ask(&request).err);
}
END_TEST

START_TEST(if_match_without_versions)
{
    static const scim_caps_t caps = { .create = 1, .modify = 1, .remove = 1, .offset = 1, .total = 1 };
    const engine_config_t config = { .caps = &caps };

    engine_make(&config);
    engine_users(1);
    ck_err(ask("DELETE", "/Users/1", NULL, "W/\"1\"").err, SCIM_E_PRECONDITION);
    ck_ok(ask("DELETE", "/Users/1", NULL, "*").err);
}
END_TEST

/* ---- DELETE: RFC 7644 section 3.6 ---- */

START_TEST(delete)
{
    answer_t answer;

    engine_users(2);
    answer = ask("DELETE", "/Users/1", NULL, NULL);
    ck_ok(answer.err);
    ck_assert_int_eq(answer.done, SCIM_DONE_NO_CONTENT);
    ck_assert_uint_eq(answer.length, 0);
    ck_assert_int_eq(engine_fail("GET", "/Users/1", NULL), SCIM_E_NOT_FOUND);
    ck_assert_int_eq(engine_fail("DELETE", "/Users/1", NULL), SCIM_E_NOT_FOUND);
    ck_assert_int_eq(engine_fail("PUT", "/Users/1", json("{'userName': 'x'}")), SCIM_E_NOT_FOUND);
    ck_ok(ask("POST", "/Users", "{'userName': 'user1'}", NULL).err);
}
END_TEST

/* ---- values that take a resource out of what the service has ---- */

START_TEST(out_of_sight)
{
    static const char *const rules[] = { "id <- key", "userName <-> login required", "active <-> gone", NULL };
    static const struct {
        const char *method, *path, *body;
    } ways[] = {
        { "POST", "/Users", "{'userName': 'new', 'active': true}" },
        { "PUT", "/Users/1", "{'userName': 'user1', 'active': true}" },
        { "PATCH", "/Users/1", "{'schemas': ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],"
                               "'Operations': [{'op': 'add', 'path': 'active', 'value': true}]}" }
    };
    const char *before;
    answer_t answer;

    use(rules, NULL, 0);
    engine_users(1);
    engine.memory->hides = "gone";
    before = snapshot();
    answer = ask(ways[_i].method, ways[_i].path, ways[_i].body, NULL);
    ck_err(answer.err, SCIM_E_INVALID_VALUE);
    ck_assert_ptr_nonnull(strstr(answer.err->detail, "none that this service would have"));
    ck_assert_str_eq(snapshot(), before);
}
END_TEST

/* ---- transactions, and trying again ---- */

/* What fails after the change, when the result is read, takes the change back. */
START_TEST(rolled_back)
{
    const char *before;

    engine_users(1);
    before = snapshot();
    engine.memory->fail_at = 4;        /* acquire, begin, create or modify, get */
    engine.memory->fail_many = 1;
    ck_err(ask(_i ? "PUT" : "POST", _i ? "/Users/1" : "/Users", "{'userName': 'x'}", NULL).err, SCIM_E_UNAVAILABLE);
    ck_assert_int_eq(engine.memory->rolled_back, 1);
    ck_assert_int_eq(engine.memory->committed, 0);
    ck_assert_str_eq(snapshot(), before);
}
END_TEST

/* Whatever fails, in a transaction it did not happen; commit() counts, too. */
START_TEST(tried_again)
{
    answer_t answer;

    engine.memory->fail_at = 2 + _i;
    engine.memory->fail_many = 1;
    engine.memory->fail_retriable = 1;
    answer = ask("POST", "/Users", "{'userName': 'x'}", NULL);
    ck_ok(answer.err);
    ck_assert_uint_eq(json_array_size(json_object_get(engine.memory->tables, "User")), 1);
    ck_assert_int_eq(engine.memory->opened, 2);
    ck_assert_int_eq(engine.memory->committed, 1);
}
END_TEST

START_TEST(three_times_at_most)
{
    engine.memory->fail_in = "begin";
    engine.memory->fail_at = 1;
    engine.memory->fail_many = 2 + _i;
    engine.memory->fail_retriable = 1;
    if (_i)
        ck_err(ask("POST", "/Users", "{'userName': 'x'}", NULL).err, SCIM_E_UNAVAILABLE);
    else
        ck_ok(ask("POST", "/Users", "{'userName': 'x'}", NULL).err);
    ck_assert_int_eq(engine.memory->opened, 3);
    ck_assert_int_eq(engine.memory->begun, _i ? 0 : 1);
}
END_TEST

/* Without transactions a change that was made stays made: it must not be made twice. */
START_TEST(nothing_twice)
{
    use(NULL, NULL, 1);
    engine_users(1);
    engine.memory->fail_at = 3;        /* acquire, create, get */
    engine.memory->fail_many = 1;
    engine.memory->fail_retriable = 1;
    ck_err(ask("POST", "/Users", "{'userName': 'x'}", NULL).err, SCIM_E_UNAVAILABLE);
    ck_assert_int_eq(engine.memory->writes, 1);
    ck_assert_uint_eq(json_array_size(json_object_get(engine.memory->tables, "User")), 2);

    engine.memory->fail_at = engine.memory->calls + 2; /* the change itself: certainly nothing happened */
    ck_ok(ask("DELETE", "/Users/1", NULL, NULL).err);
    ck_assert_uint_eq(json_array_size(json_object_get(engine.memory->tables, "User")), 1);
}
END_TEST

START_TEST(a_sink_that_takes_nothing)
{
    engine.begin_fails = scim_err(test_pool, SCIM_E_ABORTED, "the client is gone");
    ck_err(ask("POST", "/Users", "{'userName': 'x'}", NULL).err, SCIM_E_ABORTED);
    ck_assert_int_eq(engine.memory->committed, 1);
}
END_TEST

static int count(size_t bytes, size_t one)
{
    return (int)(bytes / one);
}

int main(void)
{
    Suite *suite = suite_create("engine_write");
    TCase *tc = tcase_create("engine_write");

    tcase_add_checked_fixture(tc, setup, test_teardown);
    tcase_add_test(tc, create);
    tcase_add_loop_test(tc, create_refused, 0, 7);
    tcase_add_loop_test(tc, projected, 0, 4);
    tcase_add_test(tc, both_lists_at_once);
    tcase_add_test(tc, replace);
    tcase_add_test(tc, replace_with_password);
    tcase_add_test(tc, replace_with_the_same);
    tcase_add_loop_test(tc, replace_refused, 0, 5);
    tcase_add_loop_test(tc, immutable_values, 0, count(sizeof locks, sizeof *locks));
    tcase_add_test(tc, an_immutable_value_is_set_once);
    tcase_add_test(tc, what_the_check_reads);
    tcase_add_test(tc, a_sub_attribute_that_nobody_reads);
    tcase_add_loop_test(tc, if_match, 0, 3 * count(sizeof matches, sizeof *matches));
    tcase_add_loop_test(tc, if_none_match, 0, 3 * count(sizeof none_matches, sizeof *none_matches));
    tcase_add_test(tc, if_none_match_on_a_collection);
    tcase_add_test(tc, if_match_without_versions);
    tcase_add_test(tc, delete);
    tcase_add_loop_test(tc, out_of_sight, 0, 3);
    tcase_add_loop_test(tc, rolled_back, 0, 2);
    tcase_add_loop_test(tc, tried_again, 0, 4);
    tcase_add_loop_test(tc, three_times_at_most, 0, 2);
    tcase_add_test(tc, nothing_twice);
    tcase_add_test(tc, a_sink_that_takes_nothing);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
