/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_FORM_H
#define FUZZ_FORM_H

/**
 * @file form.h
 * What the fuzz targets share that make resources: resource types of each kind, and the form that a resource has
 * (scim_resource.h).
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "scim_codec.h"
#include "scim_date.h"
#include "scim_error.h"
#include "scim_json.h"
#include "scim_text.h"
#include "scim_validate.h"
#include "scim_values.h"

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { USER, GROUP, THING, TYPES };

static scim_rtype_t *types[TYPES];

/* What the resource types of RFC 7643 do not have. */
static const struct {
    const char *name;
    scim_attr_t is;
} thing_attrs[] = {
    { "serial", { .type = SCIM_TYPE_STRING, .required = 1, .mutability = SCIM_IMMUTABLE } },
    { "size", { .type = SCIM_TYPE_INTEGER } },
    { "weight", { .type = SCIM_TYPE_DECIMAL } },
    { "since", { .type = SCIM_TYPE_DATETIME } },
    { "stars", { .type = SCIM_TYPE_INTEGER, .mutability = SCIM_READ_ONLY } },
    { "tags", { .type = SCIM_TYPE_STRING, .multi = 1 } },
    { "codes", { .type = SCIM_TYPE_STRING, .multi = 1, .case_exact = 1 } },
    { "sizes", { .type = SCIM_TYPE_DECIMAL, .multi = 1 } },
    { "marks", { .type = SCIM_TYPE_STRING, .multi = 1, .mutability = SCIM_IMMUTABLE } },
    { "badge", { .type = SCIM_TYPE_COMPLEX } },
    { "badge.number", { .type = SCIM_TYPE_INTEGER, .required = 1, .mutability = SCIM_IMMUTABLE } },
    { "badge.color", { .type = SCIM_TYPE_STRING } },
    { "badge.words", { .type = SCIM_TYPE_STRING, .multi = 1 } },
    { "parts", { .type = SCIM_TYPE_COMPLEX, .multi = 1, .required = 1 } },
    { "parts.value", { .type = SCIM_TYPE_STRING, .required = 1 } },
    { "parts.type", { .type = SCIM_TYPE_STRING, .mutability = SCIM_IMMUTABLE } },
    { "parts.primary", { .type = SCIM_TYPE_BOOLEAN } },
    { "parts.count", { .type = SCIM_TYPE_INTEGER, .mutability = SCIM_READ_ONLY } },
    { "parts.words", { .type = SCIM_TYPE_STRING, .multi = 1 } }
};

static void make_types(void)
{
    static const scim_attr_t shelf = { .type = SCIM_TYPE_STRING, .required = 1 }, row = { .type = SCIM_TYPE_INTEGER };
    scim_schema_t *core, *more;
    apr_pool_t *p;
    size_t i;

    apr_initialize();
    apr_pool_create(&p, NULL);
    core = scim_schema_make("urn:x:T", "Thing", NULL, p);
    more = scim_schema_make("urn:x:T:more", "More", NULL, p);
    for (i = 0; i < sizeof thing_attrs / sizeof *thing_attrs; i++)
        REQUIRE(!scim_schema_add(core, thing_attrs[i].name, &thing_attrs[i].is, p));
    REQUIRE(!scim_schema_add(more, "shelf", &shelf, p) && !scim_schema_add(more, "row", &row, p));
    types[THING] = scim_rtype_make("Thing", "Things", core, p);
    scim_rtype_extend(types[THING], more, 0, p);
    types[GROUP] = scim_rtype_make("Group", "Groups", scim_schema_group(), p);
    types[USER] = scim_rtype_make("User", "Users", scim_schema_user(), p);
    scim_rtype_extend(types[USER], scim_schema_enterprise(), 0, p);
}

/* ---- the form ---- */

static void check_simple(const json_t *value, const scim_attr_t *attr, apr_pool_t *p)
{
    const char *text = json_string_value(value);
    apr_time_t ignored;
    apr_size_t len;

    switch (attr->type) {
    case SCIM_TYPE_BOOLEAN:
        REQUIRE(json_is_boolean(value));
        break;
    case SCIM_TYPE_INTEGER:
        REQUIRE(json_is_integer(value));
        break;
    case SCIM_TYPE_DECIMAL:
        REQUIRE(json_is_number(value));
        break;
    case SCIM_TYPE_DATETIME:
        REQUIRE(text && scim_date_parse(&ignored, text, 1) == 0);
        break;
    case SCIM_TYPE_BINARY:
        REQUIRE(text && scim_base64_decode(text, &len, p));
        break;
    default:
        REQUIRE(text);
        break;
    }
}

static void check_value(const json_t *value, const scim_attr_t *attr, int element, apr_pool_t *p);

/* No element is there twice, and at most one is primary. */
static void check_list(const json_t *list, const scim_attr_t *attr, apr_pool_t *p)
{
    const json_t *element, *other;
    size_t i, j;
    int primary = 0;

    REQUIRE(json_array_size(list) > 0);
    json_array_foreach(list, i, element) {
        const char *key = scim_values_key(attr, element, p);

        check_value(element, attr, 1, p);
        primary += json_is_true(json_object_get(element, "primary"));
        json_array_foreach(list, j, other)
            REQUIRE(i == j || i > 50 || strcmp(key, scim_values_key(attr, other, p)) != 0);
    }
    REQUIRE(primary <= 1);
}

static void check_value(const json_t *value, const scim_attr_t *attr, int element, apr_pool_t *p)
{
    const char *name;
    json_t *member;

    if (attr->multi && !element) {
        check_list(value, attr, p);
        return;
    }
    if (attr->type != SCIM_TYPE_COMPLEX) {
        check_simple(value, attr, p);
        return;
    }
    REQUIRE(json_object_size(value) > 0);
    json_object_foreach((json_t *)value, name, member) {
        const scim_attr_t *sub = scim_attr_sub(attr, name);

        REQUIRE(sub && strcmp(sub->name, name) == 0);
        check_value(member, sub, 0, p);
    }
}

static void check_attr(const char *name, const json_t *value, const scim_attr_t *attr, apr_pool_t *p)
{
    REQUIRE(attr && strcmp(attr->name, name) == 0);
    check_value(value, attr, 0, p);
}

/* Names are spelt right, values of their types, nothing is unassigned. */
static void check_form(const json_t *resource, const scim_rtype_t *rtype, apr_pool_t *p)
{
    const char *name, *inner;
    json_t *value, *member;

    REQUIRE(json_is_object(resource));
    json_object_foreach((json_t *)resource, name, value) {
        const scim_schema_t *schema = scim_rtype_schema(rtype, name, strlen(name));

        if (!schema) {
            check_attr(name, value, scim_rtype_attr(rtype, name), p);
            continue;
        }
        REQUIRE(schema != rtype->core && strcmp(schema->urn, name) == 0 && json_object_size(value) > 0);
        json_object_foreach(value, inner, member)
            check_attr(inner, member, scim_schema_attr(schema, inner, strlen(inner)), p);
    }
}

/* What a client is told is a sentence that JSON can carry. */
static void check_refused(const scim_err_t *err)
{
    REQUIRE(err->detail && *err->detail);
    REQUIRE(scim_utf8_valid(err->detail, strlen(err->detail)));
    REQUIRE(scim_err_status(err->kind) == 400 || err->kind == SCIM_E_TOO_LARGE);
}

/* The JSON of an input; NULL if it is none. Owned by p. */
static json_t *read_input(const uint8_t *data, size_t size, apr_pool_t *p)
{
    static const scim_json_limits_t limits = { .max_bytes = 1 << 16, .max_depth = 32 };
    json_t *json;

    return scim_json_parse(&json, (const char *)data, size, &limits, p) ? NULL : scim_json_own(p, json);
}

#endif
