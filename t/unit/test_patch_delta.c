/* SPDX-License-Identifier: Apache-2.0 */

/* What a PATCH does to a list, said without reading it; and that this is what it does. Apostrophes stand for quotes. */

#include <string.h>

#include <apr_strings.h>

#include "common.h"
#include "scim_patch.h"

#define PATCH_OP "urn:ietf:params:scim:api:messages:2.0:PatchOp"

static apr_pool_t *p;
static scim_rtype_t *thing;
static const scim_filter_limits_t limits = { .max_terms = 256, .max_depth = 32 };

/* Lists of each kind: known by their value, exactly or not; known by type and value; by all they say. */
static const struct {
    const char *name;
    scim_attr_t is;
} attrs[] = {
    { "title", { .type = SCIM_TYPE_STRING } },
    { "members", { .type = SCIM_TYPE_COMPLEX, .multi = 1 } },
    { "members.value", { .type = SCIM_TYPE_STRING, .mutability = SCIM_IMMUTABLE } },
    { "members.type", { .type = SCIM_TYPE_STRING, .mutability = SCIM_IMMUTABLE } },
    { "codes", { .type = SCIM_TYPE_STRING, .multi = 1, .case_exact = 1 } },
    { "sizes", { .type = SCIM_TYPE_DECIMAL, .multi = 1 } },
    { "tags", { .type = SCIM_TYPE_STRING, .multi = 1 } },
    { "dates", { .type = SCIM_TYPE_DATETIME, .multi = 1 } },
    { "emails", { .type = SCIM_TYPE_COMPLEX, .multi = 1 } },
    { "emails.value", { .type = SCIM_TYPE_STRING } },
    { "emails.type", { .type = SCIM_TYPE_STRING } },
    { "emails.primary", { .type = SCIM_TYPE_BOOLEAN } },
    { "emails.display", { .type = SCIM_TYPE_STRING } },
    { "keys", { .type = SCIM_TYPE_COMPLEX, .multi = 1 } },
    { "keys.value", { .type = SCIM_TYPE_STRING, .mutability = SCIM_IMMUTABLE } },
    { "keys.primary", { .type = SCIM_TYPE_BOOLEAN } },
    { "places", { .type = SCIM_TYPE_COMPLEX, .multi = 1 } },
    { "places.country", { .type = SCIM_TYPE_STRING } },
    { "places.city", { .type = SCIM_TYPE_STRING } },
    { "marks", { .type = SCIM_TYPE_STRING, .multi = 1, .case_exact = 1, .mutability = SCIM_IMMUTABLE } },
    { "owners", { .type = SCIM_TYPE_STRING, .multi = 1, .case_exact = 1, .required = 1 } }
};

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static void setup(void)
{
    scim_schema_t *schema;
    int i;

    test_setup();
    p = test_pool;
    schema = scim_schema_make("urn:example:Thing", "Thing", NULL, p);
    for (i = 0; i < COUNT(attrs); i++)
        ck_assert_ptr_null(scim_schema_add(schema, attrs[i].name, &attrs[i].is, p));
    thing = scim_rtype_make("Thing", "Things", schema, p);
}

static const char *quoted(const char *text)
{
    char *copy = apr_pstrdup(p, text), *c;

    for (c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static scim_patch_t *parse(const json_t *operations)
{
    json_t *message = json_pack("{s:[s], s:O}", "schemas", PATCH_OP, "Operations", operations);
    scim_patch_t *patch = NULL;

    ck_ok(scim_patch_parse(&patch, scim_json_own(p, message), "id", thing, &scim_lenient, &limits, p));
    return patch;
}

/* ---- examples ---- */

#define ADD(attr, value) "{'op': 'add', 'path': '" attr "', 'value': " value "}"
#define REPLACE(attr, value) "{'op': 'replace', 'path': '" attr "', 'value': " value "}"
#define REMOVE(path) "{'op': 'remove', 'path': '" path "'}"
#define V(value) "{'value': '" value "'}"
#define OUT(attr, value) REMOVE(attr "[value eq \\'" value "\\']")

static const struct {
    const char *attr, *operations;
    int         clear;
    const char *remove, *add;
} deltas[] = {
    { "members", ADD("title", "'x'"), 0, "", "" },
    { "members", ADD("members", "[" V("a") ", " V("b") "]"), 0, "", V("a") "," V("b") },
    { "members", ADD("members", V("a")) "," ADD("members", "{'value': 'a', 'type': 'User'}"), 0, "", V("a") },
    { "members", OUT("members", "a"), 0, V("a"), "" },
    { "members", OUT("members", "a") "," ADD("title", "'x'") "," OUT("members", "a"), 0, V("a"), "" },
    { "members", REMOVE("members[value eq \\'a\\' or value eq \\'b\\']"), 0, V("a") "," V("b"), "" },
    { "members", "{'op': 'Remove', 'path': 'members', 'value': [" V("a") ", {'value': 'b', '$ref': null}]}", 0,
      V("a") "," V("b"), "" },
    /* what was there may be another one of that value: it goes before the new one comes */
    { "members", OUT("members", "a") "," ADD("members", "{'value': 'a', 'type': 'User'}"), 0, V("a"),
      "{'value': 'a', 'type': 'User'}" },
    { "members", ADD("members", V("a")) "," OUT("members", "a"), 0, V("a"), "" },
    { "members", ADD("members", V("a")) "," OUT("members", "a") "," ADD("members", "{'value': 'a', 'type': 'x'}"), 0,
      V("a"),
      "{'value': 'a', 'type': 'x'}" },
    { "members", REMOVE("members"), 1, "", "" }, { "members", REPLACE("members", "[]"), 1, "", "" },
    { "members", REPLACE("members", "null"), 1, "", "" },
    { "members", REPLACE("members", "[" V("a") "]"), 1, "", V("a") },
    { "members", OUT("members", "a") "," REPLACE("members", "[" V("b") "]"), 1, "", V("b") },
    { "members", ADD("members", V("a")) "," REMOVE("members") "," ADD("members", V("b")), 1, "", V("b") },
    { "members", REPLACE("members", "[" V("a") ", " V("b") "]") "," OUT("members", "a") "," OUT("members", "c"), 1, "",
      V("b") },
    { "members", ADD("members", "[]"), 0, "", "" },
    { "members", "{'op': 'remove', 'path': 'members', 'value': []}", 0, "", "" },
    { "codes", ADD("codes", "['a', 'b']") "," OUT("codes", "b") "," OUT("codes", "c"), 0, "'b', 'c'", "'a'" },
    { "sizes", REMOVE("sizes[value eq 1]") "," ADD("sizes", "[2.5]"), 0, "1", "2.5" },
    { "tags", ADD("tags", "['a', 'A']"), 0, "", "'a', 'A'" }, { "dates", REMOVE("dates"), 1, "", "" },
    { "emails", REPLACE("emails", "[" V("a") ", {'value': 'a', 'type': 'x'}]"), 1, "",
      V("a") ", {'value': 'a', 'type': 'x'}" },
    { "emails", REMOVE("emails") "," ADD("emails", V("a")), 1, "", V("a") },
    { "keys", ADD("keys", "[{'value': 'a', 'primary': false}]"), 0, "", "{'value': 'a', 'primary': false}" },
    { "keys", REPLACE("keys", "[{'value': 'a', 'primary': true}]"), 1, "", "{'value': 'a', 'primary': true}" }
};

/* The order of elements that go says nothing. */
static void check_set(const json_t *list, const char *wanted)
{
    const json_t *expected = test_json(quoted(apr_pstrcat(p, "[", wanted, "]", NULL))), *element, *other;
    size_t i, j, found = 0;

    ck_assert_uint_eq(json_array_size(list), json_array_size(expected));
    json_array_foreach(expected, i, element)
        json_array_foreach(list, j, other)
            found += scim_json_equal(element, other) != 0;
    ck_assert_msg(found == json_array_size(expected), "%s is not %s", scim_json_dump(list, p), wanted);
}

START_TEST(examples)
{
    const json_t *operations = test_json(quoted(apr_pstrcat(p, "[", deltas[_i].operations, "]", NULL)));
    scim_delta_t delta;

    ck_assert_msg(scim_patch_delta(parse(operations), scim_rtype_attr(thing, deltas[_i].attr), &delta, p), "%s",
                  deltas[_i].operations);
    ck_assert_int_eq(delta.clear, deltas[_i].clear);
    check_set(delta.remove, deltas[_i].remove);
    ck_json(delta.add, quoted(apr_pstrcat(p, "[", deltas[_i].add, "]", NULL)));
}
END_TEST

/* What depends on the list as it is. */
static const char *const unsaid[][2] = {
    { "members", REMOVE("members[value sw \\'a\\']") }, { "members", REMOVE("members[type eq \\'User\\']") },
    { "members", REMOVE("members[value eq \\'a\\' and type eq \\'User\\']") },
    { "members", REMOVE("members[value eq \\'a\\' or type eq \\'User\\']") },
    { "members", REMOVE("members[not (value eq \\'a\\')]") }, { "members", REMOVE("members[value ne \\'a\\']") },
    { "members", REMOVE("members[value pr]") },
    { "members", REMOVE("members.type") }, { "members", REMOVE("members[value eq \\'a\\'].type") },
    { "members", ADD("members[value eq \\'a\\'].type", "'x'") },
    { "members", ADD("members[value eq \\'a\\']", "{'type': 'x'}") },
    { "members", REPLACE("members[value eq \\'a\\']", V("b")) },
    { "members", REPLACE("members[value eq \\'a\\']", "null") },
    { "members",
      ADD("members", V("a")) "," REMOVE("members[value sw \\'a\\']") "," REMOVE("members[value eq \\'b\\']") },
    { "tags", OUT("tags", "a") }, { "dates", OUT("dates", "2011-05-13T04:42:34Z") },
    { "emails", ADD("emails", V("a")) }, { "emails", OUT("emails", "a") },
    { "emails", REPLACE("emails", "[" V("a") "]") "," OUT("emails", "a") },
    { "emails", REPLACE("emails", "[" V("a") "]") "," ADD("emails", "{'value': 'a', 'display': 'D'}") },
    { "places", ADD("places", "{'country': 'DE'}") },
    /* the one that is primary now would not be any more */
    { "keys", ADD("keys", "{'value': 'a', 'primary': true}") },
    { "keys", REPLACE("keys", "[{'value': 'a', 'primary': true}]") "," ADD("keys", "{'value': 'b', 'primary': true}") },
    { "emails",
      REPLACE("emails", "[{'value': 'a', 'primary': true}]") "," ADD("emails", "{'value': 'b', 'primary': true}") },
    /* must not change; must not get empty */
    { "marks", ADD("marks", "['a']") }, { "marks", REPLACE("marks", "['a']") }, { "owners", OUT("owners", "a") },
    { "owners", ADD("owners", "['a']") }
};

START_TEST(what_cannot_be_said)
{
    const json_t *operations = test_json(quoted(apr_pstrcat(p, "[", unsaid[_i][1], "]", NULL)));
    scim_delta_t delta;

    ck_assert_msg(!scim_patch_delta(parse(operations), scim_rtype_attr(thing, unsaid[_i][0]), &delta, p), "said: %s",
                  unsaid[_i][1]);
}
END_TEST

/* ---- what is said is what is done ---- */

/* Numbers as good as random, the same ones in every run. */
static unsigned next;

static unsigned pick(unsigned n)
{
    next = next * 1664525u + 1013904223u;
    return (next >> 16) % n;
}

static json_t *some_element(const char *attr)
{
    static const char *const words[] = { "a", "b", "c", "d", "A" };
    json_t *value = strcmp(attr, "sizes") == 0 ? json_integer((json_int_t)pick(5)) : json_string(words[pick(5)]),
    *element;

    if (!scim_rtype_attr(thing, attr)->sub)
        return value;
    element = json_object();
    json_object_set_new(element, strcmp(attr, "places") == 0 ? "country" : "value", value);
    if (scim_attr_sub(scim_rtype_attr(thing, attr), "type") && pick(2))
        json_object_set_new(element, "type", json_string(words[pick(2)]));
    if (scim_attr_sub(scim_rtype_attr(thing, attr), "primary") && pick(4) == 0)
        json_object_set_new(element, "primary", json_boolean(pick(2)));
    return element;
}

/* Valid as a list: checked, so that at most one is primary and none is there twice. */
static json_t *some_list(const char *attr)
{
    for (;;) {
        json_t *list = json_array(), *checked;
        unsigned n = pick(4);

        while (n--)
            json_array_append_new(list, some_element(attr));
        if (!scim_validate_value(&checked, scim_json_own(p, list), scim_rtype_attr(thing, attr), 0, &scim_lenient, p))
            return checked ? checked : json_array();
    }
}

static json_t *some_removal(const char *attr)
{
    json_t *element = some_element(attr), *other = some_element(attr);
    const json_t *a = json_is_object(element) ? json_object_get(element, "value") : element;
    const json_t *b = json_is_object(other) ? json_object_get(other, "value") : other;
    const char *path;

    if (!a || pick(5) == 0)
        path = attr;
    else if (pick(2))
        path = apr_psprintf(p, "%s[value eq %s]", attr, scim_json_dump(a, p));
    else
        path = apr_psprintf(p, "%s[value eq %s or value eq %s]", attr, scim_json_dump(a, p), scim_json_dump(b, p));
    json_decref(element);
    json_decref(other);
    return json_pack("{s:s, s:s}", "op", "remove", "path", path);
}

static json_t *some_operation(const char *attr)
{
    switch (pick(6)) {
    case 0:
        return json_pack("{s:s, s:s, s:o}", "op", "replace", "path", attr, "value", some_list(attr));
    case 1:
    case 2:
        return some_removal(attr);
    case 3:
        return json_pack("{s:s, s:s, s:s}", "op", "add", "path", "title", "value", "x");
    default:
        return json_pack("{s:s, s:s, s:o}", "op", "add", "path", attr, "value", some_list(attr));
    }
}

static const json_t *value_of(const json_t *element)
{
    return json_is_object(element) ? json_object_get(element, "value") : element;
}

static int has_value(const json_t *list, const json_t *element)
{
    const json_t *other;
    size_t i;

    json_array_foreach(list, i, other)
        if (scim_json_equal(value_of(other), value_of(element)))
            return 1;
    return 0;
}

/* Carries a change out, as scim_patch.h says it. */
static json_t *carried_out(const scim_delta_t *delta, const json_t *before)
{
    json_t *list = scim_json_own(p, json_array());
    json_t *element;
    size_t i;

    if (delta->clear)
        return delta->add;
    json_array_foreach(before, i, element)
        if (!has_value(delta->remove, element))
            json_array_append(list, element);
    json_array_foreach(delta->add, i, element)
        if (!has_value(list, element))
            json_array_append(list, element);
    return list;
}

/* True if the lists have the same elements; no element is in one of them twice. */
static int same(const json_t *a, const json_t *b)
{
    const json_t *x, *y;
    size_t i, j, found = 0;

    json_array_foreach(a, i, x)
        json_array_foreach(b, j, y)
            found += scim_json_equal(x, y) != 0;
    return found == json_array_size(a) && json_array_size(a) == json_array_size(b);
}

static const struct {
    const char *attr;
    int         often;         /* of a thousand times it can be said at least so often */
} kinds[] = {
    { "members", 1000 }, { "codes", 1000 }, { "sizes", 1000 }, { "tags", 200 }, { "emails", 100 }, { "keys", 300 },
    { "places", 100 }
};

START_TEST(said_and_done)
{
    const char *name = kinds[_i].attr;
    const scim_attr_t *attr = scim_rtype_attr(thing, name);
    int round, said = 0;

    next = (unsigned)_i;
    for (round = 0; round < 1000; round++) {
        json_t *operations = scim_json_own(p, json_array()), *resource = scim_json_own(p, json_object());
        json_t *before = scim_json_own(p, some_list(name));
        unsigned n = 1 + pick(6);
        scim_patch_t *patch;
        scim_delta_t delta;
        int changed;

        while (n--)
            json_array_append_new(operations, some_operation(name));
        if (json_array_size(before) > 0)
            json_object_set(resource, name, before);
        patch = parse(operations);
        if (!scim_patch_delta(patch, attr, &delta, p))
            continue;
        said++;
        before = scim_json_own(p, json_deep_copy(before));
        ck_ok(scim_patch_apply(patch, resource, thing, &changed, p));
        ck_assert_msg(same(carried_out(&delta, before), json_object_get(resource, name)), "%s of %s: %s, not %s",
                      scim_json_dump(operations, p), scim_json_dump(before, p),
                      scim_json_dump(carried_out(&delta, before), p), scim_json_dump(resource, p));
    }
    ck_assert_int_ge(said, kinds[_i].often);
}
END_TEST

/* ---- sizes ---- */

START_TEST(many_elements)
{
    enum { MANY = 20000 };
    json_t *list = json_array(), *operations;
    scim_delta_t delta;
    int i;

    for (i = 0; i < 2 * MANY; i++)
        json_array_append_new(list, json_pack("{s:o}", "value", json_sprintf("%d", i % MANY)));
    operations = json_pack("[{s:s, s:s, s:O}, {s:s, s:s, s:o}]", "op", "add", "path", "members", "value", list, "op",
                           "remove", "path",
                           "members", "value", list);
    ck_assert(scim_patch_delta(parse(scim_json_own(p, operations)), scim_rtype_attr(thing, "members"), &delta, p));
    ck_assert_uint_eq(json_array_size(delta.remove), MANY);
    ck_assert_uint_eq(json_array_size(delta.add), 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("patch_delta");
    TCase *tcase = tcase_create("patch_delta");

    tcase_add_checked_fixture(tcase, setup, test_teardown);
    tcase_add_loop_test(tcase, examples, 0, COUNT(deltas));
    tcase_add_loop_test(tcase, what_cannot_be_said, 0, COUNT(unsaid));
    tcase_add_loop_test(tcase, said_and_done, 0, COUNT(kinds));
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("sizes");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, test_teardown);
    tcase_add_test(tcase, many_elements);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
