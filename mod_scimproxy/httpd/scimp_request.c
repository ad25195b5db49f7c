/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_request.h"

scimp_request_t *scimp_request(request_rec *r)
{
    scimp_request_t *rq = ap_get_module_config(r->request_config, &scimproxy_module);

    if (!rq) {
        rq = apr_pcalloc(r->pool, sizeof *rq);
        ap_set_module_config(r->request_config, &scimproxy_module, rq);
    }
    return rq;
}

int scimp_is_ours(const request_rec *r)
{
    const scimp_dir_t *dir = scimp_dir_of(r);

    return dir && dir->serve && !dir->serve->off;
}

int scimp_may_be_anonymous(request_rec *r)
{
    const scimp_request_t *rq = scimp_request(r);

    switch (scimp_dir_of(r)->anonymous) {
    case SCIMP_ANONYMOUS_ON:
        return 1;
    case SCIMP_ANONYMOUS_DISCOVERY:
        return rq->located && !rq->err && rq->route.verb == SCIM_VERB_DISCOVERY;
    default:
        return 0;
    }
}

const char *scimp_resource(const scimp_request_t *rq)
{
    switch (rq->route.place) {
    case SCIM_AT_CONFIG:
        return "ServiceProviderConfig";
    case SCIM_AT_RESOURCE_TYPES:
        return "ResourceTypes";
    case SCIM_AT_SCHEMAS:
        return "Schemas";
    default:
        return rq->route.type ? rq->route.type->rtype->name : NULL;
    }
}
