/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shodo cat: the bytes of one file of a source, also as it was in a shadow copy. Found and read in
 * a sandboxed worker; what arrives here is only written to a file or a pipe.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "engine/channel.h"
#include "engine/host_image.h"
#include "engine/lister.h"
#include "engine/message.h"
#include "engine/sandbox.h"
#include "engine/verb.h"
#include "engine/worker.h"
#include "evidence/content.h"
#include "evidence/vss.h"
#include "evidence/walk.h"

enum { PIECE_BYTES = 256 << 10, BEAT_EVERY = 4096 };

struct wanted {
    const struct shodo_host_source *host;
    /* as `shodo list` shows it, or with backslashes and a drive letter; NULL: by record */
    const char *path;
    const char *stream; /* "" the unnamed one */
    const char *only;   /* volume, or NULL */
    uint64_t volume, record;
    uint32_t shadow;
};

struct search {
    const struct wanted *want;
    int fd;
    struct shodo_volume *volume;
    uint64_t seen;
    bool is_sent, has_file; /* has_file: the file is there, its stream is not */
};

static char folded(char c) {
    return c == '\\' ? '/' : c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Without case for ASCII: names are typed by people. "C:" in front is the drive. */
static bool is_path(const struct wanted *w, const struct shodo_entry *e) {
    const char *p = w->path;
    if (p[0] && p[1] == ':') {
        if ((p[0] & ~0x20) != e->drive)
            return false;
        p += 2;
    }
    if (strlen(p) != e->path_len)
        return false;
    for (size_t i = 0; i < e->path_len; i++)
        if (folded(p[i]) != folded(e->path[i]))
            return false;
    return true;
}

static enum shodo_status send_bytes(struct search *s, struct shodo_content *c) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    enum shodo_status st = shodo_buf_reserve(&b, PIECE_BYTES) ? SHODO_OK : SHODO_NOMEM;
    struct shodo_error why = SHODO_ERROR_INIT;
    uint64_t size = shodo_content_size(c);
    const char *text = NULL;
    for (uint64_t at = 0; st == SHODO_OK && !text && at < size;) {
        size_t n = 0;
        if (shodo_content_read(c, at, b.data, (size_t)SHODO_MIN((uint64_t)PIECE_BYTES, size - at),
                               &n, &why) != SHODO_OK ||
            n == 0)
            text = "the rest cannot be read";
        else
            st = shodo_channel_send(s->fd, SHODO_MSG_DATA, b.data, n, NULL);
        at += n;
    }
    if (st != SHODO_OK)
        return st;
    shodo_buf_clear(&b);
    shodo_buf_add_var(&b, text ? UINT64_MAX : shodo_content_lost(c));
    shodo_msg_put_text(&b, text ? text : shodo_content_damage(c));
    return shodo_channel_send(s->fd, SHODO_MSG_END, b.data, b.len, NULL);
}

static enum shodo_status send_stream(struct search *s, const struct shodo_entry *e, size_t i) {
    struct shodo_content *c = NULL;
    struct shodo_error why = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_content_open(&c, s->volume->source, e, i, &why);
    if (st != SHODO_OK)
        return shodo_channel_send(s->fd, SHODO_MSG_FAIL, why.text, strlen(why.text), NULL) ==
                       SHODO_OK
                   ? SHODO_END
                   : SHODO_IO;
    st = send_bytes(s, c);
    shodo_content_free(c);
    return st == SHODO_OK ? SHODO_END : st;
}

static enum shodo_status on_entry(void *ctx, const struct shodo_entry *e) {
    struct search *s = ctx;
    if (++s->seen % BEAT_EVERY == 0 &&
        shodo_channel_send(s->fd, SHODO_MSG_LISTING, NULL, 0, NULL) != SHODO_OK)
        return SHODO_IO;
    if (s->want->path ? (e->flags & SHODO_ENTRY_DELETED) || !is_path(s->want, e)
                      : e->record != s->want->record)
        return SHODO_OK;
    s->has_file = true;
    size_t n = strlen(s->want->stream);
    for (size_t i = 0; i < e->streams_count; i++)
        if (e->streams[i].name_len == n && memcmp(e->streams[i].name, s->want->stream, n) == 0 &&
            !(e->streams[i].flags & SHODO_STREAM_NOT_DATA)) {
            s->is_sent = true;
            return send_stream(s, e, i);
        }
    return SHODO_OK;
}

static enum shodo_status search_volume(struct search *s, struct shodo_volume *v,
                                       struct shodo_error *err) {
    const struct shodo_walk_options o = {.want_deleted = !s->want->path, .want_system = true};
    const struct shodo_walk_sink sink = {.ctx = s, .entry = on_entry};
    struct shodo_volume then = *v;
    struct shodo_vss *vss = NULL;
    struct shodo_walk *w = NULL;
    enum shodo_status st = SHODO_OK;
    if (v->fs == SHODO_FS_NONE || v->why[0])
        return v->why[0] ? shodo_fail(err, SHODO_UNSUPPORTED, "%s", v->why) : SHODO_OK;
    if (s->want->shadow)
        st = shodo_vss_volume(&then, &vss, v, s->want->shadow, err);
    s->volume = &then;
    if (st == SHODO_OK)
        st = shodo_walk_open(&w, &then, err);
    if (st == SHODO_OK)
        st = shodo_walk_run(w, &o, &sink, NULL, NULL);
    shodo_walk_free(w);
    if (vss)
        shodo_source_free(then.source);
    shodo_vss_free(vss);
    return st;
}

static int cat_run(void *ctx, int channel_fd) {
    struct search s = {.want = ctx, .fd = channel_fd};
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_source *source = NULL;
    struct shodo_volume_table t;
    enum shodo_status st = shodo_sandbox_enter(NULL, &err);
    if (st == SHODO_OK)
        st = shodo_host_volumes_open(&source, &t, s.want->host, NULL, &err);
    for (size_t i = 0; st == SHODO_OK && !s.is_sent && i < t.volumes.count; i++) {
        struct shodo_volume *v = shodo_volume_at(&t, i);
        if (shodo_lister_is_named(s.want->only, v) && (s.want->path || v->index == s.want->volume))
            (void)search_volume(&s, v, &err);
    }
    if (st == SHODO_OK && s.is_sent)
        return 0;
    if (st == SHODO_OK && s.has_file)
        shodo_fail(&err, SHODO_NOTFOUND,
                   "the file has no such stream; 'shodo list' shows its streams");
    else if (st == SHODO_OK && !err.text[0])
        shodo_fail(&err, SHODO_NOTFOUND,
                   "there is no such file; 'shodo list' shows paths and records");
    shodo_channel_send(channel_fd, SHODO_MSG_FAIL, err.text, strlen(err.text), NULL);
    return 1;
}

/* OK: go on. END: all of it is there; `*lost` says what is missing. */
static enum shodo_status take(int out, uint8_t type, struct shodo_cur *c, uint64_t *lost,
                              char why[200], struct shodo_error *err) {
    shodo_auto(shodo_arena) struct shodo_arena a = SHODO_ARENA_INIT;
    const char *text = NULL;
    switch (type) {
    case SHODO_MSG_LISTING:
        return SHODO_OK;
    case SHODO_MSG_DATA:
        return shodo_io_write_all(out, c->data, c->len, err);
    case SHODO_MSG_END:
        *lost = shodo_cur_var(c);
        if (shodo_msg_get_text(&text, SHODO_MSG_TEXT_BYTES, c, &a) && text)
            shodo_text_safe_fixed(why, 200, text, strlen(text));
        return SHODO_END;
    case SHODO_MSG_FAIL:
        return shodo_fail(err, SHODO_NOTFOUND, "%.*s", (int)SHODO_MIN(c->len, (size_t)400),
                          (const char *)c->data);
    default:
        return shodo_fail(err, SHODO_DAMAGED, "unexpected message %u from the reader", type);
    }
}

static enum shodo_status fetch(struct wanted *want, int out, uint64_t *lost, char why[200],
                               struct shodo_error *err) {
    struct shodo_worker w;
    enum shodo_status st = shodo_worker_start(&w, cat_run, want, want->host, err);
    if (st != SHODO_OK)
        return st;
    while (st == SHODO_OK) {
        uint8_t type = 0;
        struct shodo_cur c;
        st = shodo_worker_next(&w, SHODO_LIMIT_LISTER_SECONDS * 1000ULL, &type, &c, err);
        if (st == SHODO_END)
            st = shodo_fail(err, SHODO_DAMAGED,
                            "the reading process ended early; what was written is not all");
        else if (st == SHODO_OK)
            st = take(out, type, &c, lost, why, err);
    }
    shodo_worker_stop(&w, true, NULL, NULL);
    return st == SHODO_END ? SHODO_OK : st;
}

/* "2:1337" or "2:1337-4", as the first column of `shodo list`. */
static bool parse_record(const char *s, struct wanted *w) {
    const char *colon = strchr(s, ':'), *dash = strchr(s, '-');
    size_t n = dash ? (size_t)(dash - s) : strlen(s);
    return colon && (size_t)(colon - s) < n &&
           shodo_text_parse_u64(s, (size_t)(colon - s), &w->volume) &&
           shodo_text_parse_u64(colon + 1, n - (size_t)(colon + 1 - s), &w->record);
}

static int finish(const struct shodo_verb *v, enum shodo_status st, uint64_t lost, const char *why,
                  const char *out_path, const struct shodo_error *err) {
    if (st != SHODO_OK) {
        if (out_path)
            unlink(out_path);
        return shodo_verb_fail(v, SHODO_EXIT_FAILED, err->text);
    }
    if (!lost)
        return SHODO_EXIT_NOTHING;
    char text[300];
    if (lost == UINT64_MAX)
        snprintf(text, sizeof text, "not all of the file could be read: %s", why);
    else
        snprintf(text, sizeof text, "%llu bytes could not be read and are zeros: %s",
                 (unsigned long long)lost, why);
    return shodo_verb_fail(v, SHODO_EXIT_INCOMPLETE, text);
}

int shodo_verb_cat(const struct shodo_verb *v, int argc, char **argv) {
    const char *words[2] = {NULL}, *shadow = NULL, *out_path = NULL;
    struct wanted want = {.stream = ""};
    struct shodo_vec keys = SHODO_VEC_INIT(sizeof(const char *));
    const struct shodo_option options[] = {{.name = "--stream", .text = &want.stream},
                                           {.name = "--volume", .text = &want.only},
                                           {.name = "--shadow", .text = &shadow},
                                           {.name = "--out", .text = &out_path},
                                           {.name = "--recovery-key-file", .list = &keys}};
    size_t n = 0;
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), words, 2, &n))
        return SHODO_EXIT_USAGE;
    if (n != 2)
        return shodo_verb_usage(v, "which source, and which file?");
    if (!parse_record(words[1], &want))
        want.path = words[1];
    if (shadow && !shodo_lister_shadow(shadow, &want.shadow))
        return shodo_verb_usage(v, "--shadow takes a number from 'shodo sources', or newest");
    if (!out_path && isatty(STDOUT_FILENO))
        return shodo_verb_usage(
            v, "raw bytes do not belong on a terminal: send them to a pipe, or --out FILE");
    struct shodo_host_source host;
    struct shodo_error err = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_host_open(&host, words[0], &err);
    if (st == SHODO_OK && host.is_tree)
        st = shodo_fail(&err, SHODO_INVALID,
                        "a folder is read with any other program: name a disk or an image");
    for (size_t i = 0; i < keys.count && st == SHODO_OK; i++)
        st = shodo_host_add_key(&host, *(const char *const *)shodo_vec_at(&keys, i), &err);
    shodo_vec_done(&keys);
    if (st != SHODO_OK)
        return shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    int out = out_path ? open(out_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)
                       : STDOUT_FILENO;
    uint64_t lost = 0;
    char why[200] = "";
    if (out < 0)
        return shodo_fail_errno(&err, "making '%s'", out_path),
               shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    shodo_signals_init();
    want.host = &host;
    st = fetch(&want, out, &lost, why, &err);
    if (out_path && st == SHODO_OK)
        st = shodo_io_fsync(out, &err);
    if (out_path)
        shodo_io_close(&out);
    shodo_host_done(&host);
    return finish(v, st, lost, why, out_path, &err);
}
