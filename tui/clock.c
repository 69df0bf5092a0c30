/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time is it? The stick never sets a clock: Windows keeps local time there, so a PC reads nine
 * hours ahead, and an old one may read 2009. Once per start a person compares with a telephone; the
 * difference is a record ("start/clock", seconds), and times that people see and choose are
 * corrected by it, and so is the day in a new case's number. Records keep the time of the clock
 * itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/text.h"
#include "base/time.h"
#include "casefile.h"
#include "casename.h"
#include "screens.h"

#define KEY_CLOCK   "start/clock"
#define SECOND      1000000000LL
#define NINE_HOURS  (9 * 3600)
#define JST_MINUTES 540

static int64_t offset_of(const struct tui_app *app) {
    const char *s = tui_casefile_value(app->casefile, KEY_CLOCK);
    uint64_t n = 0;
    bool is_minus = s && *s == '-';
    if (!s || !shodo_text_parse_u64(s + is_minus, strlen(s + is_minus), &n) || n > 4000000000ULL)
        return 0;
    return (is_minus ? -(int64_t)n : (int64_t)n) * SECOND;
}

int64_t tui_now(const struct tui_app *app) {
    return shodo_time_now() + offset_of(app);
}

static void go_on(struct tui_app *app) {
    tui_then then = app->clock_then;
    app->clock_then = NULL;
    if (then)
        then(app, app->clock_arg);
}

static void keep(struct tui_app *app, int64_t seconds, const char *how) {
    char here[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(shodo_time_now(), JST_MINUTES, here);
    snprintf(app->clock_note, sizeof app->clock_note, "PC %s / %s", here, how ? how : "unknown");
    app->clock_seconds = seconds;
    app->clock_is_answered = true;
    app->clock_is_known = how != NULL;
    go_on(app);
}

void tui_clock_record(struct tui_app *app) {
    char value[32];
    if (!app->clock_is_answered)
        return;
    snprintf(value, sizeof value, "%lld", (long long)app->clock_seconds);
    app->clock_is_answered = !tui_record(app, KEY_CLOCK, value, app->clock_note);
}

struct tui_case_day tui_clock_day(const struct tui_app *app) {
    struct tui_case_day day = {.time = shodo_time_now()};
    if (app->clock_is_answered)
        day.time += app->clock_seconds * SECOND;
    if (!app->image.is_clock_wrong || app->clock_is_known)
        return day;
    /* not earlier than the stick itself */
    char built[48];
    int n = snprintf(built, sizeof built, "%.10sT00:00:00+09:00", app->image.build_date);
    if (!shodo_time_parse(built, (size_t)n, &day.time))
        day.time = 0;
    day.unknown = "no-date"; /* it becomes part of file names: one spelling, ASCII */
    return day;
}

static void ask_typed(struct tui_app *app);

static bool parse_local(const char *text, int64_t *ret) {
    char full[48];
    size_t n = strlen(text);
    if (n < 16 || n > 19)
        return false;
    int len = snprintf(full, sizeof full, "%.10sT%.5s:%.2s+09:00", text, text + 11,
                       n == 19 ? text + 17 : "00");
    return shodo_time_parse(full, (size_t)len, ret);
}

static void on_typed(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    int64_t t = 0;
    if (!*text) {
        keep(app, 0, NULL);
        return;
    }
    if (!parse_local(text, &t)) {
        ask_typed(app);
        tui_message(app, TUI_ROLE_ERROR, "%s", tui_text(app, MSG_CLOCK_BAD));
        return;
    }
    char how[64];
    snprintf(how, sizeof how, "phone %.40s", text);
    int64_t seconds = (t - shodo_time_now()) / SECOND;
    keep(app, llabs(seconds) < 90 ? 0 : seconds, how);
}

static void ask_typed(struct tui_app *app) {
    tui_input_ask(app, MSG_CLOCK_INPUT, MSG_CLOCK_INPUT_TEXT, "", 0, on_typed, 0);
}

static void on_choice(struct tui_app *app, long is_wrong, int index) {
    int kind = is_wrong ? index + 2 : index;
    if (kind == 0)
        keep(app, 0, "same as phone");
    else if (kind == 1)
        keep(app, -NINE_HOURS, "phone 9 h behind");
    else if (kind == 2)
        ask_typed(app);
    else
        keep(app, 0, NULL);
}

static void ask_again(struct tui_app *app, long arg) {
    tui_clock_ask(app, app->clock_then, arg);
}

void tui_clock_ask(struct tui_app *app, tui_then then, long arg) {
    bool is_wrong = app->image.is_clock_wrong;
    char now[SHODO_TIME_TEXT_BYTES], earlier[SHODO_TIME_TEXT_BYTES];
    app->clock_then = then;
    app->clock_arg = arg;
    app->clock_is_answered = app->clock_is_known = false;
    if (!app->image.is_known) {
        go_on(app);
        return;
    }
    shodo_time_local(shodo_time_now(), JST_MINUTES, now);
    shodo_time_local(shodo_time_now() - NINE_HOURS * SECOND, JST_MINUTES, earlier);
    now[16] = earlier[16] = 0;
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    if (is_wrong)
        shodo_buf_addf(&text, tui_text(app, MSG_CLOCK_WRONG_TEXT), now);
    else
        shodo_buf_adds(&text, tui_text(app, MSG_CLOCK_TEXT));
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_CLOCK_TITLE), shodo_buf_cstr(&text),
                                      on_choice, is_wrong);
    if (!is_wrong) {
        tui_ask_add(a, now, NULL);
        tui_ask_add(a, earlier, NULL);
    }
    tui_ask_add(a, tui_text(app, MSG_CLOCK_TYPE), NULL);
    tui_ask_add(a, tui_text(app, MSG_OPTION_UNKNOWN), NULL);
    tui_ask_last_is_unknown(a);
    tui_told_by(app, ask_again, arg);
    tui_ask_select(a, -1); /* whoever looks at a telephone chooses; Enter alone says nothing */
}
