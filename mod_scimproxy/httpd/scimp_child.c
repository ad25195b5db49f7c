/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_child.h"

#include "scimp_host.h"

APLOG_USE_MODULE(scimproxy);

/* Set once in each child, before it has threads. */
static const scim_host_t *child_host;

const scim_host_t *scimp_child_host(void)
{
    return child_host;
}

static apr_status_t forget(void *unused)
{
    (void)unused;
    child_host = NULL;
    return APR_SUCCESS;
}

static apr_status_t start_target(const scimp_target_t *target, const scim_host_t *host, server_rec *s,
                                 apr_pool_t *pchild)
{
    scim_log_t *log = apr_palloc(pchild, sizeof *log);
    apr_status_t rv;

    *log = scimp_log_of_server(s);
    rv = target->connector->child_init(target->target, host, log, pchild);
    if (rv != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, s, SCIM_LOGNO(0004)
                     "target '%s' cannot be made ready; requests are answered with 503", target->scope.name);
    return rv;
}

void scimp_hook_child_init(apr_pool_t *pchild, server_rec *s)
{
    const scimp_conf_t *all = scimp_conf_of(s);
    const scim_host_t *host = scimp_host_make(s, pchild);
    int i, failed = 0;

    for (; s; s = s->next) {
        const scimp_conf_t *conf = scimp_conf_of(s);

        if (s->is_virtual && conf == all)
            continue;
        for (i = 0; i < conf->targets->nelts; i++)
            failed |= start_target(APR_ARRAY_IDX(conf->targets, i, const scimp_target_t *), host, s, pchild)
                      != APR_SUCCESS;
    }
    if (failed)
        return;
    child_host = host;
    apr_pool_cleanup_register(pchild, NULL, forget, apr_pool_cleanup_null);
}
