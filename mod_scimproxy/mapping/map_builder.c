/* SPDX-License-Identifier: Apache-2.0 */
#include "map_builder.h"

#include <string.h>

#include <apr_strings.h>

#include "map_value.h"
#include "scim_error.h"
#include "scim_json.h"

#define ON_ALL (MAP_ON_CREATE | MAP_ON_UPDATE | MAP_ON_PATCH)

static const scim_filter_limits_t no_limits;

map_builder_t *map_builder_make(const scim_rtype_t *rtype, apr_pool_t *p)
{
    map_builder_t *b = apr_pcalloc(p, sizeof *b);

    b->rtype = rtype;
    b->rules = apr_array_make(p, 32, sizeof(map_rule_t *));
    b->eaches = apr_array_make(p, 8, sizeof(map_each_t *));
    b->p = p;
    return b;
}

/* ---- what attributes allow ---- */

/* The server answers for these itself. */
static int is_server_made(const scim_attr_t *attr, const scim_attr_t *sub)
{
    static const char *const of_meta[] = { "resourceType", "location", "version", NULL };
    int i;

    if (attr->schema->urn[0] != '\0')
        return 0;
    if (strcmp(attr->name, "schemas") == 0)
        return 1;
    for (i = 0; sub && strcmp(attr->name, "meta") == 0 && of_meta[i]; i++)
        if (strcmp(sub->name, of_meta[i]) == 0)
            return 1;
    return 0;
}

static const char *check_way(const scim_attr_t *attr, const scim_attr_t *sub, map_way_t way, apr_pool_t *p)
{
    const scim_attr_t *leaf = sub ? sub : attr;

    if (is_server_made(attr, sub))
        return "the server makes it: leave the rule out";
    if ((way & MAP_WRITE) && (attr->mutability == SCIM_READ_ONLY || leaf->mutability == SCIM_READ_ONLY))
        return apr_psprintf(p, "it is readOnly in its schema, no client can write it: use <- instead of %s",
                            map_way_arrow(way));
    if ((way & MAP_READ) && (attr->returned == SCIM_RETURNED_NEVER || leaf->returned == SCIM_RETURNED_NEVER))
        return apr_psprintf(p, "it is never returned to clients: use -> instead of %s", map_way_arrow(way));
    return NULL;
}

static const char *check_leaf(const scim_attr_t *leaf, apr_pool_t *p)
{
    if (leaf->type == SCIM_TYPE_COMPLEX)
        return apr_psprintf(p, "it is complex: name one of its sub-attributes, as %s.%s", leaf->name,
                            leaf->nsub ? leaf->sub[0].name : "value");
    return leaf->multi && leaf->parent ? "sub-attributes that are multi-valued themselves cannot be mapped" : NULL;
}

/* ---- the SCIM side ---- */

/* The filter of a path that is read must say what the element is, and leave the sub-attribute to the rule. */
static const char *check_filter(const map_rule_t *rule)
{
    json_t *element = json_object();
    const char *error = NULL;

    if (rule->sub == NULL)
        error = "a sub-attribute is missing behind the brackets, as emails[type eq \"work\"].value";
    else if (!(rule->way & MAP_READ))
        error = NULL;
    else if (!scim_filter_template(rule->filter, element))
        error = "to read it, the brackets must hold comparisons with eq, joined by and: they say what the element is";
    else if (json_object_get(element, rule->sub->name))
        error = "the brackets say already what this sub-attribute is";
    json_decref(element);
    return error;
}

static const char *find_path(const map_builder_t *b, map_rule_t *rule, const char *text)
{
    scim_path_t *path;
    const scim_err_t *err = scim_path_parse(&path, text, b->rtype, &no_limits, SCIM_E_INVALID_PATH, b->p);
    const char *error;

    if (err)
        return err->detail;
    if (!path->attr)
        return "it is a schema: name one of its attributes behind a colon";
    rule->attr = path->attr;
    rule->sub = path->sub;
    rule->filter = path->filter;
    rule->path = scim_path_print(path, b->p);
    if ((error = check_way(rule->attr, rule->sub, rule->way, b->p)))
        return error;
    if (rule->filter && (error = check_filter(rule)))
        return error;
    if (!rule->filter && path->attr->multi)
        return apr_psprintf(b->p, "it is multi-valued: map its elements in a <SCIMMapEach %s ...>%s", path->attr->name,
                            path->attr->type == SCIM_TYPE_COMPLEX ? ", or one of them as "
                            "emails[type eq \"work\"].value" : "");
    return check_leaf(map_rule_leaf(rule), b->p);
}

/* In a section: the name of a sub-attribute, or "value" or "." for values that are no objects. */
static const char *find_sub(const map_builder_t *b, map_rule_t *rule, const char *name)
{
    const scim_attr_t *attr = b->open->attr;
    int simple = attr->type != SCIM_TYPE_COMPLEX;
    const char *error;

    rule->attr = attr;
    rule->sub = scim_attr_sub(attr, name);
    if (!rule->sub && !(simple && (strcmp(name, "value") == 0 || strcmp(name, ".") == 0)))
        return apr_psprintf(b->p, "\"%s\" has no such sub-attribute; in a <SCIMMapEach> only the name of one stands on "
                            "the left", attr->name);
    rule->path = scim_attr_path(map_rule_leaf(rule), b->p);
    if ((error = check_way(rule->attr, rule->sub, rule->way, b->p)))
        return error;
    return rule->sub ? check_leaf(rule->sub, b->p) : NULL;
}

static const char *find_scim(const map_builder_t *b, map_rule_t *rule, const map_line_t *line)
{
    if (line->scim)
        return b->open ? find_sub(b, rule, line->scim) : find_path(b, rule, line->scim);
    rule->path = "-";
    return NULL;
}

/* ---- values and functions ---- */

/* Makes JSON of the configuration a value of the attribute. */
static const char *type_value(const json_t **value, const char *what, const scim_attr_t *leaf, apr_pool_t *p)
{
    json_t *typed = map_value_read(*value, leaf->type, p);

    if (!typed)
        return apr_psprintf(p, "%s %s is not of the attribute's type, %s", what, scim_json_dump(*value, p),
                            scim_type_name(leaf->type));
    *value = scim_json_own(p, typed);
    return NULL;
}

static const char *check_ref(const map_rule_t *rule)
{
    const scim_attr_t *leaf = map_rule_leaf(rule);

    if (leaf->type != SCIM_TYPE_STRING && leaf->type != SCIM_TYPE_REFERENCE)
        return "ref gives ids, which are texts, and this attribute is not of type string";
    if (rule->dflt)
        return "ref takes no default: write the key of the other record into the backend";
    if ((rule->way & MAP_READ) && rule->attr->multi && !rule->sub)
        return "ref needs a complex attribute where there are several values, as members.value";
    if ((rule->way & MAP_WRITE) && map_native_is_self(&rule->native))
        return "ref cannot write an element that is a plain value";
    return NULL;
}

static const char *make_calls(const map_builder_t *b, map_rule_t *rule, const map_line_t *line)
{
    const char *error = NULL;
    int i;

    rule->ncalls = line->calls->nelts;
    rule->calls = apr_pcalloc(b->p, ((apr_size_t)rule->ncalls + 1) * sizeof *rule->calls);
    for (i = 0; i < rule->ncalls && !error; i++) {
        error = map_function_make(&rule->calls[i], &APR_ARRAY_IDX(line->calls, i, map_word_call_t), b->p);
        if (rule->calls[i].rtype)
            rule->ref = rule->calls[i].rtype;
    }
    if (!error)
        error = map_function_bind(rule->calls, rule->ncalls, rule->way, map_rule_leaf(rule), b->p);
    return !error && rule->ref ? check_ref(rule) : error;
}

static const char *make_values(const map_builder_t *b, map_rule_t *rule, const map_line_t *line)
{
    const char *error = NULL;

    rule->constant = line->constant;
    rule->dflt = line->dflt;
    if (rule->constant && rule->attr)
        error = type_value(&rule->constant, "the constant", map_rule_leaf(rule), b->p);
    if (rule->dflt && !error)
        error = type_value(&rule->dflt, "the default", map_rule_leaf(rule), b->p);
    return error ? error : make_calls(b, rule, line);
}

/* ---- the native side ---- */

static const char *find_native(const map_builder_t *b, map_rule_t *rule, const map_line_t *line)
{
    const char *error;

    if (!line->native)
        return NULL;
    if ((error = map_native_parse(&rule->native, line->native, b->p)))
        return error;
    if (rule->native.nsteps && (rule->way & MAP_WRITE))
        return apr_psprintf(b->p, "\"%s\" reaches into a structured value, which works for reading only: use <-, and "
                            "-> with a native attribute of its own", line->native);
    if (map_native_is_self(&rule->native) && !b->open)
        return "\".\" is the element of a native list: it has a meaning in a <SCIMMapEach> only";
    return NULL;
}

static const char *check_section(const map_builder_t *b, const map_rule_t *rule)
{
    if (!b->open)
        return NULL;
    if (rule->way & ~b->open->way)
        return apr_psprintf(b->p, "the <SCIMMapEach> around it goes %s only", map_way_arrow(b->open->way));
    if (rule->on_given)
        return "\"on\" has no place in a <SCIMMapEach>: elements are written with their list";
    return NULL;
}

static const char *make_rule(map_builder_t *b, map_rule_t *rule, const map_line_t *line)
{
    const char *error;

    rule->way = line->way;
    rule->on = line->on ? line->on : ON_ALL;
    rule->on_given = line->on != 0;
    rule->required = line->required;
    rule->each = b->open;
    if ((error = find_scim(b, rule, line)) || (error = find_native(b, rule, line)) || (error = check_section(b, rule)))
        return error;
    return make_values(b, rule, line);
}

/* ---- lines ---- */

const char *map_builder_line(map_builder_t *b, const char *text, const char *where)
{
    map_rule_t *rule = apr_pcalloc(b->p, sizeof *rule);
    map_line_t line;
    const char *error = map_line_parse(&line, text, b->p);

    if (error)
        return error;
    rule->where = apr_pstrdup(b->p, where);
    if ((error = make_rule(b, rule, &line)))
        return apr_psprintf(b->p, "%s: %s", line.scim ? line.scim : "-", error);
    APR_ARRAY_PUSH(b->rules, map_rule_t *) = rule;
    if (b->open)
        b->open->nrules++;
    return NULL;
}

static const char *make_each(map_builder_t *b, map_each_t *each, const map_line_t *line)
{
    scim_path_t *path;
    const scim_err_t *err = scim_path_parse(&path, line->scim, b->rtype, &no_limits, SCIM_E_INVALID_PATH, b->p);

    if (err)
        return err->detail;
    if (!path->attr || path->sub || path->filter || !path->attr->multi)
        return "<SCIMMapEach> takes a multi-valued attribute, without brackets and sub-attribute";
    each->attr = path->attr;
    each->path = scim_attr_path(path->attr, b->p);
    each->way = line->way;
    each->native = line->native;
    return check_way(path->attr, NULL, line->way, b->p);
}

const char *map_builder_each(map_builder_t *b, const char *text, const char *where)
{
    map_each_t *each = apr_pcalloc(b->p, sizeof *each);
    map_line_t line;
    const char *error = map_line_parse_each(&line, text, b->p);

    if (b->open)
        return "a <SCIMMapEach> cannot stand in another one";
    if (error)
        return error;
    each->where = apr_pstrdup(b->p, where);
    if ((error = make_each(b, each, &line)))
        return apr_psprintf(b->p, "%s: %s", line.scim, error);
    APR_ARRAY_PUSH(b->eaches, map_each_t *) = each;
    b->open = each;
    return NULL;
}

const char *map_builder_each_end(map_builder_t *b)
{
    const map_each_t *each = b->open;

    b->open = NULL;
    return each->nrules ? NULL : apr_psprintf(b->p, "%s: the <SCIMMapEach> has no rules; add SCIMMap lines to it, or "
                                              "leave it out", each->path);
}

const char *map_builder_finish(map_builder_t *b, map_program_t **out)
{
    const char *error = map_check(b);

    if (!error)
        *out = map_compile(b);
    return error;
}
