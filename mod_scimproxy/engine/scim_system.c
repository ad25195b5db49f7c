/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_system.h"

#include <string.h>
#include <apr_strings.h>

struct scim_system_t {
    apr_pool_t         *pool;
    const char         *name;
    apr_array_header_t *types;         /* of scim_type_entry_t; entries point back, so freeze before use */
};

const scim_limits_t scim_default_limits = {
    .page = { .dflt = 100, .max = 1000 },
    .max_body = 1024 * 1024,
    .max_scan = 10000,
    .timeout = 30 * APR_USEC_PER_SEC,
    .max_depth = 32,
    .max_terms = 256
};

scim_system_t *scim_system_make(const char *name, apr_pool_t *p)
{
    scim_system_t *system = apr_pcalloc(p, sizeof *system);

    system->pool = p;
    system->name = apr_pstrdup(p, name);
    system->types = apr_array_make(p, 4, sizeof(scim_type_entry_t));
    return system;
}

const char *scim_system_add(scim_system_t *system, const map_program_t *program, const scim_connector_t *connector,
                            scim_target_t *target, const char *target_name, scim_entity_t *entity, apr_pool_t *ptemp)
{
    scim_type_entry_t *entry = apr_array_push(system->types);
    const char *key, *problem;

    memset(entry, 0, sizeof *entry);
    entry->system = system;
    entry->rtype = map_program_rtype(program);
    entry->program = program;
    entry->connector = connector;
    entry->target = target;
    entry->target_name = target_name;
    entry->entity = entity;
    problem = connector->entity_check(entity, map_program_uses(program), &entry->caps, ptemp);
    if (problem)
        return problem;
    key = connector->entity_key(entity);
    entry->id_is_key = key != NULL && strcmp(key, map_id_attr(program)) == 0;
    return NULL;
}

static const char *check_references(const scim_system_t *system, const scim_type_entry_t *entry, apr_pool_t *ptemp)
{
    const char *const *name;

    for (name = map_program_refs(entry->program); *name; name++)
        if (!scim_system_type(system, *name))
            return apr_psprintf(
                ptemp, "%s: ref(%s) names no resource type of system '%s'; add a <SCIMResourceType %s> to it",
                entry->rtype->name, *name, system->name, *name);
    return NULL;
}

const char *scim_system_freeze(scim_system_t *system, apr_pool_t *ptemp)
{
    const scim_type_entry_t *types = (const scim_type_entry_t *)system->types->elts;
    int i, j;

    if (system->types->nelts == 0)
        return apr_psprintf(ptemp, "system '%s' has no <SCIMResourceType>", system->name);
    for (i = 0; i < system->types->nelts; i++) {
        const char *problem = check_references(system, &types[i], ptemp);

        if (problem)
            return problem;
        for (j = 0; j < i; j++) {
            if (strcmp(types[i].rtype->name, types[j].rtype->name) == 0)
                return apr_psprintf(ptemp, "system '%s' has two resource types named %s", system->name,
                                    types[i].rtype->name);
            if (strcmp(types[i].rtype->endpoint, types[j].rtype->endpoint) == 0)
                return apr_psprintf(
                    ptemp,
                    "%s and %s of system '%s' have the same endpoint /%s; give one of them another endpoint=",
                    types[j].rtype->name, types[i].rtype->name, system->name, types[i].rtype->endpoint);
        }
    }
    return NULL;
}

const char *scim_system_name(const scim_system_t *system)
{
    return system->name;
}

const scim_type_entry_t *scim_system_types(const scim_system_t *system, int *n)
{
    *n = system->types->nelts;
    return (const scim_type_entry_t *)system->types->elts;
}

const scim_type_entry_t *scim_system_endpoint(const scim_system_t *system, const char *endpoint)
{
    int i, n;
    const scim_type_entry_t *types = scim_system_types(system, &n);

    for (i = 0; i < n; i++)
        if (strcmp(types[i].rtype->endpoint, endpoint) == 0)
            return &types[i];
    return NULL;
}

const scim_type_entry_t *scim_system_type(const scim_system_t *system, const char *name)
{
    int i, n;
    const scim_type_entry_t *types = scim_system_types(system, &n);

    for (i = 0; i < n; i++)
        if (strcmp(types[i].rtype->name, name) == 0)
            return &types[i];
    return NULL;
}

static int can_change_password(const scim_rtype_t *rtype)
{
    const scim_attr_t *password = scim_rtype_attr(rtype, "password");

    return password != NULL && password->mutability != SCIM_READ_ONLY;
}

void scim_system_features(const scim_system_t *system, const scim_limits_t *limits, const char *const *auth_types,
                          scim_features_t *features)
{
    int i, n;
    const scim_type_entry_t *types = scim_system_types(system, &n);

    memset(features, 0, sizeof *features);
    features->filter = 1;
    features->sort = 1;
    features->etag = 1;
    features->filter_max_results = limits->page.max > 0 ? limits->page.max : APR_INT32_MAX;
    features->auth_types = auth_types;
    for (i = 0; i < n; i++) {
        features->patch |= types[i].caps.modify;
        features->etag &= types[i].caps.version;
        features->change_password |= can_change_password(types[i].rtype) ? 1u : 0u;
    }
}
