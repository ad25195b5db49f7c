/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_check.h"

#include <string.h>
#include <http_core.h>
#include <apr_strings.h>

#include "scim_log.h"
#include "scim_text.h"

APLOG_USE_MODULE(scimproxy);

/* Names of what one kind of Require line or SCIMServe may mean. */
typedef enum { SYSTEMS, RESOURCES } names_t;

static void add_types(apr_array_header_t *names, const scim_system_t *system)
{
    int i, n;
    const scim_type_entry_t *types = scim_system_types(system, &n);

    for (i = 0; i < n; i++) {
        APR_ARRAY_PUSH(names, const char *) = types[i].rtype->name;
        APR_ARRAY_PUSH(names, const char *) = types[i].rtype->endpoint;
    }
}

static void add_conf(apr_array_header_t *names, names_t what, const scimp_conf_t *conf)
{
    int i;

    for (i = 0; i < conf->systems->nelts; i++) {
        const scimp_system_t *system = APR_ARRAY_IDX(conf->systems, i, const scimp_system_t *);

        if (what == RESOURCES)
            add_types(names, system->system);
        else {
            APR_ARRAY_PUSH(names, const char *) = system->scope.name;
            if (system->id)
                APR_ARRAY_PUSH(names, const char *) = system->id;
        }
    }
}

/* The names that s can use; those of virtual hosts, too, where `below`: the main server's Locations are
 * theirs. NULL at the end. */
static const char *const *names_of(names_t what, const server_rec *s, int below, apr_pool_t *p)
{
    static const char *const discovery[] = { "ServiceProviderConfig", "ResourceTypes", "Schemas" };
    apr_array_header_t *names = apr_array_make(p, 16, sizeof(const char *));
    size_t i;

    add_conf(names, what, scimp_conf_of(s));
    add_conf(names, what, scimp_conf_of(ap_server_conf));
    for (s = below ? ap_server_conf->next : NULL; s; s = s->next)
        add_conf(names, what, scimp_conf_of(s));
    for (i = 0; what == RESOURCES && i < sizeof discovery / sizeof *discovery; i++)
        APR_ARRAY_PUSH(names, const char *) = discovery[i];
    APR_ARRAY_PUSH(names, const char *) = NULL;
    return (const char *const *)(const void *)names->elts;
}

static int is_among(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return 1;
    return 0;
}

static const char *suggestion(const char *word, const char *const *names, apr_pool_t *p)
{
    const char *near = scim_nearest(word, names), *list = "there are: ";

    if (near)
        return apr_psprintf(p, "did you mean '%s'?", near);
    if (!*names)
        return "there are none";
    for (; *names; names++)
        list = apr_pstrcat(p, list, *names, names[1] ? ", " : "", NULL);
    return list;
}

/* "line 7 of FILE (virtual host NAME)" */
static const char *place(const ap_directive_t *at, const server_rec *s, apr_pool_t *p)
{
    return s->is_virtual ? apr_psprintf(p, "%s (virtual host %s)", scimp_place(at, p), s->server_hostname)
                         : scimp_place(at, p);
}

static int lies_below(const char *path, const char *prefix)
{
    return strncmp(path, prefix, strlen(prefix)) == 0;
}

/* True if some Require scim-system can have a say below the prefix: that of a Location above it, of itself or
 * below it. Which one has the last word httpd decides, for each request; the handler sees to it that one had.
 */
static int is_guarded(const scimp_serve_t *serve)
{
    const apr_array_header_t *requires = scimp_conf_of(ap_server_conf)->requires;
    int i;

    for (i = 0; i < requires->nelts; i++) {
        const scimp_require_t *require = &APR_ARRAY_IDX(requires, i, scimp_require_t);

        if (require->kind == SCIMP_REQUIRE_SYSTEM
            && (!require->path || lies_below(require->path, serve->prefix)
                || lies_below(serve->prefix, require->path)))
            return 1;
    }
    return 0;
}

static int check_serves(server_rec *s, apr_pool_t *ptemp)
{
    const scimp_conf_t *conf = scimp_conf_of(s);
    const char *const *names = names_of(SYSTEMS, s, 0, ptemp);
    int i, mistakes = 0;

    for (i = 0; i < conf->serves->nelts; i++) {
        const scimp_serve_t *serve = APR_ARRAY_IDX(conf->serves, i, const scimp_serve_t *);

        if (serve->name && !scimp_find_system(s, serve->name)) {
            mistakes++;
            ap_log_error(APLOG_MARK, APLOG_ERR | APLOG_STARTUP, 0, s,
                         SCIM_LOGNO(0006) "%s: SCIMServe %s: there is no such system; %s",
                         place(serve->at, s, ptemp), serve->name, suggestion(serve->name, names, ptemp));
        }
        if (serve->any && !is_guarded(serve)) {
            mistakes++;
            ap_log_error(APLOG_MARK, APLOG_ERR | APLOG_STARTUP, 0, s,
                         SCIM_LOGNO(0007) "%s: SCIMServe * opens every system; add \"Require scim-system "
                                          "NAME...\" to say who may reach which",
                         place(serve->at, s, ptemp));
        }
    }
    return mistakes;
}

static int check_requires(apr_pool_t *ptemp)
{
    const apr_array_header_t *requires = scimp_conf_of(ap_server_conf)->requires;
    int i, mistakes = 0;

    for (i = 0; i < requires->nelts; i++) {
        const scimp_require_t *require = &APR_ARRAY_IDX(requires, i, scimp_require_t);
        const names_t what = require->kind == SCIMP_REQUIRE_SYSTEM ? SYSTEMS : RESOURCES;
        const char *const *names = names_of(what, require->server, !require->server->is_virtual, ptemp);

        if (!is_among(require->word, names)) {
            mistakes++;
            ap_log_error(APLOG_MARK, APLOG_ERR | APLOG_STARTUP, 0, require->server,
                         SCIM_LOGNO(0008) "%s: Require scim-%s %s: there is no such %s; %s",
                         place(require->at, require->server, ptemp), what == SYSTEMS ? "system" : "resource",
                         require->word, what == SYSTEMS ? "system" : "resource type",
                         suggestion(require->word, names, ptemp));
        }
    }
    return mistakes;
}

int scimp_hook_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    const scimp_conf_t *all = scimp_conf_of(s);
    int mistakes = check_requires(ptemp);

    (void)pconf;
    (void)plog;
    for (; s; s = s->next)
        if (!s->is_virtual || scimp_conf_of(s) != all)
            mistakes += check_serves(s, ptemp);
    return mistakes > 0 ? HTTP_INTERNAL_SERVER_ERROR : OK;
}

int scimp_hook_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    (void)s;
    if (ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG)
        json_object_seed(0);
    return OK;
}
