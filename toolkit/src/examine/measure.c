/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/measure.h"

#include <math.h>
#include <string.h>

#include "base/macro.h"

static void count_bytes(uint32_t counts[256], const uint8_t *p, size_t n) {
    memset(counts, 0, 256 * sizeof counts[0]);
    for (size_t i = 0; i < n; i++)
        counts[p[i]]++;
}

static double entropy_of(const uint32_t counts[256], size_t n) {
    double sum = 0;
    for (unsigned i = 0; i < 256; i++) {
        if (counts[i] > 0)
            sum += (double)counts[i] * log2((double)counts[i]);
    }
    double h = n > 0 ? log2((double)n) - sum / (double)n : 0;
    return h > 0 ? h : 0;
}

static double chi_square_of(const uint32_t counts[256], size_t n) {
    if (n == 0)
        return 0;
    double expected = (double)n / 256.0, sum = 0;
    for (unsigned i = 0; i < 256; i++) {
        double d = (double)counts[i] - expected;
        sum += d * d;
    }
    return sum / expected;
}

double shodo_entropy(const void *p, size_t n) {
    uint32_t counts[256];
    count_bytes(counts, (const uint8_t *)p, n);
    return entropy_of(counts, n);
}

double shodo_chi_square(const void *p, size_t n) {
    uint32_t counts[256];
    count_bytes(counts, (const uint8_t *)p, n);
    return chi_square_of(counts, n);
}

unsigned shodo_measure_windows(uint64_t size, struct shodo_window out[SHODO_MEASURE_SAMPLES_MAX]) {
    unsigned n = 0;
    if (size == 0)
        return 0;
    uint64_t end = SHODO_MIN(size, (uint64_t)SHODO_MEASURE_HEAD_BYTES);
    out[n++] = (struct shodo_window){.offset = 0, .length = (size_t)end};
    if (size == end)
        return n;
    uint64_t tail = SHODO_MAX(end, (size - SHODO_MIN(size, (uint64_t)SHODO_MEASURE_TAIL_BYTES)) &
                                       ~(uint64_t)31);
    unsigned between = size > SHODO_MEASURE_LARGE_BYTES ? SHODO_MEASURE_WINDOWS_LARGE
                                                        : SHODO_MEASURE_WINDOWS;
    /* evenly spaced over what lies between head and tail; none where they would touch */
    uint64_t room = tail - end;
    if (room >= (uint64_t)between * 2 * SHODO_MEASURE_WINDOW_BYTES) {
        for (unsigned i = 0; i < between; i++) {
            uint64_t middle = end + room / between * i + room / between / 2;
            out[n++] = (struct shodo_window){.offset = (middle - SHODO_MEASURE_WINDOW_BYTES / 2) &
                                                       ~(uint64_t)31,
                                             .length = SHODO_MEASURE_WINDOW_BYTES};
        }
    } else if (room >= SHODO_MEASURE_MIN_BYTES) {
        size_t length = (size_t)SHODO_MIN(room, (uint64_t)SHODO_MEASURE_WINDOW_BYTES);
        out[n++] = (struct shodo_window){.offset = (end + (room - length) / 2) & ~(uint64_t)31,
                                         .length = length};
    }
    out[n++] = (struct shodo_window){.offset = tail, .length = (size_t)(size - tail)};
    return n;
}

/* LockFile-like: 16 bytes encrypted, 16 left alone. */
static bool has_lanes(const uint32_t counts[2][256], size_t n) {
    double a = chi_square_of(counts[0], n), b = chi_square_of(counts[1], n);
    return SHODO_MIN(a, b) <= SHODO_MEASURE_CHI2_RANDOM &&
           SHODO_MAX(a, b) >= SHODO_MEASURE_CHI2_STRUCTURED;
}

static size_t count_lanes(uint32_t counts[2][256], const uint8_t *p, size_t n) {
    memset(counts, 0, 2 * sizeof counts[0]);
    size_t whole = n & ~(size_t)31;
    for (size_t i = 0; i < whole; i++)
        counts[i / 16 % 2][p[i]]++;
    return whole / 2; /* in each lane */
}

static bool are_lanes_apart(const uint32_t counts[2][256]) {
    size_t n = 0;
    for (unsigned i = 0; i < 256; i++)
        n += counts[0][i];
    if (n < SHODO_MEASURE_HEAD_BYTES / 2)
        return false;
    double a = chi_square_of(counts[0], n), b = chi_square_of(counts[1], n);
    return SHODO_MIN(a, b) <= SHODO_MEASURE_CHI2_LANE_RANDOM &&
           SHODO_MAX(a, b) - SHODO_MIN(a, b) >= SHODO_MEASURE_CHI2_LANES_APART;
}

void shodo_measure_add(struct shodo_measure *m, unsigned i, unsigned count, const uint8_t *p,
                       size_t n) {
    uint32_t counts[256];
    count_bytes(counts, p, n);
    double h = entropy_of(counts, n), chi2 = chi_square_of(counts, n);
    if (i == 0) {
        m->head_entropy = h;
        m->head_chi2 = chi2;
    }
    if (i + 1 == count) {
        m->tail_entropy = h;
        m->tail_chi2 = chi2;
    }
    uint32_t lanes[2][256];
    size_t in_lane = count_lanes(lanes, p, n);
    for (unsigned k = 0; k < 256; k++) {
        m->lane_counts[0][k] += lanes[0][k];
        m->lane_counts[1][k] += lanes[1][k];
    }
    if (i == 0 || i + 1 == count)
        m->is_laned = m->is_laned || are_lanes_apart(m->lane_counts);
    if (n < SHODO_MEASURE_MIN_BYTES)
        return;
    bool is_random = chi2 <= SHODO_MEASURE_CHI2_RANDOM;
    m->samples++;
    m->random += is_random;
    m->is_head_random = m->is_head_random || (i == 0 && is_random);
    if (!is_random && has_lanes(lanes, in_lane))
        m->lanes++;
}

void shodo_measure_whole(struct shodo_measure *m, const uint8_t *p, size_t n) {
    struct shodo_window w[SHODO_MEASURE_SAMPLES_MAX];
    unsigned count = shodo_measure_windows(n, w);
    *m = (struct shodo_measure){0};
    for (unsigned i = 0; i < count; i++)
        shodo_measure_add(m, i, count, p + w[i].offset, w[i].length);
}
