/* SPDX-License-Identifier: Apache-2.0 */
/* The answers about one machine (answers.json, made by the engine): each question with its verdict,
 * what could not be looked at, and the sentences; and the connections found that are not in the
 * hospital's list. */
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/value.h"
#include "case/case.h"
#include "casefile.h"
#include "screens.h"

#define SENTENCES_SHOWN 12
#define GAPS_SHOWN      3

/* The newest answers of the endpoint; NULL when there are none. The caller frees. */
static struct shodo_doc *load(const struct tui_app *app, const char *endpoint) {
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_doc *doc = NULL;
    int fd = -1;
    if (shodo_case_dir_look(&d, tui_casefile_path(app->casefile), NULL) != SHODO_OK ||
        shodo_case_endpoint_dir(&fd, &d, endpoint, false, NULL) != SHODO_OK)
        return NULL;
    if (shodo_io_read_generation(&text, fd, "answers", "json", SHODO_LIMIT_DOC_BYTES, NULL) !=
            SHODO_OK ||
        shodo_doc_parse_json(&doc, "answers", shodo_buf_cstr(&text), text.len, NULL) != SHODO_OK)
        doc = NULL;
    close(fd);
    return doc;
}

static const char *in_language(const struct tui_app *app, const struct shodo_value *v,
                               const char *ja, const char *en) {
    const char *s = shodo_value_get_str(v, tui_is_ja(app) ? ja : en);
    return s ? s : "";
}

static void add_answer(const struct tui_app *app, const struct shodo_value *a,
                       struct shodo_buf *out) {
    const char *verdict = in_language(app, a, "verdict_ja", "verdict");
    shodo_buf_addc(out, '[');
    for (const char *c = verdict; *c; c++) /* "nothing_found" is for machines */
        shodo_buf_addc(out, *c == '_' ? ' ' : *c);
    shodo_buf_addf(out, "] %s\n", in_language(app, a, "question_ja", "question_en"));
    const struct shodo_value *gaps = shodo_value_get(a, "not_examined"),
                             *said = shodo_value_get(a, "sentences");
    const char *before = "";
    for (size_t i = 0, shown = 0; i < shodo_value_count(gaps) && shown < GAPS_SHOWN; i++) {
        const char *why = in_language(app, shodo_value_at(gaps, i), "ja", "en");
        if (strcmp(why, before) == 0)
            continue; /* the same reason for another kind of item */
        shodo_buf_addf(out, "  %s: %s\n", tui_text(app, MSG_NOT_EXAMINED), why);
        before = why;
        shown++;
    }
    shodo_auto(shodo_buf) struct shodo_buf masked = SHODO_BUF_INIT;
    for (size_t i = 0; i < shodo_value_count(said) && i < SENTENCES_SHOWN; i++) {
        const char *s = in_language(app, shodo_value_at(said, i), "ja", "en");
        shodo_buf_addf(out, "  %s\n", tui_masked(app, s, &masked));
    }
    if (shodo_value_count(said) > SENTENCES_SHOWN)
        shodo_buf_addf(out, "  %s %zu\n", tui_text(app, MSG_MORE),
                       shodo_value_count(said) - SENTENCES_SHOWN);
    shodo_buf_addc(out, '\n');
}

void tui_answers_show(struct tui_app *app, long endpoint) {
    shodo_autop(shodo_doc) struct shodo_doc *doc = load(
        app, tui_casefile_endpoint(app->casefile, (size_t)endpoint)->id);
    if (!doc) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_NO_ANSWERS));
        return;
    }
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const struct shodo_value *list = shodo_value_get(shodo_doc_root(doc), "answers");
    if (tui_casefile_endpoint(app->casefile, (size_t)endpoint)->reasons.count)
        shodo_buf_addf(&b, "%s\n\n", tui_text(app, MSG_ANSWERS_GAPS));
    for (size_t i = 0; i < shodo_value_count(list); i++)
        add_answer(app, shodo_value_at(list, i), &b);
    shodo_buf_adds(&b, tui_text(app, MSG_HOME_RELEASE));
    tui_page_show(app, tui_text(app, MSG_ANSWERS), shodo_buf_cstr(&b));
    tui_told_by(app, tui_answers_show, endpoint);
}

static void on_machine(struct tui_app *app, long arg, int index) {
    (void)arg;
    tui_answers_show(app, index);
}

static void ask_machine(struct tui_app *app, long arg) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_ANSWERS_TOOL), "", on_machine, arg);
    for (size_t i = 0; i < tui_casefile_endpoints(app->casefile); i++) {
        const struct tui_endpoint *e = tui_casefile_endpoint(app->casefile, i);
        tui_ask_add(a, e->name && *e->name ? e->name : e->id, NULL);
    }
    tui_ask_select(a, tui_machine_last(app));
    tui_told_by(app, ask_machine, arg);
}

void tui_answers_go(struct tui_app *app) {
    if (tui_casefile_endpoints(app->casefile) > 1)
        ask_machine(app, 0);
    else if (tui_casefile_endpoints(app->casefile) == 1)
        tui_answers_show(app, 0);
    else
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_NO_ANSWERS));
}

static void add_unlisted(const struct tui_app *app, const struct shodo_value *root,
                         const char *machine, struct shodo_buf *out) {
    const struct shodo_value *answers = shodo_value_get(root, "answers");
    for (size_t i = 0; i < shodo_value_count(answers); i++) {
        const struct shodo_value *a = shodo_value_at(answers, i);
        const char *id = shodo_value_get_str(a, "id");
        const struct shodo_value *rows = shodo_value_get(shodo_value_get(a, "data"), "connections");
        for (size_t k = 0; id && strcmp(id, "connections") == 0 && k < shodo_value_count(rows);
             k++) {
            const struct shodo_value *r = shodo_value_at(rows, k);
            const char *product = shodo_value_get_str(r, "product"),
                       *kind = shodo_value_get_str(r, "kind");
            if (product && !shodo_value_bool(shodo_value_get(r, "is_listed"), true))
                shodo_buf_addf(out, "%s: %s (%s)\n", machine, product, kind ? kind : "");
        }
    }
    (void)app;
}

void tui_unlisted_text(const struct tui_app *app, struct shodo_buf *out) {
    for (size_t i = 0; i < tui_casefile_endpoints(app->casefile); i++) {
        const struct tui_endpoint *e = tui_casefile_endpoint(app->casefile, i);
        shodo_autop(shodo_doc) struct shodo_doc *doc = load(app, e->id);
        if (doc)
            add_unlisted(app, shodo_doc_root(doc), e->name && *e->name ? e->name : e->id, out);
    }
}
