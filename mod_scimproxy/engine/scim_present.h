/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_PRESENT_H
#define SCIM_PRESENT_H

/**
 * @file scim_present.h
 * From native records to finished resources: which attributes are needed, mapping, references, what the server
 * adds, projection.
 */

#include "scim_backend.h"
#include "scim_op.h"

/** What of a resource is needed, and why. */
typedef struct scim_want_t {
    const scim_projection_t *projection;  /**< to be answered with; NULL: nothing */
    const scim_filter_t     *filter;      /**< to be evaluated here, or NULL */
    const scim_path_t       *sort;        /**< to be sorted by here, or NULL */
} scim_want_t;

/** A map_wants_fn over a scim_want_t. id is always wanted. */
int scim_present_wants(void *want, const scim_attr_t *attr, const scim_attr_t *sub);

typedef struct scim_presenter_t {
    scim_backend_t          *backend;
    const map_plan_t        *plan;
    const scim_projection_t *projection;
    const char              *base;
} scim_presenter_t;

/** A presenter for an operation with this projection only. */
void scim_presenter_make(scim_presenter_t *presenter, scim_backend_t *backend, const scim_operation_t *op,
                         const scim_projection_t *projection);

/**
 * Maps n records and resolves their references, together. resources[i] are the caller's (json_decref each),
 * also after an error (those not made are NULL).
 */
scim_err_t *scim_present_map(const scim_presenter_t *presenter, const scim_record_t *records, int n,
                             json_t **resources, apr_pool_t *p);
/** Adds what the server owns: schemas, meta.resourceType, .location and .version. Returns the resource's URL, in p. */
const char *scim_present_complete(const scim_presenter_t *presenter, json_t *resource, const char *version,
                                  apr_pool_t *p);
/** Adds what the server owns and takes out what is not asked for. Returns the resource's URL, in p. */
const char *scim_present_finish(const scim_presenter_t *presenter, json_t *resource, const char *version,
                                apr_pool_t *p);

/** Reads the record with that key in the presenter's plan. The resource is unfinished and the caller's; *version
 * in p. */
scim_err_t *scim_present_read(const scim_presenter_t *presenter, const char *key, json_t **resource,
                              const char **version, apr_pool_t *p);

/** Answers with one resource: finishes it, begins the reply, writes. Takes the reference. */
scim_err_t *scim_present_answer(const scim_presenter_t *presenter, json_t *resource, const char *version,
                                scim_done_t done, const scim_sink_t *sink, apr_pool_t *p);
/** Answers with any document. Takes the reference. */
scim_err_t *scim_present_document(json_t *document, const scim_sink_t *sink, apr_pool_t *p);

#endif
