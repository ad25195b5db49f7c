/* SPDX-License-Identifier: Apache-2.0 */
#include "map_line.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "map_types.h"
#include "scim_json.h"
#include "scim_text.h"

typedef struct reader_t {
    const char *at;
    apr_pool_t *p;
} reader_t;

#define COMMENT "a comment must stand on a line of its own: httpd gives the rest of the line to the rule"

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char skip_blanks(reader_t *r)
{
    while (is_blank(*r->at))
        r->at++;
    return *r->at;
}

static int take(reader_t *r, const char *text)
{
    apr_size_t len = strlen(text);

    if (strncmp(r->at, text, len) != 0)
        return 0;
    r->at += len;
    return 1;
}

/* Behind a JSON string that begins here, or behind one character. */
static const char *skip_one(const char *at)
{
    if (*at++ != '"')
        return at;
    for (; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at + 1 : at;
}

static const char *take_until(reader_t *r, const char *end)
{
    const char *text = apr_pstrmemdup(r->p, r->at, (apr_size_t)(end - r->at));

    r->at = end;
    return text;
}

/* A path: up to a blank or an arrow that stand in no bracket and no string. */
static const char *read_scim(reader_t *r)
{
    const char *end = r->at;
    int brackets = 0;

    while (*end && (brackets || (!is_blank(*end) && *end != '<'))) {
        brackets += *end == '[';
        brackets -= *end == ']' && brackets > 0;
        end = skip_one(end);
    }
    return take_until(r, end);
}

static const char *read_arrow(reader_t *r, map_way_t *way)
{
    skip_blanks(r);
    if (take(r, "<->"))
        *way = MAP_BOTH;
    else if (take(r, "<-"))
        *way = MAP_READ;
    else if (take(r, "->"))
        *way = MAP_WRITE;
    else
        return "an arrow is missing after the SCIM path: <- reads, -> writes, <-> does both, with blanks around it";
    skip_blanks(r);
    return NULL;
}

/* The parts of a line that JSON is read in end where jansson says that a value ends. */
static const char *read_json(reader_t *r, const json_t **out)
{
    json_error_t error;
    json_t *value;

    skip_blanks(r);
    value = json_loads(r->at, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &error);
    if (!value)
        return apr_psprintf(r->p, "no JSON value at \"%s\": texts stand in double quotes, as \"A\"", r->at);
    *out = scim_json_own(r->p, value);
    r->at += error.position;
    return NULL;
}

static apr_size_t word_length(const char *at)
{
    const char *end = at;

    while (apr_isalnum(*end) || *end == '_' || *end == '-' || *end == '.')
        end++;
    return (apr_size_t)(end - at);
}

/* ---- functions ---- */

/* true, false and null are words, too, but JSON before all. */
static int is_json(const char *at)
{
    apr_size_t len = word_length(at);

    return len == 0 || apr_isdigit(*at) || *at == '-' || (len == 4 && strncmp(at, "true", 4) == 0)
           || (len == 5 && strncmp(at, "false", 5) == 0) || (len == 4 && strncmp(at, "null", 4) == 0);
}

static const char *read_arg(reader_t *r, map_arg_t *arg)
{
    const char *error = NULL;

    memset(arg, 0, sizeof *arg);
    skip_blanks(r);
    if (is_json(r->at))
        error = read_json(r, &arg->key);
    else
        arg->word = take_until(r, r->at + word_length(r->at));
    if (!error && skip_blanks(r) == '=') {
        r->at++;
        error = read_json(r, &arg->value);
    }
    return error;
}

static const char *read_args(reader_t *r, map_word_call_t *call)
{
    const char *error;

    if (skip_blanks(r) == ')') {
        r->at++;
        return NULL;
    }
    do {
        if ((error = read_arg(r, apr_array_push(call->args))))
            return apr_psprintf(r->p, "%s(...): %s", call->name, error);
    } while (skip_blanks(r) == ',' && r->at++);
    if (*r->at++ != ')')
        return apr_psprintf(r->p, "%s(...): a comma or the closing parenthesis is missing", call->name);
    return NULL;
}

static const char *read_call(reader_t *r, apr_array_header_t *calls)
{
    map_word_call_t *call = apr_array_push(calls);
    apr_size_t len;

    skip_blanks(r);
    len = word_length(r->at);
    if (len == 0)
        return "the name of a function is missing after |";
    call->name = take_until(r, r->at + len);
    call->args = apr_array_make(r->p, 2, sizeof(map_arg_t));
    return take(r, "(") ? read_args(r, call) : NULL;
}

/* ---- options ---- */

static const char *read_on(reader_t *r, map_line_t *line)
{
    static const char *const words[] = { "create", "update", "patch", "delete", NULL };
    static const unsigned bits[] = { MAP_ON_CREATE, MAP_ON_UPDATE, MAP_ON_PATCH, MAP_ON_DELETE };

    if (line->on)
        return "\"on\" stands twice";
    do {
        const char *word;
        int i = 0;

        skip_blanks(r);
        word = take_until(r, r->at + word_length(r->at));
        while (words[i] && strcmp(words[i], word) != 0)
            i++;
        if (!words[i])
            return apr_psprintf(r->p, "\"on\" does not know \"%s\"; it takes create, update, patch and delete, with "
                                "commas between them", word);
        line->on |= bits[i];
    } while (skip_blanks(r) == ',' && r->at++);
    return NULL;
}

static const char *unknown_option(reader_t *r, apr_size_t len)
{
    static const char *const words[] = { "required", "default", "on", NULL };
    const char *word = apr_pstrmemdup(r->p, r->at, len ? len : strlen(r->at));
    const char *near = scim_nearest(word, words);

    return apr_psprintf(r->p, "\"%s\" is no option; %s%s%s", word,
                        near ? "did you mean " : "there are required, default JSON and on OPERATIONS",
                        near ? near : "", near ? "?" : "");
}

static const char *read_option(reader_t *r, map_line_t *line)
{
    apr_size_t len = word_length(r->at);

    if (len == 8 && take(r, "required")) {
        if (line->required)
            return "\"required\" stands twice";
        line->required = 1;
        return NULL;
    }
    if (len == 7 && take(r, "default")) {
        if (line->dflt)
            return "\"default\" stands twice";
        return read_json(r, &line->dflt);
    }
    if (len == 2 && take(r, "on"))
        return read_on(r, line);
    return unknown_option(r, len);
}

static const char *read_tail(reader_t *r, map_line_t *line)
{
    const char *error = NULL;

    while (!error && skip_blanks(r)) {
        if (*r->at == '#')
            return COMMENT;
        if (*r->at != '|')
            error = read_option(r, line);
        else if (line->required || line->dflt || line->on)
            error = "functions stand before options";
        else {
            r->at++;
            error = read_call(r, line->calls);
        }
    }
    return error;
}

/* ---- lines ---- */

static const char *check_constant(const map_line_t *line)
{
    if (line->scim && line->way != MAP_READ)
        return "a constant that is written has no SCIM side: write it as - -> NATIVE = JSON";
    if (!line->scim && line->way == MAP_BOTH)
        return "a constant that is written goes one way: write it as - -> NATIVE = JSON";
    if (line->native && line->scim)
        return "a constant that is read has no native side: write it as SCIM-PATH <- = JSON";
    if (!line->scim && !line->native)
        return "a constant that is written needs a native attribute: - -> NATIVE = JSON";
    if (line->calls->nelts)
        return "a constant takes no functions: write what they would make of it";
    if (line->dflt)
        return "a constant needs no default: it always has its value";
    return line->required ? "a constant is there anyway: leave \"required\" out" : NULL;
}

static const char *check(const map_line_t *line)
{
    if (line->on && !(line->way & MAP_WRITE))
        return "\"on\" is about writing, and this rule reads: leave it out";
    if (line->dflt && !(line->way & MAP_READ))
        return "\"default\" is about reading, and this rule writes: leave it out";
    if (line->constant)
        return check_constant(line);
    if (!line->scim)
        return "\"-\" stands for no SCIM attribute: only a constant can be written so, as - -> NATIVE = JSON";
    return json_is_null(line->dflt) ? "\"default null\" is as good as no default: leave it out" : NULL;
}

static const char *read_native(reader_t *r, map_line_t *line)
{
    const char *end = r->at + strcspn(r->at, " \t\r\n|=#");

    if (end > r->at)
        line->native = take_until(r, end);
    if (skip_blanks(r) == '#')
        return COMMENT;
    if (*r->at == '=') {
        r->at++;
        return read_json(r, &line->constant);
    }
    return line->native ? NULL : "a native attribute is missing after the arrow";
}

static const char *read_head(reader_t *r, map_line_t *line)
{
    memset(line, 0, sizeof *line);
    line->calls = apr_array_make(r->p, 2, sizeof(map_word_call_t));
    if (skip_blanks(r) == '#')
        return COMMENT;
    line->scim = read_scim(r);
    if (!*line->scim)
        return "a SCIM path is missing before the arrow";
    if (strcmp(line->scim, "-") == 0)
        line->scim = NULL;
    return read_arrow(r, &line->way);
}

static const char *name_line(const map_line_t *line, const char *error, apr_pool_t *p)
{
    return error && line->scim && *line->scim ? apr_psprintf(p, "%s: %s", line->scim, error) : error;
}

const char *map_line_parse(map_line_t *out, const char *text, apr_pool_t *p)
{
    reader_t r = { .at = text, .p = p };
    const char *error = read_head(&r, out);

    if (!error)
        error = read_native(&r, out);
    if (!error)
        error = read_tail(&r, out);
    if (!error)
        error = check(out);
    return name_line(out, error, p);
}

const char *map_line_parse_each(map_line_t *out, const char *text, apr_pool_t *p)
{
    reader_t r = { .at = text, .p = p };
    const char *error = read_head(&r, out);
    apr_size_t len = strlen(r.at);

    while (len && is_blank(r.at[len - 1]))
        len--;
    if (!error && !out->scim)
        error = "\"-\" is no multi-valued attribute";
    if (!error && strchr(r.at, '#'))
        error = COMMENT;
    if (!error && len == 0)
        error = "a native list is missing after the arrow";
    if (!error)
        out->native = take_until(&r, r.at + len);
    return name_line(out, error, p);
}

const char *map_way_arrow(map_way_t way)
{
    return way == MAP_BOTH ? "<->" : way == MAP_READ ? "<-" : "->";
}
