/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BitLocker as a layer on a source: no kernel, no root. Opens volumes with a clear key (protection
 * suspended) and with the 48-digit recovery key. Passwords, startup keys and the TPM are named, not
 * used. Methods: AES-XTS and AES-CBC, 128 and 256 bits. Refused by name: encrypt-on-write, the
 * Elephant diffuser (Windows Vista and 7), volumes whose encryption is not finished. Layout proved
 * on seven volumes of three Windows versions: docs/formats.md.
 */
#ifndef SHODO_EVIDENCE_BITLOCKER_H
#define SHODO_EVIDENCE_BITLOCKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "evidence/source.h"

#define SHODO_BITLOCKER_GROUPS 8u
#define SHODO_BITLOCKER_PROTECTORS                                                                 \
    16u /* more than Windows keeps; further ones are not looked at                                 \
         */

/* A recovery key. Secret: wipe with shodo_bitlocker_key_wipe(), never log or store. */
struct shodo_bitlocker_key {
    uint16_t groups[SHODO_BITLOCKER_GROUPS]; /* each group of six digits divided by 11 */
};

enum shodo_bitlocker_group {
    SHODO_BITLOCKER_GROUP_OK,
    SHODO_BITLOCKER_GROUP_SHORT, /* fewer than six digits so far, all of them digits */
    SHODO_BITLOCKER_GROUP_LONG,
    SHODO_BITLOCKER_GROUP_NOT_DIGITS,
    /* no group of a recovery key: not a multiple of 11, or 720896 and more */
    SHODO_BITLOCKER_GROUP_WRONG,
};
/* One group of six ASCII digits, while it is typed: a slip shows before the next group. */
enum shodo_bitlocker_group shodo_bitlocker_check_group(const char *s, size_t n);
/* Eight groups; '-', blanks and line ends between digits do not count, full-width digits do.
 * INVALID names the first group that cannot be right (counted from 1), never its digits. */
enum shodo_status shodo_bitlocker_key_parse(struct shodo_bitlocker_key *ret, const char *s,
                                            size_t n, struct shodo_error *err);
void shodo_bitlocker_key_wipe(struct shodo_bitlocker_key *k);

enum shodo_bitlocker_kind {
    SHODO_BITLOCKER_CLEAR,
    SHODO_BITLOCKER_TPM,
    SHODO_BITLOCKER_STARTUP,
    SHODO_BITLOCKER_TPM_PIN,
    SHODO_BITLOCKER_RECOVERY,
    SHODO_BITLOCKER_PASSWORD,
    SHODO_BITLOCKER_OTHER,
};
const char *shodo_bitlocker_kind_name(enum shodo_bitlocker_kind k); /* "recovery key", "TPM", … */

struct shodo_bitlocker_protector {
    enum shodo_bitlocker_kind kind;
    char id[40]; /* upper-case GUID: what stands on the printout as the key ID */
};

struct shodo_bitlocker_info {
    char volume_id[40];
    char method[32]; /* "AES-XTS 128" */
    bool is_to_go;
    bool has_clear_key; /* opens without any key */
    struct shodo_bitlocker_protector protectors[SHODO_BITLOCKER_PROTECTORS];
    size_t protectors_count;
    char refuse[200]; /* not empty: cannot be read even with the right key, and why */
};

/* DAMAGED when none of the three metadata blocks can be used. */
enum shodo_status shodo_bitlocker_read(struct shodo_bitlocker_info *ret, struct shodo_source *s,
                                       struct shodo_error *err);
/*
 * The decrypted volume as a source on `s` (borrowed for its life). `key` NULL: only a clear key is
 * tried. Takes about half a second per recovery protector (2^20 rounds of SHA-256). ENCRYPTED: a
 * key is needed. REFUSED: the key does not fit. UNSUPPORTED: `refuse` of the info.
 */
enum shodo_status shodo_bitlocker_open(struct shodo_source **ret, struct shodo_source *s,
                                       const struct shodo_bitlocker_key *key,
                                       struct shodo_error *err);

#endif
