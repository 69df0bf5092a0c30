/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/bitlocker_meta.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "base/macro.h"
#include "base/text.h"

enum { ENTRY_VMK = 2, ENTRY_FVEK = 3 };
enum { VALUE_KEY = 1, VALUE_STRETCH = 3, VALUE_CCM = 5, VALUE_VMK = 8, VALUE_HEAD = 15 };
enum { STATE_ENCRYPTED = 4 };
enum {
    METHOD_CBC_128_ELEPHANT = 0x8000,
    METHOD_CBC_256_ELEPHANT = 0x8001,
    METHOD_CBC_128 = 0x8002,
    METHOD_CBC_256 = 0x8003,
    METHOD_XTS_128 = 0x8004,
    METHOD_XTS_256 = 0x8005,
};

static const uint8_t guid_eow[16] = {0x3b, 0x4d, 0xa8, 0x92, 0x80, 0xdd, 0x0e, 0x4d,
                                     0x9e, 0x4e, 0xb1, 0xe3, 0x28, 0x4e, 0xae, 0xd8};

static void guid_text(const uint8_t *p, char out[40]) {
    snprintf(out, 40, "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X", shodo_le32(p),
             shodo_le16(p + 4), shodo_le16(p + 6), p[8], p[9], p[10], p[11], p[12], p[13], p[14],
             p[15]);
}

static enum shodo_bitlocker_kind kind_of(uint16_t protection) {
    switch (protection) {
    case 0x0000:
        return SHODO_BITLOCKER_CLEAR;
    case 0x0100:
        return SHODO_BITLOCKER_TPM;
    case 0x0200:
        return SHODO_BITLOCKER_STARTUP;
    case 0x0500:
        return SHODO_BITLOCKER_TPM_PIN;
    case 0x0800:
        return SHODO_BITLOCKER_RECOVERY;
    case 0x2000:
        return SHODO_BITLOCKER_PASSWORD;
    default:
        return SHODO_BITLOCKER_OTHER;
    }
}

struct entry {
    uint16_t type, value;
    const uint8_t *data;
    size_t n;
};

/* Next entry at *at; false at the end or where the chain breaks. */
static bool next_entry(const uint8_t *p, size_t n, size_t *at, struct entry *ret) {
    size_t size = 0;
    if (n - *at < 8)
        return false;
    size = shodo_le16(p + *at);
    if (size < 8 || size > n - *at)
        return false;
    *ret = (struct entry){.type = shodo_le16(p + *at + 2),
                          .value = shodo_le16(p + *at + 4),
                          .data = p + *at + 8,
                          .n = size - 8};
    *at += size;
    return true;
}

static bool take_wrapped(struct bitlocker_wrapped *w, const struct entry *e) {
    if (e->n < 28 + 12 || e->n - 28 > BITLOCKER_WRAPPED_MAX)
        return false;
    memcpy(w->nonce, e->data, 12);
    memcpy(w->tag, e->data + 12, 16);
    w->n = e->n - 28;
    memcpy(w->data, e->data + 28, w->n);
    return true;
}

static void take_vmk(struct bitlocker_meta *m, const struct entry *e) {
    struct shodo_bitlocker_info *info = &m->info;
    struct bitlocker_vmk *v = &m->vmks[info->protectors_count];
    struct shodo_bitlocker_protector *p = &info->protectors[info->protectors_count];
    struct entry sub;
    if (e->n < 28 || info->protectors_count == SHODO_BITLOCKER_PROTECTORS)
        return;
    guid_text(e->data, p->id);
    p->kind = v->kind = kind_of(shodo_le16(e->data + 26));
    for (size_t at = 28; next_entry(e->data, e->n, &at, &sub);) {
        if (sub.value == VALUE_KEY && sub.n >= 36) {
            memcpy(v->key, sub.data + 4, 32);
            v->has_key = true;
        } else if (sub.value == VALUE_STRETCH && sub.n >= 20) {
            memcpy(v->salt, sub.data + 4, 16);
            v->has_salt = true;
        } else if (sub.value == VALUE_CCM && v->wrapped.n == 0) {
            take_wrapped(&v->wrapped, &sub);
        }
    }
    info->has_clear_key = info->has_clear_key ||
                          (v->kind == SHODO_BITLOCKER_CLEAR && v->has_key && v->wrapped.n > 0);
    info->protectors_count++;
}

static void take_method(struct bitlocker_meta *m, uint32_t method) {
    static const struct {
        uint16_t method;
        const char *name;
    } names[] = {
        {METHOD_CBC_128_ELEPHANT, "AES-CBC 128 Elephant"},
        {METHOD_CBC_256_ELEPHANT, "AES-CBC 256 Elephant"},
        {METHOD_CBC_128, "AES-CBC 128"},
        {METHOD_CBC_256, "AES-CBC 256"},
        {METHOD_XTS_128, "AES-XTS 128"},
        {METHOD_XTS_256, "AES-XTS 256"},
    };
    struct shodo_bitlocker_info *info = &m->info;
    m->method = (uint16_t)method;
    snprintf(info->method, sizeof(info->method), "method 0x%04x", m->method);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++)
        if (names[i].method == m->method)
            snprintf(info->method, sizeof(info->method), "%s", names[i].name);
    if (m->method < METHOD_CBC_128 || m->method > METHOD_XTS_256)
        snprintf(
            info->refuse, sizeof(info->refuse),
            "BitLocker with %s is not read (Windows Vista and 7, or newer than this program): unlock it on Windows",
            info->method);
}

/* One metadata block at `at`. */
static bool parse_block(struct bitlocker_meta *m, const uint8_t *p, uint64_t source_bytes) {
    uint32_t size = shodo_le32(p + 64), header = shodo_le32(p + 72);
    struct entry e;
    bool has_fvek = false;
    if (memcmp(p, "-FVE-FS-", 8) != 0 || shodo_le16(p + 10) != 2 || header < 48 || size < header ||
        size > BITLOCKER_BLOCK_BYTES - 64)
        return false;
    if (shodo_le16(p + 12) != STATE_ENCRYPTED || shodo_le16(p + 14) != STATE_ENCRYPTED)
        snprintf(
            m->info.refuse, sizeof(m->info.refuse),
            "BitLocker was still encrypting or decrypting (state %u to %u): let Windows finish, or ask the helpdesk",
            shodo_le16(p + 12), shodo_le16(p + 14));
    m->head_bytes = shodo_le32(p + 28) * 512ULL;
    for (size_t i = 0; i < 3; i++)
        m->blocks[i] = shodo_le64(p + 32 + 8 * i);
    m->head_at = shodo_le64(p + 56);
    guid_text(p + 80, m->info.volume_id);
    take_method(m, shodo_le32(p + 100));
    m->info.protectors_count = 0;
    for (size_t at = 64 + (size_t)header; next_entry(p, 64 + (size_t)size, &at, &e);) {
        if (e.type == ENTRY_VMK && e.value == VALUE_VMK)
            take_vmk(m, &e);
        else if (e.type == ENTRY_FVEK && e.value == VALUE_CCM)
            has_fvek = take_wrapped(&m->fvek, &e);
        else if (e.value == VALUE_HEAD && e.n >= 16) {
            m->head_at = shodo_le64(e.data);
            m->head_bytes = shodo_le64(e.data + 8);
        }
    }
    return has_fvek && m->head_at <= source_bytes && m->head_bytes <= source_bytes - m->head_at;
}

static bool find_block(struct bitlocker_meta *m, struct shodo_source *s,
                       const uint64_t offsets[3]) {
    uint64_t size = shodo_source_size(s);
    uint8_t *p = malloc(BITLOCKER_BLOCK_BYTES);
    bool is_found = false;
    for (size_t i = 0; p && i < 3 && !is_found; i++) {
        uint64_t bad = 0;
        struct bitlocker_meta fresh = {.sector_bytes = m->sector_bytes,
                                       .info = {.is_to_go = m->info.is_to_go}};
        size_t n = 0;
        if (offsets[i] >= size || size - offsets[i] < 512)
            continue;
        n = (size_t)SHODO_MIN((uint64_t)BITLOCKER_BLOCK_BYTES, size - offsets[i]);
        memset(p, 0, BITLOCKER_BLOCK_BYTES);
        if (shodo_source_read(s, offsets[i], p, n, &bad, NULL) != SHODO_OK)
            continue;
        is_found = parse_block(&fresh, p, size);
        if (is_found)
            *m = fresh;
    }
    free(p);
    return is_found;
}

enum shodo_status bitlocker_meta_read(struct bitlocker_meta *ret, struct shodo_source *s,
                                      struct shodo_error *err) {
    uint8_t boot[512];
    uint64_t bad = 0, offsets[3];
    size_t at = 0;
    *ret = (struct bitlocker_meta){.sector_bytes = 512};
    if (shodo_source_size(s) < sizeof(boot) ||
        shodo_source_read(s, 0, boot, sizeof(boot), &bad, err) != SHODO_OK)
        return shodo_fail(err, SHODO_DAMAGED, "the volume is too small for BitLocker");
    ret->info.is_to_go = memcmp(boot + 3, "MSWIN4.1", 8) == 0;
    at = ret->info.is_to_go ? 440 : 176;
    for (size_t i = 0; i < 3; i++)
        offsets[i] = shodo_le64(boot + at + 8 * i);
    if (shodo_le16(boot + 11) == 4096)
        ret->sector_bytes = 4096;
    if (!find_block(ret, s, offsets))
        return shodo_fail(err, bad > 0 ? SHODO_UNREADABLE : SHODO_DAMAGED,
                          "BitLocker: none of the three copies of its metadata can be used");
    if (!ret->info.is_to_go && memcmp(boot + 160, guid_eow, sizeof(guid_eow)) == 0)
        snprintf(ret->info.refuse, sizeof(ret->info.refuse),
                 "BitLocker in encrypt-on-write mode is not read: unlock it on Windows");
    return SHODO_OK;
}
