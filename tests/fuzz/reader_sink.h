/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz targets of the readers expect of every fact and every problem. */
#ifndef SHODO_FUZZ_READER_SINK_H
#define SHODO_FUZZ_READER_SINK_H

#include <stdlib.h>

#include "examine/readers/reader.h"

static void on_fact(void *ctx, const char *reader, const char *kind, int64_t time,
                    const char *source, const char *values_json) {
    (void)ctx;
    (void)reader;
    (void)time;
    if (!kind[0] || !source || values_json[0] != '{')
        abort();
}

static void on_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t examined_bytes,
                       const char *text) {
    (void)ctx;
    (void)reason;
    (void)examined_bytes;
    if (!text[0])
        abort();
}

static const struct shodo_reader_sink reader_sink = {.fact = on_fact, .problem = on_problem};

#endif
