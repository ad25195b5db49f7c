/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_WALK_H
#define SCIMP_WALK_H

/**
 * @file scimp_walk.h
 * What sections and the directives in them share: who encloses whom, reading what is inside, words.
 */

#include <httpd.h>
#include <http_config.h>

/**
 * What the section made that the directive stands in. The names of sections that are possible follow, as
 * "<SCIMTarget", with NULL at the end; NULL and *error if it stands in none of them.
 */
void *scimp_enclosing(cmd_parms *cmd, const char **error, ...);

/**
 * Reads what is inside of a section: each directive there must be one of `allowed` (NULL at the end), and
 * finds object by scimp_enclosing().
 */
const char *scimp_section_walk(cmd_parms *cmd, void *object, const char *const *allowed);

/** The arguments of a section, without the bracket that closes it: in cmd->temp_pool. NULL and *error without
 * that bracket. */
const char *scimp_section_args(cmd_parms *cmd, const char *args, const char **error);

/** The next argument, quotes taken off, in cmd->pool; NULL after the last. */
const char *scimp_section_word(cmd_parms *cmd, const char **args);

/** If the word is "KEY=value", its value; else NULL. */
const char *scimp_key_value(const char *word, const char *key);

#endif
