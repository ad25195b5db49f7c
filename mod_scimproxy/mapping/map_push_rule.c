/* SPDX-License-Identifier: Apache-2.0 */
#include "map_push.h"

#include <string.h>

#include <apr_strings.h>

#include "map_value.h"
#include "scim_json.h"

int map_push_holds(const scim_filter_t *comparison, const scim_attr_t *leaf, const json_t *value)
{
    scim_filter_t alone = *comparison;
    json_t *element;
    int holds;

    alone.attr = leaf;
    alone.sub = NULL;
    if (!leaf->parent)                 /* the element is the value itself */
        return scim_filter_match_element(&alone, value);
    element = json_object();
    if (value)
        json_object_set(element, leaf->name, (json_t *)value);
    holds = scim_filter_match_element(&alone, element);
    json_decref(element);
    return holds;
}

static const scim_attr_t *leaf_of(const map_rule_t *rule)
{
    return map_rule_leaf(rule);
}

static map_pushed_t compare(const map_pushing_t *pushing, const map_rule_t *rule, scim_cmp_t op, const json_t *value)
{
    const scim_attr_t *leaf = leaf_of(rule);
    map_pushed_t pushed = map_pushed_compare(pushing, rule->native.name, op, value, leaf->type, (int)leaf->case_exact);

    if (leaf->type == SCIM_TYPE_BINARY && op == SCIM_CMP_PR)
        pushed.exact = 0;              /* what is no base64 is left out */
    return pushed;
}

/* ---- functions ---- */

static json_t *own_text(const map_pushing_t *pushing, const char *text)
{
    return scim_json_own(pushing->p, json_string(text));
}

/* Native texts equal to none; one for which the comparison cannot be true. */
static map_pushed_t never(const map_pushing_t *pushing, scim_cmp_t op)
{
    return map_pushed_bool(pushing, op == SCIM_CMP_NE);
}

/* Lower case, where case does not matter, changes no comparison. Where it does, no other text than one in that case is
 * equal, and to that all are that fold to it. */
static map_pushed_t push_case(const map_pushing_t *pushing, const map_rule_t *rule, const scim_filter_t *comparison)
{
    json_t *written;
    int same;

    if (!leaf_of(rule)->case_exact)
        return compare(pushing, rule, comparison->op, comparison->value);
    if (comparison->op == SCIM_CMP_PR)
        return compare(pushing, rule, SCIM_CMP_PR, NULL);
    if (comparison->op != SCIM_CMP_EQ && comparison->op != SCIM_CMP_NE)
        return map_pushed_nothing();
    written = map_function_run(rule->calls, 1, comparison->value, NULL, pushing->p);
    same = written && json_equal(written, comparison->value);
    json_decref(written);
    if (!same)
        return never(pushing, comparison->op);
    return map_pushed_compare(pushing, rule->native.name, comparison->op, comparison->value, leaf_of(rule)->type, 0);
}

static map_pushed_t push_concat(const map_pushing_t *pushing, const map_rule_t *rule, const scim_filter_t *comparison)
{
    const char *stripped;

    if (comparison->op != SCIM_CMP_EQ && comparison->op != SCIM_CMP_NE)
        return map_pushed_nothing();
    stripped = map_concat_strip(&rule->calls[0], json_string_value(comparison->value), !leaf_of(rule)->case_exact, pushing->p);
    if (!stripped)
        return never(pushing, comparison->op);
    return compare(pushing, rule, comparison->op, own_text(pushing, stripped));
}

/* Every text has one code; but codes in another case are others. */
static map_pushed_t push_encode(const map_pushing_t *pushing, const map_rule_t *rule, const scim_filter_t *comparison)
{
    json_t *native, *again;
    int leads_back;

    if (!leaf_of(rule)->case_exact || (comparison->op != SCIM_CMP_EQ && comparison->op != SCIM_CMP_NE))
        return map_pushed_nothing();
    native = scim_json_own(pushing->p, map_function_back(rule->calls, 1, comparison->value, NULL, pushing->p));
    again = native ? map_function_run(rule->calls, 1, native, NULL, pushing->p) : NULL;
    leads_back = again && json_equal(again, comparison->value);
    json_decref(again);
    return leads_back ? compare(pushing, rule, comparison->op, native) : never(pushing, comparison->op);
}

/* The keys whose values satisfy the comparison; or, where no value satisfies it too, all but the others. */
static map_pushed_t push_mapping(const map_pushing_t *pushing, const map_rule_t *rule, const scim_filter_t *comparison)
{
    const map_call_t *call = &rule->calls[0];
    const int without = map_push_holds(comparison, leaf_of(rule), rule->dflt);
    map_pushed_t *keys = apr_palloc(pushing->p, ((apr_size_t)call->npairs + 1) * sizeof *keys);
    map_pushed_t any;
    int n = 0, i;

    for (i = 0; i < call->npairs; i++) {
        const map_pair_t *pair = &call->pairs[i];

        if (map_push_holds(comparison, leaf_of(rule), pair->value) != without)
            keys[n++] = map_pushed_compare(pushing, rule->native.name, SCIM_CMP_EQ, pair->key, map_value_type(pair->key),
                                           !call->fold_keys);
    }
    any = n > 0 ? map_pushed_join(pushing, SCIM_Q_OR, keys, n) : map_pushed_bool(pushing, 0);
    return without ? map_pushed_not(pushing, any) : any;
}

/* Only the id is looked for behind a reference. One that leads nowhere has no value in the resource, but has one natively. */
static map_pushed_t push_ref(map_pushing_t *pushing, const map_rule_t *rule, const scim_filter_t *comparison)
{
    const map_pusher_t *pusher = pushing->pusher;
    const char *native = NULL;
    map_pushed_t pushed;

    if (comparison->op == SCIM_CMP_PR) {
        pushed = map_pushed_compare(pushing, rule->native.name, SCIM_CMP_PR, NULL, SCIM_TYPE_STRING, 1);
        pushed.exact = 0;
        return pushed;
    }
    if (pushing->err || (comparison->op != SCIM_CMP_EQ && comparison->op != SCIM_CMP_NE))
        return map_pushed_nothing();
    pushing->err = pusher->refer(pusher->baton, rule->ref, json_string_value(comparison->value), &native);
    if (pushing->err || !native)
        return never(pushing, comparison->op);
    return map_pushed_compare(pushing, rule->native.name, comparison->op, own_text(pushing, native), SCIM_TYPE_STRING, 1);
}

/* What functions make are texts: a number or an instant made of one compares otherwise. */
static int is_text(const scim_attr_t *leaf)
{
    return leaf->type == SCIM_TYPE_STRING || leaf->type == SCIM_TYPE_REFERENCE;
}

static map_pushed_t push_call(map_pushing_t *pushing, const map_rule_t *rule, const scim_filter_t *comparison)
{
    if (!is_text(leaf_of(rule)))
        return map_pushed_nothing();
    switch (rule->calls[0].function->id) {
    case MAP_FN_LOWER:
    case MAP_FN_UPPER:
        return push_case(pushing, rule, comparison);
    case MAP_FN_CONCAT:
        return push_concat(pushing, rule, comparison);
    case MAP_FN_ENCODE:
        return push_encode(pushing, rule, comparison);
    case MAP_FN_REF:
        return push_ref(pushing, rule, comparison);
    case MAP_FN_STRING:
        return compare(pushing, rule, comparison->op, comparison->value);
    default:
        return map_pushed_nothing();
    }
}

/* ---- rules ---- */

static map_pushed_t push_id(const map_pushing_t *pushing, const map_rule_t *rule, const scim_filter_t *comparison)
{
    const char *native = map_id_to_native(pushing->program, json_string_value(comparison->value), pushing->p);

    if (!native)
        return map_pushed_bool(pushing, 0);
    return map_pushed_compare(pushing, rule->native.name, SCIM_CMP_EQ, own_text(pushing, native), SCIM_TYPE_STRING, 1);
}

/* As if there were no default. */
static map_pushed_t push_native(map_pushing_t *pushing, const map_rule_t *rule, const scim_filter_t *comparison)
{
    return rule->ncalls ? push_call(pushing, rule, comparison) : compare(pushing, rule, comparison->op, comparison->value);
}

static int can_be_empty(const map_rule_t *rule)
{
    return !rule->ref && (is_text(leaf_of(rule)) || leaf_of(rule)->type == SCIM_TYPE_BINARY);
}

/* Any value natively: one that is not empty, or an empty text. */
static map_pushed_t push_any(map_pushing_t *pushing, const map_rule_t *rule,
                             map_pushed_t (*ask)(map_pushing_t *, const map_rule_t *, const scim_filter_t *))
{
    scim_filter_t present = { .kind = SCIM_F_CMP, .op = SCIM_CMP_PR, .attr = leaf_of(rule) };
    scim_filter_t empty = { .kind = SCIM_F_CMP, .op = SCIM_CMP_EQ, .attr = leaf_of(rule) };
    map_pushed_t either[2];

    either[0] = ask(pushing, rule, &present);
    if (!can_be_empty(rule))
        return either[0];
    empty.value = own_text(pushing, "");
    either[1] = ask(pushing, rule, &empty);
    return map_pushed_join(pushing, SCIM_Q_OR, either, 2);
}

map_pushed_t map_push_has_value(map_pushing_t *pushing, const map_rule_t *rule)
{
    return rule->dflt ? map_pushed_bool(pushing, 1) : push_any(pushing, rule, map_push_rule);
}

/* Where nothing is, the default is what is compared. */
static map_pushed_t push_default(map_pushing_t *pushing, const map_rule_t *rule, const scim_filter_t *comparison)
{
    const int with = map_push_holds(comparison, leaf_of(rule), rule->dflt);
    map_pushed_t both[2] = { push_native(pushing, rule, comparison), { .q = NULL } };

    if (with == map_push_holds(comparison, leaf_of(rule), NULL))
        return both[0];
    both[1] = push_any(pushing, rule, push_native);
    if (with)
        both[1] = map_pushed_not(pushing, both[1]);
    return map_pushed_join(pushing, with ? SCIM_Q_OR : SCIM_Q_AND, both, 2);
}

map_pushed_t map_push_rule(map_pushing_t *pushing, const map_rule_t *rule, const scim_filter_t *comparison)
{
    if (rule == pushing->program->id && comparison->op == SCIM_CMP_EQ)
        return push_id(pushing, rule, comparison);
    if (rule->native.nsteps || rule->ncalls > 1)
        return map_pushed_nothing();
    if (rule->ncalls && rule->calls[0].function->id == MAP_FN_MAPPING)
        return push_mapping(pushing, rule, comparison);
    return rule->dflt ? push_default(pushing, rule, comparison) : push_native(pushing, rule, comparison);
}
