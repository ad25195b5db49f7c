/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "scim_text.h"

static int seconds(apr_interval_time_t interval)
{
    return interval > APR_USEC_PER_SEC ? (int)((interval + APR_USEC_PER_SEC - 1) / APR_USEC_PER_SEC) : 1;
}

/* True if a word stands before an equals sign. */
static int has_word(const char *params, const char *word)
{
    const size_t len = strlen(word);
    const char *at;

    for (at = params; (at = strchr(at, '=')) != NULL; at++) {
        const char *end = at, *start;

        while (end > params && apr_isspace(end[-1]))
            end--;
        for (start = end; start > params && (apr_isalnum(start[-1]) || start[-1] == '_'); start--)
            ;
        if ((size_t)(end - start) == len && strncasecmp(start, word, len) == 0)
            return 1;
    }
    return 0;
}

static const char *password_elsewhere(const char *word, apr_pool_t *p)
{
    return apr_psprintf(
        p, "sql.params must not contain %s: it is shown by -D DUMP_SCIM; give it as sql.password", word);
}

/* ---- PostgreSQL ---- */

static const char *quoted(const char *value, apr_pool_t *p)
{
    char *out = apr_palloc(p, 2 * strlen(value) + 3), *at = out;

    *at++ = '\'';
    for (; *value; value++) {
        if (*value == '\'' || *value == '\\')
            *at++ = '\\';
        *at++ = *value;
    }
    *at++ = '\'';
    *at = '\0';
    return out;
}

/* postgresql://user:password@host/... */
static int uri_has_password(const char *uri)
{
    const char *authority = strstr(uri, "://") + 3, *at = strpbrk(authority, "@/?");
    const char *colon = strchr(authority, ':');

    return at && *at == '@' && colon && colon < at;
}

typedef struct setting_t {
    const char *name;
    int         value;
} setting_t;

/* How long libpq waits: it would wait for ever. */
static const setting_t *pgsql_settings(const scim_pool_limits_t *limits, apr_pool_t *p)
{
    const int timeout = seconds(limits->timeout);
    const setting_t settings[] = {
        { "connect_timeout", timeout > 2 ? timeout : 2 },
        { "keepalives_idle", timeout },
        { "keepalives_interval", 5 },
        { "keepalives_count", 2 },
        { "tcp_user_timeout", 1000 * timeout },
        { NULL, 0 }
    };

    return apr_pmemdup(p, settings, sizeof(settings));
}

static const char *pgsql_uri(const char **conninfo, const char *uri, const char *password,
                             const setting_t *settings, apr_pool_t *p)
{
    const char *mark = strchr(uri, '?') ? "&" : "?";

    if (uri_has_password(uri))
        return password_elsewhere("the password", p);
    *conninfo = uri;
    for (; settings->name; settings++) {
        if (has_word(uri, settings->name))
            continue;
        *conninfo = apr_psprintf(p, "%s%s%s=%d", *conninfo, mark, settings->name, settings->value);
        mark = "&";
    }
    if (password)
        *conninfo = apr_pstrcat(p, *conninfo, mark, "password=", scim_uri_escape(password, p), NULL);
    return NULL;
}

/* The last of two equal words counts: ours come before those of the configuration, but for the password. */
static const char *pgsql(const char **conninfo, const char *params, const char *password,
                         const scim_pool_limits_t *limits, apr_pool_t *p)
{
    const setting_t *settings = pgsql_settings(limits, p);

    if (has_word(params, "password"))
        return password_elsewhere("password=", p);
    if (strncmp(params, "postgresql://", 13) == 0 || strncmp(params, "postgres://", 11) == 0)
        return pgsql_uri(conninfo, params, password, settings, p);
    *conninfo = "";
    for (; settings->name; settings++)
        *conninfo = apr_psprintf(p, "%s%s=%d ", *conninfo, settings->name, settings->value);
    *conninfo = apr_pstrcat(p, *conninfo, params, password ? " password=" : NULL,
                            password ? quoted(password, p) : NULL, NULL);
    return NULL;
}

/* ---- MariaDB ---- */

/*
 * apr_dbd takes values without quotes, up to one of these. What comes last counts: reconnecting by itself
 * would lose the session's settings in the middle of a transaction; CLIENT_FOUND_ROWS would count rows that
 * did not change; the size of a field is what scim_sql_get() relies on.
 */
static const char *mysql(const char **conninfo, const char *params, const char *password,
                         const scim_pool_limits_t *limits, apr_pool_t *p)
{
    const int timeout = seconds(limits->timeout);

    if (has_word(params, "pass") || has_word(params, "password"))
        return password_elsewhere("pass=", p);
    if (password && (strpbrk(password, " \r\n\t;|,") || !*password))
        return "sql.password for mysql must not be empty or contain blanks, commas, semicolons or '|', which "
               "apr_dbd cannot pass on; "
               "put it into an option file of MariaDB's and name its group with group= in sql.params";
    *conninfo = apr_psprintf(
        p, "connecttimeout=%d,readtimeout=%d,writetimeout=%d,%s,reconnect=0,flags=none,fldsz=%d%s%s", timeout,
        timeout + 5, timeout + 5, params, SCIM_SQL_MYSQL_FIELD, password ? ",pass=" : "",
        password ? password : "");
    return NULL;
}

/* ---- SQLite ---- */

static const char *sqlite(const char **conninfo, const char *params, const char *password)
{
    if (password)
        return "SQLite has no passwords: take sql.password away";
    if (*params != '/' && strncmp(params, "file:/", 6) != 0)
        return "sql.params of sqlite3 must be the absolute path of the database file";
    *conninfo = params;
    return NULL;
}

const char *scim_sql_conninfo(const char **conninfo, scim_sql_kind_t kind, const char *params, const char *password,
                              const scim_pool_limits_t *limits, apr_pool_t *p)
{
    switch (kind) {
    case SCIM_SQL_SQLITE:
        return sqlite(conninfo, params, password);
    case SCIM_SQL_PGSQL:
        return pgsql(conninfo, params, password, limits, p);
    case SCIM_SQL_MYSQL:
        break;
    }
    return mysql(conninfo, params, password, limits, p);
}
