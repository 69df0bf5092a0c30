/* SPDX-License-Identifier: Apache-2.0 */
/* What may appear in which sheet: rules/disclosure/rules.yaml. A class that is not named is never
 * shown; so is everything when the rules cannot be read, except the class general. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "handover/sheet_data.h"

#define NAME_BYTES_MIN 4 /* shorter names would hit ordinary words */

static bool lists(const struct shodo_value *sheet, const char *key, const char *class_name) {
    const struct shodo_value *list = shodo_value_get(sheet, key);
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const char *v = shodo_value_str(shodo_value_at(list, i));
        if (v && strcmp(v, class_name) == 0)
            return true;
    }
    return false;
}

enum shodo_sheet_show shodo_sheet_class(const struct shodo_sheet *s, const char *class_name) {
    const struct shodo_value *sheet = shodo_value_get(shodo_value_get(s->disclosure, "sheets"),
                                                      s->kind->name);
    if (!sheet)
        return strcmp(class_name, "general") == 0 ? SHODO_SHEET_SHOWS : SHODO_SHEET_NEVER;
    if (lists(sheet, "never", class_name)) /* the stricter row wins */
        return SHODO_SHEET_NEVER;
    if (lists(sheet, "masks", class_name))
        return SHODO_SHEET_MASKS;
    return lists(sheet, "shows", class_name) ? SHODO_SHEET_SHOWS : SHODO_SHEET_NEVER;
}

static unsigned number_of(struct shodo_sheet *s, const char *class_name, const char *value) {
    unsigned last = 0;
    for (size_t i = 0; i < s->masked.count; i++) {
        const struct shodo_sheet_masked *m = shodo_vec_at(&s->masked, i);
        if (strcmp(m->class_name, class_name) != 0)
            continue;
        if (strcmp(m->value, value) == 0)
            return m->number;
        last = m->number;
    }
    struct shodo_sheet_masked *m = shodo_vec_push(&s->masked);
    if (m)
        *m = (struct shodo_sheet_masked){.class_name = class_name,
                                         .value = shodo_sheet_printf(s, "%s", value),
                                         .number = last + 1};
    return last + 1;
}

static const char *placeholder(struct shodo_sheet *s, const char *class_name, const char *value) {
    const struct shodo_value *masks = shodo_value_get(s->disclosure, "masks");
    for (size_t i = 0; i < shodo_value_count(masks); i++) {
        const struct shodo_value *m = shodo_value_at(masks, i);
        const char *name = shodo_value_get_str(m, "class"),
                   *text = shodo_value_get_str(m, s->is_ja ? "ja" : "en");
        if (!name || !text || strcmp(name, class_name) != 0)
            continue;
        const char *n = strstr(text, "{n}");
        if (!n)
            return text;
        return shodo_sheet_printf(s, "%.*s%u%s", (int)(n - text), text, number_of(s, name, value),
                                  n + 3);
    }
    return shodo_sheet_say(s, "（伏せた）", "(withheld)");
}

static const char *replace(struct shodo_sheet *s, const char *text, const char *name,
                           const char *with) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    size_t n = strlen(name);
    for (const char *p = text; *p;) {
        const char *hit = strstr(p, name);
        shodo_buf_add(&b, p, hit ? (size_t)(hit - p) : strlen(p));
        if (!hit)
            break;
        shodo_buf_adds(&b, with);
        p = hit + n;
    }
    return shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b));
}

static const char *hide(struct shodo_sheet *s, const char *class_name, const char *name,
                        const char *text) {
    bool is_other_vendor = s->vendor && strcmp(class_name, "vendor") == 0 && name &&
                           strcmp(name, s->vendor) != 0;
    if (!name || strlen(name) < NAME_BYTES_MIN || !strstr(text, name) ||
        (shodo_sheet_class(s, class_name) == SHODO_SHEET_SHOWS && !is_other_vendor))
        return text;
    return replace(s, text, name, placeholder(s, class_name, name));
}

static const char *hide_rows(struct shodo_sheet *s, const char *class_name, const char *list,
                             const char *key, const char *text) {
    const struct shodo_value *rows = shodo_value_get(s->site, list);
    for (size_t i = 0; i < shodo_value_count(rows); i++)
        text = hide(s, class_name, shodo_value_get_str(shodo_value_at(rows, i), key), text);
    return text;
}

static bool is_digit_run(const char *s, size_t n, size_t min, size_t max) {
    size_t run = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && isdigit((unsigned char)s[i])) {
            run++;
        } else if (run >= min && run <= max) {
            return true;
        } else {
            run = 0;
        }
    }
    return false;
}

/* "1950-03-12", "S25.3.12", "昭和25年3月12日", "19500312": any date, for nobody can tell whose it
 * is.
 */
static bool has_date(const char *p, size_t n) {
    static const char *const eras[] = {"M", "T", "S",    "H",    "R",    "m",    "t",   "s",
                                       "h", "r", "明治", "大正", "昭和", "平成", "令和"};
    for (size_t i = 0; i < n; i++) {
        unsigned part[3] = {0}; /* year, month, day */
        size_t at = i, k = 0, digits = 0;
        if (!isdigit((unsigned char)p[i]) || (i > 0 && isdigit((unsigned char)p[i - 1])))
            continue;
        for (; k < 3; k++) {
            size_t from = at;
            /* without separators: 4 + 2 + 2 digits */
            size_t most = k == 0 ? 4 : 2;
            while (at < n && at - from < most && isdigit((unsigned char)p[at]))
                part[k] = part[k] * 10 + (unsigned)(p[at++] - '0');
            digits = k == 0 ? at - from : digits;
            if (at == from || k == 2)
                break;
            static const char *const marks[] = {"-", ".", "/", "_", "年", "月"};
            for (size_t m = 0; m < SHODO_ARRAY_SIZE(marks); m++) {
                size_t len = strlen(marks[m]);
                if (n - at >= len && memcmp(p + at, marks[m], len) == 0) {
                    at += len;
                    break;
                }
            }
        }
        bool has_era = false;
        for (size_t e = 0; e < SHODO_ARRAY_SIZE(eras) && !has_era; e++) {
            size_t len = strlen(eras[e]);
            has_era = i >= len && memcmp(p + i - len, eras[e], len) == 0;
        }
        bool is_year = digits == 4 ? part[0] >= 1900 && part[0] < 2100
                                   : has_era && part[0] >= 1 && part[0] <= 64;
        if (k == 2 && is_year && part[1] >= 1 && part[1] <= 12 && part[2] >= 1 && part[2] <= 31 &&
            (at == n || !isdigit((unsigned char)p[at])))
            return true;
    }
    return false;
}

/* A word with a dot or a backslash that looks as if it named a patient. */
static bool is_patient_like(const struct shodo_sheet *s, const char *word, size_t n) {
    const struct shodo_value *rules = shodo_value_get(s->disclosure, "patient_like_names");
    if (!memchr(word, '.', n) && !memchr(word, '\\', n))
        return false;
    for (size_t i = 0; i < shodo_value_count(rules); i++) {
        const struct shodo_value *r = shodo_value_at(rules, i),
                                 *words = shodo_value_get(r, "words");
        const char *kind = shodo_value_get_str(r, "kind");
        if (kind && strcmp(kind, "digits") == 0 &&
            is_digit_run(word, n, (size_t)shodo_value_get_int(r, "min", 6),
                         (size_t)shodo_value_get_int(r, "max", 10)))
            return true;
        if (kind && strcmp(kind, "birthdate") == 0 && has_date(word, n))
            return true;
        for (size_t k = 0; k < shodo_value_count(words); k++) {
            const char *w = shodo_value_str(shodo_value_at(words, k));
            if (w && *w && memmem(word, n, w, strlen(w)))
                return true;
        }
    }
    return false;
}

static const char *hide_patients(struct shodo_sheet *s, const char *text) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (shodo_sheet_class(s, "filename") == SHODO_SHEET_SHOWS)
        return text;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, " \t\n");
        if (is_patient_like(s, p, n))
            shodo_buf_adds(&b, placeholder(s, "filename", "-"));
        else
            shodo_buf_add(&b, p, n);
        p += n;
        size_t blanks = strspn(p, " \t\n");
        shodo_buf_add(&b, p, blanks);
        p += blanks;
    }
    return shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b));
}

const char *shodo_sheet_mask(struct shodo_sheet *s, const char *class_name, const char *text) {
    if (!text || !*text)
        return "";
    enum shodo_sheet_show show = shodo_sheet_class(s, class_name);
    if (show != SHODO_SHEET_SHOWS)
        return show == SHODO_SHEET_MASKS ? placeholder(s, class_name, text) : "";
    for (size_t i = 0; i < s->c.endpoints.count; i++) {
        const struct shodo_case_endpoint *e = shodo_vec_at(&s->c.endpoints, i);
        text = hide(s, "internal", e->name, text);
        text = hide(s, "internal", e->computer, text);
    }
    text = hide_rows(s, "staff", "people", "name", text);
    text = hide_rows(s, "vendor", "connections", "vendor", text);
    text = hide_rows(s, "vendor", "systems", "vendor", text);
    text = hide_rows(s, "internal", "connections", "device", text);
    return hide_patients(s, text);
}

/* Every placeholder of the pattern `shown` ("（院内の機械{n}）") in the words of `say`. */
static const char *say_placeholders(struct shodo_sheet *s, const char *text, const char *shown,
                                    const char *say) {
    static const char mark[] = "{n}";
    const char *at = strstr(shown, mark), *say_at = strstr(say, mark);
    if (!at || !say_at)
        return replace(s, text, shown, say);
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    size_t head = (size_t)(at - shown), tail = strlen(at + 3);
    for (const char *p = text; *p;) {
        size_t digits = strncmp(p, shown, head) == 0 ? strspn(p + head, "0123456789") : 0;
        if (digits == 0 || strncmp(p + head + digits, at + 3, tail) != 0) {
            shodo_buf_addc(&b, *p++);
            continue;
        }
        shodo_buf_addf(&b, "%.*s%.*s%s", (int)(say_at - say), say, (int)digits, p + head,
                       say_at + 3);
        p += head + digits + tail;
    }
    return shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b));
}

const char *shodo_sheet_mask_aloud(struct shodo_sheet *s, const char *text) {
    const struct shodo_value *masks = shodo_value_get(s->disclosure, "masks");
    for (size_t i = 0; i < shodo_value_count(masks); i++) {
        const struct shodo_value *m = shodo_value_at(masks, i);
        const char *shown = shodo_value_get_str(m, s->is_ja ? "ja" : "en"),
                   *say = shodo_value_get_str(m, s->is_ja ? "say_ja" : "say_en");
        if (shown && *shown && say)
            text = say_placeholders(s, text, shown, say);
    }
    return text;
}
