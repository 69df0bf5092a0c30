/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every entry of a volume, with names, times, streams and run lists, deleted ones included.
 * NTFS: tsk_fs_meta_walk and an own parent map ($FILE_NAME parent reference with sequence check).
 * The entry passed to the callback is borrowed and valid for the call only.
 */
#ifndef SHODO_EVIDENCE_WALK_H
#define SHODO_EVIDENCE_WALK_H

#include "base/status.h"
#include "evidence/volume.h"
#include "model/entry.h"
#include "model/finding.h"

struct shodo_walk_sink {
    void *ctx;
    /* Non-OK ends the walk with that status. */
    enum shodo_status (*entry)(void *ctx, const struct shodo_entry *e);
    /* A part of the volume that could not be listed, and why. */
    void (*problem)(void *ctx, enum shodo_ledger_reason reason, uint64_t record, const char *path,
                    const char *text);
};

struct shodo_walk_options {
    bool want_deleted;
    /* $MFT, $LogFile … and their non-data streams where an artifact can name them */
    bool want_system;
    bool want_owner; /* resolve SIDs through $Secure (and hives where the caller gives a table) */
};

struct shodo_walk_stats {
    uint64_t entries, deleted, directories, streams, orphans, problems;
    uint64_t data_bytes; /* sizes of unnamed streams of live files */
};

/*
 * One open volume: own reader for NTFS, libtsk for FAT, exFAT and ext. Times of FAT and exFAT are
 * local times of the machine that wrote them, given as if they were UTC. libtsk asks libc for the
 * time zone: TZ must be set and tzset() called before a sandbox closes.
 */
struct shodo_walk;
enum shodo_status shodo_walk_open(struct shodo_walk **ret, struct shodo_volume *v,
                                  struct shodo_error *err);
struct shodo_walk *shodo_walk_free(struct shodo_walk *w);
enum shodo_status shodo_walk_run(struct shodo_walk *w, const struct shodo_walk_options *o,
                                 const struct shodo_walk_sink *sink,
                                 struct shodo_walk_stats *ret_stats, struct shodo_error *err);
/* A single record, with path (names' paths through the parent map when a walk has run, else by
 * following parents). */
enum shodo_status shodo_walk_record(struct shodo_walk *w, uint64_t record, struct shodo_entry *ret,
                                    struct shodo_arena *arena, struct shodo_error *err);
SHODO_DEFINE_AUTOP(shodo_walk, shodo_walk_free)

/*
 * A directory of the host as a source (a mounted or live file system). Names come from readdir;
 * files are opened by the caller, one by one, with shodo_tree_open_file (openat2: RESOLVE_BENEATH |
 * RESOLVE_NO_SYMLINKS, O_RDONLY | O_NOATIME where permitted | O_NONBLOCK; only regular files). Runs
 * in the supervisor: it parses no content.
 */
enum shodo_status shodo_tree_walk(int dirfd, const struct shodo_walk_sink *sink,
                                  struct shodo_walk_stats *ret_stats, struct shodo_error *err);
enum shodo_status shodo_tree_open_file(int *ret_fd, int dirfd, const char *path, size_t path_len,
                                       uint64_t *ret_size, struct shodo_error *err);

#endif
