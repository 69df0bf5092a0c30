/* SPDX-License-Identifier: Apache-2.0 */
/* Text logs and which paths belong to which reader. */
#include "test_reader_lib.h"

#include "base/text.h"

static void run_text(struct kept *k, const char *path, const char *text) {
    run_reader(k, &shodo_reader_text, path, text, strlen(text), NULL, 0);
}

static void test_logs(void **state) {
    (void)state;
    struct kept k;
    run_text(&k, "/ProgramData/AnyDesk/connection_trace.txt",
             "Incoming    2026-11-12, 10:02    Passwd    412345678    412345678\r\nnonsense\r\n");
    assert_int_equal(k.facts, 1);
    assert_true(HAS(&k, "remote_session -", "\"local_time\":\"2026-11-12, 10:02\"",
                    "\"peer\":\"412345678\"", "Passwd"));
    shodo_buf_done(&k.text);
    run_text(
        &k, "/ProgramData/AnyDesk/ad_svc.trace",
        "   info 2026-11-12 01:02:11.204       lsvc   2310   2400      anynet.any_socket - Logged in from 192.0.2.200:52010 on relay 1.\r\n");
    assert_true(
        HAS(&k, "remote_session 2026-11-12T01:02:11Z", "\"peer_address\":\"192.0.2.200:52010\""));
    shodo_buf_done(&k.text);
    run_text(&k, "/ProgramData/AnyDesk/service.conf",
             "ad.anynet.pwd_hash=c0ffee\nad.anynet.pwd_salt=5a17\nad.anynet.id=599000107\n");
    assert_true(HAS(&k, "remote_tool_settings", "\"unattended_password\":true"));
    assert_null(strstr(shodo_buf_cstr(&k.text), "c0ffee")); /* never the secret itself */
    assert_null(strstr(shodo_buf_cstr(&k.text), "5a17"));
    shodo_buf_done(&k.text);
    run_text(
        &k, "/Program Files (x86)/TeamViewer/Connections_incoming.txt",
        "912345678\tKEIRI-PC\t12-11-2026 01:02:03\t12-11-2026 01:40:00\tijika\tRemoteControl\t{x}\n");
    assert_true(HAS(&k, "remote_session 2026-11-12T01:02:03Z", "\"peer\":\"912345678\"",
                    "\"end\":\"2026-11-12T01:40:00"));
    shodo_buf_done(&k.text);
    run_text(
        &k, "/ProgramData/Microsoft/Network/Connections/Pbk/rasphone.pbk",
        "[A VPN]\r\nMEDIA=rastapi\r\nDevice=WAN Miniport (SSTP)\r\nPhoneNumber=vpn.example\r\n[Empty]\r\nMEDIA=x\r\n");
    assert_int_equal(k.facts, 1);
    assert_true(HAS(&k, "vpn_entry", "\"name\":\"A VPN\"", "\"server\":\"vpn.example\"", "SSTP"));
    shodo_buf_done(&k.text);
    run_text(
        &k, "/Windows/System32/Tasks/Folder/x",
        "<?xml?><Task><Principal><UserId>S-1-5-18</UserId></Principal><Exec><Command>c:\\x.exe</Command></Exec></Task>");
    assert_true(HAS(&k, "task_file", "\"program\":\"c:\\\\x.exe\"", "\"user\":\"S-1-5-18\""));
    shodo_buf_done(&k.text);
    run_text(&k, "/Windows/System32/drivers/etc/hosts", "# comment\n192.0.2.50 FS-SV01 # server\n");
    assert_int_equal(k.facts, 1);
    assert_true(HAS(&k, "hosts_entry", "\"address\":\"192.0.2.50\"", "\"names\":\"FS-SV01\""));
    shodo_buf_done(&k.text);
}

static void test_encodings(void **state) {
    (void)state;
    static const char entry[] = "[架空病院VPN]\r\nPhoneNumber=vpn.example\r\n";
    static const enum shodo_encoding encodings[] = {SHODO_UTF8, SHODO_UTF16LE, SHODO_CP932};
    for (size_t i = 0; i < 3; i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        struct kept k;
        if (encodings[i] == SHODO_UTF16LE)
            shodo_buf_add(&b, "\xff\xfe", 2);
        assert_true(shodo_text_encode(&b, encodings[i], entry, strlen(entry), NULL));
        run_reader(&k, &shodo_reader_text,
                   "/Users/a/AppData/Roaming/Microsoft/Network/Connections/Pbk/x.pbk", b.data,
                   b.len, NULL, 0);
        assert_true(HAS(&k, "\"name\":\"架空病院VPN\""));
        shodo_buf_done(&k.text);
    }
}

static void test_paths(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *path;
        bool fits;
    } cases[] = {
        {"/Windows/System32/config/SYSTEM", "/WINDOWS/system32/Config/system", true},
        {"/Windows/System32/config/SYSTEM", "/Windows/System32/config/SYSTEM.LOG1", false},
        {"/Users/*/NTUSER.DAT", "/Users/医事課/ntuser.dat", true},
        {"/Users/*/NTUSER.DAT", "/Users/a/b/NTUSER.DAT", false},
        {"/Users/*/NTUSER.DAT", "/Users/NTUSER.DAT", false},
        {"/a/*.evtx", "/a/.evtx.evtx", true},
        {"/a/*.evtx", "/a/b.evtx/c", false},
        {"/a/*x*y", "/a/xxay", true},
        {"/a/*x*y", "/a/xxa", false},
        {"**/x", "/deep/er/x", true},
        {"*", "", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (shodo_reader_fits(cases[i].pattern, cases[i].path, strlen(cases[i].path)) !=
            cases[i].fits)
            fail_msg("'%s' '%s'", cases[i].pattern, cases[i].path);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_logs),
                                       cmocka_unit_test(test_encodings),
                                       cmocka_unit_test(test_paths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
