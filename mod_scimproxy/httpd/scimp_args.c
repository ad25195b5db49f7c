/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_args.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>

#include "scim_error.h"
#include "scim_text.h"

/* Where a parameter goes; NULL if it is none of SCIM's. */
static const char **slot_of(scim_listargs_t *args, const char *name, apr_size_t len)
{
    const struct {
        const char  *name;
        const char **slot;
    } slots[] = {
        { "filter", &args->filter }, { "sortBy", &args->sort_by }, { "sortOrder", &args->sort_order },
        { "startIndex", &args->start_index }, { "count", &args->count }, { "attributes", &args->attributes },
        { "excludedAttributes", &args->excluded }
    };
    size_t i;

    for (i = 0; i < sizeof slots / sizeof *slots; i++)
        if (strlen(slots[i].name) == len && strncasecmp(slots[i].name, name, len) == 0)
            return slots[i].slot;
    return NULL;
}

/* A value decoded, or NULL. */
static const char *decode(const char *text, apr_size_t len, apr_pool_t *p)
{
    char *plain = apr_pstrmemdup(p, text, len), *c;
    const char *value;

    for (c = plain; *c; c++)
        if (*c == '+')
            *c = ' ';
    value = scim_uri_unescape(plain, len, p);
    return value && scim_utf8_valid(value, strlen(value)) ? value : NULL;
}

scim_err_t *scimp_args_parse(scim_listargs_t *args, const char *query, apr_pool_t *p)
{
    memset(args, 0, sizeof *args);
    while (query && *query) {
        const apr_size_t len = strcspn(query, "&");
        const apr_size_t name = strcspn(query, "=&");
        const char **slot = slot_of(args, query, name);

        if (slot) {
            if (*slot)
                return scim_err(p, SCIM_E_BAD_REQUEST, "the parameter %.*s stands twice in the URL",
                                (int)name, query);
            *slot = name < len ? decode(query + name + 1, len - name - 1, p) : "";
            if (!*slot)
                return scim_err(p, SCIM_E_BAD_REQUEST, "the parameter %.*s is not percent-encoded UTF-8",
                                (int)name, query);
        }
        query += len;
        query += *query == '&';
    }
    return NULL;
}
