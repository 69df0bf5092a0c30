/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/collect.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "base/value.h"
#include "engine/rules_set.h"
#include "engine/store.h"
#include "model/entry.h"

static const char *const outcome_names[] = {"planned", "collected", "missing", "empty",
                                            "limited", "failed",    "withheld"};

const char *shodo_outcome_name(enum shodo_outcome o) {
    return outcome_names[o];
}

struct loading {
    struct shodo_picks *p;
    struct shodo_arena line;
    bool allow_credentials;
    struct shodo_vec definitions; /* const char *: names of the group that is collected */
};

/* Definitions whose files are compressed already or are read very slowly when compressed. */
static const char *const stored_rules[] = {
    "ShodoMft",     "ShodoUsnJournal",        "ShodoSystemHives",   "ShodoUserHives",
    "ShodoAmcache", "ShodoSystemHiveBackups", "ShodoCredentialSAM", "ShodoCredentialSECURITY"};
static const char *const stored_extensions[] = {".zip", ".gz",  ".7z",   ".rar",  ".cab",
                                                ".jpg", ".png", ".docx", ".xlsx", ".pf"};
static const char *const program_extensions[] = {".exe", ".dll", ".sys", ".scr", ".com", ".msi",
                                                 ".ps1", ".bat", ".cmd", ".vbs", ".vbe", ".js",
                                                 ".jse", ".hta", ".wsf", ".py",  ".lnk"};

static bool is_one_of(const char *s, const char *const *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (shodo_text_ieq(s, list[i]))
            return true;
    return false;
}

static bool has_extension(const char *path, const char *const *list, size_t n) {
    struct shodo_buf b = SHODO_BUF_INIT;
    bool yes = shodo_entry_extension(&b, path, strlen(path)) &&
               is_one_of(shodo_buf_cstr(&b), list, n);
    shodo_buf_done(&b);
    return yes;
}

static bool is_note(const struct shodo_finding *f) {
    return f->ruleset && strstr(f->ruleset, "notes") != NULL && f->size_bytes <= SHODO_MIB(1);
}

static bool is_sample(const struct shodo_finding *f) {
    return strcmp(f->tap, "measure") == 0 || strcmp(f->tap, "extent") == 0;
}

/* System and program folders before everything else; users' own files last. */
static uint64_t sample_order(const struct shodo_finding *f) {
    static const char *const calm[] = {"/windows/", "/program files", "/programdata/"};
    struct shodo_buf b = SHODO_BUF_INIT;
    uint64_t order = 1;
    shodo_text_fold(&b, f->path, strlen(f->path));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(calm); i++)
        if (strncasecmp(shodo_buf_cstr(&b), calm[i], strlen(calm[i])) == 0)
            order = 0;
    shodo_buf_done(&b);
    return order;
}

static enum shodo_status add_pick(struct loading *x, const struct shodo_finding *f,
                                  enum shodo_pick_kind kind, uint64_t order, bool is_credential) {
    struct shodo_picks *p = x->p;
    struct shodo_pick *k = shodo_vec_push(&p->list);
    if (!k)
        return SHODO_NOMEM;
    *k = (struct shodo_pick){.kind = kind,
                             .rule = shodo_arena_str(&p->arena, f->rule, strlen(f->rule)),
                             .order = order,
                             .volume = f->volume,
                             .record = f->record,
                             .sequence = f->sequence,
                             .drive = f->drive,
                             .path = shodo_arena_str(&p->arena, f->path, strlen(f->path)),
                             .stream = shodo_arena_str(&p->arena, f->stream ? f->stream : "",
                                                       f->stream ? strlen(f->stream) : 0),
                             .size_bytes = f->size_bytes,
                             .is_credential = is_credential,
                             .is_quarantined = kind != SHODO_PICK_ARTIFACT,
                             .is_deleted = f->is_deleted,
                             .has_sha256 = f->has_sha256};
    memcpy(k->times, f->times, sizeof k->times);
    memcpy(k->sha256, f->sha256, sizeof k->sha256);
    if (!k->rule || !k->path || !k->stream)
        return SHODO_NOMEM;
    k->is_stored = is_one_of(k->rule, stored_rules, SHODO_ARRAY_SIZE(stored_rules)) ||
                   has_extension(k->path, stored_extensions, SHODO_ARRAY_SIZE(stored_extensions));
    return SHODO_OK;
}

/* Only a change journal is copied without its sparse beginning (collect_worker.c); until then this
 * is what is expected. */
static void expect_hole(struct shodo_pick *k, uint64_t hole) {
    if (strcmp(k->stream, "$J") == 0 && hole >= SHODO_COLLECT_HOLE_BYTES && hole <= k->size_bytes)
        k->skipped_bytes = hole;
}

static uint64_t bytes_to_copy(const struct shodo_pick *k) {
    return k->size_bytes - SHODO_MIN(k->skipped_bytes, k->size_bytes);
}

static enum shodo_status on_finding(void *ctx, const char *line, size_t n) {
    struct loading *x = ctx;
    struct shodo_doc *doc = NULL;
    struct shodo_finding f;
    enum shodo_status st = SHODO_OK;
    shodo_arena_clear(&x->line);
    if (shodo_doc_parse_json(&doc, "findings.jsonl", line, n, NULL) != SHODO_OK)
        return SHODO_OK;
    if (shodo_finding_read(&f, shodo_doc_root(doc), &x->line, NULL) == SHODO_OK) {
        const struct shodo_value *detail = shodo_value_get(shodo_doc_root(doc), "shodo.detail");
        if (strcmp(f.kind, "artifact") == 0) {
            st = add_pick(x, &f, SHODO_PICK_ARTIFACT,
                          (uint64_t)shodo_value_get_int(detail, "order", 0),
                          shodo_value_bool(shodo_value_get(detail, "credential"), false));
            if (st == SHODO_OK)
                expect_hole(shodo_vec_at(&x->p->list, x->p->list.count - 1),
                            (uint64_t)shodo_value_get_int(detail, "hole", 0));
        } else if (is_note(&f))
            st = add_pick(x, &f, SHODO_PICK_NOTE, 0, false);
        else if (is_sample(&f))
            st = add_pick(x, &f, SHODO_PICK_SAMPLE, sample_order(&f), false);
        else if (has_extension(f.path, program_extensions, SHODO_ARRAY_SIZE(program_extensions)))
            st = add_pick(x, &f, SHODO_PICK_PROGRAM, 0, false);
    }
    shodo_doc_free(doc);
    return st;
}

static int compare(const void *pa, const void *pb) {
    const struct shodo_pick *a = pa, *b = pb;
    /* notes and programs first: small, and the first thing that is asked for; then artifacts;
     * samples last */
    static const int rank[] = {[SHODO_PICK_ARTIFACT] = 2,
                               [SHODO_PICK_NOTE] = 0,
                               [SHODO_PICK_PROGRAM] = 1,
                               [SHODO_PICK_SAMPLE] = 3};
    if (rank[a->kind] != rank[b->kind])
        return rank[a->kind] - rank[b->kind];
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if (a->kind != SHODO_PICK_ARTIFACT && a->size_bytes != b->size_bytes)
        return a->size_bytes < b->size_bytes ? -1 : 1;
    int r = (!a->path) - (!b->path);
    r = r || !a->path ? r : strcmp(a->path, b->path);
    r = r || !a->path ? r : strcmp(a->stream, b->stream);
    return r                        ? r
           : a->volume != b->volume ? (a->volume < b->volume ? -1 : 1)
                                    : strcmp(a->rule, b->rule);
}

static bool is_same_place(const struct shodo_pick *a, const struct shodo_pick *b) {
    return a->path && b->path && a->volume == b->volume && a->record == b->record &&
           a->sequence == b->sequence && strcmp(a->stream, b->stream) == 0 &&
           (a->record != 0 || strcmp(a->path, b->path) == 0);
}

/* One place is copied once: the first pick of it stays. Sorted by place for that, then back. */
static int compare_place(const void *pa, const void *pb) {
    const struct shodo_pick *a = pa, *b = pb;
    int r = (!a->path) - (!b->path);
    if (r || !a->path)
        return r ? r : strcmp(a->rule, b->rule);
    if (a->volume != b->volume)
        return a->volume < b->volume ? -1 : 1;
    if (a->record != b->record)
        return a->record < b->record ? -1 : 1;
    if (a->sequence != b->sequence)
        return a->sequence < b->sequence ? -1 : 1;
    r = strcmp(a->stream, b->stream);
    if (!r && a->record == 0)
        r = strcmp(a->path, b->path);
    if (r)
        return r;
    /* a credential store stays one, whatever else selected it; then quarantine before plain */
    if (a->is_credential != b->is_credential)
        return a->is_credential ? -1 : 1;
    if (a->is_quarantined != b->is_quarantined)
        return a->is_quarantined ? -1 : 1;
    return compare(a, b);
}

static void drop_doubles(struct shodo_picks *p) {
    if (!p->list.count)
        return;
    qsort(p->list.data, p->list.count, sizeof(struct shodo_pick), compare_place);
    size_t kept = 1;
    for (size_t i = 1; i < p->list.count; i++) {
        struct shodo_pick *last = shodo_vec_at(&p->list, kept - 1), *k = shodo_vec_at(&p->list, i);
        if (!is_same_place(last, k))
            *(struct shodo_pick *)shodo_vec_at(&p->list, kept++) = *k;
    }
    p->list.count = kept;
    qsort(p->list.data, p->list.count, sizeof(struct shodo_pick), compare);
}

static void limit_pick(struct shodo_pick *k, const char *why) {
    k->outcome = SHODO_OUTCOME_LIMITED;
    k->is_by_policy = true;
    size_t n = SHODO_MIN(strlen(why), sizeof k->text - 1);
    memcpy(k->text, why, n);
    k->text[n] = '\0';
}

static bool is_copy_of_earlier(const struct shodo_picks *p, size_t i) {
    const struct shodo_pick *k = shodo_vec_at(&p->list, i);
    for (size_t j = 0; j < i && k->has_sha256; j++) {
        const struct shodo_pick *o = shodo_vec_at(&p->list, j);
        if (o->kind == k->kind && o->outcome == SHODO_OUTCOME_PLANNED && o->has_sha256 &&
            memcmp(o->sha256, k->sha256, sizeof k->sha256) == 0)
            return true;
    }
    return false;
}

/* The limits of notes, programs and samples; credential stores; sums. */
static void apply_limits(struct shodo_picks *p, bool allow_credentials) {
    uint64_t samples = 0, notes = 0, program_bytes = 0;
    p->bytes = 0;
    for (size_t i = 0; i < p->list.count; i++) {
        struct shodo_pick *k = shodo_vec_at(&p->list, i);
        if (k->outcome != SHODO_OUTCOME_PLANNED)
            continue;
        if (k->is_credential && !allow_credentials) {
            limit_pick(k, "意図的に採取していない / deliberately not collected: credential store");
            k->outcome = SHODO_OUTCOME_WITHHELD;
        } else if (k->kind == SHODO_PICK_NOTE && is_copy_of_earlier(p, i)) {
            limit_pick(k, "same content as a note that is collected");
        } else if (k->kind == SHODO_PICK_NOTE && notes++ >= SHODO_COLLECT_NOTES) {
            limit_pick(k, "enough different notes are collected");
        } else if (k->kind == SHODO_PICK_SAMPLE && samples++ >= SHODO_COLLECT_SAMPLES) {
            limit_pick(k, "enough encrypted samples are collected");
        } else if (k->kind == SHODO_PICK_PROGRAM &&
                   program_bytes + k->size_bytes > SHODO_COLLECT_PROGRAM_BYTES) {
            limit_pick(k, "programs are collected up to 50 MiB together");
        } else {
            program_bytes += k->kind == SHODO_PICK_PROGRAM ? k->size_bytes : 0;
            p->bytes += bytes_to_copy(k);
        }
    }
}

static bool collect_group(void *ctx, const struct shodo_value *root) {
    struct loading *x = ctx;
    const char *name = shodo_value_get_str(root, "name");
    if (!name || strcmp(name, "ShodoTier1") != 0)
        return true;
    const struct shodo_value *sources = shodo_value_get(root, "sources");
    for (size_t i = 0; i < shodo_value_count(sources); i++) {
        const struct shodo_value *names = shodo_value_get(
            shodo_value_get(shodo_value_at(sources, i), "attributes"), "names");
        for (size_t k = 0; k < shodo_value_count(names); k++) {
            const char *s = shodo_value_str(shodo_value_at(names, k));
            const char **slot = s ? shodo_vec_push(&x->definitions) : NULL;
            if (slot)
                *slot = shodo_arena_str(&x->p->arena, s, strlen(s));
        }
    }
    return true;
}

/* A definition of the built-in first tier that matched nothing is an outcome too. */
static enum shodo_status add_missing(struct loading *x, struct shodo_error *err) {
    struct shodo_rules_set r;
    shodo_rules_init(&r, SHODO_RULES_ARTIFACTS);
    enum shodo_status st = shodo_rules_add_builtin(&r, err);
    for (size_t i = 0; i < r.texts.count && st == SHODO_OK; i++) {
        const struct shodo_rule_text *t = shodo_vec_at(&r.texts, i);
        st = shodo_doc_each_yaml(t->name, t->text, t->len, collect_group, x, err);
    }
    for (size_t i = 0; i < x->definitions.count && st == SHODO_OK; i++) {
        const char *name = *(const char **)shodo_vec_at(&x->definitions, i);
        bool is_seen = !name || strcmp(name, "ShodoCredentials") == 0;
        for (size_t k = 0; k < x->p->list.count && !is_seen; k++)
            is_seen = strcmp(((struct shodo_pick *)shodo_vec_at(&x->p->list, k))->rule, name) == 0;
        if (is_seen)
            continue;
        struct shodo_pick *m = shodo_vec_push(&x->p->list);
        if (!m) {
            st = shodo_fail(err, SHODO_NOMEM, "no memory for the list of files");
            break;
        }
        *m = (struct shodo_pick){
            .rule = name, .order = i, .outcome = SHODO_OUTCOME_MISSING, .stream = ""};
        for (size_t k = 0; k < SHODO_ARRAY_SIZE(m->times); k++)
            m->times[k] = SHODO_TIME_NONE;
    }
    shodo_rules_done(&r);
    return st;
}

enum shodo_status shodo_picks_load(struct shodo_picks *ret, int endpoint_dirfd,
                                   bool allow_credentials, struct shodo_error *err) {
    *ret = (struct shodo_picks){.list = SHODO_VEC_INIT(sizeof(struct shodo_pick))};
    struct loading x = {.p = ret,
                        .allow_credentials = allow_credentials,
                        .definitions = SHODO_VEC_INIT(sizeof(const char *))};
    enum shodo_status st = shodo_store_each(endpoint_dirfd, "findings.jsonl", on_finding, &x, err);
    if (st == SHODO_NOMEM)
        shodo_fail(err, st, "no memory for the list of files");
    if (st == SHODO_OK)
        st = add_missing(&x, err);
    shodo_arena_done(&x.line);
    shodo_vec_done(&x.definitions);
    if (st != SHODO_OK) {
        shodo_picks_done(ret);
        return st;
    }
    drop_doubles(ret);
    apply_limits(ret, allow_credentials);
    return SHODO_OK;
}

void shodo_picks_done(struct shodo_picks *p) {
    shodo_vec_done(&p->list);
    shodo_arena_done(&p->arena);
}

void shodo_picks_budget(struct shodo_picks *p, uint64_t max_bytes) {
    if (!max_bytes)
        return;
    uint64_t sum = 0;
    for (size_t i = 0; i < p->list.count; i++) {
        struct shodo_pick *k = shodo_vec_at(&p->list, i);
        if (k->outcome != SHODO_OUTCOME_PLANNED)
            continue;
        if (bytes_to_copy(k) > max_bytes - sum) {
            limit_pick(k, "does not fit into the space that was given");
            k->is_by_policy = false;
        } else
            sum += bytes_to_copy(k);
    }
    p->bytes = sum;
}

void shodo_pick_write(struct shodo_json *j, const struct shodo_pick *p) {
    static const char *const kinds[] = {"artifact", "note", "program", "sample"};
    static const char *const times[] = {"file.mtime", "file.accessed", "file.ctime",
                                        "file.created"};
    shodo_json_object(j, NULL);
    shodo_json_str(j, "outcome", shodo_outcome_name(p->outcome));
    shodo_json_str(j, "kind", kinds[p->kind]);
    shodo_json_str(j, "rule.name", p->rule);
    if (p->path) {
        struct shodo_buf b = SHODO_BUF_INIT;
        if (p->outcome == SHODO_OUTCOME_COLLECTED && shodo_pick_bag_path(&b, p))
            shodo_json_strn(j, "bag.path", b.data, b.len);
        shodo_buf_done(&b);
        shodo_json_str(j, "shodo.path", p->path);
        shodo_json_str(j, "file.fork_name", p->stream);
        shodo_json_u64(j, "shodo.volume", p->volume);
        shodo_json_u64(j, "file.inode", p->record);
        shodo_json_u64(j, "shodo.sequence", p->sequence);
        shodo_json_u64(j, "file.size", p->size_bytes);
        for (size_t i = 0; i < SHODO_ARRAY_SIZE(times); i++)
            if (p->times[i] != SHODO_TIME_NONE)
                shodo_json_time(j, times[i], p->times[i]);
        shodo_json_bool(j, "shodo.deleted", p->is_deleted);
        shodo_json_bool(j, "quarantined", p->is_quarantined);
    }
    if (p->outcome == SHODO_OUTCOME_PLANNED && p->skipped_bytes)
        shodo_json_u64(j, "start_offset", p->skipped_bytes);
    if (p->written_bytes || p->outcome == SHODO_OUTCOME_COLLECTED) {
        shodo_json_u64(j, "written_bytes", p->written_bytes);
        shodo_json_u64(j, "lost_bytes", p->lost_bytes);
        shodo_json_u64(j, "start_offset", p->skipped_bytes);
        shodo_json_hex(j, "file.hash.sha256", p->written_sha256, sizeof p->written_sha256);
    }
    if (p->text[0])
        shodo_json_str(j, "message", p->text);
    shodo_json_object_end(j);
    shodo_json_line_end(j);
}

bool shodo_pick_bag_path(struct shodo_buf *out, const struct shodo_pick *p) {
    if (p->drive)
        shodo_buf_addc(out, p->drive);
    else
        shodo_buf_addf(out, "volume%u", p->volume);
    if (p->path[0] != '/')
        shodo_buf_addc(out, '/');
    shodo_buf_adds(out, p->path);
    if (p->stream[0]) {
        shodo_buf_addc(out, ':');
        shodo_buf_adds(out, p->stream);
    }
    return !out->failed;
}
