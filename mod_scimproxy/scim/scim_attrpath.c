/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_attrpath.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

/* Names come from clients: messages quote no more than this of them. */
#define QUOTED(word) (int)((word)->len < 100 ? (word)->len : 100), (word)->text

/* True if the word is the URN, or begins with it and a colon. */
static int has_urn(const scim_word_t *word, const char *urn)
{
    apr_size_t len = strlen(urn);

    return len <= word->len && apr_cstr_casecmpn(word->text, urn, len) == 0
        && (len == word->len || word->text[len] == ':');
}

/* The known schema whose URN the word begins with: the longest, for one URN may continue another. */
static const scim_schema_t *schema_of(const scim_word_t *word, const scim_rtype_t *rtype)
{
    const scim_schema_t *found = has_urn(word, rtype->core->urn) ? rtype->core : NULL;
    int i;

    for (i = 0; i < rtype->next; i++) {
        const scim_schema_t *schema = rtype->ext[i].schema;

        if (has_urn(word, schema->urn) && (!found || strlen(schema->urn) > strlen(found->urn)))
            found = schema;
    }
    return found;
}

const scim_attr_t *scim_attrpath_sub(const scim_attr_t *attr, const scim_word_t *name, const char **error,
                                     apr_pool_t *p)
{
    const scim_attr_t *sub = scim_attr_sub(attr, apr_pstrmemdup(p, name->text, name->len));

    if (!sub)
        *error = apr_psprintf(p, "\"%s\" has no sub-attribute \"%.*s\"", attr->name, QUOTED(name));
    return sub;
}

const char *scim_attrpath_find(scim_attrpath_t *out, const scim_word_t *word, const scim_rtype_t *rtype,
                               apr_pool_t *p)
{
    scim_word_t name = *word, sub;
    const char *dot, *error = NULL;

    memset(out, 0, sizeof *out);
    out->schema = rtype->core;
    if (memchr(word->text, ':', word->len)) {
        apr_size_t urn;

        out->schema = schema_of(word, rtype);
        if (!out->schema)
            return apr_psprintf(p, "no schema of \"%.*s\" is known here", QUOTED(word));
        urn = strlen(out->schema->urn);
        if (urn == word->len)
            return NULL;
        name.text += urn + 1;
        name.len -= urn + 1;
    }
    dot = memchr(name.text, '.', name.len);
    if (dot) {
        sub.text = dot + 1;
        sub.len = name.len - (apr_size_t)(sub.text - name.text);
        name.len = (apr_size_t)(dot - name.text);
    }
    out->attr = scim_schema_attr(out->schema, name.text, name.len);
    if (!out->attr && out->schema == rtype->core)
        out->attr = scim_schema_attr(rtype->common, name.text, name.len);
    if (!out->attr)
        return apr_psprintf(p, "unknown attribute \"%.*s\"", QUOTED(word));
    out->schema = out->attr->schema;
    if (dot)
        out->sub = scim_attrpath_sub(out->attr, &sub, &error, p);
    return error;
}
