/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Promised calls: "call the ward again at 21:00". A record `promise/N` with the time as value
 * ("2026-11-22 21:00") and whom as note; "done" when it was kept. The screen reminds; nothing fails
 * by itself.
 */
#ifndef SHODO_TUI_PROMISE_H
#define SHODO_TUI_PROMISE_H

#include "app.h"
#include "base/time.h"

#define TUI_PROMISES_MAX 200

struct tui_promise {
    unsigned number;
    char time[SHODO_TIME_TEXT_BYTES];
    const char *who; /* borrowed from the fold */
    int minutes;     /* until then; negative: it is late */
};

/* Open promises, the earliest first; at most `max`. Returns how many. */
size_t tui_promises(const struct tui_app *app, struct tui_promise *out, size_t max);
/* "次の電話 21:00 病棟 (あと12分)", empty when there is none. Appends. true: it is due. */
bool tui_promise_next(const struct tui_app *app, struct shodo_buf *out);
/* Asks when `who` is called next (15, 30, 60 minutes, typed, not at all), records it, then calls
 * `then` with the time or "". */
typedef void (*tui_promise_done)(struct tui_app *app, const char *time);
void tui_promise_ask(struct tui_app *app, const char *who, tui_promise_done then);
/* the same for the call of a step, by its name */
void tui_promise_ask_step(struct tui_app *app, const struct shodo_step *s, tui_promise_done then);
void tui_promise_keep(struct tui_app *app, unsigned number);

#endif
