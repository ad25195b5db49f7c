/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_schema.h"

#include <string.h>

#include <apr_strings.h>

/*
 * Resource types and their copies of schemas, whole or narrowed. Texts are not copied: schemas are made while
 * the configuration is read and live as long as the resource types over them.
 */

#define READ_AND_WRITE ((int)SCIM_USE_READ | (int)SCIM_USE_WRITE)

/* How to copy a schema. */
typedef struct copy_t {
    scim_use_fn          use;          /* NULL: everything is kept as it is */
    void                *baton;
    const scim_schema_t *schema;       /* the copy */
    const char          *home;         /* of the copied attributes */
    apr_pool_t          *p;
} copy_t;

/* Fits an attribute to what is mapped; false if nothing is left of it: no use, or only writing what no client
 * can write. */
static int narrow(scim_attr_t *attr, int use)
{
    if (use == SCIM_USE_READ) {
        attr->mutability = SCIM_READ_ONLY;
    } else if (use == SCIM_USE_WRITE) {
        if (attr->mutability == SCIM_READ_ONLY)
            return 0;
        attr->mutability = SCIM_WRITE_ONLY;
        attr->returned = SCIM_RETURNED_NEVER;
    }
    return use != SCIM_USE_NONE;
}

/*
 * Copies attributes and returns the uses of those that are kept. A complex attribute is used as its
 * sub-attributes are, and as it is used itself. An attribute that goes leaves its place to the next one.
 */
static int copy_attrs(const copy_t *copy, const scim_attr_t *from, int nfrom, const scim_attr_t *parent,
                      scim_attr_t **to, int *nto)
{
    int uses = 0, i;

    *to = nfrom ? apr_pcalloc(copy->p, (apr_size_t)nfrom * sizeof **to) : NULL;
    *nto = 0;
    for (i = 0; i < nfrom; i++) {
        scim_attr_t *attr = &(*to)[*nto];
        int use = copy->use ? copy->use(copy->baton, &from[i]) & READ_AND_WRITE : READ_AND_WRITE;

        *attr = from[i];
        attr->parent = parent;
        attr->schema = copy->schema;
        attr->home = copy->home;
        if (attr->type == SCIM_TYPE_COMPLEX) {
            use |= copy_attrs(copy, from[i].sub, from[i].nsub, attr, &attr->sub, &attr->nsub);
            if (copy->use && attr->nsub == 0)
                continue;
        }
        if (narrow(attr, use)) {
            uses |= use;
            ++*nto;
        }
    }
    return uses;
}

static scim_schema_t *copy_schema(const scim_schema_t *schema, int extension, scim_use_fn use, void *baton,
                                  apr_pool_t *p)
{
    scim_schema_t *to = apr_pmemdup(p, schema, sizeof *schema);
    const copy_t copy = {
        .use = use, .baton = baton, .schema = to, .home = extension ? schema->urn : NULL, .p = p
    };

    copy_attrs(&copy, schema->attrs, schema->nattrs, NULL, &to->attrs, &to->nattrs);
    return to;
}

scim_rtype_t *scim_rtype_make(const char *name, const char *endpoint, const scim_schema_t *core,
                              apr_pool_t *p)
{
    scim_rtype_t *rtype = apr_pcalloc(p, sizeof *rtype);

    rtype->name = apr_pstrdup(p, name);
    rtype->endpoint = apr_pstrdup(p, endpoint);
    rtype->description = core->description;
    rtype->common = copy_schema(scim_schema_common(), 0, NULL, NULL, p);
    rtype->core = copy_schema(core, 0, NULL, NULL, p);
    return rtype;
}

static void add_extension(scim_rtype_t *rtype, scim_schema_t *schema, unsigned required, apr_pool_t *p)
{
    scim_extension_t *ext = apr_pcalloc(p, ((apr_size_t)rtype->next + 1) * sizeof *ext);

    if (rtype->next)
        memcpy(ext, rtype->ext, (apr_size_t)rtype->next * sizeof *ext);
    ext[rtype->next].schema = schema;
    ext[rtype->next].required = required & 1;
    rtype->ext = ext;
    rtype->next++;
}

void scim_rtype_extend(scim_rtype_t *rtype, const scim_schema_t *schema, int required, apr_pool_t *p)
{
    add_extension(rtype, copy_schema(schema, 1, NULL, NULL, p), required != 0, p);
}

/* Narrows the common attributes: those that the server answers for stay as they are, whatever is mapped. */
typedef struct common_use_t {
    scim_use_fn use;
    void       *baton;
} common_use_t;

static int use_of_common(void *baton, const scim_attr_t *attr)
{
    const common_use_t *common = baton;
    const char *name = attr->parent ? attr->parent->name : attr->name;

    if (strcmp(name, "schemas") == 0 || strcmp(name, "id") == 0 || strcmp(name, "meta") == 0)
        return READ_AND_WRITE;
    return common->use(common->baton, attr);
}

scim_rtype_t *scim_rtype_narrow(const scim_rtype_t *rtype, scim_use_fn use, void *baton, apr_pool_t *p)
{
    scim_rtype_t *narrowed = apr_pmemdup(p, rtype, sizeof *rtype);
    common_use_t common = { .use = use, .baton = baton };
    int i;

    narrowed->common = copy_schema(rtype->common, 0, use_of_common, &common, p);
    narrowed->core = copy_schema(rtype->core, 0, use, baton, p);
    narrowed->ext = NULL;
    narrowed->next = 0;
    for (i = 0; i < rtype->next; i++) {
        scim_schema_t *schema = copy_schema(rtype->ext[i].schema, 1, use, baton, p);

        if (schema->nattrs)
            add_extension(narrowed, schema, rtype->ext[i].required, p);
    }
    return narrowed;
}
