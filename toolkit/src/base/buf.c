/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_BYTES   64
#define ARENA_BLOCK_BYTES 4096

bool shodo_add_u64(uint64_t a, uint64_t b, uint64_t *ret) {
    uint64_t r;
    if (__builtin_add_overflow(a, b, &r))
        return false;
    *ret = r;
    return true;
}

bool shodo_mul_u64(uint64_t a, uint64_t b, uint64_t *ret) {
    uint64_t r;
    if (__builtin_mul_overflow(a, b, &r))
        return false;
    *ret = r;
    return true;
}

bool shodo_add_size(size_t a, size_t b, size_t *ret) {
    size_t r;
    if (__builtin_add_overflow(a, b, &r))
        return false;
    *ret = r;
    return true;
}

bool shodo_mul_size(size_t a, size_t b, size_t *ret) {
    size_t r;
    if (__builtin_mul_overflow(a, b, &r))
        return false;
    *ret = r;
    return true;
}

void shodo_buf_done(struct shodo_buf *b) {
    free(b->data);
    *b = (struct shodo_buf)SHODO_BUF_INIT;
}

void shodo_buf_clear(struct shodo_buf *b) {
    b->len = 0;
    b->failed = false;
    if (b->data)
        b->data[0] = '\0';
}

/* Room for `extra` more bytes and the terminator. */
bool shodo_buf_reserve(struct shodo_buf *b, size_t extra) {
    size_t need, cap;

    if (b->failed)
        return false;
    if (b->data && extra < b->cap - b->len) /* cap > len always holds once there is data */
        return true;
    if (!shodo_add_size(b->len, extra, &need) || !shodo_add_size(need, 1, &need))
        goto fail;
    cap = b->cap ? b->cap : BUF_FIRST_BYTES;
    while (cap < need)
        if (!shodo_mul_size(cap, 2, &cap))
            goto fail;
    char *p = realloc(b->data, cap);
    if (!p)
        goto fail;
    b->data = p;
    b->cap = cap;
    b->data[b->len] = '\0';
    return true;
fail:
    b->failed = true;
    return false;
}

bool shodo_buf_add(struct shodo_buf *b, const void *p, size_t n) {
    if (!shodo_buf_reserve(b, n))
        return false;
    if (n > 0)
        memcpy(b->data + b->len, p, n);
    b->len += n;
    b->data[b->len] = '\0';
    return true;
}

bool shodo_buf_adds(struct shodo_buf *b, const char *s) {
    return shodo_buf_add(b, s, strlen(s));
}

bool shodo_buf_addc(struct shodo_buf *b, char c) {
    if (!shodo_buf_reserve(b, 1))
        return false;
    b->data[b->len++] = c;
    b->data[b->len] = '\0';
    return true;
}

bool shodo_buf_addv(struct shodo_buf *b, const char *fmt, va_list ap) {
    va_list again;
    size_t room;
    int n;

    if (!shodo_buf_reserve(b, BUF_FIRST_BYTES))
        return false;
    room = b->cap - b->len;
    va_copy(again, ap);
    n = vsnprintf(b->data + b->len, room, fmt, ap);
    if (n >= 0 && (size_t)n >= room) {
        if (shodo_buf_reserve(b, (size_t)n))
            n = vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        else
            n = -1;
    }
    va_end(again);
    if (n < 0) {
        b->data[b->len] = '\0';
        b->failed = true;
        return false;
    }
    b->len += (size_t)n;
    return true;
}

bool shodo_buf_addf(struct shodo_buf *b, const char *fmt, ...) {
    va_list ap;
    bool ok;

    va_start(ap, fmt);
    ok = shodo_buf_addv(b, fmt, ap);
    va_end(ap);
    return ok;
}

bool shodo_buf_add_hex(struct shodo_buf *b, const void *p, size_t n) {
    static const char digit[] = "0123456789abcdef";
    const uint8_t *s = (const uint8_t *)p;
    size_t twice;

    if (!shodo_mul_size(n, 2, &twice)) {
        b->failed = true;
        return false;
    }
    if (!shodo_buf_reserve(b, twice))
        return false;
    for (size_t i = 0; i < n; i++) {
        b->data[b->len++] = digit[s[i] >> 4];
        b->data[b->len++] = digit[s[i] & 15];
    }
    b->data[b->len] = '\0';
    return true;
}

const char *shodo_buf_cstr(struct shodo_buf *b) {
    return b->data ? b->data : "";
}

char *shodo_buf_steal(struct shodo_buf *b) {
    char *p = b->data;

    if (!p)
        p = calloc(1, 1);
    *b = (struct shodo_buf)SHODO_BUF_INIT;
    return p;
}

void shodo_vec_done(struct shodo_vec *v) {
    free(v->data);
    v->data = NULL;
    v->count = 0;
    v->cap = 0;
}

bool shodo_vec_reserve(struct shodo_vec *v, size_t count) {
    size_t cap = v->cap ? v->cap : 8, bytes;

    shodo_assert(v->item_bytes > 0);
    if (count <= v->cap)
        return true;
    while (cap < count)
        if (!shodo_mul_size(cap, 2, &cap))
            return false;
    if (!shodo_mul_size(cap, v->item_bytes, &bytes))
        return false;
    void *p = realloc(v->data, bytes);
    if (!p)
        return false;
    v->data = p;
    v->cap = cap;
    return true;
}

void *shodo_vec_push(struct shodo_vec *v) {
    size_t next;

    if (!shodo_add_size(v->count, 1, &next) || !shodo_vec_reserve(v, next))
        return NULL;
    void *item = (char *)v->data + v->count * v->item_bytes;
    memset(item, 0, v->item_bytes);
    v->count = next;
    return item;
}

void *shodo_vec_at(const struct shodo_vec *v, size_t i) {
    shodo_assert(i < v->count);
    return (char *)v->data + i * v->item_bytes;
}

struct shodo_arena_block {
    struct shodo_arena_block *next;
    size_t cap;
    size_t used;
    _Alignas(max_align_t) char bytes[];
};

static bool fits(const struct shodo_arena_block *block, size_t n, size_t align, size_t *ret_at) {
    size_t at = (block->used + align - 1) & ~(align - 1), end;

    if (!shodo_add_size(at, n, &end) || end > block->cap)
        return false;
    *ret_at = at;
    return true;
}

void *shodo_arena_alloc(struct shodo_arena *a, size_t n, size_t align) {
    size_t at = 0, cap, total;

    shodo_assert(align > 0 && (align & (align - 1)) == 0 && align <= _Alignof(max_align_t));
    if (!a->head || !fits(a->head, n, align, &at)) {
        /* blocks double, so that a large document needs few of them */
        cap = a->head ? a->head->cap : ARENA_BLOCK_BYTES / 2;
        if (!shodo_mul_size(SHODO_MIN(cap, (size_t)1 << 20), 2, &cap))
            return NULL;
        cap = SHODO_MAX(cap, n);
        if (!shodo_add_size(cap, sizeof(struct shodo_arena_block), &total))
            return NULL;
        struct shodo_arena_block *block = malloc(total);
        if (!block)
            return NULL;
        *block = (struct shodo_arena_block){.next = a->head, .cap = cap, .used = 0};
        a->head = block;
        at = 0;
    }
    char *p = a->head->bytes + at;
    a->head->used = at + n;
    a->used_bytes += n;
    memset(p, 0, n);
    return p;
}

char *shodo_arena_str(struct shodo_arena *a, const char *s, size_t n) {
    size_t bytes;

    if (!shodo_add_size(n, 1, &bytes))
        return NULL;
    char *p = shodo_arena_alloc(a, bytes, 1);
    if (p && n > 0)
        memcpy(p, s, n);
    return p;
}

static void free_blocks(struct shodo_arena_block *block) {
    while (block) {
        struct shodo_arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void shodo_arena_clear(struct shodo_arena *a) {
    if (a->head) {
        free_blocks(a->head->next);
        a->head->next = NULL;
        a->head->used = 0;
    }
    a->used_bytes = 0;
}

void shodo_arena_done(struct shodo_arena *a) {
    free_blocks(a->head);
    *a = (struct shodo_arena)SHODO_ARENA_INIT;
}
