/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "common.h"
#include "scim_filter.h"

#define CORE "urn:ietf:params:scim:schemas:core:2.0:User"
#define EXT "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define OWN "urn:example:own"

static apr_pool_t *p;
static scim_rtype_t *user, *group;
static json_t *resource;
static const scim_filter_limits_t limits = { .max_bytes = 4096, .max_terms = 20, .max_depth = 5 };

/* The user of RFC 7643 section 8.3, abridged, with attributes of every type. */
static const char resource_text[] = "{"
    "'schemas': ['" CORE "', '" EXT "', '" OWN "'],"
    "'id': '2819c223-7f76-453a-919d-413861904646', 'externalId': 'Ab701984',"
    "'userName': 'BJensen@example.com',"
    "'name': { 'formatted': 'Ms. Barbara J Jensen, III', 'familyName': 'Jensen' },"
    "'displayName': 'B\xc3\xa4rbel \\\\ \\\"Babs\\\" M\xc3\x9cLLER',"
    "'title': 'a', 'nickName': '', 'active': true,"
    "'emails': [ { 'value': 'bjensen@example.com', 'type': 'work', 'primary': true },"
    "            { 'value': 'babs@jensen.org', 'type': 'home' }, { 'value': 'no@type.org' } ],"
    "'phoneNumbers': [ { 'value': '555', 'type': 'work' } ],"
    "'x509Certificates': [ { 'value': 'TUlJRFF6Q0M=' } ],"
    "'meta': { 'resourceType': 'User',"
    "          'created': '2010-01-23T04:56:22Z', 'lastModified': '2011-05-13T04:42:34.5Z',"
    "          'location': 'https://example.com/v2/Users/2819c223', 'version': 'W/\\\"3694e05e9dff591\\\"' },"
    "'" EXT "': { 'employeeNumber': '701984', 'department': 'Tour Operations',"
    "             'manager': { 'value': '26118915', 'displayName': 'John Smith' } },"
    "'" OWN "': { 'age': 42, 'ratio': 1.5, 'big': 9007199254740993, 'blob': 'YQ==',"
    "             'tags': [ 'Red', 'blue' ],"
    "             'box': { 'words': [ 'one', 'two' ], 'on': false } } }";

/* JSON with single quotes for double ones. */
static json_t *parse_json(const char *text)
{
    char *copy = apr_pstrdup(p, text), *c;

    for (c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return test_json(copy);
}

static const scim_schema_t *make_own(void)
{
    static const struct {
        const char *name;
        scim_attr_t attr;
    } attrs[] = {
        { "age", { .type = SCIM_TYPE_INTEGER } }, { "ratio", { .type = SCIM_TYPE_DECIMAL } },
        { "big", { .type = SCIM_TYPE_INTEGER } }, { "tags", { .type = SCIM_TYPE_STRING, .multi = 1 } },
        { "box", { .type = SCIM_TYPE_COMPLEX } }, { "box.words", { .type = SCIM_TYPE_STRING, .multi = 1 } },
        { "box.on", { .type = SCIM_TYPE_BOOLEAN } },
        { "box.pin", { .type = SCIM_TYPE_STRING, .returned = SCIM_RETURNED_NEVER } },
        { "vault", { .type = SCIM_TYPE_COMPLEX } },
        { "vault.value", { .type = SCIM_TYPE_STRING, .returned = SCIM_RETURNED_NEVER } },
        { "safe", { .type = SCIM_TYPE_COMPLEX, .returned = SCIM_RETURNED_NEVER } },
        { "safe.code", { .type = SCIM_TYPE_STRING } },
        { "blob", { .type = SCIM_TYPE_BINARY } }
    };
    scim_schema_t *schema = scim_schema_make(OWN, "Own", NULL, p);
    apr_size_t i;

    for (i = 0; i < sizeof attrs / sizeof *attrs; i++)
        ck_assert_ptr_null(scim_schema_add(schema, attrs[i].name, &attrs[i].attr, p));
    return schema;
}

static void setup(void)
{
    test_setup();
    p = test_pool;
    user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, p);
    scim_rtype_extend(user, make_own(), 0, p);
    group = scim_rtype_make("Group", "Groups", scim_schema_group(), p);
    resource = parse_json(resource_text);
}

/* ---- what is parsed, as it is printed again ---- */

static const struct {
    const char *text, *prints;
} good[] = {
    /* RFC 7644 figure 2 */
    { "userName eq \"bjensen\"", "userName eq \"bjensen\"" },
    { "name.familyName co \"O'Malley\"", "name.familyName co \"O'Malley\"" },
    { "userName sw \"J\"", "userName sw \"J\"" },
    { CORE ":userName sw \"J\"", "userName sw \"J\"" },
    { "title pr", "title pr" },
    { "meta.lastModified gt \"2011-05-13T04:42:34Z\"", "meta.lastModified gt \"2011-05-13T04:42:34Z\"" },
    { "meta.lastModified le \"2011-05-13T04:42:34+02:00\"",
      "meta.lastModified le \"2011-05-13T04:42:34+02:00\"" },
    { "title pr and userType eq \"Employee\"", "title pr and userType eq \"Employee\"" },
    { "title pr or userType eq \"Intern\"", "title pr or userType eq \"Intern\"" },
    { "schemas eq \"" EXT "\"", "schemas eq \"" EXT "\"" },
    { "userType eq \"Employee\" and (emails co \"example.com\" or emails.value co \"example.org\")",
      "userType eq \"Employee\" and "
      "(emails.value co \"example.com\" or emails.value co \"example.org\")" },
    { "userType ne \"Employee\" and not (emails co \"example.com\" or emails.value co \"example.org\")",
      "userType ne \"Employee\" and "
      "not (emails.value co \"example.com\" or emails.value co \"example.org\")" },
    { "userType eq \"Employee\" and (emails.type eq \"work\")",
      "userType eq \"Employee\" and emails.type eq \"work\"" },
    { "userType eq \"Employee\" and emails[type eq \"work\" and value co \"@example.com\"]",
      "userType eq \"Employee\" and emails[type eq \"work\" and value co \"@example.com\"]" },
    { "emails[type eq \"work\" and value co \"@example.com\"] or "
      "ims[type eq \"xmpp\" and value co \"@foo.com\"]",
      "emails[type eq \"work\" and value co \"@example.com\"] or "
      "ims[type eq \"xmpp\" and value co \"@foo.com\"]" },

    /* precedence and parentheses */
    { "title pr or title pr and title pr", "title pr or title pr and title pr" },
    { "(title pr or title pr) and title pr", "(title pr or title pr) and title pr" },
    { "title pr and title pr or title pr and title pr", "title pr and title pr or title pr and title pr" },
    { "((title pr))", "title pr" },
    { "title pr or (title pr or title pr)", "title pr or (title pr or title pr)" },
    { "title pr and (title pr and title pr)", "title pr and (title pr and title pr)" },
    { "not(title pr)", "not (title pr)" },
    { "NOT (title pr) and active pr", "not (title pr) and active pr" },
    { "not (not (title pr))", "not (not (title pr))" },
    { "not (title pr or title pr)", "not (title pr or title pr)" },
    { "  ( title\tpr ) \r\n", "title pr" },

    /* names, operators and URNs in any case, spelt as the schema spells them */
    { "USERNAME Eq \"x\"", "userName eq \"x\"" },
    { "Title PR AND EMAILS[TYPE EQ \"Work\" Or Primary eq true]",
      "title pr and emails[type eq \"Work\" or primary eq true]" },
    { "URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER:NAME.FAMILYNAME eq \"x\"", "name.familyName eq \"x\"" },
    { EXT ":department eq \"x\"", EXT ":department eq \"x\"" },
    { "urn:IETF:params:scim:schemas:extension:Enterprise:2.0:user:MANAGER.DISPLAYNAME eq \"x\"",
      EXT ":manager.displayName eq \"x\"" },
    { EXT ":manager eq \"x\"", EXT ":manager.value eq \"x\"" },
    { CORE ":id eq \"x\"", "id eq \"x\"" },
    { CORE ":emails[type eq \"x\"]", "emails[type eq \"x\"]" },
    { "groups.$REF eq \"x\"", "groups.$ref eq \"x\"" },
    { "groups[$ref eq \"x\"]", "groups[$ref eq \"x\"]" },

    /* complex and multi-valued attributes */
    { "emails pr", "emails pr" }, { "name pr", "name pr" }, { "emails.type pr", "emails.type pr" },
    { "ims ew \"x\"", "ims.value ew \"x\"" },
    { "emails[not (type eq \"work\") and value pr]", "emails[not (type eq \"work\") and value pr]" },
    { "name[familyName eq \"x\"]", "name[familyName eq \"x\"]" },
    { OWN ":tags[value eq \"x\"]", OWN ":tags[value eq \"x\"]" },
    { OWN ":box.words eq \"x\"", OWN ":box.words eq \"x\"" },
    { "emails[type eq \"work\"].value eq \"x\"", "emails[type eq \"work\" and value eq \"x\"]" },
    { "emails[type eq \"work\"].value pr and title pr",
      "emails[type eq \"work\" and value pr] and title pr" },
    { "emails[type pr and primary eq true].VALUE ne \"x\"",
      "emails[type pr and primary eq true and value ne \"x\"]" },
    { "emails[type pr or primary pr].value sw \"x\"", "emails[(type pr or primary pr) and value sw \"x\"]" },

    /* values */
    { "title eq \"a\\\"b\\\\c\\/d\\u00f6\\ud83d\\ude00\"",
      "title eq \"a\\\"b\\\\c/d\xc3\xb6\xf0\x9f\x98\x80\"" },
    { "title eq \"\"", "title eq \"\"" },
    { "title eq \"] or (x\"", "title eq \"] or (x\"" },
    { "emails[value eq \"]\\\"]\"]", "emails[value eq \"]\\\"]\"]" },
    { "title eq \"*)(uid=*' OR 1=1 --;&?#\"", "title eq \"*)(uid=*' OR 1=1 --;&?#\"" },
    { "active eq true", "active eq true" }, { "active ne false", "active ne false" },
    { "active eq \"True\"", "active eq true" },
    { "emails[primary eq \"FALSE\"]", "emails[primary eq false]" },
    { OWN ":age gt 41", OWN ":age gt 41" }, { OWN ":age eq \"42\"", OWN ":age eq 42" },
    { OWN ":age eq 42.0", OWN ":age eq 42" }, { OWN ":age ge -1e2", OWN ":age ge -100" },
    { OWN ":ratio le -1.5e3", OWN ":ratio le -1500.0" }, { OWN ":ratio lt 2", OWN ":ratio lt 2" },
    { OWN ":ratio lt \"0.5\"", OWN ":ratio lt 0.5" },
    { OWN ":big eq 9223372036854775807", OWN ":big eq 9223372036854775807" },
    { "x509Certificates eq \"TUlJRFF6Q0M=\"", "x509Certificates.value eq \"TUlJRFF6Q0M=\"" },
    { "profileUrl co \"example\"", "profileUrl co \"example\"" },
    { "meta.created ge \"2011-05-13\"", "meta.created ge \"2011-05-13\"" },

    /* null is no value (RFC 7643 section 2.5) */
    { "title eq null", "not (title pr)" }, { "title ne null", "title pr" },
    { "emails eq null", "not (emails pr)" }, { "name ne null", "name pr" },
    { "active eq null", "not (active pr)" },
    { "emails[type eq null]", "emails[not (type pr)]" },
    { "emails[type eq null].value eq \"x\"", "emails[not (type pr) and value eq \"x\"]" }
};

static scim_filter_t *parse(const char *text)
{
    scim_filter_t *filter = NULL;
    scim_err_t *err = scim_filter_parse(&filter, text, user, &limits, p);

    ck_assert_msg(err == NULL, "%s: %s", text, err ? err->detail : "");
    return filter;
}

START_TEST(good_filters)
{
    const char *printed = scim_filter_print(parse(good[_i].text), 1, p);

    ck_assert_str_eq(printed, good[_i].prints);
    ck_assert_str_eq(scim_filter_print(parse(printed), 1, p), printed);
}
END_TEST

START_TEST(shapes_have_no_values)
{
    scim_filter_t *filter = parse("title eq \"secret\" and not (emails[value co \"x\" or primary pr])");

    ck_assert_str_eq(scim_filter_print(filter, 0, p),
                     "title eq ? and not (emails[value co ? or primary pr])");
}
END_TEST

/* ---- what is refused, with what the detail says ---- */

static const struct {
    const char *text, *says;
} bad[] = {
    /* syntax */
    { "", "an attribute is missing, at position 1" }, { "   ", "an attribute is missing" },
    { "title", "an operator is missing, at position 6" }, { "title eq", "a value is missing, at position 9" },
    { "title xx \"a\"", "unknown operator, at position 7" }, { "title = \"a\"", "unknown operator" },
    { "title eqq \"a\"", "unknown operator" }, { "title \"a\"", "an operator is missing" },
    { "title eq bjensen", "must be a JSON string" }, { "title eq 'a'", "must be a JSON string" },
    { "title eq \"a", "must be a JSON string" }, { "title eq \"a\\\"", "must be a JSON string" },
    { "title eq \"\\x\"", "must be a JSON string" },
    { "title eq \"\\u12\"", "must be a JSON string" }, { "title eq \"\\ud83d\"", "must be a JSON string" },
    { "title eq \"\\u0000\"", "must be a JSON string" }, { "title eq \"\n\"", "must be a JSON string" },
    { "title eq \"\xff\"", "must be a JSON string" }, { "title eq \"\xc3\"", "must be a JSON string" },
    { "title eq \"\xed\xa0\x80\"", "must be a JSON string" },
    { "t\xc3\xaftle pr", "unknown attribute \"t\"" },
    { "title eq [\"a\"]", "must be a JSON string" }, { "title eq {}", "must be a JSON string" },
    { "title eq (\"a\")", "must be a JSON string" },
    { "active eq TRUE", "must be a JSON string" }, { "title eq NULL", "must be a JSON string" },
    { "active eq yes", "must be a JSON string" },
    { OWN ":age eq 01", "must be a JSON string" }, { OWN ":age eq +1", "must be a JSON string" },
    { OWN ":age eq 1.", "must be a JSON string" },
    { OWN ":age eq 1e999", "must be a JSON string" },
    { OWN ":age eq 99999999999999999999", "must be a JSON string" },
    { "title pr \"a\"", "the end is expected, at position 10" },
    { "title pr title pr", "the end is expected" },
    { "title eq \"a\" \"b\"", "the end is expected" }, { "title pr)", "the end is expected" },
    { "title pr]", "the end is expected" }, { "title pr andtitle pr", "the end is expected" },
    { "title pr and", "an attribute is missing" }, { "title pr or ", "an attribute is missing" },
    { "and title pr", "unknown attribute" }, { "title pr and and title pr", "unknown attribute" },
    { "(title pr", ") is missing, at position 10" }, { "((title pr)", ") is missing" },
    { "()", "an attribute is missing" },
    { "(title pr]", ") is missing" }, { "emails[type pr)", "] is missing" },
    { "emails[type pr", "] is missing" },
    { "emails[]", "an attribute is missing" }, { "emails[type pr]]", "the end is expected" },
    { "emails [type pr]", "an operator is missing" }, { "emails[type pr].value", "an operator is missing" },
    { "emails[type pr]value pr", "the end is expected" }, { "emails[type pr].", "no sub-attribute \"\"" },
    { "not title pr", "not needs parentheses" }, { "not", "not needs parentheses" },
    { "not pr", "not needs parentheses" },
    { "title pr and not emails pr", "not needs parentheses" },
    { "emails[not type pr]", "not needs parentheses" },
    { "(not) pr", "not needs parentheses" }, { "\"title\" eq \"a\"", "an attribute is missing" },

    /* attributes */
    { "nosuch eq \"a\"", "unknown attribute \"nosuch\", at position 1" },
    { "title pr or nosuch pr", "at position 13" },
    { "name.nosuch pr", "\"name\" has no sub-attribute \"nosuch\"" },
    { "title.value pr", "no sub-attribute" },
    { "name. pr", "no sub-attribute" }, { ".title pr", "unknown attribute" },
    { "emails.type.x pr", "no sub-attribute" },
    { "department eq \"a\"", "unknown attribute" }, { EXT ":title pr", "unknown attribute" },
    { EXT ":id pr", "unknown attribute" },
    { EXT " pr", "a schema cannot be compared" }, { CORE ": pr", "unknown attribute" },
    { "urn:x:y:title pr", "no schema of" }, { CORE "title pr", "no schema of" },
    { "title[x]:y pr", "brackets need" },
    { "emails[nosuch pr]", "no sub-attribute" }, { "emails[emails.type pr]", "no sub-attribute" },
    { "emails[type[value pr]]", "brackets cannot stand in brackets" },
    { "emails.type[value pr]", "brackets need" },
    { "userName[value pr]", "brackets need" }, { OWN ":tags[nosuch pr]", "no sub-attribute" },
    { OWN ":tags.value pr", "no sub-attribute" }, { CORE "[title pr]", "a schema cannot be compared" },

    /* never returned (RFC 7644 section 7.7) */
    { "password pr", "cannot be searched for" }, { "password eq \"a\"", "cannot be searched for" },
    { "password[value eq \"a\"]", "cannot be searched for" },
    { OWN ":box.pin sw \"a\"", "cannot be searched for" },
    { OWN ":box[pin sw \"a\"]", "cannot be searched for" },
    { OWN ":vault eq \"a\"", "cannot be searched for" }, { OWN ":safe.code pr", "cannot be searched for" },

    /* operators that a type does not have (RFC 7644 section 3.4.2.2) */
    { "active gt true", "gt cannot compare \"active\", which is of type boolean" },
    { "active ge true", "cannot compare" },
    { "active lt true", "cannot compare" }, { "active le true", "cannot compare" },
    { "active co \"t\"", "cannot compare" },
    { "x509Certificates.value gt \"YQ==\"", "cannot compare" },
    { "x509Certificates co \"YQ==\"", "cannot compare" },
    { OWN ":age co 4", "cannot compare" }, { OWN ":ratio sw 1", "cannot compare" },
    { "meta.created sw \"2011\"", "cannot compare" }, { "name eq \"a\"", "name one of its sub-attributes" },
    { "addresses co \"a\"", "name one of its sub-attributes" },
    { "meta gt \"a\"", "name one of its sub-attributes" },

    /* values of another type */
    { "title eq true", "not of type string" }, { "title eq 42", "not of type string" },
    { "active eq \"yes\"", "not of type boolean" }, { "active eq 1", "not of type boolean" },
    { OWN ":age eq \"x\"", "not of type integer" }, { OWN ":age eq \"1 2\"", "not of type integer" },
    { OWN ":age eq \"\"", "not of type integer" }, { OWN ":age eq 1.5", "not of type integer" },
    { OWN ":age eq 1e19", "not of type integer" }, { OWN ":age eq true", "not of type integer" },
    { OWN ":ratio eq \"true\"", "not of type decimal" }, { OWN ":ratio eq \"null\"", "not of type decimal" },
    { "meta.created gt \"yesterday\"", "not of type dateTime" },
    { "meta.created gt \"2011-13-01\"", "not of type dateTime" },
    { "meta.created gt 2011", "not of type dateTime" },
    { "x509Certificates eq \"a!\"", "not of type binary" },
    { "title gt null", "only eq and ne" }, { "emails[type co null]", "only eq and ne" },

    /* limits */
    { "((((((title pr))))))", "nested more than 5 times, at position 6" },
    { "not (not (not (not (not (not (title pr))))))", "nested more than 5 times" },
    { "(((((emails[type pr])))))", "nested more than 5 times" }
};

START_TEST(bad_filters)
{
    scim_filter_t *filter;
    scim_err_t *err = scim_filter_parse(&filter, bad[_i].text, user, &limits, p);

    ck_assert_msg(err != NULL, "taken: %s", bad[_i].text);
    ck_assert_int_eq(err->kind, SCIM_E_INVALID_FILTER);
    ck_assert_msg(strstr(err->detail, bad[_i].says) != NULL, "%s: %s", bad[_i].text, err->detail);
}
END_TEST

START_TEST(details_have_no_values)
{
    static const char *const texts[] = {
        "active eq \"s3cret\"", "title eq \"s3cret\" s3cret", "title eq s3cret", "meta.created gt \"s3cret\"",
        "title eq \"s3cret"
    };
    scim_filter_t *filter;
    apr_size_t i;

    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        scim_err_t *err = scim_filter_parse(&filter, texts[i], user, &limits, p);

        ck_assert_ptr_nonnull(err);
        ck_assert_msg(!strstr(err->detail, "s3cret"), "%s", err->detail);
    }
}
END_TEST

/* ---- limits ---- */

static const char *repeat(const char *text, int n, const char *last)
{
    apr_size_t len = strlen(text), i;
    char *all = apr_palloc(p, len * (apr_size_t)n + strlen(last) + 1);

    for (i = 0; i < (apr_size_t)n; i++)
        memcpy(all + i * len, text, len);
    strcpy(all + i * len, last);
    return all;
}

static void check_too_much(const char *text, const scim_filter_limits_t *some, const char *says)
{
    scim_filter_t *filter;
    scim_err_t *err = scim_filter_parse(&filter, text, user, some, p);

    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->kind, SCIM_E_INVALID_FILTER);
    ck_assert_msg(strstr(err->detail, says) != NULL, "%s", err->detail);
}

START_TEST(terms_are_counted)
{
    const char *ten_thousand = repeat("id eq \"2\" or ", 9999, "title eq \"a\"");
    scim_filter_limits_t some = { .max_bytes = 1 << 20, .max_terms = 256, .max_depth = 5 };
    scim_filter_t *filter;

    check_too_much(repeat("id pr or ", 256, "id pr"), &some, "more than 256 comparisons");
    check_too_much(repeat("not (id pr) and ", 256, "id pr"), &some, "more than 256 comparisons");
    check_too_much(ten_thousand, &some, "more than 256 comparisons");
    ck_assert_ptr_null(scim_filter_parse(&filter, repeat("id pr or ", 255, "id pr"), user, &some, p));

    some.max_terms = 10000;
    ck_assert_ptr_null(scim_filter_parse(&filter, ten_thousand, user, &some, p));
    ck_assert_int_eq(filter->kind, SCIM_F_OR);
    ck_assert_int_eq(filter->n, 10000);
    ck_assert(scim_filter_match(filter, resource));
    ck_assert_uint_eq(strlen(scim_filter_print(filter, 1, p)), strlen(ten_thousand));

    some.max_bytes = strlen(ten_thousand) - 1;
    check_too_much(ten_thousand, &some, "longer than");
}
END_TEST

START_TEST(nesting_ends_whatever_the_limit)
{
    const scim_filter_limits_t none = { 0 };
    const scim_filter_limits_t huge = { .max_depth = 1000000000 };
    const char *closing = apr_pstrcat(p, "id pr", repeat(")", 50, ""), NULL);
    scim_filter_t *filter;

    check_too_much(repeat("(", 1000000, "id pr"), &none, "nested more than");
    check_too_much(repeat("(", 1000000, "id pr"), &huge, "nested more than");
    check_too_much(repeat("not(", 1000000, "id pr"), &huge, "nested more than");
    ck_assert_ptr_null(scim_filter_parse(&filter, repeat("id pr and (", 50, closing), user, &none, p));
}
END_TEST

/* ---- evaluation ---- */

static const struct {
    const char *text;
    int matches;
} matches[] = {
    /* strings: by caseExact */
    { "userName eq \"bjensen@EXAMPLE.com\"", 1 }, { "userName eq \"bjensen\"", 0 },
    { "userName ne \"bjensen\"", 1 },
    { "userName ne \"BJENSEN@example.com\"", 0 },
    { "id eq \"2819c223-7f76-453a-919d-413861904646\"", 1 },
    { "id eq \"2819C223-7f76-453a-919d-413861904646\"", 0 },
    { "externalId eq \"Ab701984\"", 1 }, { "externalId eq \"ab701984\"", 0 },
    { "externalId ne \"ab701984\"", 1 },
    { "externalId sw \"Ab\"", 1 }, { "externalId sw \"ab\"", 0 }, { "externalId co \"b70\"", 1 },
    { "externalId co \"B70\"", 0 }, { "externalId ew \"984\"", 1 }, { "externalId gt \"Aa\"", 1 },
    { "externalId lt \"aa\"", 1 },
    { "userName co \"JENSEN\"", 1 }, { "userName sw \"bjen\"", 1 }, { "userName sw \"jen\"", 0 },
    { "userName ew \"EXAMPLE.COM\"", 1 }, { "userName ew \"example\"", 0 }, { "userName sw \"\"", 1 },
    { "userName ew \"and much longer than the value\"", 0 },
    { "userName co \"and much longer than the value\"", 0 },
    { "title gt \"A\"", 0 }, { "title ge \"A\"", 1 }, { "title gt \"B\"", 0 }, { "title lt \"B\"", 1 },
    { "title le \"A\"", 1 }, { "title lt \"a\"", 0 }, { "title gt \"\"", 1 },
    { "displayName co \"m\xc3\xbcller\"", 1 }, { "displayName co \"M\\u00dcLLER\"", 1 },
    { "displayName sw \"b\\u00c4RBEL\"", 1 }, { "displayName ew \"\\u00fcller\"", 1 },
    { "displayName co \"muller\"", 0 },
    { "displayName eq \"B\\u00e4rbel \\\\ \\\"babs\\\" M\\u00fcller\"", 1 }, { "displayName co \"\\\\\"", 1 },

    /* booleans, numbers */
    { "active eq true", 1 }, { "active eq false", 0 }, { "active ne false", 1 }, { "active eq \"TRUE\"", 1 },
    { OWN ":age eq 42", 1 }, { OWN ":age eq 42.0", 1 }, { OWN ":age ne 42", 0 }, { OWN ":age gt 41", 1 },
    { OWN ":age gt 42", 0 }, { OWN ":age ge 42", 1 }, { OWN ":age lt 5", 0 }, { OWN ":age le 42", 1 },
    { OWN ":ratio eq 1.5", 1 }, { OWN ":ratio eq 15e-1", 1 }, { OWN ":ratio gt 1", 1 },
    { OWN ":ratio lt 2", 1 },
    { OWN ":big eq 9007199254740992", 0 }, { OWN ":big gt 9007199254740992", 1 },
    { OWN ":big eq 9007199254740993", 1 },

    /* instants */
    { "meta.created eq \"2010-01-23T04:56:22Z\"", 1 }, { "meta.created eq \"2010-01-23T05:56:22+01:00\"", 1 },
    { "meta.created eq \"2010-01-22T23:56:22.000-05:00\"", 1 },
    { "meta.created ne \"2010-01-23T05:56:22+01:00\"", 0 },
    { "meta.created lt \"2010-01-23T04:56:22.001Z\"", 1 },
    { "meta.created gt \"2010-01-23T05:00:00+01:00\"", 1 },
    { "meta.lastModified gt \"2011-05-13T04:42:34Z\"", 1 },
    { "meta.lastModified ge \"2011-05-13T04:42:34.5Z\"", 1 },
    { "meta.lastModified gt \"2011-05-13T04:42:34.500Z\"", 0 },
    { "meta.lastModified le \"2011-05-13T04:42:34Z\"", 0 },

    /* binary and references */
    { OWN ":blob eq \"YQ==\"", 1 }, { OWN ":blob eq \"yq==\"", 0 }, { OWN ":blob ne \"yq==\"", 1 },
    { "x509Certificates eq \"TUlJRFF6Q0M=\"", 1 }, { "x509Certificates.value eq \"tulJRFF6Q0M=\"", 0 },
    { "meta.location ew \"/2819c223\"", 1 },
    { "meta.location eq \"HTTPS://example.com/v2/Users/2819c223\"", 0 },

    /* no value: false, but for ne */
    { "userType eq \"x\"", 0 }, { "userType ne \"x\"", 1 }, { "userType co \"\"", 0 },
    { "userType gt \"\"", 0 },
    { "userType le \"x\"", 0 }, { "userType pr", 0 }, { "userType eq null", 1 }, { "userType ne null", 0 },
    { "not (userType eq \"x\")", 1 }, { "name.givenName ne \"x\"", 1 }, { "name.givenName lt \"x\"", 0 },
    { "ims.type ne \"x\"", 1 }, { "ims.type eq \"x\"", 0 }, { "ims eq null", 1 },
    { EXT ":division ne \"x\"", 1 },
    { OWN ":vault pr", 0 }, { "photos[type ne \"x\"]", 0 },

    /* pr: not of empty values */
    { "title pr", 1 }, { "nickName pr", 0 }, { "nickName eq null", 1 }, { "nickName eq \"\"", 1 },
    { "name pr", 1 },
    { "emails pr", 1 }, { "emails.type pr", 1 }, { "emails.display pr", 0 }, { "active pr", 1 },
    { "addresses pr", 0 },
    { OWN ":box.on pr", 1 }, { OWN ":tags pr", 1 }, { "meta pr", 1 },

    /* several values: one is enough, and in brackets one for all */
    { "emails eq \"BABS@jensen.org\"", 1 }, { "emails co \"jensen.org\"", 1 },
    { "emails.value sw \"no@\"", 1 },
    { "emails.type eq \"home\"", 1 }, { "emails.type eq \"other\"", 0 }, { "emails.type ne \"work\"", 1 },
    { "phoneNumbers.type ne \"work\"", 0 }, { "phoneNumbers.type ne \"home\"", 1 },
    { "emails.type eq \"work\" and emails.value co \"jensen.org\"", 1 },
    { "emails[type eq \"work\" and value co \"jensen.org\"]", 0 },
    { "emails[type eq \"work\" and value co \"example.com\"]", 1 },
    { "emails[type eq \"work\"].value eq \"bjensen@example.com\"", 1 },
    { "emails[type eq \"work\"].value eq \"babs@jensen.org\"", 0 },
    { "emails[primary eq true].type eq \"work\"", 1 }, { "emails[primary eq \"True\"]", 1 },
    { "emails[not (type pr)]", 1 }, { "emails[type ne \"work\" and type ne \"home\"]", 1 },
    { "emails[type eq \"home\" or value eq \"x\"]", 1 }, { "not (emails[type eq \"home\"])", 0 },
    { "name[familyName eq \"jensen\" and formatted sw \"ms\"]", 1 }, { "name[givenName pr]", 0 },
    { "schemas eq \"" EXT "\"", 1 }, { "schemas eq \"URN:ietf:params:scim:schemas:CORE:2.0:User\"", 1 },
    { "schemas eq \"urn:x\"", 0 }, { "schemas[value sw \"urn:ietf\"]", 1 },
    { OWN ":tags eq \"red\"", 1 }, { OWN ":tags eq \"green\"", 0 }, { OWN ":tags ne \"red\"", 1 },
    { OWN ":tags[value eq \"BLUE\"]", 1 }, { OWN ":tags[value eq \"red\" and value eq \"blue\"]", 0 },
    { OWN ":box.words eq \"TWO\"", 1 }, { OWN ":box[words eq \"two\" and on eq false]", 1 },
    { OWN ":box.words co \"e t\"", 0 },

    /* extensions */
    { EXT ":employeeNumber eq \"701984\"", 1 }, { EXT ":department co \"operations\"", 1 },
    { EXT ":manager eq \"26118915\"", 1 }, { EXT ":manager.displayName sw \"john\"", 1 },
    { EXT ":manager pr", 1 },
    { EXT ":costCenter pr", 0 }, { CORE ":userName sw \"bj\"", 1 },

    /* logic */
    { "title pr or userType pr and userType pr", 1 }, { "(title pr or userType pr) and userType pr", 0 },
    { "not (title pr) or title pr", 1 }, { "not (title pr or userType pr)", 0 },
    { "not (userType pr) and title pr", 1 }
};

START_TEST(filters_match)
{
    scim_filter_t *filter = parse(matches[_i].text);

    ck_assert_msg(scim_filter_match(filter, resource) == matches[_i].matches, "%s", matches[_i].text);
}
END_TEST

START_TEST(values_of_a_wrong_type_differ)
{
    json_t *odd = parse_json("{ 'active': 'true', 'title': 5, 'emails': 'x', 'name': [],"
                             "  'meta': { 'created': 'x' },"
                             "  '" OWN "': { 'age': '42', 'tags': [ 1, null ] } }");

    ck_assert(!scim_filter_match(parse("active eq true"), odd));
    ck_assert(scim_filter_match(parse("active ne true"), odd));
    ck_assert(!scim_filter_match(parse("title co \"5\""), odd));
    ck_assert(!scim_filter_match(parse("title ge \"\""), odd));
    ck_assert(!scim_filter_match(parse("emails.value pr"), odd));
    ck_assert(!scim_filter_match(parse("emails[value pr]"), odd));
    ck_assert(!scim_filter_match(parse("name.familyName pr"), odd));
    ck_assert(!scim_filter_match(parse("meta.created lt \"2030-01-01T00:00:00Z\""), odd));
    ck_assert(scim_filter_match(parse("meta.created ne \"2030-01-01T00:00:00Z\""), odd));
    ck_assert(!scim_filter_match(parse(OWN ":age eq 42"), odd));
    ck_assert(!scim_filter_match(parse(OWN ":tags eq \"1\""), odd));
}
END_TEST

START_TEST(pr_looks_into_values)
{
    static const struct {
        const char *box;
        int present;
    } vectors[] = {
        { "{ 'words': [ '', 'a' ] }", 1 }, { "{ 'on': false }", 1 }, { "{ 'words': [ '' ], 'on': null }", 0 },
        { "{ 'words': [] }", 0 }, { "{ 'words': [ {} ] }", 0 }, { "{}", 0 }, { "null", 0 }, { "''", 0 }
    };
    scim_filter_t *filter = parse(OWN ":box pr");
    apr_size_t i;

    for (i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        json_t *odd = parse_json(apr_pstrcat(p, "{ '" OWN "': { 'box': ", vectors[i].box, " } }", NULL));

        ck_assert_msg(scim_filter_match(filter, odd) == vectors[i].present, "%s", vectors[i].box);
    }
}
END_TEST

START_TEST(members_are_their_values)
{
    json_t *team = parse_json("{ 'displayName': 'Team',"
                              "  'members': [ { 'value': 'a', 'type': 'User' }, { 'value': 'b' } ] }");
    const char *both = "members[value eq \"b\" and type eq \"User\"]";
    scim_filter_t *filter;

    ck_assert_ptr_null(scim_filter_parse(&filter, "members eq \"b\"", group, &limits, p));
    ck_assert_ptr_eq(filter->attr, scim_rtype_attr(group, "members"));
    ck_assert_ptr_eq(filter->sub, scim_attr_sub(filter->attr, "value"));
    ck_assert(scim_filter_match(filter, team));
    ck_assert_ptr_null(scim_filter_parse(&filter, both, group, &limits, p));
    ck_assert(!scim_filter_match(filter, team));
}
END_TEST

/* ---- what stands in brackets ---- */

static scim_filter_t *parse_element(const char *name, const char *text)
{
    scim_filter_t *filter = NULL;
    scim_err_t *err = scim_filter_parse_element(&filter, text, strlen(text), scim_rtype_attr(user, name),
                                                &limits, SCIM_E_INVALID_PATH, p);

    ck_assert_msg(err == NULL, "%s: %s", text, err ? err->detail : "");
    return filter;
}

START_TEST(elements_match)
{
    json_t *element = parse_json("{ 'value': 'A@b', 'type': 'work', 'primary': false }");
    scim_filter_t *both = parse_element("emails", "type eq \"Work\" and value co \"a@\"");
    scim_filter_t *none = parse_element("emails", "display ne \"x\" and not (display pr)");

    ck_assert(scim_filter_match_element(both, element));
    ck_assert(scim_filter_match_element(none, element));
    ck_assert(!scim_filter_match_element(parse_element("emails", "primary eq true"), element));
    ck_assert_str_eq(scim_filter_print(parse_element("emails", "TYPE eq \"x\""), 1, p), "type eq \"x\"");
}
END_TEST

START_TEST(element_errors_are_of_the_kind_wanted)
{
    static const char *const texts[] = {
        "", "type", "emails.type pr", "type[value pr]", "type pr]", "userName pr"
    };
    const scim_attr_t *emails = scim_rtype_attr(user, "emails");
    scim_filter_t *filter;
    apr_size_t i;

    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        scim_err_t *err = scim_filter_parse_element(&filter, texts[i], strlen(texts[i]), emails, &limits,
                                                    SCIM_E_INVALID_PATH, p);

        ck_assert_msg(err != NULL, "taken: %s", texts[i]);
        ck_assert_int_eq(err->kind, SCIM_E_INVALID_PATH);
    }
    /* Only the length given is read. */
    ck_assert_ptr_null(scim_filter_parse_element(&filter, "type pr]", 7, emails, &limits,
                                                 SCIM_E_INVALID_PATH, p));
    ck_assert_ptr_nonnull(scim_filter_parse_element(&filter, "type pr\0", 8, emails, &limits,
                                                    SCIM_E_INVALID_PATH, p));
}
END_TEST

START_TEST(conjunctions_make_elements)
{
    static const struct {
        const char *text, *makes;
    } vectors[] = {
        { "type eq \"work\"", "{ 'type': 'work', 'value': 'x' }" },
        { "TYPE eq \"work\" and PRIMARY eq \"True\"", "{ 'type': 'work', 'primary': true, 'value': 'x' }" },
        { "type eq \"a\" and (primary eq false and display eq \"b\")",
          "{ 'type': 'a', 'primary': false, 'display': 'b', 'value': 'x' }" },
        { "type eq \"work\" and type eq \"WORK\"", "{ 'type': 'work', 'value': 'x' }" },
        { "value eq \"y\"", "{ 'value': 'y' }" },
        { "type eq \"a\" or type eq \"b\"", NULL }, { "type eq \"a\" and type eq \"b\"", NULL },
        { "type ne \"a\"", NULL },
        { "type pr", NULL }, { "type eq \"a\" and primary pr", NULL }, { "not (type eq \"a\")", NULL },
        { "type eq null", NULL },
        { "type eq \"a\" and (display eq \"a\" or display eq \"b\")", NULL }, { "type co \"a\"", NULL }
    };
    apr_size_t i;

    for (i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        json_t *element = parse_json("{ 'value': 'x' }");
        json_t *wanted = parse_json(vectors[i].makes ? vectors[i].makes : "{ 'value': 'x' }");
        int made = scim_filter_template(parse_element("emails", vectors[i].text), element);

        ck_assert_msg(made == (vectors[i].makes != NULL), "%s", vectors[i].text);
        ck_assert_msg(json_equal(element, wanted), "%s", vectors[i].text);
    }
}
END_TEST

static void collect(void *baton, const json_t *value)
{
    const char **all = baton;

    *all = apr_pstrcat(p, *all, json_string_value(value), ";", NULL);
}

START_TEST(eq_values_are_told)
{
    static const struct {
        const char *text, *values;
    } vectors[] = {
        { "value eq \"a\"", "a;" },
        { "VALUE eq \"a\" or value eq \"b\" or (value eq \"c\" or value eq \"d\")", "a;b;c;d;" },
        { "type eq \"a\"", NULL }, { "value ne \"a\"", NULL }, { "value eq \"a\" and value eq \"b\"", NULL },
        { "value eq \"a\" or type eq \"b\"", NULL }, { "not (value eq \"a\")", NULL }, { "value pr", NULL },
        { "value eq \"a\" or value sw \"b\"", NULL }
    };
    const char *all = "";
    apr_size_t i;

    for (i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        int told;

        all = "";
        told = scim_filter_eq_values(parse_element("emails", vectors[i].text), "value", collect, &all);
        ck_assert_msg(told == (vectors[i].values != NULL), "%s", vectors[i].text);
        if (told)
            ck_assert_str_eq(all, vectors[i].values);
    }
    all = "";
    ck_assert(scim_filter_eq_values(parse_element("schemas", "value eq \"urn:x\""), "value", collect, &all));
    ck_assert_str_eq(all, "urn:x;");
    ck_assert(!scim_filter_eq_values(parse_element("schemas", "value eq \"urn:x\""), "type", collect, &all));
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static Suite *make_suite(void)
{
    Suite *suite = suite_create("filter");
    TCase *tcase = tcase_create("filter");

    tcase_add_checked_fixture(tcase, setup, test_teardown);
    tcase_add_loop_test(tcase, good_filters, 0, COUNT(good));
    tcase_add_test(tcase, shapes_have_no_values);
    tcase_add_loop_test(tcase, bad_filters, 0, COUNT(bad));
    tcase_add_test(tcase, details_have_no_values);
    tcase_add_test(tcase, terms_are_counted);
    tcase_add_test(tcase, nesting_ends_whatever_the_limit);
    tcase_add_loop_test(tcase, filters_match, 0, COUNT(matches));
    tcase_add_test(tcase, values_of_a_wrong_type_differ);
    tcase_add_test(tcase, pr_looks_into_values);
    tcase_add_test(tcase, members_are_their_values);
    tcase_add_test(tcase, elements_match);
    tcase_add_test(tcase, element_errors_are_of_the_kind_wanted);
    tcase_add_test(tcase, conjunctions_make_elements);
    tcase_add_test(tcase, eq_values_are_told);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
