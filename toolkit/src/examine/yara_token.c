/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/yara_token.h"

#include <string.h>

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_word(char c) {
    return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* true when a comment stood at pos; *ret_bad when it has no end. */
static bool skip_comment(struct shodo_lexer *x, bool *ret_bad) {
    if (x->pos + 1 >= x->len || x->text[x->pos] != '/')
        return false;
    if (x->text[x->pos + 1] == '/') {
        while (x->pos < x->len && x->text[x->pos] != '\n')
            x->pos++;
        return true;
    }
    if (x->text[x->pos + 1] != '*')
        return false;
    for (size_t i = x->pos + 2; i + 1 < x->len; i++) {
        if (x->text[i] == '*' && x->text[i + 1] == '/') {
            x->pos = i + 2;
            return true;
        }
    }
    x->pos = x->len;
    *ret_bad = true;
    return true;
}

bool shodo_lexer_blank(struct shodo_lexer *x) {
    bool bad = false;
    for (;;) {
        while (x->pos < x->len && is_space(x->text[x->pos]))
            x->pos++;
        if (!skip_comment(x, &bad))
            return !bad;
    }
}

/* Text or regex from its opening delimiter to behind the closing one; neither may hold a line end.
 */
static bool skip_quoted(struct shodo_lexer *x, char quote) {
    for (size_t i = x->pos + 1; i < x->len; i++) {
        char c = x->text[i];
        if (c == '\\') {
            i++;
            if (i < x->len && x->text[i] == '\n')
                return false;
        } else if (c == '\n') {
            return false;
        } else if (c == quote) {
            x->pos = i + 1;
            return true;
        }
    }
    return false;
}

static int digit_value(char c) {
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

static void read_number(struct shodo_lexer *x, struct shodo_token *t) {
    unsigned base = 10;
    size_t i = x->pos;
    if (i + 1 < x->len && x->text[i] == '0' && (x->text[i + 1] == 'x' || x->text[i + 1] == 'o')) {
        base = x->text[i + 1] == 'x' ? 16 : 8;
        i += 2;
    }
    uint64_t v = 0;
    size_t digits = i;
    t->is_exact = true;
    for (; i < x->len && (unsigned)digit_value(x->text[i]) < base; i++) {
        unsigned d = (unsigned)digit_value(x->text[i]);
        if (v > ((uint64_t)INT64_MAX - d) / base)
            t->is_exact = false;
        else
            v = v * base + d;
    }
    t->is_exact = t->is_exact && i > digits;
    size_t tail = i;
    while (i < x->len && is_word(x->text[i]))
        i++;
    if (i - tail == 2 && base == 10 && x->text[tail + 1] == 'B' &&
        (x->text[tail] == 'K' || x->text[tail] == 'M')) {
        uint64_t unit = x->text[tail] == 'K' ? 1024 : 1048576;
        t->is_exact = t->is_exact && v <= (uint64_t)INT64_MAX / unit;
        v = t->is_exact ? v * unit : 0;
    } else if (i > tail) {
        t->is_exact = false;
    }
    /* a fraction ("1.5") is a number too, but never one that we use; "1..5" is a range */
    if (i + 1 < x->len && x->text[i] == '.' && is_digit(x->text[i + 1])) {
        t->is_exact = false;
        for (i++; i < x->len && is_word(x->text[i]);)
            i++;
    }
    t->number = v;
    x->pos = i;
}

static size_t op_length(const struct shodo_lexer *x) {
    static const char two[][3] = {"==", "!=", "<=", ">=", "<<", ">>", ".."};
    if (x->pos + 1 < x->len) {
        for (size_t i = 0; i < sizeof two / sizeof two[0]; i++) {
            if (memcmp(x->text + x->pos, two[i], 2) == 0)
                return 2;
        }
    }
    return 1;
}

struct shodo_token shodo_lexer_next(struct shodo_lexer *x) {
    bool ok = shodo_lexer_blank(x);
    struct shodo_token t = {.kind = SHODO_TOKEN_END, .start = x->pos, .end = x->pos};
    if (!ok)
        t.kind = SHODO_TOKEN_BAD;
    if (!ok || x->pos >= x->len)
        return t;
    char c = x->text[x->pos];
    if (is_digit(c)) {
        t.kind = SHODO_TOKEN_NUMBER;
        read_number(x, &t);
    } else if (is_word(c) || c == '$' || ((c == '#' || c == '@') && x->pos + 1 < x->len)) {
        t.kind = SHODO_TOKEN_WORD;
        x->pos++;
        while (x->pos < x->len && is_word(x->text[x->pos]))
            x->pos++;
        if (c == '$' && x->pos < x->len && x->text[x->pos] == '*')
            x->pos++;
    } else if (c == '"' || c == '/') {
        t.kind = c == '"' ? SHODO_TOKEN_TEXT : SHODO_TOKEN_REGEX;
        if (!skip_quoted(x, c))
            t.kind = SHODO_TOKEN_BAD;
        while (c == '/' && x->pos < x->len && (x->text[x->pos] == 'i' || x->text[x->pos] == 's'))
            x->pos++;
    } else if (memchr("(){}[]:=<>!+-*\\%&|^~.,?", c, 23)) {
        t.kind = SHODO_TOKEN_OP;
        x->pos += op_length(x);
    } else {
        t.kind = SHODO_TOKEN_BAD;
    }
    t.end = x->pos;
    return t;
}

bool shodo_lexer_skip_hex(struct shodo_lexer *x) {
    while (shodo_lexer_blank(x) && x->pos < x->len) {
        char c = x->text[x->pos++];
        if (c == '}')
            return true;
        if (c == '{' || c == '"')
            return false;
    }
    return false;
}

bool shodo_token_is(const struct shodo_lexer *x, const struct shodo_token *t, const char *word) {
    size_t n = strlen(word);
    return (t->kind == SHODO_TOKEN_WORD || t->kind == SHODO_TOKEN_OP) && t->end - t->start == n &&
           memcmp(x->text + t->start, word, n) == 0;
}

int shodo_token_depth(const struct shodo_lexer *x, const struct shodo_token *t, int depth) {
    if (t->kind != SHODO_TOKEN_OP)
        return depth;
    if (shodo_token_is(x, t, "(") || shodo_token_is(x, t, "["))
        return depth + 1;
    if (shodo_token_is(x, t, ")") || shodo_token_is(x, t, "]"))
        return depth - 1;
    return depth;
}

bool shodo_tokens_enclosed(const struct shodo_lexer *x, const struct shodo_token *t, size_t n) {
    if (n < 2 || !shodo_token_is(x, &t[0], "(") || !shodo_token_is(x, &t[n - 1], ")"))
        return false;
    int depth = 0;
    for (size_t i = 0; i < n; i++) {
        depth = shodo_token_depth(x, &t[i], depth);
        if (depth == 0 && i + 1 < n)
            return false;
    }
    return depth == 0;
}
