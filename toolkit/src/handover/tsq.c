/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/tsq.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"

/* `store` is owned by `ctx` afterwards. OpenSSL 3.4 renamed the call. */
static void set_store(TS_VERIFY_CTX *ctx, X509_STORE *store) {
#if OPENSSL_VERSION_NUMBER >= 0x30400000L
    TS_VERIFY_CTX_set0_store(ctx, store);
#else
    TS_VERIFY_CTX_set_store(ctx, store);
#endif
}

static enum shodo_status fail_ssl(struct shodo_error *err, enum shodo_status status,
                                  const char *what) {
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    shodo_fail(err, status, "%s: %s", what, reason ? reason : "unknown reason");
    ERR_clear_error();
    return status;
}

static bool fill_request(TS_REQ *req, const uint8_t sha256[32], const uint8_t nonce[8]) {
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algo = X509_ALGOR_new();
    BIGNUM *bn = BN_bin2bn(nonce, 8, NULL);
    ASN1_INTEGER *number = bn ? BN_to_ASN1_INTEGER(bn, NULL) : NULL;
    bool ok = imprint && algo && number &&
              X509_ALGOR_set0(algo, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
              TS_MSG_IMPRINT_set_algo(imprint, algo) == 1 &&
              TS_MSG_IMPRINT_set_msg(imprint, (unsigned char *)(uintptr_t)sha256, 32) == 1 &&
              TS_REQ_set_version(req, 1) == 1 && TS_REQ_set_msg_imprint(req, imprint) == 1 &&
              TS_REQ_set_nonce(req, number) == 1 && TS_REQ_set_cert_req(req, 1) == 1;
    TS_MSG_IMPRINT_free(imprint);
    X509_ALGOR_free(algo);
    BN_free(bn);
    ASN1_INTEGER_free(number);
    return ok;
}

enum shodo_status shodo_tsq_make(const uint8_t sha256[32], struct shodo_buf *out_der,
                                 struct shodo_error *err) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    uint8_t nonce[8];
    enum shodo_status st = shodo_random(nonce, sizeof nonce, err);
    if (st != SHODO_OK)
        return st;
    TS_REQ *req = TS_REQ_new();
    unsigned char *der = NULL;
    int n = req && fill_request(req, sha256, nonce) ? i2d_TS_REQ(req, &der) : -1;
    TS_REQ_free(req);
    if (n <= 0)
        return fail_ssl(err, SHODO_IO, "making the time-stamp request");
    bool ok = shodo_buf_add(out_der, der, (size_t)n);
    OPENSSL_free(der);
    return ok ? SHODO_OK : shodo_fail(err, SHODO_NOMEM, "no memory for the time-stamp request");
}

static TS_REQ *read_request(const void *der, size_t n) {
    const unsigned char *at = der;
    TS_REQ *req = n <= SHODO_LIMIT_SIGNATURE_BYTES ? d2i_TS_REQ(NULL, &at, (long)n) : NULL;
    if (req && at != (const unsigned char *)der + n) {
        TS_REQ_free(req);
        return NULL;
    }
    return req;
}

enum shodo_status shodo_tsq_check(const void *der, size_t n, const uint8_t sha256[32],
                                  struct shodo_error *err) {
    TS_REQ *req = read_request(der, n);
    if (!req)
        return fail_ssl(err, SHODO_DAMAGED, "the time-stamp request cannot be read");
    TS_MSG_IMPRINT *imprint = TS_REQ_get_msg_imprint(req);
    const ASN1_OCTET_STRING *msg = TS_MSG_IMPRINT_get_msg(imprint);
    bool fits = OBJ_obj2nid(TS_MSG_IMPRINT_get_algo(imprint)->algorithm) == NID_sha256 &&
                ASN1_STRING_length(msg) == 32 &&
                memcmp(ASN1_STRING_get0_data(msg), sha256, 32) == 0;
    TS_REQ_free(req);
    return fits ? SHODO_OK
                : shodo_fail(err, SHODO_REFUSED, "the time-stamp request is about something else");
}

static bool add_authorities(X509_STORE *store, const char *pem, size_t n) {
    BIO *b = n <= INT_MAX ? BIO_new_mem_buf(pem, (int)n) : NULL;
    X509 *x = NULL;
    bool any = false;
    while (b && (x = PEM_read_bio_X509(b, NULL, NULL, NULL)) != NULL) {
        any = X509_STORE_add_cert(store, x) == 1 || any;
        X509_free(x);
    }
    BIO_free(b);
    ERR_clear_error();
    return any;
}

static void describe(TS_RESP *resp, struct shodo_timestamp *ret) {
    const ASN1_GENERALIZEDTIME *t = TS_TST_INFO_get_time(TS_RESP_get_tst_info(resp));
    struct tm tm;
    ret->time = SHODO_TIME_NONE;
    if (t && ASN1_TIME_to_tm(t, &tm) == 1) {
        const struct shodo_civil c = {.year = tm.tm_year + 1900,
                                      .month = tm.tm_mon + 1,
                                      .day = tm.tm_mday,
                                      .hour = tm.tm_hour,
                                      .minute = tm.tm_min,
                                      .second = tm.tm_sec};
        ret->time = shodo_time_from_civil(&c, 0);
    }
    PKCS7 *token = TS_RESP_get_token(resp);
    STACK_OF(X509) *signers = token ? PKCS7_get0_signers(token, NULL, 0) : NULL;
    char cn[96] = "";
    if (signers && sk_X509_num(signers) > 0)
        X509_NAME_get_text_by_NID(X509_get_subject_name(sk_X509_value(signers, 0)), NID_commonName,
                                  cn, sizeof cn);
    sk_X509_free(signers);
    shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT;
    shodo_text_safe_clip(&safe, cn, strlen(cn), 60, false);
    size_t n = SHODO_MIN(safe.len, sizeof ret->tsa - 1);
    memcpy(ret->tsa, shodo_buf_cstr(&safe), n);
    ret->tsa[n] = '\0';
}

/* With no authorities given, the token's own certificates stand in for them: the signature is
 * checked, trust is not. */
static bool fill_store(X509_STORE *store, TS_RESP *resp, const char *ca_pem, size_t ca_len) {
    if (ca_pem)
        return add_authorities(store, ca_pem, ca_len);
    PKCS7 *token = TS_RESP_get_token(resp);
    STACK_OF(X509) *certs = token && PKCS7_type_is_signed(token) ? token->d.sign->cert : NULL;
    bool any = false;
    for (int i = 0; certs && i < sk_X509_num(certs); i++)
        any = X509_STORE_add_cert(store, sk_X509_value(certs, i)) == 1 || any;
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    return any;
}

static enum shodo_status check_reply(TS_RESP *resp, TS_REQ *req, const char *ca_pem, size_t ca_len,
                                     struct shodo_timestamp *ret, struct shodo_error *err) {
    X509_STORE *store = X509_STORE_new();
    TS_VERIFY_CTX *ctx = TS_REQ_to_TS_VERIFY_CTX(req, NULL);
    enum shodo_status st = SHODO_OK;
    if (!store || !ctx) {
        X509_STORE_free(store);
        st = fail_ssl(err, SHODO_NOMEM, "checking the time stamp");
    } else if (!fill_store(store, resp, ca_pem, ca_len)) {
        X509_STORE_free(store);
        st = shodo_fail(
            err, SHODO_REFUSED,
            "the time stamp carries no certificate, or the given authorities are unreadable");
    } else {
        set_store(ctx, store);
        TS_VERIFY_CTX_add_flags(ctx, TS_VFY_SIGNATURE);
        if (TS_RESP_verify_response(ctx, resp) != 1)
            st = fail_ssl(err, SHODO_REFUSED, "the time stamp does not fit its request");
    }
    TS_VERIFY_CTX_free(ctx);
    if (st == SHODO_OK) {
        describe(resp, ret);
        ret->is_trusted = ca_pem != NULL;
    }
    return st;
}

enum shodo_status shodo_tsr_check(const void *tsr, size_t tsr_n, const void *tsq, size_t tsq_n,
                                  const char *ca_pem, size_t ca_len, struct shodo_timestamp *ret,
                                  struct shodo_error *err) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    *ret = (struct shodo_timestamp){.time = SHODO_TIME_NONE};
    const unsigned char *at = tsr;
    TS_REQ *req = read_request(tsq, tsq_n);
    TS_RESP *resp = tsr_n <= SHODO_LIMIT_SIGNATURE_BYTES ? d2i_TS_RESP(NULL, &at, (long)tsr_n)
                                                         : NULL;
    enum shodo_status st = SHODO_OK;
    if (!req || !resp)
        st = fail_ssl(err, SHODO_DAMAGED,
                      req ? "the time-stamp reply cannot be read"
                          : "the time-stamp request cannot be read");
    else
        st = check_reply(resp, req, ca_pem, ca_len, ret, err);
    TS_REQ_free(req);
    TS_RESP_free(resp);
    return st;
}

enum shodo_status shodo_timestamp_attach(int out_dirfd, const char *name, int from_dirfd,
                                         const char *tsr_name, const char *ca_pem, size_t ca_len,
                                         struct shodo_timestamp *ret, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf tsq = SHODO_BUF_INIT, tsr = SHODO_BUF_INIT,
                                           path = SHODO_BUF_INIT;
    if (!shodo_buf_addf(&path, "%s.tagmanifest-sha256.tsq", name))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a file name");
    enum shodo_status st = shodo_io_read_file(&tsq, out_dirfd, path.data,
                                              SHODO_LIMIT_SIGNATURE_BYTES, err);
    if (st == SHODO_OK)
        st = shodo_io_read_file(&tsr, from_dirfd, tsr_name, SHODO_LIMIT_SIGNATURE_BYTES, err);
    if (st == SHODO_OK)
        st = shodo_tsr_check(tsr.data, tsr.len, tsq.data, tsq.len, ca_pem, ca_len, ret, err);
    if (st != SHODO_OK)
        return st;
    path.data[path.len - 1] = 'r';
    return shodo_io_write_file(out_dirfd, path.data, tsr.data, tsr.len, err);
}
