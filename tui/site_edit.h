/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site profile while it is edited on the screen (screen_site.c): what sections and fields there
 * are, reading and saving, changing a field, a new item, the check and where each of its lines is
 * mended. Each change is saved when it is made.
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
    TUI_SITE_PERSON,
    TUI_SITE_ROLE,    /* of a person: chosen, gives the id that steps and decisions use */
    TUI_SITE_NUMBER,  /* of a contact */
    TUI_SITE_CHECKED, /* of a contact: the day on which the number was checked */
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
#define TUI_SITE_SECTIONS 12
extern const struct tui_site_section tui_site_sections[TUI_SITE_SECTIONS];
/* Contacts outside: the rows of rules/contacts, what is written goes into contacts.yaml. */
#define TUI_SITE_CONTACTS       (TUI_SITE_SECTIONS - 1)
#define TUI_SITE_SECTION_PEOPLE 2

/* The roles that the playbooks name, with the id of each. */
struct tui_site_role {
    const char *id;
    enum tui_msg label;
};
#define TUI_SITE_ROLES 9
extern const struct tui_site_role tui_site_roles[TUI_SITE_ROLES];

enum tui_site_level { TUI_SITE_TOP, TUI_SITE_ITEMS, TUI_SITE_ITEM, TUI_SITE_GAPS, TUI_SITE_LEVELS };

/* A line of the check, as a place of this screen. */
struct tui_site_gap {
    char section[24], id[24], field[24], why[12]; /* "" none */
    long index;                                   /* -1 none */
    char text[400];                               /* the engine's line */
};

struct tui_site_edit {
    struct shodo_doc *doc;      /* the profile as it is now */
    struct shodo_doc *contacts; /* contacts.yaml */
    enum tui_site_level level;
    size_t section;
    long item, field;
    int role; /* of the person who is being added, -1: is asked */
    int selected[TUI_SITE_LEVELS];
    bool has_saved, has_saved_contacts, is_checking;
    bool is_from_gaps;     /* leaving this place leads back to the list of gaps */
    struct shodo_vec gaps; /* struct tui_site_gap */
};

struct tui_site_edit *tui_site_edit_of(struct tui_app *app);
/* Rows of a section: items of its list, for contacts those of rules/contacts. */
size_t tui_site_count(const struct tui_app *app, const struct tui_site_edit *s, size_t section);
/* Another item than `but` of a list has this id. */
bool tui_site_has_id(const struct tui_site_edit *s, size_t section, const char *id, long but);
/* "" unknown */
const char *tui_site_item_name(const struct tui_app *app, const struct tui_site_edit *s,
                               size_t section, long item);
const struct shodo_value *tui_site_item(const struct tui_app *app, const struct tui_site_edit *s);
size_t tui_site_fields(size_t section);
void tui_site_load(struct tui_app *app, struct tui_site_edit *s);
/* The changes in order, one file written. */
void tui_site_save(struct tui_app *app, const struct tui_site_change *c, size_t count);
void tui_site_edit_field(struct tui_app *app, struct tui_site_edit *s);
void tui_site_add_item(struct tui_app *app, struct tui_site_edit *s);
void tui_site_value_text(const struct tui_app *app, const struct tui_site_edit *s,
                         const struct tui_site_field *f, struct shodo_buf *out);

/* ---- roles and contacts (site_roles.c) ---- */

void tui_site_ask_role(struct tui_app *app, struct tui_site_edit *s);
/* An id for this role that nobody else has: "it", "it-2" … */
void tui_site_role_id(const struct tui_site_edit *s, int role, char out[40]);
/* The shipped row i; NULL */
const struct shodo_value *tui_site_contact(const struct tui_app *app, size_t i);
/* Index in contacts.yaml of the site's row of this id; `ret_row` NULL and its length: none. */
long tui_site_own_contact(const struct tui_site_edit *s, const char *id,
                          const struct shodo_value **ret_row);
void tui_site_contact_text(const struct shodo_value *own, enum tui_site_kind kind,
                           struct shodo_buf *out);
void tui_site_ask_contact(struct tui_app *app, struct tui_site_edit *s);

/* ---- the check (site_gaps.c) ---- */

void tui_site_check_start(struct tui_app *app, struct tui_site_edit *s);
void tui_site_check_hear(struct tui_app *app, struct tui_site_edit *s);
void tui_site_gap_text(const struct tui_app *app, const struct tui_site_edit *s,
                       const struct tui_site_gap *g, struct shodo_buf *out);
/* To the field that the gap is about. */
void tui_site_gap_open(struct tui_app *app, struct tui_site_edit *s, size_t i);

#endif
