/* SPDX-License-Identifier: Apache-2.0 */
/* Papers of fixed text: the first page, the tags. Names of the site replace {…}; what is not known
 * is a line for the pen. */
#include <string.h>

#include "handover/sheet_data.h"

#define PEN "＿＿＿＿＿＿＿＿"

static const char *person_phone(const struct shodo_sheet *s, const char *id) {
    const struct shodo_value *people = shodo_value_get(s->site, "people");
    for (size_t i = 0; i < shodo_value_count(people); i++) {
        const struct shodo_value *p = shodo_value_at(people, i);
        const char *name = shodo_value_get_str(p, "id");
        if (name && strcmp(name, id) == 0)
            return shodo_value_str(shodo_value_at(shodo_value_get(p, "phones"), 0));
    }
    return NULL;
}

static const char *names_of(struct shodo_sheet *s, const char *list) {
    const struct shodo_value *rows = shodo_value_get(s->site, list);
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; i < shodo_value_count(rows); i++) {
        const char *name = shodo_value_get_str(shodo_value_at(rows, i), "name");
        if (name)
            shodo_buf_addf(&b, "%s%s", b.len ? shodo_sheet_say(s, "、", ", ") : "", name);
    }
    return b.len ? shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b)) : NULL;
}

static const char *vendor_phone(const struct shodo_sheet *s) {
    return shodo_value_get_str(shodo_value_at(shodo_value_get(s->site, "connections"), 0),
                               "vendor_phone");
}

/* A number of the hospital's own contacts; ours are never printed here. */
static const char *contact_phone(const struct shodo_sheet *s, const char *name, size_t n) {
    static const char *const ids[] = {"mhlw", "police", "prefecture", "insurer"};
    const struct shodo_value *rows = shodo_value_get(s->site_contacts, "contacts");
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(ids); i++) {
        size_t len = strlen(ids[i]);
        if (n != len + strlen("_phone") || memcmp(name, ids[i], len) != 0)
            continue;
        for (size_t k = 0; k < shodo_value_count(rows); k++) {
            const struct shodo_value *r = shodo_value_at(rows, k);
            const char *id = shodo_value_get_str(r, "id");
            if (id && strcmp(id, ids[i]) == 0 &&
                shodo_value_kind(shodo_value_get(r, "phone")) != SHODO_VALUE_NULL)
                return shodo_value_get_str(r, "phone");
        }
        if (strcmp(ids[i], "insurer") == 0)
            return shodo_value_get_str(shodo_value_get(s->site, "insurance"), "phone");
    }
    return NULL;
}

static const char *value_of(struct shodo_sheet *s, const char *name, size_t n) {
    static const struct {
        const char *name, *person;
    } phones[] = {{"it_phone", "it"},
                  {"security_phone", "security"},
                  {"director_phone", "director"},
                  {"deputy_phone", "deputy"},
                  {"hq_phone", "security"}};
    static const char *const lists[] = {"backup_paths", "connections", "borders"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(phones); i++)
        if (strlen(phones[i].name) == n && memcmp(phones[i].name, name, n) == 0)
            return shodo_sheet_class(s, "staff") == SHODO_SHEET_SHOWS
                       ? person_phone(s, phones[i].person)
                       : NULL;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(lists); i++)
        if (strlen(lists[i]) == n && memcmp(lists[i], name, n) == 0)
            return names_of(s, lists[i]);
    if (n == 8 && memcmp(name, "hospital", n) == 0)
        return shodo_sheet_resolve(s, "site.hospital.name", NULL).text;
    if (n == 12 && memcmp(name, "vendor_phone", n) == 0)
        return vendor_phone(s);
    return contact_phone(s, name, n);
}

static const char *filled(struct shodo_sheet *s, const char *text) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (const char *p = text; *p;) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        if (!end) {
            shodo_buf_addc(&b, *p++);
            continue;
        }
        const char *v = value_of(s, p + 1, (size_t)(end - p - 1));
        shodo_buf_adds(&b, v && *v ? v : PEN);
        p = end + 1;
    }
    return shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b));
}

static void tag(struct shodo_sheet *s, const struct shodo_value *block) {
    const struct shodo_value *lines = shodo_value_get(block, "lines");
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; i < shodo_value_count(lines); i++) {
        const char *line = shodo_value_get_str(shodo_value_at(lines, i), s->is_ja ? "ja" : "en");
        shodo_buf_addf(&b, "%s%s", i ? "\n\n" : "", filled(s, line ? line : ""));
    }
    shodo_document_tag(s->d, shodo_sheet_text(s, block, "title"), shodo_buf_cstr(&b));
}

/* Every question with three boxes: "don't know" is an answer of its own. */
static void questions(struct shodo_sheet *s, const struct shodo_value *lines) {
    const int widths[] = {640, 100, 110, 150};
    shodo_document_table(s->d, "questions", 4, widths,
                         (const char *const[]){shodo_sheet_say(s, "問い", "Question"),
                                               shodo_sheet_say(s, "はい", "Yes"),
                                               shodo_sheet_say(s, "いいえ", "No"),
                                               shodo_sheet_say(s, "分からない", "Don't know")});
    for (size_t i = 0; i < shodo_value_count(lines); i++) {
        const char *text = shodo_value_get_str(shodo_value_at(lines, i), s->is_ja ? "ja" : "en");
        shodo_document_row(s->d,
                           (const char *const[]){
                               shodo_sheet_printf(s, "%zu %s", i + 1, filled(s, text ? text : "")),
                               "□", "□", "□"});
    }
}

void shodo_sheet_page_blocks(struct shodo_sheet *s, const char *file,
                             const struct shodo_value *page) {
    const struct shodo_value *blocks = shodo_value_get(page, "blocks");
    if (shodo_value_kind(blocks) != SHODO_VALUE_LIST)
        shodo_sheet_problem(s, file, page, "blocks がありません");
    for (size_t i = 0; i < shodo_value_count(blocks); i++) {
        const struct shodo_value *block = shodo_value_at(blocks, i),
                                 *lines = shodo_value_get(block, "lines");
        const char *kind = shodo_value_get_str(block, "kind"),
                   *title = shodo_sheet_text(s, block, "title");
        if (!kind || !*title) {
            shodo_sheet_problem(s, file, block, "kind か title がありません");
            continue;
        }
        if (strcmp(kind, "tag") == 0) {
            tag(s, block);
            continue;
        }
        if (shodo_value_get_int(block, "side", 1) == 2)
            shodo_document_page(s->d);
        shodo_document_heading(s->d, 2, title);
        if (strcmp(kind, "questions") == 0) {
            questions(s, lines);
            continue;
        }
        for (size_t k = 0; k < shodo_value_count(lines); k++) {
            const char *text = shodo_value_get_str(shodo_value_at(lines, k),
                                                   s->is_ja ? "ja" : "en");
            const char *line = filled(s, text ? text : "");
            if (strcmp(kind, "notice") == 0)
                shodo_document_notice(s->d, line);
            else
                shodo_document_paragraph(s->d, line);
        }
    }
}

enum shodo_status shodo_sheet_page(struct shodo_sheet *s, struct shodo_error *err) {
    (void)err;
    s->d->is_large = shodo_value_bool(shodo_value_get(s->form, "is_large"), false);
    shodo_sheet_page_blocks(s, s->form_file, s->form);
    return SHODO_OK;
}
