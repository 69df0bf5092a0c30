/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include <stdio.h>
#include <string.h>

#include "reading.h"

bool tui_filter_hits(const struct tui_view *v, const char *text) {
    return !v->filter[0] ||
           (text && (strcasestr(text, v->filter) || tui_reading_hits(v->filter_reading, text)));
}

static void on_typed(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    struct tui_view *v = tui_top(app);
    snprintf(v->filter, sizeof v->filter, "%.60s", text);
    tui_reading_of(v->filter, v->filter_reading, sizeof v->filter_reading);
    v->selected = v->scroll = 0;
}

void tui_filter_ask(struct tui_app *app) {
    tui_input_ask(app, MSG_KEY_FILTER, MSG_FILTER_TEXT, "", TUI_INPUT_KANA | TUI_INPUT_LETTERS,
                  on_typed, 0);
}

void tui_filter_text(const struct tui_app *app, const struct tui_view *v, struct shodo_buf *out) {
    if (v->filter[0])
        shodo_buf_addf(out, "   %s: %s", tui_text(app, MSG_KEY_FILTER), v->filter);
}
