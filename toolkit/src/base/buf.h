/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one growable byte buffer and the one growable array.
 * Growth is by doubling through checked arithmetic. A failed allocation leaves the object unchanged
 * and is remembered: `failed` stays set, so that a chain of appends is checked once at its end.
 */
#ifndef SHODO_BASE_BUF_H
#define SHODO_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"

struct shodo_buf {
    char *data; /* always NUL-terminated when len > 0 or after shodo_buf_cstr() */
    size_t len;
    size_t cap;
    bool failed;
};

#define SHODO_BUF_INIT                                                                             \
    { .data = NULL, .len = 0, .cap = 0, .failed = false }

void shodo_buf_done(struct shodo_buf *b);
void shodo_buf_clear(struct shodo_buf *b); /* len = 0, failed = false, keeps memory */
bool shodo_buf_reserve(struct shodo_buf *b, size_t extra);
bool shodo_buf_add(struct shodo_buf *b, const void *p, size_t n);
bool shodo_buf_adds(struct shodo_buf *b, const char *s);
bool shodo_buf_addc(struct shodo_buf *b, char c);
bool shodo_buf_addf(struct shodo_buf *b, const char *fmt, ...) SHODO_PRINTF(2, 3);
bool shodo_buf_addv(struct shodo_buf *b, const char *fmt, va_list ap);
bool shodo_buf_add_hex(struct shodo_buf *b, const void *p, size_t n); /* lower case */
const char *shodo_buf_cstr(struct shodo_buf *b);                      /* never NULL */
char *shodo_buf_steal(struct shodo_buf *b);                           /* caller frees with free() */
SHODO_DEFINE_AUTO(shodo_buf, shodo_buf_done)

/* Array of fixed-size items: `struct shodo_vec v = SHODO_VEC_INIT(sizeof(struct foo));` */
struct shodo_vec {
    void *data;
    size_t count;
    size_t cap;
    size_t item_bytes;
};

#define SHODO_VEC_INIT(bytes)                                                                      \
    { .data = NULL, .count = 0, .cap = 0, .item_bytes = (bytes) }

void shodo_vec_done(struct shodo_vec *v);  /* does not touch what items own */
void *shodo_vec_push(struct shodo_vec *v); /* zeroed new item, or NULL; valid until the next push */
void *shodo_vec_at(const struct shodo_vec *v, size_t i); /* asserts i < count */
bool shodo_vec_reserve(struct shodo_vec *v, size_t count);
SHODO_DEFINE_AUTO(shodo_vec, shodo_vec_done)

/* Bump allocator: strings and arrays that live and die together (one entry, one document). */
struct shodo_arena {
    struct shodo_arena_block *head;
    size_t used_bytes; /* total handed out */
};

#define SHODO_ARENA_INIT                                                                           \
    { .head = NULL, .used_bytes = 0 }

/* zeroed; NULL on no memory */
void *shodo_arena_alloc(struct shodo_arena *a, size_t n, size_t align);
char *shodo_arena_str(struct shodo_arena *a, const char *s, size_t n); /* NUL-terminated copy */
void shodo_arena_clear(struct shodo_arena *a);                         /* keeps the newest block */
void shodo_arena_done(struct shodo_arena *a);
SHODO_DEFINE_AUTO(shodo_arena, shodo_arena_done)

/* Checked arithmetic: false on overflow, result untouched. */
bool shodo_add_u64(uint64_t a, uint64_t b, uint64_t *ret);
bool shodo_mul_u64(uint64_t a, uint64_t b, uint64_t *ret);
bool shodo_add_size(size_t a, size_t b, size_t *ret);
bool shodo_mul_size(size_t a, size_t b, size_t *ret);

#endif
