/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines. They are a guide (目安): the rule and its source stand beside each, and none is ever
 * called missed. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "handover/sheet_data.h"

#define DAY_NS    (INT64_C(86400) * 1000000000)
#define MINUTE_NS (INT64_C(60) * 1000000000)
#define DAYS_MAX  36500

int64_t shodo_deadline_days(int64_t known, int offset_min, int days, bool first_day_counts) {
    if (known == SHODO_TIME_NONE || days < 0 || days > DAYS_MAX)
        return SHODO_TIME_NONE;
    struct shodo_civil c;
    shodo_time_to_civil(known, offset_min, &c);
    c.hour = c.minute = c.second = 0;
    int64_t midnight = shodo_time_from_civil(&c, offset_min);
    /* a zone of a fixed offset has days of 24 hours: month ends and leap days are the calendar's
     * business */
    int64_t end = 0;
    if (midnight == SHODO_TIME_NONE ||
        __builtin_add_overflow(midnight,
                               (int64_t)(days + 1 - (first_day_counts && days > 0)) * DAY_NS, &end))
        return SHODO_TIME_NONE;
    return end;
}

bool shodo_deadline_zone(const char *name, int *ret_offset_min) {
    *ret_offset_min = 540;
    if (strcmp(name, "Asia/Tokyo") == 0 || strcmp(name, "Japan") == 0 || strcmp(name, "JST") == 0)
        return true;
    if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0) {
        *ret_offset_min = 0;
        return true;
    }
    unsigned h = 0, m = 0;
    char sign = 0, rest = 0;
    if (strlen(name) != 6 || sscanf(name, "%c%2u:%2u%c", &sign, &h, &m, &rest) != 3 ||
        (sign != '+' && sign != '-') || h > 14 || m > 59)
        return false;
    *ret_offset_min = (sign == '-' ? -1 : 1) * (int)(h * 60 + m);
    return true;
}

bool shodo_deadline_parse(const char *text, int offset_min, int64_t *ret) {
    if (!text)
        return false;
    if (shodo_time_parse(text, strlen(text), ret))
        return true;
    struct shodo_civil c = {0};
    int used = 0;
    size_t n = strlen(text);
    if (n < 16 || n > 19 ||
        sscanf(text, "%4d-%2d-%2d%*1[ T]%2d:%2d%n", &c.year, &c.month, &c.day, &c.hour, &c.minute,
               &used) < 5 ||
        used != 16)
        return false;
    if (n > 16 && (n != 19 || sscanf(text + 16, ":%2d", &c.second) != 1))
        return false;
    int64_t t = shodo_time_from_civil(&c, offset_min);
    if (t == SHODO_TIME_NONE)
        return false;
    *ret = t;
    return true;
}

static const char *day_text(struct shodo_sheet *s, int64_t end) {
    static const char *const ja[] = {"日", "月", "火", "水", "木", "金", "土"};
    static const char *const en[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    if (end == SHODO_TIME_NONE)
        return "";
    struct shodo_civil c;
    shodo_time_to_civil(end - 1, s->offset_min, &c); /* the last moment of the day */
    return shodo_sheet_printf(s, s->is_ja ? "%04d-%02d-%02d（%s）" : "%04d-%02d-%02d (%s)", c.year,
                              c.month, c.day, (s->is_ja ? ja : en)[c.weekday]);
}

static const char *calendar(struct shodo_sheet *s, const struct shodo_value *row, int64_t known) {
    int days = (int)SHODO_MIN(shodo_value_get_int(row, "days", 0), (int64_t)DAYS_MAX);
    int last = (int)SHODO_MIN(shodo_value_get_int(row, "days_max", days), (int64_t)DAYS_MAX);
    bool first = shodo_value_bool(shodo_value_get(row, "first_day_counts"), false);
    const char *early = day_text(s, shodo_deadline_days(known, s->offset_min, days, first));
    const char *late = day_text(s, shodo_deadline_days(known, s->offset_min, last, false));
    if (strcmp(early, late) == 0)
        return shodo_sheet_printf(s, s->is_ja ? "%s の終わりまで" : "by the end of %s", early);
    return shodo_sheet_printf(
        s, s->is_ja ? "%s の終わりまで（遅い読み方で %s）" : "by the end of %s (latest reading %s)",
        early, late);
}

/* The attack's row and the ordinary row exclude each other: a ransomware case is an attack until
 * somebody says otherwise. */
static bool applies(struct shodo_sheet *s, const struct shodo_value *row) {
    const struct shodo_value *when = shodo_value_get(shodo_value_get(row, "applies"),
                                                     "rule7_includes_3");
    const char *enabled = shodo_value_get_str(row, "enabled_by");
    if (enabled && strcmp(shodo_sheet_resolve(s, enabled, NULL).text, "true") != 0)
        return false;
    return !when || shodo_value_bool(when, true);
}

static const struct shodo_value *find(const struct shodo_sheet *s, const char *id) {
    const struct shodo_value *rows = shodo_value_get(s->deadlines, "deadlines");
    for (size_t i = 0; i < shodo_value_count(rows); i++) {
        const char *name = shodo_value_get_str(shodo_value_at(rows, i), "id");
        if (name && strcmp(name, id) == 0)
            return shodo_value_at(rows, i);
    }
    return NULL;
}

static const char *when_of(struct shodo_sheet *s, const struct shodo_value *row, int64_t known) {
    const char *count = shodo_value_get_str(row, "count");
    int64_t minutes = shodo_value_get_int(row, "minutes", 0) +
                      60 * shodo_value_get_int(row, "hours", 0);
    count = count ? count : "";
    if (strcmp(count, "promised") == 0)
        return shodo_sheet_resolve(s, "answer.r_next_report", NULL).text;
    if (known == SHODO_TIME_NONE)
        return "";
    if (strcmp(count, "calendar") == 0)
        return calendar(s, row, known);
    if (strcmp(count, "elapsed") == 0 && minutes > 0 && minutes < DAYS_MAX)
        return shodo_sheet_time(s, known + minutes * MINUTE_NS);
    if (strcmp(count, "contract") == 0) {
        int64_t days = shodo_value_get_int(shodo_value_get(s->site, "insurance"), "notice_days",
                                           -1);
        if (days >= 0 && days < DAYS_MAX)
            return shodo_sheet_printf(
                s, s->is_ja ? "%s の終わりまで" : "by the end of %s",
                day_text(s, shodo_deadline_days(known, s->offset_min, (int)days, true)));
    }
    return "";
}

bool shodo_sheet_deadline(struct shodo_sheet *s, const char *id, const char **ret_when,
                          const char **ret_rule) {
    const struct shodo_value *row = find(s, id);
    if (!row)
        return false;
    const char *source = shodo_value_get_str(row, "source"),
               *date = shodo_value_get_str(row, "date"), *also = shodo_value_get_str(row, "also");
    bool is_page = source && strncmp(source, "https://", 8) == 0;
    *ret_when = when_of(s, row, shodo_sheet_known_at(s, NULL));
    /* the law or the authority first, who explains it after that */
    *ret_rule = shodo_sheet_printf(
        s, s->is_ja ? "%s\n根拠: %s%s%s（照合 %s）%s%s" : "%s\nBasis: %s%s%s (compared %s)%s%s",
        shodo_sheet_text(s, row, "text"), shodo_sheet_text(s, row, "basis"), is_page ? "  " : "",
        is_page ? source : "", date ? date : "-",
        also ? shodo_sheet_say(s, "\n参考: ", "\nsee also: ") : "", also ? also : "");
    return true;
}

/* `ids`: blank-separated, NULL: all. */
static bool is_listed(const char *ids, const char *id) {
    size_t n = strlen(id);
    for (const char *p = ids; p && *p; p += strcspn(p, " "), p += strspn(p, " "))
        if (strcspn(p, " ") == n && memcmp(p, id, n) == 0)
            return true;
    return !ids;
}

void shodo_sheet_deadlines(struct shodo_sheet *s, const char *ids) {
    const int widths[] = {220, 270, 510};
    const char *const head[] = {shodo_sheet_say(s, "相手・報告", "Report"),
                                shodo_sheet_say(s, "目安", "Guide"),
                                shodo_sheet_say(s, "数え方と出典", "Rule and source")};
    const struct shodo_value *rows = shodo_value_get(s->deadlines, "deadlines");
    const char *note = "";
    int64_t known = shodo_sheet_known_at(s, &note);
    shodo_document_heading(s->d, 2, shodo_sheet_say(s, "期限の目安", "Deadlines (a guide)"));
    shodo_document_field(s->d, "known-at", shodo_sheet_say(s, "知った時点", "Known since"),
                         shodo_sheet_time(s, known),
                         known == SHODO_TIME_NONE ? SHODO_FIELD_UNKNOWN : SHODO_FIELD_COMPUTED,
                         note);
    shodo_document_table(s->d, "deadlines", 3, widths, head);
    shodo_document_table_small(s->d);
    for (size_t i = 0; i < shodo_value_count(rows); i++) {
        const struct shodo_value *row = shodo_value_at(rows, i);
        const char *id = shodo_value_get_str(row, "id"), *when = "", *rule = "";
        if (!applies(s, row) || (id && !is_listed(ids, id)))
            continue;
        if (!id || !shodo_sheet_deadline(s, id, &when, &rule)) {
            shodo_sheet_problem(s, "forms/deadlines.yaml", row, "id がない行です");
            continue;
        }
        shodo_document_row(s->d,
                           (const char *const[]){shodo_sheet_text(s, row, "name"), when, rule});
    }
    shodo_document_paragraph(
        s->d,
        shodo_sheet_say(s, "期限は目安です。過ぎていても、報告は有効です。すぐに出します。",
                        "Deadlines are a guide. A late report is still a report: send it now."));
}

void shodo_sheet_deadlines_short(struct shodo_sheet *s) {
    const int widths[] = {470, 530};
    const struct shodo_value *rows = shodo_value_get(s->deadlines, "deadlines");
    const char *note = "";
    int64_t known = shodo_sheet_known_at(s, &note);
    shodo_document_heading(s->d, 2,
                           shodo_sheet_say(s, "期限の目安（過ぎていても、報告は有効。すぐに出す）",
                                           "Deadlines (a guide; a late report is still a report)"));
    shodo_document_table(
        s->d, "deadlines", 2, widths,
        (const char *const[]){
            shodo_sheet_say(s, "相手・報告", "Report"),
            shodo_sheet_printf(s, s->is_ja ? "目安（知った時点 %s）" : "Guide (known since %s)",
                               known == SHODO_TIME_NONE ? "＿＿＿＿"
                                                        : shodo_sheet_time(s, known))});
    shodo_document_table_small(s->d);
    for (size_t i = 0; i < shodo_value_count(rows); i++) {
        const struct shodo_value *row = shodo_value_at(rows, i);
        const char *id = shodo_value_get_str(row, "id"), *when = "", *rule = "";
        if (applies(s, row) && id && shodo_sheet_deadline(s, id, &when, &rule) &&
            shodo_value_bool(shodo_value_get(row, "in_summary"), true) &&
            (*when || s->is_blank)) /* nothing promised, nothing to look at */
            shodo_document_row(s->d, (const char *const[]){shodo_sheet_text(s, row, "name"), when});
    }
}
