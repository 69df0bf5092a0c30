/* SPDX-License-Identifier: Apache-2.0 */
/* shodo-tui: what starts after boot. It shows and asks; `shodo` does the work in a process of its
 * own. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "base/text.h"
#include "casefile.h"
#include "screens.h"

static const char usage[] =
    "usage: shodo-tui [--case DIR] [--engine SHODO] [--playbooks DIR] [--source IMAGE]... [--lang ja|en]\n"
    "                 [--script FILE [--size ROWSxCOLS] [--save DIR]]\n";

static bool parse_size(const char *s, struct tui_options *o) {
    const char *x = strchr(s, 'x');
    uint64_t rows = 0, cols = 0;
    if (!x || !shodo_text_parse_u64(s, (size_t)(x - s), &rows) ||
        !shodo_text_parse_u64(x + 1, strlen(x + 1), &cols) || rows < 1 || rows > TUI_MAX_ROWS ||
        cols < 1 || cols > TUI_MAX_COLS)
        return false;
    o->rows = (int)rows;
    o->cols = (int)cols;
    return true;
}

static bool parse(int argc, char **argv, struct tui_options *o) {
    static const struct option table[] = {
        {"case", required_argument, NULL, 'c'},
        {"engine", required_argument, NULL, 'e'},
        {"lang", required_argument, NULL, 'l'},
        {"playbooks", required_argument, NULL, 'p'},
        {"source", required_argument, NULL, 'i'},
        {"script", required_argument, NULL, 's'},
        {"size", required_argument, NULL, 'z'},
        {"save", required_argument, NULL, 'o'},
        {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    for (int c; (c = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        switch (c) {
        case 'c':
            o->case_root = optarg;
            break;
        case 'e':
            o->engine = optarg;
            break;
        case 'l':
            o->lang_en = strcmp(optarg, "en") == 0;
            break;
        case 'p':
            o->playbooks = optarg;
            break;
        case 'i':
            if (o->sources_count == SHODO_ARRAY_SIZE(o->sources))
                return false;
            o->sources[o->sources_count++] = optarg;
            break;
        case 's':
            o->script = optarg;
            break;
        case 'o':
            o->save_dir = optarg;
            break;
        case 'z':
            if (!parse_size(optarg, o))
                return false;
            break;
        case 'v':
            printf("shodo-tui %s\n", SHODO_VERSION);
            exit(0);
        case 'h':
            fputs(usage, stdout);
            exit(0);
        default:
            return false;
        }
    }
    return optind == argc;
}

/* Beside this program, where the build puts it, else by name from PATH. */
static void find_engine(struct tui_app *app) {
    static const char *const places[] = {"/shodo", "/../toolkit/src/engine/shodo"};
    char here[sizeof app->engine_path];
    if (app->options->engine) {
        snprintf(app->engine_path, sizeof app->engine_path, "%s", app->options->engine);
        return;
    }
    ssize_t n = readlink("/proc/self/exe", here, sizeof here - 1);
    here[n > 0 ? n : 0] = 0;
    char *slash = strrchr(here, '/');
    for (size_t i = 0; slash && i < SHODO_ARRAY_SIZE(places); i++) {
        int len = snprintf(app->engine_path, sizeof app->engine_path, "%.*s%s", (int)(slash - here),
                           here, places[i]);
        if (len > 0 && (size_t)len < sizeof app->engine_path && access(app->engine_path, X_OK) == 0)
            return;
    }
    snprintf(app->engine_path, sizeof app->engine_path, "shodo");
}

int main(int argc, char **argv) {
    struct tui_options o = {.case_root = getenv("SHODO_CASE_ROOT"), .rows = 24, .cols = 80};
    if (!parse(argc, argv, &o)) {
        fputs(usage, stderr);
        return 2;
    }
    if (!o.script && !isatty(STDIN_FILENO)) {
        fputs("shodo-tui: standard input is not a terminal\n", stderr);
        return 4;
    }
    struct shodo_error err = SHODO_ERROR_INIT;
    bool has_locale = shodo_text_locale_init(o.case_root, &err) == SHODO_OK;
    struct tui_app app = {.options = &o,
                          .lang = o.lang_en || !has_locale ? TUI_LANG_EN : TUI_LANG_JA,
                          .message = SHODO_BUF_INIT,
                          .child = TUI_CHILD_INIT};
    if (tui_casefile_open(&app.casefile, o.case_root ? o.case_root : ".", &err) != SHODO_OK) {
        fprintf(stderr, "shodo-tui: %s\n", err.text);
        return 4;
    }
    find_engine(&app);
    tui_image_load(&app.image, getenv("SHODO_IMAGE_INFO"));
    tui_books_load(&app.books, o.playbooks, tui_casefile_site_dir(app.casefile));
    int rc;
    tui_push(&app, "start", 0);
    if (tui_start_find_same_boot(&app)) /* this start of the PC is known: the program came back */
        tui_start_continue(&app);
    if (o.script) {
        rc = tui_script(&app, o.script);
    } else if (tui_term_open(&app.term, &err) != SHODO_OK) {
        fprintf(stderr, "shodo-tui: %s\n", err.text);
        rc = 4;
    } else {
        if (!tui_term_has_japanese(app.term))
            app.lang = TUI_LANG_EN;
        rc = tui_loop(&app);
        app.term = tui_term_free(app.term);
    }
    rc = rc == 0 ? app.exit_code : rc;
    app.is_over = true; /* screens that close now leave the journal as it is */
    while (app.depth > 0)
        tui_pop(&app);
    explicit_bzero(app.secret, sizeof app.secret);
    tui_child_done(&app.child); /* first: the engine writes to the same journal */
    if (tui_casefile_checkpoint(app.casefile, &err) != SHODO_OK)
        fprintf(stderr, "shodo-tui: no checkpoint at the end of the journal: %s\n", err.text);
    tui_books_done(&app.books);
    tui_casefile_free(app.casefile);
    tui_canvas_done(&app.canvas);
    shodo_buf_done(&app.message);
    return rc;
}
