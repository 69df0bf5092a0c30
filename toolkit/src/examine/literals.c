/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/literals.h"

#include <stdlib.h>
#include <string.h>

#include "base/macro.h"

/*
 * A window as long as the shortest anchor slides over the buffer; its last BLOCK bytes say how far
 * it may jump. Each jump waits for the one before it, so four parts of the buffer are searched in
 * turns: about three times as fast. Hashes are blind to the bit that tells small letters from
 * capitals.
 */
enum { BLOCK = 3, BITS_MIN = 12, BITS_MAX = 18, LANES = 4 };

struct shodo_literals {
    struct shodo_literal *items;
    uint32_t *next;  /* by item: the next one of the same bucket, + 1 */
    uint32_t *heads; /* by hash of the window: item + 1 */
    uint8_t *jumps;  /* by hash of a block */
    unsigned window, jump_bits, head_bits;
};

static inline unsigned hash_block(const uint8_t *p, unsigned bits) {
    uint32_t v = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
    return ((v | 0x202020u) * 2654435761u) >> (32 - bits);
}

static size_t hash_window(const uint8_t *p, unsigned n, unsigned bits) {
    uint64_t v = 0;
    memcpy(&v, p, n);
    return (size_t)(((v | 0x2020202020202020u) * 0x9e3779b97f4a7c15u) >> (64 - bits));
}

static unsigned bits_for(size_t n) {
    unsigned bits = BITS_MIN;
    while (bits < BITS_MAX && ((size_t)1 << bits) < n)
        bits++;
    return bits;
}

static void add(struct shodo_literals *l, size_t i) {
    const uint8_t *p = l->items[i].bytes + l->items[i].anchor;
    for (unsigned at = 0; at + BLOCK <= l->window; at++) {
        uint8_t *jump = &l->jumps[hash_block(p + at, l->jump_bits)];
        *jump = SHODO_MIN(*jump, (uint8_t)(l->window - BLOCK - at));
    }
    size_t h = hash_window(p, l->window, l->head_bits);
    l->next[i] = l->heads[h];
    l->heads[h] = (uint32_t)i + 1;
}

struct shodo_literals *shodo_literals_new(const struct shodo_literal *items, size_t count) {
    struct shodo_literals *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->window = SHODO_ANCHOR_MAX_BYTES;
    for (size_t i = 0; i < count; i++) {
        shodo_assert(items[i].anchor_len >= SHODO_ANCHOR_MIN_BYTES &&
                     items[i].len <= SHODO_LITERAL_BYTES &&
                     items[i].anchor + items[i].anchor_len <= items[i].len);
        l->window = SHODO_MIN(l->window, (unsigned)items[i].anchor_len);
    }
    l->jump_bits = bits_for(count * 32);
    l->head_bits = bits_for(count * 4);
    l->items = calloc(count + 1, sizeof *l->items);
    l->next = calloc(count + 1, sizeof *l->next);
    l->heads = calloc((size_t)1 << l->head_bits, sizeof *l->heads);
    l->jumps = malloc((size_t)1 << l->jump_bits);
    if (!l->items || !l->next || !l->heads || !l->jumps)
        return shodo_literals_free(l);
    memset(l->jumps, (int)(l->window - BLOCK + 1), (size_t)1 << l->jump_bits);
    for (size_t i = 0; i < count; i++) {
        l->items[i] = items[i];
        add(l, i);
    }
    return l;
}

struct shodo_literals *shodo_literals_free(struct shodo_literals *l) {
    if (l) {
        free(l->items);
        free(l->next);
        free(l->heads);
        free(l->jumps);
        free(l);
    }
    return NULL;
}

static bool fits(const struct shodo_literal *item, const uint8_t *p) {
    for (size_t i = 0; i < item->len; i++) {
        if ((p[i] & item->mask[i]) != item->bytes[i])
            return false;
    }
    return true;
}

/* An anchor may stand at p[at]: does its pattern? */
static bool is_here(const struct shodo_literals *l, const uint8_t *p, size_t n, size_t at) {
    for (uint32_t i = l->heads[hash_window(p + at, l->window, l->head_bits)]; i > 0;
         i = l->next[i - 1]) {
        const struct shodo_literal *item = &l->items[i - 1];
        if (item->anchor <= at && item->len <= n - (at - item->anchor) &&
            fits(item, p + at - item->anchor))
            return true;
    }
    return false;
}

/* One look at *at; true when something stands there. */
static inline bool step(const struct shodo_literals *l, const uint8_t *p, size_t n, size_t *at) {
    unsigned jump = l->jumps[hash_block(p + *at + l->window - BLOCK, l->jump_bits)];
    if (jump == 0 && is_here(l, p, n, *at))
        return true;
    *at += jump > 0 ? jump : 1;
    return false;
}

bool shodo_literals_find(const struct shodo_literals *l, const uint8_t *p, size_t n) {
    if (n < l->window)
        return false;
    size_t end = n - l->window + 1, share = end / LANES; /* places where a window may begin */
    size_t at[LANES] = {0, share, 2 * share, 3 * share};
    const size_t stop[LANES] = {share, 2 * share, 3 * share, end};
    while (at[0] < stop[0] && at[1] < stop[1] && at[2] < stop[2] && at[3] < stop[3]) {
        if (step(l, p, n, &at[0]) || step(l, p, n, &at[1]) || step(l, p, n, &at[2]) ||
            step(l, p, n, &at[3]))
            return true;
    }
    for (size_t k = 0; k < LANES; k++) {
        while (at[k] < stop[k]) {
            if (step(l, p, n, &at[k]))
                return true;
        }
    }
    return false;
}
