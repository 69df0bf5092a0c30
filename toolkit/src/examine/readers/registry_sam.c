/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts and groups of SAM: names, times, flags. Hashes stand in the same values and are never
 * looked at. */
#include <stdio.h>
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"
#include "base/time.h"
#include "examine/readers/registry.h"

enum {
    V_TABLE = 0xCC, /* texts of V begin here */
    F_BYTES = 68,
    GROUP_TABLE = 0x34,
};

static bool bytes_of(struct hive *h, const struct shodo_regf_key *k, const char *name,
                     struct shodo_buf *scratch, const uint8_t **ret, size_t *ret_n) {
    struct shodo_regf_value v;
    return shodo_regf_value(h->regf, k, name, &v) &&
           shodo_regf_data(h->regf, &v, scratch, ret, ret_n);
}

/* Entry {offset, length} of the table at the start of V. */
static void text_of(struct shodo_json *j, const char *key, const uint8_t *v, size_t n,
                    size_t entry) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (n < V_TABLE)
        return;
    uint64_t at = (uint64_t)shodo_le32(v + entry) + V_TABLE;
    uint32_t len = shodo_le32(v + entry + 4);
    if (at > n || len > n - at || len == 0)
        return;
    shodo_text_decode(&b, SHODO_UTF16LE, v + at, len & ~1u, NULL);
    shodo_json_strn(j, key, shodo_buf_cstr(&b), b.len);
}

static bool hex_of(const char *path, uint32_t *ret) {
    uint8_t b[4];
    const char *s = strrchr(path, '\\');
    s = s ? s + 1 : path;
    if (strlen(s) != 8 || !shodo_text_parse_hex(s, 8, b, 4))
        return false;
    *ret = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    return true;
}

struct naming {
    struct hive *h;
    uint32_t rid;
    int64_t time;
    bool is_found;
};

/* Below Names every account has a key whose default value has the RID as its type; its time is that
 * of its making. */
static bool is_rid(void *ctx, const struct shodo_regf_key *k) {
    struct naming *n = ctx;
    struct shodo_regf_value v;
    n->is_found = shodo_regf_value(n->h->regf, k, "", &v) && v.type == n->rid;
    n->time = k->time;
    return !n->is_found;
}

static void flags_of(struct shodo_json *j, uint16_t acb) {
    shodo_json_bool(j, "disabled", acb & 0x0001);
    shodo_json_bool(j, "password_not_required", acb & 0x0004);
    shodo_json_bool(j, "password_never_expires", acb & 0x0200);
    shodo_json_bool(j, "locked", acb & 0x0400);
}

/* time: when the account was made (key below Names), else the last write of its key. */
void registry_sam_user(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                       const char *path) {
    shodo_auto(shodo_buf) struct shodo_buf scratch = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    struct shodo_regf_key root, names;
    struct shodo_json j;
    const uint8_t *p = NULL;
    size_t n = 0;
    struct naming who = {.h = h};
    if (!hex_of(path, &who.rid))
        return;
    registry_begin(h, &out, &j, path);
    shodo_json_u64(&j, "rid", who.rid);
    if (bytes_of(h, k, "V", &scratch, &p, &n)) {
        text_of(&j, "account", p, n, 0x0C);
        text_of(&j, "full_name", p, n, 0x18);
        text_of(&j, "comment", p, n, 0x24);
    }
    if (bytes_of(h, k, "F", &scratch, &p, &n) && n >= F_BYTES) {
        shodo_json_time(&j, "last_logon", shodo_time_from_filetime(shodo_le64(p + 8)));
        shodo_json_time(&j, "password_set", shodo_time_from_filetime(shodo_le64(p + 24)));
        shodo_json_time(&j, "last_bad_password", shodo_time_from_filetime(shodo_le64(p + 40)));
        flags_of(&j, shodo_le16(p + 56));
        shodo_json_u64(&j, "bad_passwords", shodo_le16(p + 64));
        shodo_json_u64(&j, "logons", shodo_le16(p + 66));
    }
    if (shodo_regf_root(h->regf, &root) &&
        shodo_regf_find(h->regf, &root, "SAM\\Domains\\Account\\Users\\Names", &names))
        shodo_regf_children(h->regf, &names, is_rid, &who);
    shodo_json_time(&j, "created", who.is_found ? who.time : SHODO_TIME_NONE);
    registry_tell(h, row->kind, who.is_found ? who.time : k->time, path, &out, &j);
}

static bool sid_text(struct shodo_buf *out, const uint8_t *p, size_t n, size_t *ret_used) {
    uint64_t authority = 0;
    if (n < 8 || p[1] > 15 || n < 8u + 4u * p[1])
        return false;
    for (unsigned i = 2; i < 8; i++)
        authority = authority << 8 | p[i];
    shodo_buf_addf(out, "S-%u-%llu", p[0], (unsigned long long)authority);
    for (unsigned i = 0; i < p[1]; i++)
        shodo_buf_addf(out, "-%u", shodo_le32(p + 8 + 4 * i));
    *ret_used = 8u + 4u * p[1];
    return true;
}

/* C: u32 at 0x28 the members' SIDs (from 0x34), 0x30 their number. */
void registry_sam_group(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                        const char *path) {
    shodo_auto(shodo_buf) struct shodo_buf scratch = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    struct shodo_json j;
    const uint8_t *p = NULL;
    size_t n = 0;
    uint32_t rid = 0;
    if (!hex_of(path, &rid) || !bytes_of(h, k, row->values, &scratch, &p, &n) || n < GROUP_TABLE)
        return;
    uint64_t name_at = (uint64_t)shodo_le32(p + 0x10) + GROUP_TABLE,
             at = (uint64_t)shodo_le32(p + 0x28) + GROUP_TABLE;
    uint32_t name_n = shodo_le32(p + 0x14), count = shodo_le32(p + 0x30);
    registry_begin(h, &out, &j, path);
    shodo_json_u64(&j, "rid", rid);
    if (name_at <= n && name_n <= n - name_at) {
        shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
        shodo_text_decode(&name, SHODO_UTF16LE, p + name_at, name_n & ~1u, NULL);
        shodo_json_strn(&j, "group", shodo_buf_cstr(&name), name.len);
    }
    shodo_json_array(&j, "members");
    for (uint32_t i = 0; i < count && i < SHODO_LIMIT_HIVE_LIST && at < n; i++) {
        shodo_auto(shodo_buf) struct shodo_buf sid = SHODO_BUF_INIT;
        size_t used = 0;
        if (!sid_text(&sid, p + at, n - (size_t)at, &used))
            break;
        shodo_json_str(&j, NULL, shodo_buf_cstr(&sid));
        at += used;
    }
    shodo_json_array_end(&j);
    registry_tell(h, row->kind, k->time, path, &out, &j);
}

/* Last 12 bytes of V: the machine's part of every local SID. */
void registry_sam_machine(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                          const char *path) {
    shodo_auto(shodo_buf) struct shodo_buf scratch = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    struct shodo_json j;
    char sid[64];
    const uint8_t *p = NULL;
    size_t n = 0;
    if (!bytes_of(h, k, row->values, &scratch, &p, &n) || n < 12)
        return;
    snprintf(sid, sizeof sid, "S-1-5-21-%u-%u-%u", shodo_le32(p + n - 12), shodo_le32(p + n - 8),
             shodo_le32(p + n - 4));
    registry_begin(h, &out, &j, path);
    shodo_json_str(&j, "sid", sid);
    registry_tell(h, row->kind, k->time, path, &out, &j);
}
