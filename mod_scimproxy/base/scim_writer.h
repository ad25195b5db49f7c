/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_WRITER_H
#define SCIM_WRITER_H

/**
 * @file scim_writer.h
 * Writes JSON piece by piece to a callback: lists of any length in bounded
 * memory. Keeps commas and nesting right; the caller keeps begin and end paired.
 * Errors of the callback stick: later calls do nothing, scim_writer_end() returns it.
 */

#include "scim_types.h"

typedef scim_err_t *(*scim_write_fn)(void *baton, const char *data, apr_size_t len);

typedef struct scim_writer_t scim_writer_t;

/** A writer in p that collects up to 8 KiB before it calls out; without write it keeps
 *  everything, for scim_writer_text(). */
scim_writer_t *scim_writer_make(apr_pool_t *p, scim_write_fn write, void *baton);

void scim_writer_object(scim_writer_t *w);          /* { */
void scim_writer_object_end(scim_writer_t *w);      /* } */
void scim_writer_array(scim_writer_t *w);           /* [ */
void scim_writer_array_end(scim_writer_t *w);       /* ] */
void scim_writer_key(scim_writer_t *w, const char *name);
void scim_writer_string(scim_writer_t *w, const char *text);   /* NULL writes null */
void scim_writer_int(scim_writer_t *w, apr_int64_t number);
void scim_writer_bool(scim_writer_t *w, int flag);
void scim_writer_json(scim_writer_t *w, const json_t *value);  /* any value, borrowed; walked, not dumped to a text first */

/** The sticky error, or NULL. */
scim_err_t *scim_writer_error(const scim_writer_t *w);
/** Hands out what is collected; returns the first error of the callback, or NULL. */
scim_err_t *scim_writer_end(scim_writer_t *w);
/** What a writer without a callback has kept, ended by a NUL. The writer's, until it is written to again. */
const char *scim_writer_text(scim_writer_t *w);

#endif
