/* SPDX-License-Identifier: Apache-2.0 */
#include "map_builder.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_json.h"

/* What a rule alone cannot know: the rules side by side. */

static const char *both(const map_rule_t *a, const map_rule_t *b, const char *what, apr_pool_t *p)
{
    return apr_psprintf(p, "%s: %s, on %s and on %s; leave one out", strcmp(a->path, "-") == 0 ? b->path : a->path, what,
                        a->where, b->where);
}

/* ---- the id ---- */

static const char *check_id_rule(const map_rule_t *rule, apr_pool_t *p)
{
    const char *error = NULL;
    int i;

    if (rule->constant || rule->dflt)
        error = "an id belongs to one record: it cannot be a constant, and has no default";
    else if (rule->native.nsteps)
        error = "an id must be made from a native attribute itself, or no record could be found by it";
    for (i = 0; i < rule->ncalls && !error; i++) {
        map_fn_t fn = rule->calls[i].function->id;

        if (fn != MAP_FN_CONCAT && fn != MAP_FN_ENCODE && fn != MAP_FN_DECODE && fn != MAP_FN_STRING)
            error = apr_psprintf(p, "%s cannot make ids, since one must lead back to its record: there are concatString, "
                                 "encode, decode and toString", rule->calls[i].function->name);
    }
    return error ? apr_psprintf(p, "id: %s (on %s)", error, rule->where) : NULL;
}

static int is_id(const map_rule_t *rule)
{
    return rule->attr && rule->attr->schema->urn[0] == '\0' && strcmp(rule->attr->name, "id") == 0;
}

static const char *check_id(const map_builder_t *b)
{
    int i;

    for (i = 0; i < b->rules->nelts; i++)
        if (is_id(map_builder_rule(b, i)))
            return check_id_rule(map_builder_rule(b, i), b->p);
    return apr_psprintf(b->p, "the resource type %s has no rule for id; add SCIMMap id <- KEY, where KEY is what no two "
                        "records share", b->rtype->name);
}

/* ---- two rules for one place ---- */

/* Brackets that make elements are the same if these are, in whatever order they say so. */
int map_filter_same(const scim_filter_t *a, const scim_filter_t *b, apr_pool_t *p)
{
    json_t *x, *y;
    int same;

    if (!a || !b)
        return a == b;
    x = json_object();
    y = json_object();
    if (scim_filter_template(a, x) && scim_filter_template(b, y))
        same = scim_json_equal(x, y);
    else
        same = strcmp(scim_filter_print(a, 1, p), scim_filter_print(b, 1, p)) == 0;
    json_decref(x);
    json_decref(y);
    return same;
}

/* True if what the one rule makes answers to the brackets of the other one, though they differ. */
static int answers_to(const map_rule_t *made, const map_rule_t *asked, apr_pool_t *p)
{
    json_t *element;
    int answers;

    if (!made->filter || !asked->filter || made->attr != asked->attr || !(made->way & asked->way & MAP_READ)
        || map_filter_same(made->filter, asked->filter, p))
        return 0;
    element = json_object();
    answers = scim_filter_template(made->filter, element) && scim_filter_match_element(asked->filter, element);
    json_decref(element);
    return answers;
}

static int read_the_same(const map_rule_t *a, const map_rule_t *b, apr_pool_t *p)
{
    return (a->way & b->way & MAP_READ) && a->each == b->each && a->attr == b->attr && a->sub == b->sub
           && map_filter_same(a->filter, b->filter, p);
}

/* A constant steps back where another rule has a value, but only for operations that it names. */
static int write_the_same(const map_rule_t *a, const map_rule_t *b)
{
    if (!(a->way & b->way & MAP_WRITE) || a->each != b->each || strcmp(a->native.name, b->native.name) != 0
        || !(a->on & b->on))
        return 0;
    if (!a->constant == !b->constant)
        return 1;
    return a->constant ? !a->on_given : !b->on_given;
}

static const char *check_pair(const map_rule_t *a, const map_rule_t *b, apr_pool_t *p)
{
    if (read_the_same(a, b, p))
        return both(a, b, "two rules read it", p);
    if (write_the_same(a, b))
        return both(a, b, apr_psprintf(p, "two rules write \"%s\"", a->native.name), p);
    if (answers_to(a, b, p) || answers_to(b, a, p))
        return apr_psprintf(p, "%s and %s: an element of the one (on %s) answers to the other (on %s), too; let their brackets "
                            "exclude each other, as by another type", a->path, b->path, a->where, b->where);
    if (a->attr && a->attr == b->attr && a->attr->multi && !a->each != !b->each)
        return both(a, b, "it is mapped in a <SCIMMapEach> and by a path with brackets", p);
    return NULL;
}

static const char *check_pairs(const map_builder_t *b)
{
    const char *error;
    int i, j;

    for (i = 0; i < b->rules->nelts; i++)
        for (j = 0; j < i; j++)
            if ((error = check_pair(map_builder_rule(b, j), map_builder_rule(b, i), b->p)))
                return error;
    return NULL;
}

/* ---- lists ---- */

/* Something must be read for an element to be there, and something written. */
static const char *check_each(const map_builder_t *b, const map_each_t *each)
{
    int way = 0, i;

    for (i = 0; i < b->rules->nelts; i++) {
        const map_rule_t *rule = map_builder_rule(b, i);

        if (rule->each == each && !rule->constant)
            way |= (int)rule->way;
    }
    if (each->way & ~way)
        return apr_psprintf(b->p, "%s: no rule in the <SCIMMapEach> on %s %s a value of an element", each->path, each->where,
                            each->way & MAP_READ & ~way ? "reads" : "writes");
    return NULL;
}

static const char *check_eaches(const map_builder_t *b)
{
    const char *error;
    int i, j;

    for (i = 0; i < b->eaches->nelts; i++) {
        const map_each_t *a = map_builder_section(b, i);

        if ((error = check_each(b, a)))
            return error;
        for (j = 0; j < i; j++) {
            const map_each_t *other = map_builder_section(b, j);
            int together = (int)a->way | (int)other->way, each_does = (int)a->way & (int)other->way;

            if ((a->way & other->way & MAP_WRITE) && strcmp(a->native, other->native) == 0)
                return apr_psprintf(b->p, "%s: the list \"%s\" is written from %s and from %s; leave one out", a->path,
                                    a->native, other->where, a->where);
            if (a->attr == other->attr && (together & MAP_WRITE) && each_does)
                return apr_psprintf(b->p, "%s: it has two lists, on %s and on %s, and is written: where a value belongs could "
                                    "not be told; use <- for both", a->path, other->where, a->where);
        }
    }
    return NULL;
}

static const char *check_names(const map_builder_t *b)
{
    int i, j;

    for (i = 0; i < b->eaches->nelts; i++)
        for (j = 0; j < b->rules->nelts; j++) {
            const map_rule_t *rule = map_builder_rule(b, j);

            if (!rule->each && rule->native.name && strcmp(rule->native.name, map_builder_section(b, i)->native) == 0)
                return apr_psprintf(b->p, "%s: \"%s\" is a list of a <SCIMMapEach>, too (on %s and on %s)", rule->path,
                                    rule->native.name, rule->where, map_builder_section(b, i)->where);
        }
    return NULL;
}

/* ---- required attributes ---- */

/* How an attribute is mapped, as bits; NULL stands for any. */
static int mapped(const map_builder_t *b, const scim_schema_t *schema, const scim_attr_t *attr, const scim_attr_t *sub)
{
    int way = 0, i;

    for (i = 0; i < b->rules->nelts; i++) {
        const map_rule_t *rule = map_builder_rule(b, i);

        if (rule->attr && (!schema || rule->attr->schema == schema) && (!attr || rule->attr == attr)
            && (!sub || rule->sub == sub))
            way |= (int)rule->way;
    }
    return way;
}

/* A resource type that nothing writes is for reading: then no client has to send what is required. */
static const char *check_required_attr(const map_builder_t *b, const scim_attr_t *attr, const scim_attr_t *sub, int wanted)
{
    const scim_attr_t *leaf = sub ? sub : attr;
    int missing;

    if (!leaf->required)
        return NULL;
    if (leaf->mutability == SCIM_READ_ONLY)
        wanted &= ~MAP_WRITE;
    if (leaf->returned == SCIM_RETURNED_NEVER)
        wanted &= ~MAP_READ;
    missing = wanted & ~mapped(b, NULL, attr, sub);
    if (!missing)
        return NULL;
    return apr_psprintf(b->p, "%s is required in its schema, and no rule %s it; add SCIMMap %s %s NATIVE",
                        scim_attr_path(leaf, b->p), missing & MAP_READ ? "reads" : "writes", scim_attr_path(leaf, b->p),
                        map_way_arrow((map_way_t)missing));
}

static const char *check_required_schema(const map_builder_t *b, const scim_schema_t *schema, int wanted)
{
    const char *error = NULL;
    int i, j;

    for (i = 0; i < schema->nattrs && !error; i++) {
        const scim_attr_t *attr = &schema->attrs[i];
        int used = wanted & mapped(b, NULL, attr, NULL);

        error = check_required_attr(b, attr, NULL, wanted);
        for (j = 0; j < attr->nsub && !error; j++)
            error = check_required_attr(b, attr, &attr->sub[j], used);
    }
    return error;
}

static const char *check_required(const map_builder_t *b)
{
    int wanted = MAP_READ | (mapped(b, NULL, NULL, NULL) & MAP_WRITE), i;
    const char *error = check_required_schema(b, b->rtype->core, wanted);

    for (i = 0; i < b->rtype->next && !error; i++) {
        const scim_schema_t *schema = b->rtype->ext[i].schema;

        if (b->rtype->ext[i].required || mapped(b, schema, NULL, NULL))
            error = check_required_schema(b, schema, wanted);
    }
    return error;
}

const char *map_check(const map_builder_t *b)
{
    const char *error;

    if ((error = check_id(b)) || (error = check_pairs(b)) || (error = check_eaches(b)) || (error = check_names(b)))
        return error;
    return check_required(b);
}
