/* SPDX-License-Identifier: Apache-2.0 */
/* The journal in plain words, in time order, with who wrote it. */
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/time.h"
#include "handover/sheet_data.h"

static const char *word(const struct shodo_sheet_record *r, const char *key) {
    const char *s = shodo_value_get_str(r->data, key);
    return s ? s : "";
}

static const char *decision_text(struct shodo_sheet *s, const struct shodo_sheet_record *r,
                                 const char **ret_class) {
    const struct shodo_case_decision d = {.key = word(r, "key"),
                                          .value = word(r, "value"),
                                          .note = word(r, "note"),
                                          .actor = r->actor,
                                          .time = r->time};
    const char *label = "";
    const char *name = shodo_sheet_decision_name(s, &d, &label);
    *ret_class = shodo_sheet_decision_class(s, &d);
    if (strncmp(d.key, "decide/", 7) == 0) {
        struct shodo_sheet_decided what;
        shodo_sheet_decided(s, &d, &what);
        return shodo_sheet_printf(
            s, "%s: %s%s%s%s%s", name,
            what.is_open ? shodo_sheet_say(s, "未決定", "not decided") : label,
            *what.who ? shodo_sheet_say(s, "  決めた人: ", "  decided by: ") : "",
            shodo_sheet_mask(s, "staff", what.who),
            *what.reason ? shodo_sheet_say(s, "  理由: ", "  because: ") : "", what.reason);
    }
    if (strcmp(d.key, "fact/my_name") == 0 || strcmp(d.key, "fact/callback") == 0)
        label = shodo_sheet_mask(s, "staff", label);
    return shodo_sheet_printf(s, "%s: %s%s%s", name, label, *d.note ? "  " : "", d.note);
}

const char *shodo_sheet_record_text(struct shodo_sheet *s, const struct shodo_sheet_record *r,
                                    const char **ret_class) {
    *ret_class = "timeline";
    if (strcmp(r->event, "case.note") == 0)
        return shodo_sheet_printf(s, s->is_ja ? "メモ: %s" : "note: %s", word(r, "text"));
    if (strcmp(r->event, "decision") == 0 && strcmp(word(r, "key"), "start/facts") == 0)
        return NULL; /* a note of the screen for itself */
    if (strcmp(r->event, "decision") == 0) {
        return decision_text(s, r, ret_class);
    }
    if (strcmp(r->event, "case.new") == 0)
        return shodo_sheet_printf(s, s->is_ja ? "事案の記録を始めた %s" : "case begun %s",
                                  word(r, "case"));
    if (strcmp(r->event, "case.end") == 0)
        return shodo_sheet_say(s, "事案の記録を終えた", "case ended");
    if (strcmp(r->event, "endpoint.add") == 0) {
        *ret_class = "internal";
        return shodo_sheet_printf(s, s->is_ja ? "機械を登録 %s %s" : "machine added %s %s",
                                  word(r, "name"), word(r, "endpoint"));
    }
    if (strcmp(r->event, "run.start") == 0)
        return shodo_sheet_printf(
            s, s->is_ja ? "実行の開始 %s %s（機械 %s）" : "run started: %s %s (machine %s)",
            word(r, "kind"), word(r, "profile"), word(r, "endpoint"));
    if (strcmp(r->event, "run.end") == 0)
        return shodo_sheet_printf(
            s,
            s->is_ja ? "実行の終わり %s。見つかったもの%lld件、読めなかった項目%lld件、ファイル%lld"
                     : "run ended: %s, %lld findings, %lld problems, %lld files",
            word(r, "status"), (long long)shodo_value_get_int(r->data, "findings", 0),
            (long long)shodo_value_get_int(r->data, "problems", 0),
            (long long)shodo_value_get_int(r->data, "files", 0));
    if (strcmp(r->event, "seal.done") == 0)
        return shodo_sheet_printf(s, s->is_ja ? "封をした %s  SHA-256 %s" : "sealed %s  SHA-256 %s",
                                  word(r, "name"),
                                  shodo_sheet_digest(s, word(r, "segments_sha256")));
    return NULL; /* checkpoints and the like are no events of the incident */
}

/* Signs on the machine's own records (timeline.jsonl), only for who may see accounts, addresses and
 * files. */
static void machine(struct shodo_sheet *s, const struct shodo_case_endpoint *e) {
    static const char *const classes[] = {"technical", "indicator", "filename", "account"};
    const int widths[] = {200, 800};
    const char *const head[] = {
        shodo_sheet_zone_head(s, shodo_sheet_say(s, "機械の時計", "Machine's clock")),
        shodo_sheet_say(s, "何が", "What")};
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    int fd = -1;
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(classes); i++)
        if (shodo_sheet_class(s, classes[i]) != SHODO_SHEET_SHOWS)
            return;
    if (shodo_case_endpoint_dir(&fd, &s->dir, e->id, false, NULL) != SHODO_OK)
        return;
    enum shodo_status st = shodo_io_read_generation(&b, fd, "timeline", "jsonl", SHODO_MIB(64),
                                                    NULL);
    shodo_io_close(&fd);
    if (st != SHODO_OK)
        return;
    shodo_hash_update(s->digest, b.data, b.len);
    shodo_document_heading(
        s->d, 2,
        shodo_sheet_printf(
            s, s->is_ja ? "機械 %s の記録に残る兆し" : "Signs in the records of machine %s",
            shodo_sheet_mask(s, "internal", shodo_sheet_machine(s, e))));
    shodo_document_table(s->d, e->id, 2, widths, head);
    shodo_document_table_small(s->d);
    for (const char *p = shodo_buf_cstr(&b), *end = p + b.len; p < end;) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));
        shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
        size_t n = lf ? (size_t)(lf - p) : (size_t)(end - p);
        int64_t t = 0;
        if (shodo_doc_parse_json(&doc, "timeline", p, n, NULL) == SHODO_OK &&
            shodo_value_bool(shodo_value_get(shodo_doc_root(doc), "is_sign"), false)) {
            const char *time = shodo_value_get_str(shodo_doc_root(doc), "time");
            if (shown >= SHODO_LIMIT_SHEET_ROWS)
                left++;
            else if (time && shodo_time_parse(time, strlen(time), &t) && ++shown)
                shodo_document_row(
                    s->d, (const char *const[]){
                              shodo_sheet_stamp(s, t),
                              shodo_sheet_mask(s, "technical",
                                               shodo_sheet_text(s, shodo_doc_root(doc), ""))});
        }
        p += n + 1;
    }
    if (left)
        shodo_document_paragraph(
            s->d, shodo_sheet_printf(s,
                                     s->is_ja ? "ほかに%zu件あります（timeline.jsonl）。"
                                              : "%zu more (timeline.jsonl).",
                                     left));
}

enum shodo_status shodo_sheet_timeline(struct shodo_sheet *s, struct shodo_error *err) {
    const int widths[] = {230, 150, 620};
    const char *const head[] = {shodo_sheet_zone_head(s, shodo_sheet_say(s, "時刻", "Time")),
                                shodo_sheet_say(s, "だれが", "Who"),
                                shodo_sheet_say(s, "何を", "What")};
    size_t shown = 0, left = 0;
    (void)err;
    shodo_document_paragraph(
        s->d, shodo_sheet_say(s, "時刻は記録した機械の時計。時計のずれは「証拠受渡書」に書きます。",
                              "Times are those of the recording machine; clock offsets stand in "
                              "the chain of custody."));
    shodo_document_table(s->d, "timeline", 3, widths, head);
    for (size_t i = 0; i < s->records.count; i++) {
        const struct shodo_sheet_record *r = shodo_vec_at(&s->records, i);
        const char *class_name = "";
        const char *text = shodo_sheet_record_text(s, r, &class_name);
        if (!text || shodo_sheet_class(s, class_name) == SHODO_SHEET_NEVER)
            continue;
        if (shown >= SHODO_LIMIT_SHEET_ROWS) {
            left++;
            continue;
        }
        shodo_document_row(s->d, (const char *const[]){shodo_sheet_stamp(s, r->time),
                                                       shodo_sheet_mask(s, "staff", r->actor),
                                                       shodo_sheet_mask(s, class_name, text)});
        shown++;
    }
    for (int i = 0; s->is_blank && i < 20; i++)
        shodo_document_row(s->d, (const char *const[]){"", "", ""});
    if (left)
        shodo_document_paragraph(
            s->d, shodo_sheet_printf(s,
                                     s->is_ja ? "ほかに%zu件あります（shodo journal show で見る）。"
                                              : "%zu more (see shodo journal show).",
                                     left));
    for (size_t i = 0; i < s->c.endpoints.count; i++)
        machine(s, shodo_vec_at(&s->c.endpoints, i));
    return SHODO_OK;
}
