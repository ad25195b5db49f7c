/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_LOG_H
#define SCIM_LOG_H

/**
 * @file scim_log.h
 * Messages with stable ids. Every message from debug up begins with
 * SCIM_LOGNO(0007): "SCIM0007: ", four digits. Numbers are never used twice (t/checks).
 */

#include "scim_types.h"

#define SCIM_LOGNO(n) "SCIM" #n ": "

/** True if a message of that level would be printed. */
#define scim_log_is(log, lvl) ((log)->level >= (lvl))

/** Prints a message; formats nothing if the level is off. rv is APR_SUCCESS or
 *  the status to append. Never values of attributes, never secrets. */
#define scim_log(log, lvl, rv, ...)                                     \
    do {                                                                \
        if (scim_log_is(log, lvl)) scim_log_print(log, lvl, rv, __VA_ARGS__); \
    } while (0)

void scim_log_print(const scim_log_t *log, scim_loglevel_t level, apr_status_t rv, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/** Logs an error that a client is answered with: its log text and those it came
 *  from, at error level for what an administrator must act on (internal, backend,
 *  unavailable, timeout), else at info. */
void scim_log_err(const scim_log_t *log, const scim_err_t *err);

#endif
