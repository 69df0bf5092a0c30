/* SPDX-License-Identifier: Apache-2.0 */
#include "msg.h"

#include "base/macro.h"

static const char *const texts[MSG_COUNT][TUI_LANG_COUNT] = {
    [MSG_NONE] = {"", ""},
#define MSG(id, ja, en) [MSG_##id] = {ja, en},
#include "msg.def"
#undef MSG
};

const char *tui_msg(enum tui_msg id, enum tui_lang lang) {
    shodo_assert(id < MSG_COUNT && lang < TUI_LANG_COUNT);
    return texts[id][lang];
}
