/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "map_fixture.h"
#include "map_line.h"

static map_line_t parse(const char *text)
{
    map_line_t line;
    const char *error = map_line_parse(&line, text, test_pool);

    ck_assert_msg(error == NULL, "%s: %s", text, error);
    return line;
}

static const char *print_arg(const map_arg_t *arg)
{
    return apr_pstrcat(test_pool, arg->word ? arg->word : scim_json_dump(arg->key, test_pool), arg->value ? "=" : "",
                       arg->value ? scim_json_dump(arg->value, test_pool) : "", NULL);
}

static const char *print_calls(const map_line_t *line)
{
    const char *text = "";
    int i, j;

    for (i = 0; i < line->calls->nelts; i++) {
        const map_word_call_t *call = &APR_ARRAY_IDX(line->calls, i, map_word_call_t);

        text = apr_pstrcat(test_pool, text, "|", call->name, NULL);
        for (j = 0; j < call->args->nelts; j++)
            text = apr_pstrcat(test_pool, text, j ? "," : ":", print_arg(&APR_ARRAY_IDX(call->args, j, map_arg_t)), NULL);
    }
    return text;
}

/* All parts of a line, in one text. */
static const char *print_line(const map_line_t *line)
{
    return apr_psprintf(test_pool, "%s %s %s%s%s%s%s%s%s%s", line->scim ? line->scim : "-", map_way_arrow(line->way),
                        line->native ? line->native : "", line->constant ? "=" : "",
                        line->constant ? scim_json_dump(line->constant, test_pool) : "", print_calls(line),
                        line->required ? " required" : "", line->dflt ? " default " : "",
                        line->dflt ? scim_json_dump(line->dflt, test_pool) : "",
                        line->on ? apr_psprintf(test_pool, " on %u", line->on) : "");
}

static const struct {
    const char *text, *parts;
} good[] = {
    { "id <- id", "id <- id" },
    { "  userName\t<->  login \t required ", "userName <-> login required" },
    { "userName<->login", "userName <-> login" },
    { "name.familyName -> sn", "name.familyName -> sn" },
    { "emails[type eq \"work\"].value <- mail[0] | toLowerCaseString",
      "emails[type eq \"work\"].value <- mail[0]|toLowerCaseString" },
    { "emails[type eq \"a ] <-> b\"].value <- mail", "emails[type eq \"a ] <-> b\"].value <- mail" },
    { "urn:a:b:User:manager.value <-> m | ref(User)", "urn:a:b:User:manager.value <-> m|ref:User" },
    { "active <-> s | valueMapping(\"A\"=true, \"I\"=false) default true",
      "active <-> s|valueMapping:\"A\"=true,\"I\"=false default true" },
    { "active <- s|valueMapping( 1 = true ,0=false,-1=false)", "active <- s|valueMapping:1=true,0=false,-1=false" },
    { "a <- b | valueMapping(true=\"x, y)\", false=\"#|\")", "a <- b|valueMapping:true=\"x, y)\",false=\"#|\"" },
    { "a <- b | f() | g( ) | h", "a <- b|f|g|h" },
    { "a <- b | concatString(prefix=\"p_\", suffix=123)", "a <- b|concatString:prefix=\"p_\",suffix=123" },
    { "a <- b | encode(algorithm=\"base32\", skipPadding=true)", "a <- b|encode:algorithm=\"base32\",skipPadding=true" },
    { "a <- b default \"x y\"", "a <- b default \"x y\"" },
    { "a <- b default -1.5e3", "a <- b default -1500.0" },
    { "a <-> b default 7 required on create,patch", "a <-> b required default 7 on 5" },
    { "a -> b on create , update, patch,delete", "a -> b on 15" },
    { "type <- = \"direct\"", "type <- =\"direct\"" },
    { "active <- =true", "active <- =true" },
    { "- -> status = \"A\" on create", "- -> status=\"A\" on 1" },
    { "- -> status=\"A\"", "- -> status=\"A\"" },
    { "- -> classes = [\"top\", \"person\"]", "- -> classes=[\"top\",\"person\"]" },
    { "- -> gone = null on update", "- -> gone=null on 2" },
    { "value <-> .", "value <-> ." }
};

START_TEST(good_lines)
{
    map_line_t line = parse(good[_i].text);

    ck_assert_str_eq(print_line(&line), good[_i].parts);
}
END_TEST

/* What is refused, and a part of what is said. */
static const struct {
    const char *text, *says;
} bad[] = {
    { "", "SCIM path is missing" }, { "  ", "SCIM path is missing" }, { "<- x", "SCIM path is missing" },
    { "userName", "userName: an arrow is missing" }, { "userName login", "arrow is missing" },
    { "userName = login", "arrow is missing" }, { "userName <= login", "arrow is missing" },
    { "userName->login", "with blanks around it" },
    { "userName <->", "native attribute is missing" }, { "userName <- | toString", "native attribute is missing" },
    { "userName <-> login # note", "line of its own" }, { "userName <-> login required # note", "line of its own" },
    { "userName <-> # note", "line of its own" }, { "# note", "line of its own" }, { "a <- b | f # note", "line of its own" },
    { "userName <-> login#note", "line of its own" },
    { "userName <-> login requierd", "did you mean required?" }, { "userName <-> login if \"x\"", "\"if\" is no option" },
    { "userName <-> login required required", "stands twice" }, { "a <- b default 1 default 2", "stands twice" },
    { "a -> b on create on update", "stands twice" }, { "a <- b default", "no JSON value" },
    { "a <- b default x", "double quotes" }, { "a <- b default null", "as good as no default" },
    { "a -> b default 1", "about reading" }, { "a <- b on create", "about writing" },
    { "a -> b on", "\"on\" does not know \"\"" }, { "a -> b on create,", "\"on\" does not know \"\"" },
    { "a -> b on deletion", "does not know \"deletion\"" }, { "a <- b required | toString", "functions stand before options" },
    { "a <- b |", "name of a function is missing" }, { "a <- b | f(", "no JSON value" },
    { "a <- b | f(x", "closing parenthesis" }, { "a <- b | f(x=", "no JSON value" }, { "a <- b | f(x=y)", "no JSON value" },
    { "a <- b | f(\"x", "no JSON value" }, { "a <- b | f(x y)", "closing parenthesis" },
    { "a -> = 1", "no SCIM side" }, { "a <-> = 1", "no SCIM side" }, { "- <-> a = 1", "one way" }, { "a -> b = 1", "no SCIM side" },
    { "a <- b = 1", "no native side" }, { "- <- = 1", "needs a native attribute" }, { "- -> = 1", "needs a native attribute" },
    { "- -> b", "stands for no SCIM attribute" }, { "- <- b", "stands for no SCIM attribute" },
    { "a <- = 1 | toString", "takes no functions" }, { "a <- = 1 default 2", "needs no default" },
    { "- -> b = 1 required", "leave \"required\" out" }, { "a <- = x", "no JSON value" }, { "a <- =", "no JSON value" }
};

START_TEST(bad_lines)
{
    map_line_t line;
    const char *error = map_line_parse(&line, bad[_i].text, test_pool);

    ck_assert_msg(error != NULL, "taken: %s", bad[_i].text);
    ck_assert_msg(strstr(error, bad[_i].says) != NULL, "%s: %s", bad[_i].text, error);
}
END_TEST

static const struct {
    const char *text, *scim, *native, *says;
    map_way_t   way;
} eaches[] = {
    { "emails <-> rows(person_email, person_id, position)", "emails", "rows(person_email, person_id, position)", NULL, MAP_BOTH },
    { " emails  <-  mail ", "emails", "mail", NULL, MAP_READ },
    { "urn:x:User:parts -> rows(p)", "urn:x:User:parts", "rows(p)", NULL, MAP_WRITE },
    { "emails", NULL, NULL, "arrow is missing", MAP_READ }, { "emails <->", NULL, NULL, "native list is missing", MAP_READ },
    { "- <-> rows(x)", NULL, NULL, "no multi-valued attribute", MAP_READ },
    { "emails <-> rows(x) # note", NULL, NULL, "line of its own", MAP_READ }, { "", NULL, NULL, "path is missing", MAP_READ }
};

START_TEST(sections)
{
    map_line_t line;
    const char *error = map_line_parse_each(&line, eaches[_i].text, test_pool);

    if (eaches[_i].says) {
        ck_assert_msg(error && strstr(error, eaches[_i].says), "%s: %s", eaches[_i].text, error);
        return;
    }
    ck_assert_msg(error == NULL, "%s", error);
    ck_assert_str_eq(line.scim, eaches[_i].scim);
    ck_assert_str_eq(line.native, eaches[_i].native);
    ck_assert_int_eq(line.way, eaches[_i].way);
}
END_TEST

/* Whatever a line is cut to, it is parsed or refused. */
START_TEST(cut_lines)
{
    const char *text = good[_i].text;
    size_t len = strlen(text), i;

    for (i = 0; i < len; i++) {
        char *cut = malloc(i + 1);     /* of its own, so that a sanitizer sees its end */
        map_line_t line;

        memcpy(cut, text, i);
        cut[i] = '\0';
        map_line_parse(&line, cut, test_pool);
        map_line_parse_each(&line, cut, test_pool);
        free(cut);
    }
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static Suite *make_suite(void)
{
    Suite *suite = suite_create("map_line");
    TCase *tcase = tcase_create("map_line");

    tcase_add_checked_fixture(tcase, test_setup, test_teardown);
    tcase_add_loop_test(tcase, good_lines, 0, COUNT(good));
    tcase_add_loop_test(tcase, bad_lines, 0, COUNT(bad));
    tcase_add_loop_test(tcase, sections, 0, COUNT(eaches));
    tcase_add_loop_test(tcase, cut_lines, 0, COUNT(good));
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return test_run(make_suite());
}
