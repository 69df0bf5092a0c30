/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills cells of a foreign spreadsheet (an official form) and leaves everything else in it: parts
 * that hold no named cell stay byte for byte, in the sheets that hold one only the bytes of these
 * cells change. Style, merged cells, data validation, print set-up, shared strings, macros and
 * pictures are not touched. Text goes in as an inline string, never as a formula.
 *
 * The file may be hostile: sizes, counts and nesting are limited (base/limits.h), no entity is
 * expanded, no DOCTYPE accepted. Ref: ECMA-376 part 1, 18.2.19 (sheet), 18.3.1.4 (c), 18.3.1.55
 * (mergeCell), 18.3.1.73 (row), 18.3.1.80 (sheetData).
 */
#ifndef SHODO_HANDOVER_XLSX_H
#define SHODO_HANDOVER_XLSX_H

#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

enum shodo_xlsx_outcome {
    SHODO_XLSX_OPEN, /* before the call */
    SHODO_XLSX_FILLED,
    SHODO_XLSX_NO_SHEET, /* the book has no sheet of this name */
    SHODO_XLSX_NO_CELL,  /* no cell reference ("C5") */
    SHODO_XLSX_FORMULA,  /* the cell computes something: left alone */
    SHODO_XLSX_TWICE,    /* another field was written there already (also through a merged area) */
};

struct shodo_xlsx_cell {
    const char *sheet, *cell; /* "様式2", "C5"; inside a merged area its first cell is written */
    const char *text;         /* UTF-8 */
    size_t id;                /* of the caller */
    enum shodo_xlsx_outcome outcome;
};

/* `fd` is borrowed and read with pread. Gives the whole new file in `out`. DAMAGED, UNSUPPORTED
 * (encrypted, no OOXML) or LIMIT when the file cannot be edited; cells that cannot be filled are no
 * failure (`outcome`). Cells of one sheet are put in order. */
enum shodo_status shodo_xlsx_fill(int fd, struct shodo_xlsx_cell *cells, size_t n,
                                  struct shodo_buf *out, struct shodo_error *err);

/* One sheet's XML, for the above and for fuzzing: `cells` all belong to it. */
enum shodo_status shodo_xlsx_edit_sheet(const char *xml, size_t len, struct shodo_xlsx_cell **cells,
                                        size_t n, struct shodo_buf *out, struct shodo_error *err);
/* "C5", "$C$5" -> column (1..16384), row (1..1048576). */
bool shodo_xlsx_parse_cell(const char *s, size_t n, unsigned *ret_column, unsigned *ret_row);

#endif
