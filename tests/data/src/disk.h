/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model of one disk image between its description and its bytes. */
#ifndef SHODO_TESTDATA_DISK_H
#define SHODO_TESTDATA_DISK_H

#include "content.h"

enum { TD_SYSTEM_RECORDS = 27 }; /* what mkntfs makes: 0..15 reserved, 24..26 below $Extend */

enum td_time_index { TD_CREATED, TD_MODIFIED, TD_CHANGED, TD_ACCESSED };

struct td_stream {
    char *name; /* WTF-8; "" is the unnamed stream */
    struct td_content content;
    bool is_compressed;
    bool is_wof;     /* reads as zeros without a WOF decoder; sha256 is the plain content */
    char sha256[65]; /* of what a right reader gives; "" is unknown */
    uint64_t size;
    int attr_id; /* as on disk; -1 unknown */
    bool is_resident;
    uint64_t first_byte; /* volume offset of the first allocated byte; 0 when resident or empty */
};

struct td_link {
    struct td_node *parent;
    char *name;
};

struct td_node {
    char *name;
    size_t name_n;
    struct td_node *parent;
    struct td_at at;
    bool is_dir, is_deleted, is_system, is_damaged, has_stale_parent;
    uint64_t si[4], fn[4];
    uint32_t attributes;
    int owner; /* index into td_volume.owners */
    char *dos_name;
    char *verdict;
    char *original; /* full path before a rename by scramble; NULL when there was none */
    struct td_stream *stream;
    size_t nstream;
    struct td_link *link;
    size_t nlink;
    uint32_t reparse_tag; /* 0: none */
    struct td_buf reparse;
    uint64_t lazy_size; /* member of a tree: content is made while writing */
    const char *lazy_kind;
    uint64_t lazy_seed;
    uint64_t mft; /* record number */
    unsigned seq; /* sequence number while it was in use */
    bool written;
    char *kept;         /* record as it was before it was deleted */
    uint64_t record_at; /* byte of the record in the volume, where later patching needs it */
};

struct td_owner {
    char *name;
    struct td_buf sid;
    char *sid_text;
    uint32_t security_id;
};

struct td_usn {
    uint64_t time;
    struct td_node *node;
    struct td_node *parent;
    char *name; /* NULL: the node's name */
    uint32_t reason;
    size_t order;
};

enum td_op_kind { TD_OP_CREATE, TD_OP_LINK, TD_OP_DELETE };

struct td_op {
    enum td_op_kind kind;
    struct td_node *node;
    size_t link;
};

/* RECORD addresses the record without its update sequence, RECORD_RAW the bytes as they lie on the
 * disk. */
enum td_patch_kind { TD_PATCH_CONTENT, TD_PATCH_RECORD, TD_PATCH_RECORD_RAW, TD_PATCH_RAW };

struct td_patch {
    struct td_at at;
    enum td_patch_kind kind;
    struct td_node *node;
    const char *stream;
    uint64_t offset;
    struct td_buf data;
    uint64_t found; /* byte in the volume */
};

struct td_bad {
    struct td_at at;
    struct td_node *node;
    const char *stream;
    uint64_t offset, length;
    uint64_t found; /* byte offset in the volume */
};

struct td_volume {
    struct td_node **node;
    size_t n, cap;
    struct td_node **hash;
    size_t hash_cap;
    struct td_node *root, *extend;
    struct td_op *op;
    size_t nop, op_cap;
    struct td_owner *owners;
    size_t nowners;
    struct td_usn *usn;
    size_t nusn, usn_cap;
    bool has_usn;
    struct td_node *usn_node;
    uint64_t usn_head, usn_id;
    struct td_patch *patch;
    size_t npatch;
    struct td_bad *bad;
    size_t nbad;
    uint32_t record_size;
    uint64_t system_at[TD_SYSTEM_RECORDS], mirror_at; /* bytes in the volume */
    /* defaults for the lines that follow */
    uint64_t default_time;
    int default_owner;
    char *prefix;
    char *verdict;
    uint64_t formatted;
};

enum td_fs { TD_FS_NONE, TD_FS_NTFS, TD_FS_FAT };

struct td_bitlocker {
    unsigned method;    /* 0: none */
    uint16_t groups[8]; /* of the recovery key, divided by 11 */
    bool is_suspended;  /* also a clear key, as while an update is installed */
};

struct td_shadow {
    char *image; /* NULL: no shadow copy */
    uint64_t at, bytes;
};

struct td_part {
    struct td_at at;
    char *type;
    char *label;
    enum td_fs fs;
    uint64_t start, bytes; /* bytes from the start of the disk */
    uint64_t serial;
    uint32_t cluster;
    struct td_bitlocker bitlocker;
    struct td_shadow shadow;
    struct td_volume vol;
};

struct td_disk {
    struct td_script script;
    uint64_t size;
    uint32_t sector;
    enum { TD_TABLE_NONE, TD_TABLE_MBR, TD_TABLE_GPT } table;
    char *seed;
    struct td_part *part;
    size_t nparts;
};

/* model.c: the description becomes the model */
void td_disk_parse(struct td_disk *d);
struct td_node *td_node_find(struct td_volume *v, const char *path); /* NULL when there is none */
struct td_node *td_node_make(struct td_volume *v, const struct td_at *at, const char *path,
                             bool is_dir);
void td_node_rename(struct td_volume *v, struct td_node *n, const char *name);
void td_node_path(const struct td_node *n,
                  struct td_buf *b); /* "/a/b", NUL-terminated, NUL not counted */
struct td_stream *td_stream_add(struct td_node *n, const char *name);
void td_usn_add(struct td_volume *v, uint64_t time, struct td_node *n, const char *name,
                uint32_t reason);

/* scramble.c: what an encryptor leaves behind, made from random bytes */
void td_scramble(struct td_disk *d, struct td_part *p, struct td_line *l);

/* wof.c: WofCompressedData for algorithm 0..3 (XPRESS4K, LZX, XPRESS8K, XPRESS16K), packed by
 * libwim */
void td_wof_pack(const struct td_at *at, unsigned algorithm, const void *p, size_t n,
                 struct td_buf *out);

/* usn.c: $Extend/$UsnJrnl content, once record numbers are known */
void td_usn_build(struct td_volume *v, struct td_content *j, struct td_content *max);

/* ntfs.c: a formatted volume file gets the model's content; patch.c: damage afterwards */
void td_ntfs_format(const struct td_disk *d, const struct td_part *p, const char *path);
void td_ntfs_fill(struct td_disk *d, struct td_part *p, const char *path);
void td_patch_apply(struct td_disk *d, struct td_part *p, const char *path);

/* bitlocker.c: options of a partition, the files that hold the metadata, the volume encrypted in
 * place */
void td_bitlocker_parse(struct td_part *p, struct td_line *l);
void td_bitlocker_files(struct td_part *p);
void td_bitlocker_encrypt(const struct td_disk *d, struct td_part *p, const char *path);

/* shadow.c: options of a partition, the files that hold a shadow copy, its content from an image of
 * the earlier state */
void td_shadow_parse(struct td_disk *d, struct td_part *p, struct td_line *l);
void td_shadow_files(struct td_part *p);
void td_shadow_write(const struct td_disk *d, struct td_part *p, const char *path);

/* table.c: partition tables; copies volumes to their places */
void td_table_layout(struct td_disk *d);
void td_table_write(const struct td_disk *d, const char *path);
void td_table_copy(const char *volume, const char *image, uint64_t at);

/* truth.c: what a reader must find */
void td_truth_write(const struct td_disk *d, const char *image);

#endif
