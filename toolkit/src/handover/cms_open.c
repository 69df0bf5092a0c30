/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "handover/cms.h"

static enum shodo_status fail_ssl(struct shodo_error *err, enum shodo_status status,
                                  const char *what) {
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    shodo_fail(err, status, "%s: %s", what, reason ? reason : "unknown reason");
    ERR_clear_error();
    return status;
}

/* The key's own passphrase may be given in `passphrase`; never ask on the terminal. */
static int give_passphrase(char *buf, int size, int for_writing, void *ctx) {
    const char *pass = ctx;
    (void)for_writing;
    if (!pass || strlen(pass) > (size_t)size)
        return -1;
    memcpy(buf, pass, strlen(pass));
    return (int)strlen(pass);
}

static enum shodo_status read_cms(int fd, CMS_ContentInfo **ret, struct shodo_error *err) {
    struct stat st;
    if (fstat(fd, &st) != 0)
        return shodo_fail_errno(err, "looking at the segment");
    if ((uint64_t)st.st_size > SHODO_LIMIT_SEGMENT_BYTES + SHODO_LIMIT_CMS_OVERHEAD_BYTES)
        return shodo_fail(
            err, SHODO_LIMIT, "the segment is larger than %llu bytes",
            (unsigned long long)(SHODO_LIMIT_SEGMENT_BYTES + SHODO_LIMIT_CMS_OVERHEAD_BYTES));
    if (lseek(fd, 0, SEEK_SET) != 0)
        return shodo_fail_errno(err, "reading the segment");
    BIO *in = BIO_new_fd(fd, BIO_NOCLOSE);
    CMS_ContentInfo *cms = in ? d2i_CMS_bio(in, NULL) : NULL;
    BIO_free(in);
    if (!cms)
        return fail_ssl(err, SHODO_DAMAGED, "the segment is not CMS");
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_id_smime_ct_authEnvelopedData) {
        CMS_ContentInfo_free(cms);
        return shodo_fail(err, SHODO_UNSUPPORTED, "the segment is CMS, but not AuthEnvelopedData");
    }
    *ret = cms;
    return SHODO_OK;
}

static enum shodo_status set_key(CMS_ContentInfo *cms, const char *key_pem, size_t key_len,
                                 const char *passphrase, struct shodo_error *err) {
    int ok = 0;
    if (key_pem) {
        BIO *b = key_len <= INT_MAX ? BIO_new_mem_buf(key_pem, (int)key_len) : NULL;
        EVP_PKEY *k = b ? PEM_read_bio_PrivateKey(b, NULL, give_passphrase,
                                                  (void *)(uintptr_t)passphrase)
                        : NULL;
        BIO_free(b);
        if (!k)
            return fail_ssl(err, SHODO_INVALID, "reading the private key");
        /* Without a fitting recipient OpenSSL goes on with a random key (against an oracle): then
         * the tag fails. */
        ok = CMS_decrypt_set1_pkey(cms, k, NULL);
        EVP_PKEY_free(k);
    }
    if (!ok && passphrase) {
        ERR_clear_error();
        ok = CMS_decrypt_set1_password(cms, (unsigned char *)(uintptr_t)passphrase,
                                       (ossl_ssize_t)strlen(passphrase));
    }
    return ok ? SHODO_OK
              : fail_ssl(err, SHODO_REFUSED, "no recipient of the segment fits this key");
}

enum shodo_status shodo_cms_open(int fd, const char *key_pem, size_t key_len,
                                 const char *passphrase, int out_fd, uint64_t *ret_plain_bytes,
                                 struct shodo_error *err) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    CMS_ContentInfo *cms = NULL;
    enum shodo_status st = read_cms(fd, &cms, err);
    if (st == SHODO_OK)
        st = set_key(cms, key_pem, key_len, passphrase, err);
    BIO *out = st == SHODO_OK ? BIO_new_fd(out_fd, BIO_NOCLOSE) : NULL;
    off_t before = lseek(out_fd, 0, SEEK_CUR);
    if (st == SHODO_OK && !out)
        st = fail_ssl(err, SHODO_NOMEM, "opening the segment");
    errno = 0;
    if (st == SHODO_OK && CMS_decrypt(cms, NULL, NULL, NULL, out, 0) != 1) {
        if (errno == ENOSPC || errno == EDQUOT) {
            ERR_clear_error();
            st = shodo_fail(err, SHODO_NOSPACE, "no space for the opened segment");
        } else {
            st = fail_ssl(err, SHODO_REFUSED,
                          "the key does not open the segment, or its content was changed");
        }
    }
    off_t after = lseek(out_fd, 0, SEEK_CUR);
    if (st == SHODO_OK && (before < 0 || after < before))
        st = shodo_fail(err, SHODO_IO, "the opened segment could not be written");
    if (st == SHODO_OK)
        *ret_plain_bytes = (uint64_t)(after - before);
    BIO_free(out);
    CMS_ContentInfo_free(cms);
    return st;
}
