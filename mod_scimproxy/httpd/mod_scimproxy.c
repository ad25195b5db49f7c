/* SPDX-License-Identifier: Apache-2.0 */

/*
 * SCIM 2.0 (RFC 7643, RFC 7644) over systems that do not speak it.
 */

#include <http_protocol.h>
#include <http_request.h>

#include <ap_mmn.h>

#include "scimp_authz.h"
#include "scimp_check.h"
#include "scimp_child.h"
#include "scimp_conf.h"
#include "scimp_dump.h"
#include "scimp_error.h"
#include "scimp_handler.h"
#include "scimp_translate.h"

#if !AP_MODULE_MAGIC_AT_LEAST(20120211, 118)
#error "mod_scimproxy needs Apache httpd 2.4.51 or newer"
#endif

static void register_hooks(apr_pool_t *p)
{
    /* rewriting comes first, then we, before others take the path for a file's or another server's */
    static const char *const before[] = { "mod_rewrite.c", NULL };
    static const char *const after[] = { "mod_proxy.c", "mod_alias.c", NULL };
    /* with MultiViews it looks for a directory of files, and forbids what it does not find */
    static const char *const guessers[] = { "mod_negotiation.c", NULL };
    /* rules of the Location itself may have the last word */
    static const char *const rules[] = { "mod_rewrite.c", "mod_proxy.c", NULL };

    ap_hook_check_config(scimp_hook_check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_test_config(scimp_hook_test_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(scimp_hook_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(scimp_hook_child_init, NULL, NULL, APR_HOOK_MIDDLE);

    ap_hook_post_read_request(scimp_hook_post_read, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_pre_translate_name(scimp_hook_pre_translate, NULL, after, APR_HOOK_FIRST);
    ap_hook_translate_name(scimp_hook_translate, before, after, APR_HOOK_FIRST);
    ap_hook_map_to_storage(scimp_hook_map_to_storage, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_post_perdir_config(scimp_hook_post_perdir, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_type_checker(scimp_hook_type_checker, NULL, guessers, APR_HOOK_FIRST);
    ap_hook_fixups(scimp_hook_fixups, NULL, rules, APR_HOOK_FIRST);
    ap_hook_handler(scimp_hook_handler, NULL, NULL, APR_HOOK_MIDDLE);

    ap_hook_insert_error_filter(scimp_hook_insert_error_filter, NULL, NULL, APR_HOOK_LAST);
    ap_register_output_filter(SCIMP_ERROR_FILTER, scimp_error_filter, NULL, AP_FTYPE_RESOURCE);

    scimp_authz_register(p);
}

AP_DECLARE_MODULE(scimproxy) = {
    STANDARD20_MODULE_STUFF,
    scimp_dir_create,
    scimp_dir_merge,
    scimp_conf_create,
    NULL,
    scimp_cmds,
    register_hooks,
    AP_MODULE_FLAG_NONE
};
