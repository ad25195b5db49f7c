/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_SECRET_H
#define SCIMP_SECRET_H

/**
 * @file scimp_secret.h
 * Secrets that stand elsewhere than in the configuration: exec:/path, file:/path, env:NAME. Texts returned
 * say what is wrong and never contain the secret. For the time of configuration: one thread.
 */

#include <apr_pools.h>

typedef enum {
    SCIMP_SECRET_LITERAL,
    SCIMP_SECRET_EXEC,
    SCIMP_SECRET_FILE,
    SCIMP_SECRET_ENV
} scimp_secret_kind_t;

/** What a configured value is, and what follows its prefix. */
scimp_secret_kind_t scimp_secret_kind(const char *value, const char **rest);

/**
 * Checks without running or reading anything: paths are absolute; a file exists; a program, and every
 * directory above it, can be written by root alone. Returns NULL or what to mend, in p.
 */
const char *scimp_secret_check(scimp_secret_kind_t kind, const char *rest, apr_pool_t *p);

/**
 * Gets the secret: at most 4 KiB, a newline at the end cut. A program runs without a shell and without
 * arguments, for at most five seconds, and must succeed. *secret is in p. Returns NULL or what went wrong, in
 * ptemp.
 */
const char *scimp_secret_get(const char **secret, scimp_secret_kind_t kind, const char *rest, apr_pool_t *p,
                             apr_pool_t *ptemp);

#endif
