/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trusted time (RFC 3161) without a network: the request is made at the seal, somebody takes it to
 * a time-stamp authority later, and the reply is checked against the request when it comes back.
 */
#ifndef SHODO_HANDOVER_TSQ_H
#define SHODO_HANDOVER_TSQ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

/* DER TimeStampReq: version 1, SHA-256 imprint, 64-bit nonce (shodo_random), certReq TRUE. */
enum shodo_status shodo_tsq_make(const uint8_t sha256[32], struct shodo_buf *out_der,
                                 struct shodo_error *err);
/* REFUSED when the request is not about this digest; DAMAGED when it is not a request. */
enum shodo_status shodo_tsq_check(const void *der, size_t n, const uint8_t sha256[32],
                                  struct shodo_error *err);

struct shodo_timestamp {
    int64_t time;    /* genTime */
    char tsa[128];   /* common name of the signer, safe to show; "" unknown */
    bool is_trusted; /* chains to `ca_pem` */
};
/* Checks a TimeStampResp: granted, same imprint and nonce as the request, signature fits its own
 * certificate, and with `ca_pem` (may be NULL) that the authority chains to one of these
 * certificates. */
enum shodo_status shodo_tsr_check(const void *tsr, size_t tsr_n, const void *tsq, size_t tsq_n,
                                  const char *ca_pem, size_t ca_len, struct shodo_timestamp *ret,
                                  struct shodo_error *err);
/* Attaches `tsr_name` in `from_dirfd` to the bundle `name` in out_dirfd: checks it against
 * <name>.tagmanifest-sha256.tsq and stores it as <name>.tagmanifest-sha256.tsr. EXISTS when there
 * is one. */
enum shodo_status shodo_timestamp_attach(int out_dirfd, const char *name, int from_dirfd,
                                         const char *tsr_name, const char *ca_pem, size_t ca_len,
                                         struct shodo_timestamp *ret, struct shodo_error *err);

#endif
