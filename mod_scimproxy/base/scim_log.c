/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_log.h"

#include <stdarg.h>
#include <stdio.h>

#include "scim_error.h"

/* httpd cuts lines of its error log at 8 KiB. */
#define LINE_MAX_BYTES 4096

void scim_log_print(const scim_log_t *log, scim_loglevel_t level, apr_status_t rv, const char *fmt, ...)
{
    char text[LINE_MAX_BYTES];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    log->print(log->baton, level, rv, text);
}

static scim_loglevel_t level_of(scim_errkind_t kind)
{
    switch (kind) {
    case SCIM_E_INTERNAL:
    case SCIM_E_BACKEND:
    case SCIM_E_UNAVAILABLE:
    case SCIM_E_TIMEOUT:
        return SCIM_LOG_ERR;
    default:
        return SCIM_LOG_INFO;
    }
}

/* The detail stays out: it is the client's, and may quote what the client sent. */
void scim_log_err(const scim_log_t *log, const scim_err_t *err)
{
    const scim_loglevel_t level = level_of(err->kind);
    const char *type = scim_err_type(err->kind);

    scim_log(log, level, err->rv, SCIM_LOGNO(0100) "answered %d%s%s%s%s", scim_err_status(err->kind),
             type ? " " : "", type ? type : "", err->log ? ": " : "", err->log ? err->log : "");
    for (err = err->prev; err; err = err->prev) {
        if (err->log)
            scim_log(log, level, err->rv, SCIM_LOGNO(0101) "because: %s", err->log);
    }
}
