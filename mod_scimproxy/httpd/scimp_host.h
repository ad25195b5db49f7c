/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_HOST_H
#define SCIMP_HOST_H

/**
 * @file scimp_host.h
 * httpd as the layers below see it: clock, threads, log.
 */

#include "scim_host.h"
#include "scim_log.h"
#include "scimp_conf.h"

/** A host for this process, which s is the main server of. Lives in p. */
scim_host_t *scimp_host_make(const server_rec *s, apr_pool_t *p);

/** A log that writes to the error log of the request, of the server, with the level that LogLevel gives the
 * module there. */
scim_log_t scimp_log_of_request(request_rec *r);
scim_log_t scimp_log_of_server(server_rec *s);

#endif
