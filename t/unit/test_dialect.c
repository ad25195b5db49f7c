/* SPDX-License-Identifier: Apache-2.0 */

/* The dialects of PATCH messages, and what is left alone. Apostrophes stand for quotes. */

#include <string.h>

#include <apr_strings.h>

#include "common.h"
#include "scim_dialect.h"
#include "scim_validate.h"

#define USER "urn:ietf:params:scim:schemas:core:2.0:User"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define PATCH_OP "urn:ietf:params:scim:api:messages:2.0:PatchOp"

static apr_pool_t *p;
static scim_rtype_t *user, *group;

static void setup(void)
{
    static const scim_attr_t texts = { .type = SCIM_TYPE_STRING, .multi = 1 };
    static const scim_attr_t numbers = { .type = SCIM_TYPE_INTEGER, .multi = 1 };
    scim_schema_t *more;

    test_setup();
    p = test_pool;
    more = scim_schema_make("urn:example:more", "More", NULL, p);
    ck_assert_ptr_null(scim_schema_add(more, "tags", &texts, p));
    ck_assert_ptr_null(scim_schema_add(more, "sizes", &numbers, p));
    user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, p);
    scim_rtype_extend(user, more, 0, p);
    group = scim_rtype_make("Group", "Groups", scim_schema_group(), p);
}

static const char *quoted(const char *text)
{
    char *copy = apr_pstrdup(p, text), *c;

    for (c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static json_t *put_right(const char *operations, const scim_rtype_t *rtype, const scim_leniency_t *leniency)
{
    const char *text = apr_pstrcat(p, "{'schemas': ['" PATCH_OP "'], 'Operations': [", operations, "]}", NULL);
    json_t *message = test_json(quoted(text)), *before = scim_json_own(p, json_deep_copy(message));
    json_t *right = scim_json_own(p, scim_dialect_patch(message, rtype, leniency, p));

    ck_assert_msg(scim_json_equal(message, before), "the client's message was changed: %s", operations);
    ck_assert_ptr_nonnull(right);
    ck_json(json_object_get(right, "schemas"), "[\"" PATCH_OP "\"]");
    ck_assert_uint_eq(json_object_size(right), 2);
    return json_object_get(right, "Operations");
}

static void check(const char *operations, const scim_rtype_t *rtype, const scim_leniency_t *leniency, const char *right)
{
    ck_json(put_right(operations, rtype, leniency), quoted(apr_pstrcat(p, "[", right, "]", NULL)));
}

/* ---- words and names, in whatever reading ---- */

static const char *const words[][2] = {
    { "{'op': 'Add', 'path': 'title', 'value': 'X'}", "{'op': 'add', 'path': 'title', 'value': 'X'}" },
    { "{'op': 'REPLACE', 'path': 'Title', 'value': 'X'}", "{'op': 'replace', 'path': 'Title', 'value': 'X'}" },
    { "{'op': 'Remove', 'path': 'title'}", "{'op': 'remove', 'path': 'title'}" },
    { "{'Op': 'Move', 'PATH': 'x', 'Value': 1}", "{'op': 'move', 'path': 'x', 'value': 1}" },
    { "{'op': 'add', 'path': null, 'value': {'title': 'X'}}", "{'op': 'add', 'value': {'title': 'X'}}" },
    { "{'op': 'remove', 'path': 'title', 'value': null}", "{'op': 'remove', 'path': 'title'}" },
    /* "$ref": null */
    { "{'op': 'add', 'path': 'roles', 'value': [{'value': 'a', '$ref': null}]}",
      "{'op': 'add', 'path': 'roles', 'value': [{'value': 'a'}]}" },
    { "{'op': 'add', 'path': '" ENTERPRISE ":manager', 'value': {'value': 'a', '$ref': null}}",
      "{'op': 'add', 'path': '" ENTERPRISE ":manager', 'value': {'value': 'a'}}" },
    { "{'op': 'add', 'path': 'roles[type eq \\'x\\']', 'value': {'value': 'a', '$ref': null}}",
      "{'op': 'add', 'path': 'roles[type eq \\'x\\']', 'value': {'value': 'a'}}" },
    /* what is right already, or nothing that could be put right */
    { "{'op': 'replace', 'path': 'name', 'value': {'givenName': 'G'}}",
      "{'op': 'replace', 'path': 'name', 'value': {'givenName': 'G'}}" },
    { "{'op': 'replace', 'path': 'nosuch', 'value': 'x'}", "{'op': 'replace', 'path': 'nosuch', 'value': 'x'}" },
    { "{'op': 'replace', 'path': 'emails[', 'value': 'x'}", "{'op': 'replace', 'path': 'emails[', 'value': 'x'}" },
    { "{'op': 'replace', 'path': '" ENTERPRISE "', 'value': 'x'}",
      "{'op': 'replace', 'path': '" ENTERPRISE "', 'value': 'x'}" },
    { "{'op': 5, 'path': 'title'}", "{'op': 5, 'path': 'title'}" }, { "{'path': 'title'}", "{'path': 'title'}" },
    { "{'op': 'Add', 'path': 5}", "{'op': 'Add', 'path': 5}" }, { "'add'", "'add'" }, { "null", "null" },
    { "[]", "[]" },
    { "{'op': 'add', 'value': 'x'}", "{'op': 'add', 'value': 'x'}" }, { "{'op': 'add'}", "{'op': 'add'}" },
    { "{'op': 'remove'}", "{'op': 'remove'}" },
    { "{'op': 'remove', 'value': {'name.givenName': 'x'}}", "{'op': 'remove', 'value': {'name.givenName': 'x'}}" }
};

START_TEST(words_and_names)
{
    check(words[_i][0], user, &scim_lenient, words[_i][1]);
    check(words[_i][0], user, &scim_strict, words[_i][1]);
}
END_TEST

/* ---- the dialects, which a strict reading leaves as they are ---- */

static const char *const dialects[][2] = {
    /* Entra: a manager */
    { "{'op': 'add', 'path': '" ENTERPRISE ":manager', 'value': 'm'}",
      "{'op': 'add', 'path': '" ENTERPRISE ":manager', 'value': {'value': 'm'}}" },
    { "{'op': 'replace', 'value': {'" ENTERPRISE "': {'manager': 'm', 'department': 'd'}}}",
      "{'op': 'replace', 'value': {'" ENTERPRISE "': {'manager': {'value': 'm'}, 'department': 'd'}}}" },
    /* Entra: dotted and URN names */
    { "{'op': 'replace', 'value': {'displayName': 'D', 'name.givenName': 'G', 'name.familyName': 'F',"
      " '" ENTERPRISE ":employeeNumber': '1'}}",
      "{'op': 'replace', 'value': {'displayName': 'D'}}, {'op': 'replace', 'path': 'name.givenName', 'value': 'G'},"
      "{'op': 'replace', 'path': 'name.familyName', 'value': 'F'},"
      "{'op': 'replace', 'path': '" ENTERPRISE ":employeeNumber', 'value': '1'}" },
    { "{'op': 'add', 'value': {'emails[type eq \\'work\\'].value': 'w'}}",
      "{'op': 'add', 'path': 'emails[type eq \\'work\\'].value', 'value': 'w'}" },
    { "{'op': 'add', 'value': {'" USER ":userName': 'u'}}",
      "{'op': 'add', 'path': '" USER ":userName', 'value': 'u'}" },
    { "{'op': 'add', 'value': {'" ENTERPRISE ":manager': 'm'}}",
      "{'op': 'add', 'path': '" ENTERPRISE ":manager', 'value': {'value': 'm'}}" },
    /* beside names that are paths unknown ones say nothing, as in a resource */
    { "{'op': 'add', 'value': {'nosuch': 1, 'no.such': 2, 'urn:x:y': 3, 'name.givenName': 'G', 'id': 'i'}}",
      "{'op': 'add', 'value': {'id': 'i'}}, {'op': 'add', 'path': 'name.givenName', 'value': 'G'}" },
    { "{'op': 'add', 'path': '', 'value': {'name.givenName': 'G'}}",
      "{'op': 'add', 'path': 'name.givenName', 'value': 'G'}" },
    /* a removal says by its path what goes */
    { "{'op': 'remove', 'path': 'title', 'value': 'X'}", "{'op': 'remove', 'path': 'title'}" },
    { "{'op': 'remove', 'path': 'emails[type eq \\'work\\']', 'value': 'X'}",
      "{'op': 'remove', 'path': 'emails[type eq \\'work\\']'}" },
    { "{'op': 'remove', 'path': 'emails[type eq \\'work\\'].value', 'value': ['X']}",
      "{'op': 'remove', 'path': 'emails[type eq \\'work\\'].value'}" },
    { "{'op': 'remove', 'path': '" ENTERPRISE ":manager', 'value': 'm'}",
      "{'op': 'remove', 'path': '" ENTERPRISE ":manager'}" },
    /* or by its value, of other lists */
    { "{'op': 'remove', 'path': 'emails', 'value': [{'value': 'a', 'type': 'work', 'display': 'A'}, {'value': 'b',"
      " 'primary': true}]}",
      "{'op': 'remove', 'path': 'emails[value eq \\'a\\' and type eq \\'work\\']'},"
      "{'op': 'remove', 'path': 'emails[value eq \\'b\\']'}" },
    { "{'op': 'remove', 'path': 'addresses', 'value': {'country': 'DE', 'primary': true, 'region': null}}",
      "{'op': 'remove', 'path': 'addresses[country eq \\'DE\\' and primary eq true]'}" },
    { "{'op': 'remove', 'path': 'urn:example:more:tags', 'value': ['a', 'b']}",
      "{'op': 'remove', 'path': 'urn:example:more:tags[value eq \\'a\\']'},"
      "{'op': 'remove', 'path': 'urn:example:more:tags[value eq \\'b\\']'}" },
    { "{'op': 'remove', 'path': 'urn:example:more:sizes', 'value': 5}",
      "{'op': 'remove', 'path': 'urn:example:more:sizes[value eq 5]'}" }
};

START_TEST(dialects_put_right)
{
    check(dialects[_i][0], user, &scim_lenient, dialects[_i][1]);
}
END_TEST

START_TEST(dialects_left_alone)
{
    const char *without_path = "{'op': 'add', 'path': '', 'value': {'name.givenName': 'G'}}";

    if (strcmp(dialects[_i][0], without_path) == 0)
        check(without_path, user, &scim_strict, without_path);
    else
        check(dialects[_i][0], user, &scim_strict, dialects[_i][0]);
}
END_TEST

/* ---- members ---- */

static const char *const members[][2] = {
    { "{'op': 'Remove', 'path': 'members', 'value': [{'$ref': null, 'value': 'a'}, {'value': 'b', 'type': 'User',"
      " 'display': 'B'}]}",
      "{'op': 'remove', 'path': 'members[value eq \\'a\\']'}, {'op': 'remove', 'path': 'members[value eq \\'b\\']'}" },
    { "{'op': 'remove', 'path': 'MEMBERS', 'value': {'VALUE': 'a'}}",
      "{'op': 'remove', 'path': 'members[value eq \\'a\\']'}" },
    { "{'op': 'remove', 'path': 'members', 'value': [{'value': 'a\\'] or value pr or value eq [\\''}]}",
      "{'op': 'remove', 'path': 'members[value eq \\'a\\\\\\'] or value pr or value eq [\\\\\\'\\']'}" },
    /* removing no values removes none; null is no value */
    { "{'op': 'remove', 'path': 'members', 'value': []}", "" },
    { "{'op': 'remove', 'path': 'members', 'value': null}", "{'op': 'remove', 'path': 'members'}" },
    /* what is not understood must not become a removal of all */
    { "{'op': 'remove', 'path': 'members', 'value': [{'value': 'a'}, {'id': 'b'}]}", NULL },
    { "{'op': 'remove', 'path': 'members', 'value': [{}]}", NULL },
    { "{'op': 'remove', 'path': 'members', 'value': [null]}", NULL },
    { "{'op': 'remove', 'path': 'members', 'value': [{'value': ['a']}]}", NULL },
    { "{'op': 'remove', 'path': 'members', 'value': [{'value': null}]}", NULL },
    { "{'op': 'remove', 'path': 'members', 'value': ['a']}", NULL },
    { "{'op': 'remove', 'path': 'members', 'value': 'a'}", NULL },
    { "{'op': 'remove', 'path': 'members', 'value': [[{'value': 'a'}]]}", NULL },
    { "{'op': 'remove', 'path': 'members.value', 'value': 'a'}", NULL }
};

START_TEST(removals_of_members)
{
    check(members[_i][0], group, &scim_lenient, members[_i][1] ? members[_i][1] : members[_i][0]);
}
END_TEST

START_TEST(several_operations_keep_their_order)
{
    check("{'op': 'add', 'path': 'members', 'value': [{'value': 'c'}]}, {'op': 'Remove', 'path': 'members', 'value':"
          " [{'value': 'a'}, {'value': 'b'}]}, 5, {'op': 'Replace', 'path': 'displayName', 'value': 'x'}",
          group, &scim_lenient,
          "{'op': 'add', 'path': 'members', 'value': [{'value': 'c'}]}, {'op': 'remove', 'path': 'members[value eq"
          " \\'a\\']'},"
          "{'op': 'remove', 'path': 'members[value eq \\'b\\']'}, 5, {'op': 'replace', 'path': 'displayName', 'value':"
          " 'x'}");
}
END_TEST

/* ---- messages ---- */

START_TEST(no_messages)
{
    static const char *const no[] = {
        "[]", "\"x\"", "null", "{}", "{\"Operations\": {}}", "{\"Operations\": null}", "{\"Operations\": \"x\"}",
        "{\"operation\": []}"
    };

    ck_assert_ptr_null(scim_dialect_patch(test_json(no[_i]), user, &scim_lenient, p));
}
END_TEST

START_TEST(the_name_of_operations)
{
    const json_t *message = test_json("{\"OPERATIONS\": [{\"op\": \"ADD\"}], \"x\": 1}");

    ck_json(scim_json_own(p, scim_dialect_patch(message, user, &scim_strict, p)),
            "{\"Operations\": [{\"op\": \"add\"}], \"x\": 1}");
}
END_TEST

START_TEST(booleans)
{
    ck_assert_int_eq(scim_dialect_boolean("True"), 1);
    ck_assert_int_eq(scim_dialect_boolean("true"), 1);
    ck_assert_int_eq(scim_dialect_boolean("FALSE"), 0);
    ck_assert_int_eq(scim_dialect_boolean("False"), 0);
    ck_assert_int_eq(scim_dialect_boolean(""), -1);
    ck_assert_int_eq(scim_dialect_boolean("yes"), -1);
    ck_assert_int_eq(scim_dialect_boolean("true "), -1);
    ck_assert_int_eq(scim_dialect_boolean("tru\xc3\xa9"), -1);
}
END_TEST

START_TEST(texts_for_complex_attributes)
{
    const scim_attr_t *manager = scim_schema_attr(user->ext[0].schema, "manager", 7);

    ck_json(scim_json_own(p, scim_dialect_complex(test_json("\"m\""), manager)), "{\"value\": \"m\"}");
    ck_assert_ptr_null(scim_dialect_complex(test_json("\"m\""), scim_rtype_attr(user, "name")));
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static Suite *make_suite(void)
{
    Suite *suite = suite_create("dialect");
    TCase *tcase = tcase_create("dialect");

    tcase_add_checked_fixture(tcase, setup, test_teardown);
    tcase_add_loop_test(tcase, words_and_names, 0, COUNT(words));
    tcase_add_loop_test(tcase, dialects_put_right, 0, COUNT(dialects));
    tcase_add_loop_test(tcase, dialects_left_alone, 0, COUNT(dialects));
    tcase_add_loop_test(tcase, removals_of_members, 0, COUNT(members));
    tcase_add_test(tcase, several_operations_keep_their_order);
    tcase_add_loop_test(tcase, no_messages, 0, 8);
    tcase_add_test(tcase, the_name_of_operations);
    tcase_add_test(tcase, booleans);
    tcase_add_test(tcase, texts_for_complex_attributes);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
