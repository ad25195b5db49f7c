/* SPDX-License-Identifier: Apache-2.0 */
#include "common.h"
#include "scim_resource.h"

#define CORE "urn:ietf:params:scim:schemas:core:2.0:User"
#define EXT "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

static apr_pool_t *p;
static scim_rtype_t *user;
static const scim_attr_t *title, *emails, *department, *manager;

static void setup(void)
{
    test_setup();
    p = test_pool;
    user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, p);
    title = scim_rtype_attr(user, "title");
    emails = scim_rtype_attr(user, "emails");
    department = scim_schema_attr(user->ext[0].schema, "department", 10);
    manager = scim_schema_attr(user->ext[0].schema, "manager", 7);
}

START_TEST(values_are_got_where_they_stand)
{
    json_t *resource = json_pack("{s:s, s:[{s:s}], s:{s:s, s:n}}", "title", "Guide", "emails", "value", "a@b",
                                 EXT, "department", "Tours", "manager");

    ck_assert_str_eq(json_string_value(scim_resource_get(resource, title)), "Guide");
    ck_assert_uint_eq(json_array_size(scim_resource_get(resource, emails)), 1);
    ck_assert_str_eq(json_string_value(scim_resource_get(resource, department)), "Tours");
    ck_assert_ptr_null(scim_resource_get(resource, manager));
    ck_assert_ptr_null(scim_resource_get(resource, scim_rtype_attr(user, "name")));
    json_object_del(resource, EXT);
    ck_assert_ptr_null(scim_resource_get(resource, department));
    json_object_set_new(resource, "emails", json_array());
    ck_assert_ptr_null(scim_resource_get(resource, emails));
    json_decref(resource);
}
END_TEST

START_TEST(values_are_set_where_they_stand)
{
    json_t *resource = json_object();

    scim_resource_set(resource, title, json_string("Guide"));
    scim_resource_set(resource, emails, json_pack("[{s:s}]", "value", "a@b"));
    scim_resource_set(resource, department, json_string("Tours"));
    scim_resource_set(resource, manager, json_pack("{s:s}", "value", "1"));
    scim_resource_set(resource, title, json_string("Boss"));
    ck_json(resource, "{\"title\": \"Boss\", \"emails\": [{\"value\": \"a@b\"}],"
            "\"" EXT "\": {\"department\": \"Tours\", \"manager\": {\"value\": \"1\"}}}");
    json_decref(resource);
}
END_TEST

START_TEST(unassigned_values_are_removed)
{
    json_t *resource = json_pack("{s:s, s:[{s:s}], s:{s:s, s:s}}", "title", "Guide", "emails", "value", "a@b",
                                 EXT, "department", "Tours", "costCenter", "1");

    scim_resource_set(resource, title, NULL);
    scim_resource_set(resource, emails, json_array());
    scim_resource_set(resource, department, json_null());
    scim_resource_set(resource, manager, NULL);
    ck_json(resource, "{\"" EXT "\": {\"costCenter\": \"1\"}}");

    scim_resource_set(resource, scim_schema_attr(user->ext[0].schema, "costCenter", 10), json_null());
    ck_json(resource, "{}");
    scim_resource_set(resource, department, NULL);
    scim_resource_set(resource, title, json_null());
    ck_json(resource, "{}");
    json_decref(resource);
}
END_TEST

START_TEST(set_takes_the_reference)
{
    json_t *resource = json_object(), *list = json_array(), *text = json_string("x");

    json_incref(list);
    json_incref(text);
    scim_resource_set(resource, emails, list);
    ck_assert_uint_eq(list->refcount, 1);
    scim_resource_set(resource, department, text);
    ck_assert_uint_eq(text->refcount, 2);
    json_decref(resource);
    ck_assert_uint_eq(text->refcount, 1);
    json_decref(text);
    json_decref(list);
}
END_TEST

START_TEST(resources_are_finished)
{
    json_t *resource = json_pack("{s:s, s:{s:s}}", "userName", "x", EXT, "department", "Tours");

    scim_resource_finish(resource, user, "https://h/Users/1", "W/\"1\"");
    ck_json(resource, "{\"userName\": \"x\", \"" EXT "\": {\"department\": \"Tours\"},"
            "\"schemas\": [\"" CORE "\", \"" EXT "\"], \"meta\": {\"resourceType\": \"User\","
            "\"location\": \"https://h/Users/1\", \"version\": \"W/\\\"1\\\"\"}}");
    json_decref(resource);
}
END_TEST

START_TEST(finish_replaces_what_is_not_true)
{
    json_t *resource = json_pack("{s:[s, s, s], s:{s:s, s:s, s:s}, s:{}}", "schemas", "urn:other", EXT, EXT,
                                 "meta", "resourceType", "Other", "created", "2010-01-23T04:56:22Z",
                                 "version", "W/\"0\"", EXT);

    scim_resource_finish(resource, user, NULL, NULL);
    json_object_del(resource, EXT);
    ck_json(resource, "{\"schemas\": [\"" CORE "\"], \"meta\": {\"resourceType\": \"User\","
            "\"created\": \"2010-01-23T04:56:22Z\", \"version\": \"W/\\\"0\\\"\"}}");
    json_decref(resource);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("resource");
    TCase *tcase = tcase_create("resource");

    tcase_add_checked_fixture(tcase, setup, test_teardown);
    tcase_add_test(tcase, values_are_got_where_they_stand);
    tcase_add_test(tcase, values_are_set_where_they_stand);
    tcase_add_test(tcase, unassigned_values_are_removed);
    tcase_add_test(tcase, set_takes_the_reference);
    tcase_add_test(tcase, resources_are_finished);
    tcase_add_test(tcase, finish_replaces_what_is_not_true);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
