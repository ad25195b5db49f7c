/* SPDX-License-Identifier: Apache-2.0 */
#include "map_builder.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_json.h"

static apr_size_t room(int n)
{
    return (apr_size_t)n + 1;
}

/* ---- how attributes are read ---- */

static int same_element(const map_rule_t *a, const map_rule_t *b, apr_pool_t *p)
{
    return a->each == b->each && map_filter_same(a->filter, b->filter, p);
}

/* The element that a rule belongs to, made if it is the first of it. */
static map_element_t *element_of(map_reading_t *reading, const map_rule_t *rule, int most, apr_pool_t *p)
{
    map_element_t *element;
    int i;

    for (i = 0; i < reading->nelements; i++) {
        element = &reading->elements[i];
        if (same_element(element->rules[0], rule, p))
            return element;
    }
    element = &reading->elements[reading->nelements++];
    element->list = rule->each ? rule->each->native : NULL;
    element->filter = rule->filter;
    element->rules = apr_pcalloc(p, room(most) * sizeof *element->rules);
    element->fixed = scim_json_own(p, json_object());
    if (rule->filter)
        scim_filter_template(rule->filter, element->fixed);
    return element;
}

/* Constants are kept in the element's fixed part, and as its first rules: they know for which requests they are wanted. */
static void add_reader(map_reading_t *reading, map_rule_t *rule, int most, apr_pool_t *p)
{
    map_element_t *element = element_of(reading, rule, most, p);

    element->rules[element->nrules++] = rule;
    if (!rule->constant)
        return;
    if (rule->sub)
        json_object_set(element->fixed, rule->sub->name, (json_t *)rule->constant);
    else
        reading->constant = rule->constant;
    element->always = !rule->each && !rule->filter;
}

static map_reading_t *reading_of(map_program_t *program, const scim_attr_t *attr)
{
    int i;

    for (i = 0; i < program->nreadings; i++)
        if (program->readings[i].attr == attr)
            return &program->readings[i];
    return NULL;
}

const map_reading_t *map_reading_of(const map_program_t *program, const scim_attr_t *attr)
{
    return reading_of((map_program_t *)program, attr);
}

static void compile_readings(map_program_t *program, apr_pool_t *p)
{
    int i;

    program->readings = apr_pcalloc(p, room(program->nrules) * sizeof *program->readings);
    for (i = 0; i < program->nrules; i++) {
        map_rule_t *rule = program->rules[i];
        map_reading_t *reading;

        if (!(rule->way & MAP_READ) || !rule->attr)
            continue;
        if (!(reading = reading_of(program, rule->attr))) {
            reading = &program->readings[program->nreadings++];
            reading->attr = rule->attr;
            reading->elements = apr_pcalloc(p, room(program->nrules) * sizeof *reading->elements);
        }
        add_reader(reading, rule, program->nrules, p);
    }
}

/* ---- how native attributes are written ---- */

static map_place_t *place_of(map_program_t *program, const map_rule_t *rule, apr_pool_t *p)
{
    const char *native = rule->each ? rule->each->native : rule->native.name;
    map_place_t *place;
    int i;

    for (i = 0; i < program->nplaces; i++)
        if (program->places[i].each == rule->each && strcmp(program->places[i].native, native) == 0)
            return &program->places[i];
    place = &program->places[program->nplaces++];
    place->native = native;
    place->each = rule->each;
    place->rules = apr_pcalloc(p, room(program->nrules) * sizeof *place->rules);
    return place;
}

static void add_writers(map_program_t *program, int constants, apr_pool_t *p)
{
    int i;

    for (i = 0; i < program->nrules; i++) {
        map_rule_t *rule = program->rules[i];

        if ((rule->way & MAP_WRITE) && (rule->constant != NULL) == constants) {
            map_place_t *place = place_of(program, rule, p);

            place->rules[place->nrules++] = rule;
        }
    }
}

static void compile_places(map_program_t *program, apr_pool_t *p)
{
    program->places = apr_pcalloc(p, room(program->nrules) * sizeof *program->places);
    add_writers(program, 0, p);
    add_writers(program, 1, p);
}

/* ---- lists ---- */

static int leads_back(const map_rule_t *rule)
{
    int i;

    for (i = 0; i < rule->ncalls; i++)
        if (!rule->calls[i].function->lossless)
            return 0;
    return rule->way == MAP_BOTH;
}

static void compile_each(map_each_t *each, const map_program_t *program, apr_pool_t *p)
{
    int i;

    each->rules = apr_pcalloc(p, room(each->nrules) * sizeof *each->rules);
    each->nrules = 0;
    each->by_value = each->forward = 1;
    for (i = 0; i < program->nrules; i++) {
        map_rule_t *rule = program->rules[i];

        if (rule->each != each)
            continue;
        each->rules[each->nrules++] = rule;
        if ((rule->way & MAP_WRITE) && (rule->constant || !leads_back(rule)))
            each->by_value = 0;
        if (rule->sub && strcmp(rule->sub->name, "primary") == 0)
            each->forward = 0;
    }
    each->by_value &= each->way == MAP_BOTH;
    each->forward &= each->by_value;
}

/* ---- what all rules use ---- */

static const char **names_of_refs(const map_program_t *program, apr_pool_t *p)
{
    const char **refs = apr_pcalloc(p, room(program->nrules) * sizeof *refs);
    int n = 0, i, j;

    for (i = 0; i < program->nrules; i++) {
        const char *ref = program->rules[i]->ref;

        for (j = 0; ref && j < n && strcmp(refs[j], ref) != 0; j++)
            continue;
        if (ref && j == n)
            refs[n++] = ref;
    }
    return refs;
}

static const map_rule_t *id_rule(const map_program_t *program)
{
    const scim_attr_t *id = scim_schema_attr(program->rtype->common, "id", 2);
    int i;

    for (i = 0; i < program->nrules; i++)
        if (program->rules[i]->attr == id && (program->rules[i]->way & MAP_READ))
            return program->rules[i];
    return NULL;
}

map_program_t *map_compile(map_builder_t *b)
{
    map_program_t *program = apr_pcalloc(b->p, sizeof *program);
    unsigned char *everything;
    int i;

    program->rtype = map_narrow(b);
    program->rules = (map_rule_t **)b->rules->elts;
    program->nrules = b->rules->nelts;
    program->eaches = (map_each_t **)b->eaches->elts;
    program->neaches = b->eaches->nelts;
    everything = apr_palloc(b->p, room(program->nrules));
    for (i = 0; i < program->nrules; i++) {
        program->rules[i]->index = i;
        everything[i] = (program->rules[i]->way & MAP_READ) != 0;
    }
    for (i = 0; i < program->neaches; i++)
        compile_each(program->eaches[i], program, b->p);
    compile_readings(program, b->p);
    compile_places(program, b->p);
    program->id = id_rule(program);
    program->uses = map_attrs_collect(program->rules, program->nrules, NULL, b->p);
    program->everything = everything;
    program->reads = map_attrs_collect(program->rules, program->nrules, everything, b->p);
    program->refs = names_of_refs(program, b->p);
    return program;
}
