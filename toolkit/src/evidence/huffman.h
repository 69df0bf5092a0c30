/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical Huffman codes over a stream of 16-bit little-endian words, most significant bit first:
 * what XPRESS and LZX have in common. Codes of at most 16 bits, at most 512 symbols.
 *
 * For the files of this folder only.
 */
#ifndef SHODO_EVIDENCE_HUFFMAN_H
#define SHODO_EVIDENCE_HUFFMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HUFFMAN_SYMBOLS 512u
#define HUFFMAN_BITS    16u
#define HUFFMAN_FAST    10u

struct huffman {
    uint16_t fast[1u << HUFFMAN_FAST]; /* symbol << 4 | length; 0 = longer or unused */
    uint16_t count[HUFFMAN_BITS + 1];  /* codes of each length */
    uint16_t symbols[HUFFMAN_SYMBOLS]; /* in code order */
};

/* false when the lengths describe more codes than there can be. Fewer are allowed: unused codes do
 * not decode. */
bool huffman_build(struct huffman *h, const uint8_t *lengths, size_t n);

/* Words are taken as soon as fewer than 16 bits are left. Past the end zeros come, and two such
 * words (what is taken ahead) are no error; more set `is_over`. */
struct bits {
    const uint8_t *p;
    size_t n, at;
    uint32_t next; /* the coming bits, from the top */
    int extra;     /* bits in `next` beyond 16 */
    unsigned missing;
    bool is_over;
};

void bits_start(struct bits *b, const uint8_t *p, size_t n);
uint32_t bits_peek(const struct bits *b, unsigned n); /* n 0..16 */
void bits_drop(struct bits *b, unsigned n);
uint32_t bits_read(struct bits *b, unsigned n);
/* -1: no such code. */
int huffman_read(const struct huffman *h, struct bits *b);

#endif
