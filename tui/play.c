/* SPDX-License-Identifier: Apache-2.0 */
#include "play.h"

#include <stdio.h>
#include <string.h>

#include "casefile.h"
#include "screens.h"

#define PATH_BYTES 256

struct look {
    const struct tui_app *app;
    char prefix[TUI_STEP_KEY_BYTES];
};

static void prefix_of(const struct tui_app *app, const struct shodo_playbook *p,
                      char out[TUI_STEP_KEY_BYTES]) {
    char key[120];
    snprintf(key, sizeof key, "again/%.90s", p->key);
    const char *again = tui_casefile_value(app->casefile, key);
    if (again && *again)
        snprintf(out, TUI_STEP_KEY_BYTES, "%.40s~%.8s", p->key, again);
    else
        snprintf(out, TUI_STEP_KEY_BYTES, "%.40s", p->key);
}

void tui_play_step_key(const struct tui_app *app, const struct shodo_playbook *p,
                       const struct shodo_visit *v, char out[TUI_STEP_KEY_BYTES]) {
    char prefix[TUI_STEP_KEY_BYTES], step[160];
    prefix_of(app, p, prefix);
    shodo_play_key(p, v, step);
    snprintf(out, TUI_STEP_KEY_BYTES, "%.60s/%.130s", prefix, step);
}

static const char *lookup(void *ctx, const char *step) {
    const struct look *l = ctx;
    char key[TUI_STEP_KEY_BYTES];
    snprintf(key, sizeof key, "%.60s/%.130s", l->prefix, step);
    const char *value = tui_casefile_value(l->app->casefile, key);
    bool has_no_answer = value && (strcmp(value, "done") == 0 || strcmp(value, "skipped") == 0);
    return has_no_answer ? "" : value;
}

bool tui_play_is_action(const struct shodo_step *s) {
    return s->type == SHODO_STEP_ACTION || s->type == SHODO_STEP_PLAYBOOK_ACTION;
}

bool tui_play_load(const struct tui_app *app, const struct shodo_playbook *p,
                   struct tui_standing *ret, struct shodo_error *err) {
    struct look l = {.app = app};
    *ret = (struct tui_standing){.book = p, .play = {.current = -1}};
    if (!p)
        return false;
    prefix_of(app, p, l.prefix);
    if (shodo_play_trace(&ret->play, p, lookup, &l, err) != SHODO_OK)
        return false;
    for (size_t i = 0; i < ret->play.count; i++) {
        if (!tui_play_is_action(&p->steps[ret->play.visits[i].step]))
            continue;
        ret->actions++;
        ret->done += ret->play.visits[i].is_done;
    }
    ret->is_valid = true;
    return true;
}

void tui_play_done(struct tui_standing *s) {
    if (s->is_valid)
        shodo_play_done(&s->play);
    s->is_valid = false;
}

const struct shodo_step *tui_play_step(const struct tui_standing *s, int visit) {
    return visit >= 0 && (size_t)visit < s->play.count ? &s->book->steps[s->play.visits[visit].step]
                                                       : NULL;
}

static const char *expect(void *ctx, const char *step) {
    const char *value = lookup(ctx, step);
    return value ? value : "unknown";
}

size_t tui_play_expected(const struct tui_app *app, const struct shodo_playbook *p) {
    struct look l = {.app = app};
    struct shodo_play play;
    size_t n = 0;
    prefix_of(app, p, l.prefix);
    if (shodo_play_trace(&play, p, expect, &l, NULL) != SHODO_OK)
        return 0;
    for (size_t i = 0; i < play.count; i++)
        n += tui_play_is_action(&p->steps[play.visits[i].step]);
    shodo_play_done(&play);
    return n;
}

void tui_play_remember(struct tui_app *app, int depth) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (int i = 0; i < depth; i++) {
        const struct tui_view *v = &app->stack[i];
        if (strcmp(v->screen->id, "play") == 0)
            shodo_buf_addf(
                &b, "%s%s", b.len ? ">" : "",
                (*(struct shodo_playbook **)shodo_vec_at(&app->books.list, (size_t)v->arg))->key);
    }
    const char *open = tui_casefile_value(app->casefile, TUI_KEY_PLAYBOOK);
    if (tui_casefile_case(app->casefile) && b.len &&
        (!open || strcmp(open, shodo_buf_cstr(&b)) != 0))
        tui_record(app, TUI_KEY_PLAYBOOK, shodo_buf_cstr(&b), NULL);
}

static bool push_book(struct tui_app *app, const char *key) {
    for (size_t i = 0; i < app->books.list.count; i++) {
        const struct shodo_playbook *p = *(struct shodo_playbook **)shodo_vec_at(&app->books.list,
                                                                                 i);
        if (strcmp(p->key, key) != 0 && strcmp(p->id, key) != 0)
            continue;
        tui_push(app, "play", (long)i);
        return true;
    }
    return false;
}

void tui_play_restore(struct tui_app *app) {
    const char *open = tui_casefile_value(app->casefile, TUI_KEY_PLAYBOOK);
    char keys[PATH_BYTES];
    snprintf(keys, sizeof keys, "%.250s", open ? open : "");
    for (char *rest = keys, *key; (key = strsep(&rest, ">")) != NULL;) {
        struct tui_standing st;
        const struct shodo_playbook *p = tui_books_find(&app->books, key);
        if (!p || !tui_play_load(app, p, &st, NULL))
            break;
        bool is_open = st.play.current >= 0;
        tui_play_done(&st);
        if (!is_open || !push_book(app, key))
            break;
    }
}

void tui_play_open(struct tui_app *app, const char *key) {
    if (!push_book(app, key)) {
        tui_message(app, TUI_ROLE_WARN, "%s: %s", tui_text(app, MSG_NO_PLAYBOOK), key);
        return;
    }
    tui_play_remember(app, app->depth);
    tui_facts_before_calls(app);
}
