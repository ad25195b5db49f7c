/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_ERROR_H
#define SCIM_ERROR_H

/**
 * @file scim_error.h
 * Makes errors and says what they are in HTTP. The one file that knows HTTP
 * status codes and scimType texts (RFC 7644 section 3.12).
 */

#include "scim_types.h"

/** How an operation ended well. */
typedef enum {
    SCIM_DONE_OK,            /* 200 */
    SCIM_DONE_CREATED,       /* 201 */
    SCIM_DONE_NO_CONTENT,    /* 204 */
    SCIM_DONE_NOT_MODIFIED   /* 304 */
} scim_done_t;

/** Makes an error; fmt is the detail for the client. Never NULL. */
scim_err_t *scim_err(apr_pool_t *p, scim_errkind_t kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** Adds the text for the log to an error just made, and returns it. */
scim_err_t *scim_err_log(scim_err_t *err, apr_pool_t *p, apr_status_t rv, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/** A new error of the same kind with another detail, that remembers prev. */
scim_err_t *scim_err_wrap(apr_pool_t *p, const scim_err_t *prev, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** HTTP status of an error kind; of an outcome. */
int scim_err_status(scim_errkind_t kind);
int scim_done_status(scim_done_t done);

/** scimType of an error kind (RFC 7644 table 9), or NULL. */
const char *scim_err_type(scim_errkind_t kind);

/** The detail that an HTTP error has where nobody gave one, as "Not Found";
 *  never NULL. For errors that httpd makes. */
const char *scim_status_text(int http_status);

/** The JSON text of an error response; type and detail may be NULL. In p. */
const char *scim_err_json(apr_pool_t *p, int http_status, const char *type, const char *detail);

#endif
