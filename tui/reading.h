/* SPDX-License-Identifier: Apache-2.0 */
/* Kanji by their reading, for `/` in lists: the words that stand in the lists of this program. Any
 * other kanji are only found as they are written. */
#ifndef SHODO_TUI_READING_H
#define SHODO_TUI_READING_H

#include <stdbool.h>
#include <stddef.h>

/* What was typed (kana, or romaji that is kana to the end) as hiragana; "" when it is neither, or
 * a single kana. */
void tui_reading_of(const char *typed, char *out, size_t cap);
/* `text` has the reading in hiragana or katakana, or a word whose reading it is, or is part of. */
bool tui_reading_hits(const char *reading, const char *text);

#endif
