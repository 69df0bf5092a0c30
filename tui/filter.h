/* SPDX-License-Identifier: Apache-2.0 */
/* `/` in a list: only the rows that hold the typed words stay. The filter belongs to the view and
 * ends with it. */
#ifndef SHODO_TUI_FILTER_H
#define SHODO_TUI_FILTER_H

#include "app.h"

/* true: no filter, or `text` holds it (ASCII letters in either case), or a word that is read so
 * (reading.h). NULL is an empty text. */
bool tui_filter_hits(const struct tui_view *v, const char *text);
/* Asks for the words on a screen of its own; empty takes the filter away. */
void tui_filter_ask(struct tui_app *app);
/* "  絞り込み: …" when there is one. Appends. */
void tui_filter_text(const struct tui_app *app, const struct tui_view *v, struct shodo_buf *out);

#endif
