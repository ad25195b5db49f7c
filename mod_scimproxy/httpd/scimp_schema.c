/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_section.h"

#include <string.h>
#include <strings.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "scimp_walk.h"

/* ---- <SCIMSchema URN NAME ["description"]> ---- */

static int is_urn(const char *urn)
{
    return strncasecmp(urn, "urn:", 4) == 0 && urn[4] != '\0'
        && urn[strspn(urn, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:._-")] == '\0';
}

static const char *check_urn(const char *urn, cmd_parms *cmd)
{
    const scimp_conf_t *conf = scimp_conf_of(cmd->server);
    int i;

    if (!is_urn(urn))
        return apr_psprintf(cmd->temp_pool,
                            "'%s' is no URN for a schema; take one as urn:example:params:scim:Device", urn);
    for (i = 0; i < conf->schemas->nelts; i++) {
        const scimp_schema_t *other = &APR_ARRAY_IDX(conf->schemas, i, scimp_schema_t);

        if (strcasecmp(other->schema->urn, urn) == 0)
            return apr_psprintf(cmd->temp_pool, "the schema %s is already defined on %s", urn,
                                scimp_place(other->at, cmd->temp_pool));
    }
    if (scimp_is_standard_schema(urn))
        return apr_psprintf(cmd->temp_pool, "the schema %s is that of RFC 7643; take a URN of your own", urn);
    return NULL;
}

const char *scimp_cmd_schema(cmd_parms *cmd, void *dir, const char *args)
{
    static const char *const allowed[] = { "SCIMAttribute", NULL };
    scimp_conf_t *conf = scimp_conf_of(cmd->server);
    const char *error, *urn, *name, *description;
    scimp_schema_t schema = { .at = cmd->directive };

    (void)dir;
    if (!(args = scimp_section_args(cmd, args, &error)))
        return error;
    urn = scimp_section_word(cmd, &args);
    name = scimp_section_word(cmd, &args);
    description = scimp_section_word(cmd, &args);
    if (!name || scimp_section_word(cmd, &args))
        return "<SCIMSchema> takes a URN, a name and perhaps a \"description\"";
    if ((error = check_urn(urn, cmd)))
        return error;
    schema.schema = scim_schema_make(urn, name, description, cmd->pool);
    if ((error = scimp_section_walk(cmd, schema.schema, allowed)))
        return error;
    if (schema.schema->nattrs == 0)
        return apr_psprintf(cmd->temp_pool, "the schema %s has no attribute; add SCIMAttribute lines", urn);
    APR_ARRAY_PUSH(conf->schemas, scimp_schema_t) = schema;
    return NULL;
}

/* ---- SCIMAttribute NAME TYPE [characteristics] ["description"] ---- */

/* "a,b,c" as an array with NULL at its end. */
static const char *const *split(const char *list, apr_pool_t *p)
{
    apr_array_header_t *items = apr_array_make(p, 4, sizeof(const char *));
    char *rest = apr_pstrdup(p, list), *last = NULL, *item;

    for (item = apr_strtok(rest, ",", &last); item; item = apr_strtok(NULL, ",", &last))
        APR_ARRAY_PUSH(items, const char *) = item;
    APR_ARRAY_PUSH(items, const char *) = NULL;
    return (const char *const *)(const void *)items->elts;
}

/* RFC 7643 sections 2.3.6 and 2.3.7: their values have case. */
static int has_case(scim_type_t type)
{
    return type == SCIM_TYPE_BINARY || type == SCIM_TYPE_REFERENCE;
}

static int choose(const char *value, int n, const char *(*name)(int))
{
    int i;

    for (i = 0; i < n; i++)
        if (strcasecmp(value, name(i)) == 0)
            return i;
    return -1;
}

static const char *returned_name(int i)
{
    return scim_returned_name((scim_returned_t)i);
}

static const char *uniqueness_name(int i)
{
    return scim_uniqueness_name((scim_uniqueness_t)i);
}

static const char *mutability_name(int i)
{
    return scim_mutability_name((scim_mutability_t)i);
}

/* What SCIMAttribute is about to define. */
typedef struct attribute_t {
    scim_attr_t attr;
    unsigned    mutability_set:1;
} attribute_t;

static const char *set_word(attribute_t *attribute, const char *word, cmd_parms *cmd)
{
    scim_attr_t *attr = &attribute->attr;
    const char *value;
    int i;

    if (strcasecmp(word, "multiValued") == 0)
        attr->multi = 1;
    else if (strcasecmp(word, "required") == 0)
        attr->required = 1;
    else if (strcasecmp(word, "caseExact") == 0)
        attr->case_exact = 1;
    else if ((value = scimp_key_value(word, "canonical")))
        attr->canonical = split(value, cmd->pool);
    else if ((value = scimp_key_value(word, "references")))
        attr->ref_types = split(value, cmd->pool);
    else if ((value = scimp_key_value(word, "returned"))) {
        if ((i = choose(value, SCIM_RETURNED_REQUEST + 1, returned_name)) < 0)
            return "returned= takes always, never, default or request";
        attr->returned = (scim_returned_t)i;
    } else if ((value = scimp_key_value(word, "uniqueness"))) {
        if ((i = choose(value, SCIM_UNIQUE_GLOBAL + 1, uniqueness_name)) < 0)
            return "uniqueness= takes none, server or global";
        attr->uniqueness = (scim_uniqueness_t)i;
    } else if ((i = choose(word, SCIM_WRITE_ONLY + 1, mutability_name)) >= 0) {
        if (attribute->mutability_set)
            return "an attribute is one of readOnly, readWrite, immutable and writeOnly";
        attribute->mutability_set = 1;
        attr->mutability = (scim_mutability_t)i;
    } else
        return apr_psprintf(
            cmd->temp_pool,
            "SCIMAttribute does not know '%s'; it takes multiValued, required, caseExact, readOnly, "
            "immutable, writeOnly, returned=, uniqueness=, canonical=, references= and a \"description\" in "
            "quotes",
            word);
    return NULL;
}

/* True if a text that begins with a quote has the other one, too. */
static int is_closed(const char *text)
{
    const char *c;

    for (c = text + 1; *c && *c != '"'; c++)
        if (*c == '\\' && c[1])
            c++;
    return *c == '"';
}

/* The characteristics, and what stands in quotes. */
static const char *set_words(attribute_t *attribute, const char *args, cmd_parms *cmd)
{
    const char *error = NULL, *word;

    while (!error) {
        int quoted;

        while (apr_isspace(*args))
            args++;
        quoted = *args == '"';
        if (quoted && !is_closed(args))
            return "the description has no quote at its end";
        if (!(word = scimp_section_word(cmd, &args)))
            break;
        if (quoted)
            attribute->attr.description = word;
        else
            error = set_word(attribute, word, cmd);
    }
    return error;
}

const char *scimp_cmd_attribute(cmd_parms *cmd, void *dir, const char *args)
{
    const char *error, *name, *type;
    scim_schema_t *schema = scimp_enclosing(cmd, &error, "<SCIMSchema", NULL);
    attribute_t attribute;
    int t;

    (void)dir;
    if (!schema)
        return error;
    name = scimp_section_word(cmd, &args);
    type = scimp_section_word(cmd, &args);
    if (!type)
        return "SCIMAttribute takes a name and a type, as SCIMAttribute serialNumber string";
    if (scim_schema_attr(scim_schema_common(), name, strlen(name)))
        return apr_psprintf(cmd->temp_pool, "every resource has '%s' without that; take another name", name);
    if ((t = scim_type_by_name(type)) < 0)
        return apr_psprintf(
            cmd->temp_pool,
            "there is no type '%s'; types are string, boolean, decimal, integer, dateTime, binary, "
            "reference and complex",
            type);
    memset(&attribute, 0, sizeof attribute);
    attribute.attr.type = (scim_type_t)t;
    attribute.attr.case_exact = has_case(attribute.attr.type) ? 1 : 0;
    if (!(error = set_words(&attribute, args, cmd)))
        error = scim_schema_add(schema, name, &attribute.attr, cmd->pool);
    return error ? apr_psprintf(cmd->temp_pool, "%s: %s", name, error) : NULL;
}
