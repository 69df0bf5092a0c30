/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged and unusual data files: named with file and line in Japanese, and the sheet is still
 * made. Every sheet of the table. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "handover/sheet_data.h"

static char root[64];

static int setup(void **state) {
    snprintf(root, sizeof root, "/tmp/shodo-sheet-XXXXXX");
    (void)state;
    if (!mkdtemp(root))
        return -1;
    char path[128];
    snprintf(path, sizeof path, "%s/forms", root);
    return mkdir(path, 0700);
}

static int teardown(void **state) {
    static const char *const names[] = {"forms/ppc.yaml", "forms/tags.yaml",  "site.yaml",
                                        "contacts.yaml",  "recipients/a.pem", "recipients",
                                        "forms"};
    char path[128];
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++) {
        snprintf(path, sizeof path, "%s/%s", root, names[i]);
        if (remove(path) != 0 && i + 1 == SHODO_ARRAY_SIZE(names))
            return -1;
    }
    return rmdir(root);
}

static void put(const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", root, name);
    (void)unlink(path);
    assert_int_equal(shodo_io_write_file(AT_FDCWD, path, text, strlen(text), NULL), SHODO_OK);
}

static void note(void *ctx, const char *text) {
    struct shodo_buf *b = ctx;
    shodo_buf_adds(b, text);
    shodo_buf_addc(b, '\n');
}

static void make(const char *name, const char *data_dir, const char *site, struct shodo_document *d,
                 struct shodo_buf *problems) {
    const struct shodo_sheet_options o = {.is_ja = true,
                                          .now = 0,
                                          .data_dir = data_dir,
                                          .site_path = site,
                                          .problem = note,
                                          .ctx = problems};
    struct shodo_error err = SHODO_ERROR_INIT;
    assert_int_equal(shodo_sheet_make(shodo_sheet_find(name), &o, d, &err), SHODO_OK);
}

static void test_malformed(void **state) {
    static const struct {
        const char *text, *want; /* of forms/ppc.yaml */
    } rows[] = {
        {"a: [1,\nb: }\n", "forms/ppc.yaml:2: 書き方が正しくないため読めません"},
        {"- a\n- b\n", "forms/ppc.yaml: 「名前: 値」の形ではありません"},
        {"id: ppc\nname_ja: x\n", "sections がありません"},
        {"id: ppc\nsections:\n  - title_ja: 節\n    fields:\n      - {id: a, label_ja: 欄, class: "
         "general}\n",
         "forms/ppc.yaml:5: 欄に source がありません"},
        {"id: ppc\nsections:\n  - title_ja: 節\n    fields:\n      - {id: a, label_ja: 欄, source: "
         "x}\n",
         "forms/ppc.yaml:5: 欄に class がありません"},
        {"id: ppc\nid: ppc\n", "forms/ppc.yaml:2: "},
        {"id: ppc\nread_aloud_ja: \"{nothing}です\"\nsections: []\n",
         "forms/ppc.yaml:2: 電話の文の 'nothing' という欄がありません"},
    };
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_document) struct shodo_document d;
        shodo_auto(shodo_buf) struct shodo_buf problems = SHODO_BUF_INIT, text = SHODO_BUF_INIT;
        put("forms/ppc.yaml", rows[i].text);
        make("ppc", root, NULL, &d, &problems);
        assert_non_null(strstr(shodo_buf_cstr(&problems), rows[i].want));
        assert_int_equal(shodo_document_text(&d, &text, NULL), SHODO_OK);
        assert_non_null(strstr(shodo_buf_cstr(&text), "資料の問題"));
        assert_non_null(strstr(shodo_buf_cstr(&text), "ppc.yaml"));
    }
}

/* A file that cannot be read does not take the built-in one away. */
static void test_fallback(void **state) {
    shodo_auto(shodo_document) struct shodo_document d;
    shodo_auto(shodo_buf) struct shodo_buf problems = SHODO_BUF_INIT, text = SHODO_BUF_INIT;
    (void)state;
    put("forms/ppc.yaml", "a: [1,\nb: }\n");
    make("ppc", root, NULL, &d, &problems);
    assert_int_equal(shodo_document_text(&d, &text, NULL), SHODO_OK);
    assert_non_null(strstr(shodo_buf_cstr(&text), "報告者（病院名）"));
}

static void test_site(void **state) {
    char path[128];
    shodo_auto(shodo_document) struct shodo_document d;
    shodo_auto(shodo_buf) struct shodo_buf problems = SHODO_BUF_INIT, text = SHODO_BUF_INIT;
    (void)state;
    put("site.yaml", "hospital:\n  name: 髙﨑㈱第Ⅷ病院\n  time_zone: Mars/Olympus\npeople:\n  - "
                     "{id: director, role: 病院長}\n");
    snprintf(path, sizeof path, "%s/site.yaml", root);
    make("contact", NULL, path, &d, &problems);
    assert_non_null(
        strstr(shodo_buf_cstr(&problems), "site.yaml:3: 時間帯 'Mars/Olympus' は使えません"));
    const struct shodo_sheet_options o = {
        .is_ja = true, .now = 0, .site_path = path, .problem = note, .ctx = &text};
    size_t n = 0;
    assert_int_equal(shodo_sheet_site_check(&o, &n, NULL), SHODO_OK);
    assert_true(n > 10);
    assert_non_null(strstr(shodo_buf_cstr(&text), "people に システム担当（id: it）がいません"));
    assert_non_null(
        strstr(shodo_buf_cstr(&text), "厚生労働省 の電話を公式サイトで確認して書いてください"));
}

static void count_gap(void *ctx, const struct shodo_site_gap *gap) {
    struct shodo_buf *b = ctx;
    shodo_buf_addf(b, "%s %ld %s %s %s\n", gap->section, gap->index, gap->id ? gap->id : "-",
                   gap->field ? gap->field : "-", gap->why);
}

/* Where each gap is; a number among the channels and a certificate that was taken count. */
static void test_site_gaps(void **state) {
    char path[128], folder[128];
    shodo_auto(shodo_buf) struct shodo_buf gaps = SHODO_BUF_INIT;
    (void)state;
    put("site.yaml",
        "hospital: {name: A, address: B}\npeople:\n  - {id: director, name: C}\n"
        "connections:\n  - {id: c1, name: VPN, vendor: D, vendor_phone: '1', how_to_cut: x}\n");
    put("contacts.yaml",
        "schema: shodo-contacts/1\ncontacts:\n  - {id: police, channels: [{kind: phone, value: "
        "'110'}], verification: {date: '1970-01-01'}}\n  - {id: mhlw, phone: '03'}\n");
    snprintf(folder, sizeof folder, "%s/recipients", root);
    assert_int_equal(mkdir(folder, 0700), 0);
    put("recipients/a.pem", "x");
    snprintf(path, sizeof path, "%s/site.yaml", root);
    const struct shodo_sheet_options o = {
        .is_ja = true, .now = 0, .site_path = path, .gap = count_gap, .ctx = &gaps};
    size_t n = 0, lines = 0;
    assert_int_equal(shodo_sheet_site_check(&o, &n, NULL), SHODO_OK);
    for (const char *p = shodo_buf_cstr(&gaps); (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    assert_int_equal(lines, n);
    static const char *const there[] = {"hospital -1 - role missing\n",
                                        "people -1 it - missing\n",
                                        "people 0 - phones missing\n",
                                        "connections 0 - vendor_phone_night missing\n",
                                        "backup_paths -1 - - missing\n",
                                        "contacts -1 mhlw verification undated\n",
                                        "contacts -1 prefecture phone missing\n",
                                        "updated -1 - - missing\n"};
    static const char *const absent[] = {"recipients", "police", "hospital -1 - address",
                                         "connections 0 - vendor_phone missing"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(there); i++)
        assert_non_null(strstr(shodo_buf_cstr(&gaps), there[i]));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(absent); i++)
        assert_null(strstr(shodo_buf_cstr(&gaps), absent[i]));
}

/* Every sheet, both languages, every renderer, without a case and with nothing known; no character
 * is missing in the font. */
static void test_every_sheet(void **state) {
    (void)state;
    for (size_t i = 0; i < shodo_sheet_kinds_count; i++) {
        for (int ja = 0; ja < 2; ja++) {
            const struct shodo_sheet_options o = {.is_ja = ja, .now = 0};
            shodo_auto(shodo_document) struct shodo_document d;
            shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
            struct shodo_error err = SHODO_ERROR_INIT;
            assert_int_equal(shodo_sheet_make(&shodo_sheet_kinds[i], &o, &d, &err), SHODO_OK);
            assert_true(d.blocks.count >= 2);
            assert_int_equal(shodo_document_pdf(&d, &out, &err), SHODO_OK);
            assert_memory_equal(out.data, "%PDF-1.7", 8);
            shodo_buf_clear(&out);
            assert_int_equal(shodo_document_json(&d, &out, &err), SHODO_OK);
            shodo_buf_clear(&out);
            assert_int_equal(shodo_document_html(&d, &out, &err), SHODO_OK);
            assert_null(strstr(shodo_buf_cstr(&out), "\xe3\x80\x93")); /* 〓 */
        }
    }
}

/* In the shipped forms: each field has a source, a class that the disclosure rules know, and a
 * sheet of its name. */
static void test_shipped_forms(void **state) {
    (void)state;
    for (size_t i = 0; i < shodo_sheet_kinds_count; i++) {
        const struct shodo_sheet_options o = {.is_ja = true, .now = 0, .data_dir = SHODO_RULES};
        shodo_auto(shodo_document) struct shodo_document d;
        shodo_document_init(&d, "x", "x", true);
        shodo_auto(shodo_sheet) struct shodo_sheet s;
        assert_int_equal(shodo_sheet_open(&s, &shodo_sheet_kinds[i], &o, &d, NULL), SHODO_OK);
        assert_int_equal(s.problems.count, 0);
        assert_non_null(
            shodo_value_get(shodo_value_get(s.disclosure, "sheets"), shodo_sheet_kinds[i].name));
        const struct shodo_value *sections = shodo_value_get(s.form, "sections");
        for (size_t k = 0; k < shodo_value_count(sections); k++) {
            const struct shodo_value *fields = shodo_value_get(shodo_value_at(sections, k),
                                                               "fields");
            for (size_t m = 0; m < shodo_value_count(fields); m++) {
                const struct shodo_value *f = shodo_value_at(fields, m);
                assert_non_null(shodo_value_get_str(f, "source"));
                assert_non_null(shodo_value_get_str(f, "class"));
                assert_non_null(shodo_value_get_str(f, "id"));
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_malformed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fallback, setup, teardown),
        cmocka_unit_test_setup_teardown(test_site, setup, teardown),
        cmocka_unit_test_setup_teardown(test_site_gaps, setup, teardown),
        cmocka_unit_test(test_every_sheet),
        cmocka_unit_test(test_shipped_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
