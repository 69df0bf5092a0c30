/* SPDX-License-Identifier: Apache-2.0 */
/* One event log. */
#include <stdint.h>
#include <stdlib.h>

#include "examine/readers/reader.h"

static void on_fact(void *ctx, const char *reader, const char *kind, int64_t time, const char *source, const char *values_json) {
    (void)ctx;
    (void)reader;
    (void)time;
    if (!kind[0] || !source || values_json[0] != '{')
        abort();
}

static void on_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t examined_bytes, const char *text) {
    (void)ctx;
    (void)reason;
    (void)examined_bytes;
    if (!text[0])
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct shodo_reader_memory mem = {.p = p, .n = n};
    struct shodo_reader_file f = {.path = "/Windows/System32/winevt/Logs/Security.evtx", .stream = "", .bytes = shodo_reader_in_memory(&mem)};
    const struct shodo_reader_sink sink = {.fact = on_fact, .problem = on_problem};
    shodo_reader_evtx.run(&f, &sink);
    return 0;
}
