/* SPDX-License-Identifier: Apache-2.0 */
/* For the reader tests: whole files, and a sink that keeps what a reader says. */
#ifndef SHODO_TESTS_READER_LIB_H
#define SHODO_TESTS_READER_LIB_H

#include "unit.h"

#include "base/buf.h"
#include "base/time.h"
#include "examine/readers/reader.h"

#define TESTDATA SHODO_SHARED "/testdata/"

/* NULL when the file is not there. The caller frees. */
static inline uint8_t *file_bytes(const char *path, size_t *ret_n) {
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    uint8_t *p = malloc(n > 0 ? (size_t)n : 1);
    assert_non_null(p);
    assert_int_equal(fread(p, 1, (size_t)n, f), (size_t)n);
    fclose(f);
    *ret_n = (size_t)n;
    return p;
}

/* One line a fact: "kind time source values", one line a problem: "! reason text". */
struct kept {
    struct shodo_buf text;
    size_t facts, problems;
};

static inline void keep_fact(void *ctx, const char *reader, const char *kind, int64_t time,
                             const char *source, const char *values_json) {
    struct kept *k = ctx;
    char at[SHODO_TIME_TEXT_BYTES];
    shodo_time_utc(time, 0, at);
    assert_non_null(reader);
    shodo_buf_addf(&k->text, "%s %s [%s] %s\n", kind, at[0] ? at : "-", source, values_json);
    k->facts++;
}

static inline void keep_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t examined,
                                const char *text) {
    struct kept *k = ctx;
    (void)examined;
    shodo_buf_addf(&k->text, "! %s %s\n", shodo_ledger_reason_name(reason), text);
    k->problems++;
}

/* Runs a reader over a file in memory, as if it lay at `path`. */
static inline void run_reader(struct kept *k, const struct shodo_reader *r, const char *path,
                              const void *p, size_t n, struct shodo_reader_memory *logs,
                              size_t logs_count) {
    struct shodo_reader_memory mem = {.p = p, .n = n};
    struct shodo_reader_file f = {
        .path = path, .stream = r->stream, .bytes = shodo_reader_in_memory(&mem)};
    const struct shodo_reader_sink sink = {.ctx = k, .fact = keep_fact, .problem = keep_problem};
    for (size_t i = 0; i < logs_count; i++)
        f.companions[f.companions_count++] = shodo_reader_in_memory(&logs[i]);
    *k = (struct kept){.text = SHODO_BUF_INIT};
    r->run(&f, &sink);
}

/* true when one line holds all the parts (NULL-terminated). */
static inline bool has_line(struct kept *k, const char *const *parts) {
    const char *s = shodo_buf_cstr(&k->text);
    while (*s) {
        size_t n = strcspn(s, "\n");
        char *line = malloc(n + 1);
        assert_non_null(line);
        memcpy(line, s, n);
        line[n] = 0;
        bool is_all = true;
        for (const char *const *p = parts; *p; p++)
            is_all = is_all && strstr(line, *p);
        free(line);
        if (is_all)
            return true;
        s += n;
        s += *s == '\n';
    }
    return false;
}
#define HAS(k, ...) has_line(k, (const char *const[]){__VA_ARGS__, NULL})

#endif
