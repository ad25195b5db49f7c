/* SPDX-License-Identifier: Apache-2.0 */
#include "map_native.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "scim_json.h"

/* More digits than any list has elements. */
enum { MAX_DIGITS = 6 };

static const char *parse_index(const char **at, map_step_t *step, apr_pool_t *p)
{
    const char *digits = *at + 1;
    apr_size_t n = strspn(digits, "0123456789");

    if (n == 0 || n > MAX_DIGITS || digits[n] != ']')
        return apr_psprintf(p, "\"%s\" needs a number and a closing bracket, as mail[0]", *at);
    step->name = NULL;
    step->index = (size_t)apr_atoi64(digits);
    *at = digits + n + 1;
    return NULL;
}

static const char *parse_name(const char **at, const char **name, apr_pool_t *p)
{
    apr_size_t n = strcspn(*at, ".[]");

    if (n == 0)
        return apr_psprintf(p, "a name is missing in the native path before \"%s\"", *at);
    *name = apr_pstrmemdup(p, *at, n);
    *at += n;
    return NULL;
}

static const char *parse_step(const char **at, map_step_t *step, apr_pool_t *p)
{
    if (**at == '[')
        return parse_index(at, step, p);
    if (**at != '.')
        return apr_psprintf(p, "\"%s\" cannot stand in a native path", *at);
    (*at)++;
    return parse_name(at, &step->name, p);
}

const char *map_native_parse(map_native_t *out, const char *text, apr_pool_t *p)
{
    apr_array_header_t *steps = apr_array_make(p, 2, sizeof(map_step_t));
    const char *error = NULL;

    memset(out, 0, sizeof *out);
    if (strcmp(text, ".") == 0) {
        out->name = ".";
        return NULL;
    }
    error = parse_name(&text, &out->name, p);
    while (!error && *text)
        error = parse_step(&text, apr_array_push(steps), p);
    out->steps = (const map_step_t *)steps->elts;
    out->nsteps = steps->nelts;
    return error;
}

int map_native_is_self(const map_native_t *native)
{
    return native->name[0] == '.' && native->name[1] == '\0';
}

const json_t *map_native_get(const map_native_t *native, const json_t *record)
{
    const json_t *value = map_native_is_self(native) ? record : json_object_get(record, native->name);
    int i;

    for (i = 0; i < native->nsteps && value; i++)
        value = native->steps[i].name ? json_object_get(value, native->steps[i].name)
                                      : json_array_get(value, native->steps[i].index);
    return json_is_null(value) ? NULL : value;
}
