/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_CODEC_H
#define SCIM_CODEC_H

/**
 * @file scim_codec.h
 * base64, base32, hexadecimal (RFC 4648), random UUIDs (RFC 9562).
 */

#include <apr_pools.h>

/** Encodings with their standard alphabets; base32 and hex upper/lower as RFC 4648 / usual. In p. */
const char *scim_base64_encode(const void *data, apr_size_t len, int pad, apr_pool_t *p);
const char *scim_base32_encode(const void *data, apr_size_t len, int pad, apr_pool_t *p);
const char *scim_hex_encode(const void *data, apr_size_t len, apr_pool_t *p);

/** Decoding accepts input with or without padding; left-over bits are ignored.
 *  NULL on other characters or an impossible length. A NUL follows the bytes. In p. */
const char *scim_base64_decode(const char *text, apr_size_t *len, apr_pool_t *p);
const char *scim_base32_decode(const char *text, apr_size_t *len, apr_pool_t *p);

/** A random UUID (version 4), lower case. In p. */
const char *scim_uuid(apr_pool_t *p);

#endif
