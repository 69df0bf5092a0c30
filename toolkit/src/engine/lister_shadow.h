/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lister's view of shadow copies: facts about them, signs of deleted ones, and what differs
 * between one and the present.
 *
 * Facts of reader "vss", one volume each:
 *  copies: time = newest copy. {state: present|none|never|damaged, count, unreadable, created[],
 *    store_files, deleted_store_files}. "none": the list exists and is empty
 *  copy: time = when it was made. {number, readable}
 *  store_deleted: time = last change of the record. {path, born, bytes}: the file that held a copy
 *    is deleted; its record is still there
 *  differs: time = when the copy was made. {number, before, now, same, changed, renamed, appended,
 *    replaced, removed, added, appended_bytes}: counts of streams by size, write time and path;
 *    "appended" are the renamed whose old name got something behind it, with their earlier bytes
 */
#ifndef SHODO_ENGINE_LISTER_SHADOW_H
#define SHODO_ENGINE_LISTER_SHADOW_H

#include "evidence/vss.h"
#include "model/entry.h"
#include "model/finding.h"

#define SHODO_SHADOW_TRACES 64u /* deleted store files told one by one; the count is whole */

struct shodo_shadow_trace {
    uint64_t record, bytes;
    int64_t born, changed;
    char path[160];
};

struct shodo_shadow_traces {
    uint32_t live, deleted; /* files that hold, held a copy */
    struct shodo_shadow_trace rows[SHODO_SHADOW_TRACES];
};

/* Is it the path of a file that holds a shadow copy? */
bool shodo_shadow_is_store(const char *path, size_t n);
/* That, or the list of copies: what holds them is no difference between two states. */
bool shodo_shadow_is_own(const char *path, size_t n);
/* Counts `e` when its name is that of a file that holds a shadow copy. */
void shodo_shadow_trace(struct shodo_shadow_traces *t, const struct shodo_entry *e);
/* Facts about volume `v`; nothing when it has no file system that could hold copies. */
void shodo_shadow_facts(const struct shodo_shadow_traces *t, struct shodo_volume *v,
                        void (*fact)(void *ctx, const struct shodo_fact *f), void *ctx);

/* Copy `number` of `v` against the present as one fact "differs". Files that hold copies are not
 * counted. */
enum shodo_status shodo_shadow_differs(struct shodo_volume *v, uint32_t number,
                                       void (*fact)(void *ctx, const struct shodo_fact *f),
                                       enum shodo_status (*beat)(void *ctx), void *ctx,
                                       struct shodo_error *err);

struct shodo_difference;
/* One line or one JSON object of a comparison. */
void shodo_shadow_line(struct shodo_buf *b, uint32_t volume, const struct shodo_difference *d,
                       bool is_json);

#endif
