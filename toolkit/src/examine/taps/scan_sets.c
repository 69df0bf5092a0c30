/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/taps/scan_sets.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "examine/yara_split.h"

#define PARTS_OF_ALL ((size_t)SHODO_TABLES * SHODO_SETS * SHODO_PARTS)

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

/* One part of one set. */
struct wanted {
    enum shodo_set_table table;
    enum shodo_set_kind kind;
    enum shodo_set_part part;
};

static bool wants(void *ctx, const struct shodo_split_rule *r) {
    const struct wanted *w = ctx;
    if ((r->needs_count > 0) != (w->part == SHODO_PART_NEEDED))
        return false;
    switch (w->kind) {
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
            struct shodo_scan_set *set = &s->sets[t][k];
            for (size_t p = 0; p < SHODO_PARTS; p++) {
                set->parts[p].rules = shodo_yara_rules_free(set->parts[p].rules);
                free(set->parts[p].ids);
            }
            set->gate = shodo_literals_free(set->gate);
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

/* The texts of which one must be in a file for any rule of the part. */
static bool collect_needs(const struct shodo_split *split, const struct wanted *want,
                          struct shodo_vec *needs) {
    for (size_t i = 0; i < split->rules.count; i++) {
        const struct shodo_split_rule *r = (const struct shodo_split_rule *)shodo_vec_at(
            &split->rules, i);
        for (size_t k = 0; k < r->needs_count && wants((void *)(uintptr_t)want, r); k++) {
            struct shodo_literal *slot = shodo_vec_push(needs);
            if (!slot)
                return false;
            *slot = *(const struct shodo_literal *)shodo_vec_at(&split->needs, r->needs + k);
        }
    }
    return true;
}

/* The piece's share of a part; true when there is one. */
static bool write_piece(const struct piece *p, const struct wanted *want,
                        struct shodo_yara_text *ret, struct shodo_vec *needs, bool *ret_no_memory) {
    struct shodo_buf out = SHODO_BUF_INIT;
    bool want_whole = (want->kind == SHODO_SET_ANY || want->kind == SHODO_SET_MZ) &&
                      want->part == SHODO_PART_FREE;
    if (p->table == want->table && p->is_split &&
        shodo_split_write(&p->split, &out, want_whole, wants, (void *)(uintptr_t)want) > 0) {
        (void)shodo_buf_cstr(&out);
        *ret_no_memory = *ret_no_memory || out.failed ||
                         (want->part == SHODO_PART_NEEDED && !p->split.is_whole &&
                          !collect_needs(&p->split, want, needs));
        ret->text = shodo_buf_steal(&out);
    }
    shodo_buf_done(&out);
    return ret->text != NULL;
}

/* Compiles one part of a set; *ret_bad is the index of the piece that fails. */
static enum shodo_status build_part(struct builder *b, const struct wanted *want, size_t *ret_bad,
                                    struct shodo_error *err) {
    struct shodo_scan_set *set = &b->s->sets[want->table][want->kind];
    struct shodo_yara_text *texts = calloc(b->count + 1, sizeof *texts);
    struct shodo_vec needs = SHODO_VEC_INIT(sizeof(struct shodo_literal));
    size_t n = 0, bad = 0,
           count = want->kind == SHODO_SET_MZ && !b->has_mz[want->table] ? 0 : b->count;
    bool no_memory = !texts;
    for (size_t i = 0; i < count && !no_memory; i++) {
        texts[n].space = (uint32_t)i;
        n += write_piece(&b->pieces[i], want, &texts[n], &needs, &no_memory);
    }
    enum shodo_status st = SHODO_OK;
    if (!no_memory && n > 0)
        st = shodo_yara_compile(&set->parts[want->part].rules, texts, n,
                                want->table == SHODO_TABLE_NAME, &bad, err);
    *ret_bad = texts && n > 0 ? texts[bad].space : 0;
    if (!no_memory && st == SHODO_OK && needs.count > 0) {
        set->gate = shodo_literals_new((const struct shodo_literal *)needs.data, needs.count);
        no_memory = !set->gate;
    }
    for (size_t i = 0; texts && i < n; i++)
        free((void *)(uintptr_t)texts[i].text);
    free(texts);
    shodo_vec_done(&needs);
    return no_memory ? shodo_fail(err, SHODO_NOMEM, "no memory for rules") : st;
}

static enum shodo_status build_all(struct builder *b, size_t *ret_bad, struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < PARTS_OF_ALL && st == SHODO_OK; i++) {
        const struct wanted want = {.table = (enum shodo_set_table)(i / SHODO_PARTS / SHODO_SETS),
                                    .kind = (enum shodo_set_kind)(i / SHODO_PARTS % SHODO_SETS),
                                    .part = (enum shodo_set_part)(i % SHODO_PARTS)};
        struct shodo_scan_set *set = &b->s->sets[want.table][want.kind];
        set->parts[want.part].rules = shodo_yara_rules_free(set->parts[want.part].rules);
        if (want.part == SHODO_PART_NEEDED)
            set->gate = shodo_literals_free(set->gate);
        st = build_part(b, &want, ret_bad, err);
    }
    return st;
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
            (void)shodo_error_context(
                err, "rule file '%s' compiles alone, but not beside the others", p->text->name);
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

static struct shodo_scan_rules *part_at(struct shodo_scan_sets *s, size_t i) {
    return &s->sets[i / SHODO_PARTS / SHODO_SETS][i / SHODO_PARTS % SHODO_SETS]
                .parts[i % SHODO_PARTS];
}

static size_t rules_in(const struct shodo_scan_rules *part) {
    return part->rules ? shodo_yara_rules_count(part->rules) : 0;
}

/* Numbers the rules: the same rule in two sets gets one id. */
static enum shodo_status number_rules(struct shodo_scan_sets *s, struct shodo_error *err) {
    size_t total = 0, n = 0;
    for (size_t p = 0; p < PARTS_OF_ALL; p++)
        total += rules_in(part_at(s, p));
    s->rules = calloc(total + 1, sizeof *s->rules);
    if (!s->rules)
        return shodo_fail(err, SHODO_NOMEM, "no memory for rules");
    for (size_t p = 0; p < PARTS_OF_ALL; p++) {
        for (size_t i = 0; i < rules_in(part_at(s, p)); i++)
            shodo_yara_rule_at(part_at(s, p)->rules, i, &s->rules[s->rules_count++].rule);
    }
    qsort(s->rules, s->rules_count, sizeof *s->rules, compare_rules);
    for (size_t i = 0; i < s->rules_count; i++) {
        if (n == 0 || compare_rules(&s->rules[n - 1], &s->rules[i]) != 0)
            s->rules[n++] = s->rules[i];
    }
    s->rules_count = n;
    for (size_t p = 0; p < PARTS_OF_ALL; p++) {
        struct shodo_scan_rules *part = part_at(s, p);
        part->ids = calloc(rules_in(part) + 1, sizeof *part->ids);
        if (!part->ids)
            return shodo_fail(err, SHODO_NOMEM, "no memory for rules");
        for (size_t i = 0; i < rules_in(part); i++) {
            struct shodo_scan_rule key;
            shodo_yara_rule_at(part->rules, i, &key.rule);
            const struct shodo_scan_rule *found = bsearch(&key, s->rules, n, sizeof *s->rules,
                                                          compare_rules);
            shodo_assert(found);
            part->ids[i] = (uint32_t)(found - s->rules);
        }
    }
    return SHODO_OK;
}

static enum shodo_status note_files(struct shodo_scan_sets *s, const struct shodo_rule_text *texts,
                                    size_t count, struct shodo_error *err) {
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
                                   const struct shodo_rule_verdict *verdicts, size_t count,
                                   struct shodo_error *err) {
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
            const struct shodo_split_rule *r = (const struct shodo_split_rule *)shodo_vec_at(
                &p->split.rules, k);
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

enum shodo_status shodo_scan_sets_new(struct shodo_scan_sets **ret,
                                      const struct shodo_rule_text *texts,
                                      const struct shodo_rule_verdict *verdicts, size_t count,
                                      const char *digest, struct shodo_error *err) {
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
