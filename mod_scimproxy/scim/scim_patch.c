/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_patch.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "scim_dialect.h"
#include "scim_error.h"
#include "scim_json.h"
#include "scim_text.h"

#define PATCH_OP "urn:ietf:params:scim:api:messages:2.0:PatchOp"

/* Names come from clients: messages quote no more bytes of them than this. */
enum { QUOTED = 100 };

typedef struct parser_t {
    const char                 *id;
    const scim_rtype_t         *rtype;
    const scim_leniency_t      *leniency;
    const scim_filter_limits_t *limits;
    apr_array_header_t         *ops;      /* of scim_patchop_t */
    int                         known;    /* names of the value of an operation without path that are attributes */
    const char                 *unknown;  /* the last one that is not */
    apr_pool_t                 *p;
} parser_t;

static scim_err_t *fail(const parser_t *ps, scim_errkind_t kind, const scim_attr_t *attr, const char *what)
{
    return scim_err(ps->p, kind, "\"%s\" %s", scim_attr_path(attr, ps->p), what);
}

/* How much of a name is quoted: whole characters. */
static int quoted(const char *name)
{
    int n = (int)strnlen(name, QUOTED);

    while (n > 0 && ((unsigned char)name[n] & 0xC0) == 0x80)
        n--;
    return n;
}

static const scim_attr_t *leaf_of(const scim_path_t *path)
{
    return path->sub ? path->sub : path->attr;
}

/* ---- what is done ---- */

/* True if a filter names a place that the schema itself knows, as type eq "work", and not one of the values that there
 * happen to be. */
static int names_a_place(const scim_filter_t *filter)
{
    const char *const *word;
    int i;

    if (filter->kind == SCIM_F_AND) {
        for (i = 0; i < filter->n; i++)
            if (!names_a_place(filter->kids[i]))
                return 0;
        return 1;
    }
    if (filter->kind != SCIM_F_CMP || filter->op != SCIM_CMP_EQ)
        return 0;
    if (json_is_true(filter->value))
        return 1;
    for (word = filter->attr->canonical; word && *word && json_is_string(filter->value); word++)
        if (scim_fold_equal(*word, json_string_value(filter->value)))
            return 1;
    return 0;
}

/* A replacement needs what it replaces (RFC 7644 section 3.5.2.3); but to Entra the work address is there, if only
 * empty. */
static int makes(const parser_t *ps, scim_patchkind_t kind, const scim_path_t *path)
{
    if (!path->filter || kind == SCIM_PATCH_REMOVE)
        return 0;
    return kind == SCIM_PATCH_ADD || (ps->leniency->loose_paths && names_a_place(path->filter));
}

/* Takes the value. */
static void push(const parser_t *ps, scim_patchkind_t kind, const scim_path_t *path, json_t *value)
{
    const scim_patchop_t op = {
        .kind = kind, .path = apr_pmemdup(ps->p, path, sizeof *path), .value = scim_json_own(ps->p, value),
        .make = makes(ps, kind, path) & 1
    };

    APR_ARRAY_PUSH(ps->ops, scim_patchop_t) = op;
}

/* ---- one target ---- */

static int is_texts(const json_t *value)
{
    const json_t *text;
    size_t i;

    json_array_foreach(value, i, text)
        if (!json_is_string(text))
            return 0;
    return json_is_array(value) || json_is_string(value);
}

/* Clients send back what they have read: the same id, and schemas, which follow from the data. */
static scim_err_t *parse_read_only(const parser_t *ps, scim_patchkind_t kind, const scim_path_t *path,
                                   const json_t *value)
{
    const scim_attr_t *attr = path->attr;
    const char *text = json_string_value(value);

    if (attr->schema == ps->rtype->common && kind != SCIM_PATCH_REMOVE) {
        if (strcmp(attr->name, "id") == 0 && text && ps->id && strcmp(text, ps->id) == 0)
            return NULL;
        if (strcmp(attr->name, "schemas") == 0 && !path->filter && is_texts(value))
            return NULL;
    }
    return fail(ps, SCIM_E_MUTABILITY, leaf_of(path), "is read-only");
}

static scim_err_t *parse_unassign(const parser_t *ps, scim_patchkind_t kind, const scim_path_t *path)
{
    const scim_attr_t *leaf = leaf_of(path);

    if (leaf->required && (path->sub || !path->filter))
        return fail(ps, SCIM_E_MUTABILITY, leaf, "is required: it cannot be removed");
    push(ps, kind, path, NULL);
    return NULL;
}

static scim_err_t *parse_remove(const parser_t *ps, const scim_path_t *path, const json_t *value)
{
    if (value && (!ps->leniency->loose_paths || (path->attr->multi && !path->filter)))
        return fail(ps, SCIM_E_INVALID_VALUE, leaf_of(path), "is to be removed: that needs a filter, and no value");
    return parse_unassign(ps, SCIM_PATCH_REMOVE, path);
}

/* Every object must name something that can be written: what is not understood must not pass for nothing. */
static scim_err_t *check_understood(const parser_t *ps, const scim_attr_t *attr, const json_t *object)
{
    const char *name, *unknown = NULL;
    json_t *member;
    int known = 0, read_only = 0;

    json_object_foreach((json_t *)object, name, member) {
        const scim_attr_t *sub = scim_attr_sub(attr, name);

        if (!sub)
            unknown = name;
        else if (sub->mutability == SCIM_READ_ONLY)
            read_only = 1;
        else
            known = 1;
    }
    if (unknown && !ps->leniency->loose_paths)
        known = 0;
    if (known || (!unknown && !read_only))
        return NULL;
    if (!unknown)
        return fail(ps, SCIM_E_MUTABILITY, attr, "is given read-only sub-attributes alone");
    return scim_err(ps->p, SCIM_E_INVALID_VALUE, "\"%s\" has no sub-attribute \"%.*s\"", scim_attr_path(attr, ps->p),
                    quoted(unknown), unknown);
}

static scim_err_t *check_all_understood(const parser_t *ps, const scim_attr_t *attr, const json_t *value)
{
    const json_t *element;
    size_t i;
    scim_err_t *err = NULL;

    if (attr->type != SCIM_TYPE_COMPLEX)
        return NULL;
    if (!json_is_array(value))
        return check_understood(ps, attr, value);
    json_array_foreach(value, i, element)
        if ((err = check_understood(ps, attr, element)))
            break;
    return err;
}

static scim_err_t *parse_value(const parser_t *ps, scim_patchkind_t kind, const scim_path_t *path, const json_t *value)
{
    const scim_attr_t *leaf = leaf_of(path);
    json_t *is = NULL;
    scim_err_t *err = check_all_understood(ps, leaf, value);

    if (!err)
        err = scim_validate_value(&is, value, leaf, path->filter && !path->sub, ps->leniency, ps->p);
    if (err)
        return err;
    if (!is)
        return fail(ps, SCIM_E_INVALID_VALUE, leaf, "is given nothing that could be its value");
    push(ps, kind, path, is);
    return NULL;
}

static scim_err_t *parse_target(const parser_t *ps, scim_patchkind_t kind, const scim_path_t *path,
                                const json_t *value);

/* A single complex value: only the sub-attributes it names change (RFC 7644 sections 3.5.2.1, 3.5.2.3). Those that are
 * only read are left out, as in a resource. */
static scim_err_t *parse_complex(const parser_t *ps, scim_patchkind_t kind, const scim_path_t *path,
                                 const json_t *object)
{
    scim_path_t inside = *path;
    scim_err_t *err = check_understood(ps, path->attr, object);
    json_t *seen = json_object(), *value;
    const char *name;

    if (!err && !json_is_object(object))
        err = fail(ps, SCIM_E_INVALID_VALUE, path->attr, "must be a JSON object");
    json_object_foreach((json_t *)object, name, value) {
        if (err)
            break;
        inside.sub = scim_attr_sub(path->attr, name);
        if (!inside.sub || inside.sub->mutability == SCIM_READ_ONLY)
            continue;
        if (json_object_get(seen, inside.sub->name))
            err = fail(ps, SCIM_E_INVALID_VALUE, inside.sub, "is there twice");
        else
            err = parse_target(ps, kind, &inside, value);
        json_object_set_new(seen, inside.sub->name, json_true());
    }
    json_decref(seen);
    return err;
}

/* What is to be done to the attribute or sub-attribute that a path leads to; value is NULL where there is none. */
static scim_err_t *parse_target(const parser_t *ps, scim_patchkind_t kind, const scim_path_t *path, const json_t *value)
{
    const scim_attr_t *leaf = leaf_of(path);

    if (path->attr->mutability == SCIM_READ_ONLY || leaf->mutability == SCIM_READ_ONLY)
        return parse_read_only(ps, kind, path, value);
    if (kind == SCIM_PATCH_REMOVE)
        return parse_remove(ps, path, value);
    if (!value)
        return fail(ps, SCIM_E_INVALID_VALUE, leaf, "is to be set, without a value");
    if (scim_json_unassigned(value))
        return kind == SCIM_PATCH_ADD ? NULL : parse_unassign(ps, kind, path);
    if (leaf->type == SCIM_TYPE_COMPLEX && !leaf->multi)
        return parse_complex(ps, kind, path, value);
    return parse_value(ps, kind, path, value);
}

/* ---- targets that are resources and extensions ---- */

/* All that can be written goes; what the extension requires is required of one that is there. */
static scim_err_t *clear_extension(const parser_t *ps, scim_patchkind_t kind, const scim_schema_t *schema)
{
    int before = ps->ops->nelts, i;

    for (i = 0; i < ps->rtype->next; i++)
        if (ps->rtype->ext[i].schema == schema && ps->rtype->ext[i].required)
            return scim_err(ps->p, SCIM_E_MUTABILITY, "\"%s\" is required: it cannot be removed", schema->urn);
    for (i = 0; i < schema->nattrs; i++) {
        const scim_path_t path = { .schema = schema, .attr = &schema->attrs[i] };

        if (path.attr->mutability != SCIM_READ_ONLY)
            push(ps, kind, &path, NULL);
    }
    if (ps->ops->nelts == before)
        return scim_err(ps->p, SCIM_E_MUTABILITY, "\"%s\" is read-only", schema->urn);
    return NULL;
}

static scim_err_t *parse_members(parser_t *ps, scim_patchkind_t kind, const json_t *object,
                                 const scim_schema_t *schema);

static scim_err_t *parse_schema(parser_t *ps, scim_patchkind_t kind, const scim_schema_t *schema, const json_t *value)
{
    if (json_is_object(value))
        return parse_members(ps, kind, value, schema);
    if (!scim_json_unassigned(value) || !value)
        return scim_err(ps->p, SCIM_E_INVALID_VALUE, "\"%s\" must be a JSON object", schema->urn);
    ps->known++;
    if (kind == SCIM_PATCH_ADD)
        return NULL;
    if (schema == ps->rtype->core)
        return scim_err(ps->p, SCIM_E_NO_TARGET, "\"%s\" cannot be removed", schema->urn);
    return clear_extension(ps, kind, schema);
}

static scim_err_t *parse_member(parser_t *ps, scim_patchkind_t kind, const char *name, const json_t *value,
                                const scim_schema_t *schema, json_t *seen)
{
    scim_path_t path = { .schema = schema };
    const scim_schema_t *named = schema ? NULL : scim_rtype_schema(ps->rtype, name, strlen(name));

    if (named)
        return parse_schema(ps, kind, named, value);
    path.attr = !schema || schema == ps->rtype->core ? scim_rtype_attr(ps->rtype, name)
                                                     : scim_schema_attr(schema, name, strlen(name));
    if (!path.attr) {
        ps->unknown = name;
        return NULL;
    }
    path.schema = path.attr->schema;
    ps->known++;
    if (json_object_get(seen, path.attr->name))
        return fail(ps, SCIM_E_INVALID_VALUE, path.attr, "is there twice");
    json_object_set_new(seen, path.attr->name, json_true());
    return parse_target(ps, kind, &path, value);
}

/* A part of a resource, or of the object under a schema's URN. */
static scim_err_t *parse_members(parser_t *ps, scim_patchkind_t kind, const json_t *object, const scim_schema_t *schema)
{
    json_t *seen = json_object(), *value;
    const char *name;
    scim_err_t *err = NULL;

    json_object_foreach((json_t *)object, name, value)
        if ((err = parse_member(ps, kind, name, value, schema, seen)))
            break;
    json_decref(seen);
    return err;
}

/* Unknown names are nothing to stumble over, as they are none in a resource, unless there is nothing else. */
static scim_err_t *check_known(const parser_t *ps)
{
    if (!ps->unknown || (ps->known && ps->leniency->loose_paths))
        return NULL;
    return scim_err(ps->p, SCIM_E_INVALID_PATH, "unknown attribute \"%.*s\"", quoted(ps->unknown), ps->unknown);
}

static scim_err_t *parse_resource(parser_t *ps, scim_patchkind_t kind, const json_t *value)
{
    scim_err_t *err;

    if (kind == SCIM_PATCH_REMOVE)
        return scim_err(ps->p, SCIM_E_NO_TARGET, "a removal needs a path");
    if (!json_is_object(value))
        return scim_err(ps->p, SCIM_E_INVALID_VALUE, "the value of an operation without a path must be a JSON object");
    err = parse_members(ps, kind, value, NULL);
    return err ? err : check_known(ps);
}

static scim_err_t *parse_urn(parser_t *ps, scim_patchkind_t kind, const scim_schema_t *schema, const json_t *value)
{
    scim_err_t *err;

    if (kind == SCIM_PATCH_REMOVE && schema == ps->rtype->core)
        return scim_err(ps->p, SCIM_E_NO_TARGET, "\"%s\" cannot be removed", schema->urn);
    if (kind == SCIM_PATCH_REMOVE)
        return clear_extension(ps, kind, schema);
    err = parse_schema(ps, kind, schema, value);
    return err ? err : check_known(ps);
}

/* ---- the message ---- */

static int kind_of(const char *op)
{
    static const char *const kinds[] = { "add", "remove", "replace" };
    int i;

    for (i = 0; op && i < 3; i++)
        if (strcmp(op, kinds[i]) == 0)
            return i;
    return -1;
}

static scim_err_t *parse_operation(parser_t *ps, const json_t *operation)
{
    int kind = kind_of(json_string_value(json_object_get(operation, "op")));
    const json_t *value = json_object_get(operation, "value"), *text = json_object_get(operation, "path");
    scim_path_t *path;
    scim_err_t *err;

    ps->known = 0;
    ps->unknown = NULL;
    if (kind < 0)
        return scim_err(ps->p, SCIM_E_INVALID_SYNTAX, "\"op\" must be add, remove or replace");
    if (!text)
        return parse_resource(ps, (scim_patchkind_t)kind, value);
    if (!json_is_string(text))
        return scim_err(ps->p, SCIM_E_INVALID_PATH, "\"path\" must be a string");
    err = scim_path_parse(&path, json_string_value(text), ps->rtype, ps->limits, SCIM_E_INVALID_PATH, ps->p);
    if (err)
        return err;
    if (!path->attr)
        return parse_urn(ps, (scim_patchkind_t)kind, path->schema, value);
    return parse_target(ps, (scim_patchkind_t)kind, path, value);
}

/* Names of messages have no case either: then no name may be there twice. */
static scim_err_t *check_names(const json_t *object, const char *const *names, apr_pool_t *p)
{
    for (; *names; names++) {
        const char *name;
        json_t *value;
        int n = 0;

        json_object_foreach((json_t *)object, name, value)
            n += apr_cstr_casecmp(name, *names) == 0;
        if (n > 1)
            return scim_err(p, SCIM_E_INVALID_SYNTAX, "\"%s\" is there twice", *names);
    }
    return NULL;
}

static scim_err_t *check_schemas(const json_t *schemas, const scim_leniency_t *leniency, apr_pool_t *p)
{
    const json_t *urn;
    size_t i;
    int has = 0, others = 0;

    json_array_foreach(schemas, i, urn) {
        if (!json_is_string(urn))
            return scim_err(p, SCIM_E_INVALID_SYNTAX, "\"schemas\" must be a list of URNs");
        if (apr_cstr_casecmp(json_string_value(urn), PATCH_OP) == 0)
            has = 1;
        else
            others = 1;
    }
    if (!has || (others && !leniency->unknown_schemas))
        return scim_err(p, SCIM_E_INVALID_SYNTAX, "\"schemas\" must be [\"%s\"]", PATCH_OP);
    return NULL;
}

static scim_err_t *check_message(const json_t *message, const scim_leniency_t *leniency, apr_pool_t *p)
{
    static const char *const outer[] = { "schemas", "Operations", NULL };
    static const char *const inner[] = { "op", "path", "value", NULL };
    const json_t *operations = scim_json_get_ci(message, "Operations", NULL), *operation;
    size_t i;
    scim_err_t *err;

    if (!json_is_object(message))
        return scim_err(p, SCIM_E_INVALID_SYNTAX, "a PATCH must be a JSON object");
    if ((err = check_names(message, outer, p))
        || (err = check_schemas(scim_json_get_ci(message, "schemas", NULL), leniency, p)))
        return err;
    if (json_array_size(operations) == 0)
        return scim_err(p, SCIM_E_INVALID_SYNTAX, "\"Operations\" must be a list of operations");
    if (json_array_size(operations) > SCIM_PATCH_MAX_OPERATIONS)
        return scim_err(p, SCIM_E_TOO_LARGE, "a PATCH can have %d operations at most", SCIM_PATCH_MAX_OPERATIONS);
    json_array_foreach(operations, i, operation) {
        if (!json_is_object(operation))
            return scim_err(p, SCIM_E_INVALID_SYNTAX, "an operation must be a JSON object");
        if ((err = check_names(operation, inner, p)))
            return err;
    }
    return NULL;
}

scim_err_t *scim_patch_parse(scim_patch_t **out, const json_t *message, const char *id, const scim_rtype_t *rtype,
                             const scim_leniency_t *leniency, const scim_filter_limits_t *limits, apr_pool_t *p)
{
    parser_t ps = {
        .id = id, .rtype = rtype, .leniency = leniency, .limits = limits,
        .ops = apr_array_make(p, 8, sizeof(scim_patchop_t)), .p = p
    };
    scim_patch_t *patch = apr_pcalloc(p, sizeof *patch);
    scim_err_t *err = check_message(message, leniency, p);
    json_t *plain, *operation;
    size_t i;

    if (err)
        return err;
    plain = scim_dialect_patch(message, rtype, leniency, p);
    json_array_foreach(json_object_get(plain, "Operations"), i, operation)
        if ((err = parse_operation(&ps, operation)))
            break;
    json_decref(plain);
    if (err)
        return err;
    patch->ops = (scim_patchop_t *)ps.ops->elts;
    patch->n = ps.ops->nelts;
    *out = patch;
    return NULL;
}
