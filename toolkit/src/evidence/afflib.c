/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libtsk names afflib for AFF images, which we do not read; libafflib.a clashes with libyara.a
 * (strlcpy) and brings curl and S3. An archive of its own, behind libtsk on every link line: taken
 * only where nobody else defines these.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"

void *af_open(const char *name, int flags, int mode);
int af_close(void *af);
int af_eof(void *af);
int64_t af_get_imagesize(void *af);
int af_get_seg(void *af, const char *name, unsigned long *arg, unsigned char *data, size_t *len);
int af_identify_file_type(const char *name, int exists);
int64_t af_read(void *af, unsigned char *buf, int64_t count);
uint64_t af_seek(void *af, int64_t pos, int whence);
int af_cannot_decrypt(void *af);

void *af_open(const char *name SHODO_UNUSED, int flags SHODO_UNUSED, int mode SHODO_UNUSED) {
    errno = ENOTSUP;
    return NULL;
}
int af_close(void *af SHODO_UNUSED) {
    return -1;
}
int af_eof(void *af SHODO_UNUSED) {
    return 1;
}
int64_t af_get_imagesize(void *af SHODO_UNUSED) {
    return -1;
}
int af_get_seg(void *af SHODO_UNUSED, const char *name SHODO_UNUSED,
               unsigned long *arg SHODO_UNUSED, unsigned char *data SHODO_UNUSED,
               size_t *len SHODO_UNUSED) {
    return -1;
}
int af_identify_file_type(const char *name SHODO_UNUSED, int exists SHODO_UNUSED) {
    return 0;
}
int64_t af_read(void *af SHODO_UNUSED, unsigned char *buf SHODO_UNUSED,
                int64_t count SHODO_UNUSED) {
    return -1;
}
uint64_t af_seek(void *af SHODO_UNUSED, int64_t pos SHODO_UNUSED, int whence SHODO_UNUSED) {
    return 0;
}
int af_cannot_decrypt(void *af SHODO_UNUSED) {
    return 0;
}
