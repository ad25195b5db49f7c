/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_LEX_H
#define SCIM_LEX_H

/**
 * @file scim_lex.h
 * The tokens that filters and paths are made of: RFC 7644 figure 1 (section 3.4.2.2) and section 3.10.
 * Texts are given by their length and read once from left to right; nothing is copied.
 */

#include "scim_types.h"

/** Where a text is being read. */
typedef struct scim_lex_t {
    const char *text;
    const char *at;
    const char *end;
} scim_lex_t;

/** A run of characters that names, URNs, keywords, numbers and literals consist of: ASCII. Borrowed. */
typedef struct scim_word_t {
    const char *text;
    apr_size_t  len;       /**< 0: there is no word here */
} scim_word_t;

/** True if the word is that text, in any case. */
int scim_word_is(const scim_word_t *word, const char *text);

void scim_lex_start(scim_lex_t *lex, const char *text, apr_size_t len);

/** Skips blanks; true if nothing follows. */
int scim_lex_ended(scim_lex_t *lex);
/** True, and read, if that character follows at once. */
int scim_lex_char(scim_lex_t *lex, char c);
/** Skips blanks; true, and read, if that character follows. */
int scim_lex_mark(scim_lex_t *lex, char c);
/** Skips blanks and reads a word. */
scim_word_t scim_lex_word(scim_lex_t *lex);
/** Skips blanks; true, and read, if that keyword follows, in any case. */
int scim_lex_keyword(scim_lex_t *lex, const char *keyword);
/** Skips blanks and reads a JSON scalar. Owned by p; NULL if none follows, or none that can be kept, as
 *  "\u0000" or 1e999. */
json_t *scim_lex_value(scim_lex_t *lex, apr_pool_t *p);
/** Reads up to a closing square bracket that is not in a string, and the bracket; false if there is none. */
int scim_lex_brackets(scim_lex_t *lex, scim_word_t *inside);
/** Where that place is in the text, counted in bytes from 1. */
int scim_lex_position(const scim_lex_t *lex, const char *at);

/** The operator that a word is, in any case; -1 if it is none. */
int scim_lex_operator(const scim_word_t *word);
/** An operator as filters have it: "eq". */
const char *scim_lex_operator_name(scim_cmp_t op);

#endif
