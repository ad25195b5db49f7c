/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_search.h"

#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>

#include "scim_error.h"
#include "scim_json.h"
#include "scim_log.h"
#include "scim_member.h"
#include "scim_present.h"
#include "scim_writer.h"

/* Records whose references are resolved together; so many are in memory at a time, fewer if they have many values. */
enum { BATCH = 100, VALUES = 10000 };

/* A resource that waits for the end of the scan: to be sorted, or because until then the query may prove too much. */
typedef struct kept_t {
    json_t     *resource;
    const char *version;
    int         position;              /* in the backend's order, for those that are equal */
} kept_t;

typedef struct search_t {
    const scim_operation_t *op;
    const scim_sink_t      *sink;
    scim_ctx_t              ctx;       /* its deadline moves on while the client takes what it gets */
    scim_backend_t          backend;
    scim_presenter_t        presenter;
    const scim_list_t      *list;
    scim_query_t            query;
    const scim_filter_t    *residual;  /* evaluated here; NULL: the backend's answer is exact */
    unsigned                sort_here:1, begun:1;
    unsigned                needs_all:1; /* filter or order is about what the server adds to resources */
    scim_record_t           batch[BATCH];
    int                     waiting;   /* records in batch */
    size_t                  values;    /* in their lists */
    scim_writer_t          *writer;
    apr_int64_t             scanned, matched, written;
    apr_array_header_t     *kept;      /* of kept_t, max_scan at most */
    apr_pool_t             *p, *scratch;
} search_t;

static scim_match_t can_match(void *baton, const char *list, const scim_qfilter_t *comparison)
{
    const search_t *search = baton;
    const scim_type_entry_t *type = search->backend.type;

    return type->connector->match(search->backend.session, type->entity, list, comparison);
}

static scim_err_t *refer(void *baton, const char *rtype, const char *id, const char **native)
{
    search_t *search = baton;

    return scim_member_key(native, &search->backend, rtype, id);
}

/* True for attributes of which the server owns parts that no record has. */
static int is_completed(const scim_attr_t *attr)
{
    return !attr->home && (strcmp(attr->name, "schemas") == 0 || strcmp(attr->name, "meta") == 0);
}

static int asks_server(const scim_filter_t *filter)
{
    int i;

    if (!filter)
        return 0;
    if (filter->kind == SCIM_F_CMP || filter->kind == SCIM_F_VALUE)
        return is_completed(filter->attr);
    for (i = 0; i < filter->n; i++)
        if (asks_server(filter->kids[i]))
            return 1;
    return 0;
}

/* Tells who does what: where a list is slow, that is the first question. */
static void tell_plan(const search_t *search)
{
    const scim_list_t *list = search->list;
    const char *filter = !list->filter       ? "none"
                       : !search->residual   ? "by the backend"
                       : search->query.filter ? "narrowed by the backend, decided here"
                                              : "evaluated here";
    const char *order = !list->sort ? "that of the backend" : search->sort_here ? "made here" : "by the backend";

    scim_log(search->ctx.log, SCIM_LOG_DEBUG, APR_SUCCESS, SCIM_LOGNO(0401) "%s: filter: %s; order: %s; pages: %s",
             search->backend.type->rtype->name, filter, order, search->query.want_total ? "by the backend" : "cut here");
}

/* Decides who filters, sorts and pages. */
static scim_err_t *make_plan(search_t *search)
{
    const scim_type_entry_t *type = search->backend.type;
    const scim_list_t *list = search->list;
    const map_pusher_t pusher = { .match = can_match, .refer = refer, .baton = search };
    scim_qsort_t *sort = apr_palloc(search->p, sizeof *sort);
    scim_want_t want = { .projection = list->projection };
    scim_err_t *err;

    search->residual = NULL;
    search->sort_here = 0;
    search->query.filter = NULL;
    search->query.sort = NULL;
    if (list->filter
        && (err = map_push_filter(type->program, list->filter, &pusher, &search->query.filter,
                                  &search->residual, search->p)))
        return err;
    if (list->sort) {
        if (type->caps.sort && map_push_sort(type->program, list->sort, list->descending, sort))
            search->query.sort = sort;
        else
            search->sort_here = 1;
    }
    want.filter = search->residual;
    want.sort = search->sort_here ? list->sort : NULL;
    search->presenter.plan = map_plan_make(type->program, scim_present_wants, &want, search->p);
    search->query.attrs = search->presenter.plan->attrs;
    search->needs_all = asks_server(want.filter) || (want.sort && is_completed(want.sort->attr));
    if (search->residual || search->sort_here || !type->caps.offset || !type->caps.total) {
        search->query.offset = 0;
        search->query.limit = search->op->limits->max_scan + 1;
        search->query.want_total = 0;
    }
    else {
        search->query.offset = list->start_index - 1;
        search->query.limit = list->count;
        search->query.want_total = 1;
    }
    tell_plan(search);
    return NULL;
}

static int paged_here(const search_t *search)
{
    return !search->query.want_total;
}

static void begin_list(search_t *search)
{
    scim_writer_t *w = search->writer;

    scim_writer_object(w);
    scim_writer_key(w, "schemas");
    scim_writer_array(w);
    scim_writer_string(w, "urn:ietf:params:scim:api:messages:2.0:ListResponse");
    scim_writer_array_end(w);
    scim_writer_key(w, "Resources");
    scim_writer_array(w);
}

/* The totals come last: they may only be known by then (JSON members have no order). */
static void end_list(search_t *search, apr_int64_t total)
{
    scim_writer_t *w = search->writer;

    scim_writer_array_end(w);
    scim_writer_key(w, "itemsPerPage");
    scim_writer_int(w, search->written);
    scim_writer_key(w, "startIndex");
    scim_writer_int(w, search->list->start_index);
    scim_writer_key(w, "totalResults");
    scim_writer_int(w, total);
    scim_writer_object_end(w);
}

/* The time that the client takes is not the backend's. */
static scim_err_t *write_piece(void *baton, const char *data, apr_size_t len)
{
    search_t *search = baton;
    const scim_host_t *host = search->ctx.host;
    const apr_time_t before = host->now(host->baton);
    scim_err_t *err = search->sink->write(search->sink->baton, data, len);

    search->ctx.deadline += host->now(host->baton) - before;
    return err;
}

static scim_err_t *begin_answer(search_t *search)
{
    const scim_reply_t reply = { .done = SCIM_DONE_OK };
    scim_err_t *err;

    if (search->begun)
        return NULL;
    if ((err = search->sink->begin(search->sink->baton, &reply)))
        return err;
    search->begun = 1;
    search->backend.lasting = 1;
    search->writer = scim_writer_make(search->p, write_piece, search);
    begin_list(search);
    return NULL;
}

static scim_err_t *write_resource(search_t *search, json_t *resource, const char *version)
{
    scim_err_t *err = begin_answer(search);

    if (err)
        return err;
    scim_present_finish(&search->presenter, resource, version, search->scratch);
    scim_writer_json(search->writer, resource);
    search->written++;
    return scim_writer_error(search->writer);
}

static int on_page(const search_t *search, apr_int64_t position)
{
    const scim_list_t *list = search->list;

    return position >= list->start_index && (list->count < 0 || position - list->start_index < list->count);
}

static void keep(search_t *search, json_t *resource, const char *version)
{
    kept_t *kept = apr_array_push(search->kept);

    kept->resource = json_incref(resource);
    kept->version = version ? apr_pstrdup(search->p, version) : NULL;
    kept->position = search->kept->nelts;
}

/* One resource that the backend offered. */
static scim_err_t *consider(search_t *search, json_t *resource, const char *version)
{
    if (!paged_here(search))
        return write_resource(search, resource, version);
    if (search->needs_all)
        scim_present_complete(&search->presenter, resource, version, search->scratch);
    if (search->residual && !scim_filter_match(search->residual, resource))
        return NULL;
    search->matched++;
    if (search->sort_here || on_page(search, search->matched))
        keep(search, resource, version);
    return NULL;
}

static void drop_batch(search_t *search)
{
    while (search->waiting > 0)
        json_decref(search->batch[--search->waiting].data);
    search->values = 0;
}

static scim_err_t *flush_batch(search_t *search)
{
    json_t *resources[BATCH];
    scim_err_t *err;
    int n = search->waiting, i;

    err = scim_present_map(&search->presenter, search->batch, n, resources, search->scratch);
    for (i = 0; i < n; i++) {
        if (!err)
            err = consider(search, resources[i], search->batch[i].version);
        json_decref(resources[i]);
    }
    drop_batch(search);
    if (!err)                          /* which may live there */
        apr_pool_clear(search->scratch);
    return err;
}

static size_t count_values(const json_t *data)
{
    const char *name;
    json_t *value;
    size_t n = 0;

    /* the iteration only reads */
    json_object_foreach((json_t *)data, name, value)
        n += json_array_size(value);
    return n;
}

static scim_err_t *take_record(void *baton, const scim_record_t *record)
{
    search_t *search = baton;
    scim_record_t *kept = &search->batch[search->waiting];

    if (paged_here(search) && ++search->scanned > search->op->limits->max_scan)
        return scim_err(search->p, SCIM_E_TOO_MANY,
                        "the system behind this service cannot answer the query by itself, and it has more "
                        "than %" APR_INT64_T_FMT " resources to look through; narrow the filter",
                        search->op->limits->max_scan);
    kept->key = apr_pstrdup(search->scratch, record->key);
    kept->version = record->version ? apr_pstrdup(search->scratch, record->version) : NULL;
    kept->data = json_incref(record->data);
    search->waiting++;
    search->values += count_values(record->data);
    return search->waiting == BATCH || search->values >= VALUES ? flush_batch(search) : NULL;
}

static apr_status_t release_kept(void *data)
{
    apr_array_header_t *kept = data;
    int i;

    for (i = 0; i < kept->nelts; i++)
        json_decref(APR_ARRAY_IDX(kept, i, kept_t).resource);
    apr_array_clear(kept);
    return APR_SUCCESS;
}

static scim_err_t *scan(scim_backend_t *backend, void *baton)
{
    search_t *search = baton;
    const scim_type_entry_t *type = backend->type;
    scim_page_t page = { .total = -1 };
    apr_pool_t *chunk;
    scim_err_t *err;

    search->scanned = search->matched = search->written = 0;
    release_kept(search->kept);
    if ((err = make_plan(search)))
        return err;
    apr_pool_create(&chunk, search->p);
    err = type->connector->search(backend->session, type->entity, &search->query, take_record, search, &page, chunk);
    if (!err && search->waiting > 0)
        err = flush_batch(search);
    if (!err)
        apr_pool_destroy(chunk);
    drop_batch(search);
    if (search->query.want_total)
        search->matched = page.total;
    return err;
}

/* A total order, or pages would not fit together. */
static int by_sort_value(const void *left, const void *right, void *baton)
{
    const kept_t *a = left, *b = right;
    const scim_list_t *list = baton;
    int order = scim_list_compare(list, scim_list_sort_value(list, a->resource),
                                  scim_list_sort_value(list, b->resource));

    return order ? order : a->position - b->position;
}

static scim_err_t *write_kept(search_t *search)
{
    kept_t *all = (kept_t *)search->kept->elts;
    int n = search->kept->nelts, i;
    scim_err_t *err = NULL;

    /* the comparison only reads the list */
    if (search->sort_here)
        qsort_r(all, (size_t)n, sizeof *all, by_sort_value, (void *)search->list);
    for (i = 0; i < n && !err; i++) {
        if (!search->sort_here || on_page(search, i + 1))
            err = write_resource(search, all[i].resource, all[i].version);
        if (!err)
            apr_pool_clear(search->scratch);
    }
    return err;
}

static scim_err_t *complete(search_t *search)
{
    scim_err_t *err = write_kept(search);

    if (!err)
        err = begin_answer(search);
    if (err)
        return err;
    end_list(search, search->matched);
    return scim_writer_end(search->writer);
}

scim_err_t *scim_search_run(const scim_operation_t *op, const scim_ctx_t *ctx, const scim_sink_t *sink, apr_pool_t *p)
{
    const scim_filter_limits_t limits = { .max_bytes = (apr_size_t)op->limits->max_body,
                                          .max_terms = op->limits->max_terms,
                                          .max_depth = op->limits->max_depth };
    search_t *search = apr_pcalloc(p, sizeof *search);
    scim_list_t *list;
    scim_err_t *err = scim_list_make(&list, &op->args, op->route.type->rtype, &op->limits->page, &limits, p);

    if (err)
        return err;
    search->op = op;
    search->sink = sink;
    search->ctx = *ctx;
    search->list = list;
    search->p = p;
    search->kept = apr_array_make(p, 16, sizeof(kept_t));
    apr_pool_cleanup_register(p, search->kept, release_kept, apr_pool_cleanup_null);
    apr_pool_create(&search->scratch, p);
    err = scim_backend_open(&search->backend, op->route.type, &search->ctx, p);
    if (!err) {
        search->presenter.backend = &search->backend;
        search->presenter.projection = list->projection;
        search->presenter.base = op->base;
        err = scim_backend_read(&search->backend, scan, search);
    }
    scim_backend_close(&search->backend);
    return err ? err : complete(search);
}
