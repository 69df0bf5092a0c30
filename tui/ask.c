/* SPDX-License-Identifier: Apache-2.0 */
/* Questions on a screen of their own: a choice from a list, one line of text (with romaji to kana),
 * a text to read. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kana.h"
#include "screens.h"

#define LABELS_MAX      200
#define INPUT_MAX_BYTES 4000

struct label {
    char *text, *more;
};

struct tui_ask {
    char *title, *text;
    struct shodo_vec labels; /* struct label */
    tui_ask_done done;
    long arg;
    int selected, scroll;
    int zero; /* the label that is 分からない, -1 none */
    bool needs_enter;
};

struct tui_ask *tui_ask_begin(struct tui_app *app, const char *title, const char *text,
                              tui_ask_done done, long arg) {
    int depth = app->depth;
    tui_push(app, "choice", 0);
    if (app->depth == depth)
        return NULL;
    struct tui_ask *a = tui_top(app)->data;
    *a = (struct tui_ask){.title = strdup(title),
                          .text = strdup(text ? text : ""),
                          .labels = SHODO_VEC_INIT(sizeof(struct label)),
                          .done = done,
                          .zero = -1,
                          .arg = arg};
    return a;
}

void tui_ask_add(struct tui_ask *a, const char *label, const char *more) {
    struct label *l = a && a->labels.count < LABELS_MAX ? shodo_vec_push(&a->labels) : NULL;
    if (l)
        *l = (struct label){.text = strdup(label), .more = more && *more ? strdup(more) : NULL};
}

void tui_ask_select(struct tui_ask *a, int index) {
    if (a)
        a->selected = index;
}

void tui_ask_last_is_unknown(struct tui_ask *a) {
    if (a && a->labels.count)
        a->zero = (int)a->labels.count - 1;
}

void tui_ask_needs_enter(struct tui_ask *a) {
    if (a)
        a->needs_enter = true;
}

static void carry_choice(struct tui_view *v, struct tui_view *old) {
    struct tui_ask *a = v->data;
    const struct tui_ask *before = old->data;
    a->selected = SHODO_MIN(before->selected, (int)a->labels.count - 1);
    a->scroll = before->scroll;
    a->needs_enter = before->needs_enter;
}

static void close_choice(struct tui_app *app, struct tui_view *v) {
    (void)app;
    struct tui_ask *a = v->data;
    for (size_t i = 0; i < a->labels.count; i++) {
        struct label *l = shodo_vec_at(&a->labels, i);
        free(l->text);
        free(l->more);
    }
    shodo_vec_done(&a->labels);
    free(a->title);
    free(a->text);
}

static int draw_label(const struct tui_ask *a, int i, struct tui_canvas *c, struct tui_area area,
                      int row) {
    const struct label *l = shodo_vec_at(&a->labels, (size_t)i);
    enum tui_role role = i == a->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    tui_menu_row(&b, i, a->selected, a->zero);
    shodo_buf_addf(&b, "%s%s", l->text ? l->text : "", a->needs_enter ? TUI_NEEDS_ENTER : "");
    tui_canvas_fill(c, row, area.col, area.cols, role);
    tui_canvas_text(c, row++, area.col, area.cols, role, shodo_buf_cstr(&b));
    if (l->more && row < area.row + area.rows)
        row += tui_canvas_wrap(c, row, SHODO_MIN(2, area.row + area.rows - row), area.col + 5,
                               area.cols - 5, 0, TUI_ROLE_DIM, l->more, strlen(l->more));
    return row;
}

static void draw_choice(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                        struct tui_area area) {
    (void)app;
    struct tui_ask *a = v->data;
    int n = (int)a->labels.count;
    tui_canvas_text(c, area.row, area.col, area.cols, TUI_ROLE_TITLE, a->title);
    int row = area.row + 1;
    if (a->text && *a->text)
        row += SHODO_MIN(area.rows / 2,
                         tui_canvas_wrap(c, row, area.rows / 2, area.col, area.cols, 0,
                                         TUI_ROLE_NORMAL, a->text, strlen(a->text)));
    row++;
    int bottom = area.row + area.rows;
    if (a->selected < a->scroll)
        a->scroll = SHODO_MAX(0, a->selected);
    for (;;) { /* scroll until the selected label is inside */
        int at = row;
        for (int i = a->scroll; i <= a->selected && i < n; i++) {
            const struct label *l = shodo_vec_at(&a->labels, (size_t)i);
            at += l->more ? 3 : 1;
        }
        if (at <= bottom || a->scroll >= a->selected)
            break;
        a->scroll++;
    }
    for (int i = a->scroll; i < n && row < bottom; i++)
        row = draw_label(a, i, c, area, row);
}

static unsigned choice_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct tui_ask *a = v->data;
    int n = (int)a->labels.count;
    struct tui_view list = {.selected = a->selected};
    key = tui_menu_zero(key, a->zero);
    if (!a->needs_enter && tui_menu_answers(app, &list, &key, n))
        a->selected = list.selected;
    if (tui_menu_key(&list, key, n, 10)) {
        a->selected = list.selected;
        if (key.action == TUI_ACTION_CHAR) /* a digit alone answers elsewhere: say why not here */
            tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_ENTER_CONFIRMS));
        return TUI_EFFECT_REDRAW;
    }
    int index = key.action == TUI_ACTION_ENTER ? a->selected : -1;
    if (key.action == TUI_ACTION_ENTER && index < 0) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_CHOOSE_FIRST));
        return TUI_EFFECT_REDRAW;
    }
    if (index < 0 || index >= n)
        return key.action == TUI_ACTION_TICK || key.action == TUI_ACTION_BACK ||
                       key.action == TUI_ACTION_HELP || key.action == TUI_ACTION_LANGUAGE ||
                       key.action == TUI_ACTION_THEME
                   ? TUI_EFFECT_IGNORED
                   : TUI_EFFECT_NONE;
    tui_ask_done done = a->done;
    long arg = a->arg;
    tui_pop(app);
    if (done)
        done(app, arg, index);
    return TUI_EFFECT_REDRAW;
}

static void choice_crumb(const struct tui_app *app, const struct tui_view *v,
                         struct shodo_buf *out) {
    (void)app;
    const struct tui_ask *a = v->data;
    shodo_buf_adds(out, a->title ? a->title : "");
}

static const enum tui_action choice_keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                              TUI_ACTION_NONE};
const struct tui_screen tui_screen_choice = {.id = "choice",
                                             .title = MSG_EMPTY,
                                             .help = MSG_CHOICE_HELP,
                                             .keys = choice_keys,
                                             .data_bytes = sizeof(struct tui_ask),
                                             .close = close_choice,
                                             .draw = draw_choice,
                                             .key = choice_key,
                                             .crumb = choice_crumb,
                                             .carry = carry_choice};

/* ---- one line of text ---- */

enum { KANA_OFF, KANA_HIRAGANA, KANA_KATAKANA, KANA_MODES };

struct input {
    char *title, *text;
    struct shodo_buf value;  /* finished text */
    struct shodo_buf romaji; /* letters not yet turned into kana */
    unsigned flags;
    int mode;
    tui_input_done done;
    long arg;
    bool has_messages; /* tui_input_ask() */
    enum tui_msg title_id, text_id;
};

void tui_input_begin(struct tui_app *app, const char *title, const char *text, const char *initial,
                     unsigned flags, tui_input_done done, long arg) {
    int depth = app->depth;
    tui_push(app, "input", 0);
    if (app->depth == depth)
        return;
    struct input *in = tui_top(app)->data;
    *in = (struct input){.title = strdup(title),
                         .text = strdup(text ? text : ""),
                         .value = SHODO_BUF_INIT,
                         .romaji = SHODO_BUF_INIT,
                         .flags = flags,
                         .mode = (flags & TUI_INPUT_KANA) && !(flags & TUI_INPUT_LETTERS) &&
                                         tui_is_ja(app)
                                     ? KANA_HIRAGANA
                                     : KANA_OFF,
                         .done = done,
                         .arg = arg};
    shodo_buf_adds(&in->value, initial ? initial : "");
}

void tui_input_ask(struct tui_app *app, enum tui_msg title, enum tui_msg text, const char *initial,
                   unsigned flags, tui_input_done done, long arg) {
    int depth = app->depth;
    tui_input_begin(app, tui_text(app, title), tui_text(app, text), initial, flags, done, arg);
    if (app->depth == depth)
        return;
    struct input *in = tui_top(app)->data;
    in->has_messages = true;
    in->title_id = title;
    in->text_id = text;
}

static void retell_input(struct tui_app *app, struct tui_view *v) {
    struct input *in = v->data;
    if (!in->has_messages) {
        tui_tell_again(app, v);
        return;
    }
    free(in->title);
    free(in->text);
    in->title = strdup(tui_text(app, in->title_id));
    in->text = strdup(tui_text(app, in->text_id));
}

static void carry_input(struct tui_view *v, struct tui_view *old) {
    struct input *in = v->data, *before = old->data;
    struct shodo_buf value = in->value, romaji = in->romaji;
    in->value = before->value;
    in->romaji = before->romaji;
    in->mode = before->mode;
    before->value = value; /* goes with the old view */
    before->romaji = romaji;
}

static void wipe(struct shodo_buf *b) {
    if (b->data)
        explicit_bzero(b->data, b->cap);
    shodo_buf_done(b);
}

static void close_input(struct tui_app *app, struct tui_view *v) {
    (void)app;
    struct input *in = v->data;
    free(in->title);
    free(in->text);
    wipe(&in->value);
    wipe(&in->romaji);
}

static void settle(struct input *in, bool is_final) {
    if (!in->romaji.len)
        return;
    shodo_auto(shodo_buf) struct shodo_buf kana = SHODO_BUF_INIT;
    tui_kana(&kana, shodo_buf_cstr(&in->romaji), in->mode == KANA_KATAKANA, is_final);
    const char *last = kana.len ? kana.data + kana.len - 1 : "";
    if (!is_final && kana.len && *last >= 'a' && *last <= 'z')
        return; /* a syllable is still open */
    if (in->mode == KANA_OFF)
        shodo_buf_adds(&in->value, in->romaji.data);
    else
        shodo_buf_add(&in->value, kana.data, kana.len);
    shodo_buf_clear(&in->romaji);
}

static void draw_input(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                       struct tui_area area) {
    struct input *in = v->data;
    tui_canvas_text(c, area.row, area.col, area.cols, TUI_ROLE_TITLE, in->title);
    int row = area.row + 1;
    if (in->text && *in->text)
        row += tui_canvas_wrap(c, row, area.rows - 8, area.col, area.cols, 0, TUI_ROLE_NORMAL,
                               in->text, strlen(in->text));
    row++;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_adds(&b, shodo_buf_cstr(&in->value));
    shodo_buf_adds(&b, shodo_buf_cstr(&in->romaji));
    size_t columns = shodo_text_columns(b.data ? b.data : "", b.len);
    tui_canvas_fill(c, row, area.col, area.cols, TUI_ROLE_INPUT);
    int used = columns > (size_t)area.cols - 2
                   ? tui_canvas_path(c, row, area.col, area.cols - 2, TUI_ROLE_INPUT, b.data, b.len)
                   : tui_canvas_text(c, row, area.col, area.cols - 1, TUI_ROLE_INPUT,
                                     shodo_buf_cstr(&b));
    c->cursor_row = row;
    c->cursor_col = area.col + used;
    if (in->flags & TUI_INPUT_KANA)
        tui_canvas_text(c, row + 2, area.col, area.cols, TUI_ROLE_DIM,
                        tui_text(app, in->mode == KANA_HIRAGANA   ? MSG_INPUT_HIRAGANA
                                      : in->mode == KANA_KATAKANA ? MSG_INPUT_KATAKANA
                                                                  : MSG_INPUT_LETTERS));
    tui_canvas_text(c, row + 3, area.col, area.cols, TUI_ROLE_DIM, tui_text(app, MSG_INPUT_KEYS));
}

static void erase(struct input *in) {
    struct shodo_buf *b = in->romaji.len ? &in->romaji : &in->value;
    size_t cut = 0;
    for (size_t pos = 0; pos < b->len;) {
        cut = pos;
        shodo_text_next(b->data, b->len, &pos);
    }
    b->len = cut;
    shodo_buf_cstr(b);
}

static unsigned finish_input(struct tui_app *app, struct input *in) {
    settle(in, true);
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    shodo_buf_adds(&text, shodo_buf_cstr(&in->value));
    tui_input_done done = in->done;
    long arg = in->arg;
    tui_pop(app);
    if (done)
        done(app, arg, shodo_buf_cstr(&text));
    wipe(&text);
    return TUI_EFFECT_REDRAW;
}

static unsigned input_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct input *in = v->data;
    switch (key.action) {
    case TUI_ACTION_ENTER:
        return finish_input(app, in);
    case TUI_ACTION_BACK:
        return TUI_EFFECT_POP | TUI_EFFECT_REDRAW;
    case TUI_ACTION_NEXT:
        settle(in, true);
        if (in->flags & TUI_INPUT_KANA)
            in->mode = (in->mode + 1) % KANA_MODES;
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_ERASE:
        erase(in);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_CHAR:
        if (in->value.len + in->romaji.len > INPUT_MAX_BYTES || shodo_text_is_invisible(key.ch))
            return TUI_EFFECT_NONE;
        if (in->mode != KANA_OFF && key.ch < 128) {
            shodo_buf_addc(&in->romaji, (char)key.ch);
            settle(in, false);
        } else {
            settle(in, true);
            shodo_text_put(&in->value, key.ch);
        }
        return TUI_EFFECT_REDRAW;
    default:
        return key.action == TUI_ACTION_TICK || key.action == TUI_ACTION_LANGUAGE ||
                       key.action == TUI_ACTION_HELP
                   ? TUI_EFFECT_IGNORED
                   : TUI_EFFECT_NONE;
    }
}

static void input_crumb(const struct tui_app *app, const struct tui_view *v,
                        struct shodo_buf *out) {
    (void)app;
    const struct input *in = v->data;
    shodo_buf_adds(out, in->title ? in->title : "");
}

static bool always(const struct tui_view *v) {
    (void)v;
    return true;
}

static const enum tui_action input_keys[] = {TUI_ACTION_ENTER, TUI_ACTION_NEXT, TUI_ACTION_ERASE,
                                             TUI_ACTION_NONE};
static bool has_input_key(const struct tui_view *v, enum tui_action a) {
    return a != TUI_ACTION_NEXT || (((const struct input *)v->data)->flags & TUI_INPUT_KANA);
}

const struct tui_screen tui_screen_input = {.id = "input",
                                            .title = MSG_EMPTY,
                                            .help = MSG_INPUT_HELP,
                                            .keys = input_keys,
                                            .data_bytes = sizeof(struct input),
                                            .close = close_input,
                                            .draw = draw_input,
                                            .key = input_key,
                                            .has_key = has_input_key,
                                            .is_text_field = always,
                                            .crumb = input_crumb,
                                            .retell = retell_input,
                                            .carry = carry_input};

/* ---- a text to read ---- */

struct page {
    char *title, *text;
    int lines;
    bool closes_step;
    tui_opener print; /* of a paper: makes the PDF; NULL: nothing to print */
    long print_arg;
};

void tui_page_closes_step(struct tui_app *app) {
    struct tui_view *v = tui_top(app);
    if (app->pending[0] && strcmp(v->screen->id, "page") == 0)
        ((struct page *)v->data)->closes_step = true;
}

void tui_page_prints(struct tui_app *app, tui_opener print, long arg) {
    struct page *p = tui_top(app)->data;
    if (app->is_full)
        return;
    p->print = print;
    p->print_arg = arg;
}

void tui_page_show(struct tui_app *app, const char *title, const char *text) {
    int depth = app->depth;
    tui_push(app, "page", 0);
    if (app->depth == depth)
        return;
    struct page *p = tui_top(app)->data;
    p->title = strdup(title);
    p->text = strdup(text);
}

static void carry_page(struct tui_view *v, struct tui_view *old) {
    struct page *p = v->data;
    v->scroll = old->scroll; /* draw_page() keeps it inside */
    p->closes_step = ((const struct page *)old->data)->closes_step;
}

static void close_page(struct tui_app *app, struct tui_view *v) {
    (void)app;
    struct page *p = v->data;
    free(p->title);
    free(p->text);
}

static void draw_page(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                      struct tui_area area) {
    struct page *p = v->data;
    if (!p->text)
        return;
    if (p->print) {
        const char *how = tui_text(app, MSG_PAPER_PRINT);
        int used = tui_canvas_wrap(c, area.row, 2, area.col, area.cols, 0, TUI_ROLE_DIM, how,
                                   strlen(how));
        area.row += used;
        area.rows -= used;
    }
    p->lines = tui_canvas_wrap(c, area.row, area.rows, area.col, area.cols, v->scroll,
                               TUI_ROLE_NORMAL, p->text, strlen(p->text));
    if (v->scroll >= p->lines && v->scroll > 0) { /* shorter in the other language */
        v->scroll = SHODO_MAX(0, p->lines - area.rows);
        tui_canvas_wrap(c, area.row, area.rows, area.col, area.cols, v->scroll, TUI_ROLE_NORMAL,
                        p->text, strlen(p->text));
    }
    bool has_more = p->lines > v->scroll + area.rows;
    if (has_more || p->closes_step)
        tui_canvas_text(c, area.row + area.rows, area.col, area.cols, TUI_ROLE_DIM,
                        tui_text(app, !p->closes_step ? MSG_PAGE_MORE
                                      : has_more      ? MSG_PAGE_STEP_MORE
                                                      : MSG_PAGE_STEP));
}

static unsigned page_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    const struct page *p = v->data;
    struct tui_view list = {.selected = v->scroll};
    if (tui_list_key(&list, key, SHODO_MAX(1, p->lines), 15)) {
        v->scroll = list.selected;
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_PDF && p->print) {
        p->print(app, p->print_arg);
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_ENTER && p->closes_step)
        tui_function_done(app, "done", NULL);
    return key.action == TUI_ACTION_ENTER ? TUI_EFFECT_POP | TUI_EFFECT_REDRAW : TUI_EFFECT_IGNORED;
}

static void page_crumb(const struct tui_app *app, const struct tui_view *v, struct shodo_buf *out) {
    (void)app;
    const struct page *p = v->data;
    shodo_buf_adds(out, p->title ? p->title : "");
}

static bool has_page_key(const struct tui_view *v, enum tui_action a) {
    return a != TUI_ACTION_PDF || ((const struct page *)v->data)->print;
}

static const enum tui_action page_keys[] = {TUI_ACTION_PAGE_UP, TUI_ACTION_PAGE_DOWN,
                                            TUI_ACTION_ENTER, TUI_ACTION_PDF, TUI_ACTION_NONE};
const struct tui_screen tui_screen_page = {.id = "page",
                                           .title = MSG_EMPTY,
                                           .help = MSG_PAGE_HELP,
                                           .keys = page_keys,
                                           .data_bytes = sizeof(struct page),
                                           .has_key = has_page_key,
                                           .close = close_page,
                                           .draw = draw_page,
                                           .key = page_key,
                                           .crumb = page_crumb,
                                           .carry = carry_page};
