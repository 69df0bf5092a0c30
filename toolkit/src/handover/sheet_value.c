/* SPDX-License-Identifier: Apache-2.0 */
/* Where the value of a field comes from: rules/forms/README.md lists the names. */
#include <stdio.h>
#include <string.h>

#include "handover/sheet_value.h"

struct shodo_sheet_value shodo_sheet_nothing(struct shodo_sheet *s) {
    return (struct shodo_sheet_value){
        .text = "",
        .source = SHODO_FIELD_UNKNOWN,
        .note = shodo_sheet_say(s, "確認して記入", "find out and fill in"),
        .time = SHODO_TIME_NONE};
}

struct shodo_sheet_value shodo_sheet_unknown(struct shodo_sheet *s, const char *next) {
    struct shodo_sheet_value v = shodo_sheet_nothing(s);
    v.note = next;
    return v;
}

const char *shodo_sheet_note_time(struct shodo_sheet *s, int64_t t) {
    return s->has_short_times ? shodo_sheet_clock(s, t) : shodo_sheet_time(s, t);
}

const char *shodo_sheet_choice_label(struct shodo_sheet *s, const struct shodo_value *field,
                                     const char *value) {
    const struct shodo_value *choices = shodo_value_get(field, "choices");
    for (size_t i = 0; i < shodo_value_count(choices); i++) {
        const struct shodo_value *c = shodo_value_at(choices, i);
        const char *v = shodo_value_get_str(c, "value");
        const char *label = shodo_value_get_str(c, s->is_ja ? "ja" : "en");
        if (v && label && (strcmp(v, value) == 0 || strcmp(label, value) == 0))
            return label;
        const struct shodo_value *also = shodo_value_get(c, "also"); /* words of the playbooks */
        for (size_t k = 0; label && k < shodo_value_count(also); k++) {
            const char *word = shodo_value_str(shodo_value_at(also, k));
            if (word && strcmp(word, value) == 0)
                return label;
        }
    }
    return NULL;
}

struct shodo_sheet_value shodo_sheet_computed(struct shodo_sheet *s, const char *text,
                                              const char *note) {
    return *text ? (struct shodo_sheet_value){.text = text,
                                              .source = SHODO_FIELD_COMPUTED,
                                              .note = note,
                                              .time = SHODO_TIME_NONE}
                 : shodo_sheet_nothing(s);
}

/* ---- case, site ---- */

int64_t shodo_sheet_known_at(struct shodo_sheet *s, const char **ret_note) {
    static const char *const names[] = {"known_at", "found_at"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++) {
        const char *label = NULL;
        const struct shodo_case_decision *d = shodo_sheet_answer(s, names[i], &label);
        int64_t t = 0;
        if (!d || !shodo_deadline_parse(d->value, s->offset_min, &t))
            continue;
        if (ret_note)
            *ret_note = shodo_sheet_printf(
                s, s->is_ja ? "%s%s（記録 %s%s）" : "%s%s (recorded %s%s)",
                i ? shodo_sheet_say(s, "気づいた時刻を使った", "time it was noticed")
                  : shodo_sheet_say(s, "病院が記録した", "recorded by the hospital"),
                "", shodo_sheet_time(s, d->time),
                d->changes > 1 ? shodo_sheet_say(s, "、訂正あり", ", corrected") : "");
        return t;
    }
    if (ret_note)
        *ret_note = s->c.created == SHODO_TIME_NONE || !s->has_case
                        ? shodo_sheet_say(s, "知った日時を記入すると計算します",
                                          "write it down; deadlines are counted from it")
                        : shodo_sheet_say(s, "記録の開始を使った。早ければ訂正する",
                                          "start of the record was used; correct it when earlier");
    return s->has_case ? s->c.created : SHODO_TIME_NONE;
}

static struct shodo_sheet_value from_case(struct shodo_sheet *s, const char *name,
                                          const struct shodo_value *field) {
    const char *label = NULL, *note = "";
    if (!s->has_case)
        return shodo_sheet_nothing(s);
    if (strcmp(name, "id") == 0)
        return shodo_sheet_computed(s, s->c.id, shodo_sheet_say(s, "記録", "journal"));
    if (strcmp(name, "now") == 0)
        return shodo_sheet_computed(
            s, shodo_sheet_time(s, s->now),
            shodo_sheet_say(s, "この紙を作った時刻", "time this paper was made"));
    if (strcmp(name, "started") == 0)
        return shodo_sheet_computed(s, shodo_sheet_time(s, s->c.created),
                                    shodo_sheet_say(s, "記録の開始", "start of the journal"));
    if (strcmp(name, "tools") == 0)
        return shodo_sheet_computed(s, "shodo " SHODO_VERSION,
                                    shodo_sheet_say(s, "プログラムの版", "version of the program"));
    if (strcmp(name, "known_at") == 0) {
        int64_t t = shodo_sheet_known_at(s, &note);
        return shodo_sheet_computed(s, shodo_sheet_time(s, t), note);
    }
    if (strncmp(name, "note_", 5) == 0)
        return shodo_sheet_from_note(s, name);
    const struct shodo_case_decision *d = shodo_sheet_answer(s, name, &label);
    struct shodo_sheet_value v = shodo_sheet_from_decision(s, d, label, field);
    return d ? v
             : shodo_sheet_unknown(
                   s, shodo_sheet_say(s, "画面の「電話で言うこと」で入れる、または手で書く",
                                      "enter it on the screen, or write it here"));
}

/* A stick without a site profile: what the screen asked, else what the case was begun with. */
static struct shodo_sheet_value hospital_of_case(struct shodo_sheet *s,
                                                 const struct shodo_value *field) {
    const char *label = NULL;
    const struct shodo_case_decision *d = shodo_sheet_answer(s, "hospital", &label);
    struct shodo_sheet_value v = {.text = NULL};
    if (d)
        v = shodo_sheet_from_decision(s, d, label, field);
    if ((!v.text || v.source == SHODO_FIELD_UNKNOWN) && *s->c.site)
        v = (struct shodo_sheet_value){
            .text = s->c.site,
            .source = SHODO_FIELD_ANSWERED,
            .note = shodo_sheet_say(s, "事案の開始時", "at the start of the case"),
            .time = s->c.created};
    return v;
}

static struct shodo_sheet_value from_site(struct shodo_sheet *s, const char *path,
                                          const struct shodo_value *field) {
    const struct shodo_value *v = s->site;
    char part[64];
    for (const char *p = path; *p && v;) {
        size_t n = strcspn(p, ".");
        snprintf(part, sizeof part, "%.*s", (int)SHODO_MIN(n, sizeof part - 1), p);
        const struct shodo_value *next = shodo_value_get(v, part);
        for (size_t i = 0; !next && i < shodo_value_count(v); i++) { /* a list: by id */
            const char *id = shodo_value_get_str(shodo_value_at(v, i), "id");
            if (id && strcmp(id, part) == 0)
                next = shodo_value_at(v, i);
        }
        v = next;
        p += n + (p[n] == '.');
    }
    const char *text = shodo_value_str(v);
    if (shodo_value_kind(v) == SHODO_VALUE_NULL)
        text = NULL;
    if (shodo_value_kind(v) == SHODO_VALUE_MAP) {
        const char *role = shodo_value_get_str(v, "role"), *name = shodo_value_get_str(v, "name");
        text = name ? shodo_sheet_printf(s, "%s %s", role ? role : "", name) : NULL;
    }
    if (!text && strcmp(path, "hospital.name") == 0 && s->has_case) {
        struct shodo_sheet_value told = hospital_of_case(s, field);
        if (told.text)
            return told;
    }
    if (!text)
        return shodo_sheet_unknown(s,
                                   shodo_sheet_say(s, "病院で決めて、ここに書く",
                                                   "decide it in the hospital and write it here"));
    const char *updated = shodo_value_get_str(s->site, "updated"),
               *own = shodo_sheet_choice_label(s, field, text);
    return (struct shodo_sheet_value){
        .text = own ? own : text,
        .source = SHODO_FIELD_SITE,
        .note = shodo_sheet_printf(s, s->is_ja ? "更新 %s" : "updated %s", updated ? updated : "?"),
        .time = SHODO_TIME_NONE};
}

/* vendor.name, .phones, .lines: of the vendor that the page is for, in the site profile. */
static struct shodo_sheet_value from_vendor(struct shodo_sheet *s, const char *name) {
    static const char *const lists[] = {"connections", "backup_paths", "systems"};
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    bool is_phone = strcmp(name, "phones") == 0;
    if (!s->vendor)
        return shodo_sheet_nothing(s);
    if (strcmp(name, "name") == 0)
        shodo_buf_adds(&b, s->vendor);
    for (size_t k = 0; strcmp(name, "name") != 0 && k < SHODO_ARRAY_SIZE(lists); k++) {
        const struct shodo_value *rows = shodo_value_get(s->site, lists[k]);
        for (size_t i = 0; i < shodo_value_count(rows); i++) {
            const struct shodo_value *r = shodo_value_at(rows, i);
            const char *vendor = shodo_value_get_str(r, "vendor"),
                       *what = shodo_value_get_str(r, is_phone ? "vendor_phone" : "name"),
                       *night = shodo_value_get_str(r, "vendor_phone_night");
            bool has = what &&
                       shodo_value_kind(shodo_value_get(r, is_phone ? "vendor_phone" : "name")) !=
                           SHODO_VALUE_NULL;
            if (!vendor || strcmp(vendor, s->vendor) != 0 || !has ||
                strstr(shodo_buf_cstr(&b), what))
                continue;
            shodo_buf_addf(&b, "%s%s", b.len ? shodo_sheet_say(s, "、", ", ") : "", what);
            if (is_phone && night &&
                shodo_value_kind(shodo_value_get(r, "vendor_phone_night")) != SHODO_VALUE_NULL)
                shodo_buf_addf(&b, s->is_ja ? "（夜 %s）" : " (night %s)", night);
        }
    }
    const char *updated = shodo_value_get_str(s->site, "updated");
    return b.len
               ? (struct shodo_sheet_value){.text = shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b)),
                                            .source = SHODO_FIELD_SITE,
                                            .note = shodo_sheet_printf(
                                                s, s->is_ja ? "更新 %s" : "updated %s",
                                                updated ? updated : "?"),
                                            .time = SHODO_TIME_NONE}
               : shodo_sheet_nothing(s);
}

static struct shodo_sheet_value resolve_one(struct shodo_sheet *s, const char *from,
                                            const struct shodo_value *field) {
    if (strncmp(from, "vendor.", 7) == 0)
        return from_vendor(s, from + 7);
    if (strncmp(from, "site.", 5) == 0)
        return from_site(s, from + 5, field);
    if (!s->has_case)
        return shodo_sheet_nothing(s);
    if (strncmp(from, "case.", 5) == 0)
        return from_case(s, from + 5, field);
    if (strncmp(from, "answer.", 7) == 0) {
        const char *label = NULL;
        const struct shodo_case_decision *d = shodo_sheet_answer(s, from + 7, &label);
        return shodo_sheet_from_decision(s, d, label, field);
    }
    if (strncmp(from, "answers.", 8) == 0)
        return shodo_sheet_from_answers(s, from + 8);
    if (strncmp(from, "decision.", 9) == 0)
        return shodo_sheet_from_decide(s, from + 9, field);
    if (strncmp(from, "journal.", 8) == 0)
        return shodo_sheet_from_journal(s, from + 8);
    return shodo_sheet_nothing(s);
}

struct shodo_sheet_value shodo_sheet_resolve(struct shodo_sheet *s, const char *from,
                                             const struct shodo_value *field) {
    struct shodo_sheet_value v = shodo_sheet_nothing(s), first = v;
    for (size_t i = 0; *from && !*v.text; i++) {
        size_t n = strcspn(from, "|"), used = n;
        while (used > 0 && from[used - 1] == ' ')
            used--;
        v = resolve_one(s, shodo_sheet_printf(s, "%.*s", (int)used, from), field);
        first = i ? first : v;
        from += n;
        from += strspn(from, "| ");
    }
    return *v.text ? v : first;
}
