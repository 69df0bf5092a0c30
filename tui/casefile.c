/* SPDX-License-Identifier: Apache-2.0 */
#include "casefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/value.h"
#include "case/case.h"

/* Result files are read in one piece; a longer one is shown as far as it was read, and the count says so. */
#define RESULTS_LIMIT SHODO_MIB(64)

struct tui_casefile {
    char *root;
    struct shodo_case state;
    bool is_loaded;
    struct shodo_arena arena;
    struct shodo_vec endpoints; /* struct tui_endpoint */
    uint64_t stamp;             /* of the files that the lists were made from */
    struct shodo_error problem;
};

static void clear(struct tui_casefile *f) {
    for (size_t i = 0; i < f->endpoints.count; i++) {
        struct tui_endpoint *e = shodo_vec_at(&f->endpoints, i);
        shodo_vec_done(&e->findings);
        shodo_vec_done(&e->reasons);
    }
    shodo_vec_done(&f->endpoints);
    f->endpoints = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct tui_endpoint));
    shodo_arena_clear(&f->arena);
    if (f->is_loaded)
        shodo_case_done(&f->state);
    f->is_loaded = false;
    f->problem = (struct shodo_error)SHODO_ERROR_INIT;
}

static const char *keep(struct tui_casefile *f, const char *s) {
    return s && *s ? shodo_arena_str(&f->arena, s, strlen(s)) : NULL;
}

static void add_finding(struct tui_casefile *f, struct tui_endpoint *e, const struct shodo_finding *x) {
    if (x->kind && strcmp(x->kind, "artifact") == 0) {
        e->artifacts++;
        return;
    }
    if (x->verdict == SHODO_VERDICT_MATCH)
        e->matches++;
    else
        e->suspects++;
    if (e->findings.count >= TUI_FINDINGS_SHOWN)
        return;
    struct tui_finding_row *row = shodo_vec_push(&e->findings);
    if (!row)
        return;
    char hex[2 * SHODO_SHA256_BYTES + 1] = "";
    if (x->has_sha256)
        shodo_hex(x->sha256, SHODO_SHA256_BYTES, hex);
    *row = (struct tui_finding_row){.verdict = x->verdict, .path = keep(f, x->path), .rule = keep(f, x->rule),
                                    .text_ja = keep(f, x->description_ja), .text_en = keep(f, x->description),
                                    .author = keep(f, x->rule_author), .sha256 = keep(f, hex), .size_bytes = x->size_bytes,
                                    .drive = x->drive};
}

static void add_ledger(struct tui_endpoint *e, const struct shodo_ledger *l) {
    uint64_t n = l->count ? l->count : 1;
    if (l->is_problem)
        e->problems += n;
    else
        e->policy_items += n;
    for (size_t i = 0; i < e->reasons.count; i++) {
        struct tui_reason *r = shodo_vec_at(&e->reasons, i);
        if (r->reason == l->reason && r->is_problem == l->is_problem) {
            r->count += n;
            r->bytes += l->size_bytes;
            return;
        }
    }
    struct tui_reason *r = shodo_vec_push(&e->reasons);
    if (r)
        *r = (struct tui_reason){.reason = l->reason, .is_problem = l->is_problem, .count = n, .bytes = l->size_bytes};
}

/* Calls `line` for each JSON line; a line that cannot be read is left out (the engine's verify names it). */
static void each_line(int dir, const char *name, struct tui_casefile *f, struct tui_endpoint *e,
                      void (*line)(struct tui_casefile *f, struct tui_endpoint *e, const struct shodo_value *v)) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_io_read_file(&text, dir, name, RESULTS_LIMIT, &err) != SHODO_OK)
        return;
    for (size_t from = 0; from < text.len;) {
        const char *end = memchr(text.data + from, '\n', text.len - from);
        size_t n = end ? (size_t)(end - text.data) - from : text.len - from;
        shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
        if (n > 1 && n <= SHODO_LIMIT_LINE_BYTES && shodo_doc_parse_json(&doc, name, text.data + from, n, &err) == SHODO_OK)
            line(f, e, shodo_doc_root(doc));
        from += n + 1;
    }
}

static void finding_line(struct tui_casefile *f, struct tui_endpoint *e, const struct shodo_value *v) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_finding x;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_finding_read(&x, v, &arena, &err) == SHODO_OK)
        add_finding(f, e, &x);
}

static void ledger_line(struct tui_casefile *f, struct tui_endpoint *e, const struct shodo_value *v) {
    (void)f;
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_ledger l;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_ledger_read(&l, v, &arena, &err) == SHODO_OK)
        add_ledger(e, &l);
}

static int by_verdict(const void *a, const void *b) {
    const struct tui_finding_row *x = a, *y = b;
    if (x->verdict != y->verdict)
        return x->verdict < y->verdict ? -1 : 1;
    return strcmp(x->path ? x->path : "", y->path ? y->path : "");
}

static int by_weight(const void *a, const void *b) {
    const struct tui_reason *x = a, *y = b;
    if (x->is_problem != y->is_problem)
        return x->is_problem ? -1 : 1;
    return x->count > y->count ? -1 : x->count < y->count;
}

static void load_endpoint(struct tui_casefile *f, const struct shodo_case_dir *d, const struct shodo_case_endpoint *from) {
    struct tui_endpoint *e = shodo_vec_push(&f->endpoints);
    struct shodo_error err = SHODO_ERROR_INIT;
    int dir = -1;
    if (!e)
        return;
    *e = (struct tui_endpoint){.name = *from->name ? from->name : from->computer,
                               .findings = SHODO_VEC_INIT(sizeof(struct tui_finding_row)),
                               .reasons = SHODO_VEC_INIT(sizeof(struct tui_reason))};
    snprintf(e->id, sizeof(e->id), "%s", from->id);
    if (shodo_case_endpoint_dir(&dir, d, from->id, false, &err) != SHODO_OK)
        return;
    each_line(dir, "findings.jsonl", f, e, finding_line);
    each_line(dir, "ledger.jsonl", f, e, ledger_line);
    close(dir);
    if (e->findings.count > 1)
        qsort(e->findings.data, e->findings.count, e->findings.item_bytes, by_verdict);
    if (e->reasons.count > 1)
        qsort(e->reasons.data, e->reasons.count, e->reasons.item_bytes, by_weight);
}

/* Changes when the journal grew: files are read again only then. */
static uint64_t stamp_of(const struct shodo_case *c) {
    return c->records * 31 + c->endpoints.count + 1;
}

void tui_casefile_reload(struct tui_casefile *f) {
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    struct shodo_case now;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_case_dir_look(&d, f->root, &err) != SHODO_OK || shodo_case_load(&now, &d, &err) != SHODO_OK) {
        clear(f);
        f->problem = err;
        f->stamp = 0;
        return;
    }
    if (f->is_loaded && stamp_of(&now) == f->stamp) {
        shodo_case_done(&now);
        return;
    }
    clear(f);
    f->state = now;
    f->is_loaded = true;
    f->stamp = stamp_of(&now);
    for (size_t i = 0; i < f->state.endpoints.count; i++)
        load_endpoint(f, &d, shodo_vec_at(&f->state.endpoints, i));
}

enum shodo_status tui_casefile_open(struct tui_casefile **ret, const char *case_root, struct shodo_error *err) {
    struct tui_casefile *f = calloc(1, sizeof(*f));
    if (f)
        f->root = strdup(case_root);
    if (!f || !f->root) {
        free(f);
        return shodo_fail(err, SHODO_NOMEM, "no memory for the case");
    }
    f->endpoints = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct tui_endpoint));
    tui_casefile_reload(f);
    *ret = f;
    return SHODO_OK;
}

struct tui_casefile *tui_casefile_free(struct tui_casefile *f) {
    if (f) {
        clear(f);
        shodo_arena_done(&f->arena);
        free(f->root);
        free(f);
    }
    return NULL;
}

void tui_casefile_header(const struct tui_casefile *f, enum tui_lang lang, struct shodo_buf *out) {
    bool ja = lang == TUI_LANG_JA;
    shodo_buf_adds(out, ja ? "初動対応" : "shodo");
    if (!f->is_loaded)
        return;
    shodo_buf_addf(out, ja ? "  事案 %s" : "  case %s", f->state.id);
    if (*f->state.site)
        shodo_buf_addf(out, "  %s", f->state.site);
    shodo_buf_addf(out, ja ? "  記録 %llu 件" : "  %llu records", (unsigned long long)f->state.records);
}

bool tui_casefile_is_drill(const struct tui_casefile *f) {
    return f->is_loaded && f->state.is_drill;
}

const char *tui_casefile_problem(const struct tui_casefile *f) {
    return f->problem.text;
}

size_t tui_casefile_endpoints(const struct tui_casefile *f) {
    return f->endpoints.count;
}

const struct tui_endpoint *tui_casefile_endpoint(const struct tui_casefile *f, size_t i) {
    return shodo_vec_at(&f->endpoints, i);
}
