/* SPDX-License-Identifier: Apache-2.0 */
/* Hit or not: independent votes; and which families are possible. */
#include <string.h>

#include "examine/answers/state.h"

enum { CONTENT_STRONG = 20, CONTENT_HINT = 5, FAMILIES_MAX = 12 };

static bool is_note_rule(const struct ans_hit *h) {
    return strstr(h->ruleset, "ransom-notes") != NULL;
}

static void vote_notes(struct shodo_answers *a) {
    struct ans_vote *v = ans_vote_begin(a, ANS_VOICE_NOTES);
    bool is_match = false;
    for (size_t i = 0; i < a->hits.count; i++) {
        const struct ans_hit *h = shodo_vec_at(&a->hits, i);
        if (!is_note_rule(h))
            continue;
        is_match = is_match || h->is_match;
        if (h->is_match)
            ans_vote_id(v, h->id);
    }
    for (size_t i = 0; !is_match && i < a->hits.count; i++) {
        const struct ans_hit *h = shodo_vec_at(&a->hits, i);
        if (is_note_rule(h))
            ans_vote_id(v, h->id);
    }
    v->weight = !v->count ? 0 : is_match ? 2 : 1;
    if (!v->count)
        return;
    v->ja = ans_format(a, "脅迫文と読める文書が %llu 件あります。", (unsigned long long)v->count);
    v->en = ans_format(a, "%llu texts read like ransom notes.", (unsigned long long)v->count);
}

/* Names repeated over folders: a vote of its own before contents are read, part of "notes"
 * afterwards. */
static void vote_note_names(struct shodo_answers *a) {
    struct ans_vote *v = ans_vote_begin(a, ANS_VOICE_NOTE_NAMES);
    bool is_spread = false;
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "mft", "note_name", &i)) != NULL;) {
        int64_t folders = shodo_value_get_int(f->values, "directories", 0);
        int64_t differ = shodo_value_get_int(f->values, "size_max", 0) -
                         shodo_value_get_int(f->values, "size_min", 0);
        int64_t slack = shodo_value_int(
            shodo_detect_value(a->detect, "note-names", "same_size_tolerance_bytes"), 64);
        bool is_same = folders >= 5 && differ <= slack;
        bool is_strong = strcmp(ans_get(f->values, "strength"), "strong") == 0;
        if (!is_same && !is_strong)
            continue; /* README files of a program package differ in size */
        is_spread = is_spread || is_same;
        ans_vote_id(v, f->id);
        v->ja = ans_format(a, "脅迫文らしい名前「%s」が %lld か所にあります。",
                           ans_get(f->values, "name"), (long long)folders);
        v->en = ans_format(a, "Name like a note, '%s', in %lld folders.",
                           ans_get(f->values, "name"), (long long)folders);
    }
    v->weight = v->count ? (is_spread ? 2 : 1) : 0;
}

static void vote_files(struct shodo_answers *a) {
    struct ans_vote *v = ans_vote_begin(a, ANS_VOICE_FILES);
    if (a->extension) {
        ans_vote_id(v, a->extension_id);
        v->weight = 2;
    }
    for (size_t i = 0; i < a->contents.count; i++) {
        const struct ans_content *c = shodo_vec_at(&a->contents, i);
        if (c->crypt == SHODO_CRYPT_YES)
            ans_vote_id(v, c->id);
    }
    if (a->judged_yes >= CONTENT_STRONG)
        v->weight = 2;
    else if (a->judged_yes >= CONTENT_HINT && !v->weight)
        v->weight = 1;
    v->count = a->encrypted_files;
    if (!v->weight)
        return;
    v->ja = ans_format(
        a, "暗号化されたと見られるファイルが %llu 件（うち中身を確かめたもの %llu 件）%s%s。",
        (unsigned long long)a->encrypted_files, (unsigned long long)a->judged_yes,
        a->extension ? "。拡張子 " : "", a->extension ? ans_get(a->extension, "extension") : "");
    v->en = ans_format(a, "%llu files look encrypted (%llu by content)%s%s.",
                       (unsigned long long)a->encrypted_files, (unsigned long long)a->judged_yes,
                       a->extension ? ", extension " : "",
                       a->extension ? ans_get(a->extension, "extension") : "");
}

static void vote_rules(struct shodo_answers *a) {
    struct ans_vote *v = ans_vote_begin(a, ANS_VOICE_TOOLS);
    for (size_t i = 0; i < a->hits.count; i++) {
        const struct ans_hit *h = shodo_vec_at(&a->hits, i);
        if (!is_note_rule(h) && h->is_match)
            ans_vote_id(v, h->id);
    }
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "mft", "backdated", &i)) != NULL;)
        ans_vote_id(v, f->id);
    v->weight = v->count != 0;
    if (!v->count)
        return;
    v->ja = ans_format(
        a,
        "攻撃で使われる道具・スクリプトの規則に %llu 件一致しました（保守用でないか確かめてください）。",
        (unsigned long long)v->count);
    v->en = ans_format(
        a,
        "%llu matches of rules for tools and scripts used in attacks (check that they are not your own).",
        (unsigned long long)v->count);
}

static void vote_logs(struct shodo_answers *a) {
    struct ans_vote *v = ans_vote_begin(a, ANS_VOICE_LOGS);
    const char *kinds[16];
    size_t strong = 0, weak = 0, known = 0;
    for (size_t i = 0; i < a->lines.count; i++) {
        const struct ans_line *l = shodo_vec_at(&a->lines, i);
        bool is_log = strncmp(l->data_type, "windows:", 8) == 0; /* not files */
        if (!is_log || !l->is_sign)
            continue;
        ans_vote_id(v, l->id);
        bool is_new = true;
        for (size_t k = 0; k < known && is_new; k++)
            is_new = strcmp(kinds[k], l->what) != 0;
        if (is_new && known < SHODO_ARRAY_SIZE(kinds)) {
            kinds[known++] = l->what;
            strong += l->is_strong;
            weak += !l->is_strong;
        }
    }
    v->weight = strong >= 3 ? 2 : strong >= 1 || weak >= 2 ? 1 : 0;
    if (!v->weight)
        return;
    v->ja = ans_format(a, "ログと設定に侵入の兆しが %zu 種類あります。", known);
    v->en = ans_format(a, "%zu kinds of intrusion signs in logs and settings.", known);
}

void ans_make_verdict(struct shodo_answers *a) {
    vote_notes(a);
    vote_note_names(a);
    vote_files(a);
    vote_rules(a);
    vote_logs(a);
    unsigned sum = 0, groups = 0, strong = 0;
    bool has_encryption = a->votes[ANS_VOICE_FILES].weight == 2;
    for (size_t i = 0; i < ANS_VOICES; i++) {
        if (i == ANS_VOICE_NOTE_NAMES && a->votes[ANS_VOICE_NOTES].weight)
            continue; /* the same notes, by name and by text: one voice */
        sum += a->votes[i].weight;
        groups += a->votes[i].weight > 0;
        strong += a->votes[i].weight == 2;
    }
    bool is_match = groups >= 2 && (strong >= 2 || (has_encryption && sum >= 3));
    a->verdict = is_match        ? SHODO_VERDICT_MATCH
                 : sum           ? SHODO_VERDICT_SUSPECT
                 : a->has_volume ? SHODO_VERDICT_NOTHING
                                 : SHODO_VERDICT_NOT_EXAMINED;
    bool has_problem = false;
    for (size_t i = 0; i < a->reasons.count; i++)
        has_problem = has_problem ||
                      ((const struct ans_reason *)shodo_vec_at(&a->reasons, i))->is_problem;
    a->confidence = is_match && strong >= 2       ? "high"
                    : is_match || (sum && strong) ? "middle"
                    : a->verdict == SHODO_VERDICT_NOTHING && !has_problem && !a->o.is_first &&
                            !a->o.is_unfinished
                        ? "middle"
                        : "low";
}

void ans_write_hit(struct shodo_answers *a, struct shodo_json *j) {
    shodo_json_array(j, "sentences");
    switch (a->verdict) {
    case SHODO_VERDICT_MATCH:
        ans_sentence(
            j,
            "この端末はランサムウェアの被害に遭ったと見られます。この端末の Windows を起動せず、ネットワークにつながないでください。触った人と時刻を記録してください。",
            "This machine looks hit by ransomware. Do not start its Windows and do not connect it. Write down who touched it and when.");
        ans_sentence(
            j,
            "この端末を USB から調べている間は、手順が終わるまで電源を切らないでください。終わったら電源を切り、「起動禁止」の札を付けてください。",
            "While it is examined from the stick, leave it on until the steps are done; then switch it off and label it 'do not start'.");
        break;
    case SHODO_VERDICT_SUSPECT:
        ans_sentence(
            j,
            "被害または侵入の疑いがあります。保守の作業でないか担当者に確かめるまで、つながないでください。",
            "Signs of damage or intrusion. Keep it disconnected until those responsible say whether it was maintenance.");
        break;
    case SHODO_VERDICT_NOTHING:
        ans_sentence(
            j,
            "見た範囲では該当するものはありません。この結果だけで再接続・使用再開・初期化をしない。判断: 対策本部",
            "Nothing found in what was looked at. Do not reconnect, use or reinstall on this result alone. Decision: the response headquarters.");
        break;
    case SHODO_VERDICT_NOT_EXAMINED:
        if (a->is_locked)
            ans_sentence(
                j,
                "鍵のかかった領域があり、この端末の Windows を調べられませんでした。この結果だけで再接続・使用再開・初期化をしない。判断: 対策本部",
                "A locked volume kept the Windows of this machine from being examined. Do not reconnect, use or reinstall on this result alone. Decision: the response headquarters.");
        else
            ans_sentence(j, "調べられませんでした。理由は「見ていないもの」にあります。",
                         "Could not be examined; the reasons are under not_examined.");
        break;
    }
    for (size_t i = 0; i < ANS_VOICES; i++)
        if (a->votes[i].weight)
            ans_sentence(j, a->votes[i].ja, a->votes[i].en);
    shodo_json_array_end(j);
    shodo_json_array(j, "votes");
    for (size_t i = 0; i < ANS_VOICES; i++) {
        const struct ans_vote *v = &a->votes[i];
        shodo_json_object(j, NULL);
        shodo_json_str(j, "vote", v->name);
        shodo_json_u64(j, "weight", v->weight);
        shodo_json_u64(j, "count", v->count);
        shodo_json_str(j, "ja", v->ja);
        shodo_json_str(j, "en", v->en);
        ans_write_ids(j, v->ids, v->ids_count);
        shodo_json_object_end(j);
    }
    shodo_json_array_end(j);
}

/* ---- families ---- */

static bool is_generic(const struct shodo_answers *a, const char *folded, size_t n) {
    return shodo_wild_any(shodo_detect_value(a->detect, "families", "generic_note_names"), folded,
                          n);
}

/* The name of a note of this machine that is one of the family's own; NULL otherwise. */
static const char *note_of(const struct shodo_answers *a, const struct shodo_value *family) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const struct shodo_value *names = shodo_value_get(family, "note_names");
    for (size_t i = 0; i < a->hits.count; i++) {
        const struct ans_hit *h = shodo_vec_at(&a->hits, i);
        shodo_fold_path(&b, h->name, strlen(h->name));
        if (is_note_rule(h) && !is_generic(a, shodo_buf_cstr(&b), b.len) &&
            shodo_wild_any(names, shodo_buf_cstr(&b), b.len))
            return h->name;
    }
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "mft", "note_name", &i)) != NULL;) {
        const char *name = ans_get(f->values, "name");
        shodo_fold_path(&b, name, strlen(name));
        if (!is_generic(a, shodo_buf_cstr(&b), b.len) &&
            shodo_wild_any(names, shodo_buf_cstr(&b), b.len))
            return name;
    }
    return NULL;
}

/* A phrase of the family in a note of this machine, with the note's path; NULL otherwise. */
static const char *phrase_of(const struct shodo_answers *a, const char *id, const char **ret_path) {
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "note", "family_phrases", &i)) != NULL;) {
        const struct shodo_value *list = shodo_value_get(f->values, "families");
        for (size_t k = 0; k < shodo_value_count(list); k++)
            if (strcmp(ans_get(shodo_value_at(list, k), "id"), id) == 0) {
                *ret_path = f->path;
                return ans_get(shodo_value_at(list, k), "phrase");
            }
    }
    return NULL;
}

static const char *extension_of(const struct shodo_answers *a, const struct shodo_value *family) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const char *e = a->extension ? ans_get(a->extension, "extension") : "";
    if (!*e)
        return NULL;
    if (strcmp(ans_get(a->extension, "family"), ans_get(family, "id")) == 0)
        return e;
    shodo_fold_path(&b, e, strlen(e));
    return shodo_wild_any(shodo_value_get(family, "extensions"), shodo_buf_cstr(&b), b.len) ? e
                                                                                            : NULL;
}

static bool has_lineage(const struct shodo_answers *a, const char *id) {
    for (size_t i = 0; *id && i < a->lines.count; i++)
        if (strcmp(((const struct ans_line *)shodo_vec_at(&a->lines, i))->what, id) == 0)
            return true;
    return false;
}

struct signs {
    const char *note, *extension, *phrase, *phrase_path;
    bool has_log;
};

/* "脅迫文の名前 X、拡張子 .y、…" */
static const char *why(struct shodo_answers *a, const struct signs *s, bool is_ja) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const char *comma = is_ja ? "、" : ", ";
    if (s->phrase)
        shodo_buf_addf(&b, is_ja ? "脅迫文の中の語「%s」（%s）" : "'%s' in the note %s", s->phrase,
                       s->phrase_path);
    if (s->note)
        shodo_buf_addf(&b, "%s%s %s", b.len ? comma : "", is_ja ? "脅迫文の名前" : "note name",
                       s->note);
    if (s->extension)
        shodo_buf_addf(&b, "%s%s %s", b.len ? comma : "", is_ja ? "拡張子" : "extension",
                       s->extension);
    if (s->has_log)
        shodo_buf_addf(&b, "%s%s", b.len ? comma : "", is_ja ? "ログの特徴" : "log traces");
    return ans_text(a, shodo_buf_cstr(&b));
}

static void write_family(struct shodo_answers *a, struct shodo_json *j, const struct shodo_value *f,
                         const struct signs *s) {
    shodo_json_object(j, NULL);
    shodo_json_str(j, "id", ans_get(f, "id"));
    shodo_json_str(j, "name", ans_get(f, "name"));
    shodo_json_str(j, "phrase", s->phrase);
    shodo_json_str(j, "note_name", s->note);
    shodo_json_str(j, "extension", s->extension);
    shodo_json_bool(j, "log_lineage", s->has_log);
    shodo_json_str(j, "why_ja", why(a, s, true));
    shodo_json_str(j, "why_en", why(a, s, false));
    shodo_value_write(j, "decryptor", shodo_value_get(f, "decryptor"));
    shodo_json_object_end(j);
}

enum { FAMILIES_SAID = 4 };

/* Rounds: families that a note names, then those with two other signs, then the rest: the likelier
 * ones stand first. */
static unsigned rank_of(const struct signs *s) {
    unsigned others = (s->note != NULL) + (s->extension != NULL);
    /* log traces alone name dozens of families: never */
    return s->phrase ? 0 : others == 2 ? 1 : others == 1 ? 2 : 3;
}

static struct signs signs_of(const struct shodo_answers *a, const struct shodo_value *f) {
    struct signs s = {.note = note_of(a, f),
                      .extension = extension_of(a, f),
                      .has_log = has_lineage(a, ans_get(f, "log_lineage"))};
    s.phrase = phrase_of(a, ans_get(f, "id"), &s.phrase_path);
    return s;
}

void ans_write_family(struct shodo_answers *a, struct shodo_json *j) {
    shodo_auto(shodo_buf) struct shodo_buf list = SHODO_BUF_INIT;
    struct shodo_json l = shodo_json_to(&list);
    size_t n = 0;
    bool has_decryptor = false, has_damage = a->verdict != SHODO_VERDICT_NOTHING &&
                                             a->verdict != SHODO_VERDICT_NOT_EXAMINED;
    struct ans_say says[FAMILIES_SAID];
    shodo_json_array(&l, NULL);
    for (unsigned rank = 0; has_damage && rank < 3; rank++)
        for (size_t i = 0;
             n < FAMILIES_MAX && i < shodo_detect_count(a->detect, "families", "families"); i++) {
            const struct shodo_value *f = shodo_detect_row(a->detect, "families", "families", i);
            const struct signs s = signs_of(a, f);
            const char *known = ans_get(shodo_value_get(f, "decryptor"), "known");
            if (rank_of(&s) != rank)
                continue;
            write_family(a, &l, f, &s);
            has_decryptor = has_decryptor || strcmp(known, "yes") == 0 ||
                            strcmp(known, "possible") == 0;
            if (n < FAMILIES_SAID)
                says[n] = (struct ans_say){.ja = ans_format(a, "候補: %s。理由: %s。",
                                                            ans_get(f, "name"), why(a, &s, true)),
                                           .en = ans_format(a, "Possible: %s, because of %s.",
                                                            ans_get(f, "name"), why(a, &s, false))};
            n++;
        }
    shodo_json_array_end(&l);
    shodo_json_array(j, "sentences");
    for (size_t i = 0; i < n && i < FAMILIES_SAID; i++)
        ans_sentence(j, says[i].ja, says[i].en);
    if (n > FAMILIES_SAID)
        ans_sentence(j, ans_format(a, "ほかに候補が %zu あります。", n - FAMILIES_SAID),
                     ans_format(a, "%zu more candidates.", n - FAMILIES_SAID));
    if (n)
        ans_sentence(
            j, "候補です。断定ではありません。同じ名前や拡張子を別の集団も使います。",
            "Possible families, not a claim: other groups use the same names and extensions.");
    else
        ans_sentence(j, "種類の候補: なし（公開されている名前・拡張子に合うものがない）。",
                     "No candidate: no published name or extension fits.");
    if (has_decryptor)
        ans_sentence(
            j,
            "公開の復号手段がある（または例がある）候補です。暗号化されたファイルを消さず、警察に相談してください。",
            "A public decryptor exists or was seen for a candidate: keep the encrypted files and ask the police.");
    else if (a->encrypted_files)
        ans_sentence(
            j,
            "暗号化されたファイルは消さずに残してください（後から復号できるようになった例があります）。",
            "Keep the encrypted files: decryption became possible later in other cases.");
    shodo_json_array_end(j);
    shodo_json_object(j, "data");
    shodo_json_raw(j, "candidates", shodo_buf_cstr(&list), list.len);
    shodo_json_str(j, "extension", a->extension ? ans_get(a->extension, "extension") : NULL);
    shodo_json_object_end(j);
}
