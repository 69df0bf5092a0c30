/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/huffman.h"

#include <string.h>

#include "base/cur.h"

bool huffman_build(struct huffman *h, const uint8_t *lengths, size_t n) {
    uint16_t at[HUFFMAN_BITS + 2] = {0};
    uint32_t code = 0, used = 0;
    memset(h->count, 0, sizeof(h->count));
    memset(h->fast, 0, sizeof(h->fast));
    for (size_t i = 0; i < n; i++)
        h->count[lengths[i]]++;
    h->count[0] = 0;
    for (unsigned len = 1; len <= HUFFMAN_BITS; len++) {
        used += (uint32_t)h->count[len] << (HUFFMAN_BITS - len);
        at[len + 1] = (uint16_t)(at[len] + h->count[len]);
    }
    if (used > 1u << HUFFMAN_BITS)
        return false;
    for (size_t i = 0; i < n; i++)
        if (lengths[i] != 0)
            h->symbols[at[lengths[i]]++] = (uint16_t)i;
    for (unsigned len = 1, k = 0; len <= HUFFMAN_FAST; len++, code <<= 1) {
        for (unsigned i = 0; i < h->count[len]; i++, code++, k++) {
            unsigned shift = HUFFMAN_FAST - len;
            for (unsigned fill = 0; fill < 1u << shift; fill++)
                h->fast[(code << shift) + fill] = (uint16_t)(h->symbols[k] << 4 | len);
        }
    }
    return true;
}

static uint32_t next_word(struct bits *b) {
    uint32_t w = 0;
    if (b->n - b->at >= 2) {
        w = shodo_le16(b->p + b->at);
        b->at += 2;
    } else if (++b->missing > 2) {
        b->is_over = true;
    }
    return w;
}

void bits_start(struct bits *b, const uint8_t *p, size_t n) {
    *b = (struct bits){.p = p, .n = n, .extra = 16};
    b->next = next_word(b) << 16;
    b->next |= next_word(b);
}

uint32_t bits_peek(const struct bits *b, unsigned n) {
    return n == 0 ? 0 : b->next >> (32 - n);
}

void bits_drop(struct bits *b, unsigned n) {
    b->next <<= n;
    b->extra -= (int)n;
    if (b->extra < 0) {
        b->next |= next_word(b) << -b->extra;
        b->extra += 16;
    }
}

uint32_t bits_read(struct bits *b, unsigned n) {
    uint32_t v = bits_peek(b, n);
    bits_drop(b, n);
    return v;
}

int huffman_read(const struct huffman *h, struct bits *b) {
    uint16_t entry = h->fast[bits_peek(b, HUFFMAN_FAST)];
    uint32_t code = 0, first = 0, index = 0;
    if (entry != 0) {
        bits_drop(b, entry & 15);
        return entry >> 4;
    }
    for (unsigned len = 1; len <= HUFFMAN_BITS; len++) {
        code = bits_peek(b, len);
        if (code - first < h->count[len]) {
            bits_drop(b, len);
            return h->symbols[index + (code - first)];
        }
        index += h->count[len];
        first = (first + h->count[len]) << 1;
    }
    return -1;
}
