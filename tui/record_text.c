/* SPDX-License-Identifier: Apache-2.0 */
#include "record_text.h"

#include <string.h>

#include "base/json.h"
#include "base/time.h"
#include "base/value.h"
#include "case/case.h"
#include "said.h"

#define JST_MINUTES  540
#define VALUES_SHOWN 20 /* of a list; the file of the journal has all */
#define DEPTH_MAX    4

struct lines {
    const struct tui_app *app;
    const char *(*word)(const struct tui_app *app, const char *s);
    struct shodo_buf *out;
};

static const char *label_of(const struct tui_app *app, const char *key) {
    static const struct {
        const char *key;
        enum tui_msg label;
    } rows[] = {{"key", MSG_RECORD_KEY},
                {"value", MSG_RECORD_VALUE},
                {"note", MSG_NOTE},
                {"text", MSG_NOTE},
                {"kind", MSG_RECORD_KIND},
                {"profile", MSG_RECORD_PROFILE},
                {"status", MSG_RECORD_STATUS},
                {"name", MSG_RECORD_NAME},
                {"computer", MSG_RECORD_COMPUTER},
                {"endpoint", MSG_RECORD_ENDPOINT},
                {"case", MSG_RECORD_CASE},
                {"drill", MSG_DRILL},
                {"files", MSG_RECORD_FILES},
                {"bytes", MSG_RECORD_BYTES},
                {"findings", MSG_FOUND},
                {"problems", MSG_NOT_EXAMINED},
                {"recipients", MSG_RECIPIENTS},
                {"source", MSG_RECORD_SOURCE},
                {"version", MSG_RECORD_VERSION}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        if (strcmp(rows[i].key, key) == 0)
            return tui_text(app, rows[i].label);
    }
    return key;
}

static void add(struct lines *l, const char *key, const struct shodo_value *v, int depth) {
    enum shodo_value_kind kind = shodo_value_kind(v);
    bool is_tree = kind == SHODO_VALUE_LIST || kind == SHODO_VALUE_MAP;
    shodo_buf_addf(l->out, "%*s%s:", 2 * depth, "", label_of(l->app, key));
    if (is_tree && depth < DEPTH_MAX) {
        size_t n = shodo_value_count(v);
        shodo_buf_addc(l->out, '\n');
        for (size_t i = 0; i < n && i < VALUES_SHOWN; i++)
            add(l, kind == SHODO_VALUE_MAP ? shodo_value_key_at(v, i) : "-", shodo_value_at(v, i),
                depth + 1);
        if (n > VALUES_SHOWN)
            shodo_buf_addf(l->out, "%*s%s %zu\n", 2 * depth + 2, "", tui_text(l->app, MSG_MORE),
                           n - VALUES_SHOWN);
        return;
    }
    const char *s = kind == SHODO_VALUE_STR ? shodo_value_str(v) : NULL;
    shodo_buf_addc(l->out, ' ');
    if (s) {
        shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
        shodo_buf_adds(l->out, tui_said(l->app, l->word(l->app, s), &said));
    } else if (kind == SHODO_VALUE_BOOL) {
        shodo_buf_adds(l->out, tui_text(l->app, shodo_value_bool(v, false) ? MSG_YES : MSG_NO));
    } else {
        struct shodo_json j = shodo_json_to(l->out);
        shodo_value_write(&j, NULL, v);
    }
    shodo_buf_addc(l->out, '\n');
}

void tui_record_lines(const struct tui_app *app, const struct shodo_record *r,
                      const char *(*word)(const struct tui_app *app, const char *s),
                      struct shodo_buf *out) {
    struct lines l = {.app = app, .word = word, .out = out};
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(r->time, JST_MINUTES, when);
    shodo_buf_addf(out, "%s: %s\n%s: %s\n%s: %s\n", tui_text(app, MSG_RECORD_TIME), when,
                   tui_text(app, MSG_RECORD_WHO), word(app, r->actor),
                   tui_text(app, MSG_RECORD_EVENT), word(app, r->event));
    for (size_t i = 0; i < shodo_value_count(r->data); i++)
        add(&l, shodo_value_key_at(r->data, i), shodo_value_at(r->data, i), 0);
    shodo_buf_addf(out, "%s: %llu\n", tui_text(app, MSG_RECORD_NUMBER), (unsigned long long)r->seq);
}
