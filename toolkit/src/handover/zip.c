/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"

#define NS_PER_SECOND 1000000000LL
#define DOS_EPOCH     315532800LL  /* 1980-01-01: a ZIP cannot say anything earlier */
#define UT_END        4294967295LL /* the extended timestamp field has 32 bits */
#define READ_BYTES    65536u

/* libarchive's text may hold bytes of the foreign file. */
static enum shodo_status fail_archive(struct shodo_error *err, enum shodo_status status,
                                      struct archive *a, const char *what) {
    shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT;
    const char *why = archive_error_string(a);
    if (why)
        shodo_text_safe(&safe, why, strlen(why));
    if (archive_errno(a) == ENOMEM)
        status = SHODO_NOMEM;
    return shodo_fail(err, status, "%s: %s", what, why ? shodo_buf_cstr(&safe) : "no reason given");
}

static enum shodo_status need_utf8(struct shodo_error *err) {
    if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
        return SHODO_OK;
    return shodo_fail(err, SHODO_UNSUPPORTED,
                      "no ZIP without a UTF-8 locale: Japanese names would be lost");
}

/* ---- writing ---- */

struct shodo_zip {
    struct archive *a;
    struct archive_entry *entry;
    struct shodo_sink sink;
    struct shodo_error fault; /* what the sink said; libarchive only passes on "-1" */
};

static la_ssize_t on_write(struct archive *a, void *ctx, const void *p, size_t n) {
    struct shodo_zip *z = ctx;
    (void)a;
    if (z->fault.status == SHODO_OK)
        z->sink.write(z->sink.ctx, p, n, &z->fault);
    /* Never an error for libarchive: in its fatal state it would leak; after each call we look at
     * `fault` ourselves. */
    return (la_ssize_t)n;
}

static enum shodo_status fail_zip(struct shodo_zip *z, struct shodo_error *err, const char *what) {
    if (z->fault.status != SHODO_OK) {
        if (err)
            *err = z->fault;
        return z->fault.status;
    }
    return fail_archive(err, SHODO_IO, z->a, what);
}

enum shodo_status shodo_zip_new(struct shodo_zip **ret, const struct shodo_sink *sink,
                                const char *password, struct shodo_error *err) {
    enum shodo_status st = need_utf8(err);
    if (st != SHODO_OK)
        return st;
    shodo_autop(shodo_zip) struct shodo_zip *z = calloc(1, sizeof *z);
    if (!z)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a ZIP");
    z->sink = *sink;
    z->a = archive_write_new();
    z->entry = archive_entry_new();
    if (!z->a || !z->entry)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a ZIP");
    if (archive_write_set_format_zip(z->a) != ARCHIVE_OK ||
        archive_write_set_options(z->a, "zip:compression-level=1,zip:hdrcharset=UTF-8") !=
            ARCHIVE_OK ||
        (password && (archive_write_set_options(z->a, "zip:encryption=traditional") != ARCHIVE_OK ||
                      archive_write_set_passphrase(z->a, password) != ARCHIVE_OK)) ||
        archive_write_set_bytes_per_block(z->a, 0) != ARCHIVE_OK ||
        archive_write_open2(z->a, z, NULL, on_write, NULL, NULL) != ARCHIVE_OK)
        return fail_archive(err, SHODO_IO, z->a, "starting a ZIP");
    *ret = z;
    z = NULL;
    return SHODO_OK;
}

struct shodo_zip *shodo_zip_free(struct shodo_zip *z) {
    if (!z)
        return NULL;
    if (z->a) {
        /* Closing still writes: a ZIP that was not finished must not look like one. */
        if (z->fault.status == SHODO_OK)
            z->fault.status = SHODO_CANCELLED;
        archive_write_free(z->a);
    }
    archive_entry_free(z->entry);
    free(z);
    return NULL;
}

static bool seconds_of(int64_t t, time_t *ret) {
    if (t == SHODO_TIME_NONE)
        return false;
    int64_t s = t / NS_PER_SECOND;
    if (s < DOS_EPOCH || s > UT_END)
        return false;
    *ret = (time_t)s;
    return true;
}

static void describe(struct shodo_zip *z, const char *name, int64_t modified, int64_t accessed,
                     int64_t born) {
    time_t t = 0;
    archive_entry_clear(z->entry);
    archive_entry_set_pathname_utf8(z->entry, name);
    archive_entry_set_filetype(z->entry, AE_IFREG);
    archive_entry_set_perm(z->entry, 0644);
    if (seconds_of(modified, &t))
        archive_entry_set_mtime(z->entry, t, 0);
    if (seconds_of(accessed, &t))
        archive_entry_set_atime(z->entry, t, 0);
    if (seconds_of(born, &t)) /* the third time of the field is the creation time */
        archive_entry_set_ctime(z->entry, t, 0);
}

static enum shodo_status put_header(struct shodo_zip *z, bool is_stored, struct shodo_error *err) {
    int r = is_stored ? archive_write_zip_set_compression_store(z->a)
                      : archive_write_zip_set_compression_deflate(z->a);
    if (r == ARCHIVE_OK)
        r = archive_write_header(z->a, z->entry);
    return r == ARCHIVE_OK && z->fault.status == SHODO_OK
               ? SHODO_OK
               : fail_zip(z, err, "adding a member to the ZIP");
}

enum shodo_status shodo_zip_begin(struct shodo_zip *z, const char *name, bool is_stored,
                                  int64_t modified, int64_t accessed, int64_t born,
                                  struct shodo_error *err) {
    /* No size: what evidence announces and what it gives may differ, the data descriptor says the
     * truth. */
    describe(z, name, modified, accessed, born);
    return put_header(z, is_stored, err);
}

enum shodo_status shodo_zip_add(struct shodo_zip *z, const char *name, int64_t modified,
                                const void *p, size_t n, struct shodo_error *err) {
    describe(z, name, modified, SHODO_TIME_NONE, SHODO_TIME_NONE);
    archive_entry_set_size(z->entry, (la_int64_t)n);
    enum shodo_status st = put_header(z, false, err);
    return st == SHODO_OK ? shodo_zip_data(z, p, n, err) : st;
}

static enum shodo_status append(void *ctx, const void *p, size_t n, struct shodo_error *err) {
    return shodo_buf_add(ctx, p, n) ? SHODO_OK
                                    : shodo_fail(err, SHODO_NOMEM, "no memory for a ZIP");
}

struct shodo_sink shodo_sink_to(struct shodo_buf *b) {
    return (struct shodo_sink){.write = append, .ctx = b};
}

enum shodo_status shodo_zip_data(struct shodo_zip *z, const void *p, size_t n,
                                 struct shodo_error *err) {
    const char *at = p;
    while (n > 0) {
        la_ssize_t put = archive_write_data(z->a, at, n);
        if (put <= 0 || z->fault.status != SHODO_OK)
            return fail_zip(z, err, "writing to the ZIP");
        at += put;
        n -= (size_t)put;
    }
    return SHODO_OK;
}

enum shodo_status shodo_zip_finish(struct shodo_zip *z, struct shodo_error *err) {
    if (archive_write_close(z->a) != ARCHIVE_OK || z->fault.status != SHODO_OK)
        return fail_zip(z, err, "finishing the ZIP");
    return SHODO_OK;
}

/* ---- reading ---- */

struct shodo_unzip {
    struct archive *a;
    int fd;
    uint64_t pos, size, unpacked;
    struct shodo_buf name;
    uint8_t block[READ_BYTES];
};

static la_ssize_t on_read(struct archive *a, void *ctx, const void **ret) {
    struct shodo_unzip *u = ctx;
    ssize_t got = 0;
    do
        got = pread(u->fd, u->block, sizeof u->block, (off_t)u->pos);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        archive_set_error(a, errno, "reading failed");
        return ARCHIVE_FATAL;
    }
    u->pos += (uint64_t)got;
    *ret = u->block;
    return got;
}

static la_int64_t on_seek(struct archive *a, void *ctx, la_int64_t offset, int whence) {
    struct shodo_unzip *u = ctx;
    int64_t base = whence == SEEK_SET ? 0 : (int64_t)(whence == SEEK_CUR ? u->pos : u->size);
    int64_t to = 0;
    if (__builtin_add_overflow(base, offset, &to) || to < 0 || (uint64_t)to > u->size) {
        archive_set_error(a, EINVAL, "offset outside the file");
        return ARCHIVE_FATAL;
    }
    u->pos = (uint64_t)to;
    return to;
}

static la_int64_t on_skip(struct archive *a, void *ctx, la_int64_t request) {
    struct shodo_unzip *u = ctx;
    (void)a;
    uint64_t left = u->size - SHODO_MIN(u->pos, u->size);
    uint64_t step = request < 0 ? 0 : SHODO_MIN((uint64_t)request, left);
    u->pos += step;
    return (la_int64_t)step;
}

enum shodo_status shodo_unzip_new(struct shodo_unzip **ret, int fd, struct shodo_error *err) {
    enum shodo_status st = need_utf8(err);
    if (st != SHODO_OK)
        return st;
    struct stat sb;
    if (fstat(fd, &sb) != 0)
        return shodo_fail_errno(err, "looking at the ZIP");
    shodo_autop(shodo_unzip) struct shodo_unzip *u = calloc(1, sizeof *u);
    if (!u || !(u->a = archive_read_new()))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a ZIP");
    u->fd = fd;
    u->size = (uint64_t)sb.st_size;
    archive_read_set_callback_data(u->a, u);
    archive_read_set_read_callback(u->a, on_read);
    archive_read_set_seek_callback(u->a, on_seek);
    archive_read_set_skip_callback(u->a, on_skip);
    /* Only the reader that goes by the central directory, as Explorer and unzip do: what is hidden
     * between the members is not a member. */
    if (archive_read_support_format_zip_seekable(u->a) != ARCHIVE_OK ||
        archive_read_open1(u->a) != ARCHIVE_OK)
        return fail_archive(err, SHODO_DAMAGED, u->a, "opening the ZIP");
    *ret = u;
    u = NULL;
    return SHODO_OK;
}

struct shodo_unzip *shodo_unzip_free(struct shodo_unzip *u) {
    if (!u)
        return NULL;
    archive_read_free(u->a);
    shodo_buf_done(&u->name);
    free(u);
    return NULL;
}

enum shodo_status shodo_unzip_next(struct shodo_unzip *u, struct shodo_zip_member *ret,
                                   struct shodo_error *err) {
    struct archive_entry *e = NULL;
    int r = archive_read_next_header(u->a, &e);
    if (r == ARCHIVE_EOF)
        return SHODO_END;
    if (r != ARCHIVE_OK)
        return fail_archive(err, SHODO_DAMAGED, u->a, "reading the ZIP");
    const char *name = archive_entry_pathname_utf8(e);
    if (!name)
        name = archive_entry_pathname(e);
    shodo_buf_clear(&u->name);
    if (!shodo_buf_adds(&u->name, name ? name : ""))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a ZIP");
    *ret = (struct shodo_zip_member){
        .name = shodo_buf_cstr(&u->name),
        .is_dir = archive_entry_filetype(e) == AE_IFDIR,
        .is_regular = archive_entry_filetype(e) == AE_IFREG && !archive_entry_hardlink(e) &&
                      !archive_entry_symlink(e),
        .is_encrypted = archive_entry_is_data_encrypted(e) != 0,
        .modified = archive_entry_mtime_is_set(e) ? shodo_time_from_unix(archive_entry_mtime(e), 0)
                                                  : SHODO_TIME_NONE};
    return SHODO_OK;
}

enum shodo_status shodo_unzip_read(struct shodo_unzip *u, void *p, size_t n, size_t *ret_n,
                                   struct shodo_error *err) {
    la_ssize_t got = archive_read_data(u->a, p, n);
    if (got < 0)
        return fail_archive(err, SHODO_DAMAGED, u->a, "unpacking");
    u->unpacked += (uint64_t)got;
    if (u->unpacked / SHODO_LIMIT_ZIP_RATIO > u->size)
        return shodo_fail(err, SHODO_LIMIT, "the ZIP unpacks to more than %u times its size",
                          SHODO_LIMIT_ZIP_RATIO);
    *ret_n = (size_t)got;
    return SHODO_OK;
}
