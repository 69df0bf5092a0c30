/* SPDX-License-Identifier: Apache-2.0 */
/* Event log facts against rules/detect/event-patterns.yaml: lines of the timeline. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "examine/answers/state.h"

enum { DETAIL_BYTES = 160 };
static const int64_t second_ns = 1000000000;

static bool list_any(const struct shodo_value *list, const char *op, const char *folded, size_t n) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    bool is_all = strcmp(op, "contains_all") == 0;
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const char *s = shodo_value_str(shodo_value_at(list, i));
        shodo_fold_path(&b, s ? s : "", s ? strlen(s) : 0);
        bool fits = strstr(op, "like") ? shodo_wild(shodo_buf_cstr(&b), folded, n)
                    : strstr(op, "contains")
                        ? memmem(folded, n, shodo_buf_cstr(&b), b.len) != NULL
                        : n == b.len && memcmp(folded, shodo_buf_cstr(&b), n) == 0;
        if (is_all && !fits)
            return false;
        if (!is_all && fits)
            return true;
    }
    return is_all;
}

static void add_texts(struct shodo_buf *out, const struct shodo_value *v) {
    if (shodo_value_kind(v) == SHODO_VALUE_LIST || shodo_value_kind(v) == SHODO_VALUE_MAP) {
        for (size_t i = 0; i < shodo_value_count(v); i++)
            add_texts(out, shodo_value_at(v, i));
        return;
    }
    const char *s = shodo_value_str(v);
    if (s)
        shodo_buf_addf(out, "%s\n", s);
    else if (shodo_value_kind(v) == SHODO_VALUE_INT)
        shodo_buf_addf(out, "%lld\n", (long long)shodo_value_int(v, 0));
}

static void field(struct shodo_buf *out, const struct shodo_value *data, const char *name) {
    shodo_auto(shodo_buf) struct shodo_buf raw = SHODO_BUF_INIT;
    add_texts(&raw, strcmp(name, "*") == 0 ? data : shodo_value_get(data, name));
    size_t n = raw.len && raw.data[raw.len - 1] == '\n' ? raw.len - 1 : raw.len;
    shodo_fold_path(out, raw.data ? raw.data : "", n);
}

static bool holds(const struct shodo_value *conditions, const struct shodo_value *data) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    for (size_t i = 0; i < shodo_value_count(conditions); i++) {
        const struct shodo_value *c = shodo_value_at(conditions, i);
        const char *op = ans_get(c, "op");
        field(&text, data, ans_get(c, "field"));
        bool is_not = strncmp(op, "not_", 4) == 0;
        if (list_any(shodo_value_get(c, "values"), op, shodo_buf_cstr(&text), text.len) == is_not)
            return false;
    }
    return true;
}

bool ans_pattern_holds(const struct shodo_value *pattern, const struct shodo_value *data) {
    return holds(shodo_value_get(pattern, "conditions"), data);
}

static bool fits(const struct shodo_value *p, const struct shodo_value *v) {
    const struct shodo_value *ids = shodo_value_get(p, "event_ids");
    int64_t id = shodo_value_get_int(v, "event_id", -1);
    bool is_ours = false;
    for (size_t i = 0; i < shodo_value_count(ids) && !is_ours; i++)
        is_ours = shodo_value_int(shodo_value_at(ids, i), -2) == id;
    const char *provider = ans_get(p, "provider"), *channel = ans_get(p, "channel");
    /* the provider decides: forwarded and archived events stand in other channels */
    bool has_source = *provider ? shodo_text_ieq(provider, ans_get(v, "provider"))
                                : !*channel || shodo_text_ieq(channel, ans_get(v, "channel"));
    return is_ours && has_source && ans_pattern_holds(p, shodo_value_get(v, "data"));
}

/* What people ask first, in this order, with a word for it. */
static const struct detail {
    const char *field, *ja, *en;
} detail_rows[] = {
    {"TargetUserName", "対象", "target"},
    {"User", "アカウント", "account"},
    {"UserName", "アカウント", "account"},
    {"UserContext", "アカウント", "account"},
    {"SubjectUserName", "操作した人", "by"},
    {"Param1", "アカウント", "account"},
    {"IpAddress", "接続元", "from"},
    {"Address", "接続元", "from"},
    {"Param3", "接続元", "from"},
    {"WorkstationName", "接続元の端末名", "workstation"},
    {"ServiceName", "サービス", "service"},
    {"ImagePath", "プログラム", "program"},
    {"param1", "サービス", "service"},
    {"param3", "変更後", "now"},
    {"param4", "サービス名", "service name"},
    {"CommandLine", "コマンド", "command"},
    {"NewProcessName", "プログラム", "program"},
    {"TaskName", "タスク", "task"},
    {"New Value", "新しい値", "new value"},
    {"Threat Name", "検知名", "threat"},
    {"Path", "場所", "path"},
    {"ScriptBlockText", "スクリプト", "script"},
    {"Value", "値", "value"},
    {"Image", "プログラム", "program"},
    {"TargetFilename", "ファイル", "file"},
    {"TargetObject", "レジストリ", "registry"},
    {"Details", "内容", "details"},
    {"ImageLoaded", "読み込んだもの", "loaded"},
    {"SourceImage", "元のプログラム", "source"},
    {"TargetImage", "相手のプログラム", "target program"},
    {"PipeName", "パイプ", "pipe"},
    {"DestinationIp", "接続先", "to"},
    {"DestinationHostname", "接続先の名前", "to host"},
    {"ShareLocalPath", "共有した場所", "shared path"},
    {"ObjectDN", "対象", "object"},
    {"ProcessName", "プログラム", "program"},
    {"MemberSid", "加えられた SID", "member SID"},
    {"Channel", "ログ", "log"},
    {"url", "URL", "URL"},
    {"ShareName", "共有", "share"},
};

static const char *details(struct shodo_answers *a, const struct shodo_value *data, bool is_ja) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT, one = SHODO_BUF_INIT;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(detail_rows); i++) {
        shodo_buf_clear(&one);
        add_texts(&one, shodo_value_get(data, detail_rows[i].field));
        size_t n = one.len ? one.len - 1 : 0;
        if (!n || (n == 1 && one.data[0] == '-'))
            continue;
        n = shodo_text_clip(one.data, n, DETAIL_BYTES, NULL);
        shodo_buf_addf(&b, "%s%s: %.*s", b.len ? ", " : "",
                       is_ja ? detail_rows[i].ja : detail_rows[i].en, (int)n, one.data);
    }
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] == '\n' || b.data[i] == '\r')
            b.data[i] = ' ';
    return ans_text(a, shodo_buf_cstr(&b));
}

/* The first of these fields that says something. */
static const char *first_of(struct shodo_answers *a, const struct shodo_value *data,
                            const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const char *s = shodo_value_str(shodo_value_get(data, names[i]));
        if (s && *s && strcmp(s, "-") != 0 && strcmp(s, "LOCAL") != 0)
            return ans_text(a, s);
    }
    return "";
}

static void who_and_where(struct shodo_answers *a, struct ans_line *l,
                          const struct shodo_value *data) {
    static const char *const addresses[] = {"IpAddress", "Address", "Param3"},
                             *const accounts[] = {"TargetUserName", "User", "Param1",
                                                  "SubjectUserName", "UserName"};
    static const char *const doers[] = {"SubjectUserName"};
    /* the account is the one who did it */
    bool is_cleared = strncmp(l->what, "log-cleared", 11) == 0;
    l->address = first_of(a, data, addresses, SHODO_ARRAY_SIZE(addresses));
    l->account = is_cleared ? first_of(a, data, doers, 1)
                            : first_of(a, data, accounts, SHODO_ARRAY_SIZE(accounts));
}

static void tell(struct shodo_answers *a, const struct shodo_value *p, const struct ans_fact *f,
                 int64_t time, uint64_t count, bool is_lineage) {
    struct ans_line *l = ans_line_add(a, time, ans_get(p, "id"), f->id, f->path);
    if (!l)
        return;
    const struct shodo_value *data = shodo_value_get(f->values, "data");
    const char *more_ja = details(a, data, true), *more_en = details(a, data, false);
    who_and_where(a, l, data);
    const char *times_ja = count > 1 ? ans_format(a, "（%llu 回）", (unsigned long long)count) : "";
    const char *times_en = count > 1 ? ans_format(a, " (%llu times)", (unsigned long long)count)
                                     : "";
    l->ja = ans_format(a, "%s%s%s%s", ans_get(p, "meaning_ja"), times_ja, *more_ja ? " " : "",
                       more_ja);
    l->en = ans_format(a, "%s%s%s%s", ans_get(p, "meaning_en"), times_en, *more_en ? " " : "",
                       more_en);
    l->technique = ans_get(p, "technique");
    l->data_type = "windows:evtx:record";
    l->is_sign = !is_lineage && shodo_value_bool(shodo_value_get(p, "alone"), false);
    l->is_strong = l->is_sign && strcmp(ans_get(p, "severity"), "match") == 0;
}

struct hit {
    const struct ans_fact *fact;
    const char *group;
    int64_t first, last;
    uint64_t count;
};

static int by_group(const void *pa, const void *pb) {
    const struct hit *a = pa, *b = pb;
    int r = strcmp(a->group, b->group);
    return r ? r : a->first < b->first ? -1 : a->first > b->first;
}

static const char *group_of(struct shodo_answers *a, const char *rule,
                            const struct shodo_value *data) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (strcmp(rule, "many") == 0)
        return "";
    field(&b, data, strncmp(rule, "distinct:", 9) == 0 ? "IpAddress" : rule);
    return ans_text(a, shodo_buf_cstr(&b));
}

static uint64_t weigh(const struct hit *h, size_t n, const char *rule) {
    uint64_t sum = 0;
    if (strncmp(rule, "distinct:", 9) != 0) {
        for (size_t i = 0; i < n; i++)
            sum += h[i].count;
        return sum;
    }
    shodo_auto(shodo_buf) struct shodo_buf x = SHODO_BUF_INIT, y = SHODO_BUF_INIT;
    for (size_t i = 0; i < n; i++) {
        bool is_new = true;
        field(&x, shodo_value_get(h[i].fact->values, "data"), rule + 9);
        for (size_t k = 0; k < i && is_new; k++) {
            field(&y, shodo_value_get(h[k].fact->values, "data"), rule + 9);
            is_new = strcmp(shodo_buf_cstr(&x), shodo_buf_cstr(&y)) != 0;
        }
        sum += is_new;
    }
    return sum;
}

/* A run of one group without a gap of `seconds`, with `count` inside `seconds` somewhere. */
static void tell_bursts(struct shodo_answers *a, const struct shodo_value *p,
                        struct shodo_vec *hits, bool is_lineage) {
    const struct shodo_value *rate = shodo_value_get(p, "rate");
    const char *rule = ans_get(rate, "group");
    int64_t span = shodo_value_get_int(rate, "seconds", 60) * second_ns;
    uint64_t need = (uint64_t)shodo_value_get_int(rate, "count", 1);
    struct hit *h = hits->data;
    if (hits->count)
        qsort(h, hits->count, sizeof *h, by_group);
    for (size_t i = 0, k; i < hits->count; i = k) {
        uint64_t best = 0, all = 0;
        for (k = i + 1; k < hits->count && strcmp(h[k].group, h[i].group) == 0 &&
                        h[k].first - h[k - 1].last <= span;
             k++)
            ;
        for (size_t x = i, y = i; x < k; x++) {
            while (y < k && h[y].first - h[x].first <= span)
                y++;
            best = SHODO_MAX(best, y - x <= 4096 ? weigh(h + x, y - x, rule) : need);
        }
        for (size_t x = i; x < k; x++)
            all += h[x].count;
        if (best >= need)
            tell(a, p, h[i].fact, h[i].first, all, is_lineage);
    }
}

static void apply(struct shodo_answers *a, const struct shodo_value *p, bool is_lineage) {
    struct shodo_vec hits = SHODO_VEC_INIT(sizeof(struct hit));
    const struct shodo_value *rate = shodo_value_get(p, "rate");
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "evtx", NULL, &i)) != NULL;) {
        if (f->time == SHODO_TIME_NONE || !fits(p, f->values))
            continue;
        uint64_t count = (uint64_t)SHODO_MAX((int64_t)1,
                                             shodo_value_get_int(f->values, "count", 1));
        if (!rate) {
            tell(a, p, f, f->time, count, is_lineage);
            continue;
        }
        struct hit *h = shodo_vec_push(&hits);
        int64_t last = ans_get_time(f->values, "last");
        if (h)
            *h = (struct hit){
                .fact = f,
                .group = group_of(a, ans_get(rate, "group"), shodo_value_get(f->values, "data")),
                .first = f->time,
                .last = last == SHODO_TIME_NONE ? f->time : last,
                .count = count};
    }
    if (rate)
        tell_bursts(a, p, &hits, is_lineage);
    shodo_vec_done(&hits);
}

/* Events that no pattern is about but that make the story readable. */
static void plain_events(struct shodo_answers *a) {
    static const struct {
        const char *kind, *ja, *en;
    } rows[] = {
        {"rdp_session_disconnected", "リモートデスクトップの接続が切れました。",
         "Remote desktop session disconnected."},
        {"rdp_session_logoff", "リモートデスクトップからログオフしました。",
         "Remote desktop session logged off."},
        {"vpn_dialed", "VPN に接続しました。", "VPN dialled."},
        {"remote_session", "遠隔サポートの接続。", "Remote support session."},
        {"power_lost", "正しい手順でなく電源が切れました。", "Power was lost."},
    };
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(rows); k++) {
        size_t i = 0;
        for (const struct ans_fact *f; (f = ans_next(a, "evtx", rows[k].kind, &i)) != NULL;) {
            struct ans_line *l = ans_line_add(a, f->time, rows[k].kind, f->id, f->path);
            if (!l)
                continue;
            l->ja = ans_format(a, "%s %s", rows[k].ja,
                               details(a, shodo_value_get(f->values, "data"), true));
            l->en = ans_format(a, "%s %s", rows[k].en,
                               details(a, shodo_value_get(f->values, "data"), false));
            l->data_type = "windows:evtx:record";
        }
    }
}

void ans_make_events(struct shodo_answers *a) {
    plain_events(a);
    static const char schema[] = "event-patterns";
    for (size_t i = 0; i < shodo_detect_count(a->detect, schema, "patterns"); i++)
        apply(a, shodo_detect_row(a->detect, schema, "patterns", i), false);
    for (size_t i = 0; i < shodo_detect_count(a->detect, schema, "lineage"); i++)
        apply(a, shodo_detect_row(a->detect, schema, "lineage", i), true);
}
