/* SPDX-License-Identifier: Apache-2.0 */
/* shodo-tui: what starts after boot. It shows and asks; `shodo` does the work in a process of its own. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/text.h"
#include "casefile.h"

static const char usage[] = "usage: shodo-tui [--case DIR] [--engine SHODO] [--lang ja|en] [--drill]\n"
                            "                 [--script FILE [--size ROWSxCOLS] [--save DIR]]\n";

static bool parse_size(const char *s, struct tui_options *o) {
    const char *x = strchr(s, 'x');
    uint64_t rows = 0, cols = 0;
    if (!x || !shodo_text_parse_u64(s, (size_t)(x - s), &rows) || !shodo_text_parse_u64(x + 1, strlen(x + 1), &cols) ||
        rows < 1 || rows > TUI_MAX_ROWS || cols < 1 || cols > TUI_MAX_COLS)
        return false;
    o->rows = (int)rows;
    o->cols = (int)cols;
    return true;
}

static bool parse(int argc, char **argv, struct tui_options *o) {
    static const struct option table[] = {
        {"case", required_argument, NULL, 'c'},   {"engine", required_argument, NULL, 'e'},
        {"lang", required_argument, NULL, 'l'},   {"drill", no_argument, NULL, 'd'},
        {"script", required_argument, NULL, 's'}, {"size", required_argument, NULL, 'z'},
        {"save", required_argument, NULL, 'o'},   {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    for (int c; (c = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        switch (c) {
        case 'c': o->case_root = optarg; break;
        case 'e': o->engine = optarg; break;
        case 'l': o->lang_en = strcmp(optarg, "en") == 0; break;
        case 'd': o->is_drill = true; break;
        case 's': o->script = optarg; break;
        case 'o': o->save_dir = optarg; break;
        case 'z':
            if (!parse_size(optarg, o))
                return false;
            break;
        case 'v': printf("shodo-tui %s\n", SHODO_VERSION); exit(0);
        case 'h': fputs(usage, stdout); exit(0);
        default: return false;
        }
    }
    return optind == argc;
}

int main(int argc, char **argv) {
    struct tui_options o = {.case_root = getenv("SHODO_CASE_ROOT"), .rows = 24, .cols = 80};
    if (!parse(argc, argv, &o)) {
        fputs(usage, stderr);
        return 2;
    }
    struct shodo_error err = SHODO_ERROR_INIT;
    bool has_locale = shodo_text_locale_init(o.case_root, &err) == SHODO_OK;
    struct tui_app app = {.options = &o, .lang = o.lang_en || !has_locale ? TUI_LANG_EN : TUI_LANG_JA, .message = SHODO_BUF_INIT};
    if (tui_casefile_open(&app.casefile, o.case_root ? o.case_root : ".", &err) != SHODO_OK) {
        fprintf(stderr, "shodo-tui: %s\n", err.text);
        return 4;
    }
    int rc;
    tui_push(&app, "home", 0);
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
    tui_casefile_free(app.casefile);
    tui_canvas_done(&app.canvas);
    shodo_buf_done(&app.message);
    return rc;
}
