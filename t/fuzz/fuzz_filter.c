/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Filters: what is taken is printed, taken again, printed the same, and matches the same. What is refused
 * says why.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "scim_filter.h"
#include "scim_text.h"

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char resource_text[] =
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"id\":\"42\",\"externalId\":\"Ab\","
    "\"userName\":\"BJensen\",\"name\":{\"familyName\":\"Jensen\"},\"displayName\":\"B\\u00e4rbel\","
    "\"active\":true,\"emails\":[{\"value\":\"b@example.com\",\"type\":\"work\",\"primary\":true},"
    "{\"value\":\"babs@example.org\"}],"
    "\"x509Certificates\":[{\"value\":\"YQ==\"}],"
    "\"meta\":{\"resourceType\":\"User\",\"lastModified\":\"2011-05-13T04:42:34Z\"},"
    "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"manager\":{\"value\":\"26\"}},"
    "\"urn:example:own\":{\"age\":42,\"ratio\":1.5,\"tags\":[\"Red\",\"blue\"]}}";

static const scim_filter_limits_t limits = { .max_bytes = 1 << 16, .max_terms = 1000, .max_depth = 32 };
/* What is printed may be longer, and nest deeper where null was compared with. */
static const scim_filter_limits_t printed_limits = { .max_terms = 1000, .max_depth = 64 };
static scim_rtype_t *user;
static json_t *resource;

static void add(scim_schema_t *schema, const char *name, scim_type_t type, unsigned multi, apr_pool_t *p)
{
    const scim_attr_t attr = { .type = type, .multi = multi & 1 };

    REQUIRE(!scim_schema_add(schema, name, &attr, p));
}

/* What all runs share. */
static void start(void)
{
    scim_schema_t *own;
    apr_pool_t *p;

    apr_initialize();
    apr_pool_create(&p, NULL);
    own = scim_schema_make("urn:example:own", "Own", NULL, p);
    add(own, "age", SCIM_TYPE_INTEGER, 0, p);
    add(own, "ratio", SCIM_TYPE_DECIMAL, 0, p);
    add(own, "tags", SCIM_TYPE_STRING, 1, p);
    user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, p);
    scim_rtype_extend(user, own, 0, p);
    resource = json_loads(resource_text, 0, NULL);
    REQUIRE(resource);
}

static void check_error(const scim_err_t *err, scim_errkind_t kind)
{
    REQUIRE(err->kind == kind);
    REQUIRE(scim_utf8_valid(err->detail, strlen(err->detail)));
}

static void check_filter(const char *text, apr_pool_t *p)
{
    scim_filter_t *filter, *again;
    const char *printed;
    scim_err_t *err = scim_filter_parse(&filter, text, user, &limits, p);

    if (err) {
        check_error(err, SCIM_E_INVALID_FILTER);
        return;
    }
    printed = scim_filter_print(filter, 1, p);
    REQUIRE(!scim_filter_parse(&again, printed, user, &printed_limits, p));
    REQUIRE(strcmp(scim_filter_print(again, 1, p), printed) == 0);
    REQUIRE(scim_filter_match(filter, resource) == scim_filter_match(again, resource));
    scim_filter_print(filter, 0, p);
}

static void ignore(void *baton, const json_t *value)
{
    (void)baton;
    REQUIRE(value);
}

/* An element made by a filter satisfies it. */
static void check_element(const char *text, size_t len, apr_pool_t *p)
{
    scim_filter_t *filter;
    json_t *element;
    scim_err_t *err = scim_filter_parse_element(&filter, text, len, scim_rtype_attr(user, "emails"), &limits,
                                                SCIM_E_INVALID_PATH, p);

    if (err) {
        check_error(err, SCIM_E_INVALID_PATH);
        return;
    }
    element = json_object();
    if (scim_filter_template(filter, element))
        REQUIRE(scim_filter_match_element(filter, element));
    else
        REQUIRE(json_object_size(element) == 0);
    json_decref(element);
    scim_filter_eq_values(filter, "value", ignore, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *p;
    char *text;

    if (!user)
        start();
    apr_pool_create(&p, NULL);
    text = malloc(size + 1);
    REQUIRE(text);
    memcpy(text, data, size);
    text[size] = '\0';
    check_filter(text, p);
    check_element((const char *)data, size, p);
    free(text);
    apr_pool_destroy(p);
    return 0;
}
