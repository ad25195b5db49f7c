/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies: RFC 7643 sections 2 and 3, RFC 7644 sections 3.3 and 3.5.1. Apostrophes stand for quotes. */

#include <string.h>

#include <apr_strings.h>

#include "common.h"
#include "scim_resource.h"
#include "scim_validate.h"

#define USER "urn:ietf:params:scim:schemas:core:2.0:User"
#define GROUP "urn:ietf:params:scim:schemas:core:2.0:Group"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define THING "urn:example:Thing"
#define MORE "urn:example:more:Thing"

static apr_pool_t *p;
static scim_rtype_t *user, *group, *thing;

/* A resource type with everything that those of RFC 7643 do not have. */
static const struct {
    const char *name;
    scim_attr_t is;
} thing_attrs[] = {
    { "serial", { .type = SCIM_TYPE_STRING, .required = 1, .mutability = SCIM_IMMUTABLE } },
    { "flag", { .type = SCIM_TYPE_BOOLEAN } },
    { "size", { .type = SCIM_TYPE_INTEGER } },
    { "weight", { .type = SCIM_TYPE_DECIMAL } },
    { "since", { .type = SCIM_TYPE_DATETIME } },
    { "data", { .type = SCIM_TYPE_BINARY } },
    { "link", { .type = SCIM_TYPE_REFERENCE } },
    { "pin", { .type = SCIM_TYPE_STRING, .mutability = SCIM_WRITE_ONLY, .returned = SCIM_RETURNED_NEVER } },
    { "stars", { .type = SCIM_TYPE_INTEGER, .mutability = SCIM_READ_ONLY } },
    { "tags", { .type = SCIM_TYPE_STRING, .multi = 1 } },
    { "sizes", { .type = SCIM_TYPE_DECIMAL, .multi = 1 } },
    { "born", { .type = SCIM_TYPE_DATETIME, .mutability = SCIM_IMMUTABLE } },
    { "marks", { .type = SCIM_TYPE_STRING, .multi = 1, .mutability = SCIM_IMMUTABLE } },
    { "badge", { .type = SCIM_TYPE_COMPLEX } },
    { "badge.number", { .type = SCIM_TYPE_INTEGER, .required = 1, .mutability = SCIM_IMMUTABLE } },
    { "badge.color", { .type = SCIM_TYPE_STRING } },
    { "badge.uses", { .type = SCIM_TYPE_INTEGER, .mutability = SCIM_READ_ONLY } },
    { "parts", { .type = SCIM_TYPE_COMPLEX, .multi = 1 } },
    { "parts.value", { .type = SCIM_TYPE_STRING, .required = 1 } },
    { "parts.type", { .type = SCIM_TYPE_STRING } },
    { "parts.primary", { .type = SCIM_TYPE_BOOLEAN } },
    { "parts.note", { .type = SCIM_TYPE_STRING } },
    { "parts.count", { .type = SCIM_TYPE_INTEGER, .mutability = SCIM_READ_ONLY } },
    { "parts.words", { .type = SCIM_TYPE_STRING, .multi = 1 } }
};

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static void setup(void)
{
    static const scim_attr_t shelf = { .type = SCIM_TYPE_STRING, .required = 1 }, row = { .type = SCIM_TYPE_INTEGER };
    scim_schema_t *core, *more;
    int i;

    test_setup();
    p = test_pool;
    core = scim_schema_make(THING, "Thing", NULL, p);
    more = scim_schema_make(MORE, "More", NULL, p);
    for (i = 0; i < COUNT(thing_attrs); i++)
        ck_assert_ptr_null(scim_schema_add(core, thing_attrs[i].name, &thing_attrs[i].is, p));
    ck_assert_ptr_null(scim_schema_add(more, "shelf", &shelf, p));
    ck_assert_ptr_null(scim_schema_add(more, "row", &row, p));
    thing = scim_rtype_make("Thing", "Things", core, p);
    scim_rtype_extend(thing, more, 0, p);
    user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, p);
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

/* ---- values: RFC 7643 section 2.3 ---- */

#define REFUSED "refused"
#define NOTHING "nothing"

/* What becomes of a value in a strict and in a lenient reading; NULL: the same as in the strict one. */
static const struct {
    const char *attr, *value, *strict, *lenient;
} values[] = {
    { "serial", "'x'", "'x'", NULL }, { "serial", "' '", "' '", NULL }, { "serial", "''", REFUSED, NULL },
    { "serial", "5", REFUSED, NULL }, { "serial", "true", REFUSED, NULL }, { "serial", "{}", REFUSED, NULL },
    { "serial", "['x']", REFUSED, NULL }, { "serial", "null", NOTHING, NULL }, { "serial", "[]", NOTHING, NULL },
    { "link", "''", "''", NULL }, { "link", "'../Users/1'", "'../Users/1'", NULL }, { "link", "1", REFUSED, NULL },

    { "flag", "true", "true", NULL }, { "flag", "false", "false", NULL }, { "flag", "'True'", REFUSED, "true" },
    { "flag", "'false'", REFUSED, "false" }, { "flag", "'FALSE'", REFUSED, "false" },
    { "flag", "'yes'", REFUSED, NULL },
    { "flag", "''", REFUSED, NULL }, { "flag", "1", REFUSED, NULL }, { "flag", "0", REFUSED, NULL },
    { "flag", "' true'", REFUSED, NULL },

    { "size", "0", "0", NULL }, { "size", "-9223372036854775808", "-9223372036854775808", NULL },
    { "size", "9223372036854775807", "9223372036854775807", NULL }, { "size", "1.5", REFUSED, NULL },
    { "size", "'x'", REFUSED, NULL },
    { "size", "1e30", REFUSED, NULL }, { "size", "true", REFUSED, NULL }, { "size", "''", REFUSED, NULL },
    { "weight", "1.5", "1.5", NULL }, { "weight", "-2", "-2", NULL }, { "weight", "1e300", "1e300", NULL },
    { "weight", "'x'", REFUSED, NULL },

    { "since", "'2008-01-23T04:56:22Z'", "'2008-01-23T04:56:22Z'", NULL },
    { "since", "'2008-01-23T04:56:22.123456789Z'", "'2008-01-23T04:56:22.123456789Z'", NULL },
    { "since", "'2008-01-23T04:56:22+14:00'", "'2008-01-23T04:56:22+14:00'", NULL },
    { "since", "'2008-01-23T24:00:00Z'", "'2008-01-23T24:00:00Z'", NULL },
    { "since", "'2008-01-23T04:56:22'", "'2008-01-23T04:56:22Z'", NULL },
    { "since", "'2008-01-23'", REFUSED, NULL }, { "since", "'04:56:22Z'", REFUSED, NULL },
    { "since", "'2008-01-23T04:56Z'", REFUSED, NULL },
    { "since", "'2008-01-23 04:56:22Z'", REFUSED, NULL }, { "since", "'2008-02-30T04:56:22Z'", REFUSED, NULL },
    { "since", "'2008-01-23T04:56:22+15:00'", REFUSED, NULL }, { "since", "'2008-01-23T04:56:22z'", REFUSED, NULL },
    { "since", "'2008-01-23T04:56:22ZZ'", REFUSED, NULL }, { "since", "''", REFUSED, NULL },
    { "since", "1201064182", REFUSED, NULL },

    { "data", "'YWJj'", "'YWJj'", NULL }, { "data", "'YWI='", "'YWI='", NULL }, { "data", "'YWI'", "'YWI'", NULL },
    { "data", "''", "''", NULL }, { "data", "'a'", REFUSED, NULL }, { "data", "'YW-_'", REFUSED, NULL },
    { "data", "'YWJj\\n'", REFUSED, NULL },
    { "data", "'YWI=='", REFUSED, NULL }, { "data", "5", REFUSED, NULL },

    { "tags", "['a', 'b']", "['a', 'b']", NULL }, { "tags", "['a', 'b', 'a']", "['a', 'b']", NULL },
    { "tags", "'a'", "['a']", NULL },
    { "tags", "['a', 'A']", "['a', 'A']", NULL }, { "tags", "['a', null]", "['a']", NULL },
    { "tags", "[null]", NOTHING, NULL },
    { "tags", "['a', 5]", REFUSED, NULL }, { "tags", "['a', ['b']]", REFUSED, NULL },
    { "tags", "{'value': 'a'}", REFUSED, NULL },
    { "sizes", "[1, 2.5, 1.0, 2]", "[1, 2.5, 2]", NULL }, { "sizes", "[1e16, 1e16]", "[1e16]", NULL },

    { "badge", "{'number': 1, 'COLOR': 'red', 'uses': 5, 'x': {}}", "{'number': 1, 'color': 'red'}", NULL },
    { "badge", "{'color': null, 'number': []}", NOTHING, NULL }, { "badge", "{}", NOTHING, NULL },
    { "badge", "{'uses': 1}", NOTHING, NULL },
    { "badge", "{'color': 'red'}", "{'color': 'red'}", NULL }, { "badge", "[{'number': 1}]", REFUSED, NULL },
    { "badge", "5", REFUSED, NULL },
    { "badge", "{'number': 1, 'NUMBER': 1}", REFUSED, NULL },
    { "badge", "{'color': null, 'Color': 'red'}", REFUSED, NULL },
    { "badge", "{'number': {'x': 1}}", REFUSED, NULL }, { "badge", "'red'", REFUSED, NULL },
    { "badge", "{'uses': 'any', 'USES': {}}", REFUSED, NULL },

    { "parts", "[{'value': 'a', 'count': 5}, {'value': 'b', 'type': 't'}]",
      "[{'value': 'a'}, {'value': 'b', 'type': 't'}]", NULL },
    { "parts", "{'value': 'a'}", "[{'value': 'a'}]", NULL }, { "parts", "[]", NOTHING, NULL },
    { "parts", "[{}]", NOTHING, NULL },
    { "parts", "[{'value': 'a'}, null, {}]", "[{'value': 'a'}]", NULL }, { "parts", "[{'note': 'n'}]", REFUSED, NULL },
    { "parts", "[{'value': ''}]", REFUSED, NULL }, { "parts", "['a']", REFUSED, NULL },
    { "parts", "[[{'value': 'a'}]]", REFUSED, NULL },
    { "parts", "[{'value': 'a', 'words': ['x', 'y', 'x']}]", "[{'value': 'a', 'words': ['x', 'y']}]", NULL },
    { "parts", "[{'value': 'a', 'words': 'x'}]", "[{'value': 'a', 'words': ['x']}]", NULL },
    /* section 2.4: the same type and value is one */
    { "parts", "[{'value': 'a'}, {'value': 'a'}]", "[{'value': 'a'}]", NULL },
    { "parts", "[{'value': 'a', 'note': 'n'}, {'value': 'a', 'primary': true}]",
      "[{'value': 'a', 'note': 'n', 'primary': true}]", NULL },
    { "parts", "[{'value': 'a'}, {'value': 'a', 'type': 't'}, {'value': 'A'}]",
      "[{'value': 'a'}, {'value': 'a', 'type': 't'}, {'value': 'A'}]", NULL },
    { "parts", "[{'value': 'a', 'primary': true}, {'value': 'b', 'primary': false}]",
      "[{'value': 'a', 'primary': true}, {'value': 'b', 'primary': false}]", NULL },
    { "parts", "[{'value': 'a', 'primary': true}, {'value': 'a', 'primary': true}]",
      "[{'value': 'a', 'primary': true}]", NULL },
    { "parts", "[{'value': 'a', 'primary': true}, {'value': 'b', 'primary': true}]", REFUSED, NULL }
};

static void check_value(const char *attr, const char *text, const scim_leniency_t *leniency, const char *wanted)
{
    json_t *value = NULL;
    scim_err_t *err = scim_validate_value(&value, test_json(quoted(text)), scim_rtype_attr(thing, attr), 0, leniency,
                                          p);

    scim_json_own(p, value);
    ck_assert_msg((err != NULL) == (strcmp(wanted, REFUSED) == 0), "%s %s: %s", attr, text,
                  err ? err->detail : "taken");
    if (err) {
        ck_err(err, SCIM_E_INVALID_VALUE);
        ck_assert_msg(strstr(err->detail, attr) != NULL, "%s", err->detail);
        ck_assert_ptr_null(value);
    }
    else if (strcmp(wanted, NOTHING) == 0) {
        ck_assert_msg(value == NULL, "%s %s", attr, text);
    }
    else {
        ck_json(value, quoted(wanted));
        ck_assert_int_eq(json_is_integer(value), json_is_integer(test_json(quoted(wanted))));
    }
}

START_TEST(values_of_each_type)
{
    check_value(values[_i].attr, values[_i].value, &scim_strict, values[_i].strict);
    check_value(values[_i].attr, values[_i].value, &scim_lenient,
                values[_i].lenient ? values[_i].lenient : values[_i].strict);
}
END_TEST

START_TEST(numbers_in_texts)
{
    static const scim_leniency_t texts = { .number_texts = 1 };

    check_value("size", "'42'", &texts, "42");
    check_value("size", "42.0", &texts, "42");
    check_value("size", "'4.5'", &texts, REFUSED);
    check_value("size", "'42x'", &texts, REFUSED);
    check_value("size", "'true'", &texts, REFUSED);
    check_value("weight", "'-1.5e3'", &texts, "-1500.0");
    check_value("size", "'42'", &scim_strict, REFUSED);
    check_value("size", "'42'", &scim_lenient, REFUSED);
    check_value("weight", "'1.5'", &scim_lenient, REFUSED);
}
END_TEST

START_TEST(one_element)
{
    const scim_attr_t *parts = scim_rtype_attr(thing, "parts"), *tags = scim_rtype_attr(thing, "tags");
    json_t *value;

    /* a part of an element need not be complete */
    ck_ok(scim_validate_value(&value, test_json("{\"note\": \"n\"}"), parts, 1, &scim_strict, p));
    ck_json(scim_json_own(p, value), "{\"note\": \"n\"}");
    ck_ok(scim_validate_value(&value, test_json("\"a\""), tags, 1, &scim_strict, p));
    ck_json(scim_json_own(p, value), "\"a\"");
    ck_err(scim_validate_value(&value, test_json("[{\"value\": \"a\"}]"), parts, 1, &scim_strict, p),
           SCIM_E_INVALID_VALUE);
    ck_err(scim_validate_value(&value, test_json("[\"a\"]"), tags, 1, &scim_strict, p), SCIM_E_INVALID_VALUE);
}
END_TEST

START_TEST(completeness)
{
    const scim_attr_t *badge = scim_rtype_attr(thing, "badge");
    scim_err_t *err = scim_validate_complete(test_json("{\"color\": \"red\"}"), badge, p);

    ck_err(err, SCIM_E_INVALID_VALUE);
    ck_assert_ptr_nonnull(strstr(err->detail, "badge.number"));
    ck_ok(scim_validate_complete(test_json("{\"number\": 0}"), badge, p));
    ck_ok(scim_validate_complete(test_json("\"x\""), scim_rtype_attr(thing, "tags"), p));
}
END_TEST

/* ---- resources ---- */

/* The resource type, by the first letter of its name. */
static const scim_rtype_t *type_of(const char *name)
{
    return *name == 'U' ? user : *name == 'G' ? group : thing;
}

static const struct {
    const char            *type;
    const scim_leniency_t *leniency;
    const char            *body, *resource;
} good[] = {
    /* RFC 7644 section 3.3 */
    { "User", &scim_strict,
      "{'schemas': ['" USER "'], 'userName': 'bjensen', 'externalId': 'bjensen', 'name': {'formatted': 'Ms. Barbara J"
      " Jensen III', 'familyName': 'Jensen', 'givenName': 'Barbara'}}",
      "{'userName': 'bjensen', 'externalId': 'bjensen', 'name': {'formatted': 'Ms. Barbara J Jensen III', 'familyName':"
      " 'Jensen', 'givenName': 'Barbara'}}" },
    /* read-only and unknown attributes */
    { "User", &scim_strict,
      "{'schemas': ['" USER "'], 'userName': 'u', 'id': 5, 'meta': {'resourceType': 'Group', 'created': true},"
      " 'groups': ['x'], 'nosuch': {'a': [{}]}, 'department': 'x', 'name.givenName': 'x'}",
      "{'userName': 'u'}" },
    /* names */
    { "User", &scim_strict,
      "{'SCHEMAS': ['" USER "'], 'USERNAME': 'U', 'Name': {'FAMILYNAME': 'F'}, 'EMAILS': [{'VALUE': 'v', 'Type':"
      " 'WORK'}],"
      " 'urn:ietf:params:scim:schemas:EXTENSION:Enterprise:2.0:user': {'DEPARTMENT': 'D', 'manager': {'Value': 'm',"
      " 'DisplayName': 'x'}}}",
      "{'userName': 'U', 'name': {'familyName': 'F'}, 'emails': [{'value': 'v', 'type': 'WORK'}],"
      " '" ENTERPRISE "': {'department': 'D', 'manager': {'value': 'm'}}}" },
    /* unassigned: RFC 7643 section 2.5 */
    { "User", &scim_strict,
      "{'schemas': ['" USER "', '" ENTERPRISE "'], 'userName': 'u', 'title': null, 'roles': [], 'name': {'givenName':"
      " null}, 'emails': null, '" ENTERPRISE "': {'department': null}, 'nickName': ''}",
      "{'userName': 'u', 'nickName': ''}" },
    { "User", &scim_strict, "{'schemas': ['" USER "'], 'userName': 'u', '" ENTERPRISE "': null}", "{'userName': 'u'}" },
    { "User", &scim_strict, "{'schemas': ['" USER "'], 'userName': 'u', '" ENTERPRISE "': []}", "{'userName': 'u'}" },
    { "User", &scim_strict, "{'schemas': ['" USER "'], 'userName': 'u', 'password': 'p'}",
      "{'userName': 'u', 'password': 'p'}" },
    /* canonical values are suggestions */
    { "User", &scim_strict, "{'schemas': ['" USER "'], 'userName': 'u', 'ims': [{'value': 'v', 'type': 'irc'}]}",
      "{'userName': 'u', 'ims': [{'value': 'v', 'type': 'irc'}]}" },
    /* core attributes under their URN, and names with theirs in front */
    { "User", &scim_strict, "{'schemas': ['" USER "'], '" USER "': {'userName': 'u', 'externalId': 'e'}, 'title': 't'}",
      "{'userName': 'u', 'externalId': 'e', 'title': 't'}" },
    { "User", &scim_strict,
      "{'schemas': ['" USER "'], '" USER ":userName': 'u', '" ENTERPRISE ":department': 'D', '" ENTERPRISE "':"
      " {'division': 'V'}}",
      "{'userName': 'u', '" ENTERPRISE "': {'department': 'D', 'division': 'V'}}" },
    /* members: by value */
    { "Group", &scim_strict,
      "{'schemas': ['" GROUP "'], 'displayName': 'g', 'members': [{'value': 'a'}, {'value': 'b', 'type': 'User'},"
      " {'value': 'a', 'display': 'A', 'type': 'User'}, {'value': 'A'}]}",
      "{'displayName': 'g', 'members': [{'value': 'a'}, {'value': 'b', 'type': 'User'}, {'value': 'A'}]}" },
    /* what clients send */
    { "User", &scim_lenient, "{'userName': 'u', 'active': 'True', '" ENTERPRISE "': {'manager': 'm'}}",
      "{'userName': 'u', 'active': true, '" ENTERPRISE "': {'manager': {'value': 'm'}}}" },
    { "User", &scim_lenient, "{'schemas': null, 'userName': 'u'}", "{'userName': 'u'}" },
    { "Group", &scim_lenient,
      "{'schemas': ['" GROUP "', 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],"
      " 'externalId': 'e', 'displayName': 'g', 'meta': {'resourceType': 'Group'}}",
      "{'externalId': 'e', 'displayName': 'g'}" },
    { "Group", &scim_lenient,
      "{'schemas': ['urn:ietf:params:scim:schemas:CORE:2.0:group'], 'displayName': 'g', 'members': []}",
      "{'displayName': 'g'}" },
    { "Thing", &scim_strict,
      "{'schemas': ['" THING "', '" MORE "'], 'serial': 's', 'badge': {'number': 1}, '" MORE "': {'shelf': 'a'}}",
      "{'serial': 's', 'badge': {'number': 1}, '" MORE "': {'shelf': 'a'}}" },
    /* what an extension requires is required where the extension is used */
    { "Thing", &scim_strict, "{'schemas': ['" THING "'], 'serial': 's', '" MORE "': {}}", "{'serial': 's'}" }
};

START_TEST(good_bodies)
{
    static const scim_purpose_t purposes[] = { SCIM_FOR_CREATE, SCIM_FOR_REPLACE };
    int i;

    for (i = 0; i < COUNT(purposes); i++) {
        json_t *resource;

        ck_ok(scim_validate_resource(&resource, test_json(quoted(good[_i].body)), type_of(good[_i].type), purposes[i],
                                     good[_i].leniency, p));
        ck_json(scim_json_own(p, resource), quoted(good[_i].resource));
    }
}
END_TEST

#define U(rest) "{'schemas': ['" USER "'], 'userName': 'u', " rest "}"
#define T(rest) "{'schemas': ['" THING "'], 'serial': 's', " rest "}"

static const struct {
    const char            *type;
    const scim_leniency_t *leniency;
    const char            *body;
    scim_errkind_t         kind;
    const char            *says;
} bad[] = {
    { "User", &scim_lenient, "[]", SCIM_E_INVALID_SYNTAX, "JSON object" },
    { "User", &scim_lenient, "'x'", SCIM_E_INVALID_SYNTAX, "JSON object" },
    { "User", &scim_lenient, "null", SCIM_E_INVALID_SYNTAX, "JSON object" },
    { "User", &scim_lenient, "{'schemas': '" USER "', 'userName': 'u'}", SCIM_E_INVALID_SYNTAX, "schemas" },
    { "User", &scim_lenient, "{'schemas': [5], 'userName': 'u'}", SCIM_E_INVALID_SYNTAX, "schemas" },
    { "User", &scim_lenient, "{'schemas': [null], 'userName': 'u'}", SCIM_E_INVALID_SYNTAX, "schemas" },
    { "User", &scim_lenient, "{'schemas': {}, 'userName': 'u'}", SCIM_E_INVALID_SYNTAX, "schemas" },
    { "User", &scim_strict, "{'userName': 'u'}", SCIM_E_INVALID_SYNTAX, "schemas" },
    { "User", &scim_strict, "{'schemas': [], 'userName': 'u'}", SCIM_E_INVALID_SYNTAX, "schemas" },
    { "User", &scim_strict, "{'schemas': ['" USER "', 'urn:x'], 'userName': 'u'}", SCIM_E_INVALID_SYNTAX,
      "does not have" },
    { "User", &scim_strict, "{'schemas': ['" ENTERPRISE "'], 'userName': 'u'}", SCIM_E_INVALID_SYNTAX, USER },
    { "User", &scim_strict, "{'schemas': ['" GROUP "'], 'userName': 'u'}", SCIM_E_INVALID_SYNTAX, "does not have" },

    { "User", &scim_lenient, "{}", SCIM_E_INVALID_VALUE, "\"userName\" is required" },
    { "User", &scim_lenient, "{'userName': null}", SCIM_E_INVALID_VALUE, "\"userName\" is required" },
    { "User", &scim_lenient, "{'userName': []}", SCIM_E_INVALID_VALUE, "\"userName\" is required" },
    { "User", &scim_lenient, "{'userName': ''}", SCIM_E_INVALID_VALUE, "\"userName\" is required" },
    { "Group", &scim_lenient, "{'members': [{'value': 'a'}]}", SCIM_E_INVALID_VALUE, "\"displayName\" is required" },
    { "Thing", &scim_lenient, T("'badge': {'color': 'red'}"), SCIM_E_INVALID_VALUE, "\"badge.number\" is required" },
    { "Thing", &scim_lenient, T("'parts': [{'value': 'a'}, {'note': 'n'}]"), SCIM_E_INVALID_VALUE,
      "\"parts.value\" is required" },
    { "Thing", &scim_lenient, T("'" MORE "': {'row': 1}"), SCIM_E_INVALID_VALUE, "\"" MORE ":shelf\" is required" },

    /* the same attribute twice, in whatever spelling */
    { "User", &scim_lenient, U("'USERNAME': 'u'"), SCIM_E_INVALID_VALUE, "\"userName\" is there twice" },
    { "User", &scim_lenient, U("'Title': null, 'title': 't'"), SCIM_E_INVALID_VALUE, "\"title\" is there twice" },
    { "User", &scim_lenient, U("'" USER ":userName': 'u'"), SCIM_E_INVALID_VALUE, "\"userName\" is there twice" },
    { "User", &scim_lenient, U("'" USER "': {'userName': 'u'}"), SCIM_E_INVALID_VALUE, "\"userName\" is there twice" },
    { "User", &scim_lenient, U("'" ENTERPRISE ":department': 'd', '" ENTERPRISE "': {'Department': 'd'}"),
      SCIM_E_INVALID_VALUE,
      ":department\" is there twice" },
    { "User", &scim_lenient, U("'Schemas': ['" USER "']"), SCIM_E_INVALID_VALUE, "\"schemas\" is there twice" },
    { "User", &scim_lenient, U("'id': 'a', 'ID': 'b'"), SCIM_E_INVALID_VALUE, "\"id\" is there twice" },

    { "User", &scim_lenient, U("'active': 'perhaps'"), SCIM_E_INVALID_VALUE, "\"active\" must be of type boolean" },
    { "User", &scim_lenient, U("'title': 5"), SCIM_E_INVALID_VALUE, "\"title\" must be of type string" },
    { "User", &scim_lenient, U("'name': 'x'"), SCIM_E_INVALID_VALUE, "\"name\" must be a JSON object" },
    { "User", &scim_lenient, U("'emails': [{'value': 5}]"), SCIM_E_INVALID_VALUE,
      "\"emails.value\" must be of type string" },
    { "User", &scim_lenient, U("'emails': ['x']"), SCIM_E_INVALID_VALUE, "\"emails\" must be a list of JSON objects" },
    { "User", &scim_lenient, U("'" ENTERPRISE "': 'x'"), SCIM_E_INVALID_VALUE, "must be a JSON object" },
    { "User", &scim_lenient, U("'" USER "': ['x']"), SCIM_E_INVALID_VALUE, "must be a JSON object" },
    { "User", &scim_lenient, U("'emails': [{'value': 'a', 'primary': 'True'}, {'value': 'b', 'primary': true}]"),
      SCIM_E_INVALID_VALUE,
      "\"emails\" has more than one primary value" },
    { "User", &scim_strict, U("'active': 'true'"), SCIM_E_INVALID_VALUE, "\"active\" must be of type boolean" },
    { "User", &scim_strict, U("'" ENTERPRISE "': {'manager': 'm'}"), SCIM_E_INVALID_VALUE,
      ":manager\" must be a JSON object" }
};

START_TEST(bad_bodies)
{
    json_t *resource = NULL;
    scim_err_t *err = scim_validate_resource(&resource, test_json(quoted(bad[_i].body)), type_of(bad[_i].type),
                                             SCIM_FOR_CREATE,
                                             bad[_i].leniency, p);

    scim_json_own(p, resource);
    ck_assert_msg(err != NULL, "taken: %s", bad[_i].body);
    ck_err(err, bad[_i].kind);
    ck_assert_msg(strstr(err->detail, bad[_i].says) != NULL, "%s", err->detail);
    ck_assert_ptr_null(resource);
}
END_TEST

START_TEST(details_have_no_values)
{
    static const char *const bodies[] = {
        U("'active': 'Confidential'"), U("'password': ['Confidential']"), U("'emails': 'Confidential'"),
        U("'name': 'Confidential'"),
        U("'" ENTERPRISE "': 'Confidential'"), "{'schemas': 'Confidential'}", "{'password': 'Confidential'}"
    };
    json_t *resource;
    scim_err_t *err = scim_validate_resource(&resource, test_json(quoted(bodies[_i])), user, SCIM_FOR_CREATE,
                                             &scim_lenient, p);

    ck_assert_ptr_nonnull(err);
    ck_assert_msg(!strstr(err->detail, "Confidential"), "%s", err->detail);
}
END_TEST

/* ---- extensions that are required: RFC 7643 section 6 ---- */

START_TEST(required_extensions)
{
    static const scim_attr_t shelf = { .type = SCIM_TYPE_STRING },
    shown = { .type = SCIM_TYPE_STRING, .mutability = SCIM_READ_ONLY };
    scim_schema_t *more = scim_schema_make(MORE, "More", NULL, p),
    *other = scim_schema_make("urn:example:other", "Other", NULL, p);
    scim_rtype_t *strict = scim_rtype_make("Group", "Groups", scim_schema_group(), p);
    const json_t *without = test_json("{\"displayName\": \"g\"}"),
    *empty = test_json("{\"displayName\": \"g\", \"" MORE "\": {}}");
    json_t *resource;

    ck_assert_ptr_null(scim_schema_add(more, "shelf", &shelf, p));
    ck_assert_ptr_null(scim_schema_add(other, "shown", &shown, p));
    scim_rtype_extend(strict, other, 1, p);           /* nobody could provide it */
    ck_ok(scim_validate_required(without, strict, p));
    scim_rtype_extend(strict, more, 1, p);
    ck_err(scim_validate_required(without, strict, p), SCIM_E_INVALID_VALUE);
    ck_err(scim_validate_resource(&resource, without, strict, SCIM_FOR_CREATE, &scim_lenient, p), SCIM_E_INVALID_VALUE);
    ck_err(scim_validate_resource(&resource, empty, strict, SCIM_FOR_REPLACE, &scim_lenient, p), SCIM_E_INVALID_VALUE);
    ck_ok(scim_validate_resource(&resource, test_json("{\"displayName\": \"g\", \"" MORE ":shelf\": \"s\"}"), strict,
                                 SCIM_FOR_CREATE,
                                 &scim_lenient, p));
    ck_json(scim_json_own(p, resource), "{\"displayName\": \"g\", \"" MORE "\": {\"shelf\": \"s\"}}");
}
END_TEST

/* ---- immutable attributes: RFC 7644 section 3.5.1 ---- */

static const struct {
    const char *before, *after, *refused;      /* the attribute named; NULL if it is allowed */
} immutable[] = {
    { "{'serial': 'a'}", "{'serial': 'a'}", NULL }, { "{'serial': 'a'}", "{'serial': 'b'}", "serial" },
    { "{'serial': 'a'}", "{'serial': 'A'}", "serial" }, { "{}", "{'serial': 'a'}", NULL },
    { "{'serial': 'a'}", "{}", NULL },
    { "{'born': '2011-05-13T04:42:34Z'}", "{'born': '2011-05-13T06:42:34.000+02:00'}", NULL },
    { "{'born': '2011-05-13T04:42:34Z'}", "{'born': '2011-05-13T04:42:34.1Z'}", "born" },
    { "{'marks': ['a', 'b']}", "{'marks': ['b', 'a']}", NULL },
    { "{'marks': ['a', 'b']}", "{'marks': ['b']}", "marks" },
    { "{'marks': ['a', 'b']}", "{'marks': ['b', 'c']}", "marks" },
    { "{'marks': ['a']}", "{'marks': ['a', 'b']}", "marks" },
    { "{'badge': {'number': 1, 'color': 'red'}}", "{'badge': {'number': 1, 'color': 'blue'}}", NULL },
    { "{'badge': {'number': 1}}", "{'badge': {'number': 2}}", "badge.number" },
    { "{'badge': {'number': 1}}", "{'badge': {'color': 'red'}}", "badge.number" },
    { "{'badge': {'number': 1}}", "{}", "badge.number" },
    { "{'badge': {'color': 'red'}}", "{'badge': {'number': 2}}", NULL },
    { "{'stars': 1, 'flag': true}", "{'stars': 2, 'flag': false}", NULL }
};

START_TEST(immutable_attributes)
{
    scim_err_t *err = scim_validate_immutable(test_json(quoted(immutable[_i].before)),
                                              test_json(quoted(immutable[_i].after)), thing, p);

    if (!immutable[_i].refused) {
        ck_ok(err);
        return;
    }
    ck_err(err, SCIM_E_MUTABILITY);
    ck_assert_ptr_nonnull(strstr(err->detail, immutable[_i].refused));
}
END_TEST

START_TEST(types_with_immutable_attributes)
{
    ck_assert(scim_validate_has_immutable(thing));
    ck_assert(!scim_validate_has_immutable(user));
    /* the parts of a member: members as a whole come and go */
    ck_assert(!scim_validate_has_immutable(group));
    ck_ok(scim_validate_immutable(test_json("{\"members\": [{\"value\": \"a\", \"type\": \"User\"}]}"),
                                  test_json("{\"members\": [{\"value\": \"a\", \"type\": \"Group\"}]}"), group, p));
}
END_TEST

/* ---- sizes ---- */

START_TEST(long_lists)
{
    enum { MANY = 50000 };
    json_t *body = scim_json_own(p, json_pack("{s:s, s:[]}", "displayName", "g", "members")), *resource;
    json_t *members = json_object_get(body, "members");
    int i;

    for (i = 0; i < 2 * MANY; i++)
        json_array_append_new(members, json_pack("{s:o}", "value", json_sprintf("%d", i % MANY)));
    ck_ok(scim_validate_resource(&resource, body, group, SCIM_FOR_CREATE, &scim_lenient, p));
    scim_json_own(p, resource);
    ck_assert_uint_eq(json_array_size(json_object_get(resource, "members")), MANY);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("validate");
    TCase *tcase = tcase_create("validate");

    tcase_add_checked_fixture(tcase, setup, test_teardown);
    tcase_add_loop_test(tcase, values_of_each_type, 0, COUNT(values));
    tcase_add_test(tcase, numbers_in_texts);
    tcase_add_test(tcase, one_element);
    tcase_add_test(tcase, completeness);
    tcase_add_loop_test(tcase, good_bodies, 0, COUNT(good));
    tcase_add_loop_test(tcase, bad_bodies, 0, COUNT(bad));
    tcase_add_loop_test(tcase, details_have_no_values, 0, 7);
    tcase_add_test(tcase, required_extensions);
    tcase_add_loop_test(tcase, immutable_attributes, 0, COUNT(immutable));
    tcase_add_test(tcase, types_with_immutable_attributes);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("sizes");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, test_teardown);
    tcase_add_test(tcase, long_lists);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
