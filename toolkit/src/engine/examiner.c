/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/examiner.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "engine/channel.h"
#include "engine/companions.h"
#include "engine/host_image.h"
#include "engine/message.h"
#include "engine/sandbox.h"
#include "evidence/source.h"
#include "evidence/volume.h"

/* An item or companion that came while the examiner waited for an answer. */
struct queued {
    struct shodo_buf bytes;
    int fd;
    uint8_t type;
};

struct examining {
    const struct shodo_examiner *job;
    int fd;
    struct shodo_buf in, out;
    struct queued queue[(SHODO_LIMIT_ITEMS_AHEAD + 1) * (1 + SHODO_COMPANIONS_OF_ONE)];
    size_t queue_first, queue_count;
    struct shodo_source *disk;
    struct shodo_volume_table table;
    size_t bad_ranges; /* of the disk, when it last answered */
    bool is_head_good; /* its first sector could be read at the start */
    bool has_lost_disk;
    int logs[SHODO_COMPANIONS_OF_ONE]; /* companions of the next item, of a directory; -1 none */
    struct shodo_exam *exam;
    struct shodo_arena arena;
    enum shodo_status status; /* of the channel */
};

static void send_it(struct examining *x, uint8_t type) {
    if (x->status == SHODO_OK && x->out.failed)
        x->status = SHODO_NOMEM;
    if (x->status == SHODO_OK)
        x->status = shodo_channel_send(x->fd, type, x->out.data, x->out.len, NULL);
    shodo_buf_clear(&x->out);
}

static void on_finding(void *ctx, const struct shodo_finding *f) {
    struct examining *x = ctx;
    shodo_buf_clear(&x->out);
    shodo_msg_put_finding(&x->out, f);
    send_it(x, SHODO_MSG_FINDING);
}

static void on_ledger(void *ctx, const struct shodo_ledger *l) {
    struct examining *x = ctx;
    shodo_buf_clear(&x->out);
    shodo_msg_put_ledger(&x->out, l);
    send_it(x, SHODO_MSG_LEDGER);
}

static void on_fact(void *ctx, const struct shodo_fact *f) {
    struct examining *x = ctx;
    shodo_buf_clear(&x->out);
    shodo_msg_put_fact(&x->out, f);
    send_it(x, SHODO_MSG_FACT);
}

static enum shodo_status put_aside(struct examining *x, uint8_t type, int fd) {
    if (x->queue_count >= SHODO_ARRAY_SIZE(x->queue))
        return SHODO_LIMIT;
    struct queued *q = &x->queue[(x->queue_first + x->queue_count++) % SHODO_ARRAY_SIZE(x->queue)];
    q->bytes = x->in;
    q->fd = fd;
    q->type = type;
    x->in = (struct shodo_buf)SHODO_BUF_INIT;
    return SHODO_OK;
}

static bool on_known(void *ctx, const uint8_t sha256[32], struct shodo_buf *out) {
    struct examining *x = ctx;
    shodo_buf_clear(&x->out);
    shodo_buf_add(&x->out, sha256, SHODO_SHA256_BYTES);
    send_it(x, SHODO_MSG_ASK);
    while (x->status == SHODO_OK) {
        uint8_t type = 0;
        int fd = -1;
        x->status = shodo_channel_recv(x->fd, &type, &x->in, &fd, NULL);
        if (x->status != SHODO_OK)
            break;
        if (type == SHODO_MSG_ANSWER && x->in.len >= 1) {
            if (!x->in.data[0])
                return false;
            return shodo_buf_add(out, x->in.data + 1, x->in.len - 1);
        }
        x->status = type == SHODO_MSG_ITEM || type == SHODO_MSG_COMPANION ? put_aside(x, type, fd)
                                                                          : SHODO_DAMAGED;
    }
    return false;
}

static void on_learned(void *ctx, const uint8_t sha256[32], const void *matches, size_t n) {
    struct examining *x = ctx;
    if (n > SHODO_LIMIT_MESSAGE_BYTES / 4)
        return; /* not worth remembering: it is scanned again */
    shodo_buf_clear(&x->out);
    shodo_buf_add(&x->out, sha256, SHODO_SHA256_BYTES);
    if (n)
        shodo_buf_add(&x->out, matches, n);
    send_it(x, SHODO_MSG_LEARNED);
}

static enum shodo_status next_message(struct examining *x, uint8_t *ret_type, int *ret_fd,
                                      struct shodo_error *err) {
    if (x->queue_count) {
        struct queued *q = &x->queue[x->queue_first];
        shodo_buf_done(&x->in);
        x->in = q->bytes;
        *ret_fd = q->fd;
        *ret_type = q->type;
        *q = (struct queued){.bytes = SHODO_BUF_INIT, .fd = -1};
        x->queue_first = (x->queue_first + 1) % SHODO_ARRAY_SIZE(x->queue);
        x->queue_count--;
        return SHODO_OK;
    }
    return shodo_channel_recv(x->fd, ret_type, &x->in, ret_fd, err);
}

static void drop_logs(struct examining *x) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(x->logs); i++) {
        if (x->logs[i] >= 0)
            close(x->logs[i]);
        x->logs[i] = -1;
    }
}

/* Companions come before their item. */
static enum shodo_status next_item(struct examining *x, int *ret_fd, struct shodo_error *err) {
    for (;;) {
        uint8_t type = 0;
        enum shodo_status st = next_message(x, &type, ret_fd, err);
        if (st != SHODO_OK || type == SHODO_MSG_ITEM)
            return st;
        size_t which = x->in.len == 1 ? (uint8_t)x->in.data[0] : SHODO_ARRAY_SIZE(x->logs);
        if (type != SHODO_MSG_COMPANION || which >= SHODO_ARRAY_SIZE(x->logs) || *ret_fd < 0 ||
            x->logs[which] >= 0)
            return shodo_fail(err, SHODO_DAMAGED, "unexpected message %u", type);
        x->logs[which] = *ret_fd;
        *ret_fd = -1;
    }
}

static enum shodo_status source_of(struct examining *x, const struct shodo_item *item, int fd,
                                   struct shodo_source **ret, struct shodo_error *err) {
    if (x->job->host->is_tree) {
        if (fd < 0)
            return shodo_fail(err, SHODO_INVALID, "item came without a descriptor");
        return shodo_source_from_fd(ret, fd, item->size_bytes, x->job->host->sector_bytes, err);
    }
    if (item->volume >= x->table.volumes.count)
        return shodo_fail(err, SHODO_DAMAGED, "item names volume %u of %zu", item->volume,
                          x->table.volumes.count);
    *ret = shodo_volume_at(&x->table, item->volume)->source;
    return SHODO_OK;
}

static void add_stats(struct shodo_item_stats *s, const struct shodo_exam_stats *from, int sign) {
    s->streams += (uint64_t)sign * from->streams;
    s->bytes_read += (uint64_t)sign * from->bytes_read;
    s->bytes_scanned += (uint64_t)sign * from->bytes_scanned;
    s->reused += (uint64_t)sign * from->reused;
}

/* What is left of the item's bytes behind its entry: the transaction logs of a hive. In a directory
 * each is a source of its own; one that could not be opened is left out. */
static size_t take_companions(struct examining *x, struct shodo_cur *c,
                              struct shodo_exam_companion out[SHODO_COMPANIONS_OF_ONE]) {
    size_t count = 0;
    for (size_t i = 0; i < SHODO_COMPANIONS_OF_ONE && shodo_cur_left(c) > 0; i++) {
        struct shodo_exam_companion *one = &out[count];
        one->source = NULL;
        if (shodo_entry_decode(&one->entry, c, &x->arena, NULL) != SHODO_OK)
            break;
        bool is_there = !x->job->host->is_tree ||
                        (x->logs[i] >= 0 && one->entry.streams_count > 0 &&
                         shodo_source_from_fd(&one->source, x->logs[i],
                                              one->entry.streams[0].size_bytes,
                                              x->job->host->sector_bytes, NULL) == SHODO_OK);
        count += is_there;
    }
    return count;
}

static bool is_head_readable(struct examining *x) {
    uint8_t sector[512];
    uint64_t bad = 0;
    return shodo_source_size(x->disk) >= sizeof sector &&
           shodo_source_read(x->disk, 0, sector, sizeof sector, &bad, NULL) == SHODO_OK && bad == 0;
}

/* Something could not be read since it last answered, and now its first sector cannot be read
 * either. */
static bool is_gone(struct examining *x) {
    size_t bad = x->disk ? shodo_source_bad_count(x->disk) : 0;
    if (bad == x->bad_ranges || !x->is_head_good)
        return false;
    x->bad_ranges = bad;
    return !is_head_readable(x);
}

static enum shodo_status do_item(struct examining *x, int fd, struct shodo_error *err) {
    struct shodo_cur c = shodo_cur_of(x->in.data, x->in.len);
    struct shodo_item item;
    struct shodo_entry entry;
    shodo_arena_clear(&x->arena);
    enum shodo_status st = shodo_msg_get_item(&item, &c, &x->arena, err);
    if (st != SHODO_OK)
        return st;
    struct shodo_item_stats stats = {.index = item.index};
    struct shodo_source *source = NULL;
    c = shodo_cur_of(item.entry, item.entry_len);
    struct shodo_exam_companion companions[SHODO_COMPANIONS_OF_ONE];
    st = shodo_entry_decode(&entry, &c, &x->arena, err);
    size_t companions_count = st == SHODO_OK ? take_companions(x, &c, companions) : 0;
    shodo_exam_companions(x->exam, companions, companions_count);
    if (st == SHODO_OK)
        st = source_of(x, &item, fd, &source, err);
    if (st == SHODO_OK && x->job->hook)
        x->job->hook(&entry, x->fd);
    add_stats(&stats, shodo_exam_stats(x->exam), -1);
    if (st == SHODO_OK)
        st = shodo_exam_entry(x->exam, source, &entry, err);
    shodo_exam_companions(x->exam, NULL, 0);
    for (size_t i = 0; i < companions_count; i++)
        shodo_source_free(companions[i].source);
    drop_logs(x);
    add_stats(&stats, shodo_exam_stats(x->exam), 1);
    if (x->job->host->is_tree)
        shodo_source_free(source);
    if (st != SHODO_OK)
        return st;
    x->has_lost_disk = is_gone(x);
    if (x->has_lost_disk) /* not done: it is for a run with the disk */
        return SHODO_OK;
    shodo_buf_clear(&x->out);
    shodo_msg_put_stats(&x->out, &stats);
    send_it(x, SHODO_MSG_DONE);
    return x->status;
}

/* Half of the CPU limit used: ask to be replaced, so that the limit never hits an innocent entry.
 */
static bool is_tired(void) {
    struct timespec t = {0};
    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0 &&
           (uint64_t)t.tv_sec > SHODO_LIMIT_EXAMINER_CPU_SECONDS / 2;
}

static enum shodo_status open_disk(struct examining *x, struct shodo_error *err) {
    const struct shodo_host_source *h = x->job->host;
    if (h->is_tree)
        return SHODO_OK;
    enum shodo_status st = shodo_host_volumes_open(&x->disk, &x->table, h, NULL, err);
    if (st != SHODO_OK)
        return st;
    x->is_head_good = is_head_readable(x);
    x->bad_ranges = shodo_source_bad_count(x->disk);
    const struct shodo_volume_table *then = x->job->volumes;
    bool is_same = !then || then->volumes.count == x->table.volumes.count;
    for (size_t i = 0; is_same && then && i < then->volumes.count; i++)
        is_same = shodo_volume_at(then, i)->offset == shodo_volume_at(&x->table, i)->offset &&
                  shodo_volume_at(then, i)->fs == shodo_volume_at(&x->table, i)->fs;
    return is_same
               ? SHODO_OK
               : shodo_fail(err, SHODO_UNREADABLE,
                            "the disk no longer answers as it did at the start; connect it again "
                            "and run the same command");
}

int shodo_examiner_run(void *ctx, int channel_fd) {
    struct examining x = {.job = ctx, .fd = channel_fd};
    memset(x.logs, 0xff, sizeof x.logs); /* -1 each */
    struct shodo_error err = SHODO_ERROR_INIT;
    const struct shodo_exam_sink sink = {.ctx = &x,
                                         .finding = on_finding,
                                         .ledger = on_ledger,
                                         .fact = on_fact,
                                         .known = on_known,
                                         .learned = on_learned};
    enum shodo_status st = shodo_exam_new(&x.exam, x.job->plan, &sink, &err);
    if (st == SHODO_OK)
        st = shodo_sandbox_enter(NULL, &err);
    if (st == SHODO_OK)
        st = open_disk(&x, &err);
    if (st == SHODO_OK)
        st = shodo_channel_send(channel_fd, SHODO_MSG_READY, NULL, 0, &err);
    while (st == SHODO_OK) {
        int fd = -1;
        st = next_item(&x, &fd, &err);
        if (st == SHODO_OK)
            st = do_item(&x, fd, &err);
        if (fd >= 0)
            close(fd);
        if (st == SHODO_OK && (is_tired() || x.has_lost_disk)) {
            shodo_buf_clear(&x.out);
            send_it(&x, SHODO_MSG_RETIRE);
            return 0;
        }
    }
    if (st == SHODO_END)
        return 0;
    shodo_channel_send(channel_fd, SHODO_MSG_FAIL, err.text, strlen(err.text), NULL);
    return 1;
}
