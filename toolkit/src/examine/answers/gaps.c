/* SPDX-License-Identifier: Apache-2.0 */
/* What the logs cannot say: not there, switched off, too small, cleared, damaged; and auditing that
 * was never on. */
#include <string.h>

#include "base/text.h"
#include "examine/answers/state.h"

static const int64_t day_ns = 24LL * 3600 * 1000000000;
enum { LOGON_INDEX = 5, SHORT_DAYS = 7 };

/* Logs that an answer about an intrusion needs. */
static const struct needed {
    const char *channel, *ja, *en;
} needed[] = {
    {"Security", "セキュリティ（ログオン、アカウント、プログラムの実行）",
     "Security (logons, accounts, programs)"},
    {"System", "システム（サービス、起動と停止）", "System (services, starts and stops)"},
    {"Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
     "リモートデスクトップの利用", "remote desktop sessions"},
    {"Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
     "リモートデスクトップの接続元", "remote desktop sources"},
    {"Microsoft-Windows-PowerShell/Operational", "PowerShell", "PowerShell"},
    {"Microsoft-Windows-Windows Defender/Operational", "Microsoft Defender", "Microsoft Defender"},
    {"Microsoft-Windows-TaskScheduler/Operational", "タスク", "scheduled tasks"},
};

struct seen {
    int64_t first, last, records, missing, damaged, processes;
    bool is_there;
};

static struct seen log_of(const struct shodo_answers *a, const char *channel) {
    struct seen s = {.first = SHODO_TIME_NONE, .last = SHODO_TIME_NONE};
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "evtx", "event_log", &i)) != NULL;) {
        if (!shodo_text_ieq(ans_get(f->values, "channel"), channel))
            continue;
        int64_t first = ans_get_time(f->values, "first"), last = ans_get_time(f->values, "last");
        s.is_there = true;
        s.records += shodo_value_get_int(f->values, "records", 0);
        s.missing += shodo_value_get_int(f->values, "missing_records", 0);
        s.damaged += shodo_value_get_int(f->values, "damaged_chunks", 0);
        s.processes += shodo_value_get_int(shodo_value_get(f->values, "events"), "4688", 0);
        s.first = first != SHODO_TIME_NONE && (s.first == SHODO_TIME_NONE || first < s.first)
                      ? first
                      : s.first;
        s.last = last != SHODO_TIME_NONE && (s.last == SHODO_TIME_NONE || last > s.last) ? last
                                                                                         : s.last;
    }
    return s;
}

/* "Enabled" of the channel: -1 when nothing is set. */
static int64_t enabled(const struct shodo_answers *a, const char *channel) {
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "registry", "log_channel", &i)) != NULL;)
        if (shodo_text_ieq(ans_get(f->values, "name"), channel))
            return shodo_value_int(ans_value(f, "Enabled"), -1);
    return -1;
}

static int64_t max_bytes(const struct shodo_answers *a, const char *channel) {
    static const char *const kinds[] = {"log_settings", "log_channel"};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(kinds); k++) {
        size_t i = 0;
        for (const struct ans_fact *f; (f = ans_next(a, "registry", kinds[k], &i)) != NULL;)
            if (shodo_text_ieq(ans_get(f->values, "name"), channel) && ans_value(f, "MaxSize"))
                return shodo_value_int(ans_value(f, "MaxSize"), 0);
    }
    return 0;
}

static void say_log(struct shodo_answers *a, struct shodo_json *j, const struct needed *n) {
    struct seen s = log_of(a, n->channel);
    if (enabled(a, n->channel) == 0)
        ans_sentence(j, ans_format(a, "記録が止められているログ: %s。", n->ja),
                     ans_format(a, "Log switched off: %s.", n->en));
    if (!s.is_there) {
        ans_sentence(
            j,
            ans_format(a, "読めていないログ: %s（ファイルが無いか、収集の対象に入っていません）。",
                       n->ja),
            ans_format(a, "Log not read: %s (no such file, or outside of what was looked at).",
                       n->en));
        return;
    }
    if (!s.records)
        ans_sentence(j, ans_format(a, "空のログ: %s。", n->ja),
                     ans_format(a, "Empty log: %s.", n->en));
    if (s.missing)
        ans_sentence(
            j,
            ans_format(a, "番号が抜けているログ: %s、%lld 件（消されたか、壊れています）。", n->ja,
                       (long long)s.missing),
            ans_format(a, "Log with missing numbers: %s, %lld records (removed or damaged).", n->en,
                       (long long)s.missing));
    if (s.damaged)
        ans_sentence(
            j, ans_format(a, "壊れた部分があるログ: %s、%lld か所。", n->ja, (long long)s.damaged),
            ans_format(a, "Damaged log: %s, %lld parts.", n->en, (long long)s.damaged));
    int64_t limit = max_bytes(a, n->channel), end = a->first != SHODO_TIME_NONE ? a->first : s.last;
    bool is_short = s.first != SHODO_TIME_NONE && end != SHODO_TIME_NONE &&
                    s.first > end - SHORT_DAYS * day_ns;
    if (is_short && s.records)
        ans_sentence(
            j,
            ans_format(a, "%s のログは %s から先しかありません%s。それより前のことは言えません。",
                       n->ja, ans_local(a, s.first),
                       limit > 0 ? ans_format(a, "（上限 %lld MiB、古い順に上書き）",
                                              (long long)(limit >> 20))
                                 : ""),
            ans_format(a, "The log of %s begins at %s%s: it says nothing of the time before.",
                       n->en, ans_local(a, s.first),
                       limit > 0 ? ans_format(a, " (at most %lld MiB, oldest overwritten)",
                                              (long long)(limit >> 20))
                                 : ""));
}

/* Two hex digits of "raw" as a byte. */
static int byte_at(const char *hex, size_t i) {
    int v = 0;
    for (size_t k = 0; k < 2; k++) {
        char c = strlen(hex) > 2 * i + k ? hex[2 * i + k] : 0;
        int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    return v;
}

/*
 * PolAdtEv: one 16-bit word a subcategory from byte 12 on, bit 0 success, bit 1 failure. The order
 * is that of the audit policy; only the first ones have stood at one place since Windows Vista
 * (system 0-4, logon 5), so only those are named.
 */
static void say_audit(struct shodo_answers *a, struct shodo_json *j) {
    size_t i = 0;
    const struct ans_fact *f = ans_next(a, "registry", "audit_policy", &i);
    if (!f) {
        ans_sentence(
            j, "監査の設定は読めていません（セキュリティのログに何が残るはずだったか言えません）。",
            "The audit policy was not read: what the security log should hold is unknown.");
        return;
    }
    int logon = byte_at(ans_get(f->values, "raw"), 12 + 2 * LOGON_INDEX);
    int64_t success = shodo_value_get_int(f->values, "success", 0),
            failure = shodo_value_get_int(f->values, "failure", 0);
    if (success + failure == 0)
        ans_sentence(
            j,
            "監査がすべて無効でした。セキュリティのログに記録が無いのは、起きなかったからとは限りません。",
            "Auditing was off altogether: no record in the security log means nothing.");
    else if (logon >= 0 && !(logon & 1))
        ans_sentence(
            j, "成功したログオンの監査が無効でした。誰が入ったかはログから言えません。",
            "Successful logons were not audited: who came in cannot be said from the log.");
    else if (logon >= 0 && !(logon & 2))
        ans_sentence(
            j, "失敗したログオンの監査が無効でした。総当たりがあっても残りません。",
            "Failed logons were not audited: guessing of passwords would leave no record.");
}

static void say_processes(struct shodo_answers *a, struct shodo_json *j) {
    struct seen s = log_of(a, "Security");
    size_t i = 0;
    const struct ans_fact *f = ans_next(a, "registry", "command_line_audit", &i);
    bool has_lines = f &&
                     shodo_value_int(ans_value(f, "ProcessCreationIncludeCmdLine_Enabled"), 0) == 1;
    if (s.is_there && !s.processes)
        ans_sentence(
            j,
            "プログラムの実行の記録（4688）はありません。何が実行されたかは、Prefetch など別の記録だけから見ています。",
            "No program starts (4688) were recorded: what ran is known from other records only, such as Prefetch.");
    else if (s.is_there && !has_lines)
        ans_sentence(j, "実行したコマンドの中身は記録されていません。",
                     "Command lines were not recorded.");
}

static void write_logs(const struct shodo_answers *a, struct shodo_json *l) {
    size_t i = 0;
    shodo_json_array(l, "logs");
    for (const struct ans_fact *f; (f = ans_next(a, "evtx", "event_log", &i)) != NULL;) {
        shodo_json_object(l, NULL);
        shodo_json_str(l, "log", ans_get(f->values, "channel"));
        shodo_json_str(l, "path", f->path);
        shodo_json_i64(l, "records", shodo_value_get_int(f->values, "records", 0));
        shodo_json_i64(l, "missing_records", shodo_value_get_int(f->values, "missing_records", 0));
        shodo_json_i64(l, "damaged_chunks", shodo_value_get_int(f->values, "damaged_chunks", 0));
        shodo_json_time(l, "first", ans_get_time(f->values, "first"));
        shodo_json_time(l, "last", ans_get_time(f->values, "last"));
        shodo_json_i64(l, "max_bytes", max_bytes(a, ans_get(f->values, "channel")));
        shodo_json_str(l, "evidence", f->id);
        shodo_json_object_end(l);
    }
    shodo_json_array_end(l);
}

void ans_write_gaps(struct shodo_answers *a, struct shodo_json *j) {
    size_t i = 0;
    bool has_logs = ans_next(a, "evtx", "event_log", &i) != NULL;
    shodo_json_array(j, "sentences");
    if (!has_logs)
        ans_sentence(
            j, "イベントログは読んでいません。入り方と操作について、ログからは何も言えません。",
            "No event log was read: nothing can be said from logs.");
    for (size_t k = 0; k < a->lines.count; k++) {
        const struct ans_line *x = shodo_vec_at(&a->lines, k);
        if (strncmp(x->what, "log-cleared", 11) == 0)
            ans_sentence(
                j,
                ans_format(
                    a,
                    "%s にログが消されています（%s）。それより前のことは、そのログからは言えません。",
                    ans_local(a, x->time), *x->account ? x->account : "消した人は不明"),
                ans_format(a, "A log was cleared at %s (%s): it says nothing of the time before.",
                           ans_local(a, x->time), *x->account ? x->account : "by whom is unknown"));
    }
    for (size_t k = 0; has_logs && k < SHODO_ARRAY_SIZE(needed); k++)
        say_log(a, j, &needed[k]);
    say_audit(a, j);
    say_processes(a, j);
    ans_say_defender_log(a, j);
    ans_sentence(
        j,
        "プログラムごとの通信量の記録（SRUM）は、この道具では読みません。持ち出された量はここからは言えません。",
        "Traffic by program (SRUM) is not read by this tool: how much was taken away cannot be said from it.");
    ans_sentence(j, "記録がないことは、なかったことを意味しません。",
                 "No record does not mean that nothing happened.");
    shodo_json_array_end(j);
    shodo_json_object(j, "data");
    write_logs(a, j);
    shodo_json_object_end(j);
}
