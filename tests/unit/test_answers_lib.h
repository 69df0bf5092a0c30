/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of the answers: the detection data of the repository, and answers from lines. */
#ifndef SHODO_TESTS_ANSWERS_LIB_H
#define SHODO_TESTS_ANSWERS_LIB_H

#include <fcntl.h>
#include <glob.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/value.h"
#include "examine/answers/answers.h"
#include "unit.h"

static inline struct shodo_detect *load(void) {
    struct shodo_vec texts = SHODO_VEC_INIT(sizeof(struct shodo_rule_text));
    struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_detect *d = NULL;
    glob_t g = {0};
    assert_int_equal(glob(SHODO_REPO "/rules/detect/*.yaml", 0, NULL, &g), 0);
    for (size_t i = 0; i < g.gl_pathc; i++) {
        struct shodo_buf b = SHODO_BUF_INIT;
        assert_int_equal(
            shodo_io_read_file(&b, AT_FDCWD, g.gl_pathv[i], SHODO_LIMIT_RULE_FILE_BYTES, NULL),
            SHODO_OK);
        struct shodo_rule_text *t = shodo_vec_push(&texts);
        assert_non_null(t);
        *t = (struct shodo_rule_text){.name = g.gl_pathv[i],
                                      .text = shodo_arena_str(&arena, shodo_buf_cstr(&b), b.len),
                                      .len = b.len};
        shodo_buf_done(&b);
    }
    struct shodo_error err = SHODO_ERROR_INIT;
    assert_int_equal(shodo_detect_new(&d, texts.data, texts.count, &err), SHODO_OK);
    globfree(&g);
    shodo_vec_done(&texts);
    shodo_arena_done(&arena);
    return d;
}

/* `line`: one more of the ledger, or NULL. */
static inline struct shodo_doc *conclude_with(const struct shodo_detect *d,
                                              const struct shodo_buf *facts,
                                              const char *const *findings, bool is_first,
                                              const char *line) {
    struct shodo_answers *a = NULL;
    const struct shodo_answers_options o = {.endpoint = "0123456789ab", .is_first = is_first};
    struct shodo_error err = SHODO_ERROR_INIT;
    assert_int_equal(shodo_answers_new(&a, d, &o, &err), SHODO_OK);
    for (size_t at = 0; at < facts->len;) {
        const char *lf = memchr(facts->data + at, '\n', facts->len - at);
        assert_non_null(lf);
        assert_int_equal(
            shodo_answers_fact(a, facts->data + at, (size_t)(lf - facts->data) - at, &err),
            SHODO_OK);
        at = (size_t)(lf - facts->data) + 1;
    }
    for (; *findings; findings++)
        assert_int_equal(shodo_answers_finding(a, *findings, strlen(*findings), &err), SHODO_OK);
    static const char ledger[] =
        "{\"event.reason\":\"damaged\",\"shodo.class\":\"problem\",\"shodo.path\":\"/x\",\"message\":\"cut\",\"shodo.count\":3}";
    assert_int_equal(shodo_answers_ledger(a, ledger, sizeof ledger - 1, &err), SHODO_OK);
    if (line)
        assert_int_equal(shodo_answers_ledger(a, line, strlen(line), &err), SHODO_OK);
    assert_int_equal(shodo_answers_finding(a, "no json", 7, &err), SHODO_OK);
    assert_int_equal(shodo_answers_conclude(a, &err), SHODO_OK);
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    shodo_answers_write(a, &j);
    struct shodo_doc *doc = NULL;
    assert_int_equal(shodo_doc_parse_json(&doc, "answers", shodo_buf_cstr(&b), b.len, &err),
                     SHODO_OK);
    shodo_buf_done(&b);
    shodo_answers_free(a);
    return doc;
}

static inline struct shodo_doc *conclude(const struct shodo_detect *d,
                                         const struct shodo_buf *facts, const char *const *findings,
                                         bool is_first) {
    return conclude_with(d, facts, findings, is_first, NULL);
}

static inline const struct shodo_value *answer(const struct shodo_doc *doc, const char *id) {
    const struct shodo_value *list = shodo_value_get(shodo_doc_root(doc), "answers");
    for (size_t i = 0; i < shodo_value_count(list); i++)
        if (strcmp(shodo_value_get_str(shodo_value_at(list, i), "id"), id) == 0)
            return shodo_value_at(list, i);
    fail_msg("no answer '%s'", id);
    return NULL;
}

static inline const char *verdict(const struct shodo_doc *doc, const char *id) {
    return shodo_value_get_str(answer(doc, id), "verdict");
}

static inline int load_detect(void **state) {
    *state = load();
    return 0;
}
static inline int free_detect(void **state) {
    shodo_detect_free(*state);
    return 0;
}

#endif
