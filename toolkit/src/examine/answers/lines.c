/* SPDX-License-Identifier: Apache-2.0 */
/* Timeline lines from files and the registry: each with its evidence; times are those of the
 * evidence. */
#include <string.h>

#include "base/text.h"
#include "examine/answers/state.h"

/* Which registry facts are worth a line, and what they mean. `value` is shown. */
static const struct registry_line {
    const char *kind, *what, *ja, *en, *technique;
    const char *value; /* key of the values to show; "name" and "value" for lists */
    const char *when;  /* only when this key has the value `is` ("" any) */
    int64_t is;
    bool is_sign;
} registry_lines[] = {
    {"account_hidden", "account_hidden", "アカウントがログオン画面から隠されています",
     "An account is hidden from the logon screen", "T1564.002", "name", NULL, 0, true},
    {"defender_policy", "defender_disabled_policy", "Microsoft Defender が設定で止められています",
     "Microsoft Defender is switched off by policy", "T1562.001", NULL, "DisableAntiSpyware", 1,
     true},
    {"defender_exclusion", "defender_exclusion_set", "Microsoft Defender の対象外の設定",
     "Exclusion of Microsoft Defender", "T1562.001", "name", NULL, 0, false},
    {"port_proxy", "port_proxy", "通信の中継（ポートプロキシ）の設定", "Port proxy", "T1090.001",
     "name", NULL, 0, true},
    {"run_key", "run_key", "自動起動の登録", "Program started at logon", "T1547.001", "value", NULL,
     0, false},
    {"sysinternals", "sysinternals_eula", "Sysinternals のツールの使用許諾に同意した記録",
     "A Sysinternals tool was accepted", "T1588.002", "key", NULL, 0, false},
    {"extension_icon", "extension_icon", "拡張子にアイコンが登録されています",
     "An icon was set for an extension", "T1112", "@", NULL, 0, false},
    {"wallpaper", "wallpaper", "壁紙の設定", "Desktop wallpaper", "T1491.001", "Wallpaper", NULL, 0,
     false},
    {"image_hijack", "image_hijack", "プログラムの起動を横取りする設定",
     "Program start is redirected", "T1546.012", "Debugger", "Debugger", INT64_MIN, true},
    {"wdigest", "wdigest_on", "パスワードをメモリーに平文で残す設定",
     "Clear-text passwords are kept in memory", "T1112", NULL, "UseLogonCredential", 1, true},
    {"rdp_client", "rdp_outgoing_history", "他の端末へリモートデスクトップでつないだ記録",
     "Remote desktop to another machine", "T1021.001", "key", NULL, 0, false},
};

static const char *shown(struct shodo_answers *a, const struct ans_fact *f, const char *key) {
    const struct shodo_value *x = key ? ans_value(f, key) : NULL;
    if (shodo_value_kind(x) == SHODO_VALUE_LIST)
        x = shodo_value_at(x, 0);
    const char *s = shodo_value_str(x);
    if (s)
        return ans_text(a, s);
    return shodo_value_kind(x) == SHODO_VALUE_INT
               ? ans_format(a, "%lld", (long long)shodo_value_int(x, 0))
               : "";
}

static bool is_wanted(const struct registry_line *r, const struct ans_fact *f) {
    const struct shodo_value *x = r->when ? ans_value(f, r->when) : NULL;
    return !r->when || (r->is == INT64_MIN ? x != NULL : shodo_value_int(x, INT64_MIN) == r->is);
}

static void registry(struct shodo_answers *a) {
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(registry_lines); k++) {
        const struct registry_line *r = &registry_lines[k];
        size_t i = 0;
        for (const struct ans_fact *f; (f = ans_next(a, "registry", r->kind, &i)) != NULL;) {
            struct ans_line *l = is_wanted(r, f) ? ans_line_add(a, f->time, r->what, f->id, f->path)
                                                 : NULL;
            if (!l)
                continue;
            const char *value = shown(a, f, r->value),
                       *more = strcmp(r->kind, "port_proxy") == 0 || strcmp(r->kind, "run_key") == 0
                                   ? shown(a, f, r->value[0] == 'n' ? "value" : "name")
                                   : "";
            bool has_text = *value || *more;
            l->ja = ans_format(a, "%s%s%s%s%s", r->ja, has_text ? ": " : "", value,
                               *more ? " → " : "", more);
            l->en = ans_format(a, "%s%s%s%s%s", r->en, has_text ? ": " : "", value,
                               *more ? " -> " : "", more);
            l->technique = r->technique;
            l->data_type = "windows:registry:key_value";
            l->is_sign = r->is_sign;
        }
    }
}

/* "\Users\Public\…" and the like; `s` may have a drive or environment variable. */
static bool is_drop_place(const char *s) {
    static const char *const parts[] = {"*/USERS/PUBLIC/*",   "*/PERFLOGS/*",
                                        "*/WINDOWS/TEMP/*",   "*/USERS/*/MUSIC/*",
                                        "*/USERS/*/VIDEOS/*", "*/$RECYCLE.BIN/*"};
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_fold_path(&b, s, strlen(s));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(parts); i++)
        if (shodo_wild(parts[i], shodo_buf_cstr(&b), b.len))
            return true;
    return false;
}

/* Programs that ran or are started by themselves from places where intruders drop things. */
static void programs(struct shodo_answers *a) {
    static const struct {
        const char *reader, *kind, *value, *what, *ja, *en;
    } rows[] = {
        {"registry", "program_run_bam", "program", "program_run", "プログラムの実行（BAM）",
         "Program ran (BAM)"},
        {"registry", "program_run_user", "program", "program_run", "プログラムの実行（UserAssist）",
         "Program ran (UserAssist)"},
        {"registry", "program_seen_amcache", "LowerCaseLongPath", "program_seen",
         "プログラムの存在（Amcache）", "Program seen (Amcache)"},
        {"registry", "service", "ImagePath", "service_present", "置き場所の不自然なサービス",
         "Service in an unusual place"},
        {"registry", "run_key", "value", "run_key_dropped", "置き場所の不自然な自動起動",
         "Start at logon from an unusual place"},
        {"prefetch", "program_run", "files", "program_run", "プログラムの実行（Prefetch）",
         "Program ran (Prefetch)"},
    };
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(rows); k++) {
        size_t i = 0;
        for (const struct ans_fact *f;
             (f = ans_next(a, rows[k].reader, rows[k].kind, &i)) != NULL;) {
            const char *path = shown(a, f, rows[k].value);
            if (!*path || !is_drop_place(path))
                continue;
            struct ans_line *l = ans_line_add(a, f->time, rows[k].what, f->id, f->path);
            if (!l)
                continue;
            l->ja = ans_format(a, "%s: %s", rows[k].ja, path);
            l->en = ans_format(a, "%s: %s", rows[k].en, path);
            l->is_sign = true;
        }
    }
}

static void files(struct shodo_answers *a) {
    for (size_t i = 0; i < a->hits.count; i++) {
        const struct ans_hit *h = shodo_vec_at(&a->hits, i);
        bool is_note = strstr(h->ruleset, "ransom-notes") != NULL;
        bool is_tool = h->is_match && !is_note;
        if (!is_tool)
            continue;
        struct ans_line *l = ans_line_add(a, h->born, "file_found", h->id, h->path);
        if (!l)
            continue;
        l->ja = ans_format(a, "ファイルの作成: %s（%s）", h->path, *h->ja ? h->ja : h->rule);
        l->en = ans_format(a, "File created: %s (%s)", h->path, *h->en ? h->en : h->rule);
        l->data_type = "fs:stat:ntfs";
        l->is_sign = true;
    }
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "mft", "backdated", &i)) != NULL;) {
        const char *path = ans_get(f->values, "path");
        struct ans_line *l = ans_line_add(a, f->time, "file_backdated", f->id, path);
        if (!l)
            continue;
        l->ja = ans_format(a,
                           "プログラムの作成（日時が古く偽られています）: %s 偽の作成日時 %.19sZ",
                           path, ans_get(f->values, "si_born"));
        l->en = ans_format(a, "Program created, its times set back: %s, false birth %.19sZ", path,
                           ans_get(f->values, "si_born"));
        l->technique = "T1070.006";
        l->data_type = "fs:stat:ntfs";
        l->is_sign = true;
    }
}

static void notes(struct shodo_answers *a) {
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "mft", "note_name", &i)) != NULL;) {
        int64_t t = ans_get_time(f->values, "first_born");
        struct ans_line *l = a->encrypted_files ? ans_line_add(a, t, "note_first", f->id, f->path)
                                                : NULL;
        if (!l)
            continue;
        l->ja = ans_format(a, "脅迫文らしい名前のファイルが置かれ始めました: %s（%lld か所）",
                           ans_get(f->values, "name"),
                           (long long)shodo_value_get_int(f->values, "directories", 0));
        l->en = ans_format(a, "First file named like a ransom note: %s (%lld folders)",
                           ans_get(f->values, "name"),
                           (long long)shodo_value_get_int(f->values, "directories", 0));
        l->technique = "T1486";
        l->data_type = "fs:stat:ntfs";
    }
    const char *id = a->extension_id ? a->extension_id : "";
    struct ans_line *first = ans_line_add(a, a->first, "encryption_first", id, "");
    if (first) {
        first->ja = "暗号化の始まり（最初のファイル）";
        first->en = "Encryption starts (first file)";
        first->technique = "T1486";
        first->data_type = "fs:stat:ntfs";
    }
    struct ans_line *last = ans_line_add(a, a->last, "encryption_last", id, "");
    if (last) {
        last->ja = "暗号化の終わり（最後のファイル）";
        last->en = "Encryption ends (last file)";
        last->technique = "T1486";
        last->data_type = "fs:stat:ntfs";
    }
}

/* Deleted while it happened, or just after: tools and what was taken. */
static void deleted(struct shodo_answers *a) {
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "usn", "usn_deleted", &i)) != NULL;) {
        struct ans_line *l = ans_line_add(a, f->time, "file_deleted", f->id, f->path);
        if (!l)
            continue;
        l->ja = ans_format(a, "ファイルの削除（変更ジャーナル）: %s", ans_get(f->values, "name"));
        l->en = ans_format(a, "File deleted (change journal): %s", ans_get(f->values, "name"));
        l->technique = "T1070.004";
        l->data_type = "fs:ntfs:usn_change";
    }
}

void ans_make_lines(struct shodo_answers *a) {
    deleted(a);
    registry(a);
    programs(a);
    files(a);
    notes(a);
}
