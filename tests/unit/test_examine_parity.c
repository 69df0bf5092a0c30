/* SPDX-License-Identifier: Apache-2.0 */
/* The set of (rule, file) equals what the yara program says of the same tree; and scanning equal
 * content once is exact. */
#include "unit.h"

#include <unistd.h>

#include "examine_lib.h"

#define TREE  SHODO_EXAMINE_DATA "/tree"
#define INDEX SHODO_EXAMINE_DATA "/index.yar"

static int compare_lines(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts the lines of a text. */
static void sort_lines(struct shodo_buf *b) {
    size_t n = 0, k = 0;
    char *s = shodo_buf_steal(b);
    for (char *p = s; p && *p; p++)
        n += *p == '\n';
    char **lines = calloc(n + 1, sizeof *lines);
    assert_non_null(lines);
    for (char *p = s; p && *p && k < n;) {
        char *end = strchr(p, '\n');
        *end = 0;
        lines[k++] = p;
        p = end + 1;
    }
    qsort(lines, k, sizeof *lines, compare_lines);
    for (size_t i = 0; i < k; i++)
        shodo_buf_addf(b, "%s\n", lines[i]);
    free(lines);
    free(s);
}

static void make_tree(void) {
    const char *const clear[] = {"rm", "-rf", TREE, NULL};
    const char *const make[] = {SHODO_REPO "/tests/lib/files_from_rules.py", reversinglabs(), TREE,
                                "--tree", NULL};
    const char *const link[] = {
        "sh", "-c",
        "find " SHODO_EXAMINE_DATA
        "/reversinglabs -name '*.yara' | sort | sed 's/.*/include \"&\"/' > " INDEX,
        NULL};
    run_program(clear, NULL);
    run_program(make, NULL);
    run_program(link, NULL);
}

static void ours(const struct exam_run *r, struct shodo_buf *out) {
    for (size_t i = 0; i < r->findings.count; i++) {
        const struct said_finding *f = shodo_vec_at(&r->findings, i);
        if (strcmp(f->tap, "scan") == 0)
            shodo_buf_addf(out, "%s %s%s\n", f->rule, TREE, f->path);
    }
    sort_lines(out);
}

static void test_parity(void **state) {
    (void)state;
    struct shodo_rule_text *texts = NULL;
    size_t n = load_texts(reversinglabs(), ".yara", &texts);
    shodo_auto(shodo_buf) struct shodo_buf want = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf got = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf again = SHODO_BUF_INIT;
    if (access("/usr/bin/yara", X_OK) != 0) {
        print_message("skipped: the yara program is not installed\n");
        skip();
    }
    make_tree();
    const char *const yara[] = {"yara", "-w", "-r", "-N", INDEX, TREE, NULL};
    run_program(yara, &want);
    sort_lines(&want);

    struct shodo_plan_options o = {
        .profile = SHODO_PROFILE_FULL, .yara = texts, .yara_count = n, .endpoint = "0123456789ab"};
    struct exam_run r;
    run_open(&r, &o);
    assert_int_equal(shodo_plan_rule_count(r.plan), 254);
    run_tree(&r, TREE);
    ours(&r, &got);
    assert_string_equal(shodo_buf_cstr(&got), shodo_buf_cstr(&want));
    uint64_t reused = shodo_exam_stats(r.exam)->reused;
    assert_true(reused > 0);

    size_t rules = 0;
    char last[128] = "";
    for (const char *p = shodo_buf_cstr(&got); *p;) {
        size_t len = strcspn(p, " ");
        if (strlen(last) != len || memcmp(last, p, len) != 0)
            rules++;
        snprintf(last, sizeof last, "%.*s", (int)len, p);
        p = strchr(p, '\n') + 1;
    }
    print_message("%zu of 254 rules hit, %llu contents reused\n", rules,
                  (unsigned long long)reused);
    assert_true(rules >= 240);

    /* all from memory of the first time: the same set */
    run_forget(&r);
    run_tree(&r, TREE);
    ours(&r, &again);
    assert_string_equal(shodo_buf_cstr(&again), shodo_buf_cstr(&want));
    run_close(&r);
    free_texts(texts, n);
    const char *const clear[] = {"rm", "-rf", TREE, NULL};
    run_program(clear, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parity)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
