/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entry: one file, directory or other object of a volume, with everything that is needed to read
 * its bytes without looking at the file system again. Plain data; the lister fills it, examiners
 * receive it over a pipe.
 *
 * Evidence paths are UTF-8 (WTF-8 for unpaired surrogates), absolute, with '/' between the parts
 * and no drive letter ("/Users/医事課/x.exe"); they are never host paths.
 * shodo_entry_windows_path() makes the Windows form.
 */
#ifndef SHODO_MODEL_ENTRY_H
#define SHODO_MODEL_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cur.h"
#include "base/status.h"

enum shodo_entry_kind {
    SHODO_ENTRY_FILE,
    SHODO_ENTRY_DIR,
    SHODO_ENTRY_LINK,  /* symbolic link, junction, mount point: listed, never followed */
    SHODO_ENTRY_OTHER, /* device, socket, … */
};

enum {
    SHODO_ENTRY_DELETED = 1 << 0, /* record not in use */
    SHODO_ENTRY_SYSTEM = 1 << 1,  /* file system's own: $MFT, $LogFile, … */
    SHODO_ENTRY_REPARSE = 1 << 2, /* has a reparse point; tag in `reparse_tag` */
    SHODO_ENTRY_ORPHAN = 1 << 3,  /* parent unknown or reused: path starts with "/$OrphanFiles" */
    /* something in the record contradicts the format; `damage` says what */
    SHODO_ENTRY_DAMAGED = 1 << 4,
    SHODO_ENTRY_OFFLINE = 1 << 5, /* cloud placeholder: content is not on this disk */
    SHODO_ENTRY_TIMES_CLIPPED = 1 << 6,
    SHODO_ENTRY_READONLY = 1 << 7, /* DOS attributes, as in $STANDARD_INFORMATION */
    SHODO_ENTRY_HIDDEN = 1 << 8,
    SHODO_ENTRY_DOS_SYSTEM = 1 << 9,
    SHODO_ENTRY_ARCHIVE = 1 << 10,
};

enum {
    SHODO_STREAM_RESIDENT = 1 << 0,
    SHODO_STREAM_SPARSE = 1 << 1,
    SHODO_STREAM_COMPRESSED = 1 << 2, /* LZNT1, unit in `unit_bytes` */
    SHODO_STREAM_ENCRYPTED = 1 << 3,  /* EFS */
    SHODO_STREAM_WOF = 1 << 4,        /* unnamed stream whose bytes are in WofCompressedData */
    SHODO_STREAM_NOT_DATA = 1 << 5,   /* $INDEX_ALLOCATION, $BITMAP, … (only of system entries) */
    SHODO_STREAM_RUNS_CUT = 1 << 6,   /* more runs than SHODO_LIMIT_RUNS */
    /* directory source: the bytes are those of the passed descriptor */
    SHODO_STREAM_HOST_FD = 1 << 7,
};

/* MACB order. */
enum { SHODO_TIME_MODIFIED, SHODO_TIME_ACCESSED, SHODO_TIME_CHANGED, SHODO_TIME_BORN, SHODO_TIMES };

/* A piece of a stream: `length` bytes at `offset` bytes from the start of the volume's source. */
struct shodo_run {
    uint64_t offset;
    uint64_t length;
    bool is_hole; /* reads as zeros; offset 0 */
};

struct shodo_stream {
    const char *name; /* "" for the unnamed one */
    size_t name_len;
    uint64_t size_bytes;
    uint64_t valid_bytes; /* initialised size: what lies beyond reads as zeros */
    uint32_t flags;       /* SHODO_STREAM_* */
    uint32_t unit_bytes;  /* LZNT1 compression unit */
    uint16_t attr_id;     /* NTFS attribute id */
    uint16_t attr_type;   /* NTFS attribute type, 128 = $DATA */
    const uint8_t *resident;
    size_t resident_len;
    const struct shodo_run *runs;
    size_t runs_count;
};

struct shodo_name {
    const char *name;
    size_t name_len;
    uint64_t parent; /* record number */
    uint16_t parent_seq;
    uint8_t name_space; /* NTFS: 0 POSIX 1 Win32 2 DOS 3 both */
    const char *path;   /* full path through this name; set where it is known */
    size_t path_len;
    int64_t times[SHODO_TIMES]; /* $FILE_NAME */
};

struct shodo_entry {
    uint32_t volume; /* index in the volume table of the run */
    uint64_t record; /* MFT record or inode */
    uint16_t sequence;
    enum shodo_entry_kind kind;
    uint32_t flags; /* SHODO_ENTRY_* */
    uint32_t reparse_tag;
    char drive;       /* 'C'; 0 unknown */
    const char *path; /* through the first long name */
    size_t path_len;
    const char *owner; /* account name or SID text; "" unknown */
    size_t owner_len;
    const char *damage; /* what contradicts the format; "" otherwise */
    size_t damage_len;
    int64_t times[SHODO_TIMES]; /* $STANDARD_INFORMATION, ns UTC */
    struct shodo_name *names;   /* DOS-only names are left out when a long one exists */
    size_t names_count;
    struct shodo_stream *streams; /* unnamed first */
    size_t streams_count;
};

/* Compact bytes for one message; false (and nothing appended) when memory ran out or the entry is
 * beyond the limits of base/limits.h. Decode gives an entry whose memory is in `arena` (strings are
 * copied); NULL texts come back as "", names[].path as NULL. DAMAGED or LIMIT for bytes that encode
 * would not have written. */
bool shodo_entry_encode(struct shodo_buf *out, const struct shodo_entry *e);
enum shodo_status shodo_entry_decode(struct shodo_entry *ret, struct shodo_cur *c,
                                     struct shodo_arena *arena, struct shodo_error *err);

/* Last part of the path, and its extension in lower case with the dot (".exe", "" when there is
 * none). */
void shodo_entry_base_name(const char *path, size_t n, const char **ret, size_t *ret_len);
bool shodo_entry_extension(struct shodo_buf *out, const char *path, size_t n);
/* "C:\Users\a\x.exe", with ":stream" when `stream` is not empty. Unknown drive: "\Users\…". */
bool shodo_entry_windows_path(struct shodo_buf *out, char drive, const char *path, size_t n,
                              const char *stream, size_t stream_n);
/* First cluster's byte offset of the unnamed stream, UINT64_MAX when resident or empty: reading
 * order. */
uint64_t shodo_entry_first_offset(const struct shodo_entry *e);
/* One JSON object (times, names, streams without runs), for `shodo list --json`. */
struct shodo_json;
void shodo_entry_write(struct shodo_json *j, const char *key, const struct shodo_entry *e);

#endif
