/* SPDX-License-Identifier: Apache-2.0 */
#include "map_program.h"
#include "map_rule.h"

#include <apr_strings.h>

#include "map_value.h"
#include "scim_error.h"
#include "scim_resource.h"

/* What a request writes, and where. */
typedef struct writer_t {
    const json_t *resource;
    unsigned      on;
    map_wants_fn  wants;
    void         *baton;
    json_t       *native;
    map_run_t    *run;
} writer_t;

/* Functions are written in the direction of reading where a rule goes both ways. */
scim_err_t *map_rule_write(const map_rule_t *rule, const json_t *value, json_t **native, apr_pool_t *p)
{
    const map_function_t *failed = NULL;
    json_t *written = map_value_write(value, map_rule_leaf(rule)->type, p);

    *native = rule->way == MAP_BOTH ? map_function_back(rule->calls, rule->ncalls, written, &failed, p)
                                    : map_function_run(rule->calls, rule->ncalls, written, &failed, p);
    json_decref(written);
    if (*native)
        return NULL;
    return scim_err(p, SCIM_E_INVALID_VALUE, "the value of \"%s\" %s", rule->path,
                    failed && failed->refuses ? failed->refuses : "cannot be written");
}

static scim_err_t *no_value(const map_rule_t *rule, apr_pool_t *p)
{
    return scim_err(p, SCIM_E_INVALID_VALUE, "\"%s\" is required", rule->path);
}

/* Puts a value into a native object, and notes what the engine has to find for it. */
static scim_err_t *put(json_t *holder, const map_rule_t *rule, const json_t *value, map_run_t *run)
{
    json_t *native;
    scim_err_t *err = map_rule_write(rule, value, &native, run->p);

    if (err)
        return err;
    if (rule->ref) {
        map_ref_t *ref = apr_array_push(run->refs);

        ref->holder = holder;
        ref->key = rule->native.name;
        ref->rtype = rule->ref;
        ref->value = apr_pstrdup(run->p, json_string_value(native));
        ref->attr = NULL;
    }
    json_object_set_new(holder, rule->native.name, native);
    return NULL;
}

/* ---- elements ---- */

/* Of a plain value there is one rule at most. */
static scim_err_t *write_plain(json_t **native, const map_each_t *each, const json_t *element, map_run_t *run)
{
    const json_t *value = json_is_object(element) ? json_object_get(element, "value") : element;
    int i;

    for (i = 0; i < each->nrules; i++)
        if ((each->rules[i]->way & MAP_WRITE) && !each->rules[i]->constant && value)
            return map_rule_write(each->rules[i], value, native, run->p);
    return NULL;
}

static const json_t *value_in(const map_rule_t *rule, const json_t *element)
{
    const json_t *value = rule->sub ? json_object_get(element, rule->sub->name) : element;

    return json_is_null(value) ? NULL : value;
}

static scim_err_t *write_object(json_t *object, const map_each_t *each, const json_t *element, int partial, map_run_t *run)
{
    scim_err_t *err = NULL;
    int i;

    for (i = 0; i < each->nrules && !err; i++) {
        const map_rule_t *rule = each->rules[i];
        const json_t *value;

        if (!(rule->way & MAP_WRITE))
            continue;
        if (rule->constant && !rule->attr) {
            json_object_set(object, rule->native.name, (json_t *)rule->constant);
            continue;
        }
        value = value_in(rule, element);
        if (value)
            err = put(object, rule, value, run);
        else if (rule->required && !partial)
            err = no_value(rule, run->p);
    }
    return err;
}

static int is_plain(const map_each_t *each)
{
    int i;

    for (i = 0; i < each->nrules; i++)
        if ((each->rules[i]->way & MAP_WRITE) && each->rules[i]->native.name && map_native_is_self(&each->rules[i]->native))
            return 1;
    return 0;
}

/* One element as the backend has it; *native stays NULL where nothing of it is written. */
static scim_err_t *write_element(json_t **native, const map_each_t *each, const json_t *element, int partial, map_run_t *run)
{
    scim_err_t *err;

    *native = NULL;
    if (is_plain(each))
        return write_plain(native, each, element, run);
    *native = json_object();
    err = write_object(*native, each, element, partial, run);
    if (!err && json_object_size(*native) > 0)
        return NULL;
    json_decref(*native);
    *native = NULL;
    return err;
}

static scim_err_t *write_elements(json_t **native, const map_each_t *each, const json_t *elements, int partial, map_run_t *run)
{
    const json_t *element;
    size_t i;

    *native = json_array();
    json_array_foreach(elements, i, element) {
        json_t *written;
        scim_err_t *err = write_element(&written, each, element, partial, run);

        if (err) {
            json_decref(*native);
            *native = NULL;
            return err;
        }
        if (written)
            json_array_append_new(*native, written);
    }
    return NULL;
}

scim_err_t *map_write_elements(const map_each_t *each, const json_t *elements, json_t **native, map_run_t *run)
{
    return write_elements(native, each, elements, 1, run);
}

const map_each_t *map_each_of(const map_program_t *program, const scim_attr_t *attr)
{
    int i;

    for (i = 0; i < program->neaches; i++)
        if (program->eaches[i]->attr == attr && program->eaches[i]->forward)
            return program->eaches[i];
    return NULL;
}

const char *map_each_native(const map_each_t *each)
{
    return each->native;
}

/* ---- places ---- */

static int is_wanted(const writer_t *writer, const map_rule_t *rule)
{
    return !writer->wants || (rule->attr && writer->wants(writer->baton, rule->attr, rule->sub));
}

static const json_t *first_match(const json_t *list, const scim_filter_t *filter)
{
    const json_t *element;
    size_t i;

    json_array_foreach(list, i, element)
        if (scim_filter_match_element(filter, element))
            return element;
    return NULL;
}

static const json_t *value_of(const map_rule_t *rule, const json_t *resource)
{
    const json_t *value = scim_resource_get(resource, rule->attr);

    if (rule->filter)
        value = first_match(value, rule->filter);
    if (rule->sub)
        value = json_object_get(value, rule->sub->name);
    return json_is_null(value) ? NULL : value;
}

static scim_err_t *write_list(const writer_t *writer, const map_place_t *place)
{
    const json_t *elements = scim_resource_get(writer->resource, place->each->attr);
    json_t *native;
    scim_err_t *err;

    if (writer->wants && !writer->wants(writer->baton, place->each->attr, NULL))
        return NULL;
    if (!elements && (writer->on & (MAP_ON_CREATE | MAP_ON_DELETE)))
        return NULL;
    if ((err = write_elements(&native, place->each, elements, (writer->on & MAP_AS_IS) != 0, writer->run)))
        return err;
    json_object_set_new(writer->native, place->native, native);
    return NULL;
}

/* The first rule with a value writes; a constant is the last to be asked, and not at all where another rule's attribute is to be
 * left alone. */
static scim_err_t *write_place(const writer_t *writer, const map_place_t *place)
{
    const int absent = (writer->on & (MAP_ON_CREATE | MAP_ON_DELETE)) != 0;
    int asked = 0, left_alone = 0, i;

    for (i = 0; i < place->nrules; i++) {
        const map_rule_t *rule = place->rules[i];
        const json_t *value;

        if (!(rule->on & writer->on))
            continue;
        if (!rule->attr) {
            if (!left_alone && !(absent && json_is_null(rule->constant)))
                json_object_set(writer->native, rule->native.name, (json_t *)rule->constant);
            return NULL;
        }
        if (!is_wanted(writer, rule)) {
            left_alone = 1;
            continue;
        }
        asked = 1;
        value = value_of(rule, writer->resource);
        if (value)
            return put(writer->native, rule, value, writer->run);
        if (rule->required && !(writer->on & MAP_AS_IS))
            return no_value(rule, writer->run->p);
    }
    if (asked && !absent)
        json_object_set_new(writer->native, place->native, json_null());
    return NULL;
}

scim_err_t *map_write(const map_program_t *program, const json_t *resource, unsigned on, map_wants_fn wants, void *baton,
                      json_t **native, map_run_t *run)
{
    const writer_t writer = {
        .resource = resource, .on = on, .wants = wants, .baton = baton, .native = json_object(), .run = run
    };
    scim_err_t *err = NULL;
    int i;

    for (i = 0; i < program->nplaces && !err; i++)
        err = program->places[i].each ? write_list(&writer, &program->places[i]) : write_place(&writer, &program->places[i]);
    if (err)
        json_decref(writer.native);
    else
        *native = writer.native;
    return err;
}
