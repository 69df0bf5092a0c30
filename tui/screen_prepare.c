/* SPDX-License-Identifier: Apache-2.0 */
/* Before any incident: is the site profile complete, lists from Excel, the stick's key, receivers,
 * how the drills went. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "csv.h"
#include "screens.h"
#include "site_file.h"

#define FILES_MAX 60

static const enum tui_msg rows[] = {
    MSG_PREPARE_SITE, MSG_PREPARE_IMPORT_LINES, MSG_PREPARE_IMPORT_CONTACTS,
    MSG_PREPARE_KEY,  MSG_PREPARE_RECIPIENTS,   MSG_PREPARE_SCORE};

static int open_site(const struct tui_app *app, bool make) {
    const char *path = tui_casefile_site_dir(app->casefile);
    if (make && mkdir(path, 0700) != 0 && errno != EEXIST)
        return -1;
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* i-th file with this ending, in the order of their names; false when there is none. */
static bool nth_file(const struct tui_app *app, const char *folder, const char *ending, int want,
                     char out[256]) {
    struct dirent **list = NULL;
    shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
    shodo_buf_addf(&path, "%s%s", tui_casefile_site_dir(app->casefile), folder);
    int n = scandir(shodo_buf_cstr(&path), &list, NULL, alphasort);
    bool found = false;
    for (int i = 0; i < n; i++) {
        size_t len = strlen(list[i]->d_name), m = strlen(ending);
        if (!found && list[i]->d_name[0] != '.' && len > m &&
            shodo_text_ieq(list[i]->d_name + len - m, ending) && want-- == 0) {
            snprintf(out, 256, "%s", list[i]->d_name);
            found = true;
        }
        free(list[i]);
    }
    free(list);
    return found;
}

/* Merged into what is there; the file from before is kept beside it (site_file.h). */
static enum shodo_status import(struct tui_app *app, const char *name, bool is_contacts,
                                size_t *ret_rows, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf in = SHODO_BUF_INIT, out = SHODO_BUF_INIT,
                                           was = SHODO_BUF_INIT, all = SHODO_BUF_INIT;
    shodo_autop(shodo_doc) struct shodo_doc *old = NULL, *now = NULL;
    const char *file = is_contacts ? "contacts.yaml" : "site.yaml";
    int dir = open_site(app, false);
    if (dir < 0)
        return shodo_fail_errno(err, "opening '%s'", tui_casefile_site_dir(app->casefile));
    enum shodo_status st = shodo_io_read_file(&in, dir, name, SHODO_LIMIT_DOC_BYTES, err);
    if (st == SHODO_OK &&
        tui_site_read(dir, file, &was, NULL) == SHODO_OK) /* what cannot be read is not replaced */
        st = shodo_doc_parse_yaml(&old, file, shodo_buf_cstr(&was), was.len, err);
    const struct shodo_value *root = old ? shodo_doc_root(old) : NULL;
    if (st == SHODO_OK)
        st = is_contacts
                 ? tui_csv_contacts(shodo_buf_cstr(&in), in.len, root, &out, ret_rows, err)
                 : tui_csv_connections(shodo_buf_cstr(&in), in.len, root, &out, ret_rows, err);
    if (st == SHODO_OK)
        st = shodo_doc_parse_json(&now, file, shodo_buf_cstr(&out), out.len, err);
    if (st == SHODO_OK) {
        tui_site_write(shodo_doc_root(now), NULL, &all);
        st = tui_site_replace(dir, file, &all, true, err);
    }
    close(dir);
    return st;
}

static void on_csv(struct tui_app *app, long is_contacts, int index) {
    char name[256];
    size_t n = 0;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (!nth_file(app, "", ".csv", index, name))
        return;
    if (import(app, name, is_contacts, &n, &err) != SHODO_OK) {
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_PREPARE_CSV_BAD), err.text);
        return;
    }
    tui_message(app, TUI_ROLE_OK, tui_text(app, MSG_PREPARE_CSV_DONE), n,
                is_contacts ? "contacts.yaml" : "site.yaml");
    tui_books_done(&app->books);
    tui_books_load(&app->books, app->options->playbooks, tui_casefile_site_dir(app->casefile));
}

static void ask_csv(struct tui_app *app, long is_contacts) {
    char name[256];
    if (!nth_file(app, "", ".csv", 0, name)) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_PREPARE_CSV_NONE));
        return;
    }
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_PREPARE_CSV_WHICH),
                                      tui_text(app, MSG_PREPARE_CSV_WHERE), on_csv, is_contacts);
    for (int i = 0; i < FILES_MAX && nth_file(app, "", ".csv", i, name); i++)
        tui_ask_add(a, name, NULL);
    tui_told_by(app, ask_csv, is_contacts);
}

static void make_key(struct tui_app *app, long arg) {
    shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_key *key = NULL;
    bool is_new = false;
    int dir = -1;
    char shown[SHODO_FINGERPRINT_SHOWN_BYTES];
    shodo_buf_addf(&path, "%s/keys", tui_casefile_root(app->casefile));
    if (mkdir(shodo_buf_cstr(&path), 0700) != 0 && errno != EEXIST)
        shodo_fail_errno(&err, "making '%s'", shodo_buf_cstr(&path));
    else if ((dir = open(shodo_buf_cstr(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        shodo_fail_errno(&err, "opening '%s'", shodo_buf_cstr(&path));
    else if (shodo_key_open(&key, dir, NULL, &is_new, &err) == SHODO_OK) {
        tui_page_show(app, tui_text(app, MSG_PREPARE_KEY),
                      shodo_text_fingerprint(shodo_key_fingerprint(key), shown));
        tui_told_by(app, make_key, arg);
    }
    if (!key)
        tui_message(app, TUI_ROLE_ERROR, "%s", err.text);
    shodo_key_free(key);
    if (dir >= 0)
        close(dir);
}

/* ---- scorecard: time from one answer to the next ---- */

struct score {
    struct tui_app *app;
    struct shodo_buf text;
    int64_t last, first;
    size_t steps, unknown, held;
};

static enum shodo_status score_record(void *ctx, const struct shodo_record *r) {
    struct score *s = ctx;
    const char *key = shodo_value_get_str(r->data, "key"),
               *value = shodo_value_get_str(r->data, "value");
    const char *step = key ? strchr(key, '/') : NULL;
    if (s->first == SHODO_TIME_NONE)
        s->first = s->last = r->time;
    if (strcmp(r->event, "decision") != 0 || !step || !strstr(step, "--"))
        return SHODO_OK;
    char book[64], id[160];
    snprintf(book, sizeof book, "%.*s", (int)SHODO_MIN(strcspn(key, "/~"), (size_t)60), key);
    snprintf(id, sizeof id, "%.*s", (int)SHODO_MIN(strcspn(step + 1, "#"), (size_t)150), step + 1);
    const struct shodo_playbook *p = tui_books_find(&s->app->books, book);
    int i = p ? shodo_playbook_find(p, id) : -1;
    if (i < 0)
        return SHODO_OK;
    long long seconds = (long long)((r->time - s->last) / 1000000000);
    shodo_buf_addf(&s->text, "%3lld:%02lld  %s = %s\n", seconds / 60, seconds % 60,
                   tui_pick(s->app, &p->steps[i].name),
                   value ? tui_answer_word(s->app, &p->steps[i], value) : "");
    s->last = r->time;
    s->steps++;
    s->unknown += value && strcmp(value, "unknown") == 0;
    s->held += value && (strcmp(value, "hold") == 0 || strcmp(value, "skipped") == 0);
    return SHODO_OK;
}

/* Among the papers: evidence of the training. */
static void keep_score(struct tui_app *app, const struct shodo_buf *text) {
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_case_dir_look(&d, tui_casefile_path(app->casefile), &err);
    if (st == SHODO_OK)
        st = shodo_io_write_generation(d.sheets_fd, "drill-score", "txt", text->data, text->len,
                                       &err);
    if (st == SHODO_OK)
        tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_SCORE_SAVED));
    else
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
}

/* `is_new`: kept among the papers too, not only shown in the other language */
static void show_score(struct tui_app *app, long is_new) {
    struct score s = {
        .app = app, .text = SHODO_BUF_INIT, .last = SHODO_TIME_NONE, .first = SHODO_TIME_NONE};
    struct shodo_error err = SHODO_ERROR_INIT;
    if (!tui_casefile_is_drill(app->casefile) ||
        tui_casefile_each(app->casefile, score_record, &s, &err) != SHODO_OK || !s.steps) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_SCORE_NONE));
        shodo_buf_done(&s.text);
        return;
    }
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    long long all = (long long)((s.last - s.first) / 1000000000);
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(s.first, 540, when);
    when[16] = 0;
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    const char *hospital = tui_fact(app, "hospital"), *name = tui_fact(app, "my_name");
    shodo_buf_addf(&b, "%s  %s\n%s: %s\n%s: %s\n%s: %s\n", tui_text(app, MSG_SCORE_HEAD), k->id,
                   tui_text(app, MSG_FACT_HOSPITAL),
                   hospital ? hospital : tui_text(app, MSG_SITE_EMPTY),
                   tui_text(app, MSG_SCORE_WHO), name ? name : tui_text(app, MSG_SITE_EMPTY),
                   tui_text(app, MSG_SCORE_BEGAN), when);
    shodo_buf_addf(&b, tui_text(app, MSG_SCORE_SUMS), all / 60, all % 60, s.steps, s.unknown,
                   s.held);
    shodo_buf_addf(&b, "\n\n%s\n%s", shodo_buf_cstr(&s.text), tui_text(app, MSG_SCORE_SIGN));
    shodo_buf_done(&s.text);
    tui_page_show(app, tui_text(app, MSG_PREPARE_SCORE), b.data);
    tui_told_by(app, show_score, false);
    if (is_new)
        keep_score(app, &b);
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_TITLE, tui_text(app, MSG_PREPARE_TEXT));
    for (int i = 0; i < (int)SHODO_ARRAY_SIZE(rows); i++) {
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        tui_menu_row(&b, i, v->selected, -1);
        shodo_buf_adds(&b, tui_text(app, rows[i]));
        tui_canvas_fill(c, a.row + 2 + i, a.col, a.cols, role);
        tui_canvas_text(c, a.row + 2 + i, a.col, a.cols, role, shodo_buf_cstr(&b));
    }
    const char *where = tui_text(app, MSG_PREPARE_CSV_WHERE);
    tui_canvas_wrap(c, a.row + 10, 2, a.col, a.cols, 0, TUI_ROLE_DIM, where, strlen(where));
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    tui_menu_answers(app, v, &key, (int)SHODO_ARRAY_SIZE(rows));
    if (tui_menu_key(v, key, (int)SHODO_ARRAY_SIZE(rows), 5))
        return TUI_EFFECT_REDRAW;
    int i = key.action == TUI_ACTION_ENTER ? v->selected : -1;
    switch (i) {
    case 0:
        tui_push(app, "site", 0);
        break;
    case 1:
        ask_csv(app, false);
        break;
    case 2:
        ask_csv(app, true);
        break;
    case 3:
        make_key(app, 0);
        break;
    case 4:
        tui_recipients_ask(app);
        break;
    case 5:
        show_score(app, true);
        break;
    default:
        return TUI_EFFECT_IGNORED;
    }
    return TUI_EFFECT_REDRAW;
}

static const enum tui_action keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                       TUI_ACTION_NONE};
const struct tui_screen tui_screen_prepare = {.id = "prepare",
                                              .title = MSG_PREPARE,
                                              .help = MSG_PREPARE_HELP,
                                              .keys = keys,
                                              .draw = draw,
                                              .key = on_key};
