/* SPDX-License-Identifier: Apache-2.0 */
/* A journal from a foreign stick: lines, records, base64, and the fold over them. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "case/case.h"
#include "case/journal_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data, *line = NULL;
    size_t pos = 0, len = 0;
    shodo_auto(shodo_case) struct shodo_case c;
    shodo_case_init(&c);
    while (shodo_line_next(text, size, &pos, &line, &len)) {
        shodo_auto(shodo_line) struct shodo_line l = {.doc = NULL};
        if (shodo_line_parse(&l, line, len - 1, NULL) != SHODO_OK)
            continue;
        const struct shodo_record r = {.seq = l.seq,
                                       .time = l.time,
                                       .stick = "00000000",
                                       .actor = l.actor,
                                       .event = l.event,
                                       .data = l.data,
                                       .line = line,
                                       .line_len = len};
        (void)shodo_case_apply(&c, &r, NULL);
        const char *sig = shodo_value_get_str(l.data, "signature");
        shodo_auto(shodo_buf) struct shodo_buf bytes = SHODO_BUF_INIT, again = SHODO_BUF_INIT;
        if (sig && shodo_base64_read(&bytes, sig, strlen(sig)))
            shodo_base64_add(&again, bytes.data, bytes.len);
    }
    return 0;
}
