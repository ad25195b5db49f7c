/* SPDX-License-Identifier: Apache-2.0 */
#include "map_push.h"

#include <string.h>

#include <apr_strings.h>

/* Where names in a filter lead: to the resource, or, in brackets, to one element. */
typedef map_pushed_t (*compare_fn)(map_pushing_t *pushing, const void *where, const scim_filter_t *filter);

static map_pushed_t push(map_pushing_t *pushing, compare_fn leaf, const void *where, const scim_filter_t *filter)
{
    map_pushed_t *kids;
    int i;

    if (filter->kind != SCIM_F_AND && filter->kind != SCIM_F_OR && filter->kind != SCIM_F_NOT)
        return leaf(pushing, where, filter);
    kids = apr_palloc(pushing->p, (apr_size_t)filter->n * sizeof *kids);
    for (i = 0; i < filter->n; i++)
        kids[i] = push(pushing, leaf, where, filter->kids[i]);
    if (filter->kind == SCIM_F_NOT)
        return map_pushed_not(pushing, kids[0]);
    return map_pushed_join(pushing, filter->kind == SCIM_F_AND ? SCIM_Q_AND : SCIM_Q_OR, kids, filter->n);
}

/* ---- elements ---- */

static const map_rule_t *rule_in(const map_element_t *element, const scim_attr_t *leaf)
{
    int i;

    for (i = 0; i < element->nrules; i++)
        if (!element->rules[i]->constant && map_rule_leaf(element->rules[i]) == leaf)
            return element->rules[i];
    return NULL;
}

/* A compare_fn: a sub-attribute of an element, or the element that is a plain value. */
static map_pushed_t compare_in(map_pushing_t *pushing, const void *where, const scim_filter_t *filter)
{
    const map_element_t *element = where;
    const map_rule_t *rule = filter->kind == SCIM_F_CMP ? rule_in(element, filter->attr) : NULL;

    if (rule)
        return map_push_rule(pushing, rule, filter);
    if (filter->kind != SCIM_F_CMP)
        return map_pushed_nothing();
    /* what no rule reads is fixed, or not there */
    return map_pushed_bool(pushing, scim_filter_match_element(filter, element->fixed));
}

/* ---- references ---- */

/* The rule of a `value` that refers to another resource. Where that is not there any more, nothing is left of the whole
 * element, though the backend has it. */
static const map_rule_t *reference_of(const map_element_t *element)
{
    int i;

    for (i = 0; i < element->nrules; i++)
        if (element->rules[i]->ref && element->rules[i]->sub && strcmp(element->rules[i]->sub->name, "value") == 0)
            return element->rules[i];
    return NULL;
}

/* True if the filter holds for no element without that value. */
static int demands(const scim_filter_t *filter, const scim_attr_t *leaf)
{
    int all = filter->kind == SCIM_F_OR, i;

    if (filter->kind == SCIM_F_CMP)
        return filter->attr == leaf && filter->op != SCIM_CMP_NE;
    if (filter->kind != SCIM_F_AND && filter->kind != SCIM_F_OR)
        return 0;
    for (i = 0; i < filter->n; i++)
        if (demands(filter->kids[i], leaf) != all)
            return !all;
    return all;
}

/* ---- elements of lists ---- */

static map_pushed_t in_list(const map_pushing_t *pushing, const char *list, map_pushed_t inner)
{
    scim_qfilter_t *q;

    if (!inner.q || inner.q->kind == SCIM_Q_FALSE)
        return inner.q ? map_pushed_bool(pushing, 0) : inner;
    q = apr_pcalloc(pushing->p, sizeof *q);
    q->kind = SCIM_Q_ELEM;
    q->attr = list;
    q->sub = apr_palloc(pushing->p, sizeof *q->sub);
    q->sub[0] = inner.q;
    q->nsub = 1;
    inner.q = q;
    return inner;
}

/* Native elements without any value are none in the resource. */
static map_pushed_t exists(map_pushing_t *pushing, const map_element_t *element)
{
    map_pushed_t *any = apr_palloc(pushing->p, ((apr_size_t)element->nrules + 1) * sizeof *any);
    int n = 0, i;

    if (element->always)
        return map_pushed_bool(pushing, 1);
    for (i = 0; i < element->nrules; i++)
        if (!element->rules[i]->constant)
            any[n++] = map_push_has_value(pushing, element->rules[i]);
    return map_pushed_join(pushing, SCIM_Q_OR, any, n);
}

/* Some element, of those that are made so, satisfies the filter; or, without a filter, is there. */
static map_pushed_t push_element(map_pushing_t *pushing, const map_element_t *element, const scim_filter_t *inner)
{
    const map_rule_t *reference = reference_of(element);
    map_pushed_t both[2];

    pushing->list = element->list;
    both[0] = inner ? push(pushing, compare_in, element, inner) : map_pushed_bool(pushing, 1);
    /* what holds for an element without values must not hold for one that is not there */
    if (!inner || scim_filter_match_element(inner, element->fixed)) {
        both[1] = exists(pushing, element);
        both[0] = map_pushed_join(pushing, SCIM_Q_AND, both, 2);
    }
    pushing->list = NULL;
    if (reference && !(inner && demands(inner, reference->sub)))
        both[0].exact = 0;
    return element->list ? in_list(pushing, element->list, both[0]) : both[0];
}

static map_pushed_t push_elements(map_pushing_t *pushing, const map_reading_t *reading, const scim_filter_t *inner)
{
    map_pushed_t *parts = apr_palloc(pushing->p, ((apr_size_t)reading->nelements + 1) * sizeof *parts);
    int i;

    for (i = 0; i < reading->nelements; i++)
        parts[i] = push_element(pushing, &reading->elements[i], inner);
    return map_pushed_join(pushing, SCIM_Q_OR, parts, reading->nelements);
}

/* ---- comparisons ---- */

/* `pr` of a complex attribute: one of its sub-attributes has a value. */
static map_pushed_t push_any_present(map_pushing_t *pushing, const map_reading_t *reading, const scim_filter_t *filter)
{
    const scim_attr_t *attr = reading->attr;
    scim_filter_t any = { .kind = SCIM_F_OR, .n = attr->nsub };
    int i;

    any.kids = apr_palloc(pushing->p, (apr_size_t)attr->nsub * sizeof *any.kids);
    for (i = 0; i < attr->nsub; i++) {
        any.kids[i] = apr_pmemdup(pushing->p, filter, sizeof *filter);
        any.kids[i]->attr = &attr->sub[i];
        any.kids[i]->sub = NULL;
    }
    return push_elements(pushing, reading, &any);
}

/* A comparison with one sub-attribute of any element. From no element at all everything differs, too. */
static map_pushed_t push_multi(map_pushing_t *pushing, const map_reading_t *reading, const scim_filter_t *filter)
{
    scim_filter_t inner = *filter;
    map_pushed_t either[2];

    inner.attr = filter->sub ? filter->sub : filter->attr;
    inner.sub = NULL;
    either[0] = push_elements(pushing, reading, &inner);
    if (filter->op != SCIM_CMP_NE)
        return either[0];
    either[1] = map_pushed_not(pushing, push_elements(pushing, reading, NULL));
    return map_pushed_join(pushing, SCIM_Q_OR, either, 2);
}

static map_pushed_t push_single(map_pushing_t *pushing, const map_reading_t *reading, const scim_filter_t *filter)
{
    const map_element_t *element = &reading->elements[0];
    const map_rule_t *reference = reference_of(element);
    scim_filter_t inner = *filter;
    map_pushed_t pushed;

    inner.attr = filter->sub ? filter->sub : filter->attr;
    inner.sub = NULL;
    if (reading->constant)
        return map_pushed_bool(pushing, map_push_holds(&inner, reading->attr, reading->constant));
    if (reference && reference->sub != inner.attr && inner.op == SCIM_CMP_NE)
        return map_pushed_nothing();
    pushed = compare_in(pushing, element, &inner);
    if (reference && reference->sub != inner.attr)
        pushed.exact = 0;
    return pushed;
}

static int holds_for(const scim_filter_t *filter, const char *text)
{
    json_t *value = json_string(text);
    int holds = map_push_holds(filter, filter->sub ? filter->sub : filter->attr, value);

    json_decref(value);
    return holds;
}

/* Every resource has the core schema; which extensions it has follows from its data. */
static map_pushed_t push_schemas(const map_pushing_t *pushing, const scim_filter_t *filter)
{
    const scim_rtype_t *rtype = pushing->program->rtype;
    int i;

    if (holds_for(filter, rtype->core->urn))
        return map_pushed_bool(pushing, 1);
    for (i = 0; i < rtype->next; i++)
        if (holds_for(filter, rtype->ext[i].schema->urn))
            return map_pushed_nothing();
    return map_pushed_bool(pushing, 0);
}

/* What the server makes, as far as it is the same for every resource of the type. */
static map_pushed_t push_server_made(const map_pushing_t *pushing, const scim_filter_t *filter)
{
    if (strcmp(filter->attr->name, "schemas") == 0)
        return push_schemas(pushing, filter);
    if (!filter->sub)                  /* meta pr */
        return map_pushed_bool(pushing, 1);
    if (strcmp(filter->sub->name, "resourceType") != 0)
        return map_pushed_nothing();
    return map_pushed_bool(pushing, holds_for(filter, pushing->program->rtype->name));
}

static int is_common(const scim_attr_t *attr, const char *name)
{
    return attr->schema->urn[0] == '\0' && strcmp(attr->name, name) == 0;
}

static int is_server_made(const scim_filter_t *filter)
{
    static const char *const of_meta[] = { "resourceType", "location", "version" };
    size_t i;

    if (is_common(filter->attr, "schemas"))
        return 1;
    if (!is_common(filter->attr, "meta"))
        return 0;
    for (i = 0; filter->sub && i < sizeof of_meta / sizeof *of_meta; i++)
        if (strcmp(filter->sub->name, of_meta[i]) == 0)
            return 1;
    return !filter->sub;
}

/* What a reference brings with it is made by the engine: $ref, and the type of a member. */
static int is_made_by_reference(const map_reading_t *reading, const scim_attr_t *sub)
{
    int refers = 0, i, j;

    for (i = 0; i < reading->nelements; i++)
        for (j = 0; j < reading->elements[i].nrules; j++) {
            refers |= reading->elements[i].rules[j]->ref != NULL;
            if (reading->elements[i].rules[j]->sub == sub)
                return 0;
        }
    return refers && (strcmp(sub->name, "$ref") == 0 || strcmp(sub->name, "type") == 0);
}

static int asks_for_reference(const map_reading_t *reading, const scim_filter_t *filter)
{
    int i;

    if (filter->kind == SCIM_F_CMP)
        return filter->attr->parent ? is_made_by_reference(reading, filter->attr)
                                    : filter->sub && is_made_by_reference(reading, filter->sub);
    for (i = 0; i < filter->n; i++)
        if (asks_for_reference(reading, filter->kids[i]))
            return 1;
    return 0;
}

/* A compare_fn: an attribute of the resource. */
static map_pushed_t compare_top(map_pushing_t *pushing, const void *unused, const scim_filter_t *filter)
{
    const map_reading_t *reading = map_reading_of(pushing->program, filter->attr);

    (void)unused;
    if (filter->kind == SCIM_F_CMP && is_server_made(filter))
        return push_server_made(pushing, filter);
    if (!reading || asks_for_reference(reading, filter))
        return map_pushed_nothing();
    if (filter->kind == SCIM_F_VALUE && is_common(filter->attr, "meta"))
        return map_pushed_nothing();   /* brackets around what the server makes */
    if (filter->kind == SCIM_F_VALUE)
        return push_elements(pushing, reading, filter->kids[0]);
    if (filter->op == SCIM_CMP_PR && !filter->sub && filter->attr->type == SCIM_TYPE_COMPLEX)
        return push_any_present(pushing, reading, filter);
    return filter->attr->multi ? push_multi(pushing, reading, filter) : push_single(pushing, reading, filter);
}

/* ---- the whole ---- */

/* The parts of a conjunction that the backend cannot answer exactly are all that is left to ask. */
static map_pushed_t push_parts(map_pushing_t *pushing, const scim_filter_t *filter, const scim_filter_t **residual)
{
    map_pushed_t *parts = apr_palloc(pushing->p, (apr_size_t)filter->n * sizeof *parts), whole;
    scim_filter_t *rest = apr_pmemdup(pushing->p, filter, sizeof *filter);
    int i;

    rest->kids = apr_palloc(pushing->p, (apr_size_t)filter->n * sizeof *rest->kids);
    rest->n = 0;
    for (i = 0; i < filter->n; i++) {
        parts[i] = push(pushing, compare_top, NULL, filter->kids[i]);
        if (!parts[i].q || !parts[i].exact)
            rest->kids[rest->n++] = filter->kids[i];
    }
    whole = map_pushed_join(pushing, SCIM_Q_AND, parts, filter->n);
    *residual = rest->n == 1 ? rest->kids[0] : rest;
    return whole;
}

scim_err_t *map_push_filter(const map_program_t *program, const scim_filter_t *filter, const map_pusher_t *pusher,
                            const scim_qfilter_t **native, const scim_filter_t **residual, apr_pool_t *p)
{
    map_pushing_t pushing = { .program = program, .pusher = pusher, .p = p };
    map_pushed_t pushed;

    *residual = filter;
    pushed = filter->kind == SCIM_F_AND ? push_parts(&pushing, filter, residual) : push(&pushing, compare_top, NULL, filter);
    if (pushing.err)
        return pushing.err;
    if (pushed.q && pushed.exact)
        *residual = NULL;
    *native = pushed.q && pushed.q->kind == SCIM_Q_TRUE ? NULL : pushed.q;
    return NULL;
}

int map_push_sort(const map_program_t *program, const scim_path_t *path, int descending, scim_qsort_t *sort)
{
    const map_reading_t *reading = map_reading_of(program, path->attr);
    const scim_attr_t *leaf = path->sub ? path->sub : path->attr;
    const map_rule_t *rule;

    if (!reading || path->attr->multi || reading->constant || !(rule = rule_in(&reading->elements[0], leaf)))
        return 0;
    if (rule->ncalls || rule->dflt || rule->native.nsteps)
        return 0;
    sort->attr = rule->native.name;
    sort->type = leaf->type;
    sort->case_exact = leaf->case_exact;
    sort->descending = descending != 0;
    return 1;
}
