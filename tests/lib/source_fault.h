/* SPDX-License-Identifier: Apache-2.0 */
/* A source over bytes in memory that fails the way disks fail. For tests. */
#ifndef SHODO_TESTS_SOURCE_FAULT_H
#define SHODO_TESTS_SOURCE_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/source.h"

struct source_fault {
    const uint8_t *data; /* borrowed */
    uint64_t size;
    uint32_t sector;       /* 0 = 512 */
    uint64_t bad_offset;   /* reads that touch [bad_offset, +bad_length) fail with EIO */
    uint64_t bad_length;   /* 0: none */
    unsigned bad_times;    /* 0: always; else only the first so many */
    size_t short_bytes;    /* at most so many bytes per read; 0: no limit */
    unsigned vanish_after; /* reads until ENODEV for ever; 0: never */
    uint64_t claimed_size; /* size the source tells; 0: `size`. Reads past `size` fail */
    /* what happened */
    unsigned reads, failures;
};

/* `f` is borrowed for the life of the source. */
enum shodo_status source_fault_open(struct shodo_source **ret, struct source_fault *f,
                                    struct shodo_error *err);

#endif
