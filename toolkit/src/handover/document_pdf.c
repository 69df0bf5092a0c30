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
#include "handover/pdf_flow.h"

#define MARGIN            SHODO_PDF_MARGIN
#define WIDTH             SHODO_PDF_TEXT_MM
#define BOTTOM            SHODO_PDF_BOTTOM
#define PAGE_MM           (BOTTOM - SHODO_PDF_TOP) /* room of a page */
#define BODY_PT           9.5
#define LARGE_PT          11.5
#define COMPACT_PT        9.0
#define SMALL_PT          7.5
#define CELL_PAD          1.2
#define COMPACT_PAD       0.8
#define QR_MM             45.0
#define LABEL_WIDTH       48.0
#define CHECK_MM          3.6
#define EMPTY_ROW_MM      8.0 /* room for a pen */
#define SMALL_ROW_MM      6.6 /* the same in a table of small print */
#define COMPACT_ROW_MM    5.4
#define ROOMY_MM          18.0
#define COMPACT_SOURCE_MM 52.0
#define TAG_MM            72.0 /* three on a page */
#define TAG_TITLE_PT      40.0
#define TAG_PT            12.0
#define COLUMNS_MAX       16
#define SOURCE_COLUMNS    400 /* of the small print below a value */

/* How small the print of a document that is to be of one page may become: 7.9 pt. */
static const double scales[] = {1.0, 0.96, 0.92, 0.88};

static void heading(struct shodo_flow *l, const struct shodo_block *b) {
    double size = b->level == 1 ? 13 : b->level == 2 ? l->body_pt + 1.5 : l->body_pt;
    shodo_flow_need(l, shodo_flow_height(l, WIDTH, size, b->label) + 14);
    l->y += 2;
    l->y = shodo_flow_text(l, MARGIN, l->y, WIDTH, size, SHODO_PDF_BOLD, b->label);
    if (b->level == 1)
        shodo_pdf_line(l->pdf, MARGIN, l->y + 0.3, MARGIN + WIDTH, l->y + 0.3, 0.8);
    l->y += 1.5;
}

static void notice(struct shodo_flow *l, const struct shodo_block *b) {
    double size = l->body_pt + 0.5, pad = l->pad;
    double h = shodo_flow_height(l, WIDTH - 6, size, b->text) + 4;
    const struct shodo_flow_column whole = {.x = MARGIN,
                                            .width = WIDTH,
                                            .size_pt = size,
                                            .grey = 1,
                                            .weight = SHODO_PDF_BOLD,
                                            .text = b->text};
    if (h > PAGE_MM) {
        l->pad = 3;
        shodo_flow_box(l, &whole, 1, 1.4, NULL, NULL);
        l->pad = pad;
        l->y += 2;
        return;
    }
    shodo_flow_need(l, h);
    shodo_pdf_frame(l->pdf, MARGIN, l->y, WIDTH, h, 1.4);
    shodo_flow_text(l, MARGIN + 3, l->y + 2, WIDTH - 6, size, SHODO_PDF_BOLD, b->text);
    l->y += h + 2;
}

/* What stands in the value's place when there is none. */
static const char *value_of(const struct shodo_flow *l, const struct shodo_block *b) {
    if (*b->text)
        return b->text;
    if (*b->boxes)
        return b->boxes;
    return b->source == SHODO_FIELD_BY_HAND ? "" : l->d->is_ja ? "不明" : "unknown";
}

static double field_height(struct shodo_flow *l, const struct shodo_block *b, double value_width,
                           const char *value, const char *source) {
    bool is_compact = l->d->is_compact;
    double small = *source ? shodo_flow_height(
                                 l, is_compact ? COMPACT_SOURCE_MM - 2 * l->pad : value_width,
                                 l->small_pt, source)
                           : 0;
    double h = shodo_flow_height(l, value_width, l->body_pt, value);
    h = is_compact ? SHODO_MAX(h, small) : h + small;
    h = SHODO_MAX(h, shodo_flow_height(l, LABEL_WIDTH - 2 * l->pad, l->body_pt, b->label)) +
        2 * l->pad;
    if (!*b->text)
        h = SHODO_MAX(h, (b->is_roomy  ? ROOMY_MM
                          : is_compact ? COMPACT_ROW_MM
                                       : EMPTY_ROW_MM) *
                             l->scale);
    return h;
}

/* Higher than a page: a frame and the label on each page. */
static void long_field(struct shodo_flow *l, const struct shodo_block *b, const char *value,
                       const char *source) {
    shodo_auto(shodo_buf) struct shodo_buf more = SHODO_BUF_INIT;
    shodo_buf_addf(&more, l->d->is_ja ? "%s（続き）" : "%s (more)", b->label);
    const struct shodo_flow_column columns[] = {{.x = MARGIN,
                                                 .width = LABEL_WIDTH,
                                                 .size_pt = l->body_pt,
                                                 .grey = 0.93,
                                                 .weight = SHODO_PDF_BOLD,
                                                 .text = b->label,
                                                 .more = shodo_buf_cstr(&more)},
                                                {.x = MARGIN + LABEL_WIDTH,
                                                 .width = WIDTH - LABEL_WIDTH,
                                                 .size_pt = l->body_pt,
                                                 .grey = 1,
                                                 .text = value,
                                                 .small = source}};
    shodo_flow_box(l, columns, SHODO_ARRAY_SIZE(columns), 0.4, NULL, NULL);
}

static void field(struct shodo_flow *l, const struct shodo_block *b) {
    bool ja = l->d->is_ja, is_compact = l->d->is_compact;
    const char *value = value_of(l, b);
    char source[512] = "";
    if (b->source != SHODO_FIELD_BY_HAND || *b->source_text)
        snprintf(source, sizeof(source), "[%s] %.*s", shodo_field_source_name(b->source, ja),
                 (int)shodo_text_clip(b->source_text, strlen(b->source_text), SOURCE_COLUMNS, NULL),
                 b->source_text);
    double value_width = WIDTH - LABEL_WIDTH - 3 * l->pad - (is_compact ? COMPACT_SOURCE_MM : 0);
    double h = field_height(l, b, value_width, value, source);
    if (h > PAGE_MM) {
        long_field(l, b, value, source);
        return;
    }
    shodo_flow_need(l, h);
    double top = l->y;
    shodo_pdf_fill(l->pdf, MARGIN, top, LABEL_WIDTH, h, 0.93);
    shodo_pdf_frame(l->pdf, MARGIN, top, WIDTH, h, 0.4);
    shodo_pdf_line(l->pdf, MARGIN + LABEL_WIDTH, top, MARGIN + LABEL_WIDTH, top + h, 0.4);
    shodo_flow_text(l, MARGIN + l->pad, top + l->pad, LABEL_WIDTH - 2 * l->pad, l->body_pt,
                    SHODO_PDF_BOLD, b->label);
    double x = MARGIN + LABEL_WIDTH + l->pad;
    double y = shodo_flow_text(l, x, top + l->pad, value_width, l->body_pt, SHODO_PDF_REGULAR,
                               value);
    if (*source && is_compact)
        shodo_flow_text(l, MARGIN + WIDTH - COMPACT_SOURCE_MM + l->pad, top + l->pad,
                        COMPACT_SOURCE_MM - 2 * l->pad, l->small_pt, SHODO_PDF_REGULAR, source);
    else if (*source)
        shodo_flow_text(l, x, y, value_width, l->small_pt, SHODO_PDF_REGULAR, source);
    l->y = top + h;
}

static double cell_pt(const struct shodo_flow *l, const struct shodo_block *b) {
    return b->is_small ? l->small_pt : l->body_pt;
}

static double row_height(struct shodo_flow *l, const struct shodo_block *b, size_t row) {
    double h = 0;
    bool is_empty = false;
    for (size_t i = 0; i < b->columns; i++) {
        const char *text = b->cells[row + i].text;
        double width = WIDTH * b->widths[i] / 1000.0 - 2 * l->pad;
        h = SHODO_MAX(h, shodo_flow_height(l, width, cell_pt(l, b), text));
        is_empty = is_empty || !*text;
    }
    h += 2 * l->pad;
    return is_empty && row > 0
               ? SHODO_MAX(h, (b->is_small ? SMALL_ROW_MM : EMPTY_ROW_MM) * l->scale)
               : h;
}

static void draw_row(struct shodo_flow *l, const struct shodo_block *b, size_t row, double h) {
    double x = MARGIN;
    for (size_t i = 0; i < b->columns; i++) {
        double w = WIDTH * b->widths[i] / 1000.0;
        if (row == 0)
            shodo_pdf_fill(l->pdf, x, l->y, w, h, 0.88);
        shodo_pdf_frame(l->pdf, x, l->y, w, h, 0.4);
        shodo_flow_text(l, x + l->pad, l->y + l->pad, w - 2 * l->pad, cell_pt(l, b),
                        row == 0 ? SHODO_PDF_BOLD : SHODO_PDF_REGULAR, b->cells[row + i].text);
        x += w;
    }
    l->y += h;
}

static void head_again(struct shodo_flow *l, const void *ctx) {
    draw_row(l, ctx, 0, row_height(l, ctx, 0));
}

static void long_row(struct shodo_flow *l, const struct shodo_block *b, size_t row) {
    struct shodo_flow_column columns[COLUMNS_MAX];
    double x = MARGIN;
    for (size_t i = 0; i < b->columns; i++) {
        double w = WIDTH * b->widths[i] / 1000.0;
        columns[i] = (struct shodo_flow_column){.x = x,
                                                .width = w,
                                                .size_pt = cell_pt(l, b),
                                                .grey = 1,
                                                .text = b->cells[row + i].text};
        x += w;
    }
    shodo_flow_box(l, columns, b->columns, 0.4, head_again, b);
}

static void table(struct shodo_flow *l, const struct shodo_block *b) {
    if (b->cells_count == 0)
        return;
    double head = row_height(l, b, 0);
    for (size_t row = 0; row < b->cells_count && l->status == SHODO_OK; row += b->columns) {
        double h = row_height(l, b, row);
        if (row > 0 && head + h > PAGE_MM) {
            long_row(l, b, row);
            continue;
        }
        double next = row == 0 && b->cells_count > b->columns ? row_height(l, b, b->columns) : 0;
        double before = l->y;
        shodo_flow_need(l, head + next > PAGE_MM ? h : h + next);
        if (row > 0 && l->y < before) /* a new page: the head again */
            draw_row(l, b, 0, head);
        draw_row(l, b, row, h);
    }
    l->y += 2;
}

static void check(struct shodo_flow *l, const struct shodo_block *b) {
    double h = shodo_flow_height(l, WIDTH - 7, l->body_pt, b->text) + 1.6;
    shodo_flow_need(l, h);
    shodo_pdf_frame(l->pdf, MARGIN + 0.5, l->y + 0.6, CHECK_MM, CHECK_MM, 0.8);
    shodo_flow_text(l, MARGIN + 7, l->y, WIDTH - 7, l->body_pt, SHODO_PDF_REGULAR, b->text);
    l->y += h;
}

/* Finder patterns need at least four modules of quiet zone: ISO/IEC 18004. */
static void qr(struct shodo_flow *l, const struct shodo_block *b) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    const uint8_t *modules = NULL;
    int size = 0;
    if (shodo_qr(b->text, &arena, &size, &modules, l->err) != SHODO_OK) {
        shodo_flow_text(l, MARGIN, l->y, WIDTH, BODY_PT, SHODO_PDF_REGULAR, b->text);
        return;
    }
    double text_width = WIDTH - QR_MM - 4;
    double h = SHODO_MAX(QR_MM, shodo_flow_line(BODY_PT) +
                                    shodo_flow_height(l, text_width, SMALL_PT, b->text) + 2);
    shodo_flow_need(l, h + 2);
    double module = QR_MM / (size + 8);
    for (int i = 0; i < size * size; i++) {
        if (modules[i])
            shodo_pdf_fill(l->pdf, MARGIN + (i % size + 4) * module, l->y + (i / size + 4) * module,
                           module * 1.01, module * 1.01, 0);
    }
    double y = shodo_flow_text(l, MARGIN + QR_MM + 4, l->y + 3, text_width, BODY_PT, SHODO_PDF_BOLD,
                               b->label);
    shodo_flow_text(l, MARGIN + QR_MM + 4, y, text_width, SMALL_PT, SHODO_PDF_REGULAR, b->text);
    l->y += h + 2;
}

/* To be cut out: large print that a ward reads from the door. */
static void tag(struct shodo_flow *l, const struct shodo_block *b) {
    double inner = WIDTH - 12, size = TAG_TITLE_PT;
    while (size > 16 && shodo_pdf_width(l->pdf, size, b->label, strlen(b->label)) > inner)
        size -= 2;
    double h = SHODO_MAX(TAG_MM,
                         shodo_flow_line(size) + shodo_flow_height(l, inner, TAG_PT, b->text) + 12);
    shodo_flow_need(l, h);
    shodo_pdf_frame(l->pdf, MARGIN, l->y, WIDTH, h, 2.4);
    double x = MARGIN + (WIDTH - shodo_pdf_width(l->pdf, size, b->label, strlen(b->label))) / 2;
    shodo_pdf_text(l->pdf, x, l->y + 4 + size * 1.1 * SHODO_PDF_MM_PER_PT, size, SHODO_PDF_BOLD,
                   b->label, strlen(b->label));
    shodo_flow_text(l, MARGIN + 6, l->y + 6 + shodo_flow_line(size), inner, TAG_PT,
                    SHODO_PDF_REGULAR, b->text);
    l->y += h + 4;
}

static void block(struct shodo_flow *l, const struct shodo_block *b) {
    switch (b->kind) {
    case SHODO_BLOCK_HEADING:
        heading(l, b);
        break;
    case SHODO_BLOCK_PARAGRAPH:
        l->y = shodo_flow_text(l, MARGIN, l->y, WIDTH, l->body_pt, SHODO_PDF_REGULAR, b->text) +
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
            shodo_flow_page(l);
        break;
    }
}

static void title(struct shodo_flow *l) {
    const struct shodo_document *d = l->d;
    char when[SHODO_TIME_TEXT_BYTES], line[256];
    shodo_time_local(d->made, d->offset_min, when);
    l->y = shodo_flow_text(l, MARGIN, l->y, WIDTH, 16, SHODO_PDF_BOLD, d->title);
    snprintf(line, sizeof(line), d->is_ja ? "%s%s%s作成 %s" : "%s%s%smade %s",
             *d->case_id ? (d->is_ja ? "事案 " : "case ") : "", d->case_id, *d->case_id ? "  " : "",
             when);
    if (*when)
        l->y = shodo_flow_text(l, MARGIN, l->y, WIDTH, BODY_PT, SHODO_PDF_REGULAR, line);
    l->y += 2;
}

static void right(struct shodo_flow *l, double y, double size, enum shodo_pdf_weight weight,
                  const char *s) {
    shodo_pdf_text(l->pdf, MARGIN + WIDTH - shodo_pdf_width(l->pdf, size, s, strlen(s)), y, size,
                   weight, s, strlen(s));
}

/* Head and foot of every page, when the number of pages is known. */
static void decorate(struct shodo_flow *l) {
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

static enum shodo_status lay_out(const struct shodo_document *d, double scale,
                                 struct shodo_font *font, struct shodo_pdf **ret,
                                 unsigned *ret_first, struct shodo_error *err) {
    const struct shodo_pdf_info info = {
        .title = d->title, .author = "shodo", .subject = d->case_id, .created = d->made};
    enum shodo_status status = shodo_pdf_new(ret, font, &info, err);
    if (status != SHODO_OK)
        return status;
    struct shodo_flow l = {.d = d,
                           .pdf = *ret,
                           .err = err,
                           .scale = scale,
                           .pad = (d->is_compact ? COMPACT_PAD : CELL_PAD) * scale,
                           .small_pt = SMALL_PT * scale,
                           .body_pt = scale * (d->is_large     ? LARGE_PT
                                               : d->is_compact ? COMPACT_PT
                                                               : BODY_PT)};
    shodo_flow_page(&l);
    if (l.status == SHODO_OK)
        title(&l);
    *ret_first = 0; /* pages before the first forced one */
    for (size_t i = 0; i < d->blocks.count && l.status == SHODO_OK; i++) {
        const struct shodo_block *b = shodo_vec_at(&d->blocks, i);
        if (b->kind == SHODO_BLOCK_PAGE && !*ret_first)
            *ret_first = shodo_pdf_pages(*ret);
        block(&l, b);
    }
    *ret_first = *ret_first ? *ret_first : shodo_pdf_pages(*ret);
    return l.status;
}

enum shodo_status shodo_document_pdf(const struct shodo_document *d, struct shodo_buf *out,
                                     struct shodo_error *err) {
    shodo_autop(shodo_font) struct shodo_font *font = NULL;
    shodo_autop(shodo_pdf) struct shodo_pdf *pdf = NULL;
    enum shodo_status status = d->is_broken
                                   ? shodo_fail(err, SHODO_NOMEM, "no memory for the document")
                                   : SHODO_OK;
    if (status == SHODO_OK)
        status = shodo_font_open_default(&font, err);
    /* too long for one page even in the smallest print: as many pages as it takes, in full size */
    for (size_t i = 0; i <= SHODO_ARRAY_SIZE(scales) && status == SHODO_OK; i++) {
        pdf = shodo_pdf_free(pdf);
        unsigned first = 0;
        status = lay_out(d, i < SHODO_ARRAY_SIZE(scales) ? scales[i] : 1, font, &pdf, &first, err);
        if (status == SHODO_OK && (!d->is_one_page || first == 1))
            break;
    }
    if (status != SHODO_OK)
        return status;
    struct shodo_flow l = {.d = d, .pdf = pdf};
    decorate(&l);
    return shodo_pdf_finish(pdf, out, err);
}
