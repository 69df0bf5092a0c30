/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 of every stream that is read to its end. */
#include "base/hash.h"
#include "examine/tap.h"

static enum shodo_status open_digest(void **ret, const struct shodo_plan *p,
                                     struct shodo_error *err) {
    (void)p;
    *ret = shodo_hash_new(SHODO_SHA256);
    return *ret ? SHODO_OK : shodo_fail(err, SHODO_NOMEM, "no memory for digests");
}

static void close_digest(void *state) {
    (void)shodo_hash_free(state);
}

static void start(void *state, struct shodo_look *l) {
    (void)l;
    shodo_hash_reset(state);
}

static void data(void *state, struct shodo_look *l, const uint8_t *p, size_t n) {
    shodo_hash_update(state, p, n);
    l->has_sha256 = true; /* data() is called only when all bytes come */
}

static void whole(void *state, struct shodo_look *l, const struct shodo_bytes *b) {
    (void)b;
    if (l->has_sha256)
        shodo_hash_final(state, l->sha256);
}

const struct shodo_tap shodo_tap_digest = {.name = "digest",
                                           .open = open_digest,
                                           .close = close_digest,
                                           .start = start,
                                           .data = data,
                                           .whole = whole};
