/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lays a document out on A4 pages: kinsoku wrapping, tables whose rows break between pages with the
 * head repeated, page numbers, case id, draft or final, and the digest of the data on every page.
 * Black on white with light grey only.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "handover/document.h"
#include "handover/pdf.h"

#define MARGIN            15.0 /* mm */
#define BODY_PT           9.5
#define LARGE_PT          11.5
#define COMPACT_PT        9.0
#define SMALL_PT          7.5
#define LEADING           1.45 /* of the font size */
#define MM_PER_PT         (25.4 / 72.0)
#define CELL_PAD          1.2
#define COMPACT_PAD       0.8
#define FOOT_MM           10.0
#define QR_MM             45.0
#define WIDTH             (SHODO_PDF_WIDTH_MM - 2 * MARGIN)
#define LABEL_WIDTH       48.0
#define BOTTOM            (SHODO_PDF_HEIGHT_MM - MARGIN - FOOT_MM)
#define CHECK_MM          3.6
#define EMPTY_ROW_MM      8.0 /* room for a pen */
#define SMALL_ROW_MM      6.6 /* the same in a table of small print */
#define COMPACT_ROW_MM    5.4
#define ROOMY_MM          18.0
#define COMPACT_SOURCE_MM 52.0
#define TAG_MM            72.0 /* three on a page */
#define TAG_TITLE_PT      40.0
#define TAG_PT            12.0

struct layout {
    const struct shodo_document *d;
    struct shodo_pdf *pdf;
    double y;            /* top of what comes next */
    double body_pt, pad; /* pad: around the text of a cell */
    enum shodo_status status;
    struct shodo_error *err;
};

static double line_mm(double size) {
    return size * LEADING * MM_PER_PT;
}

static void new_page(struct layout *l) {
    if (l->status == SHODO_OK)
        l->status = shodo_pdf_page(l->pdf, l->err);
    l->y = MARGIN + 8;
}

/* A block that does not fit starts on the next page (unless it would not fit there either). */
static void need(struct layout *l, double mm) {
    if (l->y + mm > BOTTOM && l->y > MARGIN + 8)
        new_page(l);
}

struct fit {
    struct layout *l;
    double x, y, size, widest;
    enum shodo_pdf_weight weight;
    int lines;
    bool draws, breaks;
};

static void fit_line(void *ctx, const char *s, size_t n) {
    struct fit *f = ctx;
    f->lines++;
    if (!f->draws) {
        f->widest = SHODO_MAX(f->widest, shodo_pdf_width(f->l->pdf, f->size, s, n));
        return;
    }
    if (f->breaks && f->y + line_mm(f->size) > BOTTOM) {
        new_page(f->l);
        f->y = f->l->y;
    }
    if (f->l->status == SHODO_OK)
        shodo_pdf_text(f->l->pdf, f->x, f->y + f->size * 1.1 * MM_PER_PT, f->size, f->weight, s, n);
    f->y += line_mm(f->size);
}

/* Columns of half a font size that fit; fewer when characters are wider in the font than on a
 * terminal (ambiguous width). */
static size_t columns_for(struct layout *l, double width, double size, const char *text,
                          int *ret_lines) {
    size_t columns = (size_t)(width / (size * 0.5 * MM_PER_PT));
    for (columns = SHODO_MAX(columns, (size_t)2);; columns--) {
        struct fit f = {.l = l, .size = size};
        shodo_text_wrap(text, strlen(text), columns, fit_line, &f);
        if (f.widest <= width + 0.01 || columns == 2) {
            *ret_lines = SHODO_MAX(f.lines, 1);
            return columns;
        }
    }
}

static double text_height(struct layout *l, double width, double size, const char *text) {
    int lines = 0;
    columns_for(l, width, size, text, &lines);
    return lines * line_mm(size);
}

/* Draws wrapped text at (x, y); with `breaks` it may run over pages. Returns the y below it. */
static double draw_text(struct layout *l, double x, double y, double width, double size,
                        enum shodo_pdf_weight weight, bool breaks, const char *text) {
    int lines = 0;
    size_t columns = columns_for(l, width, size, text, &lines);
    struct fit f = {
        .l = l, .x = x, .y = y, .size = size, .weight = weight, .draws = true, .breaks = breaks};
    shodo_text_wrap(text, strlen(text), columns, fit_line, &f);
    return f.y;
}

static void heading(struct layout *l, const struct shodo_block *b) {
    double size = b->level == 1 ? 13 : b->level == 2 ? l->body_pt + 1.5 : l->body_pt;
    need(l, text_height(l, WIDTH, size, b->label) + 14);
    l->y += 2;
    l->y = draw_text(l, MARGIN, l->y, WIDTH, size, SHODO_PDF_BOLD, false, b->label);
    if (b->level == 1)
        shodo_pdf_line(l->pdf, MARGIN, l->y + 0.3, MARGIN + WIDTH, l->y + 0.3, 0.8);
    l->y += 1.5;
}

static void notice(struct layout *l, const struct shodo_block *b) {
    double inner = WIDTH - 6;
    double size = l->body_pt + 0.5;
    double h = text_height(l, inner, size, b->text) + 4;
    need(l, h);
    shodo_pdf_frame(l->pdf, MARGIN, l->y, WIDTH, h, 1.4);
    draw_text(l, MARGIN + 3, l->y + 2, inner, size, SHODO_PDF_BOLD, false, b->text);
    l->y += h + 2;
}

/* What stands in the value's place when there is none. */
static const char *value_of(const struct layout *l, const struct shodo_block *b) {
    if (*b->text)
        return b->text;
    if (*b->boxes)
        return b->boxes;
    return b->source == SHODO_FIELD_BY_HAND ? "" : l->d->is_ja ? "不明" : "unknown";
}

static double field_height(struct layout *l, const struct shodo_block *b, double value_width,
                           const char *value, const char *source) {
    bool is_compact = l->d->is_compact;
    double small = *source
                       ? text_height(l, is_compact ? COMPACT_SOURCE_MM - 2 * l->pad : value_width,
                                     SMALL_PT, source)
                       : 0;
    double h = text_height(l, value_width, l->body_pt, value);
    h = is_compact ? SHODO_MAX(h, small) : h + small;
    h = SHODO_MAX(h, text_height(l, LABEL_WIDTH - 2 * l->pad, l->body_pt, b->label)) + 2 * l->pad;
    if (!*b->text)
        h = SHODO_MAX(h, b->is_roomy ? ROOMY_MM : is_compact ? COMPACT_ROW_MM : EMPTY_ROW_MM);
    return h;
}

static void field(struct layout *l, const struct shodo_block *b) {
    bool ja = l->d->is_ja, is_compact = l->d->is_compact;
    const char *value = value_of(l, b);
    char source[512] = "";
    if (b->source != SHODO_FIELD_BY_HAND || *b->source_text)
        snprintf(source, sizeof(source), "[%s] %s", shodo_field_source_name(b->source, ja),
                 b->source_text);
    source[sizeof(source) - 1] = 0;
    double value_width = WIDTH - LABEL_WIDTH - 3 * l->pad - (is_compact ? COMPACT_SOURCE_MM : 0);
    double h = field_height(l, b, value_width, value, source);
    bool is_long = h > BOTTOM - MARGIN - 8;
    if (!is_long)
        need(l, h);
    double top = l->y;
    if (!is_long) {
        shodo_pdf_fill(l->pdf, MARGIN, top, LABEL_WIDTH, h, 0.93);
        shodo_pdf_frame(l->pdf, MARGIN, top, WIDTH, h, 0.4);
        shodo_pdf_line(l->pdf, MARGIN + LABEL_WIDTH, top, MARGIN + LABEL_WIDTH, top + h, 0.4);
    }
    draw_text(l, MARGIN + l->pad, top + l->pad, LABEL_WIDTH - 2 * l->pad, l->body_pt,
              SHODO_PDF_BOLD, false, b->label);
    double x = MARGIN + LABEL_WIDTH + l->pad;
    double y = draw_text(l, x, top + l->pad, value_width, l->body_pt, SHODO_PDF_REGULAR, is_long,
                         value);
    if (*source && is_compact && !is_long)
        draw_text(l, MARGIN + WIDTH - COMPACT_SOURCE_MM + l->pad, top + l->pad,
                  COMPACT_SOURCE_MM - 2 * l->pad, SMALL_PT, SHODO_PDF_REGULAR, false, source);
    else
        y = *source ? draw_text(l, x, y, value_width, SMALL_PT, SHODO_PDF_REGULAR, is_long, source)
                    : y;
    l->y = is_long ? y + l->pad : top + h;
}

static double row_height(struct layout *l, const struct shodo_block *b, size_t row) {
    double h = 0;
    bool is_empty = false;
    for (size_t i = 0; i < b->columns; i++) {
        const char *text = b->cells[row + i].text;
        double width = WIDTH * b->widths[i] / 1000.0 - 2 * l->pad;
        h = SHODO_MAX(h, text_height(l, width, b->is_small ? SMALL_PT : l->body_pt, text));
        is_empty = is_empty || !*text;
    }
    h += 2 * l->pad;
    h = is_empty && row > 0 ? SHODO_MAX(h, b->is_small ? SMALL_ROW_MM : EMPTY_ROW_MM) : h;
    return SHODO_MIN(h, BOTTOM - MARGIN - 20);
}

static void draw_row(struct layout *l, const struct shodo_block *b, size_t row, double h) {
    double x = MARGIN;
    for (size_t i = 0; i < b->columns; i++) {
        double w = WIDTH * b->widths[i] / 1000.0;
        if (row == 0)
            shodo_pdf_fill(l->pdf, x, l->y, w, h, 0.88);
        shodo_pdf_frame(l->pdf, x, l->y, w, h, 0.4);
        draw_text(l, x + l->pad, l->y + l->pad, w - 2 * l->pad, b->is_small ? SMALL_PT : l->body_pt,
                  row == 0 ? SHODO_PDF_BOLD : SHODO_PDF_REGULAR, false, b->cells[row + i].text);
        x += w;
    }
    l->y += h;
}

static void table(struct layout *l, const struct shodo_block *b) {
    if (b->cells_count == 0)
        return;
    double head = row_height(l, b, 0);
    for (size_t row = 0; row < b->cells_count && l->status == SHODO_OK; row += b->columns) {
        double h = row_height(l, b, row);
        double keep_with = row == 0 && b->cells_count > b->columns ? row_height(l, b, b->columns)
                                                                   : 0;
        double before = l->y;
        need(l, h + keep_with);
        if (row > 0 && l->y < before) /* a new page: the head again */
            draw_row(l, b, 0, head);
        draw_row(l, b, row, h);
    }
    l->y += 2;
}

static void check(struct layout *l, const struct shodo_block *b) {
    double h = text_height(l, WIDTH - 7, l->body_pt, b->text) + 1.6;
    need(l, h);
    shodo_pdf_frame(l->pdf, MARGIN + 0.5, l->y + 0.6, CHECK_MM, CHECK_MM, 0.8);
    draw_text(l, MARGIN + 7, l->y, WIDTH - 7, l->body_pt, SHODO_PDF_REGULAR, false, b->text);
    l->y += h;
}

/* Finder patterns need at least four modules of quiet zone: ISO/IEC 18004. */
static void qr(struct layout *l, const struct shodo_block *b) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    const uint8_t *modules = NULL;
    int size = 0;
    if (shodo_qr(b->text, &arena, &size, &modules, l->err) != SHODO_OK) {
        draw_text(l, MARGIN, l->y, WIDTH, BODY_PT, SHODO_PDF_REGULAR, true, b->text);
        return;
    }
    double text_width = WIDTH - QR_MM - 4;
    double h = SHODO_MAX(QR_MM,
                         line_mm(BODY_PT) + text_height(l, text_width, SMALL_PT, b->text) + 2);
    need(l, h + 2);
    double module = QR_MM / (size + 8);
    for (int i = 0; i < size * size; i++) {
        if (modules[i])
            shodo_pdf_fill(l->pdf, MARGIN + (i % size + 4) * module, l->y + (i / size + 4) * module,
                           module * 1.01, module * 1.01, 0);
    }
    double y = draw_text(l, MARGIN + QR_MM + 4, l->y + 3, text_width, BODY_PT, SHODO_PDF_BOLD,
                         false, b->label);
    draw_text(l, MARGIN + QR_MM + 4, y, text_width, SMALL_PT, SHODO_PDF_REGULAR, false, b->text);
    l->y += h + 2;
}

/* To be cut out: large print that a ward reads from the door. */
static void tag(struct layout *l, const struct shodo_block *b) {
    double inner = WIDTH - 12, size = TAG_TITLE_PT;
    while (size > 16 && shodo_pdf_width(l->pdf, size, b->label, strlen(b->label)) > inner)
        size -= 2;
    double h = SHODO_MAX(TAG_MM, line_mm(size) + text_height(l, inner, TAG_PT, b->text) + 12);
    need(l, h);
    shodo_pdf_frame(l->pdf, MARGIN, l->y, WIDTH, h, 2.4);
    double x = MARGIN + (WIDTH - shodo_pdf_width(l->pdf, size, b->label, strlen(b->label))) / 2;
    shodo_pdf_text(l->pdf, x, l->y + 4 + size * 1.1 * MM_PER_PT, size, SHODO_PDF_BOLD, b->label,
                   strlen(b->label));
    draw_text(l, MARGIN + 6, l->y + 6 + line_mm(size), inner, TAG_PT, SHODO_PDF_REGULAR, false,
              b->text);
    l->y += h + 4;
}

static void block(struct layout *l, const struct shodo_block *b) {
    switch (b->kind) {
    case SHODO_BLOCK_HEADING:
        heading(l, b);
        break;
    case SHODO_BLOCK_PARAGRAPH:
        l->y = draw_text(l, MARGIN, l->y, WIDTH, l->body_pt, SHODO_PDF_REGULAR, true, b->text) +
               1.2;
        break;
    case SHODO_BLOCK_NOTICE:
        notice(l, b);
        break;
    case SHODO_BLOCK_FIELD:
        field(l, b);
        break;
    case SHODO_BLOCK_TABLE:
        table(l, b);
        break;
    case SHODO_BLOCK_CHECK:
        check(l, b);
        break;
    case SHODO_BLOCK_QR:
        qr(l, b);
        break;
    case SHODO_BLOCK_TAG:
        tag(l, b);
        break;
    case SHODO_BLOCK_PAGE:
        if (l->y > MARGIN + 8) /* not when the page is new anyway */
            new_page(l);
        break;
    }
}

static void title(struct layout *l) {
    const struct shodo_document *d = l->d;
    char when[SHODO_TIME_TEXT_BYTES], line[256];
    shodo_time_local(d->made, d->offset_min, when);
    l->y = draw_text(l, MARGIN, l->y, WIDTH, 16, SHODO_PDF_BOLD, false, d->title);
    snprintf(line, sizeof(line), d->is_ja ? "%s%s%s作成 %s" : "%s%s%smade %s",
             *d->case_id ? (d->is_ja ? "事案 " : "case ") : "", d->case_id, *d->case_id ? "  " : "",
             when);
    if (*when)
        l->y = draw_text(l, MARGIN, l->y, WIDTH, BODY_PT, SHODO_PDF_REGULAR, false, line);
    l->y += 2;
}

static void right(struct layout *l, double y, double size, enum shodo_pdf_weight weight,
                  const char *s) {
    shodo_pdf_text(l->pdf, MARGIN + WIDTH - shodo_pdf_width(l->pdf, size, s, strlen(s)), y, size,
                   weight, s, strlen(s));
}

/* Head and foot of every page, when the number of pages is known. */
static void decorate(struct layout *l) {
    const struct shodo_document *d = l->d;
    unsigned pages = shodo_pdf_pages(l->pdf);
    const char *state = d->is_draft ? (d->is_ja ? "案" : "DRAFT") : d->status;
    for (unsigned i = 0; i < pages; i++) {
        char left[256], number[64];
        shodo_pdf_select(l->pdf, i);
        snprintf(left, sizeof(left), "%s%.*s",
                 d->is_drill ? (d->is_ja ? "【訓練】 " : "[DRILL] ") : "",
                 (int)shodo_text_clip(d->title, strlen(d->title), 60, NULL), d->title);
        shodo_pdf_text(l->pdf, MARGIN, MARGIN + 2, SMALL_PT, SHODO_PDF_REGULAR, left, strlen(left));
        right(l, MARGIN + 2, BODY_PT, SHODO_PDF_BOLD, state);
        double y = SHODO_PDF_HEIGHT_MM - MARGIN;
        shodo_pdf_line(l->pdf, MARGIN, y - 5, MARGIN + WIDTH, y - 5, 0.4);
        snprintf(left, sizeof(left), "%s%.64s%s%.64s", d->is_ja ? "事案 " : "case ",
                 *d->case_id ? d->case_id : "-", *d->digest ? "  SHA-256 " : "", d->digest);
        shodo_pdf_text(l->pdf, MARGIN, y - 1, SMALL_PT, SHODO_PDF_REGULAR, left, strlen(left));
        snprintf(number, sizeof(number), "%u / %u", i + 1, pages);
        right(l, y - 1, BODY_PT, SHODO_PDF_REGULAR, number);
    }
}

enum shodo_status shodo_document_pdf(const struct shodo_document *d, struct shodo_buf *out,
                                     struct shodo_error *err) {
    shodo_autop(shodo_font) struct shodo_font *font = NULL;
    shodo_autop(shodo_pdf) struct shodo_pdf *pdf = NULL;
    const struct shodo_pdf_info info = {
        .title = d->title, .author = "shodo", .subject = d->case_id, .created = d->made};
    enum shodo_status status = d->is_broken
                                   ? shodo_fail(err, SHODO_NOMEM, "no memory for the document")
                                   : SHODO_OK;
    if (status == SHODO_OK)
        status = shodo_font_open_default(&font, err);
    if (status == SHODO_OK)
        status = shodo_pdf_new(&pdf, font, &info, err);
    if (status != SHODO_OK)
        return status;
    struct layout l = {.d = d,
                       .pdf = pdf,
                       .err = err,
                       .pad = d->is_compact ? COMPACT_PAD : CELL_PAD,
                       .body_pt = d->is_large     ? LARGE_PT
                                  : d->is_compact ? COMPACT_PT
                                                  : BODY_PT};
    new_page(&l);
    if (l.status == SHODO_OK)
        title(&l);
    for (size_t i = 0; i < d->blocks.count && l.status == SHODO_OK; i++)
        block(&l, shodo_vec_at(&d->blocks, i));
    if (l.status != SHODO_OK)
        return l.status;
    decorate(&l);
    return shodo_pdf_finish(pdf, out, err);
}
