/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_present.h"

#include <string.h>

#include "scim_error.h"
#include "scim_etag.h"
#include "scim_member.h"
#include "scim_resource.h"
#include "scim_writer.h"

/* True for `schemas`, which follows from the extensions that have data. */
static int is_schemas(const scim_attr_t *attr)
{
    return !attr->home && strcmp(attr->name, "schemas") == 0;
}

static int filter_uses(const scim_filter_t *filter, const scim_attr_t *attr)
{
    int i;

    if (!filter)
        return 0;
    if (filter->kind == SCIM_F_CMP || filter->kind == SCIM_F_VALUE)
        return filter->attr == attr || (attr->home && is_schemas(filter->attr));
    for (i = 0; i < filter->n; i++)
        if (filter_uses(filter->kids[i], attr))
            return 1;
    return 0;
}

int scim_present_wants(void *baton, const scim_attr_t *attr, const scim_attr_t *sub)
{
    const scim_want_t *want = baton;

    return strcmp(attr->name, "id") == 0
        || (want->projection && scim_projection_wants(want->projection, attr, sub))
        || filter_uses(want->filter, attr)
        || (want->sort && want->sort->attr == attr);
}

void scim_presenter_make(scim_presenter_t *presenter, scim_backend_t *backend, const scim_operation_t *op,
                         const scim_projection_t *projection)
{
    scim_want_t want = { .projection = projection };

    presenter->backend = backend;
    presenter->projection = projection;
    presenter->base = op->base;
    presenter->plan = map_plan_make(backend->type->program, scim_present_wants, &want, backend->p);
}

static int is_nothing(const json_t *value)
{
    return (json_is_object(value) && json_object_size(value) == 0)
           || (json_is_array(value) && json_array_size(value) == 0);
}

static void prune_object(json_t *object, int depth);

static void prune_value(json_t *value, int depth)
{
    size_t i;

    if (json_is_object(value) && depth > 0)
        prune_object(value, depth - 1);
    for (i = json_array_size(value); i > 0; i--)
        if (is_nothing(json_array_get(value, i - 1)))
            json_array_remove(value, i - 1);
}

/* Takes out values, elements and extensions that have nothing in them any more. */
static void prune_object(json_t *object, int depth)
{
    const char *name;
    json_t *value;
    void *next;

    json_object_foreach_safe(object, next, name, value) {
        prune_value(value, depth);
        if (is_nothing(value))
            json_object_del(object, name);
    }
}

scim_err_t *scim_present_map(const scim_presenter_t *presenter, const scim_record_t *records, int n,
                             json_t **resources, apr_pool_t *p)
{
    map_run_t run = { .refs = apr_array_make(p, 16, sizeof(map_ref_t)), .p = p };
    int dangling, i;
    scim_err_t *err;

    memset(resources, 0, (apr_size_t)n * sizeof *resources);
    for (i = 0; i < n; i++)
        if ((err = map_read(presenter->backend->type->program, presenter->plan, records[i].data, &resources[i], &run)))
            return err;
    if ((err = scim_member_to_ids(presenter->backend, run.refs, presenter->base, &dangling, p)))
        return err;
    /* an extension is the only object with attributes in it */
    for (i = 0; dangling && i < n; i++)
        prune_object(resources[i], 1);
    return NULL;
}

const char *scim_present_complete(const scim_presenter_t *presenter, json_t *resource, const char *version,
                                  apr_pool_t *p)
{
    const scim_rtype_t *rtype = presenter->backend->type->rtype;
    const char *id = json_string_value(json_object_get(resource, "id"));
    const char *location = id ? scim_member_location(presenter->base, rtype, id, p) : NULL;

    scim_resource_finish(resource, rtype, location, version ? scim_etag_make(version, p) : NULL);
    return location;
}

const char *scim_present_finish(const scim_presenter_t *presenter, json_t *resource, const char *version, apr_pool_t *p)
{
    const char *location = scim_present_complete(presenter, resource, version, p);

    if (presenter->projection)
        scim_project(presenter->projection, resource);
    return location;
}

scim_err_t *scim_present_read(const scim_presenter_t *presenter, const char *key, json_t **resource,
                              const char **version, apr_pool_t *p)
{
    const scim_backend_t *backend = presenter->backend;
    const scim_type_entry_t *type = backend->type;
    scim_record_t record;
    scim_err_t *err = type->connector->get(backend->session, type->entity, key, &presenter->plan->attrs, &record, p);

    *resource = NULL;
    if (err)
        return scim_backend_settle(backend, err);
    *version = record.version;
    err = scim_present_map(presenter, &record, 1, resource, p);
    json_decref(record.data);
    if (err) {
        json_decref(*resource);
        *resource = NULL;
    }
    return err;
}

static scim_err_t *answer(const scim_reply_t *reply, json_t *document, const scim_sink_t *sink, apr_pool_t *p)
{
    scim_err_t *err = sink->begin(sink->baton, reply);

    if (!err) {
        scim_writer_t *writer = scim_writer_make(p, sink->write, sink->baton);

        scim_writer_json(writer, document);
        err = scim_writer_end(writer);
    }
    json_decref(document);
    return err;
}

scim_err_t *scim_present_document(json_t *document, const scim_sink_t *sink, apr_pool_t *p)
{
    const scim_reply_t reply = { .done = SCIM_DONE_OK };

    return answer(&reply, document, sink, p);
}

scim_err_t *scim_present_answer(const scim_presenter_t *presenter, json_t *resource, const char *version,
                                scim_done_t done, const scim_sink_t *sink, apr_pool_t *p)
{
    scim_reply_t reply = { .done = done, .etag = version ? scim_etag_make(version, p) : NULL };

    reply.location = scim_present_finish(presenter, resource, version, p);
    return answer(&reply, resource, sink, p);
}
