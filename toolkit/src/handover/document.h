/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document as data: what a sheet says, before it becomes PDF, HTML, text, XLSX or JSON. Every
 * field says where its value comes from; a field that nobody measured or answered is printed as
 * unknown with the next action, never guessed.
 *
 * A sheet is built in one language. Strings are copied. All foreign text is made safe here (control
 * and invisible characters become visible), so that no renderer has to think of it.
 */
#ifndef SHODO_HANDOVER_DOCUMENT_H
#define SHODO_HANDOVER_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

/* Where a value comes from. There is no "none". */
#define SHODO_FIELD_SOURCES(X)                                                                     \
    X(MEASURED, "measured", "測定") /* a run of the program; `source` says which */                \
    X(ANSWERED, "answered", "回答") /* a person, at a time; `source` says who and when */          \
    X(SITE, "site", "台帳")         /* the site profile */                                         \
    X(DATA, "data", "資料") /* a dated data file of the stick: contacts, forms, deadlines */       \
    X(COMPUTED, "computed", "計算") /* from other fields; `source` says how */                     \
    X(UNKNOWN, "unknown", "不明")   /* nobody knows yet; `source` is the next action */            \
    X(BY_HAND, "by_hand", "記入")   /* to be filled in with a pen */
enum shodo_field_source {
#define X(id, name, ja) SHODO_FIELD_##id,
    SHODO_FIELD_SOURCES(X)
#undef X
        SHODO_FIELD_SOURCE_COUNT
};
const char *shodo_field_source_name(enum shodo_field_source s, bool is_ja);

enum shodo_block_kind {
    SHODO_BLOCK_HEADING,
    SHODO_BLOCK_PARAGRAPH,
    SHODO_BLOCK_NOTICE, /* framed paragraph: what must not be missed */
    SHODO_BLOCK_FIELD,
    SHODO_BLOCK_TABLE,
    SHODO_BLOCK_CHECK, /* an empty box and a text */
    SHODO_BLOCK_QR,    /* `text` is the content, `label` the caption */
    SHODO_BLOCK_PAGE,  /* what follows starts on a new page */
    SHODO_BLOCK_TAG,   /* a card to cut out: `label` in large print, `text` below */
};

struct shodo_cell {
    const char *text; /* "" = empty box for a pen */
};

struct shodo_block {
    enum shodo_block_kind kind;
    const char *key;   /* stable name of a field: forms and later reports refer to it */
    const char *label; /* heading, label, caption */
    const char *text;  /* paragraph, value */
    const char *source_text;
    const char *boxes; /* of a field without a value: choices to tick, "" none */
    enum shodo_field_source source;
    int level; /* heading: 1..3 */
    /* table */
    size_t columns;
    bool is_small;            /* small print */
    bool is_roomy;            /* of a field without a value: room for several lines */
    const int *widths;        /* per mille of the text width, sum 1000 */
    struct shodo_cell *cells; /* row by row; the first row is the head */
    size_t cells_count;
};

/* Where a value stands in the official spreadsheet of a form. */
struct shodo_document_cell {
    const char *sheet, *cell, *text, *label;
};

struct shodo_document {
    struct shodo_arena arena;
    struct shodo_vec blocks;    /* struct shodo_block */
    struct shodo_vec cells;     /* struct shodo_document_cell; empty without a cell map */
    struct shodo_block nowhere; /* takes what no memory was left for; is_broken is then set */
    const char *title, *case_id, *status, *digest, *name;
    bool is_ja, is_drill, is_draft;
    bool is_compact;  /* fields of one line, source beside them */
    bool is_large;    /* read from afar */
    bool is_one_page; /* up to its first SHODO_BLOCK_PAGE: a longer one is printed a little smaller
                       */
    bool is_broken;   /* memory ran out */
    int64_t made;
    int offset_min; /* zone of the times shown */
};

void shodo_document_init(struct shodo_document *d, const char *name, const char *title, bool is_ja);
void shodo_document_done(struct shodo_document *d);
SHODO_DEFINE_AUTO(shodo_document, shodo_document_done)

void shodo_document_heading(struct shodo_document *d, int level, const char *text);
void shodo_document_paragraph(struct shodo_document *d, const char *text);
void shodo_document_notice(struct shodo_document *d, const char *text);
void shodo_document_check(struct shodo_document *d, const char *text);
void shodo_document_qr(struct shodo_document *d, const char *label, const char *content);
void shodo_document_page(struct shodo_document *d);
void shodo_document_tag(struct shodo_document *d, const char *title, const char *text);
/* Of the field that was just added and has no value: what can be ticked, and room for more than a
 * line. */
void shodo_document_field_open(struct shodo_document *d, const char *boxes, bool is_roomy);
/* `value` NULL or "" makes the field unknown, whatever `source` says; then `source_text` should be
 * the next action. */
void shodo_document_field(struct shodo_document *d, const char *key, const char *label,
                          const char *value, enum shodo_field_source source,
                          const char *source_text);
/* Head and widths first (`columns` items each), then rows of as many cells. */
void shodo_document_table(struct shodo_document *d, const char *key, size_t columns,
                          const int *widths, const char *const *head);
/* the table that was just begun is in small print */
void shodo_document_table_small(struct shodo_document *d);
void shodo_document_cell(struct shodo_document *d, const char *sheet, const char *cell,
                         const char *text, const char *label);
void shodo_document_row(struct shodo_document *d, const char *const *cells);

/* Renderers: append the whole file. */
enum shodo_status shodo_document_text(const struct shodo_document *d, struct shodo_buf *out,
                                      struct shodo_error *err);
enum shodo_status shodo_document_html(const struct shodo_document *d, struct shodo_buf *out,
                                      struct shodo_error *err);
enum shodo_status shodo_document_json(const struct shodo_document *d, struct shodo_buf *out,
                                      struct shodo_error *err);
/* One sheet; needs a UTF-8 locale, as every ZIP. */
enum shodo_status shodo_document_xlsx(const struct shodo_document *d, struct shodo_buf *out,
                                      struct shodo_error *err);
enum shodo_status shodo_document_pdf(const struct shodo_document *d, struct shodo_buf *out,
                                     struct shodo_error *err);
/* Modules of a QR code (error correction M) for `content`: size*size bytes 0/1, borrowed from
 * `arena`. LIMIT when too long. */
enum shodo_status shodo_qr(const char *content, struct shodo_arena *arena, int *ret_size,
                           const uint8_t **ret, struct shodo_error *err);

#endif
