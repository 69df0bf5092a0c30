/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ransom note: words typed from the screen (record fact/note_text) or a copy of the file
 * (--note), and what can be read in it: the number of the victim, where the attacker wants to be
 * reached. Only fields of the class "note" print it; addresses are copied, never followed. The text
 * is hostile.
 */
#include <fcntl.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "handover/sheet_value.h"

#define CONTACTS_MAX 5u
#define ID_MIN       6u
#define WORD_MAX     200u

static bool is_blank_byte(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A file as text: UTF-16 by its mark, UTF-8 when it is that, else CP932. */
static const char *text_of(struct shodo_sheet *s, struct shodo_buf *b) {
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    const char *p = shodo_buf_cstr(b);
    size_t n = b->len;
    bool is_wide = n >= 2 && (uint8_t)p[0] == 0xff && (uint8_t)p[1] == 0xfe;
    bool has_mark = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0;
    if (is_wide)
        (void)shodo_text_decode(&out, SHODO_UTF16LE, p + 2, n - 2, NULL);
    else if (shodo_text_is_utf8(p, n))
        shodo_buf_add(&out, p + (has_mark ? 3 : 0), n - (has_mark ? 3 : 0));
    else
        (void)shodo_text_decode(&out, SHODO_CP932, p, n, NULL);
    for (size_t i = 0; i < out.len; i++) /* a NUL would end the text early */
        if (out.data[i] == 0)
            out.data[i] = ' ';
    return shodo_sheet_printf(s, "%s", shodo_buf_cstr(&out));
}

/* At most SHODO_LIMIT_SHEET_NOTE_BYTES, cut at a character, and saying so. */
static const char *bounded(struct shodo_sheet *s, const char *text) {
    size_t n = strlen(text);
    if (n <= SHODO_LIMIT_SHEET_NOTE_BYTES)
        return text;
    n = SHODO_LIMIT_SHEET_NOTE_BYTES;
    while (n > 0 && ((uint8_t)text[n] & 0xc0) == 0x80)
        n--;
    return shodo_sheet_printf(s, "%.*s%s", (int)n, text,
                              shodo_sheet_say(s, "\n（長いため、ここまで）", "\n(cut here)"));
}

/* What was collected lies sealed for its receivers, never in the clear on the stick: so the sheet
 * says which file it is and how its words get here. */
static const char *how_to_give(struct shodo_sheet *s) {
    const char *name = "";
    if (shodo_sheet_class(s, "note") != SHODO_SHEET_SHOWS)
        return shodo_sheet_say(
            s, "画面の写真を添える。文言は、警察・JPCERT/CC への書類に載せる",
            "attach the photograph; the words stand in the papers for the police and JPCERT/CC");
    for (size_t i = 0; i < s->answers.count && !*name; i++) {
        const struct shodo_sheet_answers *a = shodo_vec_at(&s->answers, i);
        const struct shodo_value *found = shodo_value_get(
            shodo_value_get(shodo_sheet_find_answer(a->root, "family"), "data"), "candidates");
        for (size_t k = 0; k < shodo_value_count(found) && !*name; k++) {
            const char *n = shodo_value_get_str(shodo_value_at(found, k), "note_name");
            name = n ? n : "";
        }
    }
    bool may_name = *name && shodo_sheet_class(s, "filename") == SHODO_SHEET_SHOWS;
    const char *file = may_name ? shodo_sheet_printf(s, s->is_ja ? "「%s」" : " '%s'", name) : "";
    const char *typed = shodo_sheet_say(
        s,
        "画面の写真を添える。文言は「電話の言葉に入れる事実」の「脅迫文の言葉」に打つ（相手の宛先は開かない）",
        "attach the photograph; type the words under 'Facts for the telephone' (visit no address in "
        "it)");
    if (s->c.seals.count == 0)
        return shodo_sheet_printf(s, "%s", typed);
    return shodo_sheet_printf(
        s,
        s->is_ja
            ? "%s。集めた脅迫文%sは封をした束の中にある。束を開いた人は、その写しを --note で渡すと、ここに載る"
            : "%s. The collected note%s is in the sealed bundle: whoever opens it gives a copy "
              "with --note, and its words stand here",
        typed, file);
}

static struct shodo_sheet_value note_text(struct shodo_sheet *s) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (s->o->note_path && shodo_sheet_class(s, "note") == SHODO_SHEET_SHOWS) {
        if (shodo_io_read_file(&b, AT_FDCWD, s->o->note_path, SHODO_LIMIT_DOC_BYTES, &err) !=
            SHODO_OK) {
            shodo_sheet_problem(s, s->o->note_path, NULL, "脅迫文の写しを読めません（%s）",
                                err.text);
        } else {
            return (struct shodo_sheet_value){
                .text = bounded(s, text_of(s, &b)),
                .source = SHODO_FIELD_MEASURED,
                .note = shodo_sheet_say(s, "集めたファイルの写し", "copy of the collected file"),
                .time = SHODO_TIME_NONE};
        }
    }
    const char *label = NULL;
    const struct shodo_case_decision *d = shodo_sheet_answer(s, "note_text", &label);
    struct shodo_sheet_value v = shodo_sheet_from_decision(s, d, label, NULL);
    if (!*v.text)
        return shodo_sheet_unknown(s, how_to_give(s));
    v.text = bounded(s, v.text);
    return v;
}

static bool has(const char *p, size_t n, const char *what) {
    return memmem(p, n, what, strlen(what)) != NULL;
}

/* Word by word, the brackets and full stops around it left out. */
static const char *next_word(const char *p, size_t *ret_n) {
    static const char around[] = "<>()[]{}\"',;:.!";
    while (*p && (is_blank_byte(*p) || strchr(around, *p)))
        p++;
    size_t n = 0;
    while (p[n] && !is_blank_byte(p[n]))
        n++;
    while (n > 0 && strchr(around, p[n - 1]))
        n--;
    *ret_n = n;
    return p;
}

static const char *contacts_in(struct shodo_sheet *s, const char *text) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    unsigned found = 0;
    size_t n = 0;
    for (const char *p = next_word(text, &n); *p && found < CONTACTS_MAX;
         p = next_word(p + SHODO_MAX(n, (size_t)1), &n)) {
        bool is_mail = n > 2 && memchr(p + 1, '@', n - 1) && memchr(p, '.', n);
        if (n > WORD_MAX || (!is_mail && !has(p, n, ".onion") && !has(p, n, "://")) ||
            (b.len && memmem(b.data, b.len, p, n)))
            continue;
        shodo_buf_addf(&b, "%s%.*s", b.len ? "\n" : "", (int)n, p);
        found++;
    }
    return shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b));
}

static bool is_id_byte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
}

/* "your ID: 8F3A-…": what follows the word ID and has a digit in it. */
static const char *id_in(struct shodo_sheet *s, const char *text) {
    for (const char *p = text; *p; p++) {
        bool is_word = (p[0] == 'I' || p[0] == 'i') && (p[1] == 'D' || p[1] == 'd') &&
                       (p == text || !is_id_byte(p[-1])) && !is_id_byte(p[2]);
        if (!is_word)
            continue;
        const char *at = p + 2;
        at += strspn(at, " \t:=#");
        if (strncmp(at, "：", strlen("：")) == 0)
            at += strlen("：");
        at += strspn(at, " \t");
        size_t n = 0, digits = 0;
        for (; is_id_byte(at[n]); n++)
            digits += at[n] >= '0' && at[n] <= '9';
        if (n >= ID_MIN && n <= WORD_MAX && digits)
            return shodo_sheet_printf(s, "%.*s", (int)n, at);
    }
    return "";
}

struct shodo_sheet_value shodo_sheet_from_note(struct shodo_sheet *s, const char *name) {
    const char *label = NULL;
    if (strcmp(name, "note_text") == 0)
        return note_text(s);
    const struct shodo_case_decision *d = shodo_sheet_answer(s, name, &label);
    struct shodo_sheet_value v = shodo_sheet_from_decision(s, d, label, NULL), text;
    if (*v.text) {
        v.text = bounded(s, v.text);
        return v;
    }
    text = note_text(s);
    v = shodo_sheet_computed(
        s, strcmp(name, "note_id") == 0 ? id_in(s, text.text) : contacts_in(s, text.text),
        shodo_sheet_say(s, "脅迫文から写した。つながない", "copied from the note; visit nothing"));
    return *v.text
               ? v
               : shodo_sheet_unknown(s, shodo_sheet_say(s, "脅迫文を見て写す（つながない）",
                                                        "copy it from the note; visit nothing"));
}
