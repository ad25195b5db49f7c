/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "common.h"
#include "scim_schema.h"

#define USER_URN "urn:ietf:params:scim:schemas:core:2.0:User"
#define ENTERPRISE_URN "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

static apr_pool_t *p;

static void setup(void)
{
    test_setup();
    p = test_pool;
}

/* ---- the schemas of the RFC ---- */

static const char *join(const char *text, const char *const *words)
{
    for (; words && *words; words++)
        text = apr_pstrcat(p, text, " ", *words, NULL);
    return text;
}

/* All characteristics of an attribute, in one line. */
static const char *describe(const scim_attr_t *attr)
{
    const char *line = apr_pstrcat(p, scim_attr_path(attr, p), " ", scim_type_name(attr->type),
                                   attr->multi ? " multi" : "", attr->required ? " required" : "",
                                   attr->case_exact ? " exact" : "", " ",
                                   scim_mutability_name(attr->mutability), " ",
                                   scim_returned_name(attr->returned), " ",
                                   scim_uniqueness_name(attr->uniqueness), NULL);

    if (attr->canonical)
        line = join(apr_pstrcat(p, line, " |", NULL), attr->canonical);
    if (attr->ref_types)
        line = join(apr_pstrcat(p, line, " ->", NULL), attr->ref_types);
    return line;
}

static void check_lines(const scim_schema_t *schema, const char *const *lines)
{
    int i, j;

    for (i = 0; i < schema->nattrs; i++) {
        ck_assert_str_eq(describe(&schema->attrs[i]), *lines ? *lines : "(no more)");
        ck_assert_ptr_nonnull(schema->attrs[i].description);
        lines++;
        for (j = 0; j < schema->attrs[i].nsub; j++, lines++) {
            ck_assert_str_eq(describe(&schema->attrs[i].sub[j]), *lines ? *lines : "(no more)");
            ck_assert_ptr_nonnull(schema->attrs[i].sub[j].description);
        }
    }
    ck_assert_msg(!*lines, "missing: %s", *lines);
}

#define RW " readWrite default none"
#define RO " readOnly default none"
#define IM " immutable default none"
#define WHERE " | work home other"
#define PLURAL(name, types) \
    name ".display string" RW, name ".type string" RW types, name ".primary boolean" RW

START_TEST(user_is_that_of_the_rfc)
{
    static const char *const lines[] = {
        "userName string required readWrite default server",
        "name complex" RW, "name.formatted string" RW, "name.familyName string" RW,
        "name.givenName string" RW,
        "name.middleName string" RW, "name.honorificPrefix string" RW, "name.honorificSuffix string" RW,
        "displayName string" RW, "nickName string" RW, "profileUrl reference" RW " -> external",
        "title string" RW,
        "userType string" RW, "preferredLanguage string" RW, "locale string" RW, "timezone string" RW,
        "active boolean" RW, "password string writeOnly never none",
        "emails complex multi" RW, "emails.value string" RW, PLURAL("emails", WHERE),
        "phoneNumbers complex multi" RW, "phoneNumbers.value string" RW,
        PLURAL("phoneNumbers", " | work home mobile fax pager other"),
        "ims complex multi" RW, "ims.value string" RW,
        PLURAL("ims", " | aim gtalk icq xmpp msn skype qq yahoo"),
        "photos complex multi" RW, "photos.value reference" RW " -> external",
        PLURAL("photos", " | photo thumbnail"),
        "addresses complex multi" RW, "addresses.formatted string" RW, "addresses.streetAddress string" RW,
        "addresses.locality string" RW, "addresses.region string" RW, "addresses.postalCode string" RW,
        "addresses.country string" RW, "addresses.type string" RW WHERE, "addresses.primary boolean" RW,
        "groups complex multi" RO, "groups.value string" RO, "groups.$ref reference" RO " -> User Group",
        "groups.display string" RO, "groups.type string" RO " | direct indirect",
        "entitlements complex multi" RW, "entitlements.value string" RW, PLURAL("entitlements", ""),
        "roles complex multi" RW, "roles.value string" RW, PLURAL("roles", ""),
        "x509Certificates complex multi" RW, "x509Certificates.value binary exact" RW,
        PLURAL("x509Certificates", ""),
        NULL
    };

    ck_assert_str_eq(scim_schema_user()->urn, USER_URN);
    ck_assert_str_eq(scim_schema_user()->name, "User");
    check_lines(scim_schema_user(), lines);
}
END_TEST

START_TEST(group_is_that_of_the_rfc)
{
    static const char *const lines[] = {
        "displayName string required" RW, "members complex multi" RW, "members.value string" IM,
        "members.$ref reference" IM " -> User Group", "members.display string" IM,
        "members.type string" IM " | User Group", NULL
    };

    ck_assert_str_eq(scim_schema_group()->urn, "urn:ietf:params:scim:schemas:core:2.0:Group");
    ck_assert_str_eq(scim_schema_group()->name, "Group");
    check_lines(scim_schema_group(), lines);
}
END_TEST

START_TEST(enterprise_user_is_that_of_the_rfc)
{
    static const char *const lines[] = {
        "employeeNumber string" RW, "costCenter string" RW, "organization string" RW, "division string" RW,
        "department string" RW, "manager complex" RW, "manager.value string" RW,
        "manager.$ref reference" RW " -> User", "manager.displayName string" RO, NULL
    };

    ck_assert_str_eq(scim_schema_enterprise()->urn, ENTERPRISE_URN);
    ck_assert_str_eq(scim_schema_enterprise()->name, "EnterpriseUser");
    check_lines(scim_schema_enterprise(), lines);
}
END_TEST

START_TEST(common_attributes_are_those_of_the_rfc)
{
    static const char *const lines[] = {
        "schemas reference multi required readOnly always none -> uri",
        "id string required exact readOnly always server", "externalId string exact" RW,
        "meta complex" RO, "meta.resourceType string exact" RO, "meta.created dateTime" RO,
        "meta.lastModified dateTime" RO, "meta.location reference exact" RO " -> uri",
        "meta.version string exact" RO, NULL
    };

    check_lines(scim_schema_common(), lines);
}
END_TEST

/* ---- where copies point to ---- */

static void check_home(const scim_attr_t *attr, const char *home)
{
    if (home)
        ck_assert_str_eq(attr->home, home);
    else
        ck_assert_ptr_null(attr->home);
}

/* Every pointer upward leads to this very schema. */
static void check_pointers(const scim_schema_t *schema, const char *home)
{
    int i, j;

    for (i = 0; i < schema->nattrs; i++) {
        const scim_attr_t *attr = &schema->attrs[i];

        ck_assert_ptr_eq(attr->schema, schema);
        ck_assert_ptr_null(attr->parent);
        check_home(attr, home);
        for (j = 0; j < attr->nsub; j++) {
            ck_assert_ptr_eq(attr->sub[j].schema, schema);
            ck_assert_ptr_eq(attr->sub[j].parent, attr);
            check_home(&attr->sub[j], home);
        }
    }
}

static scim_rtype_t *make_user(void)
{
    scim_rtype_t *rtype = scim_rtype_make("User", "Users", scim_schema_user(), p);

    scim_rtype_extend(rtype, scim_schema_enterprise(), 1, p);
    return rtype;
}

START_TEST(constants_point_to_themselves)
{
    check_pointers(scim_schema_user(), NULL);
    check_pointers(scim_schema_group(), NULL);
    check_pointers(scim_schema_enterprise(), NULL);
    check_pointers(scim_schema_common(), NULL);
}
END_TEST

START_TEST(resource_types_have_copies)
{
    scim_rtype_t *rtype = make_user();

    ck_assert_str_eq(rtype->name, "User");
    ck_assert_str_eq(rtype->endpoint, "Users");
    ck_assert_ptr_ne(rtype->core, scim_schema_user());
    ck_assert_int_eq(rtype->core->nattrs, scim_schema_user()->nattrs);
    ck_assert_int_eq(rtype->next, 1);
    ck_assert(rtype->ext[0].required);
    check_pointers(rtype->core, NULL);
    check_pointers(rtype->common, NULL);
    check_pointers(rtype->ext[0].schema, ENTERPRISE_URN);
}
END_TEST

/* ---- schemas of one's own ---- */

static const scim_attr_t string_attr = { .type = SCIM_TYPE_STRING };
static const scim_attr_t complex_attr = { .type = SCIM_TYPE_COMPLEX, .multi = 1 };

START_TEST(schema_grows)
{
    char name[] = "a000", text[] = "text";
    const char *const words[] = { text, NULL };
    const scim_attr_t attr = { .type = SCIM_TYPE_INTEGER, .case_exact = 1, .mutability = SCIM_IMMUTABLE,
        .description = text, .canonical = words, .ref_types = words };
    scim_schema_t *schema = scim_schema_make("urn:x:y", "Y", NULL, p);
    const scim_attr_t *found;
    int i;

    ck_assert_ptr_null(scim_schema_add(schema, "box", &complex_attr, p));
    for (i = 0; i < 100; i++) {
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        ck_assert_ptr_null(scim_schema_add(schema, name, &attr, p));
        ck_assert_ptr_null(scim_schema_add(schema, apr_pstrcat(p, "BOX.", name, NULL), &attr, p));
    }
    memset(text, 'x', 4);
    ck_assert_int_eq(schema->nattrs, 101);
    ck_assert_int_eq(schema->attrs[0].nsub, 100);
    check_pointers(schema, NULL);
    found = scim_attr_sub(&schema->attrs[0], "A990");
    ck_assert_ptr_nonnull(found);
    ck_assert_str_eq(found->name, "a990");
    ck_assert_str_eq(found->description, "text");
    ck_assert_str_eq(describe(found), "box.a990 integer exact immutable default none | text -> text");
}
END_TEST

START_TEST(schema_refuses_what_the_rfc_forbids)
{
    static const struct {
        const char *name;
        int complex;
        const char *says;
    } bad[] = {
        { "", 0, "is no name" }, { "1a", 0, "is no name" }, { "-a", 0, "is no name" },
        { "_a", 0, "is no name" },
        { "a b", 0, "is no name" }, { "a:b", 0, "is no name" }, { "\xc3\xa4", 0, "is no name" },
        { "$", 0, "is no name" },
        { "$1", 0, "is no name" }, { "a[", 0, "is no name" }, { "box.", 0, "is no name" },
        { "box.a.b", 0, "is no name" },
        { ".a", 0, "must be defined before" }, { "other.a", 0, "must be defined before" },
        { "plain", 0, "defined twice" }, { "PLAIN", 0, "defined twice" }, { "box.in", 0, "defined twice" },
        { "plain.a", 0, "is not complex" }, { "box.deep", 1, "do not nest" }
    };
    static const char *const good[] = { "$ref", "a-b_c$9", "A1", "in" };
    scim_schema_t *schema = scim_schema_make("urn:x:y", "Y", "text", p);
    apr_size_t i;

    ck_assert_ptr_null(scim_schema_add(schema, "plain", &string_attr, p));
    ck_assert_ptr_null(scim_schema_add(schema, "box", &complex_attr, p));
    ck_assert_ptr_null(scim_schema_add(schema, "box.in", &string_attr, p));
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        const scim_attr_t *attr = bad[i].complex ? &complex_attr : &string_attr;
        const char *error = scim_schema_add(schema, bad[i].name, attr, p);

        ck_assert_msg(error && strstr(error, bad[i].says), "\"%s\": %s", bad[i].name, error ? error : "-");
    }
    ck_assert_int_eq(schema->nattrs, 2);
    ck_assert_int_eq(schema->attrs[1].nsub, 1);
    for (i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_ptr_null(scim_schema_add(schema, good[i], &string_attr, p));
}
END_TEST

/* ---- look-ups ---- */

START_TEST(names_and_urns_have_no_case)
{
    scim_rtype_t *rtype = make_user();
    const scim_attr_t *emails = scim_rtype_attr(rtype, "EMAILS");

    ck_assert_str_eq(scim_rtype_attr(rtype, "USERNAME")->name, "userName");
    ck_assert_ptr_eq(scim_rtype_attr(rtype, "ID")->schema, rtype->common);
    ck_assert_ptr_null(scim_rtype_attr(rtype, "department"));
    ck_assert_ptr_null(scim_rtype_attr(rtype, "user"));
    ck_assert_ptr_null(scim_rtype_attr(rtype, "userNames"));
    ck_assert_str_eq(scim_attr_sub(emails, "TYPE")->name, "type");
    ck_assert_ptr_null(scim_attr_sub(emails, "typ"));
    ck_assert_ptr_null(scim_attr_sub(scim_rtype_attr(rtype, "userName"), "value"));
    ck_assert_str_eq(scim_schema_attr(rtype->core, "active or", 6)->name, "active");

    ck_assert_ptr_eq(scim_rtype_schema(rtype, "URN:IETF:params:scim:schemas:core:2.0:USER", strlen(USER_URN)),
                     rtype->core);
    ck_assert_ptr_eq(scim_rtype_schema(rtype, ENTERPRISE_URN ":x", strlen(ENTERPRISE_URN)),
                     rtype->ext[0].schema);
    ck_assert_ptr_null(scim_rtype_schema(rtype, USER_URN, strlen(USER_URN) - 1));
    ck_assert_ptr_null(scim_rtype_schema(rtype, "", 0));
    ck_assert(scim_rtype_is_core(rtype, rtype->core));
    ck_assert(scim_rtype_is_core(rtype, rtype->common));
    ck_assert(!scim_rtype_is_core(rtype, rtype->ext[0].schema));
}
END_TEST

START_TEST(paths_name_attributes)
{
    scim_rtype_t *rtype = make_user();
    const scim_attr_t *name = scim_rtype_attr(rtype, "name");
    const scim_attr_t *manager = scim_schema_attr(rtype->ext[0].schema, "manager", 7);

    ck_assert_str_eq(scim_attr_path(name, p), "name");
    ck_assert_str_eq(scim_attr_path(scim_attr_sub(name, "familyname"), p), "name.familyName");
    ck_assert_str_eq(scim_attr_path(manager, p), ENTERPRISE_URN ":manager");
    ck_assert_str_eq(scim_attr_path(scim_attr_sub(manager, "$REF"), p), ENTERPRISE_URN ":manager.$ref");
}
END_TEST

START_TEST(types_have_names)
{
    scim_type_t type;

    for (type = SCIM_TYPE_STRING; type <= SCIM_TYPE_COMPLEX; type++)
        ck_assert_int_eq(scim_type_by_name(scim_type_name(type)), (int)type);
    ck_assert_str_eq(scim_type_name(SCIM_TYPE_DATETIME), "dateTime");
    ck_assert_int_eq(scim_type_by_name("DATETIME"), SCIM_TYPE_DATETIME);
    ck_assert_int_eq(scim_type_by_name("date"), -1);
    ck_assert_int_eq(scim_type_by_name(""), -1);
}
END_TEST

/* ---- narrowing ---- */

typedef struct mapped_t {
    const char *path;
    int         use;
} mapped_t;

static int use_of(void *baton, const scim_attr_t *attr)
{
    const mapped_t *mapped = baton;

    for (; mapped->path; mapped++)
        if (strcmp(mapped->path, scim_attr_path(attr, p)) == 0)
            return mapped->use;
    return SCIM_USE_NONE;
}

#define READ SCIM_USE_READ
#define WRITE SCIM_USE_WRITE
#define BOTH (SCIM_USE_READ | SCIM_USE_WRITE)

START_TEST(narrowing_keeps_what_is_mapped)
{
    static const mapped_t mapped[] = {
        { "id", READ }, { "userName", BOTH }, { "displayName", READ }, { "nickName", WRITE },
        { "password", WRITE },
        { "name.familyName", BOTH }, { "name.givenName", READ }, { "locale", 0 },
        { "emails", BOTH }, { "emails.value", READ }, { "emails.type", READ },
        { "phoneNumbers.value", WRITE }, { "photos.value", READ }, { "addresses", BOTH },
        { "groups", BOTH }, { "groups.value", BOTH }, { "groups.display", WRITE },
        { ENTERPRISE_URN ":department", READ }, { ENTERPRISE_URN ":manager.value", BOTH }, { NULL, 0 }
    };
    static const char *const core[] = {
        "userName string required readWrite default server",
        "name complex" RW, "name.familyName string" RW, "name.givenName string" RO,
        "displayName string" RO, "nickName string writeOnly never none",
        "password string writeOnly never none",
        "emails complex multi" RW, "emails.value string" RO, "emails.type string" RO WHERE,
        "phoneNumbers complex multi writeOnly never none", "phoneNumbers.value string writeOnly never none",
        "photos complex multi" RO, "photos.value reference" RO " -> external",
        "groups complex multi" RO, "groups.value string" RO, NULL
    };
    static const char *const ext[] = {
        ENTERPRISE_URN ":department string" RO, ENTERPRISE_URN ":manager complex" RW,
        ENTERPRISE_URN ":manager.value string" RW, NULL
    };
    static const char *const common[] = {
        "schemas reference multi required readOnly always none -> uri",
        "id string required exact readOnly always server",
        "meta complex" RO, "meta.resourceType string exact" RO, "meta.created dateTime" RO,
        "meta.lastModified dateTime" RO, "meta.location reference exact" RO " -> uri",
        "meta.version string exact" RO, NULL
    };
    scim_rtype_t *whole = make_user();
    scim_rtype_t *rtype = scim_rtype_narrow(whole, use_of, (void *)mapped, p);

    check_lines(rtype->core, core);
    check_lines(rtype->common, common);
    ck_assert_int_eq(rtype->next, 1);
    ck_assert(rtype->ext[0].required);
    check_lines(rtype->ext[0].schema, ext);
    check_pointers(rtype->core, NULL);
    check_pointers(rtype->common, NULL);
    check_pointers(rtype->ext[0].schema, ENTERPRISE_URN);
    ck_assert_str_eq(rtype->name, "User");

    ck_assert_int_eq(whole->core->nattrs, scim_schema_user()->nattrs);
    check_pointers(whole->core, NULL);
}
END_TEST

START_TEST(narrowing_drops_empty_extensions)
{
    static const mapped_t mapped[] = { { "userName", BOTH }, { NULL, 0 } };
    scim_rtype_t *rtype = scim_rtype_narrow(make_user(), use_of, (void *)mapped, p);

    ck_assert_int_eq(rtype->next, 0);
    ck_assert_int_eq(rtype->core->nattrs, 1);
    ck_assert_ptr_null(scim_rtype_attr(rtype, "externalId"));
    ck_assert_ptr_null(scim_rtype_schema(rtype, ENTERPRISE_URN, strlen(ENTERPRISE_URN)));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("schema");
    TCase *tcase = tcase_create("schema");

    tcase_add_checked_fixture(tcase, setup, test_teardown);
    tcase_add_test(tcase, user_is_that_of_the_rfc);
    tcase_add_test(tcase, group_is_that_of_the_rfc);
    tcase_add_test(tcase, enterprise_user_is_that_of_the_rfc);
    tcase_add_test(tcase, common_attributes_are_those_of_the_rfc);
    tcase_add_test(tcase, constants_point_to_themselves);
    tcase_add_test(tcase, resource_types_have_copies);
    tcase_add_test(tcase, schema_grows);
    tcase_add_test(tcase, schema_refuses_what_the_rfc_forbids);
    tcase_add_test(tcase, names_and_urns_have_no_case);
    tcase_add_test(tcase, paths_name_attributes);
    tcase_add_test(tcase, types_have_names);
    tcase_add_test(tcase, narrowing_keeps_what_is_mapped);
    tcase_add_test(tcase, narrowing_drops_empty_extensions);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
