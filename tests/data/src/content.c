/* SPDX-License-Identifier: Apache-2.0 */
#include "content.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#define HASH_LIMIT (8ull << 30)
#define FLAT_LIMIT (1ull << 30)

static struct td_piece *add_piece(struct td_content *c) {
    c->v = realloc(c->v, (c->n + 1) * sizeof *c->v);
    if (!c->v)
        td_die("out of memory");
    c->v[c->n] = (struct td_piece){0};
    return &c->v[c->n++];
}

void td_content_data(struct td_content *c, const void *p, size_t n) {
    struct td_piece *last = c->n && c->v[c->n - 1].data.n ? &c->v[c->n - 1] : NULL;

    if (!n)
        return;
    if (!last)
        last = add_piece(c);
    td_buf_add(&last->data, p, n);
    last->len += n;
    c->size += n;
}

void td_content_hole(struct td_content *c, uint64_t n) {
    if (!n)
        return;
    add_piece(c)->len = n;
    c->size += n;
    c->has_hole = true;
}

void td_content_done(struct td_content *c) {
    for (size_t i = 0; i < c->n; i++)
        td_buf_done(&c->v[i].data);
    free(c->v);
    *c = (struct td_content){0};
}

void td_content_flat(const struct td_content *c, struct td_buf *b) {
    if (c->size > FLAT_LIMIT)
        td_die("content of %llu bytes is too large here", (unsigned long long)c->size);
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].data.n)
            td_buf_add(b, c->v[i].data.p, c->v[i].data.n);
        else
            td_buf_grow(b, c->v[i].len);
}

bool td_content_sha256(const struct td_content *c, char hex[65]) {
    static const unsigned char zeros[65536];
    struct td_sha256 s;
    unsigned char d[32];

    if (c->size > HASH_LIMIT)
        return false;
    td_sha256_init(&s);
    for (size_t i = 0; i < c->n; i++) {
        uint64_t left = c->v[i].len;

        if (c->v[i].data.n) {
            td_sha256_add(&s, c->v[i].data.p, c->v[i].data.n);
            continue;
        }
        while (left) {
            size_t k = left < sizeof zeros ? (size_t)left : sizeof zeros;

            td_sha256_add(&s, zeros, k);
            left -= k;
        }
    }
    td_sha256_end(&s, d);
    td_hex(d, 32, hex);
    return true;
}

/* "N:rest"; *rest is "" when there is no colon. */
static uint64_t counted(const struct td_at *at, const char *val, const char **rest) {
    const char *colon = strchr(val, ':');
    char *n = colon ? td_dup(val, (size_t)(colon - val)) : td_dup(val, strlen(val));
    uint64_t v = td_size(at, n);

    free(n);
    *rest = colon ? colon + 1 : "";
    if (v > FLAT_LIMIT)
        td_fail(at, "more than 1 GiB of generated content (use hole=)");
    return v;
}

static void add_hex(const struct td_at *at, const char *p, struct td_buf *b) {
    while (*p) {
        unsigned v = 0;

        if (*p == ' ') {
            p++;
            continue;
        }
        for (unsigned i = 0; i < 2; i++, p++) {
            const char *d = *p ? strchr("0123456789abcdef", *p) : NULL;

            if (!d)
                td_fail(at, "hex= takes pairs of 0-9a-f");
            v = v * 16 + (unsigned)(d - "0123456789abcdef");
        }
        td_buf_u8(b, v);
    }
}

static void add_cp932(const struct td_at *at, const struct td_word *w, struct td_buf *b) {
    char *out = td_alloc(w->n * 2 + 1), *o = out, *in = w->val;
    size_t in_left = w->n, out_left = w->n * 2;
    iconv_t cd = iconv_open("CP932", "UTF-8");

    if (cd == (iconv_t)-1)
        td_fail(at, "this system cannot convert to CP932");
    if (iconv(cd, &in, &in_left, &o, &out_left) == (size_t)-1)
        td_fail(at, "a character is not in CP932 at byte %zu", w->n - in_left);
    iconv_close(cd);
    td_buf_add(b, out, (size_t)(o - out));
    free(out);
}

static void add_generated(const struct td_at *at, const struct td_word *w, struct td_buf *b) {
    const char *rest;
    uint64_t n = counted(at, w->val, &rest);
    struct td_rng r;

    td_rng_init(&r, rest);
    if (!strcmp(w->key, "zeros")) {
        td_buf_grow(b, n);
    } else if (!strcmp(w->key, "random")) {
        td_rng_fill(&r, td_buf_grow(b, n), n);
    } else if (!strcmp(w->key, "repeat")) {
        size_t k = strlen(rest);

        if (!k)
            td_fail(at, "repeat= needs N:TEXT");
        unsigned char *p = td_buf_grow(b, n);
        for (uint64_t i = 0; i < n; i++)
            p[i] = (unsigned char)rest[i % k];
    } else if (!td_format(b, w->key, n, rest)) {
        td_fail(at, "internal: no generator '%s'", w->key);
    }
}

static void add_systemtime(uint64_t ft, struct td_buf *b) {
    struct td_clock c = td_time_parts(ft);

    td_buf_le16(b, c.year);
    td_buf_le16(b, c.month);
    td_buf_le16(b, c.weekday);
    td_buf_le16(b, c.day);
    td_buf_le16(b, c.hour);
    td_buf_le16(b, c.minute);
    td_buf_le16(b, c.second);
    td_buf_le16(b, c.ticks / 10000);
}

static bool is_counted(const char *key) {
    static const char *const keys[] = {"zeros", "random", "repeat", "ascii",    "lines",
                                       "jpg",   "png",    "dicom",  "dicomjpg", "docx",
                                       "xlsx",  "pdf",    "zip",    "gz"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(keys[i], key))
            return true;
    return false;
}

bool td_content_parse(const struct td_script *s, struct td_line *l, struct td_content *c) {
    bool any = false;

    *c = (struct td_content){0};
    for (size_t i = 1; i < l->n; i++) {
        struct td_word *w = &l->w[i];
        struct td_buf b = {0};

        if (!w->key)
            continue;
        if (!strcmp(w->key, "text")) {
            td_buf_add(&b, w->val, w->n);
        } else if (!strcmp(w->key, "utf16")) {
            td_buf_utf16(&b, w->val, w->n);
        } else if (!strcmp(w->key, "cp932")) {
            add_cp932(&l->at, w, &b);
        } else if (!strcmp(w->key, "hex")) {
            add_hex(&l->at, w->val, &b);
        } else if (!strcmp(w->key, "from")) {
            char *path = td_script_find(s, &l->at, w->val);

            td_file_read(path, &b);
            free(path);
        } else if (!strcmp(w->key, "pe")) {
            td_format_pe(&b, w->val, w->n);
        } else if (!strcmp(w->key, "le16")) {
            td_buf_le16(&b, (unsigned)td_size(&l->at, w->val));
        } else if (!strcmp(w->key, "le32")) {
            td_buf_le32(&b, (uint32_t)td_size(&l->at, w->val));
        } else if (!strcmp(w->key, "le64")) {
            td_buf_le64(&b, td_size(&l->at, w->val));
        } else if (!strcmp(w->key, "filetime")) {
            td_buf_le64(&b, td_time(s, &l->at, w->val));
        } else if (!strcmp(w->key, "systemtime")) {
            add_systemtime(td_time(s, &l->at, w->val), &b);
        } else if (!strcmp(w->key, "sid")) {
            td_buf_sid(&l->at, &b, w->val);
        } else if (!strcmp(w->key, "hole")) {
            td_content_hole(c, td_size(&l->at, w->val));
        } else if (is_counted(w->key)) {
            add_generated(&l->at, w, &b);
        } else {
            continue;
        }
        w->used = any = true;
        td_content_data(c, b.p, b.n);
        td_buf_done(&b);
    }
    return any;
}
