/* SPDX-License-Identifier: Apache-2.0 */
/* NTFS that lies: run lists, parents, names, records. What is right is still given, what is wrong
 * is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/source_fault.h"
#include "base/limits.h"
#include "base/time.h"
#include "evidence_lib.h"
#include "evidence_maker.h"

/* What a walk said, as text: one line per entry and problem. */
struct listing {
    char text[65536];
    size_t len;
    unsigned entries, problems;
};

static void say(struct listing *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void say(struct listing *l, const char *fmt, ...) {
    va_list ap;
    int n = 0;
    va_start(ap, fmt);
    n = vsnprintf(l->text + l->len, sizeof(l->text) - l->len, fmt, ap);
    va_end(ap);
    l->len += (size_t)n < sizeof(l->text) - l->len ? (size_t)n : 0;
}

static enum shodo_status on_entry(void *ctx, const struct shodo_entry *e) {
    struct listing *l = ctx;
    l->entries++;
    say(l, "%.*s%s%s%s|%.*s\n", (int)e->path_len, e->path,
        e->flags & SHODO_ENTRY_DELETED ? " deleted" : "",
        e->flags & SHODO_ENTRY_ORPHAN ? " orphan" : "",
        e->flags & SHODO_ENTRY_DAMAGED ? " damaged" : "", (int)e->damage_len, e->damage);
    for (size_t i = 1; i < e->names_count; i++)
        say(l, "  also %.*s\n", (int)e->names[i].path_len, e->names[i].path);
    return SHODO_OK;
}

static void on_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t record,
                       const char *path, const char *text) {
    struct listing *l = ctx;
    l->problems++;
    say(l, "! %s %llu %s %s\n", shodo_ledger_reason_name(reason), (unsigned long long)record,
        path ? path : "-", text);
}

struct volume {
    struct source_fault fault;
    struct shodo_source *source;
    struct shodo_volume_table table;
    struct shodo_walk *walk;
};

static void volume_open(struct volume *v, struct maker *m) {
    struct shodo_error err = SHODO_ERROR_INIT;
    *v = (struct volume){.fault = {.data = m->disk, .size = MAKER_BYTES}};
    assert_int_equal(source_fault_open(&v->source, &v->fault, &err), SHODO_OK);
    assert_int_equal(shodo_volume_table_open(&v->table, v->source, &err), SHODO_OK);
    if (shodo_walk_open(&v->walk, shodo_volume_at(&v->table, 0), &err) != SHODO_OK)
        fail_msg("%s", err.text);
}

static void volume_close(struct volume *v) {
    shodo_walk_free(v->walk);
    shodo_volume_table_done(&v->table);
    shodo_source_free(v->source);
}

static struct listing *list(struct maker *m) {
    static struct listing l;
    const struct shodo_walk_options o = {.want_deleted = true};
    const struct shodo_walk_sink sink = {.ctx = &l, .entry = on_entry, .problem = on_problem};
    struct shodo_walk_stats stats;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct volume v;
    memset(&l, 0, sizeof(l));
    volume_open(&v, m);
    assert_int_equal(shodo_walk_run(v.walk, &o, &sink, &stats, &err), SHODO_OK);
    assert_int_equal(stats.problems, l.problems);
    volume_close(&v);
    return &l;
}

static void expect(const struct listing *l, const char *line) {
    if (!strstr(l->text, line))
        fail_msg("no '%s' in:\n%s", line, l->text);
}

static void test_sound(void **state) {
    struct maker m;
    struct listing *l = NULL;
    (void)state;
    maker_start(&m);
    maker_file(&m, 30, "a.txt", "hello");
    l = list(&m);
    assert_int_equal(l->problems, 0);
    assert_string_equal(l->text, "/|\n/a.txt|\n");
    maker_done(&m);
}

static void test_parents(void **state) {
    struct maker m;
    struct listing *l = NULL;
    (void)state;
    maker_start(&m);
    for (uint32_t i = 0; i < 2; i++) { /* two folders inside each other */
        maker_begin(&m, 30 + i, 3);
        maker_standard(&m, 0);
        maker_name(&m, 31 - i, 1, 3, i ? "loop-b" : "loop-a");
        maker_end(&m);
    }
    maker_begin(&m, 32, 1); /* child of the loop */
    maker_resident(&m, 0x80, "", "", 0);
    maker_name(&m, 30, 1, 3, "lost.txt");
    maker_end(&m);
    maker_begin(&m, 33, 1); /* parent is a file */
    maker_resident(&m, 0x80, "", "", 0);
    maker_name(&m, 32, 1, 3, "under-file.txt");
    maker_end(&m);
    maker_begin(&m, 34, 1); /* stale sequence */
    maker_resident(&m, 0x80, "", "", 0);
    maker_name(&m, 5, 4, 3, "stale.txt");
    maker_end(&m);
    maker_begin(&m, 35, 1); /* parent beyond the MFT */
    maker_resident(&m, 0x80, "", "", 0);
    maker_name(&m, 0x7fffffff, 1, 3, "far.txt");
    maker_end(&m);
    /* deleted folder, and its deleted child that knows the folder's former sequence */
    maker_begin(&m, 36, 2);
    m.record[16] = 2;
    maker_name(&m, 5, 5, 3, "gone");
    maker_end(&m);
    maker_begin(&m, 37, 0);
    maker_name(&m, 36, 1, 3, "child.txt");
    maker_end(&m);
    l = list(&m);
    expect(l, "/$OrphanFiles/lost.txt orphan damaged|");
    expect(l, "/$OrphanFiles/under-file.txt orphan damaged|");
    expect(l, "/$OrphanFiles/stale.txt orphan damaged|");
    expect(l, "/$OrphanFiles/far.txt orphan damaged|");
    expect(l, "\n/gone deleted|\n/gone/child.txt deleted|\n");
    expect(l,
           "! damaged 34 /$OrphanFiles/stale.txt the folder it names as its parent is not there\n");
    maker_done(&m);
}

static void test_names(void **state) {
    static const uint16_t surrogate[] = {'x', 0xd800, 'y'},
                          slash[] = {'a', '/', '.', '.', '/', 'b'}, nul[] = {'a', 0};
    struct maker m;
    struct listing *l = NULL;
    (void)state;
    maker_start(&m);
    maker_begin(&m, 30, 1);
    maker_name16(&m, 5, 5, 0, surrogate, 3);
    maker_resident(&m, 0x80, "", "", 0);
    maker_end(&m);
    maker_begin(&m, 31, 1);
    maker_name16(&m, 5, 5, 0, slash, 6);
    maker_resident(&m, 0x80, "", "", 0);
    maker_end(&m);
    maker_begin(&m, 32, 1);
    maker_name16(&m, 5, 5, 0, nul, 2);
    maker_resident(&m, 0x80, "", "", 0);
    maker_end(&m);
    maker_begin(&m, 33, 1); /* DOS name goes, both long names stay */
    maker_name(&m, 5, 5, 2, "LONGNA~1");
    maker_name(&m, 5, 5, 1, "long name");
    maker_name(&m, 5, 5, 0, "other");
    maker_resident(&m, 0x80, "", "", 0);
    maker_end(&m);
    maker_begin(&m, 34, 1); /* a DOS name alone is a name */
    maker_name(&m, 5, 5, 2, "ONLY~1");
    maker_resident(&m, 0x80, "", "", 0);
    maker_end(&m);
    maker_begin(&m, 35, 1); /* no name at all */
    maker_standard(&m, 0);
    maker_resident(&m, 0x80, "", "", 0);
    maker_end(&m);
    l = list(&m);
    expect(l, "\n/x\xed\xa0\x80y|\n");
    expect(l, "\n/a\xef\xbf\xbd..\xef\xbf\xbd"
              "b damaged|a name holds '/' or NUL, shown as U+FFFD\n");
    expect(l, "\n/a\xef\xbf\xbd damaged|");
    expect(l, "\n/long name|\n  also /other\n");
    expect(l, "\n/ONLY~1|\n");
    expect(l, "! damaged 35 /$OrphanFiles/OrphanFile-35 record has no name\n");
    maker_done(&m);
}

static void test_records(void **state) {
    struct maker m;
    struct listing *l = NULL;
    (void)state;
    maker_start(&m);
    maker_file(&m, 30, "torn.txt", "x");
    maker_file(&m, 31, "magic.txt", "x");
    maker_file(&m, 32, "unmarked.txt", "x");
    maker_file(&m, 33, "zeros.txt", "x");
    maker_file(&m, 34, "number.txt", "x");
    maker_file(&m, 35, "attr.txt", "x");
    maker_file(&m, 36, "wild.txt", "x");
    maker_record(&m, 30)[1022] ^= 0x55;
    memcpy(maker_record(&m, 31), "BAAD", 4);
    maker_record(&m, 32)[22] = 0; /* not in use, but in the bitmap */
    memset(maker_record(&m, 33), 0, 1024);
    maker_record(&m, 34)[44] = 99;
    maker_record(&m, 35)[56 + 4] = 0xf0; /* first attribute leaves the record */
    maker_record(&m, 35)[56 + 5] = 0xff;
    maker_record(&m, 36)[20] = 0xf8; /* attributes begin beyond the used bytes */
    maker_record(&m, 36)[21] = 0x03;
    maker_file(&m, 37, "claims.txt", "x");
    maker_record(&m, 37)[32] = 38; /* says it belongs to a record that is no base record */
    maker_file(&m, 39, "beyond.txt", "x");
    memset(maker_record(&m, 39) + 32, 0xa5, 8);
    l = list(&m);
    expect(l, "! damaged 30 /torn.txt update sequence mismatch");
    expect(l, "! damaged 31 - record was marked bad");
    expect(l, "! damaged 32 /unmarked.txt in-use flag contradicts $MFT:$BITMAP\n");
    expect(l, "! damaged 33 - record is in use but empty\n");
    expect(l, "! damaged 34 /number.txt record carries another record's number\n");
    expect(l, "! damaged 35 /$OrphanFiles/OrphanFile-35 attribute leaves its record");
    expect(l, "! damaged 36 /$OrphanFiles/OrphanFile-36 attributes have no sound place");
    expect(l, "! damaged 37 - the record it says it belongs to is not there\n");
    expect(l, "! damaged 39 - the record it says it belongs to is not there\n");
    maker_done(&m);
}

static void test_mirror(void **state) {
    struct maker m;
    struct listing *l = NULL;
    (void)state;
    maker_start(&m);
    maker_file(&m, 30, "a.txt", "x");
    maker_record(&m, 0)[1022] ^= 0x55; /* $MFT's own record is torn: the mirror has it */
    l = list(&m);
    expect(l, "$MFTMirr was used");
    expect(l, "/a.txt|\n");
    maker_record(&m, 0)[1022] ^= 0x55;
    m.disk[2 * MAKER_CLUSTER + 100] ^= 1;
    l = list(&m);
    expect(l, "$MFT and $MFTMirr differ");
    m.disk[2 * MAKER_CLUSTER + 100] ^= 1;
    memset(m.disk, 0, 512); /* boot sector: its copy in the last one */
    m.disk[3] = 'x';
    l = list(&m);
    expect(l, "its copy was used");
    expect(l, "/a.txt|\n");
    maker_done(&m);
}

struct run_case {
    const char *what;
    uint8_t pairs[16];
    size_t pairs_bytes;
    uint64_t last, allocated, size, valid;
    const char *damage; /* part of it; NULL: none */
    uint64_t lost;
};

/* Content of clusters 41 and 42 is 0x41.., 0x42..; the rest of the volume's end is zeros. */
static const struct run_case run_cases[] = {
    {"sound", {0x11, 2, 41, 0}, 4, 1, 8192, 8000, 8000, NULL, 0},
    {"two runs, the second before the first",
     {0x11, 1, 42, 0x11, 1, 0xff, 0},
     7,
     1,
     8192,
     8192,
     8192,
     NULL,
     0},
    {"twice the same cluster", {0x11, 1, 41, 0x11, 1, 0, 0}, 7, 1, 8192, 8192, 8192, NULL, 0},
    {"hole", {0x01, 1, 0x11, 1, 41, 0}, 6, 1, 8192, 8192, 8192, NULL, 0},
    {"valid length ends early", {0x11, 2, 41, 0}, 4, 1, 8192, 8000, 10, NULL, 0},
    {"into the boot copy, behind the volume",
     {0x21, 2, 0xfe, 0x00, 0},
     5,
     1,
     8192,
     8192,
     8192,
     "leaves the volume",
     0},
    {"partly beyond the source",
     {0x21, 2, 0xff, 0x00, 0},
     5,
     1,
     8192,
     8192,
     8192,
     "leaves the volume",
     4096},
    {"far beyond",
     {0x81, 2, 0, 0, 0, 0, 0, 0, 0, 0x10, 0},
     11,
     1,
     8192,
     8192,
     8192,
     "contradicts",
     8192},
    {"negative place", {0x11, 2, 0x80, 0}, 4, 1, 8192, 8192, 8192, "contradicts", 8192},
    {"shorter than it says", {0x11, 1, 41, 0}, 4, 1, 8192, 8192, 8192, "contradicts", 4096},
    {"longer than it says", {0x11, 3, 41, 0}, 4, 1, 8192, 8192, 8192, "contradicts", 0},
    {"length of zero", {0x11, 0, 41, 0}, 4, 1, 8192, 8192, 8192, "contradicts", 8192},
    {"huge length",
     {0x18, 1, 0, 0, 0, 0, 0, 0, 0x7f, 41, 0},
     11,
     1,
     8192,
     8192,
     8192,
     "contradicts",
     8192},
    {"size larger than allocated",
     {0x11, 2, 41, 0},
     4,
     1,
     8192,
     9000,
     9000,
     "larger than its allocation",
     808},
    {"valid larger than size", {0x11, 2, 41, 0}, 4, 1, 8192, 8000, 9000, "valid length", 0},
    {"no end of pairs", {0x11, 2, 41}, 3, 1, 8192, 8192, 8192, NULL, 0},
    {"pair cut off", {0x88, 2, 0, 0}, 4, 1, 8192, 8192, 8192, "contradicts", 8192},
};

static void test_runs(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(run_cases) / sizeof(run_cases[0]); i++) {
        const struct run_case *c = &run_cases[i];
        const struct maker_stream s = {0x80,     "", 0, c->last,  c->allocated,  c->size,
                                       c->valid, 0,  0, c->pairs, c->pairs_bytes};
        shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
        struct shodo_entry e;
        struct shodo_error err = SHODO_ERROR_INIT;
        struct volume v;
        struct maker m;
        uint8_t digest[32];
        uint64_t lost = 0;
        maker_start(&m);
        memset(m.disk + 41 * MAKER_CLUSTER, 0x41, MAKER_CLUSTER);
        memset(m.disk + 42 * MAKER_CLUSTER, 0x42, MAKER_CLUSTER);
        maker_begin(&m, 30, 1);
        maker_name(&m, 5, 5, 3, "f");
        maker_stream(&m, &s);
        maker_end(&m);
        volume_open(&v, &m);
        assert_int_equal(shodo_walk_record(v.walk, 30, &e, &arena, &err), SHODO_OK);
        assert_string_equal(e.path, "/f");
        assert_int_equal(e.streams_count, 1);
        lost = stream_sha256(shodo_volume_at(&v.table, 0)->source, &e, 0, digest);
        if (lost != c->lost || !c->damage != !(e.flags & SHODO_ENTRY_DAMAGED) ||
            (c->damage && !memmem(e.damage, e.damage_len, c->damage, strlen(c->damage))))
            fail_msg("%s: lost %llu, damage '%.*s'", c->what, (unsigned long long)lost,
                     (int)e.damage_len, e.damage);
        volume_close(&v);
        maker_done(&m);
    }
}

static void test_reading(void **state) {
    static const uint8_t pairs[] = {0x01, 1, 0x11, 1, 42, 0x11, 1, 0xff, 0};
    const struct maker_stream s = {0x80, "",     0, 2,     12288,        12000,
                                   9000, 0x8000, 0, pairs, sizeof(pairs)};
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_entry e;
    struct shodo_content *c = NULL;
    struct volume v;
    struct maker m;
    uint8_t out[20000];
    size_t n = 0;
    (void)state;
    maker_start(&m);
    memset(m.disk + 41 * MAKER_CLUSTER, 0x41, MAKER_CLUSTER);
    memset(m.disk + 42 * MAKER_CLUSTER, 0x42, MAKER_CLUSTER);
    maker_begin(&m, 30, 1);
    maker_standard(&m, 0x21);
    maker_name(&m, 5, 5, 3, "f");
    maker_stream(&m, &s);
    maker_resident(&m, 0x80, "ads", "stream", 6);
    maker_end(&m);
    volume_open(&v, &m);
    assert_int_equal(shodo_walk_record(v.walk, 30, &e, &arena, NULL), SHODO_OK);
    assert_int_equal(e.streams_count, 2);
    assert_true(e.flags & SHODO_ENTRY_READONLY);
    assert_true(e.times[SHODO_TIME_BORN] != SHODO_TIME_NONE);
    assert_int_equal(e.times[SHODO_TIME_MODIFIED] - e.times[SHODO_TIME_BORN], 1000000000);
    assert_int_equal(e.times[SHODO_TIME_ACCESSED] - e.times[SHODO_TIME_BORN], 3000000000LL);
    assert_int_equal(shodo_content_open(&c, shodo_volume_at(&v.table, 0)->source, &e, 0, NULL),
                     SHODO_OK);
    assert_int_equal(shodo_content_size(c), 12000);
    assert_int_equal(shodo_content_next_data(c, 0), 4096);
    assert_int_equal(shodo_content_next_data(c, 5000), 5000);
    assert_int_equal(shodo_content_next_data(c, 9000), 12000);
    assert_int_equal(shodo_content_read(c, 4000, out, sizeof(out), &n, NULL), SHODO_OK);
    assert_int_equal(n, 8000);
    for (size_t i = 0; i < n; i++) {
        size_t at = 4000 + i;
        assert_int_equal(out[i], at < 4096 ? 0 : at < 8192 ? 0x42 : at < 9000 ? 0x41 : 0);
    }
    assert_int_equal(shodo_content_read(c, 12000, out, 1, &n, NULL), SHODO_OK);
    assert_int_equal(n, 0);
    assert_int_equal(shodo_content_lost(c), 0);
    shodo_content_free(c);
    assert_int_equal(shodo_content_open(&c, shodo_volume_at(&v.table, 0)->source, &e, 1, NULL),
                     SHODO_OK);
    assert_int_equal(shodo_content_read(c, 0, out, sizeof(out), &n, NULL), SHODO_OK);
    assert_int_equal(n, 6);
    assert_memory_equal(out, "stream", 6);
    shodo_content_free(c);
    volume_close(&v);
    maker_done(&m);
}

/* Content that is not here, or that nobody here can read, is refused by name. */
static void test_refused(void **state) {
    static const struct {
        uint8_t reparse[24];
        size_t reparse_bytes;
        uint32_t dos;
        uint16_t flags;
        enum shodo_status st;
        const char *word;
    } rows[] = {
        {{0}, 0, 0, 0x4000, SHODO_ENCRYPTED, "EFS"},
        {{0x1a, 0x90, 0, 0x90}, 8, 0x400000, 0, SHODO_UNSUPPORTED, "cloud"},
        {{0x13, 0, 0, 0x80}, 8, 0, 0, SHODO_UNSUPPORTED, "deduplicated"},
        {{0x17, 0, 0, 0x80, 16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1},
         24,
         0,
         0,
         SHODO_UNSUPPORTED,
         "WIM"},
    };
    static const uint8_t pairs[] = {0x11, 1, 41, 0};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct maker_stream s = {0x80,  "",           0, 0, 4096, 100, 100, rows[i].flags, 0,
                                       pairs, sizeof(pairs)};
        shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
        struct shodo_error err = SHODO_ERROR_INIT;
        struct shodo_content *c = NULL;
        struct shodo_entry e;
        struct volume v;
        struct maker m;
        maker_start(&m);
        maker_begin(&m, 30, 1);
        maker_standard(&m, rows[i].dos);
        maker_name(&m, 5, 5, 3, "f");
        maker_stream(&m, &s);
        if (rows[i].reparse_bytes > 0)
            maker_resident(&m, 0xc0, "", rows[i].reparse, rows[i].reparse_bytes);
        maker_end(&m);
        volume_open(&v, &m);
        assert_int_equal(shodo_walk_record(v.walk, 30, &e, &arena, NULL), SHODO_OK);
        assert_int_equal(shodo_content_open(&c, v.source, &e, 0, &err), rows[i].st);
        if (!strstr(err.text, rows[i].word))
            fail_msg("'%s' does not say '%s'", err.text, rows[i].word);
        volume_close(&v);
        maker_done(&m);
    }
}

/* A stream in three records; one of them then belongs to somebody else. */
static void test_attribute_list(void **state) {
    static const uint8_t first[] = {0x11, 1, 41, 0}, second[] = {0x11, 1, 42, 0};
    uint8_t row[2][32] = {{0x80, 0, 0, 0, 32, 0, 0, 26}, {0x80, 0, 0, 0, 32, 0, 0, 26}};
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_entry e;
    struct volume v;
    struct maker m;
    uint8_t digest[32];
    (void)state;
    maker_start(&m);
    row[0][16] = 31;
    row[0][22] = 1;
    row[1][8] = 1;
    row[1][16] = 32;
    row[1][22] = 1;
    maker_begin(&m, 30, 1);
    maker_name(&m, 5, 5, 3, "split");
    maker_resident(&m, 0x20, "", row, sizeof(row));
    maker_end(&m);
    for (uint32_t i = 0; i < 2; i++) {
        maker_begin(&m, 31 + i, 1);
        m.record[32] = 30;
        m.record[38] = 1;
        maker_stream(&m, &(struct maker_stream){0x80, "", i, i, 8192, i ? 0 : 8192, i ? 0 : 8192, 0,
                                                0, i ? second : first, 4});
        maker_end(&m);
    }
    volume_open(&v, &m);
    assert_int_equal(shodo_walk_record(v.walk, 30, &e, &arena, NULL), SHODO_OK);
    assert_int_equal(e.flags & SHODO_ENTRY_DAMAGED, 0);
    assert_int_equal(e.streams_count, 1);
    assert_int_equal(stream_sha256(v.source, &e, 0, digest), 0);
    volume_close(&v);
    maker_record(&m, 32)[38] = 9;
    volume_open(&v, &m);
    assert_int_equal(shodo_walk_record(v.walk, 30, &e, &arena, NULL), SHODO_OK);
    assert_true(memmem(e.damage, e.damage_len, "belongs to something else", 25) != NULL);
    assert_int_equal(stream_sha256(v.source, &e, 0, digest), 4096);
    volume_close(&v);
    maker_done(&m);
}

/* One bit after another in every record: no crash (sanitizers), the walk ends, and the file is
 * there or named. */
static void test_flip_everything(void **state) {
    struct maker m;
    uint8_t *clean = malloc(MAKER_BYTES);
    unsigned silent = 0, flips = 0;
    (void)state;
    maker_start(&m);
    maker_file(&m, 30, "target.txt", "hello");
    memcpy(clean, m.disk, MAKER_BYTES);
    for (size_t at = 0; at < 420 * 8; at += 3) {
        struct listing *l = NULL;
        memcpy(m.disk, clean, MAKER_BYTES);
        maker_record(&m, 30)[at / 8] ^= (uint8_t)(1 << (at % 8));
        l = list(&m);
        flips++;
        if (!strstr(l->text, "/target.txt|\n") && !strstr(l->text, "! damaged 30 "))
            silent++;
    }
    /* changed letters of the name and times stay silent: nothing in the record contradicts them */
    print_message("%u flips, %u silent\n", flips, silent);
    assert_true(silent < flips / 10);
    free(clean);
    maker_done(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),          cmocka_unit_test(test_parents),
        cmocka_unit_test(test_names),          cmocka_unit_test(test_records),
        cmocka_unit_test(test_mirror),         cmocka_unit_test(test_runs),
        cmocka_unit_test(test_reading),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_attribute_list), cmocka_unit_test(test_flip_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
