/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/detect.h"

#include <stdio.h>
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/text.h"
#include "evidence/ntfs.h"
#include "evidence/why.h"

#define DOS_NAMES 2 /* namespace of the short names */

#define HEAD_BYTES SHODO_KIB(72) /* up to the marks of BTRFS at 64 KiB */

/* Marks of what we do not read ourselves. */
static const struct mark {
    uint32_t offset;
    uint8_t bytes[10];
    uint8_t len;
    const char *name;
    enum why why;
} marks[] = {
    {3, "ReFS\0\0\0\0", 8, "ReFS", WHY_REFS},
    {4096, "SPACEDB ", 8, "Storage Spaces", WHY_SPACES},
    {0, "LUKS\xba\xbe", 6, "LUKS", WHY_LUKS},
    {512, "LABELONE", 8, "LVM", WHY_LVM},
    {4096, "\xfc\x4e\x2b\xa9", 4, "mdraid", WHY_MDRAID},
    {0, "\xfc\x4e\x2b\xa9", 4, "mdraid", WHY_MDRAID},
    {0, "XFSB", 4, "XFS", WHY_XFS},
    {0x10040, "_BHRfS_M", 8, "BTRFS", WHY_BTRFS},
    {32, "NXSB", 4, "APFS", WHY_APFS},
    {1024, "H+", 2, "HFS+", WHY_HFS},
    {1024, "HX", 2, "HFS+", WHY_HFS},
    {4086, "SWAPSPACE2", 10, "swap", WHY_SWAP},
    {0x8001, "CD001", 5, "ISO 9660", WHY_ISO},
    {0, "hsqs", 4, "squashfs", WHY_SQUASHFS},
};

static const struct {
    const char *type, *name;
    enum why why;
} types[] = {
    {"0x42", "dynamic disk", WHY_DYNAMIC},
    {"AF9B60A0-1431-4F62-BC68-3311714A69AD", "dynamic disk", WHY_DYNAMIC},
    {"5808C8AA-7E8F-42E0-85D2-E1E90434CFB3", "dynamic disk", WHY_DYNAMIC_DB},
    {"E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D", "Storage Spaces", WHY_SPACES},
    {"E3C9E316-0B5C-4DB8-817D-F92DF00215AE", "reserved", WHY_RESERVED},
    {"21686148-6449-6E6F-744E-656564454649", "BIOS boot", WHY_BIOS_BOOT},
    {"0xfb", "VMFS", WHY_VMFS},
    {"AA31E02A-400F-11DB-9590-000C2911D1B8", "VMFS", WHY_VMFS},
    {"0xfd", "mdraid", WHY_MDRAID},
    {"A19D880F-05FC-4D3B-A006-743F0F84911E", "mdraid", WHY_MDRAID},
    {"0x8e", "LVM", WHY_LVM},
    {"E6D6D379-F507-44C2-A23C-238F2A3DF928", "LVM", WHY_LVM},
};

static void set(struct shodo_volume *v, enum shodo_volume_fs fs, const char *name,
                const char *why) {
    v->fs = fs;
    snprintf(v->fs_name, sizeof(v->fs_name), "%s", name);
    snprintf(v->why, sizeof(v->why), "%s", why);
}

static bool has(const uint8_t *p, size_t n, size_t at, const void *mark, size_t len) {
    return at <= n && len <= n - at && memcmp(p + at, mark, len) == 0;
}

/* OEM name and the plausibility of the parameter block: a FAT boot sector and no MBR with boot
 * code. */
static bool is_fat(const uint8_t *p, size_t n) {
    uint16_t sector = 0;
    if (n < 512 || p[510] != 0x55 || p[511] != 0xaa || (p[0] != 0xeb && p[0] != 0xe9))
        return false;
    sector = shodo_le16(p + 11);
    return (sector == 512 || sector == 1024 || sector == 2048 || sector == 4096) && p[13] != 0 &&
           (p[13] & (p[13] - 1)) == 0 && (p[16] == 1 || p[16] == 2) && shodo_le16(p + 14) != 0 &&
           (has(p, n, 54, "FAT", 3) || has(p, n, 82, "FAT32", 5));
}

static bool is_bitlocker(const uint8_t *p, size_t n) {
    static const uint8_t ordinary[16] = {0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
                                         0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01};
    return has(p, n, 3, "-FVE-FS-", 8) ||
           (has(p, n, 3, "MSWIN4.1", 8) && has(p, n, 424, ordinary, sizeof(ordinary)));
}

/* People of a Windows: the folders of \Users that are not made by the system. What does not fit is
 * left out. */
static void add_user(void *ctx, const uint8_t *utf16, size_t units, uint8_t name_space,
                     bool is_folder) {
    static const char *const system_names[] = {"Public",    "Default",      "Default User",
                                               "All Users", "defaultuser0", "WDAGUtilityAccount"};
    struct shodo_volume *v = ctx;
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    size_t used = strlen(v->users);
    if (!is_folder || name_space == DOS_NAMES ||
        !shodo_text_decode(&name, SHODO_UTF16LE, (const char *)utf16, 2 * units, NULL))
        return;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(system_names); i++) {
        if (shodo_text_ieq(shodo_buf_cstr(&name), system_names[i]))
            return;
    }
    if (used + name.len + 2 <= sizeof(v->users) && !memchr(name.data, '/', name.len))
        snprintf(v->users + used, sizeof(v->users) - used, "%s%s", used ? "/" : "", name.data);
}

static bool detect_ntfs(struct shodo_volume *v) {
    struct ntfs_boot boot;
    struct shodo_ntfs *n = NULL;
    bool is_copy = false;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (ntfs_boot_read(&boot, v->source, &is_copy, NULL) != SHODO_OK)
        return false;
    set(v, SHODO_FS_NTFS, "NTFS", "");
    v->cluster_bytes = boot.cluster_bytes;
    snprintf(v->serial, sizeof(v->serial), "%016llx", (unsigned long long)boot.serial);
    if (ntfs_open(&n, v->source, &err) == SHODO_OK) {
        uint64_t folder = 0, system32 = 0;
        snprintf(v->label, sizeof(v->label), "%s", n->label);
        v->has_windows = ntfs_index_find(n, NTFS_ROOT, "Windows", &folder, NULL) == SHODO_OK &&
                         ntfs_index_find(n, folder, "System32", &system32, NULL) == SHODO_OK;
        if (v->has_windows && ntfs_index_find(n, NTFS_ROOT, "Users", &folder, NULL) == SHODO_OK)
            ntfs_index_names(n, folder, add_user, v, NULL); /* a damaged folder: fewer names */
        ntfs_state(n, &v->is_dirty, &v->sleep);
    } else {
        snprintf(v->why, sizeof(v->why), "NTFS is damaged: %.200s", err.text);
    }
    ntfs_free(n);
    return true;
}

/* Trailing blanks of a fixed-width field go. */
static void label_field(char *out, size_t out_bytes, const uint8_t *p, size_t n) {
    while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == 0))
        n--;
    n = SHODO_MIN(n, out_bytes - 1);
    for (size_t i = 0; i < n; i++)
        out[i] = p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '_';
    out[n] = '\0';
}

static bool detect_fat(struct shodo_volume *v, const uint8_t *p, size_t n) {
    bool is_32 = has(p, n, 82, "FAT32", 5);
    if (!is_fat(p, n))
        return false;
    set(v, SHODO_FS_FAT, is_32 ? "FAT32" : has(p, n, 54, "FAT12", 5) ? "FAT12" : "FAT16", "");
    v->cluster_bytes = (uint32_t)shodo_le16(p + 11) * p[13];
    snprintf(v->serial, sizeof(v->serial), "%08x", shodo_le32(p + (is_32 ? 67 : 39)));
    label_field(v->label, sizeof(v->label), p + (is_32 ? 71 : 43), 11);
    if (strcmp(v->label, "NO NAME") == 0)
        v->label[0] = '\0';
    return true;
}

static bool detect_exfat(struct shodo_volume *v, const uint8_t *p, size_t n) {
    if (!has(p, n, 3, "EXFAT   ", 8))
        return false;
    set(v, SHODO_FS_EXFAT, "exFAT", "");
    if (p[108] >= 9 && p[108] <= 12 && p[109] <= 25 - p[108])
        v->cluster_bytes = 1u << (p[108] + p[109]);
    snprintf(v->serial, sizeof(v->serial), "%08x", shodo_le32(p + 100));
    return true;
}

static bool detect_ext(struct shodo_volume *v, const uint8_t *p, size_t n) {
    const uint8_t *sb = p + 1024;
    uint32_t features = 0;
    if (!has(p, n, 1080, "\x53\xef", 2) || n < 2048 || shodo_le32(sb + 24) > 6)
        return false;
    features = shodo_le32(sb + 96);
    set(v, SHODO_FS_EXT, features & 0x40 ? "ext4" : shodo_le32(sb + 92) & 4 ? "ext3" : "ext2", "");
    v->cluster_bytes = 1024u << shodo_le32(sb + 24);
    for (size_t i = 0; i < 16; i++)
        snprintf(v->serial + 2 * i, sizeof(v->serial) - 2 * i, "%02x", sb[104 + i]);
    label_field(v->label, sizeof(v->label), sb + 120, 16);
    return true;
}

/* VMFS puts its marks at 1 MiB. */
static bool detect_vmfs(struct shodo_volume *v) {
    uint8_t b[4];
    uint64_t bad = 0;
    if (shodo_source_size(v->source) < SHODO_MIB(1) + 4 ||
        shodo_source_read(v->source, SHODO_MIB(1), b, 4, &bad, NULL) != SHODO_OK || bad > 0 ||
        (memcmp(b, "\x0d\xd0\x01\xc0", 4) != 0 && memcmp(b, "\x5e\xf1\xab\x2f", 4) != 0))
        return false;
    set(v, SHODO_FS_OTHER, "VMFS", why_en(WHY_VMFS));
    return true;
}

static bool detect_mark(struct shodo_volume *v, const uint8_t *p, size_t n) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(marks); i++) {
        if (has(p, n, marks[i].offset, marks[i].bytes, marks[i].len)) {
            set(v, SHODO_FS_OTHER, marks[i].name, why_en(marks[i].why));
            return true;
        }
    }
    return false;
}

static bool detect_type(struct shodo_volume *v) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(types); i++) {
        if (strcmp(v->part_type, types[i].type) == 0) {
            bool is_empty = types[i].why == WHY_RESERVED || types[i].why == WHY_BIOS_BOOT;
            set(v, is_empty ? SHODO_FS_NONE : SHODO_FS_OTHER, types[i].name, why_en(types[i].why));
            return true;
        }
    }
    return false;
}

void detect_volume(struct shodo_volume *v) {
    static const uint8_t zero[512];
    uint8_t p[HEAD_BYTES];
    uint64_t bad = 0;
    size_t n = (size_t)SHODO_MIN(shodo_source_size(v->source), (uint64_t)sizeof(p));
    if (n < 512 || shodo_source_read(v->source, 0, p, n, &bad, NULL) != SHODO_OK) {
        set(v, SHODO_FS_NONE, "", why_en(WHY_SMALL));
        return;
    }
    if (is_bitlocker(p, n)) {
        set(v, SHODO_FS_BITLOCKER, "BitLocker", why_en(WHY_BITLOCKER));
        return;
    }
    if (has(p, n, 3, "NTFS    ", 8) && detect_ntfs(v))
        return;
    if (detect_exfat(v, p, n) || detect_fat(v, p, n) || detect_ext(v, p, n) ||
        detect_mark(v, p, n) || detect_vmfs(v) || detect_type(v) || detect_ntfs(v))
        return;
    if (bad > 0)
        set(v, SHODO_FS_UNKNOWN, "", why_en(WHY_BAD_START));
    else if (memcmp(p, zero, sizeof(zero)) == 0)
        set(v, SHODO_FS_NONE, "", why_en(WHY_EMPTY));
    else
        set(v, SHODO_FS_UNKNOWN, "", why_en(WHY_UNKNOWN));
}

bool detect_is_boot_sector(const uint8_t *p, size_t n) {
    return is_bitlocker(p, n) || is_fat(p, n) || has(p, n, 3, "NTFS    ", 8) ||
           has(p, n, 3, "EXFAT   ", 8) || has(p, n, 3, "ReFS", 4);
}

const char *detect_container(const uint8_t *p, size_t n) {
    static const struct {
        const char *mark;
        size_t offset, len;
        const char *name;
    } containers[] = {
        {"vhdxfile", 0, 8, "VHDX"},
        {"conectix", 0, 8, "dynamic VHD"},
        {"KDMV", 0, 4, "VMDK"},
        {"# Disk Descriptor", 0, 17, "VMDK descriptor"},
        {"COWD", 0, 4, "VMDK"},
        {"QFI\xfb", 0, 4, "QCOW2"},
        {"\x7f\x10\xda\xbe", 64, 4, "VDI"},
        {"AFF10\r\n", 0, 7, "AFF"},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(containers); i++)
        if (has(p, n, containers[i].offset, containers[i].mark, containers[i].len))
            return containers[i].name;
    return NULL;
}
