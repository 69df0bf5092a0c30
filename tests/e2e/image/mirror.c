// SPDX-License-Identifier: Apache-2.0
//
// mirror PORT PROGRAM [ARGUMENT]...: runs a program on a terminal of its own inside the terminal it
// was started in, and copies what the program shows to PORT as well (a second serial line), so that
// a test can read the screen a person sees. Part of the second, test-only initrd; the product is
// not changed.
//
// Between the bytes of the screen, PORT gets reports: 0x1e "ROWS COLS KEYS" 0x1f, where KEYS is the
// number of bytes typed so far. One is sent when the front end has taken every key and waits for
// the next one (asleep in poll), or when no front end runs.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static void put(int fd, const char *p, ssize_t n) {
    while (n > 0) {
        ssize_t k = write(fd, p, (size_t)n);
        if (k < 0 && (errno == EAGAIN || errno == EINTR)) {
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 100);
            continue;
        }
        if (k <= 0)
            return;
        p += k;
        n -= k;
    }
}

static bool read_proc(const char *pid, const char *name, char *out, size_t cap) {
    char path[300];
    snprintf(path, sizeof path, "/proc/%.20s/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, out, cap - 1);
    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = 0;
    return n > 0;
}

// Does every front end that runs wait for a key? (poll, select, ppoll, pselect)
static bool front_end_waits(void) {
    DIR *d = opendir("/proc");
    bool waits = d != NULL;
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        char text[256];
        if (e->d_name[0] < '1' || e->d_name[0] > '9' ||
            !read_proc(e->d_name, "comm", text, sizeof text) || strcmp(text, "shodo-tui\n") != 0)
            continue;
        if (!read_proc(e->d_name, "syscall", text, sizeof text) || text[0] < '0' || text[0] > '9') {
            waits = false;
            continue;
        }
        long call = strtol(text, NULL, 10);
        waits = waits && (call == 7 || call == 23 || call == 270 || call == 271);
    }
    if (d)
        closedir(d);
    return waits;
}

static int start(char **argv, const struct winsize *size, pid_t *child) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
        return -1;
    ioctl(master, TIOCSWINSZ, size);
    *child = fork();
    if (*child != 0)
        return master;
    setsid();
    int slave = open(ptsname(master), O_RDWR);
    ioctl(slave, TIOCSCTTY, 0);
    dup2(slave, 0);
    dup2(slave, 1);
    execvp(argv[0], argv);
    _exit(127);
}

int main(int argc, char **argv) {
    struct termios raw;
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    pid_t child = -1;
    if (argc < 3)
        return 2;
    int port = open(argv[1], O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (tcgetattr(port, &raw) == 0) {
        cfmakeraw(&raw);
        tcsetattr(port, TCSANOW, &raw);
    }
    if (tcgetattr(0, &raw) == 0) {
        cfmakeraw(&raw);
        tcsetattr(0, TCSANOW, &raw);
    }
    for (int i = 0; i < 50 && (ioctl(0, TIOCGWINSZ, &size) < 0 || size.ws_row == 0);
         i++) // fbterm sets it a moment later
        usleep(100000);
    signal(SIGHUP, SIG_IGN);
    int master = start(argv + 2, &size, &child);
    int slave = master < 0 ? -1
                           : open(ptsname(master),
                                  O_RDWR | O_NOCTTY |
                                      O_CLOEXEC); // shows how much is typed and not yet read
    if (slave < 0)
        return 126;
    unsigned long keys = 0, said = (unsigned long)-1;
    bool is_fresh = true; // something was shown since the last report
    int still = 0, status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        struct pollfd fds[2] = {{.fd = master, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
        char buf[4096];
        if (poll(fds, 2, 60) > 0) {
            ssize_t n = 0;
            if (fds[0].revents & POLLIN && (n = read(master, buf, sizeof buf)) > 0) {
                put(1, buf, n);
                put(port, buf, n);
                is_fresh = true;
            }
            if (fds[1].revents & POLLIN && (n = read(0, buf, sizeof buf)) > 0) {
                put(master, buf, n);
                keys += (unsigned long)n;
            } else if (fds[1].revents & (POLLHUP | POLLERR)) {
                kill(child, SIGHUP);
                usleep(60000);
            }
            still = 0;
            continue;
        }
        int pending = 1;
        if (ioctl(slave, FIONREAD, &pending) == 0 && pending == 0 && front_end_waits())
            still++;
        else
            still = 0;
        if (still >= 2 && (is_fresh || keys != said)) {
            int n = snprintf(buf, sizeof buf, "\x1e%d %d %lu\x1f", size.ws_row, size.ws_col, keys);
            put(port, buf, n);
            said = keys;
            is_fresh = false;
        }
    }
    for (char buf[4096];
         poll(&(struct pollfd){.fd = master, .events = POLLIN}, 1, 50) > 0;) { // the last words
        ssize_t n = read(master, buf, sizeof buf);
        if (n <= 0)
            break;
        put(1, buf, n);
        put(port, buf, n);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
