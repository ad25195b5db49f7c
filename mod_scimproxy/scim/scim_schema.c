/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_schema.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>

static int is_named(const char *name, const char *text, apr_size_t len)
{
    return strlen(name) == len && apr_cstr_casecmpn(name, text, len) == 0;
}

static scim_attr_t *find(scim_attr_t *attrs, int n, const char *name, apr_size_t len)
{
    int i;

    for (i = 0; i < n; i++)
        if (is_named(attrs[i].name, name, len))
            return &attrs[i];
    return NULL;
}

/* ---- making ---- */

/* Adds an empty attribute. The array moves, which parents follow: schemas are small and made once. */
static scim_attr_t *append(scim_attr_t **attrs, int *n, apr_pool_t *p)
{
    scim_attr_t *moved = apr_pcalloc(p, ((apr_size_t)*n + 1) * sizeof *moved);
    int i, j;

    for (i = 0; i < *n; i++) {
        moved[i] = (*attrs)[i];
        for (j = 0; j < moved[i].nsub; j++)
            moved[i].sub[j].parent = &moved[i];
    }
    *attrs = moved;
    return &moved[(*n)++];
}

static const char *const *copy_texts(const char *const *texts, apr_pool_t *p)
{
    const char **copy;
    apr_size_t n = 0, i;

    if (!texts)
        return NULL;
    while (texts[n])
        n++;
    copy = apr_pcalloc(p, (n + 1) * sizeof *copy);
    for (i = 0; i < n; i++)
        copy[i] = apr_pstrdup(p, texts[i]);
    return copy;
}

/* ATTRNAME of RFC 7643 section 2.1; and "$ref", which that grammar forgot. */
static int is_attr_name(const char *name, apr_size_t len)
{
    apr_size_t i = len > 1 && name[0] == '$';

    if (i >= len || !apr_isalpha(name[i]) || !apr_isascii(name[i]))
        return 0;
    for (; i < len; i++)
        if (!apr_isascii(name[i]) || (!apr_isalnum(name[i]) && !strchr("$-_", name[i])))
            return 0;
    return 1;
}

scim_schema_t *scim_schema_make(const char *urn, const char *name, const char *description, apr_pool_t *p)
{
    scim_schema_t *schema = apr_pcalloc(p, sizeof *schema);

    schema->urn = apr_pstrdup(p, urn);
    schema->name = apr_pstrdup(p, name);
    schema->description = apr_pstrdup(p, description);
    return schema;
}

const char *scim_schema_add(scim_schema_t *schema, const char *name, const scim_attr_t *attr, apr_pool_t *p)
{
    const char *dot = strchr(name, '.');
    const char *last = dot ? dot + 1 : name;
    scim_attr_t **attrs = &schema->attrs;
    int *n = &schema->nattrs;
    scim_attr_t *parent = NULL, *added;

    if (dot) {
        parent = find(schema->attrs, schema->nattrs, name, (apr_size_t)(dot - name));
        if (!parent)
            return apr_psprintf(p, "\"%.*s\" must be defined before \"%s\"", (int)(dot - name), name, name);
        if (parent->type != SCIM_TYPE_COMPLEX)
            return apr_psprintf(p, "\"%s\" is not complex: it has no sub-attributes", parent->name);
        if (attr->type == SCIM_TYPE_COMPLEX)
            return apr_psprintf(p, "\"%s\" cannot be complex: complex attributes do not nest", name);
        attrs = &parent->sub;
        n = &parent->nsub;
    }
    if (!is_attr_name(last, strlen(last)))
        return apr_psprintf(p, "\"%s\" is no name: a letter first, then letters, digits, $, - and _", last);
    if (find(*attrs, *n, last, strlen(last)))
        return apr_psprintf(p, "\"%s\" is defined twice", name);

    added = append(attrs, n, p);
    *added = *attr;
    added->name = apr_pstrdup(p, last);
    added->description = apr_pstrdup(p, attr->description);
    added->canonical = copy_texts(attr->canonical, p);
    added->ref_types = copy_texts(attr->ref_types, p);
    added->sub = NULL;
    added->nsub = 0;
    added->parent = parent;
    added->schema = schema;
    added->home = NULL;
    return NULL;
}

/* ---- look-ups ---- */

const scim_attr_t *scim_schema_attr(const scim_schema_t *schema, const char *name, apr_size_t len)
{
    return find(schema->attrs, schema->nattrs, name, len);
}

const scim_attr_t *scim_attr_sub(const scim_attr_t *attr, const char *name)
{
    return find(attr->sub, attr->nsub, name, strlen(name));
}

const scim_attr_t *scim_rtype_attr(const scim_rtype_t *rtype, const char *name)
{
    const scim_attr_t *attr = scim_schema_attr(rtype->core, name, strlen(name));

    return attr ? attr : scim_schema_attr(rtype->common, name, strlen(name));
}

const scim_schema_t *scim_rtype_schema(const scim_rtype_t *rtype, const char *urn, apr_size_t len)
{
    int i;

    if (is_named(rtype->core->urn, urn, len))
        return rtype->core;
    for (i = 0; i < rtype->next; i++)
        if (is_named(rtype->ext[i].schema->urn, urn, len))
            return rtype->ext[i].schema;
    return NULL;
}

int scim_rtype_is_core(const scim_rtype_t *rtype, const scim_schema_t *schema)
{
    return schema == rtype->core || schema == rtype->common;
}

const char *scim_attr_path(const scim_attr_t *attr, apr_pool_t *p)
{
    const scim_attr_t *top = attr->parent ? attr->parent : attr;

    return apr_pstrcat(p, top->home ? top->home : "", top->home ? ":" : "", top->name,
                       attr->parent ? "." : "", attr->parent ? attr->name : "", NULL);
}

/* ---- words ---- */

static const char *const type_names[] = {
    "string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"
};

const char *scim_type_name(scim_type_t type)
{
    return type_names[type];
}

int scim_type_by_name(const char *name)
{
    int i;

    for (i = 0; i < (int)(sizeof type_names / sizeof *type_names); i++)
        if (apr_cstr_casecmp(type_names[i], name) == 0)
            return i;
    return -1;
}

const char *scim_mutability_name(scim_mutability_t m)
{
    static const char *const names[] = { "readWrite", "readOnly", "immutable", "writeOnly" };

    return names[m];
}

const char *scim_returned_name(scim_returned_t r)
{
    static const char *const names[] = { "default", "always", "never", "request" };

    return names[r];
}

const char *scim_uniqueness_name(scim_uniqueness_t u)
{
    static const char *const names[] = { "none", "server", "global" };

    return names[u];
}
