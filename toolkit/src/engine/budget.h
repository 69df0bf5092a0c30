/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run announces before it reads any content: files, bytes, the share of the bytes of all
 * listed files that it will not read, and about how long it takes. The time is a range between two
 * kinds of disk, not a promise: from an SSD, where the rules set the pace, to a worn spinning disk
 * with one seek for each file.
 */
#ifndef SHODO_ENGINE_BUDGET_H
#define SHODO_ENGINE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct shodo_budget {
    uint64_t files, bytes;
    uint64_t bytes_left;               /* of listed files outside the profile */
    uint64_t seconds_from, seconds_to; /* rounded up; 0 only when there is nothing to do */
};

struct shodo_budget shodo_budget_make(uint64_t files, uint64_t bytes, uint64_t bytes_left);
/* Share of the bytes that are not read, in thousandths, rounded up: 0 only when all are read. */
unsigned shodo_budget_left_permille(uint64_t bytes, uint64_t bytes_left);
/* One line with its end. */
void shodo_budget_print(const struct shodo_budget *g, bool is_japanese, struct shodo_buf *out);

#endif
