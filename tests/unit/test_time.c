/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <time.h>

#include "base/time.h"

#define S INT64_C(1000000000)

static void test_filetime(void **state) {
    static const struct {
        uint64_t filetime;
        int64_t t;
    } rows[] = {
        {0, SHODO_TIME_NONE},
        {UINT64_C(116444736000000000), 0},
        {UINT64_C(116444736000000001), 100},
        {UINT64_C(116444735999999999), -100},
        {UINT64_C(134398117651234567), INT64_C(1795338165123456700)},
        {1, SHODO_TIME_NONE}, /* 1601 is before what 64 bits of nanoseconds reach */
        {UINT64_MAX, SHODO_TIME_NONE},
        {UINT64_C(0x7fffffffffffffff), SHODO_TIME_NONE},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        assert_true(shodo_time_from_filetime(rows[i].filetime) == rows[i].t);
        if (rows[i].t != SHODO_TIME_NONE)
            assert_true(shodo_time_to_filetime(rows[i].t) == rows[i].filetime);
    }
    assert_true(shodo_time_to_filetime(SHODO_TIME_NONE) == 0);
    assert_true(shodo_time_from_unix(INT64_MAX / 2, 0) == SHODO_TIME_NONE);
}

/* Every day from 1700 to 2261 against the C library. */
static void test_civil_days(void **state) {
    (void)state;

    for (int64_t day = -98000; day < 106000; day++) {
        time_t s = (time_t)(day * 86400 + 86399);
        struct tm tm;
        struct shodo_civil c;
        assert_non_null(gmtime_r(&s, &tm));
        shodo_time_to_civil((int64_t)s * S, 0, &c);
        assert_int_equal(c.year, tm.tm_year + 1900);
        assert_int_equal(c.month, tm.tm_mon + 1);
        assert_int_equal(c.day, tm.tm_mday);
        assert_int_equal(c.hour, 23);
        assert_int_equal(c.second, 59);
        assert_int_equal(c.weekday, tm.tm_wday);
        assert_true(shodo_time_from_civil(&c, 0) == (int64_t)s * S);
    }
}

static void test_civil_limits(void **state) {
    static const struct {
        struct shodo_civil c;
        bool ok;
    } rows[] = {
        {{.year = 2024, .month = 2, .day = 29}, true},
        {{.year = 2023, .month = 2, .day = 29}, false},
        {{.year = 1900, .month = 2, .day = 29}, false},
        {{.year = 2000, .month = 2, .day = 29}, true},
        {{.year = 2026, .month = 4, .day = 31}, false},
        {{.year = 2026, .month = 13, .day = 1}, false},
        {{.year = 2026, .month = 0, .day = 1}, false},
        {{.year = 2026, .month = 1, .day = 0}, false},
        {{.year = 2026, .month = 1, .day = 1, .hour = 24}, false},
        {{.year = 2262, .month = 4, .day = 11, .hour = 23}, true},
        {{.year = 2262, .month = 4, .day = 12}, false},
        {{.year = 1678, .month = 1, .day = 1}, true},
        {{.year = 1677, .month = 9, .day = 1}, false},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        assert_int_equal(shodo_time_from_civil(&rows[i].c, 0) != SHODO_TIME_NONE, rows[i].ok);
}

static void test_text(void **state) {
    char out[SHODO_TIME_TEXT_BYTES];
    int64_t t = INT64_C(1795343765123456789);
    (void)state;

    shodo_time_utc(t, 9, out);
    assert_string_equal(out, "2026-11-22T10:36:05.123456789Z");
    shodo_time_utc(t, 3, out);
    assert_string_equal(out, "2026-11-22T10:36:05.123Z");
    shodo_time_utc(t, 0, out);
    assert_string_equal(out, "2026-11-22T10:36:05Z");
    shodo_time_utc(-1, 9, out);
    assert_string_equal(out, "1969-12-31T23:59:59.999999999Z");
    shodo_time_utc(SHODO_TIME_NONE, 9, out);
    assert_string_equal(out, "");
    shodo_time_local(t, 540, out);
    assert_string_equal(out, "2026-11-22 19:36:05 +09:00");
    shodo_time_local(t, -210, out);
    assert_string_equal(out, "2026-11-22 07:06:05 -03:30");
    shodo_time_local(SHODO_TIME_NONE, 0, out);
    assert_string_equal(out, "");
    shodo_time_local(INT64_MIN + 1, -720, out);
    assert_string_equal(out, "1677-09-20 12:12:43 -12:00");
}

static void test_parse(void **state) {
    static const struct {
        const char *s;
        bool ok;
        int64_t t;
    } rows[] = {
        {"2026-11-22T10:36:05Z", true, INT64_C(1795343765) * S},
        {"2026-11-22T19:36:05+09:00", true, INT64_C(1795343765) * S},
        {"2026-11-22t10:36:05.5z", true, INT64_C(1795343765) * S + S / 2},
        {"2026-11-22 10:36:05.123456789123Z", true, INT64_C(1795343765123456789)},
        {"2026-11-22T07:06:05-03:30", true, INT64_C(1795343765) * S},
        {"2024-02-29T00:00:00Z", true, INT64_C(1709164800) * S},
        {"2016-12-31T23:59:60Z", true, INT64_C(1483228800) * S}, /* leap second: the next one */
        {"2023-02-29T00:00:00Z", false, 0},
        {"2026-11-22T10:36:05", false, 0},
        {"2026-11-22", false, 0},
        {"2026-11-22T10:36Z", false, 0},
        {"2026-11-22T10:36:05.Z", false, 0},
        {"2026-11-22T24:00:00Z", false, 0},
        {"2026-11-22T10:36:05+24:00", false, 0},
        {"2026-11-22T10:36:05+0900", false, 0},
        {"", false, 0},
        {"2026-11-22T10:36:05Z ", false, 0},
        {"+026-11-22T10:36:05Z", false, 0},
        {"9999-11-22T10:36:05Z", false, 0},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        int64_t t = 42;
        assert_int_equal(shodo_time_parse(rows[i].s, strlen(rows[i].s), &t), rows[i].ok);
        assert_true(t == (rows[i].ok ? rows[i].t : 42));
    }
    for (int64_t v = INT64_MIN + 1; v < INT64_MAX - INT64_C(1) * 86400 * 365 * S;
         v += INT64_C(7777777777777777)) {
        char out[SHODO_TIME_TEXT_BYTES];
        int64_t back = 0;
        shodo_time_utc(v, 9, out);
        assert_true(shodo_time_parse(out, strlen(out), &back));
        assert_true(back == v);
    }
}

static void test_clock(void **state) {
    (void)state;
    setenv("SHODO_CLOCK", "2026-11-22T10:36:05Z", 1);
    assert_true(shodo_time_now() == INT64_C(1795343765) * S);
    setenv("SHODO_CLOCK", "5", 1); /* read once */
    assert_true(shodo_time_now() == INT64_C(1795343765) * S);
    assert_true(shodo_time_mono_ms() > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filetime),     cmocka_unit_test(test_civil_days),
        cmocka_unit_test(test_civil_limits), cmocka_unit_test(test_text),
        cmocka_unit_test(test_parse),        cmocka_unit_test(test_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
