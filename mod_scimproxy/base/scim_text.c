/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_text.h"

#include <locale.h>
#include <pthread.h>
#include <string.h>
#include <wctype.h>

#include <apr_strings.h>

#define MAX_WORD 64
/* Numbers that no character has: bytes that are not UTF-8 compare as these, each its own. */
#define NO_CHARACTER 0x110000u

static int is_continuation(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Reads one well-formed character of at most left bytes (Unicode 15, table 3-7). 0 if there is none. */
static apr_size_t decode(const char *text, apr_size_t left, apr_uint32_t *code)
{
    static const apr_uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *s = (const unsigned char *)text;
    apr_size_t i, len = *s < 0x80 ? 1 : *s < 0xC0 ? 0 : *s < 0xE0 ? 2 : *s < 0xF0 ? 3 : *s < 0xF8 ? 4 : 0;

    if (len == 0 || len > left)
        return 0;
    *code = len == 1 ? *s : *s & (0x7Fu >> len);
    for (i = 1; i < len; i++) {
        if (!is_continuation(s[i]))
            return 0;
        *code = *code << 6 | (s[i] & 0x3Fu);
    }
    return *code < least[len] || *code > 0x10FFFF || (*code >= 0xD800 && *code <= 0xDFFF) ? 0 : len;
}

int scim_utf8_valid(const char *text, apr_size_t len)
{
    apr_uint32_t code;
    apr_size_t n;

    for (; len; text += n, len -= n) {
        n = decode(text, len, &code);
        if (n == 0)
            return 0;
    }
    return 1;
}

int scim_is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

/* Set once, then constant: the tables of letters, whatever locale the process has. (locale_t)0 where the
 * system has no such locale: then only ASCII folds. */
static locale_t letters;
static pthread_once_t letters_once = PTHREAD_ONCE_INIT;

static void find_letters(void)
{
    letters = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static apr_uint32_t fold_ascii(apr_uint32_t code)
{
    return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
}

/* The Kelvin sign has k as its small letter, dotted capital I has i: those stay what they are, since a
 * backend that folds ASCII only would not agree. */
static apr_uint32_t fold_code(apr_uint32_t code)
{
    apr_uint32_t folded;

    if (code < 0x80)
        return fold_ascii(code);
    if (code >= NO_CHARACTER)
        return code;
    pthread_once(&letters_once, find_letters);
    folded = letters ? (apr_uint32_t)towlower_l((wint_t)code, letters) : code;
    return folded < 0x80 ? code : folded;
}

/* The next character of a text that a NUL ends; the NUL itself is one. decode() reads no further than a NUL,
 * which continues nothing. */
static apr_size_t next(const char *text, apr_uint32_t *code)
{
    const apr_size_t len = decode(text, 4, code);

    if (len)
        return len;
    *code = NO_CHARACTER + (unsigned char)*text;
    return 1;
}

static char *encode(char *out, apr_uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
        return out;
    }
    if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
    }
    else {
        if (code < 0x10000) {
            *out++ = (char)(0xE0 | code >> 12);
        }
        else {
            *out++ = (char)(0xF0 | code >> 18);
            *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        }
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
    }
    *out++ = (char)(0x80 | (code & 0x3F));
    return out;
}

/* The capital letter that folds to the same as this one, else what it folds to: it depends on nothing else. */
static apr_uint32_t upper_code(apr_uint32_t code)
{
    const apr_uint32_t folded = fold_code(code);
    apr_uint32_t upper = folded;

    if (folded < 0x80)
        return folded >= 'a' && folded <= 'z' ? folded - ('a' - 'A') : folded;
    if (folded < NO_CHARACTER && letters)
        upper = (apr_uint32_t)towupper_l((wint_t)folded, letters);
    return fold_code(upper) == folded ? upper : folded;
}

typedef apr_uint32_t (*change_t)(apr_uint32_t code);

/* How many bytes at the begin of a text that leaves as they are. */
static apr_size_t changed_already(const char *text, change_t change)
{
    const char *at = text;
    apr_uint32_t code;
    apr_size_t n;

    while (*at) {
        n = next(at, &code);
        if (change(code) != code)
            break;
        at += n;
    }
    return (apr_size_t)(at - text);
}

static const char *change_text(const char *text, change_t change, apr_pool_t *p)
{
    const char *at = text + changed_already(text, change);
    apr_uint32_t code;
    char *changed, *out;

    if (*at == '\0')
        return text;
    /* The other letter may have more bytes, but never twice as many. */
    changed = apr_palloc(p, 2 * strlen(text) + 1);
    memcpy(changed, text, (apr_size_t)(at - text));
    out = changed + (at - text);
    while (*at) {
        apr_size_t n = next(at, &code);

        if (code < NO_CHARACTER)
            out = encode(out, change(code));
        else
            *out++ = *at;
        at += n;
    }
    *out = '\0';
    return changed;
}

const char *scim_fold(const char *text, apr_pool_t *p)
{
    return change_text(text, fold_code, p);
}

const char *scim_upper(const char *text, apr_pool_t *p)
{
    return change_text(text, upper_code, p);
}

int scim_fold_equal(const char *a, const char *b)
{
    return scim_fold_cmp(a, b) == 0;
}

int scim_fold_cmp(const char *a, const char *b)
{
    apr_uint32_t x, y;

    do {
        a += next(a, &x);
        b += next(b, &y);
        x = fold_code(x);
        y = fold_code(y);
    } while (x == y && x != 0);
    return x < y ? -1 : x > y;
}

static int is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
           || (c != '\0' && strchr("-._~", c));
}

const char *scim_uri_escape(const char *text, apr_pool_t *p)
{
    static const char digits[] = "0123456789ABCDEF";
    char *escaped = apr_palloc(p, 3 * strlen(text) + 1);
    char *out = escaped;

    for (; *text; text++) {
        if (is_unreserved(*text)) {
            *out++ = *text;
        }
        else {
            *out++ = '%';
            *out++ = digits[(unsigned char)*text >> 4];
            *out++ = digits[*text & 0xF];
        }
    }
    *out = '\0';
    return escaped;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

const char *scim_uri_unescape(const char *text, apr_size_t len, apr_pool_t *p)
{
    const char *end = text + len;
    char *plain = apr_palloc(p, len + 1);
    char *out = plain;

    for (; text < end; text++) {
        char c = *text;

        if (c == '%') {
            if (end - text < 3 || hex_value(text[1]) < 0 || hex_value(text[2]) < 0)
                return NULL;
            c = (char)(hex_value(text[1]) << 4 | hex_value(text[2]));
            text += 2;
        }
        if (c == '\0')
            return NULL;
        *out++ = c;
    }
    *out = '\0';
    return plain;
}

static int min(int a, int b)
{
    return a < b ? a : b;
}

/* The number of letters to insert, drop or change, without regard to ASCII case (Levenshtein), one row at a
 * time. */
static int distance(const char *a, const char *b)
{
    int row[MAX_WORD + 1];
    const int len = (int)strlen(b);
    int i, j;

    for (j = 0; j <= len; j++)
        row[j] = j;
    for (i = 1; a[i - 1]; i++) {
        int diagonal = row[0];

        row[0] = i;
        for (j = 1; j <= len; j++) {
            const int changed = fold_ascii((unsigned char)a[i - 1]) != fold_ascii((unsigned char)b[j - 1]);
            const int best = min(diagonal + changed, min(row[j], row[j - 1]) + 1);

            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[len];
}

const char *scim_nearest(const char *word, const char *const *words)
{
    const apr_size_t len = strnlen(word, MAX_WORD + 1);
    /* A third of the letters may be wrong: more is another word. */
    int least = (int)len / 3 + 1;
    const char *nearest = NULL;

    if (len > MAX_WORD)
        return NULL;
    for (; *words; words++) {
        const int d = strlen(*words) <= MAX_WORD ? distance(word, *words) : least;

        if (d < least) {
            least = d;
            nearest = *words;
        }
    }
    return nearest;
}
