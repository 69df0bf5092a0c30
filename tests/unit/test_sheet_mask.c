/* SPDX-License-Identifier: Apache-2.0 */
/* What each receiver may see: the same made-up facts through every sheet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "handover/sheet_data.h"

static const char site_text[] =
    "people:\n  - {id: it, role: システム担当, name: 例示五郎}\n"
    "connections:\n  - {id: c01, name: 保守, vendor: 架空カルテ株式会社, device: ルータ白い箱}\n";

struct seen {
    struct shodo_document d;
    struct shodo_sheet s;
    struct shodo_doc *site;
};

static void open_sheet(struct seen *x, const char *name) {
    static const struct shodo_sheet_options o = {.is_ja = true, .now = 0};
    struct shodo_error err = SHODO_ERROR_INIT;
    const struct shodo_sheet_kind *kind = shodo_sheet_find(name);
    assert_non_null(kind);
    shodo_document_init(&x->d, name, name, true);
    assert_int_equal(shodo_sheet_open(&x->s, kind, &o, &x->d, &err), SHODO_OK);
    assert_int_equal(
        shodo_doc_parse_yaml(&x->site, "site.yaml", site_text, sizeof site_text - 1, &err),
        SHODO_OK);
    x->s.site = shodo_doc_root(x->site);
    struct shodo_case_endpoint *e = shodo_vec_push(&x->s.c.endpoints);
    assert_non_null(e);
    *e = (struct shodo_case_endpoint){
        .id = "0123456789ab", .name = "医事課PC-07", .computer = "IJIKA07", .source = ""};
}

static void close_sheet(struct seen *x) {
    shodo_sheet_done(&x->s);
    shodo_document_done(&x->d);
    shodo_doc_free(x->site);
}

static void test_text(void **state) {
    static const char text[] =
        "例示五郎が医事課PC-07で C:\\共有\\患者一覧_山田様.xlsx を開いた。架空カルテ株式会社に電話";
    static const struct {
        const char *sheet;
        bool machine, person, vendor, file;
    } rows[] = {{"police", true, true, true, true},     {"mhlw-first", false, true, false, false},
                {"jpcert", false, false, false, false}, {"summary", true, true, true, false},
                {"custody", true, true, false, false},  {"insurer", false, true, false, false},
                {"ppc", false, true, false, false},     {"timeline", true, false, false, true},
                {"drill", false, true, false, false}};
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        struct seen x = {0};
        open_sheet(&x, rows[i].sheet);
        const char *got = shodo_sheet_mask(&x.s, "general", text);
        assert_int_equal(strstr(got, "医事課PC-07") != NULL, rows[i].machine);
        assert_int_equal(strstr(got, "例示五郎") != NULL, rows[i].person);
        assert_int_equal(strstr(got, "架空カルテ") != NULL, rows[i].vendor);
        assert_int_equal(strstr(got, "山田様") != NULL, rows[i].file);
        close_sheet(&x);
    }
}

static void test_classes(void **state) {
    static const struct {
        const char *sheet, *class_name;
        enum shodo_sheet_show show;
    } rows[] = {
        {"police", "note", SHODO_SHEET_SHOWS},     {"jpcert", "note", SHODO_SHEET_SHOWS},
        {"ppc", "note", SHODO_SHEET_NEVER},        {"ransomware-common", "note", SHODO_SHEET_MASKS},
        {"timeline", "note", SHODO_SHEET_NEVER},   {"mhlw-first", "indicator", SHODO_SHEET_NEVER},
        {"ppc", "technical", SHODO_SHEET_MASKS},   {"insurer", "note", SHODO_SHEET_NEVER},
        {"vendor", "filename", SHODO_SHEET_NEVER}, {"police", "no-such-class", SHODO_SHEET_NEVER}};
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        struct seen x = {0};
        open_sheet(&x, rows[i].sheet);
        assert_int_equal(shodo_sheet_class(&x.s, rows[i].class_name), rows[i].show);
        if (rows[i].show == SHODO_SHEET_NEVER)
            assert_string_equal(shodo_sheet_mask(&x.s, rows[i].class_name, "秘密"), "");
        close_sheet(&x);
    }
}

/* Without rules nothing but the general class is shown. */
static void test_no_rules(void **state) {
    struct seen x = {0};
    (void)state;
    open_sheet(&x, "police");
    x.s.disclosure = NULL;
    assert_int_equal(shodo_sheet_class(&x.s, "general"), SHODO_SHEET_SHOWS);
    assert_int_equal(shodo_sheet_class(&x.s, "note"), SHODO_SHEET_NEVER);
    close_sheet(&x);
}

/* The same name gets the same number, another one the next. */
static void test_numbers(void **state) {
    struct seen x = {0};
    (void)state;
    open_sheet(&x, "mhlw-first");
    assert_string_equal(shodo_sheet_mask(&x.s, "internal", "サーバA"), "（院内の機械1）");
    assert_string_equal(shodo_sheet_mask(&x.s, "internal", "サーバB"), "（院内の機械2）");
    assert_string_equal(shodo_sheet_mask(&x.s, "internal", "サーバA"), "（院内の機械1）");
    close_sheet(&x);
}

/* Dates of birth in names of files, in every way of writing; versions, addresses and times are
 * none.
 */
static void test_birthdate(void **state) {
    static const struct {
        const char *text;
        bool is_hidden;
    } rows[] = {{"同意_1950-03-12.pdf", true},   {"a19500312.pdf", true},
                {"x_S25.3.12.docx", true},       {"昭和25年3月12日.txt", true},
                {"令和5年12月1日_x.txt", true},  {"C:\\a\\1950_3_12", true},
                {"1950/03/12.tif", true},        {"10.0.19045", false},
                {"192.0.2.51", false},           {"v2.12.1.zip", false},
                {"kokoro.exe", false},           {"1950-13-12.pdf", false},
                {"1950-03-32.pdf", false},       {"X25.3.12.docx", false},
                {"C:\\Windows\\System32", false}};
    struct seen x = {0};
    (void)state;
    open_sheet(&x, "mhlw-first");
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        bool is_hidden = strstr(shodo_sheet_mask(&x.s, "general", rows[i].text), "伏せた") != NULL;
        if (is_hidden != rows[i].is_hidden)
            print_message("%s: hidden %d\n", rows[i].text, is_hidden);
        assert_int_equal(is_hidden, rows[i].is_hidden);
    }
    assert_string_equal(
        shodo_sheet_mask_aloud(&x.s, shodo_sheet_mask(&x.s, "general", "a19500312.pdf が開かない")),
        "あるファイル が開かない");
    close_sheet(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_classes),
                                       cmocka_unit_test(test_no_rules),
                                       cmocka_unit_test(test_numbers),
                                       cmocka_unit_test(test_birthdate)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
