/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partition tables: GPT (UEFI 2.10 section 5.3) with its backup, and MBR with extended partitions.
 * Own reader: libtsk takes the sector size from one place and gives up on a damaged primary table.
 *
 * For the files of this folder only.
 */
#ifndef SHODO_EVIDENCE_PARTITION_H
#define SHODO_EVIDENCE_PARTITION_H

#include "base/buf.h"
#include "base/status.h"
#include "evidence/source.h"

struct partition {
    uint64_t offset, length; /* bytes; may lie beyond the source */
    char type[48];           /* GPT type GUID in the usual text form, or "0x07" */
    char name[80];           /* GPT */
};

struct partition_table {
    struct shodo_vec parts; /* struct partition, ascending offset */
    char scheme[8];
    char disk_id[40];
    uint32_t sector_bytes;
    char problem[256];
};

/* NOTFOUND when the source has no table. */
enum shodo_status partition_read(struct partition_table *ret, struct shodo_source *s,
                                 struct shodo_error *err);
void partition_done(struct partition_table *t);

#endif
