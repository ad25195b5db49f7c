/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <stdarg.h>
#include <string.h>

#include <apr_strings.h>

scim_sql_text_t *scim_sql_text(const scim_sql_conn_t *conn, apr_pool_t *p)
{
    scim_sql_text_t *q = apr_pcalloc(p, sizeof(*q));

    q->conn = conn;
    q->p = p;
    q->size = 256;
    q->text = apr_palloc(p, q->size);
    q->text[0] = '\0';
    q->args = apr_array_make(p, 8, sizeof(const char *));
    return q;
}

static void append(scim_sql_text_t *q, const char *text, apr_size_t len)
{
    char *grown;

    if (q->len + len >= q->size) {
        while (q->len + len >= q->size)
            q->size *= 2;
        grown = apr_palloc(q->p, q->size);
        memcpy(grown, q->text, q->len);
        q->text = grown;
    }
    memcpy(q->text + q->len, text, len);
    q->len += len;
    q->text[q->len] = '\0';
}

/* A percent sign would be a parameter to apr_dbd; two are one. */
static void append_doubling(scim_sql_text_t *q, const char *text, char doubled)
{
    apr_size_t n;

    for (; *text; text += n) {
        const char special[] = { '%', doubled, '\0' };

        n = strcspn(text, special);
        append(q, text, n);
        if (text[n]) {
            append(q, text + n, 1);
            append(q, text + n, 1);
            n++;
        }
    }
}

void scim_sql_put(scim_sql_text_t *q, ...)
{
    const char *text;
    va_list ap;

    va_start(ap, q);
    while ((text = va_arg(ap, const char *)) != NULL)
        append_doubling(q, text, '%');
    va_end(ap);
}

void scim_sql_put_int(scim_sql_text_t *q, apr_int64_t n)
{
    scim_sql_put(q, apr_psprintf(q->p, "%" APR_INT64_T_FMT, n), NULL);
}

void scim_sql_put_name(scim_sql_text_t *q, const char *name)
{
    const char quote[] = { q->conn->kind == SCIM_SQL_MYSQL ? '`' : '"', '\0' };
    const char *dot;

    for (;; name = dot + 1) {
        dot = strchr(name, '.');
        append(q, quote, 1);
        append_doubling(q, dot ? apr_pstrmemdup(q->p, name, (apr_size_t)(dot - name)) : name, *quote);
        append(q, quote, 1);
        if (!dot)
            return;
        append(q, ".", 1);
    }
}

void scim_sql_put_column(scim_sql_text_t *q, const char *alias, const char *column)
{
    if (alias)
        scim_sql_put(q, alias, ".", NULL);
    scim_sql_put_name(q, column);
}

void scim_sql_arg(scim_sql_text_t *q, const char *value)
{
    append(q, "%s", 2);
    APR_ARRAY_PUSH(q->args, const char *) = value;
}

void scim_sql_arg_list(scim_sql_text_t *q, const char *const *values, int n)
{
    int i, shape = 1;

    while (shape < n)
        shape *= 2;
    if (q->args->nelts + shape > q->conn->max_args)
        shape = n;
    append(q, "(", 1);
    for (i = 0; i < shape; i++) {
        if (i > 0)
            append(q, ", ", 2);
        scim_sql_arg(q, values[i < n ? i : n - 1]);
    }
    append(q, ")", 1);
}

const char *scim_sql_show(const scim_sql_text_t *q, apr_pool_t *p)
{
    char *shown = apr_palloc(p, q->len + (apr_size_t)q->args->nelts * 12 + 1), *out = shown;
    const char *at;
    int n = 0;

    for (at = q->text; *at; at++) {
        if (*at != '%')
            *out++ = *at;
        else if (*++at == '%')
            *out++ = '%';
        else
            out += apr_snprintf(out, 12, "$%d", ++n);
    }
    *out = '\0';
    return shown;
}
