/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program: state, the stack of screens, and the loop. A screen is one row of the table in screen.c: it draws from
 * the state and answers a key with effects; it does nothing itself. What is true of the case comes from the fold of
 * the journal (case/case.h) and is read again after every effect that wrote to it: kill the program at any moment and
 * it comes back at the same step.
 */
#ifndef SHODO_TUI_APP_H
#define SHODO_TUI_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "canvas.h"
#include "key.h"
#include "msg.h"
#include "term.h"

struct tui_app;
struct tui_view;

/* What a key press leads to; bits may be combined. */
enum {
    TUI_EFFECT_NONE = 0,
    TUI_EFFECT_REDRAW = 1 << 0,
    TUI_EFFECT_POP = 1 << 1,    /* leave this screen */
    TUI_EFFECT_RELOAD = 1 << 2, /* the journal grew: fold again */
    TUI_EFFECT_QUIT = 1 << 3,
    TUI_EFFECT_IGNORED = 1 << 4, /* not a key of this screen: the global keys get it */
};

struct tui_area {
    int row, col, rows, cols;
};

struct tui_screen {
    const char *id;
    enum tui_msg title;
    enum tui_msg help; /* what this screen is for, three sentences */
    const enum tui_action *keys; /* for the footer, NONE-terminated */
    size_t data_bytes;           /* of the view's own data, zeroed */
    void (*open)(struct tui_app *app, struct tui_view *v);  /* may be NULL */
    void (*close)(struct tui_app *app, struct tui_view *v); /* may be NULL */
    void (*draw)(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c, struct tui_area area);
    unsigned (*key)(struct tui_app *app, struct tui_view *v, struct tui_key key);
    bool (*is_text_field)(const struct tui_view *v); /* NULL: never */
};

struct tui_view {
    const struct tui_screen *screen;
    int selected, scroll;
    long arg; /* what the opener handed over: an index, an id */
    void *data;
};

#define TUI_STACK 16

struct tui_options {
    const char *case_root; /* --case DIR or $SHODO_CASE_ROOT */
    const char *engine;    /* path of `shodo`; default: beside this program, else from PATH */
    const char *script;    /* key script instead of a terminal (tests) */
    const char *save_dir;  /* where `save` of a script writes */
    int rows, cols;        /* of the script's screen */
    bool lang_en;
    bool is_drill;
};

struct tui_app {
    const struct tui_options *options;
    struct tui_term *term; /* NULL in a script */
    struct tui_canvas canvas;
    enum tui_lang lang;
    struct tui_view stack[TUI_STACK];
    int depth;
    enum tui_role message_role;
    struct shodo_buf message;
    struct tui_casefile *casefile; /* casefile.h: case, endpoints, findings as loaded */
};

const char *tui_text(const struct tui_app *app, enum tui_msg id);
void tui_push(struct tui_app *app, const char *screen_id, long arg);
void tui_message(struct tui_app *app, enum tui_role role, const char *fmt, ...) SHODO_PRINTF(3, 4);
/* One key through the top screen, then the global keys; applies the effects. false: the program ends. */
bool tui_app_key(struct tui_app *app, struct tui_key key);
bool tui_app_in_text_field(const struct tui_app *app);
void tui_app_draw(struct tui_app *app);
/* The interactive loop, and the scripted one. Return the exit code. */
int tui_loop(struct tui_app *app);
int tui_script(struct tui_app *app, const char *path);

/* The table (screen.c). */
const struct tui_screen *tui_screen_find(const char *id);

#endif
