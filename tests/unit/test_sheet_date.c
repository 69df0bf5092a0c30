/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "handover/sheet.h"

static int64_t at(const char *s) {
    int64_t t = 0;
    assert_true(shodo_time_parse(s, strlen(s), &t));
    return t;
}

static void test_days(void **state) {
    static const struct {
        const char *known;
        int offset, days;
        bool first;
        const char *end;
    } rows[] = {
        {"2026-11-22T10:36:00Z", 540, 3, false,
         "2026-11-25T15:00:00Z"}, /* known on the 22nd in Japan */
        {"2026-11-22T10:36:00Z", 540, 3, true, "2026-11-24T15:00:00Z"},
        {"2026-11-22T15:00:00Z", 540, 3, false,
         "2026-11-26T15:00:00Z"}, /* midnight: already the 23rd */
        {"2026-11-22T14:59:59Z", 540, 3, false, "2026-11-25T15:00:00Z"},
        {"2026-11-22T10:36:00Z", 0, 3, false,
         "2026-11-26T00:00:00Z"}, /* the same moment in another zone */
        {"2026-11-22T23:30:00Z", -300, 3, false, "2026-11-26T05:00:00Z"},
        {"2026-01-30T03:00:00Z", 540, 3, false, "2026-02-02T15:00:00Z"}, /* month end */
        {"2026-02-26T03:00:00Z", 540, 3, false, "2026-03-01T15:00:00Z"}, /* no leap day */
        {"2028-02-26T03:00:00Z", 540, 3, false, "2028-02-29T15:00:00Z"}, /* leap day */
        {"2100-02-26T03:00:00Z", 540, 3, false, "2100-03-01T15:00:00Z"}, /* 2100 is no leap year */
        {"2026-12-30T03:00:00Z", 540, 5, false, "2027-01-04T15:00:00Z"}, /* year end */
        {"2027-12-31T03:00:00Z", 540, 60, false,
         "2028-02-29T15:00:00Z"}, /* 60 days onto a leap day */
        {"2027-12-31T03:00:00Z", 540, 60, true, "2028-02-28T15:00:00Z"},
        {"2026-11-22T10:36:00Z", 540, 60, false, "2027-01-21T15:00:00Z"},
        {"2026-11-22T10:36:00Z", 540, 0, true, "2026-11-22T15:00:00Z"},
    };
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        char text[SHODO_TIME_TEXT_BYTES];
        shodo_time_utc(
            shodo_deadline_days(at(rows[i].known), rows[i].offset, rows[i].days, rows[i].first), 0,
            text);
        assert_string_equal(text, rows[i].end);
    }
    assert_true(shodo_deadline_days(SHODO_TIME_NONE, 540, 3, false) == SHODO_TIME_NONE);
    assert_true(shodo_deadline_days(at("2026-11-22T10:36:00Z"), 540, -1, false) == SHODO_TIME_NONE);
    assert_true(shodo_deadline_days(at("2262-01-01T00:00:00Z"), 540, 36500, false) ==
                SHODO_TIME_NONE);
}

static void test_zone(void **state) {
    static const struct {
        const char *name;
        bool ok;
        int offset;
    } rows[] = {{"Asia/Tokyo", true, 540},    {"UTC", true, 0},      {"+09:00", true, 540},
                {"-03:30", true, -210},       {"+9:00", false, 540}, {"+15:00", false, 540},
                {"Asia/Nowhere", false, 540}, {"", false, 540},      {"+09:60", false, 540},
                {"+09:000", false, 540}};
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        int offset = 1;
        assert_int_equal(shodo_deadline_zone(rows[i].name, &offset), rows[i].ok);
        assert_int_equal(offset, rows[i].offset);
    }
}

static void test_parse(void **state) {
    static const struct {
        const char *text, *utc;
    } rows[] = {{"2026-11-22 19:36", "2026-11-22T10:36:00Z"},
                {"2026-11-22T19:36:05", "2026-11-22T10:36:05Z"},
                {"2026-11-22T10:36:00Z", "2026-11-22T10:36:00Z"},
                {"2026-11-22", NULL},
                {"19:36", NULL},
                {"2026-11-22 19:36:", NULL},
                {"2026-13-01 00:00", NULL},
                {"2026-02-30 00:00", NULL},
                {"", NULL},
                {"昨日の夜 20時ごろ", NULL}};
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        int64_t t = 0;
        char text[SHODO_TIME_TEXT_BYTES];
        bool ok = shodo_deadline_parse(rows[i].text, 540, &t);
        assert_int_equal(ok, rows[i].utc != NULL);
        if (!ok)
            continue;
        shodo_time_utc(t, 0, text);
        assert_string_equal(text, rows[i].utc);
    }
    assert_false(shodo_deadline_parse(NULL, 540, &(int64_t){0}));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_days), cmocka_unit_test(test_zone),
                                       cmocka_unit_test(test_parse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
