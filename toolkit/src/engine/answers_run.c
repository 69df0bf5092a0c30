/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/answers_run.h"

#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "engine/rules_set.h"
#include "engine/store.h"
#include "examine/answers/answers.h"

enum shodo_status shodo_detect_load(struct shodo_detect **ret, int site_fd,
                                    struct shodo_error *err) {
    struct shodo_rules_set r;
    shodo_rules_init(&r, SHODO_RULES_DETECT);
    enum shodo_status st = shodo_rules_add_builtin(&r, err);
    if (st == SHODO_OK && site_fd >= 0) {
        st = shodo_rules_add_dir(&r, site_fd, "detect", "site/detect", err);
        st = st == SHODO_NOTFOUND ? SHODO_OK : st;
    }
    if (st == SHODO_OK)
        st = shodo_detect_new(ret, r.texts.data, r.texts.count, err);
    shodo_rules_done(&r);
    return st;
}

struct feed {
    struct shodo_answers *answers;
    enum shodo_status (*add)(struct shodo_answers *a, const char *line, size_t n,
                             struct shodo_error *err);
    struct shodo_error *err;
};

static enum shodo_status on_line(void *ctx, const char *line, size_t n) {
    struct feed *f = ctx;
    return f->add(f->answers, line, n, f->err);
}

static enum shodo_status feed(struct shodo_answers *a, int dirfd, struct shodo_error *err) {
    static const struct {
        const char *name;
        enum shodo_status (*add)(struct shodo_answers *a, const char *line, size_t n,
                                 struct shodo_error *err);
    } files[] = {{"findings.jsonl", shodo_answers_finding},
                 {"facts.jsonl", shodo_answers_fact},
                 {"ledger.jsonl", shodo_answers_ledger}};
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(files) && st == SHODO_OK; i++) {
        struct feed f = {.answers = a, .add = files[i].add, .err = err};
        st = shodo_store_each(dirfd, files[i].name, on_line, &f, err);
        st = st == SHODO_NOTFOUND ? SHODO_OK : st;
    }
    return st == SHODO_OK ? shodo_answers_conclude(a, err) : st;
}

static void say(struct shodo_events *e, struct shodo_answers *a) {
    for (size_t i = 0; i < shodo_answers_count(); i++) {
        struct shodo_json *j = shodo_events_begin(e, "answer");
        if (!j)
            return;
        shodo_answers_write_one(a, i, j, "data");
        shodo_events_send(e);
    }
}

static enum shodo_status write_files(const struct shodo_answers_job *job, struct shodo_answers *a,
                                     struct shodo_error *err) {
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    shodo_answers_write(a, &j);
    shodo_json_line_end(&j);
    enum shodo_status st = b.failed ? shodo_fail(err, SHODO_NOMEM, "no memory for the answers")
                                    : shodo_io_write_generation(job->endpoint_fd, "answers", "json",
                                                                b.data, b.len, err);
    shodo_buf_clear(&b);
    shodo_answers_timeline(a, &b);
    if (st == SHODO_OK)
        st = b.failed ? shodo_fail(err, SHODO_NOMEM, "no memory for the timeline")
                      : shodo_io_write_generation(job->endpoint_fd, "timeline", "jsonl",
                                                  shodo_buf_cstr(&b), b.len, err);
    shodo_buf_done(&b);
    return st;
}

static void put_scope(const struct shodo_answers *a, const char *endpoint, struct shodo_buf *out) {
    struct shodo_json j = shodo_json_to(out);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "endpoint", endpoint);
    size_t n = shodo_answers_hosts(a, &j, "hosts");
    shodo_json_u64(&j, "named", n);
    shodo_json_object_end(&j);
    if (!n || out->failed)
        shodo_buf_clear(out);
}

/* Names and hosts of the external connections that the site's profile lists. */
static const struct shodo_value *known_connections(int site_fd, struct shodo_doc **ret) {
    struct shodo_buf b = SHODO_BUF_INIT;
    *ret = NULL;
    if (site_fd >= 0 &&
        shodo_io_read_file(&b, site_fd, "site.yaml", SHODO_LIMIT_DOC_BYTES, NULL) == SHODO_OK)
        shodo_doc_parse_yaml(ret, "site.yaml", shodo_buf_cstr(&b), b.len, NULL);
    shodo_buf_done(&b);
    return shodo_value_get(shodo_doc_root(*ret), "connections");
}

enum shodo_status shodo_answers_run(const struct shodo_answers_job *job, const char **ret_verdict,
                                    struct shodo_error *err) {
    shodo_autop(shodo_answers) struct shodo_answers *a = NULL;
    struct shodo_doc *site = NULL;
    const struct shodo_answers_options o = {.endpoint = job->endpoint,
                                            .is_first = job->is_first,
                                            .is_unfinished = job->is_unfinished,
                                            .connections = known_connections(job->site_fd, &site)};
    enum shodo_status st = shodo_answers_new(&a, job->detect, &o, err);
    if (st == SHODO_OK)
        st = feed(a, job->endpoint_fd, err);
    if (st == SHODO_OK && ret_verdict)
        *ret_verdict = shodo_answers_verdict(a);
    if (st == SHODO_OK && job->events)
        say(job->events, a);
    if (st == SHODO_OK && !job->is_first)
        st = write_files(job, a, err);
    if (st == SHODO_OK && job->ret_scope)
        put_scope(a, job->endpoint, job->ret_scope);
    shodo_doc_free(site);
    return st;
}
