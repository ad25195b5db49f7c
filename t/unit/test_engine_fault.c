/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "engine_fixture.h"
#include "scim_error.h"

/*
 * Every request with every call to the backend failing in its turn. What is not seen here a leak checker sees: run
 * it under one.
 */

static const char *const looked_up_user[] = {
    "id <- uid", "externalId <-> external", "userName <-> login required", "title <-> title", "password -> secret",
    "- -> uid = \"made\" on create", "<emails <-> mails", "value <-> address", "type <-> kind", "primary <-> main", ">",
    "<groups <- memberships", "value <- team | ref(Group)", ">", ENTERPRISE ":manager.value <-> boss | ref(User)", NULL
};
static const char *const looked_up_group[] = {
    "id <- uid", "displayName <-> name required", "- -> uid = \"made\" on create", "<members <-> members",
    "value <-> person | ref(User)", ">", NULL
};

static const char *json(const char *text)
{
    char *copy = apr_pstrdup(test_pool, text), *c;

    for (c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

/* The parts of a system that failures pass through: look-ups, two targets, transactions. */
enum { TRANSACTIONS = 2, SYSTEMS = 4 };

static void setup_system(int kind)
{
    const engine_config_t config = { .user = looked_up_user,
                                     .group = looked_up_group,
                                     .two_targets = kind & 1,
                                     .no_transactions = (kind & TRANSACTIONS) != 0 };
    int i;

    engine_make(&config);
    for (i = 1; i <= 4; i++)
        memory_put(engine.memory, "User", apr_itoa(test_pool, i),
                   json_pack("{s:s, s:s, s:s, s:[{s:s}], s:[{s:s}, {s:s}], s:s}", "uid",
                             apr_psprintf(test_pool, "u%d", i), "login", apr_psprintf(test_pool, "user%d", i),
                             "title", i % 2 ? "odd" : "even", "mails", "address", "a@b", "memberships",
                             "team", "1", "team", "9", "boss", "2"));
    memory_put(engine.groups, "Group", "1",
               json_pack("{s:s, s:s, s:[{s:s}, {s:s}]}", "uid", "g1", "name", "One", "members", "person", "1",
                         "person", "99"));
}

#define OPERATIONS(text) "{'schemas': ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], 'Operations': [" text "]}"

static const struct {
    const char     *method, *path, *body;
    scim_listargs_t args;
    const char     *if_none_match;
    int             weak;              /* the backend matches nothing exactly */
} requests[] = {
    { .method = "GET", .path = "/Users/u1" },
    { .method = "GET", .path = "/Groups/g1" },
    { .method = "GET", .path = "/Users" },
    { .method = "GET", .path = "/Groups", .args = { .filter = "members eq \"u1\"" } },
    { .method = "GET",
      .path = "/Users",
      .args = { .filter = "groups.value eq \"g1\" and title eq \"odd\"" },
      .weak = 1 },
    { .method = "GET", .path = "/Users", .args = { .sort_by = "groups", .count = "2" } },
    { .method = "POST",
      .path = "/Users",
      .body = "{'userName': 'x', 'password': 'p', 'emails': [{'value': 'a'}], '" ENTERPRISE
              "': {'manager': {'value': 'u3'}}}" },
    { .method = "POST",
      .path = "/Groups",
      .body = "{'displayName': 'x', 'members': [{'value': 'u1'}, {'value': 'u2'}]}" },
    { .method = "PUT",
      .path = "/Users/u1",
      .body =
          "{'userName': 'x', 'emails': [{'value': 'a'}], '" ENTERPRISE "': {'manager': {'value': 'u3'}}}" },
    { .method = "PUT",
      .path = "/Groups/g1",
      .body = "{'displayName': 'x', 'members': [{'value': 'u1'}, {'value': 'u2'}]}" },
    { .method = "PATCH",
      .path = "/Groups/g1",
      .body = OPERATIONS("{'op': 'add', 'path': 'members', 'value': [{'value': 'u3'}]},"
                         "{'op': 'remove', 'path': 'members[value eq \\'u1\\']'},"
                         "{'op': 'replace', 'path': 'displayName', 'value': 'x'}") },
    { .method = "PATCH",
      .path = "/Groups/g1",
      .body = OPERATIONS("{'op': 'remove', 'path': 'members[value sw \\'u\\']'}") },
    { .method = "PATCH",
      .path = "/Users/u1",
      .body =
          OPERATIONS("{'op': 'replace', 'path': 'title', 'value': 'x'}, {'op': 'remove', 'path': 'password'},"
                     "{'op': 'add', 'path': 'emails', 'value': [{'value': 'b', 'primary': true}]},"
                     "{'op': 'replace', 'path': '" ENTERPRISE ":manager', 'value': 'u4'}") },
    { .method = "DELETE", .path = "/Users/u1" },
    { .method = "DELETE", .path = "/Users/u1", .if_none_match = "W/\"7\"" }
};

enum { REQUESTS = sizeof requests / sizeof *requests };

static answer_t ask(int i)
{
    const request_t request = { .method = requests[i].method,
                                .path = requests[i].path,
                                .args = requests[i].args,
                                .if_none_match = requests[i].if_none_match,
                                .body = requests[i].body ? json(requests[i].body) : NULL };

    if (requests[i].weak)
        engine.memory->matches = SCIM_MATCH_NONE;
    return engine_ask(&request);
}

static const char *tables(void)
{
    return apr_pstrcat(test_pool, scim_json_dump(engine.memory->tables, test_pool), " ",
                       scim_json_dump(engine.groups->tables, test_pool), NULL);
}

/* What comes of a request when nothing fails. */
typedef struct wanted_t {
    answer_t    answer;
    const char *before, *after;
    int         calls[2];              /* to each target */
} wanted_t;

static void want(wanted_t *wanted, int request, int kind)
{
    setup_system(kind);
    wanted->before = tables();
    wanted->answer = ask(request);
    ck_ok(wanted->answer.err);
    wanted->after = tables();
    wanted->calls[0] = engine.memory->calls;
    wanted->calls[1] = engine.groups == engine.memory ? 0 : engine.groups->calls;
    ck_assert_int_gt(wanted->calls[0] + wanted->calls[1], 1);
}

static void break_call(int target, int n, int many, unsigned retriable)
{
    memory_t *memory = target ? engine.groups : engine.memory;

    memory->fail_at = n;
    memory->fail_many = many;
    memory->fail_retriable = retriable & 1;
}

/* Each call fails for good: the answer is the error, before anything was said, and in a transaction nothing has
 * happened. */
START_TEST(one_call_fails)
{
    const int request = _i % REQUESTS, kind = _i / REQUESTS;
    wanted_t wanted;
    int target, n;

    want(&wanted, request, kind);
    for (target = 0; target < 2; target++)
        for (n = 1; n <= wanted.calls[target]; n++) {
            answer_t answer;

            setup_system(kind);
            break_call(target, n, 1, 0);
            answer = ask(request);
            ck_err(answer.err, SCIM_E_UNAVAILABLE);
            ck_assert_int_eq(answer.begun, 0);
            if (!(kind & TRANSACTIONS))
                ck_assert_str_eq(tables(), wanted.before);
        }
}
END_TEST

/* Each call fails with the promise that nothing happened: the request is tried again, and comes out as if nothing
 * had been;
 * without transactions it may end with the error, but nothing is done twice. */
START_TEST(one_call_fails_for_now)
{
    const int request = _i % REQUESTS, kind = _i / REQUESTS;
    wanted_t wanted;
    int target, n;

    want(&wanted, request, kind);
    for (target = 0; target < 2; target++)
        for (n = 1; n <= wanted.calls[target]; n++) {
            answer_t answer;

            setup_system(kind);
            break_call(target, n, 1, 1);
            answer = ask(request);
            if (answer.err) {
                ck_assert_int_eq(answer.begun, 0);
                ck_assert_msg((kind & TRANSACTIONS) || n == 1, "call %d",
                              n); /* acquire() has its own ways of waiting */
                ck_assert_msg((kind & TRANSACTIONS) || strcmp(tables(), wanted.before) == 0, "%s", tables());
                continue;
            }
            ck_assert_int_eq(answer.done, wanted.answer.done);
            if (strcmp(requests[request].method, "POST") == 0)
                continue;              /* the key is another one */
            ck_assert_str_eq(tables(), wanted.after);
            ck_assert_str_eq(answer.text, wanted.answer.text);
        }
}
END_TEST

/* From some call on nothing works any more, whatever is tried. */
START_TEST(everything_fails)
{
    const int request = _i % REQUESTS, kind = _i / REQUESTS;
    wanted_t wanted;
    int target, n;

    want(&wanted, request, kind);
    for (target = 0; target < 2; target++)
        for (n = 1; n <= wanted.calls[target]; n++) {
            answer_t answer;

            setup_system(kind);
            break_call(target, n, 1000, 1);
            answer = ask(request);
            ck_err(answer.err, SCIM_E_UNAVAILABLE);
            ck_assert_int_eq(answer.begun, 0);
            if (!(kind & TRANSACTIONS))
                ck_assert_str_eq(tables(), wanted.before);
        }
}
END_TEST

/* The client goes: before the first byte, or between any two. */
START_TEST(client_that_goes)
{
    wanted_t wanted;
    apr_size_t at;

    want(&wanted, _i, 0);
    setup_system(0);
    engine.begin_fails = scim_err(test_pool, SCIM_E_ABORTED, "gone");
    ck_err(ask(_i).err, SCIM_E_ABORTED);
    for (at = 1; at < wanted.answer.length; at += wanted.answer.length / 4 + 1) {
        setup_system(0);
        engine.patience = at;
        ck_err(ask(_i).err, SCIM_E_ABORTED);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine_fault");
    TCase *tc = tcase_create("engine_fault");

    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, one_call_fails, 0, SYSTEMS * REQUESTS);
    tcase_add_loop_test(tc, one_call_fails_for_now, 0, SYSTEMS * REQUESTS);
    tcase_add_loop_test(tc, everything_fails, 0, SYSTEMS * REQUESTS);
    tcase_add_loop_test(tc, client_that_goes, 0, REQUESTS);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
