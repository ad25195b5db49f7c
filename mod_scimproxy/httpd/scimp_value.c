/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_value.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <apr_strings.h>

/* True for one of "a|b|c". */
static int one_of(const char *choices, const char *value)
{
    const size_t len = strcspn(value, "|");
    const char *c;

    if (len == 0 || value[len] != '\0')
        return 0;
    for (c = choices; c; c = strchr(c, '|') ? strchr(c, '|') + 1 : NULL)
        if (strncmp(c, value, len) == 0 && (c[len] == '|' || c[len] == '\0'))
            return 1;
    return 0;
}

static const char *number(const char **value, const scim_property_t *row, apr_pool_t *p)
{
    char *end = NULL;
    apr_int64_t n;

    errno = 0;
    n = apr_strtoi64(*value, &end, 10);
    if (errno != 0 || end == *value || *end != '\0')
        return apr_psprintf(p, "%s wants a whole number", row->name);
    *value = apr_psprintf(p, "%" APR_INT64_T_FMT, n);
    return NULL;
}

static const char *flag(const char **value, const scim_property_t *row, apr_pool_t *p)
{
    static const char *const yes[] = { "on", "true", "yes" }, *const no[] = { "off", "false", "no" };
    size_t i;

    for (i = 0; i < sizeof yes / sizeof *yes; i++)
        if (strcasecmp(*value, yes[i]) == 0 || strcasecmp(*value, no[i]) == 0) {
            *value = strcasecmp(*value, yes[i]) == 0 ? "true" : "false";
            return NULL;
        }
    return apr_psprintf(p, "%s wants On or Off", row->name);
}

const char *scimp_value_normalise(const char **value, const scim_property_t *row, apr_pool_t *p)
{
    switch (row->type) {
    case SCIM_PROP_INT:
        return number(value, row, p);
    case SCIM_PROP_BOOL:
        return flag(value, row, p);
    case SCIM_PROP_CHOICE:
        return one_of(row->choices, *value) ? NULL
                                            : apr_psprintf(p, "%s wants one of %s", row->name, row->choices);
    default:
        return NULL;
    }
}
