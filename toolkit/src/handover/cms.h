/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMS (RFC 5652): encrypting a segment, opening one, signing and checking a signature. One .c for
 * each of the three purposes; no OpenSSL type leaves them.
 */
#ifndef SHODO_HANDOVER_CMS_H
#define SHODO_HANDOVER_CMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "case/key.h"
#include "handover/bag.h"
#include "handover/zip.h"

/* ---- encrypt: AuthEnvelopedData (RFC 5083), AES-256-GCM (RFC 5084), DER with indefinite lengths,
 * constant memory ---- */

struct shodo_cms_seal;
/* Every recipient: RSA with OAEP and SHA-256, or EC (P-256, P-384, P-521) with the SHA-256 KDF.
 * `passphrase` (may be NULL): a PWRI recipient, PBKDF2 600,000 rounds, AES-256-CBC key wrap.
 * INVALID without any recipient. */
enum shodo_status shodo_cms_seal_new(struct shodo_cms_seal **ret, const struct shodo_sink *sink,
                                     const struct shodo_recipient *recipients,
                                     size_t recipients_count, const char *passphrase,
                                     struct shodo_error *err);
enum shodo_status shodo_cms_seal_data(struct shodo_cms_seal *s, const void *p, size_t n,
                                      struct shodo_error *err);
enum shodo_status shodo_cms_seal_finish(struct shodo_cms_seal *s, struct shodo_error *err);
struct shodo_cms_seal *shodo_cms_seal_free(struct shodo_cms_seal *s);
SHODO_DEFINE_AUTOP(shodo_cms_seal, shodo_cms_seal_free)
/* A certificate that can be used as recipient, or why not: unreadable, expired (a warning, SKIP),
 * wrong key type. */
enum shodo_status shodo_cms_check_recipient(const struct shodo_recipient *r,
                                            struct shodo_error *err);

/* ---- decrypt: stock OpenSSL takes the whole message into memory (about 2.7 times its size), so
 * the size is bounded */

/* Reads the DER file at `fd` from offset 0 and writes the plain bytes to `out_fd`. REFUSED: no
 * recipient fits the key or passphrase, or the content is not authentic; nothing written may then
 * be used. LIMIT: larger than a segment can be. */
enum shodo_status shodo_cms_open(int fd, const char *key_pem, size_t key_len,
                                 const char *passphrase, int out_fd, uint64_t *ret_plain_bytes,
                                 struct shodo_error *err);

/* ---- sign and check: detached CAdES-BES (RFC 5126), SHA-256 */

enum shodo_status shodo_cms_sign(struct shodo_key *key, const void *p, size_t n,
                                 struct shodo_buf *out_der, struct shodo_error *err);

struct shodo_cms_signer {
    char fingerprint[65]; /* SHA-256 of the certificate, hex */
    char name[128];       /* common name, safe to show */
    bool is_expired;      /* at signing time by its own claim */
    int64_t signing_time; /* as claimed; NONE when absent */
};
/* Checks the signature over the bytes with the certificate it carries. Who that is must be compared
 * by the caller. REFUSED: does not fit, weak digest, more than one signer, not CAdES. DAMAGED: not
 * CMS. */
enum shodo_status shodo_cms_check(const void *der, size_t der_n, const void *p, size_t n,
                                  struct shodo_cms_signer *ret, struct shodo_error *err);

#endif
