/* SPDX-License-Identifier: Apache-2.0 */
/* Image files of several segments and recovery keys: found and read in the supervisor, used in the
 * workers. */
#include "engine/host_image.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "engine/secret.h"
#include "evidence/bitlocker.h"
#include "evidence/image.h"

enum { KEY_FILE_BYTES = 4096, EXTENSION_MAX = 8, FILES_SPARE = 64, LETTERS = 26 };

enum pattern { PATTERN_NONE, PATTERN_NUMBER, PATTERN_EWF };

static bool is_digits(const char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return n > 0;
}

static bool is_letters(const char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!((s[i] | 0x20) >= 'a' && (s[i] | 0x20) <= 'z'))
            return false;
    return true;
}

static enum pattern pattern_of(const char *ext) {
    size_t n = strlen(ext);
    if (n >= 2 && n <= EXTENSION_MAX && is_digits(ext, n))
        return PATTERN_NUMBER;
    bool is_e = n == 3 && ext[0] != 0 && ((ext[0] | 0x20) >= 'e' && (ext[0] | 0x20) <= 'z');
    return is_e && (is_digits(ext + 1, 2) || is_letters(ext + 1, 2)) ? PATTERN_EWF : PATTERN_NONE;
}

/* E01 … E99, EAA … EZZ, FAA … ZZZ: a number that grows by one. 0: none. */
static uint32_t ewf_number(const char *e) {
    if (is_digits(e + 1, 2))
        return (e[0] | 0x20) == 'e' ? (uint32_t)(e[1] - '0') * 10 + (uint32_t)(e[2] - '0') : 0;
    uint32_t a = (uint32_t)((e[0] | 0x20) - 'e'), b = (uint32_t)((e[1] | 0x20) - 'a'),
             c = (uint32_t)((e[2] | 0x20) - 'a');
    return 100 + (a * LETTERS + b) * LETTERS + c;
}

static uint64_t number_of(enum pattern p, const char *ext) {
    uint64_t n = 0;
    if (p == PATTERN_EWF)
        return ewf_number(ext);
    return shodo_text_parse_u64(ext, strlen(ext), &n) ? n : 0;
}

static void name_of(char out[EXTENSION_MAX + 4], enum pattern p, uint64_t n, const char *first) {
    char base = (char)(first[0] & 0x20); /* as the user writes it: .E01 or .e01 */
    if (p == PATTERN_NUMBER) {
        snprintf(out, EXTENSION_MAX + 4, "%0*llu", (int)strlen(first), (unsigned long long)n);
    } else if (n < 100) {
        snprintf(out, EXTENSION_MAX + 4, "%c%02u", first[0], (unsigned)n);
    } else {
        unsigned k = (unsigned)(n - 100);
        out[0] = (char)(('E' | base) + (char)(k / LETTERS / LETTERS));
        out[1] = (char)(('A' | base) + (char)(k / LETTERS % LETTERS));
        out[2] = (char)(('A' | base) + (char)(k % LETTERS));
        out[3] = '\0';
    }
}

static enum shodo_status add_segment(struct shodo_host_source *h, int fd, uint64_t size,
                                     struct shodo_error *err) {
    struct shodo_segment *s = shodo_vec_push(&h->segments);
    if (!s)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a segment");
    *s = (struct shodo_segment){.fd = fd, .size_bytes = size};
    return SHODO_OK;
}

struct family {
    struct shodo_host_source *h;
    enum pattern pattern;
    int dirfd;
    const char *name; /* of the first file */
    size_t stem;      /* up to and with the dot */
};

/* NOTFOUND: no such member. */
static enum shodo_status open_member(const struct family *f, uint64_t n, struct shodo_error *err) {
    char name[NAME_MAX + 16], ext[EXTENSION_MAX + 4];
    name_of(ext, f->pattern, n, f->name + f->stem);
    snprintf(name, sizeof name, "%.*s%s", (int)f->stem, f->name, ext);
    int fd = openat(f->dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return errno == ENOENT ? SHODO_NOTFOUND
                               : shodo_fail_errno(err, "opening segment '%s'", name);
    struct stat st;
    enum shodo_status r = SHODO_OK;
    if (fstat(fd, &st) != 0)
        r = shodo_fail_errno(err, "looking at segment '%s'", name);
    else if (!S_ISREG(st.st_mode) || st.st_size == 0)
        r = shodo_fail(err, SHODO_DAMAGED, "segment '%s' is empty or no file", name);
    if (r == SHODO_OK)
        r = add_segment(f->h, fd, (uint64_t)st.st_size, err);
    if (r != SHODO_OK)
        close(fd);
    return r;
}

/* A member behind the gap: what was found is not all. */
static enum shodo_status check_gap(const struct family *f, uint64_t last, struct shodo_error *err) {
    int fd = openat(f->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    enum shodo_status st = SHODO_OK;
    if (!d) {
        shodo_io_close(&fd);
        return SHODO_OK; /* a folder that may not be listed: the readers say what does not fit */
    }
    for (struct dirent *e; st == SHODO_OK && (e = readdir(d)) != NULL;) {
        if (strlen(e->d_name) <= f->stem || memcmp(e->d_name, f->name, f->stem) != 0)
            continue;
        const char *ext = e->d_name + f->stem;
        if (pattern_of(ext) == f->pattern && number_of(f->pattern, ext) > last) {
            char missing[EXTENSION_MAX + 4];
            name_of(missing, f->pattern, last + 1, f->name + f->stem);
            st = shodo_fail(
                err, SHODO_DAMAGED,
                "segment '%.*s%s' is missing, but '%s' is there: nothing is read until the set is "
                "complete; ask whoever made the image for the missing part",
                (int)f->stem, f->name, missing, e->d_name);
        }
    }
    closedir(d);
    return st;
}

static void allow_files(void) {
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < SHODO_LIMIT_SEGMENTS + FILES_SPARE) {
        r.rlim_cur = SHODO_MIN(r.rlim_max, (rlim_t)SHODO_LIMIT_SEGMENTS + FILES_SPARE);
        setrlimit(RLIMIT_NOFILE, &r);
    }
}

static enum shodo_status find_members(const struct family *f, struct shodo_error *err) {
    const char *ext = f->name + f->stem;
    uint64_t first = number_of(f->pattern, ext), n = first;
    if (first > 1) {
        char before[EXTENSION_MAX + 4], name[NAME_MAX + 16];
        name_of(before, f->pattern, first - 1, ext);
        snprintf(name, sizeof name, "%.*s%s", (int)f->stem, f->name, before);
        if (faccessat(f->dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
            return shodo_fail(err, SHODO_INVALID,
                              "'%s' is not the first segment: name the first one (there is '%s')",
                              f->name, name);
        return SHODO_OK; /* an image that merely ends in digits */
    }
    allow_files();
    enum shodo_status st = SHODO_OK;
    while (st == SHODO_OK) {
        if (f->h->segments.count > SHODO_LIMIT_SEGMENTS)
            return shodo_fail(err, SHODO_LIMIT, "more than %u segments", SHODO_LIMIT_SEGMENTS);
        st = open_member(f, ++n, err);
    }
    if (st == SHODO_NOTFOUND)
        st = check_gap(f, n - 1, err);
    for (size_t i = 1; st == SHODO_OK && i < f->h->segments.count; i++)
        f->h->size_bytes += ((struct shodo_segment *)shodo_vec_at(&f->h->segments, i))->size_bytes;
    return st;
}

enum shodo_status shodo_host_find_segments(struct shodo_host_source *h, struct shodo_error *err) {
    h->segments = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_segment));
    enum shodo_status st = add_segment(h, h->fd, h->size_bytes, err);
    const char *slash = strrchr(h->path, '/'), *dot = strrchr(h->path, '.');
    if (st != SHODO_OK || h->is_block || !slash || !dot || dot < slash ||
        strlen(slash + 1) > NAME_MAX)
        return st;
    struct family f = {.h = h,
                       .pattern = pattern_of(dot + 1),
                       .dirfd = -1,
                       .name = slash + 1,
                       .stem = (size_t)(dot - slash)};
    if (f.pattern == PATTERN_NONE)
        return SHODO_OK;
    char folder[sizeof h->path];
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - h->path), h->path);
    st = shodo_host_open_dir(&f.dirfd, folder[0] ? folder : "/", false, err);
    if (st == SHODO_OK)
        st = find_members(&f, err);
    shodo_io_close(&f.dirfd);
    return st;
}

enum shodo_status shodo_host_add_key(struct shodo_host_source *h, const char *path,
                                     struct shodo_error *err) {
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_bitlocker_key key;
    const struct rlimit none = {0};
    if (h->keys.count >= SHODO_LIMIT_RECOVERY_KEYS)
        return shodo_fail(err, SHODO_LIMIT, "more than %u recovery keys",
                          SHODO_LIMIT_RECOVERY_KEYS);
    h->keys.item_bytes = sizeof key;
    setrlimit(RLIMIT_CORE, &none); /* a crash must not write the key anywhere */
    enum shodo_status st = shodo_host_read(&b, path, KEY_FILE_BYTES, err);
    if (st == SHODO_OK)
        st = shodo_bitlocker_key_parse(&key, b.data, b.len, err);
    shodo_secret_wipe(&b);
    if (st != SHODO_OK)
        return shodo_error_context(err, "recovery key in '%s'", path), st;
    struct shodo_bitlocker_key *slot = shodo_vec_push(&h->keys);
    if (slot)
        *slot = key;
    shodo_bitlocker_key_wipe(&key);
    return slot ? SHODO_OK : shodo_fail(err, SHODO_NOMEM, "no memory for a recovery key");
}

void shodo_host_image_done(struct shodo_host_source *h) {
    for (size_t i = 1; i < h->segments.count; i++)
        close(((struct shodo_segment *)shodo_vec_at(&h->segments, i))->fd);
    shodo_vec_done(&h->segments);
    if (h->keys.data)
        explicit_bzero(h->keys.data, h->keys.cap * h->keys.item_bytes);
    shodo_vec_done(&h->keys);
}

enum shodo_status shodo_host_source_open(struct shodo_source **ret,
                                         const struct shodo_host_source *h,
                                         struct shodo_error *err) {
    size_t n = h->segments.count;
    if (n == 0)
        return shodo_source_from_fd(ret, h->fd, h->size_bytes, h->sector_bytes, err);
    struct shodo_vec fds = SHODO_VEC_INIT(sizeof(int)), sizes = SHODO_VEC_INIT(sizeof(uint64_t));
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < n && st == SHODO_OK; i++) {
        const struct shodo_segment *s = shodo_vec_at(&h->segments, i);
        int *fd = shodo_vec_push(&fds);
        uint64_t *size = shodo_vec_push(&sizes);
        if (!fd || !size) {
            st = shodo_fail(err, SHODO_NOMEM, "no memory for the segments");
            break;
        }
        *fd = s->fd;
        *size = s->size_bytes;
    }
    if (st == SHODO_OK)
        st = shodo_image_open(ret, fds.data, sizes.data, n, h->sector_bytes, err);
    shodo_vec_done(&fds);
    shodo_vec_done(&sizes);
    return st;
}

/* The serial of what is inside stays out of the identity: locked or not, it is the same machine. */
static bool unlock(struct shodo_volume *v, const struct shodo_host_source *h) {
    char serial[sizeof v->serial];
    memcpy(serial, v->serial, sizeof serial);
    for (size_t i = 0; i < h->keys.count; i++)
        if (shodo_volume_unlock(v, shodo_vec_at(&h->keys, i), NULL) == SHODO_OK) {
            memcpy(v->serial, serial, sizeof serial);
            return true;
        }
    return false;
}

enum shodo_status shodo_host_volumes_open(struct shodo_source **ret, struct shodo_volume_table *t,
                                          const struct shodo_host_source *h, uint64_t *ret_unlocked,
                                          struct shodo_error *err) {
    enum shodo_status st = shodo_host_source_open(ret, h, err);
    uint64_t unlocked = 0;
    if (st == SHODO_OK)
        st = shodo_volume_table_open(t, *ret, err);
    for (size_t i = 0; st == SHODO_OK && h->keys.count && i < t->volumes.count; i++) {
        struct shodo_volume *v = shodo_volume_at(t, i);
        unlocked += v->fs == SHODO_FS_BITLOCKER && unlock(v, h);
    }
    if (unlocked)
        shodo_volume_table_letters(t);
    if (ret_unlocked)
        *ret_unlocked = unlocked;
    return st;
}
