/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/yara_need.h"

#include <string.h>

#include "base/macro.h"

#define NESTING_MAX 16u
#define FORMS_MAX   2u /* ascii and wide */
/* Commoner patterns would open the gate for every second file: eight letters, or a few
 * instructions. */
#define WEIGHT_MIN 48u
#define CASE_BIT   0x20

/* One string of the rule and the texts of which one is in every match of it; none: it says nothing.
 */
struct string {
    size_t name, name_len; /* with the '$' */
    struct shodo_literal forms[FORMS_MAX];
    unsigned forms_count;
    unsigned score; /* of the commonest form: higher is rarer */
};

struct needing {
    struct shodo_lexer x;
    struct shodo_vec strings; /* struct string */
    bool no_memory;
};

/* What an expression demands: strings whose texts are alternatives. count 0: nothing. */
struct demand {
    const struct string *strings[SHODO_NEED_MAX];
    unsigned count;
    unsigned score; /* of the commonest */
};

static bool is_op(const struct needing *n, const struct shodo_token *t, const char *s) {
    return shodo_token_is(&n->x, t, s);
}

/* ---- the rarest part of a string ---- */

/* Bytes of a string whose distance is fixed. */
struct stretch {
    /* equal length; where the mask has a 0 bit the byte has one too */
    struct shodo_buf bytes, mask;
};

static void stretch_done(struct stretch *s) {
    shodo_buf_done(&s->bytes);
    shodo_buf_done(&s->mask);
}

static void stretch_add(struct stretch *s, int byte, int mask) {
    shodo_buf_addc(&s->bytes, (char)(byte & mask));
    shodo_buf_addc(&s->mask, (char)mask);
}

/* Known, apart from whether it is a small letter or a capital. */
static bool is_fixed(uint8_t mask) {
    return (mask | CASE_BIT) == 0xff;
}

/* How much the byte at i helps to tell a text from what is in every program: padding and common
 * opcodes little. */
static unsigned weight_at(const struct stretch *s, size_t i) {
    static const uint8_t common[] = {0x8b, 0x45, 0x89, 0x4d, 0x55, 0xec, 0xe8, 0x83,
                                     0xc0, 0x0f, 0x85, 0x24, 0x48, 0xc4, 0x01};
    const uint8_t *p = (const uint8_t *)s->bytes.data, *m = (const uint8_t *)s->mask.data;
    if (!is_fixed(m[i]))
        return m[i] ? 1 : 0;
    if (p[i] == 0x00 || p[i] == 0xff || p[i] == 0xcc || p[i] == 0x90 || p[i] == ' ' ||
        (i > 0 && p[i] == p[i - 1]))
        return 1;
    return memchr(common, p[i], sizeof common) ? 3 : 6;
}

static unsigned weight_of(const struct stretch *s, size_t at, size_t n) {
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weight_at(s, at + i);
    return sum;
}

/* The anchor is s[at..at + n): takes it with its surroundings if that beats what the form holds. */
static void offer_anchor(struct shodo_literal *form, unsigned *score, const struct stretch *s,
                         size_t at, size_t n) {
    size_t len = SHODO_MIN(s->bytes.len, (size_t)SHODO_LITERAL_BYTES),
           before = SHODO_MIN(at, (len - n) / 2);
    size_t from = SHODO_MIN(at - before, s->bytes.len - len);
    unsigned all = weight_of(s, from, len), sum = all + weight_of(s, at, n);
    if (all < WEIGHT_MIN || (form->len > 0 && sum <= *score))
        return;
    *score = sum;
    form->len = (uint8_t)len;
    form->anchor = (uint8_t)(at - from);
    form->anchor_len = (uint8_t)n;
    memcpy(form->bytes, s->bytes.data + from, len);
    memcpy(form->mask, s->mask.data + from, len);
}

static void offer(struct shodo_literal *form, unsigned *score, struct stretch *s) {
    size_t run = 0;
    for (size_t i = 0; i < s->bytes.len; i++) {
        run = is_fixed((uint8_t)s->mask.data[i])
                  ? SHODO_MIN(run + 1, (size_t)SHODO_ANCHOR_MAX_BYTES)
                  : 0;
        bool is_end = i + 1 == s->bytes.len || !is_fixed((uint8_t)s->mask.data[i + 1]);
        if (run == SHODO_ANCHOR_MAX_BYTES || (is_end && run >= SHODO_ANCHOR_MIN_BYTES))
            offer_anchor(form, score, s, i + 1 - run, run);
    }
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A jump or alternatives, whose length is not fixed: what comes behind them is a new stretch.
 * false: not understood. */
static bool skip_hex_other(struct shodo_lexer *x, unsigned *depth) {
    char c = x->text[x->pos++];
    if (c == '[') {
        while (x->pos < x->len && x->text[x->pos - 1] != ']')
            x->pos++;
    } else if (c == '~' || c == '?' || hex_value(c) >= 0) {
        x->pos += c == '~' ? 2 : 1; /* negated, or within alternatives */
    } else if (c == '(') {
        ++*depth;
    } else if (c == ')' && *depth > 0) {
        --*depth;
    } else if (c != '|') {
        return false;
    }
    return x->pos <= x->len;
}

/* Behind the '{' of a hex string. false: not understood. */
static bool read_hex(struct needing *n, struct string *s) {
    struct stretch part = {.bytes = SHODO_BUF_INIT, .mask = SHODO_BUF_INIT};
    struct shodo_lexer x = n->x;
    if (!shodo_lexer_skip_hex(&n->x))
        return false;
    x.len = n->x.pos - 1;
    bool ok = true;
    for (unsigned depth = 0; ok && shodo_lexer_blank(&x) && x.pos < x.len;) {
        char a = x.text[x.pos], b = x.pos + 1 < x.len ? x.text[x.pos + 1] : ' ';
        int high = hex_value(a), low = hex_value(b);
        if (depth == 0 && (high >= 0 || a == '?') && (low >= 0 || b == '?')) {
            stretch_add(&part, SHODO_MAX(high, 0) << 4 | SHODO_MAX(low, 0),
                        (high >= 0 ? 0xf0 : 0) | (low >= 0 ? 0x0f : 0));
            x.pos += 2;
            continue;
        }
        offer(&s->forms[0], &s->score, &part);
        n->no_memory = n->no_memory || part.bytes.failed || part.mask.failed;
        shodo_buf_clear(&part.bytes);
        shodo_buf_clear(&part.mask);
        ok = skip_hex_other(&x, &depth);
    }
    n->no_memory = n->no_memory || part.bytes.failed || part.mask.failed;
    if (!n->no_memory)
        offer(&s->forms[0], &s->score, &part);
    s->forms_count = ok && s->forms[0].len > 0;
    stretch_done(&part);
    return ok;
}

/* The bytes of a "…" token; false when an escape is not known. */
static bool unescape(struct shodo_buf *out, const char *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (c != '\\') {
            shodo_buf_addc(out, c);
            continue;
        }
        if (++i >= n)
            return false;
        switch (p[i]) {
        case 'n':
            shodo_buf_addc(out, '\n');
            break;
        case 't':
            shodo_buf_addc(out, '\t');
            break;
        case 'r':
            shodo_buf_addc(out, '\r');
            break;
        case '\\':
        case '"':
            shodo_buf_addc(out, p[i]);
            break;
        case 'x':
            if (i + 2 >= n || hex_value(p[i + 1]) < 0 || hex_value(p[i + 2]) < 0)
                return false;
            shodo_buf_addc(out, (char)(hex_value(p[i + 1]) << 4 | hex_value(p[i + 2])));
            i += 2;
            break;
        default:
            return false;
        }
    }
    return true;
}

static bool is_letter(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* `text` as it stands, or with a zero behind every byte. */
static void add_form(struct needing *n, struct string *s, const struct shodo_buf *text,
                     bool is_wide, bool is_nocase) {
    struct stretch part = {.bytes = SHODO_BUF_INIT, .mask = SHODO_BUF_INIT};
    struct shodo_literal form = {.len = 0};
    unsigned score = 0;
    for (size_t i = 0; i < text->len; i++) {
        uint8_t c = (uint8_t)text->data[i];
        stretch_add(&part, c, is_nocase && is_letter(c) ? 0xff & ~CASE_BIT : 0xff);
        if (is_wide)
            stretch_add(&part, 0, 0xff);
    }
    n->no_memory = n->no_memory || part.bytes.failed || part.mask.failed;
    if (!n->no_memory)
        offer(&form, &score, &part);
    s->score = s->forms_count > 0 ? SHODO_MIN(s->score, score) : score;
    s->forms[s->forms_count++] = form;
    stretch_done(&part);
}

/* Behind the '(' of a modifier: to its ')'. */
static struct shodo_token skip_argument(struct needing *n) {
    struct shodo_token t = shodo_lexer_next(&n->x);
    while (t.kind != SHODO_TOKEN_END && t.kind != SHODO_TOKEN_BAD && !is_op(n, &t, ")"))
        t = shodo_lexer_next(&n->x);
    return t;
}

/* `t` is the text; reads its modifiers and leaves what comes behind them in *t. */
static void read_text(struct needing *n, struct string *s, struct shodo_token *t) {
    shodo_auto(shodo_buf) struct shodo_buf plain = SHODO_BUF_INIT;
    bool is_known = unescape(&plain, n->x.text + t->start + 1, t->end - t->start - 2),
         is_ascii = false, is_wide = false, is_nocase = false;
    for (*t = shodo_lexer_next(&n->x); t->kind == SHODO_TOKEN_WORD || is_op(n, t, "(");
         *t = shodo_lexer_next(&n->x)) {
        if (is_op(n, t, "condition") || n->x.text[t->start] == '$')
            break;
        if (is_op(n, t, "("))
            *t = skip_argument(n);
        else if (is_op(n, t, "ascii"))
            is_ascii = true;
        else if (is_op(n, t, "wide"))
            is_wide = true;
        else if (is_op(n, t, "nocase"))
            is_nocase = true;
        else if (!is_op(n, t, "fullword") && !is_op(n, t, "private"))
            is_known = false; /* xor, base64, base64wide, or a later version's */
    }
    n->no_memory = n->no_memory || plain.failed;
    if (!is_known || n->no_memory)
        return;
    if (is_ascii || !is_wide)
        add_form(n, s, &plain, false, is_nocase);
    if (is_wide)
        add_form(n, s, &plain, true, is_nocase);
    for (unsigned i = 0; i < s->forms_count; i++) {
        if (s->forms[i].len == 0) {
            s->forms_count = 0; /* too short in one form: no help */
            break;
        }
    }
}

/* `strings:` up to `condition`. false: not understood. */
static bool read_strings(struct needing *n) {
    struct shodo_token t = shodo_lexer_next(&n->x);
    while (!is_op(n, &t, "condition")) {
        if (t.kind != SHODO_TOKEN_WORD || n->x.text[t.start] != '$')
            return false;
        struct string *s = shodo_vec_push(&n->strings);
        if (!s) {
            n->no_memory = true;
            return false;
        }
        *s = (struct string){.name = t.start, .name_len = t.end - t.start};
        t = shodo_lexer_next(&n->x);
        if (!is_op(n, &t, "="))
            return false;
        t = shodo_lexer_next(&n->x);
        if (t.kind == SHODO_TOKEN_TEXT) {
            read_text(n, s, &t);
            continue;
        }
        if (is_op(n, &t, "{") ? !read_hex(n, s) : t.kind != SHODO_TOKEN_REGEX)
            return false;
        do
            t = shodo_lexer_next(&n->x);
        while (t.kind == SHODO_TOKEN_WORD && n->x.text[t.start] != '$' &&
               !is_op(n, &t, "condition"));
    }
    return true;
}

/* Finds the section: a bare `strings` followed by a colon. false: there is none. */
static bool find_strings(struct needing *n) {
    struct shodo_token t = shodo_lexer_next(&n->x);
    while (t.kind != SHODO_TOKEN_END && t.kind != SHODO_TOKEN_BAD) {
        bool is_it = is_op(n, &t, "strings");
        t = shodo_lexer_next(&n->x);
        if (is_it && is_op(n, &t, ":"))
            return true;
    }
    return false;
}

/* ---- the condition ---- */

/* Adds an alternative; false when there are too many or it has no text. */
static bool demand_string(struct demand *d, const struct string *s) {
    if (s->forms_count == 0 || d->count == SHODO_NEED_MAX)
        return false;
    d->score = d->count > 0 ? SHODO_MIN(d->score, s->score) : s->score;
    d->strings[d->count++] = s;
    return true;
}

static bool is_named(const struct needing *n, const struct string *s, const struct shodo_token *t) {
    size_t len = t->end - t->start;
    bool is_prefix = n->x.text[t->end - 1] == '*';
    len -= is_prefix;
    return (is_prefix ? s->name_len >= len : s->name_len == len) &&
           memcmp(n->x.text + s->name, n->x.text + t->start, len) == 0;
}

/* `them` or `( $a, $b* )`; the strings it names become chosen[]. false: something else. */
static bool choose(const struct needing *n, const struct shodo_token *t, size_t count,
                   bool chosen[SHODO_NEED_MAX]) {
    bool is_all = count == 1 && is_op(n, &t[0], "them");
    if (!is_all && (count < 3 || !is_op(n, &t[0], "(") || !is_op(n, &t[count - 1], ")")))
        return false;
    for (size_t k = 0; k < n->strings.count; k++)
        chosen[k] = is_all;
    for (size_t i = 1; !is_all && i + 1 < count; i++) {
        if (i % 2 == 0 ? !is_op(n, &t[i], ",")
                       : t[i].kind != SHODO_TOKEN_WORD || n->x.text[t[i].start] != '$')
            return false;
        for (size_t k = 0; i % 2 == 1 && k < n->strings.count; k++)
            chosen[k] = chosen[k] ||
                        is_named(n, (const struct string *)shodo_vec_at(&n->strings, k), &t[i]);
    }
    return true;
}

/* `n of k`: whatever n match, one of the k - n + 1 rarest is among them. */
static void demand_of(const struct needing *n, struct demand *d, const struct shodo_token *t,
                      size_t count) {
    bool chosen[SHODO_NEED_MAX] = {false};
    bool is_number = t[0].kind == SHODO_TOKEN_NUMBER && t[0].is_exact;
    if (n->strings.count > SHODO_NEED_MAX || !choose(n, t + 2, count - 2, chosen))
        return;
    uint64_t k = 0;
    for (size_t i = 0; i < n->strings.count; i++)
        k += chosen[i];
    uint64_t wanted = is_op(n, &t[0], "any")   ? 1
                      : is_op(n, &t[0], "all") ? k
                      : is_number              ? t[0].number
                                               : 0;
    if (wanted < 1 || wanted > k)
        return;
    for (uint64_t left = k - wanted + 1; left > 0; left--) {
        const struct string *best = NULL;
        size_t at = 0;
        for (size_t i = 0; i < n->strings.count; i++) {
            const struct string *s = (const struct string *)shodo_vec_at(&n->strings, i);
            if (chosen[i] && s->forms_count > 0 && (!best || s->score > best->score)) {
                best = s;
                at = i;
            }
        }
        if (!best || !demand_string(d, best)) {
            d->count = 0;
            return;
        }
        chosen[at] = false;
    }
}

static void demand_atom(const struct needing *n, struct demand *d, const struct shodo_token *t,
                        size_t count) {
    bool is_string = count > 0 && t[0].kind == SHODO_TOKEN_WORD && n->x.text[t[0].start] == '$' &&
                     t[0].end - t[0].start > 1 && n->x.text[t[0].end - 1] != '*';
    if (is_string && (count == 1 || is_op(n, &t[1], "at") || is_op(n, &t[1], "in"))) {
        for (size_t i = 0; i < n->strings.count; i++) {
            const struct string *s = (const struct string *)shodo_vec_at(&n->strings, i);
            if (is_named(n, s, &t[0]))
                (void)demand_string(d, s);
        }
    } else if (count >= 3 && is_op(n, &t[1], "of")) {
        demand_of(n, d, t, count);
    }
}

/* All alternatives of both; nothing when one of them demands nothing. */
static void join(struct demand *d, const struct demand *more, bool is_first) {
    if (is_first) {
        *d = *more;
        return;
    }
    bool ok = d->count > 0 && more->count > 0;
    for (unsigned i = 0; i < more->count && ok; i++)
        ok = demand_string(d, more->strings[i]);
    if (!ok)
        d->count = 0;
}

static bool is_better(const struct demand *a, const struct demand *b) {
    return a->count > 0 &&
           (b->count == 0 || a->score > b->score || (a->score == b->score && a->count < b->count));
}

static void demand_expression(const struct needing *n, struct demand *d,
                              const struct shodo_token *t, size_t count, unsigned level);

/* Splits at `word` outside parentheses; for `or` all parts count, for `and` the best. */
static void demand_parts(const struct needing *n, struct demand *d, const struct shodo_token *t,
                         size_t count, const char *word, unsigned level) {
    bool is_or = word[0] == 'o', is_first = true;
    int depth = 0;
    size_t from = 0;
    for (size_t i = 0; i <= count; i++) {
        if (i < count)
            depth = shodo_token_depth(&n->x, &t[i], depth);
        if (i < count && (depth != 0 || !is_op(n, &t[i], word)))
            continue;
        struct demand part = {.count = 0};
        demand_expression(n, &part, t + from, i - from, level + 1);
        if (is_or)
            join(d, &part, is_first);
        else if (is_better(&part, d))
            *d = part;
        is_first = false;
        from = i + 1;
    }
}

static void demand_expression(const struct needing *n, struct demand *d,
                              const struct shodo_token *t, size_t count, unsigned level) {
    while (shodo_tokens_enclosed(&n->x, t, count)) {
        t++;
        count -= 2;
    }
    int depth = 0;
    bool has_or = false, has_and = false;
    for (size_t i = 0; i < count; i++) {
        depth = shodo_token_depth(&n->x, &t[i], depth);
        has_or = has_or || (depth == 0 && is_op(n, &t[i], "or"));
        has_and = has_and || (depth == 0 && is_op(n, &t[i], "and"));
        if (depth < 0)
            return;
    }
    if (depth != 0 || level >= NESTING_MAX)
        return;
    if (has_or || has_and)
        demand_parts(n, d, t, count, has_or ? "or" : "and", level);
    else
        demand_atom(n, d, t, count);
}

bool shodo_need_of(struct shodo_vec *out, const char *text, size_t start, size_t condition,
                   const struct shodo_token *tokens, size_t count) {
    struct needing n = {.x = {.text = text, .len = condition, .pos = start},
                        .strings = SHODO_VEC_INIT(sizeof(struct string))};
    struct demand d = {.count = 0};
    if (find_strings(&n) && read_strings(&n) && !n.no_memory)
        demand_expression(&n, &d, tokens, count, 0);
    for (unsigned i = 0; i < d.count && !n.no_memory; i++) {
        for (unsigned f = 0; f < d.strings[i]->forms_count; f++) {
            struct shodo_literal *slot = shodo_vec_push(out);
            n.no_memory = n.no_memory || !slot;
            if (slot)
                *slot = d.strings[i]->forms[f];
        }
    }
    shodo_vec_done(&n.strings);
    return !n.no_memory;
}
