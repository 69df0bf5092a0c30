/* SPDX-License-Identifier: Apache-2.0 */
/* A run as the screen sees it, from the event lines of the engine (model/finding.h lists them).
 * Pure: no clock of its own. */
#ifndef SHODO_TUI_PROGRESS_H
#define SHODO_TUI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msg.h"

#define TUI_PROGRESS_RING   8
#define TUI_PROGRESS_RECENT 6
#define TUI_PROGRESS_TEXT   700 /* the longest answer in Japanese has 230 bytes */

/* Why a chosen file is not in the bundle. */
enum tui_not_copied {
    TUI_NOT_MISSING, /* not where it was looked for */
    TUI_NOT_EMPTY,
    TUI_NOT_LIMITED,  /* space, number, or the same content is in already */
    TUI_NOT_FAILED,   /* could not be read */
    TUI_NOT_WITHHELD, /* on purpose: credential stores */
    TUI_NOT_COPIED
};

struct tui_progress {
    char phase[32], status[32], current[TUI_PROGRESS_TEXT], warning[TUI_PROGRESS_TEXT],
        name[TUI_PROGRESS_TEXT];
    /* policy: with the end of a run */
    uint64_t files, files_total, bytes, bytes_total, findings, problems, policy;
    /* a collection at its end: of the chosen files those that were not copied, and why */
    uint64_t not_copied[TUI_NOT_COPIED];
    uint64_t locked; /* problems that wait for a recovery key: whole volumes */
    /* the budget, said before contents are read: range in seconds, bytes outside the profile */
    uint64_t seconds_from, seconds_to, bytes_left;
    int64_t exit_code;
    bool is_done;
    uint64_t heard_ms; /* monotonic, of the last sign of progress */
    struct {
        uint64_t at_ms, bytes;
    } ring[TUI_PROGRESS_RING]; /* at least half a second apart, oldest first */
    size_t ring_count;
    struct {
        char text[TUI_LANG_COUNT][TUI_PROGRESS_TEXT];
        bool is_match;
    } recent[TUI_PROGRESS_RECENT]; /* newest last */
    size_t recent_count;
    /* to "is this machine hit?": verdict and first sentence, the newest one */
    char answer[TUI_LANG_COUNT][TUI_PROGRESS_TEXT];
    bool is_hit;
    uint64_t bad_lines;
};

/* One line of events; what cannot be read is counted. */
void tui_progress_line(struct tui_progress *p, const char *line, size_t n, uint64_t now_ms);
/* bytes a second over the ring, 0 unknown */
uint64_t tui_progress_rate(const struct tui_progress *p);
/* Rounded range in minutes; false before ten seconds, without totals or without rate. */
bool tui_progress_eta(const struct tui_progress *p, uint64_t elapsed_ms, unsigned *ret_from_min,
                      unsigned *ret_to_min);

#endif
