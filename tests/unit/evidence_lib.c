/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence_lib.h"

#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"

extern char **environ;

const char *data_path(const char *name, char out[512]) {
    snprintf(out, 512, "%s/%s", SHODO_EVIDENCE_DATA, name);
    if (access(out, R_OK) != 0) {
        print_message("skipped: no '%s' (real volumes of ../shared/testdata are not here)\n", name);
        skip();
    }
    return out;
}

void image_open(struct image *im, const char *path) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct stat sb;
    im->fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(im->fd >= 0);
    assert_int_equal(fstat(im->fd, &sb), 0);
    assert_int_equal(shodo_source_from_fd(&im->source, im->fd, (uint64_t)sb.st_size, 512, &err),
                     SHODO_OK);
    if (shodo_volume_table_open(&im->table, im->source, &err) != SHODO_OK)
        fail_msg("%s: %s", path, err.text);
}

void image_close(struct image *im) {
    shodo_volume_table_done(&im->table);
    shodo_source_free(im->source);
    close(im->fd);
}

static int run(const char *const argv[], void (*take)(void *ctx, const uint8_t *p, size_t n),
               void *ctx) {
    posix_spawn_file_actions_t fa;
    int fds[2], status = -1;
    pid_t pid = -1;
    uint8_t buf[65536];
    ssize_t n = 0;
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&fa);
    posix_spawn_file_actions_adddup2(&fa, fds[1], 1);
    posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&pid, argv[0], &fa, NULL, (char *const *)argv, environ) != 0)
        pid = -1;
    posix_spawn_file_actions_destroy(&fa);
    close(fds[1]);
    while (pid > 0 && (n = read(fds[0], buf, sizeof(buf))) > 0)
        take(ctx, buf, (size_t)n);
    close(fds[0]);
    if (pid <= 0)
        return 127;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

struct hashing {
    struct shodo_hash *hash;
    uint64_t bytes;
};

static void take_hash(void *ctx, const uint8_t *p, size_t n) {
    struct hashing *h = ctx;
    shodo_hash_update(h->hash, p, n);
    h->bytes += n;
}

int run_sha256(const char *const argv[], uint8_t digest[32], uint64_t *ret_len) {
    struct hashing h = {.hash = shodo_hash_new(SHODO_SHA256)};
    int rc = run(argv, take_hash, &h);
    shodo_hash_final(h.hash, digest);
    shodo_hash_free(h.hash);
    *ret_len = h.bytes;
    return rc;
}

struct keeping {
    char *out;
    size_t at, room;
};

static void take_text(void *ctx, const uint8_t *p, size_t n) {
    struct keeping *k = ctx;
    n = n < k->room - k->at ? n : k->room - k->at;
    memcpy(k->out + k->at, p, n);
    k->at += n;
}

int run_text(const char *const argv[], char *out, size_t n) {
    struct keeping k = {.out = out, .at = 0, .room = n - 1};
    int rc = run(argv, take_text, &k);
    out[k.at] = '\0';
    return rc;
}

void file_sha256(const char *path, uint8_t digest[32]) {
    const char *argv[] = {"cat", path, NULL};
    uint64_t len = 0;
    assert_int_equal(run_sha256(argv, digest, &len), 0);
}

uint64_t stream_sha256(struct shodo_source *s, const struct shodo_entry *e, size_t stream,
                       uint8_t digest[32]) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    struct shodo_content *c = NULL;
    uint8_t *buf = malloc(100000);
    uint64_t at = 0, lost = 0;
    size_t n = 0;
    assert_non_null(buf);
    if (shodo_content_open(&c, s, e, stream, &err) != SHODO_OK)
        fail_msg("%.*s: %s", (int)e->path_len, e->path, err.text);
    do { /* a size that is no multiple of anything */
        assert_int_equal(shodo_content_read(c, at, buf, 100000 - 1, &n, &err), SHODO_OK);
        shodo_hash_update(h, buf, n);
        at += n;
    } while (n > 0);
    assert_int_equal(at, shodo_content_size(c));
    lost = shodo_content_lost(c);
    shodo_hash_final(h, digest);
    shodo_hash_free(h);
    shodo_content_free(c);
    free(buf);
    return lost;
}
