/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/time.h"

/* The only process-wide state: flags that signal handlers set. */
static volatile sig_atomic_t cancelled;
static volatile sig_atomic_t paused;

static void on_signal(int sig) {
    if (sig == SIGUSR1)
        paused = 1;
    else if (sig == SIGUSR2)
        paused = 0;
    else
        cancelled = 1;
}

void shodo_signals_init(void) {
    struct sigaction sa = {.sa_handler = on_signal};
    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGUSR1, &sa, NULL);
    sigaction(SIGUSR2, &sa, NULL);
    struct sigaction ign = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ign, NULL);
}

bool shodo_signals_is_cancelled(void) {
    return cancelled != 0;
}

bool shodo_signals_is_paused(void) {
    return paused != 0;
}

static void close_between(unsigned first, unsigned last) {
    if (first <= last)
        syscall(SYS_close_range, first, last, 0);
}

static void close_others(int channel, const struct shodo_host_source *keep) {
    unsigned first = 0;
#ifdef SHODO_SANITIZED
    first = 3; /* keep the sanitizer's voice */
#endif
    /* always the lowest descriptor that is kept and not passed yet */
    for (;;) {
        unsigned next = (unsigned)channel >= first ? (unsigned)channel : ~0U;
        if (keep && keep->fd >= 0 && (unsigned)keep->fd >= first)
            next = SHODO_MIN(next, (unsigned)keep->fd);
        for (size_t i = 0; keep && i < keep->segments.count; i++) {
            unsigned fd = (unsigned)((const struct shodo_segment *)shodo_vec_at(&keep->segments, i))
                              ->fd;
            if (fd >= first)
                next = SHODO_MIN(next, fd);
        }
        if (next == ~0U)
            break;
        if (next > first)
            close_between(first, next - 1);
        first = next + 1;
    }
    close_between(first, ~0U);
}

SHODO_NORETURN static void child(int (*run)(void *ctx, int fd), void *ctx, int fd,
                                 const struct shodo_host_source *keep, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    struct sigaction dfl = {.sa_handler = SIG_DFL};
    static const int sigs[] = {SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(sigs); i++)
        sigaction(sigs[i], &dfl, NULL);
    /* Ctrl-C reaches the whole group: the supervisor decides what becomes of the workers. */
    struct sigaction ign = {.sa_handler = SIG_IGN};
    sigaction(SIGINT, &ign, NULL);
    close_others(fd, keep);
    /* libyara's pe module calls mktime: the time zone is looked up now, while a file may still be
     * opened */
    setenv("TZ", "UTC0", 1);
    tzset();
    /* OpenSSL sets itself up, without the host's configuration, at its first digest; BitLocker
     * needs it later */
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_sha256("", 0, digest);
    _exit(run(ctx, fd));
}

enum shodo_status shodo_worker_start(struct shodo_worker *ret,
                                     int (*run)(void *ctx, int channel_fd), void *ctx,
                                     const struct shodo_host_source *keep,
                                     struct shodo_error *err) {
    int fds[2];
    *ret = (struct shodo_worker){.pid = 0, .peer = {.fd = -1}};
    enum shodo_status st = shodo_channel_pair(fds, err);
    if (st != SHODO_OK)
        return st;
    st = shodo_peer_init(&ret->peer, fds[0], err);
    if (st != SHODO_OK) {
        close(fds[0]);
        close(fds[1]);
        ret->peer.fd = -1;
        return st;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        child(run, ctx, fds[1], keep, parent);
    close(fds[1]);
    if (pid < 0) {
        st = shodo_fail_errno(err, "starting a worker process");
        shodo_peer_done(&ret->peer);
        return st;
    }
    ret->pid = pid;
    ret->since_ms = shodo_time_mono_ms();
    return SHODO_OK;
}

void shodo_worker_stop(struct shodo_worker *w, bool do_kill, char how[96], int *ret_signal) {
    if (ret_signal)
        *ret_signal = 0;
    if (w->pid > 0) {
        if (do_kill)
            kill(w->pid, SIGKILL);
        int status = 0;
        pid_t r;
        do
            r = waitpid(w->pid, &status, 0);
        while (r < 0 && errno == EINTR);
        int sig = r > 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        if (ret_signal)
            *ret_signal = sig;
        if (how && sig)
            snprintf(how, 96, "died of signal %d (%s)", sig,
                     sigdescr_np(sig) ? sigdescr_np(sig) : "?");
        else if (how)
            snprintf(how, 96, "ended with exit status %d",
                     r > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1);
        w->pid = 0;
    }
    shodo_peer_done(&w->peer);
}

enum shodo_status shodo_worker_next(struct shodo_worker *w, uint64_t timeout_ms, uint8_t *ret_type,
                                    struct shodo_cur *ret, struct shodo_error *err) {
    for (;;) {
        enum shodo_status st = shodo_peer_next(&w->peer, ret_type, ret, err);
        if (st != SHODO_END) {
            w->since_ms = shodo_time_mono_ms();
            return st;
        }
        if (w->peer.is_eof)
            return SHODO_END;
        if (shodo_signals_is_cancelled())
            return shodo_fail(err, SHODO_CANCELLED, "cancelled");
        uint64_t silent = shodo_time_mono_ms() - w->since_ms;
        if (silent >= timeout_ms)
            return shodo_fail(err, SHODO_TIMEOUT, "no answer from a worker process for %llu s",
                              (unsigned long long)(timeout_ms / 1000));
        st = shodo_peer_flush(&w->peer, err);
        if (st < 0)
            return st;
        uint64_t wait = SHODO_MIN(timeout_ms - silent, (uint64_t)250);
        struct pollfd pf = {
            .fd = w->peer.fd,
            .events = (short)(POLLIN | (shodo_peer_has_output(&w->peer) ? POLLOUT : 0))};
        if (poll(&pf, 1, (int)wait) < 0 && errno != EINTR)
            return shodo_fail_errno(err, "waiting for a worker");
        if (pf.revents & (POLLIN | POLLHUP | POLLERR)) {
            st = shodo_peer_fill(&w->peer, err);
            if (st < 0)
                return st;
        }
    }
}
