/* SPDX-License-Identifier: Apache-2.0 */
/* The volumes of cryptsetup's test suite: the decrypted volume has the listed SHA-256. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "evidence/bitlocker.h"
#include "evidence_lib.h"

static const struct {
    const char *name, *key, *sha256, *id, *inside;
} volumes[] = {
    {"bitlk-aes-cbc-128", "042647-302313-590458-071500-554323-116567-412181-516978",
     "04500a8120ba355ed206284e03e26e59b7e1f1832868e1d69bb47023ebd3460f",
     "3FD763F9-74C7-4E90-8FA2-1F6A2E2B4E0C", "NTFS"},
    {"bitlk-aes-xts-128", "235818-357951-253979-013365-241120-245575-342914-591910",
     "674e3a976927fd62f3fc26df2c695cac75b8d364e3b45393717efa971f16db0f",
     "64311DEA-4587-4029-924A-BA299647998E", "NTFS"},
    {"bitlk-aes-xts-256", "404558436711420860678557638220018909039941695321",
     "5bb6ff5acbded10be990c6fa208ab479934a08bc2e88740a1aa2642af2f42025",
     "83ABDB8F-3218-4BFD-ACED-215E1E189BDF", "NTFS"},
    {"bitlk-togo-aes-xts-128", "243067-548680-059818-148852-287771-550088-628265-631653",
     "5954795eb41764b59a10d86c26fd3b43fb6d89f433c8edc1e8fd48067d198591",
     "CFC68DDA-E393-44C3-9C3B-E73480F2BD17", "FAT16"},
    {"bitlk-aes-xts-128-startup-key", "363770-230505-096371-652674-567006-579150-291038-408111",
     "bbb68369d8f7badb2c2330349d9d0cf12e68f54eece25e718d2bb13feba23f7a",
     "294BC732-F82F-404C-A2CE-D1094ED59506", "NTFS"},
    {"bitlk-aes-xts-128-two-recovery", "297693-343387-338492-284526-405482-424886-634931-555093",
     "15570b2a7a1255e2d0f34a0ff82b6e255d8a7e25c24c7849c91321bcb1858cb3",
     "B7ADC334-FE6D-4AE4-B5C4-1C1D0DBC335B", "NTFS"},
    {"bitlk-aes-xts-128-clearkey-only", NULL,
     "f574a5254d31e9f27dc4ee440290875886c6c569cf02dc100e91a5c0cddaa4e1", "", "NTFS"},
};

static void open_volume(struct image *im, const char *name) {
    char path[512], file[128];
    snprintf(file, sizeof(file), "bitlocker/%s.img", name);
    image_open(im, data_path(file, path));
    assert_int_equal(im->table.volumes.count, 1);
}

static void source_sha256(struct shodo_source *s, uint8_t digest[32]) {
    struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    uint64_t size = shodo_source_size(s), bad = 0;
    uint8_t *buf = malloc(100000);
    for (uint64_t at = 0; at < size;) { /* no multiple of a sector */
        size_t n = size - at < 99999 ? (size_t)(size - at) : 99999;
        assert_int_equal(shodo_source_read(s, at, buf, n, &bad, NULL), SHODO_OK);
        assert_int_equal(bad, 0);
        shodo_hash_update(h, buf, n);
        at += n;
    }
    shodo_hash_final(h, digest);
    shodo_hash_free(h);
    free(buf);
}

static void test_volumes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i++) {
        struct shodo_error err = SHODO_ERROR_INIT;
        struct shodo_bitlocker_key key;
        struct shodo_volume *v = NULL;
        struct image im;
        uint8_t digest[32];
        char hex[65];
        open_volume(&im, volumes[i].name);
        v = shodo_volume_at(&im.table, 0);
        assert_true(v->is_bitlocker);
        if (volumes[i].key) {
            assert_int_equal(v->fs, SHODO_FS_BITLOCKER);
            assert_non_null(strstr(v->key_ids, volumes[i].id));
            assert_non_null(strstr(v->why, volumes[i].id));
            assert_int_equal(shodo_volume_unlock(v, NULL, &err), SHODO_ENCRYPTED);
            assert_int_equal(
                shodo_bitlocker_key_parse(&key, volumes[i].key, strlen(volumes[i].key), &err),
                SHODO_OK);
            if (shodo_volume_unlock(v, &key, &err) != SHODO_OK)
                fail_msg("%s: %s", volumes[i].name, err.text);
        }
        assert_string_equal(v->fs_name, volumes[i].inside);
        source_sha256(v->source, digest);
        shodo_hex(digest, 32, hex);
        print_message("%s: %s label '%s'\n", volumes[i].name, v->fs_name, v->label);
        assert_string_equal(hex, volumes[i].sha256);
        image_close(&im);
    }
}

static void test_wrong_key(void **state) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_bitlocker_key key;
    struct shodo_volume *v = NULL;
    struct image im;
    (void)state;
    open_volume(&im, "bitlk-aes-xts-128");
    v = shodo_volume_at(&im.table, 0);
    assert_int_equal(shodo_bitlocker_key_parse(&key, volumes[0].key, strlen(volumes[0].key), &err),
                     SHODO_OK);
    assert_int_equal(shodo_volume_unlock(v, &key, &err), SHODO_REFUSED);
    assert_int_equal(v->fs, SHODO_FS_BITLOCKER);
    assert_null(strstr(err.text, "042647"));
    image_close(&im);
}

static void test_encrypt_on_write(void **state) {
    struct shodo_error err = SHODO_ERROR_INIT;
    static const char digits[] = "685839-373538-494868-036223-326590-515064-328416-685102";
    struct shodo_bitlocker_key key;
    struct shodo_volume *v = NULL;
    struct image im;
    (void)state;
    open_volume(&im, "bitlk-aes-xts-128-eow");
    v = shodo_volume_at(&im.table, 0);
    assert_non_null(strstr(v->why, "encrypt-on-write"));
    assert_int_equal(shodo_bitlocker_key_parse(&key, digits, sizeof(digits) - 1, &err), SHODO_OK);
    assert_int_equal(shodo_volume_unlock(v, &key, &err), SHODO_UNSUPPORTED);
    assert_non_null(strstr(err.text, "encrypt-on-write"));
    image_close(&im);
}

static void test_groups(void **state) {
    static const struct {
        const char *s;
        enum shodo_bitlocker_group want;
    } rows[] = {
        {"042647", SHODO_BITLOCKER_GROUP_OK},    {"000000", SHODO_BITLOCKER_GROUP_OK},
        {"720885", SHODO_BITLOCKER_GROUP_OK},    {"720896", SHODO_BITLOCKER_GROUP_WRONG},
        {"042648", SHODO_BITLOCKER_GROUP_WRONG}, {"999999", SHODO_BITLOCKER_GROUP_WRONG},
        {"04264", SHODO_BITLOCKER_GROUP_SHORT},  {"", SHODO_BITLOCKER_GROUP_SHORT},
        {"0426470", SHODO_BITLOCKER_GROUP_LONG}, {"04264x", SHODO_BITLOCKER_GROUP_NOT_DIGITS},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(shodo_bitlocker_check_group(rows[i].s, strlen(rows[i].s)), rows[i].want);
}

static void test_key_text(void **state) {
    static const struct {
        const char *s;
        enum shodo_status want;
        const char *word;
    } rows[] = {
        {"235818-357951-253979-013365-241120-245575-342914-591910\r\n", SHODO_OK, ""},
        {"235818 357951 253979 013365\n241120 245575 342914 591910", SHODO_OK, ""},
        {"２３５８１８－357951-253979-013365-241120-245575-342914-591910", SHODO_OK, ""},
        {"235818-357951-253979-013366-241120-245575-342914-591910", SHODO_INVALID, "group 4"},
        {"235818-357951-253979-013365-241120-245575-342914", SHODO_INVALID, "42"},
        {"235818-357951-253979-013365-241120-245575-342914-5919100", SHODO_INVALID, "49"},
        {"235818-357951-253979-O13365-241120-245575-342914-591910", SHODO_INVALID, "not a digit"},
        {"", SHODO_INVALID, "0 are there"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct shodo_error err = SHODO_ERROR_INIT;
        struct shodo_bitlocker_key key;
        assert_int_equal(shodo_bitlocker_key_parse(&key, rows[i].s, strlen(rows[i].s), &err),
                         rows[i].want);
        assert_non_null(strstr(err.text, rows[i].word));
        if (rows[i].want == SHODO_OK)
            assert_int_equal(key.groups[0], 235818 / 11);
        else
            assert_int_equal(key.groups[0], 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),           cmocka_unit_test(test_key_text),
        cmocka_unit_test(test_volumes),          cmocka_unit_test(test_wrong_key),
        cmocka_unit_test(test_encrypt_on_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
