/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Own NTFS reader: boot sector, MFT records with their update sequence, attributes, attribute
 * lists, and the entries made of them. It looks at every record by number, never follows an index
 * to find files, and says what contradicts the format instead of refusing the volume. libtsk is the
 * oracle in the tests. Sources: linux-ntfs documentation (FILE record, attributes, update
 * sequence), [MS-FSCC] 2.1.2 reparse tags, Carrier, File System Forensic Analysis, ch. 11-13.
 *
 * For the files of this folder only.
 */
#ifndef SHODO_EVIDENCE_NTFS_H
#define SHODO_EVIDENCE_NTFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "evidence/runs.h"
#include "evidence/source.h"
#include "evidence/volume.h"
#include "evidence/walk.h"
#include "model/entry.h"

enum {
    NTFS_STANDARD_INFORMATION = 0x10,
    NTFS_ATTRIBUTE_LIST = 0x20,
    NTFS_FILE_NAME = 0x30,
    NTFS_SECURITY_DESCRIPTOR = 0x50,
    NTFS_VOLUME_NAME = 0x60,
    NTFS_DATA = 0x80,
    NTFS_INDEX_ROOT = 0x90,
    NTFS_INDEX_ALLOCATION = 0xa0,
    NTFS_BITMAP = 0xb0,
    NTFS_REPARSE_POINT = 0xc0,
    NTFS_LOGGED_STREAM = 0x100,
    NTFS_ATTRIBUTES_END = 0xffffffff,
};

enum {
    NTFS_RECORD_IN_USE = 1,
    NTFS_RECORD_DIRECTORY = 2,
    NTFS_RECORD_EXTEND = 4,
    NTFS_RECORD_VIEW = 8
};
enum { NTFS_ATTR_COMPRESSED = 0x0001, NTFS_ATTR_ENCRYPTED = 0x4000, NTFS_ATTR_SPARSE = 0x8000 };
enum {
    NTFS_MFT = 0,
    NTFS_VOLUME = 3,
    NTFS_ROOT = 5,
    NTFS_SECURE = 9,
    NTFS_EXTEND = 11,
    NTFS_FIRST_USER = 24, /* 0..23 are the file system's own or reserved */
};

#define NTFS_REFERENCE_MASK 0xffffffffffffULL

struct ntfs_boot {
    uint32_t sector_bytes, cluster_bytes, record_bytes, index_bytes;
    uint64_t volume_bytes; /* as the boot sector says */
    uint64_t mft_offset, mirror_offset;
    uint64_t serial;
};

/* DAMAGED when the 512 bytes are not an NTFS boot sector that can be used. */
enum shodo_status ntfs_boot_parse(struct ntfs_boot *ret, const uint8_t *p, size_t n,
                                  struct shodo_error *err);
/* Reads the first sector of the source, or the copy in the last one. `*ret_is_copy` (may be NULL):
 * the copy was used. */
enum shodo_status ntfs_boot_read(struct ntfs_boot *ret, struct shodo_source *s, bool *ret_is_copy,
                                 struct shodo_error *err);

/* One MFT record; `data` is borrowed, update sequence already undone. */
struct ntfs_record {
    uint64_t number;
    const uint8_t *data;
    uint32_t used;       /* bytes that hold attributes; at most the record size */
    uint32_t first_attr; /* offset */
    uint16_t sequence, flags;
    bool is_extension; /* of record `base` */
    uint64_t base;
    uint16_t base_sequence;
    const char *damage; /* NULL, or what contradicts the format (constant text) */
};

enum ntfs_record_state {
    NTFS_RECORD_OK,    /* usable; `damage` may still be set */
    NTFS_RECORD_EMPTY, /* never used: all zeros */
    NTFS_RECORD_BAD,   /* not a FILE record */
};

/* Undoes the update sequence in place and reads the header. `n` = record size. */
enum ntfs_record_state ntfs_record_parse(struct ntfs_record *ret, uint64_t number, uint8_t *p,
                                         uint32_t n);
/* Update sequence of any multi-sector structure (FILE, INDX): NULL or what is wrong. */
const char *ntfs_fixup(uint8_t *p, uint32_t n);

struct ntfs_attr {
    uint32_t type;
    uint16_t id, flags;
    bool is_resident;
    const uint8_t *name; /* UTF-16LE */
    size_t name_bytes;
    const uint8_t *value; /* resident */
    uint32_t value_bytes;
    uint64_t first_cluster, last_cluster; /* of this piece, in the stream */
    uint64_t allocated_bytes, size_bytes, valid_bytes;
    uint8_t unit_shift; /* compression unit = cluster << shift */
    const uint8_t *pairs;
    size_t pairs_bytes;
};

/* Next attribute at *pos (start with record->first_attr). false at the end; `*ret_damage` is set
 * when the end came from broken data. */
bool ntfs_attr_next(const struct ntfs_record *r, uint32_t *pos, struct ntfs_attr *ret,
                    const char **ret_damage);

/* Directory of the parent map. 40 bytes each. */
struct ntfs_dir {
    uint64_t parent;
    uint32_t record; /* SHODO_LIMIT_ENTRIES fits */
    uint32_t name_at;
    uint16_t name_len; /* UTF-8 bytes */
    uint16_t parent_sequence, sequence;
    bool is_deleted;
};

struct ntfs_owner {
    uint32_t security_id;
    uint32_t text_at;
};

struct shodo_ntfs {
    struct shodo_source *source; /* borrowed */
    struct ntfs_boot boot;
    struct shodo_vec mft; /* struct shodo_run */
    struct shodo_runs_pos mft_pos;
    uint64_t mft_bytes, records; /* records: capped at SHODO_LIMIT_ENTRIES */
    struct shodo_buf bitmap;     /* $MFT:$BITMAP; empty when unreadable */
    uint8_t *record_buf;         /* one record, for single reads */
    char label[128];
    char problem[256]; /* what was odd while opening */
    /* parent map */
    struct shodo_vec dirs;      /* struct ntfs_dir, ascending record */
    uint32_t *dir_of;           /* record → index + 1; `records` long */
    struct shodo_buf dir_names; /* UTF-8 */
    bool has_tree;              /* the map is complete */
    /* owners */
    struct shodo_vec owners; /* struct ntfs_owner, ascending id */
    struct shodo_buf owner_texts;
    bool has_owners;
    /* scratch of the entry being built */
    struct shodo_vec attrs; /* struct ntfs_attr, of all its records */
    struct shodo_vec runs;  /* struct shodo_run, of one stream */
    struct shodo_buf text;
    struct shodo_buf path;
    uint64_t path_parent; /* `path` holds this parent's path; UINT64_MAX none */
    uint16_t path_parent_sequence;
    bool path_is_orphan;
};

enum shodo_status ntfs_open(struct shodo_ntfs **ret, struct shodo_source *s,
                            struct shodo_error *err);
struct shodo_ntfs *ntfs_free(struct shodo_ntfs *n);
SHODO_DEFINE_AUTOP(shodo_ntfs, ntfs_free)

/* Reads record `number` into `buf` (record_bytes). UNREADABLE when any byte of it could not be
 * read; the record is filled in all the same. NOTFOUND past the end. */
enum shodo_status ntfs_record_read(struct shodo_ntfs *n, uint64_t number, uint8_t *buf,
                                   struct ntfs_record *ret, enum ntfs_record_state *ret_state,
                                   struct shodo_error *err);

/* A resident attribute of $Volume, by type; false when there is none that can be read. Its value
 * lies in n->record_buf. */
bool ntfs_volume_attr(struct shodo_ntfs *n, uint32_t type, struct ntfs_attr *ret);
/* Every record in order, read in large pieces. `is_unreadable`: bytes of it could not be read
 * (zeros stand there). A non-OK result of `each` ends the pass. */
enum shodo_status ntfs_each_record(struct shodo_ntfs *n,
                                   enum shodo_status (*each)(void *ctx, const struct ntfs_record *r,
                                                             enum ntfs_record_state state,
                                                             bool is_unreadable),
                                   void *ctx, struct shodo_error *err);
/* true/false as $MFT:$BITMAP says; `fallback` when there is no bitmap. */
bool ntfs_is_allocated(const struct shodo_ntfs *n, uint64_t number, bool fallback);

/*
 * The entry of a base record: names, times, streams (pieces in extension records included) in
 * `arena`. Paths are not set. `e->damage` says what contradicted the format.
 */
enum shodo_status ntfs_entry_build(struct shodo_ntfs *n, const struct ntfs_record *r,
                                   bool want_not_data, struct shodo_entry *ret,
                                   uint32_t *ret_security_id, struct shodo_arena *arena,
                                   struct shodo_error *err);
/* Marks the entry damaged and adds `text` to what is said about it. */
void ntfs_entry_damage(struct shodo_entry *e, struct shodo_arena *arena, const char *text);

/* Parent map (ntfs_tree.c). */
enum shodo_status ntfs_tree_build(struct shodo_ntfs *n, struct shodo_error *err);
/* Reads only the parents of `e` into the map, when no full map is there. */
enum shodo_status ntfs_tree_need(struct shodo_ntfs *n, const struct shodo_entry *e,
                                 struct shodo_error *err);
/* Sets path of every name and of the entry; ORPHAN where the chain of parents does not reach the
 * root. */
enum shodo_status ntfs_tree_paths(struct shodo_ntfs *n, struct shodo_entry *e,
                                  struct shodo_arena *arena, struct shodo_error *err);
/* The name that shows first for a $FILE_NAME value: UTF-8 appended to `out`. `*ret_odd`: has '/' or
 * NUL in it. */
bool ntfs_name_append(struct shodo_buf *out, const uint8_t *utf16, size_t bytes, bool *ret_odd);

/* Owners (ntfs_owner.c): reads $Secure:$SDS once. Failing leaves owners empty and says so in `err`.
 */
enum shodo_status ntfs_owners_load(struct shodo_ntfs *n, struct shodo_error *err);
/* "" unknown; borrowed */
const char *ntfs_owner_of(const struct shodo_ntfs *n, uint32_t security_id);
/* Owner SID of a self-relative security descriptor, as text. false when there is none. */
bool ntfs_owner_text(struct shodo_buf *out, const uint8_t *descriptor, size_t n);

/* Index (ntfs_index.c): record number of `name` (ASCII, any case) in directory `dir`; NOTFOUND. */
enum shodo_status ntfs_index_find(struct shodo_ntfs *n, uint64_t dir, const char *name,
                                  uint64_t *ret_record, struct shodo_error *err);
/* Calls `each` for every name of the folder: UTF-16LE, units, namespace (2: the short DOS name), is
 * it a folder. A damaged block is left out. */
typedef void (*ntfs_index_name)(void *ctx, const uint8_t *utf16, size_t units, uint8_t name_space,
                                bool is_folder);
enum shodo_status ntfs_index_names(struct shodo_ntfs *n, uint64_t dir, ntfs_index_name each,
                                   void *ctx, struct shodo_error *err);

/* How Windows left the volume (ntfs_state.c): the dirty flag of $Volume, and whether hiberfil.sys
 * holds a sleeping Windows. */
void ntfs_state(struct shodo_ntfs *n, bool *ret_is_dirty, enum shodo_sleep *ret_sleep);

enum shodo_status ntfs_walk(struct shodo_ntfs *n, const struct shodo_volume *v,
                            const struct shodo_walk_options *o, const struct shodo_walk_sink *sink,
                            struct shodo_walk_stats *stats, struct shodo_error *err);
enum shodo_status ntfs_walk_record(struct shodo_ntfs *n, const struct shodo_volume *v,
                                   uint64_t number, struct shodo_entry *ret,
                                   struct shodo_arena *arena, struct shodo_error *err);

#endif
