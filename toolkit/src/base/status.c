/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/*
 * The formatted text may hold names from evidence that a caller forgot to escape: it goes through
 * the safe-text filter here, so that no error message can ever drive a terminal. Nothing is
 * allocated: this must work when memory has run out.
 */
static void set_text(struct shodo_error *err, const char *fmt, va_list ap, const char *tail) {
    char raw[2 * SHODO_ERROR_TEXT_BYTES];
    int n = vsnprintf(raw, sizeof(raw), fmt, ap);
    size_t len = n < 0 ? 0 : SHODO_MIN((size_t)n, sizeof(raw) - 1);
    size_t tail_len = SHODO_MIN(strlen(tail), sizeof(raw) - 1);

    if (len + tail_len > sizeof(raw) - 1)
        len = sizeof(raw) - 1 - tail_len;
    memcpy(raw + len, tail, tail_len);
    shodo_text_safe_fixed(err->text, sizeof(err->text), raw, len + tail_len);
}

enum shodo_status shodo_fail(struct shodo_error *err, enum shodo_status status, const char *fmt,
                             ...) {
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        err->status = status;
        set_text(err, fmt, ap, "");
        va_end(ap);
    }
    return status;
}

static enum shodo_status status_of_errno(int e) {
    switch (e) {
    case ENOSPC:
    case EROFS:
    case EDQUOT:
        return SHODO_NOSPACE;
    case ENOMEM:
        return SHODO_NOMEM;
    case ENOENT:
        return SHODO_NOTFOUND;
    case EEXIST:
        return SHODO_EXISTS;
    case EIO:
        return SHODO_UNREADABLE;
    default:
        return SHODO_IO;
    }
}

enum shodo_status shodo_fail_errno(struct shodo_error *err, const char *fmt, ...) {
    int e = errno;
    enum shodo_status status = status_of_errno(e);

    if (err) {
        /* strerrordesc_np: untranslated, constant, allocates nothing (strerror may) */
        const char *desc = strerrordesc_np(e);
        char tail[96];
        va_list ap;
        va_start(ap, fmt);
        if (desc)
            snprintf(tail, sizeof(tail), ": %s", desc);
        else
            snprintf(tail, sizeof(tail), ": error %d", e);
        err->status = status;
        set_text(err, fmt, ap, tail);
        va_end(ap);
    }
    return status;
}

enum shodo_status shodo_error_context(struct shodo_error *err, const char *fmt, ...) {
    if (!err)
        return SHODO_INVALID;
    char tail[SHODO_ERROR_TEXT_BYTES + 2];
    va_list ap;
    va_start(ap, fmt);
    snprintf(tail, sizeof(tail), ": %s", err->text);
    set_text(err, fmt, ap, tail);
    va_end(ap);
    return err->status;
}

const char *shodo_status_name(enum shodo_status status) {
    switch (status) {
    case SHODO_OK:
        return "ok";
    case SHODO_END:
        return "end";
    case SHODO_SKIP:
        return "skip";
    case SHODO_INVALID:
        return "invalid";
    case SHODO_DAMAGED:
        return "damaged";
    case SHODO_UNSUPPORTED:
        return "unsupported";
    case SHODO_UNREADABLE:
        return "unreadable";
    case SHODO_LIMIT:
        return "limit";
    case SHODO_NOSPACE:
        return "nospace";
    case SHODO_IO:
        return "io";
    case SHODO_NOMEM:
        return "nomem";
    case SHODO_NOTFOUND:
        return "notfound";
    case SHODO_EXISTS:
        return "exists";
    case SHODO_CANCELLED:
        return "cancelled";
    case SHODO_TIMEOUT:
        return "timeout";
    case SHODO_REFUSED:
        return "refused";
    case SHODO_ENCRYPTED:
        return "encrypted";
    }
    return "unknown";
}

void shodo_assert_fail(const char *what, const char *file, int line) {
    fprintf(stderr, "shodo: assertion '%s' failed at %s:%d\n", what, file, line);
    abort();
}
