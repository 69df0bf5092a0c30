/* SPDX-License-Identifier: Apache-2.0 */
/* The fold and the case directory: events to state, replay, folders, keys of the stick or of the
 * case, endpoint ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "case/case.h"

static void remove_all(const char *path) {
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", path, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static int setup(void **state) {
    char *path = strdup("/tmp/shodo-case-XXXXXX");
    assert_non_null(mkdtemp(path));
    *state = path;
    return 0;
}

static int teardown(void **state) {
    remove_all(*state);
    free(*state);
    return 0;
}

/* Applies rows "event", "json" as records one second apart. */
static void fold(struct shodo_case *c, const char *const rows[][2], size_t n) {
    shodo_case_init(c);
    for (size_t i = 0; i < n; i++) {
        shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
        assert_int_equal(shodo_doc_parse_json(&doc, "row", rows[i][1], strlen(rows[i][1]), NULL),
                         SHODO_OK);
        struct shodo_record r = {.seq = i + 1,
                                 .time = (int64_t)(i + 1) * 1000000000,
                                 .stick = "aabbccdd",
                                 .actor = "受付",
                                 .event = rows[i][0],
                                 .data = shodo_doc_root(doc)};
        assert_int_equal(shodo_case_apply(c, &r, NULL), SHODO_OK);
    }
}

/* A withdrawn note stays, in its place, and says so; the record that withdraws it is a note too. */
static void test_withdrawn(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"case.note", "{\"text\":\"一\"}"},
        {"case.note", "{\"text\":\"二\"}"},
        {"case.note",
         "{\"text\":\"取り消し: 一\",\"withdraws\":1,\"withdraws_stick\":\"aabbccdd\"}"},
        {"case.note", "{\"text\":\"x\",\"withdraws\":2,\"withdraws_stick\":\"00000000\"}"},
        {"case.note", "{\"text\":\"y\",\"withdraws\":1,\"withdraws_stick\":\"aabbccdd\"}"},
    };
    static const struct {
        const char *text;
        bool is_withdrawn;
    } want[] = {{"〔取り消し済み〕一", true},
                {"二", false}, /* of another stick */
                {"取り消し: 一", false},
                {"x", false},
                {"y", false}};
    struct shodo_case c;
    fold(&c, rows, SHODO_ARRAY_SIZE(rows));
    assert_int_equal(c.notes.count, SHODO_ARRAY_SIZE(want));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(want); i++) {
        const struct shodo_case_note *n = shodo_vec_at(&c.notes, i);
        assert_string_equal(n->text, want[i].text);
        assert_int_equal(n->is_withdrawn, want[i].is_withdrawn);
    }
    shodo_case_done(&c);
}

static void test_fold(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"journal.start", "{\"stick\":\"aabbccdd\"}"},
        {"case.new", "{\"case\":\"20261122-7f3a\",\"site\":\"東病院\",\"drill\":true}"},
        {"case.new", "{\"case\":\"other\"}"}, /* a second stick joins: the id stays */
        {"endpoint.add",
         "{\"endpoint\":\"0123456789ab\",\"name\":\"医事課PC-07\",\"size_bytes\":1000}"},
        {"endpoint.add", "{\"endpoint\":\"0123456789ab\",\"computer\":\"IJIKA07\"}"},
        {"endpoint.add", "{\"name\":\"no id\"}"},
        {"run.start",
         "{\"run\":\"r1\",\"endpoint\":\"0123456789ab\",\"kind\":\"triage\",\"profile\":\"quick\"}"},
        {"run.end",
         "{\"run\":\"r1\",\"status\":\"incomplete\",\"findings\":3,\"problems\":1,\"files\":10,\"bytes\":99}"},
        {"run.start", "{\"run\":\"r2\",\"endpoint\":\"0123456789ab\",\"kind\":\"collect\"}"},
        /* a word of the future is not success */
        {"run.end", "{\"run\":\"r2\",\"status\":\"splendid\"}"},
        {"run.end", "{\"run\":\"r9\",\"status\":\"done\"}"},
        {"run.start", "{\"run\":\"r3\",\"endpoint\":\"0123456789ab\",\"kind\":\"triage\"}"},
        {"seal.done",
         "{\"name\":\"b1\",\"endpoint\":\"0123456789ab\",\"files\":2,\"segments\":-5,\"segments_sha256\":\"aa\"}"},
        {"seal.timestamp", "{\"name\":\"b1\"}"},
        {"seal.timestamp", "{\"name\":\"b2\"}"},
        {"decision", "{\"key\":\"p/s1\",\"value\":\"done\",\"note\":\"LANを抜いた\"}"},
        {"decision", "{\"key\":\"p/s1\",\"value\":\"open\"}"},
        {"case.note", "{\"text\":\"画面に要求文\"}"},
        {"scope.add",
         "{\"endpoint\":\"0123456789ab\",\"hosts\":[{\"host\":\"FS01\",\"why_en\":\"share\",\"used_after_intrusion\":true},{}]}"},
        {"scope.add",
         "{\"endpoint\":\"ba9876543210\",\"hosts\":[{\"host\":\"192.0.2.9\"},{\"host\":\"FS01\",\"alias\":\"192.0.2.5\",\"why_en\":\"database\"}],\"named\":70}"},
        {"scope.add", "{\"hosts\":[{\"host\":\"nowhere\"}]}"},
        {"moon.phase", "{\"full\":true}"},
        {"case.end", "{}"},
    };
    shodo_auto(shodo_case) struct shodo_case c;
    fold(&c, rows, SHODO_ARRAY_SIZE(rows));
    assert_string_equal(c.id, "20261122-7f3a");
    assert_string_equal(c.site, "東病院");
    assert_true(c.is_drill && c.is_ended);
    assert_int_equal(c.created, 2000000000);
    assert_int_equal(c.last, (int64_t)SHODO_ARRAY_SIZE(rows) * 1000000000);
    assert_int_equal(c.records, SHODO_ARRAY_SIZE(rows));
    assert_int_equal(c.unknown, 5);
    assert_int_equal(c.endpoints.count, 1);
    const struct shodo_case_endpoint *e = shodo_case_find_endpoint(&c, "0123456789ab");
    assert_string_equal(e->name, "医事課PC-07");
    assert_string_equal(e->computer, "IJIKA07");
    assert_int_equal(e->size_bytes, 1000);
    assert_int_equal(c.runs.count, 3);
    assert_int_equal(shodo_case_find_run(&c, "r1")->status, SHODO_RUN_INCOMPLETE);
    assert_int_equal(shodo_case_find_run(&c, "r1")->problems, 1);
    assert_int_equal(shodo_case_find_run(&c, "r2")->status, SHODO_RUN_FAILED);
    assert_int_equal(shodo_case_find_run(&c, "r3")->status, SHODO_RUN_STARTED);
    assert_string_equal(shodo_case_last_run(&c, "0123456789ab", "triage")->id, "r3");
    assert_null(shodo_case_find_run(&c, "r9"));
    const struct shodo_case_seal *s = shodo_case_find_seal(&c, "b1");
    assert_true(s->is_timestamped);
    assert_int_equal(s->segments, 0);
    const struct shodo_case_decision *d = shodo_case_find_decision(&c, "p/s1");
    assert_string_equal(d->value, "open");
    assert_string_equal(d->note, "");
    assert_int_equal(d->changes, 2);
    assert_int_equal(c.notes.count, 1);
    assert_int_equal(c.hosts.count, 2);
    assert_int_equal(c.hosts_left_out, 68);
    const struct shodo_case_host *h = shodo_vec_at(&c.hosts, 0);
    assert_string_equal(h->host, "FS01");
    assert_string_equal(h->endpoint, "ba9876543210");
    assert_string_equal(h->alias, "192.0.2.5");
    assert_string_equal(h->why_en, "database");
    assert_true(h->is_touched); /* on one machine is enough */
}

static void test_directory(void **state) {
    const char *root = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/case", root);
    struct shodo_error err = SHODO_ERROR_INIT;
    {
        shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
        assert_int_equal(shodo_case_dir_look(&d, path, &err), SHODO_NOTFOUND);
        const struct shodo_case_options o = {.site = "東病院", .is_drill = true};
        assert_int_equal(shodo_case_dir_new(&d, path, &o, &err), SHODO_OK);
        assert_true(d.is_key_new);
        assert_int_equal(shodo_journal_seq(d.journal), 3); /* start, case.new, checkpoint */
        shodo_auto(shodo_case) struct shodo_case c;
        assert_int_equal(shodo_case_load(&c, &d, &err), SHODO_OK);
        assert_int_equal(strlen(c.id), 13);
        assert_int_equal(c.checkpoints, 1);
        const char *const serials[] = {"1122-3344", "AABB"};
        const struct shodo_endpoint_facts f = {.size_bytes = 1024,
                                               .table_id = "guid",
                                               .volume_serials = serials,
                                               .volume_serials_count = 2,
                                               .name = "PC-07"};
        char id[13];
        assert_int_equal(shodo_case_register(&d, &c, &f, "a", id, &err), SHODO_OK);
        /* printf '1024\nguid\n1122-3344\nAABB\n' | sha256sum | cut -c1-12 */
        assert_string_equal(id, "8a1a5a96c3ad");
    }
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    const struct shodo_case_options o = {.site = NULL};
    assert_int_equal(shodo_case_dir_new(&d, path, &o, &err), SHODO_EXISTS);
    assert_int_equal(shodo_case_dir_open(&d, path, NULL, &err), SHODO_OK);
    assert_false(d.is_key_new);
    shodo_auto(shodo_case) struct shodo_case c;
    assert_int_equal(shodo_case_load(&c, &d, &err), SHODO_OK);
    assert_int_equal(c.endpoints.count, 1);
    const struct shodo_case_endpoint *e = shodo_vec_at(&c.endpoints, 0);
    int fd = -1;
    assert_int_equal(shodo_case_endpoint_dir(&fd, &d, e->id, false, &err), SHODO_OK);
    shodo_io_close(&fd);
    static const char *const bad[] = {
        "..", "", "0123456789AB", "0123456789abc", "../../../etc", "0123456789a/"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(bad); i++)
        assert_int_equal(shodo_case_endpoint_dir(&fd, &d, bad[i], true, &err), SHODO_INVALID);
    assert_int_equal(shodo_case_endpoint_dir(&fd, &d, "ffffffffffff", false, &err), SHODO_NOTFOUND);
}

/* <stick>/cases/<id>: key and site of the stick are used. */
static void test_on_stick(void **state) {
    const char *root = *state;
    char path[128];
    struct shodo_error err = SHODO_ERROR_INIT;
    static const char *const dirs[] = {"cases", "keys", "site"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(dirs); i++) {
        snprintf(path, sizeof path, "%s/%s", root, dirs[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    char first[65] = "";
    for (int i = 0; i < 2; i++) {
        shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
        snprintf(path, sizeof path, "%s/cases/c%d", root, i);
        assert_int_equal(shodo_case_dir_new(&d, path, NULL, &err), SHODO_OK);
        assert_true(d.site_fd >= 0);
        if (i == 0)
            memcpy(first, shodo_key_fingerprint(d.key), 65);
        else
            assert_string_equal(shodo_key_fingerprint(d.key), first);
        struct stat st;
        assert_int_equal(fstatat(d.fd, "keys", &st, 0), -1);
    }
}

/* Looking writes nothing at all. */
static void test_look(void **state) {
    const char *root = *state;
    char path[128];
    struct shodo_error err = SHODO_ERROR_INIT;
    {
        shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
        assert_int_equal(shodo_case_dir_new(&d, root, NULL, &err), SHODO_OK);
        assert_int_equal(unlinkat(d.fd, "relay", AT_REMOVEDIR), 0);
    }
    snprintf(path, sizeof path, "%s/relay", root);
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    assert_int_equal(shodo_case_dir_look(&d, root, &err), SHODO_OK);
    assert_int_equal(d.relay_fd, -1);
    assert_int_not_equal(access(path, F_OK), 0);
    shodo_auto(shodo_case) struct shodo_case c;
    assert_int_equal(shodo_case_load(&c, &d, &err), SHODO_OK);
    assert_int_equal(c.records, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_withdrawn),
        cmocka_unit_test(test_fold),
        cmocka_unit_test_setup_teardown(test_directory, setup, teardown),
        cmocka_unit_test_setup_teardown(test_on_stick, setup, teardown),
        cmocka_unit_test_setup_teardown(test_look, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
