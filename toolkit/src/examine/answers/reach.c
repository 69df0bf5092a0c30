/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of this machine to the outside, and what else it can reach: from registry and log facts, by tables. */
#include <string.h>

#include "base/text.h"
#include "examine/answers/state.h"

/* A fact kind as one row of a list: which values are told under which names. */
struct told {
    const char *reader, *kind, *as;
    const char *values[6]; /* value names, copied as they are */
};

static bool is_known_here(const struct shodo_answers *a, const char *text) {
    for (size_t i = 0; *text && i < shodo_value_count(a->o.connections); i++) {
        static const char *const keys[] = {"name", "device", "vendor", "host"};
        for (size_t k = 0; k < SHODO_ARRAY_SIZE(keys); k++) {
            const char *s = ans_get(shodo_value_at(a->o.connections, i), keys[k]);
            if (strlen(s) >= 4 && (strcasestr(text, s) || (strlen(text) >= 4 && strcasestr(s, text))))
                return true;
        }
    }
    return false;
}

static size_t tell(struct shodo_answers *a, struct shodo_json *j, const struct told *rows, size_t count) {
    size_t n = 0;
    for (size_t k = 0; k < count; k++) {
        size_t i = 0;
        for (const struct ans_fact *f; (f = ans_next(a, rows[k].reader, rows[k].kind, &i)) != NULL;) {
            bool has_any = !rows[k].values[0], is_known = false;
            for (size_t v = 0; v < SHODO_ARRAY_SIZE(rows[k].values) && rows[k].values[v]; v++) {
                const struct shodo_value *x = ans_value(f, rows[k].values[v]);
                has_any = has_any || x;
                is_known = is_known || (shodo_value_str(x) && is_known_here(a, shodo_value_str(x)));
            }
            if (!has_any)
                continue;
            shodo_json_object(j, NULL);
            shodo_json_str(j, "kind", rows[k].as);
            for (size_t v = 0; v < SHODO_ARRAY_SIZE(rows[k].values) && rows[k].values[v]; v++)
                if (ans_value(f, rows[k].values[v]))
                    shodo_value_write(j, rows[k].values[v], ans_value(f, rows[k].values[v]));
            if (shodo_value_get(f->values, "user"))
                shodo_value_write(j, "user", shodo_value_get(f->values, "user"));
            shodo_json_time(j, "since", f->time);
            shodo_json_bool(j, "is_listed", is_known);
            shodo_json_str(j, "evidence", f->id);
            shodo_json_object_end(j);
            n++;
        }
    }
    return n;
}

/* Products by their services and uninstall names; one row a product. */
static size_t tell_products(struct shodo_answers *a, struct shodo_json *j, const char *schema, const char *list, const char *as) {
    size_t n = 0;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t k = 0; k < shodo_detect_count(a->detect, schema, list); k++) {
        const struct shodo_value *p = shodo_detect_row(a->detect, schema, list, k);
        const char *id = NULL;
        size_t i = 0;
        int64_t since = SHODO_TIME_NONE;
        for (const struct ans_fact *f; !id && (f = ans_next(a, "registry", "service", &i)) != NULL;) {
            const char *key = ans_get(f->values, "key"), *name = strrchr(key, '\\');
            name = name ? name + 1 : key;
            shodo_fold_path(&b, name, strlen(name));
            if (shodo_wild_any(shodo_value_get(p, "services"), shodo_buf_cstr(&b), b.len)) {
                id = f->id;
                since = f->time;
            }
        }
        i = 0;
        for (const struct ans_fact *f; !id && (f = ans_next(a, "registry", "installed_program", &i)) != NULL;) {
            const char *name = ans_str(f, "DisplayName");
            shodo_fold_path(&b, name, strlen(name));
            if (*name && shodo_wild_any(shodo_value_get(p, "uninstall_names"), shodo_buf_cstr(&b), b.len)) {
                id = f->id;
                since = f->time;
            }
        }
        if (!id)
            continue;
        shodo_json_object(j, NULL);
        shodo_json_str(j, "kind", as);
        shodo_json_str(j, "product", ans_get(p, "name"));
        shodo_json_time(j, "since", since);
        shodo_json_bool(j, "is_listed", is_known_here(a, ans_get(p, "name")));
        shodo_json_str(j, "evidence", id);
        shodo_json_object_end(j);
        n++;
    }
    return n;
}

void ans_write_connections(struct shodo_answers *a, struct shodo_json *j) {
    static const struct told rows[] = {
        {"registry", "rdp", "rdp", {"fDenyTSConnections", "AllowTSConnections"}},
        {"registry", "rdp_listener", "rdp_listener", {"PortNumber", "UserAuthentication", "SecurityLayer"}},
        {"registry", "remote_tool", "remote_support_setting", {"key", "ClientID", "Version", "Always_Online", "RfbPort", "LastSessionTime"}},
        {"registry", "vpn_client", "vpn", {"key", "Server", "Description", "RemoteGW", "Portal", "LastUrl"}},
        {"registry", "port_proxy", "port_proxy", {"name", "value"}},
        {"registry", "network_interface", "network_interface", {"IPAddress", "DefaultGateway", "DhcpIPAddress", "DhcpDefaultGateway", "DhcpServer", "NameServer"}},
        {"registry", "network_profile", "network", {"profile", "medium", "created_local", "last_connected_local"}},
        {"registry", "persistent_route", "route", {"name", "value"}},
        {"text", "remote_session", "remote_session", {"product", "direction", "peer", "peer_address", "local_time", "event"}},
        {"text", "remote_tool_settings", "remote_support_setting", {"product", "name", "value", "unattended_password", "key"}},
        {"text", "vpn_entry", "vpn", {"product", "name", "server", "device", "type"}},
        {"evtx", "vpn_connected", "vpn_used", {"data"}},
        {"evtx", "remote_session", "remote_session", {"data"}},
    };
    shodo_auto(shodo_buf) struct shodo_buf list = SHODO_BUF_INIT;
    struct shodo_json l = shodo_json_to(&list);
    shodo_json_array(&l, NULL);
    size_t n = tell_products(a, &l, "remote-access", "products", "remote_support");
    n += tell_products(a, &l, "vpn-clients", "clients", "vpn_client");
    n += tell(a, &l, rows, SHODO_ARRAY_SIZE(rows));
    shodo_json_array_end(&l);
    shodo_json_array(j, "sentences");
    size_t i = 0;
    const struct ans_fact *rdp = ans_next(a, "registry", "rdp", &i);
    if (rdp && shodo_value_int(ans_value(rdp, "fDenyTSConnections"), 1) == 0)
        ans_sentence(j, "リモートデスクトップが有効です。", "Remote desktop is enabled.");
    else if (rdp)
        ans_sentence(j, "リモートデスクトップは無効の設定です。", "Remote desktop is set to disabled.");
    if (n)
        ans_sentence(j, a->o.connections ? "外部接続につながる設定です。台帳にない（is_listed が false）ものは入口の候補です。"
                                         : "外部接続につながる設定です。病院の台帳がないため、すべて台帳と突き合わせてください。",
                     a->o.connections ? "Settings that may connect outside; those not in the site's list (is_listed false) are possible entrances."
                                      : "Settings that may connect outside. No site list was given: compare all of them with the hospital's list.");
    else
        ans_sentence(j, "外部接続の設定は読み取れていません（無いとは言えません）。", "No connection settings were read (which does not mean there are none).");
    shodo_json_array_end(j);
    shodo_json_object(j, "data");
    shodo_json_raw(j, "connections", shodo_buf_cstr(&list), list.len);
    shodo_json_object_end(j);
}

void ans_write_reach(struct shodo_answers *a, struct shodo_json *j) {
    static const struct told rows[] = {
        {"registry", "mapped_drive", "mapped_drive", {"key", "RemotePath", "UserName"}},
        {"registry", "mapped_drive_history", "share_history", {"value"}},
        {"registry", "share_used", "share_used", {"key"}},
        {"registry", "share", "share_offered", {"name", "value"}},
        {"registry", "rdp_client", "rdp_history", {"key", "UsernameHint"}},
        {"registry", "rdp_client_history", "rdp_history", {"value"}},
        {"registry", "database_source", "database", {"key", "Server", "Database", "Driver"}},
        {"registry", "printer", "printer", {"key"}},
        {"registry", "ssh_session", "ssh", {"HostName", "UserName"}},
        {"registry", "domain_controller", "domain_controller", {"DCName"}},
        {"registry", "cached_logons", "cached_logons", {"count", "limit", "slots", "used"}},
        {"registry", "uac", "remote_uac", {"LocalAccountTokenFilterPolicy"}},
        {"registry", "smb_server", "smb_server", {"SMB1"}},
        {"evtx", "rdp_outgoing", "rdp_outgoing", {"data"}},
        {"evtx", "explicit_credentials", "credentials_used", {"data"}},
        {"text", "hosts_entry", "hosts_file", {"address", "name", "names"}},
    };
    shodo_auto(shodo_buf) struct shodo_buf list = SHODO_BUF_INIT;
    struct shodo_json l = shodo_json_to(&list);
    shodo_json_array(&l, NULL);
    size_t n = tell(a, &l, rows, SHODO_ARRAY_SIZE(rows));
    shodo_json_array_end(&l);
    shodo_json_array(j, "sentences");
    if (n)
        ans_sentence(j, "この端末から届く先です。次に調べる端末の候補として範囲の表に加えてください。", "What this machine reaches: add these to the scope matrix as next machines to look at.");
    else
        ans_sentence(j, "届く先の記録は読み取れていません（無いとは言えません）。", "No record of what it reaches was read (which does not mean there is none).");
    size_t i = 0;
    const struct ans_fact *uac = ans_next(a, "registry", "uac", &i);
    if (uac && shodo_value_int(ans_value(uac, "LocalAccountTokenFilterPolicy"), 0) == 1)
        ans_sentence(j, "ローカル管理者の遠隔操作が開いています。同じ管理者パスワードの端末へ広がりやすい状態です。",
                     "Remote use of local administrators is open: easy spread to machines with the same administrator password.");
    shodo_json_array_end(j);
    shodo_json_object(j, "data");
    shodo_json_raw(j, "reach", shodo_buf_cstr(&list), list.len);
    shodo_json_object_end(j);
}

void ans_write_gaps(struct shodo_answers *a, struct shodo_json *j) {
    size_t i = 0, logs = 0;
    shodo_auto(shodo_buf) struct shodo_buf list = SHODO_BUF_INIT;
    struct shodo_json l = shodo_json_to(&list);
    shodo_json_array(&l, NULL);
    for (const struct ans_fact *f; (f = ans_next(a, "evtx", "event_log", &i)) != NULL; logs++) {
        shodo_json_object(&l, NULL);
        shodo_json_str(&l, "log", ans_get(f->values, "channel"));
        shodo_json_str(&l, "path", f->path);
        shodo_json_i64(&l, "records", shodo_value_get_int(f->values, "records", 0));
        shodo_json_i64(&l, "missing_records", shodo_value_get_int(f->values, "missing_records", 0));
        shodo_json_i64(&l, "damaged_chunks", shodo_value_get_int(f->values, "damaged_chunks", 0));
        shodo_json_time(&l, "first", ans_get_time(f->values, "first"));
        shodo_json_time(&l, "last", ans_get_time(f->values, "last"));
        shodo_json_str(&l, "evidence", f->id);
        shodo_json_object_end(&l);
    }
    shodo_json_array_end(&l);
    shodo_json_array(j, "sentences");
    if (!logs)
        ans_sentence(j, "イベントログは読んでいません。入り方と操作について、ログからは何も言えません。", "No event log was read: nothing can be said from logs.");
    for (size_t k = 0; k < a->lines.count; k++) {
        const struct ans_line *x = shodo_vec_at(&a->lines, k);
        if (strncmp(x->what, "log-cleared", 11) == 0)
            ans_sentence(j, ans_format(a, "%s にログが消されています。それより前のことは、そのログからは言えません。", ans_local(a, x->time)),
                         ans_format(a, "A log was cleared at %s: it says nothing of the time before.", ans_local(a, x->time)));
    }
    i = 0;
    if (logs && !ans_next(a, "registry", "command_line_audit", &i))
        ans_sentence(j, "実行したコマンドの記録は有効でなかった可能性があります。", "Command lines were probably not recorded.");
    ans_sentence(j, "記録がないことは、なかったことを意味しません。", "No record does not mean that nothing happened.");
    shodo_json_array_end(j);
    shodo_json_object(j, "data");
    shodo_json_raw(j, "logs", shodo_buf_cstr(&list), list.len);
    shodo_json_object_end(j);
}
