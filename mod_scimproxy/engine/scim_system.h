/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_SYSTEM_H
#define SCIM_SYSTEM_H

/**
 * @file scim_system.h
 * A proxy system: the resource types that one URL prefix serves, each with its program and its share of a
 * backend. Put together while the configuration is read, frozen, then shared read-only by all threads.
 */

#include "map_program.h"
#include "scim_connector.h"
#include "scim_discovery.h"
#include "scim_list.h"
#include "scim_validate.h"

typedef struct scim_system_t scim_system_t;

/** A resource type of a system. */
typedef struct scim_type_entry_t {
    const scim_system_t    *system;
    const scim_rtype_t     *rtype;       /**< narrowed to what is mapped */
    const map_program_t    *program;
    const scim_connector_t *connector;
    scim_target_t          *target;
    const char             *target_name;
    scim_entity_t          *entity;
    scim_caps_t             caps;
    unsigned                id_is_key:1; /**< the id is made from the key itself: no look-up */
} scim_type_entry_t;

/** Makes an empty system. */
scim_system_t *scim_system_make(const char *name, apr_pool_t *p);
/** Adds a resource type; asks the connector (entity_check). Returns NULL or what to mend. */
const char *scim_system_add(scim_system_t *system, const map_program_t *program, const scim_connector_t *connector,
                            scim_target_t *target, const char *target_name, scim_entity_t *entity, apr_pool_t *ptemp);
/** Checks the types as a whole (endpoints and names unique, ref() names one of them). Returns NULL or what to mend. */
const char *scim_system_freeze(scim_system_t *system, apr_pool_t *ptemp);

const char *scim_system_name(const scim_system_t *system);
/** Its resource types, in the order of the configuration. */
const scim_type_entry_t *scim_system_types(const scim_system_t *system, int *n);
/** By endpoint ("Users", exact), by name ("User", exact); NULL if there is none. */
const scim_type_entry_t *scim_system_endpoint(const scim_system_t *system, const char *endpoint);
const scim_type_entry_t *scim_system_type(const scim_system_t *system, const char *name);

/** The limits of a Location (DESIGN section 5). */
typedef struct scim_limits_t {
    scim_pagesize_t      page;
    apr_int64_t          max_body;       /**< bytes */
    apr_int64_t          max_scan;       /**< records evaluated here for one request */
    apr_interval_time_t  timeout;
    int                  max_depth;      /**< of JSON and filters */
    int                  max_terms;      /**< comparisons in a filter */
} scim_limits_t;

/** Defaults: page 100/1000, body 1 MiB, scan 10000, 30 s, depth 32, terms 256. */
extern const scim_limits_t scim_default_limits;

/** What is advertised for a system under these limits. auth_types as in scim_features_t. */
void scim_system_features(const scim_system_t *system, const scim_limits_t *limits, const char *const *auth_types,
                          scim_features_t *features);

#endif
