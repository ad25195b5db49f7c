/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_translate.h"

#include <string.h>
#include <apr_strings.h>

#include "scim_error.h"
#include "scimp_env.h"
#include "scimp_error.h"
#include "scimp_request.h"

/*
 * httpd is about to decode the path. An id may contain an encoded slash, which httpd's default refuses, and
 * reserved characters that must not become delimiters: so the path is kept as it is, normalised (no dots, no
 * double slashes, unreserved characters decoded), and decoded here for everybody else: all but the slash, as
 * AllowEncodedSlashes NoDecode has it. Sections and rules of the administrator thus see the same path as
 * always.
 */
int scimp_hook_pre_translate(request_rec *r)
{
    scimp_request_t *rq;

    if (!scimp_is_ours(r) || !r->parsed_uri.path)
        return DECLINED;
    scimp_error_take_over(r);
    rq = scimp_request(r);
    rq->encoded = apr_pstrdup(r->pool, r->parsed_uri.path);
    if (ap_unescape_url_ex(r->parsed_uri.path, AP_UNESCAPE_URL_KEEP_UNRESERVED | AP_UNESCAPE_URL_KEEP_SLASHES)
        != OK) {
        rq->err = scim_err(r->pool, SCIM_E_BAD_REQUEST, "the URL is not percent-encoded text");
        return HTTP_BAD_REQUEST;
    }
    rq->decoded = apr_pstrdup(r->pool, r->parsed_uri.path);
    return DONE;
}

/* There is no file: modules that look at r->filename see that it is none. The path decides, not the Location
 * that httpd found before: it may have been rewritten since. */
int scimp_hook_translate(request_rec *r)
{
    const scimp_serve_t *serve = scimp_find_serve(r->server, r->uri);

    if (!serve || serve->off)
        return DECLINED;
    scimp_request(r)->mapped = 1;
    r->filename = apr_pstrcat(r->pool, "scim:", r->uri, NULL);
    return OK;
}

/* Called without the Location's configuration: hence the note. Keeps httpd off the file system and from
 * answering TRACE itself. */
int scimp_hook_map_to_storage(request_rec *r)
{
    const scimp_request_t *rq = ap_get_module_config(r->request_config, &scimproxy_module);

    return rq && rq->mapped ? OK : DECLINED;
}

/* The path with its encoding; of a path that was rewritten since, what can be known of it. */
static const char *encoded_path(const scimp_request_t *rq, request_rec *r)
{
    if (rq->encoded && rq->decoded && strcmp(rq->decoded, r->uri) == 0)
        return rq->encoded;
    return ap_os_escape_path(r->pool, r->uri, 1);
}

/* Finds the system; *path, what follows the Location's prefix, is cut to what follows the service. */
static void find_system(scimp_request_t *rq, const scimp_serve_t *serve, const char **path, request_rec *r)
{
    const char *name = serve->name;

    rq->service = serve->prefix;
    if (serve->any) {
        const char *start = **path == '/' ? *path + 1 : *path;

        name = apr_pstrmemdup(r->pool, start, strcspn(start, "/"));
        rq->service = apr_pstrcat(r->pool, serve->prefix, "/", name, NULL);
        *path = start + strlen(name);
    }
    rq->system = scimp_find_system(r->server, name);
}

static void locate(scimp_request_t *rq, const scimp_serve_t *serve, request_rec *r)
{
    const char *path = scimp_path_below(encoded_path(rq, r), serve->prefix);

    rq->located = 1;
    rq->err = NULL;
    rq->system = NULL;
    memset(&rq->route, 0, sizeof rq->route);
    if (path)
        find_system(rq, serve, &path, r);
    if (rq->system)
        rq->err = scim_route(&rq->route, rq->system->system, r->method, path, r->pool);
    else
        rq->err = scim_err(r->pool, SCIM_E_NOT_FOUND, "there is no such system here");
}

int scimp_hook_post_perdir(request_rec *r)
{
    if (!scimp_is_ours(r))
        return DECLINED;
    scimp_error_take_over(r);
    locate(scimp_request(r), scimp_dir_of(r)->serve, r);
    scimp_env_request(r);
    return OK;
}

/* First of all that guess types: none of them shall take the end of an id for a file's. */
int scimp_hook_type_checker(request_rec *r)
{
    if (!scimp_is_ours(r))
        return DECLINED;
    r->handler = SCIMP_HANDLER;
    return OK;
}

/* By now httpd has put the handler of a SetHandler there, perhaps of a Location around ours. */
int scimp_hook_fixups(request_rec *r)
{
    if (scimp_is_ours(r))
        r->handler = SCIMP_HANDLER;
    return DECLINED;
}
