/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_DATE_H
#define SCIM_DATE_H

/**
 * @file scim_date.h
 * xsd:dateTime as RFC 7643 section 2.3.5 wants it, and the forms in which
 * databases write instants.
 */

#include <apr_pools.h>
#include <apr_time.h>

/**
 * Reads "2011-05-13T04:42:34.123Z", with offset, and leniently: blank for T, seconds or
 * offset missing (UTC), "+00", "+0000", a date alone. Microseconds are kept, further digits cut.
 * @param strict only xsd:dateTime with an offset or Z
 * @return 0, or -1 if it is no date and time that exists
 */
int scim_date_parse(apr_time_t *out, const char *text, int strict);

/** "2011-05-13T04:42:34Z", with .123 or .123456 where there are such. In p. */
const char *scim_date_format(apr_time_t t, apr_pool_t *p);

#endif
