/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_ENV_H
#define SCIMP_ENV_H

/**
 * @file scimp_env.h
 * Variables for LogFormat, CustomLog env= and expressions: names and outcomes, never values.
 */

#include "scimp_request.h"

/** SCIM_SYSTEM, SCIM_RESOURCE, SCIM_OPERATION, SCIM_WRITE, once it is known what the request asks for. */
void scimp_env_request(request_rec *r);
/** SCIM_TYPE: the scimType of the error that the request is answered with. */
void scimp_env_error(request_rec *r, const scim_err_t *err);

#endif
