/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_VALUE_H
#define MAP_VALUE_H

/**
 * @file map_value.h
 * Native scalars as values of SCIM types, and back: RFC 7643 section 2.3.
 */

#include "scim_types.h"

/**
 * A native scalar as a value of the type: the text of a number, the boolean of "t" or 1, the number of a text, the
 * xsd:dateTime of a database's time stamp. NULL if it is none: no scalar, or nothing that the type has. A new
 * reference; the value itself where it needs no change.
 */
json_t *map_value_read(const json_t *native, scim_type_t type, apr_pool_t *p);

/** A value of the type as a backend shall get it: instants in UTC. A new reference. */
json_t *map_value_write(const json_t *value, scim_type_t type, apr_pool_t *p);

/** The text of a scalar, in p or the value's own; NULL for what is no scalar, or null. */
const char *map_value_text(const json_t *value, apr_pool_t *p);

/** A text as JSON, a new reference; NULL for NULL and for what is not UTF-8. */
json_t *map_value_string(const char *text);

/** The type that a JSON scalar is of by itself. */
scim_type_t map_value_type(const json_t *value);

#endif
