/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_validate.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "scim_attrpath.h"
#include "scim_date.h"
#include "scim_error.h"
#include "scim_json.h"
#include "scim_resource.h"
#include "scim_values.h"

const scim_leniency_t scim_lenient = {
    .missing_schemas = 1, .unknown_schemas = 1, .boolean_texts = 1, .loose_paths = 1
};
const scim_leniency_t scim_strict = { .missing_schemas = 0 };

/* A resource in the making. */
typedef struct builder_t {
    json_t                *resource;
    const scim_rtype_t    *rtype;
    const scim_leniency_t *leniency;
    apr_pool_t            *p;
} builder_t;

/* ---- schemas ---- */

static scim_err_t *check_schemas(const json_t *schemas, const builder_t *b)
{
    const json_t *urn;
    int has_core = 0;
    size_t i;

    if (scim_json_unassigned(schemas))
        return b->leniency->missing_schemas
            ? NULL : scim_err(b->p, SCIM_E_INVALID_SYNTAX, "the resource has no \"schemas\"");
    if (!json_is_array(schemas))
        return scim_err(b->p, SCIM_E_INVALID_SYNTAX, "\"schemas\" must be a list of URNs");
    json_array_foreach(schemas, i, urn) {
        const scim_schema_t *schema;

        if (!json_is_string(urn))
            return scim_err(b->p, SCIM_E_INVALID_SYNTAX, "\"schemas\" must be a list of URNs");
        schema = scim_rtype_schema(b->rtype, json_string_value(urn), json_string_length(urn));
        if (!schema && !b->leniency->unknown_schemas)
            return scim_err(b->p, SCIM_E_INVALID_SYNTAX, "\"schemas\" has a URN that \"%s\" does not have",
                            b->rtype->name);
        has_core |= schema == b->rtype->core;
    }
    if (!has_core && !b->leniency->unknown_schemas)
        return scim_err(b->p, SCIM_E_INVALID_SYNTAX, "\"schemas\" does not have %s", b->rtype->core->urn);
    return NULL;
}

/* ---- attributes ---- */

static json_t *holder_of(const builder_t *b, const scim_attr_t *attr)
{
    json_t *holder = attr->home ? json_object_get(b->resource, attr->home) : b->resource;

    if (!holder) {
        holder = json_object();
        json_object_set_new(b->resource, attr->home, holder);
    }
    return holder;
}

/* null marks what was there, so that nothing is taken twice under different spellings. */
static scim_err_t *put(builder_t *b, const scim_attr_t *attr, const json_t *value)
{
    json_t *holder = holder_of(b, attr), *is = NULL;
    scim_err_t *err = NULL;

    if (json_object_get(holder, attr->name))
        return scim_err(b->p, SCIM_E_INVALID_VALUE, "\"%s\" is there twice", scim_attr_path(attr, b->p));
    if (attr->mutability != SCIM_READ_ONLY)
        err = scim_validate_value(&is, value, attr, 0, b->leniency, b->p);
    if (!err)
        json_object_set_new(holder, attr->name, is ? is : json_null());
    return err;
}

/* The members of an object that stands under a schema's URN. */
static scim_err_t *put_schema(builder_t *b, const scim_schema_t *schema, const json_t *object)
{
    const char *name;
    json_t *value;

    if (scim_json_unassigned(object))
        return NULL;
    if (!json_is_object(object))
        return scim_err(b->p, SCIM_E_INVALID_VALUE, "\"%s\" must be a JSON object", schema->urn);
    json_object_foreach((json_t *)object, name, value) {
        const scim_attr_t *attr = schema == b->rtype->core ? scim_rtype_attr(b->rtype, name)
                                                           : scim_schema_attr(schema, name, strlen(name));
        scim_err_t *err = attr ? put(b, attr, value) : NULL;

        if (err)
            return err;
    }
    return NULL;
}

/* A name with its schema's URN in front; NULL for others. */
static const scim_attr_t *qualified(const builder_t *b, const char *name)
{
    const scim_word_t word = { .text = name, .len = strlen(name) };
    scim_attrpath_t path;

    if (!strchr(name, ':') || scim_attrpath_find(&path, &word, b->rtype, b->p) || path.sub)
        return NULL;
    return path.attr;
}

static scim_err_t *put_member(builder_t *b, const char *name, const json_t *value)
{
    const scim_schema_t *schema = scim_rtype_schema(b->rtype, name, strlen(name));
    const scim_attr_t *attr;

    if (schema)
        return put_schema(b, schema, value);
    attr = scim_rtype_attr(b->rtype, name);
    if (!attr)
        attr = qualified(b, name);
    return attr ? put(b, attr, value) : NULL;
}

/* Takes the marks out, and the objects of extensions without data. */
static void tidy(json_t *object)
{
    const char *name;
    json_t *value;
    void *next;

    json_object_foreach_safe(object, next, name, value)
        if (json_is_null(value))
            json_object_del(object, name);
}

static void tidy_all(const builder_t *b)
{
    int i;

    tidy(b->resource);
    for (i = 0; i < b->rtype->next; i++) {
        const char *urn = b->rtype->ext[i].schema->urn;
        json_t *extension = json_object_get(b->resource, urn);

        tidy(extension);
        if (json_object_size(extension) == 0)
            json_object_del(b->resource, urn);
    }
}

static scim_err_t *build(builder_t *b, const json_t *body)
{
    const char *name;
    json_t *value;
    scim_err_t *err = check_schemas(scim_json_get_ci(body, "schemas", NULL), b);

    if (err)
        return err;
    json_object_foreach((json_t *)body, name, value) {
        err = put_member(b, name, value);
        if (err)
            return err;
    }
    tidy_all(b);
    return scim_validate_required(b->resource, b->rtype, b->p);
}

/* PUT wants what POST wants (RFC 7644 section 3.5.1): what must not change is not known here. */
scim_err_t *scim_validate_resource(json_t **out, const json_t *body, const scim_rtype_t *rtype, scim_purpose_t purpose,
                                   const scim_leniency_t *leniency, apr_pool_t *p)
{
    builder_t b = { .rtype = rtype, .leniency = leniency, .p = p };
    scim_err_t *err;

    (void)purpose;
    *out = NULL;
    if (!json_is_object(body))
        return scim_err(p, SCIM_E_INVALID_SYNTAX, "a resource must be a JSON object");
    b.resource = json_object();
    err = build(&b, body);
    if (err)
        json_decref(b.resource);
    else
        *out = b.resource;
    return err;
}

/* ---- required attributes ---- */

static scim_err_t *check_complete(const json_t *value, const scim_attr_t *attr, apr_pool_t *p)
{
    const json_t *element;
    size_t i;
    scim_err_t *err = NULL;

    if (!json_is_array(value))
        return scim_validate_complete(value, attr, p);
    json_array_foreach(value, i, element)
        if ((err = scim_validate_complete(element, attr, p)))
            break;
    return err;
}

static scim_err_t *check_attrs(const json_t *resource, const scim_schema_t *schema, apr_pool_t *p)
{
    int i;

    for (i = 0; i < schema->nattrs; i++) {
        const scim_attr_t *attr = &schema->attrs[i];
        const json_t *value = scim_resource_get(resource, attr);
        scim_err_t *err = NULL;

        if (attr->mutability == SCIM_READ_ONLY)
            continue;
        if (attr->required && (!value || (json_is_string(value) && json_string_length(value) == 0)))
            return scim_err(p, SCIM_E_INVALID_VALUE, "\"%s\" is required", scim_attr_path(attr, p));
        if (value && (err = check_complete(value, attr, p)))
            return err;
    }
    return NULL;
}

static int is_writable(const scim_schema_t *schema)
{
    int i;

    for (i = 0; i < schema->nattrs; i++)
        if (schema->attrs[i].mutability != SCIM_READ_ONLY)
            return 1;
    return 0;
}

scim_err_t *scim_validate_required(const json_t *resource, const scim_rtype_t *rtype, apr_pool_t *p)
{
    scim_err_t *err = check_attrs(resource, rtype->core, p);
    int i;

    if (!err)
        err = check_attrs(resource, rtype->common, p);
    for (i = 0; !err && i < rtype->next; i++) {
        const scim_extension_t *extension = &rtype->ext[i];

        if (json_object_size(json_object_get(resource, extension->schema->urn)) > 0)
            err = check_attrs(resource, extension->schema, p);
        else if (extension->required && is_writable(extension->schema))
            err = scim_err(p, SCIM_E_INVALID_VALUE, "the extension \"%s\" is required", extension->schema->urn);
    }
    return err;
}

/* ---- immutable attributes ---- */

/* What the resource's owner wrote may come back in another spelling: of an instant, or in another order. */
static int is_same(const scim_attr_t *attr, const json_t *before, const json_t *after, apr_pool_t *p)
{
    const char *a = json_string_value(before), *b = json_string_value(after);
    apr_time_t s, t;

    if (attr->multi)
        return scim_values_equal(attr, before, after, p);
    if (attr->type == SCIM_TYPE_DATETIME && a && b && scim_date_parse(&s, a, 0) == 0 && scim_date_parse(&t, b, 0) == 0)
        return s == t;
    return scim_json_equal(before, after);
}

/* A sub-attribute has no place of its own in a change: one that is left out would be cleared with the rest. */
static scim_err_t *check_attr(const scim_attr_t *attr, const json_t *before, const json_t *after, apr_pool_t *p)
{
    int i;

    if (attr->mutability == SCIM_IMMUTABLE && before && after && !is_same(attr, before, after, p))
        return scim_err(p, SCIM_E_MUTABILITY, "\"%s\" cannot be changed", scim_attr_path(attr, p));
    for (i = 0; !attr->multi && attr->mutability != SCIM_IMMUTABLE && i < attr->nsub; i++) {
        const scim_attr_t *sub = &attr->sub[i];
        const json_t *had = json_object_get(before, sub->name);

        if (sub->mutability == SCIM_IMMUTABLE && had && !is_same(sub, had, json_object_get(after, sub->name), p))
            return scim_err(p, SCIM_E_MUTABILITY, "\"%s\" cannot be changed", scim_attr_path(sub, p));
    }
    return NULL;
}

static scim_err_t *check_schema(const scim_schema_t *schema, const json_t *before, const json_t *after, apr_pool_t *p)
{
    int i;
    scim_err_t *err = NULL;

    for (i = 0; !err && i < schema->nattrs; i++) {
        const scim_attr_t *attr = &schema->attrs[i];

        if (attr->mutability != SCIM_READ_ONLY)
            err = check_attr(attr, scim_resource_get(before, attr), scim_resource_get(after, attr), p);
    }
    return err;
}

scim_err_t *scim_validate_immutable(const json_t *before, const json_t *after, const scim_rtype_t *rtype, apr_pool_t *p)
{
    scim_err_t *err = check_schema(rtype->core, before, after, p);
    int i;

    if (!err)
        err = check_schema(rtype->common, before, after, p);
    for (i = 0; !err && i < rtype->next; i++)
        err = check_schema(rtype->ext[i].schema, before, after, p);
    return err;
}

static int has_immutable(const scim_schema_t *schema)
{
    int i, j;

    for (i = 0; i < schema->nattrs; i++) {
        const scim_attr_t *attr = &schema->attrs[i];

        if (attr->mutability == SCIM_IMMUTABLE)
            return 1;
        for (j = 0; !attr->multi && attr->mutability != SCIM_READ_ONLY && j < attr->nsub; j++)
            if (attr->sub[j].mutability == SCIM_IMMUTABLE)
                return 1;
    }
    return 0;
}

int scim_validate_has_immutable(const scim_rtype_t *rtype)
{
    int has = has_immutable(rtype->core) || has_immutable(rtype->common);
    int i;

    for (i = 0; !has && i < rtype->next; i++)
        has = has_immutable(rtype->ext[i].schema);
    return has;
}
