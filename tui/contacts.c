/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers for a call of the playbook: the row of the stick's contacts.yaml, else of rules/contacts
 * (both by id); for `vendor` the vendors of the site's lines. A number that was never checked is
 * not shipped: then the way to it is said instead.
 */
#include <string.h>

#include "app.h"
#include "case/site.h"
#include "screens.h"

#define VENDORS_SHOWN 4

static const struct shodo_value *row_of(const struct shodo_doc *doc, const char *id) {
    const struct shodo_value *list = doc ? shodo_value_get(shodo_doc_root(doc), "contacts") : NULL;
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *v = shodo_value_at(list, i);
        const char *s = shodo_value_get_str(v, "id");
        if (s && strcmp(s, id) == 0)
            return v;
    }
    return NULL;
}

static const char *in_language(const struct tui_app *app, const struct shodo_value *v,
                               const char *ja, const char *en) {
    const char *s = shodo_value_get_str(v, tui_is_ja(app) ? ja : en);
    return s ? s : "";
}

/* Telephone numbers with their notes; false when the row has none. */
static bool add_numbers(const struct tui_app *app, const struct shodo_value *row,
                        struct shodo_buf *out) {
    const struct shodo_value *list = shodo_value_get(row, "channels"),
                             *own = shodo_value_get(row, "phone");
    const char *phone = shodo_value_kind(own) == SHODO_VALUE_NULL ? NULL : shodo_value_str(own);
    bool any = phone && *phone;
    if (any)
        shodo_buf_adds(out, phone);
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *c = shodo_value_at(list, i);
        const char *kind = shodo_value_get_str(c, "kind"), *value = shodo_value_get_str(c, "value");
        const struct shodo_value *raw = shodo_value_get(c, "value");
        if (!kind || strcmp(kind, "phone") != 0 || !value || !*value ||
            shodo_value_kind(raw) == SHODO_VALUE_NULL || (phone && strcmp(phone, value) == 0))
            continue;
        shodo_buf_addf(out, "%s%s", any ? "   " : "", value);
        const char *note = in_language(app, c, "note_ja", "note_en");
        if (*note)
            shodo_buf_addf(out, " (%s)", note);
        any = true;
    }
    return any;
}

static void add_way(const struct tui_app *app, const struct shodo_value *row, bool any,
                    struct shodo_buf *out) {
    const char *url = shodo_value_get_str(row, "url"),
               *confidence = shodo_value_get_str(row, "confidence");
    bool is_own = confidence && strcmp(confidence, "site") == 0; /* only the hospital can know it */
    bool has_url = !is_own && url && *url &&
                   shodo_value_kind(shodo_value_get(row, "url")) != SHODO_VALUE_NULL;
    if (!any)
        shodo_buf_adds(out, tui_text(app, is_own ? MSG_CALL_CONTRACT : MSG_CALL_NO_NUMBER));
    if (!any && has_url)
        shodo_buf_addf(out, " %s", url);
    const char *hours = in_language(app, row, "hours_note_ja", "hours_note_en");
    if (*hours)
        shodo_buf_addf(out, "%s%s", any ? "  " : "\n", hours);
}

static bool add_vendors(const struct tui_app *app, struct shodo_buf *out) {
    const struct shodo_site *s = app->books.site && app->books.site->lines.count
                                     ? app->books.site
                                     : app->books.imported;
    size_t shown = 0, more = 0;
    for (size_t i = 0; s && i < s->lines.count; i++) {
        const struct shodo_site_line *l = shodo_vec_at(&s->lines, i);
        bool is_known = false;
        for (size_t k = 0; k < i; k++) {
            const struct shodo_site_line *before = shodo_vec_at(&s->lines, k);
            is_known = is_known || (strcmp(before->vendor, l->vendor) == 0 &&
                                    strcmp(before->phone, l->phone) == 0);
        }
        if (!*l->vendor || !*l->phone || is_known)
            continue;
        if (shown < VENDORS_SHOWN)
            shodo_buf_addf(out, "%s%s %s", shown ? "   " : "", l->vendor, l->phone);
        shown++;
        more += shown > VENDORS_SHOWN;
    }
    if (more)
        shodo_buf_addf(out, "   %s %zu (%s)", tui_text(app, MSG_MORE), more,
                       tui_text(app, MSG_CALL_SEE_LINES));
    return shown > 0;
}

/* A person of the site profile with the number. */
static bool add_person(const struct tui_app *app, const char *id, struct shodo_buf *out) {
    const struct shodo_site *s = app->books.site;
    bool any = false;
    for (size_t i = 0; s && i < s->people.count; i++) {
        const struct shodo_site_person *p = shodo_vec_at(&s->people, i);
        if (strcmp(p->id, id) != 0 || !*p->phone)
            continue;
        shodo_buf_addf(out, "%s%s %s", any ? "   " : "", p->shown, p->phone);
        any = true;
    }
    return any;
}

void tui_contact_text(const struct tui_app *app, const char *id, struct shodo_buf *out) {
    const struct shodo_value *own = row_of(app->books.own_contacts, id),
                             *shipped = row_of(app->books.contacts, id);
    if (strncmp(id, "person:", 7) == 0) {
        if (!add_person(app, id + 7, out))
            shodo_buf_adds(out, tui_text(app, MSG_CALL_IN_HOUSE));
        return;
    }
    if (strcmp(id, "vendor") == 0 && add_vendors(app, out))
        return;
    if (own && add_numbers(app, own, out)) {
        bool has_way = *in_language(app, own, "hours_note_ja", "hours_note_en") || !shipped;
        add_way(app, has_way ? own : shipped, true, out);
        return;
    }
    if (!shipped && !own) {
        shodo_buf_adds(out, tui_text(app, MSG_CALL_NO_NUMBER));
        return;
    }
    bool any = add_numbers(app, shipped ? shipped : own, out);
    add_way(app, shipped ? shipped : own, any, out);
}
