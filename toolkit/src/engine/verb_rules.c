/* SPDX-License-Identifier: Apache-2.0 */
/* shodo rules check, shodo artifacts check: each file alone, in the sandbox. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "engine/rules_set.h"
#include "engine/verb.h"
#include "engine/worker.h"

enum { WORDS_MAX = 256 };

static void show(const struct shodo_rule_text *t, const struct shodo_rule_verdict *v, bool is_json,
                 struct shodo_buf *b) {
    if (is_json) {
        struct shodo_json j = shodo_json_to(b);
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "name", t->name);
        shodo_json_str(&j, "sha256", t->digest);
        shodo_json_bool(&j, "accepted", v->accepted);
        shodo_json_bool(&j, "needs_externals", v->needs_externals);
        shodo_json_str(&j, "message", v->message);
        shodo_json_object_end(&j);
        shodo_json_line_end(&j);
        return;
    }
    if (v->accepted && !v->message[0])
        return;
    shodo_text_safe(b, t->name, strlen(t->name));
    shodo_buf_adds(b, v->accepted ? ": note: " : ": ");
    shodo_text_safe(b, v->message, strlen(v->message));
    shodo_buf_addc(b, '\n');
}

static int check(const struct shodo_verb *v, int argc, char **argv, enum shodo_rules_kind kind) {
    const char *words[WORDS_MAX];
    bool is_json = false;
    size_t n = 0;
    const struct shodo_option options[] = {{.name = "--json", .flag = &is_json}};
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), words, WORDS_MAX, &n))
        return SHODO_EXIT_USAGE;
    if (n < 1 || strcmp(words[0], "check") != 0)
        return shodo_verb_usage(v, "what to do? (check)");
    struct shodo_rules_set r;
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_signals_init();
    shodo_rules_init(&r, kind);
    enum shodo_status st = n == 1 ? shodo_rules_add_builtin(&r, &err) : SHODO_OK;
    for (size_t i = 1; i < n && st == SHODO_OK; i++)
        st = shodo_rules_add_path(&r, words[i], &err);
    if (st == SHODO_OK)
        st = shodo_rules_try(&r, &err);
    struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; st == SHODO_OK && i < r.texts.count; i++)
        show(shodo_vec_at(&r.texts, i), shodo_vec_at(&r.verdicts, i), is_json, &b);
    if (st == SHODO_OK && !is_json)
        shodo_buf_addf(&b, "%zu of %zu files accepted\n", r.accepted, r.texts.count);
    fwrite(shodo_buf_cstr(&b), 1, b.len, stdout);
    shodo_buf_done(&b);
    int code = st != SHODO_OK                ? shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text)
               : r.accepted != r.texts.count ? SHODO_EXIT_FINDINGS
                                             : SHODO_EXIT_NOTHING;
    shodo_rules_done(&r);
    return code;
}

int shodo_verb_rules(const struct shodo_verb *v, int argc, char **argv) {
    return check(v, argc, argv, SHODO_RULES_YARA);
}

int shodo_verb_artifacts(const struct shodo_verb *v, int argc, char **argv) {
    return check(v, argc, argv, SHODO_RULES_ARTIFACTS);
}
