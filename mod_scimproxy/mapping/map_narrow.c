/* SPDX-License-Identifier: Apache-2.0 */
#include "map_builder.h"

#include <string.h>

/* A value of the attribute is a reference to a resource of that type; NULL if it is none. */
static const char *refers_to(const map_builder_t *b, const scim_attr_t *attr)
{
    int i;

    for (i = 0; i < b->rules->nelts; i++) {
        const map_rule_t *rule = map_builder_rule(b, i);

        if (rule->attr == attr && rule->sub && rule->ref && (rule->way & MAP_READ))
            return rule->ref;
    }
    return NULL;
}

static int has_word(const char *const *words, const char *word)
{
    for (; words && *words; words++)
        if (strcmp(*words, word) == 0)
            return 1;
    return 0;
}

/* With a reference, `$ref` and the `type` that names a resource type are read, too: the engine makes them. */
static int comes_with_reference(const map_builder_t *b, const scim_attr_t *sub)
{
    const char *rtype = refers_to(b, sub->parent);

    if (!rtype)
        return 0;
    return strcmp(sub->name, "$ref") == 0 || (strcmp(sub->name, "type") == 0 && has_word(sub->canonical, rtype));
}

/* True if the brackets of a path say what the sub-attribute is. */
static int is_in_brackets(const scim_filter_t *filter, const scim_attr_t *sub)
{
    int i;

    if (!filter)
        return 0;
    if (filter->kind == SCIM_F_CMP)
        return filter->attr == sub;
    for (i = 0; i < filter->n; i++)
        if (is_in_brackets(filter->kids[i], sub))
            return 1;
    return 0;
}

/* A scim_use_fn over the builder. */
static int use_of(void *baton, const scim_attr_t *attr)
{
    const map_builder_t *b = baton;
    int use = attr->parent && comes_with_reference(b, attr) ? (int)SCIM_USE_READ : 0, i;

    for (i = 0; i < b->rules->nelts; i++) {
        const map_rule_t *rule = map_builder_rule(b, i);

        if (rule->attr && (map_rule_leaf(rule) == attr || is_in_brackets(rule->filter, attr)))
            use |= (int)rule->way;
    }
    return use;
}

/* ---- rules, taken over to the narrowed type ---- */

static const scim_attr_t *same_attr(const scim_rtype_t *rtype, const scim_attr_t *attr)
{
    const scim_schema_t *schema = attr->home ? scim_rtype_schema(rtype, attr->home, strlen(attr->home)) : NULL;

    return schema ? scim_schema_attr(schema, attr->name, strlen(attr->name)) : scim_rtype_attr(rtype, attr->name);
}

/* What a rule adds to its attribute; the narrowed type is still ours to finish. An element that must be there makes the list
 * required, not a part of every element. And what refers to an id is as exact as ids are. */
static void complete(const map_rule_t *rule)
{
    scim_attr_t *leaf = (scim_attr_t *)map_rule_leaf(rule);
    scim_attr_t *needed = rule->filter ? (scim_attr_t *)rule->attr : leaf;

    if (rule->required)
        needed->required = 1;
    if (rule->ref && (rule->way & MAP_READ))
        leaf->case_exact = 1;
}

static void rebind(map_rule_t *rule, const scim_rtype_t *rtype, apr_pool_t *p)
{
    static const scim_filter_limits_t no_limits;
    scim_path_t *path;

    if (!rule->attr)
        return;
    if (rule->filter && !scim_path_parse(&path, rule->path, rtype, &no_limits, SCIM_E_INVALID_PATH, p))
        rule->filter = path->filter;
    rule->attr = same_attr(rtype, rule->attr);
    rule->sub = rule->sub ? scim_attr_sub(rule->attr, rule->sub->name) : NULL;
    complete(rule);
}

const scim_rtype_t *map_narrow(map_builder_t *b)
{
    const scim_rtype_t *rtype = scim_rtype_narrow(b->rtype, use_of, b, b->p);
    int i;

    for (i = 0; i < b->rules->nelts; i++)
        rebind(map_builder_rule(b, i), rtype, b->p);
    for (i = 0; i < b->eaches->nelts; i++)
        map_builder_section(b, i)->attr = same_attr(rtype, map_builder_section(b, i)->attr);
    return rtype;
}
