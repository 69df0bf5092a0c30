/* SPDX-License-Identifier: Apache-2.0 */
/* Tag files of a foreign bag, the rules for names, and the escape as a roundtrip. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "handover/bag.h"
#include "handover/manifest.h"
#include "handover/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum shodo_status on_line(void *ctx, const uint8_t *digest, const char *path, size_t n) {
    const char *code = NULL;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT, back = SHODO_BUF_INIT,
                                           fold = SHODO_BUF_INIT;
    (void)ctx, (void)digest;
    (void)shodo_name_refuse(path, n, &code);
    shodo_name_fold(&fold, path, n);
    if (n == 0 || memchr(path, '\0', n) || path[0] == '/' || path[n - 1] == '/' ||
        memmem(path, n, "//", 2))
        return SHODO_OK;
    if (shodo_bag_escape(&b, path, n)) {
        shodo_assert(shodo_bag_unescape(&back, b.data, b.len));
        shodo_assert(back.len == n && memcmp(back.data, path, n) == 0);
    }
    return SHODO_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    uint64_t bytes = 0, files = 0;
    bool is_bad = false;
    (void)shodo_manifest_parse(text, size, 32, on_line, NULL, NULL);
    (void)shodo_manifest_parse(text, size, 64, on_line, NULL, NULL);
    (void)shodo_bagit_txt_check(text, size, NULL);
    (void)shodo_bag_info_oxum(text, size, &bytes, &files, &is_bad);
    return 0;
}
