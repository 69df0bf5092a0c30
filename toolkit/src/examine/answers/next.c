/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Next machines: every host that this one reaches, or that came to it, once, with the reasons.
 * Hosts that were used between the earliest sign and the end come first. Names and addresses of the
 * hosts file are one host.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "examine/answers/links.h"

enum { HOST_BYTES = 256, NEXT_SAID = 12 };

static const struct reason {
    const char *reader, *kind, *value;
    const char *ja, *en;
} reasons[] = {
    {"evtx", "rdp_outgoing", "Value", "リモートデスクトップでつないだ先",
     "remote desktop from here"},
    {"registry", "rdp_client", "key", "リモートデスクトップの履歴", "remote desktop history"},
    {"registry", "rdp_client_history", "value", "リモートデスクトップの履歴",
     "remote desktop history"},
    {"evtx", "explicit_credentials", "TargetServerName", "別の利用者の権限でつないだ先",
     "other credentials were used for it"},
    {"registry", "mapped_drive", "RemotePath", "ネットワークドライブ", "mapped drive"},
    {"registry", "mapped_drive_history", "value", "ネットワークドライブの履歴",
     "mapped drive history"},
    {"registry", "share_used", "key", "使った共有", "share used"},
    {"registry", "database_source", "Server", "データベース", "database"},
    {"registry", "ssh_session", "HostName", "SSH の接続先", "SSH session"},
    {"registry", "domain_controller", "DCName", "ドメインコントローラー", "domain controller"},
    {"registry", "printer", "key", "プリントサーバー", "print server"},
    {"registry", "port_proxy", "value", "通信の中継先", "target of a port proxy"},
};

static struct ans_next_host *host_of(struct shodo_answers *a, const char *name) {
    for (size_t i = 0; i < a->next_hosts.count; i++) {
        struct ans_next_host *h = shodo_vec_at(&a->next_hosts, i);
        if (shodo_text_ieq(h->name, name) || (*h->alias && shodo_text_ieq(h->alias, name)))
            return h;
    }
    struct ans_next_host *h = a->next_hosts.count < SHODO_LIMIT_ANSWER_HOSTS
                                  ? shodo_vec_push(&a->next_hosts)
                                  : NULL;
    if (!h) {
        a->cut_rows++;
        return NULL;
    }
    *h = (struct ans_next_host){
        .name = ans_text(a, name), .alias = "", .ja = "", .en = "", .last = SHODO_TIME_NONE};
    size_t i = 0;
    for (const struct ans_fact *f;
         !*h->alias && (f = ans_next(a, "text", "hosts_entry", &i)) != NULL;) {
        const char *address = ans_str(f, "address"),
                   *names = *ans_str(f, "names") ? ans_str(f, "names") : ans_str(f, "name");
        h->alias = shodo_text_ieq(address, name) ? names
                   : shodo_text_ieq(names, name) ? address
                                                 : "";
    }
    return h;
}

/* The host in a share, a printer connection (",,HOST,printer"), a key of MountPoints2
 * ("##HOST#share"), or as it is. */
static bool host_in(const char *s, char out[HOST_BYTES]) {
    const char *at = strstr(s, "##"), *slash = strrchr(s, '\\');
    if (at)
        at += 2;
    else if (strstr(s, ",,"))
        at = strstr(s, ",,") + 2;
    else if (s[0] == '\\' && s[1] == '\\')
        at = s + 2;
    else if (strstr(s, "\\Servers\\"))
        at = slash + 1;
    else
        at = strncmp(s, "TERMSRV/", 8) == 0 ? s + 8 : s;
    size_t n = strcspn(at, "\\#,/ ");
    if (n < 2 || n >= HOST_BYTES)
        return false;
    memcpy(out, at, n);
    out[n] = 0;
    return !shodo_text_ieq(out, "localhost") && strcmp(out, "127.0.0.1") != 0 &&
           strcmp(out, "::1") != 0 && !strchr(out, '{');
}

static void add(struct shodo_answers *a, const char *text, const char *ja, const char *en,
                int64_t time, const char *id) {
    char name[HOST_BYTES];
    if (!host_in(text, name) || (*a->computer && shodo_text_ieq(name, a->computer)))
        return;
    struct ans_next_host *h = host_of(a, name);
    if (!h)
        return;
    if (!strstr(h->ja, ja)) {
        h->ja = ans_format(a, "%s%s%s", h->ja, *h->ja ? "、" : "", ja);
        h->en = ans_format(a, "%s%s%s", h->en, *h->en ? ", " : "", en);
    }
    if (time != SHODO_TIME_NONE && (h->last == SHODO_TIME_NONE || time > h->last))
        h->last = time;
    h->is_touched = h->is_touched || (a->earliest != SHODO_TIME_NONE && time != SHODO_TIME_NONE &&
                                      time >= a->earliest);
    bool is_new = true;
    for (size_t i = 0; i < h->ids_count; i++)
        is_new = is_new && strcmp(h->ids[i], id) != 0;
    if (is_new && h->ids_count < SHODO_ARRAY_SIZE(h->ids))
        h->ids[h->ids_count++] = id;
}

static int by_use(const void *pa, const void *pb) {
    const struct ans_next_host *a = pa, *b = pb;
    if (a->is_touched != b->is_touched)
        return a->is_touched ? -1 : 1;
    return strcmp(a->name, b->name);
}

void ans_make_next(struct shodo_answers *a) {
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(reasons); k++) {
        const struct reason *r = &reasons[k];
        size_t i = 0;
        for (const struct ans_fact *f; (f = ans_next(a, r->reader, r->kind, &i)) != NULL;) {
            const struct shodo_value *v = ans_value(f, r->value);
            const char *s = shodo_value_str(
                shodo_value_kind(v) == SHODO_VALUE_LIST ? shodo_value_at(v, 0) : v);
            if (s && *s)
                add(a, s, r->ja, r->en, f->time, f->id);
        }
    }
    /* machines that came here while it happened: they may be where the intruder sits */
    for (size_t i = 0; i < a->lines.count; i++) {
        const struct ans_line *l = shodo_vec_at(&a->lines, i);
        if (*l->address && a->earliest != SHODO_TIME_NONE && l->time >= a->earliest &&
            !ans_is_outside(a, l->address))
            add(a, l->address, "この端末に入ってきた端末", "came to this machine", l->time, l->id);
    }
    if (a->next_hosts.count)
        qsort(a->next_hosts.data, a->next_hosts.count, sizeof(struct ans_next_host), by_use);
}

void ans_say_next(struct shodo_answers *a, struct shodo_json *j) {
    if (a->next_hosts.count)
        ans_sentence(
            j,
            ans_format(
                a,
                "次に調べる端末の候補は %zu 台です（範囲の表に加え、調べる順を決めてください）。",
                a->next_hosts.count),
            ans_format(a, "%zu machines to look at next: add them to the scope matrix.",
                       a->next_hosts.count));
    for (size_t i = 0; i < a->next_hosts.count && i < NEXT_SAID; i++) {
        const struct ans_next_host *h = shodo_vec_at(&a->next_hosts, i);
        const char *touched_ja = h->is_touched ? "【侵入後に使われた】" : "",
                   *touched_en = h->is_touched ? " [used after the intrusion]" : "";
        ans_sentence(j,
                     ans_format(a, "%s%s%s%s: %s%s", h->name, *h->alias ? "（" : "", h->alias,
                                *h->alias ? "）" : "", h->ja, touched_ja),
                     ans_format(a, "%s%s%s%s: %s%s", h->name, *h->alias ? " (" : "", h->alias,
                                *h->alias ? ")" : "", h->en, touched_en));
    }
}

void ans_write_next(const struct shodo_answers *a, struct shodo_json *j, const char *key,
                    size_t max) {
    shodo_json_array(j, key);
    for (size_t i = 0; i < a->next_hosts.count && i < max; i++) {
        const struct ans_next_host *h = shodo_vec_at(&a->next_hosts, i);
        shodo_json_object(j, NULL);
        shodo_json_str(j, "host", h->name);
        shodo_json_str(j, "alias", *h->alias ? h->alias : NULL);
        shodo_json_str(j, "why_ja", h->ja);
        shodo_json_str(j, "why_en", h->en);
        shodo_json_bool(j, "used_after_intrusion", h->is_touched);
        shodo_json_time(j, "last", h->last);
        ans_write_ids(j, h->ids, h->ids_count);
        shodo_json_object_end(j);
    }
    shodo_json_array_end(j);
}

size_t shodo_answers_hosts(const struct shodo_answers *a, struct shodo_json *j, const char *key) {
    ans_write_next(a, j, key, SHODO_LIMIT_SCOPE_HOSTS);
    return a->next_hosts.count;
}
