/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libyara behind plain types: compile texts, scan buffers. The only file that includes <yara.h> is
 * scan_yara.c.
 *
 * Works inside the examiners' system-call filter: rules come from memory, `include` is refused, no
 * signal handlers are set (SCAN_FLAGS_NO_TRYCATCH: a fault costs the examiner, not the run), no
 * threads.
 */
#ifndef SHODO_EXAMINE_TAPS_SCAN_YARA_H
#define SHODO_EXAMINE_TAPS_SCAN_YARA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"
#include "base/status.h"

/* The externals of design 1.6, in this order. */
enum shodo_external {
    SHODO_EXTERNAL_FILENAME,
    SHODO_EXTERNAL_FILEPATH,
    SHODO_EXTERNAL_EXTENSION,
    SHODO_EXTERNAL_FILETYPE,
    SHODO_EXTERNAL_OWNER,
    SHODO_EXTERNAL_MD5,
    SHODO_EXTERNALS
};

/* Counted: each successful start needs a stop. */
enum shodo_status shodo_yara_start(struct shodo_error *err);
void shodo_yara_stop(void);
const char *shodo_yara_version(void);

struct shodo_yara_text {
    uint32_t space;   /* namespace: rules of one space see each other */
    const char *text; /* NUL-terminated */
};

struct shodo_yara_rule {
    uint32_t space;
    const char *name; /* borrowed from the rules, as all texts here; "" when absent */
    const char *id, *author, *description, *description_ja, *severity, *reference;
    bool is_private;
};

struct shodo_yara_rules;
/* INVALID: *ret_bad (may be NULL) is the index of the text that does not compile, err says line and
 * reason. */
enum shodo_status shodo_yara_compile(struct shodo_yara_rules **ret,
                                     const struct shodo_yara_text *texts, size_t count,
                                     bool with_externals, size_t *ret_bad, struct shodo_error *err);
/* Only whether a text compiles, and how many rules it has: a third of the cost of compiling it. */
enum shodo_status shodo_yara_check(const char *text, bool with_externals, size_t *ret_rules,
                                   struct shodo_error *err);
/* The same for one text after the other in one compiler, without externals. After a text that does
 * not compile it is spent. */
struct shodo_yara_trial;
enum shodo_status shodo_yara_trial_new(struct shodo_yara_trial **ret, struct shodo_error *err);
bool shodo_yara_trial_add(struct shodo_yara_trial *t, uint32_t space, const char *text,
                          size_t *ret_rules);
struct shodo_yara_trial *shodo_yara_trial_free(struct shodo_yara_trial *t);
struct shodo_yara_rules *shodo_yara_rules_free(struct shodo_yara_rules *r);
size_t shodo_yara_rules_count(const struct shodo_yara_rules *r);
void shodo_yara_rule_at(const struct shodo_yara_rules *r, size_t i, struct shodo_yara_rule *ret);
SHODO_DEFINE_AUTOP(shodo_yara_rules, shodo_yara_rules_free)

/* One block, or the two windows of a large file with its true size. */
struct shodo_yara_input {
    const uint8_t *head;
    size_t head_len;
    const uint8_t *tail; /* NULL: head is everything */
    size_t tail_len;
    uint64_t tail_offset;
    uint64_t size_bytes;
};

#define SHODO_YARA_STRINGS_MAX 4u
struct shodo_yara_match {
    size_t rule; /* index in its rules */
    struct {
        const char *id; /* "$a" */
        uint64_t offset;
    } strings[SHODO_YARA_STRINGS_MAX]; /* first matches of the first strings that have one */
    size_t strings_count;
};

struct shodo_yara_scanner;
/* `rules` is borrowed. */
enum shodo_status shodo_yara_scanner_new(struct shodo_yara_scanner **ret,
                                         const struct shodo_yara_rules *rules,
                                         struct shodo_error *err);
struct shodo_yara_scanner *shodo_yara_scanner_free(struct shodo_yara_scanner *s);
/* `externals`: SHODO_EXTERNALS texts, or NULL for rules compiled without. TIMEOUT after `seconds`
 * (checked by libyara every few thousand bytes or steps); DAMAGED with libyara's error number for
 * any other failure. `flooded` (may be NULL) gets the name of the first rule with a string that
 * matched too often to be followed further. */
enum shodo_status shodo_yara_scan(struct shodo_yara_scanner *s, const struct shodo_yara_input *in,
                                  const char *const *externals, unsigned seconds,
                                  void (*hit)(void *ctx, const struct shodo_yara_match *m),
                                  void *ctx, const char **flooded, struct shodo_error *err);

#endif
