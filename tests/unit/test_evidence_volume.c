/* SPDX-License-Identifier: Apache-2.0 */
/* Partition tables made in memory: GPT and MBR, 512 and 4096-byte sectors, damage; and what is on
 * the volumes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/source_fault.h"
#include "base/limits.h"
#include "evidence/volume.h"

#define DISK_BYTES (4u << 20)

static void put32(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}
static void put64(uint8_t *p, uint64_t v) {
    put32(p, (uint32_t)v);
    put32(p + 4, (uint32_t)(v >> 32));
}

static uint32_t crc32_of(const uint8_t *p, size_t n) {
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    return ~crc;
}

/* A minimal FAT16 boot sector: recognised, never read in these tests. */
static void put_fat(uint8_t *p) {
    memcpy(p, "\xeb\x3c\x90MSDOS5.0", 11);
    p[12] = 2; /* 512 */
    p[13] = 4;
    p[14] = 1;
    p[16] = 2;
    memcpy(p + 39, "\x78\x56\x34\x12HOSPITAL   FAT16   ", 23);
    p[510] = 0x55;
    p[511] = 0xaa;
}

static void put_mbr(uint8_t *disk, const uint32_t parts[][3], size_t count) {
    put32(disk + 440, 0xdeadbeef);
    for (size_t i = 0; i < count; i++) {
        uint8_t *e = disk + 446 + 16 * i;
        e[4] = (uint8_t)parts[i][0];
        put32(e + 8, parts[i][1]);
        put32(e + 12, parts[i][2]);
    }
    disk[510] = 0x55;
    disk[511] = 0xaa;
}

static const uint8_t basic_data[16] = {0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
                                       0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7};

static void put_gpt_header(uint8_t *disk, uint32_t sector, uint64_t at, uint64_t other,
                           uint64_t entries) {
    uint8_t *h = disk + at * sector;
    memset(h, 0, 512);
    memcpy(h, "EFI PART\0\0\1\0", 12);
    put32(h + 12, 92);
    put64(h + 24, at);
    put64(h + 32, other);
    put64(h + 40, 6);
    put64(h + 48, DISK_BYTES / sector - 6);
    memset(h + 56, 0x11, 16);
    put64(h + 72, entries);
    put32(h + 80, 16);
    put32(h + 84, 128);
    put32(h + 88, crc32_of(disk + entries * sector, 16 * 128));
    put32(h + 16, crc32_of(h, 92));
}

/* Two partitions of one MiB, FAT on the first. */
static uint8_t *make_gpt(uint32_t sector) {
    uint8_t *disk = calloc(1, DISK_BYTES);
    uint64_t last = DISK_BYTES / sector - 1, mib = (1u << 20) / sector;
    const uint32_t protective[][3] = {{0xee, 1, 0xffffffff}};
    uint8_t *e = disk + 2 * (uint64_t)sector;
    put_mbr(disk, protective, 1);
    for (uint64_t i = 0; i < 2; i++) {
        memcpy(e + 128 * i, basic_data, 16);
        memset(e + 128 * i + 16, (int)(0x21 + i), 16);
        put64(e + 128 * i + 32, (1 + i) * mib);
        put64(e + 128 * i + 40, (2 + i) * mib - 1);
        memcpy(e + 128 * i + 56, "B\0a\0s\0i\0c\0", 10);
    }
    memcpy(disk + (last - 4) * sector, e, 16 * 128);
    put_gpt_header(disk, sector, 1, last, 2);
    put_gpt_header(disk, sector, last, 1, last - 4);
    put_fat(disk + (1u << 20));
    return disk;
}

static void open_table(struct shodo_volume_table *t, struct shodo_source **s,
                       struct source_fault *f, uint8_t *disk) {
    struct shodo_error err = SHODO_ERROR_INIT;
    f->data = disk;
    if (f->size == 0)
        f->size = DISK_BYTES;
    assert_int_equal(source_fault_open(s, f, &err), SHODO_OK);
    if (shodo_volume_table_open(t, *s, &err) != SHODO_OK)
        fail_msg("%s", err.text);
}

static void check_gpt(uint8_t *disk, uint32_t sector, uint64_t size, const char *problem,
                      bool is_fat_first) {
    struct source_fault f = {.size = size};
    struct shodo_source *s = NULL;
    struct shodo_volume_table t;
    open_table(&t, &s, &f, disk);
    assert_string_equal(t.scheme, "gpt");
    assert_int_equal(t.sector_bytes, sector);
    assert_string_equal(t.disk_id, "11111111-1111-1111-1111-111111111111");
    assert_string_equal(t.problem, problem);
    assert_int_equal(t.volumes.count, 2);
    assert_int_equal(shodo_volume_at(&t, 0)->offset, 1u << 20);
    assert_int_equal(shodo_volume_at(&t, 0)->length, 1u << 20);
    assert_string_equal(shodo_volume_at(&t, 0)->part_type, "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7");
    assert_string_equal(shodo_volume_at(&t, 0)->part_name, "Basic");
    if (is_fat_first) {
        assert_int_equal(shodo_volume_at(&t, 0)->fs, SHODO_FS_FAT);
        assert_string_equal(shodo_volume_at(&t, 0)->label, "HOSPITAL");
        assert_string_equal(shodo_volume_at(&t, 0)->serial, "12345678");
        assert_int_equal(shodo_volume_at(&t, 0)->drive, 'D');
    }
    assert_int_equal(shodo_volume_at(&t, 1)->fs, SHODO_FS_NONE);
    shodo_volume_table_done(&t);
    shodo_source_free(s);
}

static void test_gpt(void **state) {
    const uint32_t sectors[] = {512, 4096};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint8_t *disk = make_gpt(sectors[i]);
        static const char backup[] = "primary GPT is damaged, the backup was used";
        check_gpt(disk, sectors[i], DISK_BYTES, "", true);
        disk[sectors[i] + 40] ^= 1; /* header */
        check_gpt(disk, sectors[i], DISK_BYTES, backup, true);
        disk[sectors[i] + 40] ^= 1;
        disk[2 * sectors[i] + 33] ^= 1; /* entries */
        check_gpt(disk, sectors[i], DISK_BYTES, backup, true);
        memset(disk, 0, 512); /* no protective MBR either */
        check_gpt(disk, sectors[i], DISK_BYTES, backup, true);
        /* fixed VHD: a footer pushes the backup from the end */
        disk = realloc(disk, DISK_BYTES + 512);
        memset(disk + DISK_BYTES, 'c', 512);
        check_gpt(disk, sectors[i], DISK_BYTES + 512, backup, true);
        free(disk);
    }
}

static void test_gpt_both_damaged(void **state) {
    uint8_t *disk = make_gpt(512);
    struct source_fault f = {.size = 0};
    struct shodo_source *s = NULL;
    struct shodo_volume_table t;
    (void)state;
    disk[512 + 40] ^= 1;
    disk[DISK_BYTES - 512 + 40] ^= 1;
    open_table(&t, &s, &f, disk);
    assert_non_null(strstr(t.problem, "both copies are damaged"));
    shodo_volume_table_done(&t);
    shodo_source_free(s);
    free(disk);
}

static void test_mbr(void **state) {
    const uint32_t sectors[] = {512, 4096};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint32_t sector = sectors[i], at = (1u << 20) / sector;
        uint8_t *disk = calloc(1, DISK_BYTES);
        const uint32_t parts[][3] = {{7, at, at}, {0x0f, 2 * at, 2 * at}};
        const uint32_t first[][3] = {{0x0b, 8, at / 2}, {0x05, at, at}};
        /* and back to itself: a loop */
        const uint32_t second[][3] = {{0x42, 8, at / 2}, {0x05, at, at}};
        struct source_fault f = {.sector = 512};
        struct shodo_source *s = NULL;
        struct shodo_volume_table t;
        put_mbr(disk, parts, 2);
        put_mbr(disk + 2 * (1u << 20), first, 2);
        put_mbr(disk + 3 * (1u << 20), second, 2);
        put_fat(disk + (1u << 20));
        open_table(&t, &s, &f, disk);
        assert_string_equal(t.scheme, "mbr");
        assert_string_equal(t.disk_id, "deadbeef");
        assert_int_equal(t.sector_bytes, sector);
        assert_int_equal(t.volumes.count, SHODO_LIMIT_VOLUMES); /* the loop, cut by the limit */
        assert_true(t.problem[0] != '\0');
        assert_int_equal(shodo_volume_at(&t, 0)->fs, SHODO_FS_FAT);
        assert_int_equal(shodo_volume_at(&t, 1)->offset, 2 * (1u << 20) + 8 * sector);
        assert_string_equal(shodo_volume_at(&t, 2)->part_type, "0x42");
        assert_string_equal(shodo_volume_at(&t, 2)->fs_name, "dynamic disk");
        assert_int_equal(shodo_volume_at(&t, 2)->fs, SHODO_FS_OTHER);
        shodo_volume_table_done(&t);
        shodo_source_free(s);
        free(disk);
    }
}

/* A partition beyond the end (cut image) is kept, shortened and said. */
static void test_cut_image(void **state) {
    uint8_t *disk = calloc(1, DISK_BYTES);
    const uint32_t parts[][3] = {{7, 2048, 1u << 20}, {7, 1u << 30, 100}};
    struct source_fault f = {.size = 0};
    struct shodo_source *s = NULL;
    struct shodo_volume_table t;
    (void)state;
    put_mbr(disk, parts, 2);
    open_table(&t, &s, &f, disk);
    assert_int_equal(t.volumes.count, 2);
    assert_int_equal(shodo_source_size(shodo_volume_at(&t, 0)->source), DISK_BYTES - (1u << 20));
    assert_int_equal(shodo_source_size(shodo_volume_at(&t, 1)->source), 0);
    assert_non_null(strstr(t.problem, "beyond the end"));
    shodo_volume_table_done(&t);
    shodo_source_free(s);
    free(disk);
}

/* One volume without a table, known by its marks; each has a reason. */
static void test_recognised(void **state) {
    static const struct {
        size_t at;
        const char *mark;
        size_t len;
        enum shodo_volume_fs fs;
        const char *name;
    } rows[] = {
        {3, "ReFS\0\0\0\0", 8, SHODO_FS_OTHER, "ReFS"},
        {4096, "SPACEDB ", 8, SHODO_FS_OTHER, "Storage Spaces"},
        {512, "LABELONE", 8, SHODO_FS_OTHER, "LVM"},
        {4096, "\xfc\x4e\x2b\xa9", 4, SHODO_FS_OTHER, "mdraid"},
        {0, "XFSB", 4, SHODO_FS_OTHER, "XFS"},
        {0x10040, "_BHRfS_M", 8, SHODO_FS_OTHER, "BTRFS"},
        {0, "LUKS\xba\xbe", 6, SHODO_FS_OTHER, "LUKS"},
        {1u << 20, "\x0d\xd0\x01\xc0", 4, SHODO_FS_OTHER, "VMFS"},
        {3, "-FVE-FS-", 8, SHODO_FS_BITLOCKER, "BitLocker"},
        {100, "x", 1, SHODO_FS_UNKNOWN, ""},
        {4000, "x", 1, SHODO_FS_NONE, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t *disk = calloc(1, DISK_BYTES);
        struct source_fault f = {.size = 0};
        struct shodo_source *s = NULL;
        struct shodo_volume_table t;
        memcpy(disk + rows[i].at, rows[i].mark, rows[i].len);
        open_table(&t, &s, &f, disk);
        assert_string_equal(t.scheme, "none");
        assert_int_equal(t.volumes.count, 1);
        assert_int_equal(shodo_volume_at(&t, 0)->fs, rows[i].fs);
        assert_string_equal(shodo_volume_at(&t, 0)->fs_name, rows[i].name);
        assert_true(shodo_volume_at(&t, 0)->why[0] != '\0');
        /* without metadata it is damaged BitLocker, in English only */
        if (strcmp(rows[i].mark, "-FVE-FS-") != 0) {
            shodo_auto(shodo_buf) struct shodo_buf ja = SHODO_BUF_INIT;
            assert_true(shodo_volume_why_show(&ja, shodo_volume_at(&t, 0)->why, true));
            assert_string_not_equal(shodo_buf_cstr(&ja), shodo_volume_at(&t, 0)->why);
        }
        shodo_volume_table_done(&t);
        shodo_source_free(s);
        free(disk);
    }
}

static void test_containers(void **state) {
    static const struct {
        size_t at;
        const char *mark, *name;
    } rows[] = {{0, "vhdxfile", "VHDX"},
                {0, "conectix", "VHD"},
                {0, "KDMV", "VMDK"},
                {0, "QFI\xfb", "QCOW2"},
                {64, "\x7f\x10\xda\xbe", "VDI"}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t *disk = calloc(1, DISK_BYTES);
        struct source_fault f = {.data = disk, .size = DISK_BYTES};
        struct shodo_source *s = NULL;
        struct shodo_volume_table t;
        struct shodo_error err = SHODO_ERROR_INIT;
        memcpy(disk + rows[i].at, rows[i].mark, strlen(rows[i].mark));
        assert_int_equal(source_fault_open(&s, &f, NULL), SHODO_OK);
        assert_int_equal(shodo_volume_table_open(&t, s, &err), SHODO_UNSUPPORTED);
        assert_non_null(strstr(err.text, rows[i].name));
        assert_non_null(strstr(err.text, "qemu-img convert"));
        shodo_source_free(s);
        free(disk);
    }
}

static void test_bad_first_sector(void **state) {
    uint8_t *disk = make_gpt(512);
    struct source_fault f = {.bad_offset = 0, .bad_length = 2048};
    struct shodo_source *s = NULL;
    struct shodo_volume_table t;
    (void)state;
    open_table(&t, &s, &f, disk);
    assert_string_equal(t.scheme, "gpt");
    assert_int_equal(t.volumes.count, 2);
    assert_non_null(strstr(t.problem, "cannot be read"));
    assert_non_null(strstr(t.problem, "backup"));
    shodo_volume_table_done(&t);
    shodo_source_free(s);
    free(disk);
}

static void test_endpoint_id(void **state) {
    struct shodo_volume_table t = {.volumes = SHODO_VEC_INIT(sizeof(struct shodo_volume)),
                                   .disk_id = "abc"};
    char a[13], b[13], c[13];
    (void)state;
    shodo_endpoint_id(&t, 1000, a);
    shodo_endpoint_id(&t, 1000, b);
    shodo_endpoint_id(&t, 1001, c);
    assert_int_equal(strlen(a), 12);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gpt),
        cmocka_unit_test(test_gpt_both_damaged),
        cmocka_unit_test(test_mbr),
        cmocka_unit_test(test_cut_image),
        cmocka_unit_test(test_recognised),
        cmocka_unit_test(test_containers),
        cmocka_unit_test(test_bad_first_sector),
        cmocka_unit_test(test_endpoint_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
