/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of YARA source: just enough to find rules, sections and top-level conditions. Used by
 * yara_split.c and yara_need.c only. */
#ifndef SHODO_EXAMINE_YARA_TOKEN_H
#define SHODO_EXAMINE_YARA_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum shodo_token_kind {
    SHODO_TOKEN_END,
    /* identifier, keyword, $a #a @a !a with suffix; "pe.is_pe" gives three tokens */
    SHODO_TOKEN_WORD,
    SHODO_TOKEN_NUMBER, /* value in `number` when is_exact; suffix KB/MB applied */
    SHODO_TOKEN_TEXT,   /* "…" */
    SHODO_TOKEN_REGEX,  /* /…/is */
    SHODO_TOKEN_OP,     /* operator or punctuation, two-character ones in one token */
    SHODO_TOKEN_BAD,    /* unterminated text, stray byte */
};

struct shodo_token {
    enum shodo_token_kind kind;
    size_t start;
    size_t end;
    uint64_t number;
    bool is_exact; /* an integer that fits */
};

struct shodo_lexer {
    const char *text;
    size_t len;
    size_t pos;
};

/* Next token; white space and comments are skipped. At the end: END, as often as asked. */
struct shodo_token shodo_lexer_next(struct shodo_lexer *x);
/* Behind a '{' of a hex string: skips to behind its '}', comments included. false when there is
 * none. */
bool shodo_lexer_skip_hex(struct shodo_lexer *x);
/* Skips white space and comments; false when a comment has no end. */
bool shodo_lexer_blank(struct shodo_lexer *x);
bool shodo_token_is(const struct shodo_lexer *x, const struct shodo_token *t, const char *word);
/* Depth of parentheses and brackets after token t. */
int shodo_token_depth(const struct shodo_lexer *x, const struct shodo_token *t, int depth);
/* true when one pair of parentheses encloses all n tokens. */
bool shodo_tokens_enclosed(const struct shodo_lexer *x, const struct shodo_token *t, size_t n);

#endif
