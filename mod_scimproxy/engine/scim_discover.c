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

/* Calls with each schema of the system, the first of those with the same URN; stops at the first that is taken. */
static json_t *first_schema(const scim_operation_t *op, json_t *(*take)(void *, const scim_schema_t *), void *baton)
{
    int i, j, n;
    const scim_type_entry_t *types = scim_system_types(op->system, &n);

    for (i = 0; i < n; i++) {
        json_t *taken = take(baton, types[i].rtype->core);

        for (j = 0; !taken && j < types[i].rtype->next; j++)
            taken = take(baton, types[i].rtype->ext[j].schema);
        if (taken)
            return taken;
    }
    return NULL;
}

typedef struct schemas_t {
    const scim_operation_t *op;
    json_t                 *all;
} schemas_t;

static json_t *take_named(void *baton, const scim_schema_t *schema)
{
    const schemas_t *schemas = baton;

    return strcasecmp(schema->urn, schemas->op->route.id) == 0 ? scim_discovery_schema(schema, schemas->op->base) : NULL;
}

static json_t *take_all(void *baton, const scim_schema_t *schema)
{
    schemas_t *schemas = baton;
    size_t i;

    for (i = 0; i < json_array_size(schemas->all); i++)
        if (strcasecmp(json_string_value(json_object_get(json_array_get(schemas->all, i), "id")), schema->urn) == 0)
            return NULL;
    json_array_append_new(schemas->all, scim_discovery_schema(schema, schemas->op->base));
    return NULL;
}

static json_t *schemas(const scim_operation_t *op)
{
    schemas_t all = { .op = op };

    if (op->route.id)
        return first_schema(op, take_named, &all);
    all.all = json_array();
    first_schema(op, take_all, &all);
    return scim_discovery_list(all.all);
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
