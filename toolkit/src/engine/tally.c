/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

enum { SLOTS_FIRST = 1024 };

struct shodo_tally {
    struct shodo_vec lines; /* struct shodo_ledger, strings in the arena */
    struct shodo_arena arena;
    uint32_t *slots; /* index + 1 into lines; 0 empty */
    size_t slots_count;
};

struct shodo_tally *shodo_tally_new(void) {
    struct shodo_tally *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->lines = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_ledger));
    t->slots = calloc(SLOTS_FIRST, sizeof *t->slots);
    t->slots_count = SLOTS_FIRST;
    if (!t->slots) {
        free(t);
        return NULL;
    }
    return t;
}

struct shodo_tally *shodo_tally_free(struct shodo_tally *t) {
    if (t) {
        shodo_vec_done(&t->lines);
        shodo_arena_done(&t->arena);
        free(t->slots);
        free(t);
    }
    return NULL;
}

size_t shodo_tally_count(const struct shodo_tally *t) {
    return t->lines.count;
}

const struct shodo_ledger *shodo_tally_at(const struct shodo_tally *t, size_t i) {
    return shodo_vec_at(&t->lines, i);
}

void shodo_tally_clear(struct shodo_tally *t) {
    t->lines.count = 0;
    memset(t->slots, 0, t->slots_count * sizeof *t->slots);
    shodo_arena_clear(&t->arena);
}

/* FNV-1a, 64 bits: only spreads keys; equality is checked. */
static uint64_t mix(uint64_t h, const void *p, size_t n) {
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i++)
        h = (h ^ b[i]) * 0x100000001b3ULL;
    return h;
}

static uint64_t hash_key(const struct shodo_ledger *l, const char *folder, size_t n) {
    uint64_t h = 0xcbf29ce484222325ULL;
    uint32_t head[2] = {l->volume, (uint32_t)l->reason};
    h = mix(h, head, sizeof head);
    h = mix(h, l->text, strlen(l->text) + 1);
    return mix(h, folder, n);
}

static bool is_same(const struct shodo_ledger *a, const struct shodo_ledger *b, const char *folder,
                    size_t n) {
    return a->volume == b->volume && a->reason == b->reason && strcmp(a->text, b->text) == 0 &&
           strlen(a->path) == n && memcmp(a->path, folder, n) == 0;
}

static bool grow(struct shodo_tally *t) {
    size_t count = t->slots_count * 2;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < t->lines.count; i++) {
        const struct shodo_ledger *l = shodo_vec_at(&t->lines, i);
        size_t s = hash_key(l, l->path, strlen(l->path)) & (count - 1);
        while (slots[s])
            s = (s + 1) & (count - 1);
        slots[s] = (uint32_t)i + 1;
    }
    free(t->slots);
    t->slots = slots;
    t->slots_count = count;
    return true;
}

static size_t folder_len(const struct shodo_ledger *l) {
    size_t n = strlen(l->path);
    if (l->count > 1)
        return n;
    while (n && l->path[n - 1] != '/')
        n--;
    return n > 1 ? n - 1 : n;
}

static enum shodo_status add(struct shodo_tally *t, const struct shodo_ledger *given,
                             bool is_folder, struct shodo_error *err) {
    struct shodo_ledger l = *given;
    l.text = l.text ? l.text : "";
    l.path = l.path && *l.path ? l.path : "/";
    const char *folder = l.path;
    size_t n = is_folder ? strlen(l.path) : folder_len(&l);
    if (t->lines.count >= SHODO_LIMIT_POLICY_LINES) {
        folder = "/";
        n = 1;
    }
    size_t s = hash_key(&l, folder, n) & (t->slots_count - 1);
    for (; t->slots[s]; s = (s + 1) & (t->slots_count - 1)) {
        struct shodo_ledger *old = shodo_vec_at(&t->lines, t->slots[s] - 1);
        if (!is_same(old, &l, folder, n))
            continue;
        old->count += l.count ? l.count : 1;
        if (!shodo_add_u64(old->size_bytes, l.size_bytes, &old->size_bytes))
            old->size_bytes = UINT64_MAX;
        return SHODO_OK;
    }
    struct shodo_ledger *line = shodo_vec_push(&t->lines);
    if (!line)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the policy ledger");
    *line = l;
    line->is_problem = false;
    line->count = l.count ? l.count : 1;
    line->record = 0;
    line->sequence = 0;
    line->stream = NULL;
    line->path = shodo_arena_str(&t->arena, folder, n);
    line->text = shodo_arena_str(&t->arena, l.text, strlen(l.text));
    if (!line->path || !line->text) {
        t->lines.count--;
        return shodo_fail(err, SHODO_NOMEM, "no memory for the policy ledger");
    }
    t->slots[s] = (uint32_t)t->lines.count;
    if (t->lines.count * 2 > t->slots_count && !grow(t))
        return shodo_fail(err, SHODO_NOMEM, "no memory for the policy ledger");
    return SHODO_OK;
}

enum shodo_status shodo_tally_add(struct shodo_tally *t, const struct shodo_ledger *l,
                                  struct shodo_error *err) {
    return add(t, l, false, err);
}

enum shodo_status shodo_tally_add_folder(struct shodo_tally *t, const struct shodo_ledger *l,
                                         struct shodo_error *err) {
    return add(t, l, true, err);
}
