/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces that stay when event logs are cleared: the protection log of Microsoft Defender and
 * permanent WMI consumers. What an event log would say of the same thing has the same word here, so
 * that one act told twice is one kind of sign.
 */
#include <string.h>

#include "examine/answers/state.h"

static const char events_schema[] = "event-patterns", tools_schema[] = "tools";

static struct ans_line *line(struct shodo_answers *a, const struct ans_fact *f, const char *what,
                             const char *data_type) {
    struct ans_line *l = ans_line_add(a, f->time, what, f->id, f->path);
    if (l)
        l->data_type = data_type;
    return l;
}

/* ---- Microsoft Defender ---- */

static const char mplog[] = "windows:defender:protection_log";

static const struct shodo_value *pattern(const struct shodo_answers *a, const char *id) {
    for (size_t i = 0; i < shodo_detect_count(a->detect, events_schema, "patterns"); i++) {
        const struct shodo_value *p = shodo_detect_row(a->detect, events_schema, "patterns", i);
        if (strcmp(ans_get(p, "id"), id) == 0)
            return p;
    }
    return NULL;
}

/* Is it a name for an attack tool, by the pattern's own list? */
static bool is_tool_name(const struct shodo_value *p, const char *threat) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const struct shodo_value *c = shodo_value_at(shodo_value_get(p, "conditions"), 0);
    shodo_fold_path(&b, threat, strlen(threat));
    return shodo_wild_any(shodo_value_get(c, "values"), shodo_buf_cstr(&b), b.len);
}

static void malware(struct shodo_answers *a) {
    static const char tool_id[] = "defender-detected-tool";
    static const struct {
        const char *kind, *ja, *en;
    } rows[] = {
        {"malware_found", "ウイルス対策の検知（Defender のログ）", "Defender log: found"},
        {"malware_action", "ウイルス対策の処置（Defender のログ）", "Defender log: acted on"}};
    const struct shodo_value *p = pattern(a, tool_id);
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(rows); k++) {
        size_t i = 0;
        for (const struct ans_fact *f; (f = ans_next(a, "defender", rows[k].kind, &i)) != NULL;) {
            const char *threat = ans_str(f, "threat"), *where = ans_str(f, "resource");
            bool is_tool = is_tool_name(p, threat);
            struct ans_line *l = line(a, f, is_tool ? tool_id : "defender-log-malware", mplog);
            if (!l)
                continue;
            l->ja = ans_format(a, "%s: %s %s", rows[k].ja, threat, where);
            l->en = ans_format(a, "%s: %s %s", rows[k].en, threat, where);
            l->technique = is_tool ? ans_get(p, "technique") : "";
            l->is_sign = l->is_strong = is_tool;
        }
    }
}

/* Command lines against the patterns for started programs. */
static void commands(struct shodo_answers *a) {
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "defender", "command_reported", &i)) != NULL;) {
        const struct shodo_value *found = NULL;
        for (size_t k = 0; !found && k < shodo_detect_count(a->detect, events_schema, "patterns");
             k++) {
            const struct shodo_value *p = shodo_detect_row(a->detect, events_schema, "patterns", k),
                                     *c = shodo_value_at(shodo_value_get(p, "conditions"), 0);
            bool is_command = strcmp(ans_get(c, "field"), "CommandLine") == 0;
            found = is_command && ans_pattern_holds(p, f->values) ? p : NULL;
        }
        struct ans_line *l = line(a, f, found ? ans_get(found, "id") : "defender-log-command",
                                  mplog);
        if (!l)
            continue;
        const char *text = ans_str(f, "CommandLine");
        l->ja = ans_format(a, "Defender が報告したコマンド: %s%s%s", text, found ? " " : "",
                           ans_get(found, "meaning_ja"));
        l->en = ans_format(a, "Command reported by Defender: %s%s%s", text, found ? " " : "",
                           ans_get(found, "meaning_en"));
        l->technique = ans_get(found, "technique");
        l->is_sign = found && shodo_value_bool(shodo_value_get(found, "alone"), false);
        l->is_strong = l->is_sign && strcmp(ans_get(found, "severity"), "match") == 0;
    }
}

static const struct shodo_value *tool_of(const struct shodo_answers *a, const char *image) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_fold_path(&b, image, strlen(image));
    for (size_t i = 0; i < shodo_detect_count(a->detect, tools_schema, "tools"); i++) {
        const struct shodo_value *t = shodo_detect_row(a->detect, tools_schema, "tools", i);
        if (shodo_wild_any(shodo_value_get(t, "names"), shodo_buf_cstr(&b), b.len))
            return t;
    }
    return NULL;
}

/* Programs that Defender saw open files; only those named like a tool make a line. Administrators
 * use most of these too: a sign only when the table says that they do not. */
static void programs(struct shodo_answers *a) {
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "defender", "program_seen", &i)) != NULL;) {
        const char *image = ans_str(f, "image");
        const struct shodo_value *t = tool_of(a, image);
        struct ans_line *l = t ? line(a, f, "tool_ran", mplog) : NULL;
        if (!l)
            continue;
        const char *sample = shodo_value_str(shodo_value_at(ans_value(f, "samples"), 0));
        long long files = shodo_value_int(ans_value(f, "files"), 0);
        l->ja = ans_format(
            a, "道具の名前のプログラムが動きました: %s（%s）、開いたファイル %lld 以上%s%s", image,
            ans_get(t, "name"), files, sample ? "、例: " : "", sample ? sample : "");
        l->en = ans_format(
            a, "Program named like a tool ran: %s (%s), %lld or more files opened%s%s", image,
            ans_get(t, "name"), files, sample ? ", such as " : "", sample ? sample : "");
        l->technique = ans_get(t, "technique");
        l->is_sign = !shodo_value_bool(shodo_value_get(t, "dual_use"), true);
    }
}

void ans_say_defender_log(struct shodo_answers *a, struct shodo_json *j) {
    int64_t first = SHODO_TIME_NONE, last = SHODO_TIME_NONE;
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "defender", "log", &i)) != NULL;) {
        int64_t from = ans_get_time(f->values, "first"), to = ans_get_time(f->values, "last");
        first = from != SHODO_TIME_NONE && (first == SHODO_TIME_NONE || from < first) ? from
                                                                                      : first;
        last = to != SHODO_TIME_NONE && (last == SHODO_TIME_NONE || to > last) ? to : last;
    }
    if (first == SHODO_TIME_NONE)
        return;
    ans_sentence(
        j,
        ans_format(
            a,
            "Defender 自身のログ（MPLog）は %s から %s までのものを読みました。イベントログが消されていても残る記録です。",
            ans_local(a, first), ans_local(a, last)),
        ans_format(
            a,
            "Defender's own log (MPLog) was read from %s to %s; it stays when event logs are cleared.",
            ans_local(a, first), ans_local(a, last)));
}

/* ---- WMI ---- */

/* Windows and makers of computers register some themselves. */
static bool is_known_consumer(const struct shodo_answers *a, const char *name) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_fold_path(&b, name, strlen(name));
    return shodo_wild_any(shodo_detect_value(a->detect, "benign-tools", "wmi_consumers"),
                          shodo_buf_cstr(&b), b.len);
}

/* A consumer that runs something and that nobody knows; its text for people, NULL otherwise. */
static const char *consumer_text(struct shodo_answers *a, const struct ans_fact *f) {
    const char *type = ans_str(f, "consumer_type"), *name = ans_str(f, "consumer");
    const struct shodo_value *list = ans_value(f, strcmp(f->kind, "binding") == 0 ? "command"
                                                                                  : "texts");
    bool runs = strcmp(type, "CommandLineEventConsumer") == 0 ||
                strcmp(type, "ActiveScriptEventConsumer") == 0;
    for (size_t i = 0; runs && i < shodo_value_count(list); i++) {
        const char *s = shodo_value_str(shodo_value_at(list, i));
        runs = !s || strcmp(f->kind, "consumer") != 0 || !is_known_consumer(a, s);
    }
    if (!runs || is_known_consumer(a, name))
        return NULL;
    const char *first = shodo_value_str(shodo_value_at(list, 0));
    return ans_format(a, "%s%s%s", name, *name ? ": " : "", first ? first : type);
}

static void consumers(struct shodo_answers *a) {
    const struct shodo_value *p = pattern(a, "wmi-consumer");
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "wmi", NULL, &i)) != NULL;) {
        const char *text = consumer_text(a, f);
        struct ans_line *l = text ? line(a, f, "wmi-consumer", "windows:wmi:object") : NULL;
        if (!l)
            continue;
        bool is_bound = strcmp(f->kind, "binding") == 0;
        l->ja = ans_format(a, "%s %s%s", ans_get(p, "meaning_ja"), text,
                           is_bound ? "" : "（結び付け先は見つからず、消された跡かもしれません）");
        l->en = ans_format(a, "%s %s%s", ans_get(p, "meaning_en"), text,
                           is_bound ? "" : " (no binding found: it may be a deleted one)");
        l->technique = ans_get(p, "technique");
        l->is_sign = is_bound;
    }
}

void ans_say_traces(struct shodo_answers *a, struct shodo_json *j) {
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "wmi", "binding", &i)) != NULL;) {
        const char *text = f->time == SHODO_TIME_NONE ? consumer_text(a, f) : NULL;
        if (text)
            ans_sentence(
                j, ans_format(a, "条件で自動的に動く仕掛け（WMI）があります。時刻は不明: %s", text),
                ans_format(a, "A permanent WMI consumer is registered, when is unknown: %s", text));
    }
}

void ans_make_traces(struct shodo_answers *a) {
    malware(a);
    commands(a);
    programs(a);
    consumers(a);
}
