/* SPDX-License-Identifier: Apache-2.0 */
/* shodo answers: answers and timeline of one or all endpoints of a case, again, without the disk.
 */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "case/case.h"
#include "engine/answers_run.h"
#include "engine/answers_show.h"
#include "engine/verb.h"

static int code_of(const char *verdict) {
    if (strcmp(verdict, "match") == 0 || strcmp(verdict, "suspect") == 0)
        return SHODO_EXIT_FINDINGS;
    return strcmp(verdict, "not_examined") == 0 ? SHODO_EXIT_INCOMPLETE : SHODO_EXIT_NOTHING;
}

static enum shodo_status one(const struct shodo_case_dir *dir, const struct shodo_detect *detect,
                             const char *id, bool is_json, bool is_ja, int *ret_code,
                             struct shodo_error *err) {
    int fd = -1;
    const char *verdict = "not_examined";
    enum shodo_status st = shodo_case_endpoint_dir(&fd, dir, id, false, err);
    const struct shodo_answers_job job = {
        .endpoint_fd = fd, .site_fd = dir->site_fd, .endpoint = id, .detect = detect};
    if (st == SHODO_OK)
        st = shodo_answers_run(&job, &verdict, err);
    struct shodo_buf b = SHODO_BUF_INIT;
    if (st == SHODO_OK && is_json)
        st = shodo_io_read_generation(&b, fd, "answers", "json", SHODO_LIMIT_DOC_BYTES, err);
    else if (st == SHODO_OK)
        shodo_answers_show(fd, is_ja, SHODO_ANSWERS_SHOW_ALL, &b);
    fwrite(shodo_buf_cstr(&b), 1, b.len, stdout);
    shodo_buf_done(&b);
    shodo_io_close(&fd);
    int code = code_of(verdict);
    if (code == SHODO_EXIT_FINDINGS ||
        (code == SHODO_EXIT_INCOMPLETE && *ret_code == SHODO_EXIT_NOTHING))
        *ret_code = code;
    return st;
}

int shodo_verb_answers(const struct shodo_verb *v, int argc, char **argv) {
    const char *path = NULL, *endpoint = NULL, *lang = NULL, *none[1];
    bool is_json = false;
    size_t n = 0;
    const struct shodo_option options[] = {{.name = "--case", .text = &path},
                                           {.name = "--endpoint", .text = &endpoint},
                                           {.name = "--lang", .text = &lang, .choices = "ja|en"},
                                           {.name = "--json", .flag = &is_json}};
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), none, 0, &n))
        return SHODO_EXIT_USAGE;
    if (!path)
        return shodo_verb_usage(v, "which case? (--case DIR)");
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_case_dir dir = SHODO_CASE_DIR_INIT;
    struct shodo_case state;
    shodo_autop(shodo_detect) struct shodo_detect *detect = NULL;
    int code = SHODO_EXIT_NOTHING;
    shodo_case_init(&state);
    enum shodo_status st = shodo_case_dir_look(&dir, path, &err);
    if (st == SHODO_OK)
        st = shodo_case_load(&state, &dir, &err);
    if (st == SHODO_OK)
        st = shodo_detect_load(&detect, dir.site_fd, &err);
    bool is_ja = lang && strcmp(lang, "ja") == 0;
    if (st == SHODO_OK && endpoint)
        st = one(&dir, detect, endpoint, is_json, is_ja, &code, &err);
    for (size_t i = 0; st == SHODO_OK && !endpoint && i < state.endpoints.count; i++)
        st = one(&dir, detect,
                 ((const struct shodo_case_endpoint *)shodo_vec_at(&state.endpoints, i))->id,
                 is_json, is_ja, &code, &err);
    if (st != SHODO_OK)
        code = shodo_verb_fail(v, st == SHODO_INVALID ? SHODO_EXIT_USAGE : SHODO_EXIT_FAILED,
                               err.text);
    shodo_case_done(&state);
    shodo_case_dir_done(&dir);
    return code;
}
