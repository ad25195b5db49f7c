/* SPDX-License-Identifier: Apache-2.0 */

/*
 * PATCH messages: what is taken writes no read-only attribute, leaves a resource in its form, changes it when it says
 * so and only then, and does to lists what their composed change says. What is refused says why. The message itself is
 * left alone. An input that is no JSON object chooses operations, three bytes each: so more of them are worth
 * something.
 */

#include "form.h"
#include "scim_patch.h"
#include "scim_resource.h"

#define ID "2819c223"

static const scim_filter_limits_t limits = { .max_bytes = 1 << 16, .max_terms = 100, .max_depth = 32 };

/* What is patched. */
static const char *const resources[TYPES] = {
    [USER] = "{\"id\": \"" ID "\", \"userName\": \"u\", \"title\": \"t\", \"active\": true,"
             " \"name\": {\"givenName\": \"g\"}, \"addresses\": [{\"type\": \"work\", \"country\": \"DE\"}],"
             " \"emails\": [{\"value\": \"a\", \"type\": \"work\", \"primary\": true}, {\"value\": \"c\"},"
             " {\"value\": \"b\", \"type\": \"home\"}],"
             " \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"department\": \"d\","
             " \"manager\": {\"value\": \"m\"}}}",
    [GROUP] = "{\"id\": \"" ID "\", \"displayName\": \"g\", \"members\": [{\"value\": \"a\", \"type\": \"User\"},"
              " {\"value\": \"b\"}, {\"value\": \"A\", \"display\": \"x\"}]}",
    [THING] = "{\"id\": \"" ID "\", \"serial\": \"s\", \"tags\": [\"a\", \"b\"], \"codes\": [\"a\", \"b\"],"
              " \"sizes\": [1, 2.5], \"marks\": [\"a\"], \"badge\": {\"number\": 1, \"words\": [\"w\"]},"
              " \"parts\": [{\"value\": \"a\", \"type\": \"t\", \"primary\": true, \"count\": 1},"
              " {\"value\": \"b\", \"words\": [\"w\"]}], \"urn:x:T:more\": {\"shelf\": \"s\", \"row\": 1}}"
};

static json_t *resource_of(int type, apr_pool_t *p)
{
    return read_input((const uint8_t *)resources[type], strlen(resources[type]), p);
}

static void check_operation(const scim_patchop_t *op, apr_pool_t *p)
{
    const scim_path_t *path = op->path;
    const scim_attr_t *leaf = path->sub ? path->sub : path->attr;

    REQUIRE(path->attr && path->attr->mutability != SCIM_READ_ONLY && leaf->mutability != SCIM_READ_ONLY);
    REQUIRE(op->kind != SCIM_PATCH_REMOVE || !op->value);
    REQUIRE(op->kind != SCIM_PATCH_ADD || op->value);
    REQUIRE(!op->make || path->filter);
    if (op->value)
        check_value(op->value, leaf, path->filter && !path->sub, p);
}

/* ---- lists and their composed changes ---- */

static const json_t *value_of(const json_t *element)
{
    return json_is_object(element) ? json_object_get(element, "value") : element;
}

static int has(const json_t *list, const json_t *element)
{
    const json_t *other;
    size_t i;

    json_array_foreach(list, i, other)
        if (scim_json_equal(value_of(other), value_of(element)))
            return 1;
    return 0;
}

/* Carries a change out, as scim_patch.h says it. Owned by p. */
static json_t *carried_out(const scim_delta_t *delta, const json_t *before, apr_pool_t *p)
{
    json_t *list = scim_json_own(p, json_array()), *element;
    size_t i;

    if (delta->clear)
        return delta->add;
    json_array_foreach(before, i, element)
        if (!has(delta->remove, element))
            json_array_append(list, element);
    json_array_foreach(delta->add, i, element)
        if (!value_of(element) || !has(list, element))
            json_array_append(list, element);
    return list;
}

static void check_deltas(const scim_patch_t *patch, const json_t *before, const json_t *after,
                         const scim_rtype_t *rtype, apr_pool_t *p)
{
    int i;

    for (i = 0; i < rtype->core->nattrs; i++) {
        const scim_attr_t *attr = &rtype->core->attrs[i];
        scim_delta_t delta;

        if (attr->multi && scim_patch_delta(patch, attr, &delta, p))
            REQUIRE(scim_values_equal(attr, carried_out(&delta, scim_resource_get(before, attr), p),
                                      scim_resource_get(after, attr), p));
    }
}

/* ---- resources ---- */

/* Equal, the order of lists aside. */
static int same(const json_t *a, const json_t *b, const scim_rtype_t *rtype, apr_pool_t *p)
{
    const char *name;
    json_t *value;

    if (json_object_size(a) != json_object_size(b))
        return 0;
    json_object_foreach((json_t *)a, name, value) {
        const scim_attr_t *attr = scim_rtype_attr(rtype, name);
        const json_t *other = json_object_get(b, name);

        if (attr && attr->multi ? !other || !scim_values_equal(attr, value, other, p) : !scim_json_equal(value, other))
            return 0;
    }
    return 1;
}

/* What becomes of a resource; NULL if it is refused. */
static json_t *check_apply(const scim_patch_t *patch, int type, apr_pool_t *p)
{
    json_t *before = resource_of(type, p), *after = resource_of(type, p), *again = resource_of(type, p);
    int changed = -1, changed_again;
    scim_err_t *err = scim_patch_apply(patch, after, types[type], &changed, p);

    if (err) {
        check_refused(err);
        REQUIRE(err->kind == SCIM_E_NO_TARGET || err->kind == SCIM_E_MUTABILITY || err->kind == SCIM_E_INVALID_VALUE
                || err->kind == SCIM_E_TOO_LARGE);
        return NULL;
    }
    check_form(after, types[type], p);
    REQUIRE(!scim_validate_required(after, types[type], p));
    REQUIRE(changed == !same(before, after, types[type], p));
    REQUIRE(patch->n > 0 || !changed);
    REQUIRE(scim_json_equal(json_object_get(after, "id"), json_object_get(before, "id")));
    REQUIRE(scim_json_equal(json_object_get(after, "serial"), json_object_get(before, "serial")));
    check_deltas(patch, before, after, types[type], p);
    /* the patch itself is not used up */
    REQUIRE(!scim_patch_apply(patch, again, types[type], &changed_again, p));
    REQUIRE(changed_again == changed && scim_json_equal(again, after));
    return after;
}

static json_t *check_message(const json_t *message, int type, const scim_leniency_t *leniency, int *taken,
                             apr_pool_t *p)
{
    json_t *before = json_deep_copy(message);
    scim_patch_t *patch;
    scim_err_t *err = scim_patch_parse(&patch, message, ID, types[type], leniency, &limits, p);
    int i;

    REQUIRE(scim_json_equal(message, before));
    json_decref(before);
    *taken = !err;
    if (err) {
        check_refused(err);
        return NULL;
    }
    for (i = 0; i < patch->n; i++)
        check_operation(&patch->ops[i], p);
    return check_apply(patch, type, p);
}

/* ---- chosen operations ---- */

static const char *const kinds[] = { "add", "remove", "replace", "Add" };

static const char *const paths[] = {
    NULL, "title", "name", "name.givenName", "emails", "emails.value", "emails.primary", "emails[type eq \"work\"]",
    "emails[value pr]",
    "emails[type eq \"home\"].value", "emails[value eq \"c\"].type", "emails[primary eq true].primary",
    "emails[value eq \"b\"]",
    "emails[type eq \"other\"]", "emails[not (type pr)].primary", "addresses", "addresses[country eq \"de\"].country",
    "active",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    "displayName", "members", "members[value eq \"a\"]", "members[value eq \"b\" or value eq \"A\"]",
    "members[type pr]",
    "members[value eq \"b\"].type", "members.display", "members[value eq \"z\"].display", "id", "schemas", "serial",
    "marks", "tags",
    "tags[value eq \"A\"]", "codes", "codes[value eq \"a\"]", "codes[value eq \"b\" or value eq \"c\"]", "sizes",
    "sizes[value eq 1]",
    "badge", "badge.words", "badge.number", "parts", "parts.words", "parts[value eq \"b\"].words",
    "parts[value eq \"a\"].type", "parts.value",
    "parts[value eq \"b\"]", "parts[type eq \"t\"].primary", "urn:x:T:more", "urn:x:T:more:row", "urn:x:T:more:shelf"
};

static const char *const values[] = {
    NULL, "null", "[]", "{}", "\"a\"", "\"b\"", "\"t\"", "\"work\"", "1", "true", "\"True\"", "[\"a\"]",
    "[\"b\",\"c\",\"b\"]", "[\"w\",\"v\"]",
    "[1.0,3]", "{\"value\":\"a\"}", "{\"value\":\"b\",\"type\":\"home\"}",
    "{\"value\":\"a\",\"type\":\"work\",\"display\":\"d\"}",
    "[{\"value\":\"a\"},{\"value\":\"d\"}]", "[{\"value\":\"b\",\"primary\":true},{\"value\":\"a\",\"type\":\"t\"}]",
    "{\"value\":\"z\",\"primary\":true}", "{\"primary\":true}", "{\"type\":\"work\"}",
    "[{\"value\":\"b\",\"$ref\":null},{\"value\":\"q\"}]",
    "{\"country\":\"DE\",\"type\":\"work\"}", "{\"givenName\":null,\"familyName\":\"f\"}",
    "{\"number\":1,\"words\":[\"x\"]}", "{\"shelf\":\"n\"}",
    "{\"department\":null,\"manager\":\"n\"}", "{\"value\":\"a\",\"words\":[\"w\",\"u\"],\"type\":\"t\"}",
    "{\"title\":\"x\",\"name.givenName\":\"y\",\"emails\":[{\"value\":\"n\",\"primary\":true}],\"nosuch\":1}",
    "{\"codes\":[\"n\"],\"tags\":null,\"urn:x:T:more\":{\"row\":2}}",
    "{\"members\":[{\"value\":\"n\"}],\"id\":\"" ID "\"}", "\"" ID "\""
};

#define CHOOSE(table, byte) (table)[(byte) % (sizeof(table) / sizeof *(table))]

static json_t *choose_message(const uint8_t *data, size_t size, apr_pool_t *p)
{
    json_t *operations = json_array();

    for (; size >= 3 && json_array_size(operations) < 20; data += 3, size -= 3) {
        const char *path = CHOOSE(paths, data[1]), *value = CHOOSE(values, data[2]);
        json_t *operation = json_pack("{s:s}", "op", CHOOSE(kinds, data[0]));

        if (path)
            json_object_set_new(operation, "path", json_string(path));
        if (value)
            json_object_set_new(operation, "value", json_loads(value, JSON_DECODE_ANY, NULL));
        json_array_append_new(operations, operation);
    }
    return scim_json_own(p,
                         json_pack("{s:[s], s:o}", "schemas", "urn:ietf:params:scim:api:messages:2.0:PatchOp",
                                   "Operations", operations));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *p;
    json_t *message;
    int i;

    if (!types[0])
        make_types();
    apr_pool_create(&p, NULL);
    message = read_input(data, size, p);
    if (!message && (size == 0 || data[0] != '{'))
        message = choose_message(data, size, p);
    for (i = 0; message && i < TYPES; i++) {
        int strictly, leniently;
        const json_t *strict = check_message(message, i, &scim_strict, &strictly, p);
        const json_t *lenient = check_message(message, i, &scim_lenient, &leniently, p);

        /* who is forgiven is not read another way */
        REQUIRE(!strictly || leniently);
        REQUIRE(!strict || (lenient && scim_json_equal(strict, lenient)));
    }
    apr_pool_destroy(p);
    return 0;
}
