/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cur.h"
#include "base/hash.h"
#include "base/limits.h"

enum { SLOTS_FIRST = 4096 };

struct content {
    uint8_t sha256[SHODO_SHA256_BYTES];
    uint32_t n;
    const char *matches; /* in the arena; NULL when n is 0 */
};

struct shodo_known {
    struct shodo_vec contents;
    struct shodo_arena arena;
    uint32_t *slots; /* index + 1 */
    size_t slots_count;
};

struct shodo_known *shodo_known_new(void) {
    struct shodo_known *k = calloc(1, sizeof *k);
    if (!k)
        return NULL;
    k->contents = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct content));
    k->slots = calloc(SLOTS_FIRST, sizeof *k->slots);
    k->slots_count = SLOTS_FIRST;
    if (!k->slots) {
        free(k);
        return NULL;
    }
    return k;
}

struct shodo_known *shodo_known_free(struct shodo_known *k) {
    if (k) {
        shodo_vec_done(&k->contents);
        shodo_arena_done(&k->arena);
        free(k->slots);
        free(k);
    }
    return NULL;
}

size_t shodo_known_count(const struct shodo_known *k) {
    return k->contents.count;
}

/* A SHA-256 is spread already; digests chosen by an attacker cost probes, not correctness. */
static size_t slot_of(const struct shodo_known *k, const uint8_t sha256[32]) {
    size_t s = shodo_le64(sha256) & (k->slots_count - 1);
    while (k->slots[s]) {
        const struct content *c = shodo_vec_at(&k->contents, k->slots[s] - 1);
        if (memcmp(c->sha256, sha256, sizeof c->sha256) == 0)
            break;
        s = (s + 1) & (k->slots_count - 1);
    }
    return s;
}

bool shodo_known_find(const struct shodo_known *k, const uint8_t sha256[32], const void **ret,
                      size_t *ret_n) {
    size_t s = slot_of(k, sha256);
    if (!k->slots[s])
        return false;
    const struct content *c = shodo_vec_at(&k->contents, k->slots[s] - 1);
    *ret = c->matches;
    *ret_n = c->n;
    return true;
}

static bool grow(struct shodo_known *k) {
    size_t count = k->slots_count * 2;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    free(k->slots);
    k->slots = slots;
    k->slots_count = count;
    for (size_t i = 0; i < k->contents.count; i++) {
        const struct content *c = shodo_vec_at(&k->contents, i);
        k->slots[slot_of(k, c->sha256)] = (uint32_t)i + 1;
    }
    return true;
}

void shodo_known_learn(struct shodo_known *k, const uint8_t sha256[32], const void *matches,
                       size_t n) {
    if (k->contents.count >= SHODO_LIMIT_CACHE_CONTENTS || n > SHODO_LIMIT_MESSAGE_BYTES ||
        k->arena.used_bytes + n > SHODO_LIMIT_CACHE_BYTES)
        return;
    if (k->contents.count * 2 >= k->slots_count && !grow(k))
        return;
    size_t s = slot_of(k, sha256);
    if (k->slots[s])
        return;
    const char *copy = n ? shodo_arena_str(&k->arena, matches, n) : NULL;
    struct content *c = n && !copy ? NULL : shodo_vec_push(&k->contents);
    if (!c)
        return;
    memcpy(c->sha256, sha256, sizeof c->sha256);
    c->n = (uint32_t)n;
    c->matches = copy;
    k->slots[s] = (uint32_t)k->contents.count;
}
