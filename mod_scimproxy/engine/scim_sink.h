/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_SINK_H
#define SCIM_SINK_H

/**
 * @file scim_sink.h
 * Where the answer of an operation goes. An operation that fails before begin() has answered nothing; one that
 * fails after it has to be told to the client by whoever owns the connection.
 */

#include "scim_error.h"

typedef struct scim_reply_t {
    scim_done_t done;
    const char *location;              /**< absolute URL, or NULL */
    const char *etag;                  /**< or NULL */
} scim_reply_t;

typedef struct scim_sink_t {
    /** Once, before anything is written. The reply is read during the call only. */
    scim_err_t *(*begin)(void *baton, const scim_reply_t *reply);
    /** A piece of the body. SCIM_E_ABORTED when the client is gone. */
    scim_err_t *(*write)(void *baton, const char *data, apr_size_t len);
    void *baton;
} scim_sink_t;

#endif
