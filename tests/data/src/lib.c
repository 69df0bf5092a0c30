/* SPDX-License-Identifier: Apache-2.0 */
#include "lib.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

noreturn void td_die(const char *fmt, ...) {
    va_list ap;

    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(2);
}

noreturn void td_fail(const struct td_at *at, const char *fmt, ...) {
    va_list ap;

    fprintf(stderr, "%s:%u: ", at->file, at->line);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(2);
}

void *td_alloc(size_t n) {
    void *p = calloc(1, n ? n : 1);

    if (!p)
        td_die("out of memory (%zu bytes)", n);
    return p;
}

char *td_dup(const char *p, size_t n) {
    char *d = td_alloc(n + 1);

    memcpy(d, p, n);
    return d;
}

void td_buf_done(struct td_buf *b) {
    free(b->p);
    *b = (struct td_buf){0};
}

void *td_buf_grow(struct td_buf *b, size_t n) {
    if (b->cap - b->n < n) {
        size_t cap = b->cap ? b->cap : 256;

        while (cap - b->n < n)
            cap *= 2;
        b->p = realloc(b->p, cap);
        if (!b->p)
            td_die("out of memory (%zu bytes)", cap);
        b->cap = cap;
    }
    memset(b->p + b->n, 0, n);
    b->n += n;
    return b->p + b->n - n;
}

void td_buf_add(struct td_buf *b, const void *p, size_t n) {
    if (n)
        memcpy(td_buf_grow(b, n), p, n);
}

void td_buf_str(struct td_buf *b, const char *s) {
    td_buf_add(b, s, strlen(s));
}

void td_buf_fmt(struct td_buf *b, const char *fmt, ...) {
    char text[4096];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof text)
        td_die("internal: formatted text too long");
    td_buf_add(b, text, (size_t)n);
}

void td_put16(void *p, unsigned v) {
    unsigned char *c = p;

    c[0] = (unsigned char)v;
    c[1] = (unsigned char)(v >> 8);
}

void td_put32(void *p, uint32_t v) {
    td_put16(p, v & 0xffff);
    td_put16((unsigned char *)p + 2, v >> 16);
}

void td_put64(void *p, uint64_t v) {
    td_put32(p, (uint32_t)v);
    td_put32((unsigned char *)p + 4, (uint32_t)(v >> 32));
}

uint16_t td_get16(const void *p) {
    const unsigned char *c = p;

    return (uint16_t)(c[0] | c[1] << 8);
}

uint32_t td_get32(const void *p) {
    return td_get16(p) | (uint32_t)td_get16((const unsigned char *)p + 2) << 16;
}

uint64_t td_get64(const void *p) {
    return td_get32(p) | (uint64_t)td_get32((const unsigned char *)p + 4) << 32;
}

void td_buf_u8(struct td_buf *b, unsigned v) {
    unsigned char c = (unsigned char)v;

    td_buf_add(b, &c, 1);
}

void td_buf_le16(struct td_buf *b, unsigned v) {
    td_put16(td_buf_grow(b, 2), v);
}

void td_buf_le32(struct td_buf *b, uint32_t v) {
    td_put32(td_buf_grow(b, 4), v);
}

void td_buf_le64(struct td_buf *b, uint64_t v) {
    td_put64(td_buf_grow(b, 8), v);
}

void td_file_read(const char *path, struct td_buf *b) {
    unsigned char chunk[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        td_die("cannot open '%s': %s", path, strerror(errno));
    while ((n = read(fd, chunk, sizeof chunk)) > 0)
        td_buf_add(b, chunk, (size_t)n);
    if (n < 0)
        td_die("cannot read '%s': %s", path, strerror(errno));
    close(fd);
}

void td_file_write(const char *path, const void *p, size_t n) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    size_t done = 0;

    if (fd < 0)
        td_die("cannot write '%s': %s", path, strerror(errno));
    while (done < n) {
        ssize_t k = write(fd, (const char *)p + done, n - done);

        if (k < 0)
            td_die("cannot write '%s': %s", path, strerror(errno));
        done += (size_t)k;
    }
    if (close(fd) < 0)
        td_die("cannot write '%s': %s", path, strerror(errno));
}

int td_run(const char *const *argv) {
    posix_spawn_file_actions_t fa;
    int status = 0, rc;
    pid_t pid;

    posix_spawn_file_actions_init(&fa);
    posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&fa, 1, 2);
    rc = posix_spawnp(&pid, argv[0], &fa, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&fa);
    if (rc)
        td_die("cannot start '%s': %s", argv[0], strerror(rc));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            td_die("cannot wait for '%s': %s", argv[0], strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* SHA-256, FIPS 180-4. An own copy, so that the truth does not depend on the library under test. */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t ror(uint32_t v, unsigned n) {
    return v >> n | v << (32 - n);
}

static void sha_block(uint32_t h[8], const unsigned char *p) {
    uint32_t w[64], a[8];

    for (unsigned i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (unsigned i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];

        w[i] = w[i - 16] + (ror(x, 7) ^ ror(x, 18) ^ x >> 3) + w[i - 7] +
               (ror(y, 17) ^ ror(y, 19) ^ y >> 10);
    }
    memcpy(a, h, sizeof a);
    for (unsigned i = 0; i < 64; i++) {
        uint32_t t1 = a[7] + (ror(a[4], 6) ^ ror(a[4], 11) ^ ror(a[4], 25)) +
                      ((a[4] & a[5]) ^ (~a[4] & a[6])) + K[i] + w[i];
        uint32_t t2 = (ror(a[0], 2) ^ ror(a[0], 13) ^ ror(a[0], 22)) +
                      ((a[0] & a[1]) ^ (a[0] & a[2]) ^ (a[1] & a[2]));

        memmove(a + 1, a, 7 * sizeof *a);
        a[4] += t1;
        a[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++)
        h[i] += a[i];
}

void td_sha256_init(struct td_sha256 *s) {
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    memcpy(s->h, start, sizeof start);
    s->len = 0;
}

void td_sha256_add(struct td_sha256 *s, const void *p, size_t n) {
    const unsigned char *c = p;

    while (n) {
        size_t have = s->len % 64, k = 64 - have < n ? 64 - have : n;

        memcpy(s->block + have, c, k);
        s->len += k;
        c += k;
        n -= k;
        if (s->len % 64 == 0)
            sha_block(s->h, s->block);
    }
}

void td_sha256_end(struct td_sha256 *s, unsigned char out[32]) {
    static const unsigned char pad[64] = {0x80};
    uint64_t bits = s->len * 8;
    unsigned char tail[8];

    td_sha256_add(s, pad, (119 - s->len % 64) % 64 + 1);
    for (unsigned i = 0; i < 8; i++)
        tail[i] = (unsigned char)(bits >> (56 - 8 * i));
    td_sha256_add(s, tail, 8);
    for (unsigned i = 0; i < 32; i++)
        out[i] = (unsigned char)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

void td_sha256_of(const void *p, size_t n, unsigned char out[32]) {
    struct td_sha256 s;

    td_sha256_init(&s);
    td_sha256_add(&s, p, n);
    td_sha256_end(&s, out);
}

void td_hex(const unsigned char *p, size_t n, char *out) {
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = "0123456789abcdef"[p[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
    }
    out[2 * n] = 0;
}

uint32_t td_crc32(uint32_t crc, const void *p, size_t n) {
    const unsigned char *c = p;

    crc = ~crc;
    while (n--) {
        crc ^= *c++;
        for (unsigned i = 0; i < 8; i++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

void td_rng_init(struct td_rng *r, const char *seed) {
    unsigned char d[32];

    td_sha256_of(seed, strlen(seed), d);
    for (unsigned i = 0; i < 4; i++)
        r->s[i] = td_get64(d + 8 * i);
}

uint64_t td_rng_next(struct td_rng *r) {
    uint64_t *s = r->s, x = s[1] * 5, t = s[1] << 17;

    x = (x << 7 | x >> 57) * 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return x;
}

uint64_t td_rng_below(struct td_rng *r, uint64_t limit) {
    return limit ? td_rng_next(r) % limit : 0;
}

void td_rng_fill(struct td_rng *r, void *p, size_t n) {
    unsigned char *c = p;

    while (n) {
        unsigned char v[8];
        size_t k = n < 8 ? n : 8;

        td_put64(v, td_rng_next(r));
        memcpy(c, v, k);
        c += k;
        n -= k;
    }
}
