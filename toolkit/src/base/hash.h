/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and SHA-512 (FIPS 180-4) over OpenSSL's EVP, and random bytes. */
#ifndef SHODO_BASE_HASH_H
#define SHODO_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"
#include "base/status.h"

#define SHODO_SHA256_BYTES 32
#define SHODO_SHA512_BYTES 64

enum shodo_hash_kind { SHODO_SHA256, SHODO_SHA512 };

struct shodo_hash;
/* NULL on no memory; ready for updates */
struct shodo_hash *shodo_hash_new(enum shodo_hash_kind kind);
struct shodo_hash *shodo_hash_free(struct shodo_hash *h);
void shodo_hash_reset(struct shodo_hash *h);
void shodo_hash_update(struct shodo_hash *h, const void *p, size_t n);
/* Writes 32 or 64 bytes; the object then needs a reset. */
void shodo_hash_final(struct shodo_hash *h, uint8_t *out);
SHODO_DEFINE_AUTOP(shodo_hash, shodo_hash_free)

/* Fetches the digests from OpenSSL. Optional outside; needed before the system-call filter of an
 * examiner, inside which only memory calls are left. Idempotent; shodo_hash_new() does it too. */
void shodo_hash_prepare(void);
void shodo_sha256(const void *p, size_t n, uint8_t out[SHODO_SHA256_BYTES]);
void shodo_hex(const uint8_t *p, size_t n, char *out /* 2n + 1 */);
/* Cryptographic random bytes (getrandom). With SHODO_SEED in the environment (tests, reproducible
 * bundles) a deterministic stream SHA-256(seed | le64 counter): REFUSED unless
 * shodo_random_allow_seed(true) was called before, which whoever opened the case does for a drill
 * or a test only. */
enum shodo_status shodo_random(void *p, size_t n, struct shodo_error *err);
void shodo_random_allow_seed(bool allow);

#endif
