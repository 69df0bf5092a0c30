/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/walk.h"

#include <stdlib.h>

#include "evidence/ntfs.h"
#include "evidence/tsk.h"

struct shodo_walk {
    struct shodo_volume *volume; /* borrowed */
    struct shodo_ntfs *ntfs;     /* one of the two */
    struct tsk *tsk;
};

enum shodo_status shodo_walk_open(struct shodo_walk **ret, struct shodo_volume *v,
                                  struct shodo_error *err) {
    struct shodo_walk *w = NULL;
    enum shodo_status st = SHODO_OK;
    if (v->fs == SHODO_FS_BITLOCKER)
        return shodo_fail(err, SHODO_ENCRYPTED, "volume %u: %s", v->index, v->why);
    if (v->fs != SHODO_FS_NTFS && v->fs != SHODO_FS_FAT && v->fs != SHODO_FS_EXFAT &&
        v->fs != SHODO_FS_EXT)
        return shodo_fail(err, SHODO_UNSUPPORTED, "volume %u is %s: %s", v->index,
                          v->fs_name[0] ? v->fs_name : "not known",
                          v->why[0] ? v->why : "there is nothing to list");
    w = calloc(1, sizeof(*w));
    if (!w)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a volume");
    w->volume = v;
    if (v->fs == SHODO_FS_NTFS)
        st = ntfs_open(&w->ntfs, v->source, err);
    else
        st = tsk_open(&w->tsk, v, err);
    if (st != SHODO_OK) {
        shodo_walk_free(w);
        return st;
    }
    *ret = w;
    return SHODO_OK;
}

struct shodo_walk *shodo_walk_free(struct shodo_walk *w) {
    if (!w)
        return NULL;
    ntfs_free(w->ntfs);
    tsk_free(w->tsk);
    free(w);
    return NULL;
}

enum shodo_status shodo_walk_run(struct shodo_walk *w, const struct shodo_walk_options *o,
                                 const struct shodo_walk_sink *sink,
                                 struct shodo_walk_stats *ret_stats, struct shodo_error *err) {
    struct shodo_walk_stats stats = {.entries = 0};
    enum shodo_status st = w->ntfs ? ntfs_walk(w->ntfs, w->volume, o, sink, &stats, err)
                                   : tsk_walk(w->tsk, o, sink, &stats, err);
    if (ret_stats)
        *ret_stats = stats;
    return st;
}

enum shodo_status shodo_walk_record(struct shodo_walk *w, uint64_t record, struct shodo_entry *ret,
                                    struct shodo_arena *arena, struct shodo_error *err) {
    return w->ntfs ? ntfs_walk_record(w->ntfs, w->volume, record, ret, arena, err)
                   : tsk_record(w->tsk, record, ret, arena, err);
}
