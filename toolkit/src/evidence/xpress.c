/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/xpress.h"

#include <string.h>

#include "base/cur.h"
#include "base/macro.h"
#include "evidence/huffman.h"

#define BLOCK_BYTES 65536u /* output of one code table */
#define TABLE_BYTES 256u

/* Length of a match whose symbol says 15: more bytes from between the words. false when they are
 * missing. */
static bool long_length(struct bits *b, size_t *ret) {
    size_t length = 0;
    if (b->n - b->at < 1)
        return false;
    length = b->p[b->at++];
    if (length == 255) {
        if (b->n - b->at < 2)
            return false;
        length = shodo_le16(b->p + b->at);
        b->at += 2;
        if (length == 0) {
            if (b->n - b->at < 4)
                return false;
            length = shodo_le32(b->p + b->at);
            b->at += 4;
        }
        if (length < 15)
            return false;
        length -= 15;
    }
    *ret = length + 15;
    return true;
}

/* Symbols until *at reaches `end`. A match may run past `end` of the block, never past out_len. */
static bool decode_block(const struct huffman *h, struct bits *b, uint8_t *out, size_t *at,
                         size_t end, size_t out_len) {
    while (*at < end) {
        int symbol = huffman_read(h, b);
        size_t length = 0, back = 0;
        unsigned offset_bits = 0;
        if (symbol < 0 || b->is_over)
            return false;
        if (symbol < 256) {
            out[(*at)++] = (uint8_t)symbol;
            continue;
        }
        length = (size_t)(symbol & 15);
        offset_bits = (unsigned)(symbol - 256) >> 4;
        if (length == 15 && !long_length(b, &length))
            return false;
        back = bits_read(b, offset_bits) + ((size_t)1 << offset_bits);
        length += 3;
        if (back > *at || length > out_len - *at)
            return false;
        for (; length > 0; length--, (*at)++)
            out[*at] = out[*at - back];
    }
    return true;
}

bool shodo_xpress_decode(const uint8_t *p, size_t n, uint8_t *out, size_t out_len) {
    size_t at = 0, from = 0;
    while (at < out_len) {
        uint8_t lengths[HUFFMAN_SYMBOLS];
        struct huffman h;
        struct bits b;
        if (n - from < TABLE_BYTES + 2)
            break;
        for (size_t i = 0; i < TABLE_BYTES; i++) {
            lengths[2 * i] = p[from + i] & 15;
            lengths[2 * i + 1] = p[from + i] >> 4;
        }
        if (!huffman_build(&h, lengths, HUFFMAN_SYMBOLS))
            break;
        bits_start(&b, p + from + TABLE_BYTES, n - from - TABLE_BYTES);
        if (!decode_block(&h, &b, out, &at, SHODO_MIN(out_len, at + BLOCK_BYTES), out_len))
            break;
        from += TABLE_BYTES + b.at; /* the words taken ahead belong to the block */
    }
    memset(out + at, 0, out_len - at);
    return at == out_len;
}
