/* SPDX-License-Identifier: Apache-2.0 */
/* 00_最初に読む: the one page at the head of every bundle, for who opens it: what was not examined
 * first, then what is known, what is in it, what to do before opening, and that "nothing found" is
 * no all-clear. */
#include "handover/sheet_data.h"

#define REASONS_MAX 4

static void who(struct shodo_sheet *s) {
    static const struct {
        const char *key, *from, *ja, *en;
    } rows[] = {
        {"hospital", "site.hospital.name", "病院", "Hospital"},
        {"contact", "case.callback", "問い合わせ先（今夜つながる番号）", "Number for tonight"},
        {"person", "case.my_name", "記録している人", "Person recording"},
        {"symptom", "case.symptom", "何が起きたか", "What happened"},
        {"stopped", "answer.stopped | case.stopped", "止まっているもの", "Stopped"}};
    static const char *const classes[] = {"general", "staff", "staff", "general", "general"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        struct shodo_sheet_value v = shodo_sheet_resolve(s, rows[i].from, NULL);
        shodo_document_field(s->d, rows[i].key, shodo_sheet_say(s, rows[i].ja, rows[i].en),
                             shodo_sheet_mask(s, classes[i], v.text),
                             s->is_blank ? SHODO_FIELD_BY_HAND : v.source,
                             s->is_blank ? "" : v.note);
    }
}

static const char *not_examined(struct shodo_sheet *s, const struct shodo_value *root) {
    return shodo_sheet_reasons(
        s, shodo_value_get(shodo_sheet_find_answer(root, "hit"), "not_examined"),
        shodo_sheet_say(s, "、", ", "), REASONS_MAX);
}

static void machines(struct shodo_sheet *s) {
    const int widths[] = {250, 430, 320};
    const char *const head[] = {
        shodo_sheet_say(s, "機械", "Machine"),
        shodo_sheet_say(s, "未検査（先に読む）", "Not examined (read first)"),
        shodo_sheet_say(s, "判定と、見つかったもの", "Verdict, findings")};
    shodo_document_table(s->d, "machines", 3, widths, head);
    for (size_t i = 0; i < s->c.endpoints.count; i++) {
        const struct shodo_case_endpoint *e = shodo_vec_at(&s->c.endpoints, i);
        const struct shodo_case_run *r = shodo_case_last_run(&s->c, e->id, "triage");
        const struct shodo_value *root = shodo_sheet_answers_of(s, e->id);
        const char *verdict = shodo_value_get_str(shodo_sheet_find_answer(root, "hit"),
                                                  s->is_ja ? "verdict_ja" : "verdict");
        const char *reasons = not_examined(s, root);
        bool is_partial = r && r->status != SHODO_RUN_DONE;
        shodo_document_row(
            s->d, (const char *const[]){
                      shodo_sheet_printf(
                          s, "%s\n%s",
                          shodo_sheet_mask(s, "internal", *e->name ? e->name : e->computer), e->id),
                      !r ? shodo_sheet_say(s, "未検査（まだ調べていない）", "not examined yet")
                      : *reasons   ? reasons
                      : is_partial ? shodo_sheet_say(s, "途中まで", "stopped before its end")
                                   : shodo_sheet_say(s, "読めなかった項目の記録なし",
                                                     "no unreadable item recorded"),
                      r ? shodo_sheet_printf(
                              s, s->is_ja ? "%s  %llu件（%s）" : "%s, %llu findings (%s)",
                              verdict ? verdict : shodo_sheet_say(s, "未検査", "not examined"),
                              (unsigned long long)r->findings, shodo_sheet_profile(s, r->profile))
                        : "-"});
    }
    if (s->c.endpoints.count == 0)
        shodo_document_row(
            s->d, (const char *const[]){shodo_sheet_say(s, "なし", "none"),
                                        shodo_sheet_say(s, "まだ1台も調べていません（未検査）",
                                                        "no machine has been examined"),
                                        "-"});
}

static void known(struct shodo_sheet *s) {
    static const struct {
        const char *key, *from, *ja, *en;
    } rows[] = {
        {"since", "answers.since.first_sign", "いつから（最初の兆候）", "First sign"},
        {"encrypted", "answers.since.first_encrypted", "暗号化の始まり", "Encryption began"},
        {"families", "answers.hit.families", "種類の候補（断定ではない）", "Possible family"},
        {"extension", "answers.hit.extension", "拡張子", "Extension"}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        struct shodo_sheet_value v = shodo_sheet_resolve(s, rows[i].from, NULL);
        shodo_document_field(s->d, rows[i].key, shodo_sheet_say(s, rows[i].ja, rows[i].en),
                             shodo_sheet_mask(s, "technical", v.text),
                             s->is_blank ? SHODO_FIELD_BY_HAND : v.source,
                             s->is_blank ? "" : v.note);
    }
}

enum shodo_status shodo_sheet_read_first(struct shodo_sheet *s, struct shodo_error *err) {
    static const char *const lines[][2] = {
        {"「該当なし」は、調べた範囲で見つからなかったという意味です。安全という意味ではありません。",
         "'Nothing found' means: not in what was examined. It is no all-clear."},
        {"動いていたプログラムと記憶（メモリ）の内容は、入っていません。USBから起動した時に失われています。",
         "Running processes and memory are not in it: they were lost at the restart."},
        {"quarantine.zip は検体と脅迫文です。隔離した環境でだけ開きます（パスワードは 00_最初に読む.txt）。",
         "quarantine.zip holds samples and notes: open it only in isolation (password in 00_最初に読む.txt)."},
        {"患者の情報を含むことがあります。調査に要る人だけで扱い、終わったら消します。",
         "It may hold patient data: only for those who need it, erase it afterwards."},
        {"署名は、封をした後に変わっていないことを示します。いつ、だれが作ったかは、指紋を病院に電話で確かめます。",
         "The signature shows that nothing changed since sealing. Check the fingerprint with the hospital by telephone."}};
    (void)err;
    s->d->is_one_page = true;
    shodo_document_notice(
        s->d,
        shodo_sheet_say(
            s,
            "受け取った方へ。開く前に、この1枚を読んでください。確かめ方と開き方は 00_最初に読む.txt にあります。",
            "Read this page before opening the bundle. How to check and open it: 00_最初に読む.txt."));
    who(s);
    shodo_document_heading(s->d, 2, shodo_sheet_say(s, "調べた機械", "Machines"));
    machines(s);
    shodo_document_heading(s->d, 2, shodo_sheet_say(s, "分かっていること", "What is known"));
    known(s);
    shodo_document_heading(s->d, 2, shodo_sheet_say(s, "中身", "What is in it"));
    shodo_document_paragraph(
        s->d,
        shodo_sheet_say(
            s,
            "採取した束: data/（集めたファイル）、tags/collected.jsonl（各ファイルの結果）、tags/ledger.jsonl（未検査の台帳）、"
            "tags/findings.jsonl（検出）、tags/facts.jsonl（事実）、tags/journal/（記録）\n"
            "速報パック: data/contents.txt（一覧）、data/endpoints/（答え、未検査のまとめ、脅迫文の名前、特徴、時系列）、"
            "data/sheets/（書類）、data/journal/（記録）。集めたファイルは入っていません。",
            "Collected bundle: data/ (files), tags/collected.jsonl, tags/ledger.jsonl (not examined), tags/findings.jsonl, "
            "tags/facts.jsonl, tags/journal/.\nQuick pack: data/contents.txt, data/endpoints/ (answers, not examined, note names, "
            "indicators, timeline), data/sheets/, data/journal/; no collected files."));
    shodo_document_heading(s->d, 2, shodo_sheet_say(s, "気をつけること", "Mind"));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(lines); i++)
        shodo_document_check(s->d, lines[i][s->is_ja ? 0 : 1]);
    return SHODO_OK;
}
