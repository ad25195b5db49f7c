/* SPDX-License-Identifier: Apache-2.0 */
#include "map_program.h"
#include "map_rule.h"

#include <string.h>

#include <apr_strings.h>

#include "map_value.h"
#include "scim_json.h"
#include "scim_text.h"

/* More than any key, and less than a URL can have. */
enum { MAX_ID = 2048 };

int map_id_is_good(const char *id)
{
    apr_size_t len = strlen(id);

    return len > 0 && len <= MAX_ID && strcmp(id, "bulkId") != 0 && scim_utf8_valid(id, len);
}

const char *map_id_attr(const map_program_t *program)
{
    return program->id->native.name;
}

typedef json_t *(*pipeline_fn)(const map_call_t *calls, int n, const json_t *value, const map_function_t **failed, apr_pool_t *p);

static const char *translate(const map_rule_t *rule, pipeline_fn run, const char *text, apr_pool_t *p)
{
    json_t *from = json_string(text), *to = from ? run(rule->calls, rule->ncalls, from, NULL, p) : NULL;
    const char *translated = to ? map_value_text(to, p) : NULL;

    translated = translated ? apr_pstrdup(p, translated) : NULL;
    json_decref(from);
    json_decref(to);
    return translated;
}

const char *map_id_from_native(const map_program_t *program, const char *native, apr_pool_t *p)
{
    const char *id = program->id->ncalls ? translate(program->id, map_function_run, native, p) : native;

    return id && map_id_is_good(id) ? id : NULL;
}

/* An id is compared exactly: another spelling that would lead to the same record is not its id. */
const char *map_id_to_native(const map_program_t *program, const char *id, apr_pool_t *p)
{
    const char *native, *again;

    if (!map_id_is_good(id))
        return NULL;
    if (program->id->ncalls == 0)
        return id;
    native = translate(program->id, map_function_back, id, p);
    again = native ? translate(program->id, map_function_run, native, p) : NULL;
    return again && strcmp(again, id) == 0 ? native : NULL;
}
