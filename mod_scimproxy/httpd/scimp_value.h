/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_VALUE_H
#define SCIMP_VALUE_H

/**
 * @file scimp_value.h
 * The values of properties, as a connector's table types them. Knows no httpd.
 */

#include "scim_connector.h"

/**
 * Brings a value into the one form that connectors see: numbers in decimal digits, "true" and "false", a word
 * of the list as it stands there. *value is then in p, or static. Returns NULL or what to mend, in p.
 */
const char *scimp_value_normalise(const char **value, const scim_property_t *row, apr_pool_t *p);

#endif
