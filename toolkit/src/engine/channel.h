/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages between the supervisor and a worker over a stream socketpair: u32 little-endian length
 * of what follows (1 … SHODO_LIMIT_MESSAGE_BYTES), u8 type, payload. A descriptor may ride on a
 * message from the supervisor to a worker (directory sources); a worker can never pass one back,
 * because the supervisor reads without a control buffer.
 *
 * The supervisor's end (struct shodo_peer) never blocks and trusts nothing: a length outside the
 * limit is DAMAGED and the worker must be killed. The worker's end blocks.
 */
#ifndef SHODO_ENGINE_CHANNEL_H
#define SHODO_ENGINE_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cur.h"
#include "base/status.h"

enum shodo_status shodo_channel_pair(int ret_fds[2], struct shodo_error *err);

/* Worker's end. */
enum shodo_status shodo_channel_send(int fd, uint8_t type, const void *p, size_t n,
                                     struct shodo_error *err);
/* Next message into `out` (cleared). END when the supervisor is gone. `*ret_fd` = passed descriptor
 * or -1; caller closes. */
enum shodo_status shodo_channel_recv(int fd, uint8_t *ret_type, struct shodo_buf *out, int *ret_fd,
                                     struct shodo_error *err);

/* Supervisor's end. */
struct shodo_peer {
    int fd; /* owned */
    struct shodo_buf in;
    size_t in_pos;
    struct shodo_buf out;
    size_t out_pos;
    struct shodo_vec passing; /* struct shodo_passing */
    size_t passing_pos;
    bool is_eof;
};
struct shodo_passing {
    size_t at; /* offset in `out` of the message it rides on */
    int fd;    /* owned until sent */
};

enum shodo_status shodo_peer_init(struct shodo_peer *p, int fd, struct shodo_error *err);
void shodo_peer_done(struct shodo_peer *p);
/* Queues a message; `pass_fd` (or -1) is owned by the peer from here on, also on failure. */
enum shodo_status shodo_peer_queue(struct shodo_peer *p, uint8_t type, const void *data, size_t n,
                                   int pass_fd, struct shodo_error *err);
/* Sends what the socket takes. OK also when something is left; END when the worker is gone. */
enum shodo_status shodo_peer_flush(struct shodo_peer *p, struct shodo_error *err);
bool shodo_peer_has_output(const struct shodo_peer *p);
/* Reads what is there, at most one message's worth ahead. END at end of file. */
enum shodo_status shodo_peer_fill(struct shodo_peer *p, struct shodo_error *err);
/* Next complete message, borrowed until the next call; END when none is complete yet, DAMAGED on a
 * bad length. */
enum shodo_status shodo_peer_next(struct shodo_peer *p, uint8_t *ret_type, struct shodo_cur *ret,
                                  struct shodo_error *err);

#endif
