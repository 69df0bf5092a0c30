/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/case.h"
#include "casename.h"

void tui_cases_path(const char *root, const struct tui_case_row *row, struct shodo_buf *out) {
    shodo_buf_adds(out, root);
    if (row->folder[0])
        shodo_buf_addf(out, "/cases/%s", row->folder);
}

static void read_row(const char *root, struct tui_case_row *row) {
    shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    struct shodo_case c;
    tui_cases_path(root, row, &path);
    row->state = TUI_CASE_UNREAD;
    snprintf(row->id, sizeof row->id, "%.63s", row->folder);
    if (shodo_case_dir_look(&d, shodo_buf_cstr(&path), NULL) != SHODO_OK ||
        shodo_case_load(&c, &d, NULL) != SHODO_OK)
        return;
    row->state = c.is_ended ? TUI_CASE_ENDED : c.is_drill ? TUI_CASE_DRILL : TUI_CASE_REAL;
    if (*c.id)
        snprintf(row->id, sizeof row->id, "%.63s", c.id);
    const struct shodo_case_decision *boot = shodo_case_find_decision(&c, TUI_KEY_BOOT);
    if (boot) {
        snprintf(row->boot, sizeof row->boot, "%.63s", boot->value);
        row->boot_time = boot->time;
    }
    shodo_case_done(&c);
}

struct reading {
    const char *root;
    struct shodo_vec *rows;
};

static void add(void *ctx, const char *folder) {
    struct reading *r = ctx;
    struct tui_case_row *row = shodo_vec_push(r->rows);
    if (!row)
        return;
    *row = (struct tui_case_row){0};
    snprintf(row->folder, sizeof row->folder, "%s", folder);
    read_row(r->root, row);
}

static int by_need(const void *a, const void *b) {
    const struct tui_case_row *x = a, *y = b;
    if (x->state != y->state)
        return x->state < y->state ? -1 : 1;
    return strcmp(y->folder, x->folder);
}

void tui_cases_read(const char *root, struct shodo_vec *rows) {
    struct reading r = {.root = root, .rows = rows};
    shodo_vec_done(rows);
    *rows = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct tui_case_row));
    if (tui_casename_is_case(root))
        add(&r, "");
    else
        tui_casename_each(root, add, &r);
    if (rows->count > 1)
        qsort(rows->data, rows->count, rows->item_bytes, by_need);
}
