/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "examine_lib.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "evidence/walk.h"

struct known {
    uint8_t sha256[32];
    char *matches;
    size_t n;
};

static void copy(char *out, size_t n, const char *s) {
    snprintf(out, n, "%s", s ? s : "");
}

static void on_finding(void *ctx, const struct shodo_finding *f) {
    struct exam_run *r = ctx;
    struct said_finding *s = shodo_vec_push(&r->findings);
    assert_non_null(s);
    copy(s->tap, sizeof s->tap, f->tap);
    copy(s->rule, sizeof s->rule, f->rule);
    copy(s->path, sizeof s->path, f->path);
    copy(s->stream, sizeof s->stream, f->stream);
    copy(s->ruleset, sizeof s->ruleset, f->ruleset);
    copy(s->author, sizeof s->author, f->rule_author);
    copy(s->kind, sizeof s->kind, f->kind);
    copy(s->detail, sizeof s->detail, f->detail_json);
    s->verdict = f->verdict;
    s->others = f->other_paths_count;
    s->has_sha256 = f->has_sha256;
    assert_int_equal(strlen(f->id), 64);
}

static void on_ledger(void *ctx, const struct shodo_ledger *l) {
    struct said_line *s = shodo_vec_push(&((struct exam_run *)ctx)->lines);
    assert_non_null(s);
    *s = (struct said_line){.is_problem = l->is_problem,
                            .reason = l->reason,
                            .size_bytes = l->size_bytes,
                            .examined_bytes = l->examined_bytes};
    copy(s->path, sizeof s->path, l->path);
    copy(s->text, sizeof s->text, l->text);
}

static void on_fact(void *ctx, const struct shodo_fact *f) {
    struct said_fact *s = shodo_vec_push(&((struct exam_run *)ctx)->facts);
    assert_non_null(s);
    copy(s->path, sizeof s->path, f->path);
    copy(s->values, sizeof s->values, f->values_json);
}

static bool on_known(void *ctx, const uint8_t sha256[32], struct shodo_buf *out) {
    struct exam_run *r = ctx;
    r->asked++;
    for (size_t i = 0; i < r->cache.count; i++) {
        const struct known *k = shodo_vec_at(&r->cache, i);
        if (memcmp(k->sha256, sha256, 32) == 0)
            return shodo_buf_add(out, k->matches, k->n);
    }
    return false;
}

static void on_learned(void *ctx, const uint8_t sha256[32], const void *matches, size_t n) {
    struct exam_run *r = ctx;
    struct known *k = shodo_vec_push(&r->cache);
    assert_non_null(k);
    memcpy(k->sha256, sha256, 32);
    k->matches = malloc(n + 1);
    assert_non_null(k->matches);
    memcpy(k->matches, matches, n);
    k->n = n;
    r->learned++;
}

void run_open(struct exam_run *r, const struct shodo_plan_options *o) {
    struct shodo_error err = SHODO_ERROR_INIT;
    *r = (struct exam_run){.findings = SHODO_VEC_INIT(sizeof(struct said_finding)),
                           .lines = SHODO_VEC_INIT(sizeof(struct said_line)),
                           .facts = SHODO_VEC_INIT(sizeof(struct said_fact)),
                           .cache = SHODO_VEC_INIT(sizeof(struct known))};
    r->sink = (struct shodo_exam_sink){.ctx = r,
                                       .finding = on_finding,
                                       .ledger = on_ledger,
                                       .fact = on_fact,
                                       .known = on_known,
                                       .learned = on_learned};
    if (shodo_plan_new(&r->plan, o, &err) != SHODO_OK)
        fail_msg("plan: %s", err.text);
    if (shodo_exam_new(&r->exam, r->plan, &r->sink, &err) != SHODO_OK)
        fail_msg("exam: %s", err.text);
}

void run_close(struct exam_run *r) {
    r->exam = shodo_exam_free(r->exam);
    r->plan = shodo_plan_free(r->plan);
    for (size_t i = 0; i < r->cache.count; i++)
        free(((struct known *)shodo_vec_at(&r->cache, i))->matches);
    shodo_vec_done(&r->cache);
    shodo_vec_done(&r->findings);
    shodo_vec_done(&r->lines);
    shodo_vec_done(&r->facts);
}

void run_forget(struct exam_run *r) {
    r->findings.count = r->lines.count = r->facts.count = 0;
}

struct shodo_entry entry_of(const char *path) {
    return (struct shodo_entry){.kind = SHODO_ENTRY_FILE,
                                .drive = 'C',
                                .path = path,
                                .path_len = strlen(path),
                                .owner = "",
                                .damage = ""};
}

void run_fd(struct exam_run *r, struct shodo_entry *e, int fd, uint64_t size) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_source *source = NULL;
    if (shodo_source_from_fd(&source, fd, size, 512, &err) != SHODO_OK)
        fail_msg("source: %s", err.text);
    if (shodo_exam_entry(r->exam, source, e, &err) != SHODO_OK)
        fail_msg("entry: %s", err.text);
    (void)shodo_source_free(source);
}

void run_bytes(struct exam_run *r, const char *path, const char *stream, const void *p, size_t n) {
    struct shodo_entry e = entry_of(path);
    struct shodo_stream streams[2] = {
        {.name = "", .flags = SHODO_STREAM_RESIDENT, .resident = (const uint8_t *)""},
        {.name = stream ? stream : "", .name_len = stream ? strlen(stream) : 0}};
    struct shodo_stream *s = &streams[1];
    s->size_bytes = s->valid_bytes = n;
    s->flags = SHODO_STREAM_HOST_FD;
    e.streams = stream ? streams : s;
    e.streams_count = stream ? 2 : 1;
    int fd = memfd_create("bytes", MFD_CLOEXEC);
    assert_true(fd >= 0);
    for (size_t done = 0; done < n;) {
        ssize_t w = write(fd, (const char *)p + done, n - done);
        assert_true(w > 0);
        done += (size_t)w;
    }
    run_fd(r, &e, fd, n);
    close(fd);
}

struct tree_ctx {
    struct exam_run *r;
    int dirfd;
};

static enum shodo_status on_tree_entry(void *ctx, const struct shodo_entry *e) {
    struct tree_ctx *t = ctx;
    struct shodo_error err = SHODO_ERROR_INIT;
    int fd = -1;
    uint64_t size = 0;
    if (e->kind != SHODO_ENTRY_FILE)
        return SHODO_OK;
    if (shodo_tree_open_file(&fd, t->dirfd, e->path, e->path_len, &size, &err) != SHODO_OK)
        fail_msg("opening: %s", err.text);
    struct shodo_entry copy_of = *e;
    run_fd(t->r, &copy_of, fd, size);
    close(fd);
    return SHODO_OK;
}

static void on_tree_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t record,
                            const char *path, const char *text) {
    (void)ctx;
    (void)reason;
    (void)record;
    fail_msg("walking: %s: %s", path ? path : "", text);
}

void run_tree(struct exam_run *r, const char *directory) {
    struct tree_ctx t = {.r = r, .dirfd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    struct shodo_walk_sink sink = {.ctx = &t, .entry = on_tree_entry, .problem = on_tree_problem};
    struct shodo_walk_stats stats;
    struct shodo_error err = SHODO_ERROR_INIT;
    assert_true(t.dirfd >= 0);
    if (shodo_tree_walk(t.dirfd, &sink, &stats, &err) != SHODO_OK)
        fail_msg("walking: %s", err.text);
    close(t.dirfd);
}

struct shodo_rule_text rule_text(const char *name, const char *text) {
    return (struct shodo_rule_text){.name = name, .text = text, .len = strlen(text), .digest = ""};
}

size_t count_findings(const struct exam_run *r, const char *tap, const char *rule) {
    size_t n = 0;
    for (size_t i = 0; i < r->findings.count; i++) {
        const struct said_finding *f = shodo_vec_at(&r->findings, i);
        n += strcmp(f->tap, tap) == 0 && (!rule || strcmp(f->rule, rule) == 0);
    }
    return n;
}

const struct said_finding *find_finding(const struct exam_run *r, const char *rule) {
    for (size_t i = 0; i < r->findings.count; i++) {
        const struct said_finding *f = shodo_vec_at(&r->findings, i);
        if (strcmp(f->rule, rule) == 0)
            return f;
    }
    return NULL;
}

const struct said_line *find_line(const struct exam_run *r, enum shodo_ledger_reason reason) {
    for (size_t i = 0; i < r->lines.count; i++) {
        const struct said_line *l = shodo_vec_at(&r->lines, i);
        if (l->reason == reason)
            return l;
    }
    return NULL;
}

static void load_folder(const char *directory, const char *suffix, struct shodo_vec *out) {
    DIR *d = opendir(directory);
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d));) {
        char path[1024];
        struct stat st;
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
        assert_int_equal(stat(path, &st), 0);
        if (S_ISDIR(st.st_mode))
            load_folder(path, suffix, out);
        size_t n = strlen(e->d_name), k = strlen(suffix);
        if (!S_ISREG(st.st_mode) || n < k || strcmp(e->d_name + n - k, suffix) != 0)
            continue;
        char *text = malloc((size_t)st.st_size + 1);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        assert_non_null(text);
        assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
        close(fd);
        struct shodo_rule_text *t = shodo_vec_push(out);
        assert_non_null(t);
        *t = (struct shodo_rule_text){
            .name = strdup(e->d_name), .text = text, .len = (size_t)st.st_size, .digest = ""};
    }
    closedir(d);
}

size_t load_texts(const char *directory, const char *suffix, struct shodo_rule_text **ret) {
    struct shodo_vec out = SHODO_VEC_INIT(sizeof(struct shodo_rule_text));
    load_folder(directory, suffix, &out);
    *ret = out.data;
    return out.count;
}

void free_texts(struct shodo_rule_text *texts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        free((void *)(uintptr_t)texts[i].name);
        free((void *)(uintptr_t)texts[i].text);
    }
    free(texts);
}

void run_program(const char *const argv[], struct shodo_buf *out) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(ends[1]);
    char piece[4096];
    for (ssize_t n; (n = read(ends[0], piece, sizeof piece)) > 0;) {
        if (out)
            assert_true(shodo_buf_add(out, piece, (size_t)n));
    }
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("'%s' ended with status %d", argv[0], status);
}

const char *reversinglabs(void) {
    static const char folder[] = SHODO_EXAMINE_DATA "/reversinglabs";
    static const char done[] = SHODO_EXAMINE_DATA "/reversinglabs/LICENSE";
    static const char archive[] = SHODO_SHARED "/testdata/rules/reversinglabs.tar.xz";
    if (access(archive, R_OK) != 0) {
        print_message("skipped: %s is not here\n", archive);
        skip();
    }
    if (access(done, R_OK) != 0) {
        const char *const make[] = {"mkdir", "-p", folder, NULL};
        const char *const unpack[] = {"tar", "-xJf", archive, "-C", folder, NULL};
        run_program(make, NULL);
        run_program(unpack, NULL);
    }
    return folder;
}
