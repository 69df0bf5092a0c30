/* SPDX-License-Identifier: Apache-2.0 */
#include "key.h"

#include <string.h>

#include "base/text.h"

struct row {
    const char *name;
    char letter;
    enum tui_msg label;
};

static const struct row rows[TUI_ACTION_COUNT] = {
#define KEY(id, key_name, key_letter, key_label)                                                   \
    [TUI_ACTION_##id] = {.name = key_name, .letter = key_letter, .label = key_label},
#include "key.def"
#undef KEY
};

const char *tui_key_name(enum tui_action a) {
    return a < TUI_ACTION_COUNT && rows[a].name ? rows[a].name : "";
}

char tui_key_letter(enum tui_action a) {
    return a < TUI_ACTION_COUNT ? rows[a].letter : 0;
}

enum tui_msg tui_key_label(enum tui_action a) {
    shodo_assert(a < TUI_ACTION_COUNT);
    return rows[a].label;
}

struct tui_key tui_key_from_char(uint32_t ch, bool in_text_field) {
    if (ch == '\r' || ch == '\n')
        return (struct tui_key){.action = TUI_ACTION_ENTER, .ch = ch};
    if (ch == '\t')
        return (struct tui_key){.action = TUI_ACTION_NEXT, .ch = ch};
    if (ch == 27)
        return (struct tui_key){.action = TUI_ACTION_BACK, .ch = ch};
    if (ch == 8 || ch == 127)
        return (struct tui_key){.action = TUI_ACTION_ERASE, .ch = ch};
    if (ch < 32)
        return (struct tui_key){.action = TUI_ACTION_NONE, .ch = ch};
    if (in_text_field)
        return (struct tui_key){.action = TUI_ACTION_CHAR, .ch = ch};
    if (ch == ' ')
        return (struct tui_key){.action = TUI_ACTION_MARK, .ch = ch};
    for (int a = 1; a < TUI_ACTION_COUNT; a++) {
        if (rows[a].letter && ch < 128 && (uint32_t)rows[a].letter == ch)
            return (struct tui_key){.action = (enum tui_action)a, .ch = ch};
    }
    return (struct tui_key){.action = TUI_ACTION_CHAR, .ch = ch}; /* digits choose list rows */
}

struct tui_key tui_key_from_name(const char *name, bool in_text_field) {
    for (int a = 1; a < TUI_ACTION_COUNT; a++) {
        if (rows[a].name && strcmp(rows[a].name, name) == 0 && strlen(name) > 1)
            return (struct tui_key){.action = (enum tui_action)a, .ch = 0};
    }
    if (strcmp(name, "Space") == 0)
        return tui_key_from_char(' ', in_text_field);
    size_t pos = 0;
    size_t n = strlen(name);
    uint32_t ch = n ? shodo_text_next(name, n, &pos) : 0;
    if (n == 0 || pos != n)
        return (struct tui_key){.action = TUI_ACTION_NONE, .ch = 0};
    return tui_key_from_char(ch, in_text_field);
}
