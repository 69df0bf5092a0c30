/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>

#include "base/status.h"
#include "base/text.h"

static void test_fail(void **state) {
    struct shodo_error err = SHODO_ERROR_INIT;
    (void)state;

    assert_int_equal(shodo_fail(&err, SHODO_DAMAGED, "record %d of '%s'", 71, "$MFT"),
                     SHODO_DAMAGED);
    assert_int_equal(err.status, SHODO_DAMAGED);
    assert_string_equal(err.text, "record 71 of '$MFT'");
    assert_int_equal(shodo_error_context(&err, "reading '%s'", "C:"), SHODO_DAMAGED);
    assert_string_equal(err.text, "reading 'C:': record 71 of '$MFT'");
    assert_int_equal(shodo_fail(NULL, SHODO_LIMIT, "x"), SHODO_LIMIT);
    assert_int_equal(shodo_error_context(NULL, "x"), SHODO_INVALID);
}

static void test_foreign_text(void **state) {
    struct shodo_error err = SHODO_ERROR_INIT;
    (void)state;

    shodo_fail(&err, SHODO_DAMAGED, "name '%s'",
               "\x1b]0;x\x07\xe2\x80\xae"
               "gpj.\xff 病院");
    assert_string_equal(err.text, "name '<0x1B>]0;x<0x07><U+202E>gpj.<0xFF> 病院'");
}

static void test_errno(void **state) {
    static const struct {
        int e;
        enum shodo_status status;
    } rows[] = {
        {ENOSPC, SHODO_NOSPACE},  {EROFS, SHODO_NOSPACE}, {ENOMEM, SHODO_NOMEM},
        {ENOENT, SHODO_NOTFOUND}, {EEXIST, SHODO_EXISTS}, {EIO, SHODO_UNREADABLE},
        {EACCES, SHODO_IO},       {99999, SHODO_IO},
    };
    struct shodo_error err = SHODO_ERROR_INIT;
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        errno = rows[i].e;
        assert_int_equal(shodo_fail_errno(&err, "opening"), rows[i].status);
    }
    assert_string_equal(err.text, "opening: error 99999");
    errno = ENOENT;
    shodo_fail_errno(&err, "opening '%s'", "a");
    assert_string_equal(err.text, "opening 'a': No such file or directory");
}

/* However long the parts are, the text ends at a whole character, the reason of the system
 * included. */
static void test_long(void **state) {
    struct shodo_error err = SHODO_ERROR_INIT;
    char name[3000];
    (void)state;

    for (size_t i = 0; i + 3 < sizeof(name); i += 3)
        memcpy(name + i, "病", 3);
    name[sizeof(name) - 1 - (sizeof(name) - 1) % 3] = '\0';
    shodo_fail(&err, SHODO_IO, "%s", name);
    assert_true(strlen(err.text) < SHODO_ERROR_TEXT_BYTES);
    assert_true(strlen(err.text) > SHODO_ERROR_TEXT_BYTES - 16);
    assert_true(shodo_text_is_utf8(err.text, strlen(err.text)));
    for (int i = 0; i < 20; i++)
        shodo_error_context(&err, "level %d of a long chain of callers", i);
    assert_true(strlen(err.text) < SHODO_ERROR_TEXT_BYTES);
    assert_memory_equal(err.text, "level 19", 8);
}

static void test_names(void **state) {
    (void)state;
    assert_string_equal(shodo_status_name(SHODO_OK), "ok");
    assert_string_equal(shodo_status_name(SHODO_ENCRYPTED), "encrypted");
    for (int s = SHODO_ENCRYPTED; s <= SHODO_SKIP; s++)
        assert_string_not_equal(shodo_status_name((enum shodo_status)s), "unknown");
    assert_string_equal(shodo_status_name((enum shodo_status)99), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail),  cmocka_unit_test(test_foreign_text),
        cmocka_unit_test(test_errno), cmocka_unit_test(test_long),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
