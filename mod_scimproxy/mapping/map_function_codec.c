/* SPDX-License-Identifier: Apache-2.0 */
#include "map_function.h"

#include <string.h>

#include <apr_cstr.h>

#include "map_value.h"
#include "scim_codec.h"
#include "scim_text.h"

/* encode, decode: each is the other's inverse. */

static const char *make_codec(map_call_t *call, const apr_array_header_t *args, apr_pool_t *p)
{
    static const char *const known[] = { "algorithm", "skipPadding", NULL };
    const char *error = map_args_check(args, known, p);
    const char *algorithm = json_string_value(map_arg(args, "algorithm"));
    const json_t *skip = map_arg(args, "skipPadding");

    if (error)
        return error;
    call->base32 = algorithm && apr_cstr_casecmp(algorithm, "base32") == 0;
    if (!algorithm || (!call->base32 && apr_cstr_casecmp(algorithm, "base64") != 0))
        return "needs algorithm=\"base64\" or algorithm=\"base32\"";
    if (skip && !json_is_boolean(skip))
        return "takes true or false for skipPadding=";
    call->pad = !json_is_true(skip);
    return NULL;
}

static json_t *encode(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    const char *text = map_value_text(value, p);
    int pad = (int)call->pad;

    if (!text)
        return NULL;
    return map_value_string(call->base32 ? scim_base32_encode(text, strlen(text), pad, p)
                                         : scim_base64_encode(text, strlen(text), pad, p));
}

/* Bytes that are no text are no result. */
static json_t *decode(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    const char *text = map_value_text(value, p);
    apr_size_t len = 0;

    if (text)
        text = call->base32 ? scim_base32_decode(text, &len, p) : scim_base64_decode(text, &len, p);
    return text && strlen(text) == len && scim_utf8_valid(text, len) ? map_value_string(text) : NULL;
}

const map_function_t map_function_encode = {
    .id = MAP_FN_ENCODE, .name = "encode", .make = make_codec, .run = encode, .back = decode,
    .refuses = "is not encoded as it must be", .lossless = 1
};

/* Several texts decode to the same: with padding and without it. */
const map_function_t map_function_decode = {
    .id = MAP_FN_DECODE, .name = "decode", .make = make_codec, .run = decode, .back = encode,
    .refuses = "is not encoded as it must be"
};
