/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/taps/scan_sets.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "examine/yara_split.h"

/* One text on its way into the sets. */
struct piece {
    const struct shodo_rule_text *text;
    struct shodo_split split;
    enum shodo_set_table table;
    bool is_split; /* `split` is initialised */
};

struct builder {
    struct shodo_scan_sets *s;
    bool has_mz[SHODO_TABLES]; /* some rule is for "MZ" files only */
    struct piece *pieces;
    size_t count;
};

struct wanted {
    enum shodo_set_kind kind;
};

static bool wants(void *ctx, const struct shodo_split_rule *r) {
    switch (((const struct wanted *)ctx)->kind) {
    case SHODO_SET_ANY:
        return r->guard == SHODO_GUARD_NONE;
    case SHODO_SET_SMALL:
        return r->guard == SHODO_GUARD_SMALL;
    case SHODO_SET_ELF:
        return r->guard == SHODO_GUARD_ELF;
    default:
        return r->guard != SHODO_GUARD_ELF;
    }
}

struct shodo_scan_sets *shodo_scan_sets_free(struct shodo_scan_sets *s) {
    if (!s)
        return NULL;
    for (size_t t = 0; t < SHODO_TABLES; t++) {
        for (size_t k = 0; k < SHODO_SETS; k++) {
            s->sets[t][k].rules = shodo_yara_rules_free(s->sets[t][k].rules);
            free(s->sets[t][k].ids);
        }
    }
    for (size_t i = 0; i < s->files_count; i++)
        free(s->files[i].name);
    free(s->files);
    free(s->rules);
    free(s);
    shodo_yara_stop();
    return NULL;
}

/* Compiles one set; *ret_bad is the index of the piece that fails. */
static enum shodo_status build_set(struct builder *b, enum shodo_set_table table, enum shodo_set_kind kind, size_t *ret_bad,
                                   struct shodo_error *err) {
    struct shodo_scan_set *set = &b->s->sets[table][kind];
    struct wanted want = {.kind = kind};
    bool want_whole = kind == SHODO_SET_ANY || kind == SHODO_SET_MZ;
    struct shodo_yara_text *texts = calloc(b->count + 1, sizeof *texts);
    size_t *owner = calloc(b->count + 1, sizeof *owner);
    size_t n = 0, bad = 0, count = kind == SHODO_SET_MZ && !b->has_mz[table] ? 0 : b->count;
    enum shodo_status st = texts && owner ? SHODO_OK : shodo_fail(err, SHODO_NOMEM, "no memory for rules");
    for (size_t i = 0; st == SHODO_OK && i < count; i++) {
        struct shodo_buf out = SHODO_BUF_INIT;
        if (b->pieces[i].table == table && b->pieces[i].is_split &&
            shodo_split_write(&b->pieces[i].split, &out, want_whole, wants, &want) > 0) {
            (void)shodo_buf_cstr(&out);
            texts[n] = (struct shodo_yara_text){.space = (uint32_t)i, .text = shodo_buf_steal(&out)};
            owner[n] = i;
            n += texts[n].text != NULL;
        }
        if (out.failed)
            st = shodo_fail(err, SHODO_NOMEM, "no memory for rules");
        shodo_buf_done(&out);
    }
    if (st == SHODO_OK && n > 0)
        st = shodo_yara_compile(&set->rules, texts, n, table == SHODO_TABLE_NAME, &bad, err);
    *ret_bad = owner ? owner[bad] : 0;
    for (size_t i = 0; texts && i < n; i++)
        free((void *)(uintptr_t)texts[i].text);
    free(texts);
    free(owner);
    return st;
}

static enum shodo_status build_all(struct builder *b, size_t *ret_bad, struct shodo_error *err) {
    for (size_t t = 0; t < SHODO_TABLES; t++) {
        for (size_t k = 0; k < SHODO_SETS; k++) {
            struct shodo_scan_set *set = &b->s->sets[t][k];
            set->rules = shodo_yara_rules_free(set->rules);
            enum shodo_status st = build_set(b, (enum shodo_set_table)t, (enum shodo_set_kind)k, ret_bad, err);
            if (st != SHODO_OK)
                return st;
        }
    }
    return SHODO_OK;
}

/* A piece that fails in company: uncut first, out the second time. */
static enum shodo_status build_with_retries(struct builder *b, struct shodo_error *err) {
    for (size_t tries = 0; tries <= 2 * b->count; tries++) {
        size_t bad = 0;
        enum shodo_status st = build_all(b, &bad, err);
        if (st != SHODO_INVALID)
            return st;
        struct piece *p = &b->pieces[bad];
        if (p->split.is_whole) {
            (void)shodo_error_context(err, "rule file '%s' compiles alone, but not beside the others", p->text->name);
            return st;
        }
        p->split.is_whole = true;
    }
    return SHODO_INVALID;
}

static int compare_rules(const void *a, const void *b) {
    const struct shodo_yara_rule *x = &((const struct shodo_scan_rule *)a)->rule;
    const struct shodo_yara_rule *y = &((const struct shodo_scan_rule *)b)->rule;
    if (x->space != y->space)
        return x->space < y->space ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Numbers the rules: the same rule in two sets gets one id. */
static enum shodo_status number_rules(struct shodo_scan_sets *s, struct shodo_error *err) {
    size_t total = 0;
    for (size_t t = 0; t < SHODO_TABLES; t++) {
        for (size_t k = 0; k < SHODO_SETS; k++)
            total += s->sets[t][k].rules ? shodo_yara_rules_count(s->sets[t][k].rules) : 0;
    }
    s->rules = calloc(total + 1, sizeof *s->rules);
    if (!s->rules)
        return shodo_fail(err, SHODO_NOMEM, "no memory for rules");
    for (size_t t = 0; t < SHODO_TABLES; t++) {
        for (size_t k = 0; k < SHODO_SETS; k++) {
            const struct shodo_yara_rules *r = s->sets[t][k].rules;
            for (size_t i = 0; r && i < shodo_yara_rules_count(r); i++)
                shodo_yara_rule_at(r, i, &s->rules[s->rules_count++].rule);
        }
    }
    qsort(s->rules, s->rules_count, sizeof *s->rules, compare_rules);
    size_t n = 0;
    for (size_t i = 0; i < s->rules_count; i++) {
        if (n == 0 || compare_rules(&s->rules[n - 1], &s->rules[i]) != 0)
            s->rules[n++] = s->rules[i];
    }
    s->rules_count = n;
    for (size_t t = 0; t < SHODO_TABLES; t++) {
        for (size_t k = 0; k < SHODO_SETS; k++) {
            struct shodo_scan_set *set = &s->sets[t][k];
            size_t count = set->rules ? shodo_yara_rules_count(set->rules) : 0;
            set->ids = calloc(count + 1, sizeof *set->ids);
            if (!set->ids)
                return shodo_fail(err, SHODO_NOMEM, "no memory for rules");
            for (size_t i = 0; i < count; i++) {
                struct shodo_scan_rule key;
                shodo_yara_rule_at(set->rules, i, &key.rule);
                const struct shodo_scan_rule *found = bsearch(&key, s->rules, n, sizeof *s->rules, compare_rules);
                shodo_assert(found);
                set->ids[i] = (uint32_t)(found - s->rules);
            }
        }
    }
    return SHODO_OK;
}

static enum shodo_status note_files(struct shodo_scan_sets *s, const struct shodo_rule_text *texts, size_t count,
                                    struct shodo_error *err) {
    s->files = calloc(count + 1, sizeof *s->files);
    if (!s->files)
        return shodo_fail(err, SHODO_NOMEM, "no memory for rules");
    for (size_t i = 0; i < count; i++) {
        s->files[i].name = strdup(texts[i].name);
        if (!s->files[i].name)
            return shodo_fail(err, SHODO_NOMEM, "no memory for rules");
        s->files_count++;
        if (texts[i].digest[0]) {
            memcpy(s->files[i].digest, texts[i].digest, sizeof s->files[i].digest);
            s->files[i].digest[64] = 0;
        } else {
            uint8_t sum[SHODO_SHA256_BYTES];
            shodo_sha256(texts[i].text, texts[i].len, sum);
            shodo_hex(sum, sizeof sum, s->files[i].digest);
        }
    }
    return SHODO_OK;
}

static enum shodo_status cut_texts(struct builder *b, const struct shodo_rule_text *texts,
                                   const struct shodo_rule_verdict *verdicts, size_t count, struct shodo_error *err) {
    for (size_t i = 0; i < count; i++) {
        struct piece *p = &b->pieces[i];
        struct shodo_rule_verdict verdict;
        p->text = &texts[i];
        if (verdicts)
            verdict = verdicts[i];
        else
            shodo_rule_try(&texts[i], &verdict);
        b->count = i + 1;
        if (!verdict.accepted)
            continue;
        p->table = verdict.needs_externals ? SHODO_TABLE_NAME : SHODO_TABLE_CONTENT;
        if (!shodo_split_init(&p->split, texts[i].text, texts[i].len))
            return shodo_fail(err, SHODO_NOMEM, "no memory for rules");
        p->is_split = true;
        for (size_t k = 0; k < p->split.rules.count; k++) {
            const struct shodo_split_rule *r = (const struct shodo_split_rule *)shodo_vec_at(&p->split.rules, k);
            if (r->guard == SHODO_GUARD_SMALL && r->max_bytes > b->s->small_bytes[p->table])
                b->s->small_bytes[p->table] = r->max_bytes;
            b->has_mz[p->table] = b->has_mz[p->table] || r->guard == SHODO_GUARD_MZ;
            b->s->needs_md5 = b->s->needs_md5 || (p->table == SHODO_TABLE_NAME && r->uses_md5);
        }
        /* what the tokenizer did not understand may use it too */
        b->s->needs_md5 = b->s->needs_md5 || (p->table == SHODO_TABLE_NAME && p->split.is_whole);
    }
    return SHODO_OK;
}

enum shodo_status shodo_scan_sets_new(struct shodo_scan_sets **ret, const struct shodo_rule_text *texts,
                                      const struct shodo_rule_verdict *verdicts, size_t count, const char *digest,
                                      struct shodo_error *err) {
    enum shodo_status st = shodo_yara_start(err);
    if (st != SHODO_OK)
        return st;
    struct shodo_scan_sets *s = calloc(1, sizeof *s);
    struct builder b = {.s = s, .pieces = calloc(count + 1, sizeof *b.pieces), .count = 0};
    if (!s || !b.pieces) {
        st = shodo_fail(err, SHODO_NOMEM, "no memory for rules");
    } else {
        shodo_text_parse_hex(digest, 2 * sizeof s->stamp, s->stamp, sizeof s->stamp);
        st = note_files(s, texts, count, err);
    }
    if (st == SHODO_OK)
        st = cut_texts(&b, texts, verdicts, count, err);
    if (st == SHODO_OK)
        st = build_with_retries(&b, err);
    if (st == SHODO_OK)
        st = number_rules(s, err);
    for (size_t i = 0; i < b.count; i++) {
        if (b.pieces[i].is_split)
            shodo_split_done(&b.pieces[i].split);
    }
    free(b.pieces);
    if (st == SHODO_OK)
        *ret = s;
    else if (s)
        (void)shodo_scan_sets_free(s);
    else
        shodo_yara_stop();
    return st;
}
