/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdint.h>

static void test_append(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    (void)state;

    assert_string_equal(shodo_buf_cstr(&b), "");
    assert_true(shodo_buf_adds(&b, "ab"));
    assert_true(shodo_buf_addc(&b, 'c'));
    assert_true(shodo_buf_addf(&b, "%d-%s", 42, "x"));
    assert_true(shodo_buf_add_hex(&b, "\x00\xff\x1a", 3));
    assert_buf(b, "abc42-x00ff1a");
    shodo_buf_clear(&b);
    assert_buf(b, "");
    /* every length around the doublings, formatted and plain */
    for (size_t n = 0; n < 700; n++) {
        char want[701];
        memset(want, 'y', n);
        want[n] = '\0';
        shodo_auto(shodo_buf) struct shodo_buf c = SHODO_BUF_INIT;
        assert_true(shodo_buf_addf(&c, "%s", want));
        assert_buf(c, want);
        shodo_auto(shodo_buf) struct shodo_buf d = SHODO_BUF_INIT;
        for (size_t i = 0; i < n; i++)
            shodo_buf_addc(&d, 'y');
        if (n > 0)
            assert_buf(d, want);
    }
}

static void test_failure_is_remembered(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    (void)state;

    shodo_buf_adds(&b, "kept");
    assert_false(shodo_buf_reserve(&b, SIZE_MAX));
    assert_true(b.failed);
    assert_false(shodo_buf_adds(&b, "more"));
    assert_buf(b, "kept");
    shodo_buf_clear(&b);
    assert_true(shodo_buf_adds(&b, "again"));
    assert_false(shodo_buf_add_hex(&b, "", SIZE_MAX));
}

static void test_steal(void **state) {
    struct shodo_buf b = SHODO_BUF_INIT;
    (void)state;

    char *p = shodo_buf_steal(&b);
    assert_string_equal(p, "");
    free(p);
    shodo_buf_adds(&b, "x");
    p = shodo_buf_steal(&b);
    assert_string_equal(p, "x");
    assert_null(b.data);
    free(p);
}

static void test_vec(void **state) {
    struct item {
        uint32_t n;
        char pad[8];
    };
    shodo_auto(shodo_vec) struct shodo_vec v = SHODO_VEC_INIT(sizeof(struct item));
    (void)state;

    for (uint32_t i = 0; i < 1000; i++) {
        struct item *it = shodo_vec_push(&v);
        assert_non_null(it);
        assert_int_equal(it->n, 0);
        assert_int_equal(it->pad[7], 0);
        it->n = i;
        memset(it->pad, 0xaa, sizeof(it->pad));
    }
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(((struct item *)shodo_vec_at(&v, i))->n, i);
    v.count = 0; /* reuse: items are zeroed again */
    assert_int_equal(((struct item *)shodo_vec_push(&v))->pad[0], 0);
    assert_false(shodo_vec_reserve(&v, SIZE_MAX / 4));
}

static void test_arena(void **state) {
    shodo_auto(shodo_arena) struct shodo_arena a = SHODO_ARENA_INIT;
    char *texts[300];
    (void)state;

    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < SHODO_ARRAY_SIZE(texts); i++) {
            char text[64];
            int n = snprintf(text, sizeof(text), "text number %zu", i);
            texts[i] = shodo_arena_str(&a, text, (size_t)n);
            uint64_t *p = shodo_arena_alloc(&a, sizeof(*p) * 5, _Alignof(uint64_t));
            assert_int_equal((uintptr_t)p % _Alignof(uint64_t), 0);
            assert_int_equal(p[4], 0);
            memset(p, 0xff, sizeof(*p) * 5);
        }
        for (size_t i = 0; i < SHODO_ARRAY_SIZE(texts); i++) {
            char text[64];
            snprintf(text, sizeof(text), "text number %zu", i);
            assert_string_equal(texts[i], text);
        }
        char *big = shodo_arena_alloc(&a, 1 << 21, 16);
        assert_non_null(big);
        assert_int_equal((uintptr_t)big % 16, 0);
        shodo_arena_clear(&a);
        assert_int_equal(a.used_bytes, 0);
    }
    assert_null(shodo_arena_alloc(&a, SIZE_MAX, 1));
    assert_null(shodo_arena_str(&a, "", SIZE_MAX));
}

static void test_arithmetic(void **state) {
    uint64_t u = 7;
    size_t s = 7;
    (void)state;

    assert_true(shodo_add_u64(UINT64_MAX - 1, 1, &u));
    assert_true(u == UINT64_MAX);
    assert_false(shodo_add_u64(UINT64_MAX, 1, &u));
    assert_true(u == UINT64_MAX); /* untouched */
    assert_true(shodo_mul_u64(UINT32_MAX, UINT32_MAX, &u));
    assert_false(shodo_mul_u64(UINT64_C(1) << 32, UINT64_C(1) << 32, &u));
    assert_false(shodo_add_size(SIZE_MAX, 1, &s));
    assert_false(shodo_mul_size(SIZE_MAX, 2, &s));
    assert_int_equal(s, 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append), cmocka_unit_test(test_failure_is_remembered),
        cmocka_unit_test(test_steal),  cmocka_unit_test(test_vec),
        cmocka_unit_test(test_arena),  cmocka_unit_test(test_arithmetic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
