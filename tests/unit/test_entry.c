/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/limits.h"
#include "base/value.h"
#include "model/entry.h"

static const struct shodo_run runs[] = {
    {.offset = 786432, .length = 4096},
    {.offset = 0, .length = 65536, .is_hole = true},
    {.offset = 4096, .length = 8192}, /* backwards */
    {.offset = UINT64_C(0x7fffffffffff0000), .length = 4096},
    {.offset = 12288, .length = INT64_MAX},
};
static struct shodo_stream streams[] = {
    {.name = "",
     .size_bytes = 77824,
     .valid_bytes = 70000,
     .flags = SHODO_STREAM_SPARSE | SHODO_STREAM_COMPRESSED,
     .unit_bytes = 65536,
     .attr_id = 3,
     .attr_type = 128,
     .runs = runs,
     .runs_count = SHODO_ARRAY_SIZE(runs)},
    {.name = "Zone.Identifier",
     .name_len = 15,
     .size_bytes = 4,
     .valid_bytes = 4,
     .flags = SHODO_STREAM_RESIDENT,
     .attr_id = 9,
     .attr_type = 128,
     .resident = (const uint8_t *)"a\0b\xff",
     .resident_len = 4},
};
static struct shodo_name names[] = {
    {.name = "請求書.exe",
     .name_len = 13,
     .parent = 5,
     .parent_seq = 5,
     .name_space = 1,
     .path = "/請求書.exe",
     .path_len = 14,
     .times = {1, -1, INT64_MIN, INT64_MAX}},
    {.name = "\xed\xa0\x80",
     .name_len = 3,
     .parent = UINT64_C(0xffffffffffff),
     .parent_seq = 65535},
};
static const struct shodo_entry full = {
    .volume = 3,
    .record = UINT64_C(0xffffffffffff),
    .sequence = 65535,
    .kind = SHODO_ENTRY_FILE,
    .flags = SHODO_ENTRY_DELETED | SHODO_ENTRY_ARCHIVE | SHODO_ENTRY_REPARSE,
    .reparse_tag = 0x80000017,
    .drive = 'C',
    .path = "/請求書.exe",
    .path_len = 14,
    .owner = "S-1-5-18",
    .owner_len = 8,
    .damage = "bad fixup",
    .damage_len = 9,
    .times = {INT64_C(1795343765123456789), 2, 3, 4},
    .names = names,
    .names_count = SHODO_ARRAY_SIZE(names),
    .streams = streams,
    .streams_count = SHODO_ARRAY_SIZE(streams),
};

static void assert_same(const struct shodo_entry *a, const struct shodo_entry *b) {
    assert_int_equal(a->volume, b->volume);
    assert_true(a->record == b->record);
    assert_int_equal(a->sequence, b->sequence);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->reparse_tag, b->reparse_tag);
    assert_int_equal(a->drive, b->drive);
    assert_string_equal(a->path, b->path);
    assert_string_equal(a->owner, b->owner);
    assert_string_equal(a->damage, b->damage);
    assert_memory_equal(a->times, b->times, sizeof(a->times));
    assert_int_equal(a->names_count, b->names_count);
    for (size_t i = 0; i < a->names_count; i++) {
        assert_string_equal(a->names[i].name, b->names[i].name);
        assert_true(a->names[i].parent == b->names[i].parent);
        assert_int_equal(a->names[i].parent_seq, b->names[i].parent_seq);
        assert_int_equal(a->names[i].name_space, b->names[i].name_space);
        assert_int_equal(a->names[i].path_len, b->names[i].path_len);
        assert_int_equal(a->names[i].path == NULL, b->names[i].path == NULL);
        if (a->names[i].path)
            assert_string_equal(a->names[i].path, b->names[i].path);
        assert_memory_equal(a->names[i].times, b->names[i].times, sizeof(a->times));
    }
    assert_int_equal(a->streams_count, b->streams_count);
    for (size_t i = 0; i < a->streams_count; i++) {
        const struct shodo_stream *s = &a->streams[i], *t = &b->streams[i];
        assert_string_equal(s->name, t->name);
        assert_true(s->size_bytes == t->size_bytes && s->valid_bytes == t->valid_bytes);
        assert_int_equal(s->flags, t->flags);
        assert_int_equal(s->unit_bytes, t->unit_bytes);
        assert_int_equal(s->attr_id << 16 | s->attr_type, t->attr_id << 16 | t->attr_type);
        assert_int_equal(s->resident_len, t->resident_len);
        if (s->resident_len)
            assert_memory_equal(s->resident, t->resident, s->resident_len);
        assert_int_equal(s->runs_count, t->runs_count);
        for (size_t k = 0; k < s->runs_count; k++) {
            assert_true(s->runs[k].offset == t->runs[k].offset &&
                        s->runs[k].length == t->runs[k].length);
            assert_int_equal(s->runs[k].is_hole, t->runs[k].is_hole);
        }
    }
}

static void test_round_trip(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_entry e, empty = {.kind = SHODO_ENTRY_DIR};
    (void)state;

    assert_true(shodo_entry_encode(&b, &full));
    /* two in one buffer: each ends where the next begins */
    assert_true(shodo_entry_encode(&b, &empty));
    struct shodo_cur c = shodo_cur_of(b.data, b.len);
    assert_int_equal(shodo_entry_decode(&e, &c, &arena, &err), SHODO_OK);
    assert_same(&full, &e);
    assert_int_equal(shodo_entry_decode(&e, &c, &arena, &err), SHODO_OK);
    assert_int_equal(shodo_cur_left(&c), 0);
    assert_string_equal(e.path, "");
    assert_int_equal(e.kind, SHODO_ENTRY_DIR);
    assert_null(e.names);
}

/* Cut at every byte and with every bit flipped: an error or an entry within the limits, never more
 * than was sent. */
static void test_hostile(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_entry e;
    unsigned refused = 0;
    (void)state;

    assert_true(shodo_entry_encode(&b, &full));
    for (size_t n = 0; n < b.len; n++) {
        char *copy = malloc(n ? n : 1); /* so that ASan sees a read past the end */
        memcpy(copy, b.data, n);
        struct shodo_cur c = shodo_cur_of(copy, n);
        assert_int_equal(shodo_entry_decode(&e, &c, &arena, &err), SHODO_DAMAGED);
        free(copy);
        shodo_arena_clear(&arena);
    }
    for (size_t i = 0; i < b.len * 8; i++) {
        b.data[i / 8] ^= (char)(1 << i % 8);
        struct shodo_cur c = shodo_cur_of(b.data, b.len);
        enum shodo_status rc = shodo_entry_decode(&e, &c, &arena, &err);
        if (rc == SHODO_OK) {
            assert_true(e.kind <= SHODO_ENTRY_OTHER && e.names_count <= SHODO_LIMIT_NAMES);
            assert_true(strlen(e.path) <= e.path_len);
        } else {
            refused++;
            assert_true(rc == SHODO_DAMAGED || rc == SHODO_LIMIT);
        }
        assert_true(arena.used_bytes < 64 * b.len + 4096);
        shodo_arena_clear(&arena);
        b.data[i / 8] ^= (char)(1 << i % 8);
    }
    assert_true(refused > 20);
}

static void test_limits(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_run *many = calloc(SHODO_LIMIT_RUNS + 1, sizeof(*many));
    struct shodo_stream s = {.name = "", .runs = many, .runs_count = SHODO_LIMIT_RUNS};
    struct shodo_entry e = {.path = "/x", .path_len = 2, .streams = &s, .streams_count = 1}, back;
    (void)state;

    /* the most fragmented stream still fits into one message */
    for (size_t i = 0; i < SHODO_LIMIT_RUNS; i++)
        many[i] = (struct shodo_run){.offset = (i * 7919 % 1000003) * 65536, .length = 4096};
    shodo_buf_adds(&b, "before");
    assert_true(shodo_entry_encode(&b, &e));
    assert_true(b.len < SHODO_LIMIT_MESSAGE_BYTES);
    struct shodo_cur c = shodo_cur_of(b.data + 6, b.len - 6);
    assert_int_equal(shodo_entry_decode(&back, &c, &arena, NULL), SHODO_OK);
    assert_true(back.streams[0].runs[SHODO_LIMIT_RUNS - 1].offset ==
                many[SHODO_LIMIT_RUNS - 1].offset);
    shodo_buf_clear(&b);
    shodo_buf_adds(&b, "before");
    s.runs_count++;
    assert_false(shodo_entry_encode(&b, &e));
    assert_buf(b, "before"); /* nothing half written */
    s.runs_count = 1;
    many[0].length = UINT64_MAX;
    assert_false(shodo_entry_encode(&b, &e));
    many[0].length = 1;
    e.path_len = SHODO_LIMIT_PATH_BYTES + 1;
    assert_false(shodo_entry_encode(&b, &e));
    free(many);
}

static void test_paths(void **state) {
    static const struct {
        const char *path, *base, *ext, *windows;
    } rows[] = {
        {"/Users/医事課/X.EXE", "X.EXE", ".exe", "C:\\Users\\医事課\\X.EXE"},
        {"/a.b/c", "c", "", "C:\\a.b\\c"},
        {"/.profile", ".profile", "", "C:\\.profile"},
        {"/x.", "x.", "", "C:\\x."},
        {"/x.tar.GZ", "x.tar.GZ", ".gz", "C:\\x.tar.GZ"},
        {"/", "", "", "C:\\"},
        {"", "", "", "C:"},
        {"/..", "..", "", "C:\\.."},
        {"/被害.ＥＸＥ", "被害.ＥＸＥ", ".ＥＸＥ", "C:\\被害.ＥＸＥ"},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        size_t n = strlen(rows[i].path), len;
        const char *base;
        shodo_entry_base_name(rows[i].path, n, &base, &len);
        assert_int_equal(len, strlen(rows[i].base));
        assert_memory_equal(base, rows[i].base, len);
        assert_true(shodo_entry_extension(&b, rows[i].path, n));
        assert_string_equal(shodo_buf_cstr(&b), rows[i].ext);
        shodo_buf_clear(&b);
        assert_true(shodo_entry_windows_path(&b, 'C', rows[i].path, n, "", 0));
        assert_string_equal(shodo_buf_cstr(&b), rows[i].windows);
    }
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_entry_windows_path(&b, 0, "/a", 2, "s", 1);
    assert_buf(b, "\\a:s");
}

static void test_first_offset(void **state) {
    struct shodo_stream s = {.name = "", .runs = runs + 1, .runs_count = 2};
    struct shodo_entry e = {.streams = &s, .streams_count = 1}, none = {.kind = SHODO_ENTRY_DIR};
    (void)state;

    assert_true(shodo_entry_first_offset(&e) == 4096); /* the hole does not count */
    s.runs_count = 1;
    assert_true(shodo_entry_first_offset(&e) == UINT64_MAX);
    assert_true(shodo_entry_first_offset(&none) == UINT64_MAX);
    s.name_len = 1;
    s.runs_count = 2;
    assert_true(shodo_entry_first_offset(&e) == UINT64_MAX);
}

static void test_json(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    struct shodo_json j = shodo_json_to(&b);
    (void)state;

    shodo_entry_write(&j, NULL, &full);
    assert_int_equal(shodo_doc_parse_json(&d, "entry", b.data, b.len, NULL), SHODO_OK);
    const struct shodo_value *r = shodo_doc_root(d);
    assert_string_equal(shodo_value_get_str(r, "path"), "/請求書.exe");
    assert_string_equal(shodo_value_get_str(r, "mtime"), "2026-11-22T10:36:05.123456789Z");
    assert_string_equal(shodo_value_get_str(r, "drive"), "C");
    assert_int_equal(shodo_value_count(shodo_value_get(r, "flags")), 3);
    assert_int_equal(shodo_value_count(shodo_value_get(r, "streams")), 2);
    const struct shodo_value *name = shodo_value_at(shodo_value_get(r, "names"), 1);
    assert_string_equal(shodo_value_get_str(shodo_value_get(name, "name"), "b64"), "7aCA");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_limits),       cmocka_unit_test(test_paths),
        cmocka_unit_test(test_first_offset), cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
