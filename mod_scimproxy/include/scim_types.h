/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_TYPES_H
#define SCIM_TYPES_H

/**
 * @file scim_types.h
 * Words that every layer and every connector shares: errors, the log, the
 * context of a call, attribute types and comparison operators.
 */

#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_time.h>
#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Data types of attributes, RFC 7643 section 2.3. */
typedef enum {
    SCIM_TYPE_STRING,
    SCIM_TYPE_BOOLEAN,
    SCIM_TYPE_DECIMAL,
    SCIM_TYPE_INTEGER,
    SCIM_TYPE_DATETIME,
    SCIM_TYPE_BINARY,
    SCIM_TYPE_REFERENCE,
    SCIM_TYPE_COMPLEX
} scim_type_t;

/** Comparison operators of filters, RFC 7644 section 3.4.2.2. */
typedef enum {
    SCIM_CMP_EQ, SCIM_CMP_NE, SCIM_CMP_CO, SCIM_CMP_SW, SCIM_CMP_EW,
    SCIM_CMP_GT, SCIM_CMP_GE, SCIM_CMP_LT, SCIM_CMP_LE, SCIM_CMP_PR
} scim_cmp_t;

/**
 * What went wrong, as the field names it. The HTTP status and the scimType
 * of each kind are stated once, in scim_error.c (RFC 7644 section 3.12).
 */
typedef enum {
    SCIM_E_BAD_REQUEST,      /* 400, no scimType */
    SCIM_E_INVALID_SYNTAX,   /* 400 invalidSyntax */
    SCIM_E_INVALID_FILTER,   /* 400 invalidFilter */
    SCIM_E_INVALID_PATH,     /* 400 invalidPath */
    SCIM_E_NO_TARGET,        /* 400 noTarget */
    SCIM_E_INVALID_VALUE,    /* 400 invalidValue */
    SCIM_E_INVALID_VERS,     /* 400 invalidVers */
    SCIM_E_MUTABILITY,       /* 400 mutability */
    SCIM_E_TOO_MANY,         /* 400 tooMany */
    SCIM_E_UNAUTHORIZED,     /* 401 */
    SCIM_E_FORBIDDEN,        /* 403 */
    SCIM_E_SENSITIVE,        /* 403 sensitive */
    SCIM_E_NOT_FOUND,        /* 404 */
    SCIM_E_METHOD,           /* 405 */
    SCIM_E_NOT_ACCEPTABLE,   /* 406 */
    SCIM_E_CONFLICT,         /* 409, no scimType */
    SCIM_E_UNIQUENESS,       /* 409 uniqueness */
    SCIM_E_PRECONDITION,     /* 412 */
    SCIM_E_TOO_LARGE,        /* 413 */
    SCIM_E_MEDIA_TYPE,       /* 415 */
    SCIM_E_INTERNAL,         /* 500 */
    SCIM_E_NOT_IMPLEMENTED,  /* 501 */
    SCIM_E_BACKEND,          /* 502: the backend answered nonsense */
    SCIM_E_UNAVAILABLE,      /* 503: unreachable, busy, pool exhausted */
    SCIM_E_TIMEOUT,          /* 504: the backend did not answer in time */
    SCIM_E_ABORTED,          /* the client went away; nothing is sent */
    SCIM_E_COUNT
} scim_errkind_t;

/**
 * An error at run time; NULL is success. It lives in the pool that it was
 * made from and is never changed once returned, but by scim_err_log() right
 * after its making.
 */
typedef struct scim_err_t scim_err_t;
struct scim_err_t {
    scim_errkind_t    kind;
    const char       *detail;      /**< for the client: no DN, SQL or host name */
    const char       *log;         /**< for the error log, or NULL: no attribute values, no secrets */
    apr_status_t      rv;          /**< what APR said, or APR_SUCCESS */
    int               retry_after; /**< seconds for Retry-After, 0 for none */
    unsigned          retriable:1; /**< certainly nothing happened: the same call
                                        on a fresh connection may succeed */
    const scim_err_t *prev;        /**< what it came from, or NULL */
};

/** Log levels, numbered as httpd numbers them. */
typedef enum {
    SCIM_LOG_ERR = 3, SCIM_LOG_WARNING = 4, SCIM_LOG_NOTICE = 5,
    SCIM_LOG_INFO = 6, SCIM_LOG_DEBUG = 7, SCIM_LOG_TRACE1 = 8
} scim_loglevel_t;

/**
 * Where messages go. The owner (httpd glue, a test, the command line tool)
 * fills it; it may be called from any thread.
 */
typedef struct scim_log_t {
    scim_loglevel_t level;  /**< messages above it are not even formatted */
    void          (*print)(void *baton, scim_loglevel_t level, apr_status_t rv, const char *text);
    void           *baton;
} scim_log_t;

struct scim_host_t;

/** What every call to a backend carries: how long, for whom, where to log. */
typedef struct scim_ctx_t {
    apr_time_t                deadline;       /**< absolute; every wait ends here */
    int                     (*cancelled)(void *baton); /**< true once the client is gone; may be NULL */
    void                     *cancel_baton;
    const scim_log_t         *log;            /**< never NULL */
    const struct scim_host_t *host;           /**< never NULL */
} scim_ctx_t;

#ifdef __cplusplus
}
#endif
#endif
