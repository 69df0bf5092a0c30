/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <math.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "base/value.h"

static void test_shapes(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    (void)state;

    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "s", "a\"b\\c/d\n");
    shodo_json_str(&j, "null", NULL);
    shodo_json_u64(&j, "u", UINT64_MAX);
    shodo_json_i64(&j, "i", INT64_MIN);
    shodo_json_real(&j, "r", 7.12345, 2);
    shodo_json_real(&j, "inf", INFINITY, 2);
    shodo_json_bool(&j, "t", true);
    shodo_json_array(&j, "a");
    shodo_json_null(&j, NULL);
    shodo_json_object(&j, NULL);
    shodo_json_object_end(&j);
    shodo_json_array(&j, NULL);
    shodo_json_array_end(&j);
    shodo_json_hex(&j, NULL, "\x01\xfe", 2);
    shodo_json_array_end(&j);
    shodo_json_time(&j, "time", INT64_C(1795343765123456789));
    shodo_json_time(&j, "none", SHODO_TIME_NONE);
    shodo_json_raw(&j, "raw", "{\"x\":1}", 7);
    shodo_json_object_end(&j);
    shodo_json_line_end(&j);
    shodo_json_object(&j, NULL);
    shodo_json_object_end(&j);
    assert_buf(
        b,
        "{\"s\":\"a\\\"b\\\\c/d\\n\",\"null\":null,\"u\":18446744073709551615,\"i\":-9223372036854775808,"
        "\"r\":7.12,\"inf\":null,\"t\":true,\"a\":[null,{},[],\"01fe\"],"
        "\"time\":\"2026-11-22T10:36:05.123456789Z\",\"none\":null,\"raw\":{\"x\":1}}\n{}");
}

static void test_escapes(void **state) {
    static const struct {
        const char *s;
        size_t n;
        const char *want;
    } rows[] = {
        {"病院", 6, "\"病院\""},
        {"\x1b\x7f", 2, "\"\\u001b\\u007f\""},
        {"\xe2\x80\xa8\xe2\x80\xae\xc2\x85", 8, "\"\\u2028\\u202e\\u0085\""},
        {"\xf3\xa0\x81\xa1", 4, "\"\\udb40\\udc61\""}, /* U+E0061: escaped as a pair */
        {"\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\""},
        {"\xff", 1, "{\"b64\":\"/w==\"}"},
        {"\xed\xa0\x80", 3, "{\"b64\":\"7aCA\"}"},
        {"a\0b", 3, "{\"b64\":\"YQBi\"}"},
        {"", 0, "\"\""},
        {"\xff\xfe\xfd\xfc", 4, "{\"b64\":\"//79/A==\"}"},
        {"\xff\xfe", 2, "{\"b64\":\"//4=\"}"},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_auto(shodo_buf) struct shodo_buf back = SHODO_BUF_INIT;
        shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
        struct shodo_error err = SHODO_ERROR_INIT;
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_strn(&j, NULL, rows[i].s, rows[i].n);
        assert_buf(b, rows[i].want);
        assert_int_equal(shodo_doc_parse_json(&d, "row", b.data, b.len, &err), SHODO_OK);
        assert_true(shodo_value_bytes(&back, shodo_doc_root(d)));
        assert_int_equal(back.len, rows[i].n);
        assert_memory_equal(shodo_buf_cstr(&back), rows[i].s, rows[i].n);
    }
}

/* Every code point and many byte strings survive the way through jansson, and no line harms a
 * terminal. */
static void test_round_trip(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    uint32_t seed = 12345;
    (void)state;

    for (uint32_t cp = 1; cp < 0x110000; cp += cp < 0x3100 ? 1 : 13)
        if (cp < 0xd800 || cp > 0xdfff)
            shodo_text_put(&text, cp);
    for (int round = 0; round < 300; round++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_auto(shodo_buf) struct shodo_buf back = SHODO_BUF_INIT;
        shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_strn(&j, NULL, text.data, text.len);
        for (size_t i = 0; i < b.len; i++)
            assert_true((uint8_t)b.data[i] >= 0x20 && b.data[i] != 0x7f);
        assert_false(shodo_text_is_deceptive(b.data, b.len));
        assert_int_equal(shodo_doc_parse_json(&d, "x", b.data, b.len, NULL), SHODO_OK);
        assert_true(shodo_value_bytes(&back, shodo_doc_root(d)));
        assert_int_equal(back.len, text.len);
        assert_memory_equal(back.data, text.data, text.len);
        /* next round: random bytes of a random length */
        shodo_buf_clear(&text);
        seed = seed * 1664525 + 1013904223;
        for (uint32_t n = seed >> 24; n > 0; n--) {
            seed = seed * 1664525 + 1013904223;
            shodo_buf_addc(&text, (char)(seed >> (round % 2 ? 24 : 25)));
        }
        shodo_buf_addc(&text, 'x');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
