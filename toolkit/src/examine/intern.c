/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/intern.h"

#include <stdlib.h>
#include <string.h>

void shodo_intern_init(struct shodo_intern *t, uint32_t max) {
    *t = (struct shodo_intern){.texts = SHODO_VEC_INIT(sizeof(const char *)), .max = max};
}

void shodo_intern_done(struct shodo_intern *t) {
    shodo_arena_done(&t->arena);
    shodo_vec_done(&t->texts);
    free(t->slots);
    t->slots = NULL;
    t->slots_count = 0;
}

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *s, size_t n) {
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)s[i]) * 0x100000001b3u;
    return h;
}

static bool grow(struct shodo_intern *t) {
    size_t count = t->slots_count ? t->slots_count * 2 : 256;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < t->texts.count; i++) {
        const char *s = *(const char *const *)shodo_vec_at(&t->texts, i);
        size_t at = (size_t)hash(s, strlen(s)) & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = (uint32_t)i + 1;
    }
    free(t->slots);
    t->slots = slots;
    t->slots_count = count;
    return true;
}

uint32_t shodo_intern_add(struct shodo_intern *t, const char *s, size_t n) {
    if ((t->texts.count + 1) * 2 > t->slots_count && !grow(t)) {
        t->is_cut = true;
        return SHODO_INTERN_NONE;
    }
    size_t at = (size_t)hash(s, n) & (t->slots_count - 1);
    for (; t->slots[at]; at = (at + 1) & (t->slots_count - 1)) {
        const char *old = shodo_intern_text(t, t->slots[at] - 1);
        if (strncmp(old, s, n) == 0 && old[n] == 0)
            return t->slots[at] - 1;
    }
    const char *copy = t->texts.count < t->max ? shodo_arena_str(&t->arena, s, n) : NULL;
    const char **slot = copy ? shodo_vec_push(&t->texts) : NULL;
    if (!slot) {
        t->is_cut = true;
        return SHODO_INTERN_NONE;
    }
    *slot = copy;
    t->slots[at] = (uint32_t)t->texts.count;
    return (uint32_t)t->texts.count - 1;
}

const char *shodo_intern_text(const struct shodo_intern *t, uint32_t i) {
    return i < t->texts.count ? *(const char *const *)shodo_vec_at(&t->texts, i) : "";
}
