/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Block addresses of ext2 and ext3 files, by ourselves: libtsk 4.11 walks a whole tree of indirect
 * blocks whatever the size of the file, which on a damaged inode takes for ever. For the files of
 * this folder only.
 */
#ifndef SHODO_EVIDENCE_EXT_BLOCKS_H
#define SHODO_EVIDENCE_EXT_BLOCKS_H

#include <stdbool.h>

#include "base/buf.h"
#include "evidence/source.h"

/* The superblock against the rules of the format and the size of the volume; libtsk allocates what
 * it says. NULL, or what contradicts (English). */
const char *ext_contradiction(struct shodo_source *s);

#define EXT_ADDRESSES 15u /* 12 direct, then one, two and three levels of indirection */

/* Appends the runs (struct shodo_run) of the first `blocks` blocks. `block_bytes`: 1024 to 65536.
 * false: an address lies outside the volume, a list cannot be read, or there are more runs than
 * SHODO_LIMIT_RUNS. */
bool ext_runs(struct shodo_vec *runs, struct shodo_source *s, uint32_t block_bytes,
              const uint64_t addresses[EXT_ADDRESSES], uint64_t blocks);

#endif
