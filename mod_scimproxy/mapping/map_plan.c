/* SPDX-License-Identifier: Apache-2.0 */
#include "map_program.h"
#include "map_rule.h"

#include <string.h>

/* ---- native attributes of rules ---- */

static scim_attr_use_t *use_of(scim_attrs_t *attrs, const char *name)
{
    /* made by collect() below, where they can be changed */
    scim_attr_use_t *use = (scim_attr_use_t *)attrs->use;
    int i;

    for (i = 0; i < attrs->n; i++)
        if (strcmp(use[i].name, name) == 0)
            return &use[i];
    use[attrs->n].name = name;
    return &use[attrs->n++];
}

static void add_sub(scim_attr_use_t *use, const char *name, int write, int most, apr_pool_t *p)
{
    unsigned char *written;
    int i = 0;

    if (!use->sub) {
        use->sub = apr_palloc(p, (apr_size_t)most * sizeof *use->sub);
        use->sub_write = apr_pcalloc(p, (apr_size_t)most);
    }
    while (i < use->nsub && strcmp(use->sub[i], name) != 0)
        i++;
    if (i == use->nsub)
        use->sub[use->nsub++] = name;
    written = (unsigned char *)use->sub_write;   /* made just above */
    written[i] |= write != 0;
}

static void add_rule(scim_attrs_t *attrs, const map_rule_t *rule, int way, int most, apr_pool_t *p)
{
    scim_attr_use_t *use;

    if (!rule->native.name && !rule->each)
        return;
    use = use_of(attrs, rule->each ? rule->each->native : rule->native.name);
    use->read |= (way & MAP_READ) != 0;
    use->write |= (way & MAP_WRITE) != 0;
    use->list |= rule->each != NULL;
    if (rule->each && rule->native.name)
        add_sub(use, rule->native.name, (way & MAP_WRITE) != 0, most, p);
}

scim_attrs_t map_attrs_collect(map_rule_t *const *rules, int n, const unsigned char *active, apr_pool_t *p)
{
    scim_attrs_t attrs = { .use = apr_pcalloc(p, ((apr_size_t)n + 1) * sizeof *attrs.use) };
    int i;

    for (i = 0; i < n; i++) {
        if (!active)
            add_rule(&attrs, rules[i], (int)rules[i]->way, n, p);
        else if (active[rules[i]->index])
            add_rule(&attrs, rules[i], MAP_READ, n, p);
    }
    return attrs;
}

/* ---- plans ---- */

/* An element is read as a whole: whether it is there at all depends on every part of it. And what refers to another resource
 * brings `$ref` and `type` with it. */
static int wanted(const map_rule_t *rule, map_wants_fn wants, void *baton)
{
    const int whole = rule->attr->multi || rule->ref != NULL;

    return wants(baton, rule->attr, whole ? NULL : rule->sub);
}

map_plan_t *map_plan_make(const map_program_t *program, map_wants_fn wants, void *baton, apr_pool_t *p)
{
    map_plan_t *plan = apr_palloc(p, sizeof *plan);
    unsigned char *active;
    int i;

    if (!wants) {
        plan->attrs = program->reads;
        plan->active = program->everything;
        return plan;
    }
    active = apr_pcalloc(p, (apr_size_t)program->nrules + 1);
    for (i = 0; i < program->nrules; i++) {
        const map_rule_t *rule = program->rules[i];

        if ((rule->way & MAP_READ) && rule->attr)
            active[i] = rule == program->id || wanted(rule, wants, baton);
    }
    plan->attrs = map_attrs_collect(program->rules, program->nrules, active, p);
    plan->active = active;
    return plan;
}
