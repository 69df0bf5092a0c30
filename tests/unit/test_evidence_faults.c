/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bad sector walked through a small NTFS volume, every sector of it: each file is given with its
 * right SHA-256, or something names it (itself, its record, or the volume). SHODO_SWEEP_STEP thins
 * the sweep out. Seeded mutations: the same, except that mutated bytes may lie in a file's own
 * content or in a field that nothing on the volume contradicts; the latter are listed and may not
 * pass 5 % of the mutations. SHODO_MUTATIONS (300) says how many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/source_fault.h"
#include "base/hash.h"
#include "evidence_lib.h"
#include "evidence_maker.h"

#define FILES_MAX 1024

struct known {
    char name[128]; /* path and stream */
    uint64_t record;
    uint8_t digest[32];
    bool is_seen;
};

struct sweep {
    struct shodo_source *source;
    struct known files[FILES_MAX];
    size_t count;
    bool is_learning;
    bool names_volume;
    unsigned char is_named[8192]; /* by record */
    char wrong[256];
};

static enum shodo_status on_entry(void *ctx, const struct shodo_entry *e) {
    struct sweep *s = ctx;
    for (size_t i = 0; i < e->streams_count; i++) {
        struct shodo_error err = SHODO_ERROR_INIT;
        struct shodo_content *c = NULL;
        char name[128];
        uint8_t digest[32];
        uint64_t lost = 0;
        if (e->streams[i].size_bytes > (1u << 20))
            continue;
        snprintf(name, sizeof(name), "%.*s:%.*s", (int)e->path_len, e->path,
                 (int)e->streams[i].name_len, e->streams[i].name);
        if (shodo_content_open(&c, s->source, e, i, &err) != SHODO_OK) {
            s->is_named[e->record % sizeof(s->is_named)] = 1;
            continue;
        }
        shodo_content_free(c);
        lost = stream_sha256(s->source, e, i, digest);
        if (s->is_learning) {
            assert_true(s->count < FILES_MAX);
            snprintf(s->files[s->count].name, sizeof(name), "%s", name);
            memcpy(s->files[s->count].digest, digest, 32);
            s->files[s->count++].record = e->record;
            continue;
        }
        if (lost > 0 || (e->flags & SHODO_ENTRY_DAMAGED))
            s->is_named[e->record % sizeof(s->is_named)] = 1;
        for (size_t k = 0; k < s->count; k++) {
            if (strcmp(s->files[k].name, name) != 0)
                continue;
            s->files[k].is_seen = memcmp(s->files[k].digest, digest, 32) == 0;
            if (!s->files[k].is_seen && !s->is_named[e->record % sizeof(s->is_named)])
                snprintf(s->wrong, sizeof(s->wrong), "'%s' is wrong and nothing says so", name);
        }
    }
    return SHODO_OK;
}

static void on_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t record,
                       const char *path, const char *text) {
    struct sweep *s = ctx;
    (void)reason;
    (void)text;
    if (record == 0 && !path)
        s->names_volume = true;
    s->is_named[record % sizeof(s->is_named)] = 1;
}

/* false: the volume could not be opened, which names it. */
static bool pass(struct sweep *s, struct source_fault *f) {
    const struct shodo_walk_options o = {
        .want_deleted = true, .want_system = false, .want_owner = true};
    const struct shodo_walk_sink sink = {.ctx = s, .entry = on_entry, .problem = on_problem};
    struct shodo_volume_table t;
    struct shodo_source *disk = NULL;
    struct shodo_walk *w = NULL;
    bool is_open = false;
    assert_int_equal(source_fault_open(&disk, f, NULL), SHODO_OK);
    assert_int_equal(shodo_volume_table_open(&t, disk, NULL), SHODO_OK);
    if (shodo_walk_open(&w, shodo_volume_at(&t, 0), NULL) == SHODO_OK) {
        is_open = true;
        s->source = shodo_volume_at(&t, 0)->source;
        assert_int_equal(shodo_walk_run(w, &o, &sink, NULL, NULL), SHODO_OK);
    }
    shodo_walk_free(w);
    shodo_volume_table_done(&t);
    shodo_source_free(disk);
    return is_open;
}

static void sweep(const uint8_t *disk, uint64_t size, uint64_t step) {
    struct sweep *s = calloc(1, sizeof(*s));
    struct source_fault clean = {.data = disk, .size = size};
    unsigned complete = 0, named = 0, refused = 0;
    s->is_learning = true;
    assert_true(pass(s, &clean));
    assert_true(s->count > 0);
    s->is_learning = false;
    for (uint64_t sector = 0; sector < size / 512; sector += step) {
        struct source_fault f = {
            .data = disk, .size = size, .bad_offset = sector * 512, .bad_length = 512};
        bool all = true;
        s->names_volume = false;
        s->wrong[0] = '\0';
        memset(s->is_named, 0, sizeof(s->is_named));
        for (size_t i = 0; i < s->count; i++)
            s->files[i].is_seen = false;
        if (!pass(s, &f)) {
            refused++;
            continue;
        }
        if (s->wrong[0] != '\0')
            fail_msg("sector %llu: %s", (unsigned long long)sector, s->wrong);
        for (size_t i = 0; i < s->count; i++) {
            if (s->files[i].is_seen)
                continue;
            all = false;
            if (!s->names_volume && !s->is_named[s->files[i].record % sizeof(s->is_named)])
                fail_msg("sector %llu: '%s' is missing and nothing names it",
                         (unsigned long long)sector, s->files[i].name);
        }
        complete += all;
        named += !all;
    }
    print_message(
        "%zu streams; sectors: %u all complete, %u with named losses, %u volume refused\n",
        s->count, complete, named, refused);
    assert_true(named > 0);
    free(s);
}

static uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Sectors that hold the MFT or an index: mutated content of files proves nothing. */
static bool is_metadata(const uint8_t *disk, uint64_t size, uint64_t at) {
    uint64_t sector = at / 512;
    if (sector == 0 || sector == size / 512 - 1)
        return true;
    for (uint64_t back = 0; back < 8 && back <= sector; back++) {
        const uint8_t *p = disk + (sector - back) * 512;
        if ((memcmp(p, "FILE", 4) == 0 && back < 2) || memcmp(p, "INDX", 4) == 0)
            return true;
    }
    return false;
}

/* In the content of one of the maker's files, or in a name: there is no index there that could
 * contradict it. */
static bool is_free_field(const uint8_t *disk, uint64_t at) {
    static const char content[] = "content of a small file";
    static const char name[] = "f\0i\0l\0e\0000\0.\0t\0x\0t";
    uint64_t from = at > sizeof(content) ? at - sizeof(content) : 0;
    const uint8_t *p = memmem(disk + from, at - from + sizeof(content), content,
                              sizeof(content) - 1);
    if (p && p <= disk + at && disk + at < p + sizeof(content) - 1)
        return true;
    from = at > 24 ? at - 24 : 0;
    p = memmem(disk + from, at - from + 8, name, 8);
    return p && p <= disk + at + 4 && disk + at < p + 24;
}

static void mutate(const uint8_t *disk, uint64_t size, unsigned rounds) {
    struct sweep *s = calloc(1, sizeof(*s));
    struct source_fault clean = {.data = disk, .size = size};
    uint8_t *copy = malloc(size);
    unsigned complete = 0, named = 0, refused = 0, silent = 0, free_fields = 0;
    uint32_t seed = 20261122;
    s->is_learning = true;
    assert_true(pass(s, &clean));
    s->is_learning = false;
    for (unsigned i = 0; i < rounds; i++) {
        struct source_fault f = {.data = copy, .size = size};
        uint64_t at = 0;
        bool all = true, is_silent = false;
        const char *missing = "";
        memcpy(copy, disk, size);
        do {
            at = ((uint64_t)next_random(&seed) << 16 | (next_random(&seed) & 0xffff)) % size;
        } while (!is_metadata(disk, size, at) || disk[at] == 0);
        for (unsigned k = 0; k <= i % 4 && at + k < size; k++)
            copy[at + k] ^= (uint8_t)(1 + next_random(&seed) % 255);
        s->names_volume = false;
        s->wrong[0] = '\0';
        memset(s->is_named, 0, sizeof(s->is_named));
        for (size_t k = 0; k < s->count; k++)
            s->files[k].is_seen = false;
        if (!pass(s, &f)) {
            refused++;
            continue;
        }
        for (size_t k = 0; k < s->count; k++) {
            if (s->files[k].is_seen)
                continue;
            all = false;
            if (s->names_volume || s->is_named[s->files[k].record % sizeof(s->is_named)])
                continue;
            is_silent = true;
            missing = s->files[k].name;
        }
        complete += all;
        named += !all && !is_silent;
        if (is_silent && is_free_field(disk, at)) {
            free_fields++;
            continue;
        }
        silent += is_silent;
        if (is_silent)
            print_message("  silent: '%s', byte %llu (0x%llx in its sector) %02x%02x%02x%02x\n",
                          missing, (unsigned long long)at, (unsigned long long)(at % 512), copy[at],
                          copy[at + 1], copy[at + 2], copy[at + 3]);
    }
    print_message(
        "%u mutations: %u all complete, %u named, %u volume refused, %u in content or names, %u silent\n",
        rounds, complete, named, refused, free_fields, silent);
    assert_true(silent * 20 <= rounds);
    free(copy);
    free(s);
}

static unsigned rounds_of(unsigned fallback) {
    const char *s = getenv("SHODO_MUTATIONS");
    unsigned v = 0;
    for (; s && *s >= '0' && *s <= '9'; s++)
        v = v * 10 + (unsigned)(*s - '0');
    return v > 0 ? v : fallback;
}

static uint64_t step_of(uint64_t fallback) {
    const char *s = getenv("SHODO_SWEEP_STEP");
    return s && *s >= '1' && *s <= '9' ? (uint64_t)(*s - '0') : fallback;
}

static void test_made(void **state) {
    static const uint8_t pairs[] = {0x11, 2, 41, 0};
    struct maker m;
    (void)state;
    maker_start(&m);
    for (uint32_t i = 0; i < 10; i++) {
        char name[16];
        snprintf(name, sizeof(name), "f%u.txt", i);
        maker_file(&m, 30 + i, name, "content of a small file");
    }
    maker_begin(&m, 45, 1);
    maker_name(&m, 5, 5, 3, "big");
    maker_stream(
        &m, &(struct maker_stream){0x80, "", 0, 1, 8192, 8000, 8000, 0, 0, pairs, sizeof(pairs)});
    maker_end(&m);
    memset(m.disk + 41 * MAKER_CLUSTER, 0x41, 2 * MAKER_CLUSTER);
    sweep(m.disk, MAKER_BYTES, 1);
    maker_done(&m);
}

static void test_mutations(void **state) {
    struct maker m;
    (void)state;
    maker_start(&m);
    for (uint32_t i = 0; i < 12; i++) {
        static const uint8_t pairs[] = {0x11, 1, 41, 0};
        char name[16];
        snprintf(name, sizeof(name), "file%u.txt", i);
        if (i % 2) {
            maker_file(&m, 30 + i, name, "content of a small file");
            continue;
        }
        maker_begin(&m, 30 + i, 1);
        maker_standard(&m, 0x20);
        maker_name(&m, 5, 5, 3, name);
        maker_stream(&m, &(struct maker_stream){0x80, "", 0, 0, 4096, 3000, 3000, 0, 0, pairs,
                                                sizeof(pairs)});
        maker_end(&m);
    }
    memset(m.disk + 41 * MAKER_CLUSTER, 0x41, MAKER_CLUSTER);
    mutate(m.disk, MAKER_BYTES, rounds_of(300));
    maker_done(&m);
}

static void test_mutations_real(void **state) {
    char path[512];
    FILE *f = NULL;
    const uint64_t size = 33554432;
    uint8_t *disk = malloc(size);
    (void)state;
    f = fopen(data_path("ntfs_index.raw", path), "rb");
    assert_non_null(f);
    assert_int_equal(fread(disk, 1, size, f), size);
    fclose(f);
    mutate(disk, size, rounds_of(300) / 3);
    free(disk);
}

static void test_real(void **state) {
    char path[512];
    FILE *f = NULL;
    uint8_t *disk = malloc(2097152);
    (void)state;
    f = fopen(data_path("testfs1.raw", path), "rb");
    assert_non_null(f);
    assert_int_equal(fread(disk, 1, 2097152, f), 2097152);
    fclose(f);
    sweep(disk, 2097152, step_of(5));
    free(disk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made),
        cmocka_unit_test(test_real),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_mutations_real),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
