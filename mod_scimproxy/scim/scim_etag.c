/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_etag.h"

#include <string.h>

#include <apr_strings.h>

#include "scim_error.h"
#include "scim_text.h"

/* What stands in an entity tag as it is. A comma may, but those who split headers at commas would break it. */
static int is_plain(char c)
{
    return c > ' ' && c < 0x7f && c != '"' && c != '%' && c != ',' && c != '\\';
}

const char *scim_etag_make(const char *version, apr_pool_t *p)
{
    static const char digits[] = "0123456789ABCDEF";
    char *tag = apr_palloc(p, 3 * strlen(version) + sizeof "W/\"\""), *out = tag;

    memcpy(out, "W/\"", 3);
    out += 3;
    for (; *version; version++) {
        const unsigned char c = (unsigned char)*version;

        if (is_plain(*version)) {
            *out++ = *version;
            continue;
        }
        *out++ = '%';
        *out++ = digits[c >> 4];
        *out++ = digits[c & 15];
    }
    *out++ = '"';
    *out = '\0';
    return tag;
}

/* etagc of RFC 9110 section 8.8.3; its obs-text are all bytes beyond ASCII. */
static int is_etagc(char c)
{
    const unsigned char byte = (unsigned char)c;

    return byte > ' ' && byte != '"' && byte != 0x7f;
}

static const char *skip(const char *at, const char *what)
{
    return at + strspn(at, what);
}

/* Adds the version of an opaque tag; one that scim_etag_make() would not have written stands for no version of
 * ours, and must not reach a backend. */
static void add(scim_etags_t *tags, const char *opaque, apr_size_t len, apr_pool_t *p)
{
    const char *version = scim_uri_unescape(opaque, len, p), *tag;

    if (!version || !scim_utf8_valid(version, strlen(version)))
        return;
    tag = scim_etag_make(version, p);
    if (strlen(tag) == len + sizeof "W/\"\"" - 1 && memcmp(tag + 3, opaque, len) == 0)
        APR_ARRAY_PUSH(tags->versions, const char *) = version;
}

/* Reads one entity tag; NULL if there is none: an asterisk stands alone or in quotes. */
static const char *read_tag(scim_etags_t *tags, const char *at, apr_pool_t *p)
{
    const char *start;
    int quoted;

    if (strncmp(at, "W/", 2) == 0)
        at += 2;
    quoted = *at == '"';
    at += quoted;
    start = at;
    while (is_etagc(*at) && (quoted || *at != ','))
        at++;
    if (quoted ? *at != '"' : at == start || (at == start + 1 && *start == '*'))
        return NULL;
    add(tags, start, (apr_size_t)(at - start), p);
    return at + quoted;
}

/* A list may have empty elements (RFC 9110 section 5.6.1). */
static int read_list(scim_etags_t *tags, const char *at, apr_pool_t *p)
{
    for (;;) {
        at = skip(at, ", \t");
        if (*at == '\0')
            return 1;
        at = read_tag(tags, at, p);
        if (!at)
            return 0;
        at = skip(at, " \t");
        if (*at != ',' && *at != '\0')
            return 0;
    }
}

scim_err_t *scim_etag_parse(scim_etags_t **out, const char *header, apr_pool_t *p)
{
    scim_etags_t *tags;
    const char *at;

    *out = NULL;
    if (!header)
        return NULL;
    tags = apr_pcalloc(p, sizeof *tags);
    tags->versions = apr_array_make(p, 2, sizeof(const char *));
    at = skip(header, " \t");
    if (*at == '*' && *skip(at + 1, " \t") == '\0')
        tags->any = 1;
    else if (!read_list(tags, at, p))
        return scim_err(p, SCIM_E_BAD_REQUEST,
                        "If-Match and If-None-Match take entity tags, separated by commas, or *");
    *out = tags;
    return NULL;
}

int scim_etag_has(const scim_etags_t *tags, const char *version)
{
    int i;

    if (tags->any)
        return 1;
    for (i = 0; version && i < tags->versions->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(tags->versions, i, const char *), version) == 0)
            return 1;
    return 0;
}
