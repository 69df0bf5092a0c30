/* SPDX-License-Identifier: Apache-2.0 */
/* Prefetch of XP, 7 and 10 (packed) against known values; broken bytes. */
#include "test_reader_lib.h"

static const struct {
    const char *file, *time;
    const char *parts[4];
} known[] = {
    {"CMD.EXE-087B4001.pf",
     "program_run 2013-03-10T10:11:49Z",
     {"\"program\":\"CMD.EXE\"", "\"version\":17", "\"runs\":2,", "\\\\SYSTEM32\\\\CMD.EXE"}},
    {"WUAUCLT.EXE-830BCC14.pf",
     "program_run 2012-03-15T21:17:39Z",
     {"\"program\":\"WUAUCLT.EXE\"", "\"version\":23", "\"runs\":25,", "WINDOWSUPDATE.LOG"}},
    {"BYTECODEGENERATOR.EXE-C1E9BCE6.pf",
     "program_run 2015-05-14T22:11:58Z",
     {"\"program\":\"BYTECODEGENERATOR.EXE\"", "\"version\":30", "\"runs\":7,",
      "2015-05-14T22:10:38.251519300Z"}},
};

static void test_known(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char path[4096];
        size_t n = 0;
        struct kept k;
        snprintf(path, sizeof path, TESTDATA "prefetch/%s", known[i].file);
        uint8_t *p = file_bytes(path, &n);
        if (!p)
            skip();
        run_reader(&k, &shodo_reader_prefetch, "/Windows/Prefetch/X.pf", p, n, NULL, 0);
        assert_int_equal(k.facts, 1);
        assert_int_equal(k.problems, 0);
        assert_true(HAS(&k, known[i].time, known[i].parts[0], known[i].parts[1], known[i].parts[2],
                        known[i].parts[3]));
        assert_true(HAS(&k, "\"volumes\":[{\"device\":\"\\\\", "\"serial\":"));
        shodo_buf_done(&k.text);
        for (size_t cut = 0; cut < n; cut += n / 61 + 1) {
            uint8_t *copy = malloc(cut + 1);
            assert_non_null(copy);
            memcpy(copy, p, cut);
            run_reader(&k, &shodo_reader_prefetch, "/Windows/Prefetch/X.pf", copy, cut, NULL, 0);
            assert_true(cut == 0 || k.problems > 0 || k.facts > 0);
            shodo_buf_done(&k.text);
            free(copy);
        }
        free(p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
