/* SPDX-License-Identifier: Apache-2.0 */
#include "canvas.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char role_letters[TUI_ROLE_COUNT] = {
#define X(id, letter) letter,
    TUI_ROLES(X)
#undef X
};

bool tui_canvas_size(struct tui_canvas *c, int rows, int cols) {
    rows = rows < 1 ? 1 : SHODO_MIN(rows, TUI_MAX_ROWS);
    cols = cols < 1 ? 1 : SHODO_MIN(cols, TUI_MAX_COLS);
    if (rows != c->rows || cols != c->cols || !c->cells) {
        struct tui_cell *cells = calloc((size_t)rows * (size_t)cols, sizeof(*cells));
        if (!cells)
            return false;
        free(c->cells);
        c->cells = cells;
        c->rows = rows;
        c->cols = cols;
    }
    tui_canvas_clear(c);
    return true;
}

static void blank(struct tui_cell *cell, enum tui_role role) {
    cell->text[0] = ' ';
    cell->len = 1;
    cell->width = 1;
    cell->role = (uint8_t)role;
}

void tui_canvas_clear(struct tui_canvas *c) {
    for (int i = 0; i < c->rows * c->cols; i++)
        blank(&c->cells[i], TUI_ROLE_NORMAL);
    c->cursor_row = c->cursor_col = -1;
}

void tui_canvas_done(struct tui_canvas *c) {
    free(c->cells);
    *c = (struct tui_canvas){.rows = 0};
}

static struct tui_cell *cell_at(const struct tui_canvas *c, int row, int col) {
    return &c->cells[row * c->cols + col];
}

const struct tui_cell *tui_canvas_at(const struct tui_canvas *c, int row, int col) {
    return cell_at(c, row, col);
}

/* Room at (row, col) for at most `cols` columns; the last cell of the last row is never written (it
 * would scroll). */
static int room(const struct tui_canvas *c, int row, int col, int cols) {
    if (row < 0 || row >= c->rows || col < 0 || col >= c->cols)
        return 0;
    int right = c->cols - (row == c->rows - 1 ? 1 : 0);
    return SHODO_MAX(0, SHODO_MIN(cols, right - col));
}

/* Overwriting one half of a wide character leaves a blank in the other half. */
static void break_wide(struct tui_canvas *c, int row, int col) {
    struct tui_cell *here = cell_at(c, row, col);
    if (here->width == 0 && col > 0)
        blank(cell_at(c, row, col - 1), here->role);
    if (here->width == 2 && col + 1 < c->cols)
        blank(cell_at(c, row, col + 1), here->role);
}

static int put_safe(struct tui_canvas *c, int row, int col, int cols, enum tui_role role,
                    const char *s, size_t n) {
    int used = 0;
    struct tui_cell *last = NULL;
    for (size_t pos = 0; pos < n;) {
        size_t from = pos;
        uint32_t cp = shodo_text_next(s, n, &pos);
        int width = shodo_text_width(cp);
        if (width <= 0) {
            if (last && last->len + (pos - from) <= TUI_CELL_BYTES) {
                memcpy(last->text + last->len, s + from, pos - from);
                last->len = (uint8_t)(last->len + (pos - from));
            }
            continue;
        }
        if (used + width > cols)
            break;
        break_wide(c, row, col + used);
        if (width == 2)
            break_wide(c, row, col + used + 1);
        last = cell_at(c, row, col + used);
        memcpy(last->text, s + from, pos - from);
        last->len = (uint8_t)(pos - from);
        last->width = (uint8_t)width;
        last->role = (uint8_t)role;
        if (width == 2) {
            struct tui_cell *right = cell_at(c, row, col + used + 1);
            right->len = 0;
            right->width = 0;
            right->role = (uint8_t)role;
        }
        used += width;
    }
    return used;
}

static int put_clipped(struct tui_canvas *c, int row, int col, int cols, enum tui_role role,
                       const char *s, size_t n, bool keep_end) {
    cols = room(c, row, col, cols);
    if (cols == 0 || !s)
        return 0;
    shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT;
    shodo_text_safe_clip(&safe, s, n, (size_t)cols, keep_end);
    return put_safe(c, row, col, cols, role, shodo_buf_cstr(&safe), safe.len);
}

int tui_canvas_text(struct tui_canvas *c, int row, int col, int cols, enum tui_role role,
                    const char *s) {
    return s ? put_clipped(c, row, col, cols, role, s, strlen(s), false) : 0;
}

int tui_canvas_textn(struct tui_canvas *c, int row, int col, int cols, enum tui_role role,
                     const char *s, size_t n) {
    return put_clipped(c, row, col, cols, role, s, n, false);
}

int tui_canvas_path(struct tui_canvas *c, int row, int col, int cols, enum tui_role role,
                    const char *s, size_t n) {
    return put_clipped(c, row, col, cols, role, s, n, true);
}

struct wrap {
    struct tui_canvas *canvas;
    int row, rows, col, cols, skip, line;
    enum tui_role role;
};

static void wrap_line(void *ctx, const char *s, size_t n) {
    struct wrap *w = ctx;
    int at = w->line++ - w->skip;
    if (at >= 0 && at < w->rows)
        tui_canvas_textn(w->canvas, w->row + at, w->col, w->cols, w->role, s, n);
}

int tui_canvas_wrap(struct tui_canvas *c, int row, int rows, int col, int cols, int skip,
                    enum tui_role role, const char *s, size_t n) {
    struct wrap w = {.canvas = c,
                     .row = row,
                     .rows = rows,
                     .col = col,
                     .cols = cols,
                     .skip = skip,
                     .role = role};
    if (cols < 2 || !s)
        return 0;
    /* Made safe line by line first, so that what is wrapped is what is shown; '\n' stays a line
     * break. */
    shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT;
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && s[end] != '\n')
            end++;
        shodo_text_safe(&safe, s + i, end - i);
        if (end < n)
            shodo_buf_addc(&safe, '\n');
        i = end + 1;
    }
    shodo_text_wrap(shodo_buf_cstr(&safe), safe.len, (size_t)cols, wrap_line, &w);
    return w.line;
}

void tui_canvas_fill(struct tui_canvas *c, int row, int col, int cols, enum tui_role role) {
    cols = room(c, row, col, cols);
    for (int i = 0; i < cols; i++) {
        break_wide(c, row, col + i);
        blank(cell_at(c, row, col + i), role);
    }
}

void tui_canvas_hline(struct tui_canvas *c, int row, int col, int cols) {
    cols = room(c, row, col, cols);
    for (int i = 0; i < cols; i++)
        put_safe(c, row, col + i, 1, TUI_ROLE_FRAME, "-", 1);
}

void tui_canvas_dump(const struct tui_canvas *c, struct shodo_buf *out, bool roles) {
    for (int layer = 0; layer < (roles ? 2 : 1); layer++) {
        for (int row = 0; row < c->rows; row++) {
            size_t keep = out->len;
            for (int col = 0; col < c->cols; col++) {
                const struct tui_cell *cell = cell_at(c, row, col);
                char letter = role_letters[cell->role];
                bool is_blank = layer == 0 ? (cell->len == 1 && cell->text[0] == ' ')
                                           : letter == '.';
                if (layer == 1)
                    shodo_buf_addc(out, letter);
                else
                    shodo_buf_add(out, cell->text, cell->len);
                if (!is_blank)
                    keep = out->len;
            }
            out->len = keep;
            shodo_buf_addc(out, '\n');
        }
        if (roles && layer == 0)
            shodo_buf_adds(out, "----\n");
    }
}
