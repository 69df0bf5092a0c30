/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of `shodo list`: made by the lister, in a batch, many hundred thousand of them: so the
 * usual name and the numbers go a short way.
 */
#ifndef SHODO_ENGINE_LIST_LINES_H
#define SHODO_ENGINE_LIST_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/entry.h"

/* Length of the longest prefix that is plainly fit to be shown: ASCII without controls, kana and
 * the common CJK ideographs. What follows it needs a real look (shodo_text_safe); this only makes
 * the usual case fast. */
size_t shodo_list_plain(const uint8_t *p, size_t n);

/* Appends one entry: JSON on one line, or for each stream that is data
 * "r  0:43-1<TAB>size<TAB>path:stream": kind, '*' when deleted, volume:record-sequence. */
void shodo_list_entry(struct shodo_buf *b, const struct shodo_entry *e, bool is_json);

#endif
