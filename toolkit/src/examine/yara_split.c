/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/yara_split.h"

#include <string.h>

#include "base/macro.h"
#include "examine/yara_need.h"
#include "examine/yara_token.h"

const char *const shodo_yara_modules[SHODO_YARA_MODULES] = {
    "pe",   "elf",     "dotnet", "macho",  "hash",   "math", "magic",
    "time", "console", "dex",    "cuckoo", "string", "lnk",  "tests",
};

/* Conditions are held as token lists; longer ones are left without a guard. */
#define MAX_TOKENS  4096u
#define MAX_NESTING 16u

struct cutter {
    struct shodo_split *s;
    struct shodo_lexer x;
    struct shodo_vec refs; /* struct ref */
};

/* A word in a condition that may name a rule of the same file. */
struct ref {
    size_t rule; /* index of the rule that says it */
    size_t name, name_len;
    bool is_prefix; /* `any of (name*)` */
};

static struct shodo_split_rule *rule_at(const struct shodo_split *s, size_t i) {
    return (struct shodo_split_rule *)shodo_vec_at(&s->rules, i);
}

static int module_index(const char *name, size_t n) {
    for (size_t i = 0; i < SHODO_YARA_MODULES; i++) {
        if (strlen(shodo_yara_modules[i]) == n && memcmp(shodo_yara_modules[i], name, n) == 0)
            return (int)i;
    }
    return -1;
}

static bool text_is(const struct shodo_lexer *x, const struct shodo_token *t, const char *s) {
    return shodo_token_is(x, t, s);
}

/* ---- guards ---- */

struct guards {
    bool is_mz, is_elf, is_small;
    uint64_t max_bytes;
};

/* uintN(0) == value: what the first bytes then are. */
static void guard_magic(struct guards *g, unsigned bytes, bool is_big, uint64_t v) {
    uint8_t b[4] = {0};
    for (unsigned i = 0; i < bytes; i++)
        b[is_big ? bytes - 1 - i : i] = (uint8_t)(v >> (8 * i));
    if (bytes < 2 || v >> (8 * bytes))
        return;
    g->is_mz = g->is_mz || (b[0] == 'M' && b[1] == 'Z');
    g->is_elf = g->is_elf || (b[0] == 0x7f && b[1] == 'E');
}

static bool magic_function(const struct shodo_lexer *x, const struct shodo_token *t,
                           unsigned *ret_bytes, bool *ret_big) {
    static const struct {
        const char *name;
        unsigned bytes;
        bool is_big;
    } table[] = {
        {"uint16", 2, false}, {"uint32", 4, false}, {"uint16be", 2, true}, {"uint32be", 4, true},
        {"int16", 2, false},  {"int32", 4, false},  {"int16be", 2, true},  {"int32be", 4, true},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(table); i++) {
        if (text_is(x, t, table[i].name)) {
            *ret_bytes = table[i].bytes;
            *ret_big = table[i].is_big;
            return true;
        }
    }
    return false;
}

static void guard_filesize(struct guards *g, uint64_t bound) {
    if (bound > SHODO_SPLIT_SMALL_BYTES)
        return;
    g->max_bytes = g->is_small ? SHODO_MIN(g->max_bytes, bound) : bound;
    g->is_small = true;
}

/* One conjunct, exactly one of the known shapes. */
static void guard_atom(struct guards *g, const struct shodo_lexer *x, const struct shodo_token *t,
                       size_t n) {
    unsigned bytes = 0;
    bool is_big = false;
    if (n == 6) {
        /* function ( 0 ) == value, or value == function ( 0 ) */
        size_t f = t[0].kind == SHODO_TOKEN_WORD ? 0 : 2;
        size_t value = f == 0 ? 5 : 0, eq = f == 0 ? 4 : 1;
        if (t[value].kind == SHODO_TOKEN_NUMBER && t[value].is_exact && text_is(x, &t[eq], "==") &&
            magic_function(x, &t[f], &bytes, &is_big) && text_is(x, &t[f + 1], "(") &&
            t[f + 2].kind == SHODO_TOKEN_NUMBER && t[f + 2].is_exact && t[f + 2].number == 0 &&
            text_is(x, &t[f + 3], ")"))
            guard_magic(g, bytes, is_big, t[value].number);
        return;
    }
    if (n != 3)
        return;
    if (text_is(x, &t[0], "pe") && text_is(x, &t[1], ".") && text_is(x, &t[2], "is_pe")) {
        /* libyara's pe module looks for "MZ" at the start of the block and nowhere else */
        g->is_mz = true;
    } else if (text_is(x, &t[0], "filesize") && t[2].kind == SHODO_TOKEN_NUMBER && t[2].is_exact) {
        if (text_is(x, &t[1], "<") || text_is(x, &t[1], "<=") || text_is(x, &t[1], "=="))
            guard_filesize(g, t[2].number);
    } else if (text_is(x, &t[2], "filesize") && t[0].kind == SHODO_TOKEN_NUMBER && t[0].is_exact) {
        if (text_is(x, &t[1], ">") || text_is(x, &t[1], ">=") || text_is(x, &t[1], "=="))
            guard_filesize(g, t[0].number);
    }
}

/* `or` binds weaker than `and`: one of them outside parentheses and no conjunct is certain any
 * more. */
static void guard_conjunction(struct guards *g, const struct shodo_lexer *x,
                              const struct shodo_token *t, size_t n, unsigned level) {
    while (shodo_tokens_enclosed(x, t, n)) {
        t++;
        n -= 2;
    }
    int depth = 0;
    size_t ands = 0;
    for (size_t i = 0; i < n; i++) {
        depth = shodo_token_depth(x, &t[i], depth);
        if (depth < 0)
            return;
        if (depth == 0 && text_is(x, &t[i], "or"))
            return;
        if (depth == 0 && text_is(x, &t[i], "and"))
            ands++;
    }
    if (depth != 0 || level >= MAX_NESTING)
        return;
    if (ands == 0) {
        guard_atom(g, x, t, n);
        return;
    }
    size_t from = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n)
            depth = shodo_token_depth(x, &t[i], depth);
        if (i == n || (depth == 0 && text_is(x, &t[i], "and"))) {
            guard_conjunction(g, x, t + from, i - from, level + 1);
            from = i + 1;
        }
    }
}

static void set_guard(struct shodo_split_rule *r, const struct shodo_lexer *x,
                      const struct shodo_vec *tokens) {
    struct guards g = {0};
    if (tokens->count > 0)
        guard_conjunction(&g, x, (const struct shodo_token *)tokens->data, tokens->count, 0);
    if (g.is_mz) {
        r->guard = SHODO_GUARD_MZ;
    } else if (g.is_elf) {
        r->guard = SHODO_GUARD_ELF;
    } else if (g.is_small) {
        r->guard = SHODO_GUARD_SMALL;
        r->max_bytes = g.max_bytes;
    }
}

/* ---- cutting ---- */

/* Modules, rule references and the md5 external of a condition's words. */
static bool note_word(struct cutter *c, struct shodo_split_rule *r, const struct shodo_token *t,
                      char before) {
    const char *s = c->x.text + t->start;
    size_t n = t->end - t->start;
    if (s[0] == '$' || s[0] == '#' || s[0] == '@' || before == '.' || before == '!')
        return true;
    char after = t->end < c->x.len ? c->x.text[t->end] : 0;
    int m = module_index(s, n);
    if (m >= 0)
        r->modules |= 1u << m;
    if (n == 3 && memcmp(s, "md5", 3) == 0)
        r->uses_md5 = true;
    struct ref *ref = shodo_vec_push(&c->refs);
    if (!ref)
        return false;
    *ref = (struct ref){
        .rule = c->s->rules.count - 1, .name = t->start, .name_len = n, .is_prefix = after == '*'};
    return true;
}

/* Reads the condition up to the rule's closing brace. 1 done, 0 not understood, -1 no memory. */
static int cut_condition(struct cutter *c, struct shodo_split_rule *r) {
    shodo_auto(shodo_vec) struct shodo_vec tokens = SHODO_VEC_INIT(sizeof(struct shodo_token));
    bool is_long = false;
    r->condition = c->x.pos;
    for (char before = 0;;) {
        struct shodo_token t = shodo_lexer_next(&c->x);
        if (t.kind == SHODO_TOKEN_END || t.kind == SHODO_TOKEN_BAD || text_is(&c->x, &t, "{"))
            return 0;
        if (text_is(&c->x, &t, "}"))
            break;
        if (t.kind == SHODO_TOKEN_WORD && !note_word(c, r, &t, before))
            return -1;
        /* not ".." */
        before = t.kind == SHODO_TOKEN_OP && t.end - t.start == 1 ? c->x.text[t.start] : 0;
        is_long = is_long || tokens.count >= MAX_TOKENS;
        if (is_long)
            continue;
        struct shodo_token *slot = shodo_vec_push(&tokens);
        if (!slot)
            return -1;
        *slot = t;
    }
    r->end = c->x.pos;
    if (is_long)
        return 1;
    set_guard(r, &c->x, &tokens);
    r->needs = c->s->needs.count;
    if (!shodo_need_of(&c->s->needs, c->x.text, r->name, r->condition,
                       (const struct shodo_token *)tokens.data, tokens.count))
        return -1;
    r->needs_count = c->s->needs.count - r->needs;
    return 1;
}

/* From the rule's `{` to its condition: meta and strings are skipped, hex strings as a whole. */
static int cut_body(struct cutter *c, struct shodo_split_rule *r) {
    struct shodo_token t = shodo_lexer_next(&c->x);
    while (t.kind != SHODO_TOKEN_END && t.kind != SHODO_TOKEN_BAD) {
        if (text_is(&c->x, &t, "{")) {
            if (!shodo_lexer_skip_hex(&c->x))
                return 0;
        } else if (text_is(&c->x, &t, "}")) {
            return 0; /* no condition: not a rule */
        } else if (text_is(&c->x, &t, "condition")) {
            size_t pos = c->x.pos;
            t = shodo_lexer_next(&c->x);
            if (text_is(&c->x, &t, ":"))
                return cut_condition(c, r);
            c->x.pos = pos;
        }
        t = shodo_lexer_next(&c->x);
    }
    return 0;
}

static int cut_rule(struct cutter *c, size_t start, bool is_private, bool is_global) {
    struct shodo_token t = shodo_lexer_next(&c->x);
    if (t.kind != SHODO_TOKEN_WORD)
        return 0;
    struct shodo_split_rule *r = shodo_vec_push(&c->s->rules);
    if (!r)
        return -1;
    *r = (struct shodo_split_rule){.start = start,
                                   .name = t.start,
                                   .name_len = t.end - t.start,
                                   .is_private = is_private,
                                   .is_global = is_global};
    t = shodo_lexer_next(&c->x);
    if (text_is(&c->x, &t, ":")) {
        do
            t = shodo_lexer_next(&c->x);
        while (t.kind == SHODO_TOKEN_WORD);
    }
    return text_is(&c->x, &t, "{") ? cut_body(c, r) : 0;
}

static int cut_import(struct cutter *c) {
    struct shodo_token t = shodo_lexer_next(&c->x);
    if (t.kind != SHODO_TOKEN_TEXT)
        return 0;
    int m = module_index(c->x.text + t.start + 1, t.end - t.start - 2);
    if (m < 0)
        return 0; /* a module we do not know by name: leave the file alone */
    c->s->imports |= 1u << m;
    return 1;
}

static int cut_file(struct cutter *c) {
    for (;;) {
        struct shodo_token t = shodo_lexer_next(&c->x);
        if (t.kind == SHODO_TOKEN_END)
            return 1;
        int rc = 0;
        if (text_is(&c->x, &t, "import")) {
            rc = cut_import(c);
        } else {
            size_t start = t.start;
            bool is_private = false, is_global = false;
            for (; text_is(&c->x, &t, "private") || text_is(&c->x, &t, "global");
                 t = shodo_lexer_next(&c->x)) {
                is_private = is_private || text_is(&c->x, &t, "private");
                is_global = is_global || text_is(&c->x, &t, "global");
            }
            if (text_is(&c->x, &t, "rule"))
                rc = cut_rule(c, start, is_private, is_global);
        }
        if (rc != 1)
            return rc;
    }
}

/* ---- references ---- */

static bool names_rule(const struct shodo_split *s, const struct ref *ref,
                       const struct shodo_split_rule *r) {
    size_t n = ref->name_len;
    bool fits = ref->is_prefix ? n <= r->name_len : n == r->name_len;
    return fits && memcmp(s->text + ref->name, s->text + r->name, n) == 0;
}

/*
 * Rules that refer to each other lose their guards and needs: they then are in every set, together.
 * One pass is enough, because both ends of every reference lose theirs.
 */
static void join_references(struct cutter *c) {
    struct shodo_split *s = c->s;
    for (size_t i = 0; i < c->refs.count; i++) {
        const struct ref *ref = (const struct ref *)shodo_vec_at(&c->refs, i);
        for (size_t k = 0; k < s->rules.count; k++) {
            struct shodo_split_rule *r = rule_at(s, k);
            if (k == ref->rule || !names_rule(s, ref, r))
                continue;
            r->guard = rule_at(s, ref->rule)->guard = SHODO_GUARD_NONE;
            r->needs_count = rule_at(s, ref->rule)->needs_count = 0;
        }
    }
}

bool shodo_split_init(struct shodo_split *s, const char *text, size_t len) {
    *s = (struct shodo_split){.text = text,
                              .len = len,
                              .rules = SHODO_VEC_INIT(sizeof(struct shodo_split_rule)),
                              .needs = SHODO_VEC_INIT(sizeof(struct shodo_literal))};
    struct cutter c = {.s = s,
                       .x = {.text = text, .len = len, .pos = 0},
                       .refs = SHODO_VEC_INIT(sizeof(struct ref))};
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        c.x.pos = 3;
    int rc = cut_file(&c);
    s->is_whole = rc != 1;
    /* references are looked up pairwise: a file with very many of both is left uncut */
    s->is_whole = s->is_whole || (uint64_t)c.refs.count * s->rules.count > 400000000u;
    for (size_t i = 0; i < s->rules.count; i++) {
        s->is_whole = s->is_whole || rule_at(s, i)->is_global;
        /* the rest are loop variables that happen to have such a name */
        rule_at(s, i)->modules &= s->imports;
    }
    if (!s->is_whole)
        join_references(&c);
    shodo_vec_done(&c.refs);
    if (rc < 0)
        shodo_split_done(s);
    return rc >= 0;
}

void shodo_split_done(struct shodo_split *s) {
    shodo_vec_done(&s->rules);
    shodo_vec_done(&s->needs);
}

size_t shodo_split_write(const struct shodo_split *s, struct shodo_buf *out, bool want_whole,
                         bool (*want)(void *ctx, const struct shodo_split_rule *r), void *ctx) {
    if (s->is_whole) {
        if (!want_whole)
            return 0;
        shodo_buf_add(out, s->text, s->len);
        return SHODO_MAX(s->rules.count, (size_t)1);
    }
    uint32_t modules = 0;
    size_t count = 0;
    for (size_t i = 0; i < s->rules.count; i++) {
        if (want(ctx, rule_at(s, i))) {
            modules |= rule_at(s, i)->modules;
            count++;
        }
    }
    for (size_t m = 0; m < SHODO_YARA_MODULES; m++) {
        if (modules & 1u << m)
            shodo_buf_addf(out, "import \"%s\"\n", shodo_yara_modules[m]);
    }
    for (size_t i = 0; i < s->rules.count; i++) {
        const struct shodo_split_rule *r = rule_at(s, i);
        if (want(ctx, r)) {
            shodo_buf_add(out, s->text + r->start, r->end - r->start);
            shodo_buf_addc(out, '\n');
        }
    }
    return count;
}
