/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protection log of Microsoft Defender (MPLog-*.log, MPDetection-*.log): what was detected and
 * what was done about it, command lines that it reported, files it blocked or asked about, its
 * exclusions, and which programs opened files while it was on. It stays when event logs are
 * cleared. Lines are found by their labels, as their fields changed over the years; equal ones of a
 * file are added up. Formats: Microsoft's page on the performance lines ("ProcessImageName"), the
 * rest from published samples (docs/formats-facts.md).
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/macro.h"
#include "base/time.h"
#include "examine/intern.h"
#include "examine/readers/text_file.h"

enum { LINE_MAX_BYTES = 4096, SAMPLES = 8, KEY_BYTES = 2 * LINE_MAX_BYTES + 32 };

struct part {
    const char *s;
    size_t n;
};

/* Equal observations of one file. */
struct row {
    const char *kind, *what, *of; /* meaning: see tell_row() */
    const char *samples[SAMPLES]; /* files that a program opened */
    const char *hashes[2];        /* SHA-1, SHA-256 */
    int64_t first, last;
    uint64_t line, count, most;
};

struct log {
    const struct shodo_reader_sink *sink;
    struct shodo_intern keys;
    struct shodo_vec rows; /* in the order of the keys */
    struct shodo_arena arena;
    int64_t first, last;
    uint64_t lines, stamped;
};

/* ---- pieces of a line ---- */

static bool find(struct part p, const char *what, struct part *ret_before, struct part *ret_after) {
    size_t n = strlen(what);
    const char *at = p.n >= n ? memmem(p.s, p.n, what, n) : NULL;
    if (!at)
        return false;
    *ret_before = (struct part){.s = p.s, .n = (size_t)(at - p.s)};
    *ret_after = (struct part){.s = at + n, .n = p.n - n - ret_before->n};
    return true;
}

static struct part trim(struct part p) {
    while (p.n && (p.s[0] == ' ' || p.s[0] == '\t')) {
        p.s++;
        p.n--;
    }
    while (p.n && strchr(" \t;,.", p.s[p.n - 1]))
        p.n--;
    return p;
}

/* What follows `label` up to `end`, or up to the end of the line. */
static struct part field(struct part p, const char *label, const char *end) {
    struct part before, after, rest;
    if (!find(p, label, &before, &after))
        return (struct part){.s = "", .n = 0};
    return trim(find(after, end, &before, &rest) ? before : after);
}

static uint64_t number(struct part p) {
    uint64_t v = 0;
    for (size_t i = 0; i < p.n && i < 15 && p.s[i] >= '0' && p.s[i] <= '9'; i++)
        v = v * 10 + (uint64_t)(p.s[i] - '0');
    return v;
}

/* "2022-11-23T09:10:55.472Z rest"; UTC, also where the Z is missing. false: no such time. */
static bool take_time(struct part *p, int64_t *ret) {
    char text[40];
    const char *blank = memchr(p->s, ' ', p->n);
    size_t n = blank ? (size_t)(blank - p->s) : p->n;
    if (n < 19 || n > 35 || p->s[4] != '-' || p->s[10] != 'T')
        return false;
    bool has_zone = memchr(p->s + 19, 'Z', n - 19) || memchr(p->s + 19, '+', n - 19) ||
                    memchr(p->s + 19, '-', n - 19);
    snprintf(text, sizeof text, "%.*s%s", (int)n, p->s, has_zone ? "" : "Z");
    if (!shodo_time_parse(text, strlen(text), ret))
        return false;
    p->s += n;
    p->n -= n;
    *p = trim(*p);
    return true;
}

/* ---- rows ---- */

static struct row *note(struct log *l, const char *kind, struct part what, struct part of,
                        int64_t time, uint64_t line) {
    char key[KEY_BYTES];
    int n = snprintf(key, sizeof key, "%s\n%.*s\n%.*s", kind, (int)what.n, what.s, (int)of.n, of.s);
    if (what.n == 0 || n < 0)
        return NULL;
    uint32_t at = shodo_intern_add(&l->keys, key, SHODO_MIN((size_t)n, sizeof key - 1));
    if (at == SHODO_INTERN_NONE)
        return NULL;
    struct row *r = at < l->rows.count    ? shodo_vec_at(&l->rows, at)
                    : at == l->rows.count ? shodo_vec_push(&l->rows)
                                          : NULL;
    if (!r) {
        l->keys.is_cut = true;
        return NULL;
    }
    if (!r->count)
        *r = (struct row){.kind = kind,
                          .what = shodo_arena_str(&l->arena, what.s, what.n),
                          .of = shodo_arena_str(&l->arena, of.s, of.n),
                          .first = time,
                          .last = time,
                          .line = line};
    r->count++;
    r->first = SHODO_MIN(r->first, time);
    r->last = SHODO_MAX(r->last, time);
    return r;
}

static void keep_sample(struct log *l, struct row *r, struct part file) {
    for (size_t i = 0; r && file.n && i < SAMPLES; i++) {
        if (!r->samples[i]) {
            r->samples[i] = shodo_arena_str(&l->arena, file.s, file.n);
            return;
        }
        if (strncmp(r->samples[i], file.s, file.n) == 0 && r->samples[i][file.n] == 0)
            return;
    }
}

/* ---- lines ---- */

/* "Trojan:Win32/X file:C:\a;" → threat and what it was found in. */
static void threat(struct log *l, const char *kind, struct part p, int64_t time, uint64_t line) {
    p = trim(p);
    const char *blank = memchr(p.s, ' ', p.n);
    if (!blank)
        return;
    struct part name = {.s = p.s, .n = (size_t)(blank - p.s)}, before, after;
    struct part where = trim((struct part){.s = blank, .n = p.n - name.n});
    if (find(where, " PropBag ", &before, &after))
        where = trim(before);
    if (memchr(name.s, ':', name.n))
        note(l, kind, name, where, time, line);
}

static struct part after_words(struct part p, unsigned words) {
    for (; words; words--) {
        p = trim(p);
        const char *blank = memchr(p.s, ' ', p.n);
        if (!blank)
            return (struct part){.s = "", .n = 0};
        p = (struct part){.s = blank, .n = p.n - (size_t)(blank - p.s)};
    }
    return trim(p);
}

static bool detection(struct log *l, struct part p, int64_t time, uint64_t line) {
    struct part before, after;
    if (find(p, "DETECTION_CLEANEVENT ", &before, &after)) {
        threat(l, "malware_action", after_words(after, 3), time, line);
        return true;
    }
    if (find(p, "DETECTIONEVENT ", &before, &after))
        threat(l, "malware_found", after_words(after, 1), time, line);
    else if (find(p, "DETECTION_ADD", &before, &after))
        threat(l, "malware_found",
               after_words((struct part){.s = p.s + before.n, .n = p.n - before.n}, 1), time, line);
    else if (p.n > 10 && memcmp(p.s, "DETECTION ", 10) == 0)
        threat(l, "malware_found", after_words(p, 1), time, line);
    else
        return false;
    return true;
}

static bool program(struct log *l, struct part p, int64_t time, uint64_t line) {
    struct part image = field(p, "ProcessImageName: ", ", Pid:"), none = {.s = "", .n = 0};
    if (!image.n)
        return false;
    struct row *r = note(l, "program_seen", image, none, time, line);
    keep_sample(l, r, field(p, "MaxTimeFile: ", ", EstimatedImpact"));
    if (r)
        r->most = SHODO_MAX(r->most, number(field(p, ", Count: ", ",")));
    return true;
}

static bool cloud_query(struct log *l, struct part p, int64_t time, uint64_t line) {
    struct part file = field(p, "Issuing SDN query for ", " ("), none = {.s = "", .n = 0};
    if (!file.n)
        return false;
    struct row *r = note(l, "file_asked", file, none, time, line);
    struct part hash[2] = {field(p, "(sha1=", ","), field(p, "sha2=", ")")};
    for (size_t i = 0; r && i < 2; i++)
        if (hash[i].n == (i ? 64u : 40u) && !r->hashes[i])
            r->hashes[i] = shodo_arena_str(&l->arena, hash[i].s, hash[i].n);
    return true;
}

static bool blocked(struct log *l, struct part p, int64_t time, uint64_t line) {
    struct part before, after, file;
    if (!find(p, "[Mini-filter] Blocked file", &before, &after) ||
        !find(after, ": ", &before, &file))
        return false;
    struct part process = field(file, " Process: ", ", Status:");
    if (find(file, " Process: ", &before, &after))
        file = trim(before);
    note(l, "file_blocked", file, process, time, line);
    return true;
}

static void command(struct log *l, struct part p, int64_t time, uint64_t line) {
    static const char *const labels[][2] = {{"lowfi: ", "lowfi"}, {"threat: ", "threat"}};
    struct part before, after;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(labels); i++)
        if (find(p, labels[i][0], &before, &after)) {
            note(l, "command_reported", trim(after),
                 (struct part){.s = labels[i][1], .n = strlen(labels[i][1])}, time, line);
            return;
        }
    if (find(p, "[Exclusion] ", &before, &after) && find(after, " -> ", &before, &p))
        note(l, "exclusion", trim(before), (struct part){.s = "", .n = 0}, time, line);
}

static void on_line(void *ctx, uint64_t line, const char *s, size_t n) {
    struct log *l = ctx;
    struct part p = {.s = s, .n = n};
    int64_t time = SHODO_TIME_NONE;
    l->lines++;
    if (!take_time(&p, &time))
        return;
    l->stamped++;
    l->first = l->first == SHODO_TIME_NONE ? time : SHODO_MIN(l->first, time);
    l->last = l->last == SHODO_TIME_NONE ? time : SHODO_MAX(l->last, time);
    if (!program(l, p, time, line) && !detection(l, p, time, line) &&
        !cloud_query(l, p, time, line) && !blocked(l, p, time, line))
        command(l, p, time, line);
}

/* ---- facts ---- */

/* Per kind: the keys of what, of. */
static const struct {
    const char *kind, *what, *of;
} names[] = {
    {"program_seen", "image", NULL},
    {"malware_found", "threat", "resource"},
    {"malware_action", "threat", "resource"},
    {"file_asked", "file", NULL},
    {"file_blocked", "file", "process"},
    {"command_reported", "CommandLine", "reported_as"},
    {"exclusion", "path", NULL},
};

static void tell_row(const struct log *l, const struct row *r, struct shodo_buf *out) {
    char source[32];
    size_t k = 0;
    while (strcmp(names[k].kind, r->kind) != 0)
        k++;
    shodo_buf_clear(out);
    struct shodo_json j = shodo_json_to(out);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, names[k].what, r->what);
    if (names[k].of)
        shodo_json_str(&j, names[k].of, r->of);
    if (r->most)
        shodo_json_u64(&j, "files", r->most);
    if (r->samples[0]) {
        shodo_json_array(&j, "samples");
        for (size_t i = 0; i < SAMPLES && r->samples[i]; i++)
            shodo_json_str(&j, NULL, r->samples[i]);
        shodo_json_array_end(&j);
    }
    if (r->hashes[0])
        shodo_json_str(&j, "sha1", r->hashes[0]);
    if (r->hashes[1])
        shodo_json_str(&j, "sha256", r->hashes[1]);
    shodo_json_u64(&j, "count", r->count);
    shodo_json_time(&j, "last", r->last);
    shodo_json_object_end(&j);
    snprintf(source, sizeof source, "line %llu", (unsigned long long)r->line);
    if (r->what && r->of && !out->failed)
        l->sink->fact(l->sink->ctx, "defender", r->kind, r->first, source, shodo_buf_cstr(out));
}

static void tell_log(const struct log *l, struct shodo_buf *out) {
    shodo_buf_clear(out);
    struct shodo_json j = shodo_json_to(out);
    shodo_json_object(&j, NULL);
    shodo_json_u64(&j, "lines", l->lines);
    shodo_json_u64(&j, "stamped", l->stamped);
    shodo_json_u64(&j, "kept", l->rows.count);
    shodo_json_time(&j, "first", l->first);
    shodo_json_time(&j, "last", l->last);
    shodo_json_object_end(&j);
    if (!out->failed)
        l->sink->fact(l->sink->ctx, "defender", "log", SHODO_TIME_NONE, "", shodo_buf_cstr(out));
}

static void run(const struct shodo_reader_file *f, const struct shodo_reader_sink *sink) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct log l = {.sink = sink,
                    .rows = SHODO_VEC_INIT(sizeof(struct row)),
                    .arena = SHODO_ARENA_INIT,
                    .first = SHODO_TIME_NONE,
                    .last = SHODO_TIME_NONE};
    if (!shodo_text_file_load(&text, f, sink))
        return;
    shodo_intern_init(&l.keys, SHODO_LIMIT_DEFENDER_ROWS);
    shodo_text_file_lines(&text, LINE_MAX_BYTES, &l, on_line);
    shodo_buf_clear(&text);
    for (size_t i = 0; i < l.rows.count; i++)
        tell_row(&l, shodo_vec_at(&l.rows, i), &text);
    tell_log(&l, &text);
    if (l.keys.is_cut)
        shodo_reader_problem(sink, SHODO_LEDGER_TOO_LARGE, f->bytes.size,
                             "more than %u different lines in one Defender log; the rest is not "
                             "listed",
                             SHODO_LIMIT_DEFENDER_ROWS);
    if (!l.stamped && l.lines)
        shodo_reader_problem(sink, SHODO_LEDGER_DAMAGED, f->bytes.size,
                             "Defender log: none of its %llu lines begins with a time",
                             (unsigned long long)l.lines);
    shodo_intern_done(&l.keys);
    shodo_vec_done(&l.rows);
    shodo_arena_done(&l.arena);
}

static const char *const patterns[] = {
    "/ProgramData/Microsoft/Windows Defender/Support/MPLog-*.log",
    "/ProgramData/Microsoft/Windows Defender/Support/MPDetection-*.log",
    NULL,
};

const struct shodo_reader shodo_reader_defender = {
    .name = "defender", .patterns = patterns, .stream = "", .run = run};
