/* SPDX-License-Identifier: Apache-2.0 */
#include "held.h"

static bool is_digit(struct tui_key key) {
    return key.action == TUI_ACTION_CHAR && key.ch >= '0' && key.ch <= '9';
}

bool tui_held_repeats(struct tui_held *h, struct tui_key key, bool is_text, uint64_t now_ms) {
    bool goes_on = key.action == h->last.action && key.ch == h->last.ch &&
                   now_ms - h->last_ms < TUI_HELD_MS;
    if (!goes_on)
        h->is_outside = !is_text;
    bool repeats = goes_on && (key.action == TUI_ACTION_ENTER || (is_digit(key) && h->is_outside));
    if (h->has_answered && now_ms - h->last_ms >= TUI_HABIT_MS)
        h->has_answered = false;
    h->last = key;
    h->last_ms = now_ms;
    return repeats;
}

void tui_held_answers(struct tui_held *h) {
    h->has_answered = true;
}

bool tui_held_is_habit(struct tui_held *h, struct tui_key key) {
    bool is_habit = h->has_answered && key.action == TUI_ACTION_ENTER;
    if (key.action != TUI_ACTION_LANGUAGE) /* the same screen, in the other language */
        h->has_answered = false;
    return is_habit;
}
