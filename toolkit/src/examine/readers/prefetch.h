/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prefetch files, versions 17 (XP), 23 (7), 26 (8.1), 30 (10) and 31 (11): what was run, when, how
 * often, and which files it touched in its first seconds. Compressed ones (MAM) are XPRESS-Huffman.
 * Source: format notes of libscca, checked against real files of every version but 31.
 */
#ifndef SHODO_EXAMINE_READERS_PREFETCH_H
#define SHODO_EXAMINE_READERS_PREFETCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

#define SHODO_PREFETCH_RUNS 8u

struct shodo_prefetch {
    uint32_t version;
    uint32_t hash;
    uint32_t runs;
    int64_t times[SHODO_PREFETCH_RUNS]; /* newest first; NONE where there is none */
    const uint8_t *name;                /* UTF-16LE, in the bytes */
    size_t name_bytes;
    size_t names_at, names_bytes; /* file names, UTF-16LE, NUL-terminated each */
    size_t volumes_at, volumes_bytes;
    uint32_t volumes;
};

/* Unpacks MAM; other bytes are copied. LIMIT, DAMAGED, NOMEM. */
enum shodo_status shodo_prefetch_unpack(struct shodo_buf *out, const uint8_t *p, size_t n,
                                        struct shodo_error *err);
/* `p` stays borrowed. Offsets of the result lie inside of n. */
enum shodo_status shodo_prefetch_parse(struct shodo_prefetch *ret, const uint8_t *p, size_t n,
                                       struct shodo_error *err);

#endif
