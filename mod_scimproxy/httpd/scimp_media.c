/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_media.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>

#include "scim_error.h"

/* Reads one ";name=value" of a media type, quotes taken off; false after the last. Malformed ones read as the
 * name alone. */
static int next_parameter(const char **rest, const char **name, const char **value, apr_pool_t *p)
{
    const char *c = *rest + strspn(*rest, "; \t");
    apr_size_t len = strcspn(c, ";= \t");

    if (*c == '\0')
        return 0;
    *name = apr_pstrmemdup(p, c, len);
    *value = "";
    c += len;
    if (*c == '=') {
        const int quoted = c[1] == '"';

        c += quoted ? 2 : 1;
        len = strcspn(c, quoted ? "\"" : "; \t");
        *value = apr_pstrmemdup(p, c, len);
        c += len;
    }
    c += strcspn(c, ";");
    *rest = c;
    return 1;
}

scim_err_t *scimp_media_check(const char *content_type, apr_pool_t *p)
{
    const char *type = content_type, *rest, *name, *value;
    apr_size_t len;

    if (!type)
        return scim_err(p, SCIM_E_MEDIA_TYPE, "the body needs a Content-Type: application/scim+json");
    type += strspn(type, " \t");
    len = strcspn(type, "; \t");
    rest = type + len;
    type = apr_pstrmemdup(p, type, len);
    if (strcasecmp(type, "application/scim+json") != 0 && strcasecmp(type, "application/json") != 0)
        return scim_err(p, SCIM_E_MEDIA_TYPE, "the body must be application/scim+json or application/json");
    while (next_parameter(&rest, &name, &value, p))
        if (strcasecmp(name, "charset") == 0 && strcasecmp(value, "utf-8") != 0)
            return scim_err(p, SCIM_E_MEDIA_TYPE, "the body must be UTF-8");
    return NULL;
}
