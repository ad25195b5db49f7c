/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_SERVE_H
#define SCIMP_SERVE_H

/**
 * @file scimp_serve.h
 * The directives of a Location: what is served there, for whom, within which limits.
 */

#include "scimp_conf.h"

const char *scimp_cmd_serve(cmd_parms *cmd, void *dir, const char *name);
const char *scimp_cmd_anonymous(cmd_parms *cmd, void *dir, const char *word);
const char *scimp_cmd_base_url(cmd_parms *cmd, void *dir, const char *url);
const char *scimp_cmd_page_size(cmd_parms *cmd, void *dir, const char *word);
const char *scimp_cmd_max_body(cmd_parms *cmd, void *dir, const char *size);
const char *scimp_cmd_max_scan(cmd_parms *cmd, void *dir, const char *number);
const char *scimp_cmd_timeout(cmd_parms *cmd, void *dir, const char *time);
const char *scimp_cmd_max_depth(cmd_parms *cmd, void *dir, const char *number);
const char *scimp_cmd_max_terms(cmd_parms *cmd, void *dir, const char *number);

#endif
