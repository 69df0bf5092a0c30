/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/why.h"

#include <stddef.h>
#include <string.h>

#include "evidence/volume.h"

static const struct {
    const char *en, *ja;
} rows[WHY_COUNT] = {
#define X(id, en, ja) {en, ja},
    WHY_LIST(X)
#undef X
};

const char *why_en(enum why w) {
    return rows[w].en;
}

/* "encrypted with BitLocker (TPM, recovery key); recovery key with this ID is needed: ID. Waiting
 * …" */
static bool show_bitlocker(struct shodo_buf *out, const char *why) {
    static const char start[] = "encrypted with BitLocker (", mark[] = "is needed: ";
    const char *id = strstr(why, mark);
    if (strncmp(why, start, sizeof(start) - 1) != 0)
        return false;
    if (!id)
        return shodo_buf_adds(
            out,
            "BitLocker で暗号化されています. 回復キーがないので、この道具では読めません. Windows で解除してください");
    id += sizeof(mark) - 1;
    shodo_buf_adds(out, "BitLocker で暗号化されています. 48 桁の回復キーが要ります. キー ID: ");
    return shodo_buf_add(out, id, strcspn(id, "."));
}

bool shodo_volume_why_show(struct shodo_buf *out, const char *why, bool is_japanese) {
    for (size_t i = 0; is_japanese && i < WHY_COUNT; i++)
        if (strcmp(rows[i].en, why) == 0)
            return shodo_buf_adds(out, rows[i].ja);
    if (is_japanese && show_bitlocker(out, why))
        return true;
    shodo_buf_adds(out, why);
    return !is_japanese;
}
