/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_URL_H
#define SCIMP_URL_H

/**
 * @file scimp_url.h
 * The URL of the service as clients know it: what meta.location begins with.
 */

#include "scimp_request.h"

/**
 * The absolute URL of the service, without a slash at its end: SCIMBaseURL, else httpd's canonical name
 * (UseCanonicalName); a name from the client's Host is only taken where it is one of the virtual host's. In
 * r->pool.
 */
const char *scimp_url_base(request_rec *r);

#endif
