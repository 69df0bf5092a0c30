/* SPDX-License-Identifier: Apache-2.0 */
/* What a run announces: the share that is not read, the range of time, the line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/budget.h"

static void test_share(void **state) {
    (void)state;
    assert_int_equal(shodo_budget_left_permille(0, 0), 0);
    assert_int_equal(shodo_budget_left_permille(10, 0), 0);
    assert_int_equal(shodo_budget_left_permille(0, 10), 1000);
    assert_int_equal(shodo_budget_left_permille(999, 1), 1);
    assert_int_equal(shodo_budget_left_permille(1000000, 1), 1); /* a little is not nothing */
    assert_int_equal(shodo_budget_left_permille(1, 3), 750);
    assert_int_equal(shodo_budget_left_permille(UINT64_MAX, UINT64_MAX), 500);
    assert_int_equal(shodo_budget_left_permille(0, UINT64_MAX), 1000);
}

static void test_time(void **state) {
    (void)state;
    struct shodo_budget g = shodo_budget_make(0, 0, 5);
    assert_int_equal(g.seconds_from, 0);
    assert_int_equal(g.seconds_to, 0);
    g = shodo_budget_make(1, 1, 0);
    assert_int_equal(g.seconds_from, 1);
    assert_int_equal(g.seconds_to, 21);
    g = shodo_budget_make(6000, 3000ULL << 20, 0);
    assert_int_equal(g.seconds_from, 1 + 20 + 1);
    assert_int_equal(g.seconds_to, 100 + 200 + 1 + 20);
    g = shodo_budget_make(UINT64_MAX, UINT64_MAX, UINT64_MAX);
    assert_true(g.seconds_from < g.seconds_to);
}

static void test_text(void **state) {
    (void)state;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_budget g = shodo_budget_make(6000, 3000ULL << 20, 1000ULL << 20);
    shodo_budget_print(&g, false, &b);
    assert_string_equal(shodo_buf_cstr(&b),
                        "6000 files, 2.9 GiB to look at; about 22 s to 6 min (speed of the disk). "
                        "Not read: 25.0 % of the bytes of the files\n");
    shodo_buf_clear(&b);
    shodo_budget_print(&g, true, &b);
    assert_non_null(strstr(shodo_buf_cstr(&b), "約 22 秒～6 分"));
    assert_non_null(strstr(shodo_buf_cstr(&b), "25.0 %"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
