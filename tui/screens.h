/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the screen table, one per screen_*.c. */
#ifndef SHODO_TUI_SCREENS_H
#define SHODO_TUI_SCREENS_H

#include "app.h"

extern const struct tui_screen tui_screen_home;
extern const struct tui_screen tui_screen_findings;
extern const struct tui_screen tui_screen_detail;
extern const struct tui_screen tui_screen_help;

/* Up, down, page, first, last over `count` rows of which `rows` fit; true when the key was one of them. */
bool tui_list_key(struct tui_view *v, struct tui_key key, int count, int rows);

#endif
