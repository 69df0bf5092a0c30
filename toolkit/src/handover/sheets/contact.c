/* SPDX-License-Identifier: Apache-2.0 */
/* Who to call: own people, vendors, authorities; in the order of who can be reached now. A number
 * is printed only when the data file or the hospital has it; only a row that the hospital has
 * verified gets a code to dial from. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "handover/sheet_data.h"

#define DAY_NS        (INT64_C(86400) * 1000000000)
#define NO_CALL_ORDER 90 /* from here on nobody is called in the first hours */
#define PEOPLE_FIRST  7  /* of the hospital, on the first page */
#define VENDORS_FIRST 5

struct contact {
    const struct shodo_value *row, *own; /* own: the site's row of the same id */
    int64_t rank;
};

static const struct shodo_value *get(const struct contact *c, const char *key) {
    const struct shodo_value *v = shodo_value_get(c->own, key);
    return v ? v : shodo_value_get(c->row, key);
}

/* "06:00-21:00" against minutes of the day. */
static bool is_open(const char *hours, int minute) {
    unsigned h1 = 0, m1 = 0, h2 = 0, m2 = 0;
    if (!hours)
        return false;
    if (strcmp(hours, "24h") == 0)
        return true;
    return sscanf(hours, "%2u:%2u-%2u:%2u", &h1, &m1, &h2, &m2) == 4 &&
           minute >= (int)(h1 * 60 + m1) && minute < (int)(h2 * 60 + m2);
}

/* Day time on a weekday: the given order. Else those who answer now come first. */
static int64_t rank(const struct shodo_sheet *s, const struct contact *c) {
    struct shodo_civil t;
    shodo_time_to_civil(s->now, s->offset_min, &t);
    int minute = t.hour * 60 + t.minute;
    bool is_weekend = t.weekday == 0 || t.weekday == 6;
    int64_t order = shodo_value_int(get(c, "order"), 1000);
    const char *hours = shodo_value_get_str(get(c, "hours"), t.weekday == 0   ? "holiday"
                                                             : t.weekday == 6 ? "saturday"
                                                                              : "weekday");
    bool is_day = !is_weekend && minute >= 8 * 60 + 30 && minute < 17 * 60 + 15;
    if (s->is_blank || is_day || is_open(hours, minute) ||
        shodo_value_bool(get(c, "urgent_now"), false))
        return order;
    return order + 10000;
}

static size_t collect(struct shodo_sheet *s, struct contact *out) {
    const struct shodo_value *rows = shodo_value_get(s->contacts, "contacts"),
                             *own = shodo_value_get(s->site_contacts, "contacts");
    size_t n = 0;
    for (size_t i = 0; i < shodo_value_count(rows) && n < SHODO_SHEET_CONTACTS_MAX; i++) {
        const struct shodo_value *r = shodo_value_at(rows, i);
        const char *id = shodo_value_get_str(r, "id");
        out[n++] = (struct contact){.row = r, .own = shodo_sheet_contact_row(s->site_contacts, id)};
    }
    for (size_t i = 0; i < shodo_value_count(own) && n < SHODO_SHEET_CONTACTS_MAX; i++) {
        const struct shodo_value *r = shodo_value_at(own, i);
        bool is_known = false;
        for (size_t k = 0; k < n; k++)
            is_known = is_known || out[k].own == r;
        if (!is_known)
            out[n++] = (struct contact){.row = r, .own = r};
    }
    for (size_t i = 0; i < n; i++)
        out[i].rank = rank(s, &out[i]);
    for (size_t i = 1; i < n; i++) { /* stable: rows keep their order */
        for (size_t k = i; k > 0 && out[k].rank < out[k - 1].rank; k--) {
            struct contact t = out[k];
            out[k] = out[k - 1];
            out[k - 1] = t;
        }
    }
    return n;
}

static bool is_stale(const struct shodo_sheet *s, const char *date) {
    int64_t t = 0;
    char text[32];
    if (!date)
        return false;
    snprintf(text, sizeof text, "%.10sT00:00:00Z", date);
    int64_t days = shodo_value_get_int(s->contacts, "stale_after_days", 365);
    return !shodo_time_parse(text, strlen(text), &t) ||
           (s->now > t && (s->now - t) / DAY_NS > days);
}

static const char *name_of(struct shodo_sheet *s, const struct contact *c) {
    const char *name = shodo_sheet_text(s, c->row, "name");
    return *name ? name
                 : shodo_sheet_say(s, "（名前なし。連絡先の資料を直す）",
                                   "(no name: correct the data of the contacts)");
}

static const char *channels(struct shodo_sheet *s, const struct contact *c) {
    const struct shodo_value *list = get(c, "channels");
    const char *own_phone = shodo_value_get_str(c->own, "phone"),
               *id = shodo_value_get_str(c->row, "id");
    if (!own_phone && id && strcmp(id, "insurer") == 0)
        own_phone = shodo_value_get_str(shodo_value_get(s->site, "insurance"), "phone");
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (own_phone)
        shodo_buf_addf(&b, "%s", own_phone);
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *ch = shodo_value_at(list, i);
        const char *value = shodo_value_get_str(ch, "value"),
                   *note = shodo_sheet_text(s, ch, "note"), *kind = shodo_value_get_str(ch, "kind");
        if (shodo_value_kind(shodo_value_get(ch, "value")) == SHODO_VALUE_NULL)
            value = NULL;
        if (!value && own_phone && kind && strcmp(kind, "phone") == 0)
            continue;
        shodo_buf_addf(&b, "%s%s %s", b.len ? "\n" : "", value ? value : "＿＿＿＿＿＿", note);
    }
    const char *hours = shodo_sheet_text(s, c->own ? c->own : c->row, "hours_note");
    if (!*hours)
        hours = shodo_sheet_text(s, c->row, "hours_note");
    if (*hours)
        shodo_buf_addf(&b, "\n%s", hours);
    return shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b));
}

static const char *verified(struct shodo_sheet *s, const struct contact *c) {
    const struct shodo_value *v = get(c, "verification");
    const char *date = shodo_value_get_str(v, "date"), *by = shodo_value_get_str(v, "by"),
               *how = shodo_value_get_str(v, "method");
    const char *seen = shodo_value_get_str(c->row, "last_verified");
    const char *basis = shodo_sheet_text(s, c->row, "legal_basis");
    if (date && shodo_value_kind(shodo_value_get(v, "date")) != SHODO_VALUE_NULL)
        return shodo_sheet_printf(
            s, s->is_ja ? "%s\n確認 %s %s %s%s" : "%s\nverified %s %s %s%s", basis, date,
            by ? by : "", how ? how : "",
            is_stale(s, date)
                ? shodo_sheet_say(s, "\n要確認（1年より前）", "\nto be checked (over a year)")
                : "");
    return shodo_sheet_printf(s,
                              s->is_ja ? "%s\n要確認（出典 %s） 確認日・者・方法＿＿"
                                       : "%s\nto be checked (seen %s)\non __ by __ how __",
                              basis, seen ? seen : "-");
}

/* The number to dial: the hospital's own, else one that was read in an official page; a line for
 * the pen otherwise. */
static const char *number(struct shodo_sheet *s, const struct contact *c) {
    const struct shodo_value *list = get(c, "channels");
    const char *own = shodo_value_kind(shodo_value_get(c->own, "phone")) == SHODO_VALUE_NULL
                          ? NULL
                          : shodo_value_get_str(c->own, "phone"),
               *id = shodo_value_get_str(c->row, "id");
    bool has_phone = false;
    if (!own && id && strcmp(id, "insurer") == 0)
        own = shodo_value_get_str(shodo_value_get(s->site, "insurance"), "phone");
    if (own)
        return own;
    if (shodo_value_count(shodo_value_get(c->own, "phone")) > 0)
        return shodo_sheet_say(s, "＿＿＿＿＿（連絡先の資料を直す）",
                               "___________ (correct the data)");
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *ch = shodo_value_at(list, i);
        const char *kind = shodo_value_get_str(ch, "kind"),
                   *value = shodo_value_get_str(ch, "value");
        bool is_phone = kind && strcmp(kind, "phone") == 0;
        has_phone = has_phone || is_phone;
        if (is_phone && value && shodo_value_kind(shodo_value_get(ch, "value")) != SHODO_VALUE_NULL)
            return value;
    }
    for (size_t i = 0; !has_phone && i < shodo_value_count(list); i++) {
        const char *value = shodo_value_get_str(shodo_value_at(list, i), "value");
        if (value &&
            shodo_value_kind(shodo_value_get(shodo_value_at(list, i), "value")) != SHODO_VALUE_NULL)
            return value;
    }
    return has_phone
               ? shodo_sheet_say(s, "＿＿＿＿＿（公式サイトで確認）", "___________ (look it up)")
               : "";
}

static const char *state(struct shodo_sheet *s, const struct contact *c) {
    const struct shodo_value *v = get(c, "verification");
    const char *date = shodo_value_kind(shodo_value_get(v, "date")) == SHODO_VALUE_NULL
                           ? NULL
                           : shodo_value_get_str(v, "date");
    if (!date || is_stale(s, date))
        return shodo_sheet_say(s, "要確認", "to be checked");
    return shodo_sheet_printf(s, s->is_ja ? "確認 %s" : "checked %s", date);
}

/* A name without its remark in brackets: the continuation has the whole. */
static const char *short_name(struct shodo_sheet *s, const char *name) {
    const char *ja = strstr(name, "（"), *en = strstr(name, " (");
    const char *end = ja ? ja : en;
    return end ? shodo_sheet_printf(s, "%.*s", (int)(end - name), name) : name;
}

static bool is_called(const struct contact *c) {
    const char *id = shodo_value_get_str(c->row, "id");
    /* the vendors have their own table; the response team is asked for in the call to the ministry
     */
    bool is_elsewhere = id && (strcmp(id, "vendor") == 0 || strcmp(id, "mist") == 0);
    return !is_elsewhere && shodo_value_get_int(c->row, "order", 0) < NO_CALL_ORDER;
}

/* Page 1: what is needed with the receiver in the hand. */
static void calls(struct shodo_sheet *s, const struct contact *list, size_t n) {
    const int widths[] = {270, 240, 270, 220};
    const char *const head[] = {shodo_sheet_say(s, "相手", "Whom"),
                                shodo_sheet_say(s, "番号", "Number"),
                                shodo_sheet_say(s, "いつ（目安）・確認", "When (guide), checked"),
                                shodo_sheet_say(s, "時刻・相手・返事", "Time, name, answer")};
    shodo_document_heading(
        s->d, 2,
        shodo_sheet_say(s, "外部（上から順に。夜間・休日は、今つながる相手が先）",
                        "Outside (in this order; at night who answers now comes first)"));
    shodo_document_table(s->d, "calls", 4, widths, head);
    shodo_document_table_small(s->d);
    for (size_t i = 0, shown = 0; i < n; i++) {
        const struct contact *c = &list[i];
        const char *until = shodo_value_get_str(c->row, "until"), *when = "", *rule = "";
        if (!is_called(c))
            continue;
        bool has = until &&
                   shodo_value_kind(shodo_value_get(c->row, "until")) != SHODO_VALUE_NULL &&
                   shodo_sheet_deadline(s, until, &when, &rule) && *when;
        const char *late = strstr(when, "（遅い");
        late = late ? late : strstr(when, " (");
        when = late ? shodo_sheet_printf(s, "%.*s", (int)(late - when), when) : when;
        shodo_document_row(
            s->d,
            (const char *const[]){
                shodo_sheet_printf(s, "%zu %s", ++shown, short_name(s, name_of(s, c))),
                number(s, c), shodo_sheet_printf(s, "%s  %s", has ? when : "", state(s, c)), ""});
    }
}

/* The continuation: purpose, all ways, basis, who checked the number when and how. */
static void details(struct shodo_sheet *s, const struct contact *list, size_t n) {
    const int widths[] = {250, 190, 300, 260};
    const char *const head[] = {
        shodo_sheet_say(s, "相手（何のため）", "Whom (what for)"),
        shodo_sheet_say(s, "いつ", "When"),
        shodo_sheet_say(s, "番号・窓口・受付時間", "Numbers, pages, hours"),
        shodo_sheet_say(s, "根拠／確認日・確認者・確認方法", "Basis; checked on, by, how")};
    shodo_document_heading(s->d, 2,
                           shodo_sheet_say(s, "外部の詳しい情報", "Details of the outside"));
    shodo_document_table(s->d, "contacts", 4, widths, head);
    shodo_document_table_small(s->d);
    for (size_t i = 0; i < n; i++) {
        const struct contact *c = &list[i];
        shodo_document_row(
            s->d, (const char *const[]){shodo_sheet_printf(s, "%s\n%s", name_of(s, c),
                                                           shodo_sheet_text(s, c->row, "purpose")),
                                        shodo_sheet_text(s, c->row, "when"), channels(s, c),
                                        verified(s, c)});
    }
    for (size_t i = 0; i < n; i++) {
        const struct shodo_value *v = get(&list[i], "verification");
        const char *phone = shodo_value_get_str(list[i].own, "phone"),
                   *date = shodo_value_get_str(v, "date");
        if (phone && date && shodo_value_kind(shodo_value_get(v, "date")) != SHODO_VALUE_NULL &&
            !is_stale(s, date))
            shodo_document_qr(s->d, shodo_sheet_text(s, list[i].row, "name"),
                              shodo_sheet_printf(s, "tel:%s", phone));
    }
}

enum shodo_status shodo_sheet_contact(struct shodo_sheet *s, struct shodo_error *err) {
    struct contact list[SHODO_SHEET_CONTACTS_MAX];
    size_t n = collect(s, list);
    (void)err;
    s->d->is_one_page = true; /* what is needed with the receiver in the hand */
    shodo_document_notice(
        s->d,
        shodo_sheet_say(
            s, "電話で知らせます。院内のメールとチャットは使いません。攻撃した者には連絡しません。",
            "Use the telephone, no mail or chat of the house. Never contact the attacker."));
    shodo_sheet_people(s, 0, PEOPLE_FIRST);
    shodo_sheet_vendors(s, 0, VENDORS_FIRST);
    calls(s, list, n);
    shodo_document_page(s->d);
    shodo_sheet_people(s, PEOPLE_FIRST, SIZE_MAX);
    shodo_sheet_vendors(s, VENDORS_FIRST, SIZE_MAX);
    details(s, list, n);
    shodo_sheet_deadlines(s, NULL);
    return SHODO_OK;
}
