/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers of the cases of one stick: day and running number, "20261122-01". The newest case is
 * the one with the greatest name, so a new name never sorts before those that are there unless a
 * person gave the earlier day.
 */
#ifndef SHODO_TUI_CASENAME_H
#define SHODO_TUI_CASENAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define TUI_CASENAME_BYTES 64

struct tui_case_day {
    int64_t time; /* UTC ns */
    /* The clock is wrong and nobody said the time: `time` is only the earliest that it can be, and
     * the name ends with these words ("20261120-01-…"). NULL: the day is known. */
    const char *unknown;
};

bool tui_casename_is_case(const char *folder);
/* Calls `each` with the name of every case below root/cases. */
void tui_casename_each(const char *root, void (*each)(void *ctx, const char *name), void *ctx);
/* A name that is free. With `unknown` set it sorts behind every case that is there. */
void tui_casename_next(const char *root, const struct tui_case_day *day,
                       char out[TUI_CASENAME_BYTES]);

#endif
