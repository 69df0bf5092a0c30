/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/readers/prefetch.h"

#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"
#include "base/time.h"
#include "evidence/xpress.h"
#include "examine/readers/reader.h"

enum {
    MAM_BYTES = 8,
    MAM_CHECKSUM = 0x80, /* bit of byte 3: a CRC-32 follows the size */
    XPRESS_HUFFMAN = 4,
    HEAD_BYTES = 84,
    NAME_AT = 16,
    NAME_BYTES = 60,
    NAMES_TOLD = 200,
    PACKED_MAX = 4 << 20,
};

enum shodo_status shodo_prefetch_unpack(struct shodo_buf *out, const uint8_t *p, size_t n,
                                        struct shodo_error *err) {
    if (n < MAM_BYTES || memcmp(p, "MAM", 3) != 0)
        return shodo_buf_add(out, p, n)
                   ? SHODO_OK
                   : shodo_fail(err, SHODO_NOMEM, "no memory for a prefetch file");
    uint32_t size = shodo_le32(p + 4);
    size_t head = MAM_BYTES + ((p[3] & MAM_CHECKSUM) ? 4 : 0);
    if ((p[3] & 0x0f) != XPRESS_HUFFMAN)
        return shodo_fail(err, SHODO_UNSUPPORTED, "prefetch file packed in an unknown way (%u)",
                          p[3]);
    if (size > SHODO_LIMIT_PREFETCH_BYTES)
        return shodo_fail(err, SHODO_LIMIT, "prefetch file of %u bytes", size);
    if (n < head || size == 0)
        return shodo_fail(err, SHODO_DAMAGED, "packed prefetch file ends early");
    if (!shodo_buf_reserve(out, size + 1))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a prefetch file");
    bool is_whole = shodo_xpress_decode(p + head, n - head, (uint8_t *)out->data, size);
    out->len = size;
    out->data[size] = 0;
    return is_whole ? SHODO_OK
                    : shodo_fail(err, SHODO_DAMAGED,
                                 "packed prefetch file: its data cannot be unpacked completely");
}

static bool is_inside(size_t at, size_t n, size_t all) {
    return at <= all && n <= all - at;
}

/* Where run count and times stand; version 30 has two forms, told apart by where the metrics begin.
 */
static void take_runs(struct shodo_prefetch *f, const uint8_t *p, size_t n) {
    unsigned times = f->version >= 26 ? SHODO_PREFETCH_RUNS : 1;
    size_t times_at = f->version == 17 ? 120 : 128, runs_at = f->version == 17   ? 144
                                                              : f->version == 23 ? 152
                                                                                 : 208;
    if (f->version == 31 || (f->version == 30 && shodo_le32(p + 84) == 296))
        runs_at = 200;
    for (unsigned i = 0; i < SHODO_PREFETCH_RUNS; i++)
        f->times[i] = i < times && is_inside(times_at + 8 * i, 8, n)
                          ? shodo_time_from_filetime(shodo_le64(p + times_at + 8 * i))
                          : SHODO_TIME_NONE;
    f->runs = is_inside(runs_at, 4, n) ? shodo_le32(p + runs_at) : 0;
}

enum shodo_status shodo_prefetch_parse(struct shodo_prefetch *ret, const uint8_t *p, size_t n,
                                       struct shodo_error *err) {
    if (n < HEAD_BYTES + 68 || memcmp(p + 4, "SCCA", 4) != 0)
        return shodo_fail(err, SHODO_DAMAGED, "not a prefetch file");
    *ret = (struct shodo_prefetch){
        .version = shodo_le32(p), .hash = shodo_le32(p + 76), .name = p + NAME_AT};
    if (ret->version != 17 && ret->version != 23 && ret->version != 26 && ret->version != 30 &&
        ret->version != 31)
        return shodo_fail(err, SHODO_UNSUPPORTED, "prefetch file of version %u", ret->version);
    while (ret->name_bytes < NAME_BYTES && shodo_le16(p + NAME_AT + ret->name_bytes) != 0)
        ret->name_bytes += 2;
    ret->names_at = shodo_le32(p + 100);
    ret->names_bytes = shodo_le32(p + 104);
    ret->volumes_at = shodo_le32(p + 108);
    ret->volumes = shodo_le32(p + 112);
    ret->volumes_bytes = shodo_le32(p + 116);
    if (!is_inside(ret->names_at, ret->names_bytes, n))
        ret->names_at = ret->names_bytes = 0;
    if (!is_inside(ret->volumes_at, ret->volumes_bytes, n))
        ret->volumes_at = ret->volumes_bytes = ret->volumes = 0;
    take_runs(ret, p, n);
    return SHODO_OK;
}

static void put_text(struct shodo_json *j, const char *key, const uint8_t *p, size_t n) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_text_decode(&b, SHODO_UTF16LE, p, n & ~(size_t)1, NULL);
    shodo_json_strn(j, key, shodo_buf_cstr(&b), b.len);
}

/* Names that a reader of facts cares for: not the libraries of Windows itself. */
static bool is_told(const uint8_t *p, size_t n) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_text_decode(&b, SHODO_UTF16LE, p, n, NULL);
    const char *s = shodo_buf_cstr(&b);
    const char *dot = strrchr(s, '.');
    bool is_windows = strstr(s, "\\WINDOWS\\SYSTEM32\\") || strstr(s, "\\WINDOWS\\WINSXS\\") ||
                      strstr(s, "\\WINDOWS\\SYSWOW64\\") ||
                      strstr(s, "\\WINDOWS\\GLOBALIZATION\\") || strstr(s, "\\WINDOWS\\FONTS\\");
    return !is_windows || (dot && strcmp(dot, ".EXE") == 0);
}

static void put_names(struct shodo_json *j, const struct shodo_prefetch *f, const uint8_t *p) {
    const uint8_t *s = p + f->names_at;
    size_t all = 0, told = 0;
    shodo_json_array(j, "files");
    for (size_t at = 0; at + 1 < f->names_bytes && all < SHODO_LIMIT_PREFETCH_NAMES;) {
        size_t n = 0;
        while (at + n + 1 < f->names_bytes && (s[at + n] || s[at + n + 1]))
            n += 2;
        all += n > 0;
        if (n > 0 && told < NAMES_TOLD && is_told(s + at, n)) {
            put_text(j, NULL, s + at, n);
            told++;
        }
        at += n + 2;
    }
    shodo_json_array_end(j);
    shodo_json_u64(j, "files_total", all);
}

static void put_volumes(struct shodo_json *j, const struct shodo_prefetch *f, const uint8_t *p) {
    size_t step = f->version == 17 ? 40 : f->version >= 30 ? 96 : 104;
    shodo_json_array(j, "volumes");
    for (size_t i = 0; i < f->volumes && i < 16 && is_inside(i * step, step, f->volumes_bytes);
         i++) {
        const uint8_t *v = p + f->volumes_at + i * step;
        size_t at = shodo_le32(v), n = (size_t)shodo_le32(v + 4) * 2;
        shodo_json_object(j, NULL);
        if (is_inside(at, n, f->volumes_bytes))
            put_text(j, "device", p + f->volumes_at + at, n);
        shodo_json_time(j, "created", shodo_time_from_filetime(shodo_le64(v + 8)));
        shodo_json_u64(j, "serial", shodo_le32(v + 16));
        shodo_json_object_end(j);
    }
    shodo_json_array_end(j);
}

static void tell(const struct shodo_prefetch *f, const uint8_t *p,
                 const struct shodo_reader_sink *sink) {
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&out);
    shodo_json_object(&j, NULL);
    put_text(&j, "program", f->name, f->name_bytes);
    shodo_json_u64(&j, "version", f->version);
    shodo_json_u64(&j, "runs", f->runs);
    shodo_json_array(&j, "times");
    for (size_t i = 0; i < SHODO_PREFETCH_RUNS; i++)
        if (f->times[i] != SHODO_TIME_NONE)
            shodo_json_time(&j, NULL, f->times[i]);
    shodo_json_array_end(&j);
    put_names(&j, f, p);
    put_volumes(&j, f, p);
    shodo_json_object_end(&j);
    if (!out.failed)
        sink->fact(sink->ctx, "prefetch", "program_run", f->times[0], "", shodo_buf_cstr(&out));
}

static void run(const struct shodo_reader_file *f, const struct shodo_reader_sink *sink) {
    shodo_auto(shodo_buf) struct shodo_buf packed = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf plain = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_prefetch pf;
    (void)shodo_reader_load(&packed, &f->bytes, PACKED_MAX, "prefetch file", sink);
    if (packed.len == 0)
        return;
    enum shodo_status st = shodo_prefetch_unpack(&plain, (const uint8_t *)packed.data, packed.len,
                                                 &err);
    if (st != SHODO_OK)
        shodo_reader_problem(
            sink, st == SHODO_UNSUPPORTED ? SHODO_LEDGER_UNSUPPORTED : SHODO_LEDGER_DAMAGED, 0,
            "%s", err.text);
    if (plain.len == 0)
        return;
    st = shodo_prefetch_parse(&pf, (const uint8_t *)plain.data, plain.len, &err);
    if (st == SHODO_OK)
        tell(&pf, (const uint8_t *)plain.data, sink);
    else
        shodo_reader_problem(
            sink, st == SHODO_UNSUPPORTED ? SHODO_LEDGER_UNSUPPORTED : SHODO_LEDGER_DAMAGED, 0,
            "%s", err.text);
}

static const char *const patterns[] = {"/Windows/Prefetch/*.pf", NULL};

const struct shodo_reader shodo_reader_prefetch = {
    .name = "prefetch", .patterns = patterns, .stream = "", .run = run};
