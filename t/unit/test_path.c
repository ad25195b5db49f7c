/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common.h"
#include "scim_path.h"

#define CORE "urn:ietf:params:scim:schemas:core:2.0:User"
#define EXT "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define LONGER CORE ":more"

static apr_pool_t *p;
static scim_rtype_t *user;
static const scim_filter_limits_t limits = { .max_bytes = 1024, .max_terms = 4, .max_depth = 3 };

static void setup(void)
{
    static const scim_attr_t texts = { .type = SCIM_TYPE_STRING, .multi = 1 };
    scim_schema_t *longer;

    test_setup();
    p = test_pool;
    longer = scim_schema_make(LONGER, "More", NULL, p);
    ck_assert_ptr_null(scim_schema_add(longer, "tags", &texts, p));
    user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    scim_rtype_extend(user, longer, 0, p);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, p);
}

/* A path, the names of the schema, attribute and sub-attribute that it leads to, and how it is printed. */
static const struct {
    const char *text, *schema, *attr, *sub, *prints;
} good[] = {
    /* RFC 7644 section 3.5.2 */
    { "name.familyName", "User", "name", "familyName", "name.familyName" },
    { "addresses[type eq \"work\"]", "User", "addresses", NULL, "addresses[type eq \"work\"]" },
    { "emails[type eq \"work\" and value ew \"example.com\"].value", "User", "emails", "value",
      "emails[type eq \"work\" and value ew \"example.com\"].value" },

    { "userName", "User", "userName", NULL, "userName" },
    { "NAME.FAMILYNAME", "User", "name", "familyName", "name.familyName" },
    { "id", "Common", "id", NULL, "id" },
    { "meta.resourceType", "Common", "meta", "resourceType", "meta.resourceType" },
    { "password", "User", "password", NULL, "password" },
    { "emails.value", "User", "emails", "value", "emails.value" },
    { "groups.$REF", "User", "groups", "$ref", "groups.$ref" },
    { "emails[PRIMARY eq \"True\"].VALUE", "User", "emails", "value", "emails[primary eq true].value" },
    { "emails[value eq \"a]\\\"]b\"].type", "User", "emails", "type", "emails[value eq \"a]\\\"]b\"].type" },
    { "emails[not (type pr)]", "User", "emails", NULL, "emails[not (type pr)]" },
    { "emails[type eq null]", "User", "emails", NULL, "emails[not (type pr)]" },
    { " emails[type pr] ", "User", "emails", NULL, "emails[type pr]" },

    { CORE ":userName", "User", "userName", NULL, "userName" },
    { CORE ":name.givenName", "User", "name", "givenName", "name.givenName" },
    { CORE ":emails[type pr].value", "User", "emails", "value", "emails[type pr].value" },
    { CORE ":externalId", "Common", "externalId", NULL, "externalId" },
    { EXT ":department", "EnterpriseUser", "department", NULL, EXT ":department" },
    { "urn:ietf:params:scim:schemas:EXTENSION:Enterprise:2.0:user:Manager.Value", "EnterpriseUser", "manager",
      "value",
      EXT ":manager.value" },
    { CORE, "User", NULL, NULL, CORE },
    { EXT, "EnterpriseUser", NULL, NULL, EXT },
    { "URN:ietf:params:scim:schemas:extension:enterprise:2.0:user", "EnterpriseUser", NULL, NULL, EXT },

    /* one URN that continues another */
    { LONGER, "More", NULL, NULL, LONGER },
    { LONGER ":tags", "More", "tags", NULL, LONGER ":tags" },
    { LONGER ":tags[VALUE eq \"x\"]", "More", "tags", NULL, LONGER ":tags[value eq \"x\"]" }
};

static void check_name(const char *name, const char *wanted)
{
    if (wanted)
        ck_assert_str_eq(name ? name : "(none)", wanted);
    else
        ck_assert_ptr_null(name);
}

static scim_path_t *parse(const char *text)
{
    scim_path_t *path = NULL;
    scim_err_t *err = scim_path_parse(&path, text, user, &limits, SCIM_E_INVALID_PATH, p);

    ck_assert_msg(err == NULL, "%s: %s", text, err ? err->detail : "");
    return path;
}

START_TEST(good_paths)
{
    scim_path_t *path = parse(good[_i].text);

    ck_assert_str_eq(path->schema->name, good[_i].schema);
    check_name(path->attr ? path->attr->name : NULL, good[_i].attr);
    check_name(path->sub ? path->sub->name : NULL, good[_i].sub);
    ck_assert((path->filter != NULL) == (strchr(good[_i].text, '[') != NULL));
    ck_assert_str_eq(scim_path_print(path, p), good[_i].prints);
    ck_assert_str_eq(scim_path_print(parse(good[_i].prints), p), good[_i].prints);
}
END_TEST

START_TEST(paths_lead_into_the_resource_type)
{
    scim_path_t *path = parse(EXT ":manager.value");

    ck_assert_ptr_eq(path->schema, user->ext[1].schema);
    ck_assert_ptr_eq(path->attr, scim_schema_attr(user->ext[1].schema, "manager", 7));
    ck_assert_ptr_eq(path->sub, scim_attr_sub(path->attr, "value"));
    path = parse("emails[type eq \"work\"].display");
    ck_assert_ptr_eq(path->schema, user->core);
    ck_assert_ptr_eq(path->filter->attr, scim_attr_sub(scim_rtype_attr(user, "emails"), "type"));
    ck_assert_ptr_eq(parse("meta")->schema, user->common);
}
END_TEST

/* ---- what is refused, with what the detail says ---- */

static const struct {
    const char *text, *says;
} bad[] = {
    { "", "no attribute" }, { "  ", "no attribute" }, { "[type pr]", "no attribute" },
    { "\"userName\"", "no attribute" },
    { "nosuch", "unknown attribute \"nosuch\"" }, { "userName.value", "\"userName\" has no sub-attribute" },
    { "name.nosuch", "\"name\" has no sub-attribute \"nosuch\"" }, { "name.", "has no sub-attribute" },
    { ".userName", "unknown attribute" }, { "name..familyName", "has no sub-attribute" },
    { "name.familyName.x", "has no sub-attribute" }, { "department", "unknown attribute" },
    { EXT ":userName", "unknown attribute" }, { CORE ":", "unknown attribute" }, { CORE "x", "no schema of" },
    { "urn:x:y:userName", "no schema of" }, { ":userName", "no schema of" },
    { "members", "unknown attribute" },
    { "userName title", "goes on after its end, at position 10" }, { "userName eq \"x\"", "goes on" },
    { "userName]", "goes on" }, { "userName)", "goes on" }, { "emails [type pr]", "goes on" },
    { "emails[type pr]value", "goes on" }, { "emails[type pr].value.x", "has no sub-attribute" },
    { "emails[type pr].value[type pr]", "goes on" }, { "emails[type pr][type pr]", "goes on" },
    { "emails[type pr].", "has no sub-attribute" },
    { "emails[type pr].nosuch", "has no sub-attribute \"nosuch\"" },
    { "emails[type pr", "no closing bracket" }, { "emails[type eq \"]", "no closing bracket" },
    { "emails[", "no closing" },
    { "emails[]", "an attribute is missing" }, { "emails[0]", "has no sub-attribute \"0\"" },
    { "emails[type]", "an operator is missing" }, { "emails[type eq work]", "must be a JSON string" },
    { "emails[nosuch pr]", "has no sub-attribute" }, { "emails[primary gt true]", "cannot compare" },
    { "emails[type pr or type[value pr]]", "cannot stand in brackets" },
    { "name[familyName pr]", "only a multi-valued attribute" },
    { "userName[value pr]", "only a multi-valued attribute" },
    { "emails.value[type pr]", "only a multi-valued attribute" },
    { EXT "[department pr]", "only a multi-valued attribute" },
    { EXT ":manager[value pr]", "only a multi-valued attribute" },
    { LONGER ":tags[value pr].x", "has no sub-attribute" },
    { "emails[type pr and type pr and type pr and type pr and type pr]", "more than 4 comparisons" },
    { "emails[((((type pr))))]", "nested more than 3 times" },
    { "user\xc3\x84Name", "unknown attribute \"user\"" }
};

START_TEST(bad_paths)
{
    static const scim_errkind_t kinds[] = { SCIM_E_INVALID_PATH, SCIM_E_INVALID_VALUE };
    apr_size_t i;

    for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        scim_path_t *path;
        scim_err_t *err = scim_path_parse(&path, bad[_i].text, user, &limits, kinds[i], p);

        ck_assert_msg(err != NULL, "taken: %s", bad[_i].text);
        ck_assert_int_eq(err->kind, kinds[i]);
        ck_assert_msg(strstr(err->detail, bad[_i].says) != NULL, "%s: %s", bad[_i].text, err->detail);
    }
}
END_TEST

START_TEST(long_paths_are_refused)
{
    char text[1026];
    scim_path_t *path;
    scim_err_t *err;

    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    err = scim_path_parse(&path, text, user, &limits, SCIM_E_INVALID_PATH, p);
    ck_assert_ptr_nonnull(err);
    ck_assert_ptr_nonnull(strstr(err->detail, "longer than 1024 bytes"));
    text[1024] = '\0';
    err = scim_path_parse(&path, text, user, &limits, SCIM_E_INVALID_PATH, p);
    ck_assert_ptr_nonnull(strstr(err->detail, "unknown attribute"));
    ck_assert_uint_lt(strlen(err->detail), 200);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static Suite *make_suite(void)
{
    Suite *suite = suite_create("path");
    TCase *tcase = tcase_create("path");

    tcase_add_checked_fixture(tcase, setup, test_teardown);
    tcase_add_loop_test(tcase, good_paths, 0, COUNT(good));
    tcase_add_test(tcase, paths_lead_into_the_resource_type);
    tcase_add_loop_test(tcase, bad_paths, 0, COUNT(bad));
    tcase_add_test(tcase, long_paths_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
