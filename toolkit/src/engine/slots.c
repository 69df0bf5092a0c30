/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run_state.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/time.h"
#include "engine/companions.h"
#include "evidence/walk.h"

enum { FAILED_STARTS_MAX = 3, HOW_BYTES = 96 };

struct job *shodo_job_new(const struct shodo_item *item) {
    size_t n;
    if (!shodo_add_size(sizeof(struct job) + 1, item->path_len, &n) ||
        !shodo_add_size(n, item->entry_len, &n))
        return NULL;
    struct job *j = calloc(1, n);
    if (!j)
        return NULL;
    j->item = *item;
    char *p = (char *)(j + 1);
    if (item->path_len)
        memcpy(p, item->path, item->path_len);
    j->item.path = p;
    uint8_t *e = (uint8_t *)p + item->path_len + 1;
    if (item->entry_len)
        memcpy(e, item->entry, item->entry_len);
    j->item.entry = e;
    return j;
}

void shodo_jobs_push(struct jobs *q, struct job *j) {
    j->next = NULL;
    if (q->tail)
        q->tail->next = j;
    else
        q->head = j;
    q->tail = j;
    q->count++;
}

struct job *shodo_jobs_pop(struct jobs *q) {
    struct job *j = q->head;
    if (!j)
        return NULL;
    q->head = j->next;
    if (!q->head)
        q->tail = NULL;
    q->count--;
    j->next = NULL;
    return j;
}

void shodo_jobs_done(struct jobs *q) {
    for (struct job *j; (j = shodo_jobs_pop(q)) != NULL;)
        free(j);
}

/* Puts what a dead examiner had not begun back to the front, in order. */
static void give_back(struct jobs *queue, struct jobs *given) {
    if (!given->head)
        return;
    given->tail->next = queue->head;
    if (!queue->tail)
        queue->tail = given->tail;
    queue->head = given->head;
    queue->count += given->count;
    *given = (struct jobs){.head = NULL};
}

static void begin_item(struct slot *s) {
    s->since_ms = shodo_time_mono_ms();
    s->findings = s->ledger = s->facts = 0;
    shodo_buf_clear(&s->policy);
}

static enum shodo_status blame(struct run *r, const struct job *j, enum shodo_ledger_reason reason,
                               const char *text, struct shodo_error *err) {
    struct shodo_ledger l = {.is_problem = true,
                             .reason = reason,
                             .volume = j->item.volume,
                             .record = j->item.record,
                             .sequence = j->item.sequence,
                             .path = j->item.path,
                             .drive = j->item.drive,
                             .count = 1,
                             .size_bytes = j->item.size_bytes,
                             .text = text};
    return shodo_run_ledger(r, &l, err);
}

static enum shodo_status start(struct run *r, struct slot *s, struct shodo_error *err) {
    s->is_ready = false;
    s->last = (struct shodo_error)SHODO_ERROR_INIT;
    begin_item(s);
    return shodo_worker_start(&s->worker, shodo_examiner_run, &r->examiner,
                              r->o->host->is_tree ? NULL : r->o->host, err);
}

/* For directory sources the supervisor opens the file; false: it became a ledger line instead. */
static enum shodo_status open_file(struct run *r, struct job *j, int *ret_fd, bool *ret_usable,
                                   struct shodo_error *err) {
    struct shodo_error why = SHODO_ERROR_INIT;
    *ret_fd = -1;
    *ret_usable = true;
    if (!r->o->host->is_tree)
        return SHODO_OK;
    if (shodo_tree_open_file(ret_fd, r->o->host->fd, j->item.path, j->item.path_len,
                             &j->item.size_bytes, &why) == SHODO_OK)
        return SHODO_OK;
    *ret_usable = false;
    enum shodo_status st = blame(r, j, SHODO_LEDGER_UNREADABLE, why.text, err);
    return st == SHODO_OK ? shodo_run_item_done(r, j, err) : st;
}

/* The transaction logs behind the item's own entry (engine/companions.h). */
static enum shodo_status pass_companions(struct run *r, struct slot *s, struct job *j,
                                         struct shodo_error *err) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_cur c = shodo_cur_of(j->item.entry, j->item.entry_len);
    struct shodo_entry e;
    enum shodo_status st = SHODO_OK;
    if (!r->o->host->is_tree || shodo_entry_decode(&e, &c, &arena, NULL) != SHODO_OK)
        return SHODO_OK;
    for (uint8_t i = 0; st == SHODO_OK && i < SHODO_COMPANIONS_OF_ONE && shodo_cur_left(&c) > 0 &&
                        shodo_entry_decode(&e, &c, &arena, NULL) == SHODO_OK;
         i++) {
        struct shodo_error why = SHODO_ERROR_INIT;
        uint64_t size = 0;
        int fd = -1;
        if (shodo_tree_open_file(&fd, r->o->host->fd, e.path, e.path_len, &size, &why) == SHODO_OK)
            st = shodo_peer_queue(&s->worker.peer, SHODO_MSG_COMPANION, &i, 1, fd, err);
        else
            st = blame(r, j, SHODO_LEDGER_UNREADABLE, why.text, err);
    }
    return st;
}

static enum shodo_status hand_out(struct run *r, struct slot *s, struct shodo_error *err) {
    struct job *j = shodo_jobs_pop(&r->queue);
    int fd = -1;
    bool is_usable = true;
    enum shodo_status st = open_file(r, j, &fd, &is_usable, err);
    if (st != SHODO_OK || !is_usable) {
        free(j);
        return st;
    }
    shodo_buf_clear(&r->scratch);
    if (!shodo_msg_put_item(&r->scratch, &j->item)) {
        free(j);
        return shodo_fail(err, SHODO_NOMEM, "no memory for a work item");
    }
    st = pass_companions(r, s, j, err);
    if (st != SHODO_OK) {
        free(j);
        if (fd >= 0)
            close(fd);
        return st;
    }
    if (!s->given.head)
        begin_item(s);
    shodo_jobs_push(&s->given, j);
    return shodo_peer_queue(&s->worker.peer, SHODO_MSG_ITEM, r->scratch.data, r->scratch.len, fd,
                            err);
}

enum shodo_status shodo_slots_feed(struct run *r, struct shodo_error *err) {
    bool is_held = shodo_signals_is_paused() || shodo_signals_is_cancelled();
    for (unsigned i = 0; i < r->jobs && r->queue.head; i++) {
        if (r->slots[i].worker.pid == 0 && !is_held) {
            enum shodo_status st = start(r, &r->slots[i], err);
            if (st != SHODO_OK)
                return st;
        }
    }
    /* one each in turn, so that the first items do not all wait behind one large file */
    for (unsigned ahead = 0; ahead < SHODO_LIMIT_ITEMS_AHEAD && !is_held; ahead++) {
        for (unsigned i = 0; i < r->jobs && r->queue.head; i++) {
            struct slot *s = &r->slots[i];
            if (s->worker.pid == 0 || !s->is_ready || s->given.count > ahead)
                continue;
            enum shodo_status st = hand_out(r, s, err);
            if (st != SHODO_OK)
                return st;
        }
    }
    for (unsigned i = 0; i < r->jobs; i++)
        if (r->slots[i].worker.pid && shodo_peer_flush(&r->slots[i].worker.peer, err) < 0)
            return SHODO_IO;
    return SHODO_OK;
}

/* The examiner is gone, or must go. */
static enum shodo_status replace(struct run *r, struct slot *s, bool is_timeout,
                                 struct shodo_error *err) {
    char how[HOW_BYTES] = "", text[SHODO_ERROR_TEXT_BYTES + 2 * HOW_BYTES];
    int sig = 0;
    bool was_ready = s->is_ready;
    shodo_worker_stop(&s->worker, true, how, &sig);
    s->is_ready = false;
    r->result->respawns++;
    struct job *j = shodo_jobs_pop(&s->given);
    enum shodo_status st = SHODO_OK;
    if (!was_ready) {
        if (++r->failed_starts >= FAILED_STARTS_MAX)
            st = shodo_fail(err, SHODO_IO, "examiner processes cannot start: %s",
                            s->last.text[0] ? s->last.text : how);
    } else if (j) {
        bool is_slow = is_timeout || sig == SIGXCPU;
        if (is_slow)
            snprintf(text, sizeof text, "not finished within the time limit for one entry");
        else if (s->last.text[0])
            snprintf(text, sizeof text, "examiner process gave up: %s", s->last.text);
        else if (sig == SIGSYS)
            snprintf(text, sizeof text, "examiner process made a forbidden system call");
        else
            snprintf(text, sizeof text, "examiner process %s", how);
        st = blame(r, j, is_slow ? SHODO_LEDGER_TIMEOUT : SHODO_LEDGER_CRASH, text, err);
        if (st == SHODO_OK)
            st = shodo_run_item_done(r, j, err);
    }
    free(j);
    give_back(&r->queue, &s->given);
    if (st == SHODO_OK && r->result->respawns > SHODO_LIMIT_RESPAWNS)
        st = shodo_fail(err, SHODO_LIMIT, "more than %u examiner processes had to be replaced",
                        SHODO_LIMIT_RESPAWNS);
    return st;
}

/* A result must be about the entry that is being looked at. */
static bool fits(const struct slot *s, uint32_t volume, uint64_t record) {
    const struct job *j = s->given.head;
    return j && j->item.volume == volume && j->item.record == record;
}

static enum shodo_status on_finding(struct run *r, struct slot *s, struct shodo_cur *c,
                                    struct shodo_error *err, struct shodo_error *fatal) {
    struct shodo_finding f;
    enum shodo_status st = shodo_msg_get_finding(&f, c, &r->arena, err);
    if (st == SHODO_OK &&
        (!fits(s, f.volume, f.record) || ++s->findings > SHODO_LIMIT_ITEM_FINDINGS))
        st = shodo_fail(err, SHODO_DAMAGED, "finding for another entry, or too many for one entry");
    if (st != SHODO_OK)
        return st;
    const char *line = NULL;
    fatal->status = shodo_store_finding(r->o->store, &f, &line, fatal);
    if (line && strcmp(f.kind, "detection") == 0)
        shodo_events_line(r->o->events, "finding", line);
    return SHODO_OK;
}

static enum shodo_status on_fact(struct run *r, struct slot *s, struct shodo_cur *c,
                                 struct shodo_error *err, struct shodo_error *fatal) {
    struct shodo_fact f;
    enum shodo_status st = shodo_msg_get_fact(&f, c, &r->arena, err);
    if (st == SHODO_OK && (!fits(s, f.volume, f.record) || ++s->facts > SHODO_LIMIT_ITEM_FACTS))
        st = shodo_fail(err, SHODO_DAMAGED, "fact for another entry, or too many for one entry");
    if (st != SHODO_OK)
        return st;
    fatal->status = shodo_store_fact(r->o->store, &f, NULL, fatal);
    return SHODO_OK;
}

static enum shodo_status on_ledger(struct run *r, struct slot *s, struct shodo_cur *c,
                                   struct shodo_error *err, struct shodo_error *fatal) {
    struct shodo_ledger l;
    enum shodo_status st = shodo_msg_get_ledger(&l, c, &r->arena, err);
    /* a policy line is about a folder and carries no record */
    bool is_ours = l.is_problem || !s->given.head ? fits(s, l.volume, l.record)
                                                  : l.volume == s->given.head->item.volume;
    if (st == SHODO_OK && (!is_ours || ++s->ledger > SHODO_LIMIT_ITEM_LEDGER))
        st = shodo_fail(err, SHODO_DAMAGED,
                        "ledger line for another entry, or too many for one entry");
    if (st != SHODO_OK)
        return st;
    if (l.is_problem)
        fatal->status = shodo_run_ledger(r, &l, fatal);
    else if (!shodo_msg_put_ledger(&s->policy, &l))
        fatal->status = shodo_fail(fatal, SHODO_NOMEM, "no memory for the policy ledger");
    return SHODO_OK;
}

static enum shodo_status count_policy(struct run *r, struct slot *s, struct shodo_error *err) {
    struct shodo_cur c = shodo_cur_of(s->policy.data, s->policy.len);
    enum shodo_status st = SHODO_OK;
    while (st == SHODO_OK && shodo_cur_left(&c)) {
        struct shodo_ledger l;
        st = shodo_msg_get_ledger(&l, &c, &r->arena, err);
        if (st == SHODO_OK)
            st = shodo_tally_add(r->policy, &l, err);
        if (st == SHODO_OK)
            st = shodo_tally_add(r->policy_fresh, &l, err);
    }
    return st;
}

static enum shodo_status on_done(struct run *r, struct slot *s, struct shodo_cur *c,
                                 struct shodo_error *err, struct shodo_error *fatal) {
    struct shodo_item_stats stats;
    enum shodo_status st = shodo_msg_get_stats(&stats, c, err);
    if (st == SHODO_OK && (!s->given.head || s->given.head->item.index != stats.index))
        st = shodo_fail(err, SHODO_DAMAGED, "answer for an item that was not asked");
    if (st != SHODO_OK)
        return st;
    fatal->status = count_policy(r, s, fatal);
    struct job *j = shodo_jobs_pop(&s->given);
    r->result->bytes_read += stats.bytes_read;
    r->result->bytes_scanned += stats.bytes_scanned;
    r->result->reused += stats.reused;
    if (fatal->status == SHODO_OK)
        fatal->status = shodo_run_item_done(r, j, fatal);
    free(j);
    begin_item(s);
    r->failed_starts = 0;
    return SHODO_OK;
}

static enum shodo_status on_ask(struct run *r, struct slot *s, struct shodo_cur *c,
                                struct shodo_error *err) {
    const uint8_t *sha = shodo_cur_bytes(c, SHODO_SHA256_BYTES);
    if (!sha)
        return shodo_fail(err, SHODO_DAMAGED, "question without a digest");
    const void *matches = NULL;
    size_t n = 0;
    bool is_known = shodo_known_find(r->known, sha, &matches, &n);
    shodo_buf_clear(&r->scratch);
    shodo_buf_addc(&r->scratch, is_known);
    if (n)
        shodo_buf_add(&r->scratch, matches, n);
    enum shodo_status st = shodo_peer_queue(&s->worker.peer, SHODO_MSG_ANSWER, r->scratch.data,
                                            r->scratch.len, -1, err);
    return st == SHODO_OK ? shodo_peer_flush(&s->worker.peer, err) : st;
}

/* Non-OK: the examiner is not to be trusted any more. `fatal`: the run cannot go on. */
static enum shodo_status take(struct run *r, struct slot *s, uint8_t type, struct shodo_cur *c,
                              struct shodo_error *err, struct shodo_error *fatal) {
    shodo_arena_clear(&r->arena);
    switch (type) {
    case SHODO_MSG_READY:
        s->is_ready = true;
        begin_item(s);
        return SHODO_OK;
    case SHODO_MSG_FINDING:
        return on_finding(r, s, c, err, fatal);
    case SHODO_MSG_FACT:
        return on_fact(r, s, c, err, fatal);
    case SHODO_MSG_LEDGER:
        return on_ledger(r, s, c, err, fatal);
    case SHODO_MSG_ASK:
        return on_ask(r, s, c, err);
    case SHODO_MSG_LEARNED: {
        const uint8_t *sha = shodo_cur_bytes(c, SHODO_SHA256_BYTES);
        size_t n = shodo_cur_left(c);
        if (!sha)
            return shodo_fail(err, SHODO_DAMAGED, "lesson without a digest");
        shodo_known_learn(r->known, sha, c->data + c->pos, n);
        return SHODO_OK;
    }
    case SHODO_MSG_DONE:
        return on_done(r, s, c, err, fatal);
    case SHODO_MSG_RETIRE: /* no blame: what it was given goes back */
        shodo_worker_stop(&s->worker, true, NULL, NULL);
        s->is_ready = false;
        give_back(&r->queue, &s->given);
        return SHODO_OK;
    case SHODO_MSG_FAIL:
        snprintf(s->last.text, sizeof s->last.text, "%.*s", (int)SHODO_MIN(c->len, (size_t)400),
                 (const char *)c->data);
        return SHODO_OK;
    default:
        return shodo_fail(err, SHODO_DAMAGED, "unexpected message %u from an examiner", type);
    }
}

enum shodo_status shodo_slot_serve(struct run *r, struct slot *s, bool is_readable,
                                   struct shodo_error *err) {
    struct shodo_error why = SHODO_ERROR_INIT, fatal = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_peer_flush(&s->worker.peer, &why);
    if (st >= 0 && is_readable)
        st = shodo_peer_fill(&s->worker.peer, &why);
    while (st >= 0 && s->worker.pid) {
        uint8_t type = 0;
        struct shodo_cur c;
        st = shodo_peer_next(&s->worker.peer, &type, &c, &why);
        if (st != SHODO_OK)
            break;
        st = take(r, s, type, &c, &why, &fatal);
        if (fatal.status != SHODO_OK) {
            if (err)
                *err = fatal;
            return fatal.status;
        }
    }
    if (!s->worker.pid)
        return SHODO_OK;
    if (st < 0) {
        if (!s->last.text[0])
            s->last = why;
        return replace(r, s, false, err);
    }
    return s->worker.peer.is_eof ? replace(r, s, false, err) : SHODO_OK;
}

enum shodo_status shodo_slots_check_time(struct run *r, struct shodo_error *err) {
    uint64_t now = shodo_time_mono_ms();
    uint64_t limit = r->o->entry_ms ? r->o->entry_ms : SHODO_LIMIT_ENTRY_SECONDS * 1000ULL;
    for (unsigned i = 0; i < r->jobs; i++) {
        struct slot *s = &r->slots[i];
        if (!s->worker.pid || (s->is_ready && !s->given.head) || now - s->since_ms < limit)
            continue;
        enum shodo_status st = replace(r, s, true, err);
        if (st != SHODO_OK)
            return st;
    }
    return SHODO_OK;
}

size_t shodo_slots_busy(const struct run *r) {
    size_t n = 0;
    for (unsigned i = 0; i < r->jobs; i++)
        n += r->slots[i].worker.pid && r->slots[i].given.head;
    return n;
}

void shodo_slots_stop(struct run *r) {
    for (unsigned i = 0; i < r->jobs; i++) {
        struct slot *s = &r->slots[i];
        if (s->worker.pid)
            shodo_worker_stop(&s->worker, true, NULL, NULL);
        shodo_jobs_done(&s->given);
        shodo_buf_done(&s->policy);
    }
}
