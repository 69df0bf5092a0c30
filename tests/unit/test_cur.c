/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/cur.h"

static void test_loads(void **state) {
    static const uint8_t data[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    struct shodo_cur c = shodo_cur_of(data, sizeof(data));
    (void)state;

    assert_int_equal(shodo_cur_u8(&c), 1);
    assert_int_equal(shodo_cur_le16(&c), 0x0302);
    assert_int_equal(shodo_cur_le32(&c), 0x07060504);
    assert_true(shodo_cur_le64(&c) == UINT64_C(0x0f0e0d0c0b0a0908));
    assert_int_equal(shodo_cur_left(&c), 0);
    assert_false(c.bad);
}

/* One byte short: zero, bad, and the position stays. */
static void test_short(void **state) {
    static const uint8_t data[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    (void)state;

    for (size_t n = 0; n < 8; n++) {
        struct shodo_cur c = shodo_cur_of(data, n);
        if (n < 1)
            assert_int_equal(shodo_cur_u8(&c), 0);
        if (n < 2)
            assert_int_equal(shodo_cur_le16(&c), 0);
        if (n < 4)
            assert_int_equal(shodo_cur_le32(&c), 0);
        assert_true(shodo_cur_le64(&c) == 0);
        assert_true(c.bad);
        assert_int_equal(c.pos, 0);
        assert_null(shodo_cur_bytes(&c, n + 1));
        assert_null(shodo_cur_bytes(&c, SIZE_MAX));
        assert_false(shodo_cur_seek(&c, n + 1));
        assert_false(shodo_cur_skip(&c, SIZE_MAX));
        assert_true(shodo_cur_seek(&c, n));
    }
    struct shodo_cur none = shodo_cur_of(NULL, 0);
    assert_int_equal(shodo_cur_u8(&none), 0);
    assert_true(none.bad);
}

static void test_var(void **state) {
    static const uint64_t values[] = {0,     1,     127,        128,       300,
                                      16383, 16384, UINT32_MAX, INT64_MAX, UINT64_MAX};
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {
        {"", 0},
        {"\x80", 1},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10}, /* 65 bits */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00", 11},
        {"\x80\x00", 2}, /* overlong zero */
        {"\xff\x80\x00", 3},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(values); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_add_var(&b, values[i]);
        struct shodo_cur c = shodo_cur_of(b.data, b.len);
        assert_true(shodo_cur_var(&c) == values[i]);
        assert_false(c.bad);
        assert_int_equal(c.pos, b.len);
    }
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(bad); i++) {
        struct shodo_cur c = shodo_cur_of(bad[i].bytes, bad[i].n);
        assert_true(shodo_cur_var(&c) == 0);
        assert_true(c.bad);
        assert_int_equal(c.pos, 0);
    }
}

static void test_str(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    size_t n = 99;
    (void)state;

    shodo_buf_add_str(&b, "病院", 6);
    shodo_buf_add_str(&b, NULL, 0);
    shodo_buf_add_var(&b, UINT64_MAX); /* a length nobody can have */
    struct shodo_cur c = shodo_cur_of(b.data, b.len);
    assert_memory_equal(shodo_cur_str(&c, &n), "病院", 6);
    assert_int_equal(n, 6);
    assert_non_null(shodo_cur_str(&c, &n));
    assert_int_equal(n, 0);
    size_t at = c.pos;
    assert_null(shodo_cur_str(&c, &n));
    assert_true(c.bad);
    assert_int_equal(c.pos, at);
}

static void test_stores(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    (void)state;

    shodo_buf_add_le16(&b, 0xbeef);
    shodo_buf_add_le32(&b, 0xdeadbeef);
    shodo_buf_add_le64(&b, UINT64_C(0x0123456789abcdef));
    assert_memory_equal(b.data, "\xef\xbe\xef\xbe\xad\xde\xef\xcd\xab\x89\x67\x45\x23\x01", 14);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loads), cmocka_unit_test(test_short),  cmocka_unit_test(test_var),
        cmocka_unit_test(test_str),   cmocka_unit_test(test_stores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
