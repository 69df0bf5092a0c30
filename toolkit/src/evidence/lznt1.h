/* SPDX-License-Identifier: Apache-2.0 */
/* LZNT1, the compression of NTFS. Source: [MS-XCA] 2.5 and the linux-ntfs documentation,
 * "Compressed files". */
#ifndef SHODO_EVIDENCE_LZNT1_H
#define SHODO_EVIDENCE_LZNT1_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes chunks of 4096 bytes from p[0..n) into out[0..out_len). Each chunk stands alone: when one
 * is broken its bytes are zeros, and the next is tried. What the input does not describe is zeros.
 * Returns the bytes that were lost to broken chunks; input that simply ends is no loss (its end is
 * marked by a zero header or by n).
 */
size_t shodo_lznt1_decode(const uint8_t *p, size_t n, uint8_t *out, size_t out_len);

#endif
