/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_discovery.h"

#include <string.h>

#define CORE "urn:ietf:params:scim:schemas:core:2.0:"

/* ---- pieces ---- */

static void set(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

/* Characteristics that do not apply are left out. */
static void set_text(json_t *object, const char *name, const char *text)
{
    if (text)
        set(object, name, json_string(text));
}

static void set_texts(json_t *object, const char *name, const char *const *texts)
{
    json_t *array;

    if (!texts || !*texts)
        return;
    array = json_array();
    for (; *texts; texts++)
        json_array_append_new(array, json_string(*texts));
    set(object, name, array);
}

/* A document of discovery; id NULL for the one that there is only one of. Names of resource types and URNs of schemas
 * consist of what a URL takes as it is. */
static json_t *document(const char *schema, const char *base, const char *endpoint, const char *id)
{
    json_t *json = json_object();

    set(json, "schemas", json_pack("[s+]", CORE, schema));
    set_text(json, "id", id);
    set(json, "meta", json_pack("{s:s, s:o}", "resourceType", schema, "location",
                                json_sprintf("%s/%s%s%s", base, endpoint, id ? "/" : "", id ? id : "")));
    return json;
}

static json_t *supported(unsigned flag)
{
    return json_pack("{s:b}", "supported", (int)flag);
}

/* ---- ServiceProviderConfig, RFC 7643 section 5 ---- */

static const struct {
    const char *type, *name, *description, *spec;
} schemes[] = {
    { "oauth", "OAuth 1.0", "Authentication with the OAuth 1.0 protocol", "https://www.rfc-editor.org/info/rfc5849" },
    { "oauth2", "OAuth 2.0", "Authentication with the OAuth 2.0 framework", "https://www.rfc-editor.org/info/rfc6749" },
    { "oauthbearertoken", "OAuth Bearer Token", "Authentication with an OAuth 2.0 bearer token",
      "https://www.rfc-editor.org/info/rfc6750" },
    { "httpbasic", "HTTP Basic", "Authentication with a user name and a password over HTTP Basic",
      "https://www.rfc-editor.org/info/rfc7617" },
    { "httpdigest", "HTTP Digest", "Authentication with a user name and a password over HTTP Digest",
      "https://www.rfc-editor.org/info/rfc7616" }
};

/* A type that the RFC does not name is told by its name alone. */
static json_t *scheme(const char *type, int primary)
{
    json_t *json = json_object();
    const char *name = type, *description = type, *spec = NULL;
    size_t i;

    for (i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strcmp(schemes[i].type, type) == 0) {
            name = schemes[i].name;
            description = schemes[i].description;
            spec = schemes[i].spec;
        }
    set_text(json, "type", type);
    set_text(json, "name", name);
    set_text(json, "description", description);
    set_text(json, "specUri", spec);
    set(json, "primary", json_boolean(primary));
    return json;
}

/* The first is the preferred one. */
static json_t *authentication_schemes(const char *const *types)
{
    json_t *all = json_array();
    int i;

    for (i = 0; types && types[i]; i++)
        json_array_append_new(all, scheme(types[i], i == 0));
    return all;
}

json_t *scim_discovery_config(const scim_features_t *features, const char *base)
{
    json_t *config = document("ServiceProviderConfig", base, "ServiceProviderConfig", NULL);
    json_t *bulk = supported(features->bulk), *filter = supported(features->filter);

    set(bulk, "maxOperations", json_integer(features->bulk_max_operations));
    set(bulk, "maxPayloadSize", json_integer(features->bulk_max_payload));
    set(filter, "maxResults", json_integer(features->filter_max_results));
    set_text(config, "documentationUri", features->documentation_uri);
    set(config, "patch", supported(features->patch));
    set(config, "bulk", bulk);
    set(config, "filter", filter);
    set(config, "changePassword", supported(features->change_password));
    set(config, "sort", supported(features->sort));
    set(config, "etag", supported(features->etag));
    set(config, "authenticationSchemes", authentication_schemes(features->auth_types));
    return config;
}

/* ---- ResourceType, RFC 7643 section 6 ---- */

json_t *scim_discovery_rtype(const scim_rtype_t *rtype, const char *base)
{
    json_t *json = document("ResourceType", base, "ResourceTypes", rtype->name);
    json_t *extensions = json_array();
    int i;

    for (i = 0; i < rtype->next; i++)
        json_array_append_new(extensions, json_pack("{s:s, s:b}", "schema", rtype->ext[i].schema->urn,
                                                    "required", (int)rtype->ext[i].required));
    set_text(json, "name", rtype->name);
    set_text(json, "description", rtype->description);
    set(json, "endpoint", json_sprintf("/%s", rtype->endpoint));
    set_text(json, "schema", rtype->core->urn);
    set(json, "schemaExtensions", extensions);
    return json;
}

/* ---- Schema, RFC 7643 section 7 ---- */

static json_t *attribute(const scim_attr_t *attr)
{
    static const char *const any_uri[] = { "external", NULL };
    json_t *json = json_object(), *subs;
    int i;

    set_text(json, "name", attr->name);
    set_text(json, "type", scim_type_name(attr->type));
    set(json, "multiValued", json_boolean(attr->multi));
    set_text(json, "description", attr->description);
    set(json, "required", json_boolean(attr->required));
    set_texts(json, "canonicalValues", attr->canonical);
    set(json, "caseExact", json_boolean(attr->case_exact));
    set_text(json, "mutability", scim_mutability_name(attr->mutability));
    set_text(json, "returned", scim_returned_name(attr->returned));
    set_text(json, "uniqueness", scim_uniqueness_name(attr->uniqueness));
    if (attr->type == SCIM_TYPE_REFERENCE)
        set_texts(json, "referenceTypes", attr->ref_types && *attr->ref_types ? attr->ref_types : any_uri);
    if (attr->type != SCIM_TYPE_COMPLEX)
        return json;
    subs = json_array();
    for (i = 0; i < attr->nsub; i++)
        json_array_append_new(subs, attribute(&attr->sub[i]));
    set(json, "subAttributes", subs);
    return json;
}

json_t *scim_discovery_schema(const scim_schema_t *schema, const char *base)
{
    json_t *json = document("Schema", base, "Schemas", schema->urn), *attributes = json_array();
    int i;

    for (i = 0; i < schema->nattrs; i++)
        json_array_append_new(attributes, attribute(&schema->attrs[i]));
    set_text(json, "name", schema->name);
    set_text(json, "description", schema->description);
    set(json, "attributes", attributes);
    return json;
}

/* RFC 7644 section 4: never paged. */
json_t *scim_discovery_list(json_t *resources)
{
    const json_int_t n = (json_int_t)json_array_size(resources);

    return json_pack("{s:[s], s:I, s:I, s:i, s:o}", "schemas", "urn:ietf:params:scim:api:messages:2.0:ListResponse",
                     "totalResults", n, "itemsPerPage", n, "startIndex", 1, "Resources", resources);
}
