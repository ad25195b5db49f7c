/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_section.h"

#include <string.h>
#include <strings.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "scimp_property.h"
#include "scimp_walk.h"

/* Names of targets and systems: they stand in URLs and log lines. */
static const char *check_name(const char *name, cmd_parms *cmd)
{
    size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    if (len == 0 || len > 100 || name[len] != '\0' || strspn(name, ".") == len)
        return apr_psprintf(cmd->temp_pool,
                            "'%s' cannot be a name; names have 1 to 100 letters, digits, '.', '_' and '-'",
                            name);
    if (strcasecmp(name, "off") == 0)
        return "nothing can be named Off; that is a word of SCIMServe";
    return NULL;
}

static void scope_init(scimp_scope_t *scope, unsigned where, const char *name, cmd_parms *cmd)
{
    scope->where = where;
    scope->name = name;
    scope->properties = apr_array_make(cmd->pool, 8, sizeof(scimp_property_t));
    scope->at = cmd->directive;
}

static const char *defined(const char *what, const char *name, const ap_directive_t *at, cmd_parms *cmd)
{
    return apr_psprintf(cmd->temp_pool, "%s '%s' is already defined on %s; rename one of the two", what, name,
                        scimp_place(at, cmd->temp_pool));
}

/* ---- <SCIMTarget NAME CONNECTOR> ---- */

static const scim_pool_limits_t default_pool = {
    .min = 0,
    .max = 0,
    .ttl = 300 * APR_USEC_PER_SEC,
    .acquire = APR_USEC_PER_SEC / 2,
    .timeout = 10 * APR_USEC_PER_SEC,
    .retry = 5 * APR_USEC_PER_SEC
};

static const char *make_target(scimp_target_t *target, cmd_parms *cmd)
{
    const scim_connector_t *connector = target->connector;
    const char *error = connector->target_make(&target->target, target->scope.name, cmd->pool);

    if (target->limits.max > 0 && target->limits.min > target->limits.max)
        return apr_psprintf(cmd->temp_pool, "SCIMPool keeps more connections (min=%d) than there may be (max=%d)",
                            target->limits.min, target->limits.max);
    if (!error)
        error = scimp_property_apply(target, cmd);
    return error ? error : connector->target_done(target->target, &target->limits, cmd->pool);
}

const char *scimp_cmd_target(cmd_parms *cmd, void *dir, const char *args)
{
    static const char *const allowed[] = { "SCIMProperty", "SCIMPool", NULL };
    scimp_conf_t *conf = scimp_conf_of(cmd->server);
    scimp_target_t *target = apr_pcalloc(cmd->pool, sizeof *target);
    const char *error, *name, *connector;
    int i;

    (void)dir;
    if (!(args = scimp_section_args(cmd, args, &error)))
        return error;
    name = scimp_section_word(cmd, &args);
    connector = scimp_section_word(cmd, &args);
    if (!connector || scimp_section_word(cmd, &args))
        return "<SCIMTarget> takes a name and a connector, as <SCIMTarget hr sql>";
    if ((error = check_name(name, cmd)))
        return error;
    for (i = 0; i < conf->targets->nelts; i++) {
        const scimp_target_t *other = APR_ARRAY_IDX(conf->targets, i, const scimp_target_t *);

        if (strcmp(other->scope.name, name) == 0)
            return defined("target", name, other->scope.at, cmd);
    }
    scope_init(&target->scope, SCIM_PROP_TARGET, name, cmd);
    target->limits = default_pool;
    if (!(target->connector = scimp_connector(connector, &error, cmd->temp_pool))
        || (error = scimp_section_walk(cmd, target, allowed))
        || (error = make_target(target, cmd)))
        return error;
    APR_ARRAY_PUSH(conf->targets, scimp_target_t *) = target;
    return NULL;
}

static const char *count(int *out, const char *value)
{
    char *end;
    apr_int64_t n = apr_strtoi64(value, &end, 10);

    if (end == value || *end != '\0' || n < 0 || n > 100000)
        return "min= and max= take a number from 0 to 100000";
    *out = (int)n;
    return NULL;
}

static const char *interval(apr_interval_time_t *out, const char *value)
{
    if (!apr_isdigit(*value) || ap_timeout_parameter_parse(value, out, "s") != APR_SUCCESS)
        return "ttl=, acquire=, timeout= and retry= take a time, as 500ms, 30s or 5min";
    return NULL;
}

const char *scimp_cmd_pool(cmd_parms *cmd, void *dir, const char *word)
{
    const char *error, *value;
    scimp_target_t *target = scimp_enclosing(cmd, &error, "<SCIMTarget", NULL);
    scim_pool_limits_t *limits;

    (void)dir;
    if (!target)
        return error;
    limits = &target->limits;
    if ((value = scimp_key_value(word, "min")))
        error = count(&limits->min, value);
    else if ((value = scimp_key_value(word, "max")))
        error = count(&limits->max, value);
    else if ((value = scimp_key_value(word, "ttl")))
        error = interval(&limits->ttl, value);
    else if ((value = scimp_key_value(word, "acquire")))
        error = interval(&limits->acquire, value);
    else if ((value = scimp_key_value(word, "timeout")))
        error = interval(&limits->timeout, value);
    else if ((value = scimp_key_value(word, "retry")))
        error = interval(&limits->retry, value);
    else
        return apr_psprintf(
            cmd->temp_pool,
            "SCIMPool does not know '%s'; it takes min=, max=, ttl=, acquire=, timeout= and retry=", word);
    if (!error && limits->timeout == 0)
        error = "timeout= must be longer than nothing";
    return error;
}

/* ---- <SCIMSystem NAME [id=ID]> ---- */

static const char *check_clash(const scimp_conf_t *conf, const char *name, cmd_parms *cmd)
{
    int i;

    for (i = 0; i < conf->systems->nelts; i++) {
        const scimp_system_t *other = APR_ARRAY_IDX(conf->systems, i, const scimp_system_t *);

        if (strcmp(other->scope.name, name) == 0 || (other->id && strcmp(other->id, name) == 0))
            return defined("system", name, other->scope.at, cmd);
    }
    return NULL;
}

/* Resource types get their targets when the whole section is known, so that SCIMUseTarget and properties of
 * the system may stand anywhere in it. */
static const char *finish_system(scimp_system_t *system, cmd_parms *cmd)
{
    const char *error = NULL;
    int i;

    for (i = 0; i < system->types->nelts && !error; i++)
        error = scimp_type_attach(APR_ARRAY_IDX(system->types, i, scimp_type_t *), cmd);
    return error ? error : scim_system_freeze(system->system, cmd->temp_pool);
}

const char *scimp_cmd_system(cmd_parms *cmd, void *dir, const char *args)
{
    static const char *const allowed[] = { "SCIMProperty", "SCIMUseTarget", "<SCIMResourceType", NULL };
    scimp_conf_t *conf = scimp_conf_of(cmd->server);
    scimp_system_t *system = apr_pcalloc(cmd->pool, sizeof *system);
    const char *error, *name, *word;

    (void)dir;
    if (!(args = scimp_section_args(cmd, args, &error)))
        return error;
    name = scimp_section_word(cmd, &args);
    word = scimp_section_word(cmd, &args);
    system->id = word ? scimp_key_value(word, "id") : NULL;
    if (!name || (word && !system->id) || scimp_section_word(cmd, &args))
        return "<SCIMSystem> takes a name and perhaps an id, as <SCIMSystem hr id=4711>";
    if ((error = check_name(name, cmd)) || (error = check_clash(conf, name, cmd)))
        return error;
    if (system->id && ((error = check_name(system->id, cmd)) || (error = check_clash(conf, system->id, cmd))))
        return error;
    scope_init(&system->scope, SCIM_PROP_SYSTEM, name, cmd);
    system->types = apr_array_make(cmd->pool, 4, sizeof(scimp_type_t *));
    system->system = scim_system_make(name, cmd->pool);
    if ((error = scimp_section_walk(cmd, system, allowed)) || (error = finish_system(system, cmd)))
        return error;
    APR_ARRAY_PUSH(conf->systems, scimp_system_t *) = system;
    return NULL;
}

const char *scimp_cmd_use_target(cmd_parms *cmd, void *dir, const char *name)
{
    const char *error;
    scimp_system_t *system = scimp_enclosing(cmd, &error, "<SCIMSystem", NULL);

    (void)dir;
    if (!system)
        return error;
    if (system->target)
        return "SCIMUseTarget stands twice in this <SCIMSystem>; give resource types their own by target=";
    system->target = scimp_find_target(cmd->server, name);
    return system->target
               ? NULL
               : apr_psprintf(cmd->temp_pool, "there is no target '%s' above; add <SCIMTarget %s CONNECTOR>",
                              name, name);
}
