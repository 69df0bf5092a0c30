/* SPDX-License-Identifier: Apache-2.0 */
/* Our iconv beside glibc's, call by call: result, errno, pointers. */
#include "unit.h"

#include <errno.h>
#include <iconv.h>

#include "base/text_iconv.h"

struct outcome {
    size_t rc;
    int e;
    size_t in_left, out_left;
    char out[64];
};

static struct outcome run(bool ours, const char *to, const char *from, const char *in, size_t n,
                          size_t cap) {
    struct outcome o = {.rc = 0, .e = 0, .in_left = n, .out_left = cap};
    char *ip = (char *)(uintptr_t)in, *op = o.out;

    errno = 0;
    if (ours) {
        struct shodo_iconv *cd = shodo_iconv_open(to, from);
        assert_non_null(cd);
        o.rc = shodo_iconv_convert(cd, &ip, &o.in_left, &op, &o.out_left);
        o.e = errno;
        shodo_iconv_free(cd);
    } else {
        iconv_t cd = iconv_open(to, from);
        assert_true(cd != (iconv_t)-1);
        o.rc = iconv(cd, &ip, &o.in_left, &op, &o.out_left);
        o.e = errno;
        iconv_close(cd);
    }
    assert_int_equal(ip - in, n - o.in_left);
    assert_int_equal(op - o.out, cap - o.out_left);
    return o;
}

/*
 * Two differences are on purpose. With the output full and bad input next, glibc says E2BIG first.
 * And a start that no byte can make good (E0 80, ED A0, F0 80, F4 90, F5) is bad here at once,
 * where glibc calls it incomplete.
 */
static bool same_errno(const struct outcome *a, const struct outcome *b, const char *in, size_t n) {
    const uint8_t *p = (const uint8_t *)in + (n - a->in_left);

    if (a->e == b->e || (b->e == E2BIG && a->out_left < 4))
        return true;
    if (a->e != EILSEQ || b->e != EINVAL)
        return false;
    if (a->in_left < 2)
        return p[0] > 0xf4;
    return p[0] > 0xf4 || ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] >= 0xa0) ||
                           (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90));
}

static void compare(const char *to, const char *from, const char *in, size_t n, size_t cap) {
    struct outcome a = run(true, to, from, in, n, cap), b = run(false, to, from, in, n, cap);

    if (a.rc != b.rc || (a.rc == (size_t)-1 && !same_errno(&a, &b, in, n)) ||
        a.in_left != b.in_left || a.out_left != b.out_left ||
        memcmp(a.out, b.out, cap - a.out_left) != 0) {
        print_error(
            "%s <- %s, %zu bytes in (%02x %02x %02x), room %zu: ours rc %zd e %d in %zu out %zu; "
            "glibc rc %zd e %d in %zu out %zu\n",
            to, from, n, (uint8_t)in[0], n > 1 ? (uint8_t)in[1] : 0, n > 2 ? (uint8_t)in[2] : 0,
            cap, (ssize_t)a.rc, a.e, a.in_left, a.out_left, (ssize_t)b.rc, b.e, b.in_left,
            b.out_left);
        fail();
    }
}

static void test_against_glibc(void **state) {
    static const struct {
        const char *to, *from, *in;
        size_t n;
    } rows[] = {
        {"UTF-16LE", "UTF-8", "a病\xf0\x9f\x98\x80z", 9},
        {"UTF-16BE", "UTF-8", "a病\xf0\x9f\x98\x80z", 9},
        {"UTF-8", "UTF-16LE", "a\0\x3d\xd8\x00\xde\xc5\x75", 8},
        {"UTF-8", "UTF-16BE", "\0a\xd8\x3d\xde\x00\x75\xc5", 8},
        {"UTF-8", "UTF-16LE", "a\0\x00\xde", 4}, /* low surrogate alone */
        {"UTF-8", "UTF-16LE",
         "\x3d\xd8"
         "a\0",
         4},                                  /* high without low */
        {"UTF-8", "UTF-16LE", "\x3d\xd8", 2}, /* incomplete */
        {"UTF-8", "UTF-16LE", "a\0b", 3},
        {"LATIN1", "UTF-8", "caf\xc3\xa9 病", 9},
        {"ISO-8859-1", "UTF-8", "\xc3\xa9", 2},
        {"UTF-8", "LATIN1", "\xe9\xff\x80", 3},
        {"CP932", "UTF-8", "病院ｶﾅ①髙", 18},
        {"UTF-8", "CP932", "\x95\x61\x89\x40\xb6\xc5\x87\x40\xfb\xfc", 10},
        {"UTF-8", "CP932", "a\x95", 2}, /* half a character */
        {"ASCII", "UTF-8", "abc病", 6},
        {"UTF-8", "ASCII", "ab\xe9", 3},
        {"US-ASCII", "UTF-8", "x", 1},
        {"ANSI_X3.4-1968", "UTF-8", "x", 1},
        {"UCS-2LE", "UTF-8", "a病", 4},
        {"UTF-8", "UTF-8", "a\xe7\x97", 3},
        {"UTF-8", "UTF-8", "a\xe7\x41", 3},
        {"UTF-8", "UTF-8", "\xf0\x90", 2},
        {"UTF-8", "UTF-8", "\xff", 1},
        {"UTF-32LE", "UTF-8", "a病\xf0\x9f\x98\x80", 8},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        for (size_t cap = 0; cap <= 40; cap++)
            compare(rows[i].to, rows[i].from, rows[i].in, rows[i].n, cap);
}

/* All prefixes of one, two and three bytes in UTF-8: the line between "incomplete" and "bad". */
static void test_incomplete_utf8(void **state) {
    static const char tails[] = {0x41,       (char)0x80, (char)0x8f, (char)0x90,
                                 (char)0x9f, (char)0xa0, (char)0xbf, (char)0xc0};
    (void)state;

    for (unsigned a = 0x80; a < 0x100; a++) {
        char in[3] = {(char)a, 0, 0};
        compare("UTF-16LE", "UTF-8", in, 1, 8);
        for (size_t b = 0; b < sizeof(tails); b++) {
            in[1] = tails[b];
            compare("UTF-16LE", "UTF-8", in, 2, 8);
            in[2] = (char)0x80;
            compare("UTF-16LE", "UTF-8", in, 3, 8);
        }
    }
}

static void test_names(void **state) {
    static const char *const good[] = {
        "UTF-8",       "utf8",      "",           "UTF-16LE",       "utf-16be",        "UCS-2LE",
        "LATIN1",      "ISO8859-1", "ISO-8859-1", "CP932",          "Shift_JIS",       "SJIS",
        "WINDOWS-31J", "ASCII",     "US-ASCII",   "ANSI_X3.4-1968", "UTF-8//TRANSLIT", "WCHAR_T",
    };
    static const char *const bad[] = {"UTF-7", "EUC-JP", "UTF-16", "utf-8x",
                                      "a name that is much too long for a name"};
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(good); i++)
        shodo_iconv_free(shodo_iconv_open(good[i], good[i]));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(good); i++) {
        struct shodo_iconv *cd = shodo_iconv_open(good[i], "UTF-8");
        assert_non_null(cd);
        assert_null(shodo_iconv_free(cd));
    }
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(bad); i++) {
        errno = 0;
        assert_null(shodo_iconv_open(bad[i], "UTF-8"));
        assert_int_equal(errno, EINVAL);
        assert_null(shodo_iconv_open("UTF-8", bad[i]));
    }
}

static void test_suffixes(void **state) {
    struct outcome o;
    (void)state;

    o = run(true, "ASCII//TRANSLIT", "UTF-8", "a病b", 5, 40);
    assert_int_equal(o.rc, 1);
    assert_memory_equal(o.out, "a?b", 3);
    o = run(true, "ASCII//IGNORE", "UTF-8",
            "a病\xff"
            "b",
            6, 40);
    assert_int_equal(o.rc, 2);
    assert_memory_equal(o.out, "ab", 2);
    assert_int_equal(o.out_left, 38);
    o = run(true, "ASCII//TRANSLIT", "UTF-8", "病", 3, 0);
    assert_int_equal(o.rc, (size_t)-1);
    assert_int_equal(o.e, E2BIG);
    assert_int_equal(o.in_left, 3);
    /* TRANSLIT does not excuse bad input */
    o = run(true, "ASCII//TRANSLIT", "UTF-8", "\xff", 1, 8);
    assert_int_equal(o.e, EILSEQ);
}

static void test_reset(void **state) {
    struct shodo_iconv *cd = shodo_iconv_open("UTF-8", "CP932");
    char *none = NULL;
    (void)state;

    assert_int_equal(shodo_iconv_convert(cd, NULL, NULL, NULL, NULL), 0);
    assert_int_equal(shodo_iconv_convert(cd, &none, NULL, NULL, NULL), 0);
    shodo_iconv_free(cd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_glibc), cmocka_unit_test(test_incomplete_utf8),
        cmocka_unit_test(test_names),         cmocka_unit_test(test_suffixes),
        cmocka_unit_test(test_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
