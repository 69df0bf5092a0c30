/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/time.h"
#include "engine/verb.h"
#include "handover/sheet.h"

static void print_problem(void *ctx, const char *text) {
    (void)ctx;
    puts(text);
}

/* One object a line: where the gap is (when it is one), and the text. */
static void begin_gap(void *ctx, const struct shodo_site_gap *gap) {
    struct shodo_buf *line = ctx;
    struct shodo_json j = shodo_json_to(line);
    shodo_buf_clear(line);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "section", gap->section);
    if (gap->index >= 0)
        shodo_json_u64(&j, "index", (uint64_t)gap->index);
    if (gap->id)
        shodo_json_str(&j, "id", gap->id);
    if (gap->field)
        shodo_json_str(&j, "field", gap->field);
    shodo_json_str(&j, "why", gap->why);
    shodo_json_object_end(&j);
}

static void print_json(void *ctx, const char *text) {
    struct shodo_buf *gap = ctx;
    shodo_auto(shodo_buf) struct shodo_buf line = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&line);
    shodo_json_object(&j, NULL);
    if (gap->len)
        shodo_json_raw(&j, "gap", gap->data, gap->len);
    shodo_json_str(&j, "text", text);
    shodo_json_object_end(&j);
    puts(shodo_buf_cstr(&line));
    shodo_buf_clear(gap);
}

int shodo_verb_site(const struct shodo_verb *v, int argc, char **argv) {
    const char *words[2] = {NULL, NULL};
    size_t n = 0, problems = 0;
    bool is_json = false;
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_auto(shodo_buf) struct shodo_buf gap = SHODO_BUF_INIT;
    struct shodo_sheet_options o = {
        .is_ja = true, .now = shodo_time_now(), .problem = print_problem};
    const struct shodo_option options[] = {{.name = "--data", .text = &o.data_dir},
                                           {.name = "--json", .flag = &is_json}};
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), words, 2, &n))
        return SHODO_EXIT_USAGE;
    if (n != 2 || strcmp(words[0], "check") != 0)
        return shodo_verb_usage(v, "what to check? (check FILE)");
    o.site_path = words[1];
    if (is_json) {
        o.problem = print_json;
        o.gap = begin_gap;
        o.ctx = &gap;
    }
    if (shodo_sheet_site_check(&o, &problems, &err) != SHODO_OK)
        return shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    if (problems && !is_json)
        printf("%zu件。事案の前に埋めてください\n", problems);
    return problems ? SHODO_EXIT_FINDINGS : SHODO_EXIT_NOTHING;
}
