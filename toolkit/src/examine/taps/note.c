/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of families in a text that some rule has found: short names and the beginnings of
 * hidden-service names (rules/detect/families.yaml, `phrases`). Only texts with a finding are
 * searched, so ordinary texts cost nothing and the word "Akira" in a letter is no sign of anything.
 *
 * fact: reader "note", kind "family_phrases", no time, values
 *   families  [{id, phrase}], each family once with the first phrase that is there; at most
 * FAMILIES_MAX
 */
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "examine/answers/detect.h"
#include "examine/plan.h"
#include "examine/tap.h"

enum { NOTE_BYTES_MAX = 256 * 1024, FAMILIES_MAX = 24, PHRASE_MIN = 4 };

static bool is_note_like(const struct shodo_look *l, const struct shodo_bytes *b) {
    bool is_text = l->signature && (l->signature->kind == SHODO_CLASS_TEXT ||
                                    l->signature->kind == SHODO_CLASS_SCRIPT ||
                                    strcmp(l->signature->name, "rtf") == 0);
    return l->plan->detect && l->findings > 0 && is_text && !b->tail &&
           b->head_len <= NOTE_BYTES_MAX;
}

/* The text folded, UTF-16 converted. */
static void fold(struct shodo_buf *out, const struct shodo_bytes *b) {
    shodo_auto(shodo_buf) struct shodo_buf utf8 = SHODO_BUF_INIT;
    const char *p = (const char *)b->head;
    size_t n = b->head_len;
    if (n >= 2 && b->head[0] == 0xff && b->head[1] == 0xfe &&
        shodo_text_decode(&utf8, SHODO_UTF16LE, b->head + 2, n - 2, NULL)) {
        p = shodo_buf_cstr(&utf8);
        n = utf8.len;
    }
    shodo_fold_path(out, p, n);
}

static const char *phrase_in(const struct shodo_value *phrases, const struct shodo_buf *text) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; i < shodo_value_count(phrases); i++) {
        const char *s = shodo_value_str(shodo_value_at(phrases, i));
        shodo_fold_path(&b, s ? s : "", s ? strlen(s) : 0);
        if (b.len >= PHRASE_MIN && memmem(text->data, text->len, b.data, b.len))
            return s;
    }
    return NULL;
}

static void whole(void *state, struct shodo_look *l, const struct shodo_bytes *b) {
    (void)state;
    if (!is_note_like(l, b))
        return;
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT, values = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&values);
    size_t told = 0;
    fold(&text, b);
    shodo_json_object(&j, NULL);
    shodo_json_array(&j, "families");
    for (size_t i = 0; text.data && told < FAMILIES_MAX &&
                       i < shodo_detect_count(l->plan->detect, "families", "families");
         i++) {
        const struct shodo_value *f = shodo_detect_row(l->plan->detect, "families", "families", i);
        const char *phrase = phrase_in(shodo_value_get(f, "phrases"), &text),
                   *id = shodo_value_get_str(f, "id");
        if (!phrase || !id)
            continue;
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "id", id);
        shodo_json_str(&j, "phrase", phrase);
        shodo_json_object_end(&j);
        told++;
    }
    shodo_json_array_end(&j);
    shodo_json_object_end(&j);
    if (told && !values.failed)
        shodo_look_fact(l, "note", "family_phrases", SHODO_TIME_NONE, shodo_buf_cstr(&values));
}

const struct shodo_tap shodo_tap_note = {.name = "note", .whole = whole};
