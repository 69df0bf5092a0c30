/* SPDX-License-Identifier: Apache-2.0 */
/* The card 起動のしかた: texts of forms/boot.yaml, keys of stick/boot-keys.yaml, as image/card. */
#include <string.h>

#include "base/time.h"
#include "handover/sheet_data.h"

#define DAY_NS   INT64_C(86400000000000)
#define PEN_ROWS 2

/* row[key], in English row[key_en] where there is one. */
static const char *words(struct shodo_sheet *s, const struct shodo_value *row, const char *key) {
    const char *en = s->is_ja ? NULL
                              : shodo_value_get_str(row, shodo_sheet_printf(s, "%s_en", key));
    return en ? en : shodo_value_get_str(row, key);
}

static bool is_old(const struct shodo_sheet *s, const char *date, int64_t days) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    int64_t t = 0;
    shodo_buf_addf(&b, "%s 00:00", date);
    return shodo_deadline_parse(shodo_buf_cstr(&b), s->offset_min, &t) && s->now > t &&
           (s->now - t) / DAY_NS > days;
}

/* Where the key is from: tried here beats every source. */
static const char *origin(struct shodo_sheet *s, const struct shodo_value *row, int64_t days) {
    const char *tried = shodo_value_get_str(row, "tried_here"),
               *date = shodo_value_get_str(row, "last_verified"), *models = words(s, row, "models");
    if (tried && *tried && shodo_value_kind(shodo_value_get(row, "tried_here")) != SHODO_VALUE_NULL)
        return shodo_sheet_printf(s, s->is_ja ? "自院で確認 %s" : "tried here %s", tried);
    return shodo_sheet_printf(
        s, "%s%s: %s",
        date && is_old(s, date, days) ? shodo_sheet_say(s, "要確認 ", "check again ") : "",
        date ? date : "-", models ? models : "");
}

static void keys(struct shodo_sheet *s, const struct shodo_value *data) {
    const int widths[] = {200, 300, 500};
    const struct shodo_value *makers = shodo_value_get(data, "makers");
    shodo_document_heading(
        s->d, 2, shodo_sheet_say(s, "起動メニューのキー", "Key for the list of start devices"));
    shodo_document_paragraph(s->d, shodo_sheet_text(s, data, "unknown"));
    shodo_document_table(
        s->d, "keys", 3, widths,
        (const char *const[]){shodo_sheet_say(s, "メーカー", "Maker"),
                              shodo_sheet_say(s, "キー", "Key"),
                              shodo_sheet_say(s, "確かめた日・機種", "Verified, models")});
    shodo_document_table_small(s->d);
    shodo_auto(shodo_buf) struct shodo_buf others = SHODO_BUF_INIT;
    for (size_t i = 0; i < shodo_value_count(makers); i++) {
        const struct shodo_value *row = shodo_value_at(makers, i);
        const char *key = words(s, row, "boot_menu"),
                   *name = shodo_value_get_str(row, s->is_ja ? "maker_ja" : "maker");
        bool has_key = key &&
                       shodo_value_kind(shodo_value_get(row, "boot_menu")) != SHODO_VALUE_NULL;
        if (!name)
            shodo_sheet_problem(s, "stick/boot-keys.yaml", row, "maker_ja がない行です");
        else if (has_key)
            shodo_document_row(
                s->d,
                (const char *const[]){
                    name, key, origin(s, row, shodo_value_get_int(data, "stale_after_days", 730))});
        else
            shodo_buf_addf(&others, "%s%s", others.len ? shodo_sheet_say(s, "、", ", ") : "", name);
    }
    if (others.len) /* one row, so that the card is one page, and rows for the pen */
        shodo_document_row(s->d,
                           (const char *const[]){shodo_sheet_say(s, "そのほか", "Others"),
                                                 shodo_sheet_say(s, "未確認（試して下に書く）",
                                                                 "not verified: try, write below"),
                                                 shodo_buf_cstr(&others)});
    for (int i = 0; i < PEN_ROWS; i++)
        shodo_document_row(s->d, (const char *const[]){"", "", ""});
}

enum shodo_status shodo_sheet_boot(struct shodo_sheet *s, struct shodo_error *err) {
    const struct shodo_value *steps = shodo_value_get(s->form, "steps"),
                             *failed = shodo_value_get(s->form, "failed");
    const int widths[] = {400, 600};
    (void)err;
    s->d->is_compact = s->d->is_one_page = true;
    shodo_document_field(s->d, "build", shodo_sheet_say(s, "版", "Build"), "", SHODO_FIELD_BY_HAND,
                         "");
    shodo_document_field(s->d, "phrase", shodo_sheet_say(s, "合言葉（6つ）", "Six words"), "",
                         SHODO_FIELD_BY_HAND, "");
    if (shodo_value_kind(steps) != SHODO_VALUE_LIST)
        shodo_sheet_problem(s, s->form_file, s->form, "steps がありません");
    for (size_t i = 0; i < shodo_value_count(steps); i++)
        shodo_document_paragraph(
            s->d,
            shodo_sheet_printf(s, "%zu. %s", i, shodo_sheet_text(s, shodo_value_at(steps, i), "")));
    shodo_document_notice(s->d, shodo_sheet_text(s, s->form, "warning"));
    keys(s, shodo_sheet_file(s, "stick/boot-keys.yaml"));
    shodo_document_heading(s->d, 2,
                           shodo_sheet_say(s, "うまく起動しないとき", "When it does not start"));
    shodo_document_table(s->d, "failed", 2, widths,
                         (const char *const[]){shodo_sheet_say(s, "画面", "Screen"),
                                               shodo_sheet_say(s, "すること", "What to do")});
    shodo_document_table_small(s->d);
    for (size_t i = 0; i < shodo_value_count(failed); i++) {
        const struct shodo_value *row = shodo_value_at(failed, i);
        shodo_document_row(s->d, (const char *const[]){shodo_sheet_text(s, row, "sign"),
                                                       shodo_sheet_text(s, row, "then")});
    }
    shodo_document_row(s->d, (const char *const[]){shodo_sheet_say(s, "プランB", "Plan B"),
                                                   shodo_sheet_text(s, s->form, "plan_b")});
    shodo_document_row(
        s->d, (const char *const[]){shodo_sheet_say(s, "合言葉で分かること", "What the words show"),
                                    shodo_sheet_text(s, s->form, "limit")});
    return SHODO_OK;
}
