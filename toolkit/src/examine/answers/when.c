/* SPDX-License-Identifier: Apache-2.0 */
/* Since when: the window of encryption, the earliest sign before it, and the machine's clock. */
#include <stdlib.h>
#include <string.h>

#include "examine/answers/state.h"

static const int64_t day_ns = 24LL * 3600 * 1000000000;
enum { SIGN_DAYS = 30 };

void ans_read_machine(struct shodo_answers *a) {
    size_t i = 0;
    const struct ans_fact *f = ans_next(a, "registry", "time_zone", &i);
    if (f) {
        const struct shodo_value *bias = ans_value(f, "ActiveTimeBias");
        if (!bias)
            bias = ans_value(f, "Bias");
        int64_t b = shodo_value_int(bias, INT64_MAX);
        if (b > INT32_MAX && b <= UINT32_MAX)
            b -= (int64_t)UINT32_MAX + 1; /* a DWORD that holds a negative number */
        if (b > -24 * 60 && b < 24 * 60) {
            a->zone_minutes = (int)-b;
            a->is_zone_known = true;
        }
        a->zone_name = ans_str(f, "TimeZoneKeyName");
    }
    if (!a->is_zone_known)
        a->zone_minutes = 9 * 60; /* shown as assumed */
    i = 0;
    f = ans_next(a, "registry", "computer_name", &i);
    if (f)
        a->computer = ans_str(f, "ComputerName");
    i = 0;
    a->has_volume = ans_next(a, "mft", "volume", &i) != NULL;
    i = 0;
    if (a->is_locked && !ans_next(a, "registry", NULL, &i))
        a->has_volume = false; /* what is left is the start partition or data */
}

/* First note by its birth: names in the census, or findings of the note rules. */
static void find_first_note(struct shodo_answers *a) {
    for (size_t i = 0; i < a->hits.count; i++) {
        const struct ans_hit *h = shodo_vec_at(&a->hits, i);
        if (strstr(h->ruleset, "ransom-notes") && h->born != SHODO_TIME_NONE &&
            (a->first_note == SHODO_TIME_NONE || h->born < a->first_note))
            a->first_note = h->born;
    }
    size_t i = 0;
    for (const struct ans_fact *f;
         a->encrypted_files && (f = ans_next(a, "mft", "note_name", &i)) != NULL;) {
        int64_t t = ans_get_time(f->values, "first_born");
        bool is_near = t != SHODO_TIME_NONE && a->first != SHODO_TIME_NONE &&
                       t > a->first - day_ns && t < a->last + day_ns;
        if (is_near && (a->first_note == SHODO_TIME_NONE || t < a->first_note))
            a->first_note = t;
    }
}

static bool is_logon(const struct ans_line *l) {
    static const char *const ids[] = {"rdp-logon", "logon-rdp", "logon-network",
                                      "rdp-authenticated"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(ids); i++)
        if (strcmp(l->what, ids[i]) == 0)
            return true;
    return false;
}

/* The earliest sign in the SIGN_DAYS before the encryption (or before the newest sign); a logon
 * from elsewhere in the hour before it belongs to it. */
void ans_make_times(struct shodo_answers *a) {
    find_first_note(a);
    const struct ans_line *lines = a->lines.data;
    int64_t end = a->first != SHODO_TIME_NONE ? a->first : a->first_note;
    for (size_t i = a->lines.count; end == SHODO_TIME_NONE && i-- > 0;)
        if (lines[i].is_sign)
            end = lines[i].time;
    size_t at = a->lines.count;
    for (size_t i = 0; end != SHODO_TIME_NONE && i < a->lines.count && at == a->lines.count; i++)
        if (lines[i].is_sign && lines[i].time >= end - SIGN_DAYS * day_ns && lines[i].time <= end)
            at = i;
    if (at == a->lines.count)
        return;
    a->earliest_line = &lines[at];
    for (size_t i = at; i-- > 0 && lines[i].time >= lines[at].time - day_ns / 24;)
        if (is_logon(&lines[i]))
            a->earliest_line = &lines[i];
    a->earliest = a->earliest_line->time;
}

static void say_window(struct shodo_answers *a, struct shodo_json *j) {
    if (a->first == SHODO_TIME_NONE) {
        ans_sentence(j, "暗号化の始まりと終わり: 不明（まとまった暗号化は見つかっていません）。",
                     "Start and end of an encryption: unknown (no mass encryption seen).");
        return;
    }
    const char *zone_ja = a->is_zone_known ? "" : "（端末の時間帯は読めず、日本時間と仮定）";
    const char *zone_en = a->is_zone_known
                              ? ""
                              : " (the machine's time zone could not be read; Japan assumed)";
    ans_sentence(
        j,
        ans_format(
            a,
            "暗号化は %s から %s まで%s。ファイルの記録変更日時（更新日時ではない）で見ています。",
            ans_local(a, a->first), ans_local(a, a->last), zone_ja),
        ans_format(a, "Encryption from %s to %s%s, by record change times, not write times.",
                   ans_local(a, a->first), ans_local(a, a->last), zone_en));
    if (a->gap_ms)
        ans_sentence(j,
                     ans_format(a, "およそ %lld.%lld 秒に1件の速さです。",
                                (long long)(a->gap_ms / 1000), (long long)(a->gap_ms % 1000 / 100)),
                     ans_format(a, "About one file in %lld.%lld seconds.",
                                (long long)(a->gap_ms / 1000),
                                (long long)(a->gap_ms % 1000 / 100)));
}

void ans_write_when(struct shodo_answers *a, struct shodo_json *j) {
    shodo_json_array(j, "sentences");
    say_window(a, j);
    if (a->earliest_line)
        ans_sentence(j,
                     ans_format(a, "侵入の兆しとして最も早いもの: %s %s", ans_local(a, a->earliest),
                                a->earliest_line->ja),
                     ans_format(a, "Earliest sign of intrusion: %s %s", ans_local(a, a->earliest),
                                a->earliest_line->en));
    else
        ans_sentence(j, "侵入の時期: 不明。", "Time of the intrusion: unknown.");
    ans_sentence(
        j,
        "暗号化より前のバックアップにも侵入者の仕掛けが残っていることがあります。復元の前に、隔離した場所で確かめてください。",
        "A backup older than the encryption may still carry the intruder: check it in isolation before restoring.");
    ans_sentence(
        j,
        ans_format(
            a,
            "時刻は端末の時計によります（時間帯 UTC%+d:%02d%s）。端末の時計と実時刻の差を記録し、差があれば引いて読んでください。",
            a->zone_minutes / 60, abs(a->zone_minutes % 60),
            a->is_zone_known ? "" : "、読めないため仮定"),
        ans_format(
            a,
            "Times are those of the machine's clock (zone UTC%+d:%02d%s): note its offset to the real time and subtract it.",
            a->zone_minutes / 60, abs(a->zone_minutes % 60), a->is_zone_known ? "" : ", assumed"));
    shodo_json_array_end(j);
    shodo_json_object(j, "data");
    shodo_json_time(j, "first_encrypted", a->first);
    shodo_json_time(j, "last_encrypted", a->last);
    shodo_json_time(j, "first_note", a->first_note);
    shodo_json_i64(j, "median_gap_ms", a->gap_ms);
    shodo_json_time(j, "earliest_sign", a->earliest);
    shodo_json_str(j, "earliest_sign_what", a->earliest_line ? a->earliest_line->what : NULL);
    shodo_json_str(j, "earliest_sign_evidence", a->earliest_line ? a->earliest_line->id : NULL);
    shodo_json_i64(j, "zone_minutes_east", a->zone_minutes);
    shodo_json_bool(j, "zone_known", a->is_zone_known);
    shodo_json_str(j, "zone_name", a->zone_name);
    size_t i = 0;
    shodo_json_array(j, "backdated");
    for (const struct ans_fact *f; (f = ans_next(a, "mft", "backdated", &i)) != NULL;)
        shodo_value_write(j, NULL, f->values);
    shodo_json_array_end(j);
    shodo_json_object_end(j);
}
