/* SPDX-License-Identifier: Apache-2.0 */
/* shodo collect: picks → reader → bundle. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "case/case.h"
#include "engine/collect.h"
#include "engine/events.h"
#include "engine/host.h"
#include "engine/sealing.h"
#include "engine/source_open.h"
#include "engine/store.h"
#include "engine/verb.h"
#include "engine/worker.h"
#include "handover/bag.h"
#include "model/entry.h"

enum { PROGRESS_MS = 500 };

struct collecting {
    const char *case_path, *endpoint, *out_path, *source_path;
    struct shodo_vec recipient_paths, key_paths; /* const char * */
    uint64_t max_bytes, passphrase_fd, events_fd;
    bool is_dry, is_json, allow_credentials, is_plain;

    struct shodo_case_dir dir;
    struct shodo_case state;
    struct shodo_opened opened;
    struct shodo_picks picks;
    struct shodo_sealing sealing;
    struct shodo_events events;
    int endpoint_fd;
    uint64_t done_bytes, started_ms, said_ms;
    size_t at;
};

static bool parse(struct collecting *c, const struct shodo_verb *v, int argc, char **argv) {
    const struct shodo_option options[] = {
        {.name = "--case", .text = &c->case_path},
        {.name = "--endpoint", .text = &c->endpoint},
        {.name = "--out", .text = &c->out_path},
        {.name = "--source", .text = &c->source_path},
        {.name = "--recipient", .list = &c->recipient_paths},
        {.name = "--max-bytes", .number = &c->max_bytes},
        {.name = "--confirm-fd", .number = &c->passphrase_fd},
        {.name = "--passphrase-fd", .number = &c->passphrase_fd}, /* its first name */
        {.name = "--events", .number = &c->events_fd},
        {.name = "--recovery-key-file", .list = &c->key_paths},
        {.name = "--dry-run", .flag = &c->is_dry},
        {.name = "--json", .flag = &c->is_json},
        {.name = "--allow-credentials", .flag = &c->allow_credentials},
        {.name = "--plain", .flag = &c->is_plain},
    };
    size_t n = 0;
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), NULL, 0, &n))
        return false;
    if (!c->case_path || !c->endpoint || (!c->out_path && !c->is_dry))
        return shodo_verb_usage(v, "--case, --endpoint and --out are needed"), false;
    return true;
}

/* The source is the one triage was made of, and must still be the same disk. */
static enum shodo_status open_source(struct collecting *c, struct shodo_error *err) {
    const struct shodo_case_endpoint *e = shodo_case_find_endpoint(&c->state, c->endpoint);
    if (!e)
        return shodo_fail(err, SHODO_NOTFOUND, "the case has no endpoint '%s'", c->endpoint);
    const char *path = c->source_path ? c->source_path : e->source;
    if (!*path)
        return shodo_fail(err, SHODO_INVALID, "which source? (--source)");
    enum shodo_status st = shodo_opened_open(&c->opened, path, &c->key_paths, err);
    if (st != SHODO_OK)
        return st;
    const char *serials[SHODO_LIMIT_VOLUMES];
    char id[13];
    const struct shodo_endpoint_facts f = shodo_opened_facts(&c->opened, e->name, serials);
    shodo_case_endpoint_id(&f, id);
    if (strcmp(id, c->endpoint) != 0)
        return shodo_fail(err, SHODO_REFUSED, "'%s' is endpoint %s, not %s: another disk", path, id,
                          c->endpoint);
    return SHODO_OK;
}

static void say_progress(struct collecting *c, const struct shodo_pick *p, bool is_last) {
    uint64_t now = shodo_time_mono_ms();
    if (!is_last && now - c->said_ms < PROGRESS_MS)
        return;
    c->said_ms = now;
    struct shodo_json *j = shodo_events_begin(&c->events, "progress");
    if (j) {
        shodo_json_str(j, "phase", "collect");
        shodo_json_u64(j, "files", c->at);
        shodo_json_u64(j, "files_total", c->picks.list.count);
        shodo_json_u64(j, "bytes", c->done_bytes);
        shodo_json_u64(j, "bytes_total", c->picks.bytes);
        if (p && p->path)
            shodo_json_str(j, "current", p->path);
        shodo_json_u64(j, "elapsed_ms", now - c->started_ms);
        shodo_events_send(&c->events);
    }
    if (!c->is_json && isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%zu of %zu files, %s of %s", c->at, c->picks.list.count,
                shodo_text_size(c->done_bytes, (char[SHODO_SIZE_SHOWN_BYTES]){0}),
                shodo_text_size(c->picks.bytes, (char[SHODO_SIZE_SHOWN_BYTES]){0}));
}

static enum shodo_status on_begin(void *ctx, struct shodo_pick *p, struct shodo_error *err) {
    struct collecting *c = ctx;
    struct shodo_buf path = SHODO_BUF_INIT;
    shodo_pick_bag_path(&path, p);
    const struct shodo_bag_file f = {
        .path = shodo_buf_cstr(&path),
        .size_bytes = p->size_bytes > p->skipped_bytes ? p->size_bytes - p->skipped_bytes : 0,
        .modified = p->times[SHODO_TIME_MODIFIED],
        .accessed = p->times[SHODO_TIME_ACCESSED],
        .born = p->times[SHODO_TIME_BORN],
        .is_stored = p->is_stored,
        .is_quarantined = p->is_quarantined};
    struct shodo_error why = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_bag_begin(c->sealing.bag, &f, &why);
    shodo_buf_done(&path);
    c->at++;
    if (st == SHODO_LIMIT || st == SHODO_EXISTS) {
        p->outcome = SHODO_OUTCOME_LIMITED;
        p->is_by_policy = st == SHODO_EXISTS;
        shodo_text_safe_fixed(p->text, sizeof p->text, why.text, strlen(why.text));
        return SHODO_SKIP;
    }
    if (st != SHODO_OK && err)
        *err = why;
    return st;
}

static enum shodo_status on_data(void *ctx, struct shodo_pick *p, const void *bytes, size_t n,
                                 struct shodo_error *err) {
    struct collecting *c = ctx;
    c->done_bytes += n;
    say_progress(c, p, false);
    return shodo_bag_data(c->sealing.bag, bytes, n, err);
}

static enum shodo_status on_end(void *ctx, struct shodo_pick *p, struct shodo_error *err) {
    struct collecting *c = ctx;
    return shodo_bag_end(c->sealing.bag, p->written_sha256, err);
}

/* What was not copied belongs into the ledger of the endpoint. */
static enum shodo_status write_ledger(struct collecting *c, struct shodo_error *err) {
    struct shodo_store *s = NULL;
    enum shodo_status st = shodo_store_open(&s, c->endpoint_fd, c->endpoint, true, err);
    for (size_t i = 0; i < c->picks.list.count && st == SHODO_OK; i++) {
        const struct shodo_pick *p = shodo_vec_at(&c->picks.list, i);
        bool is_failed = p->outcome == SHODO_OUTCOME_FAILED;
        if (!p->path || (!is_failed && p->outcome != SHODO_OUTCOME_LIMITED &&
                         p->outcome != SHODO_OUTCOME_WITHHELD))
            continue;
        bool is_policy = p->outcome == SHODO_OUTCOME_WITHHELD || p->is_by_policy;
        char text[sizeof p->text + 64];
        snprintf(text, sizeof text, is_failed ? "collecting: %s" : "not collected: %s", p->text);
        struct shodo_ledger l = {.is_problem = !is_policy,
                                 .reason = is_policy   ? SHODO_LEDGER_POLICY
                                           : is_failed ? SHODO_LEDGER_UNREADABLE
                                                       : SHODO_LEDGER_NOSPACE,
                                 .volume = p->volume,
                                 .record = p->record,
                                 .sequence = p->sequence,
                                 .path = p->path,
                                 .drive = p->drive,
                                 .stream = p->stream,
                                 .count = 1,
                                 .size_bytes = p->size_bytes,
                                 .examined_bytes = p->written_bytes,
                                 .text = text,
                                 .is_of_collect = true};
        st = shodo_store_ledger(s, &l, NULL, err);
    }
    if (st == SHODO_OK)
        st = shodo_store_sync(s, err);
    shodo_store_free(s);
    return st;
}

/* What became of every pick, the endpoint's results, and the journal so far. */
static enum shodo_status add_tags(struct collecting *c, struct shodo_error *err) {
    static const char *const results[] = {"findings.jsonl", "facts.jsonl", "ledger.jsonl"};
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    for (size_t i = 0; i < c->picks.list.count; i++)
        shodo_pick_write(&j, shodo_vec_at(&c->picks.list, i));
    enum shodo_status st = b.failed ? shodo_fail(err, SHODO_NOMEM,
                                                 "no memory for the list of collected files")
                                    : shodo_sealing_tag(&c->sealing, "tags/collected.jsonl",
                                                        b.data ? b.data : "", b.len, err);
    shodo_buf_done(&b);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(results) && st == SHODO_OK; i++) {
        char path[64];
        snprintf(path, sizeof path, "tags/%s", results[i]);
        st = shodo_sealing_tag_file(&c->sealing, c->endpoint_fd, results[i], path, err);
    }
    char name[96], path[128];
    snprintf(name, sizeof name, "%.64s.jsonl", shodo_key_stick_id(c->dir.key));
    snprintf(path, sizeof path, "tags/journal/%s", name);
    if (st == SHODO_OK)
        st = shodo_sealing_tag_file(&c->sealing, c->dir.journal_fd, name, path, err);
    return st;
}

static enum shodo_status seal(struct collecting *c, struct shodo_error *err) {
    const struct shodo_collect_sink sink = {
        .ctx = c, .begin = on_begin, .data = on_data, .end = on_end};
    enum shodo_status st = shodo_sealing_open(&c->sealing, c->max_bytes, c->is_plain, err);
    if (st == SHODO_OK)
        st = shodo_sealing_first_page(&c->sealing, c->case_path, err);
    if (st == SHODO_OK)
        st = shodo_journal_checkpoint(c->dir.journal, err);
    if (st == SHODO_OK)
        st = shodo_collect_read(&c->picks, &c->opened.host, &sink, err);
    if (st == SHODO_OK)
        st = write_ledger(c, err);
    if (st == SHODO_OK)
        st = add_tags(c, err);
    if (st == SHODO_OK)
        st = shodo_sealing_info(&c->sealing, c->endpoint,
                                c->state.is_drill
                                    ? "DRILL: artifacts of a training disk"
                                    : "artifacts of an incident; may contain patient data",
                                err);
    if (st == SHODO_OK)
        st = shodo_bag_seal(c->sealing.bag, &c->sealing.seal, err);
    if (st == SHODO_OK)
        st = shodo_sealing_record(&c->sealing, c->endpoint, err);
    c->sealing.bag = shodo_bag_free(c->sealing.bag);
    return st;
}

struct sums {
    uint64_t problems; /* failed, or limited by space */
    uint64_t files[SHODO_OUTCOME_WITHHELD + 1], bytes[SHODO_OUTCOME_WITHHELD + 1];
};

static struct sums add_up(const struct collecting *c) {
    struct sums s = {.files = {0}};
    for (size_t i = 0; i < c->picks.list.count; i++) {
        const struct shodo_pick *p = shodo_vec_at(&c->picks.list, i);
        s.files[p->outcome]++;
        s.problems += p->outcome == SHODO_OUTCOME_FAILED ||
                      (p->outcome == SHODO_OUTCOME_LIMITED && !p->is_by_policy);
        s.bytes[p->outcome] += p->outcome == SHODO_OUTCOME_COLLECTED
                                   ? p->written_bytes
                                   : p->size_bytes - SHODO_MIN(p->skipped_bytes, p->size_bytes);
    }
    return s;
}

static void print_result(struct collecting *c) {
    struct sums s = add_up(c);
    struct shodo_buf b = SHODO_BUF_INIT;
    if (c->is_json) {
        struct shodo_json j = shodo_json_to(&b);
        for (size_t i = 0; c->is_dry && i < c->picks.list.count; i++)
            shodo_pick_write(&j, shodo_vec_at(&c->picks.list, i));
        shodo_json_object(&j, NULL);
        shodo_json_bool(&j, "is_dry_run", c->is_dry);
        for (int i = 0; i <= SHODO_OUTCOME_WITHHELD; i++)
            shodo_json_u64(&j, shodo_outcome_name((enum shodo_outcome)i), s.files[i]);
        shodo_json_u64(&j, "bytes", c->is_dry ? c->picks.bytes : s.bytes[SHODO_OUTCOME_COLLECTED]);
        if (!c->is_dry) {
            shodo_json_str(&j, "name", c->sealing.name);
            shodo_json_str(&j, "segments_sha256", c->sealing.seal.segments_sha256);
            shodo_json_u64(&j, "segments", c->sealing.seal.segments);
            shodo_json_u64(&j, "sealed_bytes", c->sealing.seal.sealed_bytes);
            shodo_json_str(&j, "signer", shodo_key_fingerprint(c->dir.key));
        }
        shodo_json_object_end(&j);
        shodo_json_line_end(&j);
    } else {
        for (int i = SHODO_OUTCOME_WITHHELD; i >= 0; i--)
            if (s.files[i])
                shodo_buf_addf(&b, "%-10s %6llu files  %llu bytes\n",
                               shodo_outcome_name((enum shodo_outcome)i),
                               (unsigned long long)s.files[i], (unsigned long long)s.bytes[i]);
        char digest[SHODO_FINGERPRINT_SHOWN_BYTES], signer[SHODO_FINGERPRINT_SHOWN_BYTES];
        if (!c->is_dry)
            shodo_buf_addf(&b, "bundle %s: %u segments, %llu bytes\ndigest  %s\nsigner  %s\n",
                           c->sealing.name, c->sealing.seal.segments,
                           (unsigned long long)c->sealing.seal.sealed_bytes,
                           shodo_text_fingerprint(c->sealing.seal.segments_sha256, digest),
                           shodo_text_fingerprint(shodo_key_fingerprint(c->dir.key), signer));
    }
    fwrite(shodo_buf_cstr(&b), 1, b.len, stdout);
    shodo_buf_done(&b);
}

static enum shodo_status journal_run(struct collecting *c, const char *run, const char *status,
                                     struct shodo_error *err) {
    struct sums s = add_up(c);
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "run", run);
    shodo_json_str(&j, "endpoint", c->endpoint);
    shodo_json_str(&j, "kind", "collect");
    if (status) {
        shodo_json_str(&j, "status", status);
        shodo_json_u64(&j, "files", s.files[SHODO_OUTCOME_COLLECTED]);
        shodo_json_u64(&j, "bytes", s.bytes[SHODO_OUTCOME_COLLECTED]);
        shodo_json_u64(&j, "problems", s.problems);
    } else {
        shodo_json_str(&j, "bundle", c->sealing.name);
        shodo_json_bool(&j, "allow_credentials", c->allow_credentials);
    }
    shodo_json_object_end(&j);
    enum shodo_status st = b.failed ? shodo_fail(err, SHODO_NOMEM, "no memory for a journal record")
                                    : shodo_journal_add(c->dir.journal, "engine",
                                                        status ? "run.end" : "run.start",
                                                        shodo_buf_cstr(&b), err);
    shodo_buf_done(&b);
    /* the end of a run is under a signature too: nothing of it can be changed unseen */
    return st == SHODO_OK && status ? shodo_journal_checkpoint(c->dir.journal, err) : st;
}

static enum shodo_status prepare(struct collecting *c, struct shodo_error *err) {
    enum shodo_status st = c->is_dry ? shodo_case_dir_look(&c->dir, c->case_path, err)
                                     : shodo_case_dir_open(&c->dir, c->case_path, NULL, err);
    if (st == SHODO_OK)
        st = shodo_case_load(&c->state, &c->dir, err);
    if (st == SHODO_OK)
        st = shodo_case_endpoint_dir(&c->endpoint_fd, &c->dir, c->endpoint, false, err);
    if (st == SHODO_OK)
        st = shodo_picks_load(&c->picks, c->endpoint_fd, c->allow_credentials, err);
    if (st == SHODO_OK)
        shodo_picks_budget(&c->picks, c->max_bytes);
    return st;
}

static enum shodo_status collect(struct collecting *c, struct shodo_error *err) {
    uint8_t id[16];
    char run[33];
    /* says why ZIP work is refused without it */
    enum shodo_status st = shodo_text_locale_init(c->out_path, err);
    if (st == SHODO_OK)
        st = open_source(c, err);
    if (st == SHODO_OK)
        st = shodo_host_open_dir(&c->sealing.out_fd, c->out_path, true, err);
    if (st == SHODO_OK && c->is_plain && !c->state.is_drill)
        st = shodo_fail(err, SHODO_REFUSED, "an unencrypted bundle can only be made in a drill");
    if (st == SHODO_OK)
        st = shodo_sealing_name(&c->sealing, c->endpoint, err);
    if (st == SHODO_OK)
        st = shodo_random(id, sizeof id, err);
    if (st != SHODO_OK)
        return st;
    shodo_hex(id, sizeof id, run);
    st = journal_run(c, run, NULL, err);
    if (st != SHODO_OK)
        return st;
    /* begun before the number is shown: when the program dies while it is being written down, the
     * journal knows that this number is void */
    struct shodo_error why = SHODO_ERROR_INIT;
    st = shodo_sealing_recipients(&c->sealing, &c->recipient_paths, c->passphrase_fd, c->is_plain,
                                  &why);
    if (st == SHODO_OK)
        st = seal(c, &why);
    struct sums s = add_up(c);
    const char *status = st == SHODO_CANCELLED ? "cancelled"
                         : st != SHODO_OK      ? "failed"
                         : s.problems          ? "incomplete"
                                               : "done";
    enum shodo_status st2 = journal_run(c, run, status, st == SHODO_OK ? err : NULL);
    if (st != SHODO_OK && err)
        *err = why;
    return st != SHODO_OK ? st : st2;
}

static void collecting_done(struct collecting *c) {
    shodo_sealing_done(&c->sealing);
    shodo_picks_done(&c->picks);
    shodo_opened_done(&c->opened);
    shodo_case_done(&c->state);
    shodo_io_close(&c->endpoint_fd);
    shodo_case_dir_done(&c->dir);
    shodo_events_done(&c->events);
    shodo_vec_done(&c->recipient_paths);
    shodo_vec_done(&c->key_paths);
}

static int finish(struct collecting *c, const struct shodo_verb *v, enum shodo_status st,
                  const struct shodo_error *err) {
    struct sums s = add_up(c);
    bool is_empty = st == SHODO_OK && !c->is_dry && s.files[SHODO_OUTCOME_COLLECTED] == 0;
    int code = s.problems || is_empty ? SHODO_EXIT_INCOMPLETE : SHODO_EXIT_NOTHING;
    if (st == SHODO_CANCELLED)
        code = SHODO_EXIT_INCOMPLETE;
    else if (st != SHODO_OK)
        code = st == SHODO_INVALID ? SHODO_EXIT_USAGE : SHODO_EXIT_FAILED;
    struct shodo_json *j = shodo_events_begin(&c->events, "done");
    if (j) {
        shodo_json_str(j, "status",
                       st == SHODO_OK          ? "done"
                       : st == SHODO_CANCELLED ? "cancelled"
                                               : "failed");
        shodo_json_i64(j, "exit", code);
        shodo_json_u64(j, "files", s.files[SHODO_OUTCOME_COLLECTED]);
        shodo_json_u64(j, "bytes", s.bytes[SHODO_OUTCOME_COLLECTED]);
        shodo_json_u64(j, "problems", s.problems);
        for (int i = SHODO_OUTCOME_MISSING; i <= SHODO_OUTCOME_WITHHELD; i++)
            shodo_json_u64(j, shodo_outcome_name((enum shodo_outcome)i), s.files[i]);
        shodo_json_str(j, "name", c->sealing.name);
        shodo_json_u64(j, "elapsed_ms", shodo_time_mono_ms() - c->started_ms);
        shodo_events_send(&c->events);
    }
    if (!c->is_json && !c->is_dry && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (is_empty)
        fputs(
            "shodo collect: nothing was collected: the sealed bundle holds only records of the run\n",
            stderr);
    if (st == SHODO_OK)
        print_result(c);
    else
        shodo_verb_fail(v, code, err->text);
    return code;
}

int shodo_verb_collect(const struct shodo_verb *v, int argc, char **argv) {
    struct collecting c = {.recipient_paths = SHODO_VEC_INIT(sizeof(const char *)),
                           .key_paths = SHODO_VEC_INIT(sizeof(const char *)),
                           .sealing = SHODO_SEALING_INIT,
                           .passphrase_fd = UINT64_MAX,
                           .events_fd = UINT64_MAX,
                           .dir = SHODO_CASE_DIR_INIT,
                           .opened = {.host = {.fd = -1}},
                           .endpoint_fd = -1,
                           .started_ms = shodo_time_mono_ms()};
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_case_init(&c.state);
    c.sealing.dir = &c.dir;
    c.sealing.state = &c.state;
    shodo_events_init(&c.events, -1);
    int code = SHODO_EXIT_USAGE;
    if (parse(&c, v, argc, argv)) {
        shodo_events_init(&c.events, c.events_fd <= INT32_MAX ? (int)c.events_fd : -1);
        shodo_signals_init();
        enum shodo_status st = prepare(&c, &err);
        if (st == SHODO_OK && !c.is_dry)
            st = collect(&c, &err);
        code = finish(&c, v, st, &err);
    }
    collecting_done(&c);
    return code;
}
