/* SPDX-License-Identifier: Apache-2.0 */
/* Answers from shadow copies, boot settings, the Defender log and WMI; from fact lines alone. */
#include "test_answers_lib.h"

static const char *const nothing[] = {NULL};

static void add(struct shodo_buf *b, const char *reader, const char *kind, const char *time,
                const char *values) {
    shodo_buf_addf(b,
                   "{\"event.id\":\"%s-%zu\",\"event.module\":\"%s\",\"event.action\":\"%s\"%s%s%s,"
                   "\"shodo.path\":\"/x\",\"shodo.values\":%s}\n",
                   kind, b->len, reader, kind, time ? ",\"@timestamp\":\"" : "", time ? time : "",
                   time ? "\"" : "", values);
}

/* 60 files of 6 types with one new ending, within ten minutes. */
static void add_encryption(struct shodo_buf *b) {
    add(b, "mft", "volume", NULL, "{\"files\":1000}");
    add(b, "mft", "extension", "2026-11-20T17:00:00Z",
        "{\"extension\":\".zzkokoro\",\"files\":60,\"window_files\":60,\"directories\":6,\"inner_types\":6,\"bytes\":60000,"
        "\"window_first\":\"2026-11-20T17:00:00Z\",\"window_last\":\"2026-11-20T17:10:00Z\"}");
}

static bool says(const struct shodo_doc *doc, const char *id, const char *text) {
    const struct shodo_value *s = shodo_value_get(answer(doc, id), "sentences");
    for (size_t i = 0; i < shodo_value_count(s); i++)
        if (strstr(shodo_value_get_str(shodo_value_at(s, i), "ja"), text) ||
            strstr(shodo_value_get_str(shodo_value_at(s, i), "en"), text))
            return true;
    return false;
}

/* 0 not there, 1 a line, 2 a line that is a sign */
static int line(const struct shodo_doc *doc, const char *what, const char *text) {
    const struct shodo_value *l = shodo_value_get(shodo_value_get(answer(doc, "how_in"), "data"),
                                                  "timeline");
    for (size_t i = 0; i < shodo_value_count(l); i++) {
        const struct shodo_value *x = shodo_value_at(l, i);
        if (strcmp(shodo_value_get_str(x, "what"), what) == 0 &&
            strstr(shodo_value_get_str(x, "en"), text))
            return 1 + shodo_value_bool(shodo_value_get(x, "is_sign"), false);
    }
    return 0;
}

static const char one_left[] =
    "{\"state\":\"present\",\"count\":2,\"unreadable\":0,\"store_files\":2,\"deleted_store_files\":1}";

static void shadow_copies(void **state) {
    struct shodo_buf b = SHODO_BUF_INIT;
    add_encryption(&b);
    add(&b, "vss", "copies", "2026-11-21T00:00:00Z", one_left);
    add(&b, "vss", "copy", "2026-11-19T00:00:00Z", "{\"number\":1,\"readable\":true}");
    add(&b, "vss", "copy", "2026-11-21T00:00:00Z", "{\"number\":2,\"readable\":true}");
    add(&b, "vss", "store_deleted", "2026-11-20T16:58:00Z",
        "{\"born\":\"2026-11-18T00:00:00Z\",\"bytes\":300000}");
    static const char none[] =
        "{\"number\":2,\"before\":70,\"now\":70,\"same\":70,\"changed\":0,\"renamed\":0,\"appended\":0,\"unread_places\":0}";
    static const char many[] =
        "{\"number\":1,\"before\":70,\"now\":71,\"same\":8,\"changed\":1,\"renamed\":61,\"appended\":60,\"removed\":0,"
        "\"replaced\":0,\"added\":1,\"appended_bytes\":60000,\"unread_places\":2}";
    add(&b, "vss", "differs", "2026-11-21T00:00:00Z", none);
    add(&b, "vss", "differs", "2026-11-19T00:00:00Z", many);
    struct shodo_doc *doc = conclude(*state, &b, nothing, false);
    const struct shodo_value *e = shodo_value_get(shodo_value_get(answer(doc, "how_far"), "data"),
                                                  "earlier_states");
    assert_int_equal(shodo_value_get_int(e, "copies", 0), 2);
    assert_int_equal(shodo_value_get_int(e, "before_encryption", 0), 1);
    assert_true(says(doc, "how_far", "newest before the encryption 2026-11-19 09:00:00 +09:00"));
    assert_true(says(doc, "how_far", "消されたシャドウコピーの跡が 1 件"));
    /* of the copies the newest from before the encryption speaks; all are in the data */
    assert_true(says(
        doc, "how_far",
        "のファイル 70 件を今と比べると: 同じ 8、書き換え 1、名前の後ろに文字が付いた 60、ほかの改名 1。その後にできたもの 1。読めない所があり"));
    assert_false(says(doc, "how_far", "シャドウコピー 2（"));
    const struct shodo_value *differs = shodo_value_get(e, "differs");
    assert_int_equal(shodo_value_count(differs), 2);
    assert_int_equal(shodo_value_get_int(shodo_value_at(differs, 1), "appended", 0), 60);
    assert_int_equal(line(doc, "shadow-copy-deleted", "made 2026-11-18"), 2);
    shodo_doc_free(doc);
    /* none left, and an old deletion that Windows may have done itself */
    shodo_buf_clear(&b);
    add_encryption(&b);
    add(&b, "vss", "copies", NULL, "{\"state\":\"none\",\"count\":0,\"deleted_store_files\":1}");
    add(&b, "vss", "store_deleted", "2026-10-01T00:00:00Z", "{\"bytes\":300000}");
    doc = conclude(*state, &b, nothing, false);
    assert_true(says(doc, "how_far", "シャドウコピー（以前の状態）は残っていません。"));
    assert_int_not_equal(line(doc, "shadow-copy-deleted", "deleted"), 2);
    shodo_doc_free(doc);
    /* only later ones; then a damaged list; then no word at all when nobody looked */
    shodo_buf_clear(&b);
    add_encryption(&b);
    add(&b, "vss", "copies", NULL, "{\"state\":\"present\",\"count\":1}");
    add(&b, "vss", "copy", "2026-11-21T00:00:00Z", "{\"number\":1,\"readable\":true}");
    doc = conclude(*state, &b, nothing, false);
    assert_true(says(doc, "how_far", "all made after the encryption"));
    shodo_doc_free(doc);
    shodo_buf_clear(&b);
    add(&b, "vss", "copies", NULL, "{\"state\":\"damaged\",\"count\":0}");
    doc = conclude(*state, &b, nothing, false);
    assert_true(says(doc, "how_far", "壊れていて"));
    shodo_doc_free(doc);
    shodo_buf_clear(&b);
    add_encryption(&b);
    doc = conclude(*state, &b, nothing, false);
    assert_false(says(doc, "how_far", "シャドウコピー"));
    shodo_doc_free(doc);
    shodo_buf_done(&b);
}

/* Both settings of `bcdedit` are one kind of sign: alone they do not make a machine suspect. */
static void boot_settings(void **state) {
    struct shodo_buf b = SHODO_BUF_INIT;
    add(&b, "mft", "volume", NULL, "{\"files\":1000}");
    add(&b, "registry", "boot_recovery", "2026-11-20T16:59:00Z",
        "{\"hive\":\"BCD\",\"data\":{\"Element\":\"00\"}}");
    add(&b, "registry", "boot_status_policy", "2026-11-20T16:59:01Z",
        "{\"hive\":\"BCD\",\"data\":{\"Element\":\"0100000000000000\"}}");
    struct shodo_doc *doc = conclude(*state, &b, nothing, false);
    assert_int_equal(line(doc, "boot-recovery-off", "repair"), 2);
    assert_int_equal(line(doc, "boot-recovery-off", "ignored"), 2);
    assert_string_equal(verdict(doc, "hit"), "nothing_found");
    shodo_doc_free(doc);
    /* as Windows sets them itself */
    shodo_buf_clear(&b);
    add(&b, "registry", "boot_recovery", "2026-11-20T16:59:00Z", "{\"data\":{\"Element\":\"01\"}}");
    add(&b, "registry", "boot_status_policy", "2026-11-20T16:59:01Z",
        "{\"data\":{\"Element\":\"0000000000000000\"}}");
    doc = conclude(*state, &b, nothing, false);
    assert_int_equal(line(doc, "boot-recovery-off", ""), 0);
    shodo_doc_free(doc);
    shodo_buf_clear(&b);
    add(&b, "registry", "boot_safe_mode", "2026-11-20T16:59:00Z",
        "{\"data\":{\"Element\":\"0100000000000000\"}}");
    doc = conclude(*state, &b, nothing, false);
    assert_int_equal(line(doc, "boot-safe-mode", "safe mode"), 2);
    shodo_doc_free(doc);
    shodo_buf_done(&b);
}

static void defender_log(void **state) {
    struct shodo_buf b = SHODO_BUF_INIT;
    add(&b, "mft", "volume", NULL, "{\"files\":1000}");
    add(&b, "defender", "malware_found", "2026-11-20T16:00:00Z",
        "{\"threat\":\"HackTool:Win32/Mimikatz\",\"resource\":\"file:C:\\\\a.exe\",\"count\":2}");
    add(&b, "defender", "malware_found", "2026-11-20T15:00:00Z",
        "{\"threat\":\"PUA:Win32/Toolbar\",\"resource\":\"file:C:\\\\b.exe\",\"count\":1}");
    add(&b, "defender", "command_reported", "2026-11-20T16:01:00Z",
        "{\"CommandLine\":\"C:\\\\Windows\\\\System32\\\\vssadmin.exe(delete shadows /all)\",\"reported_as\":\"lowfi\"}");
    add(&b, "defender", "program_seen", "2026-11-20T16:02:00Z",
        "{\"image\":\"rclone.exe\",\"files\":310,\"samples\":[\"\\\\Device\\\\HarddiskVolume3\\\\Shares\\\\a.xlsx\"]}");
    add(&b, "defender", "program_seen", "2026-11-20T16:03:00Z",
        "{\"image\":\"mimikatz.exe\",\"files\":3}");
    add(&b, "defender", "program_seen", "2026-11-20T16:03:00Z",
        "{\"image\":\"winword.exe\",\"files\":3}");
    add(&b, "defender", "log", NULL,
        "{\"lines\":9,\"first\":\"2026-11-01T00:00:00Z\",\"last\":\"2026-11-20T17:00:00Z\"}");
    struct shodo_doc *doc = conclude(*state, &b, nothing, false);
    assert_int_equal(line(doc, "defender-detected-tool", "Mimikatz"), 2);
    assert_int_not_equal(line(doc, "defender-log-malware", "Toolbar"), 2);
    assert_int_equal(line(doc, "cmd-shadow-delete", "delete shadows /all"), 2);
    assert_int_equal(
        line(doc, "tool_ran", "rclone.exe (rclone), 310 or more files opened, such as \\Device"),
        1);
    assert_int_equal(line(doc, "tool_ran", "mimikatz.exe"), 2);
    assert_int_equal(line(doc, "tool_ran", "winword"), 0);
    assert_true(says(doc, "gaps", "MPLog"));
    assert_string_equal(verdict(doc, "hit"), "suspect");
    shodo_doc_free(doc);
    shodo_buf_done(&b);
}

static void wmi(void **state) {
    struct shodo_buf b = SHODO_BUF_INIT;
    add(&b, "mft", "volume", NULL, "{\"files\":1000}");
    add(&b, "wmi", "binding", "2019-12-07T09:00:00Z",
        "{\"consumer_type\":\"NTEventLogEventConsumer\",\"consumer\":\"SCM Event Log Consumer\",\"filter\":\"SCM Event Log Filter\"}");
    add(&b, "wmi", "binding", "2019-12-07T09:00:00Z",
        "{\"consumer_type\":\"CommandLineEventConsumer\",\"consumer\":\"BVTConsumer\",\"filter\":\"BVTFilter\",\"command\":[\"cscript KernCap.vbs\"]}");
    struct shodo_doc *doc = conclude(*state, &b, nothing, false);
    assert_int_equal(line(doc, "wmi-consumer", ""), 0);
    assert_string_equal(verdict(doc, "hit"), "nothing_found");
    shodo_doc_free(doc);
    add(&b, "wmi", "binding", "2026-11-20T16:31:17Z",
        "{\"consumer_type\":\"CommandLineEventConsumer\",\"consumer\":\"Updater\",\"filter\":\"UF\",\"command\":[\"powershell -w hidden\"]}");
    add(&b, "wmi", "binding", NULL,
        "{\"consumer_type\":\"ActiveScriptEventConsumer\",\"consumer\":\"Timeless\",\"filter\":\"TF\",\"command\":[\"Msgbox 1\"]}");
    add(&b, "wmi", "consumer", "2026-11-20T16:40:00Z",
        "{\"consumer_type\":\"CommandLineEventConsumer\",\"texts\":[\"cmd /c old\",\"Old\"]}");
    doc = conclude(*state, &b, nothing, false);
    assert_int_equal(line(doc, "wmi-consumer", "Updater: powershell -w hidden"), 2);
    assert_int_equal(line(doc, "wmi-consumer", "cmd /c old"), 1);
    assert_true(says(doc, "how_in", "Timeless: Msgbox 1"));
    shodo_doc_free(doc);
    shodo_buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(shadow_copies),
                                       cmocka_unit_test(boot_settings),
                                       cmocka_unit_test(defender_log), cmocka_unit_test(wmi)};
    return cmocka_run_group_tests(tests, load_detect, free_detect);
}
