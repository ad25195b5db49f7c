/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "common.h"
#include "scim_discovery.h"

#define BASE "https://example.com/scim/v2"
#define CORE "urn:ietf:params:scim:schemas:core:2.0:"
#define EXT "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

static apr_pool_t *p;

static void setup(void)
{
    test_setup();
    p = test_pool;
}

static json_t *own(json_t *json)
{
    ck_assert_ptr_nonnull(json);
    return scim_json_own(p, json);
}

/* ---- ServiceProviderConfig: RFC 7643 section 5 and 8.5 ---- */

START_TEST(everything_supported)
{
    static const char *const types[] = { "oauthbearertoken", "httpbasic", NULL };
    const scim_features_t features = {
        .patch = 1, .bulk = 1, .filter = 1, .change_password = 1, .sort = 1, .etag = 1, .bulk_max_operations = 1000,
        .bulk_max_payload = 1048576, .filter_max_results = 200, .documentation_uri =
            "http://example.com/help/scim.html",
        .auth_types = types
    };

    ck_json(own(scim_discovery_config(&features, BASE)),
            "{\"schemas\": [\"" CORE "ServiceProviderConfig\"],"
            "\"documentationUri\": \"http://example.com/help/scim.html\","
            "\"patch\": {\"supported\": true},"
            "\"bulk\": {\"supported\": true, \"maxOperations\": 1000, \"maxPayloadSize\": 1048576},"
            "\"filter\": {\"supported\": true, \"maxResults\": 200},"
            "\"changePassword\": {\"supported\": true},"
            "\"sort\": {\"supported\": true},"
            "\"etag\": {\"supported\": true},"
            "\"authenticationSchemes\": ["
            "{\"type\": \"oauthbearertoken\", \"name\": \"OAuth Bearer Token\","
            " \"description\": \"Authentication with an OAuth 2.0 bearer token\","
            " \"specUri\": \"https://www.rfc-editor.org/info/rfc6750\", \"primary\": true},"
            "{\"type\": \"httpbasic\", \"name\": \"HTTP Basic\","
            " \"description\": \"Authentication with a user name and a password over HTTP Basic\","
            " \"specUri\": \"https://www.rfc-editor.org/info/rfc7617\", \"primary\": false}],"
            "\"meta\": {\"resourceType\": \"ServiceProviderConfig\", \"location\": \"" BASE
            "/ServiceProviderConfig\"}}");
}
END_TEST

/* Each member is there all the same: RFC 7643 section 5 requires them. */
START_TEST(nothing_supported)
{
    static const char *const none[] = { NULL };
    const scim_features_t features = { .auth_types = _i ? none : NULL };

    ck_json(own(scim_discovery_config(&features, BASE)),
            "{\"schemas\": [\"" CORE "ServiceProviderConfig\"],"
            "\"patch\": {\"supported\": false},"
            "\"bulk\": {\"supported\": false, \"maxOperations\": 0, \"maxPayloadSize\": 0},"
            "\"filter\": {\"supported\": false, \"maxResults\": 0},"
            "\"changePassword\": {\"supported\": false},"
            "\"sort\": {\"supported\": false},"
            "\"etag\": {\"supported\": false},"
            "\"authenticationSchemes\": [],"
            "\"meta\": {\"resourceType\": \"ServiceProviderConfig\", \"location\": \"" BASE
            "/ServiceProviderConfig\"}}");
}
END_TEST

/* The canonical types of RFC 7643 section 5, and where they are specified; and one that it does not know. */
static const struct {
    const char *type, *spec;
} schemes[] = {
    { "oauth", "rfc5849" }, { "oauth2", "rfc6749" }, { "oauthbearertoken", "rfc6750" }, { "httpbasic", "rfc7617" },
    { "httpdigest", "rfc7616" }, { "kerberos", NULL }
};

START_TEST(authentication_schemes)
{
    const char *const types[] = { schemes[_i].type, NULL };
    const scim_features_t features = { .auth_types = types };
    json_t *config = own(scim_discovery_config(&features, BASE));
    const json_t *scheme = json_array_get(json_object_get(config, "authenticationSchemes"), 0);
    const char *spec = json_string_value(json_object_get(scheme, "specUri"));

    ck_assert_str_eq(json_string_value(json_object_get(scheme, "type")), schemes[_i].type);
    ck_assert_uint_gt(json_string_length(json_object_get(scheme, "name")), 0);
    ck_assert_uint_gt(json_string_length(json_object_get(scheme, "description")), 0);
    ck_assert(json_is_true(json_object_get(scheme, "primary")));
    if (schemes[_i].spec)
        ck_assert_str_eq(spec, apr_pstrcat(p, "https://www.rfc-editor.org/info/", schemes[_i].spec, NULL));
    else
        ck_assert_ptr_null(spec);
}
END_TEST

/* ---- ResourceType: RFC 7643 section 6 ---- */

START_TEST(resource_types)
{
    scim_rtype_t *user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    const scim_rtype_t *group = scim_rtype_make("Group", "Teams", scim_schema_group(), p);

    scim_rtype_extend(user, scim_schema_enterprise(), 1, p);
    scim_rtype_extend(user, scim_schema_make("urn:example:More", "More", NULL, p), 0, p);
    ck_json(own(scim_discovery_rtype(user, BASE)),
            "{\"schemas\": [\"" CORE
            "ResourceType\"], \"id\": \"User\", \"name\": \"User\", \"endpoint\": \"/Users\","
            "\"description\": \"A user's account.\", \"schema\": \"" CORE "User\","
            "\"schemaExtensions\": [{\"schema\": \"" EXT "\", \"required\": true},"
            "                       {\"schema\": \"urn:example:More\", \"required\": false}],"
            "\"meta\": {\"resourceType\": \"ResourceType\", \"location\": \"" BASE "/ResourceTypes/User\"}}");
    ck_json(own(scim_discovery_rtype(group, BASE)),
            "{\"schemas\": [\"" CORE
            "ResourceType\"], \"id\": \"Group\", \"name\": \"Group\", \"endpoint\": \"/Teams\","
            "\"description\": \"A group.\", \"schema\": \"" CORE "Group\", \"schemaExtensions\": [],"
            "\"meta\": {\"resourceType\": \"ResourceType\", \"location\": \"" BASE "/ResourceTypes/Group\"}}");
}
END_TEST

/* ---- Schema: RFC 7643 section 7 ---- */

#define TEXT_AS(name, text) \
    "{\"name\": \"" name "\", \"type\": \"string\", \"multiValued\": false, \"description\": \"" text "\"," \
    " \"required\": false, \"caseExact\": false, \"mutability\": \"readWrite\", \"returned\": \"default\"," \
    " \"uniqueness\": \"none\"}"

START_TEST(a_schema_with_everything)
{
    static const char *const kinds[] = { "a", "B", NULL }, *const refs[] = { "User", "external", NULL };
    static const scim_attr_t name = {
        .description = "Its name.", .type = SCIM_TYPE_STRING, .required = 1, .case_exact = 1,
        .returned = SCIM_RETURNED_ALWAYS, .uniqueness = SCIM_UNIQUE_SERVER
    };
    static const scim_attr_t kind = {
        .description = "Kinds.", .type = SCIM_TYPE_STRING, .multi = 1, .canonical = kinds,
        .mutability = SCIM_IMMUTABLE, .returned = SCIM_RETURNED_REQUEST, .uniqueness = SCIM_UNIQUE_GLOBAL
    };
    static const scim_attr_t owner = { .description = "Who has it.", .type = SCIM_TYPE_COMPLEX, .multi = 1 };
    static const scim_attr_t ref = {
        .description = "Where.", .type = SCIM_TYPE_REFERENCE, .case_exact = 1, .mutability = SCIM_READ_ONLY,
            .ref_types = refs
    };
    static const scim_attr_t pin = {
        .description = "Secret.", .type = SCIM_TYPE_INTEGER, .mutability = SCIM_WRITE_ONLY, .returned =
            SCIM_RETURNED_NEVER
    };
    static const scim_attr_t link = { .type = SCIM_TYPE_REFERENCE };
    scim_schema_t *schema = scim_schema_make("urn:example:params:scim:Device", "Device", "A device.", p);

    ck_assert_ptr_null(scim_schema_add(schema, "name", &name, p));
    ck_assert_ptr_null(scim_schema_add(schema, "kinds", &kind, p));
    ck_assert_ptr_null(scim_schema_add(schema, "owners", &owner, p));
    ck_assert_ptr_null(scim_schema_add(schema, "owners.$ref", &ref, p));
    ck_assert_ptr_null(scim_schema_add(schema, "owners.pin", &pin, p));
    ck_assert_ptr_null(scim_schema_add(schema, "link", &link, p));
    ck_json(own(scim_discovery_schema(schema, BASE)),
            "{\"schemas\": [\"" CORE "Schema\"], \"id\": \"urn:example:params:scim:Device\", \"name\": \"Device\","
            "\"description\": \"A device.\","
            "\"meta\": {\"resourceType\": \"Schema\", \"location\": \"" BASE
            "/Schemas/urn:example:params:scim:Device\"},"
            "\"attributes\": ["
            "{\"name\": \"name\", \"type\": \"string\", \"multiValued\": false, \"description\": \"Its name.\","
            " \"required\": true, \"caseExact\": true, \"mutability\": \"readWrite\", \"returned\": \"always\","
            " \"uniqueness\": \"server\"},"
            "{\"name\": \"kinds\", \"type\": \"string\", \"multiValued\": true, \"description\": \"Kinds.\","
            " \"required\": false, \"canonicalValues\": [\"a\", \"B\"], \"caseExact\": false,"
            " \"mutability\": \"immutable\", \"returned\": \"request\", \"uniqueness\": \"global\"},"
            "{\"name\": \"owners\", \"type\": \"complex\", \"multiValued\": true, \"description\": \"Who has it.\","
            " \"required\": false, \"caseExact\": false, \"mutability\": \"readWrite\", \"returned\": \"default\","
            " \"uniqueness\": \"none\", \"subAttributes\": ["
            "  {\"name\": \"$ref\", \"type\": \"reference\", \"multiValued\": false, \"description\": \"Where.\","
            "   \"required\": false, \"caseExact\": true, \"mutability\": \"readOnly\", \"returned\": \"default\","
            "   \"uniqueness\": \"none\", \"referenceTypes\": [\"User\", \"external\"]},"
            "  {\"name\": \"pin\", \"type\": \"integer\", \"multiValued\": false, \"description\": \"Secret.\","
            "   \"required\": false, \"caseExact\": false, \"mutability\": \"writeOnly\", \"returned\": \"never\","
            "   \"uniqueness\": \"none\"}]},"
            "{\"name\": \"link\", \"type\": \"reference\", \"multiValued\": false, \"required\": false,"
            " \"caseExact\": false, \"mutability\": \"readWrite\", \"returned\": \"default\", \"uniqueness\": \"none\","
            " \"referenceTypes\": [\"external\"]}]}");
}
END_TEST

START_TEST(the_enterprise_extension)
{
    ck_json(own(scim_discovery_schema(scim_schema_enterprise(), BASE)),
            "{\"schemas\": [\"" CORE "Schema\"], \"id\": \"" EXT "\", \"name\": \"EnterpriseUser\","
            "\"description\": \"What a user has within an enterprise.\","
            "\"meta\": {\"resourceType\": \"Schema\", \"location\": \"" BASE "/Schemas/" EXT "\"},"
            "\"attributes\": ["
            TEXT_AS("employeeNumber", "Number or code by which the organization knows the user.") ","
            TEXT_AS("costCenter", "Cost center.") ","
            TEXT_AS("organization", "Organization.") ","
            TEXT_AS("division", "Division.") ","
            TEXT_AS("department", "Department.") ","
            "{\"name\": \"manager\", \"type\": \"complex\", \"multiValued\": false, \"required\": false,"
            " \"description\": \"The user's manager.\", \"caseExact\": false, \"mutability\": \"readWrite\","
            " \"returned\": \"default\", \"uniqueness\": \"none\", \"subAttributes\": ["
            TEXT_AS("value", "Id of the manager.") ","
            "  {\"name\": \"$ref\", \"type\": \"reference\", \"multiValued\": false, \"required\": false,"
            "   \"description\": \"URI of the manager.\", \"caseExact\": false, \"mutability\": \"readWrite\","
            "   \"returned\": \"default\", \"uniqueness\": \"none\", \"referenceTypes\": [\"User\"]},"
            "  {\"name\": \"displayName\", \"type\": \"string\", \"multiValued\": false, \"required\": false,"
            "   \"description\": \"Name of the manager.\", \"caseExact\": false, \"mutability\": \"readOnly\","
            "   \"returned\": \"default\", \"uniqueness\": \"none\"}]}]}");
}
END_TEST

/* Common attributes are no part of a definition: RFC 7643 section 3.1. */
START_TEST(attributes_of_a_user)
{
    static const char *const names[] = {
        "userName", "name", "displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage",
        "locale",
        "timezone", "active", "password", "emails", "phoneNumbers", "ims", "photos", "addresses", "groups",
        "entitlements", "roles", "x509Certificates"
    };
    const scim_rtype_t *user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    const json_t *attributes = json_object_get(own(scim_discovery_schema(user->core, BASE)), "attributes");
    size_t i;

    ck_assert_uint_eq(json_array_size(attributes), sizeof names / sizeof *names);
    for (i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_str_eq(json_string_value(json_object_get(json_array_get(attributes, i), "name")), names[i]);
}
END_TEST

static int is_word(const json_t *value, const char *words)
{
    return json_is_string(value) && strstr(words, apr_pstrcat(p, " ", json_string_value(value), " ", NULL));
}

static void check_complete(const json_t *attribute)
{
    const json_t *subs = json_object_get(attribute, "subAttributes"), *sub;
    const char *name = json_string_value(json_object_get(attribute, "name"));
    const int complex = is_word(json_object_get(attribute, "type"), " complex ");
    const int reference = is_word(json_object_get(attribute, "type"), " reference ");
    size_t i;

    ck_assert_ptr_nonnull(name);
    ck_assert_msg(is_word(json_object_get(attribute, "type"),
                          " string boolean decimal integer dateTime binary reference complex "), "%s", name);
    ck_assert(json_is_boolean(json_object_get(attribute, "multiValued")));
    ck_assert(json_is_boolean(json_object_get(attribute, "required")));
    ck_assert(json_is_boolean(json_object_get(attribute, "caseExact")));
    ck_assert(json_is_string(json_object_get(attribute, "description")));
    ck_assert(is_word(json_object_get(attribute, "mutability"), " readOnly readWrite immutable writeOnly "));
    ck_assert(is_word(json_object_get(attribute, "returned"), " always never default request "));
    ck_assert(is_word(json_object_get(attribute, "uniqueness"), " none server global "));
    ck_assert_msg((json_array_size(json_object_get(attribute, "referenceTypes")) > 0) == reference, "%s", name);
    ck_assert_msg((json_array_size(subs) > 0) == complex, "%s", name);
    json_array_foreach(subs, i, sub)
        check_complete(sub);
}

START_TEST(every_characteristic_is_stated)
{
    const scim_schema_t *schemas[] = { scim_schema_user(), scim_schema_group(), scim_schema_enterprise() };
    const json_t *attributes = json_object_get(own(scim_discovery_schema(schemas[_i], BASE)), "attributes"),
        *attribute;
    size_t i;

    ck_assert_uint_eq(json_array_size(attributes), (size_t)schemas[_i]->nattrs);
    json_array_foreach(attributes, i, attribute)
        check_complete(attribute);
}
END_TEST

/* ---- lists: RFC 7644 section 4 ---- */

START_TEST(lists)
{
    ck_json(own(scim_discovery_list(json_pack("[{s:i}, {s:i}]", "a", 1, "b", 2))),
            "{\"schemas\": [\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"], \"totalResults\": 2,"
            "\"itemsPerPage\": 2, \"startIndex\": 1, \"Resources\": [{\"a\": 1}, {\"b\": 2}]}");
    ck_json(own(scim_discovery_list(json_array())),
            "{\"schemas\": [\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"], \"totalResults\": 0,"
            "\"itemsPerPage\": 0, \"startIndex\": 1, \"Resources\": []}");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("discovery");
    TCase *tc = tcase_create("discovery");

    tcase_add_checked_fixture(tc, setup, test_teardown);
    tcase_add_test(tc, everything_supported);
    tcase_add_loop_test(tc, nothing_supported, 0, 2);
    tcase_add_loop_test(tc, authentication_schemes, 0, (int)(sizeof schemes / sizeof *schemes));
    tcase_add_test(tc, resource_types);
    tcase_add_test(tc, a_schema_with_everything);
    tcase_add_test(tc, the_enterprise_extension);
    tcase_add_test(tc, attributes_of_a_user);
    tcase_add_loop_test(tc, every_characteristic_is_stated, 0, 3);
    tcase_add_test(tc, lists);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
