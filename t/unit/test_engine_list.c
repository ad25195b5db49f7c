/* SPDX-License-Identifier: Apache-2.0 */
#include <malloc.h>
#include <string.h>

#include <apr_strings.h>

#include "engine_fixture.h"
#include "scim_error.h"

#define CORE "urn:ietf:params:scim:schemas:core:2.0:User"

static const scim_caps_t everything = {
    .create = 1, .modify = 1, .remove = 1, .values = 1, .version = 1, .sort = 1, .offset = 1, .total = 1
};

static void setup(void)
{
    test_setup();
    engine_setup();
}

/* Another system, whose backend can do less. */
static void weaken(unsigned sort, unsigned offset, unsigned total)
{
    scim_caps_t caps = everything;
    const engine_config_t config = { .caps = &caps };

    caps.sort = sort & 1;
    caps.offset = offset & 1;
    caps.total = total & 1;
    engine_make(&config);
}

static json_int_t number(const answer_t *answer, const char *name)
{
    const json_t *value = json_object_get(answer->body, name);

    ck_assert_msg(json_is_integer(value), "%s: %s", name, answer->text);
    return json_integer_value(value);
}

static void check_list(const answer_t *answer, json_int_t total, json_int_t start, const char *ids)
{
    ck_assert_int_eq(answer->done, SCIM_DONE_OK);
    ck_assert_str_eq(engine_ids(answer), ids);
    ck_json(json_object_get(answer->body, "schemas"), "[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"]");
    ck_assert_int_eq(number(answer, "totalResults"), total);
    ck_assert_int_eq(number(answer, "startIndex"), start);
    ck_assert_uint_eq((size_t)number(answer, "itemsPerPage"),
                      json_array_size(json_object_get(answer->body, "Resources")));
    ck_assert_uint_eq(json_object_size(answer->body), 5);
    ck_assert_ptr_null(answer->etag);
    ck_assert_ptr_null(answer->location);
}

START_TEST(resources_are_complete)
{
    const scim_listargs_t none = { .filter = NULL };
    answer_t answer;

    engine_users(2);
    answer = engine_get("/Users", none);
    check_list(&answer, 2, 1, "1 2");
    ck_json(json_array_get(json_object_get(answer.body, "Resources"), 1), engine_do("GET", "/Users/2", NULL).text);
}
END_TEST

START_TEST(nothing_there)
{
    const scim_listargs_t none = { .filter = NULL };
    answer_t answer = engine_get("/Groups", none);

    check_list(&answer, 0, 1, "");
    ck_assert(json_is_array(json_object_get(answer.body, "Resources")));
}
END_TEST

/* ---- pages: RFC 7644 section 3.4.2.4; over backends that page, and that do not ---- */

static const struct {
    const char *start, *count, *ids;
    int         is;
} pages[] = { { NULL, NULL, "1 2 3 4 5 6 7", 1 },
              { "1", "3", "1 2 3", 1 },
              { "4", "3", "4 5 6", 4 },
              { "7", "3", "7", 7 },
              { "8", "3", "", 8 },
              { "100000", "100", "", 100000 },
              { "9223372036854775807", "9", "", 0 },
              { "-5", "2", "1 2", 1 },
              { "0", NULL, "1 2 3 4 5 6 7", 1 },
              { NULL, "0", "", 1 },
              { "3", "0", "", 3 },
              { NULL, "-1", "", 1 },
              { "6", "1000000", "6 7", 6 } };

START_TEST(page)
{
    const int pick = _i % 3, i = _i / 3;
    const scim_listargs_t args = { .start_index = pages[i].start, .count = pages[i].count };
    answer_t answer;

    weaken(1, pick != 1, pick != 2);
    engine_users(7);
    answer = engine_get("/Users", args);
    check_list(&answer, 7, pages[i].is ? pages[i].is : APR_INT64_MAX, pages[i].ids);
    if (pick == 0) {
        ck_assert_int_eq(engine.memory->last_offset, (pages[i].is ? pages[i].is : APR_INT64_MAX) - 1);
        ck_assert_int_eq(engine.memory->rows, (int)json_array_size(json_object_get(answer.body, "Resources")));
    }
}
END_TEST

START_TEST(page_sizes)
{
    const scim_listargs_t none = { .filter = NULL }, many = { .count = "5000" };
    answer_t answer;

    engine_users(7);
    engine.limits.page = (scim_pagesize_t){ .dflt = 2, .max = 3 };
    answer = engine_get("/Users", none);
    check_list(&answer, 7, 1, "1 2");
    answer = engine_get("/Users", many);
    check_list(&answer, 7, 1, "1 2 3");
    engine.limits.page = (scim_pagesize_t){ .dflt = 0, .max = 0 };
    answer = engine_get("/Users", none);
    check_list(&answer, 7, 1, "1 2 3 4 5 6 7");
    ck_assert_int_eq(engine.memory->last_limit, -1);
}
END_TEST

/* Everything once, in any order, though most values are equal; more than a sort without stability gets by with. */
START_TEST(pages_fit_together)
{
    scim_listargs_t args = { .sort_by = _i < 2 ? "active" : NULL, .count = "13" };
    const char *all = "";
    char seen[301] = { 0 };
    int at, n = 0;

    weaken(_i == 0, 1, 1);
    engine_users(300);
    for (at = 1; at <= 300; at += 13) {
        answer_t answer;
        char *ids, *id, *last;

        args.start_index = apr_itoa(test_pool, at);
        answer = engine_get("/Users", args);
        ids = apr_pstrdup(test_pool, engine_ids(&answer));
        all = apr_pstrcat(test_pool, all, ids, " ", NULL);
        for (id = apr_strtok(ids, " ", &last); id; id = apr_strtok(NULL, " ", &last), n++)
            ck_assert_msg(!seen[atoi(id)]++, "%s twice in %s", id, all);
    }
    ck_assert_int_eq(n, 300);
}
END_TEST

/* ---- filters: whoever answers them, the answer is the same ---- */

static const struct {
    const char *filter, *ids;
} filters[] = {
    { "userName eq \"USER3\"", "3" },
    { "userName eq \"nobody\"", "" },
    { "active eq true", "1 3 5 7" },
    { "active eq false and userName ne \"user2\"", "4 6" },
    { "not (active eq true)", "2 4 6" },
    { "name.familyName ew \"7\" or userName sw \"user1\"", "1 7" },
    { "emails[type eq \"work\" and value co \"u2@\"]", "2" },
    { "emails.value eq \"u5@example.com\"", "5" },
    { "emails[type eq \"home\"]", "" },
    { ENTERPRISE ":department eq \"tours\"", "3 6" },
    { "title pr", "" },
    { "title eq null", "1 2 3 4 5 6 7" },
    { "id eq \"4\"", "4" },
    { "userName gt \"user4\" and (active eq true or id eq \"6\")", "5 6 7" },

    /* what no backend knows: the server makes it */
    { "meta.resourceType eq \"User\"", "1 2 3 4 5 6 7" },
    { "meta.resourceType eq \"Group\"", "" },
    { "meta.location eq \"" ENGINE_BASE "/Users/3\"", "3" },
    { "meta.version eq \"W/\\\"1\\\"\" and id eq \"2\"", "2" },
    { "schemas eq \"" CORE "\" and id eq \"1\"", "1" },
    { "schemas eq \"urn:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:User\" and active eq true", "1 3 5 7" },
    { "schemas eq \"urn:x\"", "" }
};

START_TEST(filter)
{
    static const scim_match_t ways[] = { SCIM_MATCH_EXACT, SCIM_MATCH_SUPERSET, SCIM_MATCH_NONE };
    const int way = _i % 3, i = _i / 3;
    const scim_listargs_t args = { .filter = filters[i].filter, .attributes = "id" };
    const char *c, *ids = filters[i].ids;
    json_int_t n = *ids ? 1 : 0;
    answer_t answer;

    for (c = ids; *c; c++)
        n += *c == ' ';
    engine_users(7);
    engine.memory->matches = ways[way];
    answer = engine_get("/Users", args);
    check_list(&answer, n, 1, ids);
}
END_TEST

START_TEST(page_of_what_matches)
{
    const scim_listargs_t args = { .filter = "active eq true", .start_index = "2", .count = "2" };
    answer_t answer;

    engine_users(9);
    engine.memory->matches = _i ? SCIM_MATCH_NONE : SCIM_MATCH_EXACT;
    answer = engine_get("/Users", args);
    check_list(&answer, 5, 2, "3 5");
    ck_assert_int_eq(engine.memory->rows, _i ? 9 : 2);
}
END_TEST

/* The filter needs what the client does not ask for; the client gets what it asks for. */
START_TEST(filtered_by_what_is_not_asked_for)
{
    const scim_listargs_t args = { .filter = "emails.value eq \"u2@example.com\"", .attributes = "userName" };
    answer_t answer;

    engine_users(3);
    engine.memory->matches = SCIM_MATCH_NONE;
    answer = engine_get("/Users", args);
    ck_json(json_object_get(answer.body, "Resources"),
            "[{\"schemas\": [\"" CORE "\"], \"id\": \"2\", \"userName\": \"user2\"}]");
    ck_assert_str_eq(engine.memory->last_attrs, "key,login,mails");
}
END_TEST

/* ---- what is too much ---- */

START_TEST(too_many_to_look_through)
{
    const request_t request = { .method = "GET",
                                .path = "/Users",
                                .args = { .filter = "active eq true", .count = "1000" } };
    answer_t answer;

    engine.limits.max_scan = 500;
    engine.memory->matches = SCIM_MATCH_NONE;
    engine_users(501);
    answer = engine_ask(&request);
    ck_err(answer.err, SCIM_E_TOO_MANY);
    ck_assert_int_eq(answer.begun, 0);             /* although there were pages full of matches before */
    ck_assert_int_eq(engine.memory->last_limit, 501);
    engine.limits.max_scan = 501;
    ck_ok(engine_ask(&request).err);
    engine.limits.max_scan = 0;                    /* everything is left to the backend */
    ck_err(engine_ask(&request).err, SCIM_E_TOO_MANY);
    engine.memory->matches = SCIM_MATCH_EXACT;
    ck_ok(engine_ask(&request).err);
}
END_TEST

START_TEST(bad_parameters_cost_the_backend_nothing)
{
    static const scim_listargs_t bad[] = { { .filter = "x eq 1" }, { .count = "x" }, { .sort_by = "password" },
                                           { .attributes = "id", .excluded = "id" } };
    const request_t request = { .method = "GET", .path = "/Users", .args = bad[_i] };

    ck_assert_ptr_nonnull(engine_ask(&request).err);
    ck_assert_int_eq(engine.memory->calls, 0);
}
END_TEST

/* ---- order ---- */

static const struct {
    const char *by, *order, *ids;
} orders[] = { { "name.familyName", NULL, "3 2 5 1 4" },
               { "name.familyName", "descending", "4 1 5 2 3" },
               { "title", "ascending", "2 1 3 4 5" },
               { "title", "descending", "3 4 5 1 2" },
               { "meta.lastModified", NULL, "5 3 1 2 4" },
               { "active", NULL, "4 1 2 3 5" },
               { "emails", NULL, "3 1 2 4 5" },
               { "id", "descending", "5 4 3 2 1" },
               { "meta.location", "descending", "5 4 3 2 1" },
               { "schemas", NULL, "1 2 3 4 5" } };

static void put_person(const char *key, const char *family, const char *title, const char *changed, const char *mail)
{
    json_t *data = json_pack("{s:s, s:s, s:s}", "login", key, "family", family, "status", *key == '4' ? "I" : "A");

    if (title)
        json_object_set_new(data, "title", json_string(title));
    if (changed)
        json_object_set_new(data, "changed", json_string(changed));
    if (mail)
        json_object_set_new(data, "mails",
                            json_pack("[{s:s}, {s:s, s:b}]", "address", "zzz", "address", mail, "main", 1));
    memory_put(engine.memory, "User", key, data);
}

START_TEST(order)
{
    const scim_listargs_t args = { .sort_by = orders[_i / 2].by,
                                   .sort_order = orders[_i / 2].order,
                                   .attributes = "id" };
    answer_t answer;

    weaken(_i % 2 == 0, 1, 1);
    put_person("1", "miller", "b", "2020-01-01T00:00:00Z", "m");
    put_person("2", "Abel", "A", "2020-01-01T00:00:01Z", NULL);
    put_person("3", "AARON", NULL, "2019-12-31T23:00:00-00:30", "a");
    put_person("4", "Zeta", NULL, NULL, NULL);
    put_person("5", "baker", NULL, "2020-01-01T00:00:00+01:00", NULL);
    answer = engine_get("/Users", args);
    check_list(&answer, 5, 1, orders[_i / 2].ids);
}
END_TEST

START_TEST(who_sorts)
{
    const scim_listargs_t args = { .sort_by = "userName", .count = "2" };

    weaken(_i == 0, 1, 1);
    engine_users(5);
    engine_get("/Users", args);
    ck_assert_int_eq(engine.memory->last_sorted, _i == 0);
    ck_assert_int_eq(engine.memory->rows, _i == 0 ? 2 : 5);
}
END_TEST

START_TEST(too_many_to_sort)
{
    const request_t request = { .method = "GET", .path = "/Users", .args = { .sort_by = "userName", .count = "1" } };
    answer_t answer;

    weaken(0, 1, 1);
    engine.limits.max_scan = 10;
    engine_users(11);
    answer = engine_ask(&request);
    ck_err(answer.err, SCIM_E_TOO_MANY);
    ck_assert_int_eq(answer.begun, 0);
}
END_TEST

/* ---- errors, before the first byte and after it ---- */

START_TEST(before_the_first_byte)
{
    const request_t request = { .method = "GET", .path = "/Users" };
    answer_t answer;

    engine_users(50);
    engine.memory->fail_at = 20;
    engine.memory->fail_many = 1;
    engine.memory->fail_retriable = _i & 1;
    answer = engine_ask(&request);
    if (_i) {
        ck_ok(answer.err);
        ck_assert_int_eq(number(&answer, "itemsPerPage"), 50);
        ck_assert_int_eq(number(&answer, "totalResults"), 50);
        ck_assert_int_eq(engine.memory->reads, 2);
    }
    else {
        ck_err(answer.err, SCIM_E_UNAVAILABLE);
        ck_assert_int_eq(answer.begun, 0);
    }
}
END_TEST

START_TEST(after_the_first_byte)
{
    const request_t request = { .method = "GET", .path = "/Users", .args = { .count = "300" } };
    answer_t answer;

    engine_users(300);
    engine.memory->fail_at = 250;
    engine.memory->fail_many = 1;
    engine.memory->fail_retriable = 1;
    answer = engine_ask(&request);
    ck_err(answer.err, SCIM_E_UNAVAILABLE);
    ck_assert_int_eq(answer.begun, 1);
    ck_assert_int_eq(engine.memory->reads, 1);
}
END_TEST

START_TEST(sink_that_takes_nothing)
{
    const request_t request = { .method = "GET", .path = "/Users" };

    engine_users(_i);
    engine.begin_fails = scim_err(test_pool, SCIM_E_ABORTED, "the client is gone");
    ck_err(engine_ask(&request).err, SCIM_E_ABORTED);
    ck_assert_int_eq(engine.memory->reads, 1);
}
END_TEST

/* Who is gone is told nothing more, and the backend is asked no more. */
START_TEST(client_that_goes)
{
    const request_t request = { .method = "GET", .path = "/Users", .args = { .count = "1000" } };

    engine_users(1000);
    engine.patience = 20000;
    ck_err(engine_ask(&request).err, SCIM_E_ABORTED);
    ck_assert_int_lt(engine.memory->rows, 400);
    ck_assert_int_eq(engine.memory->reads, 1);
}
END_TEST

/* ---- time: the backend's ends at the deadline, the client's does not count ---- */

static apr_time_t clock_now;

static apr_time_t read_clock(void *baton)
{
    (void)baton;
    return clock_now;
}

static void slow_client(void)
{
    clock_now += apr_time_from_sec(60);
}

static apr_interval_time_t left;

static void slow_backend(memory_t *memory)
{
    clock_now += apr_time_from_msec(10);
    left = memory->ctx->deadline - clock_now;
}

START_TEST(whose_time_it_is)
{
    scim_host_t host = test_host;
    const scim_listargs_t args = { .count = "1000" };
    apr_time_t begin;
    answer_t answer;

    engine_users(1000);
    clock_now = begin = apr_time_from_sec(1000000);
    host.now = read_clock;
    test_ctx.host = &host;
    test_ctx.deadline = begin + apr_time_from_sec(30);
    engine.on_piece = slow_client;
    engine.memory->before_row = slow_backend;
    answer = engine_get("/Users", args);
    ck_assert_int_eq(number(&answer, "itemsPerPage"), 1000);
    ck_assert_int_gt(clock_now - begin, apr_time_from_sec(600));
    ck_assert_int_eq(left, apr_time_from_sec(20));     /* a thousand rows took ten seconds of the thirty */
}
END_TEST

/* ---- memory: a list of any length in what a few resources need ---- */

static size_t highest;

static void measure(void)
{
    const struct mallinfo2 info = mallinfo2();

    if (info.uordblks + info.hblkhd > highest)
        highest = info.uordblks + info.hblkhd;
}

static size_t memory_for(const char *count)
{
    const scim_listargs_t args = { .count = count };
    size_t before;

    highest = 0;
    measure();
    before = highest;
    engine_get("/Users", args);
    return highest - before;
}

START_TEST(streams)
{
    size_t few, many;

    engine_users(20000);
    engine.limits.page.max = 0;
    engine.discard = 1;
    engine.on_piece = measure;
    memory_for("20000");               /* pools keep blocks for their next use */
    few = memory_for("1000");
    many = memory_for("20000");
    ck_assert_msg(many < few + 256 * 1024, "%zu for 1000, %zu for 20000", few, many);
}
END_TEST

static int count(size_t bytes, size_t one)
{
    return (int)(bytes / one);
}

int main(void)
{
    Suite *suite = suite_create("engine_list");
    TCase *tc = tcase_create("engine_list");

    tcase_add_checked_fixture(tc, setup, test_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, resources_are_complete);
    tcase_add_test(tc, nothing_there);
    tcase_add_loop_test(tc, page, 0, 3 * count(sizeof pages, sizeof *pages));
    tcase_add_test(tc, page_sizes);
    tcase_add_loop_test(tc, pages_fit_together, 0, 3);
    tcase_add_loop_test(tc, filter, 0, 3 * count(sizeof filters, sizeof *filters));
    tcase_add_loop_test(tc, page_of_what_matches, 0, 2);
    tcase_add_test(tc, filtered_by_what_is_not_asked_for);
    tcase_add_test(tc, too_many_to_look_through);
    tcase_add_loop_test(tc, bad_parameters_cost_the_backend_nothing, 0, 4);
    tcase_add_loop_test(tc, order, 0, 2 * count(sizeof orders, sizeof *orders));
    tcase_add_loop_test(tc, who_sorts, 0, 2);
    tcase_add_test(tc, too_many_to_sort);
    tcase_add_loop_test(tc, before_the_first_byte, 0, 2);
    tcase_add_test(tc, after_the_first_byte);
    tcase_add_loop_test(tc, sink_that_takes_nothing, 0, 2);
    tcase_add_test(tc, client_that_goes);
    tcase_add_test(tc, whose_time_it_is);
    tcase_add_test(tc, streams);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
