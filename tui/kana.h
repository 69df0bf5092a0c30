/* SPDX-License-Identifier: Apache-2.0 */
/* Romaji to kana while typing: "nyuryoku" stays readable even when the converter does not know a
 * syllable. */
#ifndef SHODO_TUI_KANA_H
#define SHODO_TUI_KANA_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends `romaji` (ASCII, lower or upper case; other characters pass through) as kana. What cannot
 * be converted yet (a lone consonant at the end) stays as letters unless `is_final`, where a lone n
 * becomes ん. */
void tui_kana(struct shodo_buf *out, const char *romaji, bool is_katakana, bool is_final);

#endif
