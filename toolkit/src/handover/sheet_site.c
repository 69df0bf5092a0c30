/* SPDX-License-Identifier: Apache-2.0 */
/* What is missing or stale in the site profile and the contacts: to be filled in before an
 * incident. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/time.h"
#include "handover/sheet_data.h"

#define DAY_NS (INT64_C(86400) * 1000000000)

static bool has(const struct shodo_value *map, const char *key) {
    const struct shodo_value *v = shodo_value_get(map, key);
    return shodo_value_kind(v) != SHODO_VALUE_NULL &&
           (shodo_value_count(v) > 0 || (shodo_value_str(v) && *shodo_value_str(v)) ||
            shodo_value_kind(v) == SHODO_VALUE_BOOL);
}

/* Where the gap is, for programs, and the line for people. */
static void lacks(struct shodo_sheet *s, const struct shodo_value *at,
                  const struct shodo_site_gap *gap, const char *text) {
    if (s->o->gap)
        s->o->gap(s->o->ctx, gap);
    bool is_contact = strcmp(gap->section, "contacts") == 0;
    shodo_sheet_problem(s, is_contact ? "contacts.yaml" : s->site_file, at, "%s", text);
}

static void want(struct shodo_sheet *s, const char *section, const struct shodo_value *map,
                 const char *key, const char *text) {
    const struct shodo_site_gap gap = {
        .section = section, .index = -1, .field = key, .why = "missing"};
    if (!has(map, key))
        lacks(s, shodo_value_get(map, key) ? shodo_value_get(map, key) : map, &gap, text);
}

static void want_of_row(struct shodo_sheet *s, const char *section, size_t index,
                        const struct shodo_value *row, const char *key, const char *text) {
    const struct shodo_site_gap gap = {
        .section = section, .index = (long)index, .field = key, .why = "missing"};
    if (!has(row, key))
        lacks(s, row, &gap, text);
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
        const struct shodo_site_gap gap = {
            .section = "people", .index = -1, .id = must[k][0], .why = "missing"};
        if (!is_there)
            lacks(
                s, people, &gap,
                shodo_sheet_printf(s, "people に %s（id: %s）がいません", must[k][1], must[k][0]));
    }
    for (size_t i = 0; i < shodo_value_count(people); i++) {
        const struct shodo_value *p = shodo_value_at(people, i);
        want_of_row(s, "people", i, p, "name", "people に名前（name）がない人がいます");
        want_of_row(s, "people", i, p, "phones", "people に電話（phones）がない人がいます");
    }
}

static void check_line(struct shodo_sheet *s, const char *list, size_t i,
                       const struct shodo_value *r) {
    static const char *const keys[][2] = {{"how_to_cut", "切り方"},
                                          {"what_stops", "切ると止まるもの"},
                                          {"may_decide", "決めてよい人"}};
    const char *name = shodo_value_get_str(r, "name");
    name = name ? name : "名前のない線";
    for (size_t m = 0; m < SHODO_ARRAY_SIZE(keys); m++)
        want_of_row(
            s, list, i, r, keys[m][0],
            shodo_sheet_printf(s, "%s に %s（%s）がありません", name, keys[m][1], keys[m][0]));
    if (!has(r, "vendor"))
        return;
    want_of_row(s, list, i, r, "vendor_phone",
                shodo_sheet_printf(s, "%s に業者の電話（vendor_phone）がありません", name));
    if (strcmp(list, "connections") == 0)
        want_of_row(
            s, list, i, r, "vendor_phone_night",
            shodo_sheet_printf(s, "%s に業者の夜間の電話（vendor_phone_night）がありません", name));
}

static void check_lines(struct shodo_sheet *s) {
    static const char *const lists[][2] = {{"connections", "外部接続"},
                                           {"backup_paths", "バックアップの経路"}};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(lists); k++) {
        const struct shodo_value *rows = shodo_value_get(s->site, lists[k][0]);
        const struct shodo_site_gap gap = {.section = lists[k][0], .index = -1, .why = "missing"};
        if (shodo_value_count(rows) == 0)
            lacks(
                s, rows, &gap,
                shodo_sheet_printf(s, "%s（%s）が1本も書かれていません", lists[k][1], lists[k][0]));
        for (size_t i = 0; i < shodo_value_count(rows); i++)
            check_line(s, lists[k][0], i, shodo_value_at(rows, i));
    }
}

/* A number of its own, or one among the channels (as tables from Excel are taken over). */
static bool has_number(const struct shodo_value *row) {
    const struct shodo_value *list = shodo_value_get(row, "channels");
    bool any = has(row, "phone");
    for (size_t i = 0; i < shodo_value_count(list) && !any; i++) {
        const struct shodo_value *c = shodo_value_at(list, i);
        const char *kind = shodo_value_get_str(c, "kind");
        any = kind && strcmp(kind, "phone") == 0 && has(c, "value");
    }
    return any;
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
        bool has_phone = has_number(found);
        const struct shodo_site_gap gap = {.section = "contacts",
                                           .index = -1,
                                           .id = must[k][0],
                                           .field = has_phone ? "verification" : "phone",
                                           .why = !has_phone ? "missing"
                                                  : date     ? "old"
                                                             : "undated"};
        if (!has_phone)
            lacks(s, found, &gap,
                  shodo_sheet_printf(s, "%s の電話を公式サイトで確認して書いてください（id: %s）",
                                     must[k][1], must[k][0]));
        else if (!date || is_old(s, date, stale))
            lacks(s, found, &gap,
                  shodo_sheet_printf(s, "%s の電話は%s。公式サイトで確かめてください", must[k][1],
                                     date ? "確認から1年を過ぎています" : "確認日がありません"));
    }
}

/* The folder of the profile: the contacts lie beside it. */
static void open_beside(struct shodo_sheet *s) {
    const char *slash = strrchr(s->site_file, '/');
    const char *folder = slash ? shodo_sheet_printf(s, "%.*s", (int)(slash - s->site_file) + 1,
                                                    s->site_file)
                               : ".";
    if (s->dir.site_fd < 0 &&
        shodo_io_open_dir(&s->dir.site_fd, AT_FDCWD, folder, NULL) == SHODO_OK)
        s->site_contacts = shodo_sheet_parse_file(s, s->dir.site_fd, "contacts.yaml",
                                                  "contacts.yaml");
}

/* Certificates that were taken are files in recipients/. */
static bool has_certificate(const struct shodo_sheet *s) {
    int fd = -1;
    bool any = false;
    if (s->dir.site_fd < 0 ||
        shodo_io_open_dir(&fd, s->dir.site_fd, "recipients", NULL) != SHODO_OK)
        return false;
    DIR *d = fdopendir(fd);
    for (struct dirent *e; d && !any && (e = readdir(d)) != NULL;) {
        size_t n = strlen(e->d_name);
        any = e->d_name[0] != '.' && n > 4 && strcmp(e->d_name + n - 4, ".pem") == 0;
    }
    if (d)
        closedir(d);
    else
        shodo_io_close(&fd);
    return any;
}

static void check_profile(struct shodo_sheet *s) {
    const struct shodo_value *hospital = shodo_value_get(s->site, "hospital"),
                             *big = shodo_value_get(s->site, "big_cut");
    const char *updated = shodo_value_get_str(s->site, "updated");
    const struct shodo_site_gap stale = {
        .section = "updated", .index = -1, .why = updated ? "old" : "missing"};
    want(s, "hospital", hospital, "name", "病院名（hospital.name）がありません");
    want(s, "hospital", hospital, "address", "所在地（hospital.address）がありません");
    want(s, "hospital", hospital, "role", "役割（hospital.role）がありません");
    want(s, "hospital", hospital, "corporate_number",
         "法人番号（hospital.corporate_number）がありません。報告に要ります");
    if (!updated || is_old(s, updated, 365))
        lacks(s, shodo_value_get(s->site, "updated"), &stale,
              updated ? "更新日（updated）が1年より前です" : "更新日（updated）がありません");
    check_people(s);
    check_lines(s);
    want(s, "big_cut", big, "how_to_cut", "外部を全部切る場所（big_cut.how_to_cut）がありません");
    want(s, "decisions", s->site, "decisions", "だれが決めるか（decisions）がありません");
    want(s, "insurance", shodo_value_get(s->site, "insurance"), "policy",
         "保険の証券番号（insurance.policy）がありません");
    if (!has_certificate(s))
        want(s, "recipients", s->site, "recipients",
             "証拠を渡す相手の鍵（recipients）がありません");
    check_contacts(s);
}

enum shodo_status shodo_sheet_site_check(const struct shodo_sheet_options *o, size_t *ret,
                                         struct shodo_error *err) {
    static const struct shodo_sheet_kind none = {.name = "contact", .alias = "", .form = ""};
    shodo_auto(shodo_document) struct shodo_document d;
    shodo_document_init(&d, "site", "site", true);
    shodo_auto(shodo_sheet) struct shodo_sheet s;
    enum shodo_status st = shodo_sheet_open(&s, &none, o, &d, err);
    if (st == SHODO_OK && s.site) {
        open_beside(&s);
        check_profile(&s);
    }
    *ret = s.problems.count;
    return st;
}
