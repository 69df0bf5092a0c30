/* SPDX-License-Identifier: Apache-2.0 */
/* Writing segments. */
#include "handover/segment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "handover/cms.h"

/* of the free space: the journal must still be able to say what happened */
#define RESERVE_BYTES SHODO_MIB(8)

struct shodo_segment_writer {
    const struct shodo_bag_options *o; /* borrowed from the bag, which outlives the writer */
    uint64_t segment_bytes, max_bytes, sealed;
    struct shodo_segment_list done; /* finished segments */
    /* char *: names on the medium, for removal; owned by done.arena */
    struct shodo_vec written;
    struct shodo_outfile file; /* the current one */
    char *file_name;           /* in done.arena */
    struct shodo_cms_seal *cms;
    struct shodo_hash *file_hash, *zip_hash;
    uint64_t plain; /* bytes of the current segment before encryption */
    uint64_t zip_bytes;
    bool is_open, is_kept;
};

/* What CMS (or, in a plain bundle, the ZIP itself) gives goes to the medium and into the digest. */
static enum shodo_status to_file(void *ctx, const void *p, size_t n, struct shodo_error *err) {
    struct shodo_segment_writer *w = ctx;
    if (n > w->max_bytes - SHODO_MIN(w->sealed, w->max_bytes))
        return shodo_fail(err, SHODO_LIMIT,
                          "the bundle would be larger than the %llu bytes that are allowed",
                          (unsigned long long)w->max_bytes);
    shodo_hash_update(w->file_hash, p, n);
    w->sealed += n;
    return shodo_outfile_write(&w->file, p, n, err);
}

static enum shodo_status open_segment(struct shodo_segment_writer *w, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    bool ok = w->o->is_plain ? shodo_buf_addf(&name, "%s.zip", w->o->name)
                             : shodo_buf_addf(&name, "%s.%03zu.zip.p7m", w->o->name,
                                              w->done.segments.count + 1);
    w->file_name = ok ? shodo_arena_str(&w->done.arena, name.data, name.len) : NULL;
    char **slot = w->file_name ? shodo_vec_push(&w->written) : NULL;
    if (!slot)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a segment");
    if (w->done.segments.count >= SHODO_LIMIT_SEGMENT_FILES)
        return shodo_fail(err, SHODO_LIMIT, "more than %u segments", SHODO_LIMIT_SEGMENT_FILES);
    enum shodo_status st = shodo_outfile_open(&w->file, w->o->out_dirfd, w->file_name, err);
    if (st != SHODO_OK)
        return st;
    *slot = w->file_name; /* from here on the file is ours to remove */
    w->is_open = true;
    w->plain = 0;
    shodo_hash_reset(w->file_hash);
    const struct shodo_sink sink = {.write = to_file, .ctx = w};
    if (!w->o->is_plain)
        st = shodo_cms_seal_new(&w->cms, &sink, w->o->recipients, w->o->recipients_count,
                                w->o->passphrase, err);
    return st;
}

static enum shodo_status close_segment(struct shodo_segment_writer *w, struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    if (w->cms) {
        st = shodo_cms_seal_finish(w->cms, err);
        w->cms = shodo_cms_seal_free(w->cms);
    }
    uint64_t size = w->file.bytes;
    if (st == SHODO_OK)
        st = shodo_outfile_finish(&w->file, err);
    if (st != SHODO_OK)
        return st;
    w->is_open = false;
    uint8_t digest[SHODO_SHA256_BYTES];
    char hex[65];
    shodo_hash_final(w->file_hash, digest);
    shodo_hex(digest, sizeof digest, hex);
    if (!shodo_segment_list_add(&w->done, &w->done.segments, w->file_name, size, w->plain, hex))
        return shodo_fail(err, SHODO_NOMEM, "no memory for the segment list");
    return SHODO_OK;
}

static enum shodo_status take(void *ctx, const void *p, size_t n, struct shodo_error *err) {
    struct shodo_segment_writer *w = ctx;
    const uint8_t *at = p;
    shodo_hash_update(w->zip_hash, p, n);
    w->zip_bytes += n;
    while (n > 0) {
        enum shodo_status st = w->is_open ? SHODO_OK : open_segment(w, err);
        if (st != SHODO_OK)
            return st;
        size_t piece = (size_t)SHODO_MIN((uint64_t)n, w->segment_bytes - w->plain);
        st = w->cms ? shodo_cms_seal_data(w->cms, at, piece, err) : to_file(w, at, piece, err);
        if (st != SHODO_OK)
            return st;
        w->plain += piece;
        at += piece;
        n -= piece;
        if (w->plain == w->segment_bytes && (st = close_segment(w, err)) != SHODO_OK)
            return st;
    }
    return SHODO_OK;
}

enum shodo_status shodo_segment_writer_new(struct shodo_segment_writer **ret,
                                           const struct shodo_bag_options *o,
                                           struct shodo_error *err) {
    struct shodo_segment_writer *w = calloc(1, sizeof *w);
    if (!w)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a bundle");
    w->o = o;
    w->segment_bytes = o->segment_bytes ? SHODO_MIN(o->segment_bytes, SHODO_LIMIT_SEGMENT_BYTES)
                                        : SHODO_LIMIT_SEGMENT_BYTES;
    if (o->is_plain)
        w->segment_bytes = UINT64_MAX; /* one ZIP that is opened as it is */
    uint64_t space = shodo_io_free_bytes(o->out_dirfd);
    space -= SHODO_MIN(space, RESERVE_BYTES);
    w->max_bytes = o->max_bytes ? SHODO_MIN(o->max_bytes, space) : space;
    shodo_segment_list_init(&w->done);
    w->written = (struct shodo_vec)SHODO_VEC_INIT(sizeof(char *));
    w->file.fd = -1;
    w->file_hash = shodo_hash_new(SHODO_SHA256);
    w->zip_hash = shodo_hash_new(SHODO_SHA256);
    if (!w->file_hash || !w->zip_hash) {
        shodo_segment_writer_free(w);
        return shodo_fail(err, SHODO_NOMEM, "no memory for a bundle");
    }
    *ret = w;
    return SHODO_OK;
}

struct shodo_sink shodo_segment_writer_sink(struct shodo_segment_writer *w) {
    return (struct shodo_sink){.write = take, .ctx = w};
}

uint64_t shodo_segment_writer_sealed(const struct shodo_segment_writer *w) {
    return w->sealed;
}

uint64_t shodo_segment_writer_room(const struct shodo_segment_writer *w) {
    return w->max_bytes - SHODO_MIN(w->sealed, w->max_bytes);
}

enum shodo_status shodo_segment_writer_finish(struct shodo_segment_writer *w,
                                              struct shodo_segment_list *l,
                                              struct shodo_error *err) {
    enum shodo_status st = w->is_open ? close_segment(w, err) : SHODO_OK;
    if (st != SHODO_OK)
        return st;
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_hash_final(w->zip_hash, digest);
    shodo_hex(digest, sizeof digest, l->zip_sha256);
    l->zip_bytes = w->zip_bytes;
    for (size_t i = 0; i < w->done.segments.count; i++) {
        const struct shodo_segment *s = shodo_vec_at(&w->done.segments, i);
        if (!shodo_segment_list_add(l, &l->segments, s->name, s->size, s->plain, s->sha256))
            return shodo_fail(err, SHODO_NOMEM, "no memory for the segment list");
    }
    return SHODO_OK;
}

enum shodo_status shodo_segment_writer_file(struct shodo_segment_writer *w, const char *suffix,
                                            const void *p, size_t n, struct shodo_segment_list *l,
                                            struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    char *kept = shodo_buf_addf(&name, "%s.%s", w->o->name, suffix)
                     ? shodo_arena_str(&w->done.arena, name.data, name.len)
                     : NULL;
    char **slot = kept ? shodo_vec_push(&w->written) : NULL;
    if (!slot)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a file name");
    enum shodo_status st = shodo_io_write_file(w->o->out_dirfd, kept, p, n, err);
    if (st != SHODO_OK)
        return st;
    *slot = kept;
    w->sealed += n;
    uint8_t digest[SHODO_SHA256_BYTES];
    char hex[65];
    shodo_sha256(p, n, digest);
    shodo_hex(digest, sizeof digest, hex);
    if (l && !shodo_segment_list_add(l, &l->files, kept, n, 0, hex))
        return shodo_fail(err, SHODO_NOMEM, "no memory for the segment list");
    return SHODO_OK;
}

void shodo_segment_writer_keep(struct shodo_segment_writer *w) {
    w->is_kept = true;
}

struct shodo_segment_writer *shodo_segment_writer_free(struct shodo_segment_writer *w) {
    if (!w)
        return NULL;
    shodo_cms_seal_free(w->cms);
    shodo_outfile_abort(&w->file);
    for (size_t i = 0; !w->is_kept && i < w->written.count; i++) {
        char *const *name = shodo_vec_at(&w->written, i);
        if (*name)
            (void)unlinkat(w->o->out_dirfd, *name, 0);
    }
    shodo_vec_done(&w->written);
    shodo_segment_list_done(&w->done);
    shodo_hash_free(w->file_hash);
    shodo_hash_free(w->zip_hash);
    free(w);
    return NULL;
}
