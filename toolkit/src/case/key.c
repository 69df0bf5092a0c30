/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only place where case/ touches OpenSSL keys and certificates. Key: NIST P-256 (FIPS 186-4),
 * file PKCS#8 (RFC 5958), encrypted with PBES2/PBKDF2-HMAC-SHA-256 and AES-256-CBC when there is a
 * passphrase (RFC 8018).
 */
#include "case/key.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/time.h"

#define KEY_FILE   "stick.key.pem"
#define CERT_FILE  "stick.cert.pem"
#define VALID_DAYS (20L * 365 + 5)
/* The PC's clock is not to be trusted: most keep local time (hours ahead), some stand years behind.
 * A certificate that begins "now" would be refused elsewhere as not yet valid, one that ends 20
 * years after 2003 as expired. */
#define VALID_FROM    "20200101000000Z"
#define CLOCK_LEAST   1767225600L /* 2026-01-01: no stick was made before */
#define NS_PER_SECOND 1000000000LL

struct shodo_key {
    EVP_PKEY *pkey;
    X509 *cert;
    char *cert_pem;
    char fingerprint[2 * SHODO_SHA256_BYTES + 1];
    char stick_id[9];
};

static inline void free_bio(BIO **b) {
    BIO_free_all(*b);
}
static inline void free_pkey(EVP_PKEY **p) {
    EVP_PKEY_free(*p);
}
static inline void free_cert(X509 **x) {
    X509_free(*x);
}
#define auto_bio  __attribute__((cleanup(free_bio))) BIO
#define auto_pkey __attribute__((cleanup(free_pkey))) EVP_PKEY
#define auto_cert __attribute__((cleanup(free_cert))) X509

/* OpenSSL's reason, in our error shape; empties its queue, which is otherwise global state. */
static enum shodo_status fail_ssl(struct shodo_error *err, enum shodo_status status,
                                  const char *what) {
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    shodo_fail(err, status, "%s: %s", what, reason ? reason : "unknown reason");
    ERR_clear_error();
    return status;
}

/* A static program must never read an openssl.cnf of the host. */
static void init_ssl(void) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

/* Without this callback OpenSSL would ask on the terminal. */
static int give_passphrase(char *buf, int size, int for_writing, void *ctx) {
    const char *pass = ctx;
    (void)for_writing;
    if (!pass)
        return -1;
    size_t n = strlen(pass);
    if (n > (size_t)size)
        return -1;
    memcpy(buf, pass, n);
    return (int)n;
}

static enum shodo_status bio_to_buf(BIO *bio, struct shodo_buf *out, struct shodo_error *err) {
    char *data = NULL;
    long n = BIO_get_mem_data(bio, &data);
    if (n < 0 || !shodo_buf_add(out, data, (size_t)n))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a key file");
    return SHODO_OK;
}

static X509 *read_cert(const char *pem, size_t n) {
    if (n > INT_MAX)
        return NULL;
    auto_bio *bio = BIO_new_mem_buf(pem, (int)n);
    return bio ? PEM_read_bio_X509(bio, NULL, give_passphrase, NULL) : NULL;
}

/* Fills everything that is derived from the certificate. */
static enum shodo_status derive(struct shodo_key *k, const char *pem, size_t n,
                                struct shodo_error *err) {
    unsigned char *der = NULL;
    int len = i2d_X509(k->cert, &der);
    if (len <= 0)
        return fail_ssl(err, SHODO_DAMAGED, "encoding the certificate");
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_sha256(der, (size_t)len, digest);
    OPENSSL_free(der);
    shodo_hex(digest, sizeof digest, k->fingerprint);
    memcpy(k->stick_id, k->fingerprint, 8);
    k->stick_id[8] = '\0';
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (!shodo_buf_add(&b, pem, n))
        return shodo_fail(err, SHODO_NOMEM, "no memory for the certificate");
    k->cert_pem = shodo_buf_steal(&b);
    return SHODO_OK;
}

static enum shodo_status write_private(EVP_PKEY *pkey, const char *passphrase,
                                       struct shodo_buf *out, struct shodo_error *err) {
    auto_bio *bio = BIO_new(BIO_s_mem());
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(pkey);
    int ok = 0;
    if (bio && plain && !passphrase) {
        ok = PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, plain);
    } else if (bio && plain) {
        /* 600,000 rounds as for the passphrase of a bundle; the default of OpenSSL is 2,048. */
        X509_ALGOR *pbe = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), 600000, NULL, 0, NULL,
                                            NID_hmacWithSHA256);
        X509_SIG *sealed = pbe ? PKCS8_set0_pbe(passphrase, (int)strlen(passphrase), plain, pbe)
                               : NULL;
        if (sealed)
            ok = PEM_write_bio_PKCS8(bio, sealed);
        else
            X509_ALGOR_free(pbe);
        X509_SIG_free(sealed);
    }
    PKCS8_PRIV_KEY_INFO_free(plain);
    if (!ok)
        return fail_ssl(err, SHODO_IO, "writing the signing key");
    return bio_to_buf(bio, out, err);
}

static bool add_extension(X509 *x, int nid, const char *value) {
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool ok = e && X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
    return ok;
}

/* The name holds no number: the stick's id is the beginning of the certificate's fingerprint, and a
 * second id would confuse. Self-signed leaf: as its own trust anchor it passes `openssl cms -verify
 * -CAfile … -purpose any`. */
static X509 *make_cert(EVP_PKEY *pkey, struct shodo_error *err) {
    uint8_t serial[16];
    if (shodo_random(serial, sizeof serial, err) != SHODO_OK)
        return NULL;
    serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40); /* positive and of full length */
    X509 *x = X509_new();
    BIGNUM *bn = BN_bin2bn(serial, sizeof serial, NULL);
    time_t now = SHODO_MAX((time_t)(shodo_time_now() / NS_PER_SECOND), (time_t)CLOCK_LEAST);
    X509_NAME *subject = x ? X509_get_subject_name(x) : NULL;
    bool ok = x && bn && X509_set_version(x, X509_VERSION_3) &&
              BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) &&
              ASN1_TIME_set_string_X509(X509_getm_notBefore(x), VALID_FROM) &&
              X509_time_adj_ex(X509_getm_notAfter(x), VALID_DAYS, 0, &now) &&
              X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, (const unsigned char *)"shodo",
                                         -1, -1, 0) &&
              X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                         (const unsigned char *)"shodo stick", -1, -1, 0) &&
              X509_set_issuer_name(x, subject) && X509_set_pubkey(x, pkey) &&
              add_extension(x, NID_basic_constraints, "critical,CA:FALSE") &&
              add_extension(x, NID_key_usage, "critical,digitalSignature,nonRepudiation") &&
              add_extension(x, NID_subject_key_identifier, "hash") &&
              X509_sign(x, pkey, EVP_sha256()) > 0;
    BN_free(bn);
    if (ok)
        return x;
    fail_ssl(err, SHODO_IO, "making the stick's certificate");
    X509_free(x);
    return NULL;
}

static enum shodo_status make(struct shodo_key *k, int dirfd, const char *passphrase,
                              struct shodo_error *err) {
    k->pkey = EVP_EC_gen("P-256");
    if (!k->pkey)
        return fail_ssl(err, SHODO_IO, "making the stick's key");
    k->cert = make_cert(k->pkey, err);
    if (!k->cert)
        return err ? err->status : SHODO_IO;
    shodo_auto(shodo_buf) struct shodo_buf pem = SHODO_BUF_INIT;
    auto_bio *bio = BIO_new(BIO_s_mem());
    if (!bio || !PEM_write_bio_X509(bio, k->cert))
        return fail_ssl(err, SHODO_IO, "writing the stick's certificate");
    enum shodo_status st = bio_to_buf(bio, &pem, err);
    if (st == SHODO_OK)
        st = derive(k, shodo_buf_cstr(&pem), pem.len, err);
    shodo_auto(shodo_buf) struct shodo_buf secret = SHODO_BUF_INIT;
    if (st == SHODO_OK)
        st = write_private(k->pkey, passphrase, &secret, err);
    /* The key first: a certificate without a key would look like a finished pair that was robbed.
     */
    if (st == SHODO_OK)
        st = shodo_io_write_file(dirfd, KEY_FILE, secret.data, secret.len, err);
    if (secret.data)
        OPENSSL_cleanse(secret.data, secret.cap);
    if (st == SHODO_OK)
        st = shodo_io_write_file(dirfd, CERT_FILE, pem.data, pem.len, err);
    return st;
}

static enum shodo_status load(struct shodo_key *k, const struct shodo_buf *secret,
                              const struct shodo_buf *pem, const char *passphrase,
                              struct shodo_error *err) {
    auto_bio *bio = BIO_new_mem_buf(secret->data, (int)secret->len);
    k->pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, give_passphrase,
                                            (void *)(uintptr_t)passphrase)
                  : NULL;
    if (!k->pkey) {
        bool is_locked = strstr(secret->data ? secret->data : "", "ENCRYPTED PRIVATE KEY") != NULL;
        return fail_ssl(err, is_locked ? SHODO_REFUSED : SHODO_DAMAGED,
                        is_locked ? "opening '" KEY_FILE "' with this passphrase"
                                  : "reading '" KEY_FILE "'");
    }
    k->cert = read_cert(pem->data, pem->len);
    if (!k->cert)
        return fail_ssl(err, SHODO_DAMAGED, "reading '" CERT_FILE "'");
    if (X509_check_private_key(k->cert, k->pkey) != 1) {
        ERR_clear_error();
        return shodo_fail(err, SHODO_DAMAGED, "'" CERT_FILE "' does not belong to '" KEY_FILE "'");
    }
    return derive(k, pem->data, pem->len, err);
}

/* A certificate that is lost (power cut between the two files) is made again for the same key. */
static enum shodo_status remake_cert(struct shodo_key *k, int dirfd, const struct shodo_buf *secret,
                                     const char *passphrase, struct shodo_error *err) {
    auto_bio *bio = BIO_new_mem_buf(secret->data, (int)secret->len);
    auto_pkey *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, give_passphrase,
                                                    (void *)(uintptr_t)passphrase)
                          : NULL;
    if (!pkey)
        return fail_ssl(err, SHODO_REFUSED, "opening '" KEY_FILE "'");
    auto_cert *cert = make_cert(pkey, err);
    auto_bio *out = BIO_new(BIO_s_mem());
    if (!cert || !out || !PEM_write_bio_X509(out, cert))
        return fail_ssl(err, SHODO_IO, "writing the stick's certificate");
    shodo_auto(shodo_buf) struct shodo_buf pem = SHODO_BUF_INIT;
    enum shodo_status st = bio_to_buf(out, &pem, err);
    if (st == SHODO_OK)
        st = shodo_io_write_file(dirfd, CERT_FILE, pem.data, pem.len, err);
    return st == SHODO_OK ? load(k, secret, &pem, passphrase, err) : st;
}

static enum shodo_status open_key(struct shodo_key *k, int dirfd, const char *passphrase,
                                  bool *ret_made, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf secret = SHODO_BUF_INIT, pem = SHODO_BUF_INIT;
    enum shodo_status st = shodo_io_read_file(&secret, dirfd, KEY_FILE, SHODO_LIMIT_KEY_BYTES, err);
    if (st == SHODO_NOTFOUND) {
        if (ret_made)
            *ret_made = true;
        return make(k, dirfd, passphrase, err);
    }
    if (st == SHODO_OK) {
        shodo_buf_cstr(&secret);
        st = shodo_io_read_file(&pem, dirfd, CERT_FILE, SHODO_LIMIT_KEY_BYTES, err);
        if (st == SHODO_NOTFOUND)
            st = remake_cert(k, dirfd, &secret, passphrase, err);
        else if (st == SHODO_OK)
            st = load(k, &secret, &pem, passphrase, err);
    }
    if (secret.data)
        OPENSSL_cleanse(secret.data, secret.cap);
    return st;
}

enum shodo_status shodo_key_open(struct shodo_key **ret, int keys_dirfd, const char *passphrase,
                                 bool *ret_made, struct shodo_error *err) {
    init_ssl();
    if (ret_made)
        *ret_made = false;
    if (passphrase && !*passphrase)
        passphrase = NULL;
    struct shodo_error local = SHODO_ERROR_INIT;
    struct shodo_error *e = err ? err : &local;
    struct shodo_key *k = calloc(1, sizeof *k);
    if (!k)
        return shodo_fail(e, SHODO_NOMEM, "no memory for the signing key");
    enum shodo_status st = open_key(k, keys_dirfd, passphrase, ret_made, e);
    if (st != SHODO_OK) {
        shodo_key_free(k);
        return st;
    }
    *ret = k;
    return SHODO_OK;
}

struct shodo_key *shodo_key_free(struct shodo_key *k) {
    if (!k)
        return NULL;
    EVP_PKEY_free(k->pkey);
    X509_free(k->cert);
    free(k->cert_pem);
    free(k);
    return NULL;
}

enum shodo_status shodo_key_sign(struct shodo_key *k, const void *p, size_t n,
                                 struct shodo_buf *out, struct shodo_error *err) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t len = 0;
    unsigned char sig[256];
    bool ok = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, k->pkey) == 1 &&
              EVP_DigestSign(ctx, NULL, &len, p, n) == 1 && len <= sizeof sig &&
              EVP_DigestSign(ctx, sig, &len, p, n) == 1;
    EVP_MD_CTX_free(ctx);
    if (!ok)
        return fail_ssl(err, SHODO_IO, "signing with the stick's key");
    if (!shodo_buf_add(out, sig, len))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a signature");
    return SHODO_OK;
}

const char *shodo_key_cert_pem(const struct shodo_key *k) {
    return k->cert_pem;
}

const char *shodo_key_fingerprint(const struct shodo_key *k) {
    return k->fingerprint;
}

const char *shodo_key_stick_id(const struct shodo_key *k) {
    return k->stick_id;
}

bool shodo_key_is_expired(const struct shodo_key *k) {
    time_t now = (time_t)(shodo_time_now() / NS_PER_SECOND);
    return X509_cmp_time(X509_get0_notAfter(k->cert), &now) < 0;
}

enum shodo_status shodo_key_private_der(const struct shodo_key *k, struct shodo_buf *out,
                                        struct shodo_error *err) {
    PKCS8_PRIV_KEY_INFO *p8 = EVP_PKEY2PKCS8(k->pkey);
    unsigned char *der = NULL;
    int n = p8 ? i2d_PKCS8_PRIV_KEY_INFO(p8, &der) : -1;
    PKCS8_PRIV_KEY_INFO_free(p8);
    if (n <= 0)
        return fail_ssl(err, SHODO_IO, "encoding the signing key");
    bool ok = shodo_buf_add(out, der, (size_t)n);
    OPENSSL_clear_free(der, (size_t)n);
    return ok ? SHODO_OK : shodo_fail(err, SHODO_NOMEM, "no memory for the signing key");
}

enum shodo_status shodo_key_verify(const char *cert_pem, size_t cert_len, const void *p, size_t n,
                                   const void *sig, size_t sig_n, struct shodo_error *err) {
    init_ssl();
    auto_cert *cert = read_cert(cert_pem, cert_len);
    if (!cert)
        return fail_ssl(err, SHODO_DAMAGED, "reading the signer's certificate");
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx &&
              EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, X509_get0_pubkey(cert)) == 1 &&
              EVP_DigestVerify(ctx, sig, sig_n, p, n) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return ok ? SHODO_OK : shodo_fail(err, SHODO_REFUSED, "the signature does not fit");
}

enum shodo_status shodo_key_cert_fingerprint(const char *cert_pem, size_t cert_len,
                                             char ret_hex[65], struct shodo_error *err) {
    init_ssl();
    auto_cert *cert = read_cert(cert_pem, cert_len);
    unsigned char *der = NULL;
    int len = cert ? i2d_X509(cert, &der) : -1;
    if (len <= 0)
        return fail_ssl(err, SHODO_DAMAGED, "reading a certificate");
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_sha256(der, (size_t)len, digest);
    OPENSSL_free(der);
    shodo_hex(digest, sizeof digest, ret_hex);
    return SHODO_OK;
}
