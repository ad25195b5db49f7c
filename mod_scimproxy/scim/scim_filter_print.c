/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_filter.h"

#include <apr_strings.h>
#include <apr_tables.h>

#include "scim_json.h"
#include "scim_lex.h"

typedef struct printer_t {
    apr_array_header_t *pieces;        /* of const char *, joined once at the end */
    const scim_attr_t  *element;       /* the attribute in whose brackets we are, or NULL */
    int                 values;
    apr_pool_t         *p;
} printer_t;

static void put(printer_t *pr, const char *piece)
{
    APR_ARRAY_PUSH(pr->pieces, const char *) = piece;
}

static const char *name_of(const printer_t *pr, const scim_filter_t *filter)
{
    if (filter->attr == pr->element)
        return "value";
    if (filter->attr->parent)
        return filter->attr->name;
    return scim_attr_path(filter->sub ? filter->sub : filter->attr, pr->p);
}

static void print(printer_t *pr, const scim_filter_t *filter);

static void print_between(printer_t *pr, const char *open, const scim_filter_t *filter, const char *close)
{
    put(pr, open);
    print(pr, filter);
    put(pr, close);
}

/* `and` binds closer than `or`: lists in lists need parentheses, but for an `and` in an `or`. */
static void print_list(printer_t *pr, const scim_filter_t *filter)
{
    int i;

    for (i = 0; i < filter->n; i++) {
        const scim_filter_t *kid = filter->kids[i];

        if (i)
            put(pr, filter->kind == SCIM_F_AND ? " and " : " or ");
        if (kid->kind == SCIM_F_OR || (kid->kind == SCIM_F_AND && filter->kind == SCIM_F_AND))
            print_between(pr, "(", kid, ")");
        else
            print(pr, kid);
    }
}

static void print_comparison(printer_t *pr, const scim_filter_t *filter)
{
    put(pr, name_of(pr, filter));
    put(pr, " ");
    put(pr, scim_lex_operator_name(filter->op));
    if (filter->value) {
        put(pr, " ");
        put(pr, pr->values ? scim_json_dump(filter->value, pr->p) : "?");
    }
}

static void print(printer_t *pr, const scim_filter_t *filter)
{
    switch (filter->kind) {
    case SCIM_F_AND:
    case SCIM_F_OR:
        print_list(pr, filter);
        break;
    case SCIM_F_NOT:
        print_between(pr, "not (", filter->kids[0], ")");
        break;
    case SCIM_F_VALUE:
        put(pr, scim_attr_path(filter->attr, pr->p));
        pr->element = filter->attr;
        print_between(pr, "[", filter->kids[0], "]");
        pr->element = NULL;
        break;
    case SCIM_F_CMP:
        print_comparison(pr, filter);
        break;
    }
}

const char *scim_filter_print(const scim_filter_t *filter, int values, apr_pool_t *p)
{
    printer_t pr = { .pieces = apr_array_make(p, 16, sizeof(const char *)), .values = values, .p = p };

    print(&pr, filter);
    return apr_array_pstrcat(p, pr.pieces, 0);
}
