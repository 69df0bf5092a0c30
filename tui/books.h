/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the program can play: the playbooks built in, replaced by files of the same key in a folder
 * (--playbooks DIR or site/playbooks on the stick), and the site profile with the generic one
 * behind it. A file that cannot be used is a problem shown on the screen; the built-in one stays.
 */
#ifndef SHODO_TUI_BOOKS_H
#define SHODO_TUI_BOOKS_H

#include "base/buf.h"
#include "base/value.h"
#include "case/playbook.h"
#include "case/site.h"

struct tui_books {
    struct shodo_vec list;       /* struct shodo_playbook * */
    struct shodo_site *site;     /* NULL: none on the stick */
    struct shodo_site *imported; /* newest connections.NNNN.yaml of prepare mode, NULL none */
    struct shodo_site *generic;  /* NULL only when memory ran out */
    /* rules/contacts and the stick's contacts.yaml; NULL none */
    struct shodo_doc *contacts, *own_contacts;
    struct shodo_buf problems; /* one line each */
    size_t problems_count;
    size_t site_gaps; /* of a profile that can be used: the check names them */
};

void tui_books_load(struct tui_books *b, const char *folder, const char *site_dir);
void tui_books_done(struct tui_books *b);
/* key or CACAO id; NULL */
const struct shodo_playbook *tui_books_find(const struct tui_books *b, const char *key);
/* The site's lines of a kind when it has any, else the generic ones. NULL kind: all. */
const struct shodo_site *tui_books_lines_of(const struct tui_books *b);
/* Rows of site and generic profile together: names and deputies of the site, options and source of
 * the generic one. */
const struct shodo_site_decision *tui_books_decision(const struct tui_books *b, const char *id);
const struct shodo_site_decision *tui_books_generic_decision(const struct tui_books *b,
                                                             const char *id);
/* A built-in file by name; false when there is none. */
bool tui_books_builtin(const char *name, const char **ret, size_t *ret_len);

#endif
