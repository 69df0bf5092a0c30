/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/supervisor.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/value.h"

struct reading {
    struct shodo_resume *r;
    const struct shodo_run_key *key;
    bool is_other;    /* the newest header is of another kind of run */
    char profile[16]; /* of the newest header */
};

static bool equals(const struct shodo_value *v, const char *key, const char *want) {
    const char *s = shodo_value_get_str(v, key);
    return s && strcmp(s, want) == 0;
}

static void read_header(struct reading *x, const struct shodo_value *v) {
    const char *run = shodo_value_get_str(v, "run"), *listing = shodo_value_get_str(v, "listing");
    bool fits = equals(v, "source", x->key->source) && equals(v, "profile", x->key->profile) &&
                equals(v, "rules", x->key->rules) &&
                (uint64_t)shodo_value_get_int(v, "locked", 0) == x->key->locked && listing &&
                strlen(listing) == 2 * sizeof x->r->listing &&
                shodo_text_parse_hex(listing, strlen(listing), x->r->listing, sizeof x->r->listing);
    const char *profile = shodo_value_get_str(v, "profile");
    snprintf(x->profile, sizeof x->profile, "%s", profile ? profile : "");
    x->r->finished[0] = '\0';
    x->is_other = !fits;
    x->r->is_valid = fits;
    if (fits && !x->r->run[0])
        snprintf(x->r->run, sizeof x->r->run, "%s", run);
    x->r->files = (uint64_t)shodo_value_get_int(v, "files", 0);
}

static enum shodo_status read_mark(struct reading *x, const struct shodo_value *v,
                                   struct shodo_error *err) {
    struct shodo_resume *r = x->r;
    r->done = (uint64_t)shodo_value_get_int(v, "done", 0);
    r->stats.bytes_read = (uint64_t)shodo_value_get_int(v, "read", 0);
    r->stats.bytes_scanned = (uint64_t)shodo_value_get_int(v, "scanned", 0);
    r->stats.reused = (uint64_t)shodo_value_get_int(v, "reused", 0);
    const struct shodo_value *also = shodo_value_get(v, "also"),
                             *policy = shodo_value_get(v, "policy");
    r->also.count = 0;
    for (size_t i = 0; i < shodo_value_count(also); i++) {
        uint64_t *at = shodo_vec_push(&r->also);
        if (!at)
            return shodo_fail(err, SHODO_NOMEM, "no memory for the marks");
        *at = (uint64_t)shodo_value_int(shodo_value_at(also, i), 0);
    }
    enum shodo_status st = SHODO_OK;
    struct shodo_arena arena = SHODO_ARENA_INIT;
    for (size_t i = 0; i < shodo_value_count(policy) && st == SHODO_OK; i++) {
        struct shodo_ledger l;
        if (shodo_ledger_read(&l, shodo_value_at(policy, i), &arena, NULL) != SHODO_OK || !l.path)
            continue;
        st = shodo_tally_add_folder(r->policy, &l, err);
    }
    shodo_arena_done(&arena);
    return st;
}

static void finish(struct reading *x) {
    x->r->is_valid = false;
    memcpy(x->r->finished, x->profile, sizeof x->profile);
}

static enum shodo_status read_line(void *ctx, const char *line, size_t n) {
    struct reading *x = ctx;
    struct shodo_doc *doc = NULL;
    if (shodo_doc_parse_json(&doc, "marks.jsonl", line, n, NULL) != SHODO_OK)
        return SHODO_OK;
    const struct shodo_value *v = shodo_doc_root(doc);
    enum shodo_status st = SHODO_OK;
    if (shodo_value_get(v, "run"))
        read_header(x, v);
    else if (equals(v, "end", "done"))
        finish(x);
    else if (x->r->is_valid && shodo_value_get(v, "done"))
        st = read_mark(x, v, NULL);
    shodo_doc_free(doc);
    return st;
}

enum shodo_status shodo_resume_load(struct shodo_resume *ret, int endpoint_dirfd,
                                    const struct shodo_run_key *key, struct shodo_error *err) {
    *ret = (struct shodo_resume){.also = SHODO_VEC_INIT(sizeof(uint64_t)),
                                 .policy = shodo_tally_new()};
    if (!ret->policy)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the marks");
    struct reading x = {.r = ret, .key = key};
    enum shodo_status st = shodo_store_each(endpoint_dirfd, "marks.jsonl", read_line, &x, err);
    if (st == SHODO_NOTFOUND)
        st = SHODO_OK;
    if (st != SHODO_OK || x.is_other)
        ret->is_valid = false;
    return st;
}

void shodo_resume_done(struct shodo_resume *r) {
    shodo_vec_done(&r->also);
    r->policy = shodo_tally_free(r->policy);
    r->is_valid = false;
}
