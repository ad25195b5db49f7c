/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_ROUTE_H
#define SCIM_ROUTE_H

/**
 * @file scim_route.h
 * From method and URL to what is asked for: RFC 7644 sections 3.2 and 4. No I/O; authorization and handler ask
 * the same.
 */

#include "scim_system.h"

/** The operations, one vocabulary everywhere: Require scim-operation, environment, logs. */
typedef enum {
    SCIM_VERB_READ, SCIM_VERB_CREATE, SCIM_VERB_UPDATE, SCIM_VERB_PATCH, SCIM_VERB_DELETE, SCIM_VERB_BULK,
    SCIM_VERB_DISCOVERY, SCIM_VERB_COUNT
} scim_verb_t;

/** "read", "create", ...; and back: -1 if no verb is named so. */
const char *scim_verb_name(scim_verb_t verb);
int scim_verb_by_name(const char *name);

typedef enum { SCIM_AT_TYPE, SCIM_AT_CONFIG, SCIM_AT_RESOURCE_TYPES, SCIM_AT_SCHEMAS } scim_place_t;

typedef struct scim_route_t {
    scim_verb_t              verb;
    scim_place_t             place;
    const scim_type_entry_t *type;     /**< for SCIM_AT_TYPE */
    const char              *id;       /**< decoded; NULL for the collection */
    unsigned                 options:1; /**< OPTIONS: only `allow` is asked for */
    const char              *allow;    /**< methods that the place has, as Allow wants them */
} scim_route_t;

/**
 * Finds out what a request asks for.
 * @param path what follows the service's prefix, as the client sent it (percent-encoded, without query): "",
 * "/Users", "/Users/a%2Fb" Errors: SCIM_E_NOT_FOUND (no such endpoint; an id that no resource can have),
 * SCIM_E_METHOD (route->allow is set then, too), SCIM_E_NOT_IMPLEMENTED (/Bulk, /Me: known to the RFC, not
 * served here), SCIM_E_BAD_REQUEST (malformed encoding).
 */
scim_err_t *scim_route(scim_route_t *route, const scim_system_t *system, const char *method, const char *path,
                       apr_pool_t *p);

#endif
