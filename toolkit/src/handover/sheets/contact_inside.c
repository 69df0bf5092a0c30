/* SPDX-License-Identifier: Apache-2.0 */
/* The contact sheet: the hospital's own people, and the vendors of its lines and systems. */
#include <string.h>

#include "handover/sheet_data.h"

static const char *hours_word(const struct shodo_sheet *s, const char *hours) {
    static const char *const words[][3] = {{"24h", "24時間", "24h"},
                                           {"weekday", "平日の昼", "weekdays"},
                                           {"night", "夜間", "night"},
                                           {"oncall", "呼出し", "on call"},
                                           {"holiday", "休日", "holidays"}};
    for (size_t i = 0; hours && i < SHODO_ARRAY_SIZE(words); i++)
        if (strcmp(words[i][0], hours) == 0)
            return words[i][s->is_ja ? 1 : 2];
    return hours ? hours : "";
}

void shodo_sheet_people(struct shodo_sheet *s, size_t from, size_t to) {
    const int widths[] = {250, 150, 230, 100, 270};
    const char *const head[] = {
        shodo_sheet_say(s, "役割", "Role"), shodo_sheet_say(s, "名前", "Name"),
        shodo_sheet_say(s, "電話", "Telephone"), shodo_sheet_say(s, "時間", "Hours"),
        shodo_sheet_say(s, "代理・かけた時刻と返事", "Deputy; time and answer")};
    const struct shodo_value *rows = shodo_value_get(s->site, "people");
    if (from > 0 && from >= shodo_value_count(rows))
        return;
    shodo_document_heading(s->d, 2,
                           from ? shodo_sheet_say(s, "院内（続き）", "Inside (more)")
                                : shodo_sheet_say(s, "院内", "Inside"));
    shodo_document_table(s->d, from ? "people-more" : "people", 5, widths, head);
    shodo_document_table_small(s->d);
    for (size_t i = from; i < shodo_value_count(rows) && i < to; i++) {
        const struct shodo_value *p = shodo_value_at(rows, i),
                                 *phones = shodo_value_get(p, "phones");
        const char *role = shodo_sheet_text(s, p, "role"), *hours = shodo_value_get_str(p, "hours"),
                   *deputy = shodo_value_get_str(p, "deputy_of");
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        for (size_t k = 0; k < shodo_value_count(phones); k++)
            shodo_buf_addf(&b, "%s%s", k ? " / " : "",
                           shodo_value_str(shodo_value_at(phones, k))
                               ? shodo_value_str(shodo_value_at(phones, k))
                               : "");
        bool is_deputy = deputy &&
                         shodo_value_kind(shodo_value_get(p, "deputy_of")) != SHODO_VALUE_NULL;
        const char *of = is_deputy ? shodo_sheet_resolve(
                                         s, shodo_sheet_printf(s, "site.people.%s", deputy), NULL)
                                         .text
                                   : "";
        shodo_document_row(
            s->d,
            (const char *const[]){
                role, shodo_sheet_text(s, p, "name"), shodo_buf_cstr(&b), hours_word(s, hours),
                *of ? shodo_sheet_printf(s, s->is_ja ? "%s の代理" : "deputy of %s", of) : ""});
    }
    static const char *const roles[][2] = {{"病院長", "director"},
                                           {"医療情報システム安全管理責任者", "security manager"},
                                           {"事務長", "office manager"},
                                           {"システム担当", "IT"},
                                           {"看護部長・管理当直", "head nurse, night duty"},
                                           {"臨床工学技士", "clinical engineer"}};
    for (size_t i = 0; shodo_value_count(rows) == 0 && i < SHODO_ARRAY_SIZE(roles); i++)
        shodo_document_row(s->d, (const char *const[]){roles[i][s->is_ja ? 0 : 1], "", "", "", ""});
}

struct vendor_row {
    const char *what, *vendor, *phones;
};

static size_t vendor_rows(struct shodo_sheet *s, struct vendor_row *out) {
    static const char *const lists[] = {"connections", "backup_paths", "systems"};
    size_t n = 0;
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(lists); k++) {
        const struct shodo_value *rows = shodo_value_get(s->site, lists[k]);
        for (size_t i = 0; i < shodo_value_count(rows) && n < SHODO_SHEET_CONTACTS_MAX; i++) {
            const struct shodo_value *r = shodo_value_at(rows, i);
            const char *vendor = shodo_value_get_str(r, "vendor"),
                       *day = shodo_value_get_str(r, "vendor_phone"),
                       *night = shodo_value_get_str(r, "vendor_phone_night");
            if (!vendor || shodo_value_kind(shodo_value_get(r, "vendor")) == SHODO_VALUE_NULL)
                continue;
            if (k == 2) { /* a system: only when its vendor has no line above */
                bool is_known = false;
                for (size_t m = 0; m < n; m++)
                    is_known = is_known || strcmp(out[m].vendor, vendor) == 0;
                if (is_known)
                    continue;
            }
            bool has_day = day &&
                           shodo_value_kind(shodo_value_get(r, "vendor_phone")) != SHODO_VALUE_NULL,
                 has_night = night && shodo_value_kind(shodo_value_get(r, "vendor_phone_night")) !=
                                          SHODO_VALUE_NULL;
            out[n++] = (struct vendor_row){
                .what = shodo_sheet_text(s, r, "name"),
                .vendor = vendor,
                .phones = shodo_sheet_printf(s, "%s / %s", has_day ? day : "＿＿＿＿＿",
                                             has_night ? night : "＿＿＿＿＿")};
        }
    }
    const struct shodo_value *insurance = shodo_value_get(s->site, "insurance");
    if (shodo_value_get_str(insurance, "company") && n < SHODO_SHEET_CONTACTS_MAX) {
        const char *phone = shodo_value_get_str(insurance, "phone");
        out[n++] = (struct vendor_row){.what = shodo_sheet_say(s, "保険", "insurance"),
                                       .vendor = shodo_value_get_str(insurance, "company"),
                                       .phones = phone ? phone : ""};
    }
    return n;
}

void shodo_sheet_vendors(struct shodo_sheet *s, size_t from, size_t to) {
    struct vendor_row rows[SHODO_SHEET_CONTACTS_MAX];
    const int widths[] = {260, 240, 260, 240};
    const char *const head[] = {shodo_sheet_say(s, "線・システム", "Line, system"),
                                shodo_sheet_say(s, "事業者", "Vendor"),
                                shodo_sheet_say(s, "電話（昼／夜）", "Telephone (day / night)"),
                                shodo_sheet_say(s, "時刻・相手・返事", "Time, name, answer")};
    size_t n = vendor_rows(s, rows);
    if (from > 0 && from >= n)
        return;
    shodo_document_heading(s->d, 2,
                           from ? shodo_sheet_say(s, "事業者（続き）", "Vendors (more)")
                                : shodo_sheet_say(s, "事業者（疑いの段階で、すぐに）",
                                                  "Vendors (at once, on suspicion)"));
    shodo_document_table(s->d, from ? "vendors-more" : "vendors", 4, widths, head);
    shodo_document_table_small(s->d);
    for (size_t i = from; i < n && i < to; i++)
        shodo_document_row(s->d,
                           (const char *const[]){rows[i].what, rows[i].vendor, rows[i].phones, ""});
    /* without a site profile: whom to look for, the rest is written by hand */
    static const char *const usual[][2] = {
        {"電子カルテ・部門システム", "EMR and department systems"},
        {"ネットワーク・VPN・回線", "network, VPN, lines"},
        {"医療機器", "medical devices"},
        {"検査・給食・そのほか", "laboratory, catering, others"}};
    const char *blank = n == 0 ? shodo_sheet_say(s, "＿＿＿（契約書か機器の札）",
                                                 "______ (contract or tag)")
                               : "";
    for (size_t i = n; from == 0 && i < SHODO_ARRAY_SIZE(usual); i++)
        shodo_document_row(
            s->d, (const char *const[]){n == 0 ? usual[i][s->is_ja ? 0 : 1] : "", "", blank, ""});
}
