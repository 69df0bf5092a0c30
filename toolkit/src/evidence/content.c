/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "evidence/lznt1.h"
#include "evidence/runs.h"
#include "evidence/wof.h"

enum { TAG_DEDUP = 0x80000013 };

struct shodo_content {
    struct shodo_source *source;
    const struct shodo_entry *entry;
    const struct shodo_stream *stream;
    uint64_t size, valid;
    uint64_t lost;
    char damage[160];
    struct shodo_runs_pos pos;
    /* LZNT1: the unit that was decoded last, and room for its compressed form */
    uint8_t *unit, *packed;
    uint64_t unit_index;
    size_t unit_lost;
    struct wof *wof;
};

static void say(struct shodo_content *c, const char *text) {
    if (c->damage[0] == '\0')
        snprintf(c->damage, sizeof(c->damage), "%s", text);
}

/* Bytes that are somewhere else or that nobody here can read. */
static enum shodo_status refuse(const struct shodo_entry *e, const struct shodo_stream *s,
                                struct shodo_error *err) {
    if (s->flags & SHODO_STREAM_ENCRYPTED)
        return shodo_fail(err, SHODO_ENCRYPTED, "encrypted with EFS: only its user can open it");
    if (s->name_len > 0 || s->attr_type != 128)
        return SHODO_OK;
    if ((e->flags & SHODO_ENTRY_OFFLINE) && (e->flags & SHODO_ENTRY_REPARSE))
        return shodo_fail(err, SHODO_UNSUPPORTED,
                          "cloud placeholder: the content is not on this disk");
    if (e->reparse_tag == TAG_DEDUP)
        return shodo_fail(err, SHODO_UNSUPPORTED,
                          "deduplicated by Windows Server: the content is in its chunk store");
    if ((s->flags & SHODO_STREAM_WOF) && s->unit_bytes == 0)
        return shodo_fail(err, SHODO_UNSUPPORTED,
                          "backed by a Windows image file (WIM): the content is not in this file");
    return SHODO_OK;
}

static enum shodo_status open_lznt1(struct shodo_content *c, struct shodo_error *err) {
    uint32_t unit = c->stream->unit_bytes;
    if (unit == 0)
        return shodo_fail(err, SHODO_DAMAGED, "compression unit is out of bounds");
    c->unit = malloc(unit);
    c->packed = malloc(unit);
    c->unit_index = UINT64_MAX;
    if (!c->unit || !c->packed)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a compression unit");
    return SHODO_OK;
}

/* The bytes are in another stream of the same file. */
static enum shodo_status open_wof(struct shodo_content *c, struct shodo_error *err) {
    static const char name[] = "WofCompressedData";
    for (size_t i = 0; i < c->entry->streams_count; i++) {
        const struct shodo_stream *s = &c->entry->streams[i];
        struct shodo_content *packed = NULL;
        enum shodo_status st = SHODO_OK;
        if (s->name_len != sizeof(name) - 1 || memcmp(s->name, name, s->name_len) != 0)
            continue;
        st = shodo_content_open(&packed, c->source, c->entry, i, err);
        return st == SHODO_OK ? wof_open(&c->wof, packed, c->size, c->stream->unit_bytes, err) : st;
    }
    return shodo_fail(err, SHODO_DAMAGED,
                      "compressed by Windows (WOF), but the compressed stream is missing");
}

enum shodo_status shodo_content_open(struct shodo_content **ret, struct shodo_source *source,
                                     const struct shodo_entry *e, size_t stream,
                                     struct shodo_error *err) {
    struct shodo_content *c = NULL;
    enum shodo_status st = SHODO_OK;
    if (stream >= e->streams_count)
        return shodo_fail(err, SHODO_INVALID, "shodo_content_open: no stream %zu", stream);
    st = refuse(e, &e->streams[stream], err);
    if (st != SHODO_OK)
        return st;
    c = calloc(1, sizeof(*c));
    if (!c)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a stream");
    c->source = source;
    c->entry = e;
    c->stream = &e->streams[stream];
    c->size = c->stream->size_bytes;
    c->valid = SHODO_MIN(c->stream->valid_bytes, c->size);
    if (c->stream->flags & SHODO_STREAM_WOF) {
        c->valid = c->size;
        st = open_wof(c, err);
    } else if (c->stream->flags & SHODO_STREAM_HOST_FD)
        c->size = c->valid = shodo_source_size(source);
    else if (c->stream->flags & SHODO_STREAM_RESIDENT)
        c->valid = SHODO_MIN(c->valid, (uint64_t)c->stream->resident_len);
    else if (c->stream->flags & SHODO_STREAM_COMPRESSED)
        st = open_lznt1(c, err);
    if (st != SHODO_OK) {
        shodo_content_free(c);
        return st;
    }
    *ret = c;
    return SHODO_OK;
}

struct shodo_content *shodo_content_free(struct shodo_content *c) {
    if (!c)
        return NULL;
    free(c->unit);
    free(c->packed);
    wof_free(c->wof);
    free(c);
    return NULL;
}

uint64_t shodo_content_size(const struct shodo_content *c) {
    return c->size;
}

uint64_t shodo_content_lost(const struct shodo_content *c) {
    return c->lost;
}

const char *shodo_content_damage(const struct shodo_content *c) {
    return c->damage;
}

/* Stored bytes at the start of a unit: everything before its first hole. */
static size_t stored_bytes(struct shodo_content *c, uint64_t from, size_t unit) {
    const struct shodo_run *runs = c->stream->runs;
    size_t stored = 0;
    while (stored < unit) {
        if (!shodo_runs_seek(runs, c->stream->runs_count, &c->pos, from + stored))
            return stored;
        if (runs[c->pos.index].is_hole)
            break;
        stored += (size_t)SHODO_MIN((uint64_t)(unit - stored),
                                    c->pos.start + runs[c->pos.index].length - (from + stored));
    }
    return stored;
}

/* A unit is all hole (zeros), all stored (plain), or stored and then hole (compressed). */
static void load_unit(struct shodo_content *c, uint64_t index) {
    size_t unit = c->stream->unit_bytes;
    uint64_t from = index * unit, lost = 0;
    size_t stored = stored_bytes(c, from, unit), useful = 0;
    c->unit_index = index;
    c->unit_lost = 0;
    useful = from >= c->valid ? 0 : (size_t)SHODO_MIN((uint64_t)unit, c->valid - from);
    if (stored == 0 || stored == unit) {
        lost = shodo_runs_read(c->source, c->stream->runs, c->stream->runs_count, &c->pos, from,
                               c->unit, unit);
    } else {
        lost = shodo_runs_read(c->source, c->stream->runs, c->stream->runs_count, &c->pos, from,
                               c->packed, stored);
        if (lost > 0)
            lost = useful; /* zeros inside a compressed unit spoil all of it */
        if (lost == 0)
            lost = shodo_lznt1_decode(c->packed, stored, c->unit, useful);
        else
            memset(c->unit, 0, unit);
        if (lost > 0)
            say(c, "a compressed part cannot be decoded");
    }
    c->unit_lost = (size_t)lost;
}

static void read_lznt1(struct shodo_content *c, uint64_t offset, uint8_t *p, size_t n) {
    size_t unit = c->stream->unit_bytes;
    while (n > 0) {
        uint64_t index = offset / unit;
        size_t within = (size_t)(offset % unit), piece = SHODO_MIN(n, unit - within);
        if (index != c->unit_index) {
            load_unit(c, index);
            c->lost += c->unit_lost;
        }
        memcpy(p, c->unit + within, piece);
        p += piece;
        offset += piece;
        n -= piece;
    }
}

/* [offset, offset+n) lies inside the valid bytes. */
static enum shodo_status read_valid(struct shodo_content *c, uint64_t offset, uint8_t *p, size_t n,
                                    struct shodo_error *err) {
    const struct shodo_stream *s = c->stream;
    uint64_t lost = 0;
    if (c->wof) {
        lost = wof_read(c->wof, offset, p, n);
        if (lost > 0)
            say(c, "a part compressed by Windows (WOF) cannot be decoded");
    } else if (s->flags & SHODO_STREAM_RESIDENT) {
        memcpy(p, s->resident + offset, n);
    } else if (s->flags & SHODO_STREAM_COMPRESSED) {
        read_lznt1(c, offset, p, n);
    } else if (s->flags & SHODO_STREAM_HOST_FD) {
        enum shodo_status st = shodo_source_read(c->source, offset, p, n, &lost, err);
        if (st != SHODO_OK)
            return st;
    } else {
        lost = shodo_runs_read(c->source, s->runs, s->runs_count, &c->pos, offset, p, n);
    }
    if (lost > 0)
        say(c, "bytes cannot be read, or its run list leaves the volume");
    c->lost += lost;
    return SHODO_OK;
}

enum shodo_status shodo_content_read(struct shodo_content *c, uint64_t offset, void *p, size_t n,
                                     size_t *ret_n, struct shodo_error *err) {
    uint8_t *out = p;
    size_t in_valid = 0;
    enum shodo_status st = SHODO_OK;
    if (offset >= c->size) {
        *ret_n = 0;
        return SHODO_OK;
    }
    n = (size_t)SHODO_MIN((uint64_t)n, c->size - offset);
    if (offset < c->valid) {
        in_valid = (size_t)SHODO_MIN((uint64_t)n, c->valid - offset);
        st = read_valid(c, offset, out, in_valid, err);
    }
    memset(out + in_valid, 0, n - in_valid);
    *ret_n = st == SHODO_OK ? n : 0;
    return st;
}

uint64_t shodo_content_next_data(const struct shodo_content *c, uint64_t offset) {
    const struct shodo_stream *s = c->stream;
    struct shodo_runs_pos pos = {.index = 0, .start = 0};
    uint64_t unit = s->flags & SHODO_STREAM_COMPRESSED ? s->unit_bytes : 1;
    if (s->flags & (SHODO_STREAM_RESIDENT | SHODO_STREAM_HOST_FD | SHODO_STREAM_WOF))
        return SHODO_MIN(offset, c->size);
    offset -= offset % unit;
    while (offset < c->valid && shodo_runs_seek(s->runs, s->runs_count, &pos, offset) &&
           s->runs[pos.index].is_hole)
        offset = pos.start + s->runs[pos.index].length;
    return offset < c->valid ? offset - offset % unit : c->size;
}
