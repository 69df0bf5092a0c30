/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/answers_show.h"

#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/value.h"

static void add_safe(struct shodo_buf *out, const char *s) {
    shodo_text_safe(out, s ? s : "", s ? strlen(s) : 0);
}

static void show_one(const struct shodo_value *answer, bool ja, size_t most,
                     struct shodo_buf *out) {
    const struct shodo_value *s = shodo_value_get(answer, "sentences");
    size_t n = shodo_value_count(s), shown = most && n > most ? most : n;
    add_safe(out, shodo_value_get_str(answer, ja ? "question_ja" : "question_en"));
    shodo_buf_adds(out, ": ");
    add_safe(out, shodo_value_get_str(answer, ja ? "verdict_ja" : "verdict"));
    shodo_buf_addc(out, '\n');
    for (size_t k = 0; k < shown; k++) {
        shodo_buf_adds(out, "  ");
        add_safe(out, shodo_value_get_str(shodo_value_at(s, k), ja ? "ja" : "en"));
        shodo_buf_addc(out, '\n');
    }
    if (shown < n)
        shodo_buf_addf(
            out, ja ? "  他に %zu 行 (shodo answers)\n" : "  and %zu more lines (shodo answers)\n",
            n - shown);
}

bool shodo_answers_show(int endpoint_dirfd, bool is_japanese, size_t most, struct shodo_buf *out) {
    struct shodo_buf b = SHODO_BUF_INIT;
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    if (shodo_io_read_generation(&b, endpoint_dirfd, "answers", "json", SHODO_LIMIT_DOC_BYTES,
                                 NULL) == SHODO_OK)
        shodo_doc_parse_json(&d, "answers", shodo_buf_cstr(&b), b.len, NULL);
    shodo_buf_done(&b);
    const struct shodo_value *list = shodo_value_get(shodo_doc_root(d), "answers");
    for (size_t i = 0; i < shodo_value_count(list); i++)
        show_one(shodo_value_at(list, i), is_japanese, most, out);
    return shodo_value_count(list) > 0;
}
