/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/document.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

static const char *const source_names[SHODO_FIELD_SOURCE_COUNT][2] = {
#define X(id, name, ja) [SHODO_FIELD_##id] = {name, ja},
    SHODO_FIELD_SOURCES(X)
#undef X
};

const char *shodo_field_source_name(enum shodo_field_source s, bool is_ja) {
    return s < SHODO_FIELD_SOURCE_COUNT ? source_names[s][is_ja] : "";
}

/* Safe copy; line breaks stay. */
static const char *keep(struct shodo_document *d, const char *s) {
    if (!s)
        return "";
    shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT;
    for (size_t i = 0, n = strlen(s); i < n;) {
        size_t line = strcspn(s + i, "\n");
        shodo_text_safe(&safe, s + i, line);
        i += line;
        if (s[i] == '\n') {
            shodo_buf_addc(&safe, '\n');
            i++;
        }
    }
    const char *copy = safe.failed ? NULL
                                   : shodo_arena_str(&d->arena, shodo_buf_cstr(&safe), safe.len);
    if (!copy)
        d->is_broken = true;
    return copy ? copy : "";
}

void shodo_document_init(struct shodo_document *d, const char *name, const char *title,
                         bool is_ja) {
    *d = (struct shodo_document){.arena = SHODO_ARENA_INIT,
                                 .blocks = SHODO_VEC_INIT(sizeof(struct shodo_block)),
                                 .cells = SHODO_VEC_INIT(sizeof(struct shodo_document_cell)),
                                 .is_ja = is_ja,
                                 .case_id = "",
                                 .status = "",
                                 .digest = "",
                                 .made = SHODO_TIME_NONE,
                                 .offset_min = 540};
    d->name = keep(d, name);
    d->title = keep(d, title);
}

void shodo_document_done(struct shodo_document *d) {
    shodo_vec_done(&d->blocks);
    shodo_vec_done(&d->cells);
    shodo_arena_done(&d->arena);
}

static struct shodo_block *add(struct shodo_document *d, enum shodo_block_kind kind) {
    struct shodo_block *b = shodo_vec_push(&d->blocks);
    if (!b) {
        d->is_broken = true;
        b = &d->nowhere;
    }
    *b = (struct shodo_block){
        .kind = kind, .key = "", .label = "", .text = "", .source_text = "", .boxes = ""};
    return b;
}

void shodo_document_heading(struct shodo_document *d, int level, const char *text) {
    struct shodo_block *b = add(d, SHODO_BLOCK_HEADING);
    b->label = keep(d, text);
    b->level = level < 1 ? 1 : level > 3 ? 3 : level;
}

void shodo_document_paragraph(struct shodo_document *d, const char *text) {
    add(d, SHODO_BLOCK_PARAGRAPH)->text = keep(d, text);
}

void shodo_document_notice(struct shodo_document *d, const char *text) {
    add(d, SHODO_BLOCK_NOTICE)->text = keep(d, text);
}

void shodo_document_check(struct shodo_document *d, const char *text) {
    add(d, SHODO_BLOCK_CHECK)->text = keep(d, text);
}

void shodo_document_qr(struct shodo_document *d, const char *label, const char *content) {
    struct shodo_block *b = add(d, SHODO_BLOCK_QR);
    b->label = keep(d, label);
    b->text = keep(d, content);
}

void shodo_document_page(struct shodo_document *d) {
    add(d, SHODO_BLOCK_PAGE);
}

void shodo_document_field(struct shodo_document *d, const char *key, const char *label,
                          const char *value, enum shodo_field_source source,
                          const char *source_text) {
    shodo_assert(key && *key && label && *label && source < SHODO_FIELD_SOURCE_COUNT);
    struct shodo_block *b = add(d, SHODO_BLOCK_FIELD);
    bool is_empty = !value || !*value;
    b->key = keep(d, key);
    b->label = keep(d, label);
    b->text = keep(d, is_empty ? "" : value);
    b->source = is_empty && source != SHODO_FIELD_BY_HAND ? SHODO_FIELD_UNKNOWN : source;
    b->source_text = keep(d, source_text);
}

void shodo_document_tag(struct shodo_document *d, const char *title, const char *text) {
    struct shodo_block *b = add(d, SHODO_BLOCK_TAG);
    b->label = keep(d, title);
    b->text = keep(d, text);
}

void shodo_document_field_open(struct shodo_document *d, const char *boxes, bool is_roomy) {
    struct shodo_block *b = d->blocks.count ? shodo_vec_at(&d->blocks, d->blocks.count - 1) : NULL;
    if (!b || b->kind != SHODO_BLOCK_FIELD || *b->text)
        return;
    b->boxes = keep(d, boxes);
    b->is_roomy = is_roomy;
}

static struct shodo_block *last_table(struct shodo_document *d) {
    struct shodo_block *b = d->blocks.count ? shodo_vec_at(&d->blocks, d->blocks.count - 1) : NULL;
    return b && b->kind == SHODO_BLOCK_TABLE ? b : NULL;
}

void shodo_document_table(struct shodo_document *d, const char *key, size_t columns,
                          const int *widths, const char *const *head) {
    shodo_assert(columns > 0 && columns <= 16);
    struct shodo_block *b = add(d, SHODO_BLOCK_TABLE);
    int *copy = shodo_arena_alloc(&d->arena, columns * sizeof(*copy), _Alignof(int));
    if (!copy) {
        d->is_broken = true;
        return;
    }
    memcpy(copy, widths, columns * sizeof(*copy));
    b->key = keep(d, key);
    b->columns = columns;
    b->widths = copy;
    shodo_document_row(d, head);
}

void shodo_document_table_small(struct shodo_document *d) {
    struct shodo_block *b = last_table(d);
    if (b)
        b->is_small = true;
}

void shodo_document_row(struct shodo_document *d, const char *const *cells) {
    struct shodo_block *b = last_table(d);
    if (!b || b->columns == 0)
        return;
    /* Rows are few; the whole table moves as it doubles. */
    size_t count = b->cells_count + b->columns;
    size_t rows = b->cells_count / b->columns;
    if ((rows & (rows + 1)) == 0 || !b->cells) { /* 0, 1, 3, 7 … rows: room for twice as many */
        struct shodo_cell *more = shodo_arena_alloc(
            &d->arena, (2 * rows + 2) * b->columns * sizeof(*more), _Alignof(struct shodo_cell));
        if (!more) {
            d->is_broken = true;
            return;
        }
        if (b->cells_count)
            memcpy(more, b->cells, b->cells_count * sizeof(*more));
        b->cells = more;
    }
    for (size_t i = 0; i < b->columns; i++)
        b->cells[b->cells_count + i].text = keep(d, cells[i]);
    b->cells_count = count;
}

void shodo_document_cell(struct shodo_document *d, const char *sheet, const char *cell,
                         const char *text, const char *label) {
    struct shodo_document_cell *c = shodo_vec_push(&d->cells);
    if (!c) {
        d->is_broken = true;
        return;
    }
    *c = (struct shodo_document_cell){.sheet = keep(d, sheet),
                                      .cell = keep(d, cell),
                                      .text = keep(d, text),
                                      .label = keep(d, label)};
}

static void json_block(struct shodo_json *j, const struct shodo_block *b) {
    static const char *const kinds[] = {"heading", "paragraph", "notice", "field", "table",
                                        "check",   "qr",        "page",   "tag"};
    shodo_json_object(j, NULL);
    shodo_json_str(j, "kind", kinds[b->kind]);
    if (*b->key)
        shodo_json_str(j, "key", b->key);
    if (*b->label)
        shodo_json_str(j, "label", b->label);
    if (*b->text || b->kind == SHODO_BLOCK_FIELD)
        shodo_json_str(j, "text", b->text);
    if (b->kind == SHODO_BLOCK_FIELD) {
        shodo_json_str(j, "source", shodo_field_source_name(b->source, false));
        shodo_json_str(j, "source_text", b->source_text);
        if (*b->boxes)
            shodo_json_str(j, "boxes", b->boxes);
    }
    if (b->kind == SHODO_BLOCK_TABLE) {
        shodo_json_array(j, "rows");
        for (size_t i = 0; i < b->cells_count; i += b->columns) {
            shodo_json_array(j, NULL);
            for (size_t k = 0; k < b->columns; k++)
                shodo_json_str(j, NULL, b->cells[i + k].text);
            shodo_json_array_end(j);
        }
        shodo_json_array_end(j);
    }
    shodo_json_object_end(j);
}

enum shodo_status shodo_document_json(const struct shodo_document *d, struct shodo_buf *out,
                                      struct shodo_error *err) {
    struct shodo_json j = shodo_json_to(out);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "sheet", d->name);
    shodo_json_str(&j, "title", d->title);
    shodo_json_str(&j, "lang", d->is_ja ? "ja" : "en");
    shodo_json_str(&j, "case", d->case_id);
    shodo_json_str(&j, "status", d->status);
    shodo_json_bool(&j, "draft", d->is_draft);
    shodo_json_bool(&j, "drill", d->is_drill);
    shodo_json_time(&j, "made", d->made);
    shodo_json_str(&j, "digest", d->digest);
    shodo_json_array(&j, "blocks");
    for (size_t i = 0; i < d->blocks.count; i++)
        json_block(&j, shodo_vec_at(&d->blocks, i));
    shodo_json_array_end(&j);
    shodo_json_object_end(&j);
    shodo_json_line_end(&j);
    return out->failed || d->is_broken ? shodo_fail(err, SHODO_NOMEM, "no memory for the document")
                                       : SHODO_OK;
}
