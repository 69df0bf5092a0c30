/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shodo pack: the 速報パック, a sealed bundle of at most SHODO_LIMIT_PACK_BYTES that a team far
 * away can take by mail or in a web meeting: answers, what was not examined, names of notes,
 * indicators, head of the timeline, journal, sheets. It reads no evidence, only what triage wrote,
 * so it is there within seconds of the first verdict. What does not fit is left out and named in
 * data/contents.txt.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/export_run.h"
#include "engine/host.h"
#include "engine/sealing.h"
#include "engine/store.h"
#include "engine/verb.h"
#include "handover/sheet.h"

#define NOTES_MAX      500u /* names of notes */
#define TIMELINE_BYTES 262144u
#define REASONS_MAX    32u

struct packing {
    const char *case_path, *out_path, *lang;
    struct shodo_vec recipient_paths; /* const char * */
    uint64_t passphrase_fd;
    bool is_plain, is_json;

    struct shodo_case_dir dir;
    struct shodo_case state;
    struct shodo_sealing sealing;
    struct shodo_buf contents; /* what is in, what is not */
    unsigned missing;
};

/* The bag says LIMIT when a file does not fit; the rest goes on. */
static enum shodo_status add(struct packing *k, const char *path, const struct shodo_buf *b,
                             const char *what, struct shodo_error *err) {
    const struct shodo_bag_file f = {.path = path,
                                     .size_bytes = b->len,
                                     .modified = SHODO_TIME_NONE,
                                     .accessed = SHODO_TIME_NONE,
                                     .born = SHODO_TIME_NONE};
    struct shodo_error why = SHODO_ERROR_INIT;
    if (b->failed)
        return shodo_fail(err, SHODO_NOMEM, "no memory for '%s'", path);
    enum shodo_status st = shodo_bag_add(k->sealing.bag, &f, b->data ? b->data : "", b->len, &why);
    if (st == SHODO_LIMIT) {
        shodo_buf_addf(&k->contents, "入らなかったもの  %s  %s（%zu バイト）\n", path, what,
                       b->len);
        k->missing++;
        return SHODO_OK;
    }
    if (st == SHODO_OK)
        shodo_buf_addf(&k->contents, "%s  %s（%zu バイト）\n", path, what, b->len);
    else if (err)
        *err = why;
    return st;
}

static enum shodo_status add_sheet(struct packing *k, const char *name, struct shodo_error *err) {
    const struct shodo_sheet_kind *kind = shodo_sheet_find(name);
    const struct shodo_sheet_options o = {
        .case_path = k->case_path, .is_ja = strcmp(k->lang, "en") != 0, .now = shodo_time_now()};
    static const struct {
        const char *ending;
        enum shodo_status (*render)(const struct shodo_document *d, struct shodo_buf *out,
                                    struct shodo_error *err);
    } forms[] = {{"pdf", shodo_document_pdf}, {"txt", shodo_document_text}};
    shodo_auto(shodo_document) struct shodo_document d;
    enum shodo_status st = shodo_sheet_make(kind, &o, &d, err);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(forms) && st == SHODO_OK; i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        char path[96];
        snprintf(path, sizeof path, "sheets/%s.%s", name, forms[i].ending);
        st = forms[i].render(&d, &b, err);
        if (st == SHODO_OK)
            st = add(k, path, &b, o.is_ja ? kind->title.ja : kind->title.en, err);
    }
    return st;
}

/* ---- of one machine ---- */

struct names {
    struct shodo_buf *out;
    unsigned count;
};

static enum shodo_status on_finding(void *ctx, const char *line, size_t n) {
    struct names *t = ctx;
    shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
    if (t->count >= NOTES_MAX || !memmem(line, n, "note", 4) ||
        shodo_doc_parse_json(&doc, "finding", line, n, NULL) != SHODO_OK)
        return SHODO_OK;
    const struct shodo_value *f = shodo_doc_root(doc);
    const char *kind = shodo_value_get_str(f, "shodo.kind"),
               *rule = shodo_value_get_str(f, "rule.name"),
               *path = shodo_value_get_str(f, "file.path");
    if (!kind || !rule || !path || strcmp(kind, "detection") != 0 || !strstr(rule, "note"))
        return SHODO_OK;
    shodo_buf_addf(t->out, "%s\t", rule);
    shodo_text_safe(t->out, path, strlen(path));
    shodo_buf_addc(t->out, '\n');
    t->count++;
    return SHODO_OK;
}

static enum shodo_status add_notes(struct packing *k, int fd, const char *id,
                                   struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct names t = {.out = &b};
    char path[96];
    shodo_buf_adds(
        &b,
        "# 脅迫文と読める文書の名前（規則、場所）。本文は入れていません。names of note-like files, no contents\n");
    enum shodo_status st = shodo_store_each(fd, "findings.jsonl", on_finding, &t, err);
    if (t.count == 0)
        shodo_buf_adds(&b, "# なし（調べた範囲で） none in what was examined\n");
    snprintf(path, sizeof path, "endpoints/%s/notes.txt", id);
    return st == SHODO_OK || st == SHODO_NOTFOUND ? add(k, path, &b, "脅迫文の名前", err) : st;
}

struct reason {
    char name[32], class_name[16];
    uint64_t lines, items, bytes;
};

struct reasons {
    struct reason rows[REASONS_MAX];
    size_t count;
    uint64_t others;
};

static enum shodo_status on_ledger(void *ctx, const char *line, size_t n) {
    struct reasons *r = ctx;
    shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
    if (shodo_doc_parse_json(&doc, "ledger", line, n, NULL) != SHODO_OK)
        return SHODO_OK;
    const struct shodo_value *l = shodo_doc_root(doc);
    const char *name = shodo_value_get_str(l, "event.reason"),
               *class_name = shodo_value_get_str(l, "shodo.class");
    size_t i = 0;
    while (i < r->count && (strcmp(r->rows[i].name, name ? name : "?") != 0 ||
                            strcmp(r->rows[i].class_name, class_name ? class_name : "?") != 0))
        i++;
    if (i == REASONS_MAX) {
        r->others++;
        return SHODO_OK;
    }
    struct reason *row = &r->rows[i];
    if (i == r->count) {
        snprintf(row->name, sizeof row->name, "%.31s", name ? name : "?");
        snprintf(row->class_name, sizeof row->class_name, "%.15s", class_name ? class_name : "?");
        r->count++;
    }
    row->lines++;
    row->items += (uint64_t)shodo_value_get_int(l, "shodo.count", 1);
    row->bytes += (uint64_t)shodo_value_get_int(l, "file.size", 0);
    return SHODO_OK;
}

/* Problems first, as everywhere. */
static enum shodo_status add_ledger(struct packing *k, int fd, const char *id,
                                    struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct reasons r = {.count = 0};
    char path[96];
    enum shodo_status st = shodo_store_each(fd, "ledger.jsonl", on_ledger, &r, err);
    shodo_buf_adds(
        &b, "# 未検査の台帳のまとめ（class problem が先）。 class, reason, lines, items, bytes\n");
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < r.count; i++)
            if ((strcmp(r.rows[i].class_name, "problem") == 0) == (pass == 0))
                shodo_buf_addf(&b, "%s\t%s\t%llu\t%llu\t%llu\n", r.rows[i].class_name,
                               r.rows[i].name, (unsigned long long)r.rows[i].lines,
                               (unsigned long long)r.rows[i].items,
                               (unsigned long long)r.rows[i].bytes);
    if (r.others)
        shodo_buf_addf(&b, "# other reasons: %llu lines\n", (unsigned long long)r.others);
    snprintf(path, sizeof path, "endpoints/%s/ledger-summary.txt", id);
    return st == SHODO_OK || st == SHODO_NOTFOUND ? add(k, path, &b, "未検査のまとめ", err) : st;
}

static enum shodo_status add_generation(struct packing *k, int fd, const char *id, const char *name,
                                        const char *ending, size_t max_bytes, const char *what,
                                        struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    char path[96];
    enum shodo_status st = shodo_io_read_generation(&b, fd, name, ending,
                                                    SHODO_LIMIT_TAG_FILE_BYTES, err);
    if (st != SHODO_OK)
        return st == SHODO_NOTFOUND ? SHODO_OK : st;
    bool is_head = b.len > max_bytes;
    while (is_head && max_bytes > 0 && b.data[max_bytes - 1] != '\n')
        max_bytes--;
    b.len = is_head ? max_bytes : b.len;
    snprintf(path, sizeof path, "endpoints/%s/%s%s.%s", id, name, is_head ? "-head" : "", ending);
    return add(k, path, &b, what, err);
}

static enum shodo_status add_indicators(struct packing *k, const struct shodo_case_endpoint *p,
                                        struct shodo_error *err) {
    shodo_autop(shodo_export) struct shodo_export *e = NULL;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    char path[96];
    enum shodo_status st = shodo_export_new(&e, SHODO_EXPORT_STIX, k->state.id, shodo_time_now(),
                                            err);
    if (st == SHODO_OK)
        st = shodo_export_endpoint(e, &k->dir, p, err);
    if (st == SHODO_NOTFOUND)
        return SHODO_OK; /* not examined yet */
    if (st == SHODO_OK)
        st = shodo_export_finish(e, &b, err);
    snprintf(path, sizeof path, "endpoints/%s/indicators.stix.json", p->id);
    return st == SHODO_OK ? add(k, path, &b, "特徴（STIX 2.1）", err) : st;
}

static enum shodo_status add_endpoint(struct packing *k, const struct shodo_case_endpoint *p,
                                      struct shodo_error *err) {
    int fd = -1;
    enum shodo_status st = shodo_case_endpoint_dir(&fd, &k->dir, p->id, false, err);
    if (st == SHODO_NOTFOUND)
        return SHODO_OK;
    if (st == SHODO_OK)
        st = add_ledger(k, fd, p->id, err);
    if (st == SHODO_OK)
        st = add_generation(k, fd, p->id, "answers", "json", SHODO_LIMIT_DOC_BYTES, "分析の答え",
                            err);
    if (st == SHODO_OK)
        st = add_notes(k, fd, p->id, err);
    if (st == SHODO_OK)
        st = add_indicators(k, p, err);
    if (st == SHODO_OK)
        st = add_generation(k, fd, p->id, "timeline", "jsonl", TIMELINE_BYTES,
                            "時系列（初めの部分）", err);
    shodo_io_close(&fd);
    return st;
}

/* ---- the whole ---- */

static enum shodo_status add_journals(struct packing *k, struct shodo_error *err) {
    int fd = openat(k->dir.journal_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    enum shodo_status st = SHODO_OK;
    if (!d)
        return shodo_fail_errno(err, "listing the journal");
    for (struct dirent *e; st == SHODO_OK && (e = readdir(d)) != NULL;) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        char path[320];
        size_t n = strlen(e->d_name);
        if (n < 7 || strcmp(e->d_name + n - 6, ".jsonl") != 0)
            continue;
        snprintf(path, sizeof path, "journal/%s", e->d_name);
        st = shodo_io_read_file(&b, dirfd(d), e->d_name, SHODO_LIMIT_JOURNAL_BYTES, err);
        if (st == SHODO_OK)
            st = add(k, path, &b, "記録", err);
    }
    closedir(d);
    return st;
}

static enum shodo_status fill(struct packing *k, struct shodo_error *err) {
    static const char *const sheets[] = {"summary",           "jpcert",   "police",
                                         "ransomware-common", "timeline", "custody"};
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < k->state.endpoints.count && st == SHODO_OK; i++)
        st = add_endpoint(k, shodo_vec_at(&k->state.endpoints, i), err);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(sheets) && st == SHODO_OK; i++)
        st = add_sheet(k, sheets[i], err);
    if (st == SHODO_OK)
        st = add_journals(k, err);
    struct shodo_buf list = k->contents;
    k->contents = (struct shodo_buf)SHODO_BUF_INIT;
    if (st == SHODO_OK)
        st = add(k, "contents.txt", &list, "中身の一覧", err);
    shodo_buf_done(&list);
    return st;
}

static enum shodo_status seal(struct packing *k, struct shodo_error *err) {
    enum shodo_status st = shodo_sealing_open(&k->sealing, SHODO_LIMIT_PACK_BYTES, k->is_plain,
                                              err);
    if (st == SHODO_OK)
        st = shodo_sealing_first_page(&k->sealing, k->case_path, err);
    if (st == SHODO_OK)
        st = shodo_journal_checkpoint(k->dir.journal, err);
    if (st == SHODO_OK)
        st = fill(k, err);
    if (st == SHODO_OK)
        st = shodo_sealing_info(&k->sealing, "",
                                k->state.is_drill
                                    ? "DRILL: quick pack"
                                    : "quick pack: results, no collected files; may name patients",
                                err);
    if (st == SHODO_OK)
        st = shodo_bag_seal(k->sealing.bag, &k->sealing.seal, err);
    return st == SHODO_OK ? shodo_sealing_record(&k->sealing, "", err) : st;
}

static enum shodo_status pack(struct packing *k, struct shodo_error *err) {
    enum shodo_status st = shodo_text_locale_init(k->out_path, err);
    if (st == SHODO_OK)
        st = shodo_case_dir_open(&k->dir, k->case_path, NULL, err);
    if (st == SHODO_OK)
        st = shodo_case_load(&k->state, &k->dir, err);
    if (st == SHODO_OK && k->is_plain && !k->state.is_drill)
        st = shodo_fail(err, SHODO_REFUSED, "an unencrypted bundle can only be made in a drill");
    if (st == SHODO_OK)
        st = shodo_host_open_dir(&k->sealing.out_fd, k->out_path, true, err);
    if (st == SHODO_OK)
        st = shodo_sealing_name(&k->sealing, "quick", err);
    if (st == SHODO_OK)
        st = shodo_sealing_recipients(&k->sealing, &k->recipient_paths, k->passphrase_fd,
                                      k->is_plain, err);
    return st == SHODO_OK ? seal(k, err) : st;
}

static void print_result(const struct packing *k) {
    const struct shodo_seal *s = &k->sealing.seal;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (k->is_json) {
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "name", k->sealing.name);
        shodo_json_u64(&j, "files", s->files);
        shodo_json_u64(&j, "missing", k->missing);
        shodo_json_u64(&j, "sealed_bytes", s->sealed_bytes);
        shodo_json_str(&j, "segments_sha256", s->segments_sha256);
        shodo_json_str(&j, "signer", shodo_key_fingerprint(k->dir.key));
        shodo_json_object_end(&j);
        shodo_json_line_end(&j);
    } else {
        shodo_buf_addf(
            &b,
            "pack %s: %llu files, %llu bytes, %u left out\ndigest of the bundle  %s\nsigner  %s\n",
            k->sealing.name, (unsigned long long)s->files, (unsigned long long)s->sealed_bytes,
            k->missing, s->segments_sha256, shodo_key_fingerprint(k->dir.key));
    }
    fwrite(shodo_buf_cstr(&b), 1, b.len, stdout);
}

int shodo_verb_pack(const struct shodo_verb *v, int argc, char **argv) {
    struct packing k = {.lang = "ja",
                        .passphrase_fd = UINT64_MAX,
                        .recipient_paths = SHODO_VEC_INIT(sizeof(const char *)),
                        .dir = SHODO_CASE_DIR_INIT,
                        .sealing = SHODO_SEALING_INIT,
                        .contents = SHODO_BUF_INIT};
    const struct shodo_option options[] = {{.name = "--case", .text = &k.case_path},
                                           {.name = "--out", .text = &k.out_path},
                                           {.name = "--recipient", .list = &k.recipient_paths},
                                           {.name = "--lang", .text = &k.lang, .choices = "ja|en"},
                                           {.name = "--confirm-fd", .number = &k.passphrase_fd},
                                           {.name = "--plain", .flag = &k.is_plain},
                                           {.name = "--json", .flag = &k.is_json}};
    size_t n = 0;
    int code = SHODO_EXIT_NOTHING;
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_case_init(&k.state);
    k.sealing.dir = &k.dir;
    k.sealing.state = &k.state;
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), NULL, 0, &n)) {
        code = SHODO_EXIT_USAGE;
    } else if (!k.case_path || !k.out_path) {
        code = shodo_verb_usage(v, "--case and --out are needed");
    } else {
        enum shodo_status st = pack(&k, &err);
        code = st == SHODO_OK        ? (k.missing ? SHODO_EXIT_INCOMPLETE : SHODO_EXIT_NOTHING)
               : st == SHODO_INVALID ? SHODO_EXIT_USAGE
                                     : SHODO_EXIT_FAILED;
        if (st == SHODO_OK)
            print_result(&k);
        else
            shodo_verb_fail(v, code, err.text);
    }
    shodo_sealing_done(&k.sealing);
    shodo_case_done(&k.state);
    shodo_case_dir_done(&k.dir);
    shodo_vec_done(&k.recipient_paths);
    shodo_buf_done(&k.contents);
    return code;
}
