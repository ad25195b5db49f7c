/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_dialect.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "scim_attrpath.h"
#include "scim_json.h"
#include "scim_values.h"

/* The messages of one client, being put right. */
typedef struct dialect_t {
    const scim_rtype_t *rtype;
    json_t             *ops;           /* what comes out */
    unsigned            loose:1;
    apr_pool_t         *p;
} dialect_t;

int scim_dialect_boolean(const char *text)
{
    if (apr_cstr_casecmp(text, "true") == 0)
        return 1;
    return apr_cstr_casecmp(text, "false") == 0 ? 0 : -1;
}

/* ---- values ---- */

json_t *scim_dialect_complex(const json_t *text, const scim_attr_t *attr)
{
    const scim_attr_t *value = scim_attr_sub(attr, "value");
    json_t *object;

    if (!value)
        return NULL;
    object = json_object();
    json_object_set(object, value->name, (json_t *)text);
    return object;
}

/* A value, or an element of a list, as the attribute has it. The caller's. */
static json_t *right_value(const json_t *value, const scim_attr_t *attr, const dialect_t *d)
{
    json_t *right = NULL;

    if (!attr || attr->type != SCIM_TYPE_COMPLEX)
        return json_incref((json_t *)value);
    if (d->loose && !attr->multi && json_is_string(value))
        right = scim_dialect_complex(value, attr);
    if (json_is_object(value) && json_is_null(json_object_get(value, "$ref"))) {
        right = json_copy((json_t *)value);
        json_object_del(right, "$ref");
    }
    return right ? right : json_incref((json_t *)value);
}

static json_t *right_values(const json_t *value, const scim_attr_t *attr, const dialect_t *d)
{
    json_t *list;
    const json_t *element;
    size_t i;

    if (!json_is_array(value))
        return right_value(value, attr, d);
    list = json_array();
    json_array_foreach(value, i, element)
        json_array_append_new(list, right_value(element, attr, d));
    return list;
}

/* ---- names ---- */

/* What the name before a filter leads to; false if that is unknown. *bare tells that no filter follows. */
static int resolve(const dialect_t *d, const char *text, scim_attrpath_t *path, int *bare)
{
    scim_lex_t lex;
    scim_word_t word;

    scim_lex_start(&lex, text, strlen(text));
    word = scim_lex_word(&lex);
    if (!word.len || scim_attrpath_find(path, &word, d->rtype, d->p))
        return 0;
    *bare = scim_lex_ended(&lex);
    return *bare || *lex.at == '[';
}

/* What a value at that path is a value of; NULL for the sub-attribute of filtered elements, which is never complex. */
static const scim_attr_t *holder(const scim_attrpath_t *path, const char *text, int bare)
{
    apr_size_t len = strlen(text);

    while (len > 0 && apr_isspace(text[len - 1]))
        len--;
    if (!bare && text[len - 1] != ']')
        return NULL;
    return path->sub ? path->sub : path->attr;
}

static int is_plain(const char *name)
{
    return strpbrk(name, ".:[") == NULL;
}

/* ---- operations ---- */

static void emit(const dialect_t *d, const char *op, const char *path, json_t *value)
{
    json_t *operation = json_object();

    json_object_set_new(operation, "op", json_string(op));
    if (path)
        json_object_set_new(operation, "path", json_string(path));
    if (value)
        json_object_set_new(operation, "value", value);
    json_array_append_new(d->ops, operation);
}

/* One that is left as it is for the parser to refuse. */
static void emit_as_is(const dialect_t *d, const char *op, const char *path, const json_t *value)
{
    emit(d, op, path, json_incref((json_t *)value));
}

/* ---- removal of values ---- */

/* " and type eq \"work\"" */
static const char *condition(const char *so_far, const char *name, const json_t *value, apr_pool_t *p)
{
    return apr_pstrcat(p, so_far, *so_far ? " and " : "", name, " eq ", scim_json_dump(value, p), NULL);
}

static int is_scalar(const json_t *value)
{
    return json_is_string(value) || json_is_number(value) || json_is_boolean(value);
}

/* The filter for the element that is meant by an object: by its value, and type where there are several of a value; by
 * all it says where it has no value. NULL if it says something that is not understood. */
static const char *describe_object(const json_t *object, const scim_attr_t *attr, apr_pool_t *p)
{
    const json_t *value = scim_json_get_ci(object, "value", NULL);
    const char *filter = "", *name;
    json_t *member;

    if (value && scim_values_by_value(attr))
        return is_scalar(value) ? condition("", "value", value, p) : NULL;
    json_object_foreach((json_t *)object, name, member) {
        const scim_attr_t *sub = scim_attr_sub(attr, name);

        if (json_is_null(member))
            continue;
        if (!sub || !is_scalar(member))
            return NULL;
        if (!value || apr_cstr_casecmp(name, "value") == 0 || apr_cstr_casecmp(name, "type") == 0)
            filter = condition(filter, sub->name, member, p);
    }
    return *filter ? filter : NULL;
}

static const char *describe(const json_t *element, const scim_attr_t *attr, apr_pool_t *p)
{
    if (attr->type == SCIM_TYPE_COMPLEX)
        return json_is_object(element) ? describe_object(element, attr, p) : NULL;
    return is_scalar(element) ? condition("", "value", element, p) : NULL;
}

/* One removal for each value: Entra's way to take members out of a group. False, and nothing done, if one of them is
 * not understood: a removal without a filter would take all. */
static int emit_removals(const dialect_t *d, const char *op, const json_t *value, const scim_attr_t *attr)
{
    const char *path = scim_attr_path(attr, d->p);
    size_t before = json_array_size(d->ops), i, n = json_is_array(value) ? json_array_size(value) : 1;
    apr_pool_t *scratch;

    apr_pool_create(&scratch, d->p);
    for (i = 0; i < n; i++) {
        const char *filter = describe(json_is_array(value) ? json_array_get(value, i) : value, attr, scratch);

        if (!filter)
            break;
        emit(d, op, apr_pstrcat(scratch, path, "[", filter, "]", NULL), NULL);
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    if (i == n)
        return 1;
    while (json_array_size(d->ops) > before)
        json_array_remove(d->ops, json_array_size(d->ops) - 1);
    return 0;
}

static void right_removal(const dialect_t *d, const char *op, const char *path, const json_t *value)
{
    scim_attrpath_t target;
    int bare;

    if (json_is_null(value)) {
        emit(d, op, path, NULL);
        return;
    }
    if (!d->loose || !value || !resolve(d, path, &target, &bare) || !target.attr) {
        emit_as_is(d, op, path, value);
        return;
    }
    /* what the path leads to is said without the value */
    if (!bare || !target.attr->multi)
        emit(d, op, path, NULL);
    else if (target.sub || !emit_removals(d, op, value, target.attr))
        emit_as_is(d, op, path, value);
}

/* ---- operations without a path ---- */

/* What stands under a name without a dot: an attribute's value, or an extension's object. */
static json_t *right_member(const dialect_t *d, const char *name, const json_t *value)
{
    const scim_attr_t *attr = scim_rtype_attr(d->rtype, name);
    const scim_schema_t *schema = scim_rtype_schema(d->rtype, name, strlen(name));
    json_t *right, *member;
    const char *sub;

    if (attr)
        return right_values(value, attr, d);
    if (!schema || !json_is_object(value))
        return json_incref((json_t *)value);
    right = json_object();
    json_object_foreach((json_t *)value, sub, member) {
        attr = schema == d->rtype->core ? scim_rtype_attr(d->rtype, sub) : scim_schema_attr(schema, sub, strlen(sub));
        json_object_set_new(right, sub, attr ? right_values(member, attr, d) : json_incref(member));
    }
    return right;
}

static int is_known(const dialect_t *d, const char *name)
{
    return scim_rtype_attr(d->rtype, name) || scim_rtype_schema(d->rtype, name, strlen(name));
}

/* Names that are paths become operations of their own; then unknown names beside them say nothing, as in a resource. */
static void split(const dialect_t *d, const char *op, const json_t *object)
{
    json_t *rest = json_object(), *value;
    size_t paths = 0;
    const char *name;
    void *next;

    json_object_foreach((json_t *)object, name, value) {
        scim_attrpath_t target;
        int bare;

        if (is_plain(name) || !resolve(d, name, &target, &bare) || !target.attr)
            json_object_set_new(rest, name, right_member(d, name, value));
        else
            paths++;
    }
    json_object_foreach_safe(rest, next, name, value)
        if (paths && !is_known(d, name))
            json_object_del(rest, name);
    if (!paths || json_object_size(rest) > 0)
        emit(d, op, NULL, json_incref(rest));
    json_decref(rest);
    if (!paths)
        return;
    json_object_foreach((json_t *)object, name, value) {
        scim_attrpath_t target;
        int bare;

        if (!is_plain(name) && resolve(d, name, &target, &bare) && target.attr)
            emit(d, op, name, right_values(value, holder(&target, name, bare), d));
    }
}

static void right_operation(const dialect_t *d, const json_t *operation)
{
    const json_t *is = scim_json_get_ci(operation, "op", NULL);
    const json_t *path = scim_json_get_ci(operation, "path", NULL);
    const json_t *value = scim_json_get_ci(operation, "value", NULL);
    char *op = json_is_string(is) ? apr_pstrdup(d->p, json_string_value(is)) : NULL;
    scim_attrpath_t target;
    char *c;
    int bare;

    if (!op || (path && !json_is_string(path) && !json_is_null(path))) {
        json_array_append(d->ops, (json_t *)operation);
        return;
    }
    for (c = op; *c; c++)
        *c = (char)apr_tolower(*c);
    if (json_is_null(path) || (d->loose && path && json_string_length(path) == 0))
        path = NULL;
    if (path && strcmp(op, "remove") == 0)
        right_removal(d, op, json_string_value(path), value);
    else if (path && value && resolve(d, json_string_value(path), &target, &bare) && target.attr)
        emit(d, op, json_string_value(path), right_values(value, holder(&target, json_string_value(path), bare), d));
    else if (!path && d->loose && json_is_object(value) && strcmp(op, "remove") != 0)
        split(d, op, value);
    else
        emit_as_is(d, op, path ? json_string_value(path) : NULL, value);
}

json_t *scim_dialect_patch(const json_t *message, const scim_rtype_t *rtype, const scim_leniency_t *leniency,
                           apr_pool_t *p)
{
    const char *name;
    const json_t *operations = scim_json_get_ci(message, "Operations", &name), *operation;
    dialect_t d = { .rtype = rtype, .loose = leniency->loose_paths, .p = p };
    json_t *right;
    size_t i;

    if (!json_is_array(operations))
        return NULL;
    d.ops = json_array();
    json_array_foreach(operations, i, operation) {
        if (json_is_object(operation))
            right_operation(&d, operation);
        else
            json_array_append(d.ops, (json_t *)operation);
    }
    right = json_copy((json_t *)message);
    json_object_del(right, name);
    json_object_set_new(right, "Operations", d.ops);
    return right;
}
