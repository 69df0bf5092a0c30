/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/sheet.h"

#include <fcntl.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "handover/sheet_data.h"

#define FORM(n, a, ja_, en_)                                                                       \
    {                                                                                              \
        .name = n, .alias = a, .title = {.ja = ja_, .en = en_}, .form = n,                         \
        .build = shodo_sheet_form, .is_form = true                                                 \
    }

const struct shodo_sheet_kind shodo_sheet_kinds[] = {
    {.name = "contact",
     .alias = "",
     .title = {.ja = "連絡先・連絡票", .en = "Contact sheet"},
     .form = "",
     .build = shodo_sheet_contact},
    {.name = "first-page",
     .alias = "first",
     .title = {.ja = "はじめの一枚", .en = "First page"},
     .form = "first-page",
     .build = shodo_sheet_page},
    {.name = "boot",
     .alias = "boot-card",
     .title = {.ja = "起動のしかた", .en = "How to start from the stick"},
     .form = "boot",
     .build = shodo_sheet_boot},
    FORM("mhlw-first", "mhlw", "厚生労働省・都道府県への第一報",
         "First report to the ministry and the prefecture"),
    FORM("mhlw-follow", "", "厚生労働省・都道府県への続報",
         "Follow-up report to the ministry and the prefecture"),
    FORM("mhlw-final", "", "厚生労働省・都道府県への確報",
         "Final report to the ministry and the prefecture"),
    FORM("ransomware-common", "ransomware-form", "ランサムウェア事案 共通様式の下書き",
         "Ransomware common form (draft)"),
    FORM("ddos-common", "ddos-form", "DDoS攻撃事案 共通様式の下書き", "DDoS common form (draft)"),
    FORM("ppc", "", "個人情報保護委員会への報告の下書き",
         "Report to the privacy commission (draft)"),
    FORM("police", "", "警察への連絡票", "Paper for the police"),
    FORM("jpcert", "", "JPCERT/CC への相談票", "Paper for JPCERT/CC"),
    FORM("ipa", "", "IPA への相談票", "Paper for IPA"),
    FORM("jma", "", "日本医師会 緊急相談窓口への連絡票", "Paper for the Japan Medical Association"),
    {.name = "vendor",
     .alias = "",
     .title = {.ja = "事業者への連絡票", .en = "Papers for the vendors"},
     .form = "vendor",
     .build = shodo_sheet_vendor,
     .is_form = true},
    FORM("insurer", "", "保険会社への連絡票", "Paper for the insurer"),
    FORM("founder", "", "開設者の所管への報告", "Report to the founder's authority"),
    {.name = "read-first",
     .alias = "00",
     .title = {.ja = "最初に読む", .en = "Read this first"},
     .form = "",
     .build = shodo_sheet_read_first},
    {.name = "summary",
     .alias = "",
     .title = {.ja = "経営層サマリー", .en = "Summary for management"},
     .form = "",
     .build = shodo_sheet_summary},
    {.name = "timeline",
     .alias = "",
     .title = {.ja = "時系列", .en = "Timeline"},
     .form = "",
     .build = shodo_sheet_timeline},
    {.name = "custody",
     .alias = "",
     .title = {.ja = "証拠受渡書", .en = "Chain of custody"},
     .form = "custody",
     .build = shodo_sheet_custody},
    {.name = "handover",
     .alias = "card",
     .title = {.ja = "引渡カード", .en = "Handover card"},
     .form = "",
     .build = shodo_sheet_handover},
    {.name = "drill",
     .alias = "",
     .title = {.ja = "訓練の記録", .en = "Drill record"},
     .form = "drill",
     .build = shodo_sheet_drill},
    FORM("improvement", "", "再発防止・改善計画", "Improvement plan"),
    {.name = "tags",
     .alias = "",
     .title = {.ja = "札（切り取って使う）", .en = "Tags"},
     .form = "tags",
     .build = shodo_sheet_page},
};
const size_t shodo_sheet_kinds_count = SHODO_ARRAY_SIZE(shodo_sheet_kinds);

const struct shodo_sheet_kind *shodo_sheet_find(const char *name) {
    for (size_t i = 0; i < shodo_sheet_kinds_count; i++) {
        const struct shodo_sheet_kind *k = &shodo_sheet_kinds[i];
        if (strcmp(k->name, name) == 0 || (*k->alias && strcmp(k->alias, name) == 0))
            return k;
    }
    return NULL;
}

/* ---- what changed since an earlier copy ---- */

static const struct shodo_value *earlier(const struct shodo_value *root, const char *key) {
    const struct shodo_value *blocks = shodo_value_get(root, "blocks");
    for (size_t i = 0; i < shodo_value_count(blocks); i++) {
        const struct shodo_value *b = shodo_value_at(blocks, i);
        const char *k = shodo_value_get_str(b, "key"), *kind = shodo_value_get_str(b, "kind");
        if (k && kind && strcmp(kind, "field") == 0 && strcmp(k, key) == 0)
            return b;
    }
    return NULL;
}

static void changes(struct shodo_sheet *s) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    const int widths[] = {300, 350, 350};
    const char *const head[] = {shodo_sheet_say(s, "欄", "Field"),
                                shodo_sheet_say(s, "前回", "Before"),
                                shodo_sheet_say(s, "今回", "Now")};
    const char *unknown = shodo_sheet_say(s, "不明", "unknown");
    if (!s->o->since)
        return;
    if (shodo_io_read_file(&b, AT_FDCWD, s->o->since, SHODO_LIMIT_DOC_BYTES, &err) != SHODO_OK ||
        shodo_doc_parse_json(&doc, s->o->since, shodo_buf_cstr(&b), b.len, &err) != SHODO_OK) {
        shodo_sheet_problem(s, s->o->since, NULL, "前回の紙（JSON）を読めません（%s）", err.text);
        return;
    }
    const char *made = shodo_value_get_str(shodo_doc_root(doc), "made");
    shodo_document_heading(
        s->d, 2,
        shodo_sheet_printf(s, s->is_ja ? "前回（%s）から変わったこと" : "Changes since %s",
                           made ? made : "?"));
    size_t count = s->d->blocks.count, found = 0;
    shodo_document_table(s->d, "changes", 3, widths, head);
    for (size_t i = 0; i < count; i++) {
        const struct shodo_block now = *(struct shodo_block *)shodo_vec_at(&s->d->blocks, i);
        const struct shodo_value *old = now.kind == SHODO_BLOCK_FIELD
                                            ? earlier(shodo_doc_root(doc), now.key)
                                            : NULL;
        const char *text = old ? shodo_value_get_str(old, "text") : "";
        if (now.kind != SHODO_BLOCK_FIELD || !text || strcmp(text, now.text) == 0)
            continue;
        shodo_document_row(s->d, (const char *const[]){now.label, *text ? text : unknown,
                                                       *now.text ? now.text : unknown});
        found++;
    }
    if (!found)
        shodo_document_paragraph(
            s->d, shodo_sheet_say(s, "変わった欄はありません。", "No field has changed."));
}

static void problems(struct shodo_sheet *s) {
    if (s->problems.count == 0)
        return;
    shodo_document_heading(s->d, 2,
                           shodo_sheet_say(s, "資料の問題（この紙は、残りの資料で作りました）",
                                           "Problems of data files (made with the rest)"));
    for (size_t i = 0; i < s->problems.count; i++)
        shodo_document_paragraph(s->d, *(const char **)shodo_vec_at(&s->problems, i));
}

enum shodo_status shodo_sheet_make(const struct shodo_sheet_kind *kind,
                                   const struct shodo_sheet_options *o, struct shodo_document *ret,
                                   struct shodo_error *err) {
    shodo_document_init(ret, kind->name, o->is_ja ? kind->title.ja : kind->title.en, o->is_ja);
    shodo_auto(shodo_sheet) struct shodo_sheet s;
    enum shodo_status st = shodo_sheet_open(&s, kind, o, ret, err);
    if (st != SHODO_OK)
        return st;
    ret->made = s.is_blank ? SHODO_TIME_NONE : o->now;
    ret->offset_min = s.offset_min;
    ret->is_draft = kind->is_form && !s.is_blank;
    ret->is_drill = s.has_case && s.c.is_drill;
    const char *id = s.has_case ? shodo_arena_str(&ret->arena, s.c.id, strlen(s.c.id)) : NULL;
    ret->case_id = id ? id : "";
    ret->status = s.is_blank ? (o->is_ja ? "手書き用" : "to fill in") : "";
    st = kind->build(&s, err);
    if (st != SHODO_OK)
        return st;
    changes(&s);
    problems(&s);
    if (!s.is_blank) {
        uint8_t sum[SHODO_SHA256_BYTES];
        char *hex = shodo_arena_alloc(&ret->arena, 2 * SHODO_SHA256_BYTES + 1, 1);
        shodo_hash_final(s.digest, sum);
        if (!hex)
            return shodo_fail(err, SHODO_NOMEM, "no memory for a sheet");
        shodo_hex(sum, sizeof sum, hex);
        ret->digest = hex;
    }
    return ret->is_broken ? shodo_fail(err, SHODO_NOMEM, "no memory for a sheet") : SHODO_OK;
}
