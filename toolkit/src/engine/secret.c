/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "handover/bag.h"

enum { LINE_MAX_BYTES = 1024, GROUP_DIGITS = 4, TRIES = 3 };

void shodo_secret_wipe(struct shodo_buf *b) {
    if (b->data)
        explicit_bzero(b->data, b->cap);
    shodo_buf_done(b);
}

/* Byte by byte: what follows the line belongs to somebody else. */
static enum shodo_status read_line(struct shodo_buf *out, int fd, struct shodo_error *err) {
    if (!shodo_buf_reserve(out, LINE_MAX_BYTES + 1))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a pass phrase");
    for (;;) {
        char c;
        ssize_t r = read(fd, &c, 1);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return shodo_fail_errno(err, "reading the pass phrase");
        if (r == 0 || c == '\n')
            break;
        if (out->len >= LINE_MAX_BYTES)
            return shodo_fail(err, SHODO_LIMIT, "pass phrase is too long");
        shodo_buf_addc(out, c);
    }
    shodo_buf_cstr(out);
    return SHODO_OK;
}

enum shodo_status shodo_secret_read(struct shodo_buf *out, uint64_t fd, struct shodo_error *err) {
    if (fd == UINT64_MAX)
        return SHODO_OK;
    if (fd > INT32_MAX)
        return shodo_fail(err, SHODO_INVALID, "no such descriptor");
    return read_line(out, (int)fd, err);
}

static enum shodo_status ask_back(int in, int out, const char *want, struct shodo_error *err) {
    for (int i = 0; i < TRIES; i++) {
        struct shodo_buf line = SHODO_BUF_INIT;
        dprintf(out, "最後の4桁を入力 / type the last group: ");
        enum shodo_status st = read_line(&line, in, err);
        bool fits = st == SHODO_OK && strcmp(shodo_buf_cstr(&line), want) == 0;
        shodo_secret_wipe(&line);
        if (st != SHODO_OK || fits)
            return st;
    }
    return shodo_fail(err, SHODO_REFUSED, "the last group did not fit; nothing was written");
}

enum shodo_status shodo_secret_new(char out[30], uint64_t fd, struct shodo_error *err) {
    enum shodo_status st = shodo_bag_passphrase(out, err);
    if (st != SHODO_OK)
        return st;
    const char *last = out + strlen(out) - GROUP_DIGITS;
    if (fd != UINT64_MAX) {
        if (fd > INT32_MAX)
            return shodo_fail(err, SHODO_INVALID, "no such descriptor");
        dprintf(STDERR_FILENO, "passphrase: %s\n", out);
        return ask_back((int)fd, STDERR_FILENO, last, err);
    }
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0)
        return shodo_fail(
            err, SHODO_INVALID,
            "no recipient certificate and no terminal to show a pass phrase on (--recipient, --confirm-fd)");
    dprintf(
        tty,
        "\nこの番号を紙に書く. どこにも保存されない.\nWrite this number down. It is stored nowhere.\n\n    %s\n\n",
        out);
    st = ask_back(tty, tty, last, err);
    shodo_io_close(&tty);
    return st;
}
