/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/deflate.h"

static void test_round_trip(void **state) {
    static const size_t sizes[] = {0, 1, 100, 65535, 65536, 65537, 1000000};
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(sizes); i++) {
        shodo_auto(shodo_buf) struct shodo_buf in = SHODO_BUF_INIT;
        shodo_auto(shodo_buf) struct shodo_buf packed = SHODO_BUF_INIT;
        shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
        for (size_t k = 0; k < sizes[i]; k++)
            shodo_buf_addc(&in, (char)(k * k >> 7));
        assert_int_equal(shodo_deflate(&packed, in.data, in.len, NULL), SHODO_OK);
        shodo_buf_adds(&out, "kept");
        assert_int_equal(shodo_inflate(&out, packed.data, packed.len, sizes[i], NULL), SHODO_OK);
        assert_int_equal(out.len, 4 + in.len);
        assert_memory_equal(out.data, "kept", 4);
        if (in.len > 0)
            assert_memory_equal(out.data + 4, in.data, in.len);
        assert_int_equal(out.data[out.len], 0);
        if (sizes[i] > 0) {
            assert_int_equal(shodo_inflate(&out, packed.data, packed.len, sizes[i] - 1, NULL),
                             SHODO_LIMIT);
            assert_int_equal(out.len, 4 + in.len); /* unchanged */
        }
    }
}

static void test_damage(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf packed = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    static const char text[] = "some text, some text, some text";
    (void)state;

    assert_int_equal(shodo_deflate(&packed, text, sizeof(text), NULL), SHODO_OK);
    for (size_t n = 0; n < packed.len; n++)
        assert_int_equal(shodo_inflate(&out, packed.data, n, 1000, NULL), SHODO_DAMAGED);
    unsigned refused = 0;
    for (size_t i = 0; i < packed.len; i++) {
        packed.data[i] ^= 0x10;
        enum shodo_status rc = shodo_inflate(&out, packed.data, packed.len, 1000, NULL);
        packed.data[i] ^= 0x10;
        refused += rc < 0;
        if (rc == SHODO_OK) /* a padding bit: then nothing else may differ */
            assert_memory_equal(out.data, text, sizeof(text));
        shodo_buf_clear(&out);
    }
    assert_true(refused >= packed.len - 1);
    shodo_buf_addc(&packed, 'x');
    assert_int_equal(shodo_inflate(&out, packed.data, packed.len, 1000, NULL), SHODO_DAMAGED);
    assert_int_equal(out.len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
                                       cmocka_unit_test(test_damage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
