/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/cms.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/time.h"

#define PBKDF2_ROUNDS 600000
#define RSA_BITS_MIN  2048
#define NS_PER_SECOND 1000000000LL

struct shodo_cms_seal {
    CMS_ContentInfo *cms;
    BIO *chain; /* what we write plain bytes to */
    BIO *sink_bio;
    BIO_METHOD *method;
    struct shodo_sink sink;
    struct shodo_error fault;
};

static enum shodo_status fail_ssl(struct shodo_error *err, enum shodo_status status,
                                  const char *what) {
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    shodo_fail(err, status, "%s: %s", what, reason ? reason : "unknown reason");
    ERR_clear_error();
    return status;
}

static int refuse_prompt(char *buf, int size, int for_writing, void *ctx) {
    (void)buf, (void)size, (void)for_writing, (void)ctx;
    return -1;
}

static int sink_write(BIO *b, const char *p, size_t n, size_t *ret_n) {
    struct shodo_cms_seal *s = BIO_get_data(b);
    if (s->fault.status == SHODO_OK)
        s->sink.write(s->sink.ctx, p, n, &s->fault);
    *ret_n = s->fault.status == SHODO_OK ? n : 0;
    return s->fault.status == SHODO_OK;
}

static long sink_ctrl(BIO *b, int cmd, long arg, void *ptr) {
    (void)b, (void)arg, (void)ptr;
    return cmd == BIO_CTRL_FLUSH;
}

static X509 *read_cert(const struct shodo_recipient *r) {
    if (r->cert_len > INT_MAX)
        return NULL;
    BIO *bio = BIO_new_mem_buf(r->cert_pem, (int)r->cert_len);
    X509 *x = bio ? PEM_read_bio_X509(bio, NULL, refuse_prompt, NULL) : NULL;
    BIO_free(bio);
    return x;
}

static enum shodo_status check_cert(X509 *x, const char *name, struct shodo_error *err) {
    EVP_PKEY *pk = X509_get0_pubkey(x);
    if (!pk || (!EVP_PKEY_is_a(pk, "RSA") && !EVP_PKEY_is_a(pk, "EC")))
        return shodo_fail(err, SHODO_UNSUPPORTED,
                          "recipient '%s': the certificate's key is neither RSA nor EC", name);
    if (EVP_PKEY_is_a(pk, "RSA") && EVP_PKEY_get_bits(pk) < RSA_BITS_MIN)
        return shodo_fail(err, SHODO_UNSUPPORTED, "recipient '%s': RSA key of less than %d bits",
                          name, RSA_BITS_MIN);
    return SHODO_OK;
}

enum shodo_status shodo_cms_check_recipient(const struct shodo_recipient *r,
                                            struct shodo_error *err) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    X509 *x = read_cert(r);
    if (!x)
        return fail_ssl(err, SHODO_DAMAGED, "reading a recipient's certificate");
    enum shodo_status st = check_cert(x, r->name, err);
    time_t now = (time_t)(shodo_time_now() / NS_PER_SECOND);
    if (st == SHODO_OK && X509_cmp_time(X509_get0_notAfter(x), &now) < 0)
        st = shodo_fail(err, SHODO_SKIP, "recipient '%s': the certificate has expired", r->name);
    X509_free(x);
    return st;
}

/* CMS_KEY_PARAM gives the context on which padding and KDF are set; OpenSSL's defaults are PKCS#1
 * v1.5 and SHA-1. */
static bool set_parameters(CMS_RecipientInfo *ri, X509 *x) {
    EVP_PKEY_CTX *ctx = CMS_RecipientInfo_get0_pkey_ctx(ri);
    if (!ctx)
        return false;
    if (EVP_PKEY_is_a(X509_get0_pubkey(x), "EC"))
        return EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) > 0;
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) > 0;
}

static enum shodo_status add_recipient(struct shodo_cms_seal *s, const struct shodo_recipient *r,
                                       struct shodo_error *err) {
    X509 *x = read_cert(r);
    if (!x)
        return fail_ssl(err, SHODO_DAMAGED, "reading a recipient's certificate");
    enum shodo_status st = check_cert(x, r->name, err);
    if (st == SHODO_OK) {
        CMS_RecipientInfo *ri = CMS_add1_recipient_cert(s->cms, x, CMS_KEY_PARAM);
        if (!ri || !set_parameters(ri, x))
            st = fail_ssl(err, SHODO_UNSUPPORTED, "adding a recipient");
    }
    X509_free(x);
    return st;
}

static enum shodo_status add_password(struct shodo_cms_seal *s, const char *passphrase,
                                      struct shodo_error *err) {
    /* the CMS owns and frees it */
    unsigned char *copy = (unsigned char *)OPENSSL_strdup(passphrase);
    if (!copy ||
        !CMS_add0_recipient_password(s->cms, PBKDF2_ROUNDS, -1, -1, copy,
                                     (ossl_ssize_t)strlen(passphrase), EVP_aes_256_cbc())) {
        OPENSSL_free(copy);
        return fail_ssl(err, SHODO_IO, "adding the passphrase");
    }
    return SHODO_OK;
}

static enum shodo_status open_chain(struct shodo_cms_seal *s, struct shodo_error *err) {
    s->method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "shodo sink");
    if (!s->method || !BIO_meth_set_write_ex(s->method, sink_write) ||
        !BIO_meth_set_ctrl(s->method, sink_ctrl))
        return fail_ssl(err, SHODO_NOMEM, "starting to encrypt");
    s->sink_bio = BIO_new(s->method);
    if (!s->sink_bio)
        return fail_ssl(err, SHODO_NOMEM, "starting to encrypt");
    BIO_set_data(s->sink_bio, s);
    BIO_set_init(s->sink_bio, 1);
    s->chain = BIO_new_CMS(s->sink_bio, s->cms);
    if (!s->chain)
        return fail_ssl(err, SHODO_IO, "starting to encrypt");
    return SHODO_OK;
}

enum shodo_status shodo_cms_seal_new(struct shodo_cms_seal **ret, const struct shodo_sink *sink,
                                     const struct shodo_recipient *recipients,
                                     size_t recipients_count, const char *passphrase,
                                     struct shodo_error *err) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    if (recipients_count == 0 && !(passphrase && *passphrase))
        return shodo_fail(err, SHODO_INVALID, "shodo_cms_seal_new: no recipient and no passphrase");
    if (recipients_count > SHODO_LIMIT_RECIPIENTS)
        return shodo_fail(err, SHODO_LIMIT, "more than %u recipients", SHODO_LIMIT_RECIPIENTS);
    shodo_autop(shodo_cms_seal) struct shodo_cms_seal *s = calloc(1, sizeof *s);
    if (!s)
        return shodo_fail(err, SHODO_NOMEM, "no memory to encrypt");
    s->sink = *sink;
    s->cms = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), CMS_STREAM | CMS_BINARY | CMS_PARTIAL);
    if (!s->cms)
        return fail_ssl(err, SHODO_IO, "starting to encrypt");
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; st == SHODO_OK && i < recipients_count; i++)
        st = add_recipient(s, &recipients[i], err);
    if (st == SHODO_OK && passphrase && *passphrase)
        st = add_password(s, passphrase, err);
    if (st == SHODO_OK)
        st = open_chain(s, err);
    if (st != SHODO_OK)
        return st;
    *ret = s;
    s = NULL;
    return SHODO_OK;
}

static enum shodo_status fail_seal(struct shodo_cms_seal *s, struct shodo_error *err) {
    if (s->fault.status == SHODO_OK)
        return fail_ssl(err, SHODO_IO, "encrypting");
    ERR_clear_error();
    if (err)
        *err = s->fault;
    return s->fault.status;
}

enum shodo_status shodo_cms_seal_data(struct shodo_cms_seal *s, const void *p, size_t n,
                                      struct shodo_error *err) {
    const char *at = p;
    while (n > 0) {
        int put = BIO_write(s->chain, at, (int)SHODO_MIN(n, (size_t)1 << 20));
        if (put <= 0 || s->fault.status != SHODO_OK)
            return fail_seal(s, err);
        at += put;
        n -= (size_t)put;
    }
    return SHODO_OK;
}

enum shodo_status shodo_cms_seal_finish(struct shodo_cms_seal *s, struct shodo_error *err) {
    if (BIO_flush(s->chain) <= 0 || s->fault.status != SHODO_OK)
        return fail_seal(s, err);
    return SHODO_OK;
}

struct shodo_cms_seal *shodo_cms_seal_free(struct shodo_cms_seal *s) {
    if (!s)
        return NULL;
    if (s->fault.status == SHODO_OK)
        s->fault.status = SHODO_CANCELLED; /* freeing the chain must not write any more */
    BIO *b = s->chain;
    while (b && b != s->sink_bio) {
        BIO *next = BIO_pop(b);
        BIO_free(b);
        b = next;
    }
    BIO_free(s->sink_bio);
    CMS_ContentInfo_free(s->cms);
    BIO_meth_free(s->method);
    ERR_clear_error();
    free(s);
    return NULL;
}
