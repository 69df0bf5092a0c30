/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/budget.h"
#include "engine/run_state.h"

enum { POLL_MS = 200, MARK_MS = 2000, PROGRESS_MS = 500, PROGRESS_COLUMNS = 60 };

enum shodo_status shodo_run_ledger(struct run *r, struct shodo_ledger *l, struct shodo_error *err) {
    const char *line = NULL;
    enum shodo_status st = shodo_store_ledger(r->o->store, l, &line, err);
    if (line && l->is_problem)
        shodo_events_line(r->o->events, "ledger", line);
    return st;
}

static bool is_done(const struct run *r, uint64_t index) {
    if (index < r->done_low)
        return true;
    return index / 8 < r->done.count &&
           ((const uint8_t *)r->done.data)[index / 8] >> (index % 8) & 1;
}

static bool set_done(struct run *r, uint64_t index) {
    while (r->done.count <= index / 8)
        if (!shodo_vec_push(&r->done))
            return false;
    ((uint8_t *)r->done.data)[index / 8] |= (uint8_t)(1u << (index % 8));
    while (r->done_low / 8 < r->done.count &&
           ((uint8_t *)r->done.data)[r->done_low / 8] >> (r->done_low % 8) & 1)
        r->done_low++;
    return true;
}

enum shodo_status shodo_run_item_done(struct run *r, const struct job *j, struct shodo_error *err) {
    r->result->files_done++;
    return set_done(r, j->item.index) ? SHODO_OK
                                      : shodo_fail(err, SHODO_NOMEM, "no memory for the marks");
}

/* Marks: what is finished is on the medium, policy counts included, before the mark that says so.
 */
static enum shodo_status write_mark(struct run *r, struct shodo_error *err) {
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    shodo_json_object(&j, NULL);
    shodo_json_u64(&j, "done", r->done_low);
    shodo_json_array(&j, "also");
    for (uint64_t i = r->done_low; i < (uint64_t)r->done.count * 8; i++)
        if (is_done(r, i))
            shodo_json_u64(&j, NULL, i);
    shodo_json_array_end(&j);
    shodo_json_array(&j, "policy");
    for (size_t i = 0; i < shodo_tally_count(r->policy_fresh); i++) {
        struct shodo_ledger l = *shodo_tally_at(r->policy_fresh, i);
        l.endpoint = r->o->endpoint;
        shodo_ledger_write(&j, &l, SHODO_TIME_NONE);
    }
    shodo_json_array_end(&j);
    shodo_json_u64(&j, "read", r->result->bytes_read);
    shodo_json_u64(&j, "scanned", r->result->bytes_scanned);
    shodo_json_u64(&j, "reused", r->result->reused);
    shodo_json_object_end(&j);
    enum shodo_status st = b.failed ? shodo_fail(err, SHODO_NOMEM, "no memory for a mark")
                                    : shodo_store_mark(r->o->store, b.data, b.len, err);
    shodo_buf_done(&b);
    shodo_tally_clear(r->policy_fresh);
    r->marked_ms = shodo_time_mono_ms();
    return st;
}

static enum shodo_status write_header(struct run *r, struct shodo_error *err) {
    const struct shodo_run_key *k = r->o->key;
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "run", k->run);
    shodo_json_str(&j, "source", k->source);
    shodo_json_str(&j, "profile", k->profile);
    shodo_json_str(&j, "rules", k->rules);
    shodo_json_u64(&j, "locked", k->locked);
    shodo_json_hex(&j, "listing", r->result->totals.digest, sizeof r->result->totals.digest);
    shodo_json_u64(&j, "files", r->result->totals.files);
    shodo_json_u64(&j, "bytes", r->result->totals.bytes);
    shodo_json_u64(&j, "bytes_left", r->result->totals.bytes_left);
    shodo_json_object_end(&j);
    enum shodo_status st = b.failed ? shodo_fail(err, SHODO_NOMEM, "no memory for a mark")
                                    : shodo_store_mark(r->o->store, b.data, b.len, err);
    shodo_buf_done(&b);
    return st;
}

static enum shodo_status apply_resume(struct run *r, struct shodo_error *err) {
    const struct shodo_resume *old = r->o->resume;
    struct shodo_run_result *res = r->result;
    if (!old || !old->is_valid)
        return SHODO_OK;
    if (old->files != res->totals.files ||
        memcmp(old->listing, res->totals.digest, sizeof old->listing) != 0) {
        shodo_events_warning(
            r->o->events,
            "the source lists differently than in the run before: everything is examined again");
        return SHODO_OK;
    }
    bool ok = true;
    for (uint64_t i = 0; i < old->done && i < old->files && ok; i++)
        ok = set_done(r, i);
    for (size_t i = 0; i < old->also.count && ok; i++) {
        uint64_t at = *(const uint64_t *)shodo_vec_at(&old->also, i);
        ok = at >= old->files || set_done(r, at);
    }
    if (!ok)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the marks");
    res->bytes_read = old->stats.bytes_read;
    res->bytes_scanned = old->stats.bytes_scanned;
    res->reused = old->stats.reused;
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; old->policy && i < shodo_tally_count(old->policy) && st == SHODO_OK; i++)
        st = shodo_tally_add_folder(r->policy, shodo_tally_at(old->policy, i), err);
    return st;
}

static void say_start(struct run *r) {
    const struct shodo_totals *t = &r->result->totals;
    const struct shodo_budget budget = shodo_budget_make(t->files, t->bytes, t->bytes_left);
    struct shodo_json *j = shodo_events_begin(r->o->events, "start");
    if (j) {
        shodo_json_str(j, "run", r->o->key->run);
        shodo_json_str(j, "endpoint", r->o->endpoint);
        shodo_json_str(j, "source", r->o->key->source);
        shodo_json_str(j, "profile", r->o->key->profile);
        shodo_json_u64(j, "files", t->files);
        shodo_json_u64(j, "bytes", t->bytes);
        shodo_json_u64(j, "bytes_left", t->bytes_left);
        shodo_json_u64(j, "seconds_from", budget.seconds_from);
        shodo_json_u64(j, "seconds_to", budget.seconds_to);
        shodo_json_array(j, "volumes");
        for (size_t i = 0; r->o->volumes && i < r->o->volumes->volumes.count; i++)
            shodo_volume_write(j, NULL, shodo_volume_at(r->o->volumes, i));
        shodo_json_array_end(j);
        shodo_events_send(r->o->events);
    }
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_budget_print(&budget, r->o->is_japanese, &b);
    if (r->o->is_loud)
        fputs(shodo_buf_cstr(&b), stderr);
}

static const struct job *current_job(const struct run *r) {
    for (unsigned i = 0; i < r->jobs; i++)
        if (r->slots[i].worker.pid && r->slots[i].given.head)
            return r->slots[i].given.head;
    return NULL;
}

static const char *phase_name(enum shodo_phase p) {
    static const char *const names[SHODO_PHASES] = {"early", "risky", "rest", "skip"};
    return names[p];
}

static void say_progress(struct run *r) {
    const struct shodo_store_counts *n = shodo_store_counts(r->o->store);
    const struct job *cur = current_job(r);
    uint64_t now = shodo_time_mono_ms();
    r->progress_ms = now;
    struct shodo_json *j = shodo_events_begin(r->o->events, "progress");
    if (j) {
        shodo_json_str(j, "phase",
                       !r->result->has_listing ? "listing"
                       : cur                   ? phase_name(cur->item.phase)
                                               : "rest");
        shodo_json_u64(j, "files", r->result->files_done);
        shodo_json_u64(j, "files_total", r->result->totals.files);
        shodo_json_u64(j, "bytes", r->result->bytes_read);
        shodo_json_u64(j, "bytes_total", r->result->totals.bytes);
        shodo_json_u64(j, "findings", n->detections);
        shodo_json_u64(j, "problems", n->unexamined.problems);
        if (cur)
            shodo_json_strn(j, "current", cur->item.path, cur->item.path_len);
        shodo_json_u64(j, "elapsed_ms", now - r->started_ms);
        shodo_json_bool(j, "paused", shodo_signals_is_paused());
        shodo_events_send(r->o->events);
    }
    if (r->o->is_loud && isatty(STDERR_FILENO)) {
        struct shodo_buf b = SHODO_BUF_INIT;
        if (cur)
            shodo_text_safe_clip(&b, cur->item.path, cur->item.path_len, PROGRESS_COLUMNS, true);
        fprintf(stderr, "\r\033[K%llu of %llu files  %s", (unsigned long long)r->result->files_done,
                (unsigned long long)r->result->totals.files, shodo_buf_cstr(&b));
        shodo_buf_done(&b);
    }
}

static enum shodo_status start_lister(struct run *r, struct shodo_error *err) {
    r->listing_volume = UINT32_MAX;
    r->next_index = 0;
    r->result->has_listing = false;
    return shodo_worker_start(&r->listing, shodo_lister_run, &r->lister, r->o->host, err);
}

/* A cable that came off while the source was listed: the short list would count as all there is. */
static enum shodo_status check_answers(const struct run *r, struct shodo_error *err) {
    if (!r->o->host->has_answered || shodo_host_answers(r->o->host))
        return SHODO_OK;
    return shodo_fail(err, SHODO_UNREADABLE,
                      "the disk no longer answers; connect it again and run the same command");
}

/* Before the first item: leave the volume out and list again. After it: what has not come is lost,
 * and said. */
static enum shodo_status lister_died(struct run *r, bool is_timeout, const char *said,
                                     struct shodo_error *err) {
    char how[96] = "";
    shodo_worker_stop(&r->listing, true, how, NULL);
    r->result->respawns++;
    enum shodo_status st = check_answers(r, err);
    if (st != SHODO_OK)
        return st;
    char text[SHODO_ERROR_TEXT_BYTES + 128];
    uint32_t v = r->listing_volume;
    if (!r->result->has_listing && v < SHODO_LIMIT_VOLUMES &&
        !(r->lister.skip[v / 64] >> (v % 64) & 1)) {
        r->lister.skip[v / 64] |= 1ULL << (v % 64);
        return start_lister(r, err);
    }
    uint64_t left = r->result->has_listing && r->result->totals.files > r->next_index
                        ? r->result->totals.files - r->next_index
                        : 1;
    snprintf(text, sizeof text, "listing the source ended early: %s",
             said && *said ? said
             : is_timeout  ? "no answer"
                           : how);
    struct shodo_ledger l = {.is_problem = true,
                             .reason = is_timeout ? SHODO_LEDGER_TIMEOUT : SHODO_LEDGER_CRASH,
                             .count = left,
                             .text = text};
    r->is_listed = true;
    return shodo_run_ledger(r, &l, err);
}

static enum shodo_status take_item(struct run *r, struct shodo_cur *c, struct shodo_error *err) {
    struct shodo_item item;
    enum shodo_status st = shodo_msg_get_item(&item, c, &r->arena, err);
    if (st != SHODO_OK)
        return st;
    if (!r->result->has_listing || r->next_index >= r->result->totals.files)
        return shodo_fail(err, SHODO_DAMAGED, "lister sent more items than it announced");
    item.index = r->next_index++;
    if (is_done(r, item.index)) {
        r->result->files_done++;
        return SHODO_OK;
    }
    struct job *j = shodo_job_new(&item);
    if (!j)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a work item");
    shodo_jobs_push(&r->queue, j);
    return SHODO_OK;
}

static enum shodo_status take_listing(struct run *r, uint8_t type, struct shodo_cur *c,
                                      struct shodo_error *why, struct shodo_error *fatal) {
    shodo_arena_clear(&r->arena);
    enum shodo_status st;
    switch (type) {
    case SHODO_MSG_LISTING: {
        uint64_t v = shodo_cur_var(c);
        r->listing_volume = v < SHODO_LIMIT_VOLUMES ? (uint32_t)v : UINT32_MAX;
        return SHODO_OK;
    }
    case SHODO_MSG_LEDGER: {
        struct shodo_ledger l;
        st = shodo_msg_get_ledger(&l, c, &r->arena, why);
        if (st == SHODO_OK)
            fatal->status = shodo_run_ledger(r, &l, fatal);
        return st;
    }
    case SHODO_MSG_FACT: {
        struct shodo_fact f;
        if (r->result->has_listing)
            return shodo_fail(why, SHODO_DAMAGED, "lister sent a fact after its totals");
        st = shodo_msg_get_fact(&f, c, &r->arena, why);
        if (st != SHODO_OK)
            return st;
        fatal->status = shodo_store_fact(r->o->store, &f, NULL, fatal);
        return SHODO_OK;
    }
    case SHODO_MSG_TOTALS:
        if (r->result->has_listing)
            return shodo_fail(why, SHODO_DAMAGED, "lister announced its totals twice");
        st = shodo_msg_get_totals(&r->result->totals, c, why);
        if (st != SHODO_OK)
            return st;
        fatal->status = check_answers(r, fatal);
        if (fatal->status != SHODO_OK)
            return SHODO_OK;
        r->result->has_listing = true;
        fatal->status = apply_resume(r, fatal);
        if (fatal->status == SHODO_OK)
            fatal->status = write_header(r, fatal);
        say_start(r);
        if (r->o->on_listed && fatal->status == SHODO_OK)
            r->o->on_listed(r->o->on_listed_ctx);
        return SHODO_OK;
    case SHODO_MSG_ITEM:
        return take_item(r, c, why);
    case SHODO_MSG_LISTED:
        if (!r->result->has_listing || r->next_index != r->result->totals.files)
            return shodo_fail(why, SHODO_DAMAGED, "lister sent fewer items than it announced");
        r->is_listed = true;
        return SHODO_OK;
    case SHODO_MSG_FAIL:
        return shodo_fail(why, SHODO_DAMAGED, "%.*s", (int)SHODO_MIN(c->len, (size_t)400),
                          (const char *)c->data);
    default:
        return shodo_fail(why, SHODO_DAMAGED, "unexpected message %u from the lister", type);
    }
}

/* Takes what the lister says, but not more items than are needed soon. */
static enum shodo_status serve_lister(struct run *r, bool is_readable, struct shodo_error *err) {
    struct shodo_error why = SHODO_ERROR_INIT, fatal = SHODO_ERROR_INIT;
    enum shodo_status st = is_readable ? shodo_peer_fill(&r->listing.peer, &why) : SHODO_OK;
    if (is_readable)
        r->listing.since_ms = shodo_time_mono_ms();
    while (st >= 0 && !r->is_listed && r->queue.count < SHODO_LIMIT_ITEMS_QUEUED) {
        uint8_t type = 0;
        struct shodo_cur c;
        st = shodo_peer_next(&r->listing.peer, &type, &c, &why);
        if (st != SHODO_OK)
            break;
        st = take_listing(r, type, &c, &why, &fatal);
        if (fatal.status != SHODO_OK) {
            if (err)
                *err = fatal;
            return fatal.status;
        }
    }
    if (r->is_listed) {
        shodo_worker_stop(&r->listing, true, NULL, NULL);
        return SHODO_OK;
    }
    if (st < 0)
        return lister_died(r, false, why.text, err);
    bool is_hungry = r->queue.count < SHODO_LIMIT_ITEMS_QUEUED;
    if (st == SHODO_END && is_hungry && r->listing.peer.is_eof)
        return lister_died(r, false, NULL, err);
    if (is_hungry &&
        shodo_time_mono_ms() - r->listing.since_ms > SHODO_LIMIT_LISTER_SECONDS * 1000ULL)
        return lister_died(r, true, NULL, err);
    return SHODO_OK;
}

static enum shodo_status wait_and_serve(struct run *r, struct shodo_error *err) {
    struct pollfd pf[SHODO_LIMIT_EXAMINERS + 1];
    struct slot *who[SHODO_LIMIT_EXAMINERS + 1];
    nfds_t n = 0;
    if (r->listing.pid && r->queue.count < SHODO_LIMIT_ITEMS_QUEUED) {
        who[n] = NULL;
        pf[n++] = (struct pollfd){.fd = r->listing.peer.fd, .events = POLLIN};
    }
    for (unsigned i = 0; i < r->jobs; i++) {
        struct slot *s = &r->slots[i];
        if (!s->worker.pid)
            continue;
        short out = shodo_peer_has_output(&s->worker.peer) ? POLLOUT : 0;
        who[n] = s;
        pf[n++] = (struct pollfd){.fd = s->worker.peer.fd, .events = (short)(POLLIN | out)};
    }
    if (poll(pf, n, POLL_MS) < 0 && errno != EINTR)
        return shodo_fail_errno(err, "waiting for the workers");
    enum shodo_status st = SHODO_OK;
    for (nfds_t i = 0; i < n && st == SHODO_OK; i++) {
        bool is_readable = (pf[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
        if (who[i] && pf[i].revents && who[i]->worker.pid)
            st = shodo_slot_serve(r, who[i], is_readable, err);
        else if (!who[i])
            st = serve_lister(r, is_readable, err);
    }
    return st == SHODO_OK ? shodo_slots_check_time(r, err) : st;
}

static bool is_finished(const struct run *r, uint64_t cancelled_ms) {
    size_t busy = shodo_slots_busy(r);
    if (cancelled_ms)
        return busy == 0 || shodo_time_mono_ms() - cancelled_ms > SHODO_RUN_GRACE_MS;
    return r->is_listed && !r->queue.head && busy == 0;
}

static enum shodo_status loop(struct run *r, struct shodo_error *err) {
    uint64_t cancelled_ms = 0;
    enum shodo_status st = SHODO_OK;
    while (st == SHODO_OK) {
        if (!cancelled_ms && shodo_signals_is_cancelled()) {
            cancelled_ms = shodo_time_mono_ms();
            r->result->is_cancelled = true;
            if (r->listing.pid)
                shodo_worker_stop(&r->listing, true, NULL, NULL);
        }
        st = shodo_slots_feed(r, err);
        if (st == SHODO_OK && is_finished(r, cancelled_ms))
            break;
        if (st == SHODO_OK)
            st = wait_and_serve(r, err);
        uint64_t now = shodo_time_mono_ms();
        if (now - r->progress_ms >= PROGRESS_MS)
            say_progress(r);
        if (st == SHODO_OK && r->result->has_listing && now - r->marked_ms >= MARK_MS)
            st = write_mark(r, err);
    }
    return st;
}

/* The policy lines of a finished run; a cancelled one keeps its counts in the marks until it is
 * continued. */
static enum shodo_status finish(struct run *r, struct shodo_error *err) {
    enum shodo_status st = r->result->has_listing ? write_mark(r, err) : SHODO_OK;
    for (size_t i = 0;
         !r->result->is_cancelled && i < shodo_tally_count(r->policy) && st == SHODO_OK; i++) {
        struct shodo_ledger l = *shodo_tally_at(r->policy, i);
        st = shodo_run_ledger(r, &l, err);
    }
    const char *end = r->result->is_cancelled ? "{\"end\":\"cancelled\"}" : "{\"end\":\"done\"}";
    return st == SHODO_OK ? shodo_store_mark(r->o->store, end, strlen(end), err) : st;
}

static void run_done(struct run *r) {
    if (r->listing.pid)
        shodo_worker_stop(&r->listing, true, NULL, NULL);
    shodo_slots_stop(r);
    shodo_jobs_done(&r->queue);
    shodo_vec_done(&r->done);
    shodo_known_free(r->known);
    shodo_tally_free(r->policy);
    shodo_tally_free(r->policy_fresh);
    shodo_arena_done(&r->arena);
    shodo_buf_done(&r->scratch);
    free(r);
}

enum shodo_status shodo_run(const struct shodo_run_options *o, struct shodo_run_result *ret,
                            struct shodo_error *err) {
    *ret = (struct shodo_run_result){.files_done = 0};
    struct run *r = calloc(1, sizeof *r);
    if (!r)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the run");
    r->o = o;
    r->result = ret;
    r->examiner = (struct shodo_examiner){
        .host = o->host, .plan = o->plan, .volumes = o->volumes, .hook = o->examiner_hook};
    r->lister = (struct shodo_lister){.host = o->host,
                                      .plan = o->plan,
                                      .form = SHODO_LIST_ITEMS,
                                      .want_deleted = true,
                                      .detect = o->detect};
    r->jobs = SHODO_MAX(1u, SHODO_MIN(o->jobs, SHODO_LIMIT_EXAMINERS));
    r->done = (struct shodo_vec)SHODO_VEC_INIT(1);
    r->known = shodo_known_new();
    r->policy = shodo_tally_new();
    r->policy_fresh = shodo_tally_new();
    r->started_ms = r->marked_ms = shodo_time_mono_ms();
    enum shodo_status st = r->known && r->policy && r->policy_fresh
                               ? start_lister(r, err)
                               : shodo_fail(err, SHODO_NOMEM, "no memory for the run");
    if (st == SHODO_OK)
        st = loop(r, err);
    if (st == SHODO_OK)
        st = finish(r, err);
    if (o->is_loud && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    say_progress(r);
    ret->elapsed_ms = shodo_time_mono_ms() - r->started_ms;
    run_done(r);
    return st;
}
