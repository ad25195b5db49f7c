/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_project.h"

#include <string.h>

#include <apr_tables.h>

#include "scim_attrpath.h"
#include "scim_error.h"

/* Which parameter the client sent. */
typedef enum { NEITHER, ATTRIBUTES, EXCLUDED } list_t;

/* A top-level attribute: how the list names it, and what follows. */
typedef struct entry_t {
    const scim_attr_t *attr;
    unsigned           named:1;        /* by its own name */
    unsigned           in_schema:1;    /* its schema is named, by the URN alone */
    unsigned           has_named_sub:1;
    unsigned           kept:1;         /* it, or one of its sub-attributes */
    unsigned char     *sub_named, *sub_kept;   /* by sub-attribute */
} entry_t;

/* A member to take out of an object; with nsub > 0 only these members of it, or of its elements. */
typedef struct drop_t {
    const char  *name;
    const char **sub;
    int          nsub;
} drop_t;

/* What is dropped from the resource's top level (home NULL) or from an extension. */
typedef struct part_t {
    const char *home;
    int         whole;                 /* nothing of the extension is kept */
    drop_t     *drops;
    int         n;
} part_t;

struct scim_projection_t {
    list_t              list;
    apr_array_header_t *entries;       /* of entry_t: common, core, then each extension */
    apr_array_header_t *parts;         /* of part_t, those with something to drop */
};

static entry_t *entry_at(const scim_projection_t *projection, int i)
{
    return &APR_ARRAY_IDX(projection->entries, i, entry_t);
}

static entry_t *find(const scim_projection_t *projection, const scim_attr_t *attr)
{
    int i;

    for (i = 0; i < projection->entries->nelts; i++)
        if (entry_at(projection, i)->attr == attr)
            return entry_at(projection, i);
    return NULL;
}

static void add_entries(scim_projection_t *projection, const scim_schema_t *schema, apr_pool_t *p)
{
    int i;

    for (i = 0; i < schema->nattrs; i++) {
        entry_t *entry = apr_array_push(projection->entries);

        memset(entry, 0, sizeof *entry);
        entry->attr = &schema->attrs[i];
        entry->sub_named = apr_pcalloc(p, (apr_size_t)entry->attr->nsub + 1);
        entry->sub_kept = apr_pcalloc(p, (apr_size_t)entry->attr->nsub + 1);
    }
}

/* ---- what the list names ---- */

static void name_schema(scim_projection_t *projection, const scim_schema_t *schema)
{
    int i;

    for (i = 0; i < projection->entries->nelts; i++)
        if (entry_at(projection, i)->attr->schema == schema)
            entry_at(projection, i)->in_schema = 1;
}

static void name(scim_projection_t *projection, const scim_attrpath_t *path)
{
    entry_t *entry = path->attr ? find(projection, path->attr) : NULL;

    if (!entry) {
        name_schema(projection, path->schema);
    }
    else if (path->sub) {
        entry->has_named_sub = 1;
        entry->sub_named[path->sub - path->attr->sub] = 1;
    }
    else {
        entry->named = 1;
    }
}

static void read_list(scim_projection_t *projection, const char *text, const scim_rtype_t *rtype, apr_pool_t *p)
{
    while (*text) {
        const apr_size_t len = strcspn(text, ",");
        scim_attrpath_t path;
        scim_word_t word;
        scim_lex_t lex;

        scim_lex_start(&lex, text, len);
        word = scim_lex_word(&lex);
        if (word.len && scim_lex_ended(&lex) && !scim_attrpath_find(&path, &word, rtype, p))
            name(projection, &path);
        text += len;
        text += *text == ',';
    }
}

/* ---- what is kept: RFC 7643 section 2.2, RFC 7644 section 3.9 ---- */

/*
 * Whether an attribute, or a sub-attribute, is returned: `returned` is its own. What an attribute withholds its
 * sub-attributes do not give away; else a sub-attribute that is always returned is so whether or not its
 * attribute is named. Naming a schema or a complex attribute asks for what is returned by default in it, not
 * for what wants to be named; but where the complex attribute itself does, its naming is enough.
 */
static int keeps(list_t list, const entry_t *entry, scim_returned_t returned, int named)
{
    const scim_returned_t top = entry->attr->returned;
    const int asked = list == ATTRIBUTES && (entry->named || entry->has_named_sub);

    if (returned == SCIM_RETURNED_NEVER || top == SCIM_RETURNED_NEVER || (top == SCIM_RETURNED_REQUEST && !asked))
        return 0;
    if (returned == SCIM_RETURNED_ALWAYS)
        return 1;
    if (returned == SCIM_RETURNED_REQUEST)
        return list == ATTRIBUTES && (named || (top == SCIM_RETURNED_REQUEST && entry->named));
    switch (list) {
    case ATTRIBUTES:
        return named || entry->named || entry->in_schema || top == SCIM_RETURNED_ALWAYS;
    case EXCLUDED:
        return !named && (top == SCIM_RETURNED_ALWAYS || !(entry->named || entry->in_schema));
    default:
        return 1;
    }
}

static void decide(list_t list, entry_t *entry)
{
    const scim_attr_t *attr = entry->attr;
    int i;

    if (attr->nsub == 0)
        entry->kept = keeps(list, entry, attr->returned, entry->named) ? 1 : 0;
    for (i = 0; i < attr->nsub; i++) {
        entry->sub_kept[i] = keeps(list, entry, attr->sub[i].returned, entry->sub_named[i]) ? 1 : 0;
        entry->kept |= entry->sub_kept[i];
    }
}

/* ---- compiling ---- */

static void add_drop(part_t *part, const entry_t *entry, apr_pool_t *p)
{
    const scim_attr_t *attr = entry->attr;
    drop_t drop = { .name = attr->name };
    int i;

    if (entry->kept && attr->nsub > 0) {
        drop.sub = apr_palloc(p, (apr_size_t)attr->nsub * sizeof *drop.sub);
        for (i = 0; i < attr->nsub; i++)
            if (!entry->sub_kept[i])
                drop.sub[drop.nsub++] = attr->sub[i].name;
    }
    if (!entry->kept || drop.nsub > 0)
        part->drops[part->n++] = drop;
}

/* The entries from `from` on, n of them, stand in one object. */
static void add_part(scim_projection_t *projection, int from, int n, const char *home, apr_pool_t *p)
{
    part_t part = { .home = home, .whole = home != NULL };
    int i;

    part.drops = apr_palloc(p, ((apr_size_t)n + 1) * sizeof *part.drops);
    for (i = from; i < from + n; i++) {
        entry_t *entry = entry_at(projection, i);

        decide(projection->list, entry);
        if (entry->kept)
            part.whole = 0;
        add_drop(&part, entry, p);
    }
    if (part.n > 0)
        APR_ARRAY_PUSH(projection->parts, part_t) = part;
}

static void compile(scim_projection_t *projection, const scim_rtype_t *rtype, apr_pool_t *p)
{
    int at = rtype->common->nattrs + rtype->core->nattrs, i;

    projection->parts = apr_array_make(p, 2, sizeof(part_t));
    add_part(projection, 0, at, NULL, p);
    for (i = 0; i < rtype->next; i++) {
        const scim_schema_t *schema = rtype->ext[i].schema;

        add_part(projection, at, schema->nattrs, schema->urn, p);
        at += schema->nattrs;
    }
}

/* The parameter, NULL if it is absent or names nothing at all. */
static const char *given(const char *text)
{
    return text && text[strspn(text, " ,")] != '\0' ? text : NULL;
}

scim_err_t *scim_projection_make(scim_projection_t **out, const char *attributes, const char *excluded,
                                 const scim_rtype_t *rtype, apr_pool_t *p)
{
    scim_projection_t *projection = apr_pcalloc(p, sizeof *projection);
    const char *wanted = given(attributes), *unwanted = given(excluded);
    int i;

    if (wanted && unwanted)
        return scim_err(p, SCIM_E_INVALID_VALUE, "attributes and excludedAttributes exclude each other");
    projection->list = wanted ? ATTRIBUTES : unwanted ? EXCLUDED : NEITHER;
    projection->entries = apr_array_make(p, 32, sizeof(entry_t));
    add_entries(projection, rtype->common, p);
    add_entries(projection, rtype->core, p);
    for (i = 0; i < rtype->next; i++)
        add_entries(projection, rtype->ext[i].schema, p);
    if (projection->list != NEITHER)
        read_list(projection, wanted ? wanted : unwanted, rtype, p);
    compile(projection, rtype, p);
    *out = projection;
    return NULL;
}

int scim_projection_explicit(const scim_projection_t *projection)
{
    return projection->list != NEITHER;
}

int scim_projection_wants(const scim_projection_t *projection, const scim_attr_t *attr, const scim_attr_t *sub)
{
    const entry_t *entry = find(projection, attr);

    return entry && (sub ? entry->sub_kept[sub - attr->sub] : entry->kept);
}

/* ---- at work ---- */

static void drop_members(json_t *object, const drop_t *drop)
{
    int i;

    for (i = 0; i < drop->nsub; i++)
        json_object_del(object, drop->sub[i]);
}

static int is_empty(const json_t *value)
{
    return json_is_object(value) ? json_object_size(value) == 0 : json_is_array(value) && json_array_size(value) == 0;
}

/* Elements without anything left in them go, too. */
static void drop_of_elements(json_t *elements, const drop_t *drop)
{
    size_t i;

    for (i = json_array_size(elements); i > 0; i--) {
        json_t *element = json_array_get(elements, i - 1);

        drop_members(element, drop);
        if (is_empty(element))
            json_array_remove(elements, i - 1);
    }
}

static void drop_from(json_t *object, const drop_t *drop)
{
    json_t *value;

    if (drop->nsub > 0) {
        value = json_object_get(object, drop->name);
        if (json_is_array(value))
            drop_of_elements(value, drop);
        else
            drop_members(value, drop);
        if (!is_empty(value))
            return;
    }
    json_object_del(object, drop->name);
}

void scim_project(const scim_projection_t *projection, json_t *resource)
{
    int i, j;

    for (i = 0; i < projection->parts->nelts; i++) {
        const part_t *part = &APR_ARRAY_IDX(projection->parts, i, part_t);
        json_t *object = part->home ? json_object_get(resource, part->home) : resource;

        for (j = 0; object && !part->whole && j < part->n; j++)
            drop_from(object, &part->drops[j]);
        if (part->home && (part->whole || is_empty(object)))
            json_object_del(resource, part->home);
    }
}
