/* SPDX-License-Identifier: Apache-2.0 */
/* The handover card, the chain of custody and the drill record: forms with something added. */
#include <string.h>

#include "handover/sheet_data.h"

/* sticks whose journal is on the code; it must stay readable from a photograph */
#define CARD_HEADS_MAX 2u

/* What the code says; `shodo verify --card` looks for the digest and the signer in it. */
static const char *card_text(struct shodo_sheet *s, const struct shodo_case_seal *seal) {
    shodo_auto(shodo_buf) struct shodo_buf heads = SHODO_BUF_INIT;
    for (size_t i = 0; i < s->heads.count && i < CARD_HEADS_MAX; i++) {
        const struct shodo_sheet_head *h = shodo_vec_at(&s->heads, i);
        shodo_buf_addf(&heads, "journal %s %llu %s\n", h->stick, (unsigned long long)h->seq,
                       h->hash);
    }
    return shodo_sheet_printf(s,
                              "shodo card 1\ncase %s\nendpoint %s\nbundle %s\nsha256 %s\nsigner "
                              "%s\nsize %llu bytes %u parts %llu files\n%s",
                              s->c.id, *seal->endpoint ? seal->endpoint : "-", seal->name,
                              seal->segments_sha256, seal->signer,
                              (unsigned long long)seal->sealed_bytes, seal->segments,
                              (unsigned long long)seal->files, shodo_buf_cstr(&heads));
}

enum shodo_status shodo_sheet_handover(struct shodo_sheet *s, struct shodo_error *err) {
    (void)err;
    shodo_document_notice(
        s->d, shodo_sheet_say(s,
                              "この紙を携帯電話で撮り、束と別の道で渡します。受け取った人は shodo "
                              "verify --card で、同じ束かを確かめます。",
                              "Photograph this paper and send it by another way than the bundle. "
                              "The receiver checks with shodo verify --card."));
    if (s->c.seals.count == 0)
        shodo_document_paragraph(
            s->d, s->is_blank ? shodo_sheet_say(s, "封をした束の要約値を書き写します。",
                                                "Copy the digest of the sealed bundle here.")
                              : shodo_sheet_say(s, "封をした束は、まだありません。",
                                                "No bundle has been sealed yet."));
    static const char *const by_hand[][3] = {
        {"bundle-name", "束の名前", "Bundle"},
        {"bundle-digest", "束の要約値（64けた）", "Digest (64 digits)"},
        {"signer", "署名の指紋（64けた）", "Fingerprint of the signer"}};
    for (size_t i = 0; s->is_blank && i < SHODO_ARRAY_SIZE(by_hand); i++) {
        shodo_document_field(s->d, by_hand[i][0], shodo_sheet_say(s, by_hand[i][1], by_hand[i][2]),
                             "", SHODO_FIELD_BY_HAND, "");
        shodo_document_field_open(s->d, "", i > 0);
    }
    for (size_t i = s->c.seals.count; i > 0; i--) {
        const struct shodo_case_seal *seal = shodo_vec_at(&s->c.seals, i - 1);
        shodo_document_heading(s->d, 2, seal->name);
        shodo_document_qr(s->d,
                          shodo_sheet_say(s, "束の要約値と署名の指紋",
                                          "Digest of the bundle and fingerprint of the signer"),
                          card_text(s, seal));
        shodo_document_field(
            s->d, "bundle-digest", shodo_sheet_say(s, "束の要約値", "Digest of the bundle"),
            shodo_sheet_digest(s, seal->segments_sha256), SHODO_FIELD_COMPUTED,
            shodo_sheet_say(s, "目で比べるときは4けたずつ", "compare by eye in groups of four"));
        shodo_document_field(s->d, "bundle-signer",
                             shodo_sheet_say(s, "署名の指紋", "Fingerprint of the signer"),
                             shodo_sheet_digest(s, seal->signer), SHODO_FIELD_COMPUTED,
                             shodo_sheet_say(s, "電話で読み合わせる", "read it out by telephone"));
        shodo_document_field(s->d, "sealed-at", shodo_sheet_say(s, "封をした時刻", "Sealed"),
                             shodo_sheet_time(s, seal->time), SHODO_FIELD_COMPUTED,
                             shodo_sheet_say(s, "記録 seal.done", "journal seal.done"));
        shodo_document_field(s->d, "recipients", shodo_sheet_say(s, "開けられる人", "Recipients"),
                             *seal->recipients ? shodo_sheet_digest(s, seal->recipients)
                                               : shodo_sheet_say(s, "合言葉", "pass phrase"),
                             SHODO_FIELD_COMPUTED,
                             shodo_sheet_say(s, "記録 seal.done", "journal seal.done"));
    }
    for (size_t i = 0; i < s->heads.count; i++) {
        const struct shodo_sheet_head *h = shodo_vec_at(&s->heads, i);
        shodo_document_field(
            s->d, shodo_sheet_printf(s, "journal-%s", h->stick),
            shodo_sheet_say(s, "記録の最後の要約値", "Head of the journal"),
            shodo_sheet_printf(s, s->is_ja ? "%s\nUSB %s  %llu件目" : "%s\nstick %s, record %llu",
                               shodo_sheet_digest(s, h->hash), h->stick,
                               (unsigned long long)h->seq),
            SHODO_FIELD_COMPUTED,
            shodo_sheet_say(s, "確かめる: shodo journal verify --head（この値）",
                            "check: shodo journal verify --head VALUE"));
    }
    struct shodo_sheet_value call = shodo_sheet_resolve(s, "case.callback", NULL),
                             name = shodo_sheet_resolve(s, "site.hospital.name", NULL);
    shodo_document_heading(s->d, 2, shodo_sheet_say(s, "問い合わせ先", "Contact"));
    shodo_document_field(s->d, "hospital", shodo_sheet_say(s, "病院", "Hospital"),
                         shodo_sheet_mask(s, "general", name.text),
                         s->is_blank ? SHODO_FIELD_BY_HAND : name.source,
                         s->is_blank ? "" : name.note);
    shodo_document_field(
        s->d, "callback", shodo_sheet_say(s, "今夜つながる番号", "Number for tonight"),
        s->is_blank ? "" : call.text, s->is_blank ? SHODO_FIELD_BY_HAND : call.source,
        s->is_blank ? "" : call.note);
    static const char *const rows[][3] = {{"to", "渡した相手", "Given to"},
                                          {"when", "渡した時刻", "At"}};
    shodo_document_heading(s->d, 2, shodo_sheet_say(s, "渡すとき", "When given"));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        shodo_document_field(s->d, rows[i][0], rows[i][s->is_ja ? 1 : 2], "", SHODO_FIELD_BY_HAND,
                             "");
    return SHODO_OK;
}

enum shodo_status shodo_sheet_custody(struct shodo_sheet *s, struct shodo_error *err) {
    const int widths[] = {90, 330, 380, 200};
    const char *const head[] = {
        shodo_sheet_say(s, "番号", "No."),
        shodo_sheet_say(s, "もの（原本の機械・ディスクも）",
                        "Item (original machines and disks too)"),
        shodo_sheet_say(s, "識別（製造番号、SHA-256）", "Identity (serial, SHA-256)"),
        shodo_sheet_say(s, "大きさ・状態", "Size, state")};
    enum shodo_status st = shodo_sheet_form(s, err);
    if (st != SHODO_OK)
        return st;
    shodo_document_heading(s->d, 2, shodo_sheet_say(s, "渡すものの一覧", "Items"));
    shodo_document_table(s->d, "items", 4, widths, head);
    size_t n = 0;
    for (size_t i = 0; i < s->c.endpoints.count; i++) {
        const struct shodo_case_endpoint *e = shodo_vec_at(&s->c.endpoints, i);
        shodo_document_row(
            s->d, (const char *const[]){
                      shodo_sheet_printf(s, "%zu", ++n),
                      shodo_sheet_printf(
                          s, s->is_ja ? "原本のディスク（機械 %s）" : "original disk (machine %s)",
                          shodo_sheet_mask(s, "internal", shodo_sheet_machine(s, e))),
                      shodo_sheet_printf(s, "endpoint %s", e->id),
                      shodo_sheet_printf(s, "%llu bytes", (unsigned long long)e->size_bytes)});
    }
    for (size_t i = 0; i < s->c.seals.count; i++) {
        const struct shodo_case_seal *seal = shodo_vec_at(&s->c.seals, i);
        shodo_document_row(
            s->d,
            (const char *const[]){
                shodo_sheet_printf(s, "%zu", ++n),
                shodo_sheet_printf(s, s->is_ja ? "封をした束 %s" : "sealed bundle %s", seal->name),
                shodo_sheet_printf(s, "SHA-256 %s", shodo_sheet_digest(s, seal->segments_sha256)),
                shodo_sheet_printf(s, "%llu bytes", (unsigned long long)seal->sealed_bytes)});
    }
    for (int i = 0; i < 3; i++)
        shodo_document_row(s->d, (const char *const[]){"", "", "", ""});
    shodo_sheet_page_blocks(s, "forms/custody-limits.yaml",
                            shodo_sheet_file(s, "forms/custody-limits.yaml"));
    shodo_document_paragraph(
        s->d, shodo_sheet_say(s, "2部作り、渡した人と受け取った人が1部ずつ持ちます。",
                              "Two copies: one for the giver, one for the receiver."));
    const int sign_widths[] = {250, 250, 250, 250};
    shodo_document_table(s->d, "signatures", 4, sign_widths,
                         (const char *const[]){shodo_sheet_say(s, "渡した人", "Given by"),
                                               shodo_sheet_say(s, "受け取った人", "Received by"),
                                               shodo_sheet_say(s, "立会人", "Witness"),
                                               shodo_sheet_say(s, "日時", "Date and time")});
    shodo_document_row(s->d, (const char *const[]){"", "", "", ""});
    shodo_document_row(s->d, (const char *const[]){"", "", "", ""});
    return SHODO_OK;
}

enum shodo_status shodo_sheet_drill(struct shodo_sheet *s, struct shodo_error *err) {
    const int widths[] = {240, 130, 430, 200};
    const char *const head[] = {shodo_sheet_zone_head(s, shodo_sheet_say(s, "時刻", "Time")),
                                shodo_sheet_say(s, "開始から", "Since start"),
                                shodo_sheet_say(s, "手順", "Step"),
                                shodo_sheet_say(s, "結果", "Result")};
    enum shodo_status st = shodo_sheet_form(s, err);
    if (st != SHODO_OK)
        return st;
    shodo_document_heading(s->d, 2, shodo_sheet_say(s, "手順ごとの時刻", "Times of the steps"));
    shodo_document_table(s->d, "steps", 4, widths, head);
    for (size_t i = 0; i < s->c.decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&s->c.decisions, i);
        const char *label = "";
        const char *name = shodo_sheet_decision_name(s, d, &label);
        long long min = (long long)((d->time - s->c.created) / INT64_C(60000000000));
        if (strncmp(d->key, "fact/", 5) == 0 || strncmp(d->key, "start/", 6) == 0)
            continue;
        shodo_document_row(s->d, (const char *const[]){
                                     shodo_sheet_stamp(s, d->time),
                                     shodo_sheet_printf(s, s->is_ja ? "%lld分" : "%lld min", min),
                                     shodo_sheet_mask(s, "timeline", name),
                                     shodo_sheet_mask(s, "timeline", label)});
    }
    for (int i = 0; s->is_blank && i < 15; i++)
        shodo_document_row(s->d, (const char *const[]){"", "", "", ""});
    return SHODO_OK;
}
