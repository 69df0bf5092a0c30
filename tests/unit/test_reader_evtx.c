/* SPDX-License-Identifier: Apache-2.0 */
/* Event logs: record counts of ordinary and damaged files, what the attack samples must give,
 * floods added up. */
#include "test_reader_lib.h"

#include "examine/readers/evtx.h"

static bool run_log(struct kept *k, const char *name, size_t cut) {
    char path[4096];
    size_t n = 0;
    snprintf(path, sizeof path, TESTDATA "evtx/%s", name);
    uint8_t *p = file_bytes(path, &n);
    if (!p) {
        print_message("no '%s': skipped\n", path);
        return false;
    }
    run_reader(k, &shodo_reader_evtx, "/Windows/System32/winevt/Logs/Security.evtx", p,
               cut && cut < n ? cut : n, NULL, 0);
    free(p);
    return true;
}

/* Numbers of records: of the ordinary logs, all that their headers announce; of the damaged ones,
 * what is left. */
static void test_counts(void **state) {
    (void)state;
    static const struct {
        const char *name, *records, *also;
        size_t problems;
    } logs[] = {
        {"security.evtx", "\"records\":2261,", "\"missing_records\":0", 0},
        {"system.evtx", "\"records\":1881,", "\"missing_records\":0", 0},
        {"new-user-security.evtx", "\"records\":4,", "\"missing_records\":0", 0},
        {"Application_no_crc32.evtx", "\"records\":17,", "\"partial\":0", 0},
        {"sample_with_a_bad_chunk_magic.evtx", "\"records\":270,", "\"partial\":0", 2},
        {"2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager_4Operational.evtx",
         "\"records\":1914,", "\"recovered\":139", 1},
    };
    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
        struct kept k;
        if (!run_log(&k, logs[i].name, 0))
            skip();
        if (!HAS(&k, "event_log ", logs[i].records, logs[i].also) || k.problems != logs[i].problems)
            fail_msg("%s: %s", logs[i].name, strstr(shodo_buf_cstr(&k.text), "event_log"));
        shodo_buf_done(&k.text);
    }
}

/* What a person must be told of each sample: kind, time, and the part that names who, what or
 * where. */
static const struct {
    const char *file, *kind_time, *part, *other;
} attacks[] = {
    {"CA_Mimikatz_Memssp_Default_Logs_Sysmon_11", "sysmon_file 2020-09-11T12:10:22Z", "mimilsa.log",
     "lsass.exe"},
    {"DACL_DCSync_Right_Powerview__Add-DomainObjectAcl", "directory_changed 2",
     "nTSecurityDescriptor", "domainDNS"},
    {"DE_1102_security_log_cleared", "log_cleared 2019-03-19T23:35:07Z",
     "\"SubjectUserName\":\"user01\"", "EXAMPLE"},
    {"DE_RDP_Tunneling_4624", "logon 2019-02-13T15:26:53Z", "\"LogonType\":\"10\"",
     "\"IpAddress\":\"127.0.0.1\""},
    {"DE_remote_eventlog_svc_crash_byt3bl33d3r_sysmon_17_1_3", "sysmon_pipe 2", "\\\\eventlog",
     "System"},
    {"DE_timestomp_and_dll_sideloading_and_RunPersist", "sysmon_file_time 2", "TargetFilename",
     "PreviousCreationUtcTime"},
    {"Discovery_Remote_System_NamedPipes_Sysmon_18", "sysmon_pipe 2", "\\\\srvsvc", "System"},
    {"ImpersonateUser-via_local_Pass_The_Hash_Sysmon_and_Security", "share_file_accessed 2",
     "\"RelativeTargetName\":\"samir\"", "\"IpAddress\":\"127.0.0.1\""},
    {"LM_Remote_Service02_7045", "service_installed 2019-03-03T09:20:28Z",
     "\"ServiceName\":\"spoolfool\"", "\"ImagePath\":\"cmd.exe\""},
    {"LM_sysmon_1_12_13_3_tsclient_SharpRdp", "sysmon_process 2", "tsclient", ""},
    {"LM_wmi_PoisonHandler_Mr-Un1k0d3r_sysmon_1_13", "sysmon_registry 2", "wmiprvse.exe",
     "shell\\\\open\\\\command"},
    {"LsassSilentProcessExit_process_exit_monitor_3001_lsass",
     "process_exit_monitor 2021-06-09T04:58:49Z", "lsass.exe", "LsassSilentProcessExit.exe"},
    {"NTLM2SelfRelay-med0x2e-security_4624_4688", "logon 2022-05-01T04:41:37Z",
     "\"LogonType\":\"3\"", "Administrator"},
    {"Sysmon_UACME_22", "sysmon_process 2", "consent.exe", ""},
    {"Sysmon_UACME_39", "sysmon_module 2", "ImageLoaded", "Image"},
    {"Sysmon_uacme_58", "sysmon_registry 2", "TargetObject", "Environment"},
    {"Win_4985_T1186_Process_Doppelganging", "file_transaction 2019-08-14T14:06:44Z",
     "proc_doppel64.exe", "IEUser"},
    {"discovery_sysmon_1_iis_pwd_and_config_discovery_appcmd", "sysmon_process 2", "appcmd",
     "/text:"},
    {"discovery_sysmon_3_Invoke_UserHunter_SourceMachine", "sysmon_network 2", "powershell.exe",
     "\"DestinationPort\":\"389\""},
    {"evasion_codeinj_odzhan_spoolsv_sysmon_10_1", "sysmon_process_access 2", "spoolsv.exe",
     "0x1fffff"},
    {"exec_sysmon_1_11_lolbin_rundll32_openurl_FileProtocolHandler", "sysmon_process 2",
     "FileProtocolHandler", "rundll32"},
    {"exec_sysmon_lobin_regsvr32_sct", "sysmon_process 2019-05-12T18:35:05Z", "pastebin.com",
     "scrobj.dll"},
    {"net_share_drive_5142", "share_created 2019-03-17T19:30:30Z", "c:\\\\windows\\\\system32",
     "PRINT"},
    {"persistence_SilentProcessExit_ImageHijack_sysmon_13_1", "sysmon_registry 2",
     "SilentProcessExit", "MonitorProcess"},
    {"privesc_seimpersonate_tosys_spoolsv_sysmon_17_18", "sysmon_pipe 2", "pipe\\\\spoolss", ""},
    {"sysmon_10_11_outlfank_dumpert_and_andrewspecial_memdump", "sysmon_process_access 2",
     "lsass.exe", "Outflank-Dumpert.exe"},
    {"sysmon_11_1_7_uacbypass_cliconfg", "sysmon_file 2", "NTWDBLIB", ""},
    {"sysmon_1_7_11_migwiz", "sysmon_process 2", "migwiz", ""},
    {"sysmon_1_smss_child_proc_bootexecute_setupexecute", "sysmon_process 2020-09-10T17:48:47Z",
     "smss.exe", "cmd.exe"},
    {"sysmon_exec_from_vss_persistence", "sysmon_process 2", "HarddiskVolumeShadowCopy", ""},
    {"wmi_remote_registry_sysmon", "sysmon_registry 2", "wmiprvse.exe",
     "CurrentVersion\\\\Run\\\\wmipers"},
};

static void test_attacks(void **state) {
    (void)state;
    size_t good = 0, all = sizeof attacks / sizeof attacks[0];
    for (size_t i = 0; i < all; i++) {
        struct kept k;
        char name[256];
        snprintf(name, sizeof name, "attack/%s.evtx", attacks[i].file);
        if (!run_log(&k, name, 0))
            skip();
        bool is_good = HAS(&k, attacks[i].kind_time, attacks[i].part, attacks[i].other);
        if (!is_good)
            print_message("not covered: %s\n", attacks[i].file);
        good += is_good;
        shodo_buf_done(&k.text);
    }
    print_message("%zu of %zu samples give what they must\n", good, all);
    assert_int_equal(good, all);
}

/* A log cut anywhere keeps its whole records before the cut. */
static void test_cut(void **state) {
    (void)state;
    static const size_t cuts[] = {
        0x1000 + 512, 0x1000 + 5000, 0x1000 + 65536, 0x1000 + 65536 * 3 + 777, 12345, 100, 1};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct kept k;
        if (!run_log(&k, "security.evtx", cuts[i]))
            skip();
        assert_true(HAS(&k, "event_log "));
        assert_true(cuts[i] < 0x1000 + 65536 || !HAS(&k, "event_log ", "\"records\":0,"));
        shodo_buf_done(&k.text);
    }
}

/* 4,000 equal events inside two minutes are at most three facts with the right sum. */
static void test_flood(void **state) {
    (void)state;
    size_t n = 0;
    uint8_t *p = file_bytes(TESTDATA "evtx/security.evtx", &n);
    if (!p)
        skip();
    size_t chunks = 40, len = SHODO_EVTX_HEAD_BYTES + chunks * SHODO_EVTX_CHUNK_BYTES;
    uint8_t *flood = malloc(len);
    assert_non_null(flood);
    memcpy(flood, p, SHODO_EVTX_HEAD_BYTES + SHODO_EVTX_CHUNK_BYTES);
    for (size_t i = 1; i < chunks; i++)
        memcpy(flood + SHODO_EVTX_HEAD_BYTES + i * SHODO_EVTX_CHUNK_BYTES,
               p + SHODO_EVTX_HEAD_BYTES, SHODO_EVTX_CHUNK_BYTES);
    struct kept one, many;
    run_reader(&one, &shodo_reader_evtx, "/Windows/System32/winevt/Logs/Security.evtx", flood,
               SHODO_EVTX_HEAD_BYTES + SHODO_EVTX_CHUNK_BYTES, NULL, 0);
    run_reader(&many, &shodo_reader_evtx, "/Windows/System32/winevt/Logs/Security.evtx", flood, len,
               NULL, 0);
    size_t grouped = 0;
    for (const char *s = shodo_buf_cstr(&many.text); (s = strstr(s, "\nlogon ")) != NULL; s++)
        grouped++;
    size_t single = 0;
    for (const char *s = shodo_buf_cstr(&one.text); (s = strstr(s, "\nlogon ")) != NULL; s++)
        single++;
    assert_int_equal(grouped, single);
    shodo_buf_done(&one.text);
    shodo_buf_done(&many.text);
    free(flood);
    free(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_attacks),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_flood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
