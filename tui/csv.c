/* SPDX-License-Identifier: Apache-2.0 */
#include "csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/value.h"

#define CELLS_MAX 64

static const char *const words[TUI_COLUMN_COUNT][7] = {
    [TUI_COLUMN_NAME] = {"名前", "名称", "接続名", "機関名", "連絡先", "name", NULL},
    [TUI_COLUMN_KIND] = {"種類", "区分", "kind", NULL},
    [TUI_COLUMN_BUILDING] = {"建物", "棟", "building", NULL},
    [TUI_COLUMN_FLOOR] = {"階", "フロア", "floor", NULL},
    [TUI_COLUMN_PLACE] = {"場所", "設置場所", "部屋", "place", NULL},
    [TUI_COLUMN_VENDOR] = {"業者", "事業者", "ベンダー", "会社", "vendor", NULL},
    [TUI_COLUMN_PHONE] = {"電話", "電話番号", "緊急連絡先", "TEL", "phone", NULL},
    [TUI_COLUMN_HOW] = {"切り方", "遮断方法", "切断方法", "how_to_cut", NULL},
    [TUI_COLUMN_STOPS] = {"止まるもの", "影響", "停止するもの", "what_stops", NULL},
    [TUI_COLUMN_SUBSTITUTE] = {"代わり", "代替", "代替手段", "substitute", NULL},
    [TUI_COLUMN_DECIDES] = {"決める人", "判断者", "承認者", "may_decide", NULL},
    [TUI_COLUMN_PURPOSE] = {"用件", "内容", "purpose", NULL},
    [TUI_COLUMN_MAIL] = {"メール", "mail", "email", NULL},
    [TUI_COLUMN_CHECKED] = {"確認日", "verified", NULL},
};

struct table {
    struct shodo_buf text; /* cells, NUL after each */
    size_t starts[CELLS_MAX];
    size_t count;
    unsigned line;
};

/* One record from *pos; false at the end. A quoted cell may hold commas, quotes ("") and line
 * breaks. */
static bool next_record(struct table *t, const char *p, size_t n, size_t *pos,
                        struct shodo_error *err) {
    shodo_buf_clear(&t->text);
    t->count = 0;
    if (*pos >= n)
        return false;
    unsigned first = ++t->line;
    for (bool is_over = false; !is_over;) {
        size_t start = t->text.len;
        bool is_quoted = *pos < n && p[*pos] == '"';
        *pos += is_quoted;
        for (;;) {
            if (*pos >= n) {
                if (is_quoted) {
                    shodo_fail(err, SHODO_INVALID, "line %u: a quote that begins here does not end",
                               first);
                    return false;
                }
                is_over = true;
                break;
            }
            char c = p[(*pos)++];
            t->line += c == '\n' && is_quoted;
            if (is_quoted && c == '"') {
                is_quoted = *pos < n && p[*pos] == '"';
                if (!is_quoted)
                    continue;
                (*pos)++;
            } else if (!is_quoted && (c == ',' || c == '\n')) {
                is_over = c == '\n';
                break;
            } else if (c == '\r') {
                continue;
            }
            shodo_buf_addc(&t->text, c ? c : ' ');
        }
        shodo_buf_addc(&t->text, 0);
        if (t->count < CELLS_MAX)
            t->starts[t->count++] = start;
    }
    return true;
}

static const char *cell(const struct table *t, size_t i) {
    return i < t->count ? t->text.data + t->starts[i] : "";
}

static bool find_columns(const struct table *t, size_t column[TUI_COLUMN_COUNT]) {
    for (int k = 0; k < TUI_COLUMN_COUNT; k++) {
        column[k] = CELLS_MAX;
        for (size_t i = 0; i < t->count && column[k] == CELLS_MAX; i++) {
            for (int w = 0; words[k][w]; w++) {
                if (shodo_text_ieq(cell(t, i), words[k][w]))
                    column[k] = i;
            }
        }
    }
    return column[TUI_COLUMN_NAME] < CELLS_MAX;
}

enum shodo_status tui_csv_read(const char *p, size_t n,
                               void (*row)(void *ctx, const char *const cells[TUI_COLUMN_COUNT]),
                               void *ctx, size_t *ret_rows, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        p += 3, n -= 3;
    if (!shodo_text_decode(&text, shodo_text_is_utf8(p, n) ? SHODO_UTF8 : SHODO_CP932, p, n, NULL))
        return shodo_fail(err, SHODO_NOMEM, "no memory for the table");
    struct table t = {.text = SHODO_BUF_INIT};
    struct shodo_error why = SHODO_ERROR_INIT;
    size_t pos = 0, column[TUI_COLUMN_COUNT];
    enum shodo_status st = SHODO_OK;
    *ret_rows = 0;
    if (!next_record(&t, shodo_buf_cstr(&text), text.len, &pos, &why) || !find_columns(&t, column))
        st = shodo_fail(err, SHODO_INVALID, "line 1: there is no column '名前' (or name); %s",
                        why.text);
    while (st == SHODO_OK && next_record(&t, text.data, text.len, &pos, &why)) {
        const char *cells[TUI_COLUMN_COUNT];
        for (int k = 0; k < TUI_COLUMN_COUNT; k++)
            cells[k] = cell(&t, column[k]);
        if (!*cells[TUI_COLUMN_NAME])
            continue;
        if ((*ret_rows)++ >= SHODO_LIMIT_SITE_ROWS)
            st = shodo_fail(err, SHODO_LIMIT, "more than %u rows", SHODO_LIMIT_SITE_ROWS);
        else
            row(ctx, cells);
    }
    if (st == SHODO_OK && why.text[0])
        st = shodo_fail(err, SHODO_INVALID, "%s", why.text);
    if (t.text.failed)
        st = shodo_fail(err, SHODO_NOMEM, "no memory for the table");
    shodo_buf_done(&t.text);
    return st;
}

#define KEYS_MAX 24

struct writing {
    struct shodo_json j;
    size_t number;
    const struct shodo_value *old; /* list of rows that are there already */
    const struct shodo_value *row; /* the one of the same name, NULL a new one */
    const char *written[KEYS_MAX]; /* keys of the row so far */
    size_t written_count;
    struct shodo_vec names; /* char *, of the table's rows */
};

static const char *name_of(const struct shodo_value *row) {
    const struct shodo_value *v = shodo_value_get(row, "name");
    const char *s = shodo_value_str(v);
    s = s ? s : shodo_value_get_str(v, "ja");
    return s ? s : shodo_value_get_str(row, "name_ja");
}

static const struct shodo_value *find_old(const struct writing *w, const char *name) {
    for (size_t i = 0; i < shodo_value_count(w->old); i++) {
        const char *s = name_of(shodo_value_at(w->old, i));
        if (s && strcmp(s, name) == 0)
            return shodo_value_at(w->old, i);
    }
    return NULL;
}

static bool is_written(const struct writing *w, const char *key) {
    for (size_t i = 0; i < w->written_count; i++) {
        if (strcmp(w->written[i], key) == 0)
            return true;
    }
    return false;
}

static void mark(struct writing *w, const char *key) {
    if (w->written_count < KEYS_MAX)
        w->written[w->written_count++] = key;
}

static void text(struct writing *w, const char *key, const char *s) {
    if (!*s)
        return;
    shodo_json_strn(&w->j, key, s, strlen(s));
    mark(w, key);
}

/* An id that no row has. */
static void new_id(struct writing *w, char out[24]) {
    for (bool is_free = false; !is_free;) {
        is_free = true;
        snprintf(out, 24, "csv-%zu", ++w->number);
        for (size_t i = 0; i < shodo_value_count(w->old); i++) {
            const char *id = shodo_value_get_str(shodo_value_at(w->old, i), "id");
            is_free = is_free && !(id && strcmp(id, out) == 0);
        }
    }
}

static void begin_row(struct writing *w, const char *name) {
    char id[24];
    w->row = find_old(w, name);
    w->written_count = 0;
    shodo_json_object(&w->j, NULL);
    const char *old_id = shodo_value_get_str(w->row, "id");
    if (!old_id)
        new_id(w, id);
    text(w, "id", old_id ? old_id : id);
}

/* What the table says nothing about stays as it was. */
static void end_row(struct writing *w) {
    for (size_t i = 0; i < shodo_value_count(w->row); i++) {
        const char *key = shodo_value_key_at(w->row, i);
        if (!is_written(w, key))
            shodo_value_write(&w->j, key, shodo_value_at(w->row, i));
    }
    shodo_json_object_end(&w->j);
}

static void write_connection(void *ctx, const char *const c[TUI_COLUMN_COUNT]) {
    struct writing *w = ctx;
    const char *kind = c[TUI_COLUMN_KIND];
    bool is_backup = strstr(kind, "バックアップ") || shodo_text_ieq(kind, "backup");
    bool is_segment = strstr(kind, "区切り") || strstr(kind, "院内") ||
                      shodo_text_ieq(kind, "segment");
    begin_row(w, c[TUI_COLUMN_NAME]);
    if (!w->row || *kind)
        text(w, "kind", is_backup ? "backup" : is_segment ? "segment" : "external");
    text(w, "name", c[TUI_COLUMN_NAME]);
    text(w, "building", c[TUI_COLUMN_BUILDING]);
    text(w, "floor", c[TUI_COLUMN_FLOOR]);
    text(w, "place", c[TUI_COLUMN_PLACE]);
    text(w, "vendor", c[TUI_COLUMN_VENDOR]);
    text(w, "vendor_phone", c[TUI_COLUMN_PHONE]);
    text(w, "how_to_cut", c[TUI_COLUMN_HOW]);
    text(w, "what_stops", c[TUI_COLUMN_STOPS]);
    text(w, "substitute", c[TUI_COLUMN_SUBSTITUTE]);
    text(w, "may_decide", c[TUI_COLUMN_DECIDES]);
    end_row(w);
}

static void channel(struct shodo_json *j, const char *kind, const char *value) {
    if (!*value)
        return;
    shodo_json_object(j, NULL);
    shodo_json_str(j, "kind", kind);
    shodo_json_str(j, "value", value);
    shodo_json_object_end(j);
}

static void write_contact(void *ctx, const char *const c[TUI_COLUMN_COUNT]) {
    struct writing *w = ctx;
    begin_row(w, c[TUI_COLUMN_NAME]);
    if (!w->row) {
        shodo_json_u64(&w->j, "order", 500 + w->number);
        shodo_json_str(&w->j, "confidence", "site");
    }
    text(w, "name_ja", c[TUI_COLUMN_NAME]);
    text(w, "purpose_ja", c[TUI_COLUMN_PURPOSE]);
    if (*c[TUI_COLUMN_PHONE] || *c[TUI_COLUMN_MAIL] || !w->row) {
        shodo_json_array(&w->j, "channels");
        channel(&w->j, "phone", c[TUI_COLUMN_PHONE]);
        channel(&w->j, "mail", c[TUI_COLUMN_MAIL]);
        shodo_json_array_end(&w->j);
        mark(w, "channels");
    }
    if (*c[TUI_COLUMN_CHECKED] || !w->row) {
        shodo_json_object(&w->j, "verification");
        shodo_json_str(&w->j, "date", *c[TUI_COLUMN_CHECKED] ? c[TUI_COLUMN_CHECKED] : NULL);
        shodo_json_object_end(&w->j);
        mark(w, "verification");
    }
    end_row(w);
}

static void keep_name(void *ctx, const char *const c[TUI_COLUMN_COUNT]) {
    struct writing *w = ctx;
    char **name = shodo_vec_push(&w->names);
    if (name)
        *name = strdup(c[TUI_COLUMN_NAME]);
}

static bool is_in_table(const struct writing *w, const char *name) {
    for (size_t i = 0; name && i < w->names.count; i++) {
        const char *s = *(char **)shodo_vec_at(&w->names, i);
        if (s && strcmp(s, name) == 0)
            return true;
    }
    return false;
}

static void write_old_rows(struct writing *w) {
    for (size_t i = 0; i < shodo_value_count(w->old); i++) {
        const struct shodo_value *row = shodo_value_at(w->old, i);
        if (!is_in_table(w, name_of(row)))
            shodo_value_write(&w->j, NULL, row);
    }
}

static enum shodo_status convert(const char *p, size_t n, const struct shodo_value *old,
                                 const char *schema, const char *list,
                                 void (*row)(void *ctx, const char *const cells[TUI_COLUMN_COUNT]),
                                 struct shodo_buf *out, size_t *ret_rows, struct shodo_error *err) {
    struct writing w = {.j = shodo_json_to(out), .names = SHODO_VEC_INIT(sizeof(char *))};
    const struct shodo_value *rows = shodo_value_get(old, list);
    w.old = shodo_value_kind(rows) == SHODO_VALUE_LIST ? rows : NULL;
    enum shodo_status st = tui_csv_read(p, n, keep_name, &w, ret_rows, err);
    shodo_json_object(&w.j, NULL);
    shodo_json_str(&w.j, "schema", schema);
    for (size_t i = 0; shodo_value_kind(old) == SHODO_VALUE_MAP && i < shodo_value_count(old);
         i++) {
        const char *key = shodo_value_key_at(old, i);
        if (strcmp(key, list) != 0 && strcmp(key, "schema") != 0)
            shodo_value_write(&w.j, key, shodo_value_at(old, i));
    }
    shodo_json_array(&w.j, list);
    write_old_rows(&w);
    if (st == SHODO_OK)
        st = tui_csv_read(p, n, row, &w, ret_rows, err);
    shodo_json_array_end(&w.j);
    shodo_json_object_end(&w.j);
    shodo_json_line_end(&w.j);
    for (size_t i = 0; i < w.names.count; i++)
        free(*(char **)shodo_vec_at(&w.names, i));
    shodo_vec_done(&w.names);
    return st == SHODO_OK && out->failed ? shodo_fail(err, SHODO_NOMEM, "no memory for the table")
                                         : st;
}

enum shodo_status tui_csv_connections(const char *p, size_t n, const struct shodo_value *old,
                                      struct shodo_buf *out, size_t *ret_rows,
                                      struct shodo_error *err) {
    return convert(p, n, old, "shodo-site/1", "connections", write_connection, out, ret_rows, err);
}

enum shodo_status tui_csv_contacts(const char *p, size_t n, const struct shodo_value *old,
                                   struct shodo_buf *out, size_t *ret_rows,
                                   struct shodo_error *err) {
    return convert(p, n, old, "shodo-contacts/1", "contacts", write_contact, out, ret_rows, err);
}
