/* SPDX-License-Identifier: Apache-2.0 */
#include "map_fixture.h"

#include <math.h>
#include <string.h>

#include <apr_strings.h>

#include "scim_date.h"
#include "scim_lex.h"
#include "scim_text.h"

static const scim_filter_limits_t no_limits;

/* ---- resource types ---- */

static void add(scim_schema_t *schema, const char *name, scim_type_t type, unsigned multi, unsigned exact)
{
    const scim_attr_t attr = { .type = type, .multi = multi & 1, .case_exact = exact & 1 };

    ck_assert_ptr_null(scim_schema_add(schema, name, &attr, test_pool));
}

scim_rtype_t *map_fixture_user(void)
{
    scim_rtype_t *user = scim_rtype_make("User", "Users", scim_schema_user(), test_pool);
    scim_schema_t *thing = scim_schema_make(THING, "Thing", NULL, test_pool);

    add(thing, "flag", SCIM_TYPE_BOOLEAN, 0, 0);
    add(thing, "count", SCIM_TYPE_INTEGER, 0, 0);
    add(thing, "ratio", SCIM_TYPE_DECIMAL, 0, 0);
    add(thing, "when", SCIM_TYPE_DATETIME, 0, 0);
    add(thing, "photo", SCIM_TYPE_BINARY, 0, 1);
    add(thing, "link", SCIM_TYPE_REFERENCE, 0, 1);
    add(thing, "code", SCIM_TYPE_STRING, 0, 1);
    add(thing, "level", SCIM_TYPE_INTEGER, 0, 0);
    add(thing, "done", SCIM_TYPE_BOOLEAN, 0, 0);
    add(thing, "since", SCIM_TYPE_DATETIME, 0, 0);
    add(thing, "word", SCIM_TYPE_STRING, 0, 0);
    add(thing, "owner", SCIM_TYPE_STRING, 0, 0);
    add(thing, "tags", SCIM_TYPE_STRING, 1, 0);
    add(thing, "box", SCIM_TYPE_COMPLEX, 0, 0);
    add(thing, "box.size", SCIM_TYPE_INTEGER, 0, 0);
    add(thing, "box.label", SCIM_TYPE_STRING, 0, 0);
    add(thing, "box.kind", SCIM_TYPE_STRING, 0, 0);
    add(thing, "parts", SCIM_TYPE_COMPLEX, 1, 0);
    add(thing, "parts.name", SCIM_TYPE_STRING, 0, 1);
    add(thing, "parts.count", SCIM_TYPE_INTEGER, 0, 0);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, test_pool);
    scim_rtype_extend(user, thing, 0, test_pool);
    return user;
}

scim_rtype_t *map_fixture_group(void)
{
    return scim_rtype_make("Group", "Groups", scim_schema_group(), test_pool);
}

/* ---- programs ---- */

static const char *build(const scim_rtype_t *rtype, const char *const *lines, map_program_t **program)
{
    map_builder_t *builder = map_builder_make(rtype, test_pool);
    const char *error = NULL;
    int i;

    for (i = 0; lines[i] && !error; i++) {
        const char *where = apr_psprintf(test_pool, "test.conf:%d", i + 1);

        if (strcmp(lines[i], ">") == 0)
            error = map_builder_each_end(builder);
        else if (lines[i][0] == '<')
            error = map_builder_each(builder, lines[i] + 1, where);
        else
            error = map_builder_line(builder, lines[i], where);
    }
    return error ? error : map_builder_finish(builder, program);
}

const map_program_t *map_fixture_make(const scim_rtype_t *rtype, const char *const *lines)
{
    map_program_t *program = NULL;
    const char *error = build(rtype, lines, &program);

    ck_assert_msg(error == NULL, "refused: %s", error);
    return program;
}

const char *map_fixture_refusal(const scim_rtype_t *rtype, const char *const *lines)
{
    map_program_t *ignored;

    return build(rtype, lines, &ignored);
}

map_run_t map_fixture_run(void)
{
    map_run_t run = { .refs = apr_array_make(test_pool, 4, sizeof(map_ref_t)), .p = test_pool };

    return run;
}

json_t *map_fixture_read(const map_program_t *program, const char *record)
{
    map_run_t run = map_fixture_run();
    json_t *resource = NULL;

    ck_ok(map_read(program, map_plan_make(program, NULL, NULL, test_pool), test_json(record), &resource, &run));
    return scim_json_own(test_pool, resource);
}

scim_filter_t *map_fixture_filter(const map_program_t *program, const char *text)
{
    scim_filter_t *filter = NULL;
    scim_err_t *err = scim_filter_parse(&filter, text, map_program_rtype(program), &no_limits, test_pool);

    ck_assert_msg(err == NULL, "%s: %s", text, err ? err->detail : "");
    return filter;
}

/* ---- native filters as texts ---- */

static const char *print_list(const scim_qfilter_t *q)
{
    const char *text = "(";
    int i;

    for (i = 0; i < q->nsub; i++)
        text = apr_pstrcat(test_pool, text, i ? (q->kind == SCIM_Q_AND ? " & " : " | ") : "", map_fixture_print(q->sub[i]), NULL);
    return apr_pstrcat(test_pool, text, ")", NULL);
}

static const char *print_comparison(const scim_qfilter_t *q)
{
    const char *op = scim_lex_operator_name(q->op);
    int folds = (q->type == SCIM_TYPE_STRING || q->type == SCIM_TYPE_REFERENCE) && !q->case_exact;

    if (!q->value)
        return apr_pstrcat(test_pool, q->attr, " ", op, NULL);
    return apr_pstrcat(test_pool, q->attr, " ", op, " ", scim_json_dump(q->value, test_pool), folds ? "~" : "", NULL);
}

const char *map_fixture_print(const scim_qfilter_t *q)
{
    if (!q)
        return "all";
    switch (q->kind) {
    case SCIM_Q_TRUE:
        return "true";
    case SCIM_Q_FALSE:
        return "false";
    case SCIM_Q_NOT:
        return apr_pstrcat(test_pool, "!(", map_fixture_print(q->sub[0]), ")", NULL);
    case SCIM_Q_ELEM:
        return apr_pstrcat(test_pool, q->attr, "[", map_fixture_print(q->sub[0]), "]", NULL);
    case SCIM_Q_CMP:
        return print_comparison(q);
    default:
        return print_list(q);
    }
}

/* ---- a backend ---- */

static const char *text_of(const json_t *value)
{
    return json_is_null(value) || json_is_object(value) || json_is_array(value) ? NULL : scim_json_text(value, test_pool);
}

static int is_word(const char *text, const char *words)
{
    return text && *text && strlen(text) < 6 && strstr(words, apr_psprintf(test_pool, " %s ", scim_fold(text, test_pool))) != NULL;
}

/* The order of two values of a type; false where the native one is none of it. */
static int order_of(const scim_qfilter_t *q, const json_t *native, int *order)
{
    const char *a = text_of(native), *b = scim_json_text(q->value, test_pool);
    apr_time_t s, t;
    double x, y;
    char *end;

    switch (q->type) {
    case SCIM_TYPE_BOOLEAN:
        if (!is_word(a, " true t 1 false f 0 "))
            return 0;
        *order = is_word(a, " true t 1 ") - json_is_true(q->value);
        return 1;
    case SCIM_TYPE_INTEGER:
    case SCIM_TYPE_DECIMAL:
        x = strtod(a, &end);
        y = strtod(b, NULL);
        *order = (x > y) - (x < y);
        return *a && !*end && !(q->type == SCIM_TYPE_INTEGER && floor(x) < x);
    case SCIM_TYPE_DATETIME:
        if (scim_date_parse(&s, a, 0) || scim_date_parse(&t, b, 0))
            return 0;
        *order = (s > t) - (s < t);
        return 1;
    default:
        *order = q->case_exact || q->type == SCIM_TYPE_BINARY ? strcmp(a, b) : strcmp(scim_fold(a, test_pool), scim_fold(b, test_pool));
        return 1;
    }
}

static int has_part(const scim_qfilter_t *q, const char *text)
{
    const char *part = json_string_value(q->value);
    size_t ntext, npart;

    if (!q->case_exact) {
        text = scim_fold(text, test_pool);
        part = scim_fold(part, test_pool);
    }
    ntext = strlen(text);
    npart = strlen(part);
    if (q->op == SCIM_CMP_CO)
        return strstr(text, part) != NULL;
    return npart <= ntext && strncmp(q->op == SCIM_CMP_SW ? text : text + ntext - npart, part, npart) == 0;
}

/* Whether there is a value of that type which is not empty. */
static int is_there(const scim_qfilter_t *q, const json_t *native)
{
    const char *text = text_of(native);
    scim_qfilter_t alike = *q;
    json_t *any = json_string("2000-01-01");
    int ignored, there;

    alike.value = q->type == SCIM_TYPE_BOOLEAN ? json_true() : any;
    there = text && *text && order_of(&alike, native, &ignored);
    json_decref(any);
    return there;
}

static int compare(const scim_qfilter_t *q, const json_t *record)
{
    const json_t *native = strcmp(q->attr, ".") == 0 ? record : json_object_get(record, q->attr);
    const char *text = native ? text_of(native) : NULL;
    int order;

    if (!text)
        return q->op == SCIM_CMP_NE;
    switch (q->op) {
    case SCIM_CMP_PR:
        return is_there(q, native);
    case SCIM_CMP_CO:
    case SCIM_CMP_SW:
    case SCIM_CMP_EW:
        return has_part(q, text);
    default:
        break;
    }
    if (!order_of(q, native, &order))
        return q->op == SCIM_CMP_NE;
    switch (q->op) {
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

static int some_element(const scim_qfilter_t *q, const json_t *list, map_fixture_more_fn more)
{
    const json_t *element;
    size_t i;

    json_array_foreach(list, i, element)
        if (map_fixture_holds(q, element, more))
            return 1;
    return 0;
}

int map_fixture_holds(const scim_qfilter_t *q, const json_t *record, map_fixture_more_fn more)
{
    int i;

    if (!q)
        return 1;
    switch (q->kind) {
    case SCIM_Q_TRUE:
        return 1;
    case SCIM_Q_FALSE:
        return 0;
    case SCIM_Q_NOT:
        return !map_fixture_holds(q->sub[0], record, more);
    case SCIM_Q_ELEM:
        return some_element(q->sub[0], json_object_get(record, q->attr), more);
    case SCIM_Q_CMP:
        return compare(q, record) || (more && more(q, record));
    default:
        break;
    }
    for (i = 0; i < q->nsub; i++)
        if (map_fixture_holds(q->sub[i], record, more) != (q->kind == SCIM_Q_AND))
            return q->kind == SCIM_Q_OR;
    return q->kind == SCIM_Q_AND;
}
