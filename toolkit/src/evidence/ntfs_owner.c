/* SPDX-License-Identifier: Apache-2.0 */
/* Owners: security ids to SID texts, from $Secure:$SDS. Layout: linux-ntfs documentation, $Secure;
 * [MS-DTYP] 2.4. */
#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "evidence/ntfs.h"

#define SDS_BLOCK     SHODO_KIB(256) /* every block is followed by a copy of itself */
#define SDS_BYTES_MAX SHODO_MIB(256)
#define OWNERS_MAX    1000000u

static const struct {
    const char *sid, *name;
} well_known[] = {
    {"S-1-1-0", "Everyone"},
    {"S-1-5-11", "NT AUTHORITY\\Authenticated Users"},
    {"S-1-5-18", "NT AUTHORITY\\SYSTEM"},
    {"S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE"},
    {"S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE"},
    {"S-1-5-32-544", "BUILTIN\\Administrators"},
    {"S-1-5-32-545", "BUILTIN\\Users"},
    {"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
     "NT SERVICE\\TrustedInstaller"},
};

bool ntfs_owner_text(struct shodo_buf *out, const uint8_t *p, size_t n) {
    size_t from = out->len;
    uint64_t authority = 0;
    uint32_t at = 0;
    unsigned count = 0;
    if (n < 20)
        return false;
    at = shodo_le32(p + 4);
    if (at < 20 || at > n || n - at < 8 || p[at] != 1)
        return false;
    p += at;
    count = p[1];
    if (count > 15 || n - at < 8 + 4u * count)
        return false;
    for (unsigned i = 2; i < 8; i++)
        authority = authority << 8 | p[i];
    shodo_buf_addf(out, "S-1-%llu", (unsigned long long)authority);
    for (unsigned i = 0; i < count; i++)
        shodo_buf_addf(out, "-%u", shodo_le32(p + 8 + 4 * (size_t)i));
    if (out->failed)
        return false;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(well_known); i++) {
        if (strcmp(out->data + from, well_known[i].sid) == 0) {
            out->len = from;
            return shodo_buf_adds(out, well_known[i].name);
        }
    }
    return true;
}

/* Offset of the text in owner_texts; the texts of the owners before are shared. Few owners, many
 * ids. */
static bool intern(struct shodo_ntfs *n, const struct shodo_buf *text, uint32_t *ret) {
    const char *p = n->owner_texts.data;
    for (size_t at = 0; at < n->owner_texts.len && at < SHODO_KIB(64); at += strlen(p + at) + 1) {
        if (strcmp(p + at, text->data) == 0) {
            *ret = (uint32_t)at;
            return true;
        }
    }
    *ret = (uint32_t)n->owner_texts.len;
    return n->owner_texts.len < SHODO_MIB(64) &&
           shodo_buf_add(&n->owner_texts, text->data, text->len + 1);
}

/* One block of at most SDS_BLOCK bytes that starts at stream offset `base`. Returns bytes
 * understood. */
static size_t parse_block(struct shodo_ntfs *n, const uint8_t *p, size_t len, uint64_t base) {
    size_t at = 0;
    while (len - at >= 20 && n->owners.count < OWNERS_MAX) {
        uint32_t id = shodo_le32(p + at + 4), size = shodo_le32(p + at + 16);
        struct ntfs_owner *o = NULL;
        if (shodo_le64(p + at + 8) != base + at || size < 20 || size > len - at)
            break;
        shodo_buf_clear(&n->text);
        if (ntfs_owner_text(&n->text, p + at + 20, size - 20)) {
            uint32_t text_at = 0;
            if (!intern(n, &n->text, &text_at) || !(o = shodo_vec_push(&n->owners)))
                break;
            *o = (struct ntfs_owner){.security_id = id, .text_at = text_at};
        }
        if (len - at < ((size_t)size + 15) / 16 * 16)
            return len;
        at += ((size_t)size + 15) / 16 * 16;
    }
    return at;
}

static int compare_owners(const void *a, const void *b) {
    uint32_t x = ((const struct ntfs_owner *)a)->security_id;
    uint32_t y = ((const struct ntfs_owner *)b)->security_id;
    return x < y ? -1 : x > y;
}

static enum shodo_status parse_stream(struct shodo_ntfs *n, const struct shodo_stream *s,
                                      struct shodo_error *err) {
    struct shodo_runs_pos pos = {.index = 0, .start = 0};
    uint64_t size = SHODO_MIN(s->size_bytes, (uint64_t)SDS_BYTES_MAX);
    uint8_t *buf = malloc(SDS_BLOCK);
    if (!buf)
        return shodo_fail(err, SHODO_NOMEM, "no memory for $SDS");
    for (uint64_t at = 0; at < size; at += 2 * SDS_BLOCK) {
        size_t want = (size_t)SHODO_MIN(size - at, SDS_BLOCK);
        size_t owners = n->owners.count;
        uint64_t lost = shodo_runs_read(n->source, s->runs, s->runs_count, &pos, at, buf, want);
        size_t good = parse_block(n, buf, want, at);
        if ((lost > 0 || good == 0) && size - at > SDS_BLOCK) { /* the copy */
            n->owners.count = owners;
            want = (size_t)SHODO_MIN(size - at - SDS_BLOCK, SDS_BLOCK);
            shodo_runs_read(n->source, s->runs, s->runs_count, &pos, at + SDS_BLOCK, buf, want);
            parse_block(n, buf, want, at);
        }
    }
    free(buf);
    if (n->owners.count > 0)
        qsort(n->owners.data, n->owners.count, sizeof(struct ntfs_owner), compare_owners);
    return SHODO_OK;
}

enum shodo_status ntfs_owners_load(struct shodo_ntfs *n, struct shodo_error *err) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct ntfs_record r;
    enum ntfs_record_state state;
    struct shodo_entry e;
    uint32_t security = 0;
    enum shodo_status st = SHODO_OK;
    if (n->has_owners)
        return SHODO_OK;
    n->has_owners = true;
    st = ntfs_record_read(n, NTFS_SECURE, n->record_buf, &r, &state, err);
    if (st != SHODO_OK)
        return st;
    if (state != NTFS_RECORD_OK)
        return shodo_fail(err, SHODO_DAMAGED, "$Secure is damaged");
    st = ntfs_entry_build(n, &r, false, &e, &security, &arena, err);
    for (size_t i = 0; st == SHODO_OK && i < e.streams_count; i++)
        if (e.streams[i].name_len == 4 && memcmp(e.streams[i].name, "$SDS", 4) == 0)
            return parse_stream(n, &e.streams[i], err);
    return st == SHODO_OK ? shodo_fail(err, SHODO_DAMAGED, "$Secure has no $SDS") : st;
}

const char *ntfs_owner_of(const struct shodo_ntfs *n, uint32_t security_id) {
    const struct ntfs_owner *o = n->owners.data;
    size_t lo = 0, hi = n->owners.count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (o[mid].security_id < security_id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return security_id != 0 && lo < n->owners.count && o[lo].security_id == security_id
               ? n->owner_texts.data + o[lo].text_at
               : "";
}
