/* SPDX-License-Identifier: Apache-2.0 */
/* The scan tap: verdicts on rule files, externals, names, equal content, large files, time limit,
 * system calls. */
#include "unit.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "examine/taps/scan_yara.h"
#include "examine_lib.h"

#define ENDPOINT "0123456789ab"

static void open_with(struct exam_run *r, const struct shodo_rule_text *texts, size_t n) {
    struct shodo_plan_options o = {
        .profile = SHODO_PROFILE_FULL, .yara = texts, .yara_count = n, .endpoint = ENDPOINT};
    run_open(r, &o);
}

static const struct {
    const char *text;
    bool accepted, needs_externals;
    const char *message;
} tries[] = {
    {"rule a { condition: true }", true, false, ""},
    {"import \"pe\" rule a { condition: pe.is_pe }", true, false, ""},
    {"rule a { condition: filename == \"x.exe\" }", true, true, ""},
    {"rule a { condition: md5 == \"\" and owner == \"\" }", true, true, ""},
    {"rule a {\n condition: no_such_thing }", false, false,
     "line 2: undefined identifier \"no_such_thing\""},
    {"rule a { strings: $x = \"y\" condition: true }", false, false,
     "line 1: unreferenced string \"$x\""},
    {"rule a { condition: filename == \"x\" and nope }", false, false,
     "undefined identifier \"nope\""},
    {"include \"other.yar\"", false, false, "include"},
    {"rule a { condition: tru", false, false, "line 1: "},
    {"rule \x1b[31m", false, false, "line 1: "},
    {"", true, false, "holds no rule"},
};

static void test_try(void **state) {
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(tries); i++) {
        struct shodo_rule_text t = rule_text("t.yar", tries[i].text);
        struct shodo_rule_verdict v;
        shodo_rule_try(&t, &v);
        if (v.accepted != tries[i].accepted || v.needs_externals != tries[i].needs_externals ||
            !strstr(v.message, tries[i].message))
            fail_msg("%zu: accepted %d externals %d '%s'", i, v.accepted, v.needs_externals,
                     v.message);
        assert_null(strchr(v.message, '\x1b'));
    }
    struct shodo_rule_text nul = {
        .name = "t.yar", .text = "rule a { condition: true }\0rule b", .len = 33, .digest = ""};
    struct shodo_rule_verdict v;
    shodo_rule_try(&nul, &v);
    assert_false(v.accepted);
    assert_non_null(strstr(v.message, "zero byte"));
}

/* One rule per external; each fires only with the Windows form. */
static const char externals[] =
    "rule ext_filename { condition: filename == \"Report X.EXE\" }\n"
    "rule ext_filepath { condition: filepath == \"C:\\\\Users\\\\a\\\\Report X.EXE\" }\n"
    "rule ext_extension { condition: extension == \".exe\" }\n"
    "rule ext_filetype { condition: filetype == \"EXE\" }\n"
    "rule ext_owner { condition: owner == \"PC7\\\\a\" }\n"
    "rule ext_md5 { condition: md5 == \"900150983cd24fb0d6963f7d28e17f72\" }\n"
    "rule unix_filepath { condition: filepath contains \"/\" }\n"
    "rule bare_extension { condition: extension == \"exe\" or extension == \".EXE\" }\n"
    "rule stream_filepath { condition: filepath == \"C:\\\\Users\\\\a\\\\n.txt:s\" and filename == \"n.txt:s\" }\n";

static void test_externals(void **state) {
    (void)state;
    struct shodo_rule_text t = rule_text("ext.yar", externals);
    struct exam_run r;
    open_with(&r, &t, 1);
    struct shodo_stream s = {
        .name = "", .size_bytes = 64, .valid_bytes = 64, .flags = SHODO_STREAM_HOST_FD};
    struct shodo_entry e = entry_of("/Users/a/Report X.EXE");
    e.owner = "PC7\\a";
    e.owner_len = 5;
    e.streams = &s;
    e.streams_count = 1;
    int fd = memfd_create("exe", MFD_CLOEXEC);
    char program[64] = "MZ";
    assert_int_equal(write(fd, program, sizeof program), (ssize_t)sizeof program);
    run_fd(&r, &e, fd, sizeof program);
    close(fd);
    static const char *const fire[] = {"ext_filename", "ext_filepath", "ext_extension",
                                       "ext_filetype", "ext_owner"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(fire); i++) {
        if (!find_finding(&r, fire[i]))
            fail_msg("'%s' did not fire", fire[i]);
    }
    assert_int_equal(count_findings(&r, "scan", NULL), SHODO_ARRAY_SIZE(fire));
    run_forget(&r);
    run_bytes(&r, "/other/Report X.EXE.txt", NULL, "abc", 3);
    assert_int_equal(count_findings(&r, "scan", NULL), 1);
    assert_non_null(find_finding(&r, "ext_md5"));
    run_forget(&r);
    run_bytes(&r, "/Users/a/n.txt", "s", "nothing", 7);
    assert_int_equal(count_findings(&r, "scan", NULL), 1);
    assert_string_equal(find_finding(&r, "stream_filepath")->stream, "s");
    run_close(&r);
}

/* All names of a hard-linked file are tried, and listed. */
static void test_names(void **state) {
    (void)state;
    const struct shodo_rule_text texts[] = {
        rule_text(
            "name.yar",
            "rule renamed { strings: $a = \"tool\" condition: $a and filename == \"svchost.exe\" }"),
        rule_text("content.yar", "rule content { strings: $a = \"tool\" condition: $a }"),
    };
    struct exam_run r;
    open_with(&r, texts, 2);
    struct shodo_name names[] = {{.path = "/a/x.exe", .path_len = 8},
                                 {.path = "/b/svchost.exe", .path_len = 14},
                                 {.path = "/c/y.exe", .path_len = 8}};
    struct shodo_stream s = {
        .name = "", .size_bytes = 4, .valid_bytes = 4, .flags = SHODO_STREAM_HOST_FD};
    struct shodo_entry e = entry_of("/a/x.exe");
    e.names = names;
    e.names_count = 3;
    e.streams = &s;
    e.streams_count = 1;
    int fd = memfd_create("x", MFD_CLOEXEC);
    assert_int_equal(write(fd, "tool", 4), 4);
    run_fd(&r, &e, fd, 4);
    close(fd);
    assert_int_equal(r.findings.count, 2);
    assert_string_equal(find_finding(&r, "renamed")->path, "/b/svchost.exe");
    assert_int_equal(find_finding(&r, "renamed")->others, 2);
    assert_string_equal(find_finding(&r, "content")->path, "/a/x.exe");
    assert_int_equal(find_finding(&r, "content")->others, 2);
    run_close(&r);
}

/* What a rule says of itself is kept; severity decides the verdict; private rules are silent. */
static void test_meta(void **state) {
    (void)state;
    const struct shodo_rule_text t = rule_text(
        "m.yar",
        "private rule hidden { strings: $a = \"abc\" condition: $a }\n"
        "rule strong { meta: author = \"A. Author\" id = \"id-1\" description = \"d\" strings: $a = \"abc\" $b = \"zzz\" condition: $a or $b }\n"
        "rule weak { meta: severity = \"suspect\" condition: hidden }\n");
    struct exam_run r;
    open_with(&r, &t, 1);
    assert_int_equal(shodo_plan_rule_count(r.plan), 3);
    run_bytes(&r, "/x", NULL, "..abc", 5);
    assert_int_equal(count_findings(&r, "scan", NULL), 2);
    assert_string_equal(find_finding(&r, "strong")->author, "A. Author");
    assert_string_equal(find_finding(&r, "strong")->ruleset, "m.yar");
    assert_int_equal(find_finding(&r, "strong")->verdict, SHODO_VERDICT_MATCH);
    assert_string_equal(find_finding(&r, "strong")->detail,
                        "{\"strings\":[{\"id\":\"$a\",\"offset\":2}]}");
    assert_int_equal(find_finding(&r, "weak")->verdict, SHODO_VERDICT_SUSPECT);
    run_close(&r);
}

/* Every guard kind on every kind of file: exactly what the conditions say. */
static void test_guards(void **state) {
    (void)state;
    const struct shodo_rule_text texts[] = {
        rule_text("a.yar",
                  "import \"pe\" rule mz { condition: uint16(0) == 0x5A4D and filesize > 0 }\n"
                  "rule elf { condition: uint32(0) == 0x464c457f and filesize > 0 }\n"
                  "rule small { condition: filesize < 10 and filesize >= 0 }\n"
                  "rule all_files { condition: filesize >= 0 }\n"
                  "rule section { condition: pe.number_of_sections == 0 or filesize == 5 }\n"),
        rule_text("g.yar",
                  "global rule five { condition: filesize == 5 } rule gated { condition: true }"),
        rule_text("same.yar", "rule all_files { condition: filesize == 2 }"),
    };
    struct exam_run r;
    open_with(&r, texts, 3);
    assert_int_equal(shodo_plan_rule_count(r.plan), 8);
    static const struct {
        const char *bytes;
        size_t n;
        const char *rules;
    } files[] = {
        {"", 0, "all_files small "},
        {"M", 1, "all_files small "},
        {"MZ", 2, "all_files all_files mz small "},
        {"MZ9012345678901234567890", 24, "all_files mz "},
        {"\x7f"
         "ELF",
         4, "all_files elf small "},
        {"\x7f"
         "E",
         2, "all_files all_files small "},
        {"hello", 5, "all_files five gated section small "},
        {"hello hello hello", 17, "all_files "},
    };
    static const char *const all[] = {"all_files", "elf",     "five", "gated",
                                      "mz",        "section", "small"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(files); i++) {
        char got[256] = "";
        run_forget(&r);
        run_bytes(&r, "/x", NULL, files[i].bytes, files[i].n);
        for (size_t k = 0; k < SHODO_ARRAY_SIZE(all); k++) {
            for (size_t c = count_findings(&r, "scan", all[k]); c > 0; c--)
                snprintf(got + strlen(got), sizeof got - strlen(got), "%s ", all[k]);
        }
        if (strcmp(got, files[i].rules) != 0)
            fail_msg("file %zu: %s", i, got);
    }
    run_close(&r);
}

/* Equal content is scanned once, under any name; a record of other rules or a damaged one is not
 * believed. */
static void test_reuse(void **state) {
    (void)state;
    struct shodo_rule_text t = rule_text("a.yar",
                                         "rule found { strings: $a = \"needle\" condition: $a }");
    struct exam_run r;
    char content[5000];
    memset(content, 'x', sizeof content);
    memcpy(content + 4000, "needle", 6);
    open_with(&r, &t, 1);
    run_bytes(&r, "/1", NULL, content, sizeof content);
    uint64_t scanned = shodo_exam_stats(r.exam)->bytes_scanned;
    assert_int_equal(scanned, sizeof content);
    assert_int_equal(r.learned, 1);
    run_bytes(&r, "/2", NULL, content, sizeof content);
    assert_int_equal(shodo_exam_stats(r.exam)->bytes_scanned, scanned);
    assert_int_equal(shodo_exam_stats(r.exam)->reused, 1);
    assert_int_equal(count_findings(&r, "scan", "found"), 2);
    const struct said_finding *first = shodo_vec_at(&r.findings, 0),
                              *second = shodo_vec_at(&r.findings, 1);
    assert_string_equal(first->detail, second->detail);
    assert_string_equal(second->path, "/2");
    /* damage every byte of the record in turn: never a crash, never a finding that is not there */
    struct remembered {
        uint8_t sha256[32];
        char *matches;
        size_t n;
    } *k = shodo_vec_at(&r.cache, 0);
    r.sink.learned = NULL;
    for (size_t i = 0; i < k->n; i++) {
        k->matches[i] ^= 0x55;
        run_forget(&r);
        run_bytes(&r, "/3", NULL, content, sizeof content);
        assert_true(count_findings(&r, "scan", NULL) <= 1);
        k->matches[i] ^= 0x55;
    }
    run_close(&r);
}

/* A 200 MiB file: head and tail are looked at, the true size is known to the rules, and the ledger
 * says so. */
static void test_large(void **state) {
    (void)state;
    const struct shodo_rule_text t = rule_text(
        "l.yar", "rule head { strings: $a = \"at the head\" condition: $a at 0 }\n"
                 "rule tail { strings: $a = \"at the tail\" condition: $a at 209715189 }\n"
                 "rule size { condition: filesize == 209715200 }\n"
                 "rule middle { strings: $a = \"in the middle\" condition: $a }\n");
    struct exam_run r;
    open_with(&r, &t, 1);
    uint64_t size = SHODO_MIB(200);
    int fd = memfd_create("large", MFD_CLOEXEC);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    assert_int_equal(pwrite(fd, "at the head", 11, 0), 11);
    assert_int_equal(pwrite(fd, "in the middle", 13, 100 << 20), 13);
    assert_int_equal(pwrite(fd, "at the tail", 11, (off_t)size - 11), 11);
    struct shodo_stream s = {
        .name = "", .size_bytes = size, .valid_bytes = size, .flags = SHODO_STREAM_HOST_FD};
    struct shodo_entry e = entry_of("/large.bin");
    e.streams = &s;
    e.streams_count = 1;
    run_fd(&r, &e, fd, size);
    close(fd);
    assert_non_null(find_finding(&r, "head"));
    assert_non_null(find_finding(&r, "tail"));
    assert_non_null(find_finding(&r, "size"));
    assert_null(find_finding(&r, "middle"));
    assert_true(find_finding(&r, "head")->has_sha256);
    assert_int_equal(r.lines.count, 1);
    const struct said_line *l = find_line(&r, SHODO_LEDGER_TOO_LARGE);
    assert_true(l->is_problem);
    assert_int_equal(l->examined_bytes, SHODO_MIB(16));
    assert_int_equal(l->size_bytes, size);
    assert_string_equal(l->text,
                        "examined 16777216 of 209715200 bytes with rules (beginning and end)");
    assert_int_equal(shodo_exam_stats(r.exam)->bytes_scanned, SHODO_MIB(16));
    run_close(&r);
}

/* 1.1 GiB get a digest too, unless reading takes longer than is given. */
static void test_huge(void **state) {
    (void)state;
    const struct shodo_rule_text t = rule_text(
        "l.yar", "rule head { strings: $a = \"at the head\" condition: $a at 0 }\n");
    uint64_t size = SHODO_MIB(1126);
    int fd = memfd_create("huge", MFD_CLOEXEC);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    assert_int_equal(pwrite(fd, "at the head", 11, 0), 11);
    struct shodo_stream s = {
        .name = "", .size_bytes = size, .valid_bytes = size, .flags = SHODO_STREAM_HOST_FD};
    for (unsigned is_short = 0; is_short < 2; is_short++) {
        struct shodo_plan_options o = {.profile = SHODO_PROFILE_FULL,
                                       .yara = &t,
                                       .yara_count = 1,
                                       .endpoint = ENDPOINT,
                                       .digest_ms = is_short ? 1 : 0};
        struct exam_run r;
        run_open(&r, &o);
        struct shodo_entry e = entry_of("/huge.bin");
        e.streams = &s;
        e.streams_count = 1;
        run_fd(&r, &e, fd, size);
        assert_non_null(find_finding(&r, "head"));
        assert_int_equal(find_finding(&r, "head")->has_sha256, !is_short);
        assert_int_equal(strstr(find_line(&r, SHODO_LEDGER_TOO_LARGE)->text, "no digest") != NULL,
                         is_short);
        run_close(&r);
    }
    close(fd);
}

/* Exactly at the limit everything is seen. */
static void test_limit(void **state) {
    (void)state;
    const struct shodo_rule_text t = rule_text(
        "l.yar", "rule middle { strings: $a = \"in the middle\" condition: $a }");
    struct shodo_plan_options o = {.profile = SHODO_PROFILE_FULL,
                                   .yara = &t,
                                   .yara_count = 1,
                                   .endpoint = ENDPOINT,
                                   .scan_limit_bytes = 1};
    struct exam_run r;
    run_open(&r, &o);
    size_t n = (size_t)SHODO_SCAN_LIMIT_MIN_BYTES;
    char *p = calloc(n + 1, 1);
    assert_non_null(p);
    memcpy(p + n / 2, "in the middle", 13);
    run_bytes(&r, "/x", NULL, p, n);
    assert_int_equal(r.findings.count, 1);
    assert_int_equal(r.lines.count, 0);
    run_forget(&r);
    run_bytes(&r, "/x", NULL, p, n + 1);
    assert_int_equal(r.findings.count, 0);
    assert_int_equal(r.lines.count, 1);
    free(p);
    run_close(&r);
}

static void on_match(void *ctx, const struct shodo_yara_match *m) {
    (void)ctx;
    (void)m;
}

static void test_time_limit(void **state) {
    (void)state;
    static const char slow[] = "rule slow { condition: for all i in (1..1000000000) : (i > 0) }";
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_yara_rules *rules = NULL;
    struct shodo_yara_scanner *scanner = NULL;
    struct shodo_yara_text t = {.space = 0, .text = slow};
    struct shodo_yara_input in = {.head = (const uint8_t *)"x", .head_len = 1, .size_bytes = 1};
    assert_int_equal(shodo_yara_start(&err), SHODO_OK);
    assert_int_equal(shodo_yara_compile(&rules, &t, 1, false, NULL, &err), SHODO_OK);
    assert_int_equal(shodo_yara_scanner_new(&scanner, rules, &err), SHODO_OK);
    uint64_t start = shodo_time_mono_ms();
    assert_int_equal(shodo_yara_scan(scanner, &in, NULL, 1, on_match, NULL, NULL, &err),
                     SHODO_TIMEOUT);
    uint64_t took = shodo_time_mono_ms() - start;
    print_message("limit 1 s: stopped after %llu ms\n", (unsigned long long)took);
    assert_true(took >= 900 && took < 30000);
    assert_non_null(strstr(err.text, "more than 1 seconds"));
    (void)shodo_yara_scanner_free(scanner);
    (void)shodo_yara_rules_free(rules);
    shodo_yara_stop();
}

/* A refused file among good ones: the others go on. */
static void test_refused(void **state) {
    (void)state;
    const struct shodo_rule_text texts[] = {
        rule_text("good.yar", "rule good { condition: true }"),
        rule_text("bad.yar", "rule bad { condition: nonsense }"),
        rule_text("also.yar", "rule also { condition: filename == \"x\" }"),
    };
    struct exam_run r;
    open_with(&r, texts, 3);
    assert_int_equal(shodo_plan_rule_count(r.plan), 2);
    run_bytes(&r, "/x", NULL, "1", 1);
    assert_int_equal(r.findings.count, 2);
    assert_string_equal(find_finding(&r, "also")->ruleset, "also.yar");
    run_close(&r);
}

/* More matches than a finding list may have. */
static void test_too_many(void **state) {
    (void)state;
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    for (unsigned i = 0; i < 300; i++)
        shodo_buf_addf(&text, "rule r%u { condition: true }\n", i);
    struct shodo_rule_text t = rule_text("many.yar", shodo_buf_cstr(&text));
    struct exam_run r;
    open_with(&r, &t, 1);
    run_bytes(&r, "/x", NULL, "1", 1);
    assert_int_equal(r.findings.count, SHODO_LIMIT_FINDINGS_PER_FILE);
    assert_int_equal(r.lines.count, 1);
    assert_non_null(
        strstr(((struct said_line *)shodo_vec_at(&r.lines, 0))->text, "more than 256 findings"));
    run_close(&r);
}

/* What cannot be read is said. */
static void test_unreadable(void **state) {
    (void)state;
    const struct shodo_rule_text t = rule_text("a.yar", "rule always { condition: true }");
    struct exam_run r;
    open_with(&r, &t, 1);
    struct shodo_stream s = {
        .name = "", .size_bytes = 10, .valid_bytes = 10, .flags = SHODO_STREAM_ENCRYPTED};
    struct shodo_entry e = entry_of("/Users/a/secret.txt");
    e.streams = &s;
    e.streams_count = 1;
    int fd = memfd_create("x", MFD_CLOEXEC);
    assert_int_equal(write(fd, "x", 1), 1);
    run_fd(&r, &e, fd, 1);
    assert_int_equal(r.findings.count, 0);
    assert_false(find_line(&r, SHODO_LEDGER_ENCRYPTED)->is_problem);
    run_forget(&r);
    s.flags = 0;
    e.flags = SHODO_ENTRY_OFFLINE;
    run_fd(&r, &e, fd, 1);
    assert_false(find_line(&r, SHODO_LEDGER_POLICY)->is_problem);
    run_forget(&r);
    e.flags = SHODO_ENTRY_SYSTEM;
    run_fd(&r, &e, fd, 1);
    assert_int_equal(r.findings.count + r.lines.count, 0);
    close(fd);
    run_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_try),        cmocka_unit_test(test_externals),
        cmocka_unit_test(test_names),      cmocka_unit_test(test_meta),
        cmocka_unit_test(test_guards),     cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_large),      cmocka_unit_test(test_huge),
        cmocka_unit_test(test_limit),      cmocka_unit_test(test_time_limit),
        cmocka_unit_test(test_refused),    cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
