/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The SQL connector as an httpd module.
 */

#include <httpd.h>
#include <http_config.h>
#include <ap_provider.h>

#include "scim_sql.h"

extern module AP_MODULE_DECLARE_DATA scimproxy_sql_module __attribute__((visibility("default")));

/* apr_dbd keeps what it loads in the pool that it is initialised with. */
static int pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    return apr_dbd_init(pconf) == APR_SUCCESS ? OK : HTTP_INTERNAL_SERVER_ERROR;
}

static void register_hooks(apr_pool_t *p)
{
    ap_hook_pre_config(pre_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_register_provider(p, SCIM_CONNECTOR_GROUP, scim_sql_connector.name, SCIM_CONNECTOR_ABI, &scim_sql_connector);
}

AP_DECLARE_MODULE(scimproxy_sql) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks, AP_MODULE_FLAG_NONE
};
