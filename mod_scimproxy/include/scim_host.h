/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_HOST_H
#define SCIM_HOST_H

/**
 * @file scim_host.h
 * What the process around us lends to engine and connectors. httpd implements
 * it in scimp_host.c; unit tests and the command line tool bring their own.
 * Members are only ever appended: test with SCIM_HOST_HAS().
 */

#include <stddef.h>
#include "scim_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct scim_host_t {
    size_t size;                         /**< sizeof at the host's compile time */
    /** The clock. Never NULL; any thread. */
    apr_time_t (*now)(void *baton);
    /** How many threads of this process serve requests: bounds the pools of
     *  connections. Never NULL; any thread. */
    int (*threads)(void *baton);
    void *baton;
} scim_host_t;

#define SCIM_HOST_HAS(host, member) \
    (offsetof(scim_host_t, member) < (host)->size && (host)->member != NULL)

#ifdef __cplusplus
}
#endif
#endif
