/* SPDX-License-Identifier: Apache-2.0 */
#include "base/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/value_tree.h"

struct shodo_doc *shodo_doc_new(const char *name) {
    struct shodo_doc *d = calloc(1, sizeof(*d));

    if (d)
        d->name = name;
    return d;
}

struct shodo_doc *shodo_doc_free(struct shodo_doc *d) {
    if (d) {
        shodo_arena_done(&d->arena);
        free(d);
    }
    return NULL;
}

enum shodo_status shodo_doc_check_size(const char *name, size_t n, struct shodo_error *err) {
    if (n > SHODO_LIMIT_DOC_BYTES)
        return shodo_fail(err, SHODO_LIMIT, "%s: larger than %llu bytes", name,
                          (unsigned long long)SHODO_LIMIT_DOC_BYTES);
    return SHODO_OK;
}

enum shodo_status shodo_doc_node(struct shodo_doc *d, struct shodo_value **ret,
                                 enum shodo_value_kind kind, unsigned line,
                                 struct shodo_error *err) {
    if (d->nodes >= SHODO_LIMIT_DOC_NODES)
        return shodo_fail(err, SHODO_LIMIT, "%s: more than %u values", d->name,
                          SHODO_LIMIT_DOC_NODES);
    struct shodo_value *v = shodo_arena_alloc(&d->arena, sizeof(*v), _Alignof(struct shodo_value));
    if (!v)
        return shodo_fail(err, SHODO_NOMEM, "%s: out of memory", d->name);
    d->nodes++;
    v->kind = kind;
    v->line = line;
    *ret = v;
    return SHODO_OK;
}

static int by_key(const void *a, const void *b, void *keys) {
    const char *const *k = (const char *const *)keys;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    int r = strcmp(k[i], k[j]);

    return r ? r : (i > j) - (i < j);
}

static enum shodo_status sort_keys(struct shodo_doc *d, struct shodo_value *v,
                                   struct shodo_error *err) {
    uint32_t *sorted = v->as.list.sorted;
    const char **keys = v->as.list.keys;

    for (size_t i = 0; i < v->as.list.count; i++)
        sorted[i] = (uint32_t)i;
    qsort_r(sorted, v->as.list.count, sizeof(*sorted), by_key, keys);
    for (size_t i = 1; i < v->as.list.count; i++) {
        uint32_t first = sorted[i - 1], second = sorted[i];
        if (strcmp(keys[first], keys[second]) == 0)
            return shodo_fail(err, SHODO_DAMAGED, "%s:%u: duplicate key '%s', first on line %u",
                              d->name, v->as.list.items[second]->line, keys[second],
                              v->as.list.items[first]->line);
    }
    return SHODO_OK;
}

enum shodo_status shodo_doc_fill(struct shodo_doc *d, struct shodo_value *v,
                                 struct shodo_value *const *items, const char *const *keys,
                                 size_t count, struct shodo_error *err) {
    if (count == 0)
        return SHODO_OK;
    size_t bytes = count * sizeof(*items); /* count ≤ DOC_NODES */
    v->as.list.items = shodo_arena_alloc(&d->arena, bytes, _Alignof(void *));
    if (!v->as.list.items)
        return shodo_fail(err, SHODO_NOMEM, "%s: out of memory", d->name);
    memcpy(v->as.list.items, items, bytes);
    v->as.list.count = count;
    if (v->kind != SHODO_VALUE_MAP)
        return SHODO_OK;
    v->as.list.keys = shodo_arena_alloc(&d->arena, bytes, _Alignof(void *));
    v->as.list.sorted = shodo_arena_alloc(&d->arena, count * sizeof(uint32_t), _Alignof(uint32_t));
    if (!v->as.list.keys || !v->as.list.sorted)
        return shodo_fail(err, SHODO_NOMEM, "%s: out of memory", d->name);
    memcpy(v->as.list.keys, keys, bytes);
    return sort_keys(d, v, err);
}

const struct shodo_value *shodo_doc_root(const struct shodo_doc *d) {
    return d ? d->root : NULL;
}

enum shodo_value_kind shodo_value_kind(const struct shodo_value *v) {
    return v ? v->kind : SHODO_VALUE_NULL;
}

unsigned shodo_value_line(const struct shodo_value *v) {
    return v ? v->line : 0;
}

static bool has_items(const struct shodo_value *v) {
    return v && (v->kind == SHODO_VALUE_LIST || v->kind == SHODO_VALUE_MAP);
}

const struct shodo_value *shodo_value_get(const struct shodo_value *map, const char *key) {
    size_t lo = 0, hi;

    if (!map || map->kind != SHODO_VALUE_MAP)
        return NULL;
    hi = map->as.list.count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        uint32_t i = map->as.list.sorted[mid];
        int r = strcmp(key, map->as.list.keys[i]);
        if (r == 0)
            return map->as.list.items[i];
        if (r < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

size_t shodo_value_count(const struct shodo_value *list_or_map) {
    return has_items(list_or_map) ? list_or_map->as.list.count : 0;
}

const struct shodo_value *shodo_value_at(const struct shodo_value *list_or_map, size_t i) {
    return i < shodo_value_count(list_or_map) ? list_or_map->as.list.items[i] : NULL;
}

const char *shodo_value_key_at(const struct shodo_value *map, size_t i) {
    if (!map || map->kind != SHODO_VALUE_MAP || i >= map->as.list.count)
        return NULL;
    return map->as.list.keys[i];
}

const char *shodo_value_str(const struct shodo_value *v) {
    return v ? v->text : NULL;
}

size_t shodo_value_str_len(const struct shodo_value *v) {
    return v ? v->text_len : 0;
}

bool shodo_value_bool(const struct shodo_value *v, bool fallback) {
    return v && v->kind == SHODO_VALUE_BOOL ? v->as.boolean : fallback;
}

int64_t shodo_value_int(const struct shodo_value *v, int64_t fallback) {
    return v && v->kind == SHODO_VALUE_INT ? v->as.integer : fallback;
}

double shodo_value_real(const struct shodo_value *v, double fallback) {
    if (v && v->kind == SHODO_VALUE_REAL)
        return v->as.real;
    return v && v->kind == SHODO_VALUE_INT ? (double)v->as.integer : fallback;
}

const char *shodo_value_get_str(const struct shodo_value *map, const char *key) {
    return shodo_value_str(shodo_value_get(map, key));
}

int64_t shodo_value_get_int(const struct shodo_value *map, const char *key, int64_t fallback) {
    return shodo_value_int(shodo_value_get(map, key), fallback);
}

static int base64_digit(char c) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Canonical padded base64 only: one text for one value. */
static bool add_unbase64(struct shodo_buf *out, const char *s, size_t n) {
    if (n % 4 != 0)
        return false;
    for (size_t i = 0; i < n; i += 4) {
        size_t pad = i + 4 < n ? 0
                               : (size_t)(s[i + 3] == '=') + (s[i + 2] == '=' && s[i + 3] == '=');
        uint32_t v = 0;
        for (size_t k = 0; k < 4; k++) {
            int d = k >= 4 - pad ? 0 : base64_digit(s[i + k]);
            if (d < 0)
                return false;
            v = v << 6 | (uint32_t)d;
        }
        if ((pad == 1 && (v & 0xff) != 0) || (pad == 2 && (v & 0xffff) != 0))
            return false;
        const char b[3] = {(char)(v >> 16), (char)(v >> 8), (char)v};
        shodo_buf_add(out, b, 3 - pad);
    }
    return true;
}

bool shodo_value_bytes(struct shodo_buf *out, const struct shodo_value *v) {
    const struct shodo_value *b64 = shodo_value_get(v, "b64");

    if (v && v->kind == SHODO_VALUE_STR)
        return shodo_buf_add(out, v->text, v->text_len);
    if (shodo_value_count(v) != 1 || !b64 || b64->kind != SHODO_VALUE_STR)
        return false;
    return add_unbase64(out, b64->text, b64->text_len) && !out->failed;
}

/* The shortest text that reads back as the same number, and as a REAL. */
static void write_real(struct shodo_json *j, const char *key, double v) {
    char text[40];

    if (!isfinite(v)) {
        shodo_json_null(j, key);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    size_t n = strlen(text);
    if (!strpbrk(text, ".e")) {
        text[n++] = '.';
        text[n++] = '0';
    }
    shodo_json_raw(j, key, text, n);
}

void shodo_value_write(struct shodo_json *j, const char *key, const struct shodo_value *v) {
    switch (shodo_value_kind(v)) {
    case SHODO_VALUE_NULL:
        shodo_json_null(j, key);
        break;
    case SHODO_VALUE_BOOL:
        shodo_json_bool(j, key, v->as.boolean);
        break;
    case SHODO_VALUE_INT:
        shodo_json_i64(j, key, v->as.integer);
        break;
    case SHODO_VALUE_REAL:
        write_real(j, key, v->as.real);
        break;
    case SHODO_VALUE_STR:
        shodo_json_strn(j, key, v->text, v->text_len);
        break;
    case SHODO_VALUE_LIST:
        shodo_json_array(j, key);
        for (size_t i = 0; i < v->as.list.count; i++)
            shodo_value_write(j, NULL, v->as.list.items[i]);
        shodo_json_array_end(j);
        break;
    case SHODO_VALUE_MAP:
        shodo_json_object(j, key);
        for (size_t i = 0; i < v->as.list.count; i++)
            shodo_value_write(j, v->as.list.keys[i], v->as.list.items[i]);
        shodo_json_object_end(j);
        break;
    }
}
