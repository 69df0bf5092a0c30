/* SPDX-License-Identifier: Apache-2.0 */
/* What else this machine can reach, and which machines to look at next. */
#include <string.h>

#include "base/text.h"
#include "examine/answers/links.h"

void ans_write_reach(struct shodo_answers *a, struct shodo_json *j) {
    static const struct ans_told rows[] = {
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
    size_t n = ans_tell(a, &l, rows, SHODO_ARRAY_SIZE(rows));
    shodo_json_array_end(&l);
    shodo_json_array(j, "sentences");
    ans_say_next(a, j);
    size_t k = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "registry", "share", &k)) != NULL;)
        ans_sentence(j,
                     ans_format(a, "この端末が出している共有: %s（ほかの端末から届きます）。",
                                ans_str(f, "name")),
                     ans_format(a, "Share offered by this machine: %s.", ans_str(f, "name")));
    if (!n)
        ans_sentence(j, "届く先の記録は読み取れていません（無いとは言えません）。",
                     "No record of what it reaches was read (which does not mean there is none).");
    size_t i = 0;
    const struct ans_fact *uac = ans_next(a, "registry", "uac", &i);
    if (uac && shodo_value_int(ans_value(uac, "LocalAccountTokenFilterPolicy"), 0) == 1)
        ans_sentence(
            j,
            "ローカル管理者の遠隔操作が開いています。同じ管理者パスワードの端末へ広がりやすい状態です。",
            "Remote use of local administrators is open: easy spread to machines with the same administrator password.");
    i = 0;
    const struct ans_fact *smb = ans_next(a, "registry", "smb_server", &i);
    if (smb && shodo_value_int(ans_value(smb, "SMB1"), 0) == 1)
        ans_sentence(j, "古い共有の方式（SMBv1）が有効です。",
                     "The old sharing protocol SMBv1 is enabled.");
    i = 0;
    const struct ans_fact *cached = ans_next(a, "registry", "cached_logons", &i);
    if (cached && shodo_value_int(ans_value(cached, "used"), 0) > 0)
        ans_sentence(
            j,
            ans_format(
                a,
                "ドメインの利用者 %lld 人分のログオン情報がこの端末に残っています。盗まれたものとして扱ってください。",
                (long long)shodo_value_int(ans_value(cached, "used"), 0)),
            ans_format(
                a, "Cached logons of %lld domain users are on this machine: treat them as stolen.",
                (long long)shodo_value_int(ans_value(cached, "used"), 0)));
    shodo_json_array_end(j);
    shodo_json_object(j, "data");
    ans_write_next(a, j, "next", SIZE_MAX);
    shodo_json_raw(j, "reach", shodo_buf_cstr(&list), list.len);
    shodo_json_object_end(j);
}
