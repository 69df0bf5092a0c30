/* SPDX-License-Identifier: Apache-2.0 */
/* shodo verify, shodo open. */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "engine/host.h"
#include "engine/secret.h"
#include "engine/verb.h"
#include "handover/verify.h"

struct checking {
    const char *path, *trust_path, *card_path, *key_path, *out_path;
    uint64_t passphrase_fd;
    bool is_json;
    struct shodo_buf trust, card, key, passphrase;
};

/* What a problem is called in Japanese, in brackets behind its code. */
static const char *code_ja(const char *code) {
    static const struct {
        const char *code, *ja;
    } rows[] = {
        {"missing", " (欠けている)"},
        {"truncated", " (途中で切れている)"},
        {"changed", " (内容が違う)"},
        {"swapped", " (入れ替わっている)"},
        {"extra", " (余分なもの)"},
        {"duplicate", " (二つある)"},
        {"forged", " (署名と合わない)"},
        {"unsigned", " (署名がない)"},
        {"signer", " (署名者が違う)"},
        {"card", " (控えと違う)"},
        {"wrong-key", " (番号か鍵が違う)"},
        {"traversal", " (外へ出る名前)"},
        {"name", " (使えない名前)"},
        {"case", " (大文字小文字だけ違う名前)"},
        {"link", " (ふつうのファイルでない)"},
        {"damaged", " (壊れている)"},
        {"timestamp", " (時刻の申請が合わない)"},
        {"oxum", " (合計が違う)"},
        {"manifest", " (一覧が正しくない)"},
        {"bagit", " (形式が違う)"},
        {"fetch", " (外から取る指定)"},
        {"limit", " (大きすぎる)"},
        {"note", ""},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        if (strcmp(rows[i].code, code) == 0)
            return rows[i].ja;
    return "";
}

/* One line: `key` says in JSON what it is. */
static void say(const struct checking *c, const char *key, const char *code, const char *path,
                const char *text) {
    struct shodo_buf b = SHODO_BUF_INIT;
    if (c->is_json) {
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, key, code);
        shodo_json_str(&j, "path", path);
        shodo_json_str(&j, "text", text);
        shodo_json_object_end(&j);
        shodo_json_line_end(&j);
    } else {
        shodo_buf_addf(&b, "%s%s: ", code, code_ja(code));
        if (path && *path) {
            shodo_text_safe(&b, path, strlen(path));
            shodo_buf_adds(&b, ": ");
        }
        shodo_text_safe(&b, text ? text : "", text ? strlen(text) : 0);
        shodo_buf_addc(&b, '\n');
    }
    fwrite(shodo_buf_cstr(&b), 1, b.len, stdout);
    shodo_buf_done(&b);
}

static void on_problem(void *ctx, const char *code, const char *path, const char *text) {
    say(ctx, "problem", code, path, text);
}

static void on_note(void *ctx, const char *path, const char *text) {
    say(ctx, "note", "note", path, text);
}

static const char *const state_texts[] = {
    [SHODO_SEAL_UNCHANGED] = "改変なし / unchanged since sealing",
    [SHODO_SEAL_DAMAGED] =
        ("欠け・破損あり: 封印の一覧は元のまま, 届いたものが足りないか, 元と違う. もう一度受け取る. 運ぶ途中の傷か"
         "差し替えかは見分けられない\n"
         "incomplete or damaged: the sealed list is intact, what arrived is not; ask for another copy. An accident "
         "on the way and a deliberate change cannot be told apart"),
    [SHODO_SEAL_OTHER] =
        ("別の封印: 信頼する署名者のものではないか, 控えと違う一式. 中身については何も言えない\n"
         "another seal: not of the trusted signer, or not the bundle of the card; nothing follows about its content"),
    [SHODO_SEAL_CHANGED] = "改変あり / NOT as it was sealed",
};

static void print_signer(struct shodo_buf *b, const struct shodo_verify_report *r, bool has_trust) {
    char shown[SHODO_FINGERPRINT_SHOWN_BYTES];
    if (!r->signer_fingerprint[0]) {
        shodo_buf_adds(b, "署名を確かめられない / there is no signature that can be checked\n");
        return;
    }
    shodo_buf_addf(
        b, "%s\n    %s\n    ",
        r->is_signer_confirmed ? "署名者は確認済み / signer confirmed"
        : has_trust
            ? "署名者は信頼する証明書と違う / the signer is NOT the trusted certificate"
            : "署名者は未確認: この指紋を電話で照合 / signer not confirmed: compare this fingerprint by telephone",
        shodo_text_fingerprint(r->signer_fingerprint, shown));
    shodo_text_safe(b, r->signer_name, strlen(r->signer_name));
    shodo_buf_addf(b, " %.8s\n", r->signer_fingerprint);
}

static const char *inside_text(const struct checking *c, const struct shodo_verify_report *r) {
    if (r->is_inside_checked)
        return "";
    if (r->is_key_wrong)
        return c->passphrase.len
                   ? "; 中身は未検査 (番号が違う, ハイフンも入れる) / the inside was not examined (another pass phrase; the hyphens belong to it)"
                   : "; 中身は未検査 (この鍵では開かない) / the inside was not examined (this key does not open it)";
    if (c->key.len || c->passphrase.len)
        return "; 中身は未検査 (上の問題のため) / the inside was not examined (because of the problems above)";
    return "; 中身は未検査 (鍵がない) / the inside was not examined (no key given)";
}

static void print_report(const struct checking *c, const struct shodo_verify_report *r) {
    struct shodo_buf b = SHODO_BUF_INIT;
    if (c->is_json) {
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "state", shodo_seal_state_name(r->state));
        shodo_json_bool(&j, "is_unchanged", r->is_unchanged);
        shodo_json_bool(&j, "is_key_wrong", r->is_key_wrong);
        shodo_json_bool(&j, "is_signer_confirmed", r->is_signer_confirmed);
        shodo_json_bool(&j, "is_inside_checked", r->is_inside_checked);
        shodo_json_str(&j, "signer_fingerprint", r->signer_fingerprint);
        shodo_json_str(&j, "signer_name", r->signer_name);
        shodo_json_u64(&j, "files", r->files);
        shodo_json_u64(&j, "bytes", r->bytes);
        shodo_json_u64(&j, "segments", r->segments);
        shodo_json_u64(&j, "problems", r->problems);
        shodo_json_object_end(&j);
        shodo_json_line_end(&j);
    } else {
        bool is_outside = r->state == SHODO_SEAL_UNCHANGED && !r->is_inside_checked;
        shodo_buf_addf(
            &b, "%s\n",
            is_outside
                ? "外側は封印の時のまま, 中身は未確認 / the outside is unchanged since sealing, the inside was not examined"
                : state_texts[r->state]);
        print_signer(&b, r, c->trust.len > 0);
        if (r->is_inside_checked)
            shodo_buf_addf(&b, "%llu files, %llu bytes, ", (unsigned long long)r->files,
                           (unsigned long long)r->bytes);
        shodo_buf_addf(&b, "%u segments%s\n", r->segments, inside_text(c, r));
    }
    fwrite(shodo_buf_cstr(&b), 1, b.len, stdout);
    shodo_buf_done(&b);
}

static enum shodo_status read_optional(struct shodo_buf *out, const char *path,
                                       struct shodo_error *err) {
    return path ? shodo_host_read(out, path, SHODO_LIMIT_KEY_BYTES, err) : SHODO_OK;
}

static enum shodo_status work(struct checking *c, bool is_open, struct shodo_verify_report *r,
                              struct shodo_error *err) {
    enum shodo_status st = read_optional(&c->trust, c->trust_path, err);
    if (st == SHODO_OK)
        st = read_optional(&c->card, c->card_path, err);
    if (st == SHODO_OK)
        st = read_optional(&c->key, c->key_path, err);
    if (st == SHODO_OK)
        st = shodo_secret_read(&c->passphrase, c->passphrase_fd, err);
    if (st != SHODO_OK)
        return st;
    /* needed for the names in a ZIP; where nothing is writable the ZIP reader refuses with the
     * reason, the rest works */
    (void)shodo_text_locale_init(c->out_path ? c->out_path : c->path, NULL);
    const struct shodo_verify_options o = {
        .trust_pem = c->trust.len ? c->trust.data : NULL,
        .trust_len = c->trust.len,
        .card = c->card.len ? shodo_buf_cstr(&c->card) : NULL,
        .key_pem = c->key.len ? c->key.data : NULL,
        .key_len = c->key.len,
        .passphrase = c->passphrase.len ? shodo_buf_cstr(&c->passphrase) : NULL,
        .problem = on_problem,
        .note = on_note,
        .ctx = c};
    char store[4096];
    const char *name = NULL;
    int dirfd = -1, out = -1;
    st = shodo_host_split(&dirfd, &name, c->path, store, err);
    if (st == SHODO_OK && is_open)
        st = shodo_host_open_dir(&out, c->out_path, true, err);
    if (st == SHODO_OK)
        st = is_open ? shodo_open_bundle(dirfd, name, &o, out, r, err)
                     : shodo_verify(dirfd, name, &o, r, err);
    shodo_io_close(&dirfd);
    shodo_io_close(&out);
    return st;
}

static int check(const struct shodo_verb *v, int argc, char **argv, bool is_open) {
    struct checking c = {.passphrase_fd = UINT64_MAX};
    const struct shodo_option options[] = {
        {.name = "--trust", .text = &c.trust_path},
        {.name = "--key", .text = &c.key_path},
        {.name = "--passphrase-fd", .number = &c.passphrase_fd},
        {.name = "--json", .flag = &c.is_json},
        {.name = is_open ? "--out" : "--card", .text = is_open ? &c.out_path : &c.card_path},
    };
    size_t n = 0;
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), &c.path, 1, &n))
        return SHODO_EXIT_USAGE;
    if (n != 1 || (is_open && !c.out_path))
        return shodo_verb_usage(v, n != 1 ? "which bundle?" : "where to? (--out DIR)");
    struct shodo_verify_report r = {.files = 0};
    struct shodo_error err = SHODO_ERROR_INIT;
    enum shodo_status st = work(&c, is_open, &r, &err);
    int code = SHODO_EXIT_NOTHING;
    if (st == SHODO_OK || (st == SHODO_REFUSED && r.problems))
        print_report(&c, &r);
    if (st == SHODO_REFUSED)
        code = shodo_verb_fail(v, SHODO_EXIT_FINDINGS, err.text);
    else if (st != SHODO_OK)
        code = shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    shodo_secret_wipe(&c.key);
    shodo_secret_wipe(&c.passphrase);
    shodo_buf_done(&c.trust);
    shodo_buf_done(&c.card);
    return code;
}

int shodo_verb_verify(const struct shodo_verb *v, int argc, char **argv) {
    return check(v, argc, argv, false);
}

int shodo_verb_open(const struct shodo_verb *v, int argc, char **argv) {
    return check(v, argc, argv, true);
}
