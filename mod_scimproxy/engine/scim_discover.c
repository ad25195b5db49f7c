/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_discover.h"

#include <string.h>
#include <strings.h>

#include "scim_error.h"
#include "scim_present.h"

static json_t *resource_types(const scim_operation_t *op)
{
    int i, n;
    const scim_type_entry_t *types = scim_system_types(op->system, &n);
    const char *id = op->route.id;
    json_t *all = id ? NULL : json_array();

    for (i = 0; i < n; i++) {
        if (!id)
            json_array_append_new(all, scim_discovery_rtype(types[i].rtype, op->base));
        else if (strcmp(types[i].rtype->name, id) == 0)
            return scim_discovery_rtype(types[i].rtype, op->base);
    }
    return all ? scim_discovery_list(all) : NULL;
}

/* ---- schemas: resource types share them, each as far as it is mapped ---- */

static json_t *find_by(json_t *array, const char *key, const char *value)
{
    json_t *element;
    size_t i;

    json_array_foreach(array, i, element)
        if (strcasecmp(json_string_value(json_object_get(element, key)), value) == 0)
            return element;
    return NULL;
}

static int is(const json_t *attribute, const char *characteristic, const char *word)
{
    return strcmp(json_string_value(json_object_get(attribute, characteristic)), word) == 0;
}

/* What holds for one of two resource types is stated; it is required only if both require it. */
static void merge_characteristics(json_t *into, const json_t *from)
{
    const json_t *mutability = json_object_get(from, "mutability");

    if (!json_equal(json_object_get(into, "mutability"), mutability))
        json_object_set_new(into, "mutability", json_string("readWrite"));
    if (is(into, "returned", "never"))
        json_object_set(into, "returned", json_object_get(from, "returned"));
    if (json_is_false(json_object_get(from, "required")))
        json_object_set_new(into, "required", json_false());
}

/* Attributes, and their sub-attributes: nothing is nested deeper. */
static void merge_attributes(json_t *into, const json_t *from)
{
    json_t *attribute;
    size_t i;

    json_array_foreach(from, i, attribute) {
        json_t *known = find_by(into, "name", json_string_value(json_object_get(attribute, "name")));

        if (!known) {
            json_array_append(into, attribute);
            continue;
        }
        merge_characteristics(known, attribute);
        merge_attributes(json_object_get(known, "subAttributes"), json_object_get(attribute, "subAttributes"));
    }
}

static void add_schema(json_t *all, const scim_schema_t *schema, const scim_operation_t *op)
{
    json_t *known = find_by(all, "id", schema->urn), *document;

    if (op->route.id && strcasecmp(schema->urn, op->route.id) != 0)
        return;
    document = scim_discovery_schema(schema, op->base);
    if (known)
        merge_attributes(json_object_get(known, "attributes"), json_object_get(document, "attributes"));
    else
        json_array_append(all, document);
    json_decref(document);
}

static json_t *schemas(const scim_operation_t *op)
{
    int i, j, n;
    const scim_type_entry_t *types = scim_system_types(op->system, &n);
    json_t *all = json_array(), *one;

    for (i = 0; i < n; i++) {
        add_schema(all, types[i].rtype->core, op);
        for (j = 0; j < types[i].rtype->next; j++)
            add_schema(all, types[i].rtype->ext[j].schema, op);
    }
    if (!op->route.id)
        return scim_discovery_list(all);
    one = json_incref(json_array_get(all, 0));
    json_decref(all);
    return one;
}

static json_t *config(const scim_operation_t *op)
{
    scim_features_t features;

    scim_system_features(op->system, op->limits, op->auth_types, &features);
    return scim_discovery_config(&features, op->base);
}

scim_err_t *scim_discover_run(const scim_operation_t *op, const scim_sink_t *sink, apr_pool_t *p)
{
    json_t *document;

    if (op->args.filter && op->route.place != SCIM_AT_CONFIG)
        return scim_err(p, SCIM_E_FORBIDDEN, "a filter has no place here (RFC 7644 section 4)");
    switch (op->route.place) {
    case SCIM_AT_CONFIG:
        document = config(op);
        break;
    case SCIM_AT_RESOURCE_TYPES:
        document = resource_types(op);
        break;
    default:
        document = schemas(op);
        break;
    }
    if (!document)
        return scim_err(p, SCIM_E_NOT_FOUND, "there is no %s with this id",
                        op->route.place == SCIM_AT_SCHEMAS ? "schema" : "resource type");
    return scim_present_document(document, sink, p);
}
