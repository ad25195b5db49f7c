/* SPDX-License-Identifier: Apache-2.0 */
#include "map_function.h"

#include <string.h>

#include <apr_strings.h>

#include "map_value.h"
#include "scim_json.h"
#include "scim_text.h"

/* toLowerCaseString, toUpperCaseString, toString, concatString, valueMapping. */

static const char *make_plain(map_call_t *call, const apr_array_header_t *args, apr_pool_t *p)
{
    static const char *const known[] = { NULL };

    (void)call;
    return map_args_check(args, known, p);
}

/* The value as it is: what letters it had before nobody knows. */
static json_t *stay(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    (void)call;
    (void)p;
    return json_incref((json_t *)value);
}

/* A text made from that of a value; the value itself if that is it. */
static json_t *result(const json_t *value, const char *before, const char *after)
{
    return after == before && json_is_string(value) ? json_incref((json_t *)value) : map_value_string(after);
}

static json_t *run_lower(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    const char *text = map_value_text(value, p);

    (void)call;
    return text ? result(value, text, scim_fold(text, p)) : NULL;
}

static json_t *run_upper(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    const char *text = map_value_text(value, p);

    (void)call;
    return text ? result(value, text, scim_upper(text, p)) : NULL;
}

static json_t *run_string(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    const char *text = map_value_text(value, p);

    (void)call;
    return text ? result(value, text, text) : NULL;
}

const map_function_t map_function_lower = {
    .id = MAP_FN_LOWER, .name = "toLowerCaseString", .make = make_plain, .run = run_lower, .back = stay
};

const map_function_t map_function_upper = {
    .id = MAP_FN_UPPER, .name = "toUpperCaseString", .make = make_plain, .run = run_upper, .back = stay
};

const map_function_t map_function_string = {
    .id = MAP_FN_STRING, .name = "toString", .make = make_plain, .run = run_string, .back = stay, .lossless = 1
};

/* ---- concatString ---- */

static const char *text_arg(const apr_array_header_t *args, const char *name, apr_pool_t *p)
{
    const json_t *value = map_arg(args, name);
    const char *text = value ? map_value_text(value, p) : "";

    return text ? apr_pstrdup(p, text) : NULL;
}

static const char *make_concat(map_call_t *call, const apr_array_header_t *args, apr_pool_t *p)
{
    static const char *const known[] = { "prefix", "suffix", NULL };
    const char *error = map_args_check(args, known, p);

    if (error)
        return error;
    call->prefix = text_arg(args, "prefix", p);
    call->suffix = text_arg(args, "suffix", p);
    if (!call->prefix || !call->suffix)
        return "takes texts for prefix= and suffix=";
    return *call->prefix || *call->suffix ? NULL : "needs prefix= or suffix=";
}

static json_t *run_concat(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    const char *text = map_value_text(value, p);

    return text ? map_value_string(apr_pstrcat(p, call->prefix, text, call->suffix, NULL)) : NULL;
}

/* Folding makes one character of one, though not always of as many bytes: what stands for an affix is found by its
 * characters. */
static apr_size_t characters(const char *text)
{
    apr_size_t n = 0;

    for (; *text; text++)
        n += (*text & 0xC0) != 0x80;
    return n;
}

static const char *skip_characters(const char *text, apr_size_t n)
{
    for (; n && *text; n--)
        do
            text++;
        while ((*text & 0xC0) == 0x80);
    return text;
}

static int is_affix(const char *text, const char *affix, int fold)
{
    return fold ? scim_fold_equal(text, affix) : strcmp(text, affix) == 0;
}

const char *map_concat_strip(const map_call_t *call, const char *text, int fold, apr_pool_t *p)
{
    apr_size_t all = characters(text), before = characters(call->prefix), behind = characters(call->suffix);
    const char *begin = skip_characters(text, before), *end;

    if (before + behind > all)
        return NULL;
    end = skip_characters(text, all - behind);
    if (!is_affix(apr_pstrmemdup(p, text, (apr_size_t)(begin - text)), call->prefix, fold)
        || !is_affix(end, call->suffix, fold))
        return NULL;
    return apr_pstrmemdup(p, begin, (apr_size_t)(end - begin));
}

static json_t *back_concat(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    const char *text = map_value_text(value, p);

    return text ? map_value_string(map_concat_strip(call, text, 0, p)) : NULL;
}

const map_function_t map_function_concat = {
    .id = MAP_FN_CONCAT, .name = "concatString", .make = make_concat, .run = run_concat, .back = back_concat,
    .refuses = "has not the prefix and suffix that it must have", .lossless = 1
};

/* ---- valueMapping ---- */

int map_pair_has(const json_t *key, const json_t *value, int fold, apr_pool_t *p)
{
    const char *text;
    json_t *typed;
    int has;

    if (json_is_string(key)) {
        text = map_value_text(value, p);
        if (!text)
            return 0;
        return fold ? scim_fold_equal(text, json_string_value(key)) : strcmp(text, json_string_value(key)) == 0;
    }
    typed = map_value_read(value, map_value_type(key), p);
    has = typed && scim_json_equal(typed, key);
    json_decref(typed);
    return has;
}

static int is_scalar(const json_t *value)
{
    return value && !json_is_null(value) && !json_is_object(value) && !json_is_array(value);
}

static const char *make_mapping(map_call_t *call, const apr_array_header_t *args, apr_pool_t *p)
{
    map_pair_t *pairs = apr_palloc(p, ((apr_size_t)args->nelts + 1) * sizeof *pairs);
    int i, j;

    if (args->nelts == 0)
        return "needs pairs, as valueMapping(\"A\"=true, \"I\"=false)";
    for (i = 0; i < args->nelts; i++) {
        const map_arg_t *arg = &APR_ARRAY_IDX(args, i, map_arg_t);

        if (!is_scalar(arg->key) || !is_scalar(arg->value))
            return "takes pairs of texts in double quotes, numbers or booleans, as valueMapping(\"A\"=true, \"I\"=false)";
        pairs[i].key = arg->key;
        pairs[i].value = arg->value;
        for (j = 0; j < i; j++)
            if (map_pair_has(pairs[j].key, arg->key, 0, p) || map_pair_has(arg->key, pairs[j].key, 0, p))
                return apr_psprintf(p, "has the key %s twice", scim_json_dump(arg->key, p));
    }
    call->pairs = pairs;
    call->npairs = args->nelts;
    return NULL;
}

/* The first pair that has the value on that side; letters count before they are folded. */
static const map_pair_t *find_pair(const map_call_t *call, const json_t *value, int by_key, int fold, apr_pool_t *p)
{
    int i, pass;

    for (pass = 0; pass <= (fold != 0); pass++)
        for (i = 0; i < call->npairs; i++)
            if (map_pair_has(by_key ? call->pairs[i].key : call->pairs[i].value, value, pass, p))
                return &call->pairs[i];
    return NULL;
}

static json_t *run_mapping(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    const map_pair_t *pair = find_pair(call, value, 1, (int)call->fold_keys, p);

    return pair ? json_incref((json_t *)pair->value) : NULL;
}

static json_t *back_mapping(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    const map_pair_t *pair = find_pair(call, value, 0, (int)call->fold_values, p);

    return pair ? json_incref((json_t *)pair->key) : NULL;
}

const map_function_t map_function_mapping = {
    .id = MAP_FN_MAPPING, .name = "valueMapping", .make = make_mapping, .run = run_mapping, .back = back_mapping,
    .refuses = "is none of the values that are allowed", .lossless = 1
};
