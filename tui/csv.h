/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables as Japanese Excel writes them: CSV (RFC 4180) in UTF-8 with or without BOM, or CP932; the
 * first row names the columns. Which column is which is known by its usual names.
 */
#ifndef SHODO_TUI_CSV_H
#define SHODO_TUI_CSV_H

#include "base/buf.h"
#include "base/status.h"

/* Columns we know; a name in the header may be any of several words. */
enum tui_column {
    TUI_COLUMN_NAME,
    TUI_COLUMN_KIND,
    TUI_COLUMN_BUILDING,
    TUI_COLUMN_FLOOR,
    TUI_COLUMN_PLACE,
    TUI_COLUMN_VENDOR,
    TUI_COLUMN_PHONE,
    TUI_COLUMN_HOW,
    TUI_COLUMN_STOPS,
    TUI_COLUMN_SUBSTITUTE,
    TUI_COLUMN_DECIDES,
    TUI_COLUMN_PURPOSE,
    TUI_COLUMN_MAIL,
    TUI_COLUMN_CHECKED,
    TUI_COLUMN_COUNT
};

/* Calls `row` with the texts of the known columns ("" when there is none). INVALID: no header with
 * a name column, or a quote that does not end (the line is named); LIMIT: more rows than a profile
 * takes. */
enum shodo_status tui_csv_read(const char *p, size_t n,
                               void (*row)(void *ctx, const char *const cells[TUI_COLUMN_COUNT]),
                               void *ctx, size_t *ret_rows, struct shodo_error *err);
/*
 * The whole profile (JSON, which is YAML) with the table's rows as `connections`; the contact list
 * likewise. `old` is what is there (NULL: nothing): its other keys and rows stay; a row of the same
 * name keeps its id and what the table leaves empty. Appends.
 */
struct shodo_value;
enum shodo_status tui_csv_connections(const char *p, size_t n, const struct shodo_value *old,
                                      struct shodo_buf *out, size_t *ret_rows,
                                      struct shodo_error *err);
enum shodo_status tui_csv_contacts(const char *p, size_t n, const struct shodo_value *old,
                                   struct shodo_buf *out, size_t *ret_rows,
                                   struct shodo_error *err);

#endif
