/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the stick's image says about itself and this PC: the file that $SHODO_IMAGE_INFO names
 * (docs/image.md, "Interface to shodo-tui"), lines NAME=value. Without it (a build on a desk)
 * nothing is known and nothing is asked.
 */
#ifndef SHODO_TUI_IMAGE_INFO_H
#define SHODO_TUI_IMAGE_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define TUI_IMAGE_TEXT           160
#define TUI_IMAGE_OLD_DAYS       183 /* half a year: 要更新 */
#define TUI_IMAGE_EXIT_TEXT_SIZE 76

struct tui_image {
    bool is_known;
    char build[TUI_IMAGE_TEXT], build_date[32], rules_date[32], contacts_date[32];
    char phrase[TUI_IMAGE_TEXT], digest[72], boot_path[16], secure_boot[16], stick[64];
    int64_t rtc_epoch, memory_kb;
    bool is_clock_wrong, has_raid;
    char folder[256]; /* of the file: text-size is written beside it */
};

/* Reads `path` (NULL or unreadable: nothing known). A line that is not NAME=value is left out. */
void tui_image_load(struct tui_image *ret, const char *path);
/* Days from a date "2026-11-22" to `now`; -1 when it is none or lies ahead. */
int tui_image_age_days(const char *date, int64_t now);
/* One JSON object for the first record of a journal. Appends. */
void tui_image_json(const struct tui_image *m, struct shodo_buf *out);
/* The same in a line for later starts: build, phrase, how it was started. Appends. */
void tui_image_line(const struct tui_image *m, struct shodo_buf *out);
/* Turns "big" into "normal" and back in the file text-size; false: it cannot be written. */
bool tui_image_switch_text_size(const struct tui_image *m);

#endif
