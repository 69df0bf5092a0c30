/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IMAGE.truth.tsv: what a reader must find, from the description alone (record numbers and
 * attribute ids are the only columns that come from libntfs-3g). IMAGE.bad: byte ranges of the
 * image for fault injection. Columns: see tests/data/README.md.
 */
#include "disk.h"

#include <stdlib.h>
#include <string.h>

static void times(struct td_buf *b, const uint64_t t[4]) {
    char text[40];

    for (unsigned i = 0; i < 4; i++) {
        td_time_text(t[i], text);
        td_buf_fmt(b, "%s%s", i ? "," : "", text);
    }
}

static void row(struct td_buf *b, size_t part, const struct td_node *n, const struct td_stream *s,
                const char *path) {
    td_buf_fmt(b, "%zu\t%s\t%s\t%llu-%u\t%d\t%llu\t", part,
               n->is_deleted   ? "deleted"
               : n->is_damaged ? "damaged"
                               : "live",
               n->is_dir    ? "dir"
               : s->is_wof  ? "wof"
               : s->name[0] ? "ads"
                            : "file",
               (unsigned long long)n->mft, n->seq, s ? s->attr_id : -1,
               (unsigned long long)(s ? s->size : 0));
    td_buf_fmt(b, "%s\t", s && s->sha256[0] ? s->sha256 : "-");
    td_escape(b, path, strlen(path));
    td_buf_str(b, "\t");
    if (s)
        td_escape(b, s->name, strlen(s->name));
    td_buf_fmt(b, "\t%s\t", n->verdict ? n->verdict : "-");
    times(b, n->si);
    td_buf_str(b, "\t");
    times(b, n->fn);
    td_buf_str(b, "\t");
    if (n->original)
        td_escape(b, n->original, strlen(n->original));
    else
        td_buf_str(b, "-");
    td_buf_str(b, "\n");
}

static void node_rows(struct td_buf *b, size_t part, const struct td_node *n, const char *path) {
    if (n->is_dir)
        row(b, part, n, n->nstream ? &n->stream[0] : NULL, path);
    for (size_t i = n->is_dir && n->nstream ? 1 : 0; i < n->nstream; i++) {
        if (i && n->stream[0].is_wof && !strcmp(n->stream[i].name, "WofCompressedData"))
            continue;
        row(b, part, n, &n->stream[i], path);
    }
}

void td_truth_write(const struct td_disk *d, const char *image) {
    struct td_buf b = {0}, bad = {0}, name = {0};

    td_buf_fmt(
        &b,
        "#part\tstate\ttype\tentry\tattr\tsize\tsha256\tpath\tstream\tverdict\tsi\tfn\toriginal\n");
    for (size_t i = 0; i < d->nparts; i++) {
        const struct td_volume *v = &d->part[i].vol;

        td_buf_fmt(&b, "#volume\t%zu\t%llu\t%llu\t%u\n", i, (unsigned long long)d->part[i].start,
                   (unsigned long long)d->part[i].bytes, d->sector);
        for (size_t k = 0; k < v->n; k++) {
            struct td_buf path = {0};

            if (v->node[k]->is_system)
                continue;
            td_node_path(v->node[k], &path);
            node_rows(&b, i, v->node[k], (char *)path.p);
            for (size_t x = 0; x < v->node[k]->nlink; x++) {
                path.n = 0;
                td_node_path(v->node[k]->link[x].parent, &path);
                td_buf_fmt(&path, "/%s", v->node[k]->link[x].name);
                td_buf_u8(&path, 0);
                node_rows(&b, i, v->node[k], (char *)path.p);
            }
            td_buf_done(&path);
        }
        for (size_t k = 0; k < v->nbad; k++) {
            struct td_buf path = {0};

            td_node_path(v->bad[k].node, &path);
            td_buf_fmt(&bad, "%llu\t%llu\t",
                       (unsigned long long)(d->part[i].start + v->bad[k].found),
                       (unsigned long long)v->bad[k].length);
            td_escape(&bad, (char *)path.p, path.n);
            td_buf_str(&bad, "\n");
            td_buf_done(&path);
        }
    }
    td_buf_fmt(&name, "%s.truth.tsv", image);
    td_buf_u8(&name, 0);
    td_file_write((char *)name.p, b.p, b.n);
    if (bad.n) {
        name.n = 0;
        td_buf_fmt(&name, "%s.bad", image);
        td_buf_u8(&name, 0);
        td_file_write((char *)name.p, bad.p, bad.n);
    }
    td_buf_done(&name);
    td_buf_done(&bad);
    td_buf_done(&b);
}
