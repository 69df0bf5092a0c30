/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run lists: from NTFS mapping pairs to byte ranges of the volume, and reading through them.
 * Source: linux-ntfs documentation, "Data Runs".
 */
#ifndef SHODO_EVIDENCE_RUNS_H
#define SHODO_EVIDENCE_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "evidence/source.h"
#include "model/entry.h"

enum shodo_runs_end {
    SHODO_RUNS_OK,
    SHODO_RUNS_BROKEN, /* the pairs contradict the format; what came before them was kept */
    SHODO_RUNS_CUT,    /* SHODO_LIMIT_RUNS */
    SHODO_RUNS_NOMEM,
};

/*
 * Appends the runs of one attribute piece to `runs` (struct shodo_run), joining neighbours.
 * `*ret_clusters` grows by the clusters described. A run beyond the volume is kept as it stands
 * (its bytes count as lost when they are read); one that cannot be expressed ends the list as
 * BROKEN.
 */
enum shodo_runs_end shodo_runs_decode(struct shodo_vec *runs, const uint8_t *pairs, size_t n,
                                      uint32_t cluster_bytes, uint64_t *ret_clusters);
/* Appends one run; false on no memory. */
bool shodo_runs_add(struct shodo_vec *runs, uint64_t offset, uint64_t length, bool is_hole);

/* Where in a list a reader last was: makes reading on in order constant in time. */
struct shodo_runs_pos {
    size_t index;
    uint64_t start; /* stream offset of run `index` */
};

/* Moves to the run that holds stream offset `at`; false when the list ends before. */
bool shodo_runs_seek(const struct shodo_run *runs, size_t count, struct shodo_runs_pos *pos,
                     uint64_t at);
/* Fills n bytes from stream offset `at`. Holes are zeros. What lies beyond the list or beyond the
 * source or cannot be read is zeros and counted in the result. */
uint64_t shodo_runs_read(struct shodo_source *s, const struct shodo_run *runs, size_t count,
                         struct shodo_runs_pos *pos, uint64_t at, void *p, size_t n);

#endif
