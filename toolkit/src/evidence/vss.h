/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Volume shadow copies of an NTFS volume (libvshadow over our own source): whether there are any, when they were made, and
 * each as a source that holds an earlier state of the volume.
 */
#ifndef SHODO_EVIDENCE_VSS_H
#define SHODO_EVIDENCE_VSS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "evidence/source.h"
#include "evidence/volume.h"

#define SHODO_LIMIT_SHADOWS 512u /* Windows keeps at most 512 for a volume */

enum shodo_vss_state {
    SHODO_VSS_NEVER,   /* the volume has no shadow copy header: nothing was ever made, or the header was wiped */
    SHODO_VSS_NONE,    /* header and catalog are there, but no copy: they have been deleted, or none was made yet */
    SHODO_VSS_PRESENT,
    SHODO_VSS_DAMAGED, /* a header that cannot be followed */
};

struct shodo_vss_store {
    char id[40]; /* upper-case GUID */
    int64_t created;
    uint64_t volume_bytes;
    bool is_local; /* false: the differences lie on another volume, the copy cannot be read from this one */
};

struct shodo_vss;
/* `volume` = the source of an NTFS volume, borrowed. Opens also when there is no copy; DAMAGED says why nothing can be
 * told. */
enum shodo_status shodo_vss_open(struct shodo_vss **ret, struct shodo_source *volume, struct shodo_error *err);
struct shodo_vss *shodo_vss_free(struct shodo_vss *v);
enum shodo_vss_state shodo_vss_state(const struct shodo_vss *v);
size_t shodo_vss_count(const struct shodo_vss *v);
const struct shodo_vss_store *shodo_vss_at(const struct shodo_vss *v, size_t i); /* oldest first */
/* The volume as it was: a source on `v` (borrowed for its life). For shodo_walk_open() put it into a copy of the
 * shodo_volume. */
enum shodo_status shodo_vss_source(struct shodo_source **ret, struct shodo_vss *v, size_t i, struct shodo_error *err);
SHODO_DEFINE_AUTOP(shodo_vss, shodo_vss_free)

#endif
