/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_conf.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>

void *scimp_conf_create(apr_pool_t *p, server_rec *s)
{
    scimp_conf_t *conf = apr_palloc(p, sizeof *conf);

    (void)s;
    conf->targets = apr_array_make(p, 2, sizeof(scimp_target_t *));
    conf->systems = apr_array_make(p, 2, sizeof(scimp_system_t *));
    conf->schemas = apr_array_make(p, 1, sizeof(scimp_schema_t));
    conf->serves = apr_array_make(p, 2, sizeof(scimp_serve_t *));
    conf->requires = apr_array_make(p, 2, sizeof(scimp_require_t));
    return conf;
}

void *scimp_dir_create(apr_pool_t *p, char *path)
{
    scimp_dir_t *dir = apr_pcalloc(p, sizeof *dir);

    (void)path;
    dir->anonymous = SCIMP_UNSET;
    dir->limits.page.dflt = SCIMP_UNSET;
    dir->limits.page.max = SCIMP_UNSET;
    dir->limits.max_body = SCIMP_UNSET;
    dir->limits.max_scan = SCIMP_UNSET;
    dir->limits.timeout = SCIMP_UNSET;
    dir->limits.max_depth = SCIMP_UNSET;
    dir->limits.max_terms = SCIMP_UNSET;
    return dir;
}

/* What add says, else what base says, for each limit. */
static scim_limits_t merge_limits(const scim_limits_t *base, const scim_limits_t *add)
{
#define SAID(member) (add->member != SCIMP_UNSET ? add->member : base->member)
    const scim_limits_t limits = {
        .page = { .dflt = SAID(page.dflt), .max = SAID(page.max) },
        .max_body = SAID(max_body),
        .max_scan = SAID(max_scan),
        .timeout = SAID(timeout),
        .max_depth = SAID(max_depth),
        .max_terms = SAID(max_terms)
    };
#undef SAID

    return limits;
}

void *scimp_dir_merge(apr_pool_t *p, void *basev, void *addv)
{
    const scimp_dir_t *base = basev, *add = addv;
    scimp_dir_t *dir = apr_palloc(p, sizeof *dir);

    dir->serve = add->serve ? add->serve : base->serve;
    dir->anonymous = add->anonymous != SCIMP_UNSET ? add->anonymous : base->anonymous;
    /* a base URL is that of one service, not of another one below it */
    dir->base_url = add->base_url || add->serve ? add->base_url : base->base_url;
    dir->limits = merge_limits(&base->limits, &add->limits);
    return dir;
}

scimp_conf_t *scimp_conf_of(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &scimproxy_module);
}

const scimp_dir_t *scimp_dir_of(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &scimproxy_module);
}

scim_limits_t scimp_limits(const scimp_dir_t *dir)
{
    scim_limits_t limits = merge_limits(&scim_default_limits, &dir->limits);

    if (limits.page.max > 0 && (limits.page.dflt == 0 || limits.page.dflt > limits.page.max))
        limits.page.dflt = limits.page.max;
    return limits;
}

static const scimp_target_t *target_in(const scimp_conf_t *conf, const char *name)
{
    int i;

    for (i = 0; i < conf->targets->nelts; i++) {
        const scimp_target_t *target = APR_ARRAY_IDX(conf->targets, i, const scimp_target_t *);

        if (strcmp(target->scope.name, name) == 0)
            return target;
    }
    return NULL;
}

const scimp_target_t *scimp_find_target(const server_rec *s, const char *name)
{
    const scimp_target_t *target = target_in(scimp_conf_of(s), name);

    return target ? target : target_in(scimp_conf_of(ap_server_conf), name);
}

static const scimp_system_t *system_in(const scimp_conf_t *conf, const char *name)
{
    int i;

    for (i = 0; i < conf->systems->nelts; i++) {
        const scimp_system_t *system = APR_ARRAY_IDX(conf->systems, i, const scimp_system_t *);

        if (strcmp(system->scope.name, name) == 0 || (system->id && strcmp(system->id, name) == 0))
            return system;
    }
    return NULL;
}

const scimp_system_t *scimp_find_system(const server_rec *s, const char *name)
{
    const scimp_system_t *system = system_in(scimp_conf_of(s), name);

    return system ? system : system_in(scimp_conf_of(ap_server_conf), name);
}

static const scim_schema_t *schema_in(const scimp_conf_t *conf, const char *urn)
{
    int i;

    for (i = 0; i < conf->schemas->nelts; i++) {
        const scim_schema_t *schema = APR_ARRAY_IDX(conf->schemas, i, scimp_schema_t).schema;

        if (strcasecmp(schema->urn, urn) == 0)
            return schema;
    }
    return NULL;
}

static const scim_schema_t *standard_schema(const char *urn)
{
    const scim_schema_t *const standard[] = { scim_schema_user(), scim_schema_group(),
                                              scim_schema_enterprise() };
    size_t i;

    for (i = 0; i < sizeof standard / sizeof *standard; i++)
        if (strcasecmp(standard[i]->urn, urn) == 0)
            return standard[i];
    return NULL;
}

int scimp_is_standard_schema(const char *urn)
{
    return standard_schema(urn) != NULL;
}

const scim_schema_t *scimp_find_schema(const server_rec *s, const char *urn)
{
    const scim_schema_t *schema = schema_in(scimp_conf_of(s), urn);

    if (!schema)
        schema = schema_in(scimp_conf_of(ap_server_conf), urn);
    return schema ? schema : standard_schema(urn);
}

const char *scimp_path_below(const char *path, const char *prefix)
{
    size_t len = strlen(prefix);

    if (strncmp(path, prefix, len) != 0 || (path[len] != '/' && path[len] != '\0'))
        return NULL;
    return path + len;
}

static const scimp_serve_t *serve_in(const scimp_conf_t *conf, const char *path, const scimp_serve_t *best)
{
    int i;

    for (i = 0; i < conf->serves->nelts; i++) {
        const scimp_serve_t *serve = APR_ARRAY_IDX(conf->serves, i, const scimp_serve_t *);

        if (scimp_path_below(path, serve->prefix) && (!best || strlen(serve->prefix) >= strlen(best->prefix)))
            best = serve;
    }
    return best;
}

const scimp_serve_t *scimp_find_serve(const server_rec *s, const char *path)
{
    const scimp_conf_t *own = scimp_conf_of(s), *all = scimp_conf_of(ap_server_conf);
    const scimp_serve_t *best = serve_in(all, path, NULL);

    return own == all ? best : serve_in(own, path, best);
}

const char *scimp_place(const ap_directive_t *at, apr_pool_t *p)
{
    return apr_psprintf(p, "line %d of %s", at->line_num, at->filename);
}
