/* SPDX-License-Identifier: Apache-2.0 */
/* Keys are data (key.def): one list gives the actions, the letter twins, the footer and the help.
 */
#ifndef SHODO_TUI_KEY_H
#define SHODO_TUI_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "msg.h"

enum tui_action {
    TUI_ACTION_NONE,
#define KEY(id, name, letter, label) TUI_ACTION_##id,
#include "key.def"
#undef KEY
    TUI_ACTION_CHAR, /* printable character while a text field has the focus */
    TUI_ACTION_RESIZE,
    TUI_ACTION_TICK, /* nothing pressed: time or a child's output moved on */
    TUI_ACTION_COUNT
};

/* One key press. `ch` is the character for CHAR (and the letter that was pressed otherwise). */
struct tui_key {
    enum tui_action action;
    uint32_t ch;
};

const char *tui_key_name(enum tui_action a); /* "F1"; "" when it has none */
char tui_key_letter(enum tui_action a);      /* 0 when it has none */
enum tui_msg tui_key_label(enum tui_action a);
/* From a name ("F1", "Enter", "Down", "a", "あ") as scripts write it. In a text field letters are
 * CHAR. */
struct tui_key tui_key_from_name(const char *name, bool in_text_field);
struct tui_key tui_key_from_char(uint32_t ch, bool in_text_field);

#endif
