/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WOF ("CompactOS") files: chunks of 4, 8, 16 KiB (XPRESS) or 32 KiB (LZX), each packed on its own,
 * behind a table of their ends. Layout checked against files made by Windows' own rules:
 * docs/formats.md.
 *
 * For the files of this folder only.
 */
#ifndef SHODO_EVIDENCE_WOF_H
#define SHODO_EVIDENCE_WOF_H

#include "evidence/content.h"

struct wof;
/* Takes `packed` over, also when it fails. `chunk_bytes` names the algorithm: 4096, 8192, 16384
 * XPRESS, 32768 LZX. */
enum shodo_status wof_open(struct wof **ret, struct shodo_content *packed, uint64_t plain_bytes,
                           uint32_t chunk_bytes, struct shodo_error *err);
struct wof *wof_free(struct wof *w);
/* [offset, offset+n) lies inside the plain bytes. Returns bytes given as zeros because they could
 * not be decoded; each lost chunk is counted once while it is the current one. */
uint64_t wof_read(struct wof *w, uint64_t offset, uint8_t *p, size_t n);

#endif
