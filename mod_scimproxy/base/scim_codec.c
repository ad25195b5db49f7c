/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_codec.h"

#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

/* The three encodings differ in their digits, the bits that one holds, and the digits of a group (RFC 4648).
 * */
typedef struct encoding_t {
    const char *digits;
    unsigned    bits;
    apr_size_t  group;
} encoding_t;

static const encoding_t base64 = { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 6, 4 };
static const encoding_t base32 = { "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5, 8 };
static const encoding_t base16 = { "0123456789abcdef", 4, 2 };

static const char *encode(const encoding_t *encoding, const void *data, apr_size_t len, int pad,
                          apr_pool_t *p)
{
    const unsigned char *byte = data;
    char *text = apr_palloc(p, (len * 8 + encoding->bits - 1) / encoding->bits + encoding->group);
    char *out = text;
    unsigned held = 0, bits = 0;

    for (; len; len--) {
        held = (held << 8 | *byte++) & 0xFFFF;
        for (bits += 8; bits >= encoding->bits; bits -= encoding->bits)
            *out++ = encoding->digits[held >> (bits - encoding->bits) & ((1u << encoding->bits) - 1)];
    }
    if (bits)
        *out++ = encoding->digits[held << (encoding->bits - bits) & ((1u << encoding->bits) - 1)];
    while (pad && (apr_size_t)(out - text) % encoding->group)
        *out++ = '=';
    *out = '\0';
    return text;
}

/* Padding is not there, or fills the last group. */
static int well_padded(const encoding_t *encoding, const char *padding, apr_size_t digits)
{
    const apr_size_t n = strspn(padding, "=");

    return padding[n] == '\0' && n < encoding->group && (n == 0 || (digits + n) % encoding->group == 0);
}

static const char *decode(const encoding_t *encoding, const char *text, apr_size_t *len, apr_pool_t *p)
{
    apr_size_t n = strcspn(text, "=");
    unsigned char *data = apr_palloc(p, n * encoding->bits / 8 + 1);
    unsigned char *out = data;
    unsigned held = 0, bits = 0;

    if (!well_padded(encoding, text + n, n))
        return NULL;
    for (; n; n--, text++) {
        const char *digit = strchr(encoding->digits, *text);

        if (!digit)
            return NULL;
        held = (held << encoding->bits | (unsigned)(digit - encoding->digits)) & 0xFFFF;
        bits += encoding->bits;
        if (bits >= 8) {
            bits -= 8;
            *out++ = (unsigned char)(held >> bits);
        }
    }
    if (bits >= encoding->bits)     /* the last digit says nothing: no bytes have so many */
        return NULL;
    *out = '\0';
    *len = (apr_size_t)(out - data);
    return (const char *)data;
}

const char *scim_base64_encode(const void *data, apr_size_t len, int pad, apr_pool_t *p)
{
    return encode(&base64, data, len, pad, p);
}

const char *scim_base32_encode(const void *data, apr_size_t len, int pad, apr_pool_t *p)
{
    return encode(&base32, data, len, pad, p);
}

const char *scim_hex_encode(const void *data, apr_size_t len, apr_pool_t *p)
{
    return encode(&base16, data, len, 0, p);
}

const char *scim_base64_decode(const char *text, apr_size_t *len, apr_pool_t *p)
{
    return decode(&base64, text, len, p);
}

const char *scim_base32_decode(const char *text, apr_size_t *len, apr_pool_t *p)
{
    return decode(&base32, text, len, p);
}

/* RFC 9562 section 5.4. A system without randomness would make the same id twice: then the process ends. */
const char *scim_uuid(apr_pool_t *p)
{
    unsigned char bytes[16];
    const char *hex;

    if (apr_generate_random_bytes(bytes, sizeof(bytes)) != APR_SUCCESS)
        abort();
    bytes[6] = (unsigned char)((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3F) | 0x80);
    hex = scim_hex_encode(bytes, sizeof(bytes), p);
    return apr_psprintf(p, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}
