/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cases that lie on a stick, for the first screen: a drill must never hide a real case, nor the
 * other way round. Real ones that are open come first, then open drills, then those that cannot be
 * read, then those that are over; the newest name first in each.
 */
#ifndef SHODO_TUI_CASES_H
#define SHODO_TUI_CASES_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* The start of the PC at which a case was worked on last. */
#define TUI_KEY_BOOT "start/boot"

enum tui_case_state { TUI_CASE_REAL, TUI_CASE_DRILL, TUI_CASE_UNREAD, TUI_CASE_ENDED };

struct tui_case_row {
    char folder[NAME_MAX + 1]; /* below cases/; "" the root is a case itself */
    char id[64];
    enum tui_case_state state;
    char boot[64]; /* value of TUI_KEY_BOOT, "" none */
    int64_t boot_time;
};

/* Appends the path of a row's case. */
void tui_cases_path(const char *root, const struct tui_case_row *row, struct shodo_buf *out);
/* Fills `rows` (struct tui_case_row) in order, anew. */
void tui_cases_read(const char *root, struct shodo_vec *rows);

#endif
