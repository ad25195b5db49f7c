/* SPDX-License-Identifier: Apache-2.0 */
#include "map_program.h"
#include "map_rule.h"

#include <apr_strings.h>

#include "map_value.h"
#include "scim_resource.h"

json_t *map_rule_read(const map_rule_t *rule, const json_t *source, apr_pool_t *p)
{
    const json_t *native = map_native_get(&rule->native, source);
    json_t *mapped = native ? map_function_run(rule->calls, rule->ncalls, native, NULL, p) : NULL, *value = NULL;

    if (mapped) {
        value = map_value_read(mapped, map_rule_leaf(rule)->type, p);
        json_decref(mapped);
    }
    return !value && rule->dflt ? json_incref((json_t *)rule->dflt) : value;
}

/* The text is the pool's: what resolves the reference replaces the value that holds it. */
static void note_ref(const map_rule_t *rule, json_t *holder, const json_t *value, map_run_t *run)
{
    map_ref_t *ref = apr_array_push(run->refs);

    ref->holder = holder;
    ref->key = map_rule_leaf(rule)->name;
    ref->rtype = rule->ref;
    ref->value = apr_pstrdup(run->p, json_string_value(value));
    ref->attr = rule->sub ? rule->attr : NULL;
}

/* ---- complex values ---- */

/* Runs the rules of an element that are active; how many have a value. A key, native or not, is never empty. */
static int read_object(json_t *object, const map_element_t *element, const unsigned char *active, const json_t *source,
                       map_run_t *run)
{
    int found = 0, i;

    for (i = 0; i < element->nrules; i++) {
        const map_rule_t *rule = element->rules[i];
        json_t *value;

        if (!active[rule->index] || rule->constant || !(value = map_rule_read(rule, source, run->p)))
            continue;
        if (rule->ref)
            note_ref(rule, object, value, run);
        json_object_set_new(object, rule->sub->name, value);
        found++;
    }
    return found;
}

static int is_active(const map_element_t *element, const unsigned char *active)
{
    int i;

    for (i = 0; i < element->nrules; i++)
        if (active[element->rules[i]->index])
            return 1;
    return 0;
}

/* One value out of a record, or out of an element of a native list; NULL if there is none. */
static json_t *read_element(const map_element_t *element, const unsigned char *active, const json_t *source, map_run_t *run)
{
    json_t *object;

    if (!element->rules[0]->sub)
        return map_rule_read(element->rules[0], source, run->p);
    object = json_copy(element->fixed);
    if (read_object(object, element, active, source, run) > 0 || element->always)
        return object;
    json_decref(object);
    return NULL;
}

static void append(json_t *list, json_t *value)
{
    if (value)
        json_array_append_new(list, value);
}

static void read_list(json_t *list, const map_element_t *element, const unsigned char *active, const json_t *record,
                      map_run_t *run)
{
    const json_t *natives = json_object_get(record, element->list), *native;
    size_t i;

    json_array_foreach(natives, i, native)
        append(list, read_element(element, active, native, run));
}

static json_t *read_values(const map_reading_t *reading, const unsigned char *active, const json_t *record, map_run_t *run)
{
    json_t *list = json_array();
    int i;

    for (i = 0; i < reading->nelements; i++) {
        const map_element_t *element = &reading->elements[i];

        if (!is_active(element, active))
            continue;
        if (element->list)
            read_list(list, element, active, record, run);
        else
            append(list, read_element(element, active, record, run));
    }
    return list;
}

/* ---- attributes ---- */

static json_t *holder_of(json_t *resource, const scim_attr_t *attr)
{
    return attr->home ? json_object_get(resource, attr->home) : resource;
}

static void read_attr(json_t *resource, const map_reading_t *reading, const unsigned char *active, const json_t *record, map_run_t *run)
{
    const scim_attr_t *attr = reading->attr;
    const map_element_t *element = &reading->elements[0];
    json_t *value;

    if (attr->multi)
        value = read_values(reading, active, record, run);
    else if (!is_active(element, active))
        return;
    else if (reading->constant)
        value = json_incref((json_t *)reading->constant);
    else
        value = read_element(element, active, record, run);
    scim_resource_set(resource, attr, value);
    if (value && !attr->multi && element->rules[0]->ref && !element->rules[0]->sub)
        note_ref(element->rules[0], holder_of(resource, attr), value, run);
}

scim_err_t *map_read(const map_program_t *program, const map_plan_t *plan, const json_t *native, json_t **resource, map_run_t *run)
{
    const char *id;
    int i;

    *resource = json_object();
    for (i = 0; i < program->nreadings; i++)
        read_attr(*resource, &program->readings[i], plan->active, native, run);
    id = json_string_value(json_object_get(*resource, "id"));
    if (id && !map_id_is_good(id))     /* nobody could ask for it */
        json_object_del(*resource, "id");
    return NULL;
}
