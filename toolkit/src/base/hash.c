/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

struct shodo_hash {
    EVP_MD_CTX *ctx;
    const EVP_MD *md;
};

/* Fetched once for the process (constants after that): fetching per object costs more than hashing
 * a small file. */
static EVP_MD *fetched[2];

void shodo_hash_prepare(void) {
    if (fetched[0] && fetched[1])
        return;
    /* a static program must not depend on, or be steered by, an openssl.cnf of the host */
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    if (!fetched[0])
        fetched[0] = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    if (!fetched[1])
        fetched[1] = EVP_MD_fetch(NULL, "SHA2-512", NULL);
}

struct shodo_hash *shodo_hash_new(enum shodo_hash_kind kind) {
    shodo_hash_prepare();
    struct shodo_hash *h = calloc(1, sizeof(*h));
    if (!h)
        return NULL;
    h->md = fetched[kind == SHODO_SHA512];
    h->ctx = EVP_MD_CTX_new();
    if (!h->md || !h->ctx || EVP_DigestInit_ex2(h->ctx, h->md, NULL) != 1)
        return shodo_hash_free(h);
    return h;
}

struct shodo_hash *shodo_hash_free(struct shodo_hash *h) {
    if (h) {
        EVP_MD_CTX_free(h->ctx);
        free(h);
    }
    return NULL;
}

/* The three calls below cannot fail for SHA-2 on a context that was initialised once. */
void shodo_hash_reset(struct shodo_hash *h) {
    int ok = EVP_DigestInit_ex2(h->ctx, h->md, NULL);
    shodo_assert(ok == 1);
}

void shodo_hash_update(struct shodo_hash *h, const void *p, size_t n) {
    int ok = EVP_DigestUpdate(h->ctx, p, n);
    shodo_assert(ok == 1);
}

void shodo_hash_final(struct shodo_hash *h, uint8_t *out) {
    int ok = EVP_DigestFinal_ex(h->ctx, out, NULL);
    shodo_assert(ok == 1);
}

void shodo_sha256(const void *p, size_t n, uint8_t out[SHODO_SHA256_BYTES]) {
    shodo_hash_prepare();
    int ok = EVP_Digest(p, n, out, NULL, fetched[0], NULL);
    shodo_assert(ok == 1);
}

void shodo_hex(const uint8_t *p, size_t n, char *out) {
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digit[p[i] >> 4];
        out[2 * i + 1] = digit[p[i] & 15];
    }
    out[2 * n] = '\0';
}

/* State of the deterministic stream; only ever used when a drill or a test asked for it. */
static struct {
    bool allowed;
    uint64_t counter;
} seeded;

void shodo_random_allow_seed(bool allow) {
    seeded.allowed = allow;
}

static void seeded_bytes(const char *seed, uint8_t *out, size_t n) {
    size_t seed_len = strlen(seed);

    while (n > 0) {
        uint8_t block[SHODO_SHA256_BYTES], count[8];
        shodo_autop(shodo_hash) struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
        shodo_assert(h);
        for (size_t i = 0; i < sizeof(count); i++)
            count[i] = (uint8_t)(seeded.counter >> (8 * i));
        seeded.counter++;
        shodo_hash_update(h, seed, seed_len);
        shodo_hash_update(h, count, sizeof(count));
        shodo_hash_final(h, block);
        size_t part = SHODO_MIN(n, sizeof(block));
        memcpy(out, block, part);
        out += part;
        n -= part;
    }
}

enum shodo_status shodo_random(void *p, size_t n, struct shodo_error *err) {
    const char *seed = getenv("SHODO_SEED");
    uint8_t *out = (uint8_t *)p;

    if (seed && *seed) {
        if (!seeded.allowed)
            return shodo_fail(err, SHODO_REFUSED,
                              "SHODO_SEED is set, but this is neither a drill nor a test");
        seeded_bytes(seed, out, n);
        return SHODO_OK;
    }
    while (n > 0) {
        ssize_t got = getrandom(out, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return shodo_fail_errno(err, "reading random bytes");
        out += got;
        n -= (size_t)got;
    }
    return SHODO_OK;
}
