/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of the isolation walk as one list: the big cut, the site's lines (or the usual kinds),
 * and behind the last of their kind lines that people added on the way. The numbers never change:
 * the same on every screen and on the printed round list; an added line has the next one. When the
 * site's list is written after the usual kinds got results, these stay and the list follows them.
 */
#ifndef SHODO_TUI_WALK_H
#define SHODO_TUI_WALK_H

#include "app.h"
#include "case/site.h"

#define TUI_WALK_LINES_MAX 2000
#define TUI_WALK_OWN_MAX   200
#define TUI_WALK_USUAL_MAX 64 /* of generic-site.yaml, beside the site's list */
/* Rows that can be marked; those behind them are listed only. Two big cuts are among them. */
#define TUI_WALK_ROWS_MAX (TUI_WALK_LINES_MAX + TUI_WALK_OWN_MAX + TUI_WALK_USUAL_MAX + 2)

enum tui_walk_result {
    TUI_WALK_CUT,
    TUI_WALK_HOLD,
    TUI_WALK_MISSING,
    TUI_WALK_NOT_OURS,
    TUI_WALK_RESULTS
};
/* As recorded: "cut" "hold" "not-found" "not-applicable". */
extern const char *const tui_walk_values[TUI_WALK_RESULTS];
extern const enum tui_msg tui_walk_tags[TUI_WALK_RESULTS];

/* Kinds of lines that people can add: backup, external, segment; the words for them. */
enum { TUI_WALK_BACKUP, TUI_WALK_EXTERNAL, TUI_WALK_SEGMENT, TUI_WALK_KINDS };
extern const char *const tui_walk_kinds[TUI_WALK_KINDS];
extern const enum tui_msg tui_walk_kind_words[TUI_WALK_KINDS];

struct tui_walk_row {
    const struct shodo_site_line *line; /* NULL: an own one */
    const char *own;
    int own_kind;
    char id[100];
    size_t number; /* of the whole list, from 1 */
};

/* Which lines: a kind of line, "hold", "list", "supplier", "big-cut" or "" for all; and the words
 * of `/` in `view` (NULL: none). */
struct tui_walk_filter {
    const char *kind;
    const struct tui_view *view;
};

/* Row number `want` (from 0) under the filter; false: there are no more. */
bool tui_walk_row(const struct tui_app *app, struct tui_walk_filter f, size_t want,
                  struct tui_walk_row *ret);
size_t tui_walk_count(const struct tui_app *app, struct tui_walk_filter f);
/* Those of a kind ("": all) of which nothing was said yet. */
size_t tui_walk_open(const struct tui_app *app, const char *kind);
/* Borrowed; the newest result and its reason, NULL: none. */
const char *tui_walk_value(const struct tui_app *app, const char *id);
const char *tui_walk_note(const struct tui_app *app, const char *id);
const char *tui_walk_name(const struct tui_app *app, const struct tui_walk_row *r);
/* The word for a recorded result, "open" for NULL. */
const char *tui_walk_tag(const struct tui_app *app, const char *value);
/* Number of the prepared big cut, 0: there is none in the list. */
size_t tui_walk_big_cut(const struct tui_app *app);
/* "backup" "external" "segment" "big-cut" */
const char *tui_walk_kind(const struct tui_walk_row *r);
/* The i-th line that people added, NULL: there are fewer. */
const char *tui_walk_own(const struct tui_app *app, size_t i);
/* The word behind a floor that is only a number, else "". */
const char *tui_walk_floor_word(const struct tui_app *app, const char *floor);

#endif
