/* SPDX-License-Identifier: Apache-2.0 */
#include "map_push.h"

static scim_qfilter_t *node(const map_pushing_t *pushing, scim_qkind_t kind, int nsub)
{
    scim_qfilter_t *q = apr_pcalloc(pushing->p, sizeof *q);

    q->kind = kind;
    q->nsub = nsub;
    if (nsub)
        q->sub = apr_palloc(pushing->p, (apr_size_t)nsub * sizeof *q->sub);
    return q;
}

map_pushed_t map_pushed_nothing(void)
{
    const map_pushed_t nothing = { .q = NULL, .exact = 0 };

    return nothing;
}

map_pushed_t map_pushed_bool(const map_pushing_t *pushing, int value)
{
    const map_pushed_t pushed = { .q = node(pushing, value ? SCIM_Q_TRUE : SCIM_Q_FALSE, 0), .exact = 1 };

    return pushed;
}

/* What is not exact holds for too many: its opposite would hold for too few. */
map_pushed_t map_pushed_not(const map_pushing_t *pushing, map_pushed_t of)
{
    map_pushed_t pushed = { .exact = 1 };
    scim_qfilter_t *q;

    if (!of.q || !of.exact)
        return map_pushed_nothing();
    if (of.q->kind == SCIM_Q_TRUE || of.q->kind == SCIM_Q_FALSE)
        return map_pushed_bool(pushing, of.q->kind == SCIM_Q_FALSE);
    q = node(pushing, SCIM_Q_NOT, 1);
    q->sub[0] = of.q;
    pushed.q = q;
    return pushed;
}

/* True if the part decides the whole: FALSE in a conjunction, TRUE in a disjunction. */
static int decides(scim_qkind_t kind, const map_pushed_t *part)
{
    return part->q && part->exact && part->q->kind == (kind == SCIM_Q_AND ? SCIM_Q_FALSE : SCIM_Q_TRUE);
}

/* True if the part says nothing that matters to the whole. */
static int is_neutral(scim_qkind_t kind, const map_pushed_t *part)
{
    return part->q && part->q->kind == (kind == SCIM_Q_AND ? SCIM_Q_TRUE : SCIM_Q_FALSE);
}

map_pushed_t map_pushed_join(const map_pushing_t *pushing, scim_qkind_t kind, const map_pushed_t *of, int n)
{
    map_pushed_t pushed = { .exact = 1 };
    scim_qfilter_t *q = node(pushing, kind, n);
    int unknown = 0, i;

    q->nsub = 0;
    for (i = 0; i < n; i++) {
        if (decides(kind, &of[i]))
            return of[i];
        pushed.exact &= of[i].q && of[i].exact;
        unknown |= !of[i].q;
        if (of[i].q && !is_neutral(kind, &of[i]))
            q->sub[q->nsub++] = of[i].q;
    }
    if (kind == SCIM_Q_OR && unknown)
        return map_pushed_nothing();
    if (q->nsub == 0 && unknown)
        return map_pushed_nothing();
    if (q->nsub == 0)
        pushed.q = node(pushing, kind == SCIM_Q_AND ? SCIM_Q_TRUE : SCIM_Q_FALSE, 0);
    else
        pushed.q = q->nsub == 1 ? q->sub[0] : q;
    return pushed;
}

map_pushed_t map_pushed_compare(const map_pushing_t *pushing, const char *attr, scim_cmp_t op, const json_t *value,
                                scim_type_t type, int case_exact)
{
    map_pushed_t pushed = map_pushed_nothing();
    scim_qfilter_t *q = node(pushing, SCIM_Q_CMP, 0);
    scim_match_t match;

    q->op = op;
    q->attr = attr;
    q->value = value;
    q->type = type;
    q->case_exact = case_exact != 0;
    match = pushing->pusher->match(pushing->pusher->baton, pushing->list, q);
    if (match == SCIM_MATCH_NONE)
        return pushed;
    pushed.q = q;
    pushed.exact = match == SCIM_MATCH_EXACT;
    return pushed;
}
