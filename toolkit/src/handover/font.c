/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/font.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_TRUETYPE_TABLES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "base/deflate.h"
#include "base/limits.h"

#define FONT_BYTES_MAX      SHODO_MIB(64)
#define COMPONENT_DEPTH_MAX 8 /* composite glyphs inside composite glyphs */

extern const unsigned char shodo_font_gz[];
extern const size_t shodo_font_gz_len;

struct shodo_font {
    FT_Library library;
    FT_Face face;
    struct shodo_buf bytes; /* of the embedded font; empty for a borrowed one */
    struct shodo_font_metrics metrics;
    const uint8_t *glyf, *loca; /* inside `tables` */
    size_t glyf_len, loca_len;
    bool is_long_loca;
    struct shodo_buf tables[2];
};

static uint16_t be16(const uint8_t *p) {
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p) {
    return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static bool add_be16(struct shodo_buf *b, unsigned v) {
    return shodo_buf_addc(b, (char)(v >> 8)) && shodo_buf_addc(b, (char)v);
}

static bool add_be32(struct shodo_buf *b, uint32_t v) {
    return add_be16(b, v >> 16) && add_be16(b, v & 0xffff);
}

static bool table(struct shodo_font *f, const char tag[4], struct shodo_buf *out) {
    FT_ULong n = 0;
    FT_ULong id = FT_MAKE_TAG(tag[0], tag[1], tag[2], tag[3]);
    if (FT_Load_Sfnt_Table(f->face, id, 0, NULL, &n) || n > FONT_BYTES_MAX ||
        !shodo_buf_reserve(out, n + 1))
        return false;
    if (FT_Load_Sfnt_Table(f->face, id, 0, (FT_Byte *)out->data + out->len, &n))
        return false;
    out->len += n;
    return true;
}

static int per_mille(const struct shodo_font *f, long units) {
    return (int)(units * 1000 / f->face->units_per_EM);
}

static void measure(struct shodo_font *f) {
    struct shodo_font_metrics *m = &f->metrics;
    TT_OS2 *os2 = FT_Get_Sfnt_Table(f->face, FT_SFNT_OS2);
    m->ascent = per_mille(f, f->face->ascender);
    m->descent = per_mille(f, f->face->descender);
    m->cap_height = os2 && os2->sCapHeight ? per_mille(f, os2->sCapHeight) : m->ascent;
    m->box[0] = per_mille(f, f->face->bbox.xMin);
    m->box[1] = per_mille(f, f->face->bbox.yMin);
    m->box[2] = per_mille(f, f->face->bbox.xMax);
    m->box[3] = per_mille(f, f->face->bbox.yMax);
    const char *name = FT_Get_Postscript_Name(f->face);
    snprintf(m->name, sizeof(m->name), "%s", name ? name : "Font");
}

static enum shodo_status open_face(struct shodo_font *f, const void *p, size_t n,
                                   struct shodo_error *err) {
    if (n > FONT_BYTES_MAX)
        return shodo_fail(err, SHODO_LIMIT, "the font has %zu bytes", n);
    if (FT_Init_FreeType(&f->library))
        return shodo_fail(err, SHODO_NOMEM, "FreeType does not start");
    if (FT_New_Memory_Face(f->library, p, (FT_Long)n, 0, &f->face) || !FT_IS_SFNT(f->face) ||
        f->face->units_per_EM == 0)
        return shodo_fail(err, SHODO_UNSUPPORTED, "not a TrueType font");
    struct shodo_buf head = SHODO_BUF_INIT;
    bool ok = table(f, "head", &head) && head.len >= 54 && table(f, "glyf", &f->tables[0]) &&
              table(f, "loca", &f->tables[1]);
    if (ok)
        f->is_long_loca = be16((const uint8_t *)head.data + 50) != 0;
    shodo_buf_done(&head);
    if (!ok)
        return shodo_fail(err, SHODO_UNSUPPORTED, "the font has no TrueType outlines");
    f->glyf = (const uint8_t *)f->tables[0].data;
    f->glyf_len = f->tables[0].len;
    f->loca = (const uint8_t *)f->tables[1].data;
    f->loca_len = f->tables[1].len;
    measure(f);
    return SHODO_OK;
}

enum shodo_status shodo_font_open(struct shodo_font **ret, const void *p, size_t n,
                                  struct shodo_error *err) {
    struct shodo_font *f = calloc(1, sizeof(*f));
    if (!f)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a font");
    enum shodo_status status = open_face(f, p, n, err);
    if (status != SHODO_OK) {
        shodo_font_free(f);
        return status;
    }
    *ret = f;
    return SHODO_OK;
}

enum shodo_status shodo_font_open_default(struct shodo_font **ret, struct shodo_error *err) {
    struct shodo_buf bytes = SHODO_BUF_INIT;
    enum shodo_status status = shodo_inflate(&bytes, shodo_font_gz, shodo_font_gz_len,
                                             FONT_BYTES_MAX, err);
    if (status == SHODO_OK)
        status = shodo_font_open(ret, bytes.data, bytes.len, err);
    if (status != SHODO_OK) {
        shodo_buf_done(&bytes);
        return shodo_error_context(err, "the embedded font");
    }
    (*ret)->bytes = bytes;
    return SHODO_OK;
}

struct shodo_font *shodo_font_free(struct shodo_font *f) {
    if (!f)
        return NULL;
    if (f->face)
        FT_Done_Face(f->face);
    if (f->library)
        FT_Done_FreeType(f->library);
    shodo_buf_done(&f->tables[0]);
    shodo_buf_done(&f->tables[1]);
    shodo_buf_done(&f->bytes);
    free(f);
    return NULL;
}

const struct shodo_font_metrics *shodo_font_metrics(const struct shodo_font *f) {
    return &f->metrics;
}

uint16_t shodo_font_glyph(struct shodo_font *f, uint32_t code_point) {
    FT_UInt glyph = FT_Get_Char_Index(f->face, code_point);
    return glyph < SHODO_MIN(shodo_font_glyph_count(f), 65535u) ? (uint16_t)glyph : 0;
}

int shodo_font_advance(struct shodo_font *f, uint16_t glyph) {
    if (FT_Load_Glyph(f->face, glyph, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING))
        return 1000;
    return per_mille(f, f->face->glyph->advance.x);
}

size_t shodo_font_glyph_count(const struct shodo_font *f) {
    return (size_t)f->face->num_glyphs;
}

/* Bytes of a glyph's outline; false when loca or glyf contradict each other. Empty glyphs have no
 * bytes. */
static bool outline(const struct shodo_font *f, size_t glyph, const uint8_t **ret, size_t *ret_n) {
    size_t unit = f->is_long_loca ? 4 : 2;
    if ((glyph + 2) * unit > f->loca_len)
        return false;
    const uint8_t *at = f->loca + glyph * unit;
    size_t from = f->is_long_loca ? be32(at) : (size_t)be16(at) * 2;
    size_t to = f->is_long_loca ? be32(at + 4) : (size_t)be16(at + 2) * 2;
    if (from > to || to > f->glyf_len)
        return false;
    *ret = f->glyf + from;
    *ret_n = to - from;
    return true;
}

/* Marks the components of a composite glyph (negative number of contours). */
static void mark_components(const struct shodo_font *f, bool *is_used, size_t glyph,
                            unsigned depth) {
    enum { WORDS = 1, MORE = 0x20, SCALE = 8, XY_SCALE = 0x40, MATRIX = 0x80 };
    const uint8_t *p = NULL;
    size_t n = 0;
    if (depth > COMPONENT_DEPTH_MAX || !outline(f, glyph, &p, &n) || n < 10 || !(p[0] & 0x80))
        return;
    for (size_t at = 10; at + 4 <= n;) {
        unsigned flags = be16(p + at);
        size_t part = be16(p + at + 2);
        if (part < shodo_font_glyph_count(f) && !is_used[part]) {
            is_used[part] = true;
            mark_components(f, is_used, part, depth + 1);
        }
        at += 4 + (flags & WORDS ? 4 : 2);
        at += flags & SCALE ? 2 : flags & XY_SCALE ? 4 : flags & MATRIX ? 8 : 0;
        if (!(flags & MORE))
            break;
    }
}

static bool subset_outlines(struct shodo_font *f, bool *is_used, struct shodo_buf *glyf,
                            struct shodo_buf *loca) {
    size_t count = shodo_font_glyph_count(f);
    is_used[0] = true;
    for (size_t i = 0; i < count; i++) {
        if (is_used[i])
            mark_components(f, is_used, i, 0);
    }
    for (size_t i = 0; i < count; i++) {
        const uint8_t *p = NULL;
        size_t n = 0;
        add_be32(loca, (uint32_t)glyf->len);
        if (is_used[i] && outline(f, i, &p, &n))
            shodo_buf_add(glyf, p, n);
        while (glyf->len % 4)
            shodo_buf_addc(glyf, 0);
    }
    return add_be32(loca, (uint32_t)glyf->len);
}

static uint32_t checksum(const char *p, size_t n) {
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i += 4) {
        uint8_t word[4] = {0};
        memcpy(word, p + i, SHODO_MIN(n - i, (size_t)4));
        sum += be32(word);
    }
    return sum;
}

enum { TABLES = 9 };

/* Writes an sfnt of the tables in `data`, tags ascending. */
static bool assemble(struct shodo_buf *out, const char *const tags[TABLES],
                     struct shodo_buf data[TABLES]) {
    unsigned count = 0;
    for (int i = 0; i < TABLES; i++)
        count += data[i].len > 0;
    unsigned power = 1, log = 0;
    while (power * 2 <= count) {
        power *= 2;
        log++;
    }
    add_be32(out, 0x00010000);
    add_be16(out, count);
    add_be16(out, power * 16);
    add_be16(out, log);
    add_be16(out, count * 16 - power * 16);
    uint32_t at = 12 + 16 * count;
    for (int i = 0; i < TABLES; i++) {
        if (data[i].len == 0)
            continue;
        shodo_buf_add(out, tags[i], 4);
        add_be32(out, checksum(data[i].data, data[i].len));
        add_be32(out, at);
        add_be32(out, (uint32_t)data[i].len);
        at += (uint32_t)((data[i].len + 3) & ~(size_t)3);
    }
    for (int i = 0; i < TABLES; i++) {
        shodo_buf_add(out, data[i].data, data[i].len);
        while (out->len % 4)
            shodo_buf_addc(out, 0);
    }
    return !out->failed;
}

enum shodo_status shodo_font_subset(struct shodo_font *f, bool *is_used, struct shodo_buf *out,
                                    struct shodo_error *err) {
    static const char *const tags[TABLES] = {"cvt ", "fpgm", "glyf", "head", "hhea",
                                             "hmtx", "loca", "maxp", "prep"};
    struct shodo_buf data[TABLES] = {SHODO_BUF_INIT};
    bool ok = subset_outlines(f, is_used, &data[2], &data[6]);
    for (int i = 0; i < TABLES; i++) {
        bool is_optional = i < 2 || i == 8; /* hinting programs */
        if (i != 2 && i != 6 && !table(f, tags[i], &data[i]))
            ok = ok && is_optional;
    }
    ok = ok && data[3].len >= 54;
    if (ok) {
        data[3].data[50] = 0; /* indexToLocFormat = long */
        data[3].data[51] = 1;
        memset(data[3].data + 8, 0, 4); /* checkSumAdjustment: not used by PDF readers */
        ok = assemble(out, tags, data);
    }
    for (int i = 0; i < TABLES; i++)
        shodo_buf_done(&data[i]);
    return ok ? SHODO_OK : shodo_fail(err, SHODO_NOMEM, "cannot make a subset of the font");
}
