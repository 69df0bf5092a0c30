/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host files: `(dirfd, name)` pairs, O_CLOEXEC|O_NOFOLLOW always, creation O_EXCL, finished files
 * by write "name.part" → fsync → rename to a name that does not exist (RENAME_NOREPLACE) → fsync
 * directory. Below a dirfd a name is one component: '/', "." and ".." are INVALID. With AT_FDCWD it
 * is a path of the user's. A ".part" left by a power cut is replaced; one that another process is
 * writing gives EXISTS. All writes to the stick go through here, so that the faulty file layer of
 * the tests can sit under it (tests/lib replaces the functions of struct shodo_io_ops).
 */
#ifndef SHODO_BASE_IO_H
#define SHODO_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/status.h"

struct shodo_io_ops {
    ssize_t (*write)(int fd, const void *p, size_t n);
    int (*fsync)(int fd);
    /* must not replace */
    int (*renameat)(int olddir, const char *old, int newdir, const char *name);
    int (*ftruncate)(int fd, off_t size);
};
/* NULL restores the system calls; `ops` is borrowed until then. Tests only. */
void shodo_io_set_ops(const struct shodo_io_ops *ops);

enum shodo_status shodo_io_open_dir(int *ret_fd, int dirfd, const char *name,
                                    struct shodo_error *err);
/* mkdir -p of one level; existing directory is fine. */
enum shodo_status shodo_io_make_dir(int *ret_fd, int dirfd, const char *name,
                                    struct shodo_error *err);
enum shodo_status shodo_io_open_read(int *ret_fd, int dirfd, const char *name,
                                     struct shodo_error *err);
/* Whole file up to `max` bytes; more is SHODO_LIMIT. */
enum shodo_status shodo_io_read_file(struct shodo_buf *out, int dirfd, const char *name, size_t max,
                                     struct shodo_error *err);
enum shodo_status shodo_io_write_all(int fd, const void *p, size_t n, struct shodo_error *err);
enum shodo_status shodo_io_fsync(int fd, struct shodo_error *err);
/* Cuts a file (the torn tail of a journal). */
enum shodo_status shodo_io_truncate(int fd, uint64_t size_bytes, struct shodo_error *err);
/* New file in one go, as described above. EXISTS when `name` is there. */
enum shodo_status shodo_io_write_file(int dirfd, const char *name, const void *p, size_t n,
                                      struct shodo_error *err);

/* A file that grows and becomes visible under its name only when finished. */
struct shodo_outfile {
    int dirfd; /* borrowed */
    int fd;
    char *name;
    uint64_t bytes;
};
enum shodo_status shodo_outfile_open(struct shodo_outfile *f, int dirfd, const char *name,
                                     struct shodo_error *err);
enum shodo_status shodo_outfile_write(struct shodo_outfile *f, const void *p, size_t n,
                                      struct shodo_error *err);
enum shodo_status shodo_outfile_finish(struct shodo_outfile *f, struct shodo_error *err);
/* removes the .part; also safe after finish (which aborts by itself when it fails) */
void shodo_outfile_abort(struct shodo_outfile *f);

/* Append-only line file (journal, findings): opened O_APPEND, complete lines only. */
enum shodo_status shodo_io_open_append(int *ret_fd, int dirfd, const char *name,
                                       struct shodo_error *err);
/* Generation files: "answers" + "json" → number of the newest answers.NNNN.json, or NOTFOUND. Files
 * get their name when complete, so every one that is seen is whole. */
enum shodo_status shodo_io_generation(int dirfd, const char *stem, const char *ext,
                                      unsigned *ret_newest, struct shodo_error *err);
/* "answers", 7, "json" → appends "answers.0007.json". */
bool shodo_io_generation_name(struct shodo_buf *out, const char *stem, unsigned generation,
                              const char *ext);
/* Reads the newest generation (NOTFOUND when there is none) / writes the next one. */
enum shodo_status shodo_io_read_generation(struct shodo_buf *out, int dirfd, const char *stem,
                                           const char *ext, size_t max, struct shodo_error *err);
enum shodo_status shodo_io_write_generation(int dirfd, const char *stem, const char *ext,
                                            const void *p, size_t n, struct shodo_error *err);
uint64_t shodo_io_free_bytes(int fd);
void shodo_io_close(int *fd); /* closes when >= 0 and sets -1 */

#endif
