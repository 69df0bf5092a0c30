/* SPDX-License-Identifier: Apache-2.0 */
#include "walk.h"

#include <stdio.h>
#include <string.h>

#include "case/case.h"
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

const char *const tui_walk_kinds[TUI_WALK_KINDS] = {"backup", "external", "segment"};
const enum tui_msg tui_walk_kind_words[TUI_WALK_KINDS] = {MSG_SITE_BACKUP, MSG_SITE_CONNECTIONS,
                                                          MSG_SITE_BORDERS};

/* Of a line that people added: the note of its record; who did not know gets the outside lines. */
static int own_kind(const struct tui_app *app, size_t i) {
    char key[32];
    snprintf(key, sizeof key, "line/%zu", i + 1);
    const char *kind = tui_casefile_note_of(app->casefile, key);
    for (int k = 0; k < TUI_WALK_KINDS; k++) {
        if (strcmp(tui_walk_kinds[k], kind) == 0)
            return k;
    }
    return TUI_WALK_EXTERNAL;
}

const char *tui_walk_kind(const struct tui_walk_row *r) {
    return r->line ? r->line->kind : tui_walk_kinds[r->own_kind];
}

static bool wanted(const struct tui_app *app, const char *filter, const struct tui_walk_row *r) {
    if (!*filter || strcmp(filter, "list") == 0 || strcmp(filter, "supplier") == 0)
        return true;
    const char *value = tui_walk_value(app, r->id);
    if (strcmp(filter, "hold") == 0)
        return !value || strcmp(value, "hold") == 0; /* a whole group on hold has no results yet */
    if (strcmp(filter, "big-cut") == 0)
        return strcmp(tui_walk_kind(r), "big-cut") == 0;
    return strcmp(tui_walk_kind(r), filter) == 0;
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

/* The walk over the rows: which one is wanted, and whether it was found. */
struct search {
    const struct tui_app *app;
    struct tui_walk_filter f;
    size_t want;
    struct tui_walk_row *ret;
};

static bool is_it(struct search *s) {
    return wanted(s->app, s->f.kind, s->ret) && has_words(s->app, s->f.view, s->ret) &&
           s->want-- == 0;
}

/* Lines that people added stand behind the last of their kind; their numbers are the last ones. */
static bool own_rows(struct search *s, int kind, size_t before) {
    const char *name = NULL;
    for (size_t i = 0; (name = tui_walk_own(s->app, i)) != NULL; i++) {
        int own = own_kind(s->app, i);
        if (own != kind)
            continue;
        *s->ret = (struct tui_walk_row){.own = name, .own_kind = own, .number = before + i + 1};
        snprintf(s->ret->id, sizeof s->ret->id, "own-%zu", i + 1);
        if (is_it(s))
            return true;
    }
    return false;
}

static bool is_kind(const struct shodo_site_line *l, int kind) {
    return strcmp(l->kind, tui_walk_kinds[kind]) == 0;
}

/* The usual kinds got results before the site's list was there: they keep their rows and numbers.
 */
static bool is_mixed(const struct tui_app *app) {
    const struct shodo_case *c = tui_casefile_case(app->casefile);
    static const char generic[] = "walk/g-"; /* ids of generic-site.yaml */
    bool any = false;
    if (tui_books_lines_of(&app->books) == app->books.generic)
        return false;
    for (size_t i = 0; c && i < c->decisions.count && !any; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&c->decisions, i);
        any = strncmp(d->key, generic, sizeof generic - 1) == 0;
    }
    return any;
}

static size_t rows_of(const struct shodo_site *s) {
    return s ? s->lines.count + s->has_big_cut : 0;
}

/* The rows of one list, numbered after `before`; lines that people added among them. */
static bool list_rows(struct search *s, const struct shodo_site *site, size_t before,
                      bool has_own) {
    size_t big = site && site->has_big_cut, n = rows_of(site);
    size_t last[TUI_WALK_KINDS] = {0}; /* behind the last line of the kind */
    for (size_t i = big; i < n; i++) {
        for (int k = 0; k < TUI_WALK_KINDS; k++)
            last[k] = is_kind(shodo_vec_at(&site->lines, i - big), k) ? i + 1 : last[k];
    }
    for (size_t i = 0; i < n; i++) {
        const struct shodo_site_line *l = i < big ? &site->big_cut
                                                  : shodo_vec_at(&site->lines, i - big);
        *s->ret = (struct tui_walk_row){.line = l, .number = before + i + 1};
        snprintf(s->ret->id, sizeof s->ret->id, "%.90s", l->id);
        if (is_it(s))
            return true;
        for (int k = 0; k < TUI_WALK_KINDS; k++) {
            if (has_own && last[k] == i + 1 && own_rows(s, k, before + n))
                return true;
        }
    }
    for (int k = 0; k < TUI_WALK_KINDS; k++) {
        if (has_own && !last[k] && own_rows(s, k, before + n))
            return true;
    }
    return false;
}

bool tui_walk_row(const struct tui_app *app, struct tui_walk_filter f, size_t want,
                  struct tui_walk_row *ret) {
    const struct shodo_site *site = tui_books_lines_of(&app->books), *first = site;
    struct search s = {.app = app, .f = f, .want = want, .ret = ret};
    if (is_mixed(app))
        first = app->books.generic;
    if (list_rows(&s, first, 0, true))
        return true;
    size_t own = 0;
    while (tui_walk_own(app, own))
        own++;
    return first != site && list_rows(&s, site, rows_of(first) + own, false);
}

size_t tui_walk_big_cut(const struct tui_app *app) {
    struct tui_walk_row r;
    const struct tui_walk_filter f = {.kind = "big-cut"};
    return tui_walk_row(app, f, 0, &r) ? r.number : 0;
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
