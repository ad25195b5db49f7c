/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_schema.h"

/*
 * The schemas of RFC 7643 as constant data, with the characteristics of the tables in section 8.7.1. What
 * differs from those tables:
 *  - Group.displayName is required, as section 4.2 says;
 *  - members has `display` and addresses has `primary`: sections 2.4, 8.2 and 8.4 have them;
 *  - binary values are caseExact, as section 2.3.6 says.
 */

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* An attribute of the schema `s`, whose array of attributes is s_attrs; one of its sub-attributes. */
#define ATTR(s, name_, type_, text, ...) \
    { .name = (name_), .type = SCIM_TYPE_##type_, .description = (text), .schema = &s##_schema, __VA_ARGS__ }
#define COMPLEX(s, name_, subs, text, ...) \
    ATTR(s, name_, COMPLEX, text, .sub = (scim_attr_t *)(subs), .nsub = COUNT(subs), __VA_ARGS__)
#define SUB(s, top, name_, type_, text, ...) \
    ATTR(s, name_, type_, text, .parent = &s##_attrs[top], __VA_ARGS__)

/* The sub-attributes that most multi-valued attributes have: RFC 7643 section 2.4. */
#define DISPLAY(s, top) SUB(s, top, "display", STRING, "Name to show to people.",)
#define TYPE(s, top, ...) SUB(s, top, "type", STRING, "What the value is for.", __VA_ARGS__)
#define PRIMARY(s, top) SUB(s, top, "primary", BOOLEAN, "True for the preferred value; at most one has it.",)

#define READ_ONLY .mutability = SCIM_READ_ONLY
#define IMMUTABLE .mutability = SCIM_IMMUTABLE

static const char *const types_work_home[] = { "work", "home", "other", NULL };
static const char *const types_phone[] = { "work", "home", "mobile", "fax", "pager", "other", NULL };
static const char *const types_im[] = { "aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo", NULL };
static const char *const types_photo[] = { "photo", "thumbnail", NULL };
static const char *const types_membership[] = { "direct", "indirect", NULL };
static const char *const types_member[] = { "User", "Group", NULL };

static const char *const ref_external[] = { "external", NULL };
static const char *const ref_uri[] = { "uri", NULL };
static const char *const ref_user[] = { "User", NULL };
static const char *const ref_user_group[] = { "User", "Group", NULL };

/* ---- User, section 4.1 ---- */

enum {
    USER_NAME, NAME, DISPLAY_NAME, NICK_NAME, PROFILE_URL, TITLE, USER_TYPE, PREFERRED_LANGUAGE, LOCALE,
    TIMEZONE, ACTIVE, PASSWORD, EMAILS, PHONE_NUMBERS, IMS, PHOTOS, ADDRESSES, GROUPS, ENTITLEMENTS, ROLES,
    CERTIFICATES, USER_COUNT
};

static const scim_schema_t user_schema;
static const scim_attr_t user_attrs[USER_COUNT];

static const scim_attr_t user_name[] = {
    SUB(user, NAME, "formatted", STRING, "The whole name, as it is shown.",),
    SUB(user, NAME, "familyName", STRING, "Family name, or last name.",),
    SUB(user, NAME, "givenName", STRING, "Given name, or first name.",),
    SUB(user, NAME, "middleName", STRING, "Middle names.",),
    SUB(user, NAME, "honorificPrefix", STRING, "Title before the name, as \"Dr.\".",),
    SUB(user, NAME, "honorificSuffix", STRING, "Suffix after the name, as \"III\".",)
};

static const scim_attr_t user_emails[] = {
    SUB(user, EMAILS, "value", STRING, "E-mail address.",),
    DISPLAY(user, EMAILS), TYPE(user, EMAILS, .canonical = types_work_home), PRIMARY(user, EMAILS)
};

static const scim_attr_t user_phones[] = {
    SUB(user, PHONE_NUMBERS, "value", STRING, "Phone number, best as a tel: URI (RFC 3966).",),
    DISPLAY(user, PHONE_NUMBERS), TYPE(user, PHONE_NUMBERS, .canonical = types_phone),
    PRIMARY(user, PHONE_NUMBERS)
};

static const scim_attr_t user_ims[] = {
    SUB(user, IMS, "value", STRING, "Address for instant messages.",),
    DISPLAY(user, IMS), TYPE(user, IMS, .canonical = types_im), PRIMARY(user, IMS)
};

static const scim_attr_t user_photos[] = {
    SUB(user, PHOTOS, "value", REFERENCE, "URI of a picture.", .ref_types = ref_external),
    DISPLAY(user, PHOTOS), TYPE(user, PHOTOS, .canonical = types_photo), PRIMARY(user, PHOTOS)
};

static const scim_attr_t user_addresses[] = {
    SUB(user, ADDRESSES, "formatted", STRING, "The whole address as printed, of several lines.",),
    SUB(user, ADDRESSES, "streetAddress", STRING, "Street, house, post office box, of several lines.",),
    SUB(user, ADDRESSES, "locality", STRING, "City or place.",),
    SUB(user, ADDRESSES, "region", STRING, "State or region.",),
    SUB(user, ADDRESSES, "postalCode", STRING, "Postal code.",),
    SUB(user, ADDRESSES, "country", STRING, "Country, as its two letters (ISO 3166-1).",),
    TYPE(user, ADDRESSES, .canonical = types_work_home), PRIMARY(user, ADDRESSES)
};

static const scim_attr_t user_groups[] = {
    SUB(user, GROUPS, "value", STRING, "Id of the group.", READ_ONLY),
    SUB(user, GROUPS, "$ref", REFERENCE, "URI of the group.", READ_ONLY, .ref_types = ref_user_group),
    SUB(user, GROUPS, "display", STRING, "Name of the group.", READ_ONLY),
    TYPE(user, GROUPS, READ_ONLY, .canonical = types_membership)
};

static const scim_attr_t user_entitlements[] = {
    SUB(user, ENTITLEMENTS, "value", STRING, "The entitlement.",),
    DISPLAY(user, ENTITLEMENTS), TYPE(user, ENTITLEMENTS,), PRIMARY(user, ENTITLEMENTS)
};

static const scim_attr_t user_roles[] = {
    SUB(user, ROLES, "value", STRING, "The role.",),
    DISPLAY(user, ROLES), TYPE(user, ROLES,), PRIMARY(user, ROLES)
};

static const scim_attr_t user_certificates[] = {
    SUB(user, CERTIFICATES, "value", BINARY, "An X.509 certificate in DER.", .case_exact = 1),
    DISPLAY(user, CERTIFICATES), TYPE(user, CERTIFICATES,), PRIMARY(user, CERTIFICATES)
};

static const scim_attr_t user_attrs[USER_COUNT] = {
    [USER_NAME] = ATTR(user, "userName", STRING, "Name that the user logs in with, unique in the service.",
                       .required = 1, .uniqueness = SCIM_UNIQUE_SERVER),
    [NAME] = COMPLEX(user, "name", user_name, "The parts of the user's name.",),
    [DISPLAY_NAME] = ATTR(user, "displayName", STRING, "Name to show to people.",),
    [NICK_NAME] = ATTR(user, "nickName", STRING, "What the user is called in daily life.",),
    [PROFILE_URL] = ATTR(user, "profileUrl", REFERENCE, "URL of the user's page.", .ref_types = ref_external),
    [TITLE] = ATTR(user, "title", STRING, "Job title.",),
    [USER_TYPE] = ATTR(user, "userType", STRING, "Relation to the organization, as \"Employee\".",),
    [PREFERRED_LANGUAGE] = ATTR(user, "preferredLanguage", STRING,
                                "Preferred languages, as in Accept-Language.",),
    [LOCALE] = ATTR(user, "locale", STRING, "Locale for dates, numbers and currency, as \"en-US\".",),
    [TIMEZONE] = ATTR(user, "timezone", STRING, "Time zone by its IANA name.",),
    [ACTIVE] = ATTR(user, "active", BOOLEAN, "True if the user may use the service.",),
    [PASSWORD] = ATTR(user, "password", STRING, "Password in clear, to set or change it.",
                      .mutability = SCIM_WRITE_ONLY, .returned = SCIM_RETURNED_NEVER),
    [EMAILS] = COMPLEX(user, "emails", user_emails, "E-mail addresses.", .multi = 1),
    [PHONE_NUMBERS] = COMPLEX(user, "phoneNumbers", user_phones, "Phone numbers.", .multi = 1),
    [IMS] = COMPLEX(user, "ims", user_ims, "Addresses for instant messages.", .multi = 1),
    [PHOTOS] = COMPLEX(user, "photos", user_photos, "URIs of pictures of the user.", .multi = 1),
    [ADDRESSES] = COMPLEX(user, "addresses", user_addresses, "Postal addresses.", .multi = 1),
    [GROUPS] = COMPLEX(user, "groups", user_groups,
                       "Groups that the user is in, directly or through others.", .multi = 1, READ_ONLY),
    [ENTITLEMENTS] = COMPLEX(user, "entitlements", user_entitlements, "What the user is entitled to.",
                             .multi = 1),
    [ROLES] = COMPLEX(user, "roles", user_roles, "Roles of the user.", .multi = 1),
    [CERTIFICATES] = COMPLEX(user, "x509Certificates", user_certificates, "Certificates of the user.",
                             .multi = 1)
};

static const scim_schema_t user_schema = {
    .urn = "urn:ietf:params:scim:schemas:core:2.0:User", .name = "User", .description = "A user's account.",
    .attrs = (scim_attr_t *)user_attrs, .nattrs = USER_COUNT
};

/* ---- Group, section 4.2 ---- */

enum { GROUP_NAME, MEMBERS, GROUP_COUNT };

static const scim_schema_t group_schema;
static const scim_attr_t group_attrs[GROUP_COUNT];

static const scim_attr_t group_members[] = {
    SUB(group, MEMBERS, "value", STRING, "Id of the member.", IMMUTABLE),
    SUB(group, MEMBERS, "$ref", REFERENCE, "URI of the member.", IMMUTABLE, .ref_types = ref_user_group),
    SUB(group, MEMBERS, "display", STRING, "Name of the member.", IMMUTABLE),
    SUB(group, MEMBERS, "type", STRING, "Resource type of the member.", IMMUTABLE, .canonical = types_member)
};

static const scim_attr_t group_attrs[GROUP_COUNT] = {
    [GROUP_NAME] = ATTR(group, "displayName", STRING, "Name of the group.", .required = 1),
    [MEMBERS] = COMPLEX(group, "members", group_members, "Members of the group.", .multi = 1)
};

static const scim_schema_t group_schema = {
    .urn = "urn:ietf:params:scim:schemas:core:2.0:Group", .name = "Group", .description = "A group.",
    .attrs = (scim_attr_t *)group_attrs, .nattrs = GROUP_COUNT
};

/* ---- EnterpriseUser, section 4.3 ---- */

enum { EMPLOYEE_NUMBER, COST_CENTER, ORGANIZATION, DIVISION, DEPARTMENT, MANAGER, ENTERPRISE_COUNT };

static const scim_schema_t enterprise_schema;
static const scim_attr_t enterprise_attrs[ENTERPRISE_COUNT];

static const scim_attr_t enterprise_manager[] = {
    SUB(enterprise, MANAGER, "value", STRING, "Id of the manager.",),
    SUB(enterprise, MANAGER, "$ref", REFERENCE, "URI of the manager.", .ref_types = ref_user),
    SUB(enterprise, MANAGER, "displayName", STRING, "Name of the manager.", READ_ONLY)
};

static const scim_attr_t enterprise_attrs[ENTERPRISE_COUNT] = {
    [EMPLOYEE_NUMBER] = ATTR(enterprise, "employeeNumber", STRING,
                             "Number or code by which the organization knows the user.",),
    [COST_CENTER] = ATTR(enterprise, "costCenter", STRING, "Cost center.",),
    [ORGANIZATION] = ATTR(enterprise, "organization", STRING, "Organization.",),
    [DIVISION] = ATTR(enterprise, "division", STRING, "Division.",),
    [DEPARTMENT] = ATTR(enterprise, "department", STRING, "Department.",),
    [MANAGER] = COMPLEX(enterprise, "manager", enterprise_manager, "The user's manager.",)
};

static const scim_schema_t enterprise_schema = {
    .urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", .name = "EnterpriseUser",
    .description = "What a user has within an enterprise.",
    .attrs = (scim_attr_t *)enterprise_attrs, .nattrs = ENTERPRISE_COUNT
};

/* ---- common attributes, sections 3 and 3.1: of every resource, and of no schema that has a URN ---- */

enum { SCHEMAS, ID, EXTERNAL_ID, META, COMMON_COUNT };

static const scim_schema_t common_schema;
static const scim_attr_t common_attrs[COMMON_COUNT];

static const scim_attr_t common_meta[] = {
    SUB(common, META, "resourceType", STRING, "Name of the resource type.", READ_ONLY, .case_exact = 1),
    SUB(common, META, "created", DATETIME, "When the resource was added.", READ_ONLY),
    SUB(common, META, "lastModified", DATETIME, "When the resource was changed last.", READ_ONLY),
    SUB(common, META, "location", REFERENCE, "URI of the resource.", READ_ONLY, .case_exact = 1,
        .ref_types = ref_uri),
    SUB(common, META, "version", STRING, "Version of the resource, as in ETag.", READ_ONLY, .case_exact = 1)
};

static const scim_attr_t common_attrs[COMMON_COUNT] = {
    /* Read-only: what a client sends is checked, but the list follows from the data. Not caseExact though a
     * reference: schemas are the same whatever the case of their URNs (RFC 7644 section 3.10). */
    [SCHEMAS] = ATTR(common, "schemas", REFERENCE, "URNs of the schemas that the resource has.", .multi = 1,
                     .required = 1, READ_ONLY, .returned = SCIM_RETURNED_ALWAYS, .ref_types = ref_uri),
    [ID] = ATTR(common, "id", STRING, "Identifier that the service gave the resource.", .case_exact = 1,
                .required = 1, READ_ONLY, .returned = SCIM_RETURNED_ALWAYS, .uniqueness = SCIM_UNIQUE_SERVER),
    [EXTERNAL_ID] = ATTR(common, "externalId", STRING, "Identifier that the client gave the resource.",
                         .case_exact = 1),
    [META] = COMPLEX(common, "meta", common_meta, "What the service tells about the resource.", READ_ONLY)
};

static const scim_schema_t common_schema = {
    .urn = "", .name = "Common", .description = "What every resource has.",
    .attrs = (scim_attr_t *)common_attrs, .nattrs = COMMON_COUNT
};

const scim_schema_t *scim_schema_user(void)
{
    return &user_schema;
}

const scim_schema_t *scim_schema_group(void)
{
    return &group_schema;
}

const scim_schema_t *scim_schema_enterprise(void)
{
    return &enterprise_schema;
}

const scim_schema_t *scim_schema_common(void)
{
    return &common_schema;
}
