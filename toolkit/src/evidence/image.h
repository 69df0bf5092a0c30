/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images in files: raw, split raw, and E01 (EWF of EnCase 1 to 7, FTK Imager, ewfacquire). Own
 * reader for E01: libewf opens by name and brings 434 symbols that clash with other libraries; here
 * every segment is a descriptor that was opened before. Layout: Metz, Expert Witness Compression
 * Format specification, 2020.
 */
#ifndef SHODO_EVIDENCE_IMAGE_H
#define SHODO_EVIDENCE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "evidence/source.h"

/* One source of several, end to end. Takes the parts over, also when it fails. */
enum shodo_status shodo_source_join(struct shodo_source **ret, struct shodo_source **parts,
                                    size_t count, uint32_t sector_bytes, struct shodo_error *err);

struct shodo_ewf_info {
    uint64_t chunks;
    uint32_t chunk_bytes, sector_bytes;
    char md5[33], sha1[41]; /* of the acquired medium, as the image says; "" when it does not */
    uint64_t bad_sectors;   /* that the acquisition could not read: given as unreadable */
};
/*
 * E01 from its segments in order (.E01, .E02, …; any order is accepted, they are numbered inside).
 * Takes the parts over, also when it fails. A chunk whose checksum does not fit is unreadable.
 * DAMAGED names a missing segment; UNSUPPORTED names Ex01, L01 and other relatives.
 */
enum shodo_status shodo_ewf_open(struct shodo_source **ret, struct shodo_source **parts,
                                 size_t count, struct shodo_ewf_info *ret_info,
                                 struct shodo_error *err);

/* Raw, split raw or E01, as the first bytes of the first file say. Descriptors are borrowed for the
 * life of the source. `sector_bytes` is for raw; E01 says its own. */
enum shodo_status shodo_image_open(struct shodo_source **ret, const int *fds, const uint64_t *sizes,
                                   size_t count, uint32_t sector_bytes, struct shodo_error *err);

#endif
