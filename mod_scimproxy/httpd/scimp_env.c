/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_env.h"

#include "scim_error.h"

static int is_write(scim_verb_t verb)
{
    return verb != SCIM_VERB_READ && verb != SCIM_VERB_DISCOVERY;
}

static void set(request_rec *r, const char *name, const char *value)
{
    if (value)
        apr_table_setn(r->subprocess_env, name, value);
}

void scimp_env_request(request_rec *r)
{
    const scimp_request_t *rq = scimp_request(r);

    set(r, "SCIM_SYSTEM", rq->system ? rq->system->scope.name : NULL);
    set(r, "SCIM_RESOURCE", scimp_resource(rq));
    /* what is not served here is asked for all the same */
    if (!rq->err || rq->err->kind == SCIM_E_NOT_IMPLEMENTED) {
        set(r, "SCIM_OPERATION", scim_verb_name(rq->route.verb));
        set(r, "SCIM_WRITE", is_write(rq->route.verb) ? "1" : NULL);
    }
}

void scimp_env_error(request_rec *r, const scim_err_t *err)
{
    set(r, "SCIM_TYPE", scim_err_type(err->kind));
}
