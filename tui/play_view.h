/* SPDX-License-Identifier: Apache-2.0 */
/* How a step looks: its answers and its texts. Pure; what an answer does is in screen_play.c. */
#ifndef SHODO_TUI_PLAY_VIEW_H
#define SHODO_TUI_PLAY_VIEW_H

#include "play.h"

#define TUI_OPTIONS_MAX 24

enum tui_option_kind {
    TUI_OPTION_ANSWER,
    TUI_OPTION_UNKNOWN,
    TUI_OPTION_DONE,
    TUI_OPTION_LATER,
    TUI_OPTION_OPEN,
    TUI_OPTION_OTHERWISE
};

struct tui_option {
    enum tui_option_kind kind;
    const char *value; /* NULL: it is typed */
    const char *label;
};

const char *tui_step_function(const struct shodo_step *s); /* built-in function, NULL none */
bool tui_step_is_run(const struct shodo_step *s);          /* it starts the engine on a disk */
/* Its function seals the evidence or ends the work on this machine. */
bool tui_step_seals(const struct shodo_step *s);
size_t tui_step_options(const struct tui_app *app, const struct shodo_step *s,
                        struct tui_option out[TUI_OPTIONS_MAX]);
/* The answer whose key is 0, -1 none. */
int tui_step_unknown(const struct tui_option *o, size_t n);
/* By Enter only: sealing, unplugging, and an answer that decides or speaks for the patients and
 * asks nothing more. */
bool tui_step_needs_enter(const struct shodo_step *s, const struct tui_option *o);
struct tui_step_look {
    int selected; /* answer, -1 none */
    int scroll;   /* lines of the text above the answers */
    bool shows_why;
};
/* The answers always stay on the screen; returns how far the text can be scrolled. */
int tui_step_draw(const struct tui_app *app, const struct shodo_step *s,
                  const struct tui_step_look *look, struct tui_canvas *c, struct tui_area a);
/* The list of steps beside it, on wide screens. */
void tui_step_draw_list(const struct tui_app *app, const struct tui_standing *st,
                        struct tui_canvas *c, struct tui_area a);

#endif
