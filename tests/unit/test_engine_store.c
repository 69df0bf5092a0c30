/* SPDX-License-Identifier: Apache-2.0 */
/* The files of an endpoint: the same result twice is one line, a torn line is cut, an older run
 * moves away; tally, known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/limits.h"
#include "engine/known.h"
#include "engine/store.h"
#include "engine/supervisor.h"
#include "engine/tally.h"

static int make_dir(void) {
    char name[] = "/tmp/shodo-store.XXXXXX";
    assert_non_null(mkdtemp(name));
    int fd = open(name, O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    return fd;
}

static enum shodo_status count(void *ctx, const char *line, size_t n) {
    (void)line;
    (void)n;
    ++*(unsigned *)ctx;
    return SHODO_OK;
}

static unsigned lines(int fd, const char *name) {
    unsigned n = 0;
    assert_int_equal(shodo_store_each(fd, name, count, &n, NULL), SHODO_OK);
    return n;
}

static void add(struct shodo_store *s, const char *rule, const char *path) {
    struct shodo_finding f = {.tap = "scan",
                              .rule = rule,
                              .kind = "detection",
                              .path = path,
                              .stream = "",
                              .ruleset_digest = "d",
                              .times = {INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN}};
    assert_int_equal(shodo_store_finding(s, &f, NULL, NULL), SHODO_OK);
    struct shodo_ledger l = {
        .is_problem = true, .reason = SHODO_LEDGER_CRASH, .path = path, .count = 1, .text = rule};
    assert_int_equal(shodo_store_ledger(s, &l, NULL, NULL), SHODO_OK);
}

static void same_result_once(void **state) {
    (void)state;
    int fd = make_dir();
    struct shodo_store *s = NULL;
    assert_int_equal(shodo_store_open(&s, fd, "0123456789ab", false, NULL), SHODO_OK);
    add(s, "r1", "/a");
    add(s, "r1", "/a");
    add(s, "r2", "/a");
    assert_int_equal(shodo_store_mark(s, "{\"done\":1}", 10, NULL), SHODO_OK);
    assert_int_equal(shodo_store_counts(s)->detections, 2);
    s = shodo_store_free(s);
    assert_int_equal(lines(fd, "findings.jsonl"), 2);
    /* a power cut in the middle of a line */
    int f = openat(fd, "findings.jsonl", O_WRONLY | O_APPEND);
    assert_int_equal(write(f, "{\"half\":", 8), 8);
    close(f);
    assert_int_equal(lines(fd, "findings.jsonl"), 2);
    assert_int_equal(shodo_store_open(&s, fd, "0123456789ab", true, NULL), SHODO_OK);
    assert_int_equal(shodo_store_counts(s)->detections, 2);
    assert_int_equal(shodo_store_counts(s)->unexamined.problems, 2);
    add(s, "r2", "/a");
    add(s, "r3", "/a");
    assert_int_equal(shodo_store_sync(s, NULL), SHODO_OK);
    s = shodo_store_free(s);
    assert_int_equal(lines(fd, "findings.jsonl"), 3);
    assert_int_equal(lines(fd, "ledger.jsonl"), 3);
    /* a fresh run moves them away */
    assert_int_equal(shodo_store_open(&s, fd, "0123456789ab", false, NULL), SHODO_OK);
    shodo_store_free(s);
    assert_int_equal(lines(fd, "findings.jsonl"), 0);
    assert_int_equal(lines(fd, "findings.before-1.jsonl"), 3);
    close(fd);
}

static void resume_reads_marks(void **state) {
    (void)state;
    static const char
        listing[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    const struct shodo_run_key key = {
        .run = "new", .source = "/s", .profile = "full", .rules = "x"};
    const struct {
        const char *what, *profile, *end;
        bool valid;
    } rows[] = {{"stopped", "full", NULL, true},
                {"cancelled", "full", "{\"end\":\"cancelled\"}", true},
                {"finished", "full", "{\"end\":\"done\"}", false},
                {"another profile", "quick", NULL, false}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        int fd = make_dir();
        struct shodo_store *s = NULL;
        struct shodo_resume r;
        char head[512];
        snprintf(
            head, sizeof head,
            "{\"run\":\"old\",\"source\":\"/s\",\"profile\":\"%s\",\"rules\":\"x\",\"listing\":\"%s\",\"files\":9}",
            rows[i].profile, listing);
        assert_int_equal(shodo_store_open(&s, fd, "0123456789ab", false, NULL), SHODO_OK);
        assert_int_equal(shodo_store_mark(s, head, strlen(head), NULL), SHODO_OK);
        static const char mark[] =
            "{\"done\":3,\"also\":[5,7],\"policy\":[],\"read\":10,\"scanned\":9,\"reused\":1}";
        assert_int_equal(shodo_store_mark(s, mark, sizeof mark - 1, NULL), SHODO_OK);
        if (rows[i].end)
            assert_int_equal(shodo_store_mark(s, rows[i].end, strlen(rows[i].end), NULL), SHODO_OK);
        shodo_store_free(s);
        assert_int_equal(shodo_resume_load(&r, fd, &key, NULL), SHODO_OK);
        assert_int_equal(r.is_valid, rows[i].valid);
        if (r.is_valid) {
            assert_string_equal(r.run, "old");
            assert_true(r.done == 3 && r.also.count == 2 && r.files == 9 &&
                        r.stats.bytes_read == 10);
        }
        shodo_resume_done(&r);
        close(fd);
    }
}

static void tally_adds_up(void **state) {
    (void)state;
    struct shodo_tally *t = shodo_tally_new();
    char path[64];
    for (int i = 0; i < 5000; i++) {
        snprintf(path, sizeof path, "/folder%d/file%d", i % 1000, i);
        const struct shodo_ledger l = {.reason = SHODO_LEDGER_POLICY,
                                       .path = path,
                                       .count = 1,
                                       .size_bytes = 2,
                                       .text = "outside"};
        assert_int_equal(shodo_tally_add(t, &l, NULL), SHODO_OK);
    }
    assert_int_equal(shodo_tally_count(t), 1000);
    assert_string_equal(shodo_tally_at(t, 7)->path, "/folder7");
    assert_int_equal(shodo_tally_at(t, 7)->count, 5);
    assert_int_equal(shodo_tally_at(t, 7)->size_bytes, 10);
    const struct shodo_ledger root = {.reason = SHODO_LEDGER_POLICY,
                                      .path = "/file",
                                      .count = 1,
                                      .size_bytes = UINT64_MAX,
                                      .text = "x"};
    assert_int_equal(shodo_tally_add(t, &root, NULL), SHODO_OK);
    assert_int_equal(shodo_tally_add(t, &root, NULL), SHODO_OK);
    assert_string_equal(shodo_tally_at(t, 1000)->path, "/");
    assert_true(shodo_tally_at(t, 1000)->size_bytes == UINT64_MAX &&
                shodo_tally_at(t, 1000)->count == 2);
    shodo_tally_free(t);
}

static void known_contents(void **state) {
    (void)state;
    struct shodo_known *k = shodo_known_new();
    uint8_t sha[32] = {0};
    const void *p = NULL;
    size_t n = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        memcpy(sha + (i % 3) * 8, &i, sizeof i);
        shodo_known_learn(k, sha, &i, i % 2 ? sizeof i : 0);
        shodo_known_learn(k, sha, "other", 5);
        assert_true(shodo_known_find(k, sha, &p, &n));
        assert_int_equal(n, i % 2 ? sizeof i : 0);
        if (n)
            assert_memory_equal(p, &i, n);
        memset(sha, 0, sizeof sha);
    }
    memset(sha, 0xee, sizeof sha);
    assert_false(shodo_known_find(k, sha, &p, &n));
    shodo_known_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_result_once), cmocka_unit_test(resume_reads_marks),
        cmocka_unit_test(tally_adds_up), cmocka_unit_test(known_contents)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
