/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stick's signing key: ECDSA P-256, self-signed certificate valid 20 years, made at first start
 * in keys/ (stick.key.pem PKCS#8, optionally passphrase-encrypted, and stick.cert.pem). An expired
 * certificate is a warning.
 */
#ifndef SHODO_CASE_KEY_H
#define SHODO_CASE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

struct shodo_key;
/* Loads keys/ in `dirfd`, or makes it when there is none (`*ret_made`). */
enum shodo_status shodo_key_open(struct shodo_key **ret, int keys_dirfd, const char *passphrase,
                                 bool *ret_made, struct shodo_error *err);
struct shodo_key *shodo_key_free(struct shodo_key *k);
/* DER ECDSA signature with SHA-256 over the bytes. */
enum shodo_status shodo_key_sign(struct shodo_key *k, const void *p, size_t n,
                                 struct shodo_buf *out, struct shodo_error *err);
/* PEM certificate, its SHA-256 fingerprint (hex), the first 8 hex as stick id, and whether it has
 * expired. */
const char *shodo_key_cert_pem(const struct shodo_key *k);
const char *shodo_key_fingerprint(const struct shodo_key *k);
const char *shodo_key_stick_id(const struct shodo_key *k);
bool shodo_key_is_expired(const struct shodo_key *k);
/* Unencrypted PKCS#8 DER of the private key, for the CMS signer in handover/; the caller wipes it.
 */
enum shodo_status shodo_key_private_der(const struct shodo_key *k, struct shodo_buf *out,
                                        struct shodo_error *err);
/* Checks a signature with the certificate's public key. REFUSED when it does not fit. */
enum shodo_status shodo_key_verify(const char *cert_pem, size_t cert_len, const void *p, size_t n,
                                   const void *sig, size_t sig_n, struct shodo_error *err);
/* SHA-256 of the DER form of any PEM certificate, lower-case hex. */
enum shodo_status shodo_key_cert_fingerprint(const char *cert_pem, size_t cert_len,
                                             char ret_hex[65], struct shodo_error *err);
SHODO_DEFINE_AUTOP(shodo_key, shodo_key_free)

#endif
