/* SPDX-License-Identifier: Apache-2.0 */
/* A text that the text reader takes: the first byte chooses its path, and with it the format. */
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
    static const char *const paths[] = {"/ProgramData/AnyDesk/connection_trace.txt", "/ProgramData/AnyDesk/ad_svc.trace", "/ProgramData/AnyDesk/service.conf",
                                        "/Program Files/TeamViewer/Connections_incoming.txt", "/ProgramData/Microsoft/Network/Connections/Pbk/rasphone.pbk",
                                        "/Windows/System32/drivers/etc/hosts", "/Windows/System32/Tasks/X",
                                        "/Users/a/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt"};
    if (n == 0)
        return 0;
    struct shodo_reader_memory mem = {.p = p + 1, .n = n - 1};
    struct shodo_reader_file f = {.path = paths[p[0] % (sizeof paths / sizeof paths[0])], .stream = "", .bytes = shodo_reader_in_memory(&mem)};
    const struct shodo_reader_sink sink = {.fact = on_fact, .problem = on_problem};
    shodo_reader_text.run(&f, &sink);
    return 0;
}
