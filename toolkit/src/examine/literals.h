/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is any of many short byte patterns in a buffer? One pass that skips most of the bytes.
 *
 * Why: almost every rule demands certain bytes. Where none of these stand the rules cannot match,
 * and libyara, which takes every byte through an automaton, need not be asked (docs/benchmarks.md
 * has the figures). Ref: S. Wu, U. Manber: A Fast Algorithm for Multi-Pattern Searching, TR 94-17,
 * University of Arizona, 1994.
 */
#ifndef SHODO_EXAMINE_LITERALS_H
#define SHODO_EXAMINE_LITERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHODO_LITERAL_BYTES 32u
/* The anchor is what is searched for: shorter ones are everywhere, longer ones gain nothing. */
#define SHODO_ANCHOR_MIN_BYTES 5u
#define SHODO_ANCHOR_MAX_BYTES 8u

/* Fits at p when (p[i] & mask[i]) == bytes[i] for all i < len. Between anchor and anchor +
 * anchor_len the mask is 0xff or, where a letter may be small or capital, 0xdf. */
struct shodo_literal {
    uint8_t bytes[SHODO_LITERAL_BYTES];
    uint8_t mask[SHODO_LITERAL_BYTES];
    uint8_t len;
    uint8_t anchor, anchor_len;
};

struct shodo_literals;
/* Copies; NULL only when memory ran out. Read-only afterwards, so that forked processes share it.
 */
struct shodo_literals *shodo_literals_new(const struct shodo_literal *items, size_t count);
struct shodo_literals *shodo_literals_free(struct shodo_literals *l);
/* Exact: true if and only if at least one of them fits somewhere in p[0..n). */
bool shodo_literals_find(const struct shodo_literals *l, const uint8_t *p, size_t n);

#endif
