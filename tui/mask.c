/* SPDX-License-Identifier: Apache-2.0 */
#include "mask.h"

#include <stdint.h>
#include <string.h>

#include "base/macro.h"
#include "base/text.h"

#define NAME_MAX_LETTERS 5 /* of a family or a given name; longer runs are ordinary words */
#define NUMBER_DIGITS    6 /* numbers of patients, dates of birth */

static bool is_japanese(uint32_t ch) {
    return (ch >= 0x3041 && ch <= 0x30fe) || (ch >= 0x4e00 && ch <= 0x9fff) || ch == 0x3005;
}

static bool is_separator(uint32_t ch) {
    return ch == ' ' || ch == '_' || ch == 0x3000 || ch == '-' || ch == '.' || ch == 0x30fb;
}

struct run {
    size_t end, letters;
};

static struct run japanese_run(const char *s, size_t n, size_t from) {
    struct run r = {.end = from};
    for (size_t pos = from; pos < n;) {
        if (!is_japanese(shodo_text_next(s, n, &pos)))
            break;
        r.letters++;
        r.end = pos;
    }
    return r;
}

/* 様 さん 氏 殿 君 at the end of a run: whom the letters before it name. */
static bool ends_as_person(const char *s, size_t from, size_t end) {
    static const char *const ends[] = {"様", "さん", "氏", "殿", "くん", "ちゃん"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(ends); i++) {
        size_t len = strlen(ends[i]);
        if (end - from > len && memcmp(s + end - len, ends[i], len) == 0)
            return true;
    }
    return false;
}

/* End of a name that begins at `from`, `from` when there is none. */
static size_t name_end(const char *s, size_t n, size_t from) {
    struct run first = japanese_run(s, n, from);
    if (!first.letters)
        return from;
    if (ends_as_person(s, from, first.end))
        return first.end;
    size_t pos = first.end;
    if (first.letters > NAME_MAX_LETTERS || pos >= n || !is_separator(shodo_text_next(s, n, &pos)))
        return from;
    struct run second = japanese_run(s, n, pos);
    return second.letters > 0 && second.letters <= NAME_MAX_LETTERS ? second.end : from;
}

static size_t number_end(const char *s, size_t n, size_t from) {
    size_t end = from;
    while (end < n && s[end] >= '0' && s[end] <= '9')
        end++;
    return end - from >= NUMBER_DIGITS ? end : from;
}

bool tui_mask(struct shodo_buf *out, const char *s, size_t n) {
    bool any = false, was_word = false;
    for (size_t i = 0; i < n;) {
        size_t end = was_word ? i : SHODO_MAX(name_end(s, n, i), number_end(s, n, i));
        if (end > i) {
            shodo_buf_adds(out, "***");
            any = true;
            i = end;
            continue;
        }
        size_t next = i;
        uint32_t ch = shodo_text_next(s, n, &next);
        /* inside a word of digits or letters no name begins */
        was_word = is_japanese(ch) || (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
                   (ch >= 'A' && ch <= 'Z');
        shodo_buf_add(out, s + i, next - i);
        i = next;
    }
    return any;
}
