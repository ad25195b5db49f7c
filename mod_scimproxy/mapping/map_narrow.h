/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_NARROW_H
#define MAP_NARROW_H

/**
 * @file map_narrow.h
 * From a declared resource type to what is mapped of it.
 */

#include "map_builder.h"

/** Makes the narrowed resource type and takes the rules over to its attributes. */
const scim_rtype_t *map_narrow(map_builder_t *b);

#endif
