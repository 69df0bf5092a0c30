/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program: state, the stack of screens, and the loop. A screen is one row of the table in
 * screen.c: it draws from the state and answers a key with effects; it does nothing itself. What is
 * true of the case comes from the fold of the journal (case/case.h) and is read again after every
 * effect that wrote to it: kill the program at any moment and it comes back at the same step.
 */
#ifndef SHODO_TUI_APP_H
#define SHODO_TUI_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "books.h"
#include "canvas.h"
#include "child.h"
#include "held.h"
#include "image_info.h"
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
    enum tui_msg help;           /* what this screen is for, three sentences */
    const enum tui_action *keys; /* for the footer, NONE-terminated */
    size_t data_bytes;           /* of the view's own data, zeroed */
    /* false: this key does nothing now and is left out of the footer; NULL: all do something */
    bool (*has_key)(const struct tui_view *v, enum tui_action a);
    void (*open)(struct tui_app *app, struct tui_view *v);  /* may be NULL */
    void (*close)(struct tui_app *app, struct tui_view *v); /* may be NULL */
    void (*draw)(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area area);
    unsigned (*key)(struct tui_app *app, struct tui_view *v, struct tui_key key);
    bool (*is_text_field)(const struct tui_view *v); /* NULL: never */
    /* Words after the title in the crumbs; appends; may be NULL. */
    void (*crumb)(const struct tui_app *app, const struct tui_view *v, struct shodo_buf *out);
    /* The language changed, texts that the view keeps are made again; may be NULL. */
    void (*retell)(struct tui_app *app, struct tui_view *v);
    /* The view was opened again in another language: where the person was, from the old one. */
    void (*carry)(struct tui_view *v, struct tui_view *old);
};

typedef void (*tui_opener)(struct tui_app *app, long arg);

struct tui_view {
    const struct tui_screen *screen;
    int selected, scroll;
    char filter[64];          /* of a list (filter.h), "" none */
    char filter_reading[128]; /* the same as kana, "" it is none */
    long arg;                 /* what the opener handed over: an index, an id */
    void *data;
    tui_opener told_by; /* tui_told_by(); NULL: the texts are looked up when they are drawn */
    long told_arg;
};

#define TUI_STACK 16

struct tui_options {
    const char *case_root;   /* --case DIR or $SHODO_CASE_ROOT */
    const char *engine;      /* path of `shodo`; default: beside this program, else from PATH */
    const char *sources[16]; /* --source: images offered instead of the disks (drill, tests) */
    size_t sources_count;
    const char *playbooks; /* --playbooks DIR: replace the built-in ones of the same key */
    const char *script;    /* key script instead of a terminal (tests) */
    const char *save_dir;  /* where `save` of a script writes */
    int rows, cols;        /* of the script's screen */
    bool lang_en;
};

typedef void (*tui_then)(struct tui_app *app, long arg);

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
    struct tui_books books;
    struct tui_child child; /* the engine at work, one at a time */
    struct tui_image image; /* what the stick says about itself and this PC */
    char engine_path[4096];
    char who_role[64];                                      /* chosen, while the name is asked */
    void (*who_done)(struct tui_app *app, const char *who); /* of the question who is open */
    char promise_who[160];                                  /* of the question for the next call */
    const struct shodo_step *promise_step;                  /* whose call it is, NULL none */
    void (*promise_done)(struct tui_app *app, const char *time);
    tui_then clock_then; /* what follows the question for the time */
    long clock_arg;
    /* its answer, until the journal has it: the case is made after the question */
    bool clock_is_answered, clock_is_known;
    int64_t clock_seconds;
    char clock_note[160];
    bool is_guide;      /* this PC only shows the way: the answer before that question */
    char pending[200];  /* journal key of the step that opened a function; "" none */
    char open_text[64]; /* sheet or note subject that the function was called with */
    char profile[16];   /* of the next triage, "" standard */
    /* recovery key of the chosen disk, until another is chosen or the program ends */
    char secret[56];
    struct tui_held held;
    bool has_disk, disk_needs_key; /* a disk was chosen since this program started */
    char disk_endpoint[16];        /* the machine that it belongs to, "" not known */
    /* patient-looking names in paths are shown (mask.h); off at the start */
    bool shows_names;
    bool is_full;  /* the last screen had no place on the stack and was not opened */
    bool is_over;  /* the program ends after this key */
    int exit_code; /* 0, or what the session script is asked for (docs/image.md) */
};

/* Which kind of PC this is, from the journal; asked once per start (a stick goes from PC to PC). */
#define TUI_KEY_PC       "start/pc"       /* "guide" "suspect" */
#define TUI_KEY_PLAYBOOK "start/playbook" /* playbook that is open, "" none */
#define TUI_KEY_DISK     "start/disk"

const char *tui_text(const struct tui_app *app, enum tui_msg id);
void tui_push(struct tui_app *app, const char *screen_id, long arg);
void tui_pop(struct tui_app *app);
struct tui_view *tui_top(struct tui_app *app);
/* The screen on top keeps texts that `opener(app, arg)` made: when the language changes it is
 * called again, with the screens below as they were, and must do nothing but open that screen. */
void tui_told_by(struct tui_app *app, tui_opener opener, long arg);
/* That call, for a view on the stack. */
void tui_tell_again(struct tui_app *app, struct tui_view *v);
void tui_set_language(struct tui_app *app, enum tui_lang lang);
void tui_message(struct tui_app *app, enum tui_role role, const char *fmt, ...) SHODO_PRINTF(3, 4);
/* The time of day: the clock of this PC, corrected by what a person read from a telephone
 * (clock.c). */
int64_t tui_now(const struct tui_app *app);
/* Asks for it once per start of a PC from the stick, then calls `then(app, arg)`; calls it at once
 * when there is nothing to ask. `then` writes the answer into the open case, or makes one first. */
void tui_clock_ask(struct tui_app *app, tui_then then, long arg);
void tui_clock_record(struct tui_app *app);
/* The day that a case made now gets as its number. */
struct tui_case_day tui_clock_day(const struct tui_app *app);
/* In the app's language. */
const char *tui_pick(const struct tui_app *app, const struct shodo_text2 *t);
bool tui_is_ja(const struct tui_app *app);
/* Who is at the keyboard, for the journal. */
const char *tui_actor(const struct tui_app *app);
/* Writes a decision record; false with a message on the screen when it is not on the medium. */
bool tui_record(struct tui_app *app, const char *key, const char *value, const char *note);
/* The function that a step opened came to its end: records the step (when one is waiting). */
void tui_function_done(struct tui_app *app, const char *value, const char *note);
/* A fact for the words on the telephone: "my_name", "hospital" …; NULL unknown. */
const char *tui_fact(const struct tui_app *app, const char *name);
/* `text` with __name__:value filled; what is not known is 確認中. */
void tui_fill(const struct tui_app *app, const char *text, struct shodo_buf *out);
/* One key through the top screen, then the global keys; applies the effects. false: the program
 * ends. */
bool tui_app_key(struct tui_app *app, struct tui_key key);
bool tui_app_in_text_field(const struct tui_app *app);
void tui_app_draw(struct tui_app *app);
/* The interactive loop, and the scripted one. Return the exit code. */
int tui_loop(struct tui_app *app);
int tui_script(struct tui_app *app, const char *path);

/*
 * Questions on a screen of their own (ask.c). `done` is called after the question's screen is gone;
 * Esc calls nothing.
 */
struct tui_ask;
typedef void (*tui_ask_done)(struct tui_app *app, long arg, int index);
struct tui_ask *tui_ask_begin(struct tui_app *app, const char *title, const char *text,
                              tui_ask_done done, long arg);
/* `more`: second line, may be NULL */
void tui_ask_add(struct tui_ask *a, const char *label, const char *more);
/* -1: nothing; Enter alone then answers nothing. For whatever becomes a statement in the journal.
 */
void tui_ask_select(struct tui_ask *a, int index);
/* The label added last is 分からない: its key is 0. */
void tui_ask_last_is_unknown(struct tui_ask *a);
/* A digit only moves the cursor here, Enter answers: for what cannot be taken back. */
void tui_ask_needs_enter(struct tui_ask *a);
typedef void (*tui_input_done)(struct tui_app *app, long arg, const char *text);
/* LETTERS: begins with letters as typed, Tab switches to kana. */
enum { TUI_INPUT_KANA = 1, TUI_INPUT_SECRET = 2, TUI_INPUT_LETTERS = 4 };
void tui_input_begin(struct tui_app *app, const char *title, const char *text, const char *initial,
                     unsigned flags, tui_input_done done, long arg);
/* the same with messages, in the language of now */
void tui_input_ask(struct tui_app *app, enum tui_msg title, enum tui_msg text, const char *initial,
                   unsigned flags, tui_input_done done, long arg);
/* A text to read, page by page. */
void tui_page_show(struct tui_app *app, const char *title, const char *text);
/* The page on top is a paper: the key for PDF calls `print(app, arg)`, and the page says how to
 * print. */
void tui_page_prints(struct tui_app *app, tui_opener print, long arg);
/* The page on top is what the step wanted to be seen: Enter there also records it as done, Esc
 * leaves the step open. */
void tui_page_closes_step(struct tui_app *app);

/* The table (screen.c). */
const struct tui_screen *tui_screen_find(const char *id);

#endif
