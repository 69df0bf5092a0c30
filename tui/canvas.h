/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A screen as data: rows × columns of cells. Screens draw here and nowhere else; term.c shows a
 * canvas on a terminal, script.c writes it as text for the golden tests. All text is made safe
 * (controls, bidi, invisible characters become visible) and never splits a wide character; the last
 * cell of the last row stays empty.
 */
#ifndef SHODO_TUI_CANVAS_H
#define SHODO_TUI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Role letters stand in the second layer of a golden. A colour never carries meaning alone: every
 * state has a tag too. */
#define TUI_ROLES(X)                                                                               \
    X(NORMAL, '.')                                                                                 \
    X(DIM, 'd')                                                                                    \
    X(TITLE, 'T')                                                                                  \
    X(KEY, 'k')                                                                                    \
    X(SELECTED, 'S')                                                                               \
    X(UNFOCUSED, 'u')                                                                              \
    X(OK, 'o')                                                                                     \
    X(WARN, 'w')                                                                                   \
    X(DANGER, '!')                                                                                 \
    X(UNKNOWN, '?')                                                                                \
    X(PROGRESS, 'p')                                                                               \
    X(INPUT, 'i')                                                                                  \
    X(ERROR, 'E')                                                                                  \
    X(LINK, 'l')                                                                                   \
    X(HEADER, 'H')                                                                                 \
    X(FRAME, 'f')
enum tui_role {
#define X(id, letter) TUI_ROLE_##id,
    TUI_ROLES(X)
#undef X
        TUI_ROLE_COUNT
};

#define TUI_CELL_BYTES 24 /* base character and combining marks, UTF-8 */
#define TUI_MAX_ROWS   400
#define TUI_MAX_COLS   600

struct tui_cell {
    char text[TUI_CELL_BYTES];
    uint8_t len;
    uint8_t width; /* 1 or 2; 0 = right half of the cell before */
    uint8_t role;
};

struct tui_canvas {
    int rows, cols;
    struct tui_cell *cells;
    int cursor_row, cursor_col; /* -1: hidden */
};

/* (re)allocates and clears; false on no memory */
bool tui_canvas_size(struct tui_canvas *c, int rows, int cols);
void tui_canvas_clear(struct tui_canvas *c);
void tui_canvas_done(struct tui_canvas *c);
const struct tui_cell *tui_canvas_at(const struct tui_canvas *c, int row, int col);

/* Writes safe text from (row, col), at most `cols` columns (clipped at the right edge too); returns
 * columns used. */
int tui_canvas_text(struct tui_canvas *c, int row, int col, int cols, enum tui_role role,
                    const char *s);
int tui_canvas_textn(struct tui_canvas *c, int row, int col, int cols, enum tui_role role,
                     const char *s, size_t n);
/* Same with the left end cut ("..tail"): paths. */
int tui_canvas_path(struct tui_canvas *c, int row, int col, int cols, enum tui_role role,
                    const char *s, size_t n);
/* Wrapped (kinsoku) from `row`, at most `rows` lines, leaving out the first `skip` lines. Returns
 * the number of lines the whole text has. */
int tui_canvas_wrap(struct tui_canvas *c, int row, int rows, int col, int cols, int skip,
                    enum tui_role role, const char *s, size_t n);
void tui_canvas_fill(struct tui_canvas *c, int row, int col, int cols, enum tui_role role);
void tui_canvas_hline(struct tui_canvas *c, int row, int col, int cols);
/* Text dump: lines without trailing blanks; with `roles`, a second block of role letters. */
void tui_canvas_dump(const struct tui_canvas *c, struct shodo_buf *out, bool roles);

#endif
