/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_section.h"

#include <string.h>
#include <strings.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "scim_text.h"
#include "scimp_property.h"
#include "scimp_walk.h"

/* ---- <SCIMResourceType NAME [target=T] [endpoint=E] [schema=URN] [extension=URN]...
 * [requiredExtension=URN]...> ---- */

/* Characters that need no percent-encoding in a URL, beginning with a letter. */
static int is_segment(const char *name)
{
    return apr_isalpha(*name)
        && name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

static int is_reserved(const char *endpoint)
{
    static const char *const reserved[] = { "ServiceProviderConfig", "ResourceTypes", "Schemas", "Bulk",
                                            "Me" };
    size_t i;

    for (i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcasecmp(endpoint, reserved[i]) == 0)
            return 1;
    return 0;
}

/* What is known of the resource types of RFC 7643 section 4. */
typedef struct known_t {
    const char          *name, *endpoint;
    const scim_schema_t *(*core)(void);
    const scim_schema_t *(*extension)(void);
} known_t;

static const known_t known[] = {
    { "User", "Users", scim_schema_user, scim_schema_enterprise },
    { "Group", "Groups", scim_schema_group, NULL },
    { NULL, NULL, NULL, NULL }
};

static const known_t *known_type(const char *name)
{
    const known_t *k;

    for (k = known; k->name; k++)
        if (strcmp(k->name, name) == 0)
            return k;
    return NULL;
}

/* The words after the name, as they stand there. */
typedef struct words_t {
    const char         *target, *endpoint, *schema;
    apr_array_header_t *extensions;    /* of extension_t */
} words_t;

typedef struct extension_t {
    const char *urn;
    int         required;
} extension_t;

static const char *read_words(words_t *words, const char *args, cmd_parms *cmd)
{
    const char *word, *value;

    memset(words, 0, sizeof *words);
    words->extensions = apr_array_make(cmd->temp_pool, 2, sizeof(extension_t));
    while ((word = scimp_section_word(cmd, &args)) != NULL) {
        extension_t extension = { NULL, 0 };

        if ((value = scimp_key_value(word, "target")))
            words->target = value;
        else if ((value = scimp_key_value(word, "endpoint")))
            words->endpoint = value;
        else if ((value = scimp_key_value(word, "schema")))
            words->schema = value;
        else if ((extension.urn = scimp_key_value(word, "extension")))
            APR_ARRAY_PUSH(words->extensions, extension_t) = extension;
        else if ((extension.urn = scimp_key_value(word, "requiredExtension"))) {
            extension.required = 1;
            APR_ARRAY_PUSH(words->extensions, extension_t) = extension;
        } else
            return apr_psprintf(
                cmd->temp_pool,
                "<SCIMResourceType> does not know '%s'; it takes target=, endpoint=, schema=, "
                "extension= and requiredExtension=",
                word);
    }
    return NULL;
}

static const char *no_schema(const char *urn, cmd_parms *cmd)
{
    return apr_psprintf(cmd->temp_pool, "there is no schema %s above; add <SCIMSchema %s NAME>", urn, urn);
}

static const char *make_rtype(scimp_type_t *type, const words_t *words, cmd_parms *cmd)
{
    const char *name = type->scope.name;
    const known_t *k = known_type(name);
    const char *endpoint = words->endpoint ? words->endpoint : k ? k->endpoint : NULL;
    const scim_schema_t *core = words->schema ? scimp_find_schema(cmd->server, words->schema)
                                : k           ? k->core()
                                              : NULL;
    int i;

    if (!core)
        return words->schema ? no_schema(words->schema, cmd)
                             : apr_psprintf(cmd->temp_pool,
                                            "the resource type %s needs its schema; add schema=URN", name);
    if (!endpoint)
        return apr_psprintf(cmd->temp_pool, "the resource type %s needs its endpoint; add endpoint=%ss", name,
                            name);
    if (!is_segment(endpoint) || is_reserved(endpoint))
        return apr_psprintf(cmd->temp_pool, "'%s' cannot be an endpoint; take another endpoint=", endpoint);
    type->rtype = scim_rtype_make(name, endpoint, core, cmd->pool);
    if (k && core == k->core() && k->extension)
        scim_rtype_extend(type->rtype, k->extension(), 0, cmd->pool);
    for (i = 0; i < words->extensions->nelts; i++) {
        const extension_t *extension = &APR_ARRAY_IDX(words->extensions, i, extension_t);
        const scim_schema_t *schema = scimp_find_schema(cmd->server, extension->urn);

        if (!schema)
            return no_schema(extension->urn, cmd);
        if (scim_rtype_schema(type->rtype, extension->urn, strlen(extension->urn)))
            return apr_psprintf(cmd->temp_pool, "the resource type %s has the schema %s already", name,
                                extension->urn);
        scim_rtype_extend(type->rtype, schema, extension->required, cmd->pool);
    }
    return NULL;
}

const char *scimp_cmd_type(cmd_parms *cmd, void *dir, const char *args)
{
    static const char *const allowed[] = { "SCIMProperty", "SCIMMap", "<SCIMMapEach", NULL };
    const char *error;
    scimp_system_t *system = scimp_enclosing(cmd, &error, "<SCIMSystem", NULL);
    scimp_type_t *type = apr_pcalloc(cmd->pool, sizeof *type);
    words_t words;

    (void)dir;
    if (!system || !(args = scimp_section_args(cmd, args, &error)))
        return error;
    type->scope.where = SCIM_PROP_TYPE;
    type->scope.at = cmd->directive;
    type->scope.properties = apr_array_make(cmd->pool, 8, sizeof(scimp_property_t));
    type->system = system;
    type->scope.name = scimp_section_word(cmd, &args);
    if (!type->scope.name)
        return "<SCIMResourceType> takes the name of a resource type, as <SCIMResourceType User target=hr>";
    if (!is_segment(type->scope.name))
        return apr_psprintf(cmd->temp_pool,
                            "'%s' cannot be the name of a resource type; take letters and digits",
                            type->scope.name);
    if ((error = read_words(&words, args, cmd)) || (error = make_rtype(type, &words, cmd)))
        return error;
    if (words.target && !(type->target = scimp_find_target(cmd->server, words.target)))
        return apr_psprintf(cmd->temp_pool, "there is no target '%s' above; add <SCIMTarget %s CONNECTOR>",
                            words.target, words.target);
    type->builder = map_builder_make(type->rtype, cmd->pool);
    if ((error = scimp_section_walk(cmd, type, allowed))
        || (error = map_builder_finish(type->builder, &type->program)))
        return error;
    APR_ARRAY_PUSH(system->types, scimp_type_t *) = type;
    return NULL;
}

const char *scimp_type_attach(scimp_type_t *type, cmd_parms *cmd)
{
    const scim_connector_t *connector;
    scim_entity_t *entity;
    const char *error;

    if (!type->target)
        type->target = type->system->target;
    if (!type->target)
        error = apr_psprintf(
            cmd->temp_pool,
            "the resource type %s has no target; add target=NAME, or SCIMUseTarget to its system",
            type->scope.name);
    else if (!(error = scimp_property_check(type, cmd))) {
        connector = type->target->connector;
        error = connector->entity_make(&entity, type->target->target, type->scope.name, scimp_property_value,
                                       type, cmd->pool);
        if (!error)
            error = scim_system_add(type->system->system, type->program, connector, type->target->target,
                                    type->target->scope.name, entity, cmd->temp_pool);
    }
    if (error && !cmd->err_directive)
        cmd->err_directive = type->scope.at;
    return error;
}

/* ---- SCIMMap, <SCIMMapEach> ---- */

/* "file:line", as the builder's messages have it. */
static const char *where(const ap_directive_t *at, apr_pool_t *p)
{
    return apr_psprintf(p, "%s:%d", at->filename, at->line_num);
}

const char *scimp_cmd_map(cmd_parms *cmd, void *dir, const char *args)
{
    const char *error;
    scimp_type_t *type = scimp_enclosing(cmd, &error, "<SCIMResourceType", "<SCIMMapEach", NULL);

    (void)dir;
    return type ? map_builder_line(type->builder, args, where(cmd->directive, cmd->pool)) : error;
}

const char *scimp_cmd_map_each(cmd_parms *cmd, void *dir, const char *args)
{
    static const char *const allowed[] = { "SCIMMap", NULL };
    const char *error;
    scimp_type_t *type = scimp_enclosing(cmd, &error, "<SCIMResourceType", NULL);

    (void)dir;
    if (!type || !(args = scimp_section_args(cmd, args, &error))
        || (error = map_builder_each(type->builder, args, where(cmd->directive, cmd->pool)))
        || (error = scimp_section_walk(cmd, type, allowed)))
        return error;
    return map_builder_each_end(type->builder);
}
