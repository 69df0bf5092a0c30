/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/answers/detect.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/value.h"

struct pattern {
    const char *text; /* folded */
    const char *family;
    size_t len;
    int strength; /* notes: 1 weak, 2 strong; extensions: enum shodo_extension_list */
    bool is_wild;
    bool is_tail9; /* nine letters and digits at the end */
};

struct shodo_detect {
    struct shodo_vec docs; /* struct shodo_doc * */
    struct shodo_arena arena;
    struct shodo_vec extensions; /* struct pattern, sorted by text */
    struct shodo_vec endings;    /* struct pattern: whole-name patterns of extensions */
    struct shodo_vec notes;      /* struct pattern, plain ones, sorted */
    struct shodo_vec note_globs; /* struct pattern */
    struct shodo_vec patients;   /* struct patient */
    const struct shodo_value *note_extensions;
    uint64_t note_min, note_max;
    char digest[65];
};

struct patient {
    struct shodo_vec extensions, names, folders; /* const char *, folded */
};

static size_t step(const char *s, size_t n, size_t at) {
    size_t k = at + 1;
    while (k < n && ((uint8_t)s[k] & 0xc0) == 0x80)
        k++;
    return k;
}

bool shodo_wild(const char *pattern, const char *s, size_t n) {
    const char *star = NULL;
    size_t i = 0, mark = 0;
    while (i < n) {
        if (*pattern == '*') {
            star = ++pattern;
            mark = i;
        } else if (*pattern == '?') {
            pattern++;
            i = step(s, n, i);
        } else if (*pattern && *pattern == s[i]) {
            pattern++;
            i++;
        } else if (star) {
            pattern = star;
            i = ++mark;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == 0;
}

const char *shodo_fold_path(struct shodo_buf *out, const char *s, size_t n) {
    shodo_buf_clear(out);
    shodo_text_fold(out, s, n);
    for (size_t i = 0; i < out->len; i++)
        if (out->data[i] == '\\')
            out->data[i] = '/';
    return shodo_buf_cstr(out);
}

bool shodo_wild_any(const struct shodo_value *list, const char *folded, size_t n) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *v = shodo_value_at(list, i);
        const char *text = shodo_value_str(v);
        if (text && shodo_wild(shodo_fold_path(&b, text, shodo_value_str_len(v)), folded, n))
            return true;
    }
    return false;
}

static bool is_schema(const struct shodo_value *root, const char *schema) {
    const char *s = shodo_value_get_str(root, "schema");
    size_t n = schema ? strlen(schema) : 0;
    static const char prefix[] = "shodo-detect-";
    if (!schema)
        return true;
    return s && strncmp(s, prefix, sizeof prefix - 1) == 0 &&
           strncmp(s + sizeof prefix - 1, schema, n) == 0 && s[sizeof prefix - 1 + n] == '/';
}

static const struct shodo_value *root_at(const struct shodo_detect *d, size_t i) {
    return shodo_doc_root(*(struct shodo_doc *const *)shodo_vec_at(&d->docs, i));
}

size_t shodo_detect_count(const struct shodo_detect *d, const char *schema, const char *list) {
    size_t n = 0;
    for (size_t i = 0; i < d->docs.count; i++)
        if (is_schema(root_at(d, i), schema))
            n += shodo_value_count(shodo_value_get(root_at(d, i), list));
    return n;
}

const struct shodo_value *shodo_detect_row(const struct shodo_detect *d, const char *schema,
                                           const char *list, size_t i) {
    for (size_t k = 0; k < d->docs.count; k++) {
        if (!is_schema(root_at(d, k), schema))
            continue;
        const struct shodo_value *l = shodo_value_get(root_at(d, k), list);
        size_t n = shodo_value_count(l);
        if (i < n)
            return shodo_value_at(l, i);
        i -= n;
    }
    return NULL;
}

const struct shodo_value *shodo_detect_value(const struct shodo_detect *d, const char *schema,
                                             const char *key) {
    for (size_t k = 0; k < d->docs.count; k++) {
        const struct shodo_value *v = is_schema(root_at(d, k), schema)
                                          ? shodo_value_get(root_at(d, k), key)
                                          : NULL;
        if (v)
            return v;
    }
    return NULL;
}

const char *shodo_detect_digest(const struct shodo_detect *d) {
    return d->digest;
}

static const char *fold_in(struct shodo_detect *d, const char *s) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_fold_path(&b, s, strlen(s));
    return shodo_arena_str(&d->arena, shodo_buf_cstr(&b), b.len);
}

static int by_text(const void *a, const void *b) {
    return strcmp(((const struct pattern *)a)->text, ((const struct pattern *)b)->text);
}

static bool add_pattern(struct shodo_detect *d, struct shodo_vec *v, const char *text,
                        const char *family, int strength) {
    struct pattern *p = shodo_vec_push(v);
    if (!p)
        return false;
    *p = (struct pattern){
        .text = fold_in(d, text), .family = family ? family : "", .strength = strength};
    if (!p->text)
        return false;
    p->len = strlen(p->text);
    p->is_wild = strpbrk(p->text, "*?") != NULL;
    p->is_tail9 = strstr(text, "]{9}") != NULL;
    return true;
}

static bool compile_extensions(struct shodo_detect *d) {
    static const char schema[] = "encrypted-extensions";
    bool ok = true;
    for (size_t i = 0; ok && i < shodo_detect_count(d, schema, "extensions"); i++) {
        const struct shodo_value *r = shodo_detect_row(d, schema, "extensions", i);
        const char *e = shodo_value_get_str(r, "extension");
        bool weak = shodo_value_bool(shodo_value_get(r, "weak"), false);
        if (e && *e)
            ok = add_pattern(d, strpbrk(e, "*?") ? &d->endings : &d->extensions, e,
                             shodo_value_get_str(r, "family"),
                             weak ? SHODO_EXT_WEAK : SHODO_EXT_STRONG);
    }
    for (size_t i = 0; ok && i < shodo_detect_count(d, schema, "never"); i++) {
        const char *e = shodo_value_str(shodo_detect_row(d, schema, "never", i));
        if (e)
            ok = add_pattern(d, &d->extensions, e, "", SHODO_EXT_NEVER);
    }
    for (size_t i = 0; ok && i < shodo_detect_count(d, schema, "patterns"); i++) {
        const struct shodo_value *r = shodo_detect_row(d, schema, "patterns", i);
        const char *p = shodo_value_get_str(r, "pattern");
        if (p)
            ok = add_pattern(d, &d->endings, p, shodo_value_get_str(r, "family"),
                             SHODO_EXT_PATTERN);
    }
    return ok;
}

static bool compile_notes(struct shodo_detect *d) {
    static const char schema[] = "note-names";
    bool ok = true;
    d->note_min = (uint64_t)shodo_value_int(shodo_detect_value(d, schema, "size_min_bytes"), 16);
    d->note_max = (uint64_t)shodo_value_int(shodo_detect_value(d, schema, "size_max_bytes"),
                                            262144);
    d->note_extensions = shodo_detect_value(d, schema, "extensions");
    for (size_t i = 0; ok && i < shodo_detect_count(d, schema, "patterns"); i++) {
        const struct shodo_value *r = shodo_detect_row(d, schema, "patterns", i);
        const char *p = shodo_value_get_str(r, "pattern"), *s = shodo_value_get_str(r, "strength");
        if (p)
            ok = add_pattern(d, strpbrk(p, "*?") ? &d->note_globs : &d->notes, p, NULL,
                             s && strcmp(s, "strong") == 0 ? 2 : 1);
    }
    return ok;
}

static bool add_texts(struct shodo_detect *d, struct shodo_vec *out,
                      const struct shodo_value *list) {
    *out = (struct shodo_vec)SHODO_VEC_INIT(sizeof(const char *));
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const char *s = shodo_value_str(shodo_value_at(list, i));
        const char **slot = s ? shodo_vec_push(out) : NULL;
        if (!slot || !(*slot = fold_in(d, s)))
            return false;
    }
    return true;
}

static bool compile_patients(struct shodo_detect *d) {
    for (size_t i = 0; i < shodo_detect_count(d, "patient-data", "indicators"); i++) {
        const struct shodo_value *r = shodo_detect_row(d, "patient-data", "indicators", i);
        struct patient *p = shodo_vec_push(&d->patients);
        if (!p || !add_texts(d, &p->extensions, shodo_value_get(r, "extensions")) ||
            !add_texts(d, &p->names, shodo_value_get(r, "names")) ||
            !add_texts(d, &p->folders, shodo_value_get(r, "folders")))
            return false;
    }
    return true;
}

static enum shodo_status add_doc(struct shodo_detect *d, const struct shodo_rule_text *t,
                                 struct shodo_error *err) {
    struct shodo_doc **slot = shodo_vec_push(&d->docs);
    if (!slot)
        return shodo_fail(err, SHODO_NOMEM, "no memory for detection data");
    enum shodo_status st = shodo_doc_parse_yaml(slot, t->name, t->text, t->len, err);
    if (st != SHODO_OK) {
        d->docs.count--;
        return st;
    }
    if (!is_schema(shodo_doc_root(*slot), "") &&
        !shodo_value_get_str(shodo_doc_root(*slot), "schema"))
        return shodo_fail(err, SHODO_INVALID, "detection file '%s' has no schema", t->name);
    return SHODO_OK;
}

enum shodo_status shodo_detect_new(struct shodo_detect **ret, const struct shodo_rule_text *texts,
                                   size_t count, struct shodo_error *err) {
    *ret = NULL;
    struct shodo_detect *d = calloc(1, sizeof *d);
    struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    if (!d || !h) {
        free(d);
        shodo_hash_free(h);
        return shodo_fail(err, SHODO_NOMEM, "no memory for detection data");
    }
    d->docs = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_doc *));
    d->patients = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct patient));
    d->extensions = d->endings = d->notes = d->note_globs = (struct shodo_vec)SHODO_VEC_INIT(
        sizeof(struct pattern));
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < count && st == SHODO_OK; i++) {
        shodo_hash_update(h, texts[i].text, texts[i].len);
        st = add_doc(d, &texts[i], err);
    }
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_hash_final(h, digest);
    shodo_hash_free(h);
    shodo_hex(digest, sizeof digest, d->digest);
    if (st == SHODO_OK && (!compile_extensions(d) || !compile_notes(d) || !compile_patients(d)))
        st = shodo_fail(err, SHODO_NOMEM, "no memory for detection data");
    if (st != SHODO_OK) {
        shodo_detect_free(d);
        return st;
    }
    if (d->extensions.count)
        qsort(d->extensions.data, d->extensions.count, sizeof(struct pattern), by_text);
    if (d->notes.count)
        qsort(d->notes.data, d->notes.count, sizeof(struct pattern), by_text);
    *ret = d;
    return SHODO_OK;
}

struct shodo_detect *shodo_detect_free(struct shodo_detect *d) {
    if (!d)
        return NULL;
    for (size_t i = 0; i < d->docs.count; i++)
        shodo_doc_free(*(struct shodo_doc **)shodo_vec_at(&d->docs, i));
    for (size_t i = 0; i < d->patients.count; i++) {
        struct patient *p = shodo_vec_at(&d->patients, i);
        shodo_vec_done(&p->extensions);
        shodo_vec_done(&p->names);
        shodo_vec_done(&p->folders);
    }
    struct shodo_vec *all[] = {&d->docs,    &d->patients, &d->extensions,
                               &d->endings, &d->notes,    &d->note_globs};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(all); i++)
        shodo_vec_done(all[i]);
    shodo_arena_done(&d->arena);
    free(d);
    return NULL;
}

/* First row of equal text in a sorted table. */
static const struct pattern *find(const struct shodo_vec *v, const char *text) {
    const struct pattern key = {.text = text};
    const struct pattern *p = v->count ? bsearch(&key, v->data, v->count, sizeof key, by_text)
                                       : NULL;
    while (p && p > (const struct pattern *)v->data && strcmp(p[-1].text, text) == 0)
        p--;
    return p;
}

static bool has_tail9(const char *extension) {
    size_t n = strlen(extension), letters = 0, digits = 0;
    if (n != 10)
        return false;
    for (size_t i = 1; i < n; i++) {
        char c = extension[i];
        bool is_digit = c >= '0' && c <= '9';
        bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_digit && !is_letter)
            return false;
        letters += is_letter;
        digits += is_digit;
    }
    return letters > 0 && digits > 0; /* a word of nine letters is somebody's own extension */
}

enum shodo_extension_list shodo_detect_extension(const struct shodo_detect *d,
                                                 const char *extension, const char *folded_name,
                                                 size_t n, const char **ret_family) {
    *ret_family = "";
    const struct pattern *p = find(&d->extensions, extension);
    if (p) {
        *ret_family = p->family;
        return (enum shodo_extension_list)p->strength;
    }
    for (size_t i = 0; i < d->endings.count; i++) {
        const struct pattern *e = shodo_vec_at(&d->endings, i);
        if (e->is_tail9 ? has_tail9(extension) : shodo_wild(e->text, folded_name, n)) {
            *ret_family = e->family;
            return e->is_tail9 ? SHODO_EXT_WEAK : (enum shodo_extension_list)e->strength;
        }
    }
    return SHODO_EXT_UNKNOWN;
}

static bool is_note_extension(const struct shodo_detect *d, const char *extension) {
    for (size_t i = 0; i < shodo_value_count(d->note_extensions); i++) {
        const char *e = shodo_value_str(shodo_value_at(d->note_extensions, i));
        if (e && shodo_text_ieq(e, extension))
            return true;
    }
    return !d->note_extensions;
}

int shodo_detect_note(const struct shodo_detect *d, const char *folded_name, size_t n,
                      const char *extension, uint64_t size) {
    if (size < d->note_min || size > d->note_max || !is_note_extension(d, extension))
        return 0;
    int best = 0;
    const struct pattern *p = find(&d->notes, folded_name),
                         *end = (const struct pattern *)d->notes.data + d->notes.count;
    for (; p && p < end && strcmp(p->text, folded_name) == 0; p++)
        best = SHODO_MAX(best, p->strength);
    for (size_t i = 0; best < 2 && i < d->note_globs.count; i++) {
        const struct pattern *g = shodo_vec_at(&d->note_globs, i);
        if (g->strength > best && shodo_wild(g->text, folded_name, n))
            best = g->strength;
    }
    return best;
}

static bool any(const struct shodo_vec *v, const char *s, size_t n) {
    for (size_t i = 0; i < v->count; i++)
        if (shodo_wild(*(const char *const *)shodo_vec_at(v, i), s, n))
            return true;
    return false;
}

int shodo_detect_patient(const struct shodo_detect *d, const char *folded_path, size_t n,
                         const char *extension, bool *ret_is_named) {
    const char *slash = memrchr(folded_path, '/', n);
    const char *name = slash ? slash + 1 : folded_path;
    size_t name_n = n - (size_t)(name - folded_path), e = strlen(extension);
    int by_folder = -1;
    *ret_is_named = true;
    for (size_t i = 0; i < d->patients.count; i++) {
        const struct patient *p = shodo_vec_at(&d->patients, i);
        if ((e && any(&p->extensions, extension, e)) || any(&p->names, name, name_n))
            return (int)i;
        if (by_folder < 0 && any(&p->folders, folded_path, n))
            by_folder = (int)i;
    }
    *ret_is_named = false;
    return by_folder;
}
