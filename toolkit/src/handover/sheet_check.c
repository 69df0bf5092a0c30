/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shape of the data that the sheets are made of: contacts, forms, disclosure rules. Whoever
 * edits them on a stick gets file, line and what is wrong in Japanese; the sheet is made all the
 * same, with what is wrong marked. YAML itself is checked where it is read (sheet_data.c).
 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "handover/sheet_data.h"

static bool is_null(const struct shodo_value *v) {
    return shodo_value_kind(v) == SHODO_VALUE_NULL;
}

/* A word or number, no list and no map. */
static bool is_plain(const struct shodo_value *v) {
    return !is_null(v) && shodo_value_kind(v) != SHODO_VALUE_LIST &&
           shodo_value_kind(v) != SHODO_VALUE_MAP;
}

static const char *plain(const struct shodo_value *map, const char *key) {
    const struct shodo_value *v = shodo_value_get(map, key);
    return is_plain(v) && shodo_value_str(v) && *shodo_value_str(v) ? shodo_value_str(v) : NULL;
}

/* `what` is a list of words without a blank, separated by blanks. */
static bool is_one_of(const char *word, const char *what) {
    size_t n = word ? strlen(word) : 0;
    for (const char *p = what; n && *p; p += strcspn(p, " "), p += strspn(p, " "))
        if (strcspn(p, " ") == n && memcmp(p, word, n) == 0)
            return true;
    return false;
}

/* ---- contacts ---- */

static bool is_date(const char *text) {
    char full[32];
    int64_t t = 0;
    snprintf(full, sizeof full, "%.10sT00:00:00Z", text ? text : "");
    return text && strlen(text) == 10 && shodo_time_parse(full, strlen(full), &t);
}

static bool is_hours(const char *text) {
    unsigned h1 = 0, m1 = 0, h2 = 0, m2 = 0;
    char rest = 0;
    if (is_one_of(text, "24h closed"))
        return true;
    return sscanf(text, "%2u:%2u-%2u:%2u%c", &h1, &m1, &h2, &m2, &rest) == 4 && h1 <= 24 &&
           h2 <= 24 && m1 < 60 && m2 < 60;
}

static void check_channels(struct shodo_sheet *s, const char *file, const struct shodo_value *row) {
    const struct shodo_value *list = shodo_value_get(row, "channels");
    if (!is_null(list) && shodo_value_kind(list) != SHODO_VALUE_LIST) {
        shodo_sheet_problem(s, file, list, "channels が一覧（- の並び）ではありません");
        return;
    }
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *c = shodo_value_at(list, i), *v = shodo_value_get(c, "value");
        if (!is_one_of(plain(c, "kind"), "phone mail web visit"))
            shodo_sheet_problem(s, file, c,
                                "channels の kind は phone、mail、web、visit のどれかです");
        else if (!is_null(v) && !is_plain(v))
            shodo_sheet_problem(s, file, v, "番号（value）は1つずつ書きます");
    }
}

static void check_contact(struct shodo_sheet *s, const char *file, const struct shodo_value *row) {
    static const char *const days[] = {"weekday", "saturday", "holiday"};
    const struct shodo_value *hours = shodo_value_get(row, "hours"),
                             *order = shodo_value_get(row, "order"),
                             *phone = shodo_value_get(row, "phone"),
                             *v = shodo_value_get(row, "verification"),
                             *date = shodo_value_get(v, "date");
    if (!is_null(order) && shodo_value_int(order, INT64_MIN) == INT64_MIN)
        shodo_sheet_problem(s, file, order, "順番（order）が数ではありません");
    if (!is_null(phone) && !is_plain(phone))
        shodo_sheet_problem(s, file, phone, "電話（phone）は番号を1つだけ書きます");
    if (!is_null(hours) && shodo_value_kind(hours) != SHODO_VALUE_MAP)
        shodo_sheet_problem(s, file, hours,
                            "受付時間（hours）は weekday・saturday・holiday の形です");
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(days); i++) {
        const struct shodo_value *h = shodo_value_get(hours, days[i]);
        if (!is_null(h) && (!is_plain(h) || !shodo_value_str(h) || !is_hours(shodo_value_str(h))))
            shodo_sheet_problem(
                s, file, h, "受付時間 %s は \"08:30-17:15\"、24h、closed のどれかです", days[i]);
    }
    if (!is_null(v) && shodo_value_kind(v) != SHODO_VALUE_MAP)
        shodo_sheet_problem(s, file, v, "確認（verification）は date・by・method の形です");
    if (!is_null(date) && !is_date(plain(v, "date")))
        shodo_sheet_problem(
            s, file, date,
            "確認日（date）は 2026-11-22 の形の、ある日付です。要確認として扱いました");
    check_channels(s, file, row);
}

const struct shodo_value *shodo_sheet_contact_row(const struct shodo_value *root, const char *id) {
    const struct shodo_value *rows = shodo_value_get(root, "contacts");
    for (size_t i = 0; id && i < shodo_value_count(rows); i++) {
        const char *name = plain(shodo_value_at(rows, i), "id");
        if (name && strcmp(name, id) == 0)
            return shodo_value_at(rows, i);
    }
    return NULL;
}

void shodo_sheet_check_contacts(struct shodo_sheet *s, const char *file,
                                const struct shodo_value *root) {
    const struct shodo_value *rows = shodo_value_get(root, "contacts");
    if (root && shodo_value_kind(rows) != SHODO_VALUE_LIST)
        shodo_sheet_problem(s, file, rows ? rows : root,
                            "contacts が一覧（- の並び）ではありません。この資料は使えません");
    for (size_t i = 0; i < shodo_value_count(rows); i++) {
        const struct shodo_value *row = shodo_value_at(rows, i);
        const char *id = plain(row, "id");
        const struct shodo_value *same = shodo_sheet_contact_row(root, id);
        bool has_name = *shodo_sheet_text(s, row, "name") ||
                        (root != s->contacts && shodo_sheet_contact_row(s->contacts, id));
        if (shodo_value_kind(row) != SHODO_VALUE_MAP)
            shodo_sheet_problem(s, file, row, "連絡先が「名前: 値」の形ではありません");
        else if (!id || !has_name)
            shodo_sheet_problem(s, file, row, "連絡先に %s がありません", id ? "name_ja" : "id");
        else if (same != row)
            shodo_sheet_problem(s, file, row, "連絡先 '%s' が2つあります（%u行目にも）", id,
                                shodo_value_line(same));
        check_contact(s, file, row);
    }
}

/* ---- forms ---- */

static bool is_known_class(const struct shodo_sheet *s, const char *name) {
    const struct shodo_value *rows = shodo_value_get(s->disclosure, "classes");
    for (size_t i = 0; i < shodo_value_count(rows); i++) {
        const char *id = plain(shodo_value_at(rows, i), "id");
        if (id && strcmp(id, name) == 0)
            return true;
    }
    return shodo_value_count(rows) == 0; /* no list to compare with */
}

static bool has_good_choices(const struct shodo_sheet *s, const struct shodo_value *field) {
    const struct shodo_value *list = shodo_value_get(field, "choices");
    bool is_choice = is_one_of(plain(field, "type"), "choice multi");
    if (is_null(list) && !is_choice)
        return true;
    if (shodo_value_kind(list) != SHODO_VALUE_LIST || shodo_value_count(list) == 0)
        return false;
    for (size_t i = 0; i < shodo_value_count(list); i++)
        if (!plain(shodo_value_at(list, i), "value") ||
            !plain(shodo_value_at(list, i), s->is_ja ? "ja" : "en"))
            return false;
    return true;
}

const char *shodo_sheet_field_defect(struct shodo_sheet *s, const struct shodo_value *field,
                                     bool *ret_hides) {
    const char *class_name = plain(field, "class"), *type = plain(field, "type");
    *ret_hides = !class_name || !is_known_class(s, class_name);
    if (shodo_value_kind(field) != SHODO_VALUE_MAP)
        return "欄が「名前: 値」の形ではありません";
    if (!plain(field, "id"))
        return "欄に id がありません";
    if (!*shodo_sheet_text(s, field, "label"))
        return "欄に label_ja がありません";
    if (!class_name)
        return "欄に class がありません";
    if (*ret_hides)
        return shodo_sheet_printf(
            s, "欄の class '%s' は disclosure/rules.yaml にありません。値は載せませんでした",
            class_name);
    if (!plain(field, "source"))
        return "欄に source がありません";
    if (!is_one_of(type, "text longtext date datetime number choice multi person phone table"))
        return shodo_sheet_printf(s, "欄の種類（type）'%s' は使えません", type ? type : "");
    if (!has_good_choices(s, field))
        return "選択肢（choices）は {value, ja, en} の一覧です";
    if (!is_null(shodo_value_get(field, "from")) && !plain(field, "from"))
        return "値の出所（from）が名前ではありません";
    return NULL;
}

/* ---- disclosure ---- */

void shodo_sheet_check_disclosure(struct shodo_sheet *s) {
    static const char file[] = "disclosure/rules.yaml";
    static const char *const lists[] = {"shows", "masks", "never"};
    const struct shodo_value *sheets = shodo_value_get(s->disclosure, "sheets"),
                             *row = shodo_value_get(sheets, s->kind->name);
    if (shodo_value_kind(row) != SHODO_VALUE_MAP) {
        shodo_sheet_problem(s, file, row ? row : sheets,
                            "sheets に %s の行がありません。一般（general）の欄だけを載せました",
                            s->kind->name);
        return;
    }
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(lists); i++) {
        const struct shodo_value *list = shodo_value_get(row, lists[i]);
        if (!is_null(list) && shodo_value_kind(list) != SHODO_VALUE_LIST)
            shodo_sheet_problem(s, file, list, "%s の %s が一覧（[ ]）ではありません",
                                s->kind->name, lists[i]);
        for (size_t k = 0; k < shodo_value_count(list); k++) {
            const char *name = shodo_value_str(shodo_value_at(list, k));
            if (!name || !is_known_class(s, name))
                shodo_sheet_problem(s, file, shodo_value_at(list, k),
                                    "%s の %s にある '%s' は classes にありません", s->kind->name,
                                    lists[i], name ? name : "");
        }
    }
}
