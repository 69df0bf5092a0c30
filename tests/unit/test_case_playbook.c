/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks: loading, the house rules, conditions, and playing as a pure function of the answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "case/playbook.h"

/* start → a (asks __hit__) → if hit: b → end2 … then c → end */
static const char base_text[] =
    "type: playbook\nspec_version: cacao-2.0\nid: playbook--11111111-1111-4111-8111-111111111111\nname: t\n"
    "created_by: identity--11111111-1111-4111-8111-111111111111\ncreated: '2026-11-22T00:00:00.000Z'\n"
    "modified: '2026-11-22T00:00:00.000Z'\nworkflow_start: start--1\n"
    "playbook_variables:\n  __hit__: {type: bool, description: hit?}\n"
    "workflow:\n"
    "  start--1: {type: start, on_completion: action--a}\n"
    "  action--a:\n    type: action\n    name: look\n    on_completion: if-condition--1\n    out_args: [__hit__]\n"
    "    commands: [{type: manual, command: look at it}]\n"
    "    step_extensions:\n      extension-definition--7b0a5b0e-6f5e-5d0c-9a63-2b1f4d6c8e10:\n        texts:\n"
    "          name: {ja: 見る, en: look}\n          commands: [{command: {ja: 画面を見る, en: look}}]\n"
    "          variables: {__hit__: {description: {ja: 出ているか, en: is it there?}, unknown_means: 'false'}}\n"
    "  if-condition--1: {type: if-condition, condition: \"__hit__:value = 'true'\", on_true: action--b, on_completion: action--c}\n"
    "  action--b:\n    type: action\n    name: 写真を撮る\n    on_completion: end--b\n    commands: [{type: manual, command: 写真}]\n"
    "  end--b: {type: end}\n"
    "  action--c:\n    type: action\n    name: 電話する\n    on_completion: end--c\n    commands: [{type: manual, command: 電話}]\n"
    "  end--c: {type: end}\n";

struct problems {
    int count;
    char text[4096];
};

static void note(void *ctx, unsigned line, const char *text) {
    struct problems *p = ctx;
    size_t n = strlen(p->text);
    p->count++;
    snprintf(p->text + n, sizeof(p->text) - n, "%u: %s\n", line, text);
}

static struct shodo_playbook *load(const char *text, struct problems *p, enum shodo_status *ret) {
    struct shodo_playbook *book = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    *ret = shodo_playbook_load(&book, "t.yaml", text, strlen(text), note, p, &err);
    return book;
}

struct answers {
    const char *rows[8][2];
};

static const char *lookup(void *ctx, const char *key) {
    const struct answers *a = ctx;
    for (size_t i = 0; i < 8 && a->rows[i][0]; i++) {
        if (strcmp(a->rows[i][0], key) == 0)
            return a->rows[i][1];
    }
    return NULL;
}

static void plays(void **state) {
    (void)state;
    static const struct {
        struct answers answers;
        const char *current; /* NULL: finished */
    } cases[] = {
        {{{{NULL, NULL}}}, "action--a"},
        {{{{"action--a", "true"}}}, "action--b"},
        {{{{"action--a", "false"}}}, "action--c"},
        {{{{"action--a", "unknown"}}}, "action--c"}, /* unknown_means false */
        {{{{"action--a", "true"}, {"action--b", ""}}}, "action--c"},
        {{{{"action--a", "true"}, {"action--b", ""}, {"action--c", ""}}}, NULL},
        /* later answers do not skip earlier steps */
        {{{{"action--b", ""}, {"action--c", ""}}}, "action--a"},
    };
    struct problems p = {0};
    enum shodo_status status;
    shodo_autop(shodo_playbook) struct shodo_playbook *book = load(base_text, &p, &status);
    assert_int_equal(status, SHODO_OK);
    assert_int_equal(shodo_playbook_check(book, note, &p), 0);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(cases); i++) {
        struct shodo_play play;
        struct shodo_error err = SHODO_ERROR_INIT;
        struct answers a = cases[i].answers;
        assert_int_equal(shodo_play_trace(&play, book, lookup, &a, &err), SHODO_OK);
        if (cases[i].current)
            assert_string_equal(book->steps[play.visits[play.current].step].id, cases[i].current);
        else
            assert_int_equal(play.current, -1);
        shodo_play_done(&play);
    }
}

/* Each row: text to replace in the good playbook, and words of the complaint. */
static void complains(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *says;
        bool loads;
    } cases[] = {
        {"on_completion: action--c}", "on_completion: action--zz}", "not a step", false},
        {"unknown_means: 'false'", "other: 'x'", "unknown_means", true},
        {"unknown_means: 'false'", "unknown_means: 'maybe'", "not one of the choices", true},
        {"type: start,", "type: stort,", "unknown type", false},
        {"condition: \"__hit__:value = 'true'\"", "condition: \"__hit__:value LIKE 'true'\"",
         "unknown operator", true},
        {"on_completion: end--c", "on_completion: action--c", "cannot be reached", true},
        {"name: 電話する", "name: call", "no Japanese", true},
        {"spec_version: cacao-2.0", "spec_version: cacao-1.0", "cacao-2.0", false},
        {"workflow_start: start--1", "workflow_start: action--a", "start step", false},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(cases); i++) {
        char text[8192];
        const char *at = strstr(base_text, cases[i].from);
        assert_non_null(at);
        snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - base_text), base_text, cases[i].to,
                 at + strlen(cases[i].from));
        struct problems p = {0};
        enum shodo_status status;
        shodo_autop(shodo_playbook) struct shodo_playbook *book = load(text, &p, &status);
        assert_int_equal(status == SHODO_OK, cases[i].loads);
        if (book)
            assert_true(shodo_playbook_check(book, note, &p) > 0);
        if (!strstr(p.text, cases[i].says))
            fail_msg("case %zu: expected '%s' in: %s", i, cases[i].says, p.text);
    }
}

static const char *value_of(void *ctx, const char *name, size_t n) {
    (void)ctx;
    if (n == 5 && memcmp(name, "__n__", 5) == 0)
        return "12";
    return n == 5 && memcmp(name, "__s__", 5) == 0 ? "yes" : NULL;
}

static void conditions(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int holds; /* -1: refused */
    } cases[] = {
        {"__s__:value = 'yes'", 1},
        {"__s__:value != 'yes'", 0},
        {"__n__:value > 9", 1},
        {"__n__:value <= 11.5", 0},
        {"__s__:value IN ('no','yes')", 1},
        {"__s__:value IN ('no')", 0},
        {"__u__:value = 'x'", 0},
        {"__u__:value != 'x'", 1},
        {"__s__:value = 'no' OR __n__:value = 12", 1},
        {"__s__:value = 'yes' AND __n__:value = 13", 0},
        {"__s__:value = 'no' AND __n__:value = 12 OR __s__:value = 'yes'", 1},
        {"s = 'yes'", -1},
        {"__s__:value", -1},
        {"__s__:value = 'yes", -1},
        {"__s__:value = 'yes' garbage", -1},
        {"__s__:value MATCHES 'y.*'", -1},
        {"", -1},
        {"__s__:value IN ('a'", -1},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(cases); i++) {
        bool holds = false;
        struct shodo_error err = SHODO_ERROR_INIT;
        enum shodo_status status = shodo_condition_eval(cases[i].text, value_of, NULL, &holds,
                                                        &err);
        if ((status == SHODO_OK ? (int)holds : -1) != cases[i].holds)
            fail_msg("'%s': status %d holds %d", cases[i].text, status, holds);
    }
}

static const char *always(void *ctx, const char *key) {
    (void)ctx;
    (void)key;
    return "true";
}

/* A loop that never ends is a reported outcome. */
static void endless_loop(void **state) {
    (void)state;
    char text[8192];
    const char *at = strstr(base_text, "if-condition--1: {type: if-condition,");
    assert_non_null(at);
    snprintf(text, sizeof(text), "%s", base_text);
    for (char *s = text; (s = strstr(s, "if-condition")) != NULL; s++) {
        memmove(s + 15, s + 12, strlen(s + 12) + 1);
        memcpy(s, "while-condition", 15);
    }
    struct problems p = {0};
    enum shodo_status status;
    shodo_autop(shodo_playbook) struct shodo_playbook *book = load(text, &p, &status);
    assert_int_equal(status, SHODO_OK);
    struct shodo_play play;
    struct shodo_error err = SHODO_ERROR_INIT;
    assert_int_equal(shodo_play_trace(&play, book, always, NULL, &err), SHODO_LIMIT);
    assert_non_null(strstr(err.text, "does not end"));
}

/* ---- what was put on hold for the patients comes back before a machine is examined ---- */

struct hold {
    const struct shodo_playbook *book;
    const char *unplug, *again;
};

static bool asks(const struct shodo_step *s, const char *variable) {
    size_t n = strlen(variable);
    const char *v = s->question.variable;
    return v && strncmp(v, variable, n) == 0 && (v[n] == 0 || v[n] == ':');
}

/* An ordinary PC; unplugging it as given; everything else unknown. */
static const char *of_hold(void *ctx, const char *key) {
    const struct hold *h = ctx;
    for (size_t i = 0; i < h->book->steps_count; i++) {
        const struct shodo_step *s = &h->book->steps[i];
        if (strcmp(s->id, key) == 0)
            return asks(s, "__is_device__")         ? "no"
                   : asks(s, "__s_kind__")          ? "pc"
                   : asks(s, "__unplug_ok__")       ? h->unplug
                   : asks(s, "__unplug_ok_again__") ? h->again
                   : s->question.variable           ? "unknown"
                                                    : "";
    }
    return "unknown";
}

static void check_held(const char *path) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    shodo_autop(shodo_playbook) struct shodo_playbook *book = NULL;
    struct problems p = {0};
    struct shodo_error err = SHODO_ERROR_INIT;
    static const struct {
        const char *unplug, *again;
        size_t asked_again, unplugged;
    } rows[] = {{"free", NULL, 0, 1},
                {"hold", "hold", 1, 0},
                {"hold", "unknown", 1, 0},
                {"unknown", "substitute", 1, 1},
                {"hold", "free", 1, 1}};
    assert_int_equal(shodo_io_read_file(&text, AT_FDCWD, path, SHODO_LIMIT_DOC_BYTES, &err),
                     SHODO_OK);
    assert_int_equal(
        shodo_playbook_load(&book, path, shodo_buf_cstr(&text), text.len, note, &p, &err),
        SHODO_OK);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        struct shodo_play play;
        struct hold h = {.book = book, .unplug = rows[i].unplug, .again = rows[i].again};
        size_t asked_again = 0, unplugged = 0;
        assert_int_equal(shodo_play_trace(&play, book, of_hold, &h, &err), SHODO_OK);
        assert_int_equal(play.current, -1);
        for (size_t k = 0; k < play.count; k++) {
            const struct shodo_step *s = &book->steps[play.visits[k].step];
            asked_again += asks(s, "__unplug_ok_again__");
            unplugged += s->name.en && strncmp(s->name.en, "Unplug", 6) == 0;
        }
        assert_int_equal(asked_again, rows[i].asked_again);
        assert_int_equal(unplugged, rows[i].unplugged);
        shodo_play_done(&play);
    }
}

static void held_pc(void **state) {
    (void)state;
    check_held(SHODO_REPO "/rules/playbooks/ransomware.yaml");
    check_held(SHODO_REPO "/rules/playbooks/suspicious-machine.yaml");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plays),        cmocka_unit_test(complains), cmocka_unit_test(conditions),
        cmocka_unit_test(endless_loop), cmocka_unit_test(held_pc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
