/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FAT, exFAT and ext4: volumes made by the system's own tools, every file equal to what was put in
 * and to icat; a real FAT with a cluster loop; a bad sector walked through small volumes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../lib/source_fault.h"
#include "base/cur.h"
#include "base/hash.h"
#include "evidence_lib.h"

#define FILES_MAX 128

static char top[] = "/tmp/shodo-fs-XXXXXX";

static void shell(const char *script) {
    const char *argv[] = {"bash", "-c", script, top, NULL};
    static char out[65536];
    char full[8192];
    snprintf(full, sizeof(full), "set -e; PATH=$PATH:/usr/sbin:/sbin; cd '%s'; { %s ; } 2>&1", top,
             script);
    argv[2] = full;
    if (run_text(argv, out, sizeof(out)) != 0)
        fail_msg("%s\n%s", script, out);
}

static bool has_program(const char *name) {
    char script[128], out[256];
    const char *argv[] = {"bash", "-c", script, NULL};
    snprintf(script, sizeof(script), "PATH=$PATH:/usr/sbin:/sbin command -v %s", name);
    if (run_text(argv, out, sizeof(out)) == 0)
        return true;
    print_message("skipped: no '%s' here\n", name);
    return false;
}

static int make_files(void **state) {
    (void)state;
    assert_non_null(mkdtemp(top));
    shell(
        "mkdir -p tree/医事課/a/b; printf hello >tree/hello.txt; printf '' >tree/empty; "
        "head -c 300000 /dev/urandom >tree/医事課/台帳.bin; seq 1 20000 >tree/医事課/a/b/seq.txt");
    return 0;
}

static int remove_files(void **state) {
    const char *argv[] = {"rm", "-rf", top, NULL};
    char out[16];
    (void)state;
    return run_text(argv, out, sizeof(out));
}

struct seen {
    char path[256];
    uint64_t record;
    uint8_t digest[32];
    uint64_t lost;
    size_t names;
    bool is_good;
};

struct lister {
    struct shodo_source *source;
    struct seen files[FILES_MAX];
    size_t count;
    unsigned problems, folders, links;
    bool names_volume;
    uint64_t named[FILES_MAX];
    size_t named_count;
};

static enum shodo_status on_entry(void *ctx, const struct shodo_entry *e) {
    struct lister *l = ctx;
    l->folders += e->kind == SHODO_ENTRY_DIR;
    l->links += e->kind == SHODO_ENTRY_LINK;
    if (e->kind != SHODO_ENTRY_FILE || e->streams_count == 0 || l->count == FILES_MAX ||
        e->streams[0].size_bytes > (8u << 20))
        return SHODO_OK;
    snprintf(l->files[l->count].path, 256, "%.*s", (int)e->path_len, e->path);
    l->files[l->count].record = e->record;
    l->files[l->count].names = e->names_count;
    l->files[l->count].lost = stream_sha256(l->source, e, 0, l->files[l->count].digest);
    l->files[l->count].lost += (e->flags & SHODO_ENTRY_DAMAGED) != 0;
    l->count++;
    return SHODO_OK;
}

static void on_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t record,
                       const char *path, const char *text) {
    struct lister *l = ctx;
    (void)reason;
    (void)text;
    l->problems++;
    l->names_volume = l->names_volume || (record == 0 && !path);
    if (l->named_count < FILES_MAX)
        l->named[l->named_count++] = record;
}

static enum shodo_status list_volume(struct lister *l, struct shodo_volume *v,
                                     struct shodo_error *err) {
    const struct shodo_walk_options o = {.want_deleted = false};
    const struct shodo_walk_sink sink = {.ctx = l, .entry = on_entry, .problem = on_problem};
    struct shodo_walk *w = NULL;
    enum shodo_status st = shodo_walk_open(&w, v, err);
    l->source = v->source;
    if (st == SHODO_OK)
        st = shodo_walk_run(w, &o, &sink, NULL, err);
    shodo_walk_free(w);
    return st;
}

static const struct seen *find(const struct lister *l, const char *path) {
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->files[i].path, path) == 0)
            return &l->files[i];
    return NULL;
}

/* Same content under the same path as in the folder the volume was made from. */
static void expect_tree_file(const struct lister *l, const char *path) {
    char host[512];
    uint8_t digest[32];
    const struct seen *s = find(l, path);
    snprintf(host, sizeof(host), "%s/tree%s", top, path);
    file_sha256(host, digest);
    if (!s)
        fail_msg("'%s' is not listed", path);
    assert_int_equal(s->lost, 0);
    assert_memory_equal(s->digest, digest, 32);
}

static void check_icat(const struct lister *l, const char *image) {
    for (size_t i = 0; i < l->count; i++) {
        char record[32];
        const char *argv[] = {"icat", image, record, NULL};
        uint8_t digest[32];
        uint64_t n = 0;
        snprintf(record, sizeof(record), "%llu", (unsigned long long)l->files[i].record);
        assert_int_equal(run_sha256(argv, digest, &n), 0);
        if (memcmp(l->files[i].digest, digest, 32) != 0)
            fail_msg("'%s' is not what icat gives", l->files[i].path);
    }
}

static void check_volume(const char *file, enum shodo_volume_fs fs, const char *fs_name,
                         struct lister *l) {
    struct shodo_error err = SHODO_ERROR_INIT;
    char path[512];
    struct image im;
    memset(l, 0, sizeof(*l));
    snprintf(path, sizeof(path), "%s/%s", top, file);
    image_open(&im, path);
    assert_int_equal(shodo_volume_at(&im.table, 0)->fs, fs);
    assert_string_equal(shodo_volume_at(&im.table, 0)->fs_name, fs_name);
    if (list_volume(l, shodo_volume_at(&im.table, 0), &err) != SHODO_OK)
        fail_msg("%s", err.text);
    assert_int_equal(l->problems, 0);
    check_icat(l, path);
    image_close(&im);
}

static void test_ext4(void **state) {
    struct lister *l = calloc(1, sizeof(*l));
    const struct seen *s = NULL;
    (void)state;
    if (!has_program("mkfs.ext4"))
        skip();
    shell(
        "cp -a tree etree; ln etree/hello.txt etree/second; ln -s /etc/passwd etree/out; "
        "truncate -s 3M etree/sparse; printf x | dd of=etree/sparse bs=1 seek=2000000 conv=notrunc; "
        "truncate -s 16M ext.img; mkfs.ext4 -q -F -L 病院 -d etree ext.img");
    check_volume("ext.img", SHODO_FS_EXT, "ext4", l);
    expect_tree_file(l, "/empty");
    expect_tree_file(l, "/医事課/台帳.bin");
    expect_tree_file(l, "/医事課/a/b/seq.txt");
    s = find(l, "/hello.txt") ? find(l, "/hello.txt") : find(l, "/second");
    assert_non_null(s);
    assert_int_equal(s->names, 2);
    assert_int_equal(l->links, 1);
    free(l);
}

static void test_fat(void **state) {
    static const char *const kinds[][3] = {
        {"12", "2M", "FAT12"}, {"16", "16M", "FAT16"}, {"32", "64M", "FAT32"}};
    struct lister *l = calloc(1, sizeof(*l));
    (void)state;
    if (!has_program("mkfs.vfat") || !has_program("mcopy"))
        skip();
    for (size_t i = 0; i < 3; i++) {
        char script[512];
        snprintf(script, sizeof(script),
                 "rm -f fat.img; truncate -s %s fat.img; mkfs.vfat -F %s fat.img; "
                 "cd tree; LC_ALL=C.UTF-8 mcopy -s -i ../fat.img hello.txt empty 医事課 ::",
                 kinds[i][1], kinds[i][0]);
        shell(script);
        check_volume("fat.img", SHODO_FS_FAT, kinds[i][2], l);
        expect_tree_file(l, "/hello.txt");
        expect_tree_file(l, "/医事課/台帳.bin");
        expect_tree_file(l, "/医事課/a/b/seq.txt");
        assert_int_equal(l->folders, 3);
    }
    free(l);
}

static void put16(uint8_t *p, unsigned v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

/* A file of one cluster in the root of a fresh exFAT volume; nothing else can write one without
 * mounting. */
static void exfat_put(const char *path) {
    FILE *f = fopen(path, "r+b");
    uint8_t boot[512], entry[96] = {0x85, 2}, data[3000];
    uint64_t heap = 0, root = 0, cluster = 0;
    unsigned sum = 0;
    assert_non_null(f);
    assert_int_equal(fread(boot, 1, 512, f), 512);
    cluster = 1ull << (boot[108] + boot[109]);
    heap = (uint64_t)shodo_le32(boot + 88) << boot[108];
    root = heap + (shodo_le32(boot + 96) - 2ull) * cluster;
    entry[4] = 0x20;
    for (int i = 0; i < 3; i++)
        put16(entry + 10 + 4 * i, 40 << 9 | 1 << 5 | 1); /* 2020-01-01 */
    entry[32] = 0xc0;
    entry[33] = 3; /* allocated, no FAT chain */
    entry[35] = 4; /* letters */
    put16(entry + 40, sizeof(data));
    entry[32 + 20] = 20; /* first cluster */
    put16(entry + 56, sizeof(data));
    entry[64] = 0xc1;
    for (int i = 0; i < 4; i++)
        put16(entry + 66 + 2 * i, (unsigned)"file"[i]);
    for (size_t i = 0; i < sizeof(entry); i++)
        sum = i == 2 || i == 3 ? sum : ((sum & 1 ? 0x8000u : 0) + (sum >> 1) + entry[i]) & 0xffff;
    put16(entry + 2, sum);
    memset(data, 'e', sizeof(data));
    for (uint64_t at = root;; at += 32) {
        uint8_t type = 0;
        fseek(f, (long)at, SEEK_SET);
        assert_int_equal(fread(&type, 1, 1, f), 1);
        if (type == 0x81) { /* allocation bitmap: cluster 20 is bit 18 */
            uint8_t e[31], bits = 0;
            long place = 0;
            assert_int_equal(fread(e, 1, sizeof(e), f), sizeof(e));
            place = (long)(heap + (shodo_le32(e + 19) - 2ull) * cluster + 2);
            fseek(f, place, SEEK_SET);
            assert_int_equal(fread(&bits, 1, 1, f), 1);
            bits |= 4;
            fseek(f, place, SEEK_SET);
            assert_int_equal(fwrite(&bits, 1, 1, f), 1);
        }
        if (type == 0) {
            fseek(f, (long)at, SEEK_SET);
            assert_int_equal(fwrite(entry, 1, sizeof(entry), f), sizeof(entry));
            break;
        }
    }
    fseek(f, (long)(heap + 18 * cluster), SEEK_SET);
    assert_int_equal(fwrite(data, 1, sizeof(data), f), sizeof(data));
    fclose(f);
}

static void test_exfat(void **state) {
    struct lister *l = calloc(1, sizeof(*l));
    char path[512];
    (void)state;
    if (!has_program("mkfs.exfat"))
        skip();
    shell("truncate -s 8M exfat.img; mkfs.exfat exfat.img");
    snprintf(path, sizeof(path), "%s/exfat.img", top);
    exfat_put(path);
    check_volume("exfat.img", SHODO_FS_EXFAT, "exFAT", l);
    assert_int_equal(l->count, 1);
    assert_string_equal(l->files[0].path, "/file");
    free(l);
}

/* A cluster chain that bites its tail: listed, ends, and is said or empty; every named file
 * readable. */
static void test_fat_loop(void **state) {
    struct lister *l = calloc(1, sizeof(*l));
    struct shodo_error err = SHODO_ERROR_INIT;
    char path[512];
    struct image im;
    (void)state;
    image_open(&im, data_path("fat32_loop.raw", path));
    for (size_t i = 0; i < im.table.volumes.count; i++)
        if (shodo_volume_at(&im.table, i)->fs == SHODO_FS_FAT)
            assert_int_equal(list_volume(l, shodo_volume_at(&im.table, i), &err), SHODO_OK);
    print_message("%zu files, %u folders, %u problems\n", l->count, l->folders, l->problems);
    assert_true(l->count + l->folders + l->problems > 0);
    image_close(&im);
    free(l);
}

/* Every sector bad once: each file is right, or something names it. */
static void sweep(const char *file, size_t size, size_t step) {
    struct lister *clean = calloc(1, sizeof(*clean)), *l = calloc(1, sizeof(*l));
    uint8_t *disk = malloc(size);
    unsigned complete = 0, named = 0, refused = 0;
    char path[512];
    FILE *f = NULL;
    snprintf(path, sizeof(path), "%s/%s", top, file);
    f = fopen(path, "rb");
    assert_int_equal(fread(disk, 1, size, f), size);
    fclose(f);
    for (size_t bad = 0; bad <= size; bad += bad == 0 ? 1 : step * 512) {
        struct source_fault fault = {
            .data = disk, .size = size, .bad_offset = bad - 1, .bad_length = bad > 0};
        struct lister *now = bad == 0 ? clean : l;
        struct shodo_volume_table t;
        struct shodo_source *s = NULL;
        bool all = true;
        memset(now, 0, sizeof(*now));
        assert_int_equal(source_fault_open(&s, &fault, NULL), SHODO_OK);
        assert_int_equal(shodo_volume_table_open(&t, s, NULL), SHODO_OK);
        if (list_volume(now, shodo_volume_at(&t, 0), NULL) != SHODO_OK) {
            refused++;
        } else {
            for (size_t i = 0; i < clean->count; i++) {
                const struct seen *s2 = find(now, clean->files[i].path);
                bool is_named = now->names_volume;
                for (size_t k = 0; k < now->named_count; k++)
                    is_named = is_named || now->named[k] == clean->files[i].record;
                if (s2 && s2->lost == 0 && memcmp(s2->digest, clean->files[i].digest, 32) == 0)
                    continue;
                all = false;
                if (!is_named && !(s2 && s2->lost > 0))
                    fail_msg("%s: bad byte %zu: '%s' is wrong or missing and nothing names it",
                             file, bad - 1, clean->files[i].path);
            }
            complete += all;
            named += !all;
        }
        shodo_volume_table_done(&t);
        shodo_source_free(s);
    }
    print_message(
        "%s: %zu files; sectors: %u all complete, %u with named losses, %u volume refused\n", file,
        clean->count, complete, named, refused);
    assert_true(clean->count > 1 && named > 0);
    free(disk);
    free(clean);
    free(l);
}

static size_t step_of(size_t fallback) {
    const char *s = getenv("SHODO_SWEEP_STEP");
    return s && *s >= '1' && *s <= '9' ? (size_t)(*s - '0') : fallback;
}

static void test_sweep_fat(void **state) {
    (void)state;
    if (!has_program("mkfs.vfat") || !has_program("mcopy"))
        skip();
    shell(
        "truncate -s 512K small.img; mkfs.vfat -F 12 small.img; head -c 30000 tree/医事課/台帳.bin >thirty; "
        "mcopy -i small.img thirty tree/hello.txt ::; mmd -i small.img ::dir; mcopy -i small.img tree/hello.txt ::dir/copy");
    sweep("small.img", 512 * 1024, step_of(1));
}

static void test_sweep_ext4(void **state) {
    (void)state;
    if (!has_program("mkfs.ext4"))
        skip();
    shell(
        "mkdir -p small/dir; head -c 30000 tree/医事課/台帳.bin >small/thirty; cp tree/hello.txt small/dir/; "
        "cp tree/hello.txt small/; truncate -s 1M se.img; mkfs.ext4 -q -F -O ^has_journal -N 32 -d small se.img");
    sweep("se.img", 1024 * 1024, step_of(1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ext4),      cmocka_unit_test(test_fat),
        cmocka_unit_test(test_exfat),     cmocka_unit_test(test_fat_loop),
        cmocka_unit_test(test_sweep_fat), cmocka_unit_test(test_sweep_ext4),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
