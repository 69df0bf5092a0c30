/* SPDX-License-Identifier: Apache-2.0 */
/* LZNT1: the vector of [MS-XCA] 3.3, boundaries, and broken input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evidence/lznt1.h"

/* [MS-XCA] section 3.3 */
static const char
    plain[] = "F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E "
              "F# G F# D E F# G F# E D E A F# F# G A A G F# E D D E F# E D D";
static const uint8_t packed[] = {
    0x38, 0xb0, 0x88, 0x46, 0x23, 0x20, 0x00, 0x20, 0x47, 0x20, 0x41, 0x00, 0x10, 0xa2, 0x47,
    0x01, 0xa0, 0x45, 0x20, 0x44, 0x00, 0x08, 0x45, 0x01, 0x50, 0x79, 0x00, 0xc0, 0x45, 0x20,
    0x05, 0x24, 0x13, 0x88, 0x05, 0xb4, 0x02, 0x4a, 0x44, 0xef, 0x03, 0x58, 0x02, 0x8c, 0x09,
    0x16, 0x01, 0x48, 0x45, 0x00, 0xbe, 0x00, 0x9e, 0x00, 0x04, 0x01, 0x18, 0x90, 0x00};

static void test_vector(void **state) {
    uint8_t out[4096];
    (void)state;
    memset(out, 0xee, sizeof(out));
    assert_int_equal(shodo_lznt1_decode(packed, sizeof(packed), out, sizeof(out)), 0);
    assert_memory_equal(out, plain, sizeof(plain) - 1);
    for (size_t i = sizeof(plain); i < sizeof(out); i++)
        assert_int_equal(out[i], 0);
    /* a shorter room gets its prefix */
    assert_int_equal(shodo_lznt1_decode(packed, sizeof(packed), out, 3), 0);
    assert_memory_equal(out, plain, 3);
}

/* Two chunks: a stored one and a run of one letter. */
static void test_chunks(void **state) {
    uint8_t in[4096 + 2 + 6 + 2], out[8192];
    (void)state;
    in[0] = 0xff;
    in[1] = 0x3f; /* stored, 4096 bytes */
    for (size_t i = 0; i < 4096; i++)
        in[2 + i] = (uint8_t)i;
    in[4098] = 0x03;
    in[4099] = 0xb0; /* compressed, 4 bytes */
    in[4100] = 0x02; /* literal, then reference */
    in[4101] = 'x';
    in[4102] = 0xfc; /* distance 1, length 4095 */
    in[4103] = 0x0f;
    memset(in + 4104, 0, 2);
    assert_int_equal(shodo_lznt1_decode(in, sizeof(in), out, sizeof(out)), 0);
    assert_memory_equal(out, in + 2, 4096);
    for (size_t i = 4096; i < 8192; i++)
        assert_int_equal(out[i], 'x');
}

static void test_broken(void **state) {
    static const struct {
        uint8_t in[8];
        size_t n, lost;
    } rows[] = {
        {{0}, 0, 0},                               /* nothing there */
        {{0x38}, 1, 0},                            /* half a header: the end */
        {{0x38, 0xb0, 1}, 3, 4096},                /* chunk longer than the input */
        {{0x00, 0x80, 0}, 3, 4096},                /* no signature */
        {{0x02, 0xb0, 0x01, 0x00, 0x00}, 5, 4096}, /* reference before the first byte */
        /* copy beyond the chunk: the first byte is right */
        {{0x03, 0xb0, 0x02, 'a', 0xff, 0x0f}, 6, 4095},
        /* distance 2 with one byte of history */
        {{0x03, 0xb0, 0x02, 'a', 0x00, 0x10}, 6, 4095},
        {{0x02, 0xb0, 0x02, 'a', 0x00}, 5, 4095}, /* half a reference */
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t *in = malloc(rows[i].n + 1), out[4096];
        memcpy(in, rows[i].in, rows[i].n);
        assert_int_equal(shodo_lznt1_decode(in, rows[i].n, out, sizeof(out)), rows[i].lost);
        free(in);
    }
}

/* Every byte of the vector changed in every bit, and every shorter input: no access outside
 * (sanitizers watch). */
static void test_mutations(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(packed); i++) {
        uint8_t *in = malloc(sizeof(packed)), out[4096];
        for (int bit = 0; bit < 8; bit++) {
            memcpy(in, packed, sizeof(packed));
            in[i] ^= (uint8_t)(1 << bit);
            assert_true(shodo_lznt1_decode(in, sizeof(packed), out, sizeof(out)) <= sizeof(out));
        }
        free(in);
        in = malloc(i + 1);
        memcpy(in, packed, i);
        assert_true(shodo_lznt1_decode(in, i, out, sizeof(out)) <= sizeof(out));
        free(in);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vector),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
