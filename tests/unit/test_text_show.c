/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <locale.h>
#include <wchar.h>

#include "base/text.h"

static void test_columns(void **state) {
    static const struct {
        const char *s;
        size_t columns;
    } rows[] = {
        {"", 0},
        {"abc", 3},
        {"病院", 4},
        {"ｶﾅ", 2},
        {"①○℃", 3},
        {"Ａ", 2},
        {"、。「」", 8},
        {"…", 1},
        {"～", 2},
        {"か\xe3\x82\x99", 2}, /* NFD が */
        {"e\xcc\x81", 1},      /* NFD é */
        {"😀", 2},
        {"𠮷", 2},
        {"한", 2},
        {"㈱髙﨑", 6},
        {"\xe2\x80\x8b", 0},
        {"Ⅷ", 1},
        {"\n", 0},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        assert_int_equal(shodo_text_columns(rows[i].s, strlen(rows[i].s)), rows[i].columns);
}

/* The terminal library asks wcwidth() of the locale that we carry: both must agree where people
 * write. */
static void test_width_as_wcwidth(void **state) {
    unsigned seen = 0, differ = 0;
    struct shodo_error err = SHODO_ERROR_INIT;
    (void)state;

    assert_int_equal(shodo_text_locale_init(NULL, &err), SHODO_OK);
    for (uint32_t cp = 0x20; cp < 0x30000; cp++) {
        int w = wcwidth((wchar_t)cp);
        if (w < 0 || shodo_text_is_invisible(cp))
            continue;
        seen++;
        if (w == shodo_text_width(cp))
            continue;
        /* wide since Unicode 16 (Debian 13): trigrams and monograms; our table is Unicode 15 */
        if ((cp >= 0x2630 && cp <= 0x2637) || (cp >= 0x268a && cp <= 0x268f))
            continue;
        differ++;
        /* Latin to Cyrillic, kana, kanji, full and half width forms, hangul: no difference at all
         */
        if (cp < 0x530 || (cp >= 0x2010 && cp < 0x2c00) || (cp >= 0x2e80 && cp < 0xa000) ||
            cp >= 0xf900) {
            if (cp < 0x10000)
                print_error("U+%04X: %d here, wcwidth %d\n", (unsigned)cp, shodo_text_width(cp), w);
            assert_true(cp >= 0x10000);
        }
    }
    print_message("width: %u characters compared, %u differ\n", seen, differ);
    assert_true(seen > 100000);
    assert_true(differ < 400);
}

static void test_clip(void **state) {
    static const struct {
        const char *s;
        size_t columns;
        const char *want;
        size_t used;
    } rows[] = {
        {"病院", 3, "病", 2},
        {"病院", 4, "病院", 4},
        {"病院", 0, "", 0},
        {"abc", 2, "ab", 2},
        {"病院", 1, "", 0},
        {"か\xe3\x82\x99き", 2, "か\xe3\x82\x99", 2},
        {"e\xcc\x81x", 1, "e\xcc\x81", 1},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        size_t used = 99, n = shodo_text_clip(rows[i].s, strlen(rows[i].s), rows[i].columns, &used);
        assert_int_equal(n, strlen(rows[i].want));
        assert_int_equal(used, rows[i].used);
    }
}

static void add_line(void *ctx, const char *s, size_t n) {
    struct shodo_buf *b = (struct shodo_buf *)ctx;
    shodo_buf_add(b, s, n);
    shodo_buf_addc(b, '|');
}

static void test_wrap(void **state) {
    static const struct {
        const char *s;
        size_t columns;
        const char *want;
    } rows[] = {
        {"", 10, "|"},
        {"abc", 10, "abc|"},
        {"one two three", 7, "one two|three|"},
        {"one two  three", 7, "one two|three|"},
        {"abcdefghij", 4, "abcd|efgh|ij|"},
        {"電源を切らないでください。", 12, "電源を切らな|いでくださ|い。|"},
        {"電源を切らない、まで", 14, "電源を切らな|い、まで|"}, /* 、 may not begin a line */
        {"ここに「病院」", 8, "ここに|「病院」|"},              /* 「 may not end one */
        {"サーバー", 6, "サー|バー|"},                          /* ー may not begin one */
        {"a\nb\n\nc", 10, "a|b||c|"},
        {"a\n", 10, "a||"},
        {"LANケーブルを抜く", 6, "LAN|ケーブ|ルを抜|く|"},
        {"病", 1, "病|"}, /* wider than the line: still shown, never lost */
        {"見る https://a.example/b", 12, "見る|https://a.ex|ample/b|"},
        {"C:\\Users\\医事課\\x.exe", 12, "C:\\Users\\医|事課\\x.exe|"},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_text_wrap(rows[i].s, strlen(rows[i].s), rows[i].columns, add_line, &b);
        assert_buf(b, rows[i].want);
    }
}

static void test_safe(void **state) {
    static const struct {
        const char *s;
        size_t n;
        const char *want;
        bool deceptive;
    } rows[] = {
        {"請求書.pdf", 13, "請求書.pdf", false},
        {"\x1b[2J", 4, "<0x1B>[2J", true},
        {"a\0b", 3, "a<0x00>b", true},
        {"\xe2\x80\xae"
         "cod.exe",
         10, "<U+202E>cod.exe", true},
        {"a\xe2\x80\x8b"
         "b",
         5, "a<U+200B>b", true},
        {"\xc2\x85", 2, "<U+0085>", true},
        {"\xff\xfe", 2, "<0xFF><0xFE>", false},
        {"\xed\xa0\x80", 3, "<U+D800>", false},
        {"か\xe3\x82\x99", 6, "か\xe3\x82\x99", false}, /* NFD stays */
        {"\xcc\x81x", 3, "<U+0301>x", false},           /* a mark with no base */
        {"a\t\n", 3, "a<0x09><0x0A>", true},
        {"葛\xf3\xa0\x84\x80", 7, "葛<U+E0100>", false}, /* registered form of a name */
        {"x\xf3\xa0\x81\xa1", 5, "x<U+E0061>", true},    /* hidden tag text */
        {"\xef\xbf\xbd", 3, "\xef\xbf\xbd", false},
        {"\xe3\x85\xa4", 3, "<U+3164>", true},
        {"a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 11,
         "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81<U+0301>", false},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        char fixed[64];
        assert_true(shodo_text_safe(&b, rows[i].s, rows[i].n));
        assert_buf(b, rows[i].want);
        assert_int_equal(shodo_text_safe_fixed(fixed, sizeof(fixed), rows[i].s, rows[i].n), b.len);
        assert_string_equal(fixed, rows[i].want);
        assert_int_equal(shodo_text_is_deceptive(rows[i].s, rows[i].n), rows[i].deceptive);
    }
    /* whatever comes in: valid UTF-8 without anything invisible comes out */
    for (unsigned v = 0; v < 0x10000; v++) {
        const char in[4] = {(char)(v >> 8), (char)v, (char)(v * 7), (char)(v >> 3)};
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_text_safe(&b, in, sizeof(in));
        assert_true(shodo_text_is_utf8(b.data, b.len));
        assert_false(shodo_text_is_deceptive(b.data, b.len));
    }
}

static void test_safe_fixed_cut(void **state) {
    char out[8];
    (void)state;

    assert_int_equal(shodo_text_safe_fixed(out, sizeof(out), "病院内", 9), 6);
    assert_string_equal(out, "病院");
    /* no half escape */
    assert_int_equal(shodo_text_safe_fixed(out, sizeof(out), "a\xe2\x80\xae", 4), 1);
    assert_int_equal(shodo_text_safe_fixed(out, 1, "abc", 3), 0);
}

static void test_safe_clip(void **state) {
    static const struct {
        const char *s;
        size_t columns;
        bool keep_end;
        const char *want;
        size_t used;
    } rows[] = {
        {"abc", 3, false, "abc", 3},          {"abcd", 3, false, "a..", 3},
        {"abcd", 3, true, "..d", 3},          {"病院の記録", 7, false, "病院..", 6},
        {"病院の記録", 7, true, "..記録", 6}, {"病院の記録", 1, true, ".", 1},
        {"病院の記録", 0, true, "", 0},       {"\x1b[31m", 40, false, "<0x1B>[31m", 10},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        size_t used = shodo_text_safe_clip(&b, rows[i].s, strlen(rows[i].s), rows[i].columns,
                                           rows[i].keep_end);
        assert_string_equal(shodo_buf_cstr(&b), rows[i].want);
        assert_int_equal(used, rows[i].used);
        assert_int_equal(shodo_text_columns(shodo_buf_cstr(&b), b.len), used);
    }
}

static void test_numbers(void **state) {
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {{0, "0 bytes"},           {1, "1 byte"},           {1023, "1023 bytes"},
                {1024, "1 KiB"},          {1536, "1.5 KiB"},       {102400, "100 KiB"},
                {1048575, "1023 KiB"},    {1048576, "1 MiB"},      {3565158, "3.3 MiB"},
                {1099511627776, "1 TiB"}, {UINT64_MAX, "15.9 EiB"}};
    char size[SHODO_SIZE_SHOWN_BYTES], shown[SHODO_FINGERPRINT_SHOWN_BYTES];
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        assert_string_equal(shodo_text_size(rows[i].bytes, size), rows[i].text);
    assert_string_equal(
        shodo_text_fingerprint("00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef",
                               shown),
        "0011 2233 4455 6677 8899 aabb ccdd eeff 0123 4567 89ab cdef 0123 4567 89ab cdef");
    assert_string_equal(shodo_text_fingerprint("0011", shown), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_width_as_wcwidth),
        cmocka_unit_test(test_clip),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_safe),
        cmocka_unit_test(test_safe_fixed_cut),
        cmocka_unit_test(test_safe_clip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
