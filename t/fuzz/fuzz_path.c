/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Paths: what is taken is printed, taken again and printed the same. What is refused says why.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "scim_path.h"
#include "scim_text.h"

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const scim_filter_limits_t limits = { .max_bytes = 1 << 16, .max_terms = 1000, .max_depth = 32 };
/* What is printed may be longer, and nest deeper where null was compared with. */
static const scim_filter_limits_t printed_limits = { .max_terms = 1000, .max_depth = 64 };
static scim_rtype_t *user;

/* What all runs share. */
static void start(void)
{
    apr_pool_t *p;

    apr_initialize();
    apr_pool_create(&p, NULL);
    user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, p);
}

/* Whatever it was parsed from, a sub-attribute is its attribute's, and only lists are filtered. */
static void check_parts(const scim_path_t *path)
{
    REQUIRE(path->schema);
    REQUIRE(!path->attr || path->attr->schema == path->schema);
    REQUIRE(!path->sub || path->sub->parent == path->attr);
    REQUIRE(!path->filter || path->attr->multi);
}

static void check_path(const char *text, apr_pool_t *p)
{
    scim_path_t *path, *again;
    const char *printed;
    scim_err_t *err = scim_path_parse(&path, text, user, &limits, SCIM_E_INVALID_PATH, p);

    if (err) {
        REQUIRE(err->kind == SCIM_E_INVALID_PATH);
        REQUIRE(scim_utf8_valid(err->detail, strlen(err->detail)));
        return;
    }
    check_parts(path);
    printed = scim_path_print(path, p);
    REQUIRE(!scim_path_parse(&again, printed, user, &printed_limits, SCIM_E_INVALID_PATH, p));
    REQUIRE(again->attr == path->attr && again->sub == path->sub);
    REQUIRE(strcmp(scim_path_print(again, p), printed) == 0);
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
    check_path(text, p);
    free(text);
    apr_pool_destroy(p);
    return 0;
}
