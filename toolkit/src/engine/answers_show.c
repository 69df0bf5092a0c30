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

enum { GAPS_SHOWN = 7 };

/* What could not be looked at. `is_own`: what only this answer lacks; else what the whole run left
 * out, said once. */
static void show_gaps(const struct shodo_value *list, bool is_own, bool ja, struct shodo_buf *out) {
    size_t n = 0;
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *g = shodo_value_at(list, i);
        const char *reason = shodo_value_get_str(g, "reason"),
                   *example = shodo_value_get_str(g, "example");
        if ((reason && strcmp(reason, "missing") == 0) != is_own || n++ >= GAPS_SHOWN)
            continue;
        shodo_buf_adds(out, ja ? "  - 見ていないもの: " : "  - not examined: ");
        add_safe(out, shodo_value_get_str(g, ja ? "ja" : "en"));
        shodo_buf_addf(out, ja ? "（%lld 件）" : " (%lld)",
                       (long long)shodo_value_get_int(g, "items", 0));
        if (example && *example) {
            shodo_buf_adds(out, ja ? " 例 " : ", e.g. ");
            add_safe(out, example);
        }
        shodo_buf_addc(out, '\n');
    }
    if (n > GAPS_SHOWN)
        shodo_buf_addf(out, ja ? "  - ほか %zu 種類\n" : "  - and %zu more kinds\n",
                       n - GAPS_SHOWN);
}

static void show_confidence(const struct shodo_value *answer, bool ja, struct shodo_buf *out) {
    static const char *const words[][2] = {{"high", "高"}, {"middle", "中"}, {"low", "低"}};
    const char *c = shodo_value_get_str(answer, "confidence");
    size_t n = shodo_value_count(shodo_value_get(answer, "evidence"));
    for (size_t i = 0; c && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(c, words[i][0]) == 0)
            shodo_buf_addf(out,
                           ja ? "（確からしさ %s、根拠 %zu 件）"
                              : " (confidence %s, %zu pieces of evidence)",
                           words[i][ja ? 1 : 0], n);
}

static void show_one(const struct shodo_value *answer, bool ja, size_t most,
                     struct shodo_buf *out) {
    const struct shodo_value *s = shodo_value_get(answer, "sentences");
    size_t n = shodo_value_count(s), shown = most && n > most ? most : n;
    add_safe(out, shodo_value_get_str(answer, ja ? "question_ja" : "question_en"));
    shodo_buf_adds(out, ": ");
    add_safe(out, shodo_value_get_str(answer, ja ? "verdict_ja" : "verdict"));
    if (!most)
        show_confidence(answer, ja, out);
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
    if (!most)
        show_gaps(shodo_value_get(answer, "not_examined"), true, ja, out);
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
    if (!most && shodo_value_count(list)) {
        shodo_buf_adds(out, is_japanese ? "すべての答えに共通の、見ていないもの:\n"
                                        : "Not examined, for all answers:\n");
        show_gaps(shodo_value_get(shodo_value_at(list, 0), "not_examined"), false, is_japanese,
                  out);
    }
    return shodo_value_count(list) > 0;
}
