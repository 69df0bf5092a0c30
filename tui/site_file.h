/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing site/site.yaml from the screen. A change is a new text of the whole profile: everything
 * that is not changed is kept, also keys that this program does not know; comments are lost, so the
 * version before is kept as site.NNNN.yaml. Lists have one item a line, so that people can go on
 * writing in it.
 */
#ifndef SHODO_TUI_SITE_FILE_H
#define SHODO_TUI_SITE_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/status.h"
#include "base/value.h"

struct tui_site_change {
    const char *section; /* "hospital", "people", "connections" … */
    /* of an item in its list, -1: the section is a map; the list's length: a new item */
    long index;
    const char *key;  /* NULL: the item is removed; with index -1 the section is one value */
    const char *json; /* new value, JSON */
};

/* The whole profile as JSON, with the id `from` of a person called `to` wherever people are named
 * by id. Appends. */
void tui_site_rename(const struct shodo_value *root, const char *from, const char *to,
                     struct shodo_buf *out);

/* The profile with the change (NULL: as it is) as YAML. `root` NULL: an empty profile. Appends. */
void tui_site_write(const struct shodo_value *root, const struct tui_site_change *c,
                    struct shodo_buf *out);
/* Replaces `name` (site.yaml, contacts.yaml) in `dirfd`. `keeps`: the version before stays as
 * "site.NNNN.yaml". A power cut between leaves either version or the complete "<name>.new". */
enum shodo_status tui_site_replace(int dirfd, const char *name, const struct shodo_buf *text,
                                   bool keeps, struct shodo_error *err);
/* Reads `name`, else the "<name>.new" that a power cut left. */
enum shodo_status tui_site_read(int dirfd, const char *name, struct shodo_buf *out,
                                struct shodo_error *err);

#endif
