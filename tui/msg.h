/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of the screens: msg.def has one row per message with both languages; a missing one cannot
 * compile. */
#ifndef SHODO_TUI_MSG_H
#define SHODO_TUI_MSG_H

enum tui_lang { TUI_LANG_JA, TUI_LANG_EN, TUI_LANG_COUNT };

enum tui_msg {
    MSG_NONE,
#define MSG(id, ja, en) MSG_##id,
#include "msg.def"
#undef MSG
    MSG_COUNT
};

const char *tui_msg(enum tui_msg id, enum tui_lang lang);

#endif
