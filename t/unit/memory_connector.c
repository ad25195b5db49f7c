/* SPDX-License-Identifier: Apache-2.0 */
#include "memory_connector.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "scim_date.h"
#include "scim_error.h"
#include "scim_json.h"
#include "scim_text.h"

struct scim_target_t {
    memory_t memory;
};

struct scim_entity_t {
    memory_t   *memory;
    const char *name;
};

struct scim_session_t {
    memory_t   *memory;
    apr_pool_t *p;
    int         open;
};

/* ---- records ---- */

memory_t *memory_of(scim_target_t *target)
{
    return &target->memory;
}

static json_t *find(const memory_t *memory, const char *entity, const char *key, size_t *at)
{
    json_t *record;
    size_t i;

    json_array_foreach(json_object_get(memory->tables, entity), i, record)
        if (strcmp(json_string_value(json_object_get(record, "key")), key) == 0) {
            if (at)
                *at = i;
            return record;
        }
    return NULL;
}

static int version_of(const json_t *record)
{
    return (int)json_integer_value(json_object_get(record, "version"));
}

static int is_hidden(const memory_t *memory, const json_t *record)
{
    return memory->hides && json_is_true(json_object_get(json_object_get(record, "data"), memory->hides));
}

static json_t *find_visible(const memory_t *memory, const char *entity, const char *key)
{
    json_t *record = find(memory, entity, key, NULL);

    return record && !is_hidden(memory, record) ? record : NULL;
}

void memory_put(memory_t *memory, const char *entity, const char *key, json_t *data)
{
    json_object_set_new(data, "key", json_string(key));
    json_array_append_new(json_object_get(memory->tables, entity),
                          json_pack("{s:s, s:i, s:o}", "key", key, "version", 1, "data", data));
}

json_t *memory_data(const memory_t *memory, const char *entity, const char *key)
{
    return json_object_get(find(memory, entity, key, NULL), "data");
}

int memory_version(const memory_t *memory, const char *entity, const char *key)
{
    return version_of(find(memory, entity, key, NULL));
}

void memory_touch(memory_t *memory, const char *entity, const char *key)
{
    json_t *record = find(memory, entity, key, NULL);

    json_object_set_new(record, "version", json_integer(version_of(record) + 1));
}

/* ---- configuration ---- */

static const char *target_make(scim_target_t **target, const char *name, apr_pool_t *p)
{
    static const scim_caps_t all = {
        .create = 1, .modify = 1, .remove = 1, .values = 1, .version = 1, .sort = 1, .offset = 1, .total = 1
    };
    memory_t *memory;

    (void)name;
    *target = apr_pcalloc(p, sizeof **target);
    memory = &(*target)->memory;
    memory->pool = p;
    memory->tables = scim_json_own(p, json_object());
    memory->caps = all;
    memory->matches = SCIM_MATCH_EXACT;
    memory->fail_kind = SCIM_E_UNAVAILABLE;
    memory->last_attrs = memory->last_change = "";
    return NULL;
}

static const char *target_property(scim_target_t *target, const char *name, const char *value)
{
    (void)value;
    return apr_psprintf(target->memory.pool, "unknown property %s", name);
}

static const char *target_done(scim_target_t *target, const scim_pool_limits_t *limits, apr_pool_t *p)
{
    (void)target;
    (void)limits;
    (void)p;
    return NULL;
}

static const char *entity_make(scim_entity_t **entity, scim_target_t *target, const char *type_name,
    scim_prop_fn prop,
                               void *baton, apr_pool_t *p)
{
    (void)prop;
    (void)baton;
    *entity = apr_palloc(p, sizeof **entity);
    (*entity)->memory = &target->memory;
    (*entity)->name = apr_pstrdup(p, type_name);
    json_object_set_new(target->memory.tables, type_name, json_array());
    return NULL;
}

static const char *entity_check(scim_entity_t *entity, const scim_attrs_t *uses, scim_caps_t *caps, apr_pool_t *ptemp)
{
    (void)uses;
    (void)ptemp;
    *caps = entity->memory->caps;
    return NULL;
}

static const char *entity_key(const scim_entity_t *entity)
{
    (void)entity;
    return "key";
}

static apr_status_t child_init(scim_target_t *target, const scim_host_t *host, const scim_log_t *log, apr_pool_t
    *pchild)
{
    (void)target;
    (void)host;
    (void)log;
    (void)pchild;
    return APR_SUCCESS;
}

/* ---- sessions ---- */

static scim_err_t *call(memory_t *memory, const char *name, apr_pool_t *p)
{
    scim_err_t *err;
    int n;

    if (memory->fail_in && strcmp(memory->fail_in, name) != 0)
        return NULL;
    n = ++memory->calls;
    if (memory->fail_at == 0 || n < memory->fail_at || n >= memory->fail_at + memory->fail_many)
        return NULL;
    err = scim_err(p, memory->fail_kind, "the backend failed");
    err->retriable = memory->fail_retriable;
    return err;
}

static scim_err_t *acquire(scim_session_t **session, scim_target_t *target, const scim_ctx_t *ctx, apr_pool_t *p)
{
    scim_err_t *err = call(&target->memory, "acquire", p);

    target->memory.ctx = ctx;
    if (err)
        return err;
    *session = apr_pcalloc(p, sizeof **session);
    (*session)->memory = &target->memory;
    (*session)->p = p;
    target->memory.opened++;
    return NULL;
}

static void rollback(scim_session_t *session)
{
    memory_t *memory = session->memory;

    session->open = 0;
    memory->rolled_back++;
    json_object_clear(memory->tables);
    json_object_update(memory->tables, memory->saved);
}

static void release(scim_session_t *session)
{
    if (!session)
        return;
    if (session->open)
        rollback(session);
    session->memory->closed++;
}

static scim_err_t *begin(scim_session_t *session)
{
    memory_t *memory = session->memory;
    scim_err_t *err = call(memory, "begin", session->p);

    if (err)
        return err;
    session->open = 1;
    memory->begun++;
    memory->saved = scim_json_own(memory->pool, json_deep_copy(memory->tables));
    return NULL;
}

/* One that fails has changed nothing. */
static scim_err_t *commit(scim_session_t *session)
{
    scim_err_t *err = call(session->memory, "commit", session->p);

    if (err) {
        rollback(session);
        return err;
    }
    session->open = 0;
    session->memory->committed++;
    return NULL;
}

/* ---- reading ---- */

static scim_match_t match(scim_session_t *session, const scim_entity_t *entity, const char *list,
                          const scim_qfilter_t *comparison)
{
    (void)entity;
    (void)list;
    (void)comparison;
    return session->memory->matches;
}

static void note_attrs(memory_t *memory, const scim_attrs_t *attrs)
{
    int i;

    memory->reads++;
    memory->last_attrs = "";
    for (i = 0; i < attrs->n; i++)
        memory->last_attrs = apr_pstrcat(memory->pool, memory->last_attrs, i ? "," : "", attrs->use[i].name, NULL);
}

static void fill(const memory_t *memory, scim_record_t *out, const json_t *record, const scim_attrs_t *attrs,
    apr_pool_t *p)
{
    const json_t *data = json_object_get(record, "data");
    int i;

    out->key = apr_pstrdup(p, json_string_value(json_object_get(record, "key")));
    out->version = memory->caps.version ? apr_itoa(p, version_of(record)) : NULL;
    out->data = json_object();
    for (i = 0; i < attrs->n; i++)
        if (json_object_get(data, attrs->use[i].name))
            json_object_set_new(out->data, attrs->use[i].name, json_deep_copy(json_object_get(data,
                attrs->use[i].name)));
}

static scim_err_t *get(scim_session_t *session, const scim_entity_t *entity, const char *key, const scim_attrs_t
    *attrs,
                       scim_record_t *record, apr_pool_t *p)
{
    memory_t *memory = session->memory;
    const json_t *found = find_visible(memory, entity->name, key);
    scim_err_t *err = call(memory, "get", p);

    note_attrs(memory, attrs);
    if (err)
        return err;
    if (!found)
        return scim_err(p, SCIM_E_NOT_FOUND, "no row");
    fill(memory, record, found, attrs, p);
    return NULL;
}

/* Compares two native values that are there: as instants, numbers or texts. */
static int order_of(scim_type_t type, unsigned case_exact, const json_t *a, const json_t *b, apr_pool_t *p)
{
    const char *x = scim_json_text(a, p), *y = scim_json_text(b, p);
    apr_time_t s, t;

    if (type == SCIM_TYPE_DATETIME && scim_date_parse(&s, x, 0) == 0 && scim_date_parse(&t, y, 0) == 0)
        return (s > t) - (s < t);
    if (json_is_number(a) && json_is_number(b))
        return (json_number_value(a) > json_number_value(b)) - (json_number_value(a) < json_number_value(b));
    return case_exact ? strcmp(x, y) : scim_fold_cmp(x, y);
}

static int has_part(const scim_qfilter_t *f, const json_t *value, apr_pool_t *p)
{
    const char *text = scim_json_text(value, p), *part = scim_json_text(f->value, p);

    if (!f->case_exact) {
        text = scim_fold(text, p);
        part = scim_fold(part, p);
    }
    if (f->op == SCIM_CMP_CO)
        return strstr(text, part) != NULL;
    if (strlen(part) > strlen(text))
        return 0;
    return strncmp(f->op == SCIM_CMP_SW ? text : text + strlen(text) - strlen(part), part, strlen(part)) == 0;
}

static int compare(const scim_qfilter_t *f, const json_t *value, apr_pool_t *p)
{
    int order;

    if (f->op == SCIM_CMP_PR)
        return !scim_json_unassigned(value) && *scim_json_text(value, p) != '\0';
    if (scim_json_unassigned(value))
        return f->op == SCIM_CMP_NE;
    if (f->op == SCIM_CMP_CO || f->op == SCIM_CMP_SW || f->op == SCIM_CMP_EW)
        return has_part(f, value, p);
    order = order_of(f->type, f->case_exact, value, f->value, p);
    switch (f->op) {
    case SCIM_CMP_EQ:
        return order == 0;
    case SCIM_CMP_NE:
        return order != 0;
    case SCIM_CMP_GT:
        return order > 0;
    case SCIM_CMP_GE:
        return order >= 0;
    case SCIM_CMP_LT:
        return order < 0;
    default:
        return order <= 0;
    }
}

/* data is a record's or a list element's; "." names an element that is a plain value. */
static int holds(const scim_qfilter_t *f, const json_t *data, apr_pool_t *p)
{
    const json_t *element;
    size_t i;
    int n;

    switch (f->kind) {
    case SCIM_Q_TRUE:
        return 1;
    case SCIM_Q_FALSE:
        return 0;
    case SCIM_Q_NOT:
        return !holds(f->sub[0], data, p);
    case SCIM_Q_CMP:
        return compare(f, strcmp(f->attr, ".") == 0 ? data : json_object_get(data, f->attr), p);
    case SCIM_Q_ELEM:
        json_array_foreach(json_object_get(data, f->attr), i, element)
            if (holds(f->sub[0], element, p))
                return 1;
        return 0;
    default:
        for (n = 0; n < f->nsub; n++)
            if (holds(f->sub[n], data, p) == (f->kind == SCIM_Q_OR))
                return f->kind == SCIM_Q_OR;
        return f->kind == SCIM_Q_AND;
    }
}

/* What qsort_r takes along. */
typedef struct sorting_t {
    const scim_qsort_t *sort;
    apr_pool_t         *p;
} sorting_t;

static int by_sort(const void *left, const void *right, void *baton)
{
    const sorting_t *sorting = baton;
    const scim_qsort_t *sort = sorting->sort;
    const json_t *a = json_object_get(json_object_get(*(json_t *const *)left, "data"), sort->attr);
    const json_t *b = json_object_get(json_object_get(*(json_t *const *)right, "data"), sort->attr);
    const int no_a = scim_json_unassigned(a), no_b = scim_json_unassigned(b);
    int order = no_a - no_b;

    if (!no_a && !no_b)
        order = order_of(sort->type, sort->case_exact, a, b, sorting->p);
    return sort->descending ? -order : order;
}

/* The records of the result, all pages of it, in p. */
static apr_array_header_t *select_records(const memory_t *memory, const char *entity, const scim_query_t *query,
    apr_pool_t *p)
{
    apr_array_header_t *records = apr_array_make(p, 16, sizeof(json_t *));
    sorting_t sorting = { .sort = query->sort, .p = p };
    json_t *record;
    size_t i;

    json_array_foreach(json_object_get(memory->tables, entity), i, record)
        if (!is_hidden(memory, record) && (!query->filter || holds(query->filter, json_object_get(record,
            "data"), p)))
            APR_ARRAY_PUSH(records, json_t *) = record;
    /* glibc sorts little by merging: ties stay in the order of the table */
    if (query->sort)
        qsort_r(records->elts, (size_t)records->nelts, sizeof(json_t *), by_sort, &sorting);
    return records;
}

static scim_err_t *give(memory_t *memory, const json_t *record, const scim_attrs_t *attrs, scim_row_fn row, void
    *baton,
                        scim_session_t *session, apr_pool_t *scratch)
{
    scim_record_t out;
    scim_err_t *err = call(memory, "row", session->p);

    if (err)
        return err;
    memory->rows++;
    if (memory->before_row)
        memory->before_row(memory);
    fill(memory, &out, record, attrs, scratch);
    err = row(baton, &out);
    json_decref(out.data);
    apr_pool_clear(scratch);
    return err;
}

static scim_err_t *search(scim_session_t *session, const scim_entity_t *entity, const scim_query_t *query,
    scim_row_fn row,
                          void *baton, scim_page_t *page, apr_pool_t *scratch)
{
    memory_t *memory = session->memory;
    apr_array_header_t *records;
    scim_err_t *err = call(memory, "search", session->p);
    apr_int64_t i, end;

    note_attrs(memory, &query->attrs);
    memory->last_offset = query->offset;
    memory->last_limit = query->limit;
    memory->last_filtered = query->filter != NULL;
    memory->last_sorted = query->sort != NULL;
    records = select_records(memory, entity->name, query, session->p);
    end = query->limit < 0 || query->limit > records->nelts - query->offset ? records->nelts : query->offset +
        query->limit;
    for (i = query->offset; i < end && !err; i++)
        err = give(memory, APR_ARRAY_IDX(records, (int)i, json_t *), &query->attrs, row, baton, session, scratch);
    page->total = query->want_total && memory->caps.total ? records->nelts : -1;
    return err;
}

/* ---- changing ---- */

/* "login" is unique without regard to case. */
static int is_taken(const memory_t *memory, const char *entity, const char *key, const json_t *login)
{
    json_t *record;
    size_t i;

    if (!json_is_string(login))
        return 0;
    json_array_foreach(json_object_get(memory->tables, entity), i, record) {
        const char *other = json_string_value(json_object_get(json_object_get(record, "data"), "login"));

        if (other && strcasecmp(other, json_string_value(login)) == 0
            && (!key || strcmp(json_string_value(json_object_get(record, "key")), key) != 0))
            return 1;
    }
    return 0;
}

static scim_err_t *create(scim_session_t *session, const scim_entity_t *entity, const json_t *data, const char **key,
                          apr_pool_t *p)
{
    memory_t *memory = session->memory;
    scim_err_t *err = call(memory, "create", p);

    memory->writes++;
    if (err)
        return err;
    if (is_taken(memory, entity->name, NULL, json_object_get(data, "login")))
        return scim_err(p, SCIM_E_UNIQUENESS, "there is one already");
    *key = apr_psprintf(p, "k%d", memory->writes);
    memory_put(memory, entity->name, *key, json_deep_copy(data));
    return NULL;
}

static int same_element(const json_t *element, const json_t *pattern)
{
    const char *name;
    json_t *value;

    if (!json_is_object(pattern))
        return scim_json_equal(element, pattern);
    json_object_foreach((json_t *)pattern, name, value)
        if (!scim_json_equal(value, json_object_get(element, name)))
            return 0;
    return 1;
}

static int change_list(json_t *list, json_t *value, int add)
{
    size_t i;
    int found = 0;

    for (i = json_array_size(list); i > 0; i--)
        if (same_element(json_array_get(list, i - 1), value)) {
            found = 1;
            if (!add)
                json_array_remove(list, i - 1);
        }
    if (add && !found)
        json_array_append_new(list, json_deep_copy(value));
    return add ? !found : found;
}

static int apply(json_t *data, const scim_mod_t *mod)
{
    json_t *now = json_object_get(data, mod->attr), *value;
    size_t i;
    int changed = 0;

    if (mod->kind == SCIM_MOD_SET) {
        if (scim_json_equal(now, mod->values) || (scim_json_unassigned(now) && scim_json_unassigned(mod->values)))
            return 0;
        json_object_set_new(data, mod->attr, json_deep_copy(mod->values));
        return 1;
    }
    if (!json_is_array(now)) {
        now = json_array();
        json_object_set_new(data, mod->attr, now);
    }
    json_array_foreach(mod->values, i, value)
        changed |= change_list(now, value, mod->kind == SCIM_MOD_ADD);
    return changed;
}

static int has_version(const apr_array_header_t *versions, int version, apr_pool_t *p)
{
    const char *text = apr_itoa(p, version);
    int i;

    for (i = 0; versions && i < versions->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(versions, i, const char *), text) == 0)
            return 1;
    return versions == NULL;
}

static void note_change(memory_t *memory, const scim_change_t *change)
{
    static const char *const words[] = { "SET", "ADD", "REMOVE" };
    int i;

    if (change->n > 0)
        memory->last_change = "";
    for (i = 0; i < change->n; i++)
        memory->last_change = apr_pstrcat(memory->pool, memory->last_change, i ? ", " : "",
            words[change->mods[i].kind], " ",
                                          change->mods[i].attr, NULL);
}

static scim_err_t *modify(scim_session_t *session, const scim_entity_t *entity, const char *key, const
    scim_change_t *change,
                          int *changed, apr_pool_t *p)
{
    memory_t *memory = session->memory;
    scim_err_t *err = call(memory, "modify", p);
    json_t *record;
    int i;

    *changed = 0;
    memory->writes++;
    note_change(memory, change);
    if (memory->before_modify)
        memory->before_modify(memory);
    record = find_visible(memory, entity->name, key);
    if (err)
        return err;
    if (!record)
        return scim_err(p, SCIM_E_NOT_FOUND, "no row");
    if (!has_version(change->versions, version_of(record), p))
        return scim_err(p, SCIM_E_PRECONDITION, "another version");
    for (i = 0; i < change->n; i++)
        if (strcmp(change->mods[i].attr, "login") == 0 && is_taken(memory, entity->name, key, change->mods[i].values))
            return scim_err(p, SCIM_E_UNIQUENESS, "there is one already");
    for (i = 0; i < change->n; i++)
        *changed |= apply(json_object_get(record, "data"), &change->mods[i]);
    if (*changed)
        json_object_set_new(record, "version", json_integer(version_of(record) + 1));
    return NULL;
}

static scim_err_t *remove_record(scim_session_t *session, const scim_entity_t *entity, const char *key,
                                 const apr_array_header_t *versions, apr_pool_t *p)
{
    memory_t *memory = session->memory;
    scim_err_t *err = call(memory, "remove", p);
    size_t at = 0;
    json_t *record = find(memory, entity->name, key, &at);

    memory->writes++;
    if (err)
        return err;
    if (!record || is_hidden(memory, record))
        return scim_err(p, SCIM_E_NOT_FOUND, "no row");
    if (!has_version(versions, version_of(record), p))
        return scim_err(p, SCIM_E_PRECONDITION, "another version");
    json_array_remove(json_object_get(memory->tables, entity->name), at);
    return NULL;
}

/* ---- references ---- */

static const json_t *find_by(const memory_t *memory, const char *entity, const char *attr, const char *text)
{
    json_t *record;
    size_t i;

    json_array_foreach(json_object_get(memory->tables, entity), i, record) {
        const json_t *data = json_object_get(record, "data");
        const char *value = json_string_value(json_object_get(data, attr));

        if (value && strcmp(value, text) == 0 && !is_hidden(memory, record))
            return data;
    }
    return NULL;
}

static scim_err_t *resolve(scim_session_t *session, const scim_entity_t *entity, const char *from, const char *to,
                           const char *const *in, const char **out, int n, apr_pool_t *p)
{
    memory_t *memory = session->memory;
    scim_err_t *err = call(memory, "resolve", p);
    int i;

    if (!err && n < 1)
        err = scim_err(p, SCIM_E_INTERNAL, "nothing to look up");
    memory->resolves++;
    memory->last_resolved = n;
    for (i = 0; i < n && !err; i++) {
        const json_t *data = find_by(memory, entity->name, from ? from : "key", in[i]);
        const char *value = json_string_value(json_object_get(data, to ? to : "key"));

        out[i] = value ? apr_pstrdup(p, value) : NULL;
    }
    return err;
}

static const scim_property_t properties[] = { { .name = NULL } };

const scim_connector_t memory_connector = {
    .size = sizeof(scim_connector_t),
    .name = "memory",
    .version = "1",
    .properties = properties,
    .target_make = target_make,
    .target_property = target_property,
    .target_done = target_done,
    .entity_make = entity_make,
    .entity_check = entity_check,
    .entity_key = entity_key,
    .child_init = child_init,
    .acquire = acquire,
    .release = release,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .match = match,
    .get = get,
    .search = search,
    .create = create,
    .modify = modify,
    .remove = remove_record,
    .resolve = resolve
};
