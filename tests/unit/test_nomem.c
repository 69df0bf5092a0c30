/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The n-th allocation of our own code fails, for every n until all succeed: the call says NOMEM (or
 * false), nothing leaks (ASan) and nothing half-made is handed out. The linker puts these functions
 * in front of the C library's.
 */
#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/deflate.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/text.h"
#include "base/value.h"
#include "model/entry.h"
#include "model/finding.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t a, size_t b);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t a, size_t b);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);

static unsigned countdown; /* 0: never fail */

static bool denied(void) {
    return countdown > 0 && --countdown == 0;
}

void *__wrap_malloc(size_t n) {
    return denied() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t a, size_t b) {
    return denied() ? NULL : __real_calloc(a, b);
}

void *__wrap_realloc(void *p, size_t n) {
    return denied() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *s) {
    return denied() ? NULL : __real_strdup(s);
}

static const char
    yaml[] = "site: {name: 病院, list: [1, 2.5, 'x', true]}\nother:\n  - a: b\n    c: d\n";
static const char
    json[] = "{\"a\":[1,2.5,\"x\",true,null],\"b\":{\"c\":\"d\",\"e\":{\"b64\":\"YQ==\"}}}";

static enum shodo_status parse(bool is_yaml) {
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    enum shodo_status rc = is_yaml ? shodo_doc_parse_yaml(&d, "t", yaml, strlen(yaml), &err)
                                   : shodo_doc_parse_json(&d, "t", json, strlen(json), &err);

    assert_int_equal(d != NULL, rc == SHODO_OK);
    if (rc != SHODO_OK)
        assert_non_null(strstr(err.text, "out of memory"));
    return rc;
}

static enum shodo_status do_yaml(void) {
    return parse(true);
}

static enum shodo_status do_json(void) {
    return parse(false);
}

static enum shodo_status do_file(void) {
    enum shodo_status rc;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    int dirfd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char name[64], part[64];

    snprintf(name, sizeof(name), "shodo-test-nomem.%d", (int)getpid());
    snprintf(part, sizeof(part), "shodo-test-nomem.%d.part", (int)getpid());
    rc = shodo_io_write_file(dirfd, name, "x", 1, NULL);
    if (rc == SHODO_OK)
        rc = shodo_io_read_file(&b, dirfd, name, 10, NULL);
    bool there = unlinkat(dirfd, name, 0) == 0;
    assert_true(there || rc != SHODO_OK);
    assert_int_not_equal(faccessat(dirfd, part, F_OK, 0), 0);
    close(dirfd);
    return rc;
}

static enum shodo_status do_entry(void) {
    const struct shodo_run run = {.offset = 1, .length = 2};
    struct shodo_stream s = {.name = "a", .name_len = 1, .runs = &run, .runs_count = 1};
    struct shodo_name n = {.name = "b", .name_len = 1};
    const struct shodo_entry e = {.path = "/b",
                                  .path_len = 2,
                                  .names = &n,
                                  .names_count = 1,
                                  .streams = &s,
                                  .streams_count = 1};
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_entry back;

    if (!shodo_entry_encode(&b, &e))
        return SHODO_NOMEM;
    struct shodo_cur c = shodo_cur_of(b.data, b.len);
    return shodo_entry_decode(&back, &c, &arena, NULL);
}

static enum shodo_status do_finding(void) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    struct shodo_json j = shodo_json_to(&b);
    const char *other[] = {"/x", "/\xff"};
    struct shodo_finding f = {.tap = "scan",
                              .kind = "detection",
                              .path = "/a\xff.exe",
                              .drive = 'C',
                              .other_paths = other,
                              .other_paths_count = 2,
                              .detail_json = "{\"a\":1}"},
                         g;

    shodo_finding_id(&f);
    shodo_finding_write(&j, &f, 0);
    if (b.failed || !f.id[0])
        return SHODO_NOMEM;
    enum shodo_status rc = shodo_doc_parse_json(&d, "t", b.data, b.len, NULL);
    return rc == SHODO_OK ? shodo_finding_read(&g, shodo_doc_root(d), &arena, NULL) : rc;
}

static enum shodo_status do_text(void) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf packed = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;

    if (!shodo_text_decode(&b, SHODO_CP932, "\x95\x61\x89\x40", 4, NULL) ||
        !shodo_text_safe(&b, "\x1b[1m", 4))
        return SHODO_NOMEM;
    shodo_text_safe_clip(&b, "/a/long/path/that/is/cut/because/it/is/too/long/for/any/line", 60, 20,
                         true);
    if (b.failed)
        return SHODO_NOMEM;
    enum shodo_status rc = shodo_deflate(&packed, b.data, b.len, NULL);
    return rc == SHODO_OK ? shodo_inflate(&out, packed.data, packed.len, 1000, NULL) : rc;
}

static void test_all(void **state) {
    static const struct {
        const char *name;
        enum shodo_status (*run)(void);
        unsigned at_least; /* allocations that it is known to make */
    } rows[] = {
        {"yaml", do_yaml, 5},   {"json", do_json, 3},       {"file", do_file, 3},
        {"entry", do_entry, 2}, {"finding", do_finding, 6}, {"text", do_text, 4},
    };
    (void)state;

    shodo_hash_prepare();
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        unsigned n = 1;
        for (;; n++) {
            countdown = n;
            enum shodo_status rc = rows[i].run();
            bool fired = countdown == 0;
            countdown = 0;
            if (fired && rc != SHODO_NOMEM)
                print_error("%s: allocation %u failed, but the call says %s\n", rows[i].name, n,
                            shodo_status_name(rc));
            assert_int_equal(rc, fired ? SHODO_NOMEM : SHODO_OK);
            if (!fired)
                break;
            assert_true(n < 1000);
        }
        print_message("%s: %u allocations\n", rows[i].name, n - 1);
        assert_true(n > rows[i].at_least);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
