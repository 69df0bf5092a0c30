/* SPDX-License-Identifier: Apache-2.0 */
#include "source_fault.h"

#include <errno.h>
#include <string.h>

static int64_t fault_read(void *self, uint64_t offset, void *p, size_t n) {
    struct source_fault *f = self;
    f->reads++;
    if (f->vanish_after > 0 && f->reads > f->vanish_after) {
        f->failures++;
        errno = ENODEV;
        return -1;
    }
    if (f->short_bytes > 0 && n > f->short_bytes)
        n = f->short_bytes;
    if (offset >= f->size || n > f->size - offset ||
        (f->bad_length > 0 && offset < f->bad_offset + f->bad_length &&
         f->bad_offset < offset + n && (f->bad_times == 0 || f->failures < f->bad_times))) {
        f->failures++;
        errno = EIO;
        return -1;
    }
    memcpy(p, f->data + offset, n);
    return (int64_t)n;
}

static void fault_free(void *self) {
    (void)self;
}

enum shodo_status source_fault_open(struct shodo_source **ret, struct source_fault *f,
                                    struct shodo_error *err) {
    static const struct shodo_source_ops ops = {.read = fault_read, .free = fault_free};
    return shodo_source_layer(ret, &ops, f, f->claimed_size > 0 ? f->claimed_size : f->size,
                              f->sector > 0 ? f->sector : 512, err);
}
