/* SPDX-License-Identifier: Apache-2.0 */
/* A foreign ZIP: its members, and as the bag that verify reads. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "handover/check.h"
#include "handover/verify.h"
#include "handover/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_members(int fd) {
    struct shodo_unzip *u = NULL;
    struct shodo_zip_member m;
    static uint8_t buf[65536];
    uint64_t left = 8 << 20; /* what unpacks to more than that teaches nothing new */
    if (shodo_unzip_new(&u, fd, NULL) != SHODO_OK)
        return;
    while (left > 0 && shodo_unzip_next(u, &m, NULL) == SHODO_OK)
        for (size_t n = 1; n > 0 && left > 0; left -= n < left ? n : left)
            if (shodo_unzip_read(u, buf, sizeof(buf), &n, NULL) != SHODO_OK)
                break;
    shodo_unzip_free(u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct shodo_verify_options o = {.problem = NULL};
    struct shodo_verify_report report = {.problems = 0};
    struct shodo_problems problems = {.o = &o, .report = &report};
    struct shodo_check *c = NULL;
    shodo_auto(shodo_buf) struct shodo_buf base = SHODO_BUF_INIT;
    int fd = memfd_create("zip", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    read_members(fd);
    if (shodo_check_new(&c, &problems, NULL) == SHODO_OK)
        (void)shodo_scan_zip(c, &problems, fd, &base, NULL);
    shodo_check_free(c);
    close(fd);
    return 0;
}
