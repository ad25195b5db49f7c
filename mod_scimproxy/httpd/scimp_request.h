/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_REQUEST_H
#define SCIMP_REQUEST_H

/**
 * @file scimp_request.h
 * What a request below one of our Locations asks for, found out once, before authentication: authorization,
 * handler and logs ask here. For the thread of the request.
 */

#include "scim_route.h"
#include "scimp_conf.h"

typedef struct scimp_request_t {
    const scimp_system_t *system;      /**< NULL if there is none of that name */
    const char           *service;     /**< its path: the Location's prefix, with * the system's name too */
    scim_route_t          route;       /**< place, verb and allow have meaning even if err is set */
    scim_err_t           *err;         /**< what the request is to be answered with, or NULL */
    unsigned              located:1;   /**< the above is known */
    unsigned              errors:1;    /**< error responses are ours */
    unsigned              mapped:1;    /**< httpd shall not look for a file */
    unsigned              system_granted:1;  /**< a Require scim-system granted it */
    const char           *encoded, *decoded; /**< the path as the client encoded it, as httpd sees it */
} scimp_request_t;

/** The request's state, made at the first call. */
scimp_request_t *scimp_request(request_rec *r);

/** True if a SCIMServe other than Off is in effect. */
int scimp_is_ours(const request_rec *r);

/** True if the request may do without a user as far as SCIMAnonymous is concerned. */
int scimp_may_be_anonymous(request_rec *r);

/** "User", "Schemas": what the request is about, or NULL if it is about nothing that there is. */
const char *scimp_resource(const scimp_request_t *rq);

#endif
