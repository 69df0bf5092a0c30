/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PDF 1.7 writer for sheets: pages of A4, text in one embedded subset font, lines and boxes. Text
 * is real (searchable, copyable): Type0 font, CIDFontType2, Identity-H, ToUnicode. Black, white and
 * grey only: printers and fax. Units are millimetres from the top left corner; font sizes are
 * points. Ref: ISO 32000-1.
 *
 * The same calls give the same bytes (dates come from the caller).
 */
#ifndef SHODO_HANDOVER_PDF_H
#define SHODO_HANDOVER_PDF_H

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "handover/font.h"

#define SHODO_PDF_WIDTH_MM  210.0
#define SHODO_PDF_HEIGHT_MM 297.0
#define SHODO_PDF_PAGES_MAX 2000

struct shodo_pdf_info {
    const char *title, *author, *subject, *keywords; /* UTF-8; NULL: left out */
    int64_t created;                                 /* ns UTC */
};

enum shodo_pdf_weight { SHODO_PDF_REGULAR, SHODO_PDF_BOLD };

struct shodo_pdf;
/* `font` is borrowed. */
enum shodo_status shodo_pdf_new(struct shodo_pdf **ret, struct shodo_font *font,
                                const struct shodo_pdf_info *info, struct shodo_error *err);
struct shodo_pdf *shodo_pdf_free(struct shodo_pdf *p);
/* Starts a page; everything below draws on the newest one. LIMIT past SHODO_PDF_PAGES_MAX. */
enum shodo_status shodo_pdf_page(struct shodo_pdf *p, struct shodo_error *err);
unsigned shodo_pdf_pages(const struct shodo_pdf *p);
/* Goes back to a page that was started (for "page x / y" at the end). */
void shodo_pdf_select(struct shodo_pdf *p, unsigned page);

/* Width in millimetres. A character that the font does not have counts (and is drawn) as '〓'; see
 * shodo_pdf_missing(). */
double shodo_pdf_width(struct shodo_pdf *p, double size_pt, const char *s, size_t n);
/* Base line at y. */
void shodo_pdf_text(struct shodo_pdf *p, double x, double y, double size_pt,
                    enum shodo_pdf_weight weight, const char *s, size_t n);
void shodo_pdf_line(struct shodo_pdf *p, double x1, double y1, double x2, double y2,
                    double width_pt);
/* grey: 0 black … 1 white. */
void shodo_pdf_fill(struct shodo_pdf *p, double x, double y, double w, double h, double grey);
void shodo_pdf_frame(struct shodo_pdf *p, double x, double y, double w, double h, double width_pt);
/* Characters drawn as '〓' so far. */
unsigned shodo_pdf_missing(const struct shodo_pdf *p);
/* The whole file. */
enum shodo_status shodo_pdf_finish(struct shodo_pdf *p, struct shodo_buf *out,
                                   struct shodo_error *err);
SHODO_DEFINE_AUTOP(shodo_pdf, shodo_pdf_free)

#endif
