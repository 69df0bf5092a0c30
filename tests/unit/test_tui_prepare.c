/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the quiet day and of the stick: merging tables, changing the site profile, masking
 * names, the image's file, the numbers of cases. */
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
#include <unistd.h>

#include "base/io.h"
#include "base/time.h"
#include "base/value.h"
#include "casename.h"
#include "cases.h"
#include "csv.h"
#include "image_info.h"
#include "mask.h"
#include "site_file.h"

static struct shodo_doc *yaml(const char *text, size_t n) {
    struct shodo_doc *doc = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_doc_parse_yaml(&doc, "t.yaml", text, n, &err) != SHODO_OK)
        fail_msg("%s\n%.*s", err.text, (int)n, text);
    return doc;
}

/* A second import changes what the table says and keeps the rest: ids, other keys, other rows. */
static void merge(void **state) {
    (void)state;
    static const char old[] =
        "schema: shodo-site/1\nhospital: {name: H}\nconnections:\n  - {id: c01, name: VPN, kind: external, photo: a.jpg, vendor_phone: '1'}\n"
        "  - {id: csv-1, name: other, place: x}\n";
    static const char table[] = "\xEF\xBB\xBF名前,電話,場所\nVPN,222,\n新しい線,333,1階\n";
    shodo_autop(shodo_doc) struct shodo_doc *before = yaml(old, strlen(old));
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    size_t rows = 0;
    assert_int_equal(
        tui_csv_connections(table, strlen(table), shodo_doc_root(before), &out, &rows, &err),
        SHODO_OK);
    assert_int_equal(rows, 2);
    shodo_autop(shodo_doc) struct shodo_doc *after = yaml(shodo_buf_cstr(&out), out.len);
    const struct shodo_value *list = shodo_value_get(shodo_doc_root(after), "connections");
    assert_string_equal(
        shodo_value_get_str(shodo_value_get(shodo_doc_root(after), "hospital"), "name"), "H");
    assert_int_equal(shodo_value_count(list), 3);
    assert_string_equal(shodo_value_get_str(shodo_value_at(list, 0), "name"), "other");
    const struct shodo_value *vpn = shodo_value_at(list, 1), *fresh = shodo_value_at(list, 2);
    assert_string_equal(shodo_value_get_str(vpn, "id"), "c01");
    assert_string_equal(shodo_value_get_str(vpn, "photo"), "a.jpg");
    assert_string_equal(shodo_value_get_str(vpn, "vendor_phone"), "222");
    assert_string_equal(shodo_value_get_str(fresh, "id"), "csv-2");
    assert_string_equal(shodo_value_get_str(fresh, "place"), "1階");
}

static void change(const struct shodo_value *root, const char *section, long index, const char *key,
                   const char *json, struct shodo_buf *out) {
    const struct tui_site_change c = {.section = section, .index = index, .key = key, .json = json};
    shodo_buf_clear(out);
    tui_site_write(root, &c, out);
}

static void site_change(void **state) {
    (void)state;
    static const char old[] =
        "# a comment\nschema: shodo-site/1\nhospital: {name: H, beds: 10, own: [1, {a: b}]}\npeople:\n  - {id: a, name: A}\n  - {id: b, name: B}\nrooms: []\n";
    shodo_autop(shodo_doc) struct shodo_doc *doc = yaml(old, strlen(old));
    const struct shodo_value *root = shodo_doc_root(doc);
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    static const struct {
        const char *section;
        long index;
        const char *key, *json;
    } rows[] = {{"hospital", -1, "name", "\"X\""},
                {"people", 1, "role", "\"R\""},
                {"people", 2, "id", "\"c\""},
                {"people", 0, NULL, NULL},
                {"connections", 0, "id", "\"n\""},
                {"communication", -1, "internal_phones_over_network", "true"}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        change(root, rows[i].section, rows[i].index, rows[i].key, rows[i].json, &out);
        shodo_autop(shodo_doc) struct shodo_doc *now = yaml(shodo_buf_cstr(&out), out.len);
        const struct shodo_value *r = shodo_doc_root(now), *people = shodo_value_get(r, "people"),
                                 *hospital = shodo_value_get(r, "hospital");
        assert_int_equal(shodo_value_get_int(hospital, "beds", 0), 10);
        assert_int_equal(shodo_value_count(shodo_value_get(hospital, "own")), 2);
        assert_string_equal(shodo_value_get_str(hospital, "name"), i == 0 ? "X" : "H");
        assert_int_equal(shodo_value_count(people), i == 2 ? 3 : i == 3 ? 1 : 2);
        if (i == 1)
            assert_string_equal(shodo_value_get_str(shodo_value_at(people, 1), "role"), "R");
        if (i == 3)
            assert_string_equal(shodo_value_get_str(shodo_value_at(people, 0), "id"), "b");
        if (i == 4)
            assert_string_equal(
                shodo_value_get_str(shodo_value_at(shodo_value_get(r, "connections"), 0), "id"),
                "n");
        if (i == 5)
            assert_true(shodo_value_bool(shodo_value_get(shodo_value_get(r, "communication"),
                                                         "internal_phones_over_network"),
                                         false));
    }
    /* from nothing */
    change(NULL, "hospital", -1, "name", "\"N\"", &out);
    shodo_autop(shodo_doc) struct shodo_doc *first = yaml(shodo_buf_cstr(&out), out.len);
    assert_string_equal(
        shodo_value_get_str(shodo_value_get(shodo_doc_root(first), "hospital"), "name"), "N");
}

/* The old version stays once; what a cut left half done is found. */
static void replace(void **state) {
    (void)state;
    char folder[] = "/tmp/shodo-site-XXXXXX";
    assert_non_null(mkdtemp(folder));
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct shodo_error err = SHODO_ERROR_INIT;
    static const char *const texts[] = {"one\n", "two\n", "three\n"};
    for (size_t i = 0; i < 3; i++) {
        shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
        shodo_auto(shodo_buf) struct shodo_buf back = SHODO_BUF_INIT;
        shodo_buf_adds(&text, texts[i]);
        assert_int_equal(tui_site_replace(dir, "site.yaml", &text, i == 1, &err), SHODO_OK);
        assert_int_equal(tui_site_read(dir, "site.yaml", &back, &err), SHODO_OK);
        assert_string_equal(shodo_buf_cstr(&back), texts[i]);
    }
    shodo_auto(shodo_buf) struct shodo_buf kept = SHODO_BUF_INIT;
    assert_int_equal(shodo_io_read_file(&kept, dir, "site.0001.yaml", 100, &err), SHODO_OK);
    assert_string_equal(shodo_buf_cstr(&kept), "one\n");
    assert_int_equal(renameat(dir, "site.yaml", dir, "site.yaml.new"), 0);
    shodo_auto(shodo_buf) struct shodo_buf left = SHODO_BUF_INIT;
    assert_int_equal(tui_site_read(dir, "site.yaml", &left, &err), SHODO_OK);
    assert_string_equal(shodo_buf_cstr(&left), "three\n");
    unlinkat(dir, "site.yaml.new", 0);
    unlinkat(dir, "site.0001.yaml", 0);
    close(dir);
    rmdir(folder);
}

static void mask(void **state) {
    (void)state;
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"C:\\患者\\山田 太郎.pdf", "C:\\患者\\***.pdf"},
        {"C:\\a\\ヤマダ　タロウ_検査.docx", "C:\\a\\***_検査.docx"},
        {"佐藤様の紹介状.doc", "佐藤様の紹介状.doc"}, /* one word: a guess would hit too much */
        {"佐藤様.doc", "***.doc"},
        {"ID_00123456.dcm", "ID_***.dcm"},
        {"C:\\Windows\\System32\\kb5001330.exe", "C:\\Windows\\System32\\kb5001330.exe"},
        {"README_KOKORO.txt", "README_KOKORO.txt"},
        {"", ""},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
        tui_mask(&out, rows[i].in, strlen(rows[i].in));
        assert_string_equal(shodo_buf_cstr(&out), rows[i].want);
    }
}

static void image(void **state) {
    (void)state;
    char path[] = "/tmp/shodo-image-XXXXXX";
    int fd = mkstemp(path);
    static const char text[] =
        "SHODO_BUILD_ID=b1\nSHODO_PHRASE=\"a b\x1b[31m c\"\nnonsense\nSHODO_CLOCK_STATE=wrong\nSHODO_STORAGE_RAID=yes\nSHODO_RTC_EPOCH=77\n=\n";
    struct tui_image m;
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    tui_image_load(&m, path);
    unlink(path);
    assert_true(m.is_known && m.is_clock_wrong && m.has_raid);
    assert_int_equal(m.rtc_epoch, 77);
    assert_null(strchr(m.phrase, 0x1b));
    shodo_auto(shodo_buf) struct shodo_buf json = SHODO_BUF_INIT;
    tui_image_json(&m, &json);
    shodo_autop(shodo_doc) struct shodo_doc *doc = yaml(shodo_buf_cstr(&json), json.len);
    assert_string_equal(shodo_value_get_str(shodo_doc_root(doc), "build"), "b1");
    tui_image_load(&m, "/nonexistent/x");
    assert_false(m.is_known);
    int64_t now = 0;
    assert_true(shodo_time_parse("2026-11-22T00:00:00Z", 20, &now));
    assert_int_equal(tui_image_age_days("2026-11-20", now), 2);
    assert_int_equal(tui_image_age_days("2027-01-01", now), -1);
    assert_int_equal(tui_image_age_days("soon", now), -1);
}

static void write_file(const char *folder, const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* Two letter sizes in turn; none on a screen that has room for one only, nor off the stick. */
static void letter_size(void **state) {
    static const char *const want[] = {"big\n", "normal\n", "big\n"}, *const made[] = {"image.env",
                                                                                       "text-size",
                                                                                       "one-size"};
    char folder[] = "/tmp/letter-size-XXXXXX", path[128];
    struct tui_image m = {.is_known = false};
    (void)state;
    assert_false(tui_image_switch_text_size(&m));
    assert_non_null(mkdtemp(folder));
    write_file(folder, "image.env", "SHODO_BUILD_ID=b1\n");
    snprintf(path, sizeof path, "%s/image.env", folder);
    tui_image_load(&m, path);
    snprintf(path, sizeof path, "%s/text-size", folder);
    for (size_t i = 0; i < 3; i++) {
        shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
        assert_true(tui_image_switch_text_size(&m));
        assert_int_equal(shodo_io_read_file(&text, AT_FDCWD, path, 64, NULL), SHODO_OK);
        assert_string_equal(shodo_buf_cstr(&text), want[i]);
    }
    write_file(folder, "one-size", "");
    assert_false(tui_image_switch_text_size(&m));
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, made[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void make_case(const char *root, const char *name) {
    static const char *const ends[] = {"", "/journal"};
    char path[256];
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/cases/%s%s", root, name, ends[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
}

static void remove_case(const char *root, const char *name) {
    static const char *const ends[] = {"/journal", ""};
    char path[256];
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/cases/%s%s", root, name, ends[i]);
        assert_int_equal(rmdir(path), 0);
    }
}

/* A person's id follows the role; whoever names the person by id names the new one, nothing else
 * changes. */
static void rename_person(void **state) {
    (void)state;
    static const char old[] =
        "people:\n  - {id: peo-1, name: peo-1, deputy_of: null}\n  - {id: b, deputy_of: peo-1}\n"
        "connections:\n  - {id: c1, name: peo-1, may_decide: [b, peo-1], pre_approved: true}\n"
        "big_cut: {who: [peo-1]}\ndecisions:\n  - {id: d, decider: peo-1, night: [], beds: 3}\n";
    shodo_autop(shodo_doc) struct shodo_doc *doc = yaml(old, strlen(old));
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    tui_site_rename(shodo_doc_root(doc), "peo-1", "it", &out);
    assert_string_equal(
        shodo_buf_cstr(&out),
        "{\"people\":[{\"id\":\"it\",\"name\":\"peo-1\",\"deputy_of\":null},{\"id\":\"b\",\"deputy_of\":"
        "\"it\"}],\"connections\":[{\"id\":\"c1\",\"name\":\"peo-1\",\"may_decide\":[\"b\",\"it\"],"
        "\"pre_approved\":true}],\"big_cut\":{\"who\":[\"it\"]},\"decisions\":[{\"id\":\"d\",\"decider\":"
        "\"it\",\"night\":[],\"beds\":3}]}");
    const struct tui_site_change day = {
        .section = "updated", .index = -1, .json = "\"2026-11-22\""};
    shodo_buf_clear(&out);
    tui_site_write(shodo_doc_root(doc), &day, &out);
    assert_non_null(strstr(shodo_buf_cstr(&out), "\nupdated: \"2026-11-22\"\n"));
}

/* Day and number; a day that nobody knows is said, and the case still counts as the newest. */
static void case_names(void **state) {
    (void)state;
    char root[] = "/tmp/case-names-XXXXXX", cases[64], out[TUI_CASENAME_BYTES];
    struct tui_case_day day = {.time = 0};
    struct shodo_vec all = SHODO_VEC_INIT(sizeof(struct tui_case_row));
    shodo_auto(shodo_buf) struct shodo_buf newest = SHODO_BUF_INIT;
    assert_non_null(mkdtemp(root));
    snprintf(cases, sizeof cases, "%s/cases", root);
    assert_int_equal(mkdir(cases, 0700), 0);
    assert_true(shodo_time_parse("2026-11-21T15:00:00Z", 20, &day.time)); /* the 22nd in Japan */
    static const struct {
        const char *want, *unknown;
    } rows[] = {
        {"20261122-01", NULL},
        {"20261122-02", NULL},
        {"20261122-03-no-date", "no-date"},
        {"20261122-04", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        day.unknown = rows[i].unknown;
        tui_casename_next(root, &day, out);
        assert_string_equal(out, rows[i].want);
        make_case(root, out);
    }
    make_case(root, "20261127-02");
    day.unknown = "no-date"; /* the stick's own day is earlier than its newest case */
    tui_casename_next(root, &day, out);
    assert_string_equal(out, "20261127-03-no-date");
    make_case(root, out);
    tui_cases_read(root, &all);
    assert_int_equal(all.count, 6);
    assert_int_equal(((struct tui_case_row *)shodo_vec_at(&all, 0))->state, TUI_CASE_REAL);
    tui_cases_path(root, shodo_vec_at(&all, 0), &newest);
    shodo_vec_done(&all);
    assert_non_null(strstr(shodo_buf_cstr(&newest), "/cases/20261127-03-no-date"));
    assert_true(tui_casename_is_case(shodo_buf_cstr(&newest)));
    assert_false(tui_casename_is_case(root));
    day.unknown = NULL; /* a day that a person gave is believed */
    tui_casename_next(root, &day, out);
    assert_string_equal(out, "20261122-05");
    tui_casename_next("/nonexistent", &day, out);
    assert_string_equal(out, "20261122-01");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        remove_case(root, rows[i].want);
    remove_case(root, "20261127-02");
    remove_case(root, "20261127-03-no-date");
    assert_int_equal(rmdir(cases) | rmdir(root), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merge),       cmocka_unit_test(site_change),
        cmocka_unit_test(replace),     cmocka_unit_test(mask),
        cmocka_unit_test(image),       cmocka_unit_test(case_names),
        cmocka_unit_test(letter_size), cmocka_unit_test(rename_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
