/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_authz.h"

#include <string.h>
#include <strings.h>
#include <ap_provider.h>
#include <http_core.h>
#include <http_request.h>
#include <mod_auth.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "scim_log.h"
#include "scim_text.h"
#include "scimp_request.h"

/*
 * How httpd asks. mod_authz_core evaluates the Require directives first without a user, in access_checker_ex.
 * GRANTED ends it there: nobody is asked to authenticate any more, and r->user stays NULL. DENIED ends it
 * with 403. Only DENIED_NO_USER lets it go on to authentication, after which everything is evaluated again.
 *
 * Our words say nothing about who somebody is. So while there is no user they answer DENIED_NO_USER, whatever
 * was asked for: a bare "Require scim-operation read" would else open the Location, and a DENIED would keep
 * clients from being asked for credentials at all (RequireAll stops at the first DENIED, but goes on after
 * DENIED_NO_USER). Where no AuthType is set that ends in 500, which is a refusal, too.
 *
 * SCIMAnonymous makes the exception: there the words decide at once. GRANTED then means access without a
 * user, as the administrator said; and DENIED is true for every user.
 *
 * Below "Require not", httpd turns both denials into "no opinion": the handler itself refuses requests
 * without a user, so this opens nothing.
 */
static authz_status decide(request_rec *r, int matches)
{
    if (!r->user && !scimp_may_be_anonymous(r))
        return AUTHZ_DENIED_NO_USER;
    return matches ? AUTHZ_GRANTED : AUTHZ_DENIED;
}

/* ---- Require scim-operation WORD... ---- */

static const char *unknown_operation(const char *word, apr_pool_t *p)
{
    const char *list = "";
    int i;

    for (i = 0; i < SCIM_VERB_COUNT; i++)
        list = apr_pstrcat(p, list, i > 0 ? ", " : "", scim_verb_name((scim_verb_t)i), NULL);
    return apr_psprintf(p, "Require scim-operation does not know '%s'; operations are %s", word, list);
}

static const char *parse_operation(cmd_parms *cmd, const char *line, const void **parsed)
{
    unsigned *verbs = apr_pcalloc(cmd->pool, sizeof *verbs);
    const char *word, *error = ap_check_cmd_context(cmd, NOT_IN_HTACCESS);

    if (error)
        return error;
    while (*(word = ap_getword_conf(cmd->temp_pool, &line))) {
        const int verb = scim_verb_by_name(word);

        if (verb < 0)
            return unknown_operation(word, cmd->temp_pool);
        *verbs |= 1u << verb;
    }
    *parsed = verbs;
    return *verbs ? NULL
                  : "Require scim-operation takes operations, as Require scim-operation read discovery";
}

static authz_status check_operation(request_rec *r, const char *line, const void *parsed)
{
    const scimp_request_t *rq = scimp_request(r);
    const unsigned *verbs = parsed;

    (void)line;
    return decide(r, rq->located && (*verbs & 1u << rq->route.verb) != 0);
}

/* ---- Require scim-resource NAME..., Require scim-system NAME... ---- */

/* What one such line says. */
typedef struct named_t {
    apr_array_header_t *names;         /* of const char * */
    unsigned            negated:1;     /* it stands below a "not": it lets nobody in */
} named_t;

/* The path of the Location that a Require line stands in, perhaps in <RequireAny> and its like; NULL where
 * that says nothing. */
static const char *location_of(const cmd_parms *cmd)
{
    const ap_directive_t *at = cmd->directive;

    while (at && strcasecmp(at->directive, "<Location") != 0)
        at = at->parent;
    return at && *at->args != '~' ? apr_pstrdup(cmd->pool, cmd->path) : NULL;
}

/* True for "Require not ..." and for lines in <RequireNone>. */
static int is_negated(const cmd_parms *cmd)
{
    const char *args = cmd->directive->args;
    const ap_directive_t *at;

    if (strcasecmp(ap_getword_conf(cmd->temp_pool, &args), "not") == 0)
        return 1;
    for (at = cmd->directive->parent; at; at = at->parent)
        if (strcasecmp(at->directive, "<RequireNone") == 0)
            return 1;
    return 0;
}

/* Names are checked when all systems are known (scimp_check.c): what is read later, in .htaccess, could not
 * be. */
static const char *parse_names(cmd_parms *cmd, const char *line, const void **parsed,
                               scimp_require_kind_t kind)
{
    named_t *named = apr_pcalloc(cmd->pool, sizeof *named);
    const char *word, *error = ap_check_cmd_context(cmd, NOT_IN_HTACCESS);

    if (error)
        return error;
    named->names = apr_array_make(cmd->pool, 4, sizeof(const char *));
    named->negated = is_negated(cmd) ? 1 : 0;
    while (*(word = ap_getword_conf(cmd->pool, &line))) {
        scimp_require_t *require = apr_array_push(scimp_conf_of(ap_server_conf)->requires);

        require->kind = kind;
        require->word = word;
        require->path = location_of(cmd);
        require->server = cmd->server;
        require->at = cmd->directive;
        APR_ARRAY_PUSH(named->names, const char *) = word;
    }
    *parsed = named;
    return named->names->nelts > 0 ? NULL
         : kind == SCIMP_REQUIRE_SYSTEM ? "Require scim-system takes names or ids of systems"
         : "Require scim-resource takes names or endpoints of resource types, as Require scim-resource User";
}

static const char *parse_resource(cmd_parms *cmd, const char *line, const void **parsed)
{
    return parse_names(cmd, line, parsed, SCIMP_REQUIRE_RESOURCE);
}

static const char *parse_system(cmd_parms *cmd, const char *line, const void **parsed)
{
    return parse_names(cmd, line, parsed, SCIMP_REQUIRE_SYSTEM);
}

static int is_among(const char *name, const void *parsed)
{
    const apr_array_header_t *names = ((const named_t *)parsed)->names;
    int i;

    for (i = 0; name && i < names->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(names, i, const char *), name) == 0)
            return 1;
    return 0;
}

static authz_status check_resource(request_rec *r, const char *line, const void *parsed)
{
    const scimp_request_t *rq = scimp_request(r);
    const scim_type_entry_t *type = rq->route.type;

    (void)line;
    return decide(r,
                  is_among(scimp_resource(rq), parsed) || (type && is_among(type->rtype->endpoint, parsed)));
}

static authz_status check_system(request_rec *r, const char *line, const void *parsed)
{
    scimp_request_t *rq = scimp_request(r);
    const scimp_system_t *system = rq->system;
    authz_status status;

    (void)line;
    status = decide(r, system && (is_among(system->scope.name, parsed) || is_among(system->id, parsed)));
    if (status == AUTHZ_GRANTED && !((const named_t *)parsed)->negated)
        rq->system_granted = 1;
    return status;
}

static const authz_provider operation_provider = { check_operation, parse_operation };
static const authz_provider resource_provider = { check_resource, parse_resource };
static const authz_provider system_provider = { check_system, parse_system };

/* Decisions are about a URI: of an internal redirect within one Location httpd must ask again. */
void scimp_authz_register(apr_pool_t *p)
{
    ap_register_auth_provider(p, AUTHZ_PROVIDER_GROUP, "scim-operation", AUTHZ_PROVIDER_VERSION,
                              &operation_provider, AP_AUTH_INTERNAL_PER_URI);
    ap_register_auth_provider(p, AUTHZ_PROVIDER_GROUP, "scim-resource", AUTHZ_PROVIDER_VERSION,
                              &resource_provider, AP_AUTH_INTERNAL_PER_URI);
    ap_register_auth_provider(p, AUTHZ_PROVIDER_GROUP, "scim-system", AUTHZ_PROVIDER_VERSION,
                              &system_provider, AP_AUTH_INTERNAL_PER_URI);
}
