/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: STIX patterning comparison expressions as CACAO 2.0 uses them, without brackets. AND
 * binds tighter than OR. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/playbook.h"

struct scan {
    const char *text, *at;
    const char *(*variable)(void *ctx, const char *name, size_t n);
    void *ctx;
    struct shodo_error *err;
};

static void blanks(struct scan *s) {
    while (*s->at == ' ' || *s->at == '\t')
        s->at++;
}

static bool word(struct scan *s, const char *w) {
    blanks(s);
    size_t n = strlen(w);
    if (strncmp(s->at, w, n) != 0)
        return false;
    char last = w[n - 1], next = s->at[n];
    bool is_name = (last >= 'A' && last <= 'Z') &&
                   ((next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z') || next == '_');
    if (is_name)
        return false;
    s->at += n;
    return true;
}

/* Quoted 'text' or "text" (no escapes), or a bare word up to a blank, comma or bracket. */
static bool literal(struct scan *s, const char **ret, size_t *ret_n) {
    blanks(s);
    if (*s->at == '\'' || *s->at == '"') {
        const char *end = strchr(s->at + 1, *s->at);
        if (!end)
            return false;
        *ret = s->at + 1;
        *ret_n = (size_t)(end - *ret);
        s->at = end + 1;
        return true;
    }
    *ret = s->at;
    *ret_n = strcspn(s->at, " \t,()");
    s->at += *ret_n;
    return *ret_n > 0;
}

static bool number(const char *s, size_t n, double *ret) {
    char text[40];
    char *end = NULL;
    if (n == 0 || n >= sizeof(text))
        return false;
    memcpy(text, s, n);
    text[n] = 0;
    *ret = strtod(text, &end);
    return end == text + n;
}

/* Numbers compare as numbers, everything else as bytes. */
static int compare(const char *a, size_t a_n, const char *b, size_t b_n) {
    double x = 0, y = 0;
    if (number(a, a_n, &x) && number(b, b_n, &y))
        return x < y ? -1 : x > y;
    int c = memcmp(a, b, SHODO_MIN(a_n, b_n));
    return c ? c : a_n < b_n ? -1 : a_n > b_n;
}

static enum shodo_status bad(struct scan *s, const char *what) {
    return shodo_fail(s->err, SHODO_INVALID, "condition '%s': %s at '%.20s'", s->text, what, s->at);
}

static enum shodo_status in_list(struct scan *s, const char *value, bool *ret) {
    blanks(s);
    if (*s->at != '(')
        return bad(s, "expected '('");
    s->at++;
    *ret = false;
    do {
        const char *item = NULL;
        size_t n = 0;
        if (!literal(s, &item, &n))
            return bad(s, "expected a value");
        if (value && compare(value, strlen(value), item, n) == 0)
            *ret = true;
        blanks(s);
    } while (*s->at == ',' && s->at++);
    if (*s->at != ')')
        return bad(s, "expected ')'");
    s->at++;
    return SHODO_OK;
}

static enum shodo_status comparison(struct scan *s, bool *ret) {
    blanks(s);
    const char *name = s->at;
    const char *end = strstr(name, "__:value");
    size_t n = end ? (size_t)(end - name) + 2 : 0;
    if (!end || strncmp(name, "__", 2) != 0 || memchr(name, ' ', n))
        return bad(s, "expected __variable__:value");
    s->at = end + strlen("__:value");
    const char *value = s->variable(s->ctx, name, n);
    if (word(s, "IN"))
        return in_list(s, value, ret);
    static const char *const operators[] = {"!=", ">=", "<=", "=", ">", "<"};
    size_t op = 0;
    while (op < SHODO_ARRAY_SIZE(operators) && !word(s, operators[op]))
        op++;
    const char *other = NULL;
    size_t other_n = 0;
    if (op == SHODO_ARRAY_SIZE(operators))
        return bad(s, "unknown operator");
    if (!literal(s, &other, &other_n))
        return bad(s, "expected a value");
    if (!value) { /* not answered: only "is different" holds */
        *ret = op == 0;
        return SHODO_OK;
    }
    int c = compare(value, strlen(value), other, other_n);
    const bool results[] = {c != 0, c >= 0, c <= 0, c == 0, c > 0, c < 0};
    *ret = results[op];
    return SHODO_OK;
}

enum shodo_status shodo_condition_eval(const char *text,
                                       const char *(*variable)(void *ctx, const char *name,
                                                               size_t n),
                                       void *ctx, bool *ret, struct shodo_error *err) {
    struct scan s = {.text = text, .at = text, .variable = variable, .ctx = ctx, .err = err};
    bool any = false, all = true;
    for (;;) {
        bool one = false;
        enum shodo_status status = comparison(&s, &one);
        if (status != SHODO_OK)
            return status;
        all = all && one;
        if (word(&s, "AND"))
            continue;
        any = any || all;
        all = true;
        if (!word(&s, "OR"))
            break;
    }
    blanks(&s);
    if (*s.at)
        return bad(&s, "unexpected text");
    *ret = any;
    return SHODO_OK;
}
