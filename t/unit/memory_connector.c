/* SPDX-License-Identifier: Apache-2.0 */
#include "memory_connector.h"

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
    scim_target_t *target;
    const char    *name;
};

struct scim_session_t {
    memory_t   *memory;
    apr_pool_t *p;
    int         open;
};

memory_t *memory_of(scim_target_t *target)
{
    return &target->memory;
}

static const char *target_make(scim_target_t **target, const char *name, apr_pool_t *p)
{
    (void)name;
    *target = apr_pcalloc(p, sizeof **target);
    (*target)->memory.pool = p;
    (*target)->memory.tables = scim_json_own(p, json_object());
    (*target)->memory.matches = SCIM_MATCH_EXACT;
    return NULL;
}

static const char *target_property(scim_target_t *target, const char *name, const char *value)
{
    (void)target;
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

static const char *entity_make(scim_entity_t **entity, scim_target_t *target, const char *type_name, scim_prop_fn prop, void *baton,
                               apr_pool_t *p)
{
    (void)prop;
    (void)baton;
    *entity = apr_palloc(p, sizeof **entity);
    (*entity)->target = target;
    (*entity)->name = apr_pstrdup(p, type_name);
    json_object_set_new(target->memory.tables, type_name, json_array());
    return NULL;
}

static const char *entity_check(scim_entity_t *entity, const scim_attrs_t *uses, scim_caps_t *caps, apr_pool_t *ptemp)
{
    static const scim_caps_t all = {
        .create = 1, .modify = 1, .remove = 1, .values = 1, .version = 1, .sort = 0, .offset = 1, .total = 1
    };

    (void)entity;
    (void)uses;
    (void)ptemp;
    *caps = all;
    return NULL;
}

static const char *entity_key(const scim_entity_t *entity)
{
    (void)entity;
    return "key";
}

static apr_status_t child_init(scim_target_t *target, const scim_host_t *host, const scim_log_t *log, apr_pool_t *pchild)
{
    (void)target;
    (void)host;
    (void)log;
    (void)pchild;
    return APR_SUCCESS;
}

static scim_err_t *acquire(scim_session_t **session, scim_target_t *target, const scim_ctx_t *ctx, apr_pool_t *p)
{
    (void)ctx;
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

static scim_err_t *maybe_fail(scim_session_t *session)
{
    scim_err_t *err;

    if (session->memory->fail_next == 0)
        return NULL;
    session->memory->fail_next--;
    err = scim_err(session->p, SCIM_E_UNAVAILABLE, "gone");
    err->retriable = 1;
    return err;
}

static scim_err_t *begin(scim_session_t *session)
{
    scim_err_t *err = maybe_fail(session);

    if (err)
        return err;
    session->open = 1;
    session->memory->begun++;
    session->memory->saved = scim_json_own(session->memory->pool, json_deep_copy(session->memory->tables));
    return NULL;
}

static scim_err_t *commit(scim_session_t *session)
{
    session->open = 0;
    session->memory->committed++;
    return NULL;
}

static scim_match_t match(scim_session_t *session, const scim_entity_t *entity, const char *list, const scim_qfilter_t *comparison)
{
    (void)entity;
    (void)list;
    (void)comparison;
    return session->memory->matches;
}

static json_t *find(memory_t *memory, const char *entity, const char *key, size_t *at)
{
    json_t *table = json_object_get(memory->tables, entity), *record;
    size_t i;

    json_array_foreach(table, i, record)
        if (strcmp(json_string_value(json_object_get(record, "key")), key) == 0) {
            if (at)
                *at = i;
            return record;
        }
    return NULL;
}

void memory_put(scim_target_t *target, const char *entity, const char *key, json_t *data)
{
    json_object_set_new(data, "key", json_string(key));
    json_array_append_new(json_object_get(target->memory.tables, entity),
                          json_pack("{s:s,s:i,s:o}", "key", key, "version", 1, "data", data));
}

json_t *memory_data(scim_target_t *target, const char *entity, const char *key)
{
    return json_object_get(find(&target->memory, entity, key, NULL), "data");
}

static void note_attrs(memory_t *memory, const scim_attrs_t *attrs)
{
    int i;

    memory->last_attrs = "";
    for (i = 0; i < attrs->n; i++)
        memory->last_attrs = apr_pstrcat(memory->pool, memory->last_attrs, i ? "," : "", attrs->use[i].name, NULL);
}

static void fill(scim_record_t *out, const json_t *record, const scim_attrs_t *attrs, apr_pool_t *p)
{
    const json_t *data = json_object_get(record, "data");
    int i;

    out->key = apr_pstrdup(p, json_string_value(json_object_get(record, "key")));
    out->version = apr_psprintf(p, "%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(record, "version")));
    out->data = json_object();
    for (i = 0; i < attrs->n; i++) {
        json_t *value = json_object_get(data, attrs->use[i].name);

        if (value)
            json_object_set_new(out->data, attrs->use[i].name, json_deep_copy(value));
    }
}

static scim_err_t *get(scim_session_t *session, const scim_entity_t *entity, const char *key, const scim_attrs_t *attrs,
                       scim_record_t *record, apr_pool_t *p)
{
    memory_t *memory = session->memory;
    const json_t *found = find(memory, entity->name, key, NULL);
    scim_err_t *err = maybe_fail(session);

    memory->reads++;
    note_attrs(memory, attrs);
    if (err)
        return err;
    if (!found)
        return scim_err(p, SCIM_E_NOT_FOUND, "no row");
    fill(record, found, attrs, p);
    return NULL;
}

static int holds(const scim_qfilter_t *f, const json_t *data, apr_pool_t *p);

static int compare(const scim_qfilter_t *f, const json_t *value, apr_pool_t *p)
{
    const char *a, *b;
    apr_time_t s, t;
    int order;

    if (f->op == SCIM_CMP_PR)
        return !scim_json_unassigned(value) && *scim_json_text(value, p) != '\0';
    if (scim_json_unassigned(value))
        return f->op == SCIM_CMP_NE;
    a = scim_json_text(value, p);
    b = scim_json_text(f->value, p);
    if (f->type == SCIM_TYPE_DATETIME && scim_date_parse(&s, a, 0) == 0 && scim_date_parse(&t, b, 0) == 0)
        order = (s > t) - (s < t);
    else if (!f->case_exact) {
        a = scim_fold(a, p);
        b = scim_fold(b, p);
        order = strcmp(a, b);
    }
    else
        order = strcmp(a, b);
    switch (f->op) {
    case SCIM_CMP_EQ: return order == 0;
    case SCIM_CMP_NE: return order != 0;
    case SCIM_CMP_GT: return order > 0;
    case SCIM_CMP_GE: return order >= 0;
    case SCIM_CMP_LT: return order < 0;
    case SCIM_CMP_LE: return order <= 0;
    case SCIM_CMP_CO: return strstr(a, b) != NULL;
    case SCIM_CMP_SW: return strncmp(a, b, strlen(b)) == 0;
    default: return strlen(a) >= strlen(b) && strcmp(a + strlen(a) - strlen(b), b) == 0;
    }
}

static int some_element(const scim_qfilter_t *f, const json_t *list, apr_pool_t *p)
{
    const json_t *element;
    size_t i;

    json_array_foreach((json_t *)list, i, element)
        if (holds(f->sub[0], element, p))
            return 1;
    return 0;
}

static int holds(const scim_qfilter_t *f, const json_t *data, apr_pool_t *p)
{
    int i;

    switch (f->kind) {
    case SCIM_Q_TRUE: return 1;
    case SCIM_Q_FALSE: return 0;
    case SCIM_Q_NOT: return !holds(f->sub[0], data, p);
    case SCIM_Q_ELEM: return some_element(f, json_object_get(data, f->attr), p);
    case SCIM_Q_CMP: return compare(f, json_object_get(data, f->attr), p);
    default:
        for (i = 0; i < f->nsub; i++)
            if (holds(f->sub[i], data, p) == (f->kind == SCIM_Q_OR))
                return f->kind == SCIM_Q_OR;
        return f->kind == SCIM_Q_AND;
    }
}

static scim_err_t *search(scim_session_t *session, const scim_entity_t *entity, const scim_query_t *query, scim_row_fn row, void *baton,
                          scim_page_t *page, apr_pool_t *scratch)
{
    memory_t *memory = session->memory;
    json_t *table = json_object_get(memory->tables, entity->name), *record;
    apr_int64_t seen = 0, given = 0;
    scim_err_t *err = maybe_fail(session);
    size_t i;

    memory->reads++;
    memory->last_limit = query->limit;
    memory->last_filtered = query->filter != NULL;
    note_attrs(memory, &query->attrs);
    json_array_foreach(table, i, record) {
        scim_record_t out;

        if (query->filter && !holds(query->filter, json_object_get(record, "data"), scratch))
            continue;
        if (seen++ < query->offset || (query->limit >= 0 && given == query->limit))
            continue;
        given++;
        fill(&out, record, &query->attrs, scratch);
        if (!err)
            err = row(baton, &out);
        json_decref(out.data);
        if (err)
            return err;
    }
    page->total = query->want_total ? seen : -1;
    return err;
}

/* "login" is unique without regard to case. */
static int taken(memory_t *memory, const char *entity, const char *key, const json_t *login)
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

static scim_err_t *create(scim_session_t *session, const scim_entity_t *entity, const json_t *data, const char **key, apr_pool_t *p)
{
    memory_t *memory = session->memory;

    memory->writes++;
    if (taken(memory, entity->name, NULL, json_object_get(data, "login")))
        return scim_err(p, SCIM_E_UNIQUENESS, "there is one already");
    *key = apr_psprintf(p, "k%d", memory->writes);
    memory_put(entity->target, entity->name, *key, json_deep_copy(data));
    return NULL;
}

static int same_element(const json_t *element, const json_t *pattern)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)pattern, name, value)
        if (!scim_json_equal(value, json_object_get(element, name)))
            return 0;
    return 1;
}

static int change_list(json_t *list, const json_t *value, int add)
{
    json_t *element;
    size_t i;
    int found = 0;

    for (i = json_array_size(list); i > 0; i--) {
        element = json_array_get(list, i - 1);
        if (same_element(element, value)) {
            found = 1;
            if (!add)
                json_array_remove(list, i - 1);
        }
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
    if (!now) {
        now = json_array();
        json_object_set_new(data, mod->attr, now);
    }
    json_array_foreach(mod->values, i, value)
        changed |= change_list(now, value, mod->kind == SCIM_MOD_ADD);
    return changed;
}

static int has_version(const apr_array_header_t *versions, json_int_t version, apr_pool_t *p)
{
    const char *text = apr_psprintf(p, "%" JSON_INTEGER_FORMAT, version);
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
        memory->last_change = apr_pstrcat(memory->pool, memory->last_change, i ? ", " : "", words[change->mods[i].kind], " ",
                                          change->mods[i].attr, NULL);
}

static scim_err_t *modify(scim_session_t *session, const scim_entity_t *entity, const char *key, const scim_change_t *change,
                          int *changed, apr_pool_t *p)
{
    memory_t *memory = session->memory;
    json_t *record = find(memory, entity->name, key, NULL), *data = json_object_get(record, "data");
    json_int_t version = json_integer_value(json_object_get(record, "version"));
    int i;

    memory->writes++;
    note_change(memory, change);
    *changed = 0;
    if (!record)
        return scim_err(p, SCIM_E_NOT_FOUND, "no row");
    if (!has_version(change->versions, version, p))
        return scim_err(p, SCIM_E_PRECONDITION, "another version");
    for (i = 0; i < change->n; i++) {
        if (strcmp(change->mods[i].attr, "login") == 0 && taken(memory, entity->name, key, change->mods[i].values))
            return scim_err(p, SCIM_E_UNIQUENESS, "there is one already");
        *changed |= apply(data, &change->mods[i]);
    }
    if (*changed)
        json_object_set_new(record, "version", json_integer(version + 1));
    return NULL;
}

static scim_err_t *remove_record(scim_session_t *session, const scim_entity_t *entity, const char *key,
                                 const apr_array_header_t *versions, apr_pool_t *p)
{
    memory_t *memory = session->memory;
    size_t at;
    json_t *record = find(memory, entity->name, key, &at);

    memory->writes++;
    if (!record)
        return scim_err(p, SCIM_E_NOT_FOUND, "no row");
    if (!has_version(versions, json_integer_value(json_object_get(record, "version")), p))
        return scim_err(p, SCIM_E_PRECONDITION, "another version");
    json_array_remove(json_object_get(memory->tables, entity->name), at);
    return NULL;
}

static const json_t *find_by(memory_t *memory, const char *entity, const char *attr, const char *text)
{
    json_t *record;
    size_t i;

    json_array_foreach(json_object_get(memory->tables, entity), i, record) {
        const json_t *data = json_object_get(record, "data");
        const char *value = json_string_value(json_object_get(data, attr));

        if (value && strcmp(value, text) == 0)
            return data;
    }
    return NULL;
}

static scim_err_t *resolve(scim_session_t *session, const scim_entity_t *entity, const char *from, const char *to, const char *const *in,
                           const char **out, int n, apr_pool_t *p)
{
    int i;

    session->memory->resolves++;
    for (i = 0; i < n; i++) {
        const json_t *data = find_by(session->memory, entity->name, from ? from : "key", in[i]);
        const char *value = json_string_value(json_object_get(data, to ? to : "key"));

        out[i] = value ? apr_pstrdup(p, value) : NULL;
    }
    return NULL;
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
