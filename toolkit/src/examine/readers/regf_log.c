/* SPDX-License-Identifier: Apache-2.0 */
/* Transaction logs of registry hives: "HvLE" entries (Windows 8.1 and later) and the older "DIRT"
 * sectors. */
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/macro.h"
#include "examine/readers/regf.h"

enum {
    BASE_BYTES = 4096,
    SECTOR_BYTES = 512,
    ENTRY_BYTES = 40, /* head of an HvLE entry */
    LOGS_MAX = 3,
};
#define MARVIN_SEED UINT64_C(0x82EF4D887A4E55C5)

static uint32_t rotate(uint32_t v, unsigned n) {
    return v << n | v >> (32 - n);
}

static void mix(uint32_t *a, uint32_t *b) {
    *b ^= *a;
    *a = rotate(*a, 20) + *b;
    *b = rotate(*b, 9) ^ *a;
    *a = rotate(*a, 27) + *b;
    *b = rotate(*b, 19);
}

/* Marvin32 as the kernel uses it for logs. */
static uint64_t marvin(const uint8_t *p, size_t n) {
    uint32_t lo = (uint32_t)MARVIN_SEED, hi = (uint32_t)(MARVIN_SEED >> 32), last = 0x80;
    for (; n >= 4; p += 4, n -= 4) {
        lo += shodo_le32(p);
        mix(&lo, &hi);
    }
    while (n > 0)
        last = last << 8 | p[--n];
    lo += last;
    mix(&lo, &hi);
    mix(&lo, &hi);
    return (uint64_t)hi << 32 | lo;
}

static uint32_t checksum(const uint8_t *p) {
    uint32_t x = 0;
    for (size_t i = 0; i < 508; i += 4)
        x ^= shodo_le32(p + i);
    return x == 0 ? 1 : x == UINT32_MAX ? UINT32_MAX - 1 : x;
}

static void put32(uint8_t *p, uint32_t v) {
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

struct replaying {
    struct shodo_buf *hive;
    struct shodo_regf_replay *ret;
    bool has_sequence;
    uint32_t next; /* sequence number that must come */
};

static uint8_t *header(struct replaying *r) {
    return (uint8_t *)r->hive->data;
}

/* Room for the bins that the log speaks of; what is new is zero until a page says otherwise. */
static enum shodo_status grow(struct replaying *r, uint32_t bins, struct shodo_error *err) {
    size_t want = BASE_BYTES + (size_t)bins;
    if (want > SHODO_LIMIT_HIVE_BYTES)
        return shodo_fail(err, SHODO_LIMIT, "registry hive: its log speaks of %zu bytes", want);
    if (want <= r->hive->len)
        return SHODO_OK;
    size_t more = want - r->hive->len;
    if (!shodo_buf_reserve(r->hive, more + 1))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a registry hive");
    memset(r->hive->data + r->hive->len, 0, more + 1);
    r->hive->len = want;
    return SHODO_OK;
}

static void finish(struct replaying *r, uint32_t sequence, uint32_t bins) {
    put32(header(r) + 4, sequence);
    put32(header(r) + 8, sequence);
    put32(header(r) + 40, bins);
    put32(header(r) + 508, checksum(header(r)));
}

/* Sizes inside the entry agree with each other and with the bins. */
static bool pages_fit(const uint8_t *e, uint32_t size, uint32_t pages, uint32_t bins) {
    uint64_t used = ENTRY_BYTES + (uint64_t)pages * 8;
    for (uint32_t i = 0; i < pages; i++) {
        uint32_t at = shodo_le32(e + ENTRY_BYTES + 8 * i),
                 n = shodo_le32(e + ENTRY_BYTES + 8 * i + 4);
        used += n;
        if (used > size || (uint64_t)at + n > bins)
            return false;
    }
    return true;
}

static void apply_pages(struct replaying *r, const uint8_t *e, uint32_t pages) {
    const uint8_t *data = e + ENTRY_BYTES + (size_t)pages * 8;
    for (uint32_t i = 0; i < pages; i++) {
        uint32_t at = shodo_le32(e + ENTRY_BYTES + 8 * i),
                 n = shodo_le32(e + ENTRY_BYTES + 8 * i + 4);
        memcpy(r->hive->data + BASE_BYTES + at, data, n);
        data += n;
        r->ret->pages++;
    }
}

static bool is_entry(const struct shodo_regf_log *log, size_t at) {
    const uint8_t *e = log->p + at;
    if (at > log->n || log->n - at < ENTRY_BYTES || memcmp(e, "HvLE", 4) != 0)
        return false;
    uint32_t size = shodo_le32(e + 4), pages = shodo_le32(e + 20);
    return size >= ENTRY_BYTES && size % SECTOR_BYTES == 0 && size <= log->n - at &&
           pages <= (size - ENTRY_BYTES) / 8 && marvin(e, 32) == shodo_le64(e + 32) &&
           marvin(e + ENTRY_BYTES, size - ENTRY_BYTES) == shodo_le64(e + 24);
}

/* Entries must follow each other; older ones (of a finished write) are passed over. */
static enum shodo_status apply_entries(struct replaying *r, const struct shodo_regf_log *log,
                                       struct shodo_error *err) {
    for (size_t at = SECTOR_BYTES; is_entry(log, at); at += shodo_le32(log->p + at + 4)) {
        const uint8_t *e = log->p + at;
        uint32_t sequence = shodo_le32(e + 12), bins = shodo_le32(e + 16),
                 pages = shodo_le32(e + 20);
        uint32_t want = r->has_sequence ? r->next : shodo_le32(header(r) + 8);
        if (sequence < want)
            continue;
        if (r->has_sequence && sequence > want) {
            r->ret->has_gap = true;
            break;
        }
        if (!pages_fit(e, shodo_le32(e + 4), pages, bins))
            break;
        enum shodo_status st = grow(r, bins, err);
        if (st != SHODO_OK)
            return st;
        apply_pages(r, e, pages);
        r->has_sequence = true;
        r->next = sequence + 1;
        r->ret->entries++;
        finish(r, sequence, bins);
    }
    return SHODO_OK;
}

/* Old format: one bit a sector, then the sectors. Counts only while the hive is dirty and the log
 * is complete. */
static enum shodo_status apply_sectors(struct replaying *r, const struct shodo_regf_log *log,
                                       struct shodo_error *err) {
    uint32_t sequence = shodo_le32(log->p + 4), bins = shodo_le32(log->p + 40);
    size_t bits = bins / SECTOR_BYTES, map = SECTOR_BYTES + 4;
    size_t data = (map + (bits + 7) / 8 + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
    if (!r->ret->is_dirty || sequence != shodo_le32(log->p + 8) ||
        sequence < shodo_le32(header(r) + 8) || data > log->n)
        return SHODO_OK;
    enum shodo_status st = grow(r, bins, err);
    for (size_t i = 0; st == SHODO_OK && i < bits; i++) {
        if (!(log->p[map + i / 8] >> (i % 8) & 1))
            continue;
        if (log->n - data < SECTOR_BYTES)
            break;
        memcpy(r->hive->data + BASE_BYTES + i * SECTOR_BYTES, log->p + data, SECTOR_BYTES);
        data += SECTOR_BYTES;
        r->ret->pages++;
    }
    if (st == SHODO_OK) {
        r->ret->entries++;
        finish(r, sequence, bins);
    }
    return st;
}

static bool is_log(const struct shodo_regf_log *log, const char *magic) {
    return log->n >= SECTOR_BYTES + ENTRY_BYTES && memcmp(log->p, "regf", 4) == 0 &&
           checksum(log->p) == shodo_le32(log->p + 508) &&
           memcmp(log->p + SECTOR_BYTES, magic, 4) == 0;
}

enum shodo_status shodo_regf_replay(struct shodo_buf *hive, const struct shodo_regf_log *logs,
                                    size_t count, struct shodo_regf_replay *ret,
                                    struct shodo_error *err) {
    struct shodo_regf_log use[LOGS_MAX];
    size_t used = 0;
    *ret = (struct shodo_regf_replay){0};
    if (hive->len < BASE_BYTES || memcmp(hive->data, "regf", 4) != 0)
        return shodo_fail(err, SHODO_DAMAGED, "not a registry hive");
    struct replaying r = {.hive = hive, .ret = ret};
    ret->is_dirty = shodo_le32(header(&r) + 4) != shodo_le32(header(&r) + 8) ||
                    checksum(header(&r)) != shodo_le32(header(&r) + 508);
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < count && st == SHODO_OK; i++) {
        if (is_log(&logs[i], "DIRT"))
            st = apply_sectors(&r, &logs[i], err);
        else if (is_log(&logs[i], "HvLE") && used < LOGS_MAX)
            use[used++] = logs[i];
    }
    /* the log whose first entry is older comes first */
    for (size_t i = 1; i < used; i++)
        for (size_t k = i; k > 0 && shodo_le32(use[k].p + SECTOR_BYTES + 12) <
                                        shodo_le32(use[k - 1].p + SECTOR_BYTES + 12);
             k--) {
            struct shodo_regf_log t = use[k];
            use[k] = use[k - 1];
            use[k - 1] = t;
        }
    for (size_t i = 0; i < used && st == SHODO_OK; i++)
        st = apply_entries(&r, &use[i], err);
    return st;
}
