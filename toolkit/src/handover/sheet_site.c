/* SPDX-License-Identifier: Apache-2.0 */
/* What is missing or stale in the site profile and the contacts: to be filled in before an
 * incident. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "handover/sheet_data.h"

#define DAY_NS (INT64_C(86400) * 1000000000)

static bool has(const struct shodo_value *map, const char *key) {
    const struct shodo_value *v = shodo_value_get(map, key);
    return shodo_value_kind(v) != SHODO_VALUE_NULL &&
           (shodo_value_count(v) > 0 || (shodo_value_str(v) && *shodo_value_str(v)) ||
            shodo_value_kind(v) == SHODO_VALUE_BOOL);
}

static void want(struct shodo_sheet *s, const struct shodo_value *map, const char *key,
                 const char *text) {
    if (!has(map, key))
        shodo_sheet_problem(s, s->site_file,
                            shodo_value_get(map, key) ? shodo_value_get(map, key) : map, "%s",
                            text);
}

static bool is_old(const struct shodo_sheet *s, const char *date, int64_t days) {
    char text[32];
    int64_t t = 0;
    snprintf(text, sizeof text, "%.10sT00:00:00Z", date);
    return !shodo_time_parse(text, strlen(text), &t) ||
           (s->now > t && (s->now - t) / DAY_NS > days);
}

static void check_people(struct shodo_sheet *s) {
    static const char *const must[][2] = {{"director", "病院長"},
                                          {"security", "安全管理責任者"},
                                          {"it", "システム担当"},
                                          {"nurse-head", "看護部長（夜は管理当直）"},
                                          {"me", "臨床工学技士"}};
    const struct shodo_value *people = shodo_value_get(s->site, "people");
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(must); k++) {
        bool is_there = false;
        for (size_t i = 0; i < shodo_value_count(people); i++) {
            const char *id = shodo_value_get_str(shodo_value_at(people, i), "id");
            is_there = is_there || (id && strcmp(id, must[k][0]) == 0);
        }
        if (!is_there)
            shodo_sheet_problem(s, s->site_file, people, "people に %s（id: %s）がいません",
                                must[k][1], must[k][0]);
    }
    for (size_t i = 0; i < shodo_value_count(people); i++) {
        const struct shodo_value *p = shodo_value_at(people, i);
        want(s, p, "name", "people に名前（name）がない人がいます");
        want(s, p, "phones", "people に電話（phones）がない人がいます");
    }
}

static void check_lines(struct shodo_sheet *s) {
    static const char *const lists[][2] = {{"connections", "外部接続"},
                                           {"backup_paths", "バックアップの経路"}};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(lists); k++) {
        const struct shodo_value *rows = shodo_value_get(s->site, lists[k][0]);
        if (shodo_value_count(rows) == 0)
            shodo_sheet_problem(s, s->site_file, rows, "%s（%s）が1本も書かれていません",
                                lists[k][1], lists[k][0]);
        for (size_t i = 0; i < shodo_value_count(rows); i++) {
            const struct shodo_value *r = shodo_value_at(rows, i);
            const char *name = shodo_value_get_str(r, "name");
            static const char *const keys[][2] = {{"how_to_cut", "切り方"},
                                                  {"what_stops", "切ると止まるもの"},
                                                  {"may_decide", "決めてよい人"}};
            for (size_t m = 0; m < SHODO_ARRAY_SIZE(keys); m++)
                if (!has(r, keys[m][0]))
                    shodo_sheet_problem(s, s->site_file, r, "%s に %s（%s）がありません",
                                        name ? name : "名前のない線", keys[m][1], keys[m][0]);
            if (has(r, "vendor") && !has(r, "vendor_phone"))
                shodo_sheet_problem(s, s->site_file, r,
                                    "%s に業者の電話（vendor_phone）がありません",
                                    name ? name : "名前のない線");
            if (k == 0 && has(r, "vendor") && !has(r, "vendor_phone_night"))
                shodo_sheet_problem(s, s->site_file, r,
                                    "%s に業者の夜間の電話（vendor_phone_night）がありません",
                                    name ? name : "名前のない線");
        }
    }
}

static void check_contacts(struct shodo_sheet *s) {
    static const char *const must[][2] = {{"mhlw", "厚生労働省"},
                                          {"police", "警察"},
                                          {"prefecture", "都道府県"},
                                          {"insurer", "保険会社"}};
    const struct shodo_value *rows = shodo_value_get(s->site_contacts, "contacts");
    int64_t stale = shodo_value_get_int(s->contacts, "stale_after_days", 365);
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(must); k++) {
        const struct shodo_value *found = NULL;
        for (size_t i = 0; i < shodo_value_count(rows); i++) {
            const char *id = shodo_value_get_str(shodo_value_at(rows, i), "id");
            found = id && strcmp(id, must[k][0]) == 0 ? shodo_value_at(rows, i) : found;
        }
        const char *date = shodo_value_get_str(shodo_value_get(found, "verification"), "date");
        if (!found || !has(found, "phone"))
            shodo_sheet_problem(s, "contacts.yaml", found,
                                "%s の電話を公式サイトで確認して書いてください（id: %s）",
                                must[k][1], must[k][0]);
        else if (!date || is_old(s, date, stale))
            shodo_sheet_problem(s, "contacts.yaml", found,
                                "%s の電話は%s。公式サイトで確かめてください", must[k][1],
                                date ? "確認から1年を過ぎています" : "確認日がありません");
    }
}

enum shodo_status shodo_sheet_site_check(const struct shodo_sheet_options *o, size_t *ret,
                                         struct shodo_error *err) {
    static const struct shodo_sheet_kind none = {.name = "contact", .alias = "", .form = ""};
    shodo_auto(shodo_document) struct shodo_document d;
    shodo_document_init(&d, "site", "site", true);
    shodo_auto(shodo_sheet) struct shodo_sheet s;
    enum shodo_status st = shodo_sheet_open(&s, &none, o, &d, err);
    if (st == SHODO_OK && s.site) {
        const struct shodo_value *hospital = shodo_value_get(s.site, "hospital"),
                                 *big = shodo_value_get(s.site, "big_cut");
        const char *updated = shodo_value_get_str(s.site, "updated");
        want(&s, hospital, "name", "病院名（hospital.name）がありません");
        want(&s, hospital, "address", "所在地（hospital.address）がありません");
        want(&s, hospital, "role", "役割（hospital.role）がありません");
        want(&s, hospital, "corporate_number",
             "法人番号（hospital.corporate_number）がありません。報告に要ります");
        if (!updated || is_old(&s, updated, 365))
            shodo_sheet_problem(&s, s.site_file, shodo_value_get(s.site, "updated"),
                                "更新日（updated）が%s", updated ? "1年より前です" : "ありません");
        check_people(&s);
        check_lines(&s);
        want(&s, big, "how_to_cut", "外部を全部切る場所（big_cut.how_to_cut）がありません");
        want(&s, s.site, "decisions", "だれが決めるか（decisions）がありません");
        want(&s, shodo_value_get(s.site, "insurance"), "policy",
             "保険の証券番号（insurance.policy）がありません");
        want(&s, s.site, "recipients", "証拠を渡す相手の鍵（recipients）がありません");
        check_contacts(&s);
    }
    *ret = s.problems.count;
    return st;
}
