/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finished NTFS volume becomes a BitLocker volume, as Windows 10 leaves one: a TPM and a recovery
 * protector, three equal metadata blocks and the moved head in files below "System Volume
 * Information". Layout as docs/formats.md; the test opens the result with a program that is not
 * ours.
 */
#include "disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/evp.h>

enum { BLOCK = 65536, HEAD = 8192, ROUNDS = 0x100000, NONCE = 12, TAG = 16 };
enum {
    VALUE_KEY = 1,
    VALUE_TEXT = 2,
    VALUE_STRETCH = 3,
    VALUE_CCM = 5,
    VALUE_VMK = 8,
    VALUE_HEAD = 15
};

struct maker {
    const struct td_disk *disk;
    struct td_part *part;
    struct td_rng rng;
    uint8_t *volume;
    uint64_t at[3]; /* of the metadata blocks; the head follows the first */
    uint8_t vmk[32], fvek[64];
    uint32_t nonce;
};

static const struct {
    const char *name;
    uint16_t method;
    size_t key_bytes;
    const EVP_CIPHER *(*data)(void), *(*iv)(void);
} methods[] = {
    {"cbc128", 0x8002, 16, EVP_aes_128_cbc, EVP_aes_128_ecb},
    {"cbc256", 0x8003, 32, EVP_aes_256_cbc, EVP_aes_256_ecb},
    {"xts128", 0x8004, 32, EVP_aes_128_xts, NULL},
    {"xts256", 0x8005, 64, EVP_aes_256_xts, NULL},
};

static const char *const files[3] = {
    "/System Volume Information/FVE2.{e40ad34d-dae9-4bc7-95bd-b16218c10f72}.1",
    "/System Volume Information/FVE2.{e40ad34d-dae9-4bc7-95bd-b16218c10f72}.2",
    "/System Volume Information/FVE2.{e40ad34d-dae9-4bc7-95bd-b16218c10f72}.3",
};

/* bitlocker=METHOD recovery=DIGITS [suspended=yes] of a `partition` line. */
void td_bitlocker_parse(struct td_part *p, struct td_line *l) {
    const char *method = td_line_text(l, "bitlocker", "none"),
               *key = td_line_text(l, "recovery", "");
    size_t n = 0;

    p->bitlocker.is_suspended = !strcmp(td_line_text(l, "suspended", "no"), "yes");
    if (!strcmp(method, "none"))
        return;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (!strcmp(methods[i].name, method))
            p->bitlocker.method = (unsigned)i + 1;
    if (!p->bitlocker.method || p->fs != TD_FS_NTFS)
        td_fail(&l->at, "bitlocker= is xts128, xts256, cbc128 or cbc256, on fs=ntfs");
    for (size_t g = 0; g < 8; g++) {
        unsigned v = 0;

        for (n = 0; n < 6 && *key >= '0' && *key <= '9'; n++)
            v = v * 10 + (unsigned)(*key++ - '0');
        key += *key == '-';
        if (n != 6 || v % 11 || v / 11 > 0xffff)
            td_fail(&l->at,
                    "recovery= is eight groups of six digits, multiples of 11 below 720896");
        p->bitlocker.groups[g] = (uint16_t)(v / 11);
    }
}

/* Made last, so that every other file keeps the record number that it has without encryption. */
void td_bitlocker_files(struct td_part *p) {
    if (!p->bitlocker.method)
        return;
    for (size_t i = 0; i < 3; i++) {
        struct td_node *n = td_node_make(&p->vol, &p->at, files[i], false);
        static const uint8_t zeros[BLOCK + HEAD];

        n->attributes = 0x26;
        for (size_t k = 0; k < 4; k++)
            n->si[k] = n->fn[k] = p->vol.formatted;
        td_content_data(&td_stream_add(n, "")->content, zeros, i ? BLOCK : BLOCK + HEAD);
    }
}

static void ssl(int is_good) {
    if (!is_good)
        td_die("libcrypto refused to encrypt");
}

static size_t begin(struct td_buf *b, unsigned type, unsigned value) {
    size_t at = b->n;

    td_buf_le16(b, 0);
    td_buf_le16(b, type);
    td_buf_le16(b, value);
    td_buf_le16(b, 1);
    return at;
}

static void end(struct td_buf *b, size_t at) {
    td_put16(b->p + at, (unsigned)(b->n - at));
}

/* An AES-CCM entry around `in`. */
static void add_ccm(struct maker *m, struct td_buf *b, unsigned type, const uint8_t key[32],
                    const struct td_buf *in) {
    size_t at = begin(b, type, VALUE_CCM), head = b->n;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n = 0;

    td_buf_le64(b, m->part->vol.formatted);
    td_buf_le32(b, m->nonce++);
    td_buf_grow(b, TAG + in->n);
    ssl(c && EVP_EncryptInit_ex(c, EVP_aes_256_ccm(), NULL, NULL, NULL) == 1);
    ssl(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, NONCE, NULL) == 1);
    ssl(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG, NULL) == 1);
    ssl(EVP_EncryptInit_ex(c, NULL, NULL, key, b->p + head) == 1);
    ssl(EVP_EncryptUpdate(c, b->p + head + NONCE + TAG, &n, in->p, (int)in->n) == 1);
    ssl(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG, b->p + head + NONCE) == 1);
    EVP_CIPHER_CTX_free(c);
    end(b, at);
}

static void add_key(struct td_buf *b, unsigned method, const uint8_t *key, size_t n) {
    size_t at = begin(b, 0, VALUE_KEY);

    td_buf_le32(b, method);
    td_buf_add(b, key, n);
    end(b, at);
}

static void wrap_key(struct maker *m, struct td_buf *b, unsigned type, const uint8_t by[32],
                     unsigned method, const uint8_t *key, size_t n) {
    struct td_buf in = {0};

    add_key(&in, method, key, n);
    add_ccm(m, b, type, by, &in);
    td_buf_done(&in);
}

/* The key behind the 48 digits: SHA-256, 2^20 times. */
static void stretch(const uint16_t groups[8], const uint8_t salt[16], uint8_t out[32]) {
    uint8_t in[88] = {0}, digits[16];
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);

    for (size_t i = 0; i < 8; i++)
        td_put16(digits + 2 * i, groups[i]);
    td_sha256_of(digits, sizeof digits, in + 32);
    memcpy(in + 64, salt, 16);
    ssl(c && md);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        td_put64(in + 80, i);
        ssl(EVP_DigestInit_ex(c, md, NULL) == 1 && EVP_DigestUpdate(c, in, sizeof in) == 1 &&
            EVP_DigestFinal_ex(c, in, NULL) == 1);
    }
    memcpy(out, in, 32);
    EVP_MD_free(md);
    EVP_MD_CTX_free(c);
}

static size_t begin_vmk(struct maker *m, struct td_buf *b, unsigned protection) {
    size_t at = begin(b, 2, VALUE_VMK);

    td_rng_fill(&m->rng, td_buf_grow(b, 16), 16);
    td_buf_le64(b, m->part->vol.formatted);
    td_buf_le16(b, 0);
    td_buf_le16(b, protection);
    return at;
}

/* What a TPM would open; nobody can here. */
static void add_tpm(struct maker *m, struct td_buf *b) {
    size_t vmk = begin_vmk(m, b, 0x100), blob = begin(b, 0, 6);
    uint8_t key[32];

    td_rng_fill(&m->rng, td_buf_grow(b, 240), 240);
    end(b, blob);
    td_rng_fill(&m->rng, key, sizeof key);
    wrap_key(m, b, 0, key, 0x2003, m->vmk, sizeof m->vmk);
    end(b, vmk);
}

static void add_recovery(struct maker *m, struct td_buf *b) {
    size_t vmk = begin_vmk(m, b, 0x800), at = begin(b, 0, VALUE_STRETCH);
    uint8_t salt[16], own[32], digits[16];

    td_rng_fill(&m->rng, salt, sizeof salt);
    stretch(m->part->bitlocker.groups, salt, own);
    for (size_t i = 0; i < 8; i++)
        td_put16(digits + 2 * i, m->part->bitlocker.groups[i]);
    td_buf_le32(b, 0x1000);
    td_buf_add(b, salt, sizeof salt);
    wrap_key(m, b, 0x12, m->vmk, 0x1000, digits, sizeof digits);
    wrap_key(m, b, 0x13, m->vmk, 0x2003, own, sizeof own);
    end(b, at);
    wrap_key(m, b, 0, own, 0x2003, m->vmk, sizeof m->vmk);
    end(b, vmk);
}

static void add_clear(struct maker *m, struct td_buf *b) {
    size_t vmk = begin_vmk(m, b, 0);
    uint8_t key[32];

    td_rng_fill(&m->rng, key, sizeof key);
    add_key(b, 0x2003, key, sizeof key);
    wrap_key(m, b, 0, key, 0x2003, m->vmk, sizeof m->vmk);
    end(b, vmk);
}

static void add_entries(struct maker *m, struct td_buf *b) {
    size_t at = begin(b, 7, VALUE_TEXT);

    td_buf_utf16(b, "C: ", 3);
    td_buf_utf16(b, m->part->label, strlen(m->part->label));
    td_buf_le16(b, 0);
    end(b, at);
    add_tpm(m, b);
    add_recovery(m, b);
    if (m->part->bitlocker.is_suspended)
        add_clear(m, b);
    wrap_key(m, b, 3, m->vmk, methods[m->part->bitlocker.method - 1].method, m->fvek,
             methods[m->part->bitlocker.method - 1].key_bytes);
    at = begin(b, 15, VALUE_HEAD);
    td_buf_le64(b, m->at[0] + BLOCK);
    td_buf_le64(b, HEAD);
    td_buf_grow(b, 76);
    end(b, at);
}

static void add_validation(struct maker *m, struct td_buf *b) {
    uint8_t digest[32];
    uint32_t crc = td_crc32(0, b->p, b->n);
    struct td_buf in = {0};
    size_t at;

    td_sha256_of(b->p, b->n, digest);
    td_buf_le16(b, (unsigned)(BLOCK - b->n));
    td_buf_le16(b, 2);
    td_buf_le32(b, crc);
    at = begin(&in, 0, VALUE_KEY);
    td_buf_le32(&in, 0x2005);
    td_buf_add(&in, digest, sizeof digest);
    end(&in, at);
    add_ccm(m, b, 0, m->vmk, &in);
    td_buf_done(&in);
}

static void make_block(struct maker *m, struct td_buf *b) {
    unsigned method = methods[m->part->bitlocker.method - 1].method;

    td_buf_add(b, "-FVE-FS-", 8);
    td_buf_le16(b, 0);
    td_buf_le16(b, 2);
    td_buf_le16(b, 4); /* encrypted, and to stay so */
    td_buf_le16(b, 4);
    td_buf_le64(b, m->part->bytes);
    td_buf_le32(b, 0);
    td_buf_le32(b, HEAD / 512);
    for (size_t i = 0; i < 3; i++)
        td_buf_le64(b, m->at[i]);
    td_buf_le64(b, m->at[0] + BLOCK);
    td_buf_le32(b, 0);
    td_buf_le32(b, 1);
    td_buf_le32(b, 48);
    td_buf_le32(b, 0);
    td_rng_fill(&m->rng, td_buf_grow(b, 16), 16);
    td_buf_le32(b, 10);
    td_buf_le16(b, method);
    td_buf_le16(b, method);
    td_buf_le64(b, m->part->vol.formatted);
    add_entries(m, b);
    td_put32(b->p + 64, (uint32_t)(b->n - 64));
    td_put32(b->p + 76, (uint32_t)(b->n - 64));
    td_buf_grow(b, (16 - b->n % 16) % 16);
    td_put16(b->p + 8, (unsigned)(b->n / 16));
    add_validation(m, b);
    if (b->n > BLOCK)
        td_die("the BitLocker metadata grew too large");
}

/* Every sector in place, its tweak being where it lies. */
static void encrypt(const struct maker *m, uint8_t *p, uint64_t at, uint64_t n) {
    size_t method = m->part->bitlocker.method - 1, sector = m->disk->sector;
    EVP_CIPHER_CTX *data = EVP_CIPHER_CTX_new(), *ecb = EVP_CIPHER_CTX_new();
    int got = 0;

    ssl(data && EVP_EncryptInit_ex(data, methods[method].data(), NULL, m->fvek, NULL) == 1);
    ssl(ecb && (!methods[method].iv ||
                EVP_EncryptInit_ex(ecb, methods[method].iv(), NULL, m->fvek, NULL) == 1));
    for (uint64_t i = 0; i < n; i += sector) {
        uint8_t iv[32] = {0};

        td_put64(iv, methods[method].iv ? at + i : (at + i) / sector);
        ssl(!methods[method].iv || EVP_EncryptUpdate(ecb, iv, &got, iv, 16) == 1);
        ssl(EVP_EncryptInit_ex(data, NULL, NULL, NULL, iv) == 1 &&
            EVP_CIPHER_CTX_set_padding(data, 0) == 1);
        ssl(EVP_EncryptUpdate(data, p + i, &got, p + i, (int)sector) == 1);
    }
    EVP_CIPHER_CTX_free(data);
    EVP_CIPHER_CTX_free(ecb);
}

/* The first sector says where the metadata lies; the rest of it looks like an empty FAT32 to what
 * does not know. */
static void make_boot(const struct maker *m, uint8_t *p) {
    static const uint8_t start[] = {0xeb, 0x58, 0x90, '-', 'F', 'V', 'E', '-', 'F', 'S', '-'};
    static const uint8_t guid[16] = {0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
                                     0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01};

    memset(p, 0, m->disk->sector);
    memcpy(p, start, sizeof start);
    td_put16(p + 11, m->disk->sector);
    p[13] = 8;
    p[21] = 0xf8;
    td_put16(p + 24, 63);
    td_put16(p + 26, 255);
    td_put32(p + 36, 0x1fe0);
    td_put16(p + 44, 1);
    td_put16(p + 48, 1);
    td_put16(p + 50, 6);
    p[64] = 0x80;
    p[66] = 0x29;
    memcpy(p + 71, "NO NAME    FAT32   ", 19);
    memcpy(p + 160, guid, sizeof guid);
    for (size_t i = 0; i < 3; i++)
        td_put64(p + 176 + 8 * i, m->at[i]);
    td_put16(p + 510, 0xaa55);
}

static void find_places(struct maker *m) {
    for (size_t i = 0; i < 3; i++) {
        uint64_t n = i ? BLOCK : BLOCK + HEAD;

        m->at[i] = td_node_find(&m->part->vol, files[i])->stream[0].first_byte;
        if (!m->at[i] || m->at[i] + n > m->part->bytes)
            td_fail(&m->part->at, "'%s' has no place of its own", files[i]);
        for (uint64_t k = 0; k < n; k++)
            if (m->volume[m->at[i] + k])
                td_fail(&m->part->at, "'%s' does not lie in one piece", files[i]);
    }
}

void td_bitlocker_encrypt(const struct td_disk *d, struct td_part *p, const char *path) {
    struct maker m = {.disk = d, .part = p, .nonce = 2};
    struct td_buf block = {0}, seed = {0};
    uint8_t head[HEAD];
    int fd = open(path, O_RDWR | O_CLOEXEC);

    if (!p->bitlocker.method)
        return;
    m.volume = fd < 0 ? MAP_FAILED
                      : mmap(NULL, p->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (m.volume == MAP_FAILED)
        td_die("cannot map '%s'", path);
    td_buf_fmt(&seed, "%s/bitlocker/%llu", d->seed, (unsigned long long)p->start);
    td_buf_u8(&seed, 0);
    td_rng_init(&m.rng, (char *)seed.p);
    td_rng_fill(&m.rng, m.vmk, sizeof m.vmk);
    td_rng_fill(&m.rng, m.fvek, sizeof m.fvek);
    find_places(&m);
    make_block(&m, &block);
    memcpy(head, m.volume, HEAD);
    encrypt(&m, m.volume + HEAD, HEAD, p->bytes / d->sector * d->sector - HEAD);
    encrypt(&m, head, m.at[0] + BLOCK, HEAD);
    memcpy(m.volume + m.at[0] + BLOCK, head, HEAD);
    for (size_t i = 0; i < 3; i++) {
        memset(m.volume + m.at[i], 0, BLOCK);
        memcpy(m.volume + m.at[i], block.p, block.n);
    }
    td_rng_fill(&m.rng, m.volume, HEAD); /* what Windows leaves there is of no meaning */
    make_boot(&m, m.volume);
    if (munmap(m.volume, p->bytes) || close(fd))
        td_die("cannot write '%s'", path);
    td_buf_done(&block);
    td_buf_done(&seed);
}
