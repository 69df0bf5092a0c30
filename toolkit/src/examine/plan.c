/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "examine/taps/scan_sets.h"
#include "examine/taps/scan_yara.h"

enum shodo_status shodo_exam_prepare(struct shodo_error *err) {
    return shodo_yara_start(err);
}

static void set_message(struct shodo_rule_verdict *v, const char *text) {
    snprintf(v->message, sizeof v->message, "%.*s", (int)sizeof v->message - 1, text);
}

/* NUL-terminated copy; libyara would silently stop at a NUL inside. */
static char *copy_text(const struct shodo_rule_text *t, struct shodo_error *err) {
    if (t->len > SHODO_LIMIT_RULE_FILE_BYTES) {
        shodo_fail(err, SHODO_LIMIT, "larger than %llu bytes",
                   (unsigned long long)SHODO_LIMIT_RULE_FILE_BYTES);
        return NULL;
    }
    if (memchr(t->text, 0, t->len)) {
        shodo_fail(err, SHODO_INVALID, "holds a zero byte: not a rule file");
        return NULL;
    }
    char *s = malloc(t->len + 1);
    if (!s) {
        shodo_fail(err, SHODO_NOMEM, "no memory for rules");
        return NULL;
    }
    memcpy(s, t->text, t->len);
    s[t->len] = 0;
    return s;
}

void shodo_rule_try(const struct shodo_rule_text *text, struct shodo_rule_verdict *ret) {
    struct shodo_error err = SHODO_ERROR_INIT;
    *ret = (struct shodo_rule_verdict){.accepted = false};
    char *s = copy_text(text, &err);
    if (!s || shodo_yara_start(&err) != SHODO_OK) {
        free(s);
        set_message(ret, err.text);
        return;
    }
    size_t rules = 0;
    ret->accepted = shodo_yara_check(s, false, &rules, &err) == SHODO_OK;
    if (!ret->accepted) {
        /* the message that counts is the one with externals known */
        ret->accepted = shodo_yara_check(s, true, &rules, &err) == SHODO_OK;
        ret->needs_externals = ret->accepted;
    }
    if (!ret->accepted)
        set_message(ret, err.text);
    else if (rules == 0)
        set_message(ret, "holds no rule");
    shodo_yara_stop();
    free(s);
}

size_t shodo_rules_try_together(const struct shodo_rule_text *texts, size_t count,
                                struct shodo_rule_verdict *ret) {
    struct shodo_yara_trial *trial = NULL;
    size_t n = 0;
    if (shodo_yara_start(NULL) != SHODO_OK)
        return 0;
    if (shodo_yara_trial_new(&trial, NULL) == SHODO_OK) {
        for (bool ok = true; ok && n < count;) {
            size_t rules = 0;
            char *s = copy_text(&texts[n], NULL);
            ok = s && shodo_yara_trial_add(trial, (uint32_t)n, s, &rules);
            free(s);
            if (!ok)
                break;
            ret[n] = (struct shodo_rule_verdict){.accepted = true};
            if (rules == 0)
                set_message(&ret[n], "holds no rule");
            n++;
        }
        (void)shodo_yara_trial_free(trial);
    }
    shodo_yara_stop();
    return n;
}

/* The format knows sources that have no meaning on a disk: who asks for them must not believe that
 * they were looked at. */
static void note_idle(const struct shodo_artifacts *a, struct shodo_rule_verdict *v) {
    const char *first = NULL;
    size_t idle = shodo_artifacts_idle(a, &first);
    if (idle > 0)
        snprintf(
            v->message, sizeof v->message,
            "%zu of %zu definitions select nothing: only file patterns and groups for Windows do (%.100s%s)",
            idle, shodo_artifacts_count(a), first, idle > 1 ? ", ..." : "");
}

void shodo_artifacts_try(const struct shodo_rule_text *text, struct shodo_rule_verdict *ret) {
    struct shodo_error err = SHODO_ERROR_INIT;
    *ret = (struct shodo_rule_verdict){.accepted = false};
    struct shodo_artifacts *a = shodo_artifacts_new();
    if (!a)
        (void)shodo_fail(&err, SHODO_NOMEM, "no memory for artifact definitions");
    else
        ret->accepted = shodo_artifacts_add(a, text->name, text->digest, text->text, text->len,
                                            &err) == SHODO_OK;
    if (!ret->accepted)
        set_message(ret, err.text);
    else
        note_idle(a, ret);
    (void)shodo_artifacts_free(a);
}

/* Length-prefixed, in order: rule files, then definitions, then what is selected of them. */
static void digest_texts(const struct shodo_plan_options *o, char out[65]) {
    uint8_t sum[SHODO_SHA256_BYTES];
    shodo_auto(shodo_buf) struct shodo_buf prefix = SHODO_BUF_INIT;
    struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    out[0] = 0;
    if (!h)
        return;
    for (size_t i = 0; i < o->yara_count + o->artifacts_count; i++) {
        const struct shodo_rule_text *t = i < o->yara_count ? &o->yara[i]
                                                            : &o->artifacts[i - o->yara_count];
        shodo_buf_clear(&prefix);
        shodo_buf_add_le64(&prefix, t->len);
        shodo_hash_update(h, prefix.data, prefix.len);
        shodo_hash_update(h, t->text, t->len);
    }
    for (size_t i = 0; i < o->artifact_names_count; i++)
        shodo_hash_update(h, o->artifact_names[i], strlen(o->artifact_names[i]) + 1);
    shodo_hash_final(h, sum);
    shodo_hex(sum, sizeof sum, out);
    (void)shodo_hash_free(h);
}

static enum shodo_status load_artifacts(struct shodo_plan *p, const struct shodo_plan_options *o,
                                        struct shodo_error *err) {
    p->artifacts = shodo_artifacts_new();
    p->risky = shodo_phase_risky_places();
    if (!p->artifacts || !p->risky)
        return shodo_fail(err, SHODO_NOMEM, "no memory for artifact definitions");
    for (size_t i = 0; i < o->artifacts_count; i++) {
        const struct shodo_rule_text *t = &o->artifacts[i];
        enum shodo_status st = shodo_artifacts_add(p->artifacts, t->name, t->digest, t->text,
                                                   t->len, err);
        if (st != SHODO_OK)
            return st;
    }
    return shodo_artifacts_select(p->artifacts, o->artifact_names, o->artifact_names_count, err);
}

enum shodo_status shodo_plan_new(struct shodo_plan **ret, const struct shodo_plan_options *o,
                                 struct shodo_error *err) {
    if (!o->endpoint || strlen(o->endpoint) >= SHODO_ENDPOINT_TEXT_BYTES)
        return shodo_fail(err, SHODO_INVALID, "shodo_plan_new: endpoint is not 12 hex digits");
    if (o->yara_count > SHODO_LIMIT_RULE_FILES)
        return shodo_fail(err, SHODO_LIMIT, "more than %u rule files", SHODO_LIMIT_RULE_FILES);
    struct shodo_plan *p = calloc(1, sizeof *p);
    if (!p)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a plan");
    p->profile = o->profile;
    p->detect = o->detect;
    p->scan_limit_bytes = SHODO_LIMIT_SCAN_BYTES;
    p->digest_ms = o->digest_ms ? o->digest_ms : SHODO_LIMIT_DIGEST_SECONDS * 1000u;
    if (o->scan_limit_bytes > 0 && o->scan_limit_bytes < p->scan_limit_bytes)
        p->scan_limit_bytes = SHODO_MAX(o->scan_limit_bytes, SHODO_SCAN_LIMIT_MIN_BYTES);
    memcpy(p->endpoint, o->endpoint, strlen(o->endpoint) + 1);
    digest_texts(o, p->digest);
    enum shodo_status st = p->digest[0] ? SHODO_OK
                                        : shodo_fail(err, SHODO_NOMEM, "no memory for a plan");
    if (st == SHODO_OK)
        st = load_artifacts(p, o, err);
    if (st == SHODO_OK)
        st = shodo_scan_sets_new(&p->sets, o->yara, o->yara_verdicts, o->yara_count, p->digest,
                                 err);
    if (st == SHODO_OK)
        *ret = p;
    else
        (void)shodo_plan_free(p);
    return st;
}

struct shodo_plan *shodo_plan_free(struct shodo_plan *p) {
    if (!p)
        return NULL;
    p->artifacts = shodo_artifacts_free(p->artifacts);
    p->risky = shodo_globset_free(p->risky);
    p->sets = shodo_scan_sets_free(p->sets);
    free(p);
    return NULL;
}

const char *shodo_plan_ruleset_digest(const struct shodo_plan *p) {
    return p->digest;
}

size_t shodo_plan_rule_count(const struct shodo_plan *p) {
    return p->sets->rules_count;
}
