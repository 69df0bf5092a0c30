/* SPDX-License-Identifier: Apache-2.0 */
/* An entry as the lister sends it to an examiner: what decodes, encodes to what decodes to the
 * same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    shodo_auto(shodo_buf) struct shodo_buf once = SHODO_BUF_INIT, twice = SHODO_BUF_INIT,
                                           path = SHODO_BUF_INIT;
    struct shodo_cur c = shodo_cur_of(data, size);
    struct shodo_entry e, again;
    if (shodo_entry_decode(&e, &c, &arena, NULL) != SHODO_OK)
        return 0;
    (void)shodo_entry_first_offset(&e);
    (void)shodo_entry_windows_path(&path, e.drive, e.path, e.path_len, "s", 1);
    if (!shodo_entry_encode(&once, &e))
        abort();
    c = shodo_cur_of(once.data, once.len);
    if (shodo_entry_decode(&again, &c, &arena, NULL) != SHODO_OK ||
        !shodo_entry_encode(&twice, &again) || once.len != twice.len ||
        memcmp(once.data, twice.data, once.len) != 0)
        abort();
    return 0;
}
