/* SPDX-License-Identifier: Apache-2.0 */
/* answers.json and timeline.jsonl: the frame around what the parts say. */
#include <string.h>

#include "examine/answers/state.h"

enum { ENTRY_SENTENCES = 40, ENTRY_LINES = 2000 };

void ans_sentence(struct shodo_json *j, const char *ja, const char *en) {
    shodo_json_object(j, NULL);
    shodo_json_str(j, "ja", ja);
    shodo_json_str(j, "en", en);
    shodo_json_object_end(j);
}

static void write_line(struct shodo_json *j, const struct ans_line *l) {
    shodo_json_object(j, NULL);
    shodo_json_time(j, "time", l->time);
    shodo_json_str(j, "what", l->what);
    shodo_json_str(j, "ja", l->ja);
    shodo_json_str(j, "en", l->en);
    shodo_json_str(j, "place", l->place);
    shodo_json_str(j, "technique", l->technique);
    shodo_json_str(j, "data_type", l->data_type);
    shodo_json_bool(j, "is_sign", l->is_sign);
    shodo_json_str(j, "evidence", l->id);
    shodo_json_object_end(j);
}

/* Only what lies between the earliest sign and the end; without one, everything that is a sign. */
static bool is_part(const struct shodo_answers *a, const struct ans_line *l) {
    return a->earliest == SHODO_TIME_NONE ? l->is_sign : l->time >= a->earliest;
}

void ans_write_entry(struct shodo_answers *a, struct shodo_json *j) {
    size_t said = 0, shown = 0;
    shodo_json_array(j, "sentences");
    for (size_t i = 0; i < a->lines.count && said < ENTRY_SENTENCES; i++) {
        const struct ans_line *l = shodo_vec_at(&a->lines, i);
        if (!is_part(a, l) || !l->is_sign)
            continue;
        ans_sentence(j, ans_format(a, "%s %s", ans_local(a, l->time), l->ja), ans_format(a, "%s %s", ans_local(a, l->time), l->en));
        said++;
    }
    if (!said)
        ans_sentence(j, "入り方: 不明（兆しは読み取れていません）。", "How they came in: unknown (no sign was read).");
    shodo_json_array_end(j);
    shodo_json_object(j, "data");
    shodo_json_array(j, "timeline");
    for (size_t i = 0; i < a->lines.count && shown < ENTRY_LINES; i++) {
        const struct ans_line *l = shodo_vec_at(&a->lines, i);
        if (is_part(a, l)) {
            write_line(j, l);
            shown++;
        }
    }
    shodo_json_array_end(j);
    shodo_json_u64(j, "timeline_lines", a->lines.count);
    shodo_json_object_end(j);
}

static const struct answer {
    const char *id, *ja, *en;
    void (*write)(struct shodo_answers *a, struct shodo_json *j);
    const char *needs; /* reader whose facts it needs; NULL none */
} answers[] = {
    {"hit", "この端末は被害に遭ったか", "Is this machine hit?", ans_write_hit, "mft"},
    {"family", "種類の候補と復号手段", "Possible families and decryptors", ans_write_family, "mft"},
    {"how_far", "どこまで被害が及んだか", "How far?", ans_write_extent, "mft"},
    {"since_when", "いつからか", "Since when?", ans_write_when, "mft"},
    {"how_in", "どこから入り、何をしたか", "How did they come in, what did they do?", ans_write_entry, "evtx"},
    {"connections", "この端末の外部接続", "External connections of this machine", ans_write_connections, "registry"},
    {"reach", "ほかに届く先", "What else is in reach?", ans_write_reach, "registry"},
    {"gaps", "ログから言えないこと", "What the logs cannot say", ans_write_gaps, "evtx"},
};

size_t shodo_answers_count(void) {
    return SHODO_ARRAY_SIZE(answers);
}

static bool has_reader(const struct shodo_answers *a, const char *reader) {
    size_t i = 0;
    return !reader || ans_next(a, reader, NULL, &i) != NULL;
}

static void not_examined(struct shodo_json *j, const char *reason, uint64_t items, uint64_t bytes, const char *ja, const char *en, const char *example) {
    shodo_json_object(j, NULL);
    shodo_json_str(j, "reason", reason);
    shodo_json_u64(j, "items", items);
    shodo_json_u64(j, "bytes", bytes);
    shodo_json_str(j, "ja", ja);
    shodo_json_str(j, "en", en);
    shodo_json_str(j, "example", example);
    shodo_json_object_end(j);
}

static void write_not_examined(struct shodo_answers *a, struct shodo_json *j, const struct answer *x) {
    shodo_json_array(j, "not_examined");
    if (!has_reader(a, x->needs))
        not_examined(j, "missing", 0, 0, ans_format(a, "この答えに必要な記録（%s）が読めていません。", x->needs), ans_format(a, "facts of '%s', which this answer needs, were not read", x->needs), "");
    if (a->o.is_first)
        not_examined(j, "pending", 0, 0, "ファイルの中身はまだ調べていません。", "contents are not looked at yet", "");
    if (a->o.is_unfinished)
        not_examined(j, "cancelled", 0, 0, "検査は途中で止まっています。", "the run is not finished", "");
    if (a->cut_rows || a->bad_lines)
        not_examined(j, "too_large", a->cut_rows + a->bad_lines, 0, "記録が多すぎるか読めず、一部を使っていません。", "too many or unreadable records: some were not used", "");
    for (size_t i = 0; i < a->reasons.count; i++) {
        const struct ans_reason *r = shodo_vec_at(&a->reasons, i);
        not_examined(j, shodo_ledger_reason_name(r->reason), r->items, r->bytes, shodo_ledger_reason_ja(r->reason), r->text, r->example);
    }
    shodo_json_array_end(j);
}

static const char *verdict_of(const struct shodo_answers *a, const struct answer *x) {
    if (strcmp(x->id, "hit") == 0)
        return shodo_verdict_name(a->verdict);
    if (strcmp(x->id, "how_far") == 0 || strcmp(x->id, "since_when") == 0) {
        bool is_seen = a->encrypted_files && a->votes_count > 2 && a->votes[2].weight;
        return shodo_verdict_name(is_seen ? SHODO_VERDICT_MATCH : a->has_volume ? SHODO_VERDICT_NOTHING : SHODO_VERDICT_NOT_EXAMINED);
    }
    if (!has_reader(a, x->needs))
        return shodo_verdict_name(SHODO_VERDICT_NOT_EXAMINED);
    if (strcmp(x->id, "how_in") == 0)
        return shodo_verdict_name(a->earliest_line ? SHODO_VERDICT_SUSPECT : SHODO_VERDICT_NOTHING);
    return shodo_verdict_name(strcmp(x->id, "family") == 0 && !a->encrypted_files ? SHODO_VERDICT_NOTHING : SHODO_VERDICT_SUSPECT);
}

static void write_evidence(const struct shodo_answers *a, struct shodo_json *j, const struct answer *x) {
    shodo_json_array(j, "evidence");
    bool is_hit = strcmp(x->id, "hit") == 0;
    size_t n = 0;
    for (size_t i = 0; is_hit && i < a->votes_count; i++)
        for (size_t k = 0; k < a->votes[i].ids_count && k < 5; k++)
            shodo_json_str(j, NULL, a->votes[i].ids[k]);
    if (a->extension_id && (strcmp(x->id, "how_far") == 0 || strcmp(x->id, "since_when") == 0 || strcmp(x->id, "family") == 0))
        shodo_json_str(j, NULL, a->extension_id);
    for (size_t i = 0; strcmp(x->id, "how_in") == 0 && i < a->lines.count && n < SHODO_LIMIT_ANSWER_EVIDENCE; i++) {
        const struct ans_line *l = shodo_vec_at(&a->lines, i);
        if (l->is_sign && is_part(a, l)) {
            shodo_json_str(j, NULL, l->id);
            n++;
        }
    }
    shodo_json_array_end(j);
}

void shodo_answers_write_one(struct shodo_answers *a, size_t i, struct shodo_json *j, const char *key) {
    const struct answer *x = &answers[i];
    const char *verdict = verdict_of(a, x);
    enum shodo_verdict v = SHODO_VERDICT_NOT_EXAMINED;
    shodo_verdict_parse(verdict, &v);
    shodo_json_object(j, key);
    shodo_json_str(j, "id", x->id);
    shodo_json_str(j, "question_ja", x->ja);
    shodo_json_str(j, "question_en", x->en);
    shodo_json_str(j, "verdict", verdict);
    shodo_json_str(j, "verdict_ja", shodo_verdict_ja(v));
    shodo_json_str(j, "confidence", a->confidence);
    x->write(a, j);
    write_evidence(a, j, x);
    write_not_examined(a, j, x);
    shodo_json_object_end(j);
}

const char *shodo_answers_verdict(const struct shodo_answers *a) {
    return shodo_verdict_name(a->verdict);
}

void shodo_answers_write(struct shodo_answers *a, struct shodo_json *j) {
    shodo_json_object(j, NULL);
    shodo_json_str(j, "format", "shodo-answers/1");
    shodo_json_str(j, "endpoint", a->o.endpoint);
    shodo_json_str(j, "computer", a->computer);
    shodo_json_str(j, "detect_sha256", shodo_detect_digest(a->detect));
    shodo_json_u64(j, "findings", a->findings_count);
    shodo_json_u64(j, "facts", a->facts_count);
    shodo_json_u64(j, "ledger", a->ledger_count);
    shodo_json_bool(j, "is_first", a->o.is_first);
    shodo_json_bool(j, "is_unfinished", a->o.is_unfinished);
    shodo_json_i64(j, "zone_minutes_east", a->zone_minutes);
    shodo_json_bool(j, "zone_known", a->is_zone_known);
    shodo_json_array(j, "answers");
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(answers); i++)
        shodo_answers_write_one(a, i, j, NULL);
    shodo_json_array_end(j);
    shodo_json_object_end(j);
}

void shodo_answers_timeline(const struct shodo_answers *a, struct shodo_buf *out) {
    struct shodo_json j = shodo_json_to(out);
    for (size_t i = 0; i < a->lines.count; i++) {
        write_line(&j, shodo_vec_at(&a->lines, i));
        shodo_json_line_end(&j);
    }
}
