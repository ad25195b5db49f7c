/* SPDX-License-Identifier: Apache-2.0 */
#include "map_function.h"

#include <string.h>

#include <apr_strings.h>

#include "map_value.h"
#include "scim_json.h"
#include "scim_text.h"

/* ---- arguments ---- */

const json_t *map_arg(const apr_array_header_t *args, const char *name)
{
    int i;

    for (i = 0; i < args->nelts; i++) {
        const map_arg_t *arg = &APR_ARRAY_IDX(args, i, map_arg_t);

        if (arg->word && strcmp(arg->word, name) == 0)
            return arg->value;
    }
    return NULL;
}

static const char *list_words(const char *const *words, apr_pool_t *p)
{
    const char *list = "";

    for (; *words; words++)
        list = apr_pstrcat(p, list, *list ? ", " : "", *words, "=", NULL);
    return *list ? apr_pstrcat(p, "takes ", list, NULL) : "takes no arguments";
}

static int is_word(const char *word, const char *const *words)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

const char *map_args_check(const apr_array_header_t *args, const char *const *known, apr_pool_t *p)
{
    int i, j;

    for (i = 0; i < args->nelts; i++) {
        const map_arg_t *arg = &APR_ARRAY_IDX(args, i, map_arg_t);

        if (!arg->word || !arg->value || !is_word(arg->word, known))
            return list_words(known, p);
        for (j = 0; j < i; j++)
            if (strcmp(APR_ARRAY_IDX(args, j, map_arg_t).word, arg->word) == 0)
                return apr_psprintf(p, "has %s= twice", arg->word);
    }
    return NULL;
}

/* ---- ref ---- */

static const char *make_ref(map_call_t *call, const apr_array_header_t *args, apr_pool_t *p)
{
    const map_arg_t *arg = args->nelts == 1 ? &APR_ARRAY_IDX(args, 0, map_arg_t) : NULL;

    if (!arg || arg->value || (!arg->word && !json_is_string(arg->key)))
        return "takes the name of a resource type, as ref(User)";
    call->rtype = apr_pstrdup(p, arg->word ? arg->word : json_string_value(arg->key));
    return *call->rtype ? NULL : "takes the name of a resource type, as ref(User)";
}

/* The other side's text; what it leads to the engine finds out. */
static json_t *run_ref(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    const char *text = map_value_text(value, p);

    (void)call;
    if (!text || !*text)
        return NULL;
    return json_is_string(value) ? json_incref((json_t *)value) : map_value_string(text);
}

static const map_function_t map_function_ref = {
    .id = MAP_FN_REF, .name = "ref", .make = make_ref, .run = run_ref, .back = run_ref,
    .refuses = "is no id", .lossless = 1
};

/* ---- all of them ---- */

static const map_function_t *const functions[] = {
    &map_function_lower, &map_function_upper, &map_function_concat, &map_function_mapping, &map_function_string,
    &map_function_encode, &map_function_decode, &map_function_ref, &map_function_bcrypt
};

#define NFUNCTIONS (sizeof functions / sizeof *functions)

static const char *unknown(const char *name, apr_pool_t *p)
{
    const char *names[NFUNCTIONS + 1], *near;
    apr_size_t i;

    for (i = 0; i < NFUNCTIONS; i++)
        names[i] = functions[i]->name;
    names[NFUNCTIONS] = NULL;
    near = scim_nearest(name, names);
    return apr_psprintf(p, "there is no function \"%s\"%s%s%s", name, near ? "; did you mean " : "", near ? near : "",
                        near ? "?" : "");
}

const char *map_function_make(map_call_t *call, const map_word_call_t *words, apr_pool_t *p)
{
    const char *error;
    apr_size_t i = 0;

    memset(call, 0, sizeof *call);
    while (i < NFUNCTIONS && strcmp(functions[i]->name, words->name) != 0)
        i++;
    if (i == NFUNCTIONS)
        return unknown(words->name, p);
    call->function = functions[i];
    error = call->function->make(call, words->args, p);
    return error ? apr_psprintf(p, "%s %s", words->name, error) : NULL;
}

json_t *map_function_run(const map_call_t *calls, int n, const json_t *value, const map_function_t **failed,
                         apr_pool_t *p)
{
    json_t *now = json_incref((json_t *)value);
    int i;

    for (i = 0; i < n && now; i++) {
        json_t *next = calls[i].function->run(&calls[i], now, p);

        json_decref(now);
        now = next;
        if (!now && failed)
            *failed = calls[i].function;
    }
    return now;
}

json_t *map_function_back(const map_call_t *calls, int n, const json_t *value, const map_function_t **failed,
                          apr_pool_t *p)
{
    json_t *now = json_incref((json_t *)value);
    int i;

    for (i = n - 1; i >= 0 && now; i--) {
        json_t *next = calls[i].function->back(&calls[i], now, p);

        json_decref(now);
        now = next;
        if (!now && failed)
            *failed = calls[i].function;
    }
    return now;
}

/* ---- fitting to an attribute ---- */

/* What a rule reads is compared and answered as a value of the attribute: mapped values are made such here, once. */
static const char *bind_values(map_call_t *call, const scim_attr_t *leaf, apr_pool_t *p)
{
    map_pair_t *pairs = apr_pmemdup(p, call->pairs, (apr_size_t)call->npairs * sizeof *pairs);
    int i;

    for (i = 0; i < call->npairs; i++) {
        json_t *value = map_value_read(pairs[i].value, leaf->type, p);

        if (!value)
            return apr_psprintf(p, "valueMapping gives %s, which is not of the attribute's type, %s",
                                scim_json_dump(pairs[i].value, p), scim_type_name(leaf->type));
        pairs[i].value = scim_json_own(p, value);
    }
    call->pairs = pairs;
    call->fold_values = leaf->type == SCIM_TYPE_STRING && !leaf->case_exact;
    return NULL;
}

/* A mapping that two keys lead to one value of cannot be gone back. */
static const char *check_one_to_one(const map_call_t *call, apr_pool_t *p)
{
    int i, j;

    for (i = 0; i < call->npairs; i++)
        for (j = 0; j < i; j++)
            if (map_pair_has(call->pairs[i].value, call->pairs[j].value, (int)call->fold_values, p))
                return apr_psprintf(p, "valueMapping has no inverse: two keys give %s; write two rules, one with <- and "
                                    "one with ->", scim_json_dump(call->pairs[i].value, p));
    return NULL;
}

static const char *check_inverse(const map_call_t *call, apr_pool_t *p)
{
    if (!call->function->back)
        return apr_psprintf(p, "%s has no inverse: write two rules, one with <- and one with ->", call->function->name);
    return call->function->id == MAP_FN_MAPPING ? check_one_to_one(call, p) : NULL;
}

const char *map_function_bind(map_call_t *calls, int n, map_way_t way, const scim_attr_t *leaf, apr_pool_t *p)
{
    const char *error = NULL;
    int i;

    for (i = 0; i < n && !error; i++) {
        if (!(way & MAP_WRITE) && calls[i].function->id == MAP_FN_BCRYPT)
            error = "bcrypt is for writing only: use ->";
        else if (calls[i].function->id == MAP_FN_REF && i != n - 1)
            error = "ref must be the last function: what it gives is known only afterwards";
        else if (calls[i].function->id == MAP_FN_REF && i > 0 && way == MAP_BOTH)
            error = "ref must be the only function of a <-> rule: write two rules, one with <- and one with ->";
        else if (calls[i].function->id == MAP_FN_MAPPING && i == n - 1 && (way & MAP_READ))
            error = bind_values(&calls[i], leaf, p);
        else if (calls[i].function->id == MAP_FN_MAPPING && i == 0 && way == MAP_WRITE)
            calls[i].fold_keys = leaf->type == SCIM_TYPE_STRING && !leaf->case_exact;
        if (!error && way == MAP_BOTH)
            error = check_inverse(&calls[i], p);
    }
    return error;
}

/* ---- explanations ---- */

static const char *print_pairs(const map_call_t *call, apr_pool_t *p)
{
    const char *text = "";
    int i;

    for (i = 0; i < call->npairs; i++)
        text = apr_pstrcat(p, text, i ? ", " : "", scim_json_dump(call->pairs[i].key, p), "=",
                           scim_json_dump(call->pairs[i].value, p), NULL);
    return text;
}

static const char *print_text(const char *name, const char *text, apr_pool_t *p)
{
    json_t *json = json_string(text);
    const char *printed = apr_pstrcat(p, name, "=", scim_json_dump(json, p), NULL);

    json_decref(json);
    return printed;
}

static const char *print_args(const map_call_t *call, apr_pool_t *p)
{
    switch (call->function->id) {
    case MAP_FN_CONCAT:
        return apr_pstrcat(p, print_text("prefix", call->prefix, p), ", ", print_text("suffix", call->suffix, p), NULL);
    case MAP_FN_MAPPING:
        return print_pairs(call, p);
    case MAP_FN_ENCODE:
    case MAP_FN_DECODE:
        return apr_pstrcat(p, "algorithm=", call->base32 ? "\"base32\"" : "\"base64\"",
                           call->pad ? "" : ", skipPadding=true", NULL);
    case MAP_FN_REF:
        return call->rtype;
    case MAP_FN_BCRYPT:
        return apr_psprintf(p, "cost=%lu", call->cost);
    default:
        return NULL;
    }
}

const char *map_function_print(const map_call_t *call, apr_pool_t *p)
{
    const char *args = print_args(call, p);

    return args ? apr_pstrcat(p, call->function->name, "(", args, ")", NULL) : call->function->name;
}
