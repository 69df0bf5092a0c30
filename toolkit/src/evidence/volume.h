/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Volumes of a source: partitions (GPT, MBR, none) and what is on each. 512 and 4096-byte sectors.
 * What cannot be read is recognised and explained (`why`), never silently skipped.
 */
#ifndef SHODO_EVIDENCE_VOLUME_H
#define SHODO_EVIDENCE_VOLUME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/status.h"
#include "evidence/source.h"

enum shodo_volume_fs {
    SHODO_FS_NONE, /* unallocated, reserved, empty */
    SHODO_FS_NTFS,
    SHODO_FS_FAT,
    SHODO_FS_EXFAT,
    SHODO_FS_EXT,
    SHODO_FS_BITLOCKER,
    SHODO_FS_OTHER, /* recognised, not read: `fs_name` and `why` say what and whom to ask */
    SHODO_FS_UNKNOWN,
};

/* shadow copies told one by one; Windows shows users at most 64 of a volume */
#define SHODO_VOLUME_SHADOWS 64u

enum shodo_vss_state {
    /* the volume has no shadow copy header: nothing was ever made, or the header was wiped */
    SHODO_VSS_NEVER,
    /* header and catalog are there, but no copy: they have been deleted, or none was made yet */
    SHODO_VSS_NONE,
    SHODO_VSS_PRESENT,
    SHODO_VSS_DAMAGED, /* a header that cannot be followed */
};

/* Filled by shodo_vss_describe() (evidence/vss.h). */
struct shodo_volume_shadows {
    bool is_known; /* false: not an NTFS volume that can be read, or nobody looked */
    enum shodo_vss_state state;
    uint32_t count;
    int64_t created[SHODO_VOLUME_SHADOWS]; /* oldest first; SHODO_TIME_NONE unknown */
    uint64_t local;                        /* bit i: copy i can be read from this volume */
};

/* What hiberfil.sys says. Fast Startup and hibernation use the same file and are not told apart. */
enum shodo_sleep {
    SHODO_SLEEP_NO_FILE, /* also: not NTFS */
    SHODO_SLEEP_AWAKE,   /* the file is there and holds no sleeping Windows */
    /* hibernated or Fast Startup: part of the memory lies in the file, the volume may lag behind it
     */
    SHODO_SLEEP_ASLEEP,
    SHODO_SLEEP_UNKNOWN, /* unreadable, or none of the known marks */
};
const char *shodo_sleep_name(enum shodo_sleep s); /* "none" "awake" "asleep" "unknown" */

struct shodo_volume {
    uint32_t index;
    uint64_t offset, length; /* bytes on the source */
    enum shodo_volume_fs fs;
    char fs_name[32];   /* "NTFS", "BitLocker", "ReFS", … */
    char why[256];      /* not empty: why it is not read, and what to do instead */
    char label[128];    /* UTF-8 */
    char serial[40];    /* volume serial, hex, as the file system has it */
    char part_type[48]; /* GPT type GUID or MBR type byte */
    char part_name[80];
    /* 'C' for the volume with /Windows/System32, then D, E … in order; 0 none */
    char drive;
    bool has_windows;
    /* folders of \Users of people, '/' between them: to recognise whose PC it is */
    char users[256];
    /* NTFS: Windows did not close it (switched off, crashed, or asleep) */
    bool is_dirty;
    enum shodo_sleep sleep;
    uint32_t cluster_bytes;
    struct shodo_source *source; /* window, or the layer that opens it; owned by the table */
    struct shodo_source *outer;  /* window below the layer; NULL when there is none */
    bool is_bitlocker;           /* also after it was opened */
    char key_ids[128];           /* recovery key IDs to look for on paper, ", " between them */
    struct shodo_volume_shadows shadows;
};

struct shodo_volume_table {
    struct shodo_vec volumes; /* struct shodo_volume */
    char scheme[8];           /* "gpt" "mbr" "none" */
    char disk_id[40];         /* GPT disk GUID or MBR signature */
    uint32_t sector_bytes;
    char problem[256]; /* e.g. damaged primary GPT, backup used */
};

enum shodo_status shodo_volume_table_open(struct shodo_volume_table *ret, struct shodo_source *s,
                                          struct shodo_error *err);
void shodo_volume_table_done(struct shodo_volume_table *t);
/* Gives the letters again, e.g. after a BitLocker volume was opened: C has Windows, then D, E … in
 * disk order; EFI and recovery partitions get none. */
void shodo_volume_table_letters(struct shodo_volume_table *t);
/* Opens a BitLocker volume with a recovery key; afterwards `fs` is what is inside. ENCRYPTED,
 * REFUSED, UNSUPPORTED as shodo_bitlocker_open(). A clear key is used by shodo_volume_table_open()
 * itself. Give the letters again afterwards. */
struct shodo_bitlocker_key;
enum shodo_status shodo_volume_unlock(struct shodo_volume *v, const struct shodo_bitlocker_key *key,
                                      struct shodo_error *err);
struct shodo_volume *shodo_volume_at(const struct shodo_volume_table *t, size_t i);
/* 12 hex: SHA-256 over disk size, disk id and volume serials (design 4). */
void shodo_endpoint_id(const struct shodo_volume_table *t, uint64_t disk_bytes, char out[13]);
/* `why` in the language of the reader; false when there is no Japanese for it (the English is added
 * then). Appends. */
bool shodo_volume_why_show(struct shodo_buf *out, const char *why, bool is_japanese);
void shodo_volume_write(struct shodo_json *j, const char *key, const struct shodo_volume *v);

#endif
