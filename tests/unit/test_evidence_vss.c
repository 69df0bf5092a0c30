/* SPDX-License-Identifier: Apache-2.0 */
/* Shadow copies of a real volume: dates, and the earlier files beside the present ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/source_fault.h"
#include "base/hash.h"
#include "base/time.h"
#include "evidence/vss.h"
#include "evidence_lib.h"
#include "evidence_maker.h"

struct files {
    struct shodo_source *source;
    char text[8192];
    unsigned problems;
};

static enum shodo_status on_entry(void *ctx, const struct shodo_entry *e) {
    struct files *f = ctx;
    size_t n = strlen(f->text);
    uint8_t digest[32];
    char hex[65] = "";
    if (e->kind != SHODO_ENTRY_FILE || (e->flags & (SHODO_ENTRY_DELETED | SHODO_ENTRY_SYSTEM)) ||
        memmem(e->path, e->path_len, "System Volume", 13))
        return SHODO_OK;
    if (e->streams_count > 0) {
        assert_int_equal(stream_sha256(f->source, e, 0, digest), 0);
        shodo_hex(digest, 4, hex);
    }
    snprintf(f->text + n, sizeof(f->text) - n, "%.*s %s\n", (int)e->path_len, e->path, hex);
    return SHODO_OK;
}

static void on_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t record,
                       const char *path, const char *text) {
    struct files *f = ctx;
    (void)reason;
    print_message("problem: record %llu %s: %s\n", (unsigned long long)record, path ? path : "-",
                  text);
    f->problems++;
}

static void list(struct files *f, const struct shodo_volume *v, struct shodo_source *s) {
    const struct shodo_walk_options o = {.want_deleted = false};
    const struct shodo_walk_sink sink = {.ctx = f, .entry = on_entry, .problem = on_problem};
    struct shodo_volume then = *v;
    struct shodo_walk *w = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    then.source = s;
    f->source = s;
    if (shodo_walk_open(&w, &then, &err) != SHODO_OK ||
        shodo_walk_run(w, &o, &sink, NULL, &err) != SHODO_OK)
        fail_msg("%s", err.text);
    shodo_walk_free(w);
}

static void test_stores(void **state) {
    static const char *const dates[] = {"2013-12-03T06:35:09Z", "2013-12-03T06:37:48Z"};
    char path[512], date[SHODO_TIME_TEXT_BYTES];
    struct files *now = calloc(1, sizeof(*now)), *then[2];
    struct shodo_vss *v = NULL;
    struct image im;
    (void)state;
    image_open(&im, data_path("vsstest.raw", path));
    assert_int_equal(shodo_vss_open(&v, shodo_volume_at(&im.table, 0)->source, NULL), SHODO_OK);
    assert_int_equal(shodo_vss_state(v), SHODO_VSS_PRESENT);
    assert_int_equal(shodo_vss_count(v), 2);
    list(now, shodo_volume_at(&im.table, 0), shodo_volume_at(&im.table, 0)->source);
    for (size_t i = 0; i < 2; i++) {
        struct shodo_source *s = NULL;
        then[i] = calloc(1, sizeof(struct files));
        shodo_time_utc(shodo_vss_at(v, i)->created, 0, date);
        assert_string_equal(date, dates[i]);
        assert_true(shodo_vss_at(v, i)->is_local);
        assert_int_equal(shodo_vss_source(&s, v, i, NULL), SHODO_OK);
        list(then[i], shodo_volume_at(&im.table, 0), s);
        assert_int_equal(then[i]->problems, 0);
        shodo_source_free(s);
        print_message("%s %s\n%s", date, shodo_vss_at(v, i)->id, then[i]->text);
    }
    print_message("now\n%s", now->text);
    assert_string_not_equal(now->text, then[0]->text);
    assert_string_not_equal(now->text, then[1]->text);
    assert_string_not_equal(then[0]->text, then[1]->text);
    assert_non_null(strstr(then[1]->text, "/syslog.gz"));
    free(now);
    free(then[0]);
    free(then[1]);
    shodo_vss_free(v);
    image_close(&im);
}

/* The header decides between "never" and "were deleted"; a wild catalog is damage. */
static void test_states(void **state) {
    static const uint8_t id[16] = {0x6b, 0x87, 0x08, 0x38, 0x76, 0xc1, 0x48, 0x4e,
                                   0xb7, 0xae, 0x04, 0x04, 0x6e, 0x6c, 0xc7, 0x52};
    static const struct {
        bool has_header;
        uint8_t catalog[8];
        enum shodo_vss_state want;
    } rows[] = {
        {false, {0}, SHODO_VSS_NEVER},
        {true, {0}, SHODO_VSS_NONE},
        {true, {0, 0, 0, 0, 0, 1}, SHODO_VSS_DAMAGED},
        {true, {0, 0x40}, SHODO_VSS_DAMAGED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct maker m;
        struct source_fault f = {.size = MAKER_BYTES};
        struct shodo_source *s = NULL;
        struct shodo_vss *v = NULL;
        maker_start(&m);
        f.data = m.disk;
        if (rows[i].has_header) {
            memcpy(m.disk + 0x1e00, id, 16);
            m.disk[0x1e00 + 16] = 1;
            m.disk[0x1e00 + 20] = 1;
            memcpy(m.disk + 0x1e00 + 48, rows[i].catalog, 8);
        }
        assert_int_equal(source_fault_open(&s, &f, NULL), SHODO_OK);
        assert_int_equal(shodo_vss_open(&v, s, NULL), SHODO_OK);
        assert_int_equal(shodo_vss_state(v), rows[i].want);
        assert_int_equal(shodo_vss_count(v), 0);
        shodo_vss_free(v);
        shodo_source_free(s);
        maker_done(&m);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_stores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
