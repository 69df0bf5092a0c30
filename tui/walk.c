/* SPDX-License-Identifier: Apache-2.0 */
#include "walk.h"

#include <stdio.h>
#include <string.h>

#include "casefile.h"
#include "filter.h"

const char *const tui_walk_values[TUI_WALK_RESULTS] = {"cut", "hold", "not-found",
                                                       "not-applicable"};
const enum tui_msg tui_walk_tags[TUI_WALK_RESULTS] = {MSG_WALK_CUT, MSG_WALK_HOLD, MSG_WALK_MISSING,
                                                      MSG_WALK_NOT_OURS};

const char *tui_walk_value(const struct tui_app *app, const char *id) {
    char key[120];
    snprintf(key, sizeof key, "walk/%.100s", id);
    return tui_casefile_value(app->casefile, key);
}

const char *tui_walk_note(const struct tui_app *app, const char *id) {
    char key[120];
    snprintf(key, sizeof key, "walk/%.100s", id);
    return tui_casefile_note_of(app->casefile, key);
}

/* Lines people added on the way: decisions "line/N" with the name as value. */
const char *tui_walk_own(const struct tui_app *app, size_t i) {
    char key[32];
    snprintf(key, sizeof key, "line/%zu", i + 1);
    return i < TUI_WALK_OWN_MAX ? tui_casefile_value(app->casefile, key) : NULL;
}

static bool wanted(const struct tui_app *app, const char *filter, const struct tui_walk_row *r) {
    if (!*filter || strcmp(filter, "list") == 0 || strcmp(filter, "supplier") == 0)
        return true;
    const char *value = tui_walk_value(app, r->id);
    if (strcmp(filter, "hold") == 0)
        return !value || strcmp(value, "hold") == 0; /* a whole group on hold has no results yet */
    if (strcmp(filter, "big-cut") == 0)
        return r->line && strcmp(r->line->kind, "big-cut") == 0;
    return r->line ? strcmp(r->line->kind, filter) == 0 : strcmp(filter, "external") == 0;
}

static bool has_words(const struct tui_app *app, const struct tui_view *v,
                      const struct tui_walk_row *r) {
    const struct shodo_site_line *l = r->line;
    if (!v || tui_filter_hits(v, tui_walk_name(app, r)))
        return true;
    return l && (tui_filter_hits(v, l->place) || tui_filter_hits(v, l->building) ||
                 tui_filter_hits(v, l->vendor) || tui_filter_hits(v, l->phone) ||
                 tui_filter_hits(v, tui_pick(app, &l->how)) ||
                 tui_filter_hits(v, tui_pick(app, &l->stops)));
}

bool tui_walk_row(const struct tui_app *app, struct tui_walk_filter f, size_t want,
                  struct tui_walk_row *ret) {
    const struct shodo_site *s = tui_books_lines_of(&app->books);
    size_t lines = s ? s->lines.count : 0, big = s && s->has_big_cut;
    for (size_t i = 0; i < big + lines + TUI_WALK_OWN_MAX; i++) {
        *ret = (struct tui_walk_row){.line = i < big           ? &s->big_cut
                                             : i < big + lines ? shodo_vec_at(&s->lines, i - big)
                                                               : NULL,
                                     .number = i + 1};
        if (ret->line) {
            snprintf(ret->id, sizeof ret->id, "%.90s", ret->line->id);
        } else {
            ret->own = tui_walk_own(app, i - big - lines);
            if (!ret->own)
                return false;
            snprintf(ret->id, sizeof ret->id, "own-%zu", i - big - lines + 1);
        }
        if (wanted(app, f.kind, ret) && has_words(app, f.view, ret) && want-- == 0)
            return true;
    }
    return false;
}

size_t tui_walk_count(const struct tui_app *app, struct tui_walk_filter f) {
    struct tui_walk_row r;
    size_t n = 0;
    while (n < TUI_WALK_ROWS_MAX && tui_walk_row(app, f, n, &r))
        n++;
    return n;
}

const char *tui_walk_name(const struct tui_app *app, const struct tui_walk_row *r) {
    if (!r->line)
        return r->own;
    const char *name = tui_pick(app, &r->line->name);
    return *name ? name : r->line->place;
}

const char *tui_walk_tag(const struct tui_app *app, const char *value) {
    for (int i = 0; value && i < TUI_WALK_RESULTS; i++) {
        if (strcmp(tui_walk_values[i], value) == 0)
            return tui_text(app, tui_walk_tags[i]);
    }
    return tui_text(app, MSG_WALK_OPEN);
}

/* "4" is a floor only with the word behind it. */
const char *tui_walk_floor_word(const struct tui_app *app, const char *floor) {
    return *floor && strspn(floor, "0123456789") == strlen(floor) ? tui_text(app, MSG_FLOOR_WORD)
                                                                  : "";
}

size_t tui_walk_open(const struct tui_app *app, const char *kind) {
    struct tui_walk_row r;
    size_t open = 0;
    for (size_t i = 0; tui_walk_row(app, (struct tui_walk_filter){.kind = kind}, i, &r); i++)
        open += tui_walk_value(app, r.id) == NULL;
    return open;
}
