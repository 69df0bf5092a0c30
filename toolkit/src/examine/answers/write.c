/* SPDX-License-Identifier: Apache-2.0 */
/* answers.json and timeline.jsonl: the frame around what the parts say. */
#include <string.h>

#include "examine/answers/state.h"

void ans_sentence(struct shodo_json *j, const char *ja, const char *en) {
    shodo_json_object(j, NULL);
    shodo_json_str(j, "ja", ja);
    shodo_json_str(j, "en", en);
    shodo_json_object_end(j);
}

void ans_write_line(struct shodo_json *j, const struct ans_line *l) {
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

void ans_write_ids(struct shodo_json *j, const char *const *ids, size_t n) {
    shodo_json_array(j, "evidence");
    for (size_t i = 0; i < n && ids[i]; i++)
        shodo_json_str(j, NULL, ids[i]);
    shodo_json_array_end(j);
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
    {"how_in", "どこから入り、何をしたか", "How did they come in, what did they do?",
     ans_write_entry, "evtx"},
    {"connections", "この端末の外部接続", "External connections of this machine",
     ans_write_connections, "registry"},
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

static void not_examined(struct shodo_json *j, const char *reason, uint64_t items, uint64_t bytes,
                         const char *ja, const char *en, const char *example) {
    shodo_json_object(j, NULL);
    shodo_json_str(j, "reason", reason);
    shodo_json_u64(j, "items", items);
    shodo_json_u64(j, "bytes", bytes);
    shodo_json_str(j, "ja", ja);
    shodo_json_str(j, "en", en);
    shodo_json_str(j, "example", example);
    shodo_json_object_end(j);
}

static void write_not_examined(struct shodo_answers *a, struct shodo_json *j,
                               const struct answer *x) {
    shodo_json_array(j, "not_examined");
    if (!has_reader(a, x->needs))
        not_examined(
            j, "missing", 0, 0,
            ans_format(a, "この答えに必要な記録（%s）が読めていません。", x->needs),
            ans_format(a, "facts of '%s', which this answer needs, were not read", x->needs), "");
    if (a->o.is_first)
        not_examined(j, "pending", 0, 0, "ファイルの中身はまだ調べていません。",
                     "contents are not looked at yet", "");
    if (a->o.is_unfinished)
        not_examined(j, "cancelled", 0, 0, "検査は途中で止まっています。",
                     "the run is not finished", "");
    if (a->cut_rows || a->bad_lines)
        not_examined(j, "too_large", a->cut_rows + a->bad_lines, 0,
                     "記録が多すぎるか読めず、一部を使っていません。",
                     "too many or unreadable records: some were not used", "");
    for (size_t i = 0; i < a->reasons.count; i++) {
        const struct ans_reason *r = shodo_vec_at(&a->reasons, i);
        not_examined(j, shodo_ledger_reason_name(r->reason), r->items, r->bytes,
                     shodo_ledger_reason_ja(r->reason), r->text, r->example);
    }
    shodo_json_array_end(j);
}

static const char *verdict_of(const struct shodo_answers *a, const struct answer *x) {
    if (strcmp(x->id, "hit") == 0)
        return shodo_verdict_name(a->verdict);
    if (strcmp(x->id, "how_far") == 0 || strcmp(x->id, "since_when") == 0) {
        bool is_seen = a->encrypted_files && a->votes[ANS_VOICE_FILES].weight;
        bool is_loose = strcmp(x->id, "how_far") == 0 ? a->encrypted_files || a->loose
                                                      : a->encrypted_files != 0;
        return shodo_verdict_name(is_seen         ? SHODO_VERDICT_MATCH
                                  : is_loose      ? SHODO_VERDICT_SUSPECT
                                  : a->has_volume ? SHODO_VERDICT_NOTHING
                                                  : SHODO_VERDICT_NOT_EXAMINED);
    }
    if (!has_reader(a, x->needs))
        return shodo_verdict_name(SHODO_VERDICT_NOT_EXAMINED);
    if (strcmp(x->id, "how_in") == 0)
        return shodo_verdict_name(a->earliest_line ? SHODO_VERDICT_SUSPECT : SHODO_VERDICT_NOTHING);
    if (strcmp(x->id, "connections") == 0)
        return shodo_verdict_name(a->links_unlisted ? SHODO_VERDICT_SUSPECT
                                                    : SHODO_VERDICT_NOTHING);
    if (strcmp(x->id, "reach") == 0 && !a->next_hosts.count)
        return shodo_verdict_name(SHODO_VERDICT_NOTHING);
    if (strcmp(x->id, "family") == 0 && !a->encrypted_files)
        return shodo_verdict_name(a->has_volume ? SHODO_VERDICT_NOTHING
                                                : SHODO_VERDICT_NOT_EXAMINED);
    return shodo_verdict_name(SHODO_VERDICT_SUSPECT);
}

struct ids {
    struct shodo_json *j;
    size_t n;
};

static void put_id(struct ids *to, const char *id) {
    if (id && *id && to->n++ < SHODO_LIMIT_ANSWER_EVIDENCE)
        shodo_json_str(to->j, NULL, id);
}

static void put_encrypted(const struct shodo_answers *a, struct ids *to) {
    put_id(to, a->extension_id);
    for (size_t i = 0; !a->extension_id && i < a->contents.count; i++) {
        const struct ans_content *c = shodo_vec_at(&a->contents, i);
        if (c->crypt == SHODO_CRYPT_YES)
            put_id(to, c->id);
    }
}

static void put_facts(const struct shodo_answers *a, struct ids *to, const char *reader,
                      const char *kind) {
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, reader, kind, &i)) != NULL;)
        put_id(to, f->id);
}

static void write_evidence(const struct shodo_answers *a, struct shodo_json *j,
                           const struct answer *x) {
    struct ids to = {.j = j};
    shodo_json_array(j, "evidence");
    for (size_t i = 0; strcmp(x->id, "hit") == 0 && i < ANS_VOICES; i++)
        for (size_t k = 0; k < a->votes[i].ids_count && k < 4; k++)
            put_id(&to, a->votes[i].ids[k]);
    if (strcmp(x->id, "how_far") == 0 || strcmp(x->id, "since_when") == 0 ||
        strcmp(x->id, "family") == 0)
        put_encrypted(a, &to);
    if (strcmp(x->id, "family") == 0)
        put_facts(a, &to, "note", "family_phrases");
    if (strcmp(x->id, "since_when") == 0 && a->earliest_line)
        put_id(&to, a->earliest_line->id);
    for (size_t i = 0; strcmp(x->id, "how_in") == 0 && i < a->lines.count; i++) {
        const struct ans_line *l = shodo_vec_at(&a->lines, i);
        if (l->is_sign && ans_is_part(a, l))
            put_id(&to, l->id);
    }
    for (size_t i = 0; strcmp(x->id, "connections") == 0 && i < a->link_says.count; i++)
        put_id(&to, ((const struct ans_say *)shodo_vec_at(&a->link_says, i))->id);
    for (size_t i = 0; strcmp(x->id, "reach") == 0 && i < a->next_hosts.count; i++)
        put_id(&to, ((const struct ans_next_host *)shodo_vec_at(&a->next_hosts, i))->ids[0]);
    if (strcmp(x->id, "gaps") == 0)
        put_facts(a, &to, "evtx", "event_log");
    shodo_json_array_end(j);
}

/* How far the answer bears: of "hit" by its votes (hit.c); of the others by what they rest on.
 * Families are never more than possible. */
static const char *confidence_of(const struct shodo_answers *a, const struct answer *x) {
    bool is_early = a->o.is_first || a->o.is_unfinished;
    if (strcmp(x->id, "hit") == 0)
        return a->confidence;
    if (!has_reader(a, x->needs))
        return "low";
    if (strcmp(x->id, "how_far") == 0 || strcmp(x->id, "since_when") == 0)
        return !a->encrypted_files || is_early           ? "low"
               : a->judged_yes >= 20 && a->is_zone_known ? "high"
                                                         : "middle";
    if (strcmp(x->id, "how_in") == 0)
        return a->ways.count && !is_early ? "middle" : "low";
    return strcmp(x->id, "family") == 0 || is_early ? "low" : "middle";
}

void shodo_answers_write_one(struct shodo_answers *a, size_t i, struct shodo_json *j,
                             const char *key) {
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
    shodo_json_str(j, "confidence", confidence_of(a, x));
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
        ans_write_line(&j, shodo_vec_at(&a->lines, i));
        shodo_json_line_end(&j);
    }
}
