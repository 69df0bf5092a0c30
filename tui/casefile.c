/* SPDX-License-Identifier: Apache-2.0 */
#include "casefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "base/value.h"
#include "case/case.h"
#include "casename.h"
#include "cases.h"

/* Result files are read in one piece; a longer one is shown as far as it was read, and the count
 * says so. */
#define RESULTS_LIMIT SHODO_MIB(64)

#define USUAL_BUNDLE_BYTES    SHODO_GIB(4)
#define USUAL_WEIGHT          2
#define SMALLEST_BUNDLE_BYTES SHODO_GIB(1) /* a small first machine says little about the next */

struct tui_casefile {
    char *root;
    struct shodo_buf path, site_dir;
    struct shodo_vec cases; /* struct tui_case_row (cases.h) */
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

static void add_finding(struct tui_casefile *f, struct tui_endpoint *e,
                        const struct shodo_finding *x) {
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
    *row = (struct tui_finding_row){.verdict = x->verdict,
                                    .path = keep(f, x->path),
                                    .rule = keep(f, x->rule),
                                    .text_ja = keep(f, x->description_ja),
                                    .text_en = keep(f, x->description),
                                    .author = keep(f, x->rule_author),
                                    .sha256 = keep(f, hex),
                                    .size_bytes = x->size_bytes,
                                    .drive = x->drive};
}

static void add_ledger(struct tui_casefile *f, struct tui_endpoint *e,
                       const struct shodo_ledger *l) {
    uint64_t n = l->count ? l->count : 1;
    struct shodo_unexamined sum = {.problems = e->problems, .policy = e->policy_items};
    if (!shodo_unexamined_add(&sum, l))
        return;
    e->problems = sum.problems;
    e->policy_items = sum.policy;
    for (size_t i = 0; i < e->reasons.count; i++) {
        struct tui_reason *r = shodo_vec_at(&e->reasons, i);
        if (r->reason == l->reason && r->is_problem == l->is_problem) {
            r->count += n;
            r->bytes += l->size_bytes;
            r->example = r->example ? r->example : keep(f, l->path);
            return;
        }
    }
    struct tui_reason *r = shodo_vec_push(&e->reasons);
    if (r)
        *r = (struct tui_reason){.reason = l->reason,
                                 .is_problem = l->is_problem,
                                 .count = n,
                                 .bytes = l->size_bytes,
                                 .example = keep(f, l->path)};
}

/* Calls `line` for each JSON line; a line that cannot be read is left out (the engine's verify
 * names it). */
static void each_line(int dir, const char *name, struct tui_casefile *f, struct tui_endpoint *e,
                      void (*line)(struct tui_casefile *f, struct tui_endpoint *e,
                                   const struct shodo_value *v)) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_io_read_file(&text, dir, name, RESULTS_LIMIT, &err) != SHODO_OK)
        return;
    for (size_t from = 0; from < text.len;) {
        const char *end = memchr(text.data + from, '\n', text.len - from);
        size_t n = end ? (size_t)(end - text.data) - from : text.len - from;
        shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
        if (n > 1 && n <= SHODO_LIMIT_LINE_BYTES &&
            shodo_doc_parse_json(&doc, name, text.data + from, n, &err) == SHODO_OK)
            line(f, e, shodo_doc_root(doc));
        from += n + 1;
    }
}

static void finding_line(struct tui_casefile *f, struct tui_endpoint *e,
                         const struct shodo_value *v) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_finding x;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_finding_read(&x, v, &arena, &err) == SHODO_OK)
        add_finding(f, e, &x);
}

static void ledger_line(struct tui_casefile *f, struct tui_endpoint *e,
                        const struct shodo_value *v) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_ledger l;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_ledger_read(&l, v, &arena, &err) == SHODO_OK)
        add_ledger(f, e, &l);
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

/* First encryption, else the earliest sign: from the answer `since_when`. */
static void read_since(struct tui_endpoint *e, const struct shodo_value *answers) {
    static const char *const keys[] = {"first_encrypted", "first_note", "earliest_sign"};
    for (size_t i = 0; i < shodo_value_count(answers); i++) {
        const struct shodo_value *a = shodo_value_at(answers, i),
                                 *data = shodo_value_get(a, "data");
        const char *id = shodo_value_get_str(a, "id");
        if (!id || strcmp(id, "since_when") != 0)
            continue;
        for (size_t k = 0; k < SHODO_ARRAY_SIZE(keys) && !e->since[0]; k++) {
            const char *s = shodo_value_get_str(data, keys[k]);
            int64_t t = 0;
            char text[SHODO_TIME_TEXT_BYTES];
            if (!s || !shodo_time_parse(s, strlen(s), &t))
                continue;
            shodo_time_local(t, 540, text);
            snprintf(e->since, sizeof e->since, "%.16s", text);
            e->is_since_encryption = k == 0;
        }
    }
}

/* The Windows name of the computer and since when, as the answers have it. */
static void read_answers(struct tui_casefile *f, struct tui_endpoint *e, int dir) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
    if (shodo_io_read_generation(&text, dir, "answers", "json", SHODO_LIMIT_DOC_BYTES, NULL) !=
            SHODO_OK ||
        shodo_doc_parse_json(&doc, "answers", shodo_buf_cstr(&text), text.len, NULL) != SHODO_OK)
        return;
    if (!e->name || !*e->name)
        e->name = keep(f, shodo_value_get_str(shodo_doc_root(doc), "computer"));
    read_since(e, shodo_value_get(shodo_doc_root(doc), "answers"));
}

static void load_endpoint(struct tui_casefile *f, const struct shodo_case_dir *d,
                          const struct shodo_case_endpoint *from) {
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
    read_answers(f, e, dir);
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
    if (!f->path.len)
        return;
    if (shodo_case_dir_look(&d, shodo_buf_cstr(&f->path), &err) != SHODO_OK ||
        shodo_case_load(&now, &d, &err) != SHODO_OK) {
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

void tui_casefile_cases_read(struct tui_casefile *f) {
    tui_cases_read(f->root, &f->cases);
}

size_t tui_casefile_open_cases(const struct tui_casefile *f) {
    size_t n = 0;
    while (n < f->cases.count && tui_casefile_open_case(f, n)->state != TUI_CASE_ENDED)
        n++;
    return n;
}

const struct tui_case_row *tui_casefile_open_case(const struct tui_casefile *f, size_t i) {
    return shodo_vec_at(&f->cases, i);
}

bool tui_casefile_is_at(const struct tui_casefile *f, size_t i) {
    shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
    tui_cases_path(f->root, shodo_vec_at(&f->cases, i), &path);
    return strcmp(shodo_buf_cstr(&path), tui_casefile_path(f)) == 0;
}

void tui_casefile_switch(struct tui_casefile *f, size_t i) {
    shodo_buf_clear(&f->path);
    tui_cases_path(f->root, shodo_vec_at(&f->cases, i), &f->path);
    f->stamp = 0;
    tui_casefile_reload(f);
}

enum shodo_status tui_casefile_open(struct tui_casefile **ret, const char *root,
                                    struct shodo_error *err) {
    struct tui_casefile *f = calloc(1, sizeof(*f));
    if (f)
        f->root = strdup(root);
    if (!f || !f->root) {
        free(f);
        return shodo_fail(err, SHODO_NOMEM, "no memory for the case");
    }
    f->endpoints = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct tui_endpoint));
    f->cases = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct tui_case_row));
    bool is_case = tui_casename_is_case(root);
    tui_casefile_cases_read(f);
    if (f->cases.count)
        tui_casefile_switch(f, 0);
    shodo_buf_addf(&f->site_dir, "%s/site", root);
    struct stat st;
    if (is_case && stat(shodo_buf_cstr(&f->site_dir), &st) != 0) {
        shodo_buf_clear(&f->site_dir);
        shodo_buf_addf(&f->site_dir, "%s/../../site", root);
    }
    *ret = f;
    return SHODO_OK;
}

struct tui_casefile *tui_casefile_free(struct tui_casefile *f) {
    if (f) {
        clear(f);
        shodo_arena_done(&f->arena);
        shodo_vec_done(&f->cases);
        shodo_buf_done(&f->path);
        shodo_buf_done(&f->site_dir);
        free(f->root);
        free(f);
    }
    return NULL;
}

void tui_casefile_header(const struct tui_casefile *f, enum tui_lang lang, struct shodo_buf *out) {
    bool ja = lang == TUI_LANG_JA;
    if (!f->is_loaded) {
        shodo_buf_adds(out, ja ? "初動対応" : "shodo");
        return;
    }
    if (f->state.is_drill)
        shodo_buf_adds(out, ja ? "[訓練] " : "[DRILL] ");
    shodo_buf_addf(out, ja ? "事案 %s" : "case %s", f->state.id);
    shodo_buf_addf(out, ja ? "  記録 %llu 件" : "  %llu records",
                   (unsigned long long)f->state.records);
    uint64_t free_bytes = tui_casefile_free_bytes(f);
    if (free_bytes)
        shodo_buf_addf(out, ja ? "  USB %llu.%lluGB 約%u台分" : "  USB %llu.%lluGB=~%u PCs",
                       (unsigned long long)(free_bytes / 1000000000),
                       (unsigned long long)(free_bytes / 100000000 % 10),
                       tui_casefile_more_machines(f));
    if (*f->state.site) /* last: the first to be cut when the line is full */
        shodo_buf_addf(out, "  %s", f->state.site);
}

bool tui_casefile_is_drill(const struct tui_casefile *f) {
    return f->is_loaded && f->state.is_drill;
}

const char *tui_casefile_problem(const struct tui_casefile *f) {
    return f->problem.text;
}

const char *tui_casefile_root(const struct tui_casefile *f) {
    return f->root;
}

const char *tui_casefile_path(const struct tui_casefile *f) {
    return f->path.len ? f->path.data : "";
}

const char *tui_casefile_site_dir(const struct tui_casefile *f) {
    return f->site_dir.len ? f->site_dir.data : "";
}

const struct shodo_case *tui_casefile_case(const struct tui_casefile *f) {
    return f->is_loaded ? &f->state : NULL;
}

uint64_t tui_casefile_free_bytes(const struct tui_casefile *f) {
    const char *fixed = getenv("SHODO_FREE_BYTES");
    uint64_t n = 0;
    if (fixed && shodo_text_parse_u64(fixed, strlen(fixed), &n))
        return n;
    int fd = -1;
    if (shodo_io_open_dir(&fd, AT_FDCWD, *tui_casefile_path(f) ? tui_casefile_path(f) : f->root,
                          NULL) != SHODO_OK)
        return 0;
    n = shodo_io_free_bytes(fd);
    close(fd);
    return n;
}

unsigned tui_casefile_more_machines(const struct tui_casefile *f) {
    /* the usual size counts like the first bundles: the figure moves slowly and never leaps */
    uint64_t sum = (uint64_t)USUAL_WEIGHT * USUAL_BUNDLE_BYTES, each = USUAL_BUNDLE_BYTES;
    for (size_t i = 0; f->is_loaded && i < f->state.seals.count; i++) {
        const struct shodo_case_seal *s = shodo_vec_at(&f->state.seals, i);
        sum = s->sealed_bytes < SHODO_GIB(1024) ? sum + s->sealed_bytes : sum;
    }
    if (f->is_loaded)
        each = SHODO_MAX(sum / (f->state.seals.count + USUAL_WEIGHT), SMALLEST_BUNDLE_BYTES);
    return (unsigned)SHODO_MIN(tui_casefile_free_bytes(f) / each, (uint64_t)9999);
}

const char *tui_casefile_value(const struct tui_casefile *f, const char *key) {
    const struct shodo_case_decision *d = f->is_loaded ? shodo_case_find_decision(&f->state, key)
                                                       : NULL;
    return d && strcmp(d->value, TUI_VALUE_REOPENED) != 0 ? d->value : NULL;
}

const char *tui_casefile_note_of(const struct tui_casefile *f, const char *key) {
    const struct shodo_case_decision *d = f->is_loaded ? shodo_case_find_decision(&f->state, key)
                                                       : NULL;
    return d ? d->note : "";
}

static enum shodo_status make_folder(const char *path, struct shodo_error *err) {
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return shodo_fail_errno(err, "making '%s'", path);
    return SHODO_OK;
}

enum shodo_status tui_casefile_make(struct tui_casefile *f, bool is_drill, const char *site,
                                    const struct tui_case_day *day, const char *start_json,
                                    struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf folder = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
    char id[TUI_CASENAME_BYTES];
    shodo_buf_addf(&folder, "%s/cases", f->root);
    enum shodo_status st = make_folder(f->root, err);
    st = st == SHODO_OK ? make_folder(shodo_buf_cstr(&folder), err) : st;
    if (st != SHODO_OK)
        return st;
    tui_casename_next(f->root, day, id);
    shodo_buf_addf(&path, "%s/%s", shodo_buf_cstr(&folder), id);
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    const struct shodo_case_options o = {.id = id,
                                         .site = site && *site ? site : NULL,
                                         .is_drill = is_drill,
                                         .start_json = start_json};
    st = shodo_case_dir_new(&d, shodo_buf_cstr(&path), &o, err);
    if (st != SHODO_OK)
        return st;
    shodo_buf_clear(&f->path);
    shodo_buf_adds(&f->path, shodo_buf_cstr(&path));
    f->stamp = 0;
    tui_casefile_cases_read(f);
    tui_casefile_reload(f);
    return SHODO_OK;
}

enum shodo_status tui_casefile_event(struct tui_casefile *f, const char *actor, const char *event,
                                     const char *data_json, struct shodo_error *err) {
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    if (!f->path.len)
        return shodo_fail(err, SHODO_NOTFOUND, "there is no case to record in");
    enum shodo_status st = shodo_case_dir_open(&d, shodo_buf_cstr(&f->path), NULL, err);
    if (st == SHODO_OK)
        st = shodo_journal_add(d.journal, actor, event, data_json, err);
    tui_casefile_reload(f);
    return st;
}

enum shodo_status tui_casefile_decide(struct tui_casefile *f, const char *actor, const char *key,
                                      const char *value, const char *note,
                                      struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "key", key);
    shodo_json_str(&j, "value", value);
    if (note && *note)
        shodo_json_str(&j, "note", note);
    shodo_json_object_end(&j);
    return tui_casefile_event(f, actor, "decision", shodo_buf_cstr(&b), err);
}

enum shodo_status tui_casefile_note(struct tui_casefile *f, const char *actor, const char *text,
                                    struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "text", text);
    shodo_json_object_end(&j);
    return tui_casefile_event(f, actor, "case.note", shodo_buf_cstr(&b), err);
}

static const struct shodo_case_note *find_note(const struct tui_casefile *f, uint64_t seq,
                                               const char *stick) {
    for (size_t i = 0; f->is_loaded && i < f->state.notes.count; i++) {
        const struct shodo_case_note *n = shodo_vec_at(&f->state.notes, i);
        if (n->seq == seq && strcmp(n->stick, stick) == 0)
            return n;
    }
    return NULL;
}

enum shodo_status tui_casefile_withdraw(struct tui_casefile *f, const char *actor, uint64_t seq,
                                        const char *stick, struct shodo_error *err) {
    const struct shodo_case_note *n = find_note(f, seq, stick);
    if (!n || n->is_withdrawn)
        return shodo_fail(err, SHODO_NOTFOUND, "no note to withdraw");
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    shodo_buf_addf(&text, "取り消し: %s", n->text);
    struct shodo_json j = shodo_json_to(&b);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "text", shodo_buf_cstr(&text));
    shodo_json_u64(&j, "withdraws", seq);
    shodo_json_str(&j, "withdraws_stick", stick);
    shodo_json_object_end(&j);
    return tui_casefile_event(f, actor, "case.note", shodo_buf_cstr(&b), err);
}

enum shodo_status tui_casefile_each(const struct tui_casefile *f,
                                    enum shodo_status (*each)(void *ctx,
                                                              const struct shodo_record *r),
                                    void *ctx, struct shodo_error *err) {
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    if (!f->path.len)
        return SHODO_OK;
    enum shodo_status st = shodo_case_dir_look(&d, tui_casefile_path(f), err);
    return st == SHODO_OK ? shodo_journal_each(d.journal_fd, each, ctx, err) : st;
}

static enum shodo_status keep_event(void *ctx, const struct shodo_record *r) {
    bool *is_covered = ctx;
    *is_covered = strcmp(r->event, "journal.checkpoint") == 0;
    return SHODO_OK;
}

enum shodo_status tui_casefile_checkpoint(struct tui_casefile *f, struct shodo_error *err) {
    bool is_covered = true;
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    if (!f->is_loaded)
        return SHODO_OK;
    enum shodo_status st = tui_casefile_each(f, keep_event, &is_covered, err);
    if (st != SHODO_OK || is_covered)
        return st;
    st = shodo_case_dir_open(&d, shodo_buf_cstr(&f->path), NULL, err);
    return st == SHODO_OK ? shodo_journal_checkpoint(d.journal, err) : st;
}

size_t tui_casefile_endpoints(const struct tui_casefile *f) {
    return f->endpoints.count;
}

const struct tui_endpoint *tui_casefile_endpoint(const struct tui_casefile *f, size_t i) {
    return shodo_vec_at(&f->endpoints, i);
}
