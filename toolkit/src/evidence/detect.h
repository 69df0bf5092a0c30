/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is on a volume, by its own marks. What we do not read is named, with the reason and what to
 * ask for instead. For the files of this folder only.
 */
#ifndef SHODO_EVIDENCE_DETECT_H
#define SHODO_EVIDENCE_DETECT_H

#include "evidence/volume.h"

/* Fills fs, fs_name, why, label, serial, cluster_bytes of `v` from v->source. */
void detect_volume(struct shodo_volume *v);
/* true when the first sector is the start of a file system: the source has no table then. */
bool detect_is_boot_sector(const uint8_t *p, size_t n);
/* Name of a disk container that must be converted first ("VMDK", …), or NULL. */
const char *detect_container(const uint8_t *p, size_t n);

#endif
