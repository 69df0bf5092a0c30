/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two compressions of WOF ("CompactOS"); XPRESS is also that of prefetch files (MAM).
 * Sources: [MS-XCA] 2.2 (LZ77+Huffman); [MS-PATCH] 2 and facts of the WIM format for LZX.
 */
#ifndef SHODO_EVIDENCE_XPRESS_H
#define SHODO_EVIDENCE_XPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHODO_LZX_CHUNK_BYTES 32768u

/* Fills all of out[0..out_len), or returns false: `out` then holds zeros from the first byte that
 * is not known. */
bool shodo_xpress_decode(const uint8_t *p, size_t n, uint8_t *out, size_t out_len);
/* LZX as in WIM: 32 KiB window, one chunk, x86 call translation on. out_len at most
 * SHODO_LZX_CHUNK_BYTES. */
bool shodo_lzx_decode(const uint8_t *p, size_t n, uint8_t *out, size_t out_len);

#endif
