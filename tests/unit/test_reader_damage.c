/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Damage, reader by reader: a file whose second half cannot be read, and one with a hole of garbage
 * in its middle. What lies before is told all the same, and every time a problem says what was
 * lost.
 */
#include "test_reader_lib.h"

struct broken {
    const uint8_t *p;
    size_t n, good; /* reads that touch byte `good` or later fail */
};

static enum shodo_status broken_read(void *ctx, uint64_t offset, void *p, size_t n, size_t *ret_n,
                                     struct shodo_error *err) {
    const struct broken *b = ctx;
    if (offset >= b->n) {
        *ret_n = 0;
        return SHODO_OK;
    }
    size_t left = b->n - (size_t)offset;
    n = n < left ? n : left;
    if (offset >= b->good)
        return shodo_fail(err, SHODO_UNREADABLE, "byte %llu cannot be read",
                          (unsigned long long)b->good);
    n = offset + n > b->good ? b->good - (size_t)offset : n;
    memcpy(p, b->p + offset, n);
    *ret_n = n;
    return SHODO_OK;
}

static uint64_t next_data(void *ctx, uint64_t offset) {
    const struct broken *b = ctx;
    return offset < b->n ? offset : b->n;
}

static void run_broken(struct kept *k, const struct shodo_reader *r, const char *path,
                       struct broken *b) {
    struct shodo_reader_file f = {
        .path = path,
        .stream = r->stream,
        .bytes = {.ctx = b, .size = b->n, .read = broken_read, .next_data = next_data}};
    const struct shodo_reader_sink sink = {.ctx = k, .fact = keep_fact, .problem = keep_problem};
    *k = (struct kept){.text = SHODO_BUF_INIT};
    r->run(&f, &sink);
}

static const struct row {
    const struct shodo_reader *reader;
    const char *file, *path;
    bool is_all_or_nothing; /* compressed as one piece: no part of it can be told */
} rows[] = {
    {&shodo_reader_evtx, TESTDATA "evtx/security.evtx",
     "/Windows/System32/winevt/Logs/Security.evtx", false},
    {&shodo_reader_registry, SHODO_READERS_DATA "/SYSTEM_B", "/Windows/System32/config/SYSTEM",
     false},
    {&shodo_reader_usn, TESTDATA "usn/usnjrnlj.bin", "/$Extend/$UsnJrnl", false},
    {&shodo_reader_prefetch, TESTDATA "prefetch/WUAUCLT.EXE-830BCC14.pf",
     "/Windows/Prefetch/X.EXE-00000000.pf", true},
};

static void damage(void **state) {
    (void)state;
    size_t seen = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t n = 0;
        uint8_t *p = file_bytes(rows[i].file, &n);
        if (!p)
            continue;
        seen++;
        struct kept whole, half, hole;
        run_reader(&whole, rows[i].reader, rows[i].path, p, n, NULL, 0);
        struct broken b = {.p = p, .n = n, .good = n / 2};
        run_broken(&half, rows[i].reader, rows[i].path, &b);
        memset(p + n / 2, 0xa5, n / 8);
        run_reader(&hole, rows[i].reader, rows[i].path, p, n, NULL, 0);
        printf(
            "%s: %zu facts whole; %zu and %zu problems when half is unreadable; %zu and %zu with a hole\n",
            rows[i].reader->name, whole.facts, half.facts, half.problems, hole.facts,
            hole.problems);
        assert_true(whole.facts > 0);
        assert_true(half.problems > whole.problems || (half.problems > 0 && whole.problems == 0));
        /* told, or in a part that no fact comes from: then the facts are the same */
        assert_true(hole.problems > 0 ||
                    strcmp(shodo_buf_cstr(&hole.text), shodo_buf_cstr(&whole.text)) == 0);
        if (!rows[i].is_all_or_nothing) {
            assert_true(half.facts > 0);
            assert_true(hole.facts > 0);
        }
        shodo_buf_done(&whole.text);
        shodo_buf_done(&half.text);
        shodo_buf_done(&hole.text);
        free(p);
    }
    if (!seen)
        skip();
}

/* A text log: lines before the bad place are told, and that it was cut short. */
static void text(void **state) {
    (void)state;
    static const char log[] = "Incoming    2026-11-12, 10:02    User    412345678    412345678\n"
                              "Incoming    2026-11-13, 11:02    User    412345678    412345678\n";
    static uint8_t p[4096];
    memset(p, '\n', sizeof p);
    memcpy(p, log, sizeof log - 1);
    struct broken b = {.p = p, .n = sizeof p, .good = 2048};
    struct kept k;
    run_broken(&k, &shodo_reader_text, "/ProgramData/AnyDesk/connection_trace.txt", &b);
    assert_int_equal(k.facts, 2);
    assert_int_equal(k.problems, 1);
    shodo_buf_done(&k.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(damage), cmocka_unit_test(text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
