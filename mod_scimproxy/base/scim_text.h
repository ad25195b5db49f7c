/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_TEXT_H
#define SCIM_TEXT_H

/**
 * @file scim_text.h
 * UTF-8 texts: validity, case folding, comparison by code point, percent-encoding.
 */

#include <apr_pools.h>

/** True if the bytes are well-formed UTF-8 (no surrogates, no overlong forms). */
int scim_utf8_valid(const char *text, apr_size_t len);
/** True if all bytes are ASCII. */
int scim_is_ascii(const char *text);

/**
 * The text with upper case letters made lower, one code point for one; a letter outside ASCII is
 * never folded into ASCII (so that a comparison of ASCII texts folds ASCII only). The locale of
 * the process has no say. In p; the text itself if nothing changes.
 */
const char *scim_fold(const char *text, apr_pool_t *p);
/** The text with lower case letters made upper, one code point for one, where scim_fold() leads back: texts that are equal after
 *  one are equal after the other. In p; the text itself if nothing changes. */
const char *scim_upper(const char *text, apr_pool_t *p);
/** Equal, or ordered by code point, after folding; no allocation for ASCII texts. */
int scim_fold_equal(const char *a, const char *b);
int scim_fold_cmp(const char *a, const char *b);

/** Percent-encodes everything but RFC 3986 unreserved characters. In p. */
const char *scim_uri_escape(const char *text, apr_pool_t *p);
/** Decodes %xx (and no plus sign). NULL if malformed, or if a NUL byte comes out. In p. */
const char *scim_uri_unescape(const char *text, apr_size_t len, apr_pool_t *p);

/** The known word nearest to a misspelt one, for messages; NULL if none is near.
 *  words ends with NULL. */
const char *scim_nearest(const char *word, const char *const *words);

#endif
