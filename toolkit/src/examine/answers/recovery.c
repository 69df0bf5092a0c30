/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Earlier states and what was done against them: shadow copies that are there or were deleted, and
 * boot settings that keep Windows from repairing itself.
 */
#include <string.h>

#include "examine/answers/state.h"

static const int64_t day_ns = 24LL * 3600 * 1000000000;

/* ---- boot settings (BCD) ---- */

/* The first byte of a boot element ("00", "0100000000000000"); -1 when there is none. */
static int element(const struct ans_fact *f) {
    const char *s = ans_str(f, "Element");
    if (!*s)
        return (int)shodo_value_int(ans_value(f, "Element"), -1);
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return -1;
    return (s[0] - '0') * 16 + (s[1] - '0');
}

/* Repair off and failures ignored are one act: one word for both. */
static const struct {
    const char *kind, *what, *ja, *en, *technique;
    int is; /* -1: any */
} boot_rows[] = {
    {"boot_recovery", "boot-recovery-off", "起動時の自動修復が止められています（BCD）",
     "Automatic repair at boot is off (BCD)", "T1490", 0},
    {"boot_status_policy", "boot-recovery-off", "起動の失敗を無視する設定です（BCD）",
     "Boot failures are ignored (BCD)", "T1490", 1},
    {"boot_safe_mode", "boot-safe-mode", "次の起動がセーフモードに変えられています（BCD）",
     "The next boot is set to safe mode (BCD)", "T1562.009", -1},
};

static void boot_settings(struct shodo_answers *a) {
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(boot_rows); k++) {
        size_t i = 0;
        for (const struct ans_fact *f;
             (f = ans_next(a, "registry", boot_rows[k].kind, &i)) != NULL;) {
            bool is_set = boot_rows[k].is < 0 ? element(f) >= 0 : element(f) == boot_rows[k].is;
            struct ans_line *l = is_set
                                     ? ans_line_add(a, f->time, boot_rows[k].what, f->id, f->path)
                                     : NULL;
            if (!l)
                continue;
            l->ja = boot_rows[k].ja;
            l->en = boot_rows[k].en;
            l->technique = boot_rows[k].technique;
            l->data_type = "windows:registry:key_value";
            l->is_sign = true;
        }
    }
}

/* ---- shadow copies ---- */

/* Windows deletes the oldest ones itself when space runs short: a sign only when it happened around
 * the encryption. */
static void deleted_copies(struct shodo_answers *a) {
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "vss", "store_deleted", &i)) != NULL;) {
        struct ans_line *l = ans_line_add(a, f->time, "shadow-copy-deleted", f->id, f->path);
        if (!l)
            continue;
        int64_t born = ans_get_time(f->values, "born");
        l->ja = ans_format(a, "シャドウコピーの記録ファイルの削除の跡（作成 %s）",
                           born == SHODO_TIME_NONE ? "不明" : ans_local(a, born));
        l->en = ans_format(a, "File of a shadow copy was deleted (made %s)",
                           born == SHODO_TIME_NONE ? "at an unknown time" : ans_local(a, born));
        l->technique = "T1490";
        l->data_type = "fs:stat:ntfs";
        l->is_sign = a->first != SHODO_TIME_NONE && f->time >= a->first - day_ns &&
                     f->time <= a->last + day_ns;
    }
}

void ans_make_recovery(struct shodo_answers *a) {
    boot_settings(a);
    deleted_copies(a);
}

struct copies {
    uint64_t count, before, unreadable, deleted;
    int64_t newest, newest_before;
    bool is_known, is_damaged;
};

static struct copies count_copies(const struct shodo_answers *a) {
    struct copies c = {.newest = SHODO_TIME_NONE, .newest_before = SHODO_TIME_NONE};
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "vss", "copies", &i)) != NULL;) {
        c.is_known = true;
        c.is_damaged = c.is_damaged || strcmp(ans_str(f, "state"), "damaged") == 0;
        c.count += (uint64_t)shodo_value_get_int(f->values, "count", 0);
        c.unreadable += (uint64_t)shodo_value_get_int(f->values, "unreadable", 0);
        c.deleted += (uint64_t)shodo_value_get_int(f->values, "deleted_store_files", 0);
    }
    i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "vss", "copy", &i)) != NULL;) {
        bool is_before = a->first == SHODO_TIME_NONE || f->time < a->first;
        c.newest = c.newest == SHODO_TIME_NONE || f->time > c.newest ? f->time : c.newest;
        if (!is_before)
            continue;
        c.before++;
        c.newest_before = c.newest_before == SHODO_TIME_NONE || f->time > c.newest_before
                              ? f->time
                              : c.newest_before;
    }
    return c;
}

/* The newest copy from before the encryption; without a time of encryption the newest. One for each
 * volume. */
static bool is_telling(const struct shodo_answers *a, const struct ans_fact *f) {
    bool is_before = a->first == SHODO_TIME_NONE || f->time < a->first;
    size_t i = 0;
    for (const struct ans_fact *g; (g = ans_next(a, "vss", "differs", &i)) != NULL;) {
        bool is_before_too = a->first == SHODO_TIME_NONE || g->time < a->first;
        if (g->volume == f->volume && g != f &&
            (is_before_too != is_before ? is_before_too : g->time > f->time))
            return false;
    }
    return true;
}

static uint64_t count_of(const struct ans_fact *f, const char *key) {
    return (uint64_t)shodo_value_get_int(f->values, key, 0);
}

/* "rewritten 3, gone 2"; what is 0 is left out, all 0 is "0". */
static const char *counts_text(struct shodo_answers *a, const struct ans_fact *f, bool is_ja) {
    static const struct {
        const char *key, *less, *ja, *en;
    } rows[] = {{"same", NULL, "同じ", "the same"},
                {"changed", NULL, "書き換え", "rewritten"},
                {"replaced", NULL, "同じ名前の別のファイル", "another file of the same name"},
                {"appended", NULL, "名前の後ろに文字が付いた", "with something behind the name"},
                {"renamed", "appended", "ほかの改名", "renamed otherwise"},
                {"removed", NULL, "なくなった", "gone"}};
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        uint64_t n = count_of(f, rows[i].key), less = rows[i].less ? count_of(f, rows[i].less) : 0;
        n -= SHODO_MIN(n, less);
        if (n)
            shodo_buf_addf(&b, "%s%s %llu", b.len ? is_ja ? "、" : ", " : "",
                           is_ja ? rows[i].ja : rows[i].en, (unsigned long long)n);
    }
    return ans_text(a, b.len ? shodo_buf_cstr(&b) : "0");
}

/* Counts only: whether a copy is whole, and free of the intruder, is for experts to say. */
static void say_difference(struct shodo_answers *a, struct shodo_json *j,
                           const struct ans_fact *f) {
    unsigned long long number = count_of(f, "number"), before = count_of(f, "before"),
                       added = count_of(f, "added");
    bool is_inexact = count_of(f, "unread_places") > 0;
    ans_sentence(
        j,
        ans_format(
            a,
            "シャドウコピー %llu（%s）のファイル %llu 件を今と比べると: %s。その後にできたもの %llu。%s",
            number, ans_local(a, f->time), before, counts_text(a, f, true), added,
            is_inexact ? "読めない所があり、数は目安です。" : ""),
        ans_format(a,
                   "Shadow copy %llu (%s), %llu files against the present: %s; made since: %llu.%s",
                   number, ans_local(a, f->time), before, counts_text(a, f, false), added,
                   is_inexact ? " Some places cannot be read: the counts are approximate." : ""));
}

static void say_differences(struct shodo_answers *a, struct shodo_json *j) {
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "vss", "differs", &i)) != NULL;)
        if (is_telling(a, f))
            say_difference(a, j, f);
}

void ans_say_recovery(struct shodo_answers *a, struct shodo_json *j) {
    struct copies c = count_copies(a);
    if (!c.is_known)
        return;
    if (c.is_damaged)
        ans_sentence(j, "シャドウコピーの管理情報が壊れていて、有無を言えません。",
                     "The list of shadow copies is damaged: whether there are any is unknown.");
    else if (c.count && a->first != SHODO_TIME_NONE && !c.before)
        ans_sentence(
            j,
            ans_format(a,
                       "シャドウコピー（以前の状態）は %llu 個ありますが、暗号化の後のものです。",
                       (unsigned long long)c.count),
            ans_format(a, "%llu shadow copies, all made after the encryption.",
                       (unsigned long long)c.count));
    else if (c.count)
        ans_sentence(
            j,
            ans_format(
                a,
                "シャドウコピー（以前の状態）が %llu 個残っています%s。消さずに残し、復元に使えるかは専門家が隔離した場所で確かめてください。",
                (unsigned long long)c.count,
                c.newest_before == SHODO_TIME_NONE
                    ? ""
                    : ans_format(a, "（%s最新 %s）",
                                 a->first == SHODO_TIME_NONE ? "" : "暗号化より前の",
                                 ans_local(a, c.newest_before))),
            ans_format(
                a,
                "%llu shadow copies are there%s: keep them; experts check in isolation whether they help.",
                (unsigned long long)c.count,
                c.newest_before == SHODO_TIME_NONE
                    ? ""
                    : ans_format(a, ", newest%s %s",
                                 a->first == SHODO_TIME_NONE ? "" : " before the encryption",
                                 ans_local(a, c.newest_before))));
    else
        ans_sentence(j, "シャドウコピー（以前の状態）は残っていません。",
                     "No shadow copies are left.");
    say_differences(a, j);
    if (c.deleted)
        ans_sentence(
            j,
            ans_format(a, "消されたシャドウコピーの跡が %llu 件あります。",
                       (unsigned long long)c.deleted),
            ans_format(a, "Traces of %llu deleted shadow copies.", (unsigned long long)c.deleted));
}

static void write_difference(const struct shodo_answers *a, struct shodo_json *j,
                             const struct ans_fact *f) {
    static const char *const counts[] = {
        "before",   "now",     "same",  "changed",        "renamed",      "appended",
        "replaced", "removed", "added", "appended_bytes", "unread_places"};
    shodo_json_object(j, NULL);
    shodo_json_u64(j, "volume", f->volume);
    shodo_json_u64(j, "number", count_of(f, "number"));
    shodo_json_time(j, "created", f->time);
    shodo_json_bool(j, "before_encryption", a->first != SHODO_TIME_NONE && f->time < a->first);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(counts); i++)
        shodo_json_u64(j, counts[i], count_of(f, counts[i]));
    shodo_json_str(j, "evidence", f->id);
    shodo_json_object_end(j);
}

void ans_write_recovery(struct shodo_answers *a, struct shodo_json *j) {
    struct copies c = count_copies(a);
    shodo_json_object(j, "earlier_states");
    shodo_json_bool(j, "known", c.is_known);
    shodo_json_u64(j, "copies", c.count);
    shodo_json_u64(j, "before_encryption", a->first == SHODO_TIME_NONE ? 0 : c.before);
    shodo_json_u64(j, "unreadable", c.unreadable);
    shodo_json_u64(j, "deleted", c.deleted);
    shodo_json_time(j, "newest", c.newest);
    shodo_json_array(j, "differs");
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "vss", "differs", &i)) != NULL;)
        write_difference(a, j, f);
    shodo_json_array_end(j);
    shodo_json_object_end(j);
}
