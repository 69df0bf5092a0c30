/* SPDX-License-Identifier: Apache-2.0 */
/* Values from the results of the runs (answers.json). */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "handover/sheet_value.h"

#define REASONS_READ 200

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

static const char *reason_words(const struct shodo_sheet *s, const struct shodo_value *r) {
    const char *reason = shodo_value_get_str(r, "reason"),
               *words = shodo_value_get_str(r, s->is_ja ? "ja" : "en");
    return words ? words : reason ? reason : "?";
}

const char *shodo_sheet_reasons(struct shodo_sheet *s, const struct shodo_value *list,
                                const char *between, size_t max) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    size_t kinds = 0, n = SHODO_MIN(shodo_value_count(list), (size_t)REASONS_READ);
    for (size_t i = 0; i < n; i++) {
        const char *words = reason_words(s, shodo_value_at(list, i));
        int64_t items = 0;
        bool is_told = false;
        for (size_t k = 0; k < n; k++) { /* the same words once, with the sum */
            const struct shodo_value *r = shodo_value_at(list, k);
            if (strcmp(reason_words(s, r), words) != 0)
                continue;
            is_told = is_told || k < i;
            items += shodo_value_get_int(r, "items", 0);
        }
        if (is_told || kinds++ >= max)
            continue;
        shodo_buf_addf(&b, s->is_ja ? "%s%s %lld件" : "%s%s: %lld", b.len ? between : "", words,
                       (long long)items);
    }
    if (kinds > max)
        shodo_buf_addf(&b, s->is_ja ? "、ほか%zu種類" : ", %zu other reasons", kinds - max);
    return shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b));
}

/* "2028-02-26 02:03:07 +09:00" of a datum; "" when there is none. */
static const char *moment(struct shodo_sheet *s, const struct shodo_value *data, const char *key) {
    const char *text = shodo_value_get_str(data, key);
    int64_t t = 0;
    return text && shodo_time_parse(text, strlen(text), &t) ? shodo_sheet_time(s, t) : "";
}

/* Two things, never one for the other: the first sign of the intruder, and the time in which files
 * were encrypted. */
static void since_when(struct shodo_sheet *s, struct shodo_buf *b, const struct shodo_value *root) {
    const struct shodo_value *data = shodo_value_get(shodo_sheet_find_answer(root, "since_when"),
                                                     "data");
    const char *sign = moment(s, data, "earliest_sign"),
               *first = moment(s, data, "first_encrypted"),
               *last = moment(s, data, "last_encrypted");
    if (*sign)
        shodo_buf_addf(b, s->is_ja ? "侵入の最も早い兆候 %s" : "earliest sign of intrusion %s",
                       sign);
    if (*first) { /* the end without its date when that is the same day */
        bool is_day = *last && strncmp(first, last, 11) == 0;
        const char *end = *last ? last + (is_day ? 11 : 0)
                                : shodo_sheet_say(s, "（不明）", "(unknown)");
        shodo_buf_addf(b, s->is_ja ? "%s暗号化 %.19s から %.*s まで" : "%sencryption %.19s to %.*s",
                       b->len ? "\n" : "", first, is_day ? 8 : 40, end);
    }
    if (b->len == 0)
        return;
    struct shodo_sheet_value clock = shodo_sheet_clock_offset(s);
    shodo_buf_addf(b, s->is_ja ? "\n（機械の時計。%s）" : "\n(the machine's clock; %s)",
                   *clock.text ? clock.text
                               : shodo_sheet_say(s, "時計のずれは未確認", "offset not checked"));
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
            shodo_buf_adds(b, shodo_sheet_reasons(s, shodo_value_get(answer, datum), "\n", 7));
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
    } else if (strcmp(path, "since") == 0) {
        since_when(s, b, root);
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
        return shodo_sheet_unknown(s, shodo_sheet_say(s, "機械を調べると分かる（まだ調べていない）",
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

struct shodo_sheet_value shodo_sheet_from_answers(struct shodo_sheet *s, const char *path) {
    if (strcmp(path, "scope.count") == 0)
        return scope_count(s);
    if (strcmp(path, "since.clock_offset") == 0)
        return shodo_sheet_clock_offset(s);
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
            shodo_buf_addf(&b, "%s%s: ", b.len ? "\n" : "", shodo_sheet_machine(s, e));
        shodo_buf_add(&b, one.data, one.len);
        first = *first ? first : a->endpoint;
    }
    if (b.len == 0) {
        bool is_run = s->c.runs.count > 0;
        return shodo_sheet_unknown(
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
                                   run ? run->id : "-",
                                   run ? shodo_sheet_note_time(s, run->ended) : "-"),
        .time = run ? run->ended : SHODO_TIME_NONE};
}
