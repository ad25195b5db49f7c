/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_HANDLER_H
#define SCIMP_HANDLER_H

/**
 * @file scimp_handler.h
 * From httpd's request to the engine's operation and back.
 */

#include "scimp_conf.h"

/** Hook: the handler. */
int scimp_hook_handler(request_rec *r);

#endif
