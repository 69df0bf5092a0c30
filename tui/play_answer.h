/* SPDX-License-Identifier: Apache-2.0 */
/* Answering the step that the play screen on top shows (screen_play.c draws it and reads keys). */
#ifndef SHODO_TUI_PLAY_ANSWER_H
#define SHODO_TUI_PLAY_ANSWER_H

#include "play.h"
#include "play_view.h"

/* Of a play screen; lives as long as it. */
struct tui_play_state {
    int current;    /* visit that was shown last */
    int scroll_max; /* of the text, as drawn last */
    bool shows_why;
    struct shodo_buf note; /* answer on its way to the journal */
};

const struct shodo_playbook *tui_play_book(const struct tui_app *app, const struct tui_view *v);
/* Records it for the step where the playbook stands; `note` may be NULL. */
void tui_play_answer(struct tui_app *app, const char *value, const char *note);
/* An answer of the step: asks what goes with it (who, when, words), then records it. */
void tui_play_answer_option(struct tui_app *app, struct tui_view *v, const struct shodo_step *s,
                            const struct tui_option *o);
/* Done with another tool. */
void tui_play_ask_otherwise(struct tui_app *app);
/* Lines of the step's walk of which nothing was said, 0: none, or it is no walk. */
size_t tui_play_open_lines(const struct tui_app *app, const struct shodo_step *s);
/* 済んだ with `count` open lines: the list, or on with a note of it. */
void tui_play_ask_open_lines(struct tui_app *app, long count);
/* As if the answer number `index` (from 0) of the step had been chosen (screen_play.c). */
void tui_play_choose(struct tui_app *app, struct tui_view *v, int index);

#endif
