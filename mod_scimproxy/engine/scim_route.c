/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_route.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>

#include "scim_error.h"
#include "scim_text.h"

static const char *const verbs[SCIM_VERB_COUNT] = {
    [SCIM_VERB_READ] = "read", [SCIM_VERB_CREATE] = "create", [SCIM_VERB_UPDATE] = "update",
    [SCIM_VERB_PATCH] = "patch", [SCIM_VERB_DELETE] = "delete", [SCIM_VERB_BULK] = "bulk",
    [SCIM_VERB_DISCOVERY] = "discovery"
};

const char *scim_verb_name(scim_verb_t verb)
{
    return verbs[verb];
}

int scim_verb_by_name(const char *name)
{
    int i;

    for (i = 0; i < SCIM_VERB_COUNT; i++)
        if (strcasecmp(verbs[i], name) == 0)
            return i;
    return -1;
}

/* The path's parts, decoded: at most two; a slash at the end does not count. */
typedef struct parts_t {
    const char *part[2];
    int         n;
} parts_t;

static scim_err_t *split(parts_t *parts, const char *path, apr_pool_t *p)
{
    parts->n = 0;
    while (*path == '/') {
        const char *start = ++path;

        if (*path == '\0')
            break;
        path += strcspn(path, "/");
        if (parts->n == 2 || path == start)
            return scim_err(p, SCIM_E_NOT_FOUND, "there is nothing at this URL");
        parts->part[parts->n] = scim_uri_unescape(start, (apr_size_t)(path - start), p);
        if (!parts->part[parts->n] || !scim_utf8_valid(parts->part[parts->n], strlen(parts->part[parts->n])))
            return scim_err(p, SCIM_E_BAD_REQUEST, "the URL is not percent-encoded UTF-8");
        parts->n++;
    }
    if (*path != '\0')
        return scim_err(p, SCIM_E_NOT_FOUND, "there is nothing at this URL");
    return NULL;
}

/* What a method asks of a kind of place. */
typedef struct method_t {
    const char *method;
    scim_verb_t verb;
} method_t;

static const method_t on_collection[] = { { "GET", SCIM_VERB_READ },
                                          { "HEAD", SCIM_VERB_READ },
                                          { "POST", SCIM_VERB_CREATE },
                                          { "OPTIONS", SCIM_VERB_READ },
                                          { NULL, 0 } };
static const method_t on_resource[] = {
    { "GET", SCIM_VERB_READ }, { "HEAD", SCIM_VERB_READ }, { "PUT", SCIM_VERB_UPDATE }, { "PATCH", SCIM_VERB_PATCH },
    { "DELETE", SCIM_VERB_DELETE }, { "OPTIONS", SCIM_VERB_READ }, { NULL, 0 }
};
static const method_t on_discovery[] = {
    { "GET", SCIM_VERB_DISCOVERY }, { "HEAD", SCIM_VERB_DISCOVERY }, { "OPTIONS", SCIM_VERB_DISCOVERY }, { NULL, 0 }
};

static int able(const scim_type_entry_t *type, scim_verb_t verb)
{
    switch (verb) {
    case SCIM_VERB_CREATE:
        return type->caps.create;
    case SCIM_VERB_UPDATE:
    case SCIM_VERB_PATCH:
        return type->caps.modify;
    case SCIM_VERB_DELETE:
        return type->caps.remove;
    default:
        return 1;
    }
}

static scim_err_t *choose(scim_route_t *route, const method_t *methods, const char *method, apr_pool_t *p)
{
    const method_t *m, *found = NULL;
    const char *allow = "";

    for (m = methods; m->method; m++) {
        if (strcmp(m->method, method) == 0)
            found = m;
        if (!route->type || able(route->type, m->verb))
            allow = apr_pstrcat(p, allow, *allow ? ", " : "", m->method, NULL);
    }
    route->allow = allow;
    route->verb = found ? found->verb : methods[0].verb;
    if (!found)
        return scim_err(p, SCIM_E_METHOD, "%s has no meaning here; there are %s", method, allow);
    if (route->type && !able(route->type, found->verb))
        return scim_err(p, SCIM_E_NOT_IMPLEMENTED, "the system behind this service cannot %s a %s",
                        verbs[found->verb], route->type->rtype->name);
    route->options = strcmp(method, "OPTIONS") == 0;
    return NULL;
}

static int discovery_place(const char *name, scim_place_t *place)
{
    if (strcmp(name, "ServiceProviderConfig") == 0)
        *place = SCIM_AT_CONFIG;
    else if (strcmp(name, "ResourceTypes") == 0)
        *place = SCIM_AT_RESOURCE_TYPES;
    else if (strcmp(name, "Schemas") == 0)
        *place = SCIM_AT_SCHEMAS;
    else
        return 0;
    return 1;
}

/* Endpoints that RFC 7644 knows and this service does not have. */
static int known_elsewhere(const parts_t *parts)
{
    return strcmp(parts->part[0], "Bulk") == 0 || strcmp(parts->part[0], "Me") == 0
        || strcmp(parts->part[parts->n - 1], ".search") == 0;
}

scim_err_t *scim_route(scim_route_t *route, const scim_system_t *system, const char *method, const char *path,
                       apr_pool_t *p)
{
    parts_t parts;
    scim_err_t *err;

    memset(route, 0, sizeof *route);
    route->verb = SCIM_VERB_READ;
    if ((err = split(&parts, path, p)))
        return err;
    if (parts.n == 0)
        return scim_err(
            p, SCIM_E_NOT_FOUND,
            "there is nothing at the root of the service; try /ServiceProviderConfig or /ResourceTypes");
    if (discovery_place(parts.part[0], &route->place)) {
        if (parts.n == 2 && route->place == SCIM_AT_CONFIG)
            return scim_err(p, SCIM_E_NOT_FOUND, "ServiceProviderConfig has nothing below it");
        route->id = parts.n == 2 ? parts.part[1] : NULL;
        return choose(route, on_discovery, method, p);
    }
    if (known_elsewhere(&parts)) {
        if (strcmp(parts.part[0], "Bulk") == 0)
            route->verb = SCIM_VERB_BULK;
        return scim_err(p, SCIM_E_NOT_IMPLEMENTED, "this service has no /%s", parts.part[parts.n - 1]);
    }
    route->place = SCIM_AT_TYPE;
    route->type = scim_system_endpoint(system, parts.part[0]);
    if (!route->type)
        return scim_err(p, SCIM_E_NOT_FOUND, "there is no such endpoint; /ResourceTypes lists those there are");
    route->id = parts.n == 2 ? parts.part[1] : NULL;
    return choose(route, route->id ? on_resource : on_collection, method, p);
}
