/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TrueType font for documents: glyphs, widths, and a subset to embed. FreeType finds glyphs and
 * widths; the subset keeps glyph numbers (Identity mapping) and empties the outlines that are not
 * used. The default font is embedded in the program (VL Gothic, docs/licences.md). Ref: OpenType
 * specification 1.9: glyf, loca, head; ISO 32000-1 9.9.
 */
#ifndef SHODO_HANDOVER_FONT_H
#define SHODO_HANDOVER_FONT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

struct shodo_font;

struct shodo_font_metrics {
    int ascent, descent, cap_height; /* per 1000 em; descent negative */
    int box[4];
    char name[64]; /* PostScript name */
};

/* The embedded font. */
enum shodo_status shodo_font_open_default(struct shodo_font **ret, struct shodo_error *err);
/* Bytes are borrowed for the life of the font. */
enum shodo_status shodo_font_open(struct shodo_font **ret, const void *p, size_t n,
                                  struct shodo_error *err);
struct shodo_font *shodo_font_free(struct shodo_font *f);
const struct shodo_font_metrics *shodo_font_metrics(const struct shodo_font *f);
/* Glyph of a code point, 0 when the font has none. Marks nothing. */
uint16_t shodo_font_glyph(struct shodo_font *f, uint32_t code_point);
/* Advance per 1000 em. */
int shodo_font_advance(struct shodo_font *f, uint16_t glyph);
size_t shodo_font_glyph_count(const struct shodo_font *f);
/* Appends a font file that holds the outlines of the marked glyphs (and their components) only.
 * `is_used` has shodo_font_glyph_count() items. */
enum shodo_status shodo_font_subset(struct shodo_font *f, bool *is_used, struct shodo_buf *out,
                                    struct shodo_error *err);
SHODO_DEFINE_AUTOP(shodo_font, shodo_font_free)

#endif
