/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Bodies: what is taken keeps within the limits and is written as JSON that reads as the same value. What is
 * refused says why.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "scim_error.h"
#include "scim_json.h"
#include "scim_text.h"

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const scim_json_limits_t limits = { .max_bytes = 1 << 16, .max_depth = 8 };
/* Escapes may make what is written longer. */
static const scim_json_limits_t written_limits = { .max_depth = 8 };

static int depth(const json_t *value)
{
    const char *name;
    json_t *part;
    size_t i;
    int deepest = 0, d;

    if (!json_is_object(value) && !json_is_array(value))
        return 0;
    json_array_foreach(value, i, part) {
        d = depth(part);
        deepest = d > deepest ? d : deepest;
    }
    json_object_foreach((json_t *)value, name, part) {
        d = depth(part);
        deepest = d > deepest ? d : deepest;
    }
    return deepest + 1;
}

static void check_written(const json_t *json, apr_pool_t *p)
{
    const char *text = scim_json_dump(json, p);
    json_t *again;

    REQUIRE(scim_utf8_valid(text, strlen(text)));
    REQUIRE(scim_json_parse(&again, text, strlen(text), &written_limits, p) == NULL);
    scim_json_own(p, again);
    REQUIRE(scim_json_equal(json, again));
    REQUIRE(strcmp(scim_json_dump(again, p), text) == 0);
}

static void check_refused(const scim_err_t *err, size_t size, apr_pool_t *p)
{
    const char *text = scim_err_json(p, scim_err_status(err->kind), scim_err_type(err->kind), err->detail);
    json_t *json;

    REQUIRE(err->kind == (size > limits.max_bytes ? SCIM_E_TOO_LARGE : SCIM_E_INVALID_SYNTAX));
    REQUIRE(scim_json_parse(&json, text, strlen(text), &written_limits, p) == NULL);
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int initialized;
    apr_pool_t *p;
    json_t *json;
    scim_err_t *err;

    if (!initialized)
        initialized = apr_initialize() == APR_SUCCESS;
    apr_pool_create(&p, NULL);
    err = scim_json_parse(&json, (const char *)data, size, &limits, p);
    if (err) {
        check_refused(err, size, p);
    }
    else {
        scim_json_own(p, json);
        REQUIRE(depth(json) <= limits.max_depth);
        check_written(json, p);
    }
    apr_pool_destroy(p);
    return 0;
}
