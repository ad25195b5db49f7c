/* SPDX-License-Identifier: Apache-2.0 */
#include "engine_fixture.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_error.h"

engine_t engine;

static const char *const usual_user[] = {
    "id <- key", "externalId <-> external", "userName <-> login required", "name.familyName <-> family",
    "name.givenName <-> given", "title <-> title", "active <-> status | valueMapping(\"A\"=true, \"I\"=false)",
    "password -> secret", "meta.lastModified <- changed", "<emails <-> mails", "value <-> address", "type <-> kind",
    "primary <-> main", ">", "<groups <- memberships", "value <- team | ref(Group)", "display <- label", ">",
    ENTERPRISE ":department <-> department", ENTERPRISE ":manager.value <-> boss | ref(User)", NULL
};

static const char *const usual_group[] = {
    "id <- key", "displayName <-> name required", "<members <-> members", "value <-> person | ref(User)", ">", NULL
};

/* ---- the system ---- */

static map_program_t *make_program(scim_rtype_t *rtype, const char *const *lines)
{
    map_builder_t *builder = map_builder_make(rtype, test_pool);
    map_program_t *program = NULL;
    const char *error;

    for (; *lines; lines++) {
        if (**lines == '<')
            error = map_builder_each(builder, *lines + 1, "test");
        else if (**lines == '>')
            error = map_builder_each_end(builder);
        else
            error = map_builder_line(builder, *lines, "test");
        ck_assert_msg(!error, "%s: %s", *lines, error);
    }
    error = map_builder_finish(builder, &program);
    ck_assert_msg(!error, "%s", error);
    return program;
}

static void add_type(scim_rtype_t *rtype, const char *const *lines, scim_target_t *target)
{
    const scim_connector_t *connector = &engine.connector;
    scim_entity_t *entity;

    ck_assert_ptr_null(connector->entity_make(&entity, target, rtype->name, NULL, NULL, test_pool));
    ck_assert_ptr_null(scim_system_add(engine.system, make_program(rtype, lines), connector, target, "memory", entity,
                                       test_pool));
}

static scim_target_t *make_target(const scim_caps_t *caps)
{
    scim_target_t *target;

    ck_assert_ptr_null(engine.connector.target_make(&target, "memory", test_pool));
    if (caps)
        memory_of(target)->caps = *caps;
    return target;
}

void engine_make(const engine_config_t *config)
{
    scim_rtype_t *user = scim_rtype_make("User", "Users", scim_schema_user(), test_pool);
    scim_rtype_t *group = scim_rtype_make("Group", "Groups", scim_schema_group(), test_pool);
    scim_rtype_t *worker = scim_rtype_make("Worker", "Workers", scim_schema_user(), test_pool);
    scim_target_t *users, *groups;

    memset(&engine, 0, sizeof engine);
    engine.connector = memory_connector;
    if (config->no_transactions)
        engine.connector.begin = NULL;
    engine.limits = scim_default_limits;
    users = groups = make_target(config->caps);
    if (config->two_targets)
        groups = make_target(config->caps);
    engine.memory = memory_of(users);
    engine.groups = memory_of(groups);
    engine.system = scim_system_make("test", test_pool);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, test_pool);
    if (config->extension)
        scim_rtype_extend(user, config->extension, 0, test_pool);
    add_type(user, config->user ? config->user : usual_user, users);
    add_type(group, config->group ? config->group : usual_group, groups);
    if (config->worker)
        add_type(worker, config->worker, users);
    ck_assert_ptr_null(scim_system_freeze(engine.system, test_pool));
}

void engine_setup(void)
{
    const engine_config_t usual = { .user = NULL };

    engine_make(&usual);
}

/* ---- requests ---- */

/* A sink, and what it has got. */
typedef struct taken_t {
    answer_t   *answer;
    char       *text;
    apr_size_t  size;
} taken_t;

static scim_err_t *take_begin(void *baton, const scim_reply_t *reply)
{
    answer_t *answer = ((taken_t *)baton)->answer;

    answer->begun++;
    answer->done = reply->done;
    answer->location = apr_pstrdup(test_pool, reply->location);
    answer->etag = apr_pstrdup(test_pool, reply->etag);
    return engine.begin_fails;
}

static scim_err_t *take_piece(void *baton, const char *data, apr_size_t len)
{
    taken_t *taken = baton;
    answer_t *answer = taken->answer;

    ck_assert_int_eq(answer->begun, 1);
    if (engine.on_piece)
        engine.on_piece();
    if (engine.patience && answer->length + len > engine.patience)
        return scim_err(test_pool, SCIM_E_ABORTED, "the client is gone");
    if (!engine.discard && answer->length + len >= taken->size) {
        taken->size = 2 * (answer->length + len) + 1;
        taken->text = realloc(taken->text, taken->size);
        ck_assert_ptr_nonnull(taken->text);
    }
    if (!engine.discard)
        memcpy(taken->text + answer->length, data, len);
    answer->length += len;
    return NULL;
}

static const scim_err_t *keep(const scim_err_t *err)
{
    scim_err_t *kept;

    if (!err)
        return NULL;
    kept = apr_pmemdup(test_pool, err, sizeof *err);
    kept->detail = apr_pstrdup(test_pool, err->detail);
    kept->log = apr_pstrdup(test_pool, err->log);
    kept->prev = NULL;
    return kept;
}

static const scim_err_t *run(const request_t *request, const scim_sink_t *sink, apr_pool_t *p)
{
    scim_operation_t op = {
        .system = engine.system, .args = request->args, .document = request->body ? test_json(request->body) : NULL,
        .if_match = request->if_match, .if_none_match = request->if_none_match, .base = ENGINE_BASE,
        .limits = &engine.limits, .leniency = &scim_lenient
    };
    scim_err_t *err = scim_route(&op.route, engine.system, request->method, request->path, p);

    return keep(err ? err : scim_operation_run(&op, &test_ctx, sink, p));
}

static void check(const answer_t *answer)
{
    ck_assert_int_eq(engine.memory->opened, engine.memory->closed);
    ck_assert_int_eq(engine.groups->opened, engine.groups->closed);
    ck_assert_int_le(answer->begun, 1);
    if (!answer->err)
        ck_assert_int_eq(answer->begun, 1);
    if (!answer->begun)
        ck_assert_uint_eq(answer->length, 0);
}

answer_t engine_ask(const request_t *request)
{
    answer_t answer = { .begun = 0 };
    taken_t taken = { .answer = &answer };
    const scim_sink_t sink = { .begin = take_begin, .write = take_piece, .baton = &taken };
    apr_pool_t *p;

    ck_assert_int_eq(apr_pool_create(&p, test_pool), APR_SUCCESS);
    answer.err = run(request, &sink, p);
    apr_pool_destroy(p);
    answer.text = taken.text ? apr_pstrmemdup(test_pool, taken.text, answer.length) : "";
    free(taken.text);
    check(&answer);
    if (!answer.err && answer.length > 0 && !engine.discard)
        answer.body = test_json(answer.text);
    return answer;
}

answer_t engine_do(const char *method, const char *path, const char *body)
{
    const request_t request = { .method = method, .path = path, .body = body };
    answer_t answer = engine_ask(&request);

    ck_ok(answer.err);
    return answer;
}

answer_t engine_get(const char *path, scim_listargs_t args)
{
    const request_t request = { .method = "GET", .path = path, .args = args };
    answer_t answer = engine_ask(&request);

    ck_ok(answer.err);
    return answer;
}

scim_errkind_t engine_fail(const char *method, const char *path, const char *body)
{
    const request_t request = { .method = method, .path = path, .body = body };
    answer_t answer = engine_ask(&request);

    ck_assert_ptr_nonnull(answer.err);
    ck_assert_int_eq(answer.begun, 0);
    return answer.err->kind;
}

/* ---- records ---- */

void engine_users(int n)
{
    int i;

    for (i = 1; i <= n; i++)
        memory_put(engine.memory, "User", apr_itoa(test_pool, i),
                   json_pack("{s:s, s:s, s:s, s:s, s:[{s:s, s:s}]}", "login", apr_psprintf(test_pool, "user%d",
                       i), "family",
                             apr_psprintf(test_pool, "Family%d", i), "status", i % 2 ? "A" : "I", "department",
                             i % 3 ? "Sales" : "Tours", "mails", "address", apr_psprintf(test_pool,
                                 "u%d@example.com", i),
                             "kind", "work"));
}

void engine_group(const char *key, const char *name, int from, int to)
{
    json_t *members = json_array();

    for (; from <= to; from++)
        json_array_append_new(members, json_pack("{s:s}", "person", apr_itoa(test_pool, from)));
    memory_put(engine.groups, "Group", key, json_pack("{s:s, s:o}", "name", name, "members", members));
}

const char *engine_ids(const answer_t *answer)
{
    const json_t *resource;
    const char *ids = "";
    size_t i;

    json_array_foreach(json_object_get(answer->body, "Resources"), i, resource)
        ids = apr_pstrcat(test_pool, ids, i ? " " : "", json_string_value(json_object_get(resource, "id")), NULL);
    return ids;
}
