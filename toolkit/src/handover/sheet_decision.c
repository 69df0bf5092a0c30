/* SPDX-License-Identifier: Apache-2.0 */
/* What people answered and decided, in words. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "handover/sheet_value.h"

bool shodo_sheet_is_unknown_word(const char *v) {
    return !*v || strcmp(v, "unknown") == 0 || strcmp(v, "later") == 0 ||
           strcmp(v, "reopened") == 0;
}

/* ---- decisions ---- */

static const struct shodo_step *step_of(struct shodo_sheet *s, const char *key) {
    const char *slash = strchr(key, '/');
    if (!slash)
        return NULL;
    size_t n = strcspn(key, "~/");
    const struct shodo_playbook *b = shodo_sheet_playbook(s, key, n);
    int i = b ? shodo_playbook_find(b, slash + 1) : -1;
    return i >= 0 ? &b->steps[i] : NULL;
}

static const char *label_of(struct shodo_sheet *s, const struct shodo_step *step,
                            const char *value) {
    for (size_t i = 0; step && i < step->question.choices_count; i++) {
        const struct shodo_choice *c = &step->question.choices[i];
        if (strcmp(c->value, value) == 0)
            return s->is_ja ? c->label.ja : c->label.en;
    }
    static const char *const words[][3] = {{"done", "済", "done"},
                                           {"skipped", "しない", "skipped"},
                                           {"yes", "はい", "yes"},
                                           {"no", "いいえ", "no"},
                                           {"unknown", "不明", "unknown"},
                                           {"cut", "切断", "cut"},
                                           {"hold", "保留", "on hold"},
                                           {"not-found", "見つからない", "not found"},
                                           {"not-applicable", "対象外", "not applicable"},
                                           {"reopened", "やり直し", "reopened"},
                                           {"now", "今する", "now"},
                                           {"continue", "継続", "continued"},
                                           {"reduce", "縮小", "reduced"},
                                           {"stop", "停止", "stopped"},
                                           {"none", "行っていない", "not offered"},
                                           {"later", "後で", "later"}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(words); i++)
        if (strcmp(words[i][0], value) == 0)
            return words[i][s->is_ja ? 1 : 2];
    return value;
}

const struct shodo_case_decision *shodo_sheet_answer(struct shodo_sheet *s, const char *variable,
                                                     const char **ret_label) {
    const struct shodo_case_decision *newest = NULL;
    char full[80];
    snprintf(full, sizeof full, "__%.70s__", variable);
    for (size_t i = 0; i < s->c.decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&s->c.decisions, i);
        const struct shodo_step *step = step_of(s, d->key);
        bool is_it = (step && step->question.variable &&
                      strcmp(step->question.variable, full) == 0) ||
                     (strncmp(d->key, "fact/", 5) == 0 && strcmp(d->key + 5, variable) == 0);
        if (!is_it || (newest && newest->time > d->time))
            continue;
        newest = d;
        if (ret_label)
            *ret_label = label_of(s, step, d->value);
    }
    return newest;
}

static const char *subject(struct shodo_sheet *s, const char *id) {
    static const char *const names[][3] = {
        {"headquarters", "対策本部", "headquarters"},
        {"outpatient", "外来", "outpatients"},
        {"emergency", "救急", "emergency"},
        {"surgery", "手術", "surgery"},
        {"dialysis", "透析", "dialysis"},
        {"leak_state", "漏えいの疑い", "leak suspected"},
        {"hospital", "病院名", "hospital"},
        {"boot", "このUSBで起動", "started from the stick"},
        {"clock", "時計と電話の比較", "clock against a telephone"},
        {"playbook", "開いた手順", "playbook opened"},
        {"pc", "使ったPC", "PC used"},
        {"disk", "選んだディスク", "disk chosen"},
        {"cut-all-lines", "外部の線を全部切る", "cut all outside lines"},
        {"server-cut", "サーバの線を抜く", "unplug a server"},
        {"power-off", "電源を切る", "power off"},
        {"reboot", "USBで起動し直す", "restart from the stick"},
        {"care", "診療の継続・停止", "care"},
        {"publish", "公表", "publication"},
        {"take-out", "機械を院外に出す", "take machines out"},
        {"recovery", "復旧を始める", "begin recovery"},
        {"recovery-before-evidence", "証拠を取る前に戻す", "recover before evidence"},
        {"reconnect", "つなぎ直す", "reconnect"},
        {"my_name", "記録する人", "person recording"},
        {"place", "場所", "place"},
        {"found_at", "気づいた時刻", "noticed"},
        {"known_at", "知った時点", "known since"},
        {"symptom", "症状", "symptom"},
        {"stopped", "止まっているもの", "stopped"},
        {"callback", "折り返しの番号", "call back number"}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++)
        if (strcmp(names[i][0], id) == 0)
            return names[i][s->is_ja ? 1 : 2];
    return id;
}

/* NULL: the profile has no such line. */
static const char *line_of(const struct shodo_sheet *s, const struct shodo_value *profile,
                           const char *id) {
    static const char *const lists[] = {"connections", "backup_paths", "borders"};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(lists); k++) {
        const struct shodo_value *rows = shodo_value_get(profile, lists[k]);
        for (size_t i = 0; i < shodo_value_count(rows); i++) {
            const struct shodo_value *r = shodo_value_at(rows, i);
            const char *own = shodo_value_get_str(r, "id"), *name = shodo_sheet_text(s, r, "name");
            if (own && strcmp(own, id) == 0 && name && *name)
                return name;
        }
    }
    return NULL;
}

/* Of the hospital's list, of the usual kinds of lines, or as it was typed on the walk ("own-2" is
 * the newest record line/2). */
static const char *line_name(struct shodo_sheet *s, const char *id) {
    static const char own[] = "own-";
    const char *name = line_of(s, s->site, id);
    if (!name)
        name = line_of(s, shodo_sheet_usual(s), id);
    bool is_own = strncmp(id, own, sizeof own - 1) == 0;
    for (size_t i = 0; !name && is_own && i < s->c.decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&s->c.decisions, i);
        if (strncmp(d->key, "line/", 5) == 0 && strcmp(d->key + 5, id + sizeof own - 1) == 0)
            name = d->value;
    }
    return name ? name : id;
}

/* A decision that is none of the usual ones: named by the site's table, else by the step that asks
 * for it. An id alone says nothing to who reads the paper. */
static const char *decision_subject(struct shodo_sheet *s, const char *id) {
    const char *usual = subject(s, id), *key = NULL;
    if (usual != id)
        return usual;
    const struct shodo_value *rows = shodo_value_get(s->site, "decisions");
    for (size_t i = 0; i < shodo_value_count(rows); i++) {
        const struct shodo_value *r = shodo_value_at(rows, i);
        const char *own = shodo_value_get_str(r, "id"), *name = shodo_sheet_text(s, r, "name");
        if (own && strcmp(own, id) == 0 && name && *name)
            return name;
    }
    for (size_t i = 0; (key = shodo_sheet_playbook_key(s, i)) != NULL; i++) {
        const struct shodo_playbook *b = shodo_sheet_playbook(s, key, strlen(key));
        for (size_t k = 0; b && k < b->steps_count; k++) {
            const struct shodo_step *step = &b->steps[k];
            if (step->decision_id && strcmp(step->decision_id, id) == 0)
                return s->is_ja ? step->name.ja : step->name.en;
        }
    }
    return shodo_sheet_printf(s, s->is_ja ? "そのほかの判断（%s）" : "another decision (%s)", id);
}

/* "ransomware>report-state": the playbooks that were open, each opened by the one before. */
static const char *books_of(struct shodo_sheet *s, const char *keys) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (const char *p = keys; *p;) {
        size_t n = strcspn(p, ">");
        const struct shodo_playbook *book = shodo_sheet_playbook(s, p, n);
        const char *name = !book ? NULL : s->is_ja ? book->name.ja : book->name.en;
        shodo_buf_addf(&b, "%s%.*s", b.len ? " > " : "", name ? 1000 : (int)n, name ? name : p);
        p += n + (p[n] == '>');
    }
    return shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b));
}

const char *shodo_sheet_decision_name(struct shodo_sheet *s, const struct shodo_case_decision *d,
                                      const char **ret_value_label) {
    const struct shodo_step *step = step_of(s, d->key);
    *ret_value_label = label_of(s, step, d->value);
    if (step) {
        const char *name = s->is_ja ? step->name.ja : step->name.en,
                   *text = s->is_ja ? step->question.text.ja : step->question.text.en;
        bool has_question = step->question.variable && text && *text && strcmp(text, name) != 0;
        return has_question ? shodo_sheet_printf(s, s->is_ja ? "%s（%s）" : "%s (%s)", name, text)
                            : name;
    }
    if (strncmp(d->key, "walk/", 5) == 0)
        return shodo_sheet_printf(s, s->is_ja ? "線: %s" : "line: %s", line_name(s, d->key + 5));
    if (strcmp(d->key, "start/pc") == 0)
        *ret_value_label = strcmp(d->value, "suspect") == 0
                               ? shodo_sheet_say(s, "調べるPC", "the PC to examine")
                               : shodo_sheet_say(s, "案内用のPC", "guide PC");
    if (strcmp(d->key, "start/playbook") == 0)
        *ret_value_label = books_of(s, d->value);
    if (strcmp(d->key, "start/clock") == 0)
        *ret_value_label = shodo_sheet_clock_offset(s).text;
    if (strncmp(d->key, "decide/", 7) == 0) {
        struct shodo_sheet_decided what;
        shodo_sheet_decided(s, d, &what);
        *ret_value_label = what.label;
        return decision_subject(s, d->key + 7);
    }
    const char *slash = strchr(d->key, '/');
    return subject(s, slash ? slash + 1 : d->key);
}

struct shodo_sheet_value shodo_sheet_from_decision(struct shodo_sheet *s,
                                                   const struct shodo_case_decision *d,
                                                   const char *label,
                                                   const struct shodo_value *field) {
    if (!d)
        return shodo_sheet_nothing(s);
    const char *own = shodo_sheet_choice_label(s, field, d->value);
    bool is_free = shodo_sheet_is_unknown_word(d->value);
    return (struct shodo_sheet_value){
        .text = is_free ? ""
                : own   ? own
                : label ? label
                        : d->value,
        .source = is_free ? SHODO_FIELD_UNKNOWN : SHODO_FIELD_ANSWERED,
        .note = shodo_sheet_printf(s, "%s  %s", shodo_sheet_mask(s, "staff", d->actor),
                                   shodo_sheet_note_time(s, d->time)),
        .time = d->time};
}

/* What stands behind `head` in a note of the screen: "決まったこと: … / 決めた人: … / 理由: … /
 * 前の記録: …" (tui/screen_decide.c). NULL: it is not there. */
static const char *part_of(struct shodo_sheet *s, const char *note, const char *head) {
    static const char *const heads[] = {" / 決めた人: ", " / 理由: ", " / 前の記録: "};
    const char *at = strstr(note, head);
    if (!at)
        return NULL;
    at += strlen(head);
    size_t n = strlen(at);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(heads); i++) {
        const char *end = strstr(at, heads[i]);
        n = end && (size_t)(end - at) < n ? (size_t)(end - at) : n;
    }
    return shodo_sheet_printf(s, "%.*s", (int)n, at);
}

static const char *choice_of(struct shodo_sheet *s, const struct shodo_step *step, const char *id,
                             const char *value) {
    if (!step->decision_id || strcmp(step->decision_id, id) != 0)
        return NULL;
    for (size_t i = 0; i < step->question.choices_count; i++) {
        const struct shodo_choice *c = &step->question.choices[i];
        if (strcmp(c->value, value) == 0)
            return s->is_ja ? c->label.ja : c->label.en;
    }
    return NULL;
}

/* The option's words: of the step that was answered, else of any playbook that asks for this
 * decision; NULL. */
static const char *option_of(struct shodo_sheet *s, const char *id, const char *value) {
    const char *label = NULL, *name = NULL;
    for (size_t i = 0; i < s->c.decisions.count && !label; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&s->c.decisions, i);
        const struct shodo_step *step = step_of(s, d->key);
        label = step ? choice_of(s, step, id, value) : NULL;
    }
    for (size_t i = 0; !label && (name = shodo_sheet_playbook_key(s, i)) != NULL; i++) {
        const struct shodo_playbook *b = shodo_sheet_playbook(s, name, strlen(name));
        for (size_t k = 0; b && k < b->steps_count && !label; k++)
            label = choice_of(s, &b->steps[k], id, value);
    }
    return label;
}

void shodo_sheet_decided(struct shodo_sheet *s, const struct shodo_case_decision *d,
                         struct shodo_sheet_decided *ret) {
    const char *slash = strchr(d->key, '/'), *by = part_of(s, d->note, "決めた人: "),
               *said = part_of(s, d->note, "決まったこと: "),
               *label = option_of(s, slash ? slash + 1 : d->key, d->value);
    bool is_person = strcmp(d->actor, "operator") != 0 && strcmp(d->actor, "shodo") != 0;
    const char *reason = part_of(s, d->note, "理由: ");
    *ret = (struct shodo_sheet_decided){.label = label  ? label
                                                 : said ? said
                                                        : label_of(s, NULL, d->value),
                                        .who = by          ? by
                                               : is_person ? d->actor
                                                           : "",
                                        .reason = reason ? reason
                                                  : said ? ""
                                                         : d->note,
                                        .is_open = shodo_sheet_is_unknown_word(d->value) ||
                                                   strstr(d->note, "未決定") ||
                                                   (!by && strcmp(d->value, "wait") == 0)};
    if (ret->is_open)
        ret->who = "";
}

struct shodo_sheet_value shodo_sheet_from_decide(struct shodo_sheet *s, const char *rest,
                                                 const struct shodo_value *field) {
    const char *dot = strrchr(rest, '.');
    const struct shodo_case_decision *d = shodo_case_find_decision(
        &s->c, shodo_sheet_printf(s, "decide/%s", rest));
    if (d)
        dot = NULL;
    else if (dot)
        d = shodo_case_find_decision(&s->c,
                                     shodo_sheet_printf(s, "decide/%.*s", (int)(dot - rest), rest));
    if (!d)
        return shodo_sheet_nothing(s);
    struct shodo_sheet_decided what;
    shodo_sheet_decided(s, d, &what);
    struct shodo_sheet_value v = shodo_sheet_from_decision(s, d, what.label, field);
    if (*what.who)
        v.note = shodo_sheet_printf(s, "%s  %s", shodo_sheet_mask(s, "staff", what.who),
                                    shodo_sheet_note_time(s, d->time));
    if (!dot)
        return what.is_open ? shodo_sheet_unknown(
                                  s, shodo_sheet_say(s, "まだ決まっていない", "not decided yet"))
                            : v;
    if (what.is_open || strcmp(d->value, "wait") == 0)
        /* undecided is no approval, and neither is the decision to wait */
        return shodo_sheet_unknown(s, shodo_sheet_say(s, "承認の記録なし", "no approval recorded"));
    if (strcmp(dot, ".who") == 0 && !*what.who)
        return shodo_sheet_unknown(s, shodo_sheet_say(s, "名前の記録なし", "no name recorded"));
    if (strcmp(dot, ".who") == 0)
        v.text = what.who;
    else if (strcmp(dot, ".reason") == 0)
        v.text = what.reason;
    else if (strcmp(dot, ".how") != 0)
        return shodo_sheet_nothing(s);
    return v;
}

/* ---- classes, the clock ---- */

const char *shodo_sheet_decision_class(struct shodo_sheet *s, const struct shodo_case_decision *d) {
    const struct shodo_step *step = step_of(s, d->key);
    const char *asked = step && step->question.variable ? step->question.variable : "";
    if (strncmp(d->key, "fact/note_", 10) == 0 || strncmp(asked, "__note_", 7) == 0)
        return "note";
    return strncmp(d->key, "decide/", 7) == 0 ? "decision" : "timeline";
}

struct shodo_sheet_value shodo_sheet_clock_offset(struct shodo_sheet *s) {
    const struct shodo_case_decision *d = shodo_case_find_decision(&s->c, "start/clock");
    size_t n = d ? strlen(d->note) : 0;
    uint64_t seconds = 0;
    bool is_ahead = d && *d->value == '-';
    if (!d || (n >= 7 && strcmp(d->note + n - 7, "unknown") == 0) ||
        !shodo_text_parse_u64(d->value + is_ahead, strlen(d->value + is_ahead), &seconds))
        return shodo_sheet_unknown(s, shodo_sheet_say(s, "PCの時計を電話の時刻と比べて書く",
                                                      "compare the PC's clock with a telephone"));
    struct shodo_sheet_value v = shodo_sheet_from_decision(s, d, "", NULL);
    const char *hours = seconds < 3600 ? ""
                                       : shodo_sheet_printf(s, s->is_ja ? "%llu時間" : "%llu h ",
                                                            (unsigned long long)(seconds / 3600));
    const char *way = is_ahead ? shodo_sheet_say(s, "進み", "ahead of")
                               : shodo_sheet_say(s, "遅れ", "behind");
    v.text = seconds == 0
                 ? shodo_sheet_say(s, "起動したPCの時計は電話と同じ",
                                   "PC clock is that of a telephone")
                 : shodo_sheet_printf(s,
                                      s->is_ja ? "起動したPCの時計は電話より%s%llu分%llu秒%s"
                                               : "PC clock %s%llu min %llu s %s a telephone",
                                      hours, (unsigned long long)(seconds / 60 % 60),
                                      (unsigned long long)(seconds % 60), way);
    return v;
}
