/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/pdf.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/deflate.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"

#define POINTS_PER_MM (72.0 / 25.4)
/* of the font size: stroking makes it heavier; the font has no bold face */
#define BOLD_STROKE 0.022
#define GETA        0x3013 /* 〓: what Japanese print shows for a character it does not have */

enum {
    OBJ_CATALOG = 1,
    OBJ_PAGES,
    OBJ_INFO,
    OBJ_FONT,
    OBJ_CID_FONT,
    OBJ_DESCRIPTOR,
    OBJ_FONT_FILE,
    OBJ_TO_UNICODE,
    OBJ_FIRST_PAGE
};

struct shodo_pdf {
    struct shodo_font *font;
    struct shodo_pdf_info info;
    struct shodo_buf strings; /* owns what info points to */
    struct shodo_vec pages;   /* struct shodo_buf: content streams */
    unsigned page;            /* selected */
    bool *is_used;            /* per glyph */
    uint32_t *code_points;    /* per glyph: what it stands for */
    unsigned missing;
    bool has_failed;
};

/* Numbers with at most three decimals, never locale dependent, no "-0". */
static void add_number(struct shodo_buf *b, double v) {
    long long thousandths = (long long)(v * 1000.0 + (v < 0 ? -0.5 : 0.5));
    if (thousandths < 0) {
        shodo_buf_addc(b, '-');
        thousandths = -thousandths;
    }
    shodo_buf_addf(b, "%lld", thousandths / 1000);
    if (thousandths % 1000)
        shodo_buf_addf(b, ".%03lld", thousandths % 1000);
}

static void add_numbers(struct shodo_buf *b, const double *v, size_t n, const char *op) {
    for (size_t i = 0; i < n; i++) {
        add_number(b, v[i]);
        shodo_buf_addc(b, ' ');
    }
    shodo_buf_adds(b, op);
    shodo_buf_addc(b, '\n');
}

static const char *own(struct shodo_pdf *p, const char *s, size_t *ret_at) {
    *ret_at = p->strings.len;
    return s && shodo_buf_add(&p->strings, s, strlen(s) + 1) ? s : NULL;
}

enum shodo_status shodo_pdf_new(struct shodo_pdf **ret, struct shodo_font *font,
                                const struct shodo_pdf_info *info, struct shodo_error *err) {
    struct shodo_pdf *p = calloc(1, sizeof(*p));
    size_t glyphs = shodo_font_glyph_count(font);
    if (p) {
        p->pages = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_buf));
        p->is_used = calloc(glyphs, sizeof(*p->is_used));
        p->code_points = calloc(glyphs, sizeof(*p->code_points));
    }
    if (!p || !p->is_used || !p->code_points) {
        shodo_pdf_free(p);
        return shodo_fail(err, SHODO_NOMEM, "no memory for a document");
    }
    p->font = font;
    const char *from[] = {info->title, info->author, info->subject, info->keywords};
    const char **to[] = {&p->info.title, &p->info.author, &p->info.subject, &p->info.keywords};
    size_t at[4];
    for (size_t i = 0; i < 4; i++)
        *to[i] = own(p, from[i], &at[i]);
    for (size_t i = 0; i < 4; i++) /* the buffer no longer moves */
        *to[i] = *to[i] ? p->strings.data + at[i] : NULL;
    p->info.created = info->created;
    *ret = p;
    return SHODO_OK;
}

struct shodo_pdf *shodo_pdf_free(struct shodo_pdf *p) {
    if (!p)
        return NULL;
    for (size_t i = 0; i < p->pages.count; i++)
        shodo_buf_done(shodo_vec_at(&p->pages, i));
    shodo_vec_done(&p->pages);
    shodo_buf_done(&p->strings);
    free(p->is_used);
    free(p->code_points);
    free(p);
    return NULL;
}

enum shodo_status shodo_pdf_page(struct shodo_pdf *p, struct shodo_error *err) {
    if (p->pages.count >= SHODO_PDF_PAGES_MAX)
        return shodo_fail(err, SHODO_LIMIT, "the document has more than %d pages",
                          SHODO_PDF_PAGES_MAX);
    if (!shodo_vec_push(&p->pages))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a page");
    p->page = (unsigned)p->pages.count - 1;
    return SHODO_OK;
}

unsigned shodo_pdf_pages(const struct shodo_pdf *p) {
    return (unsigned)p->pages.count;
}

void shodo_pdf_select(struct shodo_pdf *p, unsigned page) {
    shodo_assert(page < p->pages.count);
    p->page = page;
}

static struct shodo_buf *content(struct shodo_pdf *p) {
    shodo_assert(p->pages.count > 0);
    return shodo_vec_at(&p->pages, p->page);
}

/* Glyph to draw; zero-width characters have none (false). */
static bool glyph_of(struct shodo_pdf *p, uint32_t code_point, uint16_t *ret, bool *ret_missing) {
    *ret = shodo_font_glyph(p->font, code_point);
    *ret_missing = false;
    if (*ret)
        return true;
    if (shodo_text_width(code_point) == 0)
        return false;
    *ret_missing = true;
    *ret = shodo_font_glyph(p->font, GETA);
    return true;
}

double shodo_pdf_width(struct shodo_pdf *p, double size_pt, const char *s, size_t n) {
    double units = 0;
    for (size_t pos = 0; pos < n;) {
        uint16_t glyph = 0;
        bool is_missing = false;
        if (glyph_of(p, shodo_text_next(s, n, &pos), &glyph, &is_missing))
            units += shodo_font_advance(p->font, glyph);
    }
    return units * size_pt / 1000.0 / POINTS_PER_MM;
}

void shodo_pdf_text(struct shodo_pdf *p, double x, double y, double size_pt,
                    enum shodo_pdf_weight weight, const char *s, size_t n) {
    struct shodo_buf *b = content(p);
    shodo_auto(shodo_buf) struct shodo_buf hex = SHODO_BUF_INIT;
    for (size_t pos = 0; pos < n;) {
        uint32_t code_point = shodo_text_next(s, n, &pos);
        uint16_t glyph = 0;
        bool is_missing = false;
        if (!glyph_of(p, code_point, &glyph, &is_missing))
            continue;
        p->missing += is_missing;
        p->is_used[glyph] = true;
        if (!p->code_points[glyph])
            p->code_points[glyph] = is_missing ? GETA : code_point;
        shodo_buf_addf(&hex, "%04x", glyph);
    }
    if (hex.len == 0)
        return;
    shodo_buf_adds(b, "BT\n");
    const double size[] = {size_pt};
    shodo_buf_adds(b, "/F ");
    add_numbers(b, size, 1, "Tf");
    if (weight == SHODO_PDF_BOLD) {
        const double stroke[] = {size_pt * BOLD_STROKE};
        add_numbers(b, stroke, 1, "w");
        shodo_buf_adds(b, "2 Tr\n");
    }
    const double at[] = {x * POINTS_PER_MM, (SHODO_PDF_HEIGHT_MM - y) * POINTS_PER_MM};
    add_numbers(b, at, 2, "Td");
    shodo_buf_addf(b, "<%s> Tj\n", shodo_buf_cstr(&hex));
    shodo_buf_adds(b, weight == SHODO_PDF_BOLD ? "0 Tr\nET\n" : "ET\n");
}

void shodo_pdf_line(struct shodo_pdf *p, double x1, double y1, double x2, double y2,
                    double width_pt) {
    struct shodo_buf *b = content(p);
    const double width[] = {width_pt};
    const double from[] = {x1 * POINTS_PER_MM, (SHODO_PDF_HEIGHT_MM - y1) * POINTS_PER_MM};
    const double to[] = {x2 * POINTS_PER_MM, (SHODO_PDF_HEIGHT_MM - y2) * POINTS_PER_MM};
    add_numbers(b, width, 1, "w");
    add_numbers(b, from, 2, "m");
    add_numbers(b, to, 2, "l S");
}

static void rectangle(struct shodo_pdf *p, double x, double y, double w, double h, const char *op) {
    const double box[] = {x * POINTS_PER_MM, (SHODO_PDF_HEIGHT_MM - y - h) * POINTS_PER_MM,
                          w * POINTS_PER_MM, h * POINTS_PER_MM};
    add_numbers(content(p), box, 4, op);
}

void shodo_pdf_fill(struct shodo_pdf *p, double x, double y, double w, double h, double grey) {
    const double level[] = {grey};
    const double black[] = {0};
    add_numbers(content(p), level, 1, "g");
    rectangle(p, x, y, w, h, "re f");
    add_numbers(content(p), black, 1, "g");
}

void shodo_pdf_frame(struct shodo_pdf *p, double x, double y, double w, double h, double width_pt) {
    const double width[] = {width_pt};
    add_numbers(content(p), width, 1, "w");
    rectangle(p, x, y, w, h, "re S");
}

unsigned shodo_pdf_missing(const struct shodo_pdf *p) {
    return p->missing;
}

/* ---- the file ---- */

struct file {
    struct shodo_buf *out;
    struct shodo_vec offsets; /* uint64_t per object, from number 1 */
};

static void object(struct file *f, unsigned number) {
    while (f->offsets.count < number && shodo_vec_push(&f->offsets))
        ;
    if (f->offsets.count < number)
        f->out->failed = true; /* memory ran out */
    else
        *(uint64_t *)shodo_vec_at(&f->offsets, number - 1) = f->out->len;
    shodo_buf_addf(f->out, "%u 0 obj\n", number);
}

static enum shodo_status stream(struct file *f, unsigned number, const char *extra,
                                const struct shodo_buf *data, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf packed = SHODO_BUF_INIT;
    enum shodo_status status = shodo_deflate(&packed, data->data, data->len, err);
    if (status != SHODO_OK)
        return status;
    object(f, number);
    shodo_buf_addf(f->out, "<< /Length %zu /Filter /FlateDecode%s >>\nstream\n", packed.len, extra);
    shodo_buf_add(f->out, packed.data, packed.len);
    shodo_buf_adds(f->out, "\nendstream\nendobj\n");
    return SHODO_OK;
}

/* Text string as UTF-16BE with byte order mark, in hex. */
static void add_string(struct shodo_buf *b, const char *s) {
    shodo_auto(shodo_buf) struct shodo_buf utf16 = SHODO_BUF_INIT;
    shodo_text_encode(&utf16, SHODO_UTF16LE, s, strlen(s), NULL);
    shodo_buf_adds(b, "<feff");
    for (size_t i = 0; i + 1 < utf16.len; i += 2)
        shodo_buf_addf(b, "%02x%02x", (unsigned char)utf16.data[i + 1],
                       (unsigned char)utf16.data[i]);
    shodo_buf_adds(b, ">");
}

static void write_info(struct shodo_pdf *p, struct file *f) {
    static const char *const names[] = {"Title", "Author", "Subject", "Keywords"};
    const char *const values[] = {p->info.title, p->info.author, p->info.subject, p->info.keywords};
    object(f, OBJ_INFO);
    shodo_buf_adds(f->out, "<< /Producer (shodo " SHODO_VERSION ")");
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++) {
        if (values[i]) {
            shodo_buf_addf(f->out, " /%s ", names[i]);
            add_string(f->out, values[i]);
        }
    }
    if (p->info.created != SHODO_TIME_NONE) {
        struct shodo_civil c;
        shodo_time_to_civil(p->info.created, 0, &c);
        shodo_buf_addf(f->out, " /CreationDate (D:%04d%02d%02d%02d%02d%02dZ)", c.year, c.month,
                       c.day, c.hour, c.minute, c.second);
    }
    shodo_buf_adds(f->out, " >>\nendobj\n");
}

static void write_widths(struct shodo_pdf *p, struct shodo_buf *out) {
    size_t count = shodo_font_glyph_count(p->font);
    shodo_buf_adds(out, "[");
    for (size_t i = 0; i < count; i++) {
        if (p->is_used[i])
            shodo_buf_addf(out, " %zu [%d]", i, shodo_font_advance(p->font, (uint16_t)i));
    }
    shodo_buf_adds(out, " ]");
}

static void write_font(struct shodo_pdf *p, struct file *f, const char *tag) {
    const struct shodo_font_metrics *m = shodo_font_metrics(p->font);
    object(f, OBJ_FONT);
    shodo_buf_addf(
        f->out,
        "<< /Type /Font /Subtype /Type0 /BaseFont /%s+%s /Encoding /Identity-H /DescendantFonts [%d 0 R] "
        "/ToUnicode %d 0 R >>\nendobj\n",
        tag, m->name, OBJ_CID_FONT, OBJ_TO_UNICODE);
    object(f, OBJ_CID_FONT);
    shodo_buf_addf(
        f->out,
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s+%s /CIDSystemInfo << /Registry (Adobe) /Ordering "
        "(Identity) /Supplement 0 >> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 1000 /W ",
        tag, m->name, OBJ_DESCRIPTOR);
    write_widths(p, f->out);
    shodo_buf_adds(f->out, " >>\nendobj\n");
    object(f, OBJ_DESCRIPTOR);
    shodo_buf_addf(
        f->out,
        "<< /Type /FontDescriptor /FontName /%s+%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d "
        "/Descent %d /CapHeight %d /StemV 80 /FontFile2 %d 0 R >>\nendobj\n",
        tag, m->name, m->box[0], m->box[1], m->box[2], m->box[3], m->ascent, m->descent,
        m->cap_height, OBJ_FONT_FILE);
}

#define BFCHAR_MAX 100 /* entries of one bfchar block: Adobe technical note 5411 */

static void write_to_unicode(struct shodo_pdf *p, struct shodo_buf *b) {
    size_t count = shodo_font_glyph_count(p->font);
    shodo_buf_adds(
        b,
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) "
        "/Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n");
    size_t left = 0;
    for (size_t i = 0; i < count; i++)
        left += p->code_points[i] != 0;
    size_t in_block = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t c = p->code_points[i];
        if (!c)
            continue;
        if (in_block == 0)
            shodo_buf_addf(b, "%zu beginbfchar\n", SHODO_MIN(left, (size_t)BFCHAR_MAX));
        if (c < 0x10000)
            shodo_buf_addf(b, "<%04zx> <%04x>\n", i, c);
        else
            shodo_buf_addf(b, "<%04zx> <%04x%04x>\n", i, 0xd800 + ((c - 0x10000) >> 10),
                           0xdc00 + ((c - 0x10000) & 0x3ff));
        left--;
        if (++in_block == BFCHAR_MAX || left == 0) {
            shodo_buf_adds(b, "endbfchar\n");
            in_block = 0;
        }
    }
    shodo_buf_adds(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

/* Six capital letters from the digest of the glyphs that are in the subset. */
static void subset_tag(const struct shodo_pdf *p, char tag[7]) {
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_sha256(p->is_used, shodo_font_glyph_count(p->font) * sizeof(*p->is_used), digest);
    for (int i = 0; i < 6; i++)
        tag[i] = (char)('A' + digest[i] % 26);
    tag[6] = 0;
}

static enum shodo_status write_pages(struct shodo_pdf *p, struct file *f, struct shodo_error *err) {
    for (size_t i = 0; i < p->pages.count; i++) {
        unsigned number = OBJ_FIRST_PAGE + 2 * (unsigned)i;
        struct shodo_buf *page = shodo_vec_at(&p->pages, i);
        object(f, number);
        shodo_buf_addf(
            f->out,
            "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595.276 841.89] /Resources << /Font << /F %d 0 R >> >> "
            "/Contents %u 0 R >>\nendobj\n",
            OBJ_PAGES, OBJ_FONT, number + 1);
        if (page->failed)
            return shodo_fail(err, SHODO_NOMEM, "no memory for page %zu", i + 1);
        enum shodo_status status = stream(f, number + 1, "", page, err);
        if (status != SHODO_OK)
            return status;
    }
    return SHODO_OK;
}

static enum shodo_status write_font_file(struct shodo_pdf *p, struct file *f,
                                         struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf data = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf extra = SHODO_BUF_INIT;
    enum shodo_status status = shodo_font_subset(p->font, p->is_used, &data, err);
    if (status != SHODO_OK)
        return status;
    shodo_buf_addf(&extra, " /Length1 %zu", data.len);
    status = stream(f, OBJ_FONT_FILE, shodo_buf_cstr(&extra), &data, err);
    if (status != SHODO_OK)
        return status;
    shodo_buf_clear(&data);
    write_to_unicode(p, &data);
    return stream(f, OBJ_TO_UNICODE, "", &data, err);
}

static void write_tree(struct shodo_pdf *p, struct file *f) {
    object(f, OBJ_CATALOG);
    shodo_buf_addf(f->out, "<< /Type /Catalog /Pages %d 0 R /Lang (ja-JP) >>\nendobj\n", OBJ_PAGES);
    object(f, OBJ_PAGES);
    shodo_buf_addf(f->out, "<< /Type /Pages /Count %zu /Kids [", p->pages.count);
    for (size_t i = 0; i < p->pages.count; i++)
        shodo_buf_addf(f->out, " %zu 0 R", OBJ_FIRST_PAGE + 2 * i);
    shodo_buf_adds(f->out, " ] >>\nendobj\n");
}

static void write_trailer(struct file *f) {
    uint8_t digest[SHODO_SHA256_BYTES];
    size_t at = f->out->len;
    shodo_sha256(f->out->data, at, digest);
    shodo_buf_addf(f->out, "xref\n0 %zu\n0000000000 65535 f \n", f->offsets.count + 1);
    for (size_t i = 0; i < f->offsets.count; i++)
        shodo_buf_addf(f->out, "%010llu 00000 n \n",
                       *(unsigned long long *)shodo_vec_at(&f->offsets, i));
    shodo_buf_addf(f->out, "trailer\n<< /Size %zu /Root %d 0 R /Info %d 0 R /ID [<",
                   f->offsets.count + 1, OBJ_CATALOG, OBJ_INFO);
    shodo_buf_add_hex(f->out, digest, 16);
    shodo_buf_adds(f->out, "> <");
    shodo_buf_add_hex(f->out, digest, 16);
    shodo_buf_addf(f->out, ">] >>\nstartxref\n%zu\n%%%%EOF\n", at);
}

enum shodo_status shodo_pdf_finish(struct shodo_pdf *p, struct shodo_buf *out,
                                   struct shodo_error *err) {
    struct file f = {.out = out, .offsets = SHODO_VEC_INIT(sizeof(uint64_t))};
    char tag[7];
    shodo_buf_adds(out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
    enum shodo_status status = write_pages(p, &f, err);
    if (status == SHODO_OK)
        status = write_font_file(p, &f, err);
    subset_tag(p, tag);
    write_font(p, &f, tag);
    write_info(p, &f);
    write_tree(p, &f);
    write_trailer(&f);
    shodo_vec_done(&f.offsets);
    if (status == SHODO_OK && out->failed)
        status = shodo_fail(err, SHODO_NOMEM, "no memory for the document");
    return status;
}
