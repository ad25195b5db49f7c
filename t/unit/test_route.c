/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "engine_fixture.h"
#include "scim_route.h"

static apr_pool_t *p;

static void setup(void)
{
    test_setup();
    engine_setup();
    p = test_pool;
}

/* A method and a path, and what they ask for. place: of a resource type its name, else the discovery endpoint. */
static const struct {
    const char *method, *path;
    scim_verb_t verb;
    const char *place, *id;
} good[] = {
    { "GET", "/Users", SCIM_VERB_READ, "User", NULL },
    { "HEAD", "/Users", SCIM_VERB_READ, "User", NULL },
    { "POST", "/Users", SCIM_VERB_CREATE, "User", NULL },
    { "GET", "/Groups", SCIM_VERB_READ, "Group", NULL },
    { "GET", "/Users/", SCIM_VERB_READ, "User", NULL },
    { "POST", "/Users/", SCIM_VERB_CREATE, "User", NULL },
    { "GET", "/Users/1", SCIM_VERB_READ, "User", "1" },
    { "HEAD", "/Users/1", SCIM_VERB_READ, "User", "1" },
    { "GET", "/Users/1/", SCIM_VERB_READ, "User", "1" },
    { "PUT", "/Users/1", SCIM_VERB_UPDATE, "User", "1" },
    { "PATCH", "/Users/1", SCIM_VERB_PATCH, "User", "1" },
    { "DELETE", "/Users/1", SCIM_VERB_DELETE, "User", "1" },

    /* an id may be anything: RFC 3986 says how it stands in a URL */
    { "GET", "/Users/a%2Fb", SCIM_VERB_READ, "User", "a/b" },
    { "GET", "/Users/a%2fb%2f", SCIM_VERB_READ, "User", "a/b/" },
    { "GET", "/Users/%2F", SCIM_VERB_READ, "User", "/" },
    { "GET", "/Users/a+b%20c", SCIM_VERB_READ, "User", "a+b c" },
    { "GET", "/Users/100%25", SCIM_VERB_READ, "User", "100%" },
    { "GET", "/Users/%2525", SCIM_VERB_READ, "User", "%25" },
    { "GET", "/Users/%C3%B6", SCIM_VERB_READ, "User", "\xc3\xb6" },
    { "GET", "/Users/\xc3\xb6", SCIM_VERB_READ, "User", "\xc3\xb6" },
    { "GET", "/Users/a:b;c=d,e@f!$&'()*", SCIM_VERB_READ, "User", "a:b;c=d,e@f!$&'()*" },
    { "GET", "/Users/%22%3F%23", SCIM_VERB_READ, "User", "\"?#" },
    { "GET", "/Users/%2E%2E", SCIM_VERB_READ, "User", ".." },
    { "GET", "/Users/..", SCIM_VERB_READ, "User", ".." },
    { "GET", "/Users/..%2FGroups", SCIM_VERB_READ, "User", "../Groups" },
    { "GET", "/%55sers/1", SCIM_VERB_READ, "User", "1" },
    { "GET", "/Users/Schemas", SCIM_VERB_READ, "User", "Schemas" },
    { "GET", "/Users/Bulk", SCIM_VERB_READ, "User", "Bulk" },

    { "GET", "/ServiceProviderConfig", SCIM_VERB_DISCOVERY, "ServiceProviderConfig", NULL },
    { "HEAD", "/ServiceProviderConfig/", SCIM_VERB_DISCOVERY, "ServiceProviderConfig", NULL },
    { "GET", "/ResourceTypes", SCIM_VERB_DISCOVERY, "ResourceTypes", NULL },
    { "GET", "/ResourceTypes/User", SCIM_VERB_DISCOVERY, "ResourceTypes", "User" },
    { "GET", "/Schemas", SCIM_VERB_DISCOVERY, "Schemas", NULL },
    { "GET", "/Schemas/urn:x:y", SCIM_VERB_DISCOVERY, "Schemas", "urn:x:y" },
    { "GET", "/Schemas/urn%3Ax%3Ay", SCIM_VERB_DISCOVERY, "Schemas", "urn:x:y" }
};

static const char *place_of(const scim_route_t *route)
{
    switch (route->place) {
    case SCIM_AT_CONFIG:
        return "ServiceProviderConfig";
    case SCIM_AT_RESOURCE_TYPES:
        return "ResourceTypes";
    case SCIM_AT_SCHEMAS:
        return "Schemas";
    default:
        return route->type->rtype->name;
    }
}

START_TEST(good_routes)
{
    scim_route_t route;

    ck_ok(scim_route(&route, engine.system, good[_i].method, good[_i].path, p));
    ck_assert_int_eq(route.verb, good[_i].verb);
    ck_assert_str_eq(place_of(&route), good[_i].place);
    ck_assert(!route.options);
    if (good[_i].id)
        ck_assert_str_eq(route.id, good[_i].id);
    else
        ck_assert_ptr_null(route.id);
}
END_TEST

static const struct {
    const char    *method, *path;
    scim_errkind_t kind;
} bad[] = {
    { "GET", "", SCIM_E_NOT_FOUND },
    { "GET", "/", SCIM_E_NOT_FOUND },
    { "GET", "//", SCIM_E_NOT_FOUND },
    { "GET", "Users", SCIM_E_NOT_FOUND },
    { "GET", "/users", SCIM_E_NOT_FOUND },
    { "GET", "/User", SCIM_E_NOT_FOUND },
    { "GET", "/Devices", SCIM_E_NOT_FOUND },
    { "GET", "/Users ", SCIM_E_NOT_FOUND },
    { "GET", "//Users", SCIM_E_NOT_FOUND },
    { "GET", "/Users//1", SCIM_E_NOT_FOUND },
    { "GET", "/Users/1//", SCIM_E_NOT_FOUND },
    { "GET", "/Users/1/name", SCIM_E_NOT_FOUND },
    { "GET", "/Users/1/../2", SCIM_E_NOT_FOUND },
    { "GET", "/Users%2F1", SCIM_E_NOT_FOUND },
    { "GET", "/schemas", SCIM_E_NOT_FOUND },
    { "GET", "/ServiceProviderConfigs", SCIM_E_NOT_FOUND },
    { "GET", "/ServiceProviderConfig/1", SCIM_E_NOT_FOUND },
    { "GET", "/ResourceTypes/User/x", SCIM_E_NOT_FOUND },

    { "GET", "/Users/%", SCIM_E_BAD_REQUEST },
    { "GET", "/Users/%4", SCIM_E_BAD_REQUEST },
    { "GET", "/Users/%zz", SCIM_E_BAD_REQUEST },
    { "GET", "/Users/%00", SCIM_E_BAD_REQUEST },
    { "GET", "/Users/1%00", SCIM_E_BAD_REQUEST },
    { "GET", "/Users/%FF", SCIM_E_BAD_REQUEST },
    { "GET", "/Users/%C3", SCIM_E_BAD_REQUEST },
    { "GET", "/Users/%C0%AF", SCIM_E_BAD_REQUEST },
    { "GET", "/%FF", SCIM_E_BAD_REQUEST },

    { "PUT", "/Users", SCIM_E_METHOD },
    { "PATCH", "/Users", SCIM_E_METHOD },
    { "DELETE", "/Users/", SCIM_E_METHOD },
    { "POST", "/Users/1", SCIM_E_METHOD },
    { "TRACE", "/Users", SCIM_E_METHOD },
    { "get", "/Users", SCIM_E_METHOD },
    { "PROPFIND", "/Users/1", SCIM_E_METHOD },
    { "POST", "/Schemas", SCIM_E_METHOD },
    { "PUT", "/Schemas/urn:x", SCIM_E_METHOD },
    { "PATCH", "/ServiceProviderConfig", SCIM_E_METHOD },
    { "DELETE", "/ResourceTypes/User", SCIM_E_METHOD },

    /* what RFC 7644 has and this service does not */
    { "POST", "/Bulk", SCIM_E_NOT_IMPLEMENTED },
    { "GET", "/Me", SCIM_E_NOT_IMPLEMENTED },
    { "PATCH", "/Me", SCIM_E_NOT_IMPLEMENTED },
    { "POST", "/.search", SCIM_E_NOT_IMPLEMENTED },
    { "POST", "/Users/.search", SCIM_E_NOT_IMPLEMENTED }
};

START_TEST(bad_routes)
{
    scim_route_t route;

    ck_err(scim_route(&route, engine.system, bad[_i].method, bad[_i].path, p), bad[_i].kind);
    if (bad[_i].kind == SCIM_E_METHOD)
        ck_assert_ptr_nonnull(strstr(route.allow, "GET, HEAD"));
}
END_TEST

START_TEST(options_and_allow)
{
    static const struct {
        const char *path, *allow;
    } places[] = {
        { "/Users", "GET, HEAD, POST, OPTIONS" },
        { "/Users/1", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS" },
        { "/Schemas", "GET, HEAD, OPTIONS" },
        { "/Schemas/urn:x", "GET, HEAD, OPTIONS" },
        { "/ServiceProviderConfig", "GET, HEAD, OPTIONS" }
    };
    scim_route_t route;
    size_t i;

    for (i = 0; i < sizeof places / sizeof *places; i++) {
        ck_ok(scim_route(&route, engine.system, "OPTIONS", places[i].path, p));
        ck_assert(route.options);
        ck_assert_str_eq(route.allow, places[i].allow);
    }
    ck_err(scim_route(&route, engine.system, "OPTIONS", "/Devices", p), SCIM_E_NOT_FOUND);
}
END_TEST

/* What the backend cannot do is neither allowed nor tried. */
START_TEST(only_to_read)
{
    static const scim_caps_t none = { .offset = 1, .total = 1 };
    const engine_config_t config = { .caps = &none };
    static const char *const methods[] = { "PUT", "PATCH", "DELETE" };
    scim_route_t route;
    int i;

    engine_make(&config);
    ck_err(scim_route(&route, engine.system, "POST", "/Users", p), SCIM_E_NOT_IMPLEMENTED);
    for (i = 0; i < 3; i++)
        ck_err(scim_route(&route, engine.system, methods[i], "/Users/1", p), SCIM_E_NOT_IMPLEMENTED);
    ck_ok(scim_route(&route, engine.system, "OPTIONS", "/Users/1", p));
    ck_assert_str_eq(route.allow, "GET, HEAD, OPTIONS");
    ck_ok(scim_route(&route, engine.system, "GET", "/Users/1", p));
}
END_TEST

/* Authorization asks what a request is even where it is refused. */
START_TEST(verbs)
{
    scim_route_t route;
    int i;

    for (i = 0; i < SCIM_VERB_COUNT; i++)
        ck_assert_int_eq(scim_verb_by_name(scim_verb_name((scim_verb_t)i)), i);
    ck_assert_int_eq(scim_verb_by_name("Patch"), SCIM_VERB_PATCH);
    ck_assert_int_eq(scim_verb_by_name("write"), -1);
    ck_assert_int_eq(scim_verb_by_name(""), -1);
    ck_assert_ptr_nonnull(scim_route(&route, engine.system, "POST", "/Bulk", p));
    ck_assert_int_eq(route.verb, SCIM_VERB_BULK);
    ck_assert_ptr_nonnull(scim_route(&route, engine.system, "POST", "/Users/.search", p));
    ck_assert_int_eq(route.verb, SCIM_VERB_READ);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("route");
    TCase *tc = tcase_create("route");

    tcase_add_checked_fixture(tc, setup, test_teardown);
    tcase_add_loop_test(tc, good_routes, 0, (int)(sizeof good / sizeof *good));
    tcase_add_loop_test(tc, bad_routes, 0, (int)(sizeof bad / sizeof *bad));
    tcase_add_test(tc, options_and_allow);
    tcase_add_test(tc, only_to_read);
    tcase_add_test(tc, verbs);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
