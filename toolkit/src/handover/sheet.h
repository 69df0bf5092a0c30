/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sheets: one row of a table each. A sheet is a document (handover/document.h) made from the
 * journal, the answers, the site profile and the dated data files (rules/forms, rules/contacts,
 * rules/disclosure); all of them may be missing, then the sheet is one to fill in by hand. Nothing
 * here writes to the case.
 *
 * Where data files come from, the first that can be read counts: the folder `data_dir`, the site
 * folder of the stick (site/forms/…, site/contacts.yaml adds to the built-in contacts), the copy
 * built into the program. One that cannot be read is a problem, not a failure: the sheet is made
 * with the built-in copy and says so.
 */
#ifndef SHODO_HANDOVER_SHEET_H
#define SHODO_HANDOVER_SHEET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "case/playbook.h"
#include "handover/document.h"

struct shodo_sheet;

struct shodo_sheet_kind {
    const char *name;
    const char *alias; /* second name, "" none */
    struct shodo_text2 title;
    const char *form; /* stem of the file in forms/, "" none */
    enum shodo_status (*build)(struct shodo_sheet *s, struct shodo_error *err);
    bool is_form; /* a draft of something that is sent: marked 案 until it was sent */
};
extern const struct shodo_sheet_kind shodo_sheet_kinds[];
extern const size_t shodo_sheet_kinds_count;
const struct shodo_sheet_kind *shodo_sheet_find(const char *name); /* by name or alias; NULL */

/* One thing that is missing or stale in the site profile: where it is written. */
struct shodo_site_gap {
    const char *section; /* "people", "connections", "contacts" … */
    long index;          /* of the row in its list, -1 none */
    const char *id;      /* of a row that is missing, or of a contact; NULL */
    const char *field;   /* NULL: the row, or the whole section */
    const char *why;     /* "missing" "old" "undated" */
};

struct shodo_sheet_options {
    const char *case_path; /* NULL: no case */
    const char *site_path; /* NULL: the case's site folder, or none */
    const char *data_dir;  /* NULL: see above */
    /* JSON form of an earlier copy of this sheet: what changed is listed at the end; NULL */
    const char *since;
    /* copy of the ransom note (`shodo cat`), for the sheets that may show its words; NULL: as typed
     */
    const char *note_path;
    bool is_ja, is_blank; /* blank: for the hand, nothing of the case in it */
    int64_t now;          /* ns UTC */
    /* Every problem with a data file, one call each: "file:line: what" in Japanese. May be NULL. */
    void (*problem)(void *ctx, const char *text);
    /* Of the site check, before the text of the same problem. May be NULL. */
    void (*gap)(void *ctx, const struct shodo_site_gap *gap);
    void *ctx;
};

/* Makes the document. `ret` is initialised by this call and owned by the caller also on failure. */
enum shodo_status shodo_sheet_make(const struct shodo_sheet_kind *kind,
                                   const struct shodo_sheet_options *o, struct shodo_document *ret,
                                   struct shodo_error *err);

/* The official spreadsheet of a form with the values of `d` in the cells that
 * forms/<form>.cells.yaml names; everything else in it stays. `template_path` NULL: the file that
 * the map names, in the site's folder forms/. NOTFOUND: there is no such file or no map. */
enum shodo_status shodo_sheet_fill(const struct shodo_sheet_kind *kind,
                                   const struct shodo_sheet_options *o,
                                   const struct shodo_document *d, const char *template_path,
                                   struct shodo_buf *out, struct shodo_error *err);
/* An empty cell map of a form, to be filled in by who has the official spreadsheet. NOTFOUND: the
 * sheet is no form. */
enum shodo_status shodo_sheet_cells_blank(const struct shodo_sheet_kind *kind,
                                          const struct shodo_sheet_options *o,
                                          struct shodo_buf *out, struct shodo_error *err);

/* What is missing or stale in a site profile and in contacts.yaml and recipients/ beside it, and
 * what to fill in before an incident, one line each to `o->problem`. Gives the number of lines. */
enum shodo_status shodo_sheet_site_check(const struct shodo_sheet_options *o, size_t *ret,
                                         struct shodo_error *err);

/* ---- deadlines: all pure functions ---- */

/* End of a deadline of `days` calendar days: midnight at the end of that day in the zone
 * `offset_min`. The day of knowledge is day 0, or day 1 when `first_day_counts`. NONE when out of
 * range. */
int64_t shodo_deadline_days(int64_t known, int offset_min, int days, bool first_day_counts);
/* "Asia/Tokyo", "UTC", "+09:00". false: unknown, `*ret` is then +09:00. */
bool shodo_deadline_zone(const char *name, int *ret_offset_min);
/* RFC 3339, or "2026-11-22 19:36[:05]" in the zone. */
bool shodo_deadline_parse(const char *text, int offset_min, int64_t *ret);

#endif
