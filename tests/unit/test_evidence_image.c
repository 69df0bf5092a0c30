/* SPDX-License-Identifier: Apache-2.0 */
/* Split raw images, and E01 images written by libewf: every format and compression gives the bytes
 * back; damage and missing segments are said. */
#include <setjmp.h>
#include <stdarg.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libewf.h>

#include "../lib/source_fault.h"
#include "evidence/image.h"
#include "evidence_lib.h"

#define MEDIA_BYTES (5u * 1024 * 1024 + 512)

static uint8_t *media;
static char top[] = "/tmp/shodo-ewf-XXXXXX";

static int make_media(void **state) {
    uint32_t seed = 1;
    (void)state;
    assert_non_null(mkdtemp(top));
    media = malloc(MEDIA_BYTES);
    for (size_t i = 0; i < MEDIA_BYTES; i++) { /* zeros, text, noise */
        seed = seed * 1664525 + 1013904223;
        media[i] = i / 65536 % 3 == 0   ? 0
                   : i / 65536 % 3 == 1 ? (uint8_t)("shodo "[i % 6])
                                        : (uint8_t)(seed >> 24);
    }
    return 0;
}

static int remove_all(void **state) {
    const char *argv[] = {"rm", "-rf", top, NULL};
    char out[16];
    (void)state;
    free(media);
    return run_text(argv, out, sizeof(out));
}

static void write_image(const char *stem, uint8_t format, int8_t level, uint8_t flags,
                        size64_t segment, bool bad) {
    libewf_handle_t *h = NULL;
    char path[256];
    char *names[1] = {path};
    size_t done = 0;
    snprintf(path, sizeof(path), "%s/%s", top, stem);
    assert_int_equal(libewf_handle_initialize(&h, NULL), 1);
    assert_int_equal(libewf_handle_open(h, names, 1, LIBEWF_OPEN_WRITE, NULL), 1);
    assert_int_equal(libewf_handle_set_format(h, format, NULL), 1);
    assert_int_equal(libewf_handle_set_compression_values(h, level, flags, NULL), 1);
    assert_int_equal(libewf_handle_set_bytes_per_sector(h, 512, NULL), 1);
    assert_int_equal(libewf_handle_set_sectors_per_chunk(h, 64, NULL), 1);
    assert_int_equal(libewf_handle_set_media_size(h, MEDIA_BYTES, NULL), 1);
    if (segment > 0)
        assert_int_equal(libewf_handle_set_maximum_segment_size(h, segment, NULL), 1);
    if (bad)
        assert_int_equal(libewf_handle_append_acquiry_error(h, 100, 3, NULL), 1);
    while (done < MEDIA_BYTES) {
        size_t n = MEDIA_BYTES - done < 32768 ? MEDIA_BYTES - done : 32768;
        ssize_t wrote = libewf_handle_write_buffer(h, media + done, n, NULL);
        assert_true(wrote > 0);
        done += (size_t)wrote;
    }
    assert_true(libewf_handle_write_finalize(h, NULL) >= 0);
    assert_int_equal(libewf_handle_close(h, NULL), 0);
    libewf_handle_free(&h, NULL);
}

struct files {
    int fds[16];
    uint64_t sizes[16];
    size_t count;
};

static void open_files(struct files *f, const char *stem, const char *ext) {
    char path[256];
    f->count = 0;
    for (unsigned i = 1; i <= 16; i++) {
        struct stat sb;
        snprintf(path, sizeof(path), "%s/%s.%s%02u", top, stem, ext, i);
        f->fds[f->count] = open(path, O_RDONLY | O_CLOEXEC);
        if (f->fds[f->count] < 0)
            break;
        assert_int_equal(fstat(f->fds[f->count], &sb), 0);
        f->sizes[f->count++] = (uint64_t)sb.st_size;
    }
    assert_true(f->count > 0);
}

static void close_files(struct files *f) {
    for (size_t i = 0; i < f->count; i++)
        close(f->fds[i]);
}

static void check_media(struct shodo_source *s, uint64_t bad_from, uint64_t bad_bytes) {
    uint8_t *out = malloc(MEDIA_BYTES);
    uint64_t bad = 0;
    assert_int_equal(shodo_source_size(s), MEDIA_BYTES);
    assert_int_equal(shodo_source_read(s, 0, out, MEDIA_BYTES, &bad, NULL), SHODO_OK);
    assert_int_equal(bad, bad_bytes);
    for (size_t i = 0; i < MEDIA_BYTES; i++) {
        uint8_t want = i >= bad_from && i < bad_from + bad_bytes ? 0 : media[i];
        if (out[i] != want)
            fail_msg("byte %zu differs", i);
    }
    free(out);
}

static void test_formats(void **state) {
    static const struct {
        const char *stem, *ext;
        uint8_t format;
        int8_t level;
        uint8_t flags;
        size64_t segment;
    } rows[] = {
        {"e1", "E", LIBEWF_FORMAT_ENCASE1, LIBEWF_COMPRESSION_FAST, 0, 0},
        {"e2", "E", LIBEWF_FORMAT_ENCASE2, LIBEWF_COMPRESSION_NONE, 0, 0},
        {"e5", "E", LIBEWF_FORMAT_ENCASE5, LIBEWF_COMPRESSION_BEST, 0, 0},
        {"e6", "E", LIBEWF_FORMAT_ENCASE6, LIBEWF_COMPRESSION_NONE,
         LIBEWF_COMPRESS_FLAG_USE_EMPTY_BLOCK_COMPRESSION, 0},
        {"e7", "E", LIBEWF_FORMAT_ENCASE7, LIBEWF_COMPRESSION_FAST, 0, 0},
        {"ftk", "E", LIBEWF_FORMAT_FTK_IMAGER, LIBEWF_COMPRESSION_FAST, 0, 0},
        {"many", "E", LIBEWF_FORMAT_ENCASE6, LIBEWF_COMPRESSION_NONE, 0, 1048576 + 500000},
        {"smart", "s", LIBEWF_FORMAT_SMART, LIBEWF_COMPRESSION_FAST, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct shodo_error err = SHODO_ERROR_INIT;
        struct shodo_source *s = NULL;
        struct files f;
        write_image(rows[i].stem, rows[i].format, rows[i].level, rows[i].flags, rows[i].segment,
                    false);
        open_files(&f, rows[i].stem, rows[i].ext);
        print_message("%s: %zu segments, first of %llu bytes\n", rows[i].stem, f.count,
                      (unsigned long long)f.sizes[0]);
        assert_true((rows[i].segment > 0) == (f.count > 1));
        if (shodo_image_open(&s, f.fds, f.sizes, f.count, 512, &err) != SHODO_OK)
            fail_msg("%s: %s", rows[i].stem, err.text);
        check_media(s, 0, 0);
        shodo_source_free(s);
        close_files(&f);
    }
}

static void test_order_and_missing(void **state) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_source *s = NULL;
    struct files f, g;
    (void)state;
    write_image("set", LIBEWF_FORMAT_ENCASE6, LIBEWF_COMPRESSION_NONE, 0, 1048576 + 500000, false);
    open_files(&f, "set", "E");
    assert_true(f.count >= 3);
    g = f; /* the other way round */
    for (size_t i = 0; i < f.count; i++) {
        g.fds[i] = f.fds[f.count - 1 - i];
        g.sizes[i] = f.sizes[f.count - 1 - i];
    }
    assert_int_equal(shodo_image_open(&s, g.fds, g.sizes, g.count, 512, &err), SHODO_OK);
    check_media(s, 0, 0);
    shodo_source_free(s);
    assert_int_equal(shodo_image_open(&s, f.fds, f.sizes, f.count - 1, 512, &err), SHODO_DAMAGED);
    assert_non_null(strstr(err.text, "is missing"));
    assert_int_equal(shodo_image_open(&s, f.fds + 1, f.sizes + 1, f.count - 1, 512, &err),
                     SHODO_DAMAGED);
    assert_non_null(strstr(err.text, "incomplete"));
    g = f;
    g.fds[1] = f.fds[0];
    g.sizes[1] = f.sizes[0];
    assert_int_equal(shodo_image_open(&s, g.fds, g.sizes, g.count, 512, &err), SHODO_DAMAGED);
    assert_non_null(strstr(err.text, "twice"));
    close_files(&f);
}

static void test_acquisition_errors(void **state) {
    struct shodo_source *s = NULL;
    struct files f;
    (void)state;
    write_image("bad", LIBEWF_FORMAT_ENCASE6, LIBEWF_COMPRESSION_FAST, 0, 0, true);
    open_files(&f, "bad", "E");
    assert_int_equal(shodo_image_open(&s, f.fds, f.sizes, f.count, 512, NULL), SHODO_OK);
    check_media(s, 100 * 512, 3 * 512);
    shodo_source_free(s);
    close_files(&f);
}

/* Seeded damage of one image in memory: bytes that are given as good are right. */
static void test_damage(void **state) {
    struct files f;
    uint8_t *image = NULL, *copy = NULL, *out = malloc(MEDIA_BYTES);
    unsigned refused = 0, lossy = 0, complete = 0;
    uint32_t seed = 42;
    size_t n = 0;
    (void)state;
    write_image("dmg", LIBEWF_FORMAT_ENCASE6, LIBEWF_COMPRESSION_BEST, 0, 0, false);
    open_files(&f, "dmg", "E");
    n = (size_t)f.sizes[0];
    image = malloc(n);
    copy = malloc(n);
    assert_int_equal(pread(f.fds[0], image, n, 0), (ssize_t)n);
    close_files(&f);
    for (unsigned i = 0; i < 60; i++) {
        struct source_fault fault = {.data = copy, .size = n};
        struct shodo_source *part = NULL, *s = NULL;
        uint64_t bad = 0;
        memcpy(copy, image, n);
        for (unsigned k = 0; k <= i % 3; k++) {
            seed = seed * 1664525 + 1013904223;
            copy[i % 2 ? (seed >> 4) % n : n - 1 - (seed >> 4) % 4000] ^= (uint8_t)(1
                                                                                    << (seed & 7));
        }
        if (i % 10 == 9)
            fault.size = (seed >> 4) % n;
        assert_int_equal(source_fault_open(&part, &fault, NULL), SHODO_OK);
        if (shodo_ewf_open(&s, &part, 1, NULL, NULL) != SHODO_OK) {
            refused++;
            continue;
        }
        if (shodo_source_size(s) != MEDIA_BYTES) {
            shodo_source_free(s);
            fail_msg("round %u: size changed", i);
        }
        assert_int_equal(shodo_source_read(s, 0, out, MEDIA_BYTES, &bad, NULL), SHODO_OK);
        for (size_t k = 0; k < MEDIA_BYTES; k++)
            if (out[k] != media[k] && !shodo_source_is_bad(s, k, 1))
                fail_msg("round %u: byte %zu is wrong and not marked", i, k);
        lossy += bad > 0;
        complete += bad == 0;
        shodo_source_free(s);
    }
    print_message("%u refused, %u with marked losses, %u complete\n", refused, lossy, complete);
    assert_true(refused > 0 && lossy > 0);
    free(image);
    free(copy);
    free(out);
}

static void test_other_formats(void **state) {
    static const char *const marks[] = {"EVF2\r\n\x81", "LVF\t\r\n\xff", "LEF2\r\n\x81"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        uint8_t file[1000] = {0};
        struct source_fault fault = {.data = file, .size = sizeof(file)};
        struct shodo_error err = SHODO_ERROR_INIT;
        struct shodo_source *part = NULL, *s = NULL;
        memcpy(file, marks[i], 7);
        assert_int_equal(source_fault_open(&part, &fault, NULL), SHODO_OK);
        assert_int_equal(shodo_ewf_open(&s, &part, 1, NULL, &err), SHODO_UNSUPPORTED);
    }
}

static void test_split_raw(void **state) {
    struct source_fault faults[3] = {
        {.data = media, .size = 1000000},
        {.data = media + 1000000, .size = 7, .bad_offset = 3, .bad_length = 1},
        {.data = media + 1000007, .size = MEDIA_BYTES - 1000007}};
    struct shodo_source *parts[3], *s = NULL;
    uint8_t out[1000];
    uint64_t bad = 0;
    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(source_fault_open(&parts[i], &faults[i], NULL), SHODO_OK);
    assert_int_equal(shodo_source_join(&s, parts, 3, 512, NULL), SHODO_OK);
    assert_int_equal(shodo_source_size(s), MEDIA_BYTES);
    assert_int_equal(shodo_source_read(s, 999000, out, sizeof(out), &bad, NULL), SHODO_OK);
    assert_int_equal(bad, 0);
    assert_memory_equal(out, media + 999000, sizeof(out));
    assert_int_equal(shodo_source_read(s, 1000007, out, sizeof(out), &bad, NULL), SHODO_OK);
    assert_memory_equal(out, media + 1000007, sizeof(out));
    assert_int_equal(shodo_source_read(s, 999900, out, 300, &bad, NULL), SHODO_OK);
    assert_true(bad > 0);
    assert_true(shodo_source_is_bad(s, 1000003, 1));
    shodo_source_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_order_and_missing),
        cmocka_unit_test(test_acquisition_errors),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_other_formats),
        cmocka_unit_test(test_split_raw),
    };
    return cmocka_run_group_tests(tests, make_media, remove_all);
}
