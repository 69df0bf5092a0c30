/* SPDX-License-Identifier: Apache-2.0 */
#include "csv.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"

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

/* One record from *pos; false at the end. A quoted cell may hold commas, quotes ("") and line breaks. */
static bool next_record(struct table *t, const char *p, size_t n, size_t *pos, struct shodo_error *err) {
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
                    shodo_fail(err, SHODO_INVALID, "line %u: a quote that begins here does not end", first);
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

enum shodo_status tui_csv_read(const char *p, size_t n, void (*row)(void *ctx, const char *const cells[TUI_COLUMN_COUNT]), void *ctx,
                               size_t *ret_rows, struct shodo_error *err) {
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
        st = shodo_fail(err, SHODO_INVALID, "line 1: there is no column '名前' (or name); %s", why.text);
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

struct writing {
    struct shodo_json j;
    size_t number;
};

static void text(struct shodo_json *j, const char *key, const char *s) {
    if (*s)
        shodo_json_strn(j, key, s, strlen(s));
}

static void write_connection(void *ctx, const char *const c[TUI_COLUMN_COUNT]) {
    struct writing *w = ctx;
    char id[24];
    const char *kind = c[TUI_COLUMN_KIND];
    bool is_backup = strstr(kind, "バックアップ") || shodo_text_ieq(kind, "backup");
    bool is_segment = strstr(kind, "区切り") || strstr(kind, "院内") || shodo_text_ieq(kind, "segment");
    snprintf(id, sizeof id, "csv-%zu", ++w->number);
    shodo_json_object(&w->j, NULL);
    shodo_json_str(&w->j, "id", id);
    shodo_json_str(&w->j, "kind", is_backup ? "backup" : is_segment ? "segment" : "external");
    text(&w->j, "name", c[TUI_COLUMN_NAME]);
    text(&w->j, "building", c[TUI_COLUMN_BUILDING]);
    text(&w->j, "floor", c[TUI_COLUMN_FLOOR]);
    text(&w->j, "place", c[TUI_COLUMN_PLACE]);
    text(&w->j, "vendor", c[TUI_COLUMN_VENDOR]);
    text(&w->j, "vendor_phone", c[TUI_COLUMN_PHONE]);
    text(&w->j, "how_to_cut", c[TUI_COLUMN_HOW]);
    text(&w->j, "what_stops", c[TUI_COLUMN_STOPS]);
    text(&w->j, "substitute", c[TUI_COLUMN_SUBSTITUTE]);
    text(&w->j, "may_decide", c[TUI_COLUMN_DECIDES]);
    shodo_json_object_end(&w->j);
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
    char id[24];
    snprintf(id, sizeof id, "csv-%zu", ++w->number);
    shodo_json_object(&w->j, NULL);
    shodo_json_str(&w->j, "id", id);
    shodo_json_u64(&w->j, "order", 500 + w->number);
    text(&w->j, "name_ja", c[TUI_COLUMN_NAME]);
    text(&w->j, "purpose_ja", c[TUI_COLUMN_PURPOSE]);
    shodo_json_array(&w->j, "channels");
    channel(&w->j, "phone", c[TUI_COLUMN_PHONE]);
    channel(&w->j, "mail", c[TUI_COLUMN_MAIL]);
    shodo_json_array_end(&w->j);
    shodo_json_str(&w->j, "confidence", "site");
    shodo_json_object(&w->j, "verification");
    shodo_json_str(&w->j, "date", *c[TUI_COLUMN_CHECKED] ? c[TUI_COLUMN_CHECKED] : NULL);
    shodo_json_object_end(&w->j);
    shodo_json_object_end(&w->j);
}

static enum shodo_status convert(const char *p, size_t n, const char *schema, const char *list,
                                 void (*row)(void *ctx, const char *const cells[TUI_COLUMN_COUNT]), struct shodo_buf *out,
                                 size_t *ret_rows, struct shodo_error *err) {
    struct writing w = {.j = shodo_json_to(out)};
    shodo_json_object(&w.j, NULL);
    shodo_json_str(&w.j, "schema", schema);
    shodo_json_array(&w.j, list);
    enum shodo_status st = tui_csv_read(p, n, row, &w, ret_rows, err);
    shodo_json_array_end(&w.j);
    shodo_json_object_end(&w.j);
    shodo_json_line_end(&w.j);
    return st == SHODO_OK && out->failed ? shodo_fail(err, SHODO_NOMEM, "no memory for the table") : st;
}

enum shodo_status tui_csv_connections(const char *p, size_t n, struct shodo_buf *out, size_t *ret_rows, struct shodo_error *err) {
    return convert(p, n, "shodo-site/1", "connections", write_connection, out, ret_rows, err);
}

enum shodo_status tui_csv_contacts(const char *p, size_t n, struct shodo_buf *out, size_t *ret_rows, struct shodo_error *err) {
    return convert(p, n, "shodo-contacts/1", "contacts", write_contact, out, ret_rows, err);
}
