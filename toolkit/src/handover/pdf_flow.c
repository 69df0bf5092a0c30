/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/pdf_flow.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"

#define LEADING   1.45 /* of the font size */
#define LINES_MIN 3    /* fewer lines are not left alone at the end of a page */

double shodo_flow_line(double size_pt) {
    return size_pt * LEADING * SHODO_PDF_MM_PER_PT;
}

void shodo_flow_page(struct shodo_flow *l) {
    if (l->status == SHODO_OK)
        l->status = shodo_pdf_page(l->pdf, l->err);
    l->y = SHODO_PDF_TOP;
}

void shodo_flow_need(struct shodo_flow *l, double mm) {
    if (l->y + mm > SHODO_PDF_BOTTOM && l->y > SHODO_PDF_TOP)
        shodo_flow_page(l);
}

struct fit {
    struct shodo_flow *l;
    double x, y, size, widest;
    enum shodo_pdf_weight weight;
    int lines, from, to; /* lines drawn: from <= line < to */
    bool draws, breaks;
};

static void fit_line(void *ctx, const char *s, size_t n) {
    struct fit *f = ctx;
    int line = f->lines++;
    if (!f->draws) {
        f->widest = SHODO_MAX(f->widest, shodo_pdf_width(f->l->pdf, f->size, s, n));
        return;
    }
    if (line < f->from || line >= f->to)
        return;
    if (f->breaks && f->y + shodo_flow_line(f->size) > SHODO_PDF_BOTTOM) {
        shodo_flow_page(f->l);
        f->y = f->l->y;
    }
    if (f->l->status == SHODO_OK)
        shodo_pdf_text(f->l->pdf, f->x, f->y + f->size * 1.1 * SHODO_PDF_MM_PER_PT, f->size,
                       f->weight, s, n);
    f->y += shodo_flow_line(f->size);
}

/* Columns of half a font size that fit; fewer when characters are wider in the font than on a
 * terminal (ambiguous width). */
static size_t columns_for(struct shodo_flow *l, double width, double size, const char *text,
                          int *ret_lines) {
    size_t columns = (size_t)(width / (size * 0.5 * SHODO_PDF_MM_PER_PT));
    for (columns = SHODO_MAX(columns, (size_t)2);; columns--) {
        struct fit f = {.l = l, .size = size};
        shodo_text_wrap(text, strlen(text), columns, fit_line, &f);
        if (f.widest <= width + 0.01 || columns == 2) {
            *ret_lines = SHODO_MAX(f.lines, 1);
            return columns;
        }
    }
}

int shodo_flow_lines(struct shodo_flow *l, double width, double size_pt, const char *text) {
    int lines = 0;
    columns_for(l, width, size_pt, text, &lines);
    return lines;
}

double shodo_flow_height(struct shodo_flow *l, double width, double size_pt, const char *text) {
    return shodo_flow_lines(l, width, size_pt, text) * shodo_flow_line(size_pt);
}

static void draw(struct fit *f, double width, const char *text) {
    int lines = 0;
    size_t columns = columns_for(f->l, width, f->size, text, &lines);
    f->draws = true;
    shodo_text_wrap(text, strlen(text), columns, fit_line, f);
}

double shodo_flow_text(struct shodo_flow *l, double x, double y, double width, double size_pt,
                       enum shodo_pdf_weight weight, const char *text) {
    struct fit f = {
        .l = l, .x = x, .y = y, .size = size_pt, .weight = weight, .to = INT_MAX, .breaks = true};
    draw(&f, width, text);
    return f.y;
}

/* Lines of a column in a box, its small print behind the text; small lines count as whole ones. */
static int column_lines(struct shodo_flow *l, const struct shodo_flow_column *c, int *ret_text) {
    double width = c->width - 2 * l->pad;
    *ret_text = shodo_flow_lines(l, width, c->size_pt, c->text);
    bool has_small = !c->more && c->small && *c->small;
    return *ret_text + (has_small ? shodo_flow_lines(l, width, l->small_pt, c->small) : 0);
}

static void draw_piece(struct shodo_flow *l, const struct shodo_flow_column *c, double top,
                       int from, int count) {
    int text = 0, lines = column_lines(l, c, &text);
    double width = c->width - 2 * l->pad;
    bool is_again = c->more && from > 0;
    struct fit f = {.l = l,
                    .x = c->x + l->pad,
                    .y = top + l->pad,
                    .size = c->size_pt,
                    .weight = c->weight,
                    .from = c->more ? 0 : from,
                    .to = c->more ? count : from + count};
    draw(&f, width, is_again ? c->more : c->text);
    if (c->more || lines <= text)
        return;
    struct fit g = {.l = l,
                    .x = f.x,
                    .y = f.y,
                    .size = l->small_pt,
                    .from = from - text,
                    .to = from + count - text};
    draw(&g, width, c->small);
}

void shodo_flow_box(struct shodo_flow *l, const struct shodo_flow_column *columns, size_t n,
                    double frame_pt, void (*again)(struct shodo_flow *l, const void *ctx),
                    const void *ctx) {
    int lines = 1, text = 0;
    double size = 0;
    for (size_t i = 0; i < n; i++) {
        lines = SHODO_MAX(lines, column_lines(l, &columns[i], &text));
        size = SHODO_MAX(size, columns[i].size_pt);
    }
    double line = shodo_flow_line(size);
    shodo_flow_need(l, LINES_MIN * line + 2 * l->pad);
    for (int from = 0; from < lines && l->status == SHODO_OK;) {
        if (from > 0) {
            shodo_flow_page(l);
            if (again)
                again(l, ctx);
        }
        int room = (int)((SHODO_PDF_BOTTOM - l->y - 2 * l->pad) / line);
        int count = SHODO_MIN(SHODO_MAX(room, 1), lines - from);
        double h = count * line + 2 * l->pad;
        for (size_t i = 0; i < n; i++) {
            const struct shodo_flow_column *c = &columns[i];
            if (c->grey < 1)
                shodo_pdf_fill(l->pdf, c->x, l->y, c->width, h, c->grey);
            shodo_pdf_frame(l->pdf, c->x, l->y, c->width, h, frame_pt);
            draw_piece(l, c, l->y, from, count);
        }
        l->y += h;
        from += count;
    }
}
