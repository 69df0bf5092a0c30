/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of several files, and recovery keys. The supervisor finds and opens the members of a set
 * by the pattern of the name the user gave (disk.E01 → .E02 … .E99 .EAA …; disk.001 → .002 …),
 * never by a name from a header; every worker inherits the descriptors. Recovery keys are kept in
 * memory only and inherited by fork.
 */
#ifndef SHODO_ENGINE_HOST_IMAGE_H
#define SHODO_ENGINE_HOST_IMAGE_H

#include "engine/host.h"
#include "evidence/volume.h"

/* Called by shodo_host_open() for files. DAMAGED names a missing member, INVALID a path that is not
 * the first one. */
enum shodo_status shodo_host_find_segments(struct shodo_host_source *h, struct shodo_error *err);
/* Closes the further segments, wipes the keys. */
void shodo_host_image_done(struct shodo_host_source *h);
/* One BitLocker recovery key (48 digits) from a file or, "-", from standard input. INVALID names
 * the group that cannot be right, never its digits. At most SHODO_LIMIT_RECOVERY_KEYS. */
enum shodo_status shodo_host_add_key(struct shodo_host_source *h, const char *path,
                                     struct shodo_error *err);

/* In a worker: the bytes of the medium, whatever files they lie in. */
enum shodo_status shodo_host_source_open(struct shodo_source **ret,
                                         const struct shodo_host_source *h,
                                         struct shodo_error *err);
/* The same and its volumes, BitLocker opened where a key fits (about half a second each). The
 * serial of an opened volume stays what it was locked: it is part of the endpoint's identity.
 * `*ret_unlocked` may be NULL. */
enum shodo_status shodo_host_volumes_open(struct shodo_source **ret, struct shodo_volume_table *t,
                                          const struct shodo_host_source *h, uint64_t *ret_unlocked,
                                          struct shodo_error *err);

#endif
