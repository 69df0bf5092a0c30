/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/time.h"
#include "model/entry.h"
#include "model/finding.h"

#define T INT64_C(1795343765123456789)

static const char *const other[] = {"/b/x.exe", "/c/\xff.exe"};

static struct shodo_finding sample(void) {
    return (struct shodo_finding){
        .endpoint = "0123456789ab",
        .tap = "scan",
        .rule = "note_a",
        .ruleset = "ransom.yar",
        .ruleset_digest = "00ff",
        .rule_id = "r-1",
        .rule_author = "somebody",
        .rule_reference = "https://example.org/r",
        .description = "a note",
        .description_ja = "脅迫文",
        .verdict = SHODO_VERDICT_MATCH,
        .kind = "detection",
        .volume = 2,
        .record = 4711,
        .sequence = 3,
        .path = "/Users/医事課/X.EXE",
        .drive = 'C',
        .stream = "ads",
        .other_paths = other,
        .other_paths_count = 2,
        .size_bytes = 12345,
        .has_sha256 = true,
        .sha256 = {1, 2, 3},
        .times = {T, SHODO_TIME_NONE, T + 1, 0},
        .is_deleted = true,
        .owner = "S-1-5-18",
        .detail_json = "{\"entropy\":7.99,\"n\":3,\"s\":\"x\"}",
    };
}

static void write_finding(struct shodo_buf *b, const struct shodo_finding *f) {
    struct shodo_json j = shodo_json_to(b);
    shodo_finding_write(&j, f, T);
    shodo_json_line_end(&j);
}

/* Written, read and written again gives the same bytes: nothing is lost on the way. */
static void test_finding(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf a = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_finding f = sample(), g;
    (void)state;

    shodo_finding_id(&f);
    write_finding(&a, &f);
    assert_int_equal(shodo_doc_parse_json(&d, "line", a.data, a.len, &err), SHODO_OK);
    assert_int_equal(shodo_finding_read(&g, shodo_doc_root(d), &arena, &err), SHODO_OK);
    write_finding(&b, &g);
    assert_string_equal(a.data, b.data);
    assert_string_equal(g.path, f.path);
    assert_string_equal(g.other_paths[1], "/c/\xff.exe");
    assert_memory_equal(g.times, f.times, sizeof(f.times));
    assert_string_equal(g.detail_json, f.detail_json);
    assert_true(g.is_deleted && g.has_sha256);
    /* what other tools look for */
    const struct shodo_value *r = shodo_doc_root(d);
    assert_string_equal(shodo_value_get_str(r, "@timestamp"), "2026-11-22T10:36:05.123456789Z");
    assert_string_equal(shodo_value_get_str(r, "file.path"), "C:\\Users\\医事課\\X.EXE");
    assert_string_equal(shodo_value_get_str(r, "file.extension"), "exe");
    assert_string_equal(shodo_value_get_str(r, "file.inode"), "4711");
    assert_string_equal(shodo_value_get_str(r, "shodo.verdict"), "match");
    g.id[0] = '\0';
    shodo_finding_id(&g);
    assert_string_equal(g.id, f.id);
}

static void test_minimal(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf a = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    struct shodo_finding g,
        f = {.tap = "measure",
             .kind = "detection",
             .verdict = SHODO_VERDICT_SUSPECT,
             .size_bytes = UINT64_MAX, /* from a damaged record */
             .times = {SHODO_TIME_NONE, SHODO_TIME_NONE, SHODO_TIME_NONE, SHODO_TIME_NONE}};
    (void)state;

    shodo_finding_id(&f);
    write_finding(&a, &f);
    assert_int_equal(shodo_doc_parse_json(&d, "line", a.data, a.len, NULL), SHODO_OK);
    assert_int_equal(shodo_finding_read(&g, shodo_doc_root(d), &arena, NULL), SHODO_OK);
    assert_null(g.path);
    assert_null(g.rule);
    assert_true(g.times[0] == SHODO_TIME_NONE);
    assert_true(g.size_bytes == INT64_MAX);
    write_finding(&b, &g);
    assert_string_equal(a.data, b.data);
}

/* The id depends on what is named in the header and on nothing else. */
static void test_id(void **state) {
    struct shodo_finding base = sample(), f;
    (void)state;

    shodo_finding_id(&base);
    assert_int_equal(strlen(base.id), 64);
#define CHANGED(field, value)                                                                      \
    do {                                                                                           \
        f = sample();                                                                              \
        f.field = value;                                                                           \
        shodo_finding_id(&f);                                                                      \
        assert_string_not_equal(f.id, base.id);                                                    \
    } while (0)
#define SAME(field, value)                                                                         \
    do {                                                                                           \
        f = sample();                                                                              \
        f.field = value;                                                                           \
        shodo_finding_id(&f);                                                                      \
        assert_string_equal(f.id, base.id);                                                        \
    } while (0)
    CHANGED(endpoint, "0123456789ac");
    CHANGED(volume, 1);
    CHANGED(record, 4712);
    CHANGED(sequence, 4);
    CHANGED(stream, "adt");
    CHANGED(tap, "scaN");
    CHANGED(rule, "note_b");
    CHANGED(ruleset_digest, "00fe");
    SAME(path, "/elsewhere");
    SAME(times[0], 5);
    SAME(description, NULL);
    SAME(verdict, SHODO_VERDICT_SUSPECT);
    /* parts do not run into each other */
    f = sample();
    f.tap = "scann";
    f.rule = "ote_a";
    shodo_finding_id(&f);
    assert_string_not_equal(f.id, base.id);
    /* a directory source has no records: there the path counts */
    struct shodo_finding p = sample(), q = sample();
    p.record = q.record = 0;
    q.path = "/elsewhere";
    shodo_finding_id(&p);
    shodo_finding_id(&q);
    assert_string_not_equal(p.id, q.id);
}

static void test_bad_findings(void **state) {
    static const struct {
        const char *json, *message;
    } rows[] = {
        {"{}", "finding: key 'event.id' is missing"},
        {"[]", "finding: key 'event.id' is missing"},
        {"{\"event.id\":\"00\"}", "finding: key 'event.id' has a wrong value"},
        {"{\"event.id\":7}", "finding: key 'event.id' has a wrong value"},
    };
    static const char good[] =
        "{\"event.id\":\"0000000000000000000000000000000000000000000000000000000000000000\","
        "\"event.module\":\"scan\",\"shodo.kind\":\"detection\",\"shodo.verdict\":\"match\"%s}";
    static const struct {
        const char *more, *key;
    } extra[] = {
        {"", NULL},
        {",\"unknown\":[1]", NULL}, /* readers ignore what they do not know */
        {",\"file.size\":-1", "file.size"},
        {",\"file.size\":\"1\"", "file.size"},
        {",\"shodo.volume\":4294967296", "shodo.volume"},
        {",\"shodo.sequence\":65536", "shodo.sequence"},
        {",\"file.inode\":\"x\"", "file.inode"},
        {",\"file.mtime\":\"yesterday\"", "file.mtime"},
        {",\"file.hash.sha256\":\"00\"", "file.hash.sha256"},
        {",\"shodo.other_paths\":{}", "shodo.other_paths"},
        {",\"shodo.other_paths\":[1]", "shodo.other_paths"},
        {",\"shodo.detail\":[]", "shodo.detail"},
        {",\"shodo.path\":5", "shodo.path"},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows) + SHODO_ARRAY_SIZE(extra); i++) {
        shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
        shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        struct shodo_error err = SHODO_ERROR_INIT;
        struct shodo_finding f;
        const char *key = NULL;
        if (i < SHODO_ARRAY_SIZE(rows)) {
            shodo_buf_adds(&b, rows[i].json);
        } else {
            shodo_buf_add(&b, good, strlen(good) - 3);
            shodo_buf_addf(&b, "%s}", extra[i - SHODO_ARRAY_SIZE(rows)].more);
            key = extra[i - SHODO_ARRAY_SIZE(rows)].key;
        }
        assert_int_equal(shodo_doc_parse_json(&d, "line", b.data, b.len, NULL), SHODO_OK);
        enum shodo_status rc = shodo_finding_read(&f, shodo_doc_root(d), &arena, &err);
        if (i < SHODO_ARRAY_SIZE(rows)) {
            assert_int_equal(rc, SHODO_INVALID);
            assert_string_equal(err.text, rows[i].message);
        } else if (key) {
            assert_int_equal(rc, SHODO_INVALID);
            assert_non_null(strstr(err.text, key));
        } else {
            assert_int_equal(rc, SHODO_OK);
        }
    }
}

static void test_ledger(void **state) {
    (void)state;

    for (int r = 0; r < SHODO_LEDGER_REASON_COUNT; r++) {
        shodo_auto(shodo_buf) struct shodo_buf a = SHODO_BUF_INIT;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
        shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
        struct shodo_error err = SHODO_ERROR_INIT;
        struct shodo_ledger g, l = {.is_problem = r % 2,
                                    .reason = (enum shodo_ledger_reason)r,
                                    .endpoint = "0123456789ab",
                                    .volume = 1,
                                    .record = 99,
                                    .sequence = 2,
                                    .path = r ? "/a/\xed\xa0\x80" : NULL,
                                    .drive = 'D',
                                    .stream = "s",
                                    .count = 7,
                                    .size_bytes = 1000,
                                    .examined_bytes = 10,
                                    .text = "examined 10 of 1000 bytes"};
        struct shodo_json j = shodo_json_to(&a);
        enum shodo_ledger_reason back;
        shodo_ledger_write(&j, &l, T);
        assert_int_equal(shodo_doc_parse_json(&d, "line", a.data, a.len, &err), SHODO_OK);
        assert_int_equal(shodo_ledger_read(&g, shodo_doc_root(d), &arena, &err), SHODO_OK);
        assert_int_equal(g.reason, r);
        assert_int_equal(g.is_problem, l.is_problem);
        j = shodo_json_to(&b);
        shodo_ledger_write(&j, &g, T);
        assert_string_equal(a.data, b.data);
        assert_true(shodo_ledger_reason_parse(shodo_ledger_reason_name(l.reason), &back));
        assert_int_equal(back, r);
        assert_true(strlen(shodo_ledger_reason_ja(l.reason)) > 0);
    }
}

static void test_fact(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf a = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_fact g, f = {.endpoint = "0123456789ab",
                              .reader = "evtx",
                              .kind = "logon",
                              .time = T,
                              .volume = 1,
                              .record = 5,
                              .path = "/Windows/System32/winevt/Logs/Security.evtx",
                              .source = "record 4711",
                              .values_json = "{\"user\":\"医事\",\"type\":10,\"ratio\":0.1}"};
    (void)state;

    shodo_fact_id(&f);
    struct shodo_json j = shodo_json_to(&a);
    shodo_fact_write(&j, &f);
    assert_int_equal(shodo_doc_parse_json(&d, "line", a.data, a.len, &err), SHODO_OK);
    assert_int_equal(shodo_fact_read(&g, shodo_doc_root(d), &arena, &err), SHODO_OK);
    assert_string_equal(g.values_json, f.values_json);
    j = shodo_json_to(&b);
    shodo_fact_write(&j, &g);
    assert_string_equal(a.data, b.data);
    /* the id can be checked from the line alone */
    char id[SHODO_ID_TEXT_BYTES];
    memcpy(id, g.id, sizeof(id));
    shodo_fact_id(&g);
    assert_string_equal(g.id, id);
    g.time++;
    shodo_fact_id(&g);
    assert_string_not_equal(g.id, id);
}

static void test_verdicts(void **state) {
    static const char *const ja[] = {"一致", "要確認", "該当なし", "未検査"};
    enum shodo_verdict back;
    (void)state;

    for (int v = 0; v < 4; v++) {
        assert_string_equal(shodo_verdict_ja((enum shodo_verdict)v), ja[v]);
        assert_true(shodo_verdict_parse(shodo_verdict_name((enum shodo_verdict)v), &back));
        assert_int_equal(back, v);
    }
    assert_false(shodo_verdict_parse("clean", &back));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finding),  cmocka_unit_test(test_minimal),
        cmocka_unit_test(test_id),       cmocka_unit_test(test_bad_findings),
        cmocka_unit_test(test_ledger),   cmocka_unit_test(test_fact),
        cmocka_unit_test(test_verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
