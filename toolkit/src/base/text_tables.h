/* SPDX-License-Identifier: Apache-2.0 */
/* Private to base/text*.c: tables, and single characters in and out of an encoding. */
#ifndef SHODO_BASE_TEXT_TABLES_H
#define SHODO_BASE_TEXT_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* One character of CP932 (Windows-31J, as Microsoft maps it); bytes used, 0 when not one. */
size_t shodo_cp932_decode(const uint8_t *p, size_t n, uint32_t *ret_cp);
/* A byte that needs a second one. */
bool shodo_cp932_is_lead(uint8_t b);
/* Bytes written, 0 when CP932 has no such character. */
size_t shodo_cp932_encode(uint32_t cp, char out[4]);

/* As shodo_text_put; bytes written. */
size_t shodo_text_utf8(uint32_t cp, char out[4]);
/* First character of `n` ≥ 1 bytes of `enc`; bytes used (≥ 1). Bad input: U+FFFD (UTF-16: the
 * surrogate) and *ret_bad. */
size_t shodo_text_take(enum shodo_encoding enc, const uint8_t *p, size_t n, uint32_t *ret_cp,
                       bool *ret_bad);
/* Bytes written, 0 when `enc` cannot hold `cp`. */
size_t shodo_text_give(enum shodo_encoding enc, uint32_t cp, char out[4]);

/* Simple upper case of the BMP as in NTFS's $UpCase; others unchanged. */
uint32_t shodo_text_upper(uint32_t cp);
bool shodo_text_is_mark(uint32_t cp); /* combining: drawn on top of the character before it */

#endif
