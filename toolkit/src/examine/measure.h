/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How random the bytes of a file look, from samples: the head, some windows in between, the tail.
 *
 * Numbers only; the decision "encrypted or not" is made elsewhere, because strong compression looks
 * the same (measured on this project's samples: chi-square alone calls 72 % of gzip heads random;
 * with the signature table it calls none). Chi-square over 256 byte values; random data gives 255
 * +- 22.6, the limit is about +4 sigma. Windows below 2 KiB say nothing and are not judged.
 * Intermittent encryption: several windows; every-other-16-bytes: the two lanes apart, in each
 * window and summed over all of them (compressed pictures differ too little from random within
 * one). Windows begin at multiples of 32 bytes, so that the lanes of all windows are the same.
 */
#ifndef SHODO_EXAMINE_MEASURE_H
#define SHODO_EXAMINE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHODO_MEASURE_HEAD_BYTES      4096u
#define SHODO_MEASURE_WINDOW_BYTES    8192u
#define SHODO_MEASURE_TAIL_BYTES      4096u
#define SHODO_MEASURE_MIN_BYTES       2048u
#define SHODO_MEASURE_WINDOWS         3u  /* between head and tail */
#define SHODO_MEASURE_WINDOWS_LARGE   16u /* files above 100 MB */
#define SHODO_MEASURE_LARGE_BYTES     100000000u
#define SHODO_MEASURE_SAMPLES_MAX     (SHODO_MEASURE_WINDOWS_LARGE + 2u)
#define SHODO_MEASURE_CHI2_RANDOM     350.0
#define SHODO_MEASURE_CHI2_STRUCTURED 1000.0
/* Lanes of the head, or of all windows together: one is random (mean + 3 sigma), the other this far
 * above it. The lanes of random data differ by 32 (sigma). */
#define SHODO_MEASURE_CHI2_LANE_RANDOM 323.0
#define SHODO_MEASURE_CHI2_LANES_APART 140.0

/* Bits per byte, 0..8; n == 0 gives 0. Ref: Shannon 1948, section 6. */
double shodo_entropy(const void *p, size_t n);
/* Against the uniform distribution over 256 values; n == 0 gives 0. */
double shodo_chi_square(const void *p, size_t n);

struct shodo_window {
    uint64_t offset;
    size_t length;
};
/* The samples of a file of `size` bytes, ascending, not overlapping; the first is the head. Returns
 * their number (0 for an empty file). */
unsigned shodo_measure_windows(uint64_t size, struct shodo_window out[SHODO_MEASURE_SAMPLES_MAX]);

struct shodo_measure {
    unsigned samples; /* windows of at least SHODO_MEASURE_MIN_BYTES */
    unsigned random;  /* of these, with chi-square <= SHODO_MEASURE_CHI2_RANDOM */
    unsigned lanes;   /* with one 16-byte lane random and the other structured */
    bool is_head_random;
    bool is_laned; /* one 16-byte lane random and the other not, in the head or over all windows */
    uint32_t lane_counts[2][256];
    double head_entropy, head_chi2;
    double tail_entropy, tail_chi2;
};
/* Adds the bytes of window i of `count`, in order; the last one completes `is_laned`. */
void shodo_measure_add(struct shodo_measure *m, unsigned i, unsigned count, const uint8_t *p,
                       size_t n);
/* All windows of a whole buffer. */
void shodo_measure_whole(struct shodo_measure *m, const uint8_t *p, size_t n);

#endif
