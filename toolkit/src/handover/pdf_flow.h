/* SPDX-License-Identifier: Apache-2.0 */
/* Text on the pages of a document: wrapping with kinsoku, new pages, and boxes that run over pages
 * with a frame on each of them. Only document_pdf.c uses it. */
#ifndef SHODO_HANDOVER_PDF_FLOW_H
#define SHODO_HANDOVER_PDF_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "handover/document.h"
#include "handover/pdf.h"

#define SHODO_PDF_MARGIN    15.0 /* mm */
#define SHODO_PDF_FOOT_MM   10.0
#define SHODO_PDF_MM_PER_PT (25.4 / 72.0)
#define SHODO_PDF_TEXT_MM   (SHODO_PDF_WIDTH_MM - 2 * SHODO_PDF_MARGIN)
#define SHODO_PDF_TOP       (SHODO_PDF_MARGIN + 8)
#define SHODO_PDF_BOTTOM    (SHODO_PDF_HEIGHT_MM - SHODO_PDF_MARGIN - SHODO_PDF_FOOT_MM)

struct shodo_flow {
    const struct shodo_document *d;
    struct shodo_pdf *pdf;
    double y;                             /* top of what comes next */
    double scale, body_pt, small_pt, pad; /* pad: around the text of a cell, mm */
    enum shodo_status status;
    struct shodo_error *err;
};

double shodo_flow_line(double size_pt); /* height of a line, mm */
void shodo_flow_page(struct shodo_flow *l);
/* A block of `mm` that does not fit starts on the next page (unless it would not fit there
 * either). */
void shodo_flow_need(struct shodo_flow *l, double mm);

int shodo_flow_lines(struct shodo_flow *l, double width, double size_pt, const char *text);
double shodo_flow_height(struct shodo_flow *l, double width, double size_pt, const char *text);
/* Wrapped text at (x, y); it runs over pages where it must. Returns the y below it. */
double shodo_flow_text(struct shodo_flow *l, double x, double y, double width, double size_pt,
                       enum shodo_pdf_weight weight, const char *text);

/* One column of a box: its text starts `pad` inside. */
struct shodo_flow_column {
    double x, width;      /* mm, of the box */
    double size_pt, grey; /* grey: background, 1 none */
    enum shodo_pdf_weight weight;
    const char *text,
        *more;         /* more: stands in place of `text` on the next pages; NULL: it goes on */
    const char *small; /* below the text, in small print; NULL none */
};
/* A box of columns that is higher than a page: as many lines as fit on each page, each piece with
 * its frame. `again` (may be NULL) draws what is repeated at the head of a new page. */
void shodo_flow_box(struct shodo_flow *l, const struct shodo_flow_column *columns, size_t n,
                    double frame_pt, void (*again)(struct shodo_flow *l, const void *ctx),
                    const void *ctx);

#endif
