/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/sheet_data.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"

/* ---- small helpers ---- */

const char *shodo_sheet_printf(struct shodo_sheet *s, const char *fmt, ...) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    shodo_buf_addv(&b, fmt, ap);
    va_end(ap);
    const char *copy = b.failed ? NULL : shodo_arena_str(&s->arena, shodo_buf_cstr(&b), b.len);
    if (!copy)
        s->d->is_broken = true;
    return copy ? copy : "";
}

const struct shodo_value *shodo_sheet_usual(struct shodo_sheet *s) {
    if (!s->usual)
        s->usual = shodo_sheet_file(s, "site/generic-site.yaml");
    return s->usual;
}

const char *shodo_sheet_profile(const struct shodo_sheet *s, const char *profile) {
    static const char *const words[][3] = {
        {"quick", "急ぎ", "quick"}, {"standard", "標準", "standard"}, {"full", "全部", "full"}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(words); i++)
        if (strcmp(words[i][0], profile) == 0)
            return words[i][s->is_ja ? 1 : 2];
    return profile;
}

const char *shodo_sheet_machine(struct shodo_sheet *s, const struct shodo_case_endpoint *e) {
    if (*e->name)
        return e->name;
    return *e->computer
               ? shodo_sheet_printf(s, s->is_ja ? "%s（%s）" : "%s (%s)", e->computer, e->id)
               : e->id;
}

const char *shodo_sheet_text(const struct shodo_sheet *s, const struct shodo_value *map,
                             const char *key) {
    const struct shodo_value *v = shodo_value_get(map, key);
    const char *found = shodo_value_str(v);
    for (int other = 0; !found && other < 2; other++) {
        char name[64];
        const char *lang = s->is_ja == (other == 0) ? "ja" : "en";
        found = shodo_value_get_str(*key ? v : map, lang);
        snprintf(name, sizeof name, "%.50s_%s", key, lang);
        found = found ? found : shodo_value_get_str(map, name);
    }
    return found ? found : "";
}

const char *shodo_sheet_time(struct shodo_sheet *s, int64_t t) {
    char text[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(t, s->offset_min, text);
    return shodo_sheet_printf(s, "%s", text);
}

const char *shodo_sheet_stamp(struct shodo_sheet *s, int64_t t) {
    return shodo_sheet_printf(s, "%.19s", shodo_sheet_time(s, t));
}

const char *shodo_sheet_zone_head(struct shodo_sheet *s, const char *word) {
    int min = s->offset_min < 0 ? -s->offset_min : s->offset_min;
    return shodo_sheet_printf(s, s->is_ja ? "%s（%c%02d:%02d）" : "%s (%c%02d:%02d)", word,
                              s->offset_min < 0 ? '-' : '+', min / 60, min % 60);
}

const char *shodo_sheet_clock(struct shodo_sheet *s, int64_t t) {
    struct shodo_civil c;
    if (t == SHODO_TIME_NONE)
        return "";
    shodo_time_to_civil(t, s->offset_min, &c);
    return shodo_sheet_printf(s, "%02d-%02d %02d:%02d", (int)c.month, (int)c.day, (int)c.hour,
                              (int)c.minute);
}

const char *shodo_sheet_digest(struct shodo_sheet *s, const char *hex) {
    char shown[SHODO_FINGERPRINT_SHOWN_BYTES];
    shodo_text_fingerprint(hex, shown);
    return shodo_sheet_printf(s, "%s", *shown ? shown : hex);
}

void shodo_sheet_problem(struct shodo_sheet *s, const char *file, const struct shodo_value *at,
                         const char *fmt, ...) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_text_safe(&b, file, strlen(file));
    if (shodo_value_line(at))
        shodo_buf_addf(&b, ":%u", shodo_value_line(at));
    shodo_buf_adds(&b, ": ");
    va_list ap;
    va_start(ap, fmt);
    shodo_buf_addv(&b, fmt, ap);
    va_end(ap);
    const char *line = shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b));
    const char **slot = shodo_vec_push(&s->problems);
    if (slot)
        *slot = line;
    if (s->o->problem)
        s->o->problem(s->o->ctx, line);
}

/* ---- data files ---- */

static bool packed(struct shodo_sheet *s, const char *name, const char **ret, size_t *ret_n) {
    const char *p = shodo_buf_cstr(&s->pack);
    const char *end = p + s->pack.len;
    while (p < end) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));
        const char *blank = lf ? memchr(p + 11, ' ', (size_t)(lf - p - 11)) : NULL;
        uint64_t n = 0;
        if (!blank || strncmp(p, "shodo-file ", 11) != 0 ||
            !shodo_text_parse_u64(p + 11, (size_t)(blank - p - 11), &n) ||
            n + 1 > (uint64_t)(end - lf - 1))
            return false;
        if ((size_t)(lf - blank - 1) == strlen(name) &&
            memcmp(blank + 1, name, strlen(name)) == 0) {
            *ret = lf + 1;
            *ret_n = (size_t)n;
            return true;
        }
        p = lf + 1 + n + 1;
    }
    return false;
}

/* The parser's words behind file and line: the line matters, the English is a hint for whoever
 * wrote the file. */
static void cannot_read(struct shodo_sheet *s, const char *name, const struct shodo_error *err) {
    size_t n = strlen(name);
    if (strncmp(err->text, name, n) == 0 && err->text[n] == ':') {
        size_t digits = strspn(err->text + n + 1, "0123456789");
        if (digits > 0) {
            const char *where = shodo_sheet_printf(s, "%.*s", (int)(n + 1 + digits), err->text);
            shodo_sheet_problem(s, where, NULL, "書き方が正しくないため読めません（%s）",
                                err->text + n + 1 + digits +
                                    strspn(err->text + n + 1 + digits, ": "));
            return;
        }
    }
    shodo_sheet_problem(s, name, NULL, "読めません（%s）", err->text);
}

const struct shodo_value *shodo_sheet_parse(struct shodo_sheet *s, const char *name, const char *p,
                                            size_t n) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_doc *doc = NULL;
    size_t len = strlen(name);
    bool is_json = len > 5 && strcmp(name + len - 5, ".json") == 0;
    enum shodo_status st = is_json ? shodo_doc_parse_json(&doc, name, p, n, &err)
                                   : shodo_doc_parse_yaml(&doc, name, p, n, &err);
    struct shodo_doc **slot = st == SHODO_OK ? shodo_vec_push(&s->docs) : NULL;
    if (!slot) {
        shodo_doc_free(doc);
        cannot_read(s, name, &err);
        return NULL;
    }
    *slot = doc;
    shodo_hash_update(s->digest, p, n);
    if (shodo_value_kind(shodo_doc_root(doc)) != SHODO_VALUE_MAP) {
        shodo_sheet_problem(s, name, NULL, "「名前: 値」の形ではありません");
        return NULL;
    }
    return shodo_doc_root(doc);
}

const struct shodo_value *shodo_sheet_parse_file(struct shodo_sheet *s, int dirfd, const char *name,
                                                 const char *shown) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_io_read_file(&b, dirfd, name, SHODO_LIMIT_DOC_BYTES, &err);
    if (st == SHODO_NOTFOUND)
        return NULL;
    if (st != SHODO_OK) {
        cannot_read(s, shown, &err);
        return NULL;
    }
    return shodo_sheet_parse(s, shown, shodo_buf_cstr(&b), b.len);
}

static const struct shodo_value *site_file(struct shodo_sheet *s, const char *name) {
    const char *slash = strchr(name, '/');
    int fd = -1;
    if (s->dir.site_fd < 0 || !slash)
        return NULL;
    const char *folder = shodo_sheet_printf(s, "%.*s", (int)(slash - name), name);
    if (shodo_io_open_dir(&fd, s->dir.site_fd, folder, NULL) != SHODO_OK)
        return NULL;
    const struct shodo_value *v = shodo_sheet_parse_file(s, fd, slash + 1,
                                                         shodo_sheet_printf(s, "site/%s", name));
    shodo_io_close(&fd);
    return v;
}

static const struct shodo_value *built_in(struct shodo_sheet *s, const char *name) {
    const char *p = NULL;
    size_t n = 0;
    return packed(s, name, &p, &n) ? shodo_sheet_parse(s, name, p, n) : NULL;
}

const struct shodo_value *shodo_sheet_file(struct shodo_sheet *s, const char *name) {
    const struct shodo_value *v = NULL;
    if (s->o->data_dir)
        v = shodo_sheet_parse_file(s, AT_FDCWD,
                                   shodo_sheet_printf(s, "%s/%s", s->o->data_dir, name), name);
    if (!v)
        v = site_file(s, name);
    return v ? v : built_in(s, name);
}

const struct shodo_value *shodo_sheet_file_with(struct shodo_sheet *s, const char *name,
                                                const char *key, enum shodo_value_kind kind) {
    const struct shodo_value *v = shodo_sheet_file(s, name), *inner = shodo_value_get(v, key);
    if (!v || shodo_value_kind(inner) == kind)
        return v;
    const char *what = !inner                     ? "がありません"
                       : kind == SHODO_VALUE_LIST ? "が一覧（- の並び）ではありません"
                                                  : "が「名前: 値」の形ではありません";
    shodo_sheet_problem(s, name, inner ? inner : v, "%s %s。ツールに入っている資料で作りました",
                        key, what);
    return built_in(s, name);
}

const struct shodo_playbook *shodo_sheet_playbook(struct shodo_sheet *s, const char *key,
                                                  size_t n) {
    for (size_t i = 0; i < s->books.count; i++) {
        const struct shodo_sheet_book *b = shodo_vec_at(&s->books, i);
        if (strlen(b->key) == n && memcmp(b->key, key, n) == 0)
            return b->book;
    }
    struct shodo_sheet_book *b = shodo_vec_push(&s->books);
    if (!b)
        return NULL;
    b->key = shodo_sheet_printf(s, "%.*s", (int)n, key);
    const char *name = shodo_sheet_printf(s, "playbooks/%s.yaml", b->key), *p = NULL;
    size_t len = 0;
    if (packed(s, name, &p, &len))
        (void)shodo_playbook_load(&b->book, name, p, len, NULL, NULL, NULL);
    return b->book;
}

const char *shodo_sheet_playbook_key(struct shodo_sheet *s, size_t i) {
    static const char head[] = " playbooks/", tail[] = ".yaml\n";
    const char *p = shodo_buf_cstr(&s->pack), *end = p + s->pack.len;
    while (p < end) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));
        const char *name = lf ? memmem(p, (size_t)(lf - p), head, sizeof head - 1) : NULL;
        uint64_t n = 0;
        size_t digits = strspn(p + 11, "0123456789");
        if (!lf || !shodo_text_parse_u64(p + 11, digits, &n) || n + 1 > (uint64_t)(end - lf - 1))
            return NULL;
        if (name && i-- == 0) {
            name += sizeof head - 1;
            return shodo_sheet_printf(s, "%.*s", (int)(lf + 2 - name - (ptrdiff_t)sizeof tail),
                                      name);
        }
        p = lf + 1 + n + 1;
    }
    return NULL;
}
