/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHODO_TESTDATA_DEVICE_H
#define SHODO_TESTDATA_DEVICE_H

struct ntfs_device;

/* A closed device over the file; ntfs_device_mount() opens it and ntfs_umount() frees it. NULL: no
 * memory. */
struct ntfs_device *td_device_new(const char *path);

#endif
