/* SPDX-License-Identifier: Apache-2.0 */
/* The generic sheet: fields of a form in their order, each with its source; most reports are
 * nothing else. */
#include <string.h>

#include "base/time.h"
#include "handover/sheet_data.h"

#define BLANK_ROWS  5
#define COLUMNS_MAX 8

/* "□有  □無": to be marked with a pen. */
static const char *boxes(struct shodo_sheet *s, const struct shodo_value *field) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const struct shodo_value *choices = shodo_value_get(field, "choices");
    for (size_t i = 0; i < shodo_value_count(choices); i++) {
        const char *label = shodo_value_get_str(shodo_value_at(choices, i), s->is_ja ? "ja" : "en");
        if (label)
            shodo_buf_addf(&b, "%s□%s", i ? "  " : "", label);
    }
    if (b.len && !strstr(shodo_buf_cstr(&b), shodo_sheet_say(s, "不明", "unknown")))
        shodo_buf_addf(&b, "  □%s", shodo_sheet_say(s, "不明", "unknown"));
    return shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b));
}

/* A table that nobody can fill in but a person: the label names its columns. */
static bool blank_table(struct shodo_sheet *s, const char *key, const char *label) {
    const char *comma = s->is_ja ? "、" : ", ";
    const char *head[COLUMNS_MAX], *cells[COLUMNS_MAX];
    int widths[COLUMNS_MAX];
    size_t n = 0;
    if (strstr(label, "（") || strchr(label, '('))
        return false;
    for (const char *p = label; p && n < COLUMNS_MAX; n++) {
        const char *end = strstr(p, comma);
        head[n] = end ? shodo_sheet_printf(s, "%.*s", (int)(end - p), p) : p;
        cells[n] = "";
        p = end ? end + strlen(comma) : NULL;
    }
    if (n < 3)
        return false;
    for (size_t i = 0; i < n; i++)
        widths[i] = (int)(1000 / n) + (i == 0 ? (int)(1000 % n) : 0);
    shodo_document_table(s->d, key, n, widths, head);
    for (int i = 0; i < BLANK_ROWS; i++)
        shodo_document_row(s->d, cells);
    return true;
}

static const char *source_text(struct shodo_sheet *s, const struct shodo_value *field,
                               const struct shodo_sheet_value *v) {
    const char *note = shodo_sheet_text(s, field, "note"),
               *confidence = shodo_value_get_str(field, "confidence");
    bool is_memory = confidence && strcmp(confidence, "memory") == 0;
    return shodo_sheet_printf(
        s, "%s%s%s%s%s", v->note, *note ? "  " : "", note, is_memory ? "  " : "",
        is_memory ? shodo_sheet_say(s, "（欄は公式の様式と照合する）",
                                    "(compare the field with the official form)")
                  : "");
}

static void field(struct shodo_sheet *s, const struct shodo_value *f) {
    const char *key = shodo_value_get_str(f, "id"), *label = shodo_sheet_text(s, f, "label"),
               *class_name = shodo_value_get_str(f, "class");
    const char *from = shodo_value_get_str(f, "from"), *type = shodo_value_get_str(f, "type");
    if (key && s->part) /* a page for the next vendor */
        key = shodo_sheet_printf(s, "%s#%u", key, s->part);
    bool hides = false;
    const char *defect = shodo_sheet_field_defect(s, f, &hides),
               *mark = shodo_sheet_say(s, "様式の資料を直す", "correct the data of the form");
    if (defect)
        shodo_sheet_problem(s, s->form_file, f, "%s", defect);
    key = key ? key : "broken";
    label = *label ? label : shodo_sheet_say(s, "（欄の定義が不完全）", "(incomplete field)");
    if (hides) {
        shodo_document_field(s->d, key, label, "", SHODO_FIELD_UNKNOWN, mark);
        return;
    }
    enum shodo_sheet_show show = shodo_sheet_class(s, class_name);
    if (show == SHODO_SHEET_NEVER)
        return;
    bool is_roomy = type && strcmp(type, "longtext") == 0;
    bool is_table = type && strcmp(type, "table") == 0;
    struct shodo_sheet_value v = from ? shodo_sheet_resolve(s, from, f)
                                      : (struct shodo_sheet_value){.text = "", .note = ""};
    const char *text = shodo_sheet_mask(s, class_name, v.text);
    shodo_sheet_cells_note(s, f, text);
    if (is_table && !*text && blank_table(s, key, label))
        return;
    if ((!from || s->is_blank) && !*text) {
        shodo_document_field(s->d, key, label, "", SHODO_FIELD_BY_HAND,
                             defect ? mark : shodo_sheet_text(s, f, "note"));
        shodo_document_field_open(s->d, boxes(s, f), is_roomy);
        return;
    }
    const char *source = source_text(s, f, &v);
    shodo_document_field(s->d, key, label, text, v.source,
                         defect ? shodo_sheet_printf(s, "%s  %s", mark, source) : source);
    shodo_document_field_open(s->d, boxes(s, f), is_roomy);
}

/* ---- the words for the telephone ---- */

static const struct shodo_value *find_field(const struct shodo_sheet *s, const char *id, size_t n) {
    const struct shodo_value *sections = shodo_value_get(s->form, "sections");
    for (size_t i = 0; i < shodo_value_count(sections); i++) {
        const struct shodo_value *fields = shodo_value_get(shodo_value_at(sections, i), "fields");
        for (size_t k = 0; k < shodo_value_count(fields); k++) {
            const char *name = shodo_value_get_str(shodo_value_at(fields, k), "id");
            if (name && strlen(name) == n && memcmp(name, id, n) == 0)
                return shodo_value_at(fields, k);
        }
    }
    return NULL;
}

/* How a choice is said ("say_ja"), by its label; NULL: as it is printed. "" means that it says no
 * more than "being checked". */
static const char *said(struct shodo_sheet *s, const struct shodo_value *f, const char *text) {
    const struct shodo_value *choices = shodo_value_get(f, "choices");
    for (size_t i = 0; i < shodo_value_count(choices); i++) {
        const struct shodo_value *c = shodo_value_at(choices, i);
        const char *label = shodo_value_get_str(c, s->is_ja ? "ja" : "en");
        if (label && strcmp(label, text) == 0)
            return shodo_value_get_str(c, s->is_ja ? "say_ja" : "say_en");
    }
    return NULL;
}

/* "" when nobody knows it. */
static const char *spoken(struct shodo_sheet *s, const struct shodo_value *f) {
    const char *from = shodo_value_get_str(f, "from"),
               *class_name = shodo_value_get_str(f, "class");
    const char *text = from && class_name
                           ? shodo_sheet_mask(s, class_name, shodo_sheet_resolve(s, from, f).text)
                           : "";
    const char *words = said(s, f, text), *type = shodo_value_get_str(f, "type");
    struct shodo_civil c;
    int64_t at = 0;
    if (type && strcmp(type, "datetime") == 0 && shodo_deadline_parse(text, s->offset_min, &at)) {
        shodo_time_to_civil(at, s->offset_min, &c);
        return shodo_sheet_printf(s, s->is_ja ? "%d月%d日 %d時%d分" : "%d/%d %d:%02d", (int)c.month,
                                  (int)c.day, (int)c.hour, (int)c.minute);
    }
    return words ? words : shodo_sheet_mask_aloud(s, text);
}

/* A labelled blank: whoever reads it aloud sees what to say there. The label's remark in brackets
 * is left out. */
static const char *blank(struct shodo_sheet *s, const struct shodo_value *f) {
    const char *label = shodo_sheet_text(s, f, "spoken");
    label = *label ? label : shodo_sheet_text(s, f, "label");
    const char *ja = strstr(label, "（"), *en = strstr(label, " (");
    size_t n = ja ? (size_t)(ja - label) : en ? (size_t)(en - label) : strlen(label);
    return shodo_sheet_printf(s, s->is_ja ? "〔%.*s〕" : "[%.*s]", (int)n, label);
}

/* Literal text behind a value that may end in a full stop of its own. */
static void add_literal(struct shodo_buf *b, const char *p, size_t n) {
    static const char stop[] = "。";
    size_t k = sizeof stop - 1;
    if (n >= k && memcmp(p, stop, k) == 0 && b->len >= k &&
        memcmp(b->data + b->len - k, stop, k) == 0) {
        p += k;
        n -= k;
    }
    shodo_buf_add(b, p, n);
}

/* One clause. false: a value in it is not known and `keep` is not set; nothing is added then. */
static bool clause(struct shodo_sheet *s, struct shodo_buf *out, const char *p, size_t n,
                   bool keep) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (const char *end = p + n; p < end;) {
        const char *close = *p == '{' ? memchr(p, '}', (size_t)(end - p)) : NULL;
        if (!close) {
            const char *open = memchr(p + 1, '{', (size_t)(end - p - 1));
            add_literal(&b, p, (size_t)((open ? open : end) - p));
            p = open ? open : end;
            continue;
        }
        const struct shodo_value *f = find_field(s, p + 1, (size_t)(close - p - 1));
        if (!f)
            shodo_sheet_problem(
                s, s->form_file,
                shodo_value_get(s->form, s->is_ja ? "read_aloud_ja" : "read_aloud_en"),
                "電話の文の '%.*s' という欄がありません",
                (int)SHODO_MIN(close - p - 1, (ptrdiff_t)60), p + 1);
        const char *text = s->is_blank ? "" : spoken(s, f);
        if (!*text && !keep)
            return false;
        shodo_buf_adds(&b, *text ? text : blank(s, f));
        p = close + 1;
    }
    shodo_buf_add(out, b.data, b.len);
    return true;
}

/* Clauses with "|" between them: one with "!" is always said, with a labelled blank where nobody
 * knows; others are left out then, and "{rest}" becomes one sentence for all of these. A clause
 * with "?" may be missing without a word. */
static void read_aloud(struct shodo_sheet *s) {
    const char *text = shodo_sheet_text(s, s->form, "read_aloud");
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    size_t left = 0;
    if (!*text)
        return;
    if (s->has_case && s->c.is_drill) /* whoever hears it does not see the mark on the paper */
        shodo_buf_adds(&b, shodo_sheet_say(s, "これは訓練です。", "This is a drill. "));
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "|"), skip = *p == '!' || *p == '?';
        if (n == 6 && memcmp(p, "{rest}", n) == 0)
            shodo_buf_adds(&b, left ? shodo_sheet_say(s, "そのほかは確認中です。",
                                                      "The rest is being checked. ")
                                    : "");
        else if (!clause(s, &b, p + skip, n - skip, *p == '!' || s->is_blank) && *p != '?')
            left++;
        p += n + (p[n] == '|');
    }
    shodo_document_heading(
        s->d, 2, shodo_sheet_say(s, "電話で読む（1分）", "Read on the telephone (one minute)"));
    shodo_document_notice(s->d, shodo_buf_cstr(&b));
}

static void sections_of(struct shodo_sheet *s) {
    const struct shodo_value *sections = shodo_value_get(s->form, "sections");
    for (size_t i = 0; i < shodo_value_count(sections); i++) {
        const struct shodo_value *section = shodo_value_at(sections, i),
                                 *fields = shodo_value_get(section, "fields");
        size_t before = s->d->blocks.count;
        shodo_document_heading(s->d, 2, shodo_sheet_text(s, section, "title"));
        for (size_t k = 0; k < shodo_value_count(fields); k++)
            field(s, shodo_value_at(fields, k));
        if (s->d->blocks.count == before + 1)
            s->d->blocks.count = before; /* nothing that this receiver may see */
    }
}

/* The deadlines that this receiver has to do with; NULL: none. */
static const char *deadlines_of(const struct shodo_sheet *s) {
    static const char *const rows[][2] = {
        {"mhlw-first", "mhlw-first next-report"},
        {"mhlw-follow", "next-report"},
        {"ransomware-common", "ppc-preliminary ppc-final ppc-final-attack next-report"},
        {"ppc", "ppc-preliminary ppc-final ppc-final-attack"},
        {"founder", "next-report"},
        {"insurer", "insurer-notice"}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        if (strcmp(rows[i][0], s->kind->name) == 0)
            return rows[i][1];
    return NULL;
}

/* Whose form it is; and when that was not available, that another page was read. */
static const char *origin(struct shodo_sheet *s) {
    const char *en = s->is_ja ? NULL : shodo_value_get_str(s->form, "source_en"),
               *source = en ? en : shodo_value_get_str(s->form, "source"),
               *date = shodo_value_get_str(s->form, "date");
    bool is_second_hand = shodo_value_get_str(s->form, "seen_in");
    return shodo_sheet_printf(
        s,
        s->is_ja ? "公式の様式ではありません。欄の出典: %s（%s%s）"
                 : "Not an official form. Source of the fields: %s (%s%s)",
        source ? source : "-", date ? date : "-",
        is_second_hand ? shodo_sheet_say(s, "、解説のページで確認。公式の文書と照合する",
                                         ", read in a page about it: compare with the official one")
                       : "");
}

enum shodo_status shodo_sheet_form(struct shodo_sheet *s, struct shodo_error *err) {
    const struct shodo_value *sections = shodo_value_get(s->form, "sections");
    (void)err;
    if (shodo_value_kind(sections) != SHODO_VALUE_LIST) {
        shodo_sheet_problem(s, s->form_file, s->form,
                            "sections がありません。欄のない紙になりました");
        shodo_document_notice(
            s->d, shodo_sheet_say(s, "様式の資料を読めません。下の余白に書いてください。",
                                  "The data of this form cannot be read. Write below."));
    }
    const char *note = shodo_sheet_text(s, s->form, "note");
    if (*note)
        shodo_document_paragraph(s->d, note);
    if (s->kind->is_form)
        shodo_document_paragraph(s->d, origin(s));
    read_aloud(s);
    sections_of(s);
    if (deadlines_of(s))
        shodo_sheet_deadlines(s, deadlines_of(s));
    return SHODO_OK;
}

/* ---- one page a vendor ---- */

static bool is_new(const struct shodo_vec *names, const char *name) {
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(*(const char **)shodo_vec_at(names, i), name) == 0)
            return false;
    return true;
}

static void take_vendors(struct shodo_sheet *s, struct shodo_vec *names) {
    static const char *const lists[] = {"connections", "backup_paths", "systems"};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(lists); k++) {
        const struct shodo_value *rows = shodo_value_get(s->site, lists[k]);
        for (size_t i = 0; i < shodo_value_count(rows); i++) {
            const struct shodo_value *v = shodo_value_get(shodo_value_at(rows, i), "vendor");
            const char *name = shodo_value_kind(v) == SHODO_VALUE_NULL ? NULL : shodo_value_str(v);
            const char **slot = name && *name && is_new(names, name) ? shodo_vec_push(names) : NULL;
            if (slot)
                *slot = name;
        }
    }
}

enum shodo_status shodo_sheet_vendor(struct shodo_sheet *s, struct shodo_error *err) {
    shodo_auto(shodo_vec) struct shodo_vec names = SHODO_VEC_INIT(sizeof(const char *));
    take_vendors(s, &names);
    s->d->is_one_page = true; /* the first is the longest: the title stands above it */
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < SHODO_MAX(names.count, (size_t)1) && st == SHODO_OK; i++) {
        s->vendor = names.count ? *(const char **)shodo_vec_at(&names, i) : NULL;
        s->part = (unsigned)i;
        if (i)
            shodo_document_page(s->d);
        if (s->vendor)
            shodo_document_heading(s->d, 1, s->vendor);
        st = shodo_sheet_form(s, err);
    }
    s->part = 0;
    s->vendor = NULL;
    return st;
}
