/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/text.h"
#include "engine/host_image.h"

enum { SECTOR_DEFAULT = 512, MAGIC_BYTES = 8 };

struct container {
    const char *magic;
    size_t len;
    const char *name;
};

static const struct container containers[] = {
    {"QFI\xfb", 4, "qcow2"},
    {"KDMV", 4, "VMDK"},
    {"COWD", 4, "VMDK"},
    {"vhdxfile", 8, "VHDX"},
    {"conectix", 8, "dynamic VHD"},
    {"LVF\x09\x0d\x0a\xff\x00", 8, "L01"},
    {"EVF2", 4, "Ex01"},
};

static enum shodo_status refuse_container(int fd, const char *path, struct shodo_error *err) {
    char head[MAGIC_BYTES] = {0};
    if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
        return SHODO_OK; /* too short for any of them; reading it says what is wrong */
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(containers); i++)
        if (memcmp(head, containers[i].magic, containers[i].len) == 0)
            return shodo_fail(
                err, SHODO_UNSUPPORTED,
                "'%s' is a %s container; make a raw image first: qemu-img convert -O raw (for L01 and Ex01: ewfexport)",
                path, containers[i].name);
    return SHODO_OK;
}

static enum shodo_status measure(struct shodo_host_source *h, const char *path,
                                 struct shodo_error *err) {
    struct stat st;
    if (fstat(h->fd, &st) != 0)
        return shodo_fail_errno(err, "looking at '%s'", path);
    h->sector_bytes = SECTOR_DEFAULT;
    if (S_ISDIR(st.st_mode)) {
        h->is_tree = true;
        return SHODO_OK;
    }
    if (S_ISBLK(st.st_mode)) {
        int sector = 0;
        if (ioctl(h->fd, BLKGETSIZE64, &h->size_bytes) != 0)
            return shodo_fail_errno(err, "asking '%s' for its size", path);
        if (ioctl(h->fd, BLKSSZGET, &sector) == 0 && sector >= SECTOR_DEFAULT)
            h->sector_bytes = (uint32_t)sector;
        h->is_block = true;
        return shodo_host_find_segments(h, err);
    }
    if (!S_ISREG(st.st_mode))
        return shodo_fail(err, SHODO_UNSUPPORTED, "'%s' is no disk, image or directory", path);
    h->size_bytes = (uint64_t)st.st_size;
    if (h->size_bytes == 0)
        return shodo_fail(err, SHODO_UNSUPPORTED, "'%s' is empty", path);
    enum shodo_status r = refuse_container(h->fd, path, err);
    return r == SHODO_OK ? shodo_host_find_segments(h, err) : r;
}

enum shodo_status shodo_host_open(struct shodo_host_source *ret, const char *path,
                                  struct shodo_error *err) {
    *ret = (struct shodo_host_source){.fd = -1};
    char *full = realpath(path, NULL);
    if (!full)
        return shodo_fail_errno(err, "opening '%s'", path);
    size_t n = strlen(full);
    if (n >= sizeof ret->path) {
        free(full);
        return shodo_fail(err, SHODO_LIMIT, "path of the source is too long");
    }
    memcpy(ret->path, full, n + 1);
    free(full);
    ret->fd = open(ret->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (ret->fd < 0)
        return shodo_fail_errno(err, "opening '%s'", path);
    enum shodo_status st = measure(ret, path, err);
    if (st != SHODO_OK)
        shodo_host_done(ret);
    else
        ret->has_answered = shodo_host_answers(ret);
    return st;
}

void shodo_host_done(struct shodo_host_source *h) {
    shodo_host_image_done(h);
    shodo_io_close(&h->fd);
}

enum shodo_status shodo_host_open_dir(int *ret_fd, const char *path, bool create,
                                      struct shodo_error *err) {
    *ret_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*ret_fd >= 0)
        return SHODO_OK;
    if (!create || errno != ENOENT)
        return shodo_fail_errno(err, "opening directory '%s'", path);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return shodo_fail_errno(err, "making directory '%s'", path);
    *ret_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *ret_fd >= 0 ? SHODO_OK : shodo_fail_errno(err, "opening directory '%s'", path);
}

enum shodo_status shodo_host_split(int *ret_dirfd, const char **ret_name, const char *path,
                                   char store[4096], struct shodo_error *err) {
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    if (n == 0 || n >= 4096)
        return shodo_fail(err, SHODO_INVALID, "path '%.200s' cannot be used", path);
    memcpy(store, path, n);
    store[n] = '\0';
    char *slash = strrchr(store, '/');
    if (!slash) {
        *ret_name = store;
        return shodo_host_open_dir(ret_dirfd, ".", false, err);
    }
    *slash = '\0';
    *ret_name = slash[1] ? slash + 1 : ".";
    return shodo_host_open_dir(ret_dirfd, slash == store ? "/" : store, false, err);
}

static enum shodo_status read_fd(struct shodo_buf *out, int fd, const char *path, size_t max,
                                 struct shodo_error *err) {
    enum { PIECE = 65536 };
    for (;;) {
        if (!shodo_buf_reserve(out, PIECE + 1))
            return shodo_fail(err, SHODO_NOMEM, "no memory for '%s'", path);
        ssize_t r = read(fd, out->data + out->len, PIECE);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return shodo_fail_errno(err, "reading '%s'", path);
        if (r == 0)
            break;
        out->len += (size_t)r;
        if (out->len > max)
            return shodo_fail(err, SHODO_LIMIT, "'%s' is larger than %zu bytes", path, max);
    }
    shodo_buf_cstr(out);
    return SHODO_OK;
}

enum shodo_status shodo_host_read(struct shodo_buf *out, const char *path, size_t max,
                                  struct shodo_error *err) {
    if (strcmp(path, "-") == 0)
        return read_fd(out, STDIN_FILENO, "standard input", max, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return shodo_fail_errno(err, "opening '%s'", path);
    enum shodo_status st = read_fd(out, fd, path, max, err);
    close(fd);
    return st;
}

/* A disk is asked itself: between a pulled cable and its end in the kernel the cache still answers.
 */
static int open_past_cache(const struct shodo_host_source *h) {
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", h->fd);
    return h->is_block ? open(self, O_RDONLY | O_DIRECT | O_CLOEXEC) : -1;
}

bool shodo_host_answers(const struct shodo_host_source *h) {
    enum { SECTOR_MAX = 4096 };
    _Alignas(SECTOR_MAX) uint8_t sector[SECTOR_MAX];
    if (h->is_tree)
        return true;
    int direct = open_past_cache(h);
    if (direct < 0 && (errno == ENXIO || errno == ENODEV || errno == EIO) && h->is_block)
        return false;
    bool answers = pread(direct >= 0 ? direct : h->fd, sector, sizeof sector, 0) > 0;
    shodo_io_close(&direct);
    return answers;
}

void shodo_host_write_counters(struct shodo_json *j, const struct shodo_host_source *h) {
    enum { WRITES = 4, DISCARDS = 11, FLUSHES = 15, FIELDS = 17 };
    struct stat st;
    char path[64], text[512];
    uint64_t field[FIELDS] = {0};
    if (!h->is_block || fstat(h->fd, &st) < 0)
        return;
    snprintf(path, sizeof path, "/sys/dev/block/%u:%u/stat", major(st.st_rdev), minor(st.st_rdev));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    shodo_io_close(&fd);
    if (n <= 0)
        return;
    text[n] = '\0';
    const char *p = text;
    for (size_t i = 0; i < FIELDS; i++) {
        p += strspn(p, " \n");
        size_t len = strcspn(p, " \n");
        if (len == 0 || !shodo_text_parse_u64(p, len, &field[i]))
            break;
        p += len;
    }
    shodo_json_object(j, "device_counters");
    shodo_json_u64(j, "writes", field[WRITES]);
    shodo_json_u64(j, "discards", field[DISCARDS]);
    shodo_json_u64(j, "flushes", field[FLUSHES]);
    shodo_json_object_end(j);
}
