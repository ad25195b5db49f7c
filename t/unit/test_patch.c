/* SPDX-License-Identifier: Apache-2.0 */

/* PATCH: RFC 7644 section 3.5.2. Apostrophes stand for quotes. */

#include <string.h>

#include <apr_strings.h>

#include "common.h"
#include "scim_patch.h"

#define USER "urn:ietf:params:scim:schemas:core:2.0:User"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define MORE "urn:example:more:Thing"
#define PATCH_OP "urn:ietf:params:scim:api:messages:2.0:PatchOp"
#define ID "2819c223-7f76-453a-919d-413861904646"

static apr_pool_t *p;
static scim_rtype_t *user, *group, *thing;
static const scim_filter_limits_t limits = { .max_bytes = 1 << 20, .max_terms = 256, .max_depth = 32 };

/* What the resource types of RFC 7643 do not have. */
static const struct {
    const char *name;
    scim_attr_t is;
} thing_attrs[] = {
    { "serial", { .type = SCIM_TYPE_STRING, .mutability = SCIM_IMMUTABLE } },
    { "marks", { .type = SCIM_TYPE_STRING, .multi = 1, .mutability = SCIM_IMMUTABLE } },
    { "tags", { .type = SCIM_TYPE_STRING, .multi = 1 } },
    { "owners", { .type = SCIM_TYPE_STRING, .multi = 1, .required = 1 } },
    { "stars", { .type = SCIM_TYPE_INTEGER, .mutability = SCIM_READ_ONLY } },
    { "size", { .type = SCIM_TYPE_INTEGER } },
    { "badge", { .type = SCIM_TYPE_COMPLEX, .required = 1 } },
    { "badge.number", { .type = SCIM_TYPE_INTEGER, .mutability = SCIM_IMMUTABLE } },
    { "badge.color", { .type = SCIM_TYPE_STRING } },
    { "badge.words", { .type = SCIM_TYPE_STRING, .multi = 1 } },
    { "lock", { .type = SCIM_TYPE_COMPLEX } },
    { "lock.maker", { .type = SCIM_TYPE_STRING, .required = 1 } },
    { "lock.kind", { .type = SCIM_TYPE_STRING } },
    { "parts", { .type = SCIM_TYPE_COMPLEX, .multi = 1 } },
    { "parts.value", { .type = SCIM_TYPE_STRING, .required = 1 } },
    { "parts.type", { .type = SCIM_TYPE_STRING } },
    { "parts.count", { .type = SCIM_TYPE_INTEGER, .mutability = SCIM_READ_ONLY } },
    { "parts.words", { .type = SCIM_TYPE_STRING, .multi = 1 } }
};

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static void setup(void)
{
    static const scim_attr_t text = { .type = SCIM_TYPE_STRING }, needed = { .type = SCIM_TYPE_STRING, .required = 1 };
    scim_schema_t *core, *more;
    int i;

    test_setup();
    p = test_pool;
    core = scim_schema_make("urn:example:Thing", "Thing", NULL, p);
    more = scim_schema_make(MORE, "More", NULL, p);
    for (i = 0; i < COUNT(thing_attrs); i++)
        ck_assert_ptr_null(scim_schema_add(core, thing_attrs[i].name, &thing_attrs[i].is, p));
    ck_assert_ptr_null(scim_schema_add(more, "shelf", &needed, p));
    ck_assert_ptr_null(scim_schema_add(more, "row", &text, p));
    thing = scim_rtype_make("Thing", "Things", core, p);
    scim_rtype_extend(thing, more, 0, p);
    user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, p);
    group = scim_rtype_make("Group", "Groups", scim_schema_group(), p);
}

/* The resource type, by the first letter of its name. */
static const scim_rtype_t *type_of(const char *name)
{
    return *name == 'U' ? user : *name == 'G' ? group : thing;
}

static const char *quoted(const char *text)
{
    char *copy = apr_pstrdup(p, text), *c;

    for (c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static scim_err_t *parse(scim_patch_t **patch, const char *operations, const char *type,
                         const scim_leniency_t *leniency)
{
    const char *text = apr_pstrcat(p, "{'schemas': ['" PATCH_OP "'], 'Operations': [", operations, "]}", NULL);

    return scim_patch_parse(patch, test_json(quoted(text)), ID, type_of(type), leniency, &limits, p);
}

/* Parses and applies; the resource is changed in place. */
static scim_err_t *run(json_t *resource, int *changed, const char *operations, const char *type,
                       const scim_leniency_t *leniency)
{
    scim_patch_t *patch;
    scim_err_t *err = parse(&patch, operations, type, leniency);

    return err ? err : scim_patch_apply(patch, resource, type_of(type), changed, p);
}

/* ---- what becomes of a resource ---- */

#define BABS "'userName': 'bjensen', 'name': {'familyName': 'Jensen', 'givenName': 'Barbara'}"
#define WORK "{'value': 'w', 'type': 'work', 'primary': true}"
#define HOME "{'value': 'h', 'type': 'home'}"
#define THING "'owners': ['o'], 'badge': {'color': 'red'}"

typedef struct change_t {
    const char *type, *resource, *operations, *result;
} change_t;

/* As RFC 7644 section 3.5.2 has it: the same in a strict and a lenient reading. */
static const change_t changes[] = {
    /* add: section 3.5.2.1 */
    { "User", "{" BABS "}",
      "{'op': 'add', 'value': {'emails': [{'value': 'babs@jensen.org', 'type': 'home'}], 'nickName': 'Babs'}}",
      "{" BABS ", 'emails': [{'value': 'babs@jensen.org', 'type': 'home'}], 'nickName': 'Babs'}" },
    { "User", "{" BABS ", 'title': 'T'}", "{'op': 'add', 'path': 'title', 'value': 'U'}", "{" BABS ", 'title': 'U'}" },
    { "User", "{'userName': 'u'}", "{'op': 'add', 'path': 'name', 'value': {'givenName': 'G'}}",
      "{'userName': 'u', 'name': {'givenName': 'G'}}" },
    { "User", "{" BABS "}", "{'op': 'add', 'path': 'name', 'value': {'givenName': 'G', 'middleName': 'M'}}",
      "{'userName': 'bjensen', 'name': {'familyName': 'Jensen', 'givenName': 'G', 'middleName': 'M'}}" },
    { "User", "{'userName': 'u'}", "{'op': 'add', 'path': 'name.middleName', 'value': 'M'}",
      "{'userName': 'u', 'name': {'middleName': 'M'}}" },
    { "User", "{'emails': [" WORK "]}", "{'op': 'add', 'path': 'emails', 'value': [" HOME "]}",
      "{'emails': [" WORK ", " HOME "]}" },
    { "User", "{'emails': [" WORK "]}", "{'op': 'add', 'path': 'emails', 'value': " HOME "}",
      "{'emails': [" WORK ", " HOME "]}" },
    { "User", "{'emails': [" WORK ", " HOME "]}",
      "{'op': 'add', 'path': 'emails[type eq \\'home\\'].display', 'value': 'H'}",
      "{'emails': [" WORK ", {'value': 'h', 'type': 'home', 'display': 'H'}]}" },
    { "User", "{'emails': [" HOME "]}",
      "{'op': 'add', 'path': 'emails[type eq \\'home\\']', 'value': {'display': 'H'}}",
      "{'emails': [{'value': 'h', 'type': 'home', 'display': 'H'}]}" },
    { "User", "{}", "{'op': 'add', 'path': 'emails[type eq \\'work\\'].value', 'value': 'w'}",
      "{'emails': [{'type': 'work', 'value': 'w'}]}" },
    { "User", "{}", "{'op': 'add', 'path': 'emails[type eq \\'x\\' and primary eq true]', 'value': {'value': 'w'}}",
      "{'emails': [{'type': 'x', 'primary': true, 'value': 'w'}]}" },
    { "Group", "{'displayName': 'g'}",
      "{'op': 'add', 'path': 'members', 'value': [{'display': 'Babs Jensen', '$ref': 'https://x/1', 'value': '1'}]}",
      "{'displayName': 'g', 'members': [{'display': 'Babs Jensen', '$ref': 'https://x/1', 'value': '1'}]}" },
    { "Thing", "{'tags': ['a']}", "{'op': 'add', 'path': 'tags', 'value': ['b', 'a', 'c']}",
      "{'tags': ['a', 'b', 'c']}" },
    { "Thing", "{'badge': {'words': ['a']}}", "{'op': 'add', 'path': 'badge.words', 'value': ['b', 'a']}",
      "{'badge': {'words': ['a', 'b']}}" },
    { "Thing", "{'badge': {'words': ['a']}}", "{'op': 'replace', 'path': 'badge.words', 'value': ['b']}",
      "{'badge': {'words': ['b']}}" },
    { "Thing", "{'parts': [{'value': 'x', 'words': ['a']}]}",
      "{'op': 'add', 'path': 'parts[value eq \\'x\\'].words', 'value': ['b']}",
      "{'parts': [{'value': 'x', 'words': ['a', 'b']}]}" },

    /* remove: section 3.5.2.2 */
    { "User", "{" BABS ", 'title': 'T'}", "{'op': 'remove', 'path': 'title'}", "{" BABS "}" },
    { "User", "{" BABS "}", "{'op': 'remove', 'path': 'name.givenName'}",
      "{'userName': 'bjensen', 'name': {'familyName': 'Jensen'}}" },
    { "User", "{'name': {'givenName': 'G'}}", "{'op': 'remove', 'path': 'name.givenName'}", "{}" },
    { "User", "{" BABS "}", "{'op': 'remove', 'path': 'name'}", "{'userName': 'bjensen'}" },
    { "User", "{'emails': [" WORK ", " HOME "]}", "{'op': 'remove', 'path': 'emails'}", "{}" },
    { "User", "{'emails': [" WORK ", " HOME "]}", "{'op': 'remove', 'path': 'emails[type eq \\'home\\']'}",
      "{'emails': [" WORK "]}" },
    { "User", "{'emails': [" WORK ", " HOME "]}",
      "{'op': 'remove', 'path': 'emails[type eq \\'work\\' and value sw \\'W\\']'}",
      "{'emails': [" HOME "]}" },
    { "User", "{'emails': [" HOME "]}", "{'op': 'remove', 'path': 'emails[type pr]'}", "{}" },
    { "User", "{'emails': [" WORK ", " HOME "]}", "{'op': 'remove', 'path': 'emails[not (primary eq true)]'}",
      "{'emails': [" WORK "]}" },
    { "User", "{'emails': [" WORK ", " HOME "]}", "{'op': 'remove', 'path': 'emails.type'}",
      "{'emails': [{'value': 'w', 'primary': true}, {'value': 'h'}]}" },
    { "User", "{'emails': [" WORK ", " HOME "]}", "{'op': 'remove', 'path': 'emails[type eq \\'work\\'].primary'}",
      "{'emails': [{'value': 'w', 'type': 'work'}, " HOME "]}" },
    { "Group", "{'members': [{'value': '1'}, {'value': '2'}, {'value': '3'}]}",
      "{'op': 'remove', 'path': 'members[value eq \\'1\\' or value eq \\'3\\']'}", "{'members': [{'value': '2'}]}" },
    /* what an element is known by does not go with it */
    { "User", "{'emails': [{'value': 'w', 'display': 'D'}]}",
      "{'op': 'remove', 'path': 'emails[value eq \\'w\\'].display'}",
      "{'emails': [{'value': 'w'}]}" },
    { "User", "{'addresses': [{'country': 'DE', 'type': 'work'}]}",
      "{'op': 'remove', 'path': 'addresses[country eq \\'de\\'].type'}",
      "{'addresses': [{'country': 'DE'}]}" },
    { "Group", "{'members': [{'value': '1', 'display': 'one'}]}",
      "{'op': 'remove', 'path': 'members[display eq \\'ONE\\']'}", "{}" },
    { "Thing", "{'tags': ['a', 'b']}", "{'op': 'remove', 'path': 'tags[value eq \\'A\\']'}", "{'tags': ['b']}" },
    { "Thing", "{'tags': ['a', 'b']}", "{'op': 'remove', 'path': 'tags[value eq \\'a\\' or value eq \\'b\\']'}", "{}" },
    { "Thing", "{'parts': [{'value': 'x', 'words': ['a']}]}", "{'op': 'remove', 'path': 'parts.words'}",
      "{'parts': [{'value': 'x'}]}" },

    /* replace: section 3.5.2.3 */
    { "User", "{" BABS "}", "{'op': 'replace', 'value': {'nickName': 'Babs', 'name': {'givenName': 'B'}}}",
      "{'userName': 'bjensen', 'nickName': 'Babs', 'name': {'familyName': 'Jensen', 'givenName': 'B'}}" },
    { "User", "{'nickName': 'x'}", "{'op': 'replace', 'path': 'nickName', 'value': 'y'}", "{'nickName': 'y'}" },
    { "User", "{'emails': [" WORK "]}", "{'op': 'replace', 'path': 'emails', 'value': [" HOME "]}",
      "{'emails': [" HOME "]}" },
    { "User", "{'addresses': [{'type': 'work', 'country': 'US', 'region': 'CA'}, {'type': 'home', 'country': 'US'}]}",
      "{'op': 'replace', 'path': 'addresses[type eq \\'work\\']', 'value': {'type': 'work', 'streetAddress': 'Plaza',"
      " 'primary': true}}",
      "{'addresses': [{'type': 'work', 'streetAddress': 'Plaza', 'primary': true}, {'type': 'home', 'country':"
      " 'US'}]}" },
    { "User", "{'addresses': [{'type': 'work', 'country': 'US'}, {'type': 'home', 'country': 'US'}]}",
      "{'op': 'replace', 'path': 'addresses[country eq \\'us\\'].streetAddress', 'value': 'S'}",
      "{'addresses': [{'type': 'work', 'country': 'US', 'streetAddress': 'S'}, {'type': 'home', 'country': 'US',"
      " 'streetAddress': 'S'}]}" },
    { "User", "{'emails': [" WORK ", " HOME "]}", "{'op': 'replace', 'path': 'emails.display', 'value': 'D'}",
      "{'emails': [{'value': 'w', 'type': 'work', 'primary': true, 'display': 'D'}, {'value': 'h', 'type': 'home',"
      " 'display': 'D'}]}" },
    /* what the filter says an element is it stays, unless the value says otherwise */
    { "User", "{'emails': [" WORK ", " HOME "]}",
      "{'op': 'replace', 'path': 'emails[type eq \\'home\\']', 'value': {'value': 'x'}}",
      "{'emails': [" WORK ", {'value': 'x', 'type': 'home'}]}" },
    { "User", "{'emails': [" HOME "]}",
      "{'op': 'replace', 'path': 'emails[type eq \\'home\\']', 'value': {'value': 'x', 'type': 'y'}}",
      "{'emails': [{'value': 'x', 'type': 'y'}]}" },
    { "Group", "{'members': [{'value': '1'}]}",
      "{'op': 'replace', 'path': 'members', 'value': [{'value': '2'}, {'value': '2', 'display': 'x'}]}",
      "{'members': [{'value': '2'}]}" },
    { "Thing", "{'tags': ['a', 'b']}", "{'op': 'replace', 'path': 'tags[value eq \\'a\\']', 'value': 'c'}",
      "{'tags': ['c', 'b']}" },
    { "Thing", "{'tags': ['a', 'b']}", "{'op': 'replace', 'path': 'tags[value eq \\'a\\']', 'value': 'b'}",
      "{'tags': ['b']}" },

    /* null and []: RFC 7643 section 2.5 */
    { "User", "{'title': 'T'}", "{'op': 'replace', 'path': 'title', 'value': null}", "{}" },
    { "User", "{'emails': [" WORK "]}", "{'op': 'replace', 'path': 'emails', 'value': []}", "{}" },
    { "User", "{'emails': [" WORK "], 'title': 'T'}", "{'op': 'replace', 'value': {'emails': [], 'title': null}}",
      "{}" },
    { "User", "{" BABS "}", "{'op': 'replace', 'path': 'name', 'value': {'givenName': null}}",
      "{'userName': 'bjensen', 'name': {'familyName': 'Jensen'}}" },
    { "User", "{'emails': [" WORK ", " HOME "]}",
      "{'op': 'replace', 'path': 'emails[type eq \\'home\\']', 'value': null}",
      "{'emails': [" WORK "]}" },
    { "User", "{'emails': [" HOME "]}", "{'op': 'replace', 'path': 'emails[type eq \\'home\\'].type', 'value': null}",
      "{'emails': [{'value': 'h'}]}" },

    /* the primary one: section 3.5.2 */
    { "User", "{'emails': [" WORK ", " HOME "]}",
      "{'op': 'replace', 'path': 'emails[type eq \\'home\\'].primary', 'value': true}",
      "{'emails': [{'value': 'w', 'type': 'work', 'primary': false}, {'value': 'h', 'type': 'home', 'primary':"
      " true}]}" },
    { "User", "{'emails': [" WORK "]}",
      "{'op': 'add', 'path': 'emails', 'value': {'value': 'x', 'primary': true}}, {'op': 'add', 'path': 'emails',"
      " 'value': {'value': 'y', 'primary': true}}",
      "{'emails': [{'value': 'w', 'type': 'work', 'primary': false}, {'value': 'x', 'primary': false}, {'value': 'y',"
      " 'primary': true}]}" },
    { "User", "{'emails': [" WORK ", {'value': 'h', 'type': 'home', 'primary': true}]}",
      "{'op': 'add', 'path': 'emails', 'value': {'value': 'x', 'primary': true}}",
      "{'emails': [{'value': 'w', 'type': 'work', 'primary': false}, {'value': 'h', 'type': 'home', 'primary': false},"
      " {'value': 'x', 'primary': true}]}" },
    { "User", "{'emails': [{'value': 'w', 'type': 'work'}]}", "{'op': 'add', 'path': 'emails', 'value': " WORK "}",
      "{'emails': [" WORK "]}" },

    { "User", "{'emails': [" WORK ", " HOME "]}", "{'op': 'replace', 'path': 'emails.primary', 'value': false}",
      "{'emails': [{'value': 'w', 'type': 'work', 'primary': false}, {'value': 'h', 'type': 'home', 'primary':"
      " false}]}" },

    { "User", "{'addresses': [{'country': 'DE'}, {'country': 'US'}]}",
      "{'op': 'add', 'path': 'addresses', 'value': {'country': 'DE', 'primary': true}}",
      "{'addresses': [{'country': 'DE', 'primary': true}, {'country': 'US'}]}" },

    /* one that gets equal to another is that other: RFC 7643 section 2.4 */
    { "User", "{'emails': [" WORK ", " HOME "]}",
      "{'op': 'replace', 'path': 'emails[value pr]', 'value': {'value': 'x', 'primary': true}}",
      "{'emails': [{'value': 'x', 'primary': true}]}" },
    { "User", "{'emails': [" WORK ", {'value': 'w', 'type': 'home', 'display': 'D'}]}",
      "{'op': 'replace', 'path': 'emails[type eq \\'home\\'].type', 'value': 'work'}",
      "{'emails': [{'value': 'w', 'type': 'work', 'primary': true, 'display': 'D'}]}" },

    /* extensions and URNs: section 3.10 */
    { "User", "{}", "{'op': 'add', 'path': '" ENTERPRISE ":department', 'value': 'D'}",
      "{'" ENTERPRISE "': {'department': 'D'}}" },
    { "User", "{'" ENTERPRISE "': {'department': 'D'}}", "{'op': 'remove', 'path': '" ENTERPRISE ":DEPARTMENT'}",
      "{}" },
    { "User", "{'" ENTERPRISE "': {'department': 'D'}, 'title': 'T'}", "{'op': 'remove', 'path': '" ENTERPRISE "'}",
      "{'title': 'T'}" },
    { "User", "{'" ENTERPRISE "': {'department': 'D'}}",
      "{'op': 'replace', 'path': '" ENTERPRISE "', 'value': {'division': 'V'}}",
      "{'" ENTERPRISE "': {'department': 'D', 'division': 'V'}}" },
    { "User", "{'" ENTERPRISE "': {'department': 'D'}}", "{'op': 'replace', 'value': {'" ENTERPRISE "': null}}", "{}" },
    { "User", "{}",
      "{'op': 'add', 'value': {'title': 'T', '" ENTERPRISE "': {'manager': {'value': 'm', 'displayName': 'x'}}}}",
      "{'title': 'T', '" ENTERPRISE "': {'manager': {'value': 'm'}}}" },
    { "User", "{}", "{'op': 'replace', 'path': '" USER ":name.familyName', 'value': 'F'}",
      "{'name': {'familyName': 'F'}}" },
    { "User", "{}", "{'op': 'add', 'path': '" USER "', 'value': {'TITLE': 'T'}}", "{'title': 'T'}" },
    { "User", "{}", "{'op': 'add', 'value': {'" USER "': {'title': 'T', 'externalId': 'e'}}}",
      "{'title': 'T', 'externalId': 'e'}" },
    { "Thing", "{'" MORE "': {'shelf': 's', 'row': 'r'}}", "{'op': 'remove', 'path': '" MORE "'}", "{}" },

    /* in their order */
    { "User", "{'title': 'T'}", "{'op': 'remove', 'path': 'title'}, {'op': 'add', 'path': 'title', 'value': 'U'}",
      "{'title': 'U'}" },
    { "User", "{'emails': [" WORK "]}",
      "{'op': 'replace', 'path': 'emails', 'value': []}, {'op': 'add', 'path': 'emails', 'value': " HOME "},"
      "{'op': 'replace', 'path': 'emails[type eq \\'home\\'].value', 'value': 'x'}",
      "{'emails': [{'value': 'x', 'type': 'home'}]}" },
    { "Group", "{'members': [{'value': '1'}]}",
      "{'op': 'remove', 'path': 'members[value eq \\'1\\']'}, {'op': 'add', 'path': 'members', 'value': {'value': '1',"
      " 'type': 'User'}}",
      "{'members': [{'value': '1', 'type': 'User'}]}" },

    /* immutable attributes can be given a value, and the one they have */
    { "Thing", "{}", "{'op': 'add', 'path': 'serial', 'value': 's'}", "{'serial': 's'}" },
    { "Thing", "{'serial': 's'}", "{'op': 'replace', 'value': {'serial': 's', 'size': 1}}",
      "{'serial': 's', 'size': 1}" },
    { "Thing", "{'badge': {'color': 'red'}}", "{'op': 'add', 'path': 'badge', 'value': {'number': 1, 'color': 'blue'}}",
      "{'badge': {'number': 1, 'color': 'blue'}}" },
    { "Thing", "{}", "{'op': 'add', 'path': 'marks', 'value': ['a', 'b']}", "{'marks': ['a', 'b']}" }
};

static void check_change(const change_t *change, const scim_leniency_t *leniency)
{
    json_t *resource = test_json(quoted(change->resource));
    int changed = -1;

    ck_ok(run(resource, &changed, change->operations, change->type, leniency));
    ck_json(resource, quoted(change->result));
    ck_assert_int_eq(changed, 1);
}

START_TEST(changes_of_resources)
{
    check_change(&changes[_i], &scim_strict);
    check_change(&changes[_i], &scim_lenient);
}
END_TEST

/* ---- what clients send ---- */

static const change_t clients[] = {
    /* Entra */
    { "User", "{'emails': [" WORK "], " BABS "}",
      "{'op': 'Replace', 'path': 'emails[type eq \\'work\\'].value', 'value': 'x'}, {'op': 'Replace', 'path':"
      " 'name.familyName', 'value': 'F'}",
      "{'emails': [{'value': 'x', 'type': 'work', 'primary': true}], 'userName': 'bjensen',"
      " 'name': {'familyName': 'F', 'givenName': 'Barbara'}}" },
    { "User", "{}",
      "{'op': 'Add', 'path': 'phoneNumbers[type eq \\'mobile\\'].value', 'value': '+1 555 0100'},"
      "{'op': 'Add', 'path': 'addresses[type eq \\'work\\'].streetAddress', 'value': '1 Way'},"
      "{'op': 'Add', 'path': 'addresses[type eq \\'work\\'].country', 'value': 'Germany'}, {'op': 'Add', 'path':"
      " 'nickName', 'value': 'Babs'}",
      "{'phoneNumbers': [{'type': 'mobile', 'value': '+1 555 0100'}], 'nickName': 'Babs',"
      " 'addresses': [{'type': 'work', 'streetAddress': '1 Way', 'country': 'Germany'}]}" },
    { "User", "{}", "{'op': 'Add', 'path': '" ENTERPRISE ":manager', 'value': 'm'}",
      "{'" ENTERPRISE "': {'manager': {'value': 'm'}}}" },
    { "User", "{'" ENTERPRISE "': {'manager': {'value': 'm', '$ref': 'r', 'displayName': 'M'}}}",
      "{'op': 'Remove', 'path': '" ENTERPRISE ":manager'}", "{}" },
    { "User", "{'emails': [" WORK "]}",
      "{'op': 'replace', 'path': 'emails[type eq \\'work\\'].value', 'value': 'x'}, {'op': 'replace', 'value':"
      " {'displayName': 'Bjfe',"
      " 'name.givenName': 'Kkom', 'name.familyName': 'Unua', '" ENTERPRISE ":employeeNumber': 'Aklq'}}",
      "{'emails': [{'value': 'x', 'type': 'work', 'primary': true}], 'displayName': 'Bjfe', 'name': {'givenName':"
      " 'Kkom', 'familyName': 'Unua'}, '" ENTERPRISE "': {'employeeNumber': 'Aklq'}}" },
    { "User", "{}", "{'op': 'Add', 'path': 'roles[primary eq \\'True\\'].value', 'value': 'admin'}",
      "{'roles': [{'primary': true, 'value': 'admin'}]}" },
    { "User", "{'active': true}", "{'op': 'Replace', 'path': 'active', 'value': 'False'}", "{'active': false}" },
    { "User", "{'phoneNumbers': [{'type': 'mobile', 'value': '1'}]}",
      "{'op': 'Remove', 'path': 'phoneNumbers[type eq \\'mobile\\'].value'}",
      "{}" },
    { "User", "{}", "{'op': 'Replace', 'path': 'emails[type eq \\'WORK\\'].value', 'value': 'w'}",
      "{'emails': [{'type': 'WORK', 'value': 'w'}]}" },
    { "Group", "{'displayName': 'g'}", "{'op': 'Add', 'path': 'members', 'value': [{'$ref': null, 'value': '1'}]}",
      "{'displayName': 'g', 'members': [{'value': '1'}]}" },
    { "Group", "{'members': [{'value': '1', 'type': 'User'}, {'value': '2'}]}",
      "{'op': 'Remove', 'path': 'members', 'value': [{'$ref': null, 'value': '1'}]}", "{'members': [{'value': '2'}]}" },
    /* Okta, authentik */
    { "User", "{'active': true}", "{'op': 'replace', 'value': {'active': false}}", "{'active': false}" },
    { "User", "{}", "{'op': 'replace', 'value': {'password': 'p'}}", "{'password': 'p'}" },
    { "Group", "{'displayName': 'g'}",
      "{'op': 'replace', 'value': {'id': '" ID "', 'schemas': ['urn:ietf:params:scim:schemas:core:2.0:Group'],"
      " 'displayName': 'h'}}",
      "{'displayName': 'h'}" },
    { "Group", "{'displayName': 'g'}",
      "{'op': 'remove', 'path': 'members[value eq \\'89bb1940\\']'}, {'op': 'add', 'path': 'members', 'value':"
      " [{'value': '1', 'display': 'u'}]}",
      "{'displayName': 'g', 'members': [{'value': '1', 'display': 'u'}]}" },
    /* SailPoint */
    { "User", "{'phoneNumbers': [{'value': '1', 'type': 'work'}]}",
      "{'op': 'replace', 'path': 'title', 'value': 'Auditor'}, {'op': 'replace', 'path': '" ENTERPRISE ":department',"
      " 'value': 'Risk'},{'op': 'add', 'path': 'phoneNumbers', 'value': [{'value': '2', 'type': 'work'}]}",
      "{'title': 'Auditor', '" ENTERPRISE "': {'department': 'Risk'}, 'phoneNumbers': [{'value': '1', 'type': 'work'},"
      " {'value': '2', 'type': 'work'}]}" },
    /* unknown names beside known ones, as in a resource */
    { "User", "{}", "{'op': 'replace', 'value': {'nosuch': 'x', 'title': 'T', 'urn:x': {'a': 1}}}", "{'title': 'T'}" },
    { "User", "{}", "{'op': 'add', 'path': 'roles', 'value': [{'value': 'r', 'nosuch': 1}]}",
      "{'roles': [{'value': 'r'}]}" }
};

START_TEST(changes_by_clients)
{
    check_change(&clients[_i], &scim_lenient);
}
END_TEST

/* ---- what changes nothing ---- */

static const struct {
    const char *type, *resource, *operations;
} unchanged[] = {
    { "User", "{'title': 'T'}", "{'op': 'add', 'path': 'title', 'value': 'T'}" },
    { "User", "{'title': 'T'}", "{'op': 'replace', 'path': 'title', 'value': 'T'}" },
    { "User", "{'title': 'T'}",
      "{'op': 'replace', 'path': 'title', 'value': 'X'}, {'op': 'replace', 'path': 'title', 'value': 'T'}" },
    { "User", "{}", "{'op': 'remove', 'path': 'title'}" },
    { "User", "{}", "{'op': 'remove', 'path': 'name.givenName'}" },
    { "User", "{}", "{'op': 'remove', 'path': 'emails'}" },
    { "User", "{}", "{'op': 'remove', 'path': 'emails.value'}" },
    { "User", "{}", "{'op': 'remove', 'path': 'emails[type eq \\'work\\']'}" },
    { "User", "{'emails': [" HOME "]}", "{'op': 'remove', 'path': 'emails[type eq \\'work\\'].value'}" },
    { "User", "{}", "{'op': 'remove', 'path': '" ENTERPRISE "'}" },
    { "User", "{}", "{'op': 'replace', 'path': 'title', 'value': null}" },
    { "User", "{'title': 'T'}", "{'op': 'add', 'path': 'title', 'value': null}" },
    { "User", "{'emails': [" HOME "]}", "{'op': 'add', 'path': 'emails', 'value': []}" },
    { "User", "{'emails': [" WORK ", " HOME "]}", "{'op': 'add', 'path': 'emails', 'value': [" HOME ", " WORK "]}" },
    { "User", "{'emails': [" WORK ", " HOME "]}",
      "{'op': 'replace', 'path': 'emails', 'value': [" WORK ", " HOME "]}" },
    { "User", "{'emails': [" WORK "]}", "{'op': 'add', 'path': 'emails', 'value': {'value': 'w', 'type': 'work'}}" },
    { "User", "{'emails': [" WORK "]}", "{'op': 'replace', 'path': 'emails[type eq \\'work\\']', 'value': " WORK "}" },
    { "User", "{'emails': [" WORK "]}",
      "{'op': 'replace', 'path': 'emails[type eq \\'work\\'].primary', 'value': true}" },
    { "User", "{'name': {'givenName': 'G', 'familyName': 'F'}}",
      "{'op': 'replace', 'path': 'name', 'value': {'familyName': 'F'}}" },
    { "User", "{}", "{'op': 'replace', 'path': 'id', 'value': '" ID "'}" },
    { "User", "{}", "{'op': 'replace', 'value': {}}" },
    { "User", "{}", "{'op': 'add', 'path': 'schemas', 'value': ['" USER "', '" ENTERPRISE "']}" },
    { "Group", "{'members': [{'value': '1', 'display': 'x', 'type': 'User'}]}",
      "{'op': 'add', 'path': 'members', 'value': [{'value': '1', 'display': 'y'}]}" },
    { "Group", "{'members': [{'value': '1'}]}", "{'op': 'remove', 'path': 'members[value eq \\'2\\']'}" },
    { "Group", "{'members': [{'value': 'a'}]}", "{'op': 'remove', 'path': 'members[value eq \\'A\\']'}" },
    { "Group", "{'members': [{'value': '1'}]}",
      "{'op': 'add', 'path': 'members', 'value': [{'value': '2'}]}, {'op': 'remove', 'path': 'members[value eq"
      " \\'2\\']'}" },
    { "Thing", "{'tags': ['a', 'b']}", "{'op': 'add', 'path': 'tags', 'value': ['b']}" },
    { "Thing", "{'marks': ['a', 'b']}", "{'op': 'replace', 'path': 'marks', 'value': ['a', 'b']}" },
    { "Thing", "{'" MORE "': {'shelf': 's'}}", "{'op': 'add', 'path': '" MORE ":shelf', 'value': 's'}" }
};

START_TEST(nothing_changes)
{
    json_t *resource = test_json(quoted(unchanged[_i].resource));
    int changed = -1;

    ck_ok(run(resource, &changed, unchanged[_i].operations, unchanged[_i].type, &scim_lenient));
    ck_json(resource, quoted(unchanged[_i].resource));
    ck_assert_int_eq(changed, 0);
}
END_TEST

/* The order of a list says nothing. */
START_TEST(another_order)
{
    json_t *resource = test_json(quoted("{'members': [{'value': '1'}, {'value': '2'}]}"));
    int changed = -1;

    ck_ok(run(resource, &changed,
              "{'op': 'remove', 'path': 'members[value eq \\'1\\']'}, {'op': 'add', 'path': 'members', 'value':"
              " {'value': '1'}}", "Group",
              &scim_strict));
    ck_assert_int_eq(changed, 0);
    ck_assert_uint_eq(json_array_size(json_object_get(resource, "members")), 2);
}
END_TEST

/* ---- what is refused: section 3.12, table 9 ---- */

typedef struct refusal_t {
    const char    *type, *resource, *operations;
    scim_errkind_t kind;
} refusal_t;

#define VALUE SCIM_E_INVALID_VALUE
#define PATH SCIM_E_INVALID_PATH
#define MUTABILITY SCIM_E_MUTABILITY
#define NO_TARGET SCIM_E_NO_TARGET

static const refusal_t refusals[] = {
    { "User", "{}", "{'op': 'remove'}", NO_TARGET },
    { "User", "{}", "{'op': 'remove', 'value': {'title': 'x'}}", NO_TARGET },
    { "User", "{}", "{'op': 'remove', 'path': '" USER "'}", NO_TARGET },
    { "User", "{}", "{'op': 'replace', 'path': '" USER "', 'value': null}", NO_TARGET },
    { "User", "{}", "{'op': 'replace', 'path': 'emails[type eq \\'nope\\'].value', 'value': 'x'}", NO_TARGET },
    { "User", "{}", "{'op': 'replace', 'path': 'emails[type eq \\'nope\\']', 'value': {'value': 'x'}}", NO_TARGET },
    { "User", "{'emails': [" HOME "]}", "{'op': 'replace', 'path': 'emails[value eq \\'x\\'].display', 'value': 'x'}",
      NO_TARGET },
    { "User", "{}",
      "{'op': 'replace', 'path': 'emails[type eq \\'work\\' and value eq \\'x\\'].display', 'value': 'x'}", NO_TARGET },
    { "User", "{}", "{'op': 'add', 'path': 'emails[type pr].value', 'value': 'x'}", NO_TARGET },
    { "User", "{}", "{'op': 'add', 'path': 'emails[type eq \\'a\\' or type eq \\'b\\'].value', 'value': 'x'}",
      NO_TARGET },
    { "Thing", "{'tags': ['a']}", "{'op': 'replace', 'path': 'tags[value eq \\'b\\']', 'value': 'c'}", NO_TARGET },
    { "Thing", "{'tags': ['a']}", "{'op': 'add', 'path': 'tags[value eq \\'b\\']', 'value': 'c'}", NO_TARGET },

    { "User", "{}", "{'op': 'add', 'path': 'nosuch', 'value': 1}", PATH },
    { "User", "{}", "{'op': 'add', 'path': 5, 'value': 1}", PATH },
    { "User", "{}", "{'op': 'add', 'path': 'emails[', 'value': 1}", PATH },
    { "User", "{}", "{'op': 'remove', 'path': 'emails[x pr]'}", PATH },
    { "User", "{}", "{'op': 'remove', 'path': 'urn:x:y'}", PATH },
    { "User", "{}", "{'op': 'add', 'value': {'nosuch': 1}}", PATH },
    { "User", "{}", "{'op': 'add', 'value': {'" ENTERPRISE "': {'nosuch': 1}}}", PATH },
    { "User", "{}", "{'op': 'add', 'value': {'no.such': 1}}", PATH },
    { "User", "{}", "{'op': 'add', 'path': [], 'value': 1}", PATH },

    { "User", "{'id': 'x'}", "{'op': 'replace', 'path': 'id', 'value': 'y'}", MUTABILITY },
    { "User", "{}", "{'op': 'replace', 'value': {'id': 'y', 'title': 'T'}}", MUTABILITY },
    { "User", "{}", "{'op': 'replace', 'path': 'id', 'value': null}", MUTABILITY },
    { "User", "{}", "{'op': 'remove', 'path': 'id'}", MUTABILITY },
    { "User", "{}", "{'op': 'remove', 'path': 'schemas'}", MUTABILITY },
    { "User", "{}", "{'op': 'add', 'path': 'schemas', 'value': [5]}", MUTABILITY },
    { "User", "{}", "{'op': 'add', 'path': 'meta.version', 'value': 'x'}", MUTABILITY },
    { "User", "{}", "{'op': 'add', 'value': {'meta': {'version': 'x'}}}", MUTABILITY },
    { "User", "{}", "{'op': 'add', 'path': 'groups', 'value': [{'value': 'g'}]}", MUTABILITY },
    { "User", "{}", "{'op': 'remove', 'path': 'groups[value eq \\'g\\']'}", MUTABILITY },
    { "User", "{}", "{'op': 'add', 'path': '" ENTERPRISE ":manager.displayName', 'value': 'x'}", MUTABILITY },
    { "User", "{}", "{'op': 'add', 'path': '" ENTERPRISE ":manager', 'value': {'displayName': 'x'}}", MUTABILITY },
    { "Thing", "{}", "{'op': 'add', 'path': 'parts[value eq \\'x\\'].count', 'value': 1}", MUTABILITY },
    { "Thing", "{}", "{'op': 'add', 'path': 'parts', 'value': [{'value': 'a'}, {'count': 1}]}", MUTABILITY },
    { "User", "{'userName': 'u'}", "{'op': 'remove', 'path': 'userName'}", MUTABILITY },
    { "User", "{'userName': 'u'}", "{'op': 'replace', 'path': 'userName', 'value': null}", MUTABILITY },
    { "User", "{'userName': 'u'}", "{'op': 'replace', 'value': {'userName': []}}", MUTABILITY },
    { "Group", "{'displayName': 'g'}", "{'op': 'remove', 'path': 'displayName'}", MUTABILITY },
    { "Thing", "{'owners': ['a']}", "{'op': 'remove', 'path': 'owners'}", MUTABILITY },
    { "Thing", "{'owners': ['a']}", "{'op': 'remove', 'path': 'owners[value eq \\'a\\']'}", MUTABILITY },
    { "Thing", "{'badge': {'color': 'red'}}", "{'op': 'remove', 'path': 'badge.color'}", MUTABILITY },
    { "Thing", "{'lock': {'maker': 'm'}}", "{'op': 'remove', 'path': 'lock.maker'}", MUTABILITY },
    { "Thing", "{'parts': [{'value': 'a'}]}", "{'op': 'remove', 'path': 'parts[value eq \\'a\\'].value'}", MUTABILITY },
    { "Thing", "{'" MORE "': {'shelf': 's'}}", "{'op': 'remove', 'path': '" MORE ":shelf'}", MUTABILITY },
    { "Thing", "{'serial': 's'}", "{'op': 'replace', 'path': 'serial', 'value': 't'}", MUTABILITY },
    { "Thing", "{'serial': 's'}", "{'op': 'remove', 'path': 'serial'}", MUTABILITY },
    { "Thing", "{'marks': ['a']}", "{'op': 'add', 'path': 'marks', 'value': ['b']}", MUTABILITY },
    { "Thing", "{'marks': ['a', 'b']}", "{'op': 'remove', 'path': 'marks[value eq \\'a\\']'}", MUTABILITY },
    { "Thing", "{" THING "}",
      "{'op': 'add', 'path': 'badge.number', 'value': 1}, {'op': 'add', 'path': 'stars', 'value': 1}", MUTABILITY },
    { "Thing", "{'badge': {'number': 1}}", "{'op': 'replace', 'path': 'badge.number', 'value': 2}", MUTABILITY },
    { "Thing", "{'badge': {'number': 1, 'color': 'x'}}", "{'op': 'remove', 'path': 'badge.number'}", MUTABILITY },
    { "Group", "{'members': [{'value': '1'}]}",
      "{'op': 'replace', 'path': 'members[value eq \\'1\\'].value', 'value': '2'}", MUTABILITY },
    { "Group", "{'members': [{'value': '1', 'type': 'User'}]}",
      "{'op': 'replace', 'path': 'members.type', 'value': 'Group'}", MUTABILITY },
    { "Group", "{'members': [{'value': '1', 'type': 'User'}]}",
      "{'op': 'remove', 'path': 'members[value eq \\'1\\'].type'}", MUTABILITY },
    { "Group", "{'members': [{'value': '1'}]}",
      "{'op': 'replace', 'path': 'members[value eq \\'1\\']', 'value': {'value': '2'}}", MUTABILITY },

    { "User", "{}", "{'op': 'add', 'path': 'title'}", VALUE },
    { "User", "{}", "{'op': 'replace', 'path': 'title'}", VALUE },
    { "User", "{}", "{'op': 'add'}", VALUE }, { "User", "{}", "{'op': 'add', 'value': 'x'}", VALUE },
    { "User", "{}", "{'op': 'add', 'value': null}", VALUE },
    { "User", "{}", "{'op': 'replace', 'value': [{'title': 'x'}]}", VALUE },
    { "User", "{}", "{'op': 'add', 'path': '" ENTERPRISE "', 'value': 'x'}", VALUE },
    { "User", "{}", "{'op': 'add', 'path': '" ENTERPRISE "'}", VALUE },
    { "User", "{}", "{'op': 'replace', 'path': 'title', 'value': 5}", VALUE },
    { "User", "{}", "{'op': 'add', 'path': 'title', 'value': ['x']}", VALUE },
    { "User", "{}", "{'op': 'replace', 'path': 'active', 'value': 'maybe'}", VALUE },
    { "User", "{}", "{'op': 'add', 'path': 'name', 'value': 'x'}", VALUE },
    { "User", "{}", "{'op': 'add', 'path': 'name', 'value': {'nosuch': 1}}", VALUE },
    { "User", "{}", "{'op': 'add', 'path': 'emails', 'value': 'x'}", VALUE },
    { "User", "{}", "{'op': 'add', 'path': 'emails[type eq \\'x\\']', 'value': [{'value': 'x'}]}", VALUE },
    { "User", "{'userName': 'u'}", "{'op': 'replace', 'path': 'userName', 'value': ''}", VALUE },
    { "User", "{}", "{'op': 'add', 'value': {'title': 'a', 'TITLE': 'b'}}", VALUE },
    { "User", "{}", "{'op': 'add', 'path': 'name', 'value': {'givenName': 'a', 'GIVENNAME': 'b'}}", VALUE },
    { "User", "{}",
      "{'op': 'add', 'path': 'emails', 'value': [{'value': 'a', 'primary': true}, {'value': 'b', 'primary': true}]}",
      VALUE },
    { "User", "{'emails': [" WORK ", " HOME "]}", "{'op': 'replace', 'path': 'emails.primary', 'value': true}", VALUE },
    { "User", "{'emails': [" WORK ", " HOME "]}",
      "{'op': 'add', 'path': 'emails[value pr]', 'value': {'primary': true}}", VALUE },
    { "Thing", "{}", "{'op': 'add', 'path': 'lock', 'value': {'kind': 'k'}}", VALUE },
    { "Thing", "{}", "{'op': 'add', 'path': 'lock.kind', 'value': 'k'}", VALUE },
    { "Thing", "{}", "{'op': 'add', 'path': 'parts', 'value': [{'type': 't'}]}", VALUE },
    { "Thing", "{}", "{'op': 'add', 'path': 'parts[type eq \\'t\\'].words', 'value': ['w']}", VALUE },
    /* what is not understood must not clear a list */
    { "Group", "{'members': [{'value': '1'}]}", "{'op': 'replace', 'path': 'members', 'value': [{'id': '1'}]}", VALUE },
    { "Group", "{'members': [{'value': '1'}]}",
      "{'op': 'replace', 'path': 'members', 'value': [{'value': '2'}, {'id': '1'}]}", VALUE },
    { "Group", "{'members': [{'value': '1'}]}", "{'op': 'replace', 'path': 'members', 'value': [{}]}", VALUE },
    { "Group", "{'members': [{'value': '1'}]}", "{'op': 'replace', 'path': 'members', 'value': {}}", VALUE },
    { "Group", "{'members': [{'value': '1'}]}", "{'op': 'replace', 'path': 'members', 'value': [null]}", VALUE },
    { "Group", "{'members': [{'value': '1'}]}", "{'op': 'replace', 'path': 'members', 'value': [{'value': null}]}",
      VALUE },
    { "Group", "{'members': [{'value': '1'}]}", "{'op': 'remove', 'path': 'members', 'value': [{'id': '1'}]}", VALUE },
    { "Group", "{'members': [{'value': '1'}]}", "{'op': 'remove', 'path': 'members', 'value': ['1']}", VALUE },
    { "Group", "{'members': [{'value': '1'}]}", "{'op': 'remove', 'path': 'members.value', 'value': '1'}", VALUE }
};

START_TEST(refused)
{
    const refusal_t *refusal = &refusals[_i];
    int changed;

    ck_err(run(test_json(quoted(refusal->resource)), &changed, refusal->operations, refusal->type, &scim_lenient),
           refusal->kind);
}
END_TEST

/* What only clients that are known are forgiven. */
static const refusal_t strictly[] = {
    { "User", "{}", "{'op': 'replace', 'path': 'emails[type eq \\'work\\'].value', 'value': 'x'}", NO_TARGET },
    { "User", "{}", "{'op': 'add', 'value': {'name.givenName': 'x'}}", PATH },
    { "User", "{}", "{'op': 'add', 'value': {'" ENTERPRISE ":department': 'x'}}", PATH },
    { "User", "{}", "{'op': 'add', 'value': {'title': 'T', 'nosuch': 1}}", PATH },
    { "User", "{}", "{'op': 'add', 'path': '', 'value': {'title': 'T'}}", PATH },
    { "User", "{}", "{'op': 'add', 'path': '" ENTERPRISE ":manager', 'value': 'm'}", VALUE },
    { "User", "{}", "{'op': 'add', 'path': 'active', 'value': 'True'}", VALUE },
    { "User", "{}", "{'op': 'add', 'path': 'roles', 'value': [{'value': 'r', 'nosuch': 1}]}", VALUE },
    { "Group", "{}", "{'op': 'remove', 'path': 'members', 'value': [{'value': '1'}]}", VALUE },
    { "User", "{}", "{'op': 'remove', 'path': 'title', 'value': 'x'}", VALUE }
};

START_TEST(refused_strictly)
{
    int changed;

    ck_err(run(test_json(strictly[_i].resource), &changed, strictly[_i].operations, strictly[_i].type, &scim_strict),
           strictly[_i].kind);
}
END_TEST

START_TEST(extensions_that_are_required)
{
    scim_rtype_t *strict = scim_rtype_make("Group", "Groups", scim_schema_group(), p);
    const json_t *message = test_json(quoted("{'schemas': ['" PATCH_OP "'], 'Operations': [{'op': 'remove', 'path':"
                                             " '" ENTERPRISE "'}]}"));
    scim_patch_t *patch;

    scim_rtype_extend(strict, scim_schema_enterprise(), 1, p);
    ck_err(scim_patch_parse(&patch, message, ID, strict, &scim_lenient, &limits, p), SCIM_E_MUTABILITY);
}
END_TEST

/* ---- messages ---- */

#define M(rest) "{'schemas': ['" PATCH_OP "'], " rest "}"

static const char *const no_messages[] = {
    "[]", "null", "'x'", "5", "{}", M("'x': 1"), M("'Operations': []"), M("'Operations': {}"), M("'Operations': 'x'"),
    M("'Operations': null"), M("'Operations': ['x']"), M("'Operations': [null]"), M("'Operations': [[]]"),
    M("'Operations': [{}]"),
    M("'Operations': [{'path': 'title', 'value': 'x'}]"),
    M("'Operations': [{'op': null, 'path': 'title', 'value': 'x'}]"),
    M("'Operations': [{'op': 5, 'path': 'title', 'value': 'x'}]"),
    M("'Operations': [{'op': 'move', 'path': 'title', 'value': 'x'}]"),
    M("'Operations': [{'op': 'add ', 'path': 'title', 'value': 'x'}]"),
    M("'Operations': [{'op': 'add', 'OP': 'remove', 'path': 'title'}]"),
    M("'Operations': [{'op': 'remove', 'path': 'a', 'Path': 'title'}]"),
    M("'Operations': [{'op': 'add', 'path': 'title', 'value': 'a', 'Value': 'b'}]"),
    M("'Operations': [{'op': 'remove', 'path': 'title'}], 'operations': []"),
    "{'schemas': '" PATCH_OP "', 'Operations': [{'op': 'remove', 'path': 'title'}]}",
    "{'schemas': [], 'Operations': [{'op': 'remove', 'path': 'title'}]}",
    "{'schemas': [5, '" PATCH_OP "'], 'Operations': [{'op': 'remove', 'path': 'title'}]}",
    "{'schemas': ['" USER "'], 'Operations': [{'op': 'remove', 'path': 'title'}]}",
    "{'Operations': [{'op': 'remove', 'path': 'title'}]}"
};

START_TEST(messages_refused)
{
    scim_patch_t *patch;

    ck_err(scim_patch_parse(&patch, test_json(quoted(no_messages[_i])), ID, user, &scim_lenient, &limits, p),
           SCIM_E_INVALID_SYNTAX);
}
END_TEST

START_TEST(names_of_messages)
{
    const json_t *message = test_json("{\"SCHEMAS\": [\"URN:ietf:params:scim:api:messages:2.0:patchop\", \"urn:x\"],"
                                      " \"operations\": [{\"OP\": \"Replace\", \"PATH\": \"TITLE\", \"Value\": \"U\","
                                      " \"x\": 1}]}");
    scim_patch_t *patch;

    ck_ok(scim_patch_parse(&patch, message, ID, user, &scim_lenient, &limits, p));
    ck_assert_int_eq(patch->n, 1);
    ck_assert_int_eq(patch->ops[0].kind, SCIM_PATCH_REPLACE);
    ck_assert_str_eq(scim_path_print(patch->ops[0].path, p), "title");
    ck_json(patch->ops[0].value, "\"U\"");
    ck_err(scim_patch_parse(&patch, message, ID, user, &scim_strict, &limits, p), SCIM_E_INVALID_SYNTAX);
}
END_TEST

START_TEST(messages_without_effect)
{
    static const char *const nothing[] = {
        "{'op': 'add', 'value': {}}", "{'op': 'add', 'value': {'title': null, 'emails': []}}",
        "{'op': 'replace', 'path': 'id', 'value': '" ID "'}",
        "{'op': 'replace', 'path': 'name', 'value': {}}", "{'op': 'Remove', 'path': 'emails', 'value': []}"
    };
    scim_patch_t *patch;

    ck_ok(parse(&patch, nothing[_i], "User", &scim_lenient));
    ck_assert_int_eq(patch->n, 0);
}
END_TEST

START_TEST(details_have_no_values)
{
    static const char *const secret[] = {
        "{'op': 'replace', 'path': 'password', 'value': ['Confidential']}",
        "{'op': 'replace', 'path': 'emails[value eq \\'Confidential\\'].type', 'value': 'x'}",
        "{'op': 'add', 'path': 'emails', 'value': [{'value': {'Confidential': 1}}]}",
        "{'op': 'replace', 'path': 'id', 'value': 'Confidential'}",
        "{'op': 'Confidential', 'path': 'title'}",
        "{'op': 'add', 'path': 'emails[value pr].type[value eq \\'Confidential\\']', 'value': 'x'}"
    };
    int changed;
    const scim_err_t *err = run(test_json("{}"), &changed, secret[_i], "User", &scim_lenient);

    ck_assert_ptr_nonnull(err);
    ck_assert_msg(!strstr(err->detail, "Confidential"), "%s", err->detail);
}
END_TEST

/* ---- sizes: time must not grow with the square ---- */

enum { MANY = 20000 };

static json_t *numbers(int from, int n)
{
    json_t *list = json_array();
    int i;

    for (i = 0; i < n; i++)
        json_array_append_new(list, json_pack("{s:o}", "value", json_sprintf("%d", from + i)));
    return list;
}

static json_t *message_of(json_t *operations)
{
    return scim_json_own(p, json_pack("{s:[s], s:o}", "schemas", PATCH_OP, "Operations", operations));
}

static scim_err_t *patch_group(json_t *resource, json_t *operations, int *changed)
{
    scim_patch_t *patch;
    scim_err_t *err = scim_patch_parse(&patch, message_of(operations), ID, group, &scim_lenient, &limits, p);

    return err ? err : scim_patch_apply(patch, resource, group, changed, p);
}

START_TEST(many_members)
{
    json_t *resource = scim_json_own(p, json_pack("{s:o}", "members", numbers(0, MANY)));
    int changed;

    ck_ok(patch_group(resource,
                      json_pack("[{s:s, s:s, s:o}]", "op", "add", "path", "members", "value", numbers(MANY / 2, MANY)),
                      &changed));
    ck_assert_uint_eq(json_array_size(json_object_get(resource, "members")), MANY + MANY / 2);
    ck_ok(patch_group(resource,
                      json_pack("[{s:s, s:s, s:o}]", "op", "Remove", "path", "members", "value",
                                numbers(1, MANY + MANY)), &changed));
    ck_json(json_object_get(resource, "members"), "[{\"value\": \"0\"}]");
    ck_ok(patch_group(resource,
                      json_pack("[{s:s, s:s, s:o}]", "op", "replace", "path", "members", "value", numbers(0, MANY)),
                      &changed));
    ck_assert_uint_eq(json_array_size(json_object_get(resource, "members")), MANY);
}
END_TEST

START_TEST(many_operations)
{
    json_t *operations = json_array(), *resource = scim_json_own(p, json_pack("{s:o}", "members", numbers(0, MANY)));
    int changed, i;

    for (i = 0; i < SCIM_PATCH_MAX_OPERATIONS / 2; i++) {
        json_array_append_new(operations,
                              json_pack("{s:s, s:s, s:{s:o}}", "op", "add", "path", "members", "value", "value",
                                                    json_sprintf("%d", MANY + i)));
        json_array_append_new(operations,
                              json_pack("{s:s, s:o}", "op", "remove", "path",
                                        json_sprintf("members[value eq \"%d\"]", i)));
    }
    ck_ok(patch_group(resource, json_incref(operations), &changed));
    ck_assert_uint_eq(json_array_size(json_object_get(resource, "members")), MANY);
    json_array_append_new(operations, json_pack("{s:s, s:s}", "op", "remove", "path", "members"));
    ck_err(patch_group(resource, operations, &changed), SCIM_E_TOO_LARGE);
}
END_TEST

/* Each of them makes the list anew. */
START_TEST(many_replacements)
{
    json_t *operations = json_array(), *resource = scim_json_own(p, json_pack("{s:o}", "members", numbers(0, MANY)));
    int changed, i;

    for (i = 0; i < SCIM_PATCH_MAX_OPERATIONS; i++)
        json_array_append_new(operations,
                              json_pack("{s:s, s:s, s:[{s:o}, {s:s}]}", "op", "replace", "path", "members", "value",
                                        "value",
                                                    json_sprintf("%d", i), "value", "x"));
    ck_ok(patch_group(resource, operations, &changed));
    ck_assert_uint_eq(json_array_size(json_object_get(resource, "members")), 2);
}
END_TEST

START_TEST(many_filters)
{
    json_t *operations = json_array(), *resource = scim_json_own(p, json_pack("{s:o}", "members", numbers(0, MANY)));
    int changed, i;

    for (i = 0; i < SCIM_PATCH_MAX_OPERATIONS; i++)
        json_array_append_new(operations, json_pack("{s:s, s:s}", "op", "remove", "path", "members[value gt \"x\"]"));
    ck_err(patch_group(resource, operations, &changed), SCIM_E_TOO_LARGE);
}
END_TEST

/* As few operations, with filters that are as long as they may be. */
START_TEST(long_filters)
{
    json_t *operations = json_array(), *resource = scim_json_own(p, json_pack("{s:o}", "members", numbers(0, MANY)));
    const char *filter = "value gt \"x\"";
    int changed, i;

    for (i = 1; i < limits.max_terms; i++)
        filter = apr_pstrcat(p, filter, " or value gt \"x\"", NULL);
    json_array_append_new(operations,
                          json_pack("{s:s, s:o}", "op", "remove", "path", json_sprintf("members[%s]", filter)));
    ck_err(patch_group(resource, operations, &changed), SCIM_E_TOO_LARGE);
}
END_TEST

/* Lists in elements. */
START_TEST(many_words)
{
    json_t *operations = json_array(), *words = json_array(),
    *resource = test_json("{\"badge\": {\"words\": [\"x\"]}}");
    scim_patch_t *patch;
    int changed, i;

    for (i = 0; i < MANY; i++)
        json_array_append_new(words, json_sprintf("%d", i));
    for (i = 0; i < 3; i++)
        json_array_append_new(operations,
                              json_pack("{s:s, s:s, s:O}", "op", "add", "path", "badge.words", "value", words));
    ck_ok(scim_patch_parse(&patch, message_of(json_incref(operations)), ID, thing, &scim_lenient, &limits, p));
    ck_ok(scim_patch_apply(patch, resource, thing, &changed, p));
    ck_assert_uint_eq(json_array_size(json_object_get(json_object_get(resource, "badge"), "words")), MANY + 1);
    for (i = 0; i < 1000; i++)
        json_array_append_new(operations,
                              json_pack("{s:s, s:s, s:s}", "op", "add", "path", "badge.words", "value", "x"));
    ck_ok(scim_patch_parse(&patch, message_of(operations), ID, thing, &scim_lenient, &limits, p));
    ck_err(scim_patch_apply(patch, resource, thing, &changed, p), SCIM_E_TOO_LARGE);
    json_decref(words);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("patch");
    TCase *tcase = tcase_create("patch");

    tcase_add_checked_fixture(tcase, setup, test_teardown);
    tcase_add_loop_test(tcase, changes_of_resources, 0, COUNT(changes));
    tcase_add_loop_test(tcase, changes_by_clients, 0, COUNT(clients));
    tcase_add_loop_test(tcase, nothing_changes, 0, COUNT(unchanged));
    tcase_add_test(tcase, another_order);
    tcase_add_loop_test(tcase, refused, 0, COUNT(refusals));
    tcase_add_loop_test(tcase, refused_strictly, 0, COUNT(strictly));
    tcase_add_test(tcase, extensions_that_are_required);
    tcase_add_loop_test(tcase, messages_refused, 0, COUNT(no_messages));
    tcase_add_test(tcase, names_of_messages);
    tcase_add_loop_test(tcase, messages_without_effect, 0, 5);
    tcase_add_loop_test(tcase, details_have_no_values, 0, 6);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("sizes");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, test_teardown);
    tcase_add_test(tcase, many_members);
    tcase_add_test(tcase, many_operations);
    tcase_add_test(tcase, many_replacements);
    tcase_add_test(tcase, many_filters);
    tcase_add_test(tcase, long_filters);
    tcase_add_test(tcase, many_words);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
