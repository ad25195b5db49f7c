/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_serve.h"

#include <string.h>
#include <strings.h>
#include <apr_fnmatch.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_uri.h>

#include "scim_log.h"
#include "scimp_walk.h"

APLOG_USE_MODULE(scimproxy);

/* ---- SCIMServe NAME|*|Off ---- */

/*
 * The path of the Location that the directive stands in, without a slash at its end. It has to be a plain
 * path of unreserved characters: those are the ones that httpd decodes before it looks for Locations at all,
 * so that what follows the prefix can be cut out of the path as the client encoded it.
 */
static const char *location(const char **prefix, cmd_parms *cmd)
{
    const ap_directive_t *parent = cmd->directive->parent;
    const char *path = cmd->path;
    size_t len;

    if (!parent || strcasecmp(parent->directive, "<Location") != 0 || !path)
        return "SCIMServe belongs into a <Location>";
    len = strspn(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/");
    if (*parent->args == '~' || *path != '/' || path[len] != '\0' || strstr(path, "//") || strstr(path, "/."))
        return "SCIMServe wants a <Location> with a plain path, as <Location \"/scim/v2\">: letters, digits, "
               "'-', '.', '_', '~' and single "
               "slashes";
    if (path[len - 1] == '/')
        len--;
    *prefix = apr_pstrmemdup(cmd->pool, path, len);
    return NULL;
}

const char *scimp_cmd_serve(cmd_parms *cmd, void *dirv, const char *name)
{
    scimp_dir_t *dir = dirv;
    scimp_serve_t *serve = apr_pcalloc(cmd->pool, sizeof *serve);
    const char *error = location(&serve->prefix, cmd);

    if (error)
        return error;
    if (dir->serve)
        return apr_psprintf(cmd->temp_pool, "this Location serves something already, by %s",
                            scimp_place(dir->serve->at, cmd->temp_pool));
    serve->off = strcasecmp(name, "off") == 0;
    serve->any = strcmp(name, "*") == 0;
    if (!serve->off && !serve->any)
        serve->name = name;
    serve->at = cmd->directive;
    dir->serve = serve;
    APR_ARRAY_PUSH(scimp_conf_of(cmd->server)->serves, scimp_serve_t *) = serve;
    return NULL;
}

/* ---- SCIMAnonymous On|Off|discovery ---- */

const char *scimp_cmd_anonymous(cmd_parms *cmd, void *dirv, const char *word)
{
    scimp_dir_t *dir = dirv;

    if (strcasecmp(word, "off") == 0)
        dir->anonymous = SCIMP_ANONYMOUS_OFF;
    else if (strcasecmp(word, "discovery") == 0)
        dir->anonymous = SCIMP_ANONYMOUS_DISCOVERY;
    else if (strcasecmp(word, "on") == 0)
        dir->anonymous = SCIMP_ANONYMOUS_ON;
    else
        return "SCIMAnonymous takes On, Off or discovery";
    if (dir->anonymous == SCIMP_ANONYMOUS_ON)
        ap_log_error(APLOG_MARK, APLOG_WARNING | APLOG_STARTUP, 0, cmd->server,
                     SCIM_LOGNO(0003) "%s: SCIMAnonymous On lets in whom the Require directives let in, "
                                      "without authentication",
                     scimp_place(cmd->directive, cmd->temp_pool));
    return NULL;
}

/* ---- SCIMBaseURL URL ---- */

const char *scimp_cmd_base_url(cmd_parms *cmd, void *dirv, const char *url)
{
    scimp_dir_t *dir = dirv;
    size_t len = strlen(url);
    apr_uri_t uri;

    if (apr_uri_parse(cmd->temp_pool, url, &uri) != APR_SUCCESS || !uri.scheme || !uri.hostname
        || !*uri.hostname || (strcasecmp(uri.scheme, "https") != 0 && strcasecmp(uri.scheme, "http") != 0)
        || uri.query || uri.fragment || uri.user)
        return "SCIMBaseURL takes an absolute http or https URL, as https://scim.example.com/scim/v2";
    while (url[len - 1] == '/')
        len--;
    dir->base_url = apr_pstrmemdup(cmd->pool, url, len);
    return NULL;
}

/* ---- limits ---- */

/* A whole number within bounds. */
static const char *number(apr_int64_t *out, const char *text, apr_int64_t min, apr_int64_t max,
                          cmd_parms *cmd)
{
    char *end = NULL;
    apr_int64_t n = apr_isdigit(*text) ? apr_strtoi64(text, &end, 10) : -1;

    if (!end || *end != '\0' || n < min || n > max)
        return apr_psprintf(cmd->temp_pool, "%s takes numbers from %" APR_INT64_T_FMT " to %" APR_INT64_T_FMT,
                            cmd->cmd->name, min, max);
    *out = n;
    return NULL;
}

const char *scimp_cmd_page_size(cmd_parms *cmd, void *dirv, const char *word)
{
    scim_limits_t *limits = &((scimp_dir_t *)dirv)->limits;
    const char *value, *error;

    if ((value = scimp_key_value(word, "default")))
        error = number(&limits->page.dflt, value, 0, APR_INT32_MAX, cmd);
    else if ((value = scimp_key_value(word, "max")))
        error = number(&limits->page.max, value, 0, APR_INT32_MAX, cmd);
    else
        error = "SCIMPageSize takes default=NUMBER and max=NUMBER; 0 is unlimited";
    if (!error && limits->page.max > 0 && (limits->page.dflt == 0 || limits->page.dflt > limits->page.max))
        error = "default= must not be more than max=";
    return error;
}

const char *scimp_cmd_max_body(cmd_parms *cmd, void *dirv, const char *size)
{
    apr_size_t len = strlen(size);
    const char unit = len > 0 ? (char)apr_toupper(size[len - 1]) : '\0';
    const apr_int64_t factor = unit == 'K' ? 1024 : unit == 'M' ? 1024 * 1024 : 1;
    apr_int64_t n;
    const char *error = number(&n, factor > 1 ? apr_pstrmemdup(cmd->temp_pool, size, len - 1) : size, 1,
                               APR_INT32_MAX / factor, cmd);

    if (!error)
        ((scimp_dir_t *)dirv)->limits.max_body = n * factor;
    return error ? "SCIMMaxBody takes a number of bytes up to 2047M, K or M behind it" : NULL;
}

const char *scimp_cmd_max_scan(cmd_parms *cmd, void *dirv, const char *text)
{
    return number(&((scimp_dir_t *)dirv)->limits.max_scan, text, 0, APR_INT32_MAX, cmd);
}

const char *scimp_cmd_timeout(cmd_parms *cmd, void *dirv, const char *time)
{
    scim_limits_t *limits = &((scimp_dir_t *)dirv)->limits;

    (void)cmd;
    if (!apr_isdigit(*time) || ap_timeout_parameter_parse(time, &limits->timeout, "s") != APR_SUCCESS
        || limits->timeout <= 0)
        return "SCIMTimeout takes a time longer than nothing, as 30s, 500ms or 2min";
    return NULL;
}

const char *scimp_cmd_max_depth(cmd_parms *cmd, void *dirv, const char *text)
{
    apr_int64_t n = 0;
    const char *error = number(&n, text, 1, 256, cmd);

    if (!error)
        ((scimp_dir_t *)dirv)->limits.max_depth = (int)n;
    return error;
}

const char *scimp_cmd_max_terms(cmd_parms *cmd, void *dirv, const char *text)
{
    apr_int64_t n = 0;
    const char *error = number(&n, text, 1, 100000, cmd);

    if (!error)
        ((scimp_dir_t *)dirv)->limits.max_terms = (int)n;
    return error;
}
