/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the makers of test data share: growing buffers, little-endian output, SHA-256, CRC-32, a
 * seeded generator, times, names, and the line-oriented description language (see
 * tests/data/README.md).
 *
 * These programs run on our own descriptions only. Any error ends the program with "FILE:LINE:
 * message" and exit status 2; nothing here is meant for hostile input and nothing is linked into
 * shodo.
 */
#ifndef SHODO_TESTDATA_LIB_H
#define SHODO_TESTDATA_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

/* ---- buffers ------------------------------------------------------------------------------------
 */

struct td_buf {
    unsigned char *p;
    size_t n, cap;
};

void td_buf_done(struct td_buf *b);
void *td_buf_grow(struct td_buf *b,
                  size_t n); /* n zero bytes at the end; valid until the next call */
void td_buf_add(struct td_buf *b, const void *p, size_t n);
void td_buf_str(struct td_buf *b, const char *s);
void td_buf_fmt(struct td_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void td_buf_u8(struct td_buf *b, unsigned v);
void td_buf_le16(struct td_buf *b, unsigned v);
void td_buf_le32(struct td_buf *b, uint32_t v);
void td_buf_le64(struct td_buf *b, uint64_t v);
void td_buf_utf16(struct td_buf *b, const char *s,
                  size_t n); /* WTF-8 in, UTF-16LE out, no terminator */
void td_put16(void *p, unsigned v);
void td_put32(void *p, uint32_t v);
void td_put64(void *p, uint64_t v);
uint16_t td_get16(const void *p);
uint32_t td_get32(const void *p);
uint64_t td_get64(const void *p);
void *td_alloc(size_t n); /* zeroed; ends the program when there is no memory */
char *td_dup(const char *p, size_t n);

/* ---- files --------------------------------------------------------------------------------------
 */

void td_file_read(const char *path, struct td_buf *b); /* appends */
void td_file_write(const char *path, const void *p, size_t n);
int td_run(const char *const *argv); /* no shell; its output is dropped; exit status */

/* ---- digests and numbers ------------------------------------------------------------------------
 */

struct td_sha256 {
    uint32_t h[8];
    uint64_t len;
    unsigned char block[64];
};
void td_sha256_init(struct td_sha256 *s);
void td_sha256_add(struct td_sha256 *s, const void *p, size_t n);
void td_sha256_end(struct td_sha256 *s, unsigned char out[32]);
void td_sha256_of(const void *p, size_t n, unsigned char out[32]);
void td_hex(const unsigned char *p, size_t n, char *out); /* 2n + 1 bytes */

uint32_t td_crc32(uint32_t crc, const void *p, size_t n); /* IEEE 802.3, start with 0 */

/* xoshiro256** by Blackman and Vigna, seeded with the SHA-256 of a text: the same on every machine.
 */
struct td_rng {
    uint64_t s[4];
};
void td_rng_init(struct td_rng *r, const char *seed);
uint64_t td_rng_next(struct td_rng *r);
uint64_t td_rng_below(struct td_rng *r, uint64_t limit);
void td_rng_fill(struct td_rng *r, void *p, size_t n);

/* ---- the description language -------------------------------------------------------------------
 */

struct td_at {
    const char *file;
    unsigned line;
};

/* One word of a line: `value` or `key=value`. Values may hold NUL; they are also NUL-terminated. */
struct td_word {
    char *key; /* NULL for a plain word */
    char *val;
    size_t n;
    bool used;
};

struct td_line {
    struct td_at at;
    struct td_word *w;
    size_t n;
};

struct td_names { /* named times: `time NAME VALUE` */
    struct td_name {
        char *name;
        uint64_t ft;
    } * v;
    size_t n;
};

struct td_script {
    struct td_line *line;
    size_t n;
    struct td_names times;
    char **dirs; /* where `from=` and `include` look, in this order */
    size_t ndirs;
};

noreturn void td_die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
noreturn void td_fail(const struct td_at *at, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads a description with its includes and repeats expanded. `dirs` are extra search folders. */
void td_script_read(struct td_script *s, const char *path, char **dirs, size_t ndirs);
void td_script_done(struct td_script *s);
/* The first existing NAME below the search folders, as a new string; fails when there is none. */
char *td_script_find(const struct td_script *s, const struct td_at *at, const char *name);

const char *td_line_verb(const struct td_line *l);
/* The i-th plain word after the verb; fails naming `what` when it is not there. */
struct td_word *td_line_arg(struct td_line *l, size_t i, const char *what);
struct td_word *td_line_arg_opt(struct td_line *l, size_t i);    /* NULL when absent */
struct td_word *td_line_opt(struct td_line *l, const char *key); /* NULL when absent */
const char *td_line_text(struct td_line *l, const char *key, const char *otherwise);
uint64_t td_line_size(struct td_line *l, const char *key, uint64_t otherwise); /* 64M, 0x10, 5 */
void td_line_check(struct td_line *l); /* fails on a word that nobody asked for */

uint64_t td_size(const struct td_at *at, const char *s);
/* 2026-11-21T02:13:05.1234567+09:00, or @NAME; then +N[*N][ms|s|m|h|d] or -N..., as FILETIME. */
uint64_t td_time(const struct td_script *s, const struct td_at *at, const char *text);
struct td_clock { /* a time taken apart, UTC */
    unsigned year, month, day, weekday, hour, minute, second,
        ticks; /* weekday 0 = Sunday, ticks of 100 ns */
};
struct td_clock td_time_parts(uint64_t ft);
/* As UTC text with seven decimals: 2026-11-20T17:13:05.1234567Z (at least 32 bytes). */
void td_time_text(uint64_t ft, char *out);

/* WTF-8 to UTF-16 code units; fails on what is neither. */
uint16_t *td_utf16(const struct td_at *at, const char *s, size_t n, size_t *ret_n);
/* "S-1-5-32-544" appended in its binary form. */
void td_buf_sid(const struct td_at *at, struct td_buf *b, const char *text);
/* Printable form for the truth list: control characters, bidi controls, lone surrogates, `\` and
 * tab escaped. */
void td_escape(struct td_buf *b, const char *s, size_t n);
/* `*` inside a component, `**` over components, `?` one byte. */
bool td_glob(const char *pattern, const char *path);

#endif
