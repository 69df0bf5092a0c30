/* SPDX-License-Identifier: Apache-2.0 */
#include "said.h"

#include <string.h>

#define BETWEEN " / "

/* Heads are always recorded in Japanese. */
static const char *const heads[][TUI_LANG_COUNT] = {
    {"決まったこと: ", "decided: "}, {"決めた人: ", "decided by: "},
    {"理由: ", "because: "},         {"前の記録: ", "before: "},
    {"答えた人: ", "answered by: "}, {"引継ぎ: ", "handover: "},
    {"取り消し: ", "withdrawal: "},  {"〔取り消し済み〕", "[withdrawn] "}};
static const char *const wholes[][TUI_LANG_COUNT] = {
    {"未決定（だれも承認していない）", "not decided (nobody has approved)"},
    {"事前の記録なし", "no record beforehand"},
    /* sources of the generic table of decisions */
    {"BCP 策定の確認表 3-4", "ministry's table for checking a BCP, 3-4"},
    {"厚生労働省 BCP ひな形 3.3.2", "ministry's BCP template 3.3.2"},
    {"厚生労働省 BCP ひな形", "ministry's BCP template"},
    {"初動対応の手順（この USB）", "playbooks of this stick"},
    {"厚生労働省 安全管理ガイドライン 6.0 経営管理編 3.4.3",
     "ministry's security guideline 6.0, management 3.4.3"},
    {"半田病院 有識者会議報告 3.3", "report of experts on Handa Hospital, 3.3"}};

static bool is_same(const char *text, const char *s, size_t n) {
    return text && *text == *s && strlen(text) == n && memcmp(text, s, n) == 0;
}

/* Of the steps: names and answers. */
static const char *step_words(const struct tui_app *app, const struct shodo_step *step,
                              const char *s, size_t n) {
    bool ja = tui_is_ja(app);
    if (is_same(ja ? step->name.en : step->name.ja, s, n))
        return tui_pick(app, &step->name);
    for (size_t i = 0; i < step->question.choices_count; i++) {
        const struct shodo_text2 *t = &step->question.choices[i].label;
        if (is_same(ja ? t->en : t->ja, s, n))
            return tui_pick(app, t);
    }
    return NULL;
}

/* Of the generic table of decisions. */
static const char *option_words(const struct tui_app *app, const char *s, size_t n) {
    const struct shodo_site *g = app->books.generic;
    for (size_t i = 0; g && i < g->decisions.count; i++) {
        const struct shodo_site_decision *d = shodo_vec_at(&g->decisions, i);
        for (size_t k = 0; k < d->options.count; k++) {
            const struct shodo_text2
                *t = &((const struct shodo_site_option *)shodo_vec_at(&d->options, k))->label;
            if (is_same(tui_is_ja(app) ? t->en : t->ja, s, n))
                return tui_pick(app, t);
        }
    }
    return NULL;
}

/* The same words in the language of now when they are words of the program, else NULL. */
const char *tui_same_words(const struct tui_app *app, const char *s, size_t n) {
    enum tui_lang other = app->lang == TUI_LANG_JA ? TUI_LANG_EN : TUI_LANG_JA;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(wholes); i++) {
        if (is_same(wholes[i][other], s, n))
            return wholes[i][app->lang];
    }
    for (int i = MSG_NONE + 1; n > 0 && i < MSG_COUNT; i++) {
        if (is_same(tui_msg((enum tui_msg)i, other), s, n))
            return tui_msg((enum tui_msg)i, app->lang);
    }
    const char *found = n > 0 ? option_words(app, s, n) : NULL;
    for (size_t b = 0; n > 0 && !found && b < app->books.list.count; b++) {
        const struct shodo_playbook *p = *(struct shodo_playbook **)shodo_vec_at(&app->books.list,
                                                                                 b);
        for (size_t i = 0; i < p->steps_count && !found; i++)
            found = step_words(app, &p->steps[i], s, n);
    }
    return found;
}

static void add_words(const struct tui_app *app, const char *s, size_t n, struct shodo_buf *out) {
    const char *same = tui_same_words(app, s, n);
    if (same)
        shodo_buf_adds(out, same);
    else
        shodo_buf_add(out, s, n);
}

/* Where the words behind "name: " begin; `s` when there is no such name. */
static const char *behind_name(const char *s, size_t n) {
    for (size_t i = n; i >= 2; i--) {
        if (s[i - 2] == ':' && s[i - 1] == ' ')
            return s + i;
    }
    return s;
}

static void add_part(const struct tui_app *app, const char *s, size_t n, struct shodo_buf *out) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(heads); i++) {
        size_t head = strlen(heads[i][TUI_LANG_JA]);
        if (n < head || memcmp(s, heads[i][TUI_LANG_JA], head) != 0)
            continue;
        shodo_buf_adds(out, heads[i][app->lang]);
        s += head;
        n -= head;
    }
    const char *tag = n > 2 && *s == '[' ? memmem(s, n, "] ", 2) : NULL;
    if (tag) { /* "[on hold] words" */
        shodo_buf_addc(out, '[');
        add_words(app, s + 1, (size_t)(tag - s) - 1, out);
        shodo_buf_adds(out, "] ");
        n -= (size_t)(tag + 2 - s);
        s = tag + 2;
    }
    const char *words = tui_same_words(app, s, n) ? s : behind_name(s, n);
    if (words > s) {
        add_words(app, s, (size_t)(words - s) - 2, out);
        shodo_buf_adds(out, ": ");
    }
    add_words(app, words, n - (size_t)(words - s), out);
}

const char *tui_said(const struct tui_app *app, const char *note, struct shodo_buf *buf) {
    shodo_buf_clear(buf);
    for (const char *s = note ? note : "";;) {
        const char *end = strstr(s, BETWEEN);
        add_part(app, s, end ? (size_t)(end - s) : strlen(s), buf);
        if (!end)
            break;
        shodo_buf_adds(buf, BETWEEN);
        s = end + strlen(BETWEEN);
    }
    return shodo_buf_cstr(buf);
}
