/* SPDX-License-Identifier: Apache-2.0 */
/* Who to call: own people, vendors, authorities; in the order of who can be reached now. A number
 * is printed only when the data file or the hospital has it; only a row that the hospital has
 * verified gets a code to dial from. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "handover/sheet_data.h"

#define CONTACTS_MAX  100
#define DAY_NS        (INT64_C(86400) * 1000000000)
#define NO_CALL_ORDER 90 /* from here on nobody is called in the first hours */
#define PEOPLE_FIRST  7  /* of the hospital, on the first page */
#define VENDORS_FIRST 5

struct contact {
    const struct shodo_value *row, *own; /* own: the site's row of the same id */
    int64_t rank;
};

static const struct shodo_value *own_row(const struct shodo_sheet *s, const char *id) {
    const struct shodo_value *rows = shodo_value_get(s->site_contacts, "contacts");
    for (size_t i = 0; id && i < shodo_value_count(rows); i++) {
        const char *name = shodo_value_get_str(shodo_value_at(rows, i), "id");
        if (name && strcmp(name, id) == 0)
            return shodo_value_at(rows, i);
    }
    return NULL;
}

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
    for (size_t i = 0; i < shodo_value_count(rows) && n < CONTACTS_MAX; i++) {
        const struct shodo_value *r = shodo_value_at(rows, i);
        if (!shodo_value_get_str(r, "id") || !*shodo_sheet_text(s, r, "name"))
            shodo_sheet_problem(s, "contacts/contacts.yaml", r,
                                "連絡先に id か name_ja がありません");
        out[n++] = (struct contact){.row = r, .own = own_row(s, shodo_value_get_str(r, "id"))};
    }
    for (size_t i = 0; i < shodo_value_count(own) && n < CONTACTS_MAX; i++) {
        const struct shodo_value *r = shodo_value_at(own, i);
        const char *id = shodo_value_get_str(r, "id");
        bool is_known = false;
        for (size_t k = 0; id && k < n; k++)
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
                shodo_sheet_printf(s, "%zu %s", ++shown,
                                   short_name(s, shodo_sheet_text(s, c->row, "name"))),
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
            s->d, (const char *const[]){
                      shodo_sheet_printf(s, "%s\n%s", shodo_sheet_text(s, c->row, "name"),
                                         shodo_sheet_text(s, c->row, "purpose")),
                      shodo_sheet_text(s, c->row, "when"), channels(s, c), verified(s, c)});
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

static void people(struct shodo_sheet *s, size_t from, size_t to) {
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
        for (size_t i = 0; i < shodo_value_count(rows) && n < CONTACTS_MAX; i++) {
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
    if (shodo_value_get_str(insurance, "company") && n < CONTACTS_MAX) {
        const char *phone = shodo_value_get_str(insurance, "phone");
        out[n++] = (struct vendor_row){.what = shodo_sheet_say(s, "保険", "insurance"),
                                       .vendor = shodo_value_get_str(insurance, "company"),
                                       .phones = phone ? phone : ""};
    }
    return n;
}

static void vendors(struct shodo_sheet *s, size_t from, size_t to) {
    struct vendor_row rows[CONTACTS_MAX];
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
    for (size_t i = n; from == 0 && i < 4; i++)
        shodo_document_row(s->d, (const char *const[]){"", "", "", ""});
}

enum shodo_status shodo_sheet_contact(struct shodo_sheet *s, struct shodo_error *err) {
    struct contact list[CONTACTS_MAX];
    size_t n = collect(s, list);
    (void)err;
    shodo_document_notice(
        s->d,
        shodo_sheet_say(
            s, "電話で知らせます。院内のメールとチャットは使いません。攻撃した者には連絡しません。",
            "Use the telephone, no mail or chat of the house. Never contact the attacker."));
    people(s, 0, PEOPLE_FIRST);
    vendors(s, 0, VENDORS_FIRST);
    calls(s, list, n);
    shodo_document_page(s->d);
    people(s, PEOPLE_FIRST, SIZE_MAX);
    vendors(s, VENDORS_FIRST, SIZE_MAX);
    details(s, list, n);
    shodo_sheet_deadlines(s, NULL);
    return SHODO_OK;
}
