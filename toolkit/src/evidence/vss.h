/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Volume shadow copies of an NTFS volume (libvshadow over our own source): whether there are any,
 * when they were made, and each as a source that holds an earlier state of the volume.
 */
#ifndef SHODO_EVIDENCE_VSS_H
#define SHODO_EVIDENCE_VSS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "evidence/source.h"
#include "evidence/volume.h"

struct shodo_vss_store {
    char id[40]; /* upper-case GUID */
    int64_t created;
    uint64_t volume_bytes;
    /* false: the differences lie on another volume, the copy cannot be read from this one */
    bool is_local;
};

struct shodo_vss;
/* `volume` = the source of an NTFS volume, borrowed. Opens also when there is no copy; DAMAGED says
 * why nothing can be told. */
enum shodo_status shodo_vss_open(struct shodo_vss **ret, struct shodo_source *volume,
                                 struct shodo_error *err);
struct shodo_vss *shodo_vss_free(struct shodo_vss *v);
enum shodo_vss_state shodo_vss_state(const struct shodo_vss *v);
size_t shodo_vss_count(const struct shodo_vss *v);
const struct shodo_vss_store *shodo_vss_at(const struct shodo_vss *v, size_t i); /* oldest first */
/* The volume as it was: a source on `v` (borrowed for its life). For shodo_walk_open() put it into
 * a copy of the shodo_volume. */
enum shodo_status shodo_vss_source(struct shodo_source **ret, struct shodo_vss *v, size_t i,
                                   struct shodo_error *err);
/* Fills v->shadows when `v` is an NTFS volume that can be read. */
void shodo_vss_describe(struct shodo_volume *v);
/* "present", "none", "never", "damaged" */
const char *shodo_vss_state_name(enum shodo_vss_state s);
/* Copy `number` (from 1, oldest first; SHODO_VSS_NEWEST) of `v` as a volume of its own: `*ret` is
 * `v` with another source, which `*ret_vss` keeps; free ret->source first, then *ret_vss. NOTFOUND
 * says how many there are. */
#define SHODO_VSS_NEWEST UINT32_MAX
enum shodo_status shodo_vss_volume(struct shodo_volume *ret, struct shodo_vss **ret_vss,
                                   const struct shodo_volume *v, uint32_t number,
                                   struct shodo_error *err);
SHODO_DEFINE_AUTOP(shodo_vss, shodo_vss_free)

#endif
