/* SPDX-License-Identifier: Apache-2.0 */
/* One worksheet: finds places for the cells, then copies the XML with the new cells in it. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "handover/xlsx.h"
#include "handover/xml.h"

#define COLUMNS_MAX 16384u
#define ROWS_MAX    1048576u

bool shodo_xlsx_parse_cell(const char *s, size_t n, unsigned *ret_column, unsigned *ret_row) {
    unsigned column = 0, row = 0;
    size_t i = 0, letters = 0, digits = 0;
    i += i < n && s[i] == '$';
    for (; i < n && letters < 4; i++, letters++) {
        char c = (char)(s[i] | 32);
        if (c < 'a' || c > 'z')
            break;
        column = column * 26 + (unsigned)(c - 'a' + 1);
    }
    i += i < n && s[i] == '$';
    for (; i < n && digits < 8 && s[i] >= '0' && s[i] <= '9'; i++, digits++)
        row = row * 10 + (unsigned)(s[i] - '0');
    if (i != n || !letters || !digits || column > COLUMNS_MAX || row == 0 || row > ROWS_MAX)
        return false;
    *ret_column = column;
    *ret_row = row;
    return true;
}

struct target {
    struct shodo_xlsx_cell *cell;
    unsigned column, row;
    size_t order;
};

struct edit { /* bytes [from, to) of the sheet become text */
    size_t from, to, order;
    struct shodo_buf text;
};

struct editing {
    struct shodo_xml xml;
    struct target *targets; /* by row, then column */
    size_t count, next;     /* next: the first that has no place yet */
    struct shodo_vec edits; /* struct edit, in the order of the sheet */
    struct shodo_buf value;
    char prefix[32];
};

static int by_place(const void *a, const void *b) {
    const struct target *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* A cell inside a merged area stands for its first cell. */
static void resolve_merge(struct editing *e, const char *ref, size_t n) {
    const char *colon = memchr(ref, ':', n);
    unsigned c1 = 0, r1 = 0, c2 = 0, r2 = 0;
    if (!colon || !shodo_xlsx_parse_cell(ref, (size_t)(colon - ref), &c1, &r1) ||
        !shodo_xlsx_parse_cell(colon + 1, n - (size_t)(colon - ref) - 1, &c2, &r2))
        return;
    for (size_t i = 0; i < e->count; i++) {
        struct target *t = &e->targets[i];
        if (t->column >= c1 && t->column <= c2 && t->row >= r1 && t->row <= r2) {
            t->column = c1;
            t->row = r1;
        }
    }
}

static enum shodo_status read_merges(struct editing *e, struct shodo_error *err) {
    struct shodo_xml x = e->xml;
    struct shodo_xml_tag t;
    unsigned count = 0;
    enum shodo_status st = SHODO_OK;
    while ((st = shodo_xml_next(&x, &t, err)) == SHODO_OK) {
        if (!shodo_xml_is(&t, "mergeCell") || t.kind == SHODO_XML_CLOSE)
            continue;
        if (++count > SHODO_LIMIT_XLSX_MERGES)
            return shodo_fail(err, SHODO_LIMIT, "more than %u merged areas",
                              SHODO_LIMIT_XLSX_MERGES);
        if (shodo_xml_attr(&t, "ref", &e->value))
            resolve_merge(e, shodo_buf_cstr(&e->value), e->value.len);
    }
    return st == SHODO_END ? SHODO_OK : st;
}

static struct edit *replace(struct editing *e, size_t from, size_t to) {
    struct edit *d = shodo_vec_push(&e->edits);
    if (d)
        *d = (struct edit){.from = from, .to = to, .text = SHODO_BUF_INIT};
    return d;
}

static void column_name(unsigned column, char out[8]) {
    char back[8];
    size_t n = 0;
    for (; column > 0; column = (column - 1) / 26)
        back[n++] = (char)('A' + (column - 1) % 26);
    for (size_t i = 0; i < n; i++)
        out[i] = back[n - 1 - i];
    out[n] = 0;
}

/* `style`: text of the attribute s, "" none. */
static void put_cell(struct editing *e, struct shodo_buf *out, const struct target *t,
                     const char *style) {
    char name[8];
    column_name(t->column, name);
    shodo_buf_addf(out, "<%sc r=\"%s%u\"", e->prefix, name, t->row);
    if (*style) {
        shodo_buf_adds(out, " s=\"");
        shodo_xml_escape(out, style, strlen(style));
        shodo_buf_addc(out, '"');
    }
    shodo_buf_addf(out, " t=\"inlineStr\"><%sis><%st xml:space=\"preserve\">", e->prefix,
                   e->prefix);
    shodo_xml_escape(out, t->cell->text, strlen(t->cell->text));
    shodo_buf_addf(out, "</%st></%sis></%sc>", e->prefix, e->prefix, e->prefix);
    t->cell->outcome = SHODO_XLSX_FILLED;
}

/* The next target, passing over those whose place is taken. */
static struct target *peek(struct editing *e) {
    while (e->next < e->count) {
        struct target *t = &e->targets[e->next], *before = e->next ? t - 1 : NULL;
        if (!before || before->row != t->row || before->column != t->column)
            return t;
        t->cell->outcome = before->cell->outcome == SHODO_XLSX_FORMULA ? SHODO_XLSX_FORMULA
                                                                       : SHODO_XLSX_TWICE;
        e->next++;
    }
    return NULL;
}

/* New cells of `row` left of `column` stand before `at`. */
static bool insert_cells(struct editing *e, unsigned row, unsigned column, size_t at) {
    struct target *t = peek(e);
    struct edit *d = t && t->row == row && t->column < column ? replace(e, at, at) : NULL;
    if (!d)
        return !t || t->row != row || t->column >= column;
    for (; t && t->row == row && t->column < column; t = peek(e)) {
        put_cell(e, &d->text, t, "");
        e->next++;
    }
    return true;
}

/* New rows above `row` stand before `at`. */
static void put_rows(struct editing *e, struct shodo_buf *out, unsigned row) {
    for (struct target *t = peek(e); t && t->row < row; t = peek(e)) {
        unsigned now = t->row;
        shodo_buf_addf(out, "<%srow r=\"%u\">", e->prefix, now);
        for (; t && t->row == now; t = peek(e)) {
            put_cell(e, out, t, "");
            e->next++;
        }
        shodo_buf_addf(out, "</%srow>", e->prefix);
    }
}

static bool insert_rows(struct editing *e, unsigned row, size_t at) {
    struct target *t = peek(e);
    if (!t || t->row >= row)
        return true;
    struct edit *d = replace(e, at, at);
    if (d)
        put_rows(e, &d->text, row);
    return d != NULL;
}

static enum shodo_status no_memory(struct shodo_error *err) {
    return shodo_fail(err, SHODO_NOMEM, "no memory for a spreadsheet");
}

/* From a `c` that was just read: replaced when a target stands there. */
static enum shodo_status at_cell(struct editing *e, const struct shodo_xml_tag *open,
                                 unsigned column, unsigned row, struct shodo_error *err) {
    struct shodo_xml_tag t;
    size_t end = open->end;
    bool has_formula = false;
    unsigned depth = open->kind == SHODO_XML_OPEN;
    while (depth > 0) {
        enum shodo_status st = shodo_xml_next(&e->xml, &t, err);
        if (st != SHODO_OK)
            return st == SHODO_END ? shodo_fail(err, SHODO_DAMAGED, "a cell has no end") : st;
        has_formula = has_formula || shodo_xml_is(&t, "f");
        depth = t.kind == SHODO_XML_OPEN    ? depth + 1
                : t.kind == SHODO_XML_CLOSE ? depth - 1
                                            : depth;
        end = t.end;
        if (depth > SHODO_LIMIT_DOC_DEPTH)
            return shodo_fail(err, SHODO_LIMIT, "elements are nested deeper than %u",
                              SHODO_LIMIT_DOC_DEPTH);
    }
    if (!insert_cells(e, row, column, open->start))
        return no_memory(err);
    struct target *target = peek(e);
    if (!target || target->row != row || target->column != column)
        return SHODO_OK;
    if (has_formula) {
        target->cell->outcome = SHODO_XLSX_FORMULA;
        e->next++;
        return SHODO_OK;
    }
    struct edit *d = replace(e, open->start, end);
    if (!d)
        return no_memory(err);
    bool has_style = shodo_xml_attr(open, "s", &e->value);
    put_cell(e, &d->text, target, has_style ? shodo_buf_cstr(&e->value) : "");
    e->next++;
    return SHODO_OK;
}

static enum shodo_status at_row(struct editing *e, const struct shodo_xml_tag *open, unsigned row,
                                struct shodo_error *err) {
    unsigned last = 0;
    struct shodo_xml_tag t;
    if (!insert_rows(e, row, open->start))
        return no_memory(err);
    struct target *target = peek(e);
    if (open->kind == SHODO_XML_EMPTY) {
        struct edit *d = target && target->row == row ? replace(e, open->start, open->end) : NULL;
        if (!d)
            return !target || target->row != row ? SHODO_OK : no_memory(err);
        shodo_buf_addf(&d->text, "<%srow%.*s>", e->prefix, (int)open->attrs_len, open->attrs);
        for (; target && target->row == row; target = peek(e)) {
            put_cell(e, &d->text, target, "");
            e->next++;
        }
        shodo_buf_addf(&d->text, "</%srow>", e->prefix);
        return SHODO_OK;
    }
    for (;;) {
        enum shodo_status st = shodo_xml_next(&e->xml, &t, err);
        if (st != SHODO_OK)
            return st == SHODO_END ? shodo_fail(err, SHODO_DAMAGED, "a row has no end") : st;
        if (t.kind == SHODO_XML_CLOSE && shodo_xml_is(&t, "row"))
            return insert_cells(e, row, COLUMNS_MAX + 1, t.start) ? SHODO_OK : no_memory(err);
        if (!shodo_xml_is(&t, "c") || t.kind == SHODO_XML_CLOSE)
            continue;
        unsigned column = last + 1, its_row = row;
        if (shodo_xml_attr(&t, "r", &e->value) &&
            !shodo_xlsx_parse_cell(shodo_buf_cstr(&e->value), e->value.len, &column, &its_row))
            return shodo_fail(err, SHODO_DAMAGED, "row %u has a cell without a place", row);
        if (its_row != row || column <= last)
            return shodo_fail(err, SHODO_DAMAGED, "cells of row %u are out of order", row);
        last = column;
        st = at_cell(e, &t, column, row, err);
        if (st != SHODO_OK)
            return st;
    }
}

static enum shodo_status at_data(struct editing *e, const struct shodo_xml_tag *open,
                                 struct shodo_error *err) {
    struct shodo_xml_tag t;
    unsigned last = 0;
    if (open->kind == SHODO_XML_EMPTY) {
        struct edit *d = replace(e, open->start, open->end);
        if (!d)
            return no_memory(err);
        shodo_buf_addf(&d->text, "<%ssheetData>", e->prefix);
        put_rows(e, &d->text, ROWS_MAX + 1);
        shodo_buf_addf(&d->text, "</%ssheetData>", e->prefix);
        return SHODO_OK;
    }
    for (;;) {
        enum shodo_status st = shodo_xml_next(&e->xml, &t, err);
        if (st != SHODO_OK)
            return st == SHODO_END ? shodo_fail(err, SHODO_DAMAGED, "the sheet has no end") : st;
        if (t.kind == SHODO_XML_CLOSE && shodo_xml_is(&t, "sheetData"))
            return insert_rows(e, ROWS_MAX + 1, t.start) ? SHODO_OK : no_memory(err);
        if (!shodo_xml_is(&t, "row") || t.kind == SHODO_XML_CLOSE)
            continue;
        uint64_t row = last + 1;
        if (shodo_xml_attr(&t, "r", &e->value) &&
            !shodo_text_parse_u64(shodo_buf_cstr(&e->value), e->value.len, &row))
            return shodo_fail(err, SHODO_DAMAGED, "a row without a number");
        if (row <= last || row > ROWS_MAX)
            return shodo_fail(err, SHODO_DAMAGED, "rows are out of order after row %u", last);
        last = (unsigned)row;
        st = at_row(e, &t, last, err);
        if (st != SHODO_OK)
            return st;
    }
}

static enum shodo_status find_places(struct editing *e, struct shodo_error *err) {
    struct shodo_xml_tag t;
    enum shodo_status st = SHODO_OK;
    while ((st = shodo_xml_next(&e->xml, &t, err)) == SHODO_OK) {
        if (!shodo_xml_is(&t, "sheetData") || t.kind == SHODO_XML_CLOSE)
            continue;
        if (t.prefix_len >= sizeof e->prefix)
            return shodo_fail(err, SHODO_UNSUPPORTED, "a long XML prefix");
        memcpy(e->prefix, t.prefix, t.prefix_len);
        return at_data(e, &t, err);
    }
    return st == SHODO_END ? shodo_fail(err, SHODO_DAMAGED, "the sheet holds no cells") : st;
}

static enum shodo_status copy_edited(const struct editing *e, struct shodo_buf *out,
                                     struct shodo_error *err) {
    size_t at = 0;
    for (size_t i = 0; i < e->edits.count; i++) {
        struct edit *d = shodo_vec_at(&e->edits, i);
        shodo_assert(d->from >= at && d->to >= d->from && d->to <= e->xml.n);
        shodo_buf_add(out, e->xml.p + at, d->from - at);
        shodo_buf_add(out, d->text.data ? d->text.data : "", d->text.len);
        out->failed = out->failed || d->text.failed;
        at = d->to;
    }
    shodo_buf_add(out, e->xml.p + at, e->xml.n - at);
    return out->failed ? no_memory(err) : SHODO_OK;
}

enum shodo_status shodo_xlsx_edit_sheet(const char *xml, size_t len, struct shodo_xlsx_cell **cells,
                                        size_t n, struct shodo_buf *out, struct shodo_error *err) {
    struct editing e = {.xml = {.p = xml, .n = len},
                        .edits = SHODO_VEC_INIT(sizeof(struct edit)),
                        .value = SHODO_BUF_INIT};
    if (len >= 2 && ((unsigned char)xml[0] >= 0xfe || xml[0] == 0 || xml[1] == 0))
        return shodo_fail(err, SHODO_UNSUPPORTED, "the sheet is not UTF-8");
    enum shodo_status st = shodo_xml_check(xml, len, err);
    if (st != SHODO_OK)
        return st;
    e.targets = calloc(n ? n : 1, sizeof *e.targets);
    if (!e.targets)
        return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        struct target *t = &e.targets[e.count];
        *t = (struct target){.cell = cells[i], .order = i};
        if (shodo_xlsx_parse_cell(cells[i]->cell, strlen(cells[i]->cell), &t->column, &t->row))
            e.count++;
        else
            cells[i]->outcome = SHODO_XLSX_NO_CELL;
    }
    st = read_merges(&e, err);
    qsort(e.targets, e.count, sizeof *e.targets, by_place);
    if (st == SHODO_OK)
        st = find_places(&e, err);
    if (st == SHODO_OK)
        st = copy_edited(&e, out, err);
    for (size_t i = 0; i < e.edits.count; i++)
        shodo_buf_done(&((struct edit *)shodo_vec_at(&e.edits, i))->text);
    shodo_vec_done(&e.edits);
    shodo_buf_done(&e.value);
    free(e.targets);
    return st;
}
