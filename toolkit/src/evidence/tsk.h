/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FAT, exFAT and ext2/3/4 through libtsk: it plans (names, times, run lists), content is read by
 * our own runs. Its headers are seen by tsk.c only; its reads go through the source, which records
 * what cannot be read.
 *
 * For the files of this folder only.
 */
#ifndef SHODO_EVIDENCE_TSK_H
#define SHODO_EVIDENCE_TSK_H

#include "evidence/volume.h"
#include "evidence/walk.h"

struct tsk;
enum shodo_status tsk_open(struct tsk **ret, struct shodo_volume *v, struct shodo_error *err);
struct tsk *tsk_free(struct tsk *t);
enum shodo_status tsk_walk(struct tsk *t, const struct shodo_walk_options *o,
                           const struct shodo_walk_sink *sink, struct shodo_walk_stats *stats,
                           struct shodo_error *err);
/* One record (inode), without its path: these file systems keep names in folders only. */
enum shodo_status tsk_record(struct tsk *t, uint64_t record, struct shodo_entry *ret,
                             struct shodo_arena *arena, struct shodo_error *err);

#endif
