/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of the NTFS change journal ($Extend\$UsnJrnl:$J), versions 2, 3 and 4.
 * Source: [MS-FSCC] 2.3.62 USN_RECORD_V2, V3; V4 (range tracking) has no name and no time.
 */
#ifndef SHODO_EXAMINE_READERS_USN_H
#define SHODO_EXAMINE_READERS_USN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHODO_USN_PAGE_BYTES 4096u
#define SHODO_USN_RECORD_MAX 65536u

enum {
    SHODO_USN_CREATE = 0x100,
    SHODO_USN_DELETE = 0x200,
    SHODO_USN_RENAME_OLD = 0x1000,
    SHODO_USN_RENAME_NEW = 0x2000,
};
#define SHODO_USN_CLOSE 0x80000000u

struct shodo_usn_record {
    uint32_t length;
    uint16_t major, minor;
    uint64_t file, parent; /* 48-bit record number and 16-bit sequence; low half of 128-bit ids */
    uint64_t usn;
    int64_t time; /* ns UTC; NONE in version 4 */
    uint32_t reason, source, security, attributes;
    const uint8_t *name; /* UTF-16LE */
    uint16_t name_bytes;
    uint32_t extents_left; /* version 4: that follow in further records */
    /* of this record: pairs of offset and length, 8 bytes each, at `extents` */
    uint16_t extents_count;
    const uint8_t *extents;
};

/* The record at the start of the bytes; false when there is none that holds together. */
bool shodo_usn_parse(const uint8_t *p, size_t n, struct shodo_usn_record *ret);

#endif
