/* SPDX-License-Identifier: Apache-2.0 */
/* shodo playbook check|list|show|export: the playbooks of a stick, before anybody needs them. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "case/playbook.h"
#include "engine/verb.h"

enum { WORDS_MAX = 256 };

struct report {
    const char *name;
    size_t problems;
};

static void problem(void *ctx, unsigned line, const char *text) {
    struct report *r = ctx;
    struct shodo_buf b = SHODO_BUF_INIT;
    r->problems++;
    shodo_text_safe(&b, r->name, strlen(r->name));
    if (line)
        shodo_buf_addf(&b, ":%u", line);
    shodo_buf_adds(&b, ": ");
    shodo_text_safe(&b, text, strlen(text));
    puts(shodo_buf_cstr(&b));
    shodo_buf_done(&b);
}

static enum shodo_status load(struct shodo_playbook **ret, const char *name, struct report *r,
                              struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    enum shodo_status st = shodo_io_read_file(&text, AT_FDCWD, name, SHODO_LIMIT_DOC_BYTES, err);
    return st == SHODO_OK
               ? shodo_playbook_load(ret, name, shodo_buf_cstr(&text), text.len, problem, r, err)
               : st;
}

static void list_one(const struct shodo_playbook *p) {
    size_t questions = 0, functions = 0, actions = 0;
    for (size_t i = 0; i < p->steps_count; i++) {
        const struct shodo_step *s = &p->steps[i];
        actions += s->type == SHODO_STEP_ACTION;
        questions += s->question.variable != NULL;
        functions += s->commands_count > 0 && s->commands[0].function;
    }
    printf("%-24s %3zu steps, %2zu questions, %2zu built-in functions  %s / %s\n", p->key, actions,
           questions, functions, p->name.ja, p->name.en);
}

static void show_command(const struct shodo_command *c) {
    bool is_ours = c->function || strcmp(c->type, "manual") == 0;
    if (c->function)
        printf("      -> %s\n", c->function);
    else
        printf("      %s%s\n", is_ours ? "" : "(not run) ", c->text.ja);
    if (*c->say.ja)
        printf("      電話: %s\n", c->say.ja);
}

static void show_one(const struct shodo_playbook *p) {
    printf("%s (%s)\n", p->name.ja, p->key);
    for (size_t i = 0; i < p->steps_count; i++) {
        const struct shodo_step *s = &p->steps[i];
        if (s->type != SHODO_STEP_ACTION && s->type != SHODO_STEP_PLAYBOOK_ACTION)
            continue;
        printf("  %s%s\n", s->is_must ? "[要] " : "", s->name.ja);
        for (size_t k = 0; k < s->commands_count; k++)
            show_command(&s->commands[k]);
        if (s->question.variable)
            printf("      ? %s  (分からない = %s)\n", s->question.text.ja,
                   s->question.unknown_means ? s->question.unknown_means : "");
    }
}

static int one(const char *what, const char *name) {
    struct report r = {.name = name};
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_autop(shodo_playbook) struct shodo_playbook *p = NULL;
    if (load(&p, name, &r, &err) != SHODO_OK) {
        problem(&r, 0, err.text);
        return SHODO_EXIT_FINDINGS;
    }
    if (strcmp(what, "check") == 0)
        return shodo_playbook_check(p, problem, &r) ? SHODO_EXIT_FINDINGS : SHODO_EXIT_NOTHING;
    if (strcmp(what, "list") == 0)
        list_one(p);
    if (strcmp(what, "show") == 0)
        show_one(p);
    if (strcmp(what, "export") == 0) {
        shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
        shodo_playbook_write_json(p, &out);
        fwrite(shodo_buf_cstr(&out), 1, out.len, stdout);
        return out.failed ? SHODO_EXIT_FAILED : SHODO_EXIT_NOTHING;
    }
    return SHODO_EXIT_NOTHING;
}

int shodo_verb_playbook(const struct shodo_verb *v, int argc, char **argv) {
    static const char *const known[] = {"check", "list", "show", "export"};
    const char *words[WORDS_MAX];
    size_t n = 0;
    if (!shodo_args_parse(v, argc, argv, NULL, 0, words, WORDS_MAX, &n))
        return SHODO_EXIT_USAGE;
    bool is_known = false;
    for (size_t i = 0; n > 0 && i < SHODO_ARRAY_SIZE(known); i++)
        is_known = is_known || strcmp(words[0], known[i]) == 0;
    if (!is_known || n < 2)
        return shodo_verb_usage(v, "what to do with which file? (check, list, show, export)");
    int worst = SHODO_EXIT_NOTHING;
    for (size_t i = 1; i < n; i++) {
        int code = one(words[0], words[i]);
        worst = SHODO_MAX(worst, code);
    }
    if (strcmp(words[0], "check") == 0 && worst == SHODO_EXIT_NOTHING)
        printf("%zu of %zu playbooks accepted\n", n - 1, n - 1);
    return worst;
}
