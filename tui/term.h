/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal: shows a canvas, reads keys. The only file that knows ncurses. Terminal descriptions
 * are embedded (build-time infocmp), so no terminfo files are needed.
 */
#ifndef SHODO_TUI_TERM_H
#define SHODO_TUI_TERM_H

#include <stdbool.h>

#include "base/status.h"
#include "canvas.h"
#include "key.h"

enum tui_theme { TUI_THEME_COLOUR, TUI_THEME_CONTRAST, TUI_THEME_MONO, TUI_THEME_COUNT };

struct tui_term;
/* UNSUPPORTED: the terminal cannot be driven. Chooses MONO when there is no colour or NO_COLOR is
 * set. */
enum shodo_status tui_term_open(struct tui_term **ret, struct shodo_error *err);
struct tui_term *tui_term_free(struct tui_term *t); /* restores the terminal */
void tui_term_size(const struct tui_term *t, int *ret_rows, int *ret_cols);
bool tui_term_has_japanese(const struct tui_term *t); /* false: kernel console, non-UTF-8 */
enum tui_theme tui_term_theme(const struct tui_term *t);
void tui_term_set_theme(struct tui_term *t, enum tui_theme theme);
/* Draws what changed since the last call. */
void tui_term_show(struct tui_term *t, const struct tui_canvas *c);
void tui_term_redraw(struct tui_term *t); /* everything, next time */
int tui_term_fd(const struct tui_term *t);
/* Next key, or NONE when none is waiting. RESIZE after a change of size. */
struct tui_key tui_term_key(struct tui_term *t, bool in_text_field);

#endif
