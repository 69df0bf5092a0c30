/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WOF decoders: libwim packs, we unpack (every chunk size, many kinds of data); real files with a
 * known SHA-256; broken input never leaves its buffers (sanitizers) and libwim is asked what it
 * thinks of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <wimlib.h>

#include "base/hash.h"
#include "evidence/xpress.h"
#include "evidence_lib.h"

static const struct {
    enum wimlib_compression_type type;
    size_t chunk;
} kinds[] = {
    {WIMLIB_COMPRESSION_TYPE_XPRESS, 4096},
    {WIMLIB_COMPRESSION_TYPE_XPRESS, 8192},
    {WIMLIB_COMPRESSION_TYPE_XPRESS, 16384},
    {WIMLIB_COMPRESSION_TYPE_LZX, 32768},
};

static bool decode(size_t kind, const uint8_t *p, size_t n, uint8_t *out, size_t out_len) {
    return kinds[kind].type == WIMLIB_COMPRESSION_TYPE_LZX
               ? shodo_lzx_decode(p, n, out, out_len)
               : shodo_xpress_decode(p, n, out, out_len);
}

static uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Data of several kinds: runs, text, x86-like calls, structured numbers, noise. */
static void fill(uint8_t *p, size_t n, unsigned kind, uint32_t *seed) {
    static const char
        words[] = "SYSTEM\\CurrentControlSet\\Services the quick brown fox 0123456789\r\n";
    for (size_t i = 0; i < n; i++) {
        uint32_t r = next_random(seed);
        switch (kind % 6) {
        case 0:
            p[i] = (uint8_t)(kind * 7);
            break;
        case 1:
            p[i] = (uint8_t)
                words[(i * (1 + kind % 5) + (r % 50 == 0 ? r : 0)) % (sizeof(words) - 1)];
            break;
        case 2:
            p[i] = i % 11 == 0  ? 0xe8
                   : i % 11 < 5 ? (uint8_t)(i >> (8 * (i % 11 - 1)))
                                : (uint8_t)(r & 3);
            break;
        case 3:
            p[i] = (uint8_t)(i / 256 + (i % 16 == 0 ? r : 0));
            break;
        case 4:
            p[i] = (uint8_t)r;
            break;
        default:
            p[i] = r % 97 == 0 ? (uint8_t)r : i > 300 ? p[i - 1 - r % 300] : (uint8_t)i;
            break;
        }
    }
}

static void test_against_libwim(void **state) {
    uint32_t seed = 20261122;
    unsigned rounds = 0, packed_count = 0;
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        struct wimlib_compressor *c = NULL;
        size_t chunk = kinds[k].chunk;
        uint8_t *plain = malloc(chunk), *out = malloc(chunk);
        assert_int_equal(wimlib_create_compressor(kinds[k].type, chunk, 50, &c), 0);
        for (unsigned i = 0; i < 240; i++, rounds++) {
            size_t n = i % 3 == 0 ? chunk : 1 + next_random(&seed) % chunk, packed = 0;
            uint8_t *in = malloc(chunk);
            fill(plain, n, i, &seed);
            packed = wimlib_compress(plain, n, in, n - 1, c);
            if (packed > 0) {
                packed_count++;
                in = realloc(in, packed);
                memset(out, 0xee, chunk);
                if (!decode(k, in, packed, out, n) || memcmp(out, plain, n) != 0)
                    fail_msg("chunk %zu round %u, %zu bytes packed to %zu", chunk, i, n, packed);
            }
            free(in);
        }
        wimlib_free_compressor(c);
        free(plain);
        free(out);
    }
    print_message("%u of %u packed, all unpacked to the same bytes\n", packed_count, rounds);
    assert_true(packed_count > rounds / 2);
}

/* Where libwim accepts a changed chunk, we give the same bytes. */
static void test_mutations(void **state) {
    uint32_t seed = 4711;
    unsigned accepted = 0, refused = 0;
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        struct wimlib_compressor *c = NULL;
        struct wimlib_decompressor *d = NULL;
        size_t chunk = kinds[k].chunk, packed = 0;
        uint8_t *plain = malloc(chunk), *out = malloc(chunk), *theirs = malloc(chunk),
                *good = malloc(chunk);
        fill(plain, chunk, 1, &seed);
        assert_int_equal(wimlib_create_compressor(kinds[k].type, chunk, 50, &c), 0);
        assert_int_equal(wimlib_create_decompressor(kinds[k].type, chunk, &d), 0);
        packed = wimlib_compress(plain, chunk, good, chunk - 1, c);
        assert_true(packed > 0);
        for (unsigned i = 0; i < 3000; i++) {
            size_t n = i % 10 == 0 ? next_random(&seed) % packed : packed;
            uint8_t *in = malloc(n + 1);
            bool ours = false;
            memcpy(in, good, n);
            for (unsigned m = 0; n > 0 && m <= i % 4; m++)
                in[next_random(&seed) % n] ^= (uint8_t)(1 << next_random(&seed) % 8);
            in = realloc(in, n > 0 ? n : 1);
            ours = decode(k, in, n, out, chunk);
            if (wimlib_decompress(in, n, theirs, chunk, d) == 0 && ours) {
                accepted++;
                assert_memory_equal(out, theirs, chunk);
            } else {
                refused++;
            }
            free(in);
        }
        wimlib_free_compressor(c);
        wimlib_free_decompressor(d);
        free(plain);
        free(out);
        free(theirs);
        free(good);
    }
    print_message("%u changed chunks give the same bytes as libwim, %u refused by one or both\n",
                  accepted, refused);
    assert_true(accepted > 100);
}

struct files {
    struct shodo_source *source;
    unsigned good, seen;
};

static enum shodo_status on_entry(void *ctx, const struct shodo_entry *e) {
    static const char want[] = "4f19efe116c10dac9ef64cf2648b0a489e74e6fffc8f8aaa244777a62496e864";
    struct files *f = ctx;
    uint8_t digest[32];
    char hex[65];
    if (e->streams_count == 0 || (e->streams[0].flags & SHODO_STREAM_WOF) == 0)
        return SHODO_OK;
    f->seen++;
    assert_int_equal(stream_sha256(f->source, e, 0, digest), 0);
    shodo_hex(digest, 32, hex);
    print_message("%.*s chunk %u: %s\n", (int)e->path_len, e->path, e->streams[0].unit_bytes, hex);
    f->good += strcmp(hex, want) == 0;
    return SHODO_OK;
}

static void test_files(void **state) {
    const struct shodo_walk_options o = {.want_deleted = false};
    char path[512];
    struct image im;
    struct files f = {.good = 0};
    const struct shodo_walk_sink sink = {.ctx = &f, .entry = on_entry};
    struct shodo_walk *w = NULL;
    (void)state;
    image_open(&im, data_path("wof_ntfs.img", path));
    f.source = shodo_volume_at(&im.table, 0)->source;
    assert_int_equal(shodo_walk_open(&w, shodo_volume_at(&im.table, 0), NULL), SHODO_OK);
    assert_int_equal(shodo_walk_run(w, &o, &sink, NULL, NULL), SHODO_OK);
    assert_int_equal(f.seen, 4);
    assert_int_equal(f.good, 4);
    shodo_walk_free(w);
    image_close(&im);
}

/* Random reads give the same bytes as reading from the start. */
static enum shodo_status check_random(void *ctx, const struct shodo_entry *e) {
    struct files *f = ctx;
    struct shodo_content *c = NULL;
    uint32_t seed = 7;
    uint64_t size = 0;
    uint8_t *all = NULL, piece[5000];
    size_t n = 0;
    if (e->streams_count == 0 || (e->streams[0].flags & SHODO_STREAM_WOF) == 0)
        return SHODO_OK;
    assert_int_equal(shodo_content_open(&c, f->source, e, 0, NULL), SHODO_OK);
    size = shodo_content_size(c);
    all = malloc(size);
    assert_int_equal(shodo_content_read(c, 0, all, size, &n, NULL), SHODO_OK);
    assert_int_equal(n, size);
    for (unsigned i = 0; i < 200; i++) {
        uint64_t at = next_random(&seed) % size;
        assert_int_equal(shodo_content_read(c, at, piece, sizeof(piece), &n, NULL), SHODO_OK);
        assert_int_equal(n, size - at < sizeof(piece) ? size - at : sizeof(piece));
        assert_memory_equal(piece, all + at, n);
    }
    free(all);
    shodo_content_free(c);
    f->seen++;
    return SHODO_OK;
}

static void test_random_access(void **state) {
    const struct shodo_walk_options o = {.want_deleted = false};
    char path[512];
    struct image im;
    struct files f = {.good = 0};
    const struct shodo_walk_sink sink = {.ctx = &f, .entry = check_random};
    struct shodo_walk *w = NULL;
    (void)state;
    image_open(&im, data_path("wof_ntfs.img", path));
    f.source = shodo_volume_at(&im.table, 0)->source;
    assert_int_equal(shodo_walk_open(&w, shodo_volume_at(&im.table, 0), NULL), SHODO_OK);
    assert_int_equal(shodo_walk_run(w, &o, &sink, NULL, NULL), SHODO_OK);
    assert_int_equal(f.seen, 4);
    shodo_walk_free(w);
    image_close(&im);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_libwim),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_random_access),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
