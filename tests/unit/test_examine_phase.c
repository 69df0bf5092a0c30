/* SPDX-License-Identifier: Apache-2.0 */
/* Which entry is work in which profile and phase, and the reason when it is not. */
#include "unit.h"

#include "examine_lib.h"

static const struct {
    const char *path;
    enum shodo_phase quick, standard, full;
} rows[] = {
    {"/Users/a/Desktop/README_DECRYPT.txt", SHODO_PHASE_EARLY, SHODO_PHASE_EARLY,
     SHODO_PHASE_EARLY},
    {"/Data/How_To_Restore_Files.hta", SHODO_PHASE_EARLY, SHODO_PHASE_EARLY, SHODO_PHASE_EARLY},
    {"/Windows/System32/winevt/Logs/Security.evtx", SHODO_PHASE_EARLY, SHODO_PHASE_EARLY,
     SHODO_PHASE_EARLY},
    {"/Users/a/Downloads/sub/x.zip", SHODO_PHASE_RISKY, SHODO_PHASE_RISKY, SHODO_PHASE_RISKY},
    {"/Users/医事課/AppData/Local/Temp/x.jpg", SHODO_PHASE_RISKY, SHODO_PHASE_RISKY,
     SHODO_PHASE_RISKY},
    {"/ProgramData/x.dat", SHODO_PHASE_RISKY, SHODO_PHASE_RISKY, SHODO_PHASE_RISKY},
    {"/PerfLogs/a.exe", SHODO_PHASE_RISKY, SHODO_PHASE_RISKY, SHODO_PHASE_RISKY},
    {"/Windows/x.exe", SHODO_PHASE_RISKY, SHODO_PHASE_RISKY, SHODO_PHASE_RISKY},
    {"/Program Files/Vendor/a/b.dll", SHODO_PHASE_SKIP, SHODO_PHASE_REST, SHODO_PHASE_REST},
    {"/Shares/doc/letter.docx", SHODO_PHASE_SKIP, SHODO_PHASE_REST, SHODO_PHASE_REST},
    {"/Shares/doc/letter.docx.qilin", SHODO_PHASE_SKIP, SHODO_PHASE_REST, SHODO_PHASE_REST},
    {"/Shares/doc/noextension", SHODO_PHASE_SKIP, SHODO_PHASE_REST, SHODO_PHASE_REST},
    {"/Shares/pictures/a/photo.jpg", SHODO_PHASE_SKIP, SHODO_PHASE_SKIP, SHODO_PHASE_REST},
    {"/Shares/old/archive.7z", SHODO_PHASE_SKIP, SHODO_PHASE_SKIP, SHODO_PHASE_REST},
};

static const char definition[] =
    "name: Logs\ndoc: Event logs.\nsources:\n- type: FILE\n  attributes: {paths: "
    "['%%environ_systemroot%%\\System32\\winevt\\Logs\\*.evtx', '\\$MFT'], separator: '\\'}\n";

static void open_profile(struct exam_run *r, enum shodo_profile profile) {
    struct shodo_rule_text t = rule_text("t.yaml", definition);
    const char *const names[] = {"Logs"};
    struct shodo_plan_options o = {.profile = profile,
                                   .artifacts = &t,
                                   .artifacts_count = 1,
                                   .artifact_names = names,
                                   .artifact_names_count = 1,
                                   .endpoint = "0123456789ab"};
    run_open(r, &o);
}

static void test_profiles(void **state) {
    (void)state;
    for (enum shodo_profile profile = SHODO_PROFILE_QUICK; profile <= SHODO_PROFILE_FULL;
         profile++) {
        struct exam_run r;
        open_profile(&r, profile);
        for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
            enum shodo_phase want = profile == SHODO_PROFILE_QUICK      ? rows[i].quick
                                    : profile == SHODO_PROFILE_STANDARD ? rows[i].standard
                                                                        : rows[i].full;
            struct shodo_stream s = {.name = "", .size_bytes = 1000};
            struct shodo_entry e = entry_of(rows[i].path);
            const char *reason = "unset";
            e.streams = &s;
            e.streams_count = 1;
            enum shodo_phase got = shodo_plan_phase(r.plan, &e, &reason);
            if (got != want)
                fail_msg("'%s' in profile %d: phase %d", rows[i].path, (int)profile, (int)got);
            if (got == SHODO_PHASE_SKIP)
                assert_non_null(
                    strstr(reason, profile == SHODO_PROFILE_QUICK ? "'quick'" : "'standard'"));
            else
                assert_null(reason);
        }
        run_close(&r);
    }
}

static const struct {
    const char *path;
    enum shodo_entry_kind kind;
    uint32_t flags, stream_flags;
    enum shodo_phase phase;
    const char *reason; /* part of it; NULL: none */
} special[] = {
    {"/a/b", SHODO_ENTRY_DIR, 0, 0, SHODO_PHASE_SKIP, NULL},
    {"/a/b", SHODO_ENTRY_LINK, 0, 0, SHODO_PHASE_SKIP, NULL},
    {"/a/b.exe", SHODO_ENTRY_FILE, SHODO_ENTRY_DELETED, 0, SHODO_PHASE_SKIP, "deleted"},
    {"/a/b.exe", SHODO_ENTRY_FILE, SHODO_ENTRY_OFFLINE, 0, SHODO_PHASE_SKIP, "cloud placeholder"},
    {"/a/b.exe", SHODO_ENTRY_FILE, 0, SHODO_STREAM_ENCRYPTED, SHODO_PHASE_SKIP, "EFS"},
    {"/$LogFile", SHODO_ENTRY_FILE, SHODO_ENTRY_SYSTEM, 0, SHODO_PHASE_SKIP, "metadata"},
    {"/$MFT", SHODO_ENTRY_FILE, SHODO_ENTRY_SYSTEM, 0, SHODO_PHASE_EARLY, NULL},
    {"/Windows/System32/winevt/Logs/a.evtx", SHODO_ENTRY_FILE, SHODO_ENTRY_DELETED, 0,
     SHODO_PHASE_SKIP, "deleted"},
    {"/a/b.exe", SHODO_ENTRY_FILE, 0, 0, SHODO_PHASE_REST, NULL},
};

static void test_special(void **state) {
    (void)state;
    struct exam_run r;
    open_profile(&r, SHODO_PROFILE_FULL);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(special); i++) {
        struct shodo_stream s = {.name = "", .size_bytes = 1000, .flags = special[i].stream_flags};
        struct shodo_entry e = entry_of(special[i].path);
        const char *reason = NULL;
        e.kind = special[i].kind;
        e.flags = special[i].flags;
        e.streams = &s;
        e.streams_count = e.kind == SHODO_ENTRY_FILE;
        enum shodo_phase got = shodo_plan_phase(r.plan, &e, &reason);
        if (got != special[i].phase || !reason != !special[i].reason ||
            (reason && !strstr(reason, special[i].reason)))
            fail_msg("row %zu: phase %d, '%s'", i, (int)got, reason ? reason : "");
    }
    /* a stream on a directory is something to look at */
    struct shodo_stream hidden = {.name = "x.exe", .name_len = 5, .size_bytes = 1000};
    struct shodo_entry e = entry_of("/a/b");
    e.kind = SHODO_ENTRY_DIR;
    e.streams = &hidden;
    e.streams_count = 1;
    assert_int_equal(shodo_plan_phase(r.plan, &e, NULL), SHODO_PHASE_REST);
    run_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_profiles),
                                       cmocka_unit_test(test_special)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
