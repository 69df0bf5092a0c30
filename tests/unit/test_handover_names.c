/* SPDX-License-Identifier: Apache-2.0 */
/* Names in a bag, the escape, manifests, bagit.txt, Payload-Oxum, the segment list: all as foreign
 * text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "handover/bag.h"
#include "handover/manifest.h"
#include "handover/names.h"
#include "handover/segment.h"

static void test_escape(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"/Users/医事課/a b.txt", "Users/医事課/a b.txt"},
        {"a:Zone.Identifier", "a=3AZone.Identifier"},
        {"100%=x", "100=25=3Dx"},
        {"a\\b<c>d\"e|f?g*h", "a=5Cb=3Cc=3Ed=22e=7Cf=3Fg=2Ah"},
        {"CON", "=43ON"},
        {"con.txt", "=63on.txt"},
        {"CON .x", "=43ON .x"},
        {"CONSOLE", "CONSOLE"},
        {"COM1", "=43OM1"},
        {"COM", "COM"},
        {"lpt9.log", "=6Cpt9.log"},
        {"x.", "x=2E"},
        {"x ", "x=20"},
        {"..", "=2E=2E"},
        {".", "=2E"},
        {"a/../b", "a/=2E=2E/b"},
        {"~root/x", "=7Eroot/x"},
        {"a~b", "a~b"},
        {"\x1b[2J", "=1B[2J"},
        {"\xe2\x80\xaegpj.exe", "=E2=80=AEgpj.exe"},
        {"\xff\xfe", "=FF=FE"},
        {"\xed\xa0\x80", "=ED=A0=80"},
        {"\xc2\x85", "=C2=85"},
        {".hidden", ".hidden"},
        {"$MFT", "$MFT"},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT, back = SHODO_BUF_INIT;
        assert_true(shodo_bag_escape(&b, rows[i][0], strlen(rows[i][0])));
        assert_string_equal(shodo_buf_cstr(&b), rows[i][1]);
        assert_true(shodo_bag_unescape(&back, b.data, b.len));
        const char *want = rows[i][0][0] == '/' ? rows[i][0] + 1 : rows[i][0];
        assert_string_equal(shodo_buf_cstr(&back), want);
        /* what we write, we accept */
        const char *code = NULL;
        assert_null(shodo_name_refuse(b.data, b.len, &code));
    }
    static const char *const never[] = {"=", "=4", "=~0011223344556677", "a=G0", "x=4 "};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(never); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        assert_false(shodo_bag_unescape(&b, never[i], strlen(never[i])));
    }
}

/* Any bytes: reversible, and always a name that the verifier takes. */
static void test_escape_any(void **state) {
    (void)state;
    uint32_t x = 2463534242u;
    for (int round = 0; round < 20000; round++) {
        char in[24];
        size_t n = 0;
        x ^= x << 13, x ^= x >> 17, x ^= x << 5;
        size_t len = 1 + x % 20;
        while (n < len) {
            x ^= x << 13, x ^= x >> 17, x ^= x << 5;
            char c = (char)(x >> 8);
            in[n++] = c == '\0' || c == '/' ? 'x' : c;
        }
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT, back = SHODO_BUF_INIT;
        const char *code = NULL;
        assert_true(shodo_bag_escape(&b, in, n));
        assert_true(shodo_bag_unescape(&back, b.data, b.len));
        assert_int_equal(back.len, n);
        assert_memory_equal(back.data, in, n);
        assert_null(shodo_name_refuse(b.data, b.len, &code));
    }
}

static void test_refuse(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"/etc/passwd", "traversal"},
        {"../x", "traversal"},
        {"a/../b", "traversal"},
        {"a/..", "traversal"},
        {"./a", "traversal"},
        {"a//b", "traversal"},
        {"a/", "traversal"},
        {"C:x", "traversal"},
        {"c:/x", "traversal"},
        {"a\\b", "traversal"},
        {"\\\\?\\C:", "traversal"},
        {"~root/x", "traversal"},
        {"", "name"},
        {"a\x01", "name"},
        {"\xff", "name"},
        {"\xed\xa0\x80", "name"},
        {"a\x7f", "name"},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        const char *code = NULL;
        assert_non_null(shodo_name_refuse(rows[i][0], strlen(rows[i][0]), &code));
        assert_string_equal(code, rows[i][1]);
    }
    static const char *const good[] = {"a", "a/b", "...", "..a/b", "a~", "1:x/y", "予約 表.txt"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(good); i++) {
        const char *code = NULL;
        assert_null(shodo_name_refuse(good[i], strlen(good[i]), &code));
    }
    char deep[2 * SHODO_LIMIT_BAG_DEPTH + 4];
    for (size_t i = 0; i < sizeof deep; i++)
        deep[i] = i % 2 ? '/' : 'a';
    const char *code = NULL;
    assert_null(shodo_name_refuse(deep, 2 * SHODO_LIMIT_BAG_DEPTH - 1, &code));
    assert_non_null(shodo_name_refuse(deep, 2 * SHODO_LIMIT_BAG_DEPTH + 1, &code));
}

static void test_names_table(void **state) {
    (void)state;
    shodo_auto(shodo_names) struct shodo_names t = {.count = 0};
    char name[32];
    assert_int_equal(shodo_names_find(&t, "x", 1), SIZE_MAX);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < 5000; i++) {
            bool is_new = false;
            int n = snprintf(name, sizeof name, "data/%zu", i);
            assert_int_equal(shodo_names_add(&t, name, (size_t)n, &is_new), i);
            assert_int_equal(is_new, round == 0);
        }
    assert_int_equal(shodo_names_find(&t, "data/49999", 9), 4999);
    assert_int_equal(shodo_names_find(&t, "data/5000", 9), SIZE_MAX);
    assert_int_equal(shodo_names_add(&t, "a\0b", 3, NULL), SIZE_MAX);
}

struct lines {
    char all[512];
};

static enum shodo_status on_line(void *ctx, const uint8_t *digest, const char *path, size_t n) {
    struct lines *l = ctx;
    size_t used = strlen(l->all);
    snprintf(l->all + used, sizeof l->all - used, "%02x %.*s|", digest[0], (int)n, path);
    return SHODO_OK;
}

#define D "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899"

static void test_manifest(void **state) {
    (void)state;
    static const struct {
        const char *in, *out; /* out NULL: damaged */
    } rows[] = {
        {"", ""},
        {D "  data/a\n" D " data/b\r\n" D "\tdata/c d\r" D " \t data/e",
         "aa data/a|aa data/b|aa data/c d|aa data/e|"},
        {D "  data/a%0Ab%0Dc%25d%0a%41%2\n", "aa data/a\nb\rc%d\n%41%2|"},
        {"\xef\xbb\xbf" D "  data/a\n", NULL},
        {D "  *data/a\n", NULL},
        {D "  ./data/a\n", NULL},
        {D "data/a\n", NULL},
        {D "  \n", NULL},
        {D "\n", NULL},
        {"zz" D "  data/a\n", NULL},
        {"\n", NULL},
        {"AA"
         "bbccddeeff00112233445566778899aabbccddeeff00112233445566778899 x\n",
         "aa x|"},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        struct lines l = {.all = ""};
        struct shodo_error err = SHODO_ERROR_INIT;
        enum shodo_status st = shodo_manifest_parse(rows[i].in, strlen(rows[i].in), 32, on_line, &l,
                                                    &err);
        assert_int_equal(st, rows[i].out ? SHODO_OK : SHODO_DAMAGED);
        if (rows[i].out)
            assert_string_equal(l.all, rows[i].out);
        else
            assert_non_null(strstr(err.text, "line "));
    }
}

static void test_declaration(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool ok;
    } rows[] = {
        {"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", true},
        {"BagIt-Version: 1.0\r\nTag-File-Character-Encoding: UTF-8\r\n", true},
        {"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8", true},
        {"BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n", false},
        {"BagIt-Version: 1.0 \nTag-File-Character-Encoding: UTF-8\n", false},
        {"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n", false},
        {"\xef\xbb\xbf"
         "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
         false},
        {"Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n", false},
        {"BagIt-Version: 1.0\n", false},
        {"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\nX: y\n", false},
        {"", false},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        assert_int_equal(shodo_bagit_txt_check(rows[i].text, strlen(rows[i].text), NULL) ==
                             SHODO_OK,
                         rows[i].ok);
    uint64_t bytes = 0, files = 0;
    bool is_bad = false;
    static const struct {
        const char *text;
        bool there, bad;
    } oxum[] = {{"A: b\nPayload-Oxum: 12.3\n", true, false},
                {"payload-OXUM:12.3", true, false},
                {"Payload-Oxum: 12\n", true, true},
                {"Payload-Oxum: -1.3\n", true, true},
                {"Payload-Oxum: 1.2\nPayload-Oxum: 1.2\n", true, true},
                {"Payload-Oxum:\n", true, true},
                {"X-Payload-Oxum: 1.2\n", false, false},
                {"", false, false}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(oxum); i++) {
        assert_int_equal(
            shodo_bag_info_oxum(oxum[i].text, strlen(oxum[i].text), &bytes, &files, &is_bad),
            oxum[i].there);
        assert_int_equal(is_bad, oxum[i].bad);
    }
    assert_true(shodo_bag_info_oxum("Payload-Oxum: 12.3", 18, &bytes, &files, &is_bad));
    assert_int_equal(bytes, 12);
    assert_int_equal(files, 3);
}

static void good_list(struct shodo_buf *out) {
    shodo_auto(shodo_segment_list) struct shodo_segment_list l;
    shodo_segment_list_init(&l);
    l.bundle = "件1_PC_001";
    l.zip_bytes = 30;
    memcpy(l.zip_sha256, D, 65);
    memcpy(l.tagmanifest_sha256, D, 65);
    memcpy(l.signer_sha256, D, 65);
    assert_true(shodo_segment_list_add(&l, &l.segments, "件1_PC_001.001.zip.p7m", 100, 20, D));
    assert_true(shodo_segment_list_add(&l, &l.segments, "件1_PC_001.002.zip.p7m", 50, 10, D));
    assert_true(shodo_segment_list_add(&l, &l.files, "件1_PC_001.signer.pem", 5, 0, D));
    assert_true(shodo_segment_list_write(out, &l));
}

static void test_segment_list(void **state) {
    (void)state;
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT, again = SHODO_BUF_INIT;
    good_list(&text);
    {
        shodo_auto(shodo_segment_list) struct shodo_segment_list l;
        assert_int_equal(shodo_segment_list_parse(&l, text.data, text.len, NULL), SHODO_OK);
        assert_int_equal(l.segments.count, 2);
        assert_int_equal(l.files.count, 1);
        assert_true(shodo_segment_list_write(&again, &l));
        assert_string_equal(shodo_buf_cstr(&again), shodo_buf_cstr(&text));
    }
    /* cut anywhere: only without the File lines is it still a list */
    for (size_t n = 0; n < text.len; n++) {
        shodo_auto(shodo_segment_list) struct shodo_segment_list l;
        enum shodo_status st = shodo_segment_list_parse(&l, text.data, n, NULL);
        bool is_before_files = strncmp(text.data + n, "File: ", 6) == 0;
        assert_int_equal(st, is_before_files ? SHODO_OK : SHODO_DAMAGED);
    }
    static const char *const swaps[][2] = {
        {"Segment: 2 ", "Segment: 3 "},
        {"Segments: 2", "Segments: 3"},
        {"Segments: 2", "Segments: 0"},
        {"Zip-Bytes: 30", "Zip-Bytes: 31"},
        {"Shodo-Segments: 1", "Shodo-Segments: 2"},
        {"CMS-Auth", "CMS-Open"},
        {"件1_PC_001.002", "../../etc/pass"},
        {" 件1_PC_001.001", " 件1_PC_001/001"},
        {"Bundle: 件1_PC_001", "Bundle: ../x"},
        {" 100 ", " 1e2 "},
        {"File: ", "Fill: "},
        {"Zip-SHA256: aa", "Zip-SHA256: AA"},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(swaps); i++) {
        shodo_auto(shodo_buf) struct shodo_buf t = SHODO_BUF_INIT;
        const char *at = strstr(text.data, swaps[i][0]);
        assert_non_null(at);
        shodo_buf_add(&t, text.data, (size_t)(at - text.data));
        shodo_buf_adds(&t, swaps[i][1]);
        shodo_buf_adds(&t, at + strlen(swaps[i][0]));
        shodo_auto(shodo_segment_list) struct shodo_segment_list l;
        assert_int_equal(shodo_segment_list_parse(&l, t.data, t.len, NULL), SHODO_DAMAGED);
    }
}

static void test_passphrase(void **state) {
    (void)state;
    char a[30], b[30];
    assert_int_equal(shodo_bag_passphrase(a, NULL), SHODO_OK);
    assert_int_equal(shodo_bag_passphrase(b, NULL), SHODO_OK);
    assert_int_equal(strlen(a), 29);
    assert_string_not_equal(a, b);
    for (size_t i = 0; i < 29; i++)
        assert_true(i % 5 == 4 ? a[i] == '-' : a[i] >= '0' && a[i] <= '9');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escape),       cmocka_unit_test(test_escape_any),
        cmocka_unit_test(test_refuse),       cmocka_unit_test(test_names_table),
        cmocka_unit_test(test_manifest),     cmocka_unit_test(test_declaration),
        cmocka_unit_test(test_segment_list), cmocka_unit_test(test_passphrase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
