/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "map_fixture.h"

#define ID "id <- k"
#define LOGIN "userName <-> login"

/* Lines for a user, and a part of why they are refused. */
static const struct {
    const char *lines[10];
    const char *says;
} bad[] = {
    { { LOGIN }, "User has no rule for id; add SCIMMap id <- KEY" },
    { { "id <-> k", LOGIN }, "use <- instead of <->" }, { { "id -> k", LOGIN }, "use <- instead of ->" },
    { { "id <- = \"x\"", LOGIN }, "cannot be a constant" }, { { "id <- k default \"x\"", LOGIN }, "has no default" },
    { { "id <- k[0]", LOGIN }, "made from a native attribute itself" },
    { { "id <- k | toLowerCaseString", LOGIN }, "toLowerCaseString cannot make ids" },
    { { "id <- k | valueMapping(1=\"x\")", LOGIN }, "cannot make ids" }, { { "id <- k | ref(User)", LOGIN }, "cannot make ids" },

    { { ID }, "userName is required in its schema, and no rule reads it" },
    { { ID, "userName -> login" }, "no rule reads it; add SCIMMap userName <- NATIVE" },
    { { ID, "userName <- login", "title <-> t" }, "no rule writes it; add SCIMMap userName -> NATIVE" },

    { { ID, LOGIN, "nosuch <-> x" }, "nosuch: unknown attribute" }, { { ID, LOGIN, "name <-> x" }, "complex: name one of its sub" },
    { { ID, LOGIN, "name.nosuch <-> x" }, "no sub-attribute" }, { { ID, LOGIN, ENTERPRISE " <-> x" }, "it is a schema" },
    { { ID, LOGIN, "emails <-> x" }, "<SCIMMapEach emails" }, { { ID, LOGIN, "emails.value <-> x" }, "<SCIMMapEach emails" },
    { { ID, LOGIN, THING ":tags <-> x" }, "<SCIMMapEach tags ...>" },
    { { ID, LOGIN, "emails[type eq \"work\"] <-> x" }, "a sub-attribute is missing" },
    { { ID, LOGIN, "emails[type ne \"work\"].value <-> x" }, "comparisons with eq" },
    { { ID, LOGIN, "emails[type eq \"a\" or type eq \"b\"].value <- x" }, "comparisons with eq" },
    { { ID, LOGIN, "emails[type eq \"work\"].type <- x" }, "say already what this" },
    { { ID, LOGIN, "groups[type eq \"direct\"].value <-> x" }, "readOnly in its schema" },
    { { ID, LOGIN, "schemas <- x" }, "the server makes it" }, { { ID, LOGIN, "meta.version <- x" }, "the server makes it" },
    { { ID, LOGIN, "meta.resourceType <- x" }, "the server makes it" }, { { ID, LOGIN, "meta.location <- x" }, "the server makes it" },
    { { ID, LOGIN, "meta.created <-> x" }, "use <- instead of <->" },
    { { ID, LOGIN, "password <-> x" }, "never returned to clients: use -> instead of <->" },
    { { ID, LOGIN, "password <- x" }, "use -> instead of <-" },

    { { ID, LOGIN, "title <- a", "title <- b" }, "two rules read it, on test.conf:3 and on test.conf:4" },
    { { ID, LOGIN, "title <- a", "title <- = \"b\"" }, "two rules read it" },
    { { ID, LOGIN, "emails[type eq \"work\" and primary eq true].value <- a",
        "emails[primary eq true and type eq \"WORK\"].value <- b" }, "answers to the other" },
    { { ID, LOGIN, "emails[type eq \"work\" and primary eq true].value <- a",
        "emails[primary eq true and type eq \"work\"].value <- b" }, "two rules read it" },
    { { ID, LOGIN, "emails[type eq \"work\" and primary eq true].value <- a", "emails[type eq \"work\"].display <- b" },
      "let their brackets exclude each other" },
    { { ID, LOGIN, "title -> a", "nickName -> a" }, "two rules write \"a\"" },
    { { ID, LOGIN, "title -> a", "- -> a = 1" }, "two rules write \"a\"" },
    { { ID, LOGIN, "- -> a = 1 on create", "- -> a = 2 on create,patch" }, "two rules write \"a\"" },
    { { ID, LOGIN, "title -> a on create", "nickName -> a on create" }, "two rules write \"a\"" },

    { { ID, LOGIN, "title <-> t.x" }, "works for reading only" }, { { ID, LOGIN, "title -> t[0]" }, "works for reading only" },
    { { ID, LOGIN, "title <- t[x]" }, "a number and a closing bracket" }, { { ID, LOGIN, "title <- t." }, "a name is missing" },
    { { ID, LOGIN, "title <- t]" }, "cannot stand in a native path" }, { { ID, LOGIN, "title <- [0]" }, "a name is missing" },
    { { ID, LOGIN, "title <-> ." }, "in a <SCIMMapEach> only" },

    { { ID, LOGIN, "title <-> t | bcrypt" }, "bcrypt has no inverse: write two rules" },
    { { ID, LOGIN, "title <- t | bcrypt" }, "bcrypt is for writing only" },
    { { ID, LOGIN, "active <-> t | valueMapping(1=true, 2=true)" }, "two keys give true; write two rules" },
    { { ID, LOGIN, "title <-> t | valueMapping(1=\"a\", 2=\"A\")" }, "two keys give" },
    { { ID, LOGIN, "active <- t | valueMapping(1=\"perhaps\")" }, "not of the attribute's type, boolean" },
    { { ID, LOGIN, "active <- t default \"perhaps\"" }, "not of the attribute's type, boolean" },
    { { ID, LOGIN, "active <- = 17" }, "not of the attribute's type, boolean" },
    { { ID, LOGIN, "title <- = [\"x\"]" }, "not of the attribute's type, string" },
    { { ID, LOGIN, "title <- t | ref(User) | toString" }, "ref must be the last function" },
    { { ID, LOGIN, "title <-> t | toString | ref(User)" }, "ref must be the only function" },
    { { ID, LOGIN, "active <- t | ref(User)" }, "ref gives ids, which are texts" },
    { { ID, LOGIN, "title <- t | ref(User) default \"x\"" }, "ref takes no default" },

    { { ID, LOGIN, "<title <-> x" }, "takes a multi-valued attribute" }, { { ID, LOGIN, "<emails.value <-> x" }, "takes a multi-valued" },
    { { ID, LOGIN, "<emails[type pr] <-> x" }, "takes a multi-valued" }, { { ID, LOGIN, "<groups <-> x" }, "use <- instead of <->" },
    { { ID, LOGIN, "<nosuch <-> x" }, "unknown attribute" },
    { { ID, LOGIN, "<emails <-> x", "<roles <-> y" }, "cannot stand in another one" },
    { { ID, LOGIN, "<emails <-> x", ">" }, "has no rules" },
    { { ID, LOGIN, "<emails <-> x", "emails.value <-> a" }, "only the name of one stands on the left" },
    { { ID, LOGIN, "<emails <-> x", "type[a pr].b <-> a" }, "no such sub-attribute" },
    { { ID, LOGIN, "<emails <- x", "value <-> a" }, "goes <- only" },
    { { ID, LOGIN, "<emails <-> x", "value <-> a on create" }, "no place in a <SCIMMapEach>" },
    { { ID, LOGIN, "<emails <-> x", "value <- a", ">" }, "writes a value of an element" },
    { { ID, LOGIN, "<emails <-> x", "value -> a", ">" }, "reads a value of an element" },
    { { ID, LOGIN, "<emails <- x", "type <- = \"work\"", ">" }, "reads a value of an element" },
    { { ID, LOGIN, "<emails <- x", "value <- a", "value <- b", ">" }, "two rules read it" },
    { { ID, LOGIN, "<emails <-> x", "value <-> a", "display -> a", ">" }, "two rules write \"a\"" },
    { { ID, LOGIN, "<emails <-> x", "value <-> a", ">", "emails[type eq \"work\"].value <- m" }, "and by a path with brackets" },
    { { ID, LOGIN, "<emails <-> x", "value <-> a", ">", "title <- x" }, "is a list of a <SCIMMapEach>, too" },
    { { ID, LOGIN, "<emails -> x", "value -> a", ">", "<roles -> x" , "value -> a", ">" }, "is written from" },
    { { ID, LOGIN, "<" THING ":tags <-> x", ". <-> . | ref(User)", ">" }, "ref needs a complex attribute" },
    { { ID, LOGIN, "<emails <-> x", "value <-> . | ref(User)", ">" }, "a plain value" }
};

START_TEST(bad_rules)
{
    const char *error = map_fixture_refusal(map_fixture_user(), bad[_i].lines);

    ck_assert_msg(error != NULL, "taken: %s", bad[_i].lines[2] ? bad[_i].lines[2] : bad[_i].lines[0]);
    ck_assert_msg(strstr(error, bad[_i].says) != NULL, "%s", error);
}
END_TEST

START_TEST(one_writable_list_and_another_is_ambiguous)
{
    static const char *const both[] = { ID, LOGIN, "<emails <-> x", "value <-> a", ">", "<emails <- y", "value <- b", ">", NULL };
    static const char *const read[] = { ID, LOGIN, "<emails <- x", "value <- a", ">", "<emails <- y", "value <- b", ">", NULL };
    static const char *const apart[] = { ID, LOGIN, "<emails <- x", "value <- a", ">", "<emails -> y", "value -> b", ">", NULL };

    ck_assert_ptr_nonnull(strstr(map_fixture_refusal(map_fixture_user(), both), "where a value belongs could not be told"));
    ck_assert_ptr_null(map_fixture_refusal(map_fixture_user(), read));
    ck_assert_ptr_null(map_fixture_refusal(map_fixture_user(), apart));
}
END_TEST

/* Lines that look much like those above and are good. */
static const char *const good[][8] = {
    { ID, "userName <- login" },       /* a resource type that nobody writes */
    { ID, LOGIN, "title <- a", "title -> b" }, { ID, LOGIN, "title -> a on create", "nickName -> a on update,patch" },
    { ID, LOGIN, "title -> a", "- -> a = 1 on create" }, { ID, LOGIN, "emails[type ne \"work\"].value -> x" },
    { ID, LOGIN, "emails[type eq \"work\"].value <- a", "emails[type eq \"home\"].value <- b", "emails[type eq \"work\"].display <- c" },
    { ID, LOGIN, "active <- t | valueMapping(1=true, 2=true)" }, { ID, LOGIN, "active <- t | valueMapping(1=\"true\")" },
    { ID, LOGIN, "title <- t | toString | ref(User)" }, { ID, LOGIN, "title -> t | toLowerCaseString | ref(User)" },
    { "id <- k | concatString(prefix=\"u\") | encode(algorithm=\"base64\")", LOGIN },
    { ID, LOGIN, "<emails <- x", "value <- . | ref(User)", ">" },
    { ID, LOGIN, "<" THING ":tags <-> x", "value <-> .", ">" }
};

START_TEST(good_rules)
{
    const char *error = map_fixture_refusal(map_fixture_user(), good[_i]);

    ck_assert_msg(error == NULL, "%s", error);
}
END_TEST

/* ---- what a client sees of the schema ---- */

static const char *const narrowing[] = {
    ID, "meta.created <- c", "userName <-> login required", "name.familyName <-> sn required", "name.formatted <- cn",
    "title <- t default \"A\"",
    "nickName -> n", "password -> h | bcrypt(cost=4)", "emails[type eq \"work\"].value <-> mail required", "- -> x = 1 on create",
    "<groups <- teams", "value <- team | ref(Group)", "display <- name", "type <- = \"direct\"", ">",
    "<roles <-> roles", "value <-> role required", ">", ENTERPRISE ":manager.value <-> boss | ref(User)", NULL
};

/* A path, and what is left of the attribute: mutability, returned, r for required, x for caseExact; NULL if nothing is. */
static const struct {
    const char *path, *is;
} narrowed[] = {
    { "id", "readOnly always rx" }, { "externalId", NULL }, { "meta.created", "readOnly default" }, { "schemas", "readOnly always r" },
    { "userName", "readWrite default r" }, { "title", "readOnly default" }, { "nickName", "writeOnly never" },
    { "password", "writeOnly never" }, { "displayName", NULL }, { "name", "readWrite default" },
    { "name.familyName", "readWrite default r" }, { "name.formatted", "readOnly default" }, { "name.givenName", NULL },
    { "emails", "readWrite default r" }, { "emails.value", "readWrite default" }, { "emails.type", "readWrite default" },
    { "emails.primary", NULL }, { "phoneNumbers", NULL }, { "groups", "readOnly default" }, { "groups.value", "readOnly default x" },
    { "groups.$ref", "readOnly default" }, { "groups.type", "readOnly default" }, { "groups.display", "readOnly default" },
    { "roles", "readWrite default" }, { "roles.value", "readWrite default r" }, { "roles.type", NULL },
    { ENTERPRISE ":manager.value", "readWrite default x" }, { ENTERPRISE ":manager.$ref", "readOnly default" },
    { ENTERPRISE ":manager.displayName", NULL }, { ENTERPRISE ":department", NULL }, { THING ":flag", NULL }
};

static const char *describe(const scim_attr_t *attr)
{
    return apr_pstrcat(test_pool, scim_mutability_name(attr->mutability), " ", scim_returned_name(attr->returned),
                       attr->required || attr->case_exact ? " " : "", attr->required ? "r" : "", attr->case_exact ? "x" : "", NULL);
}

START_TEST(the_schema_is_what_is_mapped)
{
    static const scim_filter_limits_t limits;
    const map_program_t *program = map_fixture_make(map_fixture_user(), narrowing);
    scim_path_t *path = NULL;
    const scim_err_t *err = scim_path_parse(&path, narrowed[_i].path, map_program_rtype(program), &limits, SCIM_E_INVALID_PATH, test_pool);

    if (!narrowed[_i].is) {
        ck_assert_msg(err != NULL, "%s is still there", narrowed[_i].path);
        return;
    }
    ck_assert_msg(err == NULL, "%s: %s", narrowed[_i].path, err ? err->detail : "");
    ck_assert_str_eq(describe(path->sub ? path->sub : path->attr), narrowed[_i].is);
}
END_TEST

START_TEST(members_know_what_they_are)
{
    static const char *const lines[] = { ID, "displayName <-> n", "<members <-> m", "value <-> p | ref(User)", ">", NULL };
    const map_program_t *program = map_fixture_make(map_fixture_group(), lines);
    const scim_attr_t *members = scim_rtype_attr(map_program_rtype(program), "members");

    ck_assert_int_eq(members->nsub, 3);
    ck_assert_str_eq(describe(scim_attr_sub(members, "value")), "immutable default x");
    ck_assert_str_eq(describe(scim_attr_sub(members, "$ref")), "readOnly default");
    ck_assert_str_eq(describe(scim_attr_sub(members, "type")), "readOnly default");
    ck_assert_str_eq(map_program_refs(program)[0], "User");
    ck_assert_ptr_null(map_program_refs(program)[1]);
}
END_TEST

/* ---- native attributes ---- */

static const char *print_uses(const scim_attrs_t *attrs)
{
    const char *text = "";
    int i, j;

    for (i = 0; i < attrs->n; i++) {
        const scim_attr_use_t *use = &attrs->use[i];

        text = apr_pstrcat(test_pool, text, i ? " " : "", use->name, use->read ? "<" : "", use->write ? ">" : "", NULL);
        for (j = 0; j < use->nsub; j++)
            text = apr_pstrcat(test_pool, text, j ? "," : "[", use->sub[j], NULL);
        ck_assert_int_eq(use->list, use->nsub > 0);
        if (use->list)
            text = apr_pstrcat(test_pool, text, "]", NULL);
    }
    return text;
}

START_TEST(uses_are_all_native_attributes)
{
    const map_program_t *program = map_fixture_make(map_fixture_user(), narrowing);

    ck_assert_str_eq(print_uses(map_program_uses(program)),
                     "k< c< login<> sn<> cn< t< n> h> mail<> x> teams<[team,name] roles<>[role] boss<>");
}
END_TEST

START_TEST(structured_values_are_used_by_their_attribute)
{
    static const char *const lines[] = { ID, "userName <- a.b", "title <- a.c[0]", "nickName <- l[1]", NULL };

    ck_assert_str_eq(print_uses(map_program_uses(map_fixture_make(map_fixture_user(), lines))), "k< a< l<");
}
END_TEST

typedef struct wish_t {
    const char *names;                 /* paths between blanks */
} wish_t;

static int wants(void *baton, const scim_attr_t *attr, const scim_attr_t *sub)
{
    const wish_t *wish = baton;
    const char *name = scim_attr_path(sub ? sub : attr, test_pool);

    return strstr(wish->names, apr_pstrcat(test_pool, " ", name, " ", NULL)) != NULL
           || strstr(wish->names, apr_pstrcat(test_pool, " ", attr->name, " ", NULL)) != NULL;
}

static const struct {
    const char *names, *uses;
} plans[] = {
    { " ", "k<" }, { " userName ", "k< login<" }, { " name.familyName ", "k< sn<" }, { " name ", "k< sn< cn<" },
    { " groups ", "k< teams<[team,name]" }, { " emails meta ", "k< c< mail<" }, { " password nickName ", "k<" }
};

START_TEST(plans_read_what_is_wanted)
{
    const map_program_t *program = map_fixture_make(map_fixture_user(), narrowing);
    wish_t wish = { .names = plans[_i].names };
    const map_plan_t *plan = map_plan_make(program, wants, &wish, test_pool);

    ck_assert_str_eq(print_uses(&plan->attrs), plans[_i].uses);
}
END_TEST

START_TEST(a_plan_for_everything)
{
    const map_program_t *program = map_fixture_make(map_fixture_user(), narrowing);

    ck_assert_str_eq(print_uses(&map_plan_make(program, NULL, NULL, test_pool)->attrs),
                     "k< c< login< sn< cn< t< mail< teams<[team,name] roles<[role] boss<");
}
END_TEST

/* ---- the rules that are delivered ---- */

/* The SCIMMap lines of a resource type in a file, in the form of map_fixture_make(). */
static const char *const *lines_of(const char *type)
{
    apr_array_header_t *lines = apr_array_make(test_pool, 64, sizeof(const char *));
    FILE *file = fopen(test_file("conf.d/embedded/directory.conf"), "r");
    char buffer[512];
    int ours = 0;

    ck_assert_msg(file != NULL, "directory.conf is not there");
    while (fgets(buffer, sizeof buffer, file)) {
        char *line = buffer + strspn(buffer, " \t");

        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "<SCIMResourceType ", 18) == 0)
            ours = strncmp(line + 18, type, strlen(type)) == 0;
        if (!ours)
            continue;
        if (strncmp(line, "SCIMMap ", 8) == 0)
            APR_ARRAY_PUSH(lines, const char *) = apr_pstrdup(test_pool, line + 8);
        else if (strncmp(line, "</SCIMMapEach>", 14) == 0)
            APR_ARRAY_PUSH(lines, const char *) = ">";
        else if (strncmp(line, "<SCIMMapEach ", 13) == 0) {
            line[strlen(line) - 1] = '\0';
            APR_ARRAY_PUSH(lines, const char *) = apr_pstrcat(test_pool, "<", line + 13, NULL);
        }
    }
    fclose(file);
    APR_ARRAY_PUSH(lines, const char *) = NULL;
    return (const char *const *)lines->elts;
}

START_TEST(the_embedded_directory)
{
    const map_program_t *user = map_fixture_make(map_fixture_user(), lines_of("User"));
    const map_program_t *group = map_fixture_make(map_fixture_group(), lines_of("Group"));

    ck_assert_str_eq(map_id_attr(user), "id");
    ck_assert_ptr_nonnull(map_each_of(group, scim_rtype_attr(map_program_rtype(group), "members")));
    ck_assert_ptr_nonnull(scim_rtype_attr(map_program_rtype(user), "groups"));
    ck_json(map_fixture_read(user, "{\"id\": \"1\", \"login\": \"bj\", \"status\": \"I\", \"created_at\": \"2020-01-02 03:04:05+00\","
                             "\"rows(person_email, person_id, position)\": [{\"address\": \"a@b\", \"kind\": \"work\", \"is_primary\": 1}],"
                             "\"department\": \"Sales\"}"),
            "{\"id\": \"1\", \"userName\": \"bj\", \"active\": false, \"meta\": {\"created\": \"2020-01-02T03:04:05Z\"},"
            "\"emails\": [{\"value\": \"a@b\", \"type\": \"work\", \"primary\": true}], \"" ENTERPRISE "\": {\"department\": \"Sales\"}}");
}
END_TEST

/* ---- explanations ---- */

static void collect(void *baton, const char *line)
{
    const char **text = baton;

    *text = apr_pstrcat(test_pool, *text, line, "\n", NULL);
}

static const char *const explained[] = {
    "  userName <- login\n", "  userName -> login required\n", "  emails[type eq \"work\"].value <- mail\n",
    "  - -> x = 1 on create\n", "  password -> h | bcrypt(cost=4)\n", "  each of groups <- teams\n",
    "    groups.value <- team | ref(Group)\n", "  each of roles -> roles   (changed value by value)\n",
    "  userName: eq ne co sw ew gt ge lt le pr; sortBy\n", "  groups.value: eq\n", "  roles.value: eq ne co sw ew gt ge lt le pr\n",
    "  " ENTERPRISE ":manager.value: eq ne\n", "  meta.created: eq ne gt ge lt le pr; sortBy\n", "  meta.version: nothing\n",
    "  emails.value: eq ne co sw ew gt ge lt le pr\n", "  title: eq ne co sw ew gt ge lt le pr\n", "  " ENTERPRISE ":manager.$ref: nothing\n"
};

START_TEST(programs_explain_themselves)
{
    const char *text = "";

    map_program_explain(map_fixture_make(map_fixture_user(), narrowing), collect, &text, test_pool);
    ck_assert_msg(strstr(text, explained[_i]) != NULL, "no %sin:\n%s", explained[_i], text);
    ck_assert_ptr_null(strstr(text, "groups.type: "));
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static Suite *make_suite(void)
{
    Suite *suite = suite_create("map_builder");
    TCase *tcase = tcase_create("map_builder");

    tcase_add_checked_fixture(tcase, test_setup, test_teardown);
    tcase_add_loop_test(tcase, bad_rules, 0, COUNT(bad));
    tcase_add_test(tcase, one_writable_list_and_another_is_ambiguous);
    tcase_add_loop_test(tcase, good_rules, 0, COUNT(good));
    tcase_add_loop_test(tcase, the_schema_is_what_is_mapped, 0, COUNT(narrowed));
    tcase_add_test(tcase, members_know_what_they_are);
    tcase_add_test(tcase, uses_are_all_native_attributes);
    tcase_add_test(tcase, structured_values_are_used_by_their_attribute);
    tcase_add_loop_test(tcase, plans_read_what_is_wanted, 0, COUNT(plans));
    tcase_add_test(tcase, a_plan_for_everything);
    tcase_add_test(tcase, the_embedded_directory);
    tcase_add_loop_test(tcase, programs_explain_themselves, 0, COUNT(explained));
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
