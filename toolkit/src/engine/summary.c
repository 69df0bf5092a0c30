/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/value.h"
#include "engine/budget.h"
#include "engine/store.h"
#include "engine/summary_group.h"
#include "evidence/volume.h"

enum { RULES_MAX = 10000, RULES_NAMED = 4 };

struct loading {
    struct shodo_summary *s;
    struct shodo_grouping *grouping;
    struct shodo_arena line;
};

static char *keep(struct shodo_summary *s, const char *text) {
    return text ? shodo_arena_str(&s->arena, text, strlen(text)) : NULL;
}

static enum shodo_status add_reason(struct shodo_summary *s, const struct shodo_ledger *l) {
    struct shodo_summary_reason *r = NULL;
    if (!shodo_unexamined_add(&s->unexamined, l))
        return SHODO_OK;
    for (size_t i = 0; i < s->reasons.count && !r; i++) {
        struct shodo_summary_reason *x = shodo_vec_at(&s->reasons, i);
        bool is_same_text = l->is_problem ||
                            strcmp(x->text ? x->text : "", l->text ? l->text : "") == 0;
        if (x->is_problem == l->is_problem && x->reason == l->reason && is_same_text)
            r = x;
    }
    if (!r) {
        r = shodo_vec_push(&s->reasons);
        if (!r)
            return SHODO_NOMEM;
        *r = (struct shodo_summary_reason){
            .is_problem = l->is_problem,
            .reason = l->reason,
            .text = keep(s, l->text),
            .example = keep(s, l->path && *l->path ? l->path : NULL)};
    }
    r->lines++;
    r->items += l->count;
    if (!shodo_add_u64(r->bytes, l->size_bytes, &r->bytes))
        r->bytes = UINT64_MAX;
    return SHODO_OK;
}

static enum shodo_status on_ledger(void *ctx, const char *line, size_t n) {
    struct loading *x = ctx;
    struct shodo_doc *doc = NULL;
    struct shodo_ledger l;
    enum shodo_status st = SHODO_OK;
    shodo_arena_clear(&x->line);
    if (shodo_doc_parse_json(&doc, "ledger.jsonl", line, n, NULL) == SHODO_OK &&
        shodo_ledger_read(&l, shodo_doc_root(doc), &x->line, NULL) == SHODO_OK)
        st = add_reason(x->s, &l);
    shodo_doc_free(doc);
    return st;
}

static enum shodo_status add_rule(struct shodo_summary *s, const struct shodo_finding *f) {
    if (strcmp(f->kind, "artifact") == 0) {
        s->artifacts++;
        return SHODO_OK;
    }
    (*(f->verdict == SHODO_VERDICT_MATCH ? &s->matches : &s->suspects))++;
    for (size_t i = 0; i < s->rules.count; i++) {
        struct shodo_summary_rule *r = shodo_vec_at(&s->rules, i);
        if (r->verdict == f->verdict && strcmp(r->rule, f->rule) == 0) {
            r->count++;
            return SHODO_OK;
        }
    }
    if (s->rules.count >= RULES_MAX)
        return SHODO_OK;
    struct shodo_summary_rule *r = shodo_vec_push(&s->rules);
    if (!r)
        return SHODO_NOMEM;
    *r = (struct shodo_summary_rule){.rule = keep(s, f->rule),
                                     .description = keep(s, f->description),
                                     .description_ja = keep(s, f->description_ja),
                                     .example = keep(s, f->path),
                                     .verdict = f->verdict,
                                     .count = 1};
    return r->rule ? SHODO_OK : SHODO_NOMEM;
}

static enum shodo_status on_finding(void *ctx, const char *line, size_t n) {
    struct loading *x = ctx;
    struct shodo_doc *doc = NULL;
    struct shodo_finding f;
    enum shodo_status st = SHODO_OK;
    shodo_arena_clear(&x->line);
    if (shodo_doc_parse_json(&doc, "findings.jsonl", line, n, NULL) == SHODO_OK &&
        shodo_finding_read(&f, shodo_doc_root(doc), &x->line, NULL) == SHODO_OK)
        st = add_rule(x->s, &f);
    if (st == SHODO_OK && f.kind && strcmp(f.kind, "detection") == 0)
        st = shodo_grouping_add(x->grouping, &f);
    shodo_doc_free(doc);
    return st;
}

static enum shodo_status on_fact(void *ctx, const char *line, size_t n) {
    struct loading *x = ctx;
    (void)line;
    x->s->facts += n > 0;
    return SHODO_OK;
}

static enum shodo_status on_mark(void *ctx, const char *line, size_t n) {
    struct loading *x = ctx;
    struct shodo_doc *doc = NULL;
    if (shodo_doc_parse_json(&doc, "marks.jsonl", line, n, NULL) == SHODO_OK) {
        const struct shodo_value *v = shodo_doc_root(doc);
        const char *end = shodo_value_get_str(v, "end");
        x->s->is_unfinished = !end || strcmp(end, "done") != 0;
        if (shodo_value_get(v, "files"))
            x->s->files_total = (uint64_t)shodo_value_get_int(v, "files", 0);
        if (shodo_value_get(v, "bytes")) {
            x->s->bytes = (uint64_t)shodo_value_get_int(v, "bytes", 0);
            x->s->bytes_left = (uint64_t)shodo_value_get_int(v, "bytes_left", 0);
        }
        if (shodo_value_get(v, "done"))
            x->s->files_done = (uint64_t)shodo_value_get_int(v, "done", 0) +
                               shodo_value_count(shodo_value_get(v, "also"));
    }
    shodo_doc_free(doc);
    return SHODO_OK;
}

static int compare_reasons(const void *pa, const void *pb) {
    const struct shodo_summary_reason *a = pa, *b = pb;
    if (a->is_problem != b->is_problem)
        return a->is_problem ? -1 : 1;
    return a->items != b->items ? (a->items < b->items ? 1 : -1) : (int)a->reason - (int)b->reason;
}

static int compare_rules(const void *pa, const void *pb) {
    const struct shodo_summary_rule *a = pa, *b = pb;
    if (a->verdict != b->verdict)
        return a->verdict == SHODO_VERDICT_MATCH ? -1 : 1;
    return a->count != b->count ? (a->count < b->count ? 1 : -1) : strcmp(a->rule, b->rule);
}

enum shodo_status shodo_summary_load(struct shodo_summary *ret, int endpoint_dirfd,
                                     struct shodo_error *err) {
    *ret = (struct shodo_summary){.reasons = SHODO_VEC_INIT(sizeof(struct shodo_summary_reason)),
                                  .rules = SHODO_VEC_INIT(sizeof(struct shodo_summary_rule)),
                                  .groups = SHODO_VEC_INIT(sizeof(struct shodo_summary_group)),
                                  .is_unfinished = true};
    struct loading x = {.s = ret, .grouping = shodo_grouping_new(ret)};
    if (!x.grouping)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a summary");
    enum shodo_status st = shodo_store_each(endpoint_dirfd, "marks.jsonl", on_mark, &x, err);
    if (st == SHODO_OK)
        st = shodo_store_each(endpoint_dirfd, "ledger.jsonl", on_ledger, &x, err);
    if (st == SHODO_OK)
        st = shodo_store_each(endpoint_dirfd, "findings.jsonl", on_finding, &x, err);
    if (st == SHODO_OK)
        st = shodo_store_each(endpoint_dirfd, "facts.jsonl", on_fact, &x, err);
    shodo_arena_done(&x.line);
    if (st == SHODO_OK)
        st = shodo_grouping_finish(x.grouping, err);
    shodo_grouping_free(x.grouping);
    if (ret->reasons.count)
        qsort(ret->reasons.data, ret->reasons.count, sizeof(struct shodo_summary_reason),
              compare_reasons);
    if (ret->rules.count)
        qsort(ret->rules.data, ret->rules.count, sizeof(struct shodo_summary_rule), compare_rules);
    if (st != SHODO_OK)
        shodo_summary_done(ret);
    return st;
}

void shodo_summary_done(struct shodo_summary *s) {
    shodo_vec_done(&s->reasons);
    shodo_vec_done(&s->rules);
    shodo_vec_done(&s->groups);
    shodo_arena_done(&s->arena);
}

static void add_safe(struct shodo_buf *out, const char *s) {
    shodo_text_safe_clip(out, s, strlen(s), 60, true);
}

/* A path keeps its end; of a volume that is not read, what it is and whom to ask. */
static void add_example(struct shodo_buf *out, const char *s, bool is_japanese) {
    shodo_auto(shodo_buf) struct shodo_buf why = SHODO_BUF_INIT;
    if (s[0] == '/' || s[0] == '\0') {
        add_safe(out, s);
        return;
    }
    shodo_volume_why_show(&why, s, is_japanese);
    shodo_text_safe_clip(out, shodo_buf_cstr(&why), why.len, 160, false);
}

/* What the profile or the kind of file leaves out, in words; a policy of another text is shown as
 * it stands. */
static const char *policy_ja(const char *text) {
    static const struct {
        const char *text, *ja;
    } rows[] = {
        {"outside the profile 'quick'", "簡易検査 (quick) では調べないファイル"},
        {"outside the profile 'standard'", "標準検査 (standard) では調べないファイル"},
        {"metadata of the file system: not scanned with rules",
         "ファイルシステムの管理情報 (規則では検査しない)"},
        {"deleted file: listed, content not examined",
         "削除済みファイル (一覧のみ, 内容は見ていない)"},
        {"cloud placeholder: the content is not on this disk",
         "クラウド上のファイル (内容がこのディスクにない)"},
        {"encrypted by EFS", "EFS で暗号化されたファイル"},
        {"archive not opened", "圧縮ファイルの中身 (開いていない)"},
        {"no file system", "ファイルシステムのない区画"},
        {"Microsoft reserved partition, no files", "Windows の予約区画 (ファイルはない)"},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        if (strcmp(rows[i].text, text) == 0)
            return rows[i].ja;
    return text;
}

static void print_reason(const struct shodo_summary_reason *r, bool ja, struct shodo_buf *out) {
    const char *name = ja ? shodo_ledger_reason_ja(r->reason) : shodo_ledger_reason_name(r->reason);
    char size[SHODO_SIZE_SHOWN_BYTES];
    if (r->is_problem && r->reason == SHODO_LEDGER_ENCRYPTED)
        name = ja ? "鍵待ち (暗号化されている)" : "encrypted, waiting for the key";
    else if (!r->is_problem && r->text)
        name = ja ? policy_ja(r->text) : r->text;
    shodo_buf_adds(out, r->is_problem ? "  [!] " : "  [-] ");
    shodo_text_safe_clip(out, name, strlen(name), 70, false);
    shodo_buf_addf(out, ja ? ": %llu 件 (%s)" : ": %llu (%s)", (unsigned long long)r->items,
                   shodo_text_size(r->bytes, size));
    const char *example = r->is_problem ? r->example ? r->example : r->text : NULL;
    if (example) {
        shodo_buf_adds(out, ja ? "  例 " : ", for example ");
        add_example(out, example, ja);
    }
    shodo_buf_addc(out, '\n');
}

void shodo_summary_print_unexamined(const struct shodo_summary *s, bool is_japanese,
                                    struct shodo_buf *out) {
    bool ja = is_japanese;
    unsigned left = shodo_budget_left_permille(s->bytes, s->bytes_left);
    shodo_buf_adds(out, ja ? "未検査:" : "not examined:");
    if (left)
        shodo_buf_addf(out,
                       ja ? " 内容を読まない分はファイルの容量の %u.%u %%"
                          : " %u.%u %% of the bytes of the files are not read",
                       left / 10, left % 10);
    shodo_buf_addc(out, '\n');
    if (s->is_unfinished)
        shodo_buf_addf(
            out,
            ja ? "  [!] 途中で止まっている: %2$llu 件のうち %1$llu 件まで. 同じコマンドで続きから\n"
               : "  [!] stopped early: %1$llu of %2$llu files; the same command goes on\n",
            (unsigned long long)s->files_done, (unsigned long long)s->files_total);
    for (size_t i = 0; i < s->reasons.count && i < SHODO_SUMMARY_REASONS; i++) {
        const struct shodo_summary_reason *r = shodo_vec_at(&s->reasons, i);
        print_reason(r, ja, out);
    }
    if (s->reasons.count > SHODO_SUMMARY_REASONS)
        shodo_buf_addf(out,
                       ja ? "  他に %zu 種類 (ledger.jsonl)\n"
                          : "  and %zu more reasons (ledger.jsonl)\n",
                       s->reasons.count - SHODO_SUMMARY_REASONS);
    if (!s->reasons.count && !s->is_unfinished)
        shodo_buf_adds(out, ja ? "  なし\n" : "  nothing\n");
}

static void print_group(const struct shodo_summary_group *g, bool ja, struct shodo_buf *out) {
    const char *what = ja && g->description_ja ? g->description_ja
                       : g->description        ? g->description
                                               : g->rules[0];
    shodo_buf_addf(out, "  %s %llu  ",
                   ja                                  ? shodo_verdict_ja(g->verdict)
                   : g->verdict == SHODO_VERDICT_MATCH ? "match"
                                                       : "suspect",
                   (unsigned long long)g->files);
    shodo_text_safe_clip(out, what, strlen(what), 100, false);
    shodo_buf_adds(out, ja ? "\n      例 " : "\n      for example ");
    add_safe(out, g->example);
    shodo_buf_adds(out, ja ? "\n      規則 " : "\n      rules ");
    for (size_t i = 0; i < g->rules_count && i < RULES_NAMED; i++) {
        shodo_buf_adds(out, i ? ", " : "");
        add_safe(out, g->rules[i]);
    }
    if (g->rules_count > RULES_NAMED)
        shodo_buf_addf(out, " +%zu", g->rules_count - RULES_NAMED);
    shodo_buf_addc(out, '\n');
}

void shodo_summary_print_found(const struct shodo_summary *s, bool is_japanese,
                               struct shodo_buf *out) {
    bool ja = is_japanese;
    shodo_buf_addf(
        out, ja ? "一致 %llu ファイル, 要確認 %llu ファイル" : "files: match %llu, suspect %llu",
        (unsigned long long)s->match_files, (unsigned long long)s->suspect_files);
    if (!s->matches && !s->suspects)
        shodo_buf_adds(out,
                       ja ? " (調べた範囲では該当なし)" : " (nothing found in what was examined)");
    if (s->unexamined.problems || s->is_unfinished)
        shodo_buf_adds(out, ja ? ". 結果は不完全" : "; the result is incomplete");
    shodo_buf_addc(out, '\n');
    for (size_t i = 0; i < s->groups.count && i < SHODO_SUMMARY_GROUPS; i++)
        print_group(shodo_vec_at(&s->groups, i), ja, out);
    if (s->groups.count > SHODO_SUMMARY_GROUPS)
        shodo_buf_addf(out,
                       ja ? "  他に %zu 組 (findings.jsonl)\n"
                          : "  and %zu more kinds (findings.jsonl)\n",
                       s->groups.count - SHODO_SUMMARY_GROUPS);
    shodo_buf_addf(
        out, ja ? "採取候補 %llu 件, 記録 %llu 件\n" : "artifacts to collect %llu, facts %llu\n",
        (unsigned long long)s->artifacts, (unsigned long long)s->facts);
}

void shodo_summary_write(struct shodo_json *j, const char *key, const struct shodo_summary *s) {
    shodo_json_object(j, key);
    shodo_json_bool(j, "is_finished", !s->is_unfinished);
    shodo_json_u64(j, "files_total", s->files_total);
    shodo_json_u64(j, "bytes", s->bytes);
    shodo_json_u64(j, "bytes_left", s->bytes_left);
    shodo_json_array(j, "not_examined");
    for (size_t i = 0; i < s->reasons.count; i++) {
        const struct shodo_summary_reason *r = shodo_vec_at(&s->reasons, i);
        shodo_json_object(j, NULL);
        shodo_json_str(j, "class", r->is_problem ? "problem" : "policy");
        shodo_json_str(j, "reason", shodo_ledger_reason_name(r->reason));
        shodo_json_u64(j, "items", r->items);
        shodo_json_u64(j, "bytes", r->bytes);
        shodo_json_str(j, "text", r->text);
        shodo_json_str(j, "example", r->example);
        shodo_json_object_end(j);
    }
    shodo_json_array_end(j);
    shodo_json_u64(j, "match_files", s->match_files);
    shodo_json_u64(j, "suspect_files", s->suspect_files);
    shodo_json_u64(j, "match", s->matches);
    shodo_json_u64(j, "suspect", s->suspects);
    shodo_json_u64(j, "artifacts", s->artifacts);
    shodo_json_u64(j, "facts", s->facts);
    shodo_json_u64(j, "problems", s->unexamined.problems);
    shodo_json_u64(j, "policy", s->unexamined.policy);
    shodo_json_array(j, "rules");
    for (size_t i = 0; i < s->rules.count; i++) {
        const struct shodo_summary_rule *r = shodo_vec_at(&s->rules, i);
        shodo_json_object(j, NULL);
        shodo_json_str(j, "rule", r->rule);
        shodo_json_str(j, "verdict", shodo_verdict_name(r->verdict));
        shodo_json_u64(j, "count", r->count);
        shodo_json_str(j, "example", r->example);
        shodo_json_object_end(j);
    }
    shodo_json_array_end(j);
    shodo_json_object_end(j);
}
