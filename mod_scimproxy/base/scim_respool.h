/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_RESPOOL_H
#define SCIM_RESPOOL_H

/**
 * @file scim_respool.h
 * The pool of connections that every connector has per target and child: an
 * apr_reslist with SCIMPool's limits, a bounded wait for a free connection and
 * a pause after a failed connect, so that a dead backend never takes every
 * thread of the server.
 */

#include "scim_connector.h"

typedef struct scim_respool_t scim_respool_t;

/** Opens a connection with a pool of its own; NULL on success. */
typedef scim_err_t *(*scim_res_open_fn)(void **res, void *baton, const scim_ctx_t *ctx, apr_pool_t *respool);
/** Closes it. */
typedef void (*scim_res_close_fn)(void *res, void *baton);
/** True if the connection, idle for so long, is still good. May do I/O. */
typedef int (*scim_res_check_fn)(void *res, void *baton, apr_interval_time_t idle);

/** Makes the pool in pchild; connects nothing yet. threads bounds max where limits->max is 0. */
apr_status_t scim_respool_make(scim_respool_t **pool, const scim_pool_limits_t *limits, int threads,
                               scim_res_open_fn open, scim_res_close_fn close, scim_res_check_fn check,
                               void *baton, apr_pool_t *pchild);

/** Checks a connection out: waits at most limits->acquire or until ctx->deadline.
 *  SCIM_E_UNAVAILABLE (retry_after set) if none is free, or connecting failed less than limits->retry ago. */
scim_err_t *scim_respool_acquire(void **res, scim_respool_t *pool, const scim_ctx_t *ctx, apr_pool_t *p);
/** Gives it back; a broken one is closed. */
void scim_respool_release(scim_respool_t *pool, void *res, int broken);

#endif
