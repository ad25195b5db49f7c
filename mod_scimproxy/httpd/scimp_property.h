/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_PROPERTY_H
#define SCIMP_PROPERTY_H

/**
 * @file scimp_property.h
 * Properties: what connectors' tables know of them, SCIMProperty, and who sees which value. While the
 * configuration is read.
 */

#include "scimp_conf.h"

/** The connector of that name. NULL and *error where none is loaded. */
const scim_connector_t *scimp_connector(const char *name, const char **error, apr_pool_t *p);

/** The directive SCIMProperty NAME VALUE, in the sections of a scope. */
const char *scimp_cmd_property(cmd_parms *cmd, void *dir, const char *name, const char *value);

/**
 * Hands a target its properties and the table's defaults. Sets cmd->err_directive where a line of its own is
 * to blame. Returns NULL or what to mend.
 */
const char *scimp_property_apply(scimp_target_t *target, cmd_parms *cmd);

/** Checks what a resource type says against the table of its target's connector: names of other connectors,
 * what is required. */
const char *scimp_property_check(const scimp_type_t *type, cmd_parms *cmd);

/** A scim_prop_fn over a scimp_type_t: the resource type's value, its system's, its target's, the table's
 * default. */
const char *scimp_property_value(void *type, const char *name);

#endif
