/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YARA rules over every stream that is read.
 *
 * Rules without externals depend on content alone: what they matched is passed to sink->learned
 * under the SHA-256 and asked back with sink->known, so that equal content is scanned once. Bytes
 * of such a record: 8 bytes stamp of the rule set (another set's records are ignored), then LEB128:
 * count, and for each match rule id, number of strings, and for each string its name and offset.
 * Rules with externals are evaluated for every name of the entry.
 *
 * Externals (Windows form): filename "x.exe", filepath "C:\Users\a\x.exe", extension ".exe",
 * filetype "EXE" (table of identify), owner, md5 in lower-case hex. A named stream has filename
 * "x.exe:s" and filepath "C:\Users\a\x.exe:s"; its extension is that of the file.
 */
#include "examine/taps/scan_yara.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "examine/md5.h"
#include "examine/plan.h"
#include "examine/tap.h"
#include "examine/taps/scan_sets.h"

/* Asking costs a message to the supervisor and back: below this size scanning again is cheaper. */
#define ASK_BYTES         2048u
#define STRING_NAME_BYTES 32u

struct match {
    uint32_t rule; /* rule id */
    uint32_t strings_count;
    struct {
        char id[STRING_NAME_BYTES];
        uint64_t offset;
    } strings[SHODO_YARA_STRINGS_MAX];
    const char *path; /* name for which a per-name rule matched; NULL: content */
};

struct scan {
    const struct shodo_scan_sets *s;
    struct shodo_yara_scanner *scanners[SHODO_TABLES][SHODO_SETS][SHODO_PARTS]; /* NULL: no rules */
    struct shodo_vec matches;                                                   /* struct match */
    struct shodo_buf record;
    /* of the scan that runs now */
    const uint32_t *ids;
    const char *path;
    uint64_t deadline_ms;
    bool is_partial; /* a set failed: nothing may be remembered */
    bool no_memory;
};

static void close_scan(void *state) {
    struct scan *x = state;
    if (!x)
        return;
    for (size_t t = 0; t < SHODO_TABLES; t++) {
        for (size_t k = 0; k < SHODO_SETS; k++) {
            for (size_t p = 0; p < SHODO_PARTS; p++)
                (void)shodo_yara_scanner_free(x->scanners[t][k][p]);
        }
    }
    shodo_vec_done(&x->matches);
    shodo_buf_done(&x->record);
    free(x);
}

static enum shodo_status open_scanners(struct scan *x, enum shodo_set_table t,
                                       enum shodo_set_kind k, struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    for (size_t p = 0; p < SHODO_PARTS && st == SHODO_OK; p++) {
        const struct shodo_yara_rules *r = x->s->sets[t][k].parts[p].rules;
        if (r)
            st = shodo_yara_scanner_new(&x->scanners[t][k][p], r, err);
    }
    return st;
}

static enum shodo_status open_scan(void **ret, const struct shodo_plan *p,
                                   struct shodo_error *err) {
    struct scan *x = calloc(1, sizeof *x);
    if (!x)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a rule scanner");
    x->s = p->sets;
    x->matches = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct match));
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < (size_t)SHODO_TABLES * SHODO_SETS && st == SHODO_OK; i++)
        st = open_scanners(x, (enum shodo_set_table)(i / SHODO_SETS),
                           (enum shodo_set_kind)(i % SHODO_SETS), err);
    if (st != SHODO_OK) {
        close_scan(x);
        return st;
    }
    *ret = x;
    return SHODO_OK;
}

/* ---- matches ---- */

static struct match *find_match(struct scan *x, uint32_t rule) {
    for (size_t i = 0; i < x->matches.count; i++) {
        struct match *m = (struct match *)shodo_vec_at(&x->matches, i);
        if (m->rule == rule)
            return m;
    }
    return NULL;
}

static void copy_id(char out[STRING_NAME_BYTES], const char *id, size_t n) {
    n = SHODO_MIN(n, (size_t)STRING_NAME_BYTES - 1);
    memcpy(out, id, n);
    out[n] = 0;
}

static void on_match(void *ctx, const struct shodo_yara_match *y) {
    struct scan *x = ctx;
    uint32_t rule = x->ids[y->rule];
    if (find_match(x, rule))
        return; /* the same rule for another name */
    struct match *m = shodo_vec_push(&x->matches);
    if (!m) {
        x->no_memory = true;
        return;
    }
    m->rule = rule;
    m->path = x->path;
    m->strings_count = (uint32_t)y->strings_count;
    for (size_t i = 0; i < y->strings_count; i++) {
        copy_id(m->strings[i].id, y->strings[i].id, strlen(y->strings[i].id));
        m->strings[i].offset = y->strings[i].offset;
    }
}

static bool encode(struct scan *x) {
    struct shodo_buf *b = &x->record;
    shodo_buf_clear(b);
    shodo_buf_add(b, x->s->stamp, sizeof x->s->stamp);
    shodo_buf_add_var(b, x->matches.count);
    for (size_t i = 0; i < x->matches.count; i++) {
        const struct match *m = (const struct match *)shodo_vec_at(&x->matches, i);
        shodo_buf_add_var(b, m->rule);
        shodo_buf_add_var(b, m->strings_count);
        for (uint32_t k = 0; k < m->strings_count; k++) {
            shodo_buf_add_str(b, m->strings[k].id, strlen(m->strings[k].id));
            shodo_buf_add_var(b, m->strings[k].offset);
        }
    }
    return !b->failed && b->len < SHODO_LIMIT_MESSAGE_BYTES / 2;
}

/* A record that does not fit (another rule set, damage) means: not known. */
static bool decode(struct scan *x) {
    struct shodo_cur c = shodo_cur_of(x->record.data, x->record.len);
    const uint8_t *stamp = shodo_cur_bytes(&c, sizeof x->s->stamp);
    if (!stamp || memcmp(stamp, x->s->stamp, sizeof x->s->stamp) != 0)
        return false;
    uint64_t count = shodo_cur_var(&c);
    for (uint64_t i = 0; i < count && !c.bad; i++) {
        struct match m = {.rule = 0};
        uint64_t rule = shodo_cur_var(&c), strings = shodo_cur_var(&c);
        if (c.bad || rule >= x->s->rules_count || strings > SHODO_YARA_STRINGS_MAX)
            break;
        m.rule = (uint32_t)rule;
        for (; m.strings_count < strings; m.strings_count++) {
            size_t n = 0;
            const char *id = shodo_cur_str(&c, &n);
            if (id)
                copy_id(m.strings[m.strings_count].id, id, n);
            m.strings[m.strings_count].offset = shodo_cur_var(&c);
        }
        struct match *slot = c.bad ? NULL : shodo_vec_push(&x->matches);
        if (!slot)
            break;
        *slot = m;
    }
    if (!c.bad && shodo_cur_left(&c) == 0 && x->matches.count == count)
        return true;
    x->matches.count = 0;
    return false;
}

/* ---- running the sets ---- */

static void run_part(struct scan *x, struct shodo_look *l, const struct shodo_scan_rules *part,
                     struct shodo_yara_scanner *scanner, const struct shodo_yara_input *in,
                     const char *const *externals) {
    uint64_t now = shodo_time_mono_ms();
    if (now >= x->deadline_ms) {
        if (!x->is_partial)
            shodo_look_problem(l, SHODO_LEDGER_TIMEOUT, 0,
                               "the rules took more than %u seconds together; not all were tried",
                               3 * SHODO_LIMIT_SCAN_SECONDS);
        x->is_partial = true;
        return;
    }
    struct shodo_error err = SHODO_ERROR_INIT;
    const char *flooded = NULL;
    x->ids = part->ids;
    enum shodo_status st = shodo_yara_scan(scanner, in, externals, SHODO_LIMIT_SCAN_SECONDS,
                                           on_match, x, &flooded, &err);
    if (flooded)
        shodo_look_problem(
            l, SHODO_LEDGER_RULE, in->head_len + in->tail_len,
            "a string of rule '%s' matched too often and was not followed to the end", flooded);
    if (st == SHODO_OK)
        return;
    x->is_partial = true;
    shodo_look_problem(l, st == SHODO_TIMEOUT ? SHODO_LEDGER_TIMEOUT : SHODO_LEDGER_RULE, 0,
                       "not scanned with all rules: %s", err.text);
}

static bool passes_gate(const struct shodo_literals *gate, const struct shodo_yara_input *in) {
    return shodo_literals_find(gate, in->head, in->head_len) ||
           (in->tail && shodo_literals_find(gate, in->tail, in->tail_len));
}

static void run_set(struct scan *x, struct shodo_look *l, enum shodo_set_table table,
                    enum shodo_set_kind kind, const struct shodo_yara_input *in,
                    const char *const *externals) {
    const struct shodo_scan_set *set = &x->s->sets[table][kind];
    struct shodo_yara_scanner *const *scanners = x->scanners[table][kind];
    if (scanners[SHODO_PART_FREE])
        run_part(x, l, &set->parts[SHODO_PART_FREE], scanners[SHODO_PART_FREE], in, externals);
    if (scanners[SHODO_PART_NEEDED] && passes_gate(set->gate, in))
        run_part(x, l, &set->parts[SHODO_PART_NEEDED], scanners[SHODO_PART_NEEDED], in, externals);
}

static bool has_set(const struct scan *x, enum shodo_set_table table, enum shodo_set_kind kind) {
    return x->scanners[table][kind][SHODO_PART_FREE] || x->scanners[table][kind][SHODO_PART_NEEDED];
}

static void run_table(struct scan *x, struct shodo_look *l, enum shodo_set_table table,
                      const struct shodo_yara_input *in, const char *const *externals) {
    bool is_mz = in->head_len >= 2 && in->head[0] == 'M' && in->head[1] == 'Z';
    bool is_elf = in->head_len >= 2 && in->head[0] == 0x7f && in->head[1] == 'E';
    l->stats->bytes_scanned += in->head_len + in->tail_len;
    if (is_mz && has_set(x, table, SHODO_SET_MZ)) {
        run_set(x, l, table, SHODO_SET_MZ, in, externals);
        return;
    }
    run_set(x, l, table, SHODO_SET_ANY, in, externals);
    if (in->size_bytes <= x->s->small_bytes[table])
        run_set(x, l, table, SHODO_SET_SMALL, in, externals);
    if (is_elf)
        run_set(x, l, table, SHODO_SET_ELF, in, externals);
}

static bool has_table(const struct scan *x, enum shodo_set_table table) {
    for (size_t k = 0; k < SHODO_SETS; k++) {
        if (has_set(x, table, (enum shodo_set_kind)k))
            return true;
    }
    return false;
}

static void run_content(struct scan *x, struct shodo_look *l, const struct shodo_yara_input *in) {
    bool is_asked = l->has_sha256 && in->size_bytes >= ASK_BYTES;
    if (!has_table(x, SHODO_TABLE_CONTENT))
        return;
    shodo_buf_clear(&x->record);
    if (is_asked && l->sink->known && l->sink->known(l->sink->ctx, l->sha256, &x->record) &&
        decode(x)) {
        l->stats->reused++;
        return;
    }
    x->path = NULL;
    run_table(x, l, SHODO_TABLE_CONTENT, in, NULL);
    if (is_asked && l->sink->learned && !x->is_partial && !x->no_memory && encode(x))
        l->sink->learned(l->sink->ctx, l->sha256, x->record.data, x->record.len);
}

/* One name of the entry: Windows form of everything. */
static void run_name(struct scan *x, struct shodo_look *l, const struct shodo_yara_input *in,
                     const char *path, const char *owner, const char *md5) {
    size_t n = strlen(path);
    shodo_auto(shodo_buf) struct shodo_buf full = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf extension = SHODO_BUF_INIT;
    if (!shodo_entry_windows_path(&full, l->entry->drive, path, n, l->stream_name,
                                  strlen(l->stream_name)) ||
        !shodo_entry_extension(&extension, path, n)) {
        x->no_memory = true;
        return;
    }
    const char *filepath = shodo_buf_cstr(&full);
    const char *last = strrchr(filepath, '\\');
    const char *const externals[SHODO_EXTERNALS] = {
        [SHODO_EXTERNAL_FILENAME] = last ? last + 1 : filepath,
        [SHODO_EXTERNAL_FILEPATH] = filepath,
        [SHODO_EXTERNAL_EXTENSION] = shodo_buf_cstr(&extension),
        [SHODO_EXTERNAL_FILETYPE] = l->signature ? l->signature->yara_type : "",
        [SHODO_EXTERNAL_OWNER] = owner,
        [SHODO_EXTERNAL_MD5] = md5,
    };
    x->path = path;
    run_table(x, l, SHODO_TABLE_NAME, in, externals);
}

static void run_names(struct scan *x, struct shodo_look *l, const struct shodo_yara_input *in) {
    char md5[33] = "";
    if (!has_table(x, SHODO_TABLE_NAME))
        return;
    if (x->s->needs_md5 && !in->tail) {
        uint8_t sum[16];
        shodo_md5(in->head, in->head_len, sum);
        shodo_hex(sum, sizeof sum, md5);
    }
    shodo_auto(shodo_buf) struct shodo_buf owner = SHODO_BUF_INIT;
    shodo_buf_add(&owner, l->entry->owner, l->entry->owner_len);
    run_name(x, l, in, l->path, shodo_buf_cstr(&owner), md5);
    for (size_t i = 0; i < l->others_count; i++)
        run_name(x, l, in, l->others[i], shodo_buf_cstr(&owner), md5);
}

/* ---- telling ---- */

static void write_detail(struct shodo_buf *out, const struct match *m) {
    struct shodo_json j = shodo_json_to(out);
    shodo_json_object(&j, NULL);
    shodo_json_array(&j, "strings");
    for (uint32_t i = 0; i < m->strings_count; i++) {
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "id", m->strings[i].id);
        shodo_json_u64(&j, "offset", m->strings[i].offset);
        shodo_json_object_end(&j);
    }
    shodo_json_array_end(&j);
    shodo_json_object_end(&j);
}

static const char *or_null(const char *s) {
    return s[0] ? s : NULL;
}

static void tell(const struct scan *x, struct shodo_look *l, const struct match *m) {
    const struct shodo_yara_rule *r = &x->s->rules[m->rule].rule;
    const struct shodo_scan_file *file = &x->s->files[r->space];
    shodo_auto(shodo_buf) struct shodo_buf detail = SHODO_BUF_INIT;
    write_detail(&detail, m);
    /* the finding stands under the name for which the rule matched; all names of the content are
     * listed */
    const char *others[SHODO_LIMIT_NAMES_PER_FINDING];
    size_t n = 0;
    const char *path = m->path ? m->path : l->path;
    if (path != l->path)
        others[n++] = l->path;
    for (size_t i = 0; i < l->others_count && n < SHODO_LIMIT_NAMES_PER_FINDING; i++) {
        if (l->others[i] != path)
            others[n++] = l->others[i];
    }
    struct shodo_finding f = {.tap = "scan",
                              .rule = r->name,
                              .ruleset = file->name,
                              .ruleset_digest = file->digest,
                              .rule_id = or_null(r->id),
                              .rule_author = or_null(r->author),
                              .rule_reference = or_null(r->reference),
                              .description = or_null(r->description),
                              .description_ja = or_null(r->description_ja),
                              .verdict = strcmp(r->severity, "suspect") == 0 ? SHODO_VERDICT_SUSPECT
                                                                             : SHODO_VERDICT_MATCH,
                              .kind = "detection",
                              .path = path,
                              .other_paths = others,
                              .other_paths_count = n,
                              .detail_json = shodo_buf_cstr(&detail)};
    shodo_look_finding(l, &f);
}

static void whole(void *state, struct shodo_look *l, const struct shodo_bytes *b) {
    struct scan *x = state;
    struct shodo_yara_input in = {.head = b->head,
                                  .head_len = b->head_len,
                                  .tail = b->tail,
                                  .tail_len = b->tail_len,
                                  .tail_offset = b->tail_offset,
                                  .size_bytes = l->size_bytes};
    x->matches.count = 0;
    x->is_partial = x->no_memory = false;
    x->deadline_ms = shodo_time_mono_ms() + 3u * SHODO_LIMIT_SCAN_SECONDS * 1000u;
    run_content(x, l, &in);
    run_names(x, l, &in);
    if (x->no_memory)
        shodo_look_problem(l, SHODO_LEDGER_RULE, 0, "no memory for all matches of the rules");
    for (size_t i = 0; i < x->matches.count; i++)
        tell(x, l, (const struct match *)shodo_vec_at(&x->matches, i));
}

const struct shodo_tap shodo_tap_scan = {
    .name = "scan", .open = open_scan, .close = close_scan, .whole = whole};
