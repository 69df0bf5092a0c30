/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/readers/regf.h"

#include <stdio.h>
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"
#include "base/time.h"

enum {
    BASE_BYTES = 4096, /* header in front of the first bin: cell offsets count from here */
    NONE_CELL = -1,
    NK_BYTES = 76,
    VK_BYTES = 20,
    DB_SEGMENT_BYTES = 16344, /* data of one segment of a big value */
    LIST_DEPTH = 4,           /* ri lists inside ri lists: Windows has one */
};

static void damage(struct shodo_regf *h, const char *what, uint32_t cell) {
    if (h->damage++ == 0)
        snprintf(h->first_damage, sizeof h->first_damage, "%s at cell 0x%x", what, cell);
}

/* The bytes of a cell that is in use; NULL with the damage counted. */
static const uint8_t *cell_at(struct shodo_regf *h, uint32_t cell, size_t at_least, size_t *ret_n) {
    size_t room = h->len - BASE_BYTES;
    if (cell == (uint32_t)NONE_CELL || cell % 8 != 0 || cell > room || room - cell < 4) {
        damage(h, "offset outside the hive", cell);
        return NULL;
    }
    const uint8_t *p = h->data + BASE_BYTES + cell;
    int64_t size = (int32_t)shodo_le32(p);
    if (size >= 0 || (uint64_t)-size > room - cell || (uint64_t)-size < at_least + 4) {
        damage(h, size >= 0 ? "cell not in use" : "cell size", cell);
        return NULL;
    }
    *ret_n = (size_t)-size - 4;
    return p + 4;
}

enum shodo_status shodo_regf_open(struct shodo_regf *ret, const void *p, size_t n,
                                  struct shodo_error *err) {
    const uint8_t *b = p;
    if (n < BASE_BYTES + 32 || memcmp(b, "regf", 4) != 0)
        return shodo_fail(err, SHODO_DAMAGED, "not a registry hive");
    *ret = (struct shodo_regf){.data = b, .len = n, .root = shodo_le32(b + 36)};
    struct shodo_regf_key k;
    if (!shodo_regf_root(ret, &k))
        return shodo_fail(err, SHODO_DAMAGED, "registry hive without a root key: %s",
                          ret->first_damage);
    return SHODO_OK;
}

static bool key_at(struct shodo_regf *h, uint32_t cell, struct shodo_regf_key *ret) {
    size_t n = 0;
    const uint8_t *p = cell_at(h, cell, NK_BYTES, &n);
    if (!p)
        return false;
    uint16_t name_bytes = shodo_le16(p + 72);
    if (memcmp(p, "nk", 2) != 0 || name_bytes > n - NK_BYTES) {
        damage(h, "key", cell);
        return false;
    }
    *ret = (struct shodo_regf_key){.cell = cell,
                                   .time = shodo_time_from_filetime(shodo_le64(p + 4)),
                                   .subkeys = shodo_le32(p + 20),
                                   .subkeys_list = shodo_le32(p + 28),
                                   .values = shodo_le32(p + 36),
                                   .values_list = shodo_le32(p + 40),
                                   .name = p + NK_BYTES,
                                   .name_bytes = name_bytes,
                                   .is_latin1 = shodo_le16(p + 2) & 0x20};
    return true;
}

bool shodo_regf_root(struct shodo_regf *h, struct shodo_regf_key *ret) {
    return key_at(h, h->root, ret);
}

/* ---- lists ---- */

/* Small hives can hold lists that lead to each other without end, each of them harmless. */
static bool is_too_much(struct shodo_regf *h) {
    if (h->work >= SHODO_LIMIT_HIVE_WORK)
        return true;
    if (++h->work == SHODO_LIMIT_HIVE_WORK)
        damage(h, "lists without end", 0);
    return false;
}

struct listing {
    struct shodo_regf *h;
    bool (*each)(void *ctx, const struct shodo_regf_key *k);
    void *ctx;
    uint64_t left; /* keys that may still come: a list may name itself */
    bool is_over;
};

static void list_at(struct listing *l, uint32_t cell, unsigned depth) {
    size_t n = 0;
    const uint8_t *p = cell_at(l->h, cell, 4, &n);
    if (!p)
        return;
    bool is_index = memcmp(p, "ri", 2) == 0, is_plain = memcmp(p, "li", 2) == 0;
    size_t step = is_index || is_plain ? 4 : 8, count = shodo_le16(p + 2);
    if ((step == 8 && memcmp(p, "lf", 2) != 0 && memcmp(p, "lh", 2) != 0) ||
        (is_index && depth >= LIST_DEPTH)) {
        damage(l->h, "list of subkeys", cell);
        return;
    }
    if (count > (n - 4) / step) {
        damage(l->h, "length of a list of subkeys", cell);
        count = (n - 4) / step;
    }
    for (size_t i = 0; i < count && !l->is_over; i++) {
        uint32_t at = shodo_le32(p + 4 + i * step);
        struct shodo_regf_key k;
        if (is_too_much(l->h)) {
            l->is_over = true;
        } else if (l->left == 0) {
            damage(l->h, "more subkeys than fit into the hive", cell);
            l->is_over = true;
        } else if (is_index) {
            l->left--;
            list_at(l, at, depth + 1);
        } else {
            l->left--;
            if (key_at(l->h, at, &k) && !l->each(l->ctx, &k))
                l->is_over = true;
        }
    }
}

void shodo_regf_children(struct shodo_regf *h, const struct shodo_regf_key *k,
                         bool (*each)(void *ctx, const struct shodo_regf_key *k), void *ctx) {
    struct listing l = {.h = h, .each = each, .ctx = ctx, .left = h->len / 8};
    if (k->subkeys > 0)
        list_at(&l, k->subkeys_list, 0);
}

static bool value_at(struct shodo_regf *h, uint32_t cell, struct shodo_regf_value *ret) {
    size_t n = 0;
    const uint8_t *p = cell_at(h, cell, VK_BYTES, &n);
    if (!p)
        return false;
    uint16_t name_bytes = shodo_le16(p + 2);
    if (memcmp(p, "vk", 2) != 0 || name_bytes > n - VK_BYTES) {
        damage(h, "value", cell);
        return false;
    }
    uint32_t size = shodo_le32(p + 4);
    *ret = (struct shodo_regf_value){.name = p + VK_BYTES,
                                     .name_bytes = name_bytes,
                                     .is_latin1 = shodo_le16(p + 16) & 1,
                                     .type = shodo_le32(p + 12),
                                     .size = size & 0x7fffffff,
                                     .is_inline = size >> 31,
                                     .cell = shodo_le32(p + 8)};
    memcpy(ret->inlined, p + 8, 4);
    if (ret->is_inline && ret->size > 4) {
        damage(h, "size of a value", cell);
        ret->size = 4;
    }
    return true;
}

void shodo_regf_values(struct shodo_regf *h, const struct shodo_regf_key *k,
                       bool (*each)(void *ctx, const struct shodo_regf_value *v), void *ctx) {
    size_t n = 0;
    if (k->values == 0)
        return;
    const uint8_t *p = cell_at(h, k->values_list, 4, &n);
    if (!p)
        return;
    size_t count = k->values;
    if (count > n / 4) {
        damage(h, "length of a list of values", k->values_list);
        count = n / 4;
    }
    for (size_t i = 0; i < count && !is_too_much(h); i++) {
        struct shodo_regf_value v;
        if (value_at(h, shodo_le32(p + 4 * i), &v) && !each(ctx, &v))
            return;
    }
}

/* ---- names ---- */

static bool name_text(struct shodo_buf *out, const uint8_t *p, uint16_t n, bool is_latin1) {
    return n == 0 || shodo_text_decode(out, is_latin1 ? SHODO_LATIN1 : SHODO_UTF16LE, p, n, NULL);
}

bool shodo_regf_key_name(struct shodo_buf *out, const struct shodo_regf_key *k) {
    return name_text(out, k->name, k->name_bytes, k->is_latin1);
}

bool shodo_regf_value_name(struct shodo_buf *out, const struct shodo_regf_value *v) {
    return name_text(out, v->name, v->name_bytes, v->is_latin1);
}

static uint8_t lower(uint8_t c) {
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* The usual case, Latin-1 against ASCII, needs no memory. */
static bool name_is(const uint8_t *p, uint16_t n, bool is_latin1, const char *s, size_t sn) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (is_latin1 && n != sn)
        return false;
    for (size_t i = 0; is_latin1 && i < sn && p[i] < 0x80; i++) {
        if (lower(p[i]) != lower((uint8_t)s[i]))
            return false;
        if (i + 1 == sn)
            return true;
    }
    if (!name_text(&b, p, n, is_latin1) || b.len != sn)
        return false;
    for (size_t i = 0; i < sn; i++)
        if (lower((uint8_t)b.data[i]) != lower((uint8_t)s[i]))
            return false;
    return true;
}

struct search {
    const char *name;
    size_t n;
    void *ret;
    bool is_found;
};

static bool is_key(void *ctx, const struct shodo_regf_key *k) {
    struct search *s = ctx;
    s->is_found = name_is(k->name, k->name_bytes, k->is_latin1, s->name, s->n);
    if (s->is_found)
        *(struct shodo_regf_key *)s->ret = *k;
    return !s->is_found;
}

static bool is_value(void *ctx, const struct shodo_regf_value *v) {
    struct search *s = ctx;
    s->is_found = name_is(v->name, v->name_bytes, v->is_latin1, s->name, s->n);
    if (s->is_found)
        *(struct shodo_regf_value *)s->ret = *v;
    return !s->is_found;
}

bool shodo_regf_find(struct shodo_regf *h, const struct shodo_regf_key *from, const char *path,
                     struct shodo_regf_key *ret) {
    struct shodo_regf_key k = *from;
    while (*path) {
        size_t n = strcspn(path, "\\");
        struct search s = {.name = path, .n = n, .ret = ret};
        shodo_regf_children(h, &k, is_key, &s);
        if (!s.is_found)
            return false;
        k = *ret;
        path += n;
        path += *path == '\\';
    }
    *ret = k;
    return true;
}

bool shodo_regf_value(struct shodo_regf *h, const struct shodo_regf_key *k, const char *name,
                      struct shodo_regf_value *ret) {
    struct search s = {.name = name, .n = strlen(name), .ret = ret};
    shodo_regf_values(h, k, is_value, &s);
    return s.is_found;
}

/* ---- data ---- */

static bool big_data(struct shodo_regf *h, const struct shodo_regf_value *v,
                     struct shodo_buf *scratch) {
    size_t n = 0, list_n = 0;
    const uint8_t *p = cell_at(h, v->cell, 8, &n);
    size_t count = p ? shodo_le16(p + 2) : 0;
    const uint8_t *list = p ? cell_at(h, shodo_le32(p + 4), 4 * count, &list_n) : NULL;
    shodo_buf_clear(scratch);
    for (size_t i = 0; list && i < count && scratch->len < v->size; i++) {
        const uint8_t *s = cell_at(h, shodo_le32(list + 4 * i), 1, &n);
        if (!s || !shodo_buf_add(
                      scratch, s,
                      SHODO_MIN(SHODO_MIN(n, (size_t)DB_SEGMENT_BYTES), v->size - scratch->len)))
            break;
    }
    if (scratch->len < v->size)
        damage(h, "value of several pieces", v->cell);
    return scratch->len == v->size;
}

bool shodo_regf_data(struct shodo_regf *h, const struct shodo_regf_value *v,
                     struct shodo_buf *scratch, const uint8_t **ret, size_t *ret_n) {
    size_t n = 0;
    *ret_n = v->size;
    if (v->is_inline || v->size == 0) {
        *ret = v->inlined;
        return true;
    }
    if (v->size > h->len) {
        damage(h, "size of a value", v->cell);
        return false;
    }
    const uint8_t *p = cell_at(h, v->cell, 1, &n);
    if (!p)
        return false;
    if (v->size <= n) {
        *ret = p;
        return true;
    }
    if (v->size <= DB_SEGMENT_BYTES || n < 8 || memcmp(p, "db", 2) != 0) {
        damage(h, "size of a value", v->cell);
        return false;
    }
    bool is_whole = big_data(h, v, scratch);
    *ret = (const uint8_t *)shodo_buf_cstr(scratch);
    return is_whole;
}

bool shodo_regf_number(struct shodo_regf *h, const struct shodo_regf_key *k, const char *name,
                       uint64_t *ret) {
    shodo_auto(shodo_buf) struct shodo_buf scratch = SHODO_BUF_INIT;
    struct shodo_regf_value v;
    const uint8_t *p = NULL;
    size_t n = 0;
    if (!shodo_regf_value(h, k, name, &v) || !shodo_regf_data(h, &v, &scratch, &p, &n))
        return false;
    if (v.type == SHODO_REG_DWORD && n >= 4)
        *ret = shodo_le32(p);
    else if (v.type == SHODO_REG_QWORD && n >= 8)
        *ret = shodo_le64(p);
    else
        return false;
    return true;
}

/* Calls for each NUL-terminated UTF-16 text; of SZ only the first counts. */
static size_t text_length(const uint8_t *p, size_t n) {
    size_t i = 0;
    while (i + 1 < n && (p[i] || p[i + 1]))
        i += 2;
    return i;
}

static bool is_text_type(uint32_t type) {
    return type == SHODO_REG_SZ || type == SHODO_REG_EXPAND_SZ || type == SHODO_REG_LINK;
}

bool shodo_regf_text(struct shodo_regf *h, const struct shodo_regf_key *k, const char *name,
                     struct shodo_buf *out) {
    shodo_auto(shodo_buf) struct shodo_buf scratch = SHODO_BUF_INIT;
    struct shodo_regf_value v;
    const uint8_t *p = NULL;
    size_t n = 0;
    if (!shodo_regf_value(h, k, name, &v) ||
        (!is_text_type(v.type) && v.type != SHODO_REG_MULTI_SZ) ||
        !shodo_regf_data(h, &v, &scratch, &p, &n))
        return false;
    if (is_text_type(v.type))
        return shodo_text_decode(out, SHODO_UTF16LE, p, text_length(p, n), NULL);
    for (size_t at = 0, len = 0; at + 1 < n && (len = text_length(p + at, n - at)) > 0;
         at += len + 2) {
        if (at > 0)
            shodo_buf_addc(out, '\n');
        shodo_text_decode(out, SHODO_UTF16LE, p + at, len, NULL);
    }
    return !out->failed;
}

static void json_text(struct shodo_json *j, const char *key, const uint8_t *p, size_t n) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_text_decode(&b, SHODO_UTF16LE, p, SHODO_MIN(n, (size_t)SHODO_LIMIT_FACT_TEXT_BYTES),
                      NULL);
    shodo_json_strn(j, key, shodo_buf_cstr(&b), b.len);
}

void shodo_regf_json(struct shodo_regf *h, const struct shodo_regf_value *v, struct shodo_json *j,
                     const char *key) {
    shodo_auto(shodo_buf) struct shodo_buf scratch = SHODO_BUF_INIT;
    const uint8_t *p = NULL;
    size_t n = 0;
    if (!shodo_regf_data(h, v, &scratch, &p, &n)) {
        shodo_json_null(j, key);
    } else if (is_text_type(v->type)) {
        json_text(j, key, p, text_length(p, n));
    } else if (v->type == SHODO_REG_MULTI_SZ) {
        shodo_json_array(j, key);
        for (size_t at = 0, len = 0, i = 0;
             i < SHODO_LIMIT_HIVE_LIST && at + 1 < n && (len = text_length(p + at, n - at)) > 0;
             at += len + 2, i++)
            json_text(j, NULL, p + at, len);
        shodo_json_array_end(j);
    } else if (v->type == SHODO_REG_DWORD && n >= 4) {
        shodo_json_u64(j, key, shodo_le32(p));
    } else if (v->type == SHODO_REG_QWORD && n >= 8) {
        shodo_json_u64(j, key, shodo_le64(p));
    } else {
        shodo_json_hex(j, key, p, SHODO_MIN(n, (size_t)SHODO_LIMIT_HIVE_HEX_BYTES));
    }
}

/* ---- everything ---- */

struct walking {
    struct shodo_regf *h;
    struct shodo_regf_count *count;
    struct shodo_buf scratch;
    /* struct place: an own stack, so that depth costs no stack of the process */
    struct shodo_vec waiting;
    unsigned depth;
    enum shodo_status status;
};
struct place {
    struct shodo_regf_key key;
    unsigned depth;
};

static bool count_value(void *ctx, const struct shodo_regf_value *v) {
    struct walking *w = ctx;
    const uint8_t *p = NULL;
    size_t n = 0;
    w->count->values++;
    if (shodo_regf_data(w->h, v, &w->scratch, &p, &n))
        w->count->data_bytes += n;
    return true;
}

static bool push_key(void *ctx, const struct shodo_regf_key *k) {
    struct walking *w = ctx;
    struct place *p = NULL;
    if (w->depth > SHODO_LIMIT_HIVE_DEPTH ||
        w->count->keys + w->waiting.count >= SHODO_LIMIT_HIVE_KEYS) {
        w->status = SHODO_LIMIT;
        return false;
    }
    p = shodo_vec_push(&w->waiting);
    if (p)
        *p = (struct place){.key = *k, .depth = w->depth};
    else
        w->status = SHODO_NOMEM;
    return p != NULL;
}

enum shodo_status shodo_regf_walk(struct shodo_regf *h, struct shodo_regf_count *ret,
                                  struct shodo_error *err) {
    struct walking w = {.h = h,
                        .count = ret,
                        .scratch = SHODO_BUF_INIT,
                        .waiting = SHODO_VEC_INIT(sizeof(struct place))};
    struct shodo_regf_key k;
    *ret = (struct shodo_regf_count){0};
    if (shodo_regf_root(h, &k))
        push_key(&w, &k);
    while (w.waiting.count > 0 && w.status == SHODO_OK) {
        struct place p = *(struct place *)shodo_vec_at(&w.waiting, w.waiting.count - 1);
        w.waiting.count--;
        ret->keys++;
        w.depth = p.depth + 1;
        shodo_regf_values(h, &p.key, count_value, &w);
        shodo_regf_children(h, &p.key, push_key, &w);
    }
    shodo_vec_done(&w.waiting);
    shodo_buf_done(&w.scratch);
    if (w.status == SHODO_OK)
        return SHODO_OK;
    return shodo_fail(err, w.status, "registry hive: stopped after %llu keys",
                      (unsigned long long)ret->keys);
}
