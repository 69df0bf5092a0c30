/* SPDX-License-Identifier: Apache-2.0 */
/* The Defender log and the WMI repository. All samples are made here. */
#include "test_reader_lib.h"

#include "base/limits.h"
#include "base/text.h"

static const char mplog[] =
    "Microsoft Antimalware (RTP) Log\r\n"
    "2026-11-20T17:55:02.101Z ProcessImageName: rclone.exe, Pid: 7836, TotalTime: 6070, Count: 24, MaxTime: 828, "
    "MaxTimeFile: \\Device\\HarddiskVolume3\\Shares\\a, b.xlsx, EstimatedImpact: 91%\r\n"
    "2026-11-20T18:10:00.000 ProcessImageName: rclone.exe, Pid: 7836, TotalTime: 70, Count: 310, MaxTime: 8, "
    "MaxTimeFile: \\Device\\HarddiskVolume3\\Shares\\c.pdf->(UTF-8), EstimatedImpact: 1%\r\n"
    "2026-11-20T18:00:00.000Z SDN:Issuing SDN query for \\\\?\\C:\\Users\\Public\\kk.exe (\\\\?\\C:\\Users\\Public\\kk.exe) "
    "(sha1=343051cc1b3f33201d076478ea9badc700000001, "
    "sha2=c6f8a7b1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f801)\r\n"
    "2026-11-20T18:00:00.500Z DETECTION_ADD#1 HackTool:Win32/Example!MSR file:C:\\Users\\Public\\kk.exe PropBag [length: 0, data: (null)]\r\n"
    "2026-11-20T18:00:01.000Z DETECTIONEVENT MPSOURCE_REALTIME HackTool:Win32/Example!MSR file:C:\\Users\\Public\\kk.exe;\r\n"
    "2026-11-20T18:00:09.000Z DETECTION_CLEANEVENT MPSOURCE_REALTIME MP_THREAT_ACTION_QUARANTINE 0x80508033 "
    "HackTool:Win32/Example!MSR file:C:\\Users\\Public\\kk.exe;\r\n"
    "2026-11-20T18:00:02.000Z [RTP] [Mini-filter] Blocked file(#74): \\Device\\HarddiskVolume3\\Users\\Public\\kk.exe. Process: "
    "\\Device\\HarddiskVolume3\\Windows\\explorer.exe, Status: 0x0, State: 0\r\n"
    "2026-11-20T18:01:00.000Z Engine:command line reported as lowfi: C:\\Windows\\System32\\vssadmin.exe(delete shadows /all)\r\n"
    "2026-11-20T18:02:00.000Z [Exclusion] C:\\Users\\Public -> \\Device\\HarddiskVolume3\\Users\\Public\r\n"
    "2026-11-20T18:03:00.000Z DETECTIONEVENT\r\n2026-11-20T18:03:00.000Z DETECTION_ADD\r\n";

static const char
    mplog_path[] = "/ProgramData/Microsoft/Windows Defender/Support/MPLog-20261101-090000.log";

static void check_mplog(struct kept *k) {
    assert_int_equal(k->problems, 0);
    assert_int_equal(k->facts, 8);
    assert_true(HAS(k, "program_seen 2026-11-20T17:55:02Z [line 2]", "\"image\":\"rclone.exe\"",
                    "\"files\":310", "\"count\":2", "Shares\\\\a, b.xlsx", "c.pdf->(UTF-8)",
                    "\"last\":\"2026-11-20T18:10:00"));
    assert_true(HAS(k, "malware_found 2026-11-20T18:00:00Z",
                    "\"threat\":\"HackTool:Win32/Example!MSR\"",
                    "\"resource\":\"file:C:\\\\Users\\\\Public\\\\kk.exe\"", "\"count\":2"));
    assert_true(HAS(k, "malware_action 2026-11-20T18:00:09Z", "HackTool:Win32/Example!MSR"));
    assert_true(HAS(k, "file_asked", "\"sha1\":\"343051cc1b3f33201d076478ea9badc700000001\"",
                    "\"sha256\":\"c6f8a7b1"));
    assert_true(HAS(k, "file_blocked",
                    "\"process\":\"\\\\Device\\\\HarddiskVolume3\\\\Windows\\\\explorer.exe\"",
                    "\"file\":\"\\\\Device\\\\HarddiskVolume3\\\\Users\\\\Public\\\\kk.exe\""));
    assert_true(HAS(k, "command_reported", "vssadmin.exe(delete shadows /all)",
                    "\"reported_as\":\"lowfi\""));
    assert_true(HAS(k, "exclusion", "\"path\":\"C:\\\\Users\\\\Public\""));
    assert_true(
        HAS(k, "log -", "\"first\":\"2026-11-20T17:55:02", "\"last\":\"2026-11-20T18:10:00"));
}

static void test_defender(void **state) {
    (void)state;
    struct kept k;
    run_reader(&k, &shodo_reader_defender, mplog_path, mplog, sizeof mplog - 1, NULL, 0);
    check_mplog(&k);
    shodo_buf_done(&k.text);
    shodo_auto(shodo_buf) struct shodo_buf wide = SHODO_BUF_INIT;
    shodo_buf_add(&wide, "\xff\xfe", 2);
    assert_true(shodo_text_encode(&wide, SHODO_UTF16LE, mplog, sizeof mplog - 1, NULL));
    run_reader(&k, &shodo_reader_defender, mplog_path, wide.data, wide.len, NULL, 0);
    check_mplog(&k);
    shodo_buf_done(&k.text);
}

static void test_defender_damage(void **state) {
    (void)state;
    struct kept k;
    static const char other[] = "no time here\nnor here\n";
    run_reader(&k, &shodo_reader_defender, mplog_path, other, sizeof other - 1, NULL, 0);
    assert_true(HAS(&k, "! damaged", "none of its 2 lines"));
    shodo_buf_done(&k.text);
    shodo_auto(shodo_buf) struct shodo_buf many = SHODO_BUF_INIT;
    for (unsigned i = 0; i <= SHODO_LIMIT_DEFENDER_ROWS; i++)
        shodo_buf_addf(&many, "2026-11-20T18:02:00.000Z ProcessImageName: p%u.exe, Pid: 1\n", i);
    run_reader(&k, &shodo_reader_defender, mplog_path, many.data, many.len, NULL, 0);
    assert_int_equal(k.facts, SHODO_LIMIT_DEFENDER_ROWS + 1);
    assert_true(HAS(&k, "! too_large", "different lines"));
    shodo_buf_done(&k.text);
}

/* ---- WMI ---- */

static void add_wide(struct shodo_buf *b, const char *s) {
    for (; *s; s++) {
        shodo_buf_addc(b, *s);
        shodo_buf_addc(b, 0);
    }
}

/* The head of a record: hash of the class in UTF-16, two times, then what we do not read. */
static void add_head(struct shodo_buf *b, const char *time) {
    int64_t t = SHODO_TIME_NONE;
    assert_true(shodo_time_parse(time, strlen(time), &t));
    add_wide(b, "0A4C1F6B9E8D7C5B3A2918070F1E2D3C4B5A69788796A5B4C3D2E1F001234567");
    for (unsigned i = 0; i < 2; i++) {
        uint64_t f = shodo_time_to_filetime(t);
        for (unsigned k = 0; k < 8; k++)
            shodo_buf_addc(b, (char)(f >> (8 * k)));
    }
    shodo_buf_add(b, "\x81\x02\x00\x00\x1f\x00\x00\x00\x00\x0f\x55\x02", 12);
}

static void add_texts(struct shodo_buf *b, const char *const *texts) {
    for (; *texts; texts++) {
        shodo_buf_addc(b, 0);
        shodo_buf_add(b, *texts, strlen(*texts) + 1);
    }
}

static void add_repository(struct shodo_buf *b) {
    /* the definition of the class, as in every repository */
    add_head(b, "2019-12-07T09:00:00Z");
    add_texts(b, (const char *const[]){"CommandLineEventConsumer", "CommandLineTemplate",
                                       "Template", "string", NULL});
    add_head(b, "2019-12-07T09:00:00Z");
    add_texts(b, (const char *const[]){"__FilterToConsumerBinding",
                                       "NTEventLogEventConsumer.Name=\"SCM Event Log Consumer\"",
                                       "__EventFilter.Name=\"SCM Event Log Filter\"", NULL});
    add_head(b, "2026-11-20T16:31:15Z");
    add_texts(b, (const char *const[]){
                     "CommandLineEventConsumer",
                     "cmd.exe /c powershell -w hidden -f c:\\users\\public\\u.ps1", NULL});
    shodo_buf_add(b, "\x1c\x00\x00\x00\x01\x05\x00\x00\x00\x00\x00\x05\x15\x00\x00\x00",
                  16); /* SID */
    add_texts(b, (const char *const[]){"Updater", NULL});
    add_head(b, "2026-11-20T16:31:16Z");
    add_texts(b, (const char *const[]){"__EventFilter", "root\\cimv2", "UpdaterFilter",
                                       "SELECT * FROM __InstanceModificationEvent WITHIN 60", "WQL",
                                       NULL});
    add_head(b, "2026-11-20T16:31:17Z");
    add_texts(b, (const char *const[]){"__FilterToConsumerBinding",
                                       "CommandLineEventConsumer.Name=\"Updater\"",
                                       "__EventFilter.Name=\"UpdaterFilter\"", NULL});
    add_head(b, "2026-11-20T16:40:00Z");
    add_texts(b, (const char *const[]){"ActiveScriptEventConsumer", NULL});
    shodo_buf_addc(b, 1);
    add_wide(b, "Msgbox 1, unbound");
    shodo_buf_add(b, "\0\0", 2);
    add_texts(b, (const char *const[]){"Lonely", "VBScript", NULL});
    shodo_buf_add(b, "\0\0\0\0\0\0\0\0", 8);
}

static const char wmi_path[] = "/Windows/System32/wbem/Repository/OBJECTS.DATA";

static void check_wmi(struct kept *k) {
    assert_int_equal(k->problems, 0);
    assert_int_equal(k->facts, 3);
    assert_true(HAS(k, "binding 2019-12-07T09:00:00Z", "\"consumer\":\"SCM Event Log Consumer\"",
                    "\"filter\":\"SCM Event Log Filter\""));
    assert_true(
        HAS(k, "binding 2026-11-20T16:31:17Z", "\"consumer_type\":\"CommandLineEventConsumer\"",
            "\"consumer\":\"Updater\"", "\"filter\":\"UpdaterFilter\"",
            "\"query\":\"SELECT * FROM __InstanceModificationEvent WITHIN 60\"",
            "\"command\":[\"cmd.exe /c powershell -w hidden -f c:\\\\users\\\\public\\\\u.ps1\"]"));
    assert_true(HAS(k, "consumer 2026-11-20T16:40:00Z", "ActiveScriptEventConsumer",
                    "\"texts\":[\"Msgbox 1, unbound\",\"Lonely\",\"VBScript\"]"));
}

/* At every place across the end of the reader's window the same is found. */
static void test_wmi(void **state) {
    (void)state;
    shodo_auto(shodo_buf) struct shodo_buf repository = SHODO_BUF_INIT, file = SHODO_BUF_INIT;
    struct kept k;
    add_repository(&repository);
    run_reader(&k, &shodo_reader_wmi, wmi_path, repository.data, repository.len, NULL, 0);
    check_wmi(&k);
    shodo_buf_done(&k.text);
    size_t window = (1u << 20) + SHODO_LIMIT_WMI_OBJECT_BYTES + 2048;
    for (size_t back = 0; back <= repository.len + 4096; back += 509)
        for (size_t edge = 0; edge < 2; edge++) {
            size_t before = (edge ? window : (size_t)1 << 20) - back;
            shodo_buf_clear(&file);
            assert_true(shodo_buf_reserve(&file, before + repository.len + 100000));
            memset(file.data, 0xee, before + repository.len + 100000);
            memcpy(file.data + before, repository.data, repository.len);
            file.len = before + repository.len + 100000;
            run_reader(&k, &shodo_reader_wmi, wmi_path, file.data, file.len, NULL, 0);
            check_wmi(&k);
            shodo_buf_done(&k.text);
        }
}

/* Cut at every byte: no more than the whole has, and nothing invented. */
static void test_wmi_damage(void **state) {
    (void)state;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct kept k;
    add_repository(&b);
    for (size_t n = 0; n < b.len; n += 3) {
        uint8_t *copy = malloc(n ? n : 1);
        assert_non_null(copy);
        memcpy(copy, b.data, n);
        run_reader(&k, &shodo_reader_wmi, wmi_path, copy, n, NULL, 0);
        assert_true(k.facts <= 3);
        shodo_buf_done(&k.text);
        free(copy);
    }
    shodo_buf_clear(&b);
    for (unsigned i = 0; i <= SHODO_LIMIT_WMI_ROWS; i++) {
        char consumer[64], filter[64];
        snprintf(consumer, sizeof consumer, "LogFileEventConsumer.Name=\"c%u\"", i);
        snprintf(filter, sizeof filter, "__EventFilter.Name=\"f%u\"", i);
        add_texts(&b, (const char *const[]){consumer, filter, NULL});
    }
    run_reader(&k, &shodo_reader_wmi, wmi_path, b.data, b.len, NULL, 0);
    assert_int_equal(k.facts, SHODO_LIMIT_WMI_ROWS);
    assert_true(HAS(&k, "! too_large", "more than 512 objects"));
    shodo_buf_done(&k.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defender), cmocka_unit_test(test_defender_damage),
        cmocka_unit_test(test_wmi), cmocka_unit_test(test_wmi_damage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
