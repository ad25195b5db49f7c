/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_validate.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_hash.h>
#include <apr_strings.h>

#include "scim_codec.h"
#include "scim_date.h"
#include "scim_dialect.h"
#include "scim_error.h"
#include "scim_filter_type.h"
#include "scim_json.h"
#include "scim_values.h"

static scim_err_t *wrong(const scim_attr_t *attr, const char *what, apr_pool_t *p)
{
    return scim_err(p, SCIM_E_INVALID_VALUE, "\"%s\" %s", scim_attr_path(attr, p), what);
}

/* ---- simple values: RFC 7643 section 2.3; what is returned is the value, or owned by p ---- */

static const json_t *boolean_of(const json_t *value, const scim_leniency_t *leniency)
{
    int means = leniency->boolean_texts && json_is_string(value) ? scim_dialect_boolean(json_string_value(value)) : -1;

    if (means >= 0)
        return json_boolean(means);
    return json_is_boolean(value) ? value : NULL;
}

static const json_t *number_of(const json_t *value, scim_type_t type, const scim_leniency_t *leniency, apr_pool_t *p)
{
    if (json_is_integer(value) || (json_is_real(value) && type == SCIM_TYPE_DECIMAL))
        return value;
    return leniency->number_texts ? scim_type_value(value, type, p) : NULL;
}

/* An offset may be missing (XML Schema 3.3.7): comparisons take UTC then, and so it is written. */
static const json_t *date_of(const json_t *value, apr_pool_t *p)
{
    const char *text = json_string_value(value);
    apr_time_t ignored;

    if (!text)
        return NULL;
    if (scim_date_parse(&ignored, text, 1) == 0)
        return value;
    text = apr_pstrcat(p, text, "Z", NULL);
    return scim_date_parse(&ignored, text, 1) == 0 ? scim_json_own(p, json_string(text)) : NULL;
}

static const json_t *binary_of(const json_t *value, apr_pool_t *p)
{
    const char *text = json_string_value(value);
    apr_pool_t *scratch;
    apr_size_t len;
    int good;

    if (!text || apr_pool_create(&scratch, p) != APR_SUCCESS)
        return NULL;
    good = scim_base64_decode(text, &len, scratch) != NULL;
    apr_pool_destroy(scratch);
    return good ? value : NULL;
}

static const json_t *typed(const json_t *value, scim_type_t type, const scim_leniency_t *leniency, apr_pool_t *p)
{
    switch (type) {
    case SCIM_TYPE_BOOLEAN:
        return boolean_of(value, leniency);
    case SCIM_TYPE_DECIMAL:
    case SCIM_TYPE_INTEGER:
        return number_of(value, type, leniency, p);
    case SCIM_TYPE_DATETIME:
        return date_of(value, p);
    case SCIM_TYPE_BINARY:
        return binary_of(value, p);
    default:
        return json_is_string(value) ? value : NULL;
    }
}

static scim_err_t *check_simple(json_t **out, const json_t *value, const scim_attr_t *attr,
                                const scim_leniency_t *leniency, apr_pool_t *p)
{
    const json_t *is = typed(value, attr->type, leniency, p);

    if (!is)
        return wrong(attr, apr_psprintf(p, "must be of type %s", scim_type_name(attr->type)), p);
    if (attr->required && json_is_string(is) && json_string_length(is) == 0)
        return wrong(attr, "is required and must not be empty", p);
    *out = json_copy((json_t *)is);
    return NULL;
}

/* ---- complex values ---- */

/* null marks what the object has named, so that it is not named twice, in whatever case. */
static scim_err_t *check_sub(json_t *object, const char *name, const json_t *value, const scim_attr_t *attr,
                             const scim_leniency_t *leniency, apr_pool_t *p)
{
    const scim_attr_t *sub = scim_attr_sub(attr, name);
    json_t *is = NULL;
    scim_err_t *err = NULL;

    if (!sub)
        return NULL;
    if (json_object_get(object, sub->name))
        return wrong(sub, "is there twice", p);
    if (sub->mutability != SCIM_READ_ONLY)
        err = scim_validate_value(&is, value, sub, 0, leniency, p);
    if (!err)
        json_object_set_new(object, sub->name, is ? is : json_null());
    return err;
}

static void drop_nulls(json_t *object)
{
    const char *name;
    json_t *value;
    void *next;

    json_object_foreach_safe(object, next, name, value)
        if (json_is_null(value))
            json_object_del(object, name);
}

static scim_err_t *check_complex(json_t **out, const json_t *value, const scim_attr_t *attr,
                                 const scim_leniency_t *leniency, apr_pool_t *p)
{
    json_t *object, *member;
    const char *name;
    scim_err_t *err = NULL;

    if (leniency->loose_paths && !attr->multi && json_is_string(value) && scim_attr_sub(attr, "value"))
        value = scim_json_own(p, scim_dialect_complex(value, attr));
    if (!json_is_object(value))
        return wrong(attr, attr->multi ? "must be a list of JSON objects" : "must be a JSON object", p);
    object = json_object();
    json_object_foreach((json_t *)value, name, member) {
        err = check_sub(object, name, member, attr, leniency, p);
        if (err)
            break;
    }
    drop_nulls(object);
    if (!err && json_object_size(object) > 0)
        *out = json_incref(object);
    json_decref(object);
    return err;
}

scim_err_t *scim_validate_complete(const json_t *value, const scim_attr_t *attr, apr_pool_t *p)
{
    int i;

    for (i = 0; json_is_object(value) && i < attr->nsub; i++) {
        const scim_attr_t *sub = &attr->sub[i];

        if (sub->required && sub->mutability != SCIM_READ_ONLY
            && scim_json_unassigned(json_object_get(value, sub->name)))
            return wrong(sub, "is required", p);
    }
    return NULL;
}

/* ---- lists ---- */

/* Equal ones by type and value are one (RFC 7643 section 2.4), with the sub-attributes of all; those known by their
 * value alone stay as the first one is. */
static json_t *collapse(const json_t *list, const scim_attr_t *attr, apr_pool_t *scratch)
{
    apr_hash_t *index = apr_hash_make(scratch);
    json_t *collapsed = json_array(), *element, *first;
    size_t i;

    json_array_foreach(list, i, element) {
        const char *key = scim_values_key(attr, element, scratch);

        first = apr_hash_get(index, key, APR_HASH_KEY_STRING);
        if (!first) {
            apr_hash_set(index, key, APR_HASH_KEY_STRING, element);
            json_array_append(collapsed, element);
        } else if (!scim_values_by_value(attr)) {
            json_object_update(first, element);
        }
    }
    return collapsed;
}

static scim_err_t *check_primary(const json_t *list, const scim_attr_t *attr, apr_pool_t *p)
{
    const scim_attr_t *primary = scim_attr_sub(attr, "primary");
    const json_t *element;
    size_t i;
    int n = 0;

    json_array_foreach(list, i, element)
        n += primary && json_is_true(json_object_get(element, primary->name));
    return n > 1 ? wrong(attr, "has more than one primary value", p) : NULL;
}

static scim_err_t *check_element(json_t *list, const json_t *value, const scim_attr_t *attr,
                                 const scim_leniency_t *leniency, apr_pool_t *p)
{
    json_t *element = NULL;
    scim_err_t *err = scim_validate_value(&element, value, attr, 1, leniency, p);

    if (!err && element)
        err = scim_validate_complete(element, attr, p);
    if (!err && element)
        json_array_append(list, element);
    json_decref(element);
    return err;
}

static scim_err_t *check_elements(json_t *list, const json_t *value, const scim_attr_t *attr,
                                  const scim_leniency_t *leniency, apr_pool_t *p)
{
    const json_t *element;
    size_t i;
    scim_err_t *err = NULL;

    if (!json_is_array(value))
        return check_element(list, value, attr, leniency, p);
    json_array_foreach(value, i, element) {
        err = check_element(list, element, attr, leniency, p);
        if (err)
            break;
    }
    return err;
}

static scim_err_t *check_list(json_t **out, const json_t *value, const scim_attr_t *attr,
                              const scim_leniency_t *leniency, apr_pool_t *p)
{
    json_t *list = json_array(), *collapsed;
    apr_pool_t *scratch;
    scim_err_t *err = check_elements(list, value, attr, leniency, p);

    if (err || json_array_size(list) == 0) {
        json_decref(list);
        return err;
    }
    apr_pool_create(&scratch, p);
    collapsed = collapse(list, attr, scratch);
    apr_pool_destroy(scratch);
    json_decref(list);
    err = check_primary(collapsed, attr, p);
    if (!err)
        *out = json_incref(collapsed);
    json_decref(collapsed);
    return err;
}

scim_err_t *scim_validate_value(json_t **out, const json_t *value, const scim_attr_t *attr, int element,
                                const scim_leniency_t *leniency, apr_pool_t *p)
{
    *out = NULL;
    if (scim_json_unassigned(value))
        return NULL;
    if (attr->multi && !element)
        return check_list(out, value, attr, leniency, p);
    if (attr->type == SCIM_TYPE_COMPLEX)
        return check_complex(out, value, attr, leniency, p);
    return check_simple(out, value, attr, leniency, p);
}
