/* SPDX-License-Identifier: Apache-2.0 */
/* Boot sector, FILE records and their attributes. */
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "evidence/ntfs.h"

/* Protected structures carry their check bytes every 512 bytes whatever the sector size is. */
#define STRIDE           512u
#define RECORD_BYTES_MAX SHODO_KIB(64)

/* Sizes that may be given as a count of clusters or, negative, as a power of two of bytes. */
static uint64_t size_code(uint8_t code, uint64_t cluster_bytes) {
    if (code < 0x80)
        return code * cluster_bytes;
    return 256u - code < 32 ? 1ULL << (256u - code) : 0;
}

static bool is_power_of_two(uint64_t v) {
    return v != 0 && (v & (v - 1)) == 0;
}

enum shodo_status ntfs_boot_parse(struct ntfs_boot *ret, const uint8_t *p, size_t n,
                                  struct shodo_error *err) {
    uint64_t per_cluster = 0, cluster = 0, record = 0, index = 0, sectors = 0;
    uint32_t sector = 0;
    if (n < 512 || memcmp(p + 3, "NTFS    ", 8) != 0)
        return shodo_fail(err, SHODO_DAMAGED, "no NTFS boot sector");
    sector = shodo_le16(p + 11);
    per_cluster = p[13] <= 128 ? p[13] : size_code(p[13], 1);
    cluster = sector * per_cluster;
    record = size_code(p[64], cluster);
    index = size_code(p[68], cluster);
    sectors = shodo_le64(p + 40);
    if (!is_power_of_two(sector) || sector < 256 || sector > 4096 || !is_power_of_two(cluster) ||
        cluster > SHODO_MIB(2) || !is_power_of_two(record) || record < STRIDE ||
        record > RECORD_BYTES_MAX || sectors == 0)
        return shodo_fail(err, SHODO_DAMAGED,
                          "NTFS boot sector: sector %u, cluster %llu, record %llu bytes", sector,
                          (unsigned long long)cluster, (unsigned long long)record);
    *ret = (struct ntfs_boot){
        .sector_bytes = sector,
        .cluster_bytes = (uint32_t)cluster,
        .record_bytes = (uint32_t)record,
        .index_bytes = is_power_of_two(index) && index >= STRIDE && index <= SHODO_MIB(2)
                           ? (uint32_t)index
                           : 4096,
        .serial = shodo_le64(p + 72),
    };
    if (!shodo_mul_u64(sectors, sector, &ret->volume_bytes) ||
        !shodo_mul_u64(shodo_le64(p + 48), cluster, &ret->mft_offset) ||
        !shodo_mul_u64(shodo_le64(p + 56), cluster, &ret->mirror_offset))
        return shodo_fail(err, SHODO_DAMAGED, "NTFS boot sector: places beyond any disk");
    return SHODO_OK;
}

enum shodo_status ntfs_boot_read(struct ntfs_boot *ret, struct shodo_source *s, bool *ret_is_copy,
                                 struct shodo_error *err) {
    uint8_t buf[512];
    uint64_t size = shodo_source_size(s), at[3] = {0, 0, 0}, bad = 0;
    if (size < sizeof(buf))
        return shodo_fail(err, SHODO_DAMAGED, "volume of %llu bytes is too small for NTFS",
                          (unsigned long long)size);
    at[1] = size - 512;
    at[2] = size >= 4096 ? size - 4096 : 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(at); i++) {
        if (shodo_source_read(s, at[i], buf, sizeof(buf), &bad, err) != SHODO_OK || bad > 0)
            continue;
        if (ntfs_boot_parse(ret, buf, sizeof(buf), err) == SHODO_OK) {
            if (ret_is_copy)
                *ret_is_copy = i > 0;
            return SHODO_OK;
        }
    }
    return shodo_fail(err, SHODO_DAMAGED, "neither NTFS boot sector can be used");
}

const char *ntfs_fixup(uint8_t *p, uint32_t n) {
    uint32_t at = shodo_le16(p + 4), count = shodo_le16(p + 6);
    const char *damage = NULL;
    if (count != n / STRIDE + 1 || (at & 1) != 0 || at < 8 || at + 2 * count > STRIDE - 2)
        return "update sequence has no sound place";
    for (uint32_t i = 1; i < count; i++) {
        uint8_t *end = p + (size_t)i * STRIDE - 2;
        if (memcmp(end, p + at, 2) != 0)
            damage = "update sequence mismatch: the record was not written completely";
        else
            memcpy(end, p + at + 2 * (size_t)i, 2);
    }
    return damage;
}

static bool is_zero(const uint8_t *p, size_t n) {
    return p[0] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

enum ntfs_record_state ntfs_record_parse(struct ntfs_record *ret, uint64_t number, uint8_t *p,
                                         uint32_t n) {
    *ret = (struct ntfs_record){.number = number, .data = p};
    if (memcmp(p, "FILE", 4) != 0) {
        if (is_zero(p, n))
            return NTFS_RECORD_EMPTY;
        ret->damage = memcmp(p, "BAAD", 4) == 0 ? "record was marked bad by the file system check"
                                                : "record does not start with FILE";
        return NTFS_RECORD_BAD;
    }
    ret->damage = ntfs_fixup(p, n);
    ret->sequence = shodo_le16(p + 16);
    ret->flags = shodo_le16(p + 22);
    ret->first_attr = shodo_le16(p + 20);
    ret->used = shodo_le32(p + 24);
    ret->is_extension = shodo_le64(p + 32) != 0; /* $MFT's own have base 0 with a sequence */
    ret->base = shodo_le64(p + 32) & NTFS_REFERENCE_MASK;
    ret->base_sequence = shodo_le16(p + 38);
    if (ret->used > n || ret->used < 48) {
        if (!ret->damage)
            ret->damage = "record uses more bytes than it has";
        ret->used = n;
    }
    if (shodo_le32(p + 28) != n && !ret->damage)
        ret->damage = "record size contradicts the boot sector";
    /* NTFS 3.1 and later number their records; place of the number: before the update sequence */
    if (shodo_le16(p + 4) >= 48 && shodo_le32(p + 44) != (uint32_t)number && !ret->damage)
        ret->damage = "record carries another record's number";
    if (ret->first_attr < 42 || ret->first_attr > ret->used || (ret->first_attr & 7) != 0) {
        if (!ret->damage)
            ret->damage = "attributes have no sound place";
        ret->first_attr = ret->used;
    }
    return NTFS_RECORD_OK;
}

/* Part of an attribute with a place and a length inside it. */
static const uint8_t *inside(const uint8_t *p, uint32_t length, uint32_t at, uint64_t n) {
    return at <= length && n <= length - at ? p + at : NULL;
}

static const char *parse_resident(const uint8_t *p, uint32_t length, struct ntfs_attr *a) {
    if (length < 24)
        return "attribute is too short";
    a->value_bytes = shodo_le32(p + 16);
    a->value = inside(p, length, shodo_le16(p + 20), a->value_bytes);
    if (!a->value) {
        a->value = p + length;
        a->value_bytes = 0;
        return "attribute value leaves its attribute";
    }
    a->size_bytes = a->valid_bytes = a->allocated_bytes = a->value_bytes;
    return NULL;
}

static const char *parse_nonresident(const uint8_t *p, uint32_t length, struct ntfs_attr *a) {
    uint32_t at = 0;
    if (length < 64)
        return "attribute is too short";
    a->first_cluster = shodo_le64(p + 16);
    a->last_cluster = shodo_le64(p + 24);
    at = shodo_le16(p + 32);
    a->unit_shift = p[34];
    a->allocated_bytes = shodo_le64(p + 40);
    a->size_bytes = shodo_le64(p + 48);
    a->valid_bytes = shodo_le64(p + 56);
    if (at < 64 || at > length)
        return "run list leaves its attribute";
    a->pairs = p + at;
    a->pairs_bytes = length - at;
    return NULL;
}

bool ntfs_attr_next(const struct ntfs_record *r, uint32_t *pos, struct ntfs_attr *ret,
                    const char **ret_damage) {
    const uint8_t *p = r->data + *pos;
    uint32_t left = r->used - *pos, length = 0;
    const char *damage = NULL;
    *ret = (struct ntfs_attr){.type = 0};
    if (left < 4) {
        *ret_damage = "attributes do not end";
        return false;
    }
    ret->type = shodo_le32(p);
    if (ret->type == NTFS_ATTRIBUTES_END)
        return false;
    if (left < 24 || ret->type == 0) {
        *ret_damage = "attributes do not end";
        return false;
    }
    length = shodo_le32(p + 4);
    if (length < 24 || length > left || (length & 7) != 0) {
        *ret_damage = "attribute leaves its record";
        return false;
    }
    ret->is_resident = p[8] == 0;
    ret->flags = shodo_le16(p + 12);
    ret->id = shodo_le16(p + 14);
    ret->name_bytes = 2 * (size_t)p[9];
    ret->name = inside(p, length, shodo_le16(p + 10), ret->name_bytes);
    if (!ret->name) {
        ret->name_bytes = 0;
        ret->name = p;
        damage = "attribute name leaves its attribute";
    }
    if (ret->is_resident)
        damage = parse_resident(p, length, ret);
    else
        damage = parse_nonresident(p, length, ret);
    if (damage)
        *ret_damage = damage;
    *pos += length;
    return true;
}
