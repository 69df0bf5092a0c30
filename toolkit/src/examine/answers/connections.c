/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of this machine to the outside, compared with the hospital's own list. Ministry teams
 * find 7 to 47 unlisted ones a hospital. */
#include <string.h>

#include "base/text.h"
#include "examine/answers/links.h"

enum { SAID_MAX = 30 };

/* What a row of the list is called, and which of its values name it. Kinds without a row are told
 * as data only. */
static const struct entrance {
    const char *kind, *ja, *en;
    const char *values[4];
    const char *only, *is; /* only rows whose value `only` is `is` */
} entrances[] = {
    {"remote_support", "遠隔サポート", "remote support", {"product"}, NULL, NULL},
    {"vpn_client", "VPN ソフト", "VPN client", {"product"}, NULL, NULL},
    {"vpn", "VPN の接続先", "VPN connection", {"server", "Server", "Portal", "name"}, NULL, NULL},
    {"port_proxy", "通信の中継（ポートプロキシ）", "port proxy", {"name", "value"}, NULL, NULL},
    {"network", "携帯回線", "mobile network", {"profile"}, "medium", "mobile"},
    {"network", "VPN のネットワーク", "VPN network", {"profile"}, "medium", "vpn"},
};

static void add_text(struct shodo_buf *out, const struct shodo_value *v) {
    const char *s = shodo_value_str(shodo_value_kind(v) == SHODO_VALUE_LIST ? shodo_value_at(v, 0)
                                                                            : v);
    if (s && *s)
        shodo_buf_addf(out, "%s%s", out->len ? " " : "", s);
}

static bool is_said(struct shodo_answers *a, const char *ja) {
    for (size_t i = 0; i < a->link_says.count; i++)
        if (strcmp(((const struct ans_say *)shodo_vec_at(&a->link_says, i))->ja, ja) == 0)
            return true;
    return false;
}

static void say(struct shodo_answers *a, const char *ja, const char *en, const char *id) {
    struct ans_say *s = a->link_says.count < SAID_MAX && !is_said(a, ja)
                            ? shodo_vec_push(&a->link_says)
                            : NULL;
    if (s)
        *s = (struct ans_say){.ja = ja, .en = en, .id = id ? ans_text(a, id) : NULL};
}

/* "台帳にない接続: VPN の接続先 vpn.example:10443", once for each text. */
static void say_entrance(struct shodo_answers *a, const struct shodo_value *row) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(entrances); i++) {
        const struct entrance *e = &entrances[i];
        if (strcmp(e->kind, ans_get(row, "kind")) != 0 ||
            (e->only && strcmp(ans_get(row, e->only), e->is) != 0))
            continue;
        shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
        for (size_t k = 0; k < SHODO_ARRAY_SIZE(e->values) && e->values[k]; k++)
            add_text(&text, shodo_value_get(row, e->values[k]));
        add_text(&text, shodo_value_get(row, "Description"));
        if (shodo_value_bool(shodo_value_get(row, "is_listed"), false)) {
            a->links_listed++;
            continue;
        }
        a->links_unlisted++;
        const char *ja = a->o.connections ? "台帳にない接続（入口の候補）" : "外部接続";
        const char *en = a->o.connections ? "Not in the hospital's list (possible entrance)"
                                          : "External connection";
        say(a, ans_format(a, "%s: %s %s", ja, e->ja, shodo_buf_cstr(&text)),
            ans_format(a, "%s: %s %s", en, e->en, shodo_buf_cstr(&text)), ans_get(row, "evidence"));
    }
}

static void say_rdp(struct shodo_answers *a) {
    size_t i = 0, k = 0, p = 0;
    const struct ans_fact *rdp = ans_next(a, "registry", "rdp", &i),
                          *listener = ans_next(a, "registry", "rdp_listener", &k);
    const struct ans_fact *policy = ans_next(a, "registry", "rdp_policy", &p);
    const struct shodo_value *deny = policy ? ans_value(policy, "fDenyTSConnections") : NULL;
    deny = deny ? deny : rdp ? ans_value(rdp, "fDenyTSConnections") : NULL;
    if (!deny)
        return;
    if (shodo_value_int(deny, 1) != 0) {
        say(a, "リモートデスクトップは無効の設定です（消される前に有効だった可能性は残ります）。",
            "Remote desktop is set to disabled (it may have been enabled before).",
            rdp ? rdp->id : NULL);
        return;
    }
    a->links_unlisted++;
    long long port = listener ? (long long)shodo_value_int(ans_value(listener, "PortNumber"), 3389)
                              : 3389;
    bool has_nla = listener && shodo_value_int(ans_value(listener, "UserAuthentication"), 0) == 1;
    say(a,
        ans_format(
            a,
            "リモートデスクトップが有効です（ポート %lld、ネットワークレベル認証 %s）。外から届く経路がないか、ルーターと VPN 装置で確かめてください。",
            port,
            !listener ? "不明"
            : has_nla ? "あり"
                      : "なし"),
        ans_format(
            a,
            "Remote desktop is enabled (port %lld, network level authentication %s). Check at the router and the VPN device whether it can be reached from outside.",
            port,
            !listener ? "unknown"
            : has_nla ? "on"
                      : "off"),
        rdp ? rdp->id : NULL);
}

/* The last incoming session of each product; times of some logs are the machine's local ones, as
 * text. */
static void say_sessions(struct shodo_answers *a) {
    static const char *const products[] = {"AnyDesk", "TeamViewer"};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(products); k++) {
        const char *when = "", *peer = "", *id = NULL;
        int64_t last = SHODO_TIME_NONE;
        size_t i = 0, n = 0;
        for (const struct ans_fact *f; (f = ans_next(a, "text", "remote_session", &i)) != NULL;) {
            if (strcmp(ans_str(f, "product"), products[k]) != 0 ||
                strcmp(ans_str(f, "direction"), "outgoing") == 0)
                continue;
            n++;
            const char *local = ans_str(f, "local_time");
            if (strcmp(local, when) > 0 || (f->time != SHODO_TIME_NONE && !*local &&
                                            (last == SHODO_TIME_NONE || f->time > last))) {
                when = *local ? local : when;
                last = f->time != SHODO_TIME_NONE ? f->time : last;
                id = f->id;
            }
            const char *who = *ans_str(f, "peer") ? ans_str(f, "peer") : ans_str(f, "peer_address");
            peer = *who ? who : peer;
        }
        const char *text = *when ? when : last != SHODO_TIME_NONE ? ans_local(a, last) : "";
        if (n && *text)
            say(a,
                ans_format(
                    a, "%s の最後の着信: %s（端末の時刻）相手 %s。業者の作業か確かめてください。",
                    products[k], text, *peer ? peer : "不明"),
                ans_format(
                    a,
                    "Last incoming session of %s: %s (machine's time), peer %s. Ask whether it was the supplier.",
                    products[k], text, *peer ? peer : "unknown"),
                id);
    }
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "text", "remote_tool_settings", &i)) != NULL;)
        if (shodo_value_bool(ans_value(f, "unattended_password"), false))
            say(a,
                ans_format(
                    a, "%s は無人接続のパスワードが設定されています（相手の操作なしに入れます）。",
                    ans_str(f, "product")),
                ans_format(a, "%s has an unattended password (nobody need accept a session).",
                           ans_str(f, "product")),
                f->id);
}

static void say_gateways(struct shodo_answers *a) {
    size_t i = 0, n = 0;
    for (const struct ans_fact *f;
         (f = ans_next(a, "registry", "network_interface", &i)) != NULL;) {
        static const char *const keys[] = {"DefaultGateway", "DhcpDefaultGateway"};
        bool has_one = false;
        for (size_t k = 0; k < SHODO_ARRAY_SIZE(keys); k++) {
            const struct shodo_value *v = ans_value(f, keys[k]);
            const char *s = shodo_value_str(
                shodo_value_kind(v) == SHODO_VALUE_LIST ? shodo_value_at(v, 0) : v);
            has_one = has_one || (s && *s && strcmp(s, "0.0.0.0") != 0);
        }
        n += has_one;
    }
    if (n > 1)
        say(a,
            ans_format(
                a,
                "外への出口（既定のゲートウェイ）を持つ回線が %zu つあります。台帳にない回線でないか確かめてください。",
                n),
            ans_format(
                a, "%zu interfaces have a default gateway: check that none is an unlisted line.",
                n),
            NULL);
}

void ans_make_connections(struct shodo_answers *a) {
    static const struct ans_told rows[] = {
        {"registry", "rdp", "rdp", {"fDenyTSConnections", "AllowTSConnections"}},
        {"registry",
         "rdp_listener",
         "rdp_listener",
         {"PortNumber", "UserAuthentication", "SecurityLayer"}},
        {"registry",
         "remote_tool",
         "remote_support_setting",
         {"key", "ClientID", "Version", "Always_Online", "RfbPort", "LastSessionTime"}},
        {"registry",
         "vpn_client",
         "vpn",
         {"key", "Server", "Description", "RemoteGW", "Portal", "LastUrl"}},
        {"registry", "port_proxy", "port_proxy", {"name", "value"}},
        {"registry",
         "network_interface",
         "network_interface",
         {"IPAddress", "DefaultGateway", "DhcpIPAddress", "DhcpDefaultGateway", "DhcpServer",
          "NameServer"}},
        {"registry",
         "network_profile",
         "network",
         {"profile", "medium", "created_local", "last_connected_local"}},
        {"registry", "persistent_route", "route", {"name", "value"}},
        {"text",
         "remote_session",
         "remote_session",
         {"product", "direction", "peer", "peer_address", "local_time", "event"}},
        {"text",
         "remote_tool_settings",
         "remote_support_setting",
         {"product", "name", "value", "unattended_password", "key"}},
        {"text", "vpn_entry", "vpn", {"product", "name", "server", "device", "type"}},
        {"evtx", "vpn_connected", "vpn_used", {"data"}},
        {"evtx", "remote_session", "remote_session", {"data"}},
    };
    struct shodo_json l = shodo_json_to(&a->links);
    shodo_json_array(&l, NULL);
    size_t n = ans_tell_products(a, &l, "remote-access", "products", "remote_support");
    n += ans_tell_products(a, &l, "vpn-clients", "clients", "vpn_client");
    n += ans_tell(a, &l, rows, SHODO_ARRAY_SIZE(rows));
    shodo_json_array_end(&l);
    a->links_count = n;
    say_rdp(a);
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    if (shodo_doc_parse_json(&d, "links", shodo_buf_cstr(&a->links), a->links.len, NULL) ==
        SHODO_OK)
        for (size_t i = 0; i < shodo_value_count(shodo_doc_root(d)); i++)
            say_entrance(a, shodo_value_at(shodo_doc_root(d), i));
    say_sessions(a);
    say_gateways(a);
}

void ans_write_connections(struct shodo_answers *a, struct shodo_json *j) {
    shodo_json_array(j, "sentences");
    for (size_t i = 0; i < a->link_says.count; i++) {
        const struct ans_say *s = shodo_vec_at(&a->link_says, i);
        ans_sentence(j, s->ja, s->en);
    }
    if (!a->links_count)
        ans_sentence(j, "外部接続の設定は読み取れていません（無いとは言えません）。",
                     "No connection settings were read (which does not mean there are none).");
    else if (!a->o.connections)
        ans_sentence(
            j,
            "病院の台帳（site.yaml の connections）がないため、すべて台帳と突き合わせてください。",
            "No site list was given: compare all of them with the hospital's list.");
    else
        ans_sentence(
            j,
            ans_format(
                a,
                "台帳にある接続 %llu 件、台帳にない接続 %llu 件。台帳にないものは止める前に担当の業者に確かめてください。",
                (unsigned long long)a->links_listed, (unsigned long long)a->links_unlisted),
            ans_format(
                a,
                "%llu in the hospital's list, %llu not in it: ask the supplier before cutting one.",
                (unsigned long long)a->links_listed, (unsigned long long)a->links_unlisted));
    ans_sentence(
        j,
        "この端末の設定から見えるものだけです。ルーター、VPN 装置、ほかの端末の接続は見えません。",
        "Only what this machine's settings show: routers, VPN devices and other machines are not seen.");
    shodo_json_array_end(j);
    shodo_json_object(j, "data");
    shodo_json_u64(j, "listed", a->links_listed);
    shodo_json_u64(j, "unlisted", a->links_unlisted);
    shodo_json_raw(j, "connections", shodo_buf_cstr(&a->links), a->links.len);
    shodo_json_object_end(j);
}
