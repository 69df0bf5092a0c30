/* SPDX-License-Identifier: Apache-2.0 */
/* The official spreadsheet of a form: forms/<form>.cells.yaml says which field stands in which cell
 * (rules/forms/README.md). */
#include <fcntl.h>
#include <string.h>

#include "base/io.h"
#include "handover/sheet_data.h"
#include "handover/xlsx.h"

#define MARK "○" /* in the cell of a choice */

/* Text of map[key]; NULL also for a plain null. */
static const char *str(const struct shodo_value *map, const char *key) {
    const struct shodo_value *v = shodo_value_get(map, key);
    return shodo_value_kind(v) == SHODO_VALUE_NULL ? NULL : shodo_value_str(v);
}

static const struct shodo_value *field_of(const struct shodo_sheet *s, const char *id) {
    const struct shodo_value *sections = shodo_value_get(s->form, "sections");
    for (size_t i = 0; i < shodo_value_count(sections); i++) {
        const struct shodo_value *fields = shodo_value_get(shodo_value_at(sections, i), "fields");
        for (size_t k = 0; k < shodo_value_count(fields); k++) {
            const char *name = shodo_value_get_str(shodo_value_at(fields, k), "id");
            if (name && strcmp(name, id) == 0)
                return shodo_value_at(fields, k);
        }
    }
    return NULL;
}

static const char *sheet_of(const struct shodo_sheet *s, const struct shodo_value *place) {
    const char *sheet = str(place, "sheet");
    return sheet ? sheet : str(s->cells, "sheet");
}

static void check_place(struct shodo_sheet *s, const char *file, const struct shodo_value *place,
                        const char *id) {
    const char *cell = str(place, "cell");
    unsigned column = 0, row = 0;
    if (shodo_value_get(place, "cell") && !cell && !shodo_value_get(place, "choices"))
        return; /* null: for the pen */
    if (!sheet_of(s, place))
        shodo_sheet_problem(s, file, place, "%s にシート名（sheet）がありません", id);
    if (!cell && !shodo_value_get(place, "choices"))
        shodo_sheet_problem(s, file, place, "%s にセル（cell）がありません", id);
    if (cell && !shodo_xlsx_parse_cell(cell, strlen(cell), &column, &row))
        shodo_sheet_problem(s, file, place, "%s のセル '%s' は、C5 のような形ではありません", id,
                            cell);
}

void shodo_sheet_cells_load(struct shodo_sheet *s) {
    const char *file = shodo_sheet_printf(s, "forms/%s.cells.yaml", s->kind->form);
    s->cells = shodo_sheet_file(s, file);
    const struct shodo_value *cells = shodo_value_get(s->cells, "cells");
    if (s->cells && shodo_value_kind(cells) != SHODO_VALUE_MAP)
        shodo_sheet_problem(s, file, s->cells, "cells（欄とセルの対応）がありません");
    if (s->cells && !str(s->cells, "checked"))
        shodo_sheet_problem(
            s, file, s->cells,
            "確かめた日と人（checked）がありません。公式の様式とセルを1つずつ照合してください");
    for (size_t i = 0; shodo_value_kind(cells) == SHODO_VALUE_MAP && i < shodo_value_count(cells);
         i++) {
        const char *id = shodo_value_key_at(cells, i);
        const struct shodo_value *place = shodo_value_at(cells, i);
        if (!field_of(s, id))
            shodo_sheet_problem(s, file, place, "この様式に '%.60s' という欄はありません", id);
        else if (shodo_value_kind(place) != SHODO_VALUE_NULL)
            check_place(s, file, place, id);
    }
}

/* "有、無" holds the choice "有". */
static bool holds(const char *text, const char *label) {
    size_t n = strlen(label);
    for (const char *p = text; n && (p = strstr(p, label)) != NULL; p += n) {
        bool starts = p == text || (p - text >= 3 && memcmp(p - 3, "、", 3) == 0) ||
                      (p - text >= 2 && memcmp(p - 2, ", ", 2) == 0);
        const char *end = p + n;
        bool ends = !*end || strncmp(end, "、", 3) == 0 || *end == ',' ||
                    strncmp(end, "（", 3) == 0;
        if (starts && ends)
            return true;
    }
    return false;
}

static void note_choices(struct shodo_sheet *s, const struct shodo_value *field,
                         const struct shodo_value *place, const char *text) {
    const struct shodo_value *marks = shodo_value_get(place, "choices"),
                             *choices = shodo_value_get(field, "choices");
    const char *mark = str(s->cells, "mark");
    for (size_t i = 0; i < shodo_value_count(choices); i++) {
        const struct shodo_value *c = shodo_value_at(choices, i);
        const char *value = shodo_value_get_str(c, "value"),
                   *label = shodo_value_get_str(c, s->is_ja ? "ja" : "en"),
                   *cell = value ? str(marks, value) : NULL;
        if (cell && label && sheet_of(s, place) && holds(text, label))
            shodo_document_cell(s->d, sheet_of(s, place), cell, mark ? mark : MARK, label);
    }
}

void shodo_sheet_cells_note(struct shodo_sheet *s, const struct shodo_value *field,
                            const char *text) {
    const char *id = shodo_value_get_str(field, "id");
    const struct shodo_value *place = id ? shodo_value_get(shodo_value_get(s->cells, "cells"), id)
                                         : NULL;
    const char *cell = str(place, "cell");
    if (!*text || shodo_value_kind(place) != SHODO_VALUE_MAP)
        return; /* what is not known stays as the official form has it: empty, for the pen */
    if (cell && sheet_of(s, place))
        shodo_document_cell(s->d, sheet_of(s, place), cell, text,
                            shodo_sheet_text(s, field, "label"));
    note_choices(s, field, place, text);
}

static const char *outcome_words(enum shodo_xlsx_outcome o) {
    switch (o) {
    case SHODO_XLSX_NO_SHEET:
        return "その名前のシートがありません";
    case SHODO_XLSX_NO_CELL:
        return "セルの書き方が正しくありません";
    case SHODO_XLSX_FORMULA:
        return "式の入ったセルなので、書きませんでした";
    case SHODO_XLSX_TWICE:
        return "同じセルに別の欄を書きました（結合したセルかもしれません）";
    case SHODO_XLSX_OPEN:
    case SHODO_XLSX_FILLED:
        break;
    }
    return NULL;
}

static enum shodo_status open_template(int *ret, struct shodo_sheet *s, const char *path,
                                       struct shodo_error *err) {
    int forms = -1;
    if (path)
        return shodo_io_open_read(ret, AT_FDCWD, path, err);
    const char *name = str(s->cells, "file");
    if (!name || strchr(name, '/') || s->dir.site_fd < 0)
        return shodo_fail(err, SHODO_NOTFOUND,
                          "no official spreadsheet in the site's folder forms/");
    enum shodo_status st = shodo_io_open_dir(&forms, s->dir.site_fd, "forms", err);
    if (st == SHODO_OK)
        st = shodo_io_open_read(ret, forms, name, err);
    shodo_io_close(&forms);
    return st;
}

static enum shodo_status fill(struct shodo_sheet *s, int fd, const struct shodo_document *d,
                              struct shodo_buf *out, struct shodo_error *err) {
    shodo_auto(shodo_vec) struct shodo_vec cells = SHODO_VEC_INIT(sizeof(struct shodo_xlsx_cell));
    for (size_t i = 0; i < d->cells.count; i++) {
        const struct shodo_document_cell *c = shodo_vec_at(&d->cells, i);
        struct shodo_xlsx_cell *x = shodo_vec_push(&cells);
        if (!x)
            return shodo_fail(err, SHODO_NOMEM, "no memory for a spreadsheet");
        *x = (struct shodo_xlsx_cell){.sheet = c->sheet, .cell = c->cell, .text = c->text, .id = i};
    }
    enum shodo_status st = shodo_xlsx_fill(fd, cells.data, cells.count, out, err);
    for (size_t i = 0; st == SHODO_OK && i < cells.count; i++) {
        const struct shodo_xlsx_cell *x = shodo_vec_at(&cells, i);
        const struct shodo_document_cell *c = shodo_vec_at(&d->cells, x->id);
        const char *words = outcome_words(x->outcome);
        if (words)
            shodo_sheet_problem(s, shodo_sheet_printf(s, "forms/%s.cells.yaml", s->kind->form),
                                NULL, "%s（%s!%s）: %s", c->label, c->sheet, c->cell, words);
    }
    return st;
}

/* For the words after the document was made: only the map and the site's folder are needed. */
static enum shodo_status reopen(struct shodo_sheet *s, const struct shodo_sheet_kind *kind,
                                const struct shodo_sheet_options *o,
                                struct shodo_sheet_options *quiet, struct shodo_document *scratch,
                                struct shodo_error *err) {
    shodo_document_init(scratch, kind->name, kind->title.ja, o->is_ja);
    *quiet = *o;
    quiet->problem = NULL;
    return shodo_sheet_open(s, kind, quiet, scratch, err);
}

enum shodo_status shodo_sheet_fill(const struct shodo_sheet_kind *kind,
                                   const struct shodo_sheet_options *o,
                                   const struct shodo_document *d, const char *template_path,
                                   struct shodo_buf *out, struct shodo_error *err) {
    shodo_auto(shodo_document) struct shodo_document scratch;
    shodo_auto(shodo_sheet) struct shodo_sheet s;
    struct shodo_sheet_options quiet;
    int fd = -1;
    enum shodo_status st = reopen(&s, kind, o, &quiet, &scratch, err);
    if (st == SHODO_OK && !s.cells)
        return shodo_fail(err, SHODO_NOTFOUND, "no cell map forms/%s.cells.yaml", kind->form);
    if (st == SHODO_OK)
        st = open_template(&fd, &s, template_path, err);
    quiet.problem = o->problem;
    if (st == SHODO_OK)
        st = fill(&s, fd, d, out, err);
    shodo_io_close(&fd);
    return st;
}

static void blank_field(struct shodo_sheet *s, struct shodo_buf *out, const struct shodo_value *f) {
    const char *id = shodo_value_get_str(f, "id");
    const struct shodo_value *choices = shodo_value_get(f, "choices");
    if (!id)
        return;
    shodo_buf_addf(out, "  %s: {cell: null}  # %s", id, shodo_sheet_text(s, f, "label"));
    for (size_t i = 0; i < shodo_value_count(choices); i++) {
        const struct shodo_value *c = shodo_value_at(choices, i);
        shodo_buf_addf(out, "%s%s=%s", i ? " " : "  choices: ", shodo_value_get_str(c, "value"),
                       shodo_sheet_text(s, c, ""));
    }
    shodo_buf_addc(out, '\n');
}

enum shodo_status shodo_sheet_cells_blank(const struct shodo_sheet_kind *kind,
                                          const struct shodo_sheet_options *o,
                                          struct shodo_buf *out, struct shodo_error *err) {
    shodo_auto(shodo_document) struct shodo_document scratch;
    shodo_auto(shodo_sheet) struct shodo_sheet s;
    struct shodo_sheet_options quiet;
    enum shodo_status st = reopen(&s, kind, o, &quiet, &scratch, err);
    const struct shodo_value *sections = shodo_value_get(s.form, "sections");
    if (st == SHODO_OK && !shodo_value_count(sections))
        return shodo_fail(err, SHODO_NOTFOUND, "'%s' is no form", kind->name);
    if (st != SHODO_OK)
        return st;
    shodo_buf_addf(
        out,
        "# 公式の Excel と欄の対応。site/forms/%s.cells.yaml として置き、Excel も同じフォルダに置く。\n"
        "# 1つずつ公式の様式と照合し、確かめた日と人を checked に書く。null の欄は手で書く。\n"
        "# 選択の欄は choices: {値: セル} も使える（選んだもののセルに mark を書く）。\n"
        "schema: shodo-cells/1\nfile: null       # 例: %s.xlsx\nchecked: null    # 例: 2026-11-22 例示五郎\n"
        "sheet: null      # シートの名前\nmark: \"%s\"\ncells:\n",
        kind->form, kind->form, MARK);
    for (size_t i = 0; i < shodo_value_count(sections); i++) {
        const struct shodo_value *fields = shodo_value_get(shodo_value_at(sections, i), "fields");
        for (size_t k = 0; k < shodo_value_count(fields); k++)
            blank_field(&s, out, shodo_value_at(fields, k));
    }
    return out->failed ? shodo_fail(err, SHODO_NOMEM, "no memory for a cell map") : SHODO_OK;
}
