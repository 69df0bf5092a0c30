/* SPDX-License-Identifier: Apache-2.0 */
/* Every stream of every file of the real NTFS volumes: SHA-256 equal to icat's. Names and times
 * against fls and istat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "evidence_lib.h"

#define BADCLUS_RECORD 8u

struct compare {
    struct shodo_source *source;
    const char *path;
    char offset[32]; /* sectors, for -o */
    unsigned streams, skipped, wrong, deleted_other, problems;
};

/* icat numbers attributes itself when a file has an attribute list: find the id by its name in
 * istat's text. */
static unsigned istat_id(const struct compare *c, const struct shodo_entry *e,
                         const struct shodo_stream *s) {
    static char text[1 << 20];
    char record[32], want[600];
    const char *argv[] = {"istat", "-o", c->offset, c->path, record, NULL};
    char *p = NULL, *next = NULL;
    snprintf(record, sizeof(record), "%llu", (unsigned long long)e->record);
    run_text(argv, text, sizeof(text));
    snprintf(want, sizeof(want), "Name: %.*s ", (int)s->name_len,
             s->name_len > 0 ? s->name : "N/A");
    for (p = strstr(text, "\nAttributes:"); p && (p = strstr(p, "\nType: ")); p = next) {
        unsigned type = 0, id = 0;
        const char *paren = strchr(p, '('), *name = strstr(p, "Name: ");
        next = p + 1;
        if (!paren || !name || sscanf(paren, "(%u-%u)", &type, &id) != 2 || type != s->attr_type)
            continue;
        if (strncmp(name, want, strlen(want)) == 0 ||
            (s->name_len == 0 && strncmp(name, "Name: N/A", 9) == 0))
            return id;
    }
    return s->attr_id;
}

/*
 * $BadClus:$Bad: as large as the volume and, on a sound disk, one hole with an initialised size of
 * 0, of which icat prints nothing (istat has its size). It must read as so many zeros.
 */
static void compare_bad_clusters(struct compare *c, const struct shodo_entry *e, size_t stream) {
    static const uint8_t zeros[65536];
    const struct shodo_stream *s = &e->streams[stream];
    uint8_t ours[32], want[32];
    shodo_autop(shodo_hash) struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    assert_non_null(h);
    for (uint64_t left = s->size_bytes; left > 0;) {
        size_t n = (size_t)SHODO_MIN(left, (uint64_t)sizeof zeros);
        shodo_hash_update(h, zeros, n);
        left -= n;
    }
    shodo_hash_final(h, want);
    static char istat[1 << 16];
    char line[80];
    snprintf(line, sizeof line, "Name: $Bad   Non-Resident   size: %llu ",
             (unsigned long long)s->size_bytes);
    const char *argv[] = {"istat", "-o", c->offset, c->path, "8", NULL};
    run_text(argv, istat, sizeof istat);
    bool is_listed = strstr(istat, line) != NULL;
    c->streams++;
    if (stream_sha256(c->source, e, stream, ours) == 0 && memcmp(ours, want, 32) == 0 && is_listed)
        return;
    print_message("$BadClus:$Bad of %llu bytes is not that many zeros, or istat has another size\n",
                  (unsigned long long)s->size_bytes);
    c->wrong++;
}

static enum shodo_status compare_entry(void *ctx, const struct shodo_entry *e) {
    struct compare *c = ctx;
    for (size_t i = 0; i < e->streams_count; i++) {
        const struct shodo_stream *s = &e->streams[i];
        uint8_t ours[32], theirs[32];
        uint64_t len = 0, lost = 0;
        char address[64];
        const char *argv[] = {"icat", "-o", c->offset, c->path, address, NULL};
        snprintf(address, sizeof(address), "%llu-%u-%u", (unsigned long long)e->record,
                 s->attr_type, istat_id(c, e, s));
        if (e->record == BADCLUS_RECORD && s->name_len > 0) {
            compare_bad_clusters(c, e, i);
            continue;
        }
        /* icat prints zeros for WOF */
        if (s->flags & (SHODO_STREAM_ENCRYPTED | SHODO_STREAM_WOF)) {
            c->skipped++;
            continue;
        }
        lost = stream_sha256(c->source, e, i, ours);
        c->streams++;
        if (run_sha256(argv, theirs, &len) == 0 && memcmp(ours, theirs, 32) == 0 && lost == 0)
            continue;
        if (e->flags & SHODO_ENTRY_DELETED) {
            c->deleted_other++;
            continue;
        }
        print_message("differs: %.*s:%.*s (%s) size %llu, icat %llu, lost %llu\n", (int)e->path_len,
                      e->path, (int)s->name_len, s->name, address,
                      (unsigned long long)s->size_bytes, (unsigned long long)len,
                      (unsigned long long)lost);
        c->wrong++;
    }
    return SHODO_OK;
}

/* Paths of live files and folders, one a line, as fls -rp has them. */
struct paths {
    char *text;
    size_t n, room;
    unsigned count;
};

static enum shodo_status add_paths(void *ctx, const struct shodo_entry *e) {
    struct paths *p = ctx;
    if (e->flags & SHODO_ENTRY_DELETED || e->record == 5)
        return SHODO_OK;
    for (size_t i = 0; i < e->names_count; i++) {
        const struct shodo_name *nm = &e->names[i];
        assert_true(p->n + nm->path_len + 2 < p->room);
        p->n += (size_t)snprintf(p->text + p->n, p->room - p->n, "%.*s\n", (int)nm->path_len,
                                 nm->path);
        p->count++;
    }
    return SHODO_OK;
}

static void compare_with_fls(struct shodo_volume *v, const char *path, const char *offset) {
    const struct shodo_walk_options o = {.want_system = true};
    const char *argv[] = {"fls", "-rpu", "-o", offset, path, NULL};
    struct paths p = {.room = 1 << 20};
    const struct shodo_walk_sink sink = {.ctx = &p, .entry = add_paths};
    struct shodo_walk *w = NULL;
    char *text = calloc(1, 1 << 20), *line = NULL, *save = NULL, want[1024];
    unsigned count = 0;
    p.text = calloc(1, p.room);
    assert_int_equal(shodo_walk_open(&w, v, NULL), SHODO_OK);
    assert_int_equal(shodo_walk_run(w, &o, &sink, NULL, NULL), SHODO_OK);
    shodo_walk_free(w);
    assert_int_equal(run_text(argv, text, 1 << 20), 0);
    /* a file without unnamed content shows its streams only */
    for (line = p.text; *line; line = strchr(line, '\n') + 1) {
        size_t len = (size_t)(strchr(line, '\n') - line) - 1;
        snprintf(want, sizeof(want), "\t%.*s\n", (int)len, line + 1);
        if (!strstr(text, want)) {
            want[len + 1] = ':';
            want[len + 2] = '\0';
            if (!strstr(text, want))
                fail_msg("we have '%.*s', fls does not", (int)len, line + 1);
        }
    }
    for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        const char *tab = strchr(line, '\t');
        if (!tab || line[0] == 'v' || line[0] == 'V')
            continue;
        snprintf(want, sizeof(want), "/%.*s\n", (int)strcspn(tab + 1, ":"), tab + 1);
        if (!strstr(p.text, want))
            fail_msg("fls has '%s', we do not", tab + 1);
        count++;
    }
    print_message("%u lines of fls, %u names of ours, the same\n", count, p.count);
    free(text);
    free(p.text);
}

static void print_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t record,
                          const char *path, const char *text) {
    struct compare *c = ctx;
    c->problems++;
    print_message("  problem %s record %llu %s: %s\n", shodo_ledger_reason_name(reason),
                  (unsigned long long)record, path ? path : "-", text);
}

static void compare_image(const char *name, unsigned least_streams, unsigned problems) {
    char path[512];
    uint8_t before[32], after[32];
    struct image im;
    struct compare c = {.path = data_path(name, path)};
    unsigned volumes = 0;
    file_sha256(path, before);
    image_open(&im, path);
    for (size_t i = 0; i < im.table.volumes.count; i++) {
        struct shodo_volume *v = shodo_volume_at(&im.table, i);
        const struct shodo_walk_options o = {
            .want_deleted = true, .want_system = true, .want_owner = true};
        const struct shodo_walk_sink sink = {
            .ctx = &c, .entry = compare_entry, .problem = print_problem};
        struct shodo_walk_stats stats;
        struct shodo_error err = SHODO_ERROR_INIT;
        struct shodo_walk *w = NULL;
        if (v->fs != SHODO_FS_NTFS)
            continue;
        volumes++;
        snprintf(c.offset, sizeof(c.offset), "%llu", (unsigned long long)(v->offset / 512));
        c.source = v->source;
        if (shodo_walk_open(&w, v, &err) != SHODO_OK ||
            shodo_walk_run(w, &o, &sink, &stats, &err) != SHODO_OK)
            fail_msg("%s: %s", name, err.text);
        print_message(
            "%s: label '%s', %llu entries, %llu deleted, %u streams equal to icat, %u of deleted files "
            "differ, %u skipped\n",
            name, v->label, (unsigned long long)stats.entries, (unsigned long long)stats.deleted,
            c.streams - c.wrong - c.deleted_other, c.deleted_other, c.skipped);
        shodo_walk_free(w);
        compare_with_fls(v, path, c.offset);
    }
    image_close(&im);
    file_sha256(path, after);
    assert_memory_equal(before, after, 32);
    assert_true(volumes > 0);
    assert_true(c.streams >= least_streams);
    assert_int_equal(c.wrong, 0);
    assert_int_equal(c.problems, problems);
}

static void test_testfs1(void **state) {
    (void)state;
    compare_image("testfs1.raw", 1, 0);
}
static void test_ntfs3(void **state) {
    (void)state;
    compare_image("ntfs3.raw", 1, 0);
}
static void test_attrlist(void **state) {
    (void)state;
    compare_image("ntfs3_attrlist.raw", 1, 0);
}
static void test_index(void **state) {
    (void)state;
    compare_image("ntfs_index.raw", 1, 0);
}
static void test_mbr_vhd(void **state) {
    (void)state;
    compare_image("ntfs_mbr.vhd", 1, 0);
}
static void test_windows(void **state) {
    (void)state;
    compare_image("windows_volume.raw", 1, 0);
}
static void test_wof(void **state) {
    (void)state;
    compare_image("wof_ntfs.img", 1, 0);
}

struct listing {
    uint64_t big, small;
};

static enum shodo_status find_made(void *ctx, const struct shodo_entry *e) {
    struct listing *l = ctx;
    if (e->path_len == 4 && memcmp(e->path, "/big", 4) == 0)
        l->big = e->record;
    if (e->path_len == 6 && memcmp(e->path, "/small", 6) == 0)
        l->small = e->record;
    return SHODO_OK;
}

/* Volumes of mkntfs with unusual geometry; libtsk refuses clusters of more than 64 KiB. */
static void test_geometry(void **state) {
    static const struct {
        unsigned sector, cluster;
    } rows[] = {{512, 512},     {512, 65536}, {512, 262144},
                {512, 2097152}, {4096, 4096}, {4096, 2097152}};
    static const char script[] =
        "set -e; PATH=$PATH:/usr/sbin:/sbin; cd \"$1\"; rm -f v.img; truncate -s 64M v.img; "
        "mkntfs -q -F -f -s $2 -c $3 -p 0 -H 0 -S 0 -L geo v.img; "
        "seq 1 400000 >big; printf small >small; ntfscp -q v.img big big; ntfscp -q v.img small small; "
        "ntfscp -q -N ads v.img big small";
    char top[] = "/tmp/shodo-ntfs-XXXXXX", path[64], big[64], text[4096];
    const char *probe[] = {
        "bash", "-c", "PATH=$PATH:/usr/sbin:/sbin; command -v mkntfs && command -v ntfscp", NULL};
    const char *clean[] = {"rm", "-rf", top, NULL};
    (void)state;
    if (run_text(probe, text, sizeof(text)) != 0) {
        print_message("skipped: no mkntfs or ntfscp here\n");
        skip();
    }
    assert_non_null(mkdtemp(top));
    snprintf(path, sizeof(path), "%s/v.img", top);
    snprintf(big, sizeof(big), "%s/big", top);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char sector[16], cluster[16];
        const char *argv[] = {"bash", "-c", script, "bash", top, sector, cluster, NULL};
        shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
        struct shodo_walk *w = NULL;
        struct shodo_error err = SHODO_ERROR_INIT;
        struct compare c = {.path = path};
        struct listing found = {.big = 0};
        const struct shodo_walk_options o = {.want_deleted = false};
        const struct shodo_walk_sink sink = {.ctx = &found, .entry = find_made, .problem = NULL};
        struct shodo_walk_stats stats;
        struct shodo_entry e;
        struct image im;
        uint8_t want[32], digest[32];
        snprintf(sector, sizeof(sector), "%u", rows[i].sector);
        snprintf(cluster, sizeof(cluster), "%u", rows[i].cluster);
        if (run_text(argv, text, sizeof(text)) != 0)
            fail_msg("mkntfs -s %s -c %s: %s", sector, cluster, text);
        file_sha256(big, want);
        image_open(&im, path);
        c.source = shodo_volume_at(&im.table, 0)->source;
        assert_int_equal(shodo_volume_at(&im.table, 0)->cluster_bytes, rows[i].cluster);
        if (shodo_walk_open(&w, shodo_volume_at(&im.table, 0), &err) != SHODO_OK)
            fail_msg("cluster %s: %s", cluster, err.text);
        assert_int_equal(shodo_walk_run(w, &o, &sink, &stats, &err), SHODO_OK);
        assert_int_equal(stats.problems, 0);
        assert_int_equal(shodo_walk_record(w, found.big, &e, &arena, &err), SHODO_OK);
        assert_int_equal(stream_sha256(c.source, &e, 0, digest), 0);
        assert_memory_equal(digest, want, 32);
        assert_int_equal(shodo_walk_record(w, found.small, &e, &arena, &err), SHODO_OK);
        assert_int_equal(e.streams_count, 2);
        assert_int_equal(stream_sha256(c.source, &e, 1, digest), 0);
        assert_memory_equal(digest, want, 32);
        shodo_walk_free(w);
        image_close(&im);
    }
    run_text(clean, text, sizeof(text));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_testfs1),  cmocka_unit_test(test_ntfs3),
        cmocka_unit_test(test_attrlist), cmocka_unit_test(test_index),
        cmocka_unit_test(test_mbr_vhd),  cmocka_unit_test(test_windows),
        cmocka_unit_test(test_wof),      cmocka_unit_test(test_geometry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
