/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata of a BitLocker volume. For the files of this folder only. */
#ifndef SHODO_EVIDENCE_BITLOCKER_META_H
#define SHODO_EVIDENCE_BITLOCKER_META_H

#include "evidence/bitlocker.h"

#define BITLOCKER_BLOCK_BYTES 65536u /* each of the three metadata regions */
#define BITLOCKER_WRAPPED_MAX 256u

/* AES-CCM blob: nonce, tag, data. */
struct bitlocker_wrapped {
    uint8_t nonce[12], tag[16];
    uint8_t data[BITLOCKER_WRAPPED_MAX];
    size_t n;
};

struct bitlocker_vmk {
    enum shodo_bitlocker_kind kind;
    bool has_key, has_salt;
    uint8_t key[32];  /* clear key */
    uint8_t salt[16]; /* of the stretch */
    struct bitlocker_wrapped wrapped;
};

struct bitlocker_meta {
    struct shodo_bitlocker_info info;
    uint32_t sector_bytes;
    uint16_t method;
    uint64_t blocks[3];
    uint64_t head_at, head_bytes; /* where the first head_bytes of the volume are kept */
    struct bitlocker_vmk vmks[SHODO_BITLOCKER_PROTECTORS];
    struct bitlocker_wrapped fvek;
};

enum shodo_status bitlocker_meta_read(struct bitlocker_meta *ret, struct shodo_source *s,
                                      struct shodo_error *err);

#endif
