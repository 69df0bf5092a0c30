/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings against glibc's iconv as the oracle. */
#include "unit.h"

#include <errno.h>
#include <iconv.h>

#include "base/text.h"

/* glibc's answer: converted bytes, or -1 when it refuses the input. */
static int oracle(const char *to, const char *from, const void *p, size_t n, char *out,
                  size_t cap) {
    iconv_t cd = iconv_open(to, from);
    char *in = (char *)(uintptr_t)p, *op = out;
    size_t left = n, room = cap;

    assert_true(cd != (iconv_t)-1);
    size_t rc = iconv(cd, &in, &left, &op, &room);
    iconv_close(cd);
    return rc == 0 && left == 0 ? (int)(cap - room) : -1;
}

/* The second byte decides in UTF-8; third and fourth need only their classes. */
static void test_utf8_classes(void **state) {
    static const uint8_t tails[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90,
                                    0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    unsigned good = 0;
    (void)state;

    for (unsigned a = 0x80; a < 0x100; a++)
        for (unsigned b = 0; b < 0x100; b++)
            for (size_t c = 0; c < sizeof(tails); c++)
                for (size_t n = 1; n <= 4; n++) {
                    const uint8_t s[4] = {(uint8_t)a, (uint8_t)b, tails[c],
                                          tails[(c + 3) % sizeof(tails)]};
                    static iconv_t cd;
                    char out[32], *in = (char *)(uintptr_t)s, *op = out;
                    size_t left = n, room = sizeof(out);
                    if (!cd)
                        cd = iconv_open("UTF-16LE", "UTF-8");
                    bool want = iconv(cd, &in, &left, &op, &room) == 0 && left == 0;
                    iconv(cd, NULL, NULL, NULL, NULL);
                    assert_int_equal(shodo_text_is_utf8((const char *)s, n), want);
                    good += want;
                }
    assert_true(good > 1000);
}

static void test_every_code_point(void **state) {
    (void)state;

    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        shodo_auto(shodo_buf) struct shodo_buf u8 = SHODO_BUF_INIT;
        shodo_auto(shodo_buf) struct shodo_buf u16 = SHODO_BUF_INIT;
        shodo_auto(shodo_buf) struct shodo_buf back = SHODO_BUF_INIT;
        bool lone = cp >= 0xd800 && cp <= 0xdfff;
        size_t pos = 0, bad;

        if (cp > 0x3000 && cp < 0xd000 && cp % 7)
            continue;
        shodo_text_put(&u8, cp);
        assert_int_equal(shodo_text_next(u8.data, u8.len, &pos), cp);
        assert_int_equal(pos, u8.len);
        assert_int_equal(shodo_text_is_utf8(u8.data, u8.len), !lone);
        assert_true(shodo_text_encode(&u16, SHODO_UTF16LE, u8.data, u8.len, &bad));
        assert_int_equal(bad, 0); /* WTF-8 keeps surrogates */
        assert_true(shodo_text_decode(&back, SHODO_UTF16LE, u16.data, u16.len, &bad));
        assert_int_equal(bad, lone);
        assert_int_equal(back.len, u8.len);
        assert_memory_equal(back.data, u8.data, u8.len);
    }
}

static void test_utf16(void **state) {
    static const struct {
        const char *in;
        size_t n;
        const char *want;
        size_t bad;
    } rows[] = {
        {"a\0b\0", 4, "ab", 0},
        {"\x3d\xd8\x00\xde", 4, "\xf0\x9f\x98\x80", 0},
        {"\x3d\xd8", 2, "\xed\xa0\xbd", 1}, /* high alone at the end */
        {"\x00\xde"
         "a\0",
         4,
         "\xed\xb8\x80"
         "a",
         1}, /* low alone */
        {"\x3d\xd8"
         "a\0",
         4,
         "\xed\xa0\xbd"
         "a",
         1}, /* high, then no low */
        {"\x3d\xd8\x3d\xd8\x00\xde", 6, "\xed\xa0\xbd\xf0\x9f\x98\x80", 1},
        {"a\0b", 3, "a\xef\xbf\xbd", 1}, /* odd byte */
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        size_t bad = 99;
        assert_true(shodo_text_decode(&b, SHODO_UTF16LE, rows[i].in, rows[i].n, &bad));
        assert_buf(b, rows[i].want);
        assert_int_equal(bad, rows[i].bad);
    }
}

/* All 65,536 two-byte and 256 one-byte sequences. */
static void test_cp932_decode(void **state) {
    unsigned good = 0;
    (void)state;

    for (unsigned v = 0; v < 0x10000 + 0x100; v++) {
        const uint8_t in[2] = {(uint8_t)(v < 0x100 ? v : (v - 0x100) >> 8), (uint8_t)(v - 0x100)};
        size_t n = v < 0x100 ? 1 : 2, bad;
        char want[16];
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        /* bytes of no meaning, which glibc maps to private or C1 characters */
        if (in[0] == 0x80 || in[0] == 0xa0 || in[0] >= 0xfd ||
            (n == 2 && (in[1] == 0x80 || in[1] == 0xa0 || in[1] >= 0xfd)))
            continue;
        int len = oracle("UTF-8", "CP932", in, n, want, sizeof(want));
        shodo_text_decode(&b, SHODO_CP932, in, n, &bad);
        assert_int_equal(bad == 0, len >= 0);
        if (len < 0)
            continue;
        good++;
        assert_int_equal(b.len, len);
        assert_memory_equal(b.data, want, (size_t)len);
    }
    assert_true(good > 9000);
}

static void test_cp932_encode(void **state) {
    unsigned good = 0;
    (void)state;

    for (uint32_t cp = 1; cp < 0x10000; cp++) {
        shodo_auto(shodo_buf) struct shodo_buf u8 = SHODO_BUF_INIT;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        char want[16];
        size_t bad;
        if ((cp >= 0xd800 && cp < 0xe000) || (cp >= 0x80 && cp < 0xa1))
            continue;
        shodo_text_put(&u8, cp);
        int len = oracle("CP932", "UTF-8", u8.data, u8.len, want, sizeof(want));
        shodo_text_encode(&b, SHODO_CP932, u8.data, u8.len, &bad);
        assert_int_equal(bad == 0, len >= 0);
        if (len < 0) {
            assert_buf(b, "?");
            continue;
        }
        good++;
        assert_int_equal(b.len, len);
        assert_memory_equal(b.data, want, (size_t)len);
    }
    assert_true(good > 9000);
}

/* Characters that other converters get wrong in Japanese file names. */
static void test_cp932_known(void **state) {
    static const struct {
        const char *sjis, *utf8;
    } rows[] = {
        {"\x81\x60", "～"}, {"\x81\x7c", "－"}, {"\xfa\xb1", "﨑"},
        {"\xfb\xfc", "髙"}, {"\x87\x40", "①"},  {"\x87\x8a", "㈱"},
        {"\x83\x5c", "ソ"}, {"\xb6\xc5", "ｶﾅ"}, {"\x95\x61\x89\x40", "病院"},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_text_decode(&b, SHODO_CP932, rows[i].sjis, strlen(rows[i].sjis), NULL);
        assert_buf(b, rows[i].utf8);
    }
    /* a lead byte must not swallow an ASCII byte that is no trail */
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    size_t bad;
    shodo_text_decode(&b, SHODO_CP932, "\x81\"x", 3, &bad);
    assert_buf(b, "\xef\xbf\xbd\"x");
    assert_int_equal(bad, 1);
}

static void test_latin1_and_bad_utf8(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    size_t bad;
    (void)state;

    shodo_text_decode(&b, SHODO_LATIN1, "caf\xe9", 4, &bad);
    assert_buf(b, "café");
    shodo_buf_clear(&b);
    shodo_text_encode(&b, SHODO_LATIN1, "é病", 5, &bad);
    assert_buf(b, "\xe9?");
    assert_int_equal(bad, 1);
    shodo_buf_clear(&b);
    /* a surrogate is no UTF-8 */
    shodo_text_decode(&b, SHODO_UTF8, "a\xed\xa0\x80z\xc0\xaf", 7, &bad);
    assert_int_equal(bad, 5);
    shodo_buf_clear(&b);
    shodo_text_encode(&b, SHODO_UTF8, "\xed\xa0\x80", 3, &bad);
    assert_buf(b, "?");
}

static void test_fold(void **state) {
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"Desktop.INI", "DESKTOP.INI"},
        {"ａｂｃ", "ＡＢＣ"},
        {"éÿ", "ÉŸ"},
        {"ß", "ß"},
        {"ı", "ı"},
        {"αβγς", "ΑΒΓς"},
        {"дём", "ДЁМ"},
        {"病院", "病院"},
        {"\xed\xa0\x80", "\xed\xa0\x80"},
        {"\xff"
         "a",
         "\xff"
         "A"},
        {"\xf0\x90\x90\xa8", "\xf0\x90\x90\xa8"}, /* U+10428: NTFS folds the BMP only */
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        assert_true(shodo_text_fold(&b, rows[i].in, strlen(rows[i].in)));
        assert_buf(b, rows[i].want);
    }
}

static void test_ascii_helpers(void **state) {
    static const struct {
        const char *s;
        bool ok;
        uint64_t v;
    } numbers[] = {
        {"0", true, 0},
        {"007", true, 7},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"", false, 0},
        {"1 ", false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
    };
    uint8_t raw[2] = {0, 0};
    uint64_t v;
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(numbers); i++) {
        v = 99;
        assert_int_equal(shodo_text_parse_u64(numbers[i].s, strlen(numbers[i].s), &v),
                         numbers[i].ok);
        assert_true(v == (numbers[i].ok ? numbers[i].v : 99));
    }
    assert_true(shodo_text_ieq("UTF-8", "utf-8"));
    assert_false(shodo_text_ieq("utf", "utf-8"));
    assert_false(shodo_text_ieq("utf-8", "utf"));
    assert_false(shodo_text_ieq("[", "{")); /* 32 apart, but no letters */
    assert_true(shodo_text_parse_hex("aBfF", 4, raw, 2));
    assert_int_equal(raw[0] << 8 | raw[1], 0xabff);
    assert_false(shodo_text_parse_hex("aBfg", 4, raw, 2));
    assert_false(shodo_text_parse_hex("aBf", 3, raw, 2));
    assert_false(shodo_text_parse_hex("aBffff", 6, raw, 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_classes),
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_cp932_decode),
        cmocka_unit_test(test_cp932_encode),
        cmocka_unit_test(test_cp932_known),
        cmocka_unit_test(test_latin1_and_bad_utf8),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_ascii_helpers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
