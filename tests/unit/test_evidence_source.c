/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/source_fault.h"
#include "base/limits.h"

#define SIZE 65536u

static uint8_t bytes[SIZE];

static int make_bytes(void **state) {
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256 + 1);
    return 0;
}

static struct shodo_source *open_fault(struct source_fault *f) {
    struct shodo_source *s = NULL;
    f->data = bytes;
    f->size = SIZE;
    assert_int_equal(source_fault_open(&s, f, NULL), SHODO_OK);
    return s;
}

static void test_reads_and_bounds(void **state) {
    struct source_fault f = {.short_bytes = 100};
    struct shodo_source *s = open_fault(&f);
    struct shodo_error err = SHODO_ERROR_INIT;
    uint8_t out[1000];
    uint64_t bad = 99;
    (void)state;
    assert_int_equal(shodo_source_read(s, 5, out, sizeof(out), &bad, &err), SHODO_OK);
    assert_memory_equal(out, bytes + 5, sizeof(out));
    assert_int_equal(bad, 0);
    assert_int_equal(shodo_source_read(s, SIZE, out, 0, &bad, &err), SHODO_OK);
    assert_int_equal(shodo_source_read(s, SIZE - 1, out, 2, &bad, &err), SHODO_INVALID);
    assert_int_equal(shodo_source_read(s, UINT64_MAX, out, 2, &bad, &err), SHODO_INVALID);
    assert_int_equal(shodo_source_bytes_read(s), 1000);
    shodo_source_free(s);
}

/* A bad sector costs exactly itself, whatever the request looks like, and is not asked for twice.
 */
static void test_bad_sector(void **state) {
    static const struct {
        uint64_t bad, offset;
        size_t n;
        uint64_t lost;
    } rows[] = {
        {1024, 0, 4096, 512},  {1024, 1024, 512, 512}, {1024, 1100, 10, 10},
        {1024, 1000, 100, 76}, {0, 0, 512, 512},       {SIZE - 512, SIZE - 1000, 1000, 512},
        {1024, 1536, 512, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct source_fault f = {.bad_offset = rows[i].bad, .bad_length = 512};
        struct shodo_source *s = open_fault(&f);
        uint8_t out[4096];
        uint64_t bad = 0;
        unsigned reads = 0;
        assert_int_equal(shodo_source_read(s, rows[i].offset, out, rows[i].n, &bad, NULL),
                         SHODO_OK);
        assert_int_equal(bad, rows[i].lost);
        for (size_t k = 0; k < rows[i].n; k++) {
            uint64_t at = rows[i].offset + k;
            assert_int_equal(out[k], at >= rows[i].bad && at < rows[i].bad + 512 ? 0 : bytes[at]);
        }
        assert_int_equal(shodo_source_bad_count(s), rows[i].lost > 0);
        assert_int_equal(shodo_source_is_bad(s, rows[i].offset, rows[i].n), rows[i].lost > 0);
        reads = f.failures;
        assert_int_equal(shodo_source_read(s, rows[i].offset, out, rows[i].n, &bad, NULL),
                         SHODO_OK);
        assert_int_equal(bad, rows[i].lost);
        assert_int_equal(f.failures, reads);
        shodo_source_free(s);
    }
}

static void test_fails_once(void **state) {
    struct source_fault f = {.bad_offset = 2048, .bad_length = 512, .bad_times = 1};
    struct shodo_source *s = open_fault(&f);
    uint8_t out[8192];
    uint64_t bad = 0;
    (void)state;
    assert_int_equal(shodo_source_read(s, 0, out, sizeof(out), &bad, NULL), SHODO_OK);
    assert_int_equal(bad, 0);
    assert_int_equal(shodo_source_bad_count(s), 0);
    assert_memory_equal(out, bytes, sizeof(out));
    shodo_source_free(s);
}

static void test_vanishes(void **state) {
    struct source_fault f = {.vanish_after = 2};
    struct shodo_source *s = open_fault(&f);
    uint8_t out[512];
    uint64_t bad = 0;
    (void)state;
    for (uint64_t at = 0; at < SIZE; at += 512) {
        assert_int_equal(shodo_source_read(s, at, out, sizeof(out), &bad, NULL), SHODO_OK);
        assert_int_equal(bad, at < 1024 ? 0 : 512);
    }
    assert_int_equal(f.failures, 1); /* not asked again */
    assert_int_equal(shodo_source_bad_count(s), 1);
    assert_int_equal(shodo_source_bad_at(s, 0)->offset, 1024);
    assert_int_equal(shodo_source_bad_at(s, 0)->length, SIZE - 1024);
    shodo_source_free(s);
}

/* The medium is shorter than it claims: the missing part is bad, never invented. */
static void test_wrong_size(void **state) {
    struct source_fault f = {.claimed_size = SIZE + 4096};
    struct shodo_source *s = open_fault(&f);
    uint8_t out[8192];
    uint64_t bad = 0;
    (void)state;
    assert_int_equal(shodo_source_read(s, SIZE - 4096, out, sizeof(out), &bad, NULL), SHODO_OK);
    assert_int_equal(bad, 4096);
    assert_memory_equal(out, bytes + SIZE - 4096, 4096);
    shodo_source_free(s);
}

static void test_window(void **state) {
    struct source_fault f = {.bad_offset = 10240, .bad_length = 1024};
    struct shodo_source *s = open_fault(&f), *w = NULL, *ww = NULL;
    uint8_t out[16384];
    uint64_t bad = 0;
    (void)state;
    assert_int_equal(shodo_source_window(&w, s, 8192, 16384, NULL), SHODO_OK);
    assert_int_equal(shodo_source_window(&ww, w, 1024, 4096, NULL), SHODO_OK);
    assert_int_equal(shodo_source_read(ww, 0, out, 4096, &bad, NULL), SHODO_OK);
    assert_int_equal(bad, 1024);
    assert_memory_equal(out, bytes + 9216, 1024);
    assert_memory_equal(out + 2048, bytes + 11264, 2048);
    assert_true(shodo_source_is_bad(ww, 1024, 1));
    assert_true(shodo_source_is_bad(w, 2048, 1024));
    assert_true(shodo_source_is_bad(s, 10240, 1024));
    assert_false(shodo_source_is_bad(s, 0, 10240));
    assert_int_equal(shodo_source_read(w, 16384, out, 1, &bad, NULL), SHODO_INVALID);
    assert_int_equal(shodo_source_window(&ww, s, SIZE, 1, NULL), SHODO_INVALID);
    shodo_source_free(ww);
    shodo_source_free(w);
    shodo_source_free(s);
}

static int64_t odd_read(void *self, uint64_t offset, void *p, size_t n) {
    (void)self;
    if ((offset / 512) % 2 == 1 || n > 512 - offset % 512)
        return -1;
    memset(p, 7, n);
    return (int64_t)n;
}
static void no_free(void *self) {
    (void)self;
}

/* More separate ranges than can be remembered: what is remembered covers at least what is bad. */
static void test_limit_of_ranges(void **state) {
    static const struct shodo_source_ops ops = {.read = odd_read, .free = no_free};
    uint64_t sectors = 2 * (SHODO_LIMIT_BAD_RANGES + 100);
    struct shodo_source *s = NULL;
    uint8_t out[512];
    (void)state;
    assert_int_equal(shodo_source_layer(&s, &ops, NULL, sectors * 512, 512, NULL), SHODO_OK);
    for (uint64_t i = 0; i < sectors; i++) {
        uint64_t bad = 0;
        assert_int_equal(shodo_source_read(s, i * 512, out, 512, &bad, NULL), SHODO_OK);
        assert_int_equal(bad, i % 2 == 1 ? 512 : 0);
    }
    assert_int_equal(shodo_source_bad_count(s), SHODO_LIMIT_BAD_RANGES);
    for (uint64_t i = 1; i < sectors; i += 2)
        assert_true(shodo_source_is_bad(s, i * 512, 512));
    shodo_source_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_and_bounds), cmocka_unit_test(test_bad_sector),
        cmocka_unit_test(test_fails_once),       cmocka_unit_test(test_vanishes),
        cmocka_unit_test(test_wrong_size),       cmocka_unit_test(test_window),
        cmocka_unit_test(test_limit_of_ranges),
    };
    return cmocka_run_group_tests(tests, make_bytes, NULL);
}
