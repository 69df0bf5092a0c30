/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/bitlocker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/macro.h"
#include "evidence/bitlocker_meta.h"

#define STRETCH_ROUNDS 0x100000u
#define GROUP_LIMIT    720896u /* 65536 * 11 */
#define PIECE_BYTES    65536u

struct layer {
    struct shodo_source *below; /* borrowed */
    struct bitlocker_meta meta;
    EVP_CIPHER_CTX *data; /* XTS, or CBC without padding */
    EVP_CIPHER_CTX *iv;   /* ECB: the IV of a CBC sector is its encrypted offset */
    uint8_t buf[PIECE_BYTES];
};

const char *shodo_bitlocker_kind_name(enum shodo_bitlocker_kind k) {
    static const char *const names[] = {"none (protection suspended)",
                                        "TPM",
                                        "startup key",
                                        "TPM and PIN",
                                        "recovery key",
                                        "password",
                                        "other"};
    return names[k <= SHODO_BITLOCKER_OTHER ? k : SHODO_BITLOCKER_OTHER];
}

enum shodo_bitlocker_group shodo_bitlocker_check_group(const char *s, size_t n) {
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return SHODO_BITLOCKER_GROUP_NOT_DIGITS;
        v = i < 6 ? v * 10 + (uint32_t)(s[i] - '0') : v;
    }
    if (n != 6)
        return n < 6 ? SHODO_BITLOCKER_GROUP_SHORT : SHODO_BITLOCKER_GROUP_LONG;
    return v % 11 == 0 && v < GROUP_LIMIT ? SHODO_BITLOCKER_GROUP_OK : SHODO_BITLOCKER_GROUP_WRONG;
}

/* Digits of the text, ASCII; full-width digits (U+FF10..) are taken as typed by an input method.
 * -1: something else. */
static int key_digits(const char *s, size_t n, char digits[48]) {
    int count = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (n - i >= 3 && memcmp(s + i, "\xef\xbc", 2) == 0 && (uint8_t)s[i + 2] >= 0x90 &&
            (uint8_t)s[i + 2] <= 0x99) {
            c = (char)('0' + ((uint8_t)s[i + 2] - 0x90));
            i += 2;
        } else if (n - i >= 3 && (memcmp(s + i, "\xef\xbc\x8d", 3) == 0 ||
                                  memcmp(s + i, "\xe3\x80\x80", 3) == 0)) {
            i += 2;
            continue;
        }
        if (c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        if (c < '0' || c > '9')
            return -1;
        if (count < 48)
            digits[count] = c;
        count++;
    }
    return count;
}

enum shodo_status shodo_bitlocker_key_parse(struct shodo_bitlocker_key *ret, const char *s,
                                            size_t n, struct shodo_error *err) {
    char digits[48] = {0};
    int count = key_digits(s, n, digits);
    enum shodo_status st = SHODO_OK;
    *ret = (struct shodo_bitlocker_key){.groups = {0}};
    if (count < 0)
        st = shodo_fail(err, SHODO_INVALID, "recovery key: something in it is not a digit");
    else if (count != 48)
        st = shodo_fail(err, SHODO_INVALID, "recovery key: 48 digits are needed, %d are there",
                        count);
    for (size_t g = 0; st == SHODO_OK && g < SHODO_BITLOCKER_GROUPS; g++) {
        uint32_t v = 0;
        if (shodo_bitlocker_check_group(digits + 6 * g, 6) != SHODO_BITLOCKER_GROUP_OK)
            st = shodo_fail(err, SHODO_INVALID,
                            "recovery key: group %zu of 8 cannot be right, check it", g + 1);
        for (size_t i = 0; i < 6; i++)
            v = v * 10 + (uint32_t)(digits[6 * g + i] - '0');
        ret->groups[g] = (uint16_t)(v / 11);
    }
    OPENSSL_cleanse(digits, sizeof(digits));
    if (st != SHODO_OK)
        shodo_bitlocker_key_wipe(ret);
    return st;
}

void shodo_bitlocker_key_wipe(struct shodo_bitlocker_key *k) {
    OPENSSL_cleanse(k, sizeof(*k));
}

/* SHA-256, 2^20 times over (last, initial, salt, counter). */
static bool stretch(const struct shodo_bitlocker_key *key, const uint8_t salt[16],
                    uint8_t out[32]) {
    uint8_t in[88] = {0}, groups[16];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
    bool is_good = ctx && md;
    for (size_t i = 0; i < SHODO_BITLOCKER_GROUPS; i++) {
        groups[2 * i] = (uint8_t)key->groups[i];
        groups[2 * i + 1] = (uint8_t)(key->groups[i] >> 8);
    }
    is_good = is_good && EVP_DigestInit_ex(ctx, md, NULL) == 1 &&
              EVP_DigestUpdate(ctx, groups, 16) == 1 && EVP_DigestFinal_ex(ctx, in + 32, NULL) == 1;
    memcpy(in + 64, salt, 16);
    for (uint32_t i = 0; is_good && i < STRETCH_ROUNDS; i++) {
        for (int k = 0; k < 4; k++)
            in[80 + k] = (uint8_t)(i >> (8 * k));
        is_good = EVP_DigestInit_ex(ctx, NULL, NULL) == 1 &&
                  EVP_DigestUpdate(ctx, in, sizeof(in)) == 1 &&
                  EVP_DigestFinal_ex(ctx, in, NULL) == 1;
    }
    memcpy(out, in, 32);
    OPENSSL_cleanse(in, sizeof(in));
    OPENSSL_cleanse(groups, sizeof(groups));
    EVP_MD_CTX_free(ctx);
    EVP_MD_free(md);
    return is_good;
}

/* AES-256-CCM; false when the tag does not fit. */
static bool unwrap(const uint8_t key[32], const struct bitlocker_wrapped *w,
                   uint8_t out[BITLOCKER_WRAPPED_MAX]) {
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    bool is_good = ctx && EVP_DecryptInit_ex(ctx, EVP_aes_256_ccm(), NULL, NULL, NULL) == 1 &&
                   EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, 12, NULL) == 1 &&
                   EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, 16, (void *)(uintptr_t)w->tag) ==
                       1 &&
                   EVP_DecryptInit_ex(ctx, NULL, NULL, key, w->nonce) == 1 &&
                   EVP_DecryptUpdate(ctx, out, &n, w->data, (int)w->n) == 1 && n == (int)w->n;
    EVP_CIPHER_CTX_free(ctx);
    return is_good;
}

/* The volume master key by one protector. */
static bool open_vmk(const struct bitlocker_vmk *v, const struct shodo_bitlocker_key *key,
                     uint8_t vmk[32]) {
    uint8_t own[32], plain[BITLOCKER_WRAPPED_MAX];
    bool is_good = false;
    if (v->wrapped.n < 44)
        return false;
    if (v->kind == SHODO_BITLOCKER_CLEAR && v->has_key) {
        memcpy(own, v->key, sizeof(own));
        is_good = true;
    } else if (v->kind == SHODO_BITLOCKER_RECOVERY && v->has_salt && key) {
        is_good = stretch(key, v->salt, own);
    }
    is_good = is_good && unwrap(own, &v->wrapped, plain);
    if (is_good)
        memcpy(vmk, plain + 12, 32);
    OPENSSL_cleanse(own, sizeof(own));
    OPENSSL_cleanse(plain, sizeof(plain));
    return is_good;
}

static bool is_xts(const struct layer *l) {
    return l->meta.method >= 0x8004;
}

/* Cipher of the data by the full volume encryption key. */
static bool open_cipher(struct layer *l, const uint8_t vmk[32]) {
    static const struct {
        uint16_t method;
        size_t key_bytes;
        const EVP_CIPHER *(*data)(void), *(*iv)(void);
    } ciphers[] = {
        {0x8002, 16, EVP_aes_128_cbc, EVP_aes_128_ecb},
        {0x8003, 32, EVP_aes_256_cbc, EVP_aes_256_ecb},
        {0x8004, 32, EVP_aes_128_xts, NULL},
        {0x8005, 64, EVP_aes_256_xts, NULL},
    };
    uint8_t plain[BITLOCKER_WRAPPED_MAX];
    bool is_good = unwrap(vmk, &l->meta.fvek, plain);
    for (size_t i = 0; is_good && i < SHODO_ARRAY_SIZE(ciphers); i++) {
        if (ciphers[i].method != l->meta.method)
            continue;
        l->data = EVP_CIPHER_CTX_new();
        is_good = l->meta.fvek.n >= 12 + ciphers[i].key_bytes && l->data &&
                  EVP_DecryptInit_ex(l->data, ciphers[i].data(), NULL, plain + 12, NULL) == 1 &&
                  EVP_CIPHER_CTX_set_padding(l->data, 0) == 1;
        if (is_good && ciphers[i].iv) {
            l->iv = EVP_CIPHER_CTX_new();
            is_good = l->iv &&
                      EVP_EncryptInit_ex(l->iv, ciphers[i].iv(), NULL, plain + 12, NULL) == 1 &&
                      EVP_CIPHER_CTX_set_padding(l->iv, 0) == 1;
        }
    }
    OPENSSL_cleanse(plain, sizeof(plain));
    return is_good && l->data;
}

/* One sector in place; `at` = its place on the medium, which is its tweak. */
static bool decrypt_sector(struct layer *l, uint8_t *p, uint64_t at) {
    uint8_t place[16] = {0}, iv[16];
    uint64_t v = is_xts(l) ? at / l->meta.sector_bytes : at;
    int n = 0;
    for (int i = 0; i < 8; i++)
        place[i] = (uint8_t)(v >> (8 * i));
    memcpy(iv, place, sizeof(iv));
    if (!is_xts(l) && EVP_EncryptUpdate(l->iv, iv, &n, place, 16) != 1)
        return false;
    return EVP_DecryptInit_ex(l->data, NULL, NULL, NULL, iv) == 1 &&
           EVP_DecryptUpdate(l->data, p, &n, p, (int)l->meta.sector_bytes) == 1;
}

static bool is_in(uint64_t at, uint64_t from, uint64_t n) {
    return at >= from && at - from < n;
}

/* Own metadata, and the place the head was moved to, read as zeros. */
static bool is_hidden(const struct layer *l, uint64_t at) {
    for (size_t i = 0; i < 3; i++)
        if (is_in(at, l->meta.blocks[i], BITLOCKER_BLOCK_BYTES))
            return true;
    return is_in(at, l->meta.head_at, l->meta.head_bytes);
}

/* Whole sectors from logical offset `at` into l->buf; n is a multiple of the sector size and stays
 * on one side of the end of the head. */
static bool read_sectors(struct layer *l, uint64_t at, size_t n) {
    bool is_head = at < l->meta.head_bytes;
    uint64_t place = is_head ? l->meta.head_at + at : at, bad = 0;
    if (shodo_source_read(l->below, place, l->buf, n, &bad, NULL) != SHODO_OK || bad > 0)
        return false;
    for (size_t i = 0; i < n; i += l->meta.sector_bytes) {
        if (!is_head && is_hidden(l, at + i))
            memset(l->buf + i, 0, l->meta.sector_bytes);
        else if (!decrypt_sector(l, l->buf + i, place + i))
            return false;
    }
    return true;
}

static int64_t layer_read(void *self, uint64_t offset, void *p, size_t n) {
    struct layer *l = self;
    uint32_t sector = l->meta.sector_bytes;
    uint64_t from = offset - offset % sector, to = 0;
    size_t skip = (size_t)(offset - from), got = 0;
    n = SHODO_MIN(n, (size_t)PIECE_BYTES - sector);
    to = (offset + n + sector - 1) / sector * sector;
    if (from < l->meta.head_bytes)
        to = SHODO_MIN(to, (l->meta.head_bytes + sector - 1) / sector * sector);
    to = SHODO_MIN(to, shodo_source_size(l->below) / sector * sector);
    if (to <= offset || !read_sectors(l, from, (size_t)(to - from))) {
        errno = EIO;
        return -1;
    }
    got = SHODO_MIN(n, (size_t)(to - offset));
    memcpy(p, l->buf + skip, got);
    return (int64_t)got;
}

static void layer_free(void *self) {
    struct layer *l = self;
    EVP_CIPHER_CTX_free(l->data);
    EVP_CIPHER_CTX_free(l->iv);
    OPENSSL_cleanse(l, sizeof(*l));
    free(l);
}

static const struct shodo_source_ops layer_ops = {.read = layer_read, .free = layer_free};

enum shodo_status shodo_bitlocker_read(struct shodo_bitlocker_info *ret, struct shodo_source *s,
                                       struct shodo_error *err) {
    struct bitlocker_meta meta;
    enum shodo_status st = bitlocker_meta_read(&meta, s, err);
    if (st == SHODO_OK)
        *ret = meta.info;
    return st;
}

/* Tries the protectors a key can be for; clear ones always. */
static enum shodo_status open_keys(struct layer *l, const struct shodo_bitlocker_key *key,
                                   struct shodo_error *err) {
    uint8_t vmk[32];
    bool is_open = false;
    if (l->meta.info.refuse[0] != '\0')
        return shodo_fail(err, SHODO_UNSUPPORTED, "%s", l->meta.info.refuse);
    for (size_t i = 0; !is_open && i < l->meta.info.protectors_count; i++)
        is_open = open_vmk(&l->meta.vmks[i], key, vmk);
    if (!is_open && !key)
        return shodo_fail(err, SHODO_ENCRYPTED,
                          "encrypted with BitLocker: the recovery key is needed");
    if (!is_open)
        return shodo_fail(err, SHODO_REFUSED,
                          "the recovery key does not fit this volume: compare the key ID");
    is_open = open_cipher(l, vmk);
    OPENSSL_cleanse(vmk, sizeof(vmk));
    return is_open ? SHODO_OK
                   : shodo_fail(err, SHODO_DAMAGED, "BitLocker: the volume key is damaged");
}

enum shodo_status shodo_bitlocker_open(struct shodo_source **ret, struct shodo_source *s,
                                       const struct shodo_bitlocker_key *key,
                                       struct shodo_error *err) {
    struct layer *l = calloc(1, sizeof(*l));
    enum shodo_status st = SHODO_OK;
    if (!l)
        return shodo_fail(err, SHODO_NOMEM, "no memory for BitLocker");
    l->below = s;
    st = bitlocker_meta_read(&l->meta, s, err);
    if (st == SHODO_OK)
        st = open_keys(l, key, err);
    if (st != SHODO_OK) {
        layer_free(l);
        return st;
    }
    return shodo_source_layer(ret, &layer_ops, l, shodo_source_size(s), l->meta.sector_bytes, err);
}
