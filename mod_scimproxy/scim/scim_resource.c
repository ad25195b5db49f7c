/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_resource.h"

#include "scim_json.h"

json_t *scim_resource_get(const json_t *resource, const scim_attr_t *attr)
{
    const json_t *holder = attr->home ? json_object_get(resource, attr->home) : resource;
    json_t *value = json_object_get(holder, attr->name);

    return scim_json_unassigned(value) ? NULL : value;
}

/* The object that the attribute stands in; NULL if it is an extension's, not there and not to be made. */
static json_t *holder_of(json_t *resource, const scim_attr_t *attr, int make)
{
    json_t *holder;

    if (!attr->home)
        return resource;
    holder = json_object_get(resource, attr->home);
    if (!json_is_object(holder) && make) {
        holder = json_object();
        json_object_set_new(resource, attr->home, holder);
    }
    return holder;
}

void scim_resource_set(json_t *resource, const scim_attr_t *attr, json_t *value)
{
    json_t *holder;

    if (!scim_json_unassigned(value)) {
        json_object_set_new(holder_of(resource, attr, 1), attr->name, value);
        return;
    }
    json_decref(value);
    holder = holder_of(resource, attr, 0);
    json_object_del(holder, attr->name);
    if (attr->home && json_object_size(holder) == 0)
        json_object_del(resource, attr->home);
}

static json_t *schemas_of(const json_t *resource, const scim_rtype_t *rtype)
{
    json_t *schemas = json_array();
    int i;

    json_array_append_new(schemas, json_string(rtype->core->urn));
    for (i = 0; i < rtype->next; i++)
        if (json_object_size(json_object_get(resource, rtype->ext[i].schema->urn)))
            json_array_append_new(schemas, json_string(rtype->ext[i].schema->urn));
    return schemas;
}

void scim_resource_finish(json_t *resource, const scim_rtype_t *rtype, const char *location,
                          const char *version)
{
    json_t *meta = json_object_get(resource, "meta");

    if (!json_is_object(meta)) {
        meta = json_object();
        json_object_set_new(resource, "meta", meta);
    }
    json_object_set_new(meta, "resourceType", json_string(rtype->name));
    if (location)
        json_object_set_new(meta, "location", json_string(location));
    if (version)
        json_object_set_new(meta, "version", json_string(version));
    json_object_set_new(resource, "schemas", schemas_of(resource, rtype));
}
