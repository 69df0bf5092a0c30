/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/taps/scan_yara.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <malloc.h>
#include <yara.h>

#include "base/text.h"

static const char *const external_names[SHODO_EXTERNALS] = {"filename", "filepath", "extension",
                                                            "filetype", "owner",    "md5"};

struct shodo_yara_rules {
    YR_RULES *rules;
    size_t count;
};

struct shodo_yara_scanner {
    YR_SCANNER *scanner;
    const struct shodo_yara_rules *rules;
    void (*hit)(void *ctx, const struct shodo_yara_match *m);
    void *ctx;
    const char *flooded;
};

/*
 * libyara takes and gives back blocks of a megabyte for every file and every compiled text. Kept in
 * the heap they cost nothing; as mappings of their own each is two system calls and 256 page faults
 * (measured: a fifth of all time).
 */
#define HEAP_KEEP_BYTES (32 << 20)

enum shodo_status shodo_yara_start(struct shodo_error *err) {
    /*
     * The pe module turns the dates of certificates into numbers with mktime, which reads the time
     * zone file again and again unless TZ is set: in the sandbox that is death on the first signed
     * program. UTC is also what rules mean.
     */
    if (setenv("TZ", "UTC0", 1) != 0)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the environment");
    tzset();
    mallopt(M_MMAP_THRESHOLD, HEAP_KEEP_BYTES);
    mallopt(M_TRIM_THRESHOLD, HEAP_KEEP_BYTES);
    /* a module object is thousands of small pieces: join them when freed, not all at once later */
    mallopt(M_MXFAST, 0);
    int rc = yr_initialize();
    return rc == ERROR_SUCCESS
               ? SHODO_OK
               : shodo_fail(err, SHODO_NOMEM, "libyara does not start (error %d)", rc);
}

void shodo_yara_stop(void) {
    yr_finalize();
}

const char *shodo_yara_version(void) {
    return YR_VERSION;
}

/* ---- compiling ---- */

struct first_error {
    char text[192];
};

static void on_compiler(int level, const char *file, int line, const YR_RULE *rule,
                        const char *message, void *user) {
    struct first_error *first = user;
    (void)file;
    (void)rule;
    if (level == YARA_ERROR_LEVEL_ERROR && first->text[0] == 0)
        snprintf(first->text, sizeof first->text, "line %d: %s", line, message);
}

static int add_texts(YR_COMPILER *c, const struct shodo_yara_text *texts, size_t count,
                     size_t *ret_bad) {
    for (size_t i = 0; i < count; i++) {
        char space[16];
        snprintf(space, sizeof space, "%u", texts[i].space);
        if (yr_compiler_add_string(c, texts[i].text, space) > 0) {
            if (ret_bad)
                *ret_bad = i;
            return 1;
        }
    }
    return 0;
}

static enum shodo_status refuse(const struct first_error *first, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT;
    shodo_text_safe(&safe, first->text, strlen(first->text));
    return shodo_fail(err, SHODO_INVALID, "%s",
                      safe.len > 0 ? shodo_buf_cstr(&safe) : "the rule compiler gave up");
}

static YR_COMPILER *new_compiler(bool with_externals, struct first_error *first) {
    YR_COMPILER *c = NULL;
    if (yr_compiler_create(&c) != ERROR_SUCCESS)
        return NULL;
    yr_compiler_set_callback(c, on_compiler, first);
    yr_compiler_set_include_callback(c, NULL, NULL, NULL); /* nothing is opened by name */
    for (size_t i = 0; with_externals && i < SHODO_EXTERNALS; i++)
        yr_compiler_define_string_variable(c, external_names[i], "");
    return c;
}

enum shodo_status shodo_yara_check(const char *text, bool with_externals, size_t *ret_rules,
                                   struct shodo_error *err) {
    struct first_error first = {.text = ""};
    const struct shodo_yara_text one = {.space = 0, .text = text};
    YR_COMPILER *c = new_compiler(with_externals, &first);
    if (!c)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the rule compiler");
    int rc = add_texts(c, &one, 1, NULL);
    *ret_rules = c->next_rule_idx;
    yr_compiler_destroy(c);
    return rc == 0 ? SHODO_OK : refuse(&first, err);
}

struct shodo_yara_trial {
    YR_COMPILER *compiler;
    struct first_error first;
    bool is_spent;
};

enum shodo_status shodo_yara_trial_new(struct shodo_yara_trial **ret, struct shodo_error *err) {
    struct shodo_yara_trial *t = calloc(1, sizeof *t);
    if (t)
        t->compiler = new_compiler(false, &t->first);
    if (!t || !t->compiler) {
        free(t);
        return shodo_fail(err, SHODO_NOMEM, "no memory for the rule compiler");
    }
    *ret = t;
    return SHODO_OK;
}

bool shodo_yara_trial_add(struct shodo_yara_trial *t, uint32_t space, const char *text,
                          size_t *ret_rules) {
    const struct shodo_yara_text one = {.space = space, .text = text};
    uint32_t before = t->compiler->next_rule_idx;
    shodo_assert(!t->is_spent);
    t->is_spent = add_texts(t->compiler, &one, 1, NULL) != 0;
    *ret_rules = t->is_spent ? 0 : t->compiler->next_rule_idx - before;
    return !t->is_spent;
}

struct shodo_yara_trial *shodo_yara_trial_free(struct shodo_yara_trial *t) {
    if (t) {
        yr_compiler_destroy(t->compiler);
        free(t);
    }
    return NULL;
}

enum shodo_status shodo_yara_compile(struct shodo_yara_rules **ret,
                                     const struct shodo_yara_text *texts, size_t count,
                                     bool with_externals, size_t *ret_bad,
                                     struct shodo_error *err) {
    struct first_error first = {.text = ""};
    if (ret_bad)
        *ret_bad = 0;
    struct shodo_yara_rules *r = calloc(1, sizeof *r);
    YR_COMPILER *c = r ? new_compiler(with_externals, &first) : NULL;
    if (!c) {
        free(r);
        return shodo_fail(err, SHODO_NOMEM, "no memory for the rule compiler");
    }
    int rc = add_texts(c, texts, count, ret_bad);
    if (rc == 0)
        rc = yr_compiler_get_rules(c, &r->rules);
    yr_compiler_destroy(c);
    if (rc != 0) {
        free(r);
        return refuse(&first, err);
    }
    const YR_RULE *rule = NULL;
    yr_rules_foreach(r->rules, rule) r->count++;
    *ret = r;
    return SHODO_OK;
}

struct shodo_yara_rules *shodo_yara_rules_free(struct shodo_yara_rules *r) {
    if (r) {
        yr_rules_destroy(r->rules);
        free(r);
    }
    return NULL;
}

size_t shodo_yara_rules_count(const struct shodo_yara_rules *r) {
    return r->count;
}

static void read_metas(YR_RULE *rule, struct shodo_yara_rule *ret) {
    const struct {
        const char *name;
        const char **field;
    } wanted[] = {
        {"id", &ret->id},
        {"author", &ret->author},
        {"description", &ret->description},
        {"description_ja", &ret->description_ja},
        {"severity", &ret->severity},
        {"reference", &ret->reference},
    };
    YR_META *meta = NULL;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(wanted); i++)
        *wanted[i].field = "";
    yr_rule_metas_foreach(rule, meta) {
        for (size_t i = 0; meta->type == META_TYPE_STRING && i < SHODO_ARRAY_SIZE(wanted); i++) {
            if ((*wanted[i].field)[0] == 0 && strcmp(meta->identifier, wanted[i].name) == 0)
                *wanted[i].field = meta->string;
        }
    }
}

void shodo_yara_rule_at(const struct shodo_yara_rules *r, size_t i, struct shodo_yara_rule *ret) {
    shodo_assert(i < r->count);
    YR_RULE *rule = &r->rules->rules_table[i];
    uint64_t space = 0;
    shodo_text_parse_u64(rule->ns->name, strlen(rule->ns->name), &space);
    *ret = (struct shodo_yara_rule){.space = (uint32_t)space,
                                    .name = rule->identifier,
                                    .is_private = RULE_IS_PRIVATE(rule) != 0};
    read_metas(rule, ret);
}

/* ---- scanning ---- */

static void note_strings(YR_SCAN_CONTEXT *context, YR_RULE *rule, struct shodo_yara_match *m) {
    YR_STRING *string = NULL;
    yr_rule_strings_foreach(rule, string) {
        const YR_MATCH *head = context->matches[string->idx].head;
        YR_MATCH match;
        if (m->strings_count == SHODO_YARA_STRINGS_MAX)
            return;
        if (!head)
            continue;
        memcpy(&match, head, sizeof match); /* libyara 4.2 keeps them at odd addresses */
        m->strings[m->strings_count].id = string->identifier;
        m->strings[m->strings_count].offset = (uint64_t)(match.base + match.offset);
        m->strings_count++;
    }
}

static int on_scan(YR_SCAN_CONTEXT *context, int message, void *data, void *user) {
    struct shodo_yara_scanner *s = user;
    if (message == CALLBACK_MSG_RULE_MATCHING) {
        YR_RULE *rule = data;
        if (!RULE_IS_PRIVATE(rule)) {
            struct shodo_yara_match m = {.rule = (size_t)(rule - s->rules->rules->rules_table)};
            note_strings(context, rule, &m);
            s->hit(s->ctx, &m);
        }
    } else if (message == CALLBACK_MSG_TOO_MANY_MATCHES && !s->flooded) {
        s->flooded = s->rules->rules->rules_table[((YR_STRING *)data)->rule_idx].identifier;
    }
    return CALLBACK_CONTINUE;
}

enum shodo_status shodo_yara_scanner_new(struct shodo_yara_scanner **ret,
                                         const struct shodo_yara_rules *rules,
                                         struct shodo_error *err) {
    struct shodo_yara_scanner *s = calloc(1, sizeof *s);
    if (!s || yr_scanner_create(rules->rules, &s->scanner) != ERROR_SUCCESS) {
        free(s);
        return shodo_fail(err, SHODO_NOMEM, "no memory for a rule scanner");
    }
    s->rules = rules;
    yr_scanner_set_callback(s->scanner, on_scan, s);
    yr_scanner_set_flags(s->scanner, SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH |
                                         SCAN_FLAGS_REPORT_RULES_MATCHING);
    *ret = s;
    return SHODO_OK;
}

struct shodo_yara_scanner *shodo_yara_scanner_free(struct shodo_yara_scanner *s) {
    if (s) {
        yr_scanner_destroy(s->scanner);
        free(s);
    }
    return NULL;
}

/* The two windows of a large file, as libyara's block iterator. */
struct windows {
    const struct shodo_yara_input *in;
    YR_MEMORY_BLOCK blocks[2];
    size_t next;
};

static const uint8_t *fetch(YR_MEMORY_BLOCK *block) {
    return block->context;
}

static YR_MEMORY_BLOCK *next_window(YR_MEMORY_BLOCK_ITERATOR *it) {
    struct windows *w = it->context;
    it->last_error = ERROR_SUCCESS;
    return w->next < 2 ? &w->blocks[w->next++] : NULL;
}

static YR_MEMORY_BLOCK *first_window(YR_MEMORY_BLOCK_ITERATOR *it) {
    ((struct windows *)it->context)->next = 0;
    return next_window(it);
}

static uint64_t true_size(YR_MEMORY_BLOCK_ITERATOR *it) {
    return ((const struct windows *)it->context)->in->size_bytes;
}

static int scan_windows(YR_SCANNER *scanner, const struct shodo_yara_input *in) {
    struct windows w = {.in = in};
    w.blocks[0] = (YR_MEMORY_BLOCK){.size = in->head_len,
                                    .base = 0,
                                    .context = (void *)(uintptr_t)in->head,
                                    .fetch_data = fetch};
    w.blocks[1] = (YR_MEMORY_BLOCK){.size = in->tail_len,
                                    .base = in->tail_offset,
                                    .context = (void *)(uintptr_t)in->tail,
                                    .fetch_data = fetch};
    YR_MEMORY_BLOCK_ITERATOR it = {
        .context = &w, .first = first_window, .next = next_window, .file_size = true_size};
    return yr_scanner_scan_mem_blocks(scanner, &it);
}

enum shodo_status shodo_yara_scan(struct shodo_yara_scanner *s, const struct shodo_yara_input *in,
                                  const char *const *externals, unsigned seconds,
                                  void (*hit)(void *ctx, const struct shodo_yara_match *m),
                                  void *ctx, const char **flooded, struct shodo_error *err) {
    s->hit = hit;
    s->ctx = ctx;
    s->flooded = NULL;
    for (size_t i = 0; externals && i < SHODO_EXTERNALS; i++) {
        if (yr_scanner_define_string_variable(s->scanner, external_names[i], externals[i]) !=
            ERROR_SUCCESS)
            return shodo_fail(err, SHODO_NOMEM, "no memory for an external variable");
    }
    yr_scanner_set_timeout(s->scanner, (int)seconds);
    int rc = in->tail ? scan_windows(s->scanner, in)
                      : yr_scanner_scan_mem(s->scanner,
                                            in->head_len > 0 ? in->head : (const uint8_t *)"",
                                            in->head_len);
    if (flooded && s->flooded)
        *flooded = s->flooded;
    if (rc == ERROR_SUCCESS)
        return SHODO_OK;
    if (rc == ERROR_SCAN_TIMEOUT)
        return shodo_fail(err, SHODO_TIMEOUT, "the rules took more than %u seconds", seconds);
    if (rc == ERROR_INSUFFICIENT_MEMORY)
        return shodo_fail(err, SHODO_NOMEM, "no memory for scanning");
    return shodo_fail(err, SHODO_DAMAGED, "libyara stopped with error %d", rc);
}
