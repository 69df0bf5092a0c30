/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/lister.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/channel.h"
#include "engine/companions.h"
#include "engine/host_image.h"
#include "engine/list_lines.h"
#include "engine/lister_shadow.h"
#include "engine/message.h"
#include "engine/sandbox.h"
#include "engine/tally.h"
#include "examine/answers/census.h"
#include "evidence/compare.h"
#include "evidence/volume.h"
#include "evidence/walk.h"

enum { BATCH_BYTES = 256 << 10, BEAT_MS = 500, AS_GIB = 6, BEAT_EVERY = 1024 };

/* One item waiting for its turn: its message, made while walking. */
struct waiting {
    uint64_t first_offset;
    uint64_t record;
    const char *message; /* in the arena */
    uint32_t length;
    uint32_t path_at, path_len; /* inside the message */
    uint32_t volume;
    uint8_t phase;
};

struct listing {
    const struct shodo_lister *job;
    int fd;
    struct shodo_arena arena;
    struct shodo_vec items; /* struct waiting */
    struct shodo_buf scratch, message;
    struct shodo_tally *policy;
    /* NULL for directory sources: their logs cannot be opened beside the hive */
    struct shodo_companions *companions;
    struct shodo_census *census;       /* NULL: none */
    struct shodo_shadow_traces traces; /* of the volume being listed */
    struct shodo_totals totals;
    uint32_t volume;
    char drive;
    uint64_t beat_ms;
    enum shodo_status send_status;
};

static void send_it(struct listing *l, uint8_t type) {
    if (l->send_status == SHODO_OK)
        l->send_status = shodo_channel_send(l->fd, type, l->message.data, l->message.len, NULL);
    shodo_buf_clear(&l->message);
}

static void beat(struct listing *l) {
    uint64_t now = shodo_time_mono_ms();
    if (now - l->beat_ms < BEAT_MS)
        return;
    l->beat_ms = now;
    struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_add_var(&b, l->volume);
    shodo_buf_add_var(&b, l->totals.entries);
    if (!b.failed && l->send_status == SHODO_OK)
        l->send_status = shodo_channel_send(l->fd, SHODO_MSG_LISTING, b.data, b.len, NULL);
    shodo_buf_done(&b);
}

static void say_problem(struct listing *l, enum shodo_ledger_reason reason, uint64_t record,
                        const char *path, const char *text) {
    struct shodo_ledger line = {.is_problem = true,
                                .reason = reason,
                                .volume = l->volume,
                                .record = record,
                                .path = path,
                                .drive = l->drive,
                                .count = 1,
                                .text = text};
    l->totals.problems++;
    shodo_buf_clear(&l->message);
    shodo_msg_put_ledger(&l->message, &line);
    send_it(l, SHODO_MSG_LEDGER);
}

static void on_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t record,
                       const char *path, const char *text) {
    say_problem(ctx, reason, record, path, text);
}

static uint64_t entry_bytes(const struct shodo_entry *e) {
    uint64_t sum = 0;
    for (size_t i = 0; i < e->streams_count; i++)
        if (!(e->streams[i].flags & SHODO_STREAM_NOT_DATA) &&
            !shodo_add_u64(sum, e->streams[i].size_bytes, &sum))
            return UINT64_MAX;
    return sum;
}

/* What a run announces is content of files: $MFT and its like are looked at in other ways. */
static void add_announced(uint64_t *sum, const struct shodo_entry *e, uint64_t bytes) {
    if ((e->flags & SHODO_ENTRY_SYSTEM) == 0 && !shodo_add_u64(*sum, bytes, sum))
        *sum = UINT64_MAX;
}

/* Path and entry are the last two fields of an item, each behind its length. */
static size_t path_at(const struct shodo_item *i, size_t message_len) {
    size_t n = 1;
    for (size_t v = i->entry_len; v >= 0x80; v >>= 7)
        n++;
    return message_len - i->entry_len - n - i->path_len;
}

static enum shodo_status keep_item(struct listing *l, const struct shodo_entry *e,
                                   enum shodo_phase phase, uint64_t bytes) {
    shodo_buf_clear(&l->scratch);
    shodo_buf_clear(&l->message);
    if (!shodo_entry_encode(&l->scratch, e))
        return SHODO_NOMEM;
    struct shodo_item item = {.phase = phase,
                              .volume = e->volume,
                              .record = e->record,
                              .sequence = e->sequence,
                              .size_bytes = bytes,
                              .drive = e->drive,
                              .path = e->path,
                              .path_len = e->path_len,
                              .entry = (const uint8_t *)l->scratch.data,
                              .entry_len = l->scratch.len};
    if (!shodo_msg_put_item(&l->message, &item))
        return SHODO_NOMEM;
    if (l->message.len >= SHODO_LIMIT_MESSAGE_BYTES - 16 || e->path_len > SHODO_LIMIT_PATH_BYTES) {
        say_problem(l, SHODO_LEDGER_TOO_LARGE, e->record, NULL,
                    "record describes more names, streams or runs than one message holds");
        return SHODO_OK;
    }
    struct waiting *w = shodo_vec_push(&l->items);
    char *copy = shodo_arena_alloc(&l->arena, l->message.len, 1);
    if (!w || !copy)
        return SHODO_NOMEM;
    memcpy(copy, l->message.data, l->message.len);
    *w = (struct waiting){.first_offset = shodo_entry_first_offset(e),
                          .record = e->record,
                          .message = copy,
                          .length = (uint32_t)l->message.len,
                          .path_at = (uint32_t)path_at(&item, l->message.len),
                          .path_len = (uint32_t)e->path_len,
                          .volume = e->volume,
                          .phase = (uint8_t)phase};
    l->totals.files++;
    l->totals.files_phase[phase]++;
    add_announced(&l->totals.bytes, e, bytes);
    return SHODO_OK;
}

/* Work, policy line, or nothing: a directory without a stream of its own is neither. */
static enum shodo_status on_entry(void *ctx, const struct shodo_entry *e) {
    struct listing *l = ctx;
    if (++l->totals.entries % BEAT_EVERY == 0)
        beat(l);
    if (l->send_status != SHODO_OK)
        return l->send_status;
    if (l->census)
        shodo_census_entry(l->census, e); /* what it could not keep, its volume fact says */
    shodo_shadow_trace(&l->traces, e);
    if (l->companions && !shodo_companions_add(l->companions, e))
        return SHODO_NOMEM;
    l->totals.deleted += (e->flags & SHODO_ENTRY_DELETED) != 0;
    l->totals.directories += e->kind == SHODO_ENTRY_DIR;
    if (e->kind != SHODO_ENTRY_FILE && e->streams_count == 0)
        return SHODO_OK;
    const char *reason = NULL;
    enum shodo_phase phase = shodo_plan_phase(l->job->plan, e, &reason);
    uint64_t bytes = entry_bytes(e);
    if (phase < SHODO_PHASE_SKIP)
        return keep_item(l, e, phase, bytes);
    add_announced(&l->totals.bytes_left, e, bytes);
    struct shodo_ledger line = {.reason = SHODO_LEDGER_POLICY,
                                .volume = e->volume,
                                .path = e->path,
                                .drive = e->drive,
                                .count = 1,
                                .size_bytes = bytes,
                                .text = reason ? reason : "outside the profile"};
    return shodo_tally_add(l->policy, &line, NULL);
}

static void flush_text(struct listing *l, bool is_last) {
    if (l->message.len >= BATCH_BYTES || (is_last && l->message.len))
        send_it(l, SHODO_MSG_TEXT);
}

static enum shodo_status on_text(void *ctx, const struct shodo_entry *e) {
    struct listing *l = ctx;
    l->totals.entries++;
    shodo_list_entry(&l->message, e, l->job->form == SHODO_LIST_JSON);
    if (l->message.failed || l->message.len >= SHODO_LIMIT_MESSAGE_BYTES - 1)
        return SHODO_NOMEM;
    flush_text(l, false);
    return l->send_status;
}

static void on_text_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t record,
                            const char *path, const char *text) {
    struct listing *l = ctx;
    flush_text(l, true);
    say_problem(l, reason, record, path, text);
}

static int compare(const void *pa, const void *pb) {
    const struct waiting *a = pa, *b = pb;
    if (a->phase != b->phase)
        return a->phase < b->phase ? -1 : 1;
    if (a->volume != b->volume)
        return a->volume < b->volume ? -1 : 1;
    if (a->first_offset != b->first_offset)
        return a->first_offset < b->first_offset ? -1 : 1;
    if (a->record != b->record)
        return a->record < b->record ? -1 : 1;
    /* Directory sources have no record numbers. In the order of their paths copies of a file lie
     * far from each other: two examiners do not scan the same content at the same time, which
     * nobody could have learned from the other. */
    int r = memcmp(a->message + a->path_at, b->message + b->path_at,
                   SHODO_MIN(a->path_len, b->path_len));
    return r ? r : (a->path_len > b->path_len) - (a->path_len < b->path_len);
}

/* Puts the logs of a hive behind its entry; an item that would become too long stays as it is. */
static void attach_companions(struct listing *l, struct waiting *w) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_item item;
    struct shodo_cur c = shodo_cur_of(w->message, w->length);
    if (shodo_msg_get_item(&item, &c, &arena, NULL) != SHODO_OK)
        return;
    shodo_buf_clear(&l->scratch);
    shodo_buf_add(&l->scratch, item.entry, item.entry_len);
    if (shodo_companions_append(l->companions, item.volume, item.path, item.path_len,
                                &l->scratch) == 0)
        return;
    item.entry = (const uint8_t *)l->scratch.data;
    item.entry_len = l->scratch.len;
    shodo_buf_clear(&l->message);
    if (l->scratch.failed || !shodo_msg_put_item(&l->message, &item) ||
        l->message.len >= SHODO_LIMIT_MESSAGE_BYTES - 16)
        return;
    char *copy = shodo_arena_alloc(&l->arena, l->message.len, 1);
    if (!copy)
        return;
    memcpy(copy, l->message.data, l->message.len);
    w->message = copy;
    w->length = (uint32_t)l->message.len;
}

static void send_items(struct listing *l) {
    for (size_t i = 0; l->companions && i < l->items.count; i++) {
        struct waiting *w = shodo_vec_at(&l->items, i);
        if (w->phase == SHODO_PHASE_EARLY)
            attach_companions(l, w);
    }
    if (l->items.count)
        qsort(l->items.data, l->items.count, sizeof(struct waiting), compare);
    struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    for (size_t i = 0; h && i < l->items.count; i++) {
        const struct waiting *w = shodo_vec_at(&l->items, i);
        shodo_hash_update(h, w->message, w->length);
    }
    if (h)
        shodo_hash_final(h, l->totals.digest);
    shodo_hash_free(h);
    shodo_buf_clear(&l->message);
    shodo_msg_put_totals(&l->message, &l->totals);
    send_it(l, SHODO_MSG_TOTALS);
    for (size_t i = 0; i < l->items.count && l->send_status == SHODO_OK; i++) {
        const struct waiting *w = shodo_vec_at(&l->items, i);
        l->send_status = shodo_channel_send(l->fd, SHODO_MSG_ITEM, w->message, w->length, NULL);
    }
    shodo_buf_clear(&l->message);
    send_it(l, SHODO_MSG_LISTED);
}

static void on_census(void *ctx, const struct shodo_fact *f) {
    struct listing *l = ctx;
    shodo_buf_clear(&l->message);
    if (strlen(f->values_json) > SHODO_MSG_DETAIL_BYTES || !shodo_msg_put_fact(&l->message, f)) {
        say_problem(l, SHODO_LEDGER_TOO_LARGE, 0, NULL,
                    "a count over all entries of the volume is longer than one message holds");
        return;
    }
    send_it(l, SHODO_MSG_FACT);
}

/* Nothing to examine there, and why: never a reason to call a disk incomplete. */
static void say_policy(struct listing *l, const struct shodo_volume *v) {
    const struct shodo_ledger line = {.reason = SHODO_LEDGER_POLICY,
                                      .volume = v->index,
                                      .path = "/",
                                      .count = 1,
                                      .size_bytes = v->length,
                                      .text = v->why[0] ? v->why : "no file system"};
    if (l->policy && shodo_tally_add(l->policy, &line, NULL) != SHODO_OK)
        say_problem(l, SHODO_LEDGER_UNSUPPORTED, 0, NULL, line.text);
}

/* Waits for its key: which paper to look for, and what to do then. */
static void say_locked(struct listing *l, const struct shodo_volume *v) {
    char text[sizeof v->why + sizeof v->key_ids + 256];
    if (v->key_ids[0])
        snprintf(
            text, sizeof text,
            "%s. Waiting for the key: look for a printout or an account page with key ID %s, write its 48 digits into a "
            "file and run the same command again with --recovery-key-file FILE",
            v->why, v->key_ids);
    else
        snprintf(text, sizeof text, "%s", v->why);
    say_problem(l, SHODO_LEDGER_ENCRYPTED, 0, NULL, text);
}

static void list_volume(struct listing *l, struct shodo_volume *v,
                        const struct shodo_walk_sink *sink) {
    struct shodo_error err = SHODO_ERROR_INIT;
    l->volume = v->index;
    l->drive = v->drive;
    l->beat_ms = 0;
    l->traces = (struct shodo_shadow_traces){.live = 0};
    beat(l); /* says which volume it is, before anything of it is parsed */
    if (l->job->skip[v->index / 64] >> (v->index % 64) & 1) {
        say_problem(l, SHODO_LEDGER_CRASH, 0, NULL,
                    "listing this volume ended the lister process; the volume was not examined");
        return;
    }
    if (v->fs == SHODO_FS_NONE || strcmp(v->fs_name, "swap") == 0) {
        say_policy(l, v);
        return;
    }
    if (v->fs == SHODO_FS_BITLOCKER) {
        say_locked(l, v);
        return;
    }
    if (v->why[0]) {
        say_problem(l, SHODO_LEDGER_UNSUPPORTED, 0, NULL, v->why);
        return;
    }
    shodo_autop(shodo_walk) struct shodo_walk *w = NULL;
    struct shodo_walk_options o = {.want_deleted = l->job->want_deleted,
                                   .want_system = true,
                                   .want_owner = l->job->form == SHODO_LIST_ITEMS};
    struct shodo_walk_stats stats = {0};
    enum shodo_status st = shodo_walk_open(&w, v, &err);
    if (st == SHODO_OK)
        st = shodo_walk_run(w, &o, sink, &stats, &err);
    if (st < 0)
        say_problem(l,
                    st == SHODO_UNREADABLE    ? SHODO_LEDGER_UNREADABLE
                    : st == SHODO_UNSUPPORTED ? SHODO_LEDGER_UNSUPPORTED
                                              : SHODO_LEDGER_DAMAGED,
                    0, NULL, err.text[0] ? err.text : "the volume could not be listed");
    if (l->census)
        shodo_census_finish(l->census, on_census, l);
    if (l->job->form == SHODO_LIST_ITEMS)
        shodo_shadow_facts(&l->traces, v, on_census, l);
}

bool shodo_lister_is_named(const char *name, const struct shodo_volume *v) {
    uint64_t n = 0;
    size_t len = name ? strlen(name) : 0;
    if (!name || (shodo_text_parse_u64(name, len, &n) && n == v->index))
        return true;
    return v->drive && (name[0] & ~0x20) == v->drive && (len == 1 || (len == 2 && name[1] == ':'));
}

bool shodo_lister_shadow(const char *word, uint32_t *ret) {
    uint64_t n = 0;
    bool is_newest = strcmp(word, "newest") == 0;
    if (!is_newest &&
        (!shodo_text_parse_u64(word, strlen(word), &n) || n == 0 || n > SHODO_LIMIT_SHADOWS))
        return false;
    *ret = is_newest ? SHODO_VSS_NEWEST : (uint32_t)n;
    return true;
}

static enum shodo_status on_difference(void *ctx, const struct shodo_difference *d) {
    struct listing *l = ctx;
    shodo_shadow_line(&l->message, l->volume, d, l->job->form == SHODO_LIST_JSON);
    if (l->message.failed || l->message.len >= SHODO_LIMIT_MESSAGE_BYTES - 1)
        return SHODO_NOMEM;
    flush_text(l, false);
    return l->send_status;
}

static enum shodo_status on_compare_beat(void *ctx) {
    beat(ctx);
    return ((struct listing *)ctx)->send_status;
}

/* Copy and present side by side. */
static void compare_states(struct listing *l, struct shodo_volume *then, struct shodo_volume *now) {
    struct shodo_error err = SHODO_ERROR_INIT;
    const struct shodo_compare_sink sink = {
        .ctx = l, .difference = on_difference, .problem = on_text_problem, .beat = on_compare_beat};
    const struct shodo_compare_options o = {
        .want_content = l->job->want_content,
        .is_left_out = shodo_shadow_is_own}; /* what holds the copies differs always */
    struct shodo_compare_stats stats;
    l->volume = now->index;
    enum shodo_status st = shodo_compare(then, now, &o, &sink, &stats, &err);
    flush_text(l, true);
    if (st < 0)
        say_problem(l, SHODO_LEDGER_DAMAGED, 0, NULL,
                    err.text[0] ? err.text : "the comparison was not finished");
    if (stats.unread) {
        char text[128];
        snprintf(
            text, sizeof text,
            "%llu files could not be read whole in both states and are compared by size and time only",
            (unsigned long long)stats.unread);
        say_problem(l, SHODO_LEDGER_UNREADABLE, 0, NULL, text);
    }
}

/* false: this volume has no such copy. */
static bool list_shadow(struct listing *l, struct shodo_volume *v,
                        const struct shodo_walk_sink *sink, struct shodo_error *why) {
    struct shodo_volume then;
    struct shodo_vss *vss = NULL;
    if (v->fs != SHODO_FS_NTFS || v->why[0] ||
        shodo_vss_volume(&then, &vss, v, l->job->shadow, why) != SHODO_OK)
        return false;
    if (l->job->is_compared)
        compare_states(l, &then, v);
    else
        list_volume(l, &then, sink);
    shodo_source_free(then.source);
    shodo_vss_free(vss);
    return true;
}

/* One copy against the present; what came in between, as a line of the ledger. */
static void tell_differs(struct listing *l, struct shodo_volume *v, uint32_t number) {
    struct shodo_error err = SHODO_ERROR_INIT;
    char text[SHODO_ERROR_TEXT_BYTES + 96];
    enum shodo_status st = shodo_shadow_differs(v, number, on_census, on_compare_beat, l, &err);
    if (st == SHODO_OK)
        return;
    snprintf(text, sizeof text, "shadow copy %u is not compared with the present: %s", number,
             err.text);
    const struct shodo_ledger line = {.is_problem = st != SHODO_LIMIT,
                                      .reason = st == SHODO_LIMIT ? SHODO_LEDGER_POLICY
                                                                  : SHODO_LEDGER_DAMAGED,
                                      .volume = l->volume,
                                      .path = "/System Volume Information",
                                      .drive = l->drive,
                                      .count = 1,
                                      .text = text};
    shodo_buf_clear(&l->message);
    shodo_msg_put_ledger(&l->message, &line);
    send_it(l, SHODO_MSG_LEDGER);
}

/* Older copies, and those that lie elsewhere. */
static void say_uncompared(struct listing *l, uint32_t count) {
    const struct shodo_ledger line = {
        .reason = SHODO_LEDGER_POLICY,
        .volume = l->volume,
        .path = "/System Volume Information",
        .drive = l->drive,
        .count = count,
        .text = "older shadow copies are not compared with the present"};
    shodo_buf_clear(&l->message);
    shodo_msg_put_ledger(&l->message, &line);
    send_it(l, SHODO_MSG_LEDGER);
}

/* The newest copies of a volume. */
static void tell_earlier(struct listing *l, struct shodo_volume *v) {
    l->volume = v->index;
    l->drive = v->drive;
    beat(l); /* says which volume it is, before anything of it is parsed */
    if (v->fs != SHODO_FS_NTFS || v->why[0])
        return;
    shodo_vss_describe(v);
    uint32_t n = SHODO_MIN(v->shadows.count, SHODO_VOLUME_SHADOWS);
    uint32_t compared = 0;
    for (uint32_t i = n; i-- > 0 && compared < SHODO_LIMIT_COMPARE_COPIES;) {
        if (!(v->shadows.local >> i & 1))
            continue; /* the fact about the copies counts it */
        compared++;
        tell_differs(l, v, i + 1);
    }
    if (v->shadows.count > compared)
        say_uncompared(l, v->shadows.count - compared);
}

static enum shodo_status list_image(struct listing *l, const struct shodo_walk_sink *sink,
                                    struct shodo_error *err) {
    const struct shodo_host_source *h = l->job->host;
    struct shodo_source *s = NULL;
    struct shodo_volume_table t;
    enum shodo_status st = shodo_host_volumes_open(&s, &t, h, NULL, err);
    if (st != SHODO_OK)
        return st;
    if (t.problem[0])
        say_problem(l, SHODO_LEDGER_DAMAGED, 0, NULL, t.problem);
    size_t named = 0, shown = 0;
    for (size_t i = 0; i < t.volumes.count && i < SHODO_LIMIT_VOLUMES; i++) {
        struct shodo_volume *v = shodo_volume_at(&t, i);
        if (!shodo_lister_is_named(l->job->only, v))
            continue;
        named++;
        if (l->job->form == SHODO_LIST_EARLIER)
            tell_earlier(l, v);
        else if (!l->job->shadow)
            list_volume(l, v, sink);
        else
            shown += list_shadow(l, v, sink, err);
    }
    if (l->job->only && !named)
        return shodo_fail(err, SHODO_NOTFOUND,
                          "there is no volume '%.40s'; 'shodo sources' lists them", l->job->only);
    if (l->job->shadow && !shown)
        return err && err->text[0] ? SHODO_NOTFOUND
                                   : shodo_fail(err, SHODO_NOTFOUND,
                                                "no volume has shadow copies that can be read");
    /* the process ends here: what it holds is given back by the kernel */
    return SHODO_OK;
}

int shodo_lister_run(void *ctx, int channel_fd) {
    const struct shodo_lister *job = ctx;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct listing l = {
        .job = job, .fd = channel_fd, .items = SHODO_VEC_INIT(sizeof(struct waiting))};
    const struct shodo_sandbox_limits limits = {.as_bytes = SHODO_GIB(AS_GIB)};
    bool is_text = job->form != SHODO_LIST_ITEMS;
    const struct shodo_walk_sink sink = {.ctx = &l,
                                         .entry = is_text ? on_text : on_entry,
                                         .problem = is_text ? on_text_problem : on_problem};
    enum shodo_status st = job->host->is_tree ? shodo_sandbox_limits_only(&limits, &err)
                                              : shodo_sandbox_enter(&limits, &err);
    if (st == SHODO_OK && !is_text && !(l.policy = shodo_tally_new()))
        st = shodo_fail(&err, SHODO_NOMEM, "no memory for the lister");
    if (st == SHODO_OK && !is_text && job->detect && !(l.census = shodo_census_new(job->detect)))
        st = shodo_fail(&err, SHODO_NOMEM, "no memory for the lister");
    if (st == SHODO_OK && !is_text && !(l.companions = shodo_companions_new()))
        st = shodo_fail(&err, SHODO_NOMEM, "no memory for the lister");
    struct shodo_walk_stats stats = {0};
    if (st == SHODO_OK)
        st = job->host->is_tree ? shodo_tree_walk(job->host->fd, &sink, &stats, &err)
                                : list_image(&l, &sink, &err);
    if (st < 0) {
        shodo_channel_send(channel_fd, SHODO_MSG_FAIL, err.text, strlen(err.text), NULL);
        return 1;
    }
    if (is_text) { /* or facts, already sent */
        flush_text(&l, true);
        send_it(&l, SHODO_MSG_LISTED);
        return l.send_status != SHODO_OK;
    }
    if (job->host->is_tree && l.census)
        shodo_census_finish(l.census, on_census, &l);
    for (size_t i = 0; i < shodo_tally_count(l.policy); i++) {
        shodo_buf_clear(&l.message);
        shodo_msg_put_ledger(&l.message, shodo_tally_at(l.policy, i));
        send_it(&l, SHODO_MSG_LEDGER);
    }
    send_items(&l);
    return l.send_status != SHODO_OK;
}
