/* SPDX-License-Identifier: Apache-2.0 */
#include "promise.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "said.h"

#define MINUTE      60000000000LL
#define JST_MINUTES 540
#define DUE_COUNTED 20 /* more at once are not told apart */

static const int ahead[] = {15, 30, 60, 120};

static bool parse(const char *text, int64_t *ret) {
    char full[48];
    if (strlen(text) != 16)
        return false;
    int n = snprintf(full, sizeof full, "%.10sT%.5s:00+09:00", text, text + 11);
    return shodo_time_parse(full, (size_t)n, ret);
}

/* A minute that has begun counts: 0 only when the time has come. */
static int minutes_until(int64_t now, int64_t t) {
    return (int)((t - now) / MINUTE + ((t - now) % MINUTE > 0));
}

size_t tui_promises(const struct tui_app *app, struct tui_promise *out, size_t max) {
    size_t n = 0;
    for (unsigned i = 1; i <= TUI_PROMISES_MAX; i++) {
        char key[32];
        int64_t t = 0;
        snprintf(key, sizeof key, "promise/%u", i);
        const char *value = tui_casefile_value(app->casefile, key);
        if (!value)
            break;
        if (!parse(value, &t))
            continue;
        struct tui_promise p = {.number = i,
                                .who = tui_casefile_note_of(app->casefile, key),
                                .minutes = minutes_until(tui_now(app), t)};
        snprintf(p.time, sizeof p.time, "%.16s", value);
        bool is_full = n == max;
        if (is_full && out[n - 1].minutes <= p.minutes)
            continue; /* later than all that are kept */
        size_t at = is_full ? n - 1 : n++;
        for (; at > 0 && out[at - 1].minutes > p.minutes; at--)
            out[at] = out[at - 1];
        out[at] = p;
    }
    return n;
}

bool tui_promise_next(const struct tui_app *app, struct shodo_buf *out) {
    struct tui_promise p[DUE_COUNTED];
    shodo_auto(shodo_buf) struct shodo_buf who = SHODO_BUF_INIT;
    size_t n = tui_promises(app, p, DUE_COUNTED), due = 0;
    if (!n)
        return false;
    shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
    while (due < n && p[due].minutes <= 0)
        due++;
    shodo_buf_adds(&who, tui_said(app, p[0].who, &said));
    if (due > 1)
        shodo_buf_addf(&who, "  +%zu", due - 1);
    shodo_buf_addf(out, tui_text(app, due ? MSG_PROMISE_DUE : MSG_PROMISE_NEXT), p[0].time + 11,
                   shodo_buf_cstr(&who), p[0].minutes);
    return due > 0;
}

static void record(struct tui_app *app, const char *time) {
    char key[32];
    unsigned n = 1;
    for (; n <= TUI_PROMISES_MAX; n++) {
        snprintf(key, sizeof key, "promise/%u", n);
        if (!tui_casefile_value(app->casefile, key))
            break;
    }
    if (n <= TUI_PROMISES_MAX)
        tui_record(app, key, time, app->promise_who);
}

static void finish(struct tui_app *app, const char *time) {
    tui_promise_done then = app->promise_done;
    app->promise_done = NULL;
    if (*time)
        record(app, time);
    if (then)
        then(app, time);
}

static void in_minutes(const struct tui_app *app, int minutes, char out[SHODO_TIME_TEXT_BYTES]) {
    shodo_time_local(tui_now(app) + minutes * MINUTE, JST_MINUTES, out);
    out[16] = 0;
}

/* "21:00" is the next 21:00; "2026-11-22 21:00" is taken as it stands. */
static void on_typed(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    char full[SHODO_TIME_TEXT_BYTES];
    int64_t t = 0;
    if (strlen(text) == 5) {
        in_minutes(app, 0, full);
        memcpy(full + 11, text, 5);
        if (parse(full, &t) && t <= tui_now(app)) {
            shodo_time_local(t + 1440 * MINUTE, JST_MINUTES, full);
            full[16] = 0;
        }
    } else {
        snprintf(full, sizeof full, "%.30s", text);
    }
    if (*text && !parse(full, &t)) {
        tui_input_ask(app, MSG_PROMISE_TIME, MSG_PROMISE_EXAMPLE, "", 0, on_typed, 0);
        tui_message(app, TUI_ROLE_ERROR, "%s", tui_text(app, MSG_CLOCK_BAD));
        return;
    }
    finish(app, *text ? full : "");
}

static void on_choice(struct tui_app *app, long arg, int index) {
    (void)arg;
    size_t i = (size_t)index;
    char text[SHODO_TIME_TEXT_BYTES];
    if (i < SHODO_ARRAY_SIZE(ahead)) {
        in_minutes(app, ahead[i], text);
        finish(app, text);
    } else if (i == SHODO_ARRAY_SIZE(ahead)) {
        tui_input_ask(app, MSG_PROMISE_TIME, MSG_PROMISE_EXAMPLE, "", 0, on_typed, 0);
    } else {
        finish(app, "");
    }
}

/* The step's name in the language of now; other names are what people typed. */
static void ask_again(struct tui_app *app, long arg) {
    char who[sizeof app->promise_who];
    (void)arg;
    snprintf(who, sizeof who, "%s", app->promise_who);
    if (app->promise_step)
        tui_promise_ask_step(app, app->promise_step, app->promise_done);
    else
        tui_promise_ask(app, who, app->promise_done);
}

void tui_promise_ask_step(struct tui_app *app, const struct shodo_step *s, tui_promise_done then) {
    tui_promise_ask(app, tui_pick(app, &s->name), then);
    app->promise_step = s;
}

void tui_promise_ask(struct tui_app *app, const char *who, tui_promise_done then) {
    shodo_auto(shodo_buf) struct shodo_buf title = SHODO_BUF_INIT;
    snprintf(app->promise_who, sizeof app->promise_who, "%.150s", who);
    app->promise_done = then;
    app->promise_step = NULL;
    shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
    shodo_buf_addf(&title, tui_text(app, MSG_PROMISE_TITLE), tui_said(app, who, &said));
    struct tui_ask *a = tui_ask_begin(app, shodo_buf_cstr(&title), tui_text(app, MSG_PROMISE_TEXT),
                                      on_choice, 0);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(ahead); i++) {
        char text[SHODO_TIME_TEXT_BYTES];
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        in_minutes(app, ahead[i], text);
        shodo_buf_addf(&b, tui_text(app, MSG_PROMISE_IN), ahead[i], text + 11);
        tui_ask_add(a, shodo_buf_cstr(&b), NULL);
    }
    tui_ask_add(a, tui_text(app, MSG_PROMISE_OTHER), NULL);
    tui_ask_add(a, tui_text(app, MSG_PROMISE_NONE), NULL);
    tui_ask_select(a, -1);
    tui_told_by(app, ask_again, 0);
}

void tui_promise_keep(struct tui_app *app, unsigned number) {
    char key[32], who[200];
    snprintf(key, sizeof key, "promise/%u", number);
    snprintf(who, sizeof who, "%.190s", tui_casefile_note_of(app->casefile, key));
    tui_record(app, key, "done", who);
}
