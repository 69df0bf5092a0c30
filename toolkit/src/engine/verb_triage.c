/* SPDX-License-Identifier: Apache-2.0 */
/* shodo triage: source → findings, facts and ledger of one endpoint of a case. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "case/case.h"
#include "engine/answers_run.h"
#include "engine/answers_show.h"
#include "engine/earlier.h"
#include "engine/rules_set.h"
#include "engine/source_open.h"
#include "engine/summary.h"
#include "engine/supervisor.h"
#include "engine/verb.h"
#include "engine/worker.h"

enum { RUN_ID_BYTES = 16, LOCK_TRIES = 50 };

struct triage {
    const char *source, *case_path, *name, *profile_name, *lang;
    struct shodo_vec rules, only_rules, artifacts, only_artifacts, select, keys; /* const char * */
    uint64_t jobs, events_fd, entry_seconds;
    bool is_json, is_again, is_replacing;

    enum shodo_profile profile;
    struct shodo_case_dir dir;
    struct shodo_case state;
    struct shodo_opened opened;
    struct shodo_rules_set yara, definitions;
    struct shodo_plan *plan;
    struct shodo_detect *detect;
    struct shodo_store *store;
    struct shodo_events events;
    struct shodo_resume resume;
    struct shodo_run_result result;
    int endpoint_fd;
    char endpoint[13];
    char run[2 * RUN_ID_BYTES + 1];
};

static const char *const profile_names[] = {"quick", "standard", "full"};

static bool parse(struct triage *t, const struct shodo_verb *v, int argc, char **argv) {
    const struct shodo_option options[] = {
        {.name = "--case", .text = &t->case_path},
        {.name = "--name", .text = &t->name},
        {.name = "--profile", .text = &t->profile_name, .choices = "quick|standard|full"},
        {.name = "--rules", .list = &t->rules},
        {.name = "--only-rules", .list = &t->only_rules},
        {.name = "--artifacts", .list = &t->artifacts},
        {.name = "--only-artifacts", .list = &t->only_artifacts},
        {.name = "--select", .list = &t->select},
        {.name = "--jobs", .number = &t->jobs},
        {.name = "--events", .number = &t->events_fd},
        {.name = "--recovery-key-file", .list = &t->keys},
        {.name = "--entry-seconds", .number = &t->entry_seconds},
        {.name = "--lang", .text = &t->lang, .choices = "ja|en"},
        {.name = "--json", .flag = &t->is_json},
        {.name = "--again", .flag = &t->is_again},
        {.name = "--replace", .flag = &t->is_replacing},
    };
    size_t n = 0;
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), &t->source, 1, &n))
        return false;
    if (n != 1 || !t->case_path)
        return shodo_verb_usage(v, n != 1 ? "which source?" : "which case? (--case DIR)"), false;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(profile_names); i++)
        if (strcmp(t->profile_name, profile_names[i]) == 0) {
            t->profile = (enum shodo_profile)i;
            return true;
        }
    return shodo_verb_usage(v, "the profile is quick, standard or full"), false;
}

static enum shodo_status add_paths(struct shodo_rules_set *r, const struct shodo_vec *paths,
                                   struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < paths->count && st == SHODO_OK; i++)
        st = shodo_rules_add_path(r, *(const char *const *)shodo_vec_at(paths, i), err);
    return st;
}

/* Built-in and site texts, unless the command line says "only these". */
static enum shodo_status load_set(struct triage *t, struct shodo_rules_set *r,
                                  const struct shodo_vec *more, const struct shodo_vec *only,
                                  struct shodo_error *err) {
    const char *folder = r->kind == SHODO_RULES_YARA ? "rules" : "artifacts";
    enum shodo_status st = SHODO_OK;
    if (!only->count) {
        st = shodo_rules_add_builtin(r, err);
        if (st == SHODO_OK && t->dir.site_fd >= 0) {
            st = shodo_rules_add_dir(r, t->dir.site_fd, folder,
                                     r->kind == SHODO_RULES_YARA ? "site/rules" : "site/artifacts",
                                     err);
            st = st == SHODO_NOTFOUND ? SHODO_OK : st;
        }
    }
    if (st == SHODO_OK)
        st = add_paths(r, only, err);
    if (st == SHODO_OK)
        st = add_paths(r, more, err);
    return st == SHODO_OK ? shodo_rules_try(r, err) : st;
}

static enum shodo_status make_plan(struct triage *t, struct shodo_error *err) {
    static const char *const tier1[] = {"ShodoTier1", "ShodoCredentials"};
    struct sysinfo si = {.mem_unit = 1};
    bool is_small = sysinfo(&si) == 0 && (uint64_t)si.totalram * si.mem_unit < SHODO_GIB(2);
    const struct shodo_plan_options o = {
        .profile = t->profile,
        .yara = t->yara.texts.data,
        .yara_verdicts = t->yara.verdicts.data,
        .yara_count = t->yara.accepted,
        .artifacts = t->definitions.texts.data,
        .artifacts_count = t->definitions.accepted,
        .artifact_names = t->select.count ? t->select.data : tier1,
        .artifact_names_count = t->select.count           ? t->select.count
                                : t->only_artifacts.count ? 0
                                                          : SHODO_ARRAY_SIZE(tier1),
        .scan_limit_bytes = is_small ? SHODO_LIMIT_SCAN_BYTES_SMALL : SHODO_LIMIT_SCAN_BYTES,
        .endpoint = t->endpoint,
        .detect = t->detect,
    };
    return shodo_plan_new(&t->plan, &o, err);
}

/* Workers of a run that was killed hold the lock for the moment until they are gone too. */
static bool lock_endpoint(int fd) {
    const struct timespec pause = {.tv_nsec = 100 * 1000 * 1000};
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

static enum shodo_status open_endpoint(struct triage *t, struct shodo_error *err) {
    const char *serials[SHODO_LIMIT_VOLUMES];
    enum shodo_status st = shodo_opened_open(&t->opened, t->source, &t->keys, err);
    if (st == SHODO_OK && t->opened.host.is_tree && !t->name)
        st = shodo_fail(err, SHODO_INVALID,
                        "a directory has no identity of its own: say whose it is with --name");
    if (st == SHODO_OK)
        st = shodo_case_load(&t->state, &t->dir, err);
    if (st != SHODO_OK)
        return st;
    const struct shodo_endpoint_facts f = shodo_opened_facts(&t->opened, t->name, serials);
    st = shodo_case_register(&t->dir, &t->state, &f, "engine", t->endpoint, err);
    if (st == SHODO_OK)
        st = shodo_case_endpoint_dir(&t->endpoint_fd, &t->dir, t->endpoint, true, err);
    if (st == SHODO_OK && !lock_endpoint(t->endpoint_fd))
        st = shodo_fail(err, SHODO_EXISTS, "another run is examining this endpoint");
    return st;
}

static enum shodo_status journal(struct triage *t, const char *event, const char *status,
                                 struct shodo_error *err) {
    const struct shodo_run_result *r = &t->result;
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "run", t->run);
    shodo_json_str(&j, "endpoint", t->endpoint);
    shodo_json_str(&j, "kind", "triage");
    if (!status) {
        shodo_json_str(&j, "profile", t->profile_name);
        shodo_json_str(&j, "source", t->opened.host.path);
        shodo_json_str(&j, "rules", shodo_plan_ruleset_digest(t->plan));
        shodo_json_u64(&j, "rule_files", t->yara.accepted);
        shodo_json_u64(&j, "rule_files_refused", t->yara.texts.count - t->yara.accepted);
        shodo_json_u64(&j, "locked_volumes", shodo_opened_locked(&t->opened));
        shodo_json_bool(&j, "is_resumed", t->resume.is_valid);
    } else {
        const struct shodo_store_counts *n = shodo_store_counts(t->store);
        shodo_json_str(&j, "status", status);
        shodo_json_u64(&j, "files", r->files_done);
        shodo_json_u64(&j, "files_total", r->totals.files);
        shodo_json_u64(&j, "bytes", r->bytes_read);
        shodo_json_u64(&j, "findings", n->detections);
        shodo_json_u64(&j, "artifacts", n->artifacts);
        shodo_json_u64(&j, "facts", n->facts);
        shodo_json_u64(&j, "problems", n->unexamined.problems);
        shodo_json_u64(&j, "policy", n->unexamined.policy);
        shodo_json_u64(&j, "elapsed_ms", r->elapsed_ms);
    }
    shodo_host_write_counters(&j, &t->opened.host);
    shodo_json_object_end(&j);
    enum shodo_status st = b.failed ? shodo_fail(err, SHODO_NOMEM, "no memory for a journal record")
                                    : shodo_journal_add(t->dir.journal, "engine", event,
                                                        shodo_buf_cstr(&b), err);
    shodo_buf_done(&b);
    if (st == SHODO_OK && status)
        st = shodo_journal_checkpoint(t->dir.journal, err);
    return st;
}

/* A rule file that is not used is a problem of the run: it looked for less than was asked. */
static enum shodo_status note_refused(struct triage *t, const struct shodo_rules_set *r,
                                      struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    for (size_t i = r->accepted; i < r->texts.count && st == SHODO_OK; i++) {
        const struct shodo_rule_text *text = shodo_vec_at(&r->texts, i);
        const struct shodo_rule_verdict *v = shodo_vec_at(&r->verdicts, i);
        char line[SHODO_ERROR_TEXT_BYTES + sizeof v->message];
        snprintf(line, sizeof line, "rule file '%.400s' is not used: %s", text->name, v->message);
        struct shodo_ledger l = {.is_problem = true,
                                 .reason = SHODO_LEDGER_RULE,
                                 .count = 1,
                                 .size_bytes = text->len,
                                 .text = line};
        const char *json = NULL;
        st = shodo_store_ledger(t->store, &l, &json, err);
        if (json)
            shodo_events_line(&t->events, "ledger", json);
    }
    return st;
}

static enum shodo_status new_run_id(struct triage *t, struct shodo_error *err) {
    uint8_t id[RUN_ID_BYTES];
    enum shodo_status st = shodo_random(id, sizeof id, err);
    if (st == SHODO_OK)
        shodo_hex(id, sizeof id, t->run);
    return st;
}

/* The results of a fuller run are what the answers and the sheets rest on: they are not put aside
 * without a word. */
static enum shodo_status check_profile(const struct triage *t, struct shodo_error *err) {
    for (size_t i = (size_t)t->profile + 1; i < SHODO_ARRAY_SIZE(profile_names); i++)
        if (strcmp(t->resume.finished, profile_names[i]) == 0 && !t->is_replacing)
            return shodo_fail(
                err, SHODO_REFUSED,
                "the results of a finished %s run are there and know more than a %s run can; with --replace they are put "
                "aside as *.before-N.jsonl",
                profile_names[i], t->profile_name);
    return SHODO_OK;
}

static enum shodo_status open_results(struct triage *t, struct shodo_run_key *key,
                                      struct shodo_error *err) {
    enum shodo_status st = new_run_id(t, err);
    *key = (struct shodo_run_key){
        .run = t->run,
        .source = t->opened.host.path,
        .profile = t->profile_name,
        .locked = t->opened.host.is_tree ? 0 : shodo_opened_locked(&t->opened),
        .rules = shodo_plan_ruleset_digest(t->plan)};
    if (st == SHODO_OK)
        st = shodo_resume_load(&t->resume, t->endpoint_fd, key, err);
    if (st != SHODO_OK)
        return st;
    st = check_profile(t, err);
    if (st != SHODO_OK)
        return st;
    if (t->is_again)
        t->resume.is_valid = false;
    if (t->resume.is_valid && t->resume.run[0])
        memcpy(t->run, t->resume.run, sizeof t->run);
    return shodo_store_open(&t->store, t->endpoint_fd, t->endpoint, t->resume.is_valid, err);
}

/* From names and times of all entries, before any content is read. */
static void on_listed(void *ctx) {
    struct triage *t = ctx;
    struct shodo_error err = SHODO_ERROR_INIT;
    const struct shodo_answers_job job = {.endpoint_fd = t->endpoint_fd,
                                          .site_fd = t->dir.site_fd,
                                          .endpoint = t->endpoint,
                                          .detect = t->detect,
                                          .events = &t->events,
                                          .is_first = true};
    enum shodo_status st = shodo_store_sync(t->store, &err);
    if (st == SHODO_OK)
        st = shodo_answers_run(&job, NULL, &err);
    if (st != SHODO_OK)
        shodo_events_warning(&t->events, err.text);
}

/* The answers, and the machines that they name into the case's list of what to look at next. */
static enum shodo_status answer(struct triage *t, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf scope = SHODO_BUF_INIT;
    const struct shodo_answers_job job = {.endpoint_fd = t->endpoint_fd,
                                          .site_fd = t->dir.site_fd,
                                          .endpoint = t->endpoint,
                                          .detect = t->detect,
                                          .events = &t->events,
                                          .is_unfinished = t->result.is_cancelled,
                                          .ret_scope = &scope};
    enum shodo_status st = shodo_store_sync(t->store, err);
    if (st == SHODO_OK)
        st = shodo_answers_run(&job, NULL, err);
    if (st == SHODO_OK && scope.len)
        st = shodo_journal_add(t->dir.journal, "engine", "scope.add", shodo_buf_cstr(&scope), err);
    return st;
}

static void on_earlier_beat(void *ctx) {
    struct triage *t = ctx;
    const struct shodo_store_counts *n = shodo_store_counts(t->store);
    struct shodo_json *j = shodo_events_begin(&t->events, "progress");
    if (!j)
        return;
    shodo_json_str(j, "phase", "earlier");
    shodo_json_u64(j, "files", t->result.files_done);
    shodo_json_u64(j, "files_total", t->result.totals.files);
    shodo_json_u64(j, "bytes", t->result.bytes_read);
    shodo_json_u64(j, "bytes_total", t->result.totals.bytes);
    shodo_json_u64(j, "findings", n->detections);
    shodo_json_u64(j, "problems", n->unexamined.problems);
    shodo_events_send(&t->events);
}

/* What differs from the shadow copies. */
static enum shodo_status compare_earlier(struct triage *t, struct shodo_error *err) {
    const struct shodo_earlier e = {.host = &t->opened.host,
                                    .volumes = t->opened.host.is_tree ? NULL : &t->opened.volumes,
                                    .store = t->store,
                                    .beat = on_earlier_beat,
                                    .ctx = t};
    if (t->result.is_cancelled)
        return SHODO_OK;
    return shodo_earlier_run(&e, err);
}

static enum shodo_status run(struct triage *t, struct shodo_error *err) {
    struct shodo_run_key key;
    enum shodo_status st = open_results(t, &key, err);
    if (st == SHODO_OK)
        st = journal(t, "run.start", NULL, err);
    if (st == SHODO_OK)
        st = note_refused(t, &t->yara, err);
    if (st == SHODO_OK)
        st = note_refused(t, &t->definitions, err);
    if (st != SHODO_OK)
        return st;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    const struct shodo_run_options o = {
        .host = &t->opened.host,
        .plan = t->plan,
        .volumes = t->opened.host.is_tree ? NULL : &t->opened.volumes,
        .key = &key,
        .detect = t->detect,
        .on_listed = on_listed,
        .on_listed_ctx = t,
        .resume = &t->resume,
        .store = t->store,
        .events = &t->events,
        .endpoint = t->endpoint,
        .jobs = t->jobs ? (unsigned)SHODO_MIN(t->jobs, (uint64_t)SHODO_LIMIT_EXAMINERS)
                        : (unsigned)SHODO_MAX(cpus, 1L),
        .entry_ms = t->entry_seconds * 1000,
        .is_loud = !t->is_json,
        .is_japanese = t->lang && strcmp(t->lang, "ja") == 0};
    struct shodo_error why = SHODO_ERROR_INIT;
    st = shodo_run(&o, &t->result, &why);
    if (st == SHODO_OK)
        st = compare_earlier(t, &why);
    const char *status = st != SHODO_OK                                      ? "failed"
                         : t->result.is_cancelled                            ? "cancelled"
                         : shodo_store_counts(t->store)->unexamined.problems ? "incomplete"
                                                                             : "done";
    if (st == SHODO_OK)
        st = answer(t, &why);
    enum shodo_status st2 = journal(t, "run.end", status, st == SHODO_OK ? err : NULL);
    if (st != SHODO_OK) {
        if (err)
            *err = why;
        return st;
    }
    return st2;
}

static int exit_code(const struct triage *t, enum shodo_status st) {
    if (st != SHODO_OK)
        return st == SHODO_INVALID ? SHODO_EXIT_USAGE : SHODO_EXIT_FAILED;
    const struct shodo_store_counts *n = shodo_store_counts(t->store);
    if (n->detections)
        return SHODO_EXIT_FINDINGS;
    return n->unexamined.problems || t->result.is_cancelled ? SHODO_EXIT_INCOMPLETE
                                                            : SHODO_EXIT_NOTHING;
}

static void say_done(struct triage *t, enum shodo_status st, int code) {
    struct shodo_json *j = shodo_events_begin(&t->events, "done");
    if (!j)
        return;
    const struct shodo_store_counts none = {.detections = 0};
    const struct shodo_store_counts *n = t->store ? shodo_store_counts(t->store) : &none;
    shodo_json_str(j, "status",
                   st != SHODO_OK           ? "failed"
                   : t->result.is_cancelled ? "cancelled"
                                            : "done");
    shodo_json_i64(j, "exit", code);
    shodo_json_u64(j, "files", t->result.files_done);
    shodo_json_u64(j, "bytes", t->result.bytes_read);
    shodo_json_u64(j, "findings", n->detections);
    shodo_json_u64(j, "problems", n->unexamined.problems);
    shodo_json_u64(j, "policy", n->unexamined.policy);
    shodo_json_u64(j, "elapsed_ms", t->result.elapsed_ms);
    shodo_events_send(&t->events);
}

static void print_result(const struct triage *t) {
    struct shodo_summary s;
    struct shodo_buf b = SHODO_BUF_INIT;
    if (shodo_summary_load(&s, t->endpoint_fd, NULL) != SHODO_OK)
        return;
    if (t->is_json) {
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "endpoint", t->endpoint);
        shodo_json_str(&j, "run", t->run);
        shodo_json_u64(&j, "files", t->result.files_done);
        shodo_json_u64(&j, "bytes_read", t->result.bytes_read);
        shodo_json_u64(&j, "bytes_scanned", t->result.bytes_scanned);
        shodo_json_u64(&j, "reused", t->result.reused);
        shodo_json_u64(&j, "respawns", t->result.respawns);
        shodo_json_u64(&j, "elapsed_ms", t->result.elapsed_ms);
        shodo_summary_write(&j, "summary", &s);
        shodo_json_object_end(&j);
        shodo_json_line_end(&j);
    } else {
        bool ja = t->lang && strcmp(t->lang, "ja") == 0;
        shodo_summary_print_unexamined(&s, ja, &b);
        shodo_answers_show(t->endpoint_fd, ja, SHODO_ANSWERS_SHOW_HEAD, &b);
        shodo_summary_print_found(&s, ja, &b);
        shodo_buf_addf(&b,
                       ja ? "端末 %s, %llu 件を %llu.%llu 秒で検査\n"
                          : "endpoint %s, %llu files in %llu.%llu s\n",
                       t->endpoint, (unsigned long long)t->result.files_done,
                       (unsigned long long)(t->result.elapsed_ms / 1000),
                       (unsigned long long)(t->result.elapsed_ms % 1000 / 100));
    }
    fwrite(b.data, 1, b.len, stdout);
    fflush(stdout);
    shodo_buf_done(&b);
    shodo_summary_done(&s);
}

static void triage_done(struct triage *t) {
    shodo_store_free(t->store);
    shodo_plan_free(t->plan);
    shodo_detect_free(t->detect);
    shodo_resume_done(&t->resume);
    shodo_rules_done(&t->yara);
    shodo_rules_done(&t->definitions);
    shodo_opened_done(&t->opened);
    shodo_case_done(&t->state);
    shodo_io_close(&t->endpoint_fd);
    shodo_case_dir_done(&t->dir);
    shodo_events_done(&t->events);
    struct shodo_vec *lists[] = {&t->rules,          &t->only_rules, &t->artifacts,
                                 &t->only_artifacts, &t->select,     &t->keys};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(lists); i++)
        shodo_vec_done(lists[i]);
}

int shodo_verb_triage(const struct shodo_verb *v, int argc, char **argv) {
    const struct shodo_vec list = SHODO_VEC_INIT(sizeof(const char *));
    struct triage t = {.profile_name = "standard",
                       .rules = list,
                       .only_rules = list,
                       .artifacts = list,
                       .only_artifacts = list,
                       .select = list,
                       .keys = list,
                       .events_fd = UINT64_MAX,
                       .dir = SHODO_CASE_DIR_INIT,
                       .opened = {.host = {.fd = -1}},
                       .endpoint_fd = -1};
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_case_init(&t.state);
    shodo_rules_init(&t.yara, SHODO_RULES_YARA);
    shodo_rules_init(&t.definitions, SHODO_RULES_ARTIFACTS);
    shodo_events_init(&t.events, -1);
    int code = SHODO_EXIT_USAGE;
    if (!parse(&t, v, argc, argv)) {
        triage_done(&t);
        return code;
    }
    shodo_events_init(&t.events, t.events_fd <= INT32_MAX ? (int)t.events_fd : -1);
    shodo_signals_init();
    enum shodo_status st = shodo_case_dir_open(&t.dir, t.case_path, NULL, &err);
    if (st == SHODO_OK)
        st = open_endpoint(&t, &err);
    if (st == SHODO_OK)
        st = load_set(&t, &t.yara, &t.rules, &t.only_rules, &err);
    if (st == SHODO_OK)
        st = load_set(&t, &t.definitions, &t.artifacts, &t.only_artifacts, &err);
    if (st == SHODO_OK)
        st = shodo_detect_load(&t.detect, t.dir.site_fd, &err);
    if (st == SHODO_OK)
        st = make_plan(&t, &err);
    if (st == SHODO_OK)
        st = run(&t, &err);
    code = exit_code(&t, st);
    say_done(&t, st, code);
    if (st == SHODO_OK)
        print_result(&t);
    else
        shodo_verb_fail(v, code, err.text);
    triage_done(&t);
    return code;
}
