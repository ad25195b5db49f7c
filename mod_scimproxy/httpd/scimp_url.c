/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_url.h"

#include <string.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_vhost.h>
#include <apr_strings.h>

/* True if the name that httpd would take for canonical is not one that only the client vouches for:
 * UseCanonicalName says where it comes from, or it is among the names of the virtual host, or the very
 * address that the client is connected to. */
static int is_known(request_rec *r)
{
    const core_dir_config *core = ap_get_core_module_config(r->per_dir_config);

    if (core->use_canonical_name == USE_CANONICAL_NAME_ON
        || core->use_canonical_name == USE_CANONICAL_NAME_DNS)
        return 1;
    return r->hostname
           && (ap_matches_request_vhost(r, r->hostname, r->server->port)
               || strcmp(r->hostname, r->connection->local_ip) == 0);
}

static const char *canonical(request_rec *r, const char *path)
{
    const apr_port_t port = r->server->port ? r->server->port : r->connection->local_addr->port;
    const char *name = r->server->server_hostname;
    const int ipv6 = strchr(name, ':') != NULL;
    const char *url =
        apr_pstrcat(r->pool, ap_http_scheme(r), ipv6 ? "://[" : "://", name, ipv6 ? "]" : "", NULL);

    return ap_is_default_port(port, r) ? apr_pstrcat(r->pool, url, path, NULL)
                                       : apr_psprintf(r->pool, "%s:%u%s", url, (unsigned)port, path);
}

const char *scimp_url_base(request_rec *r)
{
    const scimp_request_t *rq = scimp_request(r);
    const scimp_dir_t *dir = scimp_dir_of(r);

    if (dir->base_url)
        return apr_pstrcat(r->pool, dir->base_url, rq->service + strlen(dir->serve->prefix), NULL);
    return is_known(r) ? ap_construct_url(r->pool, rq->service, r) : canonical(r, rq->service);
}
