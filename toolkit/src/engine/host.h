/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user named as SOURCE, opened O_RDONLY by the supervisor: a block device, a raw image or
 * a directory. Nothing here reads content. Also the few helpers that turn a path of the command
 * line into `(dirfd, name)`.
 */
#ifndef SHODO_ENGINE_HOST_H
#define SHODO_ENGINE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

/* One file of an image. */
struct shodo_segment {
    int fd;
    uint64_t size_bytes;
};

struct shodo_host_source {
    int fd;       /* the first file; `segments` names it again */
    bool is_tree; /* a directory */
    bool is_block;
    bool has_answered;   /* its first sector could be read when it was opened */
    uint64_t size_bytes; /* of the medium; of an E01 only after the probe */
    uint32_t sector_bytes;
    char path[4096];           /* absolute, for the journal */
    struct shodo_vec segments; /* struct shodo_segment, in order; empty for directories */
    struct shodo_vec keys;     /* struct shodo_bitlocker_key; secret */
};

/* UNSUPPORTED names qemu-img for containers that are recognised by their first bytes (the user's
 * own file name decides nothing). */
enum shodo_status shodo_host_open(struct shodo_host_source *ret, const char *path,
                                  struct shodo_error *err);
void shodo_host_done(struct shodo_host_source *h);

/* Whether the first sector can (still) be read; its bytes are thrown away. True for directories. */
bool shodo_host_answers(const struct shodo_host_source *h);

/* "device_counters": writes, discards and flushes the kernel has counted on the source's device
 * since it appeared (all 0 on an untouched disk); nothing for images and directories. Source:
 * Documentation/block/stat.rst of the kernel, fields 5, 12, 16. */
struct shodo_json;
void shodo_host_write_counters(struct shodo_json *j, const struct shodo_host_source *h);

/* Directory of a command-line path, following what the user wrote; `create` makes the last part
 * when it is missing. */
enum shodo_status shodo_host_open_dir(int *ret_fd, const char *path, bool create,
                                      struct shodo_error *err);
/* Splits "a/b/c" into an open directory "a/b" and the borrowed name "c". */
enum shodo_status shodo_host_split(int *ret_dirfd, const char **ret_name, const char *path,
                                   char store[4096], struct shodo_error *err);
/* A whole file of the host named on the command line, or "-" for standard input. */
enum shodo_status shodo_host_read(struct shodo_buf *out, const char *path, size_t max,
                                  struct shodo_error *err);

#endif
