/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks: loading, the checks beyond it, playing them with every answer empty, conditions. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "case/playbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_problem(void *ctx, unsigned line, const char *text) {
    (void)ctx, (void)line;
    if (!text[0])
        abort();
}

static const char *no_variable(void *ctx, const char *name, size_t n) {
    (void)ctx, (void)name;
    return n % 2 ? "yes" : NULL;
}

/* Done, with an answer that depends on the key: both ways of a branch are walked. */
static const char *answer(void *ctx, const char *key) {
    static const char *const answers[] = {"yes", "", "no", "unknown"};
    return answers[(strlen(key) + *(const size_t *)ctx) % 4];
}

static void load(const char *name, const uint8_t *data, size_t size) {
    struct shodo_playbook *p = NULL;
    shodo_auto(shodo_buf) struct shodo_buf json = SHODO_BUF_INIT;
    if (shodo_playbook_load(&p, name, (const char *)data, size, on_problem, NULL, NULL) != SHODO_OK)
        return;
    (void)shodo_playbook_check(p, on_problem, NULL);
    for (size_t seed = 0; seed < 4; seed++) {
        struct shodo_play play = {0};
        (void)shodo_play_trace(&play, p, answer, &seed, NULL);
        shodo_play_done(&play);
    }
    shodo_playbook_write_json(p, &json);
    shodo_playbook_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    bool is_true = false;
    load("x.yaml", data, size);
    load("x.json", data, size);
    shodo_buf_add(&text, data, size);
    if (size < 4096)
        (void)shodo_condition_eval(shodo_buf_cstr(&text), no_variable, NULL, &is_true, NULL);
    return 0;
}
