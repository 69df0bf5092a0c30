/* SPDX-License-Identifier: Apache-2.0 */
/* The segment list as text: written by us, read as foreign input. */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "handover/segment.h"

#define BUNDLE_NAME_BYTES_MAX 120u
#define CIPHER_TEXT           "CMS-AuthEnvelopedData-AES-256-GCM"

void shodo_segment_list_init(struct shodo_segment_list *l) {
    *l = (struct shodo_segment_list){.arena = SHODO_ARENA_INIT,
                                     .bundle = "",
                                     .segments = SHODO_VEC_INIT(sizeof(struct shodo_segment)),
                                     .files = SHODO_VEC_INIT(sizeof(struct shodo_segment))};
}

void shodo_segment_list_done(struct shodo_segment_list *l) {
    shodo_vec_done(&l->segments);
    shodo_vec_done(&l->files);
    shodo_arena_done(&l->arena);
}

bool shodo_segment_list_add(struct shodo_segment_list *l, struct shodo_vec *v, const char *name,
                            uint64_t size, uint64_t plain, const char *sha256) {
    struct shodo_segment *s = shodo_vec_push(v);
    if (!s)
        return false;
    s->size = size;
    s->plain = plain;
    memcpy(s->sha256, sha256, sizeof s->sha256);
    s->name = shodo_arena_str(&l->arena, name, strlen(name));
    return s->name != NULL;
}

bool shodo_bundle_name_is_ok(const char *s, size_t n) {
    if (n == 0 || n > BUNDLE_NAME_BYTES_MAX || s[0] == '.' || s[0] == '-' ||
        !shodo_text_is_utf8(s, n) || shodo_text_is_deceptive(s, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if ((uint8_t)c < 0x80 && !is_word && c != '.' && c != '_' && c != '-')
            return false;
        if ((uint8_t)c == 0xc2 && i + 1 < n && (uint8_t)s[i + 1] < 0xa0) /* C1 controls */
            return false;
    }
    return true;
}

bool shodo_segment_list_write(struct shodo_buf *out, const struct shodo_segment_list *l) {
    shodo_buf_addf(
        out,
        "Shodo-Segments: 1\nBundle: %s\nEncryption: %s\nSegments: %zu\nZip-Bytes: %llu\nZip-SHA256: %s\n"
        "Tagmanifest-SHA256: %s\nSigner-SHA256: %s\n",
        l->bundle, l->is_plain ? "none" : CIPHER_TEXT, l->segments.count,
        (unsigned long long)l->zip_bytes, l->zip_sha256, l->tagmanifest_sha256, l->signer_sha256);
    for (size_t i = 0; i < l->segments.count; i++) {
        const struct shodo_segment *s = shodo_vec_at(&l->segments, i);
        shodo_buf_addf(out, "Segment: %zu %llu %s %llu %s\n", i + 1, (unsigned long long)s->size,
                       s->sha256, (unsigned long long)s->plain, s->name);
    }
    for (size_t i = 0; i < l->files.count; i++) {
        const struct shodo_segment *s = shodo_vec_at(&l->files, i);
        shodo_buf_addf(out, "File: %llu %s %s\n", (unsigned long long)s->size, s->sha256, s->name);
    }
    return !out->failed;
}

/* ---- reading ---- */

struct text {
    const char *p;
    size_t n, pos;
    unsigned line;
};

/* The next line without its LF; false at the end. A line without LF is not a line. */
static bool next_line(struct text *t, const char **ret, size_t *ret_n) {
    const char *end = t->pos < t->n ? memchr(t->p + t->pos, '\n', t->n - t->pos) : NULL;
    if (!end)
        return false;
    *ret = t->p + t->pos;
    *ret_n = (size_t)(end - *ret);
    t->pos += *ret_n + 1;
    t->line++;
    return true;
}

static enum shodo_status bad(const struct text *t, const char *what, struct shodo_error *err) {
    return shodo_fail(err, SHODO_DAMAGED, "segment list, line %u: %s", t->line, what);
}

/* Value of a line that must be "<label>: <value>". */
static bool labelled(struct text *t, const char *label, const char **ret, size_t *ret_n) {
    const char *line = NULL;
    size_t n = 0, k = strlen(label);
    if (!next_line(t, &line, &n) || n < k + 2 || memcmp(line, label, k) != 0 ||
        memcmp(line + k, ": ", 2) != 0)
        return false;
    *ret = line + k + 2;
    *ret_n = n - k - 2;
    return true;
}

static bool read_hex64(const char *s, size_t n, char ret[65]) {
    if (n != 64)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f')))
            return false;
    memcpy(ret, s, 64);
    ret[64] = '\0';
    return true;
}

static bool hex_line(struct text *t, const char *label, char ret[65]) {
    const char *v = NULL;
    size_t n = 0;
    return labelled(t, label, &v, &n) && read_hex64(v, n, ret);
}

static bool number_line(struct text *t, const char *label, uint64_t *ret) {
    const char *v = NULL;
    size_t n = 0;
    return labelled(t, label, &v, &n) && shodo_text_parse_u64(v, n, ret);
}

/* Takes the next blank-separated word. */
static bool word(const char **s, size_t *n, const char **ret, size_t *ret_n) {
    const char *blank = memchr(*s, ' ', *n);
    if (!blank)
        return false;
    *ret = *s;
    *ret_n = (size_t)(blank - *s);
    *s += *ret_n + 1;
    *n -= *ret_n + 1;
    return *ret_n > 0;
}

static bool word_u64(const char **s, size_t *n, uint64_t *ret) {
    const char *w = NULL;
    size_t k = 0;
    return word(s, n, &w, &k) && shodo_text_parse_u64(w, k, ret);
}

static bool word_hex(const char **s, size_t *n, char ret[65]) {
    const char *w = NULL;
    size_t k = 0;
    return word(s, n, &w, &k) && read_hex64(w, k, ret);
}

/* A file of the bundle: its name, a dot, and harmless characters. */
static bool is_ours(const struct shodo_segment_list *l, const char *s, size_t n) {
    size_t k = strlen(l->bundle);
    return n > k + 1 && n <= 255 && memcmp(s, l->bundle, k) == 0 && s[k] == '.' &&
           shodo_bundle_name_is_ok(s + k + 1, n - k - 1);
}

static enum shodo_status read_entry(struct shodo_segment_list *l, struct text *t, const char *v,
                                    size_t n, bool is_segment, struct shodo_error *err) {
    uint64_t number = 0, size = 0, plain = 0;
    char sha256[65];
    if (is_segment && (!word_u64(&v, &n, &number) || number != l->segments.count + 1))
        return bad(t, "segments are not numbered in order", err);
    if (!word_u64(&v, &n, &size) || !word_hex(&v, &n, sha256) ||
        (is_segment && !word_u64(&v, &n, &plain)))
        return bad(t, "size or digest is missing", err);
    if (!is_ours(l, v, n))
        return bad(t, "the file name does not belong to this bundle", err);
    struct shodo_vec *to = is_segment ? &l->segments : &l->files;
    if (to->count >= SHODO_LIMIT_SEGMENT_FILES)
        return shodo_fail(err, SHODO_LIMIT, "segment list: more than %u entries",
                          SHODO_LIMIT_SEGMENT_FILES);
    const char *name = shodo_arena_str(&l->arena, v, n);
    if (!name || !shodo_segment_list_add(l, to, name, size, plain, sha256))
        return shodo_fail(err, SHODO_NOMEM, "no memory for the segment list");
    return SHODO_OK;
}

static enum shodo_status read_head(struct shodo_segment_list *l, struct text *t,
                                   uint64_t *ret_count, struct shodo_error *err) {
    const char *v = NULL;
    size_t n = 0;
    if (!labelled(t, "Shodo-Segments", &v, &n) || n != 1 || *v != '1')
        return bad(t, "not a segment list of version 1", err);
    if (!labelled(t, "Bundle", &v, &n) || !shodo_bundle_name_is_ok(v, n))
        return bad(t, "bundle name", err);
    l->bundle = shodo_arena_str(&l->arena, v, n);
    if (!l->bundle)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the segment list");
    if (!labelled(t, "Encryption", &v, &n))
        return bad(t, "encryption", err);
    l->is_plain = n == 4 && memcmp(v, "none", 4) == 0;
    if (!l->is_plain && (n != strlen(CIPHER_TEXT) || memcmp(v, CIPHER_TEXT, n) != 0))
        return bad(t, "unknown encryption", err);
    if (!number_line(t, "Segments", ret_count) || *ret_count == 0 ||
        *ret_count > SHODO_LIMIT_SEGMENT_FILES)
        return bad(t, "number of segments", err);
    if (!number_line(t, "Zip-Bytes", &l->zip_bytes) || !hex_line(t, "Zip-SHA256", l->zip_sha256) ||
        !hex_line(t, "Tagmanifest-SHA256", l->tagmanifest_sha256) ||
        !hex_line(t, "Signer-SHA256", l->signer_sha256))
        return bad(t, "size or digest", err);
    return SHODO_OK;
}

enum shodo_status shodo_segment_list_parse(struct shodo_segment_list *l, const char *p, size_t n,
                                           struct shodo_error *err) {
    shodo_segment_list_init(l);
    struct text t = {.p = p, .n = n};
    uint64_t count = 0, plain = 0;
    enum shodo_status st = read_head(l, &t, &count, err);
    const char *line = NULL;
    size_t len = 0;
    while (st == SHODO_OK && next_line(&t, &line, &len)) {
        bool is_segment = l->segments.count < count;
        const char *label = is_segment ? "Segment: " : "File: ";
        size_t k = strlen(label);
        if (len < k || memcmp(line, label, k) != 0)
            st = bad(&t, "unexpected line", err);
        else
            st = read_entry(l, &t, line + k, len - k, is_segment, err);
    }
    for (size_t i = 0; st == SHODO_OK && i < l->segments.count; i++) {
        const struct shodo_segment *s = shodo_vec_at(&l->segments, i);
        if (!shodo_add_u64(plain, s->plain, &plain))
            st = bad(&t, "sizes overflow", err);
    }
    if (st == SHODO_OK && (l->segments.count != count || t.pos != n || plain != l->zip_bytes))
        st = bad(&t, "the list is incomplete", err);
    if (st != SHODO_OK) {
        shodo_segment_list_done(l);
        shodo_segment_list_init(l);
    }
    return st;
}

bool shodo_segment_sums_write(struct shodo_buf *out, const struct shodo_segment_list *l,
                              const char *list_sha256, const char *signature_sha256) {
    const struct shodo_vec *const all[] = {&l->files, &l->segments};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(all); k++)
        for (size_t i = 0; i < all[k]->count; i++) {
            const struct shodo_segment *s = shodo_vec_at(all[k], i);
            shodo_buf_addf(out, "%s  %s\n", s->sha256, s->name);
        }
    shodo_buf_addf(out, "%s  %s.segments.txt\n", list_sha256, l->bundle);
    return shodo_buf_addf(out, "%s  %s.segments.txt.p7s\n", signature_sha256, l->bundle);
}
