/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Result of every call that can fail, and the text that goes with it.
 *
 * 0 and positive: the object goes on. Negative: this call (or this object) is done for.
 * The callee decides between SKIP (this one item; the next may work) and a negative value.
 */
#ifndef SHODO_BASE_STATUS_H
#define SHODO_BASE_STATUS_H

#include <stdbool.h>

#include "base/macro.h"

enum shodo_status {
    SHODO_OK = 0,
    SHODO_END = 1,          /* nothing more to give; not an error */
    SHODO_SKIP = 2,         /* this item cannot be used; error text says why; go on with the next */
    SHODO_INVALID = -1,     /* the caller broke the contract, or a usage error */
    SHODO_DAMAGED = -2,     /* bytes contradict the format */
    SHODO_UNSUPPORTED = -3, /* well-formed, but not something we read */
    SHODO_UNREADABLE = -4,  /* the medium does not give the bytes */
    SHODO_LIMIT = -5,       /* a named limit of base/limits.h was hit */
    SHODO_NOSPACE = -6,     /* the output medium is full or read-only */
    SHODO_IO = -7,          /* any other failure of the operating system */
    SHODO_NOMEM = -8,
    SHODO_NOTFOUND = -9,
    SHODO_EXISTS = -10,
    SHODO_CANCELLED = -11,
    SHODO_TIMEOUT = -12,
    SHODO_REFUSED = -13, /* verification failed: signature, digest, key, policy */
    SHODO_ENCRYPTED = -14,
};

#define SHODO_ERROR_TEXT_BYTES 512

/* Written only on failure. `text` is complete, printable ASCII/UTF-8 of ours plus escaped foreign
 * parts. */
struct shodo_error {
    enum shodo_status status;
    char text[SHODO_ERROR_TEXT_BYTES];
};

#define SHODO_ERROR_INIT                                                                           \
    { .status = SHODO_OK, .text = "" }

/* Sets `err` (may be NULL) and returns `status`, so that `return shodo_fail(err, SHODO_DAMAGED,
 * "…")` works. */
enum shodo_status shodo_fail(struct shodo_error *err, enum shodo_status status, const char *fmt,
                             ...) SHODO_PRINTF(3, 4);
/* Same, with ": <strerror(errno)>" appended; maps ENOSPC/EROFS → NOSPACE, ENOMEM → NOMEM, ENOENT →
 * NOTFOUND, EEXIST → EXISTS, EIO → UNREADABLE, others → IO. Reads errno first. */
enum shodo_status shodo_fail_errno(struct shodo_error *err, const char *fmt, ...)
    SHODO_PRINTF(2, 3);
/* Puts "<fmt>: " in front of the text that is already there (context on the way up); returns
 * err->status. */
enum shodo_status shodo_error_context(struct shodo_error *err, const char *fmt, ...)
    SHODO_PRINTF(2, 3);
/* Lower-case name of the status ("damaged"), for JSON. */
const char *shodo_status_name(enum shodo_status status);

#endif
