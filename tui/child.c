/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"

#define TEXT_MAX_BYTES SHODO_MIB(16) /* of one stream; what follows is read and dropped */
#define KILL_AFTER_MS  10000
#define READ_BYTES     65536

static void close_fd(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static SHODO_NORETURN void child_main(const char *const *argv, int events, int out, int errs,
                                      int in, int reply, pid_t parent) {
    /* pipe ends are above 9 (see start), so that none is overwritten here */
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(errs, 2) < 0 ||
        dup2(events, TUI_CHILD_EVENTS_FD) < 0 || dup2(reply, TUI_CHILD_REPLY_FD) < 0)
        _exit(127);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127);
    signal(SIGPIPE, SIG_DFL);
    execvp(argv[0], (char *const *)(void *)argv);
    static const char text[] = "the program 'shodo' could not be started\n";
    (void)!write(2, text, sizeof text - 1);
    _exit(127);
}

static bool make_pipe(int fds[2]) {
    int low[2];
    if (pipe2(low, O_CLOEXEC) != 0)
        return false;
    fds[0] = fcntl(low[0], F_DUPFD_CLOEXEC, 10);
    fds[1] = fcntl(low[1], F_DUPFD_CLOEXEC, 10);
    close(low[0]);
    close(low[1]);
    return fds[0] >= 0 && fds[1] >= 0;
}

enum shodo_status tui_child_start(struct tui_child *c, const char *const *argv,
                                  struct shodo_error *err) {
    if (c->is_running)
        return shodo_fail(err, SHODO_EXISTS, "another run is going on");
    tui_child_done(c);
    int p[5][2] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    bool ok = true;
    for (int i = 0; i < 5; i++)
        ok = ok && make_pipe(p[i]);
    pid_t parent = getpid();
    pid_t pid = ok ? fork() : -1;
    if (pid == 0)
        child_main(argv, p[0][1], p[1][1], p[2][1], p[3][0], p[4][0], parent);
    enum shodo_status st = pid < 0 ? shodo_fail_errno(err, "starting '%s'", argv[0]) : SHODO_OK;
    for (int i = 0; i < 3; i++) {
        close_fd(&p[i][1]);
        if (pid < 0)
            close_fd(&p[i][0]);
        c->fds[i] = p[i][0];
        if (c->fds[i] >= 0)
            fcntl(c->fds[i], F_SETFL, O_NONBLOCK);
    }
    for (int i = 3; i < 5; i++) {
        close_fd(&p[i][0]);
        if (pid < 0)
            close_fd(&p[i][1]);
    }
    c->in_fd = p[3][1];
    c->reply_fd = p[4][1];
    c->pid = pid < 0 ? 0 : pid;
    c->is_running = pid > 0;
    c->started_ms = shodo_time_mono_ms();
    return st;
}

static bool read_stream(struct tui_child *c, int i) {
    char block[READ_BYTES];
    bool got = false;
    while (c->fds[i] >= 0) {
        ssize_t n = read(c->fds[i], block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        got = true;
        if (n <= 0) {
            close_fd(&c->fds[i]);
            break;
        }
        if (c->taken[i] > 0 && c->taken[i] == c->text[i].len) {
            shodo_buf_clear(&c->text[i]);
            c->taken[i] = 0;
        }
        if (c->text[i].len + (size_t)n <= TEXT_MAX_BYTES)
            shodo_buf_add(&c->text[i], block, (size_t)n);
    }
    return got;
}

bool tui_child_poll(struct tui_child *c) {
    if (!c->is_running)
        return false;
    bool got = false, is_open = false;
    for (int i = 0; i < TUI_CHILD_FDS; i++) {
        got = read_stream(c, i) || got;
        is_open = is_open || c->fds[i] >= 0;
    }
    if (c->term_ms && shodo_time_mono_ms() - c->term_ms > KILL_AFTER_MS)
        kill(c->pid, SIGKILL);
    int status = 0;
    if (!is_open && waitpid(c->pid, &status, WNOHANG) == c->pid) {
        c->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        c->is_running = false;
        c->pid = 0;
        close_fd(&c->in_fd);
        close_fd(&c->reply_fd);
        got = true;
    }
    return got;
}

bool tui_child_wait(struct tui_child *c, uint64_t ms) {
    for (uint64_t from = shodo_time_mono_ms(); c->is_running;) {
        struct pollfd fds[TUI_CHILD_FDS];
        poll(fds, (nfds_t)tui_child_pollfds(c, fds), 20);
        tui_child_poll(c);
        if (c->is_running && shodo_time_mono_ms() - from > ms)
            return false;
    }
    return true;
}

size_t tui_child_pollfds(const struct tui_child *c, struct pollfd *out) {
    size_t n = 0;
    for (int i = 0; i < TUI_CHILD_FDS && c->is_running; i++) {
        if (c->fds[i] >= 0)
            out[n++] = (struct pollfd){.fd = c->fds[i], .events = POLLIN};
    }
    return n;
}

bool tui_child_line(struct tui_child *c, int stream, const char **ret, size_t *ret_len) {
    struct shodo_buf *b = &c->text[stream];
    if (c->taken[stream] >= b->len)
        return false;
    const char *from = b->data + c->taken[stream];
    size_t left = b->len - c->taken[stream];
    const char *end = memchr(from, '\n', left);
    if (!end && c->is_running && c->fds[stream] >= 0)
        return false;
    *ret = from;
    *ret_len = end ? (size_t)(end - from) : left;
    c->taken[stream] += *ret_len + (end ? 1 : 0);
    return true;
}

static bool say(int *fd, const char *line, bool is_last) {
    size_t n = strlen(line);
    bool ok = *fd >= 0;
    void (*old)(int) = signal(SIGPIPE, SIG_IGN);
    ok = ok && write(*fd, line, n) == (ssize_t)n && write(*fd, "\n", 1) == 1;
    signal(SIGPIPE, old);
    if (is_last)
        close_fd(fd);
    return ok;
}

bool tui_child_say(struct tui_child *c, const char *line, bool is_last) {
    return say(&c->in_fd, line, is_last);
}

bool tui_child_reply(struct tui_child *c, const char *line, bool is_last) {
    return say(&c->reply_fd, line, is_last);
}

void tui_child_pause(struct tui_child *c, bool is_held) {
    if (c->is_running)
        kill(c->pid, is_held ? SIGUSR1 : SIGUSR2);
}

void tui_child_cancel(struct tui_child *c) {
    if (!c->is_running)
        return;
    kill(c->pid, SIGTERM);
    if (!c->term_ms)
        c->term_ms = shodo_time_mono_ms();
}

void tui_child_done(struct tui_child *c) {
    if (c->is_running) {
        kill(c->pid, SIGTERM);
        for (int i = 0; i < 100 && waitpid(c->pid, NULL, WNOHANG) == 0; i++) {
            struct pollfd none = {.fd = -1};
            poll(&none, 1, 50);
            for (int k = 0; k < TUI_CHILD_FDS; k++)
                read_stream(c, k); /* it must not hang on a full pipe while it finishes */
            if (i == 99) {
                kill(c->pid, SIGKILL);
                waitpid(c->pid, NULL, 0);
            }
        }
    }
    for (int i = 0; i < TUI_CHILD_FDS; i++) {
        close_fd(&c->fds[i]);
        if (c->text[i].data)
            explicit_bzero(c->text[i].data, c->text[i].cap); /* may hold a pass phrase */
        shodo_buf_done(&c->text[i]);
        c->taken[i] = 0;
    }
    close_fd(&c->in_fd);
    close_fd(&c->reply_fd);
    c->pid = 0;
    c->is_running = false;
    c->exit_code = 0;
    c->term_ms = 0;
}
