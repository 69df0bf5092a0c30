/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "handover/cms.h"

#define NS_PER_SECOND 1000000000LL
#define RSA_BITS_MIN  2048
#define EC_BITS_MIN   256

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

struct signer {
    X509 *cert;
    EVP_PKEY *pkey;
    BIO *data;
    CMS_ContentInfo *cms;
};

static enum shodo_status load_signer(struct signer *s, struct shodo_key *key,
                                     struct shodo_error *err) {
    const char *pem = shodo_key_cert_pem(key);
    BIO *b = BIO_new_mem_buf(pem, (int)strlen(pem));
    s->cert = b ? PEM_read_bio_X509(b, NULL, refuse_prompt, NULL) : NULL;
    BIO_free(b);
    shodo_auto(shodo_buf) struct shodo_buf der = SHODO_BUF_INIT;
    enum shodo_status st = shodo_key_private_der(key, &der, err);
    if (st != SHODO_OK)
        return st;
    const unsigned char *at = (const unsigned char *)der.data;
    s->pkey = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
    OPENSSL_cleanse(der.data, der.cap);
    return s->cert && s->pkey ? SHODO_OK : fail_ssl(err, SHODO_IO, "loading the signing key");
}

/* signingTime is ours (SHODO_CLOCK); OpenSSL then does not add its own. */
static bool add_time(CMS_SignerInfo *si) {
    ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)(shodo_time_now() / NS_PER_SECOND));
    bool ok = t && CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime, t->type, t, -1) == 1;
    ASN1_TIME_free(t);
    return ok;
}

static enum shodo_status sign(struct signer *s, const void *p, size_t n, struct shodo_buf *out,
                              struct shodo_error *err) {
    const unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_PARTIAL | CMS_CADES | CMS_NOSMIMECAP;
    s->data = BIO_new_mem_buf(p, (int)n);
    s->cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
    CMS_SignerInfo *si = s->cms ? CMS_add1_signer(s->cms, s->cert, s->pkey, EVP_sha256(), flags)
                                : NULL;
    unsigned char *der = NULL;
    if (!s->data || !si || !add_time(si) || CMS_final(s->cms, s->data, NULL, flags) != 1)
        return fail_ssl(err, SHODO_IO, "signing");
    int len = i2d_CMS_ContentInfo(s->cms, &der);
    if (len <= 0)
        return fail_ssl(err, SHODO_IO, "encoding the signature");
    bool ok = shodo_buf_add(out, der, (size_t)len);
    OPENSSL_free(der);
    return ok ? SHODO_OK : shodo_fail(err, SHODO_NOMEM, "no memory for the signature");
}

enum shodo_status shodo_cms_sign(struct shodo_key *key, const void *p, size_t n,
                                 struct shodo_buf *out_der, struct shodo_error *err) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    if (n > INT_MAX)
        return shodo_fail(err, SHODO_LIMIT, "too many bytes to sign in memory");
    struct signer s = {.cert = NULL};
    enum shodo_status st = load_signer(&s, key, err);
    if (st == SHODO_OK)
        st = sign(&s, p, n, out_der, err);
    CMS_ContentInfo_free(s.cms);
    BIO_free(s.data);
    EVP_PKEY_free(s.pkey);
    X509_free(s.cert);
    return st;
}

/* ---- check ---- */

static int64_t time_of(const ASN1_TIME *t) {
    struct tm tm;
    if (!t || ASN1_TIME_to_tm(t, &tm) != 1)
        return SHODO_TIME_NONE;
    const struct shodo_civil c = {.year = tm.tm_year + 1900,
                                  .month = tm.tm_mon + 1,
                                  .day = tm.tm_mday,
                                  .hour = tm.tm_hour,
                                  .minute = tm.tm_min,
                                  .second = tm.tm_sec};
    return shodo_time_from_civil(&c, 0);
}

static void describe(X509 *x, CMS_SignerInfo *si, struct shodo_cms_signer *ret) {
    unsigned char *der = NULL;
    uint8_t digest[SHODO_SHA256_BYTES];
    int n = i2d_X509(x, &der);
    shodo_sha256(der, n > 0 ? (size_t)n : 0, digest);
    OPENSSL_free(der);
    shodo_hex(digest, sizeof digest, ret->fingerprint);
    char cn[96] = "";
    if (X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, cn, sizeof cn) < 0)
        cn[0] = '\0';
    shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT;
    shodo_text_safe_clip(&safe, cn, strlen(cn), 60, false);
    memcpy(ret->name, shodo_buf_cstr(&safe), SHODO_MIN(safe.len, sizeof ret->name - 1));
    ret->name[SHODO_MIN(safe.len, sizeof ret->name - 1)] = '\0';
    int at = CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1);
    ASN1_TYPE *v = at >= 0 ? X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(si, at), 0) : NULL;
    ret->signing_time = SHODO_TIME_NONE;
    if (v && (v->type == V_ASN1_UTCTIME || v->type == V_ASN1_GENERALIZEDTIME))
        ret->signing_time = time_of(v->value.utctime);
    int64_t end = time_of(X509_get0_notAfter(x));
    ret->is_expired = ret->signing_time != SHODO_TIME_NONE && end != SHODO_TIME_NONE &&
                      ret->signing_time > end;
}

static const char *weakness(CMS_SignerInfo *si, X509 *x) {
    X509_ALGOR *digest = NULL, *signature = NULL;
    CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, &signature);
    int nid = digest ? OBJ_obj2nid(digest->algorithm) : NID_undef;
    if (nid != NID_sha256 && nid != NID_sha384 && nid != NID_sha512)
        return "its digest is weaker than SHA-256";
    EVP_PKEY *pk = X509_get0_pubkey(x);
    if (!pk || (EVP_PKEY_is_a(pk, "RSA") ? EVP_PKEY_get_bits(pk) < RSA_BITS_MIN
                                         : EVP_PKEY_get_bits(pk) < EC_BITS_MIN))
        return "its key is too short";
    return NULL;
}

/*
 * CAdES needs a chain, but who the signer is, is compared by fingerprint: so the certificates of
 * the message are their own anchors here. Time is not checked (an expired certificate is a
 * warning).
 */
static X509_STORE *own_certificates(CMS_ContentInfo *cms) {
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *certs = CMS_get1_certs(cms);
    for (int i = 0; store && certs && i < sk_X509_num(certs); i++)
        X509_STORE_add_cert(store, sk_X509_value(certs, i));
    sk_X509_pop_free(certs, X509_free);
    if (store) {
        X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
        X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
    }
    return store;
}

static enum shodo_status check(CMS_ContentInfo *cms, const void *p, size_t n,
                               struct shodo_cms_signer *ret, struct shodo_error *err) {
    STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
    if (!infos || sk_CMS_SignerInfo_num(infos) != 1)
        return shodo_fail(err, SHODO_REFUSED, "the signature must have exactly one signer");
    X509_STORE *store = own_certificates(cms);
    BIO *data = BIO_new_mem_buf(p, (int)n);
    int ok = data && store
                 ? CMS_verify(cms, NULL, store, data, NULL, CMS_BINARY | CMS_DETACHED | CMS_CADES)
                 : 0;
    BIO_free(data);
    X509_STORE_free(store);
    if (ok != 1)
        return fail_ssl(err, SHODO_REFUSED, "the signature does not fit");
    STACK_OF(X509) *signers = CMS_get0_signers(cms);
    X509 *x = signers && sk_X509_num(signers) == 1 ? sk_X509_value(signers, 0) : NULL;
    CMS_SignerInfo *si = sk_CMS_SignerInfo_value(infos, 0);
    enum shodo_status st = SHODO_OK;
    const char *weak = x ? weakness(si, x) : "it has no certificate";
    if (weak)
        st = shodo_fail(err, SHODO_REFUSED, "the signature is not acceptable: %s", weak);
    else
        describe(x, si, ret);
    sk_X509_free(signers);
    return st;
}

enum shodo_status shodo_cms_check(const void *der, size_t der_n, const void *p, size_t n,
                                  struct shodo_cms_signer *ret, struct shodo_error *err) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    *ret = (struct shodo_cms_signer){.signing_time = SHODO_TIME_NONE};
    if (n > INT_MAX || der_n > SHODO_LIMIT_SIGNATURE_BYTES)
        return shodo_fail(err, SHODO_LIMIT, "the signature is larger than %llu bytes",
                          (unsigned long long)SHODO_LIMIT_SIGNATURE_BYTES);
    const unsigned char *at = der;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)der_n);
    if (!cms || at != (const unsigned char *)der + der_n) {
        CMS_ContentInfo_free(cms);
        return fail_ssl(err, SHODO_DAMAGED, "the signature is not CMS");
    }
    enum shodo_status st = check(cms, p, n, ret, err);
    CMS_ContentInfo_free(cms);
    return st;
}
