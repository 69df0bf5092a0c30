/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WOF ("CompactOS") payload: a table of chunk ends, then the chunks, each packed by itself or
 * stored. */
#include "disk.h"

#include <string.h>

#ifdef HAVE_WIMLIB
#include <wimlib.h>

void td_wof_pack(const struct td_at *at, unsigned algorithm, const void *p, size_t n,
                 struct td_buf *out) {
    static const unsigned sizes[4] = {4096, 32768, 8192, 16384};
    size_t c = sizes[algorithm], chunks = (n + c - 1) / c;
    struct wimlib_compressor *z;
    struct td_buf body = {0};

    if (wimlib_create_compressor(algorithm == 1 ? WIMLIB_COMPRESSION_TYPE_LZX
                                                : WIMLIB_COMPRESSION_TYPE_XPRESS,
                                 c, 50, &z))
        td_fail(at, "libwim: cannot make a compressor");
    for (size_t i = 0; i < chunks; i++) {
        const unsigned char *from = (const unsigned char *)p + i * c;
        size_t k = n - i * c < c ? n - i * c : c, old = body.n;
        size_t got = wimlib_compress(from, k, td_buf_grow(&body, k), k - 1, z);

        if (i)
            td_buf_le32(out, (uint32_t)old);
        body.n = old;
        if (got)
            body.n += got;
        else
            td_buf_add(&body, from, k);
    }
    wimlib_free_compressor(z);
    td_buf_add(out, body.p, body.n);
    td_buf_done(&body);
}
#else
void td_wof_pack(const struct td_at *at, unsigned algorithm, const void *p, size_t n,
                 struct td_buf *out) {
    (void)algorithm, (void)p, (void)n, (void)out;
    td_fail(at, "make-disk was built without libwim (package libwim-dev), which packs WOF streams");
}
#endif
