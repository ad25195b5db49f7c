/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_DISCOVERY_H
#define SCIM_DISCOVERY_H

/**
 * @file scim_discovery.h
 * /ServiceProviderConfig, /ResourceTypes, /Schemas: RFC 7644 section 4, RFC 7643 sections 5, 6, 7. Results are
 * the caller's.
 */

#include "scim_schema.h"

/** What is supported, for ServiceProviderConfig. */
typedef struct scim_features_t {
    unsigned    patch:1, bulk:1, filter:1, change_password:1, sort:1, etag:1;
    apr_int64_t bulk_max_operations, bulk_max_payload;
    apr_int64_t filter_max_results;
    const char *documentation_uri;     /**< or NULL */
    const char *const *
        auth_types; /**< authenticationSchemes.type values, NULL at the end: "httpbasic", "oauthbearertoken", ... */
} scim_features_t;

/** base is the absolute URL of the service, without a slash at its end. */
json_t *scim_discovery_config(const scim_features_t *features, const char *base);
json_t *scim_discovery_rtype(const scim_rtype_t *rtype, const char *base);
/** The common attributes are no part of a schema's definition (RFC 7643 section 3.1). */
json_t *scim_discovery_schema(const scim_schema_t *schema, const char *base);
/** Wraps an array (takes the reference) into a ListResponse. */
json_t *scim_discovery_list(json_t *resources);

#endif
