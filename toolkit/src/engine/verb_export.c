/* SPDX-License-Identifier: Apache-2.0 */
/* shodo export: timeline and indicators for other programs. Formats: handover/export.h. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "case/case.h"
#include "engine/export_run.h"
#include "engine/host.h"
#include "engine/store.h"
#include "engine/verb.h"
#include "handover/export.h"

struct feed {
    struct shodo_export *e;
    enum shodo_export_line kind;
    struct shodo_error *err;
};

static enum shodo_status on_line(void *ctx, const char *line, size_t n) {
    struct feed *f = ctx;
    return shodo_export_line(f->e, f->kind, line, n, f->err);
}

static enum shodo_status timeline(struct shodo_export *e, int fd, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    enum shodo_status st = shodo_io_read_generation(&b, fd, "timeline", "jsonl",
                                                    SHODO_LIMIT_TAG_FILE_BYTES, err);
    if (st == SHODO_NOTFOUND)
        return shodo_fail(err, SHODO_NOTFOUND,
                          "no timeline yet: run triage or 'shodo answers' first");
    for (size_t at = 0; st == SHODO_OK && at < b.len;) {
        const char *lf = memchr(b.data + at, '\n', b.len - at);
        size_t n = lf ? (size_t)(lf - b.data) - at : b.len - at;
        st = shodo_export_line(e, SHODO_EXPORT_TIMELINE, b.data + at, n, err);
        at += n + 1;
    }
    return st;
}

enum shodo_status shodo_export_endpoint(struct shodo_export *e, const struct shodo_case_dir *dir,
                                        const struct shodo_case_endpoint *p,
                                        struct shodo_error *err) {
    int fd = -1;
    enum shodo_status st = shodo_case_endpoint_dir(&fd, dir, p->id, false, err);
    if (st == SHODO_OK) {
        shodo_export_host(e, p->id, *p->computer ? p->computer : *p->name ? p->name : p->id);
        struct feed f = {.e = e, .kind = SHODO_EXPORT_FINDING, .err = err};
        st = shodo_store_each(fd, "findings.jsonl", on_line, &f, err);
        st = st == SHODO_NOTFOUND ? SHODO_OK : st;
    }
    if (st == SHODO_OK)
        st = timeline(e, fd, err);
    shodo_io_close(&fd);
    return st;
}

static enum shodo_status write_out(const char *path, struct shodo_export *e,
                                   struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    enum shodo_status st = shodo_export_finish(e, &out, err);
    if (st != SHODO_OK)
        return st;
    if (strcmp(path, "-") == 0)
        return shodo_io_write_all(STDOUT_FILENO, out.data, out.len, err);
    char store[4096];
    const char *name = NULL;
    int fd = -1;
    st = shodo_host_split(&fd, &name, path, store, err);
    if (st == SHODO_OK)
        st = shodo_io_write_file(fd, name, shodo_buf_cstr(&out), out.len, err);
    shodo_io_close(&fd);
    return st;
}

int shodo_verb_export(const struct shodo_verb *v, int argc, char **argv) {
    const char *path = NULL, *endpoint = NULL, *format_name = NULL, *out = NULL, *none[1];
    size_t n = 0;
    const struct shodo_option options[] = {{.name = "--case", .text = &path},
                                           {.name = "--endpoint", .text = &endpoint},
                                           {.name = "--format", .text = &format_name},
                                           {.name = "--out", .text = &out}};
    enum shodo_export_format format;
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), none, 0, &n))
        return SHODO_EXIT_USAGE;
    if (!path || !out || !format_name)
        return shodo_verb_usage(v, "--case, --format and --out are needed");
    if (!shodo_export_format_parse(format_name, &format))
        return shodo_verb_usage(v, "the format is timesketch, bodyfile or stix");
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_case_dir dir = SHODO_CASE_DIR_INIT;
    struct shodo_case state;
    shodo_autop(shodo_export) struct shodo_export *e = NULL;
    shodo_case_init(&state);
    enum shodo_status st = shodo_case_dir_look(&dir, path, &err);
    if (st == SHODO_OK)
        st = shodo_case_load(&state, &dir, &err);
    if (st == SHODO_OK)
        st = shodo_export_new(&e, format, state.id, state.created, &err);
    size_t done = 0;
    for (size_t i = 0; st == SHODO_OK && i < state.endpoints.count; i++) {
        const struct shodo_case_endpoint *p = shodo_vec_at(&state.endpoints, i);
        if (endpoint && strcmp(endpoint, p->id) != 0)
            continue;
        st = shodo_export_endpoint(e, &dir, p, &err);
        done++;
    }
    if (st == SHODO_OK && !done)
        st = shodo_fail(&err, SHODO_NOTFOUND, "the case has no such endpoint");
    if (st == SHODO_OK)
        st = write_out(out, e, &err);
    int code = st == SHODO_OK
                   ? SHODO_EXIT_NOTHING
                   : shodo_verb_fail(v, st == SHODO_INVALID ? SHODO_EXIT_USAGE : SHODO_EXIT_FAILED,
                                     err.text);
    shodo_case_done(&state);
    shodo_case_dir_done(&dir);
    return code;
}
