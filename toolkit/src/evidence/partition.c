/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/partition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/text.h"

#define GPT_ENTRIES_BYTES_MAX SHODO_MIB(1)
#define MBR_PROTECTIVE        0xee

static void note(struct partition_table *t, const char *text) {
    size_t len = strlen(t->problem);
    snprintf(t->problem + len, sizeof(t->problem) - len, "%s%s", len > 0 ? "; " : "", text);
}

/* CRC-32 as in UEFI 2.10 section 5.3.2 (IEEE 802.3, reflected). */
static uint32_t crc32_update(uint32_t crc, const uint8_t *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
    }
    return crc;
}

static void guid_text(const uint8_t *p, char out[40]) {
    snprintf(out, 40, "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X", shodo_le32(p),
             shodo_le16(p + 4), shodo_le16(p + 6), p[8], p[9], p[10], p[11], p[12], p[13], p[14],
             p[15]);
}

static bool read_exact(struct shodo_source *s, uint64_t at, void *p, size_t n) {
    uint64_t bad = 0, size = shodo_source_size(s);
    return at <= size && n <= size - at && shodo_source_read(s, at, p, n, &bad, NULL) == SHODO_OK &&
           bad == 0;
}

static enum shodo_status add(struct partition_table *t, uint64_t offset, uint64_t length,
                             struct partition **ret, struct shodo_error *err) {
    struct partition *p = NULL;
    if (t->parts.count >= SHODO_LIMIT_VOLUMES) {
        note(t, "more partitions than the limit of 128, the rest is not read");
        return SHODO_END;
    }
    p = shodo_vec_push(&t->parts);
    if (!p)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the partition table");
    p->offset = offset;
    p->length = length;
    *ret = p;
    return SHODO_OK;
}

struct gpt {
    uint64_t entries_at, first, last;
    uint32_t count, entry_bytes, entries_crc;
};

/* Header at byte `at`, which must say that it lies there. */
static bool gpt_header(struct shodo_source *s, uint64_t at, uint32_t sector, struct gpt *g,
                       char disk_id[40]) {
    uint8_t h[512];
    uint32_t size = 0, crc = 0;
    if (!read_exact(s, at, h, sizeof(h)) || memcmp(h, "EFI PART", 8) != 0)
        return false;
    size = shodo_le32(h + 12);
    if (size < 92 || size > sizeof(h))
        return false;
    crc = shodo_le32(h + 16);
    memset(h + 16, 0, 4);
    if ((crc32_update(0xffffffff, h, size) ^ 0xffffffff) != crc ||
        shodo_le64(h + 24) != at / sector)
        return false;
    if (!shodo_mul_u64(shodo_le64(h + 72), sector, &g->entries_at))
        return false;
    g->first = shodo_le64(h + 40);
    g->last = shodo_le64(h + 48);
    g->count = shodo_le32(h + 80);
    g->entry_bytes = shodo_le32(h + 84);
    g->entries_crc = shodo_le32(h + 88);
    guid_text(h + 56, disk_id);
    return g->entry_bytes >= 128 && g->entry_bytes % 8 == 0 &&
           (uint64_t)g->count * g->entry_bytes <= GPT_ENTRIES_BYTES_MAX;
}

static enum shodo_status gpt_entry(struct partition_table *t, const uint8_t *e,
                                   struct shodo_error *err) {
    static const uint8_t zero[16];
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    uint64_t first = shodo_le64(e + 32), last = shodo_le64(e + 40), from = 0, n = 0;
    struct partition *p = NULL;
    size_t units = 0;
    enum shodo_status st = SHODO_OK;
    if (memcmp(e, zero, sizeof(zero)) == 0)
        return SHODO_OK;
    if (last < first || !shodo_mul_u64(first, t->sector_bytes, &from) ||
        !shodo_mul_u64(last - first + 1, t->sector_bytes, &n)) {
        note(t, "a GPT entry with impossible bounds was left out");
        return SHODO_OK;
    }
    st = add(t, from, n, &p, err);
    if (st != SHODO_OK)
        return st;
    guid_text(e, p->type);
    while (units < 36 && shodo_le16(e + 56 + 2 * units) != 0)
        units++;
    if (shodo_text_decode(&name, SHODO_UTF16LE, e + 56, 2 * units, NULL))
        snprintf(p->name, sizeof(p->name), "%s", shodo_buf_cstr(&name));
    return SHODO_OK;
}

/* NOTFOUND when header or entries are not sound. */
static enum shodo_status gpt_at(struct partition_table *t, struct shodo_source *s, uint64_t at,
                                uint32_t sector, struct shodo_error *err) {
    struct gpt g = {.count = 0};
    enum shodo_status st = SHODO_OK;
    size_t bytes = 0;
    uint8_t *p = NULL;
    if (!gpt_header(s, at, sector, &g, t->disk_id))
        return SHODO_NOTFOUND;
    bytes = (size_t)g.count * g.entry_bytes;
    p = malloc(bytes + 1);
    if (!p)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the partition table");
    if (!read_exact(s, g.entries_at, p, bytes) ||
        (crc32_update(0xffffffff, p, bytes) ^ 0xffffffff) != g.entries_crc)
        st = SHODO_NOTFOUND;
    t->sector_bytes = sector;
    for (uint32_t i = 0; st == SHODO_OK && i < g.count; i++)
        st = gpt_entry(t, p + (size_t)i * g.entry_bytes, err);
    free(p);
    if (st == SHODO_END)
        st = SHODO_OK;
    if (st == SHODO_OK)
        snprintf(t->scheme, sizeof(t->scheme), "gpt");
    return st;
}

/* Primary, then backup; the backup may be pushed from the end by a footer (VHD). */
static enum shodo_status gpt_read(struct partition_table *t, struct shodo_source *s,
                                  uint32_t sector, struct shodo_error *err) {
    uint64_t size = shodo_source_size(s);
    enum shodo_status st = gpt_at(t, s, sector, sector, err);
    if (st != SHODO_NOTFOUND || size < 4ULL * sector)
        return st;
    for (uint64_t back = 1; back <= 2; back++) {
        uint64_t whole = (size - (back == 2 ? 512 : 0)) / sector * sector;
        st = gpt_at(t, s, whole - sector, sector, err);
        if (st != SHODO_NOTFOUND) {
            note(t, "primary GPT is damaged, the backup was used");
            return st;
        }
    }
    return st;
}

static bool is_extended(uint8_t type) {
    return type == 0x05 || type == 0x0f || type == 0x85;
}

/* Chain of extended boot records; each holds one partition and the place of the next. */
static enum shodo_status mbr_extended(struct partition_table *t, struct shodo_source *s,
                                      uint64_t base, struct shodo_error *err) {
    uint64_t at = base;
    for (unsigned i = 0; i < SHODO_LIMIT_VOLUMES; i++) {
        uint8_t b[512];
        const uint8_t *e = b + 446;
        struct partition *p = NULL;
        enum shodo_status st = SHODO_OK;
        if (!read_exact(s, at * t->sector_bytes, b, sizeof(b)) || b[510] != 0x55 ||
            b[511] != 0xaa) {
            note(t, "the chain of extended partitions is broken");
            return SHODO_OK;
        }
        if (e[4] != 0 && shodo_le32(e + 12) != 0) {
            st = add(t, (at + shodo_le32(e + 8)) * t->sector_bytes,
                     (uint64_t)shodo_le32(e + 12) * t->sector_bytes, &p, err);
            if (st != SHODO_OK)
                return st == SHODO_END ? SHODO_OK : st;
            snprintf(p->type, sizeof(p->type), "0x%02x", e[4]);
        }
        if (!is_extended(e[20]) || shodo_le32(e + 24) == 0)
            return SHODO_OK;
        at = base + shodo_le32(e + 24);
    }
    note(t, "the chain of extended partitions does not end");
    return SHODO_OK;
}

static enum shodo_status mbr_read(struct partition_table *t, struct shodo_source *s,
                                  const uint8_t *b, uint32_t sector, struct shodo_error *err) {
    t->sector_bytes = sector;
    snprintf(t->scheme, sizeof(t->scheme), "mbr");
    snprintf(t->disk_id, sizeof(t->disk_id), "%08x", shodo_le32(b + 440));
    for (size_t i = 0; i < 4; i++) {
        const uint8_t *e = b + 446 + 16 * i;
        struct partition *p = NULL;
        enum shodo_status st = SHODO_OK;
        if (e[4] == 0 || shodo_le32(e + 12) == 0)
            continue;
        if (is_extended(e[4])) {
            st = mbr_extended(t, s, shodo_le32(e + 8), err);
        } else {
            st = add(t, (uint64_t)shodo_le32(e + 8) * sector, (uint64_t)shodo_le32(e + 12) * sector,
                     &p, err);
            if (st == SHODO_OK)
                snprintf(p->type, sizeof(p->type), "0x%02x", e[4]);
        }
        if (st != SHODO_OK)
            return st == SHODO_END ? SHODO_OK : st;
    }
    return SHODO_OK;
}

/* An MBR, and not a boot sector that also ends in 55 AA: status bytes are 00 or 80 and something is
 * used. */
static bool is_mbr(const uint8_t *b) {
    bool has_one = false;
    if (b[510] != 0x55 || b[511] != 0xaa)
        return false;
    for (size_t i = 0; i < 4; i++) {
        const uint8_t *e = b + 446 + 16 * i;
        if ((e[0] & 0x7f) != 0)
            return false;
        has_one = has_one || (e[4] != 0 && shodo_le32(e + 12) != 0);
    }
    return has_one;
}

/* Images do not say their sector size: a boot sector that is where the table would put it does. */
static uint32_t mbr_sector(struct shodo_source *s, const uint8_t *b) {
    const uint32_t sizes[] = {shodo_source_sector(s), 512, 4096};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(sizes); k++) {
        for (size_t i = 0; i < 4; i++) {
            const uint8_t *e = b + 446 + 16 * i;
            uint8_t boot[512];
            if (e[4] != 0 && read_exact(s, (uint64_t)shodo_le32(e + 8) * sizes[k], boot, 512) &&
                boot[510] == 0x55 && boot[511] == 0xaa)
                return sizes[k];
        }
    }
    return shodo_source_sector(s);
}

static int compare(const void *a, const void *b) {
    const struct partition *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->length < y->length ? -1 : x->length > y->length;
}

static void check_overlap(struct partition_table *t) {
    const struct partition *p = t->parts.data;
    for (size_t i = 1; i < t->parts.count; i++)
        if (p[i].offset - p[i - 1].offset < p[i - 1].length) {
            note(t, "partitions overlap");
            return;
        }
}

enum shodo_status partition_read(struct partition_table *ret, struct shodo_source *s,
                                 struct shodo_error *err) {
    const uint32_t sizes[] = {shodo_source_sector(s), 512, 4096};
    uint8_t b[512];
    bool has_mbr = false, is_protective = false;
    enum shodo_status st = SHODO_NOTFOUND;
    *ret = (struct partition_table){.parts = SHODO_VEC_INIT(sizeof(struct partition))};
    has_mbr = read_exact(s, 0, b, sizeof(b)) && is_mbr(b);
    for (size_t i = 0; has_mbr && i < 4; i++)
        is_protective = is_protective || b[446 + 16 * i + 4] == MBR_PROTECTIVE;
    for (size_t i = 0; st == SHODO_NOTFOUND && i < SHODO_ARRAY_SIZE(sizes); i++)
        if (!has_mbr || is_protective)
            st = gpt_read(ret, s, sizes[i], err);
    if (st == SHODO_NOTFOUND && is_protective)
        note(ret, "the disk says it has a GPT, but both copies are damaged");
    if (st == SHODO_NOTFOUND && has_mbr)
        st = mbr_read(ret, s, b, mbr_sector(s, b), err);
    if (st == SHODO_NOTFOUND)
        return shodo_fail(err, st, "no partition table");
    if (st != SHODO_OK)
        return st;
    if (ret->parts.count > 0)
        qsort(ret->parts.data, ret->parts.count, sizeof(struct partition), compare);
    check_overlap(ret);
    return SHODO_OK;
}

void partition_done(struct partition_table *t) {
    shodo_vec_done(&t->parts);
}
