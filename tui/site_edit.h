/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site profile while it is edited on the screen (screen_site.c): what sections and fields there
 * are, reading and saving, changing a field, a new item, the check. Each change is saved when it is
 * made.
 */
#ifndef SHODO_TUI_SITE_EDIT_H
#define SHODO_TUI_SITE_EDIT_H

#include "base/value.h"
#include "screens.h"
#include "site_file.h"

enum tui_site_kind {
    TUI_SITE_TEXT,
    TUI_SITE_LETTERS,
    TUI_SITE_LIST,
    TUI_SITE_YESNO,
    TUI_SITE_PEOPLE,
    TUI_SITE_PERSON
};
struct tui_site_field {
    const char *key;
    enum tui_msg label;
    enum tui_site_kind kind;
};
#define TUI_SITE_FIELDS 12

struct tui_site_section {
    const char *key;
    enum tui_msg label;
    bool is_list;
    struct tui_site_field fields[TUI_SITE_FIELDS]; /* key NULL ends */
};
#define TUI_SITE_SECTIONS 10
extern const struct tui_site_section tui_site_sections[TUI_SITE_SECTIONS];

struct tui_site_edit {
    struct shodo_doc *doc; /* the profile as it is now */
    int level;             /* 0 sections, 1 items, 2 fields */
    size_t section;
    long item, field;
    int selected[3];
    bool has_saved, is_checking;
};

struct tui_site_edit *tui_site_edit_of(struct tui_app *app);
const struct shodo_value *tui_site_root(const struct tui_site_edit *s);
const struct shodo_value *tui_site_list(const struct tui_site_edit *s);
const struct shodo_value *tui_site_item(const struct tui_site_edit *s);
size_t tui_site_fields(const struct tui_site_edit *s);
void tui_site_load(struct tui_app *app, struct tui_site_edit *s);
void tui_site_save(struct tui_app *app, const struct tui_site_change *c);
void tui_site_edit_field(struct tui_app *app, struct tui_site_edit *s);
void tui_site_add_item(struct tui_app *app, const struct tui_site_edit *s);
void tui_site_check_start(struct tui_app *app, struct tui_site_edit *s);
void tui_site_check_hear(struct tui_app *app, struct tui_site_edit *s);
void tui_site_value_text(const struct tui_app *app, const struct shodo_value *v,
                         enum tui_site_kind kind, struct shodo_buf *out);

#endif
