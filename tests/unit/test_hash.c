/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/hash.h"
#include "base/text.h"

/* FIPS 180-4 examples (NIST CAVP "abc", empty, two-block). */
static void test_vectors(void **state) {
    static const struct {
        enum shodo_hash_kind kind;
        const char *in, *want;
    } rows[] = {
        {SHODO_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {SHODO_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {SHODO_SHA256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {SHODO_SHA512, "abc",
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_autop(shodo_hash) struct shodo_hash *h = shodo_hash_new(rows[i].kind);
        uint8_t raw[SHODO_SHA512_BYTES];
        char hex[2 * SHODO_SHA512_BYTES + 1];
        size_t n = strlen(rows[i].in), bytes = strlen(rows[i].want) / 2;
        /* any split gives the same; reset makes it usable again */
        for (size_t cut = 0; cut <= n; cut++) {
            shodo_hash_update(h, rows[i].in, cut);
            shodo_hash_update(h, rows[i].in + cut, n - cut);
            shodo_hash_final(h, raw);
            shodo_hex(raw, bytes, hex);
            assert_string_equal(hex, rows[i].want);
            shodo_hash_reset(h);
        }
        if (rows[i].kind == SHODO_SHA256) {
            shodo_sha256(rows[i].in, n, raw);
            shodo_hex(raw, SHODO_SHA256_BYTES, hex);
            assert_string_equal(hex, rows[i].want);
        }
    }
    assert_null(shodo_hash_free(NULL));
}

static void test_random(void **state) {
    uint8_t a[100] = {0}, b[100] = {0};
    (void)state;

    unsetenv("SHODO_SEED");
    assert_int_equal(shodo_random(a, sizeof(a), NULL), SHODO_OK);
    assert_int_equal(shodo_random(b, sizeof(b), NULL), SHODO_OK);
    assert_memory_not_equal(a, b, sizeof(a));
}

static void test_seed(void **state) {
    struct shodo_error err = SHODO_ERROR_INIT;
    uint8_t a[40] = {0}, b[40] = {0}, want[SHODO_SHA256_BYTES];
    (void)state;

    setenv("SHODO_SEED", "drill", 1);
    /* nobody said that it is a drill */
    assert_int_equal(shodo_random(a, sizeof(a), &err), SHODO_REFUSED);
    shodo_random_allow_seed(true);
    assert_int_equal(shodo_random(a, sizeof(a), &err), SHODO_OK);
    shodo_sha256("drill\0\0\0\0\0\0\0\0", 13, want);
    assert_memory_equal(a, want, sizeof(want));
    assert_int_equal(shodo_random(b, sizeof(b), &err), SHODO_OK);
    assert_memory_not_equal(a, b, sizeof(a));
    shodo_sha256("drill\2\0\0\0\0\0\0\0", 13, want);
    assert_memory_equal(b, want, sizeof(want));
    shodo_random_allow_seed(false);
    assert_int_equal(shodo_random(a, sizeof(a), &err), SHODO_REFUSED);
    unsetenv("SHODO_SEED");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
