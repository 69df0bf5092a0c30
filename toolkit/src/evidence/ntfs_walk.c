/* SPDX-License-Identifier: Apache-2.0 */
/* The pass over all records that gives the entries. */
#include <string.h>

#include "base/limits.h"
#include "evidence/ntfs.h"

struct pass {
    struct shodo_ntfs *n;
    const struct shodo_volume *v;
    const struct shodo_walk_options *o;
    const struct shodo_walk_sink *sink;
    struct shodo_walk_stats *stats;
    struct shodo_arena arena;
    struct shodo_error *err;
};

static void problem(struct pass *p, enum shodo_ledger_reason reason, uint64_t record,
                    const char *path, const char *text) {
    p->stats->problems++;
    if (p->sink->problem)
        p->sink->problem(p->sink->ctx, reason, record, path, text);
}

static bool is_below(const char *path, size_t len, const char *folder) {
    size_t n = strlen(folder);
    return len >= n && memcmp(path, folder, n) == 0 && (len == n || path[n] == '/');
}

static void mark_system(struct shodo_entry *e) {
    if (e->record == NTFS_ROOT)
        return;
    if (e->record < NTFS_FIRST_USER || is_below(e->path, e->path_len, "/$Extend"))
        e->flags |= SHODO_ENTRY_SYSTEM;
}

/* What two places of the volume say about the same thing. */
static void cross_check(struct shodo_ntfs *n, const struct ntfs_record *r, struct shodo_entry *e,
                        struct shodo_arena *arena) {
    bool in_use = (r->flags & NTFS_RECORD_IN_USE) != 0;
    if (ntfs_is_allocated(n, r->number, in_use) != in_use)
        ntfs_entry_damage(e, arena, "in-use flag contradicts $MFT:$BITMAP");
    if (!in_use || r->number < NTFS_FIRST_USER)
        return;
    /* every file has content, if only an empty one; views ($Quota and its like) have indexes
     * instead */
    if ((r->flags & (NTFS_RECORD_DIRECTORY | NTFS_RECORD_EXTEND | NTFS_RECORD_VIEW)) == 0 &&
        (e->streams_count == 0 || e->streams[0].name_len > 0 ||
         e->streams[0].attr_type != NTFS_DATA))
        ntfs_entry_damage(e, arena, "file has no content attribute");
    if ((r->flags & NTFS_RECORD_DIRECTORY) != 0 && e->streams_count > 0 &&
        e->streams[0].name_len == 0 && e->streams[0].attr_type == NTFS_DATA)
        ntfs_entry_damage(e, arena, "folder has content like a file");
    if (e->names_count == 0)
        ntfs_entry_damage(e, arena, "record has no name");
    else if (e->flags & SHODO_ENTRY_ORPHAN)
        ntfs_entry_damage(e, arena, "the folder it names as its parent is not there");
}

/* Entry with paths and owner; system entries keep their other attributes as streams. */
static enum shodo_status make_entry(struct shodo_ntfs *n, const struct shodo_volume *v,
                                    bool want_owner, const struct ntfs_record *r,
                                    struct shodo_entry *e, struct shodo_arena *arena,
                                    struct shodo_error *err) {
    uint32_t security = 0;
    const char *owner = "";
    enum shodo_status st = ntfs_entry_build(
        n, r, r->number < NTFS_FIRST_USER && r->number != NTFS_ROOT, e, &security, arena, err);
    if (st == SHODO_OK)
        st = ntfs_tree_need(n, e, err);
    if (st == SHODO_OK)
        st = ntfs_tree_paths(n, e, arena, err);
    if (st != SHODO_OK)
        return st;
    e->volume = v ? v->index : 0;
    e->drive = v ? v->drive : 0;
    if (!want_owner)
        e->owner_len = 0;
    else if (e->owner_len == 0)
        owner = ntfs_owner_of(n, security);
    if (e->owner_len == 0) {
        e->owner = owner;
        e->owner_len = strlen(owner);
    }
    mark_system(e);
    cross_check(n, r, e, arena);
    return SHODO_OK;
}

static void count(struct pass *p, const struct shodo_entry *e) {
    p->stats->entries++;
    p->stats->streams += e->streams_count;
    p->stats->directories += e->kind == SHODO_ENTRY_DIR;
    p->stats->deleted += (e->flags & SHODO_ENTRY_DELETED) != 0;
    p->stats->orphans += (e->flags & SHODO_ENTRY_ORPHAN) != 0;
    if ((e->flags & SHODO_ENTRY_DELETED) == 0 && e->streams_count > 0 &&
        e->streams[0].name_len == 0 && e->kind == SHODO_ENTRY_FILE)
        p->stats->data_bytes += e->streams[0].size_bytes;
}

/* An extension record is told with the entry of its base record; one that no base record can own is
 * a file whose head was overwritten. */
static void check_extension(struct pass *p, const struct ntfs_record *r) {
    struct ntfs_record base;
    enum ntfs_record_state state;
    if (!ntfs_is_allocated(p->n, r->number, (r->flags & NTFS_RECORD_IN_USE) != 0))
        return;
    const char *text = r->damage;
    if (r->base >= p->n->records || r->base == r->number ||
        ntfs_record_read(p->n, r->base, p->n->record_buf, &base, &state, NULL) != SHODO_OK ||
        state != NTFS_RECORD_OK || base.is_extension || base.sequence != r->base_sequence ||
        (base.flags & NTFS_RECORD_IN_USE) == 0)
        text = "the record it says it belongs to is not there";
    else if ((r->flags & NTFS_RECORD_IN_USE) == 0 && !text)
        text = "in-use flag contradicts $MFT:$BITMAP";
    if (text)
        problem(p, SHODO_LEDGER_DAMAGED, r->number, NULL, text);
}

static enum shodo_status walk_record(void *ctx, const struct ntfs_record *r,
                                     enum ntfs_record_state state, bool is_unreadable) {
    struct pass *p = ctx;
    struct shodo_entry e;
    enum shodo_status st = SHODO_OK;
    bool is_system = r->number < NTFS_FIRST_USER && r->number != NTFS_ROOT, is_claimed = false;
    if (is_unreadable)
        problem(p, SHODO_LEDGER_UNREADABLE, r->number, NULL, "MFT record cannot be read");
    if (state != NTFS_RECORD_OK) {
        if (!is_unreadable && ntfs_is_allocated(p->n, r->number, state == NTFS_RECORD_BAD))
            problem(p, SHODO_LEDGER_DAMAGED, r->number, NULL,
                    r->damage ? r->damage : "record is in use but empty");
        return SHODO_OK;
    }
    if (r->is_extension) {
        check_extension(p, r);
        return SHODO_OK;
    }
    if (((r->flags & NTFS_RECORD_IN_USE) == 0 && !p->o->want_deleted && !r->damage &&
         !ntfs_is_allocated(p->n, r->number, false)) ||
        (is_system && !p->o->want_system))
        return SHODO_OK;
    shodo_arena_clear(&p->arena);
    st = make_entry(p->n, p->v, p->o->want_owner, r, &e, &p->arena, p->err);
    if (st != SHODO_OK)
        return st;
    if ((e.flags & SHODO_ENTRY_SYSTEM) && !p->o->want_system)
        return SHODO_OK;
    if (is_unreadable)
        ntfs_entry_damage(&e, &p->arena, "MFT record cannot be read completely");
    /* what is broken in a freed record is no news, unless the bitmap says that it is in use */
    is_claimed = (e.flags & SHODO_ENTRY_DELETED) == 0 || ntfs_is_allocated(p->n, r->number, false);
    if ((e.flags & SHODO_ENTRY_DAMAGED) && is_claimed) {
        const char *path = shodo_arena_str(&p->arena, e.path, e.path_len);
        const char *text = shodo_arena_str(&p->arena, e.damage, e.damage_len);
        problem(p, SHODO_LEDGER_DAMAGED, e.record, path, text ? text : "damaged");
    }
    if (e.names_count == 0 &&
        (is_system || ((e.flags & SHODO_ENTRY_DELETED) && e.streams_count == 0)))
        return SHODO_OK;
    if ((e.flags & SHODO_ENTRY_DELETED) && !p->o->want_deleted)
        return SHODO_OK;
    count(p, &e);
    return p->sink->entry(p->sink->ctx, &e);
}

enum shodo_status ntfs_walk(struct shodo_ntfs *n, const struct shodo_volume *v,
                            const struct shodo_walk_options *o, const struct shodo_walk_sink *sink,
                            struct shodo_walk_stats *stats, struct shodo_error *err) {
    struct pass p = {.n = n,
                     .v = v,
                     .o = o,
                     .sink = sink,
                     .stats = stats,
                     .arena = SHODO_ARENA_INIT,
                     .err = err};
    struct shodo_error note = SHODO_ERROR_INIT;
    enum shodo_status st = SHODO_OK;
    if (n->problem[0] != '\0')
        problem(&p, SHODO_LEDGER_DAMAGED, 0, NULL, n->problem);
    if (n->mft_bytes / n->boot.record_bytes > n->records)
        problem(&p, SHODO_LEDGER_TOO_LARGE, n->records, NULL,
                "more MFT records than the limit of 8000000, the rest is not listed");
    if (o->want_owner && ntfs_owners_load(n, &note) != SHODO_OK)
        problem(&p, SHODO_LEDGER_DAMAGED, NTFS_SECURE, "/$Secure", note.text);
    st = ntfs_tree_build(n, err);
    if (st == SHODO_OK)
        st = ntfs_each_record(n, walk_record, &p, err);
    shodo_arena_done(&p.arena);
    return st;
}

enum shodo_status ntfs_walk_record(struct shodo_ntfs *n, const struct shodo_volume *v,
                                   uint64_t number, struct shodo_entry *ret,
                                   struct shodo_arena *arena, struct shodo_error *err) {
    uint8_t *buf = shodo_arena_alloc(arena, n->boot.record_bytes, 8);
    struct ntfs_record r;
    enum ntfs_record_state state;
    enum shodo_status st = SHODO_OK;
    if (!buf)
        return shodo_fail(err, SHODO_NOMEM, "no memory for an MFT record");
    st = ntfs_record_read(n, number, buf, &r, &state, err);
    if (st != SHODO_OK)
        return st;
    if (state == NTFS_RECORD_EMPTY)
        return shodo_fail(err, SHODO_NOTFOUND, "record %llu was never used",
                          (unsigned long long)number);
    if (state == NTFS_RECORD_BAD)
        return shodo_fail(err, SHODO_DAMAGED, "record %llu: %s", (unsigned long long)number,
                          r.damage);
    if (r.is_extension)
        return shodo_fail(err, SHODO_NOTFOUND, "record %llu is part of record %llu",
                          (unsigned long long)number, (unsigned long long)r.base);
    return make_entry(n, v, n->has_owners, &r, ret, arena, err);
}
