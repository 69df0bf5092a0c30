/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign text: every encoding, what is shown of it (never a control character), widths, wraps and
 * folds. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_line(void *ctx, const char *s, size_t n) {
    (void)s;
    *(size_t *)ctx += n;
}

static void show(const char *s, size_t n) {
    shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT, clip = SHODO_BUF_INIT,
                                           fold = SHODO_BUF_INIT;
    size_t columns = 0, total = 0;
    shodo_text_safe(&safe, s, n);
    for (size_t at = 0; at < safe.len;) {
        uint32_t cp = shodo_text_next(safe.data, safe.len, &at);
        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || shodo_text_is_invisible(cp))
            abort();
    }
    if (shodo_text_safe_clip(&clip, s, n, 20, n % 2 == 0) > 20)
        abort();
    if (shodo_text_clip(s, n, 10, &columns) > n || columns > 10)
        abort();
    shodo_text_wrap(s, n, 20, on_line, &total);
    if (total > n)
        abort();
    shodo_text_fold(&fold, s, n);
    (void)shodo_text_is_deceptive(s, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const enum shodo_encoding encodings[] = {SHODO_UTF8, SHODO_UTF16LE, SHODO_LATIN1,
                                                    SHODO_CP932};
    if (size > 65536)
        return 0;
    show((const char *)data, size);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(encodings); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_text_decode(&b, encodings[i], data, size, NULL);
        show(shodo_buf_cstr(&b), b.len);
    }
    return 0;
}
