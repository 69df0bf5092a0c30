/* SPDX-License-Identifier: Apache-2.0 */
/* LZX as WIM and WOF use it. */
#include <string.h>

#include "base/cur.h"
#include "base/macro.h"
#include "evidence/huffman.h"
#include "evidence/xpress.h"

#define SLOTS           30u /* of a 32 KiB window */
#define MAIN_SYMBOLS    (256u + 8 * SLOTS)
#define LENGTH_SYMBOLS  249u
#define ALIGNED_SYMBOLS 8u
#define PRE_SYMBOLS     20u
#define CALL_FILE_BYTES 12000000 /* constant of the WIM format */

enum { BLOCK_VERBATIM = 1, BLOCK_ALIGNED = 2, BLOCK_STORED = 3 };

struct lzx {
    struct bits b;
    uint8_t *out;
    size_t at, out_len;
    uint32_t recent[3];
    uint8_t main_lengths[MAIN_SYMBOLS], length_lengths[LENGTH_SYMBOLS];
    struct huffman main, length, aligned;
};

/* Code lengths are coded as differences to those of the block before, with runs. */
static bool read_lengths(struct lzx *l, uint8_t *lengths, size_t n) {
    struct huffman pre;
    uint8_t pre_lengths[PRE_SYMBOLS];
    for (size_t i = 0; i < PRE_SYMBOLS; i++)
        pre_lengths[i] = (uint8_t)bits_read(&l->b, 4);
    if (!huffman_build(&pre, pre_lengths, PRE_SYMBOLS))
        return false;
    for (size_t i = 0; i < n;) {
        int symbol = huffman_read(&pre, &l->b);
        size_t run = 1;
        uint8_t value = 0;
        if (symbol < 0 || l->b.is_over)
            return false;
        if (symbol == 17) {
            run = 4 + bits_read(&l->b, 4);
        } else if (symbol == 18) {
            run = 20 + bits_read(&l->b, 5);
        } else {
            if (symbol == 19) {
                run = 4 + bits_read(&l->b, 1);
                symbol = huffman_read(&pre, &l->b);
                if (symbol < 0 || symbol > 16)
                    return false;
            }
            value = (uint8_t)((lengths[i] + 17 - symbol) % 17);
        }
        for (run = SHODO_MIN(run, n - i); run > 0; run--)
            lengths[i++] = value;
    }
    return true;
}

/* Trees of a compressed block. */
static bool read_codes(struct lzx *l, unsigned type) {
    if (type == BLOCK_ALIGNED) {
        uint8_t lengths[ALIGNED_SYMBOLS];
        for (size_t i = 0; i < ALIGNED_SYMBOLS; i++)
            lengths[i] = (uint8_t)bits_read(&l->b, 3);
        if (!huffman_build(&l->aligned, lengths, ALIGNED_SYMBOLS))
            return false;
    }
    return read_lengths(l, l->main_lengths, 256) &&
           read_lengths(l, l->main_lengths + 256, MAIN_SYMBOLS - 256) &&
           huffman_build(&l->main, l->main_lengths, MAIN_SYMBOLS) &&
           read_lengths(l, l->length_lengths, LENGTH_SYMBOLS) &&
           huffman_build(&l->length, l->length_lengths, LENGTH_SYMBOLS);
}

/* Distance of a match from its slot; keeps the three recent ones. 0 when a code is broken. */
static uint32_t read_distance(struct lzx *l, unsigned slot, bool is_aligned) {
    uint32_t base = 0, distance = 0;
    unsigned extra = 0;
    if (slot < 3) {
        distance = l->recent[slot];
        l->recent[slot] = l->recent[0];
        l->recent[0] = distance;
        return distance;
    }
    extra = slot < 4 ? 0 : slot / 2 - 1;
    base = slot < 4 ? slot : (2u + (slot & 1)) << extra;
    if (is_aligned && extra >= 3) {
        int low = 0;
        distance = base + (bits_read(&l->b, extra - 3) << 3);
        low = huffman_read(&l->aligned, &l->b);
        if (low < 0)
            return 0;
        distance += (uint32_t)low;
    } else {
        distance = base + bits_read(&l->b, extra);
    }
    distance -= 2;
    l->recent[2] = l->recent[1];
    l->recent[1] = l->recent[0];
    l->recent[0] = distance;
    return distance;
}

static bool decode_block(struct lzx *l, size_t end, bool is_aligned) {
    while (l->at < end) {
        int symbol = huffman_read(&l->main, &l->b);
        size_t length = 0;
        uint32_t back = 0;
        if (symbol < 0 || l->b.is_over)
            return false;
        if (symbol < 256) {
            l->out[l->at++] = (uint8_t)symbol;
            continue;
        }
        length = (size_t)(symbol & 7);
        if (length == 7) {
            int more = huffman_read(&l->length, &l->b);
            if (more < 0)
                return false;
            length += (size_t)more;
        }
        length += 2;
        back = read_distance(l, (unsigned)(symbol - 256) >> 3, is_aligned);
        if (back == 0 || back > l->at || length > end - l->at)
            return false;
        for (; length > 0; length--, l->at++)
            l->out[l->at] = l->out[l->at - back];
    }
    return true;
}

/* Stored bytes begin at the next word; a word that is only just finished is followed by one of
 * padding. The reader is one word ahead. */
static bool copy_stored(struct lzx *l, size_t size) {
    struct bits *b = &l->b;
    size_t at = b->extra == 0 ? b->at : b->at - 2;
    if (b->missing > 0)
        return false;
    if (b->n - at < 12 || b->n - at - 12 < size)
        return false;
    for (size_t i = 0; i < 3; i++)
        l->recent[i] = shodo_le32(b->p + at + 4 * i);
    memcpy(l->out + l->at, b->p + at + 12, size);
    l->at += size;
    at += 12 + size + (size & 1);
    bits_start(b, b->p + SHODO_MIN(at, b->n), b->n - SHODO_MIN(at, b->n));
    return true;
}

static bool decode(struct lzx *l) {
    l->recent[0] = l->recent[1] = l->recent[2] = 1;
    while (l->at < l->out_len) {
        unsigned type = bits_read(&l->b, 3);
        size_t size = bits_read(&l->b, 1) ? SHODO_LZX_CHUNK_BYTES : bits_read(&l->b, 16);
        if (l->b.is_over || size == 0 || size > l->out_len - l->at)
            return false;
        if (type == BLOCK_STORED) {
            if (!copy_stored(l, size))
                return false;
        } else if ((type != BLOCK_VERBATIM && type != BLOCK_ALIGNED) || !read_codes(l, type) ||
                   !decode_block(l, l->at + size, type == BLOCK_ALIGNED)) {
            return false;
        }
    }
    return true;
}

/* The packer turned relative targets of x86 calls into absolute ones. */
static void undo_calls(uint8_t *p, size_t n) {
    if (n <= 10)
        return;
    for (size_t i = 0; i < n - 10; i++) {
        int32_t target = 0;
        if (p[i] != 0xe8)
            continue;
        target = (int32_t)shodo_le32(p + i + 1);
        if (target >= 0 && target < CALL_FILE_BYTES)
            target -= (int32_t)i;
        else if (target < 0 && target >= -(int32_t)i)
            target += CALL_FILE_BYTES;
        for (int k = 0; k < 4; k++)
            p[i + 1 + (size_t)k] = (uint8_t)((uint32_t)target >> (8 * k));
        i += 4;
    }
}

bool shodo_lzx_decode(const uint8_t *p, size_t n, uint8_t *out, size_t out_len) {
    struct lzx l;
    bool is_good = false;
    memset(l.main_lengths, 0, sizeof(l.main_lengths));
    memset(l.length_lengths, 0, sizeof(l.length_lengths));
    l.out = out;
    l.at = 0;
    l.out_len = out_len;
    if (out_len <= SHODO_LZX_CHUNK_BYTES && n >= 2) {
        bits_start(&l.b, p, n);
        is_good = decode(&l);
    }
    memset(out + l.at, 0, out_len - l.at);
    if (is_good)
        undo_calls(out, out_len);
    return is_good;
}
