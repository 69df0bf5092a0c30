/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine as a child process: pipes for events, output, errors and one line of input (keys and
 * pass phrases go this way and no other). Never blocks; the child gets SIGTERM when this program
 * dies, so that a run always ends with its record.
 */
#ifndef SHODO_TUI_CHILD_H
#define SHODO_TUI_CHILD_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/status.h"

#define TUI_CHILD_FDS       3
#define TUI_CHILD_EVENTS_FD 3 /* what --events names in the child */
#define TUI_CHILD_REPLY_FD  4 /* a second line of input, for answers to what the child asks */

struct tui_child {
    pid_t pid;              /* 0: none */
    int fds[TUI_CHILD_FDS]; /* events, stdout, stderr; -1 closed */
    int in_fd, reply_fd;
    struct shodo_buf text[TUI_CHILD_FDS];
    size_t taken[TUI_CHILD_FDS]; /* bytes of text[] that were handed out as lines */
    bool is_running;
    int exit_code;                /* after it ended; 128+signal */
    uint64_t started_ms, term_ms; /* term_ms: when SIGTERM was sent, 0 not yet */
};
#define TUI_CHILD_INIT                                                                             \
    { .fds = {-1, -1, -1}, .in_fd = -1, .reply_fd = -1 }

enum { TUI_CHILD_EVENTS, TUI_CHILD_OUT, TUI_CHILD_ERR };

/* argv[0] is the program: a path, or a name for PATH. BUSY (EXISTS) when one is running. */
enum shodo_status tui_child_start(struct tui_child *c, const char *const *argv,
                                  struct shodo_error *err);
/* Reads what is there; true when something came or it ended. */
bool tui_child_poll(struct tui_child *c);
/* For what takes well under a second: until it ended, at most `ms`; false: it still runs. */
bool tui_child_wait(struct tui_child *c, uint64_t ms);
size_t tui_child_pollfds(const struct tui_child *c, struct pollfd *out); /* at most TUI_CHILD_FDS */
/* Next complete line of a stream; after the end also the last one without LF. */
bool tui_child_line(struct tui_child *c, int stream, const char **ret, size_t *ret_len);
/* One line into its standard input, which is then closed when `is_last`. */
bool tui_child_say(struct tui_child *c, const char *line, bool is_last);
/* the same on TUI_CHILD_REPLY_FD */
bool tui_child_reply(struct tui_child *c, const char *line, bool is_last);
/* SIGUSR1 holds the engine between two items, SIGUSR2 lets it go on (engine/worker.h). */
void tui_child_pause(struct tui_child *c, bool is_held);
/* SIGTERM; ten seconds later SIGKILL. */
void tui_child_cancel(struct tui_child *c);
void tui_child_done(struct tui_child *c); /* ends it and frees */

#endif
