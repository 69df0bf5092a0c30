/* SPDX-License-Identifier: GPL-2.0-or-later */
/* make-disk DESCRIPTION IMAGE [SEARCH-FOLDER...]: see tests/data/README.md. */
#include "disk.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void format_fat(const struct td_disk *d, const struct td_part *p, const char *path) {
    char sector[16], serial[16], kib[24];

    snprintf(sector, sizeof sector, "%u", d->sector);
    snprintf(serial, sizeof serial, "%08x", (unsigned)p->serial);
    snprintf(kib, sizeof kib, "%llu", (unsigned long long)(p->bytes / 1024));
    const char *argv[] = {access("/usr/sbin/mkfs.fat", X_OK) ? "mkfs.fat" : "/usr/sbin/mkfs.fat",
                          "--invariant",
                          "-C",
                          "-F",
                          p->bytes >= 40u << 20 ? "32" : "16",
                          "-S",
                          sector,
                          "-i",
                          serial,
                          path,
                          kib,
                          NULL};

    unlink(path);
    if (td_run(argv))
        td_fail(&p->at, "mkfs.fat failed");
}

static void make_part(struct td_disk *d, struct td_part *p, const char *image) {
    struct td_buf name = {0};

    if (p->fs == TD_FS_NONE)
        return;
    td_buf_fmt(&name, "%s.volume", image);
    td_buf_u8(&name, 0);
    const char *path = (char *)name.p;
    if (p->fs == TD_FS_FAT) {
        format_fat(d, p, path);
    } else {
        td_ntfs_format(d, p, path);
        td_ntfs_fill(d, p, path);
        td_patch_apply(d, p, path);
        td_shadow_write(d, p, path);
        td_bitlocker_encrypt(d, p, path);
    }
    td_table_copy(path, image, p->start);
    unlink(path);
    td_buf_done(&name);
}

int main(int argc, char **argv) {
    struct td_disk d = {0};

    /* Zeros from malloc: should libntfs-3g write a byte that it never set, two builds are still
     * equal. */
    mallopt(M_PERTURB, 0xff);
    if (argc < 3) {
        fputs("usage: make-disk DESCRIPTION IMAGE [SEARCH-FOLDER...]\n", stderr);
        return 2;
    }
    td_script_read(&d.script, argv[1], argv + 3, (size_t)argc - 3);
    td_disk_parse(&d);
    td_table_layout(&d);
    td_table_write(&d, argv[2]);
    for (size_t i = 0; i < d.nparts; i++)
        make_part(&d, &d.part[i], argv[2]);
    td_truth_write(&d, argv[2]);
    return 0;
}
