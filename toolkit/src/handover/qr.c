/* SPDX-License-Identifier: Apache-2.0 */
#include <qrcodegen/qrcodegen.h>

#include <stdlib.h>
#include <string.h>

#include "handover/document.h"

enum shodo_status shodo_qr(const char *content, struct shodo_arena *arena, int *ret_size,
                           const uint8_t **ret, struct shodo_error *err) {
    uint8_t code[qrcodegen_BUFFER_LEN_MAX], scratch[qrcodegen_BUFFER_LEN_MAX];
    if (!qrcodegen_encodeText(content, scratch, code, qrcodegen_Ecc_MEDIUM, qrcodegen_VERSION_MIN,
                              qrcodegen_VERSION_MAX, qrcodegen_Mask_AUTO, true))
        return shodo_fail(err, SHODO_LIMIT, "%zu bytes are too long for a QR code",
                          strlen(content));
    int size = qrcodegen_getSize(code);
    uint8_t *modules = shodo_arena_alloc(arena, (size_t)size * (size_t)size, 1);
    if (!modules)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a QR code");
    for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++)
            modules[y * size + x] = qrcodegen_getModule(code, x, y);
    }
    *ret_size = size;
    *ret = modules;
    return SHODO_OK;
}
