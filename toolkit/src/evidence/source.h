/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source: read-only bytes. Raw image or block device from an open descriptor, or a layer on
 * another source (partition window; later BitLocker, shadow copy, E01). Every unreadable range is
 * recorded here, by us: libtsk may hand out zeros for a failed read.
 *
 * Nothing in this room opens a path: descriptors come from the supervisor, opened O_RDONLY.
 */
#ifndef SHODO_EVIDENCE_SOURCE_H
#define SHODO_EVIDENCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct shodo_source;

struct shodo_source_ops {
    /* Reads up to n bytes at offset (inside the size); returns bytes read (> 0), or -1 with errno.
     */
    int64_t (*read)(void *self, uint64_t offset, void *p, size_t n);
    void (*free)(void *self);
};

struct shodo_bad_range {
    uint64_t offset;
    uint64_t length;
};

/* `fd` is borrowed (stays open as long as the source). Size by fstat/BLKGETSIZE64 done by the
 * caller. */
enum shodo_status shodo_source_from_fd(struct shodo_source **ret, int fd, uint64_t size_bytes,
                                       uint32_t sector_bytes, struct shodo_error *err);
/* A window of a parent (borrowed). Bad ranges are recorded in the parent too. */
enum shodo_status shodo_source_window(struct shodo_source **ret, struct shodo_source *parent,
                                      uint64_t offset, uint64_t length, struct shodo_error *err);
/* Any other layer; takes ownership of `self`. */
enum shodo_status shodo_source_layer(struct shodo_source **ret, const struct shodo_source_ops *ops,
                                     void *self, uint64_t size_bytes, uint32_t sector_bytes,
                                     struct shodo_error *err);
struct shodo_source *shodo_source_free(struct shodo_source *s);

uint64_t shodo_source_size(const struct shodo_source *s);
uint32_t shodo_source_sector(const struct shodo_source *s);
uint64_t shodo_source_bytes_read(const struct shodo_source *s); /* statistics */

/*
 * Fills all n bytes. A part that cannot be read (after a retry sector by sector) is filled with
 * zeros, recorded as a bad range and counted in `*ret_bad_bytes` (may be NULL); the call still
 * returns OK. Past the end: INVALID.
 */
enum shodo_status shodo_source_read(struct shodo_source *s, uint64_t offset, void *p, size_t n,
                                    uint64_t *ret_bad_bytes, struct shodo_error *err);
size_t shodo_source_bad_count(const struct shodo_source *s);
const struct shodo_bad_range *shodo_source_bad_at(const struct shodo_source *s, size_t i);
/* true when [offset, offset+length) touches a recorded bad range. */
bool shodo_source_is_bad(const struct shodo_source *s, uint64_t offset, uint64_t length);

SHODO_DEFINE_AUTOP(shodo_source, shodo_source_free)
#endif
