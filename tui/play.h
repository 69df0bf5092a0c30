/* SPDX-License-Identifier: Apache-2.0 */
/* Where we stand in a playbook: the fold's answers through shodo_play_trace(). Nothing is
 * remembered besides. */
#ifndef SHODO_TUI_PLAY_H
#define SHODO_TUI_PLAY_H

#include "app.h"
#include "case/playbook.h"

#define TUI_STEP_KEY_BYTES 200

struct tui_standing {
    const struct shodo_playbook *book;
    struct shodo_play play;
    size_t actions, done; /* steps a person does, met so far; how many of them are done */
    bool is_valid;
};

/* "ransomware/action--…", with "~2" after the playbook's key when it was begun a second time. */
void tui_play_step_key(const struct tui_app *app, const struct shodo_playbook *p,
                       const struct shodo_visit *v, char out[TUI_STEP_KEY_BYTES]);
bool tui_play_load(const struct tui_app *app, const struct shodo_playbook *p,
                   struct tui_standing *ret, struct shodo_error *err);
void tui_play_done(struct tui_standing *s);
bool tui_play_is_action(const struct shodo_step *s);
const struct shodo_step *tui_play_step(const struct tui_standing *s, int visit);
/* About how many steps a person does in all: what is open counts as if it were answered with
 * 分からない. */
size_t tui_play_expected(const struct tui_app *app, const struct shodo_playbook *p);
/* Records which playbooks are open (of the first `depth` screens, "a>b" when one led to another),
 * when that changed. */
void tui_play_remember(struct tui_app *app, int depth);
/* Opens the playbooks that were open, each over the one that led to it; one at its end is left out.
 */
void tui_play_restore(struct tui_app *app);
/* Opens the playbook at the step where it stands (its own screen); remembers in the journal that it
 * is open. */
void tui_play_open(struct tui_app *app, const char *key);
/* Starts the function of a step ("triage:quick"): pushes its screen. false: there is no such
 * function here. */
/* What it opens, in words. */
enum tui_msg tui_function_title(const char *function);
bool tui_function_open(struct tui_app *app, const char *function);

#endif
