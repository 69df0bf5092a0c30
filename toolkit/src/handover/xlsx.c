/* SPDX-License-Identifier: Apache-2.0 */
/* The ZIP around the sheets: parts in their order, those that are not edited as they are. */
#include "handover/xlsx.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "handover/xml.h"
#include "handover/zip.h"

#define RELATION_BOOK "/officeDocument"

struct part {
    struct shodo_buf name, data;
    int64_t modified;
};

struct book {
    struct shodo_vec parts; /* struct part */
};

static void book_done(struct book *b) {
    for (size_t i = 0; i < b->parts.count; i++) {
        struct part *p = shodo_vec_at(&b->parts, i);
        shodo_buf_done(&p->name);
        shodo_buf_done(&p->data);
    }
    shodo_vec_done(&b->parts);
}

static enum shodo_status read_part(struct shodo_unzip *z, struct part *p, uint64_t *total,
                                   struct shodo_error *err) {
    uint8_t block[16384];
    size_t got = 0;
    do {
        enum shodo_status st = shodo_unzip_read(z, block, sizeof block, &got, err);
        if (st != SHODO_OK)
            return st;
        *total += got;
        if (*total > SHODO_LIMIT_XLSX_BYTES)
            return shodo_fail(err, SHODO_LIMIT, "the spreadsheet unpacks to more than %llu MiB",
                              (unsigned long long)(SHODO_LIMIT_XLSX_BYTES >> 20));
        if (!shodo_buf_add(&p->data, block, got))
            return shodo_fail(err, SHODO_NOMEM, "no memory for a spreadsheet");
    } while (got > 0);
    return SHODO_OK;
}

static enum shodo_status read_book(struct book *b, int fd, struct shodo_error *err) {
    shodo_autop(shodo_unzip) struct shodo_unzip *z = NULL;
    struct shodo_zip_member m;
    uint64_t total = 0;
    enum shodo_status st = shodo_unzip_new(&z, fd, err);
    while (st == SHODO_OK && (st = shodo_unzip_next(z, &m, err)) == SHODO_OK) {
        if (m.is_encrypted)
            return shodo_fail(err, SHODO_UNSUPPORTED, "the spreadsheet has a password");
        if (!m.is_regular)
            continue;
        struct part *p = b->parts.count < SHODO_LIMIT_XLSX_PARTS ? shodo_vec_push(&b->parts) : NULL;
        if (!p)
            return shodo_fail(err, SHODO_LIMIT, "the spreadsheet has more than %u parts",
                              SHODO_LIMIT_XLSX_PARTS);
        *p = (struct part){.name = SHODO_BUF_INIT, .data = SHODO_BUF_INIT, .modified = m.modified};
        shodo_buf_adds(&p->name, m.name);
        st = read_part(z, p, &total, err);
    }
    return st == SHODO_END ? SHODO_OK : st;
}

static struct part *find_part(const struct book *b, const char *name) {
    for (size_t i = 0; i < b->parts.count; i++) {
        struct part *p = shodo_vec_at(&b->parts, i);
        if (shodo_text_ieq(shodo_buf_cstr(&p->name),
                           name)) /* part names do not tell case apart: OPC 6.2.2.3 */
            return p;
    }
    return NULL;
}

/* "dir/" of a part's name and a target of a relationship, without "..": what we need of RFC 3986.
 */
static bool join(struct shodo_buf *out, const char *base, const char *target) {
    shodo_buf_clear(out);
    if (*target == '/')
        return shodo_buf_adds(out, target + 1);
    const char *slash = strrchr(base, '/');
    size_t n = slash ? (size_t)(slash - base) + 1 : 0;
    for (; strncmp(target, "../", 3) == 0 && n > 0; target += 3) {
        n--; /* the slash */
        while (n > 0 && base[n - 1] != '/')
            n--;
    }
    return shodo_buf_add(out, base, n) && shodo_buf_adds(out, target);
}

/* Target of the relationship with this id, or (id NULL) of this type's end; relative to `base`. */
static bool relation(const struct book *b, const char *rels, const char *id, const char *type,
                     const char *base, struct shodo_buf *out) {
    const struct part *p = find_part(b, rels);
    if (!p || !p->data.data || shodo_xml_check(p->data.data, p->data.len, NULL) != SHODO_OK)
        return false;
    struct shodo_xml x = {.p = p->data.data, .n = p->data.len};
    struct shodo_xml_tag t;
    shodo_auto(shodo_buf) struct shodo_buf v = SHODO_BUF_INIT;
    while (shodo_xml_next(&x, &t, NULL) == SHODO_OK) {
        if (!shodo_xml_is(&t, "Relationship") || !shodo_xml_attr(&t, id ? "Id" : "Type", &v))
            continue;
        const char *have = shodo_buf_cstr(&v);
        size_t n = strlen(type);
        if (id ? strcmp(have, id) != 0 : v.len < n || strcmp(have + v.len - n, type) != 0)
            continue;
        return shodo_xml_attr(&t, "Target", &v) && join(out, base, shodo_buf_cstr(&v));
    }
    return false;
}

static enum shodo_status find_book(const struct book *b, struct shodo_buf *out,
                                   struct shodo_error *err) {
    if (!relation(b, "_rels/.rels", NULL, RELATION_BOOK, "", out) ||
        !find_part(b, shodo_buf_cstr(out)))
        return shodo_fail(err, SHODO_UNSUPPORTED, "not a spreadsheet of the kind .xlsx");
    return SHODO_OK;
}

/* The part of the sheet with this name; NULL. */
static struct part *find_sheet(const struct book *b, const char *book_name, const char *sheet) {
    const struct part *book = find_part(b, book_name);
    if (!book->data.data || shodo_xml_check(book->data.data, book->data.len, NULL) != SHODO_OK)
        return NULL;
    struct shodo_xml x = {.p = book->data.data, .n = book->data.len};
    struct shodo_xml_tag t;
    shodo_auto(shodo_buf) struct shodo_buf v = SHODO_BUF_INIT, rels = SHODO_BUF_INIT,
                                           target = SHODO_BUF_INIT;
    const char *slash = strrchr(book_name, '/');
    size_t dir = slash ? (size_t)(slash - book_name) + 1 : 0;
    shodo_buf_add(&rels, book_name, dir);
    shodo_buf_addf(&rels, "_rels/%s.rels", book_name + dir);
    while (shodo_xml_next(&x, &t, NULL) == SHODO_OK) {
        if (!shodo_xml_is(&t, "sheet") || !shodo_xml_attr(&t, "name", &v) ||
            strcmp(shodo_buf_cstr(&v), sheet) != 0)
            continue;
        if (!shodo_xml_attr(&t, "id", &v) ||
            !relation(b, shodo_buf_cstr(&rels), shodo_buf_cstr(&v), "", book_name, &target))
            return NULL;
        return find_part(b, shodo_buf_cstr(&target));
    }
    return NULL;
}

/* All cells that lie in one part, then its new text. */
static enum shodo_status edit_part(struct part *p, struct part **where,
                                   struct shodo_xlsx_cell *cells, size_t n,
                                   struct shodo_error *err) {
    struct shodo_xlsx_cell **mine = calloc(n, sizeof *mine);
    size_t count = 0;
    struct shodo_buf out = SHODO_BUF_INIT;
    if (!mine)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a spreadsheet");
    for (size_t i = 0; i < n; i++)
        if (where[i] == p)
            mine[count++] = &cells[i];
    enum shodo_status st = shodo_xlsx_edit_sheet(p->data.data ? p->data.data : "", p->data.len,
                                                 mine, count, &out, err);
    if (st == SHODO_OK) {
        struct shodo_buf old = p->data;
        p->data = out;
        out = old;
    }
    shodo_buf_done(&out);
    free(mine);
    return st;
}

static enum shodo_status edit_all(struct book *b, const char *book_name,
                                  struct shodo_xlsx_cell *cells, size_t n,
                                  struct shodo_error *err) {
    struct part **where = calloc(n ? n : 1, sizeof *where);
    enum shodo_status st = where ? SHODO_OK
                                 : shodo_fail(err, SHODO_NOMEM, "no memory for a spreadsheet");
    for (size_t i = 0; st == SHODO_OK && i < n; i++) {
        where[i] = find_sheet(b, book_name, cells[i].sheet);
        if (!where[i])
            cells[i].outcome = SHODO_XLSX_NO_SHEET;
    }
    for (size_t i = 0; st == SHODO_OK && i < b->parts.count; i++) {
        struct part *p = shodo_vec_at(&b->parts, i);
        for (size_t k = 0; k < n; k++) {
            if (where[k] == p) {
                st = edit_part(p, where, cells, n, err);
                break;
            }
        }
    }
    free(where);
    return st;
}

enum shodo_status shodo_xlsx_fill(int fd, struct shodo_xlsx_cell *cells, size_t n,
                                  struct shodo_buf *out, struct shodo_error *err) {
    struct book b = {.parts = SHODO_VEC_INIT(sizeof(struct part))};
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    shodo_autop(shodo_zip) struct shodo_zip *zip = NULL;
    const struct shodo_sink sink = shodo_sink_to(out);
    enum shodo_status st = read_book(&b, fd, err);
    if (st == SHODO_OK)
        st = find_book(&b, &name, err);
    if (st == SHODO_OK)
        st = edit_all(&b, shodo_buf_cstr(&name), cells, n, err);
    if (st == SHODO_OK)
        st = shodo_zip_new(&zip, &sink, NULL, err);
    for (size_t i = 0; i < b.parts.count && st == SHODO_OK; i++) {
        const struct part *p = shodo_vec_at(&b.parts, i);
        st = shodo_zip_add(zip, p->name.data ? p->name.data : "", p->modified,
                           p->data.data ? p->data.data : "", p->data.len, err);
    }
    if (st == SHODO_OK)
        st = shodo_zip_finish(zip, err);
    book_done(&b);
    return st;
}
