/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lister's view of shadow copies: facts about them, signs of deleted ones, and what differs
 * between one and the present.
 *
 * Facts of reader "vss", one volume each:
 *  copies         time = newest copy. {state: present|none|never|damaged, count, unreadable,
 * created[], store_files, deleted_store_files}. "none": the list exists and is empty copy time =
 * when it was made. {number, readable} store_deleted  time = last change of the record. {path,
 * born, bytes}: the file that held a copy is deleted; its record is still there
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
/* Counts `e` when its name is that of a file that holds a shadow copy. */
void shodo_shadow_trace(struct shodo_shadow_traces *t, const struct shodo_entry *e);
/* Facts about volume `v`; nothing when it has no file system that could hold copies. */
void shodo_shadow_facts(const struct shodo_shadow_traces *t, struct shodo_volume *v,
                        void (*fact)(void *ctx, const struct shodo_fact *f), void *ctx);

struct shodo_difference;
/* One line or one JSON object of a comparison. */
void shodo_shadow_line(struct shodo_buf *b, uint32_t volume, const struct shodo_difference *d,
                       bool is_json);

#endif
