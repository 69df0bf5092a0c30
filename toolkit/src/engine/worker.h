/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker process: forked from the supervisor, holds only its channel and the descriptors it was
 * given, dies with the supervisor. What it runs enters the sandbox itself, after it has made what
 * it needs.
 */
#ifndef SHODO_ENGINE_WORKER_H
#define SHODO_ENGINE_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/channel.h"
#include "engine/host.h"

struct shodo_worker {
    pid_t pid; /* 0: not running */
    struct shodo_peer peer;
    uint64_t since_ms; /* monotonic time of the last message */
};

/* `run` is the whole life of the child; its return value is the exit status. The descriptors of
 * `keep` (may be NULL) stay open: all segments of an image, or the directory. */
enum shodo_status shodo_worker_start(struct shodo_worker *ret,
                                     int (*run)(void *ctx, int channel_fd), void *ctx,
                                     const struct shodo_host_source *keep, struct shodo_error *err);
/* Kills it when it still runs, waits, frees. `how` (may be NULL) gets "ended with exit status 3",
 * "died of signal 11 …". */
void shodo_worker_stop(struct shodo_worker *w, bool do_kill, char how[96], int *ret_signal);

/* Conversations with one worker: next message within `timeout_ms` of silence. END when it ended,
 * TIMEOUT, CANCELLED. */
enum shodo_status shodo_worker_next(struct shodo_worker *w, uint64_t timeout_ms, uint8_t *ret_type,
                                    struct shodo_cur *ret, struct shodo_error *err);

/* Signals of the supervisor: SIGINT and SIGTERM ask for cancel, SIGUSR1 pauses, SIGUSR2 goes on. */
void shodo_signals_init(void);
bool shodo_signals_is_cancelled(void);
bool shodo_signals_is_paused(void);

#endif
