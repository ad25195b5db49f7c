/* SPDX-License-Identifier: Apache-2.0 */
#include "map_program.h"
#include "map_rule.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_filter_type.h"
#include "scim_json.h"
#include "scim_lex.h"

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

/* A backend that can compare everything, and has every resource that is referred to. */
static scim_match_t match_all(void *baton, const char *list, const scim_qfilter_t *comparison)
{
    (void)baton;
    (void)list;
    (void)comparison;
    return SCIM_MATCH_EXACT;
}

static scim_err_t *refer_to_any(void *baton, const char *rtype, const char *id, const char **native)
{
    (void)baton;
    (void)rtype;
    *native = id;
    return NULL;
}

/* Some value of the type; what is pushed down does not hang on which, but for a default. Constants of jansson, or the pool's. */
static const json_t *sample(scim_type_t type, apr_pool_t *p)
{
    switch (type) {
    case SCIM_TYPE_BOOLEAN:
        return json_true();
    case SCIM_TYPE_DECIMAL:
    case SCIM_TYPE_INTEGER:
        return scim_json_own(p, json_integer(1));
    case SCIM_TYPE_DATETIME:
        return scim_json_own(p, json_string("2011-05-13T04:42:34Z"));
    default:
        return scim_json_own(p, json_string("YQ=="));
    }
}

/* The first rule that reads the attribute with a default, or as a constant. */
static const map_rule_t *rule_with_value(const map_program_t *program, const scim_attr_t *leaf)
{
    int i;

    for (i = 0; i < program->nrules; i++) {
        const map_rule_t *rule = program->rules[i];

        if ((rule->way & MAP_READ) && rule->attr && map_rule_leaf(rule) == leaf && (rule->dflt || rule->constant))
            return rule;
    }
    return NULL;
}

/* As the translation itself decides. */
static int is_exact(const map_program_t *program, const scim_path_t *path, scim_cmp_t op, const json_t *value, apr_pool_t *p)
{
    static const map_pusher_t pusher = { .match = match_all, .refer = refer_to_any };
    const scim_filter_t filter = {
        .kind = SCIM_F_CMP, .op = op, .attr = path->attr, .sub = path->sub, .value = op == SCIM_CMP_PR ? NULL : value
    };
    const scim_qfilter_t *native;
    const scim_filter_t *residual;

    return !map_push_filter(program, &filter, &pusher, &native, &residual, p) && !residual;
}

/* The operators that a backend can be asked exactly. */
static const char *operators_of(const map_program_t *program, const scim_path_t *path, const json_t *dflt, apr_pool_t *p)
{
    const scim_type_t type = path->sub ? path->sub->type : path->attr->type;
    const char *text = "";
    int op;

    for (op = SCIM_CMP_EQ; op <= SCIM_CMP_PR; op++)
        if (scim_type_has(type, (scim_cmp_t)op) && is_exact(program, path, (scim_cmp_t)op, sample(type, p), p)
            && (!dflt || is_exact(program, path, (scim_cmp_t)op, dflt, p)))
            text = apr_pstrcat(p, text, " ", scim_lex_operator_name((scim_cmp_t)op), NULL);
    return text;
}

/* Of constants there is nothing to say. */
static void print_leaf(const out_t *out, const map_program_t *program, const scim_attr_t *attr, const scim_attr_t *sub)
{
    const scim_path_t path = { .schema = attr->schema, .attr = attr, .sub = sub };
    const map_rule_t *rule = rule_with_value(program, sub ? sub : attr);
    const char *operators;
    scim_qsort_t sort;

    if (rule && rule->constant)
        return;
    operators = operators_of(program, &path, rule ? rule->dflt : NULL, out->p);
    out->print(out->baton, apr_psprintf(out->p, "  %s:%s%s", scim_attr_path(sub ? sub : attr, out->p),
                                        *operators ? operators : " nothing",
                                        map_push_sort(program, &path, 0, &sort) ? "; sortBy" : ""));
}

static void print_pushdown(const out_t *out, const map_program_t *program)
{
    int i, j;

    out->print(out->baton, "filters and orders that the backend is asked for, as far as it can; the rest is evaluated here:");
    for (i = 0; i < program->nreadings; i++) {
        const scim_attr_t *attr = program->readings[i].attr;

        if (attr->type != SCIM_TYPE_COMPLEX)
            print_leaf(out, program, attr, NULL);
        for (j = 0; j < attr->nsub; j++)
            if (attr->sub[j].returned != SCIM_RETURNED_NEVER)
                print_leaf(out, program, attr, &attr->sub[j]);
    }
}

void map_program_explain(const map_program_t *program, void (*print)(void *baton, const char *line), void *baton, apr_pool_t *ptemp)
{
    const out_t out = { .print = print, .baton = baton, .p = ptemp };

    print_way(&out, program, MAP_READ, "reads");
    print_way(&out, program, MAP_WRITE, "writes");
    print_pushdown(&out, program);
}
