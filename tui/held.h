/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A held key answers one question only. A digit answers at once where nothing irreversible follows;
 * the keyboard's repeats of it (and of Enter) are dropped until the key was released, and the Enter
 * that people press after a digit out of habit is dropped too.
 */
#ifndef SHODO_TUI_HELD_H
#define SHODO_TUI_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include "key.h"

/* A keyboard repeats after 250 ms (Linux console) to 500 ms (remote consoles), then every 33 ms. */
#define TUI_HELD_MS 600
/* Within this time after a digit that answered, Enter still belongs to the digit. */
#define TUI_HABIT_MS 1000

struct tui_held {
    struct tui_key last;
    uint64_t last_ms;
    bool has_answered; /* the last key was a digit that answered at once */
    bool is_outside;   /* the key that is held was first pressed outside a text field */
};

/* A key came at `now_ms` (any clock that only goes forward): true when it is a repeat of a held
 * digit or Enter and must be dropped. In a text field letters may repeat: there Enter is
 * looked at, and a digit whose hold began outside, on the question that opened the field. */
bool tui_held_repeats(struct tui_held *h, struct tui_key key, bool is_text, uint64_t now_ms);
/* The digit that is being handled answers at once. */
void tui_held_answers(struct tui_held *h);
/* true: this Enter belongs to the digit before it and must be dropped. Call for every key. */
bool tui_held_is_habit(struct tui_held *h, struct tui_key key);

#endif
