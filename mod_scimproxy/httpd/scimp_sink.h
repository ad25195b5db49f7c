/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_SINK_H
#define SCIMP_SINK_H

/**
 * @file scimp_sink.h
 * The answer of an operation as an HTTP response. Nothing leaves before 32 KiB are there or the answer is
 * complete, so that most errors still become SCIM errors of their own; from then on it leaves as it comes.
 */

#include <util_filter.h>

#include "scim_sink.h"
#include "scimp_conf.h"

typedef struct scimp_sink_t {
    scim_sink_t         sink;          /**< for the engine */
    request_rec        *r;
    apr_bucket_brigade *bb;
    apr_off_t           held;          /**< bytes in bb */
    scim_reply_t        reply;
    unsigned            begun:1;
    unsigned            sent:1;        /**< the response has begun to leave */
} scimp_sink_t;

/** Makes a sink for the request. */
void scimp_sink_init(scimp_sink_t *sink, request_rec *r);

/** Ends the response. Returns what the handler returns. */
int scimp_sink_end(scimp_sink_t *sink);

/** Breaks a response that has begun to leave, so that the client sees that it is not whole. Returns what the
 * handler returns. */
int scimp_sink_break(scimp_sink_t *sink);

#endif
