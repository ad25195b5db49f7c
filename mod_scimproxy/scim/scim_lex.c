/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_lex.h"

#include <string.h>

#include <apr_cstr.h>

#include "scim_json.h"

static const char *const operators[] = { "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr" };

#define NOPERATORS ((int)(sizeof operators / sizeof *operators))

int scim_word_is(const scim_word_t *word, const char *text)
{
    return word->len == strlen(text) && apr_cstr_casecmpn(word->text, text, word->len) == 0;
}

void scim_lex_start(scim_lex_t *lex, const char *text, apr_size_t len)
{
    lex->text = lex->at = text;
    lex->end = text + len;
}

static void skip_blanks(scim_lex_t *lex)
{
    while (lex->at < lex->end && *lex->at && strchr(" \t\r\n", *lex->at))
        lex->at++;
}

int scim_lex_ended(scim_lex_t *lex)
{
    skip_blanks(lex);
    return lex->at == lex->end;
}

int scim_lex_char(scim_lex_t *lex, char c)
{
    if (lex->at == lex->end || *lex->at != c)
        return 0;
    lex->at++;
    return 1;
}

int scim_lex_mark(scim_lex_t *lex, char c)
{
    skip_blanks(lex);
    return scim_lex_char(lex, c);
}

/* What attribute names, numbers and URIs consist of; parentheses are not taken for a URI's. */
static int is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || (c && strchr("$-_.:+~/?#@!&'*;=%", c));
}

scim_word_t scim_lex_word(scim_lex_t *lex)
{
    scim_word_t word;

    skip_blanks(lex);
    word.text = lex->at;
    while (lex->at < lex->end && is_word_char(*lex->at))
        lex->at++;
    word.len = (apr_size_t)(lex->at - word.text);
    return word;
}

int scim_lex_keyword(scim_lex_t *lex, const char *keyword)
{
    const char *before = lex->at;
    scim_word_t word = scim_lex_word(lex);

    if (scim_word_is(&word, keyword))
        return 1;
    lex->at = before;
    return 0;
}

/* Reads the rest of a JSON string, its closing quote included; false if there is none. */
static int skip_string(scim_lex_t *lex)
{
    while (lex->at < lex->end) {
        char c = *lex->at++;

        if (c == '"')
            return 1;
        if (c == '\\' && lex->at < lex->end)
            lex->at++;
    }
    return 0;
}

json_t *scim_lex_value(scim_lex_t *lex, apr_pool_t *p)
{
    scim_word_t text = scim_lex_word(lex);
    json_error_t ignored;

    if (text.len == 0) {
        if (!scim_lex_char(lex, '"') || !skip_string(lex))
            return NULL;
        text.len = (apr_size_t)(lex->at - text.text);
    }
    /* No array and no object can be in a word. jansson checks the UTF-8 of strings. */
    return scim_json_own(p, json_loadb(text.text, text.len, JSON_DECODE_ANY, &ignored));
}

int scim_lex_brackets(scim_lex_t *lex, scim_word_t *inside)
{
    inside->text = lex->at;
    while (lex->at < lex->end) {
        char c = *lex->at++;

        if (c == ']') {
            inside->len = (apr_size_t)(lex->at - 1 - inside->text);
            return 1;
        }
        if (c == '"' && !skip_string(lex))
            return 0;
    }
    return 0;
}

int scim_lex_position(const scim_lex_t *lex, const char *at)
{
    return (int)(at - lex->text) + 1;
}

int scim_lex_operator(const scim_word_t *word)
{
    int op;

    for (op = 0; op < NOPERATORS; op++)
        if (scim_word_is(word, operators[op]))
            return op;
    return -1;
}

const char *scim_lex_operator_name(scim_cmp_t op)
{
    return operators[op];
}
