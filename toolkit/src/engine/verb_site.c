/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "engine/verb.h"
#include "handover/sheet.h"

static void print_problem(void *ctx, const char *text) {
    (void)ctx;
    puts(text);
}

int shodo_verb_site(const struct shodo_verb *v, int argc, char **argv) {
    const char *words[2] = {NULL, NULL};
    size_t n = 0, problems = 0;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_sheet_options o = {
        .is_ja = true, .now = shodo_time_now(), .problem = print_problem};
    const struct shodo_option options[] = {{.name = "--data", .text = &o.data_dir}};
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), words, 2, &n))
        return SHODO_EXIT_USAGE;
    if (n != 2 || strcmp(words[0], "check") != 0)
        return shodo_verb_usage(v, "what to check? (check FILE)");
    o.site_path = words[1];
    if (shodo_sheet_site_check(&o, &problems, &err) != SHODO_OK)
        return shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    if (problems)
        printf("%zu件。事案の前に埋めてください\n", problems);
    return problems ? SHODO_EXIT_FINDINGS : SHODO_EXIT_NOTHING;
}
