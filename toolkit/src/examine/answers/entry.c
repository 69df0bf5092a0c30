/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How they came in: candidates for the way in, from logons and what follows them; and the timeline
 * from the earliest sign on. A logon is ordinary by itself. It becomes a sign when it follows a
 * series of failures from the same address, or comes from an address outside of private networks
 * and of this machine's own.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "examine/answers/state.h"

enum { ENTRY_SENTENCES = 40, ENTRY_LINES = 2000, WAYS_MAX = 16 };
static const int64_t second_ns = 1000000000, day_ns = 24LL * 3600 * 1000000000;

static bool ipv4(const char *s, unsigned out[4]) {
    char end = 0;
    int n = sscanf(s, "%3u.%3u.%3u.%3u%c", &out[0], &out[1], &out[2], &out[3], &end);
    return (n == 4 || (n == 5 && end == ':')) && out[0] < 256 && out[1] < 256 && out[2] < 256 &&
           out[3] < 256;
}

/* RFC 1918, loopback, link-local, RFC 6598; and multicast and up, which is no peer. */
static bool is_private(const unsigned a[4]) {
    return a[0] == 10 || a[0] == 127 || a[0] == 0 || (a[0] == 172 && a[1] >= 16 && a[1] < 32) ||
           (a[0] == 192 && a[1] == 168) || (a[0] == 169 && a[1] == 254) ||
           (a[0] == 100 && a[1] >= 64 && a[1] < 128) || a[0] >= 224;
}

/* The same /24 as an address of this machine: hospitals do use public ranges inside. */
static bool is_own_network(const struct shodo_answers *a, const unsigned x[4]) {
    static const char *const keys[] = {"IPAddress", "DefaultGateway"};
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "registry", "network_interface", &i)) != NULL;)
        for (size_t k = 0; k < SHODO_ARRAY_SIZE(keys); k++) {
            const struct shodo_value *v = ans_value(f, keys[k]);
            for (size_t n = 0; n < SHODO_MAX((size_t)1, shodo_value_count(v)); n++) {
                const char *s = shodo_value_str(
                    shodo_value_kind(v) == SHODO_VALUE_LIST ? shodo_value_at(v, n) : v);
                unsigned own[4];
                if (s && ipv4(s, own) && own[0] == x[0] && own[1] == x[1] && own[2] == x[2])
                    return true;
            }
        }
    return false;
}

bool ans_is_outside(const struct shodo_answers *a, const char *address) {
    unsigned x[4];
    const char *s = strncasecmp(address, "::ffff:", 7) == 0 ? address + 7 : address;
    if (ipv4(s, x))
        return !is_private(x) && !is_own_network(a, x);
    bool is_ipv6 = strchr(s, ':') && strspn(s, "0123456789abcdefABCDEF:%.") == strlen(s);
    return is_ipv6 && (s[0] == '2' || s[0] == '3'); /* 2000::/3, the global ones */
}

static bool is_logon(const struct ans_line *l) {
    static const char *const ids[] = {"rdp-logon", "logon-rdp", "rdp-authenticated",
                                      "logon-network", "logon-cleartext"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(ids); i++)
        if (strcmp(l->what, ids[i]) == 0)
            return true;
    return false;
}

static bool is_failure_series(const struct ans_line *l) {
    return strcmp(l->what, "logon-failed-many") == 0 || strcmp(l->what, "logon-failed-spray") == 0;
}

/* "PC07\\hosyu" and "hosyu" are one account here. */
static const char *plain_account(const char *s) {
    const char *slash = strrchr(s, '\\');
    return slash ? slash + 1 : s;
}

static bool has_way(const struct shodo_answers *a, const char *way, const char *address,
                    const char *account) {
    for (size_t i = 0; i < a->ways.count; i++) {
        const struct ans_way *w = shodo_vec_at(&a->ways, i);
        if (strcmp(w->way, way) == 0 && strcmp(w->address, address) == 0 &&
            strcmp(w->account, account) == 0)
            return true;
    }
    return false;
}

static void add_way(struct shodo_answers *a, const char *way, const struct ans_line *l,
                    const struct ans_line *before, const char *ja, const char *en) {
    const char *account = plain_account(l->account);
    if (a->ways.count >= WAYS_MAX || has_way(a, way, l->address, account))
        return;
    struct ans_way *w = shodo_vec_push(&a->ways);
    if (!w)
        return;
    *w = (struct ans_way){.way = way,
                          .address = l->address,
                          .account = account,
                          .time = l->time,
                          .ids = {l->id, before ? before->id : NULL}};
    const char *account_ja = *account ? ans_format(a, "、アカウント %s", account) : "",
               *account_en = *account ? ans_format(a, ", account %s", account) : "";
    w->ja = ans_format(a, "%s（接続元 %s%s、%s）", ja, *l->address ? l->address : "不明",
                       account_ja, ans_local(a, l->time));
    w->en = ans_format(a, "%s (from %s%s, %s)", en, *l->address ? l->address : "unknown",
                       account_en, ans_local(a, l->time));
}

static const struct ans_line *failures_before(const struct shodo_answers *a, size_t i) {
    const struct ans_line *lines = a->lines.data;
    for (size_t k = i; k-- > 0 && lines[k].time >= lines[i].time - 30 * day_ns;)
        if (is_failure_series(&lines[k]) && *lines[k].address &&
            strcmp(lines[k].address, lines[i].address) == 0)
            return &lines[k];
    return NULL;
}

/* A network logon in the five minutes before a service was put here from another machine. */
static const struct ans_line *logon_before(const struct shodo_answers *a, size_t i) {
    const struct ans_line *lines = a->lines.data;
    for (size_t k = i; k-- > 0 && lines[k].time >= lines[i].time - 300 * second_ns;)
        if (is_logon(&lines[k]) && *lines[k].address)
            return &lines[k];
    return NULL;
}

void ans_make_ways(struct shodo_answers *a) {
    struct ans_line *lines = a->lines.data;
    for (size_t i = 0; i < a->lines.count; i++) {
        struct ans_line *l = &lines[i];
        bool is_service = strcmp(l->what, "service-psexec") == 0 ||
                          strcmp(l->what, "service-share-path") == 0 ||
                          strcmp(l->what, "service-shell") == 0;
        const struct ans_line *before = is_service                   ? logon_before(a, i)
                                        : *l->address && is_logon(l) ? failures_before(a, i)
                                                                     : NULL;
        bool is_rdp = strstr(l->what, "rdp") != NULL;
        if (is_service && before) {
            add_way(a, "remote_service", before, l, "ほかの端末からの遠隔操作",
                    "Remote execution from another machine");
        } else if (before) {
            l->is_sign = true;
            add_way(a, is_rdp ? "rdp_after_failures" : "logon_after_failures", l, before,
                    is_rdp ? "パスワードの総当たりの後のリモートデスクトップ"
                           : "パスワードの総当たりの後のログオン",
                    is_rdp ? "Remote desktop after guessing passwords"
                           : "Logon after guessing passwords");
        } else if (is_logon(l) && ans_is_outside(a, l->address)) {
            l->is_sign = true;
            add_way(a, is_rdp ? "rdp_from_outside" : "logon_from_outside", l, NULL,
                    is_rdp ? "外部のアドレスからのリモートデスクトップ"
                           : "外部のアドレスからのログオン",
                    is_rdp ? "Remote desktop from an outside address"
                           : "Logon from an outside address");
        }
    }
}

/* After the times are known: the logon that the signs begin with, when nothing better was found. */
void ans_add_first_logon(struct shodo_answers *a) {
    const struct ans_line *l = a->earliest_line;
    if (!a->ways.count && l && is_logon(l))
        add_way(a, "logon_before_signs", l, NULL, "兆しの直前のログオン",
                "Logon just before the signs");
}

/* Only what lies between the earliest sign and the end; without one, everything that is a sign. */
bool ans_is_part(const struct shodo_answers *a, const struct ans_line *l) {
    return a->earliest == SHODO_TIME_NONE ? l->is_sign : l->time >= a->earliest;
}

static void say_ways(struct shodo_answers *a, struct shodo_json *j) {
    for (size_t i = 0; i < a->ways.count && i < 5; i++) {
        const struct ans_way *w = shodo_vec_at(&a->ways, i);
        ans_sentence(
            j, ans_format(a, "入り方の候補: %s%s", w->ja, i ? "" : "。確からしさ: 中"),
            ans_format(a, "Possible way in: %s%s", w->en, i ? "" : ". Confidence: middle"));
    }
    if (!a->ways.count)
        ans_sentence(
            j,
            "入り方: 不明（ログオンの記録からは言えません）。VPN 装置とルーターの記録を確かめてください。",
            "How they came in: unknown from the logons here. Look at the logs of VPN devices and routers.");
}

static void write_ways(const struct shodo_answers *a, struct shodo_json *j) {
    shodo_json_array(j, "ways");
    for (size_t i = 0; i < a->ways.count; i++) {
        const struct ans_way *w = shodo_vec_at(&a->ways, i);
        shodo_json_object(j, NULL);
        shodo_json_str(j, "way", w->way);
        shodo_json_time(j, "time", w->time);
        shodo_json_str(j, "address", w->address);
        shodo_json_str(j, "account", w->account);
        shodo_json_str(j, "ja", w->ja);
        shodo_json_str(j, "en", w->en);
        ans_write_ids(j, w->ids, SHODO_ARRAY_SIZE(w->ids));
        shodo_json_object_end(j);
    }
    shodo_json_array_end(j);
}

void ans_write_entry(struct shodo_answers *a, struct shodo_json *j) {
    size_t said = 0, shown = 0, left = 0;
    shodo_json_array(j, "sentences");
    say_ways(a, j);
    ans_say_traces(a, j);
    for (size_t i = 0; i < a->lines.count; i++) {
        const struct ans_line *l = shodo_vec_at(&a->lines, i);
        if (!ans_is_part(a, l) || !l->is_sign)
            continue;
        left += said >= ENTRY_SENTENCES;
        if (said < ENTRY_SENTENCES)
            ans_sentence(j, ans_format(a, "%s %s", ans_local(a, l->time), l->ja),
                         ans_format(a, "%s %s", ans_local(a, l->time), l->en));
        said++;
    }
    if (!said)
        ans_sentence(j, "侵入の兆しは読み取れていません。", "No sign of an intrusion was read.");
    if (left)
        ans_sentence(j, ans_format(a, "ほかに %zu 行の兆しが時系列にあります。", left),
                     ans_format(a, "%zu more signs are in the timeline.", left));
    shodo_json_array_end(j);
    shodo_json_object(j, "data");
    write_ways(a, j);
    shodo_json_array(j, "timeline");
    for (size_t i = 0; i < a->lines.count && shown < ENTRY_LINES; i++) {
        const struct ans_line *l = shodo_vec_at(&a->lines, i);
        if (ans_is_part(a, l)) {
            ans_write_line(j, l);
            shown++;
        }
    }
    shodo_json_array_end(j);
    shodo_json_u64(j, "timeline_lines", a->lines.count);
    shodo_json_object_end(j);
}
