/* SPDX-License-Identifier: Apache-2.0 */
#include "map_rule.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_json.h"

/* Where lines go. */
typedef struct out_t {
    void      (*print)(void *baton, const char *line);
    void       *baton;
    apr_pool_t *p;
} out_t;

static const char *calls_of(const map_rule_t *rule, apr_pool_t *p)
{
    const char *text = "";
    int i;

    for (i = 0; i < rule->ncalls; i++)
        text = apr_pstrcat(p, text, " | ", map_function_print(&rule->calls[i], p), NULL);
    return text;
}

static const char *native_of(const map_rule_t *rule, apr_pool_t *p)
{
    const char *text = rule->native.name ? rule->native.name : "";
    int i;

    for (i = 0; i < rule->native.nsteps; i++) {
        const map_step_t *step = &rule->native.steps[i];

        text = step->name ? apr_pstrcat(p, text, ".", step->name, NULL)
                          : apr_psprintf(p, "%s[%" APR_SIZE_T_FMT "]", text, (apr_size_t)step->index);
    }
    if (rule->constant)
        text = apr_pstrcat(p, text, *text ? " " : "", "= ", scim_json_dump(rule->constant, p), NULL);
    return text;
}

static const char *operations_of(unsigned on, apr_pool_t *p)
{
    static const struct {
        unsigned    bit;
        const char *name;
    } names[] = {
        { MAP_ON_CREATE, "create" }, { MAP_ON_UPDATE, "update" }, { MAP_ON_PATCH, "patch" }, { MAP_ON_DELETE, "delete" }
    };
    const char *text = "";
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (on & names[i].bit)
            text = apr_pstrcat(p, text, *text ? "," : " on ", names[i].name, NULL);
    return text;
}

static void print_rule(const out_t *out, const map_rule_t *rule, map_way_t way)
{
    const char *indent = rule->each ? "    " : "  ", *native = native_of(rule, out->p);

    if (rule->way == MAP_BOTH && way == MAP_WRITE && rule->ncalls)
        native = apr_pstrcat(out->p, native, "   (backwards)", NULL);
    out->print(out->baton, apr_psprintf(out->p, "%s%s %s %s%s%s%s%s", indent, rule->path, map_way_arrow(way), native,
                                        calls_of(rule, out->p), way == MAP_WRITE && rule->required ? " required" : "",
                                        way == MAP_READ && rule->dflt ? apr_pstrcat(out->p, " default ",
                                                                                    scim_json_dump(rule->dflt, out->p), NULL) : "",
                                        way == MAP_WRITE && rule->on_given ? operations_of(rule->on, out->p) : ""));
}

static void print_way(const out_t *out, const map_program_t *program, map_way_t way, const char *title)
{
    int i, j;

    out->print(out->baton, title);
    for (i = 0; i < program->nrules; i++)
        if (!program->rules[i]->each && (program->rules[i]->way & way))
            print_rule(out, program->rules[i], way);
    for (i = 0; i < program->neaches; i++) {
        const map_each_t *each = program->eaches[i];

        if (!(each->way & way))
            continue;
        out->print(out->baton, apr_psprintf(out->p, "  each of %s %s %s%s", each->path, map_way_arrow(way), each->native,
                                            way == MAP_WRITE && each->forward ? "   (changed value by value)" : ""));
        for (j = 0; j < each->nrules; j++)
            if (each->rules[j]->way & way)
                print_rule(out, each->rules[j], way);
    }
}

/* ---- push-down ---- */

static const char *eq_by(const map_rule_t *rule)
{
    if (rule->native.nsteps || rule->ncalls > 1)
        return NULL;
    if (rule->ncalls == 0)
        return "all operators";
    switch (rule->calls[0].function->id) {
    case MAP_FN_MAPPING:
    case MAP_FN_LOWER:
    case MAP_FN_UPPER:
    case MAP_FN_STRING:
        return "all operators";
    case MAP_FN_REF:
        return "eq";
    case MAP_FN_CONCAT:
    case MAP_FN_ENCODE:
        return "eq, ne";
    default:
        return NULL;
    }
}

static void print_pushdown(const out_t *out, const map_program_t *program)
{
    scim_qsort_t sort;
    int i;

    out->print(out->baton, "filters and orders that the backend is asked for, as far as it can:");
    for (i = 0; i < program->nrules; i++) {
        const map_rule_t *rule = program->rules[i];
        const scim_path_t path = { .attr = rule->attr, .sub = rule->sub };
        const char *filter = eq_by(rule);

        if (!(rule->way & MAP_READ) || !rule->attr || rule->constant || !filter)
            continue;
        out->print(out->baton, apr_psprintf(out->p, "  %s: %s%s", rule->path, filter,
                                            map_push_sort(program, &path, 0, &sort) ? "; sortBy" : ""));
    }
}

void map_program_explain(const map_program_t *program, void (*print)(void *baton, const char *line), void *baton, apr_pool_t *ptemp)
{
    const out_t out = { .print = print, .baton = baton, .p = ptemp };

    print_way(&out, program, MAP_READ, "reads");
    print_way(&out, program, MAP_WRITE, "writes");
    print_pushdown(&out, program);
}
