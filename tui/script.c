/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key scripts: the real program with a canvas instead of a terminal, for the golden tests. One
 * command a line: key NAME…      F1, Enter, Down, a letter …      type TEXT      characters into
 * the field that has the focus save NAME      writes NAME.txt (text, then roles) below --save size
 * ROWSxCOLS     lang ja|en     idle   waits until the engine has nothing more to say (ended, or
 * asks), at most IDLE_MAX_MS        wait N         that many milliseconds     until TEXT   until
 * the screen shows it
 * '#' starts a comment. A line that cannot be carried out ends the run with exit code 2.
 */
#include "app.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"

#define IDLE_MAX_MS 600000

static bool save(struct tui_app *app, const char *name) {
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf file = SHODO_BUF_INIT;
    tui_app_draw(app);
    tui_canvas_dump(&app->canvas, &out, true);
    shodo_buf_addf(&file, "%s.txt", name);
    int dir = open(app->options->save_dir ? app->options->save_dir : ".",
                   O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return false;
    struct shodo_error err = SHODO_ERROR_INIT;
    bool ok = shodo_io_write_file(dir, shodo_buf_cstr(&file), out.data, out.len, &err) == SHODO_OK;
    if (!ok)
        fprintf(stderr, "shodo-tui: %s\n", err.text);
    close(dir);
    return ok;
}

static bool press(struct tui_app *app, char *names, bool *is_on) {
    for (char *rest = names, *name; *is_on && (name = strsep(&rest, " ")) != NULL;) {
        if (!*name)
            continue;
        struct tui_key key = tui_key_from_name(name, tui_app_in_text_field(app));
        if (key.action == TUI_ACTION_NONE)
            return false;
        *is_on = tui_app_key(app, key);
    }
    return true;
}

static bool type(struct tui_app *app, const char *text, bool *is_on) {
    size_t n = strlen(text);
    for (size_t pos = 0; pos < n && *is_on;) {
        uint32_t ch = shodo_text_next(text, n, &pos);
        *is_on = tui_app_key(app, tui_key_from_char(ch, tui_app_in_text_field(app)));
    }
    return true;
}

/* Ticks as the interactive loop gives them; `until_idle`: until no child runs or a field waits for
 * typing. */
static bool pass_time(struct tui_app *app, uint64_t ms, bool until_idle, bool *is_on) {
    uint64_t from = shodo_time_mono_ms();
    for (;;) {
        *is_on = tui_app_key(app, (struct tui_key){.action = TUI_ACTION_TICK});
        bool is_idle = !app->child.is_running || tui_app_in_text_field(app);
        if (!*is_on || (until_idle && is_idle) || shodo_time_mono_ms() - from >= ms)
            break;
        struct pollfd fds[TUI_CHILD_FDS];
        poll(fds, (nfds_t)tui_child_pollfds(&app->child, fds), 20);
    }
    if (*is_on)
        *is_on = tui_app_key(app, (struct tui_key){.action = TUI_ACTION_TICK});
    return !until_idle || !app->child.is_running || tui_app_in_text_field(app);
}

/* Ticks until the screen shows `text`. */
static bool until(struct tui_app *app, const char *text, bool *is_on) {
    uint64_t from = shodo_time_mono_ms();
    while (*is_on && shodo_time_mono_ms() - from < IDLE_MAX_MS) {
        shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
        tui_app_draw(app);
        tui_canvas_dump(&app->canvas, &out, false);
        if (strstr(shodo_buf_cstr(&out), text))
            return true;
        if (!pass_time(app, 0, false, is_on))
            return false;
        struct pollfd fds[TUI_CHILD_FDS];
        poll(fds, (nfds_t)tui_child_pollfds(&app->child, fds), 20);
    }
    return false;
}

static bool command(struct tui_app *app, char *line, bool *is_on) {
    char *rest = line;
    char *verb = strsep(&rest, " ");
    if (!*verb || *verb == '#')
        return true;
    char *arg = rest ? rest : verb + strlen(verb);
    if (strcmp(verb, "key") == 0)
        return press(app, arg, is_on);
    if (strcmp(verb, "type") == 0)
        return type(app, arg, is_on);
    if (strcmp(verb, "save") == 0 && *arg && !strchr(arg, '/'))
        return save(app, arg);
    if (strcmp(verb, "lang") == 0) {
        tui_set_language(app, strcmp(arg, "en") == 0 ? TUI_LANG_EN : TUI_LANG_JA);
        return true;
    }
    if (strcmp(verb, "size") == 0) {
        char *x = strchr(arg, 'x');
        uint64_t rows = 0, cols = 0;
        if (!x || !shodo_text_parse_u64(arg, (size_t)(x - arg), &rows) ||
            !shodo_text_parse_u64(x + 1, strlen(x + 1), &cols) || rows > TUI_MAX_ROWS ||
            cols > TUI_MAX_COLS)
            return false;
        return tui_canvas_size(&app->canvas, (int)rows, (int)cols);
    }
    uint64_t ms = 0;
    if (strcmp(verb, "idle") == 0)
        return pass_time(app, IDLE_MAX_MS, true, is_on);
    if (strcmp(verb, "until") == 0 && *arg)
        return until(app, arg, is_on);
    if (strcmp(verb, "wait") == 0 && shodo_text_parse_u64(arg, strlen(arg), &ms) &&
        ms <= IDLE_MAX_MS)
        return pass_time(app, ms, false, is_on);
    return false;
}

int tui_script(struct tui_app *app, const char *path) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_io_read_file(&text, AT_FDCWD, path, SHODO_LIMIT_DOC_BYTES, &err) != SHODO_OK) {
        fprintf(stderr, "shodo-tui: %s\n", err.text);
        return 2;
    }
    if (!tui_canvas_size(&app->canvas, app->options->rows, app->options->cols))
        return 4;
    shodo_buf_cstr(&text);
    unsigned number = 0;
    bool is_on = true;
    for (char *rest = text.data, *line; is_on && (line = strsep(&rest, "\n")) != NULL;) {
        number++;
        if (!command(app, line, &is_on)) {
            fprintf(stderr, "shodo-tui: %s:%u: cannot do '%s'\n", path, number, line);
            return 2;
        }
    }
    return 0;
}
