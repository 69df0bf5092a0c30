/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make-prefetch DESCRIPTION FILE.pf [SEARCH-FOLDER...]: writes a prefetch file of format 17, 23, 26
 * or 30.
 *
 *   prefetch NAME.EXE hash=0x… [version=30] [count=N] [mam=yes]
 *   run TIME...                        newest first: one for 17 and 23, up to eight for 26 and 30
 *   volume PATH created=TIME serial=0x…
 *   file PATH                          in the order they were loaded
 *
 * mam=yes packs it as Windows 10 does (MAM, XPRESS Huffman in blocks of 64 KiB; needs libwim).
 * Layout: "Windows Prefetch File (PF) format" by Joachim Metz; read back with sccainfo in tests.
 */
#include "content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_WIMLIB
#include <wimlib.h>
#endif

struct volume {
    const char *path;
    uint64_t created;
    uint32_t serial;
};

struct prefetch {
    struct td_script script;
    const char *name;
    uint32_t hash, version, count;
    bool is_packed;
    uint64_t run[8];
    unsigned runs;
    struct volume volume[8];
    unsigned volumes;
    const char *file[1024];
    unsigned files;
};

struct layout {
    unsigned info, metric, trace, volume; /* sizes */
    unsigned run_at, runs, count_at;
};

static struct layout layout_of(uint32_t version) {
    switch (version) {
    case 17:
        return (struct layout){68, 20, 12, 40, 120, 1, 144};
    case 23:
        return (struct layout){156, 32, 12, 104, 128, 1, 152};
    case 26:
        return (struct layout){224, 32, 12, 104, 128, 8, 208};
    case 30:
        return (struct layout){220, 32, 8, 96, 128, 8, 208};
    default:
        td_die("prefetch format %u is not 17, 23, 26 or 30", version);
    }
}

static void one_line(struct prefetch *f, struct td_line *l) {
    const char *verb = td_line_verb(l);
    struct td_word *w;

    if (!strcmp(verb, "prefetch")) {
        f->name = td_line_arg(l, 0, "a program name")->val;
        f->hash = (uint32_t)td_line_size(l, "hash", 0);
        f->version = (uint32_t)td_line_size(l, "version", 30);
        f->count = (uint32_t)td_line_size(l, "count", 1);
        f->is_packed = !strcmp(td_line_text(l, "mam", "no"), "yes");
    } else if (!strcmp(verb, "run")) {
        while ((w = td_line_arg_opt(l, f->runs))) {
            if (f->runs == 8)
                td_fail(&l->at, "at most eight times");
            f->run[f->runs++] = td_time(&f->script, &l->at, w->val);
        }
    } else if (!strcmp(verb, "volume")) {
        if (f->volumes == 8)
            td_fail(&l->at, "at most eight volumes");
        w = td_line_opt(l, "created");
        f->volume[f->volumes++] = (struct volume){td_line_arg(l, 0, "a path")->val,
                                                  w ? td_time(&f->script, &l->at, w->val) : 0,
                                                  (uint32_t)td_line_size(l, "serial", 0)};
    } else if (!strcmp(verb, "file")) {
        if (f->files == 1024)
            td_fail(&l->at, "at most 1024 files");
        f->file[f->files++] = td_line_arg(l, 0, "a path")->val;
    } else {
        td_fail(&l->at, "unknown line '%s'", verb);
    }
    td_line_check(l);
}

static void build(const struct prefetch *f, struct td_buf *b) {
    struct layout y = layout_of(f->version);
    uint32_t metrics = 84 + y.info, traces = metrics + y.metric * f->files,
             strings_at = traces + y.trace * f->files;
    struct td_buf strings = {0}, paths = {0}, name = {0};
    unsigned char *p = td_buf_grow(b, strings_at);

    for (unsigned i = 0; i < f->files; i++) {
        unsigned char *m = p + metrics + y.metric * i, *t = p + traces + y.trace * i;
        unsigned at = f->version == 17 ? 8 : 12;
        uint32_t start = (uint32_t)strings.n;

        td_buf_utf16(&strings, f->file[i], strlen(f->file[i]));
        td_put32(m, i);
        td_put32(m + 4, 1);
        td_put32(m + at, start);
        td_put32(m + at + 4, (uint32_t)(strings.n - start) / 2);
        td_put32(m + at + 8, 2);
        td_buf_le16(&strings, 0);
        td_put32(t, y.trace == 12 ? 0xffffffff : 1); /* no next block */
    }
    td_buf_add(b, strings.p, strings.n);
    while (b->n % 8)
        td_buf_u8(b, 0);
    uint32_t volumes_at = (uint32_t)b->n;
    td_buf_grow(b, (size_t)y.volume * f->volumes);
    for (unsigned i = 0; i < f->volumes; i++) {
        size_t at = b->n - volumes_at;
        struct td_buf path = {0};

        td_buf_utf16(&path, f->volume[i].path, strlen(f->volume[i].path));
        td_buf_add(b, path.p, path.n);
        td_buf_le16(b, 0);
        while (b->n % 8)
            td_buf_u8(b, 0);
        size_t refs = b->n - volumes_at;
        td_buf_le32(b, 3);
        td_buf_grow(b, 12); /* no file references */
        unsigned char *v = b->p + volumes_at + (size_t)y.volume * i;
        td_put32(v, (uint32_t)at);
        td_put32(v + 4, (uint32_t)path.n / 2);
        td_put64(v + 8, f->volume[i].created);
        td_put32(v + 16, f->volume[i].serial);
        td_put32(v + 20, (uint32_t)refs);
        td_put32(v + 24, 16);
        td_put32(v + 28, (uint32_t)(b->n - volumes_at));
        td_buf_done(&path);
    }
    p = b->p;
    td_put32(p, f->version);
    memcpy(p + 4, "SCCA", 4);
    td_put32(p + 8, 0x11);
    td_put32(p + 12, (uint32_t)b->n);
    td_buf_utf16(&name, f->name, strlen(f->name));
    memcpy(p + 16, name.p, name.n > 58 ? 58 : name.n);
    td_put32(p + 76, f->hash);
    td_put32(p + 84, metrics);
    td_put32(p + 88, f->files);
    td_put32(p + 92, traces);
    td_put32(p + 96, f->files);
    td_put32(p + 100, strings_at);
    td_put32(p + 104, (uint32_t)strings.n);
    td_put32(p + 108, volumes_at);
    td_put32(p + 112, f->volumes);
    td_put32(p + 116, (uint32_t)b->n - volumes_at);
    for (unsigned i = 0; i < f->runs && i < y.runs; i++)
        td_put64(p + y.run_at + 8 * i, f->run[i]);
    td_put32(p + y.count_at, f->count);
    td_buf_done(&strings);
    td_buf_done(&paths);
    td_buf_done(&name);
}

static void pack(const struct td_buf *plain, struct td_buf *out) {
#ifdef HAVE_WIMLIB
    struct wimlib_compressor *z;

    if (wimlib_create_compressor(WIMLIB_COMPRESSION_TYPE_XPRESS, 65536, 50, &z))
        td_die("libwim: cannot make a compressor");
    td_buf_str(out, "MAM\x04");
    td_buf_le32(out, (uint32_t)plain->n);
    for (size_t pos = 0; pos < plain->n; pos += 65536) {
        size_t k = plain->n - pos < 65536 ? plain->n - pos : 65536, old = out->n;
        size_t got = wimlib_compress(plain->p + pos, k, td_buf_grow(out, k + 512), k + 511, z);

        if (!got)
            td_die("a block of the prefetch file does not pack");
        out->n = old + got;
    }
    wimlib_free_compressor(z);
#else
    (void)plain, (void)out;
    td_die("make-prefetch was built without libwim (package libwim-dev), which mam=yes needs");
#endif
}

int main(int argc, char **argv) {
    struct prefetch *f = td_alloc(sizeof *f);
    struct td_buf b = {0}, packed = {0};

    if (argc < 3) {
        fputs("usage: make-prefetch DESCRIPTION FILE [SEARCH-FOLDER...]\n", stderr);
        return 2;
    }
    td_script_read(&f->script, argv[1], argv + 3, (size_t)argc - 3);
    for (size_t i = 0; i < f->script.n; i++)
        one_line(f, &f->script.line[i]);
    if (!f->name)
        td_die("%s: no 'prefetch' line", argv[1]);
    build(f, &b);
    if (f->is_packed)
        pack(&b, &packed);
    td_file_write(argv[2], f->is_packed ? packed.p : b.p, f->is_packed ? packed.n : b.n);
    return 0;
}
