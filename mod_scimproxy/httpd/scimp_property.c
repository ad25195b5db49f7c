/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_property.h"

#include <string.h>
#include <strings.h>
#include <ap_provider.h>
#include <http_core.h>
#include <apr_strings.h>

#include "scim_log.h"
#include "scim_text.h"
#include "scimp_secret.h"
#include "scimp_value.h"
#include "scimp_walk.h"

APLOG_USE_MODULE(scimproxy);

/* ---- connectors and their tables ---- */

static apr_array_header_t *connectors(apr_pool_t *p)
{
    const apr_array_header_t *names = ap_list_provider_names(p, SCIM_CONNECTOR_GROUP, SCIM_CONNECTOR_ABI);
    apr_array_header_t *all = apr_array_make(p, names->nelts, sizeof(const scim_connector_t *));
    int i;

    for (i = 0; i < names->nelts; i++)
        APR_ARRAY_PUSH(all, const scim_connector_t *) = ap_lookup_provider(
            SCIM_CONNECTOR_GROUP, APR_ARRAY_IDX(names, i, ap_list_provider_names_t).provider_name,
            SCIM_CONNECTOR_ABI);
    return all;
}

const scim_connector_t *scimp_connector(const char *name, const char **error, apr_pool_t *p)
{
    const scim_connector_t *found = ap_lookup_provider(SCIM_CONNECTOR_GROUP, name, SCIM_CONNECTOR_ABI);
    const apr_array_header_t *all;
    const char *list = "";
    int i;

    if (found)
        return found;
    all = connectors(p);
    for (i = 0; i < all->nelts; i++)
        list = apr_pstrcat(p, list, i > 0 ? ", " : "", APR_ARRAY_IDX(all, i, const scim_connector_t *)->name,
                           NULL);
    *error = apr_psprintf(p, "unknown connector '%s' (is mod_scimproxy_%s loaded?); %s%s", name, name,
                          *list ? "there are: " : "no connector is loaded", list);
    return NULL;
}

static const scim_property_t *row_of(const scim_connector_t *connector, const char *name)
{
    const scim_property_t *row;

    for (row = connector->properties; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

/* True if the name is one that the connector's table decides about: "sql.x" for the connector sql. */
static int owns(const scim_connector_t *connector, const char *name)
{
    size_t len = strlen(connector->name);

    return (strncasecmp(name, connector->name, len) == 0 && name[len] == '.')
           || row_of(connector, name) != NULL;
}

static const scim_connector_t *owner(const char *name, apr_pool_t *p)
{
    const apr_array_header_t *all = connectors(p);
    int i;

    for (i = 0; i < all->nelts; i++)
        if (owns(APR_ARRAY_IDX(all, i, const scim_connector_t *), name))
            return APR_ARRAY_IDX(all, i, const scim_connector_t *);
    return NULL;
}

static const char *unknown(const scim_connector_t *connector, const char *name, apr_pool_t *p)
{
    apr_array_header_t *names = apr_array_make(p, 32, sizeof(const char *));
    const scim_property_t *row;
    const char *near;

    for (row = connector->properties; row->name; row++)
        APR_ARRAY_PUSH(names, const char *) = row->name;
    APR_ARRAY_PUSH(names, const char *) = NULL;
    near = scim_nearest(name, (const char *const *)names->elts);
    return apr_psprintf(p, "the connector %s has no property '%s'%s%s%s", connector->name, name,
                        near ? "; did you mean '" : "", near ? near : "",
                        near ? "'?" : "; its manual lists those it has");
}

static const char *section_of(unsigned where)
{
    return where & SCIM_PROP_TARGET   ? "<SCIMTarget>"
           : where & SCIM_PROP_SYSTEM ? "<SCIMSystem>"
                                      : "<SCIMResourceType>";
}

/* ---- secrets ---- */

/* The first reading of the configuration, which is all there is of a configtest, leaves secrets where they
 * are. */
static int secrets_wanted(void)
{
    return ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG;
}

static const char *resolve(const char **value, const scim_property_t *row, cmd_parms *cmd)
{
    const char *rest, *problem;
    const scimp_secret_kind_t kind = scimp_secret_kind(*value, &rest);

    if (kind == SCIMP_SECRET_LITERAL) {
        ap_log_error(APLOG_MARK, APLOG_WARNING | APLOG_STARTUP, 0, cmd->server,
                     SCIM_LOGNO(0001) "%s: the value of %s stands in the configuration; better file:/path, "
                                      "exec:/path or env:NAME",
                     scimp_place(cmd->directive, cmd->temp_pool), row->name);
        return NULL;
    }
    if (kind == SCIMP_SECRET_FILE)
        rest = ap_server_root_relative(cmd->temp_pool, rest);
    *value = NULL;
    problem = !rest ? "file: wants a path"
            : secrets_wanted() ? scimp_secret_get(value, kind, rest, cmd->pool, cmd->temp_pool)
            : scimp_secret_check(kind, rest, cmd->temp_pool);
    return problem ? apr_pstrcat(cmd->temp_pool, row->name, ": ", problem, NULL) : NULL;
}

/* ---- SCIMProperty ---- */

static const scimp_property_t *find(const scimp_scope_t *scope, const char *name)
{
    int i;

    for (i = 0; i < scope->properties->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(scope->properties, i, scimp_property_t).name, name) == 0)
            return &APR_ARRAY_IDX(scope->properties, i, scimp_property_t);
    return NULL;
}

static const char *check_row(scimp_property_t *property, const scimp_scope_t *scope, cmd_parms *cmd)
{
    const scim_connector_t *connector = owner(property->name, cmd->temp_pool);

    if (scope->where == SCIM_PROP_TARGET) {
        const scim_connector_t *own = ((const scimp_target_t *)(const void *)scope)->connector;

        if (connector && connector != own && !owns(own, property->name))
            return apr_psprintf(cmd->temp_pool,
                                "%s is a property of the connector %s; the connector of target '%s' is %s",
                                property->name, connector->name, scope->name, own->name);
        if (owns(own, property->name))
            connector = own;
    }
    if (!connector) {
        ap_log_error(APLOG_MARK, APLOG_WARNING | APLOG_STARTUP, 0, cmd->server,
                     SCIM_LOGNO(0002) "%s: nothing uses the property %s",
                     scimp_place(cmd->directive, cmd->temp_pool), property->name);
        return NULL;
    }
    property->row = row_of(connector, property->name);
    if (!property->row)
        return unknown(connector, property->name, cmd->temp_pool);
    if ((property->row->where & scope->where) == 0)
        return apr_psprintf(cmd->temp_pool, "%s has no meaning here; it belongs into %s", property->name,
                            section_of(property->row->where));
    if (property->row->secret)
        return resolve(&property->value, property->row, cmd);
    return scimp_value_normalise(&property->value, property->row, cmd->pool);
}

const char *scimp_cmd_property(cmd_parms *cmd, void *dir, const char *name, const char *value)
{
    const char *error;
    scimp_scope_t *scope =
        scimp_enclosing(cmd, &error, "<SCIMTarget", "<SCIMSystem", "<SCIMResourceType", NULL);
    scimp_property_t property = { .name = name, .value = value, .at = cmd->directive };
    const scimp_property_t *before;

    (void)dir;
    if (!scope)
        return error;
    before = find(scope, name);
    if (before)
        return apr_psprintf(cmd->temp_pool, "%s is already set on %s; leave one of the two", name,
                            scimp_place(before->at, cmd->temp_pool));
    error = check_row(&property, scope, cmd);
    if (!error)
        APR_ARRAY_PUSH(scope->properties, scimp_property_t) = property;
    return error;
}

/* ---- who sees what ---- */

static const char *missing(const scimp_scope_t *scope, const scim_property_t *row, apr_pool_t *p)
{
    return apr_psprintf(p, "%s '%s' has no %s; add \"SCIMProperty %s VALUE\" (%s)",
                        scope->where == SCIM_PROP_TARGET ? "target" : "resource type", scope->name, row->name,
                        row->name, row->description);
}

const char *scimp_property_apply(scimp_target_t *target, cmd_parms *cmd)
{
    const scim_connector_t *connector = target->connector;
    const scim_property_t *row;
    const char *problem = NULL;

    for (row = connector->properties; row->name && !problem; row++) {
        const scimp_property_t *set = find(&target->scope, row->name);
        const char *value = set ? set->value : row->dflt;

        if ((row->where & SCIM_PROP_TARGET) == 0)
            continue;
        /* what may stand in a resource type too is missed there, by scimp_property_check() */
        if (!set && row->required && !row->dflt && (row->where & SCIM_PROP_TYPE) == 0)
            return missing(&target->scope, row, cmd->temp_pool);
        problem = value ? connector->target_property(target->target, row->name, value) : NULL;
        if (problem && set)
            cmd->err_directive = set->at;
    }
    return problem;
}

/* The property in effect for a resource type, or NULL. */
static const scimp_property_t *effective(const scimp_type_t *type, const char *name)
{
    const scimp_property_t *property = find(&type->scope, name);

    if (!property)
        property = find(&type->system->scope, name);
    return property ? property : find(&type->target->scope, name);
}

const char *scimp_property_value(void *baton, const char *name)
{
    const scimp_type_t *type = baton;
    const scimp_property_t *property = effective(type, name);
    const scim_property_t *row = row_of(type->target->connector, name);

    return property ? property->value : row ? row->dflt : NULL;
}

const char *scimp_property_check(const scimp_type_t *type, cmd_parms *cmd)
{
    const scim_connector_t *connector = type->target->connector;
    const scim_property_t *row;
    int i;

    for (i = 0; i < type->scope.properties->nelts; i++) {
        const scimp_property_t *property = &APR_ARRAY_IDX(type->scope.properties, i, scimp_property_t);

        if (property->row && row_of(connector, property->name) != property->row) {
            cmd->err_directive = property->at;
            return apr_psprintf(cmd->temp_pool,
                                "%s is no property of the connector %s, which target '%s' has",
                                property->name, connector->name, type->target->scope.name);
        }
    }
    for (row = connector->properties; row->name; row++)
        if (row->required && !row->dflt && (row->where & SCIM_PROP_TYPE) && !effective(type, row->name)) {
            cmd->err_directive = type->scope.at;
            return missing(&type->scope, row, cmd->temp_pool);
        }
    return NULL;
}
