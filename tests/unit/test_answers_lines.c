/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as a pure function of lines; detection data; the census of hand-made entries. */
#include "test_answers_lib.h"

#include "base/time.h"
#include "examine/answers/census.h"

static void wild(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool fits;
    } rows[] = {{"*README*", "KOKORO_README.TXT", true},
                {"?????????.README.TXT", "ABCDEFGHI.README.TXT", true},
                {"?.TXT", "医.TXT", true},
                {"?.TXT", "AB.TXT", false},
                {"*.ID[????????"
                 "-???"
                 "?].[*].*",
                 "A.DOC.ID[12345678-2822].[X@Y].8BASE", true},
                {"*A*B", "XXAYYB", true},
                {"*A*B", "XXAYYBZ", false},
                {"", "", true},
                {"*", "", true},
                {"A", "", false}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        assert_int_equal(shodo_wild(rows[i].pattern, rows[i].text, strlen(rows[i].text)),
                         rows[i].fits);
}

struct caught {
    struct shodo_buf lines;
    unsigned count;
};

static void on_fact(void *ctx, const struct shodo_fact *f) {
    struct caught *c = ctx;
    struct shodo_fact copy = *f;
    copy.endpoint = "0123456789ab";
    shodo_fact_id(&copy);
    struct shodo_json j = shodo_json_to(&c->lines);
    shodo_fact_write(&j, &copy);
    shodo_json_line_end(&j);
    c->count++;
}

/* `n` encrypted files and a note in each of ten folders, one every five seconds. */
static void attack(struct shodo_census *c, unsigned n, const char *ending) {
    static const char *const inner[] = {".docx", ".xlsx", ".pdf", ".jpg", ".csv", ".txt"};
    int64_t start = 0;
    assert_true(shodo_time_parse("2026-11-21T17:03:07Z", 20, &start));
    for (unsigned i = 0; i < n; i++) {
        char path[128], note[128];
        snprintf(path, sizeof path, "/Users/user%u/Documents/f%u/file%u%s%s", i % 2, i % 10, i,
                 inner[i % 6], ending);
        snprintf(note, sizeof note, "/Users/user%u/Documents/f%u/HOW_TO_RECOVER.txt", i % 2,
                 i % 10);
        struct shodo_stream s = {.name = "", .size_bytes = 5000},
                            t = {.name = "", .size_bytes = 700};
        struct shodo_entry e = {.record = 100 + i,
                                .kind = SHODO_ENTRY_FILE,
                                .path = path,
                                .path_len = strlen(path),
                                .owner = "u",
                                .owner_len = 1,
                                .streams = &s,
                                .streams_count = 1};
        for (int k = 0; k < SHODO_TIMES; k++)
            e.times[k] = start + (int64_t)i * 5000000000;
        assert_true(shodo_census_entry(c, &e));
        e.path = note;
        e.path_len = strlen(note);
        e.streams = &t;
        if (*ending && i < 10)
            assert_true(shodo_census_entry(c, &e));
    }
}

static const char *const nothing[] = {NULL};

static void names_alone(void **state) {
    struct shodo_census *c = shodo_census_new(*state);
    struct caught caught = {.lines = SHODO_BUF_INIT};
    attack(c, 120, ".zzkokoro");
    shodo_census_finish(c, on_fact, &caught);
    struct shodo_doc *doc = conclude(*state, &caught.lines, nothing, true);
    assert_string_equal(verdict(doc, "hit"), "match");
    const struct shodo_value *far = shodo_value_get(answer(doc, "how_far"), "data"),
                             *when = shodo_value_get(answer(doc, "since_when"), "data");
    assert_int_equal(shodo_value_get_int(far, "encrypted_files", 0), 120);
    assert_int_equal(shodo_value_count(shodo_value_get(far, "folders")), 10);
    assert_int_equal(
        shodo_value_get_int(shodo_value_at(shodo_value_get(far, "users"), 0), "files", 0), 60);
    assert_string_equal(shodo_value_get_str(when, "first_encrypted"),
                        "2026-11-21T17:03:07.000000000Z");
    assert_string_equal(shodo_value_get_str(when, "last_encrypted"),
                        "2026-11-21T17:13:02.000000000Z");
    assert_int_equal(shodo_value_get_int(when, "median_gap_ms", 0), 5000);
    assert_string_equal(verdict(doc, "connections"), "not_examined");
    shodo_doc_free(doc);
    shodo_buf_done(&caught.lines);
    shodo_census_free(c);
}

#define ODD(path, ext, expected)                                                                   \
    "{\"@timestamp\":\"2026-11-21T17:03:07Z\",\"event.id\":\"o\",\"event.module\":\"content\","    \
    "\"event.action\":\"odd\",\"shodo.path\":\"" path "\",\"shodo.values\":{\"extension\":\"" ext  \
    "\",\"identified\":\"\",\"expected\":" expected                                                \
    ",\"size\":40000,\"samples\":3,\"random\":3,\"lanes\":0,\"laned\":false,\"head_random\":true}}\n"

/* One file is no group: no vote for "hit", but "how far" does not say that nothing was found. */
static void loose_files(void **state) {
    static const struct {
        const char *line, *verdict;
    } rows[] = {
        {"", "nothing_found"},
        {ODD("/共有/一覧.docx", ".docx", "true"), "suspect"},
        {ODD("/共有/予算.xlsx.kokoro", ".kokoro", "false"), "suspect"},
        {ODD("/共有/予算.XLSX.kokoro", ".kokoro", "false"), "suspect"},
        {ODD("/app/cache.v2.blob", ".blob", "false"), "nothing_found"},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        struct shodo_census *c = shodo_census_new(*state);
        struct caught caught = {.lines = SHODO_BUF_INIT};
        attack(c, 120, "");
        shodo_census_finish(c, on_fact, &caught);
        shodo_buf_adds(&caught.lines, rows[i].line);
        struct shodo_doc *doc = conclude(*state, &caught.lines, nothing, false);
        assert_string_equal(verdict(doc, "how_far"), rows[i].verdict);
        assert_string_equal(verdict(doc, "hit"), "nothing_found");
        shodo_doc_free(doc);
        shodo_buf_done(&caught.lines);
        shodo_census_free(c);
    }
}

/* Too few files for an unknown extension, notes in too few folders: nothing. And the sentence is
 * always there. */
static void few_names(void **state) {
    struct shodo_census *c = shodo_census_new(*state);
    struct caught caught = {.lines = SHODO_BUF_INIT};
    attack(c, 120, "");
    attack(c, 4, ".zzkokoro");
    shodo_census_finish(c, on_fact, &caught);
    struct shodo_doc *doc = conclude(*state, &caught.lines, nothing, false);
    assert_string_not_equal(verdict(doc, "hit"), "match");
    assert_int_equal(
        shodo_value_get_int(shodo_value_get(answer(doc, "how_far"), "data"), "encrypted_files", -1),
        0);
    shodo_doc_free(doc);
    caught.lines.len = 0;
    attack(c, 120, "");
    shodo_census_finish(c, on_fact, &caught);
    doc = conclude(*state, &caught.lines, nothing, false);
    assert_string_equal(verdict(doc, "hit"), "nothing_found");
    const struct shodo_value *s = shodo_value_at(shodo_value_get(answer(doc, "hit"), "sentences"),
                                                 0);
    assert_non_null(strstr(shodo_value_get_str(s, "ja"),
                           "この結果だけで再接続・使用再開・初期化をしない。判断: 対策本部"));
    assert_true(shodo_value_count(shodo_value_get(answer(doc, "hit"), "not_examined")) >= 1);
    shodo_doc_free(doc);
    shodo_buf_done(&caught.lines);
    shodo_census_free(c);
}

/* Only the start partition could be listed, Windows waits for its key: that is no 該当なし. */
static void locked(void **state) {
    static const char line[] =
        "{\"event.reason\":\"encrypted\",\"shodo.class\":\"problem\",\"shodo.volume\":1,\"message\":\"BitLocker\"}";
    struct shodo_census *c = shodo_census_new(*state);
    struct caught caught = {.lines = SHODO_BUF_INIT};
    attack(c, 120, "");
    shodo_census_finish(c, on_fact, &caught);
    for (int has_windows = 0; has_windows < 2; has_windows++) {
        if (has_windows)
            shodo_buf_adds(
                &caught.lines,
                "{\"event.id\":\"r1\",\"event.module\":\"registry\",\"event.action\":\"computer_name\",\"shodo.values\":{}}\n");
        struct shodo_doc *doc = conclude_with(*state, &caught.lines, nothing, false, line);
        const struct shodo_value *s = shodo_value_at(
            shodo_value_get(answer(doc, "hit"), "sentences"), 0);
        const char *want = has_windows ? "nothing_found" : "not_examined";
        assert_string_equal(verdict(doc, "hit"), want);
        assert_string_equal(verdict(doc, "how_far"), want);
        assert_string_equal(verdict(doc, "since_when"), want);
        assert_int_equal(!has_windows,
                         strstr(shodo_value_get_str(s, "ja"), "鍵のかかった領域") != NULL);
        shodo_doc_free(doc);
    }
    shodo_buf_done(&caught.lines);
    shodo_census_free(c);
}

/* One signal is never a match; without any volume nothing was examined. */
static void one_signal(void **state) {
    static const char *const note[] = {
        "{\"event.id\":\"aa\",\"shodo.kind\":\"detection\",\"shodo.verdict\":\"match\",\"rule.name\":\"n\","
        "\"rule.ruleset\":\"yara/ransom-notes.yar\",\"file.name\":\"akira_readme.txt\",\"shodo.path\":\"/a/akira_readme.txt\"}",
        NULL};
    struct shodo_buf none = SHODO_BUF_INIT;
    struct shodo_doc *doc = conclude(*state, &none, note, false);
    assert_string_equal(verdict(doc, "hit"), "suspect");
    const struct shodo_value *f = shodo_value_get(shodo_value_get(answer(doc, "family"), "data"),
                                                  "candidates");
    assert_int_equal(shodo_value_count(f), 1);
    assert_string_equal(shodo_value_get_str(shodo_value_at(f, 0), "id"), "akira");
    shodo_doc_free(doc);
    doc = conclude(*state, &none, nothing, false);
    assert_string_equal(verdict(doc, "hit"), "not_examined");
    shodo_doc_free(doc);
}

/* 120 failed logons, then one from outside, then the log is gone. */
static void events(void **state) {
    struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_adds(
        &b,
        "{\"@timestamp\":\"2026-11-20T13:47:10Z\",\"event.id\":\"e1\",\"event.module\":\"evtx\",\"event.action\":\"logon_failed\",\"shodo.values\":{"
        "\"count\":120,\"last\":\"2026-11-20T13:52:00Z\",\"event_id\":4625,\"provider\":\"Microsoft-Windows-Security-Auditing\",\"channel\":\"Security\","
        "\"data\":{\"TargetUserName\":\"admin\",\"IpAddress\":\"203.0.113.57\"}}}\n");
    shodo_buf_adds(
        &b,
        "{\"@timestamp\":\"2026-11-21T16:58:31Z\",\"event.id\":\"e2\",\"event.module\":\"evtx\",\"event.action\":\"log_cleared\",\"shodo.values\":{"
        "\"count\":1,\"event_id\":1102,\"provider\":\"Microsoft-Windows-Eventlog\",\"channel\":\"Security\",\"data\":{\"SubjectUserName\":\"support01\"}}}\n");
    struct shodo_doc *doc = conclude(*state, &b, nothing, false);
    const struct shodo_value *lines = shodo_value_get(
        shodo_value_get(answer(doc, "how_in"), "data"), "timeline");
    bool has_burst = false, has_clear = false;
    for (size_t i = 0; i < shodo_value_count(lines); i++) {
        const char *what = shodo_value_get_str(shodo_value_at(lines, i), "what"),
                   *ja = shodo_value_get_str(shodo_value_at(lines, i), "ja");
        has_burst = has_burst || (strcmp(what, "logon-failed-many") == 0 && strstr(ja, "120"));
        has_clear = has_clear ||
                    (strcmp(what, "log-cleared-security") == 0 && strstr(ja, "support01"));
    }
    assert_true(has_burst);
    assert_true(has_clear);
    assert_string_equal(verdict(doc, "hit"), "suspect");
    shodo_doc_free(doc);
    shodo_buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(wild),        cmocka_unit_test(names_alone),
                                       cmocka_unit_test(loose_files), cmocka_unit_test(few_names),
                                       cmocka_unit_test(locked),      cmocka_unit_test(one_signal),
                                       cmocka_unit_test(events)};
    return cmocka_run_group_tests(tests, load_detect, free_detect);
}
