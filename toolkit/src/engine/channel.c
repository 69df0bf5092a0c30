/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/limits.h"

enum { HEADER_BYTES = 5, LENGTH_BYTES = 4, FILL_BYTES = 1 << 18 };

enum shodo_status shodo_channel_pair(int ret_fds[2], struct shodo_error *err) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_fds) != 0)
        return shodo_fail_errno(err, "making a socket pair");
    return SHODO_OK;
}

static void make_header(uint8_t h[HEADER_BYTES], uint8_t type, size_t n) {
    uint32_t len = (uint32_t)(n + 1);
    for (int i = 0; i < LENGTH_BYTES; i++)
        h[i] = (uint8_t)(len >> (8 * i));
    h[LENGTH_BYTES] = type;
}

enum shodo_status shodo_channel_send(int fd, uint8_t type, const void *p, size_t n,
                                     struct shodo_error *err) {
    if (n >= SHODO_LIMIT_MESSAGE_BYTES)
        return shodo_fail(err, SHODO_LIMIT, "message of %zu bytes is above the limit", n);
    uint8_t h[HEADER_BYTES];
    make_header(h, type, n);
    struct iovec iov[2] = {{.iov_base = h, .iov_len = sizeof h},
                           {.iov_base = (void *)(uintptr_t)p, .iov_len = n}};
    struct msghdr m = {.msg_iov = iov, .msg_iovlen = n ? 2 : 1};
    while (m.msg_iovlen) {
        ssize_t r = sendmsg(fd, &m, MSG_NOSIGNAL);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return shodo_fail_errno(err, "sending to the supervisor");
        size_t left = (size_t)r;
        while (m.msg_iovlen && left >= m.msg_iov->iov_len) {
            left -= m.msg_iov->iov_len;
            m.msg_iov++;
            m.msg_iovlen--;
        }
        if (m.msg_iovlen) {
            m.msg_iov->iov_base = (char *)m.msg_iov->iov_base + left;
            m.msg_iov->iov_len -= left;
        }
    }
    return SHODO_OK;
}

/* Takes the descriptor out of a control buffer; closes any surplus ones. */
static int take_fd(struct msghdr *m) {
    int got = -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
            if (got < 0)
                got = fd;
            else
                close(fd);
        }
    }
    return got;
}

static enum shodo_status read_exact(int fd, void *p, size_t n, int *ret_fd,
                                    struct shodo_error *err) {
    size_t at = 0;
    while (at < n) {
        union {
            char bytes[CMSG_SPACE(sizeof(int))];
            struct cmsghdr align;
        } control;
        struct iovec iov = {.iov_base = (char *)p + at, .iov_len = n - at};
        struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
        if (ret_fd) {
            m.msg_control = control.bytes;
            m.msg_controllen = sizeof control.bytes;
        }
        ssize_t r = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return shodo_fail_errno(err, "receiving from the supervisor");
        if (r == 0)
            return at == 0 ? SHODO_END : shodo_fail(err, SHODO_DAMAGED, "message cut short");
        if (ret_fd) {
            int got = take_fd(&m);
            if (got >= 0 && *ret_fd < 0)
                *ret_fd = got;
            else if (got >= 0)
                close(got);
        }
        at += (size_t)r;
    }
    return SHODO_OK;
}

enum shodo_status shodo_channel_recv(int fd, uint8_t *ret_type, struct shodo_buf *out, int *ret_fd,
                                     struct shodo_error *err) {
    uint8_t h[HEADER_BYTES];
    *ret_fd = -1;
    shodo_buf_clear(out);
    enum shodo_status st = read_exact(fd, h, sizeof h, ret_fd, err);
    if (st != SHODO_OK)
        return st;
    uint32_t len = shodo_le32(h);
    if (len < 1 || len > SHODO_LIMIT_MESSAGE_BYTES)
        return shodo_fail(err, SHODO_DAMAGED, "message length %u is outside the limit", len);
    *ret_type = h[LENGTH_BYTES];
    size_t n = len - 1;
    if (!shodo_buf_reserve(out, n + 1))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a message");
    if (n) {
        st = read_exact(fd, out->data, n, NULL, err);
        if (st != SHODO_OK)
            return st == SHODO_END ? shodo_fail(err, SHODO_DAMAGED, "message cut short") : st;
    }
    out->len = n;
    out->data[n] = '\0';
    return SHODO_OK;
}

enum shodo_status shodo_peer_init(struct shodo_peer *p, int fd, struct shodo_error *err) {
    *p = (struct shodo_peer){.fd = fd,
                             .in = SHODO_BUF_INIT,
                             .out = SHODO_BUF_INIT,
                             .passing = SHODO_VEC_INIT(sizeof(struct shodo_passing))};
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        return shodo_fail_errno(err, "making a channel non-blocking");
    return SHODO_OK;
}

void shodo_peer_done(struct shodo_peer *p) {
    for (size_t i = p->passing_pos; i < p->passing.count; i++) {
        struct shodo_passing *f = shodo_vec_at(&p->passing, i);
        close(f->fd);
    }
    shodo_vec_done(&p->passing);
    shodo_buf_done(&p->in);
    shodo_buf_done(&p->out);
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
}

/* Drops what was sent, so that a queue that is never quite empty does not grow. */
static void drop_sent(struct shodo_peer *p) {
    if (p->out_pos < FILL_BYTES)
        return;
    memmove(p->out.data, p->out.data + p->out_pos, p->out.len - p->out_pos);
    p->out.len -= p->out_pos;
    size_t left = 0;
    for (size_t i = p->passing_pos; i < p->passing.count; i++, left++) {
        struct shodo_passing *from = shodo_vec_at(&p->passing, i);
        struct shodo_passing *to = shodo_vec_at(&p->passing, left);
        *to = (struct shodo_passing){.at = from->at - p->out_pos, .fd = from->fd};
    }
    p->passing.count = left;
    p->passing_pos = 0;
    p->out_pos = 0;
}

enum shodo_status shodo_peer_queue(struct shodo_peer *p, uint8_t type, const void *data, size_t n,
                                   int pass_fd, struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    if (n >= SHODO_LIMIT_MESSAGE_BYTES)
        st = shodo_fail(err, SHODO_LIMIT, "message of %zu bytes is above the limit", n);
    uint8_t h[HEADER_BYTES];
    make_header(h, type, n);
    drop_sent(p);
    if (st == SHODO_OK && !shodo_buf_reserve(&p->out, n + sizeof h))
        st = shodo_fail(err, SHODO_NOMEM, "no memory for a message");
    if (st == SHODO_OK && pass_fd >= 0) {
        struct shodo_passing *f = shodo_vec_push(&p->passing);
        if (f)
            *f = (struct shodo_passing){.at = p->out.len, .fd = pass_fd};
        else
            st = shodo_fail(err, SHODO_NOMEM, "no memory for a message");
    }
    if (st != SHODO_OK) {
        if (pass_fd >= 0)
            close(pass_fd);
        return st;
    }
    shodo_buf_add(&p->out, h, sizeof h);
    if (n)
        shodo_buf_add(&p->out, data, n);
    return SHODO_OK;
}

bool shodo_peer_has_output(const struct shodo_peer *p) {
    return p->out_pos < p->out.len;
}

static ssize_t send_piece(struct shodo_peer *p, size_t end, int fd) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec iov = {.iov_base = p->out.data + p->out_pos, .iov_len = end - p->out_pos};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    if (fd >= 0) {
        memset(&control, 0, sizeof control);
        m.msg_control = control.bytes;
        m.msg_controllen = sizeof control.bytes;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    return sendmsg(p->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

enum shodo_status shodo_peer_flush(struct shodo_peer *p, struct shodo_error *err) {
    while (p->out_pos < p->out.len) {
        size_t end = p->out.len;
        int fd = -1;
        if (p->passing_pos < p->passing.count) {
            struct shodo_passing *f = shodo_vec_at(&p->passing, p->passing_pos);
            if (f->at == p->out_pos) {
                fd = f->fd;
                if (p->passing_pos + 1 < p->passing.count)
                    end = ((struct shodo_passing *)shodo_vec_at(&p->passing, p->passing_pos + 1))
                              ->at;
            } else {
                end = f->at;
            }
        }
        ssize_t r = send_piece(p, end, fd);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return SHODO_OK;
        if (r < 0 && (errno == EPIPE || errno == ECONNRESET))
            return SHODO_END;
        if (r < 0)
            return shodo_fail_errno(err, "sending to a worker");
        if (fd >= 0) {
            close(fd);
            p->passing_pos++;
        }
        p->out_pos += (size_t)r;
    }
    shodo_buf_clear(&p->out);
    p->out_pos = 0;
    p->passing.count = 0;
    p->passing_pos = 0;
    return SHODO_OK;
}

enum shodo_status shodo_peer_fill(struct shodo_peer *p, struct shodo_error *err) {
    if (p->in_pos && (p->in_pos == p->in.len || p->in_pos >= FILL_BYTES)) {
        /* what was handed out is used up; moving the rest each time would cost more than reading it
         */
        memmove(p->in.data, p->in.data + p->in_pos, p->in.len - p->in_pos);
        p->in.len -= p->in_pos;
        p->in_pos = 0;
    }
    if (p->in.len - p->in_pos >= SHODO_LIMIT_MESSAGE_BYTES + LENGTH_BYTES)
        return SHODO_OK;
    if (!shodo_buf_reserve(&p->in, FILL_BYTES))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a message");
    ssize_t r;
    do
        r = recv(p->fd, p->in.data + p->in.len, FILL_BYTES - 1, MSG_DONTWAIT);
    while (r < 0 && errno == EINTR);
    if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return SHODO_OK;
    if (r < 0 && errno != ECONNRESET)
        return shodo_fail_errno(err, "receiving from a worker");
    if (r <= 0) {
        p->is_eof = true;
        return SHODO_END;
    }
    p->in.len += (size_t)r;
    p->in.data[p->in.len] = '\0';
    return SHODO_OK;
}

enum shodo_status shodo_peer_next(struct shodo_peer *p, uint8_t *ret_type, struct shodo_cur *ret,
                                  struct shodo_error *err) {
    size_t left = p->in.len - p->in_pos;
    if (left < HEADER_BYTES)
        return SHODO_END;
    const char *at = p->in.data + p->in_pos;
    uint32_t len = shodo_le32(at);
    if (len < 1 || len > SHODO_LIMIT_MESSAGE_BYTES)
        return shodo_fail(err, SHODO_DAMAGED, "message length %u is outside the limit", len);
    if (left - LENGTH_BYTES < len)
        return SHODO_END;
    *ret_type = (uint8_t)at[LENGTH_BYTES];
    *ret = shodo_cur_of(at + HEADER_BYTES, len - 1);
    p->in_pos += LENGTH_BYTES + len;
    return SHODO_OK;
}
