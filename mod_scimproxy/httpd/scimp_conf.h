/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_CONF_H
#define SCIMP_CONF_H

/**
 * @file scimp_conf.h
 * What the directives say. Objects are made in pconf while the configuration is read, by one thread, and only
 * read afterwards; a graceful restart makes new ones.
 *
 * Names (targets, systems, schemas) have two scopes, a virtual host and the main server: they are looked up
 * in the former, then in the latter. Server configurations are therefore not merged.
 */

#include <httpd.h>
#include <http_config.h>
#include <http_log.h>
#include <http_main.h>

#include "scim_system.h"

/** The one symbol that the shared object exports: LoadModule looks for it. */
extern module AP_MODULE_DECLARE_DATA scimproxy_module __attribute__((visibility("default")));

/** Handler name, and what the log calls us. */
#define SCIMP_HANDLER "scimproxy"

/** One SCIMProperty. */
typedef struct scimp_property_t {
    const char            *name;
    const char            *value;      /**< normalised; NULL for a secret that is not resolved (configtest) */
    const scim_property_t *row;        /**< of a connector's table; NULL where no connector knows it */
    ap_directive_t        *at;
} scimp_property_t;

/** What <SCIMTarget>, <SCIMSystem> and <SCIMResourceType> have in common: a name, properties, a place in a
 * file. First member of each, and what the section's ap_directive_t carries. */
typedef struct scimp_scope_t {
    unsigned            where;         /**< SCIM_PROP_TARGET, SCIM_PROP_SYSTEM or SCIM_PROP_TYPE */
    const char         *name;
    apr_array_header_t *properties;    /**< of scimp_property_t */
    ap_directive_t     *at;
} scimp_scope_t;

/** <SCIMTarget> */
typedef struct scimp_target_t {
    scimp_scope_t           scope;
    const scim_connector_t *connector;
    scim_target_t          *target;
    scim_pool_limits_t      limits;
} scimp_target_t;

/** <SCIMSystem> */
typedef struct scimp_system_t {
    scimp_scope_t         scope;
    const char           *id;          /**< how SCIMServe * finds it besides its name, or NULL */
    scim_system_t        *system;
    const scimp_target_t *target;      /**< SCIMUseTarget, or NULL */
    apr_array_header_t   *types;       /**< of scimp_type_t * */
} scimp_system_t;

/** <SCIMResourceType> */
typedef struct scimp_type_t {
    scimp_scope_t         scope;
    const scimp_system_t *system;
    const scimp_target_t *target;      /**< target=, or NULL for the system's */
    scim_rtype_t         *rtype;
    map_builder_t        *builder;
    map_program_t        *program;     /**< once the section ended */
} scimp_type_t;

/** <SCIMSchema> */
typedef struct scimp_schema_t {
    scim_schema_t  *schema;
    ap_directive_t *at;
} scimp_schema_t;

/** One SCIMServe. */
typedef struct scimp_serve_t {
    const char     *name;    /**< of a system, as the server of a request sees it; NULL for * and Off */
    const char     *prefix;  /**< the Location's path without a slash at its end: unreserved characters */
    unsigned        off:1, any:1;
    ap_directive_t *at;
} scimp_serve_t;

/** A word of a Require line, to be checked when all systems are known. */
typedef enum { SCIMP_REQUIRE_SYSTEM, SCIMP_REQUIRE_RESOURCE } scimp_require_kind_t;
typedef struct scimp_require_t {
    scimp_require_kind_t kind;
    const char          *word;
    const char          *path;         /**< of the Location; NULL outside of one, or where it is a pattern */
    const server_rec    *server;
    ap_directive_t      *at;
} scimp_require_t;

/** The server configuration. */
typedef struct scimp_conf_t {
    apr_array_header_t *targets;       /**< of scimp_target_t * */
    apr_array_header_t *systems;       /**< of scimp_system_t * */
    apr_array_header_t *schemas;       /**< of scimp_schema_t */
    apr_array_header_t *serves;        /**< of scimp_serve_t * */
    apr_array_header_t *requires;      /**< of scimp_require_t, of all servers; in the main one */
} scimp_conf_t;

#define SCIMP_UNSET (-1)

typedef enum { SCIMP_ANONYMOUS_OFF, SCIMP_ANONYMOUS_ON, SCIMP_ANONYMOUS_DISCOVERY } scimp_anonymous_t;

/** The per-directory configuration; numbers are SCIMP_UNSET where nothing was said. */
typedef struct scimp_dir_t {
    const scimp_serve_t *serve;        /**< or NULL */
    int                  anonymous;    /**< scimp_anonymous_t */
    const char          *base_url;     /**< without a slash at its end, or NULL */
    scim_limits_t        limits;
} scimp_dir_t;

void *scimp_conf_create(apr_pool_t *p, server_rec *s);
void *scimp_dir_create(apr_pool_t *p, char *path);
void *scimp_dir_merge(apr_pool_t *p, void *base, void *add);

/** The table of directives (scimp_cmds.c). */
extern const command_rec scimp_cmds[];

/** The configuration of a server, without that of the main server. NULL while the configuration is read and
 * no directive of ours stood in that virtual host yet; never for the main server. */
scimp_conf_t *scimp_conf_of(const server_rec *s);
const scimp_dir_t *scimp_dir_of(const request_rec *r);
/** Limits with the defaults for what is unset. */
scim_limits_t scimp_limits(const scimp_dir_t *dir);

/** Look-ups as s sees names; NULL if there is none. Systems are found by name or id, schemas without regard
 * to case. */
const scimp_target_t *scimp_find_target(const server_rec *s, const char *name);
const scimp_system_t *scimp_find_system(const server_rec *s, const char *name);
const scim_schema_t *scimp_find_schema(const server_rec *s, const char *urn);
/** True for the schemas that RFC 7643 defines and every server has. */
int scimp_is_standard_schema(const char *urn);

/**
 * The SCIMServe whose Location the path (as in the request line) lies in; the longest. For requests that fail
 * before httpd has found their Location. NULL if there is none.
 */
const scimp_serve_t *scimp_find_serve(const server_rec *s, const char *path);

/** What follows the prefix in a path, beginning with a slash or empty; NULL if the path does not lie below
 * it. */
const char *scimp_path_below(const char *path, const char *prefix);

/** "line 7 of /etc/apache2/x.conf", for messages. */
const char *scimp_place(const ap_directive_t *at, apr_pool_t *p);

#endif
