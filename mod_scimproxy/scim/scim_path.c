/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_path.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_attrpath.h"
#include "scim_error.h"

/* The filter in brackets, the opening one already read, and the sub-attribute that may follow it. */
static scim_err_t *parse_brackets(scim_lex_t *lex, scim_path_t *path, const scim_filter_limits_t *limits,
                                  scim_errkind_t kind, apr_pool_t *p)
{
    scim_word_t inside;
    scim_filter_t *filter;
    const char *error = NULL;
    scim_err_t *err;

    if (path->sub || !path->attr || !path->attr->multi)
        return scim_err(p, kind, "only a multi-valued attribute can have a filter in a path");
    if (!scim_lex_brackets(lex, &inside))
        return scim_err(p, kind, "the path has no closing bracket");
    err = scim_filter_parse_element(&filter, inside.text, inside.len, path->attr, limits, kind, p);
    if (err)
        return err;
    path->filter = filter;
    if (scim_lex_char(lex, '.')) {
        scim_word_t name = scim_lex_word(lex);

        path->sub = scim_attrpath_sub(path->attr, &name, &error, p);
    }
    return error ? scim_err(p, kind, "%s", error) : NULL;
}

scim_err_t *scim_path_parse(scim_path_t **out, const char *text, const scim_rtype_t *rtype,
                            const scim_filter_limits_t *limits, scim_errkind_t kind, apr_pool_t *p)
{
    scim_path_t *path = apr_pcalloc(p, sizeof *path);
    apr_size_t len = strlen(text);
    scim_attrpath_t name;
    scim_word_t word;
    scim_lex_t lex;
    const char *error;
    scim_err_t *err;

    if (limits->max_bytes && len > limits->max_bytes)
        return scim_err(p, kind, "the path is longer than %" APR_SIZE_T_FMT " bytes", limits->max_bytes);
    scim_lex_start(&lex, text, len);
    word = scim_lex_word(&lex);
    if (!word.len)
        return scim_err(p, kind, "the path has no attribute");
    error = scim_attrpath_find(&name, &word, rtype, p);
    if (error)
        return scim_err(p, kind, "%s", error);
    path->schema = name.schema;
    path->attr = name.attr;
    path->sub = name.sub;
    if (scim_lex_char(&lex, '[')) {
        err = parse_brackets(&lex, path, limits, kind, p);
        if (err)
            return err;
    }
    if (!scim_lex_ended(&lex))
        return scim_err(p, kind, "the path goes on after its end, at position %d",
                        scim_lex_position(&lex, lex.at));
    *out = path;
    return NULL;
}

/* "attr[filter]" and ".sub": what a filter on the attribute prints as. */
static const char *print_filtered(const scim_path_t *path, apr_pool_t *p)
{
    scim_filter_t *kid = (scim_filter_t *)path->filter;
    const scim_filter_t value = { .kind = SCIM_F_VALUE, .attr = path->attr, .kids = &kid, .n = 1 };
    const char *text = scim_filter_print(&value, 1, p);

    return path->sub ? apr_pstrcat(p, text, ".", path->sub->name, NULL) : text;
}

const char *scim_path_print(const scim_path_t *path, apr_pool_t *p)
{
    if (!path->attr)
        return path->schema->urn;
    if (path->filter)
        return print_filtered(path, p);
    return scim_attr_path(path->sub ? path->sub : path->attr, p);
}
