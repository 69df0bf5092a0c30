/* SPDX-License-Identifier: Apache-2.0 */
/* Where the value of a field comes from: rules/forms/README.md lists the names. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "handover/sheet_data.h"

static struct shodo_sheet_value nothing(struct shodo_sheet *s) {
    return (struct shodo_sheet_value){
        .text = "",
        .source = SHODO_FIELD_UNKNOWN,
        .note = shodo_sheet_say(s, "確認して記入", "find out and fill in"),
        .time = SHODO_TIME_NONE};
}

static struct shodo_sheet_value unknown(struct shodo_sheet *s, const char *next) {
    struct shodo_sheet_value v = nothing(s);
    v.note = next;
    return v;
}

static const char *note_time(struct shodo_sheet *s, int64_t t) {
    return s->has_short_times ? shodo_sheet_clock(s, t) : shodo_sheet_time(s, t);
}

static const char *choice_label(struct shodo_sheet *s, const struct shodo_value *field,
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

static bool is_unknown_word(const char *v) {
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

static const char *line_name(const struct shodo_sheet *s, const char *id) {
    static const char *const lists[] = {"connections", "backup_paths", "borders"};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(lists); k++) {
        const struct shodo_value *rows = shodo_value_get(s->site, lists[k]);
        for (size_t i = 0; i < shodo_value_count(rows); i++) {
            const struct shodo_value *r = shodo_value_at(rows, i);
            const char *name = shodo_value_get_str(r, "id");
            if (name && strcmp(name, id) == 0 && shodo_value_get_str(r, "name"))
                return shodo_value_get_str(r, "name");
        }
    }
    return id;
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
    const char *slash = strchr(d->key, '/');
    return subject(s, slash ? slash + 1 : d->key);
}

static struct shodo_sheet_value from_decision(struct shodo_sheet *s,
                                              const struct shodo_case_decision *d,
                                              const char *label, const struct shodo_value *field) {
    if (!d)
        return nothing(s);
    const char *own = choice_label(s, field, d->value);
    bool is_free = is_unknown_word(d->value);
    return (struct shodo_sheet_value){
        .text = is_free ? ""
                : own   ? own
                : label ? label
                        : d->value,
        .source = is_free ? SHODO_FIELD_UNKNOWN : SHODO_FIELD_ANSWERED,
        .note = shodo_sheet_printf(s, "%s  %s", shodo_sheet_mask(s, "staff", d->actor),
                                   note_time(s, d->time)),
        .time = d->time};
}

static struct shodo_sheet_value from_decide(struct shodo_sheet *s, const char *rest,
                                            const struct shodo_value *field) {
    char key[128];
    snprintf(key, sizeof key, "decide/%.100s", rest);
    const struct shodo_case_decision *d = shodo_case_find_decision(&s->c, key);
    if (d)
        return from_decision(s, d, label_of(s, NULL, d->value), field);
    const char *dot = strrchr(rest, '.');
    snprintf(key, sizeof key, "decide/%.*s", dot ? (int)(dot - rest) : 0, rest);
    d = dot ? shodo_case_find_decision(&s->c, key) : NULL;
    if (!d)
        return nothing(s);
    struct shodo_sheet_value v = from_decision(s, d, label_of(s, NULL, d->value), field);
    /* the screen writes "決めた人: 名前 / 理由: …" into the note; the actor is who recorded it */
    const char *by = strstr(d->note, "決めた人: "), *why = strstr(d->note, " / 理由: ");
    if (is_unknown_word(d->value) || strcmp(d->value, "wait") == 0)
        /* undecided is no approval */
        return unknown(s, shodo_sheet_say(s, "承認の記録なし", "no approval recorded"));
    if (strcmp(dot, ".who") == 0 && !by && strcmp(d->actor, "operator") == 0)
        return unknown(s, shodo_sheet_say(s, "名前の記録なし", "no name recorded"));
    if (strcmp(dot, ".who") == 0)
        v.text = by ? shodo_sheet_printf(
                          s, "%.*s",
                          (int)(why && why > by ? why - by - 14 : (ptrdiff_t)strlen(by) - 14),
                          by + 14)
                    : d->actor;
    else if (strcmp(dot, ".reason") == 0)
        v.text = why ? why + strlen(" / 理由: ") : d->note;
    else if (strcmp(dot, ".how") != 0)
        return nothing(s);
    return v;
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

static struct shodo_sheet_value computed(struct shodo_sheet *s, const char *text,
                                         const char *note) {
    return *text ? (struct shodo_sheet_value){.text = text,
                                              .source = SHODO_FIELD_COMPUTED,
                                              .note = note,
                                              .time = SHODO_TIME_NONE}
                 : nothing(s);
}

static struct shodo_sheet_value from_case(struct shodo_sheet *s, const char *name,
                                          const struct shodo_value *field) {
    const char *label = NULL, *note = "";
    if (!s->has_case)
        return nothing(s);
    if (strcmp(name, "id") == 0)
        return computed(s, s->c.id, shodo_sheet_say(s, "記録", "journal"));
    if (strcmp(name, "now") == 0)
        return computed(s, shodo_sheet_time(s, s->now),
                        shodo_sheet_say(s, "この紙を作った時刻", "time this paper was made"));
    if (strcmp(name, "started") == 0)
        return computed(s, shodo_sheet_time(s, s->c.created),
                        shodo_sheet_say(s, "記録の開始", "start of the journal"));
    if (strcmp(name, "tools") == 0)
        return computed(s, "shodo " SHODO_VERSION,
                        shodo_sheet_say(s, "プログラムの版", "version of the program"));
    if (strcmp(name, "known_at") == 0) {
        int64_t t = shodo_sheet_known_at(s, &note);
        return computed(s, shodo_sheet_time(s, t), note);
    }
    const struct shodo_case_decision *d = shodo_sheet_answer(s, name, &label);
    struct shodo_sheet_value v = from_decision(s, d, label, field);
    return d ? v
             : unknown(s, shodo_sheet_say(s, "画面の「電話で言うこと」で入れる、または手で書く",
                                          "enter it on the screen, or write it here"));
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
    if (!text && strcmp(path, "hospital.name") == 0 && s->has_case && *s->c.site)
        return (struct shodo_sheet_value){
            .text = s->c.site,
            .source = SHODO_FIELD_ANSWERED,
            .note = shodo_sheet_say(s, "事案の開始時", "at the start of the case"),
            .time = s->c.created};
    if (!text)
        return unknown(s, shodo_sheet_say(s, "site.yaml に入れる、または手で書く",
                                          "fill in site.yaml, or write it here"));
    const char *updated = shodo_value_get_str(s->site, "updated"),
               *own = choice_label(s, field, text);
    return (struct shodo_sheet_value){
        .text = own ? own : text,
        .source = SHODO_FIELD_SITE,
        .note = shodo_sheet_printf(s, s->is_ja ? "更新 %s" : "updated %s", updated ? updated : "?"),
        .time = SHODO_TIME_NONE};
}

/* ---- answers ---- */

static void show(struct shodo_sheet *s, struct shodo_buf *b, const struct shodo_value *v) {
    const char *name = shodo_value_kind(v) == SHODO_VALUE_MAP ? shodo_sheet_text(s, v, "text") : "";
    if (shodo_value_kind(v) == SHODO_VALUE_MAP) {
        static const char *const keys[] = {"value", "label", "name", "kind"};
        for (size_t i = 0; !*name && i < SHODO_ARRAY_SIZE(keys); i++)
            name = shodo_sheet_text(s, v, keys[i]);
        shodo_buf_adds(b, name);
        return;
    }
    if (shodo_value_kind(v) != SHODO_VALUE_LIST) {
        int64_t n = shodo_value_int(v, INT64_MIN);
        if (shodo_value_str(v))
            shodo_buf_adds(b, shodo_value_str(v));
        else if (n != INT64_MIN)
            shodo_buf_addf(b, "%lld", (long long)n);
        else if (shodo_value_kind(v) == SHODO_VALUE_BOOL)
            shodo_buf_adds(b, shodo_value_bool(v, false) ? shodo_sheet_say(s, "有", "yes")
                                                         : shodo_sheet_say(s, "無", "no"));
        return;
    }
    for (size_t i = 0; i < shodo_value_count(v); i++) {
        size_t before = b->len;
        if (b->len)
            shodo_buf_adds(b, shodo_sheet_say(s, "、", ", "));
        size_t after = b->len;
        show(s, b, shodo_value_at(v, i));
        if (b->len == after)
            b->len = before;
    }
}

/* Names of the forms -> answers.json (docs/formats-answers.md): the answer, and its datum. "" = the
 * conclusion in words. */
static const struct {
    const char *path, *answer, *datum;
} answer_paths[] = {
    {"hit.extension", "how_far", "extension"},
    {"hit.families", "family", "candidates"},
    {"how_far", "how_far", ""},
    {"paths", "how_far", "folders"},
    {"since.first_encrypted", "since_when", "first_encrypted"},
    {"since.last_encrypted", "since_when", "last_encrypted"},
    {"since.first_sign", "since_when", "earliest_sign"},
    {"way_in", "how_in", ""},
    {"unexamined", "hit", "not_examined"},
};

const struct shodo_value *shodo_sheet_answers_of(const struct shodo_sheet *s,
                                                 const char *endpoint) {
    for (size_t i = 0; i < s->answers.count; i++) {
        const struct shodo_sheet_answers *a = shodo_vec_at(&s->answers, i);
        if (strcmp(a->endpoint, endpoint) == 0)
            return a->root;
    }
    return NULL;
}

const struct shodo_value *shodo_sheet_find_answer(const struct shodo_value *root, const char *id) {
    const struct shodo_value *list = shodo_value_get(root, "answers");
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const char *name = shodo_value_get_str(shodo_value_at(list, i), "id");
        if (name && strcmp(name, id) == 0)
            return shodo_value_at(list, i);
    }
    return NULL;
}

/* The sentences name accounts, addresses and files: only who may see all of these gets them; the
 * others get the verdict. */
static void conclusion(struct shodo_sheet *s, struct shodo_buf *b,
                       const struct shodo_value *answer) {
    static const char *const classes[] = {"technical", "indicator", "filename", "account"};
    const char *verdict = shodo_value_get_str(answer, s->is_ja ? "verdict_ja" : "verdict"),
               *en = shodo_value_get_str(answer, "verdict");
    const struct shodo_value *sentences = shodo_value_get(answer, "sentences");
    bool is_whole = true;
    if (!en || strcmp(en, "not_examined") == 0)
        return;
    shodo_buf_adds(b, verdict ? verdict : en);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(classes); i++)
        is_whole = is_whole && shodo_sheet_class(s, classes[i]) == SHODO_SHEET_SHOWS;
    for (size_t i = 0; is_whole && i < shodo_value_count(sentences); i++)
        shodo_buf_addf(b, "\n%s", shodo_sheet_text(s, shodo_value_at(sentences, i), ""));
    const struct shodo_value *files = shodo_value_get(shodo_value_get(answer, "data"),
                                                      "encrypted_files");
    if (!is_whole && shodo_value_kind(files) == SHODO_VALUE_NULL)
        shodo_buf_adds(
            b, shodo_sheet_say(s, "（詳細は支援チームと警察への書類）",
                               " (details in the papers for the support team and the police)"));
    if (!is_whole && shodo_value_int(files, 0) > 0)
        shodo_buf_addf(b,
                       s->is_ja ? "（暗号化されたと見られるファイル %lld件）"
                                : " (%lld files look encrypted)",
                       (long long)shodo_value_int(files, 0));
}

/* The signs themselves (addresses, accounts, programs) are in the sentences of the way in. */
static void indicators(struct shodo_sheet *s, struct shodo_buf *b, const struct shodo_value *root) {
    const struct shodo_value *list = shodo_value_get(shodo_sheet_find_answer(root, "how_in"),
                                                     "sentences");
    bool may = shodo_sheet_class(s, "filename") == SHODO_SHEET_SHOWS &&
               shodo_sheet_class(s, "account") == SHODO_SHEET_SHOWS;
    for (size_t i = 0; may && i < shodo_value_count(list); i++)
        shodo_buf_addf(b, "%s%s", i ? "\n" : "", shodo_sheet_text(s, shodo_value_at(list, i), ""));
}

static void encrypted(struct shodo_sheet *s, struct shodo_buf *b, const struct shodo_value *root) {
    int64_t n = shodo_value_int(
        shodo_value_get(shodo_value_get(shodo_sheet_find_answer(root, "how_far"), "data"),
                        "encrypted_files"),
        0);
    if (n > 0) /* none found is no proof of none */
        shodo_buf_addf(b, s->is_ja ? "有（%lld件）" : "yes (%lld files)", (long long)n);
}

/* "Not examined" reasons with their counts. */
static void reasons(struct shodo_sheet *s, struct shodo_buf *b, const struct shodo_value *list) {
    for (size_t i = 0; i < shodo_value_count(list) && i < 7; i++) {
        const struct shodo_value *r = shodo_value_at(list, i);
        const char *reason = shodo_value_get_str(r, "reason"),
                   *words = shodo_value_get_str(r, s->is_ja ? "ja" : "en");
        shodo_buf_addf(b, s->is_ja ? "%s%s %lld件" : "%s%s: %lld", i ? "\n" : "",
                       words    ? words
                       : reason ? reason
                                : "?",
                       (long long)shodo_value_get_int(r, "items", 0));
    }
}

static void one_answer(struct shodo_sheet *s, struct shodo_buf *b, const struct shodo_value *root,
                       const char *path) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(answer_paths); i++) {
        if (strcmp(answer_paths[i].path, path) != 0)
            continue;
        const struct shodo_value *answer = shodo_sheet_find_answer(root, answer_paths[i].answer);
        const char *datum = answer_paths[i].datum;
        const struct shodo_value *v = shodo_value_get(shodo_value_get(answer, "data"), datum);
        int64_t t = 0;
        if (!*datum)
            conclusion(s, b, answer);
        else if (strcmp(datum, "not_examined") == 0)
            reasons(s, b, shodo_value_get(answer, datum));
        else if (shodo_value_str(v) &&
                 shodo_time_parse(shodo_value_str(v), strlen(shodo_value_str(v)), &t))
            shodo_buf_adds(b, shodo_sheet_time(s, t));
        else
            show(s, b, v);
    }
    if (strcmp(path, "way_in.certainty") == 0) {
        const char *c = shodo_value_get_str(shodo_sheet_find_answer(root, "how_in"), "confidence");
        if (c)
            shodo_buf_adds(b, strcmp(c, "high") == 0 ? shodo_sheet_say(s, "測定した", "measured")
                                                     : shodo_sheet_say(s, "たぶん", "probable"));
    } else if (strcmp(path, "hit.encrypted") == 0) {
        encrypted(s, b, root);
    } else if (strcmp(path, "indicators") == 0) {
        indicators(s, b, root);
    } else if (strcmp(path, "scope") == 0) {
        const char *name = shodo_value_get_str(root, "computer"),
                   *v = shodo_value_get_str(shodo_sheet_find_answer(root, "hit"),
                                            s->is_ja ? "verdict_ja" : "verdict");
        shodo_buf_addf(b, "%s %s", name && *name ? name : shodo_sheet_say(s, "名前不明", "no name"),
                       v ? v : "");
    } else if (strcmp(path, "machine.name") == 0) {
        const char *name = shodo_value_get_str(root, "computer");
        shodo_buf_adds(b, name ? name : "");
    }
}

/* "3 machines: match 1, not examined 2": no names in it. */
static struct shodo_sheet_value scope_count(struct shodo_sheet *s) {
    static const char *const words[][3] = {{"match", "一致", "match"},
                                           {"suspect", "要確認", "suspect"},
                                           {"nothing_found", "該当なし", "nothing found"}};
    size_t counts[SHODO_ARRAY_SIZE(words)] = {0}, told = 0;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; i < s->c.endpoints.count; i++) {
        const struct shodo_case_endpoint *e = shodo_vec_at(&s->c.endpoints, i);
        const char *v = shodo_value_get_str(
            shodo_sheet_find_answer(shodo_sheet_answers_of(s, e->id), "hit"), "verdict");
        for (size_t k = 0; v && k < SHODO_ARRAY_SIZE(words); k++)
            if (strcmp(v, words[k][0]) == 0) {
                counts[k]++;
                told++;
            }
    }
    if (told == 0)
        return unknown(s, shodo_sheet_say(s, "機械を調べると分かる（まだ調べていない）",
                                          "examine a machine (none was examined yet)"));
    shodo_buf_addf(&b, s->is_ja ? "機械 %zu台（未検査 %zu" : "%zu machines (not examined %zu",
                   s->c.endpoints.count, s->c.endpoints.count - told);
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(words); k++)
        shodo_buf_addf(&b, "%s%s %zu", shodo_sheet_say(s, "、", ", "), words[k][s->is_ja ? 1 : 2],
                       counts[k]);
    shodo_buf_adds(&b, shodo_sheet_say(s, "）", ")"));
    return (struct shodo_sheet_value){
        .text = shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b)),
        .source = SHODO_FIELD_MEASURED,
        .note = shodo_sheet_say(s, "各機械の最新の結果", "newest result of each machine"),
        .time = SHODO_TIME_NONE};
}

static struct shodo_sheet_value from_answers(struct shodo_sheet *s, const char *path) {
    if (strcmp(path, "scope.count") == 0)
        return scope_count(s);
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const char *first = "";
    for (size_t i = 0; i < s->answers.count; i++) {
        const struct shodo_sheet_answers *a = shodo_vec_at(&s->answers, i);
        shodo_auto(shodo_buf) struct shodo_buf one = SHODO_BUF_INIT;
        one_answer(s, &one, a->root, path);
        if (one.len == 0 || !*shodo_buf_cstr(&one))
            continue;
        const struct shodo_case_endpoint *e = shodo_case_find_endpoint(&s->c, a->endpoint);
        if (s->c.endpoints.count > 1 && e)
            shodo_buf_addf(&b, "%s%s: ", b.len ? "\n" : "", *e->name ? e->name : e->id);
        shodo_buf_add(&b, one.data, one.len);
        first = *first ? first : a->endpoint;
    }
    if (b.len == 0) {
        bool is_run = s->c.runs.count > 0;
        return unknown(
            s, is_run ? shodo_sheet_say(s, "調べた範囲では分からない。支援チームに聞く",
                                        "not known from what was examined; ask the support team")
                      : shodo_sheet_say(s, "機械を調べると分かる（まだ調べていない）",
                                        "examine a machine (none was examined yet)"));
    }
    const struct shodo_case_run *run = shodo_case_last_run(&s->c, first, "triage");
    return (struct shodo_sheet_value){
        .text = shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b)),
        .source = SHODO_FIELD_MEASURED,
        .note = shodo_sheet_printf(s, s->is_ja ? "実行 %s（%s）" : "run %s (%s)",
                                   run ? run->id : "-", run ? note_time(s, run->ended) : "-"),
        .time = run ? run->ended : SHODO_TIME_NONE};
}

/* ---- journal ---- */

/* The line of a record walk/<id> belongs to this vendor. */
static bool is_of_vendor(const struct shodo_sheet *s, const char *id) {
    static const char *const lists[] = {"connections", "backup_paths"};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(lists); k++) {
        const struct shodo_value *rows = shodo_value_get(s->site, lists[k]);
        for (size_t i = 0; i < shodo_value_count(rows); i++) {
            const char *name = shodo_value_get_str(shodo_value_at(rows, i), "id"),
                       *vendor = shodo_value_get_str(shodo_value_at(rows, i), "vendor");
            if (name && strcmp(name, id) == 0)
                return vendor && s->vendor && strcmp(vendor, s->vendor) == 0;
        }
    }
    return false;
}

static struct shodo_sheet_value isolation(struct shodo_sheet *s, bool of_vendor) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const struct shodo_case_decision *last = NULL;
    for (size_t i = 0; i < s->c.decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&s->c.decisions, i);
        const char *label = "";
        if (strncmp(d->key, "walk/", 5) != 0 || (of_vendor && !is_of_vendor(s, d->key + 5)))
            continue;
        const char *name = shodo_sheet_decision_name(s, d, &label);
        shodo_buf_addf(&b, "%s%s: %s %s", b.len ? "\n" : "", name, label,
                       shodo_sheet_time(s, d->time));
        last = !last || d->time > last->time ? d : last;
    }
    if (!last)
        return unknown(s, shodo_sheet_say(s, "切った線を書く（線、時刻、だれが）",
                                          "write which lines were cut, when, by whom"));
    return (struct shodo_sheet_value){
        .text = shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b)),
        .source = SHODO_FIELD_ANSWERED,
        .note = shodo_sheet_printf(s, "%s  %s", shodo_sheet_mask(s, "staff", last->actor),
                                   note_time(s, last->time)),
        .time = last->time};
}

/* How many lines were cut and how many are on hold: for who does not need their names. */
static struct shodo_sheet_value isolation_count(struct shodo_sheet *s) {
    size_t cut = 0, hold = 0, other = 0;
    const struct shodo_case_decision *last = NULL;
    for (size_t i = 0; i < s->c.decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&s->c.decisions, i);
        if (strncmp(d->key, "walk/", 5) != 0)
            continue;
        cut += strcmp(d->value, "cut") == 0;
        hold += strcmp(d->value, "hold") == 0;
        other += strcmp(d->value, "cut") != 0 && strcmp(d->value, "hold") != 0;
        last = !last || d->time > last->time ? d : last;
    }
    if (!last)
        return isolation(s, false);
    struct shodo_sheet_value v = from_decision(s, last, "", NULL);
    v.text = shodo_sheet_printf(
        s,
        s->is_ja ? "外部・バックアップの線を切った %zu本、保留 %zu本、その他 %zu本"
                 : "lines cut %zu, on hold %zu, other %zu",
        cut, hold, other);
    v.source = SHODO_FIELD_ANSWERED;
    return v;
}

static struct shodo_sheet_value notes(struct shodo_sheet *s) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; i < s->c.notes.count; i++) {
        const struct shodo_case_note *n = shodo_vec_at(&s->c.notes, i);
        shodo_buf_addf(&b, "%s%s %s", b.len ? "\n" : "", shodo_sheet_time(s, n->time), n->text);
    }
    return computed(s, shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b)),
                    shodo_sheet_say(s, "記録のメモ", "notes of the journal"));
}

static struct shodo_sheet_value since_start(struct shodo_sheet *s, int64_t t, const char *what) {
    if (t == SHODO_TIME_NONE || s->c.created == SHODO_TIME_NONE || t < s->c.created)
        return unknown(s, shodo_sheet_say(s, "記録にまだない", "not in the journal yet"));
    long long min = (long long)((t - s->c.created) / INT64_C(60000000000));
    return computed(s, shodo_sheet_printf(s, s->is_ja ? "%lld分" : "%lld minutes", min), what);
}

static int64_t first_end(const struct shodo_sheet *s, const char *kind) {
    int64_t t = SHODO_TIME_NONE;
    for (size_t i = 0; i < s->c.runs.count; i++) {
        const struct shodo_case_run *r = shodo_vec_at(&s->c.runs, i);
        if (strcmp(r->kind, kind) == 0 && r->ended != SHODO_TIME_NONE &&
            (t == SHODO_TIME_NONE || r->ended < t))
            t = r->ended;
    }
    return t;
}

static struct shodo_sheet_value from_drill(struct shodo_sheet *s, const char *name) {
    const char *note = shodo_sheet_say(s, "記録の開始から", "from the start of the journal");
    const struct shodo_case_decision *d = NULL;
    if (strcmp(name, "to_verdict") == 0)
        return since_start(s, first_end(s, "triage"), note);
    if (strcmp(name, "to_seal") == 0)
        return since_start(s,
                           s->c.seals.count
                               ? ((struct shodo_case_seal *)shodo_vec_at(&s->c.seals, 0))->time
                               : SHODO_TIME_NONE,
                           note);
    if (strcmp(name, "to_hq") == 0)
        d = shodo_case_find_decision(&s->c, "decide/headquarters");
    if (strcmp(name, "to_safety") == 0)
        d = shodo_sheet_answer(s, "patients_affected", NULL);
    return since_start(s, d ? d->time : SHODO_TIME_NONE, note);
}

static struct shodo_sheet_value from_journal(struct shodo_sheet *s, const char *name) {
    const struct shodo_case_seal *seal = s->c.seals.count
                                             ? shodo_vec_at(&s->c.seals, s->c.seals.count - 1)
                                             : NULL;
    const struct shodo_case_endpoint *e = s->c.endpoints.count
                                              ? shodo_vec_at(&s->c.endpoints,
                                                             s->c.endpoints.count - 1)
                                              : NULL;
    if (strcmp(name, "isolation") == 0)
        return isolation(s, false);
    if (strcmp(name, "isolation.count") == 0 || strcmp(name, "measures") == 0)
        return isolation_count(s);
    if (strcmp(name, "isolation.vendor") == 0)
        return isolation(s, true);
    if (strcmp(name, "notes") == 0)
        return notes(s);
    if (strncmp(name, "drill.", 6) == 0)
        return from_drill(s, name + 6);
    if (strcmp(name, "calls.vendor") == 0)
        return shodo_sheet_resolve(s, "answer.r_call_vendor", NULL);
    if (strcmp(name, "collect.at") == 0)
        return computed(s, shodo_sheet_time(s, first_end(s, "collect")),
                        shodo_sheet_say(s, "採取の実行", "collecting run"));
    if (strcmp(name, "collect.disk") == 0 && e)
        return computed(
            s,
            shodo_sheet_printf(s, "%s  %llu bytes", e->source, (unsigned long long)e->size_bytes),
            e->id);
    if (strcmp(name, "seal.digest") == 0 && seal)
        return computed(s, seal->segments_sha256,
                        shodo_sheet_say(s, "封をした束の要約値", "digest of the sealed bundle"));
    if (strcmp(name, "seal.signer") == 0 && seal)
        return computed(s, seal->signer,
                        shodo_sheet_say(s, "署名した鍵の指紋", "fingerprint of the signer"));
    if (strcmp(name, "timeline") == 0)
        return s->records.count ? computed(s,
                                           shodo_sheet_say(s, "別紙「時系列」のとおり",
                                                           "see the paper 'timeline'"),
                                           shodo_sheet_say(s, "記録", "journal"))
                                : nothing(s);
    if (strcmp(name, "steps") == 0)
        return s->c.decisions.count
                   ? computed(s,
                              shodo_sheet_printf(s,
                                                 s->is_ja ? "%zu件（下の表）" : "%zu (table below)",
                                                 s->c.decisions.count),
                              shodo_sheet_say(s, "記録", "journal"))
                   : nothing(s);
    return nothing(s);
}

/* vendor.name, .phones, .lines: of the vendor that the page is for, in the site profile. */
static struct shodo_sheet_value from_vendor(struct shodo_sheet *s, const char *name) {
    static const char *const lists[] = {"connections", "backup_paths", "systems"};
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    bool is_phone = strcmp(name, "phones") == 0;
    if (!s->vendor)
        return nothing(s);
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
               : nothing(s);
}

static struct shodo_sheet_value resolve_one(struct shodo_sheet *s, const char *from,
                                            const struct shodo_value *field) {
    if (strncmp(from, "vendor.", 7) == 0)
        return from_vendor(s, from + 7);
    if (strncmp(from, "site.", 5) == 0)
        return from_site(s, from + 5, field);
    if (!s->has_case)
        return nothing(s);
    if (strncmp(from, "case.", 5) == 0)
        return from_case(s, from + 5, field);
    if (strncmp(from, "answer.", 7) == 0) {
        const char *label = NULL;
        const struct shodo_case_decision *d = shodo_sheet_answer(s, from + 7, &label);
        return from_decision(s, d, label, field);
    }
    if (strncmp(from, "answers.", 8) == 0)
        return from_answers(s, from + 8);
    if (strncmp(from, "decision.", 9) == 0)
        return from_decide(s, from + 9, field);
    if (strncmp(from, "journal.", 8) == 0)
        return from_journal(s, from + 8);
    return nothing(s);
}

struct shodo_sheet_value shodo_sheet_resolve(struct shodo_sheet *s, const char *from,
                                             const struct shodo_value *field) {
    struct shodo_sheet_value v = nothing(s), first = v;
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
