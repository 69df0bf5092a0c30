/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks a bag directory, a ZIP of a bag, or an encrypted bundle (its out/ directory or its segment
 * list), and opens one. Names every problem, one a line: missing, extra, changed, swapped,
 * truncated, forged, wrong key, traversal, duplicate. Two answers are kept apart: unchanged since
 * sealing, and who signed (compare the fingerprint by telephone). What only went wrong on the way
 * (missing, truncated, a broken encrypted segment) is not called a change. The bundle is hostile
 * input: nothing is extracted before it is checked, names are checked before any use.
 */
#ifndef SHODO_HANDOVER_VERIFY_H
#define SHODO_HANDOVER_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

enum shodo_seal_state {
    /* 改変なし: everything listed is there, nothing else, all digests and signatures fit */
    SHODO_SEAL_UNCHANGED,
    /* 欠け・破損: the signed list is intact, what came is short of it or broken: ask for another
       copy */
    SHODO_SEAL_DAMAGED,
    /* sealed by another than the trusted certificate, or not the bundle of the card */
    SHODO_SEAL_OTHER,
    SHODO_SEAL_CHANGED, /* 改変あり: edited, added to, forged, or not signed at all */
};
/* "unchanged", "damaged", "other", "changed" */
const char *shodo_seal_state_name(enum shodo_seal_state s);

struct shodo_verify_options {
    /* signer's certificate that is trusted; NULL: signer stays unconfirmed */
    const char *trust_pem;
    size_t trust_len;
    const char *card; /* text of the handover card, NULL when there is none */
    /* recipient's private key, to look inside encrypted segments; NULL: outside only */
    const char *key_pem;
    size_t key_len;
    const char *passphrase;
    void (*problem)(void *ctx, const char *code, const char *path, const char *text);
    /* What lies beside the bundle and is no part of it; no problem. May be NULL. */
    void (*note)(void *ctx, const char *path, const char *text);
    void *ctx;
};

struct shodo_verify_report {
    enum shodo_seal_state state;
    /* state is UNCHANGED and nothing failed: a wrong key does not mean a change */
    bool is_unchanged;
    bool is_key_wrong; /* the key or passphrase opens no segment */
    /* the signer is the trusted certificate (or the card's fingerprint) */
    bool is_signer_confirmed;
    bool is_inside_checked; /* false: only the outer segments were checked (no key given) */
    char signer_fingerprint[65];
    char signer_name[128];
    uint64_t files, bytes, problems;
    uint32_t segments;
};

/* `dirfd`,`name`: what the user named. REFUSED when there was any problem. */
enum shodo_status shodo_verify(int dirfd, const char *name, const struct shodo_verify_options *o,
                               struct shodo_verify_report *ret, struct shodo_error *err);
/* Verifies, decrypts, joins, and unpacks the bag below out_dirfd; refuses on any problem and leaves
 * nothing behind. */
enum shodo_status shodo_open_bundle(int dirfd, const char *name,
                                    const struct shodo_verify_options *o, int out_dirfd,
                                    struct shodo_verify_report *ret, struct shodo_error *err);

#endif
