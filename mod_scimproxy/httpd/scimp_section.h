/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_SECTION_H
#define SCIMP_SECTION_H

/**
 * @file scimp_section.h
 * The sections that make targets, systems, resource types and schemas, and what stands in them. Directives
 * return NULL or what to mend; httpd adds file and line.
 */

#include "scimp_conf.h"

/* <SCIMTarget>, <SCIMSystem>, <SCIMResourceType> (scimp_section.c) */
const char *scimp_cmd_target(cmd_parms *cmd, void *dir, const char *args);
const char *scimp_cmd_pool(cmd_parms *cmd, void *dir, const char *word);
const char *scimp_cmd_system(cmd_parms *cmd, void *dir, const char *args);
const char *scimp_cmd_use_target(cmd_parms *cmd, void *dir, const char *name);

/* <SCIMResourceType>, SCIMMap, <SCIMMapEach> (scimp_type.c) */
const char *scimp_cmd_type(cmd_parms *cmd, void *dir, const char *args);
const char *scimp_cmd_map(cmd_parms *cmd, void *dir, const char *args);
const char *scimp_cmd_map_each(cmd_parms *cmd, void *dir, const char *args);
/** Gives a resource type its share of the target and adds it to its system. Sets cmd->err_directive. */
const char *scimp_type_attach(scimp_type_t *type, cmd_parms *cmd);

/* <SCIMSchema> (scimp_schema.c) */
const char *scimp_cmd_schema(cmd_parms *cmd, void *dir, const char *args);
const char *scimp_cmd_attribute(cmd_parms *cmd, void *dir, const char *args);

#endif
