/* SPDX-License-Identifier: Apache-2.0 */
/* Artifact definitions: globs, variables, streams, groups, labels, refused files, real files,
 * speed. */
#include "unit.h"

#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "examine/artifact.h"
#include "examine/glob.h"
#include "examine_lib.h"

static const struct {
    const char *pattern, *path;
    bool fits;
} globs[] = {
    {"/Windows/System32/config/SAM", "/windows/SYSTEM32/Config/sam", true},
    {"/Windows/System32/config/SAM", "/Windows/System32/config/SAM2", false},
    {"/Windows/System32/config/SAM", "/Windows/System32/config", false},
    {"/Users/*/NTUSER.DAT", "/Users/医事課/ntuser.dat", true},
    {"/Users/*/NTUSER.DAT", "/Users/a/b/ntuser.dat", false},
    {"/Users/*/NTUSER.DAT", "/Users/NTUSER.DAT", false},
    {"/a/*.txt", "/a/.txt", true},
    {"/a/*.txt", "/a/b.txt.exe", false},
    {"/a/?b",
     "/a/\xe5\x8c\xbb"
     "b",
     true}, /* one character, three bytes */
    {"/a/?b", "/a/b", false},
    {"/a/x[0-9]", "/a/x5", true},
    {"/a/x[0-9]", "/a/xa", false},
    {"/a/x[!0-9]", "/a/xa", true},
    {"/a/x[^0-9]", "/a/x1", false},
    {"/a/MAPPING[1-3].MAP", "/a/mapping2.map", true},
    {"/a/MAPPING[1-3].MAP", "/a/mapping4.map", false},
    {"/a/x[]]", "/a/x]", true},
    {"/a/[b", "/a/[b", true}, /* no closing bracket: literal */
    {"/a/*a*b*c", "/a/xxaxxbxxc", true},
    {"/a/*a*b*c", "/a/xxaxxcxxb", false},
    {"/a/**", "/a", false},
    {"/a/**", "/a/1", true},
    {"/a/**", "/a/1/2/3/4/5/6/7/8/9/10", true},
    {"/a/**", "/a/1/2/3/4/5/6/7/8/9/10/11", false},
    {"/a/**2", "/a/1/2", true},
    {"/a/**2", "/a/1/2/3", false},
    {"/a/**99", "/a/1/2/3/4/5/6/7/8/9/10", true},
    {"/a/**0", "/a/1/2/3", true},
    {"/a/**/x.log", "/a/x.log", false},
    {"/a/**/x.log", "/a/b/c/x.log", true},
    {"/a/**/b/**/c", "/a/1/b/2/3/c", true},
    {"/a/**/b/**/c", "/a/b/2/3/c", false},
    {"/a/b**c", "/a/bxxc", true},                 /* inside a segment: two stars */
    {"/\xef\xbc\xa1/x", "/\xef\xbd\x81/X", true}, /* full-width letters fold too */
    {"/a/%4Operational.evtx", "/a/%4operational.EVTX", true},
};

static void on_hit(void *ctx, uint32_t id) {
    ((unsigned *)ctx)[id]++;
}

static void test_globs(void **state) {
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(globs); i++) {
        unsigned hits[1] = {0};
        struct shodo_globset *g = shodo_globset_new();
        assert_non_null(g);
        assert_int_equal(shodo_globset_add(g, globs[i].pattern, strlen(globs[i].pattern), 0, NULL),
                         SHODO_OK);
        assert_true(shodo_globset_match(g, globs[i].path, strlen(globs[i].path), on_hit, hits));
        if ((hits[0] > 0) != globs[i].fits)
            fail_msg("'%s' against '%s': %u", globs[i].pattern, globs[i].path, hits[0]);
        (void)shodo_globset_free(g);
    }
    /* all together: the same answers */
    struct shodo_globset *g = shodo_globset_new();
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(globs); i++)
        assert_int_equal(
            shodo_globset_add(g, globs[i].pattern, strlen(globs[i].pattern), (uint32_t)i, NULL),
            SHODO_OK);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(globs); i++) {
        unsigned hits[SHODO_ARRAY_SIZE(globs)] = {0};
        assert_true(shodo_globset_match(g, globs[i].path, strlen(globs[i].path), on_hit, hits));
        assert_int_equal(hits[i] > 0, globs[i].fits);
    }
    (void)shodo_globset_free(g);
}

static void test_glob_limits(void **state) {
    (void)state;
    struct shodo_globset *g = shodo_globset_new();
    struct shodo_error err = SHODO_ERROR_INIT;
    char deep[400] = "";
    for (size_t i = 0; i < 65; i++)
        memcpy(deep + 2 * i, "/a", 3);
    assert_int_equal(shodo_globset_add(g, deep, strlen(deep), 0, &err), SHODO_LIMIT);
    assert_int_equal(shodo_globset_add(g, "/**/a/**/b/**/c/**", 18, 0, &err), SHODO_LIMIT);
    assert_int_equal(shodo_globset_add(g, "a/b", 3, 0, &err), SHODO_INVALID);
    assert_int_equal(shodo_globset_add(g, "/a//b", 5, 0, &err), SHODO_INVALID);
    assert_int_equal(shodo_globset_add(g, "/", 1, 0, &err), SHODO_INVALID);
    /* a hostile path: thousands of levels */
    unsigned hits[2] = {0};
    assert_int_equal(shodo_globset_add(g, "/**/a/**/a/**/a", 15, 1, &err), SHODO_OK);
    shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
    for (size_t i = 0; i < 15000; i++)
        shodo_buf_adds(&path, "/a");
    assert_true(shodo_globset_match(g, path.data, path.len, on_hit, hits));
    assert_int_equal(hits[1], 0);
    (void)shodo_globset_free(g);
}

static const char definitions[] =
    "# a comment first\n"
    "---\n"
    "name: Hives\ndoc: Some hives.\naliases: [OldHives]\nsources:\n- type: FILE\n  attributes:\n    paths:\n"
    "    - '%%environ_systemroot%%\\System32\\config\\SYSTEM'\n    - '%%users.userprofile%%\\NTUSER.DAT'\n    separator: '\\'\n"
    "supported_os: [Windows]\n"
    "---\n"
    "name: Secrets\ndoc: SAM.\nlabels: [credential]\nsources:\n- type: FILE\n  attributes: {paths: ['C:\\Windows\\System32\\config\\SAM'], separator: '\\'}\n"
    "---\n"
    "name: Journal\ndoc: Change journal.\nsources:\n- type: FILE\n  attributes:\n    paths: ['%%environ_systemdrive%%\\$Extend\\$UsnJrnl:$J', '\\Users\\*\\Downloads\\*:Zone.Identifier']\n    separator: '\\'\n"
    "---\n"
    "name: NotHere\ndoc: Other system.\nsources:\n- type: FILE\n  attributes: {paths: ['/etc/passwd']}\nsupported_os: [Linux]\n"
    "---\n"
    "name: Odd\ndoc: Unknown variable and a registry key.\nsources:\n- type: FILE\n  attributes: {paths: ['%%no.such%%\\x'], separator: '\\'}\n"
    "- type: REGISTRY_KEY\n  attributes: {keys: ['HKEY_LOCAL_MACHINE\\Software\\x']}\n"
    "---\n"
    "name: All\ndoc: Group.\nsources:\n- type: ARTIFACT_GROUP\n  attributes:\n    names: [Journal, OldHives, Secrets, NotHere, Odd, Nobody, All]\n";

struct hits {
    char text[512];
};

static void on_artifact(void *ctx, const struct shodo_artifact *d, size_t stream) {
    char *text = ((struct hits *)ctx)->text;
    size_t n = strlen(text);
    snprintf(text + n, 512 - n, "%s/%zu ", d->name, stream);
}

static const struct {
    const char *path;
    const char *streams; /* names, separated by blanks; "-" the unnamed one */
    const char *want;
} selected[] = {
    {"/Windows/System32/config/SYSTEM", "-", "Hives/0 "},
    {"/WINDOWS/system32/CONFIG/system", "-", "Hives/0 "},
    {"/WINNT/System32/config/SYSTEM", "-", "Hives/0 "},
    {"/Users/a/NTUSER.DAT", "-", "Hives/0 "},
    {"/Documents and Settings/a/NTUSER.DAT", "-", "Hives/0 "},
    {"/Windows/System32/config/SAM", "-", "Secrets/0 "},
    {"/$Extend/$UsnJrnl", "$J $Max", "Journal/0 "},
    {"/$Extend/$UsnJrnl", "- $Max $j", "Journal/2 "},
    {"/Users/a/Downloads/x.exe", "- zone.identifier", "Journal/1 "},
    {"/Users/a/Downloads/x.exe", "-", ""},
    {"/Users/a/Downloads/b/x.exe", "- Zone.Identifier", ""},
    {"/etc/passwd", "-", ""},
    {"/x", "-", ""},
};

static void test_select(void **state) {
    (void)state;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_artifacts *a = shodo_artifacts_new();
    assert_non_null(a);
    if (shodo_artifacts_add(a, "t.yaml", "", definitions, sizeof definitions - 1, &err) != SHODO_OK)
        fail_msg("%s", err.text);
    assert_int_equal(shodo_artifacts_count(a), 6);
    const char *missing = "NoSuchName";
    assert_int_equal(shodo_artifacts_select(a, &missing, 1, &err), SHODO_NOTFOUND);
    assert_non_null(strstr(err.text, "NoSuchName"));
    const char *names[] = {"all"};
    assert_int_equal(shodo_artifacts_select(a, names, 1, &err), SHODO_OK);
    assert_int_equal(shodo_artifacts_missing(a), 1);
    assert_int_equal(shodo_artifacts_unresolved(a), 1);
    assert_true(shodo_artifacts_find(a, "Secrets")->is_credential);
    assert_false(shodo_artifacts_find(a, "Hives")->is_credential);
    assert_true(shodo_artifacts_find(a, "Journal")->order <
                shodo_artifacts_find(a, "Hives")->order);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(selected); i++) {
        struct shodo_stream streams[4] = {{.name = ""}};
        struct shodo_entry e = entry_of(selected[i].path);
        struct hits h = {.text = ""};
        bool any = false;
        e.streams = streams;
        for (const char *p = selected[i].streams; *p;) {
            size_t n = strcspn(p, " ");
            streams[e.streams_count++] = (struct shodo_stream){.name = p,
                                                               .name_len = *p == '-' ? 0 : n};
            p += n + (p[n] == ' ');
        }
        assert_true(shodo_artifacts_match(a, &e, on_artifact, &h, &any));
        if (strcmp(h.text, selected[i].want) != 0)
            fail_msg("'%s' selected by '%s'", selected[i].path, h.text);
        assert_int_equal(any, selected[i].want[0] != 0);
    }
    /* a second name of the same file */
    struct shodo_name names2[] = {{.path = "/a/b", .path_len = 4},
                                  {.path = "/Windows/System32/config/SAM", .path_len = 28}};
    struct shodo_stream stream = {.name = ""};
    struct shodo_entry e = entry_of("/a/b");
    struct hits h = {.text = ""};
    e.names = names2;
    e.names_count = 2;
    e.streams = &stream;
    e.streams_count = 1;
    assert_true(shodo_artifacts_match(a, &e, on_artifact, &h, NULL));
    assert_string_equal(h.text, "Secrets/0 ");
    (void)shodo_artifacts_free(a);
}

#define SOURCE "sources: [{type: FILE, attributes: {paths: ['/x']}}]\n"
static const struct {
    const char *text, *message;
} refused[] = {
    {"name: A\n" SOURCE, "t.yaml:1: definition without doc: 'A'"},
    {"doc: x\n" SOURCE, "definition without 'name'"},
    {"name: A\ndoc: x\n", "definition without sources: 'A'"},
    {"name: A\ndoc: x\nsources: []\n", "definition without sources"},
    {"name: A\ndoc: x\ncolour: red\n" SOURCE, "unknown key 'colour'"},
    {"name: A\ndoc: x\nsupported_os: [Amiga]\n" SOURCE, "unknown system 'Amiga'"},
    {"name: A\ndoc: x\nsources: [{type: TAPE, attributes: {paths: ['/x']}}]\n",
     "unknown source type 'TAPE'"},
    {"name: A\ndoc: x\nsources: [{type: FILE, attributes: {names: ['/x']}}]\n",
     "source lacks the attribute 'paths'"},
    {"name: A\ndoc: x\nsources: [{type: FILE, attributes: {paths: ['/x']}, collectors: 1}]\n",
     "unknown key 'collectors'"},
    {"name: A\ndoc: x\nsources: [{type: FILE, attributes: {paths: '/x'}}]\n", "not a list"},
    {"name: A\ndoc: x\nsources: [{type: FILE, attributes: {paths: ['/x'], separator: '|'}}]\n",
     "separator is neither"},
    {"name: A\ndoc: x\nsources: [{type: REGISTRY_KEY, attributes: {keys: ['HKEY_CURRENT_USER\\x']}}]\n",
     "use HKEY_USERS"},
    {"name: A\ndoc: x\n" SOURCE "---\nname: a\ndoc: x\n" SOURCE,
     "'a' is already defined in t.yaml:1"},
    {"just text\n", "not a definition"},
    {"name: [\n", "t.yaml"},
};

static void test_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(refused); i++) {
        struct shodo_rule_text t = rule_text("t.yaml", refused[i].text);
        struct shodo_rule_verdict v;
        shodo_artifacts_try(&t, &v);
        if (v.accepted || !strstr(v.message, refused[i].message))
            fail_msg("%zu: accepted %d '%s'", i, v.accepted, v.message);
    }
}

/* What the format allows and a disk does not have: accepted, and said. */
static void test_idle(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"name: A\ndoc: x\n" SOURCE, ""},
        {"name: A\ndoc: x\nsources: [{type: PATH, attributes: {paths: ['/x']}}]\n",
         "1 of 1 definitions select nothing"},
        {"name: A\ndoc: x\n" SOURCE
         "---\nname: B\ndoc: x\nsources: [{type: REGISTRY_KEY, attributes: {keys: ['HKEY_LOCAL_MACHINE\\x']}}]\n",
         "1 of 2 definitions select nothing: only file patterns and groups for Windows do (B)"},
        {"name: A\ndoc: x\nsupported_os: [Linux]\n" SOURCE, "1 of 1 definitions select nothing"},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        struct shodo_rule_text t = rule_text("t.yaml", rows[i].text);
        struct shodo_rule_verdict v;
        shodo_artifacts_try(&t, &v);
        if (!v.accepted ||
            (rows[i].message[0] ? !strstr(v.message, rows[i].message) : v.message[0] != 0))
            fail_msg("%zu: accepted %d '%s'", i, v.accepted, v.message);
    }
}

/* Public definitions as they are, ours beside them; then 200,000 paths. */
static void test_real_files(void **state) {
    (void)state;
    struct shodo_rule_text *texts[2] = {NULL, NULL};
    size_t counts[2] = {0, 0};
    if (access(SHODO_SHARED "/testdata/artifacts/windows.yaml", R_OK) != 0) {
        print_message("skipped: the public definitions are not here\n");
        skip();
    }
    counts[0] = load_texts(SHODO_SHARED "/testdata/artifacts", ".yaml", &texts[0]);
    counts[1] = load_texts(SHODO_REPO "/rules/artifacts", ".yaml", &texts[1]);
    assert_int_equal(counts[0], 4);
    struct shodo_artifacts *a = shodo_artifacts_new();
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < counts[k]; i++) {
            struct shodo_error err = SHODO_ERROR_INIT;
            if (shodo_artifacts_add(a, texts[k][i].name, "", texts[k][i].text, texts[k][i].len,
                                    &err) != SHODO_OK)
                fail_msg("%s", err.text);
        }
        free_texts(texts[k], counts[k]);
    }
    assert_true(shodo_artifacts_count(a) >= 357);
    struct shodo_error err = SHODO_ERROR_INIT;
    const char *const names[] = {"ShodoTier1", "ShodoTier2", "NTFSMFTFiles", "TriageExecution",
                                 "WindowsXMLEventLogFiles"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++) {
        if (shodo_artifacts_find(a, names[i]) &&
            shodo_artifacts_select(a, &names[i], 1, &err) != SHODO_OK)
            fail_msg("%s", err.text);
    }
    assert_int_equal(shodo_artifacts_unresolved(a), 0);
    size_t hits = 0;
    clock_t start = clock();
    for (unsigned i = 0; i < 200000; i++) {
        char path[200];
        struct shodo_stream stream = {.name = ""};
        bool any = false;
        switch (i % 4) {
        case 0:
            snprintf(path, sizeof path, "/Users/user%u/AppData/Local/Vendor/Cache/%u/f_%06u", i % 7,
                     i % 100, i);
            break;
        case 1:
            snprintf(path, sizeof path, "/Windows/WinSxS/amd64_component_%u/file%u.dll", i / 50, i);
            break;
        case 2:
            snprintf(path, sizeof path, "/ProgramData/Vendor/%u/%u/%u/log.txt", i % 9, i % 11, i);
            break;
        default:
            snprintf(path, sizeof path, "/Windows/Prefetch/TOOL-%08X.pf", i);
        }
        struct shodo_entry e = entry_of(path);
        e.streams = &stream;
        e.streams_count = 1;
        assert_true(shodo_artifacts_match(a, &e, NULL, NULL, &any));
        hits += any;
    }
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    print_message("%zu definitions, %zu targets, 200000 paths in %.2f s CPU, %zu selected\n",
                  shodo_artifacts_count(a), shodo_artifacts_targets(a), seconds, hits);
    assert_int_equal(hits, 50000);
    (void)shodo_artifacts_free(a);
}

/* The tap: one finding per definition, with what collecting needs to know. */
static void test_tap(void **state) {
    (void)state;
    struct shodo_rule_text t = rule_text("t.yaml", definitions);
    const char *const names[] = {"All"};
    struct shodo_plan_options o = {.profile = SHODO_PROFILE_QUICK,
                                   .artifacts = &t,
                                   .artifacts_count = 1,
                                   .artifact_names = names,
                                   .artifact_names_count = 1,
                                   .endpoint = "0123456789ab"};
    struct exam_run r;
    run_open(&r, &o);
    run_bytes(&r, "/Windows/System32/config/SAM", NULL, "regf", 4);
    run_bytes(&r, "/Users/a/Downloads/x.txt", "Zone.Identifier", "[ZoneTransfer]\r\n", 16);
    run_bytes(&r, "/Users/a/other", NULL, "x", 1);
    assert_int_equal(count_findings(&r, "artifact", NULL), 2);
    const struct said_finding *sam = find_finding(&r, "Secrets");
    assert_string_equal(sam->kind, "artifact");
    assert_int_equal(sam->verdict, SHODO_VERDICT_NOTHING);
    assert_non_null(strstr(sam->detail, "\"credential\":true"));
    const struct said_finding *zone = find_finding(&r, "Journal");
    assert_string_equal(zone->stream, "Zone.Identifier");
    assert_non_null(strstr(zone->detail, "\"credential\":false"));
    run_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_globs),  cmocka_unit_test(test_glob_limits),
        cmocka_unit_test(test_select), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_idle),   cmocka_unit_test(test_real_files),
        cmocka_unit_test(test_tap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
