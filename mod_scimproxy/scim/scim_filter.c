/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_filter.h"

#include <stdarg.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "scim_attrpath.h"
#include "scim_error.h"
#include "scim_filter_type.h"

/* The parser calls itself once for each nesting of parentheses and brackets, and so do all who walk the tree:
 * no limit that is configured may let them go deeper. */
#define MAX_NESTING 100

typedef struct parser_t {
    scim_lex_t                  lex;
    const scim_rtype_t         *rtype;
    const scim_attr_t          *element;   /* the attribute in whose brackets we are, or NULL */
    const scim_filter_limits_t *limits;
    scim_errkind_t              kind;
    int                         terms, depth;
    apr_pool_t                 *p;
} parser_t;

/* What a comparison is about. */
typedef struct operand_t {
    const scim_attr_t *attr, *sub;
    const char        *at;                 /* where it stands, for messages */
} operand_t;

static scim_err_t *fail(const parser_t *ps, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static scim_err_t *fail(const parser_t *ps, const char *at, const char *fmt, ...)
{
    const char *what;
    va_list ap;

    va_start(ap, fmt);
    what = apr_pvsprintf(ps->p, fmt, ap);
    va_end(ap);
    return scim_err(ps->p, ps->kind, "%s, at position %d of the filter", what,
                    scim_lex_position(&ps->lex, at));
}

/* ---- nodes ---- */

static scim_filter_t *make_comparison(const operand_t *operand, scim_cmp_t op, const json_t *value,
                                      apr_pool_t *p)
{
    scim_filter_t *node = apr_pcalloc(p, sizeof *node);

    node->kind = SCIM_F_CMP;
    node->op = op;
    node->attr = operand->attr;
    node->sub = operand->sub;
    node->value = value;
    return node;
}

static scim_filter_t *make_parent(scim_filterkind_t kind, const scim_attr_t *attr, scim_filter_t *kid,
                                  apr_pool_t *p)
{
    scim_filter_t *node = apr_pcalloc(p, sizeof *node);

    node->kind = kind;
    node->attr = attr;
    node->kids = apr_pmemdup(p, &kid, sizeof kid);
    node->n = 1;
    return node;
}

static scim_filter_t *make_list(scim_filterkind_t kind, const apr_array_header_t *kids, apr_pool_t *p)
{
    scim_filter_t *node = apr_pcalloc(p, sizeof *node);

    node->kind = kind;
    node->kids = (scim_filter_t **)kids->elts;
    node->n = kids->nelts;
    return node;
}

static scim_filter_t *make_and(scim_filter_t *a, scim_filter_t *b, apr_pool_t *p)
{
    apr_array_header_t *kids = apr_array_make(p, 2, sizeof(scim_filter_t *));
    int i;

    if (a->kind == SCIM_F_AND)
        for (i = 0; i < a->n; i++)
            APR_ARRAY_PUSH(kids, scim_filter_t *) = a->kids[i];
    else
        APR_ARRAY_PUSH(kids, scim_filter_t *) = a;
    APR_ARRAY_PUSH(kids, scim_filter_t *) = b;
    return make_list(SCIM_F_AND, kids, p);
}

/* ---- comparisons ---- */

/* A comparison with null asks whether there is a value at all (RFC 7643 section 2.5). */
static scim_err_t *compare_null(parser_t *ps, const operand_t *operand, scim_cmp_t op, scim_filter_t **out)
{
    *out = make_comparison(operand, SCIM_CMP_PR, NULL, ps->p);
    if (op == SCIM_CMP_EQ)
        *out = make_parent(SCIM_F_NOT, NULL, *out, ps->p);
    else if (op != SCIM_CMP_NE)
        return fail(ps, operand->at, "only eq and ne can compare with null");
    return NULL;
}

static scim_err_t *compare_value(parser_t *ps, operand_t *operand, scim_cmp_t op, const json_t *value,
                                 scim_filter_t **out)
{
    const scim_attr_t *leaf = operand->sub ? operand->sub : operand->attr;
    const json_t *typed;

    if (leaf->type == SCIM_TYPE_COMPLEX) {
        leaf = operand->sub = scim_attr_sub(operand->attr, "value");
        if (!leaf)
            return fail(ps, operand->at, "\"%s\" is complex: name one of its sub-attributes",
                        operand->attr->name);
        if (leaf->returned == SCIM_RETURNED_NEVER)
            return fail(ps, operand->at, "\"%s\" cannot be searched for", operand->attr->name);
    }
    if (!scim_type_has(leaf->type, op))
        return fail(ps, operand->at, "%s cannot compare \"%s\", which is of type %s",
                    scim_lex_operator_name(op), leaf->name, scim_type_name(leaf->type));
    typed = scim_type_value(value, leaf->type, ps->p);
    if (!typed)
        return fail(ps, operand->at, "\"%s\" is compared with a value that is not of type %s", leaf->name,
                    scim_type_name(leaf->type));
    *out = make_comparison(operand, op, typed, ps->p);
    return NULL;
}

/* The operator and the value after what is compared. */
static scim_err_t *parse_comparison(parser_t *ps, operand_t *operand, scim_filter_t **out)
{
    scim_word_t word = scim_lex_word(&ps->lex);
    int op = scim_lex_operator(&word);
    const json_t *value;
    const char *at;

    if (op < 0)
        return fail(ps, word.text, word.len ? "unknown operator" : "an operator is missing");
    if (++ps->terms > ps->limits->max_terms && ps->limits->max_terms > 0)
        return fail(ps, operand->at, "more than %d comparisons", ps->limits->max_terms);
    if (op == SCIM_CMP_PR) {
        *out = make_comparison(operand, SCIM_CMP_PR, NULL, ps->p);
        return NULL;
    }
    if (scim_lex_ended(&ps->lex))
        return fail(ps, ps->lex.at, "a value is missing");
    at = ps->lex.at;
    value = scim_lex_value(&ps->lex, ps->p);
    if (!value)
        return fail(ps, at, "a value must be a JSON string, a number, true, false or null");
    if (json_is_null(value))
        return compare_null(ps, operand, (scim_cmp_t)op, out);
    return compare_value(ps, operand, (scim_cmp_t)op, value, out);
}

/* ---- what is compared ---- */

static scim_err_t *check_readable(const parser_t *ps, const operand_t *operand)
{
    const scim_attr_t *leaf = operand->sub ? operand->sub : operand->attr;

    if (operand->attr->returned == SCIM_RETURNED_NEVER || leaf->returned == SCIM_RETURNED_NEVER)
        return fail(ps, operand->at, "\"%s\" cannot be searched for", leaf->name);
    return NULL;
}

/* A name in brackets; of a simple attribute, `value` is the attribute itself. */
static scim_err_t *resolve_in_element(const parser_t *ps, const scim_word_t *word, operand_t *operand)
{
    const char *error = NULL;

    operand->sub = NULL;
    operand->at = word->text;
    if (ps->element->type != SCIM_TYPE_COMPLEX && scim_word_is(word, "value"))
        operand->attr = ps->element;
    else
        operand->attr = scim_attrpath_sub(ps->element, word, &error, ps->p);
    return error ? fail(ps, word->text, "%s", error) : check_readable(ps, operand);
}

static scim_err_t *resolve(const parser_t *ps, const scim_word_t *word, operand_t *operand)
{
    scim_attrpath_t path;
    const char *error;

    if (ps->element)
        return resolve_in_element(ps, word, operand);
    error = scim_attrpath_find(&path, word, ps->rtype, ps->p);
    if (!error && !path.attr)
        error = "a schema cannot be compared";
    operand->attr = path.attr;
    operand->sub = path.sub;
    operand->at = word->text;
    return error ? fail(ps, word->text, "%s", error) : check_readable(ps, operand);
}

/* ---- expressions ---- */

static scim_err_t *parse_list(parser_t *ps, scim_filterkind_t kind, scim_filter_t **out);

/* What stands between an opening parenthesis or bracket, already read, and its closing one. */
static scim_err_t *parse_nested(parser_t *ps, char closing, scim_filter_t **out)
{
    const char *at = ps->lex.at - 1;
    int max = ps->limits->max_depth;
    scim_err_t *err;

    if (max <= 0 || max > MAX_NESTING)
        max = MAX_NESTING;
    if (++ps->depth > max)
        return fail(ps, at, "nested more than %d times", max);
    err = parse_list(ps, SCIM_F_OR, out);
    if (err)
        return err;
    if (!scim_lex_mark(&ps->lex, closing))
        return fail(ps, ps->lex.at, "%c is missing", closing);
    ps->depth--;
    return NULL;
}

/* attr[...], and attr[...].sub op value, which means that the same element satisfies that as well. */
static scim_err_t *parse_value_path(parser_t *ps, const operand_t *operand, scim_filter_t **out)
{
    const scim_attr_t *attr = operand->attr;
    scim_filter_t *inside, *more;
    scim_err_t *err;

    if (ps->element)
        return fail(ps, operand->at, "brackets cannot stand in brackets");
    if (operand->sub || (attr->type != SCIM_TYPE_COMPLEX && !attr->multi))
        return fail(ps, operand->at, "brackets need a complex or multi-valued attribute");
    ps->element = attr;
    err = parse_nested(ps, ']', &inside);
    if (!err && scim_lex_char(&ps->lex, '.')) {
        scim_word_t word = scim_lex_word(&ps->lex);
        operand_t sub;

        err = resolve(ps, &word, &sub);
        if (!err)
            err = parse_comparison(ps, &sub, &more);
        if (!err)
            inside = make_and(inside, more, ps->p);
    }
    ps->element = NULL;
    if (!err)
        *out = make_parent(SCIM_F_VALUE, attr, inside, ps->p);
    return err;
}

static scim_err_t *parse_term(parser_t *ps, scim_filter_t **out)
{
    scim_word_t word;
    operand_t operand;
    scim_err_t *err;

    if (scim_lex_mark(&ps->lex, '('))
        return parse_nested(ps, ')', out);
    if (scim_lex_keyword(&ps->lex, "not")) {
        if (!scim_lex_mark(&ps->lex, '('))
            return fail(ps, ps->lex.at, "not needs parentheses");
        err = parse_nested(ps, ')', out);
        if (!err)
            *out = make_parent(SCIM_F_NOT, NULL, *out, ps->p);
        return err;
    }
    word = scim_lex_word(&ps->lex);
    if (!word.len)
        return fail(ps, ps->lex.at, "an attribute is missing");
    err = resolve(ps, &word, &operand);
    if (err)
        return err;
    if (scim_lex_char(&ps->lex, '['))
        return parse_value_path(ps, &operand, out);
    return parse_comparison(ps, &operand, out);
}

/* Terms joined by `and`, or such lists joined by `or`: one node for all, however many they are. */
static scim_err_t *parse_list(parser_t *ps, scim_filterkind_t kind, scim_filter_t **out)
{
    const char *joint = kind == SCIM_F_OR ? "or" : "and";
    apr_array_header_t *kids = NULL;
    scim_filter_t *kid;
    scim_err_t *err;

    for (;;) {
        err = kind == SCIM_F_OR ? parse_list(ps, SCIM_F_AND, &kid) : parse_term(ps, &kid);
        if (err)
            return err;
        if (kids)
            APR_ARRAY_PUSH(kids, scim_filter_t *) = kid;
        if (!scim_lex_keyword(&ps->lex, joint))
            break;
        if (!kids) {
            kids = apr_array_make(ps->p, 4, sizeof(scim_filter_t *));
            APR_ARRAY_PUSH(kids, scim_filter_t *) = kid;
        }
    }
    *out = kids ? make_list(kind, kids, ps->p) : kid;
    return NULL;
}

static scim_err_t *parse(parser_t *ps, const char *text, apr_size_t len, scim_filter_t **out)
{
    scim_err_t *err;

    scim_lex_start(&ps->lex, text, len);
    if (ps->limits->max_bytes && len > ps->limits->max_bytes)
        return scim_err(ps->p, ps->kind, "the filter is longer than %" APR_SIZE_T_FMT " bytes",
                        ps->limits->max_bytes);
    err = parse_list(ps, SCIM_F_OR, out);
    if (!err && !scim_lex_ended(&ps->lex))
        err = fail(ps, ps->lex.at, "and, or, or the end is expected");
    return err;
}

scim_err_t *scim_filter_parse(scim_filter_t **out, const char *text, const scim_rtype_t *rtype,
                              const scim_filter_limits_t *limits, apr_pool_t *p)
{
    parser_t ps = { .rtype = rtype, .limits = limits, .kind = SCIM_E_INVALID_FILTER, .p = p };

    return parse(&ps, text, strlen(text), out);
}

scim_err_t *scim_filter_parse_element(scim_filter_t **out, const char *text, apr_size_t len,
                                      const scim_attr_t *attr, const scim_filter_limits_t *limits,
                                      scim_errkind_t kind, apr_pool_t *p)
{
    parser_t ps = { .element = attr, .limits = limits, .kind = kind, .p = p };

    return parse(&ps, text, len, out);
}
