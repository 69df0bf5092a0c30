/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/answers/crypt.h"

#include <string.h>

#include "base/text.h"
#include "examine/identify.h"
#include "examine/measure.h"

static const char *or_empty(const char *s) {
    return s ? s : "";
}

void shodo_crypt_read(struct shodo_crypt_signs *ret, const struct shodo_value *v) {
    *ret = (struct shodo_crypt_signs){
        .extension = or_empty(shodo_value_get_str(v, "extension")),
        .identified = or_empty(shodo_value_get_str(v, "identified")),
        .is_mismatch = shodo_value_bool(shodo_value_get(v, "expected"), false),
        .is_head_random = shodo_value_bool(shodo_value_get(v, "head_random"), false),
        .is_laned = shodo_value_bool(shodo_value_get(v, "laned"), false),
        .size = (uint64_t)SHODO_MAX((int64_t)0, shodo_value_get_int(v, "size", 0)),
        .samples = (uint64_t)SHODO_MAX((int64_t)0, shodo_value_get_int(v, "samples", 0)),
        .random = (uint64_t)SHODO_MAX((int64_t)0, shodo_value_get_int(v, "random", 0)),
        .lanes = (uint64_t)SHODO_MAX((int64_t)0, shodo_value_get_int(v, "lanes", 0)),
    };
}

/* Random by nature and without a signature that could be missed: containers, databases, backups. */
static bool is_random_by_nature(const char *extension, const struct shodo_detect *d) {
    for (size_t i = 0; d && i < shodo_detect_count(d, "benign-tools", "never_encrypted"); i++) {
        const struct shodo_value *list = shodo_value_get(
            shodo_detect_row(d, "benign-tools", "never_encrypted", i), "extensions");
        for (size_t k = 0; k < shodo_value_count(list); k++) {
            const char *e = shodo_value_str(shodo_value_at(list, k));
            if (e && shodo_text_ieq(e, extension))
                return true;
        }
    }
    return false;
}

/* Files that people read: no part of them is random. */
static bool is_plain_kind(const char *extension) {
    static const char *const plain[] = {".txt",  ".csv", ".tsv", ".htm", ".html", ".xml", ".uke",
                                        ".json", ".log", ".md",  ".ini", ".bat",  ".cmd", ".ps1",
                                        ".vbs",  ".js",  ".py",  ".sql", ".hl7",  ".rtf"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(plain); i++)
        if (strcmp(plain[i], extension) == 0)
            return true;
    return false;
}

enum shodo_crypt shodo_crypt_judge(const struct shodo_crypt_signs *s,
                                   const struct shodo_detect *detect) {
    bool is_odd = s->is_head_random || s->is_laned || s->random > 0 || s->lanes > 0;
    if (s->identified[0])
        return SHODO_CRYPT_NO; /* it is something, if not what its name says */
    if (s->is_candidate)
        return is_odd ? SHODO_CRYPT_YES : SHODO_CRYPT_MAYBE;
    if (s->is_mismatch) {
        if (is_odd)
            return SHODO_CRYPT_YES;
        return s->size < SHODO_MEASURE_MIN_BYTES ? SHODO_CRYPT_MAYBE : SHODO_CRYPT_NO;
    }
    if (!is_odd || is_random_by_nature(s->extension, detect))
        return SHODO_CRYPT_NO;
    if (is_plain_kind(s->extension))
        return SHODO_CRYPT_YES;
    if (!s->extension[0])
        return s->is_head_random || s->is_laned ||
                       (s->lanes > 0 && s->lanes + s->random >= s->samples)
                   ? SHODO_CRYPT_YES
                   : SHODO_CRYPT_MAYBE;
    enum shodo_class k = shodo_extension_class(s->extension);
    if (k == SHODO_CLASS_PROGRAM || k == SHODO_CLASS_DATA || k == SHODO_CLASS_UNKNOWN)
        return s->samples > 0 && s->random == s->samples ? SHODO_CRYPT_MAYBE : SHODO_CRYPT_NO;
    return s->is_head_random ? SHODO_CRYPT_MAYBE : SHODO_CRYPT_NO;
}
