/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/deflate.h"
#include "base/io.h"
#include "base/text.h"

#define LOCALE_NAME  "C.UTF-8"
#define LC_CTYPE_MAX (4u << 20)

/* The build host's C.utf8/LC_CTYPE, gzipped (see CMakeLists.txt). */
extern const unsigned char shodo_lc_ctype_gz[];
extern const size_t shodo_lc_ctype_gz_len;

static bool unpack(struct shodo_buf *out) {
    return shodo_inflate(out, shodo_lc_ctype_gz, shodo_lc_ctype_gz_len, LC_CTYPE_MAX, NULL) ==
           SHODO_OK;
}

/* DIR/shodo-locale.XXXXXX/C.UTF-8/LC_CTYPE → setlocale → gone. */
static bool try_dir(const char *dir, const struct shodo_buf *data) {
    shodo_auto(shodo_buf) struct shodo_buf root = SHODO_BUF_INIT;
    int rootfd = -1, dirfd = -1, fd = -1;
    bool ok = false;

    if (!shodo_buf_addf(&root, "%s/shodo-locale.XXXXXX", dir) || !mkdtemp(root.data))
        return false;
    rootfd = open(root.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (rootfd >= 0 && mkdirat(rootfd, LOCALE_NAME, 0700) == 0)
        dirfd = openat(rootfd, LOCALE_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (dirfd >= 0)
        fd = openat(dirfd, "LC_CTYPE", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && shodo_io_write_all(fd, data->data, data->len, NULL) == SHODO_OK &&
        setenv("LOCPATH", root.data, 1) == 0) {
        ok = setlocale(LC_CTYPE, LOCALE_NAME) != NULL;
        unsetenv("LOCPATH");
    }
    shodo_io_close(&fd);
    if (dirfd >= 0)
        (void)unlinkat(dirfd, "LC_CTYPE", 0);
    shodo_io_close(&dirfd);
    if (rootfd >= 0)
        (void)unlinkat(rootfd, LOCALE_NAME, AT_REMOVEDIR);
    shodo_io_close(&rootfd);
    (void)rmdir(root.data);
    return ok;
}

enum shodo_status shodo_text_locale_init(const char *case_dir, struct shodo_error *err) {
    const char *dirs[] = {getenv("XDG_RUNTIME_DIR"), "/run", "/dev/shm", "/tmp", case_dir};
    shodo_auto(shodo_buf) struct shodo_buf data = SHODO_BUF_INIT;

    if (!unpack(&data))
        return shodo_fail(err, data.failed ? SHODO_NOMEM : SHODO_DAMAGED,
                          "unpacking the embedded locale");
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(dirs); i++)
        if (dirs[i] && dirs[i][0] && try_dir(dirs[i], &data))
            return SHODO_OK;
    /* last resort: a host that has the locale installed, with nothing writable */
    if (setlocale(LC_CTYPE, LOCALE_NAME))
        return SHODO_OK;
    return shodo_fail(err, SHODO_NOSPACE,
                      "no writable directory for the embedded locale: tried $XDG_RUNTIME_DIR, "
                      "/run, /dev/shm, /tmp and the case");
}
